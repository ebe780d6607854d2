//! Series (时间序列): the sums of every month or year by one dimension, row by row, for those who compute on.

use std::collections::BTreeSet;

use xiaoxiang_domain::bulletin::{Dimension, Direction};
use xiaoxiang_domain::period::{Month, Period};

use crate::columns::Columns;
use crate::cross_table::{Cell, CrossQuery, QueryProblem, cross_table, month_of_key};
use crate::geography::RowLists;

/// The directions of a series. Internal contracts stand in output and absorbed alike.
pub const SERIES_DIRECTIONS: [Direction; 3] = [Direction::Registered, Direction::Output, Direction::Absorbed];

/// Length of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Every month.
    Month,
    /// Every year; the last one up to the month in which the series ends.
    Year,
}

/// One row of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeriesRow {
    /// Its months.
    pub period: Period,
    /// Which side is counted.
    pub direction: Direction,
    /// Key of the dimension, 0 for what has no row of its own.
    pub key: u32,
    /// Its sums.
    pub cell: Cell,
}

/// The series of a dimension up to a month, as the log stood at a position.
///
/// It begins with the first month or year in which anything was counted; from there every listed key has a row in every
/// step, also an empty one, and what no list knows has one where it occurs.
///
/// # Errors
/// Where the dimension cannot be tabulated.
pub fn series(
    columns: &Columns,
    lists: &RowLists,
    dimension: Dimension,
    step: Step,
    last: Month,
    as_of: i64,
) -> Result<Vec<SeriesRow>, QueryProblem> {
    let first = Month { year: xiaoxiang_domain::period::YEAR_MIN, month: 1 };
    let Ok(span) = Period::between(first, last) else { return Ok(Vec::new()) };
    let mut query = CrossQuery::new(&[Dimension::Month, dimension], Direction::Registered, span);
    query.directions = SERIES_DIRECTIONS.to_vec();
    query.as_of = Some(as_of);
    let table = cross_table(columns, &query)?;
    let groups = table.groups();
    let Some(begin) = groups.iter().filter_map(|group| month_of_key(group.keys[0])).min() else {
        return Ok(Vec::new());
    };
    let mut rows = Vec::new();
    for period in steps(begin, last, step) {
        let is_in = |key: u32| {
            month_of_key(key).is_some_and(|month| period.first() <= month && month <= period.last())
        };
        let inside: Vec<_> = groups.iter().filter(|group| is_in(group.keys[0])).collect();
        let occurring: BTreeSet<u32> = inside.iter().map(|group| group.keys[1]).collect();
        let mut keys = match dimension {
            Dimension::City => columns.geography().cities().to_vec(),
            _ => lists.valid_in(dimension, period),
        };
        keys.extend(occurring.into_iter().filter(|key| !keys.contains(key)).collect::<Vec<_>>());
        for direction in SERIES_DIRECTIONS {
            for &key in &keys {
                let counted =
                    inside.iter().filter(|group| group.direction == direction && group.keys[1] == key);
                rows.push(SeriesRow { period, direction, key, cell: counted.map(|group| group.cell).sum() });
            }
        }
    }
    Ok(rows)
}

fn steps(begin: Month, last: Month, step: Step) -> Vec<Period> {
    let between =
        |first, last| Period::between(first, last).expect("invariant: months of a series are in order");
    match step {
        Step::Month => {
            (begin.index()..=last.index()).map(Month::from_index).map(|month| between(month, month)).collect()
        }
        Step::Year => (begin.year..=last.year)
            .map(|year| {
                let end = if year == last.year { last } else { Month { year, month: 12 } };
                between(Month { year, month: 1 }, end)
            })
            .collect(),
    }
}
