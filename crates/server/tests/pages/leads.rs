//! Leads on screen: opened from the market, recorded with their days, promised, given up; and who does not see them.

use axum::Router;
use axum::http::StatusCode;
use xiaoxiang_domain::access::{Role, Scope};
use xiaoxiang_domain::region::DivisionCode;

use super::demands::published;
use super::support::{Answer, app_with_region, get_with, pages, post, signed_in};

async fn page(router: &Router, cookie: &str, path: &str) -> Answer {
    get_with(router, path, &[("cookie", cookie)]).await
}

async fn step(router: &Router, cookie: &str, id: &str, fields: &[(&str, &str)]) -> Answer {
    let seen = page(router, cookie, &format!("/leads/{id}")).await.text;
    let revision = seen.split("name=\"revision\" value=\"").nth(1).and_then(|after| after.split('"').next());
    let mut sent = vec![("revision", revision.unwrap_or("0"))];
    sent.extend(fields);
    post(router, &format!("/leads/{id}/steps"), cookie, &sent).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_is_opened_from_a_demand_and_goes_its_way_on_screen() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = app_with_region(folder.path()).await;
    let router = pages(app.clone());
    let (demand, _) = published(&app, &router).await;
    let city = Scope::Division(DivisionCode(430_100));
    // A manager of another city reads the demand as anybody does who has signed in.
    let elsewhere = Scope::Division(DivisionCode(430_200));
    let manager = signed_in(&app, Role::TechnologyManager, elsewhere).await;
    let market = page(&router, &manager, &format!("/market/demands/{demand}")).await.text;
    let link = format!("/leads/new?demand={demand}");
    assert!(market.contains(&link), "the market leads on");
    let form = page(&router, &manager, &link).await;
    assert!(form.status == StatusCode::OK && form.text.contains("name=\"offer_name\""), "{}", form.text);
    let refused =
        post(&router, "/leads/new", &manager, &[("demand", &demand), ("note", "示例说明文字")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
    assert!(refused.text.contains("示例说明文字"), "what was typed stays");
    let fields = [("demand", demand.as_str()), ("offer_name", "示例研究院"), ("note", "<b>示例</b>")];
    let opened = post(&router, "/leads/new", &manager, &fields).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.text);
    let to = opened.headers["location"].to_str().expect("an address");
    let id = to.split(['/', '?']).nth(2).expect("an id").to_owned();
    let again = post(&router, "/leads/new", &manager, &fields).await;
    assert_eq!(again.headers["location"], format!("/leads/{id}?done=existing"));

    let shown = page(&router, &manager, &format!("/leads/{id}")).await.text;
    assert!(shown.contains("储能电池低温性能提升") && shown.contains("&#60;b&#62;示例"), "{shown}");
    assert!(
        !shown.contains("华耀储能") && !shown.contains("13800000000"),
        "the company is not told without an undertaking"
    );
    let tomorrow = [("step", "meet"), ("happened_on", "2999-01-01"), ("present", "示例参加人")];
    let refused = step(&router, &manager, &id, &tomorrow).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.text.contains("2999-01-01") && refused.text.contains("示例参加人"),
        "what was typed stays"
    );
    let unread = step(&router, &manager, &id, &[("step", "agree"), ("signed", "很多")]).await;
    assert_eq!(unread.status, StatusCode::UNPROCESSABLE_ENTITY);
    let agreed =
        step(&router, &manager, &id, &[("step", "agree"), ("signed", "120.5"), ("note", "示例")]).await;
    assert_eq!(agreed.status, StatusCode::SEE_OTHER, "{}", agreed.text);
    let promised = [("whose", "manager"), ("words", "示例：寄送样品"), ("due_on", "2999-01-01")];
    let far = post(&router, &format!("/leads/{id}/promises"), &manager, &promised).await;
    assert!(far.status == StatusCode::UNPROCESSABLE_ENTITY && far.text.contains("示例：寄送样品"));

    let desk = page(&router, &manager, "/desk").await.text;
    assert!(desk.contains(&format!("/leads/{id}")), "{desk}");
    let funnel = page(&router, &manager, "/en/leads/funnel?by=field&period=2020-01..2030-12").await;
    assert!(funnel.status == StatusCode::OK && funnel.text.contains("120.50"), "{}", funnel.text);
    assert!(funnel.text.contains("reached=agreement"), "figures open");
    let csv = page(&router, &manager, "/leads/funnel/csv?by=issue&period=2020-01..2030-12").await;
    assert!(csv.status == StatusCode::OK && csv.text.contains("120.50"), "{}", csv.text);
    let behind = page(&router, &manager, "/leads?reached=agreement").await.text;
    assert!(behind.contains(&format!("/leads/{id}")));
    assert!(!page(&router, &manager, "/leads?stage=lead").await.text.contains(&format!("/leads/{id}")));

    let strangers = [
        signed_in(&app, Role::TechnologyManager, city).await,
        signed_in(&app, Role::OrganisationAgent, Scope::Organisation(9_999)).await,
        signed_in(&app, Role::CityOfficer, elsewhere).await,
        signed_in(&app, Role::Finance, Scope::Region).await,
    ];
    for stranger in &strangers {
        for path in [format!("/leads/{id}"), format!("/en/leads/{id}")] {
            assert_eq!(page(&router, stranger, &path).await.status, StatusCode::NOT_FOUND);
        }
        let tried =
            post(&router, &format!("/leads/{id}/steps"), stranger, &[("step", "contact"), ("revision", "2")])
                .await;
        assert_eq!(tried.status, StatusCode::NOT_FOUND);
        let listed = page(&router, stranger, "/leads").await.text;
        assert!(!listed.contains("储能电池低温性能提升"));
    }
    let officer = signed_in(&app, Role::CityOfficer, city).await;
    assert!(
        page(&router, &officer, &format!("/leads/{id}")).await.text.contains("华耀储能"),
        "the office that checks demands"
    );
    let closed = step(&router, &officer, &id, &[("step", "close"), ("reason", "no_answer")]).await;
    assert_eq!(closed.status, StatusCode::SEE_OTHER, "{}", closed.text);
    assert!(page(&router, &manager, "/leads?standing=closed").await.text.contains(&format!("/leads/{id}")));
}
