//! Asks the use cases and puts their answers into what the pages show. No figure is computed here.

use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::bulletin::{
    ColumnKind, Dimension, Direction, Measure, PrintedColumn, PrintedNote, PrintedTable,
};
use xiaoxiang_domain::contract::Contract;
use xiaoxiang_domain::period::{Month, Period};
use xiaoxiang_domain::region::{DivisionCode, Region};
use xiaoxiang_services::bulletin::{
    self, BulletinDetail, BulletinSummary, CellBehind, ContractBehind, PlaceFigures, Product, PublicFormat,
    PublishedFilter, TableAsk, published_corrections,
};
use xiaoxiang_services::{Actor, App, Refusal};
use xiaoxiang_statistics::explain::PageOf;

use super::bulletin::{BulletinData, BulletinHead, BulletinListData, ProductFiles, SheetTable};
use super::cell::{CONTRACTS_PER_PAGE, CellContract, CellData};
use super::compact::{one_measure, side_by_side, split_spans};
use super::contracts::contract_path;
use super::flow::FlowData;
use super::place::{MapNote, PlaceData};
use super::shell::{DataOrigin, Standing};
use crate::language::capital;

/// Earlier years offered for flows.
const FLOW_YEARS: i16 = 3;
/// Directions that the heads of places and their trends show.
pub const SHOWN: [Direction; 3] = [Direction::Registered, Direction::Output, Direction::Absorbed];

/// The state of the data for the footer.
pub async fn standing(app: &App, origin: DataOrigin) -> Result<Standing, Refusal> {
    let standing = bulletin::data_standing(app).await?;
    Ok(Standing {
        region: standing.region.clone(),
        region_en: standing.region_en.clone(),
        position: Some(standing.position),
        tree_head: standing.tree_root.clone(),
        exchange_until: standing.exchange_until,
        origin,
    })
}

/// The head and all figures of the region or of one of its cities; nothing before the first bulletin is signed.
pub async fn place(
    app: &App,
    city: Option<DivisionCode>,
    direction: Direction,
) -> Result<Option<PlaceData>, Refusal> {
    let Some(answer) = bulletin::read_place_figures(app, city).await? else { return Ok(None) };
    let months = answer.bulletin.summary.period.cumulative();
    let counties = match city {
        Some(city) => Some(bulletin::read_county_figures(app, city, direction, months).await?),
        None => None,
    };
    let region = app.region().await?;
    let name = |code: &DivisionCode| (code.to_string(), place_name(&region.region, *code));
    Ok(Some(PlaceData {
        bulletin: head_of_detail(&answer.bulletin),
        city: city.as_ref().map(name),
        cities: region.region.cities().iter().map(name).collect(),
        has_outlines: city.is_none() || region.region.map().is_some_and(|map| map.counties.is_some()),
        map: map_note(&region.region),
        figures: answer.figures,
        counties,
    }))
}

/// The trends of several directions in one table.
pub fn trend(figures: &PlaceFigures) -> PrintedTable {
    let shown = figures.sides.iter().filter(|side| SHOWN.contains(&side.direction));
    let tables: Vec<(PrintedTable, PrintedColumn)> = shown
        .map(|side| {
            let code = side.direction.code();
            let key = format!("{code}.{}", Measure::ContractValue.code());
            let header = format!("{}(亿元)", side.direction.label());
            let header_en = format!("{} (100 m CNY)", capital(code));
            let column = PrintedColumn::ungrouped(&key, &header, &header_en, ColumnKind::Amount);
            (side.trend.clone(), column)
        })
        .collect();
    side_by_side(&tables, Measure::ContractValue.code()).expect("invariant: three directions are shown")
}

fn map_note(region: &Region) -> MapNote {
    region.map().map_or_else(MapNote::default, |map| MapNote {
        approval_number: map.approval_number.clone(),
        source: map.note.clone(),
        source_en: map.note_en.clone(),
    })
}

fn head_of(summary: &BulletinSummary, title: PrintedNote, sentence: Option<PrintedNote>) -> BulletinHead {
    let row = &summary.row;
    BulletinHead {
        section: "/bulletins",
        id: row.bulletin_id.clone(),
        number: row.document_number.clone(),
        title,
        sentence: sentence.unwrap_or_else(|| PrintedNote { zh: String::new(), en: String::new() }),
        period: summary.period.cumulative(),
        status: summary.status,
        signed_on: summary.signed_on,
        signed_by: row.signer.clone(),
        position: Some(row.as_of),
        tree_head: row.tree_head.clone(),
    }
}

