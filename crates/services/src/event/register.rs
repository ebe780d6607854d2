//! Registers for an event and withdraws (报名、取消报名): first come, first seated; who withdraws makes room for who waits.

use serde_json::json;
use xiaoxiang_domain::access::{Action, Role};
use xiaoxiang_domain::event::{
    EventState, ParticipantState, PartyKind, RegistrationCase, decide_registration, decide_withdrawal,
    has_moved_up,
};
use xiaoxiang_domain::market::{SHORT_TEXT_CHARACTERS_MAX, clean_text};
use xiaoxiang_domain::notice::NoticeKind;
use xiaoxiang_store::event::{self as store, AttendeeRow, PARTICIPANTS_MAX, ParticipantRow};
use xiaoxiang_store::{NewEntry, Tx, WriteTx, organisation, person};

use super::case::{Case, own_organisation, refused, state_of};
use super::market::is_found;
use super::notify_event::{people_of, tell_once};
use super::plan_event::problem;
use super::subject::{SubjectChoice, find_subject};
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// Most characters of a name or telephone number.
const NAME_CHARACTERS_MAX: usize = 60;

/// What somebody says who registers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Registration {
    /// Code of what they come as.
    pub kind: String,
    /// What they bring; empty where nothing.
    pub subject: String,
    /// 参会人
    pub name: String,
    /// 手机号
    pub telephone: String,
}

/// Registers whoever asks, for the organisation they act for. Gives whether they have a seat or wait.
pub async fn register(
    app: &App,
    actor: &Actor,
    event_id: &str,
    new: &Registration,
) -> Result<ParticipantState, Refusal> {
    actor.permit(Action::JoinEvents)?;
    let person_id = actor.person_id().ok_or(Refusal::SignedOut)?.to_owned();
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin(now_ms).await?;
    let case = Case::load(&mut tx, event_id).await?;
    let key = own_organisation(actor);
    let queue = store::take_number(&mut tx, event_id).await?.unwrap_or_default();
    let mine = store::list_of_person(&mut tx, event_id, &person_id, key).await?;
    if !is_found(&case, actor, &mine) {
        return Err(Refusal::NotFound(event_id.to_owned()));
    }
    let was = mine.iter().find(|row| row.person_id.as_deref() == Some(person_id.as_str())).or_else(|| {
        // The invitation of what is brought, or any of the organisation's.
        mine.iter().find(|row| row.subject == new.subject).or_else(|| mine.first())
    });
    let was_state = was.map(state_of).transpose()?;
    let facts = case.registration(&mut tx, was_state).await?;
    let state = decide_registration(&facts, now_ms).map_err(refused)?;
    let checked = checked(&mut tx, new, actor.role() == Some(Role::Expert)).await?;
    if let Some(subject) = &checked.subject {
        let is_own = subject.person_id.as_deref() == Some(person_id.as_str())
            || (key != 0 && subject.organisation_key == key);
        if !is_own {
            let (zh, en) = ("请选择本单位的需求或成果", "choose a demand or an achievement of your own");
            return Err(Refusal::Fields(vec![problem("subject", zh, en)]));
        }
    }
    let name = organisation::find_name(&mut tx, key).await?.map_or_else(String::new, |(name, _)| name);
    let mut row = match was {
        Some(row) => row.clone(),
        None => new_row(app, event_id, now_ms)?,
    };
    row.person_id = Some(person_id);
    row.organisation_key = key;
    row.organisation_name = name;
    seat(app, tx, actor, &case, (row, was.is_some()), (state, queue), checked).await?;
    Ok(state)
}

/// The office registers somebody who rang up or wrote: an invited participant, or a new one by the organisation's name. The
/// office may do so also after the deadline, while the event is ahead.
pub async fn register_for(
    app: &App,
    actor: &Actor,
    event_id: &str,
    participant_id: Option<&str>,
    organisation_name: &str,
    new: &Registration,
) -> Result<ParticipantState, Refusal> {
    actor.permit(Action::PlanEvents)?;
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin(now_ms).await?;
    let case = Case::workable(&mut tx, actor, event_id).await?;
    let queue = store::take_number(&mut tx, event_id).await?.unwrap_or_default();
    let was = match participant_id {
        Some(id) => Some(participant(&mut tx, event_id, id).await?),
        None => None,
    };
    let was_state = was.as_ref().map(state_of).transpose()?;
    let facts = case.registration(&mut tx, was_state).await?;
    let event = if case.state == EventState::Closed { EventState::Open } else { case.state };
    let by_office = RegistrationCase { event, is_open_to_all: true, deadline_ms: i64::MAX, ..facts };
    let state = decide_registration(&by_office, now_ms).map_err(refused)?;
    let checked = checked(&mut tx, new, true).await?;
    let is_known = was.is_some();
    let mut row = match was {
        Some(row) => row,
        None => new_row(app, event_id, now_ms)?,
    };
    let name = clean_text(organisation_name, SHORT_TEXT_CHARACTERS_MAX).unwrap_or_default();
    if row.organisation_name.is_empty() && row.organisation_key != 0 {
        // Who registers is named among those who come, as who registers by themselves is.
        let known = organisation::find_name(&mut tx, row.organisation_key).await?;
        row.organisation_name = known.map_or_else(String::new, |(name, _)| name);
    }
    if !is_known || (row.organisation_name.is_empty() && row.person_id.is_none()) {
        if let Some(subject) = checked.subject.as_ref().filter(|_| name.is_empty()) {
            row.organisation_name.clone_from(&subject.name);
        } else if name.is_empty() {
            let (zh, en) = ("请填写单位名称，最多 200 字", "name the organisation in at most 200 characters");
            return Err(Refusal::Fields(vec![problem("organisation_name", zh, en)]));
        } else {
            row.organisation_name = name;
        }
        if row.organisation_key == 0 {
            let keys = organisation::find_keys(&mut tx, "", &row.organisation_name).await?;
            row.organisation_key = keys.first().copied().unwrap_or(0);
        }
    }
    let state = match (state, case.state) {
        (ParticipantState::Registered, EventState::Closed) => ParticipantState::Confirmed,
        (state, _) => state,
    };
    seat(app, tx, actor, &case, (row, is_known), (state, queue), checked).await?;
    Ok(state)
}

