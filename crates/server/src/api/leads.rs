//! Leads (供需对接): open, read, take steps, promise, draft the contract; the funnel.

use axum::Json;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::bulletin::PrintedTable;
use xiaoxiang_domain::lead::{
    CloseReason, LeadParty, LeadSource, LeadStage, LeadStanding, LeadStep, PromiseState,
};
use xiaoxiang_domain::money::Fen;
use xiaoxiang_domain::period::Period;
use xiaoxiang_services::Refusal;
use xiaoxiang_services::lead::{
    ContractDraft, FunnelBy, LeadOffer, LeadPage, LeadStepRequest, LeadStepView, LeadsAsk, LeadsStanding,
    ListedLead, NewLead, NewPromise, PromiseView, draft_contract, funnel_table, list_leads, make_promise,
    open_lead, read_funnel, read_lead, settle_promise, take_lead_step,
};
use xiaoxiang_services::registration::point::months_of_the_year;

use super::answer::{of_change, tagged, version_of};
use super::caller::Caller;
use super::drafts::{bad_field, day_of};
use super::extract::{ApiJson, ApiPath, ApiQuery, bad_query};
use super::paging::limit_of;
use super::shapes::PrintedTableShape;
use super::{ApiRoute, Precondition, needs};
use crate::problem::Problem;

pub(super) fn routes() -> Vec<ApiRoute> {
    vec![
        needs(Action::ReadLeads, routes!(list)),
        needs(Action::HandleLeads, routes!(open)),
        needs(Action::ReadLeads, routes!(read)),
        needs(Action::HandleLeads, routes!(step)).based_on(Precondition::Version),
        needs(Action::HandleLeads, routes!(draft)).based_on(Precondition::Version),
        needs(Action::HandleLeads, routes!(promise)),
        needs(Action::HandleLeads, routes!(settle)),
        needs(Action::ReadFunnel, routes!(funnel)),
    ]
}

/// Which leads.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct LeadsQuery {
    /// 办理情况：open、closed、registered · Whether they go on.
    #[param(max_length = 20, example = "open")]
    standing: Option<String>,
    /// 现处阶段 · The stage at which they stand.
    #[param(max_length = 20, example = "meeting")]
    stage: Option<String>,
    /// 到达过的阶段 · The stage to which they came, or beyond.
    #[param(max_length = 20)]
    reached: Option<String>,
    /// 来源：match、event、inquiry、manager · Where they came from.
    #[param(max_length = 20)]
    source: Option<String>,
    /// 市州代码，- 为未知 · Code of the city; `-` where it is not known.
    #[param(max_length = 6, example = "430100")]
    city: Option<String>,
    /// 技术领域代码 · Code of the technical field.
    #[param(max_length = 16)]
    field: Option<String>,
    /// 需求 · Demand.
    #[param(max_length = 64)]
    demand: Option<String>,
    /// 建立日起 · First day on which they were opened.
    #[param(max_length = 10, example = "2026-01-01")]
    from: Option<String>,
    /// 建立日止 · Last day on which they were opened.
    #[param(max_length = 10, example = "2026-12-31")]
    to: Option<String>,
    /// 上一页的 next · `next` of the page before.
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// 每页条数，默认 50 · Items of a page, 50 by default.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
}

/// A page of leads.
#[derive(Debug, Serialize, ToSchema)]
struct LeadsView {
    /// The latest changed first.
    items: Vec<LeadSummaryView>,
    /// What to send as `cursor` for the next page; null on the last.
    next: Option<String>,
}

/// A lead in a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LeadSummary)]
struct LeadSummaryView {
    /// UUID.
    id: String,
    /// Grows with each change.
    revision: i64,
    /// What it is called: title of the demand, or of the offer.
    title: String,
    /// What it is joined with.
    offer: String,
    /// How far it has come; `registered` exactly while its contract counts on record.
    stage: &'static str,
    /// Whether it was given up.
    is_closed: bool,
    /// Where it came from.
    source: String,
    /// As what the caller sees it: `demand`, `offer`, `manager`, `office`.
    party: &'static str,
    /// Name of who looks after it; empty where nobody does.
    manager: String,
    /// Day on which it was opened.
    opened_on: String,
    /// The latest day on which it moved.
    moved_on: String,
}

