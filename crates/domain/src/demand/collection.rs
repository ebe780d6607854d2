//! Reads a filled-in collection sheet (需求征集表), however people moved its labels and values about.

use super::form::DemandForm;
use crate::contract::RowProblem;
use crate::market::clean_text;
use crate::region::{DemandField, DemandSheet};

/// Rows of a sheet that are looked at.
const ROWS_MAX: usize = 500;
/// Most characters of a value that are kept, whatever the field; longer ones are told as problems later.
const VALUE_CHARACTERS_MAX: usize = 10_000;

/// One cell: its text, already one of a merged range only once.
pub type Cell = String;

/// The cells of a sheet or of the tables of a document, row by row; paragraphs are rows of one cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SheetGrid {
    /// Rows of cells.
    pub rows: Vec<Vec<Cell>>,
}

/// What a sheet says, and what of it belongs to no field, so that nothing that somebody wrote is lost.
///
/// A value stands right of its label, below it, or behind its colon in the same cell. A label without a value leaves the
/// field empty. Of two values for one field the first is kept and the second told as a problem.
#[must_use]
pub fn read_collection_sheet(
    grid: &SheetGrid,
    sheet: &DemandSheet,
) -> (DemandForm, Vec<RowProblem>, Vec<String>) {
    let mut reading = Reading {
        sheet,
        form: DemandForm::default(),
        problems: Vec::new(),
        leftovers: Vec::new(),
        taken: Vec::new(),
    };
    let rows: Vec<Vec<String>> =
        grid.rows.iter().take(ROWS_MAX).map(|row| row.iter().map(|cell| tidy(cell)).collect()).collect();
    reading.taken = rows.iter().map(|row| vec![false; row.len()]).collect();
    for (at, row) in rows.iter().enumerate() {
        for (column, cell) in row.iter().enumerate() {
            if cell.is_empty() || reading.taken[at][column] {
                continue;
            }
            if let Some(field) = sheet.by_label(cell) {
                reading.taken[at][column] = true;
                let field = field.clone();
                reading.value_beside(&rows, (at, column), &field);
            } else if let Some((field, value)) = label_with_value(sheet, cell) {
                reading.taken[at][column] = true;
                let field = field.clone();
                reading.keep(&field, value);
            }
        }
    }
    for (row, taken) in rows.iter().zip(&reading.taken) {
        for (cell, is_taken) in row.iter().zip(taken) {
            if !is_taken && !cell.is_empty() && !is_furniture(cell, sheet) {
                reading.leftovers.push(cell.clone());
            }
        }
    }
    (reading.form, reading.problems, reading.leftovers)
}

struct Reading<'a> {
    sheet: &'a DemandSheet,
    form: DemandForm,
    problems: Vec<RowProblem>,
    leftovers: Vec<String>,
    taken: Vec<Vec<bool>>,
}

impl Reading<'_> {
    /// Takes the value of a label: the next filled cell right of it up to the next label, else the cell below.
    fn value_beside(&mut self, rows: &[Vec<String>], (at, column): (usize, usize), field: &DemandField) {
        let row = &rows[at];
        for (right, cell) in row.iter().enumerate().skip(column + 1) {
            if self.is_label(cell) {
                break;
            }
            if !cell.is_empty() && !self.taken[at][right] && !is_hint(cell, field) {
                self.taken[at][right] = true;
                self.keep(field, cell);
                return;
            }
        }
        for (below, row) in rows.iter().enumerate().skip(at + 1).take(2) {
            let cell = row.get(column).map_or("", String::as_str);
            if self.is_label(cell) {
                return;
            }
            // A whole row of text below its label is one cell, wherever it begins.
            let found = if cell.is_empty() { 0 } else { column };
            let cell = row.get(found).map_or("", String::as_str);
            let is_alone = row.iter().filter(|cell| !cell.is_empty()).count() == 1 || found == column;
            if cell.is_empty()
                || !is_alone
                || self.is_label(cell)
                || is_hint(cell, field)
                || is_instruction(cell)
                || self.taken[below][found]
            {
                continue;
            }
            if label_with_value(self.sheet, cell).is_some() {
                return;
            }
            self.taken[below][found] = true;
            self.keep(field, cell);
            return;
        }
    }

    fn is_label(&self, cell: &str) -> bool {
        !cell.is_empty() && self.sheet.by_label(cell).is_some()
    }

    fn keep(&mut self, field: &DemandField, value: &str) {
        let value = chosen(value);
        if value.is_empty() {
            return;
        }
        let before = self.form.field(&field.key);
        if before.is_empty() {
            self.form.fields.insert(field.key.clone(), value);
        } else if before != value {
            self.problems.push(RowProblem {
                field: field.key.clone(),
                value: value.chars().take(40).collect(),
                code: "demand.sheet.twice",
                reason_zh: format!("“{}”在表中出现两次且内容不同，已采用第一处", field.name),
                reason_en: format!("{} stands in the sheet twice; the first is kept", field.name_en),
                fix_zh: "请核对".to_owned(),
                fix_en: "check which is right".to_owned(),
            });
            self.leftovers.push(format!("{}：{value}", field.name));
        }
    }
}

