//! Imports (导入): a file sent in, its reading watched, differences agreed to.

use axum::Json;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use futures_util::StreamExt as _;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::fact::Source;
use xiaoxiang_services::Refusal;
use xiaoxiang_services::contract::import_queue::{
    ImportHow, RunView, answer_source, begin_upload, find_import_run, import_again, list_imports,
    queue_import,
};
use xiaoxiang_services::contract::{Consent, ImportReport, Strictness};
use xiaoxiang_services::sheet::SheetProblem;

use super::caller::Caller;
use super::drafts::{Created, bad_field};
use super::extract::{ApiJson, ApiPath, ApiQuery, FILE_MIME, bad_query, is_of_type};
use super::paging::{Page, PageQuery, Sorted, paged};
use super::shapes::ReportShape;
use super::{ApiRoute, needs};
use crate::language::Language;
use crate::problem::Problem;

/// Problems, and warnings, of one answer; the page has all of them as a file.
const PROBLEMS_MAX: usize = 1_000;
/// Most characters of a file's name.
const NAME_CHARACTERS_MAX: usize = 200;

pub(super) fn routes() -> Vec<ApiRoute> {
    vec![
        needs(Action::ReadImports, routes!(list)),
        needs(Action::ReadImports, routes!(read)),
        needs(Action::ImportContracts, routes!(send)),
        needs(Action::ImportContracts, routes!(again)),
        needs(Action::ImportContracts, routes!(source)),
    ]
}

/// A reading of a file.
#[derive(Debug, Serialize, ToSchema)]
struct ImportView {
    /// UUID.
    id: String,
    /// Name of the file.
    file_name: String,
    /// Hash of the file.
    file_sha256: String,
    /// Length of the file.
    file_bytes: i64,
    /// `queued`, `asking` (the file does not say whose contracts it holds: answer it), `reading`, `finished`, `refused`
    /// (the file, or rows of it, cannot be taken) or `failed` (the program failed: read it again).
    state: &'static str,
    /// `registry` or `exchange`; null while it is not known.
    source: Option<&'static str>,
    /// 试导入: checked and compared only.
    dry_run: bool,
    /// 保留有效行: good rows are taken, bad ones listed.
    keep_valid: bool,
    /// 接受变更: differing rows become the next version.
    accept_changes: bool,
    /// Name of whoever asked.
    asked_by: String,
    /// When, in milliseconds since 1970.
    asked_at_ms: i64,
    /// When it ended; null before.
    ended_at_ms: Option<i64>,
    /// Rows read so far.
    rows_read: i64,
    /// Whether the bytes were deleted after their time; then the file is sent anew.
    is_discarded: bool,
}

impl From<&RunView> for ImportView {
    fn from(run: &RunView) -> Self {
        let row = &run.row;
        Self {
            id: row.import_run_id.clone(),
            file_name: row.file_name.clone(),
            file_sha256: row.sha256.clone(),
            file_bytes: row.size_bytes,
            state: run.state.code(),
            source: run.source.map(Source::code),
            dry_run: row.is_dry_run,
            keep_valid: row.keeps_valid,
            accept_changes: row.accepts_changes,
            asked_by: run.asked_by.clone(),
            asked_at_ms: row.asked_at_ms,
            ended_at_ms: row.ended_at_ms,
            rows_read: row.rows_read,
            is_discarded: row.discarded_at_ms.is_some(),
        }
    }
}

