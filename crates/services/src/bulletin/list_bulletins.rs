//! Bulletins as readers look for them.

use std::cmp::Reverse;
use std::sync::Arc;

use jiff::civil::Date;
use xiaoxiang_domain::bulletin::{BulletinStatus, PrintedNote};
use xiaoxiang_domain::period::{Month, Period};
use xiaoxiang_store::bulletin::{self as store, BulletinHeadRow, CorrectionRow};
use xiaoxiang_store::{StoreError, Tx};

use super::content::BulletinContent;
use super::products::Product;
use crate::app::App;
use crate::follow::Followed;
use crate::refusal::Refusal;

/// Bulletins listed at once.
const LISTED_MAX: i64 = 500;
/// Published bulletins shown with their sentence at once; older ones are found by their year.
pub const PUBLISHED_SHOWN_MAX: usize = 24;

/// The head of a bulletin.
#[derive(Clone, Debug)]
pub struct BulletinSummary {
    /// Row as stored, without the content.
    pub row: BulletinHeadRow,
    /// Status.
    pub status: BulletinStatus,
    /// Period.
    pub period: Period,
    /// 签发日期; none while it is a draft.
    pub signed_on: Option<Date>,
}

/// A bulletin with its tables and corrections.
#[derive(Clone, Debug)]
pub struct BulletinDetail {
    /// Its head.
    pub summary: BulletinSummary,
    /// Its content, as frozen.
    pub content: BulletinContent,
    /// Its corrections in order.
    pub corrections: Vec<CorrectionRow>,
}

/// Which published bulletins are looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PublishedFilter {
    /// Only this year's.
    pub year: Option<i16>,
    /// Only those of this status.
    pub status: Option<BulletinStatus>,
}

/// A published bulletin in a list.
#[derive(Clone, Debug)]
pub struct PublishedSummary {
    /// Its head.
    pub summary: BulletinSummary,
    /// Title in both languages.
    pub title: PrintedNote,
    /// The sentence of its totals, where it has one.
    pub sentence: Option<PrintedNote>,
}

/// Published bulletins.
#[derive(Clone, Debug, Default)]
pub struct PublishedList {
    /// Years for which there are bulletins, latest first.
    pub years: Vec<i16>,
    /// The bulletins looked for, latest first.
    pub bulletins: Vec<PublishedSummary>,
    /// How many more there are than are shown.
    pub left_out: usize,
}

/// All bulletins, drafts first, then the newest; no content is read.
pub async fn list_bulletins(app: &App) -> Result<Vec<BulletinSummary>, Refusal> {
    let mut tx = app.db.read().await?;
    list_in(&mut tx).await
}

/// The published bulletins that a filter lets through; only the contents of those shown are read.
pub async fn list_published(app: &App, filter: PublishedFilter) -> Result<PublishedList, Refusal> {
    let mut tx = app.db.read().await?;
    let published = published_in(&mut tx).await?;
    let mut years: Vec<i16> = published.iter().map(|summary| summary.period.last().year).collect();
    years.sort_unstable_by_key(|year| Reverse(*year));
    years.dedup();
    let mut wanted: Vec<BulletinSummary> = published
        .into_iter()
        .filter(|summary| filter.year.is_none_or(|year| summary.period.last().year == year))
        .filter(|summary| filter.status.is_none_or(|status| summary.status == status))
        .collect();
    wanted.sort_by_key(|summary| Reverse(recency(summary)));
    let left_out = wanted.len().saturating_sub(PUBLISHED_SHOWN_MAX);
    wanted.truncate(PUBLISHED_SHOWN_MAX);
    // Nobody may hold a connection while asking for what is kept.
    drop(tx);
    let mut bulletins = Vec::with_capacity(wanted.len());
    for summary in wanted {
        let detail = find_published(app, &summary.row.bulletin_id).await?;
        let BulletinContent { title, title_en, sentences, .. } = &detail.content;
        let title = PrintedNote { zh: title.clone(), en: title_en.clone() };
        bulletins.push(PublishedSummary { summary, title, sentence: sentences.first().cloned() });
    }
    Ok(PublishedList { years, bulletins, left_out })
}

