//! The plan of an event: planned and changed with one form, in groups; what is refused is shown again as typed.

use askama::Template;
use axum::Form;
use axum::extract::Path;
use axum::response::{IntoResponse as _, Response};
use xiaoxiang_domain::contract::RowProblem;
use xiaoxiang_domain::event::{EVENT_FIELD_KEYS, EventForm, EventKind};
use xiaoxiang_services::Refusal;
use xiaoxiang_services::event::{change_event, plan_event, read_event_page};

use super::words::EventWords;
use crate::pages::applications::sent::Sent;
use crate::pages::demands::form::{FieldView, Input, places};
use crate::pages::shell::{Section, Shell};
use crate::pages::statistics::SelectOption;
use crate::pages::visit::{Visit, status_of_form};

/// Groups of the form: heading, note, fields.
const GROUPS: [(&str, &str, &[&str]); 3] = [
    (
        "event-group-what",
        "event-group-what-note",
        &["title", "kind", "organiser", "contact", "summary", "agenda"],
    ),
    (
        "event-group-when",
        "event-group-when-note",
        &["day", "starts", "ends", "division", "place", "seats", "openness", "deadline_day", "deadline_time"],
    ),
    ("event-group-meetings", "event-group-meetings-note", &["tables", "meetings_from", "slot_minutes"]),
];

struct Group {
    heading: &'static str,
    note: &'static str,
    lines: Vec<FieldView>,
    areas: Vec<FieldView>,
}

#[derive(Template)]
#[template(path = "event_plan.html")]
struct PlanPage {
    shell: Shell,
    /// Id and title of the event that is changed.
    event: Option<(String, String)>,
    revision: i64,
    groups: Vec<Group>,
    places: Vec<(String, String)>,
    problems: Vec<String>,
    /// Whether people are told of the change.
    is_told: bool,
}

impl PlanPage {
    fn here(&self) -> String {
        match &self.event {
            Some((id, _)) => self.shell.link(&format!("/events/{id}/plan")),
            None => self.shell.link("/events/new"),
        }
    }

    fn back(&self) -> String {
        match &self.event {
            Some((id, _)) => self.shell.link(&format!("/events/{id}")),
            None => self.shell.link("/events"),
        }
    }
}

/// The form as it begins.
fn first_form() -> EventForm {
    EventForm::default().with("openness", "public").with("deadline_time", "18:00").with("slot_minutes", "20")
}

