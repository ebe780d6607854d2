//! What is wrong with an uploaded sheet, where it is, and what its owner should do about it.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, Write};

use serde::{Deserialize, Serialize};

use super::cell::column_letters;
use crate::paper::{ByteOrderMark, CsvWriter};

/// Characters of a value that a problem repeats; the rest is cut and marked.
pub const PROBLEM_VALUE_CHARACTERS_MAX: usize = 80;

/// One problem of a file or of a cell (问题), complete in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetProblem {
    /// Name of the sheet; none where the file as a whole is refused.
    pub sheet: Option<Box<str>>,
    /// Row as the user's spreadsheet program numbers it, from 1.
    pub row: Option<u32>,
    /// The column, where one cell is meant.
    pub column: Option<Box<ProblemColumn>>,
    /// The offending value, cut to [`PROBLEM_VALUE_CHARACTERS_MAX`], control characters made visible.
    pub value: Option<Box<str>>,
    /// Stable name: `sheet.zip_bomb`.
    pub code: Cow<'static, str>,
    /// Reason and remedy.
    #[serde(flatten)]
    pub words: Box<ProblemWords>,
}

/// A column as the user finds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProblemColumn {
    /// Letters: `AB`.
    pub letter: String,
    /// The header of the column, empty where it has none.
    pub header: String,
}

/// Reason and remedy in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProblemWords {
    /// Why it is refused, Chinese.
    pub reason_zh: String,
    /// Why it is refused, English.
    pub reason_en: String,
    /// What to do next, Chinese.
    pub what_to_do_zh: String,
    /// What to do next, English.
    pub what_to_do_en: String,
}

impl SheetProblem {
    /// Starts a problem of the whole file; [`Self::at_row`] and [`Self::in_column`] narrow it down.
    #[must_use]
    pub fn new(code: &'static str) -> Self {
        Self {
            sheet: None,
            row: None,
            column: None,
            value: None,
            code: Cow::Borrowed(code),
            words: Box::default(),
        }
    }

    /// Says why.
    #[must_use]
    pub fn reason(mut self, zh: impl Into<String>, en: impl Into<String>) -> Self {
        self.words.reason_zh = zh.into();
        self.words.reason_en = en.into();
        self
    }

    /// Says what to do next.
    #[must_use]
    pub fn what_to_do(mut self, zh: impl Into<String>, en: impl Into<String>) -> Self {
        self.words.what_to_do_zh = zh.into();
        self.words.what_to_do_en = en.into();
        self
    }

    /// Names the sheet.
    #[must_use]
    pub fn in_sheet(mut self, sheet: &str) -> Self {
        self.sheet = Some(visible_text(sheet).into());
        self
    }

    /// Names the row, from 1.
    #[must_use]
    pub fn at_row(mut self, row: u32) -> Self {
        self.row = Some(row);
        self
    }

    /// Names the column by its index from 0 and its header.
    #[must_use]
    pub fn in_column(mut self, column: usize, header: &str) -> Self {
        let letter = column_letters(column);
        self.column = Some(Box::new(ProblemColumn { letter, header: visible_text(header) }));
        self
    }

    /// Repeats the offending value, cut and made visible.
    #[must_use]
    pub fn with_value(mut self, value: &str) -> Self {
        self.value = Some(visible_text(value).into());
        self
    }
}

impl fmt::Display for SheetProblem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: ", self.code)?;
        if let Some(sheet) = &self.sheet {
            write!(formatter, "sheet `{sheet}` ")?;
        }
        if let Some(row) = self.row {
            write!(formatter, "row {row} ")?;
        }
        if let Some(column) = &self.column {
            write!(formatter, "column {} ", column.letter)?;
        }
        formatter.write_str(&self.words.reason_en)
    }
}

impl std::error::Error for SheetProblem {}

/// Cuts a text for display and shows what a screen would hide: control, direction and zero-width characters.
#[must_use]
pub fn visible_text(text: &str) -> String {
    let mut visible = String::new();
    for (count, character) in text.chars().enumerate() {
        if count == PROBLEM_VALUE_CHARACTERS_MAX {
            visible.push('…');
            break;
        }
        match character {
            '\u{0}'..='\u{1f}' => {
                visible
                    .push(char::from_u32(0x2400 + character as u32).expect("control pictures lie at U+2400"));
            }
            '\u{7f}' => visible.push('␡'),
            '\u{80}'..='\u{9f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fffe}'..='\u{ffff}' => visible.push_str(&format!("⟨U+{:04X}⟩", character as u32)),
            _ => visible.push(character),
        }
    }
    visible
}

/// Writes the list of problems (问题清单) as CSV, one problem a row, both languages side by side.
pub fn write_problems_csv(
    problems: &[SheetProblem],
    mark: ByteOrderMark,
    output: impl Write,
) -> io::Result<()> {
    let mut csv = CsvWriter::new(output, mark)?;
    csv.row(["工作表", "行", "列", "表头", "值", "代码", "原因", "处理办法", "Reason", "What to do"])?;
    for problem in problems {
        let row = problem.row.map(|row| row.to_string()).unwrap_or_default();
        let (letter, header) = problem
            .column
            .as_ref()
            .map_or(("", ""), |column| (column.letter.as_str(), column.header.as_str()));
        csv.row([
            problem.sheet.as_deref().unwrap_or_default(),
            &row,
            letter,
            header,
            problem.value.as_deref().unwrap_or_default(),
            &problem.code,
            &problem.words.reason_zh,
            &problem.words.what_to_do_zh,
            &problem.words.reason_en,
            &problem.words.what_to_do_en,
        ])?;
    }
    csv.finish()
}
