//! Finds the header (表头) of a sheet and reads the money unit that stands in it.

use xiaoxiang_domain::money::MoneyUnit;

use super::width::fold_width;
use super::{MergedRange, SheetRow};

/// Rows, empty ones not counted, within which the header must begin.
pub const HEADER_SEARCH_ROWS: usize = 20;
/// Characters beyond which a cell is no header.
const HEADER_CHARACTERS_MAX: usize = 120;

/// One column's header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// As it stands in the sheet, `group/header` under a merged group.
    pub text: String,
    /// Folded, without blanks, line breaks, marks of required fields and unit.
    pub normalised: String,
    /// The money unit stated in the header; none means none is stated, never 元.
    pub unit: Option<MoneyUnit>,
    /// Index of the column, from 0.
    pub column: usize,
}

/// A line above the header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TitleLine {
    /// Row, from 1.
    pub row: u32,
    /// Its texts joined by a blank.
    pub text: String,
}

/// Where the header stands and what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundHeader {
    /// The lines above it.
    pub title_lines: Vec<TitleLine>,
    /// Its first row, from 1.
    pub first_row: u32,
    /// Its last row, from 1: one more than the first under merged groups. Data begin below.
    pub last_row: u32,
    /// Headers that are not empty, from left to right.
    pub headers: Vec<Header>,
    /// How many of them were recognised.
    pub recognised: usize,
}

/// Finds the first row, or pair of rows with merged groups, in which enough headers are recognised.
///
/// A pair is taken only where it recognises more than either row alone, so a title is never a group.
#[must_use]
pub fn find_header(
    rows: &[SheetRow],
    merged: &[MergedRange],
    recognised_min: usize,
    recognise: impl Fn(&str) -> bool,
) -> Option<FoundHeader> {
    let count = |headers: &[Header]| headers.iter().filter(|header| recognise(&header.normalised)).count();
    for (index, row) in rows.iter().take(HEADER_SEARCH_ROWS).enumerate() {
        let single = single_headers(row);
        let single_count = count(&single);
        let below = rows.get(index + 1).filter(|below| below.number == row.number + 1);
        let pair = below.map(|below| paired_headers(row, below, merged)).unwrap_or_default();
        let pair_count = count(&pair);
        let below_count = below.map_or(0, |below| count(&single_headers(below)));
        let (headers, recognised, last_row) = if pair_count > single_count.max(below_count) {
            (pair, pair_count, row.number + 1)
        } else {
            (single, single_count, row.number)
        };
        if recognised >= recognised_min.max(1) {
            let title_lines = rows[..index].iter().map(title_line).collect();
            return Some(FoundHeader { title_lines, first_row: row.number, last_row, headers, recognised });
        }
    }
    None
}

/// Reads one header cell.
#[must_use]
pub fn header_of(text: &str, column: usize) -> Header {
    let (normalised, unit) = split_unit(&plain(text));
    Header { text: text.to_owned(), normalised, unit, column }
}

/// A header folded for comparison: half-width, lower case, no blanks, no required mark, no unit.
#[must_use]
pub fn normalise_header(text: &str) -> String {
    split_unit(&plain(text)).0
}

/// The unit of a line such as «单位：万元» above a table.
#[must_use]
pub fn title_unit(text: &str) -> Option<MoneyUnit> {
    let plain = plain(text);
    let after = plain.split("单位").nth(1)?.trim_start_matches(':');
    let end = after.find([')', ']', '】', '〕', ',', ';', '。', '、', ' ']).unwrap_or(after.len());
    unit_of(&after[..end])
}

fn title_line(row: &SheetRow) -> TitleLine {
    let texts: Vec<&str> =
        row.cells.iter().map(|cell| cell.text.as_str()).filter(|text| !text.is_empty()).collect();
    TitleLine { row: row.number, text: texts.join(" ") }
}

