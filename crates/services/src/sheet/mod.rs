//! Reads an uploaded table (电子表格): XLSX or CSV, told apart by content, streamed row by row.
//!
//! Nothing here knows what a contract is. A file is either refused with a [`SheetProblem`] that says what to
//! do, or gives its rows with the numbers and letters that the user sees on the screen.

mod cell;
mod csv_rows;
mod date;
mod detect;
mod header;
mod problem;
mod refusal;
mod text;
mod width;
mod xlsx_rows;
mod xml_guard;
mod zip_guard;

use std::path::Path;

pub use cell::{CachedKind, CellKind, CellTrouble, SheetCell, column_letters};
pub use date::{DATE_YEAR_MAX, DATE_YEAR_MIN, parse_date};
pub use header::{
    FoundHeader, HEADER_SEARCH_ROWS, Header, TitleLine, find_header, header_of, normalise_header, title_unit,
};
pub use problem::{
    PROBLEM_VALUE_CHARACTERS_MAX, ProblemColumn, ProblemWords, SheetProblem, visible_text, write_problems_csv,
};
pub(crate) use text::decode;
pub use width::fold_width;
pub use zip_guard::{INFLATED_BYTES_MAX, INFLATION_MAX, PART_BYTES_MAX, PARTS_MAX, STRINGS_BYTES_MAX};

/// Bytes of an uploaded file.
pub const FILE_BYTES_MAX: u64 = 128 * 1024 * 1024;
/// Sheets of a workbook.
pub const SHEETS_MAX: usize = 256;
/// Rows of a sheet, as many as Excel has.
pub const ROWS_MAX: u32 = 1_048_576;
/// Columns of a sheet in which something may stand.
pub const COLUMNS_MAX: usize = 1_024;
/// Bytes of one cell, well above the 32,767 characters of Excel.
pub const CELL_BYTES_MAX: usize = 1024 * 1024;

/// An opened file.
pub struct SheetFile {
    sheets: Vec<SheetInfo>,
    body: Body,
}

enum Body {
    Xlsx { workbook: Box<xlsx_rows::Workbook>, merged: Vec<Option<Vec<MergedRange>>> },
    Csv { text: String, separator: u8 },
}

/// What the content turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SheetFormat {
    /// An Excel workbook.
    Xlsx,
    /// Comma, tab or semicolon separated text.
    Csv,
}

/// A sheet of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetInfo {
    /// Its name; `CSV` for a text file.
    pub name: String,
    /// Whether the user sees it.
    pub visibility: Visibility,
}

/// Whether the user sees a sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// Shown.
    Visible,
    /// Hidden, also where only a macro can show it.
    Hidden,
}

/// A row that is not empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetRow {
    /// Its number on the user's screen, from 1; empty rows are left out but counted.
    pub number: u32,
    /// Cells from column A to the last that is not empty.
    pub cells: Vec<SheetCell>,
}

impl SheetRow {
    /// The cell of a column, none right of the last that is not empty.
    #[must_use]
    pub fn cell(&self, column: usize) -> Option<&SheetCell> {
        self.cells.get(column).filter(|cell| !cell.is_empty())
    }

    /// The text of a column, empty where nothing stands.
    #[must_use]
    pub fn text(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", |cell| cell.text.as_str())
    }
}

/// Cells shown as one (合并单元格); the value stands in the first, the others are empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MergedRange {
    /// First row, from 1.
    pub first_row: u32,
    /// Last row, from 1.
    pub last_row: u32,
    /// First column, from 0.
    pub first_column: usize,
    /// Last column, from 0.
    pub last_column: usize,
}

impl MergedRange {
    /// Whether a cell lies in the range.
    #[must_use]
    pub fn contains(&self, row: u32, column: usize) -> bool {
        (self.first_row..=self.last_row).contains(&row)
            && (self.first_column..=self.last_column).contains(&column)
    }
}

/// Opens a file from disk. Its name plays no part.
pub fn open_sheet_file(path: &Path) -> Result<SheetFile, SheetProblem> {
    let length = std::fs::metadata(path).map_err(|error| refusal::unreadable(&error))?.len();
    if length > FILE_BYTES_MAX {
        return Err(refusal::too_large());
    }
    open_sheet(std::fs::read(path).map_err(|error| refusal::unreadable(&error))?)
}

