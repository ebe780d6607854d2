//! Cross-tables (交叉表): any dimensions, directions and periods in one scan of the columns.

mod kernel;
mod plan;

use std::collections::HashMap;

use xiaoxiang_domain::bulletin::{Dimension, Direction};
use xiaoxiang_domain::period::Period;

pub use kernel::{Cell, Measures};
pub(crate) use kernel::{DEAD, Groups, Lane, Map, Pass};
pub(crate) use plan::{Side, month_key, month_of_key, months_lane};

use crate::columns::{Columns, Rows};
use kernel::{Held, NumberHash, scan, select};
use plan::{Axis, Plan};

/// Most dimensions of one cross-table.
pub const DIMENSIONS_MAX: usize = 4;
/// Most periods tabulated in one scan.
pub const SPANS_MAX: usize = 8;

/// What a cross-table counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrossQuery {
    /// Up to [`DIMENSIONS_MAX`] different dimensions; none gives totals.
    pub dimensions: Vec<Dimension>,
    /// Which sides are counted, each on its own.
    pub directions: Vec<Direction>,
    /// Periods, which may overlap.
    pub spans: Vec<Period>,
    /// The division to which directions are relative; the region where absent.
    pub within: Option<u32>,
    /// Log position; the latest where absent.
    pub as_of: Option<i64>,
    /// Amounts to add up.
    pub measures: Measures,
    /// Keys to which a dimension is restricted; everything else is left out.
    pub only: Vec<(Dimension, Vec<u32>)>,
}

impl CrossQuery {
    /// A query of one direction and period over the whole region, now, with all measures.
    #[must_use]
    pub fn new(dimensions: &[Dimension], direction: Direction, period: Period) -> Self {
        Self {
            dimensions: dimensions.to_vec(),
            directions: vec![direction],
            spans: vec![period],
            within: None,
            as_of: None,
            measures: Measures::All,
            only: Vec::new(),
        }
    }
}

/// Why a cross-table cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryProblem {
    /// More than [`DIMENSIONS_MAX`] dimensions, or one of them twice.
    #[error("a cross-table takes up to {DIMENSIONS_MAX} different dimensions")]
    Dimensions,
    /// No direction, or one of them twice.
    #[error("a cross-table needs a direction, each at most once")]
    Directions,
    /// No period, or more than [`SPANS_MAX`].
    #[error("a cross-table takes 1 to {SPANS_MAX} periods")]
    Spans,
    /// The division does not belong to the region.
    #[error("division {0} is not part of the region")]
    UnknownDivision(u32),
    /// The dimensions have more combinations than can be numbered, or a filter is too deep.
    #[error("the cross-table has too many combinations")]
    TooLarge,
}

/// Groups of contracts by the keys of the query's dimensions.
///
/// Key 0 gathers what has no row of its own: places outside the region's own cities or counties, no park, an
/// unknown code. Months have the key `202606`.
#[derive(Debug)]
pub struct CrossTable {
    directions: Vec<Direction>,
    spans: Vec<Period>,
    axes: Vec<AxisKeys>,
    cells: Cells,
}

#[derive(Debug)]
struct AxisKeys {
    keys: Vec<u32>,
    coordinates: HashMap<u32, u64, NumberHash>,
    stride: u64,
}

#[derive(Debug)]
enum Cells {
    Dense(Vec<Cell>),
    Hashed(HashMap<u64, Cell, NumberHash>),
}

/// One non-empty group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    /// Direction in which it counts.
    pub direction: Direction,
    /// Number of the period in the query's list.
    pub span: usize,
    /// Keys in the order of the query's dimensions; unused places are 0.
    pub keys: [u32; DIMENSIONS_MAX],
    /// Its sums.
    pub cell: Cell,
}

/// Tabulates contracts in one scan.
///
/// # Errors
/// Where the query asks for what cannot be tabulated.
pub fn cross_table(columns: &Columns, query: &CrossQuery) -> Result<CrossTable, QueryProblem> {
    let plan = Plan::new(columns, query)?;
    let passes: Vec<Pass> = plan.passes.iter().map(|planned| planned.pass.clone()).collect();
    let mut sums: Vec<Groups> = passes.iter().map(|pass| Groups::empty(pass.groups)).collect();
    scan_held(columns, query.as_of, &passes, query.measures, &mut sums);
    Ok(fold(query, &plan, &sums))
}

/// Scans live rows and, for an earlier position, the replaced ones.
pub(crate) fn scan_held(
    columns: &Columns,
    as_of: Option<i64>,
    passes: &[Pass],
    measures: Measures,
    sums: &mut [Groups],
) {
    match as_of.filter(|&position| position < columns.position()) {
        None => scan(columns.live(), Held::All, passes, measures, sums),
        Some(position) => {
            scan(columns.live(), Held::At(position), passes, measures, sums);
            scan(columns.history(), Held::At(position), passes, measures, sums);
        }
    }
}

/// A row of the columns, live or replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Located {
    is_replaced: bool,
    row: usize,
}

impl Located {
    pub(crate) fn rows(self, columns: &Columns) -> (&Rows, usize) {
        (if self.is_replaced { columns.history() } else { columns.live() }, self.row)
    }
}

