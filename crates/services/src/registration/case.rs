//! An application with what decides about it, and who may see it.

use xiaoxiang_domain::access::{Action, Role, Scope};
use xiaoxiang_domain::contract::Side;
use xiaoxiang_domain::contract::application::ApplicationForm;
use xiaoxiang_domain::contract::procedure::{
    Application, ApplicationState, Due, History, Officer, RegistrationMode, Step, TakenStep, history_of,
};
use xiaoxiang_domain::money::Fen;
use xiaoxiang_domain::region::{DeskRules, DivisionCode, Regime, Region};
use xiaoxiang_store::registration::{self as store, ApplicationRow, RequestRow, StepRow};
use xiaoxiang_store::{StoreError, Tx};

use super::request_change::RequestKind;
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// An application as it is on record.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub row: ApplicationRow,
    pub form: ApplicationForm,
    pub state: ApplicationState,
    pub steps: Vec<StepRow>,
    pub history: History,
    pub requests: Vec<RequestRow>,
}

impl Case {
    /// One application, whoever asks.
    pub async fn load(tx: &mut Tx, application_id: &str) -> Result<Self, Refusal> {
        let row = store::find(tx, application_id).await?;
        let row = row.ok_or_else(|| Refusal::NotFound(application_id.to_owned()))?;
        let steps = store::list_steps(tx, application_id).await?;
        let taken = steps.iter().map(taken).collect::<Result<Vec<_>, _>>()?;
        let damaged = |what: &str| StoreError::Damaged(format!("{what} of application {application_id}"));
        Ok(Self {
            state: ApplicationState::from_code(&row.state).ok_or_else(|| damaged("state"))?,
            form: serde_json::from_str(&row.form).map_err(|_| damaged("form"))?,
            history: history_of(&taken),
            requests: store::list_requests(tx, application_id).await?,
            row,
            steps,
        })
    }

    /// One application that somebody may see; others are not found.
    pub async fn visible(tx: &mut Tx, actor: &Actor, application_id: &str) -> Result<Self, Refusal> {
        let scope = actor.permit(Action::ReadApplications)?;
        let case = Self::load(tx, application_id).await?;
        if case.is_seen(actor, scope) { Ok(case) } else { Err(Refusal::NotFound(application_id.to_owned())) }
    }

    /// Whether somebody sees it. A draft is the applicant's own paper; an expert sees what waits for the experts, and
    /// what that expert has spoken on.
    fn is_seen(&self, actor: &Actor, scope: Scope) -> bool {
        let is_handed_in = self.row.submitted_at_ms.is_some() || actor.role().is_none();
        if actor.role() == Some(Role::Expert) {
            return self.state == ApplicationState::ExpertReview || self.has_opinion_of(actor);
        }
        self.lies_in(scope) && (is_handed_in || matches!(scope, Scope::Organisation(_)))
    }

    fn has_opinion_of(&self, actor: &Actor) -> bool {
        let opinion = Step::GiveExpertOpinion.code();
        self.steps.iter().any(|step| step.step == opinion && step.person_id.as_deref() == actor.person_id())
    }

    fn lies_in(&self, scope: Scope) -> bool {
        match scope {
            Scope::Region => true,
            Scope::Organisation(key) => self.row.organisation_key == key,
            Scope::Registrar(key) => self.row.registrar_key == key,
            Scope::Division(root) => {
                DivisionCode::parse(&self.row.division).is_some_and(|division| division.is_within(root))
            }
            Scope::Park(_) => false,
        }
    }

    /// Whether an action is somebody's to do here.
    pub fn allows(&self, actor: &Actor, action: Action) -> bool {
        actor.extent(action).is_some_and(|scope| self.lies_in(scope))
    }

    /// Permits an action on an application that is seen.
    pub fn permit(&self, actor: &Actor, action: Action) -> Result<(), Refusal> {
        if self.allows(actor, action) { Ok(()) } else { Err(Refusal::Forbidden(action)) }
    }

    /// Whether an objection is open.
    pub fn is_disputed(&self) -> bool {
        let objection = RequestKind::Objection.code();
        // One that was upheld against a refusal keeps the application disputed until it is decided anew.
        self.requests.iter().any(|request| {
            request.kind == objection
                && (request.outcome.is_none()
                    || (request.outcome.as_deref() == Some("upheld") && self.state.is_with_registrar())
                    || (request.outcome.as_deref() == Some("upheld")
                        && self.state == ApplicationState::Submitted))
        })
    }

    /// What the procedure knows of it.
    pub async fn application(&self, tx: &mut Tx) -> Result<Application, Refusal> {
        let mut parties = vec![self.row.organisation_key];
        for side in [Side::Seller, Side::Buyer] {
            let field = |key: &str| self.form.field(&format!("{}_{key}", side.code())).to_owned();
            let (code, name) = (field("credit_code"), field("name"));
            if !(code.is_empty() && name.is_empty()) {
                parties.extend(xiaoxiang_store::organisation::find_keys(tx, &code, &name).await?);
            }
        }
        Ok(Application {
            state: self.state,
            parties: parties.iter().map(ToString::to_string).collect(),
            contract_value: self.row.contract_value_fen.map(Fen),
            technology_value: self.row.technology_value_fen.map(Fen),
            has_secrecy_undertaking: self.form.has_undertaking(),
            is_disputed: self.is_disputed(),
            has_expert_opinion: self.history.has_expert_opinion,
            first_reviewer: self.history.first_reviewer.clone(),
            applicant: self.row.applicant_id.clone(),
        })
    }

