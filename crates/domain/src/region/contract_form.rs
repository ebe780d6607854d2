//! The columns of a contract sheet (技术合同登记表) and the headers under which they are found.

use std::collections::HashMap;

use super::document::{Fields, Node};
use super::problem::{Mistake, Sink};
use super::text::{nearest, plain};

/// What the cells of a column hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ColumnKind {
    /// Any text.
    Text,
    /// A day.
    Date,
    /// An amount whose unit stands in the header.
    Money,
    /// An entry of the named code list, by code, name or alias.
    Code(String),
    /// A division, by code or name.
    Division,
    /// A country, by code or name.
    Country,
    /// 是 or 否.
    YesNo,
    /// A unified social credit code (统一社会信用代码).
    CreditCode,
}

/// Whether a sheet may do without a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// Without the column or a value in it the row is refused.
    Required,
    /// The column may be missing, its cells may be empty.
    Optional,
}

/// One column of the contract sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormColumn {
    /// Field that it fills, such as `seller_name`.
    pub key: String,
    /// Header of the national form (国家登记表栏目).
    pub header: String,
    /// The header in English.
    pub header_en: String,
    /// Other headers seen in exports and in universities' sheets.
    pub aliases: Vec<String>,
    /// What its cells hold.
    pub kind: ColumnKind,
    /// Whether it may be missing.
    pub presence: Presence,
    /// Most characters of a cell.
    pub length_max: u32,
}

/// Cells are no longer than this unless the form says less or more.
const LENGTH_MAX_DEFAULT: u32 = 500;

/// Every field that a contract record has: a form maps headers to these.
pub const FIELD_KEYS: [&str; 50] = [
    "registration_number",
    "project_name",
    "signed_on",
    "valid_from",
    "valid_to",
    "registered_on",
    "contract_type",
    "field",
    "ip",
    "contract_value",
    "technology_value",
    "payment_mode",
    "related_party",
    "plan_source",
    "socio_economic_objective",
    "industry",
    "registrar_code",
    "registrar_name",
    "landing_division",
    "standing",
    "seller_name",
    "seller_credit_code",
    "seller_division",
    "seller_country",
    "seller_kind",
    "seller_address",
    "seller_contact",
    "seller_telephone",
    "seller_legal_representative",
    "seller_established_on",
    "seller_is_transfer_institution",
    "seller_is_research_institution",
    "seller_in_hightech_zone",
    "seller_listed",
    "seller_scale",
    "buyer_name",
    "buyer_credit_code",
    "buyer_division",
    "buyer_country",
    "buyer_kind",
    "buyer_address",
    "buyer_contact",
    "buyer_telephone",
    "buyer_legal_representative",
    "buyer_established_on",
    "buyer_is_transfer_institution",
    "buyer_is_research_institution",
    "buyer_in_hightech_zone",
    "buyer_listed",
    "buyer_scale",
];

const COLUMN_KEYS: [&str; 10] =
    ["key", "header", "header_en", "aliases", "kind", "list", "required", "length_max", "source", "note"];
const SIDE_KEYS: [&str; 4] = ["key", "name", "name_en", "aliases"];
const FILE_KEYS: [&str; 5] = ["source", "note", "sides", "party_columns", "columns"];
const KINDS: [&str; 8] = ["text", "date", "money", "code", "division", "country", "yes_no", "credit_code"];

/// A party of the contract, whose words stand before the words of its columns: 卖方 + 名称.
#[derive(Debug, Clone)]
struct Side {
    key: String,
    name: String,
    name_en: String,
    words: Vec<String>,
}

/// The contract sheet of a region.
#[derive(Debug, Clone, Default)]
pub struct ContractForm {
    sides: Vec<Side>,
    columns: Vec<FormColumn>,
    by_header: HashMap<String, usize>,
}

impl ContractForm {
    /// Reads `forms/contract.yaml`; a later layer's file adds aliases and columns to the one before.
    pub(super) fn read(&mut self, file: &str, node: &Node, sink: &mut Sink) {
        let Some(fields) = Fields::of(file, node, &FILE_KEYS, sink) else { return };
        for item in fields.list("sides", sink) {
            self.read_side(file, item, sink);
        }
        for item in fields.list("columns", sink) {
            if let Some(fields) = Fields::of(file, item, &COLUMN_KEYS, sink) {
                self.read_column(&fields, None, sink);
            }
        }
        for item in fields.list("party_columns", sink) {
            let Some(fields) = Fields::of(file, item, &COLUMN_KEYS, sink) else { continue };
            for side in self.sides.clone() {
                self.read_column(&fields, Some(&side), sink);
            }
        }
    }

    fn read_side(&mut self, file: &str, node: &Node, sink: &mut Sink) {
        let Some(fields) = Fields::of(file, node, &SIDE_KEYS, sink) else { return };
        let (Some(key), Some(name)) = (fields.text("key", sink), fields.text("name", sink)) else { return };
        let aliases = fields.texts("aliases", sink).into_iter().map(|(_, text)| text);
        let words = std::iter::once(name).chain(aliases).map(str::to_owned).collect();
        let (key, name, name_en) = (key.to_owned(), name.to_owned(), fields.owned("name_en", sink));
        self.sides.push(Side { key, name, name_en, words });
    }

