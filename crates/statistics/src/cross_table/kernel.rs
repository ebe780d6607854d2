//! The scan: a group number for every row of a block, composed column by column, then one addition a row.
//!
//! Group numbers are mixed-radix: each lane maps its column's code to a coordinate and adds coordinate × stride.
//! A code that the query does not count adds [`Key::DEAD`], which no sum of coordinates reaches; such rows fall
//! into spare cells behind the last group, so that the inner loops have no branch and the compiler vectorises
//! them. Blocks keep the group numbers and the columns of all passes in the first-level cache.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;

use crate::columns::{CodeColumn, Coded, Rows};

/// Rows whose group numbers are composed together.
const BLOCK_ROWS: usize = 2048;
/// Spare cells for rows that do not count: several, so that neighbours do not wait for one another's sum.
const SPARE_CELLS: usize = 8;
/// Rows whose amounts fit `i64` in any case: 65,536 × [`xiaoxiang_domain::money::CONTRACT_FEN_MAX`] < 2^63.
const SAFE_ROWS: usize = 65_536;
/// Up to so many groups a dense vector is used, above it a hash table: 4 million groups take 100 MB.
pub(crate) const DENSE_GROUPS_MAX: u64 = 1 << 22;
/// Most groups of a hashed scan.
pub(crate) const HASHED_GROUPS_MAX: u64 = 1 << 60;
/// Coordinate of a code that is not counted.
pub(crate) const DEAD: u32 = u32::MAX;

/// How a lane turns codes into coordinates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Map {
    /// Codes from `first` on, `count` of them, in order; all others are dead.
    Range { first: u32, count: u32 },
    /// The coordinate of each code, [`DEAD`] where it is not counted; codes behind the end are dead.
    Table(Vec<u32>),
}

/// One column's part in the group number.
#[derive(Clone, Debug)]
pub(crate) struct Lane {
    pub column: Coded,
    pub map: Map,
    /// 0 where the lane only filters.
    pub stride: u64,
}

/// One way of grouping all rows.
#[derive(Clone, Debug)]
pub(crate) struct Pass {
    pub lanes: Vec<Lane>,
    pub groups: u64,
}

/// Which rows hold at the asked position.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Held {
    /// All rows.
    All,
    /// Rows that began at or before the position and, where they have an end, end after it.
    At(i64),
}

/// Which amounts are added up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measures {
    /// 项数 and 成交额.
    CountAndContractValue,
    /// 项数, 成交额 and 技术交易额.
    All,
}

/// What a group adds up to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// Number of contracts (项数).
    pub count: i64,
    /// Contract value (成交额) in fen.
    pub contract_value: i128,
    /// Technology transaction value (技术交易额) in fen.
    pub technology_value: i128,
}

impl Cell {
    /// Whether no contract was counted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }
}

impl std::ops::AddAssign for Cell {
    fn add_assign(&mut self, other: Self) {
        self.count += other.count;
        self.contract_value += other.contract_value;
        self.technology_value += other.technology_value;
    }
}

impl std::iter::Sum for Cell {
    fn sum<I: Iterator<Item = Self>>(cells: I) -> Self {
        cells.fold(Self::default(), |mut sum, cell| {
            sum += cell;
            sum
        })
    }
}

/// The groups of one pass: by number, or only those that occur.
pub(crate) enum Groups {
    Dense(Vec<Cell>),
    Hashed(HashMap<u64, Cell, NumberHash>),
}

impl Groups {
    pub(crate) fn empty(groups: u64) -> Self {
        match usize::try_from(groups) {
            Ok(length) if groups <= DENSE_GROUPS_MAX => Self::Dense(vec![Cell::default(); length]),
            _ => Self::Hashed(HashMap::default()),
        }
    }

    /// Calls back with every group in which contracts were counted.
    pub(crate) fn for_each(&self, mut visit: impl FnMut(u64, &Cell)) {
        match self {
            Self::Dense(cells) => {
                for (group, cell) in (0_u64..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
                    visit(group, cell);
                }
            }
            Self::Hashed(cells) => cells.iter().for_each(|(&group, cell)| visit(group, cell)),
        }
    }
}

/// Scans the rows once for all passes and adds what they count to `sums`.
pub(crate) fn scan(rows: &Rows, held: Held, passes: &[Pass], measures: Measures, sums: &mut [Groups]) {
    let stretch = if i64::try_from(rows.contract_value_sum).is_ok() { rows.len() } else { SAFE_ROWS };
    let mut first = 0;
    while first < rows.len() {
        let last = (first + stretch).min(rows.len());
        match measures {
            Measures::All => scan_stretch::<true>(rows, held, passes, first..last, sums),
            Measures::CountAndContractValue => scan_stretch::<false>(rows, held, passes, first..last, sums),
        }
        first = last;
    }
}

