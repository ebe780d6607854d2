//! What everybody may read through the API, and what one sees of it in one's role.

use axum::http::StatusCode;
use xiaoxiang_domain::access::{Role, Scope};

use super::support::{app_with_bulletin, get, get_with, pages, signed_in};
use super::{assert_problem, json};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_published_can_be_read_by_everybody() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, id) = app_with_bulletin(folder.path()).await;
    let router = pages(app);
    let list = json(&get(&router, "/api/v1/bulletins").await);
    assert_eq!(list["items"][0]["id"], id.as_str());
    let bulletin = json(&get(&router, &format!("/api/v1/bulletins/{id}")).await);
    assert_eq!(bulletin["period"], "2026-10");
    let cell = format!("/api/v1/bulletins/{id}/cells/city-monthly/total/registered.count");
    let first = json(&get(&router, &cell).await);
    let second =
        json(&get(&router, &format!("{cell}?cursor={}", first["next"].as_str().expect("more"))).await);
    let count = |page: &serde_json::Value| page["items"].as_array().expect("items").len();
    assert_eq!((count(&first), count(&second)), (50, 10));
    assert!(second["next"].is_null());

    let table = json(&get(&router, "/api/v1/tables?period=2026-10&direction=registered&by=city").await);
    assert_eq!(table["total"]["count"], 60);
    let csv = get(&router, "/api/v1/tables?period=2026-10&format=csv").await;
    assert_eq!(csv.headers["content-type"], "text/csv; charset=utf-8");
    for path in
        ["/api/v1/flows", "/api/v1/divisions?limit=200", "/api/v1/codes", "/api/v1/codes/contract_type"]
    {
        assert_eq!(get(&router, path).await.status, StatusCode::OK, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_read_page_by_page_to_its_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, _) = app_with_bulletin(folder.path()).await;
    let router = pages(app);
    let mut codes = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = json(&get(&router, &format!("/api/v1/divisions?limit=40{cursor}")).await);
        for item in page["items"].as_array().expect("items") {
            codes.push(item["code"].as_str().expect("a code").to_owned());
        }
        let Some(next) = page["next"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert!(codes.len() > 130, "{}", codes.len());
    assert!(codes.is_sorted());
    assert!(codes.contains(&"433101".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_are_problem_documents_in_the_language_asked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, _) = app_with_bulletin(folder.path()).await;
    let router = pages(app.clone());
    let signed_out = get(&router, "/api/v1/drafts").await;
    assert_problem(&signed_out, StatusCode::UNAUTHORIZED, "signed_out");
    assert_eq!(signed_out.headers["www-authenticate"], "Bearer");
    assert!(json(&signed_out)["detail"].as_str().expect("words").contains("请先登录"));
    let english = get_with(&router, "/api/v1/drafts", &[("accept-language", "en")]).await;
    assert!(json(&english)["detail"].as_str().expect("words").contains("sign in first"));

    let expert = signed_in(&app, Role::Expert, Scope::Region).await;
    let unseen = get_with(&router, "/api/v1/drafts", &[("cookie", &expert)]).await;
    assert_problem(&unseen, StatusCode::NOT_FOUND, "not_found");
    let auditor = signed_in(&app, Role::Auditor, Scope::Region).await;
    let body = serde_json::json!({ "period": "2026-10" });
    let forbidden = super::post_json(&router, "/api/v1/drafts", &auditor, &body).await;
    assert_problem(&forbidden, StatusCode::FORBIDDEN, "forbidden");
}
