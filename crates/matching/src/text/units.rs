use std::sync::LazyLock;

use jieba_rs::Jieba;

static JIEBA: LazyLock<Jieba> = LazyLock::new(Jieba::new);

/// The countable units of a text, in their order, with repetition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Units {
    /// Single Chinese characters, and whole runs of Latin letters and digits.
    pub characters: Vec<String>,
    /// Neighbouring Chinese characters, and whole runs of Latin letters and digits.
    pub pairs: Vec<String>,
    /// Words of the dictionary, long ones also cut into the words that they hold.
    pub words: Vec<String>,
}

/// Cuts a folded text into its units.
#[must_use]
pub fn units(folded: &str) -> Units {
    let mut units = Units::default();
    for run in runs(folded) {
        if run.chars().next().is_some_and(is_ideograph) {
            let characters: Vec<char> = run.chars().collect();
            units.characters.extend(characters.iter().map(char::to_string));
            if characters.len() == 1 {
                units.pairs.push(run.to_owned());
            }
            units.pairs.extend(characters.windows(2).map(|pair| pair.iter().collect::<String>()));
        } else {
            units.characters.push(run.to_owned());
            units.pairs.push(run.to_owned());
        }
    }
    units.words = words(folded);
    units
}

/// The words of a folded text: what has a letter, a digit or an ideograph.
#[must_use]
pub fn words(folded: &str) -> Vec<String> {
    JIEBA
        .cut_for_search(folded, true)
        .into_iter()
        .filter(|token| token.word.chars().any(char::is_alphanumeric))
        .map(|token| token.word.to_owned())
        .collect()
}

/// Runs of ideographs, and runs of Latin letters, digits and what joins them (`c++`, `pm2.5`).
fn runs(folded: &str) -> impl Iterator<Item = &str> {
    let mut rest = folded;
    std::iter::from_fn(move || {
        let start = rest.find(|character| is_ideograph(character) || is_joined(character))?;
        rest = rest.get(start..)?;
        let ideographs = rest.chars().next().is_some_and(is_ideograph);
        let belongs =
            |character: char| if ideographs { is_ideograph(character) } else { is_joined(character) };
        let end = rest.find(|character| !belongs(character)).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        rest = after;
        Some(run)
    })
}

const fn is_joined(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '.' | '+' | '#' | '-')
}

/// CJK ideographs of the base block, its extension A and the compatibility block.
#[must_use]
const fn is_ideograph(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

#[cfg(test)]
mod tests {
    use super::units;

    #[test]
    fn a_text_has_characters_pairs_and_words() {
        let units = units("高韧性cbn单晶");
        assert_eq!(units.characters, ["高", "韧", "性", "cbn", "单", "晶"]);
        assert_eq!(units.pairs, ["高韧", "韧性", "cbn", "单晶"]);
        assert_eq!(units.words, ["韧性", "高韧性", "cbn", "单晶"]);
    }

    #[test]
    fn punctuation_and_emptiness_have_no_units() {
        assert_eq!(units("，。！<>"), super::Units::default());
        assert_eq!(units(""), super::Units::default());
    }
}
