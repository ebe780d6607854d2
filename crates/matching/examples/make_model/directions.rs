//! Vectors of many texts, and the main directions among them.

use std::sync::atomic::{AtomicUsize, Ordering};

use ndarray::{Array1, Array2};
use xiaoxiang_matching::meaning::{Encoder, READING_DIMENSIONS, Side};

/// Rounds in which the main directions are found.
const ROUNDS: usize = 200;

/// The encoder's vectors of texts, a row each.
pub fn read(texts: &[&str], side: Side) -> Array2<f32> {
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut read: Vec<(usize, Vec<f32>)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    let mut read = Vec::new();
                    loop {
                        let at = next.fetch_add(1, Ordering::Relaxed);
                        let Some(text) = texts.get(at) else { return read };
                        if at.is_multiple_of(1000) {
                            eprintln!("{at} of {}", texts.len());
                        }
                        read.push((at, Encoder::shipped().encode(text, side)));
                    }
                })
            })
            .collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap_or_default()).collect()
    });
    read.sort_by_key(|(at, _)| *at);
    let flat = read.into_iter().flat_map(|(_, vector)| vector).collect();
    Array2::from_shape_vec((texts.len(), READING_DIMENSIONS), flat).expect("invariant: every text was read")
}

/// The main directions of the vectors in columns, and the spread along each (its share of the covariance times the number
/// of vectors), largest first: orthogonal iteration on the covariance.
pub fn main_directions(vectors: &Array2<f32>, wanted: usize) -> (Array2<f32>, Array1<f32>) {
    let covariance = vectors.t().dot(vectors);
    let mut directions = Array2::from_shape_fn((READING_DIMENSIONS, wanted), |(row, column)| {
        // Any start does that is not orthogonal to what is sought.
        ((row * 7_919 + column * 104_729) % 1_009) as f32 / 1_009.0 - 0.5
    });
    let mut spreads = Array1::zeros(wanted);
    for _ in 0..ROUNDS {
        directions = covariance.dot(&directions);
        for column in 0..wanted {
            let mut current = directions.column(column).to_owned();
            let mut length = 0.0;
            // Once is not enough where little is left of a direction after the others are taken out of it.
            for pass in 0..2 {
                for before in 0..column {
                    let other = directions.column(before);
                    let overlap = other.dot(&current);
                    current.scaled_add(-overlap, &other);
                }
                let left = current.dot(&current).sqrt().max(f32::MIN_POSITIVE);
                current /= left;
                if pass == 0 {
                    length = left;
                }
            }
            spreads[column] = length;
            directions.column_mut(column).assign(&current);
        }
    }
    (directions, spreads)
}