fn head_of_detail(detail: &BulletinDetail) -> BulletinHead {
    let content = &detail.content;
    let title = PrintedNote { zh: content.title.clone(), en: content.title_en.clone() };
    head_of(&detail.summary, title, content.sentences.first().cloned())
}

/// The published bulletins that a filter lets through, and the years that there are.
pub async fn bulletins(app: &App, filter: PublishedFilter) -> Result<BulletinListData, Refusal> {
    let found = bulletin::list_published(app, filter).await?;
    let heads = found.bulletins.into_iter().map(|it| head_of(&it.summary, it.title, it.sentence));
    Ok(BulletinListData { years: found.years, bulletins: heads.collect(), left_out: found.left_out })
}

/// A published bulletin as its page shows it: the public product. Circular and brief wait for sign-in.
pub async fn bulletin(app: &App, bulletin_id: &str) -> Result<BulletinData, Refusal> {
    let detail = bulletin::find_published(app, bulletin_id).await?;
    let tables = detail.content.tables.iter().filter(|table| table.is_of(Product::Public));
    Ok(BulletinData {
        head: head_of_detail(&detail),
        tables: tables
            .flat_map(|table| {
                let parts = split_spans(&table.table).into_iter();
                parts.map(|part| SheetTable { key: table.key.clone(), table: part })
            })
            .collect(),
        products: vec![ProductFiles {
            product: Product::Public,
            formats: PublicFormat::ALL.map(PublicFormat::code).to_vec(),
        }],
        corrections: published_corrections(&detail)?,
    })
}

/// The address of a figure in a bulletin.
#[derive(Clone, Debug, serde::Deserialize)]
pub struct CellAddress {
    /// Bulletin.
    pub id: String,
    /// Key of the table.
    pub table: String,
    /// Key of the row.
    pub row: String,
    /// Key of the column.
    pub column: String,
}

/// One page of the contracts behind a figure of the public product.
pub async fn cell(app: &App, actor: &Actor, address: &CellAddress, page: usize) -> Result<CellData, Refusal> {
    let detail = bulletin::find_published(app, &address.id).await?;
    cell_of(app, actor, &detail, address, page, &[Product::Public]).await
}

/// One page of the contracts behind a figure of any product, signed or not.
pub async fn draft_cell(
    app: &App,
    actor: &Actor,
    address: &CellAddress,
    page: usize,
) -> Result<CellData, Refusal> {
    actor.permit(Action::ReadDrafts)?;
    let detail = bulletin::find_bulletin(app, &address.id).await?;
    let mut data = cell_of(app, actor, &detail, address, page, &Product::ALL).await?;
    data.bulletin.section = "/drafts";
    Ok(data)
}

async fn cell_of(
    app: &App,
    actor: &Actor,
    detail: &BulletinDetail,
    address: &CellAddress,
    page: usize,
    products: &[Product],
) -> Result<CellData, Refusal> {
    let missing = || Refusal::NotFound(format!("{}/{}", address.row, address.column));
    let table = detail.content.tables.iter().find(|table| table.key == address.table).ok_or_else(missing)?;
    let is_shown = products.iter().any(|product| table.is_of(*product));
    let columns = &table.table.columns;
    let place = columns.iter().position(|column| column.key == address.column).ok_or_else(missing)?;
    let row = table
        .table
        .rows
        .iter()
        .find(|row| row.key == address.row)
        .filter(|_| is_shown)
        .ok_or_else(missing)?;
    let per_page = usize::try_from(CONTRACTS_PER_PAGE).expect("invariant: a page holds few contracts");
    let stretch = PageOf { offset: (page - 1) * per_page, limit: per_page };
    let behind =
        bulletin::explain_bulletin_cell(app, &address.id, &table.key, &address.row, &address.column, stretch)
            .await?;
    let region = app.region().await?;
    let figure = row.cells[place].text.clone();
    let label = &row.cells[0];
    let column = &columns[place];
    Ok(CellData {
        bulletin: head_of_detail(detail),
        row: PrintedNote { zh: label.text.clone(), en: label.text_en.clone() },
        column: PrintedNote {
            zh: joined(&column.group, &column.header),
            en: joined(&column.group_en, &column.header_en),
        },
        figure,
        contract_count: i64::try_from(behind.total).unwrap_or(i64::MAX),
        contract_value_fen: i64::try_from(behind.contract_value_fen).unwrap_or(i64::MAX),
        technology_value_fen: i64::try_from(behind.technology_value_fen).unwrap_or(i64::MAX),
        contracts: behind
            .contracts
            .iter()
            .map(|contract| public_part(&region.region, actor, contract))
            .collect(),
    })
}

