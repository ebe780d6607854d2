//! Readings of uploaded files (导入任务): queued, taken by a node, kept alive by its heartbeat, ended with a report.

use crate::db::{Tx, WriteTx};
use crate::error::StoreError;

record! {
    /// One reading of a file, with the file's name, size and hash.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ImportRunRow {
        /// Id.
        import_run_id: String,
        /// The file.
        upload_id: String,
        /// Who asked for it, as the log names them.
        actor: String,
        /// The person, where one had signed in.
        person_id: Option<String>,
        /// Role acted in.
        person_role: Option<String>,
        /// Its scope.
        person_scope: Option<String>,
        /// `registry` or `exchange`; none while it is not known.
        source: Option<String>,
        /// What in the file told its source; none where somebody said so.
        recognised_by: Option<String>,
        /// 试导入
        is_dry_run: bool,
        /// 保留有效行
        keeps_valid: bool,
        /// 接受变更
        accepts_changes: bool,
        /// `queued`, `asking`, `reading`, `finished`, `refused` or `failed`.
        state: String,
        /// When it was asked for.
        asked_at_ms: i64,
        /// When a node first took it.
        began_at_ms: Option<i64>,
        /// When it ended.
        ended_at_ms: Option<i64>,
        /// The node that reads.
        node: Option<String>,
        /// When that node last said so.
        heartbeat_at_ms: Option<i64>,
        /// How often it was taken.
        attempts: i64,
        /// Rows read so far.
        rows_read: i64,
        /// What came of it, as JSON.
        report: Option<String>,
        /// Problems and warnings, as JSON.
        problems: Option<String>,
        /// Why it did not end well, as JSON.
        reason: Option<String>,
        /// The import in the log.
        import_id: Option<String>,
        /// Name of the file.
        file_name: String,
        /// Hash of the file.
        sha256: String,
        /// Length of the file.
        size_bytes: i64,
        /// When the file's bytes were deleted.
        discarded_at_ms: Option<i64>,
    }
}

/// A reading to be queued.
#[derive(Clone, Debug)]
pub struct NewImportRun<'a> {
    /// Id.
    pub import_run_id: &'a str,
    /// The file.
    pub upload_id: &'a str,
    /// Who asks.
    pub actor: &'a str,
    /// The person, where one has signed in.
    pub person_id: Option<&'a str>,
    /// Role acted in.
    pub person_role: Option<&'a str>,
    /// Its scope.
    pub person_scope: Option<String>,
    /// `registry` or `exchange`, where somebody said so.
    pub source: Option<&'a str>,
    /// 试导入
    pub is_dry_run: bool,
    /// 保留有效行
    pub keeps_valid: bool,
    /// 接受变更
    pub accepts_changes: bool,
    /// The instant.
    pub asked_at_ms: i64,
}

/// How a reading ended.
#[derive(Clone, Debug)]
pub struct RunEnd<'a> {
    /// `asking`, `finished`, `refused` or `failed`.
    pub state: &'static str,
    /// Rows read.
    pub rows_read: i64,
    /// What came of it, as JSON.
    pub report: Option<&'a str>,
    /// Problems and warnings, as JSON.
    pub problems: Option<&'a str>,
    /// Why it did not end well, as JSON.
    pub reason: Option<&'a str>,
    /// The import in the log.
    pub import_id: Option<&'a str>,
}

/// Queues a reading.
pub async fn save(tx: &mut WriteTx, new: &NewImportRun<'_>) -> Result<(), StoreError> {
    run!(
        &mut tx.tx,
        "INSERT INTO import_run (import_run_id, upload_id, actor, person_id, person_role, person_scope, source,
                                 is_dry_run, keeps_valid, accepts_changes, state, asked_at_ms, attempts, rows_read)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'queued', $11, 0, 0)",
        new.import_run_id,
        new.upload_id,
        new.actor,
        new.person_id,
        new.person_role,
        new.person_scope.as_deref(),
        new.source,
        new.is_dry_run,
        new.keeps_valid,
        new.accepts_changes,
        new.asked_at_ms
    )?;
    Ok(())
}

