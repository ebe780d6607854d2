//! Restoring an older backup and writing on: read models rebuild themselves.

use std::process::Command;

use xiaoxiang_domain::access::Role;
use xiaoxiang_server::clock::system_clock;
use xiaoxiang_services::App;
use xiaoxiang_store::testing::TestDb;

use crate::support::{Place, Server, token_of};

const FIGURES: &str = "/statistics?period=2017&direction=registered&by=city";

/// The figures page without what differs from process to process.
fn figures(server: &Server) -> String {
    let page = server.get(FIGURES);
    assert_eq!(page.status, 200, "{}", page.body);
    page.body
}

#[test]
fn on_sqlite_a_server_on_a_restored_file_has_the_figures_of_a_fresh_process() {
    let place = Place::sqlite();
    place.import_region();
    place.import(1..11);
    let server = place.serve(&[]);
    figures(&server);
    let file = place.path("older");
    place.done(&["backup", file.to_str().unwrap()]);
    place.import(11..31);
    let later = figures(&server);
    server.stop();
    place.done(&["restore", file.to_str().unwrap(), "--replace"]);
    let server = place.serve(&[]);
    let restored = figures(&server);
    assert_ne!(restored, later);
    place.import(100..107);
    assert_eq!(place.count(), 17);
    let on = figures(&server);
    assert_ne!(on, restored);
    server.stop();
    let fresh = place.serve(&[]);
    assert_eq!(figures(&fresh), on);
    fresh.stop();
    place.done(&["audit", "check"]);
}

fn postgres_program(name: &str) -> Command {
    let folder = xiaoxiang_store::testing::postgres_programs();
    Command::new(folder.join(name))
}

/// What read models give: the contract list with its search, the bulletins, the latest of them on the home page.
fn read_models(server: &Server, token: &str) -> Vec<String> {
    let search = |serial: u64| {
        // 示例N, as the titles of the imported contracts are.
        format!("/api/v1/contracts?text=%E7%A4%BA%E4%BE%8B{serial}")
    };
    ["/api/v1/contracts?limit=200&order=number", "/api/v1/bulletins", "/api/v1/datasets"]
        .into_iter()
        .map(str::to_owned)
        .chain([search(15), search(105)])
        .map(|path| {
            let answer = server.get_with(&path, token);
            assert_eq!(answer.status, 200, "{path}: {}", answer.body);
            answer.body
        })
        .collect()
}

/// Drafts and signs the bulletin of a month on the command line.
fn sign(place: &Place, period: &str) {
    let id = place.done(&["bulletin", "draft", "--period", period]);
    place.done(&["bulletin", "sign", id.trim(), "--signer", "示例甲"]);
}

/// The server of the tests stays up, and so does our node: only the database's content goes back.
#[test]
fn on_postgres_a_running_node_notices_that_the_log_went_back_and_on() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let made = runtime.block_on(TestDb::empty_postgres());
    let place = Place::at(&made.address);
    place.import_region();
    let app = App::new(made.db.clone(), system_clock());
    let token = runtime.block_on(token_of(&app, Role::Statistician));
    place.import(1..11);
    sign(&place, "2017-02");
    let dump = place.path("older.dump");
    let dumped = postgres_program("pg_dump")
        .args(["--format=custom", "--file"])
        .arg(&dump)
        .arg(&made.address)
        .output();
    let dumped = dumped.unwrap();
    assert!(dumped.status.success(), "{}", String::from_utf8_lossy(&dumped.stderr));

    place.import(11..31);
    let (node, other) = (place.serve(&[]), place.serve(&[]));
    let later = figures(&node);
    let listed = read_models(&node, &token);
    sign(&place, "2017-03");
    let signed = read_models(&other, &token);
    assert_ne!(signed, listed);
    assert_eq!(read_models(&node, &token), signed, "both nodes list what was signed");
    let restored = postgres_program("pg_restore")
        .args(["--clean", "--if-exists", "--single-transaction", "--dbname"])
        .arg(&made.address)
        .arg(&dump)
        .output()
        .unwrap();
    assert!(restored.status.success(), "{}", String::from_utf8_lossy(&restored.stderr));
    // As many entries as before, of other content: the size alone would not betray it.
    place.import(100..107);
    let on = figures(&node);
    assert_ne!(on, later);
    let fresh = place.serve(&[]);
    assert_eq!(figures(&fresh), on, "the node that lived through it and a fresh one agree");
    let models = read_models(&fresh, &token);
    assert_ne!(models, signed);
    for lived_through in [&node, &other] {
        assert_eq!(read_models(lived_through, &token), models);
    }
    let numbers = |body: &str| body.matches("registration_number").count();
    assert_eq!(numbers(&models[0]), 17);
    assert_eq!(models[1].matches("content_sha256").count(), 1, "the bulletin signed later is gone");
    assert_eq!(
        (numbers(&models[3]), numbers(&models[4])),
        (0, 1),
        "titles that are gone are found no longer"
    );
    assert_eq!(place.count(), 17);
    place.done(&["audit", "check"]);
    node.stop();
    other.stop();
    fresh.stop();
    runtime.block_on(made.end());
}