fn single_headers(row: &SheetRow) -> Vec<Header> {
    let columns = row.cells.iter().enumerate();
    columns
        .filter(|(_, cell)| is_header_text(&cell.text))
        .map(|(column, cell)| header_of(&cell.text, column))
        .collect()
}

/// Headers of two rows, the upper one carrying groups.
fn paired_headers(upper: &SheetRow, lower: &SheetRow, merged: &[MergedRange]) -> Vec<Header> {
    let touching: Vec<&MergedRange> =
        merged.iter().filter(|range| (range.first_row..=range.last_row).contains(&upper.number)).collect();
    let mut headers = Vec::new();
    let mut group_to_the_left = "";
    for column in 0..upper.cells.len().max(lower.cells.len()) {
        let own = upper.text(column);
        let range = touching.iter().find(|range| range.contains(upper.number, column));
        let group = match range {
            Some(range) => upper.text(range.first_column),
            // Text files and sheets without merged cells carry a group in its first column only.
            None if touching.is_empty() && own.is_empty() => group_to_the_left,
            None => own,
        };
        if !own.is_empty() {
            group_to_the_left = own;
        }
        let is_one_cell = range.is_some_and(|range| range.contains(lower.number, column));
        let header = if is_one_cell { "" } else { lower.text(column) };
        match (is_header_text(group), is_header_text(header)) {
            (true, true) => headers.push(joined_header(group, header, column)),
            (false, true) => headers.push(header_of(header, column)),
            (true, false) if !own.is_empty() => headers.push(header_of(group, column)),
            _ => {}
        }
    }
    headers
}

fn joined_header(group: &str, header: &str, column: usize) -> Header {
    let (group_name, group_unit) = split_unit(&plain(group));
    let (header_name, unit) = split_unit(&plain(header));
    Header {
        text: format!("{group}/{header}"),
        normalised: format!("{group_name}/{header_name}"),
        unit: unit.or(group_unit),
        column,
    }
}

fn is_header_text(text: &str) -> bool {
    !text.is_empty() && text.chars().nth(HEADER_CHARACTERS_MAX).is_none()
}

/// Folds, lowers, and drops blanks and the marks of required fields.
fn plain(text: &str) -> String {
    let folded: String = fold_width(text).chars().filter(|character| !character.is_whitespace()).collect();
    let mut plain = folded.to_lowercase();
    for mark in ["(必填)", "[必填]", "(选填)", "[选填]", "(必填项)", "(选填项)"] {
        plain = plain.replace(mark, "");
    }
    plain.trim_matches(['*', '★', '※', '☆', ':']).to_owned()
}

/// Splits the unit off the end of a plain header: `成交额(万元)`, `成交额[亿元]`, `金额/万元`.
fn split_unit(plain: &str) -> (String, Option<MoneyUnit>) {
    const BRACKETS: [(char, char); 6] =
        [('(', ')'), ('[', ']'), ('【', '】'), ('〔', '〕'), ('{', '}'), ('〈', '〉')];
    for (open, close) in BRACKETS {
        if let Some(body) = plain.strip_suffix(close)
            && let Some((name, inner)) = body.rsplit_once(open)
            && let Some(unit) = unit_of(inner)
        {
            return (name.trim_end_matches('*').to_owned(), Some(unit));
        }
    }
    if let Some((name, inner)) = plain.rsplit_once(['/', ':', '_', '-', ','])
        && let Some(unit) = unit_of(inner)
    {
        return (name.to_owned(), Some(unit));
    }
    (plain.to_owned(), None)
}

fn unit_of(text: &str) -> Option<MoneyUnit> {
    let text = text.trim_start_matches("单位").trim_start_matches(':');
    let text = text.trim_start_matches("人民币").trim_end_matches("人民币").trim_matches('/');
    match text {
        "元" => Some(MoneyUnit::Yuan),
        "万元" => Some(MoneyUnit::TenThousandYuan),
        "亿元" => Some(MoneyUnit::HundredMillionYuan),
        _ => None,
    }
}
