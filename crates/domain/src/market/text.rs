//! Texts that people write into the market: kept as written, without what cannot be shown.

/// Most characters of a name, a figure or a condition in one line.
pub const SHORT_TEXT_CHARACTERS_MAX: usize = 200;
/// Most characters of a description.
pub const LONG_TEXT_CHARACTERS_MAX: usize = 4_000;

/// Why a text cannot be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TextProblem {
    /// More characters than the field takes.
    TooLong {
        /// How many it takes.
        characters_max: usize,
    },
}

/// A text without control and invisible characters, line ends as `\n`, at most one empty line in a row.
///
/// Markup stays what it is, characters: pages escape it. Characters that turn the reading direction go, since they make a
/// text read otherwise than it is stored.
///
/// # Errors
/// Where it is longer than the field takes, counted after cleaning.
pub fn clean_text(text: &str, characters_max: usize) -> Result<String, TextProblem> {
    let mut cleaned = String::with_capacity(text.len().min(characters_max.saturating_mul(4)));
    let mut empty_lines = 0;
    for line in text.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}'], "\n").split('\n') {
        let line: String =
            line.chars().map(|c| if c == '\t' { ' ' } else { c }).filter(|c| is_kept(*c)).collect();
        let line = line.trim_end();
        empty_lines = if line.trim().is_empty() { empty_lines + 1 } else { 0 };
        if empty_lines < 2 {
            cleaned.push_str(line);
            cleaned.push('\n');
        }
    }
    let cleaned = cleaned.trim();
    if cleaned.chars().count() > characters_max {
        return Err(TextProblem::TooLong { characters_max });
    }
    Ok(cleaned.to_owned())
}

fn is_kept(character: char) -> bool {
    !character.is_control()
        && !matches!(
            character,
            '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_shown_goes_and_the_rest_stays_as_written() {
        let written = "  高温\u{202E}合金\u{0}\t叶片\r\n\r\n\r\n\r\n寿命 ≥ 2 000 h <b>😀</b>  \n";
        assert_eq!(clean_text(written, 100), Ok("高温合金 叶片\n\n寿命 ≥ 2 000 h <b>😀</b>".to_owned()));
        assert_eq!(clean_text(" \u{200B}\n ", 10), Ok(String::new()));
    }

    #[test]
    fn a_text_is_too_long_by_characters_and_not_by_bytes() {
        assert_eq!(clean_text("十个汉字十个汉字十个", 10).map(|text| text.len()), Ok(30));
        assert_eq!(
            clean_text("十个汉字十个汉字十个多", 10),
            Err(TextProblem::TooLong { characters_max: 10 })
        );
    }
}
