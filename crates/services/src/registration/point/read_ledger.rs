//! The ledger (登记台账): the contracts that a registrar, or all of the region's, registered in a period, with acceptance
//! and certificate where the application went through the desk.

use std::collections::HashMap;

use jiff::civil::Date;
use xiaoxiang_domain::access::{Action, Scope};
use xiaoxiang_domain::bulletin::{
    ColumnKind, FileLanguage, PrintedCell, PrintedColumn, PrintedNote, PrintedRow, PrintedTable, RowKind,
};
use xiaoxiang_domain::fact::{Source, Standing};
use xiaoxiang_domain::money::{Fen, MoneyUnit};
use xiaoxiang_domain::period::Period;
use xiaoxiang_domain::region::Region;
use xiaoxiang_statistics::listing::{ListFilter, ListOrder, ListReach};
use xiaoxiang_store::registration_point as store;

use super::known_points::known_points;
use super::list_points::{check_period, is_within};
use crate::actor::Actor;
use crate::app::App;
use crate::bulletin::{PublicFormat, write_table_file};
use crate::contract::{ContractsAsk, ListedContract, list_reached, name_of_party, words_cell};
use crate::refusal::Refusal;

/// Contracts of one ledger; whoever needs more takes fewer months or one registrar.
pub const LEDGER_ROWS_MAX: usize = 20_000;
/// Contracts read at once.
const CHUNK_ROWS: usize = 1_000;

/// The declared columns.
const COLUMNS: [(&str, &str, &str, ColumnKind); 14] = [
    ("registration_number", "登记编号", "Registration number", ColumnKind::Text),
    ("registered_on", "登记日期", "Registered on", ColumnKind::Text),
    ("project_name", "项目名称", "Project", ColumnKind::Text),
    ("contract_type", "合同类型", "Type", ColumnKind::Text),
    ("seller_name", "卖方", "Seller", ColumnKind::Text),
    ("buyer_name", "买方", "Buyer", ColumnKind::Text),
    ("contract_value", "成交额(万元)", "Contract value (10,000 CNY)", ColumnKind::Amount),
    ("technology_value", "技术交易额(万元)", "Technology value (10,000 CNY)", ColumnKind::Amount),
    ("signed_on", "签订日期", "Signed on", ColumnKind::Text),
    ("acceptance_number", "受理编号", "Acceptance number", ColumnKind::Text),
    ("accepted_on", "受理日期", "Accepted on", ColumnKind::Text),
    ("certificate_number", "证明编号", "Certificate number", ColumnKind::Text),
    ("registrar_name", "登记机构", "Registrar", ColumnKind::Text),
    ("standing", "状态", "Standing", ColumnKind::Text),
];

/// A ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ledger {
    /// Of which months.
    pub period: Period,
    /// The registrar; none for all of the region's.
    pub registrar: Option<(i64, String)>,
    /// The contracts in order of their days and numbers, and the total of those that stand.
    pub table: PrintedTable,
    /// How many contracts it lists, the withdrawn ones too.
    pub count: usize,
    /// The legal day on which it was made.
    pub made_on: Date,
}

/// The ledger of a registrar (`None`: of the region) for a period of at most a year. Months are those of the legal days of
/// registration.
pub async fn read_ledger(
    app: &App,
    actor: &Actor,
    registrar_key: Option<i64>,
    period: Period,
) -> Result<Ledger, Refusal> {
    let scope = actor.permit(Action::ReadPoints)?;
    check_period(period)?;
    // A registrar's own ledger is the only one that it sees, named or not.
    let wanted = match scope {
        Scope::Registrar(own) => Some(registrar_key.unwrap_or(own)),
        _ => registrar_key,
    };
    let unknown = |key: i64| Refusal::NotFound(format!("registration point {key}"));
    if let Some(key) = wanted.filter(|key| !is_within(scope, *key)) {
        return Err(unknown(key));
    }
    let mut tx = app.db.read().await?;
    let region = app.region_in(&mut tx).await?;
    let made_on = app.clock.today_in(&region.time_zone);
    let registrar = match wanted {
        Some(key) => {
            let points = known_points(&mut tx, &region.region).await?;
            let point = points.into_iter().find(|point| point.key == key).ok_or_else(|| unknown(key))?;
            Some((key, point.name))
        }
        None => None,
    };
    let (first, last) = (period.first_day().to_string(), period.last_day().to_string());
    let mut papers = HashMap::new();
    for (number, acceptance, accepted_on, certificate) in
        store::list_certificates(&mut tx, &first, &last).await?
    {
        papers.insert(number, [acceptance, accepted_on, certificate].map(Option::unwrap_or_default));
    }
    drop(tx);
    let mut contracts = registered(app, wanted, period).await?;
    contracts.sort_by(|one, other| {
        let place = |listed: &ListedContract| {
            (listed.contract.registered_on, listed.contract.registration_number.clone())
        };
        place(one).cmp(&place(other))
    });
    let count = contracts.len();
    let table = table(&region.region, &registrar, period, &contracts, &papers);
    Ok(Ledger { period, registrar, table, count, made_on })
}

