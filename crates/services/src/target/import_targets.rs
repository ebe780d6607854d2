//! Sets annual targets (年度目标) from a sheet, sums checked before anything is written.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde_json::json;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::bulletin::Direction;
use xiaoxiang_domain::money::{Fen, MoneyUnit};
use xiaoxiang_domain::region::{DivisionCode, Region};
use xiaoxiang_domain::target::{AnnualTarget, AnnualTargets, TargetProblem};
use xiaoxiang_store::target::{self as store, TargetRow};
use xiaoxiang_store::{NewEntry, StoreError, Tx};

use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;
use crate::sheet::{Header, SheetProblem, SheetRow, fold_width, open_sheet, parse_date};

/// Targets in one sheet.
const TARGETS_MAX: usize = 10_000;
const YEAR: [&str; 2] = ["年度", "年份"];
const DIVISION: [&str; 4] = ["行政区划代码", "地区", "市州", "行政区划"];
const DIRECTION: [&str; 2] = ["口径", "指标"];
const AMOUNT: [&str; 3] = ["目标", "目标额", "年度目标"];
const DOCUMENT: [&str; 2] = ["文号", "依据文号"];
const FROM: [&str; 2] = ["生效日期", "起始日期"];

/// What was set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ImportedTargets {
    /// Number of targets.
    pub targets: usize,
}

/// Reads a sheet (年度, 行政区划代码, 口径, 目标(亿元), 文号, 生效日期) and sets its targets.
pub async fn import_targets(app: &App, actor: &Actor, bytes: Vec<u8>) -> Result<ImportedTargets, Refusal> {
    actor.permit(Action::IssueTargets)?;
    let region = app.region().await?;
    let one = |problem: SheetProblem| Refusal::Sheet(vec![problem]);
    let mut file = open_sheet(bytes).map_err(one)?;
    let all = [&YEAR[..], &DIVISION, &DIRECTION, &AMOUNT, &DOCUMENT, &FROM].concat();
    let found = file.find_header(0, 4, |header| all.contains(&header)).map_err(one)?.ok_or_else(|| {
        one(SheetProblem::new("target.sheet.no_header").reason("没有找到表头", "no header found").what_to_do(
            "表头应为：年度、行政区划代码、口径、目标(亿元)、文号、生效日期",
            "the header should be 年度, 行政区划代码, 口径, 目标(亿元), 文号, 生效日期",
        ))
    })?;
    let mut targets = Vec::new();
    let mut problems = Vec::new();
    for row in file.rows(0).map_err(one)? {
        let row = row.map_err(one)?;
        if row.number <= found.last_row || row.cells.iter().all(crate::sheet::SheetCell::is_empty) {
            continue;
        }
        match target_of(&row, &found.headers, &region.region) {
            Ok(target) => targets.push(target),
            Err(problem) => problems.push(problem.at_row(row.number)),
        }
        if targets.len() > TARGETS_MAX {
            return Err(one(
                SheetProblem::new("target.sheet.too_long").reason("目标过多", "too many targets")
            ));
        }
    }
    if !problems.is_empty() {
        return Err(Refusal::Sheet(problems));
    }
    save_targets(app, actor, targets).await
}

/// Sets typed targets: together with those in force every split must add up.
pub async fn save_targets(
    app: &App,
    actor: &Actor,
    targets: Vec<AnnualTarget>,
) -> Result<ImportedTargets, Refusal> {
    actor.permit(Action::IssueTargets)?;
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    let region = app.region_in(&mut tx).await?;
    tx.lock_log().await?;
    let years: BTreeSet<(i16, Direction)> =
        targets.iter().map(|target| (target.year, target.direction)).collect();
    let mut problems = Vec::new();
    for (year, direction) in years {
        let mut known = list_targets(&mut tx, year, i64::MAX).await?;
        known.extend(targets.iter().filter(|target| target.year == year).cloned());
        let on = targets.iter().map(|target| target.valid_from).max().unwrap_or(Date::MIN);
        let set: BTreeSet<u32> = targets.iter().map(|target| target.division).collect();
        let parts = parts_touched(&region.region, &set);
        problems.extend(AnnualTargets::new(known).problems(year, direction, on, &parts));
    }
    if !problems.is_empty() {
        return Err(Refusal::Sheet(
            problems.iter().map(|problem| explain(problem, &region.region)).collect(),
        ));
    }
    let rows: Vec<TargetRow> = targets.iter().map(row_of).collect();
    store::save(&mut tx, &rows).await?;
    let documents: BTreeSet<&str> = targets.iter().map(|target| target.document.as_str()).collect();
    let entry = NewEntry {
        kind: "target.set",
        subject: format!("region:{}", region.region.code()),
        payload: json!({ "targets": rows.len(), "documents": documents }),
    };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(ImportedTargets { targets: rows.len() })
}

/// The targets of a year as of a log position.
pub(crate) async fn list_targets(tx: &mut Tx, year: i16, as_of: i64) -> Result<Vec<AnnualTarget>, Refusal> {
    let damaged = || StoreError::Damaged("annual target".to_owned());
    store::list(tx, i64::from(year), as_of)
        .await?
        .into_iter()
        .map(|row| {
            Ok(AnnualTarget {
                division: row.division.parse().map_err(|_| damaged())?,
                year,
                direction: Direction::from_code(&row.direction).ok_or_else(damaged)?,
                amount: Fen(row.amount_fen),
                document: row.document_number,
                valid_from: row.valid_from.parse().map_err(|_| damaged())?,
            })
        })
        .collect()
}

