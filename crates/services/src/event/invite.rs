//! Invites to an event (邀请): owners of demands, achievements and profiles on the market, told by a notice inside.

use std::collections::BTreeSet;

use serde_json::json;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::event::{EventState, ParticipantState, PartyKind};
use xiaoxiang_domain::notice::NoticeKind;
use xiaoxiang_domain::profile::ProfileKind;
use xiaoxiang_store::achievement::{self, AchievementFilter};
use xiaoxiang_store::demand::{self, DemandFilter};
use xiaoxiang_store::event::{self as store, AttendeeRow, PARTICIPANTS_MAX, ParticipantRow};
use xiaoxiang_store::profile::{self, ProfileFilter};
use xiaoxiang_store::{NewEntry, Tx};

use super::case::Case;
use super::notify_event::{people_of, tell_once};
use super::subject::{
    CHOICES_MAX, SubjectChoice, achievement_states, demand_states, find_subject, of_achievement, of_demand,
    of_profile,
};
use crate::access::like_pattern;
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// Most who are invited at once.
pub const INVITED_AT_ONCE_MAX: usize = 100;

/// Somebody who could be invited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// What they would bring.
    pub choice: SubjectChoice,
    /// Whether they are invited or registered already with it.
    pub is_invited: bool,
}

/// What stands on the market and holds a text, the latest first: some of each kind.
pub async fn list_candidates(
    app: &App,
    actor: &Actor,
    event_id: &str,
    kind: Option<PartyKind>,
    text: &str,
) -> Result<Vec<Candidate>, Refusal> {
    let mut tx = app.db.read().await?;
    Case::workable(&mut tx, actor, event_id).await?;
    let invited = subjects_of(&mut tx, event_id).await?;
    let is_wanted = |one: PartyKind| kind.is_none_or(|kind| kind == one);
    let teaser = if text.trim().is_empty() { String::new() } else { like_pattern(text) };
    let mut found: Vec<SubjectChoice> = Vec::new();
    if is_wanted(PartyKind::Company) {
        let filter =
            DemandFilter { states: demand_states(), teaser: teaser.clone(), ..DemandFilter::default() };
        for row in demand::list(&mut tx, &filter, (i64::MAX, ""), CHOICES_MAX).await? {
            found.extend(of_demand(&row)?);
        }
    }
    let teaser = teaser.to_lowercase();
    if is_wanted(PartyKind::Unit) {
        let filter = AchievementFilter {
            states: achievement_states(),
            teaser: teaser.clone(),
            ..AchievementFilter::default()
        };
        for row in achievement::list(&mut tx, &filter, (i64::MAX, ""), CHOICES_MAX).await? {
            found.extend(of_achievement(&mut tx, &row).await?);
        }
    }
    if is_wanted(PartyKind::Expert) {
        let filter =
            ProfileFilter { kind: ProfileKind::Expert.code().to_owned(), teaser, ..ProfileFilter::default() };
        for row in profile::list_listed(&mut tx, &filter, (i64::MAX, ""), CHOICES_MAX).await? {
            found.extend(of_profile(&row)?);
        }
    }
    let candidate = |choice: SubjectChoice| {
        let is_invited = invited.contains(&choice.subject);
        Candidate { choice, is_invited }
    };
    Ok(found.into_iter().map(candidate).collect())
}

/// Invites the owners of what is named; who is invited with it already is left as they are. Gives how many were invited.
pub async fn invite(app: &App, actor: &Actor, event_id: &str, subjects: &[String]) -> Result<usize, Refusal> {
    actor.permit(Action::PlanEvents)?;
    if subjects.is_empty() || subjects.len() > INVITED_AT_ONCE_MAX {
        return Err(Refusal::invalid(
            "event.invite",
            format!("请选择要邀请的对象，一次最多 {INVITED_AT_ONCE_MAX} 个。"),
            format!("choose whom to invite, at most {INVITED_AT_ONCE_MAX} at once"),
        ));
    }
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin(now_ms).await?;
    let case = Case::workable(&mut tx, actor, event_id).await?;
    // The event is held, so that two officers do not invite the same.
    store::take_number(&mut tx, event_id).await?;
    if !matches!(case.state, EventState::Draft | EventState::Open) {
        return Err(Refusal::invalid(
            "event.invite.not_now",
            "报名截止后不再邀请。需要增加参会单位的，请先重新开放报名。",
            "nobody is invited after registration closed; reopen it first",
        ));
    }
    let mut known = subjects_of(&mut tx, event_id).await?;
    let mut people = people_invited(&mut tx, event_id).await?;
    let count = i64::try_from(known.len() + subjects.len()).unwrap_or(i64::MAX);
    if count > PARTICIPANTS_MAX {
        return Err(Refusal::invalid(
            "event.invite.full",
            format!("一场活动最多 {PARTICIPANTS_MAX} 个参会方。"),
            format!("at most {PARTICIPANTS_MAX} participants an event"),
        ));
    }
    let mut rows: Vec<ParticipantRow> = Vec::new();
    for subject in subjects {
        let choice = find_subject(&mut tx, subject).await?;
        let is_person_there = choice.person_id.as_ref().is_some_and(|person| people.contains(person));
        if known.contains(&choice.subject) || is_person_there {
            continue;
        }
        known.insert(choice.subject.clone());
        people.extend(choice.person_id.clone());
        rows.push(invited(app, event_id, choice.clone(), now_ms)?);
        let row = &rows[rows.len() - 1];
        store::add_participant(&mut tx, row).await?;
        if row.person_id.is_some() {
            let attendee = AttendeeRow {
                participant_id: row.participant_id.clone(),
                name: choice.name,
                telephone: String::new(),
            };
            store::save_attendee(&mut tx, &attendee).await?;
        }
    }
    // A draft is told when it opens.
    if case.state == EventState::Open {
        for row in &rows {
            let occasion = (NoticeKind::EventInvited, row.participant_id.as_str());
            tell_once(app, &mut tx, Some(actor), &case, occasion, &people_of(row)).await?;
        }
    }
    let payload = json!({ "invited": rows.len() });
    let entry = NewEntry { kind: "event.invited", subject: case.subject(), payload };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(rows.len())
}

fn invited(app: &App, event_id: &str, choice: SubjectChoice, now_ms: i64) -> Result<ParticipantRow, Refusal> {
    Ok(ParticipantRow {
        participant_id: app.new_id()?,
        event_id: event_id.to_owned(),
        kind: choice.kind.code().to_owned(),
        state: ParticipantState::Invited.code().to_owned(),
        organisation_key: choice.organisation_key,
        // The name of a person stands apart, where it can be erased.
        organisation_name: if choice.person_id.is_some() { String::new() } else { choice.name },
        person_id: choice.person_id,
        subject: choice.subject,
        subject_title: choice.title,
        queue: 0,
        token: hex::encode(app.random_32()?),
        registered_at_ms: None,
        checked_in_at_ms: None,
        checked_in_by: None,
        changed_at_ms: now_ms,
    })
}

async fn subjects_of(tx: &mut Tx, event_id: &str) -> Result<BTreeSet<String>, Refusal> {
    let rows = store::list_participants(tx, event_id, "", (-1, ""), PARTICIPANTS_MAX).await?;
    Ok(rows.into_iter().map(|row| row.subject).filter(|subject| !subject.is_empty()).collect())
}

async fn people_invited(tx: &mut Tx, event_id: &str) -> Result<BTreeSet<String>, Refusal> {
    let rows = store::list_participants(tx, event_id, "", (-1, ""), PARTICIPANTS_MAX).await?;
    Ok(rows.into_iter().filter_map(|row| row.person_id).collect())
}