/// The rows whose group is selected by `is_selected`, each with its group, in the order of the columns.
pub(crate) fn select(
    rows: &Rows,
    held: Held,
    pass: &Pass,
    is_selected: impl Fn(u64) -> bool,
) -> Vec<(usize, u64)> {
    let lanes = prepare::<u64>(pass);
    let mut found = Vec::new();
    let mut keys = [0_u64; BLOCK_ROWS];
    for block in blocks(0..rows.len()) {
        let keys = &mut keys[..block.len()];
        compose(rows, held, &lanes, block.clone(), keys);
        let selected = block.zip(keys.iter()).filter(|&(_, &key)| key < pass.groups && is_selected(key));
        found.extend(selected.map(|(row, &key)| (row, key)));
    }
    found
}

/// Sums of one group within a stretch whose total fits 64 bits.
#[derive(Clone, Copy, Default)]
struct Sum {
    count: i64,
    contract_value: i64,
}

fn scan_stretch<const TECHNOLOGY: bool>(
    rows: &Rows,
    held: Held,
    passes: &[Pass],
    stretch: Range<usize>,
    sums: &mut [Groups],
) {
    let mut scans: Vec<PassScan> = passes.iter().map(PassScan::new::<TECHNOLOGY>).collect();
    for block in blocks(stretch) {
        for scan in &mut scans {
            scan.add::<TECHNOLOGY>(rows, held, block.clone());
        }
    }
    for (scan, sum) in scans.into_iter().zip(sums) {
        scan.finish::<TECHNOLOGY>(sum);
    }
}

/// The running sums of one pass.
enum PassScan {
    Dense { lanes: Vec<Prepared<u32>>, groups: u32, sums: Vec<Sum>, technology: Vec<i64> },
    Hashed { lanes: Vec<Prepared<u64>>, groups: u64, sums: HashMap<u64, (Sum, i64), NumberHash> },
}

impl PassScan {
    fn new<const TECHNOLOGY: bool>(pass: &Pass) -> Self {
        if pass.groups > DENSE_GROUPS_MAX {
            return Self::Hashed { lanes: prepare(pass), groups: pass.groups, sums: HashMap::default() };
        }
        let groups = u32::try_from(pass.groups).expect("dense groups are few");
        let cells = groups as usize + SPARE_CELLS;
        let technology = if TECHNOLOGY { vec![0; cells] } else { Vec::new() };
        Self::Dense { lanes: prepare(pass), groups, sums: vec![Sum::default(); cells], technology }
    }

    fn add<const TECHNOLOGY: bool>(&mut self, rows: &Rows, held: Held, block: Range<usize>) {
        let contract_values = &rows.contract_value[block.clone()];
        let technology_values = &rows.technology_value[block.clone()];
        match self {
            Self::Dense { lanes, groups, sums, technology } => {
                let mut keys = [0_u32; BLOCK_ROWS];
                let keys = &mut keys[..block.len()];
                compose(rows, held, lanes, block, keys);
                for (at, key) in (0_u32..).zip(keys.iter_mut()) {
                    *key = if *key < *groups { *key } else { *groups + at % SPARE_CELLS as u32 };
                }
                for (&key, &value) in keys.iter().zip(contract_values) {
                    let sum = &mut sums[key as usize];
                    sum.count += 1;
                    sum.contract_value += value;
                }
                if TECHNOLOGY {
                    for (&key, &value) in keys.iter().zip(technology_values) {
                        technology[key as usize] += value;
                    }
                }
            }
            Self::Hashed { lanes, groups, sums } => {
                let mut keys = [0_u64; BLOCK_ROWS];
                let keys = &mut keys[..block.len()];
                compose(rows, held, lanes, block, keys);
                let amounts = contract_values.iter().zip(technology_values);
                for (&key, (&value, &technology)) in
                    keys.iter().zip(amounts).filter(|&(&key, _)| key < *groups)
                {
                    let (sum, technology_sum) = sums.entry(key).or_default();
                    sum.count += 1;
                    sum.contract_value += value;
                    *technology_sum += technology;
                }
            }
        }
    }

    fn finish<const TECHNOLOGY: bool>(self, into: &mut Groups) {
        let cell = |sum: Sum, technology: i64| Cell {
            count: sum.count,
            contract_value: i128::from(sum.contract_value),
            technology_value: i128::from(technology),
        };
        match (self, into) {
            (Self::Dense { sums, technology, .. }, Groups::Dense(cells)) => {
                for (group, into) in cells.iter_mut().enumerate() {
                    if sums[group].count > 0 {
                        *into += cell(sums[group], if TECHNOLOGY { technology[group] } else { 0 });
                    }
                }
            }
            (Self::Hashed { sums, .. }, Groups::Hashed(cells)) => {
                for (group, (sum, technology)) in sums {
                    *cells.entry(group).or_default() += cell(sum, if TECHNOLOGY { technology } else { 0 });
                }
            }
            _ => unreachable!("a pass and its groups are dense or hashed by the same number"),
        }
    }
}

/// Group numbers: 32 bits while they fit, because twice as many fit a vector register.
trait Key: Copy + PartialOrd {
    const DEAD: Self;
    const ZERO: Self;
    fn strided(coordinate: u32, stride: Self) -> Self;
    fn of_stride(stride: u64) -> Self;
    fn plus(self, other: Self) -> Self;
}