impl From<ListedLead> for LeadSummaryView {
    fn from(listed: ListedLead) -> Self {
        Self {
            stage: listed.standing.stage.code(),
            is_closed: listed.standing.is_closed,
            party: listed.party.code(),
            id: listed.row.lead_id,
            revision: listed.row.revision,
            title: listed.title,
            offer: listed.row.offer_name,
            source: listed.row.source,
            manager: listed.manager,
            opened_on: listed.row.opened_on,
            moved_on: listed.row.moved_on,
        }
    }
}

/// 对接线索 · Leads within what one may see
#[utoipa::path(
    get, path = "/api/v1/leads", tag = "leads", operation_id = "listLeads", params(LeadsQuery),
    responses((status = 200, body = LeadsView))
)]
async fn list(caller: Caller, ApiQuery(query): ApiQuery<LeadsQuery>) -> Result<Json<LeadsView>, Problem> {
    fn word<T>(
        text: Option<&str>,
        name: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Problem> {
        text.map(|text| read(text).ok_or_else(|| bad_query(name))).transpose()
    }
    let day = |text: &str| text.parse::<Date>().ok();
    let ask = LeadsAsk {
        standing: word(query.standing.as_deref(), "standing", LeadsStanding::from_code)?,
        stage: word(query.stage.as_deref(), "stage", LeadStage::from_code)?,
        reached: word(query.reached.as_deref(), "reached", LeadStage::from_code)?,
        source: word(query.source.as_deref(), "source", LeadSource::from_code)?,
        city: query.city.unwrap_or_default(),
        field: query.field.unwrap_or_default(),
        demand_id: query.demand.unwrap_or_default(),
        opened: [word(query.from.as_deref(), "from", day)?, word(query.to.as_deref(), "to", day)?],
        after: query.cursor,
        limit: limit_of(query.limit)?,
        ..LeadsAsk::default()
    };
    let page = list_leads(&caller.app, &caller.actor, &ask).await.map_err(of_cursor)?;
    Ok(Json(LeadsView {
        items: page.items.into_iter().map(LeadSummaryView::from).collect(),
        next: page.next,
    }))
}

fn of_cursor(refusal: Refusal) -> Problem {
    let is_of_query = refusal.code() == "request.cursor";
    let problem = Problem::from(refusal);
    if is_of_query { problem.with_status(StatusCode::BAD_REQUEST) } else { problem }
}

/// A lead.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Lead)]
struct LeadView {
    /// UUID.
    id: String,
    /// Grows with each change; the ETag.
    revision: i64,
    /// What it is called.
    title: String,
    /// How far it has come; `registered` exactly while its contract counts on record.
    stage: &'static str,
    /// Whether it was given up.
    is_closed: bool,
    /// Whether its contract was registered and has left the record.
    has_lost_contract: bool,
    /// Where it came from.
    source: &'static str,
    /// As what the caller sees it: `demand`, `offer`, `manager`, `office`.
    party: &'static str,
    /// Demand, where there is one.
    demand_id: Option<String>,
    /// 需求方 · Empty where the caller may not know it yet.
    demand_side: String,
    /// `achievement`, `profile`, `organisation`.
    offer_kind: &'static str,
    /// Id of the achievement or profile; empty of an organisation.
    offer_id: String,
    /// Title of the achievement, name of the profile or the organisation.
    offer: String,
    /// 技术经理人 · Empty where nobody looks after it.
    manager: String,
    /// Code of the technical field.
    field: String,
    /// Number of the list issue on which the demand stood.
    issue_number: String,
    /// The day on which each stage was reached first, in order; null where it was skipped or not reached.
    reached_on: Vec<Option<String>>,
    /// 意向金额 in fen.
    signed_fen: Option<i64>,
    /// 合同登记编号
    registration_number: Option<String>,
    /// 成交额 in fen, while the contract counts.
    contract_value_fen: Option<i64>,
    /// 技术交易额 in fen, while the contract counts.
    technology_value_fen: Option<i64>,
    /// Application for registration, for whoever sees it.
    application_id: Option<String>,
    /// What the caller may do now.
    open_steps: Vec<&'static str>,
    /// What was promised.
    promises: Vec<LeadPromiseView>,
    /// Steps, the latest first.
    steps: Vec<LeadStepTaken>,
}

/// A promise.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LeadPromise)]
struct LeadPromiseView {
    /// UUID.
    id: String,
    /// Whose it is to keep: `demand`, `offer`, `manager`.
    whose: &'static str,
    /// What.
    words: String,
    /// The day by which.
    due_on: String,
    /// `open`, `kept`, `dropped`.
    state: &'static str,
}

impl From<PromiseView> for LeadPromiseView {
    fn from(promise: PromiseView) -> Self {
        Self {
            whose: promise.whose.code(),
            state: promise.state.code(),
            id: promise.row.promise_id,
            words: promise.row.words,
            due_on: promise.row.due_on,
        }
    }
}

/// A step that was taken.
#[derive(Debug, Serialize, ToSchema)]
struct LeadStepTaken {
    /// Which.
    step: &'static str,
    /// Stage after it.
    stage: &'static str,
    /// The day on which it happened.
    happened_on: String,
    /// When it was recorded, in milliseconds.
    recorded_at_ms: i64,
    /// As what party it was taken.
    party: &'static str,
    /// Why it was given up.
    reason: Option<&'static str>,
    /// Who was there.
    present: String,
    /// In words.
    note: String,
}

impl From<LeadStepView> for LeadStepTaken {
    fn from(step: LeadStepView) -> Self {
        Self {
            step: step.step.code(),
            stage: step.stage.code(),
            happened_on: step.happened_on,
            recorded_at_ms: step.taken_at_ms,
            party: step.party.code(),
            reason: step.reason.map(CloseReason::code),
            present: step.present,
            note: step.note,
        }
    }
}

impl From<LeadPage> for LeadView {
    fn from(page: LeadPage) -> Self {
        let LeadStanding { stage, is_closed, has_lost_contract } = page.standing;
        let counts = stage == LeadStage::Registered;
        let open = page.open_steps.iter().filter(|open| open.obstacle.is_none());
        Self {
            stage: stage.code(),
            is_closed,
            has_lost_contract,
            source: page.source.code(),
            party: page.party.code(),
            offer_kind: page.offer_kind.code(),
            open_steps: open.map(|open| open.step.code()).collect(),
            reached_on: page.reached_on.iter().map(|day| day.map(|day| day.to_string())).collect(),
            promises: page.promises.into_iter().map(LeadPromiseView::from).collect(),
            steps: page.steps.into_iter().map(LeadStepTaken::from).collect(),
            title: page.title,
            demand_side: page.demand_side,
            manager: page.manager,
            application_id: page.application_id,
            id: page.row.lead_id,
            revision: page.row.revision,
            demand_id: page.row.demand_id,
            offer_id: page.row.offer_id,
            offer: page.row.offer_name,
            field: page.row.field,
            issue_number: page.row.issue_number,
            signed_fen: page.row.signed_fen,
            registration_number: page.row.registration_number,
            contract_value_fen: page.row.contract_value_fen.filter(|_| counts),
            technology_value_fen: page.row.technology_value_fen.filter(|_| counts),
        }
    }
}

/// 一条线索 · One lead
#[utoipa::path(
    get, path = "/api/v1/leads/{id}", tag = "leads", operation_id = "readLead",
    params(("id" = String, Path, description = "编号 · Id", max_length = 64)),
    responses((status = 200, body = LeadView, headers(("ETag" = String, description = "Revision"))))
)]
async fn read(caller: Caller, ApiPath(id): ApiPath<String>) -> Result<Response, Problem> {
    shown(&caller, &id, StatusCode::OK).await
}

