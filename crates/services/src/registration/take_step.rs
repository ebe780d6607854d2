//! Takes a step of the procedure (办理): hand in, accept, return, review, decide, change, cancel, revoke.
//!
//! One entry for all of them: seen → permitted → revision → reasons → form → decided by the pure procedure → written with
//! its log entry, and the contract's version in the same commit where the step makes one.

use jiff::civil::Date;
use serde_json::{Value, json};
use xiaoxiang_domain::contract::Contract;
use xiaoxiang_domain::contract::application::{
    ApplicationForm, CheckedApplication, Occasion, WrittenCostItem, worked_value,
};
use xiaoxiang_domain::contract::procedure::{
    ApplicationState, Due, Outcome, Step, StepAsk, TakenStep, decide_step, history_of,
};
use xiaoxiang_domain::money::Fen;
use xiaoxiang_domain::region::{CodedReason, Region};
use xiaoxiang_store::inspection::{ActRow, InspectionRow};
use xiaoxiang_store::registration::{self as store, RequestRow, StepRow};
use xiaoxiang_store::{Commit, NewEntry, StoreError, Tx, WriteTx};

use super::case::{Case, Rules, action_of, officer_of};
use super::check_form::{Handing, check_form};
use super::national_result::{match_key, named_result, number_taken};
use super::notify_step::notify_step;
use super::numbers::{Series, next_number};
use super::point::takes_applications;
use super::request_change::RequestKind;
use super::start_application::text_of;
use super::write_contract::{Effect, write_effect};
use crate::actor::Actor;
use crate::app::App;
use crate::attribution::Footing;
use crate::contract::VersionWritten;
use crate::lead::follow_registration;
use crate::refusal::Refusal;

/// How often a step starts again because the footing that its contract stood on had changed.
const ATTEMPTS_MAX: usize = 3;
/// Most characters of the words of a step.
pub(super) const WORDS_CHARACTERS_MAX: usize = 2_000;
/// Most coded reasons of one step.
const REASONS_MAX: usize = 20;
/// What an expert may come to.
const OPINIONS: [&str; 2] = ["agree", "disagree"];

/// A step that somebody wants to take.
#[derive(Clone, Debug)]
pub struct StepRequest {
    /// Which.
    pub step: Step,
    /// The revision that was seen.
    pub revision: i64,
    /// Coded reasons: of a correction, a refusal or a revocation; `agree` or `disagree` of an expert.
    pub reason_codes: Vec<String>,
    /// In words.
    pub words: String,
    /// The costs as the reviewer approves them; none takes those of the form, or those of the first review.
    pub cost_items: Option<Vec<WrittenCostItem>>,
    /// The form as it becomes, of a change.
    pub form: Option<ApplicationForm>,
    /// 登记编号 of the national system, where an import brought the contract and did not recognise it.
    pub registration_number: Option<String>,
    /// The open request that the step decides: of a change, a cancellation, or a refusal that is reopened.
    pub request_id: Option<String>,
}

impl StepRequest {
    /// A step that needs nothing but the revision that was seen.
    #[must_use]
    pub const fn plain(step: Step, revision: i64) -> Self {
        Self {
            step,
            revision,
            reason_codes: Vec::new(),
            words: String::new(),
            cost_items: None,
            form: None,
            registration_number: None,
            request_id: None,
        }
    }
}

/// A step that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepDone {
    /// The new revision.
    pub revision: i64,
    /// Where the application stands.
    pub state: ApplicationState,
    /// Position in the log.
    pub position: i64,
}

/// Takes a step, or says everything that stands in its way.
pub async fn take_step(
    app: &App,
    actor: &Actor,
    application_id: &str,
    request: &StepRequest,
) -> Result<StepDone, Refusal> {
    take_step_beside(app, actor, application_id, request, None).await
}

/// What an inspection writes in the commit of the step that it leads to.
pub(super) struct Beside<'a> {
    /// As it becomes.
    pub inspection: &'a InspectionRow,
    /// The revision that was seen.
    pub revision: i64,
    /// What is done in it.
    pub act: &'a ActRow,
    /// Its log entry.
    pub entry: NewEntry,
}