/// Withdraws one's own registration, or declines an invitation.
pub async fn withdraw(app: &App, actor: &Actor, event_id: &str) -> Result<(), Refusal> {
    actor.permit(Action::JoinEvents)?;
    let person_id = actor.person_id().ok_or(Refusal::SignedOut)?.to_owned();
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    let case = Case::load(&mut tx, event_id).await?;
    store::take_number(&mut tx, event_id).await?;
    let mine = store::list_of_person(&mut tx, event_id, &person_id, own_organisation(actor)).await?;
    if !is_found(&case, actor, &mine) {
        return Err(Refusal::NotFound(event_id.to_owned()));
    }
    leave(app, tx, actor, &case, mine.into_iter().next()).await
}

/// The office withdraws somebody who rang up.
pub async fn withdraw_for(
    app: &App,
    actor: &Actor,
    event_id: &str,
    participant_id: &str,
) -> Result<(), Refusal> {
    actor.permit(Action::PlanEvents)?;
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    let case = Case::workable(&mut tx, actor, event_id).await?;
    store::take_number(&mut tx, event_id).await?;
    let row = participant(&mut tx, event_id, participant_id).await?;
    leave(app, tx, actor, &case, Some(row)).await
}

/// One participant, or not found.
pub(super) async fn participant(
    tx: &mut Tx,
    event_id: &str,
    participant_id: &str,
) -> Result<ParticipantRow, Refusal> {
    let row = store::find_participant(tx, event_id, participant_id).await?;
    row.ok_or_else(|| Refusal::NotFound(participant_id.to_owned()))
}

fn new_row(app: &App, event_id: &str, now_ms: i64) -> Result<ParticipantRow, Refusal> {
    Ok(ParticipantRow {
        participant_id: app.new_id()?,
        event_id: event_id.to_owned(),
        kind: PartyKind::Visitor.code().to_owned(),
        state: ParticipantState::Invited.code().to_owned(),
        organisation_key: 0,
        organisation_name: String::new(),
        person_id: None,
        subject: String::new(),
        subject_title: String::new(),
        queue: 0,
        token: hex::encode(app.random_32()?),
        registered_at_ms: None,
        checked_in_at_ms: None,
        checked_in_by: None,
        changed_at_ms: now_ms,
    })
}

struct Checked {
    kind: PartyKind,
    subject: Option<SubjectChoice>,
    name: String,
    telephone: String,
}

async fn checked(tx: &mut Tx, new: &Registration, may_be_expert: bool) -> Result<Checked, Refusal> {
    let mut problems = Vec::new();
    let kind = PartyKind::from_code(&new.kind).filter(|kind| *kind != PartyKind::Expert || may_be_expert);
    if kind.is_none() {
        problems.push(problem("kind", "请选择参会身份", "choose what you come as"));
    }
    let text = |text: &str| clean_text(text, NAME_CHARACTERS_MAX).ok().map(|text| text.replace('\n', " "));
    let name = text(&new.name).filter(|name| !name.is_empty());
    if name.is_none() {
        let zh = format!("请填写参会人姓名，最多 {NAME_CHARACTERS_MAX} 字");
        problems.push(problem("name", zh, format!("who comes, in at most {NAME_CHARACTERS_MAX} characters")));
    }
    let telephone =
        text(&new.telephone).filter(|number| number.chars().filter(char::is_ascii_digit).count() >= 7);
    if telephone.is_none() {
        let (zh, en) =
            ("请填写能联系到参会人的电话，至少 7 位数字", "a telephone number of at least seven digits");
        problems.push(problem("telephone", zh, en));
    }
    let subject = match new.subject.trim() {
        "" => None,
        subject => match find_subject(tx, subject).await {
            Ok(subject) => Some(subject),
            Err(Refusal::Invalid { zh, en, .. }) => {
                problems.push(problem("subject", zh, en));
                None
            }
            Err(refusal) => return Err(refusal),
        },
    };
    match (kind, name, telephone) {
        (Some(kind), Some(name), Some(telephone)) if problems.is_empty() => {
            Ok(Checked { kind, subject, name, telephone })
        }
        _ => Err(Refusal::Fields(problems)),
    }
}

