//! What all writers need to know of a table: its header spans and how wide its texts are.

use std::borrow::Cow;

use unicode_width::UnicodeWidthStr;
use xiaoxiang_domain::bulletin::{ColumnKind, PrintedColumn, PrintedTable};

/// What stands at the end of a text that a format forced us to cut.
const CUT_MARK: &str = "…（已截断）";

/// One cell of the upper header row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct HeaderSpan<'a> {
    /// Index of the first column.
    pub first: usize,
    /// Index of the last column.
    pub last: usize,
    /// Name of the group; none where the column stands alone and fills both rows.
    pub group: Option<&'a str>,
}

/// Neighbouring columns of one group share a cell; a column without a group has its own.
pub(super) fn header_spans(columns: &[PrintedColumn]) -> Vec<HeaderSpan<'_>> {
    let mut spans: Vec<HeaderSpan<'_>> = Vec::new();
    for (index, column) in columns.iter().enumerate() {
        let group = Some(column.group.as_str()).filter(|group| !group.is_empty());
        match spans.last_mut() {
            Some(span) if group.is_some() && span.group == group => span.last = index,
            _ => spans.push(HeaderSpan { first: index, last: index, group }),
        }
    }
    spans
}

/// Whether the header takes two rows.
pub(super) fn has_groups(table: &PrintedTable) -> bool {
    table.columns.iter().any(|column| !column.group.is_empty())
}

/// Leading columns that hold labels.
pub(super) fn label_columns(table: &PrintedTable) -> usize {
    table.columns.iter().take_while(|column| column.kind == ColumnKind::Text).count()
}

/// Width of a text in half-width characters; Chinese characters count two.
pub(super) fn display_width(text: &str) -> usize {
    text.lines().map(UnicodeWidthStr::width).max().unwrap_or(0)
}

/// The widest text of each column, headers included, each between the two bounds.
pub(super) fn column_widths(table: &PrintedTable, least: usize, most: usize) -> Vec<usize> {
    let mut widths: Vec<usize> = table.columns.iter().map(|column| display_width(&column.header)).collect();
    for row in &table.rows {
        for (width, cell) in widths.iter_mut().zip(&row.cells) {
            *width = (*width).max(display_width(&cell.text));
        }
    }
    for span in header_spans(&table.columns) {
        let Some(group) = span.group else { continue };
        let sum: usize = widths[span.first..=span.last].iter().sum();
        let missing = display_width(group).saturating_sub(sum);
        widths[span.last] += missing;
    }
    widths.into_iter().map(|width| width.clamp(least, most)).collect()
}

/// Cuts a text to a number of UTF-16 units, as Office counts, and marks the cut.
#[must_use]
pub fn cut_text(text: &str, units_max: usize) -> Cow<'_, str> {
    if text.len() <= units_max || text.encode_utf16().count() <= units_max {
        return Cow::Borrowed(text);
    }
    let room = units_max.saturating_sub(CUT_MARK.encode_utf16().count());
    let mut units = 0;
    let kept: String = text
        .chars()
        .take_while(|character| {
            units += character.len_utf16();
            units <= room
        })
        .collect();
    Cow::Owned(kept + CUT_MARK)
}
