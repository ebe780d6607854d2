//! Events as the market shows them (活动公告), and what somebody is to one of them (我的报名).

use xiaoxiang_domain::access::{Action, Role};
use xiaoxiang_domain::event::{
    EventKind, EventObstacle, EventState, ParticipantState, PartyKind, PlannedEvent, RegistrationCase,
    decide_registration, decide_withdrawal,
};
use xiaoxiang_store::event::{self as store, EventFilter, ParticipantRow};

use super::case::{Case, own_organisation, read_row, seats_of, state_of};
use super::list_events::{ListedEvent, listed, page_of};
use super::read_event::{MeetingView, meetings_of, participants};
use super::register::account_of;
use super::subject::{SubjectChoice, list_own};
use super::wishes::{Counterpart, counterparts};
use crate::actor::Actor;
use crate::app::App;
use crate::place::division_pattern;
use crate::refusal::Refusal;

/// States of what is to come, and of what was.
const AHEAD: &str = ",open,closed,";
const OVER: &str = ",held,settled,";
/// Registrations that are listed as one's own.
const MINE_MAX: i64 = 50;

/// Which events of the market.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MarketEventsAsk {
    /// Those that are over, instead of those to come.
    pub is_over: bool,
    /// Kind.
    pub kind: Option<EventKind>,
    /// Code of a division.
    pub division: String,
    /// What the page before gave as `next`.
    pub after: Option<String>,
    /// Events of the page; 0 for the usual number.
    pub limit: usize,
}

/// A page of the market's events.
#[derive(Clone, Debug)]
pub struct MarketEventsPage {
    /// The latest day first.
    pub items: Vec<ListedEvent>,
    /// Where the next page begins; none on the last.
    pub next: Option<String>,
    /// What the reader registered for or is invited to, the latest first.
    pub mine: Vec<(ListedEvent, ParticipantState)>,
}

/// What somebody is to an event.
#[derive(Clone, Debug)]
pub struct MyRegistration {
    /// Participant.
    pub participant_id: String,
    /// Where their coming stands.
    pub state: ParticipantState,
    /// What they come as.
    pub kind: PartyKind,
    /// Their organisation.
    pub organisation: String,
    /// What they bring.
    pub subject_title: String,
    /// Place on the waiting list, from 1.
    pub waiting_place: Option<usize>,
    /// Of the link by which they are checked in; empty without a seat.
    pub token: String,
    /// Whom they could meet.
    pub counterparts: Vec<Counterpart>,
    /// Their own meetings.
    pub meetings: Vec<MeetingView>,
    /// Whether they can withdraw now.
    pub may_withdraw: bool,
    /// Whether they can wish now.
    pub may_wish: bool,
}

/// An event of the market as its reader sees it.
#[derive(Clone, Debug)]
pub struct MarketEvent {
    /// What lists say of it.
    pub listed: ListedEvent,
    /// Why it was cancelled.
    pub words: String,
    /// Why the reader cannot register; none where they can.
    pub obstacle: Option<EventObstacle>,
    /// Whether the next who registers gets a seat.
    pub has_seat_left: bool,
    /// Whether the reader may register at all, by role.
    pub may_join: bool,
    /// Whether the reader may come as an expert.
    pub may_be_expert: bool,
    /// What the reader is to it.
    pub mine: Option<MyRegistration>,
    /// Name and telephone of the reader's account, with which the form begins.
    pub account: (String, String),
    /// What the reader could bring.
    pub subjects: Vec<SubjectChoice>,
    /// Whether the reader works on it, and so has a page of it inside.
    pub is_office: bool,
}

/// Events for everybody; those for the invited only are listed to nobody.
pub async fn list_market_events(
    app: &App,
    actor: &Actor,
    ask: &MarketEventsAsk,
) -> Result<MarketEventsPage, Refusal> {
    let filter = EventFilter {
        division: if ask.division.is_empty() { String::new() } else { division_pattern(&ask.division) },
        states: if ask.is_over { OVER } else { AHEAD }.to_owned(),
        kind: ask.kind.map_or("", EventKind::code).to_owned(),
        is_open_to_all_only: true,
        ..EventFilter::default()
    };
    let mut tx = app.db.read().await?;
    let (items, next) = page_of(&mut tx, &filter, ask.after.as_deref(), ask.limit).await?;
    let mut mine = Vec::new();
    if let (Some(person_id), true) = (actor.person_id(), actor.may(Action::JoinEvents)) {
        for row in store::list_mine(&mut tx, person_id, own_organisation(actor), MINE_MAX).await? {
            let state = state_of(&row)?;
            let Some(event) = store::find(&mut tx, &row.event_id).await? else { continue };
            let one = listed(&mut tx, &event).await?;
            let is_seen = one.state.is_public() && state != ParticipantState::Withdrawn;
            if is_seen && !mine.iter().any(|(known, _): &(ListedEvent, _)| known.event_id == one.event_id) {
                mine.push((one, state));
            }
        }
    }
    Ok(MarketEventsPage { items, next, mine })
}

