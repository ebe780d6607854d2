//! Renaming, a new code, merger, split, and taking one of them back: recorded beside what was, never over it.
//!
//! Contracts keep the snapshot of their parties, facts the organisation they were registered under: no published or
//! current figure moves.

use jiff::civil::Date;
use serde_json::json;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::organisation::CreditCode;
use xiaoxiang_domain::organisation::history::{
    OrganisationChange, OrganisationEvent, OrganisationProblem, check_merger, merged_into,
};
use xiaoxiang_store::organisation;
use xiaoxiang_store::organisation_change::{self as store, ChangeRow};
use xiaoxiang_store::{NewEntry, StoreError, WriteTx};

use super::read_organisation::changes_of;
use crate::access::{checked, find_organisation};
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// Mergers that are followed one after the other.
const MERGERS_FOLLOWED_MAX: usize = 100;

/// A change to be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewOrganisationChange {
    /// `named`, `coded`, `merged` or `split`.
    pub kind: String,
    /// The new name or code, or the credit code or exact name of the other organisation.
    pub value: String,
    /// First day.
    pub valid_from: Date,
    /// Document or reason.
    pub basis: String,
}

/// Records what became of an organisation.
pub async fn change_organisation(
    app: &App,
    actor: &Actor,
    key: i64,
    new: &NewOrganisationChange,
) -> Result<(), Refusal> {
    actor.permit(Action::ManageOrganisations)?;
    let basis = checked("organisation.basis", "依据", "basis", &new.basis)?;
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    // Two mergers at once could close a circle that neither sees.
    tx.lock_log().await?;
    let found = organisation::find_name(&mut tx, key).await?;
    let (_, first_code) = found.ok_or_else(|| Refusal::NotFound(key.to_string()))?;
    let event = read_event(&mut tx, new).await?;
    check(&mut tx, key, &event).await?;

    let mut row = ChangeRow {
        organisation_change_id: 0,
        organisation_key: key,
        kind: new.kind.clone(),
        valid_from: new.valid_from.to_string(),
        name: None,
        credit_code: None,
        other_key: None,
        reverses: None,
        basis,
        position: None,
    };
    let kind = match event {
        OrganisationEvent::Named(name) => {
            row.name = Some(name);
            "organisation.renamed"
        }
        OrganisationEvent::Coded(code) => {
            row.credit_code = Some(code);
            "organisation.recoded"
        }
        OrganisationEvent::MergedInto(other) => {
            row.other_key = Some(other);
            "organisation.merged"
        }
        OrganisationEvent::SplitOff(other) => {
            row.other_key = Some(other);
            "organisation.split"
        }
    };
    let change = store::save(&mut tx, &row).await?;
    // Without a credit code it may be a person, whose name the log must not hold.
    let name = row.name.filter(|_| first_code.is_some());
    let entry = NewEntry {
        kind,
        subject: format!("organisation:{key}"),
        payload: json!({
            "change": change, "name": name, "credit_code": row.credit_code, "other": row.other_key,
            "valid_from": row.valid_from, "basis": row.basis,
        }),
    };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(())
}

/// Takes a change of an organisation back, whichever it was; it stays on record as taken back.
pub async fn reverse_change(
    app: &App,
    actor: &Actor,
    key: i64,
    change_id: i64,
    basis: &str,
) -> Result<(), Refusal> {
    actor.permit(Action::ManageOrganisations)?;
    let basis = checked("organisation.basis", "依据", "basis", basis)?;
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    tx.lock_log().await?;
    let rows = store::list(&mut tx, key).await?;
    let known = changes_of(&rows)?;
    let own = |change: &&OrganisationChange| change.change_id == change_id && change.organisation_key == key;
    let change = known.iter().find(own).ok_or_else(|| Refusal::NotFound(change_id.to_string()))?;
    if change.is_reversed {
        return Err(Refusal::stale("该变更", "this entry"));
    }
    let row = ChangeRow {
        organisation_change_id: 0,
        organisation_key: key,
        kind: "reversed".to_owned(),
        valid_from: change.valid_from.to_string(),
        name: None,
        credit_code: None,
        // So that it is found from either side.
        other_key: rows
            .iter()
            .find(|row| row.organisation_change_id == change_id)
            .and_then(|row| row.other_key),
        reverses: Some(change_id),
        basis,
        position: None,
    };
    match store::save(&mut tx, &row).await {
        Err(StoreError::Conflict(_)) => return Err(Refusal::stale("该变更", "this entry")),
        other => other?,
    };
    let entry = NewEntry {
        kind: "organisation.change_reversed",
        subject: format!("organisation:{key}"),
        payload: json!({ "change": change_id, "basis": row.basis }),
    };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(())
}

async fn read_event(tx: &mut WriteTx, new: &NewOrganisationChange) -> Result<OrganisationEvent, Refusal> {
    match new.kind.as_str() {
        "named" => {
            Ok(OrganisationEvent::Named(checked("organisation.value", "新名称", "new name", &new.value)?))
        }
        "coded" => match CreditCode::parse(&new.value) {
            Ok(code) => Ok(OrganisationEvent::Coded(code.as_str().to_owned())),
            Err(problem) => Err(Refusal::invalid(
                "organisation.value",
                problem.message_zh(),
                "this is no valid credit code; copy it from the licence",
            )),
        },
        "merged" | "split" => {
            let other = find_organisation(tx, &new.value).await?.ok_or_else(|| {
                Refusal::invalid(
                    "organisation.value",
                    "请填写另一机构的统一社会信用代码或完整名称。",
                    "give the other organisation's credit code or full name",
                )
            })?;
            Ok(if new.kind == "merged" {
                OrganisationEvent::MergedInto(other)
            } else {
                OrganisationEvent::SplitOff(other)
            })
        }
        _ => Err(Refusal::invalid("organisation.kind", "请选择变更类型。", "choose what changed")),
    }
}

async fn check(tx: &mut WriteTx, key: i64, event: &OrganisationEvent) -> Result<(), Refusal> {
    let problem = match event {
        OrganisationEvent::MergedInto(other) => {
            let known = follow_mergers(tx, key, *other).await?;
            check_merger(&known, key, *other).err()
        }
        OrganisationEvent::SplitOff(other) if *other == key => Some(OrganisationProblem::Circle),
        _ => None,
    };
    match problem {
        None => Ok(()),
        Some(OrganisationProblem::Circle) => Err(Refusal::invalid(
            "organisation.circle",
            "机构不能并入自身，也不能由自身分立，或与已并入本机构的机构互相合并。",
            "an organisation cannot be merged into itself or spring from itself, not through others either",
        )),
        Some(OrganisationProblem::AlreadyMerged) => Err(Refusal::invalid(
            "organisation.merged_already",
            "该机构已并入另一机构。如有误，请先撤销原合并。",
            "this organisation goes on in another one already; take that merger back first",
        )),
    }
}

/// The changes of an organisation and of all in which the other one goes on.
async fn follow_mergers(tx: &mut WriteTx, key: i64, other: i64) -> Result<Vec<OrganisationChange>, Refusal> {
    let mut known = changes_of(&store::list(tx, key).await?)?;
    let mut at = Some(other);
    for _ in 0..MERGERS_FOLLOWED_MAX {
        let Some(next) = at else { break };
        let changes = changes_of(&store::list(tx, next).await?)?;
        at = merged_into(&changes, next).map(|(other, _)| other).filter(|other| *other != key);
        for change in changes {
            if !known.iter().any(|one| one.change_id == change.change_id) {
                known.push(change);
            }
        }
    }
    Ok(known)
}
