//! Tables of one dimension, or of two crosswise, with growth, share and rank.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use xiaoxiang_domain::bulletin::{Dimension, Direction, GrowthBase};
use xiaoxiang_domain::period::{Month, Period};
use xiaoxiang_domain::ratio::Ratio;

use crate::columns::Columns;
use crate::cross_table::{
    Cell, CrossQuery, CrossTable, Group, Measures, QueryProblem, cross_table, month_key, month_of_key,
};
use crate::geography::{CityGroup, Geography, RowLists};

/// What a table compares with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// Nothing.
    None,
    /// The same months of the year before (上年同期), on the named base.
    PreviousYear(GrowthBase),
}

/// Order of the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowOrder {
    /// As the region data list them.
    List,
    /// Largest contract value first.
    Amount,
    /// Largest growth of the contract value first; rows without a base come last.
    Growth,
}

/// A table as it is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableRequest {
    /// Which side is counted.
    pub direction: Direction,
    /// The division to which the direction is relative; the region where absent.
    pub within: Option<u32>,
    /// The months counted.
    pub period: Period,
    /// What the rows are.
    pub rows: Dimension,
    /// What the columns are, for a cross-table.
    pub columns: Option<Dimension>,
    /// What the figures are compared with.
    pub compare: Comparison,
    /// Log position; the latest where absent.
    pub as_of: Option<i64>,
    /// Order of the rows.
    pub order: RowOrder,
    /// The only keys that get a row, in this order, such as the universities; all others go to the outside row.
    pub only: Option<Vec<u32>>,
}

impl TableRequest {
    /// A plain table of the whole region, in list order, without comparison, at the latest position.
    #[must_use]
    pub fn new(direction: Direction, rows: Dimension, period: Period) -> Self {
        Self {
            direction,
            within: None,
            period,
            rows,
            columns: None,
            compare: Comparison::None,
            as_of: None,
            order: RowOrder::List,
            only: None,
        }
    }

    /// The query whose groups the table is made of.
    pub(crate) fn query(&self) -> CrossQuery {
        let mut query = CrossQuery::new(&[self.rows], self.direction, self.period);
        query.dimensions.extend(self.columns);
        query.within = self.within;
        query.as_of = self.as_of;
        query.measures = Measures::All;
        query
    }
}

/// Why a table cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TableProblem {
    /// The cross-table behind it cannot be made.
    #[error(transparent)]
    Query(#[from] QueryProblem),
    /// Growth on published figures was asked for, but none were supplied.
    #[error("the figures published a year earlier were not supplied")]
    NoPublishedBase,
}

/// Figures of a year earlier as they were published (公布基数), frozen with their bulletin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PublishedBase {
    /// By row key; for months, by the key of the earlier month.
    pub rows: HashMap<u32, Cell>,
    /// The outside row.
    pub outside: Option<Cell>,
    /// Subtotals by the key of their group.
    pub subtotals: BTreeMap<String, Cell>,
    /// The total.
    pub total: Option<Cell>,
}

/// What a row stands for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RowKey {
    /// A place, code, organisation or month; 0 is «unknown» or «natural person».
    Key(u32),
    /// Selected contracts whose place is none of the rows.
    Outside,
    /// A group of cities.
    Subtotal(String),
    /// Everything selected.
    Total,
}

/// Growth (同比) of the three measures, from unrounded amounts; none where there is no base.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Growth {
    /// Of the number of contracts.
    pub count: Option<Ratio>,
    /// Of the contract value.
    pub contract_value: Option<Ratio>,
    /// Of the technology transaction value.
    pub technology_value: Option<Ratio>,
}

impl Growth {
    /// Growth of `now` over `base`.
    #[must_use]
    pub fn over(now: &Cell, base: &Cell) -> Self {
        Self {
            count: Ratio::growth(now.count.into(), base.count.into()),
            contract_value: Ratio::growth(now.contract_value, base.contract_value),
            technology_value: Ratio::growth(now.technology_value, base.technology_value),
        }
    }
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableRow {
    /// What it stands for.
    pub key: RowKey,
    /// Its sums.
    pub cell: Cell,
    /// Its sums by column key, in the order of [`Table::column_keys`].
    pub by_column: Vec<Cell>,
    /// The sums it is compared with.
    pub previous: Option<Cell>,
    /// Part of the total's contract value.
    pub share: Option<Ratio>,
    /// Place by contract value among the ordinary rows; equal values share a place (1, 2, 2, 4).
    pub rank: Option<u32>,
    /// Growth over the previous sums.
    pub growth: Growth,
}

/// A finished table. Rows and the outside row add up to the total exactly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// What was asked for.
    pub request: TableRequest,
    /// The log position of the figures.
    pub as_of: i64,
    /// Keys of the columns; 0 gathers what has no column of its own.
    pub column_keys: Vec<u32>,
    /// Ordinary rows in the asked order.
    pub rows: Vec<TableRow>,
    /// Subtotals of groups of cities, which are not added into the total again.
    pub subtotals: Vec<TableRow>,
    /// What lies outside all rows, if anything does now or did in the base.
    pub outside: Option<TableRow>,
    /// The total, from base amounts.
    pub total: TableRow,
}

