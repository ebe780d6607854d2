//! A city, county, park or co-department objects to a contract's place (归属异议).

use serde_json::json;
use xiaoxiang_domain::access::{Action, Role, Scope};
use xiaoxiang_domain::attribution::attribute;
use xiaoxiang_domain::contract::{Contract, Side};
use xiaoxiang_domain::notice::{NamedValue, Notice, NoticeKind, Whom};
use xiaoxiang_domain::region::{DivisionCode, Region};
use xiaoxiang_store::attribution::{self as store, ObjectionRow};
use xiaoxiang_store::contract::CurrentRow;
use xiaoxiang_store::{NewEntry, StoreError};

use super::facts::load_basis;
use crate::actor::Actor;
use crate::app::App;
use crate::notice::{Occasion, notify};
use crate::refusal::Refusal;

/// Longest reason.
pub const REASON_CHARACTERS_MAX: usize = 2_000;

/// An objection.
#[derive(Clone, Debug)]
pub struct NewObjection {
    /// 登记编号
    pub registration_number: String,
    /// Which side's place.
    pub side: Side,
    /// Division that should hold.
    pub claimed_division: DivisionCode,
    /// Who objects, where the command line raises it for them; a person objects for their own division, park or office.
    pub raised_by: String,
    /// Why.
    pub reason: String,
}

/// Records the objection and gives its id; the contract counts where it did until the province decides.
///
/// The claimed division or the contract's present place must lie within the extent of who objects: a contract that
/// concerns neither is not found.
pub async fn raise_objection(app: &App, actor: &Actor, objection: &NewObjection) -> Result<String, Refusal> {
    let extent = actor.permit(Action::RaiseObjection)?;
    check_reason(&objection.reason)?;
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin(now_ms).await?;
    let region = app.region_in(&mut tx).await?;
    let region = &region.region;
    let code = objection.claimed_division;
    if !region.divisions().is_current(code) || !region.contains(code) {
        return Err(Refusal::invalid(
            "attribution.division",
            format!("{code} 不是本区域现行的行政区划。请从列表中选择。"),
            format!("{code} is not a current division of this region; choose one from the list"),
        ));
    }
    // Under the log's lock: the place that is noted as the present one must still hold at the commit.
    tx.lock_log().await?;
    let number = objection.registration_number.trim();
    let unknown = || Refusal::NotFound(number.to_owned());
    let mut current =
        xiaoxiang_store::contract::find_current(&mut tx, std::slice::from_ref(&number.to_owned())).await?;
    let contract = current.remove(number).ok_or_else(unknown)?;
    let basis = load_basis(&mut tx).await?;
    let present = present_division(&contract, objection.side, region, &basis)?;
    let concerns = |division: DivisionCode| division.0 != 0 && concerns(extent, division, region);
    if !concerns(code) && !concerns(present) {
        return Err(unknown());
    }
    if code == present {
        return Err(Refusal::invalid(
            "attribution.same_place",
            "这份合同现在就计在主张的地区，无需提出异议。",
            "the contract counts there already; there is nothing to object to",
        ));
    }
    let raised_by = if actor.person_id().is_some() {
        office_of(actor, extent, region)
    } else {
        objection.raised_by.clone()
    };
    let objection_id = app.new_id()?;
    let row = ObjectionRow {
        objection_id: objection_id.clone(),
        contract_key: contract.contract_key,
        registration_number: number.to_owned(),
        side: objection.side.code().to_owned(),
        raised_by,
        claimed_division: code.to_string(),
        present_division: present.to_string(),
        reason: objection.reason.trim().to_owned(),
        raised_at_ms: now_ms,
        decided_division: None,
        decision_reason: None,
        decided_at_ms: None,
        moved_contracts: None,
    };
    store::save_objection(&mut tx, &row).await?;
    let entry = NewEntry {
        kind: "attribution.objection_raised",
        subject: format!("contract:{number}"),
        payload: json!({
            "objection": objection_id,
            "side": row.side,
            "claimed_division": row.claimed_division,
            "present_division": row.present_division,
            "raised_by": row.raised_by,
            "reason": row.reason,
        }),
    };
    let notice = Notice {
        kind: NoticeKind::ObjectionRaised,
        subject: format!("objection:{objection_id}"),
        values: vec![NamedValue::same("office", &row.raised_by), NamedValue::same("contract", number)],
        path: format!("/objections/{objection_id}"),
    };
    let whom = [Whom::Everyone(Role::Statistician)];
    notify(app, &mut tx, Occasion::Decision(actor), &notice, &whom).await?;
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(objection_id)
}

/// Where one side of a contract counts now; 0 where it has no place.
fn present_division(
    row: &CurrentRow,
    side: Side,
    region: &Region,
    basis: &xiaoxiang_domain::attribution::AttributionBasis,
) -> Result<DivisionCode, Refusal> {
    let contract: Contract = serde_json::from_str(&row.record)
        .map_err(|error| StoreError::Damaged(format!("record of {}: {error}", row.registration_number)))?;
    let place = attribute(row.contract_key, &contract, region, basis);
    Ok(DivisionCode(match side {
        Side::Seller => place.seller_division,
        Side::Buyer => place.buyer_division,
    }))
}

/// Whether a division concerns an extent; a park is concerned by what counts in its city.
pub(super) fn concerns(extent: Scope, division: DivisionCode, region: &Region) -> bool {
    match extent {
        Scope::Park(key) => region.parks().by_key(key).is_some_and(|park| division.is_within(park.city)),
        other => other.has_division(division),
    }
}

/// What somebody speaks for: their division, park, or else their role.
pub(super) fn office_of(actor: &Actor, extent: Scope, region: &Region) -> String {
    let role = || actor.role().map_or_else(|| actor.log_name().to_owned(), |role| role.label().to_owned());
    match extent {
        Scope::Division(code) => region.divisions().name(code).map_or_else(role, str::to_owned),
        Scope::Park(key) => region.parks().by_key(key).map_or_else(role, |park| park.name.clone()),
        Scope::Region | Scope::Organisation(_) | Scope::Registrar(_) => role(),
    }
}

/// Whether a reason is given and not too long.
pub fn check_reason(reason: &str) -> Result<(), Refusal> {
    if reason.trim().is_empty() || reason.chars().count() > REASON_CHARACTERS_MAX {
        return Err(Refusal::invalid(
            "attribution.reason",
            format!("请写明理由，不超过 {REASON_CHARACTERS_MAX} 字。"),
            format!("give a reason of at most {REASON_CHARACTERS_MAX} characters"),
        ));
    }
    Ok(())
}
