//! Annual targets (年度目标): read, issued, adjusted, split among counties, or set from a sheet.

use std::collections::HashMap;

use askama::Template;
use axum::Form;
use axum::extract::{DefaultBodyLimit, Multipart, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing;
use jiff::civil::Date;
use serde::Deserialize;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::bulletin::Direction;
use xiaoxiang_domain::money::{FEN_PER_HUNDRED_MILLION_YUAN, Fen, MoneyUnit};
use xiaoxiang_domain::period::Period;
use xiaoxiang_domain::ratio::Ratio;
use xiaoxiang_domain::region::DivisionCode;
use xiaoxiang_services::Refusal;
use xiaoxiang_services::target::{
    Difference, SplitState, TargetBoard, TargetChange, TargetLine, TargetRecord, import_targets, set_targets,
    target_board,
};

use super::cities::{code_of, hundred_million};
use super::home::direction_label;
use super::shell::{Section, Shell};
use super::visit::Visit;
use crate::routes::{Access, Route};

/// Largest sheet of targets.
pub const SHEET_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Prefix of the fields that hold amounts; the division's code follows.
const AMOUNT: &str = "amount_";
/// Directions for which targets are set.
pub const DIRECTIONS: [Direction; 3] = [Direction::Registered, Direction::Output, Direction::Absorbed];

/// The routes of targets.
#[must_use]
pub fn routes() -> Vec<Route> {
    let read = Access::Needs(Action::ReadTargets);
    let sheet = routing::post(import).layer(DefaultBodyLimit::max(SHEET_BYTES_MAX));
    vec![
        Route::page("/targets", read, routing::get(show)),
        Route::page("/targets/edit", read, routing::get(edit)),
        Route::form("/targets/edit", read, routing::post(save)),
        Route::form("/targets/import", Access::Needs(Action::IssueTargets), sheet),
    ]
}

/// Which targets are looked at.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct TargetQuery {
    year: String,
    direction: String,
    within: String,
    done: String,
}

/// The query understood; what makes no sense is the refusal's.
struct Asked {
    year: Option<i16>,
    direction: Direction,
    within: Option<DivisionCode>,
}

impl TargetQuery {
    fn asked(&self) -> Result<Asked, Refusal> {
        let misread = |text: &str| Refusal::NotFound(text.to_owned());
        let year = match self.year.as_str() {
            "" => None,
            text => Some(
                text.parse().ok().filter(|year| Period::year(*year).is_ok()).ok_or_else(|| misread(text))?,
            ),
        };
        let direction = match self.direction.as_str() {
            "" => Direction::Registered,
            text => Direction::from_code(text)
                .filter(|it| DIRECTIONS.contains(it))
                .ok_or_else(|| misread(text))?,
        };
        let within = match self.within.as_str() {
            "" => None,
            text => Some(code_of(text)?),
        };
        Ok(Asked { year, direction, within })
    }
}

async fn board_of(visit: &Visit, query: &TargetQuery) -> Result<TargetBoard, Refusal> {
    let asked = query.asked()?;
    target_board(&visit.app, &visit.actor(), asked.within, asked.year, asked.direction).await
}

async fn show(visit: Visit, Query(query): Query<TargetQuery>) -> Response {
    match board_of(&visit, &query).await {
        Ok(board) => visit.page(&TargetsPage::new(&visit, board, query.done == "saved", Vec::new())),
        Err(refusal) => visit.refused(&refusal),
    }
}

/// One choice among a few.
#[derive(Debug)]
struct Choice {
    link: String,
    label: String,
    is_current: bool,
}

#[derive(Debug, Template)]
#[template(path = "targets.html")]
struct TargetsPage {
    shell: Shell,
    board: TargetBoard,
    is_saved: bool,
    /// What was wrong with a sheet.
    problems: Vec<String>,
    region: DivisionCode,
    may_split: bool,
}

impl TargetsPage {
    fn new(visit: &Visit, board: TargetBoard, is_saved: bool, problems: Vec<String>) -> Self {
        let whole = board.whole.division;
        Self {
            shell: visit.shell(Section::Targets, visit.language.text("targets-title")),
            region: whole.province(),
            may_split: visit.actor().permit_in(Action::SplitTargets, whole).is_ok()
                && !board.parts.is_empty(),
            board,
            is_saved,
            problems,
        }
    }

    fn link(&self, year: i16, direction: Direction) -> String {
        link(&self.shell, "/targets", year, direction, self.board.whole.division)
    }

    fn years(&self) -> Vec<Choice> {
        let choice = |year: &i16| Choice {
            link: self.link(*year, self.board.direction),
            label: year.to_string(),
            is_current: *year == self.board.year,
        };
        self.board.years.iter().map(choice).collect()
    }

