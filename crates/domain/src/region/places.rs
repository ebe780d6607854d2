//! Parks (园区), groups of cities (板块) and registrars (登记机构) of a region.

use std::collections::HashMap;

use jiff::civil::Date;

use super::code_list::CERTAINTIES;
use super::divisions::{Certainty, DivisionCode, DivisionLevel, Divisions};
use super::document::{Fields, Node};
use super::problem::{Mistake, Sink};
use super::text::plain;

const PARK_KEYS: [&str; 13] = [
    "key",
    "code",
    "former_codes",
    "name",
    "name_en",
    "aliases",
    "level",
    "city",
    "from",
    "to",
    "status",
    "source",
    "note",
];
const GROUP_KEYS: [&str; 7] = ["key", "name", "name_en", "cities", "status", "source", "note"];
const REGISTRAR_KEYS: [&str; 11] =
    ["key", "code", "name", "name_en", "aliases", "division", "from", "to", "status", "source", "note"];

/// Level of a park (园区级别).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ParkLevel {
    /// 国家级.
    National,
    /// 省级.
    Provincial,
    /// The source does not say.
    Unknown,
}

/// A development zone or administration zone that is no division of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Park {
    /// Key in contract facts; never reused.
    pub key: u32,
    /// Statistical code whose third pair is 7x (统计用区划代码), if it has one.
    pub code: Option<DivisionCode>,
    /// Statistical codes of earlier editions.
    pub former_codes: Vec<DivisionCode>,
    /// Name.
    pub name: String,
    /// English name, possibly empty.
    pub name_en: String,
    /// Other names.
    pub aliases: Vec<String>,
    /// Level.
    pub level: ParkLevel,
    /// The city that it is counted in.
    pub city: DivisionCode,
    /// First day; `None` where it is not known.
    pub from: Option<Date>,
    /// Last day; `None` while it exists.
    pub to: Option<Date>,
    /// How far it is confirmed.
    pub certainty: Certainty,
}

/// The parks of a region.
#[derive(Debug, Clone, Default)]
pub struct Parks {
    parks: Vec<Park>,
    by_text: HashMap<String, usize>,
}

impl Parks {
    pub(super) fn read(file: &str, node: &Node, divisions: &Divisions, sink: &mut Sink) -> Self {
        let mut read = Self::default();
        let Some(fields) = Fields::of(file, node, &["source", "note", "parks"], sink) else { return read };
        for item in fields.list("parks", sink) {
            let Some(fields) = Fields::of(file, item, &PARK_KEYS, sink) else { continue };
            let (Some(key), Some(name), Some(city)) =
                (key(&fields, sink), fields.text("name", sink), city(&fields, divisions, sink))
            else {
                continue;
            };
            let (from, to) = fields.validity(sink);
            let levels = [
                ("national", ParkLevel::National),
                ("provincial", ParkLevel::Provincial),
                ("unknown", ParkLevel::Unknown),
            ];
            let mut former_codes = Vec::new();
            for (place, text) in fields.texts("former_codes", sink) {
                match DivisionCode::parse(text) {
                    Some(code) => former_codes.push(code),
                    None => sink.add(file, place, Mistake::NotADivisionCode { value: text.to_owned() }),
                }
            }
            let park = Park {
                key,
                code: fields.division("code", sink),
                former_codes,
                name: name.to_owned(),
                name_en: fields.owned("name_en", sink),
                aliases: aliases(&fields, sink),
                level: fields.one_of("level", &levels, sink).unwrap_or(ParkLevel::Unknown),
                city,
                from,
                to,
                certainty: certainty(&fields, sink),
            };
            read.add(park, &fields, sink);
        }
        read
    }

    fn add(&mut self, park: Park, fields: &Fields<'_>, sink: &mut Sink) {
        if let Some(first) = self.by_key(park.key) {
            let mistake = Mistake::NumberTwice { number: park.key, first: first.name.clone() };
            sink.add(fields.file, fields.place, mistake);
        }
        let codes = park.code.iter().chain(&park.former_codes).map(ToString::to_string);
        for text in std::iter::once(park.name.clone()).chain(park.aliases.clone()).chain(codes) {
            if let Some(other) =
                self.by_text.insert(plain(&text), self.parks.len()).filter(|at| *at < self.parks.len())
            {
                let first = self.parks[other].name.clone();
                sink.add(fields.file, fields.place, Mistake::AliasTwice { alias: text, first });
            }
        }
        self.parks.push(park);
    }

    /// The park of a key.
    #[must_use]
    pub fn by_key(&self, key: u32) -> Option<&Park> {
        self.parks.iter().find(|park| park.key == key)
    }

    /// The park of a statistical code, present or former, a name or an alias.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<&Park> {
        self.by_text.get(&plain(text)).map(|at| &self.parks[*at])
    }

    /// All parks in the order of the file.
    #[must_use]
    pub fn all(&self) -> &[Park] {
        &self.parks
    }
}

/// A group of cities with a name of its own, such as 长株潭.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Key, unique in the region.
    pub key: u32,
    /// Name.
    pub name: String,
    /// English name.
    pub name_en: String,
    /// Its cities.
    pub cities: Vec<DivisionCode>,
    /// How far it is confirmed.
    pub certainty: Certainty,
}

