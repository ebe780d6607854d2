//! One lead with what its reader may see and do: of the other side no more than its own rules of disclosure give.

use std::collections::BTreeMap;

use jiff::civil::Date;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::achievement::{AchievementState, ShownForm};
use xiaoxiang_domain::demand::{DemandState, SeenDemand};
use xiaoxiang_domain::lead::{
    CloseReason, LeadObstacle, LeadParty, LeadPromise, LeadSource, LeadStage, LeadStanding, LeadStep,
    LeadStepAsk, MANAGING, OfferKind, PromiseState, PromiseUrgency, decide_lead_step, urgency_on,
};
use xiaoxiang_store::lead::{self as store, LeadRow, PromiseRow};
use xiaoxiang_store::{StoreError, Tx, organisation, person};

use super::case::{Case, title_of};
use super::list_leads::name_of;
use super::promise::may_settle;
use crate::access::read_grant;
use crate::achievement::seen_achievement;
use crate::actor::Actor;
use crate::app::App;
use crate::demand::seen_demand;
use crate::refusal::Refusal;
use crate::registration::{RegistrarChoice, is_application_seen, registrars_on};

/// Managers to choose from.
const MANAGERS_MAX: usize = 500;

/// A step that somebody may take now, or what stands in its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenLeadStep {
    /// Which.
    pub step: LeadStep,
    /// What has to be removed first.
    pub obstacle: Option<LeadObstacle>,
}

/// A step that was taken.
#[derive(Clone, Debug)]
pub struct LeadStepView {
    /// Which.
    pub step: LeadStep,
    /// Stage after it.
    pub stage: LeadStage,
    /// The day on which it happened.
    pub happened_on: String,
    /// When it was recorded.
    pub taken_at_ms: i64,
    /// As what party it was taken.
    pub party: LeadParty,
    /// Name of the person; empty where the reader is not told.
    pub name: String,
    /// Why it was given up.
    pub reason: Option<CloseReason>,
    /// Who was there.
    pub present: String,
    /// In words.
    pub note: String,
}

/// A promise.
#[derive(Clone, Debug)]
pub struct PromiseView {
    /// The record.
    pub row: PromiseRow,
    /// Whose it is to keep.
    pub whose: LeadParty,
    /// What became of it.
    pub state: PromiseState,
    /// How it stands today.
    pub urgency: PromiseUrgency,
    /// Whether the reader may say what became of it.
    pub may_settle: bool,
}

/// The demand of a lead, up to what its reader may read.
#[derive(Clone, Debug)]
pub struct LeadDemand {
    /// Id.
    pub demand_id: String,
    /// Where it stands.
    pub state: DemandState,
    /// What the reader may read.
    pub seen: SeenDemand,
    /// Whether the reader has a page of it inside.
    pub is_inside: bool,
}

/// The achievement of a lead, up to what its reader may read.
#[derive(Clone, Debug)]
pub struct LeadAchievement {
    /// Id.
    pub achievement_id: String,
    /// Where it stands.
    pub state: AchievementState,
    /// What the reader may read.
    pub shown: ShownForm,
}

/// Somebody who may look after a lead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManagerChoice {
    /// Person.
    pub person_id: String,
    /// Name.
    pub name: String,
}

/// A lead.
#[derive(Clone, Debug)]
pub struct LeadPage {
    /// The record.
    pub row: LeadRow,
    /// What it is called.
    pub title: String,
    /// Where it stands.
    pub standing: LeadStanding,
    /// As what the reader sees it.
    pub party: LeadParty,
    /// Where it came from.
    pub source: LeadSource,
    /// What the demand is joined with.
    pub offer_kind: OfferKind,
    /// The demand.
    pub demand: Option<LeadDemand>,
    /// The achievement.
    pub achievement: Option<LeadAchievement>,
    /// Name of the demand side; empty where the reader may not know it yet.
    pub demand_side: String,
    /// Unit of the offer side; empty where it is the offer itself.
    pub offer_unit: String,
    /// Name of who looks after it; empty where nobody does.
    pub manager: String,
    /// Steps so far, the latest first.
    pub steps: Vec<LeadStepView>,
    /// The day on which each stage was reached first.
    pub reached_on: [Option<Date>; 7],
    /// Promises, open ones first.
    pub promises: Vec<PromiseView>,
    /// Steps that the reader may take.
    pub open_steps: Vec<OpenLeadStep>,
    /// Whether the reader may write promises down.
    pub may_promise: bool,
    /// Who may look after it, for whoever assigns.
    pub managers: Vec<ManagerChoice>,
    /// Points that take applications today, for whoever may draft the contract.
    pub registrars: Vec<RegistrarChoice>,
    /// The application for registration, for whoever sees it.
    pub application_id: Option<String>,
    /// The legal day.
    pub today: Date,
}