/// A reading.
pub async fn find(tx: &mut Tx, import_run_id: &str) -> Result<Option<ImportRunRow>, StoreError> {
    row!(
        tx,
        ImportRunRow,
        "SELECT r.import_run_id, r.upload_id, r.actor, r.person_id, r.person_role, r.person_scope, r.source,
                r.recognised_by, r.is_dry_run, r.keeps_valid, r.accepts_changes, r.state, r.asked_at_ms, r.began_at_ms,
                r.ended_at_ms, r.node, r.heartbeat_at_ms, r.attempts, r.rows_read, r.report, r.problems, r.reason,
                r.import_id, u.file_name, u.sha256, u.size_bytes, u.discarded_at_ms
           FROM import_run r
           JOIN upload u ON u.upload_id = r.upload_id
          WHERE r.import_run_id = $1",
        import_run_id
    )
}

/// Readings that are not over or wait for an answer, oldest first, at most `limit`; without reports.
pub async fn list_open(tx: &mut Tx, limit: i64) -> Result<Vec<ImportRunRow>, StoreError> {
    rows!(
        tx,
        ImportRunRow,
        "SELECT r.import_run_id, r.upload_id, r.actor, r.person_id, r.person_role, r.person_scope, r.source,
                r.recognised_by, r.is_dry_run, r.keeps_valid, r.accepts_changes, r.state, r.asked_at_ms, r.began_at_ms,
                r.ended_at_ms, r.node, r.heartbeat_at_ms, r.attempts, r.rows_read, CAST(NULL AS TEXT) AS report,
                CAST(NULL AS TEXT) AS problems, r.reason, r.import_id, u.file_name, u.sha256, u.size_bytes,
                u.discarded_at_ms
           FROM import_run r
           JOIN upload u ON u.upload_id = r.upload_id
          WHERE r.state IN ('queued', 'asking', 'reading')
          ORDER BY r.asked_at_ms, r.import_run_id
          LIMIT $1",
        limit
    )
}

/// Readings that are over, newest first, at most `limit`; without the listed problems.
pub async fn list_ended(tx: &mut Tx, limit: i64) -> Result<Vec<ImportRunRow>, StoreError> {
    rows!(
        tx,
        ImportRunRow,
        "SELECT r.import_run_id, r.upload_id, r.actor, r.person_id, r.person_role, r.person_scope, r.source,
                r.recognised_by, r.is_dry_run, r.keeps_valid, r.accepts_changes, r.state, r.asked_at_ms, r.began_at_ms,
                r.ended_at_ms, r.node, r.heartbeat_at_ms, r.attempts, r.rows_read, CAST(NULL AS TEXT) AS report,
                CAST(NULL AS TEXT) AS problems, r.reason, r.import_id, u.file_name, u.sha256, u.size_bytes,
                u.discarded_at_ms
           FROM import_run r
           JOIN upload u ON u.upload_id = r.upload_id
          WHERE r.state IN ('finished', 'refused', 'failed')
          ORDER BY r.asked_at_ms DESC, r.import_run_id DESC
          LIMIT $1",
        limit
    )
}

/// The reading of the same bytes in the same way that is still to come or under way.
pub async fn find_same_waiting(
    tx: &mut Tx,
    sha256: &str,
    new: &NewImportRun<'_>,
) -> Result<Option<String>, StoreError> {
    let found = row!(
        tx,
        (String,),
        "SELECT r.import_run_id
           FROM import_run r
           JOIN upload u ON u.upload_id = r.upload_id
          WHERE r.state IN ('queued', 'asking', 'reading') AND u.sha256 = $1 AND r.is_dry_run = $2
            AND r.keeps_valid = $3 AND r.accepts_changes = $4 AND r.actor = $5
            AND (r.source = $6 OR $6 IS NULL)
          ORDER BY r.asked_at_ms, r.import_run_id
          LIMIT 1",
        sha256,
        new.is_dry_run,
        new.keeps_valid,
        new.accepts_changes,
        new.actor,
        new.source
    )?;
    Ok(found.map(|(import_run_id,)| import_run_id))
}

