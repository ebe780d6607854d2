//! Which cells differ, before anybody asks why.

use std::collections::BTreeMap;

use xiaoxiang_domain::money::MoneyUnit;
use xiaoxiang_domain::ratio::{Ratio, decimal_text};

use super::sheet::{Decimal, Figure, HandSheet, HeaderProblem, When, read_header, round};
use super::{Cause, Difference, ROWS_MAX, Reconciliation};
use crate::cross_table::Cell;
use crate::layout::Labels;
use crate::table::{Comparison, RowKey, Table, TableRow};

/// A column of the sheet that is compared.
pub(super) struct Column {
    pub at: usize,
    pub header: String,
    pub figure: Figure,
    pub when: When,
}

/// One number of the sheet and whether ours is the same.
pub(super) struct Compared {
    pub row: RowKey,
    pub label: String,
    pub column: usize,
    pub theirs: Decimal,
    pub text: String,
    pub ours: Option<String>,
    pub is_equal: bool,
    pub cause: Cause,
    pub candidates: Vec<i64>,
}

pub(super) struct Cells {
    pub columns: Vec<Column>,
    pub cells: Vec<Compared>,
    unknown_labels: Vec<String>,
    missing_rows: Vec<RowKey>,
    skipped_headers: Vec<(String, HeaderProblem)>,
    unreadable_cells: Vec<(String, String)>,
}

pub(super) fn compare(table: &Table, sheet: &HandSheet, labels: &Labels) -> Cells {
    let mut columns = Vec::new();
    let mut skipped_headers = Vec::new();
    for (at, header) in sheet.headers.iter().enumerate() {
        match read_header(header, table.request.direction, table.request.period) {
            Ok((figure, when)) => columns.push(Column { at, header: header.clone(), figure, when }),
            Err(problem) => skipped_headers.push((header.clone(), problem)),
        }
    }
    let names = Names::new(table, labels);
    let mut cells = Vec::new();
    let mut unknown_labels = Vec::new();
    let mut unreadable_cells = Vec::new();
    let mut found = Vec::new();
    for row in sheet.rows.iter().take(ROWS_MAX) {
        let Some(key) = names.find(&row.label) else {
            unknown_labels.push(row.label.clone());
            continue;
        };
        found.push(key.clone());
        let Some(ours) = table.all_rows().find(|other| other.key == key) else { continue };
        for (number, column) in columns.iter().enumerate() {
            let text = row.cells.get(column.at).map_or("", String::as_str);
            let Some(theirs) = Decimal::read(text) else {
                if our_text(table, ours, column, Decimal { mantissa: 0, decimals: 2 }).is_some() {
                    unreadable_cells.push((row.label.clone(), column.header.clone()));
                }
                continue;
            };
            let our_text = our_text(table, ours, column, theirs);
            cells.push(Compared {
                row: key.clone(),
                label: row.label.clone(),
                column: number,
                theirs,
                text: text.trim().to_owned(),
                is_equal: is_equal(table, ours, column, theirs),
                ours: our_text,
                cause: Cause::Unknown,
                candidates: Vec::new(),
            });
        }
    }
    let missing = table.all_rows().filter(|row| !found.contains(&row.key) && !row.cell.is_empty());
    let missing_rows = missing.map(|row| row.key.clone()).collect();
    Cells { columns, cells, unknown_labels, missing_rows, skipped_headers, unreadable_cells }
}

impl Cells {
    pub(super) fn finish(self, ours: Table) -> Reconciliation {
        let equal_cells = self.cells.iter().filter(|cell| cell.is_equal).count();
        let differing = self.cells.into_iter().filter(|cell| !cell.is_equal);
        let differences = differing.map(|cell| Difference {
            header: self.columns[cell.column].header.clone(),
            row: cell.row,
            label: cell.label,
            ours: cell.ours.unwrap_or_default(),
            theirs: cell.text,
            cause: cell.cause,
            candidates: cell.candidates,
        });
        Reconciliation {
            differences: differences.collect(),
            ours,
            equal_cells,
            unknown_labels: self.unknown_labels,
            missing_rows: self.missing_rows,
            skipped_headers: self.skipped_headers,
            unreadable_cells: self.unreadable_cells,
        }
    }
}

/// Rows by their names, with the shortenings that bureaus use.
struct Names {
    by_name: BTreeMap<String, RowKey>,
}

