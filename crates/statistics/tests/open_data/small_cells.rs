//! Public tables by county: small cells and what would give them away show `*`, everything else stays as it was.

use std::collections::{BTreeMap, BTreeSet};

use xiaoxiang_domain::bulletin::{Dimension, Direction, PrintedTable};
use xiaoxiang_domain::fact::ContractFact;
use xiaoxiang_statistics::columns::Columns;
use xiaoxiang_statistics::geography::{Geography, Place, PlaceLevel};
use xiaoxiang_statistics::layout::{Labels, NoteContext, lay_out};
use xiaoxiang_statistics::small_cells::{HIDDEN, hidden_in, hide};
use xiaoxiang_statistics::table::{Comparison, RowKey, Table, TableRequest, tabulate};

use super::support::{CHANGSHA, ZHUZHOU, contract, labels, lists};

const MIN: u32 = 3;
const COUNTIES: [u32; 7] = [430_102, 430_103, 430_104, 430_105, 430_202, 430_203, 430_204];

fn columns(facts: &[ContractFact]) -> Columns {
    let mut places: Vec<Place> =
        [CHANGSHA, ZHUZHOU].map(|code| Place { code, parent: 430_000, level: PlaceLevel::City }).to_vec();
    let county = |code: u32| Place { code, parent: code / 100 * 100, level: PlaceLevel::County };
    places.extend(COUNTIES.map(county));
    // Directly below the province: a row of the city table, too.
    places.push(Place { code: 439_004, parent: 430_000, level: PlaceLevel::County });
    let mut columns = Columns::new(Geography::new(430_000, &places));
    facts.iter().for_each(|fact| assert!(columns.apply(fact).is_ok()));
    columns
}

/// Contracts of so many sellers each, one after another.
fn facts(sellers: &[(u32, u32)]) -> Vec<ContractFact> {
    let mut facts: Vec<ContractFact> = Vec::new();
    for &(county, count) in sellers {
        for seller in 1..=count {
            let key = i64::try_from(facts.len()).unwrap() + 1;
            let type_code = u16::try_from(1 + seller % 3).unwrap();
            facts.push(ContractFact {
                seller_division: county,
                seller_organisation: county * 10 + seller,
                contract_type: type_code,
                ..contract(key, "2026-03-05", 1_000_000 * key)
            });
        }
    }
    facts
}

fn public(columns: &Columns, request: &TableRequest) -> (Table, PrintedTable, PrintedTable) {
    let table = tabulate(columns, &lists(), request, None).unwrap();
    let labels: Labels = labels();
    let whole = lay_out(&table, &labels, &NoteContext::default());
    let mut printed = whole.clone();
    hide(&mut printed, &table, &hidden_in(columns, &table, MIN).unwrap(), MIN);
    (table, whole, printed)
}

/// Keys of the rows of which some cell is hidden.
fn hidden_rows(printed: &PrintedTable) -> BTreeSet<String> {
    let is_hidden =
        |row: &&xiaoxiang_domain::bulletin::PrintedRow| row.cells.iter().any(|cell| cell.text == HIDDEN);
    printed.rows.iter().filter(is_hidden).map(|row| row.key.clone()).collect()
}

#[test]
fn a_small_county_goes_with_the_next_one_of_its_own_city() {
    let columns = columns(&facts(&[
        (430_102, 9),
        (430_103, 2),
        (430_104, 5),
        (430_105, 4),
        (430_202, 6),
        (430_203, 7),
        (439_004, 1),
    ]));
    let request = TableRequest::new(Direction::Output, Dimension::County, "2026".parse().unwrap());
    let (_, whole, printed) = public(&columns, &request);
    assert_eq!(hidden_rows(&printed), BTreeSet::from(["430103".to_owned(), "430105".to_owned()]));
    for (row, before) in printed.rows.iter().zip(&whole.rows) {
        let is_hidden = hidden_rows(&printed).contains(&row.key);
        assert_eq!(row.cells[0], before.cells[0], "labels stay");
        for (cell, before) in row.cells.iter().zip(&before.cells).skip(1) {
            assert_eq!(
                (cell.text.as_str(), cell.base),
                if is_hidden { (HIDDEN, None) } else { (before.text.as_str(), before.base) }
            );
        }
    }
    assert_eq!(printed.notes.len(), whole.notes.len() + 1);
    assert!(printed.notes.last().unwrap().zh.contains("少于3个"));
}

