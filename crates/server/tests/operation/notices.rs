//! Notices on their way out: e-mail and calls at least once under one id, whatever fails, hangs or is struck.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use jiff::civil::date;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use xiaoxiang_domain::access::{Grant, Role, Scope};
use xiaoxiang_domain::notice::{Channel, DeliveryFailure, DeliveryState, NoticeKind};
use xiaoxiang_server::clock::system_clock;
use xiaoxiang_server::configuration::{Configuration, MailSecurity};
use xiaoxiang_server::notice_worker::deliver_next;
use xiaoxiang_server::outbound::Couriers;
use xiaoxiang_services::access::{NewGrant, NewPerson, create_person, grant_role};
use xiaoxiang_services::notice::{
    ChannelSetting, DeliveryView, NewWebhook, list_deliveries, list_notices, save_channel, spread_next,
    subscribe_webhook, test_webhook,
};
use xiaoxiang_services::{Actor, App, Clock};
use xiaoxiang_store::testing::TestDb;
use xiaoxiang_store::{Db, both_backends};

use crate::sinks::{Call, Mail, Sink, Turn};
use crate::support::Place;

const ORIGIN: &str = "https://kj.example.gov.cn";
const MINUTE_MS: i64 = 60_000;
/// A debug build on a busy machine, with the time of a struck node's lease.
const SENT_WITHIN: Duration = Duration::from_secs(90);
/// As a shared program would be given it.
const GATEWAY_SECRET: &str = "gateway-secret-2026";

/// A node in this process whose clock the test moves.
struct Node {
    app: App,
    now_ms: Arc<AtomicI64>,
}

impl Node {
    fn on(db: Db) -> Self {
        let now_ms = Arc::new(AtomicI64::new(1_795_400_000_000));
        let own = Arc::clone(&now_ms);
        let clock =
            Clock::new(move || Timestamp::from_millisecond(own.load(Ordering::SeqCst)).expect("an instant"));
        Self { app: App::new(db, clock), now_ms }
    }

    fn wait(&self, ms: i64) {
        self.now_ms.fetch_add(ms, Ordering::SeqCst);
    }

    fn couriers(&self, configuration: &Configuration) -> Couriers {
        Couriers::of(configuration, &self.app.clock).expect("a configuration")
    }

    /// Spreads all that is queued and tries what is due of a channel once each.
    async fn carry_all(&self, couriers: &Couriers, channel: Channel) -> usize {
        while spread_next(&self.app, &couriers.offered()).await.unwrap() {}
        let mut tried = 0;
        while deliver_next(&self.app, "node", couriers, channel).await.unwrap() {
            tried += 1;
        }
        tried
    }

    async fn deliveries(&self) -> Vec<DeliveryView> {
        let administrator = Actor::person("administrator", Role::Administrator, Scope::Region);
        list_deliveries(&self.app, &administrator).await.unwrap()
    }
}

fn mailing(sink: &Sink<Mail>) -> Configuration {
    let mut configuration =
        Configuration { public_origin: Some(ORIGIN.to_owned()), ..Configuration::default() };
    configuration.mail.server = Some("127.0.0.1".to_owned());
    configuration.mail.port = Some(sink.address.port());
    configuration.mail.security = MailSecurity::None;
    configuration.mail.from = Some("notices@kj.example.gov.cn".to_owned());
    configuration.mail.timeout_seconds = 2;
    configuration
}

fn calling(networks: &str) -> Configuration {
    let mut configuration =
        Configuration { public_origin: Some(ORIGIN.to_owned()), ..Configuration::default() };
    configuration.webhooks.allowed_networks = serde_json::from_str(networks).unwrap();
    configuration.webhooks.timeout_seconds = 1;
    configuration
}

/// Somebody with hostile names who is told by a channel, and is granted a role: one notice.
async fn tell_somebody(app: &App, number: usize, channel: Channel, address: &str) -> String {
    let actor = Actor::operator("tests");
    let person = NewPerson {
        sign_in_name: format!("reader-{number}"),
        name: "示例\"<script>alert(1)</script>".to_owned(),
        password_hash: None,
        must_change_password: false,
    };
    let person_id = create_person(app, &actor, &person).await.unwrap();
    let setting = ChannelSetting { channel, address: address.to_owned(), is_on: true };
    save_channel(app, &Actor::person(&person_id, Role::Expert, Scope::Region), &setting).await.unwrap();
    grant(app, &person_id).await;
    person_id
}

async fn grant(app: &App, person_id: &str) {
    let grant =
        Grant { role: Role::Leader, scope: Scope::Region, valid_from: date(2026, 1, 1), valid_to: None };
    let basis = "<b>示例</b>\r\nBcc: other@example.org".to_owned();
    grant_role(app, &Actor::operator("tests"), person_id, &NewGrant { grant, basis }).await.unwrap();
}

