//! PostgreSQL with a synchronous standby: the primary is killed under writes, the standby takes over, and nothing that
//! was acknowledged is lost.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::civil::date;
use xiaoxiang_domain::contract::Contract;
use xiaoxiang_domain::fact::Source;
use xiaoxiang_server::clock::system_clock;
use xiaoxiang_server::region_files::shipped_layers;
use xiaoxiang_services::contract::record_contract;
use xiaoxiang_services::demo::example;
use xiaoxiang_services::log::check_log;
use xiaoxiang_services::region::import_region;
use xiaoxiang_services::{Actor, App, Refusal};
use xiaoxiang_store::Db;
use xiaoxiang_store::testing::{LOG_ID, Server};

const DATABASE: &str = "xiaoxiang";
const WRITERS: usize = 4;
/// How long they write before the blow.
const LOAD: Duration = Duration::from_secs(2);
/// Fewer acknowledged writes would prove nothing.
const ACKNOWLEDGED_MIN: usize = 20;
const PAGE: i64 = 1_000;

async fn app(address: &str) -> App {
    App::new(Db::connect(address).await.unwrap(), system_clock())
}

/// Writes contracts until the database fails; gives how many calls failed.
async fn write(app: App, contracts: Vec<Contract>, acknowledged: Arc<Mutex<Vec<String>>>) -> Option<Refusal> {
    let actor = Actor::operator("tests");
    for contract in contracts {
        let number = contract.registration_number.clone();
        match record_contract(&app, &actor, Source::Registry, contract).await {
            Ok(_) => acknowledged.lock().unwrap().push(number),
            Err(refusal) => return Some(refusal),
        }
    }
    None
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_acknowledged_write_is_lost_when_the_standby_takes_over() {
    let mut primary = Server::start();
    primary.create_database(DATABASE);
    let before = app(&primary.address(DATABASE)).await;
    before.db.migrate(LOG_ID).await.unwrap();
    let actor = Actor::operator("tests");
    import_region(&before, &actor, &shipped_layers("hunan").unwrap()).await.unwrap();
    let standby = primary.with_synchronous_standby();

    let region = before.region().await.unwrap();
    let mut contracts = example(&region.region, date(2026, 11, 22)).registry;
    let acknowledged = Arc::new(Mutex::new(Vec::new()));
    let share = contracts.len() / (WRITERS + 1);
    let mut writers = Vec::new();
    for _ in 0..WRITERS {
        let own = contracts.split_off(contracts.len() - share);
        writers.push(tokio::spawn(write(before.clone(), own, acknowledged.clone())));
    }
    tokio::time::sleep(LOAD).await;
    primary.kill();
    for writer in writers {
        let failure = writer.await.unwrap();
        assert!(failure.is_some(), "the blow fell after the last write: the test proves nothing");
    }
    let acknowledged = acknowledged.lock().unwrap().clone();
    assert!(acknowledged.len() >= ACKNOWLEDGED_MIN, "only {} acknowledged", acknowledged.len());

    standby.promote();
    let after = app(&standby.address(DATABASE)).await;
    let state = check_log(&after).await.unwrap();
    let mut tx = after.db.read().await.unwrap();
    let mut position = -1;
    let mut logged = BTreeSet::new();
    loop {
        let page = xiaoxiang_store::log::list_after(&mut tx, position, PAGE).await.unwrap();
        let Some(last) = page.last() else { break };
        let end = last.position;
        for entry in page {
            position += 1;
            assert_eq!(entry.position, position, "the log has no gap");
            logged.insert(entry.subject);
        }
        assert_eq!(position, end);
    }
    assert_eq!(u64::try_from(position + 1).unwrap(), state.size);
    for number in &acknowledged {
        let versions = xiaoxiang_store::contract::list_versions(&mut tx, number).await.unwrap();
        assert_eq!(versions.len(), 1, "{number} was acknowledged");
        assert!(versions[0].position <= position, "{number} is in the log");
    }
    drop(tx);
    // A commit that nobody heard of may have arrived as well: at most one for each writer.
    let unheard = i64::try_from(logged.len()).unwrap() - i64::try_from(acknowledged.len()).unwrap();
    assert!(unheard <= 1 + i64::try_from(WRITERS).unwrap(), "{unheard} entries nobody was told of");

    // And the new primary takes writes and figures.
    let next = contracts.pop().unwrap();
    record_contract(&after, &actor, Source::Registry, next).await.unwrap();
    assert_eq!(after.figures().await.unwrap().position(), position + 1);
    after.db.close().await;
}
