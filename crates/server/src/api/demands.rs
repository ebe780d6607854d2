//! Demands (技术需求): write, hand in, take steps, record visits; the market and the lists for everybody.

use axum::Json;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::demand::{DemandForm, DemandKind, DemandPart, DemandState, DemandStep, SeenDemand};
use xiaoxiang_domain::market::{CooperationMode, DisclosureLevel};
use xiaoxiang_services::demand::{
    DemandPage, DemandStepRequest, DemandsAsk, Found, IssueSummary, ListedDemand, MarketAsk, MarketDemand,
    NewDemand, NewVisit, SavedDemand, VisitKind, list_demands, list_issues, list_market_demands, read_demand,
    read_issue, read_market_demand, record_visit, save_demand, start_demand, take_demand_step,
};

use super::answer::{of_change, tagged, version_of};
use super::applications::ReasonCode;
use super::caller::Caller;
use super::drafts::bad_field;
use super::extract::{ApiJson, ApiPath, ApiQuery, bad_query};
use super::paging::limit_of;
use super::{ApiRoute, Precondition, needs, open};
use crate::problem::Problem;

pub(super) fn routes() -> Vec<ApiRoute> {
    vec![
        needs(Action::ReadDemands, routes!(list)),
        needs(Action::ReadDemands, routes!(read)),
        needs(Action::EnterDemands, routes!(start)),
        needs(Action::EnterDemands, routes!(save)),
        needs(Action::ReadDemands, routes!(step)).based_on(Precondition::Version),
        needs(Action::ReadDemands, routes!(visit)).based_on(Precondition::Version),
        open(routes!(market)),
        open(routes!(market_demand)),
        open(routes!(issues)),
        open(routes!(issue)),
    ]
}

/// Which demands.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DemandsQuery {
    /// 状态 · State.
    #[param(max_length = 20, example = "collected")]
    state: Option<String>,
    /// 清单：enterprise 或 common · Which list.
    #[param(max_length = 20)]
    kind: Option<String>,
    /// 需求名称中的文字 · Part of the title.
    #[param(max_length = 100)]
    text: Option<String>,
    /// 上一页的 next · `next` of the page before.
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// 每页条数，默认 50 · Items of a page, 50 by default.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
}

/// A page of demands.
#[derive(Debug, Serialize, ToSchema)]
struct DemandsView {
    /// The latest changed first.
    items: Vec<DemandSummaryView>,
    /// What to send as `cursor` for the next page; null on the last.
    next: Option<String>,
}

/// A demand in a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DemandSummary)]
struct DemandSummaryView {
    /// UUID.
    id: String,
    /// Grows with each change.
    revision: i64,
    /// Where it stands.
    state: &'static str,
    /// `enterprise` or `common`.
    kind: &'static str,
    /// 需求名称
    title: String,
    /// 企业名称; empty for an expert.
    organisation: String,
    /// Six digits; empty while it is not known.
    division: String,
    /// Code of the technical field.
    field: String,
    /// When it is to be confirmed again.
    reconfirm_due: Option<String>,
}

impl From<ListedDemand> for DemandSummaryView {
    fn from(listed: ListedDemand) -> Self {
        Self {
            state: listed.state.code(),
            kind: listed.kind.code(),
            organisation: listed.organisation,
            id: listed.row.demand_id,
            revision: listed.row.revision,
            title: listed.row.title,
            division: listed.row.division,
            field: listed.row.field,
            reconfirm_due: listed.row.reconfirm_due,
        }
    }
}

