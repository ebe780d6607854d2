//! Problems and differences of a reading as files to work through: CSV and XLSX.

use axum::extract::Path;
use axum::response::Response;
use xiaoxiang_domain::bulletin::{
    ColumnKind, PrintedCell, PrintedColumn, PrintedNote, PrintedRow, PrintedTable, RowKind,
};
use xiaoxiang_services::contract::difference_rows;
use xiaoxiang_services::contract::import_queue::{RunView, find_import_run};
use xiaoxiang_services::paper::{ByteOrderMark, PaperError, write_csv, write_xlsx};
use xiaoxiang_services::sheet::{SheetProblem, write_problems_csv};

use super::zone;
use crate::pages::failure::Failure;
use crate::pages::visit::{Visit, download};

const MIME_CSV: &str = "text/csv; charset=utf-8";
const MIME_XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// Columns of the list of problems.
const PROBLEM_COLUMNS: [(&str, &str); 10] = [
    ("工作表", "Sheet"),
    ("行", "Row"),
    ("列", "Column"),
    ("表头", "Header"),
    ("值", "Value"),
    ("代码", "Code"),
    ("原因", "原因"),
    ("处理办法", "处理办法"),
    ("Reason", "Reason"),
    ("What to do", "What to do"),
];
/// Columns of the list of differences.
const DIFFERENCE_COLUMNS: [(&str, &str); 6] = [
    ("登记编号", "Registration number"),
    ("行", "Row"),
    ("处理", "Outcome"),
    ("字段", "Field"),
    ("原值", "Before"),
    ("新值", "After"),
];

pub(super) async fn download_list(visit: Visit, Path((id, file)): Path<(String, String)>) -> Response {
    let run = match find_import_run(&visit.app, &visit.actor(), &id).await {
        Ok(run) => run,
        Err(refusal) => return visit.refused(&refusal),
    };
    let mut bytes = Vec::new();
    let (label, mime, written) = match file.as_str() {
        "problems.csv" => {
            let problems: Vec<SheetProblem> = run.problems.iter().chain(&run.warnings).cloned().collect();
            let written = write_problems_csv(&problems, ByteOrderMark::Present, &mut bytes);
            ("问题清单.csv", MIME_CSV, written.map_err(PaperError::from))
        }
        "problems.xlsx" => ("问题清单.xlsx", MIME_XLSX, xlsx(&visit, &problems(&run), &mut bytes).await),
        "differences.csv" => {
            let written = write_csv(
                &differences(&run).told_in(visit.file_language()),
                ByteOrderMark::Present,
                &mut bytes,
            );
            ("差异清单.csv", MIME_CSV, written.map_err(PaperError::from))
        }
        "differences.xlsx" => {
            ("差异清单.xlsx", MIME_XLSX, xlsx(&visit, &differences(&run), &mut bytes).await)
        }
        _ => return visit.failed(Failure::NotFound),
    };
    match written {
        Ok(()) => download(&format!("{}-{label}", stem(&run.row.file_name)), mime, bytes),
        Err(error) => {
            let trace = visit.app.new_id().unwrap_or_else(|_| "-".to_owned());
            tracing::error!(trace, ?error, "list cannot be written");
            visit.failed(Failure::Internal(trace))
        }
    }
}

async fn xlsx(visit: &Visit, table: &PrintedTable, bytes: &mut Vec<u8>) -> Result<(), PaperError> {
    let created = visit.app.clock.now().to_zoned(zone(visit).await).datetime();
    *bytes = write_xlsx(&[table.clone().told_in(visit.file_language())], created)?;
    Ok(())
}

/// A file's name without its ending.
fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

fn problems(run: &RunView) -> PrintedTable {
    let rows = run.problems.iter().chain(&run.warnings).map(|problem| {
        let column = problem.column.as_deref();
        vec![
            problem.sheet.as_deref().unwrap_or_default().to_owned(),
            problem.row.map(|row| row.to_string()).unwrap_or_default(),
            column.map(|column| column.letter.clone()).unwrap_or_default(),
            column.map(|column| column.header.clone()).unwrap_or_default(),
            problem.value.as_deref().unwrap_or_default().to_owned(),
            problem.code.to_string(),
            problem.words.reason_zh.clone(),
            problem.words.what_to_do_zh.clone(),
            problem.words.reason_en.clone(),
            problem.words.what_to_do_en.clone(),
        ]
    });
    table("问题清单", "List of problems", &PROBLEM_COLUMNS, rows, &run.row.file_name)
}

fn differences(run: &RunView) -> PrintedTable {
    let listed = run.report.as_ref().map(|report| difference_rows(&report.differences)).unwrap_or_default();
    let rows = listed.into_iter().map(Vec::from);
    table("差异清单", "List of differences", &DIFFERENCE_COLUMNS, rows, &run.row.file_name)
}

fn table(
    title: &str,
    title_en: &str,
    columns: &[(&str, &str)],
    rows: impl Iterator<Item = Vec<String>>,
    file_name: &str,
) -> PrintedTable {
    let column = |(header, header_en): &(&str, &str)| {
        PrintedColumn::ungrouped(header_en, header, header_en, ColumnKind::Text)
    };
    let row = |(at, cells): (usize, Vec<String>)| PrintedRow {
        key: at.to_string(),
        kind: RowKind::Body,
        cells: cells.into_iter().map(PrintedCell::text).collect(),
    };
    PrintedTable {
        title: title.to_owned(),
        title_en: title_en.to_owned(),
        columns: columns.iter().map(column).collect(),
        rows: rows.enumerate().map(row).collect(),
        notes: vec![PrintedNote { zh: format!("文件：{file_name}"), en: format!("File: {file_name}") }],
    }
}
