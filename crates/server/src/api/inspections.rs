//! Spot checks and revocation (抽查与撤销): draw, notice, evidence, hearing, decision, service, letters.

use axum::Json;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::contract::procedure::InspectionAct;
use xiaoxiang_services::registration::inspection::{
    ActRequest, ActView, Draw, InspectionPage, InspectionSummary, draw_inspections, list_inspections,
    open_inspection, read_evidence, read_inspection, take_act,
};
use xiaoxiang_store::registration::AttachmentRow;

use super::answer::{of_change, tagged, version_of};
use super::applications::{ReasonCode, kept_file};
use super::caller::Caller;
use super::drafts::{Created, bad_field};
use super::extract::{ApiJson, ApiPath, ApiQuery};
use super::paging::{Page, PageQuery, Sorted, paged};
use super::{ApiRoute, Precondition, needs};
use crate::language::Language;
use crate::problem::Problem;

pub(super) fn routes() -> Vec<ApiRoute> {
    vec![
        needs(Action::ReadApplications, routes!(list)),
        needs(Action::ReadApplications, routes!(read)),
        needs(Action::ReviewRegistrations, routes!(draw)),
        needs(Action::ReviewRegistrations, routes!(open)),
        needs(Action::ReadApplications, routes!(act)).based_on(Precondition::Version),
        needs(Action::ReadApplications, routes!(evidence)),
    ]
}

/// An inspection.
#[derive(Debug, Serialize, ToSchema)]
struct InspectionView {
    /// UUID.
    id: String,
    /// Revision; the ETag of the inspection.
    revision: i64,
    /// `drawn`, `noticed`, `evidence_in`, `hearing_offered`, `heard`, `cleared`, `revoked`, `served` or `closed`.
    stage: &'static str,
    /// The same in the caller's language.
    stage_label: &'static str,
    /// The application, UUID.
    application_id: String,
    /// 项目名称
    project_name: String,
    /// 登记编号
    registration_number: String,
    /// 申请单位
    organisation: String,
    /// Whether the yearly draw opened it; else it was opened for cause.
    is_drawn: bool,
    /// Why it was opened, where not by the draw.
    cause: String,
    /// 举证期限; null before the notice, and where the year's holidays are not known.
    evidence_due: Option<String>,
    /// 陈述申辩期限; likewise.
    hearing_due: Option<String>,
}

impl InspectionView {
    fn new(summary: InspectionSummary, language: Language) -> Self {
        Self {
            id: summary.row.inspection_id,
            revision: summary.row.revision,
            stage: summary.stage.code(),
            stage_label: language.pick(summary.stage.label(), summary.stage.label_en()),
            application_id: summary.row.application_id,
            project_name: summary.project_name,
            registration_number: summary.registration_number,
            organisation: summary.organisation,
            is_drawn: summary.row.draw_id.is_some(),
            cause: summary.row.cause,
            evidence_due: summary.row.evidence_due,
            hearing_due: summary.row.hearing_due,
        }
    }
}

/// An inspection with what was done and what the caller may do.
#[derive(Debug, Serialize, ToSchema)]
struct InspectionDetailView {
    /// The inspection.
    inspection: InspectionView,
    /// Files that the party has produced.
    evidence: Vec<ProducedFileView>,
    /// What was done, in order.
    acts: Vec<InspectionActView>,
    /// What the caller may do now.
    acts_open: Vec<OpenActView>,
}

/// A file that the party has produced: attached to the application as `evidence` while it was asked for.
#[derive(Debug, Serialize, ToSchema)]
struct ProducedFileView {
    /// UUID.
    id: String,
    /// As it was called, made harmless.
    file_name: String,
    /// By its content.
    media_type: String,
    /// Of its bytes, in hexadecimal.
    sha256: String,
    /// Its length.
    size_bytes: i64,
}

