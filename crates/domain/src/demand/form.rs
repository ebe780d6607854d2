//! The form of a demand (技术需求征集表) as it was typed, complete or not.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Fields of the collection sheet.
pub const FIELD_KEYS: [&str; 20] = [
    "organisation_name",
    "credit_code",
    "division",
    "industry",
    "contact",
    "telephone",
    "email",
    "title",
    "summary",
    "problem",
    "figures",
    "tried",
    "field",
    "modes",
    "budget",
    "deadline",
    "maturity",
    "ip_wish",
    "conditions",
    "secrecy",
];
/// Fields that hold personal data: kept apart from the versions, where they can be erased.
pub const PERSONAL_KEYS: [&str; 3] = ["contact", "telephone", "email"];
/// Most target figures.
pub const FIGURES_MAX: usize = 20;

/// The form as it was typed.
///
/// `figures` holds one target figure a line; `modes` words or codes separated by commas. `level.problem` and its like say
/// who may read a part that is not to be read like the rest (`secrecy`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DemandForm {
    /// Texts by key.
    pub fields: BTreeMap<String, String>,
    /// 不涉密承诺: that nothing in it is a state secret.
    pub holds_no_secrets: bool,
    /// What a collection sheet said beside its fields (表中其他内容): kept for whoever handles the demand, shown to nobody else.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub leftovers: Vec<String>,
}

impl DemandForm {
    /// A field as typed; empty where nothing was.
    #[must_use]
    pub fn field(&self, key: &str) -> &str {
        self.fields.get(key).map_or("", |text| text.trim())
    }

    /// The same form with a field.
    #[must_use]
    pub fn with(mut self, key: &str, text: &str) -> Self {
        self.fields.insert(key.to_owned(), text.to_owned());
        self
    }

    /// Takes the personal data out: what is left may be kept for ever, what is given back can be erased.
    #[must_use]
    pub fn split_personal(mut self) -> (Self, BTreeMap<String, String>) {
        let mut personal = BTreeMap::new();
        for key in PERSONAL_KEYS {
            if let Some(text) = self.fields.remove(key) {
                personal.insert(key.to_owned(), text);
            }
        }
        (self, personal)
    }

    /// Puts personal data back.
    #[must_use]
    pub fn with_personal(mut self, personal: BTreeMap<String, String>) -> Self {
        self.fields.extend(personal.into_iter().filter(|(key, _)| PERSONAL_KEYS.contains(&key.as_str())));
        self
    }
}

/// A target figure as written: `循环寿命：≥6000 次（现为 3500 次）`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FigureText {
    /// 指标名称
    pub name: String,
    /// 目标值, with its comparison: `≥6000`.
    pub target: String,
    /// 单位
    pub unit: String,
    /// 现状值, may be empty.
    pub today: String,
}

/// Words that stand before today's value.
const TODAY_WORDS: [&str; 6] = ["现为", "现状", "目前", "当前", "现有", "today"];
/// Comparisons with which a target begins.
const COMPARISONS: [(&str, &str); 12] = [
    ("不低于", "≥"),
    ("不少于", "≥"),
    ("不小于", "≥"),
    ("大于等于", "≥"),
    (">=", "≥"),
    ("不高于", "≤"),
    ("不超过", "≤"),
    ("不大于", "≤"),
    ("小于等于", "≤"),
    ("<=", "≤"),
    ("大于", ">"),
    ("小于", "<"),
];

/// Target figures of lines; a line without a value keeps its words as the name.
#[must_use]
pub fn read_figure_lines(text: &str) -> Vec<FigureText> {
    text.split(['\n', '；', ';']).map(str::trim).filter(|line| !line.is_empty()).map(read_line).collect()
}

