//! Events (对接活动): the office's list and record with their steps; the market's events for everybody, with registration.

use axum::Json;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::event::{EventForm, EventKind, EventState, EventStep, MeetingOutcome};
use xiaoxiang_services::event::{
    EventPage, EventsAsk, ListedEvent, MarketEventsAsk, MeetingView, Registration, change_event, list_events,
    list_market_events, plan_event, read_event_page, read_market_event, register as send_registration,
    take_event_step, withdraw as send_withdrawal,
};

use super::answer::{of_change, tagged, version_of};
use super::caller::Caller;
use super::drafts::bad_field;
use super::extract::{ApiJson, ApiPath, ApiQuery, bad_query};
use super::paging::limit_of;
use super::{ApiRoute, Precondition, needs, open};
use crate::problem::Problem;

pub(super) fn routes() -> Vec<ApiRoute> {
    vec![
        needs(Action::ReadEvents, routes!(list)),
        needs(Action::ReadEvents, routes!(read)),
        needs(Action::PlanEvents, routes!(plan)),
        needs(Action::PlanEvents, routes!(change)),
        needs(Action::PlanEvents, routes!(step)).based_on(Precondition::Version),
        open(routes!(market)),
        open(routes!(market_event)),
        needs(Action::JoinEvents, routes!(register)),
        needs(Action::JoinEvents, routes!(withdraw)),
    ]
}

/// Which events.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct EventsQuery {
    /// 状态 · State.
    #[param(max_length = 20, example = "open")]
    state: Option<String>,
    /// 活动名称中的文字 · Part of the title.
    #[param(max_length = 100)]
    text: Option<String>,
    /// 上一页的 next · `next` of the page before.
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// 每页条数 · Items of a page.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
}

/// A page of events.
#[derive(Debug, Serialize, ToSchema)]
struct EventsView {
    /// The latest day first.
    items: Vec<EventSummaryView>,
    /// What to send as `cursor` for the next page; null on the last.
    next: Option<String>,
}

/// An event in a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EventSummary)]
struct EventSummaryView {
    /// UUID.
    id: String,
    /// Where it stands.
    state: &'static str,
    /// `demand_meeting` or `achievement_show`.
    kind: &'static str,
    /// 活动名称
    title: String,
    /// 活动简介
    summary: String,
    /// 主办单位
    organiser: String,
    /// Six digits.
    division: String,
    /// 地点
    place: String,
    /// Begin, in the region's time zone.
    starts_at: String,
    /// End.
    ends_at: String,
    /// Until when one registers; this minute still counts.
    deadline: String,
    /// 席位
    seats: i64,
    /// Seats that are taken.
    seats_taken: i64,
    /// How many wait.
    waiting: i64,
    /// Whether anybody may register.
    is_open_to_all: bool,
}

impl From<ListedEvent> for EventSummaryView {
    fn from(event: ListedEvent) -> Self {
        let planned = event.planned;
        Self {
            id: event.event_id,
            state: event.state.code(),
            kind: planned.kind.code(),
            division: planned.division.to_string(),
            starts_at: planned.day.to_datetime(planned.starts).to_string(),
            ends_at: planned.day.to_datetime(planned.ends).to_string(),
            deadline: planned.deadline.to_string(),
            title: planned.title,
            summary: planned.summary,
            organiser: planned.organiser,
            place: planned.place,
            seats: planned.seats,
            seats_taken: event.seats_taken,
            waiting: event.waiting,
            is_open_to_all: planned.is_open_to_all,
        }
    }
}

/// 活动 · Events within what one may see
#[utoipa::path(
    get, path = "/api/v1/events", tag = "events", operation_id = "listEvents", params(EventsQuery),
    responses((status = 200, body = EventsView))
)]
async fn list(caller: Caller, ApiQuery(query): ApiQuery<EventsQuery>) -> Result<Json<EventsView>, Problem> {
    let state = query.state.as_deref();
    let state =
        state.map(|word| EventState::from_code(word).ok_or_else(|| bad_query("state"))).transpose()?;
    let ask = EventsAsk {
        state,
        kind: None,
        text: query.text.unwrap_or_default(),
        after: query.cursor,
        limit: limit_of(query.limit)?,
    };
    let page = list_events(&caller.app, &caller.actor, &ask).await?;
    Ok(Json(EventsView { items: page.items.into_iter().map(Into::into).collect(), next: page.next }))
}

