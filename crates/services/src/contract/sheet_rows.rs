//! Rows of a contract sheet (技术合同登记表) as the checks want them.

use std::collections::{HashMap, HashSet};

use xiaoxiang_domain::contract::{RawRow, RawValue, RowProblem};
use xiaoxiang_domain::money::{Fen, MoneyUnit};
use xiaoxiang_domain::region::{ColumnKind as FormColumnKind, ContractForm, FormColumn, Presence};

use crate::sheet::{
    FoundHeader, Header, SheetCell, SheetFile, SheetProblem, SheetRow, fold_width, parse_date,
};

/// Fewest columns that make a row the header.
const HEADER_COLUMNS_MIN: usize = 3;
/// The column without which a sheet is no list of contracts.
const IDENTITY: &str = "registration_number";
/// Columns of which a row of contracts fills at least one.
const ROW_FIELDS: [&str; 2] = ["registered_on", "contract_type"];
/// How rows begin that stand below the contracts: totals and who filled the sheet in.
const FOOTERS: [&str; 17] = [
    "合计",
    "总计",
    "小计",
    "共计",
    "累计",
    "本页",
    "总额",
    "填表",
    "制表",
    "填报",
    "审核",
    "复核",
    "单位负责人",
    "备注",
    "注:",
    "说明",
    "导出时间",
];

/// The columns of a sheet, matched with the form.
#[derive(Debug)]
pub struct ContractRows {
    sheet: String,
    found: FoundHeader,
    columns: Vec<Column>,
    ignored: Vec<String>,
    headers_by_key: HashMap<String, String>,
    /// Last row of a cell merged over several rows, by its first row and column.
    merged: HashMap<(u32, usize), u32>,
    /// Last row and content of the merged cell that was begun in a column.
    begun: HashMap<usize, (u32, SheetCell)>,
}

#[derive(Debug)]
struct Column {
    header: Header,
    form: FormColumn,
}

impl ContractRows {
    /// Finds the header of a sheet and matches its columns, or gives nothing where the sheet has none.
    ///
    /// A money column without a unit is refused. Of two columns for one field the one counts whose header comes first
    /// in the form's list of names (登记编号 before 合同编号), but two money columns are never chosen between.
    pub fn find(
        file: &mut SheetFile,
        sheet: usize,
        form: &ContractForm,
    ) -> Result<Option<Self>, Vec<SheetProblem>> {
        let name = file.sheets()[sheet].name.clone();
        let found = file
            .find_header(sheet, HEADER_COLUMNS_MIN, |header| column_of(form, header).is_some())
            .map_err(|problem| vec![problem])?;
        let Some(found) = found else { return Ok(None) };
        let mut columns: Vec<Column> = Vec::new();
        let mut ignored = Vec::new();
        let mut problems = Vec::new();
        for header in &found.headers {
            let Some(form_column) = column_of(form, &header.normalised) else {
                ignored.push(header.text.clone());
                continue;
            };
            let column = Column { header: header.clone(), form: form_column.clone() };
            let Some(first) = columns.iter_mut().find(|other| other.form.key == column.form.key) else {
                columns.push(column);
                continue;
            };
            if column.form.kind == FormColumnKind::Money {
                problems.push(twice(&name, &found, header, &first.header));
            } else if column.rank() < first.rank() {
                ignored.push(std::mem::replace(first, column).header.text);
            } else if column.rank() == first.rank() {
                problems.push(twice(&name, &found, header, &first.header));
            } else {
                ignored.push(header.text.clone());
            }
        }
        let without_unit = columns.iter().filter(|column| column.is_money() && column.header.unit.is_none());
        problems.extend(without_unit.map(|column| no_unit(&name, &found, &column.header)));
        problems.extend(missing_columns(&name, &found, form, &columns));
        if !problems.is_empty() {
            return Err(problems);
        }
        let merged = file
            .merged_ranges(sheet)
            .map_err(|problem| vec![problem])?
            .iter()
            .filter(|range| range.last_row > range.first_row && range.first_column == range.last_column)
            .map(|range| ((range.first_row, range.first_column), range.last_row))
            .collect();
        let headers_by_key =
            form.columns().iter().map(|column| (column.key.clone(), column.header.clone())).collect();
        Ok(Some(Self { sheet: name, found, columns, ignored, headers_by_key, merged, begun: HashMap::new() }))
    }

