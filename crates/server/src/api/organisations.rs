//! Organisations (机构): found by any name or code they ever had, with what became of them.

use axum::Json;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::organisation::history::OrganisationEvent;
use xiaoxiang_services::organisation::{
    NewOrganisationChange, NewOrganisationEntry, OrganisationDetail, OrganisationSummary, RecordedChange,
    add_organisation, change_organisation, list_organisations, read_organisation, reverse_change,
};

use super::caller::Caller;
use super::drafts::day_of;
use super::extract::{ApiJson, ApiPath, ApiQuery, bad_query};
use super::{ApiRoute, needs};
use crate::problem::Problem;

/// Most characters of a text to search by.
const TEXT_CHARACTERS_MAX: usize = 100;

pub(super) fn routes() -> Vec<ApiRoute> {
    vec![
        needs(Action::ReadOrganisations, routes!(list)),
        needs(Action::ReadOrganisations, routes!(read)),
        needs(Action::ManageOrganisations, routes!(add)),
        needs(Action::ManageOrganisations, routes!(change)),
        needs(Action::ManageOrganisations, routes!(reverse)),
    ]
}

/// Which organisations.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct OrganisationsQuery {
    /// 曾用或现用的名称、信用代码中的文字 · Part of a name or code that it ever had.
    #[param(max_length = 100)]
    text: String,
    /// 上一页的 next · `next` of the page before.
    #[param(minimum = 0, maximum = 9223372036854775807i64)]
    cursor: i64,
}

/// An organisation as it is today.
#[derive(Debug, Serialize, ToSchema)]
struct OrganisationView {
    /// Key.
    key: i64,
    /// 名称
    name: String,
    /// 统一社会信用代码; people and foreign parties have none.
    credit_code: Option<String>,
    /// Contracts whose current version names it.
    contracts: i64,
}

impl From<OrganisationSummary> for OrganisationView {
    fn from(summary: OrganisationSummary) -> Self {
        let OrganisationSummary { key, name, credit_code, contracts } = summary;
        Self { key, name, credit_code, contracts }
    }
}

/// A page of organisations.
#[derive(Debug, Serialize, ToSchema)]
struct OrganisationsView {
    /// By key.
    items: Vec<OrganisationView>,
    /// What to send as `cursor` for the next page; null on the last.
    next: Option<i64>,
}

/// 机构 · Organisations
#[utoipa::path(
    get, path = "/api/v1/organisations", tag = "organisation", operation_id = "listOrganisations",
    params(OrganisationsQuery), responses((status = 200, body = OrganisationsView))
)]
async fn list(
    caller: Caller,
    ApiQuery(query): ApiQuery<OrganisationsQuery>,
) -> Result<Json<OrganisationsView>, Problem> {
    if query.text.chars().count() > TEXT_CHARACTERS_MAX || query.cursor < 0 {
        return Err(bad_query("text, cursor"));
    }
    let found = list_organisations(&caller.app, &caller.actor, &query.text, query.cursor).await?;
    let items = found.organisations.into_iter().map(OrganisationView::from).collect();
    Ok(Json(OrganisationsView { items, next: found.next }))
}

/// An organisation with all that became of it.
#[derive(Debug, Serialize, ToSchema)]
struct OrganisationDetailView {
    /// As it is today.
    organisation: OrganisationView,
    /// Name as it was first registered.
    first_name: String,
    /// Credit code as it was first registered.
    first_credit_code: Option<String>,
    /// In what it goes on; null where it was not merged.
    #[schema(nullable)]
    merged_into: Option<MergerView>,
    /// What was merged into it.
    merged: Vec<OrganisationView>,
    /// Its changes and those that name it, in the order of recording.
    changes: Vec<ChangeView>,
}

/// In what an organisation goes on.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrganisationMerger)]
struct MergerView {
    /// The other organisation.
    organisation: OrganisationView,
    /// Since when.
    valid_from: String,
}

/// What became of an organisation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrganisationChange)]
struct ChangeView {
    /// Number; a change is taken back by it.
    id: i64,
    /// The organisation that changed.
    organisation: i64,
    /// `named`, `coded`, `merged` (into the other) or `split` (off the other).
    kind: &'static str,
    /// The new name or code; null for `merged` and `split`.
    value: Option<String>,
    /// Key of the other organisation; null for `named` and `coded`.
    other: Option<i64>,
    /// First day.
    valid_from: String,
    /// Document or reason.
    basis: String,
    /// Whether it was taken back.
    is_reversed: bool,
    /// Position of its log entry.
    position: Option<i64>,
}

impl From<RecordedChange> for ChangeView {
    fn from(recorded: RecordedChange) -> Self {
        let (kind, value, other) = match recorded.change.event {
            OrganisationEvent::Named(name) => ("named", Some(name), None),
            OrganisationEvent::Coded(code) => ("coded", Some(code), None),
            OrganisationEvent::MergedInto(other) => ("merged", None, Some(other)),
            OrganisationEvent::SplitOff(other) => ("split", None, Some(other)),
        };
        Self {
            id: recorded.change.change_id,
            organisation: recorded.change.organisation_key,
            kind,
            value,
            other,
            valid_from: recorded.change.valid_from.to_string(),
            basis: recorded.basis,
            is_reversed: recorded.change.is_reversed,
            position: recorded.position,
        }
    }
}

