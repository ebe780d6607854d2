//! Contract facts in columns: the live ones dense, the replaced ones beside them with the positions they held.

mod code;
mod key_index;
mod rows;

use std::cmp::Ordering;

use jiff::civil::{Date, date};
use xiaoxiang_domain::fact::{ContractFact, Source, Standing};
use xiaoxiang_domain::money::{CONTRACT_FEN_MAX, Fen};
use xiaoxiang_domain::period::{Month, YEAR_MAX, YEAR_MIN};

pub(crate) use code::{CodeColumn, Dictionary};
pub(crate) use key_index::KeyIndex;
pub(crate) use rows::{
    CODED_COLUMNS, Coded, FLAG_BUYER_INSIDE, FLAG_REGISTRY, FLAG_SELLER_INSIDE, FLAG_VALUES, Row, Rows,
};

use crate::geography::Geography;

/// Most rows that the columns hold, live and replaced each: row numbers have 32 bits.
pub const ROWS_MAX: usize = u32::MAX as usize - 1;
/// The month with code 0.
pub(crate) const MONTH_FIRST: Month = Month { year: YEAR_MIN, month: 1 };

/// What a fact did to the columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// A contract that was not counted before is counted now.
    Added,
    /// A later version or attribution took the place of an earlier one.
    Replaced,
    /// A cancelled or revoked contract left.
    Removed,
    /// The fact had been applied before, or withdraws what was never counted.
    Ignored,
}

/// Why a fact cannot be counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FactProblem {
    /// The amounts break 0 ≤ 技术交易额 ≤ 成交额 ≤ the largest contract.
    #[error("fact {0} breaks 0 <= technology value <= contract value <= {CONTRACT_FEN_MAX}")]
    Amounts(i64),
    /// The registration date lies outside the years that a period may name.
    #[error("fact {0} is registered outside the years {YEAR_MIN} to {YEAR_MAX}")]
    Year(i64),
    /// The columns hold [`ROWS_MAX`] rows.
    #[error("fact {0} does not fit: the columns are full")]
    Full(i64),
}

/// One dictionary for each set of values; both sides of a contract share theirs.
#[derive(Clone, Debug)]
pub(crate) struct Dictionaries {
    pub contract_type: Dictionary,
    pub field: Dictionary,
    pub ip: Dictionary,
    pub kind: Dictionary,
    pub division: Dictionary,
    pub park: Dictionary,
    pub organisation: Dictionary,
    pub registrar: Dictionary,
}

/// The column store of a region's contract facts (技术合同事实).
///
/// Facts are applied in the order of (position, fact id). Every earlier position can be tabulated:
/// a replaced fact is kept with the positions from and to which it held.
#[derive(Clone, Debug)]
pub struct Columns {
    geography: Geography,
    live: Rows,
    history: Rows,
    index: KeyIndex,
    dictionaries: Dictionaries,
    /// (position, fact id) of the last fact.
    last: (i64, i64),
    position: i64,
}

impl Columns {
    /// Empty columns of a region.
    #[must_use]
    pub fn new(geography: Geography) -> Self {
        Self {
            geography,
            live: Rows::new(),
            history: Rows::new(),
            index: KeyIndex::new(),
            dictionaries: Dictionaries {
                contract_type: Dictionary::new(),
                field: Dictionary::new(),
                ip: Dictionary::new(),
                kind: Dictionary::new(),
                division: Dictionary::new(),
                park: Dictionary::new(),
                organisation: Dictionary::new(),
                registrar: Dictionary::new(),
            },
            last: (i64::MIN, i64::MIN),
            position: 0,
        }
    }

    /// Makes room for so many more live contracts, so that a first load does not copy as it grows.
    pub fn reserve(&mut self, rows: usize) {
        self.live.reserve(rows);
        self.index.reserve(rows, &self.live.contract_key);
    }

    /// Applies one fact; applying it again changes nothing.
    ///
    /// # Errors
    /// Where the fact breaks an invariant of the record; the columns are then unchanged.
    pub fn apply(&mut self, fact: &ContractFact) -> Result<Applied, FactProblem> {
        if (fact.position, fact.fact_id).cmp(&self.last) != Ordering::Greater {
            return Ok(Applied::Ignored);
        }
        check(fact)?;
        if self.live.len() >= ROWS_MAX || self.history.len() >= ROWS_MAX {
            return Err(FactProblem::Full(fact.fact_id));
        }
        let found = self.index.find(fact.contract_key, &self.live.contract_key);
        let applied = match (fact.standing, found) {
            (Standing::Counted, Some(at)) => {
                self.retire(at, fact.position);
                let row = self.encode(fact);
                self.live.set(at, &row);
                Applied::Replaced
            }
            (Standing::Counted, None) => {
                let row = self.encode(fact);
                self.live.push(&row);
                self.index.insert(self.live.len() - 1, &self.live.contract_key);
                Applied::Added
            }
            (Standing::Withdrawn, Some(at)) => {
                self.retire(at, fact.position);
                self.remove(at);
                Applied::Removed
            }
            (Standing::Withdrawn, None) => Applied::Ignored,
        };
        self.last = (fact.position, fact.fact_id);
        self.position = self.position.max(fact.position);
        Ok(applied)
    }

