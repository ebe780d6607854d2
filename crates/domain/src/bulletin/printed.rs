//! A table as it is printed: one layout from which the page, XLSX, DOCX, CSV and the terminal are made.

use serde::{Deserialize, Serialize};

/// A laid-out table with everything that must stand around it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrintedTable {
    /// Title, Chinese.
    pub title: String,
    /// Title, English.
    pub title_en: String,
    /// Columns from left to right; the first one or two hold labels.
    pub columns: Vec<PrintedColumn>,
    /// Body rows in order.
    pub rows: Vec<PrintedRow>,
    /// Sentences under the table: basis (口径), exchange date (省外数据截至日), growth base, method.
    pub notes: Vec<PrintedNote>,
}

/// The language of a file (文件语言): tables carry both, a file prints one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FileLanguage {
    /// 简体中文
    #[default]
    Chinese,
    /// English
    English,
}

impl PrintedTable {
    /// The table with the words of one language where a file prints them; keys, codes and figures stay.
    #[must_use]
    pub fn told_in(mut self, language: FileLanguage) -> Self {
        if language == FileLanguage::Chinese {
            return self;
        }
        // Where there is no English, the Chinese is better than nothing.
        let tell = |words: &mut String, english: &String| {
            if !english.is_empty() {
                words.clone_from(english);
            }
        };
        tell(&mut self.title, &self.title_en);
        for column in &mut self.columns {
            tell(&mut column.header, &column.header_en);
            tell(&mut column.group, &column.group_en);
        }
        for cell in self.rows.iter_mut().flat_map(|row| &mut row.cells) {
            tell(&mut cell.text, &cell.text_en);
        }
        for note in &mut self.notes {
            tell(&mut note.zh, &note.en);
        }
        self
    }
}

/// A sentence in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrintedNote {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// One column; columns with the same non-empty group share a header cell above them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrintedColumn {
    /// Machine name, stable: `output.contract_value`.
    pub key: String,
    /// Group header, empty where there is none: 吸纳.
    pub group: String,
    /// Group header in English.
    pub group_en: String,
    /// Header with its unit: 成交额(亿元).
    pub header: String,
    /// Header in English.
    pub header_en: String,
    /// How cells of the column are aligned and typed.
    pub kind: ColumnKind,
}

impl PrintedColumn {
    /// A column that stands under no group.
    #[must_use]
    pub fn ungrouped(key: &str, header: &str, header_en: &str, kind: ColumnKind) -> Self {
        Self {
            key: key.to_owned(),
            group: String::new(),
            group_en: String::new(),
            header: header.to_owned(),
            header_en: header_en.to_owned(),
            kind,
        }
    }
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnKind {
    /// Words, aligned left.
    Text,
    /// Whole numbers.
    Count,
    /// Amounts with two decimals in the header's unit.
    Amount,
    /// Percentages with two decimals; the sign stands in the header, or in every cell.
    Percent,
    /// Ranks.
    Rank,
}

/// One body row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrintedRow {
    /// Key of the row: a division code, a list code, `total`, `outside`, a group's key.
    pub key: String,
    /// Whether the row is a total or subtotal and stands out.
    pub kind: RowKind,
    /// One cell a column.
    pub cells: Vec<PrintedCell>,
}

/// Weight of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowKind {
    /// An ordinary row.
    Body,
    /// A named subtotal such as 长株潭, which is not added into the total again.
    Subtotal,
    /// The total, from base amounts.
    Total,
}

/// One cell: its text as printed, and where it opens to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrintedCell {
    /// The text as printed, empty where the figure is not defined (no base, no target).
    pub text: String,
    /// The text in English, where it is a label and differs; figures read the same in both languages.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text_en: String,
    /// The exact base: fen for amounts, the number for counts and ranks; none for texts and percentages.
    pub base: Option<i64>,
}

impl PrintedCell {
    /// A cell of words.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// A label in both languages.
    #[must_use]
    pub fn label(label: &PrintedNote) -> Self {
        let text_en = if label.en == label.zh { String::new() } else { label.en.clone() };
        Self { text: label.zh.clone(), text_en, base: None }
    }

    /// A figure: its text as printed and its exact base, where it has one.
    #[must_use]
    pub fn figure(text: impl Into<String>, base: Option<i64>) -> Self {
        Self { text: text.into(), base, ..Self::default() }
    }
}
