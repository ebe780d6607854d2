//! Amounts of single contracts that add up exactly to the amounts of a table.

use super::draw::{Draw, split};

/// Contracts are priced in hundreds of yuan.
pub(super) const UNIT_FEN: i64 = 10_000;
/// No contract is smaller than this, where the total allows it: 2,000 yuan.
const UNITS_MIN: i64 = 20;

/// Contract values (成交额) in units, few of them large, that add up to `total`.
///
/// Most people agree on round sums: all but the largest have two or three significant digits.
pub(super) fn contract_values(draw: &mut Draw, total: i64, count: usize, spread: u64) -> Vec<i64> {
    if count == 0 {
        return Vec::new();
    }
    let least = UNITS_MIN.min(total / 2 / count as i64);
    let weights: Vec<u64> = (0..count).map(|_| draw.heavy(spread)).collect();
    let mut exact = split(total - least * count as i64, &weights);
    for value in &mut exact {
        *value += least;
    }
    let largest = (0..count).max_by_key(|at| exact[*at]).expect("invariant: there is at least one");
    let round: Vec<i64> =
        exact.iter().map(|value| rounded(*value, if draw.happens(600) { 2 } else { 3 })).collect();
    let others: i64 = round.iter().sum::<i64>() - round[largest];
    let rest = total - others;
    if rest < exact[largest] / 2 {
        return exact;
    }
    let mut values = round;
    values[largest] = rest;
    values
}

/// The value with so many significant digits, to the nearest; never zero for what is not zero.
fn rounded(value: i64, digits: u32) -> i64 {
    let mut step = 1;
    while value / step >= 10_i64.pow(digits) {
        step *= 10;
    }
    (value + step / 2) / step * step
}

/// Technology values (技术交易额) that add up to `total`, each between nothing and its contract value.
///
/// Most contracts are technology altogether; what is equipment and material sits in the large ones.
pub(super) fn technology_values(draw: &mut Draw, contract_values: &[i64], total: i64) -> Vec<i64> {
    let mut values: Vec<i64> = contract_values
        .iter()
        .map(|value| {
            if draw.happens(650) {
                *value
            } else {
                rounded(value * (300 + draw.below(600) as i64) / 1000, 2).min(*value)
            }
        })
        .collect();
    let excess = values.iter().sum::<i64>() - total;
    if excess > 0 {
        let mut order: Vec<usize> = (0..values.len()).collect();
        order.sort_by_key(|at| (std::cmp::Reverse(contract_values[*at]), *at));
        let quarter = order.len() / 4;
        let large: i64 = order[..quarter].iter().map(|at| values[*at]).sum();
        // A tenth stays, so that no large contract is left without any technology.
        let chosen = if excess < large / 10 * 9 { &order[..quarter] } else { &order[..] };
        let weights: Vec<u64> = chosen.iter().map(|at| values[*at] as u64).collect();
        for (at, cut) in chosen.iter().zip(split(excess, &weights)) {
            values[*at] -= cut;
        }
    } else {
        let room: Vec<u64> =
            contract_values.iter().zip(&values).map(|(most, value)| (most - value) as u64).collect();
        for (value, more) in values.iter_mut().zip(split(-excess, &room)) {
            *value += more;
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contract_and_technology_values_add_up_and_stay_in_their_bounds() {
        let mut draw = Draw::of_stream(9);
        for (total, technology, count) in [
            (67_116_485, 18_026_138, 1350),
            (5_000, 4_999, 1),
            (1_000, 0, 7),
            (300, 300, 300),
            (9_999_999, 9_000_000, 40),
        ] {
            let values = contract_values(&mut draw, total, count, 38);
            assert_eq!(values.iter().sum::<i64>(), total);
            assert!(values.iter().all(|value| *value >= 0));
            let technology_values = technology_values(&mut draw, &values, technology);
            assert_eq!(technology_values.iter().sum::<i64>(), technology);
            assert!(technology_values.iter().zip(&values).all(|(part, whole)| 0 <= *part && part <= whole));
        }
    }
}
