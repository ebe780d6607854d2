//! The book of contracts (合同账) that screens look things up in: parties, titles, prices and days by index.
//!
//! Contracts can be entered one at a time; a contract's flags depend on what the book holds, not on the order in which
//! it came in.

mod trial;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::civil::Date;

use super::chance::{self, Spread};
use super::identity::{Trait, TraitKind, organisation_key, traits_of};
use super::text::{self, Stems};
use crate::contract::{Contract, PartyNature, Side};
use crate::fact::Standing;
use crate::money::Fen;
use crate::region::{Region, RegistrationRules, ScreeningParameters};

/// Contracts that one book takes.
pub const CONTRACTS_MAX: usize = 5_000_000;
/// Contracts whose habits a small book is assumed to share, so that a handful proves nothing.
const PRIOR_CONTRACTS: u64 = 200;
/// Of a thousand contracts so many have one certain price, while the book cannot tell.
const PRIOR_SAME_PRICE_PERMILLE: u64 = 10;

/// Why a contract cannot be entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BookProblem {
    /// More than [`CONTRACTS_MAX`].
    #[error("the book holds no more than {CONTRACTS_MAX} contracts")]
    Full,
}

impl BookProblem {
    /// The same in Chinese.
    #[must_use]
    pub fn message_zh(self) -> String {
        format!("一次最多筛查 {CONTRACTS_MAX} 份合同")
    }
}

/// What the screens take from region data: their own parameters, and the regimes of registration.
#[derive(Clone, Debug)]
pub struct ScreenRules {
    pub(super) parameters: Arc<ScreeningParameters>,
    registration: Arc<RegistrationRules>,
}

impl ScreenRules {
    /// Those of a region; none where it has no parameters for screening.
    #[must_use]
    pub fn of(region: &Region) -> Option<Self> {
        let parameters = Arc::new(region.screening()?.clone());
        Some(Self { parameters, registration: Arc::new(region.registration().clone()) })
    }
}

/// One version of a contract's amounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version {
    pub registered: i32,
    pub value_fen: i64,
    pub technology_fen: i64,
}

/// A party as one contract states it.
#[derive(Clone, Debug)]
pub(super) struct Stated {
    pub organisation: u32,
    pub traits: Vec<u32>,
    /// First four digits of the division: its city; nothing abroad.
    pub city: Option<u32>,
    pub founded: Option<i32>,
}

/// A contract as the screens see it.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub number: Box<str>,
    pub seller: Stated,
    pub buyer: Stated,
    /// The whole title.
    pub whole: u32,
    /// The title without numbers of parts.
    pub stem: u32,
    /// These numbers.
    pub marks: u32,
    /// Day of signing, or of registration where it is not stated.
    pub signed: i32,
    pub is_signed: bool,
    pub registered: i32,
    pub registered_on: Date,
    pub valid_from: Option<i32>,
    pub valid_to: Option<i32>,
    pub value_fen: i64,
    pub technology_fen: i64,
    /// From which technology value experts review a contract of its day.
    pub review_fen: Option<i64>,
    pub contract_type: Box<str>,
    pub group: (u8, u16),
    pub registrar: u32,
    pub is_declared: bool,
    pub patents: Vec<u32>,
    pub versions: Vec<Version>,
}

impl Entry {
    /// First digit of the contract type.
    pub fn root(&self) -> u8 {
        self.group.0
    }
}

/// An organisation with everything that it sold and bought.
#[derive(Clone, Debug, Default)]
pub(super) struct Organisation {
    pub name: Box<str>,
    pub code: Box<str>,
    /// By day of signing.
    pub sells: Vec<u32>,
    pub buys: Vec<u32>,
    /// Telephones, addresses and people that it states anywhere.
    pub traits: Vec<u32>,
    pub is_company: bool,
}

/// Numbers for texts.
#[derive(Debug, Default)]
pub(super) struct Names(HashMap<Box<str>, u32>);

