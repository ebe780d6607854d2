//! The office's list of events (活动列表).

use xiaoxiang_domain::access::{Action, Scope};
use xiaoxiang_domain::event::{EventKind, EventState, PlannedEvent};
use xiaoxiang_store::Tx;
use xiaoxiang_store::event::{self as store, EventFilter, EventRow};

use super::case::{read_row, seats_of};
use crate::access::like_pattern;
use crate::actor::Actor;
use crate::app::App;
use crate::place::division_pattern;
use crate::refusal::Refusal;

/// Events of one page where nothing is said.
const PAGE_USUAL: usize = 30;
/// Behind every day.
const LAST_PLACE: &str = "9999";

/// Which events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventsAsk {
    /// State.
    pub state: Option<EventState>,
    /// Kind.
    pub kind: Option<EventKind>,
    /// Part of the title.
    pub text: String,
    /// What the page before gave as `next`.
    pub after: Option<String>,
    /// Events of the page; 0 for the usual number.
    pub limit: usize,
}

/// An event of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedEvent {
    /// Id.
    pub event_id: String,
    /// Where it stands.
    pub state: EventState,
    /// Its plan.
    pub planned: PlannedEvent,
    /// Seats that are taken.
    pub seats_taken: i64,
    /// How many wait.
    pub waiting: i64,
    /// When plan or state changed last.
    pub changed_at_ms: i64,
}

/// A page of events.
#[derive(Clone, Debug)]
pub struct EventsPage {
    /// The latest day first.
    pub items: Vec<ListedEvent>,
    /// Where the next page begins; none on the last.
    pub next: Option<String>,
    /// How many stand in each state.
    pub counts: Vec<(EventState, i64)>,
}

/// Events of somebody's extent.
pub async fn list_events(app: &App, actor: &Actor, ask: &EventsAsk) -> Result<EventsPage, Refusal> {
    let scope = actor.permit(Action::ReadEvents)?;
    let filter = EventFilter {
        division: match scope {
            Scope::Region => String::new(),
            Scope::Division(root) => division_pattern(&root.to_string()),
            // A scope without a place lists one's own events.
            _ => "-".to_owned(),
        },
        creator_id: actor.person_id().unwrap_or_default().to_owned(),
        states: ask.state.map_or_else(String::new, |state| format!(",{},", state.code())),
        kind: ask.kind.map_or("", EventKind::code).to_owned(),
        title: if ask.text.trim().is_empty() { String::new() } else { like_pattern(&ask.text) },
        is_open_to_all_only: false,
    };
    let mut tx = app.db.read().await?;
    let (items, next) = page_of(&mut tx, &filter, ask.after.as_deref(), ask.limit).await?;
    let counts = store::count(&mut tx, &filter).await?;
    let counts =
        counts.into_iter().filter_map(|(state, count)| Some((EventState::from_code(&state)?, count)));
    Ok(EventsPage { items, next, counts: counts.collect() })
}

/// A page of a filter.
pub(super) async fn page_of(
    tx: &mut Tx,
    filter: &EventFilter,
    after: Option<&str>,
    limit: usize,
) -> Result<(Vec<ListedEvent>, Option<String>), Refusal> {
    let limit = if limit == 0 { PAGE_USUAL } else { limit.min(100) };
    let before = match after {
        Some(place) => read_day_place(place)?,
        None => (LAST_PLACE.to_owned(), String::new()),
    };
    let wanted = i64::try_from(limit).expect("invariant: a page is short");
    let rows = store::list(tx, filter, (&before.0, &before.1), wanted).await?;
    let next = rows.last().filter(|_| rows.len() == limit);
    let next = next.map(|last| hex::encode(format!("{}/{}", last.held_on, last.event_id)));
    let mut items = Vec::with_capacity(rows.len());
    for row in &rows {
        items.push(listed(tx, row).await?);
    }
    Ok((items, next))
}

pub(super) async fn listed(tx: &mut Tx, row: &EventRow) -> Result<ListedEvent, Refusal> {
    let (_, planned, state) = read_row(row)?;
    let (seats_taken, waiting) = seats_of(&store::count_participants(tx, &row.event_id).await?);
    Ok(ListedEvent {
        event_id: row.event_id.clone(),
        state,
        planned,
        seats_taken,
        waiting,
        changed_at_ms: row.changed_at_ms,
    })
}

fn read_day_place(text: &str) -> Result<(String, String), Refusal> {
    let read = hex::decode(text).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let place = read.as_deref().and_then(|text| text.split_once('/'));
    let place = place.map(|(day, id)| (day.to_owned(), id.to_owned()));
    place.ok_or_else(crate::place::foreign_place)
}
