//! Erases the personal data of a contract (个人信息删除权, 个人信息保护法 第四十七条); proofs stay whole.

use serde_json::json;
use xiaoxiang_domain::access::Action;
use xiaoxiang_store::contract as store;
use xiaoxiang_store::{Commit, NewEntry};

use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// Deletes values and salts of all versions; the commitments in the records remain and open to nothing.
pub async fn erase_personal_data(
    app: &App,
    actor: &Actor,
    registration_number: &str,
    reason: &str,
) -> Result<Commit, Refusal> {
    actor.permit(Action::ErasePersonalData)?;
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    let versions = store::list_versions(&mut tx, registration_number).await?;
    let contract_key = versions
        .first()
        .map(|row| row.contract_key)
        .ok_or_else(|| Refusal::NotFound(registration_number.to_owned()))?;
    let erased = store::erase_personal(&mut tx, contract_key).await?;
    let entry = NewEntry {
        kind: "contract.personal_data_erased",
        subject: format!("contract:{registration_number}"),
        payload: json!({ "versions": erased, "reason": reason }),
    };
    Ok(tx.commit(actor.log_name(), [entry], []).await?)
}
