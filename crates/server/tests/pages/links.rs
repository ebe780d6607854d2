//! Every route in both languages, every link of the pages, what the headers say.

use std::collections::BTreeSet;

use axum::Router;
use axum::http::{StatusCode, header};

use super::support::{app_with_bulletin, get, get_with, pages};

/// The addresses that a page links to in `href` and `hx-get`, without their fragments.
fn links(html: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for attribute in [" href=\"", " hx-get=\"", " action=\"", " src=\"", " data-outlines=\""] {
        for rest in html.split(attribute).skip(1) {
            let address =
                rest.split('"').next().unwrap_or_default().replace("&amp;", "&").replace("&#38;", "&");
            let address = address.split('#').next().unwrap_or_default();
            if address.starts_with('/') {
                found.insert(address.to_owned());
            }
        }
    }
    found
}

/// Fragments of a page's own links must name an id on it.
fn assert_fragments(path: &str, html: &str) {
    for rest in html.split(" href=\"#").skip(1) {
        let id = rest.split('"').next().unwrap_or_default();
        assert!(html.contains(&format!(" id=\"{id}\"")), "{path} links to #{id}, which is not there");
    }
}

async fn walk(router: &Router, path: &str) -> usize {
    let page = get(router, path).await;
    assert_eq!(page.status, StatusCode::OK, "{path}");
    assert_fragments(path, &page.text);
    let found = links(&page.text);
    for link in &found {
        let answer = get(router, link).await;
        assert_eq!(answer.status, StatusCode::OK, "{path} links to {link}");
    }
    found.len()
}

#[tokio::test]
async fn no_link_of_the_home_and_bulletin_pages_is_dead() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, id) = app_with_bulletin(folder.path()).await;
    let router = pages(app);
    assert!(walk(&router, "/").await > 30);
    // Every printed count and amount opens to its contracts.
    assert!(walk(&router, &format!("/bulletins/{id}")).await > 100);
    for path in [
        "/en",
        "/places/430100",
        "/en/places/431200",
        "/bulletins",
        "/en/flow",
        "/statistics",
        "/open-data",
        "/en/open-data",
        "/about",
    ] {
        walk(&router, path).await;
    }
    // The English bulletin links to the same figures: a few of each kind are enough.
    let english = get(&router, &format!("/en/bulletins/{id}")).await;
    assert_fragments("the English bulletin", &english.text);
    for link in links(&english.text).into_iter().step_by(25) {
        assert_eq!(get(&router, &link).await.status, StatusCode::OK, "{link}");
    }
}

#[tokio::test]
async fn every_route_answers_in_both_languages_with_all_security_headers() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, id) = app_with_bulletin(folder.path()).await;
    let router = pages(app);
    let cell = format!("/bulletins/{id}/cells/city-monthly/total");
    let in_both = [
        ("/".to_owned(), StatusCode::OK),
        ("/bulletins".to_owned(), StatusCode::OK),
        (format!("/bulletins/{id}"), StatusCode::OK),
        ("/bulletins/none".to_owned(), StatusCode::NOT_FOUND),
        (format!("{cell}/registered.count"), StatusCode::OK),
        (format!("{cell}/registered.nothing"), StatusCode::NOT_FOUND),
        ("/statistics".to_owned(), StatusCode::OK),
        ("/flow".to_owned(), StatusCode::OK),
        ("/about".to_owned(), StatusCode::OK),
        ("/nothing".to_owned(), StatusCode::NOT_FOUND),
    ];
    let mut routes: Vec<(String, StatusCode, Option<&str>)> = Vec::new();
    for (path, status) in in_both {
        routes.push((format!("/en{path}"), status, Some("en")));
        routes.push((path, status, Some("zh-CN")));
    }
    for format in ["xlsx", "docx", "csv", "json"] {
        routes.push((format!("/bulletins/{id}/public.{format}"), StatusCode::OK, None));
    }
    routes.push((format!("/bulletins/{id}/brief.docx"), StatusCode::NOT_FOUND, None));
    routes.push(("/map/prefectures.json".to_owned(), StatusCode::OK, None));
    routes.push(("/map/counties/430100".to_owned(), StatusCode::OK, None));
    routes.push(("/assets/app.css".to_owned(), StatusCode::OK, None));
    routes.push(("/assets/none.js".to_owned(), StatusCode::NOT_FOUND, None));
    for (path, status, language) in routes {
        let answer = get(&router, &path).await;
        assert_eq!(answer.status, status, "{path}");
        for (name, value) in [
            ("content-security-policy", "frame-ancestors 'none'"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "strict-origin"),
            ("permissions-policy", "camera=()"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("cache-control", ""),
        ] {
            let sent = answer.headers.get(name).unwrap_or_else(|| panic!("{path} lacks {name}"));
            assert!(sent.to_str().expect("words").contains(value), "{path} {name}: {sent:?}");
        }
        if let Some(language) = language {
            assert!(answer.text.contains(&format!("<html lang=\"{language}\">")), "{path}");
        }
    }
}

#[tokio::test]
async fn a_browser_that_takes_gzip_gets_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, id) = app_with_bulletin(folder.path()).await;
    let router = pages(app);
    for path in ["/".to_owned(), format!("/bulletins/{id}"), format!("/bulletins/{id}/public.json")] {
        let packed = get_with(&router, &path, &[("accept-encoding", "gzip")]).await;
        assert_eq!(packed.headers.get(header::CONTENT_ENCODING).expect("an encoding"), "gzip", "{path}");
        let plain = get(&router, &path).await;
        assert!(plain.headers.get(header::CONTENT_ENCODING).is_none(), "{path}");
    }
}

#[tokio::test]
async fn what_htmx_puts_into_the_page_is_what_the_page_shows() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, _) = app_with_bulletin(folder.path()).await;
    let router = pages(app);
    let path = "/statistics?period=2026-10&direction=registered&by=type";
    let page = get(&router, path).await;
    // The form replaces its answer by the same part of the same address.
    assert!(page.text.contains("hx-select=\"#answer-area\""), "{}", page.text);
    let partial = get_with(&router, path, &[("hx-request", "true"), ("hx-target", "answer-area")]).await;
    let answer = |html: &str| {
        let from = html.find("<div id=\"answer-area\"").expect("an answer");
        html[from..html.find("</main>").expect("an end")].to_owned()
    };
    assert_eq!(answer(&page.text), answer(&partial.text));
    assert!(answer(&page.text).contains("<table"));
}

#[tokio::test]
async fn english_pages_name_places_and_periods_in_english() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, id) = app_with_bulletin(folder.path()).await;
    let router = pages(app);
    for path in
        ["/en".to_owned(), format!("/en/bulletins/{id}"), "/en/flow".to_owned(), "/en/statistics".to_owned()]
    {
        let page = get(&router, &path).await;
        assert!(page.text.contains("Xiangxi Tujia and Miao Autonomous Prefecture"), "{path}");
        assert!(!page.text.contains("长沙市"), "{path}");
    }
    let bulletin = get(&router, &format!("/en/bulletins/{id}")).await;
    assert!(bulletin.text.contains("January–October 2026"), "{}", bulletin.text);
}