/// Opens an uploaded file from its bytes.
///
/// A workbook is inflated once here to nothing but counters, so that no limit rests on what the file claims.
pub fn open_sheet(bytes: Vec<u8>) -> Result<SheetFile, SheetProblem> {
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(refusal::too_large());
    }
    match detect::detect(&bytes)? {
        detect::Content::Zip => {
            zip_guard::check(&bytes)?;
            let (workbook, sheets) = xlsx_rows::open(bytes)?;
            let merged = vec![None; sheets.len()];
            Ok(SheetFile { sheets, body: Body::Xlsx { workbook: Box::new(workbook), merged } })
        }
        detect::Content::Text => {
            let text = text::decode(bytes)?;
            if text.trim().is_empty() {
                return Err(refusal::empty());
            }
            let separator = csv_rows::separator_of(&text);
            let sheet = SheetInfo { name: csv_rows::CSV_SHEET.to_owned(), visibility: Visibility::Visible };
            Ok(SheetFile { sheets: vec![sheet], body: Body::Csv { text, separator } })
        }
    }
}

impl SheetFile {
    /// What the content turned out to be.
    #[must_use]
    pub fn format(&self) -> SheetFormat {
        match self.body {
            Body::Xlsx { .. } => SheetFormat::Xlsx,
            Body::Csv { .. } => SheetFormat::Csv,
        }
    }

    /// The worksheets in the order of their tabs, hidden ones included.
    #[must_use]
    pub fn sheets(&self) -> &[SheetInfo] {
        &self.sheets
    }

    /// The index of a sheet by its name.
    pub fn sheet_named(&self, name: &str) -> Result<usize, SheetProblem> {
        self.sheets.iter().position(|sheet| sheet.name == name).ok_or_else(|| refusal::unknown_sheet(name))
    }

    /// The merged ranges of a sheet; reads the sheet to its end on the first call.
    pub fn merged_ranges(&mut self, sheet: usize) -> Result<&[MergedRange], SheetProblem> {
        let Some(info) = self.sheets.get(sheet) else { return Err(refusal::unknown_sheet("")) };
        match &mut self.body {
            Body::Csv { .. } => Ok(&[]),
            Body::Xlsx { workbook, merged } => {
                if merged[sheet].is_none() {
                    merged[sheet] = Some(xlsx_rows::merged_ranges(workbook, &info.name)?);
                }
                Ok(merged[sheet].as_deref().unwrap_or_default())
            }
        }
    }

    /// Streams the rows of a sheet from its beginning.
    pub fn rows(&mut self, sheet: usize) -> Result<SheetRows<'_>, SheetProblem> {
        let Some(info) = self.sheets.get(sheet) else { return Err(refusal::unknown_sheet("")) };
        let source = match &mut self.body {
            Body::Xlsx { workbook, .. } => {
                Source::Xlsx(Box::new(xlsx_rows::XlsxRows::new(workbook, &info.name)?))
            }
            Body::Csv { text, separator } => Source::Csv(csv_rows::CsvRows::new(text, *separator)),
        };
        Ok(SheetRows { source, is_finished: false })
    }

    /// The first rows of a sheet that are not empty.
    pub fn first_rows(&mut self, sheet: usize, count: usize) -> Result<Vec<SheetRow>, SheetProblem> {
        self.rows(sheet)?.take(count).collect()
    }

    /// Finds the header of a sheet among its first rows, merged group headers included.
    ///
    /// `recognise` is asked with normalised headers without their unit, `group/header` under a group. At least
    /// `recognised_min` columns must be recognised.
    pub fn find_header(
        &mut self,
        sheet: usize,
        recognised_min: usize,
        recognise: impl Fn(&str) -> bool,
    ) -> Result<Option<FoundHeader>, SheetProblem> {
        let rows = self.first_rows(sheet, HEADER_SEARCH_ROWS + 1)?;
        let merged = self.merged_ranges(sheet)?;
        Ok(find_header(&rows, merged, recognised_min, recognise))
    }
}

/// The rows of one sheet; ends after the first problem.
pub struct SheetRows<'a> {
    source: Source<'a>,
    is_finished: bool,
}

enum Source<'a> {
    Xlsx(Box<xlsx_rows::XlsxRows<'a>>),
    Csv(csv_rows::CsvRows<'a>),
}

impl Iterator for SheetRows<'_> {
    type Item = Result<SheetRow, SheetProblem>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_finished {
            return None;
        }
        let next = match &mut self.source {
            Source::Xlsx(rows) => rows.next_row(),
            Source::Csv(rows) => rows.next_row(),
        };
        self.is_finished = !matches!(next, Ok(Some(_)));
        next.transpose()
    }
}
