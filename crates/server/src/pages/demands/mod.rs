//! Technology demands (技术需求): the office's list, the form in steps, one page a demand, the lists, the market.

mod collect;
pub(super) mod form;
mod list;
mod lists;
mod market;
mod merge;
mod show;
mod steps;
mod words;

pub(in crate::pages) use words::DemandWords;

use axum::routing;
use xiaoxiang_domain::access::Action;

use crate::pages::upload;
use crate::routes::{Access, Route};

/// The routes of demands.
#[must_use]
pub fn routes() -> Vec<Route> {
    let read = Access::Needs(Action::ReadDemands);
    let enter = Access::Needs(Action::EnterDemands);
    let decide = Access::Needs(Action::DecideDemands);
    vec![
        Route::page("/demands", read, routing::get(list::list)),
        Route::page("/demands/new", enter, routing::get(form::begin)),
        Route::form("/demands/new", enter, routing::post(form::start)),
        Route::file("/demands/collection-sheet.{format}", Access::Open, routing::get(collect::template)),
        Route::form("/demands/collect", enter, routing::post(collect::collect).layer(upload::limit())),
        Route::page("/demands/import", enter, routing::get(collect::import)),
        Route::form("/demands/import", enter, routing::post(collect::send_import).layer(upload::limit())),
        Route::page("/demands/merge", decide, routing::get(merge::show)),
        Route::form("/demands/merge", decide, routing::post(merge::send)),
        Route::page("/demands/{id}", read, routing::get(show::show)),
        Route::page("/demands/{id}/form/{step}", enter, routing::get(form::show)),
        Route::form("/demands/{id}/form/{step}", enter, routing::post(form::send)),
        // Which step, and who may take it, the use case decides.
        Route::form("/demands/{id}/steps", read, routing::post(steps::take)),
        Route::form("/demands/{id}/visits", read, routing::post(steps::visit)),
        Route::form("/demands/{id}/experts", decide, routing::post(steps::invite)),
        Route::form(
            "/demands/{id}/review",
            Access::Needs(Action::ScoreDemands),
            routing::post(steps::review),
        ),
        Route::page("/demands/{id}/split", decide, routing::get(merge::split)),
        Route::form("/demands/{id}/split", decide, routing::post(merge::send_split)),
        Route::page("/market/demands", Access::Open, routing::get(market::list)),
        Route::page("/market/demands/{id}", Access::Open, routing::get(market::show)),
        Route::form("/market/demands/{id}/undertaking", Access::SignedIn, routing::post(market::undertake)),
        Route::page("/demand-lists", Access::Open, routing::get(lists::overview)),
        Route::form("/demand-lists", Access::Needs(Action::PublishDemands), routing::post(lists::publish)),
        Route::page("/demand-lists/{id}", Access::Open, routing::get(lists::show)),
        Route::file("/demand-lists/{id}/list.{format}", Access::Open, routing::get(lists::file)),
    ]
}
