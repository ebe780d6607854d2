//! The figures of a place as the latest bulletin froze them: the whole region on the home page, one city on its own.

use std::sync::Arc;

use askama::Template;
use xiaoxiang_domain::bulletin::{Direction, Measure, PrintedNote, PrintedTable};
use xiaoxiang_domain::money::{MoneyUnit, display_fen};
use xiaoxiang_services::bulletin::{PlaceFigures, PlaceSide, Product};

use super::bulletin::BulletinHead;
use super::compact::{one_measure, without_previous};
use super::flow::{FLOW_MEASURES, place_columns};
use super::home::{Choice, direction_label, measure_label};
use super::reading::{self, SHOWN};
use super::shell::Shell;
use super::table::TableView;

/// What the page of a place shows.
#[derive(Clone, Debug)]
pub struct PlaceData {
    /// The latest signed bulletin.
    pub bulletin: BulletinHead,
    /// Code and name of the city; none for the whole region.
    pub city: Option<(String, PrintedNote)>,
    /// Codes and names of all cities.
    pub cities: Vec<(String, PrintedNote)>,
    /// Whether the region data have outlines for the map.
    pub has_outlines: bool,
    /// What is printed under the map.
    pub map: MapNote,
    /// All tables but the next.
    pub figures: Arc<PlaceFigures>,
    /// The counties of a city; none inside where the region data do not say what is small.
    pub counties: Option<Arc<Option<PrintedTable>>>,
}

/// The map's approval number and what is said of its outlines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MapNote {
    /// 审图号; without one the page says 示意图.
    pub approval_number: Option<String>,
    /// What the region data say of the outlines, Chinese.
    pub source: String,
    /// The same in English.
    pub source_en: String,
}

/// Which way a figure moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Movement {
    /// 增长
    Up,
    /// 下降
    Down,
    /// 持平
    Level,
}

/// One key figure: the sums of a direction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyFigure {
    /// Its word.
    pub label: &'static str,
    /// Whom it counts, in half a line.
    pub basis: &'static str,
    /// 成交额 in 亿元, two decimals.
    pub contract_value: String,
    /// How many contracts.
    pub counted: String,
    /// 技术交易额 in words.
    pub technology: String,
    /// 成交额同比: which way, and its size in per cent; none without a base.
    pub growth: Option<(Movement, String)>,
}

impl KeyFigure {
    fn new(shell: &Shell, side: &PlaceSide, is_city: Extent) -> Self {
        let amount = |fen: i128| display_fen(fen, MoneyUnit::HundredMillionYuan);
        let technology = amount(side.total.technology_value);
        Self {
            label: direction_label(shell.language, side.direction),
            basis: shell.t(basis_key(side.direction, is_city)),
            contract_value: amount(side.total.contract_value),
            counted: shell.say("figure-count", [("count", &side.total.count.to_string())]),
            technology: shell.say("figure-technology-value", [("value", &technology)]),
            growth: side.growth.map(|growth| movement(&growth.percent())),
        }
    }
}

/// How much a page covers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    Region,
    City,
}

const fn basis_key(direction: Direction, extent: Extent) -> &'static str {
    match (direction, extent) {
        (Direction::Registered, Extent::Region) => "figure-basis-registered",
        (Direction::Output, Extent::Region) => "figure-basis-output",
        (Direction::Absorbed, Extent::Region) => "figure-basis-absorbed",
        (Direction::Internal, Extent::Region) => "figure-basis-internal",
        (Direction::Registered, Extent::City) => "figure-basis-city-registered",
        (Direction::Output, Extent::City) => "figure-basis-city-output",
        (Direction::Absorbed, Extent::City) => "figure-basis-city-absorbed",
        (Direction::Internal, Extent::City) => "figure-basis-city-internal",
    }
}

/// Growth without its sign, and which way it went.
fn movement(percent: &str) -> (Movement, String) {
    let size = percent.trim_start_matches('-');
    let is_level = size.chars().all(|letter| matches!(letter, '0' | '.'));
    let way = match (is_level, size == percent) {
        (true, _) => Movement::Level,
        (false, true) => Movement::Up,
        (false, false) => Movement::Down,
    };
    (way, size.to_owned())
}

/// The home page, or the page of a city.
#[derive(Debug, Template)]
#[template(path = "place.html")]
pub struct PlacePage {
    shell: Shell,
    data: PlaceData,
    direction: Direction,
    measure: Measure,
    key_figures: Vec<KeyFigure>,
    parts: Option<TableView>,
    trend: TableView,
    types: TableView,
    fields: TableView,
    flows: Option<(TableView, String)>,
}

