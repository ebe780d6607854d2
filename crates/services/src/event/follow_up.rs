//! What goes on from a meeting (后续线索): a lead that joins whoever needs with whoever offers.

use xiaoxiang_domain::event::PartyKind;
use xiaoxiang_domain::lead::LeadSource;
use xiaoxiang_store::event::ParticipantRow;

use super::case::Case;
use crate::actor::Actor;
use crate::app::App;
use crate::lead::{LeadOffer, NewLead, open_lead};
use crate::refusal::Refusal;

/// Opens the lead of two who met, or gives the one that joins them already.
pub(super) async fn open(
    app: &App,
    actor: &Actor,
    case: &Case,
    (host, guest): (&ParticipantRow, &ParticipantRow),
    note: &str,
) -> Result<String, Refusal> {
    let (needs, offers) = if needs(host) || !needs(guest) { (host, guest) } else { (guest, host) };
    let of = |row: &ParticipantRow, kind: &str| {
        row.subject.split_once(':').filter(|(found, _)| *found == kind).map(|(_, id)| id.to_owned())
    };
    let offer = of(offers, "achievement")
        .map(LeadOffer::Achievement)
        .or_else(|| of(offers, "profile").map(LeadOffer::Profile))
        .unwrap_or_else(|| LeadOffer::Organisation(offers.organisation_name.clone()));
    let demand_id = of(needs, "demand");
    let today = app.today().await?;
    let new = NewLead {
        source_reference: case.row.event_id.clone(),
        asker: if demand_id.is_none() { needs.organisation_name.clone() } else { String::new() },
        opened_on: Some(case.planned.day.min(today)),
        note: note.to_owned(),
        ..NewLead::plain(LeadSource::Event, demand_id, offer)
    };
    Ok(open_lead(app, actor, &new).await?.lead_id)
}

/// Whether somebody comes with a need: a company, above all one with a demand.
fn needs(row: &ParticipantRow) -> bool {
    row.subject.starts_with("demand:") || row.kind == PartyKind::Company.code()
}
