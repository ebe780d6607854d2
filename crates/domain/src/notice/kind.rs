//! What notices are about (通知类型), and their texts.

use serde::{Deserialize, Serialize};

use super::{achievement_words, demand_words, event_words, lead_words, registration_words, statistics_words};

/// What a notice is about. Each is sent by a use case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NoticeKind {
    /// 授权: a role was granted to the reader.
    RoleGranted,
    /// 导入完成
    ImportFinished,
    /// 未导入: the file, or rows of it, could not be taken.
    ImportRefused,
    /// 处理中断: the program failed, not the file.
    ImportFailed,
    /// 待确认来源
    ImportAsks,
    /// 通报待签发
    BulletinDrafted,
    /// 通报已签发
    BulletinSigned,
    /// 通报待订正: published figures changed.
    CorrectionWaits,
    /// 归属异议待裁定
    ObjectionRaised,
    /// 归属异议已裁定
    ObjectionDecided,
    /// 登记申请待受理: to the registrar.
    ApplicationSubmitted,
    /// 申请已撤回: to the registrar.
    ApplicationWithdrawn,
    /// 已受理
    ApplicationAccepted,
    /// 待补正
    ApplicationReturned,
    /// 待复核: to the registrar.
    ReviewWaits,
    /// 临近办结期限: to the registrar.
    DecisionDue,
    /// 待专家评审
    ExpertsAsked,
    /// 专家意见已出具: to the registrar.
    ExpertOpinionGiven,
    /// 预审通过
    ApplicationApproved,
    /// 已登记
    ContractRegistered,
    /// 不予登记
    ApplicationRefused,
    /// 已变更
    RegistrationChanged,
    /// 已注销
    RegistrationCancelled,
    /// 已撤销
    RegistrationRevoked,
    /// 重新办理
    ApplicationReopened,
    /// 已移交: to the applicant, and to the registrar who goes on with it.
    ApplicationHandedOn,
    /// 请举证: to the party of an inspection.
    EvidenceAsked,
    /// 拟撤销、可陈述申辩: to the party.
    HearingOffered,
    /// 检查未发现问题: to the party.
    InspectionCleared,
    /// 撤销决定已送达: to the party.
    RevocationServed,
    /// 当事人已答复: to the province.
    PartyAnswered,
    /// 异议、变更或注销申请待答复: to the registrar or the province.
    RequestRaised,
    /// 异议、变更或注销申请已答复: to whoever raised it.
    RequestAnswered,
    /// 指定查阅合同文本: to the auditor.
    TextAuditorNamed,
    /// 科技成果待保密审查: to the unit.
    AchievementWaits,
    /// 科技成果通过保密审查: to whoever wrote it.
    AchievementCleared,
    /// 科技成果退回修改: to whoever wrote it.
    AchievementSentBack,
    /// 科技成果被撤下: to whoever wrote it.
    AchievementTakenDown,
    /// 公示异议待答复: to the unit and the office.
    AchievementObjectionRaised,
    /// 公示异议已答复: to whoever objected.
    AchievementObjectionAnswered,
    /// 需求待企业确认: to the company.
    DemandToConfirm,
    /// 需求待核对: to county and city.
    DemandCollected,
    /// 需求退回补充: to the company and who entered it.
    DemandReturned,
    /// 需求办理进展: to the company and who entered it.
    DemandAdvanced,
    /// 需求未入选: likewise, with the reason.
    DemandDeclined,
    /// 需求已发布: likewise.
    DemandPublished,
    /// 需求已并入或拆分: likewise.
    DemandMerged,
    /// 需求已到期: likewise.
    DemandExpired,
    /// 需求待再次确认: likewise.
    DemandDue,
    /// 有人签署保密承诺查看需求: likewise.
    DemandUndertaken,
    /// 请评审需求: to the expert.
    DemandReview,
    /// 新的对接线索: to its sides, its manager, and the office that assigns one.
    LeadOpened,
    /// 线索已指定经理人: to the manager.
    LeadAssigned,
    /// 线索有进展: to its sides and its manager.
    LeadAdvanced,
    /// 线索已终止: likewise.
    LeadClosed,
    /// 有待办事项: to whose promise it is.
    LeadPromised,
    /// 承诺事项逾期: likewise, and the manager.
    LeadOverdue,
    /// 线索的合同已登记: to its sides and its manager.
    LeadRegistered,
    /// 活动邀请: to the organisation or person.
    EventInvited,
    /// 候补转正: to who waited.
    EventSeatGiven,
    /// 参会确认: to who has a seat when registration closes.
    EventConfirmed,
    /// 活动安排有变: to everybody who is invited or registered.
    EventChanged,
    /// 活动取消: likewise, with the reason.
    EventCancelled,
    /// 洽谈安排: to who has meetings.
    EventTimetable,
    /// 需求有新的匹配: to the company and who entered it.
    DemandMatched,
    /// 成果或专家有新的匹配: to the unit or the expert.
    OfferMatched,
    /// 检索有新结果: a kept search found something new.
    SearchFound,
}

