//! Applications for registration (认定登记申请): draft, hand in, attach, review, decide, change, object.

use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt as _;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::contract::application::{ApplicationForm, WrittenCostItem};
use xiaoxiang_domain::contract::procedure::{ApplicationState, Step};
use xiaoxiang_services::Refusal;
use xiaoxiang_services::contract::ListFile;
use xiaoxiang_services::registration::{
    Answer, ApplicationsAsk, AttachmentKind, NewRequest, ReadText, RequestKind, RequestOutcome, SavedForm,
    StepRequest, answer_request, begin_text, export_pre_reviewed, list_applications, list_registrars,
    raise_request, read_application, read_attachment, read_public_standing, save_application,
    start_application, take_step,
};

use super::answer::{tagged, version_of};
use super::application_views::{ApplicationView, ApplicationsView, PublicStandingView, RegistrarView};
use super::caller::Caller;
use super::drafts::{Created, bad_field};
use super::extract::{ApiJson, ApiPath, ApiQuery, FILE_MIME, bad_query, is_of_type};
use super::paging::limit_of;
use super::shapes::{ApplicationFormShape, CostItemShape};
use super::{ApiRoute, Precondition, needs, open};
use crate::problem::Problem;

/// Most states of one question.
const STATES_MAX: usize = 12;
/// Most characters of a file's name.
const NAME_CHARACTERS_MAX: usize = 200;

pub(super) fn routes() -> Vec<ApiRoute> {
    vec![
        needs(Action::ReadApplications, routes!(list)),
        needs(Action::ReadApplications, routes!(read)),
        needs(Action::ReadApplications, routes!(registrars)),
        needs(Action::Apply, routes!(start)),
        needs(Action::Apply, routes!(save)),
        needs(Action::Apply, routes!(attach)),
        needs(Action::ReadContractTexts, routes!(text)),
        needs(Action::ReadApplications, routes!(step)).based_on(Precondition::Version),
        needs(Action::ReadApplications, routes!(request)).based_on(Precondition::Version),
        needs(Action::ReadApplications, routes!(answer)).based_on(Precondition::Version),
        needs(Action::HandleApplications, routes!(export)),
        open(routes!(standing)),
    ]
}

/// Which applications.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// 状态，可用逗号分隔多个 · States, separated by commas.
    #[param(max_length = 200, example = "submitted,accepted")]
    states: Option<String>,
    /// 项目名称或编号中的文字 · Part of project or number.
    #[param(max_length = 100)]
    text: Option<String>,
    /// 只列强制抽查的 · Only those the province has to look at.
    sampled: Option<bool>,
    /// 上一页的 next · `next` of the page before.
    #[param(max_length = 1000)]
    cursor: Option<String>,
    /// 每页条数，默认 50 · Items of a page, 50 by default.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
}

/// 登记申请 · Applications within what one may see
///
/// 按到期日排列，最急的在前；附各状态件数 · The most pressing first, with how many stand where.
#[utoipa::path(
    get, path = "/api/v1/applications", tag = "registration", operation_id = "listApplications", params(ListQuery),
    responses((status = 200, body = ApplicationsView))
)]
async fn list(
    caller: Caller,
    ApiQuery(query): ApiQuery<ListQuery>,
) -> Result<Json<ApplicationsView>, Problem> {
    let words = query.states.as_deref().unwrap_or_default();
    let words = words.split(',').filter(|word| !word.is_empty()).take(STATES_MAX);
    let states = words.map(|word| ApplicationState::from_code(word).ok_or_else(|| bad_query("states")));
    let ask = ApplicationsAsk {
        states: states.collect::<Result<_, _>>()?,
        text: query.text.unwrap_or_default(),
        sampled_only: query.sampled.unwrap_or_default(),
        after: query.cursor,
        limit: limit_of(query.limit)?,
    };
    let page = list_applications(&caller.app, &caller.actor, &ask).await.map_err(|refusal| {
        let is_of_query = refusal.code() == "request.cursor";
        let problem = Problem::from(refusal);
        if is_of_query { problem.with_status(StatusCode::BAD_REQUEST) } else { problem }
    })?;
    Ok(Json(ApplicationsView::new(page)))
}

/// The registrars.
#[derive(Debug, Serialize, ToSchema)]
struct RegistrarsView {
    /// In the order of their keys.
    items: Vec<RegistrarView>,
}

/// 登记机构 · Registrars that one may apply to
#[utoipa::path(
    get, path = "/api/v1/registrars", tag = "registration", operation_id = "listRegistrars",
    responses((status = 200, body = RegistrarsView))
)]
async fn registrars(caller: Caller) -> Result<Json<RegistrarsView>, Problem> {
    let choices = list_registrars(&caller.app, &caller.actor).await?;
    Ok(Json(RegistrarsView { items: choices.into_iter().map(RegistrarView::from).collect() }))
}

