//! Demands as an office or a company lists them: of one's extent, the latest changed first, and how many stand where.

use jiff::civil::Date;
use xiaoxiang_domain::access::{Action, Role, Scope};
use xiaoxiang_domain::demand::{DemandKind, DemandState};
use xiaoxiang_store::StoreError;
use xiaoxiang_store::demand::{self as store, DEMANDS_PAGE_MAX, DemandFilter, DemandRow};

use crate::access::like_pattern;
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// Demands of one page where nothing is said.
pub const PAGE_USUAL: usize = 50;

/// Which demands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DemandsAsk {
    /// States; none means all.
    pub states: Vec<DemandState>,
    /// Which list.
    pub kind: Option<DemandKind>,
    /// Code of the technical field.
    pub field: String,
    /// Part of the title.
    pub text: String,
    /// What the page before gave as `next`.
    pub after: Option<String>,
    /// Demands of the page; 0 for the usual number.
    pub limit: usize,
}

/// How many demands of a kind and field stand in a state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KindStateCount {
    /// State.
    pub state: DemandState,
    /// Kind.
    pub kind: DemandKind,
    /// Code of the field.
    pub field: String,
    /// How many.
    pub count: i64,
}

/// A demand in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedDemand {
    /// The record.
    pub row: DemandRow,
    /// Where it stands.
    pub state: DemandState,
    /// Which list it belongs to.
    pub kind: DemandKind,
    /// Company as the form writes it; empty for an expert.
    pub organisation: String,
}

/// A page of demands.
#[derive(Clone, Debug)]
pub struct DemandsPage {
    /// The latest changed first.
    pub items: Vec<ListedDemand>,
    /// Where the next page begins; none on the last.
    pub next: Option<String>,
    /// How many stand where.
    pub counts: Vec<KindStateCount>,
    /// The legal day.
    pub today: Date,
}

/// A page of the demands that somebody may see.
pub async fn list_demands(app: &App, actor: &Actor, ask: &DemandsAsk) -> Result<DemandsPage, Refusal> {
    let scope = actor.permit(Action::ReadDemands)?;
    let limit = if ask.limit == 0 { PAGE_USUAL } else { ask.limit.min(page_max()) };
    let mut tx = app.db.read().await?;
    let today = app.today_in(&mut tx).await?;
    let filter = filter_of(actor, scope, ask);
    let before = ask.after.as_deref().map(read_place).transpose()?.unwrap_or((i64::MAX, String::new()));
    let wanted = i64::try_from(limit).expect("invariant: a page is short");
    let rows = store::list(&mut tx, &filter, (before.0, &before.1), wanted).await?;
    let next = (rows.len() == limit)
        .then(|| rows.last().map(|row| write_place(row.changed_at_ms, &row.demand_id)))
        .flatten();
    let is_expert = actor.role() == Some(Role::Expert);
    let items = rows.into_iter().map(|row| listed(row, is_expert)).collect::<Result<Vec<_>, _>>()?;
    let counted = store::count(&mut tx, &filter).await?;
    let count = |(state, kind, field, count): (String, String, String, i64)| {
        let (state, kind) = (DemandState::from_code(&state)?, DemandKind::from_code(&kind)?);
        Some(KindStateCount { state, kind, field, count })
    };
    Ok(DemandsPage { items, next, counts: counted.into_iter().filter_map(count).collect(), today })
}

fn page_max() -> usize {
    usize::try_from(DEMANDS_PAGE_MAX).expect("invariant: a page is short")
}

pub(super) fn listed(row: DemandRow, is_expert: bool) -> Result<ListedDemand, StoreError> {
    let damaged = || StoreError::Damaged(format!("demand {}", row.demand_id));
    let state = DemandState::from_code(&row.state).ok_or_else(damaged)?;
    let kind = DemandKind::from_code(&row.kind).ok_or_else(damaged)?;
    let form: xiaoxiang_domain::demand::DemandForm =
        serde_json::from_str(&row.form).map_err(|_| damaged())?;
    let organisation = if is_expert { String::new() } else { form.field("organisation_name").to_owned() };
    Ok(ListedDemand { row, state, kind, organisation })
}

fn filter_of(actor: &Actor, scope: Scope, ask: &DemandsAsk) -> DemandFilter {
    let codes: Vec<&str> = ask.states.iter().map(|state| state.code()).collect();
    let person = actor.person_id().unwrap_or_default().to_owned();
    let is_expert = actor.role() == Some(Role::Expert);
    DemandFilter {
        // A scope that has no demands lists the reader's own entries only.
        organisation_key: match scope {
            Scope::Organisation(key) => key,
            Scope::Park(_) | Scope::Registrar(_) => -1,
            Scope::Region | Scope::Division(_) => 0,
        },
        division: match scope {
            Scope::Division(root) => digits_of(&root.to_string()),
            _ => String::new(),
        },
        enterer_id: person.clone(),
        expert: if is_expert { person.clone() } else { String::new() },
        states: if codes.is_empty() { String::new() } else { format!(",{},", codes.join(",")) },
        kind: ask.kind.map_or("", DemandKind::code).to_owned(),
        field: ask.field.clone(),
        mode: String::new(),
        title: if ask.text.trim().is_empty() { String::new() } else { like_pattern(&ask.text) },
        teaser: String::new(),
        draft_of: person,
    }
}

/// The digits of a division with a mark for what lies below it: `4301%` of a city.
pub(super) fn digits_of(code: &str) -> String {
    let mut digits = code;
    while let Some(shorter) = digits.strip_suffix("00").filter(|shorter| !shorter.is_empty()) {
        digits = shorter;
    }
    format!("{digits}%")
}

/// The place of a row in the order of lists.
pub(super) fn write_place(changed_at_ms: i64, demand_id: &str) -> String {
    format!("{changed_at_ms}.{demand_id}")
}

/// A place that a page gave.
pub(super) fn read_place(text: &str) -> Result<(i64, String), Refusal> {
    let read = text.split_once('.').and_then(|(at, id)| {
        let is_id = id.len() <= 64 && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        Some((at.parse::<i64>().ok()?, id.to_owned())).filter(|_| is_id)
    });
    read.ok_or_else(|| {
        Refusal::invalid(
            "paging.cursor",
            "翻页标记无效。请从第一页开始。",
            "the cursor is not valid; begin with the first page",
        )
    })
}
