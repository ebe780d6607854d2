//! Searches of the market that somebody keeps (保存的检索).

use crate::db::{Tx, WriteTx};
use crate::error::StoreError;

record! {
    /// A kept search.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct SavedSearchRow {
        /// UUID.
        search_id: String,
        /// Whose it is.
        person_id: String,
        /// What was typed.
        text: String,
        /// Kind of document; empty for all.
        sort: String,
        /// Code of a technical field; empty for all.
        field: String,
        /// Code of a city or county; empty for everywhere.
        division: String,
        /// Records that were found already, JSON list of `kind:id`, the newest last.
        seen: String,
        /// When it was kept.
        created_at_ms: i64,
        /// Legal day on which it was run last.
        run_on: String,
    }
}

/// Keeps a search; false where its owner keeps the same already.
pub async fn add(tx: &mut WriteTx, row: &SavedSearchRow) -> Result<bool, StoreError> {
    let added = run!(
        &mut tx.tx,
        "INSERT INTO saved_search
           (search_id, person_id, text, sort, field, division, seen, created_at_ms, run_on)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (person_id, text, sort, field, division) DO NOTHING",
        &row.search_id,
        &row.person_id,
        &row.text,
        &row.sort,
        &row.field,
        &row.division,
        &row.seen,
        row.created_at_ms,
        &row.run_on
    )?;
    Ok(added == 1)
}

/// What somebody keeps, the latest first.
pub async fn list_own(tx: &mut Tx, person_id: &str, limit: i64) -> Result<Vec<SavedSearchRow>, StoreError> {
    rows!(
        tx,
        SavedSearchRow,
        "SELECT search_id, person_id, text, sort, field, division, seen, created_at_ms, run_on
           FROM saved_search WHERE person_id = $1 ORDER BY created_at_ms DESC, search_id LIMIT $2",
        person_id,
        limit
    )
}

/// Searches that have not been run on a day, the longest waiting first.
pub async fn list_due(tx: &mut Tx, today: &str, limit: i64) -> Result<Vec<SavedSearchRow>, StoreError> {
    rows!(
        tx,
        SavedSearchRow,
        "SELECT search_id, person_id, text, sort, field, division, seen, created_at_ms, run_on
           FROM saved_search WHERE run_on < $1 ORDER BY run_on, search_id LIMIT $2",
        today,
        limit
    )
}

/// Notes that a search was run; false where another node was faster or its owner has dropped it.
pub async fn note_run(
    tx: &mut WriteTx,
    search_id: &str,
    (from, to): (&str, &str),
    seen: &str,
) -> Result<bool, StoreError> {
    let noted = run!(
        &mut tx.tx,
        "UPDATE saved_search SET run_on = $3, seen = $4 WHERE search_id = $1 AND run_on = $2",
        search_id,
        from,
        to,
        seen
    )?;
    Ok(noted == 1)
}

/// Drops a search of somebody; false where they keep no such.
pub async fn drop_own(tx: &mut WriteTx, search_id: &str, person_id: &str) -> Result<bool, StoreError> {
    let dropped = run!(
        &mut tx.tx,
        "DELETE FROM saved_search WHERE search_id = $1 AND person_id = $2",
        search_id,
        person_id
    )?;
    Ok(dropped == 1)
}
