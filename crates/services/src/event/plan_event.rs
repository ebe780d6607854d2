//! Plans an event (筹备活动) and changes its plan (变更安排); whoever is concerned is told of a change.

use jiff::tz::TimeZone;
use serde_json::json;
use xiaoxiang_domain::access::{Action, Scope};
use xiaoxiang_domain::contract::RowProblem;
use xiaoxiang_domain::event::{EventForm, EventState, PlannedEvent, check_event, is_changeable};
use xiaoxiang_domain::notice::NoticeKind;
use xiaoxiang_store::event::{self as store, EventRow};
use xiaoxiang_store::{NewEntry, WriteTx};

use super::case::{Case, seats_of, stale, text_of, write_step};
use super::notify_event::{everybody, tell};
use super::register::move_up;
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// Milliseconds of the deadline's minute, which still counts.
const MINUTE_MS: i64 = 60_000;

/// Plans an event and gives its id. Nobody outside the office sees it before registration opens.
pub async fn plan_event(app: &App, actor: &Actor, form: &EventForm) -> Result<String, Refusal> {
    let scope = actor.permit(Action::PlanEvents)?;
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin(now_ms).await?;
    let (planned, zone) = checked(app, &mut tx, scope, form).await?;
    let mut row = EventRow {
        event_id: app.new_id()?,
        revision: 1,
        state: EventState::Draft.code().to_owned(),
        kind: String::new(),
        title: String::new(),
        division: String::new(),
        held_on: String::new(),
        deadline_ms: 0,
        seats: 0,
        is_open_to_all: false,
        form: String::new(),
        words: String::new(),
        queue: 0,
        creator_id: actor.person_id().unwrap_or_default().to_owned(),
        created_at_ms: now_ms,
        changed_at_ms: now_ms,
    };
    put_into(&mut row, form, &planned, &zone);
    store::start(&mut tx, &row).await?;
    let event_id = row.event_id.clone();
    let mut case = Case { row, form: form.clone(), planned, state: EventState::Draft, steps: Vec::new() };
    write_step(app, &mut tx, actor, &mut case, "plan", "").await?;
    let payload = json!({ "kind": case.row.kind, "held_on": case.row.held_on });
    let entry = NewEntry { kind: "event.planned", subject: case.subject(), payload };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(event_id)
}

/// Changes the plan over the revision that was seen. Where day, times or place change, everybody concerned is told; where
/// there are more seats, those who wait move up.
pub async fn change_event(
    app: &App,
    actor: &Actor,
    event_id: &str,
    revision: i64,
    form: &EventForm,
) -> Result<i64, Refusal> {
    let scope = actor.permit(Action::PlanEvents)?;
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    let mut case = Case::workable(&mut tx, actor, event_id).await?;
    if !is_changeable(case.state) {
        return Err(Refusal::invalid(
            "event.not_changeable",
            "活动已举办或已取消，安排不能再改。",
            "the event was held or cancelled; its plan cannot be changed",
        ));
    }
    if case.row.revision != revision || !store::take(&mut tx, event_id, revision).await? {
        return Err(stale(&case));
    }
    let is_own_place = DivisionKept(form.field("division") == case.form.field("division"));
    let (planned, zone) = checked_again(app, &mut tx, scope, form, &case, is_own_place).await?;
    let taken = seats_of(&store::count_participants(&mut tx, event_id).await?).0;
    if planned.seats < taken {
        let zh = format!("已有 {taken} 人报名，席位不能少于 {taken}");
        return Err(Refusal::Fields(vec![problem(
            "seats",
            zh,
            format!("{taken} people have seats already"),
        )]));
    }
    let is_told = case.state.is_ahead() && concerns(&case.planned, &planned);
    put_into(&mut case.row, form, &planned, &zone);
    case.planned = planned;
    write_step(app, &mut tx, actor, &mut case, "change", "").await?;
    store::update(&mut tx, &case.row).await?;
    move_up(app, &mut tx, &case).await?;
    if is_told {
        let whom = everybody(&mut tx, event_id).await?;
        tell(app, &mut tx, actor, &case, NoticeKind::EventChanged, &whom).await?;
    }
    let payload = json!({ "held_on": case.row.held_on, "told": is_told });
    let entry = NewEntry { kind: "event.changed", subject: case.subject(), payload };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(revision + 1)
}

