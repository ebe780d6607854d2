//! Events on the public market: what is to come, one event with registration, and what the reader is to it.

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde_json::json;
use xiaoxiang_domain::contract::RowProblem;
use xiaoxiang_domain::event::{EventObstacle, ParticipantState, PartyKind};
use xiaoxiang_services::Refusal;
use xiaoxiang_services::event::{
    CHECK_IN_PATH, ListedEvent, MarketEvent, MarketEventsAsk, MarketEventsPage, MeetingView, MyRegistration,
    Registration, list_market_events, read_market_event, register as send_registration, save_wishes,
    withdraw as send_withdrawal,
};
use xiaoxiang_services::paper::QrCode;

use super::words::EventWords;
use crate::pages::applications::sent::Sent;
use crate::pages::home::Choice;
use crate::pages::market::market_lists;
use crate::pages::market_feeds::structured;
use crate::pages::shell::{Section, Shell};
use crate::pages::statistics::SelectOption;
use crate::pages::visit::{PageState, Visit, status_of_form};

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ListQuery {
    /// `over` for those that were.
    when: String,
    after: String,
}

#[derive(Debug, Template)]
#[template(path = "market_events.html")]
struct ListPage {
    shell: Shell,
    words: EventWords,
    query: ListQuery,
    list: MarketEventsPage,
}

