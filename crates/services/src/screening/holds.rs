//! Payments held (暂缓兑付): an open question holds nothing by itself, only a named officer's dated decision does.

use jiff::ToSpan as _;
use jiff::civil::Date;
use serde_json::json;
use xiaoxiang_domain::access::Action;
use xiaoxiang_store::payment_hold::{self as store, HoldRow, Release};
use xiaoxiang_store::{NewEntry, Tx};

use super::act_on_flag::{WORDS_FIELD, checked_words, reachable, refuse_own_organisation};
use super::flags::state_of;
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// Days that one decision holds at the longest; afterwards it takes another one.
pub const HOLD_DAYS_MAX: i64 = 366;

/// Whether payments on a contract are held today. A registration number that is not on record is not held.
pub async fn is_held(app: &App, registration_number: &str) -> Result<bool, Refusal> {
    let mut tx = app.db.read().await?;
    let today = app.today_in(&mut tx).await?;
    match xiaoxiang_store::contract::find_key(&mut tx, registration_number).await? {
        Some(contract_key) => Ok(!holds_in(&mut tx, contract_key, today).await?.is_empty()),
        None => Ok(false),
    }
}

/// The decisions that hold payments on a contract on a day, within the transaction that would pay.
pub async fn holds_in(tx: &mut Tx, contract_key: i64, day: Date) -> Result<Vec<HoldRow>, Refusal> {
    Ok(store::list_in_force(tx, contract_key, &day.to_string()).await?)
}

/// Holds payments on the contract of a flag that stands, until a day.
pub async fn hold_payment(
    app: &App,
    actor: &Actor,
    flag_id: &str,
    until: Date,
    reason: &str,
) -> Result<(), Refusal> {
    actor.permit(Action::HoldPayment)?;
    let reason = checked_words(reason)?;
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    let today = app.today_in(&mut tx).await?;
    if until < today || until > today.saturating_add(HOLD_DAYS_MAX.days()) {
        return Err(Refusal::invalid(
            "hold.until",
            format!("截止日期应为今天或以后、{HOLD_DAYS_MAX} 天以内。"),
            format!("the last day lies within {HOLD_DAYS_MAX} days from today"),
        ));
    }
    tx.lock_log().await?;
    let (row, places) = reachable(&mut tx, actor, Action::HoldPayment, flag_id).await?;
    refuse_own_organisation(&mut tx, actor, places, &today.to_string()).await?;
    if row.gone_reason.is_some() || state_of(&row)?.is_cleared() {
        return Err(Refusal::invalid(
            "hold.no_question",
            "这个疑点已关闭或已排除，不能据此暂缓兑付。",
            "the flag was closed or cleared; it can hold no payment",
        ));
    }
    let held = store::list_of_flag(&mut tx, flag_id).await?;
    if held.iter().any(|hold| hold.released_on.is_none()) {
        return Err(Refusal::stale("这个疑点（已暂缓兑付）", "the flag (payments are held already)"));
    }
    let salt = app.random_32()?;
    let hold = HoldRow {
        hold_id: app.new_id()?,
        flag_id: flag_id.to_owned(),
        contract_key: row.contract_key,
        officer_id: actor.person_id().map(str::to_owned),
        officer: actor.log_name().to_owned(),
        held_on: today.to_string(),
        until: until.to_string(),
        reason: reason.to_owned(),
        salt: salt.to_vec(),
        released_by: None,
        released_on: None,
        release_reason: None,
    };
    store::save(&mut tx, &hold).await?;
    let entry = NewEntry {
        kind: "flag.payment_held",
        subject: format!("contract:{}", row.registration_number),
        payload: json!({
            "flag": flag_id,
            "hold": hold.hold_id,
            "until": hold.until,
            "words": xiaoxiang_audit::commit(&salt, WORDS_FIELD, reason),
        }),
    };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(())
}

/// Releases what a flag holds, also after the question fell away.
pub async fn release_payment(app: &App, actor: &Actor, flag_id: &str, reason: &str) -> Result<(), Refusal> {
    actor.permit(Action::HoldPayment)?;
    let reason = checked_words(reason)?;
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    let today = app.today_in(&mut tx).await?.to_string();
    tx.lock_log().await?;
    let (row, places) = reachable(&mut tx, actor, Action::HoldPayment, flag_id).await?;
    refuse_own_organisation(&mut tx, actor, places, &today).await?;
    let salt = app.random_32()?;
    let release =
        Release { person_id: actor.person_id(), actor: actor.log_name(), day: &today, reason, salt: &salt };
    if !store::release(&mut tx, flag_id, release).await? {
        return Err(Refusal::stale("这个疑点（没有暂缓的兑付）", "the flag (no payment is held)"));
    }
    let entry = NewEntry {
        kind: "flag.payment_released",
        subject: format!("contract:{}", row.registration_number),
        payload: json!({
            "flag": flag_id,
            "words": xiaoxiang_audit::commit(&salt, WORDS_FIELD, reason),
        }),
    };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(())
}
