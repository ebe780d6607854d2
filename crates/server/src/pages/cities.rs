//! The cities beside their targets, and one page a city or county.

use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing;
use serde::Deserialize;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::bulletin::{
    ColumnKind, Direction, Measure, PrintedCell, PrintedColumn, PrintedNote, PrintedRow, PrintedTable,
    RowKind,
};
use xiaoxiang_domain::money::{MoneyUnit, display_fen};
use xiaoxiang_domain::period::{Month, Period};
use xiaoxiang_domain::ratio::Ratio;
use xiaoxiang_domain::region::DivisionCode;
use xiaoxiang_services::Refusal;
use xiaoxiang_services::attribution::ObjectionRow;
use xiaoxiang_services::bulletin::CellCorrection;
use xiaoxiang_services::city::{
    CityCorrections, CityOverview, CityPage, DIRECTIONS, ExpectedContracts, PlaceFigure, TargetGap,
    UnmatchedBuyer, UnmatchedReason, city_overview, city_page, gap_per_month,
};

use super::compact::{side_by_side, without_previous};
use super::home::direction_label;
use super::shell::{Section, Shell};
use super::table::TableView;
use super::visit::Visit;
use crate::language::capital;
use crate::routes::{Access, Route};

/// Earlier months offered beside the one shown.
const MONTHS_OFFERED: i32 = 6;
/// Unsettled buyers shown; the chase list has all of them.
const UNMATCHED_SHOWN_MAX: usize = 30;
/// Objections shown; the list has all of them.
const OBJECTIONS_SHOWN_MAX: usize = 20;

/// The routes of the cities.
#[must_use]
pub fn routes() -> Vec<Route> {
    let read = Access::Needs(Action::ReadCities);
    vec![
        Route::page("/cities", read, routing::get(overview)),
        Route::page("/cities/{code}", read, routing::get(show)),
        Route::page("/cities/{code}/chase-list", read, routing::get(super::chase_list::show)),
        Route::file("/cities/{code}/chase-list.xlsx", read, routing::get(super::chase_list::workbook)),
    ]
}

/// A six-digit code of an address; anything else is not there.
pub fn code_of(text: &str) -> Result<DivisionCode, Refusal> {
    DivisionCode::parse(text).ok_or_else(|| Refusal::NotFound(text.to_owned()))
}

/// An amount in 亿元, or a dash's empty text.
pub fn hundred_million(fen: i128) -> String {
    display_fen(fen, MoneyUnit::HundredMillionYuan)
}

/// An amount in 万元.
pub fn ten_thousand(fen: i128) -> String {
    display_fen(fen, MoneyUnit::TenThousandYuan)
}

async fn overview(visit: Visit) -> Response {
    match city_overview(&visit.app, &visit.actor()).await {
        Ok(Ok(data)) => {
            let shell = visit.shell(Section::Cities, visit.language.text("cities-title"));
            let leading = |key: &str| (key != "total").then(|| shell.link(&format!("/cities/{key}")));
            let table = TableView::new("cities", visit.language, &data.table).leading(leading);
            visit.page(&CitiesPage { table, data, shell })
        }
        Ok(Err(code)) => visit.lead_to(&format!("/cities/{code}")),
        Err(refusal) => visit.refused(&refusal),
    }
}

/// All cities.
#[derive(Debug, Template)]
#[template(path = "cities.html")]
struct CitiesPage {
    shell: Shell,
    data: CityOverview,
    table: TableView,
}

impl CitiesPage {
    fn months(&self) -> String {
        self.shell.period(&self.data.months)
    }

    fn has_targets(&self) -> bool {
        self.data.with_target > 0
    }

    fn behind(&self) -> String {
        let count = self.data.behind.to_string();
        self.shell.say("cities-behind", [("count", &count), ("percent", &self.data.elapsed_percent)])
    }
}

/// Which month is shown.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct MonthQuery {
    month: String,
}

async fn show(visit: Visit, Path(code): Path<String>, Query(query): Query<MonthQuery>) -> Response {
    let month = match query.month.as_str() {
        "" => None,
        text => match text.parse::<Period>().ok().filter(|period| period.first() == period.last()) {
            Some(period) => Some(period.first()),
            None => return visit.misread(),
        },
    };
    let read = async { city_page(&visit.app, &visit.actor(), code_of(&code)?, month).await };
    match read.await {
        Ok(data) => visit.page(&PlacePage::new(&visit, data)),
        Err(refusal) => visit.refused(&refusal),
    }
}

/// A link among a few.
struct MonthChoice {
    link: String,
    label: String,
    is_current: bool,
}

/// One city or county.
#[derive(Template)]
#[template(path = "city.html")]
struct PlacePage {
    shell: Shell,
    data: CityPage,
    figures: TableView,
    trend: Option<TableView>,
    counties: Option<TableView>,
}

