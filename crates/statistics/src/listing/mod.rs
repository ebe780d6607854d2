//! The list of contracts (合同列表): every contract on record with what lists filter and sort by.
//!
//! It follows the same facts as the columns, yet keeps withdrawn contracts too, and gives every contract one slot
//! for good: its title stands beside its attributes, so that one pass over a block answers filter, text, count and
//! order together. Nothing but memory is read for a page; the rows themselves come from the database by key.

mod ask;
mod block;
mod organisations;
mod scan;

use jiff::civil::{Date, date};
use xiaoxiang_domain::fact::{ContractFact, Standing};
use xiaoxiang_domain::period::YEAR_MIN;
use xiaoxiang_domain::region::plain;

use crate::columns::{CodeColumn, Dictionary, FactProblem, KeyIndex, check};
use block::{BLOCK_SLOTS, Block};

pub use ask::{ListFilter, ListOrder, ListPlace, ListReach, ListSide, PlaceFilter};
pub use organisations::OrganisationNames;
pub use scan::{ListedPage, TOTAL_MAX, Total};

/// A contract of which no fact has come yet is not listed.
const NO_FACT: u8 = 0;
const COUNTED: u8 = 1;
const WITHDRAWN: u8 = 2;
/// Leading bytes of a registration number that are compared as one number.
const HEAD_BYTES: usize = 16;

/// Columns of codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
enum Lane {
    Type,
    Field,
    SellerDivision,
    BuyerDivision,
    SellerPark,
    BuyerPark,
    SellerOrganisation,
    BuyerOrganisation,
    Registrar,
}

const LANES: usize = Lane::Registrar as usize + 1;

/// One dictionary for each set of values; both sides of a contract share theirs.
#[derive(Clone, Debug)]
struct Words {
    division: Dictionary,
    park: Dictionary,
    organisation: Dictionary,
    registrar: Dictionary,
}

/// Where the two sides of a contract count; 0 for abroad, none and in dispute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListedPlaces {
    /// Division of the seller.
    pub seller_division: u32,
    /// Division of the buyer.
    pub buyer_division: u32,
    /// Park of the seller.
    pub seller_park: u32,
    /// Park of the buyer.
    pub buyer_park: u32,
}

/// All contracts on record, those withdrawn included, as they stand now.
#[derive(Clone, Debug)]
pub struct ContractListing {
    contract_key: Vec<i64>,
    index: KeyIndex,
    standing: Vec<u8>,
    /// Days since the first that a period may name.
    day: Vec<u16>,
    contract_value: Vec<i64>,
    /// The first bytes of the registration number.
    number_head: Vec<u128>,
    codes: [CodeColumn; LANES],
    words: Words,
    blocks: Vec<Block>,
}

impl Default for ContractListing {
    fn default() -> Self {
        Self::new()
    }
}

impl ContractListing {
    /// An empty list.
    #[must_use]
    pub fn new() -> Self {
        Self {
            contract_key: Vec::new(),
            index: KeyIndex::new(),
            standing: Vec::new(),
            day: Vec::new(),
            contract_value: Vec::new(),
            number_head: Vec::new(),
            codes: std::array::from_fn(|_| CodeColumn::new()),
            words: Words {
                division: Dictionary::new(),
                park: Dictionary::new(),
                organisation: Dictionary::new(),
                registrar: Dictionary::new(),
            },
            blocks: Vec::new(),
        }
    }

    /// Takes a version's title: registration number (登记编号) and project name (项目名称). Of several versions of a
    /// contract the last one holds. Titles before facts: a new contract's is then appended and nothing moves.
    pub fn put_title(&mut self, contract_key: i64, registration_number: &str, project_name: &str) {
        let number = plain(registration_number);
        let title = format!("{number}\n{}\n", plain(project_name));
        let head = number_head(&number);
        let slot = match self.index.find(contract_key, &self.contract_key) {
            Some(slot) => {
                self.block_mut(slot).replace(slot % BLOCK_SLOTS, &title);
                slot
            }
            None => self.new_slot(contract_key, &title),
        };
        self.number_head[slot] = head;
        self.block_mut(slot).widen_number(head);
    }