/// One event for anybody who may know of it.
pub async fn read_market_event(app: &App, actor: &Actor, event_id: &str) -> Result<MarketEvent, Refusal> {
    let mut tx = app.db.read().await?;
    let case = Case::load(&mut tx, event_id).await?;
    let key = own_organisation(actor);
    let may_join = actor.person_id().is_some() && actor.may(Action::JoinEvents);
    let rows = match actor.person_id() {
        Some(person_id) if may_join => store::list_of_person(&mut tx, event_id, person_id, key).await?,
        _ => Vec::new(),
    };
    if !is_found(&case, actor, &rows) {
        return Err(Refusal::NotFound(event_id.to_owned()));
    }
    let counts = store::count_participants(&mut tx, event_id).await?;
    let (seats_taken, waiting) = seats_of(&counts);
    let own = rows.first();
    let was = own.map(state_of).transpose()?;
    let facts = RegistrationCase {
        event: case.state,
        is_open_to_all: case.planned.is_open_to_all,
        deadline_ms: case.row.deadline_ms,
        seats: case.planned.seats,
        seats_taken,
        waiting,
        was,
    };
    let decided = decide_registration(&facts, app.clock.now_ms());
    let mine = match (own, was) {
        (Some(row), Some(state)) => Some(mine(&mut tx, &case, row, state).await?),
        _ => None,
    };
    let can_register = may_join && decided.is_ok();
    Ok(MarketEvent {
        words: case.row.words.clone(),
        obstacle: decided.err(),
        has_seat_left: decided == Ok(ParticipantState::Registered),
        may_join,
        may_be_expert: actor.role() == Some(Role::Expert),
        mine,
        account: if can_register { account_of(&mut tx, actor).await? } else { Default::default() },
        subjects: match actor.person_id() {
            Some(person_id) if can_register => list_own(&mut tx, key, person_id).await?,
            _ => Vec::new(),
        },
        is_office: case.is_seen_by(actor),
        listed: listed(&mut tx, &case.row).await?,
    })
}

/// The plan of an event that everybody may come to and that is still to come.
pub(crate) async fn announced_event(
    tx: &mut xiaoxiang_store::Tx,
    event_id: &str,
) -> Result<Option<PlannedEvent>, Refusal> {
    let Some(row) = store::find(tx, event_id).await? else { return Ok(None) };
    let (_, planned, state) = read_row(&row)?;
    let is_announced = state.is_public() && state.is_ahead() && planned.is_open_to_all;
    Ok(is_announced.then_some(planned))
}

/// Whether somebody may know of an event: it is for everybody, they are invited, or it is of their office.
pub(super) fn is_found(case: &Case, actor: &Actor, mine: &[ParticipantRow]) -> bool {
    case.state.is_public() && (case.planned.is_open_to_all || !mine.is_empty() || case.is_seen_by(actor))
}

async fn mine(
    tx: &mut xiaoxiang_store::Tx,
    case: &Case,
    row: &ParticipantRow,
    state: ParticipantState,
) -> Result<MyRegistration, Refusal> {
    let everybody = participants(tx, case, true).await?;
    let meetings = store::list_meetings(tx, &case.row.event_id).await?;
    let id = &row.participant_id;
    let own: Vec<_> = meetings.into_iter().filter(|one| one.host_id == *id || one.guest_id == *id).collect();
    let may_wish = case.state.is_ahead() && state.may_meet() && !case.planned.slots().is_empty();
    let view = everybody.iter().find(|one| one.participant_id == *id);
    Ok(MyRegistration {
        participant_id: id.clone(),
        state,
        kind: PartyKind::from_code(&row.kind).unwrap_or(PartyKind::Visitor),
        organisation: row.organisation_name.clone(),
        subject_title: row.subject_title.clone(),
        waiting_place: view.and_then(|view| view.waiting_place),
        token: if state.may_meet() && case.state != EventState::Cancelled {
            row.token.clone()
        } else {
            String::new()
        },
        counterparts: if may_wish { counterparts(tx, case, row).await? } else { Vec::new() },
        meetings: meetings_of(case, &own, &everybody)?,
        may_withdraw: decide_withdrawal(case.state, Some(state)).is_ok(),
        may_wish,
    })
}
