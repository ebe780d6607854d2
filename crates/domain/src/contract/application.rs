//! The application for registration (认定登记申请表): the contract as written, and what only the application has.
//!
//! A draft keeps every text as it was typed. What the contract's fields mean is checked by [`super::check_row`], as for a
//! row of a sheet; here stands what an application needs beyond that.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::check::RowProblem;
use super::record::{Contract, PartyNature, Side};
use super::technology_value::{
    COST_ITEMS_MAX, CostItem, CostKind, CostRole, TechnologyValue, TechnologyValueProblem, technology_value,
};
use crate::money::{Fen, MoneyUnit};
use crate::region::{FIELD_KEYS, Regime, Region};

/// Most characters of a text that no column of the contract form limits.
pub const TEXT_CHARACTERS_MAX: usize = 500;
/// Fields of the contract that the registrar's decision fills, not the applicant.
const DECIDED_KEYS: [&str; 5] =
    ["registration_number", "registered_on", "registrar_code", "registrar_name", "standing"];
/// Fields that an application has to state beyond what every contract on record must.
const STATED_KEYS: [&str; 6] = ["project_name", "signed_on", "field", "ip", "payment_mode", "related_party"];
/// Kinds of parties that decide and publicise as 转化法 art. 18 says: research institutions and universities.
const PUBLIC_SCIENCE_KINDS: [&str; 2] = ["021", "022"];
/// Types in which a result changes hands at a price: transfer and licence.
const PRICED_TYPES: [&str; 2] = ["2", "3"];

/// The form as it was typed, complete or not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ApplicationForm {
    /// The contract's fields by their keys in the region's form; amounts in yuan.
    pub fields: BTreeMap<String, String>,
    /// 不涉密承诺
    pub undertaking: Undertaking,
    /// Costs that the contract names.
    pub cost_items: Vec<WrittenCostItem>,
    /// What universities and institutes add.
    pub decision: UnitDecision,
}

/// The undertaking that nothing handed in is secret (不涉密承诺).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Undertaking {
    /// Whether it is given.
    pub holds_no_secrets: bool,
    /// 本单位保密审查人
    pub confidentiality_reviewer: String,
}

/// An item of cost as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WrittenCostItem {
    /// What it is.
    pub name: String,
    /// `equipment`, `instrument`, `part`, `raw_material`.
    pub kind: String,
    /// `purchase`, `subject_sets`, `subject_samples`.
    pub role: String,
    /// How many sets, where the role counts them.
    pub sets: String,
    /// In yuan.
    pub amount: String,
}

/// How a university or institute decided on the deal (科技成果转化决策).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct UnitDecision {
    /// 决策层级: who decided, in the unit's own words.
    pub level: String,
    /// 会议纪要文号
    pub minutes_number: String,
    /// 定价方式: `agreed` 协议定价, `listed` 挂牌, `auction` 拍卖.
    pub pricing_method: String,
    /// 公示开始
    pub publicity_from: String,
    /// 公示结束
    pub publicity_to: String,
    /// 全部完成人已授权
    pub has_completers_authority: bool,
}

/// How a unit prices a result (转化法 第十八条).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PricingMethod {
    /// 协议定价: name and price are publicised inside the unit.
    Agreed,
    /// 技术交易市场挂牌
    Listed,
    /// 拍卖
    Auction,
}

impl PricingMethod {
    /// Every method.
    pub const ALL: [Self; 3] = [Self::Agreed, Self::Listed, Self::Auction];

    /// The word of the form.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Agreed => "agreed",
            Self::Listed => "listed",
            Self::Auction => "auction",
        }
    }

    /// The Chinese term.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Agreed => "协议定价",
            Self::Listed => "挂牌交易",
            Self::Auction => "拍卖",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.code() == code)
    }
}

