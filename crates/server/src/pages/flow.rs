//! Flows between places (流向): who sells to whom, as a shaded matrix and as a picture of the largest flows.

use askama::Template;
use xiaoxiang_domain::bulletin::{Measure, PrintedTable};
use xiaoxiang_domain::period::Period;

use super::home::{Choice, measure_label};
use super::shell::Shell;
use super::table::TableView;

/// The measures that flows are tabulated by.
pub const FLOW_MEASURES: [Measure; 2] = [Measure::Count, Measure::ContractValue];

/// What the page of flows shows.
#[derive(Clone, Debug)]
pub struct FlowData {
    /// Period shown.
    pub period: Period,
    /// Periods that may be chosen, latest first.
    pub periods: Vec<Period>,
    /// Rows are sellers' places, columns buyers' places, keyed by division code; `total` is the sum.
    pub matrix: PrintedTable,
}

/// The page of flows.
#[derive(Debug, Template)]
#[template(path = "flow.html")]
pub struct FlowPage {
    shell: Shell,
    data: FlowData,
    measure: Measure,
    matrix: TableView,
}

impl FlowPage {
    /// The page showing one measure.
    #[must_use]
    pub fn new(shell: Shell, data: FlowData, measure: Measure) -> Self {
        let matrix =
            TableView::new("matrix", shell.language, &data.matrix).caption_hidden().shaded(&data.matrix);
        Self { shell, data, measure, matrix }
    }

    fn period(&self) -> String {
        self.shell.language.period(self.data.period)
    }

    fn measures(&self) -> Vec<Choice> {
        let choice = |measure: Measure| Choice {
            link: self.shell.link(&format!("/flow?period={}&measure={}", self.data.period, measure.code())),
            label: measure_label(self.shell.language, measure).to_owned(),
            is_current: measure == self.measure,
        };
        FLOW_MEASURES.into_iter().map(choice).collect()
    }

    fn periods(&self) -> Vec<Choice> {
        let choice = |period: &Period| Choice {
            link: self.shell.link(&format!("/flow?period={period}&measure={}", self.measure.code())),
            label: self.shell.language.period(*period),
            is_current: *period == self.data.period,
        };
        self.data.periods.iter().map(choice).collect()
    }

    /// Keys of the places' columns, as the chart names them.
    fn columns(&self) -> String {
        place_columns(&self.data.matrix)
    }
}

/// Keys of a matrix's columns of places, as the chart names them.
pub(super) fn place_columns(matrix: &PrintedTable) -> String {
    let places = matrix.columns.iter().skip(1).filter(|column| column.key != "total");
    places.map(|column| column.key.as_str()).collect::<Vec<_>>().join(" ")
}
