//! Auditors who are named for the contract texts of an application (指定查阅人).

use axum::Json;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;
use xiaoxiang_domain::access::Action;
use xiaoxiang_services::registration::auditor::{
    NamingView, NewNaming, end_naming, list_auditors, list_namings, name_auditor,
};

use super::caller::Caller;
use super::drafts::bad_field;
use super::extract::{ApiJson, ApiPath};
use super::{ApiRoute, needs};
use crate::problem::Problem;

pub(super) fn routes() -> Vec<ApiRoute> {
    vec![
        needs(Action::ReadApplications, routes!(list)),
        needs(Action::NameTextAuditor, routes!(choices)),
        needs(Action::NameTextAuditor, routes!(name)),
        needs(Action::NameTextAuditor, routes!(end)),
    ]
}

/// The namings of an application.
#[derive(Debug, Serialize, ToSchema)]
struct NamingsView {
    /// The newest first.
    items: Vec<TextNamingView>,
}

/// One naming.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TextNaming)]
struct TextNamingView {
    /// UUID.
    id: String,
    /// UUID of who is named.
    person_id: String,
    /// Name of who is named.
    name: String,
    /// What for.
    reason: String,
    /// The last day.
    valid_to: String,
    /// Who named them.
    named_by: String,
    /// When, in milliseconds.
    named_at_ms: i64,
    /// When it was ended early.
    ended_at_ms: Option<i64>,
    /// Why.
    end_reason: Option<String>,
    /// Whether it holds today.
    holds: bool,
}

impl From<NamingView> for TextNamingView {
    fn from(view: NamingView) -> Self {
        Self {
            id: view.row.naming_id,
            person_id: view.row.person_id,
            name: view.name,
            reason: view.row.reason,
            valid_to: view.row.valid_to,
            named_by: view.named_by,
            named_at_ms: view.row.named_at_ms,
            ended_at_ms: view.row.ended_at_ms,
            end_reason: view.row.end_reason,
            holds: view.holds,
        }
    }
}

/// 指定的审计人员 · Auditors named for the texts of an application
#[utoipa::path(
    get, path = "/api/v1/applications/{id}/text-auditors", tag = "registration", operation_id = "listTextAuditors",
    params(("id" = String, Path, description = "编号 · Id", max_length = 64)),
    responses((status = 200, body = NamingsView))
)]
async fn list(caller: Caller, ApiPath(id): ApiPath<String>) -> Result<Json<NamingsView>, Problem> {
    let namings = list_namings(&caller.app, &caller.actor, &id).await?;
    Ok(Json(NamingsView { items: namings.into_iter().map(TextNamingView::from).collect() }))
}

/// People who can be named.
#[derive(Debug, Serialize, ToSchema)]
struct AuditorsView {
    /// Who inspects today.
    items: Vec<AuditorView>,
}

/// Somebody who can be named.
#[derive(Debug, Serialize, ToSchema)]
struct AuditorView {
    /// UUID of the person.
    person_id: String,
    /// Their name.
    name: String,
    /// `auditor` or `discipline_inspector`.
    role: &'static str,
}

/// 可指定的审计人员 · Who can be named
#[utoipa::path(
    get, path = "/api/v1/text-auditors", tag = "registration", operation_id = "listAuditorsToName",
    responses((status = 200, body = AuditorsView))
)]
async fn choices(caller: Caller) -> Result<Json<AuditorsView>, Problem> {
    let choices = list_auditors(&caller.app, &caller.actor).await?;
    let view = |one: xiaoxiang_services::registration::auditor::AuditorChoice| AuditorView {
        person_id: one.person_id,
        name: one.name,
        role: one.role.code(),
    };
    Ok(Json(AuditorsView { items: choices.into_iter().map(view).collect() }))
}

/// Who is named, what for, until when.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NamingBody {
    /// UUID of the person.
    #[schema(max_length = 64)]
    person_id: String,
    /// What for.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
    /// The last day, at most 366 days ahead.
    #[schema(pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", example = "2026-12-31")]
    valid_to: String,
}

/// The naming that was made.
#[derive(Debug, Serialize, ToSchema)]
struct NamedView {
    /// UUID.
    id: String,
}

/// 指定审计人员查阅合同文本 · Name an auditor for the texts of an application
#[utoipa::path(
    post, path = "/api/v1/applications/{id}/text-auditors", tag = "registration", operation_id = "nameTextAuditor",
    params(("id" = String, Path, description = "编号 · Id", max_length = 64)), request_body = NamingBody,
    responses((status = 201, body = NamedView))
)]
async fn name(
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    ApiJson(body): ApiJson<NamingBody>,
) -> Result<impl IntoResponse, Problem> {
    let bad = |_| bad_field("/valid_to", "应为日期，如 2026-12-31。", "a day such as 2026-12-31");
    let valid_to = body.valid_to.parse().map_err(bad)?;
    let new = NewNaming { person_id: body.person_id, reason: body.reason, valid_to };
    let id = name_auditor(&caller.app, &caller.actor, &id, &new).await?;
    Ok((StatusCode::CREATED, Json(NamedView { id })))
}

/// Why a naming ends early.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NamingEndBody {
    /// In words.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// 提前结束指定 · End a naming early
#[utoipa::path(
    post, path = "/api/v1/applications/{id}/text-auditors/{naming}/end", tag = "registration",
    operation_id = "endTextAuditor",
    params(
        ("id" = String, Path, description = "编号 · Id", max_length = 64),
        ("naming" = String, Path, description = "指定编号 · Id of the naming", max_length = 64)
    ),
    request_body = NamingEndBody, responses((status = 204))
)]
async fn end(
    caller: Caller,
    ApiPath((id, naming)): ApiPath<(String, String)>,
    ApiJson(body): ApiJson<NamingEndBody>,
) -> Result<StatusCode, Problem> {
    end_naming(&caller.app, &caller.actor, &id, &naming, &body.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}
