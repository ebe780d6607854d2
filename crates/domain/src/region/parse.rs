//! Puts the layers of a region together and checks each file.

use std::collections::BTreeMap;

use super::code_list::CodeList;
use super::contract_form::ColumnKind;
use super::divisions::{DivisionCode, Divisions};
use super::document::{self, Fields, Node};
use super::papers::{self, BulletinSettings, Letterhead, NumberPattern, OpenDataSettings, RegionMap};
use super::places::{self, Parks, Registrars};
use super::problem::{Mistake, Place, Sink};
use super::text::nearest;
use super::{
    AchievementRules, Calendar, ContractForm, ContractQuestions, Countries, DemandRules, DemandSheet, Matter,
    PaperForm, Region, RegionLayer, RegionProblem, RegistrationRules, ScreeningParameters, division_file,
    names_en,
};

/// Files with a fixed place; lists (`codes/`) and years (`calendar/`) come beside them.
const FILES: [&str; 24] = [
    "region.yaml",
    "divisions.csv",
    "names_en.csv",
    "countries.csv",
    "forms/contract.yaml",
    "forms/contract_questions.yaml",
    "forms/papers.yaml",
    "forms/demand.yaml",
    "demand.yaml",
    "parks.yaml",
    "groups.yaml",
    "registrars.yaml",
    "letterhead.yaml",
    "number_patterns.yaml",
    "bulletin.yaml",
    "open_data.yaml",
    "competence.yaml",
    "registration.yaml",
    "achievement.yaml",
    "screening.yaml",
    "map/map.yaml",
    "map/prefectures.geojson",
    "map/counties.geojson",
    "README.md",
];
/// Folders that belong to other parts of the program and are checked there.
const FOREIGN_FOLDERS: [&str; 1] = ["policies/"];
/// Largest GeoJSON; the browser has to load it.
const GEOJSON_BYTES_MAX: usize = 4 << 20;

/// What `region.yaml` says.
#[derive(Default)]
struct Head {
    code: Option<DivisionCode>,
    name: String,
    name_en: String,
    time_zone: String,
    registration_authority: Option<String>,
}

/// Reads and checks a region; see [`Region::parse`].
pub(super) fn parse(layers: &[RegionLayer]) -> Result<Region, Vec<RegionProblem>> {
    let mut sink = Sink::default();
    check_names(layers, &mut sink);
    let head = read_head(layers, &mut sink);
    let files = Files::of(layers);

    let divisions = read_divisions(layers, &mut sink);
    let Some(divisions) = divisions else { return Err(sink.into_problems()) };
    let mut codes = BTreeMap::new();
    let mut calendar = Calendar::default();
    for (path, (name, text)) in &files.0 {
        if let Some(list) = inside(path, "codes/") {
            let list_read =
                document::read(name, text, &mut sink).and_then(|n| CodeList::read(name, &n, &mut sink));
            codes.insert(list.to_owned(), list_read.unwrap_or_default());
        } else if inside(path, "calendar/").is_some()
            && let Some(node) = document::read(name, text, &mut sink)
        {
            calendar.read(name, &node, &mut sink);
        }
    }
    let contract_form = read_form(layers, &codes, &mut sink);
    let parks =
        files.read("parks.yaml", &mut sink, |file, node, sink| Parks::read(file, node, &divisions, sink));
    let groups = files
        .read("groups.yaml", &mut sink, |file, node, sink| places::read_groups(file, node, &divisions, sink));
    let registrars = files.read("registrars.yaml", &mut sink, |file, node, sink| {
        Registrars::read(file, node, &divisions, sink)
    });
    let letterhead = files.read("letterhead.yaml", &mut sink, Letterhead::read).flatten();
    let number_patterns = files.read("number_patterns.yaml", &mut sink, NumberPattern::read);
    let bulletin = files.read("bulletin.yaml", &mut sink, BulletinSettings::read);
    let open_data = files.read("open_data.yaml", &mut sink, OpenDataSettings::read).flatten();
    let matters = files.read("competence.yaml", &mut sink, Matter::read);
    let registration = files.read("registration.yaml", &mut sink, RegistrationRules::read);
    let registration = registration.unwrap_or_default();
    let achievements = files.read("achievement.yaml", &mut sink, AchievementRules::read).unwrap_or_default();
    let contract_questions = read_questions(&files, &codes, &registration, &mut sink);
    let papers = files.read("forms/papers.yaml", &mut sink, PaperForm::read_all);
    let screening = files.read("screening.yaml", &mut sink, ScreeningParameters::read).flatten();
    let demand_sheet = files.read("forms/demand.yaml", &mut sink, DemandSheet::read);
    let demand_rules = files.read("demand.yaml", &mut sink, DemandRules::read);
    let map = read_map(&files, &divisions, &mut sink);
    let countries = files
        .0
        .get("countries.csv")
        .map(|(name, text)| Countries::read(name, text, &mut sink))
        .unwrap_or_default();

    if let (Some(code), Some(layer)) = (head.code, layers.last())
        && code != DivisionCode::NATION
        && !divisions.is_current(code)
    {
        let file = format!("{}/region.yaml", layer.name);
        sink.add(&file, Place::default(), Mistake::UnknownDivision { code: code.to_string() });
    }
    let problems = sink.into_problems();
    match head.code {
        Some(code) if problems.is_empty() => Ok(Region {
            code,
            name: head.name,
            name_en: head.name_en,
            time_zone: head.time_zone,
            registration_authority: head.registration_authority,
            divisions,
            parks: parks.unwrap_or_default(),
            groups: groups.unwrap_or_default(),
            registrars: registrars.unwrap_or_default(),
            countries,
            calendar,
            contract_form,
            letterhead,
            number_patterns: number_patterns.unwrap_or_default(),
            map,
            bulletin: bulletin.unwrap_or_default(),
            open_data,
            codes,
            matters: matters.unwrap_or_default(),
            registration,
            achievements,
            contract_questions,
            papers: papers.unwrap_or_default(),
            screening,
            demand_sheet: demand_sheet.unwrap_or_default(),
            demand_rules: demand_rules.unwrap_or_default(),
        }),
        _ => Err(problems),
    }
}