impl Beside<'_> {
    /// Writes it; false where the inspection has changed meanwhile.
    pub async fn write(&self, tx: &mut WriteTx) -> Result<bool, Refusal> {
        if !xiaoxiang_store::inspection::advance(tx, self.inspection, self.revision).await? {
            return Ok(false);
        }
        xiaoxiang_store::inspection::add_act(tx, &self.inspection.inspection_id, self.act).await?;
        Ok(true)
    }
}

/// The same together with what an inspection writes.
pub(super) async fn take_step_beside(
    app: &App,
    actor: &Actor,
    application_id: &str,
    request: &StepRequest,
    beside: Option<&Beside<'_>>,
) -> Result<StepDone, Refusal> {
    for _ in 0..ATTEMPTS_MAX {
        let footing = app.footing().await?;
        match attempt(app, actor, application_id, request, &footing, beside).await? {
            Some(done) => {
                app.confirm_footing(footing, done.position).await;
                return Ok(done);
            }
            None => app.drop_footing().await,
        }
    }
    Err(Refusal::overtaken(format!("申请 {application_id} "), format!("application {application_id}")))
}

/// One attempt; nothing where the footing has changed.
async fn attempt(
    app: &App,
    actor: &Actor,
    application_id: &str,
    request: &StepRequest,
    footing: &Footing,
    beside: Option<&Beside<'_>>,
) -> Result<Option<StepDone>, Refusal> {
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    let case = Case::visible(&mut tx, actor, application_id).await?;
    case.permit(actor, action_of(request.step))?;
    let is_unseen = case.row.revision != request.revision;
    if is_unseen || !store::take(&mut tx, application_id, request.revision).await? {
        return Err(stale(&Case::load(&mut tx, application_id).await?));
    }
    let region = app.region_in(&mut tx).await?;
    let region = &region.region;
    let today = app.clock.today_in(&app.region_in(&mut tx).await?.time_zone);
    if request.step == Step::Revoke && beside.is_none() {
        return Err(Refusal::invalid(
            "registration.revoked_by_inspection",
            "撤销登记须经立案检查、通知举证、听取陈述申辩后决定，请先立案检查。",
            "a registration is revoked by an inspection only, after notice and hearing; open one first",
        ));
    }
    let has_reason = check_words(request, region)?;
    let mut taking = Taking { app, actor, request, region, today, case, effect: Effect::None };
    taking.hand_in(&mut tx).await?;
    taking.review()?;
    let rules = taking.case.rules(region, today)?;
    let application = taking.case.application(&mut tx).await?;
    let officer = officer_of(app, &mut tx, actor).await?;
    let ask = StepAsk { step: request.step, has_reason };
    let outcome = decide_step(&application, &officer, ask, rules.mode, rules.regime, rules.desk)
        .map_err(Refusal::Obstacles)?;
    taking.number(&mut tx, outcome).await?;
    let mut entries = vec![taking.write(&mut tx, outcome).await?];
    if let Some(beside) = beside {
        if !beside.write(&mut tx).await? {
            return Err(stale(&taking.case));
        }
        entries.push(beside.entry.clone());
    }
    let is_registration = matches!(request.step, Step::Approve | Step::TakeNationalResult);
    if let (true, Some(number)) = (is_registration, taking.case.row.registration_number.clone()) {
        entries.extend(follow_registration(app, &mut tx, actor, application_id, &number).await?);
    }
    match write_effect(app, &mut tx, &taking.effect, footing).await? {
        VersionWritten::FootingChanged => return Ok(None),
        // The contract's entry comes last: its position is the one of the version.
        VersionWritten::Entry(of_contract) => entries.push(of_contract),
        VersionWritten::Unchanged => {}
    }
    notify_step(app, &mut tx, actor, &taking.case, request.step).await?;
    let Commit { position } = tx.commit(actor.log_name(), entries, []).await?;
    Ok(Some(StepDone { revision: request.revision + 1, state: outcome.state, position }))
}

