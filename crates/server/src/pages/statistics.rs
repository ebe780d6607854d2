//! Any table that the figures give: asked for by a form, answered by a table and its chart.

use askama::Template;
use serde::Deserialize;
use xiaoxiang_domain::bulletin::{Dimension, Direction, PrintedNote, PrintedTable};
use xiaoxiang_domain::period::Period;

use super::home::direction_label;
use super::public::HOME_DIRECTION;
use super::shell::Shell;
use super::table::TableView;

/// What the form sends; every field may be missing or empty.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(default)]
pub struct StatisticsQuery {
    /// `2017`, `2022-H1`, `2022-Q1`, `2022-06`, `2026-01..2026-05`
    pub period: String,
    /// Code of a [`Direction`].
    pub direction: String,
    /// Code of a [`Dimension`].
    pub by: String,
    /// Code of a second [`Dimension`], or empty.
    pub and: String,
    /// Division code, or empty for the whole region.
    pub within: String,
    /// `previous-year`, or empty.
    pub compare: String,
}

/// The groupings open to everybody; those below city level and by organisation come with small cells hidden.
pub const PUBLIC_DIMENSIONS: [Dimension; 10] = [
    Dimension::City,
    Dimension::County,
    Dimension::Park,
    Dimension::Organisation,
    Dimension::Type,
    Dimension::Field,
    Dimension::SellerKind,
    Dimension::BuyerKind,
    Dimension::Ip,
    Dimension::Month,
];

/// Groupings with small cells: they make rows only.
pub const ROW_DIMENSIONS: [Dimension; 3] = [Dimension::County, Dimension::Park, Dimension::Organisation];

/// One field that could not be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldProblem {
    /// Name of the field.
    pub field: &'static str,
    /// What to do, in the page's language.
    pub text: String,
}

/// An option of a select field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelectOption {
    /// Value that is sent.
    pub value: String,
    /// What is shown.
    pub label: String,
    /// Whether it is the one chosen.
    pub is_chosen: bool,
}

/// What the page shows besides the form.
#[derive(Clone, Debug, Default)]
pub struct StatisticsData {
    /// Cities and counties of the region by code, for the form.
    pub divisions: Vec<(String, PrintedNote)>,
    /// The table asked for; none where the query has a problem or nothing was asked.
    pub table: Option<PrintedTable>,
    /// What was wrong.
    pub problems: Vec<FieldProblem>,
}

impl StatisticsQuery {
    /// Fills what was not asked for with what readers begin with.
    pub(super) fn complete(&mut self, usual: Period) {
        let usual_words = [
            (&mut self.period, usual.to_string()),
            (&mut self.direction, HOME_DIRECTION.code().to_owned()),
            (&mut self.by, Dimension::City.code().to_owned()),
        ];
        for (field, word) in usual_words {
            if field.is_empty() {
                *field = word;
            }
        }
    }
}

impl StatisticsData {
    /// Says what is wrong with a field.
    pub(super) fn complain(&mut self, field: &'static str, text: String) {
        self.problems.push(FieldProblem { field, text });
    }
}

/// The page of free tables.
#[derive(Debug, Template)]
#[template(path = "statistics.html")]
pub struct StatisticsPage {
    shell: Shell,
    query: StatisticsQuery,
    data: StatisticsData,
    table: Option<TableView>,
}

impl StatisticsPage {
    /// The page answering a query.
    #[must_use]
    pub fn new(shell: Shell, query: StatisticsQuery, data: StatisticsData) -> Self {
        let table = data.table.as_ref().map(|table| TableView::new("answer", shell.language, table));
        Self { shell, query, data, table }
    }

    fn directions(&self) -> Vec<SelectOption> {
        let option = |direction: Direction| SelectOption {
            value: direction.code().to_owned(),
            label: direction_label(self.shell.language, direction).to_owned(),
            is_chosen: direction.code() == self.query.direction,
        };
        Direction::ALL.into_iter().map(option).collect()
    }

    /// What may stand in the columns.
    fn column_dimensions(&self) -> Vec<SelectOption> {
        let mut options = self.dimensions(&self.query.and);
        options.retain(|option| ROW_DIMENSIONS.iter().all(|dimension| dimension.code() != option.value));
        options
    }

    fn dimensions(&self, chosen: &str) -> Vec<SelectOption> {
        let option = |dimension: Dimension| SelectOption {
            value: dimension.code().to_owned(),
            label: self.shell.language.pick(dimension.label(), dimension.label_en()).to_owned(),
            is_chosen: dimension.code() == chosen,
        };
        PUBLIC_DIMENSIONS.into_iter().map(option).collect()
    }

    fn divisions(&self) -> Vec<SelectOption> {
        let option = |(code, name): &(String, PrintedNote)| SelectOption {
            value: code.clone(),
            label: self.shell.language.note(name).to_owned(),
            is_chosen: *code == self.query.within,
        };
        self.data.divisions.iter().map(option).collect()
    }

    fn problem(&self, field: &str) -> Option<&str> {
        self.data.problems.iter().find(|problem| problem.field == field).map(|problem| problem.text.as_str())
    }

    fn compares(&self) -> bool {
        !self.query.compare.is_empty()
    }

    /// `lines` over months, `bars` over everything else.
    fn chart(&self) -> &'static str {
        if self.query.by == Dimension::Month.code() { "lines" } else { "bars" }
    }

    /// Key of the column drawn: the row's own contract value, of this period where two are compared.
    fn chart_column(&self) -> &str {
        let columns = self.data.table.iter().flat_map(|table| &table.columns);
        let keys = ["contract_value", "contract_value.now", "count"];
        let found = keys.iter().find_map(|key| columns.clone().find(|column| column.key == *key));
        found.map(|column| column.key.as_str()).unwrap_or_default()
    }

    /// Tables of more rows than this are too long for one picture.
    fn has_chart(&self) -> bool {
        const CHART_ROWS_MAX: usize = 40;
        self.data.table.as_ref().is_some_and(|table| (2..=CHART_ROWS_MAX).contains(&table.rows.len()))
    }

    fn chart_class(&self) -> &'static str {
        let rows = self.data.table.as_ref().map(|table| table.rows.len()).unwrap_or_default();
        if rows > 10 { "chart chart-tall" } else { "chart" }
    }
}