    /// Reads a column; one of a party's columns is read once for each side.
    fn read_column(&mut self, fields: &Fields<'_>, side: Option<&Side>, sink: &mut Sink) {
        let file = fields.file;
        let Some(key) = fields.text("key", sink) else { return };
        let key = side.map_or_else(|| key.to_owned(), |side| format!("{}_{key}", side.key));
        if !FIELD_KEYS.contains(&key.as_str()) {
            let near = nearest(&key, FIELD_KEYS);
            let mistake = Mistake::NotOneOf {
                key: "key".to_owned(),
                value: key,
                allowed: FIELD_KEYS.join(", "),
                nearest: near,
            };
            sink.add(file, fields.place_of("key"), mistake);
            return;
        }
        let at = match self.columns.iter().position(|column| column.key == key) {
            Some(at) => at,
            None => {
                let Some(column) = new_column(fields, key, side, sink) else { return };
                self.add_header(file, fields.place_of("header"), &column.header, self.columns.len(), sink);
                self.columns.push(column);
                self.columns.len() - 1
            }
        };
        let words = side.map_or_else(|| vec![String::new()], |side| side.words.clone());
        let header = fields.node("header").map(|_| (fields.place_of("header"), fields.owned("header", sink)));
        let aliases = fields.texts("aliases", sink).into_iter().map(|(place, text)| (place, text.to_owned()));
        for (place, tail) in header.into_iter().chain(aliases) {
            for word in &words {
                let alias = format!("{word}{tail}");
                self.add_header(file, place, &alias, at, sink);
                if alias != self.columns[at].header {
                    self.columns[at].aliases.push(alias);
                }
            }
        }
    }

    fn add_header(
        &mut self,
        file: &str,
        place: super::problem::Place,
        header: &str,
        at: usize,
        sink: &mut Sink,
    ) {
        if let Some(other) = self.by_header.insert(normalise_header(header), at).filter(|other| *other != at)
        {
            let first = format!("{} {}", self.columns[other].key, self.columns[other].header);
            sink.add(file, place, Mistake::AliasTwice { alias: header.to_owned(), first });
        }
    }

    /// The column that a header without its unit means.
    #[must_use]
    pub fn column(&self, header: &str) -> Option<&FormColumn> {
        self.by_header.get(&normalise_header(header)).map(|at| &self.columns[*at])
    }

    /// The column of a field.
    #[must_use]
    pub fn by_key(&self, key: &str) -> Option<&FormColumn> {
        self.columns.iter().find(|column| column.key == key)
    }

    /// The known header nearest to one that was not recognised, to suggest it.
    #[must_use]
    pub fn nearest_header(&self, header: &str) -> Option<String> {
        let headers = self.columns.iter().flat_map(|c| std::iter::once(&c.header).chain(&c.aliases));
        nearest(&normalise_header(header), headers.map(String::as_str))
    }

    /// All columns in the order of the form.
    #[must_use]
    pub fn columns(&self) -> &[FormColumn] {
        &self.columns
    }
}

fn new_column(fields: &Fields<'_>, key: String, side: Option<&Side>, sink: &mut Sink) -> Option<FormColumn> {
    let (before, before_en) = side.map_or(("", ""), |side| (side.name.as_str(), side.name_en.as_str()));
    let header = format!("{before}{}", fields.text("header", sink)?);
    let header_en = format!("{before_en} {}", fields.owned("header_en", sink));
    let required = fields.one_of("required", &[("true", true), ("false", false)], sink);
    Some(FormColumn {
        key,
        header,
        header_en: header_en.trim().to_owned(),
        aliases: Vec::new(),
        kind: read_kind(fields, sink)?,
        presence: if required == Some(true) { Presence::Required } else { Presence::Optional },
        length_max: fields.number("length_max", 10_000, sink).unwrap_or(LENGTH_MAX_DEFAULT),
    })
}

fn read_kind(fields: &Fields<'_>, sink: &mut Sink) -> Option<ColumnKind> {
    fields.text("kind", sink)?;
    Some(match fields.one_of("kind", &KINDS.map(|kind| (kind, kind)), sink)? {
        "date" => ColumnKind::Date,
        "money" => ColumnKind::Money,
        "code" => ColumnKind::Code(fields.text("list", sink)?.to_owned()),
        "division" => ColumnKind::Division,
        "country" => ColumnKind::Country,
        "yes_no" => ColumnKind::YesNo,
        "credit_code" => ColumnKind::CreditCode,
        _ => ColumnKind::Text,
    })
}

/// Makes headers comparable: width, blanks, required marks, colons, 的 and the kind of bracket do not matter.
#[must_use]
pub fn normalise_header(header: &str) -> String {
    plain(header)
        .chars()
        .filter_map(|c| match c {
            '*' | ':' | '的' | '、' | '/' | '_' | '-' | '"' | '“' | '”' | '·' => None,
            '【' | '[' | '〔' | '{' => Some('('),
            '】' | ']' | '〕' | '}' => Some(')'),
            other => Some(other),
        })
        .collect()
}
