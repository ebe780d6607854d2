//! What of an entry is shown to whom (公开范围): sections with levels, and the teaser that everybody reads.

use super::form::{
    AchievementForm, WrittenContact, WrittenMember, WrittenOpenLicence, WrittenPrice, WrittenRight,
};
use crate::market::DisclosureLevel;

/// A part of the form with a level of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Section {
    /// 解决的问题
    Problem,
    /// 与现有做法比较
    Comparison,
    /// 验证情况
    Evidence,
    /// 投入与效益
    Economics,
    /// 实施条件
    Conditions,
    /// 知识产权: numbers, holders, days. The kinds are part of the teaser.
    Rights,
    /// 价格
    Price,
    /// 完成团队
    Team,
    /// 联系方式
    Contact,
}

impl Section {
    /// Every section, in the order of pages.
    pub const ALL: [Self; 9] = [
        Self::Problem,
        Self::Comparison,
        Self::Evidence,
        Self::Economics,
        Self::Conditions,
        Self::Rights,
        Self::Price,
        Self::Team,
        Self::Contact,
    ];

    const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Problem => ("problem", "解决的问题", "problem solved"),
            Self::Comparison => ("comparison", "与现有做法比较", "compared with what is used today"),
            Self::Evidence => ("evidence", "验证情况", "evidence"),
            Self::Economics => ("economics", "投入与效益", "cost and benefit"),
            Self::Conditions => ("conditions", "实施条件", "what the taker needs"),
            Self::Rights => ("rights", "知识产权", "intellectual property"),
            Self::Price => ("price", "价格", "price"),
            Self::Team => ("team", "完成团队", "team"),
            Self::Contact => ("contact", "联系方式", "contact"),
        }
    }

    /// The word of forms and the API.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.words().0
    }

    /// The Chinese term.
    #[must_use]
    pub const fn label(self) -> &'static str {
        self.words().1
    }

    /// The English term.
    #[must_use]
    pub const fn label_en(self) -> &'static str {
        self.words().2
    }

    /// The section of a word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|section| section.code() == code)
    }

    /// The level where the unit chooses none: names of people and how to reach them are for whoever has signed in.
    #[must_use]
    pub const fn usual_level(self) -> DisclosureLevel {
        match self {
            Self::Problem | Self::Comparison | Self::Conditions | Self::Rights | Self::Price => {
                DisclosureLevel::Public
            }
            Self::Evidence | Self::Economics | Self::Team | Self::Contact => DisclosureLevel::SignedIn,
        }
    }
}

/// The form as a reader may see it, and which sections are closed to them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownForm {
    /// With closed sections empty; what is asked before anything is shown is never in it.
    pub form: AchievementForm,
    /// Closed sections that hold something, with the level that opens them.
    pub closed: Vec<(Section, DisclosureLevel)>,
}

/// The level that a section of a form needs.
///
/// Price stays public where name and price are being publicised, as 转化法 第十八条 wants for agreed prices; names of a team
/// that did not consent are for the owner and the offices only.
#[must_use]
pub fn needed_level(form: &AchievementForm, section: Section) -> DisclosureLevel {
    match section {
        Section::Team if !form.has_completers_consent => DisclosureLevel::Held,
        other => form.level_of(other),
    }
}

/// A form as a reader of a level sees it.
#[must_use]
pub fn shown_to(form: &AchievementForm, reader: DisclosureLevel) -> ShownForm {
    let mut shown = form.clone();
    if !reader.reads(DisclosureLevel::Held) {
        shown.clearance = super::form::Clearance::default();
        shown.levels.clear();
    }
    let mut closed = Vec::new();
    for section in Section::ALL {
        let needed = needed_level(form, section);
        if reader.reads(needed) {
            continue;
        }
        if !is_empty(form, section) && needed != DisclosureLevel::Held {
            closed.push((section, needed));
        }
        empty(&mut shown, section);
    }
    ShownForm { form: shown, closed }
}

