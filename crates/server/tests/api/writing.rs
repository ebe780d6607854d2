//! Changes through the API: contracts under their version, requests sent twice, objections, drafts.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use xiaoxiang_domain::access::{Role, Scope};

use super::support::{Answer, app_with_bulletin, contracts_of_october, get_with, pages, signed_in};
use xiaoxiang_services::App;

use super::{assert_problem, json as read_json, post_json, send};

struct Desk {
    app: App,
    router: axum::Router,
    cookie: String,
    number: String,
    _folder: tempfile::TempDir,
}

impl Desk {
    /// A statistician before an application with contracts of October.
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (app, _) = app_with_bulletin(folder.path()).await;
        let number = contracts_of_october(&app).await.next().expect("a contract").registration_number;
        let cookie = signed_in(&app, Role::Statistician, Scope::Region).await;
        Self { router: pages(app.clone()), app, cookie, number, _folder: folder }
    }

    async fn get(&self, path: &str) -> Answer {
        get_with(&self.router, path, &[("cookie", &self.cookie)]).await
    }

    async fn record(&self) -> Value {
        let answer = self.get(&format!("/api/v1/contracts/{}?personal=true", self.number)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        read_json(&answer)["contract"].clone()
    }

    async fn put(&self, tag: Option<&str>, body: &Value) -> Answer {
        let mut headers = vec![("cookie", self.cookie.as_str()), ("content-type", "application/json")];
        headers.extend(tag.map(|tag| ("if-match", tag)));
        let path = format!("/api/v1/contracts/{}", self.number);
        send(&self.router, Method::PUT, &path, &headers, body.to_string()).await
    }

    /// Posts without a body, over the version or content that was seen.
    async fn post_over(&self, tag: Option<&str>, path: &str) -> Answer {
        let mut headers = vec![("cookie", self.cookie.as_str())];
        headers.extend(tag.map(|tag| ("if-match", tag)));
        send(&self.router, Method::POST, path, &headers, "").await
    }

    async fn post_under(&self, key: &str, path: &str, body: &Value) -> Answer {
        let headers = [
            ("cookie", self.cookie.as_str()),
            ("content-type", "application/json"),
            ("idempotency-key", key),
        ];
        send(&self.router, Method::POST, path, &headers, body.to_string()).await
    }

    /// A contract like the one on record under another number.
    async fn another(&self, number: &str) -> Value {
        let mut body = self.record().await;
        body["registration_number"] = number.into();
        body
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contract_is_changed_by_whoever_has_seen_its_version() {
    let desk = Desk::new().await;
    let path = format!("/api/v1/contracts/{}", desk.number);
    let first = desk.get(&path).await;
    assert_eq!(first.headers["etag"], "\"1\"");
    assert!(
        read_json(&first)["contract"]["buyer"]["telephone"].is_null(),
        "personal data are not sent unasked"
    );
    let mut body = desk.record().await;
    body["project_name"] = "更改后的项目名称".into();

    assert_problem(&desk.put(None, &body).await, StatusCode::PRECONDITION_REQUIRED, "if_match.missing");
    for stale in ["\"2\"", "\"0\"", "\"-1\"", "1", "W/\"1\"", "*", "\"99999999999999999999\""] {
        assert_problem(&desk.put(Some(stale), &body).await, StatusCode::PRECONDITION_FAILED, "stale");
    }
    let changed = desk.put(Some("\"1\""), &body).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text);
    assert_eq!(changed.headers["etag"], "\"2\"");
    // Another browser that still holds version 1.
    body["project_name"] = "另一人的更改".into();
    assert_problem(&desk.put(Some("\"1\""), &body).await, StatusCode::PRECONDITION_FAILED, "stale");

    let versions = read_json(&desk.get(&format!("{path}/versions")).await);
    assert_eq!(versions["items"].as_array().expect("versions").len(), 2);
    assert_eq!(versions["items"][0]["changes"][0]["field"], "project_name");
    body["registration_number"] = "2026430100009999".into();
    assert_problem(&desk.put(Some("\"2\""), &body).await, StatusCode::UNPROCESSABLE_ENTITY, "request.body");
}

#[tokio::test(flavor = "multi_thread")]
async fn contact_data_that_are_not_sent_stay() {
    let desk = Desk::new().await;
    let mut body = desk.record().await;
    body["buyer"]["telephone"] = "0731-99998888".into();
    assert_eq!(desk.put(Some("\"1\""), &body).await.status, StatusCode::OK);
    body["buyer"]["telephone"] = Value::Null;
    body["project_name"] = "又一次更改".into();
    assert_eq!(desk.put(Some("\"2\""), &body).await.status, StatusCode::OK);
    assert_eq!(desk.record().await["buyer"]["telephone"], "0731-99998888");
    body["buyer"]["telephone"] = "".into();
    assert_eq!(desk.put(Some("\"3\""), &body).await.status, StatusCode::OK);
    assert_eq!(desk.record().await["buyer"]["telephone"], "");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_contract_is_listed_field_by_field() {
    let desk = Desk::new().await;
    let mut body = desk.another("2026 <b>1</b>").await;
    body["seller"]["credit_code"] = "91430000000000000X".into();
    body["registered_on"] = "2099-01-01".into();
    body["technology_value_fen"] = 100.into();
    body["contract_value_fen"] = 99.into();
    body["project_name"] = "长".repeat(600).into();
    let answer = post_json(&desk.router, "/api/v1/contracts", &desk.cookie, &body).await;
    assert_problem(&answer, StatusCode::UNPROCESSABLE_ENTITY, "contract.refused");
    let problem = read_json(&answer);
    let errors = problem["errors"].as_array().expect("errors");
    let at = |pointer: &str| errors.iter().any(|error| error["pointer"] == pointer);
    for pointer in [
        "/registration_number",
        "/seller/credit_code",
        "/registered_on",
        "/technology_value_fen",
        "/project_name",
    ] {
        assert!(at(pointer), "{pointer}: {}", answer.text);
    }
    body["contract_value_fen"] = (-1).into();
    let negative = post_json(&desk.router, "/api/v1/contracts", &desk.cookie, &body).await;
    assert_eq!(negative.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_sent_twice_under_one_key_is_done_once() {
    let desk = Desk::new().await;
    let body = desk.another("2026430100001234").await;
    let first = desk.post_under("key-1", "/api/v1/contracts", &body).await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.text);
    assert_eq!(first.headers["location"], "/api/v1/contracts/2026430100001234");
    let second = desk.post_under("key-1", "/api/v1/contracts", &body).await;
    assert_eq!((second.status, &second.text), (first.status, &first.text));
    assert_eq!(second.headers["idempotency-replayed"], "true");
    for name in ["location", "etag", "content-type"] {
        assert_eq!(second.headers.get(name), first.headers.get(name), "{name}");
    }
    let other = desk.another("2026430100001235").await;
    let answer = desk.post_under("key-1", "/api/v1/contracts", &other).await;
    assert_problem(&answer, StatusCode::UNPROCESSABLE_ENTITY, "idempotency.other_request");
    // Without a key the same request runs into what is on record.
    let again = post_json(&desk.router, "/api/v1/contracts", &desk.cookie, &body).await;
    assert_problem(&again, StatusCode::CONFLICT, "contract.exists");
    // A refusal changed nothing, so that its key may be used again.
    let wrong = json!({ "registration_number": "x" });
    assert_eq!(
        desk.post_under("key-2", "/api/v1/contracts", &wrong).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(desk.post_under("key-2", "/api/v1/contracts", &other).await.status, StatusCode::CREATED);
    let long = "k".repeat(129);
    for key in [long.as_str(), "", "a b", "键"] {
        let answer = desk.post_under(key, "/api/v1/contracts", &other).await;
        assert_problem(&answer, StatusCode::BAD_REQUEST, "idempotency.key");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_ten_equal_requests_at_once_one_is_done() {
    let desk = std::sync::Arc::new(Desk::new().await);
    let body = desk.another("2026430100004321").await;
    let calls: Vec<_> = (0..10)
        .map(|_| {
            let (desk, body) = (std::sync::Arc::clone(&desk), body.clone());
            tokio::spawn(async move { desk.post_under("same", "/api/v1/contracts", &body).await })
        })
        .collect();
    let mut done = 0;
    for call in calls {
        let answer = call.await.expect("an answer");
        match answer.status {
            StatusCode::CREATED if answer.headers.get("idempotency-replayed").is_none() => done += 1,
            StatusCode::CREATED => {}
            _ => {
                assert_problem(&answer, StatusCode::CONFLICT, "idempotency.under_way");
                assert!(answer.headers.contains_key("retry-after"));
            }
        }
    }
    assert_eq!(done, 1);
    let versions = read_json(&desk.get("/api/v1/contracts/2026430100004321/versions").await);
    assert_eq!(versions["items"].as_array().expect("versions").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawn_contract_leaves_the_current_figures() {
    let desk = Desk::new().await;
    let table = "/api/v1/tables?period=2026-10&direction=registered&by=city";
    let count = async || read_json(&desk.get(table).await)["total"]["count"].clone();
    let before = count().await.as_i64().expect("a count");
    let path = format!("/api/v1/contracts/{}/withdrawal", desk.number);
    assert_problem(&desk.post_over(None, &path).await, StatusCode::PRECONDITION_REQUIRED, "if_match.missing");
    for stale in ["\"7\"", "1", "W/\"1\"", "*"] {
        assert_problem(&desk.post_over(Some(stale), &path).await, StatusCode::PRECONDITION_FAILED, "stale");
    }
    let withdrawn = desk.post_over(Some("\"1\""), &path).await;
    assert_eq!(withdrawn.status, StatusCode::CREATED, "{}", withdrawn.text);
    assert_eq!(read_json(&withdrawn)["standing"], "withdrawn");
    assert_eq!(count().await, before - 1);
    let again = desk.post_over(Some("\"2\""), &path).await;
    assert_problem(&again, StatusCode::UNPROCESSABLE_ENTITY, "contract.withdrawn");
}

#[tokio::test(flavor = "multi_thread")]
async fn contracts_are_listed_by_filter_page_by_page() {
    let desk = Desk::new().await;
    let mut numbers = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/api/v1/contracts?period=2026-10&order=number&limit=25{cursor}");
        let page = read_json(&desk.get(&path).await);
        assert_eq!(page["total"], 60);
        for item in page["items"].as_array().expect("items") {
            numbers.push(item["contract"]["registration_number"].as_str().expect("a number").to_owned());
        }
        let Some(next) = page["next"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(numbers.len(), 60);
    assert!(numbers.is_sorted());
    for query in
        ["cursor=forged", "period=soon", "order=best", "contract_type=none", "organisation=0x1", "limit=201"]
    {
        assert_eq!(
            desk.get(&format!("/api/v1/contracts?{query}")).await.status,
            StatusCode::BAD_REQUEST,
            "{query}"
        );
    }
    let long = "a".repeat(3_000);
    assert_eq!(desk.get(&format!("/api/v1/contracts?text={long}")).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_about_an_unknown_objection_is_not_found() {
    let desk = Desk::new().await;
    let unknown = json!({ "division": "430200", "reason": "示例理由" });
    let decided = post_json(&desk.router, "/api/v1/objections/none/decision", &desk.cookie, &unknown).await;
    assert_problem(&decided, StatusCode::NOT_FOUND, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_seen_is_what_is_signed() {
    let desk = Desk::new().await;
    let leader = signed_in(&desk.app, Role::DivisionHead, Scope::Region).await;
    let draft =
        post_json(&desk.router, "/api/v1/drafts", &desk.cookie, &json!({ "period": "2026-10" })).await;
    assert_eq!(draft.status, StatusCode::CREATED, "{}", draft.text);
    let path = draft.headers["location"].to_str().expect("an address").to_owned();
    let read = async || get_with(&desk.router, &path, &[("cookie", &leader)]).await;
    let seen = read().await;
    assert_eq!(read_json(&seen)["freshness"], "current");
    let tag = seen.headers["etag"].to_str().expect("a tag").to_owned();
    assert_eq!(
        format!("\"{}\"", read_json(&seen)["bulletin"]["content_sha256"].as_str().expect("a hash")),
        tag
    );

    let sign = async |cookie: &str, tag: Option<&str>| {
        let mut headers = vec![("cookie", cookie), ("content-type", "application/json")];
        headers.extend(tag.map(|tag| ("if-match", tag)));
        let body = json!({ "signed_on": "2026-11-05" }).to_string();
        send(&desk.router, Method::POST, &format!("{path}/signature"), &headers, body).await
    };
    // Whoever drafts does not sign.
    assert_problem(&sign(&desk.cookie, Some(&tag)).await, StatusCode::FORBIDDEN, "forbidden");
    let unconditional = sign(&leader, None).await;
    assert_problem(&unconditional, StatusCode::PRECONDITION_REQUIRED, "if_match.missing");
    let other = format!("\"{}\"", "0".repeat(64));
    assert_problem(&sign(&leader, Some(&other)).await, StatusCode::PRECONDITION_FAILED, "stale");

    // The figures move after they were seen.
    let withdrawal = format!("/api/v1/contracts/{}/withdrawal", desk.number);
    assert_eq!(desk.post_over(Some("\"1\""), &withdrawal).await.status, StatusCode::CREATED);
    assert_eq!(read_json(&read().await)["freshness"], "moved");
    assert_problem(&sign(&leader, Some(&tag)).await, StatusCode::PRECONDITION_FAILED, "stale");
    let redraft = format!("{path}/redraft");
    assert_problem(&desk.post_over(Some(&other), &redraft).await, StatusCode::PRECONDITION_FAILED, "stale");
    let redrafted = desk.post_over(Some(&tag), &redraft).await;
    assert_eq!(redrafted.status, StatusCode::CREATED, "{}", redrafted.text);
    assert_problem(&sign(&leader, Some(&tag)).await, StatusCode::PRECONDITION_FAILED, "stale");

    let tag = redrafted.headers["etag"].to_str().expect("a tag").to_owned();
    let signed = sign(&leader, Some(&tag)).await;
    assert_eq!(signed.status, StatusCode::CREATED, "{}", signed.text);
    let place = signed.headers["location"].to_str().expect("an address");
    let bulletin = read_json(&desk.get(place).await);
    assert_eq!(bulletin["number"], read_json(&signed)["number"]);
    assert_problem(&read().await, StatusCode::NOT_FOUND, "not_found");
    let again = sign(&leader, Some(&tag)).await;
    assert_problem(&again, StatusCode::UNPROCESSABLE_ENTITY, "bulletin.signed");
}