/// Reads a lead that somebody sees.
pub async fn read_lead(app: &App, actor: &Actor, lead_id: &str) -> Result<LeadPage, Refusal> {
    let mut tx = app.db.read().await?;
    let (case, party) = Case::visible(&mut tx, actor, lead_id).await?;
    let today = app.today_in(&mut tx).await?;
    let row = &case.row;
    let damaged = |what: &str| StoreError::Damaged(format!("{what} of lead {lead_id}"));
    let source = LeadSource::from_code(&row.source).ok_or_else(|| damaged("source"))?;
    let offer_kind = OfferKind::from_code(&row.offer_kind).ok_or_else(|| damaged("offer"))?;
    let demand = match &row.demand_id {
        Some(demand_id) => Some(demand_of(&mut tx, actor, demand_id, today).await?),
        None => None,
    };
    let achievement = match offer_kind {
        OfferKind::Achievement => {
            let (state, shown) = seen_achievement(&mut tx, actor, &row.offer_id, today).await?;
            Some(LeadAchievement { achievement_id: row.offer_id.clone(), state, shown })
        }
        OfferKind::Profile | OfferKind::Organisation => None,
    };
    let demand_side = match &demand {
        Some(demand) => demand.seen.field("organisation_name").unwrap_or_default().to_owned(),
        None => row.demand_name.clone(),
    };
    let offer_unit = match (offer_kind, row.offer_organisation_key) {
        (OfferKind::Achievement | OfferKind::Profile, key) if key != 0 => {
            organisation::find_name(&mut tx, key).await?.map_or_else(String::new, |(name, _)| name)
        }
        _ => String::new(),
    };
    let mut names = BTreeMap::new();
    let manager = match &row.manager_id {
        Some(person_id) => name_of(&mut tx, &mut names, person_id).await?,
        None => String::new(),
    };
    let steps = steps_of(&mut tx, &case, party, &mut names).await?;
    let promises = store::list_promises(&mut tx, lead_id).await?;
    let may_handle = actor.may(Action::HandleLeads);
    let may_settle_any = |row: &PromiseRow| may_handle && may_settle(party, row);
    let promises = promises.into_iter().filter_map(|row| {
        let (whose, state) = (LeadParty::from_code(&row.whose)?, PromiseState::from_code(&row.state)?);
        let due_on = row.due_on.parse().ok()?;
        let urgency = urgency_on(&LeadPromise { whose, due_on, state }, today);
        let may_settle = state == PromiseState::Open && may_settle_any(&row);
        Some(PromiseView { row, whose, state, urgency, may_settle })
    });
    let promises = promises.collect();
    let standing = case.facts().standing();
    let open_steps = open_steps(actor, &case, party, today);
    let assigns = open_steps.iter().any(|open| open.step == LeadStep::Assign);
    let managers = if assigns { managers_on(&mut tx, today).await? } else { Vec::new() };
    let drafts = |open: &OpenLeadStep| open.step == LeadStep::DraftContract && open.obstacle.is_none();
    let registrars = if open_steps.iter().any(drafts) {
        let region = app.region_in(&mut tx).await?;
        registrars_on(&mut tx, &region.region, today)
            .await?
            .into_iter()
            .filter(|point| point.is_open)
            .collect()
    } else {
        Vec::new()
    };
    let application_id = match &row.application_id {
        Some(id) if is_application_seen(&mut tx, actor, id).await? => Some(id.clone()),
        _ => None,
    };
    let registered_on = row.registered_on.as_deref().and_then(|day| day.parse().ok());
    let registered_on = registered_on.filter(|_| standing.stage == LeadStage::Registered);
    let [lead, contact, meeting, negotiation, agreement, draft] = case.history.reached_on;
    Ok(LeadPage {
        title: title_of(row).to_owned(),
        standing,
        party,
        source,
        offer_kind,
        demand,
        achievement,
        demand_side,
        offer_unit,
        manager,
        steps,
        reached_on: [lead, contact, meeting, negotiation, agreement, draft, registered_on],
        promises,
        may_promise: may_handle && standing.is_open(),
        open_steps,
        managers,
        registrars,
        application_id,
        today,
        row: case.row,
    })
}

