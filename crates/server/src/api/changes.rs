//! The log (操作日志) for programs: the feed of changes, the tree head, proofs.

use axum::Json;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use xiaoxiang_audit::{LogEntry, SubjectProof};
use xiaoxiang_services::log::{
    CHANGES_MAX, Change, permit_subject, prove_subject, read_changes, read_log_end,
};

use super::caller::Caller;
use super::extract::{ApiPath, ApiQuery, bad_query};
use super::shapes::{EntryShape, ProofShape};
use super::{ApiRoute, open};
use crate::problem::Problem;

pub(super) fn routes() -> Vec<ApiRoute> {
    vec![open(routes!(changes)), open(routes!(head)), open(routes!(proof))]
}

/// From where on.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ChangesQuery {
    /// 上次读到的位置；省略为从头 · Position read last; from the start where absent.
    #[param(minimum = -1, maximum = 9223372036854775807i64)]
    after: Option<i64>,
    /// 条数，默认 200 · Entries wanted, 200 by default.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// One entry of the log. Of what the caller may not see: position, leaf hash and `withheld`.
#[derive(Debug, Serialize, ToSchema)]
struct ChangeView {
    /// Place in the log, from 0, without gaps.
    position: i64,
    /// Leaf hash of the tree (RFC 9162), in hexadecimal.
    leaf_hash: String,
    /// Whether the entry is withheld.
    withheld: bool,
    /// The entry as docs/AUDIT.md describes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<EntryShape>)]
    entry: Option<LogEntry>,
}

/// A stretch of the log.
#[derive(Debug, Serialize, ToSchema)]
struct ChangesView {
    /// Entries in order.
    items: Vec<ChangeView>,
    /// What to send as `after` next; null where nothing came.
    last: Option<i64>,
}

impl From<Change> for ChangeView {
    fn from(change: Change) -> Self {
        Self {
            position: change.position,
            leaf_hash: change.leaf_hash,
            withheld: change.entry.is_none(),
            entry: change.entry,
        }
    }
}

/// 变更流 · The feed of changes
///
/// 按提交顺序、无缺口 · In the order of commits, without gaps.
#[utoipa::path(
    get, path = "/api/v1/changes", tag = "log", operation_id = "readChanges", params(ChangesQuery),
    responses((status = 200, body = ChangesView))
)]
async fn changes(
    caller: Caller,
    ApiQuery(query): ApiQuery<ChangesQuery>,
) -> Result<Json<ChangesView>, Problem> {
    let (after, limit) = (query.after.unwrap_or(-1), query.limit.unwrap_or(CHANGES_MAX));
    if after < -1 || !(1..=CHANGES_MAX).contains(&limit) {
        return Err(bad_query(&format!("after: -1.., limit: 1..{CHANGES_MAX}")));
    }
    let changes = read_changes(&caller.app, &caller.actor, after, limit).await?;
    let items: Vec<ChangeView> = changes.into_iter().map(ChangeView::from).collect();
    let last = items.last().map(|change| change.position);
    Ok(Json(ChangesView { items, last }))
}

/// The log's end.
#[derive(Debug, Serialize, ToSchema)]
struct HeadView {
    /// Identity of the log.
    log_id: String,
    /// Number of entries.
    size: u64,
    /// Root of the tree over all entries, in hexadecimal.
    root: String,
    /// The tree head signed last, as docs/AUDIT.md describes it.
    signed_head: Option<String>,
    /// The public keys that ever signed, the newest last.
    public_keys: Vec<String>,
}

/// 树头 · The log's end and its signed tree head
#[utoipa::path(
    get, path = "/api/v1/log/head", tag = "log", operation_id = "readLogHead",
    responses((status = 200, body = HeadView))
)]
async fn head(caller: Caller) -> Result<Json<HeadView>, Problem> {
    let end = read_log_end(&caller.app).await?;
    Ok(Json(HeadView {
        log_id: end.log_id,
        size: end.size,
        root: end.root,
        signed_head: end.signed_head,
        public_keys: end.public_keys,
    }))
}

/// 存在证明 · A proof that a record is in the log
///
/// subject 如 contract:登记编号、bulletin:编号 · A subject such as `contract:NUMBER` or `bulletin:ID`.
#[utoipa::path(
    get, path = "/api/v1/proofs/{subject}", tag = "log", operation_id = "proveSubject",
    params(("subject" = String, Path, description = "对象 · Subject", max_length = 200)),
    responses((status = 200, body = ProofShape))
)]
async fn proof(caller: Caller, ApiPath(subject): ApiPath<String>) -> Result<Json<SubjectProof>, Problem> {
    permit_subject(&caller.app, &caller.actor, &subject).await?;
    Ok(Json(prove_subject(&caller.app, &caller.log_key, &subject).await?))
}
