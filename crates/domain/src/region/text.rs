//! How texts are made comparable: what people type differs in width, blanks and case.

/// Turns full-width characters into half-width ones and drops blanks, so that 「（ 元 ）」 equals `(元)`.
///
/// Letters become lower case. Chinese characters are kept as they are.
#[must_use]
pub fn plain(text: &str) -> String {
    text.chars()
        .map(half_width)
        .filter(|c| !c.is_whitespace() && !c.is_control() && !is_invisible(*c))
        .flat_map(char::to_lowercase)
        .collect()
}

/// The half-width twin of a full-width character (全角); any other character itself.
#[must_use]
pub fn half_width(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => {
            char::from_u32(u32::from(c) - 0xfee0).expect("invariant: U+0021..U+007E are characters")
        }
        other => other,
    }
}

/// Byte-order marks, zero-width blanks and directional marks that copying from a web page leaves behind.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{202a}'..='\u{202e}')
}

/// The candidate closest to `text`, if it is close enough to be what was meant.
pub(super) fn nearest<'a>(text: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let wanted: Vec<char> = text.chars().collect();
    let allowed = (wanted.len() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| (distance(&wanted, &candidate.chars().collect::<Vec<_>>()), candidate))
        .filter(|(steps, _)| *steps <= allowed)
        .min_by_key(|(steps, _)| *steps)
        .map(|(_, candidate)| candidate.to_owned())
}

/// Edit distance in which swapping two neighbours counts once, as typing slips do.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, right) in b.iter().enumerate() {
            let swap = if i > 0 && j > 0 && *left == b[j - 1] && a[i - 1] == *right {
                before[j - 1] + 1
            } else {
                usize::MAX
            };
            let change = above[j] + usize::from(left != right);
            row.push(change.min(above[j + 1] + 1).min(row[j] + 1).min(swap));
        }
        before = std::mem::replace(&mut above, row);
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_width_brackets_and_blanks_do_not_matter() {
        assert_eq!(plain(" 成交额（ 万元 ）\u{feff}"), "成交额(万元)");
        assert_eq!(plain("ＡＢc１"), "abc1");
    }

    #[test]
    fn the_nearest_key_is_found_and_a_far_one_is_not() {
        let keys = ["name", "name_en", "successors"];
        assert_eq!(nearest("naem", keys).as_deref(), Some("name"));
        assert_eq!(nearest("sucessors", keys).as_deref(), Some("successors"));
        assert_eq!(nearest("colour", keys), None);
    }
}
