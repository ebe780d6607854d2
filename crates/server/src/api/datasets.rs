//! Open data (开放数据): everything published, as files.

use axum::Json;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use xiaoxiang_services::open_data::{Dataset, DatasetFormat, list_datasets, write_dataset};

use super::caller::Caller;
use super::extract::{ApiPath, ApiQuery, bad_query};
use super::paging::{Page, PageQuery, Sorted, paged};
use super::{ApiRoute, open};
use crate::problem::Problem;

pub(super) fn routes() -> Vec<ApiRoute> {
    vec![open(routes!(list)), open(routes!(read))]
}

/// A dataset.
#[derive(Debug, Serialize, ToSchema)]
struct DatasetView {
    /// Id in addresses.
    id: String,
    /// Title in the caller's language.
    title: String,
    /// Months that it covers.
    period: String,
    /// Formats in which it may be had.
    formats: Vec<&'static str>,
    /// The sentence under which it may be used; null while the region data have none.
    licence: Option<String>,
    /// Log position of its figures.
    position: i64,
}

/// 数据集 · Datasets
#[utoipa::path(
    get, path = "/api/v1/datasets", tag = "open data", operation_id = "listDatasets", params(PageQuery),
    responses((status = 200, body = Page<DatasetView>))
)]
async fn list(
    caller: Caller,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Json<Page<DatasetView>>, Problem> {
    let datasets = list_datasets(&caller.app).await?;
    let view = |dataset: Dataset| DatasetView {
        id: dataset.id.to_string(),
        title: caller.language.note(&dataset.title).to_owned(),
        period: dataset.period.to_string(),
        formats: dataset.formats.iter().map(|format| format.code()).collect(),
        licence: dataset.licence.as_ref().map(|licence| caller.language.note(licence).to_owned()),
        position: dataset.position,
    };
    let views = datasets.into_iter().map(view).collect();
    Ok(Json(paged(views, Sorted::Up, |view: &DatasetView| view.id.clone(), &query)?))
}

/// In which format.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct FormatQuery {
    /// 格式：csv、json、xlsx、docx；省略为 csv · Format.
    #[param(pattern = "^(csv|json|xlsx|docx)$")]
    format: Option<String>,
}

/// 一个数据集 · One dataset
#[utoipa::path(
    get, path = "/api/v1/datasets/{dataset}", tag = "open data", operation_id = "readDataset",
    params(("dataset" = String, Path, description = "数据集 · Dataset", max_length = 100), FormatQuery),
    responses((status = 200, content(
        (String = "text/csv"),
        (Object = "application/json"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
    )))
)]
async fn read(
    caller: Caller,
    ApiPath(dataset): ApiPath<String>,
    ApiQuery(query): ApiQuery<FormatQuery>,
) -> Result<Response, Problem> {
    let format = query.format.as_deref().unwrap_or(DatasetFormat::Csv.code());
    let format =
        DatasetFormat::from_code(format).ok_or_else(|| bad_query("format: csv, json, xlsx, docx"))?;
    let bytes = write_dataset(&caller.app, &dataset.parse()?, format, caller.language.file()).await?;
    let mime = match format {
        DatasetFormat::Csv => "text/csv; charset=utf-8",
        DatasetFormat::Json => "application/json",
        DatasetFormat::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        DatasetFormat::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    };
    Ok(([(header::CONTENT_TYPE, mime)], bytes).into_response())
}
