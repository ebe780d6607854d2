//! A server struck while it reads an uploaded file: nothing half-visible, the reading goes on by itself, and the same file
//! may be sent again.

use std::time::{Duration, Instant};

use serde_json::Value;
use xiaoxiang_domain::access::Role;
use xiaoxiang_server::clock::system_clock;
use xiaoxiang_services::App;
use xiaoxiang_store::Db;
use xiaoxiang_store::testing::TestDb;

use crate::support::{Place, Server, send, token_of};

const HEADER: &str = "合同登记编号,项目名称,登记日期,合同类型,成交额(元),技术交易额(元),卖方名称,卖方行政区划代码,\
                      买方名称,买方行政区划代码\n";
/// Several chunks, so that rows are staged when the blow falls.
const ROWS: u64 = 6_000;
/// Longer than a node may be silent, with the reading after it.
const RESUMED_WITHIN: Duration = Duration::from_secs(300);
/// From the moment at which the reading was taken: some rows are staged, the rest is not read.
const STRUCK_AFTER: Duration = Duration::from_millis(400);

fn file() -> String {
    (1..=ROWS).fold(HEADER.to_owned(), |text, serial| {
        text + &format!(
            "2017{serial:010},示例{serial},2017-03-01,技术开发,1.01,1.00,示例甲,430102,示例乙,430204\n"
        )
    })
}

/// Sends the file and gives the id of its reading.
fn sent(server: &Server, token: &str) -> String {
    let head = format!("{token}Content-Type: application/octet-stream\r\n");
    let answer =
        send(&server.host, "/api/v1/imports?file_name=a.csv&source=registry", &head, &file()).unwrap();
    assert_eq!(answer.status, 201, "{}", answer.body);
    let body: Value = serde_json::from_str(&answer.body).unwrap();
    body["id"].as_str().unwrap().to_owned()
}

fn reading(server: &Server, token: &str, id: &str) -> Value {
    let answer = server.get_with(&format!("/api/v1/imports/{id}"), token);
    assert_eq!(answer.status, 200, "{}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

/// Waits until a reading is in one of the states.
fn wait_for(server: &Server, token: &str, id: &str, states: &[&str]) -> Value {
    let began = Instant::now();
    loop {
        let seen = reading(server, token, id);
        if states.iter().any(|state| seen["import"]["state"] == *state) {
            return seen;
        }
        assert!(began.elapsed() < RESUMED_WITHIN, "{seen}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn a_struck_reading_is_resumed(place: &Place, token: &str) {
    let server = place.serve(&[]);
    let id = sent(&server, token);
    wait_for(&server, token, &id, &["reading", "finished"]);
    std::thread::sleep(STRUCK_AFTER);
    assert_eq!(reading(&server, token, &id)["import"]["state"], "reading", "struck in the midst of it");
    server.kill();
    assert_eq!(place.count(), 0, "nothing is half there");

    let server = place.serve(&[]);
    assert_eq!(sent(&server, token), id, "the same file sent again is the same reading");
    let done = wait_for(&server, token, &id, &["finished", "refused", "failed"]);
    assert_eq!((&done["import"]["state"], &done["report"]["new"]), (&"finished".into(), &ROWS.into()));
    assert_eq!(place.count(), ROWS);
    let again = sent(&server, token);
    assert_ne!(again, id);
    let done = wait_for(&server, token, &again, &["finished", "refused", "failed"]);
    assert_eq!((&done["report"]["new"], &done["report"]["unchanged"]), (&0.into(), &ROWS.into()));
    server.stop();
    place.done(&["audit", "check"]);
}

#[test]
fn on_sqlite_a_reading_survives_the_server() {
    let place = Place::sqlite();
    place.import_region();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let token = runtime.block_on(async {
        let db = Db::connect(&place.address).await.unwrap();
        let token = token_of(&App::new(db.clone(), system_clock()), Role::Statistician).await;
        db.close().await;
        token
    });
    a_struck_reading_is_resumed(&place, &token);
}

#[test]
fn on_postgres_a_reading_survives_the_server() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let made = runtime.block_on(TestDb::empty_postgres());
    let place = Place::at(&made.address);
    place.import_region();
    let app = App::new(made.db.clone(), system_clock());
    let token = runtime.block_on(token_of(&app, Role::Statistician));
    a_struck_reading_is_resumed(&place, &token);
    runtime.block_on(made.end());
}
