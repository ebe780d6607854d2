//! Opens a figure: the contracts behind a cell, without personal data.

use serde::Serialize;
use xiaoxiang_domain::bulletin::{Dimension, Direction};
use xiaoxiang_domain::contract::Contract;
use xiaoxiang_domain::period::Period;
use xiaoxiang_domain::region::DivisionCode;
use xiaoxiang_statistics::cross_table::Cell;
use xiaoxiang_statistics::explain::{PageOf, explain};
use xiaoxiang_statistics::table::RowKey;
use xiaoxiang_store::{StoreError, Tx};

use super::content::CITY_MONTHLY;
use super::list_bulletins::find_bulletin;
use super::make_table::{TableAsk, refused};
use super::read_model::Figures;
use crate::app::App;
use crate::refusal::Refusal;

/// What a cell opens to.
#[derive(Clone, Debug, Serialize)]
pub struct CellBehind {
    /// Contracts in the cell.
    pub total: usize,
    /// 成交额 of all of them.
    pub contract_value_fen: i128,
    /// 技术交易额 of all of them.
    pub technology_value_fen: i128,
    /// One page of them, largest first.
    pub contracts: Vec<ContractBehind>,
}

/// One contract behind a figure.
#[derive(Clone, Debug, Serialize)]
pub struct ContractBehind {
    /// 登记编号
    pub registration_number: String,
    /// Version counted.
    pub version: i64,
    /// Log position from which it counts.
    pub position: i64,
    /// The record, personal data left out.
    pub contract: Contract,
}

/// The contracts behind a row, or behind one cell of a cross-table.
pub async fn explain_cell(
    app: &App,
    ask: &TableAsk,
    row: &str,
    column: Option<u32>,
    page: PageOf,
) -> Result<CellBehind, Refusal> {
    let figures = app.figures().await?;
    let mut tx = app.db.read().await?;
    explain_in(&figures, &mut tx, ask, row, column, page).await
}

/// The contracts behind a cell of a bulletin, as they stood when it was frozen.
pub async fn explain_bulletin_cell(
    app: &App,
    bulletin_id: &str,
    table_key: &str,
    row: &str,
    column: &str,
    page: PageOf,
) -> Result<CellBehind, Refusal> {
    let detail = find_bulletin(app, bulletin_id).await?;
    let table = detail
        .content
        .tables
        .iter()
        .find(|table| table.key == table_key)
        .ok_or_else(|| Refusal::NotFound(table_key.to_owned()))?;
    let period = detail.summary.period;
    let (direction, months) = side_of(table_key, table.direction, column, period);
    let ask = TableAsk {
        as_of: Some(detail.summary.row.as_of),
        only: table.only.clone(),
        ..TableAsk::new(direction, table.by, months)
    };
    explain_cell(app, &ask, row, None, page).await
}

/// Direction and months of a column: `cumulative.absorbed.count`, `output.contract_value`, `contract_value.before`.
fn side_of(table_key: &str, direction: Direction, column: &str, period: Period) -> (Direction, Period) {
    if table_key != CITY_MONTHLY {
        let is_previous = column.ends_with(".before");
        let months = period.cumulative();
        return (direction, if is_previous { months.previous_year() } else { months });
    }
    let (months, rest) = match column.strip_prefix("cumulative.") {
        Some(rest) => (period.cumulative(), rest),
        None => (period, column),
    };
    let word = rest.split('.').next().unwrap_or_default();
    match Direction::from_code(word) {
        Some(direction) => (direction, months),
        // Columns of the target are about the registered figures since January.
        None => (Direction::Registered, period.cumulative()),
    }
}

async fn explain_in(
    figures: &Figures<'_>,
    tx: &mut Tx,
    ask: &TableAsk,
    row: &str,
    column: Option<u32>,
    page: PageOf,
) -> Result<CellBehind, Refusal> {
    let key = row_key(figures, tx, ask.by, row).await?;
    let behind =
        explain(figures.columns(), figures.lists(), &ask.request(), &key, column, page).map_err(refused)?;
    let contracts = contracts_of(tx, &behind.fact_ids()).await?;
    let Cell { contract_value, technology_value, .. } = behind.cell;
    Ok(CellBehind {
        total: behind.total,
        contract_value_fen: contract_value,
        technology_value_fen: technology_value,
        contracts,
    })
}

/// The contracts of facts, in the order of the facts.
pub(super) async fn contracts_of(tx: &mut Tx, fact_ids: &[i64]) -> Result<Vec<ContractBehind>, Refusal> {
    let mut rows = xiaoxiang_store::contract::list_behind(tx, fact_ids).await?;
    rows.sort_by_key(|row| fact_ids.iter().position(|id| *id == row.fact_id));
    rows.into_iter()
        .map(|row| {
            let contract = serde_json::from_str(&row.record).map_err(|error| {
                StoreError::Damaged(format!("record of {}: {error}", row.registration_number))
            })?;
            Ok(ContractBehind {
                registration_number: row.registration_number,
                version: row.version,
                position: row.position,
                contract,
            })
        })
        .collect()
}

/// A row by its key or by its name; what is neither is not found, never «unknown».
async fn row_key(figures: &Figures<'_>, tx: &mut Tx, by: Dimension, row: &str) -> Result<RowKey, Refusal> {
    let region = &figures.region().region;
    match row {
        "total" | "总计" | "合计" => return Ok(RowKey::Total),
        "outside" => return Ok(RowKey::Outside),
        _ => {}
    }
    let groups = figures.lists().groups();
    let is_group =
        |key: &str| region.groups().iter().any(|group| group.name == row && group.key.to_string() == key);
    if let Some(group) = groups.iter().find(|group| group.key == row || is_group(&group.key)) {
        return Ok(RowKey::Subtotal(group.key.clone()));
    }
    if let Ok(key) = row.parse() {
        return Ok(RowKey::Key(key));
    }
    let code = |list: &str| {
        let found = region.codes(list).and_then(|codes| codes.roots().find(|code| code.name == row));
        found.and_then(|code| code.number).map(u32::from)
    };
    let found = match by {
        Dimension::City | Dimension::County => {
            let inside = |code: &DivisionCode| region.contains(*code);
            region.divisions().by_name(row).into_iter().find(inside).map(|code| code.0)
        }
        Dimension::Park => region.parks().find(row).map(|park| park.key),
        Dimension::Month => {
            row.parse::<Period>().ok().filter(|period| period.first() == period.last()).and_then(|period| {
                u32::try_from(i32::from(period.first().year) * 100 + i32::from(period.first().month)).ok()
            })
        }
        Dimension::Type => code("contract_type"),
        Dimension::Field => code("technical_field"),
        Dimension::SellerKind | Dimension::BuyerKind => code("party_kind"),
        Dimension::Ip => code("ip_kind"),
        Dimension::Organisation => key_named(xiaoxiang_store::organisation::list_names(tx).await?, row),
        Dimension::Registrar => {
            key_named(xiaoxiang_store::organisation::list_registrar_names(tx).await?, row)
        }
    };
    found.map(RowKey::Key).ok_or_else(|| Refusal::NotFound(row.to_owned()))
}

fn key_named(names: Vec<(i64, String)>, row: &str) -> Option<u32> {
    names.into_iter().find(|(_, name)| name == row).and_then(|(key, _)| u32::try_from(key).ok())
}
