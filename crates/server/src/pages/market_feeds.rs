//! The market for machines that read it (订阅与索引): Atom feeds of what is new, the site map and robots.txt.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing;
use serde_json::Value;
use xiaoxiang_services::achievement::{MarketAsk as MarketAchievements, list_market};
use xiaoxiang_services::demand::{MarketAsk as MarketDemands, list_market_demands};
use xiaoxiang_services::event::{MarketEventsAsk, list_market_events};
use xiaoxiang_services::matching::{list_public_records, public_record_parts};
use xiaoxiang_services::{Actor, Refusal};

use super::market::market_path;
use super::shell::DataOrigin;
use super::visit::{PageState, Visit};
use crate::routes::{Access, Route};

/// Entries of a feed.
const ENTRIES: usize = 50;
const MIME_ATOM: &str = "application/atom+xml; charset=utf-8";
const MIME_XML: &str = "application/xml; charset=utf-8";
/// Readers of feeds and search engines may come often; what they get may be so old.
const CACHE_SHORTLY: &str = "public, max-age=300";
/// Pages of the site map that are no records.
const LISTS: [&str; 10] = [
    "/",
    "/bulletins",
    "/statistics",
    "/market",
    "/market/demands",
    "/market/achievements",
    "/market/experts",
    "/market/institutions",
    "/market/teams",
    "/market/events",
];

/// The routes for machines.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::page("/market/demands.atom", Access::Open, routing::get(demands)),
        Route::page("/market/achievements.atom", Access::Open, routing::get(achievements)),
        Route::page("/market/events.atom", Access::Open, routing::get(events)),
        Route::file("/sitemap.xml", Access::Open, routing::get(site_map)),
        Route::file("/sitemaps/{part}", Access::Open, routing::get(site_map_part)),
        Route::file("/robots.txt", Access::Open, routing::get(robots)),
    ]
}

/// Something new.
#[derive(Debug)]
struct Entry {
    link: String,
    title: String,
    summary: String,
    changed_at_ms: i64,
}

impl Entry {
    fn changed(&self) -> String {
        written(self.changed_at_ms)
    }
}

/// An Atom feed (RFC 4287).
#[derive(Debug, Template)]
#[template(path = "feed.xml", escape = "html")]
struct Feed {
    language: &'static str,
    title: String,
    /// Where people read the same.
    page: String,
    /// Where the feed is.
    own: String,
    entries: Vec<Entry>,
}

