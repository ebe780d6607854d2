//! One's own account: roles, password, sessions, tokens.

use axum::http::StatusCode;
use xiaoxiang_domain::access::{Action, Role, Scope};
use xiaoxiang_server::guard::SESSION_COOKIE;
use xiaoxiang_services::access::{SecretToken, find_token, open_session, withdraw_grant};

use crate::sign_in::{PASSWORD, cookie_of, grant, somebody, try_to_sign_in};
use crate::support::{ACTOR, app_with_region, get, get_with, pages, post};

const CHOSEN: &str = "层林尽染 漫江碧透 2026";

fn location(answer: &crate::support::Answer) -> &str {
    answer.headers.get("location").map_or("", |value| value.to_str().expect("words"))
}

#[tokio::test]
async fn a_password_change_ends_the_other_sessions_and_the_old_password() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = app_with_region(folder.path()).await;
    let person_id = somebody(&app, "zhangsan").await;
    grant(&app, &person_id, Role::Statistician, Scope::Region).await;
    let router = pages(app.clone());
    let here = cookie_of(&try_to_sign_in(&router, "zhangsan", PASSWORD).await);
    let elsewhere =
        format!("{SESSION_COOKIE}={}", open_session(&app, &person_id).await.expect("one").token.text());

    for (present, chosen, again, problem) in [
        ("wrong password", CHOSEN, CHOSEN, "present-problem"),
        (PASSWORD, CHOSEN, "something else", "chosen-problem"),
        (PASSWORD, "short", "short", "chosen-problem"),
        (PASSWORD, PASSWORD, PASSWORD, "chosen-problem"),
    ] {
        let fields = [("present", present), ("chosen", chosen), ("again", again)];
        let refused = post(&router, "/account/password", &here, &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{chosen}");
        assert!(refused.text.contains(&format!("id=\"{problem}\"")), "{}", refused.text);
    }
    let fields = [("present", PASSWORD), ("chosen", CHOSEN), ("again", CHOSEN)];
    let changed = post(&router, "/account/password", &here, &fields).await;
    assert_eq!(location(&changed), "/account?done=password", "{}", changed.text);

    let is_in = async |cookie: &str| get_with(&router, "/account", &[("cookie", cookie)]).await.status == 200;
    assert!(is_in(&here).await);
    assert!(!is_in(&elsewhere).await, "the other session is over");
    assert_eq!(try_to_sign_in(&router, "zhangsan", PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(try_to_sign_in(&router, "zhangsan", CHOSEN).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_account_is_for_whoever_has_signed_in_with_or_without_a_role() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = app_with_region(folder.path()).await;
    somebody(&app, "zhangsan").await;
    let router = pages(app);
    let outside = get(&router, "/en/account").await;
    assert_eq!(location(&outside), "/en/sign-in?to=%2Fen%2Faccount");
    let opened = try_to_sign_in(&router, "zhangsan", PASSWORD).await;
    assert_eq!(location(&opened), "/account", "without a role there is no work");
    let cookie = cookie_of(&opened);
    let page = get_with(&router, "/account", &[("cookie", &cookie)]).await;
    assert!(page.text.contains("尚未授予任何角色"), "{}", page.text);
    assert_eq!(page.headers.get("cache-control").expect("a rule"), "no-store");
}

#[tokio::test]
async fn one_acts_in_the_role_that_one_chose_until_it_is_taken_away() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = app_with_region(folder.path()).await;
    let person_id = somebody(&app, "zhangsan").await;
    grant(&app, &person_id, Role::Statistician, Scope::Region).await;
    let auditor = grant(&app, &person_id, Role::Auditor, Scope::Region).await;
    let router = pages(app.clone());
    let cookie = cookie_of(&try_to_sign_in(&router, "zhangsan", PASSWORD).await);
    let role = async || {
        let page = get_with(&router, "/account", &[("cookie", &cookie)]).await;
        let rest = page.text.split("reader-role\">").nth(1).expect("a role").to_owned();
        rest.split('<').next().expect("its end").to_owned()
    };
    assert_eq!(role().await, "省级统计人员");
    assert_eq!(
        location(&post(&router, "/account/role", &cookie, &[("grant", &auditor)]).await),
        "/account?done=role"
    );
    assert_eq!(role().await, "审计人员");
    withdraw_grant(&app, &ACTOR, &auditor).await.expect("taken away");
    assert_eq!(role().await, "省级统计人员", "gone with the next request");
    let foreign = post(&router, "/account/role", &cookie, &[("grant", "another")]).await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_token_does_what_was_chosen_and_no_more_than_the_role_may() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = app_with_region(folder.path()).await;
    let person_id = somebody(&app, "zhangsan").await;
    let grant_id = grant(&app, &person_id, Role::Statistician, Scope::Region).await;
    let router = pages(app.clone());
    let cookie = cookie_of(&try_to_sign_in(&router, "zhangsan", PASSWORD).await);
    for (label, days, action, problem) in [
        ("", "90", "read_contracts", "label-problem"),
        ("导数", "367", "read_contracts", "days-problem"),
        ("导数", "soon", "read_contracts", "days-problem"),
        ("导数", "90", "manage_people", "actions-problem"),
    ] {
        let fields = [("label", label), ("days", days), ("action", action)];
        let refused = post(&router, "/account/tokens", &cookie, &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{label} {days} {action}");
        assert!(refused.text.contains(&format!("id=\"{problem}\"")), "{}", refused.text);
    }
    let fields =
        [("label", "<b>导数</b>"), ("days", "90"), ("action", "read_contracts"), ("action", "read_log")];
    let made = post(&router, "/account/tokens", &cookie, &fields).await;
    let text = made.text.split("<code>").find_map(|rest| SecretToken::parse(rest.split('<').next()?));
    let token = text.expect("the token is shown");
    assert!(made.text.contains("&#60;b&#62;导数") && !made.text.contains("<b>导数"), "{}", made.text);

    let actor = find_token(&app, &token).await.expect("an answer").expect("somebody");
    assert!(actor.may(Action::ReadContracts) && actor.may(Action::ReadLog));
    assert!(!actor.may(Action::ImportContracts) && !actor.may(Action::Work));
    let list = get_with(&router, "/account", &[("cookie", &cookie)]).await;
    assert!(!list.text.contains(token.text()), "it is shown once");

    withdraw_grant(&app, &ACTOR, &grant_id).await.expect("taken away");
    assert_eq!(find_token(&app, &token).await.expect("an answer"), None, "a token ends with its role");
}

#[tokio::test]
async fn a_withdrawn_token_opens_nothing_and_nobody_withdraws_another_ones() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = app_with_region(folder.path()).await;
    let router = pages(app.clone());
    let mut cookies = Vec::new();
    for name in ["zhangsan", "lisi"] {
        let person_id = somebody(&app, name).await;
        grant(&app, &person_id, Role::Statistician, Scope::Region).await;
        cookies.push(cookie_of(&try_to_sign_in(&router, name, PASSWORD).await));
    }
    let fields = [("label", "导数"), ("days", "1"), ("action", "read_contracts")];
    let made = post(&router, "/account/tokens", &cookies[0], &fields).await;
    let token = made
        .text
        .split("<code>")
        .find_map(|rest| SecretToken::parse(rest.split('<').next()?))
        .expect("a token");
    let path = made.text.split("action=\"").filter_map(|rest| rest.split('"').next());
    let path = path.into_iter().find(|path| path.ends_with("/withdraw")).expect("a button").to_owned();
    assert_eq!(post(&router, &path, &cookies[1], &[]).await.status, StatusCode::NOT_FOUND);
    assert!(find_token(&app, &token).await.expect("an answer").is_some());
    assert_eq!(post(&router, &path, &cookies[0], &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(find_token(&app, &token).await.expect("an answer"), None);
}
