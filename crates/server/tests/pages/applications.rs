//! Registration on the pages: the form in steps, the registrar's queue, who sees what, and what misuse leads to.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use xiaoxiang_domain::access::{Role, Scope};
use xiaoxiang_domain::fact::Source;
use xiaoxiang_server::region_files::shipped_layers;
use xiaoxiang_services::App;
use xiaoxiang_services::contract::{WrittenValue, check_contract, record_contract};
use xiaoxiang_services::region::import_region;
use xiaoxiang_services::registration::{list_registrars, read_application};

use super::support::{ACTOR, Answer, answered, empty_app, get, get_with, pages, post, signed_in};

pub(super) const SELLER: &str = "示例大学";
const BUYER: &str = "示例公司";
pub(super) const REGISTRAR: &str = "示例登记处";
pub(super) const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n%%EOF\n";
const BOUNDARY: &str = "xiaoxiang-boundary";
/// HTML that must never reach a page as such.
pub(super) const HOSTILE: &str = "<img src=x onerror=alert(1)>\"'&";

pub struct Desk {
    pub app: App,
    pub router: Router,
    pub agent: String,
    pub officer_a: String,
    pub officer_b: String,
    pub province: String,
    pub expert: String,
    pub registrar_key: i64,
    pub buyer_key: i64,
    _folder: tempfile::TempDir,
}

