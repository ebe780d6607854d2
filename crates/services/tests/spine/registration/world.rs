//! A desk with its people: two organisations, a registrar with an A/B pair, the province, an expert, finance, an auditor.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use xiaoxiang_domain::access::{Action, Grant, Role, Scope};
use xiaoxiang_domain::contract::application::{ApplicationForm, WrittenCostItem};
use xiaoxiang_domain::contract::procedure::{ApplicationState, InspectionAct, Step};
use xiaoxiang_services::access::{NewGrant, NewPerson, create_person, grant_role};
use xiaoxiang_services::contract::{WrittenValue, check_contract, record_contract};
use xiaoxiang_services::region::import_region;
use xiaoxiang_services::registration::inspection::{
    ActDone, ActRequest, open_inspection, read_inspection, take_act,
};
use xiaoxiang_services::registration::{
    AttachmentKind, SavedForm, StepDone, StepRequest, begin_text, list_registrars, read_application,
    save_application, start_application, take_step,
};
use xiaoxiang_services::{Actor, App, Clock, Refusal};
use xiaoxiang_store::Db;

use crate::support::{ACTOR, layers};

pub const SELLER: &str = "示例大学";
pub const BUYER: &str = "示例公司";
pub const REGISTRAR: &str = "示例登记处";
pub const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n%%EOF\n";

/// Who registers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Own,
    PreReview,
}

pub struct World {
    pub app: App,
    now: Arc<AtomicI64>,
    pub agent: Actor,
    pub officer_a: Actor,
    pub officer_b: Actor,
    pub province: Actor,
    pub expert: Actor,
    pub finance: Actor,
    pub auditor: Actor,
    pub registrar_key: i64,
    pub seller_key: i64,
    pub buyer_key: i64,
}

impl World {
    pub async fn new(db: Db, mode: Mode) -> Self {
        let now = Arc::new(AtomicI64::new(instant(date(2026, 11, 23), 9)));
        let held = Arc::clone(&now);
        let clock = Clock::new(move || {
            jiff::Timestamp::from_millisecond(held.load(Ordering::SeqCst)).expect("an instant")
        });
        let app = App::new(db, clock);
        import_region(&app, &ACTOR, &region_layers(mode)).await.unwrap();
        record_contract(&app, &ACTOR, xiaoxiang_domain::fact::Source::Registry, first_contract(&app).await)
            .await
            .unwrap();
        let registrar_key = list_registrars(&app, &ACTOR).await.unwrap()[0].key;
        let (seller_key, buyer_key) = (key_of(&app, SELLER).await, key_of(&app, BUYER).await);
        let office = Scope::Registrar(registrar_key);
        Self {
            agent: enter(&app, Role::TransferOffice, Scope::Organisation(seller_key)).await,
            officer_a: enter(&app, Role::Registrar, office).await,
            officer_b: enter(&app, Role::Registrar, office).await,
            province: enter(&app, Role::Statistician, Scope::Region).await,
            expert: enter(&app, Role::Expert, Scope::Region).await,
            finance: enter(&app, Role::Finance, Scope::Region).await,
            auditor: enter(&app, Role::Auditor, Scope::Region).await,
            app,
            now,
            registrar_key,
            seller_key,
            buyer_key,
        }
    }

    /// Lets it be an hour of a day in UTC.
    pub fn let_it_be(&self, day: Date, hour: i8) {
        self.now.store(instant(day, hour), Ordering::SeqCst);
    }

    pub async fn draft(&self, form: &ApplicationForm) -> String {
        let id = start_application(&self.app, &self.agent, self.registrar_key).await.unwrap();
        let saved = SavedForm { revision: 1, registrar_key: None, form: form.clone() };
        assert_eq!(save_application(&self.app, &self.agent, &id, &saved).await.unwrap(), 2);
        id
    }

    pub async fn attach(&self, id: &str, name: &str, bytes: &[u8]) -> Result<String, Refusal> {
        let mut text = begin_text(&self.app, &self.agent, id, AttachmentKind::ContractText, name).await?;
        for part in bytes.chunks(700_000) {
            text.push(&self.app, part).await?;
        }
        Ok(text.finish(&self.app, &self.agent).await?.attachment_id)
    }

    pub async fn revision(&self, id: &str) -> i64 {
        read_application(&self.app, &ACTOR, id).await.unwrap().row.revision
    }

    pub async fn state(&self, id: &str) -> ApplicationState {
        read_application(&self.app, &ACTOR, id).await.unwrap().state
    }

    /// Takes a step as the application stands now.
    pub async fn step(&self, actor: &Actor, id: &str, step: Step) -> Result<StepDone, Refusal> {
        self.ask(actor, id, StepRequest::plain(step, 0)).await
    }

    pub async fn with_reason(
        &self,
        actor: &Actor,
        id: &str,
        step: Step,
        code: &str,
    ) -> Result<StepDone, Refusal> {
        let request = StepRequest::plain(step, 0);
        let words = "示例说明".to_owned();
        let reason_codes = if code.is_empty() { Vec::new() } else { vec![code.to_owned()] };
        self.ask(actor, id, StepRequest { reason_codes, words, ..request }).await
    }

    /// Does an act of an inspection over the revision as it is.
    pub async fn act(
        &self,
        actor: &Actor,
        id: &str,
        act: InspectionAct,
        grounds: &[&str],
    ) -> Result<ActDone, Refusal> {
        let revision = read_inspection(&self.app, actor, id).await?.summary.row.revision;
        let ground_codes = grounds.iter().map(ToString::to_string).collect();
        let request = ActRequest { act, revision, ground_codes, words: "示例情况".to_owned() };
        take_act(&self.app, actor, id, &request).await
    }

