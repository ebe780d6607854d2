//! Achievements on the market (潇湘科技要素大市场): the public list with its filters, one entry, objections, undertakings.

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse as _, Response};
use axum::routing;
use serde::Deserialize;
use serde_json::json;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::achievement::{AchievementKind, AchievementState};
use xiaoxiang_domain::market::{CooperationMode, DisclosureLevel};
use xiaoxiang_services::Refusal;
use xiaoxiang_services::achievement::{
    Facet, MarketAsk, MarketEntry, MarketPage, MarketRow, NewObjection, UNDERTAKING_WORDS, give_undertaking,
    list_market, object_to_achievement, read_market_entry,
};

use super::achievements::words::{SectionView, Words};
use super::home::Choice;
use super::market::market_lists;
use super::market_feeds::structured;
use super::shell::{Section, Shell};
use super::statistics::SelectOption;
use super::visit::{Visit, status_of_form};
use crate::routes::{Access, Route};

/// Most characters that are searched for.
const TEXT_CHARACTERS_MAX: usize = 100;

/// The routes of achievements on the market.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::page("/market/achievements", Access::Open, routing::get(list)),
        Route::page("/market/achievements/{id}", Access::Open, routing::get(show)),
        Route::form("/market/achievements/{id}/objections", Access::Open, routing::post(object)),
        Route::form("/market/achievements/{id}/undertaking", Access::SignedIn, routing::post(undertake)),
    ]
}

/// What the list is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct ListQuery {
    text: String,
    kind: String,
    state: String,
    field: String,
    maturity: String,
    city: String,
    mode: String,
    ip: String,
    after: String,
}

impl ListQuery {
    fn ask(&self) -> Option<MarketAsk> {
        fn code<T>(text: &str, read: impl Fn(&str) -> Option<T>) -> Option<Option<T>> {
            if text.is_empty() { Some(None) } else { read(text).map(Some) }
        }
        if self.text.chars().count() > TEXT_CHARACTERS_MAX {
            return None;
        }
        Some(MarketAsk {
            text: self.text.trim().to_owned(),
            kind: code(&self.kind, AchievementKind::from_code)?,
            state: code(&self.state, AchievementState::from_code)?,
            field: self.field.clone(),
            maturity: self.maturity.clone(),
            division: self.city.clone(),
            mode: code(&self.mode, CooperationMode::from_code)?,
            ip_kind: self.ip.clone(),
            after: Some(self.after.clone()).filter(|after| !after.is_empty()),
            limit: 0,
        })
    }

