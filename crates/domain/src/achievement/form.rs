//! The form (成果信息表) as it is typed, complete or not.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::shown::Section;
use crate::contract::RowProblem;
use crate::market::{
    CooperationMode, DisclosureLevel, LONG_TEXT_CHARACTERS_MAX, SHORT_TEXT_CHARACTERS_MAX, TextProblem,
    clean_text,
};

/// Keywords of an entry.
pub const KEYWORDS_MAX: usize = 12;
/// Rights of an entry.
pub const RIGHTS_MAX: usize = 30;
/// People named with an entry.
pub const MEMBERS_MAX: usize = 30;
/// Most characters of the sentence that lists show.
pub(super) const SUMMARY_CHARACTERS_MAX: usize = 500;

/// What a unit says about something that it offers. Sections can be kept to readers of a level; the first lines of the
/// form (title, summary, field, maturity, place, kinds of rights, modes) are always the public teaser.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AchievementForm {
    /// `result`, `patent` or `service`.
    pub kind: String,
    /// 成果名称
    pub title: String,
    /// 一句话简介; of a patent its abstract.
    pub summary: String,
    /// 关键词
    pub keywords: Vec<String>,
    /// 技术领域, code list `technical_field`.
    pub field: String,
    /// 应用行业, code list `industry`.
    pub industry: String,
    /// 国际专利分类 (IPC), where it is known.
    pub ipc: String,
    /// 所在地, code of a division.
    pub division: String,
    /// 技术成熟度, code list `maturity`.
    pub maturity: String,
    /// 解决的问题
    pub problem: String,
    /// 验证情况: tests, users, certificates.
    pub evidence: String,
    /// 与现有做法比较: figures beside those of what is used today.
    pub comparison: String,
    /// 投入与效益: what it costs to take over and what it brings.
    pub economics: String,
    /// 实施条件: equipment, licences, people that the taker needs.
    pub conditions: String,
    /// 知识产权
    pub rights: Vec<WrittenRight>,
    /// 价格
    pub price: WrittenPrice,
    /// 合作方式, words of [`CooperationMode`].
    pub modes: Vec<String>,
    /// 完成团队
    pub team: Vec<WrittenMember>,
    /// 全部完成人同意转化和公开姓名
    pub has_completers_consent: bool,
    /// 联系方式
    pub contact: WrittenContact,
    /// 公开程度 by section; what is not named has its usual level.
    pub levels: BTreeMap<String, String>,
    /// What is asked before anything is shown.
    pub clearance: Clearance,
    /// 开放许可声明
    pub open_licence: WrittenOpenLicence,
}

/// A right as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WrittenRight {
    /// Code list `ip_kind`.
    pub kind: String,
    /// 专利号、登记号
    pub number: String,
    /// `filed`, `in_force`, `pledged`, `lapsed`.
    pub status: String,
    /// 权利人
    pub holder: String,
    /// 有效期至
    pub valid_until: String,
}

/// The price as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WrittenPrice {
    /// `agreed` 协议定价, `listed` 挂牌, `auction` 拍卖.
    pub method: String,
    /// 拟交易价格, in yuan; empty where it is to be negotiated.
    pub amount: String,
    /// 面议
    pub is_negotiable: bool,
}

/// Somebody of the team.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WrittenMember {
    /// 姓名
    pub name: String,
    /// 承担的工作
    pub part: String,
}

/// Whom to ask.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WrittenContact {
    /// 联系人
    pub name: String,
    /// 电话
    pub telephone: String,
    /// 电子邮箱
    pub email: String,
}

/// What is asked before anything is shown: a publication before the filing date takes the novelty (新颖性) of a patent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Clearance {
    /// `filed` 已申请, `not_needed` 不申请专利, `to_file` 拟申请; empty before it is answered.
    pub patent_filing: String,
    /// 不涉及国家秘密
    pub holds_no_secrets: bool,
}

/// Whether a patent is still to be filed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PatentFiling {
    /// 已提交专利申请或已授权
    Filed,
    /// 不申请专利
    NotNeeded,
    /// 拟申请专利，尚未提交: nothing may be shown.
    ToFile,
}

impl PatentFiling {
    /// Every answer.
    pub const ALL: [Self; 3] = [Self::Filed, Self::NotNeeded, Self::ToFile];

    /// The word of the form.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Filed => "filed",
            Self::NotNeeded => "not_needed",
            Self::ToFile => "to_file",
        }
    }

    /// The answer of a word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|answer| answer.code() == code)
    }
}

