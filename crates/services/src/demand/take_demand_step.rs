//! Takes a step with a demand (办理): decides, writes version and step, tells the people concerned.

use jiff::Span;
use jiff::civil::Date;
use serde_json::json;
use xiaoxiang_domain::access::{Action, Scope};
use xiaoxiang_domain::demand::{
    CheckedDemand, DemandKind, DemandState, DemandStep, Enterer, check_demand, decide_demand_step,
};
use xiaoxiang_domain::market::{clean_text, write_modes};
use xiaoxiang_domain::region::Region;
use xiaoxiang_store::demand::{self as store, DemandStepRow, VersionRow};
use xiaoxiang_store::organisation::{NewOrganisation, find_or_create};
use xiaoxiang_store::{NewEntry, WriteTx};

use super::case::{Case, personal_of, stale, text_of};
use super::notify_demand::notify_step;
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// Most characters of what is said with a step.
pub const WORDS_CHARACTERS_MAX: usize = 2_000;
/// Most reasons of a step.
pub const REASONS_MAX: usize = 20;
/// Most characters of a contract number.
const NUMBER_CHARACTERS_MAX: usize = 40;

/// A step that somebody wants to take.
#[derive(Clone, Debug)]
pub struct DemandStepRequest {
    /// Which.
    pub step: DemandStep,
    /// The revision that was seen.
    pub revision: i64,
    /// Codes of reasons, of a return.
    pub reason_codes: Vec<String>,
    /// What is said with it.
    pub words: String,
    /// Code of the technical field, of a sorting.
    pub field: String,
    /// 合同登记编号, of a contract.
    pub contract_number: String,
}

impl DemandStepRequest {
    /// A step without anything said.
    #[must_use]
    pub fn plain(step: DemandStep, revision: i64) -> Self {
        Self {
            step,
            revision,
            reason_codes: Vec::new(),
            words: String::new(),
            field: String::new(),
            contract_number: String::new(),
        }
    }
}

/// Takes the step and gives the new revision.
pub async fn take_demand_step(
    app: &App,
    actor: &Actor,
    demand_id: &str,
    request: &DemandStepRequest,
) -> Result<i64, Refusal> {
    actor.permit(Action::ReadDemands)?;
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    let mut case = Case::visible(&mut tx, actor, demand_id).await?;
    let has_own_way = matches!(
        request.step,
        DemandStep::Publish
            | DemandStep::Expire
            | DemandStep::Merge
            | DemandStep::Divide
            | DemandStep::InviteExperts
    );
    if has_own_way {
        return Err(Refusal::invalid(
            "demand.step.own_way",
            "这一步在清单、合并或专家筛选中办理。",
            "this step is part of a list, a merger or a screening",
        ));
    }
    if !case.may_take(actor, request.step) {
        return Err(Refusal::Forbidden(Case::action_of(request.step)));
    }
    if case.row.revision != request.revision || !store::take(&mut tx, demand_id, request.revision).await? {
        return Err(stale(&case));
    }
    let region = app.region_in(&mut tx).await?;
    let today = app.clock.today_in(&region.time_zone);
    let region = &region.region;
    let words = checked_words(request, region)?;
    let facts = case.facts(region);
    let enterer = case.enterer(actor);
    let outcome = decide_demand_step(&facts, request.step, enterer, &words).map_err(|obstacle| {
        let (zh, en) = obstacle.words();
        Refusal::invalid(obstacle.code(), format!("{zh}。"), en)
    })?;
    if request.step == DemandStep::Renew && enterer == Enterer::Other && !is_fresh(&case, today) {
        return Err(Refusal::invalid(
            "demand.not_confirmed",
            "续期前请电话核实并记录，或请企业确认。",
            "call and record it before renewing, or let the company confirm",
        ));
    }
    let from = case.state;
    case.state = outcome.state;
    case.row.verified = outcome.verified.map(|way| way.code().to_owned());
    if request.step == DemandStep::Submit {
        hand_in(app, &mut tx, actor, &mut case, region, today).await?;
    }
    let is_confirmed = matches!(request.step, DemandStep::Confirm | DemandStep::Renew)
        || (request.step == DemandStep::Submit && enterer == Enterer::Company);
    if is_confirmed && enterer == Enterer::Company {
        confirm(&mut case, region, today);
    }
    match request.step {
        DemandStep::Sort if !request.field.is_empty() => {
            let known = region.codes("technical_field").and_then(|list| list.by_code(&request.field));
            let code = known.ok_or_else(|| {
                Refusal::invalid(
                    "demand.field",
                    "请从列表选择技术领域。",
                    "choose the technical field from the list",
                )
            })?;
            case.row.field.clone_from(&code.code);
        }
        DemandStep::Select | DemandStep::Renew => {
            let days = Span::new().days(i64::from(region.demand_rules().valid_days));
            case.row.valid_until = today.checked_add(days).ok().map(|day| day.to_string());
            // A common demand has no company of its own that confirms it.
            if case.row.reconfirm_due.is_none() && case.kind == DemandKind::Enterprise {
                confirm(&mut case, region, today);
            }
        }
        DemandStep::Contract => {
            let number = request.contract_number.trim();
            if number.chars().count() > NUMBER_CHARACTERS_MAX {
                return Err(Refusal::invalid(
                    "demand.contract_number",
                    "合同登记编号过长，请核对。",
                    "the registration number is too long; check it",
                ));
            }
            case.row.contract_number = Some(number.to_owned()).filter(|number| !number.is_empty());
        }
        _ => {}
    }
    write_step(app, &mut tx, actor, &mut case, (request.step, from, today), &request.reason_codes, &words)
        .await?;
    let payload = json!({
        "step": request.step.code(),
        "from": from.code(),
        "to": case.state.code(),
        "version": case.row.version,
        "reason_codes": request.reason_codes,
    });
    notify_step(app, &mut tx, actor, &case, request.step).await?;
    let entry = NewEntry { kind: "demand.step_taken", subject: format!("demand:{demand_id}"), payload };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(request.revision + 1)
}