    fn filters(&self) -> [(&'static str, &str); 8] {
        [
            ("text", &self.text),
            ("kind", &self.kind),
            ("state", &self.state),
            ("field", &self.field),
            ("maturity", &self.maturity),
            ("city", &self.city),
            ("mode", &self.mode),
            ("ip", &self.ip),
        ]
    }

    fn encoded(&self, after: &str) -> String {
        let fields = self.filters().into_iter().chain([("after", after)]);
        let stated: Vec<_> = fields.filter(|(_, value)| !value.is_empty()).collect();
        let query = serde_urlencoded::to_string(stated).expect("invariant: pairs of texts make a query");
        if query.is_empty() {
            "/market/achievements".to_owned()
        } else {
            format!("/market/achievements?{query}")
        }
    }
}

async fn list(visit: Visit, Query(query): Query<ListQuery>) -> Response {
    let Some(ask) = query.ask() else { return visit.misread() };
    let page = async {
        Ok::<_, Refusal>(ListPage {
            list: list_market(&visit.app, &visit.actor(), &ask).await?,
            words: Words::of(&visit).await?,
            shell: visit.shell(Section::Market, visit.language.text("market-achievements")),
            query,
        })
    };
    match page.await {
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

/// A filter of the list: a few values, each with how many entries it leaves.
#[derive(Debug)]
struct Filter {
    name: &'static str,
    label: &'static str,
    options: Vec<SelectOption>,
}

#[derive(Debug, Template)]
#[template(path = "market_achievements.html")]
struct ListPage {
    shell: Shell,
    words: Words,
    query: ListQuery,
    list: MarketPage,
}

impl ListPage {
    fn filters(&self) -> Vec<Filter> {
        let filter = |name: &'static str, label: &'static str, facet: Facet, chosen: &str| {
            let values = self.list.facets.get(&facet).map_or(&[][..], Vec::as_slice);
            let mut options: Vec<SelectOption> = values
                .iter()
                .map(|value| SelectOption {
                    value: value.code.clone(),
                    label: self.shell.say(
                        "market-option",
                        [("name", &self.value(facet, &value.code)), ("count", &value.count.to_string())],
                    ),
                    is_chosen: value.code == chosen,
                })
                .collect();
            if !chosen.is_empty() && !options.iter().any(|option| option.is_chosen) {
                let label = self.value(facet, chosen);
                options.push(SelectOption { value: chosen.to_owned(), label, is_chosen: true });
            }
            Filter { name, label, options }
        };
        let t = |key: &'static str| self.shell.t(key);
        vec![
            filter("kind", t("achievement-kind"), Facet::Kind, &self.query.kind),
            filter("field", t("achievement-field"), Facet::Field, &self.query.field),
            filter("maturity", t("achievement-maturity"), Facet::Maturity, &self.query.maturity),
            filter("city", t("market-city"), Facet::City, &self.query.city),
            filter("mode", t("achievement-modes"), Facet::Mode, &self.query.mode),
            filter("ip", t("market-ip-kind"), Facet::IpKind, &self.query.ip),
            filter("state", t("applications-state"), Facet::State, &self.query.state),
        ]
    }

    /// The name of a value of a facet.
    fn value(&self, facet: Facet, code: &str) -> String {
        let named = match facet {
            Facet::Kind => AchievementKind::from_code(code).map(|kind| self.words.kind(&kind)),
            Facet::State => AchievementState::from_code(code).map(|state| self.words.state(&state)),
            Facet::Mode => CooperationMode::from_code(code).map(|mode| self.words.mode(&mode)),
            Facet::Field => Some(self.words.code("technical_field", code)),
            Facet::Maturity => Some(self.words.code("maturity", code)),
            Facet::IpKind => Some(self.words.code("ip_kind", code)),
            Facet::City => Some(self.words.city(code)),
        };
        named.unwrap_or_else(|| code.to_owned())
    }

    fn is_restricting(&self) -> bool {
        self.query.filters().iter().any(|(_, value)| !value.is_empty())
    }

    fn lists(&self) -> Vec<Choice> {
        market_lists(&self.shell, "/market/achievements")
    }

    /// How many filters are set, beside the words.
    fn is_narrowed(&self) -> bool {
        self.query.filters().iter().skip(1).any(|(_, value)| !value.is_empty())
    }

    fn total(&self) -> String {
        self.shell.say("market-total", [("count", &self.list.total.to_string())])
    }

    /// What stands under the title of an entry.
    fn facts(&self, row: &MarketRow) -> String {
        let facts = [
            row.organisation.clone(),
            self.words.city(&row.division),
            self.words.code("technical_field", &row.field),
            if row.maturity.is_empty() { String::new() } else { self.words.code("maturity", &row.maturity) },
        ];
        facts.into_iter().filter(|fact| !fact.is_empty()).collect::<Vec<_>>().join(" · ")
    }

    fn kind(&self, row: &MarketRow) -> String {
        row.kind.map_or_else(String::new, |kind| self.words.kind(&kind))
    }

    fn first_page(&self) -> String {
        self.shell.link(&self.query.encoded(""))
    }

    fn next_page(&self) -> Option<String> {
        Some(self.shell.link(&self.query.encoded(self.list.next.as_deref()?)))
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ShowQuery {
    /// `objection` after one was raised, `undertaking` after one was given.
    done: String,
}

async fn show(visit: Visit, Path(id): Path<String>, Query(query): Query<ShowQuery>) -> Response {
    match page_of(&visit, &id, NewObjection::default(), None, query.done).await {
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn page_of(
    visit: &Visit,
    id: &str,
    typed: NewObjection,
    problem: Option<String>,
    done: String,
) -> Result<EntryPage, Refusal> {
    let entry = read_market_entry(&visit.app, &visit.actor(), id).await?;
    let words = Words::of(visit).await?;
    Ok(EntryPage {
        shell: visit.shell(Section::Market, entry.row.form.title.clone()),
        sections: words.sections(&entry.row.form, false),
        words,
        entry,
        typed,
        problem,
        done,
    })
}

#[derive(Debug, Template)]
#[template(path = "market_achievement.html")]
struct EntryPage {
    shell: Shell,
    words: Words,
    entry: MarketEntry,
    sections: Vec<SectionView>,
    typed: NewObjection,
    problem: Option<String>,
    done: String,
}

impl EntryPage {
    fn path(&self, rest: &str) -> String {
        self.shell.link(&format!("/market/achievements/{}{rest}", self.entry.row.achievement_id))
    }

    fn kind(&self) -> String {
        self.entry.row.kind.map_or_else(String::new, |kind| self.words.kind(&kind))
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        let row = &self.entry.row;
        let kinds: Vec<String> =
            row.form.rights.iter().map(|right| self.words.code("ip_kind", &right.kind)).collect();
        let mut kinds_once: Vec<String> = Vec::new();
        for kind in kinds {
            if !kinds_once.contains(&kind) {
                kinds_once.push(kind);
            }
        }
        let facts = [
            (self.shell.t("achievement-unit"), row.organisation.clone()),
            (self.shell.t("achievement-division"), self.words.place(&row.division)),
            (self.shell.t("achievement-field"), self.words.code("technical_field", &row.field)),
            (self.shell.t("achievement-industry"), self.words.code("industry", &row.form.industry)),
            (self.shell.t("achievement-maturity"), self.words.code("maturity", &row.maturity)),
            (self.shell.t("market-ip-kind"), kinds_once.join(self.shell.language.pick("、", ", "))),
            (self.shell.t("achievement-modes"), self.words.modes(&row.modes)),
            (self.shell.t("achievement-price"), self.words.price(&row.form)),
            (
                self.shell.t("achievement-keywords"),
                row.form.keywords.join(self.shell.language.pick("、", ", ")),
            ),
            (self.shell.t("market-changed"), self.words.day_of(&row.changed_at_ms)),
        ];
        facts.into_iter().filter(|(_, value)| !value.is_empty()).collect()
    }

    /// Where whoever may open leads asks for this achievement while it is offered.
    fn lead_link(&self) -> Option<String> {
        let id = &self.entry.row.achievement_id;
        let is_open =
            self.shell.may(Action::HandleLeads) && self.entry.row.state != AchievementState::Assigned;
        is_open.then(|| self.shell.link(&format!("/leads/new?achievement={id}")))
    }

    fn is_in_publicity(&self) -> bool {
        self.entry.row.state == AchievementState::Publicity
    }

    fn publicity(&self) -> String {
        let day = self.entry.row.publicity_to.as_deref().map(|day| self.words.day(day)).unwrap_or_default();
        self.shell.say("market-in-publicity", [("day", &day)])
    }

    /// The closed sections of a level, by name.
    fn closed(&self, level: DisclosureLevel) -> Option<String> {
        let names: Vec<String> = self
            .entry
            .closed
            .iter()
            .filter(|(_, needed)| *needed == level)
            .map(|(section, _)| self.words.section(section))
            .collect();
        (!names.is_empty()).then(|| names.join(self.shell.language.pick("、", ", ")))
    }

    fn closed_signed_in(&self) -> Option<String> {
        self.closed(DisclosureLevel::SignedIn)
    }

    fn closed_undertaking(&self) -> Option<String> {
        self.closed(DisclosureLevel::Undertaking)
    }

    fn undertaking(&self) -> &'static str {
        UNDERTAKING_WORDS
    }

    fn sign_in(&self) -> String {
        let to = self.path("");
        let query = serde_urlencoded::to_string([("to", to)]).expect("invariant: texts make a query");
        self.shell.link(&format!("/sign-in?{query}"))
    }

    fn structured(&self) -> String {
        let row = &self.entry.row;
        structured(&json!({
            "@context": "https://schema.org",
            "@type": if row.kind == Some(AchievementKind::Service) { "Service" } else { "Product" },
            "name": row.form.title,
            "description": row.form.summary,
            "keywords": row.form.keywords.join(", "),
            "category": self.words.code("technical_field", &row.field),
            "areaServed": self.words.place(&row.division),
            "provider": { "@type": "Organization", "name": row.organisation },
        }))
    }
}

/// An objection as it was typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ObjectionForm {
    name: String,
    contact: String,
    words: String,
}

async fn object(visit: Visit, Path(id): Path<String>, Form(form): Form<ObjectionForm>) -> Response {
    let typed = NewObjection { name: form.name, contact: form.contact, words: form.words };
    match object_to_achievement(&visit.app, &visit.actor(), &id, &typed).await {
        Ok(_) => visit.lead_to(&format!("/market/achievements/{id}?done=objection#objection")),
        Err(refusal) => {
            let Some(status) = status_of_form(&refusal) else { return visit.refused(&refusal) };
            let problem = Some(visit.sentence(&refusal));
            match page_of(&visit, &id, typed, problem, String::new()).await {
                Ok(page) => (status, visit.page(&page)).into_response(),
                Err(refusal) => visit.refused(&refusal),
            }
        }
    }
}

async fn undertake(visit: Visit, Path(id): Path<String>) -> Response {
    match give_undertaking(&visit.app, &visit.actor(), &id).await {
        Ok(()) => visit.lead_to(&format!("/market/achievements/{id}?done=undertaking")),
        Err(refusal) => visit.refused(&refusal),
    }
}