pub(super) async fn begin(visit: Visit) -> Response {
    match page_of(&visit, None, &first_form(), (0, false), &[], Vec::new()).await {
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

pub(super) async fn send_new(visit: Visit, Form(pairs): Form<Vec<(String, String)>>) -> Response {
    let sent = Sent::of(pairs);
    let form = typed(&sent);
    match plan_event(&visit.app, &visit.actor(), &form).await {
        Ok(id) => visit.lead_to(&format!("/events/{id}?done=planned")),
        Err(refusal) => again(&visit, None, &form, (0, false), &refusal).await,
    }
}

pub(super) async fn show(visit: Visit, Path(id): Path<String>) -> Response {
    let page = async {
        let event = read_event_page(&visit.app, &visit.actor(), &id).await?;
        let about = (event.revision, event.state.is_ahead());
        page_of(&visit, Some((id, event.planned.title)), &event.form, about, &[], Vec::new()).await
    };
    match page.await {
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

pub(super) async fn send(
    visit: Visit,
    Path(id): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Response {
    let sent = Sent::of(pairs);
    let form = typed(&sent);
    let event = match read_event_page(&visit.app, &visit.actor(), &id).await {
        Ok(event) => event,
        Err(refusal) => return visit.refused(&refusal),
    };
    match change_event(&visit.app, &visit.actor(), &id, sent.revision(), &form).await {
        Ok(_) => visit.lead_to(&format!("/events/{id}?done=changed")),
        Err(refusal) => {
            // The next try goes over what is there now: whoever sends again has seen that it changed.
            let about = (event.revision, event.state.is_ahead());
            again(&visit, Some((id, event.planned.title)), &form, about, &refusal).await
        }
    }
}

async fn again(
    visit: &Visit,
    event: Option<(String, String)>,
    form: &EventForm,
    about: (i64, bool),
    refusal: &Refusal,
) -> Response {
    let Some(status) = status_of_form(refusal) else { return visit.refused(refusal) };
    let problems = if let Refusal::Fields(problems) = refusal { problems.clone() } else { Vec::new() };
    match page_of(visit, event, form, about, &problems, vec![visit.sentence(refusal)]).await {
        Ok(page) => (status, visit.page(&page)).into_response(),
        Err(refusal) => visit.refused(&refusal),
    }
}

fn typed(sent: &Sent) -> EventForm {
    EVENT_FIELD_KEYS.into_iter().fold(EventForm::default(), |form, key| form.with(key, sent.text(key)))
}

async fn page_of(
    visit: &Visit,
    event: Option<(String, String)>,
    form: &EventForm,
    (revision, is_told): (i64, bool),
    field_problems: &[RowProblem],
    problems: Vec<String>,
) -> Result<PlanPage, Refusal> {
    let words = EventWords::of(visit).await?;
    let group = |(heading, note, keys): (&'static str, &'static str, &[&str])| {
        let views = keys.iter().map(|key| view(visit, &words, form, field_problems, key));
        let (areas, lines) = views.partition(|view| view.is("area"));
        Group { heading: visit.language.text(heading), note: visit.language.text(note), lines, areas }
    };
    let title = visit.language.text(if event.is_some() { "event-change" } else { "event-new" });
    Ok(PlanPage {
        shell: visit.shell(Section::Events, title),
        groups: GROUPS.map(group).into_iter().collect(),
        places: places(words.region()),
        event,
        revision,
        problems,
        is_told,
    })
}

fn view(
    visit: &Visit,
    words: &EventWords,
    form: &EventForm,
    problems: &[RowProblem],
    key: &str,
) -> FieldView {
    let input = match key {
        "summary" | "agenda" => Input::Area,
        "kind" | "openness" => Input::Select,
        "day" | "deadline_day" => Input::Date,
        "starts" | "ends" | "deadline_time" | "meetings_from" => Input::Time,
        "division" => Input::Place,
        "title" | "organiser" | "place" => Input::Wide,
        _ => Input::Text,
    };
    let value = form.field(key).to_owned();
    let option =
        |code: &str, label: String| SelectOption { is_chosen: value == code, value: code.to_owned(), label };
    let text = |key: &'static str| visit.language.text(key).to_owned();
    let options = match key {
        "kind" => EventKind::ALL.map(|kind| option(kind.code(), words.kind(&kind))).into_iter().collect(),
        "openness" => {
            vec![option("public", text("event-for-all")), option("invited", text("event-for-invited"))]
        }
        _ => Vec::new(),
    };
    let (label, hint) = label_of(key);
    FieldView {
        key: key.to_owned(),
        label: text(label),
        input,
        options,
        hint: hint.map_or_else(String::new, text),
        problem: problems.iter().find(|one| one.field == key).map(|one| words.problem(one)),
        is_required: matches!(
            key,
            "kind"
                | "title"
                | "organiser"
                | "division"
                | "place"
                | "day"
                | "starts"
                | "ends"
                | "seats"
                | "deadline_day"
        ),
        is_locked: false,
        length_max: EventForm::characters_max(key),
        value,
    }
}

/// Label and hint of a field.
fn label_of(key: &str) -> (&'static str, Option<&'static str>) {
    match key {
        "kind" => ("event-kind", None),
        "title" => ("event-title", None),
        "summary" => ("event-summary", None),
        "organiser" => ("event-organiser", None),
        "contact" => ("event-contact", Some("event-contact-hint")),
        "division" => ("event-division", Some("event-division-hint")),
        "place" => ("event-place", None),
        "day" => ("event-day", None),
        "starts" => ("event-starts", None),
        "ends" => ("event-ends", None),
        "seats" => ("event-seats", Some("event-seats-hint")),
        "openness" => ("event-openness", None),
        "deadline_day" => ("event-deadline-day", None),
        "deadline_time" => ("event-deadline-time", Some("event-deadline-hint")),
        "tables" => ("event-tables", Some("event-tables-hint")),
        "meetings_from" => ("event-meetings-from", Some("event-meetings-from-hint")),
        "slot_minutes" => ("event-slot-minutes", None),
        _ => ("event-agenda", Some("event-agenda-hint")),
    }
}
