//! Takes a step with a lead (推进、终止线索): dated by the day on which it happened, told to the others.

use jiff::civil::Date;
use serde_json::json;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::demand::DemandStep;
use xiaoxiang_domain::lead::{
    CloseReason, ContractStanding, LeadObstacle, LeadParty, LeadStage, LeadStep, LeadStepAsk,
    decide_lead_step,
};
use xiaoxiang_domain::money::Fen;
use xiaoxiang_domain::notice::{NamedValue, NoticeKind};
use xiaoxiang_store::lead::{self as store, LeadStepRow};
use xiaoxiang_store::{NewEntry, WriteTx};

use super::case::{Case, is_managing, no_manager, title_of};
use super::follow_registration::contracted;
use super::notify_lead::{everybody, people_of, tell};
use super::open_lead::{checked_line, checked_note};
use crate::actor::Actor;
use crate::app::App;
use crate::contract::visible_facts;
use crate::demand::advance_demand;
use crate::refusal::Refusal;

/// Most characters of who was there.
pub const PRESENT_CHARACTERS_MAX: usize = 200;
/// Most characters of a contract number.
const NUMBER_CHARACTERS_MAX: usize = 40;

/// A step that somebody wants to take.
#[derive(Clone, Debug)]
pub struct LeadStepRequest {
    /// Which.
    pub step: LeadStep,
    /// The revision that was seen.
    pub revision: i64,
    /// The day on which it happened; none for today.
    pub happened_on: Option<Date>,
    /// Who was there.
    pub present: String,
    /// In words, read by both sides.
    pub note: String,
    /// Why it is given up.
    pub reason: Option<CloseReason>,
    /// 意向金额, of an agreement.
    pub signed: Option<Fen>,
    /// Person who looks after it from now on, of an assignment.
    pub manager: Option<String>,
    /// 合同登记编号, of a contract that was registered otherwise.
    pub contract_number: String,
}

impl LeadStepRequest {
    /// A step of today without anything said.
    #[must_use]
    pub const fn plain(step: LeadStep, revision: i64) -> Self {
        Self {
            step,
            revision,
            happened_on: None,
            present: String::new(),
            note: String::new(),
            reason: None,
            signed: None,
            manager: None,
            contract_number: String::new(),
        }
    }
}

/// Takes the step and gives the new revision.
pub async fn take_lead_step(
    app: &App,
    actor: &Actor,
    lead_id: &str,
    request: &LeadStepRequest,
) -> Result<i64, Refusal> {
    actor.permit(Action::ReadLeads)?;
    if request.step == LeadStep::DraftContract {
        return Err(Refusal::invalid(
            "lead.step.own_way",
            "拟订合同请用“建立登记申请”。",
            "a contract is drafted by an application for registration",
        ));
    }
    let number = linked_number(app, actor, request).await?;
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    let (mut case, party) = Case::visible(&mut tx, actor, lead_id).await?;
    permit_handling(actor, request.step)?;
    take(&mut tx, &case, request.revision).await?;
    let today = app.today_in(&mut tx).await?;
    if request.step == LeadStep::Assign {
        let manager = request.manager.clone().ok_or_else(no_manager)?;
        if !is_managing(&mut tx, &manager, today).await? {
            return Err(no_manager());
        }
        case.row.manager_id = Some(manager);
    }
    if request.step == LeadStep::Agree && request.signed.is_some() {
        case.row.signed_fen = request.signed.map(|value| value.0);
    }
    if request.step == LeadStep::LinkContract {
        case.row.contract_number = Some(number.clone());
    }
    let mut entries = write_step(app, &mut tx, actor, (&mut case, party), request, today).await?;
    if request.step == LeadStep::LinkContract {
        let linked = Case::load(&mut tx, lead_id).await?;
        if linked.facts().contract == ContractStanding::Counted {
            entries.extend(contracted(app, &mut tx, actor, &linked, &number).await?);
        }
    }
    tx.commit(actor.log_name(), entries, []).await?;
    Ok(request.revision + 1)
}

/// What one sees but may not work on is forbidden.
pub(super) fn permit_handling(actor: &Actor, step: LeadStep) -> Result<(), Refusal> {
    let action = if step == LeadStep::Assign { Action::AssignLeads } else { Action::HandleLeads };
    actor.permit(action).map(|_| ())
}

/// Takes the lead for writing, over the revision that was seen.
pub(super) async fn take(tx: &mut WriteTx, case: &Case, revision: i64) -> Result<(), Refusal> {
    if case.row.revision == revision && store::take(tx, &case.row.lead_id, revision).await? {
        return Ok(());
    }
    let (title, standing) = (title_of(&case.row), case.facts().standing());
    let (state, state_en) = if standing.is_closed {
        ("已终止", "closed")
    } else {
        (standing.stage.label(), standing.stage.label_en())
    };
    Err(Refusal::stale(
        format!("“{title}”的对接（现为“{state}”）"),
        format!("the lead {title} (now: {state_en})"),
    ))
}

