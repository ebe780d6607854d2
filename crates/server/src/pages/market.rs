//! The market's front page (潇湘科技要素大市场): one search over everything, as one types.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use axum::routing;
use serde::Deserialize;
use xiaoxiang_services::Refusal;
use xiaoxiang_services::achievement::{MarketAsk as MarketAchievements, MarketRow, list_market};
use xiaoxiang_services::demand::{MarketAsk as MarketDemands, MarketDemand, list_market_demands};
use xiaoxiang_services::matching::{
    IndexState, MatchHit, RecordKind, SEARCH_CHARACTERS_MAX, SearchAsk, SearchFound, search_market,
};

use super::achievements::words::Words;
use super::home::Choice;
use super::shell::{Section, Shell};
use super::statistics::SelectOption;
use super::visit::Visit;
use crate::match_words::ten_thousand;
use crate::routes::{Access, Route};

/// Entries of each sort for who has not searched yet.
const NEWEST: usize = 6;

/// The routes of the front page.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![Route::page("/market", Access::Open, routing::get(show))]
}

/// The lists of the market, the present one marked.
pub(super) fn market_lists(shell: &Shell, current: &str) -> Vec<Choice> {
    let lists = [
        ("/market", "market-all"),
        ("/market/demands", "market-demands-title"),
        ("/market/achievements", "market-achievements"),
        ("/market/experts", "profiles-experts"),
        ("/market/institutions", "profiles-institutions"),
        ("/market/teams", "profiles-teams"),
        ("/market/events", "market-events-title"),
    ];
    let choice = |(path, key): (&str, &'static str)| Choice {
        link: shell.link(path),
        label: shell.t(key).to_owned(),
        is_current: path == current,
    };
    lists.into_iter().map(choice).collect()
}

/// Where everybody reads a record of the market.
pub(super) fn market_path(kind: RecordKind, id: &str) -> String {
    let list = match kind {
        RecordKind::Demand => "demands",
        RecordKind::Achievement => "achievements",
        RecordKind::Profile => "profiles",
        RecordKind::Event => "events",
    };
    format!("/market/{list}/{id}")
}

/// The name of a kind of document.
pub(super) fn sort_key(sort: &str) -> &'static str {
    match sort {
        "demand" => "match-sort-demand",
        "result" => "match-sort-result",
        "patent" => "match-sort-patent",
        "service" => "match-sort-service",
        "expert" => "match-sort-expert",
        "team" => "match-sort-team",
        "event" => "match-sort-event",
        _ => "match-sort-institution",
    }
}