    /// Takes a fact; facts come in the order of the log, and of several of a contract the last one holds.
    ///
    /// # Errors
    /// Where the fact breaks an invariant of the record; the list is then unchanged.
    pub fn put_fact(&mut self, fact: &ContractFact) -> Result<(), FactProblem> {
        check(fact)?;
        let slot = match self.index.find(fact.contract_key, &self.contract_key) {
            Some(slot) => slot,
            None => self.new_slot(fact.contract_key, "\n\n"),
        };
        let day = day_code(fact.registered_on);
        self.standing[slot] = match fact.standing {
            Standing::Counted => COUNTED,
            Standing::Withdrawn => WITHDRAWN,
        };
        self.day[slot] = day;
        self.contract_value[slot] = fact.contract_value.0;
        let words = &mut self.words;
        let codes = [
            u32::from(fact.contract_type),
            u32::from(fact.field),
            words.division.number(fact.seller_division),
            words.division.number(fact.buyer_division),
            words.park.number(fact.seller_park),
            words.park.number(fact.buyer_park),
            words.organisation.number(fact.seller_organisation),
            words.organisation.number(fact.buyer_organisation),
            words.registrar.number(fact.registrar),
        ];
        for (column, code) in self.codes.iter_mut().zip(codes) {
            column.set(slot, code);
        }
        self.block_mut(slot).widen(day, fact.contract_value.0);
        Ok(())
    }

    /// Where a contract counts now; none where it is not on record.
    #[must_use]
    pub fn places(&self, contract_key: i64) -> Option<ListedPlaces> {
        let slot = self.index.find(contract_key, &self.contract_key)?;
        let value = |dictionary: &Dictionary, lane: Lane| dictionary.value(self.lane(lane).get(slot));
        let words = &self.words;
        Some(ListedPlaces {
            seller_division: value(&words.division, Lane::SellerDivision),
            buyer_division: value(&words.division, Lane::BuyerDivision),
            seller_park: value(&words.park, Lane::SellerPark),
            buyer_park: value(&words.park, Lane::BuyerPark),
        })
    }

    /// Contracts on record.
    #[must_use]
    pub fn len(&self) -> usize {
        self.contract_key.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.contract_key.is_empty()
    }

    /// Bytes reserved.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        let wide = self.contract_key.capacity() + self.contract_value.capacity();
        let words = &self.words;
        let dictionaries = [&words.division, &words.park, &words.organisation, &words.registrar];
        wide * size_of::<i64>()
            + self.number_head.capacity() * size_of::<u128>()
            + self.day.capacity() * size_of::<u16>()
            + self.standing.capacity()
            + self.index.bytes()
            + self.codes.iter().map(CodeColumn::bytes).sum::<usize>()
            + dictionaries.iter().map(|dictionary| dictionary.bytes()).sum::<usize>()
            + self.blocks.iter().map(Block::bytes).sum::<usize>()
    }

    fn new_slot(&mut self, contract_key: i64, title: &str) -> usize {
        let slot = self.contract_key.len();
        self.contract_key.push(contract_key);
        self.index.insert(slot, &self.contract_key);
        self.standing.push(NO_FACT);
        self.day.push(0);
        self.contract_value.push(0);
        self.number_head.push(0);
        for column in &mut self.codes {
            column.push(0);
        }
        if slot.is_multiple_of(BLOCK_SLOTS) {
            if let Some(full) = self.blocks.last_mut() {
                full.shrink();
            }
            self.blocks.push(Block::new());
        }
        self.block_mut(slot).push(title);
        slot
    }

    fn block_mut(&mut self, slot: usize) -> &mut Block {
        &mut self.blocks[slot / BLOCK_SLOTS]
    }

    fn title(&self, slot: usize) -> &str {
        self.blocks[slot / BLOCK_SLOTS].title(slot % BLOCK_SLOTS)
    }

    fn number(&self, slot: usize) -> &str {
        self.title(slot).split('\n').next().unwrap_or_default()
    }

    fn lane(&self, lane: Lane) -> &CodeColumn {
        &self.codes[lane as usize]
    }
}

/// Days since the first that a period may name: what the check of years lets through fits 16 bits.
fn day_code(day: Date) -> u16 {
    let first = date(YEAR_MIN, 1, 1);
    let days = first.until(day).map_or(0, |span| span.get_days());
    u16::try_from(days.max(0)).unwrap_or(u16::MAX)
}

/// Numbers in the order of their heads are in their own order, as far as the heads tell.
fn number_head(number: &str) -> u128 {
    let mut head = [0; HEAD_BYTES];
    for (into, byte) in head.iter_mut().zip(number.bytes()) {
        *into = byte;
    }
    u128::from_be_bytes(head)
}
