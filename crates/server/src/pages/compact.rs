//! Tables of the home page and of flows: fewer columns than the bulletin's, the same figures.

use xiaoxiang_domain::bulletin::{
    ColumnKind, Direction, PrintedCell, PrintedColumn, PrintedRow, PrintedTable,
};

/// A column taken from a wider table: its key there, its key here, head in both languages, kind.
struct Taken {
    from: &'static str,
    key: &'static str,
    head: &'static str,
    head_en: &'static str,
    kind: ColumnKind,
}

const fn taken(
    from: &'static str,
    key: &'static str,
    head: &'static str,
    head_en: &'static str,
    kind: ColumnKind,
) -> Taken {
    Taken { from, key, head, head_en, kind }
}

/// What the home page takes from a compared table.
const COMPARED: [Taken; 5] = [
    taken("count.now", "count", "项数(项)", "Contracts", ColumnKind::Count),
    taken(
        "contract_value.now",
        "contract_value",
        "成交额(亿元)",
        "Contract value (100 m CNY)",
        ColumnKind::Amount,
    ),
    taken(
        "technology_value.now",
        "technology_value",
        "技术交易额(亿元)",
        "Technology value (100 m CNY)",
        ColumnKind::Amount,
    ),
    taken("contract_value.growth", "growth", "成交额同比(%)", "Growth of value (%)", ColumnKind::Percent),
    taken("rank", "rank", "位次", "Rank", ColumnKind::Rank),
];

/// A compared table without the figures of the year before.
#[must_use]
pub fn without_previous(table: &PrintedTable) -> PrintedTable {
    let places: Vec<(usize, &Taken)> = COMPARED
        .iter()
        .filter_map(|taken| {
            let place = table.columns.iter().position(|column| column.key == taken.from)?;
            Some((place, taken))
        })
        .collect();
    let columns = places
        .iter()
        .map(|(_, taken)| PrintedColumn::ungrouped(taken.key, taken.head, taken.head_en, taken.kind));
    let rows = table.rows.iter().map(|row| {
        let cells = places.iter().map(|(place, taken)| {
            let mut cell = row.cells[*place].clone();
            if taken.kind == ColumnKind::Percent {
                // The head says per cent already.
                cell.text = cell.text.trim_end_matches('%').to_owned();
            }
            cell
        });
        PrintedRow { cells: row.cells.iter().take(1).cloned().chain(cells).collect(), ..row.clone() }
    });
    PrintedTable {
        columns: table.columns.iter().take(1).cloned().chain(columns).collect(),
        rows: rows.collect(),
        ..table.clone()
    }
}

/// The monthly table in two, as a screen is wide: since January with the targets first, then the month.
/// A table without cumulative columns stays whole.
#[must_use]
pub fn split_spans(table: &PrintedTable) -> Vec<PrintedTable> {
    const CUMULATIVE: &str = "cumulative.";
    if !table.columns.iter().any(|column| column.key.starts_with(CUMULATIVE)) {
        return vec![table.clone()];
    }
    let is_of_month = |column: &PrintedColumn| {
        Direction::ALL.iter().any(|direction| {
            column.key.strip_prefix(direction.code()).is_some_and(|rest| rest.starts_with('.'))
        })
    };
    let mut since_january = columns_where(table, |column| !is_of_month(column));
    since_january.title.push_str("：累计");
    since_january.title_en.push_str(": since January");
    since_january.notes.clear();
    let mut month = columns_where(table, is_of_month);
    month.title.push_str("：当月");
    month.title_en.push_str(": in the month");
    vec![since_january, month]
}

/// The label column and the columns that fulfil a condition.
fn columns_where(table: &PrintedTable, is_kept: impl Fn(&PrintedColumn) -> bool) -> PrintedTable {
    let places: Vec<usize> =
        (0..table.columns.len()).filter(|place| *place == 0 || is_kept(&table.columns[*place])).collect();
    let rows = table.rows.iter().map(|row| {
        let cells = places.iter().map(|place| row.cells[*place].clone());
        PrintedRow { cells: cells.collect(), ..row.clone() }
    });
    PrintedTable {
        columns: places.iter().map(|place| table.columns[*place].clone()).collect(),
        rows: rows.collect(),
        ..table.clone()
    }
}

/// One measure of a table whose columns stand in groups: a column a group, under the group's head.
#[must_use]
pub fn one_measure(table: &PrintedTable, measure: &str) -> PrintedTable {
    let suffix = format!(".{measure}");
    let places: Vec<usize> =
        (1..table.columns.len()).filter(|place| table.columns[*place].key.ends_with(&suffix)).collect();
    let columns = places.iter().map(|place| {
        let column = &table.columns[*place];
        let key = column.key.trim_end_matches(&suffix);
        PrintedColumn::ungrouped(key, &column.group, &column.group_en, column.kind)
    });
    let rows = table.rows.iter().map(|row| {
        let cells = places.iter().map(|place| row.cells[*place].clone());
        PrintedRow { cells: row.cells.iter().take(1).cloned().chain(cells).collect(), ..row.clone() }
    });
    PrintedTable {
        columns: table.columns.iter().take(1).cloned().chain(columns).collect(),
        rows: rows.collect(),
        ..table.clone()
    }
}

