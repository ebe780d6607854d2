//! Random histories of late registration, change, cancellation, attribution and exchange overlap: the columns
//! agree to the fen with the slow implementation, at every position.
//!
//! `XIAOXIANG_SOAK_HISTORIES` sets the number of histories; their seeds are 1, 2, 3, ….

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod slow;

use std::collections::BTreeMap;

use jiff::civil::date;
use xiaoxiang_domain::bulletin::{Dimension, Direction};
use xiaoxiang_domain::fact::{ContractFact, Source, Standing};
use xiaoxiang_domain::money::Fen;
use xiaoxiang_domain::period::Period;
use xiaoxiang_statistics::columns::{Applied, Columns};
use xiaoxiang_statistics::cross_table::{CrossQuery, cross_table};
use xiaoxiang_statistics::explain::{PageOf, explain};
use xiaoxiang_statistics::geography::{Geography, Place, PlaceLevel, RowLists};
use xiaoxiang_statistics::table::{Comparison, RowKey, TableRequest, tabulate};

use slow::{SlowStatistics, Sums};

const HISTORIES_DEFAULT: u64 = 40;
const ROOT: u32 = 430_000;
const CITIES: [u32; 3] = [430_100, 430_200, 433_100];
const COUNTIES: [u32; 5] = [430_102, 430_103, 430_202, 433_101, 433_122];
/// Own counties, a city and the province as such, an unlisted own code, other provinces, abroad.
const DIVISIONS: [u32; 12] =
    [430_102, 430_103, 430_202, 433_101, 433_122, 430_100, 430_000, 430_171, 110_108, 440_305, 310_000, 0];

struct Draws(u64);

impl Draws {
    fn below(&mut self, limit: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from(((self.0 >> 32) * u64::from(limit)) >> 32).unwrap()
    }

    fn code(&mut self, limit: u16) -> u16 {
        u16::try_from(self.below(limit.into())).unwrap()
    }

    fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(u32::try_from(choices.len()).unwrap()) as usize]
    }
}

fn geography() -> Geography {
    let mut places: Vec<Place> =
        CITIES.iter().map(|&code| Place { code, parent: ROOT, level: PlaceLevel::City }).collect();
    places.extend(COUNTIES.iter().map(|&code| Place {
        code,
        parent: code / 100 * 100,
        level: PlaceLevel::County,
    }));
    Geography::new(ROOT, &places)
}

fn draw_fact(draws: &mut Draws, fact_id: i64, position: i64) -> ContractFact {
    let huge = draws.below(20) == 0;
    let value = if huge { 99_999_999_999_999 } else { i64::from(draws.below(2_000_000_000)) };
    let month = 1 + i8::try_from(draws.below(12)).unwrap();
    let organisation_limit = draws.of(&[5, 70_000]);
    ContractFact {
        fact_id,
        contract_key: i64::from(draws.below(60)),
        position,
        standing: if draws.below(6) == 0 { Standing::Withdrawn } else { Standing::Counted },
        source: draws.of(&[Source::Registry, Source::Registry, Source::Exchange]),
        registered_on: date(
            2023 + draws.code(4).cast_signed(),
            month,
            1 + i8::try_from(draws.below(28)).unwrap(),
        ),
        contract_type: draws.code(6),
        field: draws.code(4),
        ip: draws.code(300),
        seller_kind: draws.code(4),
        buyer_kind: draws.code(4),
        seller_division: draws.of(&DIVISIONS),
        buyer_division: draws.of(&DIVISIONS),
        seller_park: draws.below(3),
        buyer_park: draws.below(3),
        seller_organisation: draws.below(organisation_limit),
        buyer_organisation: draws.below(organisation_limit),
        registrar: draws.below(4),
        contract_value: Fen(value),
        technology_value: Fen(value - value * i64::from(draws.below(100)) / 100),
    }
}

