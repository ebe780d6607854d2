//! One page of the list: blocks in the order of the best that they can hold, until nothing can improve the page.

use std::cmp::{Ordering, Reverse};
use std::ops::Range;

use xiaoxiang_domain::fact::Standing;
use xiaoxiang_domain::region::plain;

use super::ask::{ListFilter, ListOrder, ListPlace, ListReach, ListSide};
use super::block::{BLOCK_SLOTS, Needle};
use super::{COUNTED, ContractListing, Lane, NO_FACT, OrganisationNames, WITHDRAWN, day_code};
use crate::columns::{CodeColumn, Dictionary};
use crate::geography::Geography;

/// Up to so many contracts a total is exact.
pub const TOTAL_MAX: usize = 10_000;

/// How many contracts a filter lets through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Total {
    /// Exactly so many.
    Exact(usize),
    /// More than [`TOTAL_MAX`], shown as 10,000+.
    MoreThan(usize),
}

/// One page of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedPage {
    /// Contracts in their order.
    pub contract_keys: Vec<i64>,
    /// Where the next page begins; none on the last.
    pub next: Option<ListPlace>,
    /// How many the whole list has.
    pub total: Total,
}

/// A condition on one column: the codes that pass.
struct Test<'a> {
    column: &'a CodeColumn,
    passes: Vec<u8>,
}

/// What must hold of a contract.
struct Conditions<'a> {
    standing: Option<u8>,
    days: Option<(u16, u16)>,
    /// Each holds of one of its columns.
    any_of: Vec<Vec<Test<'a>>>,
    text: Option<TextCondition<'a>>,
}

/// In the title, or in the name of seller or buyer.
struct TextCondition<'a> {
    needle: Needle,
    parties: Option<[Test<'a>; 2]>,
}

impl ContractListing {
    /// The contracts of a filter after a place, at most `limit`.
    #[must_use]
    pub fn page(
        &self,
        filter: &ListFilter,
        order: ListOrder,
        after: Option<&ListPlace>,
        limit: usize,
        geography: &Geography,
        organisations: &OrganisationNames,
    ) -> ListedPage {
        let conditions = self.conditions(filter, geography, organisations);
        let mut blocks: Vec<(u128, usize)> =
            self.blocks.iter().zip(0..).map(|(block, at)| (block.best(order), at)).collect();
        blocks.sort_unstable();
        // One more than wanted tells whether there is another page.
        let mut best = Best::new(self, order, after, limit + 1);
        let mut total = 0;
        let mut mask = [0_u8; BLOCK_SLOTS];
        for (block_best, block) in blocks {
            let is_open = best.is_open_to(block_best);
            if total > TOTAL_MAX && !is_open {
                break;
            }
            let slots = block * BLOCK_SLOTS..((block + 1) * BLOCK_SLOTS).min(self.len());
            let mask = &mut mask[..slots.len()];
            self.choose(&conditions, slots.clone(), mask);
            if total > TOTAL_MAX {
                // Nothing is counted any more: only titles that could still better the page are read.
                best.keep_open(slots.clone(), mask);
            }
            if let Some(text) = &conditions.text {
                self.keep_named(text, slots.clone(), mask);
            }
            let passing: usize = mask.iter().map(|&is_chosen| usize::from(is_chosen)).sum();
            total += passing;
            if passing == 0 || !is_open {
                continue;
            }
            for (slot, _) in slots.zip(mask.iter()).filter(|&(_, &is_chosen)| is_chosen != 0) {
                best.take(slot);
            }
        }
        let mut slots = best.finish();
        let has_more = slots.len() > limit;
        slots.truncate(limit);
        let next = slots.last().filter(|_| has_more).map(|&slot| self.place(order, slot));
        ListedPage {
            contract_keys: slots.iter().map(|&slot| self.contract_key[slot]).collect(),
            next,
            total: if total > TOTAL_MAX { Total::MoreThan(TOTAL_MAX) } else { Total::Exact(total) },
        }
    }

