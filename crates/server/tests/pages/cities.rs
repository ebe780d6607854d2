//! City pages, chase list, targets, objections, park lists and the work page.

use axum::Router;
use axum::http::{Request, StatusCode};
use jiff::civil::date;
use xiaoxiang_domain::access::{Role, Scope};
use xiaoxiang_domain::bulletin::Direction;
use xiaoxiang_domain::contract::{Contract, PartyNature};
use xiaoxiang_domain::fact::Source;
use xiaoxiang_domain::money::Fen;
use xiaoxiang_domain::region::DivisionCode;
use xiaoxiang_domain::target::AnnualTarget;
use xiaoxiang_services::App;
use xiaoxiang_services::contract::record_contract;
use xiaoxiang_services::demo::example;
use xiaoxiang_services::target::save_targets;

use super::support::{ACTOR, Answer, answered, app_with_bulletin, get, get_with, pages, post, signed_in};
use super::{assert_nothing_inline, assert_shell};

const TELEPHONE: &str = "13900001111";
/// 亿元 in fen.
const HUNDRED_MILLION: i64 = 10_000_000_000;

fn scope(code: &str) -> Scope {
    Scope::Division(DivisionCode::parse(code).expect("a code"))
}

async fn read(router: &Router, path: &str, cookie: &str) -> Answer {
    get_with(router, path, &[("cookie", cookie)]).await
}

/// A contract of 长沙 of October 2025 that nobody renewed, with a telephone number; gives its number.
async fn lapsed_contract(app: &App) -> String {
    let region = app.region().await.expect("a region");
    let mut contract: Contract = example(&region.region, date(2026, 11, 22))
        .registry
        .into_iter()
        .find(|it| {
            it.seller.nature == PartyNature::Organisation && it.buyer.nature == PartyNature::Organisation
        })
        .expect("a contract between organisations");
    contract.registration_number = "2025430100009999".to_owned();
    contract.registered_on = date(2025, 10, 9);
    contract.signed_on = Some(date(2025, 10, 1));
    contract.seller.division = "430104".to_owned();
    contract.seller.name = "示例未续签<b>公司".to_owned();
    contract.seller.credit_code = String::new();
    contract.seller.telephone = TELEPHONE.to_owned();
    contract.seller.contact = "示例联系人".to_owned();
    let number = contract.registration_number.clone();
    record_contract(app, &ACTOR, Source::Registry, contract).await.expect("a contract");
    number
}

/// Targets of the province and its cities: each city one hundred million.
async fn issue(app: &App) {
    let region = app.region().await.expect("a region");
    let target = |division: u32, amount: i64| AnnualTarget {
        division,
        year: 2026,
        direction: Direction::Registered,
        amount: Fen(amount),
        document: "示例文号〔2026〕1号".to_owned(),
        valid_from: date(2026, 1, 1),
    };
    let cities = region.region.cities();
    let count = i64::try_from(cities.len()).expect("few cities");
    let mut targets = vec![target(region.region.code().0, count * HUNDRED_MILLION)];
    targets.extend(cities.iter().map(|city| target(city.0, HUNDRED_MILLION)));
    save_targets(app, &ACTOR, targets).await.expect("targets");
}

