//! A database with so many contracts behind it, filled the fast way; this is never measured.
//!
//! One contract in fifty was registered by itself, all others came with the import of their month. The records are
//! one example's under names of their own, so the audit of such a database would fail; nothing measured looks there.

use std::fmt::Write as _;
use std::str::FromStr as _;

use anyhow::{Context as _, Result};
use serde_json::json;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection};
use xiaoxiang_domain::contract::split_personal;
use xiaoxiang_services::App;
use xiaoxiang_store::NewEntry;

use super::Contracts;
use super::facts::{BUYERS, Facts, MONTHS, REGISTRARS};
use crate::place::{self, ACTOR};

/// Every so manieth contract has a change set of its own.
const SINGLE_EVERY: i64 = 50;
/// Change sets of the imports begin here.
const IMPORT_SETS: i64 = 1_000;
/// Change sets of the single contracts begin here, and their log positions [`SINGLE_POSITIONS`].
const SINGLE_SETS: i64 = 10_000;
const SINGLE_POSITIONS: i64 = 1_000;
/// Rows of one statement.
const BATCH: i64 = 500;
/// Words of two characters, of which project names are made.
pub const WORDS: &str = "高温机床碳纤磁浮茶油射线检测复合材料轨道齿轮泵阀软件算法育种稻谷柑橘渔业矿山冶炼稀土电池光伏风电\
                         储能芯片雷达遥感地图基因疫苗药物手术影像护理教学档案物流仓储港口隧道桥梁沥青混凝陶瓷玻璃薄膜涂层";
/// What ends every project name.
pub const NAME_END: &str = "技术开发";
/// One multiplier for each word of a name.
const WORD_MULTIPLIERS: [i64; 5] = [48_271, 69_621, 16_807, 39_373, 40_692];

/// The name of a project in SQL; `n` is the row.
fn name_sql() -> String {
    let words = WORDS.chars().count() / 2;
    let word = |multiplier: i64| {
        format!("substr('{WORDS}', CAST(1 + 2 * (n * {multiplier} % 2147483647 % {words}) AS INTEGER), 2)")
    };
    format!("{} || '{NAME_END}'", WORD_MULTIPLIERS.map(word).join(" || "))
}

/// A record in SQL around the name of its project.
fn record_sql() -> Result<String> {
    const NAME: &str = "项目名称在此";
    let mut contract = Contracts::new(&place::region()?).contract("BENCH", 1);
    contract.project_name = NAME.to_owned();
    let _ = split_personal(&mut contract);
    let record = serde_json::to_string(&contract)?.replace('\'', "''");
    let (before, after) = record.split_once(NAME).context("invariant: the record has its name")?;
    Ok(format!("'{before}' || {} || '{after}'", name_sql()))
}

/// Fills a new database, whose region is in force, with contracts 1 to `rows`; closes the application.
pub async fn fill(app: App, address: &str, facts: &Facts, rows: i64) -> Result<()> {
    let entries = SINGLE_POSITIONS + rows / SINGLE_EVERY + 1;
    let entry = |number: i64| NewEntry {
        kind: "contract.registered",
        subject: format!("contract:BENCH{number}"),
        payload: json!({ "version": 1, "source": "registry" }),
    };
    app.db.begin(app.clock.now_ms()).await?.commit(ACTOR.log_name(), (0..entries).map(entry), []).await?;
    app.db.close().await;
    let mut raw = Raw::open(address).await?;
    raw.run("BEGIN").await?;
    insert_all(&mut raw, facts, rows).await?;
    if let Raw::Postgres(_) = raw {
        for (table, key) in KEYS {
            raw.run(&format!(
                "SELECT setval(pg_get_serial_sequence('{table}', '{key}'), (SELECT max({key}) FROM {table}))"
            ))
            .await?;
        }
    }
    raw.run("COMMIT").await?;
    raw.close().await
}

/// Tables with keys that count up.
const KEYS: [(&str, &str); 6] = [
    ("change_set", "change_set_id"),
    ("organisation", "organisation_key"),
    ("registrar", "registrar_key"),
    ("contract", "contract_key"),
    ("contract_version", "contract_version_id"),
    ("contract_fact", "fact_id"),
];

