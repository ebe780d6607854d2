//! Makes `model/table.bin` from `model/words.tsv` and the encoder: the encoder reads every word, the vectors are
//! centred and turned to their 256 main directions, each divided by the root of its spread so that no direction
//! speaks over the others, and rounded to signed bytes. Run by `cargo xtask meaning table`.

#![expect(clippy::print_stdout, clippy::print_stderr, clippy::float_arithmetic, reason = "a tool")]

use std::error::Error;
use std::sync::atomic::{AtomicUsize, Ordering};

use half::f16;
use ndarray::{Array1, Array2, Axis};
use xiaoxiang_matching::meaning::{Encoder, READING_DIMENSIONS, Side, TABLE_DIMENSIONS};

/// A word's weight is its rarity to this power.
const RARITY_POWER: f32 = 1.5;
/// Rounds in which the main directions are found.
const ROUNDS: usize = 200;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(words), Some(out)) = (arguments.next(), arguments.next()) else {
        return Err("usage: make_table WORDS OUT".into());
    };
    let words = std::fs::read_to_string(words)?;
    let rows: Vec<(&str, f32)> = words
        .lines()
        .map(|line| {
            let (word, rarity) = line.split_once('\t').ok_or("a line has no rarity")?;
            Ok((word, rarity.parse()?))
        })
        .collect::<Result<_, Box<dyn Error>>>()?;
    let mut vectors = read(&rows);
    let mean = vectors.mean_axis(Axis(0)).ok_or("there are no words")?;
    vectors -= &mean;
    let directions = main_directions(&vectors);
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

/// The encoder's vectors of all words.
fn read(rows: &[(&str, f32)]) -> Array2<f32> {
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut read: Vec<(usize, Vec<f32>)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    let mut read = Vec::new();
                    loop {
                        let at = next.fetch_add(1, Ordering::Relaxed);
                        let Some((word, _)) = rows.get(at) else { return read };
                        if at % 1000 == 0 {
                            eprintln!("{at} of {}", rows.len());
                        }
                        read.push((at, Encoder::shipped().encode(word, Side::Question)));
                    }
                })
            })
            .collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap_or_default()).collect()
    });
    read.sort_by_key(|(at, _)| *at);
    let flat = read.into_iter().flat_map(|(_, vector)| vector).collect();
    Array2::from_shape_vec((rows.len(), READING_DIMENSIONS), flat).expect("invariant: every word was read")
}

/// The main directions of the vectors in columns, each divided by the root of the spread along it: orthogonal
/// iteration on the covariance.
fn main_directions(vectors: &Array2<f32>) -> Array2<f32> {
    let covariance = vectors.t().dot(vectors);
    let mut directions = Array2::from_shape_fn((READING_DIMENSIONS, TABLE_DIMENSIONS), |(row, column)| {
        // Any start does that is not orthogonal to what is sought.
        ((row * 7_919 + column * 104_729) % 1_009) as f32 / 1_009.0 - 0.5
    });
    let mut spreads = Array1::zeros(TABLE_DIMENSIONS);
    for _ in 0..ROUNDS {
        directions = covariance.dot(&directions);
        for column in 0..TABLE_DIMENSIONS {
            let mut current = directions.column(column).to_owned();
            for before in 0..column {
                let other = directions.column(before);
                let overlap = other.dot(&current);
                current.scaled_add(-overlap, &other);
            }
            let length = current.dot(&current).sqrt().max(f32::MIN_POSITIVE);
            current /= length;
            spreads[column] = length;
            directions.column_mut(column).assign(&current);
        }
    }
    // The spread along a direction is the root of its share of the covariance.
    for (mut column, spread) in directions.columns_mut().into_iter().zip(&spreads) {
        column /= spread.sqrt().sqrt();
    }
    directions
}