/// A form that can be handed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedApplication {
    /// The contract, without number and day of registration.
    pub contract: Contract,
    /// The costs as read.
    pub cost_items: Vec<CostItem>,
    /// The technology value that follows from them.
    pub technology: TechnologyValue,
    /// Who applies.
    pub side: Side,
}

impl ApplicationForm {
    /// Whether a field of the contract is the applicant's to fill.
    #[must_use]
    pub fn is_field(key: &str) -> bool {
        FIELD_KEYS.contains(&key) && !DECIDED_KEYS.contains(&key)
    }

    /// A field as typed; empty where nothing was.
    #[must_use]
    pub fn field(&self, key: &str) -> &str {
        self.fields.get(key).map_or("", |text| text.trim())
    }

    /// Whether the undertaking is given and the confidentiality reviewer named.
    #[must_use]
    pub fn has_undertaking(&self) -> bool {
        self.undertaking.holds_no_secrets && !self.undertaking.confidentiality_reviewer.trim().is_empty()
    }

    /// What cannot even be kept: unknown fields, texts beyond every limit.
    #[must_use]
    pub fn storage_problems(&self, region: &Region) -> Vec<RowProblem> {
        let mut problems = Vec::new();
        for (key, text) in &self.fields {
            if !Self::is_field(key) {
                problems.push(problem(
                    key,
                    "application.field.unknown",
                    ("不是申请表的栏目", "no field of the application"),
                    ("请删除", "leave it out"),
                ));
            }
            let length_max = region.contract_form().by_key(key).map_or(0, |column| column.length_max);
            let length_max =
                usize::try_from(length_max).unwrap_or(TEXT_CHARACTERS_MAX).max(TEXT_CHARACTERS_MAX);
            problems.extend(too_long(key, text, length_max));
        }
        let decision = &self.decision;
        for (key, text) in [
            ("undertaking.confidentiality_reviewer", &self.undertaking.confidentiality_reviewer),
            ("decision.level", &decision.level),
            ("decision.minutes_number", &decision.minutes_number),
            ("decision.pricing_method", &decision.pricing_method),
            ("decision.publicity_from", &decision.publicity_from),
            ("decision.publicity_to", &decision.publicity_to),
        ] {
            problems.extend(too_long(key, text, TEXT_CHARACTERS_MAX));
        }
        if self.cost_items.len() > COST_ITEMS_MAX {
            problems.push(too_many_items());
        }
        for (at, item) in self.cost_items.iter().take(COST_ITEMS_MAX).enumerate() {
            for (key, text) in [
                ("name", &item.name),
                ("kind", &item.kind),
                ("role", &item.role),
                ("sets", &item.sets),
                ("amount", &item.amount),
            ] {
                problems.extend(too_long(&format!("cost_items.{at}.{key}"), text, TEXT_CHARACTERS_MAX));
            }
        }
        problems
    }

    /// The costs as amounts and counts, or everything that is wrong with them.
    ///
    /// # Errors
    /// One problem a field.
    pub fn read_cost_items(&self) -> Result<Vec<CostItem>, Vec<RowProblem>> {
        let mut problems = Vec::new();
        if self.cost_items.len() > COST_ITEMS_MAX {
            return Err(vec![too_many_items()]);
        }
        let mut items = Vec::with_capacity(self.cost_items.len());
        for (at, written) in self.cost_items.iter().enumerate() {
            items.extend(read_item(at, written, &mut problems));
        }
        if problems.is_empty() { Ok(items) } else { Err(problems) }
    }
}

