//! Leads (供需对接): the desk with what to do first, the list, one page a lead, the funnel, and how a lead is opened.

mod desk;
mod funnel;
mod list;
mod open;
mod show;
mod steps;
mod words;

use axum::routing;
use xiaoxiang_domain::access::Action;

use crate::routes::{Access, Route};

/// The routes of leads.
#[must_use]
pub fn routes() -> Vec<Route> {
    let read = Access::Needs(Action::ReadLeads);
    let handle = Access::Needs(Action::HandleLeads);
    let funnel = Access::Needs(Action::ReadFunnel);
    vec![
        Route::page("/desk", read, routing::get(desk::show)),
        Route::page("/leads", read, routing::get(list::list)),
        Route::page("/leads/new", handle, routing::get(open::show)),
        Route::form("/leads/new", handle, routing::post(open::send)),
        Route::page("/leads/funnel", funnel, routing::get(funnel::show)),
        Route::file("/leads/funnel/{extension}", funnel, routing::get(funnel::file)),
        Route::page("/leads/{id}", read, routing::get(show::show)),
        // Which step, and who may take it, the use case decides.
        Route::form("/leads/{id}/steps", handle, routing::post(steps::take)),
        Route::form("/leads/{id}/draft", handle, routing::post(steps::draft)),
        Route::form("/leads/{id}/promises", handle, routing::post(steps::promise)),
        Route::form("/leads/{id}/promises/{promise}", handle, routing::post(steps::settle)),
    ]
}
