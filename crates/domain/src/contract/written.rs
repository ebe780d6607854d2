//! How people write what a form asks for: blank marks, tree paths, codes with their names.

use jiff::civil::Date;

use crate::region::{CodeList, DivisionCode};

/// What stands in a cell to say that nothing is stated.
const BLANK_MARKS: [&str; 12] = ["-", "--", "—", "——", "－", "–", "/", "\\", "／", "n/a", "N/A", "NULL"];
/// Words for the same; a code list may know them as one of its own names (无 in the list of intellectual property).
const BLANK_WORDS: [&str; 5] = ["无", "暂无", "不详", "未知", "空"];
/// Validity without an end.
const OPEN_ENDS: [&str; 6] = ["长期", "长期有效", "永久", "永久有效", "无固定期限", "无限期"];
/// What stands between the levels of a tree.
const LEVEL_MARKS: [char; 15] =
    ['/', '\\', '>', '－', '-', '—', '–', '|', '→', '·', ':', '：', '(', '（', '_'];
/// Digits of codes whose first six are a division: of towns (9) and of villages (12).
const LONGER_CODES: [usize; 2] = [9, 12];

/// Whether a text is a mere stroke in place of a value.
pub(super) fn is_blank_mark(text: &str) -> bool {
    BLANK_MARKS.contains(&text)
}

/// Whether a text says in marks or words that there is no value.
pub(crate) fn is_blank(text: &str) -> bool {
    text.is_empty() || is_blank_mark(text) || BLANK_WORDS.contains(&text)
}

/// Whether a text says that validity has no end.
pub(super) fn is_open_end(text: &str) -> bool {
    OPEN_ENDS.contains(&text)
}

/// Drops the apostrophe or the `="…"` by which a spreadsheet is kept from eating digits.
pub(crate) fn without_text_mark(text: &str) -> &str {
    let inner = text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    inner.unwrap_or(text).trim_start_matches(['\'', '‘', '’', '`']).trim()
}

/// The code of a text: as it stands, as the deepest level of a path (事业法人/高等院校) that the list knows, or by
/// the code before its name (21 专利权转让).
///
/// A deeper level counts only below the first one, so that 企业法人/其他 is never 其他组织.
pub(crate) fn find_code(list: &CodeList, text: &str, on: Date) -> Option<String> {
    if let Some(whole) = list.find(text, on) {
        return Some(whole.code.clone());
    }
    let levels: Vec<&str> =
        text.split(LEVEL_MARKS).map(|level| level.trim_end_matches([')', '）']).trim()).collect();
    let Some(first) = levels.first().and_then(|first| list.find(first, on)) else {
        return by_leading_code(list, text, on);
    };
    let deeper = levels.iter().skip(1).rev().filter_map(|level| list.find(level, on));
    let found = deeper.into_iter().find(|code| is_below(list, &code.code, &first.code)).unwrap_or(first);
    Some(found.code.clone())
}

fn is_below(list: &CodeList, code: &str, above: &str) -> bool {
    let mut at = list.by_code(code);
    for _ in 0..list.items().len() {
        match at.and_then(|code| code.parent.as_deref()) {
            Some(parent) if parent == above => return true,
            Some(parent) => at = list.by_code(parent),
            None => return false,
        }
    }
    false
}

/// `21 专利权转让`, `022高等院校`: code and name must mean the same.
fn by_leading_code(list: &CodeList, text: &str, on: Date) -> Option<String> {
    let end = text.find(|character: char| !character.is_ascii_digit())?;
    let name = text[end..].trim_start_matches(['.', '、', '.', ' ']).trim();
    let (code, named) = (list.find(&text[..end], on)?, list.find(name, on)?);
    (code.code == named.code).then(|| code.code.clone())
}

/// The division code of a text that holds one beside other words (`430102 芙蓉区`, `芙蓉区(430102)`), or of a longer
/// code whose first six digits are it (430102001000).
pub(crate) fn division_code(text: &str) -> Option<DivisionCode> {
    let mut runs = text.split(|character: char| !character.is_ascii_digit()).filter(|run| !run.is_empty());
    let run = runs.next()?;
    if runs.next().is_some() || !(run.len() == 6 || LONGER_CODES.contains(&run.len())) {
        return None;
    }
    DivisionCode::parse(&run[..6])
}

/// Whether a text is an organisation code (组织机构代码, GB 11714) with a right check character: credit codes took its
/// place in 2015, older records carry nothing else.
pub(super) fn is_organisation_code(text: &str) -> bool {
    const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
    let plain: Vec<u32> = text.chars().filter(|character| *character != '-').map(value_of).collect();
    let Some((check, body)) = plain.split_last() else { return false };
    if body.len() != WEIGHTS.len() || plain.contains(&u32::MAX) || body.iter().any(|value| *value > 35) {
        return false;
    }
    let sum: u32 = body.iter().zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
    let expected = match 11 - sum % 11 {
        10 => u32::from(b'X' - b'A') + 10,
        11 => 0,
        other => other,
    };
    *check == expected
}

fn value_of(character: char) -> u32 {
    character.to_digit(36).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_organisation_code_is_told_from_a_cut_credit_code() {
        assert!(is_organisation_code("18380677-2") == is_organisation_code("183806772"));
        assert!(is_organisation_code("D2143569-X"));
        assert!(!is_organisation_code("D2143569-1"));
        assert!(!is_organisation_code("914300001"));
        assert!(!is_organisation_code(""));
    }

    #[test]
    fn a_division_code_is_found_beside_its_name_and_in_longer_codes() {
        let code = Some(DivisionCode(430_102));
        assert_eq!(division_code("430102 芙蓉区"), code);
        assert_eq!(division_code("芙蓉区(430102)"), code);
        assert_eq!(division_code("430102001000"), code);
        assert_eq!(division_code("430102.5"), None);
        assert_eq!(division_code("4301021"), None);
        assert_eq!(division_code("麓山南路932号"), None);
    }

    #[test]
    fn marks_that_keep_digits_whole_are_dropped() {
        assert_eq!(without_text_mark("'2017430100000001"), "2017430100000001");
        assert_eq!(without_text_mark("=\"2017430100000001\""), "2017430100000001");
        assert_eq!(without_text_mark("2017-1"), "2017-1");
    }
}
