//! The form that opens an inspection for cause (立案检查): a named registration and a stated ground.

use askama::Template;
use axum::Form;
use axum::extract::Query;
use axum::response::Response;
use serde::Deserialize;
use xiaoxiang_domain::contract::procedure::{ApplicationState, Step};
use xiaoxiang_services::Refusal;
use xiaoxiang_services::registration::inspection::{list_inspections_of, open_inspection};
use xiaoxiang_services::registration::{ApplicationsAsk, list_applications};

use super::super::words::Words;
use crate::pages::shell::{Section, Shell};
use crate::pages::statistics::SelectOption;
use crate::pages::visit::Visit;

/// Most characters of what is said beside the ground.
const CAUSE_CHARACTERS_MAX: usize = 1_800;
/// Applications among which a number is looked for.
const FOUND_MAX: usize = 20;

/// What is sent; the address names the number.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct OpenForm {
    number: String,
    ground: String,
    words: String,
}

pub(super) async fn show(visit: Visit, Query(form): Query<OpenForm>) -> Response {
    match page(&visit, form, None).await {
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

pub(super) async fn send(visit: Visit, Form(form): Form<OpenForm>) -> Response {
    match opened(&visit, &form).await {
        Ok(id) => visit.lead_to(&format!("/inspections/{id}?done=act")),
        Err(refusal @ (Refusal::Invalid { .. } | Refusal::NotFound(_))) => {
            let problem = match &refusal {
                Refusal::NotFound(_) => visit.language.text("inspection-no-registration").to_owned(),
                other => visit.sentence(other),
            };
            match page(&visit, form, Some((field_of(&refusal), problem))).await {
                Ok(page) => visit.unprocessed(&page),
                Err(refusal) => visit.refused(&refusal),
            }
        }
        Err(refusal) => visit.refused(&refusal),
    }
}

fn field_of(refusal: &Refusal) -> &'static str {
    if refusal.code() == "inspection.words" { "words" } else { "number" }
}

/// Opens it, or finds the one that is open: a post sent twice leads to the same inspection.
async fn opened(visit: &Visit, form: &OpenForm) -> Result<String, Refusal> {
    let actor = visit.actor();
    let number = form.number.trim();
    let unknown = || Refusal::NotFound(number.to_owned());
    if number.is_empty() {
        return Err(unknown());
    }
    let ask = ApplicationsAsk {
        states: vec![ApplicationState::Registered],
        text: number.to_owned(),
        limit: FOUND_MAX,
        ..ApplicationsAsk::default()
    };
    let found = list_applications(&visit.app, &actor, &ask).await?.items;
    let found = found.into_iter().find(|row| row.registration_number.as_deref() == Some(number));
    let application_id = found.ok_or_else(unknown)?.application_id;
    let cause = cause_of(&Words::of(visit).await?, form);
    match open_inspection(&visit.app, &actor, &application_id, &cause).await {
        Err(refusal) if refusal.code() == "inspection.open" => {
            let held = list_inspections_of(&visit.app, &actor, &application_id).await?;
            let same = held.into_iter().find(|one| one.turn.is_some() && one.row.cause == cause);
            same.map(|one| one.row.inspection_id).ok_or(refusal)
        }
        other => other,
    }
}

/// The ground by its name, then the words; without words there is no cause.
fn cause_of(words: &Words, form: &OpenForm) -> String {
    let said = form.words.trim();
    let ground = words.reasons(Step::Revoke).iter().find(|ground| ground.code == form.ground);
    match ground {
        Some(ground) if !said.is_empty() => format!("{}：{said}", ground.name),
        _ => said.to_owned(),
    }
}

async fn page(
    visit: &Visit,
    form: OpenForm,
    problem: Option<(&'static str, String)>,
) -> Result<OpenPage, Refusal> {
    let words = Words::of(visit).await?;
    let grounds = words.reasons(Step::Revoke).iter().map(|ground| SelectOption {
        value: ground.code.clone(),
        label: words.reason_name(ground).to_owned(),
        is_chosen: ground.code == form.ground,
    });
    Ok(OpenPage {
        grounds: grounds.collect(),
        shell: visit.shell(Section::Applications, visit.language.text("inspection-open-title")),
        form,
        problem,
    })
}

#[derive(Debug, Template)]
#[template(path = "inspection_new.html")]
struct OpenPage {
    shell: Shell,
    grounds: Vec<SelectOption>,
    form: OpenForm,
    problem: Option<(&'static str, String)>,
}

impl OpenPage {
    fn problem(&self, field: &str) -> Option<&str> {
        self.problem.as_ref().filter(|(about, _)| *about == field).map(|(_, text)| text.as_str())
    }

    const fn words_max(&self) -> usize {
        CAUSE_CHARACTERS_MAX
    }
}
