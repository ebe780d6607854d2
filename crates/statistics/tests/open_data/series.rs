//! Series add up to the tables of their months, and every listed key has a row in every step.

use xiaoxiang_domain::bulletin::{Dimension, Direction};
use xiaoxiang_domain::fact::{ContractFact, Source};
use xiaoxiang_domain::period::Month;
use xiaoxiang_statistics::series::{SERIES_DIRECTIONS, Step, series};
use xiaoxiang_statistics::table::{TableRequest, tabulate};

use super::support::{HENGYANG, ZHUZHOU, contract, lists, load};

#[test]
fn every_step_adds_up_to_the_table_of_its_months() {
    let facts: Vec<ContractFact> = (1..=60)
        .map(|key| ContractFact {
            seller_division: if key % 4 == 0 { 110_108 } else { ZHUZHOU },
            buyer_division: if key % 3 == 0 { HENGYANG } else { ZHUZHOU },
            source: if key % 4 == 0 { Source::Exchange } else { Source::Registry },
            contract_type: u16::try_from(key % 6).unwrap(),
            ..contract(key, &format!("{}-{:02}-05", 2024 + key / 24, 1 + key % 12), key * 100)
        })
        .collect();
    let columns = load(&facts);
    let last = Month { year: 2026, month: 9 };
    for (step, dimension) in [
        (Step::Month, Dimension::City),
        (Step::Year, Dimension::City),
        (Step::Month, Dimension::Type),
        (Step::Year, Dimension::Type),
    ] {
        let rows = series(&columns, &lists(), dimension, step, last, 40).unwrap();
        assert_eq!(rows.first().unwrap().period.first(), Month { year: 2024, month: 1 });
        assert_eq!(rows.last().unwrap().period.last(), last);
        let mut periods: Vec<_> = rows.iter().map(|row| row.period).collect();
        periods.dedup();
        assert_eq!(periods.len(), if step == Step::Month { 33 } else { 3 });
        for period in periods {
            for direction in SERIES_DIRECTIONS {
                let own = || rows.iter().filter(|row| row.period == period && row.direction == direction);
                let request =
                    TableRequest { as_of: Some(40), ..TableRequest::new(direction, dimension, period) };
                let table = tabulate(&columns, &lists(), &request, None).unwrap();
                assert_eq!(
                    own().map(|row| row.cell).sum::<xiaoxiang_statistics::cross_table::Cell>(),
                    table.total.cell
                );
                for row in &table.rows {
                    let xiaoxiang_statistics::table::RowKey::Key(key) = row.key else { continue };
                    let found: Vec<_> = own().filter(|row| row.key == key).collect();
                    assert_eq!(found.len(), 1, "{period} {key}");
                    assert_eq!(found[0].cell, row.cell);
                }
            }
        }
    }
}

#[test]
fn an_empty_region_has_an_empty_series() {
    let rows = series(&load(&[]), &lists(), Dimension::City, Step::Year, Month { year: 2026, month: 1 }, 0);
    assert_eq!(rows, Ok(Vec::new()));
    let later = load(&[contract(5, "2026-05-05", 100)]);
    let before = series(&later, &lists(), Dimension::City, Step::Month, Month { year: 2026, month: 9 }, 4);
    assert_eq!(before, Ok(Vec::new()), "as of the position before it there was nothing");
    assert!(
        !series(&later, &lists(), Dimension::City, Step::Month, Month { year: 2026, month: 9 }, 5)
            .unwrap()
            .iter()
            .all(|row| row.cell.is_empty() || row.direction == Direction::Internal)
    );
}
