//! Changes that reached published figures are listed; an officer folds them into the current ones or issues a
//! numbered correction (订正).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use xiaoxiang_domain::access::{Action, Role};
use xiaoxiang_domain::bulletin::{BulletinStatus, CorrectionDecision, Direction};
use xiaoxiang_domain::notice::{NamedValue, Notice, NoticeKind, Whom};
use xiaoxiang_statistics::correction::{CellChange, corrections};
use xiaoxiang_statistics::cross_table::Cell;
use xiaoxiang_statistics::layout::row_key_text;
use xiaoxiang_statistics::table::RowKey;
use xiaoxiang_store::bulletin::{self as store, CorrectionRow};
use xiaoxiang_store::{NewEntry, StoreError, Tx};

use super::explain_cell::contracts_of;
use super::list_bulletins::{BulletinDetail, BulletinSummary, find_bulletin, list_bulletins};
use super::make_table::{TableAsk, refused};
use super::published_figures::asks_of;
use super::read_model::Figures;
use crate::actor::Actor;
use crate::app::App;
use crate::notice::{Occasion, notify};
use crate::refusal::Refusal;

/// Key of the number pattern in the region data.
const NUMBER_PATTERN: &str = "correction";
/// Contracts named for one cell.
const CONTRACTS_NAMED_MAX: usize = 50;
/// One changed contract is enough to look at a bulletin's cells.
const CHANGED_SOUGHT: i64 = 1;
/// Longest reason.
const REASON_CHARACTERS_MAX: usize = 2_000;

/// One published cell that is no longer what was published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellCorrection {
    /// Key of the table.
    pub table: String,
    /// `registered`, `output` or `absorbed`.
    pub direction: Direction,
    /// Months of the figure.
    pub months: String,
    /// Key of the row: a city, `outside`, a group or `total`.
    pub row: String,
    /// Number before and after.
    pub count: [i64; 2],
    /// 成交额 in fen before and after.
    pub contract_value_fen: [i128; 2],
    /// 技术交易额 in fen before and after.
    pub technology_value_fen: [i128; 2],
    /// Registration numbers of the contracts that left or entered the cell, the first ones.
    pub contracts: Vec<String>,
}

/// Cells of all tables of a signed bulletin that have changed since it was frozen, or since its last correction.
pub async fn list_pending_changes(app: &App, bulletin_id: &str) -> Result<Vec<CellCorrection>, Refusal> {
    let detail = signed(app, bulletin_id).await?;
    let figures = app.figures().await?;
    let mut tx = app.db.read().await?;
    changes_since(&figures, &mut tx, &detail).await
}

/// What waits for a decision, with a fingerprint by which a decision names what was seen.
#[derive(Clone, Debug)]
pub struct PendingChanges {
    /// The changed cells.
    pub cells: Vec<CellCorrection>,
    /// Hash of the cells.
    pub fingerprint: String,
}

/// The changes of a signed bulletin that wait for a decision.
pub async fn find_pending_changes(
    app: &App,
    actor: &Actor,
    bulletin_id: &str,
) -> Result<PendingChanges, Refusal> {
    actor.permit(Action::ReadDrafts)?;
    let cells = list_pending_changes(app, bulletin_id).await?;
    Ok(PendingChanges { fingerprint: fingerprint(&cells)?, cells })
}

fn fingerprint(cells: &[CellCorrection]) -> Result<String, Refusal> {
    let text = serde_json::to_vec(cells).map_err(|error| StoreError::Damaged(error.to_string()))?;
    Ok(hex::encode(Sha256::digest(text)))
}

