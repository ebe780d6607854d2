//! Whether somebody may take a step with an application now, and what follows from it.

use super::state::{ApplicationState, RegistrationMode, Step, leads_to};
use crate::money::Fen;
use crate::region::{DeskRules, Regime};

/// What the procedure knows of an application. People and organisations are told by their ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// Where it stands.
    pub state: ApplicationState,
    /// Seller and buyer.
    pub parties: Vec<String>,
    /// 成交额 as stated.
    pub contract_value: Option<Fen>,
    /// 技术交易额 as the reviewers have approved it so far, or as stated before that.
    pub technology_value: Option<Fen>,
    /// Whether the undertaking that nothing is secret was given and the unit's confidentiality reviewer named.
    pub has_secrecy_undertaking: bool,
    /// Whether somebody disputes it.
    pub is_disputed: bool,
    /// Whether the experts have spoken since the last correction.
    pub has_expert_opinion: bool,
    /// Who reviewed it first since the last correction.
    pub first_reviewer: Option<String>,
    /// Who applied.
    pub applicant: String,
}

/// Who takes the step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Officer {
    /// The person.
    pub person: String,
    /// Organisations that the person belongs to.
    pub organisations: Vec<String>,
    /// Whether the person decides as the registrar of a university's own campus (高校登记点).
    pub is_campus_registrar: bool,
}

/// The step with what it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepAsk {
    /// Which.
    pub step: Step,
    /// Whether a coded reason or ground is given.
    pub has_reason: bool,
}

/// What follows from a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Where the application stands now.
    pub state: ApplicationState,
    /// Whether the province has to look at it (强制抽查): a campus registrar decided on the own university's contract.
    pub is_sampled: bool,
}

/// Why a step cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Obstacle {
    /// No such step from there.
    NotFromHere,
    /// The officer belongs to a party.
    OwnOrganisation,
    /// The officer applied for it.
    OwnApplication,
    /// First and second review by one person.
    SameReviewer,
    /// The experts must speak first.
    ExpertOpinionMissing,
    /// The regime knows no experts' review.
    NoExpertReview,
    /// The paper needs a coded reason.
    ReasonMissing,
    /// The undertaking on secrecy or the reviewer is missing.
    UndertakingMissing,
    /// Contract value or technology value is not stated.
    ValueMissing,
    /// Technology value above contract value, or below nothing.
    ValuesContradict,
}

impl Obstacle {
    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotFromHere => "registration.step.not_from_here",
            Self::OwnOrganisation => "registration.officer.own_organisation",
            Self::OwnApplication => "registration.officer.own_application",
            Self::SameReviewer => "registration.officer.same_reviewer",
            Self::ExpertOpinionMissing => "registration.expert_opinion.missing",
            Self::NoExpertReview => "registration.expert_review.unknown",
            Self::ReasonMissing => "registration.reason.missing",
            Self::UndertakingMissing => "registration.undertaking.missing",
            Self::ValueMissing => "registration.value.missing",
            Self::ValuesContradict => "registration.value.contradiction",
        }
    }

    /// What is wrong and what to do, Chinese and English.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::NotFromHere => (
                "申请的当前状态不能办理这一步，请刷新页面查看最新状态",
                "this step cannot be taken from where the application stands; reload to see where that is",
            ),
            Self::OwnOrganisation => (
                "您属于合同一方，不能办理本单位的合同，请转交其他登记员",
                "you belong to a party of this contract; hand it to another registrar",
            ),
            Self::OwnApplication => (
                "您是本申请的经办人，请转交其他登记员",
                "you applied for this yourself; hand it to another registrar",
            ),
            Self::SameReviewer => (
                "初审和复核不能由同一人办理，请由另一名登记员（A/B 角）复核",
                "one person cannot give both reviews; the other of the A/B pair gives the second",
            ),
            Self::ExpertOpinionMissing => (
                "技术交易额达到专家评审标准或存在争议，请先报请专家评审",
                "its value or a dispute calls for the experts' review; ask for it first",
            ),
            Self::NoExpertReview => (
                "现行制度没有专家评审，请直接审核",
                "the regime of its day has no experts' review; review it yourself",
            ),
            Self::ReasonMissing => ("请选择理由代码", "choose a coded reason"),
            Self::UndertakingMissing => (
                "请先作出不涉密承诺并填写本单位保密审查人；涉密合同请线下办理",
                "give the undertaking on secrecy and name the confidentiality reviewer; secret contracts are handled offline",
            ),
            Self::ValueMissing => (
                "请填写成交额和技术交易额；不能确认的应不予登记",
                "state contract value and technology value; without both it cannot be registered",
            ),
            Self::ValuesContradict => (
                "技术交易额应不小于零且不大于成交额，请核对",
                "technology value lies between nothing and the contract value; check both",
            ),
        }
    }
}

