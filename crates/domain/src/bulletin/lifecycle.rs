//! Draft → signed and numbered → corrected by an officer's decision; the year is closed once.

use serde::{Deserialize, Serialize};

/// Where a bulletin stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BulletinStatus {
    /// 草稿: follows the data, binds nobody.
    Draft,
    /// 已签发: signed, numbered and frozen at a log position.
    Signed,
    /// 已订正: signed, and later corrected by a numbered correction.
    Corrected,
}

impl BulletinStatus {
    /// The word stored in the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Signed => "signed",
            Self::Corrected => "corrected",
        }
    }

    /// The status of a stored word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Draft, Self::Signed, Self::Corrected].into_iter().find(|status| status.code() == code)
    }

    /// The Chinese term.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Draft => "草稿",
            Self::Signed => "已签发",
            Self::Corrected => "已订正",
        }
    }
}

/// What an officer decides about a change that reached figures already published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CorrectionDecision {
    /// 并入本期累计: the current cumulative figures take it in; the published month stands.
    FoldIntoCurrent,
    /// 发布订正: a numbered correction of the published bulletin.
    IssueCorrection,
}

impl CorrectionDecision {
    /// The word stored in the database and written on the command line.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::FoldIntoCurrent => "fold",
            Self::IssueCorrection => "issue",
        }
    }

    /// The decision of a typed word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::FoldIntoCurrent, Self::IssueCorrection].into_iter().find(|decision| decision.code() == code)
    }
}

/// Against which figures growth is computed (同比基数).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrowthBase {
    /// 现行基数: last year's figures as now known.
    AsKnown,
    /// 公布基数: last year's figures as they were published.
    AsPublished,
}

impl GrowthBase {
    /// The word stored in the database and written on the command line.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::AsKnown => "as-known",
            Self::AsPublished => "as-published",
        }
    }

    /// The base of a typed word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::AsKnown, Self::AsPublished].into_iter().find(|base| base.code() == code)
    }

    /// The Chinese sentence printed under the table.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::AsKnown => "同比基数为上年同期现行数",
            Self::AsPublished => "同比基数为上年同期公布数",
        }
    }
}
