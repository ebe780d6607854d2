//! What answers a demand, and which demands an achievement answers (供需匹配), with why.

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing;
use serde::Deserialize;
use xiaoxiang_domain::access::Action;
use xiaoxiang_services::Refusal;
use xiaoxiang_services::matching::{
    ANSWERS_OF_DEMAND, FactAsked, IndexState, JudgedMatch, KeptMatch, KeptMatches, MatchAsk, MatchHit,
    MatchVerdict, Matches, RecordKey, RecordKind, Reminders, Sharpening, find_matches, judge_match,
    read_kept_matches, set_reminders,
};

use super::achievements::words::Words;
use super::home::Choice;
use super::market::{facts_of, market_path, sort_key};
use super::shell::{Section, Shell};
use super::visit::Visit;
use crate::match_words::{parts_of, question_of, reasons, score};
use crate::routes::{Access, Route};

/// Characters of an answer to a question of ours.
const ABOUT_CHARACTERS_MAX: usize = 100;

/// Hits of a page: who needs more narrows the kind or says more.
const HITS_SHOWN: usize = 12;

/// The routes of matches.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::page("/matches/demands/{id}", Access::SignedIn, routing::get(of_demand)),
        Route::page("/matches/achievements/{id}", Access::SignedIn, routing::get(of_achievement)),
        Route::page("/matches/profiles/{id}", Access::SignedIn, routing::get(of_profile)),
        Route::form("/matches/verdicts", Access::SignedIn, routing::post(judge)),
        Route::form("/matches/reminders", Access::SignedIn, routing::post(remind)),
    ]
}

/// How it is narrowed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct MatchQuery {
    /// Only this kind.
    kind: String,
    /// Words that sharpen it.
    about: String,
    /// `verdict` or `reminders` after one was kept.
    done: String,
}

async fn of_demand(visit: Visit, Path(id): Path<String>, query: Query<MatchQuery>) -> Response {
    show(visit, RecordKey { kind: RecordKind::Demand, id }, query).await
}

async fn of_achievement(visit: Visit, Path(id): Path<String>, query: Query<MatchQuery>) -> Response {
    show(visit, RecordKey { kind: RecordKind::Achievement, id }, query).await
}

async fn of_profile(visit: Visit, Path(id): Path<String>, query: Query<MatchQuery>) -> Response {
    show(visit, RecordKey { kind: RecordKind::Profile, id }, query).await
}

/// What an owner says of a match.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct VerdictForm {
    of: String,
    other: String,
    verdict: String,
}

async fn judge(visit: Visit, Form(form): Form<VerdictForm>) -> Response {
    let read = || {
        let (of, other) = (RecordKey::parse(&form.of)?, RecordKey::parse(&form.other)?);
        Some(JudgedMatch { of, other, verdict: MatchVerdict::from_code(&form.verdict)? })
    };
    let Some(judged) = read() else { return visit.misread() };
    match judge_match(&visit.app, &visit.actor(), &judged).await {
        Ok(()) => visit.lead_to(&matches_path(&judged.of, "done=verdict")),
        Err(refusal) => visit.refused(&refusal),
    }
}

/// Whether owners want to be told.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RemindersForm {
    of: String,
    reminders: String,
}

async fn remind(visit: Visit, Form(form): Form<RemindersForm>) -> Response {
    let reminders = match form.reminders.as_str() {
        "on" => Reminders::On,
        "off" => Reminders::Off,
        _ => return visit.misread(),
    };
    let Some(key) = RecordKey::parse(&form.of) else { return visit.misread() };
    match set_reminders(&visit.app, &visit.actor(), &key, reminders).await {
        Ok(()) => visit.lead_to(&matches_path(&key, "done=reminders")),
        Err(refusal) => visit.refused(&refusal),
    }
}

/// Address of a record's matches.
fn matches_path(key: &RecordKey, query: &str) -> String {
    let mark = if query.is_empty() { "" } else { "?" };
    format!("/matches/{}s/{}{mark}{query}", key.kind.code(), key.id)
}

