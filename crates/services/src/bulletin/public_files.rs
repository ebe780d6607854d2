//! The public product of a published bulletin as files: XLSX, DOCX, CSV, JSON.

use jiff::civil::{Date, DateTime, Time};
use serde::Serialize;
use xiaoxiang_domain::bulletin::{Dimension, Direction, PrintedNote, PrintedTable};
use xiaoxiang_store::StoreError;

use super::content::ContentTable;
use super::list_bulletins::{BulletinDetail, find_published};
use super::products::{Product, product_document, product_tables};
use super::published_corrections::{PublishedCorrection, published_corrections};
use crate::app::App;
use crate::paper::{ByteOrderMark, write_csv, write_docx, write_xlsx};
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
    fn new(detail: &BulletinDetail) -> Result<Self, Refusal> {
        let (row, content) = (&detail.summary.row, &detail.content);
        let tables = content.tables.iter().filter(|table| table.is_of(Product::Public));
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
            corrections: published_corrections(detail)?,
        })
    }
}

/// Writes a published bulletin's public product in one format.
pub async fn write_public_file(
    app: &App,
    bulletin_id: &str,
    format: PublicFormat,
) -> Result<Vec<u8>, Refusal> {
    let detail = find_published(app, bulletin_id).await?;
    let tables = product_tables(&detail, Product::Public);
    let unwritten =
        |error: String| Refusal::from(StoreError::Damaged(format!("bulletin {bulletin_id}: {error}")));
    match format {
        PublicFormat::Xlsx => {
            write_xlsx(&tables, created(&detail)).map_err(|error| unwritten(error.to_string()))
        }
        PublicFormat::Docx => {
            let region = app.region().await?;
            let document = product_document(&detail, Product::Public, &region.region);
            write_docx(&document, created(&detail)).map_err(|error| unwritten(error.to_string()))
        }
        PublicFormat::Csv => {
            let mut bytes = Vec::new();
            for table in tables.iter().take(1) {
                write_csv(table, ByteOrderMark::Present, &mut bytes)
                    .map_err(|error| unwritten(error.to_string()))?;
            }
            Ok(bytes)
        }
        PublicFormat::Json => serde_json::to_vec_pretty(&PublicBulletin::new(&detail)?)
            .map_err(|error| unwritten(error.to_string())),
    }
}

/// The instant that files carry: the day of signature, so that the same bulletin gives the same bytes.
fn created(detail: &BulletinDetail) -> DateTime {
    let signed_on = detail.summary.signed_on;
    signed_on.unwrap_or_else(|| detail.summary.period.last_day()).to_datetime(Time::midnight())
}