impl Names {
    pub fn number(&mut self, text: &str) -> u32 {
        if let Some(known) = self.0.get(text) {
            return *known;
        }
        let number = u32::try_from(self.0.len()).expect("invariant: fewer texts than numbers");
        self.0.insert(text.into(), number);
        number
    }
}

/// What is known of a telephone, an address or a person.
#[derive(Debug)]
pub(super) struct TraitUse {
    pub kind: TraitKind,
    /// Organisations that state it.
    pub organisations: Vec<u32>,
}

/// Contracts, indexed for the screens.
#[derive(Debug)]
pub struct Book {
    pub(super) parameters: Arc<ScreeningParameters>,
    registration: Arc<RegistrationRules>,
    pub(super) entries: Vec<Entry>,
    by_number: HashMap<Box<str>, u32>,
    organisation_keys: HashMap<Box<str>, u32>,
    pub(super) organisations: Vec<Organisation>,
    trait_keys: HashMap<Trait, u32>,
    pub(super) traits: Vec<TraitUse>,
    /// Pairs of organisations that share a trait, and how often traits are stated, by kind.
    pub(super) sharing: BTreeMap<TraitKind, (u64, u64)>,
    wholes: Names,
    marks: Names,
    registrar_keys: Names,
    pub(super) titles: Vec<Box<str>>,
    pub(super) stems: Stems,
    pub(super) by_stem: Vec<Vec<u32>>,
    same_value: HashMap<i64, u32>,
    values: Spread,
    pub(super) groups: HashMap<(u8, u16), Spread>,
    pub(super) round: [u64; 2],
    /// Contracts by year, and those of its last days.
    pub(super) years: HashMap<i16, (u64, u64)>,
    pub(super) by_registrar: HashMap<(u32, i16), (u64, u64)>,
    /// Days from signing to registration, and days of the term by first digit of the type.
    pub(super) gaps: Spread,
    pub(super) terms: HashMap<u8, Spread>,
    pub(super) expired: u64,
    patent_keys: Names,
    pub(super) by_patent: Vec<Vec<u32>>,
    /// Traits that organisations stated for the first time in the newest entry.
    joined: Vec<(u32, u32)>,
}

impl Book {
    /// An empty book.
    #[must_use]
    pub fn new(rules: &ScreenRules) -> Self {
        Self {
            parameters: Arc::clone(&rules.parameters),
            registration: Arc::clone(&rules.registration),
            entries: Vec::new(),
            by_number: HashMap::new(),
            organisation_keys: HashMap::new(),
            organisations: Vec::new(),
            trait_keys: HashMap::new(),
            traits: Vec::new(),
            sharing: BTreeMap::new(),
            wholes: Names::default(),
            marks: Names::default(),
            registrar_keys: Names::default(),
            titles: Vec::new(),
            stems: Stems::default(),
            by_stem: Vec::new(),
            same_value: HashMap::new(),
            values: Spread::default(),
            groups: HashMap::new(),
            round: [0; 2],
            years: HashMap::new(),
            by_registrar: HashMap::new(),
            gaps: Spread::default(),
            terms: HashMap::new(),
            expired: 0,
            patent_keys: Names::default(),
            by_patent: Vec::new(),
            joined: Vec::new(),
        }
    }

