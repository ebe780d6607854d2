//! Imports (导入批次) and the months that the national exchange has delivered.

use crate::db::{Tx, WriteTx};
use crate::error::StoreError;

record! {
    /// One import.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ImportRow {
        /// UUID.
        import_id: String,
        /// Change set that its rows carry.
        change_set_id: i64,
        /// `registry` or `exchange`.
        source: String,
        /// As it was called.
        file_name: String,
        /// Of the file's bytes, hex.
        file_sha256: String,
        /// Rows read.
        row_count: i64,
        /// Contracts not known before.
        new_count: i64,
        /// Contracts that got a new version.
        changed_count: i64,
        /// Contracts already there with the same content.
        unchanged_count: i64,
        /// Rows of the exchange that the registry overrules.
        kept_count: i64,
        /// Rows refused.
        problem_count: i64,
        /// Instant.
        imported_at_ms: i64,
    }
}

/// Writes the record of an import.
pub async fn save(tx: &mut WriteTx, import: &ImportRow) -> Result<(), StoreError> {
    run!(
        &mut tx.tx,
        "INSERT INTO contract_import (import_id, change_set_id, source, file_name, file_sha256, row_count, new_count,
                changed_count, unchanged_count, kept_count, problem_count, imported_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        &import.import_id,
        import.change_set_id,
        &import.source,
        &import.file_name,
        &import.file_sha256,
        import.row_count,
        import.new_count,
        import.changed_count,
        import.unchanged_count,
        import.kept_count,
        import.problem_count,
        import.imported_at_ms
    )?;
    Ok(())
}

/// Imports, newest first, at most `limit`.
pub async fn list(tx: &mut Tx, limit: i64) -> Result<Vec<ImportRow>, StoreError> {
    rows!(
        tx,
        ImportRow,
        "SELECT import_id, change_set_id, source, file_name, file_sha256, row_count, new_count, changed_count,
                unchanged_count, kept_count, problem_count, imported_at_ms
           FROM contract_import
          ORDER BY imported_at_ms DESC, import_id DESC
          LIMIT $1",
        limit
    )
}

record! {
    /// One import with its place in the log.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct PastImportRow {
        /// UUID.
        import_id: String,
        /// `registry` or `exchange`.
        source: String,
        /// As it was called.
        file_name: String,
        /// Of the file's bytes, hex.
        file_sha256: String,
        /// Rows read.
        row_count: i64,
        /// Contracts not known before.
        new_count: i64,
        /// Contracts that got a new version.
        changed_count: i64,
        /// Contracts already there with the same content.
        unchanged_count: i64,
        /// Rows of the exchange that the registry overrules.
        kept_count: i64,
        /// Rows refused.
        problem_count: i64,
        /// Instant.
        imported_at_ms: i64,
        /// Log position of the import.
        position: i64,
        /// Who did it, as the log names them.
        actor: String,
    }
}

/// Imports with who did them and where they stand in the log, newest first, at most `limit`.
pub async fn list_past(tx: &mut Tx, limit: i64) -> Result<Vec<PastImportRow>, StoreError> {
    rows!(
        tx,
        PastImportRow,
        "SELECT i.import_id, i.source, i.file_name, i.file_sha256, i.row_count, i.new_count, i.changed_count,
                i.unchanged_count, i.kept_count, i.problem_count, i.imported_at_ms, c.position, e.actor
           FROM contract_import i
           JOIN change_set c ON c.change_set_id = i.change_set_id
           JOIN log_entry e ON e.position = c.position
          ORDER BY c.position DESC
          LIMIT $1",
        limit
    )
}

/// The import that a change set stems from.
pub async fn find_of_change_set(tx: &mut Tx, change_set_id: i64) -> Result<Option<ImportRow>, StoreError> {
    row!(
        tx,
        ImportRow,
        "SELECT import_id, change_set_id, source, file_name, file_sha256, row_count, new_count, changed_count,
                unchanged_count, kept_count, problem_count, imported_at_ms
           FROM contract_import
          WHERE change_set_id = $1",
        change_set_id
    )
}

/// Notes that the exchange has delivered a month (`2026-05`).
pub async fn save_exchange_month(tx: &mut WriteTx, month: &str) -> Result<(), StoreError> {
    let change_set_id = tx.change_set().await?;
    run!(
        &mut tx.tx,
        "INSERT INTO exchange_coverage (month, change_set_id) VALUES ($1, $2) ON CONFLICT (month) DO NOTHING",
        month,
        change_set_id
    )?;
    Ok(())
}

/// Months that the exchange has delivered, in order, as of a log position.
pub async fn list_exchange_months(tx: &mut Tx, as_of: i64) -> Result<Vec<(String,)>, StoreError> {
    rows!(
        tx,
        (String,),
        "SELECT e.month
           FROM exchange_coverage e
           JOIN change_set c ON c.change_set_id = e.change_set_id
          WHERE c.position <= $1
          ORDER BY e.month",
        as_of
    )
}

/// How many imports were taken from each source.
pub async fn count_by_source(tx: &mut Tx) -> Result<Vec<(String, i64)>, StoreError> {
    rows!(
        tx,
        (String, i64),
        "SELECT i.source, COUNT(*)
           FROM contract_import i
           JOIN change_set c ON c.change_set_id = i.change_set_id
          WHERE c.position IS NOT NULL
          GROUP BY i.source
          ORDER BY i.source"
    )
}

/// How many change sets were opened before an instant and neither committed nor given up.
pub async fn count_abandoned(tx: &mut Tx, before_ms: i64) -> Result<i64, StoreError> {
    let counted: Option<(i64,)> = row!(
        tx,
        (i64,),
        "SELECT COUNT(*) FROM change_set WHERE position IS NULL AND opened_at_ms < $1",
        before_ms
    )?;
    Ok(counted.map_or(0, |(count,)| count))
}

/// Discards one change set that was staged and never committed; a committed one stays whole.
pub async fn discard(tx: &mut WriteTx, change_set_id: i64) -> Result<(), StoreError> {
    // The row's lock comes first: a commit of the same change set has either happened or will find it gone.
    let open = run!(
        &mut tx.tx,
        "UPDATE change_set SET opened_at_ms = opened_at_ms WHERE change_set_id = $1 AND position IS NULL",
        change_set_id
    )?;
    if open == 0 {
        return Ok(());
    }
    run!(&mut tx.tx, "DELETE FROM contract_fact WHERE change_set_id = $1", change_set_id)?;
    run!(
        &mut tx.tx,
        "DELETE FROM contract_personal
          WHERE contract_version_id IN (SELECT contract_version_id FROM contract_version WHERE change_set_id = $1)",
        change_set_id
    )?;
    run!(&mut tx.tx, "DELETE FROM contract_version WHERE change_set_id = $1", change_set_id)?;
    run!(&mut tx.tx, "DELETE FROM change_set WHERE change_set_id = $1", change_set_id)?;
    Ok(())
}

/// Discards what imports staged and never committed before an instant; gives the number of change sets.
pub async fn discard_abandoned(tx: &mut WriteTx, before_ms: i64) -> Result<u64, StoreError> {
    let abandoned = rows!(
        &mut tx.tx,
        (i64,),
        "SELECT change_set_id FROM change_set WHERE position IS NULL AND opened_at_ms < $1 ORDER BY change_set_id",
        before_ms
    )?;
    for (change_set_id,) in &abandoned {
        discard(tx, *change_set_id).await?;
    }
    Ok(abandoned.len() as u64)
}