    fn directions(&self) -> Vec<Choice> {
        let choice = |direction: Direction| Choice {
            link: self.link(self.board.year, direction),
            label: direction_label(self.shell.language, direction).to_owned(),
            is_current: direction == self.board.direction,
        };
        DIRECTIONS.into_iter().map(choice).collect()
    }

    fn is_region(&self) -> bool {
        self.board.whole.division == self.region
    }

    fn may_issue(&self) -> bool {
        self.is_region() && self.shell.may(Action::IssueTargets)
    }

    fn edit_link(&self) -> String {
        link(&self.shell, "/targets/edit", self.board.year, self.board.direction, self.board.whole.division)
    }

    fn line_link(&self, line: &TargetLine) -> Option<String> {
        self.is_region()
            .then(|| link(&self.shell, "/targets", self.board.year, self.board.direction, line.division))
    }

    fn lines(&self) -> impl Iterator<Item = &TargetLine> {
        std::iter::once(&self.board.whole).chain(&self.board.parts)
    }

    fn name<'line>(&self, line: &'line TargetLine) -> &'line str {
        name_of(&self.shell, line)
    }

    fn target(&self, line: &TargetLine) -> String {
        line.completion.target.map(|fen| shown_hundred_million(fen.0)).unwrap_or_default()
    }

    fn completed(&self, line: &TargetLine) -> String {
        hundred_million(line.completion.completed)
    }

    fn percent(&self, line: &TargetLine) -> String {
        line.completion.percent.map(Ratio::percent).unwrap_or_default()
    }

    fn gap(&self, line: &TargetLine) -> String {
        line.completion.gap.map(hundred_million).unwrap_or_default()
    }

    fn document(&self, line: &TargetLine) -> String {
        line.records
            .iter()
            .find(|record| record.is_in_force)
            .map(|record| record.document.clone())
            .unwrap_or_default()
    }

    fn from(&self, line: &TargetLine) -> String {
        let record = line.records.iter().find(|record| record.is_in_force);
        record.map(|record| self.shell.day(&record.valid_from)).unwrap_or_default()
    }

    /// Divisions whose target was set more than once.
    fn adjusted(&self) -> Vec<&TargetLine> {
        self.lines()
            .filter(|line| line.records.len() > 1 || line.records.iter().any(|it| !it.reason.is_empty()))
            .collect()
    }

    fn record(&self, record: &TargetRecord) -> String {
        let amount = shown_hundred_million(record.amount.0);
        let day = self.shell.day(&record.valid_from);
        self.shell.say("target-record", [("amount", &amount), ("document", &record.document), ("day", &day)])
    }

    fn split(&self) -> String {
        split_sentence(&self.shell, &self.board)
    }

    fn elapsed(&self) -> String {
        self.shell.say("targets-elapsed", [("percent", &self.board.elapsed_percent)])
    }

    fn nothing_set(&self) -> bool {
        self.lines().all(|line| line.records.is_empty())
    }
}

fn link(shell: &Shell, path: &str, year: i16, direction: Direction, within: DivisionCode) -> String {
    shell.link(&format!("{path}?year={year}&direction={}&within={within}", direction.code()))
}

fn name_of<'line>(shell: &Shell, line: &'line TargetLine) -> &'line str {
    if line.name_en.is_empty() { &line.name } else { shell.language.pick(&line.name, &line.name_en) }
}

fn split_sentence(shell: &Shell, board: &TargetBoard) -> String {
    match board.split {
        SplitState::NotSplit => shell.t("targets-not-split").to_owned(),
        SplitState::Even => shell.t("targets-even").to_owned(),
        SplitState::Differs(fen) if fen > 0 => {
            shell.say("targets-above", [("amount", &hundred_million(fen))])
        }
        SplitState::Differs(fen) => shell.say("targets-below", [("amount", &hundred_million(-fen))]),
    }
}

/// An amount in 亿元 with two decimals as its neighbours have, and with more where rounding would change it.
fn shown_hundred_million(fen: i64) -> String {
    if fen % (FEN_PER_HUNDRED_MILLION_YUAN / 100) == 0 {
        hundred_million(i128::from(fen))
    } else {
        exact_hundred_million(fen)
    }
}

/// An amount in 亿元 with as many decimals as it has: it is typed over and must not be rounded.
fn exact_hundred_million(fen: i64) -> String {
    let whole = fen / FEN_PER_HUNDRED_MILLION_YUAN;
    let rest = format!("{:010}", (fen % FEN_PER_HUNDRED_MILLION_YUAN).abs());
    let rest = rest.trim_end_matches('0');
    if rest.is_empty() { whole.to_string() } else { format!("{whole}.{rest}") }
}