async fn demand_of(tx: &mut Tx, actor: &Actor, demand_id: &str, today: Date) -> Result<LeadDemand, Refusal> {
    let (state, seen, is_inside) = seen_demand(tx, actor, demand_id, today).await?;
    Ok(LeadDemand { demand_id: demand_id.to_owned(), state, seen, is_inside })
}

/// Steps, the latest first. Each side is told the other side's party, and its own people by name.
async fn steps_of(
    tx: &mut Tx,
    case: &Case,
    reader: LeadParty,
    names: &mut BTreeMap<String, String>,
) -> Result<Vec<LeadStepView>, Refusal> {
    let mut steps = Vec::with_capacity(case.steps.len());
    for row in case.steps.iter().rev() {
        let (Some(step), Some(stage), Some(party)) = (
            LeadStep::from_code(&row.step),
            LeadStage::from_code(&row.to_stage),
            LeadParty::from_code(&row.party),
        ) else {
            continue;
        };
        let is_told = reader == party || matches!(reader, LeadParty::Manager | LeadParty::Office);
        let name = match row.person_id.as_deref().filter(|_| is_told) {
            Some(person_id) => name_of(tx, names, person_id).await?,
            None => String::new(),
        };
        steps.push(LeadStepView {
            step,
            stage,
            happened_on: row.happened_on.clone(),
            taken_at_ms: row.taken_at_ms,
            party,
            name,
            reason: row.reason.as_deref().and_then(CloseReason::from_code),
            present: row.present.clone(),
            note: row.note.clone(),
        });
    }
    Ok(steps)
}

fn open_steps(actor: &Actor, case: &Case, party: LeadParty, today: Date) -> Vec<OpenLeadStep> {
    let facts = case.facts();
    let open = |step: LeadStep| {
        let action = if step == LeadStep::Assign { Action::AssignLeads } else { Action::HandleLeads };
        let reads_contracts = step != LeadStep::LinkContract || actor.may(Action::ReadContracts);
        if !actor.may(action) || !reads_contracts {
            return None;
        }
        // Reason and words come with the step; their lack is no obstacle yet.
        let ask = LeadStepAsk { step, by: party, on: today, reason: Some(CloseReason::Price), note: "…" };
        match decide_lead_step(&facts, &ask, today) {
            Ok(_) => Some(OpenLeadStep { step, obstacle: None }),
            Err(LeadObstacle::NotFromHere | LeadObstacle::NotYours) => None,
            Err(obstacle) => Some(OpenLeadStep { step, obstacle: Some(obstacle) }),
        }
    };
    LeadStep::ALL.into_iter().filter_map(open).collect()
}

/// Who may look after leads on a day.
async fn managers_on(tx: &mut Tx, today: Date) -> Result<Vec<ManagerChoice>, Refusal> {
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    for role in MANAGING {
        for row in person::list_holders(tx, role.code()).await? {
            if read_grant(&row)?.holds_on(today) && found.len() < MANAGERS_MAX {
                let name =
                    person::find(tx, &row.person_id).await?.map_or_else(String::new, |found| found.name);
                found.insert(row.person_id, name);
            }
        }
    }
    let mut managers: Vec<ManagerChoice> =
        found.into_iter().map(|(person_id, name)| ManagerChoice { person_id, name }).collect();
    managers.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(managers)
}