/// Writes a step and the row as it is after it; the caller commits with the entry.
pub(super) async fn write_step(
    app: &App,
    tx: &mut WriteTx,
    actor: &Actor,
    case: &mut Case,
    (step, from, today): (DemandStep, DemandState, Date),
    reason_codes: &[String],
    words: &str,
) -> Result<(), Refusal> {
    let now_ms = app.clock.now_ms();
    let row = DemandStepRow {
        serial: case.steps.last().map_or(1, |last| last.serial + 1),
        step: step.code().to_owned(),
        from_state: from.code().to_owned(),
        to_state: case.state.code().to_owned(),
        actor: actor.log_name().to_owned(),
        person_id: actor.person_id().map(str::to_owned),
        role: actor.role().map(|role| role.code().to_owned()),
        taken_on: today.to_string(),
        taken_at_ms: now_ms,
        reason_codes: json!(reason_codes).to_string(),
        words: words.to_owned(),
    };
    store::add_step(tx, &case.row.demand_id, &row).await?;
    case.steps.push(row);
    case.row.state = case.state.code().to_owned();
    case.row.kind = case.kind.code().to_owned();
    case.row.changed_at_ms = now_ms;
    case.row.position = tx.next_position().await?;
    if case.state == DemandState::Published && case.row.published_at_ms.is_none() {
        case.row.published_at_ms = Some(now_ms);
    }
    store::update(tx, &case.row).await?;
    Ok(())
}

