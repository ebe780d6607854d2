//! Which department is competent for a matter (主管部门), and since when.
//!
//! A reform names the new department long before every source says on which day it took over. Days between the last one
//! that is certain for one department and the first one that is certain for the next are nobody's by guess: they are
//! pending, and whoever asks is told both.

use jiff::civil::Date;

use super::document::{Fields, Node};
use super::papers::{STANDINGS, Standing};
use super::problem::{Mistake, Sink};

/// A department of a government (部门), by its system rather than by one government's name for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Department {
    /// 科技
    Science,
    /// 工业和信息化
    Industry,
    /// 财政
    Finance,
    /// 税务
    Tax,
    /// 教育
    Education,
    /// 发展改革
    DevelopmentReform,
}

const DEPARTMENTS: [(&str, Department); 6] = [
    ("science", Department::Science),
    ("industry", Department::Industry),
    ("finance", Department::Finance),
    ("tax", Department::Tax),
    ("education", Department::Education),
    ("development_reform", Department::DevelopmentReform),
];

impl Department {
    /// Word of region files and the API.
    #[must_use]
    pub fn code(self) -> &'static str {
        let found = DEPARTMENTS.iter().find(|(_, department)| *department == self);
        found.map(|(code, _)| *code).expect("invariant: every department has its word")
    }
}

/// A matter (事项) and the departments that it was or is with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matter {
    /// Word by which the program asks, such as `contract_registration`.
    pub key: String,
    /// Name.
    pub name: String,
    /// English name, possibly empty.
    pub name_en: String,
    /// The departments in the order of their days.
    pub holders: Vec<CompetentDepartment>,
}

/// A department that is competent for a matter on certain days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompetentDepartment {
    /// Which.
    pub department: Department,
    /// Its name.
    pub name: String,
    /// English name, possibly empty.
    pub name_en: String,
    /// The document that says so.
    pub document: String,
    /// First day that is certain; open where it always was.
    pub from: Option<Date>,
    /// Last day that is certain; open while it is competent.
    pub to: Option<Date>,
    /// Whether its days come from a source.
    pub standing: Standing,
}

/// Who is competent on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Competence<'a> {
    /// A department, with the document that says so.
    Known(&'a CompetentDepartment),
    /// It passed from one to the other at that time, and no source gives the day.
    Pending {
        /// Certain before.
        before: &'a CompetentDepartment,
        /// Certain afterwards.
        after: &'a CompetentDepartment,
    },
    /// Region data say nothing.
    Unknown,
}

impl Matter {
    /// Reads `competence.yaml`.
    pub(super) fn read(file: &str, node: &Node, sink: &mut Sink) -> Vec<Self> {
        let mut matters: Vec<Self> = Vec::new();
        let Some(fields) = Fields::of(file, node, &["source", "note", "matters"], sink) else {
            return matters;
        };
        for item in fields.list("matters", sink) {
            let keys = ["key", "name", "name_en", "holders", "source", "note"];
            let Some(fields) = Fields::of(file, item, &keys, sink) else { continue };
            let (Some(key), Some(name)) = (fields.text("key", sink), fields.text("name", sink)) else {
                continue;
            };
            if matters.iter().any(|other| other.key == key) {
                sink.add(file, fields.place_of("key"), Mistake::KeyTwice { key: key.to_owned() });
            }
            let name_en = fields.owned("name_en", sink);
            let holders = read_holders(file, &fields, key, sink);
            matters.push(Self { key: key.to_owned(), name: name.to_owned(), name_en, holders });
        }
        matters
    }

    /// Who is competent on a day.
    #[must_use]
    pub fn on(&self, day: Date) -> Competence<'_> {
        let holds = |holder: &&CompetentDepartment| {
            holder.from.is_none_or(|from| from <= day) && holder.to.is_none_or(|to| day <= to)
        };
        if let Some(holder) = self.holders.iter().find(holds) {
            return Competence::Known(holder);
        }
        let before = self.holders.iter().rfind(|holder| holder.to.is_some_and(|to| to < day));
        let after = self.holders.iter().find(|holder| holder.from.is_some_and(|from| day < from));
        match (before, after) {
            (Some(before), Some(after)) => Competence::Pending { before, after },
            _ => Competence::Unknown,
        }
    }
}

fn read_holders(
    file: &str,
    matter: &Fields<'_>,
    matter_key: &str,
    sink: &mut Sink,
) -> Vec<CompetentDepartment> {
    let mut holders: Vec<(u32, CompetentDepartment)> = Vec::new();
    for item in matter.list("holders", sink) {
        let keys = ["department", "name", "name_en", "document", "from", "to", "status", "source", "note"];
        let Some(fields) = Fields::of(file, item, &keys, sink) else { continue };
        let texts =
            (fields.text("department", sink), fields.text("name", sink), fields.text("document", sink));
        let (Some(_), Some(name), Some(document)) = texts else { continue };
        let Some(department) = fields.one_of("department", &DEPARTMENTS, sink) else { continue };
        let (from, to) = fields.validity(sink);
        let overlaps = |(_, other): &&(u32, CompetentDepartment)| {
            let (ends, begins) = (other.to, from);
            // In order of days: the next begins after the one before has ended.
            !matches!((ends, begins), (Some(ends), Some(begins)) if ends < begins)
        };
        if let Some((line, _)) = holders.iter().find(overlaps) {
            let mistake = Mistake::Overlap { code: matter_key.to_owned(), first_line: *line };
            sink.add(file, fields.place, mistake);
        }
        let holder = CompetentDepartment {
            department,
            name: name.to_owned(),
            name_en: fields.owned("name_en", sink),
            document: document.to_owned(),
            from,
            to,
            standing: fields.one_of("status", &STANDINGS, sink).unwrap_or(Standing::Pending),
        };
        holders.push((fields.place.line, holder));
    }
    holders.into_iter().map(|(_, holder)| holder).collect()
}
