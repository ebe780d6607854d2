//! Demands as region data (技术需求征集规则): the collection sheet's fields, the days, the coded reasons, the scoring sheets.

use jiff::civil::Date;

use super::document::{Fields, Node};
use super::papers::{STANDINGS, Standing};
use super::problem::{Mistake, Sink};
use super::text::plain;
use crate::demand::FIELD_KEYS;

/// Most points of a scoring sheet.
const POINTS_MAX: u32 = 1_000;

/// How strongly a field of the sheet is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Asked {
    /// 必填
    Required,
    /// 建议填写
    Recommended,
    /// 选填
    Optional,
}

const ASKED: [(&str, Asked); 3] =
    [("required", Asked::Required), ("recommended", Asked::Recommended), ("optional", Asked::Optional)];

/// One field of the collection sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemandField {
    /// One of [`FIELD_KEYS`].
    pub key: String,
    /// Label.
    pub name: String,
    /// Label in English.
    pub name_en: String,
    /// Other labels found in sheets.
    pub aliases: Vec<String>,
    /// How strongly it is asked for.
    pub asked: Asked,
    /// Most characters.
    pub length_max: usize,
    /// What to write; may be empty.
    pub hint: String,
    /// The same in English.
    pub hint_en: String,
}

/// The collection sheet (需求征集表).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DemandSheet {
    /// Its title.
    pub title: String,
    /// Title in English.
    pub title_en: String,
    /// Its fields, in order.
    pub fields: Vec<DemandField>,
}

impl DemandSheet {
    pub(super) fn read(file: &str, node: &Node, sink: &mut Sink) -> Self {
        let mut sheet = Self::default();
        let keys = ["title", "title_en", "status", "source", "note", "fields"];
        let Some(top) = Fields::of(file, node, &keys, sink) else { return sheet };
        top.one_of("status", &STANDINGS, sink);
        sheet.title = top.owned("title", sink);
        sheet.title_en = top.owned("title_en", sink);
        for item in top.list("fields", sink) {
            let keys = ["key", "name", "name_en", "aliases", "presence", "length_max", "hint", "hint_en"];
            let Some(fields) = Fields::of(file, item, &keys, sink) else { continue };
            let key = fields.owned("key", sink);
            if !FIELD_KEYS.contains(&key.as_str()) || sheet.by_key(&key).is_some() {
                sink.add(file, fields.place_of("key"), Mistake::KeyTwice { key: key.clone() });
                continue;
            }
            let length_max = fields.number("length_max", 10_000, sink).unwrap_or(200);
            sheet.fields.push(DemandField {
                name: fields.owned("name", sink),
                name_en: fields.owned("name_en", sink),
                aliases: fields.texts("aliases", sink).into_iter().map(|(_, text)| text.to_owned()).collect(),
                asked: fields.one_of("presence", &ASKED, sink).unwrap_or(Asked::Optional),
                length_max: usize::try_from(length_max).unwrap_or(200),
                hint: fields.optional("hint", sink).unwrap_or_default().to_owned(),
                hint_en: fields.optional("hint_en", sink).unwrap_or_default().to_owned(),
                key,
            });
        }
        sheet
    }

    /// The field of a key.
    #[must_use]
    pub fn by_key(&self, key: &str) -> Option<&DemandField> {
        self.fields.iter().find(|field| field.key == key)
    }

    /// The field that a label means, whatever its width, blanks, marks and numbering.
    #[must_use]
    pub fn by_label(&self, text: &str) -> Option<&DemandField> {
        let wanted = label_of(text);
        if wanted.is_empty() {
            return None;
        }
        let names = |field: &&DemandField| {
            std::iter::once(&field.name).chain(&field.aliases).any(|name| label_of(name) == wanted)
        };
        self.fields.iter().find(names)
    }
}