/// The plan as it is typed.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EventPlan)]
struct EventPlanBody {
    /// Texts by key: `kind`, `title`, `summary`, `organiser`, `contact`, `division`, `place`, `day`, `starts`, `ends`,
    /// `seats`, `openness` (`public` or `invited`), `deadline_day`, `deadline_time`, `tables`, `meetings_from`,
    /// `slot_minutes`, `agenda`.
    fields: BTreeMap<String, String>,
}

/// A meeting.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EventMeeting)]
struct EventMeetingView {
    /// UUID.
    id: String,
    /// Begin of its slot; null on the spot.
    begins: Option<String>,
    /// Table; null on the spot.
    table: Option<i64>,
    /// 洽谈方
    host: String,
    /// 来访方
    guest: String,
    /// `mutual`, `wished`, `matched` or `unplanned`.
    basis: &'static str,
    /// What came of it.
    outcome: Option<&'static str>,
    /// 签约项目名称
    project_title: String,
    /// 签约金额, fen.
    amount_fen: Option<i64>,
    /// Lead that goes on from it.
    lead_id: Option<String>,
}

impl From<MeetingView> for EventMeetingView {
    fn from(meeting: MeetingView) -> Self {
        let [host, guest] = meeting.names;
        Self {
            id: meeting.meeting_id,
            begins: meeting.times.map(|(begins, _)| begins),
            table: meeting.table,
            host,
            guest,
            basis: meeting.basis.code(),
            outcome: meeting.outcome.map(MeetingOutcome::code),
            project_title: meeting.project_title,
            amount_fen: meeting.amount_fen,
            lead_id: meeting.lead_id,
        }
    }
}

/// What of the signed projects was registered until a day.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EventSettlementLine)]
struct SettlementLineView {
    /// 30, 90 or 180.
    days: i64,
    /// The last day; it counts.
    until: String,
    /// Whether that day is over.
    is_final: bool,
    /// Projects registered until then.
    registered: usize,
    /// Their contract value, fen.
    registered_value_fen: i64,
}

/// One event for its office.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Event)]
struct EventView {
    /// UUID.
    id: String,
    /// Grows with each change of plan and state.
    revision: i64,
    /// Where it stands.
    state: &'static str,
    /// `demand_meeting` or `achievement_show`.
    kind: &'static str,
    /// The plan.
    plan: EventPlanBody,
    /// Why it was cancelled.
    words: String,
    /// Steps that the caller may take now.
    open_steps: Vec<&'static str>,
    /// How many participants are in each state.
    participants: BTreeMap<&'static str, i64>,
    /// Meetings, planned ones first.
    meetings: Vec<EventMeetingView>,
    /// Projects signed at the event.
    signed: usize,
    /// Sum of the amounts named at signing, fen.
    signed_value_fen: i64,
    /// What was registered after 30, 90 and 180 days.
    settlement: Vec<SettlementLineView>,
}

impl From<EventPage> for EventView {
    fn from(page: EventPage) -> Self {
        let open = page.open_steps.iter().filter(|open| open.obstacle.is_none());
        let line = |line: xiaoxiang_domain::event::SettlementLine| SettlementLineView {
            days: line.days,
            until: line.until.to_string(),
            is_final: line.is_final,
            registered: line.registered,
            registered_value_fen: line.registered_value.0,
        };
        let kind: EventKind = page.planned.kind;
        Self {
            state: page.state.code(),
            kind: kind.code(),
            open_steps: open.map(|open| open.step.code()).collect(),
            participants: page.counts.iter().map(|(state, count)| (state.code(), *count)).collect(),
            signed: page.settlement.projects.len(),
            signed_value_fen: page.settlement.signed_value.0,
            settlement: page.settlement.lines.into_iter().map(line).collect(),
            id: page.event_id,
            revision: page.revision,
            plan: EventPlanBody { fields: page.form.fields },
            words: page.words,
            meetings: page.meetings.into_iter().map(Into::into).collect(),
        }
    }
}

