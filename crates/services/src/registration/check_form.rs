//! Reads a form as a contract that can be registered, by the same rules as a row of a sheet.

use std::collections::HashMap;

use jiff::civil::Date;
use xiaoxiang_domain::contract::application::{
    ApplicationForm, CheckedApplication, Occasion, check_application, form_problems, worked_value,
};
use xiaoxiang_domain::contract::{RowProblem, Side};
use xiaoxiang_domain::money::{Fen, MoneyUnit};
use xiaoxiang_domain::region::{ColumnKind, DivisionCode, Regime, Region};

use crate::contract::{WrittenValue, check_written};

/// Stands in for the number that registration will give.
const NUMBER_TO_COME: &str = "0";

/// Who hands a form in, and to whom.
pub(super) struct Handing<'a> {
    /// Name and credit code of the applying organisation.
    pub organisation: (&'a str, Option<&'a str>),
    /// Code and name of the registrar.
    pub registrar: (&'a str, &'a str),
}

/// The application that a form makes, or everything that is wrong with it.
pub(super) fn check_form(
    form: &ApplicationForm,
    handing: &Handing<'_>,
    region: &Region,
    regime: &Regime,
    today: Date,
    occasion: Occasion,
) -> Result<CheckedApplication, Vec<RowProblem>> {
    let mut problems = form.storage_problems(region);
    let checked = match check_written(region, written(form, region, regime, today), today) {
        Ok(row) => check_application(form, row.contract, region, regime, today, occasion),
        Err(mut more) => {
            more.extend(form_problems(form));
            Err(more)
        }
    };
    let checked = match checked {
        Ok(checked) => checked,
        Err(more) => {
            problems.extend(more);
            return Err(problems);
        }
    };
    problems.extend(applicant_problem(&checked, handing));
    problems.extend(registrar_problem(&checked, handing, region));
    if problems.is_empty() { Ok(checked) } else { Err(problems) }
}

fn written(
    form: &ApplicationForm,
    region: &Region,
    regime: &Regime,
    today: Date,
) -> HashMap<String, WrittenValue> {
    let mut written = HashMap::new();
    for (key, text) in form.fields.iter().filter(|(_, text)| !text.trim().is_empty()) {
        let text = text.clone();
        let value = match region.contract_form().by_key(key).map(|column| &column.kind) {
            Some(ColumnKind::Date) => WrittenValue::Day(text),
            Some(ColumnKind::Money) => WrittenValue::Yuan(text),
            _ => WrittenValue::Text(text),
        };
        written.insert(key.clone(), value);
    }
    if !written.contains_key("technology_value") {
        written.insert("technology_value".to_owned(), WrittenValue::Amount(value_of_costs(form, regime).0));
    }
    written.insert("registration_number".to_owned(), WrittenValue::Text(NUMBER_TO_COME.to_owned()));
    written.insert("registered_on".to_owned(), WrittenValue::Day(today.to_string()));
    written
}

/// What the costs leave of the contract value; nothing where they cannot be read, which is told elsewhere.
fn value_of_costs(form: &ApplicationForm, regime: &Regime) -> Fen {
    let value = Fen::parse(form.field("contract_value"), MoneyUnit::Yuan).ok();
    let items = form.read_cost_items().ok();
    let worked = value.zip(items).and_then(|(value, items)| worked_value(value, &items, regime).ok());
    worked.map_or(Fen(0), |worked| worked.value)
}

/// One applies for one's own contract.
fn applicant_problem(checked: &CheckedApplication, handing: &Handing<'_>) -> Option<RowProblem> {
    let party = checked.contract.party(checked.side);
    let (name, code) = handing.organisation;
    let is_own = match code {
        Some(code) if !party.credit_code.is_empty() => party.credit_code == code,
        _ => party.name == name,
    };
    if is_own {
        return None;
    }
    let (who, who_en) = match checked.side {
        Side::Seller => ("卖方", "the seller"),
        Side::Buyer => ("境内买方", "the domestic buyer"),
    };
    Some(RowProblem {
        field: format!("{}_name", checked.side.code()),
        value: party.name.clone(),
        code: "application.applicant.other",
        reason_zh: format!("应由{who}申请，所填与您的单位“{name}”不符"),
        reason_en: format!("{who_en} applies, and this is not your organisation ({name})"),
        fix_zh: "请核对名称和统一社会信用代码".to_owned(),
        fix_en: "check name and credit code".to_owned(),
    })
}

/// One applies at one's own place, as far as region data say where a registrar works.
fn registrar_problem(
    checked: &CheckedApplication,
    handing: &Handing<'_>,
    region: &Region,
) -> Option<RowProblem> {
    let (code, name) = handing.registrar;
    let registrar = region.registrars().find(code).or_else(|| region.registrars().find(name))?;
    let division = DivisionCode::parse(&checked.contract.party(checked.side).division)?;
    if division.is_within(registrar.division) {
        return None;
    }
    Some(RowProblem {
        field: format!("{}_division", checked.side.code()),
        value: division.to_string(),
        code: "application.registrar.elsewhere",
        reason_zh: format!("{name}不受理该地的申请"),
        reason_en: format!("{name} does not work for that place"),
        fix_zh: "请选择单位所在地的登记机构".to_owned(),
        fix_en: "choose the registrar of your place".to_owned(),
    })
}
