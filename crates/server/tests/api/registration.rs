//! Registration over the API alone: a whole life, revocation, pre-review with export and re-import, and its misuse.

use axum::Router;
use axum::http::{Method, StatusCode};
use jiff::civil::date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use xiaoxiang_domain::access::{Role, Scope};
use xiaoxiang_domain::bulletin::GrowthBase;
use xiaoxiang_domain::contract::Contract;
use xiaoxiang_domain::fact::Source;
use xiaoxiang_server::region_files::shipped_layers;
use xiaoxiang_services::bulletin::{Signing, draft_bulletin, list_pending_changes, sign_bulletin};
use xiaoxiang_services::contract::import_queue::work_on_next_import;
use xiaoxiang_services::contract::record_contract;
use xiaoxiang_services::region::import_region;
use xiaoxiang_services::{App, Clock};
use xiaoxiang_store::{Db, both_backends};

use super::conformance::assert_documented;
use super::support::{ACTOR, Answer, contracts_of_october, get_with, log_key, pages, signed_in};
use super::{assert_problem, json as read_json, post_json, send};

const YUAN: i64 = 100;
const LIST: &str = "/api/v1/applications";
const ONE: &str = "/api/v1/applications/{id}";
const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n%%EOF\n";
/// A million yuan, and twelve of them.
const MILLION: &str = "1000000";
const TWELVE_MILLION: &str = "12000000";

struct Desk {
    app: App,
    router: Router,
    /// What the parties of the applications are like.
    contract: Contract,
    registrar_key: i64,
    agent: String,
    officer_a: String,
    officer_b: String,
    province: String,
    expert: String,
    finance: String,
    auditor: String,
}

impl Desk {
    /// `registers` names the body that registers; without one the national system does.
    async fn new(db: Db, registers: Option<&str>) -> Self {
        let now = date(2026, 11, 23).at(9, 0, 0, 0).to_zoned(TimeZone::UTC).expect("an instant").timestamp();
        let app = App::new(db, Clock::new(move || now));
        let mut layers = shipped_layers("hunan").expect("the shipped region");
        if let Some(authority) = registers {
            let head =
                layers.last_mut().and_then(|layer| layer.files.get_mut("region.yaml")).expect("a head");
            head.push_str(&format!("registration_authority: {authority}\n"));
        }
        import_region(&app, &ACTOR, &layers).await.expect("region data");
        let is_plain = |contract: &Contract| {
            !contract.seller.credit_code.is_empty()
                && !contract.seller.division.is_empty()
                && contract.buyer.country.is_empty()
                && !contract.buyer.division.is_empty()
                && !contract.registrar_name.is_empty()
        };
        let contract = contracts_of_october(&app).await.find(is_plain).expect("a contract");
        record_contract(&app, &ACTOR, Source::Registry, contract.clone()).await.expect("a record");
        let mut tx = app.db.read().await.expect("a snapshot");
        let keys = xiaoxiang_store::organisation::find_keys(&mut tx, &contract.seller.credit_code, "").await;
        let seller = keys.expect("keys")[0];
        let registrars = xiaoxiang_store::registration::list_registrars(&mut tx).await.expect("registrars");
        drop(tx);
        let registrar_key = registrars.iter().find(|one| one.3).expect("an own registrar").0;
        let office = Scope::Registrar(registrar_key);
        Self {
            router: pages(app.clone()),
            contract,
            registrar_key,
            agent: signed_in(&app, Role::OrganisationAgent, Scope::Organisation(seller)).await,
            officer_a: signed_in(&app, Role::Registrar, office).await,
            officer_b: signed_in(&app, Role::Registrar, office).await,
            province: signed_in(&app, Role::Statistician, Scope::Region).await,
            expert: signed_in(&app, Role::Expert, Scope::Region).await,
            finance: signed_in(&app, Role::Finance, Scope::Region).await,
            auditor: signed_in(&app, Role::Auditor, Scope::Region).await,
            app,
        }
    }

