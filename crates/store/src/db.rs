//! The two databases behind one face, and the macros that run the same text on either.

use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Postgres, Sqlite, Transaction};

use crate::error::StoreError;

/// Readers at once on SQLite.
const SQLITE_READERS_MAX: u32 = 8;
/// Connections of one node to PostgreSQL.
const POSTGRES_CONNECTIONS_MAX: u32 = 16;
/// How long a writer waits for another one's lock.
const LOCK_WAIT: Duration = Duration::from_secs(30);
/// How long a transaction may do nothing on PostgreSQL before the server ends it: a node that hangs while it holds the
/// log's lock must not stop the others.
const IDLE_IN_TRANSACTION_MAX: &str = "5min";
/// How large SQLite's write-ahead log stays on disk once it has been folded back.
const SQLITE_WAL_KEPT_BYTES: &str = "67108864";
/// Rows of one INSERT on SQLite: each statement wakes the connection's thread and ours again, which costs more than
/// the row itself.
pub(crate) const SQLITE_ROWS_MAX: usize = 50;
/// How long a caller waits for a free connection.
const ACQUIRE_WAIT: Duration = Duration::from_secs(30);

/// A database: SQLite through one writer and several readers, or PostgreSQL through a pool.
#[derive(Clone, Debug)]
pub enum Db {
    /// One file.
    Sqlite {
        /// The only connection that writes.
        writer: SqlitePool,
        /// Snapshots beside it.
        readers: SqlitePool,
    },
    /// A server.
    Postgres(PgPool),
}

/// Connections of this process to its database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connections {
    /// Open ones.
    pub open: u32,
    /// Open ones that wait for work.
    pub idle: u32,
}

/// A read-only snapshot, or the reading half of a [`WriteTx`].
#[derive(Debug)]
pub enum Tx {
    /// On SQLite.
    Sqlite(Transaction<'static, Sqlite>),
    /// On PostgreSQL.
    Postgres(Transaction<'static, Postgres>),
}

/// A transaction that may write; dropped without [`WriteTx::commit`] it leaves no trace.
#[derive(Debug)]
pub struct WriteTx {
    pub(crate) tx: Tx,
    pub(crate) change_set_id: Option<i64>,
    pub(crate) now_ms: i64,
}

impl Db {
    /// Opens `sqlite:PATH`, a bare path, or `postgres://…`; creates an SQLite file that is not there.
    ///
    /// A database in memory is refused: every connection would see its own.
    pub async fn connect(address: &str) -> Result<Self, StoreError> {
        if address.starts_with("postgres://") || address.starts_with("postgresql://") {
            let lock_wait = format!("{}s", LOCK_WAIT.as_secs());
            let options = PgConnectOptions::from_str(address)?.application_name("xiaoxiang").options([
                ("lock_timeout", lock_wait.as_str()),
                ("idle_in_transaction_session_timeout", IDLE_IN_TRANSACTION_MAX),
            ]);
            let pool = PgPoolOptions::new()
                .max_connections(POSTGRES_CONNECTIONS_MAX)
                .acquire_timeout(ACQUIRE_WAIT)
                .connect_with(options)
                .await?;
            return Ok(Self::Postgres(pool));
        }
        let path = match address.split_once(':') {
            Some(("sqlite", rest)) => rest.strip_prefix("//").unwrap_or(rest),
            Some((scheme, _)) if scheme.len() > 1 && !scheme.contains(['/', '\\', '.']) => {
                return Err(StoreError::Address(address.to_owned()));
            }
            _ => address,
        };
        // Readers and writer must meet in one file.
        if path.is_empty() || path.contains(":memory:") {
            return Err(StoreError::Address(address.to_owned()));
        }
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            // Erased personal data are overwritten, not only unlinked.
            .pragma("secure_delete", "on")
            .pragma("journal_size_limit", SQLITE_WAL_KEPT_BYTES)
            .busy_timeout(LOCK_WAIT);
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(LOCK_WAIT)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options.clone())
            .await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(SQLITE_READERS_MAX)
            .acquire_timeout(ACQUIRE_WAIT)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options.pragma("query_only", "on"))
            .await?;
        Ok(Self::Sqlite { writer, readers })
    }

    /// Begins a snapshot: everything read through it stems from one moment.
    pub async fn read(&self) -> Result<Tx, StoreError> {
        Ok(match self {
            Self::Sqlite { readers, .. } => Tx::Sqlite(readers.begin().await?),
            Self::Postgres(pool) => {
                Tx::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
            }
        })
    }

