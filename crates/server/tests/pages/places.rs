//! The home page and the pages of cities: what they show, what they cost, what they follow.

use axum::http::header;
use jiff::civil::date;
use xiaoxiang_domain::bulletin::GrowthBase;
use xiaoxiang_domain::fact::Source;
use xiaoxiang_services::bulletin::{Signing, draft_bulletin, sign_bulletin};
use xiaoxiang_services::contract::record_contract;

use super::support::{
    ACTOR, CONTRACTS, app_with_bulletin, contracts_of_october, get, get_with, log_key, pages,
};

/// Every page is to arrive quickly on a slow line.
const PAGE_BYTES_MAX: usize = 100 * 1024;

#[tokio::test]
async fn the_map_is_drilled_from_the_province_to_the_counties_of_a_city() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, _) = app_with_bulletin(folder.path()).await;
    let router = pages(app);
    let home = get(&router, "/?direction=output").await.text;
    assert!(home.contains("href=\"/places/430100?direction=output\""), "the table leads to the cities");
    assert!(home.contains("data-outlines=\"/map/prefectures.json\""));
    assert!(home.contains("id=\"matrix\""), "the matrix of flows");

    let city = get(&router, "/places/430100?direction=output").await.text;
    assert!(city.contains("data-outlines=\"/map/counties/430100\""));
    for table in ["counties", "trend", "types", "fields"] {
        assert!(city.contains(&format!("<table class=\"table\" id=\"{table}\"")), "{table}");
        assert!(city.contains(&format!("data-table=\"{table}\"")), "{table} has its picture");
    }
    assert!(city.contains("id=\"counties-430102\"") && !city.contains("id=\"counties-430202\""));
    assert!(city.contains("<a href=\"/\">首页</a>"), "the way back");

    let outlines = get(&router, "/map/counties/430100").await;
    assert_eq!(outlines.headers.get(header::CONTENT_TYPE).expect("a type"), "application/json");
    assert!(outlines.text.contains("\"430102\"") && !outlines.text.contains("\"430202\""));
}

#[tokio::test]
async fn the_home_page_follows_the_next_bulletin_and_no_contract_before_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, first) = app_with_bulletin(folder.path()).await;
    let router = pages(app.clone());
    let home = get(&router, "/").await.text;
    assert!(home.contains(&format!("{CONTRACTS} 项")), "{home}");
    let another = contracts_of_october(&app).await.nth(CONTRACTS).expect("one more contract");
    record_contract(&app, &ACTOR, Source::Registry, another).await.expect("a contract");
    let unchanged = get(&router, "/").await.text;
    assert!(unchanged.contains(&format!("{CONTRACTS} 项")), "published figures do not move");

    let period = "2026-10".parse().expect("a period");
    let next = draft_bulletin(&app, &ACTOR, period, GrowthBase::AsKnown).await.expect("a draft");
    let drafted = get(&router, "/").await.text;
    assert!(drafted.contains(&first) && !drafted.contains(&next), "a draft is not shown");
    let key = log_key(&app);
    let signing = Signing { signer: "示例甲".to_owned(), signed_on: date(2026, 11, 6) };
    sign_bulletin(&app, &ACTOR, &key, &next, &signing).await.expect("a signature");
    let home = get(&router, "/").await.text;
    assert!(home.contains(&next) && home.contains(&format!("{} 项", CONTRACTS + 1)), "{home}");
}

#[tokio::test]
async fn the_pages_of_places_stay_small() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, _) = app_with_bulletin(folder.path()).await;
    let router = pages(app);
    for path in ["/", "/en", "/places/430100", "/en/places/430400", "/map/counties/431200"] {
        let packed = get_with(&router, path, &[("accept-encoding", "gzip")]).await;
        assert!(packed.size <= PAGE_BYTES_MAX, "{path}: {}", packed.size);
    }
}
