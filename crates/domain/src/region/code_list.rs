//! Code lists (代码表) whose entries have validity dates: contract types, technical fields, party kinds.

use std::collections::HashMap;

use jiff::civil::Date;

use super::divisions::Certainty;
use super::document::{Fields, Node};
use super::problem::{Mistake, Place, Sink};
use super::text::plain;

/// Keys of a list file.
const LIST_KEYS: [&str; 5] = ["name", "name_en", "source", "note", "items"];
/// Keys of an item.
const ITEM_KEYS: [&str; 13] = [
    "code",
    "name",
    "name_en",
    "aliases",
    "parent",
    "number",
    "reported_as",
    "restated_as",
    "from",
    "to",
    "status",
    "source",
    "note",
];
/// Words for how far an item is confirmed.
pub(super) const CERTAINTIES: [(&str, Certainty); 3] = [
    ("verified", Certainty::Verified),
    ("edition", Certainty::Edition),
    ("unverified", Certainty::Unverified),
];

/// One entry of a code list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// The code as text: `010` keeps its zero.
    pub code: String,
    /// Chinese name (名称).
    pub name: String,
    /// English name.
    pub name_en: String,
    /// Other names found in sheets (别名).
    pub aliases: Vec<String>,
    /// Code of the entry above, in the same list.
    pub parent: Option<String>,
    /// The small integer by which statistics counts it, if it is a row of the tables itself.
    pub number: Option<u16>,
    /// The code in whose row it is counted, where that is not the entry above.
    pub reported_as: Option<String>,
    /// The later code that it maps to in series restated by today's list (可比口径).
    pub restated_as: Option<String>,
    /// First day; `None` where it is older than our sources.
    pub from: Option<Date>,
    /// Last day on which it holds; `None` while it holds.
    pub to: Option<Date>,
    /// How far it is confirmed.
    pub certainty: Certainty,
}

impl Code {
    /// Whether it holds on that day.
    #[must_use]
    pub fn holds_on(&self, date: Date) -> bool {
        self.from.is_none_or(|from| from <= date) && self.to.is_none_or(|to| date <= to)
    }
}

/// A code list; the order of its file is the order of tables.
#[derive(Debug, Clone, Default)]
pub struct CodeList {
    /// Chinese name of the list.
    pub name: String,
    /// English name of the list.
    pub name_en: String,
    items: Vec<Code>,
    /// Number of the row in which each item is counted.
    roots: Vec<u16>,
    by_text: HashMap<String, Vec<usize>>,
}

impl CodeList {
    pub(super) fn read(file: &str, node: &Node, sink: &mut Sink) -> Option<Self> {
        let fields = Fields::of(file, node, &LIST_KEYS, sink)?;
        let mut list = Self {
            name: fields.text("name", sink)?.to_owned(),
            name_en: fields.owned("name_en", sink),
            ..Self::default()
        };
        let mut places = Vec::new();
        for item in fields.list("items", sink) {
            if let Some(code) = read_item(file, item, sink) {
                places.push(item.place);
                list.items.push(code);
            }
        }
        list.check_codes(file, &places, sink);
        list.index(file, &places, sink);
        list.number(file, &places, sink);
        Some(list)
    }

    fn check_codes(&self, file: &str, places: &[Place], sink: &mut Sink) {
        let mut seen: HashMap<&str, u32> = HashMap::new();
        let mut numbers: HashMap<u16, &str> = HashMap::new();
        for (item, place) in self.items.iter().zip(places) {
            if let Some(first_line) = seen.insert(&item.code, place.line) {
                sink.add(file, *place, Mistake::CodeTwice { code: item.code.clone(), first_line });
            }
            if let Some(first) = item.number.and_then(|number| numbers.insert(number, &item.name)) {
                let number = item.number.map_or(0, u32::from);
                sink.add(file, *place, Mistake::NumberTwice { number, first: first.to_owned() });
            }
        }
        for (item, place) in self.items.iter().zip(places) {
            for above in [&item.parent, &item.reported_as].into_iter().flatten() {
                if !seen.contains_key(above.as_str()) {
                    let mistake = Mistake::UnknownParent { code: item.code.clone(), parent: above.clone() };
                    sink.add(file, *place, mistake);
                }
            }
            if let Some(successor) =
                item.restated_as.as_ref().filter(|code| !seen.contains_key(code.as_str()))
            {
                let mistake =
                    Mistake::UnknownSuccessor { code: item.code.clone(), successor: successor.clone() };
                sink.add(file, *place, mistake);
            }
        }
    }

    /// Makes every code, name and alias findable; two entries of the same time may not share one.
    fn index(&mut self, file: &str, places: &[Place], sink: &mut Sink) {
        for (at, item) in self.items.iter().enumerate() {
            for text in [&item.code, &item.name].into_iter().chain(&item.aliases) {
                let same = self.by_text.entry(plain(text)).or_default();
                if same.contains(&at) {
                    continue;
                }
                if let Some(other) = same.iter().find(|other| meet(&self.items[**other], item)) {
                    let first = format!("{} {}", self.items[*other].code, self.items[*other].name);
                    sink.add(file, places[at], Mistake::AliasTwice { alias: text.clone(), first });
                }
                same.push(at);
            }
        }
    }