/// Tells whoever decides on corrections of each signed bulletin whose figures are no longer what was published, once
/// until the next decision about it. Gives how many there are.
pub async fn announce_corrections(app: &App) -> Result<usize, Refusal> {
    let mut waiting = 0;
    for summary in list_bulletins(app).await? {
        let (bulletin_id, period) = (&summary.row.bulletin_id, summary.period);
        let mut read = app.db.read().await?;
        let untouched = summary.status == BulletinStatus::Draft
            || count_changed(&mut read, &summary, CHANGED_SOUGHT).await? == 0;
        drop(read);
        if untouched {
            continue;
        }
        let cells = list_pending_changes(app, bulletin_id).await?.len();
        if cells == 0 {
            continue;
        }
        waiting += 1;
        let detail = find_bulletin(app, bulletin_id).await?;
        let number = summary.row.document_number.clone().unwrap_or_default();
        let notice = Notice {
            kind: NoticeKind::CorrectionWaits,
            subject: format!("bulletin:{bulletin_id}"),
            values: vec![
                NamedValue::new("period", period.title(), period.title_en()),
                NamedValue::same("number", &number),
                NamedValue::same("count", &cells.to_string()),
            ],
            path: format!("/drafts/{bulletin_id}"),
        };
        let record = format!("bulletin:{bulletin_id}:{}", last_position(&detail));
        let mut tx = app.db.begin(app.clock.now_ms()).await?;
        let once = Occasion::Once { record: &record, author: None };
        notify(app, &mut tx, once, &notice, &[Whom::Everyone(Role::Statistician)]).await?;
        tx.keep_unlogged().await?;
    }
    Ok(waiting)
}

/// How many contracts of a signed bulletin's months changed since it was frozen or last decided on, up to a limit.
pub(crate) async fn count_changed(
    tx: &mut Tx,
    bulletin: &BulletinSummary,
    limit: i64,
) -> Result<i64, Refusal> {
    let corrections = store::list_corrections(tx, &bulletin.row.bulletin_id).await?;
    let position = corrections.last().map_or(bulletin.row.as_of, |correction| correction.to_position);
    let months = bulletin.period.cumulative();
    let days = [months.first_day().to_string(), months.last_day().to_string()];
    Ok(xiaoxiang_store::fact::count_changed_after(tx, position, [&days[0], &days[1]], limit).await?)
}

/// Records the officer's decision about all pending changes of a bulletin.
pub async fn decide_correction(
    app: &App,
    actor: &Actor,
    bulletin_id: &str,
    decision: CorrectionDecision,
    reason: &str,
) -> Result<CorrectionRow, Refusal> {
    decide(app, actor, bulletin_id, decision, reason, None).await
}

/// Records a decision about the changes that were seen; other changes than those are refused, to be looked at again.
pub async fn decide_seen_correction(
    app: &App,
    actor: &Actor,
    bulletin_id: &str,
    decision: CorrectionDecision,
    reason: &str,
    seen_fingerprint: &str,
) -> Result<CorrectionRow, Refusal> {
    decide(app, actor, bulletin_id, decision, reason, Some(seen_fingerprint)).await
}

async fn decide(
    app: &App,
    actor: &Actor,
    bulletin_id: &str,
    decision: CorrectionDecision,
    reason: &str,
    seen_fingerprint: Option<&str>,
) -> Result<CorrectionRow, Refusal> {
    actor.permit(Action::CorrectBulletin)?;
    if reason.trim().is_empty() || reason.chars().count() > REASON_CHARACTERS_MAX {
        return Err(Refusal::invalid(
            "correction.reason",
            "请写明订正理由。",
            "give the reason of the correction",
        ));
    }
    let detail = signed(app, bulletin_id).await?;
    let figures = app.figures().await?;
    let mut read = app.db.read().await?;
    let changes = changes_since(&figures, &mut read, &detail).await?;
    let to_position = figures.position();
    let region = figures.region().clone();
    drop((figures, read));
    if let Some(seen) = seen_fingerprint
        && seen != fingerprint(&changes)?
    {
        return Err(Refusal::stale("待订正的数字", "the figures to be corrected"));
    }
    if changes.is_empty() {
        return Err(Refusal::invalid(
            "correction.nothing",
            "已公布的数字没有变化，无需订正。",
            "no published figure has changed; there is nothing to correct",
        ));
    }
    let today: Date = app.clock.today_in(&region.time_zone);
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    let document_number = match decision {
        CorrectionDecision::FoldIntoCurrent => None,
        CorrectionDecision::IssueCorrection => {
            let pattern = region.region.number_pattern(NUMBER_PATTERN).ok_or_else(|| {
                Refusal::invalid(
                    "correction.number_pattern",
                    "区域数据没有订正文号格式。",
                    "the region data have no pattern for the numbers of corrections",
                )
            })?;
            let issuer = region.region.code().to_string();
            let serial =
                store::next_number(&mut tx, &issuer, NUMBER_PATTERN, i64::from(today.year())).await?;
            let serial = u32::try_from(serial).map_err(|_| StoreError::Damaged("serial".to_owned()))?;
            Some(pattern.format(today.year(), serial))
        }
    };
    let row = CorrectionRow {
        correction_id: app.new_id()?,
        bulletin_id: bulletin_id.to_owned(),
        serial: i64::try_from(detail.corrections.len()).unwrap_or(i64::MAX) + 1,
        decision: decision.code().to_owned(),
        reason: reason.to_owned(),
        from_position: last_position(&detail),
        to_position,
        decided_by: actor.log_name().to_owned(),
        decided_on: today.to_string(),
        document_number: document_number.clone(),
        changes: serde_json::to_string(&changes).map_err(|error| StoreError::Damaged(error.to_string()))?,
    };
    store::save_correction(&mut tx, &row).await.map_err(|error| match error {
        StoreError::Conflict(_) => Refusal::overtaken("该通报的订正", "the corrections of this bulletin"),
        other => other.into(),
    })?;
    let entry = NewEntry {
        kind: "bulletin.corrected",
        subject: format!("bulletin:{bulletin_id}"),
        payload: json!({
            "serial": row.serial,
            "decision": row.decision,
            "reason": reason,
            "number": document_number,
            "from_position": row.from_position,
            "to_position": to_position,
            "cells": changes.len(),
        }),
    };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(row)
}

