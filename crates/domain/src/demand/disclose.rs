//! Who reads how much of a demand (分级公开).

use std::collections::BTreeMap;

use super::check::read_level;
use super::form::{DemandForm, PERSONAL_KEYS};
use crate::market::DisclosureLevel;

/// A part of a demand that may be protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DemandPart {
    /// 企业名称、信用代码, and the county beside the city.
    Organisation,
    /// 拟解决的主要技术问题
    Problem,
    /// 核心指标
    Figures,
    /// 已尝试的办法
    Tried,
    /// 拟投入资金
    Budget,
    /// 对合作方的要求
    Conditions,
}

impl DemandPart {
    /// Every part.
    pub const ALL: [Self; 6] =
        [Self::Organisation, Self::Problem, Self::Figures, Self::Tried, Self::Budget, Self::Conditions];

    /// The word of the form and the API.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Organisation => "organisation",
            Self::Problem => "problem",
            Self::Figures => "figures",
            Self::Tried => "tried",
            Self::Budget => "budget",
            Self::Conditions => "conditions",
        }
    }

    /// The Chinese term.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Organisation => "企业名称",
            Self::Problem => "技术问题",
            Self::Figures => "核心指标",
            Self::Tried => "已尝试的办法",
            Self::Budget => "拟投入资金",
            Self::Conditions => "对合作方的要求",
        }
    }

    /// The English term.
    #[must_use]
    pub const fn label_en(self) -> &'static str {
        match self {
            Self::Organisation => "company",
            Self::Problem => "problem",
            Self::Figures => "target figures",
            Self::Tried => "what was tried",
            Self::Budget => "budget",
            Self::Conditions => "conditions on the solver",
        }
    }

    /// The part of a word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.code() == code)
    }

    /// The part that a field of the form belongs to; none for what everybody reads and for personal data.
    #[must_use]
    pub fn of_field(key: &str) -> Option<Self> {
        match key {
            "organisation_name" | "credit_code" | "division" => Some(Self::Organisation),
            "problem" => Some(Self::Problem),
            "figures" => Some(Self::Figures),
            "tried" => Some(Self::Tried),
            "budget" => Some(Self::Budget),
            "conditions" => Some(Self::Conditions),
            _ => None,
        }
    }

    /// The level where the form names none: who the company is and what it tried are told last.
    const fn usual(self) -> DisclosureLevel {
        match self {
            Self::Organisation | Self::Tried => DisclosureLevel::Undertaking,
            Self::Problem | Self::Figures | Self::Budget | Self::Conditions => DisclosureLevel::SignedIn,
        }
    }
}

/// The levels of a demand's parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Levels(BTreeMap<DemandPart, DisclosureLevel>);

impl Levels {
    /// The level of a part.
    #[must_use]
    pub fn of(&self, part: DemandPart) -> DisclosureLevel {
        self.0.get(&part).copied().unwrap_or_else(|| part.usual())
    }
}

/// The levels that a form sets: for a part by itself, else for the whole (`secrecy`), else the usual one.
///
/// A word that is no level protects as far as possible: what cannot be read is never taken for open.
#[must_use]
pub fn levels_of(form: &DemandForm) -> Levels {
    let level = |key: &str| match form.field(key) {
        "" => None,
        text => Some(read_level(text).unwrap_or(DisclosureLevel::Undertaking)),
    };
    let whole = level("secrecy");
    let of =
        |part: DemandPart| level(&format!("level.{}", part.code())).or(whole).unwrap_or_else(|| part.usual());
    Levels(DemandPart::ALL.into_iter().map(|part| (part, of(part))).collect())
}

/// A demand as somebody reads it: fields that they may not read are not there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeenDemand {
    /// What may be read, by key.
    pub fields: BTreeMap<String, String>,
    /// Parts that are there and not shown, with the level that opens them.
    pub hidden: Vec<(DemandPart, DisclosureLevel)>,
    /// Whether contact data are there and not shown.
    pub hides_contact: bool,
}

impl SeenDemand {
    /// What a reader of a level sees of a form. Contact data need an undertaking, whatever the form says.
    #[must_use]
    pub fn of(form: &DemandForm, reader: DisclosureLevel) -> Self {
        let levels = levels_of(form);
        let mut seen = Self::default();
        for (key, text) in &form.fields {
            if text.trim().is_empty() || key.starts_with("level.") || key == "secrecy" {
                continue;
            }
            if PERSONAL_KEYS.contains(&key.as_str()) {
                if reader.reads(DisclosureLevel::Undertaking) {
                    seen.fields.insert(key.clone(), text.clone());
                } else {
                    seen.hides_contact = true;
                }
                continue;
            }
            match DemandPart::of_field(key) {
                Some(part) if !reader.reads(levels.of(part)) => {
                    if !seen.hidden.iter().any(|(other, _)| *other == part) {
                        seen.hidden.push((part, levels.of(part)));
                    }
                }
                _ => {
                    seen.fields.insert(key.clone(), text.clone());
                }
            }
        }
        seen.hidden.sort_unstable();
        seen
    }

    /// A field that may be read and is there.
    #[must_use]
    pub fn field(&self, key: &str) -> Option<&str> {
        self.fields.get(key).map(String::as_str)
    }
}

/// The words by which everybody may find a demand: nothing else of it is searched for strangers.
#[must_use]
pub fn teaser_text(form: &DemandForm) -> String {
    let seen = SeenDemand::of(form, DisclosureLevel::Public);
    let parts = ["title", "summary", "problem", "organisation_name", "conditions"];
    parts.into_iter().filter_map(|key| seen.field(key)).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demand::FIELD_KEYS;

    fn full() -> DemandForm {
        FIELD_KEYS
            .into_iter()
            .filter(|key| *key != "secrecy")
            .fold(DemandForm::default(), |form, key| form.with(key, &format!("内容{key}")))
    }

    #[test]
    fn a_stranger_reads_the_teaser_and_nothing_else() {
        let seen = SeenDemand::of(&full(), DisclosureLevel::Public);
        let keys: Vec<&str> = seen.fields.keys().map(String::as_str).collect();
        assert_eq!(
            keys,
            ["deadline", "field", "industry", "ip_wish", "maturity", "modes", "summary", "title"]
        );
        assert!(seen.hides_contact);
        assert_eq!(seen.hidden.len(), DemandPart::ALL.len());
        assert_eq!(teaser_text(&full()), "内容title\n内容summary");
    }

    #[test]
    fn each_level_reads_more_and_contact_data_need_an_undertaking() {
        let open = full().with("secrecy", "公开");
        assert_eq!(SeenDemand::of(&open, DisclosureLevel::Public).field("telephone"), None);
        assert!(SeenDemand::of(&open, DisclosureLevel::Public).field("problem").is_some());
        assert!(SeenDemand::of(&full(), DisclosureLevel::Undertaking).field("telephone").is_some());
        let mut before = 0;
        for reader in DisclosureLevel::ALL {
            let seen = SeenDemand::of(&full(), reader);
            assert!(seen.fields.len() >= before);
            before = seen.fields.len();
        }
    }

    #[test]
    fn a_level_that_cannot_be_read_opens_nothing() {
        let form = full().with("level.problem", "随便").with("secrecy", "public");
        assert_eq!(SeenDemand::of(&form, DisclosureLevel::SignedIn).field("problem"), None);
        assert!(SeenDemand::of(&form, DisclosureLevel::Public).field("budget").is_some());
    }
}
