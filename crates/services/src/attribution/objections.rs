//! Objections (归属异议) as the province and the two sides read them, and what they say about them.

use serde_json::json;
use xiaoxiang_domain::access::{Action, Scope};
use xiaoxiang_domain::attribution::{ParkClaim, attribute};
use xiaoxiang_domain::contract::{Contract, Side};
use xiaoxiang_domain::region::{DivisionCode, Region};
use xiaoxiang_store::attribution::{self as store, ObjectionFilter, ObjectionRow, RemarkRow};
use xiaoxiang_store::{NewEntry, StoreError, Tx};

use super::facts::load_basis;
use super::raise_objection::{check_reason, concerns, office_of};
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// Objections listed at once.
const LISTED_MAX: i64 = 1_000;
/// Remarks shown under one objection.
const REMARKS_MAX: i64 = 200;

/// An objection with everything needed to judge it.
#[derive(Clone, Debug)]
pub struct ObjectionDetail {
    /// As recorded.
    pub row: ObjectionRow,
    /// Whose place it is about.
    pub side: Side,
    /// The contract as it now stands, without personal data.
    pub contract: Contract,
    /// Why that side counts where it does.
    pub ground: PlaceGround,
    /// What has been said, oldest first.
    pub remarks: Vec<RemarkRow>,
}

/// Why one side of a contract counts where it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaceGround {
    /// Division as the record states it; empty where it states none.
    pub stated: String,
    /// Division in which it counts; none where it has no place.
    pub counted: Option<DivisionCode>,
    /// Whether a decision of the province put it there.
    pub is_decided: bool,
    /// What the parks' lists say of the party.
    pub park: ParkClaim,
}

/// Objections within what the reader may see, open ones first.
pub async fn list_objections(app: &App, actor: &Actor) -> Result<Vec<ObjectionRow>, Refusal> {
    let extent = actor.permit(Action::ReadObjections)?;
    let mut tx = app.db.read().await?;
    let region = app.region_in(&mut tx).await?;
    let filter = ExtentFilter::new(actor, extent, &region.region);
    Ok(store::list_objections(&mut tx, filter.as_filter(), LISTED_MAX).await?)
}

/// Number of open objections within what the reader may see, and when the oldest was raised.
pub(crate) async fn count_open(
    tx: &mut Tx,
    actor: &Actor,
    region: &Region,
) -> Result<(i64, Option<i64>), Refusal> {
    let Some(extent) = actor.extent(Action::ReadObjections) else { return Ok((0, None)) };
    let filter = ExtentFilter::new(actor, extent, region);
    Ok(store::count_open_objections(tx, filter.as_filter()).await?)
}

/// Open objections that claim or concern a division.
pub(crate) async fn open_in_division(
    tx: &mut Tx,
    division: DivisionCode,
) -> Result<Vec<ObjectionRow>, Refusal> {
    let places = beginning_of(division);
    let filter = ObjectionFilter { places: Some(&places), raised_by: "" };
    let mut found = store::list_objections(tx, filter, LISTED_MAX).await?;
    found.retain(|row| row.decided_at_ms.is_none());
    Ok(found)
}

/// One objection that the reader may see.
pub async fn find_objection(
    app: &App,
    actor: &Actor,
    objection_id: &str,
) -> Result<ObjectionDetail, Refusal> {
    let extent = actor.permit(Action::ReadObjections)?;
    let mut tx = app.db.read().await?;
    let region = app.region_in(&mut tx).await?;
    let row = visible(&mut tx, actor, extent, &region.region, objection_id).await?;
    let damaged = |what: &str| StoreError::Damaged(format!("{what} of objection {objection_id}"));
    let side = Side::from_code(&row.side).ok_or_else(|| damaged("side"))?;
    let number = &row.registration_number;
    let mut current = xiaoxiang_store::contract::find_current(&mut tx, std::slice::from_ref(number)).await?;
    let current = current.remove(number).ok_or_else(|| damaged("contract"))?;
    let contract: Contract = serde_json::from_str(&current.record).map_err(|_| damaged("record"))?;
    let basis = load_basis(&mut tx).await?;
    let place = attribute(row.contract_key, &contract, &region.region, &basis);
    let counted = match side {
        Side::Seller => place.seller_division,
        Side::Buyer => place.buyer_division,
    };
    let decisions = store::list_decisions(&mut tx).await?;
    let ground = PlaceGround {
        stated: contract.party(side).division.clone(),
        counted: (counted != 0).then_some(DivisionCode(counted)),
        is_decided: decisions.iter().any(|(key, of, _)| *key == row.contract_key && of == side.code()),
        park: basis.park_of(contract.party(side), contract.registered_on),
    };
    let remarks = store::list_remarks(&mut tx, objection_id, REMARKS_MAX).await?;
    Ok(ObjectionDetail { row, side, contract, ground, remarks })
}

