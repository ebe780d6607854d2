//! The searches of the market that the reader keeps (保存的检索).

use askama::Template;
use axum::Form;
use axum::extract::Path;
use axum::response::Response;
use axum::routing;
use xiaoxiang_domain::region::DivisionCode;
use xiaoxiang_services::Refusal;
use xiaoxiang_services::matching::{
    SEARCHES_MAX, SavedSearch, drop_saved_search, list_saved_searches, save_search,
};

use super::achievements::words::Words;
use super::market::{MarketQuery, sort_key};
use super::shell::{Section, Shell};
use super::visit::Visit;
use crate::routes::{Access, Route};

/// The page of the kept searches.
const SEARCHES_PATH: &str = "/market/searches";

/// The routes of the kept searches.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::page(SEARCHES_PATH, Access::SignedIn, routing::get(list)),
        Route::form(SEARCHES_PATH, Access::SignedIn, routing::post(save)),
        Route::form("/market/searches/{search}/removal", Access::SignedIn, routing::post(remove)),
    ]
}

#[derive(Debug, Template)]
#[template(path = "saved_searches.html")]
struct SearchesPage {
    shell: Shell,
    words: Words,
    searches: Vec<SavedSearch>,
}

async fn list(visit: Visit) -> Response {
    let page = async {
        let searches = list_saved_searches(&visit.app, &visit.actor()).await?;
        let shell = visit.shell(Section::Market, visit.language.text("market-searches"));
        Ok::<_, Refusal>(SearchesPage { shell, words: Words::of(&visit).await?, searches })
    };
    match page.await {
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn save(visit: Visit, Form(query): Form<MarketQuery>) -> Response {
    match save_search(&visit.app, &visit.actor(), &query.ask()).await {
        Ok(()) => visit.lead_to(SEARCHES_PATH),
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn remove(visit: Visit, Path(id): Path<String>) -> Response {
    match drop_saved_search(&visit.app, &visit.actor(), &id).await {
        Ok(()) => visit.lead_to(SEARCHES_PATH),
        Err(refusal) => visit.refused(&refusal),
    }
}

impl SearchesPage {
    fn lead(&self) -> String {
        self.shell.say("market-searches-lead", [("most", &SEARCHES_MAX.to_string())])
    }

    fn link(&self, search: &SavedSearch) -> String {
        self.shell.link(&search.ask.path())
    }

    fn removal(&self, search: &SavedSearch) -> String {
        self.shell.link(&format!("{SEARCHES_PATH}/{}/removal", search.search_id))
    }

    /// Kind, field and place, as far as they narrow it, and since when it is kept.
    fn facts(&self, search: &SavedSearch) -> String {
        let ask = &search.ask;
        let since = self.words.day_of(&search.created_at_ms);
        let facts = [
            if ask.sort.is_empty() { String::new() } else { self.shell.t(sort_key(&ask.sort)).to_owned() },
            if ask.field.is_empty() { String::new() } else { self.words.code("technical_field", &ask.field) },
            DivisionCode::parse(&ask.division)
                .map_or_else(String::new, |city| self.words.city(&city.to_string())),
            self.shell.say("market-search-since", [("day", &since)]),
        ];
        facts.into_iter().filter(|fact| !fact.is_empty()).collect::<Vec<_>>().join(" · ")
    }
}
