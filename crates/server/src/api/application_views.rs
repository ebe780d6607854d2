//! Applications for registration as programs read them.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use xiaoxiang_domain::access::Role;
use xiaoxiang_domain::contract::RowProblem;
use xiaoxiang_domain::contract::application::ApplicationForm;
use xiaoxiang_domain::contract::procedure::{Due, RegistrationMode};
use xiaoxiang_domain::region::Standing;
use xiaoxiang_services::registration::{
    ApplicationPage, ApplicationsPage, ListedApplication, OpenStep, PublicStanding, RegistrarChoice,
    RequestView, StepView,
};

use super::shapes::ApplicationFormShape;
use crate::language::Language;
use crate::problem::form_pointer;

/// When a decision is due.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DueView {
    /// The last day; null while the holidays of its year have not been announced.
    last_day: Option<String>,
    /// Where `last_day` is null: counted from the day after this one.
    counted_from: Option<String>,
    /// Where `last_day` is null: how many working days.
    working_days: Option<u32>,
    /// 待核实: the limit is not from the text in force.
    is_unconfirmed: bool,
    /// Whether the day has passed.
    is_late: bool,
}

impl DueView {
    fn new(due: Due, today: jiff::civil::Date) -> Self {
        let is_late = due.is_late_on(today);
        match due {
            Due::On { last_day, standing } => Self {
                last_day: Some(last_day.to_string()),
                counted_from: None,
                working_days: None,
                is_unconfirmed: standing != Standing::InForce,
                is_late,
            },
            Due::CalendarMissing { from, days } => Self {
                last_day: None,
                counted_from: Some(from.to_string()),
                working_days: Some(days),
                is_unconfirmed: true,
                is_late,
            },
        }
    }
}

/// A page of applications, the most pressing first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ApplicationsView {
    /// By due day; those without one behind.
    items: Vec<ListedApplicationView>,
    /// What to send as `cursor` for the next page; null on the last.
    next: Option<String>,
    /// How many stand in each state, in the order of the procedure.
    counts: Vec<StateCountView>,
    /// How many are past their due day.
    late: i64,
}

/// How many applications stand in a state.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StateCountView {
    /// `draft`, `submitted`, `accepted`, `returned`, `first_reviewed`, `expert_review`, `pre_reviewed`, `registered`,
    /// `refused`, `withdrawn`, `cancelled` or `revoked`.
    state: &'static str,
    /// How many.
    count: i64,
}

/// An application in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ListedApplicationView {
    /// UUID.
    id: String,
    /// Revision.
    revision: i64,
    /// Where it stands.
    state: &'static str,
    /// 项目名称
    project_name: String,
    /// 受理编号
    acceptance_number: Option<String>,
    /// 登记编号
    registration_number: Option<String>,
    /// 卖方; empty for a natural person whom the caller may not know.
    seller: String,
    /// 买方; likewise.
    buyer: String,
    /// 成交额 in fen; null before it was handed in.
    contract_value_fen: Option<i64>,
    /// 技术交易额 in fen, as stated or approved.
    technology_value_fen: Option<i64>,
    /// When it was handed in last, in milliseconds since 1970.
    submitted_at_ms: Option<i64>,
    /// When the decision is due; null while the clock does not run.
    #[schema(nullable)]
    due: Option<DueView>,
    /// 强制抽查
    is_sampled: bool,
    /// 有异议
    is_disputed: bool,
}

impl ApplicationsView {
    pub fn new(page: ApplicationsPage) -> Self {
        let today = page.today;
        let item = |listed: ListedApplication| ListedApplicationView {
            id: listed.application_id,
            revision: listed.revision,
            state: listed.state.code(),
            project_name: listed.project_name,
            acceptance_number: listed.acceptance_number,
            registration_number: listed.registration_number,
            seller: listed.seller,
            buyer: listed.buyer,
            contract_value_fen: listed.contract_value.map(|value| value.0),
            technology_value_fen: listed.technology_value.map(|value| value.0),
            submitted_at_ms: listed.submitted_at_ms,
            due: listed.due.map(|due| DueView::new(due, today)),
            is_sampled: listed.is_sampled,
            is_disputed: listed.is_disputed,
        };
        let count = |one: xiaoxiang_services::registration::StateCount| StateCountView {
            state: one.state.code(),
            count: one.count,
        };
        Self {
            items: page.items.into_iter().map(item).collect(),
            next: page.next,
            counts: page.counts.into_iter().map(count).collect(),
            late: page.late,
        }
    }
}