/// The statement of an open licence (开放许可声明, 专利法 第五十条) as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WrittenOpenLicence {
    /// Whether one is stated.
    pub is_stated: bool,
    /// 许可使用费支付方式: `single` 一次总付, `yearly` 按年, `share` 提成.
    pub fee_mode: String,
    /// 许可使用费标准, in words with figures.
    pub fee: String,
    /// 许可期限届满日
    pub valid_until: String,
    /// 其他条件
    pub conditions: String,
    /// 国家知识产权局公告号; empty while it is not announced.
    pub announcement: String,
}

impl AchievementForm {
    /// The answer about the patent that is still to be filed.
    #[must_use]
    pub fn patent_filing(&self) -> Option<PatentFiling> {
        PatentFiling::from_code(&self.clearance.patent_filing)
    }

    /// The level that a section needs: as chosen, or as usual.
    #[must_use]
    pub fn level_of(&self, section: Section) -> DisclosureLevel {
        let chosen = self.levels.get(section.code()).and_then(|code| DisclosureLevel::from_code(code));
        chosen.unwrap_or_else(|| section.usual_level())
    }

    /// The modes that are words of ours, each once and in the order of forms.
    #[must_use]
    pub fn cooperation_modes(&self) -> Vec<CooperationMode> {
        CooperationMode::ALL
            .into_iter()
            .filter(|mode| self.modes.iter().any(|code| code == mode.code()))
            .collect()
    }

    /// Cleans every text, drops empty rows, and tells what cannot even be kept.
    ///
    /// # Errors
    /// Texts, rows and levels beyond every limit, each with its field.
    pub fn cleaned(&self) -> Result<Self, Vec<RowProblem>> {
        let mut cleaning = Cleaning { problems: Vec::new() };
        let form = cleaning.form(self);
        if cleaning.problems.is_empty() { Ok(form) } else { Err(cleaning.problems) }
    }
}

struct Cleaning {
    problems: Vec<RowProblem>,
}

impl Cleaning {
    fn text(&mut self, field: &str, text: &str, characters_max: usize) -> String {
        match clean_text(text, characters_max) {
            Ok(text) => text,
            Err(TextProblem::TooLong { characters_max }) => {
                self.problems.push(too_long(field, characters_max));
                String::new()
            }
        }
    }

    fn short(&mut self, field: &str, text: &str) -> String {
        self.text(field, text, SHORT_TEXT_CHARACTERS_MAX)
    }

    fn long(&mut self, field: &str, text: &str) -> String {
        self.text(field, text, LONG_TEXT_CHARACTERS_MAX)
    }