async fn shown(caller: &Caller, id: &str, status: StatusCode) -> Result<Response, Problem> {
    let page = read_lead(&caller.app, &caller.actor, id).await?;
    Ok(tagged(status, page.row.revision, Json(LeadView::from(page))))
}

/// A lead to be opened.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LeadBody {
    /// `match`, `event`, `inquiry`, `manager`.
    #[schema(max_length = 20, example = "inquiry")]
    source: String,
    /// Id of the match or event.
    #[serde(default)]
    #[schema(max_length = 80)]
    reference: String,
    /// The demand; absent where somebody asks for an offer.
    #[serde(default)]
    #[schema(max_length = 64)]
    demand_id: Option<String>,
    /// Name of the organisation that asks where there is no demand; empty for the caller.
    #[serde(default)]
    #[schema(max_length = 200)]
    asker: String,
    /// Id of the achievement that it is joined with.
    #[serde(default)]
    #[schema(max_length = 64)]
    achievement_id: Option<String>,
    /// Id of the profile that it is joined with.
    #[serde(default)]
    #[schema(max_length = 64)]
    profile_id: Option<String>,
    /// Name of the organisation that it is joined with; without any of these three the caller offers.
    #[serde(default)]
    #[schema(max_length = 200)]
    organisation: Option<String>,
    /// Person who looks after it.
    #[serde(default)]
    #[schema(max_length = 64)]
    manager: Option<String>,
    /// The day on which it came up; today where absent.
    #[serde(default)]
    #[schema(max_length = 10, example = "2026-11-20")]
    opened_on: Option<String>,
    /// In words, read by both sides.
    #[serde(default)]
    #[schema(max_length = 2000)]
    note: String,
}

