//! Follows the registration of a lead's contract (登记带动对接): the sides are told, the demand is contracted.
//!
//! The lead itself is not written: whether it is registered, and for how much, its contract's record says each time it is read.

use serde_json::json;
use xiaoxiang_domain::demand::DemandStep;
use xiaoxiang_domain::notice::{NamedValue, NoticeKind};
use xiaoxiang_store::lead as store;
use xiaoxiang_store::{NewEntry, WriteTx};

use super::case::Case;
use super::notify_lead::{everybody, tell};
use crate::actor::Actor;
use crate::app::App;
use crate::demand::advance_demand;
use crate::refusal::Refusal;

/// Moves what hangs on an application on, as its contract is registered; the caller commits with the entries.
pub(crate) async fn follow_registration(
    app: &App,
    tx: &mut WriteTx,
    actor: &Actor,
    application_id: &str,
    registration_number: &str,
) -> Result<Vec<NewEntry>, Refusal> {
    let mut entries = Vec::new();
    for (lead_id,) in store::list_of_application(tx, application_id).await? {
        let case = Case::load(tx, &lead_id).await?;
        entries.extend(contracted(app, tx, actor, &case, registration_number).await?);
    }
    Ok(entries)
}

/// What follows for a lead from its contract being on record.
pub(super) async fn contracted(
    app: &App,
    tx: &mut WriteTx,
    actor: &Actor,
    case: &Case,
    registration_number: &str,
) -> Result<Vec<NewEntry>, Refusal> {
    let lead_id = &case.row.lead_id;
    let number = NamedValue::same("number", registration_number);
    let told = (NoticeKind::LeadRegistered, registration_number);
    tell(app, tx, Some(actor), &case.row, told, vec![number], &everybody(&case.row)).await?;
    let payload = json!({ "registration_number": registration_number });
    let mut entries = vec![NewEntry { kind: "lead.registered", subject: format!("lead:{lead_id}"), payload }];
    if let Some(demand_id) = &case.row.demand_id {
        let step = (DemandStep::Contract, Some(registration_number));
        entries.extend(advance_demand(app, tx, actor, demand_id, step).await?);
    }
    Ok(entries)
}