/// Makes a table. `published` is needed where growth is computed on published figures.
///
/// # Errors
/// Where the request cannot be tabulated or its base is missing.
pub fn tabulate(
    columns: &Columns,
    lists: &RowLists,
    request: &TableRequest,
    published: Option<&PublishedBase>,
) -> Result<Table, TableProblem> {
    let mut query = request.query();
    let before = is_compared_as_known(request.compare).then_some(1);
    query.spans.extend(before.map(|_| request.period.previous_year()));
    let cross = cross_table(columns, &query)?;
    assemble(columns, lists, request, published, &View { cross: &cross, now: 0, before })
}

/// Whether last year's figures have to be tabulated too.
pub(crate) fn is_compared_as_known(compare: Comparison) -> bool {
    compare == Comparison::PreviousYear(GrowthBase::AsKnown)
}

/// Which periods of a cross-table a table is made of.
pub(crate) struct View<'a> {
    pub cross: &'a CrossTable,
    /// Number of the table's own period.
    pub now: usize,
    /// Number of the period a year earlier.
    pub before: Option<usize>,
}

impl View<'_> {
    /// Groups of the table's direction and periods; those of the year before carry the keys of this year.
    fn groups(&self, request: &TableRequest) -> Vec<(Group, bool)> {
        let mut groups = self.cross.groups();
        groups.retain(|group| group.direction == request.direction);
        let dimensions = [Some(request.rows), request.columns];
        let tagged = groups.into_iter().filter_map(|mut group| {
            let is_before = Some(group.span) == self.before;
            if !is_before && group.span != self.now {
                return None;
            }
            for (key, dimension) in group.keys.iter_mut().zip(dimensions) {
                if is_before && dimension == Some(Dimension::Month) {
                    *key += MONTH_KEYS_A_YEAR;
                }
            }
            Some((group, is_before))
        });
        tagged.collect()
    }
}

/// Keys of the same month of two successive years differ by this much.
const MONTH_KEYS_A_YEAR: u32 = 100;

/// Makes a table from a cross-table that holds its groups.
pub(crate) fn assemble(
    columns: &Columns,
    lists: &RowLists,
    request: &TableRequest,
    published: Option<&PublishedBase>,
    view: &View<'_>,
) -> Result<Table, TableProblem> {
    let base = match request.compare {
        Comparison::None => Base::None,
        Comparison::PreviousYear(GrowthBase::AsKnown) => Base::Known,
        Comparison::PreviousYear(GrowthBase::AsPublished) => {
            Base::Published(published.ok_or(TableProblem::NoPublishedBase)?)
        }
    };
    let groups = view.groups(request);
    let frame = Frame::new(columns.geography(), lists, request, &groups);
    let mut table = frame.table(columns, lists, &frame.sums(&groups), &base);
    order_rows(&mut table.rows, request.order);
    Ok(table)
}

enum Base<'a> {
    None,
    Known,
    Published(&'a PublishedBase),
}

/// The keys that get rows and columns, and where each occurring key goes.
struct Frame<'a> {
    request: &'a TableRequest,
    row_keys: Vec<u32>,
    row_numbers: HashMap<u32, usize>,
    column_keys: Vec<u32>,
    column_numbers: HashMap<u32, usize>,
}

/// Sums of a row before and now; the last row is the outside row.
#[derive(Clone, Default)]
struct RowSums {
    now: Cell,
    before: Cell,
    by_column: Vec<Cell>,
}

impl<'a> Frame<'a> {
    fn new(
        geography: &Geography,
        lists: &RowLists,
        request: &'a TableRequest,
        groups: &[(Group, bool)],
    ) -> Self {
        let occurring =
            |axis: usize| -> BTreeSet<u32> { groups.iter().map(|(group, _)| group.keys[axis]).collect() };
        let row_keys = row_keys(geography, lists, request, &occurring(0));
        let mut column_keys = Vec::new();
        if let Some(dimension) = request.columns {
            let found = occurring(1);
            column_keys = dimension_keys(geography, lists, dimension, request, &found);
            let has_rest = found.iter().any(|key| !column_keys.contains(key));
            if has_rest && !column_keys.contains(&0) {
                column_keys.push(0);
            }
        }
        let numbers = |keys: &[u32]| keys.iter().copied().zip(0..).collect();
        Self {
            request,
            row_numbers: numbers(&row_keys),
            column_numbers: numbers(&column_keys),
            row_keys,
            column_keys,
        }
    }

