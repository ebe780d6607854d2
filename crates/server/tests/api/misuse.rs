//! Requests that make no sense or mean harm.

use axum::http::{Method, StatusCode};
use serde_json::json;
use xiaoxiang_domain::access::{Role, Scope};

use super::support::{app_with_bulletin, get, get_with, pages, signed_in};
use super::{assert_problem, post_json, send};

#[tokio::test(flavor = "multi_thread")]
async fn addresses_and_queries_that_make_no_sense_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, id) = app_with_bulletin(folder.path()).await;
    let router = pages(app);
    let long = "长".repeat(10_000);
    let encoded: String = long.bytes().take(1_200).map(|byte| format!("%{byte:02X}")).collect();
    for (path, status, code) in [
        ("/api/v1".to_owned(), 404, "not_found"),
        ("/api/v1/".to_owned(), 404, "not_found"),
        ("/api/v1/nowhere/at/all".to_owned(), 404, "not_found"),
        ("/api/v1/bulletins/unknown".to_owned(), 404, "not_found"),
        ("/api/v1/bulletins/%00".to_owned(), 404, "not_found"),
        ("/api/v1/bulletins/%FF%FE".to_owned(), 404, "not_found"),
        ("/api/v1/bulletins/..%2F..%2Fetc%2Fpasswd".to_owned(), 404, "not_found"),
        ("/api/v1/bulletins/%3Cscript%3E".to_owned(), 404, "not_found"),
        (format!("/api/v1/bulletins/{encoded}"), 404, "not_found"),
        (format!("/api/v1/bulletins/{id}/cells/city-monthly/nobody/registered.count"), 404, "not_found"),
        (
            format!("/api/v1/bulletins/{id}/cells/city-monthly/total/registered.count?cursor=0"),
            400,
            "request.query",
        ),
        ("/api/v1/bulletins?cursor=forged".to_owned(), 400, "request.cursor"),
        ("/api/v1/bulletins?cursor=ff".to_owned(), 400, "request.cursor"),
        ("/api/v1/bulletins?limit=0".to_owned(), 400, "request.query"),
        ("/api/v1/bulletins?limit=100000".to_owned(), 400, "request.query"),
        ("/api/v1/bulletins?limit=-1".to_owned(), 400, "request.query"),
        ("/api/v1/bulletins?unknown=1".to_owned(), 400, "request.query"),
        ("/api/v1/tables?period=%3Cscript%3E".to_owned(), 400, "request.query"),
        ("/api/v1/tables?by=organisation".to_owned(), 400, "request.query"),
        ("/api/v1/tables?format=exe".to_owned(), 400, "request.query"),
        ("/api/v1/tables?within=110000".to_owned(), 400, "request.query"),
        ("/api/v1/tables?within=430111".to_owned(), 400, "request.query"),
        (format!("/api/v1/tables?period={encoded}"), 400, "request.query"),
        ("/api/v1/changes?after=-2".to_owned(), 400, "request.query"),
        ("/api/v1/changes?after=99999999999999999999".to_owned(), 400, "request.query"),
        ("/api/v1/proofs/contract:1".to_owned(), 404, "not_found"),
    ] {
        let answer = get(&router, &path).await;
        let status = StatusCode::from_u16(status).expect("a status");
        assert_problem(&answer, status, code);
        assert_eq!(answer.headers["x-content-type-options"], "nosniff", "{path}");
    }
    // A cursor that was never given but could have been names only a place in the order.
    let place = format!("/api/v1/bulletins?cursor={}", hex::encode("zzzz"));
    assert_eq!(get(&router, &place).await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn methods_and_bodies_that_make_no_sense_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, _) = app_with_bulletin(folder.path()).await;
    let router = pages(app.clone());
    let statistician = signed_in(&app, Role::Statistician, Scope::Region).await;
    let own = ("cookie", statistician.as_str());
    let as_json = ("content-type", "application/json");

    let answer = send(&router, Method::DELETE, "/api/v1/bulletins", &[own], "").await;
    assert_problem(&answer, StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed");
    assert!(answer.headers["allow"].to_str().expect("words").contains("GET"));

    let post = |headers: Vec<(&'static str, String)>, body: String| {
        let router = router.clone();
        async move {
            let headers: Vec<(&str, &str)> =
                headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
            send(&router, Method::POST, "/api/v1/drafts", &headers, body).await
        }
    };
    let headers =
        |kind: (&'static str, &str)| vec![("cookie", statistician.clone()), (kind.0, kind.1.to_owned())];
    let deep = format!("{}{}", "[".repeat(500), "]".repeat(500));
    for (kind, body, status, code) in [
        (("content-type", "text/plain"), "{}".to_owned(), 415, "request.media_type"),
        (("accept", "*/*"), "{}".to_owned(), 415, "request.media_type"),
        (as_json, "{".to_owned(), 400, "request.json"),
        (as_json, deep, 400, "request.json"),
        (as_json, "[[[[[[[[[[1]]]]]]]]]]".to_owned(), 422, "request.text"),
        (as_json, "{}".to_owned(), 422, "request.body"),
        (as_json, "[]".to_owned(), 422, "request.body"),
        (as_json, r#"{"period":"2026-10","more":1}"#.to_owned(), 422, "request.body"),
        (as_json, r#"{"period":"soon"}"#.to_owned(), 422, "request.body"),
        (as_json, "{\"period\":\"2026\\u0000-10\"}".to_owned(), 422, "request.text"),
        (as_json, json!({ "period": "长".repeat(10_001) }).to_string(), 422, "request.text"),
        (as_json, json!({ "period": "x".repeat(2 * 1024 * 1024) }).to_string(), 413, "request.too_large"),
    ] {
        let answer = post(headers(kind), body).await;
        assert_problem(&answer, StatusCode::from_u16(status).expect("a status"), code);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_changes_nothing_for_another_site_and_a_forged_token_is_nobody() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, _) = app_with_bulletin(folder.path()).await;
    let router = pages(app.clone());
    let statistician = signed_in(&app, Role::Statistician, Scope::Region).await;
    let headers = [
        ("cookie", statistician.as_str()),
        ("content-type", "application/json"),
        ("origin", "https://evil.example"),
    ];
    let mut request = axum::http::Request::post("/api/v1/drafts");
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let request = request.body(r#"{"period":"2026-10"}"#.into()).expect("a request");
    let foreign = super::support::answered(&router, request).await;
    assert_problem(&foreign, StatusCode::FORBIDDEN, "foreign_origin");

    let unknown = "0".repeat(64);
    for value in ["Bearer", "Bearer x", "Basic YTpi", &format!("Bearer {unknown}"), &"x".repeat(10_000)] {
        // Even beside a session: whoever sends a token means to act by it.
        let sent = [("authorization", value), ("cookie", statistician.as_str())];
        let answer = get_with(&router, "/api/v1/drafts", &sent).await;
        assert_problem(&answer, StatusCode::UNAUTHORIZED, "token");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn markup_in_a_text_comes_back_as_text_and_headers_cannot_be_injected() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, _) = app_with_bulletin(folder.path()).await;
    let number =
        super::support::contracts_of_october(&app).await.next().expect("a contract").registration_number;
    let router = pages(app.clone());
    let province = xiaoxiang_domain::region::DivisionCode::parse("430000").expect("a code");
    let officer = signed_in(&app, Role::CityOfficer, Scope::Division(province)).await;
    let evil = "<script>alert(1)</script>\r\nSet-Cookie: a=b";
    let body = json!({
        "registration_number": number, "side": "buyer", "claimed_division": "430200", "raised_by": "示例科技局",
        "reason": evil,
    });
    let raised = post_json(&router, "/api/v1/objections", &officer, &body).await;
    assert_eq!(raised.status, StatusCode::CREATED, "{}", raised.text);
    assert!(!raised.headers.contains_key("set-cookie"));
    let statistician = signed_in(&app, Role::Statistician, Scope::Region).await;
    let list = get_with(&router, "/api/v1/objections", &[("cookie", &statistician)]).await;
    assert_eq!(super::json(&list)["items"][0]["reason"], evil);
    assert_eq!(list.headers["content-type"], "application/json");
    assert_eq!(list.headers["x-content-type-options"], "nosniff");
}