/// 一场活动 · One event
#[utoipa::path(
    get, path = "/api/v1/events/{id}", tag = "events", operation_id = "readEvent",
    params(("id" = String, Path, description = "编号 · Id", max_length = 64)),
    responses((status = 200, body = EventView, headers(("ETag" = String, description = "Revision"))))
)]
async fn read(caller: Caller, ApiPath(id): ApiPath<String>) -> Result<Response, Problem> {
    shown(&caller, &id, StatusCode::OK).await
}

async fn shown(caller: &Caller, id: &str, status: StatusCode) -> Result<Response, Problem> {
    let page = read_event_page(&caller.app, &caller.actor, id).await?;
    Ok(tagged(status, page.revision, Json(EventView::from(page))))
}

/// 筹备活动 · Plan an event
#[utoipa::path(
    post, path = "/api/v1/events", tag = "events", operation_id = "planEvent", request_body = EventPlanBody,
    responses((status = 201, body = EventView, headers(("ETag" = String, description = "Revision"))))
)]
async fn plan(caller: Caller, ApiJson(body): ApiJson<EventPlanBody>) -> Result<Response, Problem> {
    let id = plan_event(&caller.app, &caller.actor, &EventForm { fields: body.fields }).await?;
    shown(&caller, &id, StatusCode::CREATED).await
}

/// 修改活动安排 · Change the plan
///
/// 时间、地点或洽谈时段有变时，通知受邀和报名的人 · Whoever is invited or registered is told where time, place or slots change.
#[utoipa::path(
    put, path = "/api/v1/events/{id}", tag = "events", operation_id = "changeEvent",
    params(("id" = String, Path, description = "编号 · Id", max_length = 64)), request_body = EventPlanBody,
    responses((status = 200, body = EventView, headers(("ETag" = String, description = "Revision"))))
)]
async fn change(
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    headers: HeaderMap,
    ApiJson(body): ApiJson<EventPlanBody>,
) -> Result<Response, Problem> {
    let form = EventForm { fields: body.fields };
    change_event(&caller.app, &caller.actor, &id, version_of(&headers)?, &form).await.map_err(of_change)?;
    shown(&caller, &id, StatusCode::OK).await
}

/// A step to be taken.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EventStepBody {
    /// `open`, `close`, `reopen`, `hold`, `settle`, `cancel`.
    #[schema(max_length = 20, example = "open")]
    step: String,
    /// Why, of a cancellation; everybody concerned reads it.
    #[serde(default)]
    #[schema(max_length = 200)]
    words: String,
}

/// 办理一步 · Take a step
#[utoipa::path(
    post, path = "/api/v1/events/{id}/steps", tag = "events", operation_id = "takeEventStep",
    params(("id" = String, Path, description = "编号 · Id", max_length = 64)), request_body = EventStepBody,
    responses((status = 200, body = EventView, headers(("ETag" = String, description = "Revision"))))
)]
async fn step(
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    headers: HeaderMap,
    ApiJson(body): ApiJson<EventStepBody>,
) -> Result<Response, Problem> {
    let bad = || bad_field("/step", "没有这一步。", "there is no such step");
    let step = EventStep::from_code(&body.step).ok_or_else(bad)?;
    take_event_step(&caller.app, &caller.actor, &id, version_of(&headers)?, step, &body.words)
        .await
        .map_err(of_change)?;
    shown(&caller, &id, StatusCode::OK).await
}

/// Which events of the market.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct MarketEventsQuery {
    /// 往期活动 · `true` for those that are over.
    over: Option<bool>,
    /// 行政区划代码 · Six digits of a division.
    #[param(max_length = 6)]
    division: Option<String>,
    /// 上一页的 next · `next` of the page before.
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// 每页条数 · Items of a page.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
}