/// A label without what people add to it: `二、*拟解决的主要技术问题（必填）：` is 拟解决的主要技术问题.
fn label_of(text: &str) -> String {
    let mut label = plain(text).replace(['*', '★', '※', '\u{feff}'], "");
    for note in ["(必填)", "(选填)", "(可选)", "(可多选)", "(多选)", "(建议填写)", "(单选)", "(万元)"]
    {
        label = label.replace(note, "");
    }
    let label = label.trim_end_matches([':', '：', '。']);
    let after = label.find(['、', '.', '．']).map(|at| {
        let (number, rest) = label.split_at(at);
        let is_number = !number.is_empty()
            && number.chars().all(|c| c.is_ascii_digit() || "一二三四五六七八九十()".contains(c));
        let rest = rest.trim_start_matches(['、', '.', '．']);
        if is_number { rest } else { label }
    });
    after.unwrap_or(label).to_owned()
}

/// A coded reason with its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemandReason {
    /// Code.
    pub code: String,
    /// Words.
    pub name: String,
    /// In English.
    pub name_en: String,
}

/// How experts' scores become one result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScoreRule {
    /// 平均分
    Mean,
    /// 去掉一个最高分和一个最低分后平均, from five experts on.
    TrimmedMean,
}

const RULES: [(&str, ScoreRule); 2] = [("mean", ScoreRule::Mean), ("trimmed_mean", ScoreRule::TrimmedMean)];

impl ScoreRule {
    /// What it is called, Chinese and English.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Mean => ("平均分", "the mean"),
            Self::TrimmedMean => (
                "五名以上专家时去掉一个最高分和一个最低分后平均",
                "the mean without highest and lowest, from five experts on",
            ),
        }
    }
}

/// One line of a scoring sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoreItem {
    /// Key.
    pub key: String,
    /// What is judged.
    pub name: String,
    /// In English.
    pub name_en: String,
    /// Most points.
    pub weight: u32,
    /// How to judge it.
    pub hint: String,
    /// In English.
    pub hint_en: String,
}

/// A dated scoring sheet (评分表).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoreSheet {
    /// Key.
    pub key: String,
    /// Title.
    pub name: String,
    /// In English.
    pub name_en: String,
    /// First day.
    pub from: Option<Date>,
    /// Last day.
    pub to: Option<Date>,
    /// How the result comes about.
    pub rule: ScoreRule,
    /// Points from which it is passed.
    pub pass_points: u32,
    /// Least number of experts whose scores count.
    pub experts_min: u32,
    /// Whether a source gives it.
    pub standing: Standing,
    /// Its lines.
    pub items: Vec<ScoreItem>,
}

impl ScoreSheet {
    /// Most points.
    #[must_use]
    pub fn points_max(&self) -> u32 {
        self.items.iter().map(|item| item.weight).sum()
    }
}

/// The rules of demands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DemandRules {
    /// Days after which a demand is to be confirmed again.
    pub reconfirm_days: u32,
    /// Days for which it stays on a list.
    pub valid_days: u32,
    /// Days before either at which the company is reminded.
    pub remind_days: u32,
    /// Why one is sent back.
    pub return_reasons: Vec<DemandReason>,
    /// What bars an expert.
    pub conflicts: Vec<DemandReason>,
    /// Scoring sheets.
    pub score_sheets: Vec<ScoreSheet>,
}

impl DemandRules {
    pub(super) fn read(file: &str, node: &Node, sink: &mut Sink) -> Self {
        let keys = [
            "reconfirm_days",
            "valid_days",
            "remind_days",
            "status",
            "source",
            "note",
            "return_reasons",
            "conflicts",
            "score_sheets",
        ];
        let Some(fields) = Fields::of(file, node, &keys, sink) else { return Self::default() };
        fields.one_of("status", &STANDINGS, sink);
        let days = |key: &str, sink: &mut Sink| fields.number(key, 3_660, sink).unwrap_or_default();
        let (reconfirm_days, valid_days) = (days("reconfirm_days", sink), days("valid_days", sink));
        let remind_days = days("remind_days", sink);
        let return_reasons = read_reasons(file, fields.list("return_reasons", sink), sink);
        let conflicts = read_reasons(file, fields.list("conflicts", sink), sink);
        let sheets = fields.list("score_sheets", sink).iter();
        let score_sheets = sheets.filter_map(|node| read_score_sheet(file, node, sink)).collect();
        Self { reconfirm_days, valid_days, remind_days, return_reasons, conflicts, score_sheets }
    }