    fn conditions(
        &self,
        filter: &ListFilter,
        geography: &Geography,
        organisations: &OrganisationNames,
    ) -> Conditions<'_> {
        let divisions = |within: u32| passing(&self.words.division, |code| geography.contains(within, code));
        let equal =
            |dictionary: &Dictionary, value: u32| passing(dictionary, |other| other == value && value != 0);
        let both = |lanes: [Lane; 2], passes: Vec<u8>| {
            lanes.map(|lane| Test { column: self.lane(lane), passes: passes.clone() }).into()
        };
        let one = |lane: Lane, passes: Vec<u8>| vec![Test { column: self.lane(lane), passes }];
        let code = |code: u16| {
            let mut passes = vec![0; usize::from(code) + 1];
            passes[usize::from(code)] = 1;
            passes
        };
        let mut any_of: Vec<Vec<Test<'_>>> = Vec::new();
        match filter.reach {
            ListReach::Everything => {}
            ListReach::Division(within) => any_of.push(both(DIVISIONS, divisions(within))),
            ListReach::Park(park) => any_of.push(both(PARKS, equal(&self.words.park, park))),
            ListReach::Organisation(key) => {
                any_of.push(both(ORGANISATIONS, equal(&self.words.organisation, key)));
            }
            ListReach::Registrar(key) => any_of.push(one(Lane::Registrar, equal(&self.words.registrar, key))),
        }
        if let Some(key) = filter.organisation {
            any_of.push(both(ORGANISATIONS, equal(&self.words.organisation, key)));
        }
        if let Some(place) = filter.place {
            let passes = divisions(place.division);
            any_of.push(match place.side {
                ListSide::Seller => one(Lane::SellerDivision, passes),
                ListSide::Buyer => one(Lane::BuyerDivision, passes),
                ListSide::Either => both(DIVISIONS, passes),
            });
        }
        any_of.extend(filter.contract_type.map(|contract_type| one(Lane::Type, code(contract_type))));
        any_of.extend(filter.field.map(|field| one(Lane::Field, code(field))));
        Conditions {
            standing: filter.standing.map(|standing| match standing {
                Standing::Counted => COUNTED,
                Standing::Withdrawn => WITHDRAWN,
            }),
            days: filter.period.map(|period| (day_code(period.first_day()), day_code(period.last_day()))),
            any_of,
            text: self.text_condition(&filter.text, organisations),
        }
    }

    fn text_condition(&self, text: &str, organisations: &OrganisationNames) -> Option<TextCondition<'_>> {
        let wanted = plain(text);
        if wanted.is_empty() {
            return None;
        }
        let named = organisations.search(&wanted, usize::MAX);
        let parties = (!named.is_empty()).then(|| {
            let mut passes = vec![0; self.words.organisation.len() as usize];
            for code in named.into_iter().filter_map(|key| self.words.organisation.find(key)) {
                passes[code as usize] = 1;
            }
            ORGANISATIONS.map(|lane| Test { column: self.lane(lane), passes: passes.clone() })
        });
        Some(TextCondition { needle: Needle::new(&wanted), parties })
    }

    /// Marks the contracts of a block that pass, whatever their text.
    fn choose(&self, conditions: &Conditions<'_>, slots: Range<usize>, mask: &mut [u8]) {
        for (into, &standing) in mask.iter_mut().zip(&self.standing[slots.clone()]) {
            *into = u8::from(conditions.standing.map_or(standing != NO_FACT, |wanted| standing == wanted));
        }
        if let Some((first, last)) = conditions.days {
            for (into, &day) in mask.iter_mut().zip(&self.day[slots.clone()]) {
                *into &= u8::from(first <= day && day <= last);
            }
        }
        for tests in &conditions.any_of {
            if is_empty(mask) {
                return;
            }
            match tests.as_slice() {
                [test] => keep(test, slots.clone(), mask),
                tests => {
                    let mut any = [0_u8; BLOCK_SLOTS];
                    tests.iter().for_each(|test| admit(test, slots.clone(), &mut any[..mask.len()]));
                    mask.iter_mut().zip(any).for_each(|(into, hit)| *into &= hit);
                }
            }
        }
    }

    /// Keeps of the chosen contracts those whose title, or whose seller or buyer, holds the text.
    fn keep_named(&self, text: &TextCondition<'_>, slots: Range<usize>, mask: &mut [u8]) {
        if is_empty(mask) {
            return;
        }
        let mut hits = [0_u8; BLOCK_SLOTS];
        let hits = &mut hits[..mask.len()];
        self.blocks[slots.start / BLOCK_SLOTS].search(&text.needle, mask, hits);
        for test in text.parties.iter().flatten() {
            admit(test, slots.clone(), hits);
        }
        mask.iter_mut().zip(hits).for_each(|(into, hit)| *into &= *hit);
    }

    fn head(&self, order: ListOrder, slot: usize) -> u128 {
        match order {
            ListOrder::Newest => ListOrder::head_of_day(self.day[slot]),
            ListOrder::Largest => ListOrder::head_of_value(self.contract_value[slot]),
            ListOrder::Number => self.number_head[slot],
        }
    }

    fn place(&self, order: ListOrder, slot: usize) -> ListPlace {
        let number = if order == ListOrder::Number { self.number(slot) } else { "" };
        ListPlace {
            head: self.head(order, slot),
            number: number.to_owned(),
            contract_key: self.contract_key[slot],
        }
    }

    /// How a contract stands to a place.
    fn order_to(&self, order: ListOrder, slot: usize, place: &ListPlace) -> Ordering {
        let by_head = self.head(order, slot).cmp(&place.head);
        let by_number = || match order {
            ListOrder::Number => self.number(slot).cmp(&place.number),
            ListOrder::Newest | ListOrder::Largest => Ordering::Equal,
        };
        by_head.then_with(by_number).then_with(|| place.contract_key.cmp(&self.contract_key[slot]))
    }

    fn compare(&self, order: ListOrder, left: usize, right: usize) -> Ordering {
        let by_head = self.head(order, left).cmp(&self.head(order, right));
        let by_number = || match order {
            ListOrder::Number => self.number(left).cmp(self.number(right)),
            ListOrder::Newest | ListOrder::Largest => Ordering::Equal,
        };
        let key = |slot: usize| Reverse(self.contract_key[slot]);
        by_head.then_with(by_number).then_with(|| key(left).cmp(&key(right)))
    }
}