/// The rows of a query with one direction and period, each with its keys, whose keys are asked for.
pub(crate) fn rows_behind(
    columns: &Columns,
    query: &CrossQuery,
    is_asked: impl Fn(&[u32; DIMENSIONS_MAX]) -> bool,
) -> Result<Vec<(Located, [u32; DIMENSIONS_MAX])>, QueryProblem> {
    let plan = Plan::new(columns, query)?;
    let mut found = Vec::new();
    for planned in &plan.passes {
        let keys_of_group = |group: u64| keys_of(&plan.axes, group % plan.groups);
        let is_selected = |group: u64| {
            let selector = usize::try_from(group / plan.groups).expect("selectors are few");
            !planned.selectors[selector].is_empty() && is_asked(&keys_of_group(group))
        };
        let mut add = |rows: &Rows, held: Held, is_replaced: bool| {
            let selected = select(rows, held, &planned.pass, is_selected);
            let located = |(row, group)| (Located { is_replaced, row }, keys_of_group(group));
            found.extend(selected.into_iter().map(located));
        };
        match query.as_of.filter(|&position| position < columns.position()) {
            None => add(columns.live(), Held::All, false),
            Some(position) => {
                add(columns.live(), Held::At(position), false);
                add(columns.history(), Held::At(position), true);
            }
        }
    }
    Ok(found)
}

fn keys_of(axes: &[Axis], group: u64) -> [u32; DIMENSIONS_MAX] {
    let mut keys = [0; DIMENSIONS_MAX];
    for (key, axis) in keys.iter_mut().zip(axes) {
        let coordinate = group / axis.stride % axis.keys.len() as u64;
        *key = axis.keys[usize::try_from(coordinate).expect("below the number of keys")];
    }
    keys
}

/// Spreads the groups of each pass over the directions and periods for which they count.
fn fold(query: &CrossQuery, plan: &Plan, sums: &[Groups]) -> CrossTable {
    let slots = query.directions.len() * query.spans.len();
    let slot_count = slots as u64;
    let total = plan.groups * slot_count;
    let mut cells = match usize::try_from(total) {
        Ok(length) if total <= kernel::DENSE_GROUPS_MAX => Cells::Dense(vec![Cell::default(); length]),
        _ => Cells::Hashed(HashMap::default()),
    };
    for (planned, groups) in plan.passes.iter().zip(sums) {
        groups.for_each(|group, cell| {
            let selector = usize::try_from(group / plan.groups).expect("selectors are few");
            for &slot in &planned.selectors[selector] {
                let at = group % plan.groups * slot_count + slot as u64;
                match &mut cells {
                    Cells::Dense(dense) => dense[usize::try_from(at).expect("dense cells are few")] += *cell,
                    Cells::Hashed(hashed) => *hashed.entry(at).or_default() += *cell,
                }
            }
        });
    }
    let axes = plan.axes.iter().map(|axis| AxisKeys::new(axis, slot_count)).collect();
    CrossTable { directions: query.directions.clone(), spans: query.spans.clone(), axes, cells }
}

impl AxisKeys {
    fn new(axis: &Axis, slot_count: u64) -> Self {
        let coordinates = axis.keys.iter().copied().zip(0..).collect();
        Self { keys: axis.keys.clone(), coordinates, stride: axis.stride * slot_count }
    }
}

impl CrossTable {
    /// The sums of one group; zero where nothing was counted or a key does not occur.
    #[must_use]
    pub fn cell(&self, direction: Direction, span: usize, keys: &[u32]) -> Cell {
        assert!(keys.len() == self.axes.len(), "one key a dimension");
        let Some(direction_at) = self.directions.iter().position(|&other| other == direction) else {
            return Cell::default();
        };
        let mut at = (direction_at * self.spans.len() + span) as u64;
        for (axis, key) in self.axes.iter().zip(keys) {
            let Some(&coordinate) = axis.coordinates.get(key) else { return Cell::default() };
            at += coordinate * axis.stride;
        }
        match &self.cells {
            Cells::Dense(cells) => cells[usize::try_from(at).expect("dense cells are few")],
            Cells::Hashed(cells) => cells.get(&at).copied().unwrap_or_default(),
        }
    }

    /// All groups in which contracts were counted, in no particular order.
    #[must_use]
    pub fn groups(&self) -> Vec<Group> {
        let group = |at: u64, cell: &Cell| {
            let slots = (self.directions.len() * self.spans.len()) as u64;
            let slot = usize::try_from(at % slots).expect("slots are few");
            let mut keys = [0; DIMENSIONS_MAX];
            for (key, axis) in keys.iter_mut().zip(&self.axes) {
                let coordinate = at / axis.stride % axis.keys.len() as u64;
                *key = axis.keys[usize::try_from(coordinate).expect("below the number of keys")];
            }
            let direction = self.directions[slot / self.spans.len()];
            Group { direction, span: slot % self.spans.len(), keys, cell: *cell }
        };
        match &self.cells {
            Cells::Dense(cells) => (0..)
                .zip(cells)
                .filter(|(_, cell)| !cell.is_empty())
                .map(|(at, cell)| group(at, cell))
                .collect(),
            Cells::Hashed(cells) => cells.iter().map(|(&at, cell)| group(at, cell)).collect(),
        }
    }

    /// The sum over all groups of one direction and period.
    #[must_use]
    pub fn total(&self, direction: Direction, span: usize) -> Cell {
        let is_asked = |group: &Group| group.direction == direction && group.span == span;
        self.groups().into_iter().filter(is_asked).map(|group| group.cell).sum()
    }
}
