//! People and roles on screen: entering, granting, changing together, taking away, erasing.

use axum::Router;
use axum::http::StatusCode;
use xiaoxiang_domain::access::{Role, Scope};
use xiaoxiang_services::App;
use xiaoxiang_services::access::SecretToken;

use crate::sign_in::{PASSWORD, cookie_of, grant, somebody, try_to_sign_in};
use crate::support::{Answer, app_with_region, get_with, pages, post};

fn location(answer: &Answer) -> &str {
    answer.headers.get("location").map_or("", |value| value.to_str().expect("words"))
}

/// An administrator's id and cookie.
async fn administrator(app: &App, router: &Router, name: &str) -> (String, String) {
    let person_id = somebody(app, name).await;
    grant(app, &person_id, Role::Administrator, Scope::Region).await;
    (person_id, cookie_of(&try_to_sign_in(router, name, PASSWORD).await))
}

/// The one-time password on a page.
fn one_time(answer: &Answer) -> String {
    let codes = answer.text.split("<code>").filter_map(|rest| rest.split('<').next());
    codes.into_iter().find(|code| code.len() == 19 && code.matches('-').count() == 3).expect("one").to_owned()
}

/// Everything that the log holds, as one text.
pub async fn log_of(app: &App) -> String {
    let mut tx = app.db.read().await.expect("a snapshot");
    let entries = xiaoxiang_store::log::list_after(&mut tx, -1, 1_000).await.expect("entries");
    entries.into_iter().map(|entry| format!("{} {} {}\n", entry.kind, entry.subject, entry.payload)).collect()
}

#[tokio::test]
async fn somebody_is_entered_granted_a_role_and_signs_in_with_a_password_of_their_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = app_with_region(folder.path()).await;
    let router = pages(app.clone());
    let (_, cookie) = administrator(&app, &router, "admin.one").await;
    let fields = [("name", "李<script>四"), ("sign_in_name", "li.si")];
    let entered = post(&router, "/people/new", &cookie, &fields).await;
    let password = one_time(&entered);
    let person = entered.text.split("/people/").find_map(|rest| {
        let id = rest.split(['"', '/']).next()?;
        (id.len() == 36).then(|| id.to_owned())
    });
    let path = format!("/people/{}", person.expect("an id"));
    let taken = post(&router, "/people/new", &cookie, &fields).await;
    assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(taken.text.contains("id=\"sign-in-name-problem\"") && taken.text.contains("value=\"li.si\""));

    let step = get_with(&router, &format!("{path}/grant?role=city_officer"), &[("cookie", &cookie)]).await;
    assert!(step.text.contains("value=\"430100\"") && !step.text.contains("value=\"430102\""), "cities only");
    for (division, status) in [("430102", 422), ("110000", 422), ("", 422), ("430100", 303)] {
        let fields = [
            ("role", "city_officer"),
            ("kind", "division"),
            ("division", division),
            ("basis", "长科函〔2026〕1号"),
            ("valid_from", "2026-01-01"),
            ("valid_to", ""),
        ];
        let answer = post(&router, &format!("{path}/grant"), &cookie, &fields).await;
        assert_eq!(answer.status, status, "{division}");
    }
    let page = get_with(&router, &path, &[("cookie", &cookie)]).await;
    assert!(page.text.contains("长沙市") && page.text.contains("长科函"), "{}", page.text);
    assert!(!page.text.contains("<script>四") && page.text.contains("&#60;script&#62;四"), "escaped");

    let own = cookie_of(&try_to_sign_in(&router, "li.si", &password).await);
    let led = get_with(&router, "/account", &[("cookie", &own)]).await;
    assert_eq!(location(&led), "/account/password", "a password of one's own comes first");
    let fields = [("present", password.as_str()), ("chosen", PASSWORD), ("again", PASSWORD)];
    assert_eq!(post(&router, "/account/password", &own, &fields).await.status, StatusCode::SEE_OTHER);
    assert_eq!(get_with(&router, "/account", &[("cookie", &own)]).await.status, StatusCode::OK);
    assert_eq!(get_with(&router, "/people", &[("cookie", &own)]).await.status, StatusCode::NOT_FOUND);
    let log = log_of(&app).await;
    assert!(log.contains("person.role_granted") && log.contains("division:430100"), "{log}");
    assert!(!log.contains('李') && !log.contains("li.si") && !log.contains(&password), "{log}");
}

#[tokio::test]
async fn of_two_who_edit_the_same_person_the_second_sees_both_versions_and_loses_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = app_with_region(folder.path()).await;
    let router = pages(app.clone());
    let (_, cookie) = administrator(&app, &router, "admin.one").await;
    let path = format!("/people/{}", somebody(&app, "lisi").await);
    let fields = |revision: &'static str, name: &'static str, telephone: &'static str| {
        [("revision", revision), ("name", name), ("telephone", telephone), ("organisation", "")]
    };
    let first = post(&router, &path, &cookie, &fields("1", "李四", "0731-8000 0001")).await;
    assert_eq!(first.status, StatusCode::SEE_OTHER, "{}", first.text);
    let second = post(&router, &path, &cookie, &fields("1", "李四光", "0731-8000 0002")).await;
    assert_eq!(second.status, StatusCode::CONFLICT);
    for text in ["value=\"李四光\"", "value=\"0731-8000 0002\"", "<dd>李四</dd>", "<dd>0731-8000 0001</dd>"]
    {
        assert!(second.text.contains(text), "{text} is missing: {}", second.text);
    }
    assert!(second.text.contains("name=\"revision\" value=\"2\""), "sent again it stands");
    let third = post(&router, &path, &cookie, &fields("2", "李四光", "0731-8000 0002")).await;
    assert_eq!(third.status, StatusCode::SEE_OTHER);
    let wrong = post(&router, &path, &cookie, &fields("3", "李四光", "<b>")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("id=\"telephone-problem\""));
    let log = log_of(&app).await;
    assert!(log.contains("\"telephone\"") && !log.contains("8000") && !log.contains('李'), "{log}");
}

