//! The timetable of one-to-one meetings, and what came of each.

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use xiaoxiang_domain::contract::RowProblem;
use xiaoxiang_domain::event::{EventState, MeetingOutcome, Side};
use xiaoxiang_domain::money::Fen;
use xiaoxiang_services::Refusal;
use xiaoxiang_services::event::{
    EventPage, MeetingView, OutcomeForm, ParticipantView, Replanning, WhichMeeting, match_participants,
    read_event_page, record_outcome, schedule_meetings,
};

use super::show::tabs;
use super::words::EventWords;
use crate::pages::applications::sent::Sent;
use crate::pages::home::Choice;
use crate::pages::shell::{Section, Shell};
use crate::pages::statistics::SelectOption;
use crate::pages::visit::{Visit, status_of_form};

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct MeetingsQuery {
    done: String,
    /// Wishes that are met, of all.
    met: String,
    wishes: String,
}

#[derive(Debug, Template)]
#[template(path = "event_meetings.html")]
struct TimetablePage {
    shell: Shell,
    words: EventWords,
    page: EventPage,
    problems: Vec<String>,
    heading: &'static str,
    done: Option<String>,
}

pub(super) async fn timetable(
    visit: Visit,
    Path(id): Path<String>,
    Query(query): Query<MeetingsQuery>,
) -> Response {
    let is_number =
        |text: &str| !text.is_empty() && text.len() < 6 && text.bytes().all(|b| b.is_ascii_digit());
    let has_numbers = is_number(&query.met) && is_number(&query.wishes);
    let done = (query.done == "scheduled" && has_numbers).then(|| {
        visit.language.say("event-done-scheduled", [("met", &query.met), ("wishes", &query.wishes)])
    });
    match timetable_page(&visit, &id, Vec::new(), done).await {
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn timetable_page(
    visit: &Visit,
    id: &str,
    problems: Vec<String>,
    done: Option<String>,
) -> Result<TimetablePage, Refusal> {
    let page = read_event_page(&visit.app, &visit.actor(), id).await?;
    let heading = visit.language.text("event-meetings");
    let words = EventWords::of(visit).await?;
    Ok(TimetablePage { shell: visit.shell(Section::Events, heading), words, page, problems, heading, done })
}

pub(super) async fn schedule(
    visit: Visit,
    Path(id): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Response {
    let sent = Sent::of(pairs);
    let replanning = if sent.act() == "fill" { Replanning::FillGaps } else { Replanning::Anew };
    let made = async {
        let (app, actor) = (&visit.app, visit.actor());
        let scores = match_participants(app, &actor, &id).await?;
        schedule_meetings(app, &actor, &id, (sent.revision(), replanning), &scores).await
    };
    match made.await {
        Ok(made) => {
            let (met, wishes) = (made.wishes_met, made.wishes);
            visit.lead_to(&format!("/events/{id}/meetings?done=scheduled&met={met}&wishes={wishes}"))
        }
        Err(refusal) => {
            let Some(status) = status_of_form(&refusal) else { return visit.refused(&refusal) };
            match timetable_page(&visit, &id, vec![visit.sentence(&refusal)], None).await {
                Ok(page) => (status, visit.page(&page)).into_response(),
                Err(refusal) => visit.refused(&refusal),
            }
        }
    }
}

/// A slot of the timetable: its times, and who sits at each table.
#[derive(Debug)]
struct SlotRow<'page> {
    times: String,
    tables: Vec<Option<&'page MeetingView>>,
}

impl TimetablePage {
    fn tabs(&self) -> Vec<Choice> {
        tabs(&self.shell, &self.page.event_id, self.page.may_plan, "/meetings")
    }

    fn path(&self, rest: &str) -> String {
        self.shell.link(&format!("/events/{}{rest}", self.page.event_id))
    }

    fn has_tables(&self) -> bool {
        !self.page.planned.slots().is_empty()
    }

    fn may_schedule(&self) -> bool {
        self.page.may_plan && self.page.state.is_ahead() && self.has_tables()
    }

    fn is_planned(&self) -> bool {
        self.page.meetings.iter().any(|one| one.times.is_some())
    }

    /// Tables that are used; empty ones need no column.
    fn tables(&self) -> Vec<i64> {
        let most = self.page.meetings.iter().filter_map(|one| one.table).max().unwrap_or(0);
        (1..=most).collect()
    }

    fn rows(&self) -> Vec<SlotRow<'_>> {
        let tables = self.tables();
        let slots = self.page.planned.slots();
        let row = |(from, until): &(jiff::civil::Time, jiff::civil::Time)| {
            let from = from.strftime("%H:%M").to_string();
            let here = |table: &i64| {
                self.page.meetings.iter().find(|one| {
                    one.table == Some(*table) && one.times.as_ref().is_some_and(|(begin, _)| *begin == from)
                })
            };
            let cells: Vec<_> = tables.iter().map(here).collect();
            SlotRow { times: format!("{from}–{}", until.strftime("%H:%M")), tables: cells }
        };
        slots.iter().map(row).filter(|row| row.tables.iter().any(Option::is_some)).collect()
    }

    fn table_name(&self, table: &i64) -> String {
        self.shell.say("event-table", [("table", &table.to_string())])
    }

    fn wishes(&self) -> usize {
        self.page.seated.iter().map(|one| one.wishes).sum()
    }

    fn schedule_note(&self) -> String {
        let [tables, slots, wishes] = [
            self.page.planned.tables.to_string(),
            self.page.planned.slots().len().to_string(),
            self.wishes().to_string(),
        ];
        self.shell.say("event-schedule-note", [("tables", &tables), ("slots", &slots), ("wishes", &wishes)])
    }
}

/// What was typed for a meeting and refused.
#[derive(Clone, Debug, Default)]
struct Typed {
    /// Meeting, or empty for one on the spot.
    meeting: String,
    host: String,
    guest: String,
    form: OutcomeForm,
    fields: Vec<RowProblem>,
    problems: Vec<String>,
}

#[derive(Debug, Template)]
#[template(path = "event_outcomes.html")]
struct OutcomesPage {
    shell: Shell,
    words: EventWords,
    page: EventPage,
    typed: Option<Typed>,
    heading: &'static str,
    done: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct OutcomesQuery {
    done: String,
}

pub(super) async fn outcomes(
    visit: Visit,
    Path(id): Path<String>,
    Query(query): Query<OutcomesQuery>,
) -> Response {
    let done = match query.done.as_str() {
        "recorded" => Some("event-done-recorded"),
        "lead" => Some("event-done-lead"),
        _ => None,
    };
    let done = done.map(|key| visit.language.text(key).to_owned());
    match outcomes_page(&visit, &id, None, done).await {
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn outcomes_page(
    visit: &Visit,
    id: &str,
    typed: Option<Typed>,
    done: Option<String>,
) -> Result<OutcomesPage, Refusal> {
    let page = read_event_page(&visit.app, &visit.actor(), id).await?;
    let heading = visit.language.text("event-outcomes");
    let words = EventWords::of(visit).await?;
    Ok(OutcomesPage { shell: visit.shell(Section::Events, heading), words, page, typed, heading, done })
}

pub(super) async fn record(
    visit: Visit,
    Path(id): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Response {
    let sent = Sent::of(pairs);
    let text = |name: &str| sent.text(name).to_owned();
    let form = OutcomeForm {
        outcome: text("outcome"),
        project_title: text("project_title"),
        amount: text("amount"),
        words: text("words"),
    };
    let (meeting, host, guest) = (text("meeting"), text("host"), text("guest"));
    let which = if meeting.is_empty() {
        WhichMeeting::OnTheSpot(host.clone(), guest.clone())
    } else {
        WhichMeeting::Planned(meeting.clone())
    };
    match record_outcome(&visit.app, &visit.actor(), &id, &which, &form).await {
        Ok(recorded) => match recorded.lead_refused {
            // Written down; why no lead goes on from it is told at once, since it is told nowhere else.
            Some((zh, en)) => {
                let why = visit.language.pick(&zh, &en);
                let done = visit.language.say("event-done-lead-refused", [("why", why)]);
                match outcomes_page(&visit, &id, None, Some(done)).await {
                    Ok(page) => visit.page(&page),
                    Err(refusal) => visit.refused(&refusal),
                }
            }
            None if recorded.lead_id.is_some() => visit.lead_to(&format!("/events/{id}/outcomes?done=lead")),
            None => visit.lead_to(&format!("/events/{id}/outcomes?done=recorded")),
        },
        Err(refusal) => {
            let refusal = match refusal {
                // Nobody was chosen for a meeting on the spot.
                Refusal::NotFound(_) if meeting.is_empty() => {
                    Refusal::invalid("event.sides", "请选择洽谈双方。", "choose both sides of the meeting")
                }
                refusal => refusal,
            };
            let Some(status) = status_of_form(&refusal) else { return visit.refused(&refusal) };
            let problems = vec![visit.sentence(&refusal)];
            let fields = if let Refusal::Fields(fields) = refusal { fields } else { Vec::new() };
            let typed = Typed { meeting, host, guest, form, fields, problems };
            match outcomes_page(&visit, &id, Some(typed), None).await {
                Ok(page) => (status, visit.page(&page)).into_response(),
                Err(refusal) => visit.refused(&refusal),
            }
        }
    }
}

/// The form of one meeting: what is on record, or what was typed.
#[derive(Debug)]
struct OutcomeView {
    meeting: String,
    form: OutcomeForm,
    options: Vec<SelectOption>,
    is_open: bool,
    problems: Vec<String>,
    fields: Vec<(String, String)>,
}

impl OutcomeView {
    fn problem(&self, field: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == field).map(|(_, text)| text.as_str())
    }
}

impl OutcomesPage {
    fn tabs(&self) -> Vec<Choice> {
        tabs(&self.shell, &self.page.event_id, self.page.may_plan, "/outcomes")
    }

    fn path(&self, rest: &str) -> String {
        self.shell.link(&format!("/events/{}{rest}", self.page.event_id))
    }

    /// Whether outcomes are taken now.
    fn is_on(&self) -> bool {
        let has_begun = self.page.state.is_ahead() && self.page.planned.day <= self.page.today;
        self.page.may_plan && (has_begun || self.page.state == EventState::Held)
    }

    fn missing(&self) -> usize {
        self.page.meetings.iter().filter(|one| one.outcome.is_none()).count()
    }

    fn lead(&self) -> String {
        let [missing, all] = [self.missing().to_string(), self.page.meetings.len().to_string()];
        self.shell.say("event-outcomes-lead", [("missing", &missing), ("all", &all)])
    }

    /// Those without an outcome first.
    fn meetings(&self) -> Vec<&MeetingView> {
        let (done, open): (Vec<_>, Vec<_>) = self.page.meetings.iter().partition(|one| one.outcome.is_some());
        open.into_iter().chain(done).collect()
    }

    fn when(&self, one: &MeetingView) -> String {
        match (&one.times, one.table) {
            (Some((from, until)), Some(table)) => {
                let table = self.shell.say("event-table", [("table", &table.to_string())]);
                format!("{from}–{until} · {table}")
            }
            _ => self.words.basis(&one.basis),
        }
    }

    fn amount(&self, one: &MeetingView) -> String {
        let amount = one.amount_fen.map(|fen| self.words.amount(&Fen(fen)));
        amount.map_or_else(String::new, |amount| self.shell.say("event-amount", [("amount", &amount)]))
    }

    fn view(&self, one: &MeetingView) -> OutcomeView {
        let typed = self.typed.as_ref().filter(|typed| typed.meeting == one.meeting_id);
        let on_record = OutcomeForm {
            outcome: one.outcome.map_or("", MeetingOutcome::code).to_owned(),
            project_title: one.project_title.clone(),
            amount: one.amount_fen.map_or_else(String::new, |fen| self.words.amount(&Fen(fen))),
            words: one.words.clone(),
        };
        self.view_of(&one.meeting_id, typed, on_record)
    }

    fn on_the_spot(&self) -> OutcomeView {
        let typed = self.typed.as_ref().filter(|typed| typed.meeting.is_empty());
        self.view_of("", typed, OutcomeForm::default())
    }

    fn view_of(&self, meeting: &str, typed: Option<&Typed>, on_record: OutcomeForm) -> OutcomeView {
        let form = typed.map_or(on_record, |typed| typed.form.clone());
        let option = |outcome: MeetingOutcome| SelectOption {
            value: outcome.code().to_owned(),
            label: self.words.outcome(&outcome),
            is_chosen: form.outcome == outcome.code(),
        };
        let fields = typed.map_or(&[][..], |typed| &typed.fields);
        OutcomeView {
            meeting: meeting.to_owned(),
            options: MeetingOutcome::ALL.map(option).into_iter().collect(),
            is_open: typed.is_some(),
            problems: typed.map_or_else(Vec::new, |typed| typed.problems.clone()),
            fields: fields.iter().map(|one| (one.field.clone(), self.words.problem(one))).collect(),
            form,
        }
    }

    /// Those of a side who could have met somebody on the spot.
    fn seated(&self, side: Side) -> Vec<(&ParticipantView, bool)> {
        let typed = self.typed.as_ref();
        let chosen = typed.map_or("", |typed| if side == Side::Host { &typed.host } else { &typed.guest });
        let all = self.page.seated.iter().filter(|one| one.side == Some(side));
        all.map(|one| (one, one.participant_id == chosen)).collect()
    }
}
