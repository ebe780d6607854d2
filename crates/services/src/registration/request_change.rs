//! What is asked for after the fact: an objection (异议) of the applicant, of finance or tax; a change or a cancellation that
//! the applicant wishes. Answered by the step that does it, or by a word.

use serde_json::json;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::contract::application::ApplicationForm;
use xiaoxiang_domain::contract::procedure::ApplicationState;
use xiaoxiang_store::registration::{self as store, RequestRow};
use xiaoxiang_store::{NewEntry, StoreError};

use super::case::Case;
use super::notify_step::{notify_answer, notify_request};
use super::start_application::text_of;
use super::take_step::{WORDS_CHARACTERS_MAX, changed_form, stale};
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// Open requests of one application.
const OPEN_MAX: usize = 10;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RequestKind {
    /// 异议
    Objection,
    /// 变更申请
    Change,
    /// 注销申请
    Cancel,
}

impl RequestKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Objection, Self::Change, Self::Cancel];

    /// The word of the database and the API.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Objection => "objection",
            Self::Change => "change",
            Self::Cancel => "cancel",
        }
    }

    /// The kind of a word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// How a request was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestOutcome {
    /// 成立
    Upheld,
    /// 不成立
    Rejected,
}

impl RequestOutcome {
    /// The word of the database and the API.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Upheld => "upheld",
            Self::Rejected => "rejected",
        }
    }
}

/// A request.
#[derive(Clone, Debug)]
pub struct NewRequest {
    /// What for.
    pub kind: RequestKind,
    /// The revision that was seen.
    pub revision: i64,
    /// Why.
    pub words: String,
    /// The form as it should become, of a change.
    pub form: Option<ApplicationForm>,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The request.
    pub request_id: String,
    /// The revision that was seen.
    pub revision: i64,
    /// Whether it is right.
    pub outcome: RequestOutcome,
    /// Why.
    pub words: String,
}

/// Raises a request and gives its id. The application's revision grows, so that nobody decides without having seen it.
pub async fn raise_request(
    app: &App,
    actor: &Actor,
    application_id: &str,
    request: &NewRequest,
) -> Result<String, Refusal> {
    actor.permit(Action::ReadApplications)?;
    check_words(&request.words)?;
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin(now_ms).await?;
    let case = Case::visible(&mut tx, actor, application_id).await?;
    let objects = request.kind == RequestKind::Objection;
    let is_department = objects && case.allows(actor, Action::RaiseRegistrationObjection);
    if !is_department {
        let wanted = if actor.may(Action::RaiseRegistrationObjection) && objects {
            Action::RaiseRegistrationObjection
        } else {
            Action::Apply
        };
        case.permit(actor, wanted)?;
    }
    check_state(&case, request.kind)?;
    if case.row.revision != request.revision
        || !store::take(&mut tx, application_id, request.revision).await?
    {
        return Err(stale(&case));
    }
    if case.requests.iter().filter(|request| request.outcome.is_none()).count() >= OPEN_MAX {
        return Err(Refusal::invalid(
            "registration.request.too_many",
            "还有未答复的申请，请等待答复。",
            "earlier requests wait for an answer; wait for it",
        ));
    }
    if let Some(form) = &request.form {
        let region = app.region_in(&mut tx).await?;
        let today = app.clock.today_in(&region.time_zone);
        let changed = Case { form: form.clone(), ..case.clone() };
        let rules = changed.rules(&region.region, today)?;
        changed_form(&mut tx, &changed, &region.region, rules, today).await?;
    }
    let row = RequestRow {
        request_id: app.new_id()?,
        application_id: application_id.to_owned(),
        kind: request.kind.code().to_owned(),
        raised_by: actor.role().map_or(actor.log_name(), |role| role.label()).to_owned(),
        person_id: actor.person_id().map(str::to_owned),
        role: actor.role().map(|role| role.code().to_owned()),
        words: request.words.trim().to_owned(),
        form: request.form.as_ref().filter(|_| request.kind == RequestKind::Change).map(text_of),
        raised_at_ms: now_ms,
        outcome: None,
        answer: None,
        answered_by: None,
        answered_at_ms: None,
    };
    store::raise(&mut tx, &row).await?;
    let entry = NewEntry {
        kind: "registration.request_raised",
        subject: format!("application:{application_id}"),
        payload: json!({ "request": row.request_id, "kind": row.kind, "raised_by": row.raised_by }),
    };
    notify_request(app, &mut tx, actor, &case, (&row.request_id, request.kind)).await?;
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(row.request_id)
}

/// Answers an open request: objections are the province's to answer, changes and cancellations the registrar's.
pub async fn answer_request(
    app: &App,
    actor: &Actor,
    application_id: &str,
    answer: &Answer,
) -> Result<(), Refusal> {
    actor.permit(Action::ReadApplications)?;
    check_words(&answer.words)?;
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin(now_ms).await?;
    let case = Case::visible(&mut tx, actor, application_id).await?;
    let request = case.requests.iter().find(|request| request.request_id == answer.request_id);
    let request = request.ok_or_else(|| Refusal::NotFound(answer.request_id.clone()))?;
    let kind = RequestKind::from_code(&request.kind)
        .ok_or_else(|| StoreError::Damaged(format!("request {}", request.request_id)))?;
    let wanted = match kind {
        RequestKind::Objection => Action::ReviewRegistrations,
        RequestKind::Change | RequestKind::Cancel => Action::HandleApplications,
    };
    case.permit(actor, wanted)?;
    if case.row.revision != answer.revision || !store::take(&mut tx, application_id, answer.revision).await? {
        return Err(stale(&case));
    }
    if kind != RequestKind::Objection && answer.outcome == RequestOutcome::Upheld {
        return Err(Refusal::invalid(
            "registration.request.by_step",
            "同意变更或注销，请直接办理变更登记或注销。",
            "agree by taking the step itself: change or cancel",
        ));
    }
    let (code, words) = (answer.outcome.code(), answer.words.trim());
    if !store::answer(&mut tx, &answer.request_id, code, words, actor.log_name(), now_ms).await? {
        return Err(Refusal::invalid(
            "registration.request.answered",
            "这项申请已经答复。",
            "this request was answered before",
        ));
    }
    let entry = NewEntry {
        kind: "registration.request_answered",
        subject: format!("application:{application_id}"),
        payload: json!({ "request": answer.request_id, "kind": kind.code(), "outcome": code }),
    };
    notify_answer(app, &mut tx, actor, &case, &answer.request_id).await?;
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(())
}

fn check_words(words: &str) -> Result<(), Refusal> {
    if words.trim().is_empty() || words.chars().count() > WORDS_CHARACTERS_MAX {
        return Err(Refusal::invalid(
            "registration.words",
            format!("请写明理由，不超过 {WORDS_CHARACTERS_MAX} 字。"),
            format!("give a reason of at most {WORDS_CHARACTERS_MAX} characters"),
        ));
    }
    Ok(())
}

/// One objects to what is under way or was decided; one changes or cancels what is registered.
fn check_state(case: &Case, kind: RequestKind) -> Result<(), Refusal> {
    use ApplicationState as At;
    let is_fit = match kind {
        RequestKind::Objection => !matches!(case.state, At::Draft | At::Withdrawn),
        RequestKind::Change | RequestKind::Cancel => case.state == At::Registered,
    };
    if is_fit {
        return Ok(());
    }
    Err(Refusal::invalid(
        "registration.request.not_from_here",
        format!("申请现为“{}”，不能提出这项申请。", case.state.label()),
        format!("the application is {}; this cannot be asked for now", case.state.label_en()),
    ))
}