const DIVISIONS: [Lane; 2] = [Lane::SellerDivision, Lane::BuyerDivision];
const PARKS: [Lane; 2] = [Lane::SellerPark, Lane::BuyerPark];
const ORGANISATIONS: [Lane; 2] = [Lane::SellerOrganisation, Lane::BuyerOrganisation];

/// For each code of a dictionary whether its value passes.
fn passing(dictionary: &Dictionary, is_wanted: impl Fn(u32) -> bool) -> Vec<u8> {
    dictionary.values().iter().map(|&value| u8::from(is_wanted(value))).collect()
}

fn is_empty(mask: &[u8]) -> bool {
    mask.iter().all(|&is_chosen| is_chosen == 0)
}

/// Drops what does not pass.
fn keep(test: &Test<'_>, slots: Range<usize>, mask: &mut [u8]) {
    each(test, slots, mask, |into, pass| *into &= pass);
}

/// Adds what passes.
fn admit(test: &Test<'_>, slots: Range<usize>, mask: &mut [u8]) {
    each(test, slots, mask, |into, pass| *into |= pass);
}

/// Codes behind the end of the table do not pass.
fn each(test: &Test<'_>, slots: Range<usize>, mask: &mut [u8], apply: impl Fn(&mut u8, u8)) {
    fn run<C: Copy + Into<u32>>(codes: &[C], passes: &[u8], mask: &mut [u8], apply: impl Fn(&mut u8, u8)) {
        for (into, &code) in mask.iter_mut().zip(codes) {
            apply(into, passes.get(code.into() as usize).copied().unwrap_or(0));
        }
    }
    match test.column {
        CodeColumn::U8(codes) => run(&codes[slots], &test.passes, mask, apply),
        CodeColumn::U16(codes) => run(&codes[slots], &test.passes, mask, apply),
        CodeColumn::U32(codes) => run(&codes[slots], &test.passes, mask, apply),
    }
}

/// The best contracts so far; pruned now and then, so that even a list that comes in the worst order costs little.
struct Best<'a> {
    listing: &'a ContractListing,
    order: ListOrder,
    /// Where the page before ended.
    after: Option<&'a ListPlace>,
    wanted: usize,
    slots: Vec<usize>,
    /// The worst that still counts, once there are enough.
    threshold: Option<usize>,
}

/// Candidates are pruned when there are so many times what is wanted.
const SLACK: usize = 4;

impl<'a> Best<'a> {
    fn new(
        listing: &'a ContractListing,
        order: ListOrder,
        after: Option<&'a ListPlace>,
        wanted: usize,
    ) -> Self {
        Self { listing, order, after, wanted, slots: Vec::with_capacity(wanted * SLACK), threshold: None }
    }

    /// Whether something with this head could still be among the best.
    fn is_open_to(&self, head: u128) -> bool {
        self.threshold.is_none_or(|worst| head <= self.listing.head(self.order, worst))
    }

    /// Whether a contract is of this page or a later one, and could still be among the best.
    fn is_candidate(&self, slot: usize) -> bool {
        let (listing, order) = (self.listing, self.order);
        self.threshold.is_none_or(|worst| listing.compare(order, slot, worst) != Ordering::Greater)
            && self.after.is_none_or(|place| listing.order_to(order, slot, place) == Ordering::Greater)
    }

    /// Keeps of the chosen contracts the candidates.
    fn keep_open(&self, slots: Range<usize>, mask: &mut [u8]) {
        for (into, slot) in mask.iter_mut().zip(slots).filter(|(into, _)| **into != 0) {
            *into = u8::from(self.is_candidate(slot));
        }
    }

    fn take(&mut self, slot: usize) {
        if !self.is_candidate(slot) {
            return;
        }
        self.slots.push(slot);
        if self.slots.len() >= self.wanted * SLACK {
            self.prune();
        }
    }

    fn prune(&mut self) {
        if self.slots.len() > self.wanted {
            let (listing, order) = (self.listing, self.order);
            self.slots
                .select_nth_unstable_by(self.wanted - 1, |&left, &right| listing.compare(order, left, right));
            self.slots.truncate(self.wanted);
            self.threshold = self.slots.last().copied();
        }
    }

    fn finish(mut self) -> Vec<usize> {
        let (listing, order) = (self.listing, self.order);
        self.slots.sort_unstable_by(|&left, &right| listing.compare(order, left, right));
        self.slots.truncate(self.wanted);
        self.slots
    }
}
