//! The table of the mission as it is printed.

use xiaoxiang_domain::bulletin::{ColumnKind, PrintedCell, PrintedColumn, PrintedRow, PrintedTable};

use super::cells::{amount, count, label, percent, rank};
use super::labels::{Labels, note};
use super::notes::{NoteContext, basis, exchange, growth_base, method, sentence};
use super::{row_key_text, row_kind};
use crate::city_monthly::{CityMonthly, Scope};
use crate::completion::Completion;
use crate::table::{RowKey, Table, TableRow};

/// Lays out the monthly table by city: 登记 | 输出 | 吸纳 for the month and since January, then the targets.
#[must_use]
pub fn lay_out_city_monthly(made: &CityMonthly, labels: &Labels, context: &NoteContext) -> PrintedTable {
    let leading = &made.period[0];
    let dimension = leading.request.rows;
    let mut columns =
        vec![PrintedColumn::ungrouped("label", dimension.label(), dimension.label_en(), ColumnKind::Text)];
    for (scope, table) in made.tables() {
        columns.extend(figure_columns(made, scope, table));
    }
    columns.extend(target_columns(made));
    let keys = leading.rows.iter().map(|row| &row.key).chain([&RowKey::Outside]);
    let keys = keys.chain(leading.subtotals.iter().map(|row| &row.key)).chain([&RowKey::Total]);
    let rows = keys.filter_map(|key| {
        let found: Vec<Option<&TableRow>> = made.tables().map(|(_, table)| find(table, key)).collect();
        if *key == RowKey::Outside && found.iter().all(Option::is_none) {
            return None;
        }
        let mut cells = vec![label(&labels.row(dimension, key))];
        cells.extend(found.into_iter().flat_map(figure_cells));
        cells.extend(target_cells(made, key));
        Some(PrintedRow { key: row_key_text(key), kind: row_kind(key), cells })
    });
    let rows = rows.collect();
    let place = labels.region_name();
    let period = made.request.period;
    PrintedTable {
        title: format!("{}各市州技术合同情况（{}）", place.zh, period.title()),
        title_en: format!("Technology contracts of {} by city, {}", place.en, period.title_en()),
        columns,
        rows,
        notes: printed_notes(made, labels, context),
    }
}

fn find<'a>(table: &'a Table, key: &RowKey) -> Option<&'a TableRow> {
    table.all_rows().find(|row| row.key == *key)
}

fn figure_columns(made: &CityMonthly, scope: Scope, table: &Table) -> Vec<PrintedColumn> {
    let direction = table.request.direction;
    let (prefix, span, span_en) = match (scope, made.cumulative.is_some()) {
        (Scope::Cumulative, _) => ("cumulative.", "累计", "since January"),
        (Scope::Period, true) => ("", "当月", "in the period"),
        (Scope::Period, false) => ("", "", ""),
    };
    let heads = [
        ("count", "项", "Contracts", ColumnKind::Count),
        ("contract_value", "额(亿元)", "Value (100 million CNY)", ColumnKind::Amount),
        ("growth", "同比(%)", "Growth (%)", ColumnKind::Percent),
        ("rank", "位次", "Rank", ColumnKind::Rank),
    ];
    let span = if span == "当月" && made.request.period.first() != made.request.period.last() {
        "本期"
    } else {
        span
    };
    let columns = heads.into_iter().map(|(key, header, header_en, kind)| {
        let mut column =
            PrintedColumn::ungrouped(&format!("{prefix}{}.{key}", direction.code()), header, header_en, kind);
        column.group = format!("{span}{}", direction.label());
        column.group_en = format!("{} {span_en}", direction.code()).trim_end().to_owned();
        column
    });
    columns.collect()
}

fn figure_cells(row: Option<&TableRow>) -> Vec<PrintedCell> {
    let Some(row) = row else {
        return vec![count(0), amount(0), PrintedCell::default(), PrintedCell::default()];
    };
    vec![
        count(row.cell.count),
        amount(row.cell.contract_value),
        percent(row.growth.contract_value),
        rank(row.rank),
    ]
}

fn target_columns(made: &CityMonthly) -> Vec<PrintedColumn> {
    let year = made.request.period.last().year;
    let group = note(format!("{year}年度目标"), format!("Target for {year}"));
    let heads = [
        ("target.amount", "目标额(亿元)", "Target (100 million CNY)", ColumnKind::Amount),
        ("target.completion", "完成率(%)", "Completed (%)", ColumnKind::Percent),
        ("target.rank", "完成率位次", "Rank by completion", ColumnKind::Rank),
    ];
    let columns = heads.into_iter().map(|(key, header, header_en, kind)| {
        let mut column = PrintedColumn::ungrouped(key, header, header_en, kind);
        column.group.clone_from(&group.zh);
        column.group_en.clone_from(&group.en);
        column
    });
    columns.collect()
}

fn target_cells(made: &CityMonthly, key: &RowKey) -> Vec<PrintedCell> {
    let completion: Option<&Completion> = match key {
        RowKey::Key(division) => made.completion.rows.iter().find(|row| row.division == Some(*division)),
        RowKey::Total => Some(&made.completion.total),
        RowKey::Outside | RowKey::Subtotal(_) => None,
    };
    let target = completion.and_then(|completion| completion.target);
    vec![
        target.map_or_else(PrintedCell::default, |target| amount(target.0.into())),
        percent(completion.and_then(|completion| completion.percent)),
        rank(completion.and_then(|completion| completion.rank)),
    ]
}

fn printed_notes(
    made: &CityMonthly,
    labels: &Labels,
    context: &NoteContext,
) -> Vec<xiaoxiang_domain::bulletin::PrintedNote> {
    let leading = made.cumulative.as_ref().unwrap_or(&made.period);
    let mut notes: Vec<_> = leading.iter().map(|table| sentence(table, labels)).collect();
    notes.extend(leading.iter().map(|table| basis(table.request.direction)));
    notes.push(note(
        "省内合同同时计入输出和吸纳，两者相加有重复。",
        "Contracts inside the region count as output and as absorbed: their sum counts these twice.",
    ));
    let period = made.request.period;
    notes.extend(leading.iter().filter_map(|table| exchange(table.request.direction, period, context)));
    let elapsed = made.completion.elapsed.percent();
    let target = made.request.target_direction;
    notes.push(note(
        format!("年度目标按{}成交额考核，时间进度{elapsed}%（截至{}）。", target.label(), made.request.on),
        format!(
            "Targets are measured by {} contract value; {elapsed} % of the year has passed by {}.",
            target.code(),
            made.request.on
        ),
    ));
    notes.push(growth_base(made.request.growth_base));
    notes.push(method(made.period[0].as_of));
    notes
}
