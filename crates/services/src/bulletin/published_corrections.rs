//! Corrections (订正) of a published bulletin as readers see them: which figures changed, from what to what.

use jiff::civil::Date;
use serde::Serialize;
use xiaoxiang_domain::bulletin::{CorrectionDecision, Direction, Measure, PrintedNote};
use xiaoxiang_domain::period::Period;
use xiaoxiang_store::StoreError;
use xiaoxiang_store::bulletin::CorrectionRow;

use super::content::{CITY_MONTHLY, ContentTable};
use super::correct_bulletin::CellCorrection;
use super::list_bulletins::BulletinDetail;
use super::products::Product;
use crate::refusal::Refusal;

/// One decided correction with the figures of the public tables that it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PublishedCorrection {
    /// 1, 2, 3 … within the bulletin.
    pub serial: i64,
    /// 文号; none where the changes were folded into the current figures.
    pub number: Option<String>,
    /// When it was decided.
    pub decided_on: Date,
    /// What was decided.
    #[serde(serialize_with = "decision_code")]
    pub decision: CorrectionDecision,
    /// The officer's reason.
    pub reason: String,
    /// Log position at which the corrected figures stand.
    pub position: i64,
    /// The figures.
    pub cells: Vec<CorrectedCell>,
}

/// One row of a table whose figures were corrected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CorrectedCell {
    /// Key of the table.
    pub table: String,
    /// Title of the table.
    pub title: PrintedNote,
    /// Key of the row.
    pub row: String,
    /// Label of the row.
    pub label: PrintedNote,
    /// Keys of the table's columns that changed.
    pub columns: Vec<String>,
    /// Which side is counted.
    pub direction: Direction,
    /// Months of the figures.
    pub months: Period,
    /// 项数 before and after.
    pub count: [i64; 2],
    /// 成交额 in fen before and after.
    pub contract_value_fen: [i128; 2],
    /// 技术交易额 in fen before and after.
    pub technology_value_fen: [i128; 2],
}

/// The corrections of a bulletin in order, as far as its public tables are concerned.
pub fn published_corrections(detail: &BulletinDetail) -> Result<Vec<PublishedCorrection>, Refusal> {
    corrections_of(detail, Product::Public)
}

/// The corrections of a bulletin in order, as far as the tables of a product are concerned.
pub(super) fn corrections_of(
    detail: &BulletinDetail,
    product: Product,
) -> Result<Vec<PublishedCorrection>, Refusal> {
    detail.corrections.iter().map(|row| published(detail, row, product)).collect()
}

fn published(
    detail: &BulletinDetail,
    row: &CorrectionRow,
    product: Product,
) -> Result<PublishedCorrection, Refusal> {
    let damaged = |what: &str| StoreError::Damaged(format!("{what} of correction {}", row.correction_id));
    let changes: Vec<CellCorrection> = serde_json::from_str(&row.changes).map_err(|_| damaged("changes"))?;
    let tables = || detail.content.tables.iter().filter(|table| table.is_of(product));
    let mut cells = Vec::new();
    for change in changes {
        let Some(table) = tables().find(|table| table.key == change.table) else { continue };
        let months = change.months.parse().map_err(|_| damaged("months"))?;
        cells.push(corrected(table, change, months, detail.summary.period));
    }
    Ok(PublishedCorrection {
        serial: row.serial,
        number: row.document_number.clone(),
        decided_on: row.decided_on.parse().map_err(|_| damaged("day"))?,
        decision: CorrectionDecision::from_code(&row.decision).ok_or_else(|| damaged("decision"))?,
        reason: row.reason.clone(),
        position: row.to_position,
        cells,
    })
}

/// Changes of a bulletin, decided or not, in the words of all its tables, each with the contracts behind it.
pub fn describe_changes(
    detail: &BulletinDetail,
    changes: Vec<CellCorrection>,
) -> Result<Vec<(CorrectedCell, Vec<String>)>, Refusal> {
    let mut described = Vec::with_capacity(changes.len());
    for mut change in changes {
        let Some(table) = detail.content.tables.iter().find(|table| table.key == change.table) else {
            continue;
        };
        let months =
            change.months.parse().map_err(|_| StoreError::Damaged("months of a change".to_owned()))?;
        let contracts = std::mem::take(&mut change.contracts);
        described.push((corrected(table, change, months, detail.summary.period), contracts));
    }
    Ok(described)
}

fn corrected(table: &ContentTable, change: CellCorrection, months: Period, period: Period) -> CorrectedCell {
    CorrectedCell {
        title: PrintedNote { zh: table.table.title.clone(), en: table.table.title_en.clone() },
        label: table.row_label(&change.row),
        columns: columns_of(table, &change, months, period),
        table: change.table,
        row: change.row,
        direction: change.direction,
        months,
        count: change.count,
        contract_value_fen: change.contract_value_fen,
        technology_value_fen: change.technology_value_fen,
    }
}

/// Keys of the columns in which a change shows: the table of cities names direction and span, others the measure.
fn columns_of(table: &ContentTable, change: &CellCorrection, months: Period, period: Period) -> Vec<String> {
    let differs = |measure: Measure| match measure {
        Measure::Count => change.count[0] != change.count[1],
        Measure::ContractValue => change.contract_value_fen[0] != change.contract_value_fen[1],
        Measure::TechnologyValue => change.technology_value_fen[0] != change.technology_value_fen[1],
    };
    let candidates = Measure::ALL.into_iter().filter(|measure| differs(*measure)).flat_map(|measure| {
        let (direction, measure) = (change.direction.code(), measure.code());
        if table.key != CITY_MONTHLY {
            return vec![measure.to_owned(), format!("{measure}.now")];
        }
        let mut keys = Vec::new();
        if months == period {
            keys.push(format!("{direction}.{measure}"));
        }
        if months == period.cumulative() {
            keys.push(format!("cumulative.{direction}.{measure}"));
        }
        keys
    });
    candidates.filter(|key| table.table.columns.iter().any(|column| column.key == *key)).collect()
}

fn decision_code<S: serde::Serializer>(
    decision: &CorrectionDecision,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(decision.code())
}
