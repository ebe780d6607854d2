//! One new contract visible in all tables after its commit, with a million contracts behind.

use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use xiaoxiang_domain::bulletin::{Dimension, Direction};
use xiaoxiang_domain::fact::Source;
use xiaoxiang_domain::period::Period;
use xiaoxiang_services::bulletin::{TableAsk, make_table};
use xiaoxiang_services::contract::record_contract;

use super::load;
use crate::data::Contracts;
use crate::figure::{Figure, Unit, micros, percentile};
use crate::place::{self, ACTOR, Backend, Setting};
use crate::report::{Line, Report};

const COMMITS: usize = 300;
const FOLLOW_MICROS_MAX: i128 = 50_000;

pub async fn run(setting: &Setting, report: &mut Report) -> Result<()> {
    let rows = setting.rows(load::ROWS);
    let contracts = Contracts::new(&place::region()?);
    for backend in Backend::BOTH {
        let address = load::filled(setting, backend, rows).await?;
        let app = place::open(&address).await?;
        let before = app.figures().await?.columns().len();
        let mut follow = Vec::new();
        let mut table = Vec::new();
        for number in 0..COMMITS {
            let contract = contracts.contract("FOLLOW", number);
            let ask = TableAsk::new(
                Direction::Registered,
                Dimension::City,
                Period::year(contract.registered_on.year())?,
            );
            let value = contract.contract_value;
            let earlier = make_table(&app, &ask).await?.table.total.cell.contract_value;
            let commit = record_contract(&app, &ACTOR, Source::Registry, contract).await?;
            let commit = commit.context("a new contract is written")?;
            let started = Instant::now();
            let figures = app.figures().await?;
            follow.push(started.elapsed());
            ensure!(figures.position() >= commit.position, "the figures stop before the commit");
            drop(figures);
            let made = make_table(&app, &ask).await?;
            table.push(started.elapsed());
            ensure!(
                made.table.total.cell.contract_value == earlier + i128::from(value.0),
                "the new contract is not in the table"
            );
        }
        ensure!(app.figures().await?.columns().len() == before + COMMITS, "not every contract is counted");
        app.db.close().await;
        let name = backend.name();
        for (what, times) in [("in the figures", follow), ("in a finished table", table)] {
            let p99 = micros(percentile(&times, 99));
            let spread = Figure::milliseconds(&times);
            report.add(
                Line::new(
                    format!("new contract {what}, p99, {name}"),
                    Figure { median: p99, unit: Unit::Milliseconds, ..spread },
                )
                .target(FOLLOW_MICROS_MAX),
            );
        }
    }
    Ok(())
}
