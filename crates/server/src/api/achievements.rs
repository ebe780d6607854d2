//! Achievements (科技成果): the unit's entries with their steps, and what everybody finds on the market.

use axum::Json;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::achievement::{AchievementForm, AchievementKind, AchievementState, AchievementStep};
use xiaoxiang_domain::market::CooperationMode;
use xiaoxiang_services::Refusal;
use xiaoxiang_services::achievement::{
    AchievementPage, AchievementStepRequest, AchievementsAsk, ListedAchievement, MarketAsk, MarketEntry,
    MarketRow, SavedAchievement, list_achievements, list_market, read_achievement, read_market_entry,
    save_achievement, start_achievement, take_achievement_step,
};

use super::achievement_shapes::AchievementFormShape;
use super::answer::{tagged, version_of};
use super::caller::Caller;
use super::drafts::{Created, bad_field};
use super::extract::{ApiJson, ApiPath, ApiQuery, bad_query};
use super::paging::limit_of;
use super::{ApiRoute, Precondition, needs, open};
use crate::problem::Problem;

pub(super) fn routes() -> Vec<ApiRoute> {
    vec![
        needs(Action::ReadAchievements, routes!(list)),
        needs(Action::ReadAchievements, routes!(read)),
        needs(Action::WriteAchievements, routes!(start)),
        needs(Action::WriteAchievements, routes!(save)),
        needs(Action::ReadAchievements, routes!(step)).based_on(Precondition::Version),
        open(routes!(market)),
        open(routes!(entry)),
    ]
}

/// Which entries.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// 状态 · State.
    #[param(pattern = "^[a-z_]{1,20}$", example = "submitted")]
    state: Option<String>,
    /// 名称中的文字 · Part of the title.
    #[param(max_length = 100)]
    text: Option<String>,
    /// 上一页的 next · `next` of the page before.
    #[param(max_length = 1000)]
    cursor: Option<String>,
    /// 每页条数，默认 50 · Items of a page, 50 by default.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
}

/// A page of entries.
#[derive(Debug, Serialize, ToSchema)]
struct AchievementsView {
    /// Those that changed last first.
    items: Vec<ListedAchievementView>,
    /// What to send as `cursor` for the next page; null on the last.
    next: Option<String>,
}

/// An entry in a list.
#[derive(Debug, Serialize, ToSchema)]
struct ListedAchievementView {
    /// UUID.
    id: String,
    /// 成果名称
    title: String,
    /// `result`, `patent` or `service`.
    kind: String,
    /// `draft`, `submitted`, `reviewed`, `publicity`, `listed`, `licensed`, `assigned` or `withdrawn`.
    state: &'static str,
    /// Unit.
    organisation: String,
    /// Revision.
    revision: i64,
    /// Objections that wait for an answer.
    open_objections: usize,
    /// Milliseconds since 1970.
    changed_at_ms: i64,
}

impl From<ListedAchievement> for ListedAchievementView {
    fn from(one: ListedAchievement) -> Self {
        Self {
            id: one.row.achievement_id,
            title: one.row.title,
            kind: one.row.kind,
            state: one.state.code(),
            organisation: one.organisation,
            revision: one.row.revision,
            open_objections: one.open_objections,
            changed_at_ms: one.row.changed_at_ms,
        }
    }
}

/// 科技成果填报 · Entries within what one may see
#[utoipa::path(
    get, path = "/api/v1/achievements", tag = "market", operation_id = "listAchievements", params(ListQuery),
    responses((status = 200, body = AchievementsView))
)]
async fn list(
    caller: Caller,
    ApiQuery(query): ApiQuery<ListQuery>,
) -> Result<Json<AchievementsView>, Problem> {
    let state = query.state.map(|code| AchievementState::from_code(&code).ok_or_else(|| bad_query("state")));
    let ask = AchievementsAsk {
        states: state.transpose()?.into_iter().collect(),
        text: query.text.unwrap_or_default(),
        after: query.cursor,
        limit: limit_of(query.limit)?,
    };
    let page = list_achievements(&caller.app, &caller.actor, &ask).await.map_err(of_query)?;
    Ok(Json(AchievementsView { items: page.items.into_iter().map(Into::into).collect(), next: page.next }))
}

