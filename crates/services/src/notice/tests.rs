//! Inboxes and deliveries under random histories, repeats, roll-backs and several nodes.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use jiff::civil::date;
use jiff::tz::TimeZone;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};
use serde_json::json;
use xiaoxiang_domain::access::{Role, Scope};
use xiaoxiang_domain::notice::{
    ATTEMPTS_MAX, Channel, DeliveryFailure, DeliveryState, NamedValue, Notice, NoticeKind, Whom,
    delay_after_ms,
};
use xiaoxiang_store::job;
use xiaoxiang_store::{Db, NewEntry, WriteTx, both_backends};

use super::*;
use crate::access::{NewPerson, create_person};
use crate::{Actor, App, Clock, Refusal};

const LEASE_MS: i64 = 30_000;
/// Changes of one random history.
const STEPS: usize = 60;
const PEOPLE: usize = 4;

fn app_on(db: Db) -> App {
    let now = date(2026, 11, 23).at(9, 0, 0, 0).to_zoned(TimeZone::UTC).unwrap().timestamp();
    App::new(db, Clock::new(move || now))
}

fn later(app: &App, ms: i64) -> App {
    let then = app.clock.now() + SignedDuration::from_millis(ms);
    App::new(app.db.clone(), Clock::new(move || then))
}

fn operator() -> Actor {
    Actor::operator("tests")
}

fn reader(person_id: &str) -> Actor {
    Actor::person(person_id, Role::Statistician, Scope::Region)
}

fn administrator() -> Actor {
    Actor::person("administrator", Role::Administrator, Scope::Region)
}

async fn enter(app: &App, name: &str) -> String {
    let person = NewPerson {
        sign_in_name: name.to_owned(),
        name: "示例<b>人员</b>".to_owned(),
        password_hash: None,
        must_change_password: false,
    };
    create_person(app, &operator(), &person).await.unwrap()
}

async fn mail_to(app: &App, person_id: &str) {
    let address = format!("p{}@mail.example.org", &person_id[..8]);
    let setting = ChannelSetting { channel: Channel::Mail, address, is_on: true };
    save_channel(app, &reader(person_id), &setting).await.unwrap();
}

fn file_notice(record: &str) -> Notice {
    Notice {
        kind: NoticeKind::ImportFinished,
        subject: record.to_owned(),
        values: vec![NamedValue::same("file", "<script>登记</script>.xlsx")],
        path: "/imports".to_owned(),
    }
}

async fn tell(app: &App, tx: &mut WriteTx, record: &str, people: &[String]) {
    let whom: Vec<Whom> = people.iter().cloned().map(Whom::Person).collect();
    notify(app, tx, Occasion::Once { record, author: None }, &file_notice(record), &whom).await.unwrap();
}

async fn tell_committed(app: &App, record: &str, people: &[String]) {
    let mut tx = app.db.begin(app.clock.now_ms()).await.unwrap();
    tell(app, &mut tx, record, people).await;
    tx.keep_unlogged().await.unwrap();
}

async fn inbox(app: &App, person_id: &str) -> Vec<NoticeView> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = list_notices(app, &reader(person_id), after.as_deref()).await.unwrap();
        all.extend(page.notices);
        match page.next {
            Some(next) => after = Some(next),
            None => return all,
        }
    }
}

async fn spread_all(app: &App) {
    while spread_next(app, &[Channel::Mail]).await.unwrap() {}
}

