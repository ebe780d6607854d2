//! The first run: region, account, code, race, and never again; and the demo's people.

use axum::Router;
use axum::http::{StatusCode, header};
use xiaoxiang_domain::access::Role;
use xiaoxiang_server::pages::PageState;
use xiaoxiang_server::pages::shell::DataOrigin;
use xiaoxiang_server::routes::router;
use xiaoxiang_server::setup_gate::SetupGate;
use xiaoxiang_services::App;
use xiaoxiang_services::log::LogKey;
use xiaoxiang_services::setup::{enter_example_people, list_example_people};

use crate::support::{ACTOR, Answer, app_with_bulletin, empty_app, get, get_with, post};

const PASSWORD: &str = "岳麓山下橘子洲头百舸争流";

fn site(app: &App, folder: &std::path::Path, origin: DataOrigin, setup: SetupGate) -> Router {
    let log_key = LogKey::load_or_create(app, &folder.join("key.pem")).expect("a key");
    router(PageState {
        app: app.clone(),
        origin,
        log_key: log_key.into(),
        public_origin: None,
        trusted_proxies: Default::default(),
        setup,
        provider: None,
        offered: [].into(),
    })
}

fn location(answer: &Answer) -> &str {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    answer.headers[header::LOCATION].to_str().expect("an address")
}

