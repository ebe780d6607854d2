//! Organisations, targets and imports through the API, as the pages have them.

use axum::Router;
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use xiaoxiang_domain::access::{Role, Scope};
use xiaoxiang_domain::region::DivisionCode;
use xiaoxiang_services::App;
use xiaoxiang_services::contract::import_queue::{UPLOAD_BYTES_MAX, work_on_next_import};

use super::conformance::assert_documented;
use super::support::{Answer, app_with_bulletin, app_with_flags, get_with, pages, signed_in};
use super::{assert_problem, json as read_json, post_json, send};

const HEADER: &str = "合同登记编号,项目名称,登记日期,合同类型,成交额(元),技术交易额(元),卖方名称,卖方行政区划代码,\
                      买方名称,买方行政区划代码\n";

struct Office {
    app: App,
    router: Router,
    _folder: tempfile::TempDir,
}

impl Office {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (app, _) = app_with_bulletin(folder.path()).await;
        Self { router: pages(app.clone()), app, _folder: folder }
    }

    async fn who(&self, role: Role, scope: Scope) -> String {
        signed_in(&self.app, role, scope).await
    }

    async fn get(&self, cookie: &str, path: &str) -> Answer {
        get_with(&self.router, path, &[("cookie", cookie)]).await
    }

    async fn set_targets(&self, cookie: &str, tag: Option<&str>, body: &Value) -> Answer {
        let mut headers = vec![("cookie", cookie), ("content-type", "application/json")];
        headers.extend(tag.map(|tag| ("if-match", tag)));
        send(&self.router, Method::POST, "/api/v1/targets", &headers, body.to_string()).await
    }

    async fn send_file(&self, cookie: &str, query: &str, more: &[(&str, &str)], bytes: Vec<u8>) -> Answer {
        let mut headers = vec![("cookie", cookie), ("content-type", "application/octet-stream")];
        headers.extend_from_slice(more);
        send(&self.router, Method::POST, &format!("/api/v1/imports{query}"), &headers, bytes).await
    }
}

fn row(serial: u64, value: &str) -> String {
    format!("202609{serial:010},示例{serial},2026-09-01,技术开发,{value},1.00,示例甲,430102,示例乙,430204\n")
}

fn csv(rows: u64, value: &str) -> Vec<u8> {
    (1..=rows).fold(HEADER.to_owned(), |text, serial| text + &row(serial, value)).into_bytes()
}

