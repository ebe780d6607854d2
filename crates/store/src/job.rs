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

pub(crate) async fn queue(tx: &mut WriteTx, job: &NewJob) -> Result<(), StoreError> {
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

/// Open jobs, oldest first.
pub async fn list_open(tx: &mut Tx) -> Result<Vec<JobRow>, StoreError> {
    rows!(
        tx,
        JobRow,
        "SELECT job_id, kind, payload, attempts FROM job WHERE done_at_ms IS NULL ORDER BY job_id LIMIT $1",
        JOBS_PAGE_MAX
    )
}