    /// Notes that the log was followed up to a position that brought no facts.
    pub fn advance_to(&mut self, position: i64) {
        self.position = self.position.max(position);
    }

    /// Puts new region data in force: every place is looked up anew, also for earlier positions.
    pub fn set_geography(&mut self, geography: Geography) {
        self.geography = geography;
        let places: Vec<(u32, bool)> = self
            .dictionaries
            .division
            .values()
            .iter()
            .map(|&division| place_of(&self.geography, division))
            .collect();
        for rows in [&mut self.live, &mut self.history] {
            for row in 0..rows.len() {
                let (seller_city, seller_inside) = places[rows.code(Coded::SellerDivision, row) as usize];
                let (buyer_city, buyer_inside) = places[rows.code(Coded::BuyerDivision, row) as usize];
                let registry = rows.code(Coded::Flags, row) & FLAG_REGISTRY;
                rows.set_code(Coded::SellerCity, row, seller_city);
                rows.set_code(Coded::BuyerCity, row, buyer_city);
                rows.set_code(Coded::Flags, row, registry | place_flags(seller_inside, buyer_inside));
            }
        }
    }

    /// The places by which rows are grouped.
    #[must_use]
    pub fn geography(&self) -> &Geography {
        &self.geography
    }

    /// The log position up to which the columns are complete.
    #[must_use]
    pub fn position(&self) -> i64 {
        self.position
    }

    /// Contracts counted now.
    #[must_use]
    pub fn len(&self) -> usize {
        self.live.len()
    }

    /// Whether nothing is counted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.live.len() == 0
    }

    /// Replaced and withdrawn facts kept for earlier positions.
    #[must_use]
    pub fn replaced_len(&self) -> usize {
        self.history.len()
    }

    /// Bytes reserved by columns, dictionaries and index.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        let words = &self.dictionaries;
        let dictionaries = [
            &words.contract_type,
            &words.field,
            &words.ip,
            &words.kind,
            &words.division,
            &words.park,
            &words.organisation,
            &words.registrar,
        ];
        let dictionary_bytes: usize = dictionaries.iter().map(|dictionary| dictionary.bytes()).sum();
        self.live.bytes() + self.history.bytes() + self.index.bytes() + dictionary_bytes
    }

    /// The fact now counted for a contract.
    #[must_use]
    pub fn live_fact(&self, contract_key: i64) -> Option<ContractFact> {
        let at = self.index.find(contract_key, &self.live.contract_key)?;
        Some(self.decode(&self.live, at))
    }

    pub(crate) fn live(&self) -> &Rows {
        &self.live
    }

    pub(crate) fn history(&self) -> &Rows {
        &self.history
    }

    pub(crate) fn dictionaries(&self) -> &Dictionaries {
        &self.dictionaries
    }

    /// The dictionary behind a column, where it has one.
    pub(crate) fn dictionary(&self, column: Coded) -> Option<&Dictionary> {
        let words = &self.dictionaries;
        match column {
            Coded::Type => Some(&words.contract_type),
            Coded::Field => Some(&words.field),
            Coded::Ip => Some(&words.ip),
            Coded::SellerKind | Coded::BuyerKind => Some(&words.kind),
            Coded::SellerDivision | Coded::BuyerDivision => Some(&words.division),
            Coded::SellerPark | Coded::BuyerPark => Some(&words.park),
            Coded::SellerOrganisation | Coded::BuyerOrganisation => Some(&words.organisation),
            Coded::Registrar => Some(&words.registrar),
            Coded::Month | Coded::Day | Coded::Flags | Coded::SellerCity | Coded::BuyerCity => None,
        }
    }

    /// The fact of a row, in the words it came in.
    pub(crate) fn decode(&self, rows: &Rows, at: usize) -> ContractFact {
        let row = rows.get(at);
        let words = &self.dictionaries;
        let value = |dictionary: &Dictionary, column: Coded| dictionary.value(row.codes[column as usize]);
        let short = |dictionary: &Dictionary, column: Coded| {
            u16::try_from(value(dictionary, column)).expect("the value came from 16 bits")
        };
        let registry = row.codes[Coded::Flags as usize] & FLAG_REGISTRY != 0;
        ContractFact {
            fact_id: row.fact_id,
            contract_key: row.contract_key,
            position: row.from,
            standing: Standing::Counted,
            source: if registry { Source::Registry } else { Source::Exchange },
            registered_on: day_of(&row),
            contract_type: short(&words.contract_type, Coded::Type),
            field: short(&words.field, Coded::Field),
            ip: short(&words.ip, Coded::Ip),
            seller_kind: short(&words.kind, Coded::SellerKind),
            buyer_kind: short(&words.kind, Coded::BuyerKind),
            seller_division: value(&words.division, Coded::SellerDivision),
            buyer_division: value(&words.division, Coded::BuyerDivision),
            seller_park: value(&words.park, Coded::SellerPark),
            buyer_park: value(&words.park, Coded::BuyerPark),
            seller_organisation: value(&words.organisation, Coded::SellerOrganisation),
            buyer_organisation: value(&words.organisation, Coded::BuyerOrganisation),
            registrar: value(&words.registrar, Coded::Registrar),
            contract_value: Fen(row.contract_value),
            technology_value: Fen(row.technology_value),
        }
    }

    /// Keeps a live row for the positions in which it held.
    fn retire(&mut self, at: usize, to: i64) {
        // Two facts of one change set: the first never held at any position.
        if self.live.from[at] == to {
            return;
        }
        self.history.push(&self.live.get(at));
        self.history.to.push(to);
    }

    fn remove(&mut self, at: usize) {
        self.index.remove(self.live.contract_key[at], &self.live.contract_key);
        let last = self.live.len() - 1;
        if at != last {
            self.index.relocate(self.live.contract_key[last], at, &self.live.contract_key);
        }
        self.live.swap_remove(at);
    }

    fn encode(&mut self, fact: &ContractFact) -> Row {
        let words = &mut self.dictionaries;
        let (seller_city, seller_inside) = place_of(&self.geography, fact.seller_division);
        let (buyer_city, buyer_inside) = place_of(&self.geography, fact.buyer_division);
        let registry = if fact.source == Source::Registry { FLAG_REGISTRY } else { 0 };
        let mut codes = [0; CODED_COLUMNS];
        let mut set = |column: Coded, code: u32| codes[column as usize] = code;
        set(Coded::Month, month_code(Month::of(fact.registered_on)).expect("the year was checked"));
        set(Coded::Day, u32::from(fact.registered_on.day().unsigned_abs()));
        set(Coded::Flags, registry | place_flags(seller_inside, buyer_inside));
        set(Coded::Type, words.contract_type.number(fact.contract_type.into()));
        set(Coded::Field, words.field.number(fact.field.into()));
        set(Coded::Ip, words.ip.number(fact.ip.into()));
        set(Coded::SellerKind, words.kind.number(fact.seller_kind.into()));
        set(Coded::BuyerKind, words.kind.number(fact.buyer_kind.into()));
        set(Coded::SellerCity, seller_city);
        set(Coded::BuyerCity, buyer_city);
        set(Coded::SellerDivision, words.division.number(fact.seller_division));
        set(Coded::BuyerDivision, words.division.number(fact.buyer_division));
        set(Coded::SellerPark, words.park.number(fact.seller_park));
        set(Coded::BuyerPark, words.park.number(fact.buyer_park));
        set(Coded::SellerOrganisation, words.organisation.number(fact.seller_organisation));
        set(Coded::BuyerOrganisation, words.organisation.number(fact.buyer_organisation));
        set(Coded::Registrar, words.registrar.number(fact.registrar));
        Row {
            fact_id: fact.fact_id,
            contract_key: fact.contract_key,
            from: fact.position,
            contract_value: fact.contract_value.0,
            technology_value: fact.technology_value.0,
            codes,
        }
    }
}