    fn form(&self, project: &str, yuan: &str) -> Value {
        let (seller, buyer) = (&self.contract.seller, &self.contract.buyer);
        json!({
            "fields": {
                "project_name": project, "signed_on": "2026-11-02", "valid_from": "2026-11-02",
                "valid_to": "2027-12-31", "contract_type": "技术服务", "field": "电子信息", "ip": "未涉及知识产权",
                "payment_mode": "分期支付", "related_party": "否", "contract_value": yuan,
                "seller_name": seller.name, "seller_credit_code": seller.credit_code,
                "seller_division": seller.division, "seller_kind": "企业法人",
                "seller_contact": "示例联系人", "seller_telephone": "0731-0000000",
                "buyer_name": buyer.name, "buyer_credit_code": buyer.credit_code,
                "buyer_division": buyer.division, "buyer_kind": "企业法人",
            },
            "undertaking": { "holds_no_secrets": true, "confidentiality_reviewer": "示例保密员" },
            "cost_items": [
                { "name": "服务器", "kind": "equipment", "role": "purchase", "sets": "", "amount": "200000" }
            ],
        })
    }

    /// Points are listed, opened and closed, and their ledgers read.
    async fn runs_its_points(&self) {
        let list = "/api/v1/registration-points";
        let points = self.get(&self.province, list).await;
        assert_documented(&points, "get", list);
        let key = self.registrar_key;
        assert!(read_json(&points)["items"].as_array().expect("points").iter().any(|one| one["key"] == key));
        assert_eq!(self.get(&self.agent, list).await.status, StatusCode::NOT_FOUND);
        let today = read_json(&points)["today"].clone();
        let new = json!({ "name": "示例新登记处", "on": today, "reason": "示例文件" });
        let opened = post_json(&self.router, list, &self.province, &new).await;
        assert_documented(&opened, "post", list);
        let other = read_json(&opened)["point"]["key"].clone();
        let described = "/api/v1/registration-points/{registrar}";
        let own = format!("{list}/{key}");
        let order = json!({ "act": "close", "on": today, "reason": "示例撤点" });
        let orders = format!("{own}/orders");
        let refused = post_json(&self.router, &orders, &self.officer_a, &order).await;
        assert_problem(&refused, StatusCode::FORBIDDEN, "forbidden");
        let closed = post_json(&self.router, &orders, &self.province, &order).await;
        assert_documented(&closed, "post", &format!("{described}/orders"));
        assert_eq!(read_json(&closed)["point"]["is_open"], false);
        let begun = json!({ "registrar_key": key });
        let begun = post_json(&self.router, LIST, &self.agent, &begun).await;
        assert_problem(&begun, StatusCode::UNPROCESSABLE_ENTITY, "application.registrar_closed");
        let hand = json!({ "application_ids": ["0"], "to": other, "reason": "示例撤点" });
        let handovers = format!("{own}/handovers");
        let unknown = post_json(&self.router, &handovers, &self.province, &hand).await;
        assert_problem(&unknown, StatusCode::NOT_FOUND, "not_found");
        let shown = self.get(&self.officer_a, &format!("{own}?period=2026-11")).await;
        assert_documented(&shown, "get", described);
        let ledger = "/api/v1/registration-ledger";
        let read = self.get(&self.officer_a, &format!("{ledger}?period=2026-10")).await;
        assert_documented(&read, "get", ledger);
        for format in ["xlsx", "docx", "csv"] {
            let file = self.get(&self.province, &format!("{ledger}?period=2026-10&format={format}")).await;
            assert_eq!(file.status, StatusCode::OK, "{format}");
        }
        let odd = self.get(&self.province, &format!("{ledger}?period=yesterday")).await;
        assert_eq!(odd.status, StatusCode::BAD_REQUEST);
    }

    async fn get(&self, cookie: &str, path: &str) -> Answer {
        get_with(&self.router, path, &[("cookie", cookie)]).await
    }

