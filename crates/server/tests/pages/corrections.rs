//! Corrections of a published bulletin, on its page and in its JSON.

use axum::http::StatusCode;
use xiaoxiang_domain::access::{Role, Scope};
use xiaoxiang_domain::bulletin::CorrectionDecision;
use xiaoxiang_domain::fact::Source;
use xiaoxiang_services::bulletin::decide_correction;
use xiaoxiang_services::contract::record_contract;

use super::support::{
    ACTOR, CONTRACTS, app_with_bulletin, contracts_of_october, get, get_with, pages, signed_in,
};

#[tokio::test]
async fn a_correction_shows_what_changed_and_marked_figures_lead_to_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, id) = app_with_bulletin(folder.path()).await;
    // Registered in October, recorded after the signature.
    let late = contracts_of_october(&app).await.nth(CONTRACTS).expect("one more contract");
    record_contract(&app, &ACTOR, Source::Registry, late).await.expect("a contract");
    let reason = "补录十月合同 <甲>";
    decide_correction(&app, &ACTOR, &id, CorrectionDecision::IssueCorrection, reason)
        .await
        .expect("a correction");
    let router = pages(app);

    let page = get(&router, &format!("/bulletins/{id}")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("id=\"correction-1\""), "{}", page.text);
    assert!(page.text.contains("补录十月合同 &#60;甲&#62;"), "the reason is escaped");
    assert!(page.text.contains(&format!("{CONTRACTS} → {}", CONTRACTS + 1)), "{}", page.text);
    assert!(page.text.contains(" 元</span> → "), "the exact sums stand below");
    let total = page.text.split("data-key=\"total\"").nth(1).expect("a total row");
    let total = total.split("</tr>").next().unwrap_or_default();
    assert!(total.contains("class=\"mark-corrected\" href=\"#correction-1\""), "{total}");
    assert!(total.contains(&format!(">{CONTRACTS}</a>")), "the published figure stays: {total}");
    let english = get(&router, &format!("/en/bulletins/{id}")).await;
    assert!(english.text.contains("Figures before and after"), "{}", english.text);

    let json = get(&router, &format!("/bulletins/{id}/public.json")).await;
    let json: serde_json::Value = serde_json::from_str(&json.text).expect("JSON");
    assert_eq!(json["status"], "corrected");
    assert_eq!(json["corrections"][0]["reason"], reason);
    let cells = json["corrections"][0]["cells"].as_array().expect("cells");
    let total = cells.iter().find(|cell| cell["row"] == "total" && cell["months"] == "2026-10");
    assert_eq!(total.expect("the total")["count"], serde_json::json!([CONTRACTS, CONTRACTS + 1]));
    let table = &json["tables"][0];
    assert_eq!(table["key"], "city-monthly");
    let rows = table["rows"].as_array().expect("rows");
    let place =
        table["columns"].as_array().expect("columns").iter().position(|it| it["key"] == "registered.count");
    let total = rows.iter().find(|row| row["key"] == "total").expect("a total row");
    assert_eq!(total["cells"][place.expect("the column")]["base"], CONTRACTS);
    for key in ["id", "number", "title", "title_en", "period", "as_of", "tree_head", "sentences", "footers"] {
        assert!(!json[key].is_null(), "{key}");
    }
}

#[tokio::test]
async fn the_page_of_a_contract_leads_to_every_published_cell_that_it_is_in() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, id) = app_with_bulletin(folder.path()).await;
    let mut changed = contracts_of_october(&app).await.next().expect("a contract");
    let cookie = signed_in(&app, Role::Statistician, Scope::Region).await;
    let address = format!("/contracts/{}/figures", changed.registration_number);
    changed.contract_value.0 += 12_300_000;
    record_contract(&app, &ACTOR, Source::Registry, changed).await.expect("a version");
    let router = pages(app);
    let page = get_with(&router, &address, &[("cookie", &cookie)]).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert!(
        page.text.contains(&format!("/drafts/{id}")),
        "who decides is led to the decision: {}",
        page.text
    );
    assert!(
        page.text.contains("待订正") && page.text.contains("没有由本系统核准后出具的凭证"),
        "{}",
        page.text
    );
    let english = get_with(&router, &format!("/en{address}"), &[("cookie", &cookie)]).await;
    assert!(english.text.contains("To be corrected"), "{}", english.text);
    let none = get_with(&router, "/contracts/43019999999/figures", &[("cookie", &cookie)]).await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
}