fn read_item(at: usize, written: &WrittenCostItem, problems: &mut Vec<RowProblem>) -> Option<CostItem> {
    let mut wrong = |key: &str, value: &str, code, reason, fix| {
        let found = problem(&format!("cost_items.{at}.{key}"), code, reason, fix);
        problems.push(RowProblem { value: value.to_owned(), ..found });
    };
    let name = written.name.trim();
    if name.is_empty() {
        wrong(
            "name",
            "",
            "application.cost.name",
            ("未写明费用名称", "the cost has no name"),
            ("请填写", "fill it in"),
        );
    }
    let kind = match written.kind.trim() {
        "equipment" => Some(CostKind::Equipment),
        "instrument" => Some(CostKind::Instrument),
        "part" => Some(CostKind::Part),
        "raw_material" => Some(CostKind::RawMaterial),
        other => {
            let reason = (
                "费用类别应为设备、仪器、零部件或原材料",
                "a cost is for equipment, instruments, parts or materials",
            );
            wrong("kind", other, "application.cost.kind", reason, ("请选择", "choose one"));
            None
        }
    };
    let role = match written.role.trim() {
        "purchase" => Some(CostRole::Purchase),
        "subject_samples" => Some(CostRole::SubjectSamples),
        "subject_sets" => match written.sets.trim().parse() {
            Ok(sets) if sets > 0 => Some(CostRole::SubjectSets { sets }),
            _ => {
                let reason = ("套数应为大于零的整数", "the number of sets is a whole number above nothing");
                wrong("sets", &written.sets, "application.cost.sets", reason, ("请填写", "fill it in"));
                None
            }
        },
        other => {
            let reason = (
                "请说明是外购、标的物成套设备，还是标的物样品资料",
                "say whether it is a purchase, complete sets or samples of the subject matter",
            );
            wrong("role", other, "application.cost.role", reason, ("请选择", "choose one"));
            None
        }
    };
    let amount = Fen::parse(&written.amount, MoneyUnit::Yuan);
    if amount.is_err() {
        let reason =
            ("金额应为以元为单位的数字，最多两位小数", "an amount in yuan with at most two decimals");
        wrong("amount", &written.amount, "application.cost.amount", reason, ("请核对", "check it"));
    }
    if name.is_empty() {
        return None;
    }
    Some(CostItem { name: name.to_owned(), kind: kind?, role: role?, amount: amount.ok()? })
}

/// Who applies for a contract: the seller, for imported technology the domestic buyer where the regime says so.
#[must_use]
pub fn applying_side(contract: &Contract, regime: &Regime) -> Side {
    if contract.seller.nature == PartyNature::Foreign && regime.buyer_applies_for_imports {
        Side::Buyer
    } else {
        Side::Seller
    }
}

/// The technology value that the form's costs lead to, with the problem beside its field.
///
/// # Errors
/// Where the costs contradict themselves or the contract value.
pub fn worked_value(
    contract_value: Fen,
    items: &[CostItem],
    regime: &Regime,
) -> Result<TechnologyValue, Box<RowProblem>> {
    technology_value(contract_value, items, regime.reasonable_sets_max).map_err(|found| {
        let (field, reason) = match found {
            TechnologyValueProblem::TooManyItems => return Box::new(too_many_items()),
            TechnologyValueProblem::Amount { item } => {
                (format!("cost_items.{item}.amount"), ("金额不可能", "an impossible amount"))
            }
            TechnologyValueProblem::NoSets { item } => {
                (format!("cost_items.{item}.sets"), ("没有套数", "no sets"))
            }
            TechnologyValueProblem::AboveContractValue => (
                "cost_items".to_owned(),
                ("费用合计大于合同成交额", "the costs add up to more than the contract value"),
            ),
        };
        Box::new(problem(
            &field,
            "application.cost.contradiction",
            reason,
            ("请核对费用与成交额", "check costs and contract value"),
        ))
    })
}

/// What is missing or wrong in a form, whatever the contract: undertaking, fields that have to be stated, costs.
#[must_use]
pub fn form_problems(form: &ApplicationForm) -> Vec<RowProblem> {
    let mut problems = Vec::new();
    if !form.undertaking.holds_no_secrets {
        problems.push(missing("undertaking.holds_no_secrets"));
    }
    if form.undertaking.confidentiality_reviewer.trim().is_empty() {
        problems.push(missing("undertaking.confidentiality_reviewer"));
    }
    problems.extend(STATED_KEYS.into_iter().filter(|key| form.field(key).is_empty()).map(missing));
    if let Err(more) = form.read_cost_items() {
        problems.extend(more);
    }
    problems
}

