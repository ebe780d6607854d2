//! Auditors on the pages: a contract text is closed to whoever is not named, and the page says what to do.

use axum::http::StatusCode;
use xiaoxiang_domain::access::{Role, Scope};
use xiaoxiang_services::registration::read_application;

use super::applications::{Desk, HOSTILE, PDF};
use super::support::{ACTOR, signed_in};

/// The value of the first option of the list of people.
fn first_person(page: &str) -> String {
    let list = page.split("id=\"auditor-person\"").nth(1).expect("the list of people");
    let option = list.split("<option value=\"").nth(2).expect("somebody");
    option.split('"').next().expect("an id").to_owned()
}

#[tokio::test]
async fn the_head_of_division_names_who_may_open_the_texts() {
    let desk = Desk::open().await;
    let head = signed_in(&desk.app, Role::DivisionHead, Scope::Region).await;
    let auditor = signed_in(&desk.app, Role::Auditor, Scope::Region).await;
    let address = desk.filled("示例平台开发服务").await;
    desk.upload(&address, "合同.pdf", PDF).await;
    assert_eq!(desk.step(&desk.agent, &address, &[("step", "submit")]).await.status, StatusCode::SEE_OTHER);
    let id = address.rsplit('/').next().expect("an id");
    let page = read_application(&desk.app, &ACTOR, id).await.expect("an application");
    let text = format!("{address}/texts/{}", page.attachments[0].upload_id);

    let closed = desk.get(&auditor, &text).await;
    assert_eq!(closed.status, StatusCode::FORBIDDEN);
    assert!(closed.text.contains("处室负责人"), "it says what to do: {}", closed.text);
    let seen = desk.get(&auditor, &address).await;
    assert!(seen.text.contains("您还没有被指定") && !seen.text.contains(&text), "{}", seen.text);
    assert!(!seen.text.contains("id=\"name-auditor\""), "who inspects names nobody");
    let applicant = desk.get(&desk.agent, &address).await;
    assert!(!applicant.text.contains("id=\"text-auditors\""), "applicants are not told");
    let province = desk.get(&desk.province, &address).await;
    assert!(province.text.contains("id=\"text-auditors\"") && !province.text.contains("id=\"name-auditor\""));

    let shown = desk.get(&head, &address).await;
    let person = first_person(&shown.text);
    let naming = format!("{address}/text-auditors");
    let fields = [("person", person.as_str()), ("reason", HOSTILE), ("valid_to", "2001-01-01")];
    let past = desk.post(&head, &naming, &fields).await;
    assert_eq!(past.status, StatusCode::UNPROCESSABLE_ENTITY);
    for kept in
        ["value=\"2001-01-01\"", "&#60;img src=x", "截止日期应在今天", &format!("\"{person}\" selected")]
    {
        assert!(past.text.contains(kept), "{kept}: {}", past.text);
    }
    assert!(!past.text.contains("<img src=x"), "{}", past.text);
    let today = desk.app.today().await.expect("a day").to_string();
    let fields = [("person", person.as_str()), ("reason", "示例审计项目"), ("valid_to", today.as_str())];
    for other in [&desk.province, &desk.officer_a, &auditor] {
        assert_eq!(desk.post(other, &naming, &fields).await.status, StatusCode::FORBIDDEN);
    }
    assert_eq!(desk.post(&head, &naming, &fields).await.status, StatusCode::SEE_OTHER);
    let opened = desk.get(&auditor, &text).await;
    assert_eq!(opened.status, StatusCode::OK);
    assert_eq!(opened.text.as_bytes(), PDF);
    let shown = desk.get(&desk.officer_a, &address).await;
    assert!(shown.text.contains("示例审计项目"), "the registrar sees who is named: {}", shown.text);

    let shown = desk.get(&head, &address).await;
    let end = shown.text.split("action=\"").find(|part| part.contains("/text-auditors/")).expect("a form");
    let end = end.split('"').next().expect("an address");
    let silent = desk.post(&head, end, &[("reason", " ")]).await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(desk.post(&head, end, &[("reason", "审计完成")]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(desk.get(&auditor, &text).await.status, StatusCode::FORBIDDEN);
    let english = desk.get(&head, &format!("/en{address}")).await;
    assert!(english.text.contains("Ended early"), "{}", english.text);
}