/// 一份申请 · One application
///
/// 含办理步骤、到期日和当前可办的步骤；ETag 是修订号 · With steps, due day and what one may do now; the ETag is its revision.
#[utoipa::path(
    get, path = "/api/v1/applications/{id}", tag = "registration", operation_id = "readApplication",
    params(("id" = String, Path, description = "编号 · Id", max_length = 64)),
    responses((status = 200, body = ApplicationView, headers(("ETag" = String, description = "Revision"))))
)]
async fn read(caller: Caller, ApiPath(id): ApiPath<String>) -> Result<Response, Problem> {
    shown(&caller, &id, StatusCode::OK).await
}

async fn shown(caller: &Caller, id: &str, status: StatusCode) -> Result<Response, Problem> {
    let page = read_application(&caller.app, &caller.actor, id).await?;
    let revision = page.row.revision;
    Ok(tagged(status, revision, Json(ApplicationView::new(page, caller.language))))
}

/// Where one applies.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewApplication {
    /// Key of the registrar.
    #[schema(minimum = 1, maximum = 4294967295i64)]
    registrar_key: i64,
}

/// 新建申请草稿 · Begin a draft
///
/// 预填本单位上次的信息 · Filled in with what the organisation stated last.
#[utoipa::path(
    post, path = "/api/v1/applications", tag = "registration", operation_id = "startApplication",
    request_body = NewApplication, responses((status = 201, body = Created))
)]
async fn start(caller: Caller, ApiJson(new): ApiJson<NewApplication>) -> Result<impl IntoResponse, Problem> {
    let id = start_application(&caller.app, &caller.actor, new.registrar_key).await?;
    Ok(Created { id }.at("/api/v1/applications"))
}

/// The whole form as it is now.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SaveBody {
    /// Another registrar, before the first handing in.
    #[schema(minimum = 1, maximum = 4294967295i64)]
    registrar_key: Option<i64>,
    /// The form; what is left out is empty.
    #[schema(value_type = ApplicationFormShape)]
    form: ApplicationForm,
}

/// 保存草稿 · Save the form
///
/// 可不完整；If-Match 必填 · Complete or not; problems say what it still lacks.
#[utoipa::path(
    put, path = "/api/v1/applications/{id}", tag = "registration", operation_id = "saveApplication",
    params(("id" = String, Path, description = "编号 · Id", max_length = 64)), request_body = SaveBody,
    responses((status = 200, body = ApplicationView, headers(("ETag" = String, description = "Revision"))))
)]
async fn save(
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    headers: HeaderMap,
    ApiJson(body): ApiJson<SaveBody>,
) -> Result<Response, Problem> {
    let saved =
        SavedForm { revision: version_of(&headers)?, registrar_key: body.registrar_key, form: body.form };
    save_application(&caller.app, &caller.actor, &id, &saved).await.map_err(of_revision)?;
    shown(&caller, &id, StatusCode::OK).await
}

/// Under `If-Match` a revision that is no longer there is a failed precondition; it says what the application is now.
fn of_revision(refusal: Refusal) -> Problem {
    let is_stale = matches!(refusal, Refusal::Stale(_) | Refusal::Overtaken(_));
    let problem = Problem::from(refusal);
    if is_stale { problem.with_status(StatusCode::PRECONDITION_FAILED) } else { problem }
}

/// Name and kind of a file.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct TextQuery {
    /// 文件名 · Name of the file.
    #[param(max_length = 200)]
    file_name: String,
    /// 类别：contract_text、authority、decision、evidence · Kind.
    #[param(pattern = "^(contract_text|authority|decision|evidence)$")]
    kind: Option<String>,
}

/// 上传合同文本或材料 · Attach a contract text or evidence
///
/// 先作不涉密承诺；PDF、OFD、docx、PNG、JPEG，最大 20 MB · After the undertaking on secrecy; 20 MB at most.
#[utoipa::path(
    post, path = "/api/v1/applications/{id}/attachments", tag = "registration", operation_id = "attachText",
    params(("id" = String, Path, description = "编号 · Id", max_length = 64), TextQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = Created))
)]
async fn attach(
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    ApiQuery(query): ApiQuery<TextQuery>,
    request: Request,
) -> Result<impl IntoResponse, Problem> {
    if query.file_name.chars().count() > NAME_CHARACTERS_MAX {
        return Err(bad_query("file_name"));
    }
    let kind = query.kind.as_deref().unwrap_or(AttachmentKind::ContractText.code());
    let kind = AttachmentKind::from_code(kind).ok_or_else(|| bad_query("kind"))?;
    if !is_of_type(request.headers(), FILE_MIME) {
        return Err(Problem::of_status(StatusCode::UNSUPPORTED_MEDIA_TYPE));
    }
    let (app, actor) = (&caller.app, &caller.actor);
    let mut receiving = begin_text(app, actor, &id, kind, &query.file_name).await?;
    let mut pieces = request.into_body().into_data_stream();
    while let Some(piece) = pieces.next().await {
        let Ok(bytes) = piece else {
            receiving.give_up(app).await?;
            return Err(Problem::of_status(StatusCode::BAD_REQUEST));
        };
        receiving.push(app, &bytes).await.map_err(of_file)?;
    }
    let attached = receiving.finish(app, actor).await?;
    Ok(Created { id: attached.attachment_id }.at(&format!("/api/v1/applications/{id}/attachments")))
}