/// A step on its way.
struct Taking<'a> {
    app: &'a App,
    actor: &'a Actor,
    request: &'a StepRequest,
    region: &'a Region,
    today: Date,
    case: Case,
    effect: Effect,
}

impl Taking<'_> {
    /// Reads the form where one is handed in: with the application, after a correction, and of a change.
    async fn hand_in(&mut self, tx: &mut WriteTx) -> Result<(), Refusal> {
        match (self.request.step, &self.request.form) {
            (Step::Submit, _) => self.take_in(tx).await?,
            (Step::Change, Some(form)) => self.case.form = form.clone(),
            (Step::Change, None) => {
                return Err(Refusal::invalid(
                    "registration.change.form",
                    "请填写变更后的申请表。",
                    "send the form as it becomes",
                ));
            }
            _ => return Ok(()),
        }
        let rules = self.case.rules(self.region, self.today)?;
        let checked = if self.request.step == Step::Submit {
            checked_form(tx, &self.case, self.region, rules, self.today, Occasion::Application).await?
        } else {
            changed_form(tx, &self.case, self.region, rules, self.today).await?
        };
        let row = &mut self.case.row;
        row.project_name.clone_from(&checked.contract.project_name);
        row.division.clone_from(&checked.contract.party(checked.side).division);
        row.contract_value_fen = Some(checked.contract.contract_value.0);
        row.technology_value_fen = Some(checked.technology.value.0);
        row.technology_working =
            Some(working_of(rules, &checked.cost_items, &checked.technology).to_string());
        row.match_key = Some(match_key(&checked.contract));
        if self.request.step == Step::Submit {
            row.submitted_at_ms = Some(self.app.clock.now_ms());
        } else {
            let number = row.registration_number.clone().unwrap_or_default();
            self.effect = Effect::Change { number, contract: Box::new(checked.contract) };
        }
        Ok(())
    }

    /// A point that is closed takes no new application; what it has already goes on.
    async fn take_in(&self, tx: &mut WriteTx) -> Result<(), Refusal> {
        let row = &self.case.row;
        if row.submitted_at_ms.is_some() {
            return Ok(());
        }
        takes_applications(tx, self.region, row.registrar_key, self.today).await
    }

    /// Works the technology value out from the costs as the reviewer approves them.
    fn review(&mut self) -> Result<(), Refusal> {
        let is_review = matches!(self.request.step, Step::FirstReview | Step::Approve);
        let Some(items) = self.request.cost_items.as_ref().filter(|_| is_review) else { return Ok(()) };
        let form = ApplicationForm { cost_items: items.clone(), ..ApplicationForm::default() };
        let items = form.read_cost_items().map_err(Refusal::Fields)?;
        let rules = self.case.rules(self.region, self.today)?;
        let contract_value = Fen(self.case.row.contract_value_fen.unwrap_or_default());
        let worked = worked_value(contract_value, &items, rules.regime)
            .map_err(|problem| Refusal::Fields(vec![*problem]))?;
        self.case.row.technology_value_fen = Some(worked.value.0);
        self.case.row.technology_working = Some(working_of(rules, &items, &worked).to_string());
        Ok(())
    }

    /// Gives the numbers that the step brings, and says what becomes of the contract.
    async fn number(&mut self, tx: &mut WriteTx, outcome: Outcome) -> Result<(), Refusal> {
        let (region, today) = (self.region, self.today);
        self.case.row.is_sampled |= outcome.is_sampled;
        match (self.request.step, outcome.state) {
            (Step::Accept, _) if self.case.row.acceptance_number.is_none() => {
                self.case.row.acceptance_number =
                    Some(next_number(tx, region, Series::Acceptance, today).await?);
                self.case.row.public_token = Some(hex::encode(self.app.random_32()?));
            }
            (Step::Approve, ApplicationState::Registered) => {
                let number = next_number(tx, region, Series::Registration, today).await?;
                let mut contract = application_contract(tx, &self.case, region, today).await?;
                contract.registration_number.clone_from(&number);
                self.case.row.certificate_number =
                    Some(next_number(tx, region, Series::Certificate, today).await?);
                self.case.row.registered_on = Some(today.to_string());
                self.case.row.registration_number = Some(number);
                self.effect = Effect::Register(Box::new(contract));
            }
            (Step::TakeNationalResult, _) => {
                let named = self.request.registration_number.as_deref().unwrap_or_default().trim();
                let result = named_result(tx, self.actor, &self.case, named).await?;
                self.case.row.registration_number = Some(result.registration_number);
                self.case.row.registered_on = Some(result.registered_on.to_string());
            }
            (Step::Cancel | Step::Revoke, _) => {
                let number = self.case.row.registration_number.clone().unwrap_or_default();
                self.effect = Effect::Withdraw { number };
            }
            _ => {}
        }
        Ok(())
    }

    /// Writes the step, the form handed in with it, the application as it is now, and the answer to the request that it
    /// decides.
    async fn write(&mut self, tx: &mut WriteTx, outcome: Outcome) -> Result<NewEntry, Refusal> {
        let request = self.request;
        let now_ms = self.app.clock.now_ms();
        let application_id = self.case.row.application_id.clone();
        let serial = self.case.steps.last().map_or(1, |last| last.serial + 1);
        let form_commitment = if matches!(request.step, Step::Submit | Step::Change) {
            let salt = self.app.random_32()?;
            let text = text_of(&self.case.form);
            store::save_form(tx, &application_id, serial, &hex::encode(salt), &text).await?;
            Some(xiaoxiang_audit::commit(&salt, "form", &text))
        } else {
            None
        };
        let step = StepRow {
            serial,
            step: request.step.code().to_owned(),
            from_state: self.case.state.code().to_owned(),
            to_state: outcome.state.code().to_owned(),
            actor: self.actor.log_name().to_owned(),
            person_id: self.actor.person_id().map(str::to_owned),
            role: self.actor.role().map(|role| role.code().to_owned()),
            taken_on: self.today.to_string(),
            taken_at_ms: now_ms,
            reason_codes: json!(request.reason_codes).to_string(),
            words: request.words.trim().to_owned(),
            form_commitment,
        };
        store::add_step(tx, &application_id, &step).await?;
        self.answer_request(tx, now_ms).await?;
        let payload = self.payload(&step);
        self.case.steps.push(step);
        self.case.state = outcome.state;
        settle(&mut self.case, self.region)?;
        self.case.row.changed_at_ms = now_ms;
        match store::update(tx, &self.case.row).await {
            // Somebody named the same number for another application a moment before.
            Err(StoreError::Conflict(_)) if request.step == Step::TakeNationalResult => {
                let number = self.case.row.registration_number.as_deref().unwrap_or_default();
                return Err(number_taken(number));
            }
            updated => updated?,
        }
        Ok(NewEntry {
            kind: "registration.step_taken",
            subject: format!("application:{application_id}"),
            payload,
        })
    }

    /// Answers the request that the step decides, and no other: what else is asked for stays open until it is answered.
    async fn answer_request(&self, tx: &mut WriteTx, now_ms: i64) -> Result<(), Refusal> {
        let Some(request_id) = decided_request(&self.case, self.request)? else { return Ok(()) };
        let (words, actor) = (self.request.words.trim(), self.actor.log_name());
        if !store::answer(tx, request_id, "upheld", words, actor, now_ms).await? {
            return Err(not_open());
        }
        Ok(())
    }

    /// What the log says of the step: no words and no form, which may hold personal data.
    fn payload(&self, step: &StepRow) -> Value {
        let row = &self.case.row;
        json!({
            "step": step.step,
            "from": step.from_state,
            "to": step.to_state,
            "serial": step.serial,
            "reason_codes": self.request.reason_codes,
            "acceptance_number": row.acceptance_number,
            "registration_number": row.registration_number,
            "technology_value_fen": row.technology_value_fen,
            "form": step.form_commitment,
        })
    }
}

