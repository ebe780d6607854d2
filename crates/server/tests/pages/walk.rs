//! The walk: every route, by everybody. Who may not see gets 404, who may see but not do gets 403, who is signed out is
//! led to the sign-in, and nobody gets an error of ours.

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use xiaoxiang_domain::access::{Action, Role, Scope, ScopeKind};
use xiaoxiang_server::routes::{Access, Route, Tongues, Verb, all};
use xiaoxiang_services::{Actor, App};

use super::support::{Answer, answered, app_with_bulletin, get_with, pages, signed_in};

/// What stands in the place of a parameter, whether or not there is such a record.
fn sample(parameter: &str, bulletin: &str, number: &str) -> String {
    match parameter {
        "id" | "bulletin" => bulletin.to_owned(),
        "registration_number" | "number" => number.to_owned(),
        "code" | "division" => "430100".to_owned(),
        "file" => "public.csv".to_owned(),
        "table" => "city-monthly".to_owned(),
        "row" => "430100".to_owned(),
        "column" => "registered.count".to_owned(),
        "position" | "size" | "key" | "run" | "year" => "1".to_owned(),
        "format" | "extension" => "csv".to_owned(),
        "product" => "public".to_owned(),
        _ => "0198c0de-0000-7000-8000-000000000000".to_owned(),
    }
}

