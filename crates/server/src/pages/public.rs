//! The pages that everybody may read, and what answers them.

use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing;
use serde::Deserialize;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::bulletin::{BulletinStatus, Dimension, Direction, GrowthBase, Measure};
use xiaoxiang_domain::period::Period;
use xiaoxiang_domain::region::DivisionCode;
use xiaoxiang_services::Refusal;
use xiaoxiang_services::bulletin::{
    Product, PublicFormat, PublishedFilter, TableAsk, usual_period, write_product_file,
};
use xiaoxiang_services::open_data::make_public_table;
use xiaoxiang_services::region::{city_outlines, county_outlines};

use super::about::AboutPage;
use super::bulletin::{BulletinListPage, BulletinPage, ProductFiles};
use super::cell::CellPage;
use super::competence::competence_lines;
use super::failure::Failure;
use super::flow::{FLOW_MEASURES, FlowPage};
use super::home::EmptyHomePage;
use super::place::PlacePage;
use super::reading::{self, CellAddress};
use super::shell::Section;
use super::statistics::{PUBLIC_DIMENSIONS, StatisticsData, StatisticsPage, StatisticsQuery};
use super::visit::{PageState, Visit, download};
use crate::routes::{Access, Route};

/// The last page of contracts that an address may ask for.
const PAGE_MAX: usize = 100_000;
/// The direction with which the home page begins: the mission is about absorption.
pub(super) const HOME_DIRECTION: Direction = Direction::Absorbed;
const MIME_XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const MIME_DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const MIME_CSV: &str = "text/csv; charset=utf-8";
const MIME_JSON: &str = "application/json";
/// Outlines change only with the region data.
const CACHE_OUTLINES: &str = "public, max-age=3600";

/// The routes that everybody may use.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::page("/", Access::Open, routing::get(home)),
        Route::page("/places/{code}", Access::Open, routing::get(place)),
        Route::page("/bulletins", Access::Open, routing::get(bulletins)),
        Route::page("/bulletins/{id}", Access::Open, routing::get(bulletin)),
        Route::page("/bulletins/{id}/cells/{table}/{row}/{column}", Access::Open, routing::get(cell)),
        Route::page("/statistics", Access::Open, routing::get(statistics)),
        Route::page("/flow", Access::Open, routing::get(flow)),
        Route::page("/about", Access::Open, routing::get(about)),
        Route::file("/bulletins/{id}/{file}", Access::Open, routing::get(bulletin_file)),
        Route::file("/map/prefectures.json", Access::Open, routing::get(prefectures)),
        Route::file("/map/counties/{code}", Access::Open, routing::get(counties)),
    ]
}

/// What the links of the home page choose.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct HomeQuery {
    direction: String,
    measure: String,
}

impl HomeQuery {
    fn chosen(&self) -> (Direction, Measure) {
        let direction = Direction::from_code(&self.direction).unwrap_or(HOME_DIRECTION);
        (direction, Measure::from_code(&self.measure).unwrap_or(Measure::ContractValue))
    }
}

