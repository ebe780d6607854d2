//! Splitting (拆分): one project in several contracts, below the threshold of the expert review or simply in parts.

use super::book::Entry;
use super::duplicates::is_standard;
use super::kind::{Flag, Screen, Strength};
use super::look::{Look, fen, yuan};

/// Contracts of one pair that are looked at around one of them; more of them are no parts but a standing business.
const PAIR_MAX: usize = 60;

/// Parts share half of their titles' pairs besides most of the shorter title.
const PART_ALIKE_PERCENT: u32 = 50;

/// 拆分避审: below the threshold each, above it together, and of one project or just below it.
pub(super) fn split_review(look: Look<'_>) -> Option<Flag> {
    let parameters = &look.book.parameters.splitting;
    let threshold = look.entry.review_fen?;
    if look.entry.technology_fen >= threshold {
        return None;
    }
    let near: Vec<u32> = pair_within(look, parameters.window_days)
        .into_iter()
        .filter(|at| look.book.at(*at).technology_fen < threshold)
        .collect();
    let related: Vec<u32> = near.iter().copied().filter(|at| is_part(look, *at)).collect();
    let close = threshold / 100 * i64::from(parameters.close_percent);
    let are_close = |at: &&u32| look.book.at(**at).technology_fen >= close;
    let just_below: Vec<u32> = near.iter().filter(are_close).copied().collect();
    let is_just_below = just_below.contains(&look.at);
    for (parts, strength) in [(related, Strength::Strong), (just_below, Strength::Moderate)] {
        let sum: i64 = parts.iter().map(|at| look.book.at(*at).technology_fen).sum();
        let holds = parts.len() >= 2 && sum >= threshold && (strength == Strength::Strong || is_just_below);
        if holds && !is_framework(look, &parts) {
            let evidence = look.evidence(
                format!(
                    "同一买卖双方 {} 天内签订 {} 份合同，技术交易额各低于 {} 元，合计 {} 元",
                    parameters.window_days,
                    parts.len(),
                    yuan(threshold),
                    yuan(sum)
                ),
                format!(
                    "the same two signed {} contracts within {} days, each below {} yuan of technology value, {} yuan together",
                    parts.len(),
                    parameters.window_days,
                    yuan(threshold),
                    yuan(sum)
                ),
                &parts,
            );
            return Some(look.flag(Screen::SplitReview, strength, evidence));
        }
    }
    None
}

/// 项目拆分: the same project in parts within days, whatever the threshold.
pub(super) fn split_parts(look: Look<'_>) -> Option<Flag> {
    let parameters = &look.book.parameters.splitting;
    let parts: Vec<u32> = pair_within(look, parameters.parts_window_days)
        .into_iter()
        .filter(|at| {
            let other = look.book.at(*at);
            let alike = look.book.stems.similarity(look.entry.stem, other.stem);
            alike >= PART_ALIKE_PERCENT && is_part(look, *at)
        })
        .collect();
    let sum: i64 = parts.iter().map(|at| look.book.at(*at).value_fen).sum();
    let differ = parts.iter().any(|at| {
        look.book.at(*at).whole != look.entry.whole || look.book.at(*at).value_fen != look.entry.value_fen
    });
    // Parts that are numbered one after the other say themselves that they are one project.
    let are_numbered = parts.iter().any(|at| {
        let other = look.book.at(*at);
        other.stem == look.entry.stem && other.marks != look.entry.marks
    });
    let needed = if are_numbered { 2 } else { parameters.parts_min as usize };
    if !look.has_telling_title()
        || (is_standard(look) && !are_numbered)
        || parts.len() < needed
        || !differ
        || sum < fen(parameters.parts_sum_yuan_min)
        || is_framework(look, &parts)
    {
        return None;
    }
    let evidence = look.evidence(
        format!(
            "同一买卖双方 {} 天内就同一项目签订 {} 份合同，合计 {} 元",
            parameters.parts_window_days,
            parts.len(),
            yuan(sum)
        ),
        format!(
            "the same two signed {} contracts on one project within {} days, {} yuan together",
            parts.len(),
            parameters.parts_window_days,
            yuan(sum)
        ),
        &parts,
    );
    let strength = if are_numbered { Strength::Strong } else { Strength::Moderate };
    Some(look.flag(Screen::SplitParts, strength, evidence))
}

/// The pair's contracts signed within so many days around this one, itself among them.
fn pair_within(look: Look<'_>, days: u32) -> Vec<u32> {
    let days = i32::try_from(days).unwrap_or(i32::MAX / 4);
    let (from, to) = (look.entry.signed - days, look.entry.signed + days);
    let sold = look.book.sold_between(look.entry.seller.organisation, from, to);
    let bought = look.book.bought_between(look.entry.buyer.organisation, from, to);
    let fewer = if sold.len() <= bought.len() { sold } else { bought };
    let found: Vec<u32> = fewer.iter().copied().filter(|at| look.is_same_pair(look.book.at(*at))).collect();
    if found.len() > PAIR_MAX { Vec::new() } else { found }
}

/// Whether another contract is about the same project: most of the shorter title is in the longer one.
fn is_part(look: Look<'_>, other: u32) -> bool {
    let other = look.book.at(other);
    look.has_telling_title()
        && look.book.stems.containment(look.entry.stem, other.stem) >= look.book.parameters.text.part_percent
}

/// Whether the parts' terms follow each other and last long: a framework contract by years.
fn is_framework(look: Look<'_>, parts: &[u32]) -> bool {
    let mut terms: Vec<(i32, i32)> = Vec::new();
    for at in parts {
        let entry: &Entry = look.book.at(*at);
        let (Some(from), Some(to)) = (entry.valid_from, entry.valid_to) else { return false };
        terms.push((from, to));
    }
    terms.sort_unstable();
    let days_min = i64::from(look.book.parameters.splitting.framework_days_min);
    terms.len() >= 2
        && terms.iter().all(|(from, to)| i64::from(*to) - i64::from(*from) + 1 >= days_min)
        && terms.windows(2).all(|pair| pair[1].0 >= pair[0].1)
}
