//! What is offered, and how a right stands.

use serde::{Deserialize, Serialize};

/// What an entry of the market offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AchievementKind {
    /// 科技成果
    Result,
    /// 专利: one right, taken from a list of patents.
    Patent,
    /// 技术服务: what a laboratory or platform does for others.
    Service,
}

impl AchievementKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Result, Self::Patent, Self::Service];

    const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Result => ("result", "科技成果", "achievement"),
            Self::Patent => ("patent", "专利", "patent"),
            Self::Service => ("service", "技术服务", "technical service"),
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

    /// The kind that a sheet's cell names.
    #[must_use]
    pub fn from_written(text: &str) -> Option<Self> {
        let text = text.trim();
        match text {
            "成果" => Some(Self::Result),
            "服务" => Some(Self::Service),
            _ => Self::ALL.into_iter().find(|kind| kind.label() == text || kind.code() == text),
        }
    }
}

/// How a right stands (法律状态).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RightStatus {
    /// 申请中: filed and not yet granted.
    Filed,
    /// 有效: granted or registered, and in force.
    InForce,
    /// 质押: in force and pledged.
    Pledged,
    /// 失效: lapsed or refused; kept to be named, and offered by nobody.
    Lapsed,
}

impl RightStatus {
    /// Every status.
    pub const ALL: [Self; 4] = [Self::Filed, Self::InForce, Self::Pledged, Self::Lapsed];

    const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Filed => ("filed", "申请中", "application pending"),
            Self::InForce => ("in_force", "有效", "in force"),
            Self::Pledged => ("pledged", "有效（已质押）", "in force, pledged"),
            Self::Lapsed => ("lapsed", "失效", "lapsed"),
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

    /// The status of a stored word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }

    /// The status that patent lists write.
    #[must_use]
    pub fn from_written(text: &str) -> Option<Self> {
        match text.trim() {
            "授权" | "已授权" | "专利权维持" | "维持" | "有权" | "登记" | "已登记" => {
                Some(Self::InForce)
            }
            "实质审查" | "实审" | "公开" | "受理" | "审中" | "在审" => Some(Self::Filed),
            "质押" => Some(Self::Pledged),
            "终止" | "无效" | "驳回" | "撤回" | "无权" => Some(Self::Lapsed),
            text => Self::ALL.into_iter().find(|status| status.label() == text || status.code() == text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_and_statuses_are_known_by_their_words_and_by_what_lists_write() {
        for kind in AchievementKind::ALL {
            assert_eq!(AchievementKind::from_code(kind.code()), Some(kind));
            assert_eq!(AchievementKind::from_written(kind.label()), Some(kind));
        }
        for status in RightStatus::ALL {
            assert_eq!(RightStatus::from_code(status.code()), Some(status));
            assert_eq!(RightStatus::from_written(status.label()), Some(status));
        }
        assert_eq!(RightStatus::from_written(" 已授权 "), Some(RightStatus::InForce));
        assert_eq!(RightStatus::from_written("也许"), None);
    }
}
