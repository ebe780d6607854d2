//! The truth tests (真实性筛查): questions about contracts that the numbers raise, with the evidence beside each.
//!
//! A flag is a question to answer, never a refusal. Every screen is a pure function over one contract and the book
//! around it, with its parameters from region data (`screening.yaml`); one file a family. The measure of unlikeliness is
//! the same everywhere: bits of surprise (`chance.rs`), reckoned from what the book itself shows to be usual, so that a
//! habit of the place is no trick.

mod amounts;
mod book;
mod calendar;
mod chance;
mod changes;
mod circles;
mod duplicates;
mod identity;
mod kind;
mod look;
mod nature;
mod relations;
mod resale;
mod sellers;
mod series;
mod splitting;
mod text;

#[cfg(test)]
mod tests;

pub use book::{Book, BookProblem, CONTRACTS_MAX, ScreenRules};
pub use kind::{Evidence, Family, Flag, Screen, Strength};

pub use text::runs_beside;

use look::Look;

/// Version of the screens: raised where a screen comes to ask something else, so that whoever reads an old question
/// knows that it was not this program's.
pub const SCREENS_VERSION: i64 = 1;

/// What looks at one contract.
type Rule = fn(Look<'_>) -> Option<Flag>;

/// Every rule; a contract gets at most one flag from each.
const RULES: [Rule; 21] = [
    splitting::split_review,
    splitting::split_parts,
    duplicates::duplicate,
    duplicates::near_duplicate,
    series::serial_text,
    series::assigned_twice,
    circles::circle,
    circles::back_and_forth,
    resale::pass_through,
    relations::self_dealing,
    relations::shared_traits,
    relations::both_sides,
    nature::nature,
    amounts::round_amounts,
    amounts::price_outlier,
    calendar::year_end_burst,
    calendar::late_registration,
    calendar::short_term,
    sellers::fresh_seller,
    sellers::shell_sellers,
    changes::value_changed,
];

impl Book {
    /// The flags of one contract of the book; none where the book does not hold it.
    #[must_use]
    pub fn flags_of(&self, registration_number: &str) -> Vec<Flag> {
        self.find(registration_number).map_or_else(Vec::new, |at| self.flags_at(at))
    }

    /// The flags of all contracts, by registration number and screen.
    #[must_use]
    pub fn flags(&self) -> Vec<Flag> {
        self.flags_between(0, self.len())
    }

    /// The flags of the contracts from one place of entry to another, so that several threads can share the work.
    #[must_use]
    pub fn flags_between(&self, from: usize, to: usize) -> Vec<Flag> {
        let mut flags: Vec<Flag> = (from..to.min(self.len()))
            .flat_map(|at| self.flags_at(u32::try_from(at).expect("invariant: the book is limited")))
            .collect();
        flags.sort_by(|a, b| (&a.registration_number, a.screen).cmp(&(&b.registration_number, b.screen)));
        flags
    }

    fn flags_at(&self, at: u32) -> Vec<Flag> {
        let look = Look::new(self, at);
        let mut flags: Vec<Flag> = RULES.iter().filter_map(|rule| rule(look)).collect();
        flags.sort_by_key(|flag| flag.screen);
        flags.dedup_by_key(|flag| flag.screen);
        flags
    }
}
