//! The inbox, where one is told, and the administrator's page of programs and deliveries.

use axum::http::StatusCode;
use xiaoxiang_domain::access::{Role, Scope};
use xiaoxiang_services::notice::spread_next;

use crate::sign_in::{PASSWORD, cookie_of, grant, somebody, try_to_sign_in};
use crate::support::{Answer, app_with_bulletin, app_with_region, get, get_with, pages, post, signed_in};
use crate::{assert_nothing_inline, assert_shell};

fn location(answer: &Answer) -> &str {
    answer.headers.get("location").map_or("", |value| value.to_str().expect("words"))
}

/// The part of an address between two texts, as the page has it.
fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = text.split_once(before).unwrap_or_else(|| panic!("{before} in {text}"));
    rest.split_once(after).expect("it ends").0
}

#[tokio::test]
async fn an_inbox_shows_what_waits_and_forgets_nothing_that_came_meanwhile() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, _) = app_with_bulletin(folder.path()).await;
    let reader = somebody(&app, "lisi").await;
    grant(&app, &reader, Role::Leader, Scope::Region).await;
    let router = pages(app.clone());
    let cookie = cookie_of(&try_to_sign_in(&router, "lisi", PASSWORD).await);
    let seen = async |path: &str| get_with(&router, path, &[("cookie", &cookie)]).await;
    for (path, language, unread) in [("/notices", "zh-CN", "1 条未读"), ("/en/notices", "en", "1 unread")]
    {
        let page = seen(path).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        assert_nothing_inline(path, &page.text);
        assert_shell(path, &page.text, language);
        assert!(page.text.contains(unread), "{}", page.text);
        assert!(page.text.contains("class=\"count\">1<"), "the head says so too");
    }
    let page = seen("/notices").await;
    assert!(page.text.contains("已授予您“分管领导”角色"), "{}", page.text);
    let until = between(&page.text, "name=\"until\" value=\"", "\"").to_owned();
    let opened = post(
        &router,
        &format!(
            "/notices/{}/open",
            between(&page.text, "action=\"/notices/", "/open").rsplit('/').next().expect("an id")
        ),
        &cookie,
        &[],
    )
    .await;
    assert_eq!((opened.status, location(&opened)), (StatusCode::SEE_OTHER, "/account"));
    let page = seen("/notices").await;
    assert!(!page.text.contains("class=\"count\"") && !page.text.contains("条未读"), "{}", page.text);

    let all = post(&router, "/notices/read", &cookie, &[("until", &until)]).await;
    assert_eq!(location(&all), "/notices");
    // Nobody else's, and nobody's who has not signed in.
    let stranger = signed_in(&app, Role::Auditor, Scope::Region).await;
    let id = between(&page.text, "action=\"/notices/", "/").to_owned();
    for path in [format!("/notices/{id}/read"), format!("/notices/{id}/open")] {
        assert_eq!(post(&router, &path, &stranger, &[]).await.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(location(&get(&router, "/notices").await), "/sign-in?to=%2Fnotices");
    assert_eq!(seen("/notices?after=nonsense").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn an_address_is_kept_shown_again_where_it_is_none_and_deleted() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = app_with_region(folder.path()).await;
    let router = pages(app.clone());
    let cookie = signed_in(&app, Role::Statistician, Scope::Region).await;
    let save = async |address: &str, on: &str| {
        let fields = [("channel", "mail"), ("address", address), ("on", on)];
        post(&router, "/account/channels", &cookie, &fields).await
    };
    for hostile in ["\"><script>alert(1)</script>", "a@x.cn\r\nBcc: b@x.cn", "a@x.cn,b@x.cn", ""] {
        let refused = save(hostile, "yes").await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{hostile}");
        assert!(refused.text.contains("id=\"address-mail-problem\""), "{}", refused.text);
        assert!(!refused.text.contains("<script>alert"), "what was typed is escaped");
        assert_nothing_inline("/account", &refused.text);
    }
    assert_eq!(location(&save("li.si@kj.example.gov.cn", "yes").await), "/account?done=channel#notices");
    let account = get_with(&router, "/account?done=channel", &[("cookie", &cookie)]).await;
    assert!(account.text.contains("value=\"li.si@kj.example.gov.cn\""), "{}", account.text);
    assert!(account.text.contains("接收方式已保存"));
    // The log says that it was changed, never what to.
    let auditor = signed_in(&app, Role::Auditor, Scope::Region).await;
    let log = get_with(&router, "/log", &[("cookie", &auditor)]).await;
    assert!(log.text.contains("更改接收通知的方式") && !log.text.contains("li.si@"), "{}", log.text);
    save("", "").await;
    let account = get_with(&router, "/account", &[("cookie", &cookie)]).await;
    assert!(!account.text.contains("li.si@"));
    let bad = post(&router, "/account/channels", &cookie, &[("channel", "webhook")]).await;
    assert_eq!(bad.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_administrator_subscribes_programs_and_nobody_else_sees_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = app_with_region(folder.path()).await;
    let router = pages(app.clone());
    let cookie = signed_in(&app, Role::Administrator, Scope::Region).await;
    let seen = async |path: &str| get_with(&router, path, &[("cookie", &cookie)]).await;
    let label = "交换<img src=x onerror=alert(1)>";
    for (url, kind, problem) in [
        ("http://10.0.0.1/", "role_granted", "url-problem"),
        ("https://user:pass@x.example/", "role_granted", "url-problem"),
        ("https://hooks.example.gov.cn/in", "nothing", "kinds-problem"),
    ] {
        let fields = [("label", label), ("url", url), ("kind", kind)];
        let refused = post(&router, "/webhooks", &cookie, &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{url}");
        assert!(refused.text.contains(&format!("id=\"{problem}\"")), "{}", refused.text);
        assert!(!refused.text.contains("<img src=x"), "what was typed is escaped and kept");
    }
    let fields = [("label", label), ("url", "https://hooks.example.gov.cn/in"), ("kind", "role_granted")];
    let made = post(&router, "/webhooks", &cookie, &fields).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text);
    let secret = between(&made.text, "<code>whsec_", "<").to_owned();
    let page = seen("/webhooks").await;
    assert!(!page.text.contains(&secret), "shown once");
    assert!(page.text.contains("交换&#60;img") || page.text.contains("交换&lt;img"), "{}", page.text);
    let id = between(&page.text, "action=\"/webhooks/", "/").to_owned();
    for (verb, done) in [("test", "test"), ("off", "off"), ("on", "on")] {
        let answer = post(&router, &format!("/webhooks/{id}/{verb}"), &cookie, &[]).await;
        assert_eq!(location(&answer), format!("/webhooks?done={done}"), "{}", answer.text);
    }
    let page = seen("/en/webhooks?done=test").await;
    assert_shell("/en/webhooks", &page.text, "en");
    assert!(page.text.contains("waiting") && page.text.contains("Test"), "{}", page.text);
    while spread_next(&app, &[]).await.expect("a store") {}
    for role in [Role::Statistician, Role::Auditor, Role::Leader] {
        let other = signed_in(&app, role, Scope::Region).await;
        let hidden = get_with(&router, "/webhooks", &[("cookie", &other)]).await;
        assert_eq!(hidden.status, StatusCode::NOT_FOUND, "{}", role.code());
        let path = format!("/webhooks/{id}/withdraw");
        assert_eq!(post(&router, &path, &other, &[]).await.status, StatusCode::NOT_FOUND);
    }
    let gone = post(&router, &format!("/webhooks/{id}/withdraw"), &cookie, &[]).await;
    assert_eq!(location(&gone), "/webhooks?done=withdrawn");
    let again = post(&router, &format!("/webhooks/{id}/test"), &cookie, &[]).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
}
