//! Finished tables as they are printed. Rounding happens here, once, and nowhere before.

mod cells;
mod city_monthly;
mod flow;
mod labels;
mod notes;

use xiaoxiang_domain::bulletin::{ColumnKind, Measure, PrintedColumn, PrintedRow, PrintedTable, RowKind};
use xiaoxiang_domain::period::Period;

use crate::cross_table::Cell;
use crate::table::{Comparison, Growth, RowKey, Table, TableRow};
use cells::{amount, count, percent, rank, signed_percent};
use labels::note;

pub use city_monthly::lay_out_city_monthly;
pub use flow::{lay_out_city_flows, lay_out_province_flows};
pub use labels::Labels;
pub use notes::{NoteContext, is_complete, is_position_note, needs_exchange, notes, sentence};

/// Lays out a table of one dimension, with or without comparison, or a cross-table.
///
/// With comparison the columns are those of the table that Hunan published for 2017, to the letter; its growth
/// cells carry the sign `%`, so they count as text.
#[must_use]
pub fn lay_out(table: &Table, labels: &Labels, context: &NoteContext) -> PrintedTable {
    let dimension = table.request.rows;
    let mut columns =
        vec![PrintedColumn::ungrouped("label", dimension.label(), dimension.label_en(), ColumnKind::Text)];
    let is_compared = table.request.compare != Comparison::None;
    if table.request.columns.is_some() {
        columns.extend(crosswise_columns(table, labels));
    } else if is_compared {
        columns.extend(compared_columns(table.request.period));
        columns.push(PrintedColumn::ungrouped(
            "share",
            "成交额占比(%)",
            "Share of contract value (%)",
            ColumnKind::Percent,
        ));
        columns.push(PrintedColumn::ungrouped(
            "rank",
            "成交额位次",
            "Rank by contract value",
            ColumnKind::Rank,
        ));
    } else {
        columns.extend(plain_columns());
    }
    let rows = table.rows.iter().chain(&table.outside).chain(&table.subtotals);
    let rows = rows.chain(std::iter::once(&table.total)).map(|row| {
        let label = labels.row(dimension, &row.key);
        let mut cells = vec![cells::label(&label)];
        if table.request.columns.is_some() {
            cells.extend(
                row.by_column.iter().flat_map(|cell| [count(cell.count), amount(cell.contract_value)]),
            );
            cells.extend(plain_cells(row));
        } else if is_compared {
            cells.extend(compared_cells(row));
            cells.extend([percent(row.share), rank(row.rank)]);
        } else {
            cells.extend(plain_cells(row));
        }
        PrintedRow { key: row_key_text(&row.key), kind: row_kind(&row.key), cells }
    });
    let rows = rows.collect();
    let (title, title_en) = title(table, labels);
    let mut printed_notes = vec![sentence(table, labels)];
    printed_notes.extend(notes(table, context));
    PrintedTable { title, title_en, columns, rows, notes: printed_notes }
}

/// The machine name of a row: a code, `outside`, a group's key, `total`.
#[must_use]
pub fn row_key_text(key: &RowKey) -> String {
    match key {
        RowKey::Key(key) => key.to_string(),
        RowKey::Outside => "outside".to_owned(),
        RowKey::Subtotal(group) => group.clone(),
        RowKey::Total => "total".to_owned(),
    }
}

pub(crate) fn row_kind(key: &RowKey) -> RowKind {
    match key {
        RowKey::Key(_) | RowKey::Outside => RowKind::Body,
        RowKey::Subtotal(_) => RowKind::Subtotal,
        RowKey::Total => RowKind::Total,
    }
}

fn title(table: &Table, labels: &Labels) -> (String, String) {
    let request = &table.request;
    let place = labels.place(request.within);
    let across = |word: fn(xiaoxiang_domain::bulletin::Dimension) -> &'static str, joint: &str| {
        request.columns.map(|dimension| format!("{joint}{}", word(dimension))).unwrap_or_default()
    };
    let title = format!(
        "{}{}{}技术合同情况（按{}{}）",
        place.zh,
        request.period.title(),
        request.direction.label(),
        request.rows.label(),
        across(xiaoxiang_domain::bulletin::Dimension::label, "、")
    );
    let title_en = format!(
        "Technology contracts of {}, {}: {}, by {}{}",
        place.en,
        request.period.title_en(),
        request.direction.code(),
        request.rows.label_en().to_lowercase(),
        across(xiaoxiang_domain::bulletin::Dimension::label_en, " and ").to_lowercase()
    );
    (title, title_en)
}