/// 导入任务 · Readings of files
///
/// 最近的在前；只列最近的 · The newest first, and only those.
#[utoipa::path(
    get, path = "/api/v1/imports", tag = "import", operation_id = "listImports", params(PageQuery),
    responses((status = 200, body = Page<ImportView>))
)]
async fn list(
    caller: Caller,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Json<Page<ImportView>>, Problem> {
    let overview = list_imports(&caller.app, &caller.actor).await?;
    let runs = overview.open.iter().chain(&overview.ended).map(ImportView::from).collect();
    Ok(Json(paged(runs, Sorted::Down, |run: &ImportView| run.id.clone(), &query)?))
}

/// A reading with what came of it.
#[derive(Debug, Serialize, ToSchema)]
struct ImportDetailView {
    /// The reading.
    import: ImportView,
    /// Counts and differences; null before the end, and where the file could not be read.
    #[schema(value_type = Option<ReportShape>)]
    report: Option<ImportReport>,
    /// The first problems; the report counts all.
    problems: Vec<SheetProblemView>,
    /// The first warnings; the report counts all.
    warnings: Vec<SheetProblemView>,
    /// Why it did not end well; null where it did.
    #[schema(nullable)]
    reason: Option<ReasonView>,
}

/// What is wrong with a row or a file.
#[derive(Debug, Serialize, ToSchema)]
struct SheetProblemView {
    /// Stable code.
    code: String,
    /// Name of the sheet; null where the file as a whole is meant.
    sheet: Option<String>,
    /// Row, from 1.
    row: Option<u32>,
    /// Header of the column.
    column: Option<String>,
    /// The value, cut where it is long.
    value: Option<String>,
    /// Why, in the caller's language.
    reason: String,
    /// What to do, in the caller's language.
    what_to_do: String,
}

impl SheetProblemView {
    fn new(problem: &SheetProblem, language: Language) -> Self {
        let words = &problem.words;
        Self {
            code: problem.code.to_string(),
            sheet: problem.sheet.as_deref().map(str::to_owned),
            row: problem.row,
            column: problem.column.as_ref().map(|column| column.header.clone()),
            value: problem.value.as_deref().map(str::to_owned),
            reason: language.pick(&words.reason_zh, &words.reason_en).to_owned(),
            what_to_do: language.pick(&words.what_to_do_zh, &words.what_to_do_en).to_owned(),
        }
    }
}

/// Why a reading did not end well.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportReason)]
struct ReasonView {
    /// Stable code.
    code: String,
    /// What happened and what to do, in the caller's language.
    detail: String,
}

impl ImportDetailView {
    fn new(run: RunView, language: Language) -> Self {
        let listed = |problems: &[SheetProblem]| {
            let shown = problems.iter().take(PROBLEMS_MAX);
            shown.map(|problem| SheetProblemView::new(problem, language)).collect()
        };
        Self {
            import: ImportView::from(&run),
            problems: listed(&run.problems),
            warnings: listed(&run.warnings),
            reason: run.reason.map(|reason| ReasonView {
                detail: language.pick(&reason.zh, &reason.en).to_owned(),
                code: reason.code,
            }),
            report: run.report,
        }
    }
}

/// 一次导入 · One reading with its differences and problems
#[utoipa::path(
    get, path = "/api/v1/imports/{id}", tag = "import", operation_id = "readImport",
    params(("id" = String, Path, description = "编号 · Id", max_length = 64)),
    responses((status = 200, body = ImportDetailView))
)]
async fn read(caller: Caller, ApiPath(id): ApiPath<String>) -> Result<Json<ImportDetailView>, Problem> {
    let run = find_import_run(&caller.app, &caller.actor, &id).await?;
    Ok(Json(ImportDetailView::new(run, caller.language)))
}

/// How a file is read.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct ImportOptions {
    /// 来源：registry、exchange；省略则由文件判断 · Whose contracts; where absent, the file says so.
    #[schema(pattern = "^(registry|exchange)$")]
    source: Option<String>,
    /// 试导入 · Checks and compares only.
    dry_run: Option<bool>,
    /// 保留有效行 · Takes good rows and lists bad ones.
    keep_valid: Option<bool>,
    /// 接受变更 · Differing rows become the next version.
    accept_changes: Option<bool>,
}

impl ImportOptions {
    fn how(&self, wrong: impl FnOnce() -> Problem) -> Result<ImportHow, Problem> {
        let is = |option: Option<bool>| option.unwrap_or_default();
        let source = match self.source.as_deref() {
            None => None,
            Some(word) => Some(Source::from_code(word).ok_or_else(wrong)?),
        };
        Ok(ImportHow {
            source,
            strictness: if is(self.keep_valid) { Strictness::KeepValid } else { Strictness::AllOrNothing },
            consent: if is(self.accept_changes) { Consent::AcceptChanges } else { Consent::ListOnly },
            is_dry_run: is(self.dry_run),
        })
    }
}

/// The file's name, and how it is read.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct FileQuery {
    /// 文件名 · Name of the file.
    #[param(max_length = 200)]
    file_name: String,
    /// 来源：registry、exchange；省略则由文件判断 · Whose contracts; where absent, the file says so.
    #[param(pattern = "^(registry|exchange)$")]
    source: Option<String>,
    /// 试导入 · Checks and compares only.
    dry_run: Option<bool>,
    /// 保留有效行 · Takes good rows and lists bad ones.
    keep_valid: Option<bool>,
    /// 接受变更 · Differing rows become the next version.
    accept_changes: Option<bool>,
}

