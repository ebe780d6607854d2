//! A bulletin as JSON: amounts are integers in fen, percentages strings with two decimals, null without a base.

use serde::Serialize;
use xiaoxiang_domain::bulletin::Direction;
use xiaoxiang_domain::period::Period;
use xiaoxiang_domain::ratio::Ratio;

use crate::cross_table::Cell;
use crate::layout::{Labels, NoteContext, is_complete, row_key_text};
use crate::table::{Growth, RowKey, Table, TableRow};

/// A table as the API and `--format json` give it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BulletinJson {
    /// Months counted.
    pub period: Period,
    /// Which side is counted.
    pub direction: Direction,
    /// Division to which the direction is relative, six digits.
    pub within: String,
    /// Basis (口径) of all totals.
    pub basis: &'static str,
    /// Log position of the figures.
    pub as_of: i64,
    /// Whether exchange data cover the period as far as the direction needs them.
    pub complete: bool,
    /// Date until which exchange data are in.
    pub exchange_until: Option<String>,
    /// Columns of a cross-table, absent otherwise.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<ColumnJson>,
    /// Ordinary rows.
    pub rows: Vec<RowJson>,
    /// Subtotals, which are not part of the sum of the rows; absent where there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub subtotals: Vec<RowJson>,
    /// What lies outside all rows; rows and this add up to the total.
    pub outside: Option<RowJson>,
    /// The total, from base amounts.
    pub total: RowJson,
}

/// A column of a cross-table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ColumnJson {
    /// Key.
    pub key: String,
    /// Name, Chinese.
    pub label: String,
}

/// Sums of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct SumsJson {
    /// Number of contracts.
    pub count: i64,
    /// Contract value in fen.
    pub contract_value_fen: i128,
    /// Technology transaction value in fen.
    pub technology_value_fen: i128,
}

/// Growth of the three measures in percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct GrowthJson {
    /// Of the number of contracts.
    pub count: Option<Ratio>,
    /// Of the contract value.
    pub contract_value: Option<Ratio>,
    /// Of the technology transaction value.
    pub technology_value: Option<Ratio>,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RowJson {
    /// Code, `outside`, a group's key or `total`.
    pub key: String,
    /// Name, Chinese.
    pub label: String,
    /// Its sums.
    #[serde(flatten)]
    pub sums: SumsJson,
    /// Part of the total's contract value.
    pub share_percent: Option<Ratio>,
    /// Place by contract value.
    pub rank: Option<u32>,
    /// Sums of the year before.
    pub previous: Option<SumsJson>,
    /// Growth over them.
    pub growth_percent: GrowthJson,
    /// Sums by column of a cross-table, absent otherwise.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cells: Vec<SumsJson>,
}

impl From<Cell> for SumsJson {
    fn from(cell: Cell) -> Self {
        Self {
            count: cell.count,
            contract_value_fen: cell.contract_value,
            technology_value_fen: cell.technology_value,
        }
    }
}

impl From<Growth> for GrowthJson {
    fn from(growth: Growth) -> Self {
        Self {
            count: growth.count,
            contract_value: growth.contract_value,
            technology_value: growth.technology_value,
        }
    }
}

impl BulletinJson {
    /// The JSON of a table; `region` stands where the table is not within a division.
    #[must_use]
    pub fn new(table: &Table, labels: &Labels, context: &NoteContext, region: u32) -> Self {
        let request = &table.request;
        let row = |row: &TableRow| RowJson {
            key: row_key_text(&row.key),
            label: labels.row(request.rows, &row.key).zh,
            sums: row.cell.into(),
            share_percent: row.share,
            rank: row.rank.filter(|_| matches!(row.key, RowKey::Key(_))),
            previous: row.previous.map(SumsJson::from),
            growth_percent: row.growth.into(),
            cells: row.by_column.iter().copied().map(SumsJson::from).collect(),
        };
        let columns = request.columns.map_or_else(Vec::new, |dimension| {
            let column =
                |&key: &u32| ColumnJson { key: key.to_string(), label: labels.column(dimension, key).zh };
            table.column_keys.iter().map(column).collect()
        });
        Self {
            period: request.period,
            direction: request.direction,
            within: format!("{:06}", request.within.unwrap_or(region)),
            basis: request.direction.basis(),
            as_of: table.as_of,
            complete: is_complete(request.direction, request.period, context),
            exchange_until: context.exchange_until.map(|until| until.to_string()),
            columns,
            rows: table.rows.iter().map(row).collect(),
            subtotals: table.subtotals.iter().map(row).collect(),
            outside: table.outside.as_ref().map(row),
            total: row(&table.total),
        }
    }
}