/// An application with all that its reader may know and do.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ApplicationView {
    /// UUID.
    id: String,
    /// Revision; the ETag of the application.
    revision: i64,
    /// Where it stands.
    state: &'static str,
    /// The same in the caller's language.
    state_label: String,
    /// `own` where the region registers itself, `pre_review` where the national system does.
    #[schema(pattern = "^(own|pre_review)$")]
    mode: &'static str,
    /// 申请单位
    organisation: String,
    /// Key of the registrar.
    registrar_key: i64,
    /// 登记机构
    registrar: String,
    /// 经办人; empty where `is_form_whole` is false.
    applicant: String,
    /// The form.
    #[schema(value_type = ApplicationFormShape)]
    form: ApplicationForm,
    /// Whether the form has its personal data.
    is_form_whole: bool,
    /// 受理编号
    acceptance_number: Option<String>,
    /// 受理日期
    accepted_on: Option<String>,
    /// 补正日期
    corrected_on: Option<String>,
    /// When the decision is due; null while the clock does not run.
    #[schema(nullable)]
    due: Option<DueView>,
    /// 成交额 in fen.
    contract_value_fen: Option<i64>,
    /// 技术交易额 in fen, as stated or approved.
    technology_value_fen: Option<i64>,
    /// How the technology value was worked out: costs, and what became of each.
    #[schema(value_type = Option<Object>)]
    working: Option<Value>,
    /// 登记编号
    registration_number: Option<String>,
    /// 登记日期
    registered_on: Option<String>,
    /// 登记证明编号
    certificate_number: Option<String>,
    /// Token of the public page, `/api/v1/registrations/{token}`; null for whoever is neither party nor registrar.
    public_token: Option<String>,
    /// 强制抽查
    is_sampled: bool,
    /// 有异议
    is_disputed: bool,
    /// Whether the province's experts have to speak.
    needs_experts: bool,
    /// Steps taken, in order.
    steps: Vec<TakenStepView>,
    /// Files, in order.
    attachments: Vec<AttachmentView>,
    /// Objections and wishes, the oldest first.
    requests: Vec<RequestedView>,
    /// What the caller may do now.
    steps_open: Vec<OpenStepView>,
    /// What the draft lacks, for its applicant.
    problems: Vec<FormProblemView>,
}

/// A step that was taken.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RegistrationStep)]
pub(super) struct TakenStepView {
    /// Number within the application, from 1.
    serial: i64,
    /// `submit`, `accept`, `return`, `first_review` …
    step: &'static str,
    /// State before.
    from: &'static str,
    /// State after.
    to: &'static str,
    /// Who; null where the caller may not know.
    person: Option<String>,
    /// In which role.
    role: Option<&'static str>,
    /// Legal day.
    taken_on: String,
    /// When, in milliseconds since 1970.
    taken_at_ms: i64,
    /// Coded reasons.
    reason_codes: Vec<String>,
    /// In words.
    words: String,
}

/// A file of an application.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ApplicationFile)]
pub(super) struct AttachmentView {
    /// UUID.
    id: String,
    /// `contract_text`, `authority`, `decision` or `evidence`.
    kind: String,
    /// Name.
    file_name: String,
    /// By its content.
    media_type: String,
    /// Length.
    size_bytes: i64,
    /// SHA-256, in hexadecimal.
    sha256: String,
    /// When it came, in milliseconds since 1970.
    attached_at_ms: i64,
    /// Whether the bytes were erased.
    is_erased: bool,
}

/// An objection, or the wish for a change or a cancellation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RegistrationRequest)]
pub(super) struct RequestedView {
    /// UUID.
    id: String,
    /// `objection`, `change` or `cancel`.
    kind: String,
    /// Who asks: the role.
    raised_by: String,
    /// Why.
    words: String,
    /// The form as it should become; null but for a change.
    #[schema(value_type = Option<ApplicationFormShape>)]
    form: Option<ApplicationForm>,
    /// When, in milliseconds since 1970.
    raised_at_ms: i64,
    /// `upheld` or `rejected`; null while it is open.
    outcome: Option<String>,
    /// The answer.
    answer: Option<String>,
}

/// A step that the caller may take by the table.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OpenStepView {
    /// Which.
    step: &'static str,
    /// The same in the caller's language.
    label: &'static str,
    /// What stands in the way; empty where it can be taken.
    obstacles: Vec<ObstacleView>,
}

/// What stands in the way of a step.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ObstacleView {
    /// Stable code.
    code: &'static str,
    /// What to do, in the caller's language.
    detail: &'static str,
}

/// What a form lacks.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FormProblemView {
    /// Place in the form (RFC 6901).
    #[schema(example = "/form/fields/signed_on")]
    pointer: String,
    /// Stable code.
    code: &'static str,
    /// What is wrong and what to do, in the caller's language.
    detail: String,
}

