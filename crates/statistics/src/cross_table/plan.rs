//! From a query to lanes: which columns take part, with which strides, and what each group counts for.

use xiaoxiang_domain::bulletin::{Dimension, Direction};
use xiaoxiang_domain::period::{Month, Period};

use super::kernel::{DEAD, HASHED_GROUPS_MAX, LANES_MAX, Lane, Map, Pass};
use super::{CrossQuery, DIMENSIONS_MAX, QueryProblem, SPANS_MAX};
use crate::columns::{
    Coded, Columns, FLAG_BUYER_INSIDE, FLAG_REGISTRY, FLAG_SELLER_INSIDE, FLAG_VALUES, month_code,
};

/// Which party's place, park and organisation stand in the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Seller,
    Buyer,
}

impl Side {
    pub(crate) fn of(direction: Direction) -> Self {
        match direction {
            Direction::Absorbed => Self::Buyer,
            Direction::Registered | Direction::Output | Direction::Internal => Self::Seller,
        }
    }

    pub(crate) fn division(self) -> Coded {
        match self {
            Self::Seller => Coded::SellerDivision,
            Self::Buyer => Coded::BuyerDivision,
        }
    }

    pub(crate) fn city(self) -> Coded {
        match self {
            Self::Seller => Coded::SellerCity,
            Self::Buyer => Coded::BuyerCity,
        }
    }
}

/// One dimension of the result: its keys by coordinate, and its stride among the groups.
#[derive(Clone, Debug)]
pub(crate) struct Axis {
    pub dimension: Dimension,
    pub keys: Vec<u32>,
    pub stride: u64,
}

/// A pass with the meaning of its selectors: group = selector × combinations of the axes + combination.
#[derive(Clone, Debug)]
pub(crate) struct PassPlan {
    pub pass: Pass,
    /// For each selector the slots (direction × periods + period) that its contracts count for.
    pub selectors: Vec<Vec<usize>>,
}

/// The lanes of a query.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub axes: Vec<Axis>,
    /// Combinations of the axes.
    pub groups: u64,
    pub passes: Vec<PassPlan>,
}

/// A lane before its stride is known, with the meaning of its coordinates.
struct Selector {
    column: Coded,
    map: Map,
    /// For each coordinate the directions or periods it stands for, by number.
    means: Vec<Vec<usize>>,
}

impl Plan {
    pub(crate) fn new(columns: &Columns, query: &CrossQuery) -> Result<Self, QueryProblem> {
        check(columns, query)?;
        let mut axes = Vec::new();
        let mut groups: u64 = 1;
        for &dimension in &query.dimensions {
            let keys = axis_keys(columns, query, dimension);
            let stride = groups;
            groups = product(groups, keys.len() as u64)?;
            axes.push(Axis { dimension, keys, stride });
        }
        let mut passes = Vec::new();
        for side in [Side::Seller, Side::Buyer] {
            if query.directions.iter().any(|&direction| Side::of(direction) == side) {
                passes.push(plan_side(columns, query, side, &axes, groups)?);
            }
        }
        Ok(Self { axes, groups, passes })
    }
}

fn check(columns: &Columns, query: &CrossQuery) -> Result<(), QueryProblem> {
    let repeated = |at: usize| query.dimensions[..at].contains(&query.dimensions[at]);
    if query.dimensions.len() > DIMENSIONS_MAX || (0..query.dimensions.len()).any(repeated) {
        return Err(QueryProblem::Dimensions);
    }
    let twice = |at: usize| query.directions[..at].contains(&query.directions[at]);
    if query.directions.is_empty() || (0..query.directions.len()).any(twice) {
        return Err(QueryProblem::Directions);
    }
    if query.spans.is_empty() || query.spans.len() > SPANS_MAX {
        return Err(QueryProblem::Spans);
    }
    match query.within {
        Some(division) if !columns.geography().knows(division) => {
            Err(QueryProblem::UnknownDivision(division))
        }
        _ => Ok(()),
    }
}

fn product(left: u64, right: u64) -> Result<u64, QueryProblem> {
    left.checked_mul(right).filter(|&groups| groups < HASHED_GROUPS_MAX).ok_or(QueryProblem::TooLarge)
}

