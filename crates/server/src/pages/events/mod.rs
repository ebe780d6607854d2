//! Events (对接活动): the office's list, plan, people, timetable, check-in and outcomes; the market's pages; the ticket.

mod form;
mod list;
mod market;
mod meetings;
mod people;
mod show;
mod ticket;
mod words;

use axum::routing;
use xiaoxiang_domain::access::Action;

use crate::routes::{Access, Route};

/// The routes of events.
#[must_use]
pub fn routes() -> Vec<Route> {
    let read = Access::Needs(Action::ReadEvents);
    let plan = Access::Needs(Action::PlanEvents);
    let join = Access::Needs(Action::JoinEvents);
    vec![
        Route::page("/events", read, routing::get(list::list)),
        Route::page("/events/new", plan, routing::get(form::begin)),
        Route::form("/events/new", plan, routing::post(form::send_new)),
        Route::page("/events/{id}", read, routing::get(show::show)),
        Route::page("/events/{id}/plan", plan, routing::get(form::show)),
        Route::form("/events/{id}/plan", plan, routing::post(form::send)),
        Route::form("/events/{id}/steps", plan, routing::post(show::take)),
        Route::page("/events/{id}/participants", read, routing::get(people::list)),
        Route::form("/events/{id}/participants", plan, routing::post(people::register)),
        Route::form(
            "/events/{id}/participants/{participant}/withdrawal",
            plan,
            routing::post(people::withdraw),
        ),
        Route::page("/events/{id}/invite", plan, routing::get(people::candidates)),
        Route::form("/events/{id}/invite", plan, routing::post(people::invite)),
        Route::page("/events/{id}/meetings", read, routing::get(meetings::timetable)),
        Route::form("/events/{id}/meetings", plan, routing::post(meetings::schedule)),
        Route::page("/events/{id}/check-in", plan, routing::get(people::check_in_list)),
        Route::form("/events/{id}/check-in", plan, routing::post(people::check_in)),
        Route::page("/events/{id}/outcomes", read, routing::get(meetings::outcomes)),
        Route::form("/events/{id}/outcomes", plan, routing::post(meetings::record)),
        // The handbook is also for who has a seat; the use case decides.
        Route::file("/events/{id}/papers/{paper}/docx", Access::SignedIn, routing::get(show::paper)),
        Route::page("/market/events", Access::Open, routing::get(market::list)),
        Route::page("/market/events/{id}", Access::Open, routing::get(market::show)),
        Route::form("/market/events/{id}/registration", join, routing::post(market::register)),
        Route::form("/market/events/{id}/withdrawal", join, routing::post(market::withdraw)),
        Route::form("/market/events/{id}/wishes", join, routing::post(market::wish)),
        // Whoever holds the link of a ticket.
        Route::page("/check-in/{token}", Access::Open, routing::get(ticket::show)),
        Route::form("/check-in/{token}", Access::Open, routing::post(ticket::arrive)),
    ]
}