    /// A book of contracts in any order; records of one number are versions of one contract.
    ///
    /// Cancelled contracts are left out: registering again what was cancelled is no trick.
    pub fn of<'a>(
        rules: &ScreenRules,
        contracts: impl IntoIterator<Item = &'a Contract>,
    ) -> Result<Self, BookProblem> {
        let mut sorted: Vec<&Contract> = contracts.into_iter().collect();
        sorted.sort_by(|a, b| order_of(a).cmp(&order_of(b)));
        let mut book = Self::new(rules);
        for versions in sorted.chunk_by(|a, b| a.registration_number == b.registration_number) {
            book.enter(versions)?;
        }
        Ok(book)
    }

    /// Enters a contract with all its versions, the oldest first; the last one counts.
    ///
    /// A number that the book already holds is left as it is, and so is a cancelled contract.
    pub fn enter(&mut self, versions: &[&Contract]) -> Result<(), BookProblem> {
        let Some(contract) = versions.last() else { return Ok(()) };
        if contract.standing == Standing::Withdrawn
            || self.by_number.contains_key(contract.registration_number.as_str())
        {
            return Ok(());
        }
        if self.entries.len() >= CONTRACTS_MAX {
            return Err(BookProblem::Full);
        }
        self.joined.clear();
        let at = u32::try_from(self.entries.len()).expect("invariant: no more than CONTRACTS_MAX");
        let entry = self.entry(contract, versions);
        self.index(at, &entry, contract);
        self.by_number.insert(entry.number.clone(), at);
        self.entries.push(entry);
        Ok(())
    }

    /// How many contracts the book holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Registration numbers, in order of entry.
    pub fn numbers(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| &*entry.number)
    }

    pub(super) fn find(&self, number: &str) -> Option<u32> {
        self.by_number.get(number).copied()
    }

    pub(super) fn at(&self, at: u32) -> &Entry {
        &self.entries[at as usize]
    }

    pub(super) fn organisation(&self, number: u32) -> &Organisation {
        &self.organisations[number as usize]
    }

    fn entry(&mut self, contract: &Contract, versions: &[&Contract]) -> Entry {
        let title = text::title(&contract.project_name, [&contract.seller.name, &contract.buyer.name]);
        let signed_on = contract.signed_on.unwrap_or(contract.registered_on);
        let stem = self.stems.add(&title.stem);
        let whole = self.wholes.number(&title.whole);
        if whole as usize == self.titles.len() {
            self.titles.push(title.whole.as_str().into());
        }
        let mut amounts: Vec<Version> = versions
            .iter()
            .map(|version| Version {
                registered: day_number(version.registered_on),
                value_fen: version.contract_value.0,
                technology_fen: version.technology_value.0,
            })
            .collect();
        amounts.dedup_by_key(|version| (version.value_fen, version.technology_fen));
        let is_assignment = matches!(contract.contract_type.as_str(), "21" | "22");
        let patents =
            if is_assignment { super::identity::patents(&contract.project_name) } else { Vec::new() };
        Entry {
            number: contract.registration_number.as_str().into(),
            seller: self.stated(contract, Side::Seller),
            buyer: self.stated(contract, Side::Buyer),
            whole,
            stem,
            marks: self.marks.number(&title.marks),
            signed: day_number(signed_on),
            is_signed: contract.signed_on.is_some(),
            registered: day_number(contract.registered_on),
            registered_on: contract.registered_on,
            valid_from: contract.valid_from.map(day_number),
            valid_to: contract.valid_to.map(day_number),
            value_fen: contract.contract_value.0,
            technology_fen: contract.technology_value.0,
            review_fen: self.registration.review_threshold_on(contract.registered_on).map(|Fen(fen)| fen),
            contract_type: contract.contract_type.as_str().into(),
            group: (
                first_digit(&contract.contract_type),
                contract
                    .field
                    .get(..2)
                    .or(contract.field.get(..1))
                    .and_then(|code| code.parse().ok())
                    .unwrap_or(0),
            ),
            registrar: self.registrar_keys.number(if contract.registrar_code.is_empty() {
                &contract.registrar_name
            } else {
                &contract.registrar_code
            }),
            is_declared: contract.related_party == Some(true),
            patents: patents.iter().map(|patent| self.patent_keys.number(patent)).collect(),
            versions: amounts,
        }
    }

    fn stated(&mut self, contract: &Contract, side: Side) -> Stated {
        let party = contract.party(side);
        let key = key_of(contract, side);
        let organisation = match self.organisation_keys.get(key.as_str()) {
            Some(known) => *known,
            None => {
                let number =
                    u32::try_from(self.organisations.len()).expect("invariant: two parties a contract");
                self.organisation_keys.insert(key.into(), number);
                self.organisations.push(Organisation {
                    name: party.name.as_str().into(),
                    code: party.credit_code.as_str().into(),
                    is_company: is_company(&party.kind, &party.name)
                        && party.nature == PartyNature::Organisation,
                    ..Organisation::default()
                });
                number
            }
        };
        let mut traits = Vec::new();
        for found in traits_of(party) {
            let next = u32::try_from(self.traits.len()).expect("invariant: four traits a party");
            let number = *self.trait_keys.entry(found.clone()).or_insert(next);
            if number == next {
                self.traits.push(TraitUse { kind: found.kind, organisations: Vec::new() });
            }
            let users = &mut self.traits[number as usize].organisations;
            if let Err(place) = users.binary_search(&organisation) {
                // What too many share says nothing and must not hide what few share.
                let (count, most) =
                    (users.len() as u64, u64::from(self.parameters.relations.organisations_max));
                let (pairs, statements) = self.sharing.entry(found.kind).or_default();
                *statements += 1;
                match count.cmp(&most) {
                    std::cmp::Ordering::Less => *pairs += count,
                    std::cmp::Ordering::Equal => *pairs -= most * (most - 1) / 2,
                    std::cmp::Ordering::Greater => {}
                }
                users.insert(place, organisation);
                self.organisations[organisation as usize].traits.push(number);
                self.joined.push((number, organisation));
            }
            traits.push(number);
        }
        Stated {
            organisation,
            traits,
            city: party.division.get(..4).and_then(|city| city.parse().ok()),
            founded: party.established_on.map(day_number),
        }
    }

    fn index(&mut self, at: u32, entry: &Entry, contract: &Contract) {
        let key = (entry.signed, at);
        for (side, organisation) in
            [(Side::Seller, entry.seller.organisation), (Side::Buyer, entry.buyer.organisation)]
        {
            let entries = &self.entries;
            let organisation = &mut self.organisations[organisation as usize];
            let list = if side == Side::Seller { &mut organisation.sells } else { &mut organisation.buys };
            let place = list.partition_point(|other| (entries[*other as usize].signed, *other) < key);
            list.insert(place, at);
        }
        let stem = entry.stem as usize;
        if self.by_stem.len() <= stem {
            self.by_stem.resize_with(stem + 1, Vec::new);
        }
        self.by_stem[stem].push(at);
        *self.same_value.entry(entry.value_fen).or_default() += 1;
        self.values.add(entry.value_fen);
        self.groups.entry(entry.group).or_default().add(entry.value_fen);
        let digits = significant_digits(entry.value_fen);
        for (level, count) in self.round.iter_mut().enumerate() {
            *count += u64::from(digits <= level as u32 + 1);
        }
        let is_late_in_year = u64::from(self.is_year_end(contract.registered_on));
        for counts in [
            self.years.entry(contract.registered_on.year()).or_default(),
            self.by_registrar.entry((entry.registrar, contract.registered_on.year())).or_default(),
        ] {
            *counts = (counts.0 + 1, counts.1 + is_late_in_year);
        }
        if entry.is_signed {
            self.gaps.add(i64::from(entry.registered - entry.signed) + 1);
            self.expired += u64::from(is_expired(entry, self.parameters.calendar.expired_days));
        }
        if let Some(days) = term_days(entry) {
            self.terms.entry(entry.root()).or_default().add(days);
        }
        for patent in &entry.patents {
            let patent = *patent as usize;
            if self.by_patent.len() <= patent {
                self.by_patent.resize_with(patent + 1, Vec::new);
            }
            self.by_patent[patent].push(at);
        }
    }

    /// Whether a day belongs to the last days of its year.
    pub(super) fn is_year_end(&self, day: Date) -> bool {
        day.month() == 12 && 31 - u32::from(day.day().unsigned_abs()) < self.parameters.calendar.year_end_days
    }

    /// The number of contracts that chance is measured by.
    pub(super) fn reckoned_contracts(&self) -> u64 {
        (self.entries.len() as u64).max(u64::from(self.parameters.book_contracts_min))
    }

    /// The bits of a contract's price lying from `low` to `high`.
    pub(super) fn price_bits(&self, low: i64, high: i64) -> i64 {
        // Per cent of a doubling, as the prior's guess of how many lie between: prices spread over about ten doublings.
        let width =
            (chance::log2(high.unsigned_abs().max(1)) - chance::log2(low.unsigned_abs().max(1))).max(0);
        let prior = PRIOR_CONTRACTS * width.unsigned_abs() / (10 * chance::BIT.unsigned_abs());
        let count = u64::from(self.values.between(low, high));
        chance::bits(count + prior, self.entries.len() as u64 + PRIOR_CONTRACTS)
    }

    /// The bits of a contract having exactly this price.
    pub(super) fn same_price_bits(&self, value_fen: i64) -> i64 {
        let count = u64::from(self.same_value.get(&value_fen).copied().unwrap_or(0));
        let prior = PRIOR_CONTRACTS * PRIOR_SAME_PRICE_PERMILLE / 1000;
        chance::bits(count + prior, self.entries.len() as u64 + PRIOR_CONTRACTS)
    }

    /// What an organisation sold from one day of signing to another.
    pub(super) fn sold_between(&self, organisation: u32, from: i32, to: i32) -> &[u32] {
        self.between(&self.organisation(organisation).sells, from, to)
    }

    /// What an organisation bought from one day of signing to another.
    pub(super) fn bought_between(&self, organisation: u32, from: i32, to: i32) -> &[u32] {
        self.between(&self.organisation(organisation).buys, from, to)
    }

    fn between<'a>(&self, list: &'a [u32], from: i32, to: i32) -> &'a [u32] {
        let first = list.partition_point(|at| self.at(*at).signed < from);
        let last = list.partition_point(|at| self.at(*at).signed <= to);
        &list[first..last.max(first)]
    }

    /// The registration numbers of contracts, in order.
    pub(super) fn numbers_of(&self, contracts: &[u32]) -> Vec<String> {
        let mut numbers: Vec<String> = contracts.iter().map(|at| self.at(*at).number.to_string()).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }
}

