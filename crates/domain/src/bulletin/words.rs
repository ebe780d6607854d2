//! The words in which a table is asked for: direction, dimension, measure.

use serde::{Deserialize, Serialize};

/// Which side of the contracts a table counts, relative to a division.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// 登记: registered by the region's registrars.
    Registered,
    /// 输出: the seller is inside.
    Output,
    /// 吸纳: the buyer is inside.
    Absorbed,
    /// 内部: both are inside.
    Internal,
}

/// One way of cutting a table into rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
    /// 市州
    City,
    /// 县市区
    County,
    /// 园区
    Park,
    /// 合同类型
    Type,
    /// 技术领域
    Field,
    /// 卖方性质
    SellerKind,
    /// 买方性质
    BuyerKind,
    /// 知识产权类型
    Ip,
    /// 机构, by the side that the direction counts
    Organisation,
    /// 月份
    Month,
    /// 登记机构
    Registrar,
}

/// What is added up in a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// 项数
    Count,
    /// 成交额
    ContractValue,
    /// 技术交易额
    TechnologyValue,
}

impl Direction {
    /// All directions in the order in which tables print them.
    pub const ALL: [Self; 4] = [Self::Registered, Self::Output, Self::Absorbed, Self::Internal];

    /// The word of the command line and the API.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Output => "output",
            Self::Absorbed => "absorbed",
            Self::Internal => "internal",
        }
    }

    /// The direction of a typed word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|direction| direction.code() == code)
    }

    /// The Chinese term.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Registered => "登记",
            Self::Output => "输出",
            Self::Absorbed => "吸纳",
            Self::Internal => "内部",
        }
    }

    /// The basis (口径) that every total printed in this direction carries.
    #[must_use]
    pub const fn basis(self) -> &'static str {
        match self {
            Self::Registered => "按登记机构所在地登记口径，行按卖方所在地",
            Self::Output => "按卖方所在地输出口径",
            Self::Absorbed => "按买方所在地吸纳口径",
            Self::Internal => "买卖双方均在区域内口径，行按卖方所在地",
        }
    }

    /// The basis in English.
    #[must_use]
    pub const fn basis_en(self) -> &'static str {
        match self {
            Self::Registered => "registered by the region's registrars, rows by the seller's place",
            Self::Output => "seller inside the region",
            Self::Absorbed => "buyer inside the region",
            Self::Internal => "seller and buyer both inside the region, rows by the seller's place",
        }
    }
}

impl Dimension {
    /// All dimensions in the order of the command line's help.
    pub const ALL: [Self; 11] = [
        Self::City,
        Self::County,
        Self::Park,
        Self::Type,
        Self::Field,
        Self::SellerKind,
        Self::BuyerKind,
        Self::Ip,
        Self::Organisation,
        Self::Month,
        Self::Registrar,
    ];

    /// The word of the command line and the API.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::City => "city",
            Self::County => "county",
            Self::Park => "park",
            Self::Type => "type",
            Self::Field => "field",
            Self::SellerKind => "seller_kind",
            Self::BuyerKind => "buyer_kind",
            Self::Ip => "ip",
            Self::Organisation => "organisation",
            Self::Month => "month",
            Self::Registrar => "registrar",
        }
    }

    /// The dimension of a typed word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dimension| dimension.code() == code)
    }

    /// The head of the label column.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::City => "市州",
            Self::County => "县市区",
            Self::Park => "园区",
            Self::Type => "合同类别",
            Self::Field => "技术领域",
            Self::SellerKind => "卖方性质",
            Self::BuyerKind => "买方性质",
            Self::Ip => "知识产权类型",
            Self::Organisation => "机构",
            Self::Month => "月份",
            Self::Registrar => "登记机构",
        }
    }

    /// The head of the label column in English.
    #[must_use]
    pub const fn label_en(self) -> &'static str {
        match self {
            Self::City => "City",
            Self::County => "County",
            Self::Park => "Park",
            Self::Type => "Contract type",
            Self::Field => "Technical field",
            Self::SellerKind => "Kind of seller",
            Self::BuyerKind => "Kind of buyer",
            Self::Ip => "Intellectual property",
            Self::Organisation => "Organisation",
            Self::Month => "Month",
            Self::Registrar => "Registrar",
        }
    }
}

impl Measure {
    /// All measures in the order in which tables print them.
    pub const ALL: [Self; 3] = [Self::Count, Self::ContractValue, Self::TechnologyValue];

    /// The word of the command line and the API.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::ContractValue => "contract_value",
            Self::TechnologyValue => "technology_value",
        }
    }

    /// The measure of a typed word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|measure| measure.code() == code)
    }
}