    async fn read(&self, cookie: &str, id: &str) -> Value {
        assert_documented(&self.get(cookie, &format!("{LIST}/{id}")).await, "get", ONE)
    }

    async fn change(&self, cookie: &str, verb: Method, path: &str, tag: &str, body: &Value) -> Answer {
        let headers = [("cookie", cookie), ("content-type", "application/json"), ("if-match", tag)];
        send(&self.router, verb, path, &headers, body.to_string()).await
    }

    /// Sends a change over the revision as it stands now.
    async fn post(&self, cookie: &str, id: &str, part: &str, body: &Value) -> Answer {
        let tag = format!("\"{}\"", self.revision(id).await);
        self.change(cookie, Method::POST, &format!("{LIST}/{id}/{part}"), &tag, body).await
    }

    async fn revision(&self, id: &str) -> i64 {
        let page = xiaoxiang_services::registration::read_application(&self.app, &ACTOR, id).await;
        page.expect("an application").row.revision
    }

    async fn step(&self, cookie: &str, id: &str, body: Value) -> Value {
        let answer = self.post(cookie, id, "steps", &body).await;
        assert_documented(&answer, "post", &format!("{ONE}/steps"))
    }

    async fn draft(&self, form: &Value) -> String {
        let new = json!({ "registrar_key": self.registrar_key });
        let started = post_json(&self.router, LIST, &self.agent, &new).await;
        let started = assert_documented(&started, "post", LIST);
        let id = started["id"].as_str().expect("an id").to_owned();
        let path = format!("{LIST}/{id}");
        let saved = self.change(&self.agent, Method::PUT, &path, "\"1\"", &json!({ "form": form })).await;
        let saved = assert_documented(&saved, "put", ONE);
        assert_eq!(saved["problems"], json!([]), "{saved}");
        id
    }

    async fn attach(&self, id: &str, name: &str, bytes: &[u8]) -> Answer {
        let headers = [("cookie", self.agent.as_str()), ("content-type", "application/octet-stream")];
        let path = format!("{LIST}/{id}/attachments?file_name={name}");
        send(&self.router, Method::POST, &path, &headers, bytes.to_vec()).await
    }

    /// The whole procedure of revocation after the yearly draw.
    async fn inspected_and_revoked(&self, application: &str) {
        let draw = json!({ "year": 2026, "seed": "8-3-17" });
        let drawn = post_json(&self.router, "/api/v1/inspection-draws", &self.province, &draw).await;
        let drawn = assert_documented(&drawn, "post", "/api/v1/inspection-draws");
        assert_eq!((&drawn["population"], &drawn["drawn"]), (&json!(1), &json!(1)));
        let (list, one) = ("/api/v1/inspections", "/api/v1/inspections/{inspection}");
        let untold = assert_documented(&self.get(&self.agent, list).await, "get", list);
        assert_eq!(untold["items"], json!([]), "the party learns of it by its notice");
        let listed = assert_documented(&self.get(&self.province, list).await, "get", list);
        assert_eq!(listed["items"][0]["application_id"], application);
        let path = format!("{list}/{}", drawn["inspections"][0].as_str().expect("an id"));
        let direct = json!({ "step": "revoke", "reason_codes": ["fictitious"], "words": "径行撤销" });
        let direct = self.post(&self.province, application, "steps", &direct).await;
        assert_problem(&direct, StatusCode::UNPROCESSABLE_ENTITY, "registration.revoked_by_inspection");
        let twice = json!({ "application_id": application, "cause": "举报" });
        let twice = post_json(&self.router, list, &self.province, &twice).await;
        assert_problem(&twice, StatusCode::UNPROCESSABLE_ENTITY, "inspection.open");
        for (revision, cookie, act, stage) in [
            (1, &self.province, "notice", "noticed"),
            (2, &self.agent, "take_evidence", "evidence_in"),
            (3, &self.province, "offer_hearing", "hearing_offered"),
            (4, &self.agent, "state_case", "heard"),
            (5, &self.province, "revoke", "revoked"),
            (6, &self.province, "serve", "served"),
            (7, &self.province, "send_letters", "closed"),
        ] {
            let page = self.get(cookie, &path).await;
            assert_documented(&page, "get", one);
            if act == "take_evidence" {
                self.produces_evidence(application, &path).await;
            }
            let grounds =
                if matches!(act, "offer_hearing" | "revoke") { json!(["fictitious"]) } else { json!([]) };
            let body = json!({ "act": act, "ground_codes": grounds, "words": "示例情况" });
            let tag = format!("\"{revision}\"");
            let done = self.change(cookie, Method::POST, &format!("{path}/acts"), &tag, &body).await;
            let done = assert_documented(&done, "post", &format!("{one}/acts"));
            assert_eq!(done["inspection"]["stage"], stage);
        }
    }