impl PlacePage {
    /// The page showing the parts in one direction, the map coloured by one measure.
    #[must_use]
    pub fn new(shell: Shell, data: PlaceData, direction: Direction, measure: Measure) -> Self {
        let language = shell.language;
        let figures = &data.figures;
        let side = |wanted: Direction| figures.sides.iter().find(|side| side.direction == wanted);
        let extent = if data.city.is_some() { Extent::City } else { Extent::Region };
        let shown = SHOWN.into_iter().filter_map(side);
        let lead = |key: &str| {
            let path = format!("/places/{key}?direction={}", direction.code());
            data.cities.iter().any(|(code, _)| code == key).then(|| language.link(&path))
        };
        let counties = data.counties.as_deref().and_then(Option::as_ref);
        let cities = side(direction).and_then(|side| side.cities.as_ref());
        let parts = match (counties, cities) {
            (Some(counties), _) => Some(TableView::new("counties", language, counties)),
            (None, Some(cities)) => {
                Some(TableView::new("cities", language, &without_previous(cities)).leading(lead))
            }
            (None, None) => None,
        };
        let small = |id: &'static str, table: &PrintedTable| {
            TableView::new(id, language, &without_previous(table)).caption_hidden().without_notes()
        };
        let flows = figures.flows.as_ref().map(|flows| {
            let matrix = one_measure(flows, flow_measure(measure).code());
            (
                TableView::new("matrix", language, &matrix).caption_hidden().shaded(&matrix),
                place_columns(&matrix),
            )
        });
        Self {
            key_figures: shown.map(|side| KeyFigure::new(&shell, side, extent)).collect(),
            parts: parts.map(TableView::caption_hidden),
            trend: TableView::new("trend", language, &reading::trend(figures)).caption_hidden().bounded(),
            types: small("types", &figures.types),
            fields: small("fields", &figures.fields),
            flows,
            shell,
            data,
            direction,
            measure,
        }
    }

    fn head(&self) -> &BulletinHead {
        &self.data.bulletin
    }

    fn public_link(&self, format: &str) -> String {
        self.data.bulletin.file_link(&self.shell, Product::Public, format)
    }

    fn grown(&self, key: &'static str, percent: &str) -> String {
        self.shell.say(key, [("percent", percent)])
    }

    fn city_name(&self) -> Option<&str> {
        self.data.city.as_ref().map(|(_, name)| self.shell.note(name))
    }

    fn lead(&self, city: &str) -> String {
        let period = self.shell.period(&self.data.bulletin.period);
        self.shell.say("place-lead", [("place", city), ("period", &period)])
    }

    /// Path of the page without language.
    fn path(&self) -> String {
        self.data.city.as_ref().map_or_else(|| "/".to_owned(), |(code, _)| format!("/places/{code}"))
    }

    fn directions(&self) -> Vec<Choice> {
        let choice = |direction: Direction| Choice {
            link: self.choice_link(direction, self.measure),
            label: direction_label(self.shell.language, direction).to_owned(),
            is_current: direction == self.direction,
        };
        Direction::ALL.into_iter().map(choice).collect()
    }

    fn measures(&self) -> Vec<Choice> {
        let choice = |measure: Measure| Choice {
            link: self.choice_link(self.direction, measure),
            label: measure_label(self.shell.language, measure).to_owned(),
            is_current: measure == self.measure,
        };
        Measure::ALL.into_iter().map(choice).collect()
    }

    fn choice_link(&self, direction: Direction, measure: Measure) -> String {
        let path = self.path();
        self.shell.link(&format!("{path}?direction={}&measure={}#by-part", direction.code(), measure.code()))
    }

    /// Where the map's outlines come from.
    fn outlines(&self) -> String {
        match &self.data.city {
            Some((code, _)) => format!("/map/counties/{code}"),
            None => "/map/prefectures.json".to_owned(),
        }
    }

    fn map_note(&self) -> String {
        match &self.data.map.approval_number {
            Some(number) => self.shell.say("map-approval", [("number", number)]),
            None if self.map_source().is_empty() => self.shell.t("map-sketch").to_owned(),
            // The region data say themselves that it is a sketch.
            None => String::new(),
        }
    }

    fn map_source(&self) -> &str {
        self.shell.language.pick(&self.data.map.source, &self.data.map.source_en)
    }

    fn map_label(&self) -> String {
        let measure = measure_label(self.shell.language, self.measure);
        let direction = direction_label(self.shell.language, self.direction);
        match self.city_name() {
            Some(city) => self
                .shell
                .say("map-label-city", [("city", city), ("direction", direction), ("measure", measure)]),
            None => self.shell.say(
                "map-label",
                [("region", self.shell.region()), ("direction", direction), ("measure", measure)],
            ),
        }
    }

    /// Keys of the trend's amount columns, as the chart names them.
    fn trend_columns(&self) -> String {
        // Registered and output differ by a hair: drawn together they hide each other.
        let drawn = [Direction::Output, Direction::Absorbed];
        drawn.map(|direction| format!("{}.contract_value", direction.code())).join(" ")
    }

    fn flow_measure(&self) -> &'static str {
        measure_label(self.shell.language, flow_measure(self.measure))
    }

    /// Any other table of the place.
    fn statistics_link(&self, code: &str) -> String {
        let period = self.data.bulletin.period;
        let direction = self.direction.code();
        self.shell.link(&format!("/statistics?period={period}&direction={direction}&by=type&within={code}"))
    }

    /// The other cities, as links.
    fn other_cities(&self) -> Vec<Choice> {
        let here = self.data.city.as_ref().map(|(code, _)| code);
        let choice = |(code, name): &(String, PrintedNote)| Choice {
            link: self.shell.link(&format!("/places/{code}?direction={}", self.direction.code())),
            label: self.shell.note(name).to_owned(),
            is_current: Some(code) == here,
        };
        self.data.cities.iter().map(choice).collect()
    }
}

/// Flows know no technology value: their place is taken by the contract value.
fn flow_measure(measure: Measure) -> Measure {
    if FLOW_MEASURES.contains(&measure) { measure } else { Measure::ContractValue }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_says_which_way_it_went_and_how_far() {
        assert_eq!(movement("12.30"), (Movement::Up, "12.30".to_owned()));
        assert_eq!(movement("-1.44"), (Movement::Down, "1.44".to_owned()));
        assert_eq!(movement("0.00"), (Movement::Level, "0.00".to_owned()));
        assert_eq!(movement("-0.00"), (Movement::Level, "0.00".to_owned()));
    }
}
