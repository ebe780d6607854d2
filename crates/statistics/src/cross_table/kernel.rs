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
/// A block is thinned out where fewer than one in so many of its rows count.
const SPARSE_FACTOR: usize = 2;
/// Spare cells for rows that do not count: several, so that neighbours do not wait for one another's sum.
const SPARE_CELLS: u16 = 8;
/// Rows whose amounts fit `i64` in any case: 65,536 × [`xiaoxiang_domain::money::CONTRACT_FEN_MAX`] < 2^63.
const SAFE_ROWS: usize = 65_536;
/// Up to so many groups a dense vector is used, above it a hash table: 4 million groups take 100 MB.
pub(crate) const DENSE_GROUPS_MAX: u64 = 1 << 22;
/// Up to so many groups the numbers have 16 bits, which processors of every age multiply eight at a time.
const NARROW_GROUPS_MAX: u64 = 65_000;
/// Most groups of a hashed scan.
pub(crate) const HASHED_GROUPS_MAX: u64 = 1 << 60;
/// Coordinate of a code that is not counted.
pub(crate) const DEAD: u32 = u32::MAX;

/// How a lane turns codes into coordinates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Map {
    /// The code itself, below `count` in every row.
    Whole { count: u32 },
    /// Some of the code's bits: `code >> shift & mask`.
    Bits { shift: u32, mask: u32 },
    /// Codes from `first` on, `count` of them, in order; all others are dead.
    Range { first: u32, count: u32 },
    /// The coordinate of each code, [`DEAD`] where it is not counted; codes behind the end are dead.
    Table(Vec<u32>),
}

