//! A letter (公文) as its writer sees it: what it says, not how it is set.

use jiff::civil::Date;
use xiaoxiang_domain::bulletin::PrintedTable;

/// A letter: public table with a head, circular to the cities (通报), brief for leaders (专报).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The red head; none for a plain paper.
    pub letterhead: Option<Letterhead>,
    /// Document number (发文字号): 湘科统〔2026〕5号.
    pub number: Option<String>,
    /// Title.
    pub title: String,
    /// What follows, in order.
    pub blocks: Vec<Block>,
}

/// The red head (版头).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letterhead {
    /// Issuing office (发文机关标志).
    pub issuer: String,
    /// Who signs it (签发人), shown beside the number.
    pub signer: Option<String>,
}

/// A piece of a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// To whom it is sent (主送机关): 各市州科技局.
    Addressee(String),
    /// A paragraph, indented by two characters.
    Paragraph(String),
    /// A heading; its number 一、 or （一） is part of the text.
    Heading(HeadingLevel, String),
    /// A form's labels with what is filled in (填写栏), one a row.
    Form(Vec<(String, String)>),
    /// A QR code that leads to an address, with the words under it.
    Code(Code),
    /// A table with its title and notes. One too wide for the page stands on a page turned sideways.
    Table(Box<PrintedTable>),
    /// Name and date at the end (落款).
    Signature(Signature),
    /// A remark in small type (附注).
    Note(String),
    /// A card for a table (桌签), a page of its own: who sits there, and under it who comes.
    Card(String, String),
}

/// A QR code (二维码).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// Where it leads.
    pub address: String,
    /// Under it.
    pub words: String,
}

/// Weight of a heading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeadingLevel {
    /// 一、 in black type (黑体).
    First,
    /// （一） in regular script (楷体).
    Second,
}

/// Name and date at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The office.
    pub issuer: String,
    /// The day of issue (成文日期).
    pub date: Date,
}
