//! How far a lead has come (对接阶段), where it came from, and what the contract on record makes of it.

use serde::{Deserialize, Serialize};

/// How far a lead has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeadStage {
    /// 线索: both sides are named and nobody has spoken yet.
    Lead,
    /// 已联系
    Contact,
    /// 已会面
    Meeting,
    /// 洽谈中
    Negotiation,
    /// 达成意向
    Agreement,
    /// 拟订合同: a draft waits at registration, or a contract's number is noted.
    ContractDraft,
    /// 已登记: the contract counts on record today. Never stored, see [`standing_of`].
    Registered,
}

impl LeadStage {
    /// Every stage, in order.
    pub const ALL: [Self; 7] = [
        Self::Lead,
        Self::Contact,
        Self::Meeting,
        Self::Negotiation,
        Self::Agreement,
        Self::ContractDraft,
        Self::Registered,
    ];

    const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Lead => ("lead", "线索", "lead"),
            Self::Contact => ("contact", "已联系", "in contact"),
            Self::Meeting => ("meeting", "已会面", "met"),
            Self::Negotiation => ("negotiation", "洽谈中", "negotiating"),
            Self::Agreement => ("agreement", "达成意向", "agreed"),
            Self::ContractDraft => ("contract_draft", "拟订合同", "contract drafted"),
            Self::Registered => ("registered", "已登记", "registered"),
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

    /// The stage of a stored word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.code() == code)
    }

    /// Its place among the stages, from 0.
    #[must_use]
    pub const fn place(self) -> usize {
        self as usize
    }
}

/// Where a lead came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeadSource {
    /// 智能匹配
    Match,
    /// 对接活动
    Event,
    /// 市场咨询: somebody asked on the market.
    Inquiry,
    /// 经理人自主开发
    Manager,
}

impl LeadSource {
    /// Every source.
    pub const ALL: [Self; 4] = [Self::Match, Self::Event, Self::Inquiry, Self::Manager];

    const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Match => ("match", "智能匹配", "match"),
            Self::Event => ("event", "对接活动", "event"),
            Self::Inquiry => ("inquiry", "市场咨询", "market inquiry"),
            Self::Manager => ("manager", "自主开发", "manager's own"),
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

    /// The source of a stored word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.code() == code)
    }
}

/// What a demand is joined with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfferKind {
    /// 科技成果
    Achievement,
    /// 专家、服务机构、团队: a profile of the market.
    Profile,
    /// 单位: known by its name only.
    Organisation,
}

impl OfferKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Achievement, Self::Profile, Self::Organisation];

    const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Achievement => ("achievement", "科技成果", "achievement"),
            Self::Profile => ("profile", "专家或机构", "expert or institution"),
            Self::Organisation => ("organisation", "单位", "organisation"),
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

    /// The kind of a stored word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// What the record says of a lead's contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ContractStanding {
    /// There is none yet.
    None,
    /// It counts today.
    Counted,
    /// It was registered and has left the figures (注销、撤销).
    Withdrawn,
}

/// Where a lead stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LeadStanding {
    /// How far it has come.
    pub stage: LeadStage,
    /// Whether it was given up on the way.
    pub is_closed: bool,
    /// Whether its contract was registered and has left the record.
    pub has_lost_contract: bool,
}

impl LeadStanding {
    /// Whether somebody still works on it.
    #[must_use]
    pub const fn is_open(self) -> bool {
        !self.is_closed && !matches!(self.stage, LeadStage::Registered)
    }
}

/// Where a lead stands: as far as its steps went, and registered exactly while its contract counts on record.
///
/// The record decides and nothing is copied from it, so that a cancellation takes the lead out of the registered ones and a
/// contract that is registered in spite of a lead given up counts.
#[must_use]
pub const fn standing_of(stored: LeadStage, is_closed: bool, contract: ContractStanding) -> LeadStanding {
    let has_lost_contract = matches!(contract, ContractStanding::Withdrawn);
    match contract {
        ContractStanding::Counted => {
            LeadStanding { stage: LeadStage::Registered, is_closed: false, has_lost_contract }
        }
        ContractStanding::None | ContractStanding::Withdrawn => {
            LeadStanding { stage: stored, is_closed, has_lost_contract }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_read_as_it_was_written() {
        for (at, stage) in LeadStage::ALL.into_iter().enumerate() {
            assert_eq!((LeadStage::from_code(stage.code()), stage.place()), (Some(stage), at));
        }
        for source in LeadSource::ALL {
            assert_eq!(LeadSource::from_code(source.code()), Some(source));
        }
        for kind in OfferKind::ALL {
            assert_eq!(OfferKind::from_code(kind.code()), Some(kind));
        }
    }

    #[test]
    fn the_record_alone_says_what_is_registered() {
        let drafted = |contract| standing_of(LeadStage::ContractDraft, false, contract);
        assert_eq!(drafted(ContractStanding::Counted).stage, LeadStage::Registered);
        assert!(!drafted(ContractStanding::Counted).is_open());
        let lost = drafted(ContractStanding::Withdrawn);
        assert_eq!((lost.stage, lost.has_lost_contract), (LeadStage::ContractDraft, true));
        let given_up = standing_of(LeadStage::Agreement, true, ContractStanding::Counted);
        assert_eq!((given_up.stage, given_up.is_closed), (LeadStage::Registered, false));
    }
}