/// 技术需求 · Demands within what one may see
#[utoipa::path(
    get, path = "/api/v1/demands", tag = "demands", operation_id = "listDemands", params(DemandsQuery),
    responses((status = 200, body = DemandsView))
)]
async fn list(caller: Caller, ApiQuery(query): ApiQuery<DemandsQuery>) -> Result<Json<DemandsView>, Problem> {
    let state =
        query.state.as_deref().map(|word| DemandState::from_code(word).ok_or_else(|| bad_query("state")));
    let kind = query.kind.as_deref().map(|word| DemandKind::from_code(word).ok_or_else(|| bad_query("kind")));
    let ask = DemandsAsk {
        states: state.transpose()?.into_iter().collect(),
        kind: kind.transpose()?,
        field: String::new(),
        text: query.text.unwrap_or_default(),
        after: query.cursor,
        limit: limit_of(query.limit)?,
    };
    let page = list_demands(&caller.app, &caller.actor, &ask).await.map_err(of_cursor)?;
    Ok(Json(DemandsView {
        items: page.items.into_iter().map(DemandSummaryView::from).collect(),
        next: page.next,
    }))
}

fn of_cursor(refusal: xiaoxiang_services::Refusal) -> Problem {
    let is_of_query = refusal.code() == "paging.cursor";
    let problem = Problem::from(refusal);
    if is_of_query { problem.with_status(StatusCode::BAD_REQUEST) } else { problem }
}

/// A form as it is written: the fields of the collection sheet by their keys, `level.PART` beside them.
#[derive(Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = DemandForm)]
struct DemandFormShape {
    /// 征集表的栏目 · Texts by key: `title`, `summary`, `problem`, `figures` (one a line), `modes` (by commas) …
    fields: BTreeMap<String, String>,
    /// 不涉密承诺 · That nothing is a state secret and the company agrees.
    holds_no_secrets: bool,
}

impl From<DemandFormShape> for DemandForm {
    fn from(shape: DemandFormShape) -> Self {
        Self { fields: shape.fields, holds_no_secrets: shape.holds_no_secrets, leftovers: Vec::new() }
    }
}

/// A demand.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Demand)]
struct DemandView {
    /// UUID.
    id: String,
    /// Grows with each change; the ETag.
    revision: i64,
    /// Where it stands.
    state: &'static str,
    /// `enterprise` or `common`.
    kind: &'static str,
    /// The form as far as the caller may see it.
    form: DemandFormShape,
    /// How the company stood behind it: `company`, `telephone`.
    verified: Option<String>,
    /// When it is to be confirmed again.
    reconfirm_due: Option<String>,
    /// Until when it may stay on a list.
    valid_until: Option<String>,
    /// What the caller may do now.
    open_steps: Vec<&'static str>,
    /// Steps so far.
    steps: Vec<DemandStepTaken>,
}

/// A step that was taken.
#[derive(Debug, Serialize, ToSchema)]
struct DemandStepTaken {
    /// Which.
    step: &'static str,
    /// State after it.
    state: &'static str,
    /// When, in milliseconds.
    at_ms: i64,
    /// Codes of reasons.
    reason_codes: Vec<String>,
    /// In words.
    words: String,
}

impl From<DemandPage> for DemandView {
    fn from(page: DemandPage) -> Self {
        let taken = |step: xiaoxiang_services::demand::DemandStepView| DemandStepTaken {
            step: step.step.code(),
            state: step.state.code(),
            at_ms: step.taken_at_ms,
            reason_codes: step.reason_codes,
            words: step.words,
        };
        let open = page.open_steps.iter().filter(|open| open.obstacle.is_none());
        Self {
            state: page.state.code(),
            kind: page.kind.code(),
            open_steps: open.map(|open| open.step.code()).collect(),
            form: DemandFormShape { fields: page.form.fields, holds_no_secrets: page.form.holds_no_secrets },
            steps: page.steps.into_iter().map(taken).collect(),
            id: page.row.demand_id,
            revision: page.row.revision,
            verified: page.row.verified,
            reconfirm_due: page.row.reconfirm_due,
            valid_until: page.row.valid_until,
        }
    }
}

/// 一条需求 · One demand
#[utoipa::path(
    get, path = "/api/v1/demands/{id}", tag = "demands", operation_id = "readDemand",
    params(("id" = String, Path, description = "编号 · Id", max_length = 64)),
    responses((status = 200, body = DemandView, headers(("ETag" = String, description = "Revision"))))
)]
async fn read(caller: Caller, ApiPath(id): ApiPath<String>) -> Result<Response, Problem> {
    shown(&caller, &id, StatusCode::OK).await
}

