//! A bureau's own sheet against our figures (核对): what differs, why, and the contracts behind. The sheet is not kept.

use askama::Template;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, Query};
use axum::response::{IntoResponse as _, Response};
use axum::routing;
use serde::Deserialize;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::bulletin::{
    ColumnKind, Dimension, Direction, GrowthBase, PrintedCell, PrintedColumn, PrintedRow, PrintedTable,
    RowKind,
};
use xiaoxiang_domain::money::{MoneyUnit, display_fen};
use xiaoxiang_domain::period::Period;
use xiaoxiang_services::Refusal;
use xiaoxiang_services::bulletin::{
    PublicFormat, ReconcileAsk, ReconciledCell, ReconciledSheet, latest_months, reconcile_bulletin,
    write_table_file,
};

use super::cell::{CONTRACTS_PER_PAGE, CellContract};
use super::home::direction_label;
use super::public::mime_of;
use super::reading;
use super::shell::{Section, Shell};
use super::statistics::SelectOption;
use super::upload::{self, SentFile, UploadProblem};
use super::visit::{Visit, download};
use crate::routes::{Access, Route};

/// What the rows of a sheet may be.
const ROWS: [Dimension; 4] = [Dimension::City, Dimension::County, Dimension::Type, Dimension::Field];
/// Last page of contracts that an address may ask for.
const PAGE_MAX: i64 = 100_000;

/// The routes of reconciling.
#[must_use]
pub fn routes() -> Vec<Route> {
    let access = Access::Needs(Action::Reconcile);
    vec![
        Route::page("/reconcile", access, routing::get(ask)),
        Route::form("/reconcile", access, routing::post(compare).layer(upload::limit())),
        Route::page("/reconcile/cell", access, routing::get(cell)),
    ]
}

/// One group of differences with the same cause.
#[derive(Clone, Debug)]
struct CauseGroup {
    cause: String,
    cells: Vec<ReconciledCell>,
}

/// What a comparison gave.
#[derive(Clone, Debug)]
struct Outcome {
    equal: usize,
    differing: usize,
    groups: Vec<CauseGroup>,
    found: ReconciledSheet,
}

/// The page with the form, and with the outcome after it was sent.
#[derive(Debug, Template)]
#[template(path = "reconcile.html")]
struct ReconcilePage {
    shell: Shell,
    period: String,
    by: String,
    direction: String,
    base: String,
    problem: Option<(&'static str, String)>,
    problems: Vec<String>,
    outcome: Option<Outcome>,
}

impl ReconcilePage {
    fn new(visit: &Visit, sent: &SentFile) -> Self {
        Self {
            shell: visit.shell(Section::Reconcile, visit.language.text("nav-reconcile")),
            period: sent.field("period").trim().to_owned(),
            by: sent.field("by").to_owned(),
            direction: sent.field("direction").to_owned(),
            base: sent.field("base").to_owned(),
            problem: None,
            problems: Vec::new(),
            outcome: None,
        }
    }

    fn problem(&self, field: &str) -> Option<&str> {
        self.problem.as_ref().filter(|(name, _)| *name == field).map(|(_, text)| text.as_str())
    }

    fn dimensions(&self) -> Vec<SelectOption> {
        let option = |dimension: Dimension| SelectOption {
            value: dimension.code().to_owned(),
            label: self.shell.language.pick(dimension.label(), dimension.label_en()).to_owned(),
            is_chosen: dimension.code() == self.by,
        };
        ROWS.into_iter().map(option).collect()
    }

    fn directions(&self) -> Vec<SelectOption> {
        let option = |direction: Direction| SelectOption {
            value: direction.code().to_owned(),
            label: direction_label(self.shell.language, direction).to_owned(),
            is_chosen: direction.code() == self.direction,
        };
        Direction::ALL.into_iter().map(option).collect()
    }

    fn bases(&self) -> Vec<SelectOption> {
        [(GrowthBase::AsKnown, "drafts-base-known"), (GrowthBase::AsPublished, "drafts-base-published")]
            .map(|(base, key)| SelectOption {
                value: base.code().to_owned(),
                label: self.shell.t(key).to_owned(),
                is_chosen: base.code() == self.base,
            })
            .to_vec()
    }

    fn totals(&self, outcome: &Outcome) -> String {
        let [equal, differing] = [outcome.equal, outcome.differing].map(|count| count.to_string());
        self.shell.say("reconcile-totals", [("equal", &equal), ("differing", &differing)])
    }

    fn count(&self, group: &CauseGroup) -> String {
        self.shell.say("reconcile-cells", [("count", &group.cells.len().to_string())])
    }

    fn figure(&self, cell: &ReconciledCell) -> String {
        let direction = direction_label(self.shell.language, cell.direction);
        format!("{direction} · {}", self.shell.period(&cell.months))
    }

