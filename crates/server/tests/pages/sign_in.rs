//! Signing in and out: who gets in, who is slowed down, and what a session is worth when it is over.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use xiaoxiang_domain::access::{Grant, Role, Scope};
use xiaoxiang_server::guard::{BROWSER_COOKIE, SESSION_COOKIE};
use xiaoxiang_services::access::{
    NewGrant, NewPerson, SignInTry, create_person, grant_role, hash_password, sign_in,
};
use xiaoxiang_services::{App, Clock, Refusal};

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

pub fn location(answer: &Answer) -> &str {
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
    let person_id = somebody(&app, "zhangsan").await;
    grant(&app, &person_id, Role::Statistician, Scope::Region).await;
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

/// A clock that the test moves.
pub fn moving(app: &mut App) -> Arc<AtomicI64> {
    let now_ms = Arc::new(AtomicI64::new(app.clock.now_ms()));
    let read = Arc::clone(&now_ms);
    app.clock = Clock::new(move || {
        jiff::Timestamp::from_millisecond(read.load(Ordering::Relaxed)).expect("an instant")
    });
    now_ms
}

pub const MINUTE_MS: i64 = 60_000;

#[tokio::test]
async fn a_session_is_over_when_it_was_not_used_and_after_its_hours_even_in_use() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut app = app_with_region(folder.path()).await;
    let now_ms = moving(&mut app);
    somebody(&app, "zhangsan").await;
    let router = pages(app);
    let is_in = async |cookie: &str| {
        get_with(&router, "/account", &[("cookie", cookie)]).await.status == StatusCode::OK
    };
    let idle = cookie_of(&try_to_sign_in(&router, "zhangsan", PASSWORD).await);
    now_ms.fetch_add(119 * MINUTE_MS, Ordering::Relaxed);
    assert!(is_in(&idle).await, "used within two hours");
    now_ms.fetch_add(121 * MINUTE_MS, Ordering::Relaxed);
    assert!(!is_in(&idle).await, "not used for two hours");

    let busy = cookie_of(&try_to_sign_in(&router, "zhangsan", PASSWORD).await);
    for _ in 0..11 {
        now_ms.fetch_add(60 * MINUTE_MS, Ordering::Relaxed);
        assert!(is_in(&busy).await);
    }
    now_ms.fetch_add(61 * MINUTE_MS, Ordering::Relaxed);
    assert!(!is_in(&busy).await, "twelve hours are over");
}

#[tokio::test]
async fn a_sign_in_gives_a_token_that_nobody_could_have_set_before() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = app_with_region(folder.path()).await;
    somebody(&app, "zhangsan").await;
    let router = pages(app);
    let planted = format!("{SESSION_COOKIE}={}", "ab".repeat(32));
    let fields = [("name", "zhangsan"), ("password", PASSWORD)];
    let first = cookie_of(&post(&router, "/sign-in", &planted, &fields).await);
    assert_ne!(first, planted);
    let again = cookie_of(&post(&router, "/sign-in", &first, &fields).await);
    assert_ne!(again, first);
    let status = async |cookie: &str| get_with(&router, "/account", &[("cookie", cookie)]).await.status;
    assert_eq!(status(&planted).await, StatusCode::SEE_OTHER);
    assert_eq!(status(&first).await, StatusCode::SEE_OTHER, "one browser, one session");
    assert_eq!(status(&again).await, StatusCode::OK);
}