/// Records what a side or the province says about an open objection.
pub async fn remark_on_objection(
    app: &App,
    actor: &Actor,
    objection_id: &str,
    remark: &str,
) -> Result<(), Refusal> {
    let action =
        if actor.may(Action::DecideObjection) { Action::DecideObjection } else { Action::RaiseObjection };
    let extent = actor.permit(action)?;
    check_reason(remark)?;
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin(now_ms).await?;
    let region = app.region_in(&mut tx).await?;
    let objection = visible(&mut tx, actor, extent, &region.region, objection_id).await?;
    if objection.decided_at_ms.is_some() {
        return Err(Refusal::invalid(
            "attribution.decided",
            "该异议已经裁定，不能再附意见。",
            "this objection was decided before; nothing can be added",
        ));
    }
    let row = RemarkRow {
        remark_id: app.new_id()?,
        objection_id: objection_id.to_owned(),
        remarked_by: office_of(actor, extent, &region.region),
        remark: remark.trim().to_owned(),
        remarked_at_ms: now_ms,
    };
    store::save_remark(&mut tx, &row).await?;
    let entry = NewEntry {
        kind: "attribution.objection_remarked",
        subject: format!("contract:{}", objection.registration_number),
        payload: json!({ "objection": objection_id, "remarked_by": row.remarked_by, "remark": row.remark }),
    };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(())
}

/// An objection that the extent covers; any other is not found.
async fn visible(
    tx: &mut Tx,
    actor: &Actor,
    extent: Scope,
    region: &Region,
    objection_id: &str,
) -> Result<ObjectionRow, Refusal> {
    let missing = || Refusal::NotFound(objection_id.to_owned());
    let row = store::find_objection(tx, objection_id).await?.ok_or_else(missing)?;
    let is_place = |text: &str| DivisionCode::parse(text).is_some_and(|code| concerns(extent, code, region));
    let is_theirs = match extent {
        Scope::Region => true,
        // What counts in the park's city concerns its neighbours too; a park sees what it raised itself.
        Scope::Park(_) => row.raised_by == office_of(actor, extent, region),
        _ => is_place(&row.claimed_division) || is_place(&row.present_division),
    };
    if is_theirs { Ok(row) } else { Err(missing()) }
}

/// The extent as the store filters by it.
struct ExtentFilter {
    places: Option<String>,
    raised_by: String,
}

impl ExtentFilter {
    fn new(actor: &Actor, extent: Scope, region: &Region) -> Self {
        match extent {
            Scope::Region => Self { places: Some(String::new()), raised_by: String::new() },
            Scope::Division(code) => Self { places: Some(beginning_of(code)), raised_by: String::new() },
            Scope::Park(_) => Self { places: None, raised_by: office_of(actor, extent, region) },
            Scope::Organisation(_) | Scope::Registrar(_) => Self { places: None, raised_by: String::new() },
        }
    }

    fn as_filter(&self) -> ObjectionFilter<'_> {
        ObjectionFilter { places: self.places.as_deref(), raised_by: &self.raised_by }
    }
}

/// With which digits the codes of a division and of all below it begin.
fn beginning_of(division: DivisionCode) -> String {
    let text = division.to_string();
    let digits = match division.0 {
        code if code.is_multiple_of(10_000) => 2,
        code if code.is_multiple_of(100) => 4,
        _ => 6,
    };
    text[..digits].to_owned()
}