/// What a form is read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// 申请登记: within the contract's term.
    Application,
    /// 变更: whatever the term, which may be what changes.
    Change,
}

/// Checks what an application needs beyond a contract that can go on record.
///
/// `contract` is the form's contract as [`super::check_row`] made it; `today` is the legal day of handing in.
///
/// # Errors
/// Everything that is missing or wrong, at once.
pub fn check_application(
    form: &ApplicationForm,
    contract: Contract,
    region: &Region,
    regime: &Regime,
    today: Date,
    occasion: Occasion,
) -> Result<CheckedApplication, Vec<RowProblem>> {
    let mut problems = form_problems(form);
    let side = applying_side(&contract, regime);
    for party in [Side::Seller, Side::Buyer] {
        let is_domestic = contract.party(party).nature == PartyNature::Organisation;
        let keys: &[&str] = match (party == side, is_domestic) {
            (true, _) => &["kind", "division", "contact", "telephone"],
            (false, true) => &["kind", "division"],
            (false, false) => &[],
        };
        let keys = keys.iter().map(|key| format!("{}_{key}", party.code()));
        problems.extend(keys.filter(|key| form.field(key).is_empty()).map(|key| missing(&key)));
    }
    if occasion == Occasion::Application {
        problems.extend(term_problems(&contract, today));
    }
    problems.extend(decision_problems(form, &contract, side, region, today));
    // Costs that cannot be read are told of already.
    let Ok(cost_items) = form.read_cost_items() else { return Err(problems) };
    match worked_value(contract.contract_value, &cost_items, regime) {
        Err(contradiction) => {
            problems.push(*contradiction);
            Err(problems)
        }
        Ok(worked)
            if !form.field("technology_value").is_empty() && worked.value != contract.technology_value =>
        {
            let reason = (
                format!(
                    "填写的技术交易额 {} 元与成交额扣除费用后的 {} 元不符",
                    contract.technology_value, worked.value
                ),
                format!(
                    "the technology value stated ({}) is not what the costs leave of the contract value ({}), in yuan",
                    contract.technology_value, worked.value
                ),
            );
            let reason = (reason.0.as_str(), reason.1.as_str());
            let fix = (
                "请核对费用清单，或留空由系统计算",
                "check the costs, or leave it empty to have it worked out",
            );
            problems.push(problem("technology_value", "application.technology_value.differs", reason, fix));
            Err(problems)
        }
        Ok(technology) if problems.is_empty() => {
            let contract = Contract { technology_value: technology.value, ..contract };
            Ok(CheckedApplication { contract, cost_items, technology, side })
        }
        Ok(_) => Err(problems),
    }
}

/// One applies after the contract has taken effect and within its term.
fn term_problems(contract: &Contract, today: Date) -> Vec<RowProblem> {
    let mut problems = Vec::new();
    if contract.valid_from.is_some_and(|from| from > today) {
        problems.push(problem(
            "valid_from",
            "application.term.not_begun",
            ("合同尚未生效", "the contract is not in effect yet"),
            ("生效后再提交", "hand it in once it is"),
        ));
    }
    if contract.valid_to.is_some_and(|to| to < today) {
        problems.push(problem(
            "valid_to",
            "application.term.over",
            ("合同有效期已过", "the contract's term is over"),
            (
                "有效期内的合同才能申请登记；请核对日期",
                "only a contract within its term can be registered; check the day",
            ),
        ));
    }
    problems
}

