//! The API (数据接口) under `/api/v1`: one file a capability, each handler about ten lines over the use cases.
//!
//! A route, its permission and its description are declared together; [`routes`] feeds the one list of addresses and
//! [`document`] the OpenAPI document.

mod achievement_shapes;
mod achievements;
mod answer;
mod application_auditors;
mod application_batches;
mod application_views;
mod applications;
mod bulletins;
mod caller;
mod changes;
mod codes;
mod contract_body;
mod contract_figures;
mod contracts;
mod datasets;
mod demands;
mod document;
mod drafts;
mod events;
mod extract;
mod flags;
mod guard;
mod imports;
mod inspections;
mod leads;
pub mod match_shapes;
mod matching;
mod objections;
mod organisations;
mod overview;
mod paging;
mod people;
mod registration_points;
mod shapes;
mod tables;
mod targets;

use std::sync::LazyLock;

use axum::routing::MethodRouter;
use utoipa::openapi::path::Paths;
use utoipa::openapi::{RefOr, Schema};
use xiaoxiang_domain::access::Action;

pub use caller::language_of;
pub use document::document;
pub use guard::{guarded, is_api_path, unknown};

use crate::pages::PageState;
use crate::routes::{Access, Route, Verb};

/// What every address of the API begins with.
pub const PREFIX: &str = "/api/v1";

/// One operation: its permission, its description, its handler.
#[derive(Clone)]
struct ApiRoute {
    verb: Verb,
    path: String,
    access: Access,
    precondition: Precondition,
    schemas: Vec<(String, RefOr<Schema>)>,
    paths: Paths,
    handler: MethodRouter<PageState>,
}

/// What a change states in `If-Match` that it is based on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Precondition {
    /// Nothing.
    None,
    /// The number of a version or revision.
    Version,
    /// The hash of the content that was seen.
    Content,
}

/// What `utoipa_axum::routes!` gives.
type Described = (Vec<(String, RefOr<Schema>)>, Paths, MethodRouter<PageState>);

/// An operation that everybody may call.
fn open(described: Described) -> ApiRoute {
    ApiRoute::new(Access::Open, described)
}

/// An operation for whoever has signed in.
fn signed_in(described: Described) -> ApiRoute {
    ApiRoute::new(Access::SignedIn, described)
}

/// An operation that needs a permission.
fn needs(action: Action, described: Described) -> ApiRoute {
    ApiRoute::new(Access::Needs(action), described)
}

impl ApiRoute {
    fn new(access: Access, (schemas, paths, handler): Described) -> Self {
        let (path, item) = paths.paths.iter().next().expect("invariant: an operation has a path");
        let verb = match (&item.get, &item.put, &item.post) {
            (Some(_), ..) => Verb::Get,
            (_, Some(_), _) => Verb::Put,
            (.., Some(_)) => Verb::Post,
            _ => unreachable!("the API gets, puts and posts"),
        };
        let precondition = if verb == Verb::Put { Precondition::Version } else { Precondition::None };
        Self { verb, path: path.clone(), access, precondition, schemas, paths, handler }
    }

    /// The same, refused without an `If-Match` of this kind.
    fn based_on(self, precondition: Precondition) -> Self {
        Self { precondition, ..self }
    }
}

static ALL: LazyLock<Vec<ApiRoute>> = LazyLock::new(|| {
    [
        overview::routes(),
        contracts::routes(),
        contract_figures::routes(),
        applications::routes(),
        achievements::routes(),
        matching::routes(),
        application_batches::routes(),
        application_auditors::routes(),
        inspections::routes(),
        registration_points::routes(),
        bulletins::routes(),
        drafts::routes(),
        tables::routes(),
        objections::routes(),
        flags::routes(),
        organisations::routes(),
        targets::routes(),
        imports::routes(),
        codes::routes(),
        datasets::routes(),
        demands::routes(),
        leads::routes(),
        events::routes(),
        people::routes(),
        changes::routes(),
    ]
    .concat()
});

/// The operations and the two pages about them, for the one list of addresses.
#[must_use]
pub fn routes() -> Vec<Route> {
    let operation =
        |route: &'static ApiRoute| Route::api(route.verb, &route.path, route.access, route.handler.clone());
    ALL.iter().map(operation).chain(crate::pages::api::routes()).collect()
}