const TOTALS: [&str; 6] = ["总计", "合计", "总 计", "全省", "全省合计", "Total"];
const SHORT_NAME_MIN: usize = 2;

impl Names {
    fn new(table: &Table, labels: &Labels) -> Self {
        let mut by_name = BTreeMap::new();
        for row in table.all_rows() {
            let name = labels.row(table.request.rows, &row.key);
            by_name.insert(plain(&name.zh), row.key.clone());
            by_name.insert(plain(&name.en), row.key.clone());
        }
        let place = labels.place(table.request.within);
        for name in
            TOTALS.into_iter().chain([place.zh.as_str(), labels.whole(table.request.within).zh.as_str()])
        {
            by_name.entry(plain(name)).or_insert(RowKey::Total);
        }
        Self { by_name }
    }

    /// The row of a label, or of the one name that begins with it (长沙 for 长沙市).
    fn find(&self, label: &str) -> Option<RowKey> {
        let label = plain(label);
        if let Some(key) = self.by_name.get(&label) {
            return Some(key.clone());
        }
        if label.chars().count() < SHORT_NAME_MIN {
            return None;
        }
        let mut longer = self.by_name.iter().filter(|(name, _)| name.starts_with(&label)).map(|(_, key)| key);
        let first = longer.next()?;
        longer.all(|key| key == first).then(|| first.clone())
    }
}

fn plain(name: &str) -> String {
    name.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The sums of a row in the period of a column.
pub(super) fn sums(row: &TableRow, when: When) -> Option<Cell> {
    match when {
        When::Now => Some(row.cell),
        When::Before => row.previous,
    }
}

/// Our value as theirs is printed: with as many decimals, in the same unit.
fn our_text(table: &Table, row: &TableRow, column: &Column, theirs: Decimal) -> Option<String> {
    let money = |fen: i128, unit: MoneyUnit| decimal_text(fen, unit.fen().into(), theirs.decimals);
    let cell = sums(row, column.when);
    match column.figure {
        Figure::Count => cell.map(|cell| cell.count.to_string()),
        Figure::ContractValue(unit) => cell.map(|cell| money(cell.contract_value, unit)),
        Figure::TechnologyValue(unit) => cell.map(|cell| money(cell.technology_value, unit)),
        Figure::Rank => row.rank.map(|rank| rank.to_string()),
        _ => ratio(table, row, column.figure).map(Ratio::percent),
    }
}

/// Our growth or share, if the table has one.
fn ratio(table: &Table, row: &TableRow, figure: Figure) -> Option<Ratio> {
    if figure != Figure::Share && table.request.compare == Comparison::None {
        return None;
    }
    match figure {
        Figure::CountGrowth => row.growth.count,
        Figure::ContractGrowth => row.growth.contract_value,
        Figure::TechnologyGrowth => row.growth.technology_value,
        Figure::Share => row.share,
        _ => None,
    }
}

fn is_equal(table: &Table, row: &TableRow, column: &Column, theirs: Decimal) -> bool {
    let money = |fen: i128, unit: MoneyUnit| amount_at(fen, unit, theirs.decimals) == theirs.mantissa;
    let cell = sums(row, column.when);
    match column.figure {
        Figure::Count => cell.is_some_and(|cell| theirs.at(0) == i128::from(cell.count)),
        Figure::ContractValue(unit) => cell.is_some_and(|cell| money(cell.contract_value, unit)),
        Figure::TechnologyValue(unit) => cell.is_some_and(|cell| money(cell.technology_value, unit)),
        Figure::Rank => row.rank.is_some_and(|rank| theirs.at(0) == i128::from(rank)),
        // Some bulletins print growth as a ratio: 0.371 for 37.1 %.
        _ => ratio(table, row, column.figure).is_some_and(|ratio| {
            let Some(ours) = Decimal::read(&ratio.percent()) else { return false };
            let as_ratio = Decimal { mantissa: ours.mantissa, decimals: ours.decimals + 2 };
            let digits = theirs.decimals;
            ours.at(digits.min(2)) == theirs.at(digits.min(2))
                || as_ratio.at(digits.min(4)) == theirs.at(digits.min(4))
        }),
    }
}

/// An amount of fen in a unit at so many decimals, halves away from zero.
pub(super) fn amount_at(fen: i128, unit: MoneyUnit, decimals: u32) -> i128 {
    round(fen * 10_i128.pow(decimals), unit.fen().into())
}
