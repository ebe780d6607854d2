//! What is asked of the list: filter, order, and the place after which a page begins.

use xiaoxiang_domain::fact::Standing;
use xiaoxiang_domain::period::Period;

/// Which contracts are listed; what is absent does not restrict.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListFilter {
    /// Counted or withdrawn.
    pub standing: Option<Standing>,
    /// Months of registration (登记日期).
    pub period: Option<Period>,
    /// Where a party is.
    pub place: Option<PlaceFilter>,
    /// First-level contract type (合同类型).
    pub contract_type: Option<u16>,
    /// First-level technical field (技术领域).
    pub field: Option<u16>,
    /// Seller or buyer.
    pub organisation: Option<u32>,
    /// Part of the registration number, of the project name, or of the name of an organisation; empty for all.
    pub text: String,
    /// What the caller may see at all.
    pub reach: ListReach,
}

/// A place and the party that must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlaceFilter {
    /// The division, with all below it.
    pub division: u32,
    /// Whose place.
    pub side: ListSide,
}

/// Whose place is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListSide {
    /// 卖方
    Seller,
    /// 买方
    Buyer,
    /// One of the two at least.
    Either,
}

/// The contracts that a person may see (可见范围): those in which one of the parties lies within.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ListReach {
    /// All.
    #[default]
    Everything,
    /// A division and all below it.
    Division(u32),
    /// A park.
    Park(u32),
    /// An organisation.
    Organisation(u32),
    /// Registered by this registrar (登记机构).
    Registrar(u32),
}

/// In which order contracts are listed. Equal ones: the one recorded last comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ListOrder {
    /// Registration date, newest first.
    #[default]
    Newest,
    /// Contract value (成交额), largest first.
    Largest,
    /// Registration number, ascending, without regard to case.
    Number,
}

impl ListOrder {
    /// All orders.
    pub const ALL: [Self; 3] = [Self::Newest, Self::Largest, Self::Number];

    /// Word of addresses.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::Largest => "largest",
            Self::Number => "number",
        }
    }

    /// The order of a word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|order| order.code() == code)
    }

    /// Days in reverse: the smaller head comes first.
    pub(super) fn head_of_day(day: u16) -> u128 {
        u128::from(u16::MAX - day)
    }

    pub(super) fn head_of_value(contract_value: i64) -> u128 {
        u128::from(u64::MAX - contract_value.cast_unsigned())
    }
}

/// Where a contract stands in its order: the page after it begins here, whether or not it is still there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListPlace {
    /// Day, amount or beginning of the number, as the order compares it.
    pub head: u128,
    /// The whole number in the order of numbers, empty otherwise.
    pub number: String,
    /// The contract.
    pub contract_key: i64,
}
