//! A lead with what decides about it, and who may see it.

use jiff::civil::Date;
use xiaoxiang_domain::access::{Action, Role};
use xiaoxiang_domain::contract::procedure::ApplicationState;
use xiaoxiang_domain::lead::{
    ContractStanding, LeadCase, LeadHistory, LeadParty, LeadReader, LeadSides, LeadStage, LeadStanding,
    LeadStep, MANAGING, TakenLeadStep, party_of, standing_of,
};
use xiaoxiang_domain::region::DivisionCode;
use xiaoxiang_store::lead::{self as store, LeadRow, LeadStepRow};
use xiaoxiang_store::{StoreError, Tx, person};

use crate::access::read_grant;
use crate::actor::Actor;
use crate::refusal::Refusal;

/// A lead as it is on record.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub row: LeadRow,
    pub history: LeadHistory,
    pub opened_on: Date,
    pub steps: Vec<LeadStepRow>,
}

impl Case {
    /// One lead, whoever asks.
    pub async fn load(tx: &mut Tx, lead_id: &str) -> Result<Self, Refusal> {
        let row = store::find(tx, lead_id).await?;
        let row = row.ok_or_else(|| Refusal::NotFound(lead_id.to_owned()))?;
        let steps = store::list_steps(tx, lead_id).await?;
        let damaged = |what: &str| StoreError::Damaged(format!("{what} of lead {lead_id}"));
        let opened_on: Date = row.opened_on.parse().map_err(|_| damaged("first day"))?;
        let taken = |step: &LeadStepRow| {
            let (kind, on) = (LeadStep::from_code(&step.step), step.happened_on.parse());
            kind.zip(on.ok()).map(|(step, on)| TakenLeadStep { step, on }).ok_or_else(|| damaged("step"))
        };
        let taken = steps.iter().map(taken).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { history: LeadHistory::of(opened_on, &taken), opened_on, row, steps })
    }

    /// One lead that somebody sees, and as what; others are not found.
    pub async fn visible(tx: &mut Tx, actor: &Actor, lead_id: &str) -> Result<(Self, LeadParty), Refusal> {
        let scope = actor.permit(Action::ReadLeads)?;
        let case = Self::load(tx, lead_id).await?;
        let reader = LeadReader { role: actor.role(), scope, person_id: actor.person_id() };
        match party_of(&sides_of(&case.row), reader) {
            Some(party) => Ok((case, party)),
            None => Err(Refusal::NotFound(lead_id.to_owned())),
        }
    }

    /// What the procedure knows of it.
    pub fn facts(&self) -> LeadCase {
        let draft = self.row.application_state.as_deref().and_then(ApplicationState::from_code);
        LeadCase {
            history: self.history,
            opened_on: self.opened_on,
            contract: contract_of(&self.row),
            has_live_draft: draft.is_some_and(|state| !state.is_final()),
            has_seller: self.row.offer_organisation_key != 0,
        }
    }
}

/// What the record says of a lead's contract.
pub(super) fn contract_of(row: &LeadRow) -> ContractStanding {
    match row.contract_standing.as_deref() {
        Some("counted") => ContractStanding::Counted,
        Some(_) => ContractStanding::Withdrawn,
        None => ContractStanding::None,
    }
}

/// Where a lead stands, as its row says.
pub(super) fn standing(row: &LeadRow) -> Result<LeadStanding, StoreError> {
    let stage = LeadStage::from_code(&row.stage);
    let stage = stage.ok_or_else(|| StoreError::Damaged(format!("stage of lead {}", row.lead_id)))?;
    Ok(standing_of(stage, row.is_closed, contract_of(row)))
}

/// Who a lead joins and who looks after it.
pub(super) fn sides_of(row: &LeadRow) -> LeadSides {
    let key = |key: i64| Some(key).filter(|key| *key != 0);
    let person = |person: &str| Some(person.to_owned()).filter(|person| !person.is_empty());
    LeadSides {
        demand_organisation: key(row.demand_organisation_key),
        demand_person: person(&row.demand_person_id),
        offer_organisation: key(row.offer_organisation_key),
        offer_person: person(&row.offer_person_id),
        manager: row.manager_id.clone(),
        divisions: [&row.division, &row.offer_division]
            .into_iter()
            .filter_map(|code| DivisionCode::parse(code))
            .collect(),
    }
}

/// What a lead is called: by its demand, or by what is offered. Both are public.
pub(super) fn title_of(row: &LeadRow) -> &str {
    if row.demand_title.is_empty() { &row.offer_name } else { &row.demand_title }
}

/// Whether somebody holds a role today in which leads are looked after.
pub(super) async fn is_managing(tx: &mut Tx, person_id: &str, today: Date) -> Result<bool, Refusal> {
    let Some(found) = person::find(tx, person_id).await?.filter(|found| !found.is_disabled) else {
        return Ok(false);
    };
    for row in person::list_grants(tx, &found.person_id).await? {
        let is_role = Role::from_code(&row.role).is_some_and(|role| MANAGING.contains(&role));
        if is_role && row.withdrawn_at_ms.is_none() && read_grant(&row)?.holds_on(today) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// There is nobody of this id who looks after leads.
pub(super) fn no_manager() -> Refusal {
    Refusal::invalid(
        "lead.manager",
        "没有这位技术经理人。请从列表中选择。",
        "there is no such technology manager; choose one from the list",
    )
}
