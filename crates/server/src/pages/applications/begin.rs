//! Begins an application: the registrar is chosen, the rest is filled in step by step.

use askama::Template;
use axum::Form;
use axum::response::Response;
use serde::Deserialize;
use xiaoxiang_services::Refusal;
use xiaoxiang_services::registration::{RegistrarChoice, list_registrars, start_application};

use crate::pages::shell::{Section, Shell};
use crate::pages::visit::Visit;

#[derive(Debug, Template)]
#[template(path = "application_new.html")]
struct NewApplicationPage {
    shell: Shell,
    registrars: Vec<RegistrarChoice>,
    chosen: String,
    problem: Option<String>,
}

/// What the form sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct NewForm {
    registrar: String,
}

impl NewApplicationPage {
    fn is_chosen(&self, registrar: &RegistrarChoice) -> bool {
        registrar.key.to_string() == self.chosen || self.registrars.len() == 1
    }
}

async fn page(visit: &Visit, chosen: String, problem: Option<String>) -> Result<NewApplicationPage, Refusal> {
    Ok(NewApplicationPage {
        registrars: open_registrars(visit).await?,
        shell: visit.shell(Section::Applications, visit.language.text("application-new")),
        chosen,
        problem,
    })
}

/// The registrars that one may apply to.
pub(super) async fn open_registrars(visit: &Visit) -> Result<Vec<RegistrarChoice>, Refusal> {
    let mut known = list_registrars(&visit.app, &visit.actor()).await?;
    known.retain(|one| one.is_open);
    Ok(known)
}

pub(super) async fn begin(visit: Visit) -> Response {
    match page(&visit, String::new(), None).await {
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

pub(super) async fn send(visit: Visit, Form(form): Form<NewForm>) -> Response {
    let begun = match form.registrar.parse() {
        Ok(key) => start_application(&visit.app, &visit.actor(), key).await,
        Err(_) => Err(Refusal::invalid("application.registrar", "请选择登记机构。", "choose a registrar")),
    };
    match begun {
        Ok(id) => visit.lead_to(&format!("/applications/{id}/form/undertaking")),
        Err(refusal) if refusal.code().starts_with("application.registrar") => {
            let problem = Some(visit.sentence(&refusal));
            match page(&visit, form.registrar, problem).await {
                Ok(page) => visit.unprocessed(&page),
                Err(refusal) => visit.refused(&refusal),
            }
        }
        Err(refusal) => visit.refused(&refusal),
    }
}
