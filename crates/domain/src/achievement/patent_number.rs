//! Numbers of Chinese patents (专利号、申请号): twelve digits and a check digit since 2003, eight and one before.

use std::fmt;

/// Weights of the check digit; the eight-digit numbers take the first eight.
const WEIGHTS: [u32; 12] = [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5];
const MODULUS: u32 = 11;

/// What the digit after the year says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PatentKind {
    /// 发明 (1, and 8 by way of the PCT).
    Invention,
    /// 实用新型 (2, and 9 by way of the PCT).
    UtilityModel,
    /// 外观设计 (3).
    Design,
}

impl PatentKind {
    /// Its entry in the code list `ip_kind`.
    #[must_use]
    pub const fn ip_code(self) -> &'static str {
        match self {
            Self::Invention => "21",
            Self::UtilityModel => "22",
            Self::Design => "23",
        }
    }
}

/// A number that is written right.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PatentNumber {
    digits: String,
    check: char,
}

/// Why a text is no number of a Chinese patent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PatentNumberProblem {
    /// 公布号、公告号 such as CN112345678A instead of the application's number.
    PublicationNumber,
    /// Not so many digits.
    Length,
    /// The digit after the year names no kind.
    Kind,
    /// The check digit is another one: a digit is wrong.
    Check,
}

impl PatentNumber {
    /// Reads `ZL202110000001.7`, `CN202110000001.7`, `202110000001.7` and the same without the point.
    ///
    /// # Errors
    /// Where it is no such number.
    pub fn parse(text: &str) -> Result<Self, PatentNumberProblem> {
        let plain: String = text
            .chars()
            .map(crate::region::half_width)
            .filter(|letter| !letter.is_whitespace())
            .map(|letter| letter.to_ascii_uppercase())
            .collect();
        let bare = plain.strip_prefix("ZL").or_else(|| plain.strip_prefix("CN")).unwrap_or(&plain);
        let is_publication = plain.starts_with("CN")
            && bare.len() > 1
            && bare.ends_with(['A', 'B', 'C', 'U', 'S', 'Y'])
            && !bare.contains('.');
        if is_publication {
            return Err(PatentNumberProblem::PublicationNumber);
        }
        let whole: String = bare.chars().filter(|letter| *letter != '.').collect();
        if !matches!(whole.len(), 9 | 13) || !whole.is_ascii() {
            return Err(PatentNumberProblem::Length);
        }
        let (digits, check) = whole.split_at(whole.len() - 1);
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(PatentNumberProblem::Length);
        }
        let number = Self { digits: digits.to_owned(), check: check.chars().next().unwrap_or_default() };
        if number.find_kind().is_none() {
            return Err(PatentNumberProblem::Kind);
        }
        if check_digit(digits) != number.check {
            return Err(PatentNumberProblem::Check);
        }
        Ok(number)
    }

    /// What the number says that it is.
    #[must_use]
    pub fn kind(&self) -> PatentKind {
        self.find_kind().expect("invariant: a number without a kind is not read")
    }

    fn find_kind(&self) -> Option<PatentKind> {
        let at = if self.digits.len() == 12 { 4 } else { 2 };
        match self.digits.as_bytes().get(at) {
            Some(b'1' | b'8') => Some(PatentKind::Invention),
            Some(b'2' | b'9') => Some(PatentKind::UtilityModel),
            Some(b'3') => Some(PatentKind::Design),
            _ => None,
        }
    }
}

impl fmt::Display for PatentNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ZL{}.{}", self.digits, self.check)
    }
}

/// The check digit of a number's other digits.
fn check_digit(digits: &str) -> char {
    let sum: u32 = digits.bytes().zip(WEIGHTS).map(|(byte, weight)| u32::from(byte - b'0') * weight).sum();
    match sum % MODULUS {
        10 => 'X',
        rest => char::from_digit(rest, 10).expect("invariant: below ten"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_number_is_read_however_it_is_written() {
        // 2·2+0+2·4+1·5+1·6 = 23, and 1·5 at the end makes 28: 28 mod 11 = 6.
        for text in [
            "ZL202110000001.6",
            "202110000001.6",
            "2021100000016",
            "ｚｌ 202110000001．6",
            "CN202110000001.6",
        ] {
            let number = PatentNumber::parse(text).map(|number| (number.to_string(), number.kind()));
            assert_eq!(number, Ok(("ZL202110000001.6".to_owned(), PatentKind::Invention)), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_says_why() {
        for (text, problem) in [
            ("ZL202110000001.5", PatentNumberProblem::Check),
            ("CN112345678A", PatentNumberProblem::PublicationNumber),
            ("ZL20211000001.6", PatentNumberProblem::Length),
            ("ZL202170000001.6", PatentNumberProblem::Kind),
            ("", PatentNumberProblem::Length),
            ("专利号见附件中的清单", PatentNumberProblem::Length),
        ] {
            assert_eq!(PatentNumber::parse(text), Err(problem), "{text}");
        }
    }

    proptest! {
        #[test]
        fn one_wrong_digit_is_noticed(year in 2004_u32..2100, serial in 0_u32..10_000_000, at in 5_usize..12, other in 1_u32..10) {
            let digits = format!("{year}1{serial:07}");
            let right = format!("{digits}{}", check_digit(&digits));
            prop_assert!(PatentNumber::parse(&right).is_ok());
            let mut wrong: Vec<char> = right.chars().collect();
            let digit = wrong[at].to_digit(10).expect("a digit");
            wrong[at] = char::from_digit((digit + other) % 10, 10).expect("a digit");
            let wrong: String = wrong.into_iter().collect();
            prop_assert_eq!(PatentNumber::parse(&wrong), Err(PatentNumberProblem::Check));
        }
    }
}