/// Field, place, holder and price of a hit, as far as they are stated.
pub(super) fn facts_of(shell: &Shell, words: &Words, hit: &MatchHit) -> String {
    let facts = [
        hit.holder.clone(),
        hit.place.map_or_else(String::new, |place| words.city(&place.to_string())),
        if hit.field.is_empty() { String::new() } else { words.code("technical_field", &hit.field) },
        hit.price.map_or_else(String::new, |price| ten_thousand(shell.language, price)),
    ];
    facts.into_iter().filter(|fact| !fact.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// What is searched for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct MarketQuery {
    text: String,
    kind: String,
    field: String,
    city: String,
}

impl MarketQuery {
    /// What it asks for.
    pub(super) fn ask(&self) -> SearchAsk {
        SearchAsk {
            text: self.text.clone(),
            sort: self.kind.clone(),
            field: self.field.clone(),
            division: self.city.clone(),
        }
    }

    fn encoded(&self, kind: &str, field: &str) -> String {
        let fields = [("text", self.text.as_str()), ("kind", kind), ("field", field), ("city", &self.city)];
        let stated: Vec<_> = fields.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        let query = serde_urlencoded::to_string(stated).expect("invariant: pairs of texts make a query");
        if query.is_empty() { "/market".to_owned() } else { format!("/market?{query}") }
    }
}

async fn show(visit: Visit, Query(query): Query<MarketQuery>) -> Response {
    let page = async {
        let is_asked = !query.text.trim().is_empty();
        let found = match is_asked {
            true => Some(search_market(&visit.app, &visit.actor(), &query.ask()).await?),
            false => None,
        };
        let newest = if is_asked { Newest::default() } else { Newest::of(&visit).await? };
        let shell = visit.shell(Section::Market, visit.language.text("market-title"));
        Ok::<_, Refusal>(MarketPage { shell, words: Words::of(&visit).await?, query, found, newest })
    };
    match page.await {
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

/// What came last, for who has not searched yet.
#[derive(Debug, Default)]
struct Newest {
    demands: Vec<MarketDemand>,
    achievements: Vec<MarketRow>,
}

impl Newest {
    async fn of(visit: &Visit) -> Result<Self, Refusal> {
        let demands = MarketDemands { limit: NEWEST, ..MarketDemands::default() };
        let achievements = MarketAchievements { limit: NEWEST, ..MarketAchievements::default() };
        Ok(Self {
            demands: list_market_demands(&visit.app, &demands).await?.items,
            achievements: list_market(&visit.app, &visit.actor(), &achievements).await?.items,
        })
    }
}

#[derive(Debug, Template)]
#[template(path = "market.html")]
struct MarketPage {
    shell: Shell,
    words: Words,
    query: MarketQuery,
    found: Option<SearchFound>,
    newest: Newest,
}

impl MarketPage {
    fn lists(&self) -> Vec<Choice> {
        market_lists(&self.shell, "/market")
    }

    fn characters_max(&self) -> usize {
        SEARCH_CHARACTERS_MAX
    }

    /// Whoever has signed in keeps a search and is told of what is new.
    fn may_keep(&self) -> bool {
        self.shell.reader().is_some()
    }

    fn is_behind(&self) -> bool {
        self.found.as_ref().is_some_and(|found| found.state != IndexState::Complete)
    }

    /// The kinds that were found, with how many; all of them first.
    fn sorts(&self) -> Vec<Choice> {
        let Some(found) = &self.found else { return Vec::new() };
        let choice = |sort: &str, label: &'static str, count: usize| Choice {
            link: self.shell.link(&self.query.encoded(sort, "")),
            label: self
                .shell
                .say("market-option", [("name", self.shell.t(label)), ("count", &count.to_string())]),
            is_current: self.query.kind == sort,
        };
        let all = found.sorts.iter().map(|(_, count)| count).sum();
        let sorts = found.sorts.iter().map(|(sort, count)| choice(sort, sort_key(sort), *count));
        std::iter::once(choice("", "option-all", all)).chain(sorts).collect()
    }

    /// The fields that were found, with how many; all of them first.
    fn fields(&self) -> Vec<Choice> {
        let Some(found) = &self.found else { return Vec::new() };
        let choice = |code: &str, name: &str, count: usize| Choice {
            link: self.shell.link(&self.query.encoded(&self.query.kind, code)),
            label: self.shell.say("market-option", [("name", name), ("count", &count.to_string())]),
            is_current: self.query.field == code,
        };
        let all = found.fields.iter().map(|(_, count)| count).sum();
        let fields = found.fields.iter().map(|(code, count)| choice(code, &self.field_name(code), *count));
        std::iter::once(choice("", self.shell.t("option-all"), all)).chain(fields).collect()
    }

    fn field_name(&self, code: &str) -> String {
        self.words.code("technical_field", code)
    }

    fn cities(&self) -> Vec<SelectOption> {
        let option = |city: &xiaoxiang_domain::region::DivisionCode| SelectOption {
            value: city.to_string(),
            label: self.words.city(&city.to_string()),
            is_chosen: city.to_string() == self.query.city,
        };
        self.words.region().cities().iter().map(option).collect()
    }

    fn hits(&self) -> &[MatchHit] {
        self.found.as_ref().map_or(&[], |found| &found.hits)
    }

    fn link(&self, hit: &MatchHit) -> String {
        self.shell.link(&market_path(hit.key.kind, &hit.key.id))
    }

    fn sort(&self, hit: &MatchHit) -> &'static str {
        self.shell.t(sort_key(hit.sort))
    }

    fn facts(&self, hit: &MatchHit) -> String {
        facts_of(&self.shell, &self.words, hit)
    }
}
