//! Searches of the market that somebody keeps (保存的检索): run once a day, and their owner is told of what is new.

use jiff::civil::Date;
use xiaoxiang_domain::notice::{NamedValue, Notice, NoticeKind, Whom};
use xiaoxiang_store::saved_search::{self as store, SavedSearchRow};

use super::find_matches::level_of;
use super::index::IndexState;
use super::search_market::{SEARCH_CHARACTERS_MAX, SearchAsk, search_at};
use crate::actor::Actor;
use crate::app::App;
use crate::notice::{Occasion, notify};
use crate::refusal::Refusal;

/// Searches that one person may keep.
pub const SEARCHES_MAX: usize = 20;
/// Searches run between two looks at the log.
const SEARCHES_AT_ONCE: i64 = 10;
/// Records that are remembered as seen. A search finds fewer at a time; what dropped out and comes back is not new.
const SEEN_MAX: usize = 500;

/// A search that somebody keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedSearch {
    /// Id.
    pub search_id: String,
    /// What is searched for.
    pub ask: SearchAsk,
    /// When it was kept.
    pub created_at_ms: i64,
}

/// Keeps a search for its owner. What it finds now is taken as seen.
pub async fn save_search(app: &App, actor: &Actor, ask: &SearchAsk) -> Result<(), Refusal> {
    let person_id = actor.person_id().ok_or(Refusal::SignedOut)?;
    let ask = ask.narrowed();
    if ask.text.is_empty() {
        return Err(Refusal::invalid(
            "market.search.empty",
            "请先输入要检索的内容，再保存检索。",
            "type what to search for before you keep the search",
        ));
    }
    let found = search_at(app, level_of(actor), &ask).await?;
    let seen: Vec<String> = found.hits.iter().map(|hit| hit.key.to_string()).collect();
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin(now_ms).await?;
    let today = app.today_in(&mut tx).await?;
    let kept = store::list_own(&mut tx, person_id, i64::MAX).await?;
    if kept.iter().any(|row| ask_of(row) == ask) {
        return Ok(());
    }
    if kept.len() >= SEARCHES_MAX {
        return Err(Refusal::invalid(
            "market.search.too_many",
            format!("每人最多保存 {SEARCHES_MAX} 条检索。请先删除不再需要的。"),
            format!("a person keeps {SEARCHES_MAX} searches at most; drop one that you no longer need first"),
        ));
    }
    let row = SavedSearchRow {
        search_id: app.new_id()?,
        person_id: person_id.to_owned(),
        text: ask.text,
        sort: ask.sort,
        field: ask.field,
        division: ask.division,
        seen: write_seen(&seen),
        created_at_ms: now_ms,
        run_on: today.to_string(),
    };
    store::add(&mut tx, &row).await?;
    tx.keep_unlogged().await?;
    Ok(())
}

/// What somebody keeps, the latest first.
pub async fn list_saved_searches(app: &App, actor: &Actor) -> Result<Vec<SavedSearch>, Refusal> {
    let person_id = actor.person_id().ok_or(Refusal::SignedOut)?;
    let mut tx = app.db.read().await?;
    let rows = store::list_own(&mut tx, person_id, i64::MAX).await?;
    let shown = |row: SavedSearchRow| SavedSearch {
        ask: ask_of(&row),
        search_id: row.search_id,
        created_at_ms: row.created_at_ms,
    };
    Ok(rows.into_iter().map(shown).collect())
}

/// Drops one's own search.
pub async fn drop_saved_search(app: &App, actor: &Actor, search_id: &str) -> Result<(), Refusal> {
    let person_id = actor.person_id().ok_or(Refusal::SignedOut)?;
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    if !store::drop_own(&mut tx, search_id, person_id).await? {
        return Err(Refusal::NotFound(search_id.to_owned()));
    }
    tx.keep_unlogged().await?;
    Ok(())
}

/// Runs some of the searches that were not run today and tells their owners of what is new; gives whether there may be
/// more. On several nodes each looks; the first that writes tells.
pub async fn run_saved_searches(app: &App) -> Result<bool, Refusal> {
    let mut tx = app.db.read().await?;
    let today = app.today_in(&mut tx).await?;
    let due = store::list_due(&mut tx, &today.to_string(), SEARCHES_AT_ONCE).await?;
    drop(tx);
    let has_more = i64::try_from(due.len()).unwrap_or(i64::MAX) == SEARCHES_AT_ONCE;
    for row in due {
        if !run_search(app, &row, today).await? {
            return Ok(false);
        }
    }
    Ok(has_more)
}

/// Gives whether it could be run: not while the index lacks something.
async fn run_search(app: &App, row: &SavedSearchRow, today: Date) -> Result<bool, Refusal> {
    let ask = ask_of(row);
    let found = search_at(app, xiaoxiang_domain::market::DisclosureLevel::SignedIn, &ask).await?;
    if found.state != IndexState::Complete {
        return Ok(false);
    }
    let mut seen: Vec<String> = serde_json::from_str(&row.seen).unwrap_or_default();
    let fresh: Vec<String> =
        found.hits.iter().map(|hit| hit.key.to_string()).filter(|key| !seen.contains(key)).collect();
    let count = fresh.len();
    seen.extend(fresh);
    seen.drain(..seen.len().saturating_sub(SEEN_MAX));
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    let days = (row.run_on.as_str(), &*today.to_string());
    if !store::note_run(&mut tx, &row.search_id, days, &write_seen(&seen)).await? {
        return Ok(true);
    }
    if count > 0 {
        let notice = Notice {
            kind: NoticeKind::SearchFound,
            subject: format!("saved_search:{}", row.search_id),
            values: vec![NamedValue::same("text", &row.text), NamedValue::same("count", &count.to_string())],
            path: ask.path(),
        };
        let record = format!("saved_search:{}:{today}", row.search_id);
        let occasion = Occasion::Once { record: &record, author: None };
        notify(app, &mut tx, occasion, &notice, &[Whom::Person(row.person_id.clone())]).await?;
    }
    tx.keep_unlogged().await?;
    Ok(true)
}

fn ask_of(row: &SavedSearchRow) -> SearchAsk {
    SearchAsk {
        text: row.text.clone(),
        sort: row.sort.clone(),
        field: row.field.clone(),
        division: row.division.clone(),
    }
}

fn write_seen(seen: &[String]) -> String {
    serde_json::to_string(seen).expect("invariant: texts make a list")
}

impl SearchAsk {
    /// As it is searched for and kept: no more than is looked at.
    fn narrowed(&self) -> Self {
        let short = |text: &str, most: usize| text.trim().chars().take(most).collect::<String>();
        Self {
            text: short(&self.text, SEARCH_CHARACTERS_MAX),
            sort: short(&self.sort, 20),
            field: short(&self.field, 20),
            division: short(&self.division, 6),
        }
    }

    /// The page of the market that shows what is found.
    #[must_use]
    pub fn path(&self) -> String {
        let fields =
            [("text", &self.text), ("kind", &self.sort), ("field", &self.field), ("city", &self.division)];
        let stated: Vec<_> = fields.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        let query = serde_urlencoded::to_string(stated).expect("invariant: pairs of texts make a query");
        format!("/market?{query}")
    }
}
