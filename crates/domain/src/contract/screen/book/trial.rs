//! A contract looked at as if the book held it: entered, asked about and taken back.

use std::collections::BTreeMap;

use super::{Book, BookProblem, Entry, key_of};
use crate::contract::screen::Flag;
use crate::contract::screen::identity::{TraitKind, traits_of};
use crate::contract::screen::text;
use crate::contract::{Contract, Side};

/// What a book was before an entry, as far as it cannot be told from the entry.
#[derive(Debug)]
struct Before {
    organisations: usize,
    traits: usize,
    stems: usize,
    sharing: BTreeMap<TraitKind, (u64, u64)>,
}

impl Book {
    /// The flags that a contract of one version would get; the book is afterwards what it was.
    ///
    /// A number that the book holds gets the flags that it has there; a cancelled contract gets none.
    pub fn flags_of_new(&mut self, contract: &Contract) -> Result<Vec<Flag>, BookProblem> {
        let before = Before {
            organisations: self.organisations.len(),
            traits: self.traits.len(),
            stems: self.stems.len(),
            sharing: self.sharing.clone(),
        };
        let entries = self.entries.len();
        self.enter(&[contract])?;
        let flags = self.flags_of(&contract.registration_number);
        if self.entries.len() > entries {
            self.take_back(contract, before);
        }
        Ok(flags)
    }

    /// Takes the newest entry back.
    fn take_back(&mut self, contract: &Contract, before: Before) {
        let entry = self.entries.pop().expect("invariant: called after an entry");
        let at = u32::try_from(self.entries.len()).expect("invariant: no more than CONTRACTS_MAX");
        self.by_number.remove(&entry.number);
        self.take_back_sums(&entry, contract);
        self.organisations[entry.seller.organisation as usize].sells.retain(|other| *other != at);
        self.organisations[entry.buyer.organisation as usize].buys.retain(|other| *other != at);
        while let Some((number, organisation)) = self.joined.pop() {
            self.traits[number as usize].organisations.retain(|other| *other != organisation);
            self.organisations[organisation as usize].traits.retain(|other| *other != number);
        }
        self.sharing = before.sharing;
        self.organisations.truncate(before.organisations);
        self.traits.truncate(before.traits);
        for side in [Side::Seller, Side::Buyer] {
            let key = key_of(contract, side);
            if self.organisation_keys.get(key.as_str()).is_some_and(|at| *at as usize >= before.organisations)
            {
                self.organisation_keys.remove(key.as_str());
            }
            for stated in traits_of(contract.party(side)) {
                if self.trait_keys.get(&stated).is_some_and(|at| *at as usize >= before.traits) {
                    self.trait_keys.remove(&stated);
                }
            }
        }
        self.by_stem[entry.stem as usize].pop();
        if self.stems.len() > before.stems {
            let title = text::title(&contract.project_name, [&contract.seller.name, &contract.buyer.name]);
            self.stems.take_back(&title.stem);
            self.by_stem.truncate(before.stems);
        }
        for patent in &entry.patents {
            self.by_patent[*patent as usize].pop();
        }
    }

    fn take_back_sums(&mut self, entry: &Entry, contract: &Contract) {
        if let Some(count) = self.same_value.get_mut(&entry.value_fen) {
            *count -= 1;
        }
        self.values.remove(entry.value_fen);
        if let Some(group) = self.groups.get_mut(&entry.group) {
            group.remove(entry.value_fen);
        }
        let digits = super::significant_digits(entry.value_fen);
        for (level, count) in self.round.iter_mut().enumerate() {
            *count -= u64::from(digits <= level as u32 + 1);
        }
        let is_late_in_year = u64::from(self.is_year_end(contract.registered_on));
        for counts in [
            self.years.entry(contract.registered_on.year()).or_default(),
            self.by_registrar.entry((entry.registrar, contract.registered_on.year())).or_default(),
        ] {
            *counts = (counts.0 - 1, counts.1 - is_late_in_year);
        }
        if entry.is_signed {
            self.gaps.remove(i64::from(entry.registered - entry.signed) + 1);
            self.expired -= u64::from(super::is_expired(entry, self.parameters.calendar.expired_days));
        }
        if let Some(days) = super::term_days(entry)
            && let Some(terms) = self.terms.get_mut(&entry.root())
        {
            terms.remove(days);
        }
    }
}
