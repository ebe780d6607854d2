//! One application with its steps, files, due day, and what its reader may do now.

use std::collections::HashMap;

use jiff::civil::Date;
use serde_json::Value;
use xiaoxiang_domain::access::{Action, Role, Scope};
use xiaoxiang_domain::contract::RowProblem;
use xiaoxiang_domain::contract::application::{ApplicationForm, Occasion};
use xiaoxiang_domain::contract::procedure::{
    ApplicationState, Due, Obstacle, RegistrationMode, Step, StepAsk, decide_step, leads_to, needs_experts,
};
use xiaoxiang_store::registration::{self as store, ApplicationRow, AttachmentRow, RequestRow};
use xiaoxiang_store::{StoreError, Tx};

use super::case::{Case, action_of, officer_of};
use super::check_form::{Handing, check_form};
use super::read_attachment::reads_texts;
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// Fields of the form that hold personal data, behind the words of a side.
const PERSONAL_KEYS: [&str; 3] = ["contact", "telephone", "legal_representative"];
/// The same where the party is a natural person.
const PERSONAL_KEYS_OF_PEOPLE: [&str; 2] = ["name", "address"];
/// Kind of a natural person (自然人) in the list of party kinds.
const PARTY_KIND_PERSON: &str = "自然人";

/// Everything about one application.
#[derive(Clone, Debug)]
pub struct ApplicationPage {
    /// Numbers, days and amounts. Its form is the typed one beside it.
    pub row: ApplicationRow,
    /// Where it stands.
    pub state: ApplicationState,
    /// The form; without personal data for whoever neither applied nor handles it.
    pub form: ApplicationForm,
    /// Whether the form is shown whole.
    pub is_form_whole: bool,
    /// 申请单位
    pub organisation: String,
    /// 登记机构
    pub registrar: String,
    /// 经办人; empty where the form is not shown whole.
    pub applicant: String,
    /// How the technology value was worked out.
    pub working: Option<Value>,
    /// Steps in order.
    pub steps: Vec<StepView>,
    /// Files in order.
    pub attachments: Vec<AttachmentRow>,
    /// Objections and wishes, the oldest first.
    pub requests: Vec<RequestView>,
    /// Forms handed in before, where the form is shown whole.
    pub handed_in: Vec<HandedInForm>,
    /// When the decision is due; none while the clock does not run.
    pub due: Option<Due>,
    /// The legal day.
    pub today: Date,
    /// Who registers.
    pub mode: RegistrationMode,
    /// 有异议
    pub is_disputed: bool,
    /// Whether the province's experts have to speak.
    pub needs_experts: bool,
    /// What the reader may do now, with what stands in the way.
    pub steps_open: Vec<OpenStep>,
    /// What the draft still lacks, for its applicant.
    pub problems: Vec<RowProblem>,
    /// Whether the reader may write on the form and attach files.
    pub may_write: bool,
    /// Whether the reader may read the files.
    pub may_read_texts: bool,
    /// Whether the reader may object.
    pub may_object: bool,
    /// Whether the reader may ask for a change or a cancellation.
    pub may_ask: bool,
    /// Whether the reader may answer objections.
    pub may_answer: bool,
}

impl ApplicationPage {
    /// Whether its contract is tried by the screens: handed in, and not decided yet.
    #[must_use]
    pub fn is_screened(&self) -> bool {
        is_screened(self.state)
    }
}

/// Whether an application's contract is tried by the screens.
pub(super) fn is_screened(state: ApplicationState) -> bool {
    state == ApplicationState::Submitted || state.is_with_registrar()
}

/// A step that was taken.
#[derive(Clone, Debug)]
pub struct StepView {
    /// Number within the application.
    pub serial: i64,
    /// Which.
    pub step: Step,
    /// State before and after.
    pub states: [ApplicationState; 2],
    /// Name of the person, where the reader may know it.
    pub person: Option<String>,
    /// In which role.
    pub role: Option<Role>,
    /// Legal day.
    pub taken_on: String,
    /// Instant.
    pub taken_at_ms: i64,
    /// Coded reasons.
    pub reason_codes: Vec<String>,
    /// In words.
    pub words: String,
}