fn of_file(refusal: Refusal) -> Problem {
    let is_too_large = refusal.code() == "upload.too_large";
    let problem = Problem::from(refusal);
    if is_too_large { problem.with_status(StatusCode::PAYLOAD_TOO_LARGE) } else { problem }
}

/// 查看合同文本 · Open a file
///
/// 每次查看都记入日志 · Each view is logged.
#[utoipa::path(
    get, path = "/api/v1/applications/{id}/attachments/{attachment}", tag = "registration",
    operation_id = "readAttachment",
    params(
        ("id" = String, Path, description = "编号 · Id", max_length = 64),
        ("attachment" = String, Path, description = "文件编号 · Id of the file", max_length = 64)
    ),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>))
)]
async fn text(
    caller: Caller,
    ApiPath((id, attachment)): ApiPath<(String, String)>,
) -> Result<Response, Problem> {
    Ok(kept_file(read_attachment(&caller.app, &caller.actor, &id, &attachment).await?))
}

/// The answer with a file that somebody handed in.
pub(super) fn kept_file(text: ReadText) -> Response {
    let headers = [
        // Never shown within a page of ours, whatever it is.
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (
            header::CONTENT_TYPE,
            HeaderValue::try_from(text.media_type).expect("invariant: one of our media types"),
        ),
    ];
    (headers, text.bytes).into_response()
}

/// A step to be taken.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StepBody {
    /// `submit`, `withdraw`, `accept`, `return`, `first_review`, `ask_experts`, `give_expert_opinion`, `approve`, `refuse`,
    /// `take_national_result`, `change`, `cancel` or `reopen`; `steps_open` of the application says which. A revocation is an act of an inspection.
    #[schema(pattern = "^[a-z_]{1,30}$")]
    step: String,
    /// Coded reasons of a return or refusal; `agree` or `disagree` of an expert.
    #[serde(default)]
    #[schema(max_items = 20, value_type = Vec<ReasonCode>)]
    reason_codes: Vec<String>,
    /// In words; a cancellation and a reopening need them.
    #[serde(default)]
    #[schema(max_length = 2000)]
    words: String,
    /// The costs as the reviewer approves them; left out, those of the form or of the first review hold.
    #[schema(max_items = 200, value_type = Option<Vec<CostItemShape>>)]
    cost_items: Option<Vec<WrittenCostItem>>,
    /// The form as it becomes, of a change.
    #[schema(value_type = Option<ApplicationFormShape>)]
    form: Option<ApplicationForm>,
    /// 登记编号 · Number in the national system, of `take_national_result` where an import did not recognise the contract.
    #[schema(max_length = 100)]
    registration_number: Option<String>,
    /// The open request that a change, a cancellation or a reopening decides; left out where it can only be one.
    #[schema(max_length = 64)]
    request_id: Option<String>,
}

/// A coded reason, ground or opinion.
#[derive(ToSchema)]
#[schema(value_type = String, pattern = "^[a-z_]{1,60}$")]
#[expect(dead_code, reason = "only the schema is used")]
pub(super) struct ReasonCode(String);

/// 办理一步 · Take a step of the procedure
///
/// 提交、受理、退回补正、初审、报请专家、复核、不予登记、变更、注销、撤销；If-Match 必填 · What stands in the way is told all at
/// once.
#[utoipa::path(
    post, path = "/api/v1/applications/{id}/steps", tag = "registration", operation_id = "takeStep",
    params(("id" = String, Path, description = "编号 · Id", max_length = 64)), request_body = StepBody,
    responses((status = 201, body = ApplicationView, headers(("ETag" = String, description = "Revision"))))
)]
async fn step(
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    headers: HeaderMap,
    ApiJson(body): ApiJson<StepBody>,
) -> Result<Response, Problem> {
    let unknown = || bad_field("/step", "没有这一步。", "there is no such step");
    let request = StepRequest {
        step: Step::from_code(&body.step).ok_or_else(unknown)?,
        revision: version_of(&headers)?,
        reason_codes: body.reason_codes,
        words: body.words,
        cost_items: body.cost_items,
        form: body.form,
        registration_number: body.registration_number,
        request_id: body.request_id,
    };
    take_step(&caller.app, &caller.actor, &id, &request).await.map_err(of_revision)?;
    shown(&caller, &id, StatusCode::CREATED).await
}

