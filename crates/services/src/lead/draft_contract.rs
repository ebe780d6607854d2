//! Drafts the contract of a lead (拟订合同): an application for registration of the offer's unit, with both sides, name, field
//! and value filled in. The lead follows it from there on.

use std::collections::BTreeMap;

use jiff::civil::Date;
use xiaoxiang_domain::access::{Action, Role, Scope};
use xiaoxiang_domain::lead::{LeadObstacle, LeadParty, LeadStep};
use xiaoxiang_domain::money::Fen;
use xiaoxiang_domain::notice::covers;
use xiaoxiang_domain::region::Region;
use xiaoxiang_store::lead::LeadRow;
use xiaoxiang_store::{Tx, organisation, person};

use super::case::{Case, title_of};
use super::open_lead::checked_line;
use super::take_lead_step::{LeadStepRequest, permit_handling, take, write_step};
use crate::access::read_grant;
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;
use crate::registration::begin_draft;

/// Most characters of a contract's name.
pub const CONTRACT_NAME_CHARACTERS_MAX: usize = 200;

/// A draft that is wanted.
#[derive(Clone, Debug)]
pub struct ContractDraft {
    /// The revision of the lead that was seen.
    pub revision: i64,
    /// Key of the registrar at which it will be handed in.
    pub registrar_key: i64,
    /// 合同名称; empty for the demand's title.
    pub name: String,
}

/// Begins the application and gives its id.
///
/// Who the other side is stands in the draft: the two have agreed, and a contract names both.
pub async fn draft_contract(
    app: &App,
    actor: &Actor,
    lead_id: &str,
    draft: &ContractDraft,
) -> Result<String, Refusal> {
    actor.permit(Action::ReadLeads)?;
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    let (mut case, party) = Case::visible(&mut tx, actor, lead_id).await?;
    permit_handling(actor, LeadStep::DraftContract)?;
    take(&mut tx, &case, draft.revision).await?;
    let region = app.region_in(&mut tx).await?;
    let today = app.clock.today_in(&region.time_zone);
    let request = LeadStepRequest::plain(LeadStep::DraftContract, draft.revision);
    let mut entries = write_step(app, &mut tx, actor, (&mut case, party), &request, today).await?;
    let name = checked_line(&draft.name, CONTRACT_NAME_CHARACTERS_MAX)?;
    let filled = filled_in(&mut tx, &case.row, &region.region, &name).await?;
    let seller_key = case.row.offer_organisation_key;
    let applicant = applicant_of(&mut tx, actor, party, seller_key, today).await?;
    let application_id =
        begin_draft(app, &mut tx, [draft.registrar_key, seller_key], &applicant, filled).await?;
    case.row.application_id = Some(application_id.clone());
    xiaoxiang_store::lead::update(&mut tx, &case.row).await?;
    for entry in &mut entries {
        if entry.kind == "lead.step_taken" {
            entry.payload["application_id"] = application_id.clone().into();
        }
    }
    tx.commit(actor.log_name(), entries, []).await?;
    Ok(application_id)
}

/// What the lead knows of the contract, by the keys of the application form.
async fn filled_in(
    tx: &mut Tx,
    row: &LeadRow,
    region: &Region,
    name: &str,
) -> Result<BTreeMap<String, String>, Refusal> {
    let mut filled = BTreeMap::new();
    let mut fill = |key: &str, text: String| {
        if !text.is_empty() {
            filled.insert(key.to_owned(), text);
        }
    };
    fill("project_name", if name.is_empty() { title_of(row).to_owned() } else { name.to_owned() });
    let field = region.codes("technical_field").and_then(|list| list.by_code(&row.field));
    fill("field", field.map_or_else(String::new, |field| field.name.clone()));
    fill("contract_value", row.signed_fen.map_or_else(String::new, |value| Fen(value).yuan()));
    fill("signed_on", row.agreement_on.clone().unwrap_or_default());
    fill("seller_division", row.offer_division.clone());
    let buyer = match row.demand_organisation_key {
        0 => None,
        key => organisation::find_name(tx, key).await?,
    };
    match buyer {
        Some((name, credit_code)) => {
            fill("buyer_name", name);
            fill("buyer_credit_code", credit_code.unwrap_or_default());
        }
        None => fill("buyer_name", row.demand_name.clone()),
    }
    fill("buyer_division", row.division.clone());
    Ok(filled)
}

/// Who applies: whoever drafts for their own unit, or somebody who acts for it.
async fn applicant_of(
    tx: &mut Tx,
    actor: &Actor,
    party: LeadParty,
    seller_key: i64,
    today: Date,
) -> Result<String, Refusal> {
    if let (LeadParty::Offer, Some(person_id), true) = (party, actor.person_id(), actor.may(Action::Apply)) {
        return Ok(person_id.to_owned());
    }
    for role in [Role::TransferOffice, Role::OrganisationAgent] {
        for row in person::list_holders(tx, role.code()).await? {
            let grant = read_grant(&row)?;
            if grant.holds_on(today) && covers(grant.scope, Scope::Organisation(seller_key)) {
                return Ok(row.person_id);
            }
        }
    }
    let (zh, en) = LeadObstacle::NoSeller.words();
    Err(Refusal::invalid(LeadObstacle::NoSeller.code(), format!("{zh}。"), en))
}
