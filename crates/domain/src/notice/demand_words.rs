//! Texts of notices about demands (技术需求通知).

use super::kind::{NoticeKind, Words};

/// The texts of a kind; none where it is about something else.
pub(super) const fn words(kind: NoticeKind) -> Option<Words> {
    Some(match kind {
        NoticeKind::DemandToConfirm => Words {
            code: "demand_to_confirm",
            title: ("请确认一条技术需求", "A demand waits for your confirmation"),
            sentence: (
                "“{title}”已代您单位填报，请核对后确认；有误可以撤回。",
                "The demand {title} was written down for you; check it and confirm, or withdraw it.",
            ),
            outside: (
                "有一条代您单位填报的技术需求等待确认。",
                "A demand that was written down for your company waits for your confirmation.",
            ),
            values: &["title"],
        },
        NoticeKind::DemandCollected => Words {
            code: "demand_collected",
            title: ("技术需求待核对", "A demand waits for the formal check"),
            sentence: (
                "“{title}”已提交并经企业确认，请核对。",
                "The demand {title} was handed in and confirmed by the company; please check it.",
            ),
            outside: ("有一条技术需求等待核对。", "A demand waits for the formal check."),
            values: &["title"],
        },
        NoticeKind::DemandReturned => Words {
            code: "demand_returned",
            title: ("技术需求需要补充", "A demand needs more"),
            sentence: (
                "“{title}”已退回，请查看意见，补充后重新提交。",
                "The demand {title} was returned; see what is missing, complete it and hand it in again.",
            ),
            outside: ("您填报的技术需求需要补充。", "A demand of yours needs more."),
            values: &["title"],
        },
        NoticeKind::DemandAdvanced => Words {
            code: "demand_advanced",
            title: ("技术需求有新进展", "A demand has moved on"),
            sentence: ("“{title}”现为“{state}”。", "The demand {title} is now: {state}."),
            outside: ("您填报的技术需求有新进展。", "A demand of yours has moved on."),
            values: &["title", "state"],
        },
        NoticeKind::DemandDeclined => Words {
            code: "demand_declined",
            title: ("技术需求未入选", "A demand was not selected"),
            sentence: ("“{title}”未入选，请查看理由。", "The demand {title} was not selected; see why."),
            outside: ("您填报的技术需求未入选。", "A demand of yours was not selected."),
            values: &["title"],
        },
        NoticeKind::DemandPublished => Words {
            code: "demand_published",
            title: ("技术需求已发布", "A demand was published"),
            sentence: (
                "“{title}”已列入新一期清单。",
                "The demand {title} stands on the new issue of its list.",
            ),
            outside: ("您填报的技术需求已发布。", "A demand of yours was published."),
            values: &["title"],
        },
        NoticeKind::DemandMerged => Words {
            code: "demand_merged",
            title: ("技术需求已并入或拆分", "A demand was merged or split"),
            sentence: (
                "“{title}”现为“{state}”，请查看去向。",
                "The demand {title} is now: {state}; see what became of it.",
            ),
            outside: ("您填报的技术需求已并入共性需求或拆分。", "A demand of yours was merged or split."),
            values: &["title", "state"],
        },
        NoticeKind::DemandExpired => Words {
            code: "demand_expired",
            title: ("技术需求已到期", "A demand has expired"),
            sentence: (
                "“{title}”已到期，不再公开。仍有需要的，请确认续期。",
                "The demand {title} has expired and is public no more; renew it if it is still wanted.",
            ),
            outside: ("您填报的技术需求已到期。", "A demand of yours has expired."),
            values: &["title"],
        },
        NoticeKind::DemandDue => Words {
            code: "demand_due",
            title: ("请再次确认技术需求", "Please confirm a demand again"),
            sentence: (
                "“{title}”即将到期，仍有需要的请再次确认。",
                "The demand {title} expires soon; confirm it again if it is still wanted.",
            ),
            outside: ("您填报的技术需求需要再次确认。", "A demand of yours is to be confirmed again."),
            values: &["title"],
        },
        NoticeKind::DemandUndertaken => Words {
            code: "demand_undertaken",
            title: ("有人签署保密承诺查看需求", "Somebody gave an undertaking for a demand"),
            sentence: (
                "有人签署保密承诺后查看了“{title}”，用途见需求页。",
                "Somebody gave a confidentiality undertaking to read {title}; what for stands on its page.",
            ),
            outside: (
                "有人签署保密承诺后查看了您的技术需求。",
                "Somebody gave a confidentiality undertaking to read a demand of yours.",
            ),
            values: &["title"],
        },
        NoticeKind::DemandReview => Words {
            code: "demand_review",
            title: ("请为一条技术需求评分", "A demand waits for your score"),
            sentence: (
                "邀请您评审“{title}”。请先申明利益关系，再评分。",
                "You are invited to judge {title}; declare conflicts of interest first, then score.",
            ),
            outside: ("有一条技术需求等待您评审。", "A demand waits for your judgement."),
            values: &["title"],
        },
        _ => return None,
    })
}
