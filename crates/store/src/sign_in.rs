//! Sign-in tries (登录尝试), counted by the hash of a name, an address or a browser.
//!
//! They leave no log entry: the caller keeps them with [`WriteTx::keep_unlogged`].

use crate::db::{Tx, WriteTx};
use crate::error::StoreError;

record! {
    /// Tries so far.
    #[derive(Clone, Debug)]
    pub struct TriesRow {
        /// How many.
        failure_count: i64,
        /// When the count began.
        began_at_ms: i64,
        /// Until when no further one is looked at.
        blocked_until_ms: i64,
    }
}

/// The tries of a subject.
pub async fn find(tx: &mut Tx, subject_hash: &[u8]) -> Result<Option<TriesRow>, StoreError> {
    row!(
        tx,
        TriesRow,
        "SELECT failure_count, began_at_ms, blocked_until_ms FROM sign_in_failure WHERE subject_hash = $1",
        subject_hash
    )
}

/// The tries of a subject, which nobody else changes until this transaction ends. Of several subjects, take them in the
/// order of their hashes.
pub async fn lock(tx: &mut WriteTx, subject_hash: &[u8]) -> Result<TriesRow, StoreError> {
    row!(
        &mut tx.tx,
        TriesRow,
        "INSERT INTO sign_in_failure (subject_hash, failure_count, began_at_ms, blocked_until_ms)
         VALUES ($1, 0, 0, 0)
             ON CONFLICT (subject_hash) DO UPDATE SET failure_count = sign_in_failure.failure_count
         RETURNING failure_count, began_at_ms, blocked_until_ms",
        subject_hash
    )?
    .ok_or_else(|| StoreError::Damaged("sign-in tries vanished".to_owned()))
}

/// Writes the tries of a subject that was locked.
pub async fn save(tx: &mut WriteTx, subject_hash: &[u8], tries: &TriesRow) -> Result<(), StoreError> {
    run!(
        &mut tx.tx,
        "UPDATE sign_in_failure SET failure_count = $2, began_at_ms = $3, blocked_until_ms = $4
          WHERE subject_hash = $1",
        subject_hash,
        tries.failure_count,
        tries.began_at_ms,
        tries.blocked_until_ms
    )?;
    Ok(())
}

/// Forgets the tries of a subject.
pub async fn forget(tx: &mut WriteTx, subject_hash: &[u8]) -> Result<(), StoreError> {
    run!(&mut tx.tx, "DELETE FROM sign_in_failure WHERE subject_hash = $1", subject_hash)?;
    Ok(())
}

/// Takes one try back: it was no failure.
pub async fn take_back(tx: &mut WriteTx, subject_hash: &[u8]) -> Result<(), StoreError> {
    run!(
        &mut tx.tx,
        "UPDATE sign_in_failure SET failure_count = failure_count - 1, blocked_until_ms = 0
          WHERE subject_hash = $1 AND failure_count > 0",
        subject_hash
    )?;
    Ok(())
}

/// Removes what began before an instant and blocks nothing any more.
pub async fn discard_old(tx: &mut WriteTx, began_before_ms: i64, now_ms: i64) -> Result<u64, StoreError> {
    run!(
        &mut tx.tx,
        "DELETE FROM sign_in_failure WHERE began_at_ms < $1 AND blocked_until_ms < $2",
        began_before_ms,
        now_ms
    )
}

/// Whether a person has signed in from a browser since an instant.
pub async fn knows_browser(
    tx: &mut Tx,
    browser_hash: &[u8],
    person_id: &str,
    seen_since_ms: i64,
) -> Result<bool, StoreError> {
    let found = row!(
        tx,
        (i64,),
        "SELECT seen_at_ms FROM known_browser WHERE browser_hash = $1 AND person_id = $2 AND seen_at_ms > $3",
        browser_hash,
        person_id,
        seen_since_ms
    )?;
    Ok(found.is_some())
}

/// Notes that a person signed in from a browser.
pub async fn note_browser(
    tx: &mut WriteTx,
    browser_hash: &[u8],
    person_id: &str,
    seen_at_ms: i64,
) -> Result<(), StoreError> {
    run!(
        &mut tx.tx,
        "INSERT INTO known_browser (browser_hash, person_id, seen_at_ms) VALUES ($1, $2, $3)
             ON CONFLICT (browser_hash, person_id) DO UPDATE SET seen_at_ms = excluded.seen_at_ms",
        browser_hash,
        person_id,
        seen_at_ms
    )?;
    Ok(())
}

/// Forgets the browsers of a person.
pub async fn forget_browsers(tx: &mut WriteTx, person_id: &str) -> Result<(), StoreError> {
    run!(&mut tx.tx, "DELETE FROM known_browser WHERE person_id = $1", person_id)?;
    Ok(())
}

/// Forgets the browsers that were not seen since an instant.
pub async fn discard_browsers(tx: &mut WriteTx, seen_before_ms: i64) -> Result<u64, StoreError> {
    run!(&mut tx.tx, "DELETE FROM known_browser WHERE seen_at_ms <= $1", seen_before_ms)
}