async fn shown(caller: &Caller, id: &str, status: StatusCode) -> Result<Response, Problem> {
    let page = read_demand(&caller.app, &caller.actor, id).await?;
    Ok(tagged(status, page.row.revision, Json(DemandView::from(page))))
}

/// 新增需求草稿 · Begin a demand
///
/// 草稿只有填报人可见；以 submit 步骤提交 · A draft is seen by who writes it; the step `submit` hands it in.
#[utoipa::path(
    post, path = "/api/v1/demands", tag = "demands", operation_id = "startDemand", request_body = DemandFormShape,
    responses((status = 201, body = DemandView, headers(("ETag" = String, description = "Revision"))))
)]
async fn start(caller: Caller, ApiJson(body): ApiJson<DemandFormShape>) -> Result<Response, Problem> {
    let id = start_demand(&caller.app, &caller.actor, &NewDemand { form: body.into() }).await?;
    shown(&caller, &id, StatusCode::CREATED).await
}

/// 保存需求 · Save a draft or a returned demand
#[utoipa::path(
    put, path = "/api/v1/demands/{id}", tag = "demands", operation_id = "saveDemand",
    params(("id" = String, Path, description = "编号 · Id", max_length = 64)), request_body = DemandFormShape,
    responses((status = 200, body = DemandView, headers(("ETag" = String, description = "Revision"))))
)]
async fn save(
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    headers: HeaderMap,
    ApiJson(body): ApiJson<DemandFormShape>,
) -> Result<Response, Problem> {
    let saved = SavedDemand { revision: version_of(&headers)?, form: body.into() };
    save_demand(&caller.app, &caller.actor, &id, &saved).await.map_err(of_change)?;
    shown(&caller, &id, StatusCode::OK).await
}

/// A step to be taken.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DemandStepBody {
    /// `submit`, `confirm`, `check`, `return`, `sort`, `select`, `decline`, `match`, `contract`, `withdraw`, `renew`.
    #[schema(max_length = 20, example = "check")]
    step: String,
    /// Codes of reasons, of a return.
    #[serde(default)]
    #[schema(max_items = 20, value_type = Vec<ReasonCode>)]
    reason_codes: Vec<String>,
    /// In words; the company reads them.
    #[serde(default)]
    #[schema(max_length = 2000)]
    words: String,
    /// Code of the technical field, of a sorting.
    #[serde(default)]
    #[schema(max_length = 16)]
    field: String,
    /// 合同登记编号, of a contract.
    #[serde(default)]
    #[schema(max_length = 40)]
    contract_number: String,
}

/// 办理一步 · Take a step
#[utoipa::path(
    post, path = "/api/v1/demands/{id}/steps", tag = "demands", operation_id = "takeDemandStep",
    params(("id" = String, Path, description = "编号 · Id", max_length = 64)), request_body = DemandStepBody,
    responses((status = 200, body = DemandView, headers(("ETag" = String, description = "Revision"))))
)]
async fn step(
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    headers: HeaderMap,
    ApiJson(body): ApiJson<DemandStepBody>,
) -> Result<Response, Problem> {
    let bad = || bad_field("/step", "没有这一步。", "there is no such step");
    let request = DemandStepRequest {
        step: DemandStep::from_code(&body.step).ok_or_else(bad)?,
        revision: version_of(&headers)?,
        reason_codes: body.reason_codes,
        words: body.words,
        field: body.field,
        contract_number: body.contract_number,
    };
    take_demand_step(&caller.app, &caller.actor, &id, &request).await.map_err(of_change)?;
    shown(&caller, &id, StatusCode::OK).await
}

