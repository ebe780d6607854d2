//! Replaces a park's company list (园区企业名录) and moves the contracts that it concerns.

use serde_json::json;
use xiaoxiang_domain::access::{Action, Scope};
use xiaoxiang_domain::attribution::ParkCompany;
use xiaoxiang_domain::organisation::credit_code::CreditCode;
use xiaoxiang_domain::region::Region;
use xiaoxiang_store::attribution::{self as store, ParkCompanyRow};
use xiaoxiang_store::contract::CurrentRow;
use xiaoxiang_store::{NewEntry, WriteTx};

use super::facts::{Ground, PAGE_ROWS, load_basis, reattribute};
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;
use crate::sheet::{SheetFile, SheetProblem, fold_width, open_sheet, parse_date};

/// Companies on one park's list.
const COMPANIES_MAX: usize = 50_000;

/// What the new list did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ImportedParkList {
    /// Companies on the list.
    pub companies: usize,
    /// Contracts that count elsewhere from now on.
    pub moved_contracts: usize,
}

/// Reads a list (企业名称, 统一社会信用代码, 入园日期, 退出日期) and puts it in the place of the park's present one.
pub async fn import_park_list(
    app: &App,
    actor: &Actor,
    park: &str,
    bytes: Vec<u8>,
) -> Result<ImportedParkList, Refusal> {
    let region = app.region().await?;
    let park_key = region
        .region
        .parks()
        .find(park)
        .or_else(|| park.parse().ok().and_then(|key| region.region.parks().by_key(key)))
        .map(|found| found.key)
        .ok_or_else(|| Refusal::NotFound(park.to_owned()))?;
    permit_park(actor, park_key)?;
    let companies = read_park_list(bytes, park_key)?;
    replace_park_list(app, actor, park_key, companies).await
}

/// Reads a list without writing anything.
pub(super) fn read_park_list(bytes: Vec<u8>, park_key: u32) -> Result<Vec<ParkCompany>, Refusal> {
    let mut file = open_sheet(bytes).map_err(|problem| Refusal::Sheet(vec![problem]))?;
    read_companies(&mut file, park_key)
}

/// Permits a list of one park; another park's is not found.
pub(super) fn permit_park(actor: &Actor, park_key: u32) -> Result<(), Refusal> {
    let extent = actor.permit(Action::ImportParkList)?;
    if extent == Scope::Region || extent == Scope::Park(park_key) {
        return Ok(());
    }
    Err(Refusal::NotFound(park_key.to_string()))
}

/// Puts a typed list in the place of the park's present one.
pub async fn replace_park_list(
    app: &App,
    actor: &Actor,
    park_key: u32,
    companies: Vec<ParkCompany>,
) -> Result<ImportedParkList, Refusal> {
    permit_park(actor, park_key)?;
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    let region = app.region_in(&mut tx).await?;
    // Under the log's lock, so that no contract slips in between the two states.
    tx.lock_log().await?;
    replace_in(tx, &region.region, actor, park_key, &companies).await
}

/// Replaces the list in a transaction that holds the log's lock, and commits it.
pub(super) async fn replace_in(
    mut tx: WriteTx,
    region: &Region,
    actor: &Actor,
    park_key: u32,
    companies: &[ParkCompany],
) -> Result<ImportedParkList, Refusal> {
    let before = load_basis(&mut tx).await?;
    let rows: Vec<ParkCompanyRow> = companies.iter().map(row_of).collect();
    store::replace_park_list(&mut tx, i64::from(park_key), &rows).await?;
    let after = load_basis(&mut tx).await?;
    let ground = |basis| Ground { region, basis };
    let mut moved_contracts = 0;
    let concerned = before.companies().iter().filter(|line| line.park_key == park_key).chain(companies);
    let mut organisations = Vec::new();
    for company in concerned {
        organisations.extend(organisation_keys(&mut tx, company).await?);
    }
    organisations.sort_unstable();
    organisations.dedup();
    let mut done = std::collections::HashSet::new();
    for organisation_key in organisations {
        let mut last = 0;
        loop {
            let page = xiaoxiang_store::contract::list_current_of_organisation(
                &mut tx,
                organisation_key,
                last,
                PAGE_ROWS,
            )
            .await?;
            let Some(end) = page.last().map(|row| row.contract_key) else { break };
            last = end;
            let fresh: Vec<CurrentRow> =
                page.into_iter().filter(|row| done.insert(row.contract_key)).collect();
            moved_contracts += reattribute(&mut tx, &fresh, ground(&before), ground(&after)).await?;
        }
    }
    let entry = NewEntry {
        kind: "park.list_imported",
        subject: format!("park:{park_key}"),
        payload: json!({ "companies": rows.len(), "moved_contracts": moved_contracts }),
    };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(ImportedParkList { companies: rows.len(), moved_contracts })
}

