//! DOCX out: a letter set as GB/T 9704-2012 sets it, packed from hand-made XML parts.

use std::io::{Cursor, Write};

use jiff::civil::DateTime;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::csv::clean;
use super::docx_parts as parts;
use super::docx_table::{Orientation, orientation_of, write_form, write_table};
use super::layout::cut_text;
use super::{Block, Code, Document, HeadingLevel, Letterhead, PaperError, QrCode, Signature};

/// UTF-16 units of one paragraph or cell; what is longer is cut and marked, since Word breaks off near this.
const PARAGRAPH_UNITS_MAX: usize = 32_000;

/// Writes a letter; `created` goes into its properties.
pub fn write_docx(document: &Document, created: DateTime) -> Result<Vec<u8>, PaperError> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    // A fixed time of the entries: the same letter is the same bytes.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(zip::DateTime::default());
    let declared = |part: &str| format!("{}{part}", parts::DECLARATION);
    let codes = codes_of(document)?;
    let files = [
        ("[Content_Types].xml", declared(parts::CONTENT_TYPES)),
        ("_rels/.rels", declared(parts::PACKAGE_RELATIONS)),
        ("word/document.xml", document_xml(document)),
        ("word/_rels/document.xml.rels", declared(&parts::document_relations(codes.len()))),
        ("word/styles.xml", parts::styles()),
        ("word/settings.xml", parts::settings()),
        ("word/fontTable.xml", parts::font_table()),
        ("word/footer1.xml", parts::footer("right")),
        ("word/footer2.xml", parts::footer("left")),
        ("docProps/core.xml", core_properties(&document.title, created)),
    ];
    for (name, body) in files {
        writer.start_file(name, options)?;
        writer.write_all(body.as_bytes())?;
    }
    for (place, picture) in codes.iter().enumerate() {
        writer.start_file(format!("word/{}", parts::picture_file(place)), options)?;
        writer.write_all(picture)?;
    }
    Ok(writer.finish()?.into_inner())
}

/// The pictures of the letter's QR codes, in order.
fn codes_of(document: &Document) -> Result<Vec<Vec<u8>>, PaperError> {
    let codes = document.blocks.iter().filter_map(|block| match block {
        Block::Code(code) => Some(code),
        _ => None,
    });
    codes.map(|code| Ok(QrCode::new(&code.address)?.png()?)).collect()
}

fn core_properties(title: &str, created: DateTime) -> String {
    let moment = created.strftime("%Y-%m-%dT%H:%M:%SZ");
    format!(
        r#"{}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>{}</dc:title><dcterms:created xsi:type="dcterms:W3CDTF">{moment}</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">{moment}</dcterms:modified></cp:coreProperties>"#,
        parts::DECLARATION,
        escape(title)
    )
}

fn document_xml(document: &Document) -> String {
    let mut body = String::new();
    write_head(&mut body, document.letterhead.as_ref(), document.number.as_deref());
    // A paper that is its table lies as the table does, under one title.
    let table_first = match document.blocks.first() {
        Some(Block::Table(table)) if document.letterhead.is_none() => Some(table),
        _ => None,
    };
    let is_cards = matches!(document.blocks.first(), Some(Block::Card(..)));
    if !is_cards && table_first.is_none_or(|table| table.title != document.title) {
        body.push_str(&paragraph("Title", &document.title));
    }
    let mut lies = table_first.map_or(Orientation::Portrait, |table| orientation_of(table));
    let mut codes = 0..;
    for block in &document.blocks {
        let wanted = match block {
            Block::Table(table) => orientation_of(table),
            // Signatures and notes stay with the table that they follow.
            Block::Signature(_) | Block::Note(_) => lies,
            _ => Orientation::Portrait,
        };
        if wanted != lies {
            body.push_str(&section_end(lies));
            lies = wanted;
        }
        write_block(&mut body, block, lies, &mut codes);
    }
    format!(
        "{}<w:document {}><w:body>{body}{}</w:body></w:document>",
        parts::DECLARATION,
        parts::NAMESPACES,
        section(lies)
    )
}