/// Whether the place is the one that it was.
#[derive(Clone, Copy)]
struct DivisionKept(bool);

/// Whether those who come have to know: when and where, and in which slots they meet.
fn concerns(before: &PlannedEvent, after: &PlannedEvent) -> bool {
    (before.day, before.starts, before.ends, &before.place)
        != (after.day, after.starts, after.ends, &after.place)
        || before.slots() != after.slots()
}

async fn checked(
    app: &App,
    tx: &mut WriteTx,
    scope: Scope,
    form: &EventForm,
) -> Result<(PlannedEvent, TimeZone), Refusal> {
    let region = app.region_in(tx).await?;
    let now = app.clock.now().to_zoned(region.time_zone.clone()).datetime();
    let planned = check_event(form, &region.region, now).map_err(Refusal::Fields)?;
    if let Scope::Division(_) = scope
        && !scope.has_division(planned.division)
    {
        let (zh, en) = ("不在您的管辖范围内，请由所在地主办", "outside your area; the place itself plans it");
        return Err(Refusal::Fields(vec![problem("division", zh, en)]));
    }
    Ok((planned, region.time_zone.clone()))
}

/// The plan of an event that is on record: after registration closed its deadline may lie behind.
async fn checked_again(
    app: &App,
    tx: &mut WriteTx,
    scope: Scope,
    form: &EventForm,
    case: &Case,
    place: DivisionKept,
) -> Result<(PlannedEvent, TimeZone), Refusal> {
    let result = checked(app, tx, if place.0 { Scope::Region } else { scope }, form).await;
    let Err(Refusal::Fields(problems)) = result else { return result };
    let is_past = |problem: &RowProblem| problem.code == "event.deadline_past";
    let is_same = form.field("deadline_day") == case.form.field("deadline_day")
        && form.field("deadline_time") == case.form.field("deadline_time");
    if is_same && problems.iter().all(is_past) {
        let region = app.region_in(tx).await?;
        let division = region
            .region
            .read_division(form.field("division"), app.clock.today_in(&region.time_zone))
            .map_err(|(zh, en)| Refusal::Fields(vec![problem("division", zh, en)]))?;
        let kept = form.clone().with("division", &division.to_string());
        let planned = xiaoxiang_domain::event::read_event(&kept).map_err(Refusal::Fields)?;
        return Ok((planned, region.time_zone.clone()));
    }
    Err(Refusal::Fields(problems))
}

fn put_into(row: &mut EventRow, form: &EventForm, planned: &PlannedEvent, zone: &TimeZone) {
    row.kind = planned.kind.code().to_owned();
    row.title.clone_from(&planned.title);
    row.division = planned.division.to_string();
    row.held_on = planned.day.to_string();
    row.seats = planned.seats;
    row.is_open_to_all = planned.is_open_to_all;
    row.form = text_of(form, planned.division);
    // An instant that the zone does not have, or has twice, is its earlier reading.
    let deadline = planned.deadline.to_zoned(zone.clone()).map(|zoned| zoned.timestamp().as_millisecond());
    row.deadline_ms = deadline.unwrap_or(0) + MINUTE_MS;
}

pub(super) fn problem(field: &str, zh: impl Into<String>, en: impl Into<String>) -> RowProblem {
    RowProblem {
        field: field.to_owned(),
        value: String::new(),
        code: "event.field",
        reason_zh: zh.into(),
        reason_en: en.into(),
        fix_zh: "请改正".to_owned(),
        fix_en: "correct it".to_owned(),
    }
}