/// Target figures as the lines of the form.
#[must_use]
pub fn write_figure_lines(figures: &[FigureText]) -> String {
    let line = |figure: &FigureText| {
        let target = format!("{}{}", figure.target, figure.unit);
        let today =
            if figure.today.is_empty() { String::new() } else { format!("（现为{}）", figure.today) };
        if target.is_empty() { figure.name.clone() } else { format!("{}：{target}{today}", figure.name) }
    };
    figures.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn read_line(line: &str) -> FigureText {
    let line = line.trim_start_matches(|c: char| "-·•*—".contains(c)).trim();
    let (line, today) = split_today(line);
    let (name, value) = line.split_once(['：', ':']).map_or_else(
        || {
            let at = line.find(['≥', '≤', '>', '<', '=', '±']).filter(|at| *at > 0);
            at.map_or((line, ""), |at| line.split_at(at))
        },
        |(name, value)| (name, value),
    );
    let value = value.trim();
    let value = COMPARISONS
        .into_iter()
        .find_map(|(word, sign)| Some(format!("{sign}{}", value.strip_prefix(word)?.trim_start())))
        .unwrap_or_else(|| value.to_owned());
    let (target, unit) = split_unit(&value);
    FigureText { name: name.trim().to_owned(), target, unit, today }
}

fn split_today(line: &str) -> (&str, String) {
    for (open, close) in [('（', '）'), ('(', ')')] {
        let Some(at) = line.rfind(open) else { continue };
        let inside = line[at + open.len_utf8()..].trim_end_matches(close).trim();
        if let Some(word) = TODAY_WORDS.into_iter().find(|word| inside.starts_with(word)) {
            let today = inside[word.len()..].trim_start_matches(['：', ':', '是', ' ']).trim();
            return (line[..at].trim(), today.to_owned());
        }
    }
    (line, String::new())
}

/// The figure at the beginning of a value, and what stands behind it: `≥6000 次` is `≥6000` and `次`.
fn split_unit(value: &str) -> (String, String) {
    let is_figure = |c: char| c.is_ascii_digit() || "≥≤><=±~～-—.,+ ×^%‰".contains(c) || c.is_whitespace();
    let end = value.find(|c: char| !is_figure(c)).unwrap_or(value.len());
    let (figure, unit) = value.split_at(end);
    if !figure.chars().any(|c| c.is_ascii_digit()) {
        return (value.to_owned(), String::new());
    }
    let figure = figure.trim();
    for sign in ['%', '‰'] {
        if let Some(bare) = figure.strip_suffix(sign) {
            return (bare.trim().to_owned(), format!("{sign}{}", unit.trim()));
        }
    }
    (figure.to_owned(), unit.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(name: &str, target: &str, unit: &str, today: &str) -> FigureText {
        let [name, target, unit, today] = [name, target, unit, today].map(str::to_owned);
        FigureText { name, target, unit, today }
    }

    #[test]
    fn a_figure_is_read_from_the_lines_that_people_write() {
        let lines =
            "循环寿命：≥6000 次（现为 3500 次）\n能量密度不低于: 不低于180Wh/kg；\n成品率≥98%\n外观无裂纹";
        assert_eq!(
            read_figure_lines(lines),
            [
                figure("循环寿命", "≥6000", "次", "3500 次"),
                figure("能量密度不低于", "≥180", "Wh/kg", ""),
                figure("成品率", "≥98", "%", ""),
                figure("外观无裂纹", "", "", ""),
            ]
        );
    }

    #[test]
    fn figures_are_read_as_they_were_written() {
        let figures = [figure("循环寿命", "≥6000", "次", "3500次"), figure("外观无裂纹", "", "", "")];
        assert_eq!(read_figure_lines(&write_figure_lines(&figures)), figures);
    }

    #[test]
    fn personal_data_come_apart_and_together_again() {
        let form = DemandForm::default().with("contact", "示例甲").with("title", "高温涂层");
        let (bare, personal) = form.clone().split_personal();
        assert_eq!(bare.field("contact"), "");
        assert!(!format!("{bare:?}").contains("示例甲"));
        assert_eq!(bare.with_personal(personal), form);
    }
}