    /// The scoring sheet of a day.
    #[must_use]
    pub fn score_sheet_on(&self, day: Date) -> Option<&ScoreSheet> {
        self.score_sheets
            .iter()
            .find(|sheet| sheet.from.is_none_or(|from| from <= day) && sheet.to.is_none_or(|to| day <= to))
    }

    /// The scoring sheet of a key.
    #[must_use]
    pub fn score_sheet(&self, key: &str) -> Option<&ScoreSheet> {
        self.score_sheets.iter().find(|sheet| sheet.key == key)
    }
}

fn read_reasons(file: &str, nodes: &[Node], sink: &mut Sink) -> Vec<DemandReason> {
    let mut reasons: Vec<DemandReason> = Vec::new();
    for node in nodes {
        let Some(fields) = Fields::of(file, node, &["code", "name", "name_en"], sink) else { continue };
        let code = fields.owned("code", sink);
        if reasons.iter().any(|other| other.code == code) {
            sink.add(file, fields.place_of("code"), Mistake::KeyTwice { key: code });
            continue;
        }
        let (name, name_en) = (fields.owned("name", sink), fields.owned("name_en", sink));
        reasons.push(DemandReason { code, name, name_en });
    }
    reasons
}

fn read_score_sheet(file: &str, node: &Node, sink: &mut Sink) -> Option<ScoreSheet> {
    let keys = [
        "key",
        "name",
        "name_en",
        "from",
        "to",
        "rule",
        "pass_points",
        "experts_min",
        "status",
        "source",
        "note",
        "items",
    ];
    let fields = Fields::of(file, node, &keys, sink)?;
    let (from, to) = fields.validity(sink);
    let mut items: Vec<ScoreItem> = Vec::new();
    for node in fields.list("items", sink) {
        let keys = ["key", "name", "name_en", "weight", "hint", "hint_en"];
        let Some(item) = Fields::of(file, node, &keys, sink) else { continue };
        let key = item.owned("key", sink);
        if items.iter().any(|other| other.key == key) {
            sink.add(file, item.place_of("key"), Mistake::KeyTwice { key });
            continue;
        }
        items.push(ScoreItem {
            key,
            name: item.owned("name", sink),
            name_en: item.owned("name_en", sink),
            weight: item.number("weight", POINTS_MAX, sink)?,
            hint: item.optional("hint", sink).unwrap_or_default().to_owned(),
            hint_en: item.optional("hint_en", sink).unwrap_or_default().to_owned(),
        });
    }
    Some(ScoreSheet {
        key: fields.owned("key", sink),
        name: fields.owned("name", sink),
        name_en: fields.owned("name_en", sink),
        from,
        to,
        rule: fields.one_of("rule", &RULES, sink)?,
        pass_points: fields.number("pass_points", POINTS_MAX, sink)?,
        experts_min: fields.number("experts_min", 100, sink)?,
        standing: fields.one_of("status", &STANDINGS, sink).unwrap_or(Standing::Example),
        items,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::region::tests::HUNAN;

    #[test]
    fn a_label_is_known_however_it_is_written() {
        let sheet = HUNAN.demand_sheet();
        let key = |text| sheet.by_label(text).map(|field| field.key.as_str());
        assert_eq!(key("企业名称"), Some("organisation_name"));
        assert_eq!(key(" 单 位 名 称（必填）： "), Some("organisation_name"));
        assert_eq!(key("三、*拟解决的主要技术问题"), Some("problem"));
        assert_eq!(key("5．核心指标"), Some("figures"));
        assert_eq!(key("拟投入资金（万元）"), Some("budget"));
        assert_eq!(key("资金投入"), Some("budget"));
        assert_eq!(key("备注"), None);
        assert_eq!(key(" "), None);
    }

    #[test]
    fn every_field_of_a_demand_stands_on_the_sheet_once() {
        let sheet = HUNAN.demand_sheet();
        for key in FIELD_KEYS {
            assert!(sheet.by_key(key).is_some(), "{key}");
        }
        for field in &sheet.fields {
            for label in std::iter::once(&field.name).chain(&field.aliases) {
                assert_eq!(sheet.by_label(label).map(|found| &found.key), Some(&field.key), "{label}");
            }
        }
    }
}
