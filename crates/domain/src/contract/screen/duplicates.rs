//! Duplicates (重复): the same contract again, at the same registrar or another, or under other names.

use super::book::Entry;
use super::chance::BIT;
use super::kind::{Flag, Screen, Strength};
use super::look::{Look, close_range, fen, is_close};

/// Contracts with the same title that are compared one by one; a title of more is everybody's.
const SAME_TITLE_MAX: usize = 400;
/// The same pair's contracts of one title beyond which it is a standing order (每月检测).
const STANDING_MIN: usize = 4;

/// Nearer in time says no more: whoever copies does not do it on one day.
const TELLING_DAYS: u32 = 30;
/// Characters at the end of a title that say what kind of work it is.
const KIND_OF_WORK_CHARACTERS: usize = 12;

/// 重复登记 and 两地登记: the same two, the same matter, the same value, signed at about the same time.
pub(super) fn duplicate(look: Look<'_>) -> Option<Flag> {
    let parameters = &look.book.parameters.duplicates;
    let twins: Vec<u32> = near_titles(look, 85)
        .into_iter()
        .filter(|at| *at != look.at && look.is_same_pair(look.book.at(*at)))
        .collect();
    let is_copy = |at: &u32| {
        let other = look.book.at(*at);
        let is_same = other.value_fen == look.entry.value_fen && other.marks == look.entry.marks;
        let is_elsewhere = other.registrar != look.entry.registrar;
        let days = look.days_to(other);
        let is_near =
            days <= parameters.signed_days_max || (is_elsewhere && days <= parameters.near_days_max);
        let registered = look.entry.registered.abs_diff(other.registered);
        is_same && is_near && registered <= parameters.registered_days_max
    };
    let copies: Vec<u32> = twins.iter().copied().filter(is_copy).collect();
    let same_day = copies.iter().any(|at| look.book.at(*at).signed == look.entry.signed);
    // Monthly tests for one customer at one price are orders, not copies, unless signed on one day.
    if copies.is_empty() || (twins.len() + 1 >= STANDING_MIN && !same_day) {
        return None;
    }
    if is_standard(look)
        && !same_day
        && copies.iter().all(|at| look.book.at(*at).registrar == look.entry.registrar)
    {
        return None;
    }
    let elsewhere: Vec<u32> =
        copies.iter().copied().filter(|at| look.book.at(*at).registrar != look.entry.registrar).collect();
    let (screen, others) =
        if elsewhere.is_empty() { (Screen::Duplicate, copies) } else { (Screen::TwoRegistrars, elsewhere) };
    let strength = if same_day { Strength::Strong } else { Strength::Moderate };
    let place = if screen == Screen::TwoRegistrars {
        ("另一登记机构", "at another registrar")
    } else {
        ("另一编号下", "under another number")
    };
    let evidence = look.evidence(
        format!("双方、内容和成交额相同的合同在{}登记了 {} 份", place.0, others.len()),
        format!("{} contract(s) of the same parties, matter and value registered {}", others.len(), place.1),
        &others,
    );
    Some(look.flag(screen, strength, evidence))
}

/// 换名雷同: other parties, nearly the same title and price, and too unlikely for chance.
pub(super) fn near_duplicate(look: Look<'_>) -> Option<Flag> {
    let parameters = &look.book.parameters.duplicates;
    if !look.has_telling_title() || is_licence(look.entry) || is_standard(look) {
        return None;
    }
    let near = near_titles(look, look.book.parameters.text.similar_percent);
    let (mut copies, mut others) = (Vec::new(), 0_u64);
    for at in near.iter().copied().filter(|at| *at != look.at) {
        let other = look.book.at(at);
        if is_licence(other) {
            continue;
        }
        // What the pair itself orders again and again is said in everybody's words.
        if look.is_same_pair(other) {
            others += 1;
            continue;
        }
        let is_same_seller = other.seller.organisation == look.entry.seller.organisation;
        let is_near = look.days_to(other) <= parameters.near_days_max
            && other.marks == look.entry.marks
            && is_close(other.value_fen, look.entry.value_fen, parameters.near_value_percent);
        // One seller sells the same again to another, honestly: only a development made to order is asked about.
        let is_bespoke =
            !is_same_seller || (look.entry.root() == 1 && other.value_fen == look.entry.value_fen);
        if is_near && is_bespoke {
            copies.push(at);
        } else {
            others += 1;
        }
    }
    if copies.is_empty() {
        return None;
    }
    let nearest =
        copies.iter().map(|at| look.book.at(*at).value_fen.abs_diff(look.entry.value_fen)).min().unwrap_or(0);
    let are_equal = nearest == 0;
    // The closer the prices, the less likely by chance.
    let percent =
        u32::try_from(nearest * 100 / look.entry.value_fen.max(1).unsigned_abs()).unwrap_or(100) + 1;
    let (low, high) = close_range(look.entry.value_fen, percent.min(parameters.near_value_percent));
    let price = if are_equal {
        look.book.same_price_bits(look.entry.value_fen)
    } else {
        look.book.price_bits(low, high)
    };
    let days = copies.iter().map(|at| look.days_to(look.book.at(*at))).min().unwrap_or(0).max(TELLING_DAYS);
    let time = super::chance::bits(u64::from(days) * 2, 365 * 3);
    // How many write like this by chance: those found beside the copies, and everybody's habit.
    let crowd = super::chance::bits(others * 1000 + look.book.stems.crowding_permille().max(10), 1000 * 1000)
        - 10 * BIT;
    let further =
        BIT * i64::from(parameters.further_copy_bits) * i64::try_from((copies.len() - 1).min(2)).unwrap_or(0);
    let surprise = price + time + crowd + further;
    if surprise < i64::from(parameters.surprise_bits_min) * BIT {
        return None;
    }
    let evidence = look.evidence(
        format!(
            "另有 {} 份不同当事人的合同，内容近似、价格相差不超过 {}%",
            copies.len(),
            parameters.near_value_percent
        ),
        format!(
            "{} contract(s) of other parties have nearly the same title and a price within {} %",
            copies.len(),
            parameters.near_value_percent
        ),
        &copies,
    );
    let strength = if are_equal { Strength::Strong } else { Strength::Moderate };
    Some(look.flag(Screen::NearDuplicate, strength, evidence))
}

/// Contracts whose titles are so near; none where everybody writes so.
pub(super) fn near_titles(look: Look<'_>, percent_min: u32) -> Vec<u32> {
    let near = look.book.stems.near(look.entry.stem, percent_min);
    let mut found = Vec::new();
    for (stem, _) in near.stems {
        let contracts = &look.book.by_stem[stem as usize];
        if contracts.len() > SAME_TITLE_MAX {
            return Vec::new();
        }
        found.extend_from_slice(contracts);
    }
    found
}

/// Whether the title says standard work, which many buy in the same words.
pub(super) fn is_standard(look: Look<'_>) -> bool {
    let title = &look.book.titles[look.entry.whole as usize];
    let tail = title.char_indices().rev().nth(KIND_OF_WORK_CHARACTERS - 1).map_or(0, |(at, _)| at);
    let title = &title[tail..];
    look.entry.root() != 1
        && look.entry.value_fen <= fen(look.book.parameters.serial.standard_value_yuan_max)
        && look.book.parameters.serial.excuses.iter().any(|word| title.contains(word.as_str()))
}

/// Whether a contract licenses: one right to many, honestly.
pub(super) fn is_licence(entry: &Entry) -> bool {
    entry.root() == 3 || &*entry.contract_type == "29"
}
