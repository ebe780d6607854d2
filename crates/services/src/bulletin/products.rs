//! Three products from one set of tables: public table, internal circular to cities, one-page brief for leaders.

use jiff::civil::Date;
use xiaoxiang_domain::bulletin::{BulletinStatus, PrintedRow, PrintedTable};
use xiaoxiang_domain::region::Region;

use super::content::ContentTable;
use super::list_bulletins::BulletinDetail;
use crate::paper::{Block, Document, HeadingLevel, Letterhead, Signature};

/// To whom the circular goes.
const CITIES: &str = "各市州科技局";

/// A product of a bulletin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Product {
    /// 公开版
    Public,
    /// 内部通报
    Circular,
    /// 领导专报
    Brief,
}

impl Product {
    /// All products.
    pub const ALL: [Self; 3] = [Self::Public, Self::Circular, Self::Brief];

    /// The word of region data, addresses and the command line.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Circular => "circular",
            Self::Brief => "brief",
        }
    }

    /// The product of a typed word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|product| product.code() == code)
    }

    /// The Chinese term.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Public => "公开版",
            Self::Circular => "内部通报",
            Self::Brief => "领导专报",
        }
    }
}

/// The tables that a product prints.
#[must_use]
pub fn product_tables(detail: &BulletinDetail, product: Product) -> Vec<PrintedTable> {
    chosen(detail, product).map(|table| table.table.clone()).collect()
}

/// The tables of a product as a screen shows them, with their keys; of the brief, the columns that it prints.
#[must_use]
pub fn product_sheets(detail: &BulletinDetail, product: Product) -> Vec<(String, PrintedTable)> {
    let shown = |table: &ContentTable| match product {
        Product::Brief => brief_table(&table.table),
        Product::Public | Product::Circular => table.table.clone(),
    };
    chosen(detail, product).map(|table| (table.key.clone(), shown(table))).collect()
}

/// A product as a letter.
#[must_use]
pub fn product_document(detail: &BulletinDetail, product: Product, region: &Region) -> Document {
    let row = &detail.summary.row;
    let issuer = region.letterhead().map_or_else(|| region.name().to_owned(), |head| head.issuer.clone());
    let signed_on: Option<Date> = row.signed_on.as_deref().and_then(|day| day.parse().ok());
    let mut blocks = Vec::new();
    if detail.summary.status == BulletinStatus::Draft {
        blocks.push(Block::Note("草稿，未签发，不得引用。".to_owned()));
    }
    if product == Product::Circular {
        blocks.push(Block::Addressee(format!("{CITIES}：")));
    }
    // The brief is one page: small type, no red head.
    let said = detail.content.sentences.iter().map(|sentence| sentence.zh.clone());
    match product {
        Product::Brief => blocks.extend(said.map(Block::Note)),
        Product::Public | Product::Circular => blocks.extend(said.map(Block::Paragraph)),
    }
    let tables: Vec<&ContentTable> = chosen(detail, product).collect();
    let has_headings = product != Product::Brief && tables.len() > 1;
    for (table, numeral) in tables.iter().zip(NUMERALS.iter().cycle()) {
        let mut printed =
            if product == Product::Brief { brief_table(&table.table) } else { table.table.clone() };
        // The sentences stand above already.
        printed.notes.retain(|note| !detail.content.sentences.contains(note));
        if has_headings {
            blocks.push(Block::Heading(HeadingLevel::First, format!("{numeral}、{}", table.table.title)));
        }
        blocks.push(Block::Table(Box::new(printed)));
    }
    if product != Product::Brief {
        blocks.extend(detail.content.footers.iter().map(|note| Block::Note(note.zh.clone())));
    }
    if let Some(tree_head) = row.tree_head.as_ref().filter(|_| product != Product::Brief) {
        blocks.push(Block::Note(format!("数据冻结于日志位置 {}，树头：{tree_head}", row.as_of)));
    }
    if let Some(date) = signed_on {
        blocks.push(Block::Signature(Signature { issuer: issuer.clone(), date }));
    }
    Document {
        letterhead: (product == Product::Circular).then(|| Letterhead { issuer, signer: row.signer.clone() }),
        number: row.document_number.clone(),
        title: match product {
            Product::Public | Product::Circular => detail.content.title.clone(),
            Product::Brief => detail.content.title.replace("通报", "专报"),
        },
        blocks,
    }
}

/// Columns of the brief, in order; since January where the table has both spans.
const BRIEF_COLUMNS: [&str; 9] = [
    "registered.contract_value",
    "registered.growth",
    "output.contract_value",
    "output.growth",
    "absorbed.contract_value",
    "absorbed.growth",
    "absorbed.rank",
    "target.completion",
    "target.rank",
];

/// The columns that a leader reads, so that the brief fits on one page; notes on completeness stay.
fn brief_table(table: &PrintedTable) -> PrintedTable {
    let place = |key: &str| table.columns.iter().position(|column| column.key == key);
    let mut places: Vec<usize> = vec![0];
    places.extend(
        BRIEF_COLUMNS.iter().filter_map(|key| place(&format!("cumulative.{key}")).or_else(|| place(key))),
    );
    let row = |row: &PrintedRow| PrintedRow {
        cells: places.iter().filter_map(|at| row.cells.get(*at).cloned()).collect(),
        ..row.clone()
    };
    PrintedTable {
        columns: places.iter().map(|at| table.columns[*at].clone()).collect(),
        rows: table.rows.iter().map(row).collect(),
        notes: table.notes.iter().filter(|note| note.zh.contains("省外数据")).cloned().collect(),
        ..table.clone()
    }
}

const NUMERALS: [&str; 10] = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十"];

fn chosen(detail: &BulletinDetail, product: Product) -> impl Iterator<Item = &ContentTable> {
    detail.content.tables.iter().filter(move |table| table.products.iter().any(|word| word == product.code()))
}
