//! Reads a sheet of achievements: rows as forms, and everything that cannot be taken, with its place.

use std::sync::Arc;

use tokio::task::spawn_blocking;
use xiaoxiang_domain::achievement::AchievementForm;
use xiaoxiang_domain::money::{Fen, MoneyUnit};
use xiaoxiang_store::StoreError;

use super::columns::{complete, field_of, put};
use crate::refusal::Refusal;
use crate::region::RegionInForce;
use crate::sheet::{Header, SheetProblem, SheetRow, Visibility, open_sheet, title_unit};

/// Rows of one file.
pub const IMPORT_ROWS_MAX: usize = 2_000;
/// Fewest known columns that make a row the header.
const HEADER_COLUMNS_MIN: usize = 2;
/// How rows begin that stand below the entries.
const FOOTERS: [&str; 4] = ["合计", "总计", "小计", "填表"];

/// A column that fills a field.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub at: usize,
    pub header: String,
    pub field: &'static str,
    unit: Option<MoneyUnit>,
}

/// A row as an entry.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub number: u32,
    /// 成果单位, as written.
    pub organisation: String,
    pub form: AchievementForm,
}

/// A sheet as it was read.
#[derive(Clone, Debug, Default)]
pub(super) struct Sheet {
    pub name: String,
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
    pub ignored_columns: Vec<String>,
    pub problems: Vec<SheetProblem>,
}

impl Sheet {
    /// A problem of a row's field, with its place.
    pub fn placed(&self, row: u32, field: &str, problem: SheetProblem) -> SheetProblem {
        let problem = problem.in_sheet(&self.name).at_row(row);
        match self.columns.iter().find(|column| column.field == column_field(field)) {
            Some(column) => problem.in_column(column.at, &column.header),
            None => problem,
        }
    }
}

/// The column's field of a field of the form.
fn column_field(field: &str) -> &str {
    match field {
        "price.method" => "pricing",
        "price.amount" => "amount",
        "contact.name" => "contact_name",
        "contact.telephone" => "contact_telephone",
        "contact.email" => "contact_email",
        "clearance.patent_filing" => "patent_filing",
        "rights" | "rights.0.number" => "right_number",
        "rights.0.kind" => "right_kind",
        "rights.0.status" => "right_status",
        "rights.0.holder" => "right_holder",
        "rights.0.valid_until" => "right_until",
        other => other,
    }
}

/// Reads the first visible sheet, on a thread of its own.
pub(super) async fn read_rows(region: Arc<RegionInForce>, bytes: Vec<u8>) -> Result<Sheet, Refusal> {
    let read = spawn_blocking(move || read(&region, bytes)).await;
    let broken = |error| StoreError::Damaged(format!("reading of achievements broke off: {error}"));
    read.map_err(broken)?.map_err(|problem| Refusal::Sheet(vec![problem]))
}

fn read(region: &RegionInForce, bytes: Vec<u8>) -> Result<Sheet, SheetProblem> {
    let mut file = open_sheet(bytes)?;
    let at = file.sheets().iter().position(|info| info.visibility == Visibility::Visible).unwrap_or(0);
    let name = file.sheets().get(at).map(|info| info.name.clone()).unwrap_or_default();
    let mut sheet = Sheet { name, ..Sheet::default() };
    let found = file.find_header(at, HEADER_COLUMNS_MIN, |header| field_of(header).is_some())?;
    let found = found.ok_or_else(|| no_header(&sheet.name))?;
    let title_unit = found.title_lines.iter().rev().find_map(|line| title_unit(&line.text));
    for header in &found.headers {
        add_column(&mut sheet, header, found.last_row, title_unit);
    }
    for row in file.rows(at)? {
        let row = row?;
        if row.number <= found.last_row || is_footer(&row) {
            continue;
        }
        if sheet.rows.len() >= IMPORT_ROWS_MAX {
            sheet.problems.push(too_long(&sheet.name).at_row(row.number));
            break;
        }
        let (row, troubles) = row_of(region, &row, &sheet);
        sheet.problems.extend(troubles);
        sheet.rows.push(row);
    }
    Ok(sheet)
}

fn is_footer(row: &SheetRow) -> bool {
    let first = row.cells.iter().find(|cell| !cell.is_empty());
    first.is_none_or(|cell| FOOTERS.iter().any(|word| cell.text.trim().starts_with(word)))
}

fn add_column(sheet: &mut Sheet, header: &Header, row: u32, title_unit: Option<MoneyUnit>) {
    let Some(field) = field_of(&header.normalised) else {
        sheet.ignored_columns.push(header.text.clone());
        return;
    };
    if sheet.columns.iter().any(|column| column.field == field) {
        sheet.ignored_columns.push(header.text.clone());
        return;
    }
    let unit = header.unit.or(title_unit);
    if field == "amount" && unit.is_none() {
        let problem = SheetProblem::new("achievement.sheet.no_unit")
            .reason("价格栏没有写单位", "the price column has no unit")
            .what_to_do("请把表头写成 价格(万元)", "write it in the header: 价格(万元)");
        sheet.problems.push(problem.in_sheet(&sheet.name).at_row(row).in_column(header.column, &header.text));
    }
    sheet.columns.push(Column { at: header.column, header: header.text.clone(), field, unit });
}

fn row_of(region: &RegionInForce, row: &SheetRow, sheet: &Sheet) -> (Row, Vec<SheetProblem>) {
    let mut made = Row { number: row.number, organisation: String::new(), form: AchievementForm::default() };
    let mut troubles = Vec::new();
    for column in &sheet.columns {
        let text = row.text(column.at).trim();
        if let Some(cell) = row.cell(column.at)
            && let Some(trouble) = cell.trouble()
        {
            let problem = trouble.problem().with_value(&cell.text);
            troubles.push(sheet.placed(row.number, column.field, problem));
        }
        match (column.field, column.unit) {
            ("organisation", _) => text.clone_into(&mut made.organisation),
            // What is no amount stays as written, and is told.
            ("amount", Some(unit)) => {
                let yuan = Fen::parse(text, unit).map_or_else(|_| text.to_owned(), Fen::yuan);
                put(&mut made.form, "amount", &yuan, &region.region);
            }
            (field, _) => put(&mut made.form, field, text, &region.region),
        }
    }
    complete(&mut made.form, &made.organisation);
    (made, troubles)
}

fn no_header(sheet: &str) -> SheetProblem {
    SheetProblem::new("achievement.sheet.no_header")
        .in_sheet(sheet)
        .reason("没有找到至少两个成果栏目", "fewer than two columns of achievements were found")
        .what_to_do(
            "表头应含“成果名称”“简介”“专利号”等栏目；可先下载模板",
            "the header should hold 成果名称, 简介, 专利号 and so on; the template has them all",
        )
}

fn too_long(sheet: &str) -> SheetProblem {
    SheetProblem::new("achievement.sheet.too_long")
        .in_sheet(sheet)
        .reason(
            format!("一次最多 {IMPORT_ROWS_MAX} 项"),
            format!("at most {IMPORT_ROWS_MAX} entries at once"),
        )
        .what_to_do("请从这一行起拆分成另一个文件", "split the file: what begins here goes into another one")
}