    fn sums(&self, groups: &[(Group, bool)]) -> Vec<RowSums> {
        let outside = self.row_keys.len();
        let empty =
            RowSums { by_column: vec![Cell::default(); self.column_keys.len()], ..RowSums::default() };
        let mut sums = vec![empty; outside + 1];
        for (group, is_before) in groups {
            let row = &mut sums[self.row_numbers.get(&group.keys[0]).copied().unwrap_or(outside)];
            if *is_before {
                row.before += group.cell;
                continue;
            }
            row.now += group.cell;
            if self.request.columns.is_some() {
                let number = self.column_numbers.get(&group.keys[1]).or_else(|| self.column_numbers.get(&0));
                row.by_column[*number.expect("a column gathers the rest")] += group.cell;
            }
        }
        sums
    }

    fn table(&self, columns: &Columns, lists: &RowLists, sums: &[RowSums], base: &Base<'_>) -> Table {
        let total = add_rows(sums.iter(), self.column_keys.len());
        let (outside, ordinary) = sums.split_last().expect("the outside row is always there");
        let row = |key: RowKey, row: &RowSums| finish_row(self.request, key, row, &total.now, base);
        let mut rows: Vec<TableRow> =
            self.row_keys.iter().zip(ordinary).map(|(&key, sums)| row(RowKey::Key(key), sums)).collect();
        set_ranks(&mut rows);
        let outside_row = row(RowKey::Outside, outside);
        let outside_base = outside_row.previous.is_some_and(|cell| !cell.is_empty());
        let subtotals = lists.groups().iter().filter_map(|group| {
            let members = self.members(group)?;
            let sums = add_rows(members.into_iter().map(|number| &ordinary[number]), self.column_keys.len());
            Some(row(RowKey::Subtotal(group.key.clone()), &sums))
        });
        Table {
            request: self.request.clone(),
            as_of: self.request.as_of.unwrap_or(columns.position()).min(columns.position()),
            column_keys: self.column_keys.clone(),
            subtotals: subtotals.collect(),
            rows,
            outside: (!outside.now.is_empty() || outside_base).then_some(outside_row),
            total: row(RowKey::Total, &total),
        }
    }

    /// Row numbers of a group, if all its cities are rows.
    fn members(&self, group: &CityGroup) -> Option<Vec<usize>> {
        if self.request.rows != Dimension::City || group.cities.is_empty() {
            return None;
        }
        group.cities.iter().map(|city| self.row_numbers.get(city).copied()).collect()
    }
}

fn add_rows<'a>(rows: impl Iterator<Item = &'a RowSums>, columns: usize) -> RowSums {
    let empty = RowSums { by_column: vec![Cell::default(); columns], ..RowSums::default() };
    rows.fold(empty, |mut sum, row| {
        sum.now += row.now;
        sum.before += row.before;
        for (into, cell) in sum.by_column.iter_mut().zip(&row.by_column) {
            *into += *cell;
        }
        sum
    })
}

fn finish_row(
    request: &TableRequest,
    key: RowKey,
    sums: &RowSums,
    total: &Cell,
    base: &Base<'_>,
) -> TableRow {
    let previous = match base {
        Base::None => None,
        Base::Known => Some(sums.before),
        Base::Published(figures) => published_cell(request, figures, &key),
    };
    TableRow {
        cell: sums.now,
        by_column: sums.by_column.clone(),
        share: Ratio::new(sums.now.contract_value, total.contract_value),
        rank: None,
        growth: previous.map_or_else(Growth::default, |before| Growth::over(&sums.now, &before)),
        previous,
        key,
    }
}

fn published_cell(request: &TableRequest, figures: &PublishedBase, key: &RowKey) -> Option<Cell> {
    match key {
        RowKey::Key(key) if request.rows == Dimension::Month => {
            figures.rows.get(&key.checked_sub(100)?).copied()
        }
        RowKey::Key(key) => figures.rows.get(key).copied(),
        RowKey::Outside => figures.outside,
        RowKey::Subtotal(group) => figures.subtotals.get(group).copied(),
        RowKey::Total => figures.total,
    }
}