async fn random_history(app: &App, seed: u64) {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut draw = |below: usize| usize::try_from(random.next_u32()).unwrap() % below;
    let mut people = Vec::new();
    for number in 0..PEOPLE {
        people.push(enter(app, &format!("p{seed}-{number}")).await);
    }
    // Half of them are reached by e-mail.
    for person_id in people.iter().step_by(2) {
        mail_to(app, person_id).await;
    }
    let mut meant: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut told: BTreeSet<String> = BTreeSet::new();
    for _ in 0..STEPS {
        let record = format!("import_run:{seed}-{}", draw(STEPS / 2));
        // Named twice, in any order.
        let named: Vec<String> = (0..draw(2 * PEOPLE)).map(|_| people[draw(PEOPLE)].clone()).collect();
        let mut tx = app.db.begin(app.clock.now_ms()).await.unwrap();
        tell(app, &mut tx, &record, &named).await;
        match draw(4) {
            // The decision is not taken.
            0 => drop(tx),
            outcome => {
                if outcome == 1 {
                    // Told again within the same decision.
                    tell(app, &mut tx, &record, &named).await;
                }
                let entry = NewEntry { kind: "test.decided", subject: record.clone(), payload: json!({}) };
                tx.commit("tests", [entry], []).await.unwrap();
                if told.insert(record.clone()) {
                    for person_id in named {
                        meant.entry(person_id).or_default().insert(record.clone());
                    }
                }
            }
        }
        if draw(3) == 0 {
            spread_next(app, &[Channel::Mail]).await.unwrap();
        }
    }
    for person_id in &people {
        let meant = meant.remove(person_id).unwrap_or_default();
        assert_eq!(inbox(app, person_id).await.len(), meant.len(), "seed {seed}");
    }
    spread_all(app).await;
    let mut sent = BTreeSet::new();
    while let Some(parcel) = take_delivery(app, "n", Channel::Mail, LEASE_MS).await.unwrap() {
        assert!(sent.insert(parcel.delivery_id.clone()), "once a delivery");
        keep_outcome(app, "n", &parcel, Ok(())).await.unwrap();
    }
    let mut expected = 0;
    for person_id in people.iter().step_by(2) {
        expected += inbox(app, person_id).await.len();
    }
    assert_eq!(sent.len(), expected, "seed {seed}: one e-mail for each line of those who want it");
}

