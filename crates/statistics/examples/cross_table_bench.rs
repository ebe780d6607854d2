//! Times the cross-table city × month × type × direction: `cross_table_bench [ROWS]`, 10,000,000 by default.
//!
//! Prints one line: rows, seconds to load; best, median and processor milliseconds of the cross-table with one
//! amount and with both, and of the monthly table by city; megabytes of the columns and of the process. Processor
//! time is what counts on a machine that does other work meanwhile.
#![expect(clippy::print_stdout, reason = "a bench prints its line")]

use std::time::Instant;

use jiff::civil::date;
use xiaoxiang_domain::bulletin::{Dimension, Direction, GrowthBase};
use xiaoxiang_domain::fact::{ContractFact, Source, Standing};
use xiaoxiang_domain::money::Fen;
use xiaoxiang_domain::period::{Month, Period};
use xiaoxiang_domain::ratio::decimal_text;
use xiaoxiang_domain::target::AnnualTargets;
use xiaoxiang_statistics::city_monthly::{CityMonthlyRequest, PublishedBases, city_monthly};
use xiaoxiang_statistics::columns::Columns;
use xiaoxiang_statistics::cross_table::{CrossQuery, Measures, cross_table};
use xiaoxiang_statistics::geography::{Geography, Place, PlaceLevel, RowLists};
use xiaoxiang_statistics::table::RowOrder;

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
    let rows: i64 = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(ROWS);
    let bare = bare_scan(usize::try_from(rows).expect("a positive number of rows"));
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
    let one = measure(|| cross_table(&columns, &query).is_ok());
    query.measures = Measures::All;
    let both = measure(|| cross_table(&columns, &query).is_ok());
    let request = CityMonthlyRequest {
        period: Period::month(Month { year: 2026, month: 6 }).expect("a month is in order"),
        growth_base: GrowthBase::AsKnown,
        order: RowOrder::Amount,
        target_direction: Direction::Registered,
        on: date(2026, 6, 30),
        as_of: None,
    };
    let (lists, targets, bases) = (RowLists::default(), AnnualTargets::default(), PublishedBases::new());
    let monthly = measure(|| city_monthly(&columns, &lists, &targets, &request, &bases).is_ok());
    let mut earlier = request.clone();
    earlier.as_of = Some(columns.position() / 2);
    let as_of = measure(|| city_monthly(&columns, &lists, &targets, &earlier, &bases).is_ok());
    println!(
        "rows {rows} bare_scan_ms {bare} load_s {}.{:02} count_and_value_ms {one} all_measures_ms {both} city_monthly_ms {monthly} \
         city_monthly_as_of_ms {as_of} columns_mb {} process_mb {}",
        load.as_secs(),
        load.subsec_millis() / 10,
        columns.memory_bytes() / 1_000_000,
        process_megabytes()
    );
}

/// The same addition over four plain columns of bytes and one of amounts, written out by hand: what the machine
/// can do at this moment, as a measure for the other figures.
fn bare_scan(rows: usize) -> String {
    let mut draws = Draws(1);
    let mut column = |limit: u32| -> Vec<u8> {
        (0..rows).map(|_| u8::try_from(draws.below(limit)).expect("below 256")).collect()
    };
    let (cities, months, types, directions) = (column(14), column(60), column(5), column(3));
    let values: Vec<i64> = (0..rows).map(|row| i64::try_from(row).expect("few rows")).collect();
    measure(|| {
        let mut sums = vec![[0_i64; 2]; 14 * 60 * 5 * 3];
        let codes = cities.iter().zip(&months).zip(&types).zip(&directions);
        for ((((&city, &month), &kind), &direction), &value) in codes.zip(&values) {
            let group = ((usize::from(city) * 60 + usize::from(month)) * 5 + usize::from(kind)) * 3;
            let sum = &mut sums[group + usize::from(direction)];
            sum[0] += 1;
            sum[1] += value;
        }
        sums.iter().any(|sum| sum[0] > 0)
    })
}

/// Best, median and mean processor milliseconds of several runs.
fn measure(query: impl Fn() -> bool) -> String {
    let processor_before = processor_micros();
    let mut times: Vec<u128> = (0..RUNS)
        .map(|_| {
            let started = Instant::now();
            assert!(query(), "the query is valid");
            started.elapsed().as_micros()
        })
        .collect();
    let processor = (processor_micros() - processor_before) / RUNS as u128;
    times.sort_unstable();
    let milliseconds = |micros: u128| decimal_text(micros.cast_signed(), 1000, 1);
    format!("{}/{}/{}", milliseconds(times[0]), milliseconds(times[RUNS / 2]), milliseconds(processor))
}

/// Processor time of this thread, where Linux tells it; else 0.
fn processor_micros() -> u128 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos: u128 = text.split(' ').next().and_then(|first| first.parse().ok()).unwrap_or(0);
    nanos / 1000
}

/// Largest resident size of the process in megabytes, where Linux tells it; else 0.
fn process_megabytes() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse().unwrap_or(0);
    kilobytes / 1000
}
