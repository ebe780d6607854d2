//! Entering an organisation (登记机构) before any contract names it, so that its people can be given roles.

use serde_json::json;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::organisation::CreditCode;
use xiaoxiang_store::NewEntry;
use xiaoxiang_store::organisation::{self as store, NewOrganisation};

use crate::access::checked;
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// An organisation to be entered. Those without a credit code arise from contracts only: nothing else tells them apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewOrganisationEntry {
    /// 名称
    pub name: String,
    /// 统一社会信用代码
    pub credit_code: String,
    /// Document or reason.
    pub basis: String,
}

/// Enters an organisation and gives its key. One that is known already is refused, with what to look for.
pub async fn add_organisation(app: &App, actor: &Actor, new: &NewOrganisationEntry) -> Result<i64, Refusal> {
    actor.permit(Action::ManageOrganisations)?;
    let name = checked("organisation.name", "名称", "name", &new.name)?;
    let code = CreditCode::parse(&new.credit_code).map_err(|problem| {
        Refusal::invalid(
            "organisation.code",
            problem.message_zh(),
            "this is no valid credit code; copy it from the licence",
        )
    })?;
    let basis = checked("organisation.basis", "依据", "basis", &new.basis)?;
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    // Two who enter the same one at once: the second finds it.
    tx.lock_log().await?;
    if !store::find_by_code_or_name(&mut tx, code.as_str()).await?.is_empty() {
        return Err(Refusal::invalid(
            "organisation.known",
            "已有使用这个信用代码的机构。请在列表中按代码查找。",
            "an organisation with this code is on record; search the list by the code",
        ));
    }
    let organisation = NewOrganisation {
        organisation_id: app.new_id()?,
        identity: code.as_str().to_owned(),
        name: name.clone(),
        credit_code: Some(code.as_str().to_owned()),
    };
    let keys = store::find_or_create(&mut tx, &[organisation]).await?;
    let key = *keys.get(code.as_str()).expect("invariant: what was created has a key");
    let entry = NewEntry {
        kind: "organisation.created",
        subject: format!("organisation:{key}"),
        payload: json!({ "name": name, "credit_code": code.as_str(), "basis": basis }),
    };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(key)
}