/// `企业名称：示例公司` in one cell.
fn label_with_value<'a, 'b>(sheet: &'a DemandSheet, cell: &'b str) -> Option<(&'a DemandField, &'b str)> {
    let at = cell.find(['：', ':'])?;
    let (label, rest) = cell.split_at(at);
    let value = rest.trim_start_matches(['：', ':']).trim();
    let field = sheet.by_label(label)?;
    (!value.is_empty()).then_some((field, value))
}

/// Of a line of boxes, the boxes that are ticked; any other text as it is.
fn chosen(value: &str) -> String {
    const TICKED: [char; 6] = ['☑', '☒', '■', '√', '✓', '✔'];
    const BOXES: [char; 8] = ['□', '☐', '○', '☑', '☒', '■', '√', '✓'];
    let has_boxes = value.contains(['□', '☐', '☑', '☒', '■']);
    if !has_boxes {
        return value.to_owned();
    }
    let mut ticked = Vec::new();
    let mut rest = value;
    while let Some(at) = rest.find(BOXES) {
        let mark = rest[at..].chars().next().unwrap_or('□');
        let after = &rest[at + mark.len_utf8()..];
        let end = after.find(BOXES).unwrap_or(after.len());
        let word = after[..end].trim().trim_end_matches(['、', '，', ',', ';', '；']).trim();
        if TICKED.contains(&mark) && !word.is_empty() {
            ticked.push(word.to_owned());
        }
        rest = &after[end..];
    }
    ticked.join("、")
}

fn tidy(cell: &str) -> String {
    let shortened: String = cell.chars().take(VALUE_CHARACTERS_MAX).collect();
    clean_text(&shortened, usize::MAX).unwrap_or_default()
}

/// What our own template says beside a label is no value.
fn is_hint(cell: &str, field: &DemandField) -> bool {
    let plain = |text: &str| crate::region::plain(text).trim_matches(['(', ')']).to_owned();
    !field.hint.is_empty() && plain(cell) == plain(&field.hint)
}

/// Words on how to fill in, which our own template has below its table.
fn is_instruction(cell: &str) -> bool {
    let plain = crate::region::plain(cell);
    plain.starts_with("填写说明") || plain.starts_with("填表说明")
}

/// Titles, notes and running numbers of the template.
fn is_furniture(cell: &str, sheet: &DemandSheet) -> bool {
    let plain = crate::region::plain(cell);
    let is_title = plain == crate::region::plain(&sheet.title);
    let is_hint = sheet.fields.iter().any(|field| is_hint(cell, field));
    let is_number = plain.chars().all(|c| c.is_ascii_digit());
    is_title
        || is_hint
        || is_number
        || is_instruction(cell)
        || ["栏目", "填写内容", "填写提示", "序号", "内容", "项目"].contains(&plain.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::region::tests::HUNAN;

    fn read(rows: &[&[&str]]) -> (DemandForm, Vec<RowProblem>, Vec<String>) {
        let rows = rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect();
        read_collection_sheet(&SheetGrid { rows }, HUNAN.demand_sheet())
    }

    #[test]
    fn values_are_found_right_of_below_and_behind_their_labels() {
        let (form, problems, leftovers) = read(&[
            &["企业技术需求征集表"],
            &["单 位 名 称", "示例公司", "联系人：", "示例甲"],
            &["联系电话：０７３１－１２３４"],
            &["一、拟解决的主要技术问题（必填）"],
            &["低温下容量衰减。\n需要新的电解液。"],
            &["技术领域", "", "新能源与高效节能", "合作方式", "☑委托开发 □技术转让 ☑ 合作开发"],
        ]);
        assert_eq!(form.field("organisation_name"), "示例公司");
        assert_eq!(form.field("contact"), "示例甲");
        assert_eq!(form.field("telephone"), "０７３１－１２３４");
        assert_eq!(form.field("problem"), "低温下容量衰减。\n需要新的电解液。");
        assert_eq!(form.field("field"), "新能源与高效节能");
        assert_eq!(form.field("modes"), "委托开发、合作开发");
        assert!(problems.is_empty(), "{problems:?}");
        assert!(leftovers.is_empty(), "{leftovers:?}");
    }

    #[test]
    fn nothing_that_somebody_wrote_is_lost() {
        let (form, problems, leftovers) =
            read(&[&["企业名称", "示例甲公司"], &["单位名称", "示例乙公司"], &["备注", "希望年内见面"]]);
        assert_eq!(form.field("organisation_name"), "示例甲公司");
        assert_eq!(problems.len(), 1);
        assert_eq!(leftovers, ["企业名称：示例乙公司", "备注", "希望年内见面"]);
    }

    #[test]
    fn an_empty_template_is_an_empty_form() {
        let rows: Vec<Vec<String>> = HUNAN
            .demand_sheet()
            .fields
            .iter()
            .map(|field| vec![field.name.clone(), String::new(), field.hint.clone()])
            .collect();
        let (form, problems, leftovers) = read_collection_sheet(&SheetGrid { rows }, HUNAN.demand_sheet());
        assert!(form.fields.is_empty(), "{form:?}");
        assert!(problems.is_empty() && leftovers.is_empty(), "{leftovers:?}");
    }
}
