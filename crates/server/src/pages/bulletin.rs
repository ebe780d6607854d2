//! One bulletin (统计通报): its tables, its products, its corrections, its proof; and the list of all.

use askama::Template;
use jiff::civil::Date;
use xiaoxiang_domain::bulletin::{BulletinStatus, CorrectionDecision, PrintedNote, PrintedTable};
use xiaoxiang_domain::period::Period;

use super::shell::Shell;
use super::table::TableView;
use crate::language::Language;

/// What lists and heads say about a bulletin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BulletinHead {
    /// Id in addresses.
    pub id: String,
    /// 文号; none while it is a draft.
    pub number: Option<String>,
    /// Title in both languages.
    pub title: PrintedNote,
    /// The one sentence of its totals.
    pub sentence: PrintedNote,
    /// Period of the figures.
    pub period: Period,
    /// Where it stands.
    pub status: BulletinStatus,
    /// 签发日期
    pub signed_on: Option<Date>,
    /// 签发人
    pub signed_by: Option<String>,
    /// The log position at which the figures are frozen.
    pub position: Option<i64>,
    /// The root of the log's tree there, in hexadecimal.
    pub tree_head: Option<String>,
}

impl BulletinHead {
    /// The title in a language.
    #[must_use]
    pub fn title(&self, shell: &Shell) -> &str {
        shell.language.note(&self.title)
    }

    /// The sentence in a language.
    #[must_use]
    pub fn sentence(&self, shell: &Shell) -> &str {
        shell.language.note(&self.sentence)
    }

    /// Address of the bulletin's page.
    #[must_use]
    pub fn link(&self, shell: &Shell) -> String {
        shell.link(&format!("/bulletins/{}", self.id))
    }

    /// Address of one of its files; the same in both languages.
    #[must_use]
    pub fn file_link(&self, product: Product, format: &str) -> String {
        format!("/bulletins/{}/{}.{format}", self.id, product.code())
    }

    /// The word of its status.
    #[must_use]
    pub fn status_label(&self, shell: &Shell) -> &'static str {
        status_label(shell.language, self.status)
    }

    /// 2026年11月5日签发
    #[must_use]
    pub fn signed(&self, shell: &Shell) -> Option<String> {
        let day = shell.day(&self.signed_on?);
        Some(match &self.signed_by {
            Some(name) => shell.say("bulletin-signed-by", [("day", &day), ("name", name)]),
            None => shell.say("bulletin-signed-on", [("day", &day)]),
        })
    }
}

/// The word of a status.
#[must_use]
pub fn status_label(language: Language, status: BulletinStatus) -> &'static str {
    language.text(match status {
        BulletinStatus::Draft => "status-draft",
        BulletinStatus::Signed => "status-signed",
        BulletinStatus::Corrected => "status-corrected",
    })
}

/// One of the three products that a bulletin is printed as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Product {
    /// 公开数据表
    Public,
    /// 内部通报, to cities.
    Circular,
    /// 领导专报, one page.
    Brief,
}

impl Product {
    /// The word in addresses.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Circular => "circular",
            Self::Brief => "brief",
        }
    }

    /// The product of a word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Public, Self::Circular, Self::Brief].into_iter().find(|product| product.code() == code)
    }

    /// Its name.
    #[must_use]
    pub fn label(self, language: Language) -> &'static str {
        language.text(match self {
            Self::Public => "product-public",
            Self::Circular => "product-circular",
            Self::Brief => "product-brief",
        })
    }
}

impl ProductFiles {
    fn label(&self, shell: &Shell) -> &'static str {
        self.product.label(shell.language)
    }
}

/// A product and the formats in which it may be had here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductFiles {
    /// Which product.
    pub product: Product,
    /// Extensions: `xlsx`, `docx`, `csv`, `json`.
    pub formats: Vec<&'static str>,
}

/// A correction (订正) of a published bulletin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    /// Its number; none where it was folded into the current figures.
    pub number: Option<String>,
    /// When it was decided.
    pub decided_on: Date,
    /// What was decided.
    pub decision: CorrectionDecision,
    /// The officer's reason.
    pub reason: String,
}

impl Correction {
    fn decision_label(&self, shell: &Shell) -> &'static str {
        shell.t(match self.decision {
            CorrectionDecision::FoldIntoCurrent => "correction-fold",
            CorrectionDecision::IssueCorrection => "correction-issue",
        })
    }
}

/// One table of a bulletin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetTable {
    /// Its key in the bulletin, as addresses of its figures name it.
    pub key: String,
    /// As printed.
    pub table: PrintedTable,
}

/// What a bulletin's page shows.
#[derive(Clone, Debug)]
pub struct BulletinData {
    /// Head of the bulletin.
    pub head: BulletinHead,
    /// Its tables in order.
    pub tables: Vec<SheetTable>,
    /// Its files.
    pub products: Vec<ProductFiles>,
    /// Its corrections, latest first.
    pub corrections: Vec<Correction>,
}

/// Ids of a bulletin's tables on its page; more tables than this share none and are not opened by links.
const TABLE_IDS: [&str; 8] =
    ["table-1", "table-2", "table-3", "table-4", "table-5", "table-6", "table-7", "table-8"];

/// A bulletin's page.
#[derive(Debug, Template)]
#[template(path = "bulletin.html")]
pub struct BulletinPage {
    shell: Shell,
    data: BulletinData,
    tables: Vec<TableView>,
}

impl BulletinPage {
    /// The page of a bulletin.
    #[must_use]
    pub fn new(shell: Shell, data: BulletinData) -> Self {
        let language = shell.language;
        let cells = data.head.link(&shell);
        let tables = TABLE_IDS
            .into_iter()
            .zip(&data.tables)
            .map(|(id, SheetTable { key, table })| {
                TableView::new(id, language, table).opening(table, |row, column| {
                    Some(format!("{cells}/cells/{key}/{}/{}", row.key, column.key))
                })
            })
            .collect();
        Self { shell, data, tables }
    }

    fn head(&self) -> &BulletinHead {
        &self.data.head
    }

    fn file_link(&self, files: &ProductFiles, format: &str) -> String {
        self.data.head.file_link(files.product, format)
    }
}

/// Which bulletins a list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BulletinFilter {
    /// Only this year's.
    pub year: Option<i16>,
    /// Only those of this status.
    pub status: Option<BulletinStatus>,
}

/// What the list shows.
#[derive(Clone, Debug)]
pub struct BulletinListData {
    /// Years for which there are bulletins, latest first.
    pub years: Vec<i16>,
    /// The bulletins asked for, latest first.
    pub bulletins: Vec<BulletinHead>,
}

/// The list of bulletins.
#[derive(Debug, Template)]
#[template(path = "bulletins.html")]
pub struct BulletinListPage {
    /// Shell of the page.
    pub shell: Shell,
    /// What it shows.
    pub data: BulletinListData,
    /// What was asked for.
    pub filter: BulletinFilter,
}

impl BulletinListPage {
    fn is_year(&self, year: &i16) -> bool {
        self.filter.year == Some(*year)
    }

    fn is_status(&self, status: &BulletinStatus) -> bool {
        self.filter.status == Some(*status)
    }

    fn statuses(&self) -> [(BulletinStatus, &'static str); 2] {
        // Drafts are not public.
        [BulletinStatus::Signed, BulletinStatus::Corrected]
            .map(|status| (status, status_label(self.shell.language, status)))
    }
}
