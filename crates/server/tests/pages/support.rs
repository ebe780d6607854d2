//! An application with few contracts and a signed bulletin, and requests to its pages.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use jiff::civil::date;
use jiff::tz::TimeZone;
use tower::ServiceExt as _;
use xiaoxiang_domain::access::{Grant, Role, Scope};
use xiaoxiang_domain::bulletin::GrowthBase;
use xiaoxiang_domain::contract::Contract;
use xiaoxiang_domain::fact::Source;
use xiaoxiang_domain::money::Fen;
use xiaoxiang_domain::notice::Channel;
use xiaoxiang_server::guard::SESSION_COOKIE;
use xiaoxiang_server::pages::PageState;
use xiaoxiang_server::pages::shell::DataOrigin;
use xiaoxiang_server::region_files::shipped_layers;
use xiaoxiang_server::routes::router;
use xiaoxiang_server::setup_gate::SetupGate;
use xiaoxiang_services::access::{NewGrant, NewPerson, create_person, grant_role, open_session};
use xiaoxiang_services::bulletin::{Signing, draft_bulletin, sign_bulletin};
use xiaoxiang_services::contract::record_contract;
use xiaoxiang_services::demo::example;
use xiaoxiang_services::log::LogKey;
use xiaoxiang_services::region::import_region;
use xiaoxiang_services::screening::{Effort, When, screen_book};
use xiaoxiang_services::{Actor, App, Clock};
use xiaoxiang_store::Db;

/// Contracts of the example that the pages are tested on.
pub const CONTRACTS: usize = 60;
pub static ACTOR: LazyLock<Actor> = LazyLock::new(|| Actor::operator("tests"));

pub async fn empty_app(folder: &Path) -> App {
    let address = format!("sqlite:{}", folder.join("pages.db").display());
    let today = date(2026, 11, 22).at(9, 0, 0, 0).to_zoned(TimeZone::UTC).expect("an instant").timestamp();
    let app = App::new(Db::connect(&address).await.expect("a database"), Clock::new(move || today));
    app.db.migrate("pages-test-log").await.expect("a schema");
    app
}

/// An application with region data and nothing else.
pub async fn app_with_region(folder: &Path) -> App {
    let app = empty_app(folder).await;
    let layers = shipped_layers("hunan").expect("the shipped region");
    import_region(&app, &ACTOR, &layers).await.expect("region data");
    app
}

/// An application with a few contracts of October 2026 and its signed bulletin, whose id comes along.
pub async fn app_with_bulletin(folder: &Path) -> (App, String) {
    let app = app_with_region(folder).await;
    for contract in contracts_of_october(&app).await.take(CONTRACTS) {
        record_contract(&app, &ACTOR, Source::Registry, contract).await.expect("a contract");
    }
    let period = "2026-10".parse().expect("a period");
    let id = draft_bulletin(&app, &ACTOR, period, GrowthBase::AsKnown).await.expect("a draft");
    let key = log_key(&app);
    let signing = Signing { signer: "示例甲".to_owned(), signed_on: date(2026, 11, 5) };
    sign_bulletin(&app, &ACTOR, &key, &id, &signing).await.expect("a signature");
    (app, id)
}

/// One contract of goods and another like it, screened.
pub async fn app_with_flags(folder: &Path) -> App {
    let app = app_with_region(folder).await;
    let made: Vec<Contract> = contracts_of_october(&app).await.take(2).collect();
    for (mut contract, title) in made.into_iter().zip(["数控机床采购", "办公楼装修工程 <b>一期</b>"])
    {
        title.clone_into(&mut contract.project_name);
        contract.contract_type = "51".to_owned();
        contract.contract_value = Fen(120_000_000);
        contract.technology_value = contract.contract_value;
        contract.seller.established_on = Some(date(2010, 5, 4));
        contract.seller.legal_representative = "示例代表".to_owned();
        record_contract(&app, &ACTOR, Source::Registry, contract).await.expect("a contract");
    }
    let screened = screen_book(&app, &ACTOR, When::Now, Effort::All).await.expect("a book").expect("changes");
    assert!(screened.raised >= 2, "{screened:?}");
    app
}

/// Example contracts registered in October 2026, always the same ones in the same order.
pub async fn contracts_of_october(app: &App) -> impl Iterator<Item = Contract> {
    let region = app.region().await.expect("a region");
    let made = example(&region.region, date(2026, 11, 22));
    let october = |day: jiff::civil::Date| day.year() == 2026 && day.month() == 10;
    made.registry.into_iter().filter(move |contract| october(contract.registered_on))
}

/// The key of all tests: a log that one key signed takes no other.
pub fn log_key(app: &App) -> LogKey {
    LogKey::load_or_create(app, &std::env::temp_dir().join("xiaoxiang-pages-test-key.pem")).expect("a key")
}

pub fn pages(app: App) -> Router {
    router(page_state(app))
}

pub fn page_state(app: App) -> PageState {
    let log_key = log_key(&app);
    PageState {
        trusted_proxies: Arc::default(),
        app,
        origin: DataOrigin::Example,
        log_key: Arc::new(log_key),
        public_origin: None,
        setup: SetupGate::closed(),
        provider: None,
        offered: Channel::OF_PEOPLE.into(),
    }
}

/// The cookie of somebody new who has signed in and acts in one role.
pub async fn signed_in(app: &App, role: Role, scope: Scope) -> String {
    signed_in_with(app, (role, scope), &[]).await
}

/// The same for somebody who is granted more after having signed in, and acts as before.
pub async fn signed_in_with(app: &App, first: (Role, Scope), more: &[(Role, Scope)]) -> String {
    let name = format!("{}-{}", first.0.code().replace('_', "-"), app.new_id().expect("an id"));
    let person = NewPerson {
        sign_in_name: name,
        name: "示例人员".to_owned(),
        password_hash: None,
        must_change_password: false,
    };
    let person_id = create_person(app, &ACTOR, &person).await.expect("a person");
    let grant = |(role, scope)| NewGrant {
        grant: Grant { role, scope, valid_from: date(2026, 1, 1), valid_to: None },
        basis: "示例授权".to_owned(),
    };
    grant_role(app, &ACTOR, &person_id, &grant(first)).await.expect("a grant");
    let opened = open_session(app, &person_id).await.expect("a session");
    for one in more {
        grant_role(app, &ACTOR, &person_id, &grant(*one)).await.expect("a grant");
    }
    format!("{SESSION_COOKIE}={}", opened.token.text())
}

/// Sends a form as a page of ours does.
pub async fn post(router: &Router, path: &str, cookie: &str, fields: &[(&str, &str)]) -> Answer {
    let body = serde_urlencoded::to_string(fields).expect("a form");
    let request = Request::post(path)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .header("cookie", cookie)
        .body(Body::from(body))
        .expect("a request");
    answered(router, request).await
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: axum::http::HeaderMap,
    pub text: String,
    /// Bytes as sent, packed where packing was asked for.
    pub size: usize,
}

pub async fn get(router: &Router, path: &str) -> Answer {
    get_with(router, path, &[]).await
}

pub async fn get_with(router: &Router, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    answered(router, request.body(Body::empty()).expect("a request")).await
}

/// What comes back.
pub async fn answered(router: &Router, request: Request<Body>) -> Answer {
    let response = router.clone().oneshot(request).await.expect("an answer");
    let (parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, 8 * 1024 * 1024).await.expect("a body");
    Answer {
        status: parts.status,
        headers: parts.headers,
        size: bytes.len(),
        text: String::from_utf8_lossy(&bytes).into_owned(),
    }
}
