//! What a region's papers look like: letterhead (版头), document numbers (文号), bulletin tables, map.

use std::collections::BTreeMap;

use super::code_list::CERTAINTIES;
use super::divisions::Certainty;
use super::document::{Fields, Node};
use super::problem::{Mistake, Sink};

/// How far a value of a paper may be used as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// A source gives it.
    InForce,
    /// No source gives it; the screen says so and an officer has to fill it in.
    Pending,
    /// Made up for the demonstration; never printed without the word 示例.
    Example,
}

pub(super) const STANDINGS: [(&str, Standing); 3] =
    [("in_force", Standing::InForce), ("pending", Standing::Pending), ("example", Standing::Example)];

/// Who issues the papers (发文机关).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letterhead {
    /// Issuer (发文机关).
    pub issuer: String,
    /// Issuer in English.
    pub issuer_en: String,
    /// Title of the person who signs (签发人职务).
    pub signer_title: String,
    /// That title in English.
    pub signer_title_en: String,
    /// Copies go to (抄送), one a line.
    pub copies_to: Vec<String>,
    /// Whether the issuer comes from a source.
    pub standing: Standing,
}

impl Letterhead {
    pub(super) fn read(file: &str, node: &Node, sink: &mut Sink) -> Option<Self> {
        let keys = [
            "issuer",
            "issuer_en",
            "signer_title",
            "signer_title_en",
            "copies_to",
            "status",
            "source",
            "note",
        ];
        let fields = Fields::of(file, node, &keys, sink)?;
        Some(Self {
            issuer: fields.text("issuer", sink)?.to_owned(),
            issuer_en: fields.owned("issuer_en", sink),
            signer_title: fields.owned("signer_title", sink),
            signer_title_en: fields.owned("signer_title_en", sink),
            copies_to: fields.texts("copies_to", sink).into_iter().map(|(_, text)| text.to_owned()).collect(),
            standing: standing(&fields, sink),
        })
    }
}

/// How a kind of legal number is written (编号格式), such as `湘科统〔{year}〕{serial}号`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberPattern {
    /// What is numbered, such as `bulletin`.
    pub key: String,
    /// The pattern.
    pub pattern: String,
    /// Whether it comes from a source.
    pub standing: Standing,
}

impl NumberPattern {
    pub(super) fn read(file: &str, node: &Node, sink: &mut Sink) -> Vec<Self> {
        let mut patterns: Vec<Self> = Vec::new();
        let Some(fields) = Fields::of(file, node, &["source", "note", "patterns"], sink) else {
            return patterns;
        };
        for item in fields.list("patterns", sink) {
            let keys = ["key", "pattern", "status", "source", "note"];
            let Some(fields) = Fields::of(file, item, &keys, sink) else { continue };
            let (Some(key), Some(pattern)) = (fields.text("key", sink), fields.text("pattern", sink)) else {
                continue;
            };
            if let Err(placeholder) = fill(pattern, 2026, 1) {
                sink.add(file, fields.place_of("pattern"), Mistake::Placeholder { placeholder });
            }
            if patterns.iter().any(|other| other.key == key) {
                sink.add(file, fields.place_of("key"), Mistake::KeyTwice { key: key.to_owned() });
            }
            let (key, pattern) = (key.to_owned(), pattern.to_owned());
            patterns.push(Self { key, pattern, standing: standing(&fields, sink) });
        }
        patterns
    }

    /// Writes a number; serials carry no leading zeros (不编虚位) unless the pattern asks for a width.
    #[must_use]
    pub fn format(&self, year: i16, serial: u32) -> String {
        fill(&self.pattern, year, serial).expect("invariant: the pattern was checked when it was read")
    }
}

/// Fills `{year}`, `{serial}` and `{serial:4}`; the error is the placeholder that is wrong or missing.
fn fill(pattern: &str, year: i16, serial: u32) -> Result<String, String> {
    let mut text = String::new();
    let mut rest = pattern;
    let mut has_serial = false;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let Some((name, tail)) = after.split_once('}') else { return Err(after.to_owned()) };
        let width =
            name.strip_prefix("serial").map(|width| width.strip_prefix(':').map_or(Some(0), parse_width));
        match (name, width) {
            ("year", _) => text.push_str(&year.to_string()),
            ("serial", _) => text.push_str(&serial.to_string()),
            (_, Some(Some(width))) if name.contains(':') => text.push_str(&format!("{serial:0width$}")),
            _ => return Err(name.to_owned()),
        }
        has_serial |= name.starts_with("serial");
        rest = tail;
    }
    text.push_str(rest);
    if has_serial { Ok(text) } else { Err("serial".to_owned()) }
}

