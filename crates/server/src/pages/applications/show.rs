//! One application: its facts, how far it is, its texts, what its reader may do now, what was asked and answered.

use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use serde::Deserialize;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::contract::application::WrittenCostItem;
use xiaoxiang_domain::contract::procedure::{ApplicationState, RegistrationMode, Step};
use xiaoxiang_domain::contract::technology_value::{CostItem, CostKind, CostRole};
use xiaoxiang_domain::money::Fen;
use xiaoxiang_domain::region::Standing;
use xiaoxiang_services::Refusal;
use xiaoxiang_services::registration::auditor::{
    AuditorChoice, NamingView, list_auditors, list_namings, sees_namings,
};
use xiaoxiang_services::registration::inspection::{InspectionSummary, list_inspections_of};
use xiaoxiang_services::registration::{
    ApplicationPage, MediaType, OpenStep, PaperCase, RequestKind, RequestView, StepView, papers_of,
    read_application,
};
use xiaoxiang_store::registration::AttachmentRow;

use super::change::cost_options;
use super::fields::{COST_KINDS, COST_ROLES, CostRow, Difference, FormStep, cost_rows, differences, side_of};
use super::list::next_key;
use super::words::{DueWords, Words};
use super::working::{KeptWorking, WorkingView};
use crate::pages::contracts::contract_path;
use crate::pages::shell::{Section, Shell};
use crate::pages::statistics::SelectOption;
use crate::pages::visit::Visit;

/// What was sent and refused: kept in its form.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    /// Code of the step, or the name of another form of the page.
    pub form: String,
    pub words: String,
    pub reasons: Vec<String>,
    pub cost_items: Option<Vec<WrittenCostItem>>,
    /// Registration number in the national system.
    pub number: String,
    /// What stood in the way.
    pub problems: Vec<String>,
    /// Who was to be named, and until when.
    pub person: String,
    pub valid_to: String,
    /// The request that was chosen.
    pub request: String,
}

/// A line of the form.
#[derive(Debug)]
struct Line {
    label: String,
    text: String,
}

/// A part of the form.
#[derive(Debug)]
struct Part {
    id: &'static str,
    title: &'static str,
    lines: Vec<Line>,
}

/// A reason that may be ticked.
#[derive(Debug)]
struct ReasonView {
    code: String,
    name: String,
    basis: String,
    is_pending: bool,
    is_chosen: bool,
}

#[derive(Debug, Template)]
#[template(path = "application.html")]
pub(super) struct ShowPage {
    shell: Shell,
    words: Words,
    page: ApplicationPage,
    kept: Option<KeptWorking>,
    working: Option<WorkingView>,
    draft: Draft,
    is_done: bool,
    /// Text that is shown beside the form.
    shown: String,
    inspections: Vec<InspectionSummary>,
    /// Who is named for the texts; none where the reader is not told.
    namings: Option<Vec<NamingView>>,
    /// Who can be named; empty for whoever names nobody.
    auditors: Vec<AuditorChoice>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ShowQuery {
    /// `step` after one was taken.
    done: String,
    /// Text that is shown beside the form.
    text: String,
}

pub(super) async fn show(visit: Visit, Path(id): Path<String>, Query(query): Query<ShowQuery>) -> Response {
    match page_of(&visit, &id, Draft::default(), query.done == "step").await {
        Ok(page) => visit.page(&ShowPage { shown: query.text, ..page }),
        Err(refusal) => visit.refused(&refusal),
    }
}

pub(super) async fn page_of(
    visit: &Visit,
    id: &str,
    draft: Draft,
    is_done: bool,
) -> Result<ShowPage, Refusal> {
    let page = read_application(&visit.app, &visit.actor(), id).await?;
    let words = Words::of(visit).await?;
    let kept: Option<KeptWorking> = page.working.clone().and_then(|kept| serde_json::from_value(kept).ok());
    let name = page.form.field("project_name");
    let title =
        if name.is_empty() { visit.language.text("application-unnamed").to_owned() } else { name.to_owned() };
    Ok(ShowPage {
        shell: visit.shell(Section::Applications, title),
        working: kept.as_ref().map(|kept| kept.view(&words)),
        kept,
        words,
        page,
        draft,
        is_done,
        shown: String::new(),
        inspections: list_inspections_of(&visit.app, &visit.actor(), id).await?,
        namings: if sees_namings(&visit.actor()) {
            Some(list_namings(&visit.app, &visit.actor(), id).await?)
        } else {
            None
        },
        auditors: if visit.actor().may(Action::NameTextAuditor) {
            list_auditors(&visit.app, &visit.actor()).await?
        } else {
            Vec::new()
        },
    })
}

impl ShowPage {
    fn path(&self, rest: &str) -> String {
        self.shell.link(&format!("/applications/{}{rest}", self.page.row.application_id))
    }

