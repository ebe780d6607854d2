//! Reads a university's own sheet as rows of the form: columns with the fields that they fill, rows as they would be
//! filed, and everything that stands in the way with its place.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use xiaoxiang_domain::contract::RowProblem;
use xiaoxiang_domain::contract::application::ApplicationForm;
use xiaoxiang_domain::money::{Fen, MoneyUnit};
use xiaoxiang_domain::region::{ColumnKind, ContractForm};
use xiaoxiang_store::StoreError;

use super::mapping::{SheetMapping, WrittenUnit};
use crate::contract::form_column_of;
use crate::refusal::Refusal;
use crate::region::RegionInForce;
use crate::sheet::{
    FoundHeader, HEADER_SEARCH_ROWS, Header, SheetFile, SheetProblem, SheetRow, Visibility, column_letters,
    header_of, normalise_header, open_sheet, title_unit,
};

/// Applications of one file.
pub const BATCH_ROWS_MAX: usize = 500;
/// Fewest columns that make a row the header.
const HEADER_COLUMNS_MIN: usize = 2;
/// Texts of a column that are shown beside it.
const EXAMPLES_MAX: usize = 2;
/// Fields of which a row has at least one.
const ROW_FIELDS: [&str; 2] = ["project_name", "buyer_name"];
/// How rows begin that stand below the applications.
const FOOTERS: [&str; 4] = ["合计", "总计", "小计", "填表"];
/// Files that are taken apart at once: each lies in memory whole while it is.
static TAKEN_APART: Semaphore = Semaphore::const_new(4);

/// A column of the sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchColumn {
    /// Place, from 0.
    pub at: usize,
    /// Letters: `AB`.
    pub letter: String,
    /// Header as it stands in the sheet.
    pub header: String,
    /// Whether a column before it has the same header, so that a mapping cannot tell them apart.
    pub is_repeated: bool,
    /// Field that it fills; none where it is left out.
    pub key: Option<String>,
    /// Unit that its header states.
    pub stated_unit: Option<MoneyUnit>,
    /// The first texts below the header.
    pub examples: Vec<String>,
    normalised: String,
    /// Of money columns, the unit in which they are read.
    unit: Option<MoneyUnit>,
}

/// A row as it would be filed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchLine {
    /// Row of the sheet.
    pub number: u32,
    /// Fields as texts, amounts in yuan.
    pub fields: BTreeMap<String, String>,
}

/// A sheet as it is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BatchSheet {
    /// Name of the sheet.
    pub name: String,
    /// Its columns that have a header.
    pub columns: Vec<BatchColumn>,
    /// Its rows.
    pub rows: Vec<BatchLine>,
    /// Rows that are no applications: totals, signatures.
    pub skipped_rows: u64,
    /// What stands in the way, each with its place.
    pub problems: Vec<SheetProblem>,
    /// Unit that a line above the table states.
    pub(super) title_unit: Option<WrittenUnit>,
}

impl BatchSheet {
    /// Headers that fill no field.
    #[must_use]
    pub fn ignored_columns(&self) -> Vec<String> {
        self.columns.iter().filter(|one| one.key.is_none()).map(|one| one.header.clone()).collect()
    }

    /// A row's problem with its place in the sheet.
    pub(super) fn located(&self, row: u32, problem: RowProblem) -> SheetProblem {
        let located = SheetProblem::new(problem.code)
            .reason(problem.reason_zh, problem.reason_en)
            .what_to_do(problem.fix_zh, problem.fix_en)
            .in_sheet(&self.name)
            .at_row(row)
            .with_value(&problem.value);
        match self.column_of(&problem.field) {
            Some(column) => located.in_column(column.at, &column.header),
            None => located,
        }
    }

    /// The column that fills a field.
    #[must_use]
    pub fn column_of(&self, key: &str) -> Option<&BatchColumn> {
        self.columns.iter().find(|column| column.key.as_deref() == Some(key))
    }
}

/// Reads the first visible sheet, on a thread of its own: taking a workbook apart must not keep pages waiting.
pub(super) async fn read_sheet(
    region: Arc<RegionInForce>,
    bytes: Vec<u8>,
    mapping: SheetMapping,
) -> Result<BatchSheet, Refusal> {
    let permit = TAKEN_APART.acquire().await;
    let read = spawn_blocking(move || read(region.region.contract_form(), bytes, &mapping)).await;
    drop(permit);
    let broken = |error| StoreError::Damaged(format!("reading of a batch broke off: {error}"));
    read.map_err(broken)?.map_err(|problem| Refusal::Sheet(vec![problem]))
}

