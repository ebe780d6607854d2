//! Demands on the public market: teasers for everybody, more for whoever signed in and gave an undertaking.

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde_json::json;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::demand::{DemandKind, DemandPart, FIELD_KEYS, FigureText, read_figure_lines};
use xiaoxiang_domain::market::{CooperationMode, DisclosureLevel};
use xiaoxiang_domain::region::DivisionCode;
use xiaoxiang_services::Refusal;
use xiaoxiang_services::demand::{
    MarketAsk, MarketDemand, MarketPage, UNDERTAKING_WORDING, give_undertaking, list_market_demands,
    read_market_demand,
};

use super::words::DemandWords;
use crate::pages::home::Choice;
use crate::pages::market::market_lists;
use crate::pages::market_feeds::structured;
use crate::pages::shell::{Section, Shell};
use crate::pages::statistics::SelectOption;
use crate::pages::visit::{Visit, status_of_form};

/// Most characters that are searched for.
const TEXT_CHARACTERS_MAX: usize = 100;

/// What the market is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct MarketQuery {
    text: String,
    field: String,
    city: String,
    mode: String,
    kind: String,
    after: String,
}

impl MarketQuery {
    fn encoded(&self, after: &str) -> String {
        let fields = [
            ("text", self.text.as_str()),
            ("field", &self.field),
            ("city", &self.city),
            ("mode", &self.mode),
            ("kind", &self.kind),
            ("after", after),
        ];
        let stated: Vec<_> = fields.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        let query = serde_urlencoded::to_string(stated).expect("invariant: pairs of texts make a query");
        if query.is_empty() { "/market/demands".to_owned() } else { format!("/market/demands?{query}") }
    }

    fn ask(&self) -> Option<MarketAsk> {
        let stated = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        if self.text.chars().count() > TEXT_CHARACTERS_MAX || self.field.len() > 16 {
            return None;
        }
        Some(MarketAsk {
            text: self.text.clone(),
            field: self.field.clone(),
            city: match stated(&self.city) {
                Some(code) => DivisionCode::parse(&code)?.to_string(),
                None => String::new(),
            },
            mode: match stated(&self.mode) {
                Some(code) => Some(CooperationMode::from_code(&code)?),
                None => None,
            },
            kind: match stated(&self.kind) {
                Some(code) => Some(DemandKind::from_code(&code)?),
                None => None,
            },
            after: stated(&self.after),
            limit: 0,
        })
    }

    fn is_restricting(&self) -> bool {
        [&self.text, &self.field, &self.city, &self.mode, &self.kind].iter().any(|text| !text.is_empty())
    }
}

pub(super) async fn list(visit: Visit, Query(query): Query<MarketQuery>) -> Response {
    let Some(ask) = query.ask() else { return visit.misread() };
    let page = async {
        let list = list_market_demands(&visit.app, &ask).await?;
        let words = DemandWords::of(&visit).await?;
        let shell = visit.shell(Section::Market, visit.language.text("market-demands-title"));
        Ok::<_, Refusal>(ListPage { shell, words, query, list })
    };
    match page.await {
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

#[derive(Debug, Template)]
#[template(path = "market_demands.html")]
struct ListPage {
    shell: Shell,
    words: DemandWords,
    query: MarketQuery,
    list: MarketPage,
}

impl ListPage {
    fn fields(&self) -> Vec<SelectOption> {
        let option = |facet: &xiaoxiang_services::demand::FacetCount| SelectOption {
            value: facet.code.clone(),
            label: self.shell.say(
                "applications-chip",
                [("state", &self.words.field_name(&facet.code)), ("count", &facet.count.to_string())],
            ),
            is_chosen: facet.code == self.query.field,
        };
        self.list.fields.iter().map(option).collect()
    }

    fn cities(&self) -> Vec<SelectOption> {
        let option = |city: &DivisionCode| SelectOption {
            value: city.to_string(),
            label: self.words.division(*city),
            is_chosen: city.to_string() == self.query.city,
        };
        self.words.region().cities().iter().map(option).collect()
    }

    fn modes(&self) -> Vec<SelectOption> {
        let option = |mode: CooperationMode| SelectOption {
            value: mode.code().to_owned(),
            label: self.shell.language.pick(mode.label(), mode.label_en()).to_owned(),
            is_chosen: mode.code() == self.query.mode,
        };
        CooperationMode::ALL.map(option).into_iter().collect()
    }

    fn kinds(&self) -> Vec<SelectOption> {
        let option = |kind: DemandKind| SelectOption {
            value: kind.code().to_owned(),
            label: self.words.kind(&kind),
            is_chosen: kind.code() == self.query.kind,
        };
        DemandKind::ALL.map(option).into_iter().collect()
    }

    fn about(&self, demand: &MarketDemand) -> String {
        about(&self.shell, &self.words, demand)
    }

    fn title<'a>(&self, demand: &'a MarketDemand) -> &'a str {
        demand.seen.field("title").unwrap_or_default()
    }

    fn summary<'a>(&self, demand: &'a MarketDemand) -> &'a str {
        demand.seen.field("summary").unwrap_or_default()
    }

    fn next_page(&self) -> Option<String> {
        Some(self.shell.link(&self.query.encoded(self.list.next.as_deref()?)))
    }

    fn first_page(&self) -> String {
        self.shell.link(&self.query.encoded(""))
    }

    fn may_enter(&self) -> bool {
        self.shell.may(Action::EnterDemands)
    }

    fn lists(&self) -> Vec<Choice> {
        market_lists(&self.shell, "/market/demands")
    }
}

