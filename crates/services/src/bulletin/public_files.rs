//! The products of a bulletin as files: XLSX, DOCX, CSV, JSON.

use jiff::civil::{Date, DateTime, Time};
use serde::Serialize;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::bulletin::{
    BulletinStatus, Dimension, Direction, FileLanguage, PrintedNote, PrintedTable,
};
use xiaoxiang_store::StoreError;

use super::content::ContentTable;
use super::list_bulletins::{BulletinDetail, find_bulletin, find_published};
use super::products::{Product, product_document, product_tables};
use super::published_corrections::{PublishedCorrection, corrections_of};
use crate::actor::Actor;
use crate::app::App;
use crate::paper::{Block, ByteOrderMark, Document, write_csv, write_docx, write_xlsx};
use crate::refusal::Refusal;

/// A format in which the public product may be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PublicFormat {
    /// A workbook, one sheet a table.
    Xlsx,
    /// A letter.
    Docx,
    /// The first table, the one of the mission.
    Csv,
    /// Everything with exact amounts, for machines: see docs/PUBLIC-JSON.md.
    Json,
}

impl PublicFormat {
    /// All formats.
    pub const ALL: [Self; 4] = [Self::Xlsx, Self::Docx, Self::Csv, Self::Json];

    /// The extension of its files.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Docx => "docx",
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }

    /// The format of an extension.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.code() == code)
    }
}

/// A published bulletin for machines. Fields are added, never renamed or removed.
#[derive(Clone, Debug, Serialize)]
pub struct PublicBulletin {
    /// UUID.
    pub id: String,
    /// 文号
    pub number: Option<String>,
    /// Title, Chinese.
    pub title: String,
    /// Title, English.
    pub title_en: String,
    /// `signed` or `corrected`.
    pub status: &'static str,
    /// Period; tables without a span of their own count from January to its end.
    pub period: String,
    /// 签发日期
    pub signed_on: Option<Date>,
    /// Log position at which the figures are frozen.
    pub as_of: i64,
    /// The signed head of the log's tree there.
    pub tree_head: Option<String>,
    /// SHA-256 of the frozen content, as the log's entry of the signature has it.
    pub content_sha256: String,
    /// Version of the method.
    pub method_version: i64,
    /// One sentence for each direction.
    pub sentences: Vec<PrintedNote>,
    /// The public tables in order.
    pub tables: Vec<PublicTable>,
    /// Sentences at the end.
    pub footers: Vec<PrintedNote>,
    /// Corrections in order.
    pub corrections: Vec<PublishedCorrection>,
}

/// One public table for machines; `base` of a cell is exact: a count, or an amount in fen.
#[derive(Clone, Debug, Serialize)]
pub struct PublicTable {
    /// Key in the bulletin.
    pub key: String,
    /// Direction; of the table of the mission, 登记.
    pub direction: Direction,
    /// What its rows are.
    pub by: Dimension,
    /// Title, columns, rows and notes as frozen.
    #[serde(flatten)]
    pub table: PrintedTable,
}

impl PublicBulletin {
    fn new(detail: &BulletinDetail, product: Product) -> Result<Self, Refusal> {
        let (row, content) = (&detail.summary.row, &detail.content);
        let tables = content.tables.iter().filter(|table| table.is_of(product));
        let public = |table: &ContentTable| PublicTable {
            key: table.key.clone(),
            direction: table.direction,
            by: table.by,
            table: table.table.clone(),
        };
        Ok(Self {
            id: row.bulletin_id.clone(),
            number: row.document_number.clone(),
            title: content.title.clone(),
            title_en: content.title_en.clone(),
            status: detail.summary.status.code(),
            period: content.period.clone(),
            signed_on: detail.summary.signed_on,
            as_of: row.as_of,
            tree_head: row.tree_head.clone(),
            content_sha256: row.content_sha256.clone(),
            method_version: row.method_version,
            sentences: content.sentences.clone(),
            tables: tables.map(public).collect(),
            footers: content.footers.clone(),
            corrections: corrections_of(detail, product)?,
        })
    }
}

/// A published bulletin for machines.
pub async fn public_bulletin(app: &App, bulletin_id: &str) -> Result<PublicBulletin, Refusal> {
    let detail = find_published(app, bulletin_id).await?;
    PublicBulletin::new(&detail, Product::Public)
}

