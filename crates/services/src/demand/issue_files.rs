//! An issue of a list as a file (清单文件): XLSX and DOCX for people, CSV and JSON as open data.

use serde_json::json;
use xiaoxiang_domain::bulletin::{
    ColumnKind, FileLanguage, PrintedCell, PrintedColumn, PrintedNote, PrintedRow, PrintedTable, RowKind,
};
use xiaoxiang_domain::demand::{DemandKind, DemandState, IssueEntry, IssuedList};
use xiaoxiang_store::StoreError;

use super::publish_list::{IssueSummary, read_issue};
use crate::app::App;
use crate::paper::{
    Block, ByteOrderMark, Document, HeadingLevel, Letterhead, write_csv, write_docx, write_xlsx,
};
use crate::refusal::Refusal;

/// Format of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IssueFile {
    /// Workbook.
    Xlsx,
    /// Letter with the list.
    Docx,
    /// Open data.
    Csv,
    /// Open data.
    Json,
}

impl IssueFile {
    /// Every format.
    pub const ALL: [Self; 4] = [Self::Xlsx, Self::Docx, Self::Csv, Self::Json];

    /// The ending.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Docx => "docx",
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }

    /// The format of an ending.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|file| file.code() == code)
    }

    /// The media type.
    #[must_use]
    pub const fn mime(self) -> &'static str {
        match self {
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Json => "application/json",
        }
    }
}

/// Writes an issue, for anybody; gives its name and bytes. The same issue gives the same bytes.
pub async fn write_issue(
    app: &App,
    issue_id: &str,
    file: IssueFile,
    language: FileLanguage,
) -> Result<(String, Vec<u8>), Refusal> {
    let issue = read_issue(app, issue_id).await?;
    let region = app.region().await?;
    let name = format!("{}-{}.{}", list_name(issue.list.kind), issue.list.issue, file.code());
    let unwritten = |error: String| StoreError::Damaged(format!("issue {issue_id}: {error}"));
    let created = jiff::Timestamp::from_millisecond(issue.issued_at_ms)
        .unwrap_or(jiff::Timestamp::UNIX_EPOCH)
        .to_zoned(region.time_zone.clone())
        .datetime();
    let bytes = match file {
        IssueFile::Json => {
            let mut value = json!(issue.list);
            value["content_hash"] = json!(issue.content_hash);
            serde_json::to_vec_pretty(&value).map_err(|error| unwritten(error.to_string()))?
        }
        IssueFile::Csv => {
            let table = entries_table(&issue.list).told_in(language);
            let mut bytes = Vec::new();
            write_csv(&table, ByteOrderMark::Present, &mut bytes)
                .map_err(|error| unwritten(error.to_string()))?;
            bytes
        }
        IssueFile::Xlsx => {
            let tables =
                [entries_table(&issue.list), changes_table(&issue.list)].map(|one| one.told_in(language));
            write_xlsx(&tables, created).map_err(|error| unwritten(error.to_string()))?
        }
        IssueFile::Docx => {
            let issuer = region.region.letterhead().map(|head| head.issuer.clone());
            let letter = letter(&issue, issuer, language);
            write_docx(&letter, created).map_err(|error| unwritten(error.to_string()))?
        }
    };
    Ok((name, bytes))
}

const fn list_name(kind: DemandKind) -> &'static str {
    match kind {
        DemandKind::Enterprise => "enterprise-demands",
        DemandKind::Common => "common-demands",
    }
}

const fn titles(kind: DemandKind) -> (&'static str, &'static str) {
    match kind {
        DemandKind::Enterprise => ("企业技术需求清单", "List of company demands"),
        DemandKind::Common => ("行业共性需求清单", "List of industry-common demands"),
    }
}

fn letter(issue: &IssueSummary, issuer: Option<String>, language: FileLanguage) -> Document {
    let list = &issue.list;
    let (zh, en) = titles(list.kind);
    let is_chinese = language == FileLanguage::Chinese;
    let title = if is_chinese {
        format!("{zh}（第{}期）", list.issue)
    } else {
        format!("{en}, issue {}", list.issue)
    };
    let changes = &list.changes;
    let counts = [list.entries.len(), changes.came.len(), changes.changed.len(), changes.left.len()];
    let [all, came, changed, left] = counts;
    let opening = if is_chinese {
        format!(
            "本期收录 {all} 条，较上期新增 {came} 条、变更 {changed} 条、退出 {left} 条。内容均经企业同意公开。"
        )
    } else {
        format!("{all} demands: {came} came, {changed} changed, {left} left since the issue before.")
    };
    let mut blocks =
        vec![Block::Paragraph(opening), Block::Table(Box::new(entries_table(list).told_in(language)))];
    if !changes.left.is_empty() {
        let heading = if is_chinese { "退出清单的需求" } else { "What left the list" };
        blocks.push(Block::Heading(HeadingLevel::First, heading.to_owned()));
        blocks.push(Block::Table(Box::new(changes_table(list).told_in(language))));
    }
    blocks.push(Block::Note(format!("SHA-256 {}", issue.content_hash)));
    Document {
        letterhead: issuer.map(|issuer| Letterhead { issuer, signer: None }),
        number: Some(list.number.clone()),
        title,
        blocks,
    }
}

