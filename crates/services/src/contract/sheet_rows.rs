//! Rows of a contract sheet (技术合同登记表) as the checks want them.

use std::collections::{HashMap, HashSet};

use xiaoxiang_domain::contract::{RawRow, RawValue, RowProblem};
use xiaoxiang_domain::money::{Fen, MoneyUnit};
use xiaoxiang_domain::region::{ColumnKind as FormColumnKind, ContractForm, FormColumn, Presence};

use crate::sheet::{FoundHeader, Header, SheetFile, SheetProblem, SheetRow, fold_width, parse_date};

/// Fewest columns that make a row the header.
const HEADER_COLUMNS_MIN: usize = 3;

/// The columns of a sheet, matched with the form.
#[derive(Debug)]
pub struct ContractRows {
    sheet: String,
    found: FoundHeader,
    columns: Vec<Column>,
    ignored: Vec<String>,
}

#[derive(Debug)]
struct Column {
    header: Header,
    form: FormColumn,
}

impl ContractRows {
    /// Finds the header of a sheet and matches its columns; a money column without a unit is refused.
    pub fn find(file: &mut SheetFile, sheet: usize, form: &ContractForm) -> Result<Self, Vec<SheetProblem>> {
        let name = file.sheets()[sheet].name.clone();
        let found = file
            .find_header(sheet, HEADER_COLUMNS_MIN, |header| column_of(form, header).is_some())
            .map_err(|problem| vec![problem])?
            .ok_or_else(|| vec![no_header(&name)])?;
        let mut columns: Vec<Column> = Vec::new();
        let mut ignored = Vec::new();
        let mut problems = Vec::new();
        for header in &found.headers {
            let Some(column) = column_of(form, &header.normalised) else {
                ignored.push(header.text.clone());
                continue;
            };
            if let Some(first) = columns.iter().find(|other| other.form.key == column.key) {
                problems.push(twice(&name, &found, header, &first.header));
                continue;
            }
            if column.kind == FormColumnKind::Money && header.unit.is_none() {
                problems.push(no_unit(&name, &found, header));
            }
            columns.push(Column { header: header.clone(), form: column.clone() });
        }
        problems.extend(missing_columns(&name, &found, form, &columns));
        if problems.is_empty() { Ok(Self { sheet: name, found, columns, ignored }) } else { Err(problems) }
    }

    /// The first row below the header.
    #[must_use]
    pub fn first_data_row(&self) -> u32 {
        self.found.last_row + 1
    }

    /// Headers that fill no field.
    #[must_use]
    pub fn ignored(&self) -> &[String] {
        &self.ignored
    }

    /// Field keys of the columns that are there.
    #[must_use]
    pub fn stated(&self) -> HashSet<String> {
        self.columns.iter().map(|column| column.form.key.clone()).collect()
    }

    /// The cells of a row by field; cells that cannot be relied on are problems.
    pub fn raw(&self, row: &SheetRow) -> Result<RawRow, Vec<SheetProblem>> {
        let mut raw = RawRow::new();
        let mut problems = Vec::new();
        for column in &self.columns {
            let Some(cell) = row.cell(column.header.column).filter(|cell| !cell.is_empty()) else { continue };
            if let Some(trouble) = cell.trouble() {
                problems.push(self.place(trouble.problem(), row.number, &column.header, &cell.text));
                continue;
            }
            let text = fold_width(&cell.text);
            if text.chars().count() > column.form.length_max as usize {
                problems.push(self.place(
                    too_long(column.form.length_max),
                    row.number,
                    &column.header,
                    &text,
                ));
                continue;
            }
            raw.insert(column.form.key.clone(), value_of(column, text));
        }
        if problems.is_empty() { Ok(raw) } else { Err(problems) }
    }

