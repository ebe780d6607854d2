//! Answers to requests with an idempotency key (幂等键), so that a request sent twice is done once.

use crate::db::{Tx, WriteTx};
use crate::error::StoreError;

record! {
    /// What is known of a key.
    #[derive(Clone, Debug)]
    pub struct IdempotencyRow {
        /// Hash of the request that used the key first.
        request_hash: Vec<u8>,
        /// When it began.
        began_at_ms: i64,
        /// Status of the answer; none while the request is under way.
        status: Option<i64>,
        /// Headers of the answer as JSON.
        headers: Option<String>,
        /// Body of the answer.
        body: Option<Vec<u8>>,
    }
}

/// An answer to be kept.
#[derive(Clone, Debug)]
pub struct KeptAnswer {
    /// Status.
    pub status: i64,
    /// Headers as JSON.
    pub headers: String,
    /// Body.
    pub body: Vec<u8>,
}

/// Takes a key for a request; false where it was taken before.
pub async fn take(
    tx: &mut WriteTx,
    caller: &str,
    key: &str,
    request_hash: &[u8],
    now_ms: i64,
) -> Result<bool, StoreError> {
    let taken = run!(
        &mut tx.tx,
        "INSERT INTO idempotency (caller, idempotency_key, request_hash, began_at_ms) VALUES ($1, $2, $3, $4)
         ON CONFLICT (caller, idempotency_key) DO NOTHING",
        caller,
        key,
        request_hash,
        now_ms
    )?;
    Ok(taken == 1)
}

/// What is known of a key.
pub async fn find(tx: &mut Tx, caller: &str, key: &str) -> Result<Option<IdempotencyRow>, StoreError> {
    row!(
        tx,
        IdempotencyRow,
        "SELECT request_hash, began_at_ms, status, headers, body FROM idempotency
          WHERE caller = $1 AND idempotency_key = $2",
        caller,
        key
    )
}

/// Keeps the answer to the request that took a key.
pub async fn keep_answer(
    tx: &mut WriteTx,
    caller: &str,
    key: &str,
    answer: &KeptAnswer,
) -> Result<(), StoreError> {
    run!(
        &mut tx.tx,
        "UPDATE idempotency SET status = $3, headers = $4, body = $5
          WHERE caller = $1 AND idempotency_key = $2",
        caller,
        key,
        answer.status,
        answer.headers.as_str(),
        answer.body.as_slice()
    )?;
    Ok(())
}

/// Gives a key back: the request changed nothing and may be tried again.
pub async fn give_back(tx: &mut WriteTx, caller: &str, key: &str) -> Result<(), StoreError> {
    run!(
        &mut tx.tx,
        "DELETE FROM idempotency WHERE caller = $1 AND idempotency_key = $2 AND status IS NULL",
        caller,
        key
    )?;
    Ok(())
}

/// Forgets what began before an instant.
pub async fn discard_before(tx: &mut WriteTx, before_ms: i64) -> Result<u64, StoreError> {
    run!(&mut tx.tx, "DELETE FROM idempotency WHERE began_at_ms < $1", before_ms)
}