/// Tables of the same rows side by side: from each the column of one key, under a new key and head.
#[must_use]
pub fn side_by_side(tables: &[(PrintedTable, PrintedColumn)], from: &str) -> Option<PrintedTable> {
    let (first, _) = tables.first()?;
    let columns =
        first.columns.iter().take(1).cloned().chain(tables.iter().map(|(_, column)| column.clone()));
    let rows = first.rows.iter().map(|row| {
        let cells =
            tables.iter().map(|(table, _)| cell_of(table, &row.key, from).cloned().unwrap_or_default());
        PrintedRow { cells: row.cells.iter().take(1).cloned().chain(cells).collect(), ..row.clone() }
    });
    Some(PrintedTable {
        columns: columns.collect(),
        rows: rows.collect(),
        notes: Vec::new(),
        ..first.clone()
    })
}

fn cell_of<'table>(table: &'table PrintedTable, row: &str, column: &str) -> Option<&'table PrintedCell> {
    let place = table.columns.iter().position(|candidate| candidate.key == column)?;
    table.rows.iter().find(|candidate| candidate.key == row)?.cells.get(place)
}

#[cfg(test)]
mod tests {
    use xiaoxiang_domain::bulletin::RowKind;

    use super::*;

    fn column(key: &str, group: &str, kind: ColumnKind) -> PrintedColumn {
        PrintedColumn {
            key: key.to_owned(),
            group: group.to_owned(),
            group_en: String::new(),
            header: key.to_owned(),
            header_en: String::new(),
            kind,
        }
    }

    fn table(columns: Vec<PrintedColumn>, cells: &[&str]) -> PrintedTable {
        let row = PrintedRow {
            key: "430100".to_owned(),
            kind: RowKind::Body,
            cells: cells.iter().map(|text| PrintedCell::text(*text)).collect(),
        };
        PrintedTable {
            title: String::new(),
            title_en: String::new(),
            columns,
            rows: vec![row],
            notes: vec![],
        }
    }

    fn texts(table: &PrintedTable) -> Vec<&str> {
        table.rows[0].cells.iter().map(|cell| cell.text.as_str()).collect()
    }

    #[test]
    fn a_compared_table_loses_the_year_before_and_the_sign_of_growth() {
        let wide = table(
            vec![
                column("label", "", ColumnKind::Text),
                column("contract_value.before", "", ColumnKind::Amount),
                column("contract_value.now", "", ColumnKind::Amount),
                column("contract_value.growth", "", ColumnKind::Text),
            ],
            &["长沙市", "100.00", "98.56", "-1.44%"],
        );
        let narrow = without_previous(&wide);
        assert_eq!(texts(&narrow), ["长沙市", "98.56", "-1.44"]);
        assert_eq!(narrow.columns[2].kind, ColumnKind::Percent);
    }

    #[test]
    fn a_matrix_of_one_measure_takes_its_heads_from_the_groups() {
        let wide = table(
            vec![
                column("label", "", ColumnKind::Text),
                column("430100.count", "长沙市", ColumnKind::Count),
                column("430100.contract_value", "长沙市", ColumnKind::Amount),
            ],
            &["株洲市", "3", "1.20"],
        );
        let narrow = one_measure(&wide, "contract_value");
        assert_eq!(texts(&narrow), ["株洲市", "1.20"]);
        assert_eq!((narrow.columns[1].key.as_str(), narrow.columns[1].header.as_str()), ("430100", "长沙市"));
    }

    #[test]
    fn the_monthly_table_is_cut_into_what_is_since_january_and_what_is_of_the_month() {
        let keys = ["label", "output.count", "cumulative.output.count", "target.amount"];
        let columns = keys.map(|key| column(key, "", ColumnKind::Count)).to_vec();
        let parts = split_spans(&table(columns, &["长沙市", "1", "10", "12"]));
        assert_eq!(
            parts.iter().map(texts).collect::<Vec<_>>(),
            [vec!["长沙市", "10", "12"], vec!["长沙市", "1"]]
        );
    }

    #[test]
    fn tables_of_the_same_rows_stand_side_by_side() {
        let one = table(
            vec![column("label", "", ColumnKind::Text), column("count", "", ColumnKind::Count)],
            &["1月", "3"],
        );
        let two = table(one.columns.clone(), &["1月", "5"]);
        let head = |key: &str| column(key, "", ColumnKind::Count);
        let both = side_by_side(&[(one, head("a")), (two, head("b"))], "count").expect("two tables");
        assert_eq!(texts(&both), ["1月", "3", "5"]);
    }
}