/// The reading that is next: queued, or left by a node that has not been heard of since `silent_since_ms`.
pub async fn find_next(tx: &mut Tx, silent_since_ms: i64) -> Result<Option<String>, StoreError> {
    let found = row!(
        tx,
        (String,),
        "SELECT import_run_id
           FROM import_run
          WHERE state IN ('queued', 'reading') AND (state = 'queued' OR heartbeat_at_ms < $1)
          ORDER BY asked_at_ms, import_run_id
          LIMIT 1",
        silent_since_ms
    )?;
    Ok(found.map(|(import_run_id,)| import_run_id))
}

/// Takes a reading for a node; gives false where another node was faster.
pub async fn take(
    tx: &mut WriteTx,
    import_run_id: &str,
    node: &str,
    now_ms: i64,
    silent_since_ms: i64,
) -> Result<bool, StoreError> {
    let taken = run!(
        &mut tx.tx,
        "UPDATE import_run
            SET state = 'reading', node = $2, heartbeat_at_ms = $3, began_at_ms = COALESCE(began_at_ms, $3),
                attempts = attempts + 1, rows_read = 0
          WHERE import_run_id = $1 AND (state = 'queued' OR (state = 'reading' AND heartbeat_at_ms < $4))",
        import_run_id,
        node,
        now_ms,
        silent_since_ms
    )?;
    Ok(taken == 1)
}

/// Says that a node still reads; gives false where the reading is no longer its own.
pub async fn beat(
    tx: &mut WriteTx,
    import_run_id: &str,
    node: &str,
    now_ms: i64,
    rows_read: i64,
) -> Result<bool, StoreError> {
    let alive = run!(
        &mut tx.tx,
        "UPDATE import_run SET heartbeat_at_ms = $3, rows_read = $4
          WHERE import_run_id = $1 AND node = $2 AND state = 'reading'",
        import_run_id,
        node,
        now_ms,
        rows_read
    )?;
    Ok(alive == 1)
}

/// Notes the source that the file named.
pub async fn recognise(
    tx: &mut WriteTx,
    import_run_id: &str,
    source: &str,
    recognised_by: &str,
) -> Result<(), StoreError> {
    run!(
        &mut tx.tx,
        "UPDATE import_run SET source = $2, recognised_by = $3 WHERE import_run_id = $1",
        import_run_id,
        source,
        recognised_by
    )?;
    Ok(())
}

/// Takes the answer to «which source»; gives false where nobody asks any more.
pub async fn answer_source(tx: &mut WriteTx, import_run_id: &str, source: &str) -> Result<bool, StoreError> {
    let answered = run!(
        &mut tx.tx,
        "UPDATE import_run SET source = $2, state = 'queued', attempts = 0
          WHERE import_run_id = $1 AND state = 'asking'",
        import_run_id,
        source
    )?;
    Ok(answered == 1)
}

/// Ends a reading of a node; gives false where it is no longer its own.
pub async fn end(
    tx: &mut WriteTx,
    import_run_id: &str,
    node: &str,
    now_ms: i64,
    end: &RunEnd<'_>,
) -> Result<bool, StoreError> {
    let ended = run!(
        &mut tx.tx,
        "UPDATE import_run
            SET state = $3, ended_at_ms = $4, rows_read = $5, report = $6, problems = $7, reason = $8, import_id = $9
          WHERE import_run_id = $1 AND node = $2 AND state = 'reading'",
        import_run_id,
        node,
        end.state,
        now_ms,
        end.rows_read,
        end.report,
        end.problems,
        end.reason,
        end.import_id
    )?;
    Ok(ended == 1)
}

/// Gives back what a node that stops has not finished, so that another one need not wait for its silence.
pub async fn give_back(tx: &mut WriteTx, node: &str) -> Result<u64, StoreError> {
    run!(
        &mut tx.tx,
        "UPDATE import_run SET state = 'queued', node = NULL, attempts = attempts - 1
          WHERE node = $1 AND state = 'reading'",
        node
    )
}
