//! Values changed afterwards (事后改额): between versions, or by registering the same contract again.

use super::duplicates::near_titles;
use super::kind::{Flag, Screen, Strength};
use super::look::{Look, is_close, yuan};

/// Days after which a second registration with another value comes after the month's publication.
const PUBLISHED_DAYS: u32 = 15;
/// Words that say openly that something was added.
const OPEN_WORDS: [&str; 5] = ["补充", "变更", "追加", "增补", "续签"];

/// 事后改额.
pub(super) fn value_changed(look: Look<'_>) -> Option<Flag> {
    let percent = look.book.parameters.change_percent;
    if let [first, .., last] = look.entry.versions.as_slice() {
        let is_moved = !is_close(first.value_fen, last.value_fen, percent)
            || !is_close(first.technology_fen.max(1), last.technology_fen.max(1), percent);
        if is_moved {
            let evidence = look.evidence(
                format!(
                    "成交额由 {} 元变为 {} 元，技术交易额由 {} 元变为 {} 元",
                    yuan(first.value_fen),
                    yuan(last.value_fen),
                    yuan(first.technology_fen),
                    yuan(last.technology_fen)
                ),
                format!(
                    "contract value from {} to {} yuan, technology value from {} to {} yuan",
                    yuan(first.value_fen),
                    yuan(last.value_fen),
                    yuan(first.technology_fen),
                    yuan(last.technology_fen)
                ),
                &[],
            );
            return Some(look.flag(Screen::ValueChanged, Strength::Strong, evidence));
        }
    }
    let title = &look.book.titles[look.entry.whole as usize];
    if !look.entry.is_signed
        || !look.has_telling_title()
        || OPEN_WORDS.iter().any(|word| title.contains(word))
    {
        return None;
    }
    let again: Vec<u32> = near_titles(look, 95)
        .into_iter()
        .filter(|at| {
            let other = look.book.at(*at);
            let title = &look.book.titles[other.whole as usize];
            *at != look.at
                && look.is_same_pair(other)
                && other.signed == look.entry.signed
                && other.marks == look.entry.marks
                && other.registered.abs_diff(look.entry.registered) >= PUBLISHED_DAYS
                && !is_close(other.value_fen, look.entry.value_fen, percent)
                && !OPEN_WORDS.iter().any(|word| title.contains(word))
        })
        .collect();
    if again.is_empty() {
        return None;
    }
    let evidence = look.evidence(
        "同一天签订的同一合同后来以另一金额再次登记".to_owned(),
        "the same contract of the same day was registered again later with another value".to_owned(),
        &again,
    );
    Some(look.flag(Screen::ValueChanged, Strength::Moderate, evidence))
}