/// The request that a step decides: the one that is named, or the only one that it can mean. A change means the wish that
/// reads like it; a cancellation or a reopening means the only one of its kind, and has to say which where there are more.
/// A revocation decides none: it is the end of an inspection, whatever else was objected to.
fn decided_request<'a>(case: &'a Case, request: &StepRequest) -> Result<Option<&'a str>, Refusal> {
    let kind = match request.step {
        Step::Change => Some(RequestKind::Change),
        Step::Cancel => Some(RequestKind::Cancel),
        Step::Reopen => Some(RequestKind::Objection),
        _ => None,
    };
    let is_open =
        |one: &&RequestRow| one.outcome.is_none() && kind.is_some_and(|kind| kind.code() == one.kind);
    let open: Vec<&RequestRow> = case.requests.iter().filter(is_open).collect();
    if let Some(wanted) = request.request_id.as_deref() {
        let found = open.iter().find(|one| one.request_id == wanted).ok_or_else(not_open)?;
        return Ok(Some(&found.request_id));
    }
    let reads_alike = |one: &&&RequestRow| {
        let wished: Option<ApplicationForm> =
            one.form.as_deref().and_then(|form| serde_json::from_str(form).ok());
        wished.is_some() && wished == request.form
    };
    match (kind, open.as_slice()) {
        (Some(RequestKind::Change), open) => {
            Ok(open.iter().find(reads_alike).map(|one| one.request_id.as_str()))
        }
        (_, []) => Ok(None),
        (_, [only]) => Ok(Some(&only.request_id)),
        _ => Err(Refusal::invalid(
            "registration.request.which",
            "有多项未答复的申请或异议。请选择这一步处理的是哪一项，其余的另行答复。",
            "several requests are open; say which one this step decides, and answer the others by themselves",
        )),
    }
}