    /// What the party attaches, the province opens; other offices do not.
    async fn produces_evidence(&self, application: &str, inspection: &str) {
        let headers = [("cookie", self.agent.as_str()), ("content-type", "application/octet-stream")];
        let path = format!("{LIST}/{application}/attachments?file_name=a.pdf&kind=evidence");
        let sent = send(&self.router, Method::POST, &path, &headers, PDF).await;
        assert_eq!(sent.status, StatusCode::CREATED, "{}", sent.text);
        let page = read_json(&self.get(&self.province, inspection).await);
        let file = page["evidence"][0]["id"].as_str().expect("a file");
        let path = format!("{inspection}/evidence/{file}");
        let opened = self.get(&self.province, &path).await;
        assert_eq!((opened.status, opened.text.as_bytes()), (StatusCode::OK, PDF));
        assert_problem(&self.get(&self.finance, &path).await, StatusCode::FORBIDDEN, "forbidden");
        let unknown = self.get(&self.province, &format!("{inspection}/evidence/{}", "0".repeat(8))).await;
        assert_problem(&unknown, StatusCode::NOT_FOUND, "not_found");
    }

    /// A sheet of one's own, with a mapping for the header that the form does not know.
    async fn files_a_batch(&self) {
        let mapping = json!({ "columns": { "到账": "contract_value" }, "money_unit": "ten_thousand_yuan" });
        let path = "/api/v1/application-mapping";
        let kept = post_json(&self.router, path, &self.agent, &mapping).await;
        assert_documented(&kept, "post", path);
        assert_eq!(assert_documented(&self.get(&self.agent, path).await, "get", path), mapping);
        let headers = [("cookie", self.agent.as_str()), ("content-type", "application/octet-stream")];
        let path = format!("/api/v1/application-batches?registrar_key={}", self.registrar_key);
        let sheet = "项目名称,合作单位,到账\n示例批量,示例公司,3.5\n";
        let filed = send(&self.router, Method::POST, &path, &headers, sheet).await;
        let filed = assert_documented(&filed, "post", "/api/v1/application-batches");
        let draft = self.read(&self.agent, filed["drafts"][0]["id"].as_str().expect("an id")).await;
        assert_eq!(draft["form"]["fields"]["contract_value"], "35000.00");
    }

    async fn approved(&self, form: &Value) -> String {
        let id = self.draft(form).await;
        self.step(&self.agent, &id, json!({ "step": "submit" })).await;
        self.step(&self.officer_a, &id, json!({ "step": "accept" })).await;
        self.step(&self.officer_a, &id, json!({ "step": "first_review" })).await;
        self.step(&self.officer_b, &id, json!({ "step": "approve" })).await;
        id
    }
}

