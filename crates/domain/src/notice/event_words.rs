//! Texts of notices about events (活动通知).

use super::kind::{NoticeKind, Words};

/// The texts of a kind; none where it is about something else.
pub(super) const fn words(kind: NoticeKind) -> Option<Words> {
    Some(match kind {
        NoticeKind::EventInvited => Words {
            code: "event_invited",
            title: ("邀请您参加活动", "You are invited to an event"),
            sentence: (
                "邀请您参加 {day} 的“{title}”，请在报名截止前报名。",
                "You are invited to {title} on {day}; register before the deadline.",
            ),
            outside: ("有一场对接活动邀请您参加。", "You are invited to a matching event."),
            values: &["day", "title"],
        },
        NoticeKind::EventSeatGiven => Words {
            code: "event_seat_given",
            title: ("候补转为正式席位", "You have a seat now"),
            sentence: (
                "“{title}”（{day}）有了空位，您已从候补转为正式参会。不能参加的，请取消报名。",
                "A seat at {title} on {day} is yours now; withdraw if you cannot come.",
            ),
            outside: ("您候补的活动有了席位。", "A seat at the event for which you waited is yours now."),
            values: &["title", "day"],
        },
        NoticeKind::EventConfirmed => Words {
            code: "event_confirmed",
            title: ("参会确认", "Your seat is confirmed"),
            sentence: (
                "“{title}”报名已截止，您的席位已确认：{day}，{place}。签到码见“我的报名”。",
                "Registration for {title} is closed and your seat is confirmed: {day}, {place}. Your registration has the \
                 code for check-in.",
            ),
            outside: ("您报名的活动已确认席位。", "Your seat at an event is confirmed."),
            values: &["title", "day", "place"],
        },
        NoticeKind::EventChanged => Words {
            code: "event_changed",
            title: ("活动安排有变", "An event has changed"),
            sentence: (
                "“{title}”的安排有变，现为：{day}，{place}。",
                "{title} has changed; it now takes place on {day}, {place}.",
            ),
            outside: ("您报名的活动安排有变。", "An event for which you registered has changed."),
            values: &["title", "day", "place"],
        },
        NoticeKind::EventCancelled => Words {
            code: "event_cancelled",
            title: ("活动已取消", "An event was cancelled"),
            sentence: ("“{title}”（{day}）已取消：{words}", "{title} on {day} was cancelled: {words}"),
            outside: ("您报名的活动已取消。", "An event for which you registered was cancelled."),
            values: &["title", "day", "words"],
        },
        NoticeKind::EventTimetable => Words {
            code: "event_timetable",
            title: ("洽谈安排已发布", "Your meetings are scheduled"),
            sentence: (
                "“{title}”的一对一洽谈已排定，您的时间和桌号见“我的报名”。",
                "The one-to-one meetings of {title} are scheduled; your times and tables stand with your registration.",
            ),
            outside: ("您参加的活动已排定洽谈安排。", "Meetings of an event are scheduled for you."),
            values: &["title"],
        },
        _ => return None,
    })
}
