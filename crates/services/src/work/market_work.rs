//! What waits on the market's way from a demand or an achievement to its list: whose turn each is.

use xiaoxiang_domain::access::{Action, Role};
use xiaoxiang_domain::achievement::AchievementState;
use xiaoxiang_domain::demand::DemandState;
use xiaoxiang_store::demand::{ReviewRow, list_reviews};

use super::{Waiting, WaitingKind};
use crate::achievement::{AchievementsAsk, list_achievements};
use crate::actor::Actor;
use crate::app::App;
use crate::demand::{DemandsAsk, ListedDemand, list_demands};
use crate::refusal::Refusal;

/// Most that are looked at one by one, as many as a page may have; more than these are not counted.
const LOOKED_AT_MAX: usize = 200;

/// Demands that it is the actor's turn on.
pub(super) async fn demands(app: &App, actor: &Actor) -> Result<Vec<Waiting>, Refusal> {
    if !actor.may(Action::ReadDemands) || actor.role().is_none() {
        return Ok(Vec::new());
    }
    let in_state = async |state: DemandState| {
        let ask = DemandsAsk { states: vec![state], limit: LOOKED_AT_MAX, ..DemandsAsk::default() };
        list_demands(app, actor, &ask).await
    };
    let mut found = Vec::new();
    let mut wait = |kind, state: DemandState, count: usize| {
        found.push(Waiting::new(kind, whole(count), format!("/demands?state={}", state.code())));
    };
    if actor.may(Action::EnterDemands) {
        let returned = in_state(DemandState::Returned).await?;
        let own = |row: &&ListedDemand| {
            actor.role() == Some(Role::OrganisationAgent)
                || actor.person_id() == Some(row.row.enterer_id.as_str())
        };
        wait(
            WaitingKind::DemandsToComplete,
            DemandState::Returned,
            returned.items.iter().filter(own).count(),
        );
    }
    let collected = in_state(DemandState::Collected).await?;
    let (verified, open): (Vec<_>, Vec<_>) =
        collected.items.iter().partition(|one| one.row.verified.is_some());
    if actor.role() == Some(Role::OrganisationAgent) {
        wait(WaitingKind::DemandsToConfirm, DemandState::Collected, open.len());
    }
    if actor.may(Action::CheckDemands) {
        wait(WaitingKind::DemandsToVerify, DemandState::Collected, open.len());
        wait(WaitingKind::DemandsToCheck, DemandState::Collected, verified.len());
    }
    if actor.may(Action::ScoreDemands) {
        let sorted = in_state(DemandState::Sorted).await?;
        let mut tx = app.db.read().await?;
        let mut open = 0;
        for one in &sorted.items {
            let reviews = list_reviews(&mut tx, &one.row.demand_id).await?;
            let is_own = |review: &&ReviewRow| {
                Some(review.person_id.as_str()) == actor.person_id() && review.answered_at_ms.is_none()
            };
            open += reviews.iter().filter(is_own).count();
        }
        wait(WaitingKind::DemandsToScore, DemandState::Sorted, open);
    }
    let turns = [
        (Action::SortDemands, DemandState::Checked, WaitingKind::DemandsToSort),
        (Action::DecideDemands, DemandState::Sorted, WaitingKind::DemandsToSelect),
        (Action::PublishDemands, DemandState::Screened, WaitingKind::DemandsToPublish),
    ];
    for (_, state, kind) in turns.into_iter().filter(|(action, ..)| actor.may(*action)) {
        let of_state = collected.counts.iter().filter(|one| one.state == state);
        let count: i64 = of_state.map(|one| one.count).sum();
        found.push(Waiting::new(kind, count, format!("/demands?state={}", state.code())));
    }
    Ok(found)
}

/// Achievements of one's own unit that wait for their review by somebody else, or to be shown.
pub(super) async fn achievements(app: &App, actor: &Actor) -> Result<Vec<Waiting>, Refusal> {
    if !actor.may(Action::WriteAchievements) || actor.role().is_none() {
        return Ok(Vec::new());
    }
    let ask = AchievementsAsk {
        states: vec![AchievementState::Submitted],
        limit: LOOKED_AT_MAX,
        ..AchievementsAsk::default()
    };
    let list = list_achievements(app, actor, &ask).await?;
    let of_others = list.items.iter().filter(|one| !one.is_own).count();
    let reviewed = list.counts.iter().filter(|one| one.state == AchievementState::Reviewed);
    let link = |state: AchievementState| format!("/achievements?state={}", state.code());
    Ok(vec![
        Waiting::new(WaitingKind::AchievementsToReview, whole(of_others), link(AchievementState::Submitted)),
        Waiting::new(
            WaitingKind::AchievementsToShow,
            reviewed.map(|one| one.count).sum(),
            link(AchievementState::Reviewed),
        ),
    ])
}

fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
