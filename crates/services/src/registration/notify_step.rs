//! Tells the people concerned of a step (办理通知): the applicant of what became of it, the registrar and the experts of
//! what waits for them.

use xiaoxiang_domain::access::{Role, Scope};
use xiaoxiang_domain::contract::procedure::{ApplicationState, Step};
use xiaoxiang_domain::notice::{NamedValue, Notice, NoticeKind, Whom};
use xiaoxiang_store::WriteTx;

use super::case::Case;
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