/// A history: facts in log order, several at one position, contracts replaced, withdrawn and registered again.
fn draw_history(draws: &mut Draws) -> Vec<ContractFact> {
    let mut position = 0;
    let count = i64::from(40 + draws.below(300));
    (1..=count)
        .map(|fact_id| {
            position += i64::from(draws.below(3) > 0);
            draw_fact(draws, fact_id, position)
        })
        .collect()
}

fn histories() -> u64 {
    std::env::var("XIAOXIANG_SOAK_HISTORIES")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(HISTORIES_DEFAULT)
}

fn period(text: &str) -> Period {
    text.parse().unwrap()
}

const PERIODS: [&str; 6] = ["2024", "2025-H1", "2025-Q3", "2026-02", "2024-11..2025-02", "2023-01..2026-12"];

#[test]
fn the_columns_agree_with_the_slow_implementation_to_the_fen() {
    for seed in 1..=histories() {
        let mut draws = Draws(seed);
        let (columns, slow) = build(&mut draws);
        let last = columns.position();
        assert_eq!(columns.len(), slow.holding_at(last).len(), "seed {seed}");
        for _ in 0..12 {
            compare_cross_table(seed, &mut draws, &columns, &slow);
            compare_explanation(seed, &mut draws, &columns, &slow);
        }
    }
}

fn build(draws: &mut Draws) -> (Columns, SlowStatistics) {
    let facts = draw_history(draws);
    let mut columns = Columns::new(geography());
    for (number, fact) in facts.iter().enumerate() {
        columns.apply(fact).unwrap();
        if number % 7 == 0 {
            assert_eq!(columns.apply(fact), Ok(Applied::Ignored), "applied twice changes nothing");
        }
    }
    let slow = SlowStatistics { root: ROOT, cities: CITIES.to_vec(), counties: COUNTIES.to_vec(), facts };
    (columns, slow)
}

fn draw_query(draws: &mut Draws, last: i64) -> CrossQuery {
    let mut dimensions = Vec::new();
    for _ in 0..draws.below(5) {
        let dimension = draws.of(&Dimension::ALL);
        if !dimensions.contains(&dimension) {
            dimensions.push(dimension);
        }
    }
    let mut query = CrossQuery::new(&dimensions, Direction::Output, period("2024"));
    query.directions = Direction::ALL.into_iter().filter(|_| draws.below(2) == 0).collect();
    if query.directions.is_empty() {
        query.directions.push(draws.of(&Direction::ALL));
    }
    query.spans = (0..=draws.below(3)).map(|_| period(draws.of(&PERIODS))).collect();
    query.within = draws.of(&[None, None, Some(ROOT), Some(430_100), Some(433_100), Some(430_102)]);
    query.as_of = (draws.below(2) == 0).then(|| i64::from(draws.below(u32::try_from(last).unwrap() + 2)));
    query
}

fn compare_cross_table(seed: u64, draws: &mut Draws, columns: &Columns, slow: &SlowStatistics) {
    let query = draw_query(draws, columns.position());
    let table = cross_table(columns, &query).unwrap();
    let position = query.as_of.unwrap_or(columns.position());
    for &direction in &query.directions {
        for (span, &months) in query.spans.iter().enumerate() {
            let expected =
                slow.table(&query.dimensions, direction, months, query.within.unwrap_or(ROOT), position);
            let mut found: BTreeMap<Vec<u32>, Sums> = BTreeMap::new();
            for group in table.groups() {
                if group.direction == direction && group.span == span {
                    let keys = group.keys[..query.dimensions.len()].to_vec();
                    let cell = group.cell;
                    let sums = (cell.count, cell.contract_value, cell.technology_value);
                    assert_eq!(table.cell(direction, span, &keys), cell, "seed {seed}");
                    assert!(found.insert(keys, sums).is_none(), "each group comes once");
                }
            }
            assert_eq!(found, expected, "seed {seed}, {query:?}, {direction:?}, {months}");
        }
    }
}