impl PlacePage {
    fn new(visit: &Visit, data: CityPage) -> Self {
        let language = visit.language;
        let title = language.pick(&data.place.name, &data.place.name_en).to_owned();
        let shell = visit.shell(Section::Cities, title);
        let figures = figures_table(&data);
        let trend = trend_table(&data);
        let counties = data.counties.as_ref().map(|table| {
            let narrow = without_previous(table);
            let leading = |key: &str| DivisionCode::parse(key).map(|_| shell.link(&format!("/cities/{key}")));
            TableView::new("counties", language, &narrow).caption_hidden().leading(leading)
        });
        Self {
            figures: TableView::new("figures", language, &figures).caption_hidden(),
            trend: trend.map(|table| TableView::new("trend", language, &table).caption_hidden().bounded()),
            counties,
            data,
            shell,
        }
    }

    fn name(&self) -> &str {
        self.shell.language.pick(&self.data.place.name, &self.data.place.name_en)
    }

    fn path(&self, rest: &str) -> String {
        self.shell.link(&format!("/cities/{}{rest}", self.data.place.code))
    }

    fn months(&self) -> Vec<MonthChoice> {
        let shown = self.data.month;
        let offered = (0..MONTHS_OFFERED).rev().filter_map(|back| {
            let month = Month::from_index(shown.index() - back);
            Period::month(month).ok().map(|period| (month, period))
        });
        offered
            .map(|(month, period)| MonthChoice {
                link: self.path(&format!("?month={period}")),
                label: self.shell.period(&period),
                is_current: month == shown,
            })
            .collect()
    }

    /// What the reader should know first.
    fn sentence(&self) -> String {
        let Some(target) = &self.data.target else { return self.shell.t("city-no-target").to_owned() };
        let Some(gap) = target.completion.gap.filter(|gap| *gap > 0) else {
            return self.shell.t("city-target-passed").to_owned();
        };
        let per_month = gap_per_month(target);
        let (gap, months) = (hundred_million(gap), target.months_left.to_string());
        match (target.average, target.contracts_missing, per_month) {
            (Some(average), Some(count), Some(per_month)) => self.shell.say(
                "city-gap-sentence",
                [
                    ("gap", &gap),
                    ("average", &ten_thousand(average.0.into())),
                    ("count", &count.to_string()),
                    ("months", &months),
                    ("per_month", &hundred_million(per_month)),
                ],
            ),
            _ => self.shell.say("city-gap-only", [("gap", &gap), ("months", &months)]),
        }
    }

    fn target(&self) -> Option<&TargetGap> {
        self.data.target.as_ref()
    }

    fn target_amount(&self, target: &TargetGap) -> String {
        target.completion.target.map(|fen| hundred_million(fen.0.into())).unwrap_or_default()
    }

    fn percent(&self, target: &TargetGap) -> String {
        target.completion.percent.map(Ratio::percent).unwrap_or_default()
    }

    fn progress(&self, target: &TargetGap) -> String {
        let rank = target.completion.rank.map(|rank| rank.to_string()).unwrap_or_default();
        self.shell.say("city-progress", [("elapsed", &self.data.elapsed_percent), ("rank", &rank)])
    }

    fn amount(&self, fen: &i128) -> String {
        hundred_million(*fen)
    }

    fn gap(&self, target: &TargetGap) -> String {
        target.completion.gap.map(hundred_million).unwrap_or_default()
    }

    fn due(&self) -> String {
        self.expected("city-expected-due", &self.data.expected.due)
    }

    fn coming(&self) -> String {
        self.expected("city-expected-coming", &self.data.expected.coming)
    }

    fn expected(&self, key: &'static str, list: &[xiaoxiang_statistics::lapsed::Lapsed]) -> String {
        let partners = list.len().to_string();
        let count = ExpectedContracts::count(list).to_string();
        let value = hundred_million(ExpectedContracts::value(list));
        self.shell.say(key, [("partners", &partners), ("count", &count), ("value", &value)])
    }

    fn unmatched(&self) -> &[UnmatchedBuyer] {
        &self.data.unmatched[..self.data.unmatched.len().min(UNMATCHED_SHOWN_MAX)]
    }

    fn unmatched_count(&self) -> String {
        self.shell.say("figure-count", [("count", &self.data.unmatched.len().to_string())])
    }

    fn value(&self, buyer: &UnmatchedBuyer) -> String {
        ten_thousand(buyer.contract.contract_value.0.into())
    }