/// One column's part in the group number.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    let is_narrow = passes.iter().all(|pass| pass.groups <= NARROW_GROUPS_MAX);
    let mut first = 0;
    while first < rows.len() {
        let last = (first + stretch).min(rows.len());
        match measures {
            Measures::All if is_narrow => scan_stretch::<true, u16>(rows, held, passes, first..last, sums),
            Measures::All => scan_stretch::<true, u32>(rows, held, passes, first..last, sums),
            Measures::CountAndContractValue if is_narrow => {
                scan_stretch::<false, u16>(rows, held, passes, first..last, sums);
            }
            Measures::CountAndContractValue => {
                scan_stretch::<false, u32>(rows, held, passes, first..last, sums);
            }
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
    let lanes = prepare::<u64>(&pass.lanes);
    let mut found = Vec::new();
    let mut keys = [0_u64; BLOCK_ROWS];
    for block in blocks(0..rows.len()) {
        let keys = &mut keys[..block.len()];
        keys.fill(0);
        compose(rows, &lanes, &block, Chosen::All, keys);
        drop_unheld(rows, held, block.clone(), keys);
        let selected = block.zip(keys.iter()).filter(|&(_, &key)| key < pass.groups && is_selected(key));
        found.extend(selected.map(|(row, &key)| (row, key)));
    }
    found
}

/// Count and contract value of one group within a stretch whose total fits 64 bits: side by side, so that one
/// addition of a vector register updates both.
type Sum = [i64; 2];

fn scan_stretch<const TECHNOLOGY: bool, K: Key>(
    rows: &Rows,
    held: Held,
    passes: &[Pass],
    stretch: Range<usize>,
    sums: &mut [Groups],
) {
    let mut scans: Vec<PassScan<'_, K>> = passes.iter().map(PassScan::new::<TECHNOLOGY>).collect();
    let is_dense = passes.iter().all(|pass| pass.groups <= DENSE_GROUPS_MAX);
    let shared = if is_dense { shared_lanes(passes) } else { Vec::new() };
    let prepared = prepare::<K>(&shared);
    for scan in &mut scans {
        if let PassScan::Dense { lanes, pass, .. } = scan {
            let own: Vec<Lane> = pass.lanes.iter().filter(|lane| !shared.contains(lane)).cloned().collect();
            *lanes = prepare(&own);
        }
    }
    let mut keys = [K::ZERO; BLOCK_ROWS];
    let mut places = [0_u16; BLOCK_ROWS];
    for block in blocks(stretch) {
        let keys = &mut keys[..block.len()];
        keys.fill(K::ZERO);
        compose(rows, &prepared, &block, Chosen::All, keys);
        drop_unheld(rows, held, block.clone(), keys);
        let live: u32 = keys.iter().map(|&key| u32::from(key < K::DEAD)).sum();
        let live = live as usize;
        if live == 0 {
            continue;
        }
        // Where most rows have fallen out already, only the others are carried on.
        if live * SPARSE_FACTOR < block.len() {
            thin_out(keys, &mut places);
            let chosen = Chosen::Only(&places[..live]);
            for scan in &mut scans {
                scan.add::<TECHNOLOGY>(rows, held, &block, chosen, &keys[..live]);
            }
        } else {
            for scan in &mut scans {
                scan.add::<TECHNOLOGY>(rows, held, &block, Chosen::All, keys);
            }
        }
    }
    for (scan, sum) in scans.into_iter().zip(sums) {
        scan.finish::<TECHNOLOGY>(sum);
    }
}

/// Moves the keys of rows that count to the front and notes their places; without a branch, which would be guessed
/// wrong at every other row.
fn thin_out<K: Key>(keys: &mut [K], places: &mut [u16; BLOCK_ROWS]) {
    let mut live = 0;
    for at in 0..keys.len() {
        let key = keys[at];
        keys[live] = key;
        places[live] = at as u16;
        live += usize::from(key < K::DEAD);
    }
}

/// Lanes whose parts all passes have in common, such as months and types; of a single pass those that leave most
/// rows out.
fn shared_lanes(passes: &[Pass]) -> Vec<Lane> {
    let Some(first) = passes.first() else { return Vec::new() };
    let is_shared = |lane: &&Lane| {
        if passes.len() == 1 {
            return lane.column == Coded::Month || lane.stride == 0;
        }
        passes.iter().all(|pass| pass.lanes.contains(lane))
    };
    first.lanes.iter().filter(is_shared).cloned().collect()
}

/// The rows of a block that still count.
#[derive(Clone, Copy)]
enum Chosen<'a> {
    All,
    /// By their places in the block.
    Only(&'a [u16]),
}

/// The running sums of one pass.
enum PassScan<'a, K> {
    Dense { lanes: Vec<Prepared<K>>, pass: &'a Pass, sums: Vec<Sum>, technology: Vec<i64> },
    Hashed { lanes: Vec<Prepared<u64>>, groups: u64, sums: HashMap<u64, (Sum, i64), NumberHash> },
}

impl<'a, K: Key> PassScan<'a, K> {
    fn new<const TECHNOLOGY: bool>(pass: &'a Pass) -> Self {
        if pass.groups > DENSE_GROUPS_MAX {
            return Self::Hashed {
                lanes: prepare(&pass.lanes),
                groups: pass.groups,
                sums: HashMap::default(),
            };
        }
        let cells = usize::try_from(pass.groups).expect("dense groups are few") + usize::from(SPARE_CELLS);
        let technology = if TECHNOLOGY { vec![0; cells] } else { Vec::new() };
        Self::Dense { lanes: Vec::new(), pass, sums: vec![Sum::default(); cells], technology }
    }

    /// Adds the chosen rows of a block, whose shared keys are given.
    fn add<const TECHNOLOGY: bool>(
        &mut self,
        rows: &Rows,
        held: Held,
        block: &Range<usize>,
        chosen: Chosen<'_>,
        shared_keys: &[K],
    ) {
        let contract_values = &rows.contract_value[block.clone()];
        let technology_values = &rows.technology_value[block.clone()];
        match self {
            Self::Dense { lanes, pass, sums, technology } => {
                let mut keys = [K::ZERO; BLOCK_ROWS];
                let keys = &mut keys[..shared_keys.len()];
                keys.copy_from_slice(shared_keys);
                compose(rows, lanes, block, chosen, keys);
                let groups = K::of_stride(pass.groups);
                for (at, key) in (0_u16..).zip(keys.iter_mut()) {
                    *key = if *key < groups { *key } else { groups.spare(at % SPARE_CELLS) };
                }
                match chosen {
                    Chosen::All => add_up::<TECHNOLOGY>(
                        keys,
                        contract_values.iter().copied(),
                        technology_values.iter().copied(),
                        sums,
                        technology,
                    ),
                    Chosen::Only(places) => add_up::<TECHNOLOGY>(
                        keys,
                        places.iter().map(|&at| contract_values[usize::from(at)]),
                        places.iter().map(|&at| technology_values[usize::from(at)]),
                        sums,
                        technology,
                    ),
                }
            }
            Self::Hashed { lanes, groups, sums } => {
                // The shared keys have 32 bits: a hashed pass composes its own, for all rows.
                let mut keys = [0_u64; BLOCK_ROWS];
                let keys = &mut keys[..block.len()];
                compose(rows, lanes, block, Chosen::All, keys);
                drop_unheld(rows, held, block.clone(), keys);
                let amounts = contract_values.iter().zip(technology_values);
                for (&key, (&value, &technology)) in
                    keys.iter().zip(amounts).filter(|&(&key, _)| key < *groups)
                {
                    let ([count, sum], technology_sum) = sums.entry(key).or_default();
                    *count += 1;
                    *sum += value;
                    *technology_sum += technology;
                }
            }
        }
    }

    fn finish<const TECHNOLOGY: bool>(self, into: &mut Groups) {
        let cell = |sum: Sum, technology: i64| Cell {
            count: sum[0],
            contract_value: i128::from(sum[1]),
            technology_value: i128::from(technology),
        };
        match (self, into) {
            (Self::Dense { sums, technology, .. }, Groups::Dense(cells)) => {
                for (group, into) in cells.iter_mut().enumerate() {
                    if sums[group][0] > 0 {
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

fn add_up<const TECHNOLOGY: bool>(
    keys: &[impl Key],
    contract_values: impl Iterator<Item = i64>,
    technology_values: impl Iterator<Item = i64>,
    sums: &mut [Sum],
    technology: &mut [i64],
) {
    if TECHNOLOGY {
        for ((key, value), technology_value) in keys.iter().zip(contract_values).zip(technology_values) {
            let at = key.index();
            let [count, sum] = sums[at];
            sums[at] = [count + 1, sum + value];
            technology[at] += technology_value;
        }
        return;
    }
    for (key, value) in keys.iter().zip(contract_values) {
        let at = key.index();
        let [count, sum] = sums[at];
        sums[at] = [count + 1, sum + value];
    }
}

/// Group numbers: 16 or 32 bits while they fit, because more of them fit a vector register.
trait Key: Copy + PartialOrd {
    const DEAD: Self;
    const ZERO: Self;
    fn index(self) -> usize;
    /// The number of a spare cell behind so many groups.
    fn spare(self, number: u16) -> Self;
    fn strided(coordinate: u32, stride: Self) -> Self;
    fn of_stride(stride: u64) -> Self;
    fn plus(self, other: Self) -> Self;
    /// The stride in 16 bits, where it fits.
    fn narrow(stride: Self) -> Option<u16>;
    fn from_narrow(coordinate: u16, stride: u16) -> Self;
}

impl Key for u16 {
    const DEAD: Self = Self::MAX;
    const ZERO: Self = 0;
    fn index(self) -> usize {
        self.into()
    }
    fn spare(self, number: u16) -> Self {
        self + number
    }
    fn strided(coordinate: u32, stride: Self) -> Self {
        (coordinate as Self).wrapping_mul(stride)
    }
    fn of_stride(stride: u64) -> Self {
        Self::try_from(stride).expect("narrow groups are few")
    }
    fn plus(self, other: Self) -> Self {
        self.saturating_add(other)
    }
    fn narrow(stride: Self) -> Option<u16> {
        Some(stride)
    }
    fn from_narrow(coordinate: u16, stride: u16) -> Self {
        coordinate.wrapping_mul(stride)
    }
}

impl Key for u32 {
    const ZERO: Self = 0;
    fn index(self) -> usize {
        self as usize
    }
    fn spare(self, number: u16) -> Self {
        self + Self::from(number)
    }
    fn narrow(stride: Self) -> Option<u16> {
        u16::try_from(stride).ok()
    }
    fn from_narrow(coordinate: u16, stride: u16) -> Self {
        Self::from(coordinate) * Self::from(stride)
    }
    const DEAD: Self = 1 << 27;
    fn strided(coordinate: u32, stride: Self) -> Self {
        coordinate.wrapping_mul(stride)
    }
    fn of_stride(stride: u64) -> Self {
        Self::try_from(stride).expect("dense groups are few")
    }
    fn plus(self, other: Self) -> Self {
        self + other
    }
}

impl Key for u64 {
    const ZERO: Self = 0;
    fn index(self) -> usize {
        usize::try_from(self).expect("hashed groups are not indexed")
    }
    fn spare(self, number: u16) -> Self {
        self + Self::from(number)
    }
    fn narrow(_: Self) -> Option<u16> {
        None
    }
    fn from_narrow(coordinate: u16, stride: u16) -> Self {
        Self::from(coordinate) * Self::from(stride)
    }
    const DEAD: Self = HASHED_GROUPS_MAX;
    fn strided(coordinate: u32, stride: Self) -> Self {
        Self::from(coordinate).wrapping_mul(stride)
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
    Whole { column: Coded, stride: K },
    Bits { column: Coded, shift: u32, mask: u32, stride: K },
    Range { column: Coded, first: u32, count: u32, stride: K },
    Table { column: Coded, table: Vec<K> },
}

/// Most lanes of a pass, so that even dead keys do not overflow.
pub(crate) const LANES_MAX: usize = 8;

fn prepare<K: Key>(lanes: &[Lane]) -> Vec<Prepared<K>> {
    assert!(lanes.len() <= LANES_MAX, "a pass has at most {LANES_MAX} lanes");
    let prepared = |lane: &Lane| {
        let stride = K::of_stride(lane.stride);
        match &lane.map {
            Map::Whole { .. } => Prepared::Whole { column: lane.column, stride },
            Map::Bits { shift, mask } => {
                Prepared::Bits { column: lane.column, shift: *shift, mask: *mask, stride }
            }
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
    lanes.iter().map(prepared).collect()
}

fn blocks(rows: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    rows.clone().step_by(BLOCK_ROWS).map(move |first| first..(first + BLOCK_ROWS).min(rows.end))
}

/// Adds all lanes' parts to the keys of a block's chosen rows.
fn compose<K: Key>(
    rows: &Rows,
    lanes: &[Prepared<K>],
    block: &Range<usize>,
    chosen: Chosen<'_>,
    keys: &mut [K],
) {
    for lane in lanes {
        let (Prepared::Whole { column, .. }
        | Prepared::Bits { column, .. }
        | Prepared::Range { column, .. }
        | Prepared::Table { column, .. }) = lane;
        match rows.column(*column) {
            CodeColumn::U8(codes) => add_lane(&codes[block.clone()], lane, chosen, keys),
            CodeColumn::U16(codes) => add_lane(&codes[block.clone()], lane, chosen, keys),
            CodeColumn::U32(codes) => add_lane(&codes[block.clone()], lane, chosen, keys),
        }
    }
}

fn add_lane<C: Code, K: Key>(codes: &[C], lane: &Prepared<K>, chosen: Chosen<'_>, keys: &mut [K]) {
    match chosen {
        Chosen::All => add_codes(codes.iter().copied(), lane, keys),
        Chosen::Only(places) => add_codes(places.iter().map(|&at| codes[usize::from(at)]), lane, keys),
    }
}

/// Marks rows that do not hold at the asked position.
fn drop_unheld<K: Key>(rows: &Rows, held: Held, block: Range<usize>, keys: &mut [K]) {
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

fn add_codes<C: Code, K: Key>(codes: impl Iterator<Item = C>, lane: &Prepared<K>, keys: &mut [K]) {
    match lane {
        Prepared::Whole { stride, .. } => add_parts(codes, |code| code, *stride, keys),
        Prepared::Bits { shift, mask, stride, .. } => {
            let (shift, mask) = (*shift, C::clamped(*mask));
            add_parts(codes, |code| code.bits(shift, mask), *stride, keys);
        }
        Prepared::Range { first, count, stride, .. } => {
            let narrow = (u16::try_from(*first), u16::try_from(*count), K::narrow(*stride));
            if let (true, (Ok(first), Ok(count), Some(stride))) = (C::IS_NARROW, narrow) {
                for (key, code) in keys.iter_mut().zip(codes) {
                    let coordinate = code.low_bits().wrapping_sub(first);
                    let part = K::from_narrow(coordinate, stride);
                    *key = key.plus(if coordinate < count { part } else { K::DEAD });
                }
                return;
            }
            for (key, code) in keys.iter_mut().zip(codes) {
                let coordinate = code.into().wrapping_sub(*first);
                let part = K::strided(coordinate, *stride);
                *key = key.plus(if coordinate < *count { part } else { K::DEAD });
            }
        }
        Prepared::Table { table, .. } => match C::byte_table(table) {
            Some(table) => {
                for (key, code) in keys.iter_mut().zip(codes) {
                    *key = key.plus(table[usize::from(code.low_byte())]);
                }
            }
            None => {
                for (key, code) in keys.iter_mut().zip(codes) {
                    *key = key.plus(table.get(code.into() as usize).copied().unwrap_or(K::DEAD));
                }
            }
        },
    }
}

/// Adds coordinate × stride; narrow codes with a narrow stride multiply in 16 bits, of which twice as many fit a
/// vector register, and for which there is an instruction on every processor.
fn add_parts<C: Code, K: Key>(
    codes: impl Iterator<Item = C>,
    coordinate: impl Fn(C) -> C,
    stride: K,
    keys: &mut [K],
) {
    match K::narrow(stride).filter(|_| C::IS_NARROW) {
        Some(stride) => {
            for (key, code) in keys.iter_mut().zip(codes) {
                *key = key.plus(K::from_narrow(coordinate(code).low_bits(), stride));
            }
        }
        None => {
            for (key, code) in keys.iter_mut().zip(codes) {
                *key = key.plus(K::strided(coordinate(code).into(), stride));
            }
        }
    }
}

/// The widths of codes.
trait Code: Copy + Into<u32> {
    const IS_NARROW: bool;
    fn clamped(mask: u32) -> Self;
    fn bits(self, shift: u32, mask: Self) -> Self;
    fn low_bits(self) -> u16;
    fn low_byte(self) -> u8;
    /// The table as one of all bytes, which needs no bounds check.
    fn byte_table<K>(table: &[K]) -> Option<&[K; 256]>;
}

impl Code for u8 {
    const IS_NARROW: bool = true;
    fn clamped(mask: u32) -> Self {
        mask as Self
    }
    fn bits(self, shift: u32, mask: Self) -> Self {
        (self >> shift) & mask
    }
    fn low_bits(self) -> u16 {
        self.into()
    }
    fn low_byte(self) -> u8 {
        self
    }
    fn byte_table<K>(table: &[K]) -> Option<&[K; 256]> {
        table.first_chunk()
    }
}

impl Code for u16 {
    const IS_NARROW: bool = true;
    fn clamped(mask: u32) -> Self {
        mask as Self
    }
    fn bits(self, shift: u32, mask: Self) -> Self {
        (self >> shift) & mask
    }
    fn low_bits(self) -> u16 {
        self
    }
    fn low_byte(self) -> u8 {
        self as u8
    }
    fn byte_table<K>(_: &[K]) -> Option<&[K; 256]> {
        None
    }
}

impl Code for u32 {
    const IS_NARROW: bool = false;
    fn clamped(mask: u32) -> Self {
        mask
    }
    fn bits(self, shift: u32, mask: Self) -> Self {
        (self >> shift) & mask
    }
    fn low_bits(self) -> u16 {
        self as u16
    }
    fn low_byte(self) -> u8 {
        self as u8
    }
    fn byte_table<K>(_: &[K]) -> Option<&[K; 256]> {
        None
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
