//! What can go wrong between the code and the database.

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A unique rule was violated; the name is the constraint's or the column's.
    #[error("conflict with an existing row: {0}")]
    Conflict(String),
    /// The schema is older or newer than this program.
    #[error("schema version {found} does not fit this program's {expected}")]
    Schema {
        /// Version in the database; 0 where it is empty.
        found: i64,
        /// Version of this program.
        expected: i64,
    },
    /// The address is neither `sqlite:` nor `postgres:`.
    #[error("unknown database address: {0}")]
    Address(String),
    /// A stored value does not have the form in which it was written.
    #[error("stored value is damaged: {0}")]
    Damaged(String),
    /// Anything the driver reports.
    #[error("database failed")]
    Database(#[source] sqlx::Error),
    /// A migration failed.
    #[error("migration failed")]
    Migration(#[source] sqlx::migrate::MigrateError),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match error.as_database_error() {
            Some(database) if database.is_unique_violation() => {
                Self::Conflict(database.constraint().unwrap_or(database.message()).to_owned())
            }
            _ => Self::Database(error),
        }
    }
}
