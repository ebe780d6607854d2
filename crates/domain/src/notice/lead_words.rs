//! Texts of notices about matches, kept searches and leads (匹配、检索与对接线索通知).

use super::kind::{NoticeKind, Words};

/// The texts of a kind; none where it is about something else.
pub(super) const fn words(kind: NoticeKind) -> Option<Words> {
    Some(match kind {
        NoticeKind::LeadOpened => Words {
            code: "lead_opened",
            title: ("有新的对接线索", "There is a new lead"),
            sentence: (
                "“{title}”有新的对接线索，来源：{source}。请联系对方或确定下一步。",
                "There is a new lead for {title}, from: {source}. Get in touch or say what comes next.",
            ),
            outside: ("您有一条新的对接线索。", "There is a new lead for you."),
            values: &["title", "source"],
        },
        NoticeKind::LeadAssigned => Words {
            code: "lead_assigned",
            title: ("有一条线索由您负责", "A lead is yours to look after"),
            sentence: ("“{title}”的对接线索已指定由您负责。", "The lead for {title} was assigned to you."),
            outside: ("有一条对接线索指定由您负责。", "A lead was assigned to you."),
            values: &["title"],
        },
        NoticeKind::LeadAdvanced => Words {
            code: "lead_advanced",
            title: ("对接有新进展", "A lead has moved on"),
            sentence: ("“{title}”的对接现为“{stage}”。", "The lead for {title} is now: {stage}."),
            outside: ("您参与的一项对接有新进展。", "A lead of yours has moved on."),
            values: &["title", "stage"],
        },
        NoticeKind::LeadClosed => Words {
            code: "lead_closed",
            title: ("对接已终止", "A lead was closed"),
            sentence: (
                "“{title}”的对接已终止，原因：{reason}。",
                "The lead for {title} was closed: {reason}.",
            ),
            outside: ("您参与的一项对接已终止。", "A lead of yours was closed."),
            values: &["title", "reason"],
        },
        NoticeKind::LeadPromised => Words {
            code: "lead_promised",
            title: ("有一项对接事项由您办理", "Something is yours to do for a lead"),
            sentence: (
                "“{title}”的对接有一项事项由您在 {due} 前办理。",
                "Something is yours to do for the lead {title} by {due}.",
            ),
            outside: ("有一项对接事项由您办理。", "Something is yours to do for a lead."),
            values: &["title", "due"],
        },
        NoticeKind::LeadOverdue => Words {
            code: "lead_overdue",
            title: ("对接事项已逾期", "Something promised for a lead is overdue"),
            sentence: (
                "“{title}”的对接有一项事项应在 {due} 前办理，现已逾期。请办理，或说明不再需要。",
                "Something promised for the lead {title} by {due} is overdue; do it, or say that it is not needed.",
            ),
            outside: ("有一项对接事项已逾期。", "Something promised for a lead is overdue."),
            values: &["title", "due"],
        },
        NoticeKind::LeadRegistered => Words {
            code: "lead_registered",
            title: ("对接的合同已登记", "The contract of a lead was registered"),
            sentence: (
                "“{title}”的对接签订的合同已登记，编号 {number}。",
                "The contract that came of the lead {title} was registered as {number}.",
            ),
            outside: ("您参与的一项对接已登记合同。", "The contract of a lead of yours was registered."),
            values: &["title", "number"],
        },
        NoticeKind::DemandMatched => Words {
            code: "demand_matched",
            title: ("需求有新的匹配", "There are new answers to a demand"),
            sentence: (
                "“{title}”有新的匹配，请看看是否合适。",
                "There are new answers to {title}. See whether they fit.",
            ),
            outside: ("您的一项技术需求有新的匹配。", "There are new answers to a demand of yours."),
            values: &["title"],
        },
        NoticeKind::OfferMatched => Words {
            code: "offer_matched",
            title: ("有需求与您的成果匹配", "A demand may be met by what you offer"),
            sentence: (
                "有新的技术需求与“{title}”匹配，请看看是否合适。",
                "New demands may be met by {title}. See whether they fit.",
            ),
            outside: ("有新的技术需求与您发布的内容匹配。", "New demands may be met by what you offer."),
            values: &["title"],
        },
        NoticeKind::SearchFound => Words {
            code: "search_found",
            title: ("保存的检索有新结果", "A search that you keep found something new"),
            sentence: (
                "您保存的检索“{text}”有 {count} 条新结果。",
                "The search for {text} that you keep found something new: {count}.",
            ),
            outside: ("您保存的一条检索有新结果。", "A search that you keep found something new."),
            values: &["text", "count"],
        },
        _ => return None,
    })
}
