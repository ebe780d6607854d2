//! Organisations: found by any name, with a history that can be taken back and that moves no figure.

use axum::http::StatusCode;
use xiaoxiang_domain::access::{Role, Scope};

use crate::support::{Answer, app_with_bulletin, get_with, pages, post, signed_in};

fn location(answer: &Answer) -> &str {
    answer.headers.get("location").map_or("", |value| value.to_str().expect("words"))
}

/// The text of a page's first heading.
fn heading(answer: &Answer) -> &str {
    let rest = answer.text.split("<h1>").nth(1).unwrap_or_default();
    rest.split('<').next().unwrap_or_default()
}

#[tokio::test]
async fn an_organisation_is_renamed_merged_and_split_and_each_can_be_taken_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, _) = app_with_bulletin(folder.path()).await;
    let router = pages(app.clone());
    let cookie = signed_in(&app, Role::Statistician, Scope::Region).await;
    let page = async |path: &str| get_with(&router, path, &[("cookie", &cookie)]).await;
    let send = async |key: i64, kind: &str, value: &str, basis: &str| {
        let fields = [("kind", kind), ("value", value), ("valid_from", "2026-03-01"), ("basis", basis)];
        post(&router, &format!("/organisations/{key}/changes"), &cookie, &fields).await
    };
    let before = get_with(&router, "/statistics?period=2026-10&by=city", &[]).await.text;
    let first = heading(&page("/organisations/1").await).to_owned();
    let other = heading(&page("/organisations/2").await).to_owned();

    let renamed = send(1, "named", "<b>新名称</b>公司", "市监准字〔2026〕1号").await;
    assert_eq!(location(&renamed), "/organisations/1?done=changed", "{}", renamed.text);
    let now = page("/organisations/1").await;
    assert_eq!(heading(&now), "&#60;b&#62;新名称&#60;/b&#62;公司", "escaped");
    assert!(now.text.contains(&first), "the name before stays in sight");
    for text in ["新名称", first.as_str()] {
        let query = serde_urlencoded::to_string([("text", text)]).expect("a query");
        let found = page(&format!("/organisations?{query}")).await;
        assert!(found.text.contains("/organisations/1\""), "found by {text}");
    }

    assert_eq!(location(&send(1, "merged", &other, "合并协议").await), "/organisations/1?done=changed");
    assert!(page("/organisations/1").await.text.contains("并入"), "says in what it goes on");
    assert!(page("/organisations/2").await.text.contains("/organisations/1\""), "names what it took in");
    assert_eq!(
        send(2, "merged", &first, "合并协议").await.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "a circle"
    );
    assert_eq!(send(1, "merged", &other, "合并协议").await.status, StatusCode::UNPROCESSABLE_ENTITY, "once");
    assert_eq!(
        send(1, "merged", &first, "合并协议").await.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "itself"
    );
    assert_eq!(location(&send(2, "split", &first, "分立决定").await), "/organisations/2?done=changed");

    let path = now.text.split("action=\"").filter_map(|rest| rest.split('"').next());
    let reverse = path.into_iter().find(|path| path.ends_with("/reverse")).expect("a button").to_owned();
    let unfounded = post(&router, &reverse, &cookie, &[("basis", "")]).await;
    assert_eq!(unfounded.status, StatusCode::BAD_REQUEST);
    let reversed = post(&router, &reverse, &cookie, &[("basis", "登记有误")]).await;
    assert_eq!(location(&reversed), "/organisations/1?done=changed", "{}", reversed.text);
    assert_eq!(heading(&page("/organisations/1").await), first);
    let again = post(&router, &reverse, &cookie, &[("basis", "登记有误")]).await;
    assert_eq!(again.status, StatusCode::CONFLICT);

    let merger = page("/organisations/1").await;
    let path = merger.text.split("action=\"").filter_map(|rest| rest.split('"').next());
    let reverse = path.into_iter().find(|path| path.ends_with("/reverse")).expect("a button").to_owned();
    post(&router, &reverse, &cookie, &[("basis", "合并撤销")]).await;
    let parted = page("/organisations/2").await;
    assert!(parted.text.contains("已撤销") && !parted.text.contains("连同并入机构"), "{}", parted.text);
    let after = get_with(&router, "/statistics?period=2026-10&by=city", &[]).await.text;
    let table = |text: &str| {
        let rest = text.split("<table").nth(1).expect("a table");
        rest.split("</table>").next().expect("its end").to_owned()
    };
    assert_eq!(table(&before), table(&after), "no figure moved");
}