    /// A row's problem with sheet, row, column and header.
    #[must_use]
    pub fn located(&self, row: u32, problem: RowProblem) -> SheetProblem {
        let located = SheetProblem::new(problem.code)
            .reason(problem.reason_zh, problem.reason_en)
            .what_to_do(problem.fix_zh, problem.fix_en);
        match self.columns.iter().find(|column| column.form.key == problem.field) {
            Some(column) => self.place(located, row, &column.header, &problem.value),
            None => located.in_sheet(&self.sheet).at_row(row).with_value(&problem.value),
        }
    }

    fn place(&self, problem: SheetProblem, row: u32, header: &Header, value: &str) -> SheetProblem {
        problem.in_sheet(&self.sheet).at_row(row).in_column(header.column, &header.text).with_value(value)
    }
}

/// The form's column of a header; under a merged group `卖方/名称` is also looked up as 卖方名称.
fn column_of<'a>(form: &'a ContractForm, header: &str) -> Option<&'a FormColumn> {
    form.column(header).or_else(|| form.column(&header.replace('/', ""))).or_else(|| {
        let (_, last) = header.rsplit_once('/')?;
        form.column(last)
    })
}

fn value_of(column: &Column, text: String) -> RawValue {
    match column.form.kind {
        FormColumnKind::Date => RawValue::Date(parse_date(&text), text),
        FormColumnKind::Money => {
            let unit = column.header.unit.unwrap_or(MoneyUnit::Yuan);
            RawValue::Money(Fen::parse(&text, unit), text)
        }
        _ => RawValue::Text(text),
    }
}

fn no_header(sheet: &str) -> SheetProblem {
    SheetProblem::new("contract.sheet.no_header")
        .reason("前 20 行中没有找到表头", "no header in the first 20 rows")
        .what_to_do(
            "表头应含“登记编号”“合同类型”“成交额(元)”等栏目，可从国家系统导出的表直接导入",
            "the header should hold 登记编号, 合同类型, 成交额(元) and so on, as the national system exports them",
        )
        .in_sheet(sheet)
}

fn no_unit(sheet: &str, found: &FoundHeader, header: &Header) -> SheetProblem {
    SheetProblem::new("contract.sheet.no_unit")
        .reason("金额栏没有写单位", "a money column without a unit")
        .what_to_do(
            format!("把表头写成 {}(元)、{}(万元) 或 {}(亿元)", header.text, header.text, header.text),
            format!(
                "write the header as {}(元), {}(万元) or {}(亿元)",
                header.text, header.text, header.text
            ),
        )
        .in_sheet(sheet)
        .at_row(found.last_row)
        .in_column(header.column, &header.text)
}

fn twice(sheet: &str, found: &FoundHeader, header: &Header, first: &Header) -> SheetProblem {
    SheetProblem::new("contract.sheet.column_twice")
        .reason(format!("与“{}”是同一栏目", first.text), format!("the same column as `{}`", first.text))
        .what_to_do("删去其中一列", "delete one of the two")
        .in_sheet(sheet)
        .at_row(found.last_row)
        .in_column(header.column, &header.text)
}

fn too_long(length_max: u32) -> SheetProblem {
    SheetProblem::new("contract.cell.too_long")
        .reason(format!("超过 {length_max} 个字"), format!("longer than {length_max} characters"))
        .what_to_do("缩短后重新导入", "shorten it and import again")
}

fn missing_columns(
    sheet: &str,
    found: &FoundHeader,
    form: &ContractForm,
    columns: &[Column],
) -> Vec<SheetProblem> {
    let present: HashMap<&str, &Column> =
        columns.iter().map(|column| (column.form.key.as_str(), column)).collect();
    form.columns()
        .iter()
        .filter(|column| column.presence == Presence::Required && !present.contains_key(column.key.as_str()))
        .map(|column| {
            SheetProblem::new("contract.sheet.column_missing")
                .reason(
                    format!("缺少必填栏目“{}”", column.header),
                    format!("the column `{}` is missing", column.header),
                )
                .what_to_do("补上该栏目后重新导入", "add the column and import again")
                .in_sheet(sheet)
                .at_row(found.last_row)
        })
        .collect()
}
