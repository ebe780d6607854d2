//! CSV out: RFC 4180 with plain line feeds, safe to open in a spreadsheet.

use std::borrow::Cow;
use std::io::{self, Write};

use xiaoxiang_domain::bulletin::{ColumnKind, PrintedColumn, PrintedTable};

/// Whether a CSV file begins with the mark by which Excel knows UTF-8 (BOM).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByteOrderMark {
    /// For other programs and the standard output.
    Absent,
    /// For files that are opened by double click.
    Present,
}

/// Keeps a spreadsheet from taking a text for a formula (公式注入): such a text gets a leading apostrophe.
///
/// What begins with `=`, `+`, `-`, `@`, a tab or a carriage return, also full-width or after blanks, is meant.
#[must_use]
pub fn guard_formula(text: &str) -> Cow<'_, str> {
    let first = text.trim_start_matches([' ', '\u{3000}', '\u{a0}', '\u{feff}', '\n']).chars().next();
    let is_formula = matches!(first, Some('=' | '+' | '-' | '@' | '\t' | '\r' | '＝' | '＋' | '－' | '＠'));
    if is_formula { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// Writes rows of words; every cell is guarded against formulas.
pub struct CsvWriter<W: Write> {
    inner: csv::Writer<W>,
}

impl<W: Write> CsvWriter<W> {
    /// Begins a file.
    pub fn new(mut output: W, mark: ByteOrderMark) -> io::Result<Self> {
        if mark == ByteOrderMark::Present {
            output.write_all("\u{feff}".as_bytes())?;
        }
        let inner = csv::WriterBuilder::new()
            .terminator(csv::Terminator::Any(b'\n'))
            .flexible(true)
            .from_writer(output);
        Ok(Self { inner })
    }

    /// Writes a row of words.
    pub fn row<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) -> io::Result<()> {
        for cell in cells {
            self.inner.write_field(guard_formula(&clean(cell)).as_bytes())?;
        }
        self.end_row()
    }

    /// Ends the file.
    pub fn finish(mut self) -> io::Result<()> {
        self.inner.flush()
    }

    fn number(&mut self, cell: &str) -> io::Result<()> {
        self.inner.write_field(clean(cell).as_bytes())?;
        Ok(())
    }

    fn end_row(&mut self) -> io::Result<()> {
        self.inner.write_record(None::<&[u8]>)?;
        Ok(())
    }
}

/// Writes one table: a row of headers, then its rows. Title and notes are left to other formats.
pub fn write_csv(table: &PrintedTable, mark: ByteOrderMark, output: impl Write) -> io::Result<()> {
    let mut csv = CsvWriter::new(output, mark)?;
    let headers: Vec<String> = table.columns.iter().map(full_header).collect();
    csv.row(headers.iter().map(String::as_str))?;
    for row in &table.rows {
        for (index, column) in table.columns.iter().enumerate() {
            let text = row.cells.get(index).map_or("", |cell| cell.text.as_str());
            if column.kind != ColumnKind::Text && is_plain_number(text) {
                csv.number(text)?;
            } else {
                csv.inner.write_field(guard_formula(&clean(text)).as_bytes())?;
            }
        }
        csv.end_row()?;
    }
    csv.finish()
}

/// A header with its group, as one line: `吸纳·成交额(亿元)`.
#[must_use]
pub fn full_header(column: &PrintedColumn) -> String {
    if column.group.is_empty() {
        column.header.clone()
    } else {
        format!("{}·{}", column.group, column.header)
    }
}

/// Whether a text is a number as we print them: a sign, digits, at most one point, at most one percent sign.
pub(super) fn is_plain_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let digits = digits.strip_suffix('%').unwrap_or(digits);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    is_digits(whole) && is_digits(fraction)
}

/// Drops the characters that no format carries: controls other than tab and line ends.
pub(super) fn clean(text: &str) -> Cow<'_, str> {
    let is_bad = |character: char| {
        (character.is_control() && !matches!(character, '\t' | '\n' | '\r'))
            || matches!(character, '\u{fffe}' | '\u{ffff}')
    };
    if text.contains(is_bad) { Cow::Owned(text.replace(is_bad, "\u{fffd}")) } else { Cow::Borrowed(text) }
}