/// A request with the name of who raised it.
#[derive(Clone, Debug)]
pub struct RequestView {
    /// The request.
    pub row: RequestRow,
    /// The form as it should become.
    pub form: Option<ApplicationForm>,
}

/// A form as it was handed in.
#[derive(Clone, Debug)]
pub struct HandedInForm {
    /// Serial of the step.
    pub serial: i64,
    /// The form.
    pub form: ApplicationForm,
}

/// A step that the reader may take by the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenStep {
    /// Which.
    pub step: Step,
    /// What stands in the way; none means that it can be taken.
    pub obstacles: Vec<Obstacle>,
}

/// One application that somebody may see; others are not found.
pub async fn read_application(
    app: &App,
    actor: &Actor,
    application_id: &str,
) -> Result<ApplicationPage, Refusal> {
    let scope = actor.permit(Action::ReadApplications)?;
    let mut tx = app.db.read().await?;
    let case = Case::visible(&mut tx, actor, application_id).await?;
    let region = app.region_in(&mut tx).await?;
    let today = app.clock.today_in(&region.time_zone);
    let region = &region.region;
    let rules = case.rules(region, today)?;
    let organisation = xiaoxiang_store::organisation::find_name(&mut tx, case.row.organisation_key).await?;
    let (organisation, credit_code) = organisation.unwrap_or_default();
    let (registrar_code, registrar) =
        store::find_registrar(&mut tx, case.row.registrar_key).await?.unwrap_or_default();
    let is_party = matches!(scope, Scope::Organisation(_) | Scope::Registrar(_));
    let is_form_whole = is_party || actor.role().is_none();
    let may_write = case.allows(actor, Action::Apply)
        && matches!(case.state, ApplicationState::Draft | ApplicationState::Returned);
    let problems = if may_write {
        let handing = Handing {
            organisation: (&organisation, credit_code.as_deref()),
            registrar: (&registrar_code, &registrar),
        };
        check_form(&case.form, &handing, region, rules.regime, today, Occasion::Application)
            .err()
            .unwrap_or_default()
    } else {
        Vec::new()
    };
    let application = case.application(&mut tx).await?;
    let officer = officer_of(app, &mut tx, actor).await?;
    let mut steps_open = Vec::new();
    for step in Step::ALL {
        // A revocation is an act of an inspection.
        let is_open = step != Step::Revoke && leads_to(case.state, step, rules.mode).is_some();
        if is_open && case.allows(actor, action_of(step)) {
            let ask = StepAsk { step, has_reason: true };
            let decided = decide_step(&application, &officer, ask, rules.mode, rules.regime, rules.desk);
            let mut obstacles = decided.err().unwrap_or_default();
            if step == Step::Submit {
                // What a form lacks is told field by field.
                obstacles.retain(|obstacle| *obstacle != Obstacle::ValueMissing);
            }
            steps_open.push(OpenStep { step, obstacles });
        }
    }
    let names = names_of(&mut tx, &case).await?;
    let handed_in = if is_form_whole { handed_in(&mut tx, application_id).await? } else { Vec::new() };
    let working = case.row.technology_working.as_deref().map(serde_json::from_str).transpose();
    let is_ended = matches!(case.state, ApplicationState::Draft | ApplicationState::Withdrawn);
    let is_registered = case.state == ApplicationState::Registered;
    Ok(ApplicationPage {
        state: case.state,
        form: if is_form_whole { case.form.clone() } else { without_personal(&case.form) },
        is_form_whole,
        organisation,
        registrar,
        applicant: names.get(&case.row.applicant_id).filter(|_| is_form_whole).cloned().unwrap_or_default(),
        working: working.map_err(|error| StoreError::Damaged(format!("working: {error}")))?,
        steps: steps_of(&case, &names, is_form_whole)?,
        attachments: store::list_attachments(&mut tx, application_id).await?,
        requests: requests_of(&case, is_form_whole)?,
        handed_in,
        due: case.due(region),
        today,
        mode: rules.mode,
        is_disputed: application.is_disputed,
        needs_experts: needs_experts(&application, rules.regime),
        steps_open,
        problems,
        may_write,
        may_read_texts: reads_texts(app, &mut tx, actor, &case).await?,
        may_object: !is_ended
            && (case.allows(actor, Action::Apply) || case.allows(actor, Action::RaiseRegistrationObjection)),
        may_ask: is_registered && case.allows(actor, Action::Apply),
        may_answer: case.allows(actor, Action::ReviewRegistrations),
        row: case.row,
    })
}

