//! Small cells (小单元): what open data must not show, because too few respondents stand behind it.
//!
//! Below city level (counties, parks) and by organisation a cell of fewer respondents than the region data say shows
//! `*`, and with it the cells from which it could be computed. Tables by city and ordered lists show everything. The
//! rule protects the cells of one table and its sums; it does not look at tables of overlapping months.

mod hide;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use xiaoxiang_domain::bulletin::{Dimension, PrintedCell, PrintedNote, PrintedTable};

pub use hide::{KnownSums, hidden_cells};

use crate::columns::Columns;
use crate::cross_table::cross_table;
use crate::table::{Comparison, RowKey, Table, TableProblem, TableRequest};

/// What a hidden cell shows.
pub const HIDDEN: &str = "*";

/// Whether the rows of a table lie below the level at which everything is shown.
#[must_use]
pub const fn has_small_rows(dimension: Dimension) -> bool {
    matches!(dimension, Dimension::County | Dimension::Park | Dimension::Organisation)
}

/// The hidden cells of a table: for each row that hides any, the numbers of its columns; the number behind the last
/// column stands for the row's own sums.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hidden {
    cells: BTreeMap<RowKey, BTreeSet<usize>>,
    /// Number behind the last column.
    sums: usize,
}

impl Hidden {
    /// How many cells are hidden.
    #[must_use]
    pub fn len(&self) -> usize {
        self.cells.values().map(BTreeSet::len).sum()
    }

    /// Whether all cells are shown.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    fn has(&self, row: &RowKey, column: usize) -> bool {
        self.cells.get(row).is_some_and(|columns| columns.contains(&column))
    }
}

/// The cells of a table that open data hide; none in a table whose rows are no small ones.
///
/// Respondents of a cell are the different organisations of the counted side; natural persons count as one, since
/// nobody can tell them apart. What a table compares with is hidden in the same cells, and counts too.
///
/// # Errors
/// Where the respondents cannot be counted.
pub fn hidden_in(columns: &Columns, table: &Table, respondents_min: u32) -> Result<Hidden, TableProblem> {
    let sums = table.column_keys.len();
    if !has_small_rows(table.request.rows) {
        return Ok(Hidden { cells: BTreeMap::new(), sums });
    }
    let mut spans = vec![table.request.period];
    if table.request.compare != Comparison::None {
        spans.push(table.request.period.previous_year());
    }
    let mut patterns = Vec::new();
    for span in spans {
        patterns.push(respondents(columns, table, &TableRequest { period: span, ..table.request.clone() })?);
    }
    let known = if sums > 0 { KnownSums::ColumnsAndRows } else { KnownSums::Columns };
    let mut hidden = Hidden { cells: BTreeMap::new(), sums };
    // The least of both years, where any stand behind the cell at all.
    let least = |row: &RowKey| -> Vec<u32> {
        let of = |column: usize| {
            let counts = patterns.iter().filter_map(|pattern| pattern.get(row)).map(|counts| counts[column]);
            counts.filter(|&count| count > 0).min().unwrap_or(0)
        };
        (0..=sums).map(of).collect()
    };
    for rows in groups_of_rows(columns, table) {
        let counts: Vec<Vec<u32>> = rows.iter().map(least).collect();
        let before = rows.iter().map(|row| (0..=sums).map(|column| hidden.has(row, column)).collect());
        let cells = hidden_cells(&counts, known, respondents_min, before.collect());
        for (row, cells) in rows.into_iter().zip(cells) {
            let columns: BTreeSet<usize> =
                cells.into_iter().zip(0..).filter(|(is_hidden, _)| *is_hidden).map(|(_, at)| at).collect();
            if !columns.is_empty() {
                hidden.cells.insert(row, columns);
            }
        }
    }
    Ok(hidden)
}

