//! Registration points and ledgers on the pages: who sees them, how the province closes one, and what a form keeps.

use axum::http::StatusCode;
use xiaoxiang_domain::access::{Role, Scope};

use super::applications::{Desk, location};
use super::support::signed_in;

const POINTS: &str = "/registration-points";

#[tokio::test(flavor = "multi_thread")]
async fn the_province_closes_a_point_and_hands_on_what_it_has() {
    let desk = Desk::open().await;
    let address = desk.filled("示例在办").await;
    let revision = desk.revision(&address).await;
    let submitted = desk
        .post(&desk.agent, &format!("{address}/steps"), &[("revision", &revision), ("step", "submit")])
        .await;
    assert_eq!(submitted.status, StatusCode::SEE_OTHER, "{}", submitted.text);
    let list = desk.get(&desk.province, POINTS).await;
    assert_eq!(list.status, StatusCode::OK);
    assert!(list.text.contains("示例登记处") && list.text.contains("人员不足的登记点：示例登记处"));
    let english = desk.get(&desk.province, &format!("/en{POINTS}")).await;
    assert!(english.text.contains("open, short of staff"), "{}", english.text);
    let own = format!("{POINTS}/{}", desk.registrar_key);
    let shown = desk.get(&desk.officer_a, &own).await;
    assert!(shown.text.contains("登记人员 2 人") && shown.text.contains("示例在办"));
    assert!(!shown.text.contains("name=\"act\""), "a registrar orders nothing");
    assert_eq!(desk.get(&desk.agent, POINTS).await.status, StatusCode::NOT_FOUND);

    let order = |reason, on| [("act", "close"), ("on", on), ("reason", reason)];
    let orders = format!("{own}/orders");
    let refused = desk.post(&desk.province, &orders, &order("示例理由", "2020-01-01")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("不能早于今天") && refused.text.contains("示例理由</textarea>"));
    let by_registrar = desk.post(&desk.officer_a, &orders, &order("示例理由", "2026-11-23")).await;
    assert_eq!(by_registrar.status, StatusCode::FORBIDDEN);
    let today = today_on(&shown.text, &desk.get(&desk.province, &own).await.text);
    let closed = desk.post(&desk.province, &orders, &order("示例理由", &today)).await;
    assert_eq!(location(&closed), format!("{own}?done=closed"));
    let begun = desk.get(&desk.agent, "/applications/new").await;
    assert!(!begun.text.contains("示例登记处</option>"));
    let key = desk.registrar_key.to_string();
    let begun = desk.post(&desk.agent, "/applications/new", &[("registrar", &key)]).await;
    assert_eq!(begun.status, StatusCode::UNPROCESSABLE_ENTITY);

    let new = [("name", "示例第二登记处"), ("code", ""), ("on", today.as_str()), ("reason", "示例文件")];
    let opened = desk.post(&desk.province, POINTS, &new).await;
    let second = location(&opened).trim_end_matches("?done=opened").to_owned();
    let again = desk.post(&desk.province, POINTS, &new).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.text.contains("id=\"name-problem\"") && again.text.contains("value=\"示例第二登记处\""));
    let to = second.rsplit('/').next().expect("a key").to_owned();
    let id = address.rsplit('/').next().expect("an id").to_owned();
    let hand = format!("{own}/handovers");
    let kept = desk.post(&desk.province, &hand, &[("application", &id), ("to", &to)]).await;
    assert_eq!(kept.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(kept.text.contains("id=\"hand-reason-problem\""), "{}", kept.text);
    assert!(kept.text.contains(&format!("value=\"{to}\" selected")));
    let sent = [("application", id.as_str()), ("to", to.as_str()), ("hand_reason", "示例撤点")];
    let handed = desk.post(&desk.province, &hand, &sent).await;
    assert_eq!(location(&handed), format!("{own}?done=handed"));
    let colleague = signed_in(&desk.app, Role::Registrar, Scope::Registrar(to.parse().expect("a key"))).await;
    assert_eq!(desk.get(&colleague, &address).await.status, StatusCode::OK);
    assert_eq!(desk.get(&desk.officer_a, &address).await.status, StatusCode::NOT_FOUND);
    assert_eq!(desk.get(&colleague, &own).await.status, StatusCode::NOT_FOUND);
}

/// The day that the form of an order begins with; a registrar's page has no such form.
fn today_on(of_registrar: &str, of_province: &str) -> String {
    let value = |text: &str| {
        let rest = text.split_once("id=\"on\" name=\"on\" type=\"date\" value=\"")?.1;
        rest.split_once('"').map(|(day, _)| day.to_owned())
    };
    assert_eq!(value(of_registrar), None);
    value(of_province).expect("a day")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_is_shown_and_written_as_files() {
    let desk = Desk::open().await;
    let page = desk.get(&desk.province, "/registration-ledger?period=2026-03").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("全省技术合同登记台账（2026年3月）"), "{}", page.text);
    assert!(page.text.contains("示例既有合同") && page.text.contains("成交额"));
    for (extension, mime) in [("xlsx", "spreadsheetml"), ("docx", "wordprocessingml"), ("csv", "text/csv")] {
        let address =
            format!("/registration-ledger/{extension}?period=2026-03&registrar={}", desk.registrar_key);
        let file = desk.get(&desk.officer_a, &address).await;
        assert_eq!(file.status, StatusCode::OK, "{extension}");
        assert!(file.headers["content-type"].to_str().expect("a type").contains(mime), "{extension}");
    }
    let csv = desk.get(&desk.province, "/registration-ledger/csv?period=2026-03").await;
    assert!(csv.text.contains("成交额(万元)") && csv.text.contains("2026430100000001"));
    let bad = desk.get(&desk.province, "/registration-ledger?period=三月").await;
    assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(bad.text.contains("value=\"三月\"") && bad.text.contains("period-problem"));
    let empty = desk.get(&desk.province, "/registration-ledger?period=2026-01").await;
    assert!(empty.text.contains("这个期间没有登记的合同"));
    assert_eq!(desk.get(&desk.agent, "/registration-ledger").await.status, StatusCode::NOT_FOUND);
    let unknown = desk.get(&desk.province, "/registration-ledger?registrar=999999").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}