fn column(key: &str, header: &str, header_en: &str, kind: ColumnKind) -> PrintedColumn {
    PrintedColumn::ungrouped(key, header, header_en, kind)
}

fn entries_table(list: &IssuedList) -> PrintedTable {
    let (title, title_en) = titles(list.kind);
    let is_common = list.kind == DemandKind::Common;
    let mut columns = vec![
        column("serial", "序号", "No.", ColumnKind::Count),
        column("title", "需求名称", "Title", ColumnKind::Text),
        column("summary", "公开摘要", "Public summary", ColumnKind::Text),
        column("field", "技术领域", "Technical field", ColumnKind::Text),
        column("city", "市州", "City", ColumnKind::Text),
        column("modes", "合作方式", "Modes", ColumnKind::Text),
        column("budget", "拟投入资金", "Budget", ColumnKind::Text),
        column("deadline", "时限要求", "Wanted by", ColumnKind::Text),
        column("state", "状态", "State", ColumnKind::Text),
    ];
    columns.push(if is_common {
        column("companies", "涉及企业(家)", "Companies", ColumnKind::Count)
    } else {
        column("organisation", "企业", "Company", ColumnKind::Text)
    });
    let row = |entry: &IssueEntry| {
        let state = DemandState::from_code(&entry.state);
        let last = if is_common {
            PrintedCell::text(entry.companies.to_string())
        } else {
            PrintedCell::text(entry.organisation.as_deref().unwrap_or("未公开"))
        };
        PrintedRow {
            key: entry.demand_id.clone(),
            kind: RowKind::Body,
            cells: vec![
                PrintedCell::text(entry.serial.to_string()),
                PrintedCell::text(&entry.title),
                PrintedCell::text(&entry.summary),
                PrintedCell::text(&entry.field_name),
                PrintedCell::text(&entry.city_name),
                PrintedCell::text(entry.modes.join("、")),
                PrintedCell::text(entry.budget.as_deref().unwrap_or("未公开")),
                PrintedCell::text(entry.deadline.as_deref().unwrap_or("")),
                PrintedCell::text(state.map_or("", DemandState::label)),
                last,
            ],
        }
    };
    PrintedTable {
        title: format!("{title} {}", list.number),
        title_en: format!("{title_en} {}", list.number),
        columns,
        rows: list.entries.iter().map(row).collect(),
        notes: vec![PrintedNote {
            zh: format!(
                "第{}期，{} 发布。未公开的内容登录或签署保密承诺后可见。",
                list.issue, list.issued_on
            ),
            en: format!("Issue {}, published on {}.", list.issue, list.issued_on),
        }],
    }
}

fn changes_table(list: &IssuedList) -> PrintedTable {
    let columns = vec![
        column("change", "变化", "Change", ColumnKind::Text),
        column("title", "需求名称", "Title", ColumnKind::Text),
        column("why", "说明", "Why", ColumnKind::Text),
    ];
    let row = |key: &str, [change, title, why]: [&str; 3]| PrintedRow {
        key: key.to_owned(),
        kind: RowKind::Body,
        cells: vec![PrintedCell::text(change), PrintedCell::text(title), PrintedCell::text(why)],
    };
    let title_of = |id: &str| {
        list.entries.iter().find(|entry| entry.demand_id == id).map_or("", |entry| entry.title.as_str())
    };
    let came = list.changes.came.iter().map(|id| row(id, ["新增", title_of(id), ""]));
    let changed =
        list.changes.changed.iter().map(|(id, keys)| row(id, ["变更", title_of(id), &keys.join("、")]));
    let left = list.changes.left.iter().map(|gone| {
        let why = gone.why().map_or("", DemandState::label);
        row(&gone.entry.demand_id, ["退出", &gone.entry.title, why])
    });
    PrintedTable {
        title: "较上期变化".to_owned(),
        title_en: "Changes since the issue before".to_owned(),
        columns,
        rows: came.chain(changed).chain(left).collect(),
        notes: Vec::new(),
    }
}
