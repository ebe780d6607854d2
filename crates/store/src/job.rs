//! Outside effects, queued with the change and done after it.

use crate::db::{Tx, WriteTx};
use crate::error::StoreError;

/// Jobs handed out at once.
const JOBS_PAGE_MAX: i64 = 100;

/// A job to be done after the commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewJob {
    /// What is to be done.
    pub kind: &'static str,
    /// With what: JSON.
    pub payload: String,
}

record! {
    /// An open job.
    #[derive(Clone, Debug)]
    pub struct JobRow {
        /// Row number.
        job_id: i64,
        /// What is to be done.
        kind: String,
        /// With what: JSON.
        payload: String,
        /// How often it was tried.
        attempts: i64,
    }
}

/// Queues a job with whatever else this transaction writes, for changes that end without a log entry; a decision hands
/// its jobs to [`WriteTx::commit`].
pub async fn queue(tx: &mut WriteTx, job: &NewJob) -> Result<(), StoreError> {
    let now_ms = tx.now_ms;
    run!(
        &mut tx.tx,
        "INSERT INTO job (kind, payload, queued_at_ms, attempts) VALUES ($1, $2, $3, 0)",
        job.kind,
        &job.payload,
        now_ms
    )?;
    Ok(())
}

/// How many jobs are open.
pub async fn count_open(tx: &mut Tx) -> Result<i64, StoreError> {
    let counted: Option<(i64,)> = row!(tx, (i64,), "SELECT COUNT(*) FROM job WHERE done_at_ms IS NULL")?;
    Ok(counted.map_or(0, |(count,)| count))
}

/// Open jobs of one kind that were not tried in vain too often, oldest first, at most `limit`.
pub async fn list_open_of(
    tx: &mut Tx,
    kind: &str,
    attempts_max: i64,
    limit: i64,
) -> Result<Vec<JobRow>, StoreError> {
    rows!(
        tx,
        JobRow,
        "SELECT job_id, kind, payload, attempts FROM job
          WHERE done_at_ms IS NULL AND kind = $1 AND attempts < $2
          ORDER BY job_id LIMIT $3",
        kind,
        attempts_max,
        limit.min(JOBS_PAGE_MAX)
    )
}

/// Ends a job with what this transaction does for it; gives false where another node was faster, after which nothing
/// must be done for it.
pub async fn finish(tx: &mut WriteTx, job_id: i64) -> Result<bool, StoreError> {
    let now_ms = tx.now_ms;
    let changed = run!(
        &mut tx.tx,
        "UPDATE job SET done_at_ms = $2 WHERE job_id = $1 AND done_at_ms IS NULL",
        job_id,
        now_ms
    )?;
    Ok(changed == 1)
}

/// Notes that a job was tried in vain.
pub async fn note_failure(tx: &mut WriteTx, job_id: i64) -> Result<(), StoreError> {
    run!(&mut tx.tx, "UPDATE job SET attempts = attempts + 1 WHERE job_id = $1", job_id)?;
    Ok(())
}

/// Deletes jobs that were done before an instant; gives how many.
pub async fn discard_done(tx: &mut WriteTx, before_ms: i64) -> Result<u64, StoreError> {
    run!(&mut tx.tx, "DELETE FROM job WHERE done_at_ms < $1", before_ms)
}

/// Open jobs, oldest first.
pub async fn list_open(tx: &mut Tx) -> Result<Vec<JobRow>, StoreError> {
    rows!(
        tx,
        JobRow,
        "SELECT job_id, kind, payload, attempts FROM job WHERE done_at_ms IS NULL ORDER BY job_id LIMIT $1",
        JOBS_PAGE_MAX
    )
}