/// The red head: issuer, number, signer and the red line.
fn write_head(body: &mut String, letterhead: Option<&Letterhead>, number: Option<&str>) {
    let number = number.unwrap_or_default();
    let Some(head) = letterhead else {
        if !number.is_empty() {
            body.push_str(&paragraph("Number", number));
        }
        return;
    };
    body.push_str(&paragraph("Issuer", &head.issuer));
    match &head.signer {
        Some(signer) => {
            // Beside a signer the number moves to the left, one character from the edge.
            let edge = parts::twips(parts::AREA_SHORT_MM) - 320;
            body.push_str(&format!(
                r#"<w:p><w:pPr><w:pStyle w:val="Plain"/><w:tabs><w:tab w:val="right" w:pos="{edge}"/></w:tabs><w:ind w:left="320"/></w:pPr>{}<w:r><w:tab/></w:r>{}{}</w:p>"#,
                text_runs(number, ""),
                text_runs("签发人：", ""),
                text_runs(signer, r#"<w:rPr><w:rFonts w:eastAsia="楷体"/></w:rPr>"#)
            ));
        }
        None if !number.is_empty() => body.push_str(&paragraph("Number", number)),
        None => {}
    }
    body.push_str(&paragraph("RedLine", ""));
}

fn write_block(
    body: &mut String,
    block: &Block,
    orientation: Orientation,
    codes: &mut std::ops::RangeFrom<usize>,
) {
    match block {
        Block::Addressee(text) => body.push_str(&paragraph("Addressee", text)),
        Block::Paragraph(text) => body.push_str(&paragraph("Body", text)),
        Block::Heading(HeadingLevel::First, text) => body.push_str(&paragraph("Heading1", text)),
        Block::Heading(HeadingLevel::Second, text) => body.push_str(&paragraph("Heading2", text)),
        Block::Note(text) => body.push_str(&paragraph("Note", text)),
        Block::Table(table) => write_table(body, table, orientation),
        Block::Form(rows) => write_form(body, rows, orientation),
        Block::Card(name, under) => body.push_str(&card(name, under)),
        Block::Code(Code { address, words }) => {
            let place = codes.next().expect("invariant: the range has no end");
            body.push_str(&parts::picture(place, &escape(address)));
            body.push_str(&paragraph("Note", words));
        }
        Block::Signature(Signature { issuer, date }) => {
            // Office and day stay together, one line below the text; under a table, which is set smaller, less will do.
            let before = if body.ends_with("</w:tbl>") { 200 } else { 579 };
            body.push_str(&format!(
                r#"<w:p><w:pPr><w:pStyle w:val="Signature"/><w:keepNext/><w:spacing w:before="{before}" w:line="579" w:lineRule="exact"/></w:pPr>{}</w:p>"#,
                text_runs(issuer, "")
            ));
            let day = format!("{}年{}月{}日", date.year(), date.month(), date.day());
            body.push_str(&paragraph("Signature", &day));
        }
    }
}

/// A card on a page of its own, its name as large as fits in one line.
fn card(name: &str, under: &str) -> String {
    /// Half-points of the width of a page's text.
    const WIDTH_HALF_POINTS: usize = 880;
    let size = WIDTH_HALF_POINTS / name.chars().count().max(1);
    let size = u32::try_from(size.clamp(56, 160)).expect("invariant: clamped");
    let line = |text: &str, size: u32, spacing: &str| {
        format!(
            r#"<w:p><w:pPr><w:pStyle w:val="Plain"/>{spacing}<w:jc w:val="center"/></w:pPr>{}</w:p>"#,
            text_runs(text, &run_properties(size, true))
        )
    };
    let top = r#"<w:pageBreakBefore/><w:spacing w:before="5200" w:after="600"/>"#;
    let name = line(name, size, top);
    if under.is_empty() { name } else { name + &line(under, 72, r#"<w:spacing w:before="200"/>"#) }
}

/// Ends a run of pages that lie one way.
fn section_end(orientation: Orientation) -> String {
    format!(
        r#"<w:p><w:pPr><w:pStyle w:val="Cell"/><w:spacing w:line="20" w:lineRule="exact"/>{}</w:pPr></w:p>"#,
        section(orientation)
    )
}

fn section(orientation: Orientation) -> String {
    let (short, long) = (parts::twips(parts::PAGE_SHORT_MM), parts::twips(parts::PAGE_LONG_MM));
    let right = parts::PAGE_SHORT_MM - parts::MARGIN_LEFT_MM - parts::AREA_SHORT_MM;
    let bottom = parts::PAGE_LONG_MM - parts::MARGIN_TOP_MM - parts::AREA_LONG_MM;
    let edges = |top, right, bottom, left| {
        format!(
            r#"<w:pgMar w:top="{}" w:right="{}" w:bottom="{}" w:left="{}" w:header="851" w:footer="1418" w:gutter="0"/>"#,
            parts::twips(top),
            parts::twips(right),
            parts::twips(bottom),
            parts::twips(left)
        )
    };
    let page = match orientation {
        Orientation::Portrait => {
            format!(r#"<w:pgSz w:w="{short}" w:h="{long}"/>"#)
                + &edges(parts::MARGIN_TOP_MM, right, bottom, parts::MARGIN_LEFT_MM)
        }
        // Turned to the left: the binding side is on top.
        Orientation::Landscape => {
            format!(r#"<w:pgSz w:w="{long}" w:h="{short}" w:orient="landscape"/>"#)
                + &edges(parts::MARGIN_LEFT_MM, parts::MARGIN_TOP_MM, right, bottom)
        }
    };
    format!(
        r#"<w:sectPr><w:footerReference w:type="default" r:id="{}"/><w:footerReference w:type="even" r:id="{}"/><w:type w:val="nextPage"/>{page}</w:sectPr>"#,
        parts::FOOTER_ODD,
        parts::FOOTER_EVEN
    )
}

/// A paragraph of one style; line ends in the text begin new paragraphs.
pub(super) fn paragraph(style: &str, text: &str) -> String {
    let lines: Vec<&str> = if text.is_empty() { vec![""] } else { text.lines().collect() };
    let paragraphs = lines.iter().map(|line| {
        format!(r#"<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{}</w:p>"#, text_runs(line, ""))
    });
    paragraphs.collect()
}

/// Runs of a text; line ends become breaks, tabs become tabs.
pub(super) fn text_runs(text: &str, properties: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let cut = cut_text(text, PARAGRAPH_UNITS_MAX);
    let pieces: Vec<String> = cut
        .lines()
        .map(|line| {
            let runs: Vec<String> = line
                .split('\t')
                .map(|piece| format!(r#"<w:t xml:space="preserve">{}</w:t>"#, escape(piece)))
                .collect();
            runs.join("<w:tab/>")
        })
        .collect();
    format!("<w:r>{properties}{}</w:r>", pieces.join("<w:br/>"))
}

/// Run properties of a table cell.
pub(super) fn run_properties(half_points: u32, is_bold: bool) -> String {
    let bold = if is_bold { "<w:b/>" } else { "" };
    format!(r#"<w:rPr>{bold}<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/></w:rPr>"#)
}

/// Escapes a text for XML and replaces the characters that XML cannot carry.
fn escape(text: &str) -> String {
    let cleaned = clean(text);
    let mut escaped = String::with_capacity(cleaned.len());
    for character in cleaned.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\r' => escaped.push(' '),
            _ => escaped.push(character),
        }
    }
    escaped
}
