//! The papers of an application (文书) on screen, on paper and as DOCX.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::region::PaperForm;
use xiaoxiang_services::Refusal;
use xiaoxiang_services::paper::{Block, Document, HeadingLevel, QrCode};
use xiaoxiang_services::registration::inspection::{InspectionPage, read_inspection};
use xiaoxiang_services::registration::{
    ApplicationPage, PaperCase, paper_document, papers_of, read_application, write_paper,
};

use super::shell::{Section, Shell};
use super::table::TableView;
use super::visit::{PageState, Visit, download};
use crate::routes::{Access, Route};

/// Media type of DOCX.
const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// The routes of papers.
#[must_use]
pub fn routes() -> Vec<Route> {
    let read = Access::Needs(Action::ReadApplications);
    vec![
        Route::page("/applications/{id}/papers/{key}", read, routing::get(show)),
        Route::file("/applications/{id}/papers/{key}/docx", read, routing::get(file)),
        Route::page("/inspections/{id}/papers/{key}", read, routing::get(show_of_inspection)),
        Route::file("/inspections/{id}/papers/{key}/docx", read, routing::get(file_of_inspection)),
    ]
}

/// A paper as the page shows it: the same blocks as the DOCX, in the paper's own language.
#[derive(Template)]
#[template(path = "paper.html")]
struct PaperPage {
    shell: Shell,
    /// The list from which one comes.
    parent: &'static str,
    /// What it is made of; names no language.
    path: String,
    key: String,
    project_name: String,
    document: Document,
    lacks_origin: bool,
}

impl PaperPage {
    fn day(&self, date: &jiff::civil::Date) -> String {
        format!("{}年{}月{}日", date.year(), date.month(), date.day())
    }

    fn table(&self, table: &xiaoxiang_domain::bulletin::PrintedTable) -> TableView {
        TableView::new("paper-table", self.shell.language, table)
    }

    /// Side and path of a QR code; an address that is too long has none.
    fn code(&self, address: &str) -> Option<(i32, String)> {
        QrCode::new(address).ok().map(|code| (code.side(), code.path()))
    }
}

/// Where a paper is asked for.
#[derive(Clone, Copy)]
enum Of {
    Application,
    Inspection,
}

async fn show(state: State<PageState>, visit: Visit, Path((id, key)): Path<(String, String)>) -> Response {
    shown(&state, &visit, Of::Application, &id, &key).await
}

async fn show_of_inspection(
    state: State<PageState>,
    visit: Visit,
    Path((id, key)): Path<(String, String)>,
) -> Response {
    shown(&state, &visit, Of::Inspection, &id, &key).await
}

async fn shown(state: &PageState, visit: &Visit, of: Of, id: &str, key: &str) -> Response {
    let made = async {
        let found = Found::read(visit, of, id, key).await?;
        let in_force = visit.app.region().await?;
        let origin = state.public_origin.as_deref();
        let paper = &found.paper;
        let (parent, path) = match of {
            Of::Application => ("/applications", format!("/applications/{id}")),
            Of::Inspection => ("/inspections", format!("/inspections/{id}")),
        };
        Ok::<_, Refusal>(PaperPage {
            shell: visit.shell(Section::Applications, visit.language.pick(&paper.name, &paper.name_en)),
            lacks_origin: paper.has_code && origin.is_none(),
            document: paper_document(found.case(), paper, &in_force.region, origin),
            project_name: found.page.row.project_name.clone(),
            parent,
            path,
            key: key.to_owned(),
        })
    };
    match made.await {
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn file(state: State<PageState>, visit: Visit, Path((id, key)): Path<(String, String)>) -> Response {
    written(&state, &visit, Of::Application, &id, &key).await
}

async fn file_of_inspection(
    state: State<PageState>,
    visit: Visit,
    Path((id, key)): Path<(String, String)>,
) -> Response {
    written(&state, &visit, Of::Inspection, &id, &key).await
}

async fn written(state: &PageState, visit: &Visit, of: Of, id: &str, key: &str) -> Response {
    let written = async {
        let found = Found::read(visit, of, id, key).await?;
        let in_force = visit.app.region().await?;
        let origin = state.public_origin.as_deref();
        let bytes = write_paper(found.case(), &found.paper, &in_force.region, origin)?;
        Ok::<_, Refusal>(download(&format!("{}.docx", found.paper.name), DOCX, bytes))
    };
    match written.await {
        Ok(response) => response,
        Err(refusal) => visit.refused(&refusal),
    }
}

/// A paper with what it is made of.
struct Found {
    page: ApplicationPage,
    inspection: Option<InspectionPage>,
    paper: PaperForm,
}

impl Found {
    /// A paper of what the visitor sees; one that cannot be made yet is not there.
    async fn read(visit: &Visit, of: Of, id: &str, key: &str) -> Result<Self, Refusal> {
        let actor = visit.actor();
        let inspection = match of {
            Of::Application => None,
            Of::Inspection => Some(read_inspection(&visit.app, &actor, id).await?),
        };
        let application_id = inspection.as_ref().map_or(id, |one| &one.summary.row.application_id);
        let page = read_application(&visit.app, &actor, application_id).await?;
        let in_force = visit.app.region().await?;
        let case = PaperCase { page: &page, inspection: inspection.as_ref() };
        let paper = papers_of(case, &in_force.region).into_iter().find(|paper| paper.key == key).cloned();
        let paper = paper.ok_or_else(|| Refusal::NotFound(key.to_owned()))?;
        Ok(Self { page, inspection, paper })
    }

    fn case(&self) -> PaperCase<'_> {
        PaperCase { page: &self.page, inspection: self.inspection.as_ref() }
    }
}
