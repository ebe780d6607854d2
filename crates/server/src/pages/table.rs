//! A printed table as HTML: grouped heads, marked totals, figures that open.

use askama::Template;
use xiaoxiang_domain::bulletin::{
    ColumnKind, PrintedCell, PrintedColumn, PrintedNote, PrintedRow, PrintedTable, RowKind,
};

use crate::language::Language;

/// Tables of more columns are set smaller.
const DENSE_FROM: usize = 8;

/// Tables of more columns lie across on paper.
const UPRIGHT_MAX: usize = 11;

/// Where the table's caption stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caption {
    /// Above the table.
    Shown,
    /// For screen readers only, where the page's own heading says the same.
    Hidden,
}

/// How high the table may grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Height {
    /// As high as its rows.
    Whole,
    /// As high as the chart beside it, then it scrolls.
    Bounded,
}

/// Whether the cells are shaded by their amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shading {
    /// No shading.
    None,
    /// Five classes by amount, as in a matrix of flows.
    Classes,
}

/// One head cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeadCell {
    /// Its words.
    pub text: String,
    /// What follows on a second line, such as the months: published tables join the two by `_`.
    pub second: Option<String>,
    /// Key of the column, empty for a group.
    pub column: String,
    /// Place of the column from the left; charts find their cells by it.
    pub index: usize,
    /// Classes of the cell.
    pub class: &'static str,
    /// How many columns it spans.
    pub columns: usize,
    /// How many head rows it spans.
    pub rows: usize,
}

/// The mark at a figure that a correction changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorrectionMark {
    /// Address of the correction.
    pub link: String,
    /// What is printed beside the figure.
    pub sign: String,
    /// What it means, in full.
    pub title: String,
}

/// One body cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellView {
    /// Its words, empty where the figure is not defined.
    pub text: String,
    /// Classes of the cell.
    pub class: String,
    /// Where it opens to.
    pub link: Option<String>,
    /// The correction that changed it.
    pub mark: Option<CorrectionMark>,
}

/// One body row; its first cell is its head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowView {
    /// Key of the row.
    pub key: String,
    /// `body`, `subtotal` or `total`.
    pub kind: &'static str,
    /// The label.
    pub label: String,
    /// Where the label leads.
    pub link: Option<String>,
    /// The other cells.
    pub cells: Vec<CellView>,
}

impl RowView {
    /// Whether the label is a registration number or a date, which is never broken.
    fn is_number(&self) -> bool {
        let is_sign = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
        self.label.contains(|letter: char| letter.is_ascii_digit()) && self.label.chars().all(is_sign)
    }
}

/// A printed table, ready for the page: `{{ table }}` in a template prints all of it.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/printed_table.html")]
pub struct TableView {
    id: &'static str,
    language: Language,
    title: String,
    caption: Caption,
    height: Height,
    shading: Shading,
    groups: Vec<HeadCell>,
    heads: Vec<HeadCell>,
    rows: Vec<RowView>,
    notes: Vec<String>,
}

impl askama::filters::HtmlSafe for TableView {}

impl TableView {
    /// The view of a table; `id` names it on its page.
    #[must_use]
    pub fn new(id: &'static str, language: Language, table: &PrintedTable) -> Self {
        let has_groups = table.columns.iter().any(|column| !column.group.is_empty());
        let (groups, heads) =
            heads(language, &table.columns, if has_groups { HeadRows::Two } else { HeadRows::One });
        Self {
            id,
            language,
            title: language.pick(&table.title, &table.title_en).to_owned(),
            caption: Caption::Shown,
            height: Height::Whole,
            shading: Shading::None,
            groups,
            heads,
            rows: table.rows.iter().map(|row| row_view(language, &table.columns, row)).collect(),
            notes: table.notes.iter().map(|note| language.note(note).to_owned()).collect(),
        }
    }

    /// The same table with its caption for screen readers only.
    #[must_use]
    pub fn caption_hidden(mut self) -> Self {
        self.caption = Caption::Hidden;
        self
    }

    /// The same table, no higher than the chart beside it.
    #[must_use]
    pub fn bounded(mut self) -> Self {
        self.height = Height::Bounded;
        self
    }

    /// The same table without the sentences under it, where the page prints them elsewhere.
    #[must_use]
    pub fn without_notes(mut self) -> Self {
        self.notes.clear();
        self
    }

    /// The same table with cells shaded in five classes by their base amount.
    #[must_use]
    pub fn shaded(mut self, table: &PrintedTable) -> Self {
        self.shading = Shading::Classes;
        let limits = class_limits(table);
        for (view, row) in self.rows.iter_mut().zip(&table.rows).filter(|(_, row)| row.kind == RowKind::Body)
        {
            let cells = view.cells.iter_mut().zip(&row.cells[1..]).zip(&table.columns[1..]);
            for ((cell, printed), column) in cells {
                let amount = printed.base.filter(|amount| *amount > 0 && column.key != "total");
                if let Some(amount) = amount {
                    let class = 1 + limits.iter().filter(|limit| amount >= **limit).count();
                    cell.class
                        .push_str([" heat-1", " heat-2", " heat-3", " heat-4", " heat-5"][class.min(5) - 1]);
                }
            }
        }
        self
    }

