//! `divisions.csv`: reads the rows and checks that codes, dates, parents and successors fit together.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::civil::Date;

use super::divisions::{Certainty, Division, DivisionCode, DivisionLevel};
use super::document::parse_date;
use super::problem::{Mistake, Place, Sink};
use super::text::nearest;

/// The columns, in any order.
const COLUMNS: [&str; 9] =
    ["code", "name", "level", "parent", "from", "to", "successors", "status", "source"];
/// Largest file of divisions; all codes since 1980 take 600 KB.
const BYTES_MAX: usize = 4 << 20;

const LEVELS: [(&str, DivisionLevel); 3] =
    [("province", DivisionLevel::Province), ("city", DivisionLevel::City), ("county", DivisionLevel::County)];
const CERTAINTIES: [(&str, Certainty); 3] = [
    ("verified", Certainty::Verified),
    ("edition", Certainty::Edition),
    ("unverified", Certainty::Unverified),
];

/// A division, the file and the line that it comes from.
#[derive(Debug)]
pub(super) struct Row {
    pub file: String,
    pub line: u32,
    pub division: Division,
}

/// Reads one `divisions.csv`.
pub(super) fn read(file: &str, text: &str, sink: &mut Sink) -> Vec<Row> {
    if text.len() > BYTES_MAX {
        sink.add(file, Place::default(), Mistake::TooLarge { bytes: text.len(), limit: BYTES_MAX });
        return Vec::new();
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
    let columns: HashMap<String, usize> = match reader.headers() {
        Ok(headers) => headers.iter().enumerate().map(|(at, name)| (name.trim().to_owned(), at)).collect(),
        Err(error) => {
            sink.add(file, Place::line(1), Mistake::Row { detail: error.to_string() });
            return Vec::new();
        }
    };
    let line = reader.headers().ok().and_then(csv::StringRecord::position).map_or(1, |p| fit(p.line()));
    for name in columns.keys().filter(|name| !COLUMNS.contains(&name.as_str())) {
        let near = nearest(name, COLUMNS);
        sink.add(file, Place::line(line), Mistake::UnknownKey { key: name.clone(), nearest: near });
    }
    let missing: Vec<_> = COLUMNS[..4].iter().filter(|name| !columns.contains_key(**name)).collect();
    for name in &missing {
        sink.add(file, Place::line(line), Mistake::MissingKey { key: (**name).to_owned() });
    }
    if !missing.is_empty() {
        return Vec::new();
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        match record {
            Ok(record) => {
                let line = record.position().map_or(0, |p| fit(p.line()));
                let cells = Cells { file, line, columns: &columns, record: &record };
                rows.extend(cells.division(sink).map(|division| Row {
                    file: file.to_owned(),
                    line,
                    division,
                }));
            }
            Err(error) => {
                let line = error.position().map_or(0, |p| fit(p.line()));
                sink.add(file, Place::line(line), Mistake::Row { detail: error.to_string() });
            }
        }
    }
    rows
}

fn fit(n: u64) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// One line of the file.
struct Cells<'a> {
    file: &'a str,
    line: u32,
    columns: &'a HashMap<String, usize>,
    record: &'a csv::StringRecord,
}