impl Feed {
    fn new(state: &PageState, headers: &HeaderMap, visit: &Visit, (list, key): (&str, &'static str)) -> Self {
        let (origin, language) = (origin_of(state, headers), visit.language);
        Self {
            language: language.pick("zh-CN", "en"),
            title: format!("{} · {}", language.text(key), language.text("market-title")),
            page: format!("{origin}{}", language.link(list)),
            own: format!("{origin}{}", language.link(&format!("{list}.atom"))),
            entries: Vec::new(),
        }
    }

    fn link(&self, id: &str) -> String {
        format!("{}/{id}", self.page)
    }

    /// When the newest entry changed.
    fn changed(&self) -> String {
        written(self.entries.iter().map(|entry| entry.changed_at_ms).max().unwrap_or_default())
    }

    fn answer(visit: &Visit, feed: Result<Self, Refusal>) -> Response {
        match feed {
            Ok(feed) => file(MIME_ATOM, &feed),
            Err(refusal) => visit.refused(&refusal),
        }
    }
}

async fn demands(State(state): State<PageState>, headers: HeaderMap, visit: Visit) -> Response {
    let feed = async {
        let mut feed = Feed::new(&state, &headers, &visit, ("/market/demands", "market-demands-title"));
        let ask = MarketDemands { limit: ENTRIES, ..MarketDemands::default() };
        for demand in list_market_demands(&visit.app, &ask).await?.items {
            let text = |key: &str| demand.seen.field(key).unwrap_or_default().to_owned();
            feed.entries.push(Entry {
                link: feed.link(&demand.demand_id),
                title: text("title"),
                summary: text("summary"),
                changed_at_ms: demand.published_at_ms,
            });
        }
        Ok(feed)
    };
    Feed::answer(&visit, feed.await)
}

async fn achievements(State(state): State<PageState>, headers: HeaderMap, visit: Visit) -> Response {
    let feed = async {
        let mut feed = Feed::new(&state, &headers, &visit, ("/market/achievements", "market-achievements"));
        let ask = MarketAchievements { limit: ENTRIES, ..MarketAchievements::default() };
        // The feed is everybody's: whoever fetches it is told what strangers are told.
        for row in list_market(&visit.app, &Actor::public(), &ask).await?.items {
            feed.entries.push(Entry {
                link: feed.link(&row.achievement_id),
                title: row.form.title,
                summary: row.form.summary,
                changed_at_ms: row.changed_at_ms,
            });
        }
        Ok(feed)
    };
    Feed::answer(&visit, feed.await)
}

async fn events(State(state): State<PageState>, headers: HeaderMap, visit: Visit) -> Response {
    let feed = async {
        let mut feed = Feed::new(&state, &headers, &visit, ("/market/events", "market-events-title"));
        let ask = MarketEventsAsk { limit: ENTRIES, ..MarketEventsAsk::default() };
        for event in list_market_events(&visit.app, &Actor::public(), &ask).await?.items {
            let planned = &event.planned;
            feed.entries.push(Entry {
                link: feed.link(&event.event_id),
                title: planned.title.clone(),
                summary: format!("{} {} {}", planned.day, planned.place, planned.summary),
                changed_at_ms: event.changed_at_ms,
            });
        }
        Ok(feed)
    };
    Feed::answer(&visit, feed.await)
}

/// An index of site maps, or one of them (sitemaps.org, protocol 0.9).
#[derive(Debug, Template)]
#[template(path = "sitemap.xml", escape = "html")]
struct SiteMap {
    is_index: bool,
    addresses: Vec<String>,
}

async fn site_map(State(state): State<PageState>, headers: HeaderMap, visit: Visit) -> Response {
    let origin = origin_of(&state, &headers);
    match public_record_parts(&visit.app).await {
        Ok(parts) => {
            let names = std::iter::once("pages.xml".to_owned())
                .chain((0..parts).map(|part| format!("records-{part}.xml")));
            let addresses = names.map(|name| format!("{origin}/sitemaps/{name}")).collect();
            file(MIME_XML, &SiteMap { is_index: true, addresses })
        }
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn site_map_part(
    State(state): State<PageState>,
    headers: HeaderMap,
    visit: Visit,
    Path(name): Path<String>,
) -> Response {
    let origin = origin_of(&state, &headers);
    if name == "pages.xml" {
        let addresses = LISTS.map(|list| format!("{origin}{list}")).to_vec();
        return file(MIME_XML, &SiteMap { is_index: false, addresses });
    }
    let part = name.strip_prefix("records-").and_then(|rest| rest.strip_suffix(".xml")?.parse().ok());
    let records = match part {
        Some(part) => list_public_records(&visit.app, part).await,
        None => Err(Refusal::NotFound(name)),
    };
    match records {
        Ok(keys) => {
            let address = |key: &xiaoxiang_services::matching::RecordKey| {
                format!("{origin}{}", market_path(key.kind, &key.id))
            };
            file(MIME_XML, &SiteMap { is_index: false, addresses: keys.iter().map(address).collect() })
        }
        Err(refusal) => visit.refused(&refusal),
    }
}

/// Invented data are for no search engine.
async fn robots(State(state): State<PageState>, headers: HeaderMap) -> Response {
    let origin = origin_of(&state, &headers);
    let rule = if state.origin == DataOrigin::Example { "Disallow: /" } else { "Disallow: /sign-in" };
    let text = format!("User-agent: *\n{rule}\nSitemap: {origin}/sitemap.xml\n");
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, CACHE_SHORTLY)], text)
        .into_response()
}

/// Where the outside world finds us: as it was configured, else as the request says.
fn origin_of(state: &PageState, headers: &HeaderMap) -> String {
    let host = || headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    state.public_origin.clone().unwrap_or_else(|| format!("http://{}", host()))
}

fn file(mime: &'static str, content: &impl Template) -> Response {
    match content.render() {
        // XML has no place for control characters, not even escaped ones.
        Ok(text) => {
            let text: String =
                text.chars().filter(|letter| !letter.is_control() || *letter == '\n').collect();
            ([(header::CONTENT_TYPE, mime), (header::CACHE_CONTROL, CACHE_SHORTLY)], text).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "file cannot be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn written(at_ms: i64) -> String {
    jiff::Timestamp::from_millisecond(at_ms).unwrap_or_default().to_string()
}

/// What search engines read in a page (schema.org), as the content of a script element: `<` is written as an escape, so
/// that no text ends the element. It is of the teaser only, whoever reads the page.
pub(super) fn structured(described: &Value) -> String {
    described.to_string().replace('<', "\\u003c")
}
