//! Checks one row of a contract sheet against region data and makes the record of it.

use std::collections::HashMap;

use jiff::civil::Date;

use super::record::{Contract, Party, PartyNature, Side};
use super::written::{
    division_code, find_code, is_blank, is_blank_mark, is_open_end, is_organisation_code, without_text_mark,
};
use crate::fact::Standing;
use crate::money::{Fen, MoneyProblem};
use crate::organisation::credit_code::CreditCode;
use crate::region::{DivisionCode, Region};

/// Kind of a natural person (自然人) in the list of party kinds.
const PARTY_KIND_PERSON: &str = "自然人";
/// Kind of a foreign party (境外) in the list of party kinds.
const PARTY_KIND_FOREIGN: &str = "境外";
/// The country whose parties have divisions and credit codes.
const HOME_COUNTRY: &str = "CHN";

/// One cell, prepared as its column's kind asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RawValue {
    /// Words, codes, divisions, yes and no.
    Text(String),
    /// A day, or nothing where the text is not one.
    Date(Option<Date>, String),
    /// An amount in the header's unit, exactly.
    Money(Result<Fen, MoneyProblem>, String),
}

/// The cells of one row by field key; empty cells are left out.
pub type RawRow = HashMap<String, RawValue>;

/// Why a value cannot be taken, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowProblem {
    /// Field key, from which the column is found.
    pub field: String,
    /// The value as it stands.
    pub value: String,
    /// Stable code.
    pub code: &'static str,
    /// Reason, Chinese.
    pub reason_zh: String,
    /// Reason, English.
    pub reason_en: String,
    /// What to do, Chinese.
    pub fix_zh: String,
    /// What to do, English.
    pub fix_en: String,
}

/// A row that can be taken, with what its reader should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedRow {
    /// The record.
    pub contract: Contract,
    /// Oddities that do not stand in the way: an unlisted field, a missing code.
    pub warnings: Vec<RowProblem>,
}

/// Makes a record of a row, or says everything that is wrong with it.
pub fn check_row(row: &RawRow, region: &Region, today: Date) -> Result<CheckedRow, Vec<RowProblem>> {
    let mut check = Check { row, region, problems: Vec::new(), warnings: Vec::new() };
    let contract = check.contract(today);
    match contract {
        Some(contract) if check.problems.is_empty() => Ok(CheckedRow { contract, warnings: check.warnings }),
        _ => Err(check.problems),
    }
}

struct Check<'a> {
    row: &'a RawRow,
    region: &'a Region,
    problems: Vec<RowProblem>,
    warnings: Vec<RowProblem>,
}

