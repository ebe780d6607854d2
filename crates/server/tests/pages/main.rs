//! The public pages, called in-process: without data, with a signed bulletin, with addresses that make no sense.

mod account;
mod achievements;
mod applications;
mod auditors;
mod batch;
mod cities;
mod contract_type;
mod contracts;
mod corrections;
mod demands;
mod drafts;
mod events;
mod flags;
mod imports;
mod inspections;
mod leads;
mod links;
mod market;
mod notices;
mod organisations;
mod people;
mod places;
mod points;
#[cfg(feature = "oidc")]
mod provider;
mod reconcile;
mod setup;
mod sign_in;
mod support;
mod walk;

use axum::http::{StatusCode, header};

use support::{CONTRACTS, app_with_bulletin, empty_app, get, pages};

/// The content security policy would silence inline styles, scripts and handlers, so no page may have any.
fn assert_nothing_inline(path: &str, html: &str) {
    for forbidden in [" style=", "<style", " onclick=", " onload=", "javascript:", "http://", "https://"] {
        assert!(!html.contains(forbidden), "{path} contains {forbidden}");
    }
    for script in html.split("<script").skip(1) {
        let tag = script.split('>').next().unwrap_or_default();
        assert!(tag.contains("src=\"/assets/"), "{path} has an inline script");
    }
}

/// A `tabindex`, `id` or label that a page must have once.
fn assert_shell(path: &str, html: &str, language: &str) {
    assert!(html.contains(&format!("<html lang=\"{language}\">")), "{path}");
    assert_eq!(html.matches("<h1").count(), 1, "{path} has one first heading");
    assert_eq!(html.matches("<main").count(), 1, "{path}");
    assert!(html.contains("href=\"#content\""), "{path} has a skip link");
    let mut ids: Vec<&str> = html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    ids.sort_unstable();
    assert!(ids.windows(2).all(|pair| pair[0] != pair[1]), "{path} names an id twice: {ids:?}");
}

#[tokio::test]
async fn without_data_the_home_page_says_what_to_do() {
    let folder = tempfile::tempdir().expect("a folder");
    let router = pages(empty_app(folder.path()).await);
    let chinese = get(&router, "/").await;
    assert_eq!(chinese.status, StatusCode::OK);
    assert!(chinese.text.contains("xiaoxiang import contracts"), "{}", chinese.text);
    let english = get(&router, "/en").await;
    assert!(english.text.contains("There are no data yet"), "{}", english.text);
    for path in ["/", "/en", "/bulletins", "/about", "/en/about", "/nowhere", "/en/nowhere"] {
        let answer = get(&router, path).await;
        assert_nothing_inline(path, &answer.text);
        assert_shell(path, &answer.text, if path.starts_with("/en") { "en" } else { "zh-CN" });
    }
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let folder = tempfile::tempdir().expect("a folder");
    let router = pages(empty_app(folder.path()).await);
    for path in ["/", "/nowhere", "/assets/app.css", "/assets/nothing.js", "/map/prefectures.json"] {
        let answer = get(&router, path).await;
        let policy = answer.headers.get(header::CONTENT_SECURITY_POLICY).expect("a policy");
        let policy = policy.to_str().expect("words");
        assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(answer.headers.get(header::X_CONTENT_TYPE_OPTIONS).expect("nosniff"), "nosniff", "{path}");
    }
    let styles = get(&router, "/assets/app.css").await;
    let cache = styles.headers.get(header::CACHE_CONTROL).expect("a cache rule");
    assert!(cache.to_str().expect("words").contains("immutable"));
}

