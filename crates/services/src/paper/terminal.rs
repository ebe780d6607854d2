//! A table as lines of a terminal, aligned by display width.

use xiaoxiang_domain::bulletin::{ColumnKind, PrintedTable, RowKind};

use super::csv::clean;
use super::layout::{column_widths, display_width, has_groups, header_spans};

/// Half-width characters of one cell on a terminal; the rest is cut and marked.
pub const TERMINAL_CELL_WIDTH_MAX: usize = 48;
const GAP: &str = "  ";

/// Prints title, header, rows and notes; numbers are aligned right, totals are set off by a rule.
#[must_use]
pub fn to_terminal(table: &PrintedTable) -> String {
    let widths = column_widths(table, 2, TERMINAL_CELL_WIDTH_MAX);
    let total = widths.iter().sum::<usize>() + GAP.len() * widths.len().saturating_sub(1);
    let rule = "─".repeat(total);
    let mut lines = vec![one_line(&table.title, usize::MAX), rule.clone()];
    if has_groups(table) {
        let cells = header_spans(&table.columns).into_iter().map(|span| {
            let width =
                widths[span.first..=span.last].iter().sum::<usize>() + GAP.len() * (span.last - span.first);
            centred(&one_line(span.group.unwrap_or_default(), width), width)
        });
        lines.push(cells.collect::<Vec<_>>().join(GAP));
    }
    let headers = table.columns.iter().map(|column| column.header.as_str());
    lines.push(line(table, &widths, headers));
    lines.push(rule.clone());
    let mut previous = RowKind::Body;
    for row in &table.rows {
        if row.kind == RowKind::Total && previous != RowKind::Total {
            lines.push(rule.clone());
        }
        previous = row.kind;
        lines.push(line(table, &widths, row.cells.iter().map(|cell| cell.text.as_str())));
    }
    lines.push(rule);
    lines.extend(table.notes.iter().map(|note| one_line(&note.zh, usize::MAX)));
    let mut text = String::new();
    for line in lines {
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

fn line<'a>(table: &PrintedTable, widths: &[usize], cells: impl Iterator<Item = &'a str>) -> String {
    let padded = table.columns.iter().zip(widths).zip(cells).map(|((column, width), cell)| {
        let cell = one_line(cell, *width);
        let padding = " ".repeat(width.saturating_sub(display_width(&cell)));
        if column.kind == ColumnKind::Text { cell + &padding } else { padding + &cell }
    });
    padded.collect::<Vec<_>>().join(GAP)
}

fn centred(text: &str, width: usize) -> String {
    let padding = width.saturating_sub(display_width(text));
    format!("{}{text}{}", " ".repeat(padding / 2), " ".repeat(padding - padding / 2))
}

/// One line without control characters, cut to a width; an escape sequence in a name never reaches the terminal.
fn one_line(text: &str, width_max: usize) -> String {
    let flat = clean(text).replace(['\t', '\n', '\r', '\u{2028}', '\u{2029}'], " ");
    if display_width(&flat) <= width_max {
        return flat;
    }
    let mut cut = String::new();
    for character in flat.chars() {
        let mut buffer = [0; 4];
        if display_width(&cut) + display_width(character.encode_utf8(&mut buffer)) + 1 > width_max {
            break;
        }
        cut.push(character);
    }
    cut + "…"
}
