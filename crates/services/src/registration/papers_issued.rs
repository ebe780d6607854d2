//! What was issued for a registered contract and is relied on elsewhere (登记证明、技术性收入核定表): tax and finance hold a
//! copy, which a later change overtakes.

use jiff::civil::Date;
use xiaoxiang_domain::bulletin::PrintedNote;
use xiaoxiang_domain::contract::procedure::{ApplicationState, Step};
use xiaoxiang_domain::region::PaperBy;
use xiaoxiang_store::StoreError;
use xiaoxiang_store::registration as store;

use super::case::Case;
use crate::actor::Actor;
use crate::app::App;
use crate::contract::visible_facts;
use crate::refusal::Refusal;

/// A paper that others rely on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuedPaper {
    /// UUID of the application.
    pub application_id: String,
    /// Word of addresses.
    pub key: String,
    /// What it is called.
    pub name: PrintedNote,
    /// Its number: of the certificate, or of the registration.
    pub number: String,
    /// When it was issued.
    pub issued_on: Date,
    /// Whether it still says what is registered: nothing was changed, cancelled or revoked since.
    pub is_current: bool,
}

/// The papers that the desk issued with its approval of a contract; none where it was registered elsewhere.
pub async fn papers_issued_for(
    app: &App,
    actor: &Actor,
    registration_number: &str,
) -> Result<Vec<IssuedPaper>, Refusal> {
    visible_facts(app, actor, registration_number).await?;
    let in_force = app.region().await?;
    let mut tx = app.db.read().await?;
    let Some(row) = store::find_by_number(&mut tx, registration_number).await? else { return Ok(Vec::new()) };
    let case = Case::load(&mut tx, &row.application_id).await?;
    let Some(approval) = case.steps.iter().rev().find(|step| step.step == Step::Approve.code()) else {
        return Ok(Vec::new());
    };
    let damaged = || StoreError::Damaged(format!("day of a step of {}", row.application_id));
    let issued_on: Date = approval.taken_on.parse().map_err(|_| damaged())?;
    let was_changed =
        case.steps.iter().any(|step| step.serial > approval.serial && step.step == Step::Change.code());
    let stands = matches!(case.state, ApplicationState::Registered | ApplicationState::PreReviewed);
    let mode = case.rules(&in_force.region, issued_on)?.mode;
    let papers = in_force.region.papers().iter().filter(|paper| {
        paper.by == PaperBy::Desk && paper.after == Some(Step::Approve) && paper.exists_in(mode)
    });
    let number = row.certificate_number.as_deref().unwrap_or(registration_number);
    let issued = papers.map(|paper| IssuedPaper {
        application_id: row.application_id.clone(),
        key: paper.key.clone(),
        name: PrintedNote { zh: paper.name.clone(), en: paper.name_en.clone() },
        number: number.to_owned(),
        issued_on,
        is_current: stands && !was_changed,
    });
    Ok(issued.collect())
}
