//! Registration points (登记点): all of them with their figures, one with its people and what it has open, and how the
//! province opens and closes them.

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing;
use serde::Deserialize;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::bulletin::{
    ColumnKind, PrintedCell, PrintedColumn, PrintedNote, PrintedRow, PrintedTable, RowKind,
};
use xiaoxiang_domain::contract::procedure::PointAct;
use xiaoxiang_domain::period::Period;
use xiaoxiang_domain::region::Standing;
use xiaoxiang_services::Refusal;
use xiaoxiang_services::registration::point::{
    HandOn, NewPoint, OpenApplication, PointLoad, PointOrder, PointPage, PointSummary, PointsPage, StaffRule,
    Turn, hand_on, list_points, months_of_the_year, open_new_point, read_point, turn_point,
};
use xiaoxiang_statistics::registration_point::PointFigures;

use super::applications::words::Words;
use super::people::FieldProblem;
use super::shell::{Section, Shell};
use super::table::TableView;
use super::visit::Visit;
use crate::routes::{Access, Route};

const POINTS_PATH: &str = "/registration-points";
/// Fewer points that accepted anything need no chart.
const CHART_POINTS_MIN: usize = 2;

/// The figures of a point, in the order of the table.
const FIGURE_COLUMNS: [(&str, &str, &str); 10] = [
    ("staff", "登记人员(人)", "Staff"),
    ("open", "在办(件)", "Open"),
    ("accepted", "受理(件)", "Accepted"),
    ("decided", "办结(件)", "Decided"),
    ("median_days", "办理天数中位数(天)", "Median days"),
    ("late", "超期办结(件)", "Decided late"),
    ("days_beyond", "超期天数(天)", "Days beyond the limit"),
    ("corrections", "退回补正(次)", "Returned for correction"),
    ("refusals", "不予登记(件)", "Refused"),
    ("overturned", "被纠正的不予登记(件)", "Refusals overturned"),
];

/// The routes of points.
#[must_use]
pub fn routes() -> Vec<Route> {
    let read = Access::Needs(Action::ReadPoints);
    let manage = Access::Needs(Action::ManagePoints);
    vec![
        Route::page(POINTS_PATH, read, routing::get(list)),
        Route::form(POINTS_PATH, manage, routing::post(open_new)),
        Route::page("/registration-points/{registrar}", read, routing::get(show)),
        Route::form("/registration-points/{registrar}/orders", manage, routing::post(order)),
        Route::form("/registration-points/{registrar}/handovers", manage, routing::post(hand)),
    ]
}

/// What the pages are asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    period: String,
    done: String,
}

/// The months that are asked for; those of the year so far where none are named or the text names none.
async fn period_of(visit: &Visit, typed: &str) -> Result<(Period, Option<String>), Refusal> {
    let usual = months_of_the_year(&visit.app).await?;
    if typed.trim().is_empty() {
        return Ok((usual, None));
    }
    match typed.trim().parse() {
        Ok(period) => Ok((period, None)),
        Err(_) => Ok((usual, Some(visit.language.text("statistics-bad-period").to_owned()))),
    }
}

/// The list of points.
#[derive(Debug, Template)]
#[template(path = "registration_points.html")]
struct PointsListPage {
    shell: Shell,
    typed: String,
    period_problem: Option<String>,
    page: PointsPage,
    table: TableView,
    new: NewForm,
    problem: Option<FieldProblem>,
}

/// A point to be opened, as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct NewForm {
    name: String,
    code: String,
    on: String,
    reason: String,
}

impl PointsListPage {
    fn about(&self, codes: &[&str]) -> Option<&str> {
        FieldProblem::about(self.problem.as_ref(), codes)
    }

    fn has_chart(&self) -> bool {
        let at_work = self.page.points.iter().filter(|point| point.figures.accepted > 0);
        at_work.count() >= CHART_POINTS_MIN
    }

    fn staff_rule(&self) -> Option<String> {
        self.page.staff.as_ref().map(|rule| staff_sentence(&self.shell, rule))
    }

