//! Records one contract, or the next version of one that is on record.

use std::collections::HashSet;

use serde_json::json;
use xiaoxiang_domain::contract::Contract;
use xiaoxiang_domain::fact::{Source, Standing};
use xiaoxiang_domain::region::FIELD_KEYS;
use xiaoxiang_store::{Commit, NewEntry};

use super::import_report::{Consent, ImportReport};
use super::staging::{Incoming, Stage, is_attribution_changed};
use crate::app::App;
use crate::refusal::Refusal;

/// Writes the record as the contract's first or next version; nothing where it equals the current one.
pub async fn record_contract(
    app: &App,
    actor: &str,
    source: Source,
    contract: Contract,
) -> Result<Option<Commit>, Refusal> {
    let stated: HashSet<String> = FIELD_KEYS.iter().map(ToString::to_string).collect();
    let mut read = app.db.read().await?;
    let region = app.region_in(&mut read).await?;
    let basis = crate::attribution::load_basis(&mut read).await?;
    let began_at = xiaoxiang_store::log::head(&mut read).await?.size - 1;
    let mut stage = Stage::new(app, region, basis, source, Consent::AcceptChanges);
    stage.stated = stated;
    let mut report = ImportReport::default();
    let number = contract.registration_number.clone();
    let to_write = stage.compare_in(&mut read, vec![Incoming { row: 1, contract }], &mut report).await?;
    drop(read);
    let Some((written, version)) = to_write.first().cloned() else { return Ok(None) };
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    stage.write(&mut tx, to_write).await?;
    let change_set_id = tx.change_set().await?;
    tx.lock_log().await?;
    let overtaken = xiaoxiang_store::contract::list_overtaken(&mut tx, change_set_id, began_at).await?;
    if !overtaken.is_empty() || is_attribution_changed(&mut tx, began_at).await? {
        return Err(Refusal::Overtaken(number));
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
    let entry =
        NewEntry { kind, subject: format!("contract:{number}"), payload: serde_json::Value::Object(payload) };
    Ok(Some(tx.commit(actor, [entry], []).await?))
}