both_backends! {
    async fn a_whole_life_runs_over_the_api_alone(db: Db) {
        let desk = Desk::new(db, Some("示例登记机关")).await;
        let id = desk.draft(&desk.form("示例平台开发服务", TWELVE_MILLION)).await;
        let attached = desk.attach(&id, "a.pdf", PDF).await;
        let text = assert_documented(&attached, "post", &format!("{ONE}/attachments"))["id"].clone();
        desk.step(&desk.agent, &id, json!({ "step": "submit" })).await;
        let reasons = json!(["signature_missing", "incomplete_text"]);
        let returned = json!({ "step": "return", "reason_codes": reasons, "words": "请补盖章页" });
        assert_eq!(desk.step(&desk.officer_a, &id, returned).await["state"], "returned");
        desk.step(&desk.agent, &id, json!({ "step": "submit" })).await;
        let accepted = desk.step(&desk.officer_a, &id, json!({ "step": "accept" })).await;
        assert_eq!(accepted["acceptance_number"], "湘技受〔2026〕1号");
        assert_eq!(accepted["due"]["is_unconfirmed"], true, "the days of the new measures are pending");
        let queue = assert_documented(&desk.get(&desk.officer_a, &format!("{LIST}?states=accepted")).await, "get", LIST);
        assert_eq!((&queue["items"][0]["id"], &queue["items"][0]["due"]), (&json!(id), &accepted["due"]));

        desk.step(&desk.officer_a, &id, json!({ "step": "first_review" })).await;
        let early = desk.post(&desk.officer_b, &id, "steps", &json!({ "step": "approve" })).await;
        assert_problem(&early, StatusCode::UNPROCESSABLE_ENTITY, "registration.expert_opinion.missing");
        desk.step(&desk.officer_b, &id, json!({ "step": "ask_experts" })).await;
        let path = format!("{LIST}/{id}/attachments/{}", text.as_str().expect("an id"));
        let seen = desk.get(&desk.expert, &path).await;
        assert_eq!((seen.status, seen.text.as_bytes()), (StatusCode::OK, PDF));
        assert_eq!(seen.headers["content-type"], "application/pdf");
        assert_eq!(seen.headers["content-disposition"], "attachment");
        let opinion = json!({ "step": "give_expert_opinion", "reason_codes": ["agree"], "words": "技术属实" });
        desk.step(&desk.expert, &id, opinion).await;
        desk.step(&desk.officer_a, &id, json!({ "step": "first_review" })).await;
        let registered = desk.step(&desk.officer_b, &id, json!({ "step": "approve" })).await;
        assert_eq!(registered["state"], "registered");
        assert_eq!(registered["technology_value_fen"], 11_800_000 * YUAN);
        let number = registered["registration_number"].as_str().expect("a number").to_owned();
        let contract = read_json(&desk.get(&desk.province, &format!("/api/v1/contracts/{number}")).await);
        assert_eq!(contract["contract"]["technology_value_fen"], 11_800_000 * YUAN);
        let link = format!("/api/v1/registrations/{}", registered["public_token"].as_str().expect("a token"));
        let public = get_with(&desk.router, &link, &[]).await;
        let public = assert_documented(&public, "get", "/api/v1/registrations/{token}");
        assert_eq!(public["registration_number"], number.as_str());
        assert!(!public.to_string().contains("示例平台"), "nothing of the contract: {public}");

        // Published, then changed: the correction waits for an officer.
        let draft = draft_bulletin(&desk.app, &ACTOR, "2026-11".parse().expect("a period"), GrowthBase::AsKnown).await;
        let signing = Signing { signer: "示例甲".to_owned(), signed_on: date(2026, 11, 23) };
        let bulletin = draft.expect("a draft");
        sign_bulletin(&desk.app, &ACTOR, &log_key(&desk.app), &bulletin, &signing).await.expect("a signature");
        assert!(list_pending_changes(&desk.app, &bulletin).await.expect("corrections").is_empty());
        let wish = json!({ "kind": "change", "words": "补充协议", "form": desk.form("示例平台开发服务", MILLION) });
        let wished = desk.post(&desk.agent, &id, "requests", &wish).await;
        assert_documented(&wished, "post", &format!("{ONE}/requests"));
        let change = json!({ "step": "change", "form": desk.form("示例平台开发服务", MILLION) });
        let changed = desk.step(&desk.officer_a, &id, change).await;
        assert_eq!((&changed["technology_value_fen"], &changed["requests"][0]["outcome"]),
                   (&json!(800_000 * YUAN), &json!("upheld")));
        assert!(!list_pending_changes(&desk.app, &bulletin).await.expect("corrections").is_empty());

        let objection = json!({ "kind": "objection", "words": "价款疑含设备" });
        let raised = desk.post(&desk.finance, &id, "requests", &objection).await;
        let raised = assert_documented(&raised, "post", &format!("{ONE}/requests"));
        let part = format!("requests/{}/answer", raised["id"].as_str().expect("an id"));
        let answer = json!({ "is_upheld": false, "words": "费用清单已核对" });
        let by_officer = desk.post(&desk.officer_a, &id, &part, &answer).await;
        assert_problem(&by_officer, StatusCode::FORBIDDEN, "forbidden");
        let answered = desk.post(&desk.province, &id, &part, &answer).await;
        let answered = assert_documented(&answered, "post", &format!("{ONE}/requests/{{request}}/answer"));
        assert_eq!(answered["is_disputed"], false);
        assert!(answered["form"]["fields"].get("seller_contact").is_none(), "the province needs no telephone");
        let cancelled = desk.step(&desk.officer_a, &id, json!({ "step": "cancel", "words": "合同已解除" })).await;
        assert_eq!(cancelled["state"], "cancelled");
        let contract = read_json(&desk.get(&desk.province, &format!("/api/v1/contracts/{number}")).await);
        assert_eq!(contract["standing"], "withdrawn");
        assert_eq!(desk.read(&desk.auditor, &id).await["steps"].as_array().map(Vec::len), Some(11));

        let other = desk.approved(&desk.form("示例虚构合同", MILLION)).await;
        desk.inspected_and_revoked(&other).await;
        assert_eq!(desk.read(&desk.agent, &other).await["state"], "revoked");
    }
}

