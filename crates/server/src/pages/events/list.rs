//! The office's list of events, by state, the latest day first.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use serde::Deserialize;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::event::EventState;
use xiaoxiang_services::Refusal;
use xiaoxiang_services::event::{EventsAsk, EventsPage, ListedEvent, list_events};

use super::words::EventWords;
use crate::pages::home::Choice;
use crate::pages::shell::{Section, Shell};
use crate::pages::visit::Visit;

/// Most characters that are searched for.
const TEXT_CHARACTERS_MAX: usize = 100;

/// What the list is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ListQuery {
    state: String,
    text: String,
    after: String,
}

impl ListQuery {
    fn encoded(&self, state: &str, after: &str) -> String {
        let fields = [("state", state), ("text", &self.text), ("after", after)];
        let stated: Vec<_> = fields.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        let query = serde_urlencoded::to_string(stated).expect("invariant: pairs of texts make a query");
        if query.is_empty() { "/events".to_owned() } else { format!("/events?{query}") }
    }

    fn ask(&self) -> Option<EventsAsk> {
        let stated = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        if self.text.chars().count() > TEXT_CHARACTERS_MAX {
            return None;
        }
        let state = match stated(&self.state) {
            Some(code) => Some(EventState::from_code(&code)?),
            None => None,
        };
        let text = self.text.trim().to_owned();
        Some(EventsAsk { state, kind: None, text, after: stated(&self.after), limit: 0 })
    }
}

pub(super) async fn list(visit: Visit, Query(query): Query<ListQuery>) -> Response {
    let Some(ask) = query.ask() else { return visit.misread() };
    let page = async {
        let list = list_events(&visit.app, &visit.actor(), &ask).await?;
        let words = EventWords::of(&visit).await?;
        let shell = visit.shell(Section::Events, visit.language.text("events-title"));
        Ok::<_, Refusal>(ListPage { shell, words, query, list })
    };
    match page.await {
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

#[derive(Debug, Template)]
#[template(path = "events.html")]
struct ListPage {
    shell: Shell,
    words: EventWords,
    query: ListQuery,
    list: EventsPage,
}

impl ListPage {
    fn may_plan(&self) -> bool {
        self.shell.may(Action::PlanEvents)
    }

    fn choices(&self) -> Vec<Choice> {
        let choice = |code: &str, label: String, count: i64| Choice {
            link: self.shell.link(&self.query.encoded(code, "")),
            label: self.shell.say("applications-chip", [("state", &label), ("count", &count.to_string())]),
            is_current: self.query.state == code,
        };
        let total = self.list.counts.iter().map(|(_, count)| count).sum();
        let all = choice("", self.shell.t("option-all").to_owned(), total);
        let count_of = |state: EventState| {
            self.list.counts.iter().find(|(other, _)| *other == state).map_or(0, |(_, count)| *count)
        };
        let shown = EventState::ALL.into_iter().filter_map(|state| {
            let count = count_of(state);
            (count > 0 || state.code() == self.query.state)
                .then(|| choice(state.code(), self.words.state(&state), count))
        });
        std::iter::once(all).chain(shown).collect()
    }

    fn is_restricting(&self) -> bool {
        !self.query.text.is_empty() || !self.query.state.is_empty()
    }

    fn seats(&self, event: &ListedEvent) -> String {
        let [taken, seats] = [event.seats_taken, event.planned.seats].map(|number| number.to_string());
        self.shell.say("event-seats-of", [("taken", &taken), ("seats", &seats)])
    }

    fn first_page(&self) -> String {
        self.shell.link(&self.query.encoded(&self.query.state, ""))
    }

    fn next_page(&self) -> Option<String> {
        let after = self.list.next.as_deref()?;
        Some(self.shell.link(&self.query.encoded(&self.query.state, after)))
    }
}