#[tokio::test]
async fn forged_cookies_open_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let router = pages(app_with_region(folder.path()).await);
    let long = "a".repeat(10_000);
    for value in ["", "x", &"0".repeat(64), &"A".repeat(64), "' OR 1=1 --", "../../etc/passwd", &long] {
        let cookie = format!("{SESSION_COOKIE}={value}; {SESSION_COOKIE}={value}");
        let answer = get_with(&router, "/account", &[("cookie", &cookie)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{value:.20}");
        assert!(location(&answer).starts_with("/sign-in?to="), "{value:.20}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_ten_thousand_tries_at_once_no_more_are_hashed_than_are_free() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = app_with_region(folder.path()).await;
    somebody(&app, "zhangsan").await;
    let before = app.passwords_hashed();
    let tasks: Vec<_> = (0..50)
        .map(|task| {
            let app = app.clone();
            tokio::spawn(async move {
                let mut waits = 0;
                for number in 0..200 {
                    let password = format!("guess {task} {number}");
                    let attempt =
                        SignInTry { name: "zhangsan", password: &password, address: None, browser: None };
                    match sign_in(&app, attempt).await {
                        Err(Refusal::TooMany { retry_after_s }) => {
                            assert!((1..=900).contains(&retry_after_s));
                            waits += 1;
                        }
                        Err(Refusal::Invalid { code: "sign_in.wrong", .. }) => {}
                        other => panic!("{other:?}"),
                    }
                }
                waits
            })
        })
        .collect();
    let mut waits = 0;
    for task in tasks {
        waits += task.await.expect("a task");
    }
    assert_eq!((app.passwords_hashed() - before, waits), (5, 9_995));
}

#[tokio::test]
async fn many_names_from_one_address_wait_and_other_addresses_do_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = app_with_region(folder.path()).await;
    somebody(&app, "zhangsan").await;
    let from = |address: &str| Some(address.parse::<std::net::IpAddr>().expect("an address"));
    let attempt = async |name: String, password: &str, address: &str| {
        sign_in(&app, SignInTry { name: &name, password, address: from(address), browser: None }).await
    };
    for number in 0..50 {
        let tried = attempt(format!("name{number}"), "guess", &format!("2001:db8::{number:x}")).await;
        assert!(matches!(tried, Err(Refusal::Invalid { .. })), "{number}");
    }
    let waits = attempt("zhangsan".to_owned(), PASSWORD, "2001:db8::ffff").await;
    assert!(matches!(waits, Err(Refusal::TooMany { .. })), "the same network");
    assert!(attempt("zhangsan".to_owned(), PASSWORD, "2001:db8:0:1::1").await.is_ok(), "another network");
}

#[tokio::test]
async fn strangers_who_guess_do_not_keep_the_owner_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = app_with_region(folder.path()).await;
    somebody(&app, "zhangsan").await;
    somebody(&app, "lisi").await;
    let router = pages(app);
    let opened = try_to_sign_in(&router, "zhangsan", PASSWORD).await;
    let set = opened.headers.get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
    let set = set.into_iter().find(|set| set.starts_with(BROWSER_COOKIE)).expect("a known browser");
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax") && set.contains("Max-Age="), "{set}");
    let browser = set.split(';').next().expect("a pair").to_owned();
    for _ in 0..6 {
        try_to_sign_in(&router, "zhangsan", "a stranger's guess").await;
    }
    assert_eq!(try_to_sign_in(&router, "zhangsan", PASSWORD).await.status, StatusCode::TOO_MANY_REQUESTS);
    let fields = [("name", "zhangsan"), ("password", PASSWORD)];
    let owner = post(&router, "/sign-in", &browser, &fields).await;
    assert_eq!(owner.status, StatusCode::SEE_OTHER, "the owner's browser is known");

    for _ in 0..5 {
        post(&router, "/sign-in", &browser, &[("name", "lisi"), ("password", "guess")]).await;
    }
    let other = post(&router, "/sign-in", &browser, &[("name", "lisi"), ("password", PASSWORD)]).await;
    assert_eq!(other.status, StatusCode::TOO_MANY_REQUESTS, "known to one person only");
    let fields = [("name", "zhangsan"), ("password", "guess")];
    for _ in 0..5 {
        post(&router, "/sign-in", &browser, &fields).await;
    }
    let stolen = post(&router, "/sign-in", &browser, &fields).await;
    assert_eq!(stolen.status, StatusCode::TOO_MANY_REQUESTS, "a known browser has its own count");
}
