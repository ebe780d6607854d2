//! Tells the people concerned of an act of an inspection (检查通知): the party of what is asked of it and what became of it,
//! the province of what the party said.

use xiaoxiang_domain::access::{Role, Scope};
use xiaoxiang_domain::contract::procedure::InspectionAct;
use xiaoxiang_domain::notice::{NamedValue, Notice, NoticeKind, Whom};
use xiaoxiang_store::WriteTx;
use xiaoxiang_store::inspection::ActRow;

use super::take_act::Held;
use crate::actor::Actor;
use crate::app::App;
use crate::notice::{Occasion, notify};
use crate::refusal::Refusal;

/// Tells of an act, as part of the transaction that does it. A revocation is told with its step.
pub(super) async fn notify_act(
    app: &App,
    tx: &mut WriteTx,
    actor: &Actor,
    held: &Held,
    act: &ActRow,
) -> Result<(), Refusal> {
    let due = |day: &Option<String>| match day {
        Some(day) => NamedValue::same("due", day),
        None => NamedValue::new("due", "节假日安排公布后确定", "once the holidays are announced"),
    };
    let (kind, values) = match InspectionAct::from_code(&act.act) {
        Some(InspectionAct::Notice) => (NoticeKind::EvidenceAsked, Some(due(&held.row.evidence_due))),
        Some(InspectionAct::OfferHearing) => (NoticeKind::HearingOffered, Some(due(&held.row.hearing_due))),
        Some(InspectionAct::Clear) => (NoticeKind::InspectionCleared, None),
        Some(InspectionAct::Serve) => (NoticeKind::RevocationServed, None),
        Some(InspectionAct::TakeEvidence | InspectionAct::StateCase) => (NoticeKind::PartyAnswered, None),
        Some(InspectionAct::Hear | InspectionAct::Revoke | InspectionAct::SendLetters) | None => {
            return Ok(());
        }
    };
    let whom = if kind == NoticeKind::PartyAnswered {
        vec![Whom::Everyone(Role::Statistician), Whom::Everyone(Role::DivisionHead)]
    } else {
        let own = Scope::Organisation(held.case.row.organisation_key);
        vec![
            Whom::Person(held.case.row.applicant_id.clone()),
            Whom::Over(Role::TransferOffice, own),
            Whom::Over(Role::OrganisationAgent, own),
        ]
    };
    let inspection_id = &held.row.inspection_id;
    let record = format!("inspection:{inspection_id}:{}", act.serial);
    let project = NamedValue::same("project", &held.case.row.project_name);
    let notice = Notice {
        kind,
        subject: format!("inspection:{inspection_id}"),
        values: std::iter::once(project).chain(values).collect(),
        path: format!("/inspections/{inspection_id}"),
    };
    notify(app, tx, Occasion::Once { record: &record, author: Some(actor) }, &notice, &whom).await
}