    fn cell_link(&self, cell: &ReconciledCell) -> String {
        let query = serde_urlencoded::to_string([
            ("direction", cell.direction.code()),
            ("period", &cell.months.to_string()),
            ("by", if self.by.is_empty() { Dimension::City.code() } else { &self.by }),
            ("row", &cell.row_key),
            ("label", &cell.row),
        ])
        .expect("invariant: texts make a query");
        self.shell.link(&format!("/reconcile/cell?{query}"))
    }

    /// Sentences about what was not compared.
    fn left_aside(&self, outcome: &Outcome) -> Vec<String> {
        let found = &outcome.found;
        let say = |key, name: &str| self.shell.say(key, [("name", name)]);
        let headers = found.skipped_headers.iter().map(|(header, reason)| {
            self.shell.say("reconcile-skipped", [("name", header), ("reason", self.shell.note(reason))])
        });
        let unknown = found.unknown_labels.iter().map(|label| say("reconcile-unknown-row", label));
        let missing: Vec<&str> = found.missing_rows.iter().map(|row| self.shell.note(row)).collect();
        let missing = (!missing.is_empty())
            .then(|| say("reconcile-missing-rows", &missing.join(self.shell.language.pick("、", ", "))));
        let unreadable = found
            .unreadable_cells
            .iter()
            .map(|(row, header)| self.shell.say("reconcile-unreadable", [("row", row), ("column", header)]));
        headers.chain(unknown).chain(missing).chain(unreadable).collect()
    }
}

async fn ask(visit: Visit) -> Response {
    let mut page = ReconcilePage::new(&visit, &SentFile::default());
    match latest_months(&visit.app).await {
        Ok(period) => page.period = period.to_string(),
        Err(refusal) => return visit.refused(&refusal),
    }
    visit.page(&page)
}

/// The question that a form asks, or the field that has a problem.
fn asked(sent: &SentFile, visit: &Visit) -> Result<ReconcileAsk, (&'static str, String)> {
    let text = |key| visit.language.text(key).to_owned();
    if sent.bytes.is_empty() {
        return Err(("file", text("upload-none")));
    }
    let period =
        sent.field("period").trim().parse().map_err(|_| ("period", text("statistics-bad-period")))?;
    let by = Dimension::from_code(sent.field("by")).unwrap_or(Dimension::City);
    Ok(ReconcileAsk {
        period,
        by: if ROWS.contains(&by) { by } else { Dimension::City },
        direction: Direction::from_code(sent.field("direction")),
        within: None,
        growth_base: GrowthBase::from_code(sent.field("base")).unwrap_or(GrowthBase::AsKnown),
    })
}

async fn compare(visit: Visit, form: Result<Multipart, MultipartRejection>) -> Response {
    let sent = match upload::read_form(form).await {
        Ok(sent) => sent,
        Err(problem) => return unreadable(&visit, problem),
    };
    let mut page = ReconcilePage::new(&visit, &sent);
    let ask = match asked(&sent, &visit) {
        Ok(ask) => ask,
        Err(problem) => {
            page.problem = Some(problem);
            return visit.unprocessed(&page);
        }
    };
    let as_file = sent.field("answer") == "xlsx";
    match reconcile_bulletin(&visit.app, &visit.actor(), sent.bytes, &ask).await {
        Ok(found) if as_file => workbook(&visit, &page, &found, ask.period),
        Ok(found) => {
            page.outcome = Some(outcome_of(&visit, found));
            visit.page(&page)
        }
        Err(Refusal::Sheet(problems)) => {
            page.problems = problems
                .iter()
                .map(|problem| {
                    let words = &problem.words;
                    let language = visit.language;
                    let reason = language.pick(&words.reason_zh, &words.reason_en);
                    format!(
                        "{reason}{}{}",
                        language.pick("。", "; "),
                        language.pick(&words.what_to_do_zh, &words.what_to_do_en)
                    )
                })
                .collect();
            page.problem = Some(("file", visit.language.text("reconcile-unreadable-file").to_owned()));
            visit.unprocessed(&page)
        }
        Err(refusal @ Refusal::Invalid { .. }) => {
            page.problem = Some(("period", visit.sentence(&refusal)));
            visit.unprocessed(&page)
        }
        Err(refusal) => visit.refused(&refusal),
    }
}

fn unreadable(visit: &Visit, problem: UploadProblem) -> Response {
    let mut page = ReconcilePage::new(visit, &SentFile::default());
    page.problem = Some(("file", visit.language.text(problem.key()).to_owned()));
    (problem.status(), visit.page(&page)).into_response()
}

fn outcome_of(visit: &Visit, found: ReconciledSheet) -> Outcome {
    let mut groups: Vec<CauseGroup> = Vec::new();
    for cell in &found.differences {
        let cause = visit.language.pick(&cell.cause, &cell.cause_en);
        match groups.iter_mut().find(|group| group.cause == cause) {
            Some(group) => group.cells.push(cell.clone()),
            None => groups.push(CauseGroup { cause: cause.to_owned(), cells: vec![cell.clone()] }),
        }
    }
    Outcome { equal: found.equal_cells, differing: found.differences.len(), groups, found }
}

/// The differences as a workbook.
fn workbook(visit: &Visit, page: &ReconcilePage, found: &ReconciledSheet, period: Period) -> Response {
    let column = |key: &str, header: &str| PrintedColumn::ungrouped(key, header, "", ColumnKind::Text);
    let t = |key| page.shell.t(key);
    let row = |(place, cell): (usize, &ReconciledCell)| PrintedRow {
        key: place.to_string(),
        kind: RowKind::Body,
        cells: [
            cell.row.clone(),
            cell.header.clone(),
            cell.theirs.clone(),
            cell.ours.clone(),
            visit.language.pick(&cell.cause, &cell.cause_en).to_owned(),
            cell.contracts.join(" "),
        ]
        .into_iter()
        .map(PrintedCell::text)
        .collect(),
    };
    let table = PrintedTable {
        title: format!("{} {}", t("nav-reconcile"), page.shell.period(&period)),
        title_en: String::new(),
        columns: vec![
            column("row", t("reconcile-row")),
            column("header", t("reconcile-column")),
            column("theirs", t("reconcile-theirs")),
            column("ours", t("reconcile-ours")),
            column("cause", t("reconcile-cause")),
            column("contracts", t("reconcile-contracts")),
        ],
        rows: found.differences.iter().enumerate().map(row).collect(),
        notes: Vec::new(),
    };
    match write_table_file(&[table], &[], PublicFormat::Xlsx, period.last_day(), visit.language.file()) {
        Ok(bytes) => download(&format!("reconcile-{period}.xlsx"), mime_of(PublicFormat::Xlsx), bytes),
        Err(refusal) => visit.refused(&refusal),
    }
}

/// Which figure is opened.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct CellQuery {
    direction: String,
    period: String,
    by: String,
    row: String,
    label: String,
    page: String,
}