#[tokio::test]
async fn what_makes_no_sense_is_said_beside_its_field_and_what_was_typed_is_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, _) = app_with_bulletin(folder.path()).await;
    let router = pages(app.clone());
    let cookie = signed_in(&app, Role::Statistician, Scope::Region).await;
    for (kind, value, day, basis, problem) in [
        ("", "甲", "2026-01-01", "乙", "kind-problem"),
        ("named", "", "2026-01-01", "乙", "value-problem"),
        ("coded", "91430000MA4L1XXX0X", "2026-01-01", "乙", "value-problem"),
        ("merged", "没有的机构", "2026-01-01", "乙", "value-problem"),
        ("named", "甲", "soon", "乙", "day-problem"),
        ("named", "甲", "2026-01-01", "", "basis-problem"),
    ] {
        let fields = [("kind", kind), ("value", value), ("valid_from", day), ("basis", basis)];
        let refused = post(&router, "/organisations/1/changes", &cookie, &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{kind} {value} {day} {basis}");
        assert!(refused.text.contains(&format!("id=\"{problem}\"")), "{problem}: {}", refused.text);
        assert!(value.is_empty() || refused.text.contains(&format!("value=\"{value}\"")), "{value} is kept");
    }
    for path in ["/organisations/999999999", "/organisations/one", "/organisations/-1"] {
        let missing = get_with(&router, path, &[("cookie", &cookie)]).await;
        assert_eq!(missing.status, StatusCode::NOT_FOUND, "{path}");
    }
    let reader = signed_in(&app, Role::Auditor, Scope::Region).await;
    let page = get_with(&router, "/organisations/1", &[("cookie", &reader)]).await;
    assert!(page.status == StatusCode::OK && !page.text.contains("/organisations/1/changes"), "reads only");
    let about = get_with(&router, "/about", &[]).await;
    assert!(about.text.contains("工业和信息化主管部门"), "the competent department is named");
}

#[tokio::test]
async fn an_organisation_without_contracts_is_entered_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, _) = app_with_bulletin(folder.path()).await;
    let router = pages(app.clone());
    let cookie = signed_in(&app, Role::Administrator, Scope::Region).await;
    let send = async |name: &str, code: &str, basis: &str| {
        let fields = [("name", name), ("credit_code", code), ("basis", basis)];
        post(&router, "/organisations/new", &cookie, &fields).await
    };
    let refused = send("示例<b>研究院</b>", "91430100MA4L16JQ9A", "来函").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "the check digit is wrong");
    assert!(refused.text.contains("示例&#60;b&#62;研究院"), "what was typed is kept, escaped");
    assert!(
        refused.text.contains("aria-describedby=\"code-problem\""),
        "the problem stands beside its field"
    );

    let entered = send("示例研究院", "91430100MA4L16JQ9D", "来函").await;
    let path = location(&entered).to_owned();
    assert!(
        path.starts_with("/organisations/") && path.ends_with("?done=changed"),
        "{path}: {}",
        entered.text
    );
    let page = get_with(&router, &path, &[("cookie", &cookie)]).await;
    assert_eq!(heading(&page), "示例研究院");

    let again = send("另一个名称", "91430100MA4L16JQ9D", "来函").await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.text.contains("已有使用这个信用代码的机构"), "{}", again.text);
}