fn parse_width(text: &str) -> Option<usize> {
    text.parse().ok().filter(|width| (1..=9).contains(width))
}

/// One table of the bulletin (统计表).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulletinTable {
    /// Key, such as `city-monthly`.
    pub key: String,
    /// Title; `{region}` and `{period}` are filled in.
    pub title: String,
    /// Title in English.
    pub title_en: String,
    /// Dimension of the rows, as on the command line.
    pub by: String,
    /// Directions shown.
    pub directions: Vec<String>,
    /// `growth`, `amount` or `code`.
    pub order: String,
    /// The products that print it: `public`, `circular`, `brief`.
    pub products: Vec<String>,
}

/// What the region's bulletin consists of (统计通报).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BulletinSettings {
    /// Title; `{region}` and `{period}` are filled in.
    pub title: String,
    /// Title in English.
    pub title_en: String,
    /// Tables in the order of printing.
    pub tables: Vec<BulletinTable>,
    /// Sentences under the tables, Chinese and English.
    pub footers: Vec<(String, String)>,
}

const BY: [&str; 11] = [
    "city",
    "county",
    "park",
    "type",
    "field",
    "seller_kind",
    "buyer_kind",
    "ip",
    "organisation",
    "month",
    "registrar",
];
const DIRECTIONS: [&str; 4] = ["registered", "output", "absorbed", "internal"];
const ORDERS: [&str; 3] = ["growth", "amount", "code"];
const PRODUCTS: [&str; 3] = ["public", "circular", "brief"];

impl BulletinSettings {
    pub(super) fn read(file: &str, node: &Node, sink: &mut Sink) -> Self {
        let keys = ["title", "title_en", "tables", "footers", "status", "source", "note"];
        let Some(fields) = Fields::of(file, node, &keys, sink) else { return Self::default() };
        let mut settings = Self {
            title: fields.owned("title", sink),
            title_en: fields.owned("title_en", sink),
            ..Self::default()
        };
        for item in fields.list("tables", sink) {
            let keys = ["key", "title", "title_en", "by", "directions", "order", "products", "note"];
            let Some(fields) = Fields::of(file, item, &keys, sink) else { continue };
            let (Some(key), Some(title), Some(_)) =
                (fields.text("key", sink), fields.text("title", sink), fields.text("by", sink))
            else {
                continue;
            };
            if settings.tables.iter().any(|table| table.key == key) {
                sink.add(file, fields.place_of("key"), Mistake::KeyTwice { key: key.to_owned() });
            }
            let word = |key: &str, words: &[&'static str], sink: &mut Sink| {
                let words: Vec<_> = words.iter().map(|word| (*word, *word)).collect();
                fields.one_of(key, &words, sink).unwrap_or_default().to_owned()
            };
            settings.tables.push(BulletinTable {
                key: key.to_owned(),
                title: title.to_owned(),
                title_en: fields.owned("title_en", sink),
                by: word("by", &BY, sink),
                directions: words(&fields, "directions", &DIRECTIONS, sink),
                order: word("order", &ORDERS, sink),
                products: words(&fields, "products", &PRODUCTS, sink),
            });
        }
        for item in fields.list("footers", sink) {
            if let Some(fields) = Fields::of(file, item, &["text", "text_en"], sink)
                && let Some(text) = fields.text("text", sink)
            {
                settings.footers.push((text.to_owned(), fields.owned("text_en", sink)));
            }
        }
        settings
    }
}

/// A list of words, each of which must be known.
fn words(fields: &Fields<'_>, key: &str, known: &[&str], sink: &mut Sink) -> Vec<String> {
    let mut found = Vec::new();
    for (place, text) in fields.texts(key, sink) {
        if known.contains(&text) {
            found.push(text.to_owned());
        } else {
            let mistake = Mistake::NotOneOf {
                key: key.to_owned(),
                value: text.to_owned(),
                allowed: known.join(", "),
                nearest: super::text::nearest(text, known.iter().copied()),
            };
            sink.add(fields.file, place, mistake);
        }
    }
    found
}