both_backends! {
    async fn pre_reviewed_applications_come_back_from_the_national_system(db: Db) {
        let desk = Desk::new(db, None).await;
        let id = desk.approved(&desk.form("示例预审服务", MILLION)).await;
        assert_eq!(desk.read(&desk.agent, &id).await["state"], "pre_reviewed");
        let exported = desk.get(&desk.officer_a, "/api/v1/application-export").await;
        assert_eq!(exported.status, StatusCode::OK);
        let mut lines = exported.text.trim_start_matches('\u{feff}').lines();
        let header = lines.next().expect("a header");
        let at = |name: &str| header.split(',').position(|column| column == name).expect("a column");
        let mut cells: Vec<&str> = lines.next().expect("a row").split(',').collect();
        cells[at("合同登记编号")] = "2026430100999999";
        cells[at("登记日期")] = "2026-11-20";
        let first = cells.join(",");
        // The national system writes the other one's title otherwise: a registrar names its number.
        let other = desk.approved(&desk.form("示例另写服务", MILLION)).await;
        cells[at("合同登记编号")] = "2026430100999998";
        let file = format!("{header}\n{first}\n{}\n", cells.join(",").replace("示例预审服务", "示例另写服务（补）"));
        let headers = [("cookie", desk.province.as_str()), ("content-type", "application/octet-stream")];
        let path = "/api/v1/imports?file_name=a.csv&source=registry";
        let sent = send(&desk.router, Method::POST, path, &headers, file).await;
        assert_eq!(sent.status, StatusCode::CREATED, "{}", sent.text);
        while work_on_next_import(&desk.app, "tests").await.expect("a reading").is_some() {}
        let page = desk.read(&desk.agent, &id).await;
        assert_eq!((&page["state"], &page["registration_number"]), (&json!("registered"), &json!("2026430100999999")));
        assert_eq!(page["certificate_number"], Value::Null);
        assert_eq!(desk.read(&desk.agent, &other).await["state"], "pre_reviewed");
        let named = json!({ "step": "take_national_result", "registration_number": "2026430100999998" });
        let named = desk.post(&desk.officer_a, &other, "steps", &named).await;
        let named = assert_documented(&named, "post", "/api/v1/applications/{id}/steps");
        assert_eq!((&named["state"], &named["registration_number"]), (&json!("registered"), &json!("2026430100999998")));

        // A third one with the same title would be asked about, before anybody decides.
        let third = desk.draft(&desk.form("示例预审服务", MILLION)).await;
        desk.post(&desk.agent, &third, "steps", &json!({ "step": "submit" })).await;
        let path = format!("{LIST}/{third}/screening");
        let questions = desk.get(&desk.officer_a, &path).await;
        let questions = assert_documented(&questions, "get", "/api/v1/applications/{id}/screening");
        let found = questions["items"].as_array().expect("questions").iter();
        let copy = found.clone().find(|one| one["kind"] == "duplicate").unwrap_or_else(|| panic!("{questions}"));
        assert!(copy["evidence"][0]["contracts"].to_string().contains("2026430100999999"), "{copy}");
        assert_problem(&desk.get(&desk.agent, &path).await, StatusCode::FORBIDDEN, "forbidden");
    }
}