    /// The same table whose figures open; `open` gives the address of the cell of a row's and a column's
    /// key, or none.
    #[must_use]
    pub fn opening(mut self, table: &PrintedTable, open: impl Fn(&str, &str) -> Option<String>) -> Self {
        for (view, row) in self.rows.iter_mut().zip(&table.rows) {
            let cells = view.cells.iter_mut().zip(&row.cells[1..]).zip(&table.columns[1..]);
            for ((cell, printed), column) in cells {
                let is_sum = matches!(column.kind, ColumnKind::Count | ColumnKind::Amount);
                if is_sum && printed.base.is_some_and(|base| base != 0) {
                    cell.link = open(&row.key, &column.key);
                }
            }
        }
        self
    }

    /// The same table with the figures marked that a correction changed; `mark` is asked for each row and column.
    #[must_use]
    pub fn marking(
        mut self,
        table: &PrintedTable,
        mark: impl Fn(&str, &str) -> Option<CorrectionMark>,
    ) -> Self {
        for row in &mut self.rows {
            for (cell, column) in row.cells.iter_mut().zip(&table.columns[1..]) {
                cell.mark = mark(&row.key, &column.key);
            }
        }
        self
    }

    /// The same table without the notes that the page has already said.
    #[must_use]
    pub fn without_said(mut self, said: &[PrintedNote]) -> Self {
        let said: Vec<&str> = said.iter().map(|note| self.language.note(note)).collect();
        self.notes.retain(|note| !said.contains(&note.as_str()));
        self
    }

    /// The same table whose row labels lead somewhere.
    #[must_use]
    pub fn leading(mut self, lead: impl Fn(&str) -> Option<String>) -> Self {
        for row in &mut self.rows {
            row.link = lead(&row.key);
        }
        self
    }

    fn region_class(&self) -> &'static str {
        match (self.height, self.groups.is_empty()) {
            (Height::Bounded, _) => "table-region table-region-tall",
            (Height::Whole, _) if self.heads.len() > UPRIGHT_MAX => "table-region table-wide",
            (Height::Whole, _) => "table-region",
        }
    }

    fn table_class(&self) -> &'static str {
        match (self.shading, self.groups.is_empty()) {
            (Shading::Classes, _) => "table matrix",
            (Shading::None, false) => "table table-grouped",
            (Shading::None, true) if self.heads.len() > DENSE_FROM => "table table-dense",
            (Shading::None, true) => "table",
        }
    }

    fn caption_class(&self) -> &'static str {
        if self.caption == Caption::Shown { "" } else { "visually-hidden" }
    }

    fn undefined(&self) -> &'static str {
        self.language.text("table-undefined")
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum HeadRows {
    One,
    Two,
}

fn heads(
    language: Language,
    columns: &[PrintedColumn],
    head_rows: HeadRows,
) -> (Vec<HeadCell>, Vec<HeadCell>) {
    let mut groups: Vec<HeadCell> = Vec::new();
    let mut heads = Vec::new();
    let mut open_group = "";
    for (index, column) in columns.iter().enumerate() {
        let starts_group = !column.group.is_empty() && column.group != open_group;
        let class = match (index, column.kind, starts_group) {
            (0, _, _) => "corner",
            (_, ColumnKind::Text, _) if is_words(column) => "text",
            (_, _, true) => "group-start",
            _ => "",
        };
        let header = language.pick(&column.header, &column.header_en);
        let (first, second) =
            header.split_once('_').map_or((header, None), |(first, second)| (first, Some(second)));
        let cell = |rows| HeadCell {
            text: first.to_owned(),
            second: second.map(str::to_owned),
            column: column.key.clone(),
            index,
            class,
            columns: 1,
            rows,
        };
        if head_rows == HeadRows::Two && column.group.is_empty() {
            groups.push(cell(2));
        } else {
            heads.push(cell(1));
            if starts_group {
                let text = language.pick(&column.group, &column.group_en).to_owned();
                groups.push(HeadCell {
                    text,
                    second: None,
                    column: String::new(),
                    index,
                    class: "group-start",
                    columns: 1,
                    rows: 1,
                });
            } else if let Some(group) = groups.last_mut().filter(|_| head_rows == HeadRows::Two) {
                group.columns += 1;
            }
        }
        open_group = &column.group;
    }
    (groups, heads)
}

fn row_view(language: Language, columns: &[PrintedColumn], row: &PrintedRow) -> RowView {
    let starts_group = |index: usize| {
        !columns[index].group.is_empty() && (index == 0 || columns[index - 1].group != columns[index].group)
    };
    let cells = row
        .cells
        .iter()
        .enumerate()
        .skip(1)
        .map(|(index, cell)| cell_view(&columns[index], cell, starts_group(index)));
    RowView {
        key: row.key.clone(),
        kind: match row.kind {
            RowKind::Body => "body",
            RowKind::Subtotal => "subtotal",
            RowKind::Total => "total",
        },
        label: row
            .cells
            .first()
            .map(|cell| language.pick(&cell.text, &cell.text_en).to_owned())
            .unwrap_or_default(),
        link: None,
        cells: cells.collect(),
    }
}

