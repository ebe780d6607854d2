//! A large file in the national form, imported by a process of its own, while others write and read.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use xiaoxiang_domain::fact::Source;
use xiaoxiang_domain::region::Region;
use xiaoxiang_services::App;
use xiaoxiang_services::contract::record_contract;

use crate::child;
use crate::data::Contracts;
use crate::figure::{Figure, Unit, micros, percentile, rate};
use crate::place::{self, ACTOR, Backend, Setting};
use crate::report::{Line, Report, say};
use crate::sheet;

const ROWS: i64 = 200_000;
const RUNS: usize = 3;
const ROWS_A_SECOND_MIN: i128 = 5_000;
const MEGABYTES_MAX: i128 = 400;
const WAIT_MICROS_MAX: i128 = 1_000_000;
const WRITER_PAUSE: Duration = Duration::from_millis(50);
const READER_PAUSE: Duration = Duration::from_millis(200);

pub async fn run(setting: &Setting, report: &mut Report) -> Result<()> {
    let rows = setting.rows(ROWS);
    let region = place::region()?;
    let contracts = Contracts::new(&region);
    for (kind, ending) in [("CSV", "csv"), ("XLSX", "xlsx")] {
        let path = setting.file(&format!("import.{ending}"));
        say(&format!("    write {rows} rows as {kind} (not measured)"));
        sheet::write(&path, &region, &contracts, "IMPORT", usize::try_from(rows)?)?;
        for backend in Backend::BOTH {
            let runs = if kind == "CSV" { RUNS } else { 1 };
            alone(setting, report, backend, kind, child::word(&path)?, rows, runs).await?;
        }
    }
    let path = setting.file("import.csv");
    for backend in Backend::BOTH {
        with_company(setting, report, backend, child::word(&path)?, rows, &region).await?;
    }
    Ok(())
}

/// Nobody else is there: rows a second and memory.
async fn alone(
    setting: &Setting,
    report: &mut Report,
    backend: Backend,
    kind: &str,
    path: &str,
    rows: i64,
    runs: usize,
) -> Result<()> {
    let (mut rates, mut peaks) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        let address = setting.new_database(backend, "import").await?;
        place::create(&address).await?.db.close().await;
        let outcome = child::start(&["import", &address, path]).await?;
        ensure!(outcome.rows == rows, "{} rows imported", outcome.rows);
        rates.push(rate(rows, outcome.took));
        peaks.push(outcome.peak_megabytes);
        setting.drop_database(&address).await?;
    }
    let name = format!("{kind}, {}", backend.name());
    report.add(
        Line::new(format!("import {rows} rows of {name}"), Figure::of(Unit::PerSecond, rates))
            .target(ROWS_A_SECOND_MIN),
    );
    report.add(
        Line::new(format!("import, largest memory, {name}"), Figure::of(Unit::Megabytes, peaks))
            .target(MEGABYTES_MAX),
    );
    Ok(())
}

/// Another process registers single contracts and looks at the figures all the while.
async fn with_company(
    setting: &Setting,
    report: &mut Report,
    backend: Backend,
    path: &str,
    rows: i64,
    region: &Region,
) -> Result<()> {
    let address = setting.new_database(backend, "import").await?;
    let app = place::create(&address).await?;
    let is_over = AtomicBool::new(false);
    let importing = async {
        let outcome = child::start(&["import", &address, path]).await;
        is_over.store(true, Ordering::Relaxed);
        outcome
    };
    let contracts = Contracts::new(region);
    let (outcome, waits, seen) =
        tokio::join!(importing, write_along(&app, &contracts, &is_over), read_along(&app, rows, &is_over));
    let (outcome, waits, views) = (outcome?, waits?, seen?);
    ensure!(outcome.rows == rows, "{} rows imported", outcome.rows);
    let counted = i64::try_from(app.figures().await?.columns().len())?;
    ensure!(
        counted == rows + i64::try_from(waits.len())?,
        "{counted} contracts are counted after the import"
    );
    app.db.close().await;
    setting.drop_database(&address).await?;
    let name = backend.name();
    let longest = waits.iter().max().copied().unwrap_or_default();
    let spread = Figure::milliseconds(&waits);
    report.add(
        Line::new(
            format!("longest of {} writes during an import, {name}", waits.len()),
            Figure { median: micros(longest), ..spread },
        )
        .target(WAIT_MICROS_MAX),
    );
    report.add(Line::new(
        format!("99 of 100 writes during an import, {name}"),
        Figure { median: micros(percentile(&waits, 99)), ..spread },
    ));
    say(&format!("    {views} looks at the figures during the import on {name}: none of its rows, or all"));
    Ok(())
}

async fn write_along(app: &App, contracts: &Contracts, is_over: &AtomicBool) -> Result<Vec<Duration>> {
    let mut waits = Vec::new();
    while !is_over.load(Ordering::Relaxed) {
        let contract = contracts.contract("ALONG", waits.len());
        let started = Instant::now();
        record_contract(app, &ACTOR, Source::Registry, contract).await?;
        waits.push(started.elapsed());
        tokio::time::sleep(WRITER_PAUSE).await;
    }
    Ok(waits)
}

/// What is counted beside the single contracts must be none of the file's rows or all of them.
async fn read_along(app: &App, rows: i64, is_over: &AtomicBool) -> Result<usize> {
    let mut looks = 0;
    let mut single_before = 0;
    while !is_over.load(Ordering::Relaxed) {
        let counted = i64::try_from(app.figures().await?.columns().len())?;
        let single = if counted >= rows { counted - rows } else { counted };
        ensure!(single >= single_before && single < rows, "{counted} contracts are counted amid the import");
        single_before = single;
        looks += 1;
        tokio::time::sleep(READER_PAUSE).await;
    }
    Ok(looks)
}
