//! Rows of a CSV text.
//!
//! A parser of our own: the `csv` crate drops blank lines without counting them, so that its row numbers are
//! not those of the user's screen, and takes an unclosed quotation mark for a very long cell.

use super::{CELL_BYTES_MAX, COLUMNS_MAX, ROWS_MAX, SheetCell, SheetProblem, SheetRow, refusal};

/// The name that stands for the sheet of a CSV file in problems.
pub(super) const CSV_SHEET: &str = "CSV";
/// Bytes at the beginning by which the separator is chosen.
const SEPARATOR_HEAD_BYTES: usize = 16 * 1024;

/// Chooses comma, tab or semicolon, whichever is most frequent outside quotes at the beginning; comma wins ties.
pub(super) fn separator_of(text: &str) -> u8 {
    let mut counts = [(b',', 0_usize), (b'\t', 0), (b';', 0)];
    let mut is_quoted = false;
    for byte in text.bytes().take(SEPARATOR_HEAD_BYTES) {
        if byte == b'"' {
            is_quoted = !is_quoted;
        } else if !is_quoted && let Some(count) = counts.iter_mut().find(|count| count.0 == byte) {
            count.1 += 1;
        }
    }
    counts.iter().rev().max_by_key(|count| count.1).map_or(b',', |count| count.0)
}

/// Streams the rows of a text; empty ones are counted, not given.
pub(super) struct CsvRows<'a> {
    text: &'a str,
    separator: u8,
    at: usize,
    row: u32,
}

impl<'a> CsvRows<'a> {
    pub(super) fn new(text: &'a str, separator: u8) -> Self {
        Self { text, separator, at: 0, row: 0 }
    }

    /// The next row that is not empty.
    pub(super) fn next_row(&mut self) -> Result<Option<SheetRow>, SheetProblem> {
        while self.at < self.text.len() {
            if self.row == ROWS_MAX {
                return Err(refusal::too_many_rows(CSV_SHEET));
            }
            self.row += 1;
            let mut cells = Vec::new();
            while !self.take_cell(&mut cells)? {}
            while cells.last().is_some_and(SheetCell::is_empty) {
                cells.pop();
            }
            if !cells.is_empty() {
                return Ok(Some(SheetRow { number: self.row, cells }));
            }
        }
        Ok(None)
    }

    /// Reads one cell with its separator or line end; true where the row ends.
    fn take_cell(&mut self, cells: &mut Vec<SheetCell>) -> Result<bool, SheetProblem> {
        let bytes = self.text.as_bytes();
        let start = self.at;
        let (cell, after) = if bytes.get(start) == Some(&b'"') {
            self.quoted_cell(start)?
        } else {
            let end = self.plain_end(start);
            (SheetCell::of_text(&self.text[start..end]), end)
        };
        if after - start > CELL_BYTES_MAX {
            return Err(refusal::too_long_cell(CSV_SHEET, self.row, cells.len()));
        }
        if !cell.is_empty() && cells.len() >= COLUMNS_MAX {
            return Err(refusal::too_many_columns(CSV_SHEET, self.row));
        }
        if cells.len() < COLUMNS_MAX {
            cells.push(cell);
        }
        match bytes.get(after) {
            Some(byte) if *byte == self.separator => {
                self.at = after + 1;
                Ok(false)
            }
            Some(b'\r') if bytes.get(after + 1) == Some(&b'\n') => {
                self.at = after + 2;
                Ok(true)
            }
            Some(_) => {
                self.at = after + 1;
                Ok(true)
            }
            None => {
                self.at = after;
                Ok(true)
            }
        }
    }

    fn plain_end(&self, start: usize) -> usize {
        let rest = &self.text.as_bytes()[start..];
        start + memchr::memchr3(self.separator, b'\n', b'\r', rest).unwrap_or(rest.len())
    }

    /// A quoted cell; what stands between its closing mark and the separator is kept, as Excel keeps it.
    fn quoted_cell(&self, start: usize) -> Result<(SheetCell, usize), SheetProblem> {
        let bytes = self.text.as_bytes();
        let mut value = String::new();
        let mut from = start + 1;
        loop {
            let Some(length) = memchr::memchr(b'"', &bytes[from..]) else {
                return Err(refusal::open_quote(self.row).in_sheet(CSV_SHEET));
            };
            value.push_str(&self.text[from..from + length]);
            let close = from + length;
            if bytes.get(close + 1) == Some(&b'"') {
                value.push('"');
                from = close + 2;
                continue;
            }
            let end = self.plain_end(close + 1);
            value.push_str(&self.text[close + 1..end]);
            return Ok((SheetCell::of_text(&value), end));
        }
    }
}
