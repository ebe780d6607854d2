//! What officials look at before a bulletin is signed: whether it is complete, what others say, what is still open.

use jiff::civil::Date;
use xiaoxiang_domain::access::{Action, Scope};
use xiaoxiang_domain::bulletin::{BulletinStatus, GrowthBase};
use xiaoxiang_domain::period::{Month, Period};
use xiaoxiang_store::Tx;
use xiaoxiang_store::attribution::ObjectionFilter;

use super::content::{METHOD_VERSION, make_content};
use super::countersign_bulletin::{Countersignature, opinions};
use super::list_bulletins::{BulletinDetail, BulletinSummary, find_in, list_in};
use super::make_table::note_context;
use super::standing::exchange_months_in;
use crate::actor::Actor;
use crate::app::App;
use crate::attribution::findings_within;
use crate::refusal::Refusal;

/// Objections counted at most.
const OBJECTIONS_MAX: i64 = 1_000;
/// Signed bulletins looked through for pending corrections on the overview; each costs a pass over the figures.
const LOOKED_THROUGH_MAX: usize = 3;

/// A draft, or a signed bulletin, as officials look at it.
#[derive(Clone, Debug)]
pub struct DraftReview {
    /// The bulletin.
    pub detail: BulletinDetail,
    /// Whether its figures are those of today.
    pub freshness: Freshness,
    /// Opinions of the departments, latest first.
    pub countersignatures: Vec<Countersignature>,
    /// 省外数据截至日
    pub exchange_until: Option<Date>,
    /// Months of the year up to the bulletin's last for which no exchange data are in.
    pub missing_months: Vec<Month>,
    /// Objections to the place of contracts that wait for a decision.
    pub open_objections: usize,
    /// Companies that several parks list.
    pub claimed_twice: usize,
    /// Companies of a park's list that are party to no contract.
    pub unmatched: usize,
}

/// Whether a draft still shows what a signature would freeze.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// The same figures as now.
    Current,
    /// Figures moved since it was drafted.
    Moved,
    /// Signed: frozen for good.
    Frozen,
}

/// What the overview of bulletin making shows.
#[derive(Clone, Debug)]
pub struct DraftingOverview {
    /// Drafts, newest first.
    pub drafts: Vec<BulletinSummary>,
    /// Signed bulletins, newest first, with the number of changed cells where it was looked for.
    pub signed: Vec<(BulletinSummary, Option<usize>)>,
    /// Years that were closed and the day.
    pub closed_years: Vec<(i16, String)>,
    /// Years that could be closed, latest first.
    pub open_years: Vec<i16>,
}

/// Everything about bulletin making on one screen.
pub async fn drafting_overview(app: &App, actor: &Actor) -> Result<DraftingOverview, Refusal> {
    actor.permit(Action::ReadDrafts)?;
    let today = app.today().await?;
    let mut tx = app.db.read().await?;
    let (drafts, signed): (Vec<_>, Vec<_>) =
        list_in(&mut tx).await?.into_iter().partition(|summary| summary.status == BulletinStatus::Draft);
    let closed = xiaoxiang_store::bulletin::list_closed_years(&mut tx).await?;
    drop(tx);
    let closed_years: Vec<(i16, String)> =
        closed.into_iter().filter_map(|(year, _, _, on)| Some((i16::try_from(year).ok()?, on))).collect();
    let mut open_years: Vec<i16> = signed.iter().map(|summary| summary.period.last().year).collect();
    open_years.push(today.year() - 1);
    open_years.retain(|year| *year < today.year() && closed_years.iter().all(|(closed, _)| closed != year));
    open_years.sort_unstable_by_key(|year| std::cmp::Reverse(*year));
    open_years.dedup();
    let mut looked = Vec::with_capacity(signed.len());
    for (place, summary) in signed.into_iter().enumerate() {
        let pending = if place < LOOKED_THROUGH_MAX {
            Some(super::list_pending_changes(app, &summary.row.bulletin_id).await?.len())
        } else {
            None
        };
        looked.push((summary, pending));
    }
    Ok(DraftingOverview { drafts, signed: looked, closed_years, open_years })
}

/// One bulletin with all that speaks for and against signing it.
pub async fn review_draft(app: &App, actor: &Actor, bulletin_id: &str) -> Result<DraftReview, Refusal> {
    actor.permit(Action::ReadDrafts)?;
    let mut tx = app.db.read().await?;
    let detail = find_in(&mut tx, bulletin_id).await?;
    let countersignatures = opinions(&mut tx, bulletin_id).await?;
    let as_of = detail.summary.row.as_of;
    let months = detail.summary.period.cumulative();
    let exchange_until = note_context(&mut tx, as_of, months).await?.exchange_until;
    let missing_months = missing_months(&mut tx, as_of, months).await?;
    let everywhere = ObjectionFilter { places: Some(""), raised_by: "" };
    let objections =
        xiaoxiang_store::attribution::list_objections(&mut tx, everywhere, OBJECTIONS_MAX).await?;
    drop(tx);
    let findings = findings_within(app, Scope::Region).await?;
    Ok(DraftReview {
        freshness: freshness(app, &detail).await?,
        countersignatures,
        exchange_until,
        missing_months,
        open_objections: objections.iter().filter(|objection| objection.decided_division.is_none()).count(),
        claimed_twice: findings.claimed_twice.len(),
        unmatched: findings.unmatched.len(),
        detail,
    })
}

async fn missing_months(tx: &mut Tx, as_of: i64, months: Period) -> Result<Vec<Month>, Refusal> {
    let delivered = exchange_months_in(tx, as_of).await?;
    let asked = months.first().index()..=months.last().index();
    Ok(asked.map(Month::from_index).filter(|month| !delivered.contains(month)).collect())
}

async fn freshness(app: &App, detail: &BulletinDetail) -> Result<Freshness, Refusal> {
    let summary = &detail.summary;
    if summary.status != BulletinStatus::Draft {
        return Ok(Freshness::Frozen);
    }
    let figures = app.figures().await?;
    if figures.position() == summary.row.as_of {
        return Ok(Freshness::Current);
    }
    let growth_base = GrowthBase::from_code(&summary.row.growth_base).unwrap_or(GrowthBase::AsKnown);
    let mut tx = app.db.read().await?;
    let now = make_content(&figures, &mut tx, summary.period, growth_base, figures.position()).await?;
    let is_same = summary.row.method_version == METHOD_VERSION
        && now.fingerprint(figures.position())? == detail.content.fingerprint(summary.row.as_of)?;
    Ok(if is_same { Freshness::Current } else { Freshness::Moved })
}
