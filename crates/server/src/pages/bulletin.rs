//! One bulletin (统计通报): its tables, its products, its corrections, its proof; and the list of all.

use askama::Template;
use jiff::civil::Date;
use xiaoxiang_domain::bulletin::{BulletinStatus, CorrectionDecision, PrintedNote, PrintedTable};
use xiaoxiang_domain::money::{MoneyUnit, display_fen};
use xiaoxiang_domain::period::Period;
use xiaoxiang_services::bulletin::{CorrectedCell, Product, PublishedCorrection, PublishedFilter};

use super::home::direction_label;
use super::shell::Shell;
use super::table::{CorrectionMark, TableView};
use crate::language::Language;

/// What lists and heads say about a bulletin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BulletinHead {
    /// Address under which it is shown: `/bulletins`, or `/drafts` for officials.
    pub section: &'static str,
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
        shell.link(&format!("{}/{}", self.section, self.id))
    }

    /// Address of one of its files, in the page's language.
    #[must_use]
    pub fn file_link(&self, shell: &Shell, product: Product, format: &str) -> String {
        shell.file_link(&format!("/bulletins/{}/{}.{format}", self.id, product.code()))
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

/// The key of a product's name.
pub const fn product_key(product: Product) -> &'static str {
    match product {
        Product::Public => "product-public",
        Product::Circular => "product-circular",
        Product::Brief => "product-brief",
    }
}

impl ProductFiles {
    fn label(&self, shell: &Shell) -> &'static str {
        shell.t(product_key(self.product))
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
    /// Its corrections in order.
    pub corrections: Vec<PublishedCorrection>,
}

/// Ids of a bulletin's tables on its page; more tables than this share none and are not opened by links.
pub const TABLE_IDS: [&str; 8] =
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
                let open = |row: &str, column: &str| Some(format!("{cells}/cells/{key}/{row}/{column}"));
                let mark = |row: &str, column: &str| mark_of(&shell, &data.corrections, key, row, column);
                let said = std::slice::from_ref(&data.head.sentence);
                TableView::new(id, language, table)
                    .without_said(said)
                    .opening(table, open)
                    .marking(table, mark)
            })
            .collect();
        Self { shell, data, tables }
    }

    fn head(&self) -> &BulletinHead {
        &self.data.head
    }

    fn correction_name(&self, correction: &PublishedCorrection) -> String {
        correction_name(&self.shell, correction)
    }

    fn decision_label(&self, correction: &PublishedCorrection) -> &'static str {
        self.shell.t(match correction.decision {
            CorrectionDecision::FoldIntoCurrent => "correction-fold",
            CorrectionDecision::IssueCorrection => "correction-issue",
        })
    }

    fn corrected_figure(&self, cell: &CorrectedCell) -> String {
        let direction = direction_label(self.shell.language, cell.direction);
        format!("{direction} · {}", self.shell.period(&cell.months))
    }

    fn amounts(&self, cell: &CorrectedCell) -> [[i128; 2]; 2] {
        [cell.contract_value_fen, cell.technology_value_fen]
    }

    fn amount(&self, fen: &i128) -> String {
        display_fen(*fen, MoneyUnit::HundredMillionYuan)
    }

    fn exact(&self, fen: &i128) -> String {
        let yuan = display_fen(*fen, MoneyUnit::Yuan);
        self.shell.say("correction-yuan", [("yuan", &yuan)])
    }

    fn file_link(&self, files: &ProductFiles, format: &str) -> String {
        self.data.head.file_link(&self.shell, files.product, format)
    }
}

/// 湘科订〔2026〕1号, or «Correction 1» where the changes were folded in without a number.
fn correction_name(shell: &Shell, correction: &PublishedCorrection) -> String {
    let serial = correction.serial.to_string();
    correction.number.clone().unwrap_or_else(|| shell.say("correction-serial", [("serial", &serial)]))
}

/// The mark at a figure that the latest of its corrections changed.
fn mark_of(
    shell: &Shell,
    corrections: &[PublishedCorrection],
    table: &str,
    row: &str,
    column: &str,
) -> Option<CorrectionMark> {
    let is_meant = |cell: &CorrectedCell| {
        cell.table == table && cell.row == row && cell.columns.iter().any(|key| key == column)
    };
    let correction = corrections.iter().rev().find(|correction| correction.cells.iter().any(is_meant))?;
    Some(CorrectionMark {
        link: format!("#correction-{}", correction.serial),
        sign: shell.say("correction-mark", [("serial", &correction.serial.to_string())]),
        title: shell.say("correction-see", [("name", &correction_name(shell, correction))]),
    })
}

/// What the list shows.
#[derive(Clone, Debug)]
pub struct BulletinListData {
    /// Years for which there are bulletins, latest first.
    pub years: Vec<i16>,
    /// The bulletins asked for, latest first.
    pub bulletins: Vec<BulletinHead>,
    /// How many more there are than are shown.
    pub left_out: usize,
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
    pub filter: PublishedFilter,
}

impl BulletinListPage {
    fn left_out(&self) -> Option<String> {
        let count = self.data.left_out;
        (count > 0).then(|| self.shell.say("bulletins-left-out", [("count", &count.to_string())]))
    }

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
