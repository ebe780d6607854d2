//! Takes demands off the market whose days are over (到期), and reminds their companies before (续期提醒).

use jiff::Span;
use serde_json::json;
use xiaoxiang_domain::demand::{DemandStep, Enterer, decide_demand_step};
use xiaoxiang_domain::notice::NoticeKind;
use xiaoxiang_store::NewEntry;
use xiaoxiang_store::demand as store;

use super::case::Case;
use super::notify_demand::{notify_step, owners, tell};
use super::take_demand_step::write_step;
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// Demands looked at in one go.
const AT_ONCE: i64 = 200;

/// Ends what was not confirmed again in time or has been on a list for its days; gives how many.
pub async fn expire_demands(app: &App) -> Result<usize, Refusal> {
    let actor = Actor::operator("demand-calendar");
    let mut tx = app.db.read().await?;
    let today = app.today_in(&mut tx).await?;
    let due = store::list_outlived(&mut tx, &today.to_string(), AT_ONCE).await?;
    drop(tx);
    let mut ended = 0;
    for (demand_id,) in due {
        let mut tx = app.db.begin(app.clock.now_ms()).await?;
        let mut case = Case::load(&mut tx, &demand_id).await?;
        let region = app.region_in(&mut tx).await?;
        let facts = case.facts(&region.region);
        let Ok(outcome) = decide_demand_step(&facts, DemandStep::Expire, Enterer::Other, "") else {
            continue;
        };
        let revision = case.row.revision;
        if !store::take(&mut tx, &demand_id, revision).await? {
            continue;
        }
        let from = case.state;
        case.state = outcome.state;
        write_step(app, &mut tx, &actor, &mut case, (DemandStep::Expire, from, today), &[], "").await?;
        notify_step(app, &mut tx, &actor, &case, DemandStep::Expire).await?;
        let payload = json!({ "step": "expire", "from": from.code(), "to": case.state.code() });
        let entry = NewEntry { kind: "demand.step_taken", subject: format!("demand:{demand_id}"), payload };
        tx.commit(actor.log_name(), [entry], []).await?;
        ended += 1;
    }
    Ok(ended)
}

/// Reminds, once for each due day, those whose demand is to be confirmed again soon; gives how many demands it looked at.
pub async fn remind_owners(app: &App) -> Result<usize, Refusal> {
    let actor = Actor::operator("demand-calendar");
    let mut tx = app.db.read().await?;
    let region = app.region_in(&mut tx).await?;
    let today = app.clock.today_in(&region.time_zone);
    let ahead = Span::new().days(i64::from(region.region.demand_rules().remind_days));
    let last = today.checked_add(ahead).unwrap_or(today);
    let due = store::list_due(&mut tx, [&today.to_string(), &last.to_string()], AT_ONCE).await?;
    drop(tx);
    let reminded = due.len();
    for (demand_id,) in due {
        let mut tx = app.db.begin(app.clock.now_ms()).await?;
        let case = Case::load(&mut tx, &demand_id).await?;
        // The due day is the occasion: a new one is reminded of anew.
        let day = case.row.reconfirm_due.as_deref().unwrap_or_default().replace('-', "");
        let serial = day.parse().unwrap_or_default();
        tell(app, &mut tx, &actor, &case, (NoticeKind::DemandDue, serial), &owners(&case)).await?;
        tx.keep_unlogged().await?;
    }
    Ok(reminded)
}