/// What a university or institute shows of its decision (转化法 第十八条).
fn decision_problems(
    form: &ApplicationForm,
    contract: &Contract,
    side: Side,
    region: &Region,
    today: Date,
) -> Vec<RowProblem> {
    let kinds = region.codes("party_kind");
    let kind = &contract.party(side).kind;
    let is_unit =
        kinds.is_some_and(|list| PUBLIC_SCIENCE_KINDS.iter().any(|root| is_within(list, kind, root)));
    if !is_unit || side == Side::Buyer {
        return Vec::new();
    }
    let decision = &form.decision;
    let mut problems = Vec::new();
    for (key, text) in [("level", &decision.level), ("minutes_number", &decision.minutes_number)] {
        if text.trim().is_empty() {
            problems.push(missing(&format!("decision.{key}")));
        }
    }
    if !decision.has_completers_authority {
        problems.push(missing("decision.has_completers_authority"));
    }
    let types = region.codes("contract_type");
    let is_priced = types
        .is_some_and(|list| PRICED_TYPES.iter().any(|root| is_within(list, &contract.contract_type, root)));
    if !is_priced {
        return problems;
    }
    match PricingMethod::from_code(decision.pricing_method.trim()) {
        None => problems.push(missing("decision.pricing_method")),
        Some(PricingMethod::Agreed) => problems.extend(publicity_problems(decision, today)),
        Some(PricingMethod::Listed | PricingMethod::Auction) => {}
    }
    problems
}

fn publicity_problems(decision: &UnitDecision, today: Date) -> Vec<RowProblem> {
    let read = |text: &str| text.trim().parse::<Date>().ok();
    let days = [("publicity_from", &decision.publicity_from), ("publicity_to", &decision.publicity_to)];
    let mut problems: Vec<RowProblem> = days
        .iter()
        .filter(|(_, text)| read(text).is_none())
        .map(|(key, _)| missing(&format!("decision.{key}")))
        .collect();
    if let (Some(from), Some(to)) = (read(&decision.publicity_from), read(&decision.publicity_to))
        && (from > to || to > today)
    {
        problems.push(problem(
            "decision.publicity_to",
            "application.publicity.days",
            (
                "公示应先开始、后结束，并在提交前结束",
                "publicity begins, ends, and is over before the application",
            ),
            ("请核对公示日期", "check the days"),
        ));
    }
    problems
}

fn is_within(list: &crate::region::CodeList, code: &str, root: &str) -> bool {
    let mut at = list.by_code(code);
    for _ in 0..list.items().len() {
        match at {
            Some(found) if found.code == root => return true,
            Some(found) => at = found.parent.as_deref().and_then(|parent| list.by_code(parent)),
            None => return false,
        }
    }
    false
}

fn problem(field: &str, code: &'static str, reason: (&str, &str), fix: (&str, &str)) -> RowProblem {
    RowProblem {
        field: field.to_owned(),
        value: String::new(),
        code,
        reason_zh: reason.0.to_owned(),
        reason_en: reason.1.to_owned(),
        fix_zh: fix.0.to_owned(),
        fix_en: fix.1.to_owned(),
    }
}

fn missing(field: &str) -> RowProblem {
    problem(
        field,
        "application.field.missing",
        ("申请登记必须填写", "an application has to state this"),
        ("请填写", "fill it in"),
    )
}

fn too_long(field: &str, text: &str, length_max: usize) -> Option<RowProblem> {
    (text.chars().count() > length_max).then(|| {
        let reason = (format!("超过 {length_max} 个字"), format!("longer than {length_max} characters"));
        problem(field, "application.field.too_long", (&reason.0, &reason.1), ("请缩短", "shorten it"))
    })
}

fn too_many_items() -> RowProblem {
    let reason =
        (format!("费用超过 {COST_ITEMS_MAX} 项"), format!("more than {COST_ITEMS_MAX} items of cost"));
    problem(
        "cost_items",
        "application.cost.too_many",
        (&reason.0, &reason.1),
        ("请合并同类费用", "merge those of a kind"),
    )
}
