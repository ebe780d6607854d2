//! The registered contract as the national form holds it (全国技术合同登记表).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::fact::Standing;
use crate::money::Fen;

/// One version of a registered technology contract.
///
/// Codes are texts of the lists in force on `registered_on`; an empty text means «not stated».
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contract {
    /// 合同登记编号, the contract's identity.
    pub registration_number: String,
    /// 项目名称
    pub project_name: String,
    /// 签订日期
    pub signed_on: Option<Date>,
    /// 有效期起
    pub valid_from: Option<Date>,
    /// 有效期止
    pub valid_to: Option<Date>,
    /// 登记日期, which decides the statistical period.
    pub registered_on: Date,
    /// 合同类型
    pub contract_type: String,
    /// 技术领域
    pub field: String,
    /// 知识产权类型
    pub ip: String,
    /// 成交额
    pub contract_value: Fen,
    /// 技术交易额, never above the contract value.
    pub technology_value: Fen,
    /// 支付方式
    pub payment_mode: String,
    /// 关联交易
    pub related_party: Option<bool>,
    /// 计划来源
    pub plan_source: String,
    /// 社会经济目标
    pub socio_economic_objective: String,
    /// 服务的国民经济行业
    pub industry: String,
    /// 登记机构代码
    pub registrar_code: String,
    /// 登记机构名称
    pub registrar_name: String,
    /// 实施地
    pub landing_division: String,
    /// 合同状态
    pub standing: Standing,
    /// 卖方
    pub seller: Party,
    /// 买方
    pub buyer: Party,
}

/// Seller or buyer as the contract's record states them on its date.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// 名称
    pub name: String,
    /// 统一社会信用代码; people and foreign parties have none.
    pub credit_code: String,
    /// 行政区划代码 as stated.
    pub division: String,
    /// ISO 3166 three-letter code; empty means China.
    pub country: String,
    /// 性质
    pub kind: String,
    /// 地址
    pub address: String,
    /// 联系人
    pub contact: String,
    /// 联系电话
    pub telephone: String,
    /// 法定代表人; absent from records made before the form had it, whose hashes stay as they are.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub legal_representative: String,
    /// 成立日期; absent from records as above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub established_on: Option<Date>,
    /// 是否技术转移机构
    pub is_transfer_institution: Option<bool>,
    /// 是否研发机构
    pub is_research_institution: Option<bool>,
    /// 国家高新区内企业
    pub in_hightech_zone: Option<bool>,
    /// 上市公司
    pub listed: Option<bool>,
    /// 企业规模
    pub scale: String,
    /// What sort of party it is, as far as privacy and codes are concerned.
    pub nature: PartyNature,
}

/// Which identifiers a party can have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartyNature {
    /// A domestic organisation.
    #[default]
    Organisation,
    /// 自然人: name and address are personal data.
    Person,
    /// 境外: no credit code, no division.
    Foreign,
}

/// One side of a contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// 卖方
    Seller,
    /// 买方
    Buyer,
}

impl Side {
    /// The word stored in the database and written on the command line.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Seller => "seller",
            Self::Buyer => "buyer",
        }
    }

    /// The side of a typed word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Seller, Self::Buyer].into_iter().find(|side| side.code() == code)
    }

    /// The Chinese term.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Seller => "卖方",
            Self::Buyer => "买方",
        }
    }
}

impl Contract {
    /// The party on one side.
    #[must_use]
    pub const fn party(&self, side: Side) -> &Party {
        match side {
            Side::Seller => &self.seller,
            Side::Buyer => &self.buyer,
        }
    }
}

impl Party {
    /// What identifies the party as an organisation: its credit code, else its exact name; people have none.
    #[must_use]
    pub fn organisation_identity(&self) -> Option<String> {
        if self.nature == PartyNature::Person || (self.name.is_empty() && self.credit_code.is_empty()) {
            return None;
        }
        if self.credit_code.is_empty() {
            return Some(format!("name:{}", self.name));
        }
        Some(self.credit_code.clone())
    }
}