async fn signed(app: &App, bulletin_id: &str) -> Result<BulletinDetail, Refusal> {
    let detail = find_bulletin(app, bulletin_id).await?;
    if detail.summary.status == BulletinStatus::Draft {
        return Err(Refusal::invalid(
            "correction.draft",
            "草稿随数据变化，无需订正。",
            "a draft follows the data and needs no correction",
        ));
    }
    Ok(detail)
}

/// Up to where changes have been decided on.
pub(super) fn last_position(detail: &BulletinDetail) -> i64 {
    detail.corrections.last().map_or(detail.summary.row.as_of, |correction| correction.to_position)
}

async fn changes_since(
    figures: &Figures<'_>,
    tx: &mut Tx,
    detail: &BulletinDetail,
) -> Result<Vec<CellCorrection>, Refusal> {
    let from_position = last_position(detail);
    let mut changes = Vec::new();
    for (table, ask) in asks_of(detail) {
        changes.extend(changes_of(figures, tx, &table.key, &ask, from_position).await?);
    }
    Ok(changes)
}

async fn changes_of(
    figures: &Figures<'_>,
    tx: &mut Tx,
    table: &str,
    ask: &TableAsk,
    from_position: i64,
) -> Result<Vec<CellCorrection>, Refusal> {
    let found = corrections(
        figures.columns(),
        figures.lists(),
        &ask.request(),
        from_position,
        figures.position(),
        None,
    )
    .map_err(refused)?;
    let mut changes = Vec::with_capacity(found.changes.len());
    for change in found.changes {
        let contracts = match change.row {
            // The total and the subtotals repeat the contracts of the rows.
            RowKey::Total | RowKey::Subtotal(_) => Vec::new(),
            _ => numbers_of(tx, &change).await?,
        };
        let pair = |pick: fn(&Cell) -> i128| [pick(&change.before), pick(&change.after)];
        changes.push(CellCorrection {
            table: table.to_owned(),
            direction: ask.direction,
            months: ask.period.to_string(),
            row: row_key_text(&change.row),
            count: [change.before.count, change.after.count],
            contract_value_fen: pair(|cell| cell.contract_value),
            technology_value_fen: pair(|cell| cell.technology_value),
            contracts,
        });
    }
    Ok(changes)
}

async fn numbers_of(tx: &mut Tx, change: &CellChange) -> Result<Vec<String>, Refusal> {
    let facts: Vec<i64> =
        change.left_facts.iter().chain(&change.entered_facts).copied().take(CONTRACTS_NAMED_MAX).collect();
    let mut numbers: Vec<String> =
        contracts_of(tx, &facts).await?.into_iter().map(|behind| behind.registration_number).collect();
    numbers.sort();
    numbers.dedup();
    Ok(numbers)
}
