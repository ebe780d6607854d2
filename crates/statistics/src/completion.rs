//! Completion of annual targets (年度目标完成情况) beside the part of the year that has passed.

use jiff::civil::{Date, date};
use xiaoxiang_domain::bulletin::{Dimension, Direction};
use xiaoxiang_domain::money::Fen;
use xiaoxiang_domain::period::{Month, Period};
use xiaoxiang_domain::ratio::Ratio;
use xiaoxiang_domain::target::AnnualTargets;

use crate::columns::Columns;
use crate::cross_table::QueryProblem;
use crate::geography::RowLists;
use crate::table::{RowKey, Table, TableProblem, TableRequest, competition_ranks, tabulate};

/// What completion is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompletionRequest {
    /// Which contract value the targets mean.
    pub direction: Direction,
    /// City or county.
    pub rows: Dimension,
    /// The division whose parts are the rows; the region where absent.
    pub within: Option<u32>,
    /// Last month counted; counting begins in January of its year.
    pub through: Month,
    /// Day on which the table is read: it decides the targets in force and the time elapsed.
    pub on: Date,
    /// Log position; the latest where absent.
    pub as_of: Option<i64>,
}

/// Completion of one division.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// Division; none for the total.
    pub division: Option<u32>,
    /// The target in force.
    pub target: Option<Fen>,
    /// Contract value since January, in fen.
    pub completed: i128,
    /// Completed part of the target (完成率).
    pub percent: Option<Ratio>,
    /// Place by the completed part among the divisions that have a target.
    pub rank: Option<u32>,
    /// What is still missing (缺口); below zero where the target is passed.
    pub gap: Option<i128>,
}

/// Completion of all divisions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompletionTable {
    /// What was asked for.
    pub request: CompletionRequest,
    /// The log position of the figures.
    pub as_of: i64,
    /// Part of the year that has passed (时间进度), the day of reading included.
    pub elapsed: Ratio,
    /// Divisions in list order.
    pub rows: Vec<Completion>,
    /// The region or `within` itself against its own target, from base amounts.
    pub total: Completion,
}

/// Tabulates completion.
///
/// # Errors
/// Where the contracts cannot be tabulated or the month lies outside the years of periods.
pub fn completion(
    columns: &Columns,
    lists: &RowLists,
    targets: &AnnualTargets,
    request: &CompletionRequest,
) -> Result<CompletionTable, TableProblem> {
    let through = Period::month(request.through).map_err(|_| QueryProblem::Spans)?;
    let mut table_request = TableRequest::new(request.direction, request.rows, through.cumulative());
    table_request.within = request.within;
    table_request.as_of = request.as_of;
    let table = tabulate(columns, lists, &table_request, None)?;
    Ok(complete(&table, targets, request, request.within.unwrap_or(columns.geography().root())))
}

/// Sets a cumulative table beside its targets.
pub(crate) fn complete(
    table: &Table,
    targets: &AnnualTargets,
    request: &CompletionRequest,
    whole: u32,
) -> CompletionTable {
    let year = request.through.year;
    let one = |division: Option<u32>, completed: i128| {
        let in_force = targets.in_force(division.unwrap_or(whole), year, request.direction, request.on);
        let target = in_force.map(|target| target.amount);
        Completion {
            division,
            target,
            completed,
            percent: target.and_then(|target| Ratio::new(completed, target.0.into())),
            rank: None,
            gap: target.map(|target| i128::from(target.0) - completed),
        }
    };
    let mut rows: Vec<Completion> = table
        .rows
        .iter()
        .filter_map(|row| match row.key {
            RowKey::Key(division) => Some(one(Some(division), row.cell.contract_value)),
            _ => None,
        })
        .collect();
    let ranks = competition_ranks(rows.iter().filter_map(|row| row.percent));
    for (row, rank) in rows.iter_mut().filter(|row| row.percent.is_some()).zip(ranks) {
        row.rank = Some(rank);
    }
    CompletionTable {
        request: request.clone(),
        as_of: table.as_of,
        elapsed: elapsed(year, request.on),
        rows,
        total: one(None, table.total.cell.contract_value),
    }
}

/// The part of the year that has passed by the end of a day: nothing before it, all after it.
fn elapsed(year: i16, on: Date) -> Ratio {
    let days = i128::from(date(year, 1, 1).days_in_year());
    let passed = match on.year().cmp(&year) {
        std::cmp::Ordering::Less => 0,
        std::cmp::Ordering::Equal => i128::from(on.day_of_year()),
        std::cmp::Ordering::Greater => days,
    };
    Ratio::new(passed, days).expect("a year has days")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_year_elapses_day_by_day() {
        assert_eq!(elapsed(2026, date(2026, 6, 30)).percent(), "49.59");
        assert_eq!(elapsed(2024, date(2024, 12, 31)).percent(), "100.00");
        assert_eq!(elapsed(2026, date(2025, 12, 31)).percent(), "0.00");
        assert_eq!(elapsed(2026, date(2027, 1, 1)).percent(), "100.00");
    }
}
