//! Single contracts written through the service layer, beside a bare loop of INSERT and COMMIT.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use xiaoxiang_domain::fact::Source;
use xiaoxiang_services::App;
use xiaoxiang_services::contract::record_contract;

use crate::data::Contracts;
use crate::figure::{Figure, Unit, rate};
use crate::place::{self, ACTOR, Backend, Setting};
use crate::report::{Line, Report};

/// Contracts of one run.
const WRITES: usize = 2_000;
const RUNS: usize = 3;
const WRITERS: [usize; 2] = [1, 8];
const WRITES_A_SECOND_MIN: i128 = 300;

pub async fn run(setting: &Setting, report: &mut Report) -> Result<()> {
    let contracts = Arc::new(Contracts::new(&place::region()?));
    for backend in Backend::BOTH {
        let address = setting.new_database(backend, "write").await?;
        let app = place::create(&address).await?;
        let bare = Bare::open(setting, backend).await?;
        for writers in WRITERS {
            let (mut ours, mut peer) = (Vec::new(), Vec::new());
            for run in 0..RUNS {
                let series = format!("W{writers}R{run}N");
                ours.push(rate(WRITES as i64, through_services(&app, &contracts, &series, writers).await?));
                peer.push(rate(WRITES as i64, bare.insert_all(&contracts, &series, writers).await?));
            }
            let name = if writers == 1 { "1 writer".to_owned() } else { format!("{writers} writers") };
            report.add(
                Line::new(
                    format!("contracts written one by one, {name}, {}", backend.name()),
                    Figure::of(Unit::PerSecond, ours),
                )
                .target(WRITES_A_SECOND_MIN)
                .beside("bare INSERT + COMMIT", Figure::of(Unit::PerSecond, peer).median),
            );
        }
        app.db.close().await;
    }
    Ok(())
}

async fn through_services(
    app: &App,
    contracts: &Arc<Contracts>,
    series: &str,
    writers: usize,
) -> Result<Duration> {
    let next = Arc::new(AtomicUsize::new(0));
    let started = Instant::now();
    let tasks = (0..writers).map(|_| {
        let (app, contracts, next, series) =
            (app.clone(), contracts.clone(), next.clone(), series.to_owned());
        tokio::spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= WRITES {
                    return anyhow::Ok(());
                }
                let contract = contracts.contract(&series, number);
                record_contract(&app, &ACTOR, Source::Registry, contract)
                    .await?
                    .context("a new contract is written")?;
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await??;
    }
    Ok(started.elapsed())
}

/// One table in a database of its own, with the same promises about what a COMMIT means.
#[derive(Clone, Debug)]
enum Bare {
    Sqlite(sqlx::SqlitePool),
    Postgres(sqlx::PgPool),
}

impl Bare {
    async fn open(setting: &Setting, backend: Backend) -> Result<Self> {
        let address = setting.new_database(backend, "bare").await?;
        Ok(match address.strip_prefix("sqlite:") {
            Some(path) => {
                let options = SqliteConnectOptions::new()
                    .filename(path)
                    .create_if_missing(true)
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Full);
                let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
                sqlx::query(BARE_TABLE).execute(&pool).await?;
                Self::Sqlite(pool)
            }
            None => {
                let pool = PgPoolOptions::new().max_connections(8).connect(&address).await?;
                sqlx::query(BARE_TABLE).execute(&pool).await?;
                Self::Postgres(pool)
            }
        })
    }

    async fn insert_all(&self, contracts: &Arc<Contracts>, series: &str, writers: usize) -> Result<Duration> {
        let next = Arc::new(AtomicUsize::new(0));
        let started = Instant::now();
        let tasks = (0..writers).map(|_| {
            let (bare, contracts, next, series) =
                (self.clone(), contracts.clone(), next.clone(), series.to_owned());
            tokio::spawn(async move {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= WRITES {
                        return anyhow::Ok(());
                    }
                    let contract = contracts.contract(&series, number);
                    let record = serde_json::json!({
                        "project_name": contract.project_name, "seller": contract.seller.name,
                        "buyer": contract.buyer.name, "address": contract.seller.address,
                    })
                    .to_string();
                    bare.insert(&contract.registration_number, contract.contract_value.0, &record).await?;
                }
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await??;
        }
        Ok(started.elapsed())
    }

    async fn insert(&self, number: &str, value: i64, record: &str) -> Result<()> {
        match self {
            Self::Sqlite(pool) => {
                let mut tx = pool.begin().await?;
                sqlx::query(BARE_INSERT).bind(number).bind(value).bind(record).execute(&mut *tx).await?;
                Ok(tx.commit().await?)
            }
            Self::Postgres(pool) => {
                let mut tx = pool.begin().await?;
                sqlx::query(BARE_INSERT).bind(number).bind(value).bind(record).execute(&mut *tx).await?;
                Ok(tx.commit().await?)
            }
        }
    }
}

const BARE_TABLE: &str = "CREATE TABLE bare (registration_number TEXT PRIMARY KEY, contract_value_fen BIGINT NOT NULL, record TEXT NOT NULL)";
const BARE_INSERT: &str =
    "INSERT INTO bare (registration_number, contract_value_fen, record) VALUES ($1, $2, $3)";