fn account(name: &str) -> [(&str, &str); 4] {
    [("name", "示例·首任"), ("sign_in_name", name), ("password", PASSWORD), ("password_again", PASSWORD)]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_server_leads_through_region_and_account_to_the_first_import() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = empty_app(folder.path()).await;
    let site = site(&app, folder.path(), DataOrigin::Real, SetupGate::open());
    for (path, to) in
        [("/", "/setup"), ("/bulletins", "/setup"), ("/en/sign-in", "/en/setup"), ("/work", "/setup")]
    {
        assert_eq!(location(&get(&site, path).await), to, "{path}");
    }
    let first = get(&site, "/setup").await;
    assert!(first.text.contains("湖南省") && first.text.contains("14 个市州"), "{}", first.text);
    assert!(!first.text.contains("启用码"), "who sits at the machine needs no code");
    let early = post(&site, "/setup/account", "", &account("early")).await;
    assert_eq!(location(&early), "/setup", "the region comes first");
    for region in ["../hunan", "atlantis", ""] {
        let answer = post(&site, "/setup/region", "", &[("region", region)]).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{region}");
    }
    assert_eq!(location(&post(&site, "/setup/region", "", &[("region", "hunan")]).await), "/setup");
    let second = get(&site, "/setup").await;
    assert!(second.text.contains("湖南省") && second.text.contains("再输入一次口令"), "{}", second.text);

    for (field, value, words) in [
        ("sign_in_name", "li si", "登录名只能用"),
        ("password", "123456789012345", "太容易猜到"),
        ("password", "short", "至少 12 个字符"),
        ("password_again", "something else", "两次输入的口令不同"),
        ("name", " ", "请填写姓名"),
    ] {
        let mut fields = account("first");
        for pair in &mut fields {
            if pair.0 == field || (field == "password" && pair.0 == "password_again") {
                pair.1 = value;
            }
        }
        let answer = post(&site, "/setup/account", "", &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{field} {value}");
        assert!(answer.text.contains(words), "{words}: {}", answer.text);
        assert!(!answer.text.contains(PASSWORD), "a password is not sent back");
    }

    let done = post(&site, "/setup/account", "", &account("First")).await;
    assert_eq!(location(&done), "/imports");
    let cookie = done.headers[header::SET_COOKIE].to_str().expect("a cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    let cookie = cookie.split(';').next().expect("a pair").to_owned();
    let imports = get_with(&site, "/imports", &[("cookie", &cookie)]).await;
    assert_eq!(imports.status, StatusCode::OK);
    assert!(imports.text.contains("第三步") && imports.text.contains("省级统计人员"), "{}", imports.text);
    let home = get_with(&site, "/", &[("cookie", &cookie)]).await;
    assert!(home.text.contains("导入登记数据和省外数据"), "{}", home.text);

    for path in ["/setup", "/en/setup", "/setup?step=region"] {
        assert_eq!(get(&site, path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let late = post(&site, "/setup/account", "", &account("late")).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.text.contains("已由他人完成首次设置"), "{}", late.text);
    assert_ne!(post(&site, "/setup/region", "", &[("region", "china")]).await.status, StatusCode::SEE_OTHER);
    // A server started again offers nothing either.
    let again = self::site(&app, folder.path(), DataOrigin::Real, SetupGate::open());
    assert_eq!(get(&again, "/setup").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_cannot_see_the_server_needs_the_code() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = empty_app(folder.path()).await;
    let site = site(&app, folder.path(), DataOrigin::Real, SetupGate::with_code("ABCD-2345-EFGH"));
    assert!(get(&site, "/setup").await.text.contains("启用码"));
    for code in ["", "ABCD-2345-EFGJ"] {
        let answer = post(&site, "/setup/region", "", &[("region", "hunan"), ("code", code)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text.contains("启用码不正确"), "{}", answer.text);
    }
    let taken = post(&site, "/setup/region", "", &[("region", "hunan"), ("code", "abcd2345efgh")]).await;
    assert_eq!(location(&taken), "/setup");
    let refused = post(&site, "/setup/account", "", &account("first")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let mut fields = account("first").to_vec();
    fields.push(("code", "ABCD-2345-EFGH"));
    assert_eq!(location(&post(&site, "/setup/account", "", &fields).await), "/imports");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_browsers_that_race_one_wins_and_the_other_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = empty_app(folder.path()).await;
    // Two nodes, each with a gate of its own.
    let nodes = ["a", "b"].map(|_| site(&app, folder.path(), DataOrigin::Real, SetupGate::open()));
    location(&post(&nodes[0], "/setup/region", "", &[("region", "hunan")]).await);
    let (left, right) = (account("left"), account("right"));
    let answers = tokio::join!(
        post(&nodes[0], "/setup/account", "", &left),
        post(&nodes[1], "/setup/account", "", &right)
    );
    let mut statuses = [answers.0.status, answers.1.status];
    statuses.sort();
    assert_eq!(statuses, [StatusCode::SEE_OTHER, StatusCode::CONFLICT]);
    let mut tx = app.db.read().await.expect("a snapshot");
    assert_eq!(xiaoxiang_store::person::list(&mut tx).await.expect("people").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_has_a_person_for_every_role_and_nowhere_else_does_a_click_sign_in() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, _) = app_with_bulletin(folder.path()).await;
    enter_example_people(&app, &ACTOR, PASSWORD).await.expect("people");
    let people = list_example_people(&app).await.expect("people");
    assert_eq!(
        people.len(),
        Role::ALL.len() - 1 + 4,
        "every role but the public's, two more registrars, an expert and a reviewer of the university"
    );
    for role in Role::ALL.into_iter().filter(|role| *role != Role::Public) {
        let first = people.iter().find(|person| person.role == role).expect("somebody");
        assert_eq!(first.part, ("", ""), "the first of {} is the plain one", role.code());
    }
    let demo = site(&app, folder.path(), DataOrigin::Example, SetupGate::closed());
    let page = get(&demo, "/sign-in").await;
    assert!(page.text.contains("以示例人员的身份登录"), "{}", page.text);
    assert!(page.text.contains(">登记机构人员（复核）<"), "registrars are told apart: {}", page.text);
    assert!(get(&demo, "/en/sign-in").await.text.contains(" (second review)<"));
    for person in &people {
        let answer =
            post(&demo, "/sign-in/example", "", &[("person", &person.person_id), ("to", "/about")]).await;
        assert_eq!(location(&answer), "/about");
        let cookie = answer.headers[header::SET_COOKIE].to_str().expect("a cookie").split(';').next();
        let about = get_with(&demo, "/about", &[("cookie", cookie.expect("a pair"))]).await;
        assert!(about.text.contains(&format!("示例·{}", person.role.label())), "{}", person.sign_in_name);
    }
    assert_eq!(post(&demo, "/sign-in/example", "", &[("person", "x")]).await.status, StatusCode::NOT_FOUND);
    let real = site(&app, folder.path(), DataOrigin::Real, SetupGate::closed());
    assert!(!get(&real, "/sign-in").await.text.contains("示例人员"));
    let answer = post(&real, "/sign-in/example", "", &[("person", &people[0].person_id)]).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}
