//! Rows of a worksheet, cell by cell through calamine.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{DataRef, ExcelDateTime, Reader, SheetType, SheetVisible, Xlsx, XlsxCellReader, XlsxError};

use super::{
    CELL_BYTES_MAX, COLUMNS_MAX, CellKind, MergedRange, ROWS_MAX, SHEETS_MAX, SheetCell, SheetInfo,
    SheetProblem, SheetRow, Visibility, refusal,
};

pub(super) type Workbook = Xlsx<Cursor<Vec<u8>>>;

/// Opens a workbook that the guard has passed.
pub(super) fn open(bytes: Vec<u8>) -> Result<(Workbook, Vec<SheetInfo>), SheetProblem> {
    let workbook = contained(|| Workbook::new(Cursor::new(bytes)))?;
    let sheets: Vec<SheetInfo> = workbook
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .map(|sheet| SheetInfo {
            name: sheet.name.clone(),
            visibility: match sheet.visible {
                SheetVisible::Visible => Visibility::Visible,
                SheetVisible::Hidden | SheetVisible::VeryHidden => Visibility::Hidden,
            },
        })
        .collect();
    match sheets.len() {
        0 => Err(refusal::no_sheet()),
        count if count > SHEETS_MAX => Err(refusal::too_many_sheets()),
        _ => Ok((workbook, sheets)),
    }
}

/// The merged ranges of a sheet, in the order of the file.
pub(super) fn merged_ranges(workbook: &mut Workbook, sheet: &str) -> Result<Vec<MergedRange>, SheetProblem> {
    let ranges =
        contained(|| workbook.merge_cells_by_sheet_name(sheet)).map_err(|problem| problem.in_sheet(sheet))?;
    Ok(ranges
        .into_iter()
        .map(|range| MergedRange {
            first_row: range.start.0.saturating_add(1),
            last_row: range.end.0.saturating_add(1),
            first_column: range.start.1 as usize,
            last_column: range.end.1 as usize,
        })
        .collect())
}

/// Streams the rows of one worksheet; empty ones cost nothing.
pub(super) struct XlsxRows<'a> {
    sheet: String,
    reader: XlsxCellReader<'a, Cursor<Vec<u8>>>,
    pending: Option<(u32, usize, SheetCell)>,
    last_row: u32,
    is_ended: bool,
}

impl<'a> XlsxRows<'a> {
    pub(super) fn new(workbook: &'a mut Workbook, sheet: &str) -> Result<Self, SheetProblem> {
        let reader = contained(|| workbook.worksheet_cells_reader(sheet))
            .map_err(|problem| problem.in_sheet(sheet))?;
        Ok(Self { sheet: sheet.to_owned(), reader, pending: None, last_row: 0, is_ended: false })
    }

    /// The next row that is not empty.
    pub(super) fn next_row(&mut self) -> Result<Option<SheetRow>, SheetProblem> {
        let Some((number, column, cell)) = self.next_cell()? else { return Ok(None) };
        self.last_row = number;
        let mut cells = Vec::new();
        put(&mut cells, column, cell);
        while let Some((row, column, cell)) = self.next_cell()? {
            if row != number {
                self.pending = Some((row, column, cell));
                break;
            }
            put(&mut cells, column, cell);
        }
        Ok(Some(SheetRow { number, cells }))
    }

    /// The next cell that is not empty, its row counted from 1.
    fn next_cell(&mut self) -> Result<Option<(u32, usize, SheetCell)>, SheetProblem> {
        if let Some(pending) = self.pending.take() {
            return Ok(Some(pending));
        }
        // Asked again after its end, calamine would read on behind the cells.
        if self.is_ended {
            return Ok(None);
        }
        loop {
            let reader = &mut self.reader;
            let record = contained(|| reader.next_cell_with_formula_metadata())
                .map_err(|problem| problem.in_sheet(&self.sheet).at_row(self.last_row + 1))?;
            let Some(record) = record else {
                self.is_ended = true;
                return Ok(None);
            };
            let value = cell_of(record.value);
            let has_formula = record.formula.is_some();
            if value.is_empty() && (!has_formula || value.text_was_stored) {
                continue;
            }
            let cell = if has_formula { value.cell.into_formula() } else { value.cell };
            let (row, column) = (record.pos.0.saturating_add(1), record.pos.1 as usize);
            if row > ROWS_MAX {
                return Err(refusal::too_many_rows(&self.sheet));
            }
            if row < self.last_row {
                return Err(refusal::rows_out_of_order(&self.sheet, row));
            }
            if column >= COLUMNS_MAX {
                return Err(refusal::too_many_columns(&self.sheet, row));
            }
            if cell.text.len() > CELL_BYTES_MAX {
                return Err(refusal::too_long_cell(&self.sheet, row, column));
            }
            return Ok(Some((row, column, cell)));
        }
    }
}

fn put(cells: &mut Vec<SheetCell>, column: usize, cell: SheetCell) {
    if cells.len() <= column {
        cells.resize_with(column + 1, SheetCell::default);
    }
    cells[column] = cell;
}

/// A value, and whether an empty one was stored as such, as the result of `=""` is.
struct Value {
    cell: SheetCell,
    text_was_stored: bool,
}

impl Value {
    fn is_empty(&self) -> bool {
        self.cell.is_empty()
    }
}

fn cell_of(value: DataRef<'_>) -> Value {
    let text_was_stored = !matches!(value, DataRef::Empty);
    let cell = match value {
        DataRef::Empty => SheetCell::default(),
        DataRef::String(text) => SheetCell::of_text(&text),
        DataRef::SharedString(text) => SheetCell::of_text(text),
        DataRef::Int(number) => SheetCell { text: number.to_string(), kind: CellKind::Number },
        DataRef::Float(number) => SheetCell::of_number(number),
        DataRef::Bool(value) => {
            SheetCell { text: if value { "TRUE" } else { "FALSE" }.to_owned(), kind: CellKind::Boolean }
        }
        DataRef::DateTime(moment) => date_cell(moment),
        DataRef::DateTimeIso(text) => SheetCell { text: text.replacen('T', " ", 1), kind: CellKind::Date },
        DataRef::DurationIso(text) => SheetCell { text, kind: CellKind::Text },
        DataRef::Error(error) => SheetCell { text: error.to_string(), kind: CellKind::Error },
    };
    Value { cell, text_was_stored }
}

/// A date as ISO text; a duration, a bare time of day or a serial outside the calendar stays the number it is.
fn date_cell(moment: ExcelDateTime) -> SheetCell {
    /// 9999-12-31 in the system of 1900.
    const SERIAL_MAX: f64 = 2_958_465.999_999;
    if moment.is_duration() || !(1.0..=SERIAL_MAX).contains(&moment.as_f64()) {
        return SheetCell::of_number(moment.as_f64());
    }
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    let text = if (hour, minute, second) == (0, 0, 0) {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
    };
    SheetCell { text, kind: CellKind::Date }
}

/// Runs the reader; its errors and its panics on malformed positions both become a problem of the file.
fn contained<T>(run: impl FnOnce() -> Result<T, XlsxError>) -> Result<T, SheetProblem> {
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(XlsxError::Password)) => Err(refusal::password()),
        Ok(Err(error)) => Err(refusal::damaged(error)),
        Err(_) => Err(refusal::damaged("reader stopped / 读取中断")),
    }
}
