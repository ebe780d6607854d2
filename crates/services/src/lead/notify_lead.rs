//! Tells the people concerned of what happens to a lead (对接通知). What is named is public: titles, never a company.

use xiaoxiang_domain::access::{Role, Scope};
use xiaoxiang_domain::lead::{LeadParty, LeadSides};
use xiaoxiang_domain::notice::{NamedValue, Notice, NoticeKind, Whom};
use xiaoxiang_store::WriteTx;
use xiaoxiang_store::lead::LeadRow;

use super::case::{sides_of, title_of};
use crate::actor::Actor;
use crate::app::App;
use crate::notice::{Occasion, notify};
use crate::refusal::Refusal;

/// Whoever acts for a party.
pub(super) fn people_of(row: &LeadRow, party: LeadParty) -> Vec<Whom> {
    let LeadSides {
        demand_organisation,
        demand_person,
        offer_organisation,
        offer_person,
        manager,
        divisions,
    } = sides_of(row);
    let side = |organisation: Option<i64>, person: Option<String>| {
        let scope = organisation.map(Scope::Organisation);
        let agents = scope.into_iter().flat_map(|over| {
            [Role::OrganisationAgent, Role::TransferOffice].map(|role| Whom::Over(role, over))
        });
        agents.chain(person.map(Whom::Person)).collect()
    };
    match party {
        LeadParty::Demand => side(demand_organisation, demand_person),
        LeadParty::Offer => side(offer_organisation, offer_person),
        LeadParty::Manager => manager.map(Whom::Person).into_iter().collect(),
        LeadParty::Office => divisions
            .first()
            .map(|division| {
                let over = Scope::Division(*division);
                vec![Whom::Over(Role::CountyOfficer, over), Whom::Over(Role::CityOfficer, over)]
            })
            .unwrap_or_default(),
    }
}

/// Both sides and the manager.
pub(super) fn everybody(row: &LeadRow) -> Vec<Whom> {
    LeadParty::PROMISING.into_iter().flat_map(|party| people_of(row, party)).collect()
}

/// Tells of something that happens to a lead once; `occasion` names it within the lead.
pub(super) async fn tell(
    app: &App,
    tx: &mut WriteTx,
    author: Option<&Actor>,
    row: &LeadRow,
    (kind, occasion): (NoticeKind, &str),
    mut values: Vec<NamedValue>,
    whom: &[Whom],
) -> Result<(), Refusal> {
    if whom.is_empty() {
        return Ok(());
    }
    let lead_id = &row.lead_id;
    values.insert(0, NamedValue::same("title", title_of(row)));
    let subject = format!("lead:{lead_id}");
    let record = format!("{subject}:{occasion}");
    let notice = Notice { kind, subject, values, path: format!("/leads/{lead_id}") };
    notify(app, tx, Occasion::Once { record: &record, author }, &notice, whom).await
}