fn plan_side(
    columns: &Columns,
    query: &CrossQuery,
    side: Side,
    axes: &[Axis],
    axis_groups: u64,
) -> Result<PassPlan, QueryProblem> {
    let mut lanes = Vec::new();
    // Periods first: their lane is then the same on both sides, and the scan composes it once.
    let mut selectors = Vec::new();
    if !months_are_filtered_by_axis(query) {
        selectors.push(span_selector(query));
    }
    let span_count = selectors.len();
    selectors.extend(direction_selectors(columns, query, side, &mut lanes));
    let mut selector_groups: u64 = 1;
    for selector in &selectors {
        let stride = product(axis_groups, selector_groups)?;
        lanes.push(Lane { column: selector.column, map: selector.map.clone(), stride });
        selector_groups = product(selector_groups, selector.means.len() as u64)?;
    }
    for axis in axes {
        let (column, map) = axis_lane(columns, query, axis.dimension, side, &axis.keys);
        lanes.push(Lane { column, map, stride: axis.stride });
    }
    for (dimension, keys) in &query.only {
        if axes.iter().all(|axis| axis.dimension != *dimension) {
            let (column, map) = filter_lane(columns, *dimension, side, keys);
            lanes.push(Lane { column, map, stride: 0 });
        }
    }
    let groups = product(axis_groups, selector_groups)?;
    if lanes.len() > LANES_MAX {
        return Err(QueryProblem::TooLarge);
    }
    let meanings = slots(query, &selectors, span_count, selector_groups, side);
    Ok(PassPlan { pass: Pass { lanes, groups }, selectors: meanings })
}

/// What each combination of selector coordinates counts for.
fn slots(
    query: &CrossQuery,
    selectors: &[Selector],
    span_count: usize,
    selector_groups: u64,
    side: Side,
) -> Vec<Vec<usize>> {
    let on_side = |at: &usize| Side::of(query.directions[*at]) == side;
    let mut meanings = Vec::new();
    for group in 0..usize::try_from(selector_groups).expect("selectors are few") {
        let mut rest = group;
        let mut directions: Vec<usize> = (0..query.directions.len()).filter(on_side).collect();
        let mut spans: Vec<usize> = (0..query.spans.len()).collect();
        for (at, selector) in selectors.iter().enumerate() {
            let means = &selector.means[rest % selector.means.len()];
            rest /= selector.means.len();
            let narrowed = if at < span_count { &mut spans } else { &mut directions };
            narrowed.retain(|number| means.contains(number));
        }
        let slots = directions.iter().flat_map(|direction| spans.iter().map(move |span| (direction, span)));
        meanings.push(slots.map(|(direction, span)| direction * query.spans.len() + span).collect());
    }
    meanings
}

/// Lanes that tell the directions of one side apart; what counts in none of them is dead.
fn direction_selectors(
    columns: &Columns,
    query: &CrossQuery,
    side: Side,
    filters: &mut Vec<Lane>,
) -> Vec<Selector> {
    let region = columns.geography().root();
    let within = query.within.unwrap_or(region);
    let directions: Vec<(usize, Direction)> = (0..)
        .zip(query.directions.iter().copied())
        .filter(|&(_, direction)| Side::of(direction) == side)
        .collect();
    if within == region {
        return vec![region_selector(&directions)];
    }
    let inside = |code: u32| {
        let division = columns.dictionaries().division.value(code);
        columns.geography().contains(within, division)
    };
    let divisions = columns.dictionaries().division.len();
    let filter = (0..divisions).map(|code| if inside(code) { 0 } else { DEAD }).collect();
    filters.push(Lane { column: side.division(), map: Map::Table(filter), stride: 0 });
    let mut selectors = Vec::new();
    if directions.iter().any(|&(_, direction)| direction == Direction::Registered) {
        selectors.push(selector_of(Coded::Flags, FLAG_VALUES, |flags| {
            let counts = |direction| direction != Direction::Registered || flags & FLAG_REGISTRY != 0;
            directions
                .iter()
                .filter(|&&(_, direction)| counts(direction))
                .map(|&(number, _)| number)
                .collect()
        }));
    }
    if directions.iter().any(|&(_, direction)| direction == Direction::Internal) {
        selectors.push(selector_of(Coded::BuyerDivision, divisions, |code| {
            let counts = |direction| direction != Direction::Internal || inside(code);
            directions
                .iter()
                .filter(|&&(_, direction)| counts(direction))
                .map(|&(number, _)| number)
                .collect()
        }));
    }
    selectors
}