/// 建立线索 · Open a lead, or get the open one that joins the two sides already
#[utoipa::path(
    post, path = "/api/v1/leads", tag = "leads", operation_id = "openLead", request_body = LeadBody,
    responses(
        (status = 201, body = LeadView, headers(("ETag" = String, description = "Revision"))),
        (status = 200, body = LeadView, headers(("ETag" = String, description = "Revision"))),
    )
)]
async fn open(caller: Caller, ApiJson(body): ApiJson<LeadBody>) -> Result<Response, Problem> {
    let bad = || bad_field("/source", "没有这种来源。", "there is no such source");
    let offer = match (body.achievement_id, body.profile_id, body.organisation) {
        (Some(id), None, None) => LeadOffer::Achievement(id),
        (None, Some(id), None) => LeadOffer::Profile(id),
        (None, None, Some(name)) => LeadOffer::Organisation(name),
        (None, None, None) => LeadOffer::Own,
        _ => return Err(bad_field("/achievement_id", "只能写明一个供给方。", "name one offer only")),
    };
    let new = NewLead {
        source_reference: body.reference,
        asker: body.asker,
        manager: body.manager,
        opened_on: optional_day("/opened_on", body.opened_on.as_deref())?,
        note: body.note,
        ..NewLead::plain(LeadSource::from_code(&body.source).ok_or_else(bad)?, body.demand_id, offer)
    };
    let opened = open_lead(&caller.app, &caller.actor, &new).await?;
    let status = if opened.is_new { StatusCode::CREATED } else { StatusCode::OK };
    shown(&caller, &opened.lead_id, status).await
}

fn optional_day(field: &str, text: Option<&str>) -> Result<Option<Date>, Problem> {
    text.map(|text| day_of(field, text)).transpose()
}