async fn home(visit: Visit, Query(query): Query<HomeQuery>) -> Response {
    let (direction, measure) = query.chosen();
    let shell = visit.shell(Section::Home, "");
    match reading::place(&visit.app, None, direction).await {
        Ok(Some(data)) => visit.page(&PlacePage::new(shell, data, direction, measure)),
        Ok(None) | Err(Refusal::NoRegion) => visit.page(&EmptyHomePage { shell }),
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn place(visit: Visit, Path(code): Path<String>, Query(query): Query<HomeQuery>) -> Response {
    let (direction, measure) = query.chosen();
    let Some(city) = DivisionCode::parse(&code) else { return visit.failed(Failure::NotFound) };
    match reading::place(&visit.app, Some(city), direction).await {
        Ok(Some(data)) => {
            let name = data.city.as_ref().map(|(_, name)| visit.language.note(name).to_owned());
            let shell = visit.shell(Section::Home, name.unwrap_or_default());
            visit.page(&PlacePage::new(shell, data, direction, measure))
        }
        Ok(None) => visit.failed(Failure::NotFound),
        Err(refusal) => visit.refused(&refusal),
    }
}

/// What the filter of the list sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ListQuery {
    year: String,
    status: String,
}

async fn bulletins(visit: Visit, Query(query): Query<ListQuery>) -> Response {
    let year = (!query.year.is_empty()).then(|| query.year.parse::<i16>());
    let Ok(year) = year.transpose() else { return visit.misread() };
    let filter = PublishedFilter { year, status: BulletinStatus::from_code(&query.status) };
    match reading::bulletins(&visit.app, filter).await {
        Ok(data) => {
            let shell = visit.shell(Section::Bulletins, visit.language.text("bulletins-title"));
            visit.page(&BulletinListPage { shell, data, filter })
        }
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn bulletin(visit: Visit, Path(id): Path<String>) -> Response {
    match reading::bulletin(&visit.app, &id).await {
        Ok(mut data) => {
            if visit.actor().may(Action::ReadCirculars) {
                let formats = PublicFormat::ALL.map(PublicFormat::code).to_vec();
                let files = |product| ProductFiles { product, formats: formats.clone() };
                data.products.extend([Product::Circular, Product::Brief].map(files));
            }
            let title = visit.language.note(&data.head.title).to_owned();
            visit.page(&BulletinPage::new(visit.shell(Section::Bulletins, title), data))
        }
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn bulletin_file(visit: Visit, Path((id, file)): Path<(String, String)>) -> Response {
    let wanted = file
        .split_once('.')
        .and_then(|(product, format)| Some((Product::from_code(product)?, PublicFormat::from_code(format)?)));
    let Some((product, format)) = wanted else { return visit.failed(Failure::NotFound) };
    match write_product_file(&visit.app, &visit.actor(), &id, product, format, visit.file_language()).await {
        Ok(bytes) => download(&format!("{id}-{file}"), mime_of(format), bytes),
        Err(refusal) => visit.refused(&refusal),
    }
}

/// The media type of a format.
pub(crate) const fn mime_of(format: PublicFormat) -> &'static str {
    match format {
        PublicFormat::Xlsx => MIME_XLSX,
        PublicFormat::Docx => MIME_DOCX,
        PublicFormat::Csv => MIME_CSV,
        PublicFormat::Json => MIME_JSON,
    }
}

/// Which page of a long list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct PageQuery {
    page: String,
}

/// The page asked for, from 1; nothing where that makes no sense.
pub(super) fn page_number(query: &PageQuery) -> Option<usize> {
    let page = if query.page.is_empty() { Ok(1) } else { query.page.parse::<usize>() };
    page.ok().filter(|page| (1..=PAGE_MAX).contains(page))
}

async fn cell(visit: Visit, Path(address): Path<CellAddress>, Query(query): Query<PageQuery>) -> Response {
    let Some(page) = page_number(&query) else { return visit.misread() };
    match reading::cell(&visit.app, &visit.actor(), &address, page).await {
        Ok(data) => {
            let title = format!("{} {}", visit.language.note(&data.row), visit.language.note(&data.column));
            let CellAddress { id, table, row, column } = &address;
            let link = visit.language.link(&format!("/bulletins/{id}/cells/{table}/{row}/{column}"));
            let page = i64::try_from(page).unwrap_or(i64::MAX);
            visit.page(&CellPage { shell: visit.shell(Section::Bulletins, title), data, address: link, page })
        }
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn statistics(visit: Visit, Query(mut query): Query<StatisticsQuery>) -> Response {
    match answer(&visit, &mut query).await {
        Ok(data) => {
            let shell = visit.shell(Section::Statistics, visit.language.text("statistics-title"));
            visit.page(&StatisticsPage::new(shell, query, data))
        }
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn answer(visit: &Visit, query: &mut StatisticsQuery) -> Result<StatisticsData, Refusal> {
    let divisions = reading::cities(&visit.app).await?;
    query.complete(usual_period(&visit.app).await?);
    let mut data = StatisticsData { divisions, ..StatisticsData::default() };
    match asked(query, &data) {
        Ok(ask) => match make_public_table(&visit.app, &ask).await {
            Ok(made) => data.table = Some(made.printed),
            Err(refusal @ Refusal::Invalid { .. }) => data.complain("by", visit.sentence(&refusal)),
            Err(refusal) => return Err(refusal),
        },
        Err((field, key)) => data.complain(field, visit.language.text(key).to_owned()),
    }
    Ok(data)
}

/// A field that names what is not in its list, and the key of what to say.
type Unclear = (&'static str, &'static str);

/// The table that a form asks for.
fn asked(query: &StatisticsQuery, data: &StatisticsData) -> Result<TableAsk, Unclear> {
    const BAD_CHOICE: Unclear = ("by", "statistics-bad-choice");
    let period = query.period.parse::<Period>().map_err(|_| ("period", "statistics-bad-period"))?;
    let direction = Direction::from_code(&query.direction).ok_or(BAD_CHOICE)?;
    let mut ask = TableAsk::new(direction, open_dimension(&query.by).ok_or(BAD_CHOICE)?, period);
    if !query.and.is_empty() {
        ask.and = Some(open_dimension(&query.and).ok_or(BAD_CHOICE)?);
    }
    if !query.within.is_empty() {
        let is_listed = data.divisions.iter().any(|(code, _)| *code == query.within);
        ask.within = Some(DivisionCode::parse(&query.within).filter(|_| is_listed).ok_or(BAD_CHOICE)?);
    }
    // A cross-table has no room for a second year.
    ask.compare = (!query.compare.is_empty() && ask.and.is_none()).then_some(GrowthBase::AsKnown);
    Ok(ask)
}

fn open_dimension(word: &str) -> Option<Dimension> {
    Dimension::from_code(word).filter(|dimension| PUBLIC_DIMENSIONS.contains(dimension))
}

/// What the links of the flow page choose.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct FlowQuery {
    period: String,
    measure: String,
}

async fn flow(visit: Visit, Query(query): Query<FlowQuery>) -> Response {
    let period = (!query.period.is_empty()).then(|| query.period.parse::<Period>());
    let Ok(period) = period.transpose() else { return visit.misread() };
    let measure = Measure::from_code(&query.measure).filter(|measure| FLOW_MEASURES.contains(measure));
    let measure = measure.unwrap_or(Measure::ContractValue);
    match reading::flow(&visit.app, period, measure).await {
        Ok(data) => {
            let shell = visit.shell(Section::Flow, visit.language.text("flow-title"));
            visit.page(&FlowPage::new(shell, data, measure))
        }
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn about(visit: Visit) -> Response {
    let shell = visit.shell(Section::About, visit.language.text("about-title"));
    match competence_lines(&visit).await {
        Ok(competence) => visit.page(&AboutPage { shell, competence }),
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn prefectures(State(state): State<PageState>) -> Response {
    outlines(city_outlines(&state.app).await)
}

async fn counties(State(state): State<PageState>, Path(code): Path<String>) -> Response {
    let Some(city) = DivisionCode::parse(&code) else { return StatusCode::NOT_FOUND.into_response() };
    outlines(county_outlines(&state.app, city).await.map(|outlines| outlines.as_str().to_owned()))
}

fn outlines(found: Result<String, Refusal>) -> Response {
    match found {
        Ok(outlines) => {
            ([(header::CONTENT_TYPE, MIME_JSON), (header::CACHE_CONTROL, CACHE_OUTLINES)], outlines)
                .into_response()
        }
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}
