//! Issues of the lists of demands (需求清单各期), frozen when they come out.

use crate::db::{Tx, WriteTx};
use crate::error::StoreError;

/// Issues of one page.
pub const ISSUES_PAGE_MAX: i64 = 100;

record! {
    /// An issue.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct IssueRow {
        /// Id.
        issue_id: String,
        /// `enterprise` or `common`.
        kind: String,
        /// 期次, from 1.
        issue: i64,
        /// 文号
        number: String,
        /// Legal day.
        issued_on: String,
        /// Who, as the log names them.
        issued_by: String,
        /// When.
        issued_at_ms: i64,
        /// What it says, JSON.
        content: String,
        /// SHA-256 of the content, in hexadecimal.
        content_hash: String,
    }
}

/// Keeps an issue.
pub async fn save(tx: &mut WriteTx, row: &IssueRow) -> Result<(), StoreError> {
    let change_set_id = tx.change_set().await?;
    run!(
        &mut tx.tx,
        "INSERT INTO demand_issue (issue_id, change_set_id, kind, issue, number, issued_on, issued_by, issued_at_ms, content,
                content_hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        &row.issue_id,
        change_set_id,
        &row.kind,
        row.issue,
        &row.number,
        &row.issued_on,
        &row.issued_by,
        row.issued_at_ms,
        &row.content,
        &row.content_hash
    )?;
    Ok(())
}

/// One issue.
pub async fn find(tx: &mut Tx, issue_id: &str) -> Result<Option<IssueRow>, StoreError> {
    row!(
        tx,
        IssueRow,
        "SELECT issue_id, kind, issue, number, issued_on, issued_by, issued_at_ms, content, content_hash
           FROM demand_issue WHERE issue_id = $1",
        issue_id
    )
}

/// The latest issue of a list.
pub async fn find_latest(tx: &mut Tx, kind: &str) -> Result<Option<IssueRow>, StoreError> {
    row!(
        tx,
        IssueRow,
        "SELECT issue_id, kind, issue, number, issued_on, issued_by, issued_at_ms, content, content_hash
           FROM demand_issue WHERE kind = $1 ORDER BY issue DESC LIMIT 1",
        kind
    )
}

/// Issues of both lists, the latest first.
pub async fn list(tx: &mut Tx, limit: i64) -> Result<Vec<IssueRow>, StoreError> {
    rows!(
        tx,
        IssueRow,
        "SELECT issue_id, kind, issue, number, issued_on, issued_by, issued_at_ms, content, content_hash
           FROM demand_issue ORDER BY issued_at_ms DESC, kind, issue DESC LIMIT $1",
        limit.min(ISSUES_PAGE_MAX)
    )
}

/// What stands on the next issue of a list: published or matched, and what was selected for it.
pub async fn list_for_issue(tx: &mut Tx, kind: &str, limit: i64) -> Result<Vec<(String,)>, StoreError> {
    rows!(
        tx,
        (String,),
        "SELECT demand_id FROM demand
          WHERE kind = $1 AND state IN ('screened', 'published', 'matched')
          ORDER BY field, division, demand_id LIMIT $2",
        kind,
        limit
    )
}
