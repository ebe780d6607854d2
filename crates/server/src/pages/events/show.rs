//! One event for its office: what comes next, its steps, people and seats, papers, the account of what was signed.

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use xiaoxiang_domain::access::Role;
use xiaoxiang_domain::event::{
    EventObstacle, EventState, EventStep, MeetingOutcome, ParticipantState, SettlementLine,
};
use xiaoxiang_domain::money::Fen;
use xiaoxiang_services::Refusal;
use xiaoxiang_services::event::{
    EventPage, EventPaper, EventStepView, MeetingView, OpenEventStep, SettledProject, read_event_page,
    take_event_step, write_event_paper,
};

use super::words::EventWords;
use crate::pages::applications::sent::Sent;
use crate::pages::home::Choice;
use crate::pages::shell::{Section, Shell};
use crate::pages::visit::{Visit, download, status_of_form};

/// Media type of DOCX.
const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ShowQuery {
    /// What was done.
    done: String,
}

#[derive(Debug, Template)]
#[template(path = "event.html")]
struct ShowPage {
    shell: Shell,
    words: EventWords,
    page: EventPage,
    done: Option<&'static str>,
    /// Step that was refused, with what was typed.
    refused: Option<(EventStep, String)>,
    problems: Vec<String>,
}

pub(super) async fn show(visit: Visit, Path(id): Path<String>, Query(query): Query<ShowQuery>) -> Response {
    let done = match query.done.as_str() {
        "planned" => Some("event-done-planned"),
        "changed" => Some("event-done-changed"),
        "step" => Some("application-done"),
        _ => None,
    };
    match page_of(&visit, &id, done, None, Vec::new()).await {
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn page_of(
    visit: &Visit,
    id: &str,
    done: Option<&'static str>,
    refused: Option<(EventStep, String)>,
    problems: Vec<String>,
) -> Result<ShowPage, Refusal> {
    let page = read_event_page(&visit.app, &visit.actor(), id).await?;
    let words = EventWords::of(visit).await?;
    let done = done.map(|key| visit.language.text(key));
    let shell = visit.shell(Section::Events, page.planned.title.clone());
    Ok(ShowPage { shell, words, page, done, refused, problems })
}

/// Takes a step.
pub(super) async fn take(
    visit: Visit,
    Path(id): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Response {
    let sent = Sent::of(pairs);
    let Some(step) = EventStep::from_code(sent.text("step")) else { return visit.misread() };
    let words = sent.text("words").to_owned();
    match take_event_step(&visit.app, &visit.actor(), &id, sent.revision(), step, &words).await {
        Ok(_) => visit.lead_to(&format!("/events/{id}?done=step")),
        Err(refusal) => {
            let Some(status) = status_of_form(&refusal) else { return visit.refused(&refusal) };
            let problems = vec![visit.sentence(&refusal)];
            match page_of(&visit, &id, None, Some((step, words)), problems).await {
                Ok(page) => (status, visit.page(&page)).into_response(),
                Err(refusal) => visit.refused(&refusal),
            }
        }
    }
}

/// A paper as DOCX.
pub(super) async fn paper(visit: Visit, Path((id, paper)): Path<(String, String)>) -> Response {
    let Some(paper) = EventPaper::from_code(&paper) else { return visit.refused(&Refusal::NotFound(paper)) };
    match write_event_paper(&visit.app, &visit.actor(), &id, paper).await {
        Ok((name, bytes)) => download(&name, DOCX, bytes),
        Err(refusal) => visit.refused(&refusal),
    }
}

impl ShowPage {
    fn path(&self, rest: &str) -> String {
        self.shell.link(&format!("/events/{}{rest}", self.page.event_id))
    }

    fn count(&self, state: ParticipantState) -> i64 {
        self.page.counts.get(&state).copied().unwrap_or(0)
    }

    fn seats_taken(&self) -> i64 {
        ParticipantState::ALL
            .into_iter()
            .filter(|state| state.has_seat())
            .map(|state| self.count(state))
            .sum()
    }

    fn is_today(&self) -> bool {
        self.page.planned.day == self.page.today
    }

    fn outcomes_missing(&self) -> usize {
        self.page.meetings.iter().filter(|one| one.outcome.is_none()).count()
    }

    /// What comes next, in a sentence, and the link to it.
    fn next(&self) -> (String, Option<(String, &'static str)>) {
        let key = |key: &'static str| self.shell.t(key).to_owned();
        let link =
            |rest: &str, key: &'static str| self.page.may_plan.then(|| (self.path(rest), self.shell.t(key)));
        let has_tables = !self.page.planned.slots().is_empty();
        let invited = self.count(ParticipantState::Invited);
        match self.page.state {
            EventState::Draft if invited == 0 => (key("event-next-invite"), link("/invite", "event-invite")),
            EventState::Draft => (key("event-next-open"), None),
            EventState::Open if self.page.is_past_deadline => (key("event-next-close"), None),
            EventState::Open => {
                let deadline = self.words.deadline(&self.page.planned);
                let text = self.shell.say("event-next-wait", [("deadline", &deadline)]);
                (text, link("/invite", "event-invite"))
            }
            EventState::Closed if has_tables && self.page.meetings.is_empty() => {
                (key("event-next-schedule"), link("/meetings", "event-meetings"))
            }
            EventState::Closed if self.is_today() => {
                (key("event-next-check-in"), link("/check-in", "event-check-in"))
            }
            EventState::Closed if self.page.planned.day < self.page.today => (key("event-next-hold"), None),
            EventState::Closed => (key("event-next-print"), None),
            EventState::Held if self.outcomes_missing() > 0 => {
                let text =
                    self.shell.say("event-next-outcomes", [("count", &self.outcomes_missing().to_string())]);
                (text, link("/outcomes", "event-outcomes"))
            }
            EventState::Held => (key("event-next-settle"), link("/outcomes", "event-outcomes")),
            EventState::Settled => (key("event-next-settled"), None),
            EventState::Cancelled => {
                (self.shell.say("event-cancelled-because", [("words", &self.page.words)]), None)
            }
        }
    }

    fn tabs(&self) -> Vec<Choice> {
        tabs(&self.shell, &self.page.event_id, self.page.may_plan, "")
    }

    /// What leads on stands before what leads back.
    fn open_steps(&self) -> Vec<&OpenEventStep> {
        let mut open: Vec<_> = self.page.open_steps.iter().collect();
        open.sort_by_key(|open| matches!(open.step, EventStep::Reopen | EventStep::Cancel));
        open
    }

    fn is_open(&self, open: &OpenEventStep) -> bool {
        match &self.refused {
            Some((step, _)) => *step == open.step,
            None => open.obstacle.is_none() && self.is_next(open.step),
        }
    }

    fn is_next(&self, step: EventStep) -> bool {
        match self.page.state {
            EventState::Draft => step == EventStep::Open && self.count(ParticipantState::Invited) > 0,
            EventState::Open => step == EventStep::Close && self.page.is_past_deadline,
            EventState::Closed => step == EventStep::Hold && self.page.planned.day <= self.page.today,
            EventState::Held => step == EventStep::Settle,
            EventState::Settled | EventState::Cancelled => false,
        }
    }

    fn obstacle(&self, obstacle: &EventObstacle) -> String {
        self.words.obstacle(obstacle)
    }

    fn effect(&self, step: EventStep) -> &'static str {
        self.shell.t(match step {
            EventStep::Open => "event-effect-open",
            EventStep::Close => "event-effect-close",
            EventStep::Reopen => "event-effect-reopen",
            EventStep::Hold => "event-effect-hold",
            EventStep::Settle => "event-effect-settle",
            EventStep::Cancel => "event-effect-cancel",
        })
    }

    fn problems_in(&self, step: EventStep) -> Vec<String> {
        let is_here = self.refused.as_ref().is_some_and(|(refused, _)| *refused == step);
        if is_here { self.problems.clone() } else { Vec::new() }
    }

    fn typed(&self, step: EventStep) -> &str {
        self.refused.as_ref().filter(|(refused, _)| *refused == step).map_or("", |(_, words)| words)
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        let planned = &self.page.planned;
        let openness = if planned.is_open_to_all { "event-for-all" } else { "event-for-invited" };
        let mut facts = vec![
            ("event-when", self.words.when(planned)),
            ("event-place", self.words.place(planned)),
            ("event-organiser", planned.organiser.clone()),
            ("event-contact", planned.contact.clone()),
            ("event-deadline", self.words.deadline(planned)),
            ("event-openness", self.shell.t(openness).to_owned()),
            ("event-summary", planned.summary.clone()),
            ("event-agenda", planned.agenda.clone()),
        ];
        let slots = planned.slots().len();
        if slots > 0 {
            let [tables, slots, minutes] =
                [planned.tables.to_string(), slots.to_string(), planned.slot_minutes.to_string()];
            let text = self
                .shell
                .say("event-tables-facts", [("tables", &tables), ("slots", &slots), ("minutes", &minutes)]);
            facts.insert(6, ("event-group-meetings", text));
        }
        facts.retain(|(_, text)| !text.is_empty());
        facts.into_iter().map(|(key, text)| (self.shell.t(key), text)).collect()
    }

    fn papers(&self) -> Vec<(String, &'static str)> {
        let is_there = |paper: &EventPaper| match paper {
            EventPaper::Handbook => true,
            EventPaper::SignInSheet | EventPaper::TableCards => self.page.may_plan && self.seats_taken() > 0,
            EventPaper::SignedProjects => self.page.may_plan && !self.page.settlement.projects.is_empty(),
        };
        let link = |paper: EventPaper| {
            let address = format!("/events/{}/papers/{}/docx", self.page.event_id, paper.code());
            (address, self.shell.language.pick(paper.label(), paper.label_en()))
        };
        EventPaper::ALL.into_iter().filter(is_there).map(link).collect()
    }

    fn has_account(&self) -> bool {
        self.page.state.has_been() || !self.page.settlement.projects.is_empty()
    }

    fn outcome_counts(&self) -> Vec<(String, usize)> {
        let count = |outcome: MeetingOutcome| {
            self.page.meetings.iter().filter(|one| one.outcome == Some(outcome)).count()
        };
        MeetingOutcome::ALL
            .map(|outcome| (self.words.outcome(&outcome), count(outcome)))
            .into_iter()
            .collect()
    }

    fn meeting_of(&self, project: &SettledProject) -> Option<&MeetingView> {
        self.page.meetings.iter().find(|one| one.meeting_id == project.meeting_id)
    }

    fn amount(&self, amount: &Option<Fen>) -> String {
        amount.as_ref().map_or_else(|| "—".to_owned(), |amount| self.words.amount(amount))
    }

    fn without_amount(&self) -> String {
        match self.page.settlement.without_amount {
            0 => String::new(),
            count => self.shell.say("event-account-without", [("count", &count.to_string())]),
        }
    }

    fn until(&self, line: &SettlementLine) -> String {
        let (days, day) = (line.days.to_string(), self.words.day(&line.until));
        self.shell.say("event-account-days", [("days", &days), ("day", &day)])
    }

    fn who(&self, step: &EventStepView) -> String {
        let role = step.role.map_or("", |role: Role| self.shell.language.pick(role.label(), role.label_en()));
        let parts = [step.name.as_str(), role].into_iter().filter(|one| !one.is_empty());
        parts.collect::<Vec<_>>().join(" · ")
    }
}

/// The pages of one event.
pub(super) fn tabs(shell: &Shell, event_id: &str, may_plan: bool, current: &str) -> Vec<Choice> {
    let pages = [
        ("", "event-overview", true),
        ("/participants", "event-participants", true),
        ("/invite", "event-invite", may_plan),
        ("/meetings", "event-meetings", true),
        ("/check-in", "event-check-in", may_plan),
        ("/outcomes", "event-outcomes", true),
    ];
    let choice = |(rest, key, _): (&str, &'static str, bool)| Choice {
        link: shell.link(&format!("/events/{event_id}{rest}")),
        label: shell.t(key).to_owned(),
        is_current: rest == current,
    };
    pages.into_iter().filter(|(_, _, is_there)| *is_there).map(choice).collect()
}
