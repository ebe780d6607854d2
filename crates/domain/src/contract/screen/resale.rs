//! Bought and sold on (过手转卖): a party in between that adds nothing.

use super::book::Entry;
use super::chance::{self, BIT};
use super::kind::{Flag, Screen, Strength};
use super::look::{Look, close_range, is_close};

/// Contracts of one side within the days beyond which it is a dealer with a business of its own.
const DEALS_MAX: usize = 60;
/// What a common matter of the two contracts carries, in bits: one in a hundred titles shares half of another.
const MATTER_BITS: i64 = 7;
/// Share of the shorter title from which both are about the same.
const MATTER_PERCENT: u32 = 55;

/// 过手转卖: asked of both contracts, the purchase and the resale.
pub(super) fn pass_through(look: Look<'_>) -> Option<Flag> {
    let parameters = &look.book.parameters.resale;
    let days = i32::try_from(parameters.days_max).unwrap_or(i32::MAX / 4);
    let signed = look.entry.signed;
    let after = look.book.sold_between(look.entry.buyer.organisation, signed, signed + days);
    let before = look.book.bought_between(look.entry.seller.organisation, signed - days, signed);
    let mut best: Option<(i64, u32)> = None;
    for (deals, is_resale) in [(after, true), (before, false)] {
        if deals.len() > DEALS_MAX {
            continue;
        }
        for at in deals {
            let other = look.book.at(*at);
            let (first, second) = if is_resale { (look.entry, other) } else { (other, look.entry) };
            if *at == look.at || !is_passed_on(first, second, parameters.value_percent) {
                continue;
            }
            let surprise = surprise_of(look, other, deals.len());
            let is_better = best.is_none_or(|(known, known_at)| {
                (surprise, &look.book.at(known_at).number) > (known, &other.number)
            });
            if is_better {
                best = Some((surprise, *at));
            }
        }
    }
    let (surprise, other) = best?;
    if surprise < i64::from(parameters.surprise_bits_min) * BIT {
        return None;
    }
    let between = look.days_to(look.book.at(other));
    let evidence = look.evidence(
        format!("中间方买入后 {between} 天即以相差不超过 {}% 的价格转卖", parameters.value_percent),
        format!(
            "the party in between sold it on after {between} days at a price within {} %",
            parameters.value_percent
        ),
        &[other],
    );
    let strength = if surprise >= i64::from(parameters.surprise_bits_min + 4) * BIT {
        Strength::Strong
    } else {
        Strength::Moderate
    };
    Some(look.flag(Screen::PassThrough, strength, evidence))
}

fn is_passed_on(first: &Entry, second: &Entry, percent: u32) -> bool {
    first.buyer.organisation == second.seller.organisation
        && first.seller.organisation != second.buyer.organisation
        && first.seller.organisation != first.buyer.organisation
        && second.seller.organisation != second.buyer.organisation
        && is_close(first.value_fen, second.value_fen, percent)
}

fn surprise_of(look: Look<'_>, other: &Entry, deals: usize) -> i64 {
    let parameters = &look.book.parameters.resale;
    let difference = look.entry.value_fen.abs_diff(other.value_fen);
    // The closer the prices, the less likely by chance.
    let percent = u32::try_from(difference * 100 / look.entry.value_fen.max(1).unsigned_abs()).unwrap_or(100);
    let (low, high) = close_range(look.entry.value_fen, (percent + 1).min(parameters.value_percent));
    let price = if difference == 0 {
        look.book.same_price_bits(look.entry.value_fen)
    } else {
        look.book.price_bits(low, high)
    };
    let days = look.days_to(other).max(1);
    let time = chance::bits(u64::from(days), u64::from(parameters.days_max));
    let is_same_matter = look.has_telling_title()
        && look.book.stems.containment(look.entry.stem, other.stem) >= MATTER_PERCENT;
    price + time + if is_same_matter { MATTER_BITS * BIT } else { 0 } - chance::log2(deals as u64)
}
