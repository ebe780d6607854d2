//! What changed in a published table since (订正清单): cells with old and new sums, and the facts behind.

use std::collections::{BTreeMap, BTreeSet};

use crate::columns::Columns;
use crate::cross_table::{Cell, DIMENSIONS_MAX, Located, QueryProblem, rows_behind};
use crate::geography::RowLists;
use crate::table::{PublishedBase, RowKey, Table, TableProblem, TableRequest, tabulate};

/// Fact ids listed for one cell; the numbers of facts are complete all the same.
pub const FACTS_MAX: usize = 1000;

/// One cell that is no longer as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellChange {
    /// Row of the cell.
    pub row: RowKey,
    /// Column key in a cross-table, none for the row as a whole.
    pub column: Option<u32>,
    /// Sums at the earlier position.
    pub before: Cell,
    /// Sums at the later position.
    pub after: Cell,
    /// Number of facts that left the cell.
    pub left: usize,
    /// Number of facts that entered it.
    pub entered: usize,
    /// The facts that left, at most [`FACTS_MAX`]: replaced, withdrawn or counted elsewhere.
    pub left_facts: Vec<i64>,
    /// The facts that entered, at most [`FACTS_MAX`].
    pub entered_facts: Vec<i64>,
}

/// A table at two positions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    /// The table as it was.
    pub before: Table,
    /// The table as it is.
    pub after: Table,
    /// Changed cells: rows in the order of the later table, within a row the columns, the total last.
    pub changes: Vec<CellChange>,
}

/// Compares a table at two log positions. What gives the same to a cell as before changes
/// nothing in it and is not listed.
///
/// # Errors
/// Where the table cannot be made.
pub fn corrections(
    columns: &Columns,
    lists: &RowLists,
    request: &TableRequest,
    from_position: i64,
    to_position: i64,
    published: Option<&PublishedBase>,
) -> Result<Correction, TableProblem> {
    let at = |position: i64| {
        let mut at = request.clone();
        at.as_of = Some(position);
        at
    };
    let before = tabulate(columns, lists, &at(from_position), published)?;
    let after = tabulate(columns, lists, &at(to_position), published)?;
    let moved = Moved::find(columns, &at(from_position), &at(to_position), from_position, to_position)?;
    let mut changes = Vec::new();
    for key in keys_of_both(&before, &after) {
        let old = cells_of(&before, &key);
        let new = cells_of(&after, &key);
        for column in columns_of_both(&before, &after) {
            let before_cell = old.get(&column).copied().unwrap_or_default();
            let after_cell = new.get(&column).copied().unwrap_or_default();
            if before_cell != after_cell {
                let is_in_cell = |keys: &[u32; DIMENSIONS_MAX]| {
                    is_in_row(&key, keys[0], lists, &before, &after)
                        && column.is_none_or(|column| column_of(&after, keys[1]) == column)
                };
                changes.push(moved.change(key.clone(), column, before_cell, after_cell, is_in_cell));
            }
        }
    }
    Ok(Correction { before, after, changes })
}

/// A fact with what it gives to a cell and the keys of its cells.
#[derive(Clone, Copy)]
struct Given {
    fact_id: i64,
    /// Contract, 成交额 and 技术交易额 in fen. A contract has one fact at a position.
    part: (i64, i64, i64),
    keys: [u32; DIMENSIONS_MAX],
}

/// Facts that hold at one of the two positions only.
struct Moved {
    left: Vec<Given>,
    entered: Vec<Given>,
}

