//! Moves a demand on with a lead of it (对接进展带动需求状态): somebody came forward, a contract was registered.

use serde_json::json;
use xiaoxiang_domain::demand::{DemandStep, Enterer, decide_demand_step};
use xiaoxiang_store::demand as store;
use xiaoxiang_store::{NewEntry, WriteTx};

use super::case::Case;
use super::notify_demand::notify_step;
use super::take_demand_step::write_step;
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// Takes the step if the demand stands where it can be taken; the caller commits with the entry that comes back.
pub(crate) async fn advance_demand(
    app: &App,
    tx: &mut WriteTx,
    actor: &Actor,
    demand_id: &str,
    (step, contract_number): (DemandStep, Option<&str>),
) -> Result<Option<NewEntry>, Refusal> {
    let mut case = Case::load(tx, demand_id).await?;
    let region = app.region_in(tx).await?;
    let today = app.clock.today_in(&region.time_zone);
    let facts = case.facts(&region.region);
    let Ok(outcome) = decide_demand_step(&facts, step, Enterer::Other, "") else { return Ok(None) };
    let revision = case.row.revision;
    if !store::take(tx, demand_id, revision).await? {
        return Err(super::case::stale(&case));
    }
    let from = std::mem::replace(&mut case.state, outcome.state);
    if let Some(number) = contract_number {
        case.row.contract_number = Some(number.to_owned());
    }
    write_step(app, tx, actor, &mut case, (step, from, today), &[], "").await?;
    notify_step(app, tx, actor, &case, step).await?;
    let payload = json!({
        "step": step.code(),
        "from": from.code(),
        "to": case.state.code(),
        "version": case.row.version,
    });
    Ok(Some(NewEntry { kind: "demand.step_taken", subject: format!("demand:{demand_id}"), payload }))
}
