//! Tells the people concerned of a step (办理通知): the applicant of what became of it, the registrar and the experts of
//! what waits for them.

use xiaoxiang_domain::access::{Role, Scope};
use xiaoxiang_domain::contract::procedure::{ApplicationState, Step};
use xiaoxiang_domain::notice::{NamedValue, Notice, NoticeKind, Whom};
use xiaoxiang_store::WriteTx;

use super::case::Case;
use super::request_change::RequestKind;
use crate::actor::Actor;
use crate::app::App;
use crate::notice::{Occasion, notify};
use crate::refusal::Refusal;

/// Tells of the latest step of a case, as part of the transaction that takes it.
pub(super) async fn notify_step(
    app: &App,
    tx: &mut WriteTx,
    actor: &Actor,
    case: &Case,
    step: Step,
) -> Result<(), Refusal> {
    let row = &case.row;
    let applicant = || Whom::Person(row.applicant_id.clone());
    let registrar = || Whom::Over(Role::Registrar, Scope::Registrar(row.registrar_key));
    let (kind, whom) = match step {
        Step::Submit => (NoticeKind::ApplicationSubmitted, registrar()),
        Step::Withdraw => (NoticeKind::ApplicationWithdrawn, registrar()),
        Step::Accept => (NoticeKind::ApplicationAccepted, applicant()),
        Step::Return => (NoticeKind::ApplicationReturned, applicant()),
        Step::FirstReview => (NoticeKind::ReviewWaits, registrar()),
        Step::AskExperts => (NoticeKind::ExpertsAsked, Whom::Everyone(Role::Expert)),
        Step::GiveExpertOpinion => (NoticeKind::ExpertOpinionGiven, registrar()),
        Step::Approve | Step::TakeNationalResult if case.state == ApplicationState::Registered => {
            (NoticeKind::ContractRegistered, applicant())
        }
        Step::Approve | Step::TakeNationalResult => (NoticeKind::ApplicationApproved, applicant()),
        Step::Refuse => (NoticeKind::ApplicationRefused, applicant()),
        Step::Change => (NoticeKind::RegistrationChanged, applicant()),
        Step::Cancel => (NoticeKind::RegistrationCancelled, applicant()),
        Step::Revoke => (NoticeKind::RegistrationRevoked, applicant()),
        Step::Reopen => (NoticeKind::ApplicationReopened, applicant()),
    };
    let mut everybody = vec![whom];
    if row.certificate_number.is_some() && matches!(step, Step::Change | Step::Cancel | Step::Revoke) {
        // They grant benefits on the certificate and the sheet of technical income.
        everybody.extend([Whom::Everyone(Role::Tax), Whom::Everyone(Role::Finance)]);
    }
    let serial = case.steps.last().map_or(0, |last| last.serial);
    let record = format!("application:{}:{serial}", row.application_id);
    let notice = Notice {
        kind,
        subject: format!("application:{}", row.application_id),
        values: vec![NamedValue::same("project", &row.project_name)],
        path: format!("/applications/{}", row.application_id),
    };
    notify(app, tx, Occasion::Once { record: &record, author: Some(actor) }, &notice, &everybody).await
}

/// Tells who answers that something was asked for.
pub(super) async fn notify_request(
    app: &App,
    tx: &mut WriteTx,
    actor: &Actor,
    case: &Case,
    request: (&str, RequestKind),
) -> Result<(), Refusal> {
    let whom = match request.1 {
        RequestKind::Objection => {
            vec![Whom::Everyone(Role::Statistician), Whom::Everyone(Role::DivisionHead)]
        }
        RequestKind::Change | RequestKind::Cancel => {
            vec![Whom::Over(Role::Registrar, Scope::Registrar(case.row.registrar_key))]
        }
    };
    tell_of_request(app, tx, actor, case, (request.0, NoticeKind::RequestRaised), &whom).await
}

/// Tells who asked what the answer is.
pub(super) async fn notify_answer(
    app: &App,
    tx: &mut WriteTx,
    actor: &Actor,
    case: &Case,
    request_id: &str,
) -> Result<(), Refusal> {
    let request = case.requests.iter().find(|request| request.request_id == request_id);
    let person = request.and_then(|request| request.person_id.clone());
    let Some(person) = person else { return Ok(()) };
    let whom = [Whom::Person(person)];
    tell_of_request(app, tx, actor, case, (request_id, NoticeKind::RequestAnswered), &whom).await
}

async fn tell_of_request(
    app: &App,
    tx: &mut WriteTx,
    actor: &Actor,
    case: &Case,
    (request_id, kind): (&str, NoticeKind),
    whom: &[Whom],
) -> Result<(), Refusal> {
    let application_id = &case.row.application_id;
    let notice = Notice {
        kind,
        subject: format!("application:{application_id}"),
        values: vec![NamedValue::same("project", &case.row.project_name)],
        path: format!("/applications/{application_id}#requests"),
    };
    let record = format!("request:{request_id}");
    notify(app, tx, Occasion::Once { record: &record, author: Some(actor) }, &notice, whom).await
}
