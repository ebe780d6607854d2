//! Demands on screen: entered for a company, verified, checked, sorted, selected, published; and what nobody may learn.

use axum::Router;
use axum::http::StatusCode;
use xiaoxiang_domain::access::{Role, Scope};
use xiaoxiang_domain::region::DivisionCode;
use xiaoxiang_services::App;
use xiaoxiang_services::matching::follow_records;

use super::support::{Answer, app_with_region, get, get_with, pages, post, signed_in};

/// What the form protects; none of it may reach a stranger.
const PROTECTED: [&str; 8] = [
    "华耀储能",
    "91110000600037341L",
    "浏阳市",
    "电解液在零下二十度析出",
    "容量保持率",
    "更换三种溶剂",
    "298",
    "13800000000",
];

async fn county(app: &App) -> String {
    signed_in(app, Role::CountyOfficer, Scope::Division(DivisionCode(430_181))).await
}

/// Fills the form in as a county officer does and hands it in; gives the demand's id.
async fn entered(router: &Router, cookie: &str, title: &str) -> String {
    let begun = post(router, "/demands/new", cookie, &[]).await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.text);
    let to = begun.headers["location"].to_str().expect("an address").to_owned();
    let id = to.split('/').nth(2).expect("an id").to_owned();
    let steps: [(&str, Vec<(&str, &str)>); 3] = [
        (
            "company",
            vec![
                ("organisation_name", "湖南华耀储能科技有限公司"),
                ("credit_code", "91110000600037341L"),
                ("division", "浏阳市"),
                ("contact", "示例甲"),
                ("telephone", "13800000000"),
            ],
        ),
        (
            "problem",
            vec![
                ("title", title),
                ("summary", "低温下电池放电能力不足，寻求解决办法。"),
                ("problem", "电解液在零下二十度析出，<b>放电</b>中断。"),
                ("figures", "容量保持率：≥85%（现为60%）"),
                ("tried", "更换三种溶剂，效果不明显。"),
            ],
        ),
        (
            "terms",
            vec![
                ("field", "6"),
                ("modes", "commissioned_development"),
                ("modes", "service"),
                ("budget", "298"),
                ("deadline", "2027-06-30"),
            ],
        ),
    ];
    for (at, (step, mut fields)) in steps.into_iter().enumerate() {
        let revision = (at + 1).to_string();
        fields.extend([("revision", revision.as_str()), ("act", "next")]);
        let saved = post(router, &format!("/demands/{id}/form/{step}"), cookie, &fields).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{step}: {}", saved.text);
    }
    let fields = [("revision", "4"), ("act", "submit"), ("holds_no_secrets", "1")];
    let sent = post(router, &format!("/demands/{id}/form/check"), cookie, &fields).await;
    assert_eq!(sent.headers["location"], format!("/demands/{id}?done=step"), "{}", sent.text);
    id
}

async fn revision(router: &Router, cookie: &str, id: &str) -> String {
    let page = get_with(router, &format!("/demands/{id}"), &[("cookie", cookie)]).await.text;
    let after = page.split("name=\"revision\" value=\"").nth(1).expect("a form with the revision");
    after.split('"').next().expect("a number").to_owned()
}

async fn step(router: &Router, cookie: &str, id: &str, step: &str, words: &str) -> Answer {
    let seen = revision(router, cookie, id).await;
    let fields = [("step", step), ("revision", seen.as_str()), ("words", words)];
    post(router, &format!("/demands/{id}/steps"), cookie, &fields).await
}