    fn unmatched_reason(&self, buyer: &UnmatchedBuyer) -> &'static str {
        self.shell.t(match buyer.reason {
            UnmatchedReason::NoPlace => "city-unmatched-no-place",
            UnmatchedReason::NoCounty => "city-unmatched-no-county",
            UnmatchedReason::NoCreditCode => "city-unmatched-no-code",
        })
    }

    fn party<'name>(&self, name: &'name str) -> &'name str
    where
        Self: 'name,
    {
        if name.is_empty() { self.shell.t("city-person") } else { name }
    }

    fn objections(&self) -> &[ObjectionRow] {
        &self.data.objections[..self.data.objections.len().min(OBJECTIONS_SHOWN_MAX)]
    }

    /// Changed figures, each with the bulletin in which it was published.
    fn corrections(&self) -> Vec<(&CityCorrections, &CellCorrection)> {
        let all = self.data.corrections.iter();
        all.flat_map(|bulletin| bulletin.cells.iter().map(move |cell| (bulletin, cell))).collect()
    }

    fn bulletin_name(&self, bulletin: &CityCorrections) -> String {
        self.shell.say("drafts-of-period", [("period", &self.shell.period(&bulletin.period))])
    }

    fn corrected_direction(&self, direction: &Direction) -> &'static str {
        direction_label(self.shell.language, *direction)
    }

    fn corrected_months(&self, months: &str) -> String {
        months.parse::<Period>().map(|period| self.shell.period(&period)).unwrap_or_default()
    }

    fn trend_columns(&self) -> String {
        DIRECTIONS
            .map(|direction| format!("{}.{}", direction.code(), Measure::ContractValue.code()))
            .join(" ")
    }
}

fn column(key: String, group: (&str, &str), header: (&str, &str), kind: ColumnKind) -> PrintedColumn {
    PrintedColumn {
        key,
        group: group.0.to_owned(),
        group_en: group.1.to_owned(),
        header: header.0.to_owned(),
        header_en: header.1.to_owned(),
        kind,
    }
}

/// Rows are directions; the month and the months since January stand side by side.
fn figures_table(data: &CityPage) -> PrintedTable {
    let mut spans: Vec<Period> = data.figures.iter().map(|figure| figure.months).collect();
    spans.dedup();
    spans.truncate(if data.figures.len() > DIRECTIONS.len() { 2 } else { 1 });
    let mut columns = vec![column("label".to_owned(), ("", ""), ("方向", "Direction"), ColumnKind::Text)];
    for (at, months) in spans.iter().enumerate() {
        let (title, title_en) = (months.title(), months.title_en());
        let heads = [
            ("count", ("项数(项)", "Contracts"), ColumnKind::Count),
            ("contract_value", ("成交额(亿元)", "Value (100 m CNY)"), ColumnKind::Amount),
            ("technology_value", ("技术交易额(亿元)", "Technology (100 m CNY)"), ColumnKind::Amount),
            ("growth", ("成交额同比(%)", "Growth (%)"), ColumnKind::Percent),
            ("rank", ("位次", "Rank"), ColumnKind::Rank),
        ];
        columns.extend(
            heads.map(|(key, head, kind)| column(format!("{at}.{key}"), (&title, &title_en), head, kind)),
        );
    }
    let row = |direction: Direction| {
        let label = PrintedNote { zh: direction.label().to_owned(), en: capital(direction.code()) };
        let mut cells = vec![PrintedCell::label(&label)];
        for months in &spans {
            let figure = data.figures.iter().find(|it| it.direction == direction && it.months == *months);
            cells.extend(figure.map_or_else(|| vec![PrintedCell::default(); 5], figure_cells));
        }
        PrintedRow { key: direction.code().to_owned(), kind: RowKind::Body, cells }
    };
    PrintedTable {
        title: "本月与累计".to_owned(),
        title_en: "Month and since January".to_owned(),
        columns,
        rows: DIRECTIONS.into_iter().map(row).collect(),
        notes: Vec::new(),
    }
}

fn figure_cells(figure: &PlaceFigure) -> Vec<PrintedCell> {
    let cell = &figure.cell;
    let amount = |fen: i128| PrintedCell::figure(hundred_million(fen), i64::try_from(fen).ok());
    let growth = figure.growth.contract_value.map(Ratio::percent).unwrap_or_default();
    vec![
        PrintedCell::figure(cell.count.to_string(), Some(cell.count)),
        amount(cell.contract_value),
        amount(cell.technology_value),
        PrintedCell::figure(growth, None),
        figure.rank.map_or_else(PrintedCell::default, |rank| {
            PrintedCell::figure(format!("{rank}/{}", figure.of), Some(rank.into()))
        }),
    ]
}

fn trend_table(data: &CityPage) -> Option<PrintedTable> {
    let heads = DIRECTIONS.map(|direction| {
        let header = format!("{}(亿元)", direction.label());
        let header_en = format!("{} (100 m CNY)", capital(direction.code()));
        let key = format!("{}.{}", direction.code(), Measure::ContractValue.code());
        column(key, ("", ""), (&header, &header_en), ColumnKind::Amount)
    });
    let tables: Vec<(PrintedTable, PrintedColumn)> = data.trend.iter().cloned().zip(heads).collect();
    side_by_side(&tables, Measure::ContractValue.code())
}
