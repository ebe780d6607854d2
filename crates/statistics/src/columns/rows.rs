//! The rows themselves, one vector a column, for live facts and for replaced ones alike.

use super::code::CodeColumn;

/// A column of codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub(crate) enum Coded {
    /// Months since [`super::MONTH_FIRST`].
    Month,
    /// Day of the month; periods are whole months, but neighbours of a boundary are told apart by it.
    Day,
    /// Bits [`FLAG_REGISTRY`], [`FLAG_SELLER_INSIDE`], [`FLAG_BUYER_INSIDE`].
    Flags,
    Type,
    Field,
    Ip,
    SellerKind,
    BuyerKind,
    /// Position of the seller's city in the region data, from 1; 0 for places under no city of the region.
    SellerCity,
    BuyerCity,
    SellerDivision,
    BuyerDivision,
    SellerPark,
    BuyerPark,
    SellerOrganisation,
    BuyerOrganisation,
    Registrar,
}

pub(crate) const CODED_COLUMNS: usize = Coded::Registrar as usize + 1;

/// The record came from the region's own registrars.
pub(crate) const FLAG_REGISTRY: u32 = 1;
/// The seller's place lies in the region.
pub(crate) const FLAG_SELLER_INSIDE: u32 = 2;
/// The buyer's place lies in the region.
pub(crate) const FLAG_BUYER_INSIDE: u32 = 4;
/// Number of values of the flags.
pub(crate) const FLAG_VALUES: u32 = 8;

/// One row on its way into or out of the columns.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub fact_id: i64,
    pub contract_key: i64,
    pub from: i64,
    pub contract_value: i64,
    pub technology_value: i64,
    pub codes: [u32; CODED_COLUMNS],
}

#[derive(Clone, Debug)]
pub(crate) struct Rows {
    pub fact_id: Vec<i64>,
    pub contract_key: Vec<i64>,
    /// Log position from which the row holds.
    pub from: Vec<i64>,
    /// Log position from which it holds no longer; filled for replaced facts only.
    pub to: Vec<i64>,
    pub contract_value: Vec<i64>,
    pub technology_value: Vec<i64>,
    codes: [CodeColumn; CODED_COLUMNS],
    /// Sum of all contract values: while it fits `i64`, so does the sum of any group.
    pub contract_value_sum: i128,
}

impl Rows {
    pub(crate) fn new() -> Self {
        Self {
            fact_id: Vec::new(),
            contract_key: Vec::new(),
            from: Vec::new(),
            to: Vec::new(),
            contract_value: Vec::new(),
            technology_value: Vec::new(),
            codes: std::array::from_fn(|_| CodeColumn::new()),
            contract_value_sum: 0,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.fact_id.len()
    }

    pub(crate) fn reserve(&mut self, rows: usize) {
        self.fact_id.reserve(rows);
        self.contract_key.reserve(rows);
        self.from.reserve(rows);
        self.contract_value.reserve(rows);
        self.technology_value.reserve(rows);
        for column in &mut self.codes {
            column.reserve(rows);
        }
    }

    pub(crate) fn column(&self, column: Coded) -> &CodeColumn {
        &self.codes[column as usize]
    }

    pub(crate) fn code(&self, column: Coded, row: usize) -> u32 {
        self.codes[column as usize].get(row)
    }

    pub(crate) fn set_code(&mut self, column: Coded, row: usize, code: u32) {
        self.codes[column as usize].set(row, code);
    }

    pub(crate) fn push(&mut self, row: &Row) {
        self.fact_id.push(row.fact_id);
        self.contract_key.push(row.contract_key);
        self.from.push(row.from);
        self.contract_value.push(row.contract_value);
        self.technology_value.push(row.technology_value);
        for (column, &code) in self.codes.iter_mut().zip(&row.codes) {
            column.push(code);
        }
        self.contract_value_sum += i128::from(row.contract_value);
    }

    pub(crate) fn set(&mut self, at: usize, row: &Row) {
        self.contract_value_sum += i128::from(row.contract_value) - i128::from(self.contract_value[at]);
        self.fact_id[at] = row.fact_id;
        self.contract_key[at] = row.contract_key;
        self.from[at] = row.from;
        self.contract_value[at] = row.contract_value;
        self.technology_value[at] = row.technology_value;
        for (column, &code) in self.codes.iter_mut().zip(&row.codes) {
            column.set(at, code);
        }
    }

    pub(crate) fn get(&self, at: usize) -> Row {
        Row {
            fact_id: self.fact_id[at],
            contract_key: self.contract_key[at],
            from: self.from[at],
            contract_value: self.contract_value[at],
            technology_value: self.technology_value[at],
            codes: std::array::from_fn(|column| self.codes[column].get(at)),
        }
    }

    /// Removes a row; the last row takes its place.
    pub(crate) fn swap_remove(&mut self, at: usize) {
        self.contract_value_sum -= i128::from(self.contract_value[at]);
        self.fact_id.swap_remove(at);
        self.contract_key.swap_remove(at);
        self.from.swap_remove(at);
        self.contract_value.swap_remove(at);
        self.technology_value.swap_remove(at);
        for column in &mut self.codes {
            column.swap_remove(at);
        }
    }

    pub(crate) fn bytes(&self) -> usize {
        let wide = self.fact_id.capacity()
            + self.contract_key.capacity()
            + self.from.capacity()
            + self.to.capacity()
            + self.contract_value.capacity()
            + self.technology_value.capacity();
        wide * size_of::<i64>() + self.codes.iter().map(CodeColumn::bytes).sum::<usize>()
    }
}
