//! The list: what waits for the reader first, by its day, then what waits for others, then what has ended.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use jiff::civil::Date;
use serde::Deserialize;
use xiaoxiang_domain::access::Action;
use xiaoxiang_services::Refusal;
use xiaoxiang_services::registration::inspection::{InspectionSummary, list_inspections};

use super::super::words::Words;
use super::{due_words, next_words, stage_class, stage_words};
use crate::pages::home::Choice;
use crate::pages::shell::{Section, Shell};
use crate::pages::visit::Visit;

/// Inspections of one page.
const PAGE_ROWS: usize = 100;

/// What the list is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Shown {
    /// What has not ended.
    #[default]
    Open,
    /// Everything.
    All,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ListQuery {
    shown: Shown,
    page: usize,
    /// `draw` after the yearly draw.
    done: String,
}

pub(super) async fn list(visit: Visit, Query(query): Query<ListQuery>) -> Response {
    match page(&visit, &query).await {
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn page(visit: &Visit, query: &ListQuery) -> Result<ListPage, Refusal> {
    let actor = visit.actor();
    let mut rows = list_inspections(&visit.app, &actor).await?;
    let words = Words::of(visit).await?;
    let waiting = rows.iter().filter(|row| row.waits_for(&actor)).count();
    let counts = [rows.iter().filter(|row| row.turn.is_some()).count(), rows.len()];
    if query.shown == Shown::Open {
        rows.retain(|row| row.turn.is_some());
    }
    let no_day = Date::MAX;
    rows.sort_by_key(|row| (!row.waits_for(&actor), row.turn.is_none(), row.due.unwrap_or(no_day)));
    let first = query.page.saturating_mul(PAGE_ROWS).min(rows.len());
    let has_more = rows.len() - first > PAGE_ROWS;
    let today = visit.app.clock.today_in(words.time_zone());
    let of = rows.into_iter().skip(first).take(PAGE_ROWS);
    let rows = of.map(|row| (row.waits_for(&actor), row)).collect();
    let shell = visit.shell(Section::Applications, visit.language.text("inspections-title"));
    Ok(ListPage {
        shell,
        words,
        today,
        shown: query.shown,
        page: query.page,
        is_drawn: query.done == "draw",
        rows,
        waiting,
        counts,
        has_more,
    })
}

#[derive(Debug, Template)]
#[template(path = "inspections.html")]
struct ListPage {
    shell: Shell,
    words: Words,
    today: Date,
    shown: Shown,
    page: usize,
    is_drawn: bool,
    rows: Vec<(bool, InspectionSummary)>,
    waiting: usize,
    /// Open ones and all of them.
    counts: [usize; 2],
    has_more: bool,
}

impl ListPage {
    fn is_party(&self) -> bool {
        self.shell.may(Action::Apply)
    }

    fn may_open(&self) -> bool {
        self.shell.may(Action::ReviewRegistrations)
    }

    fn lead(&self) -> &'static str {
        self.shell.t(if self.is_party() { "inspections-lead-own" } else { "inspections-lead" })
    }

    fn kicker(&self) -> Option<String> {
        (self.waiting > 0)
            .then(|| self.shell.say("inspections-waiting", [("count", &self.waiting.to_string())]))
    }

    fn choices(&self) -> Vec<Choice> {
        let choice = |shown: Shown, link: &str, label: &'static str, count: usize| Choice {
            link: self.shell.link(link),
            label: self
                .shell
                .say("applications-chip", [("state", self.shell.t(label)), ("count", &count.to_string())]),
            is_current: self.shown == shown,
        };
        vec![
            choice(Shown::Open, "/inspections", "inspections-open", self.counts[0]),
            choice(Shown::All, "/inspections?shown=all", "option-all", self.counts[1]),
        ]
    }

    fn stage(&self, row: &InspectionSummary) -> String {
        stage_words(&self.words, row.stage)
    }

    fn class(&self, row: &InspectionSummary) -> &'static str {
        stage_class(row.stage)
    }

    fn next(&self, row: &InspectionSummary) -> &'static str {
        next_words(&self.shell, row.stage, row.turn)
    }

    fn due(&self, row: &InspectionSummary) -> Option<(String, Option<String>)> {
        row.due.map(|due| due_words(&self.words, due, self.today))
    }

    fn why(&self, row: &InspectionSummary) -> String {
        if row.row.draw_id.is_some() {
            self.shell.t("inspection-by-draw").to_owned()
        } else {
            row.row.cause.clone()
        }
    }

    fn opened(&self, row: &InspectionSummary) -> String {
        self.words.moment(&row.row.opened_at_ms)
    }

    fn at(&self, page: usize) -> String {
        let shown = if self.shown == Shown::All { "&shown=all" } else { "" };
        self.shell.link(&format!("/inspections?page={page}{shown}"))
    }
}
