//! Undertakings of confidentiality (保密承诺) for entries of the market: who gave one for what, in which words, until when.

use crate::db::{Tx, WriteTx};
use crate::error::StoreError;

record! {
    /// An undertaking.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct UndertakingRow {
        /// What it opens: `achievement:ID`, `demand:ID`.
        subject: String,
        /// Who gave it.
        person_id: String,
        /// Its words.
        wording: String,
        /// Legal day.
        given_on: String,
        /// Last day on which it opens anything.
        valid_to: String,
        /// Instant.
        given_at_ms: i64,
    }
}

/// Writes one down.
pub async fn give(tx: &mut WriteTx, row: &UndertakingRow) -> Result<(), StoreError> {
    let change_set_id = tx.change_set().await?;
    run!(
        &mut tx.tx,
        "INSERT INTO market_undertaking (subject, person_id, change_set_id, wording, given_on, valid_to, given_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &row.subject,
        &row.person_id,
        change_set_id,
        &row.wording,
        &row.given_on,
        &row.valid_to,
        row.given_at_ms
    )?;
    Ok(())
}

/// The newest that a person gave for something.
pub async fn find_newest(
    tx: &mut Tx,
    subject: &str,
    person_id: &str,
) -> Result<Option<UndertakingRow>, StoreError> {
    row!(
        tx,
        UndertakingRow,
        "SELECT subject, person_id, wording, given_on, valid_to, given_at_ms
           FROM market_undertaking
          WHERE subject = $1 AND person_id = $2
          ORDER BY given_at_ms DESC
          LIMIT 1",
        subject,
        person_id
    )
}
