//! Achievements over the API: entered, changed under their revision, handed in, reviewed, listed, found.

use axum::http::StatusCode;
use serde_json::{Value, json};
use xiaoxiang_domain::access::{Role, Scope};

use super::conformance::assert_documented;
use super::support::{Answer, app_with_bulletin, get_with, pages, signed_in};
use super::{json as read_json, send};
use axum::Router;
use axum::http::Method;

const PATH: &str = "/api/v1/achievements";

fn form() -> Value {
    json!({
        "kind": "service", "title": "示例检测服务", "summary": "示例", "field": "3", "division": "430104",
        "problem": "缺少试验条件", "evidence": "秘密数据", "modes": ["service"],
        "price": { "method": "listed", "is_negotiable": true },
        "contact": { "name": "示例联系人", "telephone": "0731-00000000" },
        "clearance": { "patent_filing": "not_needed", "holds_no_secrets": true }
    })
}

/// Sends JSON, over a revision where one is given.
async fn put(
    router: &Router,
    method: Method,
    path: &str,
    cookie: &str,
    seen: Option<&str>,
    body: &Value,
) -> Answer {
    let mut headers = vec![("cookie", cookie), ("content-type", "application/json")];
    headers.extend(seen.map(|revision| ("if-match", revision)));
    send(router, method, path, &headers, body.to_string()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_achievement_is_entered_reviewed_listed_and_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, _) = app_with_bulletin(folder.path()).await;
    let unit = Scope::Organisation(1);
    let author = signed_in(&app, Role::TransferOffice, unit).await;
    let reviewer = signed_in(&app, Role::OrganisationAgent, unit).await;
    let router = pages(app);
    let begun = put(&router, Method::POST, PATH, &author, None, &json!({ "form": { "title": "题" } })).await;
    let id = assert_documented(&begun, "post", PATH)["id"].as_str().expect("an id").to_owned();
    let one = format!("{PATH}/{id}");
    let stale = put(&router, Method::PUT, &one, &author, Some("\"7\""), &json!({ "form": form() })).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    let saved = put(&router, Method::PUT, &one, &author, Some("\"1\""), &json!({ "form": form() })).await;
    let saved = assert_documented(&saved, "put", "/api/v1/achievements/{id}");
    assert_eq!((saved["revision"].as_i64(), saved["problems"].as_array().map(Vec::len)), (Some(2), Some(0)));
    let steps = format!("{one}/steps");
    for (cookie, revision, step) in
        [(&author, "\"2\"", "submit"), (&reviewer, "\"3\"", "clear"), (&author, "\"4\"", "list")]
    {
        let taken =
            put(&router, Method::POST, &steps, cookie, Some(revision), &json!({ "step": step })).await;
        assert_documented(&taken, "post", "/api/v1/achievements/{id}/steps");
    }
    let list = assert_documented(&get_with(&router, PATH, &[("cookie", &author)]).await, "get", PATH);
    assert_eq!(list["items"][0]["state"], "listed");
    let market = "/api/v1/market/achievements";
    let found = get_with(&router, &format!("{market}?text=检测&kind=service"), &[]).await;
    let found = assert_documented(&found, "get", market);
    assert_eq!(found["total"], 1);
    assert!(!found.to_string().contains("秘密"));
    let entry = get_with(&router, &format!("{market}/{id}"), &[]).await;
    let entry = assert_documented(&entry, "get", "/api/v1/market/achievements/{id}");
    assert_eq!(
        (entry["level"].as_str(), entry["closed"][0]["section"].as_str()),
        (Some("public"), Some("evidence"))
    );
    let signed = read_json(&get_with(&router, &format!("{market}/{id}"), &[("cookie", &reviewer)]).await);
    assert!(signed.to_string().contains("秘密数据"));
    for odd in ["?kind=x", "?mode=gift", "?cursor=zz", "?limit=0", "?unknown=1"] {
        let answer = get_with(&router, &format!("{market}{odd}"), &[]).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{odd}");
    }
}