/// Takes a step, or says everything that stands in its way.
///
/// # Errors
/// All obstacles at once, so that nobody has to come twice.
pub fn decide_step(
    application: &Application,
    officer: &Officer,
    ask: StepAsk,
    mode: RegistrationMode,
    regime: &Regime,
    desk: &DeskRules,
) -> Result<Outcome, Vec<Obstacle>> {
    let Some(state) = leads_to(application.state, ask.step, mode) else {
        return Err(vec![Obstacle::NotFromHere]);
    };
    let mut obstacles = Vec::new();
    let mut is_sampled = false;
    if ask.step.is_decision() {
        let is_own = officer.organisations.iter().any(|own| application.parties.contains(own));
        is_sampled = is_own && officer.is_campus_registrar && desk.campus_may_decide;
        if is_own && !is_sampled {
            obstacles.push(Obstacle::OwnOrganisation);
        }
        if application.applicant == officer.person {
            obstacles.push(Obstacle::OwnApplication);
        }
    }
    match ask.step {
        Step::Submit => {
            if !application.has_secrecy_undertaking {
                obstacles.push(Obstacle::UndertakingMissing);
            }
            obstacles.extend(value_obstacle(application));
        }
        Step::Return | Step::Refuse | Step::Cancel | Step::Revoke | Step::Reopen if !ask.has_reason => {
            obstacles.push(Obstacle::ReasonMissing);
        }
        Step::AskExperts if regime.expert_review.is_none() => obstacles.push(Obstacle::NoExpertReview),
        Step::Change => obstacles.extend(value_obstacle(application)),
        _ => {}
    }
    if application.state == ApplicationState::FirstReviewed {
        let is_second_review = matches!(ask.step, Step::Approve | Step::Refuse);
        if is_second_review && application.first_reviewer.as_ref() == Some(&officer.person) {
            obstacles.push(Obstacle::SameReviewer);
        }
        // What is no technology contract at all may be refused without experts, unless somebody disputes it.
        let waits_for_experts = match ask.step {
            Step::Approve => needs_experts(application, regime),
            Step::Refuse => application.is_disputed && regime.expert_review.is_some(),
            _ => false,
        };
        if waits_for_experts && !application.has_expert_opinion {
            obstacles.push(Obstacle::ExpertOpinionMissing);
        }
    }
    if ask.step == Step::Approve {
        obstacles.extend(value_obstacle(application));
    }
    if obstacles.is_empty() { Ok(Outcome { state, is_sampled }) } else { Err(obstacles) }
}

/// Whether the province's experts must speak before it is decided.
#[must_use]
pub fn needs_experts(application: &Application, regime: &Regime) -> bool {
    regime.expert_review.is_some_and(|review| {
        application.is_disputed
            || application.technology_value.is_some_and(|value| value >= review.technology_value_min)
    })
}

fn value_obstacle(application: &Application) -> Option<Obstacle> {
    match (application.contract_value, application.technology_value) {
        (Some(contract), Some(technology)) if technology < Fen(0) || technology > contract => {
            Some(Obstacle::ValuesContradict)
        }
        (Some(_), Some(_)) => None,
        _ => Some(Obstacle::ValueMissing),
    }
}
