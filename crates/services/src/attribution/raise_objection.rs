//! A city or county objects to a contract's place (归属异议).

use serde_json::json;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::contract::Side;
use xiaoxiang_domain::region::DivisionCode;
use xiaoxiang_store::NewEntry;
use xiaoxiang_store::attribution::{self as store, ObjectionRow};

use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// Longest reason.
const REASON_CHARACTERS_MAX: usize = 2_000;

/// An objection.
#[derive(Clone, Debug)]
pub struct NewObjection {
    /// 登记编号
    pub registration_number: String,
    /// Which side's place.
    pub side: Side,
    /// Division that should hold.
    pub claimed_division: DivisionCode,
    /// Division or office that objects.
    pub raised_by: String,
    /// Why.
    pub reason: String,
}

/// Records the objection and gives its id; the contract counts where it did until the province decides.
pub async fn raise_objection(app: &App, actor: &Actor, objection: &NewObjection) -> Result<String, Refusal> {
    actor.permit(Action::RaiseObjection)?;
    check_reason(&objection.reason)?;
    let region = app.region().await?;
    let code = objection.claimed_division;
    if region.region.divisions().name(code).is_none() {
        return Err(Refusal::NotFound(code.to_string()));
    }
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin(now_ms).await?;
    let number = &objection.registration_number;
    let current = xiaoxiang_store::contract::find_current(&mut tx, std::slice::from_ref(number)).await?;
    let contract = current.get(number).ok_or_else(|| Refusal::NotFound(number.clone()))?;
    let objection_id = app.new_id()?;
    let row = ObjectionRow {
        objection_id: objection_id.clone(),
        contract_key: contract.contract_key,
        registration_number: number.clone(),
        side: objection.side.code().to_owned(),
        raised_by: objection.raised_by.clone(),
        claimed_division: code.to_string(),
        reason: objection.reason.clone(),
        raised_at_ms: now_ms,
        decided_division: None,
        decision_reason: None,
    };
    store::save_objection(&mut tx, &row).await?;
    let entry = NewEntry {
        kind: "attribution.objection_raised",
        subject: format!("contract:{number}"),
        payload: json!({
            "objection": objection_id,
            "side": objection.side.code(),
            "claimed_division": code.to_string(),
            "raised_by": objection.raised_by,
            "reason": objection.reason,
        }),
    };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(objection_id)
}

pub(super) fn check_reason(reason: &str) -> Result<(), Refusal> {
    if reason.trim().is_empty() || reason.chars().count() > REASON_CHARACTERS_MAX {
        return Err(Refusal::invalid(
            "attribution.reason",
            format!("请写明理由，不超过 {REASON_CHARACTERS_MAX} 字。"),
            format!("give a reason of at most {REASON_CHARACTERS_MAX} characters"),
        ));
    }
    Ok(())
}

/// Objections listed at once.
const LISTED_MAX: i64 = 1_000;

/// Objections, open ones first.
pub async fn list_objections(app: &App) -> Result<Vec<ObjectionRow>, Refusal> {
    let mut tx = app.db.read().await?;
    Ok(store::list_objections(&mut tx, LISTED_MAX).await?)
}
