//! One event as its office sees it: steps, participants, timetable, outcomes, the account.

use std::collections::BTreeMap;

use jiff::civil::Date;
use xiaoxiang_domain::access::Role;
use xiaoxiang_domain::event::{
    EventForm, EventObstacle, EventState, EventStep, MeetingBasis, MeetingOutcome, ParticipantState,
    PartyKind, PlannedEvent, Side, decide_event_step,
};
use xiaoxiang_store::event::{self as store, MeetingRow, PARTICIPANTS_MAX, ParticipantRow};
use xiaoxiang_store::{StoreError, Tx, person};

use super::case::{Case, state_of};
use super::settlement::{Settlement, settlement_of};
use super::wishes::{display_name, names_of, side};
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// Participants of one page.
const PARTICIPANTS_PAGE: usize = 100;

/// A step that somebody may take now, or what stands in its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenEventStep {
    /// Which.
    pub step: EventStep,
    /// What has to be removed first.
    pub obstacle: Option<EventObstacle>,
}

/// A step that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventStepView {
    /// Code: of a step, or `plan`, `change`, `schedule`.
    pub step: String,
    /// Who, by role.
    pub role: Option<Role>,
    /// Name of the person.
    pub name: String,
    /// When.
    pub taken_at_ms: i64,
    /// In words.
    pub words: String,
}

/// A participant as the office sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParticipantView {
    /// Id.
    pub participant_id: String,
    /// What they come as.
    pub kind: PartyKind,
    /// On which side they sit.
    pub side: Option<Side>,
    /// Where their coming stands.
    pub state: ParticipantState,
    /// Organisation, or the person where none stands behind.
    pub name: String,
    /// Who comes; empty for who does not work on the event.
    pub attendee: String,
    /// Telephone, likewise.
    pub telephone: String,
    /// What they bring.
    pub subject: String,
    /// Its public title.
    pub subject_title: String,
    /// Place on the waiting list, from 1.
    pub waiting_place: Option<usize>,
    /// How many they wish to meet.
    pub wishes: usize,
    /// Of the link by which they are checked in; empty for who does not work on the event.
    pub token: String,
}

/// A meeting with both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeetingView {
    /// Id.
    pub meeting_id: String,
    /// Begin and end; none on the spot.
    pub times: Option<(String, String)>,
    /// Table.
    pub table: Option<i64>,
    /// Participant ids, host first.
    pub ids: [String; 2],
    /// Names, host first.
    pub names: [String; 2],
    /// What they bring, host first.
    pub subjects: [String; 2],
    /// Why they meet.
    pub basis: MeetingBasis,
    /// What came of it.
    pub outcome: Option<MeetingOutcome>,
    /// 签约项目名称
    pub project_title: String,
    /// 签约金额
    pub amount_fen: Option<i64>,
    /// In words.
    pub words: String,
    /// Lead that goes on from it.
    pub lead_id: Option<String>,
}

/// An event as its office sees it.
#[derive(Clone, Debug)]
pub struct EventPage {
    /// Id.
    pub event_id: String,
    /// The revision that was seen.
    pub revision: i64,
    /// Where it stands.
    pub state: EventState,
    /// The plan as typed.
    pub form: EventForm,
    /// The plan.
    pub planned: PlannedEvent,
    /// Why it was cancelled.
    pub words: String,
    /// How many participants are in each state.
    pub counts: BTreeMap<ParticipantState, i64>,
    /// Steps that were taken.
    pub steps: Vec<EventStepView>,
    /// Steps that can be taken now; empty for who does not work on it.
    pub open_steps: Vec<OpenEventStep>,
    /// Whether the reader works on it.
    pub may_plan: bool,
    /// Meetings, planned ones first.
    pub meetings: Vec<MeetingView>,
    /// Everybody with a seat, by side: for meetings on the spot.
    pub seated: Vec<ParticipantView>,
    /// The account.
    pub settlement: Settlement,
    /// The legal day.
    pub today: Date,
    /// Whether the deadline of registration has passed.
    pub is_past_deadline: bool,
}

/// A page of participants.
#[derive(Clone, Debug)]
pub struct ParticipantsPage {
    /// In the order of registration; the invited first.
    pub items: Vec<ParticipantView>,
    /// Where the next page begins; none on the last.
    pub next: Option<String>,
}

/// One event for its office.
pub async fn read_event_page(app: &App, actor: &Actor, event_id: &str) -> Result<EventPage, Refusal> {
    let mut tx = app.db.read().await?;
    let case = Case::visible(&mut tx, actor, event_id).await?;
    let may_plan = case.is_planned_by(actor);
    let today = app.today_in(&mut tx).await?;
    let now_ms = app.clock.now_ms();
    let rows = store::list_meetings(&mut tx, event_id).await?;
    let facts = case.facts(today, now_ms, &rows);
    let everybody = participants(&mut tx, &case, may_plan).await?;
    let meetings = meetings_of(&case, &rows, &everybody)?;
    let settlement = settlement_of(&mut tx, &case, &rows, today).await?;
    let open_steps = EventStep::ALL.into_iter().filter(|_| may_plan).filter_map(|step| {
        // What is said with a step is asked for when it is taken.
        match decide_event_step(&facts, step, "-") {
            Ok(_) => Some(OpenEventStep { step, obstacle: None }),
            Err(EventObstacle::NotFromHere) => None,
            Err(obstacle) => Some(OpenEventStep { step, obstacle: Some(obstacle) }),
        }
    });
    let open_steps = open_steps.collect();
    let mut counts: BTreeMap<ParticipantState, i64> = BTreeMap::new();
    for one in &everybody {
        *counts.entry(one.state).or_default() += 1;
    }
    let mut steps = Vec::new();
    for row in &case.steps {
        let name = match &row.person_id {
            Some(id) => person::find(&mut tx, id).await?.map_or_else(String::new, |found| found.name),
            None => String::new(),
        };
        steps.push(EventStepView {
            step: row.step.clone(),
            role: row.role.as_deref().and_then(Role::from_code),
            name,
            taken_at_ms: row.taken_at_ms,
            words: row.words.clone(),
        });
    }
    Ok(EventPage {
        event_id: event_id.to_owned(),
        revision: case.row.revision,
        state: case.state,
        is_past_deadline: facts.is_past_deadline,
        words: case.row.words.clone(),
        form: case.form,
        planned: case.planned,
        counts,
        steps,
        open_steps,
        may_plan,
        meetings,
        seated: everybody.into_iter().filter(|one| one.state.has_seat()).collect(),
        settlement,
        today,
    })
}

