//! The desk (工作台): one's own open leads with what to do first, and what was promised, overdue first.

use std::collections::HashMap;

use jiff::civil::Date;
use xiaoxiang_domain::lead::{
    DeskReason, LeadParty, LeadPromise, PromiseState, PromiseUrgency, desk_reason, urgency_on,
};
use xiaoxiang_store::lead::{self as store, LEADS_PAGE_MAX, LeadFilter, PROMISES_PAGE_MAX, PromiseRow};

use super::list_leads::{LeadsStanding, ListedLead, listed, sight_of};
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// An open lead on a desk.
#[derive(Clone, Debug)]
pub struct DeskLead {
    /// The lead.
    pub lead: ListedLead,
    /// Why it stands where it stands.
    pub reason: DeskReason,
    /// What is promised next for it.
    pub next: Option<DeskPromise>,
    /// Days since it moved.
    pub idle_days: i64,
}

/// An open promise on a desk.
#[derive(Clone, Debug)]
pub struct DeskPromise {
    /// The record.
    pub row: PromiseRow,
    /// Whose it is to keep.
    pub whose: LeadParty,
    /// How it stands today.
    pub urgency: PromiseUrgency,
    /// Whether it is the reader's own.
    pub is_mine: bool,
    /// What the lead is called.
    pub title: String,
}

/// A desk.
#[derive(Clone, Debug)]
pub struct Desk {
    /// Open leads, what to do first first.
    pub leads: Vec<DeskLead>,
    /// Open promises, the reader's own first, then by day.
    pub promises: Vec<DeskPromise>,
    /// Whether there are more leads than the desk holds.
    pub is_cut: bool,
    /// The legal day.
    pub today: Date,
}

impl Desk {
    /// How many of the reader's own promises are overdue.
    #[must_use]
    pub fn overdue(&self) -> usize {
        let is_overdue =
            |one: &&DeskPromise| one.is_mine && matches!(one.urgency, PromiseUrgency::Overdue { .. });
        self.promises.iter().filter(is_overdue).count()
    }
}

/// Somebody's desk.
pub async fn read_desk(app: &App, actor: &Actor) -> Result<Desk, Refusal> {
    let sight = sight_of(actor)?;
    let mut tx = app.db.read().await?;
    let today = app.today_in(&mut tx).await?;
    let filter = LeadFilter {
        sight: sight.clone(),
        standing: LeadsStanding::Open.code().to_owned(),
        ..LeadFilter::default()
    };
    let rows = store::list(&mut tx, &filter, (i64::MAX, ""), LEADS_PAGE_MAX).await?;
    let is_cut = i64::try_from(rows.len()) == Ok(LEADS_PAGE_MAX);
    let leads = listed(&mut tx, actor, rows).await?;
    let by_id: HashMap<&str, &ListedLead> =
        leads.iter().map(|lead| (lead.row.lead_id.as_str(), lead)).collect();
    let mut promises = Vec::new();
    for row in store::list_open_promises(&mut tx, &sight, PROMISES_PAGE_MAX).await? {
        let Some(lead) = by_id.get(row.lead_id.as_str()) else { continue };
        let (Some(whose), Ok(due_on)) = (LeadParty::from_code(&row.whose), row.due_on.parse()) else {
            continue;
        };
        let urgency = urgency_on(&LeadPromise { whose, due_on, state: PromiseState::Open }, today);
        promises.push(DeskPromise {
            is_mine: whose == lead.party,
            title: lead.title.clone(),
            whose,
            urgency,
            row,
        });
    }
    let mut desk: Vec<DeskLead> = leads.iter().map(|lead| desk_lead(lead, &promises, today)).collect();
    desk.sort_by(|one, other| one.reason.cmp(&other.reason).then(other.idle_days.cmp(&one.idle_days)));
    promises.sort_by_key(|one| (!one.is_mine, one.row.due_on.clone()));
    Ok(Desk { leads: desk, promises, is_cut, today })
}

fn desk_lead(lead: &ListedLead, promises: &[DeskPromise], today: Date) -> DeskLead {
    let own: Vec<&DeskPromise> = promises.iter().filter(|one| one.row.lead_id == lead.row.lead_id).collect();
    let facts: Vec<LeadPromise> = own
        .iter()
        .filter_map(|one| {
            let due_on = one.row.due_on.parse().ok()?;
            Some(LeadPromise { whose: one.whose, due_on, state: PromiseState::Open })
        })
        .collect();
    let moved_on = lead.row.moved_on.parse().unwrap_or(today);
    DeskLead {
        reason: desk_reason(lead.standing, moved_on, &facts, lead.party, today),
        next: own.first().map(|one| (*one).clone()),
        idle_days: i64::from((today - moved_on).get_days()),
        lead: lead.clone(),
    }
}
