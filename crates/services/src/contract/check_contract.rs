//! Checks one contract that a program writes, by the same form and the same rules as the rows of a sheet.

use std::collections::HashMap;

use jiff::civil::Date;
use xiaoxiang_domain::contract::{CheckedRow, RawRow, RawValue, RowProblem, check_row};
use xiaoxiang_domain::money::{Fen, MoneyProblem, MoneyUnit};
use xiaoxiang_domain::region::Region;

use crate::app::App;
use crate::refusal::Refusal;
use crate::sheet::parse_date;

/// A field as a program writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WrittenValue {
    /// Words, a code, a division, 是 or 否.
    Text(String),
    /// A day.
    Day(String),
    /// An amount in fen.
    Amount(i64),
    /// An amount in yuan, as typed.
    Yuan(String),
}

/// The record of what was written, or everything that is wrong with it.
pub async fn check_contract(
    app: &App,
    written: HashMap<String, WrittenValue>,
) -> Result<Result<CheckedRow, Vec<RowProblem>>, Refusal> {
    let region = app.region().await?;
    let today = app.clock.today_in(&region.time_zone);
    Ok(check_written(&region.region, written, today))
}

/// The same against region data at hand, on a legal day.
pub(crate) fn check_written(
    region: &Region,
    written: HashMap<String, WrittenValue>,
    today: Date,
) -> Result<CheckedRow, Vec<RowProblem>> {
    let form = region.contract_form();
    let mut raw = RawRow::new();
    let mut problems = Vec::new();
    for (key, value) in written {
        let length_max = form.by_key(&key).map_or(0, |column| column.length_max as usize);
        let read = match value {
            WrittenValue::Text(text) | WrittenValue::Day(text) if text.chars().count() > length_max => {
                problems.push(too_long(&key, length_max));
                continue;
            }
            WrittenValue::Text(text) => RawValue::Text(text),
            WrittenValue::Day(text) => RawValue::Date(parse_date(&text), text),
            WrittenValue::Yuan(text) => RawValue::Money(Fen::parse(&text, MoneyUnit::Yuan), text),
            WrittenValue::Amount(fen) => RawValue::Money(amount_of(fen), fen.to_string()),
        };
        raw.insert(key, read);
    }
    match check_row(&raw, region, today) {
        Ok(checked) if problems.is_empty() => Ok(checked),
        Ok(_) => Err(problems),
        Err(more) => {
            problems.extend(more);
            Err(problems)
        }
    }
}

/// The same limits as for an amount in a sheet.
fn amount_of(fen: i64) -> Result<Fen, MoneyProblem> {
    let cent = fen.unsigned_abs() % 100;
    let sign = if fen < 0 { "-" } else { "" };
    Fen::parse(&format!("{sign}{}.{cent:02}", fen.unsigned_abs() / 100), MoneyUnit::Yuan)
}

fn too_long(key: &str, length_max: usize) -> RowProblem {
    RowProblem {
        field: key.to_owned(),
        value: String::new(),
        code: "contract.cell.too_long",
        reason_zh: format!("超过 {length_max} 个字"),
        reason_en: format!("longer than {length_max} characters"),
        fix_zh: "请缩短".to_owned(),
        fix_en: "shorten it".to_owned(),
    }
}