async fn organisation_keys(tx: &mut WriteTx, company: &ParkCompany) -> Result<Vec<i64>, Refusal> {
    Ok(xiaoxiang_store::organisation::find_keys(tx, &company.credit_code, &company.name).await?)
}

fn row_of(company: &ParkCompany) -> ParkCompanyRow {
    ParkCompanyRow {
        park_company_id: 0,
        park_key: i64::from(company.park_key),
        credit_code: company.credit_code.clone(),
        name: company.name.clone(),
        valid_from: company.valid_from.to_string(),
        valid_to: company.valid_to.map(|day| day.to_string()),
    }
}

fn read_companies(file: &mut SheetFile, park_key: u32) -> Result<Vec<ParkCompany>, Refusal> {
    const NAMES: [&str; 4] = ["企业名称", "单位名称", "名称", "公司名称"];
    const CODES: [&str; 3] = ["统一社会信用代码", "信用代码", "社会信用代码"];
    const FROM: [&str; 4] = ["入园日期", "起始日期", "生效日期", "有效期起"];
    const TO: [&str; 4] = ["退出日期", "截止日期", "失效日期", "有效期止"];
    let known = |header: &str| [&NAMES[..], &CODES, &FROM, &TO].concat().contains(&header);
    let one = |problem: SheetProblem| Refusal::Sheet(vec![problem]);
    let found = file.find_header(0, 2, known).map_err(one)?.ok_or_else(|| {
        one(SheetProblem::new("park.list.no_header").reason("没有找到表头", "no header found").what_to_do(
            "表头应含：企业名称、统一社会信用代码、入园日期、退出日期",
            "the header should hold 企业名称, 统一社会信用代码, 入园日期, 退出日期",
        ))
    })?;
    let column = |names: &[&str]| {
        found
            .headers
            .iter()
            .find(|header| names.contains(&header.normalised.as_str()))
            .map(|header| header.column)
    };
    let (name_at, code_at, from_at, to_at) = (column(&NAMES), column(&CODES), column(&FROM), column(&TO));
    let mut companies = Vec::new();
    let mut problems = Vec::new();
    for row in file.rows(0).map_err(one)? {
        let row = row.map_err(one)?;
        if row.number <= found.last_row {
            continue;
        }
        let text = |at: Option<usize>| at.map(|at| fold_width(row.text(at))).unwrap_or_default();
        let (name, code, from, to) = (text(name_at), text(code_at), text(from_at), text(to_at));
        if name.is_empty() && code.is_empty() {
            continue;
        }
        match company_of(park_key, name, &code, &from, &to) {
            Ok(company) if companies.len() < COMPANIES_MAX => companies.push(company),
            Ok(_) => {
                return Err(one(
                    SheetProblem::new("park.list.too_long").reason("名录过长", "the list is too long")
                ));
            }
            Err(problem) => problems.push(problem.at_row(row.number)),
        }
    }
    if problems.is_empty() { Ok(companies) } else { Err(Refusal::Sheet(problems)) }
}

fn company_of(
    park_key: u32,
    name: String,
    code: &str,
    from: &str,
    to: &str,
) -> Result<ParkCompany, SheetProblem> {
    let credit_code = match code {
        "" => String::new(),
        text => CreditCode::parse(text).map(|code| code.to_string()).map_err(|problem| {
            SheetProblem::new("park.list.credit_code")
                .reason(
                    format!("统一社会信用代码有误：{}", problem.message_zh()),
                    format!("credit code is wrong: {problem}"),
                )
                .what_to_do("按营业执照核对", "check it against the licence")
                .with_value(text)
        })?,
    };
    let day = |text: &str| {
        parse_date(text).ok_or_else(|| {
            SheetProblem::new("park.list.date")
                .reason("不是日期", "not a date")
                .what_to_do("写成 2026-01-31 的形式", "write it as 2026-01-31")
                .with_value(text)
        })
    };
    let valid_from = if from.is_empty() { jiff::civil::date(1949, 10, 1) } else { day(from)? };
    let valid_to = if to.is_empty() { None } else { Some(day(to)?) };
    Ok(ParkCompany { park_key, credit_code, name, valid_from, valid_to })
}
