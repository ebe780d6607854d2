//! The list of one's extent, and the beginning of a new entry.

use askama::Template;
use axum::Form;
use axum::extract::Query;
use axum::response::Response;
use serde::Deserialize;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::achievement::{AchievementForm, AchievementKind, AchievementState};
use xiaoxiang_services::Refusal;
use xiaoxiang_services::achievement::{
    AchievementsAsk, AchievementsPage, ListedAchievement, list_achievements, start_achievement,
};

use super::words::Words;
use crate::pages::home::Choice;
use crate::pages::shell::{Section, Shell};
use crate::pages::visit::Visit;

/// Most characters that are searched for.
const TEXT_CHARACTERS_MAX: usize = 100;

/// What the list is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ListQuery {
    /// Code of a state.
    state: String,
    /// Part of the title.
    text: String,
    /// Place of the page before.
    after: String,
}

impl ListQuery {
    fn encoded(&self, state: &str, after: &str) -> String {
        let fields = [("state", state), ("text", &self.text), ("after", after)];
        let stated: Vec<_> = fields.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        let query = serde_urlencoded::to_string(stated).expect("invariant: pairs of texts make a query");
        if query.is_empty() { "/achievements".to_owned() } else { format!("/achievements?{query}") }
    }

    fn ask(&self) -> Option<AchievementsAsk> {
        let states = match self.state.as_str() {
            "" => Vec::new(),
            code => vec![AchievementState::from_code(code)?],
        };
        let after = Some(self.after.clone()).filter(|after| !after.is_empty());
        Some(AchievementsAsk { states, text: self.text.trim().to_owned(), after, limit: 0 })
    }
}

pub(super) async fn list(visit: Visit, Query(query): Query<ListQuery>) -> Response {
    let Some(ask) = query.ask().filter(|ask| ask.text.chars().count() <= TEXT_CHARACTERS_MAX) else {
        return visit.misread();
    };
    match page(&visit, query, &ask).await {
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn page(visit: &Visit, query: ListQuery, ask: &AchievementsAsk) -> Result<ListPage, Refusal> {
    Ok(ListPage {
        list: list_achievements(&visit.app, &visit.actor(), ask).await?,
        words: Words::of(visit).await?,
        shell: visit.shell(Section::Achievements, visit.language.text("achievements-title")),
        query,
    })
}

#[derive(Debug, Template)]
#[template(path = "achievements.html")]
struct ListPage {
    shell: Shell,
    words: Words,
    query: ListQuery,
    list: AchievementsPage,
}

impl ListPage {
    fn writes(&self) -> bool {
        self.shell.may(Action::WriteAchievements)
    }

    fn lead(&self) -> &'static str {
        self.shell.t(if self.writes() { "achievements-lead-own" } else { "achievements-lead" })
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

    fn is_restricting(&self) -> bool {
        !self.query.text.is_empty() || !self.query.state.is_empty()
    }

    fn name<'row>(&self, row: &'row ListedAchievement) -> &'row str
    where
        Self: 'row,
    {
        if row.row.title.is_empty() { self.shell.t("achievement-unnamed") } else { &row.row.title }
    }

    fn kind(&self, row: &ListedAchievement) -> String {
        AchievementKind::from_code(&row.row.kind).map_or_else(String::new, |kind| self.words.kind(&kind))
    }

    /// What is to be done next.
    fn next(&self, row: &ListedAchievement) -> String {
        if row.open_objections > 0 {
            let count = row.open_objections.to_string();
            return self.shell.say("achievement-next-objections", [("count", &count)]);
        }
        let key = next_key(row.state, self.writes(), row.is_own);
        if let (AchievementState::Publicity, Some(day)) = (row.state, &row.row.publicity_to) {
            return self.shell.say("achievement-next-publicity", [("day", &self.words.day(day))]);
        }
        self.shell.t(key).to_owned()
    }

    fn next_page(&self) -> Option<String> {
        let after = self.list.next.as_deref()?;
        Some(self.shell.link(&self.query.encoded(&self.query.state, after)))
    }

    fn first_page(&self) -> String {
        self.shell.link(&self.query.encoded(&self.query.state, ""))
    }
}

/// What comes next, for who reads.
pub(super) const fn next_key(state: AchievementState, writes: bool, is_own: bool) -> &'static str {
    match state {
        AchievementState::Draft => "achievement-next-draft",
        AchievementState::Submitted if writes && !is_own => "achievement-next-review",
        AchievementState::Submitted => "achievement-waits-review",
        AchievementState::Reviewed if writes => "achievement-next-list",
        AchievementState::Reviewed => "achievement-waits-list",
        AchievementState::Publicity => "achievement-waits-publicity",
        AchievementState::Listed => "achievement-is-listed",
        AchievementState::Licensed => "achievement-is-licensed",
        AchievementState::Assigned => "achievement-is-assigned",
        AchievementState::Withdrawn => "achievement-is-withdrawn",
    }
}

#[derive(Debug, Template)]
#[template(path = "achievement_new.html")]
struct NewPage {
    shell: Shell,
    kinds: Vec<(&'static str, String, &'static str)>,
}

pub(super) async fn begin(visit: Visit) -> Response {
    let words = match Words::of(&visit).await {
        Ok(words) => words,
        Err(refusal) => return visit.refused(&refusal),
    };
    let shell = visit.shell(Section::Achievements, visit.language.text("achievement-new"));
    let what = |kind: AchievementKind| match kind {
        AchievementKind::Result => shell.t("achievement-new-result"),
        AchievementKind::Patent => shell.t("achievement-new-patent"),
        AchievementKind::Service => shell.t("achievement-new-service"),
    };
    let kinds = AchievementKind::ALL.map(|kind| (kind.code(), words.kind(&kind), what(kind))).into();
    visit.page(&NewPage { kinds, shell })
}

/// What the form sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct NewForm {
    kind: String,
}

pub(super) async fn start(visit: Visit, Form(form): Form<NewForm>) -> Response {
    let kind = AchievementKind::from_code(&form.kind).unwrap_or(AchievementKind::Result);
    let form = AchievementForm { kind: kind.code().to_owned(), ..AchievementForm::default() };
    match start_achievement(&visit.app, &visit.actor(), &form).await {
        Ok(id) => visit.lead_to(&format!("/achievements/{id}/form/clearance")),
        Err(refusal) => visit.refused(&refusal),
    }
}
