//! Shows the contact data of one contract (联系人、电话), and has the log say that they were looked at.

use serde_json::json;

use super::read_contract::{ContractPage, Personal, read_contract};
use crate::actor::Actor;
use crate::app::App;
use crate::personal_data::log_viewing;
use crate::refusal::Refusal;

/// One contract with its personal data. The log has its entry before anything is shown.
pub async fn view_contacts(
    app: &App,
    actor: &Actor,
    registration_number: &str,
) -> Result<ContractPage, Refusal> {
    let page = read_contract(app, actor, registration_number, Personal::Shown).await?;
    let shown = json!({ "list": "contract", "read_as": "page" });
    log_viewing(app, actor, format!("contract:{registration_number}"), shown).await?;
    Ok(page)
}