    /// Points that take applications with too few people.
    fn short_of_staff(&self) -> Option<String> {
        let least = self.page.staff.map_or(0, |rule| rule.least as usize);
        let short: Vec<&str> = self
            .page
            .points
            .iter()
            .filter(|point| point.is_open && point.staff < least)
            .map(|point| self.shell.language.pick(&point.name, name_en(point)))
            .collect();
        let names = short.join(self.shell.t("list-separator"));
        (!short.is_empty()).then(|| self.shell.say("points-short-of-staff", [("names", &names)]))
    }

    fn today(&self) -> String {
        self.page.today.to_string()
    }

    fn ledger_link(&self) -> String {
        self.shell.link(&format!("/registration-ledger?period={}", self.page.period))
    }
}

fn name_en(point: &PointSummary) -> &str {
    if point.name_en.is_empty() { &point.name } else { &point.name_en }
}

fn staff_sentence(shell: &Shell, rule: &StaffRule) -> String {
    let count = rule.least.to_string();
    match rule.standing {
        Standing::InForce => shell.say("points-staff-least", [("count", &count)]),
        _ => shell.say("points-staff-least-example", [("count", &count)]),
    }
}

/// Where a point stands, in both languages.
fn standing_of(point: &PointSummary, staff: Option<StaffRule>) -> PrintedCell {
    let (zh, en) = match (point.is_open, point.next_act) {
        (true, Some(next)) => (format!("开放，{} 起关闭", next.on), format!("open, closes on {}", next.on)),
        (false, Some(next)) => {
            (format!("未开放，{} 起开放", next.on), format!("not open, opens on {}", next.on))
        }
        (true, None) => ("开放".to_owned(), "open".to_owned()),
        (false, None) => ("已关闭".to_owned(), "closed".to_owned()),
    };
    let is_short = point.is_open && staff.is_some_and(|rule| point.staff < rule.least as usize);
    let (zh, en) =
        if is_short { (format!("{zh}，人员不足"), format!("{en}, short of staff")) } else { (zh, en) };
    PrintedCell::label(&PrintedNote { zh, en })
}

fn figure_cells(staff: Option<usize>, load: PointLoad, figures: PointFigures) -> Vec<PrintedCell> {
    let count = |count: u64| PrintedCell::figure(count.to_string(), i64::try_from(count).ok());
    let days = figures.median_days.map(|days| days.to_string()).unwrap_or_default();
    vec![
        staff.map_or_else(PrintedCell::default, |staff| count(staff as u64)),
        PrintedCell::figure(load.open.to_string(), Some(load.open)),
        count(figures.accepted),
        count(figures.decided),
        PrintedCell::figure(days, None),
        count(figures.late),
        PrintedCell::figure(figures.days_beyond.to_string(), Some(figures.days_beyond)),
        count(figures.corrections),
        count(figures.refusals),
        count(figures.overturned),
    ]
}

fn columns(first: &[(&str, &str, &str)]) -> Vec<PrintedColumn> {
    let column = |(key, header, header_en): &(&str, &str, &str), kind: ColumnKind| {
        PrintedColumn::ungrouped(key, header, header_en, kind)
    };
    let words = first.iter().map(|one| column(one, ColumnKind::Text));
    words.chain(FIGURE_COLUMNS.iter().map(|one| column(one, ColumnKind::Count))).collect()
}

