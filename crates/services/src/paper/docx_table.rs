//! Tables of a DOCX: fixed widths, merged group headers, header rows repeated on every page.

use xiaoxiang_domain::bulletin::{ColumnKind, PrintedTable, RowKind};

use super::docx::{paragraph, run_properties, text_runs};
use super::docx_parts::{AREA_LONG_MM, AREA_SHORT_MM, twips};
use super::layout::{column_widths, display_width, has_groups, header_spans};

/// Twips of a half-width character for each half point of its size.
const CHARACTER_TWIPS_PER_HALF_POINT: u32 = 5;
/// Twips of a cell's two edges.
const EDGES_TWIPS: u32 = 140;
/// Sizes that are tried, in half points: 五号, 小五, then smaller for very wide tables.
const SIZES: [u32; 4] = [21, 18, 15, 12];
/// Half-width characters to which words may be narrowed before they wrap, and to which headers may.
const NARROW_WORDS: usize = 16;
const NARROW_HEADER: usize = 4;
const WIDE_WORDS: usize = 40;

/// Share of the text width that a form's labels take, and its size: 小四.
const FORM_LABEL_PERCENT: u32 = 30;
const FORM_HALF_POINTS: u32 = 24;
/// Least height of a form's row: 5.5 mm.
const FORM_ROW_TWIPS: u32 = 312;

/// Between the text and a form.
const FORM_GAP: &str =
    r#"<w:p><w:pPr><w:pStyle w:val="Cell"/><w:spacing w:line="140" w:lineRule="exact"/></w:pPr></w:p>"#;

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

/// Turns the page where the figures of a row would not fit side by side in 小五.
pub(super) fn orientation_of(table: &PrintedTable) -> Orientation {
    let needed: u32 = Widths::of(table, SIZES[1]).needed.iter().sum();
    if needed > Orientation::Portrait.text_width_twips() {
        Orientation::Landscape
    } else {
        Orientation::Portrait
    }
}

/// Title, table and notes.
pub(super) fn write_table(body: &mut String, table: &PrintedTable, orientation: Orientation) {
    body.push_str(&paragraph("TableTitle", &table.title));
    if !table.columns.is_empty() {
        let (widths, half_points) = fitted_widths(table, orientation.text_width_twips());
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

/// A form's rows: label and what is filled in.
pub(super) fn write_form(body: &mut String, rows: &[(String, String)], orientation: Orientation) {
    let available = orientation.text_width_twips();
    let label_width = available * FORM_LABEL_PERCENT / 100;
    let widths = [label_width, available - label_width];
    // A form stands apart from the sentence before it, and its rows have room for what is written by hand.
    body.push_str(FORM_GAP);
    body.push_str(&table_head(&widths));
    let look = Look { alignment: "left", half_points: FORM_HALF_POINTS, is_bold: false };
    for (label, text) in rows {
        body.push_str(&format!(
            r#"<w:tr><w:trPr><w:cantSplit/><w:trHeight w:val="{FORM_ROW_TWIPS}" w:hRule="atLeast"/></w:trPr>"#
        ));
        body.push_str(&cell(widths[0], "", label, look));
        body.push_str(&cell(widths[1], "", text, look));
        body.push_str("</w:tr>");
    }
    body.push_str("</w:tbl>");
}

#[derive(Clone, Copy)]
struct Look {
    alignment: &'static str,
    half_points: u32,
    is_bold: bool,
}

/// Column widths in twips at one size.
struct Widths {
    /// Below this a figure would break in two; words and headers wrap.
    needed: Vec<u32>,
    /// With this nothing wraps.
    wanted: Vec<u32>,
}

impl Widths {
    fn of(table: &PrintedTable, half_points: u32) -> Self {
        let in_twips = |characters: usize| {
            u32::try_from(characters)
                .unwrap_or(u32::MAX)
                .saturating_mul(half_points * CHARACTER_TWIPS_PER_HALF_POINT)
                + EDGES_TWIPS
        };
        let wanted: Vec<usize> = column_widths(table, 4, WIDE_WORDS).into_iter().map(with_margin).collect();
        let needed = table.columns.iter().enumerate().map(|(index, column)| {
            let cells = table.rows.iter().filter_map(|row| row.cells.get(index));
            let body = cells.map(|cell| display_width(&cell.text)).max().unwrap_or(0);
            let narrow =
                if column.kind == ColumnKind::Text { body.min(NARROW_WORDS) } else { with_margin(body) };
            in_twips(narrow.max(NARROW_HEADER).min(wanted[index]))
        });
        Self { needed: needed.collect(), wanted: wanted.iter().map(|width| in_twips(*width)).collect() }
    }
}

/// An eighth more, for the broader digits of the fonts that stand in where the standard's are missing.
fn with_margin(characters: usize) -> usize {
    characters + characters / 8 + 1
}

/// The largest size at which no figure breaks, and widths at it that fill the text width exactly.
fn fitted_widths(table: &PrintedTable, available: u32) -> (Vec<u32>, u32) {
    let fits = |half_points: &u32| Widths::of(table, *half_points).needed.iter().sum::<u32>() <= available;
    let half_points = SIZES.into_iter().find(fits).unwrap_or(SIZES[SIZES.len() - 1]);
    let Widths { needed, wanted } = Widths::of(table, half_points);
    let spare = available.saturating_sub(needed.iter().sum());
    let lacking: u32 = wanted.iter().zip(&needed).map(|(wanted, needed)| wanted - needed).sum();
    let shares: Vec<u32> = if spare >= lacking {
        wanted
    } else {
        let share = |(wanted, needed): (&u32, &u32)| {
            needed
                + u32::try_from(u64::from(wanted - needed) * u64::from(spare) / u64::from(lacking))
                    .unwrap_or(0)
        };
        wanted.iter().zip(&needed).map(share).collect()
    };
    (scaled(&shares, available), half_points)
}

/// Stretches or shrinks widths in proportion until they fill the text width exactly.
fn scaled(shares: &[u32], available: u32) -> Vec<u32> {
    let sum: u64 = shares.iter().map(|width| u64::from(*width)).sum::<u64>().max(1);
    let mut taken = 0;
    let mut seen: u64 = 0;
    let mut widths = Vec::with_capacity(shares.len());
    for share in shares {
        seen += u64::from(*share);
        let end = u32::try_from(seen * u64::from(available) / sum).unwrap_or(available);
        widths.push(end - taken);
        taken = end;
    }
    widths
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
