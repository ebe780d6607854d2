//! Drafts of bulletins (通报草稿) and their signature (签发).

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::bulletin::{BulletinStatus, GrowthBase};
use xiaoxiang_services::bulletin::{Signing, draft_bulletin, list_bulletins, sign_bulletin};

use super::bulletins::BulletinView;
use super::caller::Caller;
use super::extract::{ApiJson, ApiPath, ApiQuery};
use super::paging::{Page, PageQuery, Sorted, paged};
use super::{ApiRoute, needs};
use crate::problem::Problem;

pub(super) fn routes() -> Vec<ApiRoute> {
    vec![
        needs(Action::ReadDrafts, routes!(list)),
        needs(Action::DraftBulletin, routes!(draft)),
        needs(Action::SignBulletin, routes!(sign)),
    ]
}

/// 通报草稿 · Drafts of bulletins
#[utoipa::path(
    get, path = "/api/v1/drafts", tag = "bulletin", operation_id = "listDrafts", params(PageQuery),
    responses((status = 200, body = Page<BulletinView>))
)]
async fn list(
    caller: Caller,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Json<Page<BulletinView>>, Problem> {
    caller.actor.permit(Action::ReadDrafts)?;
    let mut bulletins = list_bulletins(&caller.app).await?;
    bulletins.retain(|summary| summary.status == BulletinStatus::Draft);
    let page = paged(bulletins, Sorted::Down, |summary| summary.row.bulletin_id.clone(), &query)?;
    Ok(Json(page.map(BulletinView::from)))
}

/// What is to be drafted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewDraft {
    /// Months of the figures.
    #[schema(max_length = 20, example = "2026-10")]
    period: String,
    /// Base of growth rates: `as_known` (现行基数) where absent, or `as_published` (公布基数).
    #[schema(pattern = "^(as_known|as_published)$")]
    growth_base: Option<String>,
}

/// What was made.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Created {
    /// Its id.
    pub id: String,
}

impl Created {
    /// The answer 201 with the address of what was made.
    pub fn at(self, collection: &str) -> impl IntoResponse + use<> {
        (StatusCode::CREATED, [(header::LOCATION, format!("{collection}/{}", self.id))], Json(self))
    }
}

/// 生成通报草稿 · Draft a bulletin
#[utoipa::path(
    post, path = "/api/v1/drafts", tag = "bulletin", operation_id = "draftBulletin", request_body = NewDraft,
    responses((status = 201, body = Created))
)]
async fn draft(caller: Caller, ApiJson(new): ApiJson<NewDraft>) -> Result<impl IntoResponse, Problem> {
    let wrong = |pointer| bad_field(pointer, "期间或基数的写法不对。", "no such period or growth base");
    let period = new.period.parse().map_err(|_| wrong("/period"))?;
    let base = new.growth_base.as_deref().unwrap_or(GrowthBase::AsKnown.code());
    let base = GrowthBase::from_code(base).ok_or_else(|| wrong("/growth_base"))?;
    let id = draft_bulletin(&caller.app, &caller.actor, period, base).await?;
    Ok(Created { id }.at("/api/v1/bulletins"))
}

/// A field of the body that cannot be taken.
pub(super) fn bad_field(pointer: &str, zh: &str, en: &str) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "request.body", zh, en).at(pointer)
}

/// Who signs, and when.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSignature {
    /// 签发人, as printed.
    #[schema(min_length = 1, max_length = 50)]
    signer: String,
    /// Day printed on the bulletin.
    #[schema(format = Date, max_length = 10)]
    signed_on: String,
}

/// A bulletin as signed.
#[derive(Debug, Serialize, ToSchema)]
struct Signed {
    /// Its id.
    id: String,
    /// 文号
    number: Option<String>,
    /// Log position at which its figures are frozen.
    as_of: i64,
    /// The signed head of the log's tree there.
    tree_head: Option<String>,
}

/// 签发 · Sign a draft
#[utoipa::path(
    post, path = "/api/v1/drafts/{id}/signature", tag = "bulletin", operation_id = "signBulletin",
    params(("id" = String, Path, description = "编号 · Id", max_length = 64)), request_body = NewSignature,
    responses((status = 201, body = Signed))
)]
async fn sign(
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    ApiJson(new): ApiJson<NewSignature>,
) -> Result<impl IntoResponse, Problem> {
    let signed_on = new
        .signed_on
        .parse()
        .map_err(|_| bad_field("/signed_on", "日期写作 2026-11-05。", "write the day as 2026-11-05"))?;
    let signing = Signing { signer: new.signer, signed_on };
    let row = sign_bulletin(&caller.app, &caller.actor, &caller.log_key, &id, &signing).await?;
    let signed = Signed {
        id: row.bulletin_id,
        number: row.document_number,
        as_of: row.as_of,
        tree_head: row.tree_head,
    };
    Ok((StatusCode::CREATED, Json(signed)))
}