/// The contracts registered by one registrar or by all of the region's.
async fn registered(
    app: &App,
    registrar_key: Option<i64>,
    period: Period,
) -> Result<Vec<ListedContract>, Refusal> {
    let reach = match registrar_key {
        // A key that no fact can carry reaches nothing, as 0 does.
        Some(key) => ListReach::Registrar(u32::try_from(key).unwrap_or(0)),
        None => ListReach::Everything,
    };
    let filter = ListFilter { period: Some(period), ..ListFilter::default() };
    let mut ask = ContractsAsk { filter, order: ListOrder::Number, after: None };
    let mut contracts = Vec::new();
    loop {
        let page = list_reached(app, reach, &ask, CHUNK_ROWS).await?;
        contracts.extend(page.rows.into_iter().filter(|listed| listed.source == Source::Registry));
        if contracts.len() > LEDGER_ROWS_MAX {
            return Err(Refusal::invalid(
                "point.ledger.long",
                format!("台账超过 {LEDGER_ROWS_MAX} 项。请缩短期间，或按登记点查看。"),
                format!(
                    "the ledger has over {LEDGER_ROWS_MAX} contracts; choose fewer months or one registrar"
                ),
            ));
        }
        if page.next.is_none() {
            return Ok(contracts);
        }
        ask.after = page.next;
    }
}

fn table(
    region: &Region,
    registrar: &Option<(i64, String)>,
    period: Period,
    contracts: &[ListedContract],
    papers: &HashMap<String, [String; 3]>,
) -> PrintedTable {
    let columns =
        COLUMNS.map(|(key, header, header_en, kind)| PrintedColumn::ungrouped(key, header, header_en, kind));
    let whose = registrar.as_ref().map_or("全省", |(_, name)| name.as_str());
    let whose_en = registrar.as_ref().map_or("all registrars", |(_, name)| name.as_str());
    let mut rows: Vec<PrintedRow> = contracts.iter().map(|listed| row_of(region, listed, papers)).collect();
    if !rows.is_empty() {
        rows.push(total_of(contracts));
    }
    PrintedTable {
        title: format!("{whose}技术合同登记台账（{}）", period.title()),
        title_en: format!("Ledger of registered technology contracts, {whose_en}, {}", period.title_en()),
        columns: columns.to_vec(),
        rows,
        notes: vec![PrintedNote {
            zh: "按登记日期列示；合计不含已注销、撤销的合同。没有受理编号的合同由全国系统登记后导入。".to_owned(),
            en: "In order of registration days. The total leaves out what was cancelled or revoked. A contract without \
                 an acceptance number was registered in the national system and imported."
                .to_owned(),
        }],
    }
}

fn row_of(region: &Region, listed: &ListedContract, papers: &HashMap<String, [String; 3]>) -> PrintedRow {
    let contract = &listed.contract;
    let text = |text: &str| PrintedCell::text(text);
    let kind = region.codes("contract_type").and_then(|list| list.by_code(&contract.contract_type));
    let [acceptance, accepted_on, certificate] =
        papers.get(&contract.registration_number).cloned().unwrap_or_default();
    let signed_on = contract.signed_on.map(|day| day.to_string()).unwrap_or_default();
    PrintedRow {
        key: contract.registration_number.clone(),
        kind: RowKind::Body,
        cells: vec![
            text(&contract.registration_number),
            text(&contract.registered_on.to_string()),
            text(&contract.project_name),
            kind.map_or_else(|| text(&contract.contract_type), |kind| words_cell(&kind.name, &kind.name_en)),
            name_of_party(&contract.seller),
            name_of_party(&contract.buyer),
            ten_thousand(contract.contract_value),
            ten_thousand(contract.technology_value),
            text(&signed_on),
            text(&acceptance),
            text(&accepted_on),
            text(&certificate),
            text(&contract.registrar_name),
            match contract.standing {
                Standing::Counted => words_cell("有效", "counted"),
                Standing::Withdrawn => words_cell("已注销", "withdrawn"),
            },
        ],
    }
}

/// The sums of the exact amounts, rounded once.
fn total_of(contracts: &[ListedContract]) -> PrintedRow {
    let counted = || contracts.iter().filter(|listed| listed.contract.standing == Standing::Counted);
    let sum = |value: fn(&ListedContract) -> Fen| Fen(counted().map(|listed| value(listed).0).sum());
    let count = counted().count();
    let mut cells = vec![PrintedCell::default(); COLUMNS.len()];
    cells[0] = words_cell("合计", "Total");
    cells[2] = words_cell(&format!("{count} 项"), &format!("{count} contracts"));
    cells[6] = ten_thousand(sum(|listed| listed.contract.contract_value));
    cells[7] = ten_thousand(sum(|listed| listed.contract.technology_value));
    PrintedRow { key: "total".to_owned(), kind: RowKind::Total, cells }
}

fn ten_thousand(value: Fen) -> PrintedCell {
    PrintedCell::figure(value.display_in(MoneyUnit::TenThousandYuan), Some(value.0))
}

/// A ledger as a file, as every printed table is written.
pub fn write_ledger(
    ledger: &Ledger,
    format: PublicFormat,
    language: FileLanguage,
) -> Result<Vec<u8>, Refusal> {
    let tables = [ledger.table.clone()];
    write_table_file(&tables, &[], format, ledger.made_on, language)
}