fn tag_of(answer: &Answer) -> String {
    answer.headers["etag"].to_str().expect("a tag").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organisation_is_renamed_merged_and_the_merger_taken_back() {
    let office = Office::new().await;
    let officer = office.who(Role::Statistician, Scope::Region).await;
    let auditor = office.who(Role::Auditor, Scope::Region).await;
    let (list, one) = ("/api/v1/organisations", "/api/v1/organisations/{key}");
    let first = assert_documented(&office.get(&officer, list).await, "get", list);
    let mut keys = Vec::new();
    let mut cursor = 0;
    loop {
        let page = read_json(&office.get(&officer, &format!("{list}?cursor={cursor}")).await);
        keys.extend(page["items"].as_array().expect("items").iter().map(|item| item["key"].clone()));
        let Some(next) = page["next"].as_i64() else { break };
        cursor = next;
    }
    assert!(keys.len() > 50, "{}", keys.len());
    let [key, other] = [0, 1].map(|at| first["items"][at]["key"].as_i64().expect("a key"));
    let other_name = first["items"][1]["name"].as_str().expect("a name").to_owned();
    let changes = format!("{list}/{key}/changes");
    let change = |kind: &str, value: &str| json!({ "kind": kind, "value": value, "valid_from": "2026-01-01", "basis": "示例文号" });
    let renamed = post_json(&office.router, &changes, &officer, &change("named", "示例更名后的研究院")).await;
    let renamed = assert_documented(&renamed, "post", &format!("{one}/changes"));
    assert_eq!(renamed["organisation"]["name"], "示例更名后的研究院");
    let found = read_json(&office.get(&officer, &format!("{list}?text=%E6%9B%B4%E5%90%8D%E5%90%8E")).await);
    assert_eq!(found["items"][0]["key"], key);

    let merged = post_json(&office.router, &changes, &officer, &change("merged", &other_name)).await;
    let merged = assert_documented(&merged, "post", &format!("{one}/changes"));
    assert_eq!(merged["merged_into"]["organisation"]["key"], other);
    let id = merged["changes"][1]["id"].as_i64().expect("a number");
    let again = post_json(&office.router, &changes, &officer, &change("merged", &other_name)).await;
    assert_problem(&again, StatusCode::UNPROCESSABLE_ENTITY, "organisation.merged_already");
    let seen = assert_documented(&office.get(&auditor, &format!("{list}/{other}")).await, "get", one);
    assert_eq!(seen["merged"][0]["key"], key);

    let reversal = format!("{changes}/{id}/reversal");
    let basis = json!({ "basis": "合并有误" });
    let reversed = post_json(&office.router, &reversal, &officer, &basis).await;
    let reversed = assert_documented(&reversed, "post", &format!("{one}/changes/{{change}}/reversal"));
    assert!(reversed["merged_into"].is_null());
    let twice = post_json(&office.router, &reversal, &officer, &basis).await;
    assert_problem(&twice, StatusCode::CONFLICT, "stale");
    let by_auditor = post_json(&office.router, &changes, &auditor, &change("named", "别的名称")).await;
    assert_problem(&by_auditor, StatusCode::FORBIDDEN, "forbidden");
    for path in ["/0", "/999999999", "/x", "/-1", "/99999999999999999999"] {
        assert_eq!(
            office.get(&auditor, &format!("{list}{path}")).await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    let bad_day = json!({ "kind": "named", "value": "名称", "valid_from": "01.01.2026", "basis": "示例" });
    let bad_day = post_json(&office.router, &changes, &officer, &bad_day).await;
    assert_problem(&bad_day, StatusCode::UNPROCESSABLE_ENTITY, "request.body");
}

#[tokio::test(flavor = "multi_thread")]
async fn targets_are_issued_by_the_province_and_split_by_the_city_over_the_revision_seen() {
    const HUNDRED_MILLION: i64 = 10_000_000_000;
    let office = Office::new().await;
    let head = office.who(Role::Statistician, Scope::Region).await;
    let changsha = DivisionCode::parse("430100").expect("a code");
    let city = office.who(Role::CityOfficer, Scope::Division(changsha)).await;
    let path = "/api/v1/targets";
    let before = office.get(&head, &format!("{path}?year=2026&direction=output")).await;
    let board = assert_documented(&before, "get", path);
    let parts = board["parts"].as_array().expect("cities");
    assert_eq!((parts.len(), tag_of(&before)), (14, format!("\"{}\"", board["revision"])));

    let mut amounts: Vec<Value> = parts
        .iter()
        .map(|part| json!({ "division": part["division"], "amount_fen": HUNDRED_MILLION }))
        .collect();
    amounts.push(json!({ "division": "430000", "amount_fen": 14 * HUNDRED_MILLION }));
    let mut body = json!({
        "year": 2026, "direction": "output", "document": "示例文〔2026〕1号", "valid_from": "2026-01-01",
        "amounts": amounts,
    });
    let unseen = office.set_targets(&head, None, &body).await;
    assert_problem(&unseen, StatusCode::PRECONDITION_REQUIRED, "if_match.missing");
    let other = office.set_targets(&head, Some("\"999\""), &body).await;
    assert_problem(&other, StatusCode::PRECONDITION_FAILED, "stale");
    let by_city = office.set_targets(&city, Some(&tag_of(&before)), &body).await;
    assert_problem(&by_city, StatusCode::FORBIDDEN, "forbidden");
    let issued = office.set_targets(&head, Some(&tag_of(&before)), &body).await;
    let board = assert_documented(&issued, "post", path);
    assert_eq!(
        (&board["split_difference_fen"], &board["whole"]["target_fen"]),
        (&json!(0), &json!(14 * HUNDRED_MILLION))
    );
    // Whoever still holds the revision before.
    body["amounts"][0]["amount_fen"] = json!(2 * HUNDRED_MILLION);
    let late = office.set_targets(&head, Some(&tag_of(&before)), &body).await;
    assert_problem(&late, StatusCode::PRECONDITION_FAILED, "stale");
    let uneven = office.set_targets(&head, Some(&tag_of(&issued)), &body).await;
    assert_eq!(uneven.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", uneven.text);

    let own = office.get(&city, &format!("{path}?year=2026&direction=output")).await;
    let own_board = assert_documented(&own, "get", path);
    assert_eq!(own_board["whole"]["division"], "430100");
    let county = own_board["parts"][0]["division"].clone();
    let mut split = json!({
        "year": 2026, "direction": "output", "split_of": "430100", "document": "示例文〔2026〕2号",
        "valid_from": "2026-01-01", "amounts": [{ "division": county, "amount_fen": HUNDRED_MILLION / 2 }],
    });
    let differs = office.set_targets(&city, Some(&tag_of(&own)), &split).await;
    assert_eq!(differs.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", differs.text);
    split["accept_difference"] = json!(true);
    split["reason"] = "其余待定".into();
    let stands = office.set_targets(&city, Some(&tag_of(&own)), &split).await;
    assert_eq!(assert_documented(&stands, "post", path)["split_difference_fen"], -HUNDRED_MILLION / 2);
    split["split_of"] = "430200".into();
    let foreign = office.set_targets(&city, Some(&tag_of(&stands)), &split).await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND, "{}", foreign.text);
    let unseen = office.get(&city, &format!("{path}?within=430200")).await;
    assert_problem(&unseen, StatusCode::NOT_FOUND, "not_found");
    for query in ["year=1", "direction=internal", "within=43"] {
        assert_eq!(
            office.get(&head, &format!("{path}?{query}")).await.status,
            StatusCode::BAD_REQUEST,
            "{query}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_sent_in_watched_and_its_differences_agreed_to() {
    let office = Office::new().await;
    let cookie = office.who(Role::Statistician, Scope::Region).await;
    let (list, one) = ("/api/v1/imports", "/api/v1/imports/{id}");
    let sent = office.send_file(&cookie, "?file_name=a.csv&source=registry", &[], csv(3, "1.00")).await;
    let sent = assert_documented(&sent, "post", list);
    let path = format!("{list}/{}", sent["id"].as_str().expect("an id"));
    let waiting = assert_documented(&office.get(&cookie, &path).await, "get", one);
    assert_eq!(waiting["import"]["state"], "queued");
    work_on_next_import(&office.app, "node").await.expect("a reading");
    let done = assert_documented(&office.get(&cookie, &path).await, "get", one);
    assert_eq!((&done["import"]["state"], &done["report"]["new"]), (&json!("finished"), &json!(3)));

    // The same rows with another value wait for consent.
    let sent = office.send_file(&cookie, "?file_name=b.csv&source=registry", &[], csv(3, "2.00")).await;
    let path = sent.headers["location"].to_str().expect("an address").to_owned();
    work_on_next_import(&office.app, "node").await.expect("a reading");
    let asks = assert_documented(&office.get(&cookie, &path).await, "get", one);
    assert_eq!(asks["report"]["awaiting_consent"], 3);
    assert_eq!(asks["report"]["differences"][0]["outcome"], "listed");
    let consent = json!({ "accept_changes": true });
    let agreed = post_json(&office.router, &format!("{path}/again"), &cookie, &consent).await;
    let path = format!(
        "{list}/{}",
        assert_documented(&agreed, "post", &format!("{one}/again"))["id"].as_str().expect("an id")
    );
    work_on_next_import(&office.app, "node").await.expect("a reading");
    let applied = read_json(&office.get(&cookie, &path).await);
    assert_eq!(
        (&applied["report"]["changed"], &applied["report"]["awaiting_consent"]),
        (&json!(3), &json!(0))
    );

    let listed = assert_documented(&office.get(&cookie, &format!("{list}?limit=2")).await, "get", list);
    assert_eq!(listed["items"].as_array().expect("items").len(), 2);
    assert!(listed["next"].is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_file_is_listed_in_the_language_asked_for() {
    let office = Office::new().await;
    let cookie = office.who(Role::Statistician, Scope::Region).await;
    let bad = format!("{HEADER}{}", row(1, "-5"));
    let sent = office.send_file(&cookie, "?file_name=bad.csv&source=registry", &[], bad.into_bytes()).await;
    let path = sent.headers["location"].to_str().expect("an address").to_owned();
    work_on_next_import(&office.app, "node").await.expect("a reading");
    let english = get_with(&office.router, &path, &[("cookie", &cookie), ("accept-language", "en")]).await;
    let run = assert_documented(&english, "get", "/api/v1/imports/{id}");
    assert_eq!((&run["import"]["state"], &run["report"]["new"]), (&json!("refused"), &json!(0)));
    assert_eq!(run["problems"][0]["row"], 2);
    let what_to_do = run["problems"][0]["what_to_do"].as_str().expect("words");
    assert!(what_to_do.starts_with(|letter: char| letter.is_ascii_lowercase()), "{what_to_do}");

    // A file that does not say whose contracts it holds is asked about, once.
    let sent = office.send_file(&cookie, "?file_name=c.csv", &[], csv(1, "1.00")).await;
    let path = sent.headers["location"].to_str().expect("an address").to_owned();
    work_on_next_import(&office.app, "node").await.expect("a reading");
    assert_eq!(read_json(&office.get(&cookie, &path).await)["import"]["state"], "asking");
    let answer = json!({ "source": "exchange" });
    let answered = post_json(&office.router, &format!("{path}/source"), &cookie, &answer).await;
    assert_eq!(answered.status, StatusCode::NO_CONTENT, "{}", answered.text);
    let twice = post_json(&office.router, &format!("{path}/source"), &cookie, &answer).await;
    assert_problem(&twice, StatusCode::CONFLICT, "stale");

    let auditor = office.who(Role::Auditor, Scope::Region).await;
    let by_auditor = office.send_file(&auditor, "?file_name=a.csv", &[], csv(1, "1.00")).await;
    assert!(by_auditor.status.is_client_error(), "{}", by_auditor.text);
    let empty = office.send_file(&cookie, "?file_name=a.csv", &[], Vec::new()).await;
    assert_problem(&empty, StatusCode::UNPROCESSABLE_ENTITY, "upload.empty");
    let large = vec![b'a'; usize::try_from(UPLOAD_BYTES_MAX).expect("a size") + 1];
    let keyed =
        office.send_file(&cookie, "?file_name=a.csv", &[("idempotency-key", "k")], large.clone()).await;
    for refused in [office.send_file(&cookie, "?file_name=a.csv", &[], large).await, keyed] {
        assert_problem(&refused, StatusCode::PAYLOAD_TOO_LARGE, "upload.too_large");
    }
    for query in ["?source=other", "?dry_run=perhaps", "?file=a.csv"] {
        let refused = office.send_file(&cookie, query, &[], csv(1, "1.00")).await;
        assert_problem(&refused, StatusCode::BAD_REQUEST, "request.query");
    }
    let as_json = post_json(&office.router, "/api/v1/imports", &cookie, &json!({})).await;
    assert_problem(&as_json, StatusCode::UNSUPPORTED_MEDIA_TYPE, "request.media_type");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_sent_twice_under_one_key_is_read_once() {
    let office = Office::new().await;
    let cookie = office.who(Role::Statistician, Scope::Region).await;
    // More than an ordinary body may hold.
    let file = csv(20_000, "1.00");
    assert!(file.len() > 1024 * 1024);
    let key = [("idempotency-key", "file-1")];
    let first = office.send_file(&cookie, "?file_name=a.csv&source=registry", &key, file.clone()).await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.text);
    let second = office.send_file(&cookie, "?file_name=a.csv&source=registry", &key, file).await;
    assert_eq!((second.status, &second.text), (first.status, &first.text));
    assert_eq!(second.headers["idempotency-replayed"], "true");
    let listed = read_json(&office.get(&cookie, "/api/v1/imports").await);
    assert_eq!(listed["items"].as_array().expect("items").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flag_is_listed_read_answered_and_decided_over_the_revision_seen() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = app_with_flags(folder.path()).await;
    let router = pages(app.clone());
    let officer = signed_in(&app, Role::Statistician, Scope::Region).await;
    let get = async |cookie: &str, path: &str| get_with(&router, path, &[("cookie", cookie)]).await;
    let list = "/api/v1/flags";
    let found =
        assert_documented(&get(&officer, &format!("{list}?kind=goods_as_technology")).await, "get", list);
    let id = found["items"][0]["id"].as_str().expect("an id").to_owned();
    let number = found["items"][0]["registration_number"].as_str().expect("a number").to_owned();
    let mut seen = 0;
    let mut path = format!("{list}?limit=1");
    loop {
        let page = read_json(&get(&officer, &path).await);
        seen += page["items"].as_array().expect("items").len();
        let Some(next) = page["next"].as_str() else { break };
        path = format!("{list}?limit=1&cursor={next}");
    }
    let all = read_json(&get(&officer, list).await);
    assert_eq!(seen, all["items"].as_array().expect("items").len());
    for query in ["kind=x", "state=x", "division=x", "cursor=zz", "limit=0"] {
        assert_eq!(
            get(&officer, &format!("{list}?{query}")).await.status,
            StatusCode::BAD_REQUEST,
            "{query}"
        );
    }
    let places = xiaoxiang_services::contract::places_of(&app, &number).await.expect("places");
    let registrar = signed_in(&app, Role::Registrar, Scope::Registrar(places.registrar.into())).await;
    let one = format!("{list}/{id}");
    let read = get(&registrar, &one).await;
    let detail = assert_documented(&read, "get", "/api/v1/flags/{id}");
    assert_eq!((&detail["state"], &detail["acts"]), (&json!("open"), &json!(["answer"])));
    let act = async |cookie: &str, tag: &str, rest: &str, body: &Value| {
        let headers = [("cookie", cookie), ("if-match", tag), ("content-type", "application/json")];
        send(&router, Method::POST, &format!("{one}/{rest}"), &headers, body.to_string()).await
    };
    let words = json!({ "words": "设备为样机" });
    let said = act(&registrar, &tag_of(&read), "answer", &words).await;
    let said = assert_documented(&said, "post", "/api/v1/flags/{id}/answer");
    assert_eq!(said["steps"][1]["words"], "设备为样机");
    let late = act(&officer, "\"1\"", "decision", &json!({ "verdict": "uphold", "words": "x" })).await;
    assert_problem(&late, StatusCode::PRECONDITION_FAILED, "stale");
    let odd = act(&officer, "\"2\"", "decision", &json!({ "verdict": "refuse", "words": "x" })).await;
    assert_eq!(odd.status, StatusCode::UNPROCESSABLE_ENTITY);
    let upheld = act(&officer, "\"2\"", "decision", &json!({ "verdict": "uphold", "words": "未扣除" })).await;
    let upheld = assert_documented(&upheld, "post", "/api/v1/flags/{id}/decision");
    assert_eq!(upheld["state"], "upheld");
    let appealed = act(&registrar, "\"3\"", "appeal", &words).await;
    assert_documented(&appealed, "post", "/api/v1/flags/{id}/appeal");
    let again = act(&officer, "\"4\"", "decision", &json!({ "verdict": "clear", "words": "x" })).await;
    assert_problem(&again, StatusCode::UNPROCESSABLE_ENTITY, "flag.same_officer");
    let head = signed_in(&app, Role::DivisionHead, Scope::Region).await;
    let until = json!({ "until": "1999-01-01", "words": "待查" });
    assert_problem(
        &act(&head, "", "payment-hold", &until).await,
        StatusCode::UNPROCESSABLE_ENTITY,
        "hold.until",
    );
    let today = app.clock.today_in(&app.region().await.expect("a region").time_zone);
    let until = json!({ "until": today.to_string(), "words": "待查" });
    assert_eq!(act(&officer, "", "payment-hold", &until).await.status, StatusCode::FORBIDDEN);
    let held = assert_documented(
        &act(&head, "", "payment-hold", &until).await,
        "post",
        "/api/v1/flags/{id}/payment-hold",
    );
    assert_eq!(held["payment_holds"][0]["reason"], "待查");
    let released = act(&head, "", "payment-release", &json!({ "words": "已查清" })).await;
    let released = assert_documented(&released, "post", "/api/v1/flags/{id}/payment-release");
    assert_eq!(released["payment_holds"][0]["release_reason"], "已查清");
}
