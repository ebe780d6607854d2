//! A contract (技术合同) as programs read and write it.

use std::collections::{HashMap, HashSet};

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use xiaoxiang_domain::contract::{Contract, Party, RowProblem, Side};
use xiaoxiang_domain::region::FIELD_KEYS;
use xiaoxiang_services::contract::WrittenValue;

use crate::problem::Problem;

/// Field keys that are left as they are on record where a program does not state them: programs that may not read
/// personal data can then change the rest.
const PERSONAL_KEYS: [&str; 6] = [
    "seller_contact",
    "seller_telephone",
    "seller_legal_representative",
    "buyer_contact",
    "buyer_telephone",
    "buyer_legal_representative",
];
/// Field that only a withdrawal changes.
const STANDING_KEY: &str = "standing";

/// The record of a contract. Codes are those of the lists in force on `registered_on`; names are taken too. A field left
/// out means «not stated», but for `contact` and `telephone`, which then stay as they are on record.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ContractBody {
    /// 合同登记编号
    #[schema(min_length = 1, max_length = 64, pattern = "^[0-9A-Za-z-]+$")]
    pub registration_number: String,
    /// 项目名称
    #[serde(default)]
    #[schema(max_length = 500)]
    pub project_name: String,
    /// 签订日期
    #[schema(max_length = 10, format = Date)]
    pub signed_on: Option<String>,
    /// 有效期起
    #[schema(max_length = 10, format = Date)]
    pub valid_from: Option<String>,
    /// 有效期止
    #[schema(max_length = 10, format = Date)]
    pub valid_to: Option<String>,
    /// 登记日期
    #[schema(max_length = 10, format = Date)]
    pub registered_on: String,
    /// 合同类型
    #[schema(max_length = 50)]
    pub contract_type: String,
    /// 技术领域
    #[serde(default)]
    #[schema(max_length = 100)]
    pub field: String,
    /// 知识产权类型
    #[serde(default)]
    #[schema(max_length = 100)]
    pub ip: String,
    /// 成交额 in fen
    #[schema(minimum = 0, maximum = 100000000000000i64)]
    pub contract_value_fen: i64,
    /// 技术交易额 in fen, never above the contract value
    #[schema(minimum = 0, maximum = 100000000000000i64)]
    pub technology_value_fen: i64,
    /// 支付方式
    #[serde(default)]
    #[schema(max_length = 100)]
    pub payment_mode: String,
    /// 关联交易
    pub related_party: Option<bool>,
    /// 计划来源
    #[serde(default)]
    #[schema(max_length = 100)]
    pub plan_source: String,
    /// 社会经济目标
    #[serde(default)]
    #[schema(max_length = 100)]
    pub socio_economic_objective: String,
    /// 服务的国民经济行业
    #[serde(default)]
    #[schema(max_length = 100)]
    pub industry: String,
    /// 登记机构代码
    #[serde(default)]
    #[schema(max_length = 100)]
    pub registrar_code: String,
    /// 登记机构名称
    #[serde(default)]
    #[schema(max_length = 200)]
    pub registrar_name: String,
    /// 实施地
    #[serde(default)]
    #[schema(max_length = 100)]
    pub landing_division: String,
    /// 卖方
    pub seller: PartyBody,
    /// 买方
    pub buyer: PartyBody,
}

/// Seller or buyer as the contract states them.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PartyBody {
    /// 名称; of a natural person it is personal data and empty where these are not shown.
    #[schema(max_length = 200)]
    pub name: String,
    /// 统一社会信用代码
    #[serde(default)]
    #[schema(max_length = 18)]
    pub credit_code: String,
    /// 行政区划代码
    #[serde(default)]
    #[schema(max_length = 100)]
    pub division: String,
    /// ISO 3166 three-letter code; empty means China.
    #[serde(default)]
    #[schema(max_length = 100)]
    pub country: String,
    /// 性质
    #[serde(default)]
    #[schema(max_length = 100)]
    pub kind: String,
    /// 地址
    #[serde(default)]
    #[schema(max_length = 300)]
    pub address: String,
    /// 联系人: personal data.
    #[schema(max_length = 100)]
    pub contact: Option<String>,
    /// 联系电话: personal data.
    #[schema(max_length = 100)]
    pub telephone: Option<String>,
    /// 法定代表人: personal data.
    #[schema(max_length = 100)]
    pub legal_representative: Option<String>,
    /// 成立日期
    #[schema(max_length = 10, format = Date)]
    pub established_on: Option<String>,
    /// 是否技术转移机构
    pub is_transfer_institution: Option<bool>,
    /// 是否研发机构
    pub is_research_institution: Option<bool>,
    /// 国家高新区内企业
    pub in_hightech_zone: Option<bool>,
    /// 上市公司
    pub listed: Option<bool>,
    /// 企业规模
    #[serde(default)]
    #[schema(max_length = 100)]
    pub scale: String,
}