fn not_open() -> Refusal {
    Refusal::invalid(
        "registration.request.not_open",
        "所选的申请或异议已经答复，或不是这一步处理的。请刷新后重新选择。",
        "the request was answered meanwhile, or is not for this step to decide; reload and choose again",
    )
}

/// Brings the row in line with the steps: state, days, due day.
pub(super) fn settle(case: &mut Case, region: &Region) -> Result<(), Refusal> {
    let mut taken = Vec::with_capacity(case.steps.len());
    for step in &case.steps {
        let known = Step::from_code(&step.step).zip(step.taken_on.parse().ok());
        let (kind, on) = known.ok_or_else(|| {
            xiaoxiang_store::StoreError::Damaged(format!("step of {}", case.row.application_id))
        })?;
        let person = Some(step.person_id.clone().unwrap_or_else(|| step.actor.clone()));
        taken.push(TakenStep { step: kind, person, on });
    }
    case.history = history_of(&taken);
    case.row.state = case.state.code().to_owned();
    case.row.accepted_on = case.history.accepted_on.map(|day| day.to_string());
    case.row.corrected_on = case.history.corrected_on.map(|day| day.to_string());
    case.row.due_on = match case.due(region) {
        Some(Due::On { last_day, .. }) => Some(last_day.to_string()),
        _ => None,
    };
    Ok(())
}

/// The contract that an application would put on record today: its form as it was handed in last, with the technology value
/// as approved so far.
pub(super) async fn application_contract(
    tx: &mut Tx,
    case: &Case,
    region: &Region,
    today: Date,
) -> Result<Contract, Refusal> {
    let submitted = case.steps.iter().rev().find(|step| step.step == Step::Submit.code());
    let handed_in_on = submitted.and_then(|step| step.taken_on.parse().ok()).unwrap_or(today);
    let rules = case.rules(region, today)?;
    let checked = checked_form(tx, case, region, rules, handed_in_on, Occasion::Application).await?;
    let registrar = store::find_registrar(tx, case.row.registrar_key).await?;
    let (registrar_code, registrar_name) = registrar.unwrap_or_default();
    Ok(Contract {
        registered_on: today,
        technology_value: Fen(case.row.technology_value_fen.unwrap_or_default()),
        registrar_code,
        registrar_name,
        ..checked.contract
    })
}