/// A cursor that is none of ours is a mistake of the query.
fn of_query(refusal: Refusal) -> Problem {
    let is_of_query = matches!(refusal.code(), "request.cursor" | "market.state");
    let problem = Problem::from(refusal);
    if is_of_query { problem.with_status(StatusCode::BAD_REQUEST) } else { problem }
}

/// An entry as its reader in the office may see it.
#[derive(Debug, Serialize, ToSchema)]
struct AchievementView {
    /// UUID.
    id: String,
    /// Where it stands.
    state: &'static str,
    /// Unit.
    organisation: String,
    /// Revision; the ETag.
    revision: i64,
    /// Last day of the publicity period.
    publicity_to: Option<String>,
    /// The form, without sections that are closed to the reader.
    #[schema(value_type = AchievementFormShape)]
    form: Value,
    /// Fields that are missing or wrong; of the unit's own entries.
    problems: Vec<FieldProblemView>,
    /// Steps that the reader's office takes from here.
    steps_open: Vec<OpenAchievementStepView>,
}

/// A field that is missing or wrong.
#[derive(Debug, Serialize, ToSchema)]
struct FieldProblemView {
    /// Path of the field: `rights.0.number`.
    field: String,
    /// Stable code.
    code: &'static str,
    /// Reason in the language that was asked for.
    reason: String,
}

/// A step that leads on.
#[derive(Debug, Serialize, ToSchema)]
struct OpenAchievementStepView {
    /// `submit`, `clear`, `send_back`, `publicise`, `list`, `license`, `assign`, `revise` or `withdraw`.
    step: &'static str,
    /// Codes of what stands in its way; empty where it can be taken now.
    obstacles: Vec<&'static str>,
}

impl AchievementView {
    fn new(page: AchievementPage, language: crate::language::Language) -> Self {
        let problem = |one: &xiaoxiang_domain::contract::RowProblem| FieldProblemView {
            field: one.field.clone(),
            code: one.code,
            reason: language.pick(&one.reason_zh, &one.reason_en).to_owned(),
        };
        let open = |one: &xiaoxiang_services::achievement::OpenAchievementStep| OpenAchievementStepView {
            step: one.step.code(),
            obstacles: one.obstacles.iter().map(|obstacle| obstacle.code()).collect(),
        };
        Self {
            problems: page.problems.iter().map(problem).collect(),
            steps_open: page.steps.iter().map(open).collect(),
            form: value_of(&page.form),
            id: page.row.achievement_id,
            state: page.state.code(),
            organisation: page.organisation,
            revision: page.row.revision,
            publicity_to: page.row.publicity_to,
        }
    }
}

fn value_of(form: &AchievementForm) -> Value {
    serde_json::to_value(form).expect("invariant: a form is plain data")
}

/// 一项成果 · One entry
#[utoipa::path(
    get, path = "/api/v1/achievements/{id}", tag = "market", operation_id = "readAchievement",
    params(("id" = String, Path, description = "编号 · Id", max_length = 64)),
    responses((status = 200, body = AchievementView, headers(("ETag" = String, description = "Revision"))))
)]
async fn read(caller: Caller, ApiPath(id): ApiPath<String>) -> Result<Response, Problem> {
    shown(&caller, &id, StatusCode::OK).await
}

async fn shown(caller: &Caller, id: &str, status: StatusCode) -> Result<Response, Problem> {
    let page = read_achievement(&caller.app, &caller.actor, id).await?;
    let revision = page.row.revision;
    Ok(tagged(status, revision, Json(AchievementView::new(page, caller.language))))
}

/// The whole form as it is now.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FormBody {
    /// The form; what is left out is empty.
    #[schema(value_type = AchievementFormShape)]
    form: AchievementForm,
}

