//! Tells the people concerned of a step with a demand (需求通知): the company in words, the office of what waits for it.

use xiaoxiang_domain::access::{Role, Scope};
use xiaoxiang_domain::demand::{DemandStep, Verification};
use xiaoxiang_domain::notice::{NamedValue, Notice, NoticeKind, Whom};
use xiaoxiang_domain::region::DivisionCode;
use xiaoxiang_store::WriteTx;

use super::case::Case;
use crate::actor::Actor;
use crate::app::App;
use crate::notice::{Occasion, notify};
use crate::refusal::Refusal;

/// Tells of the latest step, as part of the transaction that takes it.
pub(super) async fn notify_step(
    app: &App,
    tx: &mut WriteTx,
    actor: &Actor,
    case: &Case,
    step: DemandStep,
) -> Result<(), Refusal> {
    let is_confirmed = case.row.verified.as_deref() == Some(Verification::Company.code());
    let kind = match step {
        DemandStep::Submit if is_confirmed => NoticeKind::DemandCollected,
        DemandStep::Submit => NoticeKind::DemandToConfirm,
        DemandStep::Confirm if case.state == xiaoxiang_domain::demand::DemandState::Collected => {
            NoticeKind::DemandCollected
        }
        DemandStep::Return => NoticeKind::DemandReturned,
        DemandStep::Check | DemandStep::Sort | DemandStep::Select => NoticeKind::DemandAdvanced,
        DemandStep::Decline => NoticeKind::DemandDeclined,
        DemandStep::Publish => NoticeKind::DemandPublished,
        DemandStep::Merge | DemandStep::Divide => NoticeKind::DemandMerged,
        DemandStep::Match | DemandStep::Contract => NoticeKind::DemandAdvanced,
        DemandStep::Expire => NoticeKind::DemandExpired,
        DemandStep::Confirm | DemandStep::Withdraw | DemandStep::Renew | DemandStep::InviteExperts => {
            return Ok(());
        }
    };
    let division = DivisionCode::parse(&case.row.division);
    let whom = match kind {
        NoticeKind::DemandCollected => division.map_or_else(Vec::new, |division| {
            let over = Scope::Division(division);
            vec![Whom::Over(Role::CountyOfficer, over), Whom::Over(Role::CityOfficer, over)]
        }),
        NoticeKind::DemandToConfirm => company(case),
        _ => owners(case),
    };
    let serial = case.steps.last().map_or(0, |last| last.serial);
    tell(app, tx, actor, case, (kind, serial), &whom).await
}

/// The company's agents.
pub(super) fn company(case: &Case) -> Vec<Whom> {
    match case.row.organisation_key {
        0 => Vec::new(),
        key => vec![Whom::Over(Role::OrganisationAgent, Scope::Organisation(key))],
    }
}

/// The company's agents and whoever wrote the demand down.
pub(crate) fn owners(case: &Case) -> Vec<Whom> {
    let enterer = Some(case.row.enterer_id.clone()).filter(|person| !person.is_empty());
    company(case).into_iter().chain(enterer.map(Whom::Person)).collect()
}

/// Tells of something that happens to a demand once.
pub(super) async fn tell(
    app: &App,
    tx: &mut WriteTx,
    actor: &Actor,
    case: &Case,
    (kind, serial): (NoticeKind, i64),
    whom: &[Whom],
) -> Result<(), Refusal> {
    if whom.is_empty() {
        return Ok(());
    }
    let demand_id = &case.row.demand_id;
    let notice = Notice {
        kind,
        subject: format!("demand:{demand_id}"),
        values: vec![
            NamedValue::same("title", &case.row.title),
            NamedValue::new("state", case.state.label(), case.state.label_en()),
        ],
        path: format!("/demands/{demand_id}"),
    };
    let record = format!("demand:{demand_id}:{serial}");
    notify(app, tx, Occasion::Once { record: &record, author: Some(actor) }, &notice, whom).await
}
