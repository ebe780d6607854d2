//! How much of an entry of the market who may read (公开程度).

use std::fmt;

use serde::{Deserialize, Serialize};

/// Days for which an undertaking opens what it was given for.
pub const UNDERTAKING_DAYS: i64 = 365;

/// What one must be to read something; each level reads what the levels before it read.
///
/// The same word tells what a field needs and what a reader has: a reader of a level reads the fields up to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisclosureLevel {
    /// 公开: the teaser. Title, field, city, modes, and what the owner calls public.
    Public,
    /// 登录可见: whoever has signed in, in whatever role.
    SignedIn,
    /// 签署保密承诺后可见: whoever gave an undertaking for this entry, which is recorded with day and wording.
    Undertaking,
    /// 仅管理方可见: the owner and the offices that handle it.
    Held,
}

impl DisclosureLevel {
    /// Every level, the most open first.
    pub const ALL: [Self; 4] = [Self::Public, Self::SignedIn, Self::Undertaking, Self::Held];

    /// The levels that an owner chooses from.
    pub const CHOICES: [Self; 3] = [Self::Public, Self::SignedIn, Self::Undertaking];

    const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Public => ("public", "公开", "public"),
            Self::SignedIn => ("signed_in", "登录可见", "after signing in"),
            Self::Undertaking => ("undertaking", "签署保密承诺后可见", "after a confidentiality undertaking"),
            Self::Held => ("held", "仅管理方可见", "owner and offices only"),
        }
    }

    /// The word of the database and the API.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.words().0
    }

    /// The Chinese term.
    #[must_use]
    pub const fn label(self) -> &'static str {
        self.words().1
    }

    /// The English term.
    #[must_use]
    pub const fn label_en(self) -> &'static str {
        self.words().2
    }

    /// The level of a stored word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.code() == code)
    }

    /// Whether a reader of this level reads what needs `needed`.
    #[must_use]
    pub fn reads(self, needed: Self) -> bool {
        self >= needed
    }
}

/// The level up to which a reader reads.
#[must_use]
pub const fn reader_level(reader: ReaderStanding) -> DisclosureLevel {
    match reader {
        ReaderStanding::Stranger => DisclosureLevel::Public,
        ReaderStanding::SignedIn => DisclosureLevel::SignedIn,
        ReaderStanding::Undertook => DisclosureLevel::Undertaking,
        ReaderStanding::Handles => DisclosureLevel::Held,
    }
}

/// What a reader is to an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReaderStanding {
    /// Has not signed in.
    Stranger,
    /// Has signed in.
    SignedIn,
    /// Has signed in and given an undertaking for the entry that holds today.
    Undertook,
    /// Owns it, or handles it in an office.
    Handles,
}

/// A value with the level that it needs. It cannot be printed by accident: `Debug` shows the level only.
#[derive(Clone, PartialEq, Eq)]
pub struct Veiled<T> {
    value: T,
    needed: DisclosureLevel,
}

impl<T> Veiled<T> {
    /// A value behind a level.
    pub const fn new(value: T, needed: DisclosureLevel) -> Self {
        Self { value, needed }
    }

    /// The value, for a reader who may read it.
    pub fn for_reader(&self, reader: DisclosureLevel) -> Option<&T> {
        reader.reads(self.needed).then_some(&self.value)
    }

    /// The level that it needs.
    pub const fn needed(&self) -> DisclosureLevel {
        self.needed
    }
}

impl<T> fmt::Debug for Veiled<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Veiled({})", self.needed.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_level_reads_what_the_levels_before_it_read() {
        for (at, reader) in DisclosureLevel::ALL.into_iter().enumerate() {
            for (needs, needed) in DisclosureLevel::ALL.into_iter().enumerate() {
                assert_eq!(reader.reads(needed), at >= needs);
            }
            assert_eq!(DisclosureLevel::from_code(reader.code()), Some(reader));
        }
        assert!(!DisclosureLevel::CHOICES.contains(&DisclosureLevel::Held));
    }

    #[test]
    fn a_veiled_value_is_neither_read_nor_printed_below_its_level() {
        let price = Veiled::new("三百万元", DisclosureLevel::Undertaking);
        assert_eq!(price.for_reader(DisclosureLevel::SignedIn), None);
        assert_eq!(price.for_reader(DisclosureLevel::Undertaking), Some(&"三百万元"));
        assert_eq!(format!("{price:?}"), "Veiled(undertaking)");
    }
}
