//! What waits for the reader (待办): the page on which one lands after signing in.

use askama::Template;
use axum::response::Response;
use axum::routing;
use xiaoxiang_domain::access::Action;
use xiaoxiang_services::work::{Waiting, WaitingKind, list_waiting};

use super::cities::hundred_million;
use super::shell::{NavigationEntry, Section, Shell};
use super::visit::Visit;
use crate::routes::{Access, Route};

/// The route of the work page.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![Route::page("/work", Access::Needs(Action::Work), routing::get(show))]
}

async fn show(visit: Visit) -> Response {
    match list_waiting(&visit.app, &visit.actor()).await {
        Ok(waiting) => {
            let shell = visit.shell(Section::Work, visit.language.text("work-title"));
            visit.page(&WorkPage { shell, waiting })
        }
        Err(refusal) => visit.refused(&refusal),
    }
}

/// What waits.
#[derive(Debug, Template)]
#[template(path = "work.html")]
struct WorkPage {
    shell: Shell,
    waiting: Vec<Waiting>,
}

impl WorkPage {
    fn to_do(&self) -> Vec<&Waiting> {
        self.waiting.iter().filter(|waiting| waiting.is_to_do()).collect()
    }

    fn to_know(&self) -> Vec<&Waiting> {
        self.waiting.iter().filter(|waiting| !waiting.is_to_do()).collect()
    }

    fn title(&self, waiting: &Waiting) -> &'static str {
        self.shell.t(match waiting.kind {
            WaitingKind::ApplicationsLate => "work-applications-late",
            WaitingKind::ApplicationsToCorrect => "work-applications-correct",
            WaitingKind::ApplicationsToAccept => "work-applications-accept",
            WaitingKind::ApplicationsFirstReview => "work-applications-first-review",
            WaitingKind::ApplicationsSecondReview => "work-applications-second-review",
            WaitingKind::ApplicationsForExperts => "work-applications-experts",
            WaitingKind::ApplicationsToExport => "work-applications-export",
            WaitingKind::InspectionsToAnswer => "work-inspections-answer",
            WaitingKind::InspectionsToGoOn => "work-inspections",
            WaitingKind::RegistrationRequests => "work-registration-requests",
            WaitingKind::ApplicationDrafts => "work-application-drafts",
            WaitingKind::DemandsToComplete => "work-demands-complete",
            WaitingKind::DemandsToConfirm => "work-demands-confirm",
            WaitingKind::DemandsToVerify => "work-demands-verify",
            WaitingKind::DemandsToCheck => "work-demands-check",
            WaitingKind::DemandsToSort => "work-demands-sort",
            WaitingKind::DemandsToScore => "work-demands-score",
            WaitingKind::DemandsToSelect => "work-demands-select",
            WaitingKind::DemandsToPublish => "work-demands-publish",
            WaitingKind::AchievementsToReview => "work-achievements-review",
            WaitingKind::AchievementsToShow => "work-achievements-show",
            WaitingKind::LeadPromises => "work-lead-promises",
            WaitingKind::LeadsToAssign => "work-leads-assign",
            WaitingKind::Drafts => "work-drafts",
            WaitingKind::Countersign => "work-countersign",
            WaitingKind::Opinions => "work-opinions",
            WaitingKind::Imports => "work-imports",
            WaitingKind::Corrections => "work-corrections",
            WaitingKind::ObjectionsToDecide => "work-objections-decide",
            WaitingKind::Objections => "work-objections",
            WaitingKind::FlagsToDecide => "work-flags-decide",
            WaitingKind::FlagsToAnswer => "work-flags-answer",
            WaitingKind::HoldsToRelease => "work-holds",
            WaitingKind::ExchangeMonths => "work-exchange",
            WaitingKind::Gap => "work-gap",
            WaitingKind::Chase => "work-chase",
            WaitingKind::Split => "work-split",
            WaitingKind::ParkLists => "work-park-lists",
            WaitingKind::ParkClaims => "work-park-claims",
            WaitingKind::GrantsEnding => "work-grants",
            WaitingKind::WithoutRole => "work-without-role",
            WaitingKind::LogEntries => "work-log",
            WaitingKind::OwnContracts => "work-contracts",
        })
    }

    fn next(&self, waiting: &Waiting) -> &'static str {
        self.shell.t(match waiting.kind {
            WaitingKind::ApplicationsLate => "work-applications-late-next",
            WaitingKind::ApplicationsToCorrect => "work-applications-correct-next",
            WaitingKind::ApplicationsToAccept => "work-applications-accept-next",
            WaitingKind::ApplicationsFirstReview => "work-applications-first-review-next",
            WaitingKind::ApplicationsSecondReview => "work-applications-second-review-next",
            WaitingKind::ApplicationsForExperts => "work-applications-experts-next",
            WaitingKind::ApplicationsToExport => "work-applications-export-next",
            WaitingKind::InspectionsToAnswer => "work-inspections-answer-next",
            WaitingKind::InspectionsToGoOn => "work-inspections-next",
            WaitingKind::RegistrationRequests => "work-registration-requests-next",
            WaitingKind::ApplicationDrafts => "work-application-drafts-next",
            WaitingKind::DemandsToComplete => "work-demands-complete-next",
            WaitingKind::DemandsToConfirm => "work-demands-confirm-next",
            WaitingKind::DemandsToVerify => "work-demands-verify-next",
            WaitingKind::DemandsToCheck => "work-demands-check-next",
            WaitingKind::DemandsToSort => "work-demands-sort-next",
            WaitingKind::DemandsToScore => "work-demands-score-next",
            WaitingKind::DemandsToSelect => "work-demands-select-next",
            WaitingKind::DemandsToPublish => "work-demands-publish-next",
            WaitingKind::AchievementsToReview => "work-achievements-review-next",
            WaitingKind::AchievementsToShow => "work-achievements-show-next",
            WaitingKind::LeadPromises => "work-lead-promises-next",
            WaitingKind::LeadsToAssign => "work-leads-assign-next",
            WaitingKind::Drafts => "work-drafts-next",
            WaitingKind::Countersign => "work-countersign-next",
            WaitingKind::Opinions => "work-opinions-next",
            WaitingKind::Imports => "work-imports-next",
            WaitingKind::Corrections => "work-corrections-next",
            WaitingKind::ObjectionsToDecide => "work-objections-decide-next",
            WaitingKind::Objections => "work-objections-next",
            WaitingKind::FlagsToDecide => "work-flags-decide-next",
            WaitingKind::FlagsToAnswer => "work-flags-answer-next",
            WaitingKind::HoldsToRelease => "work-holds-next",
            WaitingKind::ExchangeMonths => "work-exchange-next",
            WaitingKind::Gap => "work-gap-next",
            WaitingKind::Chase => "work-chase-next",
            WaitingKind::Split => "work-split-next",
            WaitingKind::ParkLists => "work-park-lists-next",
            WaitingKind::ParkClaims => "work-park-claims-next",
            WaitingKind::GrantsEnding => "work-grants-next",
            WaitingKind::WithoutRole => "work-without-role-next",
            WaitingKind::LogEntries => "work-log-next",
            WaitingKind::OwnContracts => "work-contracts-next",
        })
    }

    /// The number that matters, with its unit.
    fn figure(&self, waiting: &Waiting) -> (String, String) {
        match waiting.amount {
            Some(fen) => (hundred_million(fen), self.shell.t("unit-hundred-million").to_owned()),
            None => {
                let count = waiting.count.to_string();
                let unit = self.shell.say(unit_key(waiting.kind), [("count", &count)]);
                (count, unit)
            }
        }
    }

    fn since(&self, waiting: &Waiting) -> Option<String> {
        let day = self.shell.day(&waiting.since?);
        let key = match waiting.kind {
            WaitingKind::Gap | WaitingKind::GrantsEnding | WaitingKind::InspectionsToAnswer => "work-until",
            _ => "work-since",
        };
        Some(if key == "work-until" {
            self.shell.say("work-until", [("day", &day)])
        } else {
            self.shell.say("work-since", [("day", &day)])
        })
    }

    fn link(&self, waiting: &Waiting) -> String {
        self.shell.link(&waiting.link)
    }

    /// Where else the reader may go.
    fn elsewhere(&self) -> Vec<NavigationEntry> {
        self.shell.office().into_iter().filter(|entry| !entry.is_current).collect()
    }
}