#[tokio::test]
async fn the_province_sees_all_cities_and_a_city_its_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, _) = app_with_bulletin(folder.path()).await;
    issue(&app).await;
    let province = signed_in(&app, Role::Statistician, Scope::Region).await;
    let city = signed_in(&app, Role::CityOfficer, scope("430100")).await;
    let county = signed_in(&app, Role::CountyOfficer, scope("430104")).await;
    let router = pages(app);
    let list = read(&router, "/cities", &province).await;
    assert_eq!(list.status, StatusCode::OK, "{}", list.text);
    assert!(list.text.contains("href=\"/cities/433100\""), "{}", list.text);
    let own = read(&router, "/cities", &city).await;
    assert_eq!(
        (own.status, own.headers["location"].to_str().ok()),
        (StatusCode::SEE_OTHER, Some("/cities/430100"))
    );
    assert_eq!(get(&router, "/cities/430100").await.status, StatusCode::SEE_OTHER);
    for (path, cookie, status) in [
        ("/cities/430100", &province, StatusCode::OK),
        ("/cities/430100", &city, StatusCode::OK),
        ("/cities/430100?month=2026-03", &city, StatusCode::OK),
        ("/cities/430104", &city, StatusCode::OK),
        ("/en/cities/430104", &county, StatusCode::OK),
        ("/cities/430100", &county, StatusCode::NOT_FOUND),
        ("/cities/430200", &city, StatusCode::NOT_FOUND),
        ("/cities/430200/chase-list", &city, StatusCode::NOT_FOUND),
        ("/cities/430200/chase-list.xlsx", &city, StatusCode::NOT_FOUND),
        ("/cities/430000", &province, StatusCode::NOT_FOUND),
        ("/cities/110000", &province, StatusCode::NOT_FOUND),
        ("/cities/%27%20OR%201", &province, StatusCode::NOT_FOUND),
        ("/cities/430100?month=soon", &province, StatusCode::BAD_REQUEST),
        ("/targets", &province, StatusCode::OK),
        ("/targets?within=430100", &city, StatusCode::OK),
        ("/targets?within=430200", &city, StatusCode::NOT_FOUND),
        ("/targets?within=430104", &county, StatusCode::OK),
        ("/targets/edit?within=430100", &city, StatusCode::OK),
        ("/targets/edit?within=430100", &county, StatusCode::NOT_FOUND),
        ("/targets/edit", &city, StatusCode::OK),
        ("/targets/edit", &province, StatusCode::OK),
        ("/objections", &county, StatusCode::OK),
        ("/objections/new", &county, StatusCode::OK),
        ("/parks", &province, StatusCode::OK),
        ("/work", &province, StatusCode::OK),
        ("/en/work", &city, StatusCode::OK),
        ("/work", &county, StatusCode::OK),
    ] {
        let answer = read(&router, path, cookie).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.text);
        assert_nothing_inline(path, &answer.text);
        assert_shell(path, &answer.text, if path.starts_with("/en") { "en" } else { "zh-CN" });
    }
    let page = read(&router, "/cities/430100", &city).await;
    assert!(page.text.contains("年度目标") && page.text.contains("归属未明的买方"), "{}", page.text);
}

#[tokio::test]
async fn telephone_numbers_are_for_those_who_may_see_them_and_each_view_is_logged() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, _) = app_with_bulletin(folder.path()).await;
    lapsed_contract(&app).await;
    let city = signed_in(&app, Role::CityOfficer, scope("430100")).await;
    let leader = signed_in(&app, Role::Leader, Scope::Region).await;
    let router = pages(app.clone());
    let without = read(&router, "/cities/430100/chase-list", &leader).await;
    assert_eq!(without.status, StatusCode::OK);
    assert!(without.text.contains("示例未续签&#60;b&#62;公司"), "{}", without.text);
    assert!(!without.text.contains(TELEPHONE) && !without.text.contains("示例联系人"));
    assert_eq!(views(&app).await, Vec::<String>::new());

    let list = read(&router, "/cities/430100/chase-list", &city).await;
    assert!(list.text.contains(TELEPHONE) && list.text.contains("示例联系人"), "{}", list.text);
    let workbook = read(&router, "/cities/430100/chase-list.xlsx", &city).await;
    assert!(workbook.text.starts_with("PK"));
    let views = views(&app).await;
    assert_eq!(views.len(), 2);
    assert!(views.iter().all(|payload| !payload.contains(TELEPHONE) && !payload.contains("示例联系人")));
    let work = read(&router, "/work", &city).await;
    assert!(work.text.contains("href=\"/cities/430100/chase-list\""), "{}", work.text);
    let page = read(&router, "/cities/430100", &city).await;
    assert!(!page.text.contains(TELEPHONE));
}

async fn views(app: &App) -> Vec<String> {
    let mut tx = app.db.read().await.expect("a snapshot");
    let entries = xiaoxiang_store::log::list_after(&mut tx, -1, 10_000).await.expect("entries");
    entries
        .into_iter()
        .filter(|entry| entry.kind == "personal_data.viewed")
        .map(|entry| entry.payload)
        .collect()
}

