//! Circular deals (循环交易): technology that comes back to whoever sold it, for about the same money.

use super::chance::{self, BIT};
use super::kind::{Flag, Screen, Strength};
use super::look::{Look, close_range, is_close};

/// Contracts of one organisation within the window beyond which nothing is followed through it.
const DEALS_MAX: usize = 400;
/// Contracts followed for one question.
const STEPS_MAX: usize = 4_000;
/// Contracts of a pair in both directions that are looked at.
const PAIR_MAX: usize = 200;

/// 互相对开, 三方循环, 多方循环: the shortest circle through this contract.
pub(super) fn circle(look: Look<'_>) -> Option<Flag> {
    let parameters = &look.book.parameters.circles;
    let seller = look.entry.seller.organisation;
    if seller == look.entry.buyer.organisation {
        return None;
    }
    let share =
        chance::bits(look.book.organisation(seller).buys.len() as u64, look.book.reckoned_contracts());
    if look.book.organisation(seller).buys.is_empty() {
        return None;
    }
    let (low, high) = close_range(look.entry.value_fen, parameters.value_percent);
    let price = look.book.price_bits(low, high);
    for parties in 2..=parameters.parties_max as usize {
        let mut search = Search { look, price, steps: 0, path: vec![look.at], best: None };
        search.follow(look.entry.buyer.organisation, parties - 1, 0);
        let Some((surprise, path)) = search.best else { continue };
        if surprise + share < i64::from(parameters.surprise_bits_min) * BIT {
            // What the shortest circle does not prove, a longer one proves less.
            return None;
        }
        let screen = match parties {
            2 => Screen::CircleTwo,
            3 => Screen::CircleThree,
            _ => Screen::CircleMany,
        };
        let evidence = look.evidence(
            format!(
                "{} 方在 {} 天内的合同首尾相接，金额相差不超过 {}%",
                parties, parameters.window_days, parameters.value_percent
            ),
            format!(
                "contracts of {} parties within {} days form a circle, amounts within {} %",
                parties, parameters.window_days, parameters.value_percent
            ),
            &path,
        );
        return Some(look.flag(screen, Strength::Strong, evidence));
    }
    None
}

/// Looks for a way back to the seller.
struct Search<'a> {
    look: Look<'a>,
    price: i64,
    steps: usize,
    path: Vec<u32>,
    best: Option<(i64, Vec<u32>)>,
}

impl Search<'_> {
    /// Follows what an organisation sold; `surprise` is what the way so far carries.
    fn follow(&mut self, from: u32, left: usize, surprise: i64) {
        let parameters = &self.look.book.parameters.circles;
        let days = i32::try_from(parameters.window_days).unwrap_or(i32::MAX / 4);
        let signed = self.look.entry.signed;
        let deals = self.look.book.sold_between(from, signed - days, signed + days);
        if deals.is_empty() || deals.len() > DEALS_MAX {
            return;
        }
        let here = surprise + self.price - chance::log2(deals.len() as u64);
        let mut deals: Vec<u32> = deals.to_vec();
        deals.sort_unstable_by_key(|at| (self.look.book.at(*at).signed, &self.look.book.at(*at).number));
        for at in deals {
            self.steps += 1;
            if self.steps > STEPS_MAX {
                return;
            }
            let deal = self.look.book.at(at);
            let to = deal.buyer.organisation;
            if !is_close(deal.value_fen, self.look.entry.value_fen, parameters.value_percent) || to == from {
                continue;
            }
            if left == 1 {
                if to == self.look.entry.seller.organisation
                    && self.best.as_ref().is_none_or(|(known, _)| here > *known)
                {
                    let mut path = self.path.clone();
                    path.push(at);
                    self.best = Some((here, path));
                }
                continue;
            }
            let is_met = to == self.look.entry.seller.organisation
                || self.path.iter().any(|met| self.look.book.at(*met).buyer.organisation == to);
            if !is_met {
                self.path.push(at);
                self.follow(to, left - 1, here);
                self.path.pop();
            }
        }
    }
}

/// 跨区往返: a pair of two cities that takes turns.
pub(super) fn back_and_forth(look: Look<'_>) -> Option<Flag> {
    let parameters = &look.book.parameters.circles;
    let (seller, buyer) = (look.entry.seller.organisation, look.entry.buyer.organisation);
    let is_across = look.entry.seller.city != look.entry.buyer.city;
    if seller == buyer || !is_across {
        return None;
    }
    let days = i32::try_from(parameters.turns_days).unwrap_or(i32::MAX / 4);
    let (from, to) = (look.entry.signed - days, look.entry.signed + days);
    let there = deals_of(look, seller, buyer, from, to);
    let back = deals_of(look, buyer, seller, from, to);
    if there.len() + back.len() > PAIR_MAX || back.is_empty() {
        return None;
    }
    let mut all: Vec<u32> = there.into_iter().chain(back).collect();
    all.sort_unstable_by_key(|at| {
        (look.book.at(*at).signed, look.book.at(*at).registered, &look.book.at(*at).number)
    });
    let turns = all
        .windows(2)
        .filter(|pair| look.book.at(pair[0]).seller.organisation != look.book.at(pair[1]).seller.organisation)
        .count();
    if turns < parameters.turns_min as usize {
        return None;
    }
    let evidence = look.evidence(
        format!("两地的这一对单位前后 {} 份合同，买卖方向变换 {turns} 次", all.len()),
        format!("{} contracts of this pair of two regions, the direction turned {turns} times", all.len()),
        &all,
    );
    Some(look.flag(Screen::BackAndForth, Strength::Strong, evidence))
}

fn deals_of(look: Look<'_>, seller: u32, buyer: u32, from: i32, to: i32) -> Vec<u32> {
    let sold = look.book.sold_between(seller, from, to);
    let bought = look.book.bought_between(buyer, from, to);
    let fewer = if sold.len() <= bought.len() { sold } else { bought };
    let is_deal = |at: &&u32| {
        let deal = look.book.at(**at);
        deal.seller.organisation == seller && deal.buyer.organisation == buyer
    };
    fewer.iter().filter(is_deal).copied().collect()
}
