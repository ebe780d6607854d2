//! The truth tests of contracts: a year of a large country's province at once, and one new contract against a million.

use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use xiaoxiang_domain::contract::screen::{Book, ScreenRules};
use xiaoxiang_services::demo::planted::{CONTRACTS_MAX, planted_book};
use xiaoxiang_services::screening::{flags_on_all_cores, screen_contracts};

use crate::figure::{Figure, Unit, micros, percentile};
use crate::place::{self, Setting};
use crate::report::{Line, Report};

/// Contracts screened at once, and those of the large book.
const AT_ONCE: i64 = 100_000;
const BOOK: i64 = 1_000_000;
const AT_ONCE_MICROS_MAX: i128 = 60_000_000;
const ONE_MICROS_MAX: i128 = 100_000;
/// New contracts entered one by one.
const NEW: usize = 500;
/// Seeds: the book's, and another for what is new.
const SEEDS: [u64; 2] = [1, 2];

pub async fn run(setting: &Setting, report: &mut Report) -> Result<()> {
    let region = place::region()?;
    let contracts = usize::try_from(setting.rows(AT_ONCE).min(AT_ONCE))?;
    let planted = planted_book(SEEDS[0], contracts);
    let started = Instant::now();
    let flags = screen_contracts(&region, &planted.contracts)?;
    report.add(
        Line::new(
            format!("{} contracts screened, {} questions", planted.contracts.len(), flags.len()),
            Figure::one(Unit::Seconds, micros(started.elapsed())),
        )
        .target(AT_ONCE_MICROS_MAX),
    );
    drop((planted, flags));

    let rules = ScreenRules::of(&region).context("the region has parameters for screening")?;
    let rows = usize::try_from(setting.rows(BOOK))?.min(CONTRACTS_MAX);
    let started = Instant::now();
    let mut book = Book::of(&rules, &planted_book(SEEDS[0], rows).contracts)?;
    report.add(Line::new(
        format!("book of {} contracts made and entered", book.len()),
        Figure::one(Unit::Seconds, micros(started.elapsed())),
    ));
    let mut times = Vec::with_capacity(NEW);
    let mut asked = 0;
    for (number, mut contract) in planted_book(SEEDS[1], 2 * NEW).contracts.into_iter().take(NEW).enumerate()
    {
        contract.registration_number = format!("NEW{number}");
        let started = Instant::now();
        book.enter(&[&contract])?;
        asked += book.flags_of(&contract.registration_number).len();
        times.push(started.elapsed());
    }
    if asked == 0 {
        bail!("none of {NEW} new contracts with tricks among them was asked about");
    }
    for (what, per_cent) in [("median", 50), ("p99", 99), ("worst", 100)] {
        let spread = Figure::milliseconds(&times);
        let figure = Figure { median: micros(percentile(&times, per_cent)), ..spread };
        let line = Line::new(format!("one new contract against {}, {what}", book.len()), figure);
        report.add(line.target(ONE_MICROS_MAX));
    }
    let started = Instant::now();
    let flags = flags_on_all_cores(&book);
    report.add(Line::new(
        format!("book of {} contracts screened, {} questions", book.len(), flags.len()),
        Figure::one(Unit::Seconds, micros(started.elapsed())),
    ));
    Ok(())
}
