//! Signing in and out: who gets in, who is slowed down, and what a session is worth when it is over.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use xiaoxiang_domain::access::{Grant, Role, Scope};
use xiaoxiang_server::guard::SESSION_COOKIE;
use xiaoxiang_services::App;
use xiaoxiang_services::access::{NewGrant, NewPerson, create_person, grant_role, hash_password};

use crate::support::{ACTOR, Answer, answered, app_with_region, get_with, pages, post};

pub const PASSWORD: &str = "岳麓山下橘子洲头 2026";

/// Somebody with a password; gives the id.
pub async fn somebody(app: &App, name: &str) -> String {
    let person = NewPerson {
        sign_in_name: name.to_owned(),
        name: "示例甲".to_owned(),
        password_hash: Some(hash_password(app, PASSWORD).await.expect("a hash")),
        must_change_password: false,
    };
    create_person(app, &ACTOR, &person).await.expect("a person")
}

pub async fn grant(app: &App, person_id: &str, role: Role, scope: Scope) -> String {
    let days = (jiff::civil::date(2026, 1, 1), None);
    let grant = Grant { role, scope, valid_from: days.0, valid_to: days.1 };
    let new = NewGrant { grant, basis: "示例授权".to_owned() };
    grant_role(app, &ACTOR, person_id, &new).await.expect("a grant")
}

pub async fn try_to_sign_in(router: &Router, name: &str, password: &str) -> Answer {
    post(router, "/sign-in", "", &[("name", name), ("password", password)]).await
}

/// The cookie that an answer sets, as a browser sends it back.
pub fn cookie_of(answer: &Answer) -> String {
    let set = answer.headers.get_all(header::SET_COOKIE).iter();
    set.filter_map(|value| value.to_str().ok()?.split(';').next())
        .find(|pair| pair.starts_with(SESSION_COOKIE))
        .expect("a session")
        .to_owned()
}

fn location(answer: &Answer) -> &str {
    answer.headers.get(header::LOCATION).map_or("", |value| value.to_str().expect("words"))
}

#[tokio::test]
async fn the_right_password_opens_a_session_and_signing_out_ends_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = app_with_region(folder.path()).await;
    let person_id = somebody(&app, "zhang.san").await;
    grant(&app, &person_id, Role::Administrator, Scope::Region).await;
    let router = pages(app);

    let page = get_with(&router, "/sign-in?to=/people", &[]).await;
    assert!(page.text.contains("name=\"to\" value=\"/people\""), "{}", page.text);
    let fields = [("name", " Zhang.San "), ("password", PASSWORD), ("to", "/about")];
    let opened = post(&router, "/sign-in", "", &fields).await;
    assert_eq!((opened.status, location(&opened)), (StatusCode::SEE_OTHER, "/about"), "{}", opened.text);
    let set = opened.headers.get(header::SET_COOKIE).expect("a cookie").to_str().expect("words");
    assert!(set.ends_with("; Path=/; HttpOnly; SameSite=Lax"), "{set}");
    let cookie = cookie_of(&opened);

    let inside = get_with(&router, "/about", &[("cookie", &cookie)]).await;
    assert!(inside.text.contains("示例甲") && inside.text.contains("系统管理员"), "{}", inside.text);
    let left = post(&router, "/sign-out", &cookie, &[]).await;
    assert_eq!((left.status, location(&left)), (StatusCode::SEE_OTHER, "/"));
    let replayed = get_with(&router, "/about", &[("cookie", &cookie)]).await;
    assert!(!replayed.text.contains("示例甲"), "a session that was ended opens nothing");
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_get_the_same_answer_and_keep_the_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = app_with_region(folder.path()).await;
    somebody(&app, "zhangsan").await;
    let router = pages(app.clone());
    let before = app.passwords_hashed();
    let wrong = try_to_sign_in(&router, "zhangsan", "not the password").await;
    let unknown = try_to_sign_in(&router, "somebody", "not the password").await;
    assert_eq!(app.passwords_hashed() - before, 2, "both cost a hashing");
    assert_eq!((wrong.status, unknown.status), (StatusCode::UNPROCESSABLE_ENTITY, wrong.status));
    assert!(wrong.text.contains("value=\"zhangsan\"") && !wrong.text.contains("not the password"));
    assert_eq!(wrong.text.replace("zhangsan", "somebody"), unknown.text);
    assert!(wrong.headers.get(header::SET_COOKIE).is_none());
}

#[tokio::test]
async fn after_five_wrong_passwords_the_sixth_waits_and_is_not_even_hashed() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = app_with_region(folder.path()).await;
    somebody(&app, "zhangsan").await;
    let router = pages(app.clone());
    for _ in 0..5 {
        let refused = try_to_sign_in(&router, "zhangsan", "not the password").await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let before = app.passwords_hashed();
    let waits = try_to_sign_in(&router, "ZHANGSAN", PASSWORD).await;
    assert_eq!(waits.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(waits.headers.get(header::RETRY_AFTER).expect("a wait"), "30");
    assert!(waits.text.contains("value=\"ZHANGSAN\""), "the name is kept");
    assert_eq!(app.passwords_hashed(), before);
}

#[tokio::test]
async fn a_sign_in_leads_to_no_other_site_and_writes_no_header() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = app_with_region(folder.path()).await;
    somebody(&app, "zhangsan").await;
    let router = pages(app);
    for elsewhere in
        ["https://evil.example", "//evil.example", "/\\evil.example", "/a\r\nSet-Cookie: b=c", "javascript:1"]
    {
        let fields = [("name", "zhangsan"), ("password", PASSWORD), ("to", elsewhere)];
        let opened = post(&router, "/sign-in", "", &fields).await;
        assert_eq!((opened.status, location(&opened)), (StatusCode::SEE_OTHER, "/work"), "{elsewhere}");
        let cookies = opened.headers.get_all(header::SET_COOKIE).iter();
        assert!(cookies.into_iter().all(|cookie| cookie.to_str().is_ok_and(|set| !set.contains("b=c"))));
    }
}

#[tokio::test]
async fn a_sign_in_from_another_site_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = app_with_region(folder.path()).await;
    somebody(&app, "zhangsan").await;
    let router = pages(app);
    let body = serde_urlencoded::to_string([("name", "zhangsan"), ("password", PASSWORD)]).expect("a form");
    let request = Request::post("/sign-in")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("host", "localhost:8080")
        .header("origin", "https://evil.example")
        .body(Body::from(body))
        .expect("a request");
    let answer = answered(&router, request).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.headers.get(header::SET_COOKIE).is_none());
}