impl From<OrganisationDetail> for OrganisationDetailView {
    fn from(detail: OrganisationDetail) -> Self {
        let merger = |(into, from): (OrganisationSummary, jiff::civil::Date)| MergerView {
            organisation: into.into(),
            valid_from: from.to_string(),
        };
        Self {
            organisation: detail.summary.into(),
            first_name: detail.first_name,
            first_credit_code: detail.first_code,
            merged_into: detail.merged_into.map(merger),
            merged: detail.merged.into_iter().map(OrganisationView::from).collect(),
            changes: detail.changes.into_iter().map(ChangeView::from).collect(),
        }
    }
}

async fn shown(caller: &Caller, key: i64) -> Result<Json<OrganisationDetailView>, Problem> {
    let detail = read_organisation(&caller.app, &caller.actor, key).await?;
    Ok(Json(detail.into()))
}

/// 一个机构 · One organisation
///
/// 含历次名称与合并、分立 · With its names over time, mergers and splits.
#[utoipa::path(
    get, path = "/api/v1/organisations/{key}", tag = "organisation", operation_id = "readOrganisation",
    params(("key" = i64, Path, description = "机构编号 · Key", minimum = 1, maximum = 9223372036854775807i64)),
    responses((status = 200, body = OrganisationDetailView))
)]
async fn read(caller: Caller, ApiPath(key): ApiPath<i64>) -> Result<Json<OrganisationDetailView>, Problem> {
    shown(&caller, key).await
}

/// An organisation that no contract names yet.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewOrganisationBody {
    /// 名称
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// 统一社会信用代码
    #[schema(min_length = 18, max_length = 18)]
    credit_code: String,
    /// Document or reason.
    #[schema(min_length = 1, max_length = 200)]
    basis: String,
}

/// 登记机构 · Enter an organisation
///
/// 还没有合同的单位；信用代码已有的不再登记 · One without contracts; a code that is on record is refused.
#[utoipa::path(
    post, path = "/api/v1/organisations", tag = "organisation", operation_id = "addOrganisation",
    request_body = NewOrganisationBody, responses((status = 201, body = OrganisationDetailView))
)]
async fn add(
    caller: Caller,
    ApiJson(body): ApiJson<NewOrganisationBody>,
) -> Result<impl IntoResponse, Problem> {
    let new = NewOrganisationEntry { name: body.name, credit_code: body.credit_code, basis: body.basis };
    let key = add_organisation(&caller.app, &caller.actor, &new).await?;
    Ok((StatusCode::CREATED, shown(&caller, key).await?))
}

/// What becomes of an organisation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OrganisationChangeBody {
    /// `named`, `coded`, `merged` or `split`.
    #[schema(pattern = "^(named|coded|merged|split)$")]
    kind: String,
    /// The new name or code; for `merged` and `split` the credit code or full name of the other organisation.
    #[schema(min_length = 1, max_length = 200)]
    value: String,
    /// First day.
    #[schema(format = Date, max_length = 10)]
    valid_from: String,
    /// Document or reason.
    #[schema(min_length = 1, max_length = 200)]
    basis: String,
}

/// 机构变更 · Rename, recode, merge or split
///
/// 记在原样之旁；合同与已公布的数字不变 · Recorded beside what was; contracts and published figures stay.
#[utoipa::path(
    post, path = "/api/v1/organisations/{key}/changes", tag = "organisation", operation_id = "changeOrganisation",
    params(("key" = i64, Path, description = "机构编号 · Key", minimum = 1, maximum = 9223372036854775807i64)),
    request_body = OrganisationChangeBody, responses((status = 201, body = OrganisationDetailView))
)]
async fn change(
    caller: Caller,
    ApiPath(key): ApiPath<i64>,
    ApiJson(body): ApiJson<OrganisationChangeBody>,
) -> Result<impl IntoResponse, Problem> {
    let valid_from = day_of("/valid_from", &body.valid_from)?;
    let new = NewOrganisationChange { kind: body.kind, value: body.value, valid_from, basis: body.basis };
    change_organisation(&caller.app, &caller.actor, key, &new).await?;
    Ok((StatusCode::CREATED, shown(&caller, key).await?))
}

/// Why a change is taken back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReversalBody {
    /// Document or reason.
    #[schema(min_length = 1, max_length = 200)]
    basis: String,
}

/// 撤销机构变更 · Take a change back
///
/// 撤销后仍留在记录中；已撤销的为 409 · It stays on record as taken back; 409 where it was before.
#[utoipa::path(
    post, path = "/api/v1/organisations/{key}/changes/{change}/reversal", tag = "organisation",
    operation_id = "reverseOrganisationChange",
    params(
        ("key" = i64, Path, description = "机构编号 · Key", minimum = 1, maximum = 9223372036854775807i64),
        ("change" = i64, Path, description = "变更编号 · Change", minimum = 1, maximum = 9223372036854775807i64)
    ),
    request_body = ReversalBody, responses((status = 201, body = OrganisationDetailView))
)]
async fn reverse(
    caller: Caller,
    ApiPath((key, change)): ApiPath<(i64, i64)>,
    ApiJson(body): ApiJson<ReversalBody>,
) -> Result<impl IntoResponse, Problem> {
    reverse_change(&caller.app, &caller.actor, key, change, &body.basis).await?;
    Ok((StatusCode::CREATED, shown(&caller, key).await?))
}
