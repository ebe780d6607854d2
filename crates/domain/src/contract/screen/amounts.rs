//! Amounts (金额): series of round sums, prices far outside their type and field.

use super::book::significant_digits;
use super::chance::{self, BIT, Spread};
use super::kind::{Flag, Screen, Strength};
use super::look::{Look, yuan};

/// Steps of one doubling on the scale of a [`Spread`].
const STEPS: u64 = 64;
/// Points of the upper half of a spread, in thousandths, with the normal deviations at which they lie, in thousandths.
const UPPER: [(u32, u64); 4] = [(750, 674), (900, 1282), (975, 1960), (990, 2326)];

/// Contracts above a point of the spread without which it is only noise.
const POINTS_ABOVE_MIN: u32 = 10;

/// 整数成串: a seller's sums are round far beyond everybody's habit.
pub(super) fn round_amounts(look: Look<'_>) -> Option<Flag> {
    let parameters = &look.book.parameters.amounts;
    let days = i32::try_from(parameters.round_days / 2).unwrap_or(i32::MAX / 4);
    let signed = look.entry.signed;
    let mut series: Vec<u32> =
        look.book.sold_between(look.entry.seller.organisation, signed - days, signed + days).to_vec();
    // One title counts once: a price list or a monthly order is no series.
    series.sort_unstable_by_key(|at| (look.book.at(*at).stem, *at != look.at, &look.book.at(*at).number));
    series.dedup_by_key(|at| look.book.at(*at).stem);
    if series.len() < parameters.round_contracts_min as usize {
        return None;
    }
    let own = significant_digits(look.entry.value_fen);
    for level in 1..=2_u32 {
        let round: Vec<u32> = series
            .iter()
            .copied()
            .filter(|at| significant_digits(look.book.at(*at).value_fen) <= level)
            .collect();
        let is_most = round.len() * 100 >= series.len() * parameters.round_percent_min as usize;
        if own > level || !is_most || round.len() < parameters.round_contracts_min as usize {
            continue;
        }
        // Everybody else's habit, and never less than one in twenty: a small book knows no habit.
        let others = (look.book.len() as u64).saturating_sub(series.len() as u64) + 100;
        let habit = look.book.round[level as usize - 1].saturating_sub(round.len() as u64) + 5;
        let excess = chance::excess_bits(round.len() as u64, series.len() as u64, habit, others);
        if excess < i64::from(parameters.round_bits_min) * BIT {
            continue;
        }
        let evidence = look.evidence(
            format!("该卖方一年内 {} 份合同中有 {} 份为整数金额，远多于一般习惯", series.len(), round.len()),
            format!(
                "{} of the seller's {} contracts within a year have round sums, far more than is usual",
                round.len(),
                series.len()
            ),
            &round,
        );
        return Some(look.flag(Screen::RoundAmounts, Strength::Moderate, evidence));
    }
    None
}

/// 价格畸高: so many robust deviations above the median of the type and field.
pub(super) fn price_outlier(look: Look<'_>) -> Option<Flag> {
    let parameters = &look.book.parameters.amounts;
    let spread = look.book.groups.get(&look.entry.group)?;
    if spread.total() < parameters.outlier_group_min {
        return None;
    }
    let own = Spread::place(look.entry.value_fen) as u64;
    let median = spread.quantile(500) as u64;
    let above = own.checked_sub(median)?;
    // The widest guess counts: prices have long tails, and one outlier must not hide another.
    let deviation = UPPER
        .iter()
        .filter(|(permille, _)| spread.total() * (1000 - permille) / 1000 >= POINTS_ABOVE_MIN)
        .map(|(permille, normal)| (spread.quantile(*permille) as u64).saturating_sub(median) * 1000 / normal)
        .max()
        .unwrap_or(0)
        .max(STEPS / 4);
    let times =
        chance::log2(u64::from(parameters.outlier_times_min)).unsigned_abs() * STEPS / BIT.unsigned_abs();
    if above * 10 < deviation * u64::from(parameters.outlier_deviations_tenths) || above < times {
        return None;
    }
    let doublings = above / STEPS;
    let evidence = look.evidence(
        format!(
            "成交额 {} 元，是同类型同领域 {} 份合同中位数的 {} 倍以上",
            yuan(look.entry.value_fen),
            spread.total(),
            1_u64 << doublings.min(62)
        ),
        format!(
            "{} yuan, more than {} times the median of {} contracts of the same type and field",
            yuan(look.entry.value_fen),
            1_u64 << doublings.min(62),
            spread.total()
        ),
        &[],
    );
    Some(look.flag(Screen::PriceOutlier, Strength::Moderate, evidence))
}
