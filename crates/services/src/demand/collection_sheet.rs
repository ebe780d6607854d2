//! The collection sheet (需求征集表): empty templates, and what a filled-in DOCX or XLSX says.

use std::io::{Cursor, Read};

use quick_xml::Reader;
use quick_xml::events::Event;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::bulletin::{
    ColumnKind, PrintedCell, PrintedColumn, PrintedNote, PrintedRow, PrintedTable, RowKind,
};
use xiaoxiang_domain::contract::RowProblem;
use xiaoxiang_domain::demand::{DemandForm, SheetGrid, read_collection_sheet};
use xiaoxiang_domain::market::{LONG_TEXT_CHARACTERS_MAX, clean_text};
use xiaoxiang_domain::region::{Asked, DemandField, Region};
use xiaoxiang_store::StoreError;
use zip::ZipArchive;

use super::start_demand::{first_form, write_draft};
use crate::actor::Actor;
use crate::app::App;
use crate::paper::{Block, Document, write_docx, write_xlsx};
use crate::refusal::Refusal;
use crate::sheet::{SheetProblem, Visibility, open_sheet};

/// Largest file of a sheet.
pub const SHEET_BYTES_MAX: usize = 20 * 1024 * 1024;
/// Unpacked bytes of a document's text.
const DOCUMENT_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// Tables in tables that are followed.
const DEPTH_MAX: usize = 8;
/// Rows of a sheet that are read.
const ROWS_MAX: usize = 500;
/// Texts that belong to no field and are kept with the demand.
const LEFTOVERS_MAX: usize = 50;
/// Most characters of one of them.
const LEFTOVER_CHARACTERS_MAX: usize = 2_000;

/// Which template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SheetTemplate {
    /// Word document.
    Docx,
    /// Workbook.
    Xlsx,
}

/// Writes the empty template from region data.
pub async fn write_template(app: &App, template: SheetTemplate) -> Result<Vec<u8>, Refusal> {
    let region = app.region().await?;
    let now = app.clock.now().to_zoned(region.time_zone.clone()).datetime();
    template_bytes(&region.region, template, now, &DemandForm::default())
}

/// The template with what a form says already.
pub(super) fn template_bytes(
    region: &Region,
    template: SheetTemplate,
    created: jiff::civil::DateTime,
    form: &DemandForm,
) -> Result<Vec<u8>, Refusal> {
    let unwritten = |error: String| StoreError::Damaged(format!("collection sheet: {error}"));
    let sheet = region.demand_sheet();
    Ok(match template {
        SheetTemplate::Docx => {
            let rows = sheet.fields.iter().map(|one| (label(one), form.field(&one.key).to_owned())).collect();
            let hints = sheet.fields.iter().filter(|one| !one.hint.is_empty());
            let hints = hints.map(|one| Block::Note(format!("填写说明（{}）：{}", one.name, one.hint)));
            let blocks = std::iter::once(Block::Form(rows)).chain(hints).collect();
            let document = Document { letterhead: None, number: None, title: sheet.title.clone(), blocks };
            write_docx(&document, created).map_err(|error| unwritten(error.to_string()))?
        }
        SheetTemplate::Xlsx => {
            let column = |key: &str, header: &str, header_en: &str| {
                PrintedColumn::ungrouped(key, header, header_en, ColumnKind::Text)
            };
            let row = |field: &DemandField| PrintedRow {
                key: field.key.clone(),
                kind: RowKind::Body,
                cells: vec![
                    PrintedCell::text(label(field)),
                    PrintedCell::text(form.field(&field.key)),
                    PrintedCell::text(&field.hint),
                ],
            };
            let table = PrintedTable {
                title: sheet.title.clone(),
                title_en: sheet.title_en.clone(),
                columns: vec![
                    column("label", "栏目", "Field"),
                    column("value", "填写内容", "Value"),
                    column("hint", "填写提示", "Hint"),
                ],
                rows: sheet.fields.iter().map(row).collect(),
                notes: vec![PrintedNote {
                    zh: "填写说明：请在“填写内容”栏填写；涉及国家秘密的需求不得填报。".to_owned(),
                    en: "Fill in the second column. Nothing that is a state secret may be written here."
                        .to_owned(),
                }],
            };
            write_xlsx(&[table], created).map_err(|error| unwritten(error.to_string()))?
        }
    })
}

fn label(field: &DemandField) -> String {
    match field.asked {
        Asked::Required => format!("{}（必填）", field.name),
        Asked::Recommended => format!("{}（建议填写）", field.name),
        Asked::Optional => field.name.clone(),
    }
}