#[tokio::test]
async fn of_two_officers_the_second_keeps_what_was_typed() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, _) = app_with_bulletin(folder.path()).await;
    issue(&app).await;
    let city = signed_in(&app, Role::CityOfficer, scope("430100")).await;
    let leader = signed_in(&app, Role::Leader, Scope::Region).await;
    let router = pages(app.clone());
    let form = read(&router, "/targets/edit?year=2026&direction=registered&within=430100", &city).await;
    let seen = form.text.split("name=\"seen\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    let seen = seen.expect("a revision").to_owned();
    let send = |first: &'static str, reason: &'static str, accept: &'static str| {
        let (router, city, seen) = (router.clone(), city.clone(), seen.clone());
        async move {
            let mut fields = vec![
                ("year", "2026"),
                ("direction", "registered"),
                ("within", "430100"),
                ("seen", &seen),
                ("amount_430102", first),
                ("document", "示例文号〔2026〕2号"),
                ("valid_from", "2026-02-01"),
                ("reason", reason),
            ];
            if !accept.is_empty() {
                fields.push(("accept", accept));
            }
            post(&router, "/targets/edit", &city, &fields).await
        }
    };
    let uneven = send("0.3", "", "").await;
    assert_eq!(uneven.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(uneven.text.contains("value=\"0.3\""), "what was typed stays: {}", uneven.text);
    assert_eq!(send("many", "示例", "yes").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        send("0.3", "", "yes").await.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "a difference has a reason"
    );
    let saved = send("0.3", "其余待定 <i>", "yes").await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    let second = send("0.4", "示例", "yes").await;
    assert_eq!(second.status, StatusCode::CONFLICT, "{}", second.text);
    assert!(second.text.contains("value=\"0.4\""), "{}", second.text);
    let board = read(&router, "/targets?year=2026&within=430100", &city).await;
    assert!(board.text.contains("其余待定 &#60;i&#62;"), "{}", board.text);
    let forbidden = post(&router, "/targets/edit", &leader, &[("within", "430100"), ("seen", &seen)]).await;
    assert_eq!(forbidden.status, StatusCode::FORBIDDEN);
    let other = post(&router, "/targets/edit", &city, &[("within", "430200"), ("seen", &seen)]).await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_objection_is_raised_answered_and_decided() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, _) = app_with_bulletin(folder.path()).await;
    let number = lapsed_contract(&app).await;
    let here = signed_in(&app, Role::CityOfficer, scope("430100")).await;
    let there = signed_in(&app, Role::CityOfficer, scope("430200")).await;
    let stranger = signed_in(&app, Role::CityOfficer, scope("433100")).await;
    let province = signed_in(&app, Role::Statistician, Scope::Region).await;
    let leader = signed_in(&app, Role::Leader, Scope::Region).await;
    let router = pages(app);
    let fields = |division: &'static str, reason: &'static str| {
        [("number", number.as_str()), ("side", "seller"), ("division", division), ("reason", reason)]
    };
    // It concerns neither place of the stranger; a claim needs a reason; what counts there already is no claim.
    let strange = post(&router, "/objections", &stranger, &fields("430200", "示例")).await;
    assert_eq!(strange.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", strange.text);
    assert!(strange.text.contains("与您的管辖范围无关"), "{}", strange.text);
    let silent = post(&router, "/objections", &there, &fields("430200", " ")).await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        post(&router, "/objections", &here, &fields("430104", "示例")).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(
        post(&router, "/objections", &leader, &fields("430200", "示例")).await.status,
        StatusCode::FORBIDDEN
    );
    let raised = post(&router, "/objections", &there, &fields("430200", "<script>在我市</script>")).await;
    assert_eq!(raised.status, StatusCode::SEE_OTHER, "{}", raised.text);
    let path = raised.headers["location"].to_str().expect("a path").to_owned();

    let page = read(&router, &path, &here).await;
    assert_eq!(page.status, StatusCode::OK, "the other side sees it");
    assert!(page.text.contains("&#60;script&#62;在我市"), "{}", page.text);
    assert!(page.text.contains("株洲市"));
    assert_eq!(read(&router, &path, &stranger).await.status, StatusCode::NOT_FOUND);
    assert_eq!(read(&router, "/objections/none", &province).await.status, StatusCode::NOT_FOUND);
    let said = post(&router, &format!("{path}/remarks"), &here, &[("remark", "<b>应在长沙")]).await;
    assert_eq!(said.status, StatusCode::SEE_OTHER, "{}", said.text);
    assert_eq!(
        post(&router, &format!("{path}/remarks"), &stranger, &[("remark", "x")]).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        post(&router, &format!("{path}/decision"), &here, &[("division", "430100"), ("reason", "x")])
            .await
            .status,
        StatusCode::FORBIDDEN
    );
    let work = read(&router, "/work", &province).await;
    assert!(work.text.contains("归属异议待裁定"), "{}", work.text);

    let empty =
        post(&router, &format!("{path}/decision"), &province, &[("division", "430200"), ("reason", "")])
            .await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let decided = post(
        &router,
        &format!("{path}/decision"),
        &province,
        &[("division", "430200"), ("reason", "注册地在株洲")],
    )
    .await;
    assert_eq!(decided.status, StatusCode::SEE_OTHER, "{}", decided.text);
    let page = read(&router, &path, &there).await;
    assert!(page.text.contains("改计入") && page.text.contains("&#60;b&#62;应在长沙"), "{}", page.text);
    let again =
        post(&router, &format!("{path}/decision"), &province, &[("division", "430100"), ("reason", "again")])
            .await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "decided once");
}