/// Rows whose sums are known, in the order in which they are looked at. Of counties: those of each city, which add up
/// to the row of the city; then all with what lies in none; then those of each city again, since the second look may
/// have hidden more. A county that is a row of the city table itself is shown.
fn groups_of_rows(columns: &Columns, table: &Table) -> Vec<Vec<RowKey>> {
    let all: Vec<RowKey> = table.rows.iter().chain(&table.outside).map(|row| row.key.clone()).collect();
    if table.request.rows != Dimension::County {
        return vec![all];
    }
    let city_of = |row: &RowKey| match row {
        RowKey::Key(county) => columns.geography().city_of(*county).filter(|city| city != county),
        _ => None,
    };
    let mut by_city: BTreeMap<u32, Vec<RowKey>> = BTreeMap::new();
    for row in &all {
        if let Some(city) = city_of(row) {
            by_city.entry(city).or_default().push(row.clone());
        }
    }
    let cities: Vec<Vec<RowKey>> = by_city.into_values().collect();
    let below = all.into_iter().filter(|row| *row == RowKey::Outside || city_of(row).is_some()).collect();
    [cities.clone(), vec![below], cities].concat()
}

/// How many respondents stand behind each cell, the row's own sums last.
fn respondents(
    columns: &Columns,
    table: &Table,
    request: &TableRequest,
) -> Result<HashMap<RowKey, Vec<u32>>, TableProblem> {
    let own: BTreeSet<&RowKey> = table.rows.iter().map(|row| &row.key).collect();
    let row_of = |key: u32| {
        let row = RowKey::Key(key);
        if own.contains(&row) { row } else { RowKey::Outside }
    };
    let sums = table.column_keys.len();
    let column_of = |key: u32| {
        let at = |wanted: u32| table.column_keys.iter().position(|&own| own == wanted);
        at(key).or_else(|| at(0)).unwrap_or(sums)
    };
    let mut query = request.query();
    let is_by_organisation = request.rows == Dimension::Organisation;
    if !is_by_organisation {
        query.dimensions.push(Dimension::Organisation);
    }
    let last = query.dimensions.len() - 1;
    let mut found: HashMap<(RowKey, usize), BTreeSet<u32>> = HashMap::new();
    for group in cross_table(columns, &query)?.groups() {
        let row = row_of(group.keys[0]);
        let organisation = if is_by_organisation { group.keys[0] } else { group.keys[last] };
        if request.columns.is_some() {
            let column = column_of(group.keys[1]);
            found.entry((row.clone(), column)).or_default().insert(organisation);
        }
        found.entry((row, sums)).or_default().insert(organisation);
    }
    let mut counts: HashMap<RowKey, Vec<u32>> = HashMap::new();
    for ((row, column), organisations) in found {
        let count = u32::try_from(organisations.len()).unwrap_or(u32::MAX);
        counts.entry(row).or_insert_with(|| vec![0; sums + 1])[column] = count;
    }
    Ok(counts)
}

/// Puts `*` in the place of what is hidden, and says so under the table.
pub fn hide(printed: &mut PrintedTable, table: &Table, hidden: &Hidden, respondents_min: u32) {
    if hidden.is_empty() {
        return;
    }
    let columns: Vec<Option<usize>> =
        printed.columns.iter().map(|column| number_of(table, &column.key)).collect();
    for (row, printed_row) in table.all_rows().zip(&mut printed.rows) {
        for (cell, column) in printed_row.cells.iter_mut().zip(&columns) {
            if column.is_some_and(|column| hidden.has(&row.key, column)) {
                *cell = PrintedCell::figure(HIDDEN, None);
            }
        }
    }
    printed.notes.push(note(respondents_min));
}

/// The number of the column that a printed column belongs to; none for labels.
fn number_of(table: &Table, key: &str) -> Option<usize> {
    if key == "label" {
        return None;
    }
    let sums = table.column_keys.len();
    let own = key.split_once('.').and_then(|(first, _)| first.parse::<u32>().ok());
    Some(own.and_then(|own| table.column_keys.iter().position(|&other| other == own)).unwrap_or(sums))
}

fn note(respondents_min: u32) -> PrintedNote {
    PrintedNote {
        zh: format!(
            "“{HIDDEN}”表示不公开：涉及单位少于{respondents_min}个，或可由其推算出此类数据（自然人合计按1个单位计）。"
        ),
        en: format!(
            "«{HIDDEN}» is not published: fewer than {respondents_min} organisations stand behind it, or such a figure could \
             be computed from it (natural persons count as one)."
        ),
    }
}
