//! Tables of a DOCX: fixed widths, merged group headers, header rows repeated on every page.

use xiaoxiang_domain::bulletin::{ColumnKind, PrintedTable, RowKind};

use super::docx::{paragraph, run_properties, text_runs};
use super::docx_parts::{AREA_LONG_MM, AREA_SHORT_MM, twips};
use super::layout::{column_widths, has_groups, header_spans};

/// Twips of a half-width character in 五号 (10.5 pt), and of the cell's two edges.
const CHARACTER_TWIPS: u32 = 105;
const EDGES_TWIPS: u32 = 160;

/// How a page lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Orientation {
    Portrait,
    Landscape,
}

impl Orientation {
    fn text_width_twips(self) -> u32 {
        match self {
            Self::Portrait => twips(AREA_SHORT_MM),
            Self::Landscape => twips(AREA_LONG_MM),
        }
    }
}

/// Turns the page where the texts of a row would not fit side by side.
pub(super) fn orientation_of(table: &PrintedTable) -> Orientation {
    let wanted: u32 = wanted_widths(table).iter().sum();
    if wanted > Orientation::Portrait.text_width_twips() {
        Orientation::Landscape
    } else {
        Orientation::Portrait
    }
}

/// Title, table and notes.
pub(super) fn write_table(body: &mut String, table: &PrintedTable, orientation: Orientation) {
    body.push_str(&paragraph("TableTitle", &table.title));
    if !table.columns.is_empty() {
        let widths = fitted_widths(&wanted_widths(table), orientation.text_width_twips());
        let half_points = if table.columns.len() > 12 { 18 } else { 21 };
        body.push_str(&table_head(&widths));
        write_header(body, table, &widths, half_points);
        for row in &table.rows {
            body.push_str("<w:tr><w:trPr><w:cantSplit/></w:trPr>");
            for (index, column) in table.columns.iter().enumerate() {
                let text = row.cells.get(index).map_or("", |cell| cell.text.as_str());
                let alignment = if column.kind == ColumnKind::Text { "left" } else { "right" };
                let look = Look { alignment, half_points, is_bold: row.kind != RowKind::Body };
                body.push_str(&cell(widths[index], "", text, look));
            }
            body.push_str("</w:tr>");
        }
        body.push_str("</w:tbl>");
    }
    for note in &table.notes {
        body.push_str(&paragraph("Note", &note.zh));
    }
}

#[derive(Clone, Copy)]
struct Look {
    alignment: &'static str,
    half_points: u32,
    is_bold: bool,
}

fn wanted_widths(table: &PrintedTable) -> Vec<u32> {
    let widths = column_widths(table, 4, 40).into_iter();
    widths.map(|width| u32::try_from(width).unwrap_or(40) * CHARACTER_TWIPS + EDGES_TWIPS).collect()
}

/// Stretches or shrinks the widths to fill the text width exactly.
fn fitted_widths(wanted: &[u32], available: u32) -> Vec<u32> {
    let sum: u64 = wanted.iter().map(|width| u64::from(*width)).sum::<u64>().max(1);
    let mut taken = 0;
    let mut seen: u64 = 0;
    let mut fitted = Vec::with_capacity(wanted.len());
    for width in wanted {
        seen += u64::from(*width);
        let end = u32::try_from(seen * u64::from(available) / sum).unwrap_or(available);
        fitted.push(end - taken);
        taken = end;
    }
    fitted
}

fn table_head(widths: &[u32]) -> String {
    let total: u32 = widths.iter().sum();
    let grid: String = widths.iter().map(|width| format!(r#"<w:gridCol w:w="{width}"/>"#)).collect();
    let borders: String = ["top", "left", "bottom", "right", "insideH", "insideV"]
        .iter()
        .map(|side| format!(r#"<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>"#))
        .collect();
    format!(
        r#"<w:tbl><w:tblPr><w:tblW w:w="{total}" w:type="dxa"/><w:jc w:val="center"/><w:tblBorders>{borders}</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="60" w:type="dxa"/><w:right w:w="60" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>{grid}</w:tblGrid>"#
    )
}

fn write_header(body: &mut String, table: &PrintedTable, widths: &[u32], half_points: u32) {
    const ROW: &str = "<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>";
    let look = Look { alignment: "center", half_points, is_bold: true };
    let grouped = has_groups(table);
    if grouped {
        body.push_str(ROW);
        for span in header_spans(&table.columns) {
            let width = widths[span.first..=span.last].iter().sum();
            match span.group {
                Some(group) => {
                    let columns = span.last - span.first + 1;
                    body.push_str(&cell(width, &format!(r#"<w:gridSpan w:val="{columns}"/>"#), group, look));
                }
                None => {
                    let header = &table.columns[span.first].header;
                    body.push_str(&cell(width, r#"<w:vMerge w:val="restart"/>"#, header, look));
                }
            }
        }
        body.push_str("</w:tr>");
    }
    body.push_str(ROW);
    for (column, width) in table.columns.iter().zip(widths) {
        if grouped && column.group.is_empty() {
            body.push_str(&cell(*width, "<w:vMerge/>", "", look));
        } else {
            body.push_str(&cell(*width, "", &column.header, look));
        }
    }
    body.push_str("</w:tr>");
}

fn cell(width: u32, span: &str, text: &str, look: Look) -> String {
    let Look { alignment, half_points, is_bold } = look;
    let properties = run_properties(half_points, is_bold);
    format!(
        r#"<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{span}<w:vAlign w:val="center"/></w:tcPr><w:p><w:pPr><w:pStyle w:val="Cell"/><w:jc w:val="{alignment}"/></w:pPr>{}</w:p></w:tc>"#,
        text_runs(text, &properties)
    )
}
