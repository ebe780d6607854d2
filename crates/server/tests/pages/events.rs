//! Events on screen: planned, opened, registered for, checked in; and what is kept of a form that is refused.

use axum::http::StatusCode;
use xiaoxiang_domain::access::{Role, Scope};
use xiaoxiang_domain::region::DivisionCode;

use super::support::{app_with_region, get, get_with, pages, post, signed_in};

const PLAN: [(&str, &str); 14] = [
    ("title", "示例<b>对接</b>会"),
    ("kind", "demand_meeting"),
    ("organiser", "示例市科技局"),
    ("division", "浏阳市"),
    ("place", "示例会展中心"),
    ("day", "2027-03-05"),
    ("starts", "09:00"),
    ("ends", "12:00"),
    ("seats", "1"),
    ("openness", "public"),
    ("deadline_day", "2027-03-01"),
    ("deadline_time", "17:00"),
    ("tables", "2"),
    ("slot_minutes", "20"),
];

#[tokio::test(flavor = "multi_thread")]
async fn an_event_is_planned_opened_and_registered_for_and_nobody_sees_it_before() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = app_with_region(folder.path()).await;
    let router = pages(app.clone());
    let office = signed_in(&app, Role::CountyOfficer, Scope::Division(DivisionCode(430_181))).await;
    let wrong: Vec<(&str, &str)> =
        PLAN.into_iter().map(|(key, text)| (key, if key == "ends" { "08:00" } else { text })).collect();
    let refused = post(&router, "/events/new", &office, &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for kept in
        ["示例&#60;b&#62;对接&#60;/b&#62;会", "示例市科技局", "value=\"08:00\"", "id=\"ends-problem\""]
    {
        assert!(refused.text.contains(kept), "{kept} is kept");
    }
    let planned = post(&router, "/events/new", &office, &PLAN).await;
    let to = planned.headers["location"].to_str().expect("an address").to_owned();
    let id = to.split(['/', '?']).nth(2).expect("an id").to_owned();
    let public = format!("/market/events/{id}");
    assert_eq!(get(&router, &public).await.status, StatusCode::NOT_FOUND);
    let fields = [("step", "open"), ("revision", "1")];
    let opened = post(&router, &format!("/events/{id}/steps"), &office, &fields).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.text);
    let stale = post(&router, &format!("/events/{id}/steps"), &office, &fields).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    let seen = get(&router, &public).await;
    assert!(seen.text.contains("/sign-in?to=") && !seen.text.contains("<b>对接"), "escaped, with the way in");
    let cookie = signed_in(&app, Role::TechnologyManager, Scope::Region).await;
    let empty = post(&router, &format!("{public}/registration"), &cookie, &[("name", "示例甲")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(empty.text.contains("value=\"示例甲\"") && empty.text.contains("telephone-problem"));
    let fields = [("kind", "visitor"), ("name", "示例甲"), ("telephone", "0731-00000000")];
    let done = post(&router, &format!("{public}/registration"), &cookie, &fields).await;
    assert_eq!(done.headers["location"], format!("{public}?done=registered#mine"), "{}", done.text);
    let other = signed_in(&app, Role::TechnologyManager, Scope::Region).await;
    let waits = post(&router, &format!("{public}/registration"), &other, &fields).await;
    assert_eq!(waits.headers["location"], format!("{public}?done=waiting#mine"));
    let mine = get_with(&router, &public, &[("cookie", &cookie)]).await.text;
    let ticket =
        mine.split("href=\"/check-in/").nth(1).expect("a ticket").split('"').next().expect("a token");
    let page = get(&router, &format!("/check-in/{ticket}")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.text.contains("示例甲") && !page.text.contains("0731"), "a ticket names no person");
    let early = post(&router, &format!("/check-in/{ticket}"), "", &[]).await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
    let gone = post(&router, &format!("{public}/withdrawal"), &cookie, &[]).await;
    assert_eq!(gone.status, StatusCode::SEE_OTHER);
    let twice = post(&router, &format!("{public}/withdrawal"), &cookie, &[]).await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
    let moved = get_with(&router, &public, &[("cookie", &other)]).await.text;
    assert!(moved.contains("href=\"/check-in/"), "who waited has a seat and a ticket");
    for page in ["participants", "invite", "meetings", "check-in", "outcomes", "plan"] {
        for tongue in ["", "/en"] {
            let shown =
                get_with(&router, &format!("{tongue}/events/{id}/{page}"), &[("cookie", &office)]).await;
            assert_eq!(shown.status, StatusCode::OK, "{tongue} {page}");
        }
    }
}
