//! The same figures a second time: slow, obviously right, sharing nothing with the crate but the domain's words.
//!
//! Every figure is a loop over all facts ever written; a place's city is read off its digits.

use std::collections::BTreeMap;

use xiaoxiang_domain::bulletin::{Dimension, Direction};
use xiaoxiang_domain::fact::{ContractFact, Source, Standing};
use xiaoxiang_domain::period::{Month, Period};

/// Count, contract value and technology value in fen.
pub type Sums = (i64, i128, i128);

/// All facts ever written, in the order of the log.
pub struct SlowStatistics {
    pub root: u32,
    pub cities: Vec<u32>,
    pub counties: Vec<u32>,
    pub facts: Vec<ContractFact>,
}

impl SlowStatistics {
    /// The facts that hold at a position: of each contract the last one up to it, unless that one withdraws.
    pub fn holding_at(&self, position: i64) -> Vec<ContractFact> {
        let mut last: BTreeMap<i64, ContractFact> = BTreeMap::new();
        for fact in self.facts.iter().filter(|fact| fact.position <= position) {
            let order = |fact: &ContractFact| (fact.position, fact.fact_id);
            let known = last.get(&fact.contract_key).copied();
            if known.is_none_or(|known| order(&known) < order(fact)) {
                last.insert(fact.contract_key, *fact);
            }
        }
        last.into_values().filter(|fact| fact.standing == Standing::Counted).collect()
    }

    pub fn lies_in(&self, within: u32, division: u32) -> bool {
        if within == self.root {
            division / 10_000 * 10_000 == within
        } else if within.is_multiple_of(100) {
            division / 100 * 100 == within
        } else {
            division == within
        }
    }

    pub fn counts(&self, fact: &ContractFact, direction: Direction, within: u32) -> bool {
        let seller = self.lies_in(within, fact.seller_division);
        let buyer = self.lies_in(within, fact.buyer_division);
        match direction {
            Direction::Registered => fact.source == Source::Registry && (within == self.root || seller),
            Direction::Output => seller,
            Direction::Absorbed => buyer,
            Direction::Internal => seller && buyer,
        }
    }

    pub fn key(&self, fact: &ContractFact, direction: Direction, dimension: Dimension) -> u32 {
        let by_buyer = direction == Direction::Absorbed;
        let division = if by_buyer { fact.buyer_division } else { fact.seller_division };
        let known = |codes: &[u32], code: u32| if codes.contains(&code) { code } else { 0 };
        match dimension {
            Dimension::City => known(&self.cities, division / 100 * 100),
            Dimension::County => known(&self.counties, division),
            Dimension::Park if by_buyer => fact.buyer_park,
            Dimension::Park => fact.seller_park,
            Dimension::Organisation if by_buyer => fact.buyer_organisation,
            Dimension::Organisation => fact.seller_organisation,
            Dimension::Type => fact.contract_type.into(),
            Dimension::Field => fact.field.into(),
            Dimension::SellerKind => fact.seller_kind.into(),
            Dimension::BuyerKind => fact.buyer_kind.into(),
            Dimension::Ip => fact.ip.into(),
            Dimension::Registrar => fact.registrar,
            Dimension::Month => {
                let month = Month::of(fact.registered_on);
                u32::try_from(i32::from(month.year) * 100 + i32::from(month.month)).unwrap()
            }
        }
    }

    /// All non-empty groups.
    pub fn table(
        &self,
        dimensions: &[Dimension],
        direction: Direction,
        period: Period,
        within: u32,
        position: i64,
    ) -> BTreeMap<Vec<u32>, Sums> {
        let mut groups: BTreeMap<Vec<u32>, Sums> = BTreeMap::new();
        for fact in self.behind(direction, period, within, position) {
            let keys = dimensions.iter().map(|&dimension| self.key(&fact, direction, dimension)).collect();
            let sums = groups.entry(keys).or_default();
            sums.0 += 1;
            sums.1 += i128::from(fact.contract_value.0);
            sums.2 += i128::from(fact.technology_value.0);
        }
        groups
    }

    pub fn behind(
        &self,
        direction: Direction,
        period: Period,
        within: u32,
        position: i64,
    ) -> Vec<ContractFact> {
        let mut facts = self.holding_at(position);
        facts.retain(|fact| period.contains(fact.registered_on) && self.counts(fact, direction, within));
        facts
    }
}