    /// Whether a sheet has the column by which contracts are told apart.
    pub fn is_list_of_contracts(
        file: &mut SheetFile,
        sheet: usize,
        form: &ContractForm,
    ) -> Result<bool, SheetProblem> {
        let found =
            file.find_header(sheet, HEADER_COLUMNS_MIN, |header| column_of(form, header).is_some())?;
        Ok(found.is_some_and(|found| {
            found.headers.iter().any(|header| {
                column_of(form, &header.normalised).is_some_and(|column| column.key == IDENTITY)
            })
        }))
    }

    /// Whether a row is none of the contracts: empty, a total, a signature line, or the header once more.
    #[must_use]
    pub fn is_beside_the_contracts(&self, row: &SheetRow) -> bool {
        let text_of = |key: &str| {
            let column = self.columns.iter().find(|column| column.form.key == key);
            column.map_or("", |column| row.text(column.header.column))
        };
        let own = |header: &Header| {
            header.text.rsplit('/').next().is_some_and(|text| text == row.text(header.column))
        };
        if self.columns.iter().filter(|column| own(&column.header)).count() >= HEADER_COLUMNS_MIN {
            return true;
        }
        if ROW_FIELDS.iter().any(|key| !text_of(key).is_empty()) {
            return false;
        }
        let Some(first) = row.cells.iter().find(|cell| !cell.is_empty()) else { return true };
        let number = text_of(IDENTITY);
        let plain: String = fold_width(&first.text).chars().filter(|c| !c.is_whitespace()).collect();
        FOOTERS.iter().any(|word| plain.starts_with(word)) && (number.is_empty() || number == first.text)
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
    ///
    /// A cell merged over several rows counts for each of them, but never a number or an amount: three contracts
    /// under one amount are not three times that amount.
    pub fn raw(&mut self, row: &SheetRow) -> Result<RawRow, Vec<SheetProblem>> {
        let mut raw = RawRow::new();
        let mut problems = Vec::new();
        for column in &self.columns {
            let at = column.header.column;
            let own = row.cell(at).filter(|cell| !cell.is_empty());
            if let (Some(cell), Some(last_row)) = (own, self.merged.get(&(row.number, at))) {
                self.begun.insert(at, (*last_row, cell.clone()));
            }
            let above = || {
                let is_shared = !column.is_money() && column.form.key != IDENTITY;
                let (last_row, cell) = self.begun.get(&at).filter(|_| is_shared)?;
                (row.number <= *last_row).then_some(cell)
            };
            let Some(cell) = own.or_else(above) else { continue };
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
            None => {
                let mut located = located.in_sheet(&self.sheet).at_row(row).with_value(&problem.value);
                if let Some(header) = self.headers_by_key.get(&problem.field) {
                    located.words.reason_zh = format!("{}（缺少“{header}”栏）", located.words.reason_zh);
                    located.words.reason_en = format!("{} (no column `{header}`)", located.words.reason_en);
                }
                located
            }
        }
    }

    fn place(&self, problem: SheetProblem, row: u32, header: &Header, value: &str) -> SheetProblem {
        problem.in_sheet(&self.sheet).at_row(row).in_column(header.column, &header.text).with_value(value)
    }
}

impl Column {
    const fn is_money(&self) -> bool {
        matches!(self.form.kind, FormColumnKind::Money)
    }

    /// Place of the header among the names of its field; names under a merged group come last.
    fn rank(&self) -> usize {
        let normalised = self.header.normalised.replace('/', "");
        let names = std::iter::once(&self.form.header).chain(&self.form.aliases);
        let mut names = names.map(|name| crate::sheet::normalise_header(name));
        names.position(|name| name == normalised).unwrap_or(usize::MAX)
    }
}

/// The form's column of a header; under a merged group `卖方/名称` is also looked up as 卖方名称.
pub(crate) fn column_of<'a>(form: &'a ContractForm, header: &str) -> Option<&'a FormColumn> {
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

pub(super) fn no_header(sheet: &str) -> SheetProblem {
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