/// Sends a file as a form of ours does.
async fn upload(router: &Router, path: &str, cookie: &str, park: &str, text: &str) -> Answer {
    let part = |name: &str, rest: &str, value: &str| {
        format!("--edge\r\ncontent-disposition: form-data; name=\"{name}\"{rest}\r\n\r\n{value}\r\n")
    };
    let file = part("file", "; filename=\"list.csv\"\r\ncontent-type: text/csv", text);
    let body = format!("{}{file}--edge--\r\n", part("park", "", park));
    let request = Request::post(path)
        .header("content-type", "multipart/form-data; boundary=edge")
        .header("sec-fetch-site", "same-origin")
        .header("cookie", cookie)
        .body(axum::body::Body::from(body))
        .expect("a request");
    answered(router, request).await
}

#[tokio::test]
async fn a_park_confirms_its_list_after_seeing_the_differences() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, _) = app_with_bulletin(folder.path()).await;
    let region = app.region().await.expect("a region");
    let [own, other] = [0, 1].map(|at| region.region.parks().all()[at].key);
    let cookie = signed_in(&app, Role::ParkOfficer, Scope::Park(own)).await;
    let city = signed_in(&app, Role::CityOfficer, scope("430100")).await;
    let router = pages(app);
    let list = "企业名称,统一社会信用代码,入园日期,退出日期\n示例<b>企业,,2020-01-01,\n";
    let foreign = upload(&router, "/parks/lists", &cookie, &other.to_string(), list).await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);
    let broken =
        upload(&router, "/parks/lists", &cookie, &own.to_string(), "企业名称,入园日期\n甲,昨天\n").await;
    assert_eq!(broken.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(broken.text.contains("第 2 行"), "{}", broken.text);
    assert_eq!(
        upload(&router, "/parks/lists", &city, &own.to_string(), list).await.status,
        StatusCode::FORBIDDEN
    );
    let drafted = upload(&router, "/parks/lists", &cookie, &own.to_string(), list).await;
    assert_eq!(drafted.status, StatusCode::SEE_OTHER, "{}", drafted.text);
    let path = drafted.headers["location"].to_str().expect("a path").to_owned();
    let stale = upload(&router, "/parks/lists", &cookie, &own.to_string(), list).await;
    let stale = stale.headers["location"].to_str().expect("a path").to_owned();
    let page = read(&router, &path, &cookie).await;
    assert!(page.text.contains("示例&#60;b&#62;企业") && page.text.contains("新增"), "{}", page.text);
    let work = read(&router, "/work", &cookie).await;
    assert!(work.text.contains("园区企业名录待更新"), "{}", work.text);
    let confirmed = post(&router, &path, &cookie, &[]).await;
    assert_eq!(confirmed.status, StatusCode::SEE_OTHER, "{}", confirmed.text);
    assert_eq!(
        post(&router, &path, &cookie, &[]).await.status,
        StatusCode::NOT_FOUND,
        "a draft is taken once"
    );
    assert_eq!(post(&router, &stale, &cookie, &[]).await.status, StatusCode::CONFLICT);
    let work = read(&router, "/work", &cookie).await;
    assert!(!work.text.contains("园区企业名录待更新"), "{}", work.text);
}
