//! Who comes to an event: the list, registrations by telephone, invitations, check-in from the sheet.

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use xiaoxiang_domain::contract::RowProblem;
use xiaoxiang_domain::event::{ParticipantState, PartyKind};
use xiaoxiang_services::Refusal;
use xiaoxiang_services::event::{
    Candidate, EventPage, ParticipantView, ParticipantsPage, Registration, check_in as save_check_in,
    invite as send_invitations, list_candidates, list_event_participants, read_event_page, register_for,
    withdraw_for,
};

use super::show::tabs;
use super::words::EventWords;
use crate::pages::applications::sent::Sent;
use crate::pages::home::Choice;
use crate::pages::shell::{Section, Shell};
use crate::pages::statistics::SelectOption;
use crate::pages::visit::{Visit, status_of_form};

/// Most characters that are searched for.
const TEXT_CHARACTERS_MAX: usize = 100;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct PeopleQuery {
    state: String,
    after: String,
    done: String,
}

/// What was typed for a registration by telephone.
#[derive(Clone, Debug, Default)]
struct Typed {
    participant: String,
    organisation_name: String,
    registration: Registration,
    fields: Vec<RowProblem>,
    problems: Vec<String>,
}

#[derive(Debug, Template)]
#[template(path = "event_participants.html")]
struct PeoplePage {
    shell: Shell,
    words: EventWords,
    page: EventPage,
    query: PeopleQuery,
    list: ParticipantsPage,
    typed: Typed,
    heading: &'static str,
    done: Option<&'static str>,
}