#[tokio::test]
async fn addresses_that_make_no_sense_are_answered_with_a_page() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, id) = app_with_bulletin(folder.path()).await;
    let router = pages(app);
    for (path, status) in [
        ("/nowhere".to_owned(), StatusCode::NOT_FOUND),
        ("/bulletins/unknown".to_owned(), StatusCode::NOT_FOUND),
        ("/places/430102".to_owned(), StatusCode::NOT_FOUND),
        ("/places/110000".to_owned(), StatusCode::NOT_FOUND),
        ("/places/%3Cscript%3E".to_owned(), StatusCode::NOT_FOUND),
        ("/map/counties/430102".to_owned(), StatusCode::NOT_FOUND),
        ("/map/counties/..%2F430100".to_owned(), StatusCode::NOT_FOUND),
        (format!("/bulletins/{id}/public.exe"), StatusCode::NOT_FOUND),
        (format!("/bulletins/{id}/circular.docx"), StatusCode::NOT_FOUND),
        (format!("/bulletins/{id}/cells/city-monthly/430100/nothing"), StatusCode::NOT_FOUND),
        (format!("/bulletins/{id}/cells/city-monthly/total/output.count?page=0"), StatusCode::BAD_REQUEST),
        ("/bulletins?year=MMXXVI".to_owned(), StatusCode::BAD_REQUEST),
        ("/flow?period=soon".to_owned(), StatusCode::BAD_REQUEST),
        ("/statistics?period=%3Cscript%3E".to_owned(), StatusCode::OK),
        ("/statistics?period=2026&by=registrar".to_owned(), StatusCode::OK),
        ("/statistics?period=2026&by=city&and=organisation".to_owned(), StatusCode::OK),
        ("/statistics?period=2026&by=organisation&within=430100".to_owned(), StatusCode::OK),
        ("/open-data/nothing.csv".to_owned(), StatusCode::NOT_FOUND),
        ("/open-data/month-city.exe".to_owned(), StatusCode::NOT_FOUND),
        ("/open-data/month-city.docx".to_owned(), StatusCode::NOT_FOUND),
        ("/open-data/bulletin-..%2F1.csv".to_owned(), StatusCode::NOT_FOUND),
        ("/statistics?period=2026&by=city&within=110000".to_owned(), StatusCode::OK),
    ] {
        let answer = get(&router, &path).await;
        assert_eq!(answer.status, status, "{path}");
        assert_nothing_inline(&path, &answer.text);
        assert!(!answer.text.contains("<table"), "{path} answers no table");
    }
}

#[tokio::test]
async fn a_signed_bulletin_is_shown_downloaded_and_opened_to_its_contracts() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, id) = app_with_bulletin(folder.path()).await;
    let router = pages(app);
    for path in [
        "/".to_owned(),
        "/?direction=registered&measure=count".to_owned(),
        "/en".to_owned(),
        "/en/".to_owned(),
        "/bulletins".to_owned(),
        "/places/430100".to_owned(),
        "/en/places/433100?direction=output&measure=technology_value".to_owned(),
        "/bulletins?year=2026&status=signed".to_owned(),
        format!("/bulletins/{id}"),
        format!("/en/bulletins/{id}"),
        format!("/bulletins/{id}/cells/city-monthly/total/registered.count"),
        "/statistics".to_owned(),
        "/statistics?period=2026-10&direction=registered&by=city&and=type".to_owned(),
        "/statistics?period=2026-10&direction=output&by=month&within=430100&compare=previous-year".to_owned(),
        "/flow".to_owned(),
        "/en/flow?period=2025&measure=count".to_owned(),
    ] {
        let answer = get(&router, &path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
        assert_nothing_inline(&path, &answer.text);
        assert_shell(&path, &answer.text, if path.starts_with("/en") { "en" } else { "zh-CN" });
    }

    let opened = get(&router, &format!("/bulletins/{id}/cells/city-monthly/total/registered.count")).await;
    assert_eq!(opened.text.matches("<th scope=\"row\"").count(), 50, "a page of the contracts");
    assert!(opened.text.contains(&format!("共 {CONTRACTS} 项")), "{}", opened.text);
    assert!(!opened.text.contains("示例大学"), "parties are not named");

    let table = get(&router, &format!("/bulletins/{id}/public.csv")).await;
    assert!(table.text.starts_with('\u{feff}'), "Excel knows the file as UTF-8");
    for (format, beginning) in [("xlsx", "PK"), ("docx", "PK"), ("json", "{")] {
        let file = get(&router, &format!("/bulletins/{id}/public.{format}")).await;
        assert_eq!(file.status, StatusCode::OK);
        assert!(file.text.starts_with(beginning), "{format}");
    }
    let map = get(&router, "/map/prefectures.json").await;
    assert!(map.text.contains("FeatureCollection"));
}
