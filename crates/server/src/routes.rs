//! The one list of all addresses: who may go where, and what answers. The walk of every route by every role reads it.

use axum::Router;
use axum::routing::MethodRouter;
use xiaoxiang_domain::access::Action;

use crate::guard;
use crate::pages::security::protected;
use crate::pages::visit::not_found;
use crate::pages::{self, PageState};
use crate::web_assets;

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody.
    Open,
    /// Whoever has signed in, with or without a role: one's own account.
    SignedIn,
    /// Whoever may do this; which of the records, the use case decides.
    Needs(Action),
}

/// How a route is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Reads.
    Get,
    /// Changes.
    Post,
}

/// Whether a route exists in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tongues {
    /// A page: at `/…` in Chinese and at `/en/…` in English.
    Both,
    /// A file or data.
    None,
}

/// One route.
#[derive(Clone, Debug)]
pub struct Route {
    /// How it is called.
    pub verb: Verb,
    /// Address, without language.
    pub path: &'static str,
    /// Who may use it.
    pub access: Access,
    /// In which languages.
    pub tongues: Tongues,
    handler: MethodRouter<PageState>,
}

impl Route {
    /// A page in both languages.
    #[must_use]
    pub fn page(path: &'static str, access: Access, handler: MethodRouter<PageState>) -> Self {
        Self { verb: Verb::Get, path, access, tongues: Tongues::Both, handler }
    }

    /// What a form of a page is sent to, in both languages.
    #[must_use]
    pub fn form(path: &'static str, access: Access, handler: MethodRouter<PageState>) -> Self {
        Self { verb: Verb::Post, path, access, tongues: Tongues::Both, handler }
    }

    /// A file or data without a language.
    #[must_use]
    pub fn file(path: &'static str, access: Access, handler: MethodRouter<PageState>) -> Self {
        Self { verb: Verb::Get, path, access, tongues: Tongues::None, handler }
    }

    /// Every address at which it answers.
    #[must_use]
    pub fn addresses(&self) -> Vec<String> {
        let own = self.path.to_owned();
        match (self.tongues, self.path) {
            (Tongues::None, _) => vec![own],
            (Tongues::Both, "/") => vec![own, "/en".to_owned(), "/en/".to_owned()],
            (Tongues::Both, path) => vec![own, format!("/en{path}")],
        }
    }
}

/// Every route but the assets.
#[must_use]
#[rustfmt::skip] // one a line
pub fn all() -> Vec<Route> {
    [
        pages::public::routes(),
        pages::contracts::routes(),
        pages::open_data::routes(),
        pages::sign_in::routes(),
        pages::account::routes(),
        pages::people::routes(),
        pages::organisations::routes(),
        pages::guide::routes(),
        pages::imports::routes(),
        pages::setup::routes(),
        pages::city_monthly::routes(),
        pages::drafts::routes(),
        pages::reconcile::routes(),
        pages::log::routes(),
        pages::cities::routes(),
        pages::objections::routes(),
        pages::parks::routes(),
        pages::targets::routes(),
        pages::work::routes(),
    ]
    .concat()
}

/// All routes behind their guards, with security headers on every answer.
pub fn router(state: PageState) -> Router {
    let mut router = Router::new();
    for route in all() {
        for address in route.addresses() {
            router = router.route(&address, guard::guarded(route.handler.clone(), route.access, &state));
        }
    }
    let fallback = guard::guarded(axum::routing::any(not_found), Access::Open, &state);
    protected(
        router
            .merge(web_assets::router())
            .fallback_service(fallback.with_state(state.clone()))
            .with_state(state),
    )
}
