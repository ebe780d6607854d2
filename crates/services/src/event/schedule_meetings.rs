//! Schedules the one-to-one meetings of an event (排定洽谈), and again when people come and go.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::event::{
    Meeting, MeetingBasis, MeetingRequest, Pairing, Side, Table, fill_gaps, pairings, schedule,
};
use xiaoxiang_domain::notice::NoticeKind;
use xiaoxiang_store::NewEntry;
use xiaoxiang_store::event::{self as store, MeetingRow, PARTICIPANTS_MAX};

use super::case::{Case, refused, stale, state_of, write_step};
use super::notify_event::{people_of, tell};
use super::wishes::side;
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// What becomes of meetings that are planned already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replanning {
    /// 重新排定: all but those with an outcome are planned anew.
    Anew,
    /// 补排空档: what stands stays, gaps are filled.
    FillGaps,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scheduled {
    /// Meetings of the timetable.
    pub meetings: usize,
    /// Wishes that are among them.
    pub wishes_met: usize,
    /// Wishes in all, between people who come.
    pub wishes: usize,
}

/// Makes the timetable. `scores` are match scores of two participants in thousandths; without them wishes decide.
pub async fn schedule_meetings(
    app: &App,
    actor: &Actor,
    event_id: &str,
    (revision, replanning): (i64, Replanning),
    scores: &[(String, String, u32)],
) -> Result<Scheduled, Refusal> {
    actor.permit(Action::PlanEvents)?;
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    let mut case = Case::workable(&mut tx, actor, event_id).await?;
    if !case.state.is_ahead() {
        return Err(refused(xiaoxiang_domain::event::EventObstacle::NotFromHere));
    }
    let slots = case.planned.slots();
    if slots.is_empty() {
        return Err(Refusal::invalid(
            "event.no_tables",
            "活动没有设置洽谈桌。请先在活动安排中填写桌数和每轮时间。",
            "the event has no tables for meetings; state tables and slots in its plan first",
        ));
    }
    if case.row.revision != revision || !store::take(&mut tx, event_id, revision).await? {
        return Err(stale(&case));
    }
    // Nobody registers or withdraws meanwhile.
    store::take_number(&mut tx, event_id).await?;
    let rows = store::list_participants(&mut tx, event_id, "", (-1, ""), PARTICIPANTS_MAX).await?;
    let mut sides: BTreeMap<String, Side> = BTreeMap::new();
    let mut houses: BTreeMap<&str, i64> = BTreeMap::new();
    for row in &rows {
        if let (Some(side), true) = (side(case.planned.kind, row), state_of(row)?.may_meet()) {
            sides.insert(row.participant_id.clone(), side);
            houses.insert(&row.participant_id, row.organisation_key);
        }
    }
    let wishes = store::list_wishes(&mut tx, event_id).await?;
    let tables = usize::try_from(case.planned.tables).unwrap_or(0);
    let mut possible = pairings(&sides, &wishes, scores);
    // Two of one house need no table.
    let house = |id: &str| houses.get(id).copied().unwrap_or(0);
    possible.retain(|one| house(&one.host) == 0 || house(&one.host) != house(&one.guest));
    let request = MeetingRequest { pairings: possible, slots: slots.len(), tables };
    let standing = store::list_meetings(&mut tx, event_id).await?;
    let is_kept = |row: &MeetingRow| {
        let is_possible = sides.contains_key(&row.host_id) && sides.contains_key(&row.guest_id);
        let fits = row.slot.zip(row.table_number).is_some_and(|(slot, table)| {
            usize::try_from(slot).is_ok_and(|slot| slot < slots.len()) && table <= case.planned.tables
        });
        row.outcome.is_some() || (replanning == Replanning::FillGaps && is_possible && fits)
    };
    let (kept, left): (Vec<MeetingRow>, Vec<MeetingRow>) = standing.into_iter().partition(is_kept);
    for row in &left {
        store::remove_meeting(&mut tx, &row.meeting_id).await?;
    }
    let met: BTreeSet<(&str, &str)> =
        kept.iter().map(|row| (row.host_id.as_str(), row.guest_id.as_str())).collect();
    let request = MeetingRequest {
        // Also who met on the spot is not planned again.
        pairings: request
            .pairings
            .iter()
            .filter(|one| !met.contains(&(one.host.as_str(), one.guest.as_str())))
            .cloned()
            .collect(),
        ..request
    };
    let standing: Vec<Meeting> = kept.iter().filter_map(meeting_of).collect();
    let planned = if standing.is_empty() { schedule(&request) } else { fill_gaps(&request, &standing) };
    let planned = planned.map_err(|problem| {
        Refusal::invalid(
            "event.schedule",
            "约谈组合过多，未能排定。请减少参会方或分场举办。",
            format!("no timetable was made: {problem}; have fewer participants or several events"),
        )
    })?;
    for one in planned.iter().filter(|one| !standing.contains(one)) {
        store::add_meeting(&mut tx, &row_of(app, event_id, one)?).await?;
    }
    write_step(app, &mut tx, actor, &mut case, "schedule", "").await?;
    store::update(&mut tx, &case.row).await?;
    let busy: BTreeSet<&str> =
        planned.iter().flat_map(|one| [one.pairing.host.as_str(), one.pairing.guest.as_str()]).collect();
    let whom: Vec<_> =
        rows.iter().filter(|row| busy.contains(row.participant_id.as_str())).flat_map(people_of).collect();
    tell(app, &mut tx, actor, &case, NoticeKind::EventTimetable, &whom).await?;
    let valid: Vec<&(String, String)> = wishes
        .iter()
        .filter(|(from, to)| matches!((sides.get(from), sides.get(to)), (Some(a), Some(b)) if a != b))
        .collect();
    let is_met = |wish: &(String, String)| {
        let pair =
            |a: &str, b: &str| planned.iter().any(|one| one.pairing.host == a && one.pairing.guest == b);
        pair(&wish.0, &wish.1) || pair(&wish.1, &wish.0)
    };
    let done = Scheduled {
        meetings: planned.len(),
        wishes_met: valid.iter().filter(|wish| is_met(wish)).count(),
        wishes: valid.len(),
    };
    let payload = json!({ "meetings": done.meetings, "wishes": done.wishes, "wishes_met": done.wishes_met });
    let entry = NewEntry { kind: "event.meetings_scheduled", subject: case.subject(), payload };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(done)
}

fn meeting_of(row: &MeetingRow) -> Option<Meeting> {
    Some(Meeting {
        slot: usize::try_from(row.slot?).ok()?,
        table: Table(usize::try_from(row.table_number?).ok()?),
        pairing: Pairing {
            host: row.host_id.clone(),
            guest: row.guest_id.clone(),
            points: u32::try_from(row.points).unwrap_or(0),
            basis: MeetingBasis::from_code(&row.basis)?,
        },
    })
}

fn row_of(app: &App, event_id: &str, one: &Meeting) -> Result<MeetingRow, Refusal> {
    let number = |number: usize| i64::try_from(number).ok();
    Ok(MeetingRow {
        meeting_id: app.new_id()?,
        event_id: event_id.to_owned(),
        slot: number(one.slot),
        table_number: number(one.table.0),
        host_id: one.pairing.host.clone(),
        guest_id: one.pairing.guest.clone(),
        basis: one.pairing.basis.code().to_owned(),
        points: i64::from(one.pairing.points),
        outcome: None,
        project_title: String::new(),
        amount_fen: None,
        words: String::new(),
        lead_id: None,
        recorded_at_ms: None,
    })
}
