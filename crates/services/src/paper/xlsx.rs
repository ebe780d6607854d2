//! XLSX out: one sheet a table, numbers as numbers that look exactly as printed.

use std::collections::BTreeSet;

use jiff::civil::DateTime;
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};
use xiaoxiang_domain::bulletin::{ColumnKind, PrintedTable, RowKind};

use super::PaperError;
use super::csv::{clean, is_plain_number};
use super::layout::{column_widths, cut_text, display_width, has_groups, header_spans, label_columns};

/// UTF-16 units that Excel takes in one cell.
pub const XLSX_CELL_CHARACTERS_MAX: usize = 32_767;
/// Units of a sheet's name.
const SHEET_NAME_UNITS_MAX: usize = 31;
/// Digits up to which a number survives a spreadsheet; a longer one is written as text.
const EXACT_DIGITS_MAX: usize = 15;
const PAPER_A4: u8 = 9;
const ROW_HEIGHT_POINTS: u32 = 18;

/// Writes a workbook; `created` goes into its properties.
pub fn write_xlsx(tables: &[PrintedTable], created: DateTime) -> Result<Vec<u8>, PaperError> {
    let mut workbook = Workbook::new();
    let title = tables.first().map_or("", |table| table.title.as_str());
    workbook.set_properties(&properties(title, created)?);
    let mut names = BTreeSet::new();
    for table in tables {
        let worksheet = workbook.add_worksheet();
        worksheet.set_name(sheet_name(&table.title, &mut names))?;
        write_table(worksheet, table)?;
    }
    Ok(workbook.save_to_buffer()?)
}

fn properties(title: &str, created: DateTime) -> Result<DocProperties, XlsxError> {
    let year = u16::try_from(created.year()).unwrap_or(1900);
    let unsigned = |number: i8| u8::try_from(number).expect("parts of a date are positive");
    let moment = ExcelDateTime::from_ymd(year, unsigned(created.month()), unsigned(created.day()))?.and_hms(
        u16::from(unsigned(created.hour())),
        unsigned(created.minute()),
        unsigned(created.second()),
    )?;
    Ok(DocProperties::new().set_title(cut_text(&clean(title), 200)).set_creation_datetime(&moment))
}

/// A name that Excel takes: no reserved characters, at most 31 units, not used before.
fn sheet_name(title: &str, used: &mut BTreeSet<String>) -> String {
    let cleaned = clean(title).replace(['[', ']', ':', '*', '?', '/', '\\', '\n', '\r', '\t'], " ");
    let trimmed = cleaned.trim().trim_matches('\'');
    let base = if trimmed.is_empty() || trimmed.eq_ignore_ascii_case("history") { "表" } else { trimmed };
    let mut number = 1;
    loop {
        let suffix = if number == 1 { String::new() } else { format!(" {number}") };
        let mut units = suffix.len();
        let kept: String = base
            .chars()
            .take_while(|character| {
                units += character.len_utf16();
                units <= SHEET_NAME_UNITS_MAX
            })
            .collect();
        let name = kept.trim_end_matches('\'').to_owned() + &suffix;
        if used.insert(name.to_lowercase()) {
            return name;
        }
        number += 1;
    }
}

fn write_table(sheet: &mut Worksheet, table: &PrintedTable) -> Result<(), PaperError> {
    let widths = column_widths(table, 6, 50);
    for (column, width) in widths.iter().enumerate() {
        sheet.set_column_width(column_number(column), u32::try_from(*width).unwrap_or(50) + 2)?;
    }
    let last = column_number(table.columns.len().saturating_sub(1));
    let title = Format::new().set_bold().set_font_size(16).set_align(FormatAlign::Center);
    write_wide(sheet, 0, last, &table.title, &title.set_align(FormatAlign::VerticalCenter))?;
    sheet.set_row_height(0, 30)?;
    let first_body = write_header(sheet, table)?;
    for (index, row) in table.rows.iter().enumerate() {
        let number = row_number(first_body, index);
        for (column, described) in table.columns.iter().enumerate() {
            let text = row.cells.get(column).map_or("", |cell| cell.text.as_str());
            write_cell(sheet, number, column_number(column), text, described.kind, row.kind)?;
        }
    }
    let first_note = row_number(first_body, table.rows.len());
    let note = Format::new().set_text_wrap().set_align(FormatAlign::Left).set_align(FormatAlign::Top);
    let total_width = widths.iter().map(|width| width + 2).sum::<usize>().max(1);
    for (index, sentence) in table.notes.iter().enumerate() {
        let number = row_number(first_note, index);
        write_wide(sheet, number, last, &sentence.zh, &note)?;
        let lines = u32::try_from(display_width(&sentence.zh) / total_width + 1).unwrap_or(1).min(20);
        sheet.set_row_height(number, lines * ROW_HEIGHT_POINTS)?;
    }
    sheet.set_freeze_panes(first_body, column_number(label_columns(table)))?;
    sheet.set_repeat_rows(1, first_body - 1)?;
    sheet.set_paper_size(PAPER_A4).set_landscape().set_print_fit_to_pages(1, 0);
    sheet.set_print_center_horizontally(true).set_footer("&C— &P —");
    Ok(())
}