/// The form of a change: what it says is read as of the day of the contract's registration.
pub(super) async fn changed_form(
    tx: &mut WriteTx,
    case: &Case,
    region: &Region,
    rules: Rules<'_>,
    today: Date,
) -> Result<CheckedApplication, Refusal> {
    let day = case.row.registered_on.as_deref().and_then(|day| day.parse().ok());
    checked_form(tx, case, region, rules, day.unwrap_or(today), Occasion::Change).await
}

/// The form as a contract that can be registered, read as of a day.
async fn checked_form(
    tx: &mut Tx,
    case: &Case,
    region: &Region,
    rules: Rules<'_>,
    day: Date,
    occasion: Occasion,
) -> Result<CheckedApplication, Refusal> {
    let organisation = xiaoxiang_store::organisation::find_name(tx, case.row.organisation_key).await?;
    let (name, code) = organisation.unwrap_or_default();
    let (registrar_code, registrar) =
        store::find_registrar(tx, case.row.registrar_key).await?.unwrap_or_default();
    let handing =
        Handing { organisation: (&name, code.as_deref()), registrar: (&registrar_code, &registrar) };
    check_form(&case.form, &handing, region, rules.regime, day, occasion).map_err(Refusal::Fields)
}

/// How a technology value came about, as it is kept and printed.
fn working_of(
    rules: Rules<'_>,
    items: &[xiaoxiang_domain::contract::technology_value::CostItem],
    worked: &xiaoxiang_domain::contract::technology_value::TechnologyValue,
) -> Value {
    json!({
        "regime": rules.regime.key,
        "reasonable_sets_max": rules.regime.reasonable_sets_max,
        "items": items,
        "worked": worked,
    })
}

/// Checks reasons and words; gives whether the step has the reason that its paper prints.
fn check_words(request: &StepRequest, region: &Region) -> Result<bool, Refusal> {
    let words = request.words.trim();
    if words.chars().count() > WORDS_CHARACTERS_MAX || request.reason_codes.len() > REASONS_MAX {
        return Err(Refusal::invalid(
            "registration.words",
            format!("说明不超过 {WORDS_CHARACTERS_MAX} 字，理由不超过 {REASONS_MAX} 条。"),
            format!("at most {WORDS_CHARACTERS_MAX} characters of words and {REASONS_MAX} reasons"),
        ));
    }
    let rules = region.registration();
    let listed: &[CodedReason] = match request.step {
        Step::Return => &rules.correction_reasons,
        Step::Refuse => &rules.refusal_reasons,
        Step::Revoke => &rules.revocation_grounds,
        _ => &[],
    };
    let is_known = |code: &String| match request.step {
        Step::GiveExpertOpinion => OPINIONS.contains(&code.as_str()),
        _ => listed.iter().any(|reason| reason.code == *code),
    };
    if let Some(unknown) = request.reason_codes.iter().find(|code| !is_known(code)) {
        return Err(Refusal::invalid(
            "registration.reason.unknown",
            format!("没有理由代码“{unknown}”。请从列表中选择。"),
            format!("there is no reason `{unknown}` for this step; choose from the list"),
        ));
    }
    if request.step == Step::GiveExpertOpinion && (request.reason_codes.len() != 1 || words.is_empty()) {
        return Err(Refusal::invalid(
            "registration.opinion",
            "请选择同意或不同意，并写明评审意见。",
            "say agree or disagree, and why",
        ));
    }
    Ok(match request.step {
        Step::Cancel | Step::Reopen => !words.is_empty(),
        _ => !request.reason_codes.is_empty(),
    })
}

/// Somebody else was faster: what the application is now, so that the second sees what changed.
pub(super) fn stale(case: &Case) -> Refusal {
    let name = case.row.acceptance_number.as_deref().unwrap_or(&case.row.application_id);
    let (state, state_en) = (case.state.label(), case.state.label_en());
    let last = case.steps.last().and_then(|step| Step::from_code(&step.step));
    let (step, step_en) = last.map_or(("保存", "save"), |step| (step.label(), step.label_en()));
    Refusal::stale(
        format!("申请 {name}（现为“{state}”，最近一步：{step}）"),
        format!("application {name} (now: {state_en}; last step: {step_en})"),
    )
}
