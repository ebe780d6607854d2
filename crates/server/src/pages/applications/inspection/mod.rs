//! Inspections of registrations (抽查与撤销): the list, the yearly draw, one opened for cause, and one with its next act.

mod act;
mod draw;
mod list;
mod open;
mod show;

use axum::routing;
use jiff::civil::Date;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::contract::procedure::{InspectionStage, Turn};

use super::texts;
use super::words::{Words, sentence_case};
use crate::pages::shell::Shell;
use crate::routes::{Access, Route};

/// The routes of inspections.
pub(super) fn routes() -> Vec<Route> {
    let read = Access::Needs(Action::ReadApplications);
    let apply = Access::Needs(Action::Apply);
    let review = Access::Needs(Action::ReviewRegistrations);
    vec![
        Route::page("/inspections", read, routing::get(list::list)),
        Route::page("/inspections/draw", review, routing::get(draw::show)),
        Route::form("/inspections/draw", review, routing::post(draw::send)),
        Route::page("/inspections/new", review, routing::get(open::show)),
        Route::form("/inspections/new", review, routing::post(open::send)),
        Route::page("/inspections/{id}", read, routing::get(show::show)),
        // Which act, and who may do it, the use case decides.
        Route::form("/inspections/{id}/acts", read, routing::post(act::take)),
        Route::form("/inspections/{id}/texts", apply, routing::post(act::produce).layer(texts::limit())),
        Route::file("/inspections/{id}/texts/{text}", read, routing::get(act::open)),
    ]
}

/// Where an inspection stands, in words.
fn stage_words(words: &Words, stage: InspectionStage) -> String {
    sentence_case(words.language.pick(stage.label(), stage.label_en()))
}

/// The class of a stage's mark; the word beside it says the same.
const fn stage_class(stage: InspectionStage) -> &'static str {
    match stage {
        InspectionStage::Cleared | InspectionStage::Closed => "status-signed",
        InspectionStage::Revoked | InspectionStage::Served => "status-corrected",
        _ => "status-draft",
    }
}

/// What comes next, for who reads.
fn next_words(shell: &Shell, stage: InspectionStage, turn: Option<Turn>) -> &'static str {
    let is_party = shell.may(Action::Apply);
    shell.t(match (stage, turn) {
        (InspectionStage::Noticed, Some(Turn::Party)) if is_party => "inspection-next-produce",
        (InspectionStage::HearingOffered, Some(Turn::Party)) if is_party => "inspection-next-state",
        (_, Some(Turn::Province)) if is_party => "inspection-waits-province",
        (InspectionStage::Drawn, _) => "inspection-next-notice",
        (InspectionStage::Noticed, Some(Turn::Party)) => "inspection-waits-evidence",
        (InspectionStage::Noticed, _) => "inspection-next-silent",
        (InspectionStage::EvidenceIn, _) => "inspection-next-judge",
        (InspectionStage::HearingOffered, Some(Turn::Party)) => "inspection-waits-hearing",
        (InspectionStage::HearingOffered | InspectionStage::Heard, _) => "inspection-next-decide",
        (InspectionStage::Revoked, _) => "inspection-next-serve",
        (InspectionStage::Served, _) => "inspection-next-letters",
        (InspectionStage::Cleared, _) => "inspection-is-cleared",
        (InspectionStage::Closed, _) => "inspection-is-closed",
    })
}

/// Until when the party is waited for; the second says that the day is over.
fn due_words(words: &Words, due: Date, today: Date) -> (String, Option<String>) {
    let day = words.language.day(due);
    let text = words.language.say("inspection-due", [("day", &day)]);
    let days = due.until(today).map_or(0, |span| span.get_days());
    let late = (due < today).then(|| words.language.say("inspection-late", [("days", &days.to_string())]));
    (text, late)
}