/// A demand that a sheet was made into.
#[derive(Clone, Debug)]
pub struct Collected {
    /// Id of the draft.
    pub demand_id: String,
    /// What was read and cannot stand as it is; it is told beside its field.
    pub problems: Vec<RowProblem>,
}

/// Makes a draft of a filled-in sheet. What belongs to no field is kept with the demand, and nothing that was written is lost.
pub async fn collect_sheet(app: &App, actor: &Actor, bytes: Vec<u8>) -> Result<Collected, Refusal> {
    let scope = actor.permit(Action::EnterDemands)?;
    let region = app.region().await?;
    let (form, problems) = read_sheet(&region.region, bytes)?;
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    let form = first_form(&mut tx, actor, scope, form).await?;
    let row = write_draft(app, &mut tx, actor, form).await?;
    tx.keep_unlogged().await?;
    Ok(Collected { demand_id: row.demand_id, problems })
}

/// What a filled-in sheet says.
///
/// # Errors
/// Where the file is no DOCX, XLSX or CSV, or says nothing that the sheet asks.
pub(crate) fn read_sheet(region: &Region, bytes: Vec<u8>) -> Result<(DemandForm, Vec<RowProblem>), Refusal> {
    if bytes.len() > SHEET_BYTES_MAX {
        return Err(Refusal::invalid(
            "demand.sheet.too_large",
            "文件超过 20 MB。请删去图片后重新上传。",
            "the file exceeds 20 MB; take the pictures out",
        ));
    }
    let grid = if is_document(&bytes) { document_grid(&bytes)? } else { table_grid(bytes)? };
    let sheet = region.demand_sheet();
    let (mut form, mut problems, mut leftovers) = read_collection_sheet(&grid, sheet);
    if form.fields.is_empty() {
        return Err(Refusal::invalid(
            "demand.sheet.nothing",
            "没有找到征集表的栏目。请使用本页下载的征集表，保留栏目名称。",
            "no field of the collection sheet was found; use the template of this page and keep its labels",
        ));
    }
    for field in &sheet.fields {
        let Some(text) = form.fields.get(&field.key) else { continue };
        if text.chars().count() <= field.length_max {
            continue;
        }
        let kept: String = text.chars().take(field.length_max.min(LONG_TEXT_CHARACTERS_MAX)).collect();
        problems.push(RowProblem {
            field: field.key.clone(),
            value: kept.chars().take(20).collect(),
            code: "demand.sheet.cut",
            reason_zh: format!("超过 {} 字，已截短，全文保留在“表中其他内容”", field.length_max),
            reason_en: format!("more than {} characters: cut here, kept whole below", field.length_max),
            fix_zh: "请精简".to_owned(),
            fix_en: "shorten it".to_owned(),
        });
        leftovers.push(format!("{}：{text}", field.name));
        form.fields.insert(field.key.clone(), kept);
    }
    let kept = leftovers.iter().filter_map(|text| {
        let cut: String = text.chars().take(LEFTOVER_CHARACTERS_MAX).collect();
        clean_text(&cut, LEFTOVER_CHARACTERS_MAX).ok().filter(|text| !text.is_empty())
    });
    form.leftovers = kept.take(LEFTOVERS_MAX).collect();
    Ok((form, problems))
}

fn is_document(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK")
        && ZipArchive::new(Cursor::new(bytes))
            .is_ok_and(|archive| archive.file_names_raw().any(|name| name == b"word/document.xml"))
}

/// The first visible sheet, cell by cell.
fn table_grid(bytes: Vec<u8>) -> Result<SheetGrid, Refusal> {
    let refused = |problem: SheetProblem| Refusal::Sheet(vec![problem]);
    let mut file = open_sheet(bytes).map_err(refused)?;
    let visible = file.sheets().iter().position(|sheet| sheet.visibility == Visibility::Visible).unwrap_or(0);
    let mut rows = Vec::new();
    for row in file.rows(visible).map_err(refused)?.take(ROWS_MAX) {
        rows.push(row.map_err(refused)?.cells.into_iter().map(|cell| cell.text).collect());
    }
    Ok(SheetGrid { rows })
}

