//! The desk (工作台): what to do first, what was promised, overdue first.

use askama::Template;
use axum::response::Response;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::lead::{DeskReason, PromiseUrgency};
use xiaoxiang_services::Refusal;
use xiaoxiang_services::lead::{Desk, DeskLead, read_desk};

use super::words::{LeadWords, is_overdue};
use crate::pages::shell::{Section, Shell};
use crate::pages::visit::Visit;

/// Promises on the page; the leads have all of theirs.
const PROMISES_SHOWN_MAX: usize = 30;

#[derive(Debug, Template)]
#[template(path = "desk.html")]
struct DeskPage {
    shell: Shell,
    words: LeadWords,
    desk: Desk,
}

pub(super) async fn show(visit: Visit) -> Response {
    let page = async {
        Ok::<_, Refusal>(DeskPage {
            desk: read_desk(&visit.app, &visit.actor()).await?,
            words: LeadWords::of(&visit).await?,
            shell: visit.shell(Section::Leads, visit.language.text("desk-title")),
        })
    };
    match page.await {
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

impl DeskPage {
    fn lead(&self) -> String {
        let open = self.desk.leads.len().to_string();
        match self.desk.overdue() {
            0 => self.shell.say("desk-lead", [("open", &open)]),
            overdue => {
                self.shell.say("desk-lead-overdue", [("open", &open), ("overdue", &overdue.to_string())])
            }
        }
    }

    fn promises(&self) -> &[xiaoxiang_services::lead::DeskPromise] {
        &self.desk.promises[..self.desk.promises.len().min(PROMISES_SHOWN_MAX)]
    }

    fn reason(&self, lead: &DeskLead) -> String {
        self.words.desk_reason(&lead.reason, lead.idle_days)
    }

    const fn is_pressing(&self, lead: &DeskLead) -> bool {
        matches!(
            lead.reason,
            DeskReason::Overdue { .. } | DeskReason::DueToday | DeskReason::Untouched | DeskReason::Idle
        )
    }

    const fn is_late(&self, urgency: &PromiseUrgency) -> bool {
        is_overdue(urgency)
    }

    fn may_open(&self) -> bool {
        self.shell.may(Action::HandleLeads)
    }

    fn may_see_funnel(&self) -> bool {
        self.shell.may(Action::ReadFunnel)
    }

    fn path(&self, lead_id: &str) -> String {
        self.shell.link(&format!("/leads/{lead_id}"))
    }
}