async fn insert_all(raw: &mut Raw, facts: &Facts, rows: i64) -> Result<()> {
    let numbers = raw.numbers();
    let import_sets = "SELECT n, NULL, 0 FROM numbers";
    raw.run(&format!(
        "{} INSERT INTO change_set {import_sets}",
        numbers(IMPORT_SETS, IMPORT_SETS + MONTHS - 1)
    ))
    .await?;
    raw.run(&format!(
        "{} INSERT INTO change_set {import_sets}",
        numbers(SINGLE_SETS, SINGLE_SETS + rows / SINGLE_EVERY)
    ))
    .await?;
    raw.run(&format!(
        "{} INSERT INTO organisation (organisation_key, organisation_id, identity, name)
         SELECT n, 'bench' || n, 'name:示例机构' || n, '示例机构' || n FROM numbers",
        numbers(1, BUYERS)
    ))
    .await?;
    raw.run(&format!(
        "{} INSERT INTO registrar (registrar_key, identity, code, name)
         SELECT n, 'name:示例登记处' || n, '', '示例登记处' || n FROM numbers",
        numbers(1, REGISTRARS)
    ))
    .await?;
    let set = format!(
        "CASE WHEN n % {SINGLE_EVERY} = 0 THEN {SINGLE_SETS} + n / {SINGLE_EVERY}
              ELSE {IMPORT_SETS} + (n - 1) * {MONTHS} / {rows} END"
    );
    raw.run(&format!(
        "{} INSERT INTO contract (contract_key, contract_id, registration_number)
         SELECT n, 'bench' || n, 'BENCH' || n FROM numbers",
        numbers(1, rows)
    ))
    .await?;
    let record = record_sql()?;
    raw.run(&format!(
        "{} INSERT INTO contract_version (contract_version_id, contract_key, version, change_set_id, source, standing,
                registered_on, contract_type, contract_value_fen, technology_value_fen, seller_key, buyer_key, record,
                content_hash)
         SELECT n, n, 1, {set}, 'registry', 'counted', '2026-01-01', '1', 0, 0, 1 + n % 20000, 1 + n % 40000,
                {record}, {} FROM numbers",
        numbers(1, rows),
        raw.empty_bytes()
    ))
    .await?;
    let mut row = 1;
    while row <= rows {
        let last = (row + BATCH - 1).min(rows);
        raw.run(&facts_sql(facts, row, last, rows)).await?;
        row = last + 1;
    }
    raw.run(&format!(
        "UPDATE change_set SET position = CASE WHEN change_set_id < {SINGLE_SETS} THEN change_set_id - {IMPORT_SETS} + 1
                                               ELSE change_set_id - {SINGLE_SETS} + {SINGLE_POSITIONS} END
          WHERE change_set_id >= {IMPORT_SETS}"
    ))
    .await
}

fn facts_sql(facts: &Facts, first: i64, last: i64, rows: i64) -> String {
    let mut text = "INSERT INTO contract_fact (fact_id, change_set_id, contract_key, version, standing, source,
        registered_on, contract_type, field, ip, seller_kind, buyer_kind, seller_division, buyer_division, seller_park,
        buyer_park, seller_organisation, buyer_organisation, registrar, contract_value_fen, technology_value_fen) VALUES"
        .to_owned();
    for row in first..=last {
        let set = if row % SINGLE_EVERY == 0 {
            SINGLE_SETS + row / SINGLE_EVERY
        } else {
            IMPORT_SETS + (row - 1) * MONTHS / rows
        };
        let fact = facts.fact(row);
        let comma = if row == first { "" } else { "," };
        let written = write!(
            text,
            "{comma}({row},{set},{row},1,'{}','{}','{}',{},{},{},{},{},{},{},{},{},{},{},{},{},{})",
            fact.standing.code(),
            fact.source.code(),
            fact.registered_on,
            fact.contract_type,
            fact.field,
            fact.ip,
            fact.seller_kind,
            fact.buyer_kind,
            fact.seller_division,
            fact.buyer_division,
            fact.seller_park,
            fact.buyer_park,
            fact.seller_organisation,
            fact.buyer_organisation,
            fact.registrar,
            fact.contract_value.0,
            fact.technology_value.0
        );
        written.expect("a text takes any writing");
    }
    text
}

/// A connection past the store: only for filling and for peers.
pub enum Raw {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Raw {
    pub async fn open(address: &str) -> Result<Self> {
        if let Some(path) = address.strip_prefix("sqlite:") {
            let options = SqliteConnectOptions::new()
                .filename(path)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Off)
                .foreign_keys(false);
            return Ok(Self::Sqlite(SqliteConnection::connect_with(&options).await?));
        }
        let mut connection = PgConnection::connect_with(&PgConnectOptions::from_str(address)?).await?;
        // The rows are right; checking each against triggers and foreign keys would take minutes.
        sqlx::query("SET session_replication_role = replica").execute(&mut connection).await?;
        Ok(Self::Postgres(connection))
    }

    pub async fn run(&mut self, text: &str) -> Result<()> {
        let text = AssertSqlSafe(text.to_owned());
        match self {
            Self::Sqlite(connection) => sqlx::raw_sql(text).execute(connection).await.map(|_| ())?,
            Self::Postgres(connection) => sqlx::raw_sql(text).execute(connection).await.map(|_| ())?,
        }
        Ok(())
    }

    /// Leaves the database as a running one: nothing waits to be folded back or to be analysed.
    async fn close(mut self) -> Result<()> {
        let tidy = match &self {
            Self::Sqlite(_) => "PRAGMA wal_checkpoint(TRUNCATE)",
            Self::Postgres(_) => "VACUUM ANALYZE",
        };
        self.run(tidy).await?;
        match self {
            Self::Sqlite(connection) => connection.close().await?,
            Self::Postgres(connection) => connection.close().await?,
        }
        Ok(())
    }

    /// A table `numbers` with the column `n`, to stand before a statement.
    fn numbers(&self) -> fn(i64, i64) -> String {
        match self {
            Self::Sqlite(_) => |first, last| {
                format!(
                    "WITH RECURSIVE numbers(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM numbers WHERE n < {last})"
                )
            },
            Self::Postgres(_) => |first, last| {
                format!("WITH numbers(n) AS (SELECT generate_series(CAST({first} AS BIGINT), {last}))")
            },
        }
    }

    fn empty_bytes(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "x''",
            Self::Postgres(_) => "'\\x'::BYTEA",
        }
    }
}
