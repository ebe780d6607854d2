//! Objections to a contract's place (归属异议): raised by cities and counties, decided by the province.

use axum::Json;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::contract::Side;
use xiaoxiang_domain::region::DivisionCode;
use xiaoxiang_services::attribution::{
    NewObjection, ObjectionRow, decide_objection, list_objections, raise_objection,
};

use super::caller::Caller;
use super::drafts::{Created, bad_field};
use super::extract::{ApiJson, ApiPath, ApiQuery};
use super::paging::{Page, PageQuery, Sorted, paged};
use super::{ApiRoute, needs};
use crate::problem::Problem;

pub(super) fn routes() -> Vec<ApiRoute> {
    vec![
        needs(Action::ReadObjections, routes!(list)),
        needs(Action::RaiseObjection, routes!(raise)),
        needs(Action::DecideObjection, routes!(decide)),
    ]
}

/// An objection.
#[derive(Debug, Serialize, ToSchema)]
struct ObjectionView {
    /// UUID.
    id: String,
    /// 登记编号
    registration_number: String,
    /// `seller` or `buyer`.
    side: String,
    /// Who objects.
    raised_by: String,
    /// Division that should hold.
    claimed_division: String,
    /// 理由
    reason: String,
    /// When, in milliseconds since 1970.
    raised_at_ms: i64,
    /// Division decided on; null while it is open.
    decided_division: Option<String>,
    /// Reason of the decision.
    decision_reason: Option<String>,
}

impl From<ObjectionRow> for ObjectionView {
    fn from(row: ObjectionRow) -> Self {
        Self {
            id: row.objection_id,
            registration_number: row.registration_number,
            side: row.side,
            raised_by: row.raised_by,
            claimed_division: row.claimed_division,
            reason: row.reason,
            raised_at_ms: row.raised_at_ms,
            decided_division: row.decided_division,
            decision_reason: row.decision_reason,
        }
    }
}

/// 归属异议 · Objections to the place of contracts
///
/// 最近的在前 · The newest first.
#[utoipa::path(
    get, path = "/api/v1/objections", tag = "attribution", operation_id = "listObjections", params(PageQuery),
    responses((status = 200, body = Page<ObjectionView>))
)]
async fn list(
    caller: Caller,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Json<Page<ObjectionView>>, Problem> {
    let objections = list_objections(&caller.app, &caller.actor).await?;
    let page = paged(objections, Sorted::Down, |row| row.objection_id.clone(), &query)?;
    Ok(Json(page.map(ObjectionView::from)))
}

/// An objection to be raised.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ObjectionBody {
    /// 登记编号
    #[schema(min_length = 1, max_length = 64)]
    registration_number: String,
    /// `seller` or `buyer`.
    #[schema(pattern = "^(seller|buyer)$")]
    side: String,
    /// Division that should hold.
    #[schema(pattern = "^[0-9]{6}$")]
    claimed_division: String,
    /// Office that objects, as printed.
    #[schema(min_length = 1, max_length = 200)]
    raised_by: String,
    /// 理由
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
}

/// Most characters of the office's name.
const RAISED_BY_CHARACTERS_MAX: usize = 200;

/// 提出异议 · Raise an objection
#[utoipa::path(
    post, path = "/api/v1/objections", tag = "attribution", operation_id = "raiseObjection",
    request_body = ObjectionBody, responses((status = 201, body = Created))
)]
async fn raise(caller: Caller, ApiJson(body): ApiJson<ObjectionBody>) -> Result<impl IntoResponse, Problem> {
    let side = Side::from_code(&body.side);
    let side = side.ok_or_else(|| bad_field("/side", "应为 seller 或 buyer。", "seller or buyer"))?;
    let claimed_division = division_of("/claimed_division", &body.claimed_division)?;
    let raised_by = body.raised_by.trim().to_owned();
    if raised_by.is_empty() || raised_by.chars().count() > RAISED_BY_CHARACTERS_MAX {
        return Err(bad_field(
            "/raised_by",
            "请写明提出单位，最多 200 字。",
            "name the office, 200 characters at most",
        ));
    }
    let objection = NewObjection {
        registration_number: body.registration_number,
        side,
        claimed_division,
        raised_by,
        reason: body.reason,
    };
    let id = raise_objection(&caller.app, &caller.actor, &objection).await?;
    Ok(Created { id }.at("/api/v1/objections"))
}

/// A division of a body.
pub(super) fn division_of(pointer: &str, text: &str) -> Result<DivisionCode, Problem> {
    let code = DivisionCode::parse(text);
    code.ok_or_else(|| bad_field(pointer, "应为六位行政区划代码。", "a division code of six digits"))
}

/// A decision.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DecisionBody {
    /// Division where the contract counts from now on.
    #[schema(pattern = "^[0-9]{6}$")]
    division: String,
    /// 理由
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
}

/// Where something landed in the log.
#[derive(Debug, Serialize, ToSchema)]
struct Decided {
    /// Log position.
    position: i64,
}

/// 裁定异议 · Decide an objection
#[utoipa::path(
    post, path = "/api/v1/objections/{id}/decision", tag = "attribution", operation_id = "decideObjection",
    params(("id" = String, Path, description = "编号 · Id", max_length = 64)), request_body = DecisionBody,
    responses((status = 201, body = Decided))
)]
async fn decide(
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    ApiJson(body): ApiJson<DecisionBody>,
) -> Result<impl IntoResponse, Problem> {
    let division = division_of("/division", &body.division)?;
    let commit = decide_objection(&caller.app, &caller.actor, &id, division, &body.reason).await?;
    Ok((StatusCode::CREATED, Json(Decided { position: commit.position })))
}