/// The key of what a kind of work is counted in.
const fn unit_key(kind: WaitingKind) -> &'static str {
    match kind {
        WaitingKind::ExchangeMonths => "work-unit-months",
        WaitingKind::ParkLists => "work-unit-parks",
        WaitingKind::GrantsEnding | WaitingKind::WithoutRole => "work-unit-people",
        WaitingKind::Chase => "work-unit-partners",
        WaitingKind::LogEntries => "work-unit-entries",
        WaitingKind::ParkClaims => "work-unit-companies",
        WaitingKind::Imports => "work-unit-files",
        WaitingKind::Opinions => "work-unit-opinions",
        WaitingKind::DemandsToComplete
        | WaitingKind::DemandsToConfirm
        | WaitingKind::DemandsToVerify
        | WaitingKind::DemandsToCheck
        | WaitingKind::DemandsToSort
        | WaitingKind::DemandsToScore
        | WaitingKind::DemandsToSelect
        | WaitingKind::DemandsToPublish
        | WaitingKind::AchievementsToReview
        | WaitingKind::AchievementsToShow
        | WaitingKind::LeadPromises
        | WaitingKind::LeadsToAssign
        | WaitingKind::Drafts
        | WaitingKind::Countersign
        | WaitingKind::ObjectionsToDecide
        | WaitingKind::Objections
        | WaitingKind::InspectionsToAnswer
        | WaitingKind::InspectionsToGoOn
        | WaitingKind::RegistrationRequests
        | WaitingKind::FlagsToDecide
        | WaitingKind::FlagsToAnswer
        | WaitingKind::HoldsToRelease
        | WaitingKind::Split => "work-unit-open",
        WaitingKind::ApplicationsLate
        | WaitingKind::ApplicationsToCorrect
        | WaitingKind::ApplicationsToAccept
        | WaitingKind::ApplicationsFirstReview
        | WaitingKind::ApplicationsSecondReview
        | WaitingKind::ApplicationsForExperts
        | WaitingKind::ApplicationsToExport
        | WaitingKind::ApplicationDrafts => "work-unit-applications",
        WaitingKind::Corrections | WaitingKind::Gap | WaitingKind::OwnContracts => "unit-contracts",
    }
}
