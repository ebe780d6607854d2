//! Where a demand stands (需求状态), and what is done with it.

use serde::{Deserialize, Serialize};

/// Which list a demand belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DemandKind {
    /// 企业技术需求: of one company.
    Enterprise,
    /// 行业共性需求: of several companies, made of theirs.
    Common,
}

impl DemandKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Enterprise, Self::Common];

    /// The word of the database and the API.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Enterprise => "enterprise",
            Self::Common => "common",
        }
    }

    /// The Chinese term.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Enterprise => "企业技术需求",
            Self::Common => "行业共性需求",
        }
    }

    /// The English term.
    #[must_use]
    pub const fn label_en(self) -> &'static str {
        match self {
            Self::Enterprise => "company demand",
            Self::Common => "industry-common demand",
        }
    }

    /// The kind of a stored word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// Where a demand stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DemandState {
    /// 草稿: whoever collects it still writes.
    Draft,
    /// 已征集: it waits for the formal check.
    Collected,
    /// 退回补充
    Returned,
    /// 已核对: it waits to be sorted.
    Checked,
    /// 已梳理: it waits to be screened.
    Sorted,
    /// 已入选: it goes on the next issue of its list.
    Screened,
    /// 已发布: on the current list.
    Published,
    /// 对接中: somebody has come forward.
    Matched,
    /// 已签约
    Contracted,
    /// 未入选
    Declined,
    /// 已并入: part of a common demand now.
    Merged,
    /// 已拆分: several demands now.
    Split,
    /// 已撤回
    Withdrawn,
    /// 已到期: not confirmed again in time, or its days are over.
    Expired,
}

impl DemandState {
    /// Every state, in the order of the procedure.
    pub const ALL: [Self; 14] = [
        Self::Draft,
        Self::Collected,
        Self::Returned,
        Self::Checked,
        Self::Sorted,
        Self::Screened,
        Self::Published,
        Self::Matched,
        Self::Contracted,
        Self::Declined,
        Self::Merged,
        Self::Split,
        Self::Withdrawn,
        Self::Expired,
    ];

    const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Draft => ("draft", "草稿", "draft"),
            Self::Collected => ("collected", "已征集", "collected"),
            Self::Returned => ("returned", "退回补充", "returned"),
            Self::Checked => ("checked", "已核对", "checked"),
            Self::Sorted => ("sorted", "已梳理", "sorted"),
            Self::Screened => ("screened", "已入选", "selected"),
            Self::Published => ("published", "已发布", "published"),
            Self::Matched => ("matched", "对接中", "being matched"),
            Self::Contracted => ("contracted", "已签约", "contracted"),
            Self::Declined => ("declined", "未入选", "not selected"),
            Self::Merged => ("merged", "已并入共性需求", "merged"),
            Self::Split => ("split", "已拆分", "split"),
            Self::Withdrawn => ("withdrawn", "已撤回", "withdrawn"),
            Self::Expired => ("expired", "已到期", "expired"),
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

    /// The state of a stored word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Whether it stands on the market: whoever seeks work may read its teaser.
    #[must_use]
    pub const fn is_on_market(self) -> bool {
        matches!(self, Self::Published | Self::Matched)
    }

    /// Whether nothing follows any more.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Contracted | Self::Merged | Self::Split | Self::Withdrawn)
    }

    /// Whether whoever entered it may write on it.
    #[must_use]
    pub const fn is_writable(self) -> bool {
        matches!(self, Self::Draft | Self::Returned)
    }
}

/// How the company stood behind a demand (企业确认).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verification {
    /// The company confirmed on screen, or entered it itself.
    Company,
    /// 电话核实: somebody called and found contact, budget and authority as written.
    Telephone,
}

impl Verification {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Company, Self::Telephone];

    /// The word of the database and the API.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Company => "company",
            Self::Telephone => "telephone",
        }
    }

    /// The way of a stored word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.code() == code)
    }
}

/// What somebody does with a demand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DemandStep {
    /// 提交
    Submit,
    /// 企业确认; every 90 days again.
    Confirm,
    /// 核对通过: the formal check of county or city.
    Check,
    /// 退回补充
    Return,
    /// 梳理归类
    Sort,
    /// 邀请专家
    InviteExperts,
    /// 入选
    Select,
    /// 不入选
    Decline,
    /// 发布: with an issue of its list.
    Publish,
    /// 已对接
    Match,
    /// 已签约
    Contract,
    /// 撤回
    Withdraw,
    /// 到期: taken by the program.
    Expire,
    /// 续期: an expired demand is wanted again.
    Renew,
    /// 并入共性需求
    Merge,
    /// 拆分
    Divide,
}

impl DemandStep {
    /// Every step.
    pub const ALL: [Self; 16] = [
        Self::Submit,
        Self::Confirm,
        Self::Check,
        Self::Return,
        Self::Sort,
        Self::InviteExperts,
        Self::Select,
        Self::Decline,
        Self::Publish,
        Self::Match,
        Self::Contract,
        Self::Withdraw,
        Self::Expire,
        Self::Renew,
        Self::Merge,
        Self::Divide,
    ];

    const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Submit => ("submit", "提交", "hand in"),
            Self::Confirm => ("confirm", "确认", "confirm"),
            Self::Check => ("check", "核对通过", "pass the formal check"),
            Self::Return => ("return", "退回补充", "return"),
            Self::Sort => ("sort", "梳理归类", "sort"),
            Self::InviteExperts => ("invite_experts", "邀请专家", "invite experts"),
            Self::Select => ("select", "入选", "select"),
            Self::Decline => ("decline", "不入选", "decline"),
            Self::Publish => ("publish", "发布", "publish"),
            Self::Match => ("match", "登记对接", "note a match"),
            Self::Contract => ("contract", "登记签约", "note a contract"),
            Self::Withdraw => ("withdraw", "撤回", "withdraw"),
            Self::Expire => ("expire", "到期", "expire"),
            Self::Renew => ("renew", "续期", "renew"),
            Self::Merge => ("merge", "并入共性需求", "merge"),
            Self::Divide => ("divide", "拆分", "split"),
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

    /// Whether it has to say why, in words that the company reads.
    #[must_use]
    pub const fn needs_words(self) -> bool {
        matches!(self, Self::Return | Self::Decline | Self::Withdraw)
    }
}