    /// Begins a write at the instant `now_ms`, which its log entries will carry.
    pub async fn begin(&self, now_ms: i64) -> Result<WriteTx, StoreError> {
        let tx = match self {
            Self::Sqlite { writer, .. } => Tx::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?),
            // After a wait for the log's lock, a statement must see what was committed meanwhile.
            Self::Postgres(pool) => {
                Tx::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE").await?)
            }
        };
        Ok(WriteTx { tx, change_set_id: None, now_ms })
    }

    /// How many connections of this process are open, and how many of these wait for work.
    #[must_use]
    pub fn connections(&self) -> Connections {
        let (open, idle) = match self {
            Self::Sqlite { writer, readers } => {
                (writer.size() + readers.size(), writer.num_idle() + readers.num_idle())
            }
            Self::Postgres(pool) => (pool.size(), pool.num_idle()),
        };
        Connections { open, idle: u32::try_from(idle).unwrap_or(u32::MAX) }
    }

    /// Closes all connections; on SQLite the write-ahead log is folded into the file.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

impl std::ops::Deref for WriteTx {
    type Target = Tx;

    fn deref(&self) -> &Tx {
        &self.tx
    }
}

impl std::ops::DerefMut for WriteTx {
    fn deref_mut(&mut self) -> &mut Tx {
        &mut self.tx
    }
}

/// Declares a row and how it is read by column name on both databases.
macro_rules! record {
    ($(#[$meta:meta])* pub struct $name:ident { $($(#[$field_meta:meta])* $field:ident: $kind:ty),+ $(,)? }) => {
        $(#[$meta])*
        pub struct $name { $($(#[$field_meta])* pub $field: $kind),+ }
        impl<'r> sqlx::FromRow<'r, sqlx::sqlite::SqliteRow> for $name {
            fn from_row(row: &'r sqlx::sqlite::SqliteRow) -> Result<Self, sqlx::Error> {
                use sqlx::Row as _;
                Ok(Self { $($field: row.try_get(stringify!($field))?),+ })
            }
        }
        impl<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow> for $name {
            fn from_row(row: &'r sqlx::postgres::PgRow) -> Result<Self, sqlx::Error> {
                use sqlx::Row as _;
                Ok(Self { $($field: row.try_get(stringify!($field))?),+ })
            }
        }
    };
}

/// All rows of a query.
macro_rules! rows {
    ($tx:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        match $tx {
            $crate::Tx::Sqlite(connection) =>
                sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_all(&mut **connection).await,
            $crate::Tx::Postgres(connection) =>
                sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_all(&mut **connection).await,
        }.map_err($crate::StoreError::from)
    };
}

/// At most one row of a query.
macro_rules! row {
    ($tx:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        match $tx {
            $crate::Tx::Sqlite(connection) =>
                sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_optional(&mut **connection).await,
            $crate::Tx::Postgres(connection) =>
                sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_optional(&mut **connection).await,
        }.map_err($crate::StoreError::from)
    };
}

/// The text of an INSERT of one row, which ends its first `VALUES (…)` before anything else, made to take so many rows.
pub(crate) fn of_rows(statement: &'static str, rows: usize) -> sqlx::AssertSqlSafe<String> {
    let (before, values) = statement.split_once("VALUES (").expect("invariant: the statement has VALUES");
    let (tuple, after) = values.split_once(')').expect("invariant: the VALUES end");
    let columns = tuple.split(',').count();
    let tuples: Vec<String> = (0..rows)
        .map(|row| {
            let binds: Vec<String> =
                (1..=columns).map(|column| format!("${}", row * columns + column)).collect();
            format!("({})", binds.join(", "))
        })
        .collect();
    sqlx::AssertSqlSafe(format!("{before}VALUES {}{after}", tuples.join(", ")))
}

/// Runs a statement; gives the number of rows that it touched.
macro_rules! run {
    ($tx:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        match $tx {
            $crate::Tx::Sqlite(connection) =>
                sqlx::query($sql)$(.bind($bind))*.execute(&mut **connection).await.map(|done| done.rows_affected()),
            $crate::Tx::Postgres(connection) =>
                sqlx::query($sql)$(.bind($bind))*.execute(&mut **connection).await.map(|done| done.rows_affected()),
        }.map_err($crate::StoreError::from)
    };
}

/// Runs an INSERT of one row for many rows, some at a time, on both databases: `insert!(tx, "… VALUES ($1, $2)", rows,
/// |row| row.a, row.b)`.
macro_rules! insert {
    ($tx:expr, $sql:expr, $rows:expr, |$row:ident| $($bind:expr),+ $(,)?) => {{
        for part in $rows.chunks($crate::db::SQLITE_ROWS_MAX) {
            let statement = $crate::db::of_rows($sql, part.len());
            match $tx {
                $crate::Tx::Sqlite(connection) => {
                    let mut insert = sqlx::query(statement);
                    for $row in part { insert = insert$(.bind($bind))+; }
                    insert.execute(&mut **connection).await?;
                }
                $crate::Tx::Postgres(connection) => {
                    let mut insert = sqlx::query(statement);
                    for $row in part { insert = insert$(.bind($bind))+; }
                    insert.execute(&mut **connection).await?;
                }
            }
        }
    }};
}