/// Writes a published bulletin's public product in one format.
pub async fn write_public_file(
    app: &App,
    bulletin_id: &str,
    format: PublicFormat,
    language: FileLanguage,
) -> Result<Vec<u8>, Refusal> {
    write_product_file(app, &Actor::public(), bulletin_id, Product::Public, format, language).await
}

/// Writes a product in one format: the public one of a published bulletin for everybody, circular and brief for those
/// who may read them, anything of a draft for those who may read drafts. What one may not read is not there. Letters are
/// Chinese and JSON has both languages, whichever is asked for.
pub async fn write_product_file(
    app: &App,
    actor: &Actor,
    bulletin_id: &str,
    product: Product,
    format: PublicFormat,
    language: FileLanguage,
) -> Result<Vec<u8>, Refusal> {
    let detail = find_bulletin(app, bulletin_id).await?;
    let needed = match (detail.summary.status, product) {
        (BulletinStatus::Draft, _) => Some(Action::ReadDrafts),
        (_, Product::Public) => None,
        (_, Product::Circular | Product::Brief) => Some(Action::ReadCirculars),
    };
    if needed.is_some_and(|action| !actor.may(action)) {
        return Err(Refusal::NotFound(bulletin_id.to_owned()));
    }
    let tables = product_tables(&detail, product);
    match format {
        PublicFormat::Docx => {
            let region = app.region().await?;
            let document = product_document(&detail, product, &region.region);
            write_docx(&document, created(&detail)).map_err(|error| unwritten(&error.to_string()))
        }
        PublicFormat::Json => serde_json::to_vec_pretty(&PublicBulletin::new(&detail, product)?)
            .map_err(|error| unwritten(&error.to_string())),
        PublicFormat::Xlsx | PublicFormat::Csv => write_tables(&tables, format, created(&detail), language),
    }
}

/// Writes tables that belong to no bulletin; a letter gets the first one's title and the sentences above it.
pub fn write_table_file(
    tables: &[PrintedTable],
    sentences: &[PrintedNote],
    format: PublicFormat,
    on: Date,
    language: FileLanguage,
) -> Result<Vec<u8>, Refusal> {
    let on = on.to_datetime(Time::midnight());
    match format {
        PublicFormat::Docx => {
            let title = tables.first().map(|table| table.title.clone()).unwrap_or_default();
            let said = sentences.iter().map(|sentence| Block::Paragraph(sentence.zh.clone()));
            let printed = tables.iter().map(|table| {
                let mut table = table.clone();
                // The sentences stand above already.
                table.notes.retain(|note| !sentences.contains(note));
                Block::Table(Box::new(table))
            });
            let document =
                Document { letterhead: None, number: None, title, blocks: said.chain(printed).collect() };
            write_docx(&document, on).map_err(|error| unwritten(&error.to_string()))
        }
        PublicFormat::Json => {
            serde_json::to_vec_pretty(tables).map_err(|error| unwritten(&error.to_string()))
        }
        PublicFormat::Xlsx | PublicFormat::Csv => write_tables(tables, format, on, language),
    }
}

/// A workbook of all tables, or the first one alone.
fn write_tables(
    tables: &[PrintedTable],
    format: PublicFormat,
    created: DateTime,
    language: FileLanguage,
) -> Result<Vec<u8>, Refusal> {
    let tables: Vec<PrintedTable> = tables.iter().map(|table| table.clone().told_in(language)).collect();
    if format == PublicFormat::Xlsx {
        return write_xlsx(&tables, created).map_err(|error| unwritten(&error.to_string()));
    }
    let mut bytes = Vec::new();
    for table in tables.iter().take(1) {
        write_csv(table, ByteOrderMark::Present, &mut bytes)
            .map_err(|error| unwritten(&error.to_string()))?;
    }
    Ok(bytes)
}

fn unwritten(error: &str) -> Refusal {
    StoreError::Damaged(format!("file of a table: {error}")).into()
}

/// The instant that files carry: the day of signature, so that the same bulletin gives the same bytes.
fn created(detail: &BulletinDetail) -> DateTime {
    let signed_on = detail.summary.signed_on;
    signed_on.unwrap_or_else(|| detail.summary.period.last_day()).to_datetime(Time::midnight())
}