fn is_empty(form: &AchievementForm, section: Section) -> bool {
    match section {
        Section::Problem => form.problem.is_empty(),
        Section::Comparison => form.comparison.is_empty(),
        Section::Evidence => form.evidence.is_empty(),
        Section::Economics => form.economics.is_empty(),
        Section::Conditions => form.conditions.is_empty(),
        Section::Rights => form.rights.is_empty(),
        Section::Price => form.price == WrittenPrice::default(),
        Section::Team => form.team.is_empty(),
        Section::Contact => form.contact == WrittenContact::default(),
    }
}

fn empty(form: &mut AchievementForm, section: Section) {
    match section {
        Section::Problem => form.problem.clear(),
        Section::Comparison => form.comparison.clear(),
        Section::Evidence => form.evidence.clear(),
        Section::Economics => form.economics.clear(),
        Section::Conditions => form.conditions.clear(),
        // What kinds of rights there are is part of the teaser.
        Section::Rights => {
            for right in &mut form.rights {
                *right = WrittenRight { kind: right.kind.clone(), ..WrittenRight::default() };
            }
            form.rights.dedup();
        }
        Section::Price => {
            form.price = WrittenPrice::default();
            form.open_licence = WrittenOpenLicence {
                is_stated: form.open_licence.is_stated,
                ..WrittenOpenLicence::default()
            };
        }
        Section::Team => form.team = Vec::<WrittenMember>::new(),
        Section::Contact => form.contact = WrittenContact::default(),
    }
}

/// The words that everybody may search: title, summary and keywords, in small letters.
#[must_use]
pub fn teaser_of(form: &AchievementForm) -> String {
    let words = [form.title.as_str(), form.summary.as_str()].into_iter();
    words.chain(form.keywords.iter().map(String::as_str)).collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full() -> AchievementForm {
        let secret = |what: &str| format!("秘密{what}");
        AchievementForm {
            title: "题".to_owned(),
            problem: secret("问题"),
            comparison: secret("比较"),
            evidence: secret("证据"),
            economics: secret("效益"),
            conditions: secret("条件"),
            rights: vec![WrittenRight {
                kind: "21".to_owned(),
                number: secret("号"),
                holder: secret("人"),
                ..WrittenRight::default()
            }],
            price: WrittenPrice { amount: secret("价"), ..WrittenPrice::default() },
            team: vec![WrittenMember { name: secret("名"), part: String::new() }],
            has_completers_consent: true,
            contact: WrittenContact { name: secret("联系人"), ..WrittenContact::default() },
            open_licence: WrittenOpenLicence {
                is_stated: true,
                fee: secret("费"),
                ..WrittenOpenLicence::default()
            },
            clearance: super::super::form::Clearance {
                patent_filing: "filed".to_owned(),
                holds_no_secrets: true,
            },
            ..AchievementForm::default()
        }
    }

    #[test]
    fn nothing_of_a_closed_section_reaches_a_reader_below_its_level() {
        for level in [DisclosureLevel::SignedIn, DisclosureLevel::Undertaking] {
            let mut form = full();
            for section in Section::ALL {
                form.levels.insert(section.code().to_owned(), level.code().to_owned());
            }
            let below = if level == DisclosureLevel::SignedIn {
                DisclosureLevel::Public
            } else {
                DisclosureLevel::SignedIn
            };
            let shown = shown_to(&form, below);
            assert_eq!(shown.closed.len(), Section::ALL.len());
            let text = serde_json::to_string(&shown.form).expect("plain data");
            assert!(!text.contains("秘密"), "{text}");
            assert_eq!(shown.form.rights[0].kind, "21", "the kinds are part of the teaser");
            let open = shown_to(&form, level);
            assert!(open.closed.is_empty());
            assert_eq!(serde_json::to_string(&open.form).expect("plain data").matches("秘密").count(), 11);
        }
    }

    #[test]
    fn a_team_that_did_not_consent_is_named_to_nobody_outside() {
        let form = AchievementForm { has_completers_consent: false, ..full() };
        let shown = shown_to(&form, DisclosureLevel::Undertaking);
        assert!(shown.form.team.is_empty());
        assert!(shown.closed.is_empty(), "there is nothing that an undertaking would open");
        assert_eq!(shown_to(&form, DisclosureLevel::Held).form.team.len(), 1);
    }
}
