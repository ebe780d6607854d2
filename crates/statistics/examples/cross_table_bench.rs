//! Times the cross-table city × month × type × direction: `cross_table_bench [ROWS]`, 10,000,000 by default.
//!
//! Prints one line: rows, seconds to load, best and median milliseconds of the query with one amount and with
//! both, and megabytes of the columns.
#![expect(clippy::print_stdout, reason = "a bench prints its line")]

use std::time::Instant;

use jiff::civil::date;
use xiaoxiang_domain::bulletin::{Dimension, Direction};
use xiaoxiang_domain::fact::{ContractFact, Source, Standing};
use xiaoxiang_domain::money::Fen;
use xiaoxiang_domain::period::{Month, Period};
use xiaoxiang_domain::ratio::decimal_text;
use xiaoxiang_statistics::columns::Columns;
use xiaoxiang_statistics::cross_table::{CrossQuery, Measures, cross_table};
use xiaoxiang_statistics::geography::{Geography, Place, PlaceLevel};

const ROWS: i64 = 10_000_000;
const RUNS: usize = 15;
const CITIES: u32 = 14;
const COUNTIES_PER_CITY: u32 = 9;

/// A linear congruential generator: the same rows on every machine.
struct Draws(u64);

impl Draws {
    fn below(&mut self, limit: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let product = (self.0 >> 32) * u64::from(limit);
        u32::try_from(product >> 32).expect("below the limit")
    }

    fn code(&mut self, limit: u16) -> u16 {
        u16::try_from(self.below(u32::from(limit))).expect("below the limit")
    }
}

fn city(number: u32) -> u32 {
    430_000 + (number + 1) * 100
}

/// Four of five places lie in the region.
fn division(draws: &mut Draws) -> u32 {
    if draws.below(5) == 0 {
        return 110_101 + draws.below(16);
    }
    let city_number = draws.below(CITIES);
    city(city_number) + 1 + draws.below(COUNTIES_PER_CITY)
}

fn fact(number: i64, draws: &mut Draws) -> ContractFact {
    let month = Month::from_index(Month { year: 2022, month: 1 }.index() + draws.below(60).cast_signed());
    let amount = i64::from(draws.below(2_000_000_000));
    let registry = draws.below(10) > 0;
    ContractFact {
        fact_id: number,
        contract_key: number,
        position: number / 1000 + 1,
        standing: Standing::Counted,
        source: if registry { Source::Registry } else { Source::Exchange },
        registered_on: date(month.year, month.month, 1 + i8::try_from(draws.below(28)).expect("below 28")),
        contract_type: 1 + draws.code(5),
        field: 1 + draws.code(11),
        ip: 1 + draws.code(9),
        seller_kind: 1 + draws.code(6),
        buyer_kind: 1 + draws.code(6),
        seller_division: division(draws),
        buyer_division: division(draws),
        seller_park: draws.below(145),
        buyer_park: draws.below(145),
        seller_organisation: draws.below(20_000),
        buyer_organisation: draws.below(40_000),
        registrar: 1 + draws.below(30),
        contract_value: Fen(amount),
        technology_value: Fen(amount / 2),
    }
}

fn geography() -> Geography {
    let mut places = Vec::new();
    for number in 0..CITIES {
        places.push(Place { code: city(number), parent: 430_000, level: PlaceLevel::City });
        for county in 1..=COUNTIES_PER_CITY {
            places.push(Place {
                code: city(number) + county,
                parent: city(number),
                level: PlaceLevel::County,
            });
        }
    }
    Geography::new(430_000, &places)
}

fn main() {
    let rows = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(ROWS);
    let mut draws = Draws(20_260_101);
    let mut columns = Columns::new(geography());
    let started = Instant::now();
    columns.reserve(usize::try_from(rows).expect("a positive number of rows"));
    for number in 1..=rows {
        columns.apply(&fact(number, &mut draws)).expect("drawn facts are valid");
    }
    let load = started.elapsed();

    let first = Month { year: 2022, month: 1 };
    let five_years = Period::between(first, Month { year: 2026, month: 12 }).expect("the period is in order");
    let mut query = CrossQuery::new(
        &[Dimension::City, Dimension::Month, Dimension::Type],
        Direction::Registered,
        five_years,
    );
    query.directions = vec![Direction::Registered, Direction::Output, Direction::Absorbed];
    query.measures = Measures::CountAndContractValue;
    let one = measure(&columns, &query);
    query.measures = Measures::All;
    let both = measure(&columns, &query);
    println!(
        "rows {rows} load_s {:.2} count_and_value_ms best {} median {} all_measures_ms best {} median {} columns_mb {}",
        load.as_secs_f64(),
        one.0,
        one.1,
        both.0,
        both.1,
        columns.memory_bytes() / 1_000_000
    );
}

/// Best and median milliseconds, with one decimal.
fn measure(columns: &Columns, query: &CrossQuery) -> (String, String) {
    let mut times: Vec<u128> = (0..RUNS)
        .map(|_| {
            let started = Instant::now();
            let table = cross_table(columns, query).expect("the query is valid");
            assert!(!table.groups().is_empty(), "the table has rows");
            started.elapsed().as_micros()
        })
        .collect();
    times.sort_unstable();
    let milliseconds = |micros: u128| decimal_text(micros.cast_signed(), 1000, 1);
    (milliseconds(times[0]), milliseconds(times[RUNS / 2]))
}