/// Writes a registration and commits.
async fn seat(
    app: &App,
    mut tx: WriteTx,
    actor: &Actor,
    case: &Case,
    (mut row, is_known): (ParticipantRow, bool),
    (state, queue): (ParticipantState, i64),
    checked: Checked,
) -> Result<(), Refusal> {
    let now_ms = app.clock.now_ms();
    row.kind = checked.kind.code().to_owned();
    row.state = state.code().to_owned();
    (row.subject, row.subject_title) =
        checked.subject.map_or_else(Default::default, |subject| (subject.subject, subject.title));
    row.queue = queue;
    row.registered_at_ms = Some(now_ms);
    row.changed_at_ms = now_ms;
    if is_known {
        store::update_participant(&mut tx, &row).await?;
    } else {
        let counts = store::count_participants(&mut tx, &case.row.event_id).await?;
        if counts.iter().map(|(_, count)| count).sum::<i64>() >= PARTICIPANTS_MAX {
            return Err(Refusal::invalid(
                "event.full",
                "报名人数已达上限。请联系主办单位。",
                "no more registrations are taken; ask the organiser",
            ));
        }
        store::add_participant(&mut tx, &row).await?;
    }
    let attendee = AttendeeRow {
        participant_id: row.participant_id.clone(),
        name: checked.name,
        telephone: checked.telephone,
    };
    store::save_attendee(&mut tx, &attendee).await?;
    let payload = json!({ "participant": row.participant_id, "kind": row.kind, "to": row.state });
    let entry = NewEntry { kind: "event.registered", subject: case.subject(), payload };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(())
}

async fn leave(
    app: &App,
    mut tx: WriteTx,
    actor: &Actor,
    case: &Case,
    row: Option<ParticipantRow>,
) -> Result<(), Refusal> {
    let was = row.as_ref().map(state_of).transpose()?;
    decide_withdrawal(case.state, was).map_err(refused)?;
    let Some(mut row) = row else {
        return Err(refused(xiaoxiang_domain::event::EventObstacle::NotRegistered));
    };
    row.state = ParticipantState::Withdrawn.code().to_owned();
    row.changed_at_ms = app.clock.now_ms();
    store::update_participant(&mut tx, &row).await?;
    store::erase_attendee(&mut tx, &row.participant_id).await?;
    let id = row.participant_id.as_str();
    for meeting in store::list_meetings(&mut tx, &case.row.event_id).await? {
        if meeting.outcome.is_none() && (meeting.host_id == id || meeting.guest_id == id) {
            store::remove_meeting(&mut tx, &meeting.meeting_id).await?;
        }
    }
    store::replace_wishes(&mut tx, &case.row.event_id, id, &[]).await?;
    let moved = move_up(app, &mut tx, case).await?;
    let payload = json!({ "participant": id, "from": was.map(ParticipantState::code), "moved_up": moved });
    let entry = NewEntry { kind: "event.withdrawn", subject: case.subject(), payload };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(())
}

/// Gives free seats to those who wait, in their order, and tells them; gives how many.
pub(super) async fn move_up(app: &App, tx: &mut WriteTx, case: &Case) -> Result<usize, Refusal> {
    let Some(becomes) = has_moved_up(case.state) else { return Ok(0) };
    let facts = case.registration(tx, None).await?;
    let free = (facts.seats - facts.seats_taken).max(0);
    if free == 0 || facts.waiting == 0 {
        return Ok(0);
    }
    let waiting = format!(",{},", ParticipantState::Waiting.code());
    let first = store::list_participants(tx, &case.row.event_id, &waiting, (-1, ""), free).await?;
    for mut row in first.clone() {
        row.state = becomes.code().to_owned();
        row.changed_at_ms = app.clock.now_ms();
        store::update_participant(tx, &row).await?;
        // Somebody may wait, get a seat, withdraw and wait again: the number of the registration tells the times apart.
        let occasion = format!("{}:{}", row.participant_id, row.queue);
        tell_once(app, tx, None, case, (NoticeKind::EventSeatGiven, &occasion), &people_of(&row)).await?;
    }
    Ok(first.len())
}

/// The name of a person's account, with which a registration begins.
pub(super) async fn account_of(tx: &mut Tx, actor: &Actor) -> Result<(String, String), Refusal> {
    let Some(person_id) = actor.person_id() else { return Ok(Default::default()) };
    let found = person::find(tx, person_id).await?;
    Ok(found.map_or_else(Default::default, |row| (row.name, row.telephone.unwrap_or_default())))
}