impl Desk {
    /// A region that registers by itself, with two organisations and one registrar.
    pub async fn open() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let app = empty_app(folder.path()).await;
        let mut layers = shipped_layers("hunan").expect("the shipped region");
        let head = layers.last_mut().expect("a layer").files.get_mut("region.yaml").expect("its head");
        head.push_str("\nregistration_authority: 示例登记机关\n");
        import_region(&app, &ACTOR, &layers).await.expect("region data");
        let text = |text: &str| WrittenValue::Text(text.to_owned());
        let written = [
            ("registration_number", text("2026430100000001")),
            ("project_name", text("示例既有合同")),
            ("registered_on", WrittenValue::Day("2026-03-02".to_owned())),
            ("contract_type", text("技术服务")),
            ("contract_value", WrittenValue::Amount(10_000)),
            ("technology_value", WrittenValue::Amount(10_000)),
            ("registrar_name", text(REGISTRAR)),
            ("seller_name", text(SELLER)),
            ("seller_division", text("430104")),
            ("buyer_name", text(BUYER)),
            ("buyer_division", text("430204")),
        ];
        let written = written.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        let checked = check_contract(&app, written).await.expect("a region").expect("a sound contract");
        record_contract(&app, &ACTOR, Source::Registry, checked.contract).await.expect("a contract");
        let registrar_key = list_registrars(&app, &ACTOR).await.expect("registrars")[0].key;
        let (seller_key, buyer_key) = (key_of(&app, SELLER).await, key_of(&app, BUYER).await);
        let office = Scope::Registrar(registrar_key);
        Self {
            agent: signed_in(&app, Role::TransferOffice, Scope::Organisation(seller_key)).await,
            officer_a: signed_in(&app, Role::Registrar, office).await,
            officer_b: signed_in(&app, Role::Registrar, office).await,
            province: signed_in(&app, Role::Statistician, Scope::Region).await,
            expert: signed_in(&app, Role::Expert, Scope::Region).await,
            router: pages(app.clone()),
            app,
            registrar_key,
            buyer_key,
            _folder: folder,
        }
    }

    pub async fn get(&self, cookie: &str, path: &str) -> Answer {
        get_with(&self.router, path, &[("cookie", cookie)]).await
    }

    pub async fn post(&self, cookie: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        post(&self.router, path, cookie, fields).await
    }

    /// Begins a draft by the pages and gives its address.
    pub async fn begin(&self) -> String {
        let key = self.registrar_key.to_string();
        let begun = self.post(&self.agent, "/applications/new", &[("registrar", &key)]).await;
        let address = location(&begun);
        address.strip_suffix("/form/undertaking").expect("the first step").to_owned()
    }

    pub async fn revision(&self, address: &str) -> String {
        let id = address.rsplit('/').next().expect("an id");
        let page = read_application(&self.app, &ACTOR, id).await.expect("an application");
        page.row.revision.to_string()
    }

    /// Saves a step of the form over the revision as it is.
    pub async fn save(&self, address: &str, step: &str, fields: &[(&str, &str)]) -> Answer {
        let revision = self.revision(address).await;
        let mut all = vec![("revision", revision.as_str()), ("act", "next")];
        all.extend_from_slice(fields);
        self.post(&self.agent, &format!("{address}/form/{step}"), &all).await
    }

    /// Fills every step in.
    pub async fn filled(&self, project: &str) -> String {
        let address = self.begin().await;
        let undertaking =
            [("undertaking.holds_no_secrets", "1"), ("undertaking.confidentiality_reviewer", "示例保密员")];
        self.save(&address, "undertaking", &undertaking).await;
        let parties = [
            ("seller_division", "430104"),
            ("seller_kind", "高等院校"),
            ("seller_contact", "示例联系人"),
            ("seller_telephone", "0731-0000000"),
            ("buyer_name", BUYER),
            ("buyer_division", "430204"),
            ("buyer_kind", "企业法人"),
        ];
        self.save(&address, "parties", &parties).await;
        let contract = [
            ("project_name", project),
            ("signed_on", "2026-11-02"),
            ("valid_from", "2026-11-02"),
            ("valid_to", "2027-12-31"),
            ("contract_type", "技术开发"),
            ("field", "电子信息"),
            ("ip", "未涉及知识产权"),
            ("payment_mode", "分期支付"),
            ("related_party", "否"),
            ("contract_value", "1000000"),
        ];
        self.save(&address, "contract", &contract).await;
        let costs = [
            ("cost_items.0.name", "服务器"),
            ("cost_items.0.kind", "equipment"),
            ("cost_items.0.role", "purchase"),
            ("cost_items.0.amount", "200000"),
            ("cost_items.4.name", "试验台"),
            ("cost_items.4.kind", "equipment"),
            ("cost_items.4.role", "subject_sets"),
            ("cost_items.4.sets", "4"),
            ("cost_items.4.amount", "100000"),
        ];
        self.save(&address, "costs", &costs).await;
        let decision = [
            ("decision.level", "科技处"),
            ("decision.minutes_number", "示例纪要〔2026〕1号"),
            ("decision.has_completers_authority", "1"),
        ];
        self.save(&address, "decision", &decision).await;
        address
    }

    pub async fn upload(&self, address: &str, name: &str, bytes: &[u8]) -> Answer {
        self.upload_as(&self.agent, address, name, bytes).await
    }

    pub async fn upload_as(&self, cookie: &str, address: &str, name: &str, bytes: &[u8]) -> Answer {
        let mut body = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\ncontract_text\r\n--{BOUNDARY}\r\n\
             Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(bytes);
        body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
        let request = Request::post(format!("{address}/texts"))
            .header("content-type", format!("multipart/form-data; boundary={BOUNDARY}"))
            .header("sec-fetch-site", "same-origin")
            .header("cookie", cookie)
            .body(Body::from(body))
            .expect("a request");
        answered(&self.router, request).await
    }

    pub async fn step(&self, cookie: &str, address: &str, fields: &[(&str, &str)]) -> Answer {
        let revision = self.revision(address).await;
        let mut all = vec![("revision", revision.as_str())];
        all.extend_from_slice(fields);
        self.post(cookie, &format!("{address}/steps"), &all).await
    }

    /// Hands a filled form in, has it accepted and reviewed twice.
    pub async fn registered(&self, project: &str) -> String {
        let address = self.filled(project).await;
        for (cookie, step) in [
            (&self.agent, "submit"),
            (&self.officer_a, "accept"),
            (&self.officer_a, "first_review"),
            (&self.officer_b, "approve"),
        ] {
            let taken = self.step(cookie, &address, &[("step", step)]).await;
            assert_eq!(taken.status, StatusCode::SEE_OTHER, "{step}: {}", taken.text);
        }
        address
    }
}

async fn key_of(app: &App, name: &str) -> i64 {
    let mut tx = app.db.read().await.expect("a snapshot");
    xiaoxiang_store::organisation::find_by_code_or_name(&mut tx, name).await.expect("an organisation")[0]
}