impl Key for u32 {
    const DEAD: Self = 1 << 27;
    const ZERO: Self = 0;
    fn strided(coordinate: u32, stride: Self) -> Self {
        coordinate * stride
    }
    fn of_stride(stride: u64) -> Self {
        Self::try_from(stride).expect("dense groups are few")
    }
    fn plus(self, other: Self) -> Self {
        self + other
    }
}

impl Key for u64 {
    const DEAD: Self = HASHED_GROUPS_MAX;
    const ZERO: Self = 0;
    fn strided(coordinate: u32, stride: Self) -> Self {
        Self::from(coordinate) * stride
    }
    fn of_stride(stride: u64) -> Self {
        stride
    }
    fn plus(self, other: Self) -> Self {
        // At most eight lanes are dead in one row: 8 × 2^60 fits.
        self + other
    }
}

/// A lane with its stride multiplied into the table.
enum Prepared<K> {
    Range { column: Coded, first: u32, count: u32, stride: K },
    Table { column: Coded, table: Vec<K> },
}

/// Most lanes of a pass, so that even dead keys do not overflow.
pub(crate) const LANES_MAX: usize = 8;

fn prepare<K: Key>(pass: &Pass) -> Vec<Prepared<K>> {
    assert!(pass.lanes.len() <= LANES_MAX, "a pass has at most {LANES_MAX} lanes");
    let prepared = |lane: &Lane| {
        let stride = K::of_stride(lane.stride);
        match &lane.map {
            Map::Range { first, count } => {
                Prepared::Range { column: lane.column, first: *first, count: *count, stride }
            }
            Map::Table(table) => {
                let entry = |&coordinate: &u32| {
                    if coordinate == DEAD { K::DEAD } else { K::strided(coordinate, stride) }
                };
                let mut table: Vec<K> = table.iter().map(entry).collect();
                // A table of all bytes lets the compiler drop the bounds check of 8-bit columns.
                table.resize(table.len().max(usize::from(u8::MAX) + 1), K::DEAD);
                Prepared::Table { column: lane.column, table }
            }
        }
    };
    pass.lanes.iter().map(prepared).collect()
}

fn blocks(rows: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    rows.clone().step_by(BLOCK_ROWS).map(move |first| first..(first + BLOCK_ROWS).min(rows.end))
}

fn compose<K: Key>(rows: &Rows, held: Held, lanes: &[Prepared<K>], block: Range<usize>, keys: &mut [K]) {
    keys.fill(K::ZERO);
    for lane in lanes {
        match lane {
            Prepared::Range { column, first, count, stride } => match rows.column(*column) {
                CodeColumn::U8(codes) => add_range(&codes[block.clone()], *first, *count, *stride, keys),
                CodeColumn::U16(codes) => add_range(&codes[block.clone()], *first, *count, *stride, keys),
                CodeColumn::U32(codes) => add_range(&codes[block.clone()], *first, *count, *stride, keys),
            },
            Prepared::Table { column, table } => match rows.column(*column) {
                CodeColumn::U8(codes) => add_byte_table(&codes[block.clone()], table, keys),
                CodeColumn::U16(codes) => add_table(&codes[block.clone()], table, keys),
                CodeColumn::U32(codes) => add_table(&codes[block.clone()], table, keys),
            },
        }
    }
    let Held::At(position) = held else { return };
    for (key, &from) in keys.iter_mut().zip(&rows.from[block.clone()]) {
        *key = if from <= position { *key } else { K::DEAD };
    }
    if !rows.to.is_empty() {
        for (key, &to) in keys.iter_mut().zip(&rows.to[block]) {
            *key = if position < to { *key } else { K::DEAD };
        }
    }
}

fn add_range<C: Copy + Into<u32>, K: Key>(codes: &[C], first: u32, count: u32, stride: K, keys: &mut [K]) {
    for (key, &code) in keys.iter_mut().zip(codes) {
        let coordinate = code.into().wrapping_sub(first);
        let live = coordinate < count;
        let part = K::strided(if live { coordinate } else { 0 }, stride);
        *key = key.plus(if live { part } else { K::DEAD });
    }
}

fn add_byte_table<K: Key>(codes: &[u8], table: &[K], keys: &mut [K]) {
    let table: &[K; 256] = table.first_chunk().expect("tables are padded to all bytes");
    for (key, &code) in keys.iter_mut().zip(codes) {
        *key = key.plus(table[usize::from(code)]);
    }
}

fn add_table<C: Copy + Into<u32>, K: Key>(codes: &[C], table: &[K], keys: &mut [K]) {
    for (key, &code) in keys.iter_mut().zip(codes) {
        *key = key.plus(table.get(code.into() as usize).copied().unwrap_or(K::DEAD));
    }
}

/// Hashes group numbers, which are spread but not adversarial, by one multiplication.
#[derive(Clone, Copy, Default)]
pub(crate) struct NumberHasher(u64);

pub(crate) type NumberHash = BuildHasherDefault<NumberHasher>;

impl Hasher for NumberHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u64(u64::from(byte));
        }
    }

    fn write_u64(&mut self, number: u64) {
        let mixed = (self.0 ^ number).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = mixed ^ (mixed >> 32);
    }
}
