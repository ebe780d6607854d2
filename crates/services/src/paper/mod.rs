//! Writes tables and letters: CSV, XLSX, DOCX, and lines for a terminal.
//!
//! Every writer takes what `domain` has laid out and decides nothing about figures.

mod csv;

pub use csv::{ByteOrderMark, CsvWriter, full_header, guard_formula, write_csv};
