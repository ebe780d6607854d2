//! Columns loaded from the database: time and memory of a process that does only this.

use anyhow::{Result, ensure};

use crate::child;
use crate::data::{Facts, fill};
use crate::figure::{Figure, Unit, micros};
use crate::place::{self, Backend, Setting};
use crate::report::{Line, Report, say};

/// A million contracts of ten years.
pub const ROWS: i64 = 1_000_000;
const RUNS: usize = 3;
const LOAD_MICROS_MAX: i128 = 10_000_000;
const LOAD_MEGABYTES_MAX: i128 = 600;

pub async fn run(setting: &Setting, report: &mut Report) -> Result<()> {
    let rows = setting.rows(ROWS);
    for backend in Backend::BOTH {
        let address = filled(setting, backend, rows).await?;
        let mut times = Vec::new();
        let mut peaks = Vec::new();
        for _ in 0..RUNS {
            let outcome = child::start(&["load", &address]).await?;
            ensure!(outcome.rows == rows, "{} rows loaded", outcome.rows);
            times.push(micros(outcome.took));
            peaks.push(outcome.peak_megabytes);
        }
        let name = backend.name();
        report.add(
            Line::new(format!("load {rows} contracts, {name}"), Figure::of(Unit::Seconds, times))
                .target(LOAD_MICROS_MAX),
        );
        report.add(
            Line::new(format!("load, largest memory, {name}"), Figure::of(Unit::Megabytes, peaks))
                .target(LOAD_MEGABYTES_MAX),
        );
    }
    Ok(())
}

/// The address of a database with so many contracts; the benches of one run share it.
pub async fn filled(setting: &Setting, backend: Backend, rows: i64) -> Result<String> {
    let name = format!("filled_{rows}");
    if let Some(address) = setting.made(backend, &name).await? {
        return Ok(address);
    }
    say(&format!("    fill {} with {rows} contracts (not measured)", backend.name()));
    let address = setting.new_database(backend, &name).await?;
    let app = place::create(&address).await?;
    fill(app, &address, &Facts::new(&place::region()?, rows), rows).await?;
    Ok(address)
}
