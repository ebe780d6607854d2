//! Texts of notices about achievements (科技成果通知).

use super::kind::{NoticeKind, Words};

/// The texts of a kind; none where it is about something else.
pub(super) const fn words(kind: NoticeKind) -> Option<Words> {
    Some(match kind {
        NoticeKind::AchievementWaits => Words {
            code: "achievement_waits",
            title: ("科技成果待保密审查", "An achievement waits for its review"),
            sentence: (
                "“{title}”已提交，请本单位未参与填写的人员作保密审查。",
                "{title} was handed in; somebody of the unit who did not write it reviews it for confidentiality.",
            ),
            outside: (
                "本单位有一项科技成果等待保密审查。",
                "An achievement of your unit waits for its confidentiality review.",
            ),
            values: &["title"],
        },
        NoticeKind::AchievementCleared => Words {
            code: "achievement_cleared",
            title: ("科技成果通过保密审查", "Your achievement was cleared"),
            sentence: (
                "“{title}”已通过保密审查，可以公示或挂牌。",
                "{title} was cleared; it can be publicised or listed.",
            ),
            outside: ("您填报的一项科技成果已通过保密审查。", "An achievement that you entered was cleared."),
            values: &["title"],
        },
        NoticeKind::AchievementSentBack => Words {
            code: "achievement_sent_back",
            title: ("科技成果退回修改", "Your achievement was sent back"),
            sentence: (
                "“{title}”未通过保密审查，请按意见修改后重新提交。",
                "{title} was not cleared; see why, change it and hand it in again.",
            ),
            outside: ("您填报的一项科技成果需要修改。", "An achievement that you entered has to be changed."),
            values: &["title"],
        },
        NoticeKind::AchievementTakenDown => Words {
            code: "achievement_taken_down",
            title: ("科技成果被撤下", "Your achievement was taken down"),
            sentence: ("“{title}”已由管理部门撤下，请查看理由。", "The office took {title} down; see why."),
            outside: (
                "您单位的一项科技成果已由管理部门撤下。",
                "The office took an achievement of your unit down.",
            ),
            values: &["title"],
        },
        NoticeKind::AchievementObjectionRaised => Words {
            code: "achievement_objection_raised",
            title: ("公示异议待答复", "An objection waits for an answer"),
            sentence: (
                "有人对“{title}”的公示提出异议，答复前不能挂牌。",
                "Somebody objected to {title}; it cannot be listed before the answer.",
            ),
            outside: (
                "有一项科技成果公示异议等待答复。",
                "An objection to an achievement waits for an answer.",
            ),
            values: &["title"],
        },
        NoticeKind::AchievementObjectionAnswered => Words {
            code: "achievement_objection_answered",
            title: ("公示异议已答复", "Your objection was answered"),
            sentence: (
                "您对“{title}”公示提出的异议已答复，请查看。",
                "Your objection to {title} was answered; see the answer.",
            ),
            outside: ("您提出的公示异议已答复。", "Your objection to an achievement was answered."),
            values: &["title"],
        },
        _ => return None,
    })
}
