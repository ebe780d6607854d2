//! Divisions (行政区划) and code lists (代码表) with their dates.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;
use xiaoxiang_domain::region::{Code, DivisionCode};
use xiaoxiang_services::Refusal;

use super::caller::Caller;
use super::extract::{ApiPath, ApiQuery};
use super::paging::{Page, PageQuery, Sorted, paged};
use super::{ApiRoute, open};
use crate::problem::Problem;

pub(super) fn routes() -> Vec<ApiRoute> {
    vec![open(routes!(divisions)), open(routes!(lists)), open(routes!(list))]
}

/// A division of the region with one of its names.
#[derive(Debug, Serialize, ToSchema)]
struct DivisionView {
    /// GB/T 2260 code.
    code: String,
    /// Name, Chinese.
    name: String,
    /// Name, English; of the present name only.
    name_en: Option<String>,
    /// Division above.
    parent: String,
    /// First day; null where it is older than our sources.
    from: Option<String>,
    /// Last day; null while it holds.
    to: Option<String>,
    /// What took its place.
    successors: Vec<String>,
}

/// 行政区划 · Divisions of the region
///
/// 含已撤销的 · With those that no longer are.
#[utoipa::path(
    get, path = "/api/v1/divisions", tag = "region", operation_id = "listDivisions", params(PageQuery),
    responses((status = 200, body = Page<DivisionView>))
)]
async fn divisions(
    caller: Caller,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Json<Page<DivisionView>>, Problem> {
    let region = caller.app.region().await?;
    let divisions = region.region.divisions();
    let rows = divisions.rows().iter().filter(|row| region.region.contains(row.code));
    let views = rows
        .map(|row| DivisionView {
            code: row.code.to_string(),
            name: row.name.clone(),
            name_en: divisions
                .name_en(row.code)
                .filter(|_| divisions.name(row.code) == Some(row.name.as_str()))
                .map(str::to_owned),
            parent: row.parent.to_string(),
            from: row.from.map(|day| day.to_string()),
            to: row.to.map(|day| day.to_string()),
            successors: row.successors.iter().map(DivisionCode::to_string).collect(),
        })
        .collect();
    // A code may have had several names.
    let key = |view: &DivisionView| format!("{} {}", view.code, view.from.as_deref().unwrap_or_default());
    Ok(Json(paged(views, Sorted::Up, key, &query)?))
}

/// A code list.
#[derive(Debug, Serialize, ToSchema)]
struct CodeListView {
    /// Key in addresses.
    key: String,
    /// Name, Chinese.
    name: String,
    /// Name, English.
    name_en: String,
}

/// 代码表 · Code lists
#[utoipa::path(
    get, path = "/api/v1/codes", tag = "region", operation_id = "listCodeLists", params(PageQuery),
    responses((status = 200, body = Page<CodeListView>))
)]
async fn lists(
    caller: Caller,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Json<Page<CodeListView>>, Problem> {
    let region = caller.app.region().await?;
    let lists = region.region.code_lists().iter();
    let views = lists
        .map(|(key, list)| CodeListView {
            key: key.clone(),
            name: list.name.clone(),
            name_en: list.name_en.clone(),
        })
        .collect();
    Ok(Json(paged(views, Sorted::Up, |view: &CodeListView| view.key.clone(), &query)?))
}

/// One code.
#[derive(Debug, Serialize, ToSchema)]
struct CodeView {
    /// The code as text.
    code: String,
    /// Name, Chinese.
    name: String,
    /// Name, English.
    name_en: String,
    /// Code above, in the same list.
    parent: Option<String>,
    /// First day; null where it is older than our sources.
    from: Option<String>,
    /// Last day; null while it holds.
    to: Option<String>,
}

impl From<&Code> for CodeView {
    fn from(code: &Code) -> Self {
        Self {
            code: code.code.clone(),
            name: code.name.clone(),
            name_en: code.name_en.clone(),
            parent: code.parent.clone(),
            from: code.from.map(|day| day.to_string()),
            to: code.to.map(|day| day.to_string()),
        }
    }
}

/// 一份代码表 · The codes of a list
#[utoipa::path(
    get, path = "/api/v1/codes/{list}", tag = "region", operation_id = "listCodes",
    params(("list" = String, Path, description = "代码表 · List", max_length = 64), PageQuery),
    responses((status = 200, body = Page<CodeView>))
)]
async fn list(
    caller: Caller,
    ApiPath(list): ApiPath<String>,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Json<Page<CodeView>>, Problem> {
    let region = caller.app.region().await?;
    let codes = region.region.codes(&list).ok_or(Refusal::NotFound(list))?;
    let views = codes.items().iter().map(CodeView::from).collect();
    let key = |view: &CodeView| format!("{} {}", view.code, view.from.as_deref().unwrap_or_default());
    Ok(Json(paged(views, Sorted::Up, key, &query)?))
}