fn read(form: &ContractForm, bytes: Vec<u8>, mapping: &SheetMapping) -> Result<BatchSheet, SheetProblem> {
    let mut file = open_sheet(bytes)?;
    let at = file.sheets().iter().position(|info| info.visibility == Visibility::Visible).unwrap_or(0);
    let name = file.sheets().get(at).map(|info| info.name.clone()).unwrap_or_default();
    let keys = Keys::of(form, mapping);
    let mut sheet = BatchSheet { name, ..BatchSheet::default() };
    let found = match file.find_header(at, HEADER_COLUMNS_MIN, |header| keys.of_header(header).is_some())? {
        Some(found) => found,
        None => {
            sheet.problems.push(no_header(&sheet.name));
            let Some(likely) = likely_header(&mut file, at)? else { return Ok(sheet) };
            likely
        }
    };
    let titles = found.title_lines.iter().filter_map(|line| title_unit(&line.text));
    sheet.title_unit = titles.rev().find_map(WrittenUnit::of_unit);
    let (columns, problems) = columns_of(&found, form, mapping, &keys, &sheet.name);
    sheet.columns = columns;
    sheet.problems.extend(problems);
    read_rows(&mut file, at, &found, &mut sheet)?;
    if sheet.rows.is_empty() && sheet.problems.is_empty() {
        sheet.problems.push(no_rows(&sheet.name));
    }
    Ok(sheet)
}

/// Which field a header fills.
struct Keys<'a> {
    form: &'a ContractForm,
    wanted: BTreeMap<String, &'a str>,
}

impl<'a> Keys<'a> {
    fn of(form: &'a ContractForm, mapping: &'a SheetMapping) -> Self {
        let wanted = mapping.columns.iter().map(|(header, key)| (normalise_header(header), key.as_str()));
        Self { form, wanted: wanted.collect() }
    }

    fn of_header(&self, header: &str) -> Option<String> {
        match self.wanted.get(header) {
            Some(key) => (!key.is_empty()).then(|| (*key).to_owned()),
            None => form_column_of(self.form, header).map(|column| column.key.clone()),
        }
        .filter(|key| ApplicationForm::is_field(key))
    }
}

/// The row that is most like a header where no header is known: the first that is about as wide as the table.
fn likely_header(file: &mut SheetFile, at: usize) -> Result<Option<FoundHeader>, SheetProblem> {
    let rows = file.first_rows(at, HEADER_SEARCH_ROWS)?;
    let filled = |row: &SheetRow| row.cells.iter().filter(|cell| !cell.is_empty()).count();
    let widest = rows.iter().map(filled).max().unwrap_or_default();
    let wide_enough = (widest / 2 + 1).max(HEADER_COLUMNS_MIN);
    let Some(row) = rows.iter().find(|row| filled(row) >= wide_enough) else { return Ok(None) };
    let cells = row.cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty());
    Ok(Some(FoundHeader {
        title_lines: Vec::new(),
        first_row: row.number,
        last_row: row.number,
        headers: cells.map(|(column, cell)| header_of(&cell.text, column)).collect(),
        recognised: 0,
    }))
}

fn columns_of(
    found: &FoundHeader,
    form: &ContractForm,
    mapping: &SheetMapping,
    keys: &Keys<'_>,
    sheet: &str,
) -> (Vec<BatchColumn>, Vec<SheetProblem>) {
    let mut columns: Vec<BatchColumn> = Vec::new();
    let mut problems = Vec::new();
    for header in &found.headers {
        let place = |problem: SheetProblem| {
            problem.in_sheet(sheet).at_row(found.last_row).in_column(header.column, &header.text)
        };
        let key = keys.of_header(&header.normalised);
        let other = columns.iter().find(|column| key.is_some() && column.key == key);
        if let Some(other) = other {
            problems.push(place(twice(header, other)));
        }
        let is_money = |key: &String| form.by_key(key).is_some_and(|one| one.kind == ColumnKind::Money);
        let unit = header.unit.or(mapping.money_unit.map(WrittenUnit::unit));
        let is_money = key.as_ref().is_some_and(is_money);
        if is_money && unit.is_none() {
            problems.push(place(no_unit(header)));
        }
        columns.push(BatchColumn {
            at: header.column,
            letter: column_letters(header.column),
            header: header.text.clone(),
            is_repeated: columns.iter().any(|one| one.normalised == header.normalised),
            key,
            stated_unit: header.unit,
            examples: Vec::new(),
            normalised: header.normalised.clone(),
            unit: unit.filter(|_| is_money),
        });
    }
    (columns, problems)
}