    fn name(&self) -> &str {
        let name = self.page.form.field("project_name");
        if name.is_empty() { self.shell.t("application-unnamed") } else { name }
    }

    fn is_applicant(&self) -> bool {
        self.shell.may(Action::Apply)
    }

    fn may_name(&self) -> bool {
        self.shell.may(Action::NameTextAuditor)
    }

    /// Whether the texts are closed to the reader for want of a naming.
    fn needs_naming(&self) -> bool {
        self.shell.may(Action::ReadContractTexts) && self.namings.is_some() && !self.page.may_read_texts
    }

    fn named_until(&self, naming: &NamingView) -> String {
        match naming.row.ended_at_ms {
            Some(at_ms) => self.shell.say("auditors-ended", [("time", &self.words.moment(&at_ms))]),
            None => self.shell.say("auditors-named-until", [("day", &self.words.day(&naming.row.valid_to))]),
        }
    }

    fn named_by(&self, naming: &NamingView) -> String {
        let time = self.words.moment(&naming.row.named_at_ms);
        self.shell.say("auditors-named-by", [("person", &naming.named_by), ("time", &time)])
    }

    fn role(&self, choice: &AuditorChoice) -> &'static str {
        self.shell.language.pick(choice.role.label(), choice.role.label_en())
    }

    fn ending(naming: &NamingView) -> String {
        format!("end-{}", naming.row.naming_id)
    }

    fn is_ending(&self, naming: &NamingView) -> bool {
        !self.ending_problems(naming).is_empty()
    }

    fn ending_problems(&self, naming: &NamingView) -> &[String] {
        self.problems(&Self::ending(naming))
    }

    fn typed_ending(&self, naming: &NamingView) -> &str {
        self.typed(&Self::ending(naming))
    }

    fn is_registrar(&self) -> bool {
        self.shell.may(Action::HandleApplications)
    }

