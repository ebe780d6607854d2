//! The ticket (签到码): opened on a telephone at the door, it checks its holder in.

use askama::Template;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use xiaoxiang_domain::event::ParticipantState;
use xiaoxiang_services::Refusal;
use xiaoxiang_services::event::{CHECK_IN_PATH, Ticket, check_in_by_ticket, read_ticket};

use super::words::EventWords;
use crate::pages::shell::{Section, Shell};
use crate::pages::visit::{Visit, status_of_form};

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct TicketQuery {
    done: String,
}

#[derive(Debug, Template)]
#[template(path = "event_ticket.html")]
struct TicketPage {
    shell: Shell,
    words: EventWords,
    ticket: Ticket,
    token: String,
    problems: Vec<String>,
    is_done: bool,
}

pub(super) async fn show(
    visit: Visit,
    Path(token): Path<String>,
    Query(query): Query<TicketQuery>,
) -> Response {
    match page_of(&visit, &token, Vec::new(), query.done == "here").await {
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

pub(super) async fn arrive(visit: Visit, Path(token): Path<String>) -> Response {
    match check_in_by_ticket(&visit.app, &token).await {
        Ok(()) => visit.lead_to(&format!("{CHECK_IN_PATH}{token}?done=here")),
        Err(refusal) => {
            let Some(status) = status_of_form(&refusal) else { return visit.refused(&refusal) };
            match page_of(&visit, &token, vec![visit.sentence(&refusal)], false).await {
                Ok(page) => (status, visit.page(&page)).into_response(),
                Err(refusal) => visit.refused(&refusal),
            }
        }
    }
}

async fn page_of(
    visit: &Visit,
    token: &str,
    problems: Vec<String>,
    is_done: bool,
) -> Result<TicketPage, Refusal> {
    let ticket = read_ticket(&visit.app, token).await?;
    let words = EventWords::of(visit).await?;
    let shell = visit.shell(Section::Elsewhere, visit.language.text("event-ticket"));
    Ok(TicketPage { shell, words, ticket, token: token.to_owned(), problems, is_done })
}

impl TicketPage {
    fn path(&self) -> String {
        self.shell.link(&format!("{CHECK_IN_PATH}{}", self.token))
    }

    fn is_here(&self) -> bool {
        self.ticket.state == ParticipantState::CheckedIn
    }

    fn obstacle(&self) -> Option<String> {
        self.ticket.obstacle.as_ref().map(|obstacle| self.words.obstacle(obstacle))
    }
}
