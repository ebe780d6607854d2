//! The office's list: demands of one's extent, by state and kind, the latest changed first.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use serde::Deserialize;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::demand::{DemandKind, DemandState};
use xiaoxiang_domain::region::DivisionCode;
use xiaoxiang_services::Refusal;
use xiaoxiang_services::demand::{DemandsAsk, DemandsPage, ListedDemand, list_demands};

use super::words::DemandWords;
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
    kind: String,
    text: String,
    after: String,
}

impl ListQuery {
    fn encoded(&self, state: &str, kind: &str, after: &str) -> String {
        let fields = [("state", state), ("kind", kind), ("text", &self.text), ("after", after)];
        let stated: Vec<_> = fields.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        let query = serde_urlencoded::to_string(stated).expect("invariant: pairs of texts make a query");
        if query.is_empty() { "/demands".to_owned() } else { format!("/demands?{query}") }
    }

    fn ask(&self) -> Option<DemandsAsk> {
        let stated = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        if self.text.chars().count() > TEXT_CHARACTERS_MAX {
            return None;
        }
        Some(DemandsAsk {
            states: match stated(&self.state) {
                Some(code) => vec![DemandState::from_code(&code)?],
                None => Vec::new(),
            },
            kind: match stated(&self.kind) {
                Some(code) => Some(DemandKind::from_code(&code)?),
                None => None,
            },
            field: String::new(),
            text: self.text.trim().to_owned(),
            after: stated(&self.after),
            limit: 0,
        })
    }
}

pub(super) async fn list(visit: Visit, Query(query): Query<ListQuery>) -> Response {
    let Some(ask) = query.ask() else { return visit.misread() };
    let page = async {
        let list = list_demands(&visit.app, &visit.actor(), &ask).await?;
        let words = DemandWords::of(&visit).await?;
        let shell = visit.shell(Section::Demands, visit.language.text("demands-title"));
        Ok::<_, Refusal>(ListPage { shell, words, query, list })
    };
    match page.await {
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

#[derive(Debug, Template)]
#[template(path = "demands.html")]
struct ListPage {
    shell: Shell,
    words: DemandWords,
    query: ListQuery,
    list: DemandsPage,
}

impl ListPage {
    fn is_company(&self) -> bool {
        self.may(Action::EnterDemands) && !self.may(Action::CheckDemands) && !self.may(Action::SortDemands)
    }

    fn may(&self, action: Action) -> bool {
        self.shell.may(action)
    }

    fn lead(&self) -> &'static str {
        self.shell.t(if self.may(Action::ScoreDemands) {
            "demands-lead-expert"
        } else if self.is_company() {
            "demands-lead-own"
        } else if self.may(Action::CheckDemands) {
            "demands-lead-check"
        } else if self.may(Action::SortDemands) {
            "demands-lead-sort"
        } else {
            "demands-lead"
        })
    }

    fn count_of(&self, state: Option<DemandState>) -> i64 {
        let kind = DemandKind::from_code(&self.query.kind);
        let counted = self.list.counts.iter().filter(|one| {
            state.is_none_or(|state| one.state == state) && kind.is_none_or(|kind| one.kind == kind)
        });
        counted.map(|one| one.count).sum()
    }

    fn choices(&self) -> Vec<Choice> {
        let choice = |code: &str, label: String, count: i64| Choice {
            link: self.shell.link(&self.query.encoded(code, &self.query.kind, "")),
            label: self.shell.say("applications-chip", [("state", &label), ("count", &count.to_string())]),
            is_current: self.query.state == code,
        };
        let all = choice("", self.shell.t("option-all").to_owned(), self.count_of(None));
        let shown = DemandState::ALL.into_iter().filter_map(|state| {
            let count = self.count_of(Some(state));
            (count > 0 || state.code() == self.query.state)
                .then(|| choice(state.code(), self.words.state(&state), count))
        });
        std::iter::once(all).chain(shown).collect()
    }

    fn kinds(&self) -> Vec<Choice> {
        let choice = |code: &str, label: String| Choice {
            link: self.shell.link(&self.query.encoded(&self.query.state, code, "")),
            label,
            is_current: self.query.kind == code,
        };
        let all = choice("", self.shell.t("option-all").to_owned());
        let kinds = DemandKind::ALL.into_iter().map(|kind| choice(kind.code(), self.words.kind(&kind)));
        std::iter::once(all).chain(kinds).collect()
    }

    fn is_restricting(&self) -> bool {
        !self.query.text.is_empty() || !self.query.state.is_empty() || !self.query.kind.is_empty()
    }

    fn name<'row>(&self, row: &'row ListedDemand) -> &'row str
    where
        Self: 'row,
    {
        if row.row.title.is_empty() { self.shell.t("demand-untitled") } else { &row.row.title }
    }

    fn place(&self, row: &ListedDemand) -> String {
        DivisionCode::parse(&row.row.division).map_or_else(String::new, |code| self.words.division(code))
    }

    fn field(&self, row: &ListedDemand) -> String {
        self.words.field_name(&row.row.field)
    }

    /// What comes next, for who reads.
    fn next(&self, row: &ListedDemand) -> String {
        let key = next_key(row.state, row.row.verified.is_some(), |action| self.may(action));
        match (row.state.is_on_market(), &row.row.reconfirm_due) {
            (true, Some(day)) => {
                let day = self.words.day(day);
                self.shell.say("demand-next-confirm-by", [("day", &day)])
            }
            _ => self.shell.t(key).to_owned(),
        }
    }

    /// Whether the row may be chosen for a common demand.
    fn may_merge(&self, row: &ListedDemand) -> bool {
        self.may(Action::DecideDemands)
            && row.kind == DemandKind::Enterprise
            && matches!(
                row.state,
                DemandState::Checked | DemandState::Sorted | DemandState::Screened | DemandState::Published
            )
    }

    fn merges_any(&self) -> bool {
        self.list.items.iter().filter(|row| self.may_merge(row)).count() > 1
    }

    fn first_page(&self) -> String {
        self.shell.link(&self.query.encoded(&self.query.state, &self.query.kind, ""))
    }

    fn next_page(&self) -> Option<String> {
        let after = self.list.next.as_deref()?;
        Some(self.shell.link(&self.query.encoded(&self.query.state, &self.query.kind, after)))
    }
}

/// The key of what comes next with a demand.
pub(super) fn next_key(state: DemandState, is_verified: bool, may: impl Fn(Action) -> bool) -> &'static str {
    match state {
        DemandState::Draft => "demand-next-draft",
        DemandState::Returned => "demand-next-returned",
        DemandState::Collected if !is_verified => "demand-next-verify",
        DemandState::Collected if may(Action::CheckDemands) => "demand-next-check",
        DemandState::Collected => "demand-waits-check",
        DemandState::Checked if may(Action::SortDemands) => "demand-next-sort",
        DemandState::Checked => "demand-waits-sort",
        DemandState::Sorted if may(Action::ScoreDemands) => "demand-next-score",
        DemandState::Sorted if may(Action::DecideDemands) => "demand-next-select",
        DemandState::Sorted => "demand-waits-select",
        DemandState::Screened if may(Action::PublishDemands) => "demand-next-publish",
        DemandState::Screened => "demand-waits-publish",
        DemandState::Published => "demand-is-published",
        DemandState::Matched => "demand-is-matched",
        DemandState::Contracted => "demand-is-contracted",
        DemandState::Declined => "demand-is-declined",
        DemandState::Merged => "demand-is-merged",
        DemandState::Split => "demand-is-split",
        DemandState::Withdrawn => "demand-is-withdrawn",
        DemandState::Expired => "demand-is-expired",
    }
}