    fn number(&mut self, file: &str, places: &[Place], sink: &mut Sink) {
        let by_code: HashMap<&str, &Code> =
            self.items.iter().map(|item| (item.code.as_str(), item)).collect();
        let mut roots = Vec::with_capacity(self.items.len());
        for (item, place) in self.items.iter().zip(places) {
            let mut at = Some(item);
            let mut steps = 0;
            let mut root = None;
            while let (Some(entry), None, true) = (at, root, steps < self.items.len() + 1) {
                root = entry.number;
                let above = entry.reported_as.as_ref().or(entry.parent.as_ref());
                at = above.and_then(|code| by_code.get(code.as_str()).copied());
                steps += 1;
            }
            if root.is_none() {
                sink.add(file, *place, Mistake::NoNumber { code: item.code.clone() });
            }
            roots.push(root.unwrap_or(0));
        }
        self.roots = roots;
    }

    /// The entry that a code, name or alias means on that day.
    #[must_use]
    pub fn find(&self, text: &str, on: Date) -> Option<&Code> {
        let found = self.by_text.get(text).or_else(|| self.by_text.get(&plain(text)))?;
        found.iter().map(|at| &self.items[*at]).find(|item| item.holds_on(on))
    }

    /// The entry with that code, whatever the day.
    #[must_use]
    pub fn by_code(&self, code: &str) -> Option<&Code> {
        let found = self.by_text.get(&plain(code))?;
        found.iter().map(|at| &self.items[*at]).find(|item| item.code == code)
    }

    /// The number of the row in which an entry is counted (一级类), as `ContractFact` holds it; 0 if unknown.
    #[must_use]
    pub fn root_of(&self, code: &str) -> u16 {
        let found = self.by_text.get(&plain(code)).map_or(&[][..], Vec::as_slice);
        found.iter().find(|at| self.items[**at].code == code).map_or(0, |at| self.roots[*at])
    }

    /// The number that a text means on that day: `find` and `root_of` in one.
    #[must_use]
    pub fn root_of_text(&self, text: &str, on: Date) -> Option<u16> {
        self.find(text, on).map(|item| self.root_of(&item.code))
    }

    /// The entries that are rows of tables, in the order of tables.
    pub fn roots(&self) -> impl Iterator<Item = &Code> {
        self.items.iter().filter(|item| item.number.is_some())
    }

    /// The table rows that exist on that day: four contract types before 2021, five since.
    pub fn roots_on(&self, date: Date) -> impl Iterator<Item = &Code> {
        self.roots().filter(move |item| item.holds_on(date))
    }

    /// The table row of a number.
    #[must_use]
    pub fn by_number(&self, number: u16) -> Option<&Code> {
        self.roots().find(|item| item.number == Some(number))
    }

    /// The number to count a record under in series restated by today's list (可比口径).
    ///
    /// 专利实施许可 of 2019 is counted under 技术转让 in its own year and under 技术许可 in a restated series.
    #[must_use]
    pub fn restated_root_of(&self, code: &str) -> u16 {
        let restated = self.by_code(code).and_then(|item| item.restated_as.as_deref());
        self.root_of(restated.unwrap_or(code))
    }

    /// All entries in the order of the file.
    #[must_use]
    pub fn items(&self) -> &[Code] {
        &self.items
    }
}

/// Whether two entries hold on some common day.
fn meet(a: &Code, b: &Code) -> bool {
    let before =
        |left: &Code, right: &Code| matches!((left.to, right.from), (Some(to), Some(from)) if to < from);
    !before(a, b) && !before(b, a)
}

fn read_item(file: &str, node: &Node, sink: &mut Sink) -> Option<Code> {
    let fields = Fields::of(file, node, &ITEM_KEYS, sink)?;
    let (from, to) = fields.validity(sink);
    let optional = |key: &str, sink: &mut Sink| fields.optional(key, sink).map(str::to_owned);
    Some(Code {
        code: fields.text("code", sink)?.to_owned(),
        name: fields.text("name", sink)?.to_owned(),
        name_en: fields.owned("name_en", sink),
        aliases: fields.texts("aliases", sink).into_iter().map(|(_, text)| text.to_owned()).collect(),
        parent: optional("parent", sink),
        number: fields.number("number", u32::from(u16::MAX), sink).and_then(|n| u16::try_from(n).ok()),
        reported_as: optional("reported_as", sink),
        restated_as: optional("restated_as", sink),
        from,
        to,
        certainty: fields.one_of("status", &CERTAINTIES, sink).unwrap_or(Certainty::Verified),
    })
}