/// The keys of the rows in list order. Places and named lists are closed: what else occurs is «outside».
pub(crate) fn row_keys(
    geography: &Geography,
    lists: &RowLists,
    request: &TableRequest,
    occurring: &BTreeSet<u32>,
) -> Vec<u32> {
    match &request.only {
        Some(keys) => {
            let mut seen = BTreeSet::new();
            keys.iter().copied().filter(|&key| seen.insert(key)).collect()
        }
        None => dimension_keys(geography, lists, request.rows, request, occurring),
    }
}

fn dimension_keys(
    geography: &Geography,
    lists: &RowLists,
    dimension: Dimension,
    request: &TableRequest,
    occurring: &BTreeSet<u32>,
) -> Vec<u32> {
    let within = request.within.unwrap_or(geography.root());
    let is_related = |&&place: &&u32| geography.contains(within, place) || geography.contains(place, within);
    match dimension {
        Dimension::City => geography.cities().iter().filter(is_related).copied().collect(),
        Dimension::County => geography.counties().iter().filter(is_related).copied().collect(),
        Dimension::Month => request.period.months().map(month_key).collect(),
        Dimension::Park => listed_then(lists, dimension, request.period, occurring, |key| key != 0),
        _ => listed_then(lists, dimension, request.period, occurring, |_| true),
    }
}

/// Codes valid in the period in list order with those that occur although they are not, then codes that no list
/// knows in their own order, «unknown» last.
fn listed_then(
    lists: &RowLists,
    dimension: Dimension,
    period: Period,
    occurring: &BTreeSet<u32>,
    has_row: impl Fn(u32) -> bool,
) -> Vec<u32> {
    let valid = lists.valid_in(dimension, period);
    let all = lists.all(dimension);
    let mut keys: Vec<u32> =
        all.iter().copied().filter(|key| valid.contains(key) || occurring.contains(key)).collect();
    let known: BTreeSet<u32> = all.into_iter().collect();
    keys.extend(occurring.iter().copied().filter(|&key| key != 0 && !known.contains(&key)));
    keys.extend(occurring.get(&0).filter(|&&key| !known.contains(&key)));
    keys.retain(|&key| has_row(key));
    keys
}

/// Standard competition ranking by contract value: 1, 2, 2, 4.
fn set_ranks(rows: &mut [TableRow]) {
    let ranks = competition_ranks(rows.iter().map(|row| row.cell.contract_value));
    for (row, rank) in rows.iter_mut().zip(ranks) {
        row.rank = Some(rank);
    }
}

/// The place of each value, the largest first; equal values share a place and the next places stay empty.
pub(crate) fn competition_ranks<T: Ord + Copy>(values: impl Iterator<Item = T>) -> Vec<u32> {
    let values: Vec<T> = values.collect();
    let mut sorted = values.clone();
    sorted.sort_by(|left, right| right.cmp(left));
    let place = |value: &T| sorted.partition_point(|other| other > value);
    values.iter().map(|value| u32::try_from(place(value) + 1).expect("tables have few rows")).collect()
}

pub(crate) fn order_rows(rows: &mut [TableRow], order: RowOrder) {
    let by_growth =
        |left: &TableRow, right: &TableRow| match (left.growth.contract_value, right.growth.contract_value) {
            (Some(left), Some(right)) => right.cmp(&left),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        };
    match order {
        RowOrder::List => {}
        RowOrder::Amount => rows.sort_by_key(|row| std::cmp::Reverse(row.cell.contract_value)),
        RowOrder::Growth => rows.sort_by(by_growth),
    }
}

impl Table {
    /// The row of a key.
    #[must_use]
    pub fn row(&self, key: u32) -> Option<&TableRow> {
        self.rows.iter().find(|row| row.key == RowKey::Key(key))
    }

    /// All rows as they are printed: ordinary ones, outside, subtotals, total.
    pub fn all_rows(&self) -> impl Iterator<Item = &TableRow> {
        self.rows.iter().chain(&self.outside).chain(&self.subtotals).chain(std::iter::once(&self.total))
    }

    /// The figures as a base for next year's growth.
    #[must_use]
    pub fn as_published_base(&self) -> PublishedBase {
        let mut base = PublishedBase { total: Some(self.total.cell), ..PublishedBase::default() };
        base.outside = Some(self.outside.as_ref().map_or_else(Cell::default, |row| row.cell));
        for row in self.rows.iter().chain(&self.subtotals) {
            match &row.key {
                RowKey::Key(key) => {
                    base.rows.insert(*key, row.cell);
                }
                RowKey::Subtotal(group) => {
                    base.subtotals.insert(group.clone(), row.cell);
                }
                RowKey::Outside | RowKey::Total => {}
            }
        }
        base
    }
}

/// The month of a row key in a table by month.
#[must_use]
pub fn month_of_row(key: u32) -> Option<Month> {
    month_of_key(key)
}