fn compare_explanation(seed: u64, draws: &mut Draws, columns: &Columns, slow: &SlowStatistics) {
    let mut request =
        TableRequest::new(draws.of(&Direction::ALL), draws.of(&Dimension::ALL), period(draws.of(&PERIODS)));
    request.within = draws.of(&[None, Some(430_100)]);
    request.as_of = Some(i64::from(draws.below(u32::try_from(columns.position()).unwrap() + 1)));
    if draws.below(3) == 0 && request.rows != Dimension::Field {
        request.columns = Some(Dimension::Field);
    }
    request.compare = draws
        .of(&[Comparison::None, Comparison::PreviousYear(xiaoxiang_domain::bulletin::GrowthBase::AsKnown)]);
    let lists = RowLists::default();
    let table = tabulate(columns, &lists, &request, None).unwrap();
    let position = request.as_of.unwrap();
    let within = request.within.unwrap_or(ROOT);
    let all = slow.behind(request.direction, request.period, within, position);
    let row_sum: i128 = table.rows.iter().chain(&table.outside).map(|row| row.cell.contract_value).sum();
    assert_eq!(row_sum, table.total.cell.contract_value, "rows add up to the total");
    assert_eq!(table.total.cell.count, i64::try_from(all.len()).unwrap(), "seed {seed}");
    let before = slow.behind(request.direction, request.period.previous_year(), within, position);
    if let Some(previous) = table.total.previous {
        assert_eq!(previous.count, i64::try_from(before.len()).unwrap(), "seed {seed}");
    }
    let rows: Vec<u32> = table
        .rows
        .iter()
        .filter_map(|row| if let RowKey::Key(key) = row.key { Some(key) } else { None })
        .collect();
    for row in table.all_rows() {
        let behind = explain(columns, &lists, &request, &row.key, None, PageOf::FIRST).unwrap();
        assert_eq!(behind.cell, row.cell, "seed {seed}, {request:?}, {:?}", row.key);
        let mut ids = behind.fact_ids();
        ids.sort_unstable();
        let in_row = |fact: &ContractFact| {
            let key = slow.key(fact, request.direction, request.rows);
            match row.key {
                RowKey::Key(own) => key == own,
                RowKey::Outside => !rows.contains(&key),
                _ => true,
            }
        };
        let mut expected: Vec<i64> =
            all.iter().filter(|fact| in_row(fact)).map(|fact| fact.fact_id).collect();
        expected.sort_unstable();
        assert_eq!(ids, expected, "seed {seed}");
        if request.columns.is_some() {
            let across: i64 = row.by_column.iter().map(|cell| cell.count).sum();
            assert_eq!(across, row.cell.count, "columns add up to the row");
        }
    }
}

#[test]
fn a_renamed_county_moves_with_the_region_data() {
    let mut draws = Draws(99);
    let (mut columns, mut slow) = build(&mut draws);
    let places: Vec<Place> = [430_100, 433_100]
        .into_iter()
        .map(|code| Place { code, parent: ROOT, level: PlaceLevel::City })
        .chain([Place { code: 433_122, parent: 433_100, level: PlaceLevel::County }])
        .collect();
    columns.set_geography(Geography::new(ROOT, &places));
    slow.cities = vec![430_100, 433_100];
    slow.counties = vec![433_122];
    for _ in 0..40 {
        let mut query = draw_query(&mut draws, columns.position());
        query.within = query.within.filter(|&within| columns.geography().knows(within));
        let table = cross_table(&columns, &query).unwrap();
        let (direction, months) = (query.directions[0], query.spans[0]);
        let position = query.as_of.unwrap_or(columns.position());
        let expected =
            slow.table(&query.dimensions, direction, months, query.within.unwrap_or(ROOT), position);
        let total: i128 = expected.values().map(|sums| sums.1).sum();
        assert_eq!(table.total(direction, 0).contract_value, total);
        for (keys, sums) in expected {
            assert_eq!(table.cell(direction, 0, &keys).contract_value, sums.1);
        }
    }
}