/// What was done.
#[derive(Debug, Serialize, ToSchema)]
struct InspectionActView {
    /// Which.
    act: &'static str,
    /// Stage after it.
    stage: &'static str,
    /// Legal day.
    taken_on: String,
    /// Coded grounds.
    ground_codes: Vec<String>,
    /// In words.
    words: String,
}

/// An act that the caller may do by the table.
#[derive(Debug, Serialize, ToSchema)]
struct OpenActView {
    /// Which.
    act: &'static str,
    /// The same in the caller's language.
    label: &'static str,
    /// What stands in the way, in the caller's language; null where it can be done.
    obstacle: Option<&'static str>,
}

/// 抽查和检查 · Inspections within what one may see
///
/// 最近的在前 · The newest first.
#[utoipa::path(
    get, path = "/api/v1/inspections", tag = "registration", operation_id = "listInspections", params(PageQuery),
    responses((status = 200, body = Page<InspectionView>))
)]
async fn list(
    caller: Caller,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Json<Page<InspectionView>>, Problem> {
    let found = list_inspections(&caller.app, &caller.actor).await?;
    let page = paged(found, Sorted::Down, |one| one.row.inspection_id.clone(), &query)?;
    Ok(Json(page.map(|summary| InspectionView::new(summary, caller.language))))
}

/// 一次检查 · One inspection
#[utoipa::path(
    get, path = "/api/v1/inspections/{inspection}", tag = "registration", operation_id = "readInspection",
    params(("inspection" = String, Path, description = "编号 · Id", max_length = 64)),
    responses((status = 200, body = InspectionDetailView, headers(("ETag" = String, description = "Revision"))))
)]
async fn read(caller: Caller, ApiPath(id): ApiPath<String>) -> Result<Response, Problem> {
    shown(&caller, &id, StatusCode::OK).await
}

async fn shown(caller: &Caller, id: &str, status: StatusCode) -> Result<Response, Problem> {
    let InspectionPage { summary, acts, acts_open, evidence, .. } =
        read_inspection(&caller.app, &caller.actor, id).await?;
    let revision = summary.row.revision;
    let done = |act: ActView| InspectionActView {
        act: act.act.code(),
        stage: act.stage.code(),
        taken_on: act.taken_on,
        ground_codes: act.ground_codes,
        words: act.words,
    };
    let of_file = |file: AttachmentRow| ProducedFileView {
        id: file.upload_id,
        file_name: file.file_name,
        media_type: file.media_type,
        sha256: file.sha256,
        size_bytes: file.size_bytes,
    };
    let language = caller.language;
    let open = acts_open.into_iter().map(|open| OpenActView {
        act: open.act.code(),
        label: language.pick(open.act.label(), open.act.label_en()),
        obstacle: open.obstacle.map(|obstacle| {
            let (zh, en) = obstacle.words();
            language.pick(zh, en)
        }),
    });
    let view = InspectionDetailView {
        inspection: InspectionView::new(summary, language),
        acts_open: open.collect(),
        acts: acts.into_iter().map(done).collect(),
        evidence: evidence.into_iter().map(of_file).collect(),
    };
    Ok(tagged(status, revision, Json(view)))
}

/// The yearly draw.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewDraw {
    /// Year of registration; drawn once.
    #[schema(minimum = 2000, maximum = 9999)]
    year: i16,
    /// What decides the draw, such as a public lottery's number.
    #[schema(min_length = 1, max_length = 64)]
    seed: String,
}

/// A draw that was made; with the list of numbers in order anybody can make it again.
#[derive(Debug, Serialize, ToSchema)]
struct DrawView {
    /// Year of registration.
    year: i64,
    /// What decided it.
    seed: String,
    /// How many registrations it was made from.
    population: i64,
    /// SHA-256 of their numbers in order, one a line.
    population_sha256: String,
    /// How many were drawn.
    drawn: i64,
    /// The inspections that it opened.
    inspections: Vec<String>,
}