/// The contracts behind one differing figure, as they stand now.
#[derive(Debug, Template)]
#[template(path = "reconcile_cell.html")]
struct ReconcileCellPage {
    shell: Shell,
    label: String,
    direction: Direction,
    period: Period,
    total: usize,
    contract_value: String,
    technology_value: String,
    contracts: Vec<CellContract>,
    address: String,
    page: i64,
}

impl ReconcileCellPage {
    fn figure(&self) -> String {
        let direction = direction_label(self.shell.language, self.direction);
        format!("{direction} · {}", self.shell.period(&self.period))
    }

    fn ten_thousand(&self, fen: &i64) -> String {
        display_fen(i128::from(*fen), MoneyUnit::TenThousandYuan)
    }

    fn unit(&self) -> String {
        self.shell.say("unit-contracts", [("count", &self.total.to_string())])
    }

    fn contract_link(&self, contract: &CellContract) -> Option<String> {
        contract.path.as_ref().map(|path| self.shell.link(path))
    }

    fn has_previous(&self) -> bool {
        self.page > 1
    }

    fn has_next(&self) -> bool {
        usize::try_from(self.page * CONTRACTS_PER_PAGE).is_ok_and(|shown| shown < self.total)
    }

    fn page_link(&self, step: i64) -> String {
        format!("{}&page={}", self.address, self.page + step)
    }
}

async fn cell(visit: Visit, Query(query): Query<CellQuery>) -> Response {
    let page = if query.page.is_empty() { Ok(1) } else { query.page.parse::<i64>() };
    let asked = (
        Direction::from_code(&query.direction),
        query.period.parse::<Period>(),
        Dimension::from_code(&query.by).filter(|by| ROWS.contains(by)),
        page.ok().filter(|page| (1..=PAGE_MAX).contains(page)),
    );
    let (Some(direction), Ok(period), Some(by), Some(page)) = asked else { return visit.misread() };
    let behind =
        reading::behind_row(&visit.app, &visit.actor(), direction, by, period, &query.row, page).await;
    let (behind, contracts) = match behind {
        Ok(found) => found,
        Err(refusal) => return visit.refused(&refusal),
    };
    let back = serde_urlencoded::to_string([
        ("direction", direction.code()),
        ("period", &period.to_string()),
        ("by", by.code()),
        ("row", &query.row),
        ("label", &query.label),
    ])
    .expect("invariant: texts make a query");
    let label = if query.label.is_empty() { query.row } else { query.label };
    visit.page(&ReconcileCellPage {
        shell: visit.shell(Section::Reconcile, label.clone()),
        label,
        direction,
        period,
        total: behind.total,
        contract_value: display_fen(behind.contract_value_fen, MoneyUnit::HundredMillionYuan),
        technology_value: display_fen(behind.technology_value_fen, MoneyUnit::HundredMillionYuan),
        contracts,
        address: visit.language.link(&format!("/reconcile/cell?{back}")),
        page,
    })
}