both_backends! {
    async fn an_inbox_holds_each_notice_once_whatever_happens(db: Db) {
        let app = app_on(db);
        for seed in 0..3 {
            random_history(&app, seed).await;
        }
    }

    async fn a_decision_that_is_rolled_back_tells_nobody(db: Db) {
        let app = app_on(db);
        let person = enter(&app, "rolled-back").await;
        mail_to(&app, &person).await;
        let mut tx = app.db.begin(app.clock.now_ms()).await.unwrap();
        tell(&app, &mut tx, "import_run:1", std::slice::from_ref(&person)).await;
        drop(tx);
        assert!(inbox(&app, &person).await.is_empty());
        assert!(!spread_next(&app, &[Channel::Mail]).await.unwrap(), "no job is left");
        assert_eq!(take_delivery(&app, "n", Channel::Mail, LEASE_MS).await.unwrap(), None);
        // The same, taken this time, is no repeat.
        tell_committed(&app, "import_run:1", std::slice::from_ref(&person)).await;
        assert_eq!(inbox(&app, &person).await.len(), 1);
    }

    async fn a_decision_is_told_to_others_and_not_to_whoever_took_it(db: Db) {
        let app = app_on(db);
        let [author, other] = [enter(&app, "author").await, enter(&app, "other").await];
        let actor = reader(&author);
        for _ in 0..2 {
            let mut tx = app.db.begin(app.clock.now_ms()).await.unwrap();
            let whom = [Whom::Person(author.clone()), Whom::Person(other.clone())];
            notify(&app, &mut tx, Occasion::Decision(&actor), &file_notice("x:1"), &whom).await.unwrap();
            let entry = NewEntry { kind: "test.decided", subject: "x:1".to_owned(), payload: json!({}) };
            tx.commit(actor.log_name(), [entry], []).await.unwrap();
        }
        assert!(inbox(&app, &author).await.is_empty());
        assert_eq!(inbox(&app, &other).await.len(), 2, "two decisions on one record are two notices");
    }

    async fn a_job_that_comes_twice_queues_once(db: Db) {
        let app = app_on(db);
        let person = enter(&app, "twice").await;
        mail_to(&app, &person).await;
        tell_committed(&app, "import_run:1", std::slice::from_ref(&person)).await;
        let mut tx = app.db.read().await.unwrap();
        let job = job::list_open(&mut tx).await.unwrap().remove(0);
        drop(tx);
        // As after a restore of the queue: the job is there once more.
        let mut tx = app.db.begin(app.clock.now_ms()).await.unwrap();
        job::queue(&mut tx, &job::NewJob { kind: "notice.spread", payload: job.payload }).await.unwrap();
        tx.keep_unlogged().await.unwrap();
        let nodes = [app.clone(), later(&app, 1), later(&app, 2)];
        let [a, b, c] = nodes.each_ref().map(|node| async {
            while spread_next(node, &[Channel::Mail]).await.unwrap() {}
        });
        tokio::join!(a, b, c);
        let now = later(&app, 1_000);
        assert!(take_delivery(&now, "n", Channel::Mail, LEASE_MS).await.unwrap().is_some());
        assert!(take_delivery(&now, "n", Channel::Mail, LEASE_MS).await.unwrap().is_none());
        assert_eq!(inbox(&app, &person).await.len(), 1);
    }

    async fn nodes_at_once_take_each_delivery_once(db: Db) {
        let app = app_on(db);
        let mut people = Vec::new();
        for number in 0..20 {
            let person = enter(&app, &format!("many-{number}")).await;
            mail_to(&app, &person).await;
            people.push(person);
        }
        tell_committed(&app, "import_run:1", &people).await;
        spread_all(&app).await;
        let work = async |node: &str| {
            let mut taken = Vec::new();
            while let Some(parcel) = take_delivery(&app, node, Channel::Mail, LEASE_MS).await.unwrap() {
                assert_eq!(parcel.attempt, 1);
                keep_outcome(&app, node, &parcel, Ok(())).await.unwrap();
                taken.push(parcel.delivery_id);
            }
            taken
        };
        let (a, b, c) = tokio::join!(work("a"), work("b"), work("c"));
        let all: Vec<&String> = a.iter().chain(&b).chain(&c).collect();
        assert_eq!(all.len(), people.len());
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), people.len());
    }

    async fn what_a_node_left_in_its_hands_is_taken_over_when_its_time_is_up(db: Db) {
        let app = app_on(db);
        let person = enter(&app, "left").await;
        mail_to(&app, &person).await;
        tell_committed(&app, "import_run:1", std::slice::from_ref(&person)).await;
        spread_all(&app).await;
        let struck = take_delivery(&app, "struck", Channel::Mail, LEASE_MS).await.unwrap().unwrap();
        let soon = later(&app, LEASE_MS - 1);
        assert_eq!(take_delivery(&soon, "other", Channel::Mail, LEASE_MS).await.unwrap(), None);
        let after = later(&app, LEASE_MS);
        let again = take_delivery(&after, "other", Channel::Mail, LEASE_MS).await.unwrap().unwrap();
        assert_eq!((&again.delivery_id, again.attempt), (&struck.delivery_id, 2), "the id stays the same");
        assert_eq!(keep_outcome(&after, "struck", &struck, Ok(())).await.unwrap(), None, "too late");
        let kept = keep_outcome(&after, "other", &again, Ok(())).await.unwrap();
        assert_eq!(kept, Some(DeliveryState::Delivered));
        // A node that stops in order gives back at once, and the try does not count.
        tell_committed(&app, "import_run:2", std::slice::from_ref(&person)).await;
        spread_all(&app).await;
        take_delivery(&app, "stopping", Channel::Mail, LEASE_MS).await.unwrap().unwrap();
        assert_eq!(give_back_deliveries(&app, "stopping").await.unwrap(), 1);
        let taken = take_delivery(&app, "next", Channel::Mail, LEASE_MS).await.unwrap().unwrap();
        assert_eq!(taken.attempt, 1);
    }

    async fn what_fails_waits_longer_each_time_and_is_given_up(db: Db) {
        let mut app = app_on(db);
        let person = enter(&app, "failing").await;
        mail_to(&app, &person).await;
        tell_committed(&app, "import_run:1", std::slice::from_ref(&person)).await;
        spread_all(&app).await;
        let fail = Err(DeliveryFailure::Smtp(451));
        let mut id = String::new();
        for attempt in 1..=ATTEMPTS_MAX {
            let parcel = take_delivery(&app, "n", Channel::Mail, LEASE_MS).await.unwrap().unwrap();
            assert_eq!(parcel.attempt, attempt);
            assert!(id.is_empty() || id == parcel.delivery_id, "the id stays the same");
            id = parcel.delivery_id.clone();
            let state = keep_outcome(&app, "n", &parcel, fail).await.unwrap();
            match delay_after_ms(attempt) {
                Some(wait_ms) => {
                    assert_eq!(state, Some(DeliveryState::Waiting));
                    let early = later(&app, wait_ms - 1);
                    assert_eq!(take_delivery(&early, "n", Channel::Mail, LEASE_MS).await.unwrap(), None);
                    app = later(&app, wait_ms);
                }
                None => assert_eq!(state, Some(DeliveryState::GivenUp)),
            }
        }
        let much_later = later(&app, 1_000_000_000);
        assert_eq!(take_delivery(&much_later, "n", Channel::Mail, LEASE_MS).await.unwrap(), None);
        let shown = list_deliveries(&app, &administrator()).await.unwrap().remove(0);
        assert_eq!((shown.state, shown.failure), (DeliveryState::GivenUp, fail.err()));
        assert!(matches!(retry_delivery(&app, &reader(&person), &id).await, Err(Refusal::NotFound(_))));
        retry_delivery(&app, &administrator(), &id).await.unwrap();
        assert!(matches!(retry_delivery(&app, &administrator(), &id).await, Err(Refusal::Stale(_))));
        let parcel = take_delivery(&app, "n", Channel::Mail, LEASE_MS).await.unwrap().unwrap();
        assert_eq!((parcel.attempt, &parcel.delivery_id), (1, &id));
        // A mailbox that does not exist is not tried again.
        let state = keep_outcome(&app, "n", &parcel, Err(DeliveryFailure::Smtp(550))).await.unwrap();
        assert_eq!(state, Some(DeliveryState::GivenUp));
    }

    async fn what_nobody_wants_any_more_is_dropped(db: Db) {
        let app = app_on(db);
        let [off, disabled, erased, stays] = [
            enter(&app, "off").await, enter(&app, "disabled").await, enter(&app, "erased").await,
            enter(&app, "stays").await,
        ];
        let people = [off.clone(), disabled.clone(), erased.clone(), stays.clone()];
        for person_id in &people {
            mail_to(&app, person_id).await;
        }
        tell_committed(&app, "import_run:1", &people).await;
        spread_all(&app).await;
        let none = ChannelSetting { channel: Channel::Mail, address: String::new(), is_on: false };
        save_channel(&app, &reader(&off), &none).await.unwrap();
        let mut tx = app.db.begin(app.clock.now_ms()).await.unwrap();
        let row = xiaoxiang_store::person::find(&mut tx, &disabled).await.unwrap().unwrap();
        let gone = xiaoxiang_store::person::PersonRow { is_disabled: true, ..row };
        assert!(xiaoxiang_store::person::update(&mut tx, &gone).await.unwrap());
        xiaoxiang_store::notice::erase_channels(&mut tx, &erased).await.unwrap();
        tx.keep_unlogged().await.unwrap();
        let parcel = take_delivery(&app, "n", Channel::Mail, LEASE_MS).await.unwrap().unwrap();
        assert!(matches!(&parcel.receiver, Receiver::Person(address) if address.starts_with(&format!("p{}", &stays[..8]))));
        assert_eq!(take_delivery(&app, "n", Channel::Mail, LEASE_MS).await.unwrap(), None);
        let states: Vec<_> =
            list_deliveries(&app, &administrator()).await.unwrap().iter().map(|row| row.state).collect();
        assert_eq!(states.iter().filter(|state| **state == DeliveryState::Dropped).count(), 3);
        // A new notice goes to whoever is reached now.
        tell_committed(&app, "import_run:2", &people).await;
        spread_all(&app).await;
        assert_eq!(list_deliveries(&app, &administrator()).await.unwrap().len(), 5);
    }

    async fn a_program_is_told_of_what_it_wants_and_of_nothing_else(db: Db) {
        let app = app_on(db);
        let person = enter(&app, "somebody").await;
        let new = |kinds: &[NoticeKind]| NewWebhook {
            label: "数据交换".to_owned(),
            url: "https://hooks.example.gov.cn/in".to_owned(),
            kinds: kinds.to_vec(),
        };
        let wants = subscribe_webhook(&app, &administrator(), &new(&[NoticeKind::ImportFinished])).await.unwrap();
        subscribe_webhook(&app, &administrator(), &new(&[NoticeKind::BulletinSigned])).await.unwrap();
        let refused = subscribe_webhook(&app, &administrator(), &new(&[])).await.unwrap_err();
        assert_eq!(refused.code(), "webhook.kinds");
        assert!(matches!(subscribe_webhook(&app, &reader(&person), &new(&[])).await, Err(Refusal::NotFound(_))));
        tell_committed(&app, "import_run:1", std::slice::from_ref(&person)).await;
        spread_all(&app).await;
        let parcel = take_delivery(&app, "n", Channel::Webhook, LEASE_MS).await.unwrap().unwrap();
        assert!(matches!(&parcel.receiver, Receiver::Program { secret, .. } if *secret == wants.secret));
        assert!(!format!("{parcel:?}").contains(&wants.secret), "no secret is printed");
        assert_eq!(take_delivery(&app, "n", Channel::Webhook, LEASE_MS).await.unwrap(), None);
        keep_outcome(&app, "n", &parcel, Err(DeliveryFailure::Http(500))).await.unwrap();
        // A test call says nothing else, and a subscription that ended is not called any more.
        test_webhook(&app, &administrator(), &wants.webhook_id).await.unwrap();
        let test = take_delivery(&app, "n", Channel::Webhook, LEASE_MS).await.unwrap().unwrap();
        assert_eq!(test.kind, None);
        keep_outcome(&app, "n", &test, Ok(())).await.unwrap();
        withdraw_webhook(&app, &administrator(), &wants.webhook_id).await.unwrap();
        let next_try = later(&app, 100_000);
        assert_eq!(take_delivery(&next_try, "n", Channel::Webhook, LEASE_MS).await.unwrap(), None);
        assert!(matches!(
            test_webhook(&app, &administrator(), &wants.webhook_id).await,
            Err(Refusal::NotFound(_))
        ));
    }

    async fn an_inbox_is_read_by_its_owner_only(db: Db) {
        let app = app_on(db);
        let [owner, other] = [enter(&app, "owner").await, enter(&app, "stranger").await];
        tell_committed(&app, "import_run:1", std::slice::from_ref(&owner)).await;
        tell_committed(&later(&app, 5), "import_run:2", std::slice::from_ref(&owner)).await;
        let notices = inbox(&app, &owner).await;
        assert_eq!(notices[0].zh, "您上传的文件 <script>登记</script>.xlsx 已处理完毕。", "pages escape it");
        let id = &notices[1].notice_id;
        assert!(matches!(mark_read(&app, &reader(&other), id).await, Err(Refusal::NotFound(_))));
        assert!(matches!(list_notices(&app, &Actor::public(), None).await, Err(Refusal::SignedOut)));
        assert!(list_notices(&app, &reader(&owner), Some("x")).await.is_err());
        assert_eq!(count_unread(&app, &owner).await.unwrap(), 2);
        // What came after the page was opened stays unread.
        mark_all_read(&app, &reader(&owner), app.clock.now_ms()).await.unwrap();
        assert_eq!(count_unread(&app, &owner).await.unwrap(), 1);
        mark_read(&app, &reader(&owner), &notices[0].notice_id).await.unwrap();
        assert_eq!(count_unread(&app, &owner).await.unwrap(), 0);
        assert!(inbox(&app, &other).await.is_empty());
    }
}