/// The code of a month, none outside the years that a period may name.
pub(crate) fn month_code(month: Month) -> Option<u32> {
    let in_range = (YEAR_MIN..=YEAR_MAX).contains(&month.year);
    in_range.then(|| u32::try_from(month.index() - MONTH_FIRST.index()).ok()).flatten()
}

fn day_of(row: &Row) -> Date {
    let month_index = i32::try_from(row.codes[Coded::Month as usize]).expect("a month's code is small");
    let month = Month::from_index(MONTH_FIRST.index() + month_index);
    let day = i8::try_from(row.codes[Coded::Day as usize]).expect("a day of the month is at most 31");
    date(month.year, month.month, day)
}

/// Whether a fact keeps the invariants of the record.
pub(crate) fn check(fact: &ContractFact) -> Result<(), FactProblem> {
    let (contract, technology) = (fact.contract_value.0, fact.technology_value.0);
    if technology < 0 || technology > contract || contract > CONTRACT_FEN_MAX {
        return Err(FactProblem::Amounts(fact.fact_id));
    }
    if month_code(Month::of(fact.registered_on)).is_none() {
        return Err(FactProblem::Year(fact.fact_id));
    }
    Ok(())
}

/// Position of the city from 1 (0 for none), and whether the place lies in the region.
fn place_of(geography: &Geography, division: u32) -> (u32, bool) {
    let city = geography.city_of(division);
    let number = city.and_then(|code| geography.cities().iter().position(|&other| other == code));
    let code = number.map_or(0, |at| u32::try_from(at + 1).expect("a region has few cities"));
    (code, geography.contains(geography.root(), division))
}

fn place_flags(seller_inside: bool, buyer_inside: bool) -> u32 {
    let seller = if seller_inside { FLAG_SELLER_INSIDE } else { 0 };
    let buyer = if buyer_inside { FLAG_BUYER_INSIDE } else { 0 };
    seller | buyer
}
