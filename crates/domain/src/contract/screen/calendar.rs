//! Days (时间): year-end bursts, contracts signed long before, terms too short.

use super::book::{is_expired, term_days};
use super::chance::{self, BIT};
use super::kind::{Flag, Screen, Strength};
use super::look::{Look, fen};

/// Contracts of a registrar's year from which its burst is asked about, times those of a seller.
const REGISTRAR_TIMES: u64 = 4;
/// Contracts of others in the year without which nobody knows what is usual.
const OTHERS_MIN: u64 = 100;
/// Types that are delivered at once: training and brokerage.
const AT_ONCE: [&str; 2] = ["52", "53"];

/// 年末突击: the seller's or the registrar's year lies in its last days, beyond everybody's peak.
pub(super) fn year_end_burst(look: Look<'_>) -> Option<Flag> {
    let parameters = &look.book.parameters.calendar;
    if !look.book.is_year_end(look.entry.registered_on) {
        return None;
    }
    let year = look.entry.registered_on.year();
    let (all, all_late) = look.book.years.get(&year).copied().unwrap_or_default();
    let own: Vec<u32> = look
        .book
        .organisation(look.entry.seller.organisation)
        .sells
        .iter()
        .copied()
        .filter(|at| look.book.at(*at).registered_on.year() == year)
        .collect();
    let burst: Vec<u32> =
        own.iter().copied().filter(|at| look.book.is_year_end(look.book.at(*at).registered_on)).collect();
    let registrar = look.book.by_registrar.get(&(look.entry.registrar, year)).copied().unwrap_or_default();
    let least = u64::from(parameters.year_end_contracts_min);
    let tries = [
        ((own.len() as u64, burst.len() as u64), least, "卖方", "the seller"),
        (registrar, least * REGISTRAR_TIMES, "登记机构", "the registrar"),
    ];
    for ((count, late), least, who_zh, who_en) in tries {
        // Against the others, and never less than one in twelve: a month's share is nobody's fault.
        let others = (all - count) + 12;
        let habit = (all_late - late) + 1 + (all - count) / 12 / 3;
        let is_most = late * 100 >= count * u64::from(parameters.year_end_percent_min);
        let excess = chance::excess_bits(late, count, habit, others);
        let is_everybody = all - count < OTHERS_MIN;
        if is_everybody || late < least || !is_most || excess < i64::from(parameters.year_end_bits_min) * BIT
        {
            continue;
        }
        let evidence = look.evidence(
            format!("{who_zh}全年 {count} 份合同中有 {late} 份在最后 {} 天登记，远高于全体", parameters.year_end_days),
            format!("{late} of {count} contracts of {who_en} were registered in the last {} days of the year, far more than of all", parameters.year_end_days),
            &burst,
        );
        return Some(look.flag(Screen::YearEndBurst, Strength::Moderate, evidence));
    }
    None
}

/// 逾期补登: signed long before, or over when it was registered.
pub(super) fn late_registration(look: Look<'_>) -> Option<Flag> {
    let parameters = &look.book.parameters.calendar;
    if !look.entry.is_signed {
        return None;
    }
    let gap = i64::from(look.entry.registered) - i64::from(look.entry.signed);
    let is_over = is_expired(look.entry, parameters.expired_days)
        && look.entry.value_fen >= fen(parameters.short_value_yuan_min)
        && !is_habit(look.book.expired, look.book.len() as u64, parameters.habit_permille);
    let later = look.book.gaps.between(gap, i64::MAX);
    let is_long = gap >= i64::from(parameters.late_days)
        && !is_habit(u64::from(later), look.book.len() as u64, parameters.habit_permille)
        && !has_hardly_begun(look, gap);
    if !is_over && !is_long {
        return None;
    }
    let (zh, en) = if is_over {
        ("，登记时合同已过有效期", ", and its term was over when it was registered")
    } else {
        ("", "")
    };
    let evidence = look.evidence(
        format!("签订 {gap} 天后才登记{zh}"),
        format!("registered {gap} days after it was signed{en}"),
        &[],
    );
    let strength = if is_over { Strength::Strong } else { Strength::Moderate };
    Some(look.flag(Screen::LateRegistration, strength, evidence))
}

/// Whether a long contract had most of its term before it.
fn has_hardly_begun(look: Look<'_>, gap: i64) -> bool {
    term_days(look.entry)
        .is_some_and(|days| gap * 100 <= days * i64::from(look.book.parameters.calendar.late_term_percent))
}

/// 期限过短: work of such value within days.
pub(super) fn short_term(look: Look<'_>) -> Option<Flag> {
    let parameters = &look.book.parameters.calendar;
    let days = term_days(look.entry)?;
    let limit = match look.entry.root() {
        // A right changes hands in a day.
        2 | 3 => return None,
        1 => parameters.development_days,
        _ => parameters.other_days,
    };
    let terms = look.book.terms.get(&look.entry.root())?;
    if days > i64::from(limit)
        || look.entry.value_fen < fen(parameters.short_value_yuan_min)
        || AT_ONCE.contains(&&*look.entry.contract_type)
        || is_habit(u64::from(terms.between(1, days)), u64::from(terms.total()), parameters.habit_permille)
    {
        return None;
    }
    let evidence =
        look.evidence(format!("有效期只有 {days} 天"), format!("the term lasts {days} day(s) only"), &[]);
    Some(look.flag(Screen::ShortTerm, Strength::Moderate, evidence))
}

/// Whether so many do it that it is a habit; a few contracts make none.
fn is_habit(count: u64, all: u64, permille: u32) -> bool {
    count > 10 && count * 1000 > all * u64::from(permille)
}