pub(super) async fn list(visit: Visit, Path(id): Path<String>, Query(query): Query<PeopleQuery>) -> Response {
    match people_page(&visit, &id, query, Typed::default()).await {
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn people_page(
    visit: &Visit,
    id: &str,
    query: PeopleQuery,
    typed: Typed,
) -> Result<PeoplePage, Refusal> {
    let actor = visit.actor();
    let page = read_event_page(&visit.app, &actor, id).await?;
    let state = ParticipantState::from_code(&query.state);
    let after = Some(query.after.as_str()).filter(|after| !after.is_empty());
    let list = list_event_participants(&visit.app, &actor, id, state, after).await?;
    let heading = visit.language.text("event-participants");
    let done = match query.done.as_str() {
        "registered" => Some("event-done-registered"),
        "waiting" => Some("event-done-waiting"),
        "withdrawn" => Some("event-done-withdrawn"),
        "invited" => Some("event-done-invited"),
        _ => None,
    };
    Ok(PeoplePage {
        shell: visit.shell(Section::Events, heading),
        words: EventWords::of(visit).await?,
        done: done.map(|key| visit.language.text(key)),
        page,
        query,
        list,
        typed,
        heading,
    })
}

/// Registers somebody who rang up.
pub(super) async fn register(
    visit: Visit,
    Path(id): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Response {
    let sent = Sent::of(pairs);
    let text = |name: &str| sent.text(name).to_owned();
    let registration = Registration {
        kind: text("kind"),
        subject: text("subject"),
        name: text("name"),
        telephone: text("telephone"),
    };
    let participant = text("participant");
    let whom = Some(participant.as_str()).filter(|one| !one.is_empty());
    let name = text("organisation_name");
    match register_for(&visit.app, &visit.actor(), &id, whom, &name, &registration).await {
        Ok(state) => {
            let done = if state == ParticipantState::Waiting { "waiting" } else { "registered" };
            visit.lead_to(&format!("/events/{id}/participants?done={done}"))
        }
        Err(refusal) => {
            let Some(status) = status_of_form(&refusal) else { return visit.refused(&refusal) };
            let problems = vec![visit.sentence(&refusal)];
            let fields = if let Refusal::Fields(fields) = refusal { fields } else { Vec::new() };
            let typed = Typed { participant, organisation_name: name, registration, fields, problems };
            match people_page(&visit, &id, PeopleQuery::default(), typed).await {
                Ok(page) => (status, visit.page(&page)).into_response(),
                Err(refusal) => visit.refused(&refusal),
            }
        }
    }
}

/// Withdraws somebody who rang up.
pub(super) async fn withdraw(visit: Visit, Path((id, participant)): Path<(String, String)>) -> Response {
    match withdraw_for(&visit.app, &visit.actor(), &id, &participant).await {
        Ok(()) => visit.lead_to(&format!("/events/{id}/participants?done=withdrawn")),
        Err(refusal) => {
            let Some(status) = status_of_form(&refusal) else { return visit.refused(&refusal) };
            let typed = Typed { problems: vec![visit.sentence(&refusal)], ..Typed::default() };
            match people_page(&visit, &id, PeopleQuery::default(), typed).await {
                Ok(page) => (status, visit.page(&page)).into_response(),
                Err(refusal) => visit.refused(&refusal),
            }
        }
    }
}

impl PeoplePage {
    fn tabs(&self) -> Vec<Choice> {
        tabs(&self.shell, &self.page.event_id, self.page.may_plan, "/participants")
    }

    fn path(&self, rest: &str) -> String {
        self.shell.link(&format!("/events/{}{rest}", self.page.event_id))
    }

    fn states(&self) -> Vec<Choice> {
        let choice = |code: &str, label: String, count: i64| Choice {
            link: self.path(&if code.is_empty() {
                "/participants".to_owned()
            } else {
                format!("/participants?state={code}")
            }),
            label: self.shell.say("applications-chip", [("state", &label), ("count", &count.to_string())]),
            is_current: self.query.state == code,
        };
        let all = choice("", self.shell.t("option-all").to_owned(), self.page.counts.values().sum());
        let counts = self.page.counts.iter();
        std::iter::once(all)
            .chain(counts.map(|(state, count)| choice(state.code(), self.words.coming(state), *count)))
            .collect()
    }

    fn next_page(&self) -> Option<String> {
        let after = self.list.next.as_deref()?;
        Some(self.path(&format!("/participants?state={}&after={after}", self.query.state)))
    }

    fn may_register(&self) -> bool {
        self.page.may_plan && self.page.state.is_ahead()
    }

    fn may_withdraw(&self, one: &ParticipantView) -> bool {
        self.may_register()
            && !matches!(
                one.state,
                ParticipantState::Withdrawn | ParticipantState::CheckedIn | ParticipantState::Absent
            )
    }

    fn kinds(&self) -> Vec<SelectOption> {
        let option = |kind: PartyKind| SelectOption {
            value: kind.code().to_owned(),
            label: self.words.party(&kind),
            is_chosen: self.typed.registration.kind == kind.code(),
        };
        PartyKind::ALL.map(option).into_iter().collect()
    }

    /// Those who are invited and can be registered for.
    fn invited(&self) -> Vec<(&ParticipantView, bool)> {
        let invited = self.list.items.iter().filter(|one| one.state == ParticipantState::Invited);
        invited.map(|one| (one, one.participant_id == self.typed.participant)).collect()
    }

    fn name<'one>(&'one self, one: &'one ParticipantView) -> &'one str {
        if one.name.is_empty() { self.shell.t("event-name-hidden") } else { &one.name }
    }

    fn waiting_place(&self, place: &usize) -> String {
        self.shell.say("event-waiting-place", [("place", &place.to_string())])
    }

    fn problem(&self, field: &str) -> Option<String> {
        self.typed.fields.iter().find(|one| one.field == field).map(|one| self.words.problem(one))
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct InviteQuery {
    kind: String,
    text: String,
}

#[derive(Debug, Template)]
#[template(path = "event_invite.html")]
struct InvitePage {
    shell: Shell,
    words: EventWords,
    page: EventPage,
    query: InviteQuery,
    candidates: Vec<Candidate>,
    chosen: Vec<String>,
    problems: Vec<String>,
    heading: &'static str,
}

pub(super) async fn candidates(
    visit: Visit,
    Path(id): Path<String>,
    Query(query): Query<InviteQuery>,
) -> Response {
    if query.text.chars().count() > TEXT_CHARACTERS_MAX {
        return visit.misread();
    }
    match invite_page(&visit, &id, query, Vec::new(), Vec::new()).await {
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn invite_page(
    visit: &Visit,
    id: &str,
    query: InviteQuery,
    chosen: Vec<String>,
    problems: Vec<String>,
) -> Result<InvitePage, Refusal> {
    let actor = visit.actor();
    let page = read_event_page(&visit.app, &actor, id).await?;
    let kind = PartyKind::from_code(&query.kind);
    let candidates = list_candidates(&visit.app, &actor, id, kind, &query.text).await?;
    let heading = visit.language.text("event-invite");
    let words = EventWords::of(visit).await?;
    let shell = visit.shell(Section::Events, heading);
    Ok(InvitePage { shell, words, page, query, candidates, chosen, problems, heading })
}

pub(super) async fn invite(
    visit: Visit,
    Path(id): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Response {
    let sent = Sent::of(pairs);
    let chosen = sent.all("subject");
    match send_invitations(&visit.app, &visit.actor(), &id, &chosen).await {
        Ok(_) => visit.lead_to(&format!("/events/{id}/participants?done=invited")),
        Err(refusal) => {
            let Some(status) = status_of_form(&refusal) else { return visit.refused(&refusal) };
            let problems = vec![visit.sentence(&refusal)];
            let query = InviteQuery {
                kind: sent.text("kind").to_owned(),
                text: sent.text("text").chars().take(TEXT_CHARACTERS_MAX).collect(),
            };
            match invite_page(&visit, &id, query, chosen, problems).await {
                Ok(page) => (status, visit.page(&page)).into_response(),
                Err(refusal) => visit.refused(&refusal),
            }
        }
    }
}

impl InvitePage {
    fn tabs(&self) -> Vec<Choice> {
        tabs(&self.shell, &self.page.event_id, self.page.may_plan, "/invite")
    }

    fn path(&self, rest: &str) -> String {
        self.shell.link(&format!("/events/{}{rest}", self.page.event_id))
    }

    fn kinds(&self) -> Vec<SelectOption> {
        let kinds = [PartyKind::Company, PartyKind::Unit, PartyKind::Expert];
        let option = |kind: PartyKind| SelectOption {
            value: kind.code().to_owned(),
            label: self.words.party(&kind),
            is_chosen: self.query.kind == kind.code(),
        };
        kinds.map(option).into_iter().collect()
    }

    fn is_chosen(&self, candidate: &Candidate) -> bool {
        self.chosen.contains(&candidate.choice.subject)
    }

    /// What a candidate is called.
    fn title<'one>(&self, candidate: &'one Candidate) -> &'one str {
        let choice = &candidate.choice;
        if choice.title.is_empty() { &choice.name } else { &choice.title }
    }

    fn about(&self, candidate: &Candidate) -> String {
        let choice = &candidate.choice;
        let name = if choice.title.is_empty() { "" } else { choice.name.as_str() };
        let kind = self.words.party(&choice.kind);
        [kind.as_str(), name].into_iter().filter(|one| !one.is_empty()).collect::<Vec<_>>().join(" · ")
    }

    fn has_new(&self) -> bool {
        self.candidates.iter().any(|one| !one.is_invited)
    }
}

#[derive(Debug, Template)]
#[template(path = "event_check_in.html")]
struct CheckInPage {
    shell: Shell,
    words: EventWords,
    page: EventPage,
    problems: Vec<String>,
    heading: &'static str,
    is_done: bool,
}

pub(super) async fn check_in_list(
    visit: Visit,
    Path(id): Path<String>,
    Query(query): Query<PeopleQuery>,
) -> Response {
    match check_in_page(&visit, &id, Vec::new(), query.done == "checked").await {
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn check_in_page(
    visit: &Visit,
    id: &str,
    problems: Vec<String>,
    is_done: bool,
) -> Result<CheckInPage, Refusal> {
    let page = read_event_page(&visit.app, &visit.actor(), id).await?;
    let heading = visit.language.text("event-check-in");
    let words = EventWords::of(visit).await?;
    Ok(CheckInPage { shell: visit.shell(Section::Events, heading), words, page, problems, heading, is_done })
}

pub(super) async fn check_in(
    visit: Visit,
    Path(id): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Response {
    let sent = Sent::of(pairs);
    match save_check_in(&visit.app, &visit.actor(), &id, &sent.all("before"), &sent.all("came")).await {
        Ok(_) => visit.lead_to(&format!("/events/{id}/check-in?done=checked")),
        Err(refusal) => {
            let Some(status) = status_of_form(&refusal) else { return visit.refused(&refusal) };
            match check_in_page(&visit, &id, vec![visit.sentence(&refusal)], false).await {
                Ok(page) => (status, visit.page(&page)).into_response(),
                Err(refusal) => visit.refused(&refusal),
            }
        }
    }
}

impl CheckInPage {
    fn tabs(&self) -> Vec<Choice> {
        tabs(&self.shell, &self.page.event_id, self.page.may_plan, "/check-in")
    }

    fn path(&self, rest: &str) -> String {
        self.shell.link(&format!("/events/{}{rest}", self.page.event_id))
    }

    fn is_here(&self, one: &ParticipantView) -> bool {
        one.state == ParticipantState::CheckedIn
    }

    fn lead(&self) -> String {
        let came = self.page.seated.iter().filter(|one| self.is_here(one)).count().to_string();
        let seats = self.page.seated.len().to_string();
        self.shell.say("event-check-in-lead", [("came", &came), ("seats", &seats)])
    }

    /// Whether names can be ticked now.
    fn is_on(&self) -> bool {
        let is_today = self.page.state.is_ahead() && self.page.planned.day == self.page.today;
        is_today || self.page.state == xiaoxiang_domain::event::EventState::Held
    }
}