/// One page of the contracts behind a row of the present figures, and their public part.
pub async fn behind_row(
    app: &App,
    actor: &Actor,
    direction: Direction,
    by: Dimension,
    period: Period,
    row: &str,
    page: i64,
) -> Result<(CellBehind, Vec<CellContract>), Refusal> {
    let per_page = usize::try_from(CONTRACTS_PER_PAGE).expect("invariant: a page holds few contracts");
    let page = usize::try_from(page).unwrap_or(1).max(1);
    let stretch = PageOf { offset: (page - 1) * per_page, limit: per_page };
    let ask = TableAsk::new(direction, by, period);
    let behind = bulletin::explain_cell(app, &ask, row, None, stretch).await?;
    let region = app.region().await?;
    let contracts =
        behind.contracts.iter().map(|contract| public_part(&region.region, actor, contract)).collect();
    Ok((behind, contracts))
}

/// A column's head in full: under a group of columns the heads are shortened to 项 and 额.
fn joined(group: &str, header: &str) -> String {
    let header = match header {
        "项" => "项数",
        "额(亿元)" => "成交额(亿元)",
        other => other,
    };
    if group.is_empty() { header.to_owned() } else { format!("{group} · {header}") }
}

/// What of a contract is public: neither project nor party is named.
fn public_part(region: &Region, actor: &Actor, behind: &ContractBehind) -> CellContract {
    let contract = &behind.contract;
    let unnamed = |text: &str| PrintedNote { zh: text.to_owned(), en: text.to_owned() };
    let divisions = region.divisions();
    let kind = region.codes("contract_type").and_then(|list| list.by_code(&contract.contract_type));
    let place = |division: &str, country: &str| {
        if let Some(country) = region.countries().find(country).filter(|_| !country.is_empty()) {
            return PrintedNote { zh: country.name.clone(), en: country.name_en.clone() };
        }
        // Never below the city at home, nor below the province elsewhere.
        let code = DivisionCode::parse(division).map(|code| match divisions.city_of(code) {
            Some(city) if region.contains(city) => city,
            _ => code.province(),
        });
        code.map_or_else(|| unnamed("—"), |code| place_name(region, code))
    };
    CellContract {
        registration_number: behind.registration_number.clone(),
        path: is_within_reach(actor, contract).then(|| contract_path(&behind.registration_number)),
        registered_in: Month::of(contract.registered_on),
        contract_type: kind.map_or_else(
            || unnamed(&contract.contract_type),
            |kind| PrintedNote { zh: kind.name.clone(), en: kind.name_en.clone() },
        ),
        seller_place: place(&contract.seller.division, &contract.seller.country),
        buyer_place: place(&contract.buyer.division, &contract.buyer.country),
        contract_value_fen: contract.contract_value.0,
        technology_value_fen: contract.technology_value.0,
    }
}

/// Whether a reader is led on to a contract's page: everywhere, or where the record states a place of theirs.
fn is_within_reach(actor: &Actor, contract: &Contract) -> bool {
    let sides = [&contract.seller.division, &contract.buyer.division];
    actor.extent(Action::ReadContracts).is_some_and(|scope| {
        sides.into_iter().filter_map(|code| DivisionCode::parse(code)).any(|code| scope.has_division(code))
    })
}

fn place_name(region: &Region, code: DivisionCode) -> PrintedNote {
    let name = region.divisions().name(code).unwrap_or("—");
    let name_en = region.divisions().name_en(code).unwrap_or(name);
    PrintedNote { zh: name.to_owned(), en: name_en.to_owned() }
}

/// Codes and names of the region's cities, for the form.
pub async fn cities(app: &App) -> Result<Vec<(String, PrintedNote)>, Refusal> {
    let region = app.region().await?;
    let cities = region.region.cities().iter();
    Ok(cities.map(|code| (code.to_string(), place_name(&region.region, *code))).collect())
}

/// Flows of a period, one measure of them.
pub async fn flow(app: &App, period: Option<Period>, measure: Measure) -> Result<FlowData, Refusal> {
    let usual = bulletin::usual_period(app).await?;
    let earlier = (1..=FLOW_YEARS).filter_map(|step| Period::year(usual.last().year - step).ok());
    let mut periods: Vec<Period> = std::iter::once(usual).chain(earlier).collect();
    let shown = period.unwrap_or(usual);
    if !periods.contains(&shown) {
        periods.push(shown);
    }
    let made = bulletin::make_flows(app, shown, None).await?;
    Ok(FlowData { period: shown, periods, matrix: one_measure(&made.cities, measure.code()) })
}
