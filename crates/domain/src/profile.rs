//! Profiles of the market (专家、服务机构、团队): who can be asked, for what, and whether they agreed to be listed.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::contract::RowProblem;
use crate::market::{CooperationMode, LONG_TEXT_CHARACTERS_MAX, SHORT_TEXT_CHARACTERS_MAX, clean_text};
use crate::region::{DivisionCode, Region};

/// Keywords of a profile.
const KEYWORDS_MAX: usize = 12;
/// Fields of a profile.
const FIELDS_MAX: usize = 5;

/// Whose profile it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProfileKind {
    /// 专家: one person, who alone decides whether to be listed.
    Expert,
    /// 服务机构
    Institution,
    /// 团队 of an organisation.
    Team,
}

impl ProfileKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Expert, Self::Institution, Self::Team];

    const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Expert => ("expert", "专家", "expert"),
            Self::Institution => ("institution", "服务机构", "institution"),
            Self::Team => ("team", "科研团队", "team"),
        }
    }

    /// The word of the database and the API.
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

    /// The kind of a stored word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// A profile as it is typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProfileForm {
    /// 姓名或名称
    pub name: String,
    /// 职称、职务; of institutions their qualification.
    pub title: String,
    /// 单位, in words.
    pub organisation: String,
    /// Codes of the list `technical_field`.
    pub fields: Vec<String>,
    /// 关键词
    pub keywords: Vec<String>,
    /// Code of a division.
    pub division: String,
    /// 研究方向、服务内容
    pub introduction: String,
    /// 做过的工作
    pub achievements: String,
    /// What is offered, words of [`CooperationMode`].
    pub modes: Vec<String>,
    /// 联系方式, for whoever has signed in.
    pub contact: String,
    /// 同意公开
    pub is_listed: bool,
}

impl ProfileForm {
    /// Cleans every text; tells what is missing or wrong. What is not listed may be incomplete.
    ///
    /// # Errors
    /// One problem a field.
    pub fn checked(&self, region: &Region, today: Date) -> Result<Self, Vec<RowProblem>> {
        let mut problems = Vec::new();
        let mut text = |field: &str, text: &str, max: usize| {
            clean_text(text, max).unwrap_or_else(|_| {
                problems.push(problem(
                    field,
                    "profile.too_long",
                    (&format!("超过 {max} 个字"), "too long"),
                    ("请缩短", "shorten it"),
                ));
                String::new()
            })
        };
        let form = Self {
            name: text("name", &self.name, SHORT_TEXT_CHARACTERS_MAX),
            title: text("title", &self.title, SHORT_TEXT_CHARACTERS_MAX),
            organisation: text("organisation", &self.organisation, SHORT_TEXT_CHARACTERS_MAX),
            introduction: text("introduction", &self.introduction, LONG_TEXT_CHARACTERS_MAX),
            achievements: text("achievements", &self.achievements, LONG_TEXT_CHARACTERS_MAX),
            contact: text("contact", &self.contact, SHORT_TEXT_CHARACTERS_MAX),
            division: text("division", &self.division, SHORT_TEXT_CHARACTERS_MAX),
            keywords: self
                .keywords
                .iter()
                .map(|word| text("keywords", word, SHORT_TEXT_CHARACTERS_MAX))
                .collect(),
            fields: self.fields.clone(),
            modes: self.modes.clone(),
            is_listed: self.is_listed,
        };
        if form.keywords.len() > KEYWORDS_MAX || form.fields.len() > FIELDS_MAX {
            let reason = (
                format!("关键词最多 {KEYWORDS_MAX} 个，领域最多 {FIELDS_MAX} 个"),
                "too many keywords or fields",
            );
            problems.push(problem(
                "keywords",
                "profile.too_many",
                (&reason.0, reason.1),
                ("请删减", "leave some out"),
            ));
        }
        let knows = |code: &String| {
            region
                .codes("technical_field")
                .and_then(|list| list.by_code(code))
                .is_some_and(|one| one.holds_on(today))
        };
        if !form.fields.iter().all(knows)
            || form.modes.iter().any(|code| CooperationMode::from_code(code).is_none())
        {
            problems.push(problem(
                "fields",
                "profile.code",
                ("没有这个领域或合作方式", "there is no such field or mode"),
                ("请选择", "choose one"),
            ));
        }
        let is_current =
            DivisionCode::parse(&form.division).is_some_and(|code| region.divisions().is_current(code));
        if !form.division.is_empty() && !is_current {
            problems.push(problem(
                "division",
                "profile.division",
                ("不是现行的行政区划代码", "no division of today"),
                ("请从列表中选择", "choose one of the list"),
            ));
        }
        let needed =
            [("name", &form.name), ("introduction", &form.introduction), ("division", &form.division)];
        for (field, _) in
            needed.iter().filter(|(field, text)| text.is_empty() && (form.is_listed || *field == "name"))
        {
            problems.push(problem(
                field,
                "profile.missing",
                ("没有填写", "this is not filled in"),
                ("请填写", "fill it in"),
            ));
        }
        if form.is_listed && form.fields.is_empty() {
            problems.push(problem(
                "fields",
                "profile.missing",
                ("没有选择技术领域", "no field is chosen"),
                ("请选择", "choose one"),
            ));
        }
        if problems.is_empty() { Ok(form) } else { Err(problems) }
    }

    /// What everybody may search, in small letters.
    #[must_use]
    pub fn teaser(&self) -> String {
        let words = [&self.name, &self.title, &self.organisation, &self.introduction, &self.achievements];
        let words = words.into_iter().chain(&self.keywords).map(String::as_str);
        words.collect::<Vec<_>>().join(" ").to_lowercase()
    }
}

fn problem(field: &str, code: &'static str, reason: (&str, &str), fix: (&str, &str)) -> RowProblem {
    RowProblem {
        field: field.to_owned(),
        value: String::new(),
        code,
        reason_zh: reason.0.to_owned(),
        reason_en: reason.1.to_owned(),
        fix_zh: fix.0.to_owned(),
        fix_en: fix.1.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::region::tests::HUNAN;
    use jiff::civil::date;

    #[test]
    fn what_is_listed_is_complete_and_what_is_not_may_be_a_draft() {
        let today = date(2026, 11, 23);
        let draft = ProfileForm { name: " 示例专家 ".to_owned(), ..ProfileForm::default() };
        assert_eq!(draft.checked(&HUNAN, today).map(|form| form.name), Ok("示例专家".to_owned()));
        let listed = ProfileForm { is_listed: true, ..draft.clone() };
        let fields: Vec<_> =
            listed.checked(&HUNAN, today).expect_err("gaps").into_iter().map(|one| one.field).collect();
        assert_eq!(fields, ["introduction", "division", "fields"]);
        let odd = ProfileForm { fields: vec!["77".to_owned()], division: "x".to_owned(), ..draft };
        assert_eq!(odd.checked(&HUNAN, today).expect_err("odd").len(), 2);
    }
}
