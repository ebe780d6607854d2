//! Texts of notices about roles, imports, bulletins and objections to them (授权、导入、公报与异议通知).

use super::kind::{NoticeKind, Words};

/// The texts of a kind; none where it is about something else.
pub(super) const fn words(kind: NoticeKind) -> Option<Words> {
    Some(match kind {
        NoticeKind::RoleGranted => Words {
            code: "role_granted",
            title: ("您获得了新的角色", "You were granted a role"),
            sentence: (
                "已授予您“{role}”角色，自 {from} 起有效。",
                "You were granted the role {role}, valid from {from}.",
            ),
            outside: ("您在本平台获得了新的角色。", "You were granted a new role on this platform."),
            values: &["role", "from"],
        },
        NoticeKind::ImportFinished => Words {
            code: "import_finished",
            title: ("导入已完成", "Import finished"),
            sentence: ("您上传的文件 {file} 已处理完毕。", "The file {file} that you sent has been read."),
            outside: ("您上传的文件已处理完毕。", "The file that you sent has been read."),
            values: &["file"],
        },
        NoticeKind::ImportRefused => Words {
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
        NoticeKind::ImportFailed => Words {
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
        NoticeKind::ImportAsks => Words {
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
        NoticeKind::BulletinDrafted => Words {
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
        NoticeKind::BulletinSigned => Words {
            code: "bulletin_signed",
            title: ("新通报已签发", "A bulletin was signed"),
            sentence: (
                "{period}通报已签发，文号 {number}。",
                "The bulletin of {period} was signed as {number}.",
            ),
            outside: ("新一期技术合同统计通报已签发。", "A new bulletin of technology contracts was signed."),
            values: &["period", "number"],
        },
        NoticeKind::CorrectionWaits => Words {
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
        NoticeKind::ObjectionRaised => Words {
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
        NoticeKind::ObjectionDecided => Words {
            code: "objection_decided",
            title: ("归属异议已裁定", "An objection was decided"),
            sentence: (
                "对合同 {contract} 的归属异议已裁定：计入{place}。",
                "The objection to the place of contract {contract} was decided: it counts in {place}.",
            ),
            outside: ("您提出的归属异议已裁定。", "The objection that you raised was decided."),
            values: &["contract", "place"],
        },
        _ => return None,
    })
}