/// A visit or a call.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DemandVisitBody {
    /// `visit` or `telephone`.
    #[schema(max_length = 20, example = "telephone")]
    kind: String,
    /// The day.
    #[schema(pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", example = "2026-11-20")]
    held_on: String,
    /// 联系人属实
    #[serde(default)]
    has_contact: bool,
    /// 预算属实
    #[serde(default)]
    has_budget: bool,
    /// 有权代表企业
    #[serde(default)]
    has_authority: bool,
    /// What was said.
    #[schema(min_length = 1, max_length = 2000)]
    words: String,
}

/// 登记走访或电话核实 · Record a visit or a call
#[utoipa::path(
    post, path = "/api/v1/demands/{id}/visits", tag = "demands", operation_id = "recordDemandVisit",
    params(("id" = String, Path, description = "编号 · Id", max_length = 64)), request_body = DemandVisitBody,
    responses((status = 200, body = DemandView, headers(("ETag" = String, description = "Revision"))))
)]
async fn visit(
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    headers: HeaderMap,
    ApiJson(body): ApiJson<DemandVisitBody>,
) -> Result<Response, Problem> {
    let bad_kind = || bad_field("/kind", "应为 visit 或 telephone。", "visit or telephone");
    let bad_day = |_| bad_field("/held_on", "应为日期，如 2026-11-20。", "a day such as 2026-11-20");
    let visit = NewVisit {
        revision: version_of(&headers)?,
        kind: VisitKind::from_code(&body.kind).ok_or_else(bad_kind)?,
        held_on: body.held_on.parse().map_err(bad_day)?,
        found: Found { contact: body.has_contact, budget: body.has_budget, authority: body.has_authority },
        words: body.words,
    };
    record_visit(&caller.app, &caller.actor, &id, &visit).await.map_err(of_change)?;
    shown(&caller, &id, StatusCode::OK).await
}

/// Which demands of the market.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct MarketQuery {
    /// 公开内容中的文字 · Part of what is public.
    #[param(max_length = 100)]
    text: Option<String>,
    /// 技术领域代码 · Code of the technical field.
    #[param(max_length = 16)]
    field: Option<String>,
    /// 市州代码 · Six digits of a city.
    #[param(max_length = 6)]
    city: Option<String>,
    /// 合作方式 · A mode.
    #[param(max_length = 40)]
    mode: Option<String>,
    /// 上一页的 next · `next` of the page before.
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// 每页条数 · Items of a page.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
}

/// A page of the market.
#[derive(Debug, Serialize, ToSchema)]
struct MarketDemandsView {
    /// Teasers, the latest first.
    items: Vec<MarketDemandView>,
    /// What to send as `cursor` for the next page; null on the last.
    next: Option<String>,
}

/// A demand as the caller may read it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MarketDemand)]
struct MarketDemandView {
    /// UUID.
    id: String,
    /// `enterprise` or `common`.
    kind: &'static str,
    /// `published` or `matched`.
    state: &'static str,
    /// What may be read, by the keys of the collection sheet.
    fields: BTreeMap<String, String>,
    /// Code of the technical field.
    field: String,
    /// Six digits of the city.
    city: Option<String>,
    /// 合作方式
    modes: Vec<&'static str>,
    /// 时限要求
    deadline: Option<String>,
    /// Up to which level the caller reads: `public`, `signed_in`, `undertaking`, `held`.
    level: &'static str,
    /// Parts that are kept back, with the level that opens them.
    kept_back: BTreeMap<&'static str, &'static str>,
}

impl From<MarketDemand> for MarketDemandView {
    fn from(demand: MarketDemand) -> Self {
        let SeenDemand { fields, hidden, .. } = demand.seen;
        let told = |(part, level): (DemandPart, DisclosureLevel)| (part.code(), level.code());
        Self {
            id: demand.demand_id,
            kind: demand.kind.code(),
            state: demand.state.code(),
            fields,
            field: demand.field,
            city: demand.city.map(|city| city.to_string()),
            modes: demand.modes.into_iter().map(CooperationMode::code).collect(),
            deadline: demand.deadline,
            level: demand.reader.code(),
            kept_back: hidden.into_iter().map(told).collect(),
        }
    }
}

