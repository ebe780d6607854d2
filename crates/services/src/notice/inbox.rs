//! One's own inbox (收件箱).

use xiaoxiang_domain::notice::{NamedValue, NoticeKind};
use xiaoxiang_store::StoreError;
use xiaoxiang_store::notice::{self as store, NoticeRow};

use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// Notices of one page.
pub const NOTICES_PER_PAGE: i64 = 30;

/// One notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeView {
    /// Id.
    pub notice_id: String,
    /// What it is about.
    pub kind: NoticeKind,
    /// Chinese sentence.
    pub zh: String,
    /// English sentence.
    pub en: String,
    /// Where to see it: a path without language.
    pub path: String,
    /// When.
    pub at_ms: i64,
    /// When it was read.
    pub read_at_ms: Option<i64>,
}

/// A page of an inbox.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InboxPage {
    /// Newest first.
    pub notices: Vec<NoticeView>,
    /// Where the next page begins; none where this is the last.
    pub next: Option<String>,
}

/// Notices of whoever asks, newest first, after a place that an earlier page gave.
pub async fn list_notices(app: &App, actor: &Actor, after: Option<&str>) -> Result<InboxPage, Refusal> {
    let person_id = actor.person_id().ok_or(Refusal::SignedOut)?;
    let before = match after {
        None => (i64::MAX, String::new()),
        Some(place) => {
            let (at_ms, id) = place.split_once('-').ok_or_else(misread)?;
            (at_ms.parse().map_err(|_| misread())?, id.to_owned())
        }
    };
    let mut tx = app.db.read().await?;
    let mut rows =
        store::list_before(&mut tx, person_id, (before.0, &before.1), NOTICES_PER_PAGE + 1).await?;
    drop(tx);
    let page = usize::try_from(NOTICES_PER_PAGE).expect("invariant: a page is small");
    let has_more = rows.len() > page;
    rows.truncate(page);
    let next = rows.last().filter(|_| has_more).map(|last| format!("{}-{}", last.at_ms, last.notice_id));
    Ok(InboxPage { notices: rows.into_iter().map(view).collect::<Result<_, _>>()?, next })
}

fn misread() -> Refusal {
    Refusal::invalid(
        "notice.place",
        "页码无效。请从第一页重新打开。",
        "this place makes no sense; begin at the first page",
    )
}

fn view(row: NoticeRow) -> Result<NoticeView, StoreError> {
    let damaged = || StoreError::Damaged(format!("notice {}", row.notice_id));
    let kind = NoticeKind::from_code(&row.kind).ok_or_else(damaged)?;
    let values: Vec<NamedValue> = serde_json::from_str(&row.named_values).map_err(|_| damaged())?;
    let (zh, en) = kind.sentence(&values);
    Ok(NoticeView {
        notice_id: row.notice_id,
        kind,
        zh,
        en,
        path: row.path,
        at_ms: row.at_ms,
        read_at_ms: row.read_at_ms,
    })
}

/// How many notices a person has not read, counted up to a hundred.
pub async fn count_unread(app: &App, person_id: &str) -> Result<i64, Refusal> {
    let mut tx = app.db.read().await?;
    Ok(store::count_unread(&mut tx, person_id).await?)
}

/// Notes that a notice was read; somebody else's is not found.
pub async fn mark_read(app: &App, actor: &Actor, notice_id: &str) -> Result<(), Refusal> {
    let person_id = actor.person_id().ok_or(Refusal::SignedOut)?;
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    if !store::mark_read(&mut tx, person_id, notice_id).await? {
        return Err(Refusal::NotFound(notice_id.to_owned()));
    }
    tx.keep_unlogged().await?;
    Ok(())
}

/// Notes that a notice was read and gives the path to what it is about.
pub async fn open_notice(app: &App, actor: &Actor, notice_id: &str) -> Result<String, Refusal> {
    mark_read(app, actor, notice_id).await?;
    let mut tx = app.db.read().await?;
    let path = store::find_path(&mut tx, notice_id).await?;
    path.ok_or_else(|| Refusal::NotFound(notice_id.to_owned()))
}

/// Notes that everything was read that was there at an instant: what came since the page was opened stays unread.
pub async fn mark_all_read(app: &App, actor: &Actor, until_ms: i64) -> Result<(), Refusal> {
    let person_id = actor.person_id().ok_or(Refusal::SignedOut)?;
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    store::mark_all_read(&mut tx, person_id, until_ms).await?;
    tx.keep_unlogged().await?;
    Ok(())
}