/// A value that a sentence names, in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedValue {
    /// Its place in the sentence.
    pub name: String,
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl NamedValue {
    /// A value that reads differently in the two languages.
    #[must_use]
    pub fn new(name: &str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { name: name.to_owned(), zh: zh.into(), en: en.into() }
    }

    /// A value that reads alike: a number, a code.
    #[must_use]
    pub fn same(name: &str, text: &str) -> Self {
        Self::new(name, text, text)
    }
}

/// Something to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What it is about.
    pub kind: NoticeKind,
    /// The record: `bulletin:…`.
    pub subject: String,
    /// What its sentence names; seen in the inbox, never outside.
    pub values: Vec<NamedValue>,
    /// Where to see it: a path without language.
    pub path: String,
}

/// Texts of a kind.
#[derive(Clone, Copy)]
pub(super) struct Words {
    pub code: &'static str,
    pub title: (&'static str, &'static str),
    /// With values, for the inbox.
    pub sentence: (&'static str, &'static str),
    /// Without any, for e-mail and gateways: neither personal data nor contents leave the house.
    pub outside: (&'static str, &'static str),
    pub values: &'static [&'static str],
}

impl NoticeKind {
    /// Every kind, in the order in which lists show them.
    pub const ALL: [Self; 67] = [
        Self::RoleGranted,
        Self::ImportFinished,
        Self::ImportRefused,
        Self::ImportFailed,
        Self::ImportAsks,
        Self::BulletinDrafted,
        Self::BulletinSigned,
        Self::CorrectionWaits,
        Self::ObjectionRaised,
        Self::ObjectionDecided,
        Self::ApplicationSubmitted,
        Self::ApplicationWithdrawn,
        Self::ApplicationAccepted,
        Self::ApplicationReturned,
        Self::ReviewWaits,
        Self::DecisionDue,
        Self::ExpertsAsked,
        Self::ExpertOpinionGiven,
        Self::ApplicationApproved,
        Self::ContractRegistered,
        Self::ApplicationRefused,
        Self::RegistrationChanged,
        Self::RegistrationCancelled,
        Self::RegistrationRevoked,
        Self::ApplicationReopened,
        Self::ApplicationHandedOn,
        Self::EvidenceAsked,
        Self::HearingOffered,
        Self::InspectionCleared,
        Self::RevocationServed,
        Self::PartyAnswered,
        Self::RequestRaised,
        Self::RequestAnswered,
        Self::TextAuditorNamed,
        Self::AchievementWaits,
        Self::AchievementCleared,
        Self::AchievementSentBack,
        Self::AchievementTakenDown,
        Self::AchievementObjectionRaised,
        Self::AchievementObjectionAnswered,
        Self::DemandToConfirm,
        Self::DemandCollected,
        Self::DemandReturned,
        Self::DemandAdvanced,
        Self::DemandDeclined,
        Self::DemandPublished,
        Self::DemandMerged,
        Self::DemandExpired,
        Self::DemandDue,
        Self::DemandUndertaken,
        Self::DemandReview,
        Self::LeadOpened,
        Self::LeadAssigned,
        Self::LeadAdvanced,
        Self::LeadClosed,
        Self::LeadPromised,
        Self::LeadOverdue,
        Self::LeadRegistered,
        Self::EventInvited,
        Self::EventSeatGiven,
        Self::EventConfirmed,
        Self::EventChanged,
        Self::EventCancelled,
        Self::EventTimetable,
        Self::DemandMatched,
        Self::OfferMatched,
        Self::SearchFound,
    ];

