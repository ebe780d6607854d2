//! What a password must be (口令规则).
//!
//! Length and guessability, no prescribed mix of characters: NIST SP 800-63B-4 section 3.1.1.2. Twelve characters at
//! least, since sign-in has one factor.

/// Fewest characters.
pub const PASSWORD_CHARACTERS_MIN: usize = 12;
/// Most characters: more is no stronger, and hashing must have a limit.
pub const PASSWORD_CHARACTERS_MAX: usize = 128;
/// Fewer different characters than these are a pattern.
const DIFFERENT_CHARACTERS_MIN: usize = 5;
/// What everybody tries first; a password may not consist of these and digits.
const WORN: [&str; 14] = [
    "password",
    "passw0rd",
    "qwerty",
    "qazwsx",
    "asdfgh",
    "zxcvbn",
    "iloveyou",
    "admin",
    "root",
    "welcome",
    "letmein",
    "xiaoxiang",
    "hunan",
    "woaini",
];

/// Why a password is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordProblem {
    /// Below [`PASSWORD_CHARACTERS_MIN`].
    TooShort,
    /// Above [`PASSWORD_CHARACTERS_MAX`].
    TooLong,
    /// It contains the name under which the person signs in.
    HasName,
    /// Worn words, a run such as `123456789012`, or the same few characters.
    Guessable,
}

/// Whether a password may be used by the person of this sign-in name.
pub fn check_password(password: &str, name: &str) -> Result<(), PasswordProblem> {
    let characters: Vec<char> = password.chars().collect();
    if characters.len() < PASSWORD_CHARACTERS_MIN {
        return Err(PasswordProblem::TooShort);
    }
    if characters.len() > PASSWORD_CHARACTERS_MAX {
        return Err(PasswordProblem::TooLong);
    }
    let lower = password.to_lowercase();
    let name = name.to_lowercase();
    if name.chars().count() >= 3 && lower.contains(&name) {
        return Err(PasswordProblem::HasName);
    }
    let rest = WORN.iter().fold(lower.clone(), |text, word| text.replace(word, ""));
    let is_worn =
        rest.len() < lower.len() && rest.chars().filter(|letter| letter.is_alphabetic()).count() < 4;
    let mut different = characters.clone();
    different.sort_unstable();
    different.dedup();
    let is_run =
        characters.windows(2).all(|pair| (pair[1] as i64 - pair[0] as i64).abs() <= 1 || pair == ['9', '0']);
    if is_worn || is_run || different.len() < DIFFERENT_CHARACTERS_MIN {
        return Err(PasswordProblem::Guessable);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_password_of_any_characters_will_do() {
        assert_eq!(check_password("岳麓山下橘子洲头百舸争流忆", "zhang"), Ok(()));
        assert_eq!(check_password("correct horse battery", "zhang"), Ok(()));
    }

    #[test]
    fn what_is_guessed_first_is_refused() {
        for (password, problem) in [
            ("short", PasswordProblem::TooShort),
            ("xxxxxxxxxxxxxxxx", PasswordProblem::Guessable),
            ("123456789012345", PasswordProblem::Guessable),
            ("Password123456", PasswordProblem::Guessable),
            ("hunan20262026!", PasswordProblem::Guessable),
            ("abcabcabcabcabc", PasswordProblem::Guessable),
            ("my ZhangSan secret", PasswordProblem::HasName),
        ] {
            assert_eq!(check_password(password, "zhangsan"), Err(problem), "{password}");
        }
        assert_eq!(check_password(&"a1b2c3d4".repeat(20), "zhang"), Err(PasswordProblem::TooLong));
    }
}
