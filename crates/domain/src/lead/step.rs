//! What is done with a lead (对接步骤), and why one is given up (终止原因).

use serde::{Deserialize, Serialize};

use super::stage::LeadStage;

/// What somebody does with a lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeadStep {
    /// 建立线索: the first step of every lead.
    Open,
    /// 联系
    Contact,
    /// 会面
    Meet,
    /// 洽谈
    Negotiate,
    /// 达成意向
    Agree,
    /// 拟订合同: a draft at registration.
    DraftContract,
    /// 关联合同: notes the number of a contract that was registered otherwise.
    LinkContract,
    /// 指定经理人
    Assign,
    /// 终止
    Close,
    /// 重新开始
    Reopen,
}

impl LeadStep {
    /// Every step.
    pub const ALL: [Self; 10] = [
        Self::Open,
        Self::Contact,
        Self::Meet,
        Self::Negotiate,
        Self::Agree,
        Self::DraftContract,
        Self::LinkContract,
        Self::Assign,
        Self::Close,
        Self::Reopen,
    ];

    const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Open => ("open", "建立线索", "open"),
            Self::Contact => ("contact", "联系", "contact"),
            Self::Meet => ("meet", "会面", "meet"),
            Self::Negotiate => ("negotiate", "洽谈", "negotiate"),
            Self::Agree => ("agree", "达成意向", "agree"),
            Self::DraftContract => ("draft_contract", "拟订合同", "draft the contract"),
            Self::LinkContract => ("link_contract", "关联合同", "link the contract"),
            Self::Assign => ("assign", "指定经理人", "assign a manager"),
            Self::Close => ("close", "终止", "close"),
            Self::Reopen => ("reopen", "重新开始", "open again"),
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

    /// The step of a stored word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.code() == code)
    }

    /// The stage that it leads to; none where it leaves the lead as far as it was.
    #[must_use]
    pub const fn leads_to(self) -> Option<LeadStage> {
        match self {
            Self::Contact => Some(LeadStage::Contact),
            Self::Meet => Some(LeadStage::Meeting),
            Self::Negotiate => Some(LeadStage::Negotiation),
            Self::Agree => Some(LeadStage::Agreement),
            Self::DraftContract | Self::LinkContract => Some(LeadStage::ContractDraft),
            Self::Open | Self::Assign | Self::Close | Self::Reopen => None,
        }
    }

    /// Whether it is something that happened between the two sides: it may be recorded again, and days after.
    #[must_use]
    pub const fn is_encounter(self) -> bool {
        matches!(self, Self::Contact | Self::Meet | Self::Negotiate | Self::Agree)
    }
}

/// Why a lead is given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CloseReason {
    /// 价格谈不拢
    Price,
    /// 技术成熟度不够
    Maturity,
    /// 技术不符合需要
    Mismatch,
    /// 权属或许可条件不合
    Rights,
    /// 已另寻合作方
    FoundElsewhere,
    /// 资金不到位
    Funding,
    /// 需求已变化或取消
    NoLongerWanted,
    /// 对方无回应
    NoAnswer,
    /// 重复或误建
    Duplicate,
    /// 其他: said in words.
    Other,
}

impl CloseReason {
    /// Every reason.
    pub const ALL: [Self; 10] = [
        Self::Price,
        Self::Maturity,
        Self::Mismatch,
        Self::Rights,
        Self::FoundElsewhere,
        Self::Funding,
        Self::NoLongerWanted,
        Self::NoAnswer,
        Self::Duplicate,
        Self::Other,
    ];

    const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Price => ("price", "价格未谈拢", "no agreement on the price"),
            Self::Maturity => ("maturity", "技术成熟度不够", "not mature enough"),
            Self::Mismatch => ("mismatch", "技术不符合需要", "does not fit what is needed"),
            Self::Rights => ("rights", "权属或许可条件不合", "no agreement on the rights"),
            Self::FoundElsewhere => ("found_elsewhere", "已另寻合作方", "found elsewhere"),
            Self::Funding => ("funding", "资金未落实", "no money for it"),
            Self::NoLongerWanted => ("no_longer_wanted", "需求已变化或取消", "not wanted any more"),
            Self::NoAnswer => ("no_answer", "对方没有回应", "no answer"),
            Self::Duplicate => ("duplicate", "重复或误建", "twice or by mistake"),
            Self::Other => ("other", "其他", "other"),
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

    /// The reason of a stored word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }
}
