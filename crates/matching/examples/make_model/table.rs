//! Makes `model/table.bin` from `model/words.tsv` and the encoder: the encoder reads every word, the vectors are
//! centred and turned to their 256 main directions, each divided by the root of its spread so that no direction
//! speaks over the others, and rounded to signed bytes.

use std::error::Error;

use half::f16;
use ndarray::Axis;
use xiaoxiang_matching::meaning::{Side, TABLE_DIMENSIONS};

use crate::directions::{main_directions, read};

/// A word's weight is its rarity to this power.
const RARITY_POWER: f32 = 1.5;

pub fn make(words: &str, out: &str) -> Result<(), Box<dyn Error>> {
    let words = std::fs::read_to_string(words)?;
    let rows: Vec<(&str, f32)> = words
        .lines()
        .map(|line| {
            let (word, rarity) = line.split_once('\t').ok_or("a line has no rarity")?;
            Ok((word, rarity.parse()?))
        })
        .collect::<Result<_, Box<dyn Error>>>()?;
    let words: Vec<&str> = rows.iter().map(|(word, _)| *word).collect();
    let mut vectors = read(&words, Side::Question);
    let mean = vectors.mean_axis(Axis(0)).ok_or("there are no words")?;
    vectors -= &mean;
    let (mut directions, spreads) = main_directions(&vectors, TABLE_DIMENSIONS);
    for (mut column, spread) in directions.columns_mut().into_iter().zip(&spreads) {
        column /= spread.sqrt().sqrt();
    }
    let turned = vectors.dot(&directions);
    let mut file = b"XXMEAN\0\x01".to_vec();
    file.extend(u32::try_from(rows.len())?.to_le_bytes());
    for ((word, rarity), vector) in rows.iter().zip(turned.rows()) {
        let length = vector.dot(&vector).sqrt().max(f32::MIN_POSITIVE);
        let most = vector.fold(f32::MIN_POSITIVE, |most, value| most.max(value.abs()));
        // The scale undoes the rounding to bytes and holds how much the word says.
        let scale = rarity.powf(RARITY_POWER) * most / 127.0 / length;
        file.push(u8::try_from(word.len())?);
        file.extend(word.as_bytes());
        file.extend(f16::from_f32(scale).to_le_bytes());
        file.extend(vector.iter().map(|value| ((value / most * 127.0).round() as i8).cast_unsigned()));
    }
    println!("{} rows, {} bytes", rows.len(), file.len());
    Ok(std::fs::write(out, file)?)
}