impl Check<'_> {
    fn contract(&mut self, today: Date) -> Option<Contract> {
        let registration_number = self.registration_number();
        let registered_on = self.date("registered_on");
        if registered_on.is_none() && is_blank(&self.text("registered_on")) {
            self.missing("registered_on");
        }
        let (contract_value, technology_value) = self.amounts();
        let on = registered_on?;
        if on > today {
            self.problem(
                "registered_on",
                "contract.registered_on.future",
                ("登记日期晚于今天", "registered after today"),
                ("核对登记日期", "check the registration date"),
            );
        }
        let signed_on = self.date("signed_on");
        let valid_from = self.date("valid_from");
        let valid_to = if is_open_end(&self.text("valid_to")) { None } else { self.date("valid_to") };
        self.dates_in_order(signed_on, on, valid_from, valid_to);
        let contract = Contract {
            registration_number,
            project_name: self.text("project_name"),
            signed_on,
            valid_from,
            valid_to,
            registered_on: on,
            contract_type: self.contract_type(on),
            field: self.listed("field", "technical_field", on),
            ip: self.listed("ip", "ip_kind", on),
            // What is missing is told of already; the rest is checked all the same, so that everything is told at once.
            contract_value: contract_value.unwrap_or_default(),
            technology_value: technology_value.unwrap_or_default(),
            payment_mode: self.listed("payment_mode", "payment_mode", on),
            related_party: self.yes_no("related_party"),
            plan_source: self.listed("plan_source", "plan_source", on),
            socio_economic_objective: self.listed("socio_economic_objective", "socio_economic_objective", on),
            industry: self.listed("industry", "industry", on),
            registrar_code: self.text("registrar_code"),
            registrar_name: self.text("registrar_name"),
            landing_division: self.division("landing_division", on),
            standing: self.standing(on),
            seller: self.party(Side::Seller, on),
            buyer: self.party(Side::Buyer, on),
        };
        Some(contract)
    }

    fn registration_number(&mut self) -> String {
        let number = without_text_mark(&self.text("registration_number")).to_owned();
        if number.is_empty() || is_blank_mark(&number) {
            self.missing("registration_number");
        } else if !number.chars().all(|character| character.is_ascii_alphanumeric() || character == '-') {
            self.problem(
                "registration_number",
                "contract.number.characters",
                (
                    "登记编号只能由字母、数字和连字符组成",
                    "the registration number may hold letters, digits and hyphens only",
                ),
                ("核对登记编号", "check the registration number"),
            );
        }
        number
    }

    fn amounts(&mut self) -> (Option<Fen>, Option<Fen>) {
        let contract_value = self.money("contract_value");
        let technology_value = self.money("technology_value");
        if let (Some(contract_fen), Some(technology_fen)) = (contract_value, technology_value)
            && technology_fen > contract_fen
        {
            self.problem(
                "technology_value",
                "contract.technology_value.above_contract_value",
                (
                    &format!("技术交易额 {technology_fen} 元大于成交额 {contract_fen} 元"),
                    &format!("technology value {technology_fen} exceeds contract value {contract_fen} yuan"),
                ),
                ("核对两个金额及表头单位", "check both amounts and the unit in the header"),
            );
        }
        (contract_value, technology_value)
    }

    fn dates_in_order(
        &mut self,
        signed_on: Option<Date>,
        registered_on: Date,
        valid_from: Option<Date>,
        valid_to: Option<Date>,
    ) {
        if signed_on.is_some_and(|signed_on| signed_on > registered_on) {
            self.problem(
                "signed_on",
                "contract.signed_on.after_registration",
                ("签订日期晚于登记日期", "signed after it was registered"),
                ("核对签订日期和登记日期", "check both dates"),
            );
        }
        if let (Some(from), Some(to)) = (valid_from, valid_to)
            && from > to
        {
            self.problem(
                "valid_to",
                "contract.validity.reversed",
                ("有效期止早于有效期起", "validity ends before it begins"),
                ("核对有效期", "check the validity"),
            );
        }
    }

    fn contract_type(&mut self, on: Date) -> String {
        let text = self.text("contract_type");
        if is_blank(&text) {
            self.missing("contract_type");
            return text;
        }
        let Some(list) = self.region.codes("contract_type") else { return text };
        if let Some(code) = find_code(list, &text, on) {
            if text.bytes().all(|byte| byte.is_ascii_digit()) {
                self.warn_of_bare_code(
                    "contract_type",
                    &text,
                    list.by_code(&code).map_or("", |code| &code.name),
                );
            }
            return code;
        }
        let names = list.roots_on(on).map(|root| root.name.clone()).collect::<Vec<_>>().join("、");
        let other_generation = list
            .items()
            .iter()
            .any(|code| code.name == text || code.code == text || code.aliases.contains(&text));
        if other_generation {
            self.problem(
                "contract_type",
                "contract.type.generation",
                (
                    &format!("合同类型“{text}”在登记日期 {on} 不适用"),
                    &format!("contract type `{text}` does not apply on {on}"),
                ),
                (&format!("改用当日有效的类型：{names}"), &format!("use a type valid on that day: {names}")),
            );
        } else {
            self.problem(
                "contract_type",
                "contract.type.unknown",
                (&format!("不认识合同类型“{text}”"), &format!("unknown contract type `{text}`")),
                (&format!("改用：{names}"), &format!("use one of: {names}")),
            );
        }
        text
    }

    /// The national system's numbers were not found, so a bare number is read by our own list and said aloud.
    fn warn_of_bare_code(&mut self, field: &str, text: &str, name: &str) {
        let warning = self.row_problem(
            field,
            "contract.type.bare_code",
            (
                &format!("只写了代码“{text}”，按本系统代码表理解为“{name}”"),
                &format!("a bare code `{text}`, read by this system's list as `{name}`"),
            ),
            ("如有不同，请改写名称", "write the name if it means something else"),
        );
        self.warnings.push(warning);
    }

    /// A code of a list that we hold only in part: what is not listed is kept as written and counted as 未分类.
    fn listed(&mut self, field: &str, list_key: &str, on: Date) -> String {
        let text = self.text(field);
        if text.is_empty() || is_blank_mark(&text) {
            return String::new();
        }
        let Some(list) = self.region.codes(list_key) else { return text };
        if let Some(code) = find_code(list, &text, on) {
            return code;
        }
        if is_blank(&text) {
            return String::new();
        }
        let warning = self.row_problem(
            field,
            "contract.code.unlisted",
            (
                &format!("“{text}”不在代码表“{}”中，按未分类统计", list.name),
                &format!("`{text}` is not in the list `{}`, counted as unclassified", list.name_en),
            ),
            ("如为新代码，请在区域数据中补充", "add it to the region data if it is a new code"),
        );
        self.warnings.push(warning);
        text
    }

    fn standing(&mut self, on: Date) -> Standing {
        let text = self.text("standing");
        if is_blank(&text) {
            return Standing::Counted;
        }
        let code = self.region.codes("standing").and_then(|list| find_code(list, &text, on));
        if let Some(standing) = code.as_deref().and_then(Standing::from_code) {
            return standing;
        }
        self.problem(
            "standing",
            "contract.standing.unknown",
            (&format!("不认识合同状态“{text}”"), &format!("unknown standing `{text}`")),
            ("改用：有效、已变更、注销、撤销", "use 有效, 已变更, 注销 or 撤销"),
        );
        Standing::Counted
    }

    fn party(&mut self, side: Side, on: Date) -> Party {
        let key = |field: &str| format!("{}_{field}", side.code());
        let kind = self.listed(&key("kind"), "party_kind", on);
        let country = self.party_country(side);
        let is_abroad = !country.is_empty() && country != HOME_COUNTRY;
        let nature = self.nature(&kind, is_abroad);
        let name = self.text(&key("name"));
        if is_blank(&name) {
            self.missing(&key("name"));
        }
        let credit_code = self.credit_code(&key("credit_code"), nature);
        let division = if is_abroad || nature == PartyNature::Foreign {
            String::new()
        } else {
            self.party_division(&key("division"), on)
        };
        Party {
            name,
            credit_code,
            division,
            country: if country == HOME_COUNTRY { String::new() } else { country },
            kind,
            address: self.text(&key("address")),
            contact: self.text(&key("contact")),
            telephone: self.text(&key("telephone")),
            legal_representative: self.text(&key("legal_representative")),
            established_on: self.date(&key("established_on")),
            is_transfer_institution: self.yes_no(&key("is_transfer_institution")),
            is_research_institution: self.yes_no(&key("is_research_institution")),
            in_hightech_zone: self.yes_no(&key("in_hightech_zone")),
            listed: self.yes_no(&key("listed")),
            scale: self.text(&key("scale")),
            nature,
        }
    }

    /// A person from abroad is a person: the name is personal data wherever one lives.
    fn nature(&self, kind: &str, is_abroad: bool) -> PartyNature {
        let root = self.region.codes("party_kind").and_then(|list| list.by_code(kind));
        let is_kind = |name: &str| {
            root.is_some_and(|code| code.name == name || code.reported_as.as_deref() == Some(name))
        };
        if is_kind(PARTY_KIND_PERSON) {
            PartyNature::Person
        } else if is_abroad || is_kind(PARTY_KIND_FOREIGN) {
            PartyNature::Foreign
        } else {
            PartyNature::Organisation
        }
    }

    /// The country as stated, or the one that stands where a division is asked for.
    fn party_country(&mut self, side: Side) -> String {
        let country = self.country(&format!("{}_country", side.code()));
        if !country.is_empty() {
            return country;
        }
        let place = self.text(&format!("{}_division", side.code()));
        if place.is_empty() || !self.region.divisions().by_name(&place).is_empty() {
            return String::new();
        }
        let by_name = !place.is_ascii();
        self.region
            .countries()
            .find(&place)
            .filter(|_| by_name)
            .map_or_else(String::new, |country| country.alpha3.clone())
    }

    /// People and foreign parties have none: what stands there, such as the number of an identity card, is not kept.
    fn credit_code(&mut self, field: &str, nature: PartyNature) -> String {
        let stated = self.text(field);
        let text = without_text_mark(&stated);
        if nature != PartyNature::Organisation {
            return String::new();
        }
        if is_blank(text) {
            self.warn_of_missing_credit_code(field);
            return String::new();
        }
        match CreditCode::parse(text) {
            Ok(code) => code.to_string(),
            Err(_) if is_organisation_code(text) => {
                self.warn_of_missing_credit_code(field);
                String::new()
            }
            Err(problem) => {
                self.problem(
                    field,
                    "contract.credit_code.invalid",
                    (
                        &format!("统一社会信用代码有误：{}", problem.message_zh()),
                        &format!("credit code is wrong: {problem}"),
                    ),
                    ("按营业执照核对 18 位代码", "check the 18 characters against the licence"),
                );
                stated
            }
        }
    }

    fn warn_of_missing_credit_code(&mut self, field: &str) {
        let warning = self.row_problem(
            field,
            "contract.credit_code.missing",
            (
                "境内机构没有统一社会信用代码，按名称识别",
                "a domestic organisation without a credit code is told by its name",
            ),
            ("请补充 18 位代码", "add the 18-character code"),
        );
        self.warnings.push(warning);
    }

    fn party_division(&mut self, field: &str, on: Date) -> String {
        if is_blank(&self.text(field)) {
            self.missing(field);
            return String::new();
        }
        self.division(field, on)
    }

    /// A division as stated (code or name), checked on the date; a statistical park code passes too.
    fn division(&mut self, field: &str, on: Date) -> String {
        let stated = self.text(field);
        let text = without_text_mark(&stated);
        if is_blank(text) {
            return String::new();
        }
        if let Some(park) = self.region.parks().find(text) {
            // A park that has no code now is kept by a former one or by its name: either finds it again.
            return park
                .code
                .or(park.former_codes.first().copied())
                .map_or_else(|| park.name.clone(), |code| code.to_string());
        }
        let Some(code) = DivisionCode::parse(text).or_else(|| division_code(text)) else {
            return self.division_by_name(field, text);
        };
        if let Err(problem) = self.region.divisions().current(code, on) {
            self.problem(
                field,
                "contract.division.invalid",
                (&problem.message_zh(), &problem.to_string()),
                (
                    "改用登记当日有效的六位行政区划代码",
                    "use the six-digit code valid on the registration date",
                ),
            );
        }
        code.to_string()
    }

    fn division_by_name(&mut self, field: &str, text: &str) -> String {
        let candidates = self.region.divisions().by_name(text);
        match candidates.as_slice() {
            [code] => return code.to_string(),
            [] => self.problem(
                field,
                "contract.division.unknown",
                (&format!("不认识行政区划“{text}”"), &format!("unknown division `{text}`")),
                (
                    "填写六位代码或“省市县”全称",
                    "write the six-digit code or the full name from the province down",
                ),
            ),
            several => {
                let names = several
                    .iter()
                    .map(|code| {
                        format!("{code} {}", self.region.divisions().full_name(*code).unwrap_or_default())
                    })
                    .collect::<Vec<_>>()
                    .join("、");
                self.problem(
                    field,
                    "contract.division.ambiguous",
                    (&format!("“{text}”可能是：{names}"), &format!("`{text}` may be: {names}")),
                    (
                        "填写六位代码或“省市县”全称",
                        "write the six-digit code or the full name from the province down",
                    ),
                );
            }
        }
        text.to_owned()
    }

    fn country(&mut self, field: &str) -> String {
        let text = self.text(field);
        if is_blank(&text) {
            return String::new();
        }
        if let Some(country) = self.region.countries().find(&text) {
            return country.alpha3.clone();
        }
        self.problem(
            field,
            "contract.country.unknown",
            (&format!("不认识国家（地区）“{text}”"), &format!("unknown country `{text}`")),
            ("填写中文名称或三位代码", "write the Chinese name or the three-letter code"),
        );
        text
    }

    fn yes_no(&mut self, field: &str) -> Option<bool> {
        match self.text(field).as_str() {
            text if is_blank(text) => None,
            "是" | "1" | "Y" | "y" | "true" | "TRUE" | "有" => Some(true),
            "否" | "0" | "N" | "n" | "false" | "FALSE" => Some(false),
            other => {
                let warning = self.row_problem(
                    field,
                    "contract.yes_no.unclear",
                    (
                        &format!("“{other}”不是“是”或“否”，按未填处理"),
                        &format!("`{other}` is neither yes nor no, taken as not stated"),
                    ),
                    ("填写 是 或 否", "write 是 or 否"),
                );
                self.warnings.push(warning);
                None
            }
        }
    }

    fn date(&mut self, field: &str) -> Option<Date> {
        match self.row.get(field) {
            Some(RawValue::Date(Some(date), _)) => Some(*date),
            Some(RawValue::Date(None, text)) if is_blank(text) => None,
            Some(_) => {
                self.problem(
                    field,
                    "contract.date.unreadable",
                    ("不是日期", "not a date"),
                    ("写成 2026-01-31 的形式", "write it as 2026-01-31"),
                );
                None
            }
            None => None,
        }
    }

    fn money(&mut self, field: &str) -> Option<Fen> {
        let Some(RawValue::Money(amount, _)) = self.row.get(field) else {
            self.missing(field);
            return None;
        };
        let problem = match amount {
            Ok(fen) => return Some(*fen),
            Err(problem) => *problem,
        };
        let (zh, en) = match problem {
            MoneyProblem::Empty => ("金额为空", "the amount is empty"),
            MoneyProblem::NotANumber => ("不是金额", "not an amount"),
            MoneyProblem::Negative => ("金额不能为负", "the amount is below zero"),
            MoneyProblem::FinerThanFen => ("金额精确到分，不能再小", "the amount is finer than one fen"),
            MoneyProblem::TooLarge => ("金额过大", "the amount is too large"),
        };
        self.problem(
            field,
            "contract.money.invalid",
            (zh, en),
            (
                "填写数字，单位写在表头，如 成交额(元)",
                "write a number and put the unit into the header, as in 成交额(元)",
            ),
        );
        None
    }

    fn text(&self, field: &str) -> String {
        match self.row.get(field) {
            Some(RawValue::Text(text) | RawValue::Date(_, text) | RawValue::Money(_, text)) => {
                text.trim().to_owned()
            }
            None => String::new(),
        }
    }

    fn missing(&mut self, field: &str) {
        self.problem(
            field,
            "contract.field.missing",
            ("必填项为空", "a required value is missing"),
            ("请填写", "fill it in"),
        );
    }

    fn problem(&mut self, field: &str, code: &'static str, reason: (&str, &str), fix: (&str, &str)) {
        let problem = self.row_problem(field, code, reason, fix);
        self.problems.push(problem);
    }

    fn row_problem(
        &self,
        field: &str,
        code: &'static str,
        reason: (&str, &str),
        fix: (&str, &str),
    ) -> RowProblem {
        RowProblem {
            field: field.to_owned(),
            value: self.text(field),
            code,
            reason_zh: reason.0.to_owned(),
            reason_en: reason.1.to_owned(),
            fix_zh: fix.0.to_owned(),
            fix_en: fix.1.to_owned(),
        }
    }
}
