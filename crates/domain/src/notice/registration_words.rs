//! Texts of notices about the registration of contracts (合同认定登记通知).

use super::kind::{NoticeKind, Words};

/// The texts of a kind; none where it is about something else.
pub(super) const fn words(kind: NoticeKind) -> Option<Words> {
    Some(match kind {
        NoticeKind::ApplicationSubmitted => Words {
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
        NoticeKind::ApplicationWithdrawn => Words {
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
        NoticeKind::ApplicationAccepted => Words {
            code: "application_accepted",
            title: ("登记申请已受理", "Your application was accepted"),
            sentence: (
                "“{project}”的登记申请已受理，办理时限开始计算。",
                "The application for {project} was accepted; the time for its handling has begun.",
            ),
            outside: ("您的技术合同登记申请已受理。", "Your application for registration was accepted."),
            values: &["project"],
        },
        NoticeKind::ApplicationReturned => Words {
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
        NoticeKind::ReviewWaits => Words {
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
        NoticeKind::DecisionDue => Words {
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
        NoticeKind::ExpertsAsked => Words {
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
        NoticeKind::ExpertOpinionGiven => Words {
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
        NoticeKind::ApplicationApproved => Words {
            code: "application_approved",
            title: ("登记申请预审通过", "Your application was approved"),
            sentence: (
                "“{project}”的登记申请预审通过，将在全国系统登记。",
                "The application for {project} was approved and will be registered in the national system.",
            ),
            outside: ("您的技术合同登记申请预审通过。", "Your application for registration was approved."),
            values: &["project"],
        },
        NoticeKind::ContractRegistered => Words {
            code: "contract_registered",
            title: ("技术合同已登记", "Your contract was registered"),
            sentence: ("“{project}”已完成认定登记。", "{project} was registered."),
            outside: (
                "您申请的技术合同已完成认定登记。",
                "The contract that you applied for was registered.",
            ),
            values: &["project"],
        },
        NoticeKind::ApplicationRefused => Words {
            code: "application_refused",
            title: ("不予登记", "Your application was refused"),
            sentence: (
                "“{project}”的登记申请不予登记。请查看理由；如有异议，可以提出。",
                "The application for {project} was refused. See why; you may object.",
            ),
            outside: ("您的技术合同登记申请不予登记。", "Your application for registration was refused."),
            values: &["project"],
        },
        NoticeKind::RegistrationChanged => Words {
            code: "registration_changed",
            title: ("登记已变更", "A registration was changed"),
            sentence: ("“{project}”的登记已变更。", "The registration of {project} was changed."),
            outside: ("您的一项技术合同登记已变更。", "A registration of yours was changed."),
            values: &["project"],
        },
        NoticeKind::RegistrationCancelled => Words {
            code: "registration_cancelled",
            title: ("登记已注销", "A registration was cancelled"),
            sentence: ("“{project}”的登记已注销。", "The registration of {project} was cancelled."),
            outside: ("您的一项技术合同登记已注销。", "A registration of yours was cancelled."),
            values: &["project"],
        },
        NoticeKind::RegistrationRevoked => Words {
            code: "registration_revoked",
            title: ("登记已撤销", "A registration was revoked"),
            sentence: (
                "“{project}”的登记已撤销。请查看理由和后续事项。",
                "The registration of {project} was revoked. See why and what follows.",
            ),
            outside: ("您的一项技术合同登记已撤销。", "A registration of yours was revoked."),
            values: &["project"],
        },
        NoticeKind::ApplicationReopened => Words {
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
        NoticeKind::ApplicationHandedOn => Words {
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
        NoticeKind::EvidenceAsked => Words {
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
        NoticeKind::HearingOffered => Words {
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
        NoticeKind::InspectionCleared => Words {
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
        NoticeKind::RevocationServed => Words {
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
        NoticeKind::PartyAnswered => Words {
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
        NoticeKind::RequestRaised => Words {
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
        NoticeKind::RequestAnswered => Words {
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
        NoticeKind::TextAuditorNamed => Words {
            code: "text_auditor_named",
            title: ("您可以查阅一份合同文本", "You may read the texts of a contract"),
            sentence: (
                "您被指定查阅“{project}”的合同文本，截止 {day}。每次查看都会记录。",
                "You are named to read the contract texts of {project} until {day}. Each view is logged.",
            ),
            outside: ("您被指定查阅一份技术合同的文本。", "You are named to read the texts of a contract."),
            values: &["project", "day"],
        },
        _ => return None,
    })
}
