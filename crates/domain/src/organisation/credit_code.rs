//! Unified social credit codes (统一社会信用代码) after GB 32100-2015.

use crate::region::half_width;

/// Letters and digits of a code; I, O, S, V and Z look like digits or each other and are not used.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// Weights of the first 17 characters: powers of 3 modulo 31.
const WEIGHTS: [u32; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
/// Characters of a code.
const LENGTH: usize = 18;

/// A code whose check character is right; whether the organisation exists is another question.
///
/// Never derive a place from it: characters 3 to 8 are the place of its registrar, perhaps long merged.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CreditCode(String);

/// Why a text is no credit code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CreditCodeProblem {
    /// It has not 18 characters.
    #[error("credit code has {found} characters instead of 18")]
    Length {
        /// Characters found.
        found: usize,
    },
    /// A character that no code has at that place.
    #[error("credit code has the character {found:?} at position {position}")]
    Character {
        /// Counted from 1.
        position: usize,
        /// The character found.
        found: char,
    },
    /// The last character does not fit the others: something is mistyped.
    #[error("check character of the credit code is {found}, should be {expected}")]
    CheckCharacter {
        /// The last character.
        found: char,
        /// What it would have to be if the others are right.
        expected: char,
    },
}

impl CreditCodeProblem {
    /// The same in Chinese, for the person who has to correct it.
    #[must_use]
    pub fn message_zh(&self) -> String {
        match self {
            Self::Length { found } => format!("统一社会信用代码应为 18 位，现为 {found} 位"),
            Self::Character { position, found } => {
                format!("统一社会信用代码第 {position} 位不能是“{found}”（不使用字母 I、O、S、V、Z）")
            }
            Self::CheckCharacter { found, expected } => {
                format!("统一社会信用代码校验不通过：末位为“{found}”，按前 17 位应为“{expected}”，请逐位核对")
            }
        }
    }
}

impl CreditCode {
    /// Reads a code as people type it: full-width, lower case, with blanks or hyphens.
    ///
    /// Positions 1 and 2 (登记管理部门, 机构类别) may be letters; 3 to 8 are digits of the registrar's place.
    pub fn parse(text: &str) -> Result<Self, CreditCodeProblem> {
        let code: Vec<char> = text
            .chars()
            .map(half_width)
            .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '\u{feff}' | '\u{200b}'))
            .map(|c| c.to_ascii_uppercase())
            .collect();
        if code.len() != LENGTH {
            return Err(CreditCodeProblem::Length { found: code.len() });
        }
        let mut sum = 0;
        for (at, found) in code.iter().enumerate() {
            let value = value(*found).filter(|_| !(2..8).contains(&at) || found.is_ascii_digit());
            let value = value.ok_or(CreditCodeProblem::Character { position: at + 1, found: *found })?;
            sum += WEIGHTS.get(at).map_or(0, |weight| weight * value);
        }
        let expected = char::from(ALPHABET[((31 - sum % 31) % 31) as usize]);
        match code[LENGTH - 1] {
            found if found == expected => Ok(Self(code.into_iter().collect())),
            found => Err(CreditCodeProblem::CheckCharacter { found, expected }),
        }
    }

    /// The 18 characters, half-width and upper case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The check character that belongs to 17 characters; for codes of the example province.
    #[must_use]
    pub fn complete(first: &str) -> Option<Self> {
        let characters: Vec<char> = first.chars().collect();
        if characters.len() != LENGTH - 1 {
            return None;
        }
        match Self::parse(&format!("{first}0")) {
            Ok(code) => Some(code),
            Err(CreditCodeProblem::CheckCharacter { expected, .. }) => {
                Self::parse(&format!("{first}{expected}")).ok()
            }
            Err(_) => None,
        }
    }
}

impl std::fmt::Display for CreditCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

fn value(character: char) -> Option<u32> {
    let byte = u8::try_from(character).ok()?;
    ALPHABET.iter().position(|known| *known == byte).and_then(|at| u32::try_from(at).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const VALID: &str = "91110000600037341L";

    #[test]
    fn the_published_vector_is_valid() {
        assert_eq!(CreditCode::parse(VALID).map(|code| code.to_string()), Ok(VALID.to_owned()));
    }

    #[test]
    fn full_width_lower_case_and_blanks_are_understood() {
        assert_eq!(CreditCode::parse(" ９１１１００００-600037341ｌ ").unwrap().as_str(), VALID);
    }

    #[test]
    fn each_reason_is_told() {
        assert_eq!(CreditCode::parse("9111"), Err(CreditCodeProblem::Length { found: 4 }));
        let character = CreditCodeProblem::Character { position: 9, found: 'O' };
        assert_eq!(CreditCode::parse("91110000O00037341L"), Err(character.clone()));
        let place = CreditCodeProblem::Character { position: 3, found: 'A' };
        assert_eq!(CreditCode::parse("91A10000600037341L"), Err(place));
        let check = CreditCodeProblem::CheckCharacter { found: 'K', expected: 'L' };
        assert_eq!(CreditCode::parse("91110000600037341K"), Err(check.clone()));
        assert!(CreditCode::parse("张三的统一社会信用代码一二三四五六七").is_err());
        assert!(character.message_zh().contains("第 9 位"));
        assert!(check.message_zh().contains("应为“L”"));
        assert!(CreditCodeProblem::Length { found: 4 }.message_zh().contains("现为 4 位"));
    }

    #[test]
    fn letters_may_stand_in_the_first_two_positions() {
        let code = CreditCode::complete("N2430000MA4LXXXX1").unwrap();
        assert_eq!(CreditCode::parse(code.as_str()), Ok(code.clone()));
        assert_eq!(code.as_str().len(), LENGTH);
    }

    proptest! {
        #[test]
        fn any_single_changed_character_is_refused(
            first in "[1-9AN][1-9][1-6][0-9]{5}[0-9A-HJ-NPQRTUWXY]{9}", at in 0..LENGTH, to in 0..31_usize
        ) {
            let code = CreditCode::complete(&first).unwrap();
            let mut changed: Vec<u8> = code.as_str().bytes().collect();
            prop_assume!(changed[at] != ALPHABET[to]);
            changed[at] = ALPHABET[to];
            prop_assert!(CreditCode::parse(std::str::from_utf8(&changed).unwrap()).is_err());
        }
    }
}
