//! Leads that somebody sees, the latest changed first.

use std::collections::BTreeMap;

use jiff::civil::Date;
use xiaoxiang_domain::access::{Action, Scope};
use xiaoxiang_domain::lead::{
    LeadParty, LeadReader, LeadSource, LeadStage, LeadStanding, is_office, party_of,
};
use xiaoxiang_store::lead::{self as store, LEADS_PAGE_MAX, LeadFilter, LeadRow, LeadSight};
use xiaoxiang_store::{StoreError, Tx, person};

use super::case::{sides_of, standing, title_of};
use crate::actor::Actor;
use crate::app::App;
use crate::place::{division_pattern, read_place, write_place};
use crate::refusal::Refusal;

/// Leads of one page where nothing is said.
pub const PAGE_USUAL: usize = 50;
/// What asks for leads of which something is not known.
pub const UNKNOWN: &str = "-";

/// Whether leads go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LeadsStanding {
    /// 进行中
    Open,
    /// 已终止
    Closed,
    /// 已登记
    Registered,
}

impl LeadsStanding {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Open, Self::Closed, Self::Registered];

    /// The word of addresses and the API.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Registered => "registered",
        }
    }

    /// What a word asks for.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|standing| standing.code() == code)
    }
}

/// Which leads. Empty texts set no limit, [`UNKNOWN`] asks for those of which it is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeadsAsk {
    /// Whether they go on.
    pub standing: Option<LeadsStanding>,
    /// The stage at which they stand.
    pub stage: Option<LeadStage>,
    /// The stage to which they came, or beyond.
    pub reached: Option<LeadStage>,
    /// Where they came from.
    pub source: Option<LeadSource>,
    /// Code of a division.
    pub city: String,
    /// Code of the technical field.
    pub field: String,
    /// Number of the list issue.
    pub issue_number: String,
    /// Person who looks after them.
    pub manager_id: String,
    /// Demand.
    pub demand_id: String,
    /// First and last day on which they were opened.
    pub opened: [Option<Date>; 2],
    /// What the page before gave as `next`.
    pub after: Option<String>,
    /// Leads of the page; 0 for the usual number.
    pub limit: usize,
}

/// A lead in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedLead {
    /// The record.
    pub row: LeadRow,
    /// What it is called.
    pub title: String,
    /// Where it stands.
    pub standing: LeadStanding,
    /// As what the reader sees it.
    pub party: LeadParty,
    /// Name of who looks after it; empty where nobody does.
    pub manager: String,
}

/// A page of leads.
#[derive(Clone, Debug)]
pub struct LeadsPage {
    /// The latest changed first.
    pub items: Vec<ListedLead>,
    /// Where the next page begins; none on the last.
    pub next: Option<String>,
    /// The legal day.
    pub today: Date,
}

/// A page of the leads that somebody sees.
pub async fn list_leads(app: &App, actor: &Actor, ask: &LeadsAsk) -> Result<LeadsPage, Refusal> {
    let sight = sight_of(actor)?;
    let page_max = usize::try_from(LEADS_PAGE_MAX).expect("invariant: a page is short");
    let limit = if ask.limit == 0 { PAGE_USUAL } else { ask.limit.min(page_max) };
    let before = ask.after.as_deref().map(read_place).transpose()?.unwrap_or((i64::MAX, String::new()));
    let mut tx = app.db.read().await?;
    let today = app.today_in(&mut tx).await?;
    let wanted = i64::try_from(limit).expect("invariant: a page is short");
    let rows = store::list(&mut tx, &filter_of(sight, ask), (before.0, &before.1), wanted).await?;
    let next = (rows.len() == limit).then(|| rows.last()).flatten();
    let next = next.map(|last| write_place(last.changed_at_ms, &last.lead_id));
    Ok(LeadsPage { items: listed(&mut tx, actor, rows).await?, next, today })
}

/// Rows as lists show them.
pub(super) async fn listed(
    tx: &mut Tx,
    actor: &Actor,
    rows: Vec<LeadRow>,
) -> Result<Vec<ListedLead>, Refusal> {
    let scope = actor.permit(Action::ReadLeads)?;
    let reader = LeadReader { role: actor.role(), scope, person_id: actor.person_id() };
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        // What SQL gives and what the rule says are the same; where they were not, the rule decides.
        let Some(party) = party_of(&sides_of(&row), reader) else { continue };
        let manager = match &row.manager_id {
            Some(person_id) => name_of(tx, &mut names, person_id).await?,
            None => String::new(),
        };
        let title = title_of(&row).to_owned();
        items.push(ListedLead { title, standing: standing(&row)?, party, manager, row });
    }
    Ok(items)
}

/// The name of a person, read once.
pub(super) async fn name_of(
    tx: &mut Tx,
    names: &mut BTreeMap<String, String>,
    person_id: &str,
) -> Result<String, StoreError> {
    if let Some(name) = names.get(person_id) {
        return Ok(name.clone());
    }
    let name = person::find(tx, person_id).await?.map_or_else(String::new, |found| found.name);
    names.insert(person_id.to_owned(), name.clone());
    Ok(name)
}

/// Whose leads somebody sees, as the store asks for them.
pub(super) fn sight_of(actor: &Actor) -> Result<LeadSight, Refusal> {
    let scope = actor.permit(Action::ReadLeads)?;
    if is_office(actor.role()) {
        return Ok(match scope {
            Scope::Region => LeadSight { everything: 1, ..LeadSight::default() },
            Scope::Division(root) => {
                LeadSight { division: division_pattern(&root.to_string()), ..LeadSight::default() }
            }
            Scope::Park(_) | Scope::Organisation(_) | Scope::Registrar(_) => LeadSight::default(),
        });
    }
    Ok(LeadSight {
        organisation_key: match scope {
            Scope::Organisation(key) => key,
            _ => 0,
        },
        person_id: actor.person_id().unwrap_or_default().to_owned(),
        ..LeadSight::default()
    })
}

fn filter_of(sight: LeadSight, ask: &LeadsAsk) -> LeadFilter {
    let codes = |stages: &[LeadStage]| {
        let codes: Vec<&str> = stages.iter().map(|stage| stage.code()).collect();
        format!(",{},", codes.join(","))
    };
    let day = |day: Option<Date>| day.map_or_else(String::new, |day| day.to_string());
    LeadFilter {
        sight,
        standing: ask.standing.map_or("", LeadsStanding::code).to_owned(),
        stages: match (ask.stage, ask.reached) {
            (Some(stage), _) => codes(&[stage]),
            (None, Some(reached)) => codes(&LeadStage::ALL[reached.place()..]),
            (None, None) => String::new(),
        },
        source: ask.source.map_or("", LeadSource::code).to_owned(),
        city: match ask.city.as_str() {
            "" | UNKNOWN => ask.city.clone(),
            code => division_pattern(code),
        },
        field: ask.field.clone(),
        issue_number: ask.issue_number.clone(),
        manager_id: ask.manager_id.clone(),
        demand_id: ask.demand_id.clone(),
        opened: ask.opened.map(day),
    }
}