/// Growth is a number also where the published table prints it as words, with its sign: `-1.44%`.
fn is_words(column: &PrintedColumn) -> bool {
    column.kind == ColumnKind::Text && !column.key.ends_with("growth")
}

fn cell_view(column: &PrintedColumn, cell: &PrintedCell, starts_group: bool) -> CellView {
    let is_words = is_words(column);
    let is_growth = column.kind == ColumnKind::Percent || column.kind == ColumnKind::Text && !is_words;
    let falls = is_growth && cell.text.starts_with('-');
    let mut classes = Vec::new();
    if is_words {
        classes.push("text");
    }
    if starts_group {
        classes.push("group-start");
    }
    if falls {
        classes.push("falls");
    }
    // A hyphen is too short to be seen as the sign that it is.
    let text =
        if column.kind == ColumnKind::Text { cell.text.clone() } else { cell.text.replacen('-', "−", 1) };
    CellView { text, class: classes.join(" "), link: None, mark: None }
}

/// Four limits between five classes of equal size: one large city must not leave all others pale.
fn class_limits(table: &PrintedTable) -> Vec<i64> {
    let rows = table.rows.iter().filter(|row| row.kind == RowKind::Body);
    let mut amounts: Vec<i64> = rows
        .flat_map(|row| row.cells.iter().zip(&table.columns).skip(1))
        .filter(|(_, column)| column.key != "total")
        .filter_map(|(cell, _)| cell.base.filter(|amount| *amount > 0))
        .collect();
    amounts.sort_unstable();
    (1..5).filter_map(|part| amounts.get(amounts.len() * part / 5).copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(key: &str, group: &str, header: &str, kind: ColumnKind) -> PrintedColumn {
        PrintedColumn {
            key: key.to_owned(),
            group: group.to_owned(),
            group_en: String::new(),
            header: header.to_owned(),
            header_en: String::new(),
            kind,
        }
    }

    fn cell(text: &str, base: Option<i64>) -> PrintedCell {
        PrintedCell::figure(text, base)
    }

    fn table() -> PrintedTable {
        PrintedTable {
            title: "各市州 <技术合同>".to_owned(),
            title_en: "Cities".to_owned(),
            columns: vec![
                column("label", "", "市州", ColumnKind::Text),
                column("output.count", "输出", "项数", ColumnKind::Count),
                column("output.growth", "输出", "同比(%)", ColumnKind::Percent),
                column("absorbed.count", "吸纳", "项数", ColumnKind::Count),
            ],
            rows: vec![
                PrintedRow {
                    key: "430100".to_owned(),
                    kind: RowKind::Body,
                    cells: vec![
                        PrintedCell::text("长沙市"),
                        cell("12", Some(12)),
                        cell("-1.44", None),
                        cell("0", Some(0)),
                    ],
                },
                PrintedRow {
                    key: "total".to_owned(),
                    kind: RowKind::Total,
                    cells: vec![
                        PrintedCell::text("合计"),
                        cell("12", Some(12)),
                        cell("", None),
                        cell("0", Some(0)),
                    ],
                },
            ],
            notes: vec![],
        }
    }

    #[test]
    fn columns_of_one_group_share_a_head() {
        let view = TableView::new("cities", Language::Chinese, &table());
        let groups: Vec<(&str, usize, usize)> =
            view.groups.iter().map(|head| (head.text.as_str(), head.columns, head.rows)).collect();
        assert_eq!(groups, [("市州", 1, 2), ("输出", 2, 1), ("吸纳", 1, 1)]);
        assert_eq!(view.heads.len(), 3);
    }

    #[test]
    fn the_html_escapes_words_and_marks_what_falls_and_what_is_undefined() {
        let html = TableView::new("cities", Language::Chinese, &table()).to_string();
        assert!(html.contains("各市州 &#60;技术合同&#62;"), "{html}");
        assert!(html.contains(r#"class="falls""#) && html.contains("−1.44"), "{html}");
        assert!(html.contains(Language::Chinese.text("table-undefined")), "{html}");
        assert!(html.contains(r#"scope="colgroup""#) && html.contains(r#"scope="row""#), "{html}");
        assert!(!html.contains("style="), "the content security policy forbids inline styles");
    }

    #[test]
    fn only_sums_other_than_zero_open() {
        let table = table();
        let view = TableView::new("cities", Language::Chinese, &table)
            .opening(&table, |row, column| Some(format!("/cells/{row}/{column}")));
        let links: Vec<Option<&str>> = view.rows[0].cells.iter().map(|cell| cell.link.as_deref()).collect();
        assert_eq!(links, [Some("/cells/430100/output.count"), None, None]);
    }
}
