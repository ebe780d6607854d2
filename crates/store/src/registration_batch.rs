//! Files of batch filing (批量填报) between upload and filing, and the drafts that came of each.

use crate::db::{Tx, WriteTx};
use crate::error::StoreError;

/// Files of an organisation that are listed.
const LISTED_MAX: i64 = 20;

record! {
    /// A file of batch filing.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct BatchRow {
        /// Its file.
        upload_id: String,
        /// Whose applications they are.
        organisation_key: i64,
        /// Who handed it in.
        person_id: String,
        /// Where they are to be filed; none until one is chosen.
        registrar_key: Option<i64>,
        /// Which headers fill which fields, JSON.
        mapping: String,
        /// When it came.
        staged_at_ms: i64,
        /// When drafts were made of it.
        filed_at_ms: Option<i64>,
        /// What came of it, JSON.
        outcome: Option<String>,
        /// As the file was called.
        file_name: String,
        /// Of its bytes.
        sha256: String,
        /// Its length.
        size_bytes: i64,
        /// When its bytes were deleted.
        discarded_at_ms: Option<i64>,
    }
}

/// Notes a file that is in.
pub async fn stage(
    tx: &mut WriteTx,
    upload_id: &str,
    [organisation_key, at_ms]: [i64; 2],
    person_id: &str,
    registrar_key: Option<i64>,
    mapping: &str,
) -> Result<(), StoreError> {
    run!(
        &mut tx.tx,
        "INSERT INTO registration_batch (upload_id, organisation_key, person_id, registrar_key, mapping, staged_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6)",
        upload_id,
        organisation_key,
        person_id,
        registrar_key,
        mapping,
        at_ms
    )?;
    Ok(())
}

/// One file.
pub async fn find(tx: &mut Tx, upload_id: &str) -> Result<Option<BatchRow>, StoreError> {
    row!(
        tx,
        BatchRow,
        "SELECT b.upload_id, b.organisation_key, b.person_id, b.registrar_key, b.mapping, b.staged_at_ms, b.filed_at_ms,
                b.outcome, u.file_name, u.sha256, u.size_bytes, u.discarded_at_ms
           FROM registration_batch b
           JOIN upload u ON u.upload_id = b.upload_id
          WHERE b.upload_id = $1",
        upload_id
    )
}

/// The files of an organisation, the newest first.
pub async fn list(tx: &mut Tx, organisation_key: i64) -> Result<Vec<BatchRow>, StoreError> {
    rows!(
        tx,
        BatchRow,
        "SELECT b.upload_id, b.organisation_key, b.person_id, b.registrar_key, b.mapping, b.staged_at_ms, b.filed_at_ms,
                b.outcome, u.file_name, u.sha256, u.size_bytes, u.discarded_at_ms
           FROM registration_batch b
           JOIN upload u ON u.upload_id = b.upload_id
          WHERE b.organisation_key = $1
          ORDER BY b.staged_at_ms DESC, b.upload_id DESC
          LIMIT $2",
        organisation_key,
        LISTED_MAX
    )
}

/// The file of an organisation with the same bytes of which drafts were made last.
pub async fn find_filed_alike(
    tx: &mut Tx,
    organisation_key: i64,
    sha256: &str,
) -> Result<Option<(String, i64)>, StoreError> {
    row!(
        tx,
        (String, i64),
        "SELECT b.upload_id, b.filed_at_ms
           FROM registration_batch b
           JOIN upload u ON u.upload_id = b.upload_id
          WHERE b.organisation_key = $1 AND u.sha256 = $2 AND b.filed_at_ms IS NOT NULL
          ORDER BY b.filed_at_ms DESC
          LIMIT 1",
        organisation_key,
        sha256
    )
}

/// Keeps how a file is to be read and where it is to be filed; false once drafts were made of it.
pub async fn choose(
    tx: &mut WriteTx,
    upload_id: &str,
    registrar_key: Option<i64>,
    mapping: &str,
) -> Result<bool, StoreError> {
    let chosen = run!(
        &mut tx.tx,
        "UPDATE registration_batch SET registrar_key = $2, mapping = $3 WHERE upload_id = $1 AND filed_at_ms IS NULL",
        upload_id,
        registrar_key,
        mapping
    )?;
    Ok(chosen == 1)
}

/// Takes a file for filing; false where drafts were made of it before.
pub async fn take(tx: &mut WriteTx, upload_id: &str, at_ms: i64) -> Result<bool, StoreError> {
    let taken = run!(
        &mut tx.tx,
        "UPDATE registration_batch SET filed_at_ms = $2 WHERE upload_id = $1 AND filed_at_ms IS NULL",
        upload_id,
        at_ms
    )?;
    Ok(taken == 1)
}

/// Keeps what came of a file.
pub async fn keep_outcome(tx: &mut WriteTx, upload_id: &str, outcome: &str) -> Result<(), StoreError> {
    run!(&mut tx.tx, "UPDATE registration_batch SET outcome = $2 WHERE upload_id = $1", upload_id, outcome)?;
    Ok(())
}