fn filled(path: &str, bulletin: &str, number: &str) -> String {
    let part = |part: &str| {
        let Some((before, rest)) = part.split_once('{') else { return part.to_owned() };
        let (parameter, after) = rest.split_once('}').expect("a parameter ends");
        format!("{before}{}{after}", sample(parameter.trim_start_matches('*'), bulletin, number))
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// A scope of each kind: the first that a role may have.
fn scope_of(role: Role) -> Option<Scope> {
    let division = xiaoxiang_domain::region::DivisionCode::parse("430200").expect("a code");
    role.scopes().first().map(|kind| match kind {
        ScopeKind::Region => Scope::Region,
        ScopeKind::Division => Scope::Division(division),
        ScopeKind::Park => Scope::Park(1),
        ScopeKind::Organisation => Scope::Organisation(1),
        ScopeKind::Registrar => Scope::Registrar(1),
    })
}

async fn call(router: &Router, route: &Route, address: &str, cookie: Option<&str>) -> Answer {
    let method = match route.verb {
        Verb::Get => Method::GET,
        Verb::Post => Method::POST,
        Verb::Put => Method::PUT,
    };
    let mut request = Request::builder().method(method).uri(address).header("sec-fetch-site", "same-origin");
    if let Some(cookie) = cookie {
        request = request.header("cookie", cookie);
    }
    if route.verb == Verb::Post {
        request = request.header("content-type", "application/x-www-form-urlencoded");
    }
    answered(router, request.body(Body::empty()).expect("a request")).await
}

fn is_led_to_sign_in(answer: &Answer) -> bool {
    let to = answer.headers.get("location").and_then(|value| value.to_str().ok()).unwrap_or_default();
    answer.status == StatusCode::SEE_OTHER && to.contains("/sign-in?to=")
}

async fn number_of_a_contract(app: &App) -> String {
    super::support::contracts_of_october(app).await.next().expect("a contract").registration_number
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_answers_every_role_as_the_table_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, bulletin) = app_with_bulletin(folder.path()).await;
    let number = number_of_a_contract(&app).await;
    let router = pages(app.clone());
    let mut people: Vec<(Role, Option<Scope>, Option<String>)> = vec![(Role::Public, None, None)];
    for role in Role::ALL {
        if let Some(scope) = scope_of(role) {
            people.push((role, Some(scope), Some(signed_in(&app, role, scope).await)));
        }
    }
    let mut wrong = Vec::new();
    let mut calls = 0;
    for route in all() {
        for address in route.addresses() {
            let address = filled(&address, &bulletin, &number);
            for (role, scope, cookie) in &people {
                // A sign-out ends the session that later calls need.
                if route.path == "/sign-out" && cookie.is_some() {
                    continue;
                }
                let answer = call(&router, &route, &address, cookie.as_deref()).await;
                calls += 1;
                let actor = scope.map_or_else(Actor::public, |scope| Actor::person("walk", *role, scope));
                if let Some(complaint) = judge(&route, &actor, &answer) {
                    wrong.push(format!(
                        "{:?} {address} as {}: {} ({complaint})",
                        route.verb,
                        role.code(),
                        answer.status
                    ));
                }
            }
        }
    }
    assert!(calls > 100, "only {calls} calls were made");
    assert!(wrong.is_empty(), "{} of {calls} answers are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// What a page may weigh as it is sent, charts and stylesheet aside.
const PAGE_BYTES_MAX: usize = 100 * 1024;

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_small_when_packed() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, bulletin) = app_with_bulletin(folder.path()).await;
    let number = number_of_a_contract(&app).await;
    let router = pages(app.clone());
    let cookies = [
        signed_in(&app, Role::Statistician, Scope::Region).await,
        signed_in(&app, Role::Administrator, Scope::Region).await,
    ];
    let mut weighed = 0;
    for route in all().into_iter().filter(|route| route.verb == Verb::Get && route.tongues == Tongues::Both) {
        for address in route.addresses() {
            let address = filled(&address, &bulletin, &number);
            for cookie in &cookies {
                let headers = [("cookie", cookie.as_str()), ("accept-encoding", "gzip")];
                let answer = get_with(&router, &address, &headers).await;
                weighed += usize::from(answer.status == StatusCode::OK);
                assert!(answer.size <= PAGE_BYTES_MAX, "{address} weighs {} bytes", answer.size);
            }
        }
    }
    assert!(weighed > 60, "only {weighed} pages were weighed");
}

fn judge(route: &Route, actor: &Actor, answer: &Answer) -> Option<&'static str> {
    let is_public = actor.role() == Some(Role::Public);
    if answer.status.is_server_error() {
        return Some("an error of ours");
    }
    if route.access == Access::SignedIn {
        let is_barred = answer.status == StatusCode::UNAUTHORIZED || is_led_to_sign_in(answer);
        return (is_barred != is_public).then_some("for whoever has signed in");
    }
    let Access::Needs(action) = route.access else {
        let is_barred = matches!(answer.status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN)
            || is_led_to_sign_in(answer);
        return is_barred.then_some("open to everybody");
    };
    if is_public {
        let is_right = match route.verb {
            Verb::Get => is_led_to_sign_in(answer) || answer.status == StatusCode::UNAUTHORIZED,
            Verb::Post | Verb::Put => answer.status == StatusCode::UNAUTHORIZED,
        };
        return (!is_right).then_some("signed out, hence the sign-in");
    }
    if actor.may(action) {
        let is_barred = answer.status == StatusCode::UNAUTHORIZED || is_led_to_sign_in(answer);
        return is_barred.then_some("permitted");
    }
    let expected = if actor.may(action.sight()) { StatusCode::FORBIDDEN } else { StatusCode::NOT_FOUND };
    (answer.status != expected).then_some("not permitted")
}

/// Routes that name a city or a contract, as somebody whose scope is another city.
#[tokio::test(flavor = "multi_thread")]
async fn what_lies_in_another_city_is_not_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, bulletin) = app_with_bulletin(folder.path()).await;
    let number = number_of_a_contract(&app).await;
    let router = pages(app.clone());
    let elsewhere = xiaoxiang_domain::region::DivisionCode::parse("433100").expect("a code");
    let cookie = signed_in(&app, Role::CityOfficer, Scope::Division(elsewhere)).await;
    let actor = Actor::person("walk", Role::CityOfficer, Scope::Division(elsewhere));
    for route in all() {
        let Access::Needs(action) = route.access else { continue };
        let names_a_record = route.path.contains("{code}") || route.path.contains("{registration_number}");
        let is_scoped = actor.extent(action).is_some_and(|scope| scope != Scope::Region);
        if action == Action::Work || !names_a_record || !is_scoped || route.verb != Verb::Get {
            continue;
        }
        let address = filled(route.path, &bulletin, &number);
        let answer = call(&router, &route, &address, Some(&cookie)).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{address} as an officer of 湘西");
    }
}