/// Checks the whole form and makes its next version; the company is entered where it is not on record.
pub(super) async fn hand_in(
    app: &App,
    tx: &mut WriteTx,
    actor: &Actor,
    case: &mut Case,
    region: &Region,
    today: Date,
) -> Result<CheckedDemand, Refusal> {
    let personal = personal_of(tx, &case.row.demand_id).await?;
    let whole = case.form.clone().with_personal(personal);
    let checked = check_demand(&whole, region, today).map_err(Refusal::Fields)?;
    if let Some(scope @ Scope::Division(_)) = actor.extent(Action::EnterDemands)
        && !scope.has_division(checked.division)
    {
        return Err(Refusal::invalid(
            "demand.outside",
            "企业不在您的管辖范围内，请由所在地填报。",
            "the company lies outside your area; its own county enters the demand",
        ));
    }
    if case.row.organisation_key == 0 && case.kind == DemandKind::Enterprise {
        case.row.organisation_key = organisation_key(app, tx, &checked).await?;
    }
    let now_ms = app.clock.now_ms();
    let salt = app.random_32()?;
    case.row.version += 1;
    case.row.division = checked.division.to_string();
    case.row.field.clone_from(&checked.field);
    case.row.modes = write_modes(&checked.modes);
    case.row.budget_fen = checked.budget.amount().map(|amount| amount.0);
    case.row.deadline = checked.deadline.map(|day| day.to_string());
    case.row.submitted_at_ms.get_or_insert(now_ms);
    case.row.confirmed_on = None;
    case.row.reconfirm_due = None;
    let version = VersionRow {
        version: case.row.version,
        form: text_of(&case.form),
        form_commitment: xiaoxiang_audit::commit(&salt, "form", &text_of(&whole)),
        written_by: actor.log_name().to_owned(),
        written_at_ms: now_ms,
    };
    store::add_version(tx, &case.row.demand_id, &version).await?;
    Ok(checked)
}

async fn organisation_key(app: &App, tx: &mut WriteTx, checked: &CheckedDemand) -> Result<i64, Refusal> {
    let name = &checked.organisation_name;
    let code = checked.credit_code.clone();
    let found =
        xiaoxiang_store::organisation::find_keys(tx, code.as_deref().unwrap_or_default(), name).await?;
    if let Some(key) = found.first() {
        return Ok(*key);
    }
    let identity = code.clone().unwrap_or_else(|| format!("name:{name}"));
    let new = NewOrganisation {
        organisation_id: app.new_id()?,
        identity: identity.clone(),
        name: name.clone(),
        credit_code: code,
    };
    let made = find_or_create(tx, &[new]).await?;
    Ok(made.get(&identity).copied().unwrap_or_default())
}

/// The company stands behind the demand from today on, for as long as region data say.
pub(super) fn confirm(case: &mut Case, region: &Region, today: Date) {
    let days = Span::new().days(i64::from(region.demand_rules().reconfirm_days));
    case.row.confirmed_on = Some(today.to_string());
    case.row.reconfirm_due = today.checked_add(days).ok().map(|day| day.to_string());
}

fn is_fresh(case: &Case, today: Date) -> bool {
    let due = case.row.reconfirm_due.as_deref().and_then(|day| day.parse::<Date>().ok());
    due.is_some_and(|due| due >= today)
}

fn checked_words(request: &DemandStepRequest, region: &Region) -> Result<String, Refusal> {
    let words = clean_text(&request.words, WORDS_CHARACTERS_MAX);
    let known = &region.demand_rules().return_reasons;
    let unknown = request.reason_codes.iter().find(|code| !known.iter().any(|reason| reason.code == **code));
    let (Ok(mut words), true) = (words, request.reason_codes.len() <= REASONS_MAX) else {
        return Err(Refusal::invalid(
            "demand.words",
            format!("说明不超过 {WORDS_CHARACTERS_MAX} 字，理由不超过 {REASONS_MAX} 条。"),
            format!("at most {WORDS_CHARACTERS_MAX} characters of words and {REASONS_MAX} reasons"),
        ));
    };
    if let Some(unknown) = unknown {
        return Err(Refusal::invalid(
            "demand.reason.unknown",
            format!("没有理由代码“{unknown}”。请从列表中选择。"),
            format!("there is no reason `{unknown}`; choose from the list"),
        ));
    }
    if words.is_empty() && !request.reason_codes.is_empty() {
        // Ticked reasons are words too.
        let named = known.iter().filter(|reason| request.reason_codes.contains(&reason.code));
        words = named.map(|reason| reason.name.as_str()).collect::<Vec<_>>().join("；");
    }
    Ok(words)
}
