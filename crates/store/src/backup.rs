//! Copies of an SQLite database: made while others write, opened without touching them, put in its place.
//!
//! On PostgreSQL the server's own programs do this; see docs/OPERATION.md.

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteLockingMode, SqlitePoolOptions,
};
use sqlx::{ConnectOptions as _, Connection as _, Transaction};

use crate::db::Db;
use crate::error::StoreError;

/// Readers of a copy at once.
const COPY_READERS_MAX: u32 = 2;
/// How long to wait for others to let go of a file before saying that it is in use.
const ALONE_WAIT: Duration = Duration::from_millis(500);
/// SQLite's codes for a file that somebody else holds: busy, and locked.
const HELD_CODES: [i32; 2] = [5, 6];

/// An SQLite file that nobody else has open, and nobody can open until this is released.
#[derive(Debug)]
pub struct Alone(SqliteConnection);

impl Db {
    /// Writes everything committed so far, packed, into a file that is empty or not there yet. Writers go on.
    ///
    /// The file may still lie in the system's memory: the caller asks for it to be written to the disk.
    pub async fn copy_into(&self, path: &Path) -> Result<(), StoreError> {
        let Self::Sqlite { readers, .. } = self else {
            return Err(StoreError::Address("a copy is made of SQLite files only".to_owned()));
        };
        // A connection of its own: the readers may not write, not even elsewhere, and the writer is needed.
        let options = SqliteConnectOptions::clone(&readers.connect_options()).pragma("query_only", "off");
        let mut connection = options.connect().await?;
        sqlx::query("VACUUM INTO $1").bind(path.to_string_lossy()).execute(&mut connection).await?;
        connection.close().await?;
        Ok(())
    }

    /// Opens a copy to look at it: nothing is written to it or beside it.
    pub async fn open_copy(path: &Path) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new().filename(path).read_only(true).immutable(true);
        let pool = SqlitePoolOptions::new().max_connections(COPY_READERS_MAX).connect_with(options).await?;
        Ok(Self::Sqlite { writer: pool.clone(), readers: pool })
    }

    /// What SQLite finds wrong with the file itself; nothing where it is sound, or on PostgreSQL.
    pub async fn damage(&self) -> Result<Vec<String>, StoreError> {
        let Self::Sqlite { readers, .. } = self else { return Ok(Vec::new()) };
        let found: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check").fetch_all(readers).await?;
        let mut damage: Vec<String> = found.into_iter().filter(|line| line != "ok").collect();
        let orphans: Vec<String> = sqlx::query_scalar("PRAGMA foreign_key_check").fetch_all(readers).await?;
        damage.extend(
            orphans.into_iter().map(|table| format!("a row of {table} refers to a row that is gone")),
        );
        Ok(damage)
    }
}

impl Alone {
    /// Takes a file for oneself; none where somebody has it open, be it this program or another.
    ///
    /// Every connection to a database with a write-ahead log holds a shared lock as long as it is open, idle or not.
    /// Leaving that mode needs all of them gone, and folds the log into the file.
    pub async fn take(path: &Path) -> Result<Option<Self>, StoreError> {
        let opened = SqliteConnectOptions::new()
            .filename(path)
            .locking_mode(SqliteLockingMode::Exclusive)
            .journal_mode(SqliteJournalMode::Delete)
            .busy_timeout(ALONE_WAIT)
            .connect()
            .await;
        let mut connection = match opened {
            Ok(connection) => connection,
            Err(error) if is_held(&error) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        // The lock stays with the connection in this mode; the transaction only takes it.
        match connection.begin_with("BEGIN EXCLUSIVE").await.map(Transaction::rollback) {
            Ok(rolled_back) => rolled_back.await?,
            Err(error) if is_held(&error) => return Ok(None),
            Err(error) => return Err(error.into()),
        }
        Ok(Some(Self(connection)))
    }

    /// Lets others open the file again.
    pub async fn release(self) -> Result<(), StoreError> {
        Ok(self.0.close().await?)
    }
}

fn is_held(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    // The extended codes carry the plain one in their lowest byte.
    code.and_then(|code| code.parse::<i32>().ok()).is_some_and(|code| HELD_CODES.contains(&(code & 0xff)))
}
