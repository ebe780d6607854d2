//! Records one contract, or the next version of one that is on record.

use std::collections::HashSet;

use serde_json::json;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::contract::Contract;
use xiaoxiang_domain::fact::{Source, Standing};
use xiaoxiang_domain::region::FIELD_KEYS;
use xiaoxiang_store::{Commit, NewEntry, Tx, WriteTx};

use super::import_report::{Consent, ImportReport};
use super::staging::{Incoming, Stage, is_attribution_changed};
use crate::actor::Actor;
use crate::app::App;
use crate::attribution::Footing;
use crate::refusal::Refusal;

/// How often a write starts again because the footing that it stood on had changed.
const ATTEMPTS_MAX: usize = 3;

/// What must be on record before a contract is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnRecord {
    /// Whatever is there.
    Anything,
    /// No contract of this number.
    Nothing,
    /// This version: whoever changes it has seen it.
    Version(i64),
}

/// A contract to be written.
#[derive(Clone, Debug)]
pub struct Recording {
    /// Registry or exchange.
    pub source: Source,
    /// The record.
    pub contract: Contract,
    /// Field keys that the record states; the others keep what is on record.
    pub stated: HashSet<String>,
    /// What must be on record.
    pub on_record: OnRecord,
}

impl Recording {
    /// A record that states every field, whatever is on record.
    #[must_use]
    pub fn whole(source: Source, contract: Contract) -> Self {
        let stated = FIELD_KEYS.iter().map(ToString::to_string).collect();
        Self { source, contract, stated, on_record: OnRecord::Anything }
    }
}

/// Writes the record as the contract's first or next version; nothing where it equals the current one.
pub async fn record_contract(
    app: &App,
    actor: &Actor,
    source: Source,
    contract: Contract,
) -> Result<Option<Commit>, Refusal> {
    record_contract_over(app, actor, &Recording::whole(source, contract)).await
}

/// The same over what must be on record; refused where something else is.
pub async fn record_contract_over(
    app: &App,
    actor: &Actor,
    recording: &Recording,
) -> Result<Option<Commit>, Refusal> {
    actor.permit(Action::ImportContracts)?;
    for _ in 0..ATTEMPTS_MAX {
        let footing = app.footing().await?;
        match record_on(app, actor, recording, &footing).await? {
            Attempt::Written(commit) => {
                app.confirm_footing(footing, commit.position).await;
                return Ok(Some(commit));
            }
            Attempt::Unchanged => return Ok(None),
            Attempt::FootingChanged => app.drop_footing().await,
        }
    }
    Err(overtaken(&recording.contract.registration_number))
}

enum Attempt {
    Written(Commit),
    Unchanged,
    FootingChanged,
}

async fn record_on(
    app: &App,
    actor: &Actor,
    recording: &Recording,
    footing: &Footing,
) -> Result<Attempt, Refusal> {
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    match write_version(app, &mut tx, recording, footing).await? {
        VersionWritten::Entry(entry) => Ok(Attempt::Written(tx.commit(actor.log_name(), [entry], []).await?)),
        VersionWritten::Unchanged => Ok(Attempt::Unchanged),
        VersionWritten::FootingChanged => Ok(Attempt::FootingChanged),
    }
}

/// What became of a version that was to be written in somebody's transaction.
pub(crate) enum VersionWritten {
    /// It is written and the log is locked; this entry belongs to the commit, as its last one.
    Entry(NewEntry),
    /// It equals what is on record.
    Unchanged,
    /// What attribution rests on has changed: drop the transaction and the footing, then begin again.
    FootingChanged,
}

/// Writes a contract's next version in a transaction that writes other things too, all under one commit.
pub(crate) async fn write_version(
    app: &App,
    tx: &mut WriteTx,
    recording: &Recording,
    footing: &Footing,
) -> Result<VersionWritten, Refusal> {
    let Recording { source, contract, stated, on_record } = recording.clone();
    let mut stage =
        Stage::new(app, footing.region.clone(), footing.basis.clone(), source, Consent::AcceptChanges);
    stage.stated = stated;
    let mut report = ImportReport::default();
    let number = contract.registration_number.clone();
    let began_at = xiaoxiang_store::log::head(tx).await?.size - 1;
    check_on_record(tx, &number, on_record).await?;
    let to_write = stage.compare_in(tx, vec![Incoming { row: 1, contract }], &mut report).await?;
    let Some((written, version)) = to_write.first().cloned() else { return Ok(VersionWritten::Unchanged) };
    // The transaction's change set may hold rows of others already.
    stage.change_set_id = Some(tx.change_set().await?);
    stage.write(tx, to_write).await?;
    let change_set_id = tx.change_set().await?;
    tx.lock_log().await?;
    if is_attribution_changed(tx, footing.position).await? {
        return Ok(VersionWritten::FootingChanged);
    }
    if !xiaoxiang_store::contract::list_overtaken(tx, change_set_id, began_at).await?.is_empty() {
        return Err(overtaken(&number));
    }
    let kind = match (version, written.standing) {
        (_, Standing::Withdrawn) => "contract.withdrawn",
        (1, Standing::Counted) => "contract.registered",
        _ => "contract.changed",
    };
    let fields: Vec<&str> = report
        .differences
        .iter()
        .flat_map(|difference| &difference.fields)
        .map(|field| field.field.as_str())
        .collect();
    let mut payload = xiaoxiang_audit::subject::content_payload(&stage.content_state());
    payload.insert("version".to_owned(), version.into());
    payload.insert("source".to_owned(), source.code().into());
    payload.insert("fields".to_owned(), json!(fields));
    let payload = serde_json::Value::Object(payload);
    Ok(VersionWritten::Entry(NewEntry { kind, subject: format!("contract:{number}"), payload }))
}

/// The contract changed while it was written.
pub(super) fn overtaken(number: &str) -> Refusal {
    Refusal::overtaken(format!("合同 {number} "), format!("contract {number}"))
}

async fn check_on_record(tx: &mut Tx, number: &String, expected: OnRecord) -> Result<(), Refusal> {
    if expected == OnRecord::Anything {
        return Ok(());
    }
    let found = xiaoxiang_store::contract::find_current(tx, std::slice::from_ref(number)).await?;
    match (expected, found.get(number)) {
        (OnRecord::Nothing, Some(_)) => Err(Refusal::invalid(
            "contract.exists",
            format!("合同 {number} 已有记录。如需更改，请读取后修改。"),
            format!("contract {number} is on record; read it and change it"),
        )),
        (OnRecord::Version(_), None) => Err(Refusal::NotFound(number.clone())),
        (OnRecord::Version(version), Some(row)) if row.version != version => {
            Err(Refusal::stale(format!("合同 {number} "), format!("contract {number}")))
        }
        _ => Ok(()),
    }
}