#[tokio::test]
async fn the_last_administrator_cannot_be_taken_away() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = app_with_region(folder.path()).await;
    let router = pages(app.clone());
    let (one, cookie) = administrator(&app, &router, "admin.one").await;
    let page = get_with(&router, &format!("/people/{one}"), &[("cookie", &cookie)]).await;
    let withdraw = page.text.split("action=\"").filter_map(|rest| rest.split('"').next());
    let withdraw =
        withdraw.into_iter().find(|path| path.ends_with("/withdraw")).expect("a button").to_owned();
    for path in [withdraw.clone(), format!("/people/{one}/disable"), format!("/people/{one}/erase")] {
        let refused = post(&router, &path, &cookie, &[("sure", "yes")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        assert!(refused.text.contains("最后一位系统管理员"), "{path}");
    }
    administrator(&app, &router, "admin.two").await;
    assert_eq!(post(&router, &withdraw, &cookie, &[]).await.status, StatusCode::SEE_OTHER);
    let gone = get_with(&router, "/people", &[("cookie", &cookie)]).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND, "gone with the next request");
}

#[tokio::test]
async fn who_is_disabled_is_out_at_once_and_a_new_password_ends_the_sessions() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = app_with_region(folder.path()).await;
    let router = pages(app.clone());
    let (_, cookie) = administrator(&app, &router, "admin.one").await;
    let person_id = somebody(&app, "lisi").await;
    grant(&app, &person_id, Role::Statistician, Scope::Region).await;
    let theirs = cookie_of(&try_to_sign_in(&router, "lisi", PASSWORD).await);
    let is_in = async |cookie: &str| {
        get_with(&router, "/account", &[("cookie", cookie)]).await.status == StatusCode::OK
    };
    assert!(is_in(&theirs).await);
    let disabled = post(&router, &format!("/people/{person_id}/disable"), &cookie, &[]).await;
    assert_eq!(disabled.status, StatusCode::SEE_OTHER, "{}", disabled.text);
    assert!(!is_in(&theirs).await);
    let refused = try_to_sign_in(&router, "lisi", PASSWORD).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "like a wrong password");
    post(&router, &format!("/people/{person_id}/enable"), &cookie, &[]).await;
    assert!(!is_in(&theirs).await, "an ended session stays ended");
    let again = cookie_of(&try_to_sign_in(&router, "lisi", PASSWORD).await);
    assert!(is_in(&again).await);
    let reset = post(&router, &format!("/people/{person_id}/password"), &cookie, &[]).await;
    assert!(!is_in(&again).await);
    let opened = try_to_sign_in(&router, "lisi", &one_time(&reset)).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn an_erased_person_leaves_a_number_and_nothing_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = app_with_region(folder.path()).await;
    let router = pages(app.clone());
    let (_, cookie) = administrator(&app, &router, "admin.one").await;
    let person_id = somebody(&app, "wangwu").await;
    grant(&app, &person_id, Role::Statistician, Scope::Region).await;
    let theirs = cookie_of(&try_to_sign_in(&router, "wangwu", PASSWORD).await);
    let fields = [("label", "导数"), ("days", "1"), ("action", "read_contracts")];
    let made = post(&router, "/account/tokens", &theirs, &fields).await;
    let token = made.text.split("<code>").find_map(|rest| SecretToken::parse(rest.split('<').next()?));
    let path = format!("/people/{person_id}");
    let unsure = post(&router, &format!("{path}/erase"), &cookie, &[]).await;
    assert_eq!(unsure.status, StatusCode::UNPROCESSABLE_ENTITY);
    let erased = post(&router, &format!("{path}/erase"), &cookie, &[("sure", "yes")]).await;
    assert_eq!(erased.status, StatusCode::SEE_OTHER, "{}", erased.text);
    let page = get_with(&router, &path, &[("cookie", &cookie)]).await;
    assert!(!page.text.contains("wangwu") && page.text.contains("已删除"), "{}", page.text);
    let found = xiaoxiang_services::access::find_token(&app, &token.expect("a token")).await;
    assert_eq!(found.expect("an answer"), None);
    let signed = try_to_sign_in(&router, "wangwu", PASSWORD).await;
    assert_eq!(signed.status, StatusCode::UNPROCESSABLE_ENTITY);
    let found = post(&router, "/people/search", &cookie, &[("text", "wangwu")]).await;
    assert!(found.text.contains("没有符合条件"), "{}", found.text);
}

#[tokio::test]
async fn people_are_found_by_what_was_typed_whatever_signs_are_in_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = app_with_region(folder.path()).await;
    let router = pages(app.clone());
    let (_, cookie) = administrator(&app, &router, "admin.one").await;
    somebody(&app, "li_si").await;
    somebody(&app, "lixsi").await;
    for (text, found, missed) in [("li_", "li_si", "lixsi"), ("LIX", "lixsi", "li_si"), ("%", "", "lixsi")] {
        let page = post(&router, "/people/search", &cookie, &[("text", text)]).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(found.is_empty() || page.text.contains(&format!("<code>{found}</code>")), "{text}");
        assert!(!page.text.contains(&format!("<code>{missed}</code>")), "{text}");
    }
}
