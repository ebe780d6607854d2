//! The one list of all addresses: who may go where, and what answers. The walk of every route by every role reads it.

use axum::Router;
use axum::routing::MethodRouter;
use xiaoxiang_domain::access::Action;

use crate::pages::security::protected;
use crate::pages::visit::not_found;
use crate::pages::{self, PageState};
use crate::web_assets;
use crate::{api, guard};

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
    /// Puts a record in the place of another version; only the API.
    Put,
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

    /// An operation of the API.
    #[must_use]
    pub fn api(verb: Verb, path: &'static str, access: Access, handler: MethodRouter<PageState>) -> Self {
        Self { verb, path, access, tongues: Tongues::None, handler }
    }

    /// Whether it belongs to the API, which refuses with problem documents.
    #[must_use]
    pub fn is_api(&self) -> bool {
        api::is_api_path(self.path)
    }

    fn guarded(&self, state: &PageState) -> MethodRouter<PageState> {
        let stand = if self.is_api() { api::guarded } else { guard::guarded };
        stand(self.handler.clone(), self.access, state)
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
        pages::contract_type::routes(),
        pages::contracts::routes(),
        pages::applications::routes(),
        pages::achievements::routes(),
        pages::market::routes(),
        pages::market_achievements::routes(),
        pages::market_feeds::routes(),
        pages::saved_searches::routes(),
        pages::matches::routes(),
        pages::profiles::routes(),
        pages::demands::routes(),
        pages::events::routes(),
        pages::leads::routes(),
        pages::open_data::routes(),
        pages::sign_in::routes(),
        pages::provider_sign_in::routes(),
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
        pages::papers::routes(),
        pages::registration_points::routes(),
        pages::registration_ledger::routes(),
        pages::flags::routes(),
        pages::parks::routes(),
        pages::targets::routes(),
        pages::work::routes(),
        pages::notices::routes(),
        pages::webhooks::routes(),
        api::routes(),
    ]
    .concat()
}

/// All routes behind their guards, with security headers on every answer.
pub fn router(state: PageState) -> Router {
    let mut router = Router::new();
    for route in all() {
        for address in route.addresses() {
            router = router.route(&address, route.guarded(&state));
        }
    }
    // Everything else under the API is refused as the API refuses.
    for rest in ["", "/", "/{*rest}"] {
        let address = format!("{}{rest}", api::PREFIX);
        router = router.route(&address, api::guarded(axum::routing::any(api::unknown), Access::Open, &state));
    }
    let fallback = guard::guarded(axum::routing::any(not_found), Access::Open, &state);
    protected(
        router
            .merge(web_assets::router())
            .fallback_service(fallback.with_state(state.clone()))
            .with_state(state),
    )
}
