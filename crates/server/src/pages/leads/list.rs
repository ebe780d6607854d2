//! The list of leads: those of one's extent or one's own, and those behind a figure of the funnel.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use serde::Deserialize;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::lead::{LeadSource, LeadStage};
use xiaoxiang_services::Refusal;
use xiaoxiang_services::lead::{LeadsAsk, LeadsPage, LeadsStanding, ListedLead, UNKNOWN, list_leads};

use super::words::LeadWords;
use crate::pages::home::Choice;
use crate::pages::shell::{Section, Shell};
use crate::pages::visit::Visit;

/// Most characters of a value that is asked for.
const VALUE_CHARACTERS_MAX: usize = 80;

/// What the list is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ListQuery {
    standing: String,
    stage: String,
    reached: String,
    source: String,
    city: String,
    field: String,
    issue: String,
    manager: String,
    demand: String,
    from: String,
    to: String,
    after: String,
}

impl ListQuery {
    fn fields(&self) -> [(&'static str, &str); 11] {
        [
            ("standing", &self.standing),
            ("stage", &self.stage),
            ("reached", &self.reached),
            ("source", &self.source),
            ("city", &self.city),
            ("field", &self.field),
            ("issue", &self.issue),
            ("manager", &self.manager),
            ("demand", &self.demand),
            ("from", &self.from),
            ("to", &self.to),
        ]
    }

    fn encoded(&self, after: &str) -> String {
        let fields = self.fields().into_iter().chain([("after", after)]);
        let stated: Vec<_> = fields.filter(|(_, value)| !value.is_empty()).collect();
        let query = serde_urlencoded::to_string(stated).expect("invariant: pairs of texts make a query");
        if query.is_empty() { "/leads".to_owned() } else { format!("/leads?{query}") }
    }

    fn ask(&self) -> Option<LeadsAsk> {
        /// A word that is none is a request that makes no sense; an empty one asks for nothing.
        fn read<T>(text: &str, read: impl Fn(&str) -> Option<T>) -> Option<Option<T>> {
            if text.is_empty() { Some(None) } else { read(text).map(Some) }
        }
        if self.fields().iter().any(|(_, value)| value.chars().count() > VALUE_CHARACTERS_MAX) {
            return None;
        }
        let day = |text: &str| read(text, |text| text.parse().ok());
        Some(LeadsAsk {
            standing: read(&self.standing, LeadsStanding::from_code)?,
            stage: read(&self.stage, LeadStage::from_code)?,
            reached: read(&self.reached, LeadStage::from_code)?,
            source: read(&self.source, LeadSource::from_code)?,
            city: self.city.clone(),
            field: self.field.clone(),
            issue_number: self.issue.clone(),
            manager_id: self.manager.clone(),
            demand_id: self.demand.clone(),
            opened: [day(&self.from)?, day(&self.to)?],
            after: Some(self.after.clone()).filter(|after| !after.is_empty()),
            limit: 0,
        })
    }
}

#[derive(Debug, Template)]
#[template(path = "leads.html")]
struct ListPage {
    shell: Shell,
    words: LeadWords,
    query: ListQuery,
    list: LeadsPage,
}

pub(super) async fn list(visit: Visit, Query(query): Query<ListQuery>) -> Response {
    let Some(ask) = query.ask() else { return visit.misread() };
    let page = async {
        Ok::<_, Refusal>(ListPage {
            list: list_leads(&visit.app, &visit.actor(), &ask).await?,
            words: LeadWords::of(&visit).await?,
            shell: visit.shell(Section::Leads, visit.language.text("leads-title")),
            query,
        })
    };
    match page.await {
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

impl ListPage {
    fn choices(&self) -> Vec<Choice> {
        let choice = |standing: &str, label: &str| Choice {
            link: self
                .shell
                .link(&ListQuery { standing: standing.to_owned(), ..self.query.clone() }.encoded("")),
            label: label.to_owned(),
            is_current: self.query.standing == standing,
        };
        vec![
            choice("", self.shell.t("option-all")),
            choice("open", self.shell.t("leads-open")),
            choice("registered", self.shell.t("leads-registered")),
            choice("closed", self.shell.t("lead-is-closed")),
        ]
    }

    /// What else the list is narrowed to, in words.
    fn narrowed(&self) -> Vec<String> {
        let query = &self.query;
        let stage = |code: &str| LeadStage::from_code(code).map(|stage| self.words.stage(&stage));
        let mut said = Vec::new();
        said.extend(stage(&query.stage));
        said.extend(stage(&query.reached).map(|stage| self.shell.say("leads-reached", [("stage", &stage)])));
        said.extend(LeadSource::from_code(&query.source).map(|source| self.words.source(&source)));
        if !query.city.is_empty() {
            said.push(self.words.place(&query.city));
        }
        for value in [&query.field, &query.issue] {
            if value == UNKNOWN {
                said.push(self.shell.t("leads-unknown").to_owned());
            }
        }
        if !query.field.is_empty() && query.field != UNKNOWN {
            said.push(self.words.market.field_name(&query.field));
        }
        if !query.issue.is_empty() && query.issue != UNKNOWN {
            said.push(query.issue.clone());
        }
        if query.manager == UNKNOWN {
            said.push(self.shell.t("leads-no-manager").to_owned());
        } else if let Some(first) = self.list.items.first().filter(|_| !query.manager.is_empty()) {
            said.push(first.manager.clone());
        }
        if !query.from.is_empty() || !query.to.is_empty() {
            let (from, to) = (self.words.market.day(&query.from), self.words.market.day(&query.to));
            said.push(self.shell.say("leads-opened-between", [("from", &from), ("to", &to)]));
        }
        said
    }

    fn is_restricting(&self) -> bool {
        self.query.fields().iter().any(|(_, value)| !value.is_empty())
    }

    fn offer<'row>(&self, row: &'row ListedLead) -> &'row str
    where
        Self: 'row,
    {
        if row.title == row.row.offer_name { &row.row.demand_name } else { &row.row.offer_name }
    }

    fn place(&self, row: &ListedLead) -> String {
        let code = if row.row.division.is_empty() { &row.row.offer_division } else { &row.row.division };
        self.words.place(code)
    }

    fn may_open(&self) -> bool {
        self.shell.may(Action::HandleLeads)
    }

    fn may_see_funnel(&self) -> bool {
        self.shell.may(Action::ReadFunnel)
    }

    fn first_page(&self) -> String {
        self.shell.link(&self.query.encoded(""))
    }

    fn next_page(&self) -> Option<String> {
        Some(self.shell.link(&self.query.encoded(self.list.next.as_deref()?)))
    }
}
