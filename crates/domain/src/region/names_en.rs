//! `names_en.csv`: English names of divisions, in a layer of their own file, since the national list has none.

use std::collections::BTreeMap;

use super::divisions::{DivisionCode, Divisions};
use super::problem::{Mistake, Place, Sink};

/// The columns in their order.
const COLUMNS: [&str; 2] = ["code", "name_en"];
/// Largest file; names for all current divisions take 100 KB.
const BYTES_MAX: usize = 1 << 20;

/// Reads one `names_en.csv`; a code stands in it once and is one of today's divisions.
pub(super) fn read(
    file: &str,
    text: &str,
    divisions: &Divisions,
    sink: &mut Sink,
) -> BTreeMap<DivisionCode, String> {
    let mut names = BTreeMap::new();
    if text.len() > BYTES_MAX {
        sink.add(file, Place::default(), Mistake::TooLarge { bytes: text.len(), limit: BYTES_MAX });
        return names;
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
    let headers = reader.headers().cloned().unwrap_or_default();
    if headers.iter().ne(COLUMNS) {
        let line = headers.position().map_or(1, |position| fit(position.line()));
        let detail = format!("columns must be {}", COLUMNS.join(","));
        sink.add(file, Place::line(line), Mistake::Row { detail });
        return names;
    }
    let mut lines: BTreeMap<DivisionCode, u32> = BTreeMap::new();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(0, |position| fit(position.line()));
                sink.add(file, Place::line(line), Mistake::Row { detail: error.to_string() });
                continue;
            }
        };
        let line = record.position().map_or(0, |position| fit(position.line()));
        let cell = |at: usize| record.get(at).unwrap_or_default().trim();
        let Some(code) = DivisionCode::parse(cell(0)) else {
            sink.add(file, Place::line(line), Mistake::NotADivisionCode { value: cell(0).to_owned() });
            continue;
        };
        if !divisions.is_current(code) {
            sink.add(file, Place::line(line), Mistake::UnknownDivision { code: code.to_string() });
        }
        if cell(1).is_empty() {
            sink.add(file, Place::line(line), Mistake::MissingKey { key: "name_en".to_owned() });
        }
        if let Some(first_line) = lines.insert(code, line) {
            sink.add(file, Place::line(line), Mistake::CodeTwice { code: code.to_string(), first_line });
        }
        names.insert(code, cell(1).to_owned());
    }
    names
}

fn fit(line: u64) -> u32 {
    u32::try_from(line).unwrap_or(u32::MAX)
}