/// Decides the step, writes it with the row as it is after it, and tells the others; the caller commits with the entries.
pub(super) async fn write_step(
    app: &App,
    tx: &mut WriteTx,
    actor: &Actor,
    (case, party): (&mut Case, LeadParty),
    request: &LeadStepRequest,
    today: Date,
) -> Result<Vec<NewEntry>, Refusal> {
    let now_ms = app.clock.now_ms();
    let note = checked_note(&request.note)?;
    let on = request.happened_on.unwrap_or(today);
    let ask = LeadStepAsk { step: request.step, by: party, on, reason: request.reason, note: &note };
    let moved =
        decide_lead_step(&case.facts(), &ask, today).map_err(|obstacle| refused(request.step, obstacle))?;
    let from = std::mem::replace(&mut case.history, moved.history).stage;
    let to = case.history.stage;
    let step = LeadStepRow {
        serial: case.steps.last().map_or(1, |last| last.serial + 1),
        step: request.step.code().to_owned(),
        from_stage: from.code().to_owned(),
        to_stage: to.code().to_owned(),
        happened_on: on.to_string(),
        party: party.code().to_owned(),
        actor: actor.log_name().to_owned(),
        person_id: actor.person_id().map(str::to_owned),
        reason: request
            .reason
            .filter(|_| request.step == LeadStep::Close)
            .map(|reason| reason.code().to_owned()),
        present: checked_line(&request.present, PRESENT_CHARACTERS_MAX)?,
        note,
        taken_at_ms: now_ms,
    };
    settle(case, &step);
    case.row.changed_at_ms = now_ms;
    store::add_step(tx, &case.row.lead_id, &step).await?;
    store::update(tx, &case.row).await?;
    let payload = json!({
        "step": step.step,
        "from": step.from_stage,
        "to": step.to_stage,
        "happened_on": step.happened_on,
        "reason": step.reason,
    });
    let mut entries =
        vec![NewEntry { kind: "lead.step_taken", subject: format!("lead:{}", case.row.lead_id), payload }];
    tell_step(app, tx, actor, case, request, &step).await?;
    case.steps.push(step);
    if from == LeadStage::Lead
        && to > from
        && let Some(demand_id) = case.row.demand_id.clone()
    {
        // Somebody has come forward, as the lists and the company see.
        entries.extend(advance_demand(app, tx, actor, &demand_id, (DemandStep::Match, None)).await?);
    }
    Ok(entries)
}

/// Puts what the history says beside the lead, for lists and the funnel.
fn settle(case: &mut Case, step: &LeadStepRow) {
    let history = &case.history;
    let day = |stage: LeadStage| history.reached_on[stage.place()].map(|day| day.to_string());
    let row = &mut case.row;
    row.stage = history.stage.code().to_owned();
    row.is_closed = history.is_closed;
    row.contact_on = day(LeadStage::Contact);
    row.meeting_on = day(LeadStage::Meeting);
    row.negotiation_on = day(LeadStage::Negotiation);
    row.agreement_on = day(LeadStage::Agreement);
    row.draft_on = day(LeadStage::ContractDraft);
    row.moved_on = history.moved_on.to_string();
    row.closed_on = Some(step.happened_on.clone()).filter(|_| history.is_closed);
    row.close_reason = step.reason.clone().filter(|_| history.is_closed);
}

async fn tell_step(
    app: &App,
    tx: &mut WriteTx,
    actor: &Actor,
    case: &Case,
    request: &LeadStepRequest,
    step: &LeadStepRow,
) -> Result<(), Refusal> {
    let stage = case.history.stage;
    let (kind, values, whom) = match (request.step, request.reason) {
        (LeadStep::Assign, _) => {
            (NoticeKind::LeadAssigned, Vec::new(), people_of(&case.row, LeadParty::Manager))
        }
        (LeadStep::Close, Some(reason)) => {
            let reason = NamedValue::new("reason", reason.label(), reason.label_en());
            (NoticeKind::LeadClosed, vec![reason], everybody(&case.row))
        }
        _ => {
            let stage = NamedValue::new("stage", stage.label(), stage.label_en());
            (NoticeKind::LeadAdvanced, vec![stage], everybody(&case.row))
        }
    };
    let occasion = step.serial.to_string();
    tell(app, tx, Some(actor), &case.row, (kind, &occasion), values, &whom).await
}

/// The number of a contract that the reader may see: nobody learns of contracts by linking them.
async fn linked_number(app: &App, actor: &Actor, request: &LeadStepRequest) -> Result<String, Refusal> {
    if request.step != LeadStep::LinkContract {
        return Ok(String::new());
    }
    let number = checked_line(&request.contract_number, NUMBER_CHARACTERS_MAX)?;
    let unknown = || {
        Refusal::invalid(
            "lead.contract_number",
            "没有这个登记编号的合同，或不在您可查看的范围内，请核对。",
            "there is no contract of this number that you may see; check it",
        )
    };
    if number.is_empty() {
        return Err(unknown());
    }
    match visible_facts(app, actor, &number).await {
        Ok(_) => Ok(number),
        Err(Refusal::NotFound(_) | Refusal::Forbidden(_)) => Err(unknown()),
        Err(refusal) => Err(refusal),
    }
}

fn refused(step: LeadStep, obstacle: LeadObstacle) -> Refusal {
    if obstacle == LeadObstacle::NotYours {
        let action = if step == LeadStep::Assign { Action::AssignLeads } else { Action::HandleLeads };
        return Refusal::Forbidden(action);
    }
    let (zh, en) = obstacle.words();
    Refusal::invalid(obstacle.code(), format!("{zh}。"), en)
}