/// A step to be taken.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LeadStepBody {
    /// `contact`, `meet`, `negotiate`, `agree`, `link_contract`, `assign`, `close`, `reopen`.
    #[schema(max_length = 20, example = "meet")]
    step: String,
    /// The day on which it happened; today where absent.
    #[serde(default)]
    #[schema(max_length = 10, example = "2026-11-20")]
    happened_on: Option<String>,
    /// Who was there.
    #[serde(default)]
    #[schema(max_length = 200)]
    present: String,
    /// In words, read by both sides.
    #[serde(default)]
    #[schema(max_length = 2000)]
    note: String,
    /// Why it is closed: `price`, `maturity`, `mismatch`, `rights`, `found_elsewhere`, `funding`, `no_longer_wanted`,
    /// `no_answer`, `duplicate`, `other`.
    #[serde(default)]
    #[schema(max_length = 20)]
    reason: Option<String>,
    /// 意向金额 in fen, of an agreement.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1000000000000000i64)]
    signed_fen: Option<i64>,
    /// Person who looks after it from now on.
    #[serde(default)]
    #[schema(max_length = 64)]
    manager: Option<String>,
    /// 合同登记编号 of a contract that was registered otherwise.
    #[serde(default)]
    #[schema(max_length = 40)]
    contract_number: String,
}

/// 记录一步 · Take a step
#[utoipa::path(
    post, path = "/api/v1/leads/{id}/steps", tag = "leads", operation_id = "takeLeadStep",
    params(("id" = String, Path, description = "编号 · Id", max_length = 64)), request_body = LeadStepBody,
    responses((status = 200, body = LeadView, headers(("ETag" = String, description = "Revision"))))
)]
async fn step(
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    headers: HeaderMap,
    ApiJson(body): ApiJson<LeadStepBody>,
) -> Result<Response, Problem> {
    let bad_step = || bad_field("/step", "没有这一步。", "there is no such step");
    let bad_reason = || bad_field("/reason", "没有这个原因。", "there is no such reason");
    if body.signed_fen.is_some_and(|value| value < 0) {
        return Err(bad_field("/signed_fen", "金额不能为负。", "no value is negative"));
    }
    let reason = body.reason.as_deref().map(|code| CloseReason::from_code(code).ok_or_else(bad_reason));
    let request = LeadStepRequest {
        step: LeadStep::from_code(&body.step).ok_or_else(bad_step)?,
        revision: version_of(&headers)?,
        happened_on: optional_day("/happened_on", body.happened_on.as_deref())?,
        present: body.present,
        note: body.note,
        reason: reason.transpose()?,
        signed: body.signed_fen.map(Fen),
        manager: body.manager,
        contract_number: body.contract_number,
    };
    take_lead_step(&caller.app, &caller.actor, &id, &request).await.map_err(of_change)?;
    shown(&caller, &id, StatusCode::OK).await
}

/// A contract to be drafted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LeadDraftBody {
    /// Key of the registrar.
    #[schema(minimum = 0, maximum = 4294967295i64)]
    registrar: i64,
    /// 合同名称; empty for the title of the lead.
    #[serde(default)]
    #[schema(max_length = 200)]
    name: String,
}

/// 拟订合同 · Draft the contract as an application for registration of the offer side
#[utoipa::path(
    post, path = "/api/v1/leads/{id}/contract-draft", tag = "leads", operation_id = "draftLeadContract",
    params(("id" = String, Path, description = "编号 · Id", max_length = 64)), request_body = LeadDraftBody,
    responses((status = 200, body = LeadView, headers(("ETag" = String, description = "Revision"))))
)]
async fn draft(
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    headers: HeaderMap,
    ApiJson(body): ApiJson<LeadDraftBody>,
) -> Result<Response, Problem> {
    let draft =
        ContractDraft { revision: version_of(&headers)?, registrar_key: body.registrar, name: body.name };
    draft_contract(&caller.app, &caller.actor, &id, &draft).await.map_err(of_change)?;
    shown(&caller, &id, StatusCode::OK).await
}