    /// The whole procedure up to a revocation; gives the inspection.
    pub async fn revoked(&self, application: &str, ground: &str) -> String {
        let id = open_inspection(&self.app, &self.province, application, "示例线索").await.unwrap();
        for (actor, act, grounds) in [
            (&self.province, InspectionAct::Notice, &[][..]),
            (&self.agent, InspectionAct::TakeEvidence, &[]),
            (&self.province, InspectionAct::OfferHearing, &[ground]),
            (&self.agent, InspectionAct::StateCase, &[]),
            (&self.province, InspectionAct::Revoke, &[ground]),
        ] {
            self.act(actor, &id, act, grounds).await.unwrap();
        }
        id
    }

    pub async fn ask(&self, actor: &Actor, id: &str, request: StepRequest) -> Result<StepDone, Refusal> {
        let revision = self.revision(id).await;
        take_step(&self.app, actor, id, &StepRequest { revision, ..request }).await
    }

    /// Hands a form in and has it accepted.
    pub async fn accepted(&self, form: &ApplicationForm) -> String {
        let id = self.draft(form).await;
        self.step(&self.agent, &id, Step::Submit).await.unwrap();
        self.step(&self.officer_a, &id, Step::Accept).await.unwrap();
        id
    }

    /// Hands a form in and has it reviewed twice.
    pub async fn approved(&self, form: &ApplicationForm) -> String {
        let id = self.accepted(form).await;
        self.step(&self.officer_a, &id, Step::FirstReview).await.unwrap();
        self.step(&self.officer_b, &id, Step::Approve).await.unwrap();
        id
    }
}

/// Somebody with one role.
pub async fn enter(app: &App, role: Role, scope: Scope) -> Actor {
    let name = format!("{}-{}", role.code().replace('_', "-"), app.new_id().unwrap());
    let person = NewPerson {
        sign_in_name: name,
        name: format!("示例{}", role.label()),
        password_hash: None,
        must_change_password: false,
    };
    let person_id = create_person(app, &ACTOR, &person).await.unwrap();
    let grant = Grant { role, scope, valid_from: date(2026, 1, 1), valid_to: None };
    let new = NewGrant { grant, basis: "示例授权".to_owned() };
    grant_role(app, &ACTOR, &person_id, &new).await.unwrap();
    let actor = Actor::person(&person_id, role, scope);
    assert!(actor.may(Action::Work));
    actor
}

/// Gives somebody who is there one more role.
pub async fn also(app: &App, actor: &Actor, role: Role, scope: Scope) {
    let grant = Grant { role, scope, valid_from: date(2026, 1, 1), valid_to: None };
    let new = NewGrant { grant, basis: "示例授权".to_owned() };
    grant_role(app, &ACTOR, actor.person_id().unwrap(), &new).await.unwrap();
}

/// A form that can be handed in: a service of a university at so many yuan.
pub fn form(project: &str, yuan: i64) -> ApplicationForm {
    let mut form = ApplicationForm::default();
    for (key, text) in [
        ("project_name", project),
        ("signed_on", "2026-11-02"),
        ("valid_from", "2026-11-02"),
        ("valid_to", "2027-12-31"),
        ("contract_type", "技术开发"),
        ("field", "电子信息"),
        ("ip", "未涉及知识产权"),
        ("payment_mode", "分期支付"),
        ("related_party", "否"),
        ("seller_name", SELLER),
        ("seller_division", "430104"),
        ("seller_kind", "高等院校"),
        ("seller_contact", "示例联系人"),
        ("seller_telephone", "0731-0000000"),
        ("buyer_name", BUYER),
        ("buyer_division", "430204"),
        ("buyer_kind", "企业法人"),
    ] {
        form.fields.insert(key.to_owned(), text.to_owned());
    }
    form.fields.insert("contract_value".to_owned(), yuan.to_string());
    form.undertaking.holds_no_secrets = true;
    form.undertaking.confidentiality_reviewer = "示例保密员".to_owned();
    form.decision.level = "科技处".to_owned();
    form.decision.minutes_number = "示例纪要〔2026〕1号".to_owned();
    form.decision.has_completers_authority = true;
    form
}

/// The same with equipment bought for the work.
pub fn with_purchase(form: &ApplicationForm, yuan: i64) -> ApplicationForm {
    let mut form = form.clone();
    form.cost_items = vec![purchase(yuan)];
    form
}

pub fn purchase(yuan: i64) -> WrittenCostItem {
    WrittenCostItem {
        name: "服务器".to_owned(),
        kind: "equipment".to_owned(),
        role: "purchase".to_owned(),
        sets: String::new(),
        amount: yuan.to_string(),
    }
}

fn instant(day: Date, hour: i8) -> i64 {
    day.at(hour, 0, 0, 0).to_zoned(TimeZone::UTC).unwrap().timestamp().as_millisecond()
}

/// The shipped data with the calendar of 2026 alone, so that 2027 has none.
fn region_layers(mode: Mode) -> Vec<xiaoxiang_domain::region::RegionLayer> {
    let mut layers = layers();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../regions/china/calendar/2026.yaml");
    let calendar = std::fs::read_to_string(root).unwrap();
    layers[0].files.insert("calendar/2026.yaml".to_owned(), calendar);
    if mode == Mode::Own {
        let head = layers[1].files.get_mut("region.yaml").unwrap();
        head.push_str("registration_authority: 示例登记机关\n");
    }
    layers
}

async fn first_contract(app: &App) -> xiaoxiang_domain::contract::Contract {
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
    check_contract(app, written).await.unwrap().unwrap().contract
}

async fn key_of(app: &App, name: &str) -> i64 {
    let mut tx = app.db.read().await.unwrap();
    xiaoxiang_store::organisation::find_by_code_or_name(&mut tx, name).await.unwrap()[0]
}
