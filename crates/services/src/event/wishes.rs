//! Whom somebody wishes to meet (约谈意愿).

use std::collections::BTreeMap;

use serde_json::json;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::event::{EventKind, PartyKind, Side, side_of};
use xiaoxiang_store::event::{self as store, PARTICIPANTS_MAX, ParticipantRow};
use xiaoxiang_store::{NewEntry, Tx};

use super::case::{Case, own_organisation, refused, state_of};
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// Most wishes of one participant.
pub const WISHES_MAX: usize = 10;

/// Somebody on the other side of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counterpart {
    /// Participant.
    pub participant_id: String,
    /// What they come as.
    pub kind: PartyKind,
    /// Organisation, or the person where none stands behind.
    pub name: String,
    /// What they bring, by its public title.
    pub subject_title: String,
    /// Whether they are wished.
    pub is_wished: bool,
}

/// Puts somebody's wishes in the place of those before, while registration is open or closed.
pub async fn save_wishes(app: &App, actor: &Actor, event_id: &str, wanted: &[String]) -> Result<(), Refusal> {
    actor.permit(Action::JoinEvents)?;
    let person_id = actor.person_id().ok_or(Refusal::SignedOut)?.to_owned();
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    let case = Case::load(&mut tx, event_id).await?;
    let mine = store::list_of_person(&mut tx, event_id, &person_id, own_organisation(actor)).await?;
    let row = mine.into_iter().find(|row| row.person_id.as_deref() == Some(person_id.as_str()));
    let row = row.ok_or_else(|| Refusal::NotFound(event_id.to_owned()))?;
    if !case.state.is_ahead() || !state_of(&row)?.may_meet() {
        return Err(refused(xiaoxiang_domain::event::EventObstacle::NoSeat));
    }
    let others = counterparts(&mut tx, &case, &row).await?;
    let mut wanted: Vec<String> = wanted.to_vec();
    wanted.sort_unstable();
    wanted.dedup();
    let is_there = |id: &String| others.iter().any(|one| one.participant_id == *id);
    if wanted.len() > WISHES_MAX || !wanted.iter().all(is_there) {
        return Err(Refusal::invalid(
            "event.wishes",
            format!("最多选择 {WISHES_MAX} 个约谈对象，且对方仍在参会名单中。请重新选择。"),
            format!("choose at most {WISHES_MAX}, all of them still coming; choose again"),
        ));
    }
    store::replace_wishes(&mut tx, event_id, &row.participant_id, &wanted).await?;
    let payload = json!({ "participant": row.participant_id, "wishes": wanted.len() });
    let entry = NewEntry { kind: "event.wishes_saved", subject: case.subject(), payload };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(())
}

/// Those whom somebody could meet, with what is wished already.
pub(super) async fn counterparts(
    tx: &mut Tx,
    case: &Case,
    row: &ParticipantRow,
) -> Result<Vec<Counterpart>, Refusal> {
    let kind = case.planned.kind;
    let Some(own) = side(kind, row) else { return Ok(Vec::new()) };
    let wishes = store::list_wishes(tx, &case.row.event_id).await?;
    let names = names_of(tx, &case.row.event_id).await?;
    let rows = store::list_participants(tx, &case.row.event_id, "", (-1, ""), PARTICIPANTS_MAX).await?;
    let mut found = Vec::new();
    for other in rows {
        let is_other = side(kind, &other).is_some_and(|side| side != own) && state_of(&other)?.may_meet();
        let is_same_house = other.organisation_key != 0 && other.organisation_key == row.organisation_key;
        if !is_other || is_same_house {
            continue;
        }
        let is_wished =
            wishes.iter().any(|(from, to)| *from == row.participant_id && *to == other.participant_id);
        found.push(Counterpart {
            kind: PartyKind::from_code(&other.kind).unwrap_or(PartyKind::Visitor),
            name: display_name(&other, &names),
            subject_title: other.subject_title,
            participant_id: other.participant_id,
            is_wished,
        });
    }
    found.sort_by(|a, b| (a.kind, &a.name, &a.participant_id).cmp(&(b.kind, &b.name, &b.participant_id)));
    Ok(found)
}

/// On which side a participant sits.
pub(super) fn side(kind: EventKind, row: &ParticipantRow) -> Option<Side> {
    PartyKind::from_code(&row.kind).and_then(|party| side_of(kind, party))
}

/// Names of who comes, by participant.
pub(super) async fn names_of(
    tx: &mut Tx,
    event_id: &str,
) -> Result<BTreeMap<String, (String, String)>, Refusal> {
    let rows = store::list_attendees(tx, event_id).await?;
    Ok(rows.into_iter().map(|row| (row.participant_id, (row.name, row.telephone))).collect())
}

/// What a participant is called among the others: the organisation, or the person where none stands behind.
pub(super) fn display_name(row: &ParticipantRow, names: &BTreeMap<String, (String, String)>) -> String {
    if row.organisation_name.is_empty() {
        names.get(&row.participant_id).map_or_else(String::new, |(name, _)| name.clone())
    } else {
        row.organisation_name.clone()
    }
}
