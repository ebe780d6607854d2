//! One contract looked at: what every screen is given, and how it says what it found.

use super::book::{Book, Entry};
use super::kind::{Evidence, Flag, Screen, Strength};
use crate::money::Fen;

/// A contract with the book around it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look<'a> {
    pub book: &'a Book,
    pub at: u32,
    pub entry: &'a Entry,
}

impl<'a> Look<'a> {
    pub fn new(book: &'a Book, at: u32) -> Self {
        Self { book, at, entry: book.at(at) }
    }

    /// A flag with one sentence of evidence.
    pub fn flag(self, screen: Screen, strength: Strength, evidence: Evidence) -> Flag {
        Flag {
            registration_number: self.entry.number.to_string(),
            screen,
            strength,
            evidence: vec![evidence],
        }
    }

    /// Evidence that rests on other contracts.
    pub fn evidence(self, zh: String, en: String, others: &[u32]) -> Evidence {
        let others: Vec<u32> = others.iter().copied().filter(|at| *at != self.at).collect();
        Evidence { zh, en, contracts: self.book.numbers_of(&others) }
    }

    /// Whether another contract has the same two parties on the same sides.
    pub fn is_same_pair(self, other: &Entry) -> bool {
        other.seller.organisation == self.entry.seller.organisation
            && other.buyer.organisation == self.entry.buyer.organisation
    }

    /// Days between the signatures.
    pub fn days_to(self, other: &Entry) -> u32 {
        self.entry.signed.abs_diff(other.signed)
    }

    /// Whether the title says enough to be compared.
    pub fn has_telling_title(self) -> bool {
        self.book.stems.characters(self.entry.stem) >= self.book.parameters.text.characters_min
    }
}

/// Whether two amounts lie within so many per cent of the larger one.
pub(super) fn is_close(left_fen: i64, right_fen: i64, percent: u32) -> bool {
    let (low, high) = (left_fen.min(right_fen), left_fen.max(right_fen));
    low > 0 && i128::from(high - low) * 100 <= i128::from(high) * i128::from(percent)
}

/// The lowest and highest amounts so close to one.
pub(super) fn close_range(value_fen: i64, percent: u32) -> (i64, i64) {
    let percent = i128::from(percent.min(95));
    let low = i128::from(value_fen) * (100 - percent) / 100;
    let high = i128::from(value_fen) * 100 / (100 - percent);
    let fit = |number: i128| i64::try_from(number).unwrap_or(i64::MAX);
    (fit(low), fit(high))
}

/// A parameter in yuan as fen.
pub(super) fn fen(yuan: u32) -> i64 {
    i64::from(yuan) * crate::money::FEN_PER_YUAN
}

/// An amount for a sentence.
pub(super) fn yuan(fen: i64) -> String {
    Fen(fen).yuan()
}
