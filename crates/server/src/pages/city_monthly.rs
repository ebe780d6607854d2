//! The table of the mission (月度市州表): 登记 | 输出 | 吸纳 by city, target and completion, as the data are now.

use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing;
use serde::Deserialize;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::bulletin::{GrowthBase, PrintedNote};
use xiaoxiang_domain::period::Period;
use xiaoxiang_services::Refusal;
use xiaoxiang_services::bulletin::{PublicFormat, latest_months, make_city_monthly, write_table_file};
use xiaoxiang_statistics::table::RowOrder;

use super::compact::split_spans;
use super::public::mime_of;
use super::shell::{Section, Shell};
use super::table::TableView;
use super::visit::{Visit, download};
use crate::routes::{Access, Route};

/// Ids of the parts of the table.
const PART_IDS: [&str; 2] = ["cities-1", "cities-2"];

/// The routes of the table.
#[must_use]
pub fn routes() -> Vec<Route> {
    let read = Access::Needs(Action::ReadCirculars);
    vec![
        Route::page("/city-monthly", read, routing::get(show)),
        Route::file("/city-monthly/{file}", read, routing::get(file)),
    ]
}

/// What the form sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    period: String,
}

/// The page of the table.
#[derive(Debug, Template)]
#[template(path = "city_monthly.html")]
struct CityMonthlyPage {
    shell: Shell,
    typed: String,
    period: Option<Period>,
    sentences: Vec<PrintedNote>,
    tables: Vec<TableView>,
    problem: Option<String>,
}

impl CityMonthlyPage {
    fn file_link(&self, format: &str) -> String {
        let period = self.period.map(|period| period.to_string()).unwrap_or_default();
        self.shell.file_link(&format!("/city-monthly/{period}.{format}"))
    }
}

async fn show(visit: Visit, Query(asked): Query<Asked>) -> Response {
    let shell = visit.shell(Section::CityMonthly, visit.language.text("nav-city-monthly"));
    let typed = asked.period.trim();
    let period = if typed.is_empty() {
        match latest_months(&visit.app).await {
            Ok(period) => Ok(period),
            Err(refusal) => return visit.refused(&refusal),
        }
    } else {
        typed.parse::<Period>()
    };
    let mut page = CityMonthlyPage {
        shell,
        typed: typed.to_owned(),
        period: None,
        sentences: Vec::new(),
        tables: Vec::new(),
        problem: None,
    };
    let Ok(period) = period else {
        page.problem = Some(visit.language.text("statistics-bad-period").to_owned());
        return visit.unprocessed(&page);
    };
    page.typed = period.to_string();
    match make_city_monthly(&visit.app, period, GrowthBase::AsKnown, RowOrder::List, None).await {
        Ok((_, printed, sentences)) => {
            page.period = Some(period);
            page.tables = PART_IDS
                .into_iter()
                .zip(split_spans(&printed))
                .map(|(id, part)| TableView::new(id, visit.language, &part).without_said(&sentences))
                .collect();
            page.sentences = sentences;
            visit.page(&page)
        }
        Err(refusal @ Refusal::Invalid { .. }) => {
            page.problem = Some(visit.sentence(&refusal));
            visit.unprocessed(&page)
        }
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn file(visit: Visit, Path(file): Path<String>) -> Response {
    let wanted = file.rsplit_once('.').and_then(|(period, format)| {
        Some((period.parse::<Period>().ok()?, PublicFormat::from_code(format)?))
    });
    let Some((period, format)) = wanted else { return visit.refused(&Refusal::NotFound(file)) };
    let made = make_city_monthly(&visit.app, period, GrowthBase::AsKnown, RowOrder::List, None).await;
    let written = made.and_then(|(_, printed, sentences)| {
        write_table_file(&[printed], &sentences, format, period.last_day(), visit.file_language())
    });
    match written {
        Ok(bytes) => download(&format!("city-monthly-{file}"), mime_of(format), bytes),
        Err(refusal) => visit.refused(&refusal),
    }
}
