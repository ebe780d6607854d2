//! The list: an applicant's own applications, the registrar's queue by due day, all of them for who inspects.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use serde::Deserialize;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::contract::procedure::ApplicationState;
use xiaoxiang_services::Refusal;
use xiaoxiang_services::registration::{
    ApplicationsAsk, ApplicationsPage, ListedApplication, list_applications,
};

use super::words::{DueWords, Words};
use crate::pages::home::Choice;
use crate::pages::shell::{Section, Shell};
use crate::pages::visit::Visit;

/// What the list is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ListQuery {
    /// Code of a state.
    state: String,
    /// Part of a project's name or a number.
    text: String,
    /// `1` for those that the province has to look at.
    sampled: String,
    /// Place of the page before.
    after: String,
}

impl ListQuery {
    fn encoded(&self, state: &str, after: &str) -> String {
        let fields = [("state", state), ("text", &self.text), ("sampled", &self.sampled), ("after", after)];
        let stated: Vec<_> = fields.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        let query = serde_urlencoded::to_string(stated).expect("invariant: pairs of texts make a query");
        if query.is_empty() { "/applications".to_owned() } else { format!("/applications?{query}") }
    }

    fn ask(&self) -> Option<ApplicationsAsk> {
        let stated = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let states = match stated(&self.state) {
            Some(code) => vec![ApplicationState::from_code(&code)?],
            None => Vec::new(),
        };
        Some(ApplicationsAsk {
            states,
            text: self.text.trim().to_owned(),
            sampled_only: self.sampled == "1",
            after: stated(&self.after),
            limit: 0,
        })
    }
}

/// Most characters that are searched for.
const TEXT_CHARACTERS_MAX: usize = 100;

pub(super) async fn list(visit: Visit, Query(query): Query<ListQuery>) -> Response {
    let Some(ask) = query.ask().filter(|ask| ask.text.chars().count() <= TEXT_CHARACTERS_MAX) else {
        return visit.misread();
    };
    match page(&visit, query, &ask).await {
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn page(visit: &Visit, query: ListQuery, ask: &ApplicationsAsk) -> Result<ListPage, Refusal> {
    let mut list = list_applications(&visit.app, &visit.actor(), ask).await?;
    if visit.actor().may(Action::Apply) {
        // What is the applicant's turn has no due day; it stands first all the same.
        list.items.sort_by_key(|row| match row.state {
            ApplicationState::Returned => 0,
            ApplicationState::Draft => 1,
            _ => 2,
        });
    }
    Ok(ListPage {
        list,
        words: Words::of(visit).await?,
        shell: visit.shell(Section::Applications, visit.language.text("applications-title")),
        query,
    })
}

#[derive(Debug, Template)]
#[template(path = "applications.html")]
struct ListPage {
    shell: Shell,
    words: Words,
    query: ListQuery,
    list: ApplicationsPage,
}

impl ListPage {
    fn is_applicant(&self) -> bool {
        self.shell.may(Action::Apply)
    }

    fn is_registrar(&self) -> bool {
        self.shell.may(Action::HandleApplications)
    }

    /// Experts review, and inspect nothing.
    fn sees_inspections(&self) -> bool {
        !self.shell.may(Action::GiveExpertOpinion)
    }

    fn lead(&self) -> &'static str {
        self.shell.t(if self.is_applicant() {
            "applications-lead-own"
        } else if self.is_registrar() {
            "applications-lead-queue"
        } else if self.shell.may(Action::GiveExpertOpinion) {
            "applications-lead-expert"
        } else {
            "applications-lead"
        })
    }

    /// The states that hold any, with how many.
    fn choices(&self) -> Vec<Choice> {
        let total: i64 = self.list.counts.iter().map(|one| one.count).sum();
        let choice = |code: &str, label: String, count: i64| Choice {
            link: self.shell.link(&self.query.encoded(code, "")),
            label: self.shell.say("applications-chip", [("state", &label), ("count", &count.to_string())]),
            is_current: self.query.state == code,
        };
        let all = choice("", self.shell.t("option-all").to_owned(), total);
        let shown = self
            .list
            .counts
            .iter()
            .filter(|one| one.count > 0 || one.state.code() == self.query.state)
            .map(|one| choice(one.state.code(), self.words.state(&one.state), one.count));
        std::iter::once(all).chain(shown).collect()
    }

    fn late(&self) -> Option<String> {
        (self.list.late > 0)
            .then(|| self.shell.say("applications-late", [("count", &self.list.late.to_string())]))
    }

    fn is_restricting(&self) -> bool {
        !self.query.text.is_empty() || !self.query.state.is_empty() || !self.query.sampled.is_empty()
    }

    fn waits_for_export(&self) -> bool {
        let is_waiting = |state| self.list.counts.iter().any(|one| one.state == state && one.count > 0);
        self.is_registrar() && is_waiting(ApplicationState::PreReviewed)
    }

    fn name<'row>(&self, row: &'row ListedApplication) -> &'row str
    where
        Self: 'row,
    {
        if row.project_name.is_empty() { self.shell.t("application-unnamed") } else { &row.project_name }
    }

    fn number<'row>(&self, row: &'row ListedApplication) -> Option<&'row str> {
        row.registration_number.as_deref().or(row.acceptance_number.as_deref())
    }

    fn due(&self, row: &ListedApplication) -> Option<DueWords> {
        row.due.as_ref().map(|due| self.words.due(due, &self.list.today))
    }

    /// What is to be done first.
    fn next(&self, row: &ListedApplication) -> &'static str {
        self.shell.t(next_key(row.state, self.is_applicant(), self.is_registrar()))
    }

    fn first_page(&self) -> String {
        self.shell.link(&self.query.encoded(&self.query.state, ""))
    }

    fn next_page(&self) -> Option<String> {
        let after = self.list.next.as_deref()?;
        Some(self.shell.link(&self.query.encoded(&self.query.state, after)))
    }
}

/// What comes next, for who reads.
pub(super) const fn next_key(
    state: ApplicationState,
    is_applicant: bool,
    is_registrar: bool,
) -> &'static str {
    match state {
        ApplicationState::Draft if is_applicant => "application-next-draft",
        ApplicationState::Returned if is_applicant => "application-next-returned",
        ApplicationState::Submitted if is_registrar => "application-next-accept",
        ApplicationState::Accepted if is_registrar => "application-next-first-review",
        ApplicationState::FirstReviewed if is_registrar => "application-next-second-review",
        ApplicationState::PreReviewed if is_registrar => "application-next-export",
        ApplicationState::Draft => "application-waits-draft",
        ApplicationState::Returned => "application-waits-returned",
        ApplicationState::Submitted => "application-waits-acceptance",
        ApplicationState::Accepted | ApplicationState::FirstReviewed => "application-waits-review",
        ApplicationState::ExpertReview => "application-waits-experts",
        ApplicationState::PreReviewed => "application-waits-national",
        ApplicationState::Registered => "application-is-registered",
        ApplicationState::Refused => "application-is-refused",
        ApplicationState::Withdrawn | ApplicationState::Cancelled | ApplicationState::Revoked => {
            "application-is-over"
        }
    }
}