/// Writes the header rows and returns the first row below them.
fn write_header(sheet: &mut Worksheet, table: &PrintedTable) -> Result<u32, PaperError> {
    let format = bordered().set_bold().set_text_wrap().set_align(FormatAlign::Center);
    let format = format.set_align(FormatAlign::VerticalCenter);
    let header = |column: usize| words(&table.columns[column].header);
    if !has_groups(table) {
        for column in 0..table.columns.len() {
            sheet.write_string_with_format(1, column_number(column), header(column), &format)?;
        }
        return Ok(2);
    }
    for span in header_spans(&table.columns) {
        let (first, last) = (column_number(span.first), column_number(span.last));
        match span.group {
            None => {
                sheet.merge_range(1, first, 2, first, &header(span.first), &format)?;
                continue;
            }
            Some(group) if first == last => {
                sheet.write_string_with_format(1, first, words(group), &format)?;
            }
            Some(group) => {
                sheet.merge_range(1, first, 1, last, &words(group), &format)?;
            }
        }
        for column in span.first..=span.last {
            sheet.write_string_with_format(2, column_number(column), header(column), &format)?;
        }
    }
    Ok(3)
}

fn write_cell(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    text: &str,
    kind: ColumnKind,
    weight: RowKind,
) -> Result<(), PaperError> {
    let mut format = bordered();
    if weight != RowKind::Body {
        format = format.set_bold();
    }
    if kind == ColumnKind::Text {
        sheet.write_string_with_format(row, column, words(text), &format)?;
        return Ok(());
    }
    format = format.set_align(FormatAlign::Right);
    match exact_number(text) {
        Some((number, shown_as)) => {
            sheet.write_number_with_format(row, column, number, &format.set_num_format(shown_as))?;
        }
        None if text.is_empty() => {
            sheet.write_blank(row, column, &format)?;
        }
        None => {
            sheet.write_string_with_format(row, column, words(text), &format)?;
        }
    }
    Ok(())
}

/// The number of a printed text and the format under which it looks the same; none where one is impossible.
fn exact_number(text: &str) -> Option<(f64, String)> {
    if !is_plain_number(text) {
        return None;
    }
    let (digits, ending) = text.strip_suffix('%').map_or((text, ""), |digits| (digits, "\"%\""));
    let decimals = digits.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let whole = digits.trim_start_matches('-').split('.').next().unwrap_or_default();
    let has_leading_zero = whole.len() > 1 && whole.starts_with('0');
    let count = digits.bytes().filter(u8::is_ascii_digit).count();
    let number: f64 = digits.parse().ok()?;
    let is_negative_zero = digits.starts_with('-') && number == 0.0;
    if count > EXACT_DIGITS_MAX || has_leading_zero || is_negative_zero {
        return None;
    }
    let point = if decimals == 0 { String::new() } else { format!(".{}", "0".repeat(decimals)) };
    Some((number, format!("0{point}{ending}")))
}

/// A text across all columns.
fn write_wide(
    sheet: &mut Worksheet,
    row: u32,
    last: u16,
    text: &str,
    format: &Format,
) -> Result<(), XlsxError> {
    if last == 0 {
        sheet.write_string_with_format(row, 0, words(text), format)?;
    } else {
        sheet.merge_range(row, 0, row, last, &words(text), format)?;
    }
    Ok(())
}

fn words(text: &str) -> String {
    cut_text(&clean(text), XLSX_CELL_CHARACTERS_MAX).into_owned()
}

fn bordered() -> Format {
    Format::new().set_border(FormatBorder::Thin)
}

fn column_number(column: usize) -> u16 {
    u16::try_from(column).expect("a printed table has few columns")
}

fn row_number(first: u32, index: usize) -> u32 {
    first + u32::try_from(index).expect("a printed table has few rows")
}
