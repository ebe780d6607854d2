//! Chance that is the same everywhere: a seeded stream, integer draws and exact splits.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Seed of the example province; another seed is another province.
const SEED: [u8; 32] = *b"xiaoxiang example province 00001";

/// 2^(i/16), times 4096, rounded: the steps of one doubling.
const DOUBLING: [u64; 16] =
    [4096, 4277, 4467, 4664, 4871, 5087, 5312, 5547, 5793, 6049, 6317, 6597, 6889, 7194, 7512, 7845];

/// A stream of draws. Parts of the example have streams of their own, so that one part can change alone.
///
/// The draws use no floats and no library distribution, whose results may differ between versions.
#[derive(Debug)]
pub(super) struct Draw(ChaCha8Rng);

impl Draw {
    pub(super) fn of_stream(stream: u64) -> Self {
        let mut generator = ChaCha8Rng::from_seed(SEED);
        generator.set_stream(stream);
        Self(generator)
    }

    /// The draws of another seed than the example's.
    pub(super) fn of_seed(seed: u64, stream: u64) -> Self {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(stream);
        Self(generator)
    }

    /// A number from 0 to `limit - 1`; the bias of the multiplication is below 2^-40 for our limits.
    pub(super) fn below(&mut self, limit: u64) -> u64 {
        let product = u128::from(self.0.next_u64()) * u128::from(limit);
        (product >> 64) as u64
    }

    /// Whether something happens that happens `per_mille` times in a thousand.
    pub(super) fn happens(&mut self, per_mille: u64) -> bool {
        self.below(1000) < per_mille
    }

    pub(super) fn index(&mut self, length: usize) -> usize {
        self.below(length as u64) as usize
    }

    pub(super) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.index(items.len())]
    }

    /// The lower of two draws: the first items are picked most, as a few organisations have most contracts.
    pub(super) fn pick_early<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        let at = self.index(items.len()).min(self.index(items.len()));
        &items[at]
    }

    /// An index drawn in proportion to its weight.
    pub(super) fn weighted(&mut self, weights: &[u64]) -> usize {
        let mut at = self.below(weights.iter().sum());
        for (index, weight) in weights.iter().enumerate() {
            if at < *weight {
                return index;
            }
            at -= weight;
        }
        weights.len() - 1
    }

    /// An item drawn in proportion to its weight.
    pub(super) fn pick_weighted<T: Copy>(&mut self, items: &[(T, u64)]) -> T {
        let mut at = self.below(items.iter().map(|(_, weight)| weight).sum());
        for (item, weight) in items {
            if at < *weight {
                return *item;
            }
            at -= weight;
        }
        items[items.len() - 1].0
    }

    /// A weight with a heavy tail: two to a power that is nearly normal, `spread` sixteenths wide.
    pub(super) fn heavy(&mut self, spread: u64) -> u64 {
        let exponent: u64 = (0..12).map(|_| self.below(spread)).sum();
        let step = DOUBLING[(exponent % 16) as usize];
        step << (exponent / 16).min(46)
    }
}

/// Splits a total in proportion to weights, by largest remainder (最大余数法): the parts add up exactly.
///
/// Equal remainders go to the earlier part. Without any weight everything goes to the first part.
pub(super) fn split(total: i64, weights: &[u64]) -> Vec<i64> {
    let sum: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
    if sum == 0 {
        let mut parts = vec![0; weights.len()];
        if let Some(first) = parts.first_mut() {
            *first = total;
        }
        return parts;
    }
    let mut parts = Vec::with_capacity(weights.len());
    let mut remainders = Vec::with_capacity(weights.len());
    let mut left = total;
    for (index, weight) in weights.iter().enumerate() {
        let product = i128::from(total) * i128::from(*weight);
        let part = (product / sum) as i64;
        remainders.push((std::cmp::Reverse(product % sum), index));
        parts.push(part);
        left -= part;
    }
    remainders.sort_unstable();
    let rest = usize::try_from(left).expect("invariant: totals and weights are not negative");
    for (_, index) in remainders.into_iter().take(rest) {
        parts[index] += 1;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_is_the_same_on_every_machine() {
        let mut draw = Draw::of_stream(1);
        let drawn: Vec<u64> = (0..6).map(|_| draw.below(1_000_000)).collect();
        assert_eq!(drawn, [75_202, 770_402, 534_148, 187_682, 64_393, 223_757]);
    }

    #[test]
    fn parts_add_up_to_the_total() {
        assert_eq!(split(10, &[1, 1, 1]), [4, 3, 3]);
        assert_eq!(split(7, &[0, 0]), [7, 0]);
        assert_eq!(split(100, &[1, 2, 0, 4]), [14, 29, 0, 57]);
        let mut draw = Draw::of_stream(2);
        let weights: Vec<u64> = (0..5000).map(|_| draw.heavy(38)).collect();
        assert_eq!(
            split(i64::MAX / 4, &weights).iter().map(|part| i128::from(*part)).sum::<i128>(),
            i128::from(i64::MAX / 4)
        );
    }
}