pub fn location(answer: &Answer) -> String {
    let found =
        answer.headers.get("location").unwrap_or_else(|| panic!("{}: {}", answer.status, answer.text));
    found.to_str().expect("an address").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_is_filled_in_checked_handed_in_reviewed_twice_and_confirmed_publicly() {
    let desk = Desk::open().await;
    let empty = desk.get(&desk.agent, "/applications").await;
    assert!(empty.text.contains("本单位还没有登记申请"), "the empty list says what to do");
    let address = desk.begin().await;
    let check = desk.get(&desk.agent, &format!("{address}/form/check")).await;
    assert!(check.text.contains("/form/undertaking?check=1#undertaking-holds-no-secrets"), "{}", check.text);
    assert!(check.text.contains("/form/contract?check=1#project-name"), "each problem leads to its field");
    assert!(!check.text.contains("value=\"submit\""), "what is not complete is not handed in");
    let refused = desk.upload(&address, "合同.pdf", PDF).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST, "no file before the undertaking");

    let address = desk.filled("示例算法开发").await;
    assert_eq!(desk.upload(&address, "合同.pdf", PDF).await.status, StatusCode::SEE_OTHER);
    let lying = desk.upload(&address, "合同.pdf", b"MZ\x90\x00program").await;
    assert_eq!(lying.status, StatusCode::BAD_REQUEST, "a program is none");
    let costs = desk.get(&desk.agent, &format!("{address}/form/costs")).await;
    // 1,000,000 less 200,000 bought and two of four sets of 100,000.
    assert!(costs.text.contains("750000.00") && costs.text.contains("50000.00"), "{}", costs.text);
    assert!(costs.text.contains("2 套以内视为合理数量"), "the rule is explained");
    let check = desk.get(&desk.agent, &format!("{address}/form/check")).await;
    assert!(check.text.contains("各栏填写完整，可以提交"), "{}", check.text);
    assert_eq!(desk.step(&desk.agent, &address, &[("step", "submit")]).await.status, StatusCode::SEE_OTHER);

    let queue = desk.get(&desk.officer_a, "/applications?state=submitted").await;
    assert!(queue.text.contains("示例算法开发") && queue.text.contains("已提交 1"), "{}", queue.text);
    let work = desk.get(&desk.officer_a, "/work").await;
    assert!(work.text.contains("登记申请待受理"), "{}", work.text);
    desk.step(&desk.officer_a, &address, &[("step", "accept")]).await;
    let page = desk.get(&desk.officer_a, &address).await;
    assert!(page.text.contains("前办结"), "the due day is told: {}", page.text);
    let text = page
        .text
        .split(&format!("{address}/texts/"))
        .nth(1)
        .expect("a text")
        .split('"')
        .next()
        .expect("its id");
    let opened = desk.get(&desk.officer_a, &format!("{address}/texts/{text}")).await;
    assert_eq!(opened.status, StatusCode::OK);
    assert_eq!(opened.headers.get("content-type").expect("a type"), "application/pdf");
    let closed = desk.get(&desk.province, &format!("{address}/texts/{text}")).await;
    assert_eq!(closed.status, StatusCode::FORBIDDEN, "the province does not read texts");

    let review = [
        ("step", "first_review"),
        ("costs", "1"),
        ("cost_items.0.name", "服务器"),
        ("cost_items.0.kind", "equipment"),
        ("cost_items.0.role", "purchase"),
        ("cost_items.0.amount", "300000"),
    ];
    assert_eq!(desk.step(&desk.officer_a, &address, &review).await.status, StatusCode::SEE_OTHER);
    let alone = desk.step(&desk.officer_a, &address, &[("step", "approve")]).await;
    assert_eq!(alone.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(alone.text.contains("初审和复核不能由同一人办理"), "{}", alone.text);
    assert_eq!(
        desk.step(&desk.officer_b, &address, &[("step", "approve")]).await.status,
        StatusCode::SEE_OTHER
    );
    let page = desk.get(&desk.agent, &address).await;
    assert!(page.text.contains("700000.00 元") && page.text.contains("已登记"), "{}", page.text);

    let link = page
        .text
        .split("href=\"/receipts/")
        .nth(1)
        .expect("a public link")
        .split('"')
        .next()
        .expect("a token");
    for path in [format!("/receipts/{link}"), format!("/en/receipts/{link}")] {
        let receipt = get(&desk.router, &path).await;
        assert_eq!(receipt.status, StatusCode::OK);
        assert_eq!(receipt.headers.get("x-robots-tag").expect("a rule"), "noindex, nofollow, noarchive");
        for secret in [SELLER, BUYER, "示例算法开发", "1000000", "700000"] {
            assert!(!receipt.text.contains(secret), "{path} tells {secret}");
        }
        assert!(receipt.text.contains(REGISTRAR));
    }
    let forged = format!("{}{}", &link[1..], &link[..1]);
    for token in [forged.as_str(), "0", "..%2F..%2Fwork", "%3Cb%3E"] {
        assert_eq!(
            get(&desk.router, &format!("/receipts/{token}")).await.status,
            StatusCode::NOT_FOUND,
            "{token}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_window_is_told_and_loses_nothing() {
    let desk = Desk::open().await;
    let address = desk.begin().await;
    let seen = desk.revision(&address).await;
    let first = [("revision", seen.as_str()), ("act", "save"), ("project_name", "第一个窗口")];
    let second = [("revision", seen.as_str()), ("act", "save"), ("project_name", "第二个窗口")];
    let path = format!("{address}/form/contract");
    assert_eq!(desk.post(&desk.agent, &path, &first).await.status, StatusCode::SEE_OTHER);
    let told = desk.post(&desk.agent, &path, &second).await;
    assert_eq!(told.status, StatusCode::CONFLICT);
    assert!(told.text.contains("value=\"第二个窗口\""), "what was typed stays");
    assert!(told.text.contains("已保存的是：第一个窗口"), "what was saved stands beside it");
    let now = desk.revision(&address).await;
    assert!(told.text.contains(&format!("name=\"revision\" value=\"{now}\"")), "it can be saved from here");
    // Sent twice, a save changes nothing and is no conflict.
    assert_eq!(desk.post(&desk.agent, &path, &first).await.status, StatusCode::SEE_OTHER);
    assert_eq!(desk.revision(&address).await, now);

    let quiet = |name: &'static str, revision: String| {
        let desk = &desk;
        let path = path.clone();
        async move {
            let fields = [("revision", revision.as_str()), ("act", "quiet"), ("project_name", name)];
            desk.post(&desk.agent, &path, &fields).await
        }
    };
    let saved = quiet("边写边存", now.clone()).await;
    assert_eq!(saved.status, StatusCode::OK);
    assert!(saved.text.contains("\"revision\":"), "{}", saved.text);
    let late = quiet("边写边存二", now).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.text.starts_with('{'), "{}", late.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_survives_the_end_of_the_session() {
    let desk = Desk::open().await;
    let address = desk.begin().await;
    let revision = desk.revision(&address).await;
    let fields = [("revision", revision.as_str()), ("act", "save"), ("project_name", HOSTILE)];
    let path = format!("{address}/form/contract");
    let kept = desk.post("xiaoxiang_session=none", &path, &fields).await;
    assert_eq!(kept.status, StatusCode::UNAUTHORIZED);
    assert!(kept.text.contains("name=\"project_name\" value=\"&#60;img"), "{}", kept.text);
    assert!(kept.text.contains(&format!("action=\"{path}\"")) && !kept.text.contains("<img"));
    let password =
        desk.post("xiaoxiang_session=none", "/account/password", &[("password", "秘密口令一二三")]).await;
    assert!(!password.text.contains("秘密口令一二三"), "a password is never written on a page");
    assert_eq!(desk.post(&desk.agent, &path, &fields).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_sent_twice_is_taken_once_and_the_second_officer_sees_what_happened() {
    let desk = Desk::open().await;
    let address = desk.filled("示例重复提交").await;
    desk.step(&desk.agent, &address, &[("step", "submit")]).await;
    let revision = desk.revision(&address).await;
    let accept = [("revision", revision.as_str()), ("step", "accept")];
    let path = format!("{address}/steps");
    assert_eq!(desk.post(&desk.officer_a, &path, &accept).await.status, StatusCode::SEE_OTHER);
    let again = desk.post(&desk.officer_a, &path, &accept).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    let back = [
        ("revision", revision.as_str()),
        ("step", "return"),
        ("reason", "incomplete_text"),
        ("words", "缺少附件"),
    ];
    let late = desk.post(&desk.officer_b, &path, &back).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.text.contains("最近一步：受理") && late.text.contains("缺少附件"), "{}", late.text);
    let unknown = desk.step(&desk.officer_a, &address, &[("step", "return"), ("reason", "nothing")]).await;
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
    let none = desk.step(&desk.officer_a, &address, &[("step", "return")]).await;
    assert!(none.text.contains("请选择理由代码"), "{}", none.text);
    let returned = desk.step(&desk.officer_a, &address, &back[1..]).await;
    assert_eq!(returned.status, StatusCode::SEE_OTHER);
    let page = desk.get(&desk.agent, &address).await;
    assert!(page.text.contains("合同文本不完整") && page.text.contains("缺少附件"));
    let work = desk.get(&desk.agent, "/work").await;
    assert!(work.text.contains("登记申请待补正"), "{}", work.text);
    assert_eq!(desk.step(&desk.agent, &address, &[("step", "dance")]).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test(flavor = "multi_thread")]
async fn html_in_every_field_stays_text_on_every_page() {
    let desk = Desk::open().await;
    let address = desk.filled("示例转义").await;
    let steps: [(&str, &[&str]); 5] = [
        ("undertaking", &["undertaking.confidentiality_reviewer"]),
        (
            "parties",
            &[
                "seller_address",
                "seller_contact",
                "seller_telephone",
                "buyer_name",
                "buyer_division",
                "buyer_kind",
                "buyer_country",
                "buyer_credit_code",
                "buyer_established_on",
                "buyer_listed",
            ],
        ),
        ("contract", &["project_name", "signed_on", "contract_type", "contract_value", "related_party"]),
        (
            "costs",
            &[
                "cost_items.0.name",
                "cost_items.0.kind",
                "cost_items.0.role",
                "cost_items.0.sets",
                "cost_items.0.amount",
                "technology_value",
            ],
        ),
        (
            "decision",
            &[
                "decision.level",
                "decision.minutes_number",
                "decision.pricing_method",
                "decision.publicity_from",
                "decision.publicity_to",
            ],
        ),
    ];
    for (step, names) in steps {
        let mut fields: Vec<(&str, &str)> = names.iter().map(|name| (*name, HOSTILE)).collect();
        fields.push(("undertaking.holds_no_secrets", "1"));
        let saved = desk.save(&address, step, &fields).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{step}: {}", saved.text);
    }
    desk.upload(&address, "<b>合同\".pdf", PDF).await;
    for path in [
        "",
        "/form/undertaking",
        "/form/parties?find=%3Cimg",
        "/form/contract?type=%3Cimg",
        "/form/costs",
        "/form/decision",
        "/form/texts",
        "/form/check",
    ] {
        for language in ["", "/en"] {
            let page = desk.get(&desk.agent, &format!("{language}{address}{path}")).await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
            assert!(!page.text.contains("<img") && !page.text.contains("<b>合同"), "{path}");
        }
    }
    let list = desk.get(&desk.agent, "/applications?text=%3Cimg").await;
    assert!(list.text.contains("&#60;img") && !list.text.contains("<img"));
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_sees_what_is_theirs_and_nothing_else() {
    let desk = Desk::open().await;
    let draft = desk.filled("示例他人草稿").await;
    let other = signed_in(&desk.app, Role::OrganisationAgent, Scope::Organisation(desk.buyer_key)).await;
    let elsewhere = signed_in(&desk.app, Role::Registrar, Scope::Registrar(desk.registrar_key + 99)).await;
    let park = signed_in(&desk.app, Role::ParkOfficer, Scope::Park(1)).await;
    for (who, cookie) in [
        ("the buyer", &other),
        ("another registrar", &elsewhere),
        ("a park", &park),
        ("the own registrar", &desk.officer_a),
        ("the province", &desk.province),
        ("an expert", &desk.expert),
    ] {
        assert_eq!(desk.get(cookie, &draft).await.status, StatusCode::NOT_FOUND, "{who} and a draft");
    }
    desk.step(&desk.agent, &draft, &[("step", "submit")]).await;
    for (who, cookie) in
        [("the buyer", &other), ("another registrar", &elsewhere), ("an expert", &desk.expert)]
    {
        assert_eq!(desk.get(cookie, &draft).await.status, StatusCode::NOT_FOUND, "{who}");
        let posted = desk.step(cookie, &draft, &[("step", "accept")]).await;
        assert_eq!(posted.status, StatusCode::NOT_FOUND, "{who} posts");
        let list = desk.get(cookie, "/applications").await;
        assert!(!list.text.contains("示例他人草稿"), "{who} lists");
    }
    let seen = desk.get(&desk.province, &draft).await;
    assert_eq!(seen.status, StatusCode::OK);
    assert!(
        !seen.text.contains("示例联系人") && !seen.text.contains("0731-0000000"),
        "no contacts for the province"
    );
    assert!(desk.get(&desk.officer_a, &draft).await.text.contains("示例联系人"));
    assert_eq!(desk.step(&desk.province, &draft, &[("step", "accept")]).await.status, StatusCode::FORBIDDEN);
    let written = desk.get(&desk.officer_a, &format!("{draft}/form/contract")).await;
    assert_eq!(written.status, StatusCode::FORBIDDEN, "registrars do not write on the form");
    desk.step(&desk.officer_a, &draft, &[("step", "accept")]).await;
    desk.step(&desk.officer_a, &draft, &[("step", "ask_experts")]).await;
    let page = desk.get(&desk.expert, &draft).await;
    assert!(page.text.contains("评审结论"), "{}", page.text);
    let opinion = [("step", "give_expert_opinion"), ("reason", "agree"), ("words", "技术内容真实")];
    assert_eq!(desk.step(&desk.expert, &draft, &opinion).await.status, StatusCode::SEE_OTHER);
    assert!(desk.get(&desk.officer_a, &draft).await.text.contains("技术内容真实"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_asked_for_shown_as_a_difference_and_registered_by_the_step() {
    let desk = Desk::open().await;
    let address = desk.registered("示例变更").await;
    let form = desk.get(&desk.agent, &format!("{address}/change")).await;
    assert!(form.text.contains("value=\"示例变更\""), "{}", form.text);
    let revision = desk.revision(&address).await;
    let nothing = desk
        .post(&desk.agent, &format!("{address}/change"), &[("revision", &revision), ("words", "无")])
        .await;
    // What is not sent is gone: the unit's decision, which a transfer needs.
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nothing.text.contains("纪要"), "what is missing is named: {}", nothing.text);
    let revision = desk.revision(&address).await;
    let fields = [
        ("revision", revision.as_str()),
        ("words", "延期一年"),
        ("valid_to", "2028-12-31"),
        ("decision.level", "科技处"),
        ("decision.minutes_number", "示例纪要〔2026〕1号"),
        ("decision.has_completers_authority", "1"),
    ];
    let asked = desk.post(&desk.agent, &format!("{address}/change"), &fields).await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.text);
    let page = desk.get(&desk.officer_a, &address).await;
    assert!(page.text.contains("延期一年") && page.text.contains("2028"), "{}", page.text);
    let request = page
        .text
        .rsplit("name=\"request\" value=\"")
        .next()
        .expect("a request")
        .split('"')
        .next()
        .expect("its id");
    let change = [("step", "change"), ("request", request), ("words", "同意")];
    let taken = desk.step(&desk.officer_a, &address, &change).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.text);

    let revision = desk.revision(&address).await;
    let object = [("revision", revision.as_str()), ("kind", "objection"), ("words", "技术交易额核定有误")];
    let raised = desk.post(&desk.agent, &format!("{address}/requests"), &object).await;
    assert_eq!(raised.status, StatusCode::SEE_OTHER);
    let replayed = desk.post(&desk.agent, &format!("{address}/requests"), &object).await;
    assert_eq!(replayed.status, StatusCode::CONFLICT, "one objection, however often it is sent");
    assert!(desk.get(&desk.province, "/work").await.text.contains("待答复"));
    let page = desk.get(&desk.province, &address).await;
    let path =
        page.text.split("/requests/").nth(1).expect("an answer's form").split('/').next().expect("an id");
    let path = format!("{address}/requests/{path}/answer");
    let revision = desk.revision(&address).await;
    let answer = [("revision", revision.as_str()), ("outcome", "rejected"), ("words", "核定无误")];
    assert_eq!(desk.post(&desk.officer_a, &path, &answer).await.status, StatusCode::FORBIDDEN);
    assert_eq!(desk.post(&desk.province, &path, &answer).await.status, StatusCode::SEE_OTHER);
    assert!(desk.get(&desk.agent, &address).await.text.contains("核定无误"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_turned_page_by_page_and_misread_where_it_is_asked_nonsense() {
    let desk = Desk::open().await;
    for _ in 0..51 {
        desk.begin().await;
    }
    let page = desk.get(&desk.agent, "/applications").await;
    assert_eq!(page.text.matches("<th scope=\"row\"").count(), 50);
    let next = page
        .text
        .split("rel=\"next\" href=\"")
        .nth(1)
        .expect("a next page")
        .split('"')
        .next()
        .expect("its address");
    let rest = desk.get(&desk.agent, &next.replace("&#38;", "&").replace("&amp;", "&")).await;
    assert_eq!(rest.text.matches("<th scope=\"row\"").count(), 1, "{next}");
    for path in ["/applications?state=nothing", "/applications?after=zz", "/applications?after=00"] {
        assert_eq!(desk.get(&desk.agent, path).await.status, StatusCode::BAD_REQUEST, "{path}");
    }
    for format in ["xlsx", "csv"] {
        let file = desk.get(&desk.officer_a, &format!("/applications/pre-reviewed.{format}")).await;
        assert_eq!(file.status, StatusCode::OK, "{format}");
        let closed = desk.get(&desk.agent, &format!("/applications/pre-reviewed.{format}")).await;
        assert_eq!(closed.status, StatusCode::FORBIDDEN, "{format}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn parties_are_found_swapped_and_the_type_comes_back_from_the_questions() {
    let desk = Desk::open().await;
    let address = desk.begin().await;
    let found = desk.save(&address, "parties", &[("find", "示例公")]).await;
    assert_eq!(location(&found), format!("{address}/form/contract"), "the button decides, not the search");
    let revision = desk.revision(&address).await;
    let path = format!("{address}/form/parties");
    let sought =
        desk.post(&desk.agent, &path, &[("revision", &revision), ("act", "find"), ("find", "示例公")]).await;
    let page = desk.get(&desk.agent, location(&sought).split('#').next().expect("a path")).await;
    assert!(page.text.contains("value=\"take:buyer:示例公司\""), "{}", page.text);
    let take = [("revision", revision.as_str()), ("act", "take:buyer:示例公司")];
    desk.post(&desk.agent, &path, &take).await;
    let page = desk.get(&desk.agent, &path).await;
    assert!(page.text.contains("name=\"buyer_name\" type=\"text\" value=\"示例公司\""), "{}", page.text);
    let revision = desk.revision(&address).await;
    desk.post(&desk.agent, &path, &[("revision", &revision), ("act", "swap")]).await;
    let page = desk.get(&desk.agent, &path).await;
    assert!(page.text.contains("name=\"seller_name\" type=\"text\" value=\"示例公司\""));
    let id = address.rsplit('/').next().expect("an id");
    let questions = desk.get(&desk.agent, &format!("/contract-type?answers=4.2.1&application={id}")).await;
    let back = questions
        .text
        .split("href=\"/applications/")
        .nth(1)
        .expect("a way back")
        .split('"')
        .next()
        .expect("it");
    let back = format!("/applications/{}", back.split('#').next().expect("a path"));
    let page = desk.get(&desk.agent, &back).await;
    assert!(page.text.contains("value=\"51\" selected"), "{back}");
}

#[tokio::test]
async fn the_registrar_sees_what_the_screens_would_ask_before_deciding() {
    let desk = Desk::open().await;
    let title = "示例盾构机主轴承密封结构疲劳寿命预测研究";
    let registered = desk.registered(title).await;
    let number = read_application(&desk.app, &ACTOR, registered.rsplit('/').next().expect("an id"))
        .await
        .expect("an application")
        .row
        .registration_number
        .expect("a number");
    let again = desk.filled(title).await;
    let screening = format!("{again}/screening");
    desk.upload(&again, "合同.pdf", PDF).await;
    assert_eq!(
        desk.get(&desk.officer_a, &screening).await.status,
        StatusCode::NOT_FOUND,
        "a draft is its own"
    );
    desk.step(&desk.agent, &again, &[("step", "submit")]).await;
    let page = desk.get(&desk.officer_a, &again).await.text;
    assert!(page.contains(&format!("hx-get=\"{screening}\"")), "the page of the application asks");
    let questions = desk.get(&desk.officer_a, &screening).await;
    assert_eq!(questions.status, StatusCode::OK);
    assert!(questions.text.contains("重复") && questions.text.contains(&number), "{}", questions.text);
    let english = desk.get(&desk.officer_a, &format!("/en{screening}")).await.text;
    assert!(english.contains("What the screens would ask"), "{english}");
    // The applicant learns nothing of what is asked before anybody decides.
    assert!(!desk.get(&desk.agent, &again).await.text.contains("/screening"));
    assert_eq!(desk.get(&desk.agent, &screening).await.status, StatusCode::FORBIDDEN);
    let decided = desk.get(&desk.officer_a, &format!("{registered}/screening")).await.text;
    assert!(decided.contains("已有办理结果") && !decided.contains("重复"), "{decided}");
}