/// The tables and paragraphs of a Word document, row by row.
fn document_grid(bytes: &[u8]) -> Result<SheetGrid, Refusal> {
    let damaged = || {
        Refusal::invalid(
            "demand.sheet.damaged",
            "Word 文档已损坏或过大。请另存为新文件后重试。",
            "the Word document is damaged or too large; save it as a new file and try again",
        )
    };
    crate::registration::recognise_document(bytes)?;
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged())?;
    let part = archive.by_name("word/document.xml").map_err(|_| damaged())?;
    let mut xml = Vec::new();
    part.take(DOCUMENT_BYTES_MAX + 1).read_to_end(&mut xml).map_err(|_| damaged())?;
    if xml.len() as u64 > DOCUMENT_BYTES_MAX {
        return Err(damaged());
    }
    read_document(&xml).ok_or_else(damaged)
}

#[derive(Default)]
struct OpenTable {
    row: Vec<String>,
    cell: String,
}

fn read_document(xml: &[u8]) -> Option<SheetGrid> {
    let mut reader = Reader::from_reader(xml);
    let mut rows = Vec::new();
    let mut tables: Vec<OpenTable> = Vec::new();
    let mut paragraph = String::new();
    let mut is_text = false;
    loop {
        match reader.read_event().ok()? {
            Event::Start(element) => match element.local_name().as_ref() {
                "tbl" if tables.len() < DEPTH_MAX => tables.push(OpenTable::default()),
                "tbl" => return None,
                "t" => is_text = true,
                _ => {}
            },
            Event::Empty(element) => match element.local_name().as_ref() {
                "tab" => paragraph.push(' '),
                "br" | "cr" => paragraph.push('\n'),
                _ => {}
            },
            Event::Text(text) if is_text => paragraph.push_str(&text),
            Event::GeneralRef(reference) if is_text => paragraph.push(character_of(&reference)?),
            Event::End(element) => match element.local_name().as_ref() {
                "t" => is_text = false,
                "p" => match tables.last_mut() {
                    Some(table) => {
                        table.cell.push_str(&std::mem::take(&mut paragraph));
                        table.cell.push('\n');
                    }
                    None => rows.push(vec![std::mem::take(&mut paragraph)]),
                },
                "tc" => {
                    let table = tables.last_mut()?;
                    let cell = std::mem::take(&mut table.cell);
                    table.row.push(cell);
                }
                "tr" => rows.push(std::mem::take(&mut tables.last_mut()?.row)),
                "tbl" => {
                    tables.pop();
                }
                _ => {}
            },
            // A document type could name entities without end.
            Event::DocType(_) => return None,
            Event::Eof => break,
            _ => {}
        }
        if rows.len() >= ROWS_MAX {
            break;
        }
    }
    Some(SheetGrid { rows })
}

fn character_of(reference: &quick_xml::events::BytesRef<'_>) -> Option<char> {
    if let Ok(Some(character)) = reference.resolve_char_ref() {
        return Some(character);
    }
    match &**reference {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use xiaoxiang_domain::demand::FIELD_KEYS;
    use xiaoxiang_domain::region::RegionLayer;

    use super::*;

    fn region() -> Region {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../regions/china");
        let mut files = std::collections::BTreeMap::new();
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let name = path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
                    files.insert(name, std::fs::read_to_string(&path).unwrap());
                }
            }
        }
        Region::parse(&[RegionLayer { name: "china".to_owned(), files }]).unwrap()
    }

    #[test]
    fn our_own_templates_are_read_as_they_were_filled_in() {
        let region = region();
        let created = date(2026, 11, 23).at(9, 0, 0, 0);
        let form = FIELD_KEYS
            .into_iter()
            .enumerate()
            .fold(DemandForm::default(), |form, (at, key)| form.with(key, &format!("内容 <{at}> & “引号”")));
        for template in [SheetTemplate::Docx, SheetTemplate::Xlsx] {
            let bytes = template_bytes(&region, template, created, &form).unwrap();
            let (read, problems) = read_sheet(&region, bytes).unwrap();
            assert_eq!(read, form, "{template:?}");
            assert!(problems.is_empty());
            let empty = template_bytes(&region, template, created, &DemandForm::default()).unwrap();
            assert!(matches!(
                read_sheet(&region, empty),
                Err(Refusal::Invalid { code: "demand.sheet.nothing", .. })
            ));
        }
    }

    #[test]
    fn a_text_beyond_its_limit_is_cut_in_its_field_and_kept_whole_beside() {
        let long = "长".repeat(100);
        let bytes = format!("需求名称,{long}\n").into_bytes();
        let (form, problems) = read_sheet(&region(), bytes).unwrap();
        assert_eq!(form.field("title").chars().count(), 60);
        assert_eq!(problems.len(), 1);
        assert_eq!(form.leftovers, [format!("需求名称：{long}")]);
    }
}
