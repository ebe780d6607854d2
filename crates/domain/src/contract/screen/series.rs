//! One text sold to many (批量雷同), and one right assigned more than once (一权多卖).

use super::duplicates::{is_licence, is_standard, near_titles};
use super::kind::{Flag, Screen, Strength};
use super::look::{Look, is_close};

/// First digit of a development's type: made to order, by definition.
const DEVELOPMENT: u8 = 1;
/// Standard work is sold to so many times more buyers before anybody asks.
const STANDARD_TIMES: usize = 2;

/// 批量雷同: one seller, many buyers, one text, similar prices.
pub(super) fn serial_text(look: Look<'_>) -> Option<Flag> {
    let parameters = &look.book.parameters.serial;
    if is_licence(look.entry) || is_standard(look) {
        return None;
    }
    let mut series: Vec<u32> = near_titles(look, look.book.parameters.text.similar_percent)
        .into_iter()
        .filter(|at| {
            let other = look.book.at(*at);
            other.seller.organisation == look.entry.seller.organisation
                && look.days_to(other) <= parameters.window_days
                && is_close(other.value_fen, look.entry.value_fen, parameters.value_percent)
        })
        .collect();
    series.sort_unstable();
    let mut buyers: Vec<u32> = series.iter().map(|at| look.book.at(*at).buyer.organisation).collect();
    buyers.sort_unstable();
    buyers.dedup();
    let seller = look.book.organisation(look.entry.seller.organisation);
    let is_bespoke = look.entry.root() == DEVELOPMENT || seller.is_company;
    let needed = parameters.buyers_min as usize * if is_bespoke { 1 } else { STANDARD_TIMES };
    if buyers.len() < needed || !look.has_telling_title() {
        return None;
    }
    let evidence = look.evidence(
        format!("该卖方 {} 天内以近似文本、相近价格与 {} 个买方签约", parameters.window_days, buyers.len()),
        format!(
            "the seller signed nearly the same text at similar prices with {} buyers within {} days",
            buyers.len(),
            parameters.window_days
        ),
        &series,
    );
    let strength = if look.entry.root() == DEVELOPMENT { Strength::Strong } else { Strength::Moderate };
    Some(look.flag(Screen::SerialText, strength, evidence))
}

/// 一权多卖: the same patent, or the same named right of one seller, assigned to two.
pub(super) fn assigned_twice(look: Look<'_>) -> Option<Flag> {
    if !matches!(&*look.entry.contract_type, "2" | "21" | "22" | "23") {
        return None;
    }
    let mut same: Vec<u32> = Vec::new();
    for patent in &look.entry.patents {
        same.extend(look.book.by_patent[*patent as usize].iter().copied());
    }
    let is_known_by_number = !same.is_empty();
    if !is_known_by_number {
        same = look
            .book
            .sold_between(look.entry.seller.organisation, i32::MIN, i32::MAX)
            .iter()
            .copied()
            .filter(|at| {
                let other = look.book.at(*at);
                other.whole == look.entry.whole && other.contract_type == look.entry.contract_type
            })
            .collect();
        // Know-how may be passed on to many; a patent has one owner.
        if !matches!(&*look.entry.contract_type, "21" | "22") {
            return None;
        }
        // A title without a name of its own (专利权转让) tells no right from another.
        if look.book.stems.characters(look.entry.stem) < 2 * look.book.parameters.text.characters_min {
            return None;
        }
    }
    let twice: Vec<u32> = same
        .into_iter()
        .filter(|at| {
            let other = look.book.at(*at);
            let is_other_buyer = other.buyer.organisation != look.entry.buyer.organisation;
            // Whoever bought it may sell it.
            let is_chain = other.seller.organisation == look.entry.buyer.organisation
                || other.buyer.organisation == look.entry.seller.organisation;
            *at != look.at && is_other_buyer && !is_chain
        })
        .collect();
    if twice.is_empty() {
        return None;
    }
    let evidence = look.evidence(
        format!("同一权利另有 {} 份转让合同，受让方不同", twice.len()),
        format!("{} other contract(s) assign the same right to somebody else", twice.len()),
        &twice,
    );
    let strength = if is_known_by_number { Strength::Strong } else { Strength::Moderate };
    Some(look.flag(Screen::AssignedTwice, strength, evidence))
}
