//! The contracts behind a cell (数据溯源).

use std::collections::{BTreeSet, HashSet};

use xiaoxiang_domain::fact::ContractFact;

use crate::columns::Columns;
use crate::cross_table::{Cell, Located, cross_table, rows_behind};
use crate::geography::RowLists;
use crate::table::{RowKey, TableProblem, TableRequest, row_keys};

/// Most contracts of one page.
pub const PAGE_MAX: usize = 1000;

/// A stretch of a long list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageOf {
    /// Contracts skipped.
    pub offset: usize,
    /// Contracts wanted, at most [`PAGE_MAX`].
    pub limit: usize,
}

impl PageOf {
    /// The first contracts, as many as a page holds.
    pub const FIRST: Self = Self { offset: 0, limit: PAGE_MAX };
}

/// The contracts of a cell, largest contract value first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Behind {
    /// Number of contracts in the cell.
    pub total: usize,
    /// What they add up to: the cell itself.
    pub cell: Cell,
    /// One page of them, as they held at the table's position.
    pub facts: Vec<ContractFact>,
}

impl Behind {
    /// Fact ids of the page.
    #[must_use]
    pub fn fact_ids(&self) -> Vec<i64> {
        self.facts.iter().map(|fact| fact.fact_id).collect()
    }
}

/// The contracts behind one row, or one cell of a cross-table.
///
/// # Errors
/// Where the request cannot be tabulated.
pub fn explain(
    columns: &Columns,
    lists: &RowLists,
    request: &TableRequest,
    row: &RowKey,
    column: Option<u32>,
    page: PageOf,
) -> Result<Behind, TableProblem> {
    let query = request.query();
    let rows: HashSet<u32> = match row {
        RowKey::Key(key) => HashSet::from([*key]),
        RowKey::Subtotal(group) => {
            let found = lists.groups().iter().find(|other| other.key == *group);
            found.map_or_else(HashSet::new, |group| group.cities.iter().copied().collect())
        }
        RowKey::Outside => {
            let occurring: BTreeSet<u32> =
                cross_table(columns, &query)?.groups().iter().map(|group| group.keys[0]).collect();
            let own = row_keys(columns.geography(), lists, request, &occurring);
            occurring.into_iter().filter(|key| !own.contains(key)).collect()
        }
        RowKey::Total => HashSet::new(),
    };
    let is_asked = |keys: &[u32; 4]| {
        let in_row = *row == RowKey::Total || rows.contains(&keys[0]);
        in_row && column.is_none_or(|column| keys[1] == column)
    };
    let mut located: Vec<Located> =
        rows_behind(columns, &query, is_asked)?.into_iter().map(|(located, _)| located).collect();
    located.sort_by_key(|located| {
        let (rows, at) = located.rows(columns);
        (std::cmp::Reverse(rows.contract_value[at]), rows.fact_id[at])
    });
    let amounts = located.iter().map(|located| {
        let (rows, at) = located.rows(columns);
        Cell {
            count: 1,
            contract_value: rows.contract_value[at].into(),
            technology_value: rows.technology_value[at].into(),
        }
    });
    let wanted = located.iter().skip(page.offset).take(page.limit.min(PAGE_MAX));
    let facts = wanted.map(|located| {
        let (rows, at) = located.rows(columns);
        columns.decode(rows, at)
    });
    Ok(Behind { total: located.len(), cell: amounts.sum(), facts: facts.collect() })
}