fn plain_columns() -> Vec<xiaoxiang_domain::bulletin::PrintedColumn> {
    vec![
        PrintedColumn::ungrouped("count", "交易量(项)", "Contracts", ColumnKind::Count),
        PrintedColumn::ungrouped(
            "contract_value",
            "成交额(亿元)",
            "Contract value (100 million CNY)",
            ColumnKind::Amount,
        ),
        PrintedColumn::ungrouped(
            "technology_value",
            "技术交易额(亿元)",
            "Technology value (100 million CNY)",
            ColumnKind::Amount,
        ),
        PrintedColumn::ungrouped(
            "share",
            "成交额占比(%)",
            "Share of contract value (%)",
            ColumnKind::Percent,
        ),
        PrintedColumn::ungrouped("rank", "位次", "Rank", ColumnKind::Rank),
    ]
}

fn plain_cells(row: &TableRow) -> Vec<xiaoxiang_domain::bulletin::PrintedCell> {
    let cell = &row.cell;
    vec![
        count(cell.count),
        amount(cell.contract_value),
        amount(cell.technology_value),
        percent(row.share),
        rank(row.rank),
    ]
}

/// Key, Chinese and English head of a measure, with and without its unit.
const MEASURES: [(Measure, &str, &str, &str); 3] = [
    (Measure::Count, "交易量", "(项)", "Contracts"),
    (Measure::ContractValue, "成交额", "(亿元)", "Contract value (100 million CNY)"),
    (Measure::TechnologyValue, "技术交易额", "(亿元)", "Technology value (100 million CNY)"),
];

fn compared_columns(period: Period) -> Vec<xiaoxiang_domain::bulletin::PrintedColumn> {
    let before = period.previous_year();
    let columns = MEASURES.into_iter().flat_map(|(measure, head, unit, head_en)| {
        let kind = if measure == Measure::Count { ColumnKind::Count } else { ColumnKind::Amount };
        let figure = |which: &str, months: Period| {
            let key = format!("{}.{which}", measure.code());
            PrintedColumn::ungrouped(
                &key,
                &format!("{head}{unit}_{}", short(months)),
                &format!("{head_en}, {}", months.title_en()),
                kind,
            )
        };
        let growth_key = format!("{}.growth", measure.code());
        let growth_en = format!("{head_en}, growth");
        [
            figure("before", before),
            figure("now", period),
            PrintedColumn::ungrouped(&growth_key, &format!("{head}_增长率"), &growth_en, ColumnKind::Percent),
        ]
    });
    columns.collect()
}

/// A period in a header: 2016, 2022-H1, 2022-06; months without a name of their own as 2026年1-9月.
fn short(months: Period) -> String {
    let text = months.to_string();
    if text.contains("..") { months.title() } else { text }
}

fn compared_cells(row: &TableRow) -> Vec<xiaoxiang_domain::bulletin::PrintedCell> {
    let Growth { count: counts, contract_value, technology_value } = row.growth;
    let figure = |value: fn(&Cell) -> xiaoxiang_domain::bulletin::PrintedCell| {
        [row.previous.as_ref().map(value).unwrap_or_default(), value(&row.cell)]
    };
    let mut cells = Vec::new();
    cells.extend(figure(|cell| count(cell.count)));
    cells.push(signed_percent(counts));
    cells.extend(figure(|cell| amount(cell.contract_value)));
    cells.push(signed_percent(contract_value));
    cells.extend(figure(|cell| amount(cell.technology_value)));
    cells.push(signed_percent(technology_value));
    cells
}

/// One group of two columns for each key, then the row's own sums.
fn crosswise_columns(table: &Table, labels: &Labels) -> Vec<xiaoxiang_domain::bulletin::PrintedColumn> {
    let Some(dimension) = table.request.columns else { return Vec::new() };
    let mut columns = Vec::new();
    for &key in &table.column_keys {
        let group = labels.column(dimension, key);
        for (measure, header, header_en, kind) in [
            (Measure::Count, "项", "Contracts", ColumnKind::Count),
            (Measure::ContractValue, "额(亿元)", "Value (100 million CNY)", ColumnKind::Amount),
        ] {
            let mut column =
                PrintedColumn::ungrouped(&format!("{key}.{}", measure.code()), header, header_en, kind);
            column.group.clone_from(&group.zh);
            column.group_en.clone_from(&group.en);
            columns.push(column);
        }
    }
    let whole = note("合计", "All");
    columns.extend(plain_columns().into_iter().map(|mut column| {
        column.group.clone_from(&whole.zh);
        column.group_en.clone_from(&whole.en);
        column
    }));
    columns
}
