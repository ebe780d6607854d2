//! The ledger (登记台账) of a registrar or of the region: on screen, as XLSX, DOCX and CSV.

use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing;
use serde::Deserialize;
use xiaoxiang_domain::access::{Action, Scope};
use xiaoxiang_domain::bulletin::RowKind;
use xiaoxiang_domain::period::Period;
use xiaoxiang_services::Refusal;
use xiaoxiang_services::bulletin::PublicFormat;
use xiaoxiang_services::registration::point::{
    Ledger, PointSummary, list_points, months_of_the_year, read_ledger, write_ledger,
};

use super::public::mime_of;
use super::shell::{Section, Shell};
use super::table::TableView;
use super::visit::{Visit, download};
use crate::routes::{Access, Route};

/// Contracts on the page; the files have all of them.
const SHOWN_MAX: usize = 100;

/// The routes of the ledger.
#[must_use]
pub fn routes() -> Vec<Route> {
    let read = Access::Needs(Action::ReadPoints);
    vec![
        Route::page("/registration-ledger", read, routing::get(show)),
        Route::file("/registration-ledger/{extension}", read, routing::get(file)),
    ]
}

/// Which ledger.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    period: String,
    /// Key of the registrar; empty for all.
    registrar: String,
}

impl Asked {
    fn registrar_key(&self) -> Result<Option<i64>, Refusal> {
        let text = self.registrar.trim();
        let unknown = |_| Refusal::NotFound(format!("registration point {text}"));
        if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(unknown) }
    }

    async fn period(&self, visit: &Visit) -> Result<Period, Refusal> {
        if self.period.trim().is_empty() {
            return months_of_the_year(&visit.app).await;
        }
        let text = visit.language.text("statistics-bad-period");
        self.period.trim().parse().map_err(|_| Refusal::invalid("point.period", text, text))
    }
}

/// The page of the ledger.
#[derive(Debug, Template)]
#[template(path = "registration_ledger.html")]
struct LedgerPage {
    shell: Shell,
    typed: String,
    problem: Option<String>,
    points: Vec<PointSummary>,
    ledger: Ledger,
    table: TableView,
    is_own: bool,
}

impl LedgerPage {
    fn title(&self) -> &str {
        self.shell.language.pick(&self.ledger.table.title, &self.ledger.table.title_en)
    }

    fn is_chosen(&self, point: &PointSummary) -> bool {
        self.ledger.registrar.as_ref().is_some_and(|(key, _)| *key == point.key)
    }

    fn file_link(&self, extension: &str) -> String {
        let registrar = self.ledger.registrar.as_ref().map(|(key, _)| format!("&registrar={key}"));
        let (period, registrar) = (self.ledger.period, registrar.unwrap_or_default());
        self.shell.file_link(&format!("/registration-ledger/{extension}?period={period}{registrar}"))
    }

    fn counted(&self) -> String {
        self.shell.say("figure-count", [("count", &self.ledger.count.to_string())])
    }

    fn cut(&self) -> Option<String> {
        let shown = SHOWN_MAX.to_string();
        (self.ledger.count > SHOWN_MAX).then(|| self.shell.say("ledger-cut", [("count", &shown)]))
    }
}

async fn show(visit: Visit, Query(asked): Query<Asked>) -> Response {
    match page(&visit, &asked).await {
        Ok(page) if page.problem.is_some() => visit.unprocessed(&page),
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn page(visit: &Visit, asked: &Asked) -> Result<LedgerPage, Refusal> {
    let actor = visit.actor();
    let usual = months_of_the_year(&visit.app).await?;
    let key = asked.registrar_key()?;
    let read = async {
        let period = asked.period(visit).await?;
        read_ledger(&visit.app, &actor, key, period).await
    };
    let (ledger, problem) = match read.await {
        Err(refusal @ Refusal::Invalid { .. }) => {
            // The months of the year may be too many as well; the newest one always stands.
            let newest = Period::month(usual.last()).expect("invariant: a month is a period");
            (read_ledger(&visit.app, &actor, key, newest).await?, Some(visit.sentence(&refusal)))
        }
        other => (other?, None),
    };
    let mut shown = ledger.table.clone().told_in(visit.language.file());
    if ledger.count > SHOWN_MAX {
        let total = shown.rows.pop().filter(|row| row.kind == RowKind::Total);
        shown.rows.truncate(SHOWN_MAX);
        shown.rows.extend(total);
    }
    let may_open = actor.may(Action::ReadContracts);
    let link = |number: &str| {
        (may_open && number != "total").then(|| visit.language.link(&format!("/contracts/{number}")))
    };
    let typed = if problem.is_some() { asked.period.clone() } else { ledger.period.to_string() };
    Ok(LedgerPage {
        shell: visit.shell(Section::Applications, visit.language.text("ledger-title")),
        typed,
        problem,
        points: list_points(&visit.app, &actor, usual).await?.points,
        table: TableView::new("ledger", visit.language, &shown).caption_hidden().leading(link),
        is_own: matches!(actor.extent(Action::ReadPoints), Some(Scope::Registrar(_))),
        ledger,
    })
}

async fn file(visit: Visit, Path(extension): Path<String>, Query(asked): Query<Asked>) -> Response {
    let made = async {
        let format =
            PublicFormat::from_code(&extension).ok_or_else(|| Refusal::NotFound(extension.clone()))?;
        let period = asked.period(&visit).await?;
        let ledger = read_ledger(&visit.app, &visit.actor(), asked.registrar_key()?, period).await?;
        let bytes = write_ledger(&ledger, format, visit.file_language())?;
        Ok::<_, Refusal>(download(
            &format!("registration-ledger-{period}.{extension}"),
            mime_of(format),
            bytes,
        ))
    };
    match made.await {
        Ok(response) => response,
        Err(refusal) => visit.refused(&refusal),
    }
}