impl ApplicationView {
    pub fn new(page: ApplicationPage, language: Language) -> Self {
        let today = page.today;
        let row = page.row;
        Self {
            id: row.application_id,
            revision: row.revision,
            state: page.state.code(),
            state_label: language.pick(page.state.label(), page.state.label_en()).to_owned(),
            mode: match page.mode {
                RegistrationMode::Own => "own",
                RegistrationMode::PreReview => "pre_review",
            },
            organisation: page.organisation,
            registrar_key: row.registrar_key,
            registrar: page.registrar,
            applicant: page.applicant,
            form: page.form,
            is_form_whole: page.is_form_whole,
            acceptance_number: row.acceptance_number,
            accepted_on: row.accepted_on,
            corrected_on: row.corrected_on,
            due: page.due.map(|due| DueView::new(due, today)),
            contract_value_fen: row.contract_value_fen,
            technology_value_fen: row.technology_value_fen,
            working: page.working,
            registration_number: row.registration_number,
            registered_on: row.registered_on,
            certificate_number: row.certificate_number,
            public_token: row.public_token.filter(|_| page.is_form_whole),
            is_sampled: row.is_sampled,
            is_disputed: page.is_disputed,
            needs_experts: page.needs_experts,
            steps: page.steps.into_iter().map(taken).collect(),
            attachments: page.attachments.into_iter().map(file).collect(),
            requests: page.requests.into_iter().map(requested).collect(),
            steps_open: page.steps_open.into_iter().map(|open| open_step(open, language)).collect(),
            problems: page.problems.into_iter().map(|problem| lacking(problem, language)).collect(),
        }
    }
}

fn taken(step: StepView) -> TakenStepView {
    let [from, to] = step.states;
    TakenStepView {
        serial: step.serial,
        step: step.step.code(),
        from: from.code(),
        to: to.code(),
        person: step.person,
        role: step.role.map(Role::code),
        taken_on: step.taken_on,
        taken_at_ms: step.taken_at_ms,
        reason_codes: step.reason_codes,
        words: step.words,
    }
}

fn file(row: xiaoxiang_store::registration::AttachmentRow) -> AttachmentView {
    AttachmentView {
        id: row.upload_id,
        kind: row.kind,
        file_name: row.file_name,
        media_type: row.media_type,
        size_bytes: row.size_bytes,
        sha256: row.sha256,
        attached_at_ms: row.attached_at_ms,
        is_erased: row.discarded_at_ms.is_some(),
    }
}

fn requested(request: RequestView) -> RequestedView {
    let RequestView { row, form } = request;
    RequestedView {
        id: row.request_id,
        kind: row.kind,
        raised_by: row.raised_by,
        words: row.words,
        form,
        raised_at_ms: row.raised_at_ms,
        outcome: row.outcome,
        answer: row.answer,
    }
}

fn open_step(open: OpenStep, language: Language) -> OpenStepView {
    let obstacle = |one: xiaoxiang_domain::contract::procedure::Obstacle| {
        let (zh, en) = one.words();
        ObstacleView { code: one.code(), detail: language.pick(zh, en) }
    };
    OpenStepView {
        step: open.step.code(),
        label: language.pick(open.step.label(), open.step.label_en()),
        obstacles: open.obstacles.into_iter().map(obstacle).collect(),
    }
}

fn lacking(problem: RowProblem, language: Language) -> FormProblemView {
    let zh = format!("{}。{}", problem.reason_zh, problem.fix_zh);
    let en = format!("{}; {}", problem.reason_en, problem.fix_en);
    FormProblemView {
        pointer: form_pointer(&problem.field),
        code: problem.code,
        detail: language.pick(&zh, &en).to_owned(),
    }
}

/// A registrar that one may apply to.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RegistrarView {
    /// Key.
    key: i64,
    /// Code, possibly empty.
    code: String,
    /// Name.
    name: String,
    /// Whether it takes new applications today.
    is_open: bool,
}

impl From<RegistrarChoice> for RegistrarView {
    fn from(choice: RegistrarChoice) -> Self {
        Self { key: choice.key, code: choice.code, name: choice.name, is_open: choice.is_open }
    }
}

/// What anybody with the link learns: number and standing, nothing of the contract.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PublicStandingView {
    /// 受理编号
    acceptance_number: String,
    /// 受理日期
    accepted_on: String,
    /// 登记编号
    registration_number: Option<String>,
    /// 登记日期
    registered_on: Option<String>,
    /// 登记证明编号, where the region issues certificates.
    certificate_number: Option<String>,
    /// Where it stands.
    state: &'static str,
    /// The same in the caller's language.
    state_label: &'static str,
    /// 登记机构
    registrar: String,
}

impl PublicStandingView {
    pub fn new(standing: PublicStanding, language: Language) -> Self {
        Self {
            acceptance_number: standing.acceptance_number,
            accepted_on: standing.accepted_on,
            registration_number: standing.registration_number,
            registered_on: standing.registered_on,
            certificate_number: standing.certificate_number,
            state: standing.state.code(),
            state_label: language.pick(standing.state.label(), standing.state.label_en()),
            registrar: standing.registrar,
        }
    }
}
