//! The table of the mission (各市州技术合同情况): 登记 | 输出 | 吸纳 by city, for the month and since January, with
//! completion of the annual target. All of it comes from one scan.

use std::collections::HashMap;

use jiff::civil::Date;
use xiaoxiang_domain::bulletin::{Dimension, Direction, GrowthBase};
use xiaoxiang_domain::period::Period;
use xiaoxiang_domain::target::AnnualTargets;

use crate::columns::Columns;
use crate::completion::{CompletionRequest, CompletionTable, complete};
use crate::cross_table::{CrossQuery, cross_table};
use crate::geography::RowLists;
use crate::table::{
    Comparison, PublishedBase, RowOrder, Table, TableProblem, TableRequest, View, assemble,
    is_compared_as_known,
};

/// Directions of the table from left to right.
pub const DIRECTIONS: [Direction; 3] = [Direction::Registered, Direction::Output, Direction::Absorbed];

/// The month itself, or January up to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// 当月, or whatever period was asked for.
    Period,
    /// 累计: January up to the last month of the period.
    Cumulative,
}

/// What the table is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CityMonthlyRequest {
    /// The month, or any other period.
    pub period: Period,
    /// Base of the growth rates.
    pub growth_base: GrowthBase,
    /// Order of the cities, by the registered figures since January.
    pub order: RowOrder,
    /// Which contract value the annual targets mean.
    pub target_direction: Direction,
    /// Day on which the table is read: it decides the targets in force and the time elapsed.
    pub on: Date,
    /// Log position; the latest where absent.
    pub as_of: Option<i64>,
}

/// Figures of a year earlier as they were published, where growth is computed on them.
pub type PublishedBases = HashMap<(Direction, Scope), PublishedBase>;

/// The finished table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CityMonthly {
    /// What was asked for.
    pub request: CityMonthlyRequest,
    /// Tables of the period, one for each of [`DIRECTIONS`].
    pub period: Vec<Table>,
    /// Tables since January; none where the period is itself cumulative.
    pub cumulative: Option<Vec<Table>>,
    /// Completion of the annual targets since January.
    pub completion: CompletionTable,
}

/// Makes the table.
///
/// # Errors
/// Where the contracts cannot be tabulated or a published base is missing.
pub fn city_monthly(
    columns: &Columns,
    lists: &RowLists,
    targets: &AnnualTargets,
    request: &CityMonthlyRequest,
    published: &PublishedBases,
) -> Result<CityMonthly, TableProblem> {
    let compare = Comparison::PreviousYear(request.growth_base);
    let mut query = CrossQuery::new(&[Dimension::City], Direction::Registered, request.period);
    query.directions = DIRECTIONS.to_vec();
    if !query.directions.contains(&request.target_direction) {
        query.directions.push(request.target_direction);
    }
    query.as_of = request.as_of;
    query.spans.push(request.period.cumulative());
    if is_compared_as_known(compare) {
        query.spans.extend([request.period.previous_year(), request.period.cumulative().previous_year()]);
    }
    let cross = cross_table(columns, &query)?;
    let before = is_compared_as_known(compare);
    let table = |direction: Direction, scope: Scope, compare: Comparison| {
        let (period, now) = match scope {
            Scope::Period => (request.period, 0),
            Scope::Cumulative => (request.period.cumulative(), 1),
        };
        let mut table_request = TableRequest::new(direction, Dimension::City, period);
        table_request.compare = compare;
        table_request.as_of = request.as_of;
        let view = View { cross: &cross, now, before: before.then_some(now + 2) };
        assemble(columns, lists, &table_request, published.get(&(direction, scope)), &view)
    };
    let tables = |scope: Scope| -> Result<Vec<Table>, TableProblem> {
        DIRECTIONS.into_iter().map(|direction| table(direction, scope, compare)).collect()
    };
    let is_cumulative = request.period == request.period.cumulative();
    let mut made = CityMonthly {
        period: tables(Scope::Period)?,
        cumulative: (!is_cumulative).then(|| tables(Scope::Cumulative)).transpose()?,
        completion: complete(
            &table(request.target_direction, Scope::Cumulative, Comparison::None)?,
            targets,
            &completion_request(request),
            columns.geography().root(),
        ),
        request: request.clone(),
    };
    made.order();
    Ok(made)
}

fn completion_request(request: &CityMonthlyRequest) -> CompletionRequest {
    CompletionRequest {
        direction: request.target_direction,
        rows: Dimension::City,
        within: None,
        through: request.period.last(),
        on: request.on,
        as_of: request.as_of,
    }
}

impl CityMonthly {
    /// All tables from left to right with their scope.
    pub fn tables(&self) -> impl Iterator<Item = (Scope, &Table)> {
        let period = self.period.iter().map(|table| (Scope::Period, table));
        period.chain(self.cumulative.iter().flatten().map(|table| (Scope::Cumulative, table)))
    }

    /// Puts the cities of all tables into the order of the registered figures since January.
    fn order(&mut self) {
        let leading = &self.cumulative.as_ref().unwrap_or(&self.period)[0];
        let mut leader = leading.rows.clone();
        crate::table::order_rows(&mut leader, self.request.order);
        let places: HashMap<_, usize> = leader.into_iter().map(|row| row.key).zip(0..).collect();
        for table in self.period.iter_mut().chain(self.cumulative.iter_mut().flatten()) {
            table.rows.sort_by_key(|row| places.get(&row.key).copied());
        }
    }
}
