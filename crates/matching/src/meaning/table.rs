//! The table of meanings: a vector for each word and character, so that a text's vector is a weighted sum that takes
//! microseconds. Made from the encoder by `cargo xtask meaning table`; the file holds the magic, the number of rows,
//! then for each row the length of its word, the word, a 16-bit scale and a signed byte for each dimension.
//! The scale holds how much a word says: of (的) has next to none.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use half::f16;

use super::model_file::ModelFault;
use crate::text::{fold, units};

/// Dimensions of the table's vectors.
pub const TABLE_DIMENSIONS: usize = 256;

const MAGIC: &[u8; 8] = b"XXMEAN\0\x01";

/// Rarity of a word that the table has not: it is rarer than those that it has.
const UNKNOWN: f32 = 9.0;

/// A word's weight in the table is its rarity to this power; `examples/make_table.rs` has the same.
const RARITY_POWER: f32 = 1.5;

fn length(row: &[i8; TABLE_DIMENSIONS]) -> f32 {
    row.iter().map(|byte| f32::from(*byte).powi(2)).sum::<f32>().sqrt()
}

/// Vectors of words, and of texts as sums of them.
pub struct Table {
    rows: HashMap<Box<str>, (f32, [i8; TABLE_DIMENSIONS])>,
}

static SHIPPED: LazyLock<Table> = LazyLock::new(|| {
    Table::read(include_bytes!("../../model/table.bin")).expect("invariant: the shipped file is a table")
});

impl Table {
    /// The table that is part of this program, unpacked with the first call.
    #[must_use]
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// Reads a table's file.
    ///
    /// # Errors
    /// Fails where the file is not one or is cut short.
    pub fn read(file: &[u8]) -> Result<Self, ModelFault> {
        let rest = file.strip_prefix(MAGIC.as_slice()).ok_or(ModelFault::Magic)?;
        let (count, mut rest) = rest.split_first_chunk::<4>().ok_or(ModelFault::Length)?;
        let mut rows = HashMap::new();
        for _ in 0..u32::from_le_bytes(*count) {
            let (length, after) = rest.split_first().ok_or(ModelFault::Length)?;
            let (word, after) = after.split_at_checked(usize::from(*length)).ok_or(ModelFault::Length)?;
            let (scale, after) = after.split_first_chunk::<2>().ok_or(ModelFault::Length)?;
            let (bytes, after) = after.split_first_chunk::<TABLE_DIMENSIONS>().ok_or(ModelFault::Length)?;
            let word = std::str::from_utf8(word).map_err(|_| ModelFault::Piece)?;
            rows.insert(word.into(), (f16::from_le_bytes(*scale).to_f32(), bytes.map(u8::cast_signed)));
            rest = after;
        }
        if rest.is_empty() { Ok(Self { rows }) } else { Err(ModelFault::Length) }
    }

    /// How much a word says: its rarity in the texts that the table was made with; an unknown word says [`UNKNOWN`].
    #[must_use]
    pub fn says(&self, word: &str) -> f32 {
        self.rows.get(word).map_or(UNKNOWN, |(scale, row)| {
            // The scale is the weight (rarity to the power 1.5) over the length of the row's bytes.
            (scale * length(row)).powf(1.0 / RARITY_POWER)
        })
    }

    /// The word among some that comes closest in meaning, where one is as close as `least`.
    #[must_use]
    pub fn closest<'a>(&self, word: &str, among: &'a HashSet<String>, least: f32) -> Option<&'a str> {
        let (_, row) = self.rows.get(word)?;
        let near = |other: &str| {
            let (_, other) = self.rows.get(other)?;
            let product: f32 = row.iter().zip(other).map(|(a, b)| f32::from(*a) * f32::from(*b)).sum();
            Some(product / (length(row) * length(other)).max(1.0))
        };
        among
            .iter()
            .filter_map(|other| Some((near(other)?, other.as_str())))
            .filter(|(closeness, _)| *closeness >= least)
            .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))
            .map(|(_, other)| other)
    }

    /// The vector of a text at unit length; all zeros where no word of it is known.
    #[must_use]
    pub fn vector(&self, text: &str) -> [f32; TABLE_DIMENSIONS] {
        let units = units(&fold(text));
        let mut counts: HashMap<&str, f32> = HashMap::new();
        for unit in units.words.iter().chain(&units.characters) {
            *counts.entry(unit).or_default() += 1.0;
        }
        let mut sum = [0.0; TABLE_DIMENSIONS];
        for (unit, count) in counts {
            if let Some((scale, row)) = self.rows.get(unit) {
                let weight = scale * count.sqrt();
                sum.iter_mut().zip(row).for_each(|(sum, byte)| *sum += weight * f32::from(*byte));
            }
        }
        let length = sum.iter().map(|value| value * value).sum::<f32>().sqrt();
        if length > 0.0 {
            sum.iter_mut().for_each(|value| *value /= length);
        }
        sum
    }
}
