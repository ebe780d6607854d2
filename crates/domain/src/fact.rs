//! What statistics knows of a registered contract (技术合同): one row for each version and attribution.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::money::Fen;

/// Where a contract's record came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Registered by the region's own registrars (登记机构).
    Registry,
    /// Registered elsewhere and delivered by the national exchange (省外数据交换).
    Exchange,
}

impl Source {
    /// The word stored in the database and written on the command line.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Registry => "registry",
            Self::Exchange => "exchange",
        }
    }

    /// The source of a stored or typed word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "registry" => Some(Self::Registry),
            "exchange" => Some(Self::Exchange),
            _ => None,
        }
    }
}

/// Whether a contract counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Registered and in force.
    Counted,
    /// Cancelled (注销) or revoked (撤销): it leaves every figure from then on.
    Withdrawn,
}

impl Standing {
    /// The word stored in the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Counted => "counted",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The standing of a stored word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "counted" => Some(Self::Counted),
            "withdrawn" => Some(Self::Withdrawn),
            _ => None,
        }
    }
}

/// One registered contract as statistics counts it; codes are those valid on the record's own date.
///
/// Append-only: a later fact with the same `contract_key` replaces the earlier one from its `position` on.
/// Zero stands for «unknown», «none» or, for divisions, «abroad».
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContractFact {
    /// Row number in `contract_fact`; grows.
    pub fact_id: i64,
    /// The contract, whatever its version.
    pub contract_key: i64,
    /// Log position from which the fact holds.
    pub position: i64,
    /// Whether the contract counts.
    pub standing: Standing,
    /// Registry or exchange.
    pub source: Source,
    /// Registration date (登记日期), which decides the period.
    pub registered_on: Date,
    /// First-level contract type (合同类型).
    pub contract_type: u16,
    /// First-level technical field (技术领域).
    pub field: u16,
    /// First-level kind of intellectual property (知识产权类型).
    pub ip: u16,
    /// Reportable kind of the seller (卖方性质).
    pub seller_kind: u16,
    /// Reportable kind of the buyer (买方性质).
    pub buyer_kind: u16,
    /// Seller's division (卖方行政区划), successors followed.
    pub seller_division: u32,
    /// Buyer's division (买方行政区划), successors followed.
    pub buyer_division: u32,
    /// Seller's park (卖方园区).
    pub seller_park: u32,
    /// Buyer's park (买方园区).
    pub buyer_park: u32,
    /// Seller as an organisation.
    pub seller_organisation: u32,
    /// Buyer as an organisation.
    pub buyer_organisation: u32,
    /// Registrar (登记机构).
    pub registrar: u32,
    /// Contract value (成交额).
    pub contract_value: Fen,
    /// Technology transaction value (技术交易额), never above the contract value.
    pub technology_value: Fen,
}
