use unicode_normalization::UnicodeNormalization;

/// The one written form of a text: NFKC (全角 becomes 半角, composed characters are one), lower case, and every run
/// of white space or control characters a single space.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut gap = false;
    for character in text.nfkc().flat_map(char::to_lowercase) {
        if character.is_whitespace() || character.is_control() {
            gap = !folded.is_empty();
        } else {
            if gap {
                folded.push(' ');
                gap = false;
            }
            folded.push(character);
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn widths_cases_and_spaces_do_not_matter() {
        assert_eq!(fold("　ＣＢＮ 单晶\r\n\tＡ１ "), "cbn 单晶 a1");
        assert_eq!(fold(""), "");
        assert_eq!(fold("㎡"), "m2");
    }
}
