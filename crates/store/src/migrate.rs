//! Migrations: paired files, embedded, only ever forward, under a lock.

use std::borrow::Cow;

use sqlx::SqlSafeStr as _;
use sqlx::migrate::{Migration, MigrationType, Migrator};

use crate::db::{Db, Tx};
use crate::error::StoreError;

macro_rules! migrations {
    ($($number:literal $file:literal),+ $(,)?) => {
        &[$((
            $number,
            $file,
            include_str!(concat!("../../../migrations/sqlite/", $file, ".sql")),
            include_str!(concat!("../../../migrations/postgres/", $file, ".sql")),
        )),+]
    };
}

/// Number, file, text for SQLite, text for PostgreSQL.
const MIGRATIONS: &[(i64, &str, &str, &str)] = migrations![
    1 "0001_spine",
    2 "0002_people",
    3 "0003_organisation_history",
    4 "0004_api",
    5 "0005_countersign",
    6 "0006_import_run",
    7 "0007_targets_objections",
    8 "0008_provider",
    9 "0009_bulletin_head",
    10 "0010_registration",
    11 "0011_inspection",
    12 "0012_flags",
    13 "0013_notice",
    14 "0014_registration_mapping",
    16 "0016_registration_points",
    17 "0017_registration_batch",
    18 "0018_registration_auditor",
    20 "0020_achievement",
    21 "0021_demand",
    22 "0022_profile",
    23 "0023_lead",
    24 "0024_event",
    25 "0025_match",
    26 "0026_saved_search",
];

/// Number of the advisory lock; any will do that nothing else in the database takes.
const MIGRATION_LOCK: i64 = 7_243_392_161;

/// How the database's schema stands to this program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SchemaState {
    /// No table of ours yet.
    Empty,
    /// Behind; `migrate` brings it up.
    Older,
    /// As this program expects.
    Current,
    /// Written by a newer program.
    Newer,
}

impl Db {
    /// Brings the schema up to this program's version and opens the log of an empty database under `log_id`.
    ///
    /// All in one transaction, under SQLite's write lock or an advisory lock of PostgreSQL: of two processes that start
    /// at once the second finds the work done.
    pub async fn migrate(&self, log_id: &str) -> Result<(), StoreError> {
        if self.schema_state().await? == SchemaState::Newer {
            return Err(StoreError::Schema {
                found: self.schema_version().await?,
                expected: expected_version(),
            });
        }
        let mut tx = self.begin(0).await?;
        match &mut tx.tx {
            Tx::Sqlite(connection) => {
                migrator(|texts| texts.2).run_direct(None, &mut **connection, false).await
            }
            Tx::Postgres(connection) => {
                sqlx::query("SELECT set_config('lock_timeout', '0', true)")
                    .execute(&mut **connection)
                    .await?;
                sqlx::query("SELECT pg_advisory_xact_lock($1)")
                    .bind(MIGRATION_LOCK)
                    .execute(&mut **connection)
                    .await?;
                migrator(|texts| texts.3).run_direct(None, &mut **connection, false).await
            }
        }
        .map_err(StoreError::Migration)?;
        run!(
            &mut tx.tx,
            "INSERT INTO log_head (only_row, log_id, size, frontier) VALUES (1, $1, 0, $2)
             ON CONFLICT (only_row) DO NOTHING",
            log_id,
            xiaoxiang_audit::Frontier::default().to_bytes()
        )?;
        tx.tx.finish().await
    }

    /// Compares the schema with this program's.
    pub async fn schema_state(&self) -> Result<SchemaState, StoreError> {
        let found = self.schema_version().await?;
        Ok(match found.cmp(&expected_version()) {
            _ if found == 0 => SchemaState::Empty,
            std::cmp::Ordering::Less => SchemaState::Older,
            std::cmp::Ordering::Equal => SchemaState::Current,
            std::cmp::Ordering::Greater => SchemaState::Newer,
        })
    }

    /// Refuses a schema that is not this program's.
    pub async fn require_current_schema(&self) -> Result<(), StoreError> {
        match self.schema_state().await? {
            SchemaState::Current => Ok(()),
            _ => {
                Err(StoreError::Schema { found: self.schema_version().await?, expected: expected_version() })
            }
        }
    }

    async fn schema_version(&self) -> Result<i64, StoreError> {
        let mut tx = self.read().await?;
        // The catalogues differ by nature.
        let present: Option<(String,)> = match &mut tx {
            Tx::Sqlite(_) => row!(
                &mut tx,
                (String,),
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name = '_sqlx_migrations'"
            )?,
            Tx::Postgres(_) => row!(
                &mut tx,
                (String,),
                "SELECT CAST(tablename AS TEXT) FROM pg_tables
                  WHERE tablename = '_sqlx_migrations' AND schemaname = current_schema()"
            )?,
        };
        if present.is_none() {
            return Ok(0);
        }
        let version: Option<(Option<i64>,)> =
            row!(&mut tx, (Option<i64>,), "SELECT MAX(version) FROM _sqlx_migrations WHERE success")?;
        Ok(version.and_then(|(version,)| version).unwrap_or(0))
    }
}

/// Names the migrations by their texts, so that a test's template database is made anew when one changes.
#[cfg(feature = "testing")]
pub(crate) fn postgres_fingerprint() -> String {
    let texts: String = MIGRATIONS.iter().map(|migration| migration.3).collect();
    hex::encode(&xiaoxiang_audit::leaf_hash(texts.as_bytes()).0[..8])
}

fn expected_version() -> i64 {
    MIGRATIONS.last().map_or(0, |migration| migration.0)
}

fn migrator(text: impl Fn(&(i64, &'static str, &'static str, &'static str)) -> &'static str) -> Migrator {
    let mut migrator = Migrator::with_migrations(
        MIGRATIONS
            .iter()
            .map(|texts| {
                let text = text(texts).into_sql_str();
                Migration::new(texts.0, Cow::Borrowed(texts.1), MigrationType::Simple, text, false)
            })
            .collect(),
    );
    // The driver's own lock lasts as long as the connection, which goes back to the pool, and SQLite has none.
    migrator.set_locking(false);
    migrator
}

impl Tx {
    /// Ends the transaction without a log entry: only for migrations and staging, never for a decision.
    pub(crate) async fn finish(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(transaction) => transaction.commit().await?,
            Self::Postgres(transaction) => transaction.commit().await?,
        }
        Ok(())
    }
}
