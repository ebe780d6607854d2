//! What rests on a contract (变更影响): the published figures that it stands in, and the papers issued for it.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use axum::routing;
use serde::Deserialize;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::money::{Fen, MoneyUnit};
use xiaoxiang_services::Refusal;
use xiaoxiang_services::bulletin::{PublishedFigure, list_published_figures};
use xiaoxiang_services::contract::{Personal, read_contract};
use xiaoxiang_services::registration::{IssuedPaper, papers_issued_for};
use xiaoxiang_statistics::cross_table::Cell;

use crate::pages::home::direction_label;
use crate::pages::shell::{Section, Shell};
use crate::pages::visit::Visit;
use crate::routes::{Access, Route};

/// The routes of this page.
pub fn routes() -> Vec<Route> {
    let read = Access::Needs(Action::ReadContracts);
    vec![Route::page("/contracts/{registration_number}/figures", read, routing::get(show))]
}

/// Which contract.
#[derive(Debug, Deserialize)]
struct ContractAddress {
    registration_number: String,
}

async fn show(visit: Visit, Path(address): Path<ContractAddress>) -> Response {
    match page_of(&visit, address.registration_number).await {
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn page_of(visit: &Visit, registration_number: String) -> Result<FiguresPage, Refusal> {
    let (app, actor) = (&visit.app, visit.actor());
    let read = read_contract(app, &actor, &registration_number, Personal::Withheld).await?;
    let figures = list_published_figures(app, &actor, &registration_number).await?;
    let papers = papers_issued_for(app, &actor, &registration_number).await?;
    let mut bulletins: Vec<BulletinFigures> = Vec::new();
    for figure in figures {
        match bulletins.last_mut() {
            Some(last) if last.id == figure.bulletin_id => last.figures.push(figure),
            _ => bulletins.push(BulletinFigures {
                id: figure.bulletin_id.clone(),
                title: figure.title.clone(),
                number: figure.document_number.clone(),
                figures: vec![figure],
            }),
        }
    }
    Ok(FiguresPage {
        shell: visit.shell(Section::Contracts, visit.language.text("contract-figures-title")),
        project: read.contract.project_name,
        registration_number,
        bulletins,
        papers,
    })
}

/// The figures of one bulletin.
#[derive(Debug)]
struct BulletinFigures {
    id: String,
    title: String,
    number: Option<String>,
    figures: Vec<PublishedFigure>,
}

#[derive(Debug, Template)]
#[template(path = "contract_figures.html")]
struct FiguresPage {
    shell: Shell,
    project: String,
    registration_number: String,
    bulletins: Vec<BulletinFigures>,
    papers: Vec<IssuedPaper>,
}

impl FiguresPage {
    fn contract_link(&self) -> String {
        self.shell.link(&format!("/contracts/{}", self.registration_number))
    }

    fn waiting(&self) -> usize {
        self.bulletins.iter().flat_map(|bulletin| &bulletin.figures).filter(|figure| figure.waits()).count()
    }

    fn lead(&self) -> String {
        let cells: usize = self.bulletins.iter().map(|bulletin| bulletin.figures.len()).sum();
        let (bulletins, cells) = (self.bulletins.len().to_string(), cells.to_string());
        if self.waiting() == 0 {
            let counts = [("bulletins", bulletins.as_str()), ("cells", cells.as_str())];
            return self.shell.say("contract-figures-lead-same", counts);
        }
        let waiting = self.waiting().to_string();
        self.shell.say(
            "contract-figures-lead",
            [("bulletins", &bulletins), ("cells", &cells), ("waiting", &waiting)],
        )
    }

    /// Where somebody who decides on corrections does so; readers are led to the bulletin.
    fn bulletin_link(&self, bulletin: &BulletinFigures) -> String {
        let decides =
            self.shell.may(Action::CorrectBulletin) && bulletin.figures.iter().any(PublishedFigure::waits);
        let folder = if decides { "drafts" } else { "bulletins" };
        self.shell.link(&format!("/{folder}/{}", bulletin.id))
    }

    fn direction(&self, figure: &PublishedFigure) -> &'static str {
        direction_label(self.shell.language, figure.direction)
    }

    /// The part of a cell in ten thousand yuan; a dash where the contract is not in it.
    fn amount(&self, cell: &Cell) -> String {
        if cell.is_empty() {
            return "—".to_owned();
        }
        let fen = i64::try_from(cell.contract_value).unwrap_or(i64::MAX);
        Fen(fen).display_in(MoneyUnit::TenThousandYuan)
    }

    fn standing(&self, figure: &PublishedFigure) -> &'static str {
        self.shell.t(match (figure.waits(), figure.was_decided()) {
            (true, _) => "contract-figure-waits",
            (false, true) => "contract-figure-decided",
            (false, false) => "contract-figure-same",
        })
    }

    fn standing_class(&self, figure: &PublishedFigure) -> &'static str {
        if figure.waits() { "status-corrected" } else { "status-signed" }
    }

    fn application_link(&self, paper: &IssuedPaper) -> String {
        self.shell.link(&format!("/applications/{}", paper.application_id))
    }

    fn paper_standing(&self, paper: &IssuedPaper) -> &'static str {
        self.shell.t(if paper.is_current { "contract-paper-current" } else { "contract-paper-overtaken" })
    }
}