both_backends! {
    async fn posts_sent_twice_forged_and_out_of_turn_change_nothing(db: Db) {
        let desk = Desk::new(db, Some("示例登记机关")).await;
        let id = desk.draft(&desk.form("示例重放", MILLION)).await;
        let steps = format!("{LIST}/{id}/steps");
        let submit = json!({ "step": "submit" }).to_string();
        let headers = [
            ("cookie", desk.agent.as_str()),
            ("content-type", "application/json"),
            ("if-match", "\"2\""),
            ("idempotency-key", "submit-1"),
        ];
        let first = send(&desk.router, Method::POST, &steps, &headers, submit.clone()).await;
        let again = send(&desk.router, Method::POST, &steps, &headers, submit.clone()).await;
        assert_eq!((first.status, again.status), (StatusCode::CREATED, StatusCode::CREATED));
        assert_eq!((first.text.as_str(), &again.headers["idempotency-replayed"]), (again.text.as_str(), &"true".parse().expect("a value")));
        let replayed = send(&desk.router, Method::POST, &steps, &headers[..3], submit).await;
        assert_problem(&replayed, StatusCode::PRECONDITION_FAILED, "stale");
        assert!(replayed.text.contains("已提交"), "it says what the application is now: {}", replayed.text);
        let unseen = post_json(&desk.router, &steps, &desk.officer_a, &json!({ "step": "accept" })).await;
        assert_problem(&unseen, StatusCode::PRECONDITION_REQUIRED, "if_match.missing");
        let unknown = desk.post(&desk.officer_a, &id, "steps", &json!({ "step": "approve_all" })).await;
        assert_problem(&unknown, StatusCode::UNPROCESSABLE_ENTITY, "request.body");
        let by_agent = desk.post(&desk.agent, &id, "steps", &json!({ "step": "accept" })).await;
        assert_problem(&by_agent, StatusCode::FORBIDDEN, "forbidden");
        let late = desk.attach(&id, "a.pdf", PDF).await;
        assert_problem(&late, StatusCode::UNPROCESSABLE_ENTITY, "application.not_writable");

        let draft = desk.draft(&desk.form("示例文件", MILLION)).await;
        for (name, bytes, status, code) in [
            ("a.pdf", &b"MZ"[..], StatusCode::UNPROCESSABLE_ENTITY, "attachment.kind"),
            ("a.exe", PDF, StatusCode::UNPROCESSABLE_ENTITY, "attachment.name_lies"),
            ("a.pdf", &vec![b' '; 20 * 1024 * 1024 + 1], StatusCode::PAYLOAD_TOO_LARGE, "upload.too_large"),
        ] {
            assert_problem(&desk.attach(&draft, name, bytes).await, status, code);
        }
        let mut empty = desk.form("示例空表", "");
        empty["fields"]["signed_on"] = json!("昨天");
        let path = format!("{LIST}/{draft}");
        let saved = desk.change(&desk.agent, Method::PUT, &path, "\"2\"", &json!({ "form": empty })).await;
        assert_eq!(read_json(&saved)["form"]["fields"]["signed_on"], "昨天", "kept as typed");
        let refused = desk.post(&desk.agent, &draft, "steps", &json!({ "step": "submit" })).await;
        assert_problem(&refused, StatusCode::UNPROCESSABLE_ENTITY, "application.refused");
        for pointer in ["/form/fields/signed_on", "/form/fields/contract_value"] {
            assert!(refused.text.contains(pointer), "{pointer}: {}", refused.text);
        }
        for stranger in [&desk.officer_a, &desk.province, &desk.finance, &desk.expert] {
            assert_eq!(desk.get(stranger, &path).await.status, StatusCode::NOT_FOUND, "a draft");
        }
        let forged = format!("/api/v1/registrations/{}", "0".repeat(64));
        assert_problem(&get_with(&desk.router, &forged, &[]).await, StatusCode::NOT_FOUND, "not_found");
        let odd = desk.get(&desk.agent, &format!("{LIST}?cursor=zz")).await;
        assert_problem(&odd, StatusCode::BAD_REQUEST, "request.cursor");
        let registrars = desk.get(&desk.agent, "/api/v1/registrars").await;
        assert_documented(&registrars, "get", "/api/v1/registrars");
        desk.files_a_batch().await;
        desk.runs_its_points().await;
    }
}