/// 新建草稿 · Begin a draft of one's unit
#[utoipa::path(
    post, path = "/api/v1/achievements", tag = "market", operation_id = "startAchievement",
    request_body = FormBody, responses((status = 201, body = Created))
)]
async fn start(caller: Caller, ApiJson(body): ApiJson<FormBody>) -> Result<impl IntoResponse, Problem> {
    let id = start_achievement(&caller.app, &caller.actor, &body.form).await?;
    Ok(Created { id }.at("/api/v1/achievements"))
}

/// 保存草稿 · Save the form
#[utoipa::path(
    put, path = "/api/v1/achievements/{id}", tag = "market", operation_id = "saveAchievement",
    params(("id" = String, Path, description = "编号 · Id", max_length = 64)), request_body = FormBody,
    responses((status = 200, body = AchievementView, headers(("ETag" = String, description = "Revision"))))
)]
async fn save(
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    headers: HeaderMap,
    ApiJson(body): ApiJson<FormBody>,
) -> Result<Response, Problem> {
    let saved = SavedAchievement { revision: version_of(&headers)?, form: body.form };
    save_achievement(&caller.app, &caller.actor, &id, &saved).await.map_err(of_revision)?;
    shown(&caller, &id, StatusCode::OK).await
}

/// Under `If-Match` a revision that is no longer there is a failed precondition.
fn of_revision(refusal: Refusal) -> Problem {
    let is_stale = matches!(refusal, Refusal::Stale(_) | Refusal::Overtaken(_));
    let problem = Problem::from(refusal);
    if is_stale { problem.with_status(StatusCode::PRECONDITION_FAILED) } else { problem }
}

/// A step to be taken.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AchievementStepBody {
    /// `submit`, `clear`, `send_back`, `publicise`, `list`, `license`, `assign`, `revise` or `withdraw`.
    #[schema(pattern = "^[a-z_]{1,30}$")]
    step: String,
    /// In words; `send_back`, `license`, `assign` and `withdraw` need them.
    #[serde(default)]
    #[schema(max_length = 2000)]
    words: String,
}

/// 办理一步 · Take a step
///
/// 提交、保密审查、公示、挂牌、许可、转让、修改、撤下；If-Match 必填 · What stands in the way is told at once.
#[utoipa::path(
    post, path = "/api/v1/achievements/{id}/steps", tag = "market", operation_id = "takeAchievementStep",
    params(("id" = String, Path, description = "编号 · Id", max_length = 64)), request_body = AchievementStepBody,
    responses((status = 201, body = AchievementView, headers(("ETag" = String, description = "Revision"))))
)]
async fn step(
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    headers: HeaderMap,
    ApiJson(body): ApiJson<AchievementStepBody>,
) -> Result<Response, Problem> {
    let unknown = || bad_field("/step", "没有这一步。", "there is no such step");
    let request = AchievementStepRequest {
        step: AchievementStep::from_code(&body.step).ok_or_else(unknown)?,
        revision: version_of(&headers)?,
        words: body.words,
    };
    take_achievement_step(&caller.app, &caller.actor, &id, &request).await.map_err(of_revision)?;
    shown(&caller, &id, StatusCode::CREATED).await
}

/// What is looked for on the market.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct MarketQuery {
    /// 名称、简介、关键词中的文字 · Words of the teaser.
    #[param(max_length = 100)]
    text: Option<String>,
    /// 类别：result、patent、service · Kind.
    #[param(pattern = "^[a-z_]{1,20}$")]
    kind: Option<String>,
    /// 技术领域代码 · Technical field.
    #[param(max_length = 20)]
    field: Option<String>,
    /// 成熟度代码 · Maturity.
    #[param(max_length = 20)]
    maturity: Option<String>,
    /// 行政区划代码 · Division.
    #[param(pattern = "^[0-9]{6}$")]
    division: Option<String>,
    /// 合作方式 · Mode.
    #[param(pattern = "^[a-z_]{1,40}$")]
    mode: Option<String>,
    /// 知识产权类型代码 · Kind of right.
    #[param(max_length = 20)]
    ip_kind: Option<String>,
    /// 上一页的 next · `next` of the page before.
    #[param(max_length = 1000)]
    cursor: Option<String>,
    /// 每页条数，默认 50 · Items of a page, 50 by default.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
}