async fn edit(visit: Visit, Query(query): Query<TargetQuery>) -> Response {
    match board_of(&visit, &query).await {
        Ok(board) => match permitted(&visit, &board) {
            Ok(()) => visit.page(&EditPage::new(&visit, board, Typed::default(), Vec::new())),
            Err(refusal) => visit.refused(&refusal),
        },
        Err(refusal) => visit.refused(&refusal),
    }
}

/// The province issues; a city splits its own.
fn permitted(visit: &Visit, board: &TargetBoard) -> Result<(), Refusal> {
    let whole = board.whole.division;
    if whole == whole.province() {
        return visit.actor().permit(Action::IssueTargets).map(|_| ());
    }
    visit.actor().permit_in(Action::SplitTargets, whole)?;
    if board.parts.is_empty() { Err(Refusal::NotFound(whole.to_string())) } else { Ok(()) }
}

/// What the form holds.
#[derive(Debug, Default)]
struct Typed {
    fields: HashMap<String, String>,
}

impl Typed {
    fn get(&self, field: &str) -> &str {
        self.fields.get(field).map_or("", String::as_str)
    }
}

async fn save(visit: Visit, Form(pairs): Form<Vec<(String, String)>>) -> Response {
    let typed = Typed { fields: pairs.into_iter().collect() };
    let query = TargetQuery {
        year: typed.get("year").to_owned(),
        direction: typed.get("direction").to_owned(),
        within: typed.get("within").to_owned(),
        done: String::new(),
    };
    let board = match board_of(&visit, &query).await {
        Ok(board) => board,
        Err(refusal) => return visit.refused(&refusal),
    };
    if let Err(refusal) = permitted(&visit, &board) {
        return visit.refused(&refusal);
    }
    let change = match change_of(&visit, &board, &typed) {
        Ok(change) => change,
        Err(problems) => return visit.unprocessed(&EditPage::new(&visit, board, typed, problems)),
    };
    match set_targets(&visit.app, &visit.actor(), &change).await {
        Ok(_) => visit.lead_to(&format!(
            "/targets?year={}&direction={}&within={}&done=saved",
            board.year,
            board.direction.code(),
            board.whole.division
        )),
        Err(Refusal::Stale(_)) => {
            // Nothing typed is lost: the form comes again beside what the other officer saved.
            let problem = visit.language.text("targets-stale").to_owned();
            let page = EditPage::new(&visit, board, typed, vec![problem]);
            (StatusCode::CONFLICT, visit.page(&page)).into_response()
        }
        Err(refusal) => match problems_of(&visit, &refusal) {
            Some(problems) => visit.unprocessed(&EditPage::new(&visit, board, typed, problems)),
            None => visit.refused(&refusal),
        },
    }
}

/// What can be mended on the form.
fn problems_of(visit: &Visit, refusal: &Refusal) -> Option<Vec<String>> {
    match refusal {
        Refusal::Sheet(problems) => Some(
            problems
                .iter()
                .map(|problem| {
                    let place =
                        problem.row.map(|row| visit.language.say("targets-row", [("row", &row.to_string())]));
                    let reason =
                        visit.language.pick(&problem.words.reason_zh, &problem.words.reason_en).to_owned();
                    format!("{}{reason}", place.unwrap_or_default())
                })
                .collect(),
        ),
        Refusal::Invalid { code, .. } if code.starts_with("target.") => Some(vec![visit.sentence(refusal)]),
        _ => None,
    }
}

fn change_of(visit: &Visit, board: &TargetBoard, typed: &Typed) -> Result<TargetChange, Vec<String>> {
    let mut problems = Vec::new();
    let mut amounts = Vec::new();
    let whole = board.whole.division;
    let is_issue = whole == whole.province();
    let lines = board.parts.iter().chain(is_issue.then_some(&board.whole));
    for line in lines {
        let text = typed.get(&format!("{AMOUNT}{}", line.division)).trim();
        if text.is_empty() {
            continue;
        }
        match Fen::parse(text, MoneyUnit::HundredMillionYuan) {
            Ok(amount) => amounts.push((line.division, amount)),
            Err(_) => problems.push(visit.language.say(
                "targets-bad-amount",
                [("name", visit.language.pick(&line.name, &line.name_en)), ("text", text)],
            )),
        }
    }
    let valid_from = typed.get("valid_from").trim().parse::<Date>();
    if valid_from.is_err() {
        problems.push(visit.language.text("targets-bad-day").to_owned());
    }
    let seen = typed.get("seen").parse();
    if seen.is_err() {
        problems.push(visit.language.text("failure-bad-number").to_owned());
    }
    let (Ok(valid_from), Ok(seen), true) = (valid_from, seen, problems.is_empty()) else {
        return Err(problems);
    };
    Ok(TargetChange {
        year: board.year,
        direction: board.direction,
        document: typed.get("document").to_owned(),
        valid_from,
        reason: typed.get("reason").to_owned(),
        split_of: (!is_issue).then_some(whole),
        amounts,
        seen,
        difference: if typed.get("accept").is_empty() { Difference::Refused } else { Difference::Accepted },
    })
}

