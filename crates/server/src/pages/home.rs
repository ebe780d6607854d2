//! The public home: the latest bulletin, the map beside its table, the trend, types and fields.

use askama::Template;
use xiaoxiang_domain::bulletin::{Direction, Measure, PrintedTable};
use xiaoxiang_services::bulletin::Product;

use super::bulletin::BulletinHead;
use super::shell::Shell;
use super::table::TableView;
use crate::language::Language;

/// What the home page shows.
#[derive(Clone, Debug)]
pub struct HomeData {
    /// The latest signed bulletin.
    pub bulletin: BulletinHead,
    /// Its key figures: registered, output, absorbed.
    pub figures: Vec<KeyFigure>,
    /// The cities in the direction asked for; a column's key is a measure's code.
    pub cities: PrintedTable,
    /// The last 12 to 24 months.
    pub trend: PrintedTable,
    /// By contract type.
    pub types: PrintedTable,
    /// By technical field.
    pub fields: PrintedTable,
    /// What is printed under the map.
    pub map: MapNote,
}

/// One key figure of a bulletin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyFigure {
    /// Which side of the contracts it counts.
    pub direction: Direction,
    /// 成交额 in 亿元, two decimals.
    pub contract_value: String,
    /// 技术交易额 in 亿元, two decimals.
    pub technology_value: String,
    /// Number of contracts.
    pub count: i64,
    /// 成交额同比 in per cent, two decimals; none without a base.
    pub growth_percent: Option<String>,
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

impl KeyFigure {
    /// The word of the figure's direction.
    #[must_use]
    pub fn label(&self, shell: &Shell) -> &'static str {
        direction_label(shell.language, self.direction)
    }

    /// Whom the figure counts, in half a line.
    #[must_use]
    pub fn basis(&self, shell: &Shell) -> &'static str {
        shell.t(match self.direction {
            Direction::Registered => "figure-basis-registered",
            Direction::Output => "figure-basis-output",
            Direction::Absorbed => "figure-basis-absorbed",
            Direction::Internal => "figure-basis-internal",
        })
    }

    fn counted(&self, shell: &Shell) -> String {
        shell.say("figure-count", [("count", &self.count.to_string())])
    }

    fn technology(&self, shell: &Shell) -> String {
        shell.say("figure-technology-value", [("value", &self.technology_value)])
    }

    /// Growth without its sign, and which way it went.
    #[must_use]
    pub fn growth(&self) -> Option<(Movement, &str)> {
        let text = self.growth_percent.as_deref()?;
        let size = text.trim_start_matches('-');
        let is_level = size.chars().all(|letter| matches!(letter, '0' | '.'));
        Some((
            match (is_level, size == text) {
                (true, _) => Movement::Level,
                (false, true) => Movement::Up,
                (false, false) => Movement::Down,
            },
            size,
        ))
    }
}

/// The word of a direction.
#[must_use]
pub fn direction_label(language: Language, direction: Direction) -> &'static str {
    language.text(match direction {
        Direction::Registered => "direction-registered",
        Direction::Output => "direction-output",
        Direction::Absorbed => "direction-absorbed",
        Direction::Internal => "direction-internal",
    })
}

/// The word of a measure, without its unit.
#[must_use]
pub fn measure_label(language: Language, measure: Measure) -> &'static str {
    language.text(match measure {
        Measure::Count => "measure-count",
        Measure::ContractValue => "measure-contract-value",
        Measure::TechnologyValue => "measure-technology-value",
    })
}

/// One of a few choices, as a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Address of the page with this choice made.
    pub link: String,
    /// Its word.
    pub label: String,
    /// Whether it is the one shown.
    pub is_current: bool,
}

/// The home page.
#[derive(Debug, Template)]
#[template(path = "home.html")]
pub struct HomePage {
    shell: Shell,
    data: HomeData,
    direction: Direction,
    measure: Measure,
    cities: TableView,
    trend: TableView,
    types: TableView,
    fields: TableView,
}

impl HomePage {
    /// The page showing the cities in one direction, the map coloured by one measure.
    #[must_use]
    pub fn new(shell: Shell, data: HomeData, direction: Direction, measure: Measure) -> Self {
        let language = shell.language;
        let period = data.bulletin.period.to_string();
        let lead = |key: &str| {
            let is_division = key.len() == 6 && key.bytes().all(|byte| byte.is_ascii_digit());
            let path = format!(
                "/statistics?period={period}&direction={}&by=type&within={key}&compare=previous-year",
                direction.code()
            );
            is_division.then(|| language.link(&path))
        };
        Self {
            cities: TableView::new("cities", language, &data.cities).caption_hidden().leading(lead),
            trend: TableView::new("trend", language, &data.trend).caption_hidden().bounded(),
            types: TableView::new("types", language, &data.types).caption_hidden().without_notes(),
            fields: TableView::new("fields", language, &data.fields).caption_hidden().without_notes(),
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
        self.data.bulletin.file_link(Product::Public, format)
    }

    fn grown(&self, key: &'static str, percent: &str) -> String {
        self.shell.say(key, [("percent", percent)])
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
        self.shell.link(&format!("/?direction={}&measure={}#by-city", direction.code(), measure.code()))
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
        self.shell.say(
            "map-label",
            [("region", self.shell.region()), ("direction", direction), ("measure", measure)],
        )
    }

    /// Keys of the trend's amount columns, as the chart names them.
    fn trend_columns(&self) -> String {
        // Registered and output differ by a hair: drawn together they hide each other.
        let drawn = [Direction::Output, Direction::Absorbed]
            .map(|direction| format!("{}.contract_value", direction.code()));
        let amounts = self.data.trend.columns.iter().filter(|column| drawn.contains(&column.key));
        amounts.map(|column| column.key.as_str()).collect::<Vec<_>>().join(" ")
    }
}

/// The home page before there is a bulletin: what to do to get one.
#[derive(Debug, Template)]
#[template(path = "home_empty.html")]
pub struct EmptyHomePage {
    /// Shell of the page.
    pub shell: Shell,
}