/// What tells a party from others.
fn key_of(contract: &Contract, side: Side) -> String {
    organisation_key(contract.party(side)).unwrap_or_else(|| {
        // Nobody knows whether two people of one masked name are the same: everyone is a stranger.
        format!("?{}{}", contract.registration_number, side.code())
    })
}

/// The order in which a book takes records in.
fn order_of(contract: &Contract) -> (&str, Date, bool, i64, i64) {
    (
        &contract.registration_number,
        contract.registered_on,
        contract.standing == Standing::Withdrawn,
        contract.contract_value.0,
        contract.technology_value.0,
    )
}

/// Days since the beginning of 1970.
pub(super) fn day_number(day: Date) -> i32 {
    let hours = day.duration_since(Date::constant(1970, 1, 1)).as_hours();
    i32::try_from(hours / 24).expect("invariant: a civil date has fewer days")
}

/// Digits of an amount before its zeros, in yuan; parts of a yuan count as many.
pub(super) const fn significant_digits(value_fen: i64) -> u32 {
    if value_fen <= 0 {
        return 99;
    }
    let mut left = value_fen;
    while left % 10 == 0 {
        left /= 10;
    }
    let mut digits = 0;
    while left > 0 {
        left /= 10;
        digits += 1;
    }
    digits
}

/// Days of the term, both ends included.
pub(super) fn term_days(entry: &Entry) -> Option<i64> {
    let days = i64::from(entry.valid_to?) - i64::from(entry.valid_from.unwrap_or(entry.signed)) + 1;
    (days > 0).then_some(days)
}

/// Whether the term was over when a contract was registered, long after it was signed.
pub(super) fn is_expired(entry: &Entry, days_min: u32) -> bool {
    entry.valid_to.is_some_and(|end| end < entry.registered)
        && i64::from(entry.registered) - i64::from(entry.signed) >= i64::from(days_min)
}

fn first_digit(code: &str) -> u8 {
    code.bytes().next().map_or(0, |digit| digit.wrapping_sub(b'0'))
}

/// Companies are told by the list of kinds, else by their names.
fn is_company(kind: &str, name: &str) -> bool {
    let by_kind = kind.starts_with(['1', '2', '3']) || kind == "R3";
    by_kind || (kind.is_empty() && name.contains("公司"))
}