#[test]
fn tables_by_city_and_tables_without_small_cells_stay_as_they_are() {
    let small = columns(&facts(&[(430_102, 1), (430_202, 1)]));
    let by_city = TableRequest::new(Direction::Output, Dimension::City, "2026".parse().unwrap());
    let (_, whole, printed) = public(&small, &by_city);
    assert_eq!(whole, printed);
    let large = columns(&facts(&[(430_102, 3), (430_103, 4), (430_202, 5)]));
    let by_county = TableRequest::new(Direction::Output, Dimension::County, "2026".parse().unwrap());
    let (_, whole, printed) = public(&large, &by_county);
    assert_eq!(whole, printed);
}

#[test]
fn by_organisation_every_row_is_hidden_and_the_total_is_shown() {
    let columns = columns(&facts(&[(430_102, 3), (430_103, 4)]));
    let request = TableRequest::new(Direction::Output, Dimension::Organisation, "2026".parse().unwrap());
    let (table, _, printed) = public(&columns, &request);
    assert_eq!(hidden_rows(&printed).len(), table.rows.len());
    assert_ne!(printed.rows.last().unwrap().cells[1].text, HIDDEN);
}

#[test]
fn a_year_before_with_few_respondents_hides_both_years_and_their_growth() {
    let mut all = facts(&[(430_102, 6), (430_103, 5), (430_104, 8)]);
    let before: Vec<ContractFact> = all
        .iter()
        .filter(|fact| fact.seller_division != 430_103 || fact.seller_organisation % 10 == 1)
        .map(|fact| ContractFact {
            registered_on: "2025-03-05".parse().unwrap(),
            fact_id: fact.fact_id + 100,
            contract_key: fact.contract_key + 100,
            position: fact.position + 100,
            ..*fact
        })
        .collect();
    all.extend(before);
    let request = TableRequest {
        compare: Comparison::PreviousYear(xiaoxiang_domain::bulletin::GrowthBase::AsKnown),
        ..TableRequest::new(Direction::Output, Dimension::County, "2026".parse().unwrap())
    };
    let (_, _, printed) = public(&columns(&all), &request);
    assert_eq!(hidden_rows(&printed), BTreeSet::from(["430102".to_owned(), "430103".to_owned()]));
    let row = printed.rows.iter().find(|row| row.key == "430103").unwrap();
    assert!(row.cells.iter().skip(1).all(|cell| cell.text == HIDDEN));
}

/// What is left of a cross-table, solved as an attacker would: the city's sums by type are known from the city table.
#[test]
fn crosswise_no_hidden_cell_is_alone_in_its_row_or_its_city() {
    for seed in 0..40_u32 {
        let sellers: Vec<(u32, u32)> =
            (0..).zip(COUNTIES).map(|(at, county)| (county, (seed * 7 + at * 5 + seed / 3) % 9)).collect();
        let columns = columns(&facts(&sellers));
        let request = TableRequest {
            columns: Some(Dimension::Type),
            ..TableRequest::new(Direction::Output, Dimension::County, "2026".parse().unwrap())
        };
        let (table, _, printed) = public(&columns, &request);
        let mut in_row: BTreeMap<&str, usize> = BTreeMap::new();
        let mut in_city: BTreeMap<(u32, usize), usize> = BTreeMap::new();
        for (row, made) in printed.rows.iter().zip(&table.rows) {
            let RowKey::Key(county) = made.key else { continue };
            // One column of each group is enough: counts, and the row's own sums.
            let counts = (0..).zip(&printed.columns).filter(|(_, column)| column.key.ends_with("count"));
            for (at, _) in counts.filter(|(at, _)| row.cells[*at].text == HIDDEN) {
                *in_row.entry(row.key.as_str()).or_default() += 1;
                *in_city.entry((county / 100, at)).or_default() += 1;
            }
            let small =
                made.by_column.iter().zip((1..).step_by(2)).filter(|(cell, _)| (1..3).contains(&cell.count));
            for (_, at) in small {
                assert_eq!(row.cells[at].text, HIDDEN, "seed {seed}: one seller has one contract here");
                assert_eq!(row.cells[at + 1].text, HIDDEN);
            }
        }
        assert!(in_row.values().all(|&count| count > 1), "seed {seed}: {in_row:?}");
        assert!(in_city.values().all(|&count| count > 1), "seed {seed}: {in_city:?}");
    }
}