fn read_rows(
    file: &mut SheetFile,
    at: usize,
    found: &FoundHeader,
    sheet: &mut BatchSheet,
) -> Result<(), SheetProblem> {
    for row in file.rows(at)? {
        let row = row?;
        if row.number <= found.last_row {
            continue;
        }
        for column in &mut sheet.columns {
            let text = row.text(column.at).trim();
            if !text.is_empty() && column.examples.len() < EXAMPLES_MAX {
                column.examples.push(text.to_owned());
            }
        }
        let Some(fields) = fields_of(&row, &sheet.columns) else {
            sheet.skipped_rows += 1;
            continue;
        };
        if sheet.rows.len() >= BATCH_ROWS_MAX {
            sheet.problems.push(too_long(&sheet.name).at_row(row.number));
            return Ok(());
        }
        sheet.problems.extend(troubles_of(&row, sheet));
        sheet.rows.push(BatchLine { number: row.number, fields });
    }
    Ok(())
}

/// Cells that cannot be relied on, of columns that fill a field.
fn troubles_of(row: &SheetRow, sheet: &BatchSheet) -> Vec<SheetProblem> {
    let filling = sheet.columns.iter().filter(|column| column.key.is_some());
    let troubled = filling.filter_map(|column| {
        let cell = row.cell(column.at)?;
        let problem = cell.trouble()?.problem();
        Some(
            problem
                .in_sheet(&sheet.name)
                .at_row(row.number)
                .in_column(column.at, &column.header)
                .with_value(&cell.text),
        )
    });
    troubled.collect()
}

/// A row's fields as texts; none where it is no application.
fn fields_of(row: &SheetRow, columns: &[BatchColumn]) -> Option<BTreeMap<String, String>> {
    let first = row.cells.iter().find(|cell| !cell.is_empty())?;
    if FOOTERS.iter().any(|word| first.text.trim().starts_with(word)) {
        return None;
    }
    let filled = columns.iter().filter_map(|column| {
        let text = row.text(column.at).trim();
        let key = column.key.clone().filter(|_| !text.is_empty())?;
        Some((key, written(column, text)))
    });
    let fields: BTreeMap<String, String> = filled.collect();
    ROW_FIELDS.iter().any(|key| fields.contains_key(*key)).then_some(fields)
}

/// Amounts in yuan, as the form has them; what is no amount is kept with its unit, so that it is never read as yuan.
fn written(column: &BatchColumn, text: &str) -> String {
    match column.unit {
        Some(unit) => Fen::parse(text, unit).map_or_else(|_| format!("{text}{}", unit.label()), Fen::yuan),
        None => text.to_owned(),
    }
}

fn no_header(sheet: &str) -> SheetProblem {
    SheetProblem::new("application.sheet.no_header").in_sheet(sheet)
        .reason("没有找到至少两个申请表栏目", "fewer than two fields of the application were found")
        .what_to_do(
            "表头应含“项目名称”“合作单位”“金额(万元)”等栏目，或在栏目对应中选择",
            "the header should hold 项目名称, 合作单位, 金额(万元) and so on; or choose the fields in the mapping",
        )
}

fn no_rows(sheet: &str) -> SheetProblem {
    SheetProblem::new("application.sheet.no_rows")
        .in_sheet(sheet)
        .reason("没有读到任何申请", "no application was found")
        .what_to_do(
            "每份申请占一行，至少有项目名称或合作单位；请核对文件和栏目对应",
            "each application takes a row with a project or a partner; check the file and the mapping",
        )
}

fn too_long(sheet: &str) -> SheetProblem {
    SheetProblem::new("application.sheet.too_long")
        .in_sheet(sheet)
        .reason(
            format!("一次最多 {BATCH_ROWS_MAX} 份申请"),
            format!("at most {BATCH_ROWS_MAX} applications at once"),
        )
        .what_to_do("请从这一行起拆分成另一个文件", "split the file: what begins here goes into another one")
}

fn twice(header: &Header, other: &BatchColumn) -> SheetProblem {
    SheetProblem::new("application.sheet.column_twice")
        .with_value(&header.text)
        .reason(
            format!("与 {} 列“{}”对应同一栏目", other.letter, other.header),
            format!("fills the same field as column {} ({})", other.letter, other.header),
        )
        .what_to_do(
            "两列只能有一列对应该栏目，另一列选“不导入”；表头相同的先在文件中改名",
            "leave one of the two out; where both have the same header, rename one in the file",
        )
}

fn no_unit(header: &Header) -> SheetProblem {
    SheetProblem::new("application.sheet.no_unit")
        .with_value(&header.text)
        .reason("金额栏没有写单位", "the money column has no unit")
        .what_to_do(
            format!("在栏目对应中选择金额单位，或把表头写成 {}(万元)", header.text),
            format!("choose the unit in the mapping, or write it in the header: {}(万元)", header.text),
        )
}