pub(super) async fn list(visit: Visit, Query(query): Query<ListQuery>) -> Response {
    let ask = MarketEventsAsk {
        is_over: query.when == "over",
        after: Some(query.after.clone()).filter(|after| !after.is_empty()),
        ..MarketEventsAsk::default()
    };
    let page = async {
        let list = list_market_events(&visit.app, &visit.actor(), &ask).await?;
        let words = EventWords::of(&visit).await?;
        let shell = visit.shell(Section::Market, visit.language.text("market-events-title"));
        Ok::<_, Refusal>(ListPage { shell, words, query, list })
    };
    match page.await {
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

impl ListPage {
    fn lists(&self) -> Vec<Choice> {
        market_lists(&self.shell, "/market/events")
    }

    fn times(&self) -> Vec<Choice> {
        let choice = |when: &str, key: &'static str| Choice {
            link: self.shell.link(&if when.is_empty() {
                "/market/events".to_owned()
            } else {
                format!("/market/events?when={when}")
            }),
            label: self.shell.t(key).to_owned(),
            is_current: self.query.when == when,
        };
        vec![choice("", "market-events-ahead"), choice("over", "market-events-over")]
    }

    fn seats(&self, event: &ListedEvent) -> String {
        seats_of(&self.shell, event)
    }

    fn next_page(&self) -> Option<String> {
        let after = self.list.next.as_deref()?;
        Some(self.shell.link(&format!("/market/events?when={}&after={after}", self.query.when)))
    }
}

fn seats_of(shell: &Shell, event: &ListedEvent) -> String {
    let free = (event.planned.seats - event.seats_taken).max(0);
    if event.waiting > 0 || free == 0 {
        return shell.say("event-seats-none", [("waiting", &event.waiting.to_string())]);
    }
    shell.say("event-seats-free", [("free", &free.to_string()), ("seats", &event.planned.seats.to_string())])
}

/// What was typed and refused.
#[derive(Clone, Debug, Default)]
struct Typed {
    registration: Option<Registration>,
    wishes: Option<Vec<String>>,
    fields: Vec<RowProblem>,
    problems: Vec<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ShowQuery {
    done: String,
}

#[derive(Debug, Template)]
#[template(path = "market_event.html")]
struct ShowPage {
    shell: Shell,
    words: EventWords,
    event: MarketEvent,
    typed: Typed,
    done: Option<&'static str>,
    /// Whether nobody has signed in.
    is_stranger: bool,
    origin: Option<String>,
}

pub(super) async fn show(
    State(state): State<PageState>,
    visit: Visit,
    Path(id): Path<String>,
    Query(query): Query<ShowQuery>,
) -> Response {
    let done = match query.done.as_str() {
        "registered" => Some("event-mine-done-registered"),
        "waiting" => Some("event-mine-done-waiting"),
        "withdrawn" => Some("event-mine-done-withdrawn"),
        "wished" => Some("event-mine-done-wished"),
        _ => None,
    };
    match page_of(&state, &visit, &id, Typed::default(), done).await {
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn page_of(
    state: &PageState,
    visit: &Visit,
    id: &str,
    typed: Typed,
    done: Option<&'static str>,
) -> Result<ShowPage, Refusal> {
    let event = read_market_event(&visit.app, &visit.actor(), id).await?;
    let words = EventWords::of(visit).await?;
    Ok(ShowPage {
        shell: visit.shell(Section::Market, event.listed.planned.title.clone()),
        words,
        event,
        typed,
        done: done.map(|key| visit.language.text(key)),
        is_stranger: visit.signed_in.is_none(),
        origin: state.public_origin.clone(),
    })
}

async fn again(state: &PageState, visit: &Visit, id: &str, typed: Typed, refusal: Refusal) -> Response {
    let Some(status) = status_of_form(&refusal) else { return visit.refused(&refusal) };
    let problems = vec![visit.sentence(&refusal)];
    let fields = if let Refusal::Fields(fields) = refusal { fields } else { Vec::new() };
    match page_of(state, visit, id, Typed { fields, problems, ..typed }, None).await {
        Ok(page) => (status, visit.page(&page)).into_response(),
        Err(refusal) => visit.refused(&refusal),
    }
}

pub(super) async fn register(
    State(state): State<PageState>,
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
    match send_registration(&visit.app, &visit.actor(), &id, &registration).await {
        Ok(ParticipantState::Waiting) => visit.lead_to(&format!("/market/events/{id}?done=waiting#mine")),
        Ok(_) => visit.lead_to(&format!("/market/events/{id}?done=registered#mine")),
        Err(refusal) => {
            let typed = Typed { registration: Some(registration), ..Typed::default() };
            again(&state, &visit, &id, typed, refusal).await
        }
    }
}

pub(super) async fn withdraw(
    State(state): State<PageState>,
    visit: Visit,
    Path(id): Path<String>,
) -> Response {
    match send_withdrawal(&visit.app, &visit.actor(), &id).await {
        Ok(()) => visit.lead_to(&format!("/market/events/{id}?done=withdrawn")),
        Err(refusal) => again(&state, &visit, &id, Typed::default(), refusal).await,
    }
}

pub(super) async fn wish(
    State(state): State<PageState>,
    visit: Visit,
    Path(id): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Response {
    let wishes = Sent::of(pairs).all("wanted");
    match save_wishes(&visit.app, &visit.actor(), &id, &wishes).await {
        Ok(()) => visit.lead_to(&format!("/market/events/{id}?done=wished#wishes")),
        Err(refusal) => {
            let typed = Typed { wishes: Some(wishes), ..Typed::default() };
            again(&state, &visit, &id, typed, refusal).await
        }
    }
}

impl ShowPage {
    fn path(&self, rest: &str) -> String {
        self.shell.link(&format!("/market/events/{}{rest}", self.event.listed.event_id))
    }

    fn inside(&self) -> Option<String> {
        let link = || self.shell.link(&format!("/events/{}", self.event.listed.event_id));
        self.event.is_office.then(link)
    }

    fn handbook(&self) -> Option<String> {
        let has_seat = self.event.mine.as_ref().is_some_and(|mine| mine.state.has_seat());
        has_seat.then(|| format!("/events/{}/papers/handbook/docx", self.event.listed.event_id))
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        let planned = &self.event.listed.planned;
        let mut facts = vec![
            ("event-when", self.words.when(planned)),
            ("event-place", self.words.place(planned)),
            ("event-organiser", planned.organiser.clone()),
            ("event-contact", planned.contact.clone()),
            ("event-deadline", self.words.deadline(planned)),
            ("event-agenda", planned.agenda.clone()),
        ];
        if self.event.listed.state.is_ahead() {
            facts.insert(5, ("event-seats", seats_of(&self.shell, &self.event.listed)));
        }
        facts.retain(|(_, text)| !text.is_empty());
        facts.into_iter().map(|(key, text)| (self.shell.t(key), text)).collect()
    }

    /// None for an event of the invited.
    fn structured(&self) -> Option<String> {
        let listed = &self.event.listed;
        let planned = &listed.planned;
        let is_cancelled = listed.state == xiaoxiang_domain::event::EventState::Cancelled;
        let status = if is_cancelled { "EventCancelled" } else { "EventScheduled" };
        let described = json!({
            "@context": "https://schema.org",
            "@type": "BusinessEvent",
            "name": planned.title,
            "description": planned.summary,
            "startDate": planned.day.to_datetime(planned.starts).to_string(),
            "endDate": planned.day.to_datetime(planned.ends).to_string(),
            "eventStatus": format!("https://schema.org/{status}"),
            "location": { "@type": "Place", "name": planned.place, "address": self.words.division(planned.division) },
            "organizer": { "@type": "Organization", "name": planned.organiser },
        });
        planned.is_open_to_all.then(|| structured(&described))
    }

    fn can_register(&self) -> bool {
        self.event.may_join && self.event.obstacle.is_none()
    }

    fn sign_in_link(&self) -> Option<String> {
        let can = self.is_stranger && self.event.obstacle.is_none();
        can.then(|| self.shell.link(&format!("/sign-in?to={}", self.path(""))))
    }

    /// Why nobody can register, for who has not registered.
    fn closed(&self) -> Option<String> {
        let is_mine = self.event.mine.as_ref().is_some_and(|mine| mine.state != ParticipantState::Withdrawn);
        let obstacle = self.event.obstacle.filter(|one| *one != EventObstacle::Cancelled && !is_mine)?;
        Some(self.words.obstacle(&obstacle))
    }

    fn cancelled(&self) -> Option<String> {
        let is_cancelled = self.event.listed.state == xiaoxiang_domain::event::EventState::Cancelled;
        is_cancelled.then(|| self.shell.say("event-cancelled-because", [("words", &self.event.words)]))
    }

    fn registration(&self) -> Registration {
        self.typed.registration.clone().unwrap_or_else(|| Registration {
            kind: String::new(),
            subject: String::new(),
            name: self.event.account.0.clone(),
            telephone: self.event.account.1.clone(),
        })
    }

    fn kinds(&self) -> Vec<SelectOption> {
        let chosen = self.registration().kind;
        let may_be = |kind: &PartyKind| *kind != PartyKind::Expert || self.event.may_be_expert;
        let option = |kind: PartyKind| SelectOption {
            value: kind.code().to_owned(),
            label: self.words.party(&kind),
            is_chosen: chosen == kind.code(),
        };
        PartyKind::ALL.into_iter().filter(may_be).map(option).collect()
    }

    fn subjects(&self) -> Vec<SelectOption> {
        let chosen = self.registration().subject;
        let option = |one: &xiaoxiang_services::event::SubjectChoice| {
            let title = if one.title.is_empty() { &one.name } else { &one.title };
            SelectOption {
                value: one.subject.clone(),
                label: format!("{} · {title}", self.words.party(&one.kind)),
                is_chosen: chosen == one.subject,
            }
        };
        self.event.subjects.iter().map(option).collect()
    }

    fn register_label(&self) -> &'static str {
        self.shell.t(if self.event.has_seat_left { "event-register-send" } else { "event-register-waiting" })
    }

    fn problem(&self, field: &str) -> Option<String> {
        self.typed.fields.iter().find(|one| one.field == field).map(|one| self.words.problem(one))
    }

    fn mine(&self) -> Option<&MyRegistration> {
        self.event.mine.as_ref()
    }

    fn waiting_note(&self, mine: &MyRegistration) -> Option<String> {
        let place = mine.waiting_place?.to_string();
        Some(self.shell.say("event-waiting-place", [("place", &place)]))
    }

    /// Side and path of the code of the ticket.
    fn code(&self, mine: &MyRegistration) -> Option<(i32, String)> {
        let origin = self.origin.as_deref().filter(|_| !mine.token.is_empty())?;
        QrCode::new(&format!("{origin}{CHECK_IN_PATH}{}", mine.token))
            .ok()
            .map(|code| (code.side(), code.path()))
    }

    fn ticket(&self, mine: &MyRegistration) -> Option<String> {
        (!mine.token.is_empty()).then(|| self.shell.link(&format!("{CHECK_IN_PATH}{}", mine.token)))
    }

    fn is_wished(&self, one: &xiaoxiang_services::event::Counterpart) -> bool {
        self.typed.wishes.as_ref().map_or(one.is_wished, |wishes| wishes.contains(&one.participant_id))
    }

    fn wish_note(&self) -> String {
        let most = xiaoxiang_services::event::WISHES_MAX.to_string();
        self.shell.say("event-wishes-note", [("most", &most)])
    }

    /// Time, table and the other side of a meeting of one's own.
    fn meeting(&self, one: &MeetingView, mine: &MyRegistration) -> (String, String, String) {
        let times = one.times.as_ref().map_or_else(String::new, |(from, until)| format!("{from}–{until}"));
        let table = one.table.map(|table| self.shell.say("event-table", [("table", &table.to_string())]));
        let other = usize::from(one.ids[0] == mine.participant_id);
        (times, table.unwrap_or_default(), one.names[other].clone())
    }
}