async fn called(router: &Router, cookie: &str, id: &str) {
    let seen = revision(router, cookie, id).await;
    let fields = [
        ("revision", seen.as_str()),
        ("kind", "telephone"),
        ("held_on", "2026-11-22"),
        ("contact", "1"),
        ("budget", "1"),
        ("authority", "1"),
        ("words", "负责人确认需求属实。"),
    ];
    let done = post(router, &format!("/demands/{id}/visits"), cookie, &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
}

/// A published demand, and the county officer who entered it.
pub async fn published(app: &App, router: &Router) -> (String, String) {
    let officer = county(app).await;
    let id = entered(router, &officer, "储能电池低温性能提升").await;
    called(router, &officer, &id).await;
    assert_eq!(step(router, &officer, &id, "check", "").await.status, StatusCode::SEE_OTHER);
    let society = signed_in(app, Role::Society, Scope::Region).await;
    assert_eq!(step(router, &society, &id, "sort", "").await.status, StatusCode::SEE_OTHER);
    let province = signed_in(app, Role::Statistician, Scope::Region).await;
    assert_eq!(step(router, &province, &id, "select", "").await.status, StatusCode::SEE_OTHER);
    let head = signed_in(app, Role::DivisionHead, Scope::Region).await;
    let issued = post(router, "/demand-lists", &head, &[("kind", "enterprise")]).await;
    assert_eq!(issued.status, StatusCode::SEE_OTHER, "{}", issued.text);
    (id, issued.headers["location"].to_str().expect("an address").to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_learns_nothing_protected_from_page_list_search_facet_file_or_feed() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = app_with_region(folder.path()).await;
    let router = pages(app.clone());
    let (id, issue) = published(&app, &router).await;
    follow_records(&app).await.expect("the index");
    let mut addresses: Vec<String> = [
        "/market/demands".to_owned(),
        format!("/market/demands/{id}"),
        format!("/market/demands/{id}?text=x"),
        "/market".to_owned(),
        "/market?text=%E4%BD%8E%E6%B8%A9".to_owned(),
        "/market/demands.atom".to_owned(),
        format!("/matches/demands/{id}"),
        "/demand-lists".to_owned(),
        issue.clone(),
        format!("/demands/{id}"),
        "/demands".to_owned(),
        "/api/v1/changes?after=-1".to_owned(),
        "/api/v1/market/search?text=%E4%BD%8E%E6%B8%A9".to_owned(),
        format!("/api/v1/demands/{id}/matches"),
    ]
    .to_vec();
    addresses.extend(["xlsx", "docx", "csv", "json"].map(|format| format!("{issue}/list.{format}")));
    let english: Vec<String> = addresses
        .iter()
        .filter(|one| !one.contains("/api/") && !one.contains("list."))
        .map(|one| format!("/en{one}"))
        .collect();
    for address in addresses.iter().chain(&english) {
        let answer = get(&router, address).await;
        for secret in PROTECTED {
            // A SHA-256 or an id may hold any three digits.
            let is_number = secret.chars().all(|c| c.is_ascii_digit()) && secret.len() < 5;
            let text = if is_number { answer.text.replace(&id, "") } else { answer.text.clone() };
            let found =
                if is_number { text.contains(&format!("{secret} 万")) } else { text.contains(secret) };
            assert!(!found, "{address} tells {secret}");
        }
    }
    assert!(get(&router, "/market/demands").await.text.contains("储能电池低温性能提升"));
    // Searching for what is protected finds nothing, also where a part of it would.
    for secret in PROTECTED.into_iter().chain(["溶剂", "析出", "示例甲", "储能科技"]) {
        let query = serde_urlencoded::to_string([("text", secret)]).expect("a query");
        let found = get(&router, &format!("/market/demands?{query}")).await;
        assert_eq!(found.status, StatusCode::OK);
        assert!(!found.text.contains(&id), "a search for {secret} finds the demand");
    }
    for secret in ["91110000600037341L", "13800000000", "更换三种溶剂", "示例甲"] {
        let query = serde_urlencoded::to_string([("text", secret)]).expect("a query");
        let found = get(&router, &format!("/market?{query}")).await;
        assert!(!found.text.contains(&id), "the one search for {secret} finds the demand");
    }
    let query = serde_urlencoded::to_string([("text", "低温")]).expect("a query");
    assert!(get(&router, &format!("/market?{query}")).await.text.contains(&id));
    assert!(get(&router, &format!("/market/demands?{query}")).await.text.contains(&id));
}

#[tokio::test(flavor = "multi_thread")]
async fn more_is_read_after_signing_in_and_the_rest_after_an_undertaking() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = app_with_region(folder.path()).await;
    let router = pages(app.clone());
    let (id, _) = published(&app, &router).await;
    let reader = signed_in(&app, Role::TransferOffice, Scope::Organisation(1)).await;
    let address = format!("/market/demands/{id}");
    let page = get_with(&router, &address, &[("cookie", &reader)]).await.text;
    assert!(
        page.contains("电解液在零下二十度析出，&#60;b&#62;放电") || page.contains("&lt;b&gt;放电"),
        "{page}"
    );
    assert!(page.contains("298 万元"));
    for secret in ["华耀储能", "13800000000", "更换三种溶剂", "浏阳市"] {
        assert!(!page.contains(secret), "{secret}");
    }
    let unagreed =
        post(&router, &format!("{address}/undertaking"), &reader, &[("purpose", "评估合作")]).await;
    assert_eq!(unagreed.status, StatusCode::UNPROCESSABLE_ENTITY);
    let fields = [("purpose", "评估合作"), ("agreed", "1")];
    let given = post(&router, &format!("{address}/undertaking"), &reader, &fields).await;
    assert_eq!(given.status, StatusCode::SEE_OTHER);
    let page = get_with(&router, &address, &[("cookie", &reader)]).await.text;
    for told in ["华耀储能", "13800000000", "更换三种溶剂", "浏阳市"] {
        assert!(page.contains(told), "{told}");
    }
    let other = signed_in(&app, Role::TransferOffice, Scope::Organisation(1)).await;
    assert!(!get_with(&router, &address, &[("cookie", &other)]).await.text.contains("华耀储能"));
    let officer = county(&app).await;
    let inside = get_with(&router, &format!("/demands/{id}"), &[("cookie", &officer)]).await.text;
    assert!(inside.contains("评估合作"), "the office reads what for");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_checked_before_the_company_stands_behind_it_and_a_return_says_why() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = app_with_region(folder.path()).await;
    let router = pages(app.clone());
    let officer = county(&app).await;
    let id = entered(&router, &officer, "高温轴承涂层").await;
    let early = step(&router, &officer, &id, "check", "").await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(early.text.contains("企业尚未确认"));
    let silent = step(&router, &officer, &id, "return", "").await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
    let returned = step(&router, &officer, &id, "return", "请写明工作温度。").await;
    assert_eq!(returned.status, StatusCode::SEE_OTHER, "{}", returned.text);
    let page = get_with(&router, &format!("/demands/{id}"), &[("cookie", &officer)]).await.text;
    assert!(page.contains("请写明工作温度。") && page.contains("退回补充"));
    let elsewhere = signed_in(&app, Role::CountyOfficer, Scope::Division(DivisionCode(430_281))).await;
    let hidden = get_with(&router, &format!("/demands/{id}"), &[("cookie", &elsewhere)]).await;
    assert_eq!(hidden.status, StatusCode::NOT_FOUND);
    let late = [("step", "check"), ("revision", "1"), ("words", "")];
    let stale = post(&router, &format!("/demands/{id}/steps"), &officer, &late).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_tells_what_is_wrong_beside_its_field_and_keeps_what_was_typed() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = app_with_region(folder.path()).await;
    let router = pages(app.clone());
    let officer = county(&app).await;
    let begun = post(&router, "/demands/new", &officer, &[]).await;
    let to = begun.headers["location"].to_str().expect("an address").to_owned();
    let long = "超".repeat(61);
    let fields = [("revision", "1"), ("act", "next"), ("title", long.as_str()), ("summary", "简介 <script>")];
    let id = to.split('/').nth(2).expect("an id");
    let refused = post(&router, &format!("/demands/{id}/form/problem"), &officer, &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("最多 60 字") && refused.text.contains(&long));
    assert!(!refused.text.contains("<script>"));
    let check = get_with(&router, &format!("/demands/{id}/form/check"), &[("cookie", &officer)]).await.text;
    assert!(check.contains("“企业名称”未填写"), "{check}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filled_in_sheet_becomes_a_draft_and_nothing_of_it_is_lost() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = app_with_region(folder.path()).await;
    let router = pages(app.clone());
    let officer = county(&app).await;
    for format in ["docx", "xlsx"] {
        let template = get(&router, &format!("/demands/collection-sheet.{format}")).await;
        assert_eq!(template.status, StatusCode::OK);
    }
    let csv = "企业技术需求征集表,,\n单位名称：,湖南示例瓷业有限公司,\n所在县市区,浏阳市,联系人,示例甲\n手机,,13800000001\n\
               需求题目,坯体裂纹检测,\n需求简介,寻求在线检测办法,\n一、主要技术问题（必填）,,\n烧成前看不到内部裂纹，废品率高。,,\n\
               领域,新材料,\n合作模式,委托研发；技术服务,\n预算（万元）,１２０,\n备注,希望年内见面,\n";
    let sent = upload(&router, "/demands/collect", &officer, &[], csv.as_bytes()).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let to = sent.headers["location"].to_str().expect("an address").to_owned();
    let check = get_with(&router, &to, &[("cookie", &officer)]).await.text;
    assert!(check.contains("坯体裂纹检测") && check.contains("希望年内见面"), "{check}");
    assert!(!check.contains("id=\"problems\""), "nothing is missing: {check}");
    let nothing = upload(&router, "/demands/collect", &officer, &[], "甲,乙\n1,2\n".as_bytes()).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nothing.text.contains("没有找到征集表的栏目"));
    let pdf = upload(&router, "/demands/collect", &officer, &[], b"%PDF-1.7").await;
    assert_eq!(pdf.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_checked_first_and_imported_whole_or_its_good_rows() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = app_with_region(folder.path()).await;
    let router = pages(app.clone());
    let officer = county(&app).await;
    let head = "序号,企业名称,所在县市区,联系人,联系电话,需求名称,公开摘要,拟解决的主要技术问题,技术领域,合作方式,资金投入（万元）\n";
    let good = "1,湖南示例甲瓷业有限公司,浏阳市,甲,1,釉面针孔控制,减少针孔,釉面针孔多,新材料,委托开发,50\n";
    let bad = "2,湖南示例乙瓷业有限公司,株洲市,乙,2,窑炉节能,降低能耗,能耗高,新材料,赠送,很多\n";
    let list = format!("{head}{good}{bad}");
    let checked = upload(&router, "/demands/import", &officer, &[("act", "check")], list.as_bytes()).await;
    assert_eq!(checked.status, StatusCode::OK, "{}", checked.text);
    assert!(checked.text.contains("可导入 1") && checked.text.contains("不是合作方式"), "{}", checked.text);
    let fields = [("act", "import"), ("agreed", "1")];
    let refused = upload(&router, "/demands/import", &officer, &fields, list.as_bytes()).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let fields = [("act", "import"), ("agreed", "1"), ("keep_valid", "1")];
    let taken = upload(&router, "/demands/import", &officer, &fields, list.as_bytes()).await;
    assert_eq!(taken.status, StatusCode::OK, "{}", taken.text);
    let page = get_with(&router, "/demands", &[("cookie", &officer)]).await.text;
    assert!(page.contains("釉面针孔控制") && !page.contains("窑炉节能"));
    let again = upload(&router, "/demands/import", &officer, &fields, list.as_bytes()).await;
    assert!(again.text.contains("已有 1"), "{}", again.text);
}

/// Sends a form with a file as a page of ours does.
async fn upload(router: &Router, path: &str, cookie: &str, fields: &[(&str, &str)], file: &[u8]) -> Answer {
    let mark = "x-mark-x";
    let mut body = Vec::new();
    for (name, value) in fields {
        let part = format!("--{mark}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    let head = format!("--{mark}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n");
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(file);
    body.extend_from_slice(format!("\r\n--{mark}--\r\n").as_bytes());
    let request = axum::http::Request::post(path)
        .header("content-type", format!("multipart/form-data; boundary={mark}"))
        .header("sec-fetch-site", "same-origin")
        .header("cookie", cookie)
        .body(axum::body::Body::from(body))
        .expect("a request");
    super::support::answered(router, request).await
}
