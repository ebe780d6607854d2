//! What `doctor` asks a database about itself.

use crate::db::{Db, Tx};
use crate::error::StoreError;

/// The oldest PostgreSQL that the SQL is written for.
pub const POSTGRES_VERSION_MIN: i64 = 15;

/// A database about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// Name and version, as it says it.
    pub version: String,
    /// Whether the version is one that the SQL is written for.
    pub is_recent: bool,
    /// Order and kind of characters; none on SQLite, which has only the one we want.
    pub collation: Option<String>,
    /// Its clock; none on SQLite, which has ours.
    pub now_ms: Option<i64>,
    /// Whether a standby must have a commit before it is acknowledged; none on SQLite.
    pub synchronous_standbys: Option<String>,
}

impl Db {
    /// Asks the database about itself.
    pub async fn about(&self) -> Result<About, StoreError> {
        let mut tx = self.read().await?;
        // What the two say about themselves has nothing in common.
        match &mut tx {
            Tx::Sqlite(connection) => {
                let (version,): (String,) =
                    sqlx::query_as("SELECT sqlite_version()").fetch_one(&mut **connection).await?;
                Ok(About {
                    version: format!("SQLite {version}"),
                    is_recent: true,
                    collation: None,
                    now_ms: None,
                    synchronous_standbys: None,
                })
            }
            Tx::Postgres(connection) => {
                let (version, number, collation, kind, now_ms, standbys): (
                    String,
                    i64,
                    String,
                    String,
                    i64,
                    String,
                ) = sqlx::query_as(
                    "SELECT current_setting('server_version'),
                                CAST(current_setting('server_version_num') AS BIGINT),
                                CAST(datcollate AS TEXT), CAST(datctype AS TEXT),
                                CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT),
                                current_setting('synchronous_standby_names')
                           FROM pg_database
                          WHERE datname = current_database()",
                )
                .fetch_one(&mut **connection)
                .await?;
                let collation = if collation == kind { collation } else { format!("{collation}, {kind}") };
                Ok(About {
                    version: format!("PostgreSQL {version}"),
                    is_recent: number / 10_000 >= POSTGRES_VERSION_MIN,
                    collation: Some(collation),
                    now_ms: Some(now_ms),
                    synchronous_standbys: Some(standbys),
                })
            }
        }
    }
}
