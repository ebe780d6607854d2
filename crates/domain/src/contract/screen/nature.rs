//! Goods, works and ordinary services as technology (名实不符): what the title says against what was taken off.
//!
//! A Chinese title ends with what it is about. What stands last decides: 采购平台开发 is a development, 研发楼装修 is
//! construction. General endings (技术服务, 项目) are looked through.

use super::kind::{Flag, Screen, Strength};
use super::look::Look;

/// What things are counted by.
const COUNTERS: &str = "台套吨辆件只根块卷箱";

/// 货物充技术, 工程充技术, 普通服务充技术.
pub(super) fn nature(look: Look<'_>) -> Option<Flag> {
    let parameters = &look.book.parameters.nature;
    let share_min = i128::from(parameters.share_percent_min);
    let (technology, value) = (i128::from(look.entry.technology_fen), i128::from(look.entry.value_fen));
    if value == 0 || technology * 100 < value * share_min {
        return None;
    }
    let title = &look.book.titles[look.entry.whole as usize];
    let matter = without_endings(title, &parameters.endings);
    let excuse = last_of(matter, &parameters.excuses);
    let things = last_thing(without_endings(title, &parameters.plain_endings), &parameters.things);
    let signs = [
        (Screen::GoodsAsTechnology, last_of(matter, &parameters.goods)),
        (Screen::ConstructionAsTechnology, last_of(matter, &parameters.construction)),
        (Screen::OrdinaryService, last_of(matter, &parameters.ordinary)),
        (Screen::GoodsAsTechnology, things),
    ];
    let (screen, sign) = signs
        .into_iter()
        .filter_map(|(screen, sign)| Some((screen, sign?)))
        .max_by_key(|(_, sign)| (sign.end, sign.start))?;
    if excuse.is_some_and(|excuse| excuse.end >= sign.end) || is_transfer(look) {
        return None;
    }
    let evidence = look.evidence(
        format!("项目名称中有“{}”，而技术交易额占成交额 {}%", sign.word, technology * 100 / value),
        format!(
            "the title says `{}`, yet {} % of the contract value is technology value",
            sign.word,
            technology * 100 / value
        ),
        &[],
    );
    let strength = if excuse.is_none() { Strength::Strong } else { Strength::Moderate };
    Some(look.flag(screen, strength, evidence))
}

/// A right or know-how is transferred or licensed, whatever it is about.
fn is_transfer(look: Look<'_>) -> bool {
    matches!(look.entry.root(), 2 | 3)
}

/// The title without general endings.
fn without_endings<'t>(title: &'t str, endings: &[String]) -> &'t str {
    let mut matter = title;
    while let Some(shorter) =
        endings.iter().filter_map(|ending| matter.strip_suffix(ending.as_str())).min_by_key(|rest| rest.len())
    {
        if shorter.is_empty() {
            break;
        }
        matter = shorter.trim_end_matches(['及', '与', '和', '的', '等']);
    }
    matter
}

/// A thing with which the title ends, or that is counted: 数控机床12台.
fn last_thing<'w>(title: &'w str, things: &'w [String]) -> Option<Sign<'w>> {
    let counted = title.char_indices().rev().find(|(at, character)| {
        COUNTERS.contains(*character) && title[..*at].ends_with(|before: char| before.is_ascii_digit())
    });
    if let Some((at, character)) = counted {
        let end = at + character.len_utf8();
        return Some(Sign { word: &title[at..end], start: at, end });
    }
    last_of(title, things).filter(|sign| sign.end == title.len())
}

/// A word and where it stands.
#[derive(Clone, Copy, Debug)]
struct Sign<'w> {
    word: &'w str,
    start: usize,
    end: usize,
}

/// The word that stands last, the longest of those that end together.
fn last_of<'w>(matter: &str, words: &'w [String]) -> Option<Sign<'w>> {
    words
        .iter()
        .filter_map(|word| {
            let start = matter.rfind(word.as_str())?;
            Some(Sign { word, start, end: start + word.len() })
        })
        .max_by_key(|sign| (sign.end, std::cmp::Reverse(sign.start)))
}