/// One bulletin.
pub async fn find_bulletin(app: &App, bulletin_id: &str) -> Result<BulletinDetail, Refusal> {
    let mut tx = app.db.read().await?;
    find_in(&mut tx, bulletin_id).await
}

/// One published bulletin with the tables that the public is shown; a draft is not there for it.
///
/// It is read once and kept until something is committed. Tables of circulars are left out: they may name every
/// university of the province.
pub async fn find_published(app: &App, bulletin_id: &str) -> Result<Arc<BulletinDetail>, Refusal> {
    let mark = Followed::newest(app).await?;
    let make = async || {
        let mut detail = find_bulletin(app, bulletin_id).await?;
        if detail.summary.status == BulletinStatus::Draft {
            return Err(Refusal::NotFound(bulletin_id.to_owned()));
        }
        detail.content.tables.retain(|table| table.is_of(Product::Public));
        Ok(detail)
    };
    app.published_bulletins.find_or_make(mark, bulletin_id.to_owned(), make).await
}

/// The bulletin signed last, of the latest period.
pub async fn latest_bulletin(app: &App) -> Result<Option<BulletinDetail>, Refusal> {
    let mut tx = app.db.read().await?;
    let latest = published_in(&mut tx).await?.into_iter().max_by_key(recency);
    match latest {
        Some(summary) => Ok(Some(find_in(&mut tx, &summary.row.bulletin_id).await?)),
        None => Ok(None),
    }
}

/// The period with which readers begin: that of the latest bulletin since January, else the last full month's.
pub async fn usual_period(app: &App) -> Result<Period, Refusal> {
    let mut tx = app.db.read().await?;
    if let Some(summary) = published_in(&mut tx).await?.into_iter().max_by_key(recency) {
        return Ok(summary.period.cumulative());
    }
    let region = app.region_in(&mut tx).await?;
    let today = app.clock.today_in(&region.time_zone);
    let last = Month::from_index(Month::of(today).index() - 1);
    let month = Period::month(last).map_err(|problem| StoreError::Damaged(problem.to_string()))?;
    Ok(month.cumulative())
}

pub(super) async fn list_in(tx: &mut Tx) -> Result<Vec<BulletinSummary>, Refusal> {
    store::list(tx, LISTED_MAX).await?.into_iter().map(summary_of).collect()
}

async fn published_in(tx: &mut Tx) -> Result<Vec<BulletinSummary>, Refusal> {
    let mut listed = list_in(tx).await?;
    listed.retain(|summary| summary.status != BulletinStatus::Draft);
    Ok(listed)
}

fn recency(summary: &BulletinSummary) -> (Month, i64) {
    (summary.period.last(), summary.row.as_of)
}

pub(super) async fn find_in(tx: &mut Tx, bulletin_id: &str) -> Result<BulletinDetail, Refusal> {
    let row = store::find(tx, bulletin_id).await?.ok_or_else(|| Refusal::NotFound(bulletin_id.to_owned()))?;
    let content = BulletinContent::thaw(&row.content)?;
    let corrections = store::list_corrections(tx, bulletin_id).await?;
    Ok(BulletinDetail { summary: summary_of(row.into())?, content, corrections })
}

fn summary_of(row: BulletinHeadRow) -> Result<BulletinSummary, Refusal> {
    let damaged = |what: &str| StoreError::Damaged(format!("{what} of bulletin {}", row.bulletin_id));
    let status = BulletinStatus::from_code(&row.status).ok_or_else(|| damaged("status"))?;
    let period = row.period.parse().map_err(|_| damaged("period"))?;
    let signed_on = row.signed_on.as_deref().map(str::parse).transpose();
    let signed_on = signed_on.map_err(|_| damaged("day of signature"))?;
    Ok(BulletinSummary { row, status, period, signed_on })
}