impl Moved {
    fn find(
        columns: &Columns,
        before: &TableRequest,
        after: &TableRequest,
        from_position: i64,
        to_position: i64,
    ) -> Result<Self, QueryProblem> {
        let given = |(located, keys): (Located, [u32; DIMENSIONS_MAX])| {
            let (rows, at) = located.rows(columns);
            let part = (rows.contract_key[at], rows.contract_value[at], rows.technology_value[at]);
            Given { fact_id: rows.fact_id[at], part, keys }
        };
        let holds = |(located, _): &(Located, [u32; DIMENSIONS_MAX]), position: i64| {
            let (rows, at) = located.rows(columns);
            rows.from[at] <= position && rows.to.get(at).is_none_or(|&to| position < to)
        };
        let mut left = rows_behind(columns, &before.query(), |_| true)?;
        left.retain(|row| !holds(row, to_position));
        let mut entered = rows_behind(columns, &after.query(), |_| true)?;
        entered.retain(|row| !holds(row, from_position));
        let sorted = |rows: Vec<_>| {
            let mut facts: Vec<Given> = rows.into_iter().map(given).collect();
            facts.sort_unstable_by_key(|fact| fact.fact_id);
            facts
        };
        Ok(Self { left: sorted(left), entered: sorted(entered) })
    }

    /// A fact whose successor gives the same to the same cell (another telephone number) has not moved in it.
    fn change(
        &self,
        row: RowKey,
        column: Option<u32>,
        before: Cell,
        after: Cell,
        is_in_cell: impl Fn(&[u32; DIMENSIONS_MAX]) -> bool,
    ) -> CellChange {
        let in_cell = |facts: &[Given]| {
            facts.iter().filter(|fact| is_in_cell(&fact.keys)).copied().collect::<Vec<Given>>()
        };
        let (left, entered) = (in_cell(&self.left), in_cell(&self.entered));
        let ids = |facts: &[Given], others: &[Given]| {
            let parts: BTreeSet<_> = others.iter().map(|fact| fact.part).collect();
            let moved = facts.iter().filter(|fact| !parts.contains(&fact.part));
            moved.map(|fact| fact.fact_id).collect::<Vec<i64>>()
        };
        let (mut left_facts, mut entered_facts) = (ids(&left, &entered), ids(&entered, &left));
        let (left, entered) = (left_facts.len(), entered_facts.len());
        left_facts.truncate(FACTS_MAX);
        entered_facts.truncate(FACTS_MAX);
        CellChange { row, column, before, after, left, entered, left_facts, entered_facts }
    }
}

/// Row keys of the later table, then those that only the earlier one had, the total last.
fn keys_of_both(before: &Table, after: &Table) -> Vec<RowKey> {
    let mut keys: Vec<RowKey> = Vec::new();
    for row in after.all_rows().chain(before.all_rows()) {
        if row.key != RowKey::Total && !keys.contains(&row.key) {
            keys.push(row.key.clone());
        }
    }
    keys.push(RowKey::Total);
    keys
}

/// The row as a whole, then each column.
fn columns_of_both(before: &Table, after: &Table) -> Vec<Option<u32>> {
    let mut columns = vec![None];
    for &key in after.column_keys.iter().chain(&before.column_keys) {
        if !columns.contains(&Some(key)) {
            columns.push(Some(key));
        }
    }
    columns
}

fn cells_of(table: &Table, key: &RowKey) -> BTreeMap<Option<u32>, Cell> {
    let Some(row) = table.all_rows().find(|row| row.key == *key) else { return BTreeMap::new() };
    let by_column = table.column_keys.iter().map(|&column| Some(column)).zip(row.by_column.iter().copied());
    std::iter::once((None, row.cell)).chain(by_column).collect()
}

/// The column in which a key is shown: its own, or the one that gathers the rest.
fn column_of(table: &Table, key: u32) -> u32 {
    if table.column_keys.contains(&key) { key } else { 0 }
}

fn is_in_row(row: &RowKey, key: u32, lists: &RowLists, before: &Table, after: &Table) -> bool {
    match row {
        RowKey::Key(own) => *own == key,
        RowKey::Total => true,
        RowKey::Outside => before.row(key).is_none() && after.row(key).is_none(),
        RowKey::Subtotal(group) => {
            lists.groups().iter().any(|other| other.key == *group && other.cities.contains(&key))
        }
    }
}
