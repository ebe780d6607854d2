//! Withdraws a contract (注销、撤销): it leaves every current figure from then on; what was published stays until corrected.

use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::fact::{Source, Standing};
use xiaoxiang_store::{Commit, StoreError};

use super::record_contract::{OnRecord, Recording, overtaken, record_contract_over};
use super::staging::contract_of;
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// Writes the next version of a contract, withdrawn; refused where it is not on record in this version.
pub async fn withdraw_contract(
    app: &App,
    actor: &Actor,
    registration_number: &str,
    version: i64,
) -> Result<Commit, Refusal> {
    actor.permit(Action::ImportContracts)?;
    let number = registration_number.to_owned();
    let mut tx = app.db.read().await?;
    let found = xiaoxiang_store::contract::find_current(&mut tx, std::slice::from_ref(&number)).await?;
    drop(tx);
    let row = found.get(&number).ok_or_else(|| Refusal::NotFound(number.clone()))?;
    let mut contract = contract_of(row)?;
    if contract.standing == Standing::Withdrawn {
        return Err(Refusal::invalid(
            "contract.withdrawn",
            format!("合同 {number} 已经注销。"),
            format!("contract {number} was withdrawn before"),
        ));
    }
    contract.standing = Standing::Withdrawn;
    let source = Source::from_code(&row.source).ok_or_else(|| StoreError::Damaged("source".to_owned()))?;
    let recording = Recording { on_record: OnRecord::Version(version), ..Recording::whole(source, contract) };
    // Another standing is another content, so a version is written.
    record_contract_over(app, actor, &recording).await?.ok_or_else(|| overtaken(&number))
}