both_backends! {
    async fn auditors_are_named_for_texts_and_no_longer(db: Db) {
        let desk = Desk::new(db, Some("示例登记机关")).await;
        let head = signed_in(&desk.app, Role::DivisionHead, Scope::Region).await;
        let id = desk.approved(&desk.form("示例平台开发服务", MILLION)).await;
        let (list, described) = (format!("{LIST}/{id}/text-auditors"), format!("{ONE}/text-auditors"));
        let choices = desk.get(&head, "/api/v1/text-auditors").await;
        let choices = assert_documented(&choices, "get", "/api/v1/text-auditors");
        let person = choices["items"][0]["person_id"].clone();
        let unseen = desk.get(&desk.province, "/api/v1/text-auditors").await;
        assert_problem(&unseen, StatusCode::FORBIDDEN, "forbidden");
        let today = desk.app.today().await.expect("a day").to_string();
        let naming = |day: &str| json!({ "person_id": person, "reason": "示例审计项目", "valid_to": day });
        for day in ["2026-02-30", "tomorrow", ""] {
            let bad = post_json(&desk.router, &list, &head, &naming(day)).await;
            assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", bad.text);
        }
        let by_province = post_json(&desk.router, &list, &desk.province, &naming(&today)).await;
        assert_problem(&by_province, StatusCode::FORBIDDEN, "forbidden");
        let named = post_json(&desk.router, &list, &head, &naming(&today)).await;
        let named = assert_documented(&named, "post", &described);
        let shown = assert_documented(&desk.get(&desk.auditor, &list).await, "get", &described);
        assert_eq!((&shown["items"][0]["id"], &shown["items"][0]["holds"]), (&named["id"], &json!(true)));
        assert_problem(&desk.get(&desk.agent, &list).await, StatusCode::FORBIDDEN, "forbidden");
        let end = format!("{list}/{}/end", named["id"].as_str().expect("an id"));
        let ended = post_json(&desk.router, &end, &head, &json!({ "reason": "审计完成" })).await;
        assert_eq!(ended.status, StatusCode::NO_CONTENT, "{}", ended.text);
        let again = post_json(&desk.router, &end, &head, &json!({ "reason": "审计完成" })).await;
        assert_problem(&again, StatusCode::UNPROCESSABLE_ENTITY, "registration.auditor.over");
        let text = desk.get(&desk.auditor, &format!("{LIST}/{id}/attachments/0")).await;
        assert_problem(&text, StatusCode::FORBIDDEN, "registration.text.not_named");
    }
}