/// Under which conditions figures are open data (开放数据).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenDataSettings {
    /// Below city level a cell of fewer respondents (单位数) is not published.
    pub respondents_min: u32,
    /// Whether the threshold comes from a source.
    pub respondents_standing: Standing,
    /// The sentence under which the data may be used (使用许可); none while no source gives one.
    pub licence: Option<String>,
    /// The same in English.
    pub licence_en: String,
}

/// Largest threshold: a larger one would hide every table.
const RESPONDENTS_MIN_MAX: u32 = 100;

impl OpenDataSettings {
    pub(super) fn read(file: &str, node: &Node, sink: &mut Sink) -> Option<Self> {
        let fields = Fields::of(file, node, &["respondents", "licence", "source", "note"], sink)?;
        let threshold = |node: &Node, sink: &mut Sink| {
            let fields = Fields::of(file, node, &["min", "status", "source", "note"], sink)?;
            fields.text("min", sink)?;
            Some((fields.number("min", RESPONDENTS_MIN_MAX, sink)?, standing(&fields, sink)))
        };
        let sentence = |node: &Node, sink: &mut Sink| {
            let fields = Fields::of(file, node, &["text", "text_en", "source", "note"], sink)?;
            Some((fields.text("text", sink)?.to_owned(), fields.owned("text_en", sink)))
        };
        let Some(respondents) = fields.node("respondents") else {
            sink.add(file, fields.place, Mistake::MissingKey { key: "respondents".to_owned() });
            return None;
        };
        let (respondents_min, respondents_standing) = threshold(respondents, sink)?;
        let licence = fields.node("licence").and_then(|node| sentence(node, sink));
        let (licence, licence_en) = licence.map_or_else(Default::default, |(text, en)| (Some(text), en));
        Some(Self { respondents_min, respondents_standing, licence, licence_en })
    }
}

/// Outlines of a region for its map, with what must be printed beside them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegionMap {
    /// GeoJSON of the cities; each feature has `adcode` and `name`.
    pub prefectures: String,
    /// GeoJSON of the counties, if the region has it.
    pub counties: Option<String>,
    /// Where the outlines come from.
    pub source: String,
    /// Licence of the outlines.
    pub licence: String,
    /// Approval number (审图号); without it the page says 示意图.
    pub approval_number: Option<String>,
    /// What the page prints under the map.
    pub note: String,
    /// The same in English.
    pub note_en: String,
    /// How far it is confirmed.
    pub certainty: Certainty,
}

impl RegionMap {
    /// Reads `map/map.yaml`; the outlines come from the GeoJSON files beside it.
    pub(super) fn read(
        file: &str,
        node: &Node,
        outlines: [Option<&str>; 2],
        sink: &mut Sink,
    ) -> Option<Self> {
        let keys = ["source", "licence", "approval_number", "note", "note_en", "status"];
        let fields = Fields::of(file, node, &keys, sink)?;
        Some(Self {
            prefectures: outlines[0].unwrap_or_default().to_owned(),
            counties: outlines[1].map(str::to_owned),
            source: fields.text("source", sink)?.to_owned(),
            licence: fields.text("licence", sink)?.to_owned(),
            approval_number: fields.optional("approval_number", sink).map(str::to_owned),
            note: fields.owned("note", sink),
            note_en: fields.owned("note_en", sink),
            certainty: fields.one_of("status", &CERTAINTIES, sink).unwrap_or(Certainty::Verified),
        })
    }

    /// Whether the outlines were approved for publication; if not, the page says 示意图.
    #[must_use]
    pub const fn is_approved(&self) -> bool {
        self.approval_number.is_some()
    }
}

#[derive(serde::Deserialize)]
struct Outlines {
    features: Vec<Feature>,
}

#[derive(serde::Deserialize)]
struct Feature {
    properties: BTreeMap<String, serde_json::Value>,
}

/// The `adcode` of each outline; the outlines themselves are drawn by the browser.
pub(super) fn outline_codes(text: &str) -> Result<Vec<String>, String> {
    let outlines: Outlines = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let code = |feature: &Feature| {
        let adcode = feature.properties.get("adcode").ok_or_else(|| "a feature has no adcode".to_owned())?;
        if !feature.properties.contains_key("name") {
            return Err("a feature has no name".to_owned());
        }
        Ok(adcode.as_str().map_or_else(|| adcode.to_string(), str::to_owned))
    };
    outlines.features.iter().map(code).collect()
}

fn standing(fields: &Fields<'_>, sink: &mut Sink) -> Standing {
    fields.one_of("status", &STANDINGS, sink).unwrap_or(Standing::Pending)
}