impl Cells<'_> {
    fn cell(&self, column: &str) -> &str {
        self.columns.get(column).and_then(|at| self.record.get(*at)).unwrap_or_default().trim()
    }

    fn wrong(&self, mistake: Mistake, sink: &mut Sink) {
        sink.add(self.file, Place::line(self.line), mistake);
    }

    fn code(&self, text: &str, sink: &mut Sink) -> Option<DivisionCode> {
        let code = DivisionCode::parse(text);
        if code.is_none() {
            self.wrong(Mistake::NotADivisionCode { value: text.to_owned() }, sink);
        }
        code
    }

    fn date(&self, column: &str, sink: &mut Sink) -> Option<Date> {
        let text = self.cell(column);
        let date = parse_date(text);
        if date.is_none() && !text.is_empty() {
            self.wrong(Mistake::NotADate { value: text.to_owned() }, sink);
        }
        date
    }

    fn word<T: Copy>(&self, column: &str, words: &[(&str, T)], sink: &mut Sink) -> Option<T> {
        let text = self.cell(column);
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        if found.is_none() {
            let mistake = Mistake::NotOneOf {
                key: column.to_owned(),
                value: text.to_owned(),
                allowed: words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", "),
                nearest: nearest(text, words.iter().map(|(word, _)| *word)),
            };
            self.wrong(mistake, sink);
        }
        found
    }

    fn division(&self, sink: &mut Sink) -> Option<Division> {
        let code = self.code(self.cell("code"), sink)?;
        let level = self.word("level", &LEVELS, sink)?;
        let parent = match self.cell("parent") {
            "" if level == DivisionLevel::Province => DivisionCode::NATION,
            text => self.code(text, sink)?,
        };
        let name = self.cell("name");
        if name.is_empty() {
            self.wrong(Mistake::MissingKey { key: "name".to_owned() }, sink);
        }
        let (from, to) = (self.date("from", sink), self.date("to", sink));
        if let (Some(from), Some(to)) = (from, to)
            && from > to
        {
            self.wrong(Mistake::DatesReversed { from, to }, sink);
        }
        let certainty = match self.cell("status") {
            "" => Certainty::Verified,
            _ => self.word("status", &CERTAINTIES, sink)?,
        };
        let successors =
            self.cell("successors").split_whitespace().filter_map(|text| self.code(text, sink)).collect();
        let division =
            Division { code, name: name.to_owned(), level, parent, from, to, successors, certainty };
        if division.to.is_none() && !division.successors.is_empty() {
            self.wrong(Mistake::SuccessorOfCurrent { code: code.to_string() }, sink);
        }
        Some(division)
    }
}

/// Puts the rows of the layers together: a later layer's rows of a code take the place of all earlier ones.
pub(super) fn merge(layers: Vec<Vec<Row>>) -> Vec<Row> {
    let mut merged: Vec<Row> = Vec::new();
    for rows in layers {
        let replaced: HashSet<DivisionCode> = rows.iter().map(|row| row.division.code).collect();
        merged.retain(|row| !replaced.contains(&row.division.code));
        merged.extend(rows);
    }
    merged
}

/// Notes overlapping dates, unknown parents and successors, and successors that go round in a circle.
pub(super) fn check(rows: &[Row], sink: &mut Sink) {
    let mut by_code: BTreeMap<DivisionCode, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        by_code.entry(row.division.code).or_default().push(row);
    }
    for same in by_code.values_mut() {
        same.sort_by_key(|row| row.division.from);
        for pair in same.windows(2) {
            let apart = match (pair[0].division.to, pair[1].division.from) {
                (Some(to), Some(from)) => to < from,
                _ => false,
            };
            if !apart {
                let mistake =
                    Mistake::Overlap { code: pair[1].division.code.to_string(), first_line: pair[0].line };
                sink.add(&pair[1].file, Place::line(pair[1].line), mistake);
            }
        }
    }
    for row in rows {
        let Division { code, parent, successors, .. } = &row.division;
        if *parent != DivisionCode::NATION && !by_code.contains_key(parent) {
            let mistake = Mistake::UnknownParent { code: code.to_string(), parent: parent.to_string() };
            sink.add(&row.file, Place::line(row.line), mistake);
        }
        for successor in successors.iter().filter(|successor| !by_code.contains_key(successor)) {
            let mistake =
                Mistake::UnknownSuccessor { code: code.to_string(), successor: successor.to_string() };
            sink.add(&row.file, Place::line(row.line), mistake);
        }
        if comes_back(row, &by_code) {
            sink.add(&row.file, Place::line(row.line), Mistake::SuccessorLoop { code: code.to_string() });
        }
    }
}

/// Whether following the successors in time leads back to the same row.
fn comes_back(row: &Row, by_code: &BTreeMap<DivisionCode, Vec<&Row>>) -> bool {
    let mut open: Vec<&Row> = vec![row];
    let mut seen: HashSet<u32> = HashSet::new();
    while let Some(at) = open.pop() {
        let Some(to) = at.division.to else { continue };
        for successor in &at.division.successors {
            let rows = by_code.get(successor).map_or(&[][..], Vec::as_slice);
            let next = rows.iter().find(|next| next.division.to.is_none_or(|end| end > to)).or(rows.last());
            match next {
                Some(next) if std::ptr::eq(*next, row) => return true,
                Some(next) if seen.insert(next.line) => open.push(next),
                _ => {}
            }
        }
    }
    false
}