/// A promise to be written down.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PromiseBody {
    /// Whose it is to keep: `demand`, `offer`, `manager`.
    #[schema(max_length = 20, example = "offer")]
    whose: String,
    /// What.
    #[schema(max_length = 300)]
    words: String,
    /// The day by which.
    #[schema(max_length = 10, example = "2026-12-01")]
    due_on: String,
}

/// 记下待办 · Write down what is promised next
#[utoipa::path(
    post, path = "/api/v1/leads/{id}/promises", tag = "leads", operation_id = "promiseForLead",
    params(("id" = String, Path, description = "编号 · Id", max_length = 64)), request_body = PromiseBody,
    responses((status = 201, body = LeadView, headers(("ETag" = String, description = "Revision"))))
)]
async fn promise(
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    ApiJson(body): ApiJson<PromiseBody>,
) -> Result<Response, Problem> {
    let bad = || bad_field("/whose", "应为 demand、offer 或 manager。", "demand, offer or manager");
    let new = NewPromise {
        whose: LeadParty::from_code(&body.whose).ok_or_else(bad)?,
        words: body.words,
        due_on: day_of("/due_on", &body.due_on)?,
    };
    make_promise(&caller.app, &caller.actor, &id, &new).await?;
    shown(&caller, &id, StatusCode::CREATED).await
}

/// What became of a promise.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SettlementBody {
    /// `kept` or `dropped`.
    #[schema(max_length = 20, example = "kept")]
    state: String,
}

/// 办结待办 · Say what became of a promise
#[utoipa::path(
    post, path = "/api/v1/leads/{id}/promises/{promise}/settlement", tag = "leads", operation_id = "settleLeadPromise",
    params(
        ("id" = String, Path, description = "编号 · Id", max_length = 64),
        ("promise" = String, Path, description = "待办编号 · Id of the promise", max_length = 64),
    ),
    request_body = SettlementBody,
    responses((status = 200, body = LeadView, headers(("ETag" = String, description = "Revision"))))
)]
async fn settle(
    caller: Caller,
    ApiPath((id, promise)): ApiPath<(String, String)>,
    ApiJson(body): ApiJson<SettlementBody>,
) -> Result<Response, Problem> {
    let bad = || bad_field("/state", "应为 kept 或 dropped。", "kept or dropped");
    let state = PromiseState::from_code(&body.state).filter(|state| *state != PromiseState::Open);
    let state = state.ok_or_else(bad)?;
    settle_promise(&caller.app, &caller.actor, [&id, &promise], state).await?;
    shown(&caller, &id, StatusCode::OK).await
}

/// Which funnel.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct FunnelQuery {
    /// 分组：city、field、issue、manager、source · By what.
    #[param(max_length = 20, example = "city")]
    by: Option<String>,
    /// 线索建立期间，省略为本年累计 · Months in which the leads were opened; the year so far where absent.
    #[param(max_length = 20, example = "2026")]
    period: Option<String>,
}

/// 对接漏斗 · The funnel of the leads that one may see
#[utoipa::path(
    get, path = "/api/v1/lead-funnel", tag = "leads", operation_id = "readLeadFunnel", params(FunnelQuery),
    responses((status = 200, body = PrintedTableShape))
)]
async fn funnel(
    caller: Caller,
    ApiQuery(query): ApiQuery<FunnelQuery>,
) -> Result<Json<PrintedTable>, Problem> {
    let by = query.by.as_deref().map(|word| FunnelBy::from_code(word).ok_or_else(|| bad_query("by")));
    let period: Period = match query.period.as_deref() {
        Some(text) => text.parse().map_err(|_| bad_query("period"))?,
        None => months_of_the_year(&caller.app).await?,
    };
    let made = read_funnel(&caller.app, &caller.actor, by.transpose()?.unwrap_or_default(), period).await?;
    Ok(Json(funnel_table(&made)))
}