pub(super) fn row_of(target: &AnnualTarget) -> TargetRow {
    TargetRow {
        year: i64::from(target.year),
        division: format!("{:06}", target.division),
        direction: target.direction.code().to_owned(),
        amount_fen: target.amount.0,
        document_number: target.document.clone(),
        valid_from: target.valid_from.to_string(),
        reason: String::new(),
    }
}

/// The splits that a change of some targets touches: the region among its cities where any of them is set, a city among
/// its counties where one of these is set. A city's own adjusted target leaves its old split to the city to mend.
fn parts_touched(region: &Region, set: &BTreeSet<u32>) -> Vec<(u32, Vec<u32>)> {
    let below = |code: DivisionCode| -> Vec<u32> {
        region.divisions().children(code).iter().map(|part| part.0).collect()
    };
    std::iter::once(region.code())
        .chain(region.cities().iter().copied())
        .map(|code| (code.0, below(code)))
        .filter(|(whole, parts)| {
            parts.iter().any(|part| set.contains(part)) || (*whole == region.code().0 && set.contains(whole))
        })
        .collect()
}

fn target_of(row: &SheetRow, headers: &[Header], region: &Region) -> Result<AnnualTarget, SheetProblem> {
    let column = |names: &[&str]| headers.iter().find(|header| names.contains(&header.normalised.as_str()));
    let text =
        |names: &[&str]| column(names).map(|header| fold_width(row.text(header.column))).unwrap_or_default();
    let wrong = |code: &'static str, value: &str, zh: &str, en: &str| {
        SheetProblem::new(code)
            .reason(zh, en)
            .what_to_do("改正后重新导入", "correct it and import again")
            .with_value(value)
    };
    let year_text = text(&YEAR);
    let year = year_text
        .trim_end_matches('年')
        .parse()
        .map_err(|_| wrong("target.year", &year_text, "不是年度", "not a year"))?;
    let place = text(&DIVISION);
    let division = DivisionCode::parse(&place)
        .filter(|code| region.divisions().is_current(*code))
        .or_else(|| match region.divisions().by_name(&place).as_slice() {
            [code] => Some(*code),
            _ => None,
        })
        .ok_or_else(|| wrong("target.division", &place, "不认识该地区", "unknown division"))?;
    let word = text(&DIRECTION);
    let direction = Direction::ALL
        .into_iter()
        .find(|direction| word.starts_with(direction.label()) || word == direction.code())
        .ok_or_else(|| {
            wrong("target.direction", &word, "口径应为 登记、输出 或 吸纳", "write 登记, 输出 or 吸纳")
        })?;
    let unit: MoneyUnit = column(&AMOUNT).and_then(|header| header.unit).ok_or_else(|| {
        wrong("target.unit", "", "目标栏没有写单位，如 目标(亿元)", "the amount column has no unit")
    })?;
    let amount_text = text(&AMOUNT);
    let amount = Fen::parse(&amount_text, unit)
        .map_err(|error| wrong("target.amount", &amount_text, "不是金额", &error.to_string()))?;
    let day = text(&FROM);
    let valid_from =
        parse_date(&day).ok_or_else(|| wrong("target.valid_from", &day, "不是日期", "not a date"))?;
    let document = text(&DOCUMENT);
    if document.is_empty() {
        return Err(wrong("target.document", "", "没有文号", "no document number"));
    }
    Ok(AnnualTarget { division: division.0, year, direction, amount, document, valid_from })
}

pub(super) fn explain(problem: &TargetProblem, region: &Region) -> SheetProblem {
    let name = |code: u32| region.divisions().name(DivisionCode(code)).unwrap_or("?").to_owned();
    let zh = match problem {
        TargetProblem::NotPositive { division, year } => format!("{}{year}年目标必须大于零", name(*division)),
        TargetProblem::SetTwice { division, year, first, second } => {
            format!("{}{year}年目标自同日起由两个文件规定：{first}、{second}", name(*division))
        }
        TargetProblem::PartMissing { division, year, part } => {
            format!("{}{year}年目标已分解，但{}没有目标", name(*division), name(*part))
        }
        TargetProblem::SumDiffers { division, year, target_fen, parts_fen } => format!(
            "{}{year}年目标 {} 亿元，分解合计 {} 亿元",
            name(*division),
            xiaoxiang_domain::money::display_fen(i128::from(*target_fen), MoneyUnit::HundredMillionYuan),
            xiaoxiang_domain::money::display_fen(*parts_fen, MoneyUnit::HundredMillionYuan),
        ),
        TargetProblem::WholeMissing { division, year } => {
            format!("{}的下级有{year}年目标，本级没有", name(*division))
        }
    };
    SheetProblem::new("target.split").reason(zh, problem.to_string()).what_to_do(
        "使分解之和等于总目标，再一并导入",
        "make the parts add up to the whole and import them together",
    )
}

/// The targets of a year, in the order in which they were set.
pub async fn targets_of_year(app: &App, year: i16) -> Result<Vec<AnnualTarget>, Refusal> {
    let mut tx = app.db.read().await?;
    list_targets(&mut tx, year, i64::MAX).await
}
