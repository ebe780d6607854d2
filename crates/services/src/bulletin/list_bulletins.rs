//! Bulletins as readers look for them.

use xiaoxiang_domain::bulletin::BulletinStatus;
use xiaoxiang_domain::period::Period;
use xiaoxiang_store::StoreError;
use xiaoxiang_store::bulletin::{self as store, BulletinRow, CorrectionRow};

use super::content::BulletinContent;
use crate::app::App;
use crate::refusal::Refusal;

/// Bulletins listed at once.
const LISTED_MAX: i64 = 500;

/// The head of a bulletin.
#[derive(Clone, Debug)]
pub struct BulletinSummary {
    /// Row as stored.
    pub row: BulletinRow,
    /// Status.
    pub status: BulletinStatus,
    /// Period.
    pub period: Period,
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

/// All bulletins, drafts first, then the newest.
pub async fn list_bulletins(app: &App) -> Result<Vec<BulletinSummary>, Refusal> {
    let mut tx = app.db.read().await?;
    store::list(&mut tx, LISTED_MAX).await?.into_iter().map(summary_of).collect()
}

/// One bulletin.
pub async fn find_bulletin(app: &App, bulletin_id: &str) -> Result<BulletinDetail, Refusal> {
    let mut tx = app.db.read().await?;
    let row =
        store::find(&mut tx, bulletin_id).await?.ok_or_else(|| Refusal::NotFound(bulletin_id.to_owned()))?;
    let content = BulletinContent::thaw(&row.content)?;
    let corrections = store::list_corrections(&mut tx, bulletin_id).await?;
    Ok(BulletinDetail { summary: summary_of(row)?, content, corrections })
}

/// The bulletin signed last, of the latest period.
pub async fn latest_bulletin(app: &App) -> Result<Option<BulletinDetail>, Refusal> {
    let published =
        list_bulletins(app).await?.into_iter().filter(|summary| summary.status != BulletinStatus::Draft);
    let latest = published.max_by_key(|summary| (summary.period.last(), summary.row.as_of));
    match latest {
        Some(summary) => Ok(Some(find_bulletin(app, &summary.row.bulletin_id).await?)),
        None => Ok(None),
    }
}

fn summary_of(row: BulletinRow) -> Result<BulletinSummary, Refusal> {
    let damaged = |what: &str| StoreError::Damaged(format!("{what} of bulletin {}", row.bulletin_id));
    let status = BulletinStatus::from_code(&row.status).ok_or_else(|| damaged("status"))?;
    let period = row.period.parse().map_err(|_| damaged("period"))?;
    Ok(BulletinSummary { row, status, period })
}