/// The flags that tell the asked directions apart are neighbouring bits, which need no table.
fn region_selector(directions: &[(usize, Direction)]) -> Selector {
    let needed = |direction: Direction| match direction {
        Direction::Registered => FLAG_REGISTRY,
        Direction::Output => FLAG_SELLER_INSIDE,
        Direction::Absorbed => FLAG_BUYER_INSIDE,
        Direction::Internal => FLAG_SELLER_INSIDE | FLAG_BUYER_INSIDE,
    };
    let bits = directions.iter().fold(0, |bits, &(_, direction)| bits | needed(direction));
    let shift = bits.trailing_zeros();
    let mask = (1 << (u32::BITS - (bits >> shift).leading_zeros())) - 1;
    let means = (0..=mask).map(|coordinate| {
        let counts =
            directions.iter().filter(|&&(_, direction)| counts_in_region(direction, coordinate << shift));
        counts.map(|&(number, _)| number).collect()
    });
    Selector { column: Coded::Flags, map: Map::Bits { shift, mask }, means: means.collect() }
}

fn counts_in_region(direction: Direction, flags: u32) -> bool {
    let both = FLAG_SELLER_INSIDE | FLAG_BUYER_INSIDE;
    match direction {
        Direction::Registered => flags & FLAG_REGISTRY != 0,
        Direction::Output => flags & FLAG_SELLER_INSIDE != 0,
        Direction::Absorbed => flags & FLAG_BUYER_INSIDE != 0,
        Direction::Internal => flags & both == both,
    }
}

/// A lane that gives codes of equal meaning the same coordinate; a code without meaning is dead.
fn selector_of(column: Coded, codes: u32, meaning: impl Fn(u32) -> Vec<usize>) -> Selector {
    let mut means: Vec<Vec<usize>> = Vec::new();
    let mut table = Vec::new();
    for code in 0..codes {
        let meant = meaning(code);
        if meant.is_empty() {
            table.push(DEAD);
            continue;
        }
        let known = means.iter().position(|other| *other == meant);
        let coordinate = known.unwrap_or_else(|| {
            means.push(meant);
            means.len() - 1
        });
        table.push(u32::try_from(coordinate).expect("selectors are few"));
    }
    if means.is_empty() {
        means.push(Vec::new());
    }
    Selector { column, map: Map::Table(table), means }
}

/// With one period and months as rows, the axis leaves out all other months by itself.
fn months_are_filtered_by_axis(query: &CrossQuery) -> bool {
    query.spans.len() == 1 && query.dimensions.contains(&Dimension::Month)
}

fn span_selector(query: &CrossQuery) -> Selector {
    if let [span] = query.spans[..] {
        let (first, count) = month_range(span.first(), span.last());
        return Selector { column: Coded::Month, map: one_coordinate(first, count), means: vec![vec![0]] };
    }
    let last = query.spans.iter().filter_map(|span| month_code(span.last())).max().map_or(0, |code| code + 1);
    selector_of(Coded::Month, last, |code| {
        let within = |number: &usize| {
            let span = query.spans[*number];
            let (first, count) = month_range(span.first(), span.last());
            (first..first + count).contains(&code)
        };
        (0..query.spans.len()).filter(within).collect()
    })
}

/// A lane that lets the months of one period through.
pub(crate) fn months_lane(period: Period) -> Lane {
    let (first, count) = month_range(period.first(), period.last());
    Lane { column: Coded::Month, map: one_coordinate(first, count), stride: 0 }
}

/// A filter that lets a run of codes through.
fn one_coordinate(first: u32, count: u32) -> Map {
    let mut table = vec![DEAD; (first + count) as usize];
    table[first as usize..].fill(0);
    Map::Table(table)
}

/// Codes of a run of months, cut to the years that facts may have.
fn month_range(first: Month, last: Month) -> (u32, u32) {
    let Some(last_code) = month_code(last) else { return (0, 0) };
    let first_code = month_code(first).unwrap_or(0);
    (first_code, last_code + 1 - first_code)
}

/// The hull of all periods.
fn hull(query: &CrossQuery) -> (Month, Month) {
    let first = query.spans.iter().map(|span| span.first()).min().expect("a query has a period");
    let last = query.spans.iter().map(|span| span.last()).max().expect("a query has a period");
    (first, last)
}

fn axis_keys(columns: &Columns, query: &CrossQuery, dimension: Dimension) -> Vec<u32> {
    let restricted = query.only.iter().find(|(other, _)| *other == dimension).map(|(_, keys)| keys);
    if let Some(keys) = restricted {
        let mut keys = keys.clone();
        keys.sort_unstable();
        keys.dedup();
        return keys;
    }
    let listed = |codes: &[u32]| std::iter::once(0).chain(codes.iter().copied()).collect();
    let words = columns.dictionaries();
    match dimension {
        Dimension::City => listed(columns.geography().cities()),
        Dimension::County => listed(columns.geography().counties()),
        Dimension::Park => words.park.values().to_vec(),
        Dimension::Type => words.contract_type.values().to_vec(),
        Dimension::Field => words.field.values().to_vec(),
        Dimension::SellerKind | Dimension::BuyerKind => words.kind.values().to_vec(),
        Dimension::Ip => words.ip.values().to_vec(),
        Dimension::Organisation => words.organisation.values().to_vec(),
        Dimension::Registrar => words.registrar.values().to_vec(),
        Dimension::Month => {
            let (first, last) = hull(query);
            (first.index()..=last.index()).map(|index| month_key(Month::from_index(index))).collect()
        }
    }
}