impl ContractBody {
    /// A contract as it is read; without personal data, contact and telephone are null.
    pub fn of(contract: &Contract, has_personal: bool) -> Self {
        let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string());
        let contract = contract.clone();
        Self {
            registration_number: contract.registration_number,
            project_name: contract.project_name,
            signed_on: day(contract.signed_on),
            valid_from: day(contract.valid_from),
            valid_to: day(contract.valid_to),
            registered_on: contract.registered_on.to_string(),
            contract_type: contract.contract_type,
            field: contract.field,
            ip: contract.ip,
            contract_value_fen: contract.contract_value.0,
            technology_value_fen: contract.technology_value.0,
            payment_mode: contract.payment_mode,
            related_party: contract.related_party,
            plan_source: contract.plan_source,
            socio_economic_objective: contract.socio_economic_objective,
            industry: contract.industry,
            registrar_code: contract.registrar_code,
            registrar_name: contract.registrar_name,
            landing_division: contract.landing_division,
            seller: PartyBody::of(contract.seller, has_personal),
            buyer: PartyBody::of(contract.buyer, has_personal),
        }
    }

    /// The fields by their keys in the region's form.
    pub fn written(self) -> HashMap<String, WrittenValue> {
        let mut fields = HashMap::new();
        let mut text = |key: &str, value: String| {
            if !value.trim().is_empty() {
                fields.insert(key.to_owned(), WrittenValue::Text(value));
            }
        };
        text("registration_number", self.registration_number);
        text("project_name", self.project_name);
        text("contract_type", self.contract_type);
        text("field", self.field);
        text("ip", self.ip);
        text("payment_mode", self.payment_mode);
        text("related_party", yes_no(self.related_party));
        text("plan_source", self.plan_source);
        text("socio_economic_objective", self.socio_economic_objective);
        text("industry", self.industry);
        text("registrar_code", self.registrar_code);
        text("registrar_name", self.registrar_name);
        text("landing_division", self.landing_division);
        let established = [self.seller.established_on.clone(), self.buyer.established_on.clone()];
        for (side, party) in [(Side::Seller, self.seller), (Side::Buyer, self.buyer)] {
            for (key, value) in party.written() {
                text(&format!("{}_{key}", side.code()), value);
            }
        }
        let days = [
            ("signed_on", self.signed_on),
            ("valid_from", self.valid_from),
            ("valid_to", self.valid_to),
            ("registered_on", Some(self.registered_on)),
        ];
        let [seller_established_on, buyer_established_on] = established;
        let established = [
            ("seller_established_on", seller_established_on),
            ("buyer_established_on", buyer_established_on),
        ];
        for (key, value) in days.into_iter().chain(established) {
            if let Some(value) = value {
                fields.insert(key.to_owned(), WrittenValue::Day(value));
            }
        }
        fields.insert("contract_value".to_owned(), WrittenValue::Amount(self.contract_value_fen));
        fields.insert("technology_value".to_owned(), WrittenValue::Amount(self.technology_value_fen));
        fields
    }

    /// The keys of the fields that the body states.
    pub fn stated(&self) -> HashSet<String> {
        let kept = [
            self.seller.contact.is_none(),
            self.seller.telephone.is_none(),
            self.seller.legal_representative.is_none(),
            self.buyer.contact.is_none(),
            self.buyer.telephone.is_none(),
            self.buyer.legal_representative.is_none(),
        ];
        let is_kept =
            |key: &str| PERSONAL_KEYS.iter().zip(kept).any(|(personal, is_kept)| *personal == key && is_kept);
        let stated = FIELD_KEYS.iter().filter(|key| **key != STANDING_KEY && !is_kept(key));
        stated.map(ToString::to_string).collect()
    }
}

impl PartyBody {
    fn of(party: Party, has_personal: bool) -> Self {
        Self {
            name: party.name,
            credit_code: party.credit_code,
            division: party.division,
            country: party.country,
            kind: party.kind,
            address: party.address,
            contact: has_personal.then_some(party.contact),
            telephone: has_personal.then_some(party.telephone),
            legal_representative: has_personal.then_some(party.legal_representative),
            established_on: party.established_on.map(|day| day.to_string()),
            is_transfer_institution: party.is_transfer_institution,
            is_research_institution: party.is_research_institution,
            in_hightech_zone: party.in_hightech_zone,
            listed: party.listed,
            scale: party.scale,
        }
    }

    fn written(self) -> [(&'static str, String); 14] {
        [
            ("name", self.name),
            ("credit_code", self.credit_code),
            ("division", self.division),
            ("country", self.country),
            ("kind", self.kind),
            ("address", self.address),
            ("contact", self.contact.unwrap_or_default()),
            ("telephone", self.telephone.unwrap_or_default()),
            ("legal_representative", self.legal_representative.unwrap_or_default()),
            ("is_transfer_institution", yes_no(self.is_transfer_institution)),
            ("is_research_institution", yes_no(self.is_research_institution)),
            ("in_hightech_zone", yes_no(self.in_hightech_zone)),
            ("listed", yes_no(self.listed)),
            ("scale", self.scale),
        ]
    }
}

fn yes_no(value: Option<bool>) -> String {
    value.map_or_else(String::new, |value| if value { "是" } else { "否" }.to_owned())
}

/// The problem of a contract that cannot be taken, field by field.
pub(super) fn refused(problems: Vec<RowProblem>) -> Problem {
    let count = problems.len();
    let problem = Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "contract.refused",
        format!("合同有 {count} 处问题，未保存。请按 errors 改正。"),
        format!("nothing was saved because of problems in the contract ({count}); correct what errors lists"),
    );
    problems.into_iter().fold(problem, |problem, part| {
        problem.and_at(
            pointer_of(&part.field),
            part.code,
            format!("{}。{}", part.reason_zh, part.fix_zh),
            format!("{}; {}", part.reason_en, part.fix_en),
        )
    })
}

/// Where a field of the form stands in the body.
fn pointer_of(key: &str) -> String {
    for side in [Side::Seller, Side::Buyer] {
        if let Some(field) = key.strip_prefix(side.code()).and_then(|rest| rest.strip_prefix('_')) {
            return format!("/{}/{field}", side.code());
        }
    }
    match key {
        "contract_value" | "technology_value" => format!("/{key}_fen"),
        key => format!("/{key}"),
    }
}