/// What was found.
#[derive(Debug, Serialize, ToSchema)]
struct MarketView {
    /// Those that changed last first.
    items: Vec<MarketItemView>,
    /// What to send as `cursor` for the next page; null on the last.
    next: Option<String>,
    /// How many there are in all.
    total: i64,
}

/// An entry of the market, as far as the caller's level goes.
#[derive(Debug, Serialize, ToSchema)]
struct MarketItemView {
    /// UUID.
    id: String,
    /// `publicity`, `listed`, `licensed` or `assigned`.
    state: &'static str,
    /// Unit.
    organisation: String,
    /// Division.
    division: String,
    /// 开放许可
    is_open_licence: bool,
    /// The form, without sections that are closed to the caller.
    #[schema(value_type = AchievementFormShape)]
    form: Value,
    /// Milliseconds since 1970.
    changed_at_ms: i64,
}

impl From<MarketRow> for MarketItemView {
    fn from(row: MarketRow) -> Self {
        Self {
            form: value_of(&row.form),
            id: row.achievement_id,
            state: row.state.code(),
            organisation: row.organisation,
            division: row.division,
            is_open_licence: row.is_open_licence,
            changed_at_ms: row.changed_at_ms,
        }
    }
}

/// 要素市场的成果 · Achievements on the market
#[utoipa::path(
    get, path = "/api/v1/market/achievements", tag = "market", operation_id = "listMarketAchievements",
    params(MarketQuery), responses((status = 200, body = MarketView))
)]
async fn market(caller: Caller, ApiQuery(query): ApiQuery<MarketQuery>) -> Result<Json<MarketView>, Problem> {
    let kind = query.kind.map(|code| AchievementKind::from_code(&code).ok_or_else(|| bad_query("kind")));
    let mode = query.mode.map(|code| CooperationMode::from_code(&code).ok_or_else(|| bad_query("mode")));
    let ask = MarketAsk {
        text: query.text.unwrap_or_default(),
        kind: kind.transpose()?,
        mode: mode.transpose()?,
        field: query.field.unwrap_or_default(),
        maturity: query.maturity.unwrap_or_default(),
        division: query.division.unwrap_or_default(),
        ip_kind: query.ip_kind.unwrap_or_default(),
        after: query.cursor,
        limit: limit_of(query.limit)?,
        ..MarketAsk::default()
    };
    let page = list_market(&caller.app, &caller.actor, &ask).await.map_err(of_query)?;
    let items = page.items.into_iter().map(Into::into).collect();
    Ok(Json(MarketView { items, next: page.next, total: page.total }))
}

/// One entry of the market.
#[derive(Debug, Serialize, ToSchema)]
struct MarketEntryView {
    /// What the list says of it.
    entry: MarketItemView,
    /// The level up to which the caller reads: `public`, `signed_in`, `undertaking` or `held`.
    level: &'static str,
    /// Sections that are closed to the caller.
    closed: Vec<ClosedSectionView>,
}

/// A section that is closed.
#[derive(Debug, Serialize, ToSchema)]
struct ClosedSectionView {
    /// `evidence`, `price` …
    section: &'static str,
    /// The level that opens it.
    needs: &'static str,
}

/// 市场上的一项成果 · One entry of the market
#[utoipa::path(
    get, path = "/api/v1/market/achievements/{id}", tag = "market", operation_id = "readMarketAchievement",
    params(("id" = String, Path, description = "编号 · Id", max_length = 64)),
    responses((status = 200, body = MarketEntryView))
)]
async fn entry(caller: Caller, ApiPath(id): ApiPath<String>) -> Result<Json<MarketEntryView>, Problem> {
    let MarketEntry { row, closed, level, .. } = read_market_entry(&caller.app, &caller.actor, &id).await?;
    let closed = closed
        .into_iter()
        .map(|(section, needs)| ClosedSectionView { section: section.code(), needs: needs.code() })
        .collect();
    Ok(Json(MarketEntryView { entry: row.into(), level: level.code(), closed }))
}
