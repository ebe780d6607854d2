//! What notices are about (通知类型), and their texts.

use serde::{Deserialize, Serialize};

use super::achievement_words;

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
    pub const ALL: [Self; 51] = [
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
        if let Some(words) = achievement_words::words(self) {
            return words;
        }
        match self {
            Self::RoleGranted => Words {
                code: "role_granted",
                title: ("您获得了新的角色", "You were granted a role"),
                sentence: (
                    "已授予您“{role}”角色，自 {from} 起有效。",
                    "You were granted the role {role}, valid from {from}.",
                ),
                outside: ("您在本平台获得了新的角色。", "You were granted a new role on this platform."),
                values: &["role", "from"],
            },
            Self::ImportFinished => Words {
                code: "import_finished",
                title: ("导入已完成", "Import finished"),
                sentence: (
                    "您上传的文件 {file} 已处理完毕。",
                    "The file {file} that you sent has been read.",
                ),
                outside: ("您上传的文件已处理完毕。", "The file that you sent has been read."),
                values: &["file"],
            },
            Self::ImportRefused => Words {
                code: "import_refused",
                title: ("文件未导入", "File not imported"),
                sentence: (
                    "您上传的文件 {file} 有问题，未导入。请查看问题清单，改正后重新上传。",
                    "The file {file} that you sent has problems and was not imported. See the list, correct and send it again.",
                ),
                outside: (
                    "您上传的文件有问题，未导入。",
                    "The file that you sent has problems and was not imported.",
                ),
                values: &["file"],
            },
            Self::ImportFailed => Words {
                code: "import_failed",
                title: ("导入中断", "Import broke off"),
                sentence: (
                    "处理文件 {file} 时系统出错，未导入任何数据。请重新处理。",
                    "Something went wrong on our side while {file} was read; nothing was imported. Try again.",
                ),
                outside: (
                    "处理您上传的文件时系统出错，未导入任何数据。",
                    "Something went wrong on our side while your file was read; nothing was imported.",
                ),
                values: &["file"],
            },
            Self::ImportAsks => Words {
                code: "import_asks",
                title: ("导入等待您确认来源", "An import asks for its source"),
                sentence: (
                    "无法判断文件 {file} 是登记数据还是交换数据，请确认。",
                    "{file} does not say whether it holds registry or exchange data; please say so.",
                ),
                outside: (
                    "您上传的文件需要您确认数据来源。",
                    "The file that you sent does not say where its data come from.",
                ),
                values: &["file"],
            },
            Self::BulletinDrafted => Words {
                code: "bulletin_drafted",
                title: ("通报草稿待签发", "A draft bulletin waits for a signature"),
                sentence: (
                    "{period}通报草稿已生成，请审阅签发。",
                    "The draft bulletin of {period} is ready to be reviewed and signed.",
                ),
                outside: (
                    "有一份通报草稿等待您审阅签发。",
                    "A draft bulletin waits for your review and signature.",
                ),
                values: &["period"],
            },
            Self::BulletinSigned => Words {
                code: "bulletin_signed",
                title: ("新通报已签发", "A bulletin was signed"),
                sentence: (
                    "{period}通报已签发，文号 {number}。",
                    "The bulletin of {period} was signed as {number}.",
                ),
                outside: (
                    "新一期技术合同统计通报已签发。",
                    "A new bulletin of technology contracts was signed.",
                ),
                values: &["period", "number"],
            },
            Self::CorrectionWaits => Words {
                code: "correction_waits",
                title: ("已公布的数字有变化", "Published figures have changed"),
                sentence: (
                    "{period}通报（{number}）中有 {count} 格数字因登记变化不再一致，请决定是否订正。",
                    "{count} cells of the bulletin of {period} ({number}) are no longer what was published; decide on \
                     a correction.",
                ),
                outside: (
                    "已公布的通报中有数字变化，等待您决定是否订正。",
                    "Figures of a published bulletin have changed and wait for your decision.",
                ),
                values: &["period", "number", "count"],
            },
            Self::ObjectionRaised => Words {
                code: "objection_raised",
                title: ("归属异议待裁定", "An objection waits to be decided"),
                sentence: (
                    "{office}对合同 {contract} 的归属提出异议，请裁定。",
                    "{office} objected to the place of contract {contract}; please decide.",
                ),
                outside: (
                    "有一项归属异议等待裁定。",
                    "An objection to the place of a contract waits to be decided.",
                ),
                values: &["office", "contract"],
            },
            Self::ObjectionDecided => Words {
                code: "objection_decided",
                title: ("归属异议已裁定", "An objection was decided"),
                sentence: (
                    "对合同 {contract} 的归属异议已裁定：计入{place}。",
                    "The objection to the place of contract {contract} was decided: it counts in {place}.",
                ),
                outside: ("您提出的归属异议已裁定。", "The objection that you raised was decided."),
                values: &["contract", "place"],
            },
            Self::ApplicationSubmitted => Words {
                code: "application_submitted",
                title: ("登记申请待受理", "An application waits to be accepted"),
                sentence: (
                    "“{project}”的登记申请已提交，请受理。",
                    "The application for {project} was handed in; please accept or return it.",
                ),
                outside: (
                    "有一份技术合同登记申请等待受理。",
                    "An application for registration waits to be accepted.",
                ),
                values: &["project"],
            },
            Self::ApplicationWithdrawn => Words {
                code: "application_withdrawn",
                title: ("登记申请已撤回", "An application was taken back"),
                sentence: (
                    "“{project}”的登记申请已由申请人撤回。",
                    "The applicant took back the application for {project}.",
                ),
                outside: (
                    "有一份技术合同登记申请已由申请人撤回。",
                    "An application for registration was taken back by its applicant.",
                ),
                values: &["project"],
            },
            Self::ApplicationAccepted => Words {
                code: "application_accepted",
                title: ("登记申请已受理", "Your application was accepted"),
                sentence: (
                    "“{project}”的登记申请已受理，办理时限开始计算。",
                    "The application for {project} was accepted; the time for its handling has begun.",
                ),
                outside: ("您的技术合同登记申请已受理。", "Your application for registration was accepted."),
                values: &["project"],
            },
            Self::ApplicationReturned => Words {
                code: "application_returned",
                title: ("登记申请需要补正", "Your application needs corrections"),
                sentence: (
                    "“{project}”的登记申请需要补正。请查看一次性告知的全部内容，改正后重新提交。",
                    "The application for {project} needs corrections. See all of them, correct and hand it in again.",
                ),
                outside: (
                    "您的技术合同登记申请需要补正。",
                    "Your application for registration needs corrections.",
                ),
                values: &["project"],
            },
            Self::ReviewWaits => Words {
                code: "review_waits",
                title: ("登记申请待复核", "An application waits for its second review"),
                sentence: (
                    "“{project}”的登记申请已初审，请复核。",
                    "The application for {project} has had its first review and waits for the second.",
                ),
                outside: (
                    "有一份技术合同登记申请等待复核。",
                    "An application for registration waits for its second review.",
                ),
                values: &["project"],
            },
            Self::DecisionDue => Words {
                code: "decision_due",
                title: ("登记申请临近办结期限", "A decision is due soon"),
                sentence: (
                    "“{project}”的登记申请应在 {day} 前办结，请抓紧办理。",
                    "The application for {project} is to be decided by {day}.",
                ),
                outside: (
                    "有一份技术合同登记申请临近办结期限。",
                    "The decision about an application for registration is due soon.",
                ),
                values: &["project", "day"],
            },
            Self::ExpertsAsked => Words {
                code: "experts_asked",
                title: ("登记申请待专家评审", "An application waits for the experts"),
                sentence: (
                    "“{project}”的登记申请报请专家评审，请出具意见。",
                    "The application for {project} was put before the experts; please give your opinion.",
                ),
                outside: (
                    "有一份技术合同登记申请等待专家评审。",
                    "An application for registration waits for the experts.",
                ),
                values: &["project"],
            },
            Self::ExpertOpinionGiven => Words {
                code: "expert_opinion_given",
                title: ("专家评审意见已出具", "An expert has given an opinion"),
                sentence: (
                    "对“{project}”的专家评审意见已出具，请继续办理。",
                    "An expert has given an opinion on {project}; please go on.",
                ),
                outside: (
                    "一份技术合同登记申请的专家评审意见已出具。",
                    "An expert has given an opinion on an application for registration.",
                ),
                values: &["project"],
            },
            Self::ApplicationApproved => Words {
                code: "application_approved",
                title: ("登记申请预审通过", "Your application was approved"),
                sentence: (
                    "“{project}”的登记申请预审通过，将在全国系统登记。",
                    "The application for {project} was approved and will be registered in the national system.",
                ),
                outside: (
                    "您的技术合同登记申请预审通过。",
                    "Your application for registration was approved.",
                ),
                values: &["project"],
            },
            Self::ContractRegistered => Words {
                code: "contract_registered",
                title: ("技术合同已登记", "Your contract was registered"),
                sentence: ("“{project}”已完成认定登记。", "{project} was registered."),
                outside: (
                    "您申请的技术合同已完成认定登记。",
                    "The contract that you applied for was registered.",
                ),
                values: &["project"],
            },
            Self::ApplicationRefused => Words {
                code: "application_refused",
                title: ("不予登记", "Your application was refused"),
                sentence: (
                    "“{project}”的登记申请不予登记。请查看理由；如有异议，可以提出。",
                    "The application for {project} was refused. See why; you may object.",
                ),
                outside: ("您的技术合同登记申请不予登记。", "Your application for registration was refused."),
                values: &["project"],
            },
            Self::RegistrationChanged => Words {
                code: "registration_changed",
                title: ("登记已变更", "A registration was changed"),
                sentence: ("“{project}”的登记已变更。", "The registration of {project} was changed."),
                outside: ("您的一项技术合同登记已变更。", "A registration of yours was changed."),
                values: &["project"],
            },
            Self::RegistrationCancelled => Words {
                code: "registration_cancelled",
                title: ("登记已注销", "A registration was cancelled"),
                sentence: ("“{project}”的登记已注销。", "The registration of {project} was cancelled."),
                outside: ("您的一项技术合同登记已注销。", "A registration of yours was cancelled."),
                values: &["project"],
            },
            Self::RegistrationRevoked => Words {
                code: "registration_revoked",
                title: ("登记已撤销", "A registration was revoked"),
                sentence: (
                    "“{project}”的登记已撤销。请查看理由和后续事项。",
                    "The registration of {project} was revoked. See why and what follows.",
                ),
                outside: ("您的一项技术合同登记已撤销。", "A registration of yours was revoked."),
                values: &["project"],
            },
            Self::ApplicationReopened => Words {
                code: "application_reopened",
                title: ("登记申请重新办理", "Your application is taken up again"),
                sentence: (
                    "对“{project}”不予登记的异议成立，申请重新办理。",
                    "The objection to the refusal of {project} was upheld; the application is taken up again.",
                ),
                outside: (
                    "您的异议成立，登记申请重新办理。",
                    "Your objection was upheld; the application is taken up again.",
                ),
                values: &["project"],
            },
            Self::ApplicationHandedOn => Words {
                code: "application_handed_on",
                title: ("登记申请已移交", "An application was handed on"),
                sentence: (
                    "“{project}”的登记申请移交{registrar}继续办理。",
                    "The application for {project} was handed on to {registrar}, which goes on with it.",
                ),
                outside: (
                    "有一份技术合同登记申请移交其他登记点继续办理。",
                    "An application for registration was handed on to another registration point.",
                ),
                values: &["project", "registrar"],
            },
            Self::EvidenceAsked => Words {
                code: "evidence_asked",
                title: ("请就登记情况举证", "You are asked for evidence"),
                sentence: (
                    "“{project}”的登记被检查，请举证。期限：{due}。",
                    "The registration of {project} is inspected; please produce evidence. Until: {due}.",
                ),
                outside: (
                    "您单位的一项技术合同登记被检查，请举证。",
                    "A registration of yours is inspected; please produce evidence.",
                ),
                values: &["project", "due"],
            },
            Self::HearingOffered => Words {
                code: "hearing_offered",
                title: ("拟撤销登记，请陈述申辩", "A revocation is intended; you may be heard"),
                sentence: (
                    "拟撤销“{project}”的登记，您可以陈述申辩。期限：{due}。",
                    "The registration of {project} is to be revoked; you may be heard. Until: {due}.",
                ),
                outside: (
                    "拟撤销您单位的一项技术合同登记，您可以陈述申辩。",
                    "A registration of yours is to be revoked; you may be heard.",
                ),
                values: &["project", "due"],
            },
            Self::InspectionCleared => Words {
                code: "inspection_cleared",
                title: ("检查未发现问题", "An inspection found nothing"),
                sentence: (
                    "对“{project}”登记的检查已结束，未发现问题。",
                    "The inspection of {project} has ended; nothing was found.",
                ),
                outside: (
                    "对您单位一项技术合同登记的检查已结束，未发现问题。",
                    "An inspection of a registration of yours has ended; nothing was found.",
                ),
                values: &["project"],
            },
            Self::RevocationServed => Words {
                code: "revocation_served",
                title: ("撤销决定已送达", "The decision of revocation was served"),
                sentence: (
                    "撤销“{project}”登记的决定已送达。请查看文书和后续事项。",
                    "The decision to revoke the registration of {project} was served. See the papers and what follows.",
                ),
                outside: (
                    "撤销您单位一项技术合同登记的决定已送达。",
                    "The decision to revoke a registration of yours was served.",
                ),
                values: &["project"],
            },
            Self::PartyAnswered => Words {
                code: "party_answered",
                title: ("当事人已答复检查", "The party answered an inspection"),
                sentence: (
                    "“{project}”的当事人已举证或陈述申辩，请继续办理检查。",
                    "The party of {project} has produced evidence or stated its case; please go on with the inspection.",
                ),
                outside: (
                    "一项检查的当事人已答复，请继续办理。",
                    "The party of an inspection has answered; please go on.",
                ),
                values: &["project"],
            },
            Self::RequestRaised => Words {
                code: "request_raised",
                title: ("登记异议或申请待答复", "A request waits for an answer"),
                sentence: (
                    "对“{project}”的登记提出了异议，或申请变更、注销，请答复。",
                    "An objection, change or cancellation was asked for concerning {project}; please answer.",
                ),
                outside: (
                    "有一项登记异议或变更、注销申请等待答复。",
                    "An objection, change or cancellation of a registration waits for an answer.",
                ),
                values: &["project"],
            },
            Self::RequestAnswered => Words {
                code: "request_answered",
                title: ("登记异议或申请已答复", "Your request was answered"),
                sentence: (
                    "您就“{project}”的登记提出的异议或申请已答复，请查看。",
                    "What you asked for or objected to concerning {project} was answered; see the answer.",
                ),
                outside: (
                    "您提出的登记异议或申请已答复。",
                    "Your objection or request concerning a registration was answered.",
                ),
                values: &["project"],
            },
            Self::TextAuditorNamed => Words {
                code: "text_auditor_named",
                title: ("您可以查阅一份合同文本", "You may read the texts of a contract"),
                sentence: (
                    "您被指定查阅“{project}”的合同文本，截止 {day}。每次查看都会记录。",
                    "You are named to read the contract texts of {project} until {day}. Each view is logged.",
                ),
                outside: (
                    "您被指定查阅一份技术合同的文本。",
                    "You are named to read the texts of a contract.",
                ),
                values: &["project", "day"],
            },
            Self::AchievementWaits
            | Self::AchievementCleared
            | Self::AchievementSentBack
            | Self::AchievementTakenDown
            | Self::AchievementObjectionRaised
            | Self::AchievementObjectionAnswered => {
                panic!("invariant: these have their texts in a file of their own")
            }
            Self::DemandToConfirm
            | Self::DemandCollected
            | Self::DemandReturned
            | Self::DemandAdvanced
            | Self::DemandDeclined
            | Self::DemandPublished
            | Self::DemandMerged
            | Self::DemandExpired
            | Self::DemandDue
            | Self::DemandUndertaken
            | Self::DemandReview => super::demand_words::words(self),
        }
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
