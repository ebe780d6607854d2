//! Full-width forms (全角) folded to the half-width characters (半角) they stand for.

/// Folds full-width ASCII and every kind of space to plain ASCII, and drops zero-width characters.
///
/// For numbers, dates, codes and headers. Not for names: 湖南大学（深圳） is registered with full-width brackets.
#[must_use]
pub fn fold_width(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\u{ff01}'..='\u{ff5e}' => {
                let ascii = char::from_u32(character as u32 - 0xfee0).expect("the block maps onto ASCII");
                folded.push(ascii);
            }
            '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' => {}
            '\t' | '\n' | '\r' => folded.push(character),
            character if character.is_whitespace() => folded.push(' '),
            character => folded.push(character),
        }
    }
    folded
}
