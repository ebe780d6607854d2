//! The market for machines that read it, and the searches that people keep.

use axum::http::StatusCode;
use xiaoxiang_domain::access::{Role, Scope};
use xiaoxiang_services::matching::follow_records;

use super::demands::published;
use super::support::{app_with_region, get, get_with, pages, post, signed_in};

#[tokio::test(flavor = "multi_thread")]
async fn feeds_and_site_map_lead_to_what_everybody_may_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = app_with_region(folder.path()).await;
    let router = pages(app.clone());
    let before = get(&router, "/market/demands.atom").await;
    assert_eq!(before.headers["content-type"], "application/atom+xml; charset=utf-8");
    assert!(!before.text.contains("<entry>"));
    let (id, _) = published(&app, &router).await;
    follow_records(&app).await.expect("the index");
    let feed = get(&router, "/market/demands.atom").await.text;
    assert!(feed.contains("<title>储能电池低温性能提升</title>"), "{feed}");
    assert!(feed.contains(&format!("/market/demands/{id}\"/>")), "{feed}");
    let english = get(&router, "/en/market/demands.atom").await.text;
    assert!(english.contains(&format!("/en/market/demands/{id}")), "{english}");
    for empty in ["/market/achievements.atom", "/market/events.atom"] {
        let feed = get(&router, empty).await;
        assert_eq!(feed.status, StatusCode::OK);
        assert!(!feed.text.contains("<entry>"), "{}", feed.text);
    }
    let index = get(&router, "/sitemap.xml").await.text;
    assert!(index.contains("/sitemaps/pages.xml</loc>") && index.contains("/sitemaps/records-0.xml</loc>"));
    let records = get(&router, "/sitemaps/records-0.xml").await.text;
    assert!(records.contains(&format!("/market/demands/{id}</loc>")), "{records}");
    assert!(get(&router, "/sitemaps/pages.xml").await.text.contains("/market/experts</loc>"));
    for nothing in ["records-1.xml", "records--1.xml", "records-.xml", "x"] {
        assert_eq!(
            get(&router, &format!("/sitemaps/{nothing}")).await.status,
            StatusCode::NOT_FOUND,
            "{nothing}"
        );
    }
    assert!(get(&router, "/robots.txt").await.text.contains("/sitemap.xml"));
    let page = get(&router, &format!("/market/demands/{id}")).await.text;
    assert!(page.contains("\"@type\":\"Demand\""), "schema.org");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_is_kept_once_listed_for_its_owner_alone_and_dropped() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = app_with_region(folder.path()).await;
    let router = pages(app.clone());
    let owner = signed_in(&app, Role::TechnologyManager, Scope::Region).await;
    let other = signed_in(&app, Role::TechnologyManager, Scope::Region).await;
    let fields = [("text", "电池<b>低温"), ("kind", "demand"), ("field", ""), ("city", "430100")];
    for _ in 0..2 {
        let kept = post(&router, "/market/searches", &owner, &fields).await;
        assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text);
    }
    let list = get_with(&router, "/market/searches", &[("cookie", &owner)]).await.text;
    assert_eq!(list.matches("/removal\"").count(), 1, "{list}");
    assert!(
        list.contains("电池&#60;b&#62;低温") && list.contains("长沙市") && list.contains("需求 · "),
        "{list}"
    );
    assert!(!get_with(&router, "/market/searches", &[("cookie", &other)]).await.text.contains("低温"));
    let empty = post(&router, "/market/searches", &owner, &[("text", " ")]).await;
    assert_eq!(empty.status, StatusCode::BAD_REQUEST);
    assert!(empty.text.contains("请先输入要检索的内容"), "{}", empty.text);
    let removal = list.split("action=\"").find(|part| part.contains("/removal\"")).expect("a way to drop it");
    let removal = removal.split('"').next().expect("an address");
    assert_eq!(post(&router, removal, &other, &[]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(post(&router, removal, &owner, &[]).await.status, StatusCode::SEE_OTHER);
    let list = get_with(&router, "/market/searches", &[("cookie", &owner)]).await.text;
    assert!(list.contains("还没有保存的检索"), "{list}");
}