    fn next(&self) -> &'static str {
        self.shell.t(next_key(self.page.state, self.is_applicant(), self.is_registrar()))
    }

    fn due(&self) -> Option<DueWords> {
        self.page.due.as_ref().map(|due| self.words.due(due, &self.page.today))
    }

    fn value(&self, fen: &Option<i64>) -> Option<String> {
        fen.map(|fen| self.words.yuan(&Fen(fen)))
    }

    /// Where the contract stands that was registered, for whoever may look there.
    fn contract_link(&self) -> Option<String> {
        let number = self.page.row.registration_number.as_deref()?;
        let is_there = self.shell.may(Action::ReadContracts);
        is_there.then(|| self.shell.link(&contract_path(number)))
    }

    /// Where an inspection of this registration is opened, for whoever may.
    fn inspect_link(&self) -> Option<String> {
        let number = self.page.row.registration_number.as_deref()?;
        let is_open = self.inspections.iter().any(|one| one.turn.is_some());
        let may = self.shell.may(Action::ReviewRegistrations)
            && self.page.state == ApplicationState::Registered
            && !is_open;
        let query = serde_urlencoded::to_string([("number", number)]);
        let query = query.expect("invariant: pairs of texts make a query");
        may.then(|| self.shell.link(&format!("/inspections/new?{query}")))
    }

    fn inspection_stage(&self, one: &InspectionSummary) -> &'static str {
        self.shell.language.pick(one.stage.label(), one.stage.label_en())
    }

    fn inspection_why(&self, one: &InspectionSummary) -> String {
        match &one.row.draw_id {
            Some(_) => self.shell.t("inspection-by-draw").to_owned(),
            None => one.row.cause.clone(),
        }
    }

    fn public_link(&self) -> Option<String> {
        let token = self.page.row.public_token.as_deref()?;
        Some(self.shell.link(&format!("/receipts/{token}")))
    }

    /// The form in parts, empty fields left out.
    fn parts(&self) -> Vec<Part> {
        let form = &self.page.form;
        let mut parts = vec![
            Part { id: "form-contract", title: self.shell.t("application-step-contract"), lines: Vec::new() },
            Part { id: "form-seller", title: self.shell.t("application-seller"), lines: Vec::new() },
            Part { id: "form-buyer", title: self.shell.t("application-buyer"), lines: Vec::new() },
        ];
        for column in self.words.region().contract_form().columns() {
            let typed = form.field(&column.key);
            if typed.is_empty() {
                continue;
            }
            let at = match side_of(&column.key) {
                None => 0,
                Some(side) if side.code() == "seller" => 1,
                Some(_) => 2,
            };
            let text = self.words.value(&column.key, typed, self.page.today);
            parts[at].lines.push(Line { label: self.words.label(&column.key), text });
        }
        parts.push(self.decision());
        parts.retain(|part| !part.lines.is_empty());
        parts
    }

    fn decision(&self) -> Part {
        let (undertaking, decision) = (&self.page.form.undertaking, &self.page.form.decision);
        let pricing = match decision.pricing_method.as_str() {
            "agreed" => self.shell.t("application-pricing-agreed").to_owned(),
            "listed" => self.shell.t("application-pricing-listed").to_owned(),
            "auction" => self.shell.t("application-pricing-auction").to_owned(),
            other => other.to_owned(),
        };
        let yes = |is: bool| if is { self.shell.t("application-yes").to_owned() } else { String::new() };
        let all = [
            ("application-no-secrets", yes(undertaking.holds_no_secrets)),
            ("application-reviewer", undertaking.confidentiality_reviewer.clone()),
            ("application-level", decision.level.clone()),
            ("application-minutes", decision.minutes_number.clone()),
            ("application-pricing", pricing),
            ("application-publicity-from", self.words.day(&decision.publicity_from)),
            ("application-publicity-to", self.words.day(&decision.publicity_to)),
            ("application-authority", yes(decision.has_completers_authority)),
        ];
        let stated = all.into_iter().filter(|(_, text)| !text.is_empty());
        Part {
            id: "form-decision",
            title: self.shell.t("application-statements"),
            lines: stated.map(|(key, text)| Line { label: self.shell.t(key).to_owned(), text }).collect(),
        }
    }

    /// Who took a step, as far as the reader may know.
    fn who(&self, step: &StepView) -> String {
        let role = step.role.map(|role| self.shell.language.pick(role.label(), role.label_en()));
        [step.person.as_deref(), role].into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }

    fn reasons_of(&self, step: &StepView) -> Vec<String> {
        step.reason_codes.iter().map(|code| self.words.reason(&step.step, code)).collect()
    }

    /// What the applicant changed with the last correction.
    fn corrected(&self) -> Vec<Difference> {
        match self.page.handed_in.as_slice() {
            [.., before, after] => differences(&self.words, &before.form, &after.form, self.page.today),
            _ => Vec::new(),
        }
    }

    /// Steps with a form of their own here; handing in has its page.
    fn steps_possible(&self) -> Vec<&OpenStep> {
        let is_here = |open: &&OpenStep| open.step != Step::Submit && open.obstacles.is_empty();
        let steps = self.page.steps_open.iter().filter(is_here);
        let mut steps: Vec<_> =
            steps.filter(|open| open.step != Step::Change || !self.change_requests().is_empty()).collect();
        steps.sort_by_key(|open| self.rank(open.step));
        steps
    }

    /// What usually comes next stands first; what ends a case stands last.
    fn rank(&self, step: Step) -> u8 {
        let has_opinion = self.page.steps.iter().any(|taken| taken.step == Step::GiveExpertOpinion);
        match step {
            Step::AskExperts if self.page.needs_experts && !has_opinion => 0,
            Step::Accept | Step::FirstReview | Step::Approve | Step::GiveExpertOpinion | Step::Reopen => 1,
            Step::Change => 2,
            Step::Return | Step::AskExperts | Step::TakeNationalResult => 3,
            Step::Refuse | Step::Submit => 4,
            Step::Cancel | Step::Revoke | Step::Withdraw => 5,
        }
    }

    fn steps_barred(&self) -> Vec<&OpenStep> {
        let is_barred = |open: &&OpenStep| open.step != Step::Submit && !open.obstacles.is_empty();
        self.page.steps_open.iter().filter(is_barred).collect()
    }

    fn is_first(&self, open: &OpenStep) -> bool {
        self.steps_possible().first().is_some_and(|first| first.step == open.step)
            || self.draft.form == open.step.code()
    }

    /// What a step does, in a sentence.
    fn effect(&self, step: &Step) -> &'static str {
        self.shell.t(match (step, self.page.mode) {
            (Step::Withdraw, _) => "application-effect-withdraw",
            (Step::Accept, _) => "application-effect-accept",
            (Step::Return, _) => "application-effect-return",
            (Step::FirstReview, _) => "application-effect-first-review",
            (Step::AskExperts, _) => "application-effect-ask-experts",
            (Step::GiveExpertOpinion, _) => "application-effect-opinion",
            (Step::Approve, RegistrationMode::Own) => "application-effect-approve-own",
            (Step::Approve, RegistrationMode::PreReview) => "application-effect-approve-national",
            (Step::Refuse, _) => "application-effect-refuse",
            (Step::Change, _) => "application-effect-change",
            (Step::Cancel, _) => "application-effect-cancel",
            (Step::Reopen, _) => "application-effect-reopen",
            (Step::TakeNationalResult, _) => "application-effect-national",
            // Not taken here: handing in has its page, revoking an inspection.
            (Step::Submit | Step::Revoke, _) => "application-effect-submit",
        })
    }

    fn is_review(&self, step: &Step) -> bool {
        matches!(step, Step::FirstReview | Step::Approve)
    }

    fn is_national(&self, step: &Step) -> bool {
        *step == Step::TakeNationalResult
    }

    fn is_opinion(&self, step: &Step) -> bool {
        *step == Step::GiveExpertOpinion
    }

    /// Open requests of which a step decides one.
    fn decidable(&self, step: &Step) -> Vec<&RequestView> {
        let kind = match step {
            Step::Change => return self.change_requests(),
            Step::Cancel => RequestKind::Cancel,
            Step::Reopen => RequestKind::Objection,
            _ => return Vec::new(),
        };
        let is_open =
            |request: &&RequestView| request.row.outcome.is_none() && request.row.kind == kind.code();
        self.page.requests.iter().filter(is_open).collect()
    }

    /// The only request that a step can decide is chosen; among several the reader chooses.
    fn is_decided(&self, step: &Step, request: &RequestView) -> bool {
        self.draft.request == request.row.request_id || self.decidable(step).len() == 1
    }

    /// Who asked for something, and when.
    fn raised(&self, request: &RequestView) -> String {
        format!("{} · {}", request.row.raised_by, self.words.moment(&request.row.raised_at_ms))
    }

    /// Steps whose words are their reason.
    fn needs_words(&self, step: &Step) -> bool {
        matches!(step, Step::Cancel | Step::Reopen | Step::GiveExpertOpinion)
    }

    fn reasons(&self, step: &Step) -> Vec<ReasonView> {
        let is_own = self.draft.form == step.code();
        let view = |reason: &xiaoxiang_domain::region::CodedReason| ReasonView {
            code: reason.code.clone(),
            name: self.words.reason_name(reason).to_owned(),
            basis: reason.basis.clone(),
            is_pending: reason.standing != Standing::InForce,
            is_chosen: is_own && self.draft.reasons.contains(&reason.code),
        };
        self.words.reasons(*step).iter().map(view).collect()
    }

    fn is_opined(&self, opinion: &str) -> bool {
        self.draft.reasons.iter().any(|code| code == opinion)
    }

    /// What was typed into a form that was refused.
    fn typed(&self, form: &str) -> &str {
        if self.draft.form == form { &self.draft.words } else { "" }
    }

    /// What stood in the way of a step that is no longer there to be taken: its words are not lost.
    fn lost(&self) -> Option<&Draft> {
        let is_here = self.steps_possible().iter().any(|open| open.step.code() == self.draft.form);
        let is_step = Step::from_code(&self.draft.form).is_some();
        // Asking for a cancellation has a form of its own with the same word.
        let is_lost = is_step && !is_here && !(self.page.may_ask && self.draft.form == Step::Cancel.code());
        (is_lost && !self.draft.problems.is_empty()).then_some(&self.draft)
    }

    fn problems(&self, form: &str) -> &[String] {
        if self.draft.form == form { &self.draft.problems } else { &[] }
    }

    fn typed_in(&self, step: &Step) -> &str {
        self.typed(step.code())
    }

    fn problems_in(&self, step: &Step) -> &[String] {
        self.problems(step.code())
    }

    /// The costs that a reviewer approves: as typed, as approved before, or as the form has them.
    fn review_costs(&self) -> Vec<CostRow> {
        let typed = self.draft.cost_items.clone();
        let kept = self.kept.as_ref().map(|kept| kept.items().iter().map(written).collect());
        let items = typed.or(kept).unwrap_or_else(|| self.page.form.cost_items.clone());
        cost_rows(&items, |_| None)
    }

    fn kinds(&self, row: &CostRow) -> Vec<SelectOption> {
        cost_options(&self.shell, &COST_KINDS, &row.item.kind)
    }

    fn roles(&self, row: &CostRow) -> Vec<SelectOption> {
        cost_options(&self.shell, &COST_ROLES, &row.item.role)
    }

    fn change_requests(&self) -> Vec<&RequestView> {
        let is_change = |request: &&RequestView| {
            request.row.outcome.is_none()
                && request.row.kind == RequestKind::Change.code()
                && request.form.is_some()
        };
        self.page.requests.iter().filter(is_change).collect()
    }

    fn request_kind(&self, kind: &str) -> &'static str {
        self.shell.t(match RequestKind::from_code(kind) {
            Some(RequestKind::Change) => "application-request-change",
            Some(RequestKind::Cancel) => "application-request-cancel",
            Some(RequestKind::Objection) | None => "application-request-objection",
        })
    }

    fn outcome(&self, outcome: &str) -> &'static str {
        self.shell.t(if outcome == "upheld" { "application-upheld" } else { "application-rejected" })
    }

    /// What a wish for a change would change.
    fn request_differences(&self, request: &RequestView) -> Vec<Difference> {
        request
            .form
            .as_ref()
            .map_or_else(Vec::new, |form| differences(&self.words, &self.page.form, form, self.page.today))
    }

    /// Whether the reader may answer a request by a word.
    fn may_answer(&self, request: &RequestView) -> bool {
        if request.row.outcome.is_some() {
            return false;
        }
        if request.row.kind == RequestKind::Objection.code() {
            return self.page.may_answer;
        }
        self.is_registrar()
    }

    fn is_objection(&self, request: &RequestView) -> bool {
        request.row.kind == RequestKind::Objection.code()
    }

    fn answer_form(&self, request: &RequestView) -> String {
        format!("answer-{}", request.row.request_id)
    }

    fn typed_answer(&self, request: &RequestView) -> &str {
        self.typed(&self.answer_form(request))
    }

    fn answer_problems(&self, request: &RequestView) -> &[String] {
        self.problems(&self.answer_form(request))
    }

    fn attachment_kind(&self, kind: &str) -> &'static str {
        self.shell.t(super::texts::kind_key(kind))
    }

    /// The papers that can be made now, by their keys.
    fn papers(&self) -> Vec<(String, String)> {
        let named = |paper: &xiaoxiang_domain::region::PaperForm| {
            (paper.key.clone(), self.shell.language.pick(&paper.name, &paper.name_en).to_owned())
        };
        papers_of(PaperCase::application(&self.page), self.words.region()).into_iter().map(named).collect()
    }

    /// Whether browsers can show a text beside the form.
    fn is_showable(&self, text: &AttachmentRow) -> bool {
        let kind = MediaType::from_mime(&text.media_type);
        self.page.may_read_texts
            && text.discarded_at_ms.is_none()
            && matches!(kind, Some(MediaType::Pdf | MediaType::Png | MediaType::Jpeg))
    }

    fn shown_text(&self) -> Option<&AttachmentRow> {
        let texts = self.page.attachments.iter();
        texts.filter(|text| text.upload_id == self.shown).find(|text| self.is_showable(text))
    }

    fn size(&self, bytes: &i64) -> String {
        super::texts::size(*bytes)
    }

    fn is_returned(&self) -> bool {
        self.page.state == ApplicationState::Returned
    }

    fn go_on(&self) -> String {
        let step = if self.is_returned() { FormStep::Check } else { FormStep::Undertaking };
        self.path(&format!("/form/{}", step.code()))
    }

    fn check(&self) -> String {
        self.path(&format!("/form/{}", FormStep::Check.code()))
    }

    fn waits_for_national(&self) -> bool {
        self.page.state == ApplicationState::PreReviewed
    }
}

/// A cost as it would be typed.
fn written(item: &CostItem) -> WrittenCostItem {
    let kind = match item.kind {
        CostKind::Equipment => "equipment",
        CostKind::Instrument => "instrument",
        CostKind::Part => "part",
        CostKind::RawMaterial => "raw_material",
    };
    let (role, sets) = match item.role {
        CostRole::Purchase => ("purchase", String::new()),
        CostRole::SubjectSets { sets } => ("subject_sets", sets.to_string()),
        CostRole::SubjectSamples => ("subject_samples", String::new()),
    };
    WrittenCostItem {
        name: item.name.clone(),
        kind: kind.to_owned(),
        role: role.to_owned(),
        sets,
        amount: item.amount.yuan(),
    }
}