    fn at_most<'a, T>(&mut self, field: &str, items: &'a [T], max: usize) -> &'a [T] {
        if items.len() > max {
            let reason = (format!("超过 {max} 项"), format!("more than {max} items"));
            self.problems.push(problem(
                field,
                "achievement.too_many",
                (&reason.0, &reason.1),
                ("请删减", "leave some out"),
            ));
        }
        &items[..items.len().min(max)]
    }

    fn form(&mut self, form: &AchievementForm) -> AchievementForm {
        let keywords = self.at_most("keywords", &form.keywords, KEYWORDS_MAX);
        let keywords: Vec<String> = keywords
            .iter()
            .map(|word| self.short("keywords", word))
            .filter(|word| !word.is_empty())
            .collect();
        let rights = self.at_most("rights", &form.rights, RIGHTS_MAX);
        let rights = rights.iter().enumerate().map(|(at, right)| self.right(at, right)).collect::<Vec<_>>();
        let team = self.at_most("team", &form.team, MEMBERS_MAX);
        let team = team.iter().enumerate().map(|(at, one)| WrittenMember {
            name: self.short(&format!("team.{at}.name"), &one.name),
            part: self.short(&format!("team.{at}.part"), &one.part),
        });
        let team: Vec<_> = team.collect();
        let mut levels = BTreeMap::new();
        for (key, code) in &form.levels {
            let is_known = Section::from_code(key).is_some()
                && DisclosureLevel::from_code(code)
                    .is_some_and(|level| DisclosureLevel::CHOICES.contains(&level));
            if is_known {
                levels.insert(key.clone(), code.clone());
            } else if !code.is_empty() {
                let reason = ("没有这个公开程度", "there is no such level or section");
                self.problems.push(problem("levels", "achievement.level", reason, ("请选择", "choose one")));
            }
        }
        let modes = self.at_most("modes", &form.modes, CooperationMode::ALL.len());
        let modes: Vec<String> = modes.iter().map(|mode| self.short("modes", mode)).collect();
        AchievementForm {
            kind: self.short("kind", &form.kind),
            title: self.short("title", &form.title),
            summary: self.text("summary", &form.summary, SUMMARY_CHARACTERS_MAX),
            keywords,
            field: self.short("field", &form.field),
            industry: self.short("industry", &form.industry),
            ipc: self.short("ipc", &form.ipc),
            division: self.short("division", &form.division),
            maturity: self.short("maturity", &form.maturity),
            problem: self.long("problem", &form.problem),
            evidence: self.long("evidence", &form.evidence),
            comparison: self.long("comparison", &form.comparison),
            economics: self.long("economics", &form.economics),
            conditions: self.long("conditions", &form.conditions),
            rights: rights.into_iter().filter(|right| *right != WrittenRight::default()).collect(),
            price: WrittenPrice {
                method: self.short("price.method", &form.price.method),
                amount: self.short("price.amount", &form.price.amount),
                is_negotiable: form.price.is_negotiable,
            },
            modes: modes.into_iter().filter(|mode| !mode.is_empty()).collect(),
            team: team.into_iter().filter(|one| !one.name.is_empty()).collect(),
            has_completers_consent: form.has_completers_consent,
            contact: WrittenContact {
                name: self.short("contact.name", &form.contact.name),
                telephone: self.short("contact.telephone", &form.contact.telephone),
                email: self.short("contact.email", &form.contact.email),
            },
            levels,
            clearance: Clearance {
                patent_filing: self.short("clearance.patent_filing", &form.clearance.patent_filing),
                holds_no_secrets: form.clearance.holds_no_secrets,
            },
            open_licence: self.open_licence(&form.open_licence),
        }
    }

    fn right(&mut self, at: usize, right: &WrittenRight) -> WrittenRight {
        let mut text = |key: &str, text: &str| self.short(&format!("rights.{at}.{key}"), text);
        WrittenRight {
            kind: text("kind", &right.kind),
            number: text("number", &right.number),
            status: text("status", &right.status),
            holder: text("holder", &right.holder),
            valid_until: text("valid_until", &right.valid_until),
        }
    }

    fn open_licence(&mut self, licence: &WrittenOpenLicence) -> WrittenOpenLicence {
        WrittenOpenLicence {
            is_stated: licence.is_stated,
            fee_mode: self.short("open_licence.fee_mode", &licence.fee_mode),
            fee: self.text("open_licence.fee", &licence.fee, SUMMARY_CHARACTERS_MAX),
            valid_until: self.short("open_licence.valid_until", &licence.valid_until),
            conditions: self.long("open_licence.conditions", &licence.conditions),
            announcement: self.short("open_licence.announcement", &licence.announcement),
        }
    }
}

pub(super) fn problem(
    field: &str,
    code: &'static str,
    reason: (&str, &str),
    fix: (&str, &str),
) -> RowProblem {
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

fn too_long(field: &str, characters_max: usize) -> RowProblem {
    let reason = (format!("超过 {characters_max} 个字"), format!("longer than {characters_max} characters"));
    problem(field, "achievement.too_long", (&reason.0, &reason.1), ("请缩短", "shorten it"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_kept_without_empty_rows_and_invisible_characters() {
        let typed = AchievementForm {
            title: " 高温合金\u{202E} ".to_owned(),
            keywords: vec![String::new(), "合金".to_owned()],
            rights: vec![WrittenRight::default()],
            team: vec![WrittenMember { name: String::new(), part: "负责人".to_owned() }],
            ..AchievementForm::default()
        };
        let kept = typed.cleaned().expect("within the limits");
        assert_eq!((kept.title.as_str(), kept.keywords.len()), ("高温合金", 1));
        assert!(kept.rights.is_empty() && kept.team.is_empty());
    }

    #[test]
    fn what_is_beyond_the_limits_is_told_with_its_field() {
        let typed = AchievementForm {
            title: "长".repeat(SHORT_TEXT_CHARACTERS_MAX + 1),
            rights: vec![WrittenRight { kind: "21".to_owned(), ..WrittenRight::default() }; RIGHTS_MAX + 1],
            levels: BTreeMap::from([("evidence".to_owned(), "held".to_owned())]),
            ..AchievementForm::default()
        };
        let problems = typed.cleaned().expect_err("too much");
        let fields: Vec<_> = problems.iter().map(|problem| problem.field.as_str()).collect();
        assert_eq!(fields, ["rights", "levels", "title"]);
    }
}
