//! Whose the intellectual property is to be (知识产权归属意愿).

use serde::{Deserialize, Serialize};

/// Who is to own what comes out, as one side wishes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IpWish {
    /// 归需求方所有
    DemandSide,
    /// 归研发方所有，需求方使用
    SupplySide,
    /// 双方共有
    Shared,
    /// 面议
    Open,
}

impl IpWish {
    /// Every wish.
    pub const ALL: [Self; 4] = [Self::DemandSide, Self::SupplySide, Self::Shared, Self::Open];

    const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::DemandSide => ("demand_side", "归需求方", "the demand's side owns it"),
            Self::SupplySide => {
                ("supply_side", "归供给方，需求方使用", "the supplier owns it, the other uses it")
            }
            Self::Shared => ("shared", "双方共有", "both own it"),
            Self::Open => ("open", "面议", "to be agreed"),
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

    /// The wish of a stored word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|wish| wish.code() == code)
    }

    /// The wish that somebody wrote in a sheet.
    #[must_use]
    pub fn from_written(text: &str) -> Option<Self> {
        let found = match text {
            "需求方" | "甲方" | "企业" | "归企业" | "归企业所有" | "归需求方所有" | "归甲方所有" => {
                Some(Self::DemandSide)
            }
            "研发方" | "供给方" | "乙方" | "归研发方" | "归研发方所有" | "归供给方" => {
                Some(Self::SupplySide)
            }
            "共有" | "共享" | "双方共享" | "共同所有" => Some(Self::Shared),
            "协商" | "协商确定" | "双方协商" | "待定" => Some(Self::Open),
            _ => None,
        };
        found.or_else(|| Self::ALL.into_iter().find(|wish| wish.label() == text || wish.code() == text))
    }

    /// Whether two wishes can both be met; what is open meets everything.
    #[must_use]
    pub fn agrees_with(self, other: Self) -> bool {
        self == other || self == Self::Open || other == Self::Open
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_wish_agrees_with_every_other() {
        for wish in IpWish::ALL {
            assert!(
                IpWish::Open.agrees_with(wish) && wish.agrees_with(IpWish::Open) && wish.agrees_with(wish)
            );
            assert_eq!(IpWish::from_code(wish.code()), Some(wish));
            assert_eq!(IpWish::from_written(wish.label()), Some(wish));
        }
        assert!(!IpWish::DemandSide.agrees_with(IpWish::Shared));
    }
}
