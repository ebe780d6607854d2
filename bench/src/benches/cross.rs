//! City × month × type × direction over ten million contracts, and the same table by SQL on the peers.

use std::time::Instant;

use anyhow::{Result, ensure};
use xiaoxiang_domain::bulletin::{Dimension, Direction};
use xiaoxiang_domain::period::{Month, Period};
use xiaoxiang_statistics::columns::Columns;
use xiaoxiang_statistics::cross_table::{CrossQuery, Measures, cross_table};
use xiaoxiang_statistics::geography::Geography;

use super::cross_peers::{self, Sums};
use crate::data::Facts;
use crate::figure::{Figure, Unit, micros};
use crate::place::{self, Setting};
use crate::report::{Line, Report, say};

const ROWS: i64 = 10_000_000;
const RUNS: usize = 31;
const CROSS_MICROS_MAX: i128 = 40_000;
/// The directions in the order of [`Sums`].
const DIRECTIONS: [Direction; 3] = [Direction::Registered, Direction::Output, Direction::Absorbed];

pub async fn run(setting: &Setting, report: &mut Report) -> Result<()> {
    let rows = setting.rows(ROWS);
    let region = place::region()?;
    let facts = Facts::new(&region, rows);
    let mut columns = Columns::new(Geography::from_region(&region));
    columns.reserve(usize::try_from(rows)?);
    for row in 1..=rows {
        columns.apply(&facts.fact(row))?;
    }
    let first = Month { year: 2016, month: 11 };
    let ten_years = Period::between(first, Month { year: 2026, month: 10 })?;
    let mut query =
        CrossQuery::new(&[Dimension::City, Dimension::Month, Dimension::Type], DIRECTIONS[0], ten_years);
    query.directions = DIRECTIONS.to_vec();
    query.measures = Measures::CountAndContractValue;
    let mut times = Vec::new();
    for _ in 0..RUNS {
        let started = Instant::now();
        std::hint::black_box(cross_table(&columns, &query)?);
        times.push(micros(started.elapsed()));
    }
    let made = cross_table(&columns, &query)?;
    let ours: Sums = DIRECTIONS.map(|direction| {
        let total = made.total(direction, 0);
        (i128::from(total.count), total.contract_value)
    });
    let groups = made.groups().len();
    let memory = columns.memory_bytes();
    drop((made, columns));
    let figure = Figure::of(Unit::Milliseconds, times);
    let name = format!("city × month × type × direction, {rows} contracts, {groups} groups, 1 thread");

    say("    the same table on PostgreSQL");
    let (postgres, sums) = cross_peers::postgres(setting, &facts, rows).await?;
    ensure!(sums == ours, "PostgreSQL adds up to {sums:?}, we to {ours:?}");
    say("    the same table on DuckDB");
    let duckdb = cross_peers::duckdb(setting, &facts, rows)?;
    ensure!(duckdb.sums == ours, "DuckDB adds up to {:?}, we to {ours:?}", duckdb.sums);

    report.add(
        Line::new(&name, figure).target(CROSS_MICROS_MAX).beside(
            format!("PostgreSQL {}, {} workers", postgres.version, postgres.workers),
            postgres.median,
        ),
    );
    report.add(
        Line::new("the same", figure)
            .beside(format!("DuckDB {}, {} threads", duckdb.version, duckdb.threads), duckdb.all_threads),
    );
    report.add(
        Line::new("the same", figure)
            .beside(format!("DuckDB {}, 1 thread", duckdb.version), duckdb.one_thread),
    );
    report.add(Line::new(
        "the same, memory of the columns",
        Figure::one(Unit::Megabytes, i128::try_from(memory / 1_000_000)?),
    ));
    Ok(())
}