/// 公开的技术需求 · Demands of the market
#[utoipa::path(
    get, path = "/api/v1/market/demands", tag = "demands", operation_id = "listMarketDemands", params(MarketQuery),
    responses((status = 200, body = MarketDemandsView))
)]
async fn market(
    caller: Caller,
    ApiQuery(query): ApiQuery<MarketQuery>,
) -> Result<Json<MarketDemandsView>, Problem> {
    let mode = query.mode.as_deref();
    let mode =
        mode.map(|word| CooperationMode::from_code(word).ok_or_else(|| bad_query("mode"))).transpose()?;
    let ask = MarketAsk {
        text: query.text.unwrap_or_default(),
        field: query.field.unwrap_or_default(),
        city: query.city.unwrap_or_default(),
        mode,
        kind: None,
        after: query.cursor,
        limit: limit_of(query.limit)?,
    };
    let page = list_market_demands(&caller.app, &ask).await.map_err(of_cursor)?;
    let items = page.items.into_iter().map(MarketDemandView::from).collect();
    Ok(Json(MarketDemandsView { items, next: page.next }))
}

/// 一条公开的技术需求 · A demand of the market
#[utoipa::path(
    get, path = "/api/v1/market/demands/{id}", tag = "demands", operation_id = "readMarketDemand",
    params(("id" = String, Path, description = "编号 · Id", max_length = 64)),
    responses((status = 200, body = MarketDemandView))
)]
async fn market_demand(
    caller: Caller,
    ApiPath(id): ApiPath<String>,
) -> Result<Json<MarketDemandView>, Problem> {
    Ok(Json(MarketDemandView::from(read_market_demand(&caller.app, &caller.actor, &id).await?)))
}

/// Issues of the lists.
#[derive(Debug, Serialize, ToSchema)]
struct DemandIssuesView {
    /// The latest first.
    items: Vec<DemandIssueView>,
}

/// An issue of a list, frozen.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DemandIssue)]
struct DemandIssueView {
    /// UUID.
    id: String,
    /// `enterprise` or `common`.
    kind: &'static str,
    /// 期次
    issue: u32,
    /// 文号
    number: String,
    /// Legal day.
    issued_on: String,
    /// How many demands stand on it.
    entries: usize,
    /// SHA-256 of its content.
    content_hash: String,
    /// The whole content: entries, and what came, changed and left; null in the list of issues.
    content: Option<serde_json::Value>,
}

impl DemandIssueView {
    fn of(issue: IssueSummary, is_whole: bool) -> Self {
        Self {
            id: issue.issue_id,
            kind: issue.list.kind.code(),
            issue: issue.list.issue,
            number: issue.list.number.clone(),
            issued_on: issue.list.issued_on.clone(),
            entries: issue.list.entries.len(),
            content_hash: issue.content_hash,
            content: is_whole.then(|| serde_json::json!(issue.list)),
        }
    }
}

/// 需求清单各期 · Issues of the two lists of demands
#[utoipa::path(
    get, path = "/api/v1/demand-lists", tag = "demands", operation_id = "listDemandIssues",
    responses((status = 200, body = DemandIssuesView))
)]
async fn issues(caller: Caller) -> Result<Json<DemandIssuesView>, Problem> {
    let issues = list_issues(&caller.app).await?;
    Ok(Json(DemandIssuesView {
        items: issues.into_iter().map(|one| DemandIssueView::of(one, false)).collect(),
    }))
}

/// 一期需求清单 · One issue of a list of demands
#[utoipa::path(
    get, path = "/api/v1/demand-lists/{id}", tag = "demands", operation_id = "readDemandIssue",
    params(("id" = String, Path, description = "编号 · Id", max_length = 64)),
    responses((status = 200, body = DemandIssueView))
)]
async fn issue(caller: Caller, ApiPath(id): ApiPath<String>) -> Result<Json<DemandIssueView>, Problem> {
    Ok(Json(DemandIssueView::of(read_issue(&caller.app, &id).await?, true)))
}