async fn show(visit: Visit, key: RecordKey, Query(query): Query<MatchQuery>) -> Response {
    let page = async {
        let about = query.about.chars().take(ABOUT_CHARACTERS_MAX).collect();
        let sorts = Some(query.kind.clone()).filter(|kind| !kind.is_empty()).into_iter().collect();
        let ask = MatchAsk { sorts, about, top: HITS_SHOWN };
        let matches = find_matches(&visit.app, &visit.actor(), &key, &ask).await?;
        let kept = read_kept_matches(&visit.app, &visit.actor(), &key).await?;
        let words = Words::of(&visit).await?;
        let shell = visit.shell(Section::Market, visit.language.text("match-title"));
        Ok::<_, Refusal>(MatchesPage { shell, words, key, query, matches, kept })
    };
    match page.await {
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

#[derive(Debug, Template)]
#[template(path = "matches.html")]
struct MatchesPage {
    shell: Shell,
    words: Words,
    key: RecordKey,
    query: MatchQuery,
    matches: Matches,
    kept: KeptMatches,
}

impl MatchesPage {
    fn is_of_demand(&self) -> bool {
        self.key.kind == RecordKind::Demand
    }

    fn subject(&self) -> String {
        self.shell.link(&market_path(self.key.kind, &self.key.id))
    }

    fn here(&self, kind: &str, about: &str) -> String {
        let stated: Vec<_> =
            [("kind", kind), ("about", about)].into_iter().filter(|(_, value)| !value.is_empty()).collect();
        let query = serde_urlencoded::to_string(stated).expect("invariant: pairs of texts make a query");
        self.shell.link(&matches_path(&self.key, &query))
    }

    fn heading(&self) -> &'static str {
        self.shell.t(match self.key.kind {
            RecordKind::Demand => "match-of-demand",
            RecordKind::Achievement => "match-of-achievement",
            RecordKind::Profile | RecordKind::Event => "match-of-profile",
        })
    }

    fn kept(&self, hit: &MatchHit) -> Option<&KeptMatch> {
        self.kept.pairs.iter().find(|pair| pair.key == hit.key)
    }

    /// Whether the program found it by itself, which its owner was told.
    fn is_found(&self, hit: &MatchHit) -> bool {
        self.kept(hit).is_some_and(|pair| pair.found_at_ms.is_some())
    }

    fn verdict(&self, hit: &MatchHit) -> Option<MatchVerdict> {
        self.kept(hit)?.verdict
    }

    /// Whether the reader says what fits: an owner, of an answer that is not a like demand.
    fn may_judge(&self, hit: &MatchHit) -> bool {
        let is_pair = (self.key.kind == RecordKind::Demand) != (hit.key.kind == RecordKind::Demand);
        self.kept.reminders.is_some() && is_pair
    }

    fn is_silent(&self) -> bool {
        self.kept.reminders == Some(Reminders::Off)
    }

    /// Where a lead that joins the two is opened, for who may.
    fn lead_link(&self, hit: &MatchHit) -> Option<String> {
        let is_pair = (self.key.kind == RecordKind::Demand) != (hit.key.kind == RecordKind::Demand);
        if !is_pair || !self.shell.may(Action::HandleLeads) {
            return None;
        }
        let side = |key: &RecordKey| (key.kind.code(), key.id.clone());
        let (one, other) = (side(&self.key), side(&hit.key));
        let stated = [(one.0, one.1.as_str()), (other.0, &other.1), ("source", "match")];
        let query = serde_urlencoded::to_string(stated).expect("invariant: pairs of texts make a query");
        Some(self.shell.link(&format!("/leads/new?{query}")))
    }

    fn sorts(&self) -> Vec<Choice> {
        if !self.is_of_demand() {
            return Vec::new();
        }
        let choice = |(sort, label): (&str, &'static str)| Choice {
            link: self.here(sort, &self.query.about),
            label: self.shell.t(label).to_owned(),
            is_current: self.query.kind == sort,
        };
        let sorts = ANSWERS_OF_DEMAND.map(|sort| (sort, sort_key(sort)));
        std::iter::once(("", "option-all")).chain(sorts).map(choice).collect()
    }

    fn is_behind(&self) -> bool {
        self.matches.state != IndexState::Complete
    }

    /// What to ask; a word leads to the answers about it, a fact has to be stated with the demand.
    fn questions(&self) -> Vec<(String, Option<String>)> {
        let told = |question: &Sharpening| {
            let link = match question {
                Sharpening::Word(word) => Some(self.here(&self.query.kind, word)),
                Sharpening::Fact(
                    FactAsked::Budget
                    | FactAsked::Maturity
                    | FactAsked::Modes
                    | FactAsked::Place
                    | FactAsked::Ownership,
                ) => None,
            };
            (question_of(self.shell.language, question), link)
        };
        self.matches.questions.iter().map(told).collect()
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

    fn reasons(&self, hit: &MatchHit) -> Vec<String> {
        reasons(self.shell.language, &hit.explanation)
    }

    fn parts(&self, hit: &MatchHit) -> Vec<(&'static str, String)> {
        parts_of(self.shell.language, &hit.points)
    }

    fn score(&self, hit: &MatchHit) -> String {
        score(hit.points.total())
    }

    fn weights(&self) -> String {
        self.shell.say("match-weights", [("version", &self.matches.weights_version.to_string())])
    }
}
