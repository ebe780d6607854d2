//! Where an application for registration stands (认定登记申请的状态), and which steps lead on from there.

use serde::{Deserialize, Serialize};

/// Where an application stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApplicationState {
    /// 草稿: the applicant still writes.
    Draft,
    /// 已提交: it waits to be accepted.
    Submitted,
    /// 已受理: the clock runs.
    Accepted,
    /// 待补正: sent back with everything that is missing.
    Returned,
    /// 已初审: the first reviewer has spoken.
    FirstReviewed,
    /// 专家评审中: the province's experts have it.
    ExpertReview,
    /// 预审通过: the desk has approved it; the national system registers.
    PreReviewed,
    /// 已登记.
    Registered,
    /// 不予登记.
    Refused,
    /// 已撤回: taken back by the applicant before a decision.
    Withdrawn,
    /// 已注销: the contract has ended otherwise than by being performed.
    Cancelled,
    /// 已撤销: the registration was taken away.
    Revoked,
}

impl ApplicationState {
    /// Every state.
    pub const ALL: [Self; 12] = [
        Self::Draft,
        Self::Submitted,
        Self::Accepted,
        Self::Returned,
        Self::FirstReviewed,
        Self::ExpertReview,
        Self::PreReviewed,
        Self::Registered,
        Self::Refused,
        Self::Withdrawn,
        Self::Cancelled,
        Self::Revoked,
    ];

    /// The word stored in the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Submitted => "submitted",
            Self::Accepted => "accepted",
            Self::Returned => "returned",
            Self::FirstReviewed => "first_reviewed",
            Self::ExpertReview => "expert_review",
            Self::PreReviewed => "pre_reviewed",
            Self::Registered => "registered",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Cancelled => "cancelled",
            Self::Revoked => "revoked",
        }
    }

    /// The state of a stored word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// The Chinese term.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Draft => "草稿",
            Self::Submitted => "已提交",
            Self::Accepted => "已受理",
            Self::Returned => "待补正",
            Self::FirstReviewed => "已初审",
            Self::ExpertReview => "专家评审中",
            Self::PreReviewed => "预审通过",
            Self::Registered => "已登记",
            Self::Refused => "不予登记",
            Self::Withdrawn => "已撤回",
            Self::Cancelled => "已注销",
            Self::Revoked => "已撤销",
        }
    }

    /// The English term.
    #[must_use]
    pub const fn label_en(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Submitted => "submitted",
            Self::Accepted => "accepted",
            Self::Returned => "returned for correction",
            Self::FirstReviewed => "first review given",
            Self::ExpertReview => "with the experts",
            Self::PreReviewed => "approved for the national system",
            Self::Registered => "registered",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Cancelled => "cancelled",
            Self::Revoked => "revoked",
        }
    }

    /// Whether the registrar's clock runs.
    #[must_use]
    pub const fn is_with_registrar(self) -> bool {
        matches!(self, Self::Accepted | Self::FirstReviewed | Self::ExpertReview)
    }

    /// Whether nothing follows any more. A refusal may still be overturned.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Withdrawn | Self::Cancelled | Self::Revoked)
    }
}

/// What somebody does with an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// 提交, also after a correction.
    Submit,
    /// 撤回.
    Withdraw,
    /// 受理.
    Accept,
    /// 一次性告知补正.
    Return,
    /// 初审.
    FirstReview,
    /// 报请专家评审.
    AskExperts,
    /// 专家评审意见.
    GiveExpertOpinion,
    /// 复核同意: registered where the region registers, else approved for the national system.
    Approve,
    /// 不予登记.
    Refuse,
    /// 全国系统回传: number, status and certificate come back by import.
    TakeNationalResult,
    /// 变更登记: the next version.
    Change,
    /// 注销.
    Cancel,
    /// 撤销.
    Revoke,
    /// 重新办理: the province upholds an objection against a refusal.
    Reopen,
}

impl Step {
    /// Every step.
    pub const ALL: [Self; 14] = [
        Self::Submit,
        Self::Withdraw,
        Self::Accept,
        Self::Return,
        Self::FirstReview,
        Self::AskExperts,
        Self::GiveExpertOpinion,
        Self::Approve,
        Self::Refuse,
        Self::TakeNationalResult,
        Self::Change,
        Self::Cancel,
        Self::Revoke,
        Self::Reopen,
    ];