pub(super) fn read_groups(file: &str, node: &Node, divisions: &Divisions, sink: &mut Sink) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let Some(fields) = Fields::of(file, node, &["source", "note", "groups"], sink) else { return groups };
    for item in fields.list("groups", sink) {
        let Some(fields) = Fields::of(file, item, &GROUP_KEYS, sink) else { continue };
        let (Some(key), Some(name)) = (key(&fields, sink), fields.text("name", sink)) else { continue };
        if let Some(first) = groups.iter().find(|group| group.key == key) {
            sink.add(file, fields.place, Mistake::NumberTwice { number: key, first: first.name.clone() });
        }
        let mut cities = Vec::new();
        for (place, text) in fields.texts("cities", sink) {
            match DivisionCode::parse(text) {
                None => sink.add(file, place, Mistake::NotADivisionCode { value: text.to_owned() }),
                Some(code) if !is_city(divisions, code) => {
                    let mistake = Mistake::NotACity { group: name.to_owned(), code: text.to_owned() };
                    sink.add(file, place, mistake);
                }
                Some(code) => cities.push(code),
            }
        }
        let name_en = fields.owned("name_en", sink);
        groups.push(Group {
            key,
            name: name.to_owned(),
            name_en,
            cities,
            certainty: certainty(&fields, sink),
        });
    }
    groups
}

/// A body that registers contracts (技术合同登记机构).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registrar {
    /// Key in contract facts; never reused.
    pub key: u32,
    /// Its code in sheets, if it has one.
    pub code: Option<String>,
    /// Name.
    pub name: String,
    /// English name, possibly empty.
    pub name_en: String,
    /// Other names.
    pub aliases: Vec<String>,
    /// The division that it works for.
    pub division: DivisionCode,
    /// First day; `None` where it is not known.
    pub from: Option<Date>,
    /// Last day; `None` while it exists.
    pub to: Option<Date>,
    /// How far it is confirmed.
    pub certainty: Certainty,
}

/// The registrars of a region.
#[derive(Debug, Clone, Default)]
pub struct Registrars {
    registrars: Vec<Registrar>,
    by_text: HashMap<String, usize>,
}

impl Registrars {
    pub(super) fn read(file: &str, node: &Node, divisions: &Divisions, sink: &mut Sink) -> Self {
        let mut read = Self::default();
        let Some(fields) = Fields::of(file, node, &["source", "note", "registrars"], sink) else {
            return read;
        };
        for item in fields.list("registrars", sink) {
            let Some(fields) = Fields::of(file, item, &REGISTRAR_KEYS, sink) else { continue };
            let (Some(key), Some(name)) = (key(&fields, sink), fields.text("name", sink)) else { continue };
            fields.text("division", sink);
            let Some(division) = fields.division("division", sink) else { continue };
            if !divisions.is_current(division) {
                let mistake = Mistake::UnknownDivision { code: division.to_string() };
                sink.add(file, fields.place_of("division"), mistake);
            }
            if let Some(first) = read.by_key(key) {
                sink.add(file, fields.place, Mistake::NumberTwice { number: key, first: first.name.clone() });
            }
            let (from, to) = fields.validity(sink);
            let registrar = Registrar {
                key,
                code: fields.optional("code", sink).map(str::to_owned),
                name: name.to_owned(),
                name_en: fields.owned("name_en", sink),
                aliases: aliases(&fields, sink),
                division,
                from,
                to,
                certainty: certainty(&fields, sink),
            };
            let texts =
                registrar.code.iter().chain(std::iter::once(&registrar.name)).chain(&registrar.aliases);
            for text in texts {
                let at = read.registrars.len();
                if let Some(other) = read.by_text.insert(plain(text), at).filter(|other| *other < at) {
                    let first = read.registrars[other].name.clone();
                    sink.add(file, fields.place, Mistake::AliasTwice { alias: text.clone(), first });
                }
            }
            read.registrars.push(registrar);
        }
        read
    }

    /// The registrar of a key.
    #[must_use]
    pub fn by_key(&self, key: u32) -> Option<&Registrar> {
        self.registrars.iter().find(|registrar| registrar.key == key)
    }

    /// The registrar of a code, a name or an alias.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<&Registrar> {
        self.by_text.get(&plain(text)).map(|at| &self.registrars[*at])
    }

    /// All registrars in the order of the file.
    #[must_use]
    pub fn all(&self) -> &[Registrar] {
        &self.registrars
    }
}

fn key(fields: &Fields<'_>, sink: &mut Sink) -> Option<u32> {
    fields.text("key", sink)?;
    fields.number("key", 1_000_000, sink)
}

fn city(fields: &Fields<'_>, divisions: &Divisions, sink: &mut Sink) -> Option<DivisionCode> {
    fields.text("city", sink)?;
    let code = fields.division("city", sink)?;
    if !is_city(divisions, code) {
        sink.add(fields.file, fields.place_of("city"), Mistake::UnknownDivision { code: code.to_string() });
        return None;
    }
    Some(code)
}

fn is_city(divisions: &Divisions, code: DivisionCode) -> bool {
    divisions.find(code).is_some_and(|row| row.to.is_none() && row.level == DivisionLevel::City)
}

fn aliases(fields: &Fields<'_>, sink: &mut Sink) -> Vec<String> {
    fields.texts("aliases", sink).into_iter().map(|(_, text)| text.to_owned()).collect()
}

fn certainty(fields: &Fields<'_>, sink: &mut Sink) -> Certainty {
    fields.one_of("status", &CERTAINTIES, sink).unwrap_or(Certainty::Verified)
}