/// 公开的活动 · Events of the market
#[utoipa::path(
    get, path = "/api/v1/market/events", tag = "events", operation_id = "listMarketEvents",
    params(MarketEventsQuery), responses((status = 200, body = EventsView))
)]
async fn market(
    caller: Caller,
    ApiQuery(query): ApiQuery<MarketEventsQuery>,
) -> Result<Json<EventsView>, Problem> {
    let division = query.division.unwrap_or_default();
    if !division.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(bad_query("division"));
    }
    let ask = MarketEventsAsk {
        is_over: query.over.unwrap_or_default(),
        kind: None,
        division,
        after: query.cursor,
        limit: limit_of(query.limit)?,
    };
    let page = list_market_events(&caller.app, &caller.actor, &ask).await?;
    Ok(Json(EventsView { items: page.items.into_iter().map(Into::into).collect(), next: page.next }))
}

/// An event as the caller reads it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MarketEvent)]
struct MarketEventView {
    /// What lists say of it.
    #[serde(flatten)]
    event: EventSummaryView,
    /// 议程, a line a point.
    agenda: String,
    /// 联系方式
    contact: String,
    /// Where the caller's coming stands; null where they have not registered.
    registration: Option<&'static str>,
    /// Why the caller cannot register; null where they can.
    obstacle: Option<&'static str>,
}

async fn market_view(caller: &Caller, id: &str) -> Result<Json<MarketEventView>, Problem> {
    let event = read_market_event(&caller.app, &caller.actor, id).await?;
    Ok(Json(MarketEventView {
        agenda: event.listed.planned.agenda.clone(),
        contact: event.listed.planned.contact.clone(),
        registration: event.mine.map(|mine| mine.state.code()),
        obstacle: event.obstacle.map(xiaoxiang_domain::event::EventObstacle::code),
        event: event.listed.into(),
    }))
}

/// 一场公开的活动 · One event of the market
#[utoipa::path(
    get, path = "/api/v1/market/events/{id}", tag = "events", operation_id = "readMarketEvent",
    params(("id" = String, Path, description = "编号 · Id", max_length = 64)),
    responses((status = 200, body = MarketEventView))
)]
async fn market_event(
    caller: Caller,
    ApiPath(id): ApiPath<String>,
) -> Result<Json<MarketEventView>, Problem> {
    market_view(&caller, &id).await
}

/// A registration.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RegistrationBody {
    /// `company`, `unit`, `expert`, `fund` or `visitor`.
    #[schema(max_length = 20, example = "company")]
    kind: String,
    /// `demand:…`, `achievement:…` or `profile:…` of one's own; empty where nothing is brought.
    #[serde(default)]
    #[schema(max_length = 80)]
    subject: String,
    /// 参会人
    #[schema(max_length = 60)]
    name: String,
    /// 联系电话
    #[schema(max_length = 60)]
    telephone: String,
}

/// 报名 · Register
///
/// 席位已满的转为候补 · Where all seats are taken, one waits.
#[utoipa::path(
    post, path = "/api/v1/market/events/{id}/registration", tag = "events", operation_id = "registerForEvent",
    params(("id" = String, Path, description = "编号 · Id", max_length = 64)), request_body = RegistrationBody,
    responses((status = 200, body = MarketEventView))
)]
async fn register(
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    ApiJson(body): ApiJson<RegistrationBody>,
) -> Result<Json<MarketEventView>, Problem> {
    let new =
        Registration { kind: body.kind, subject: body.subject, name: body.name, telephone: body.telephone };
    send_registration(&caller.app, &caller.actor, &id, &new).await?;
    market_view(&caller, &id).await
}

/// 取消报名 · Withdraw
#[utoipa::path(
    post, path = "/api/v1/market/events/{id}/withdrawal", tag = "events", operation_id = "withdrawFromEvent",
    params(("id" = String, Path, description = "编号 · Id", max_length = 64)),
    responses((status = 200, body = MarketEventView))
)]
async fn withdraw(caller: Caller, ApiPath(id): ApiPath<String>) -> Result<Json<MarketEventView>, Problem> {
    send_withdrawal(&caller.app, &caller.actor, &id).await?;
    market_view(&caller, &id).await
}