/// The key of a month in tables: `202606`.
pub(crate) fn month_key(month: Month) -> u32 {
    u32::try_from(i32::from(month.year) * 100 + i32::from(month.month))
        .expect("years of periods are positive")
}

/// The month of a key made by [`month_key`].
pub(crate) fn month_of_key(key: u32) -> Option<Month> {
    let year = i16::try_from(key / 100).ok()?;
    let month = i8::try_from(key % 100).ok().filter(|month| (1..=12).contains(month))?;
    Some(Month { year, month })
}

fn axis_lane(
    columns: &Columns,
    query: &CrossQuery,
    dimension: Dimension,
    side: Side,
    keys: &[u32],
) -> (Coded, Map) {
    let count = u32::try_from(keys.len()).expect("keys are numbered in 32 bits");
    let column = column_of(dimension, side);
    let is_restricted = query.only.iter().any(|(other, _)| *other == dimension);
    match dimension {
        _ if is_restricted => by_value(columns, dimension, column, keys, |at| at),
        Dimension::Month => {
            let (first, last) = hull(query);
            let (code, months) = month_range(first, last);
            // A period that begins before the first year has keys for which no fact can have a code.
            if months == count {
                (column, Map::Range { first: code, count: months })
            } else {
                by_value(columns, dimension, column, keys, |at| at)
            }
        }
        Dimension::County => by_value(columns, dimension, column, keys, |at| at),
        _ => (column, Map::Whole { count }),
    }
}

/// A lane that lets only the given keys through.
fn filter_lane(columns: &Columns, dimension: Dimension, side: Side, keys: &[u32]) -> (Coded, Map) {
    by_value(columns, dimension, column_of(dimension, side), keys, |_| 0)
}

fn column_of(dimension: Dimension, side: Side) -> Coded {
    match (dimension, side) {
        (Dimension::City, side) => side.city(),
        (Dimension::County, side) => side.division(),
        (Dimension::Park, Side::Seller) => Coded::SellerPark,
        (Dimension::Park, Side::Buyer) => Coded::BuyerPark,
        (Dimension::Organisation, Side::Seller) => Coded::SellerOrganisation,
        (Dimension::Organisation, Side::Buyer) => Coded::BuyerOrganisation,
        (Dimension::Type, _) => Coded::Type,
        (Dimension::Field, _) => Coded::Field,
        (Dimension::Ip, _) => Coded::Ip,
        (Dimension::SellerKind, _) => Coded::SellerKind,
        (Dimension::BuyerKind, _) => Coded::BuyerKind,
        (Dimension::Month, _) => Coded::Month,
        (Dimension::Registrar, _) => Coded::Registrar,
    }
}

/// A table from each code of the column, through its key, to a coordinate.
fn by_value(
    columns: &Columns,
    dimension: Dimension,
    column: Coded,
    keys: &[u32],
    coordinate: impl Fn(u32) -> u32,
) -> (Coded, Map) {
    let positions: std::collections::HashMap<u32, u32> = keys.iter().copied().zip(0..).collect();
    let key_of_code: Vec<u32> = match dimension {
        Dimension::Month => {
            let months =
                month_code(Month { year: xiaoxiang_domain::period::YEAR_MAX, month: 12 }).unwrap_or(0) + 1;
            let first = crate::columns::MONTH_FIRST.index();
            (first..).take(months as usize).map(|index| month_key(Month::from_index(index))).collect()
        }
        Dimension::City => std::iter::once(0).chain(columns.geography().cities().iter().copied()).collect(),
        Dimension::County => {
            let divisions = columns.dictionaries().division.values();
            divisions.iter().map(|&division| columns.geography().county_of(division).unwrap_or(0)).collect()
        }
        _ => columns.dictionary(column).map_or_else(Vec::new, |words| words.values().to_vec()),
    };
    let coordinates = key_of_code.iter().map(|key| positions.get(key).map_or(DEAD, |&at| coordinate(at)));
    (column, Map::Table(coordinates.collect()))
}