/// HMAC-SHA256 by its definition (RFC 2104), for the signature to be held against.
fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut block = [0_u8; 64];
    block[..key.len()].copy_from_slice(key);
    let pad = |byte: u8| block.map(|own| own ^ byte);
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(message).finalize();
    Sha256::new().chain_update(pad(0x5c)).chain_update(inner).finalize().to_vec()
}

/// Checks a call as its receiver would.
fn assert_signed(call: &Call, key: &[u8], now_ms: i64) {
    let [id, at, signature] =
        ["webhook-id", "webhook-timestamp", "webhook-signature"].map(|name| call.header(name));
    let expected = hmac(key, format!("{id}.{at}.{}", call.body).as_bytes());
    assert_eq!(signature, format!("v1,{}", BASE64_STANDARD.encode(expected)));
    assert_eq!(at.parse(), Ok(now_ms / 1_000));
}

both_backends! {
    async fn an_e_mail_that_fails_or_hangs_comes_again_under_the_same_id(db: Db) {
        let (node, sink) = (Node::on(db), Sink::of_mail().await);
        let couriers = node.couriers(&mailing(&sink));
        let reader = tell_somebody(&node.app, 1, Channel::Mail, "zhang.san@kj.example.gov.cn").await;
        assert!(sink.kept().is_empty(), "nothing leaves before the node takes it up");
        sink.expect(&[Turn::Refuse("451 later"), Turn::Hang, Turn::KeepAndHang, Turn::Take]);
        let failures = [
            Some(DeliveryFailure::Smtp(451)),
            Some(DeliveryFailure::Timeout),
            Some(DeliveryFailure::Timeout),
            None,
        ];
        for failure in failures {
            assert_eq!(node.carry_all(&couriers, Channel::Mail).await, 1);
            let shown = node.deliveries().await.remove(0);
            assert_eq!(shown.failure, failure);
            assert_eq!(node.carry_all(&couriers, Channel::Mail).await, 0, "it waits its time");
            node.wait(60 * MINUTE_MS);
        }
        assert_eq!(node.deliveries().await[0].state, DeliveryState::Delivered);
        let kept = sink.kept();
        assert_eq!(kept.len(), 2, "once without a yes, once with it");
        assert_eq!(kept[0].text, kept[1].text, "the same message, so that receivers know it again");
        let mail = &kept[1];
        assert_eq!(mail.to, ["RCPT TO:<zhang.san@kj.example.gov.cn>"]);
        assert_eq!(mail.from, "MAIL FROM:<notices@kj.example.gov.cn>");
        assert!(mail.id().ends_with("@kj.example.gov.cn>"), "{}", mail.id());
        assert_eq!(mail.header("Bcc"), None);
        assert!(mail.header("Content-Type").unwrap().starts_with("text/plain"));
        let (_, body) = mail.text.split_once("\r\n\r\n").unwrap();
        let body = String::from_utf8(BASE64_STANDARD.decode(body.replace(['\r', '\n', '.'], "")).unwrap()).unwrap();
        assert!(body.contains("您在本平台获得了新的角色。") && body.contains(&format!("{ORIGIN}/account")), "{body}");
        for personal in ["示例", "script", "reader-1", "分管领导", "zhang"] {
            assert!(!body.contains(personal), "no name and no contents leave: {body}");
        }
        let inbox = list_notices(&node.app, &Actor::person(&reader, Role::Leader, Scope::Region), None).await.unwrap();
        assert_eq!(inbox.notices.len(), 1, "the inbox has it once");
    }

    async fn a_mailbox_that_is_none_is_given_up_and_a_server_without_tls_hears_nothing(db: Db) {
        let (node, sink) = (Node::on(db), Sink::of_mail().await);
        tell_somebody(&node.app, 1, Channel::Mail, "gone@kj.example.gov.cn").await;
        let mut by_tls = mailing(&sink);
        by_tls.mail.security = MailSecurity::Starttls;
        assert_eq!(node.carry_all(&node.couriers(&by_tls), Channel::Mail).await, 1);
        assert!(sink.kept().is_empty(), "nothing is said in clear where TLS is wanted");
        assert_eq!(node.deliveries().await[0].state, DeliveryState::Waiting);
        node.wait(60 * MINUTE_MS);
        sink.expect(&[Turn::Refuse("550 no such mailbox")]);
        assert_eq!(node.carry_all(&node.couriers(&mailing(&sink)), Channel::Mail).await, 1);
        let shown = node.deliveries().await.remove(0);
        assert_eq!((shown.state, shown.failure), (DeliveryState::GivenUp, Some(DeliveryFailure::Smtp(550))));
    }

    async fn a_program_is_called_with_a_signature_that_it_can_check(db: Db) {
        let (node, sink) = (Node::on(db), Sink::of_calls().await);
        let administrator = Actor::person("administrator", Role::Administrator, Scope::Region);
        let new = NewWebhook {
            label: "<img src=x>".to_owned(),
            url: format!("http://{}/in?a=1", sink.address),
            kinds: vec![NoticeKind::RoleGranted],
        };
        let made = subscribe_webhook(&node.app, &administrator, &new).await.unwrap();
        let key = BASE64_STANDARD.decode(made.secret.strip_prefix("whsec_").unwrap()).unwrap();
        assert_eq!(key.len(), 32);
        let reader = tell_somebody(&node.app, 1, Channel::Mail, "zhang.san@kj.example.gov.cn").await;
        // Unless the operator allows it, nothing inside is called.
        let outside_only = node.couriers(&calling("[]"));
        assert_eq!(node.carry_all(&outside_only, Channel::Webhook).await, 1);
        assert_eq!(node.deliveries().await[0].failure, Some(DeliveryFailure::AddressRefused));
        assert!(sink.kept().is_empty());

        let couriers = node.couriers(&calling(r#"["127.0.0.0/8"]"#));
        sink.expect(&[Turn::Refuse("500 Oops"), Turn::Refuse("302 Found"), Turn::Hang, Turn::Take]);
        let failures = [
            Some(DeliveryFailure::Http(500)),
            Some(DeliveryFailure::Http(302)),
            Some(DeliveryFailure::Timeout),
            None,
        ];
        for (round, failure) in failures.into_iter().enumerate() {
            node.wait(6 * 60 * MINUTE_MS);
            assert_eq!(node.carry_all(&couriers, Channel::Webhook).await, 1);
            assert_eq!(node.deliveries().await[0].failure, failure);
            let kept = sink.kept();
            assert_eq!(kept.len(), round + 1, "a redirect is not followed");
            assert_signed(&kept[round], &key, node.app.clock.now_ms());
        }
        let kept = sink.kept();
        let ids: BTreeSet<String> = kept.iter().map(|call| call.header("webhook-id")).collect();
        assert_eq!(ids.len(), 1, "the same id each time");
        assert!(kept[0].head.starts_with("POST /in?a=1 HTTP/1.1\r\n"), "{}", kept[0].head);
        let body: Value = serde_json::from_str(&kept[3].body).unwrap();
        assert_eq!(body["type"], "role_granted");
        assert_eq!(body["data"]["link"], format!("{ORIGIN}/account"));
        assert!(!kept[3].body.contains(&reader) && !kept[3].body.contains("script"), "{body}");

        test_webhook(&node.app, &administrator, &made.webhook_id).await.unwrap();
        assert_eq!(node.carry_all(&couriers, Channel::Webhook).await, 1);
        let body: Value = serde_json::from_str(&sink.kept()[4].body).unwrap();
        assert_eq!(body["type"], "test");
    }

    async fn a_gateway_is_called_with_number_text_and_signature(db: Db) {
        let (node, sink) = (Node::on(db), Sink::of_calls().await);
        let mut configuration =
            Configuration { public_origin: Some(ORIGIN.to_owned()), ..Configuration::default() };
        configuration.sms.url = Some(format!("http://{}/send", sink.address));
        configuration.sms.secret = Some(GATEWAY_SECRET.to_owned().into());
        let couriers = node.couriers(&configuration);
        assert_eq!(couriers.offered(), [Channel::Sms, Channel::Webhook]);
        assert!(!format!("{couriers:?}").contains(GATEWAY_SECRET));
        tell_somebody(&node.app, 1, Channel::Sms, "13800000000").await;
        tell_somebody(&node.app, 2, Channel::WorkWechat, "lisi").await;
        assert_eq!(node.carry_all(&couriers, Channel::Sms).await, 1);
        assert_eq!(node.deliveries().await.len(), 1, "what leads nowhere is not queued");
        let call = sink.kept().remove(0);
        assert_signed(&call, GATEWAY_SECRET.as_bytes(), node.app.clock.now_ms());
        let body: Value = serde_json::from_str(&call.body).unwrap();
        assert_eq!(body["id"], call.header("webhook-id"));
        assert_eq!((&body["channel"], &body["to"]), (&"sms".into(), &"13800000000".into()));
        assert_eq!(body["text"], "您在本平台获得了新的角色。");
    }
}

fn variables(sink: &Sink<Mail>) -> Vec<(&'static str, String)> {
    vec![
        ("XIAOXIANG_PUBLIC_ORIGIN", ORIGIN.to_owned()),
        ("XIAOXIANG_MAIL_SERVER", "127.0.0.1".to_owned()),
        ("XIAOXIANG_MAIL_PORT", sink.address.port().to_string()),
        ("XIAOXIANG_MAIL_SECURITY", "none".to_owned()),
        ("XIAOXIANG_MAIL_FROM", "notices@kj.example.gov.cn".to_owned()),
        ("XIAOXIANG_MAIL_TIMEOUT_SECONDS", "2".to_owned()),
    ]
}

fn borrowed<'a>(variables: &'a [(&'static str, String)]) -> Vec<(&'static str, &'a str)> {
    variables.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

async fn queue_for(address: &str, readers: usize) {
    let db = Db::connect(address).await.unwrap();
    let app = App::new(db.clone(), system_clock());
    for number in 0..readers {
        tell_somebody(&app, number, Channel::Mail, &format!("r{number}@kj.example.gov.cn")).await;
    }
    db.close().await;
}

/// Readers of a struck node; the blow falls on the message of this number.
const READERS: usize = 6;
const STRUCK_AT: usize = 3;

fn a_blow_repeats_the_message_under_way_at_most(place: &Place) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let sink = runtime.block_on(Sink::of_mail());
    runtime.block_on(queue_for(&place.address, READERS));
    let variables = variables(&sink);
    sink.expect(&[Turn::Take, Turn::Take, Turn::KeepAndHang]);
    let server = place.serve(&borrowed(&variables));
    runtime.block_on(sink.wait_for(STRUCK_AT, SENT_WITHIN));
    server.kill();
    assert_eq!(sink.kept().len(), STRUCK_AT);

    let server = place.serve(&borrowed(&variables));
    runtime.block_on(sink.wait_for(READERS + 1, SENT_WITHIN));
    // Time for whatever would come too often.
    std::thread::sleep(Duration::from_secs(2));
    server.stop();
    let kept = sink.kept();
    let ids: BTreeSet<String> = kept.iter().map(Mail::id).collect();
    assert_eq!(ids.len(), READERS, "everybody is told");
    assert_eq!(kept.len(), READERS + 1, "and only the one under way twice");
    let repeated = &kept[STRUCK_AT - 1];
    assert_eq!(kept.iter().filter(|mail| mail.id() == repeated.id()).count(), 2);
}

#[test]
fn on_sqlite_a_blow_repeats_the_message_under_way_at_most() {
    let place = Place::sqlite();
    place.import_region();
    a_blow_repeats_the_message_under_way_at_most(&place);
}

#[test]
fn on_postgres_a_blow_repeats_the_message_under_way_at_most() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let made = runtime.block_on(TestDb::empty_postgres());
    let place = Place::at(&made.address);
    place.import_region();
    a_blow_repeats_the_message_under_way_at_most(&place);
    runtime.block_on(made.end());
}

#[test]
fn two_nodes_send_each_message_once() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let made = runtime.block_on(TestDb::empty_postgres());
    let place = Place::at(&made.address);
    place.import_region();
    let sink = runtime.block_on(Sink::of_mail());
    let variables = variables(&sink);
    let servers = [place.serve(&borrowed(&variables)), place.serve(&borrowed(&variables))];
    runtime.block_on(queue_for(&place.address, 2 * READERS));
    runtime.block_on(sink.wait_for(2 * READERS, SENT_WITHIN));
    std::thread::sleep(Duration::from_secs(3));
    for server in servers {
        server.stop();
    }
    let ids: BTreeSet<String> = sink.kept().iter().map(Mail::id).collect();
    assert_eq!((ids.len(), sink.kept().len()), (2 * READERS, 2 * READERS));
    runtime.block_on(made.end());
}

/// What a doctor says of a mail server, and of deliveries that were given up.
#[test]
fn the_doctor_asks_the_mail_server() {
    let place = Place::sqlite();
    place.import_region();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let sink = runtime.block_on(Sink::of_mail());
    let said = |sink: &Sink<Mail>| {
        let variables = variables(sink);
        let mut command = place.command(&["doctor", "--format", "json"]);
        let output = command.envs(borrowed(&variables)).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let found = |text: &str, check: &str| {
        let said: Value = serde_json::from_str(text).unwrap();
        let checks = said["checks"].as_array().unwrap().clone();
        checks.into_iter().find(|line| line["check"] == check).unwrap_or_else(|| panic!("{check}: {text}"))
    };
    let text = said(&sink);
    assert_eq!(found(&text, "mail server")["result"], "ok");
    assert_eq!(found(&text, "deliveries given up")["result"], "ok");
    sink.expect(&[Turn::Hang]);
    assert_eq!(found(&said(&sink), "mail server")["result"], "warning");
}