/// 年度抽查 · Draw the year's spot check
///
/// 每年一次，按种子抽取，可复核 · Once a year, by a seed, so that it can be made again.
#[utoipa::path(
    post, path = "/api/v1/inspection-draws", tag = "registration", operation_id = "drawInspections",
    request_body = NewDraw, responses((status = 201, body = DrawView))
)]
async fn draw(caller: Caller, ApiJson(new): ApiJson<NewDraw>) -> Result<impl IntoResponse, Problem> {
    let Draw { row, inspections } = draw_inspections(&caller.app, &caller.actor, new.year, &new.seed).await?;
    let view = DrawView {
        year: row.year,
        seed: row.seed,
        population: row.population,
        population_sha256: row.population_sha256,
        drawn: row.drawn,
        inspections,
    };
    Ok((StatusCode::CREATED, Json(view)))
}

/// An inspection for cause.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewInspection {
    /// The application, UUID.
    #[schema(max_length = 64)]
    application_id: String,
    /// Why, such as a complaint.
    #[schema(min_length = 1, max_length = 2000)]
    cause: String,
}

/// 立案检查 · Open an inspection for cause
#[utoipa::path(
    post, path = "/api/v1/inspections", tag = "registration", operation_id = "openInspection",
    request_body = NewInspection, responses((status = 201, body = Created))
)]
async fn open(caller: Caller, ApiJson(new): ApiJson<NewInspection>) -> Result<impl IntoResponse, Problem> {
    let id = open_inspection(&caller.app, &caller.actor, &new.application_id, &new.cause).await?;
    Ok(Created { id }.at("/api/v1/inspections"))
}

/// An act.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ActBody {
    /// `notice`, `take_evidence`, `offer_hearing`, `state_case`, `hear`, `clear`, `revoke`, `serve` or `send_letters`.
    #[schema(pattern = "^[a-z_]{1,30}$")]
    act: String,
    /// Coded grounds, of `offer_hearing` and `revoke`.
    #[serde(default)]
    #[schema(max_items = 20, value_type = Vec<ReasonCode>)]
    ground_codes: Vec<String>,
    /// What was done or found.
    #[schema(min_length = 1, max_length = 2000)]
    words: String,
}

/// 办理检查的一步 · Go on with an inspection
///
/// 撤销时同时撤销登记并退出统计；If-Match 必填 · A revocation takes the registration out of the figures in the same commit.
#[utoipa::path(
    post, path = "/api/v1/inspections/{inspection}/acts", tag = "registration", operation_id = "takeInspectionAct",
    params(("inspection" = String, Path, description = "编号 · Id", max_length = 64)), request_body = ActBody,
    responses((status = 201, body = InspectionDetailView, headers(("ETag" = String, description = "Revision"))))
)]
async fn act(
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    headers: HeaderMap,
    ApiJson(body): ApiJson<ActBody>,
) -> Result<Response, Problem> {
    let unknown = || bad_field("/act", "没有这一步。", "there is no such act");
    let request = ActRequest {
        act: InspectionAct::from_code(&body.act).ok_or_else(unknown)?,
        revision: version_of(&headers)?,
        ground_codes: body.ground_codes,
        words: body.words,
    };
    take_act(&caller.app, &caller.actor, &id, &request).await.map_err(of_change)?;
    shown(&caller, &id, StatusCode::CREATED).await
}

/// 查看当事人的材料 · Open a file that the party has produced
///
/// 每次查看都记入日志 · Each view is logged.
#[utoipa::path(
    get, path = "/api/v1/inspections/{inspection}/evidence/{attachment}", tag = "registration",
    operation_id = "readEvidence",
    params(
        ("inspection" = String, Path, description = "编号 · Id", max_length = 64),
        ("attachment" = String, Path, description = "文件编号 · Id of the file", max_length = 64)
    ),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>))
)]
async fn evidence(
    caller: Caller,
    ApiPath((id, attachment)): ApiPath<(String, String)>,
) -> Result<Response, Problem> {
    Ok(kept_file(read_evidence(&caller.app, &caller.actor, &id, &attachment).await?))
}