/// Participants of an event, some at a time; without a state all of them.
pub async fn list_event_participants(
    app: &App,
    actor: &Actor,
    event_id: &str,
    state: Option<ParticipantState>,
    after: Option<&str>,
) -> Result<ParticipantsPage, Refusal> {
    let mut tx = app.db.read().await?;
    let case = Case::visible(&mut tx, actor, event_id).await?;
    let may_plan = case.is_planned_by(actor);
    let all = participants(&mut tx, &case, may_plan).await?;
    let shown: Vec<ParticipantView> =
        all.into_iter().filter(|one| state.is_none_or(|state| one.state == state)).collect();
    let from = match after {
        Some(id) => {
            shown.iter().position(|one| one.participant_id == id).ok_or_else(crate::place::foreign_place)? + 1
        }
        None => 0,
    };
    let items: Vec<ParticipantView> = shown.iter().skip(from).take(PARTICIPANTS_PAGE).cloned().collect();
    let has_more = shown.len() > from + items.len();
    let next = items.last().filter(|_| has_more).map(|last| last.participant_id.clone());
    Ok(ParticipantsPage { items, next })
}

/// Everybody of an event in the order of registration.
pub(super) async fn participants(
    tx: &mut Tx,
    case: &Case,
    has_names: bool,
) -> Result<Vec<ParticipantView>, Refusal> {
    let event_id = &case.row.event_id;
    let rows = store::list_participants(tx, event_id, "", (-1, ""), PARTICIPANTS_MAX).await?;
    let names = names_of(tx, event_id).await?;
    let mut wishes: BTreeMap<String, usize> = BTreeMap::new();
    for (from, _) in store::list_wishes(tx, event_id).await? {
        *wishes.entry(from).or_default() += 1;
    }
    let mut waiting = 0;
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let state = state_of(&row)?;
        let kind = PartyKind::from_code(&row.kind);
        let kind =
            kind.ok_or_else(|| StoreError::Damaged(format!("kind of participant {}", row.participant_id)))?;
        waiting += usize::from(state == ParticipantState::Waiting);
        let (attendee, telephone) =
            names.get(&row.participant_id).filter(|_| has_names).cloned().unwrap_or_default();
        found.push(ParticipantView {
            kind,
            side: side(case.planned.kind, &row),
            state,
            name: shown_name(&row, &names, has_names),
            attendee,
            telephone,
            waiting_place: (state == ParticipantState::Waiting).then_some(waiting),
            wishes: wishes.get(&row.participant_id).copied().unwrap_or(0),
            token: if has_names { row.token } else { String::new() },
            subject: row.subject,
            subject_title: row.subject_title,
            participant_id: row.participant_id,
        });
    }
    Ok(found)
}

fn shown_name(row: &ParticipantRow, names: &BTreeMap<String, (String, String)>, has_names: bool) -> String {
    if has_names { display_name(row, names) } else { row.organisation_name.clone() }
}

/// The meetings of rows with both sides.
pub(super) fn meetings_of(
    case: &Case,
    rows: &[MeetingRow],
    everybody: &[ParticipantView],
) -> Result<Vec<MeetingView>, StoreError> {
    let by_id: BTreeMap<&str, &ParticipantView> =
        everybody.iter().map(|one| (one.participant_id.as_str(), one)).collect();
    let slots = case.planned.slots();
    let name = |id: &str| by_id.get(id).map_or_else(String::new, |one| one.name.clone());
    let subject = |id: &str| by_id.get(id).map_or_else(String::new, |one| one.subject_title.clone());
    let view = |row: &MeetingRow| {
        let basis = MeetingBasis::from_code(&row.basis);
        let times = row.slot.and_then(|slot| slots.get(usize::try_from(slot).ok()?));
        Ok(MeetingView {
            meeting_id: row.meeting_id.clone(),
            times: times.map(|(from, until)| {
                (from.strftime("%H:%M").to_string(), until.strftime("%H:%M").to_string())
            }),
            table: row.table_number,
            ids: [row.host_id.clone(), row.guest_id.clone()],
            names: [name(&row.host_id), name(&row.guest_id)],
            subjects: [subject(&row.host_id), subject(&row.guest_id)],
            basis: basis
                .ok_or_else(|| StoreError::Damaged(format!("basis of meeting {}", row.meeting_id)))?,
            outcome: row.outcome.as_deref().and_then(MeetingOutcome::from_code),
            project_title: row.project_title.clone(),
            amount_fen: row.amount_fen,
            words: row.words.clone(),
            lead_id: row.lead_id.clone(),
        })
    };
    rows.iter().map(view).collect()
}
