//! Making bulletins on screen: drafting, countersigning, signing, correcting, closing; and what goes wrong on the way.

use axum::Router;
use axum::http::StatusCode;
use xiaoxiang_domain::access::{Role, Scope};
use xiaoxiang_domain::fact::Source;
use xiaoxiang_domain::region::DivisionCode;
use xiaoxiang_services::App;
use xiaoxiang_services::contract::record_contract;

use super::support::{
    ACTOR, Answer, CONTRACTS, app_with_bulletin, contracts_of_october, get, get_with, pages, post, signed_in,
};

/// The value of a hidden field of the form that is sent to an address.
fn hidden(html: &str, action: &str, name: &str) -> String {
    let form =
        html.split(&format!("action=\"{action}\"")).nth(1).unwrap_or_else(|| panic!("no form for {action}"));
    let field = form.split(&format!("name=\"{name}\" value=\"")).nth(1).expect("a field");
    field.split('"').next().unwrap_or_default().to_owned()
}

fn location(answer: &Answer) -> String {
    let to = answer.headers.get("location").unwrap_or_else(|| panic!("{}: {}", answer.status, answer.text));
    to.to_str().expect("an address").to_owned()
}

async fn read(router: &Router, path: &str, cookie: &str) -> Answer {
    get_with(router, path, &[("cookie", cookie)]).await
}

/// One more contract of October, recorded after what was made before.
async fn record_late(app: &App, more: usize) {
    let late = contracts_of_october(app).await.nth(CONTRACTS + more).expect("one more contract");
    record_contract(app, &ACTOR, Source::Registry, late).await.expect("a contract");
}

/// A draft of September made on screen; gives its address.
async fn draft(router: &Router, cookie: &str) -> String {
    let made = post(router, "/drafts", cookie, &[("period", "2026-10"), ("base", "as-known")]).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
    location(&made).split('?').next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_draft_is_made_countersigned_signed_and_then_read_by_cities() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, _) = app_with_bulletin(folder.path()).await;
    let router = pages(app.clone());
    let statistician = signed_in(&app, Role::Statistician, Scope::Region).await;
    let head = signed_in(&app, Role::DivisionHead, Scope::Region).await;
    let finance = signed_in(&app, Role::Finance, Scope::Region).await;
    let city = DivisionCode::parse("430100").expect("a code");
    let officer = signed_in(&app, Role::CityOfficer, Scope::Division(city)).await;

    let overview = read(&router, "/drafts", &statistician).await;
    assert!(overview.text.contains("value=\"2026-10\""), "the usual period stands there: {}", overview.text);
    let path = draft(&router, &statistician).await;
    let page = read(&router, &format!("{path}?done=drafted"), &statistician).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("缺省外数据的月份") && page.text.contains("2026年10月"), "{}", page.text);
    assert!(!page.text.contains(&format!("action=\"{path}/sign\"")), "who drafts does not sign");
    for product in ["circular", "brief", "public"] {
        let shown = read(&router, &format!("{path}?product={product}"), &statistician).await;
        assert!(shown.text.contains("<table"), "{product}");
        for format in ["xlsx", "docx", "csv", "json"] {
            let file = read(&router, &format!("{path}/{product}.{format}"), &statistician).await;
            assert_eq!(file.status, StatusCode::OK, "{product}.{format}");
            let stranger = read(&router, &format!("{path}/{product}.{format}"), &officer).await;
            assert_eq!(stranger.status, StatusCode::NOT_FOUND, "{product}.{format}");
        }
    }
    // A figure of a draft opens to its contracts.
    let opened = read(&router, &format!("{path}/cells/city-monthly/total/registered.count"), &finance).await;
    assert!(opened.text.contains(&format!(">{CONTRACTS} <")), "{}", opened.text);

    // An objection needs a remark, and what was typed stays, escaped.
    let seen = hidden(&read(&router, &path, &finance).await.text, &format!("{path}/countersign"), "seen");
    let opinion = format!("{path}/countersign");
    let bare = post(&router, &opinion, &finance, &[("seen", &seen), ("opinion", "object")]).await;
    assert_eq!(bare.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(bare.text.contains("id=\"remark-problem\""), "{}", bare.text);
    let remark = "</textarea><script>alert(1)</script>";
    let none = post(&router, &opinion, &finance, &[("seen", &seen), ("remark", remark)]).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        none.text.contains("&#60;script&#62;alert(1)") && !none.text.contains("<script>alert"),
        "{}",
        none.text
    );
    let given =
        post(&router, &opinion, &finance, &[("seen", &seen), ("opinion", "object"), ("remark", remark)])
            .await;
    assert_eq!(given.status, StatusCode::SEE_OTHER, "{}", given.text);
    let page = read(&router, &path, &head).await;
    assert!(page.text.contains("财政部门") && !page.text.contains("<script>alert"), "{}", page.text);

    // The objection must be known of before the signature.
    let sign = format!("{path}/sign");
    let seen = hidden(&page.text, &sign, "seen");
    let fields = [("seen", seen.as_str()), ("signed_on", "2026-11-20")];
    let held = post(&router, &sign, &head, &fields).await;
    assert_eq!(held.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", held.text);
    let future = [("seen", seen.as_str()), ("signed_on", "2026-12-20"), ("despite", "yes")];
    assert_eq!(post(&router, &sign, &head, &future).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let fields = [("seen", seen.as_str()), ("signed_on", "2026-11-20"), ("despite", "yes")];
    let signed = post(&router, &sign, &head, &fields).await;
    assert_eq!(signed.status, StatusCode::SEE_OTHER, "{}", signed.text);
    // A second signature changes nothing.
    let again = post(&router, &sign, &head, &fields).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", again.text);
    assert!(again.text.contains("已经签发"), "{}", again.text);
    let late = post(&router, &opinion, &finance, &[("seen", &seen), ("opinion", "agree")]).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);

    // Cities now read the circular; the public does not.
    let published = path.replace("/drafts/", "/bulletins/");
    let page = read(&router, &published, &officer).await;
    assert!(page.text.contains("circular.docx") && page.text.contains("示例人员"), "{}", page.text);
    assert_eq!(read(&router, &format!("{published}/circular.docx"), &officer).await.status, StatusCode::OK);
    assert_eq!(get(&router, &format!("{published}/circular.docx")).await.status, StatusCode::NOT_FOUND);
    assert!(!get(&router, &published).await.text.contains("circular.docx"));
}