    /// The rules that hold for it: those of the day of acceptance, or of today.
    pub fn rules<'a>(&self, region: &'a Region, today: jiff::civil::Date) -> Result<Rules<'a>, Refusal> {
        Rules::on(region, self.history.accepted_on.unwrap_or(today))
    }

    /// When the decision is due; none while the clock does not run.
    pub fn due(&self, region: &Region) -> Option<Due> {
        let clock = self.history.clock().filter(|_| self.state.is_with_registrar())?;
        let regime = region.registration().regime_on(clock.accepted_on)?;
        Some(clock.due(regime, region.calendar()))
    }
}

/// Whether somebody sees an application; one that is not there nobody does.
pub(crate) async fn is_application_seen(
    tx: &mut Tx,
    actor: &Actor,
    application_id: &str,
) -> Result<bool, Refusal> {
    match Case::visible(tx, actor, application_id).await {
        Ok(_) => Ok(true),
        Err(Refusal::NotFound(_) | Refusal::Forbidden(_) | Refusal::SignedOut) => Ok(false),
        Err(refusal) => Err(refusal),
    }
}

fn taken(row: &StepRow) -> Result<TakenStep, StoreError> {
    let damaged = || StoreError::Damaged(format!("registration step {}", row.serial));
    Ok(TakenStep {
        step: Step::from_code(&row.step).ok_or_else(damaged)?,
        person: Some(row.person_id.clone().unwrap_or_else(|| row.actor.clone())),
        on: row.taken_on.parse().map_err(|_| damaged())?,
    })
}

/// How a region registers on a day.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules<'a> {
    pub regime: &'a Regime,
    pub desk: &'a DeskRules,
    pub mode: RegistrationMode,
}

impl<'a> Rules<'a> {
    /// The rules of a day; refused where region data have none.
    pub fn on(region: &'a Region, day: jiff::civil::Date) -> Result<Self, Refusal> {
        let rules = region.registration();
        let missing = || {
            Refusal::invalid(
                "registration.no_desk",
                "区域数据没有登记制度或登记窗口的规则。请在 registration.yaml 中补充。",
                "the region data have no regime or desk for registration; add them to registration.yaml",
            )
        };
        let mode = match region.registration_authority() {
            Some(_) => RegistrationMode::Own,
            None => RegistrationMode::PreReview,
        };
        let desk = rules.desk.as_ref().ok_or_else(missing)?;
        Ok(Self { regime: rules.regime_on(day).ok_or_else(missing)?, desk, mode })
    }
}

/// Who takes a step, with the organisations that they belong to: by their grants, and as the administrator entered them.
pub(super) async fn officer_of(app: &App, tx: &mut Tx, actor: &Actor) -> Result<Officer, Refusal> {
    let Some(person_id) = actor.person_id() else {
        let person = actor.log_name().to_owned();
        return Ok(Officer { person, organisations: Vec::new(), is_campus_registrar: false });
    };
    let today = app.clock.today_in(&app.region_in(tx).await?.time_zone).to_string();
    let own = xiaoxiang_store::person::find(tx, person_id).await?.and_then(|person| person.organisation_key);
    let mut organisations: Vec<i64> = own.into_iter().collect();
    for grant in xiaoxiang_store::person::list_grants(tx, person_id).await? {
        let has_ended =
            grant.withdrawn_at_ms.is_some() || grant.valid_to.as_ref().is_some_and(|to| *to < today);
        if let (false, Ok(Scope::Organisation(key))) = (has_ended, grant.scope.parse()) {
            organisations.push(key);
        }
    }
    organisations.sort_unstable();
    organisations.dedup();
    Ok(Officer {
        person: person_id.to_owned(),
        is_campus_registrar: is_campus_registrar(tx, actor, &organisations).await?,
        organisations: organisations.iter().map(ToString::to_string).collect(),
    })
}

/// A registrar whose registration point is run by the organisation that they belong to (高校登记点).
async fn is_campus_registrar(tx: &mut Tx, actor: &Actor, organisations: &[i64]) -> Result<bool, Refusal> {
    let Some(Scope::Registrar(key)) = actor.extent(Action::HandleApplications) else { return Ok(false) };
    let Some((_, registrar)) = store::find_registrar(tx, key).await? else { return Ok(false) };
    for organisation in organisations {
        let found = xiaoxiang_store::organisation::find_name(tx, *organisation).await?;
        if found.is_some_and(|(name, _)| name == registrar) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The action that a step needs.
pub(super) const fn action_of(step: Step) -> Action {
    match step {
        Step::Submit | Step::Withdraw => Action::Apply,
        Step::GiveExpertOpinion => Action::GiveExpertOpinion,
        Step::Revoke | Step::Reopen => Action::ReviewRegistrations,
        Step::Accept
        | Step::Return
        | Step::FirstReview
        | Step::AskExperts
        | Step::Approve
        // An import that recognises the contract takes it along; one that does not leaves it to the registrar.
        | Step::TakeNationalResult
        | Step::Refuse
        | Step::Change
        | Step::Cancel => Action::HandleApplications,
    }
}
