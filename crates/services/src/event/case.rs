//! An event with what decides about it, and who may see it.

use jiff::civil::Date;
use serde_json::json;
use xiaoxiang_domain::access::{Action, Role, Scope};
use xiaoxiang_domain::event::{
    EventCase, EventForm, EventObstacle, EventState, ParticipantState, PlannedEvent, RegistrationCase,
    read_event,
};
use xiaoxiang_domain::region::DivisionCode;
use xiaoxiang_store::event::{self as store, EventRow, EventStepRow, MeetingRow, ParticipantRow};
use xiaoxiang_store::{StoreError, Tx, WriteTx};

use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// An event as it is on record.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub row: EventRow,
    pub form: EventForm,
    pub planned: PlannedEvent,
    pub state: EventState,
    pub steps: Vec<EventStepRow>,
}

impl Case {
    /// One event, whoever asks.
    pub async fn load(tx: &mut Tx, event_id: &str) -> Result<Self, Refusal> {
        let row = store::find(tx, event_id).await?;
        let row = row.ok_or_else(|| Refusal::NotFound(event_id.to_owned()))?;
        let steps = store::list_steps(tx, event_id).await?;
        let (form, planned, state) = read_row(&row)?;
        Ok(Self { row, form, planned, state, steps })
    }

    /// One event that the office of somebody sees; others are not found.
    pub async fn visible(tx: &mut Tx, actor: &Actor, event_id: &str) -> Result<Self, Refusal> {
        let scope = actor.permit(Action::ReadEvents)?;
        let case = Self::load(tx, event_id).await?;
        if case.lies_in(actor, scope) { Ok(case) } else { Err(Refusal::NotFound(event_id.to_owned())) }
    }

    /// One event that somebody may work on; one that they may only see is forbidden.
    pub async fn workable(tx: &mut Tx, actor: &Actor, event_id: &str) -> Result<Self, Refusal> {
        let case = Self::visible(tx, actor, event_id).await?;
        if case.is_planned_by(actor) { Ok(case) } else { Err(Refusal::Forbidden(Action::PlanEvents)) }
    }

    fn lies_in(&self, actor: &Actor, scope: Scope) -> bool {
        let is_own = actor.person_id().is_some_and(|person| person == self.row.creator_id);
        is_own || scope.has_division(self.planned.division)
    }

    /// Whether somebody works on it.
    pub fn is_planned_by(&self, actor: &Actor) -> bool {
        actor.extent(Action::PlanEvents).is_some_and(|scope| self.lies_in(actor, scope))
    }

    /// Whether it is of somebody's office.
    pub fn is_seen_by(&self, actor: &Actor) -> bool {
        actor.extent(Action::ReadEvents).is_some_and(|scope| self.lies_in(actor, scope))
    }

    /// What decides about its steps.
    pub fn facts(&self, today: Date, now_ms: i64, meetings: &[MeetingRow]) -> EventCase {
        EventCase {
            state: self.state,
            held_on: self.planned.day,
            today,
            is_past_deadline: now_ms >= self.row.deadline_ms,
            outcomes_missing: meetings.iter().filter(|meeting| meeting.outcome.is_none()).count(),
        }
    }

    /// What decides about a registration, counted now. The event must be held by [`store::take_number`].
    pub async fn registration(
        &self,
        tx: &mut Tx,
        was: Option<ParticipantState>,
    ) -> Result<RegistrationCase, Refusal> {
        let counts = store::count_participants(tx, &self.row.event_id).await?;
        let (seats_taken, waiting) = seats_of(&counts);
        Ok(RegistrationCase {
            event: self.state,
            is_open_to_all: self.planned.is_open_to_all,
            deadline_ms: self.row.deadline_ms,
            seats: self.planned.seats,
            seats_taken,
            waiting,
            was,
        })
    }

    /// The subject of log entries and notices.
    pub fn subject(&self) -> String {
        format!("event:{}", self.row.event_id)
    }

    /// Number of the next step.
    pub fn next_serial(&self) -> i64 {
        self.steps.last().map_or(1, |last| last.serial + 1)
    }
}

/// Writes a step of an event; the caller commits with the entry.
pub(super) async fn write_step(
    app: &App,
    tx: &mut WriteTx,
    actor: &Actor,
    case: &mut Case,
    step: &str,
    words: &str,
) -> Result<(), Refusal> {
    let row = EventStepRow {
        serial: case.next_serial(),
        step: step.to_owned(),
        to_state: case.state.code().to_owned(),
        person_id: actor.person_id().map(str::to_owned),
        role: actor.role().map(|role: Role| role.code().to_owned()),
        taken_at_ms: app.clock.now_ms(),
        words: words.to_owned(),
    };
    store::add_step(tx, &case.row.event_id, &row).await?;
    case.steps.push(row);
    case.row.state = case.state.code().to_owned();
    case.row.changed_at_ms = app.clock.now_ms();
    Ok(())
}

/// Form, plan and state of a row.
pub(super) fn read_row(row: &EventRow) -> Result<(EventForm, PlannedEvent, EventState), StoreError> {
    let damaged = |what: &str| StoreError::Damaged(format!("{what} of event {}", row.event_id));
    let form: EventForm = serde_json::from_str(&row.form).map_err(|_| damaged("plan"))?;
    let planned = read_event(&form).map_err(|_| damaged("plan"))?;
    let state = EventState::from_code(&row.state).ok_or_else(|| damaged("state"))?;
    Ok((form, planned, state))
}

/// The state of a participant's row.
pub(super) fn state_of(row: &ParticipantRow) -> Result<ParticipantState, StoreError> {
    let state = ParticipantState::from_code(&row.state);
    state.ok_or_else(|| StoreError::Damaged(format!("state of participant {}", row.participant_id)))
}

/// Seats that are taken, and how many wait.
pub(super) fn seats_of(counts: &[(String, i64)]) -> (i64, i64) {
    let sum = |is_meant: fn(ParticipantState) -> bool| {
        let meant =
            counts.iter().filter(|(state, _)| ParticipantState::from_code(state).is_some_and(is_meant));
        meant.map(|(_, count)| count).sum::<i64>()
    };
    (sum(ParticipantState::has_seat), sum(|state| state == ParticipantState::Waiting))
}

/// A form as it is stored: the division by its code, so that it is read again without region data.
pub(super) fn text_of(form: &EventForm, division: DivisionCode) -> String {
    json!(form.clone().with("division", &division.to_string())).to_string()
}

/// What stands in the way, as a refusal.
pub(super) fn refused(obstacle: EventObstacle) -> Refusal {
    let (zh, en) = obstacle.words();
    Refusal::invalid(obstacle.code(), format!("{zh}。"), en)
}

/// Somebody else was faster: what the event is now.
pub(super) fn stale(case: &Case) -> Refusal {
    let title = &case.row.title;
    Refusal::stale(
        format!("活动“{title}”（现为“{}”）", case.state.label()),
        format!("the event {title} (now: {})", case.state.label_en()),
    )
}

/// The organisation that somebody acts for when they register; 0 where they act for none.
pub(super) fn own_organisation(actor: &Actor) -> i64 {
    match actor.extent(Action::JoinEvents) {
        Some(Scope::Organisation(key)) => key,
        _ => 0,
    }
}
