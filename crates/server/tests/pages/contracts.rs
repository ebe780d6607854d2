//! The contract list and the page of one contract: who sees what, what misuse gets, where personal data stay.

use axum::http::StatusCode;
use xiaoxiang_domain::access::{Role, Scope};
use xiaoxiang_domain::contract::Contract;
use xiaoxiang_domain::fact::Source;
use xiaoxiang_domain::region::DivisionCode;
use xiaoxiang_server::pages::contracts::contract_path;
use xiaoxiang_services::App;
use xiaoxiang_services::contract::{Personal, read_contract, record_contract};

use super::support::{
    ACTOR, Answer, CONTRACTS, app_with_bulletin, contracts_of_october, get, get_with, pages, post, signed_in,
};
use super::{assert_nothing_inline, assert_shell};

/// HTML, wildcards of LIKE, a quotation mark and a slash in one name.
const NASTY: &str = "<script>alert(1)</script> 100%_\"'/..";

async fn as_reader(router: &axum::Router, path: &str, cookie: &str) -> Answer {
    get_with(router, path, &[("cookie", cookie)]).await
}

fn in_city(code: &str) -> Scope {
    Scope::Division(DivisionCode::parse(code).expect("a code"))
}

/// A contract between two parties of 长沙 with contact data and a nasty name and number.
async fn nasty_contract(app: &App) -> Contract {
    let mut contract = contracts_of_october(app).await.next().expect("a contract");
    contract.registration_number = "NASTY/../1?a=<b>#%25".to_owned();
    contract.project_name = NASTY.to_owned();
    for (party, code) in [(&mut contract.seller, "430102"), (&mut contract.buyer, "430104")] {
        party.division = code.to_owned();
        party.country.clear();
        party.contact = "示例联系人甲".to_owned();
        party.telephone = "0731-00000000".to_owned();
    }
    record_contract(app, &ACTOR, Source::Registry, contract.clone()).await.expect("a contract");
    contract
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_finds_filters_and_remembers_what_was_typed() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, _) = app_with_bulletin(folder.path()).await;
    let contract = nasty_contract(&app).await;
    let router = pages(app.clone());
    let cookie = signed_in(&app, Role::Statistician, Scope::Region).await;
    for path in ["/contracts", "/en/contracts", "/contracts?order=largest&city=430100&side=buyer"] {
        let page = as_reader(&router, path, &cookie).await;
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text);
        assert_nothing_inline(path, &page.text);
        assert_shell(path, &page.text, if path.starts_with("/en") { "en" } else { "zh-CN" });
    }
    let all = as_reader(&router, "/contracts", &cookie).await.text;
    assert!(all.contains(&format!("共 {} 项合同", CONTRACTS + 1)), "{all}");
    assert_eq!(all.matches("<th scope=\"row\"").count(), 50);
    let next =
        all.split("rel=\"next\" href=\"").nth(1).expect("a next page").split('"').next().expect("an address");
    let second = as_reader(&router, &next.replace("&amp;", "&").replace("&#38;", "&"), &cookie).await;
    assert_eq!(second.text.matches("<th scope=\"row\"").count(), CONTRACTS + 1 - 50);

    let query = serde_urlencoded::to_string([("text", "100%_\"'/")]).expect("a query");
    let found = as_reader(&router, &format!("/contracts?{query}"), &cookie).await.text;
    assert!(found.contains("共 1 项合同"), "wildcards are letters: {found}");
    assert!(!found.contains("<script>alert"), "what was stored and typed stays text");
    assert!(found.contains("value=\"100%_&#34;&#39;/\""), "what was typed stays in its field: {found}");
    assert!(found.contains(&contract_path(&contract.registration_number)));

    let none = as_reader(&router, "/contracts?period=2001", &cookie).await.text;
    assert!(none.contains("请放宽时期") && none.contains("value=\"2001\""), "{none}");
    let named =
        as_reader(&router, &format!("/contracts?organisation={}", "%E7%A4%BA%E4%BE%8B"), &cookie).await;
    assert_eq!(named.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(named.text.contains("是哪个单位"), "a list to choose from works without JavaScript");
    let options =
        as_reader(&router, "/contracts/organisations?organisation=%E7%A4%BA%E4%BE%8B", &cookie).await;
    assert!(options.text.contains("<option value="), "{}", options.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn forged_filters_and_cursors_are_refused_with_a_page() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, _) = app_with_bulletin(folder.path()).await;
    let router = pages(app.clone());
    let cookie = signed_in(&app, Role::Statistician, Scope::Region).await;
    for (query, status) in [
        ("standing=deleted", StatusCode::UNPROCESSABLE_ENTITY),
        ("period=soon", StatusCode::UNPROCESSABLE_ENTITY),
        ("city=110000", StatusCode::UNPROCESSABLE_ENTITY),
        ("city=%3Cscript%3E", StatusCode::UNPROCESSABLE_ENTITY),
        ("type=99999", StatusCode::UNPROCESSABLE_ENTITY),
        ("field=-1", StatusCode::UNPROCESSABLE_ENTITY),
        ("side=both", StatusCode::UNPROCESSABLE_ENTITY),
        ("order=random", StatusCode::UNPROCESSABLE_ENTITY),
        ("organisation=nobody-of-this-name", StatusCode::UNPROCESSABLE_ENTITY),
        ("after=00", StatusCode::BAD_REQUEST),
        ("after=%00%ff", StatusCode::BAD_REQUEST),
        (&format!("after={}", "f".repeat(5_000)), StatusCode::BAD_REQUEST),
    ] {
        let answer = as_reader(&router, &format!("/contracts?{query}"), &cookie).await;
        assert_eq!(answer.status, status, "{query}");
        assert!(!answer.text.contains("<script>") && !answer.text.contains("<table"), "{query}");
    }
    let too_long = format!("/contracts?text={}", "a".repeat(101));
    assert_eq!(as_reader(&router, &too_long, &cookie).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(as_reader(&router, "/contracts.csv?type=x", &cookie).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_sees_the_contracts_of_their_scope_and_no_other() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, bulletin) = app_with_bulletin(folder.path()).await;
    let contract = nasty_contract(&app).await;
    let router = pages(app.clone());
    let path = contract_path(&contract.registration_number);
    let page =
        read_contract(&app, &ACTOR, &contract.registration_number, Personal::Withheld).await.expect("a page");
    let places = page.places().expect("places");
    let within = [
        (Role::CityOfficer, in_city("430100")),
        (Role::CountyOfficer, in_city("430102")),
        (Role::Registrar, Scope::Registrar(i64::from(places.registrar))),
        (Role::OrganisationAgent, Scope::Organisation(i64::from(places.organisations[0]))),
        (Role::Auditor, Scope::Region),
    ];
    for (role, scope) in within {
        let cookie = signed_in(&app, role, scope).await;
        let answer = as_reader(&router, &path, &cookie).await;
        assert_eq!(answer.status, StatusCode::OK, "{role:?}");
        assert!(
            as_reader(&router, "/contracts?text=NASTY", &cookie).await.text.contains("共 1 项"),
            "{role:?}"
        );
    }
    let outside = [
        (Role::CityOfficer, in_city("433100")),
        (Role::CountyOfficer, in_city("433101")),
        (Role::ParkOfficer, Scope::Park(4_000_000)),
        (Role::Registrar, Scope::Registrar(4_000_000)),
        (Role::OrganisationAgent, Scope::Organisation(4_000_000)),
        (Role::Expert, Scope::Region),
    ];
    for (role, scope) in outside {
        let cookie = signed_in(&app, role, scope).await;
        assert_eq!(as_reader(&router, &path, &cookie).await.status, StatusCode::NOT_FOUND, "{role:?}");
        let list = as_reader(&router, "/contracts?text=NASTY", &cookie).await.text;
        assert!(!list.contains("NASTY/"), "{role:?}");
        let file = as_reader(&router, "/contracts.csv?text=NASTY", &cookie).await.text;
        assert!(!file.contains("NASTY/"), "{role:?}");
    }
    for closed in ["/contracts", path.as_str(), "/contracts.xlsx", "/contracts/organisations"] {
        assert_eq!(get(&router, closed).await.status, StatusCode::SEE_OTHER, "{closed}");
    }
    // Behind a published figure the number is there for everybody, the way to the contract for those who may go it.
    let cell = format!("/bulletins/{bulletin}/cells/city-monthly/total/registered.count");
    assert!(!get(&router, &cell).await.text.contains("href=\"/contracts/"));
    let cookie = signed_in(&app, Role::Statistician, Scope::Region).await;
    assert!(as_reader(&router, &cell, &cookie).await.text.contains("href=\"/contracts/"));
}

#[tokio::test(flavor = "multi_thread")]
async fn contact_data_are_shown_on_request_only_and_each_showing_is_logged() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, _) = app_with_bulletin(folder.path()).await;
    let contract = nasty_contract(&app).await;
    let router = pages(app.clone());
    let path = contract_path(&contract.registration_number);
    let contacts = format!("{path}/contacts");
    let officer = signed_in(&app, Role::CityOfficer, in_city("430100")).await;
    let page = as_reader(&router, &path, &officer).await.text;
    assert!(page.contains("显示联系方式") && !page.contains("示例联系人甲"), "{page}");
    assert!(!page.contains("0731-00000000") && !page.contains("<script>alert"));
    assert_nothing_inline(&path, &page);
    assert_shell(&path, &page, "zh-CN");
    assert!(page.contains("/objections/new?contract=NASTY%2F"), "the next thing to do");

    let shown = post(&router, &contacts, &officer, &[]).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert!(shown.text.contains("示例联系人甲") && shown.text.contains("0731-00000000"));
    let after =
        read_contract(&app, &ACTOR, &contract.registration_number, Personal::Withheld).await.expect("a page");
    let viewed: Vec<_> = after.entries.iter().filter(|entry| entry.kind == "personal_data.viewed").collect();
    assert_eq!(viewed.len(), 1);
    assert!(viewed[0].actor.contains("city_officer") && !viewed[0].payload.to_string().contains("0731"));

    let agent = signed_in(&app, Role::Leader, Scope::Region).await;
    let closed = as_reader(&router, &path, &agent).await.text;
    assert!(closed.contains("当前角色不能查看") && !closed.contains("显示联系方式"));
    assert_eq!(post(&router, &contacts, &agent, &[]).await.status, StatusCode::NOT_FOUND);
    let elsewhere = signed_in(&app, Role::CityOfficer, in_city("433100")).await;
    assert_eq!(post(&router, &contacts, &elsewhere, &[]).await.status, StatusCode::NOT_FOUND);
    let file = as_reader(&router, "/contracts.csv", &officer).await.text;
    assert!(file.contains("NASTY") && !file.contains("示例联系人甲") && !file.contains("0731-00000000"));
    let workbook = as_reader(&router, "/contracts.xlsx", &officer).await;
    assert!(workbook.text.starts_with("PK"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_contract_shows_who_changed_which_field() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, _) = app_with_bulletin(folder.path()).await;
    let mut contract = nasty_contract(&app).await;
    contract.project_name = "改后的项目".to_owned();
    contract.seller.telephone = "0731-11111111".to_owned();
    record_contract(&app, &ACTOR, Source::Registry, contract.clone()).await.expect("a change");
    let router = pages(app.clone());
    let auditor = signed_in(&app, Role::Auditor, Scope::Region).await;
    let page = as_reader(&router, &contract_path(&contract.registration_number), &auditor).await.text;
    assert!(page.contains("第 2 版") && page.contains("第 1 版"), "{page}");
    assert!(page.contains("<th scope=\"row\">项目名称</th>") && page.contains("改后的项目"));
    assert!(!page.contains("0731-11111111") && page.contains("（个人信息）"), "that it changed, not to what");
    assert!(page.contains("href=\"/log/"), "entries lead to their proof");
}
