//! A hand-made sheet against ours (核对), cell by cell, with the likely cause of each difference.

mod cause;
mod compare;
mod sheet;

use xiaoxiang_domain::bulletin::Direction;
use xiaoxiang_domain::period::Month;

use crate::columns::Columns;
use crate::geography::RowLists;
use crate::layout::{Labels, NoteContext};
use crate::table::{PublishedBase, RowKey, Table, TableProblem, TableRequest, tabulate};

pub use sheet::{HandRow, HandSheet, HeaderProblem};

/// Contracts named for one difference.
pub const CANDIDATES_SHOWN: usize = 20;
/// Contracts among which pairs are searched.
pub const PAIRS_AMONG: usize = 600;
/// Days on either side of a period's end in which a registration date may have been taken for another.
pub const BOUNDARY_DAYS: i32 = 10;
/// Rows of a hand-made sheet that are compared.
pub const ROWS_MAX: usize = 2000;

/// Another row in which a contract might be counted, such as that of its place of landing (实施地).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alternative {
    /// The contract.
    pub contract_key: i64,
    /// Key of the other row.
    pub row: u32,
}

/// What reconciling needs beside the columns.
#[derive(Clone, Copy, Debug)]
pub struct ReconcileContext<'a> {
    /// Names by which rows are recognised.
    pub labels: &'a Labels,
    /// Until when exchange data are in.
    pub notes: NoteContext,
    /// Other rows in which contracts might be counted.
    pub alternatives: &'a [Alternative],
    /// Published figures, where growth is computed on them.
    pub published: Option<&'a PublishedBase>,
}

/// Likely cause of a difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// 取整: they differ by one in the last printed digit, or rounded cells were added up or divided.
    Rounding,
    /// 口径: the value is ours in another direction.
    Basis(Direction),
    /// 登记日期: contracts near the period's ends were counted in the other period.
    RegistrationDate,
    /// 归属: contracts were counted in another row.
    Attribution,
    /// 缺省外数据: exchange data of these months are in one table but not in the other.
    MissingExchange(Vec<Month>),
    /// 推算项随基数: a growth, share, rank or total follows another cell that differs.
    FollowsAnotherCell,
    /// 原因不明
    Unknown,
}

/// One cell that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Row.
    pub row: RowKey,
    /// Label of the row as in the sheet.
    pub label: String,
    /// Header of the column as in the sheet.
    pub header: String,
    /// Our value, rounded as theirs.
    pub ours: String,
    /// Their value as typed.
    pub theirs: String,
    /// Likely cause.
    pub cause: Cause,
    /// Fact ids of the contracts that would explain it, at most [`CANDIDATES_SHOWN`].
    pub candidates: Vec<i64>,
}

/// The result of reconciling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reconciliation {
    /// Our table.
    pub ours: Table,
    /// Cells that are equal.
    pub equal_cells: usize,
    /// Cells that differ, in the order of the sheet.
    pub differences: Vec<Difference>,
    /// Labels of the sheet that name no row of ours.
    pub unknown_labels: Vec<String>,
    /// Rows of ours with contracts that the sheet does not have.
    pub missing_rows: Vec<RowKey>,
    /// Headers that were not compared.
    pub skipped_headers: Vec<(String, HeaderProblem)>,
    /// Cells that hold no number although ours do: row label and header.
    pub unreadable_cells: Vec<(String, String)>,
}

/// Compares a hand-made sheet with the table that `request` asks for.
///
/// # Errors
/// Where the table cannot be made.
pub fn reconcile(
    columns: &Columns,
    lists: &RowLists,
    request: &TableRequest,
    sheet: &HandSheet,
    context: &ReconcileContext<'_>,
) -> Result<Reconciliation, TableProblem> {
    let table = tabulate(columns, lists, request, context.published)?;
    let mut comparison = compare::compare(&table, sheet, context.labels);
    cause::explain_differences(columns, lists, &table, &mut comparison, context)?;
    Ok(comparison.finish(table))
}