fn points_table(page: &PointsPage) -> PrintedTable {
    let row = |point: &PointSummary| {
        let name = PrintedNote { zh: point.name.clone(), en: name_en(point).to_owned() };
        let mut cells = vec![PrintedCell::label(&name), standing_of(point, page.staff)];
        cells.extend(figure_cells(Some(point.staff), point.load, point.figures));
        PrintedRow { key: point.key.to_string(), kind: RowKind::Body, cells }
    };
    let mut rows: Vec<PrintedRow> = page.points.iter().map(row).collect();
    if let Some((load, figures)) = page.total.filter(|_| !rows.is_empty()) {
        let whole = PrintedNote { zh: "合计".to_owned(), en: "Total".to_owned() };
        let mut cells = vec![PrintedCell::label(&whole), PrintedCell::default()];
        cells.extend(figure_cells(None, load, figures));
        rows.push(PrintedRow { key: "total".to_owned(), kind: RowKind::Total, cells });
    }
    PrintedTable {
        title: "登记点办理情况".to_owned(),
        title_en: "Registration points at work".to_owned(),
        columns: columns(&[("name", "登记点", "Registration point"), ("standing", "状态", "Standing")]),
        rows,
        notes: Vec::new(),
    }
}

async fn list(visit: Visit, Query(asked): Query<Asked>) -> Response {
    match list_page(&visit, &asked.period, NewForm::default(), None).await {
        Ok(page) if page.period_problem.is_some() => visit.unprocessed(&page),
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn list_page(
    visit: &Visit,
    typed: &str,
    new: NewForm,
    problem: Option<FieldProblem>,
) -> Result<PointsListPage, Refusal> {
    let (mut period, mut period_problem) = period_of(visit, typed).await?;
    let page = match list_points(&visit.app, &visit.actor(), period).await {
        Err(refusal) if refusal.code() == "point.period" => {
            period_problem = Some(visit.sentence(&refusal));
            period = months_of_the_year(&visit.app).await?;
            list_points(&visit.app, &visit.actor(), period).await?
        }
        other => other?,
    };
    let table = points_table(&page).told_in(visit.language.file());
    let link = |key: &str| {
        let is_point = key.parse::<i64>().is_ok();
        is_point.then(|| visit.language.link(&format!("{POINTS_PATH}/{key}?period={period}")))
    };
    Ok(PointsListPage {
        shell: visit.shell(Section::Applications, visit.language.text("points-title")),
        typed: if period_problem.is_some() { typed.to_owned() } else { period.to_string() },
        period_problem,
        table: TableView::new("points", visit.language, &table).caption_hidden().leading(link),
        page,
        new,
        problem,
    })
}

async fn open_new(visit: Visit, Form(form): Form<NewForm>) -> Response {
    let opened = async {
        let new = NewPoint {
            code: form.code.clone(),
            name: form.name.clone(),
            on: day_of(&form.on)?,
            reason: form.reason.clone(),
        };
        open_new_point(&visit.app, &visit.actor(), &new).await
    };
    match opened.await {
        Ok(key) => visit.lead_to(&format!("{POINTS_PATH}/{key}?done=opened")),
        Err(refusal @ Refusal::Invalid { .. }) => {
            let problem = Some(FieldProblem::of(&visit, &refusal));
            match list_page(&visit, "", form, problem).await {
                Ok(page) => visit.unprocessed(&page),
                Err(refusal) => visit.refused(&refusal),
            }
        }
        Err(refusal) => visit.refused(&refusal),
    }
}

fn day_of(typed: &str) -> Result<jiff::civil::Date, Refusal> {
    let unread = |_| {
        Refusal::invalid("point.day", "请填写生效日期，例如 2026-12-01。", "give the day, such as 2026-12-01")
    };
    typed.trim().parse().map_err(unread)
}

/// One point.
#[derive(Debug, Template)]
#[template(path = "registration_point.html")]
struct PointDetailPage {
    shell: Shell,
    words: Words,
    typed: String,
    period_problem: Option<String>,
    done: Option<&'static str>,
    page: PointPage,
    table: TableView,
    form: OrderForm,
    chosen: Vec<String>,
    to: String,
    hand_reason: String,
    problem: Option<FieldProblem>,
}

/// An order, as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct OrderForm {
    act: String,
    on: String,
    reason: String,
}

impl PointDetailPage {
    fn about(&self, codes: &[&str]) -> Option<&str> {
        FieldProblem::about(self.problem.as_ref(), codes)
    }

    fn name(&self) -> &str {
        self.shell.language.pick(&self.page.summary.name, name_en(&self.page.summary))
    }

    fn standing(&self) -> String {
        let cell = standing_of(&self.page.summary, None);
        let english = if cell.text_en.is_empty() { &cell.text } else { &cell.text_en };
        let mut words = self.shell.language.pick(&cell.text, english).to_owned();
        if let Some(first) = words.get(..1) {
            words = format!("{}{}", first.to_uppercase(), &words[1..]);
        }
        words
    }

    fn standing_class(&self) -> &'static str {
        if self.page.summary.is_open { "status-signed" } else { "status-draft" }
    }

    fn staff_count(&self) -> String {
        self.shell.say("points-people", [("count", &self.page.summary.staff.to_string())])
    }

    fn staff_rule(&self) -> Option<String> {
        self.page.staff_rule.as_ref().map(|rule| staff_sentence(&self.shell, rule))
    }

    fn is_short(&self) -> bool {
        let least = self.page.staff_rule.map_or(0, |rule| rule.least as usize);
        self.page.summary.is_open && self.page.summary.staff < least
    }

    /// What the province may order next.
    fn next_act(&self) -> PointAct {
        if self.page.summary.is_given_up { PointAct::Open } else { PointAct::Close }
    }

    fn is_closing(&self) -> bool {
        self.next_act() == PointAct::Close
    }

    fn today(&self) -> String {
        self.page.today.to_string()
    }

    fn order(&self, order: &PointOrder) -> &'static str {
        self.shell.t(match order.act {
            PointAct::Open => "point-order-open",
            PointAct::Close => "point-order-close",
        })
    }

    fn order_day(&self, order: &PointOrder) -> String {
        self.words.day(&order.on)
    }

    fn project<'one>(&self, one: &'one OpenApplication) -> &'one str
    where
        Self: 'one,
    {
        if one.project_name.is_empty() { self.shell.t("application-unnamed") } else { &one.project_name }
    }

    fn due(&self, one: &OpenApplication) -> String {
        one.due_on.as_deref().map(|day| self.words.day(day)).unwrap_or_default()
    }

    fn is_chosen(&self, one: &OpenApplication) -> bool {
        self.problem.is_none() || self.chosen.contains(&one.application_id)
    }

    fn may_hand_on(&self) -> bool {
        self.shell.may(Action::ManagePoints) && self.page.summary.is_given_up
    }

    fn ledger_link(&self) -> String {
        let (period, key) = (self.page.period, self.page.summary.key);
        self.shell.link(&format!("/registration-ledger?period={period}&registrar={key}"))
    }

    fn own_path(&self, rest: &str) -> String {
        self.shell.link(&format!("{POINTS_PATH}/{}{rest}", self.page.summary.key))
    }
}

