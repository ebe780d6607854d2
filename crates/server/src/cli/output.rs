//! Prints data on stdout and messages on stderr.
#![expect(clippy::print_stderr, reason = "the one place of the program that prints")]

use std::io::Write as _;

use clap::ValueEnum;
use serde::Serialize;
use xiaoxiang_domain::bulletin::{ColumnKind, PrintedCell, PrintedColumn, PrintedRow, PrintedTable, RowKind};
use xiaoxiang_services::Refusal;
use xiaoxiang_services::paper::{ByteOrderMark, CsvWriter, to_terminal};
use xiaoxiang_services::sheet::{SheetProblem, write_problems_csv};

/// Problems shown on a terminal; all of them go into `--problems FILE`.
const PROBLEMS_SHOWN_MAX: usize = 50;

/// How data are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Aligned columns
    Table,
    /// JSON
    Json,
    /// CSV
    Csv,
    /// XLSX (with --out)
    Xlsx,
    /// DOCX (with --out)
    Docx,
}

/// Prints data as they are. A reader that has gone away, such as `head`, is no failure.
pub fn print_data(text: &str) {
    let end = if text.ends_with('\n') { "" } else { "\n" };
    if let Err(refusal) = print_bytes(format!("{text}{end}").as_bytes()) {
        print_refusal(&refusal);
    }
}

/// Writes bytes to stdout.
pub fn print_bytes(bytes: &[u8]) -> Result<(), Refusal> {
    std::io::stdout().write_all(bytes).map_err(|source| Refusal::File { path: "stdout".to_owned(), source })
}

/// Prints a value as JSON.
pub fn print_json(value: &impl Serialize) {
    print_data(&serde_json::to_string_pretty(value).expect("what is printed is plain data"));
}

/// Prints rows under a header, as a table, CSV or JSON.
pub fn print_rows(format: Option<Format>, header: &[&str], rows: &[Vec<String>]) -> Result<(), Refusal> {
    match format.unwrap_or(Format::Table) {
        Format::Json => {
            let objects: Vec<serde_json::Map<String, serde_json::Value>> = rows
                .iter()
                .map(|row| {
                    header
                        .iter()
                        .zip(row)
                        .map(|(key, value)| ((*key).to_owned(), value.clone().into()))
                        .collect()
                })
                .collect();
            print_json(&objects);
        }
        Format::Csv => print_bytes(&csv_of(header, rows)?)?,
        _ => print_data(&terminal_lines(header, rows)),
    }
    Ok(())
}

/// Rows under a header as CSV, safe from formula injection.
pub fn csv_of(header: &[&str], rows: &[Vec<String>]) -> Result<Vec<u8>, Refusal> {
    let failed = |source| Refusal::File { path: "csv".to_owned(), source };
    let mut bytes = Vec::new();
    let mut writer = CsvWriter::new(&mut bytes, ByteOrderMark::Absent).map_err(failed)?;
    writer.row(header.iter().copied()).map_err(failed)?;
    for row in rows {
        writer.row(row.iter().map(String::as_str)).map_err(failed)?;
    }
    writer.finish().map_err(failed)?;
    Ok(bytes)
}

/// Rows under a header, aligned by display width.
fn terminal_lines(header: &[&str], rows: &[Vec<String>]) -> String {
    let columns = header.iter().map(|head| PrintedColumn::ungrouped(head, head, "", ColumnKind::Text));
    let body = rows.iter().map(|row| PrintedRow {
        key: String::new(),
        kind: RowKind::Body,
        cells: row.iter().map(PrintedCell::text).collect(),
    });
    to_terminal(&PrintedTable {
        title: String::new(),
        title_en: String::new(),
        columns: columns.collect(),
        rows: body.collect(),
        notes: Vec::new(),
    })
}

/// A message for the person at the terminal.
pub fn say(zh: &str, en: &str) {
    eprintln!("{zh}\n{en}");
}

/// Why a command did not do what it was asked.
pub fn print_refusal(refusal: &Refusal) {
    match refusal {
        Refusal::Sheet(problems) => print_problems(problems),
        Refusal::Region(problems) => {
            for problem in problems {
                let place = format!("{}:{}:{}", problem.file, problem.line, problem.column);
                eprintln!("{place}: {}；{}", problem.message_zh, problem.fix_zh);
                eprintln!("{place}: {}; {}", problem.message_en, problem.fix_en);
            }
        }
        _ => {}
    }
    let (zh, en) = refusal.sentences();
    say(&zh, &en);
}

/// Problems of a sheet, the first ones.
pub fn print_problems(problems: &[SheetProblem]) {
    for problem in problems.iter().take(PROBLEMS_SHOWN_MAX) {
        eprintln!("{}", problem_line(problem));
    }
    if problems.len() > PROBLEMS_SHOWN_MAX {
        let rest = problems.len() - PROBLEMS_SHOWN_MAX;
        say(
            &format!("另有 {rest} 处，用 --problems FILE 全部写出"),
            &format!("{rest} more; --problems FILE writes all"),
        );
    }
}

/// A problem on one line: where, what stands there, why, what to do.
fn problem_line(problem: &SheetProblem) -> String {
    let mut place = String::new();
    if let Some(sheet) = &problem.sheet {
        place.push_str(&format!("{sheet} "));
    }
    if let Some(row) = problem.row {
        place.push_str(&format!("第 {row} 行 "));
    }
    if let Some(column) = &problem.column {
        place.push_str(&format!("{} 列 {} ", column.letter, column.header));
    }
    if let Some(value) = &problem.value {
        place.push_str(&format!("“{value}”"));
    }
    let words = &problem.words;
    format!(
        "{place}：{}；{}\n    {}; {} [{}]",
        words.reason_zh, words.what_to_do_zh, words.reason_en, words.what_to_do_en, problem.code
    )
}

/// Writes problems as CSV.
pub fn write_problems(path: &std::path::Path, problems: &[SheetProblem]) -> Result<(), Refusal> {
    let failed = |source| Refusal::File { path: path.display().to_string(), source };
    let file = std::fs::File::create(path).map_err(failed)?;
    write_problems_csv(problems, ByteOrderMark::Present, file).map_err(failed)
}