#[tokio::test]
async fn what_changed_meanwhile_is_not_signed_unseen() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, _) = app_with_bulletin(folder.path()).await;
    let router = pages(app.clone());
    let statistician = signed_in(&app, Role::Statistician, Scope::Region).await;
    let leader = signed_in(&app, Role::Leader, Scope::Region).await;
    let path = draft(&router, &statistician).await;
    let sign = format!("{path}/sign");
    let seen = hidden(&read(&router, &path, &leader).await.text, &sign, "seen");
    record_late(&app, 0).await;
    let refused = post(&router, &sign, &leader, &[("seen", &seen), ("signed_on", "2026-11-20")]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
    assert!(refused.text.contains("须重新起草"), "{}", refused.text);

    // Two statisticians redraft from the same page: the second is told.
    let redraft = format!("{path}/redraft");
    let page = read(&router, &path, &statistician).await;
    let stale = hidden(&page.text, &redraft, "seen");
    let done = post(&router, &redraft, &statistician, &[("seen", &stale)]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let second = post(&router, &redraft, &statistician, &[("seen", &stale)]).await;
    assert_eq!(second.status, StatusCode::CONFLICT);
    let seen = hidden(&read(&router, &path, &leader).await.text, &sign, "seen");
    let signed = post(&router, &sign, &leader, &[("seen", &seen), ("signed_on", "2026-11-20")]).await;
    assert_eq!(signed.status, StatusCode::SEE_OTHER, "{}", signed.text);
}

#[tokio::test]
async fn changes_are_decided_once_and_only_as_they_were_seen() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, id) = app_with_bulletin(folder.path()).await;
    let router = pages(app.clone());
    let statistician = signed_in(&app, Role::Statistician, Scope::Region).await;
    let auditor = signed_in(&app, Role::Auditor, Scope::Region).await;
    let path = format!("/drafts/{id}");
    let quiet = read(&router, &path, &statistician).await;
    assert!(quiet.text.contains("已公布的数字没有变化"), "{}", quiet.text);
    record_late(&app, 0).await;
    let page = read(&router, &path, &statistician).await;
    assert!(page.text.contains(&format!("{CONTRACTS} → {}", CONTRACTS + 1)), "{}", page.text);
    assert!(page.text.contains("href=\"/contracts/"), "the contracts behind are named");
    assert!(
        !read(&router, &path, &auditor).await.text.contains("/correct\""),
        "who inspects decides nothing"
    );
    let correct = format!("{path}/correct");
    let seen = hidden(&page.text, &correct, "seen");
    record_late(&app, 1).await;
    let reason = "补录 <b>十月</b> 合同";
    let fields = [("seen", seen.as_str()), ("decision", "issue"), ("reason", reason)];
    let stale = post(&router, &correct, &statistician, &fields).await;
    assert_eq!(stale.status, StatusCode::CONFLICT, "{}", stale.text);
    assert!(stale.text.contains("补录 &#60;b&#62;十月"), "what was typed stays: {}", stale.text);
    let seen = hidden(&stale.text, &correct, "seen");
    let no_reason = post(&router, &correct, &statistician, &[("seen", &seen), ("decision", "issue")]).await;
    assert_eq!(no_reason.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(no_reason.text.contains("id=\"reason-problem\""), "{}", no_reason.text);
    let fields = [("seen", seen.as_str()), ("decision", "issue"), ("reason", reason)];
    let decided = post(&router, &correct, &statistician, &fields).await;
    assert_eq!(decided.status, StatusCode::SEE_OTHER, "{}", decided.text);
    let twice = post(&router, &correct, &statistician, &fields).await;
    assert_eq!(twice.status, StatusCode::CONFLICT, "{}", twice.text);
}

