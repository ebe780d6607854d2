//! Achievements in the office (科技成果填报): the unit's own entries, the form in steps, reviews, what became of each.

mod fields;
mod form;
mod list;
mod show;
pub(super) mod words;

use axum::routing;
use xiaoxiang_domain::access::Action;

use crate::routes::{Access, Route};

/// The routes of achievements.
#[must_use]
pub fn routes() -> Vec<Route> {
    let read = Access::Needs(Action::ReadAchievements);
    let write = Access::Needs(Action::WriteAchievements);
    vec![
        Route::page("/achievements", read, routing::get(list::list)),
        Route::page("/achievements/new", write, routing::get(list::begin)),
        Route::form("/achievements/new", write, routing::post(list::start)),
        Route::page("/achievements/{id}", read, routing::get(show::show)),
        // Which step, and who may take it, the use case decides.
        Route::form("/achievements/{id}/steps", read, routing::post(show::take)),
        Route::form("/achievements/{id}/objections/{objection}/answer", read, routing::post(show::answer)),
        Route::page("/achievements/{id}/form/{step}", write, routing::get(form::show)),
        Route::form("/achievements/{id}/form/{step}", write, routing::post(form::send)),
    ]
}
