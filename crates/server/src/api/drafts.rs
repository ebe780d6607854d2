//! Drafts of bulletins (通报草稿) and their signature (签发).

use axum::Json;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::bulletin::{BulletinStatus, GrowthBase};
use xiaoxiang_services::Refusal;
use xiaoxiang_services::bulletin::{
    BulletinContent, Countersignature, DraftReview, Freshness, Objections, SeenDraft, draft_bulletin,
    list_bulletins, redraft_bulletin, review_draft, sign_seen_draft,
};

use super::answer::{content_of, of_change, tagged};
use super::bulletins::BulletinView;
use super::caller::Caller;
use super::extract::{ApiJson, ApiPath, ApiQuery};
use super::paging::{Page, PageQuery, Sorted, paged};
use super::shapes::ContentShape;
use super::{ApiRoute, Precondition, needs};
use crate::problem::Problem;

pub(super) fn routes() -> Vec<ApiRoute> {
    vec![
        needs(Action::ReadDrafts, routes!(list)),
        needs(Action::ReadDrafts, routes!(read)),
        needs(Action::DraftBulletin, routes!(draft)),
        needs(Action::DraftBulletin, routes!(redraft)).based_on(Precondition::Content),
        needs(Action::SignBulletin, routes!(sign)).based_on(Precondition::Content),
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

/// A draft with all that speaks for and against signing it.
#[derive(Debug, Serialize, ToSchema)]
struct DraftView {
    /// Its head; `content_sha256` is the ETag.
    bulletin: BulletinView,
    /// `current`, or `moved` where figures changed since it was drafted: then it is drafted anew before it is signed.
    freshness: &'static str,
    /// 省外数据截至日; null while no exchange data are in.
    exchange_until: Option<String>,
    /// Months for which no exchange data are in.
    #[schema(example = json!(["2026-10"]))]
    missing_months: Vec<String>,
    /// Objections to the place of contracts that wait for a decision.
    open_objections: usize,
    /// 会签: opinions of other departments, the latest first.
    opinions: Vec<OpinionView>,
    /// What a signature freezes.
    #[schema(value_type = ContentShape)]
    content: BulletinContent,
}

/// What a department says of a draft.
#[derive(Debug, Serialize, ToSchema)]
struct OpinionView {
    /// Word of the role.
    role: &'static str,
    /// 姓名
    name: String,
    /// `agree` or `object`.
    opinion: &'static str,
    /// Why.
    remark: String,
    /// Content that was seen.
    content_sha256: String,
    /// When, in milliseconds since 1970.
    given_at_ms: i64,
}

impl From<Countersignature> for OpinionView {
    fn from(given: Countersignature) -> Self {
        Self {
            role: given.role.code(),
            name: given.name,
            opinion: given.opinion.code(),
            remark: given.remark,
            content_sha256: given.content_sha256,
            given_at_ms: given.given_at_ms,
        }
    }
}

impl From<DraftReview> for DraftView {
    fn from(review: DraftReview) -> Self {
        Self {
            bulletin: review.detail.summary.into(),
            freshness: if review.freshness == Freshness::Moved { "moved" } else { "current" },
            exchange_until: review.exchange_until.map(|day| day.to_string()),
            missing_months: review.missing_months.iter().map(ToString::to_string).collect(),
            open_objections: review.open_objections,
            opinions: review.countersignatures.into_iter().map(OpinionView::from).collect(),
            content: review.detail.content,
        }
    }
}

/// 一份草稿 · One draft
///
/// ETag 是内容的哈希，签发时写入 If-Match · The ETag is the hash of its content; send it as If-Match with a signature.
#[utoipa::path(
    get, path = "/api/v1/drafts/{id}", tag = "bulletin", operation_id = "readDraft",
    params(("id" = String, Path, description = "编号 · Id", max_length = 64)),
    responses((status = 200, body = DraftView, headers(("ETag" = String, description = "Content"))))
)]
async fn read(caller: Caller, ApiPath(id): ApiPath<String>) -> Result<Response, Problem> {
    shown(&caller, &id, StatusCode::OK).await
}

/// The answer with a draft under its entity tag; what was signed is no draft.
async fn shown(caller: &Caller, id: &str, status: StatusCode) -> Result<Response, Problem> {
    let review = review_draft(&caller.app, &caller.actor, id).await?;
    if review.freshness == Freshness::Frozen {
        return Err(Refusal::NotFound(id.to_owned()).into());
    }
    let tag = review.detail.summary.row.content_sha256.clone();
    Ok(tagged(status, tag, Json(DraftView::from(review))))
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
    Ok(Created { id }.at("/api/v1/drafts"))
}

/// A day of a body.
pub(super) fn day_of(pointer: &str, text: &str) -> Result<Date, Problem> {
    let day = text.parse();
    day.map_err(|_| bad_field(pointer, "日期写作 2026-11-05。", "write the day as 2026-11-05"))
}

/// A field of the body that cannot be taken.
pub(super) fn bad_field(pointer: &str, zh: &str, en: &str) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "request.body", zh, en).at(pointer)
}

/// 重新起草 · Draft anew
///
/// 以现行数字替换；If-Match 必填 · The present figures take the place of those that If-Match names.
#[utoipa::path(
    post, path = "/api/v1/drafts/{id}/redraft", tag = "bulletin", operation_id = "redraftBulletin",
    params(("id" = String, Path, description = "编号 · Id", max_length = 64)),
    responses((status = 201, body = DraftView))
)]
async fn redraft(
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let seen = content_of(&headers)?;
    redraft_bulletin(&caller.app, &caller.actor, &id, &seen).await.map_err(of_change)?;
    shown(&caller, &id, StatusCode::CREATED).await
}

/// A signature in the caller's own name.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSignature {
    /// Day printed on the bulletin; today at the latest.
    #[schema(format = Date, max_length = 10)]
    signed_on: String,
    /// `respect` where absent: an objection of a department is in the way; `override`: known, and signed all the same.
    #[schema(pattern = "^(respect|override)$")]
    objections: Option<String>,
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
///
/// 所见即所签：If-Match 写入读取草稿时的 ETag，数字有变动则为 412 · What was seen is what is signed: 412 where the draft or
/// its figures changed since.
#[utoipa::path(
    post, path = "/api/v1/drafts/{id}/signature", tag = "bulletin", operation_id = "signBulletin",
    params(("id" = String, Path, description = "编号 · Id", max_length = 64)), request_body = NewSignature,
    responses((status = 201, body = Signed))
)]
async fn sign(
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    headers: HeaderMap,
    ApiJson(new): ApiJson<NewSignature>,
) -> Result<impl IntoResponse, Problem> {
    let content_sha256 = content_of(&headers)?;
    let signed_on = day_of("/signed_on", &new.signed_on)?;
    let objections = match new.objections.as_deref() {
        None | Some("respect") => Objections::Respect,
        Some("override") => Objections::Override,
        Some(_) => {
            return Err(bad_field("/objections", "应为 respect 或 override。", "respect or override"));
        }
    };
    let seen = SeenDraft { content_sha256, objections };
    let signing = sign_seen_draft(&caller.app, &caller.actor, &caller.log_key, &id, signed_on, &seen);
    let row = signing.await.map_err(of_change)?;
    let signed = Signed {
        id: row.bulletin_id,
        number: row.document_number,
        as_of: row.as_of,
        tree_head: row.tree_head,
    };
    let place = (header::LOCATION, format!("/api/v1/bulletins/{}", signed.id));
    Ok((StatusCode::CREATED, [place], Json(signed)))
}
