//! Whom the match index would bring together among those who come (参会方匹配).

use std::collections::BTreeMap;

use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::event::Side;
use xiaoxiang_store::event::{self as store, PARTICIPANTS_MAX, ParticipantRow};

use super::case::{Case, state_of};
use super::wishes::side;
use crate::actor::Actor;
use crate::app::App;
use crate::matching::{RecordKey, closeness_of_pairs};
use crate::refusal::Refusal;

/// Pairs that are taken into the timetable's planning, the closest of all.
const PAIRS_MAX: usize = 1_000;

/// Pairs of participants whose demand and offer come close, with their closeness in thousandths.
pub async fn match_participants(
    app: &App,
    actor: &Actor,
    event_id: &str,
) -> Result<Vec<(String, String, u32)>, Refusal> {
    actor.permit(Action::PlanEvents)?;
    let mut tx = app.db.read().await?;
    let case = Case::workable(&mut tx, actor, event_id).await?;
    let rows = store::list_participants(&mut tx, event_id, "", (-1, ""), PARTICIPANTS_MAX).await?;
    drop(tx);
    let mut sides: BTreeMap<bool, Vec<(&ParticipantRow, RecordKey)>> = BTreeMap::new();
    for row in &rows {
        if let (Some(side), true, Some(key)) =
            (side(case.planned.kind, row), state_of(row)?.may_meet(), RecordKey::parse(&row.subject))
        {
            sides.entry(side == Side::Host).or_default().push((row, key));
        }
    }
    let none = Vec::new();
    let (hosts, guests) = (sides.get(&true).unwrap_or(&none), sides.get(&false).unwrap_or(&none));
    let pairs: Vec<_> = hosts.iter().flat_map(|host| guests.iter().map(move |guest| (host, guest))).collect();
    let keys = pairs.iter().map(|((_, host), (_, guest))| (host.clone(), guest.clone())).collect();
    let closeness = closeness_of_pairs(app, keys).await?;
    let mut scores: Vec<_> = pairs
        .iter()
        .zip(closeness)
        .filter_map(|(((host, _), (guest, _)), close)| {
            Some((host.participant_id.clone(), guest.participant_id.clone(), close?))
        })
        .collect();
    scores.sort_by(|one, other| other.2.cmp(&one.2).then_with(|| one.cmp(other)));
    scores.truncate(PAIRS_MAX);
    Ok(scores)
}
