//! The province decides an objection with a reason (归属裁定); the contract counts there from then on.

use serde_json::json;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::notice::{NamedValue, Notice, NoticeKind, Whom};
use xiaoxiang_domain::region::DivisionCode;
use xiaoxiang_store::attribution::{self as store, ObjectionRow};
use xiaoxiang_store::{Commit, NewEntry, WriteTx};

use super::facts::{Ground, load_basis, reattribute};
use super::raise_objection::check_reason;
use crate::actor::Actor;
use crate::app::App;
use crate::notice::{Occasion, notify};
use crate::refusal::Refusal;

/// Settles on a division, be it the claimed one, the stated one or a third.
pub async fn decide_objection(
    app: &App,
    actor: &Actor,
    objection_id: &str,
    division: DivisionCode,
    reason: &str,
) -> Result<Commit, Refusal> {
    actor.permit(Action::DecideObjection)?;
    check_reason(reason)?;
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin(now_ms).await?;
    let region = app.region_in(&mut tx).await?;
    if !region.region.divisions().is_current(division) {
        return Err(Refusal::invalid(
            "attribution.division",
            format!("{division} 不是现行的行政区划。请从列表中选择。"),
            format!("{division} is not a current division; choose one from the list"),
        ));
    }
    tx.lock_log().await?;
    let objection = store::find_objection(&mut tx, objection_id)
        .await?
        .ok_or_else(|| Refusal::NotFound(objection_id.to_owned()))?;
    let before = load_basis(&mut tx).await?;
    if !store::decide_objection(&mut tx, objection_id, &division.to_string(), reason, now_ms).await? {
        return Err(Refusal::invalid(
            "attribution.decided",
            "该异议已经裁定。如需更改，请提出新的异议。",
            "this objection was decided before; raise a new one to change it",
        ));
    }
    let after = load_basis(&mut tx).await?;
    let number = &objection.registration_number;
    let current = xiaoxiang_store::contract::find_current(&mut tx, std::slice::from_ref(number)).await?;
    let rows: Vec<_> = current.into_values().collect();
    let ground = |basis| Ground { region: &region.region, basis };
    let moved = reattribute(&mut tx, &rows, ground(&before), ground(&after)).await?;
    let moved_count = i64::try_from(moved).expect("invariant: one contract has few facts");
    store::save_moved(&mut tx, objection_id, moved_count).await?;
    let entry = NewEntry {
        kind: "attribution.objection_decided",
        subject: format!("contract:{number}"),
        payload: json!({
            "objection": objection_id,
            "side": objection.side,
            "present_division": objection.present_division,
            "division": division.to_string(),
            "reason": reason,
            "moved_contracts": moved,
        }),
    };
    let raised_by = who_raised(&mut tx, &objection).await?;
    let places = region.region.divisions();
    let code = division.to_string();
    let place_zh = places.name(division).unwrap_or(&code);
    let notice = Notice {
        kind: NoticeKind::ObjectionDecided,
        subject: format!("objection:{objection_id}"),
        values: vec![
            NamedValue::same("contract", number),
            NamedValue::new("place", place_zh, places.name_en(division).unwrap_or(place_zh)),
        ],
        path: format!("/objections/{objection_id}"),
    };
    let whom: Vec<Whom> = raised_by.into_iter().map(Whom::Person).collect();
    notify(app, &mut tx, Occasion::Decision(actor), &notice, &whom).await?;
    Ok(tx.commit(actor.log_name(), [entry], []).await?)
}

/// The person who raised an objection, as the log has it: the record names the office, not the person.
async fn who_raised(tx: &mut WriteTx, objection: &ObjectionRow) -> Result<Option<String>, Refusal> {
    let subject = format!("contract:{}", objection.registration_number);
    for row in xiaoxiang_store::log::list_of_subject(tx, &subject).await? {
        if row.kind == "attribution.objection_raised"
            && row.entry()?.payload["objection"] == objection.objection_id.as_str()
        {
            return Ok(Actor::person_of(&row.actor).map(str::to_owned));
        }
    }
    Ok(None)
}