async fn names_of(tx: &mut Tx, case: &Case) -> Result<HashMap<String, String>, Refusal> {
    let mut names = HashMap::new();
    let people = case.steps.iter().filter_map(|step| step.person_id.as_ref());
    for person_id in people.chain([&case.row.applicant_id]) {
        if !names.contains_key(person_id)
            && let Some(person) = xiaoxiang_store::person::find(tx, person_id).await?
        {
            names.insert(person_id.clone(), person.name);
        }
    }
    Ok(names)
}

fn steps_of(case: &Case, names: &HashMap<String, String>, are_named: bool) -> Result<Vec<StepView>, Refusal> {
    let damaged = || StoreError::Damaged(format!("steps of {}", case.row.application_id));
    let state = |code: &str| ApplicationState::from_code(code).ok_or_else(damaged);
    let mut views = Vec::with_capacity(case.steps.len());
    for row in &case.steps {
        let person = row.person_id.as_ref().filter(|_| are_named).and_then(|id| names.get(id).cloned());
        views.push(StepView {
            serial: row.serial,
            step: Step::from_code(&row.step).ok_or_else(damaged)?,
            states: [state(&row.from_state)?, state(&row.to_state)?],
            person,
            role: row.role.as_deref().and_then(Role::from_code),
            taken_on: row.taken_on.clone(),
            taken_at_ms: row.taken_at_ms,
            reason_codes: serde_json::from_str(&row.reason_codes).map_err(|_| damaged())?,
            words: row.words.clone(),
        });
    }
    Ok(views)
}

fn requests_of(case: &Case, is_form_whole: bool) -> Result<Vec<RequestView>, Refusal> {
    let damaged = |_| StoreError::Damaged(format!("requests of {}", case.row.application_id));
    let mut views = Vec::with_capacity(case.requests.len());
    for row in &case.requests {
        let form: Option<ApplicationForm> =
            row.form.as_deref().map(serde_json::from_str).transpose().map_err(damaged)?;
        let form = form.map(|form| if is_form_whole { form } else { without_personal(&form) });
        views.push(RequestView { row: row.clone(), form });
    }
    Ok(views)
}

async fn handed_in(tx: &mut Tx, application_id: &str) -> Result<Vec<HandedInForm>, Refusal> {
    let damaged = |_| StoreError::Damaged(format!("forms of {application_id}"));
    let mut forms = Vec::new();
    for (serial, _, text) in store::list_forms(tx, application_id).await? {
        forms.push(HandedInForm { serial, form: serde_json::from_str(&text).map_err(damaged)? });
    }
    Ok(forms)
}

/// A form without contacts, without names of natural persons and without the confidentiality reviewer.
pub(super) fn without_personal(form: &ApplicationForm) -> ApplicationForm {
    let mut shown = form.clone();
    shown.undertaking.confidentiality_reviewer.clear();
    for side in ["seller", "buyer"] {
        let is_person = form.field(&format!("{side}_kind")).contains(PARTY_KIND_PERSON);
        for key in PERSONAL_KEYS {
            shown.fields.remove(&format!("{side}_{key}"));
        }
        if is_person {
            for key in PERSONAL_KEYS_OF_PEOPLE {
                shown.fields.remove(&format!("{side}_{key}"));
            }
        }
    }
    shown
}
