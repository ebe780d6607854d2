//! Batch filing (批量填报): a university's own sheet becomes drafts.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use xiaoxiang_domain::access::Action;
use xiaoxiang_services::contract::import_queue::UPLOAD_BYTES_MAX;
use xiaoxiang_services::registration::{SheetMapping, WrittenUnit, file_batch, read_mapping, save_mapping};

use super::caller::Caller;
use super::drafts::bad_field;
use super::extract::{ApiJson, ApiQuery, FILE_MIME, is_of_type, read_body};
use super::{ApiRoute, needs};
use crate::problem::Problem;

pub(super) fn routes() -> Vec<ApiRoute> {
    vec![
        needs(Action::Apply, routes!(file)),
        needs(Action::Apply, routes!(read)),
        needs(Action::Apply, routes!(keep)),
    ]
}

/// Which of a sheet's headers fills which field, where the form's own names do not tell.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SheetMapping)]
struct MappingBody {
    /// Field key by header as it stands in the sheet; an empty key leaves the column out.
    #[serde(default)]
    columns: BTreeMap<String, String>,
    /// Unit of money columns whose header states none: `yuan` or `ten_thousand_yuan`; null where none is chosen.
    #[schema(pattern = "^(yuan|ten_thousand_yuan)$")]
    money_unit: Option<String>,
}

impl From<SheetMapping> for MappingBody {
    fn from(mapping: SheetMapping) -> Self {
        let money_unit = mapping.money_unit.map(|unit| unit.code().to_owned());
        Self { columns: mapping.columns, money_unit }
    }
}

/// 栏目对应关系 · The mapping that the organisation used last
#[utoipa::path(
    get, path = "/api/v1/application-mapping", tag = "registration", operation_id = "readMapping",
    responses((status = 200, body = MappingBody))
)]
async fn read(caller: Caller) -> Result<Json<MappingBody>, Problem> {
    Ok(Json(read_mapping(&caller.app, &caller.actor).await?.into()))
}

/// 保存栏目对应关系 · Keep a mapping
#[utoipa::path(
    post, path = "/api/v1/application-mapping", tag = "registration", operation_id = "keepMapping",
    request_body = MappingBody, responses((status = 201, body = MappingBody))
)]
async fn keep(caller: Caller, ApiJson(body): ApiJson<MappingBody>) -> Result<impl IntoResponse, Problem> {
    let unknown =
        || bad_field("/money_unit", "应为 yuan 或 ten_thousand_yuan。", "yuan or ten_thousand_yuan");
    let unit = body.money_unit.as_deref().map(|word| WrittenUnit::from_code(word).ok_or_else(unknown));
    let mapping = SheetMapping { columns: body.columns, money_unit: unit.transpose()? };
    save_mapping(&caller.app, &caller.actor, &mapping).await?;
    Ok((StatusCode::CREATED, Json(MappingBody::from(mapping))))
}

/// To which registrar.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct BatchQuery {
    /// 登记机构 · Key of the registrar.
    #[param(minimum = 1, maximum = 4294967295i64)]
    registrar_key: i64,
}

/// What became of a file.
#[derive(Debug, Serialize, ToSchema)]
struct BatchView {
    /// The drafts, one a row.
    drafts: Vec<BatchDraftView>,
    /// Headers that fill no field; name them in the mapping.
    ignored_columns: Vec<String>,
    /// Rows that are no applications: totals, signatures.
    skipped_rows: u64,
}

/// A draft made from a row.
#[derive(Debug, Serialize, ToSchema)]
struct BatchDraftView {
    /// Row of the sheet.
    row: u32,
    /// UUID of the application.
    id: String,
}

/// 批量填报 · Make drafts of a sheet's rows
///
/// 高校自己的 XLSX 或 CSV，金额按表头单位读取；全部成功或全部不建 · A university's own sheet; all of its rows or none.
#[utoipa::path(
    post, path = "/api/v1/application-batches", tag = "registration", operation_id = "fileBatch", params(BatchQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = BatchView))
)]
async fn file(
    caller: Caller,
    ApiQuery(query): ApiQuery<BatchQuery>,
    request: Request,
) -> Result<impl IntoResponse, Problem> {
    if !is_of_type(request.headers(), FILE_MIME) {
        return Err(Problem::of_status(StatusCode::UNSUPPORTED_MEDIA_TYPE));
    }
    let bytes_max = usize::try_from(UPLOAD_BYTES_MAX).expect("invariant: 20 MB");
    let bytes = read_body(request.into_body(), bytes_max).await?;
    let batch = file_batch(&caller.app, &caller.actor, query.registrar_key, bytes, None).await?;
    let draft = |(row, id): (u32, String)| BatchDraftView { row, id };
    let view = BatchView {
        drafts: batch.drafts.into_iter().map(draft).collect(),
        ignored_columns: batch.ignored_columns,
        skipped_rows: batch.skipped_rows,
    };
    Ok((StatusCode::CREATED, Json(view)))
}