fn key_of(registrar: &str) -> Result<i64, Refusal> {
    registrar.parse().map_err(|_| Refusal::NotFound(format!("registration point {registrar}")))
}

async fn show(visit: Visit, Path(registrar): Path<String>, Query(asked): Query<Asked>) -> Response {
    let done = match asked.done.as_str() {
        "opened" => Some("point-done-opened"),
        "closed" => Some("point-done-closed"),
        "handed" => Some("point-done-handed"),
        _ => None,
    };
    match detail(&visit, &registrar, &asked.period).await {
        Ok(page) if page.period_problem.is_some() => visit.unprocessed(&page),
        Ok(page) => visit.page(&PointDetailPage { done, ..page }),
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn detail(visit: &Visit, registrar: &str, typed: &str) -> Result<PointDetailPage, Refusal> {
    let (period, mut period_problem) = period_of(visit, typed).await?;
    let key = key_of(registrar)?;
    let page = match read_point(&visit.app, &visit.actor(), key, period).await {
        Err(refusal) if refusal.code() == "point.period" => {
            period_problem = Some(visit.sentence(&refusal));
            let usual = months_of_the_year(&visit.app).await?;
            read_point(&visit.app, &visit.actor(), key, usual).await?
        }
        other => other?,
    };
    let own = PrintedNote { zh: page.summary.name.clone(), en: name_en(&page.summary).to_owned() };
    let mut cells = vec![PrintedCell::label(&own)];
    cells.extend(figure_cells(Some(page.summary.staff), page.summary.load, page.summary.figures));
    let table = PrintedTable {
        title: "办理情况".to_owned(),
        title_en: "At work".to_owned(),
        columns: columns(&[("name", "登记点", "Registration point")]),
        rows: vec![PrintedRow { key: page.summary.key.to_string(), kind: RowKind::Body, cells }],
        notes: Vec::new(),
    };
    let title = visit.language.pick(&page.summary.name, name_en(&page.summary)).to_owned();
    Ok(PointDetailPage {
        shell: visit.shell(Section::Applications, title),
        words: Words::of(visit).await?,
        typed: if period_problem.is_some() { typed.to_owned() } else { period.to_string() },
        period_problem,
        done: None,
        table: TableView::new("point", visit.language, &table.told_in(visit.language.file()))
            .caption_hidden(),
        page,
        form: OrderForm::default(),
        chosen: Vec::new(),
        to: String::new(),
        hand_reason: String::new(),
        problem: None,
    })
}

async fn order(visit: Visit, Path(registrar): Path<String>, Form(form): Form<OrderForm>) -> Response {
    let unread = || Refusal::invalid("point.act", "请选择设立或关闭。", "choose to open or to close");
    let ordered = async {
        let turn = Turn {
            act: PointAct::from_code(&form.act).ok_or_else(unread)?,
            on: day_of(&form.on)?,
            reason: form.reason.clone(),
        };
        turn_point(&visit.app, &visit.actor(), key_of(&registrar)?, &turn).await?;
        Ok(turn.act)
    };
    match ordered.await {
        Ok(PointAct::Open) => visit.lead_to(&format!("{POINTS_PATH}/{registrar}?done=opened")),
        Ok(PointAct::Close) => visit.lead_to(&format!("{POINTS_PATH}/{registrar}?done=closed")),
        Err(refusal @ Refusal::Invalid { .. }) => {
            let problem = Some(FieldProblem::of(&visit, &refusal));
            match detail(&visit, &registrar, "").await {
                Ok(page) => visit.unprocessed(&PointDetailPage { form, problem, ..page }),
                Err(refusal) => visit.refused(&refusal),
            }
        }
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn hand(
    visit: Visit,
    Path(registrar): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Response {
    let field = |name: &str| {
        let found = fields.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let chosen: Vec<String> =
        fields.iter().filter(|(key, _)| key == "application").map(|(_, value)| value.clone()).collect();
    let handed = async {
        let request = HandOn {
            application_ids: chosen.clone(),
            // What is no number is no point, which the use case says.
            to: field("to").parse().unwrap_or(0),
            reason: field("hand_reason"),
        };
        hand_on(&visit.app, &visit.actor(), key_of(&registrar)?, &request).await
    };
    match handed.await {
        Ok(_) => visit.lead_to(&format!("{POINTS_PATH}/{registrar}?done=handed")),
        Err(refusal @ (Refusal::Invalid { .. } | Refusal::Stale { .. })) => {
            let problem = Some(FieldProblem::handing(&visit, &refusal));
            let (to, hand_reason) = (field("to"), field("hand_reason"));
            match detail(&visit, &registrar, "").await {
                Ok(page) => visit.unprocessed(&PointDetailPage { chosen, to, hand_reason, problem, ..page }),
                Err(refusal) => visit.refused(&refusal),
            }
        }
        Err(refusal) => visit.refused(&refusal),
    }
}

impl FieldProblem {
    /// The reason of a hand-over is another field than that of an order.
    fn handing(visit: &Visit, refusal: &Refusal) -> Self {
        let problem = Self::of(visit, refusal);
        if refusal.code() == "point.reason" { problem.coded("point.hand_on.reason") } else { problem }
    }
}
