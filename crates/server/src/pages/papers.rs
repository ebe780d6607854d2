//! The papers of an application (文书) on screen, on paper and as DOCX.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::region::PaperForm;
use xiaoxiang_services::Refusal;
use xiaoxiang_services::paper::{Block, Document, HeadingLevel, QrCode};
use xiaoxiang_services::registration::{
    ApplicationPage, paper_document, papers_of, read_application, write_paper,
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
    ]
}

/// A paper as the page shows it: the same blocks as the DOCX, in the paper's own language.
#[derive(Template)]
#[template(path = "paper.html")]
struct PaperPage {
    shell: Shell,
    id: String,
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

async fn show(
    State(state): State<PageState>,
    visit: Visit,
    Path((id, key)): Path<(String, String)>,
) -> Response {
    let made = async {
        let (page, paper) = found(&visit, &id, &key).await?;
        let in_force = visit.app.region().await?;
        let origin = state.public_origin.as_deref();
        Ok::<_, Refusal>(PaperPage {
            shell: visit.shell(Section::Applications, visit.language.pick(&paper.name, &paper.name_en)),
            lacks_origin: paper.has_code && origin.is_none(),
            document: paper_document(&page, &paper, &in_force.region, origin),
            project_name: page.row.project_name,
            id,
            key,
        })
    };
    match made.await {
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn file(
    State(state): State<PageState>,
    visit: Visit,
    Path((id, key)): Path<(String, String)>,
) -> Response {
    let written = async {
        let (page, paper) = found(&visit, &id, &key).await?;
        let in_force = visit.app.region().await?;
        let bytes = write_paper(&page, &paper, &in_force.region, state.public_origin.as_deref())?;
        Ok::<_, Refusal>(download(&format!("{}.docx", paper.name), DOCX, bytes))
    };
    match written.await {
        Ok(response) => response,
        Err(refusal) => visit.refused(&refusal),
    }
}

/// A paper of an application that the visitor sees; one that cannot be made yet is not there.
async fn found(visit: &Visit, id: &str, key: &str) -> Result<(ApplicationPage, PaperForm), Refusal> {
    let page = read_application(&visit.app, &visit.actor(), id).await?;
    let in_force = visit.app.region().await?;
    let papers = papers_of(&page, &in_force.region);
    let paper = papers.into_iter().find(|paper| paper.key == key).cloned();
    let paper = paper.ok_or_else(|| Refusal::NotFound(key.to_owned()))?;
    Ok((page, paper))
}