    /// Word of the database and of webhooks.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.words().code
    }

    /// The kind of a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// Title, Chinese and English; also the subject of an e-mail.
    #[must_use]
    pub const fn title(self) -> (&'static str, &'static str) {
        self.words().title
    }

    /// The sentence that leaves the house, Chinese and English: it names nothing.
    #[must_use]
    pub const fn outside(self) -> (&'static str, &'static str) {
        self.words().outside
    }

    /// The sentence of the inbox, Chinese and English.
    #[must_use]
    pub fn sentence(self, values: &[NamedValue]) -> (String, String) {
        let (zh, en) = self.words().sentence;
        (
            fill(zh, values.iter().map(|value| (value.name.as_str(), value.zh.as_str()))),
            fill(en, values.iter().map(|value| (value.name.as_str(), value.en.as_str()))),
        )
    }

    /// What its sentence names.
    #[must_use]
    pub const fn values(self) -> &'static [&'static str] {
        self.words().values
    }

    const fn words(self) -> Words {
        let files = [
            statistics_words::words(self),
            registration_words::words(self),
            achievement_words::words(self),
            demand_words::words(self),
            lead_words::words(self),
            event_words::words(self),
        ];
        let mut at = 0;
        while at < files.len() {
            if let Some(words) = files[at] {
                return words;
            }
            at += 1;
        }
        panic!("invariant: each kind has its texts in one of the files")
    }
}

/// Puts values into the places of a text, in one pass: braces in a value stay what they are.
pub fn fill<'a>(text: &str, values: impl Iterator<Item = (&'a str, &'a str)> + Clone) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, behind)) = after.split_once('}') else { break };
        filled.push_str(before);
        if let Some((_, value)) = values.clone().find(|(known, _)| *known == name) {
            filled.push_str(value);
        }
        rest = behind;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(text: &str) -> Vec<&str> {
        let mut found: Vec<&str> =
            text.split('{').skip(1).filter_map(|part| part.split_once('}').map(|(name, _)| name)).collect();
        found.sort_unstable();
        found
    }

    #[test]
    fn both_languages_name_the_same_values() {
        for kind in NoticeKind::ALL {
            let words = kind.words();
            let mut values = words.values.to_vec();
            values.sort_unstable();
            assert_eq!(places(words.sentence.0), values, "{}", words.code);
            assert_eq!(places(words.sentence.1), values, "{}", words.code);
        }
    }

    #[test]
    fn what_leaves_the_house_names_nothing() {
        for kind in NoticeKind::ALL {
            let words = kind.words();
            for text in [words.title.0, words.title.1, words.outside.0, words.outside.1] {
                assert!(places(text).is_empty() && !text.chars().any(char::is_control), "{text}");
            }
        }
    }

    #[test]
    fn kinds_are_found_by_their_codes_and_no_two_share_one() {
        for kind in NoticeKind::ALL {
            assert_eq!(NoticeKind::from_code(kind.code()), Some(kind));
        }
        assert_eq!(NoticeKind::from_code("due_soon"), None);
    }

    #[test]
    fn braces_in_a_value_stay_what_they_are() {
        let values = [NamedValue::same("contract", "{place}"), NamedValue::same("place", "长沙市")];
        let (zh, _) = NoticeKind::ObjectionDecided.sentence(&values);
        assert_eq!(zh, "对合同 {place} 的归属异议已裁定：计入长沙市。");
        assert_eq!(fill("{a} {", [("a", "b")].into_iter()), "b {");
    }
}