#[derive(Debug, Template)]
#[template(path = "target_edit.html")]
struct EditPage {
    shell: Shell,
    board: TargetBoard,
    typed: Typed,
    problems: Vec<String>,
    today: String,
}

impl EditPage {
    fn new(visit: &Visit, board: TargetBoard, typed: Typed, problems: Vec<String>) -> Self {
        let whole = board.whole.division;
        let title = if whole == whole.province() { "targets-issue" } else { "targets-split" };
        let first = format!("{}-01-01", board.year);
        let shell = if title == "targets-issue" {
            visit.shell(Section::Targets, visit.language.text("targets-issue"))
        } else {
            visit.shell(Section::Targets, visit.language.text("targets-split"))
        };
        Self { shell, board, typed, problems, today: first }
    }

    fn is_issue(&self) -> bool {
        self.board.whole.division == self.board.whole.division.province()
    }

    fn title(&self) -> &'static str {
        if self.is_issue() { self.shell.t("targets-issue") } else { self.shell.t("targets-split") }
    }

    fn heading(&self) -> String {
        format!(
            "{} · {} · {}",
            name_of(&self.shell, &self.board.whole),
            self.board.year,
            direction_label(self.shell.language, self.board.direction)
        )
    }

    fn whole(&self) -> String {
        let amount = self.board.whole.completion.target.map(|fen| exact_hundred_million(fen.0));
        match amount {
            Some(amount) => self.shell.say("targets-whole", [("amount", &amount)]),
            None => self.shell.t("targets-whole-none").to_owned(),
        }
    }

    fn split(&self) -> String {
        split_sentence(&self.shell, &self.board)
    }

    fn lines(&self) -> Vec<&TargetLine> {
        self.is_issue().then_some(&self.board.whole).into_iter().chain(&self.board.parts).collect()
    }

    fn name<'line>(&self, line: &'line TargetLine) -> &'line str {
        name_of(&self.shell, line)
    }

    fn present(&self, line: &TargetLine) -> String {
        line.completion.target.map(|fen| exact_hundred_million(fen.0)).unwrap_or_default()
    }

    fn field(&self, line: &TargetLine) -> String {
        format!("{AMOUNT}{}", line.division)
    }

    /// What was typed, else the target in force.
    fn value(&self, line: &TargetLine) -> String {
        let field = self.field(line);
        self.typed.fields.get(&field).cloned().unwrap_or_else(|| self.present(line))
    }

    fn text(&self, field: &str) -> &str {
        self.typed.get(field)
    }

    fn first_day(&self) -> &str {
        match self.typed.get("valid_from") {
            "" => &self.today,
            typed => typed,
        }
    }

    fn accepts(&self) -> bool {
        !self.typed.get("accept").is_empty()
    }

    fn back(&self) -> String {
        link(&self.shell, "/targets", self.board.year, self.board.direction, self.board.whole.division)
    }
}

async fn import(visit: Visit, mut multipart: Multipart) -> Response {
    let mut bytes = None;
    while let Ok(Some(field)) = multipart.next_field().await {
        if field.name() == Some("file") {
            bytes = field.bytes().await.ok();
        }
    }
    let imported = match bytes.filter(|bytes| !bytes.is_empty()) {
        Some(bytes) => import_targets(&visit.app, &visit.actor(), bytes.to_vec()).await,
        None => Err(Refusal::invalid("target.sheet.missing", "请选择文件。", "choose a file")),
    };
    match imported {
        Ok(_) => visit.lead_to("/targets?done=saved"),
        Err(refusal) => match problems_of(&visit, &refusal) {
            Some(problems) => match board_of(&visit, &TargetQuery::default()).await {
                Ok(board) => visit.unprocessed(&TargetsPage::new(&visit, board, false, problems)),
                Err(refusal) => visit.refused(&refusal),
            },
            None => visit.refused(&refusal),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_shown_with_all_its_decimals_and_read_back() {
        for (fen, text) in
            [(0, "0"), (FEN_PER_HUNDRED_MILLION_YUAN, "1"), (12_345_678_901_234, "1234.5678901234")]
        {
            assert_eq!(exact_hundred_million(fen), text);
            assert_eq!(Fen::parse(text, MoneyUnit::HundredMillionYuan), Ok(Fen(fen)));
        }
    }
}