#[tokio::test]
async fn bad_periods_forged_ids_and_years_are_answered() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, id) = app_with_bulletin(folder.path()).await;
    let router = pages(app.clone());
    let statistician = signed_in(&app, Role::Statistician, Scope::Region).await;
    let leader = signed_in(&app, Role::Leader, Scope::Region).await;
    let bad = post(&router, "/drafts", &statistician, &[("period", "<soon>")]).await;
    assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        bad.text.contains("value=\"&#60;soon&#62;\"") && bad.text.contains("period-problem"),
        "{}",
        bad.text
    );
    let no_base = [("period", "2026-09"), ("base", "as-published")];
    let no_base = post(&router, "/drafts", &statistician, &no_base).await;
    assert_eq!(no_base.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(no_base.text.contains("base-problem"), "{}", no_base.text);
    for path in
        ["/drafts/none".to_owned(), format!("/drafts/{id}/public.exe"), format!("/drafts/{id}/secret.csv")]
    {
        assert_eq!(read(&router, &path, &statistician).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let forged = post(&router, "/drafts/none/sign", &leader, &[("signed_on", "2026-11-20")]).await;
    assert_eq!(forged.status, StatusCode::NOT_FOUND);
    assert_eq!(
        post(&router, "/drafts/close-year", &leader, &[("year", "x")]).await.status,
        StatusCode::BAD_REQUEST
    );
    let early = post(&router, "/drafts/close-year", &leader, &[("year", "2026")]).await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
    let closed = post(&router, "/drafts/close-year", &leader, &[("year", "2025")]).await;
    assert_eq!(closed.status, StatusCode::SEE_OTHER, "{}", closed.text);
    let twice = post(&router, "/drafts/close-year", &leader, &[("year", "2025")]).await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(read(&router, "/en/drafts", &leader).await.text.contains("Closing of years"));
}

#[tokio::test]
async fn the_city_table_is_one_click_away_and_comes_as_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, _) = app_with_bulletin(folder.path()).await;
    let router = pages(app.clone());
    let city = DivisionCode::parse("430100").expect("a code");
    let officer = signed_in(&app, Role::CityOfficer, Scope::Division(city)).await;
    let home = read(&router, "/", &officer).await;
    assert!(home.text.contains("href=\"/city-monthly\""), "{}", home.text);
    let page = read(&router, "/city-monthly", &officer).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("/city-monthly/2026-01..2026-10.docx"), "{}", page.text);
    for word in ["登记", "输出", "吸纳"] {
        assert!(page.text.contains(word), "{word}");
    }
    for format in ["docx", "xlsx", "csv"] {
        let file = read(&router, &format!("/city-monthly/2026-01..2026-05.{format}"), &officer).await;
        assert_eq!(file.status, StatusCode::OK, "{format}");
    }
    assert_eq!(read(&router, "/city-monthly/soon.docx", &officer).await.status, StatusCode::NOT_FOUND);
    let bad = read(&router, "/city-monthly?period=%3Cb%3E", &officer).await;
    assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(bad.text.contains("&#60;b&#62;"), "{}", bad.text);
    let expert = signed_in(&app, Role::Expert, Scope::Region).await;
    assert_eq!(read(&router, "/city-monthly", &expert).await.status, StatusCode::NOT_FOUND);
}