/// 上传文件并导入 · Send a file in
///
/// XLSX 或 CSV，最大 20 MB；读取在后台进行，按编号查看进度 · XLSX or CSV, 20 MB at most; it is read in the background.
#[utoipa::path(
    post, path = "/api/v1/imports", tag = "import", operation_id = "sendImport", params(FileQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = Created))
)]
async fn send(
    caller: Caller,
    ApiQuery(query): ApiQuery<FileQuery>,
    request: Request,
) -> Result<impl IntoResponse, Problem> {
    if query.file_name.chars().count() > NAME_CHARACTERS_MAX {
        return Err(bad_query("file_name"));
    }
    let FileQuery { file_name, source, dry_run, keep_valid, accept_changes } = query;
    let how = ImportOptions { source, dry_run, keep_valid, accept_changes }.how(|| bad_query("source"))?;
    if !is_of_type(request.headers(), FILE_MIME) {
        return Err(Problem::of_status(StatusCode::UNSUPPORTED_MEDIA_TYPE));
    }
    let upload_id = receive(&caller, &file_name, request).await?;
    let id = queue_import(&caller.app, &caller.actor, &upload_id, how).await?;
    Ok(Created { id }.at("/api/v1/imports"))
}

/// Takes the bytes in as they come; what is not taken whole is not kept.
async fn receive(caller: &Caller, file_name: &str, request: Request) -> Result<String, Problem> {
    let mut receiving = begin_upload(&caller.app, &caller.actor, file_name).await?;
    let mut pieces = request.into_body().into_data_stream();
    while let Some(piece) = pieces.next().await {
        let taken = match piece {
            Ok(bytes) => receiving.push(&caller.app, &bytes).await.map_err(of_file),
            Err(_) => Err(Problem::of_status(StatusCode::BAD_REQUEST)),
        };
        if let Err(problem) = taken {
            receiving.give_up(&caller.app).await?;
            return Err(problem);
        }
    }
    Ok(receiving.finish(&caller.app).await?.upload_id)
}

fn of_file(refusal: Refusal) -> Problem {
    let is_too_large = refusal.code() == "upload.too_large";
    let problem = Problem::from(refusal);
    if is_too_large { problem.with_status(StatusCode::PAYLOAD_TOO_LARGE) } else { problem }
}

fn bad_source() -> Problem {
    bad_field("/source", "应为 registry 或 exchange。", "registry or exchange")
}

/// 再次读取 · Read the file once more
///
/// 试导入后正式导入，或同意差异（accept_changes）· After a dry run, or to agree to the differences.
#[utoipa::path(
    post, path = "/api/v1/imports/{id}/again", tag = "import", operation_id = "importAgain",
    params(("id" = String, Path, description = "编号 · Id", max_length = 64)), request_body = ImportOptions,
    responses((status = 201, body = Created))
)]
async fn again(
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    ApiJson(options): ApiJson<ImportOptions>,
) -> Result<impl IntoResponse, Problem> {
    let how = options.how(bad_source)?;
    let id = import_again(&caller.app, &caller.actor, &id, how).await?;
    Ok(Created { id }.at("/api/v1/imports"))
}

/// Whose contracts a file holds.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SourceBody {
    /// `registry` or `exchange`.
    #[schema(pattern = "^(registry|exchange)$")]
    source: String,
}

/// 确认来源 · Say whose contracts a file holds
///
/// 状态为 asking 时；否则为 409 · Where its state is `asking`; 409 otherwise.
#[utoipa::path(
    post, path = "/api/v1/imports/{id}/source", tag = "import", operation_id = "answerImportSource",
    params(("id" = String, Path, description = "编号 · Id", max_length = 64)), request_body = SourceBody,
    responses((status = 204))
)]
async fn source(
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    ApiJson(body): ApiJson<SourceBody>,
) -> Result<StatusCode, Problem> {
    let source = Source::from_code(&body.source).ok_or_else(bad_source)?;
    answer_source(&caller.app, &caller.actor, &id, source).await?;
    Ok(StatusCode::NO_CONTENT)
}
