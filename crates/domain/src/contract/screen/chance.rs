//! How surprising something is, in bits, without floating point: the same on every machine.
//!
//! What happens by chance once in 2^n times carries n bits (惊讶度). Bits of independent findings add up.

/// One bit in the fixed-point numbers of this module.
pub const BIT: i64 = 1 << 16;
/// Steps of one doubling in a [`Spread`].
const STEPS: u32 = 64;
/// Doublings of a [`Spread`]: all that an amount in fen can be.
const DOUBLINGS: u32 = 64;

/// The binary logarithm of a number, in sixteenths of a thousand ([`BIT`]); of nothing it is that of one.
#[must_use]
pub fn log2(number: u64) -> i64 {
    let number = number.max(1);
    let whole = 63 - number.leading_zeros();
    // The mantissa with 31 bits behind the point, in [1, 2).
    let mut mantissa = if whole >= 31 { number >> (whole - 31) } else { number << (31 - whole) };
    let mut fraction = 0;
    for _ in 0..16 {
        mantissa = (mantissa * mantissa) >> 31;
        fraction <<= 1;
        if mantissa >= 1 << 32 {
            mantissa >>= 1;
            fraction |= 1;
        }
    }
    i64::from(whole) * BIT + fraction
}

/// The bits of a chance of `part` in `whole`; a sure thing carries none.
#[must_use]
pub fn bits(part: u64, whole: u64) -> i64 {
    (log2(whole) - log2(part)).max(0)
}

/// How far `happened` of `tries` lies above the habit of `part` in `whole`, in bits (Chernoff's bound).
///
/// Nothing where it does not lie above it.
#[must_use]
pub fn excess_bits(happened: u64, tries: u64, part: u64, whole: u64) -> i64 {
    let (part, whole) = (part.max(1), whole.max(2));
    if tries == 0
        || part >= whole
        || u128::from(happened) * u128::from(whole) <= u128::from(tries) * u128::from(part)
    {
        return 0;
    }
    let term = |count: u64, share: u64| -> i64 {
        let count_bits = i64::try_from(count).unwrap_or(i64::MAX / (64 * BIT));
        count_bits * (log2(count) - log2(tries) - log2(share) + log2(whole))
    };
    let rest = tries - happened;
    term(happened, part) + if rest == 0 { 0 } else { term(rest, whole - part) }
}

/// How numbers are spread on a logarithmic scale, 1 % apart.
#[derive(Clone, Debug, Default)]
pub struct Spread {
    counts: Vec<u32>,
    total: u32,
}

impl Spread {
    /// The place of a number on the scale.
    #[must_use]
    pub fn place(number: i64) -> usize {
        let log = log2(number.max(1).unsigned_abs());
        usize::try_from(log * i64::from(STEPS) / BIT).expect("invariant: a logarithm of one and more")
    }

    /// Counts a number in.
    pub fn add(&mut self, number: i64) {
        let place = Self::place(number);
        if self.counts.is_empty() {
            self.counts = vec![0; (STEPS * DOUBLINGS) as usize];
        }
        self.counts[place] += 1;
        self.total += 1;
    }

    /// Takes a number that was counted in out again.
    pub fn remove(&mut self, number: i64) {
        self.counts[Self::place(number)] -= 1;
        self.total -= 1;
    }

    /// How many were counted in.
    #[must_use]
    pub const fn total(&self) -> u32 {
        self.total
    }

    /// How many lie from `low` to `high`, as far as the scale tells them apart.
    #[must_use]
    pub fn between(&self, low: i64, high: i64) -> u32 {
        let (low, high) = (Self::place(low), Self::place(high));
        self.counts
            .get(low..=high.min(self.counts.len().saturating_sub(1)))
            .map_or(0, |part| part.iter().sum())
    }

    /// The place below which so many of a thousand lie.
    #[must_use]
    pub fn quantile(&self, permille: u32) -> usize {
        let wanted = u64::from(self.total) * u64::from(permille) / 1000;
        let mut below = 0;
        for (place, count) in self.counts.iter().enumerate() {
            below += u64::from(*count);
            if below > wanted {
                return place;
            }
        }
        self.counts.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logarithm_is_right_to_four_digits() {
        assert_eq!(log2(1), 0);
        assert_eq!(log2(1024), 10 * BIT);
        assert!((log2(3) - 103_872).abs() <= 2, "{}", log2(3));
        assert!((log2(10_000_000) - 1_523_941).abs() <= 4, "{}", log2(10_000_000));
    }

    #[test]
    fn ten_of_ten_at_a_habit_of_one_in_four_are_twenty_bits() {
        assert_eq!(excess_bits(10, 10, 1, 4), 20 * BIT);
        assert_eq!(excess_bits(2, 10, 1, 4), 0);
        assert!(excess_bits(40, 100, 1, 4) > excess_bits(30, 100, 1, 4));
    }

    #[test]
    fn quantiles_are_those_of_the_numbers_to_a_hundredth() {
        let mut spread = Spread::default();
        for number in 1..=1000 {
            spread.add(number * 1000);
        }
        assert_eq!(spread.quantile(500), Spread::place(501_000));
        assert!((100..=104).contains(&spread.between(200_000, 300_000)));
    }
}
