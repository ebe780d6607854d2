//! Published bulletins (统计通报), and the contracts behind their figures.

use axum::Json;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;
use xiaoxiang_domain::bulletin::BulletinStatus;
use xiaoxiang_services::bulletin::{BulletinSummary, PublicBulletin, list_bulletins, public_bulletin};

use super::caller::Caller;
use super::extract::{ApiPath, ApiQuery, bad_query};
use super::paging::{Page, PageQuery, Sorted, paged};
use super::shapes::BulletinShape;
use super::{ApiRoute, open};
use crate::pages::cell::CONTRACTS_PER_PAGE;
use crate::pages::reading::{self, CellAddress};
use crate::problem::Problem;

pub(super) fn routes() -> Vec<ApiRoute> {
    vec![open(routes!(list)), open(routes!(read)), open(routes!(cell))]
}

/// The head of a bulletin.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BulletinView {
    /// UUID.
    id: String,
    /// 文号; null while it is a draft.
    number: Option<String>,
    /// Title, Chinese.
    title: String,
    /// Months of its figures.
    #[schema(example = "2026-10")]
    period: String,
    /// `draft`, `signed` or `corrected`.
    status: &'static str,
    /// 签发日期
    signed_on: Option<String>,
    /// 签发人
    signed_by: Option<String>,
    /// Log position of the figures.
    as_of: i64,
    /// SHA-256 of the frozen content, as the log's entry has it.
    content_sha256: String,
}

impl From<BulletinSummary> for BulletinView {
    fn from(summary: BulletinSummary) -> Self {
        let row = summary.row;
        Self {
            id: row.bulletin_id,
            number: row.document_number,
            title: row.title,
            period: row.period,
            status: summary.status.code(),
            signed_on: row.signed_on,
            signed_by: row.signer,
            as_of: row.as_of,
            content_sha256: row.content_sha256,
        }
    }
}

/// 已发布的通报 · Published bulletins
///
/// 最近的在前 · The newest first.
#[utoipa::path(
    get, path = "/api/v1/bulletins", tag = "bulletin", operation_id = "listBulletins", params(PageQuery),
    responses((status = 200, body = Page<BulletinView>))
)]
async fn list(
    caller: Caller,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Json<Page<BulletinView>>, Problem> {
    let mut bulletins = list_bulletins(&caller.app).await?;
    bulletins.retain(|summary| summary.status != BulletinStatus::Draft);
    // Ids are made from the instant of the draft, so the larger is the newer.
    let page = paged(bulletins, Sorted::Down, |summary| summary.row.bulletin_id.clone(), &query)?;
    Ok(Json(page.map(BulletinView::from)))
}

/// 一份通报 · One bulletin
///
/// 签发时冻结的内容 · The content as it was frozen at the signature.
#[utoipa::path(
    get, path = "/api/v1/bulletins/{id}", tag = "bulletin", operation_id = "readBulletin",
    params(("id" = String, Path, description = "编号 · Id", max_length = 64)),
    responses((status = 200, body = BulletinShape))
)]
async fn read(caller: Caller, ApiPath(id): ApiPath<String>) -> Result<Json<PublicBulletin>, Problem> {
    Ok(Json(public_bulletin(&caller.app, &id).await?))
}

pub(super) fn internal() -> Problem {
    Problem::of_status(axum::http::StatusCode::INTERNAL_SERVER_ERROR)
}

/// Where a figure stands.
#[derive(Debug, Deserialize)]
struct CellPath {
    id: String,
    table: String,
    row: String,
    column: String,
}

/// What stands behind a figure.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CellView {
    /// The figure as printed.
    figure: String,
    /// Number of contracts.
    count: i64,
    /// 成交额 of all of them, in fen.
    contract_value_fen: i64,
    /// 技术交易额 of all of them, in fen.
    technology_value_fen: i64,
    /// One page of them, the largest first.
    items: Vec<CellContractView>,
    /// Cursor of the next page.
    next: Option<String>,
}

/// The public part of a contract: neither project nor party is named.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CellContractView {
    /// 登记编号
    registration_number: String,
    /// Month of registration.
    registered_in: String,
    /// 合同类型
    contract_type: String,
    /// Seller's city, or province elsewhere.
    seller_place: String,
    /// Buyer's city, or province elsewhere.
    buyer_place: String,
    /// 成交额 in fen.
    contract_value_fen: i64,
    /// 技术交易额 in fen.
    technology_value_fen: i64,
}

/// Which page of the contracts behind a figure.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct CellQuery {
    /// 上一页的 next · `next` of the page before.
    #[param(max_length = 10, pattern = "^[0-9]+$")]
    cursor: Option<String>,
}

/// 数字背后的合同 · The contracts behind a figure
///
/// 与通报签发时的数字一致 · As they stood when the bulletin was signed.
#[utoipa::path(
    get, path = "/api/v1/bulletins/{id}/cells/{table}/{row}/{column}", tag = "bulletin",
    operation_id = "openCell",
    params(
        ("id" = String, Path, description = "编号 · Id", max_length = 64),
        ("table" = String, Path, description = "表 · Table", max_length = 64),
        ("row" = String, Path, description = "行 · Row", max_length = 64),
        ("column" = String, Path, description = "列 · Column", max_length = 64),
        CellQuery
    ),
    responses((status = 200, body = CellView))
)]
async fn cell(
    caller: Caller,
    ApiPath(path): ApiPath<CellPath>,
    ApiQuery(query): ApiQuery<CellQuery>,
) -> Result<Json<CellView>, Problem> {
    let number = query.cursor.as_deref().unwrap_or("1").parse::<usize>().ok();
    let page =
        number.filter(|page| (1..=CELL_PAGES_MAX).contains(page)).ok_or_else(|| bad_query("cursor"))?;
    let CellPath { id, table, row, column } = path;
    let address = CellAddress { id, table, row, column };
    let data = reading::cell(&caller.app, &caller.actor, &address, page).await?;
    let shown = i64::try_from(page).unwrap_or(i64::MAX).saturating_mul(CONTRACTS_PER_PAGE);
    let has_more = shown < data.contract_count;
    let language = caller.language;
    Ok(Json(CellView {
        figure: data.figure,
        count: data.contract_count,
        contract_value_fen: data.contract_value_fen,
        technology_value_fen: data.technology_value_fen,
        items: data
            .contracts
            .into_iter()
            .map(|contract| CellContractView {
                registration_number: contract.registration_number,
                registered_in: contract.registered_in.to_string(),
                contract_type: language.note(&contract.contract_type).to_owned(),
                seller_place: language.note(&contract.seller_place).to_owned(),
                buyer_place: language.note(&contract.buyer_place).to_owned(),
                contract_value_fen: contract.contract_value_fen,
                technology_value_fen: contract.technology_value_fen,
            })
            .collect(),
        next: has_more.then(|| (page + 1).to_string()),
    }))
}

/// The last page that may be asked for.
const CELL_PAGES_MAX: usize = 100_000;
