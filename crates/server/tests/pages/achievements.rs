//! Achievements through their pages: the form in steps, the review, the public page.

use axum::http::StatusCode;
use xiaoxiang_domain::access::{Role, Scope};

use super::support::{app_with_bulletin, get, get_with, pages, post, signed_in};

const UNIT: Scope = Scope::Organisation(1);

/// The steps of the form with what is typed in each.
const TYPED: [(&str, &[(&str, &str)]); 6] = [
    ("clearance", &[("clearance.patent_filing", "not_needed"), ("clearance.holds_no_secrets", "1")]),
    (
        "basics",
        &[
            ("kind", "result"),
            ("title", "示例 <b>耐磨</b> </script> 涂层"),
            ("summary", "示例简介"),
            ("keywords", "涂层、耐磨"),
            ("field", "5"),
            ("maturity", "4"),
            ("division", "430104"),
        ],
    ),
    (
        "content",
        &[
            ("problem", "磨损"),
            ("comparison", "三倍"),
            ("evidence", "只给登录的人看"),
            ("level.evidence", "signed_in"),
        ],
    ),
    ("rights", &[("rights.0.kind", "9")]),
    ("deal", &[("price.method", "listed"), ("price.amount", "800000"), ("modes", "licence")]),
    (
        "people",
        &[
            ("team.0.name", "示例完成人"),
            ("contact.name", "示例联系人"),
            ("contact.telephone", "0731-00000000"),
        ],
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn an_achievement_is_typed_reviewed_by_another_and_found_by_everybody() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, _) = app_with_bulletin(folder.path()).await;
    let router = pages(app.clone());
    let author = signed_in(&app, Role::TransferOffice, UNIT).await;
    let reviewer = signed_in(&app, Role::OrganisationAgent, UNIT).await;
    let begun = post(&router, "/achievements/new", &author, &[("kind", "result")]).await;
    let to = begun.headers["location"].to_str().expect("an address").to_owned();
    let id = to.split('/').nth(2).expect("an id").to_owned();
    let check = get_with(&router, &format!("/achievements/{id}/form/check"), &[("cookie", &author)]).await;
    assert!(check.text.contains("是否还要申请专利"), "what is missing is told");
    for (at, (step, fields)) in TYPED.iter().enumerate() {
        let revision = (at + 1).to_string();
        let mut sent = vec![("revision", revision.as_str()), ("act", "next")];
        sent.extend_from_slice(fields);
        let saved = post(&router, &format!("/achievements/{id}/form/{step}"), &author, &sent).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{step}: {}", saved.text);
        let shown =
            get_with(&router, &format!("/en/achievements/{id}/form/{step}"), &[("cookie", &author)]).await;
        assert_eq!(shown.status, StatusCode::OK);
    }
    let steps = format!("/achievements/{id}/steps");
    let take = async |cookie: &str, revision: &str, step: &str| {
        post(&router, &steps, cookie, &[("revision", revision), ("step", step)]).await
    };
    let handed = take(&author, "7", "submit").await;
    assert_eq!(handed.headers["location"], format!("/achievements/{id}?done=step").as_str());
    let own = take(&author, "8", "clear").await;
    assert_eq!(own.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(own.text.contains("另一人"));
    assert_eq!(get(&router, &format!("/market/achievements/{id}")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(take(&reviewer, "8", "clear").await.status, StatusCode::SEE_OTHER);
    assert_eq!(take(&reviewer, "9", "list").await.status, StatusCode::SEE_OTHER);

    let public = get(&router, &format!("/market/achievements/{id}")).await;
    assert_eq!(public.status, StatusCode::OK);
    assert!(!public.text.contains("只给登录的人看") && !public.text.contains("示例联系人"));
    assert!(!public.text.contains("<b>耐磨"), "what was typed is no markup");
    assert_eq!(
        public.text.matches("</script>").count(),
        public.text.matches("<script").count(),
        "no text ends a script"
    );
    assert!(public.text.contains("application/ld+json"));
    let signed = get_with(&router, &format!("/market/achievements/{id}"), &[("cookie", &reviewer)]).await;
    assert!(signed.text.contains("只给登录的人看"));
    let list = get(&router, "/market/achievements?text=耐磨&field=5").await;
    assert!(list.text.contains("共 1 项"), "{}", list.text);
    let none = get(&router, "/en/market/achievements?mode=transfer").await;
    assert!(none.text.contains("Nothing found"));
    for odd in ["?kind=x", "?state=draft", "?after=zz", "?mode=gift"] {
        let answer = get(&router, &format!("/market/achievements{odd}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{odd}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_windows_never_overwrite_each_other() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, _) = app_with_bulletin(folder.path()).await;
    let router = pages(app.clone());
    let author = signed_in(&app, Role::TransferOffice, UNIT).await;
    let begun = post(&router, "/achievements/new", &author, &[("kind", "patent")]).await;
    let to = begun.headers["location"].to_str().expect("an address").replace("clearance", "basics");
    let save = async |title: &str| {
        post(&router, &to, &author, &[("revision", "1"), ("title", title), ("act", "save")]).await
    };
    assert_eq!(save("第一").await.status, StatusCode::SEE_OTHER);
    let second = save("第二").await;
    assert_eq!(second.status, StatusCode::CONFLICT);
    assert!(second.text.contains("第二"), "what was typed stays on the page");
    let quiet = post(&router, &to, &author, &[("revision", "2"), ("title", "第三"), ("act", "quiet")]).await;
    assert!(quiet.text.contains("\"revision\":3"), "{}", quiet.text);
}