    /// The word stored in the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Submit => "submit",
            Self::Withdraw => "withdraw",
            Self::Accept => "accept",
            Self::Return => "return",
            Self::FirstReview => "first_review",
            Self::AskExperts => "ask_experts",
            Self::GiveExpertOpinion => "give_expert_opinion",
            Self::Approve => "approve",
            Self::Refuse => "refuse",
            Self::TakeNationalResult => "take_national_result",
            Self::Change => "change",
            Self::Cancel => "cancel",
            Self::Revoke => "revoke",
            Self::Reopen => "reopen",
        }
    }

    /// The step of a stored word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.code() == code)
    }

    /// The Chinese term.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Submit => "提交",
            Self::Withdraw => "撤回",
            Self::Accept => "受理",
            Self::Return => "一次性告知补正",
            Self::FirstReview => "初审",
            Self::AskExperts => "报请专家评审",
            Self::GiveExpertOpinion => "出具专家评审意见",
            Self::Approve => "复核同意",
            Self::Refuse => "不予登记",
            Self::TakeNationalResult => "回传全国系统结果",
            Self::Change => "变更登记",
            Self::Cancel => "注销",
            Self::Revoke => "撤销",
            Self::Reopen => "重新办理",
        }
    }

    /// The English term.
    #[must_use]
    pub const fn label_en(self) -> &'static str {
        match self {
            Self::Submit => "submit",
            Self::Withdraw => "withdraw",
            Self::Accept => "accept",
            Self::Return => "return for correction",
            Self::FirstReview => "give the first review",
            Self::AskExperts => "ask the experts",
            Self::GiveExpertOpinion => "give an expert opinion",
            Self::Approve => "approve",
            Self::Refuse => "refuse",
            Self::TakeNationalResult => "take the national result",
            Self::Change => "change",
            Self::Cancel => "cancel",
            Self::Revoke => "revoke",
            Self::Reopen => "reopen",
        }
    }

    /// Whether it decides on the contract, which nobody may do for an organisation that they belong to.
    #[must_use]
    pub const fn is_decision(self) -> bool {
        matches!(
            self,
            Self::Accept
                | Self::Return
                | Self::FirstReview
                | Self::GiveExpertOpinion
                | Self::Approve
                | Self::Refuse
                | Self::Change
                | Self::Cancel
                | Self::Revoke
                | Self::Reopen
        )
    }
}

/// Who registers (登记方式).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RegistrationMode {
    /// 预审与台账: the desk reviews, the national system registers.
    PreReview,
    /// 自主登记: the region registers and issues certificates.
    Own,
}

/// Where a step leads; `None` where it cannot be taken from there.
#[must_use]
pub const fn leads_to(
    state: ApplicationState,
    step: Step,
    mode: RegistrationMode,
) -> Option<ApplicationState> {
    use ApplicationState as At;
    Some(match (state, step) {
        (At::Draft | At::Returned, Step::Submit) => At::Submitted,
        (At::Draft | At::Submitted | At::Returned | At::Accepted, Step::Withdraw) => At::Withdrawn,
        (At::Submitted, Step::Accept) => At::Accepted,
        // What is missing may come to light before acceptance or while it is reviewed.
        (At::Submitted | At::Accepted | At::FirstReviewed, Step::Return) => At::Returned,
        (At::Accepted, Step::FirstReview) => At::FirstReviewed,
        (At::Accepted | At::FirstReviewed, Step::AskExperts) => At::ExpertReview,
        // Experts advise; the registrars still review and decide.
        (At::ExpertReview, Step::GiveExpertOpinion) => At::Accepted,
        (At::FirstReviewed, Step::Approve) => match mode {
            RegistrationMode::Own => At::Registered,
            RegistrationMode::PreReview => At::PreReviewed,
        },
        (At::FirstReviewed, Step::Refuse) => At::Refused,
        (At::PreReviewed, Step::TakeNationalResult) => At::Registered,
        (At::PreReviewed, Step::Refuse) => At::Refused,
        (At::Registered, Step::Change) => At::Registered,
        (At::Registered, Step::Cancel) => At::Cancelled,
        (At::Registered, Step::Revoke) => At::Revoked,
        (At::Refused, Step::Reopen) => At::Accepted,
        _ => return None,
    })
}