/// The file that counts for each path, with its name in messages.
struct Files<'a>(BTreeMap<&'a str, (String, &'a str)>);

impl<'a> Files<'a> {
    fn of(layers: &'a [RegionLayer]) -> Self {
        let mut files = BTreeMap::new();
        for layer in layers {
            for (path, text) in &layer.files {
                files.insert(path.as_str(), (format!("{}/{path}", layer.name), text.as_str()));
            }
        }
        Self(files)
    }

    fn read<T>(
        &self,
        path: &str,
        sink: &mut Sink,
        read: impl FnOnce(&str, &Node, &mut Sink) -> T,
    ) -> Option<T> {
        let (name, text) = self.0.get(path)?;
        let node = document::read(name, text, sink)?;
        Some(read(name, &node, sink))
    }
}

/// The name inside a folder of YAML files: `contract_type` of `codes/contract_type.yaml`.
fn inside<'a>(path: &'a str, folder: &str) -> Option<&'a str> {
    path.strip_prefix(folder)?.strip_suffix(".yaml").filter(|name| !name.is_empty() && !name.contains('/'))
}

fn check_names(layers: &[RegionLayer], sink: &mut Sink) {
    for layer in layers {
        for path in layer.files.keys() {
            let known = FILES.contains(&path.as_str())
                || inside(path, "codes/").is_some()
                || inside(path, "calendar/").is_some()
                || FOREIGN_FOLDERS.iter().any(|folder| path.starts_with(folder));
            if !known {
                let mistake = Mistake::UnknownFile { path: path.clone(), nearest: nearest(path, FILES) };
                sink.add(&format!("{}/{path}", layer.name), Place::default(), mistake);
            }
        }
    }
}

fn read_head(layers: &[RegionLayer], sink: &mut Sink) -> Head {
    let mut head = Head::default();
    let mut before: Option<&str> = None;
    for layer in layers {
        let file = format!("{}/region.yaml", layer.name);
        let Some(text) = layer.files.get("region.yaml") else {
            sink.add(&file, Place::default(), Mistake::MissingFile { path: "region.yaml".to_owned() });
            continue;
        };
        let Some(node) = document::read(&file, text, sink) else { continue };
        let keys = [
            "code",
            "name",
            "name_en",
            "time_zone",
            "registration_authority",
            "extends",
            "status",
            "source",
            "note",
        ];
        let Some(fields) = Fields::of(&file, &node, &keys, sink) else { continue };
        let extends = fields.optional("extends", sink);
        if extends != before {
            let [extends, found] = [extends, before].map(|name| name.unwrap_or("—").to_owned());
            sink.add(&file, fields.place_of("extends"), Mistake::WrongBase { extends, found });
        }
        if fields.text("code", sink).is_some() {
            head.code = fields.division("code", sink);
        }
        head.name = fields.text("name", sink).unwrap_or_default().to_owned();
        head.name_en = fields.text("name_en", sink).unwrap_or_default().to_owned();
        if let Some(authority) = fields.optional("registration_authority", sink) {
            head.registration_authority = Some(authority.to_owned());
        }
        match fields.optional("time_zone", sink) {
            Some(zone) => zone.clone_into(&mut head.time_zone),
            None if head.time_zone.is_empty() => {
                sink.add(&file, fields.place, Mistake::MissingKey { key: "time_zone".to_owned() });
            }
            None => {}
        }
        before = Some(&layer.name);
    }
    head
}