/// Field, city, modes and deadline in one line.
fn about(shell: &Shell, words: &DemandWords, demand: &MarketDemand) -> String {
    let city = demand.city.map(|city| words.division(city));
    let deadline =
        demand.deadline.as_deref().map(|day| shell.say("market-wanted-by", [("day", &words.day(day))]));
    let parts = [Some(words.field_name(&demand.field)), city, Some(words.modes(&demand.modes)), deadline];
    let stated: Vec<String> = parts.into_iter().flatten().filter(|text| !text.is_empty()).collect();
    stated.join(" · ")
}

pub(super) async fn show(visit: Visit, Path(id): Path<String>) -> Response {
    match demand_page(&visit, &id, String::new(), Vec::new()).await {
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn demand_page(
    visit: &Visit,
    id: &str,
    purpose: String,
    problems: Vec<String>,
) -> Result<MarketDemandPage, Refusal> {
    let demand = read_market_demand(&visit.app, &visit.actor(), id).await?;
    let words = DemandWords::of(visit).await?;
    let title = demand.seen.field("title").unwrap_or_default().to_owned();
    Ok(MarketDemandPage { shell: visit.shell(Section::Market, title), words, demand, purpose, problems })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct UndertakingForm {
    purpose: String,
    agreed: String,
}

pub(super) async fn undertake(
    visit: Visit,
    Path(id): Path<String>,
    Form(form): Form<UndertakingForm>,
) -> Response {
    let result = if form.agreed == "1" {
        give_undertaking(&visit.app, &visit.actor(), &id, &form.purpose).await
    } else {
        match read_market_demand(&visit.app, &visit.actor(), &id).await {
            Ok(_) => Err(Refusal::invalid(
                "market.undertaking.agree",
                "请勾选同意保密承诺。",
                "tick that you agree to the undertaking",
            )),
            Err(refusal) => Err(refusal),
        }
    };
    match result {
        Ok(()) => visit.lead_to(&format!("/market/demands/{id}")),
        Err(refusal) => {
            let Some(status) = status_of_form(&refusal) else { return visit.refused(&refusal) };
            match demand_page(&visit, &id, form.purpose, vec![visit.sentence(&refusal)]).await {
                Ok(page) => (status, visit.page(&page)).into_response(),
                Err(refusal) => visit.refused(&refusal),
            }
        }
    }
}

#[derive(Debug, Template)]
#[template(path = "market_demand.html")]
struct MarketDemandPage {
    shell: Shell,
    words: DemandWords,
    demand: MarketDemand,
    purpose: String,
    problems: Vec<String>,
}

impl MarketDemandPage {
    fn title(&self) -> &str {
        self.demand.seen.field("title").unwrap_or_default()
    }

    fn summary(&self) -> &str {
        self.demand.seen.field("summary").unwrap_or_default()
    }

    fn about(&self) -> String {
        about(&self.shell, &self.words, &self.demand)
    }

    fn long(&self, key: &str) -> Option<&str> {
        self.demand.seen.field(key)
    }

    fn figures(&self) -> Vec<FigureText> {
        self.demand.seen.field("figures").map(read_figure_lines).unwrap_or_default()
    }

    fn facts(&self) -> Vec<(String, String)> {
        let shown = [
            "organisation_name",
            "credit_code",
            "division",
            "industry",
            "budget",
            "maturity",
            "ip_wish",
            "contact",
            "telephone",
            "email",
        ];
        debug_assert!(shown.iter().all(|key| FIELD_KEYS.contains(key)));
        shown
            .into_iter()
            .filter_map(|key| {
                Some((self.words.label(key), self.words.value(key, self.demand.seen.field(key)?)))
            })
            .collect()
    }

    /// What is kept back, and what opens it.
    fn hidden(&self) -> Vec<(String, &'static str)> {
        let told = |(part, level): &(DemandPart, DisclosureLevel)| {
            let label = self.shell.language.pick(part.label(), part.label_en()).to_owned();
            (label, self.words.level(level))
        };
        let mut hidden: Vec<_> = self.demand.seen.hidden.iter().map(told).collect();
        if self.demand.seen.hides_contact {
            let level = self.words.level(&DisclosureLevel::Undertaking);
            hidden.push((self.words.label("contact"), level));
        }
        hidden
    }

    fn sign_in_link(&self) -> Option<String> {
        let is_stranger = self.demand.reader == DisclosureLevel::Public;
        let to = format!("/market/demands/{}", self.demand.demand_id);
        let query = serde_urlencoded::to_string([("to", self.shell.link(&to))]).unwrap_or_default();
        is_stranger.then(|| self.shell.link(&format!("/sign-in?{query}")))
    }

    fn may_undertake(&self) -> bool {
        self.demand.reader == DisclosureLevel::SignedIn && !self.hidden().is_empty()
    }

    fn wording(&self) -> &'static str {
        self.shell.language.pick(UNDERTAKING_WORDING.0, UNDERTAKING_WORDING.1)
    }

    /// Where whoever may open leads asks for this demand.
    fn lead_link(&self) -> Option<String> {
        let id = &self.demand.demand_id;
        let is_open = self.shell.may(Action::HandleLeads);
        is_open.then(|| self.shell.link(&format!("/leads/new?demand={id}")))
    }

    fn structured(&self) -> String {
        structured(&json!({
            "@context": "https://schema.org",
            "@type": "Demand",
            "name": self.title(),
            "description": self.summary(),
            "category": self.words.field_name(&self.demand.field),
            "areaServed": self.demand.city.map(|city| self.words.division(city)),
            "availabilityEnds": self.demand.deadline,
        }))
    }

    fn inside(&self) -> Option<String> {
        self.demand.is_handler.then(|| self.shell.link(&format!("/demands/{}", self.demand.demand_id)))
    }
}
