//! What the screens would ask about an application's contract (办理前筛查), for whoever handles it.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use xiaoxiang_domain::contract::screen::{Evidence, Flag};
use xiaoxiang_services::Refusal;
use xiaoxiang_services::registration::{read_application, screen_application};

use crate::pages::contracts::contract_path;
use crate::pages::flags::{evidence_of, kind_label, question_of};
use crate::pages::shell::{Section, Shell};
use crate::pages::visit::Visit;

#[derive(Debug, Template)]
#[template(path = "application_screening.html")]
struct ScreeningPage {
    shell: Shell,
    application_id: String,
    name: String,
    is_decided: bool,
    flags: Vec<Flag>,
}

pub(super) async fn show(visit: Visit, Path(id): Path<String>) -> Response {
    match page_of(&visit, &id).await {
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn page_of(visit: &Visit, id: &str) -> Result<ScreeningPage, Refusal> {
    let flags = screen_application(&visit.app, &visit.actor(), id).await?;
    let page = read_application(&visit.app, &visit.actor(), id).await?;
    Ok(ScreeningPage {
        shell: visit.shell(Section::Applications, visit.language.text("screening-title")),
        application_id: id.to_owned(),
        name: page.form.field("project_name").to_owned(),
        is_decided: !page.is_screened(),
        flags,
    })
}

impl ScreeningPage {
    fn kind(&self, flag: &Flag) -> &'static str {
        kind_label(self.shell.language, flag.screen)
    }

    fn question(&self, flag: &Flag) -> String {
        question_of(self.shell.language, flag.screen)
    }

    fn sentence(&self, part: &Evidence) -> String {
        evidence_of(self.shell.language, &part.zh, &part.en)
    }

    fn contract_link(&self, number: &str) -> String {
        self.shell.link(&contract_path(number))
    }
}