/// The divisions of all layers; `None` where they are too broken for anything else to be checked.
fn read_divisions(layers: &[RegionLayer], sink: &mut Sink) -> Option<Divisions> {
    let read: Vec<_> = layers
        .iter()
        .filter_map(|layer| {
            let text = layer.files.get("divisions.csv")?;
            Some(division_file::read(&format!("{}/divisions.csv", layer.name), text, sink))
        })
        .collect();
    if read.is_empty() {
        let file = layers.first().map_or_else(String::new, |layer| format!("{}/divisions.csv", layer.name));
        sink.add(&file, Place::default(), Mistake::MissingFile { path: "divisions.csv".to_owned() });
        return None;
    }
    let rows = division_file::merge(read);
    division_file::check(&rows, sink);
    let mut divisions = Divisions::new(rows.into_iter().map(|row| row.division).collect());
    for layer in layers {
        if let Some(text) = layer.files.get("names_en.csv") {
            let names = names_en::read(&format!("{}/names_en.csv", layer.name), text, &divisions, sink);
            divisions.name_in_english(names);
        }
    }
    Some(divisions)
}

fn read_form(layers: &[RegionLayer], codes: &BTreeMap<String, CodeList>, sink: &mut Sink) -> ContractForm {
    let mut form = ContractForm::default();
    let mut last = None;
    for layer in layers {
        let Some(text) = layer.files.get("forms/contract.yaml") else { continue };
        let file = format!("{}/forms/contract.yaml", layer.name);
        if let Some(node) = document::read(&file, text, sink) {
            form.read(&file, &node, sink);
        }
        last = Some(file);
    }
    for column in form.columns() {
        if let (ColumnKind::Code(list), Some(file)) = (&column.kind, &last)
            && !codes.contains_key(list)
        {
            sink.add(file, Place::default(), Mistake::UnknownList { list: list.clone() });
        }
    }
    form
}

fn read_questions(
    files: &Files<'_>,
    codes: &BTreeMap<String, CodeList>,
    registration: &RegistrationRules,
    sink: &mut Sink,
) -> ContractQuestions {
    let read = |file: &str, node: &Node, sink: &mut Sink| {
        let questions = ContractQuestions::read(file, node, sink);
        questions.check_ends(file, codes.get("contract_type"), &registration.refusal_reasons, sink);
        questions
    };
    files.read("forms/contract_questions.yaml", sink, read).unwrap_or_default()
}

fn read_map(files: &Files<'_>, divisions: &Divisions, sink: &mut Sink) -> Option<RegionMap> {
    let outlines = ["map/prefectures.geojson", "map/counties.geojson"].map(|path| files.0.get(path));
    for (name, text) in outlines.into_iter().flatten() {
        if text.len() > GEOJSON_BYTES_MAX {
            sink.add(
                name,
                Place::default(),
                Mistake::TooLarge { bytes: text.len(), limit: GEOJSON_BYTES_MAX },
            );
            continue;
        }
        match papers::outline_codes(text) {
            Err(detail) => sink.add(name, Place::default(), Mistake::NotGeoJson { detail }),
            Ok(codes) => {
                let unknown =
                    |text: &&String| DivisionCode::parse(text).is_none_or(|code| !divisions.is_current(code));
                for code in codes.iter().filter(unknown) {
                    sink.add(name, Place::default(), Mistake::MapFeature { code: code.clone() });
                }
            }
        }
    }
    let (name, text) = files.0.get("map/map.yaml")?;
    if outlines[0].is_none() {
        sink.add(name, Place::default(), Mistake::MissingFile { path: "map/prefectures.geojson".to_owned() });
    }
    let node = document::read(name, text, sink)?;
    RegionMap::read(name, &node, outlines.map(|found| found.map(|(_, text)| *text)), sink)
}