/// What is asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RequestBody {
    /// `objection`, `change` or `cancel`.
    #[schema(pattern = "^(objection|change|cancel)$")]
    kind: String,
    /// Why.
    #[schema(min_length = 1, max_length = 2000)]
    words: String,
    /// The form as it should become, of a change.
    #[schema(value_type = Option<ApplicationFormShape>)]
    form: Option<ApplicationForm>,
}

/// 提出异议、申请变更或注销 · Object, or ask for a change or a cancellation
#[utoipa::path(
    post, path = "/api/v1/applications/{id}/requests", tag = "registration", operation_id = "raiseRequest",
    params(("id" = String, Path, description = "编号 · Id", max_length = 64)), request_body = RequestBody,
    responses((status = 201, body = Created))
)]
async fn request(
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    headers: HeaderMap,
    ApiJson(body): ApiJson<RequestBody>,
) -> Result<impl IntoResponse, Problem> {
    let unknown = || bad_field("/kind", "应为 objection、change 或 cancel。", "objection, change or cancel");
    let request = NewRequest {
        kind: RequestKind::from_code(&body.kind).ok_or_else(unknown)?,
        revision: version_of(&headers)?,
        words: body.words,
        form: body.form,
    };
    let raised = raise_request(&caller.app, &caller.actor, &id, &request).await.map_err(of_revision)?;
    Ok(Created { id: raised }.at(&format!("/api/v1/applications/{id}/requests")))
}

/// An answer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AnswerBody {
    /// Whether it is right; a change or a cancellation is agreed to by taking the step.
    is_upheld: bool,
    /// Why.
    #[schema(min_length = 1, max_length = 2000)]
    words: String,
}

/// 答复异议或申请 · Answer a request
#[utoipa::path(
    post, path = "/api/v1/applications/{id}/requests/{request}/answer", tag = "registration",
    operation_id = "answerRequest",
    params(
        ("id" = String, Path, description = "编号 · Id", max_length = 64),
        ("request" = String, Path, description = "异议编号 · Id of the request", max_length = 64)
    ),
    request_body = AnswerBody,
    responses((status = 201, body = ApplicationView, headers(("ETag" = String, description = "Revision"))))
)]
async fn answer(
    caller: Caller,
    ApiPath((id, request_id)): ApiPath<(String, String)>,
    headers: HeaderMap,
    ApiJson(body): ApiJson<AnswerBody>,
) -> Result<Response, Problem> {
    let outcome = if body.is_upheld { RequestOutcome::Upheld } else { RequestOutcome::Rejected };
    let answer = Answer { request_id, revision: version_of(&headers)?, outcome, words: body.words };
    answer_request(&caller.app, &caller.actor, &id, &answer).await.map_err(of_revision)?;
    shown(&caller, &id, StatusCode::CREATED).await
}

/// In which format.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct FormatQuery {
    /// 格式：csv、xlsx；省略为 csv · Format.
    #[param(pattern = "^(csv|xlsx)$")]
    format: Option<String>,
}

/// 导出预审通过的申请 · Approved applications for the national system
///
/// 栏目与导入格式完全一致；填入编号和日期后重新导入 · Exactly the columns of an import, which brings the numbers back.
#[utoipa::path(
    get, path = "/api/v1/application-export", tag = "registration", operation_id = "exportApplications",
    params(FormatQuery),
    responses((status = 200, content(
        (String = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    )))
)]
async fn export(caller: Caller, ApiQuery(query): ApiQuery<FormatQuery>) -> Result<Response, Problem> {
    let (file, mime) = match query.format.as_deref() {
        None | Some("csv") => (ListFile::Csv, "text/csv; charset=utf-8"),
        Some("xlsx") => (ListFile::Xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        Some(_) => return Err(bad_query("format: csv, xlsx")),
    };
    let exported = export_pre_reviewed(&caller.app, &caller.actor, file).await?;
    Ok(([(header::CONTENT_TYPE, mime)], exported.bytes).into_response())
}

/// 核验登记凭证 · The standing behind a receipt or certificate
#[utoipa::path(
    get, path = "/api/v1/registrations/{token}", tag = "registration", operation_id = "readPublicStanding",
    params(("token" = String, Path, description = "凭证链接 · Token of the link", max_length = 64)),
    responses((status = 200, body = PublicStandingView))
)]
async fn standing(
    caller: Caller,
    ApiPath(token): ApiPath<String>,
) -> Result<Json<PublicStandingView>, Problem> {
    let standing = read_public_standing(&caller.app, &token).await?;
    Ok(Json(PublicStandingView::new(standing, caller.language)))
}
