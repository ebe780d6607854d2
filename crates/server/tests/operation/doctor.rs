//! The doctor: what it finds, what it hides, how it ends.

use serde_json::Value;
use xiaoxiang_store::testing::TestDb;

use crate::support::Place;

fn checks(place: &Place, arguments: &[&str], code: i32) -> Value {
    let ended = place.run(&[arguments, &["doctor", "--format", "json"]].concat());
    assert_eq!(ended.code, code, "{}{}", ended.stdout, ended.stderr);
    serde_json::from_str(&ended.stdout).unwrap()
}

fn result_of<'a>(report: &'a Value, check: &str) -> &'a str {
    let checks = report["checks"].as_array().unwrap();
    let found = checks.iter().find(|finding| finding["check"] == check);
    found.unwrap_or_else(|| panic!("no {check} in {report}"))["result"].as_str().unwrap()
}

#[test]
fn a_sound_installation_is_ready() {
    let place = Place::sqlite();
    place.import_region();
    place.import(1..3);
    place.done(&["audit", "key"]);
    let report = checks(&place, &[], 0);
    for check in ["database", "schema", "audit log", "audit key", "region", "figures", "open change sets"] {
        assert_eq!(result_of(&report, check), "ok", "{check}");
    }
    let table = place.run(&["doctor"]);
    assert!(
        table.stdout.contains("limits.body_bytes") && table.stdout.contains("schema"),
        "{}",
        table.stdout
    );
}

#[test]
fn what_is_wrong_is_named_with_what_to_do() {
    let place = Place::sqlite();
    let missing = checks(&place, &[], 1);
    assert_eq!(result_of(&missing, "database"), "failed");
    place.done(&["migrate"]);
    let empty = checks(&place, &[], 0);
    assert_eq!(result_of(&empty, "region"), "warning");
    place.done(&["audit", "key"]);
    let key = place.path("test.audit-key.pem");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(result_of(&checks(&place, &[], 1), "audit key"), "failed");
    }
    std::fs::write(&key, "no key").unwrap();
    let report = checks(&place, &[], 1);
    assert_eq!(result_of(&report, "audit key"), "failed");
    let advice =
        report["checks"].as_array().unwrap().iter().find(|found| found["check"] == "audit key").unwrap();
    assert!(advice["what_to_do"].as_str().unwrap().contains("密钥"), "{advice}");
}

#[test]
fn a_damaged_log_is_found() {
    let place = Place::sqlite();
    place.import_region();
    place.import(1..3);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let db = xiaoxiang_store::Db::connect(&place.address).await.unwrap();
        let xiaoxiang_store::Db::Sqlite { writer, .. } = &db else { unreachable!("the address is SQLite's") };
        for statement in [
            "DROP TRIGGER log_entry_never_changes",
            "UPDATE log_entry SET leaf_hash = zeroblob(32) WHERE position = 0",
        ] {
            sqlx::query(statement).execute(writer).await.unwrap();
        }
        db.close().await;
    });
    assert_eq!(result_of(&checks(&place, &[], 1), "audit log"), "failed");
    let file = place.path("b");
    assert_ne!(
        place.run(&["backup", file.to_str().unwrap()]).code,
        0,
        "a damaged log is not passed off as a backup"
    );
    assert!(!file.exists());
}

#[test]
fn no_secret_is_printed() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let made = runtime.block_on(TestDb::postgres());
    let password = made.address.split_once("://").unwrap().1.split('@').next().unwrap().split(':').nth(1);
    let password = password.expect("the server of the tests asks for a password").to_owned();
    let place = Place::at(&made.address);
    for arguments in [&["doctor"][..], &["doctor", "--format", "json"], &["doctor", "--format", "csv"]] {
        let ended = place.run(arguments);
        assert_eq!(ended.code, 0, "{}{}", ended.stdout, ended.stderr);
        assert!(!format!("{}{}", ended.stdout, ended.stderr).contains(&password));
    }
    let report = checks(&place, &[], 0);
    for check in ["database", "collation", "clock", "schema"] {
        assert_eq!(result_of(&report, check), "ok", "{check}");
    }
    let wrong = Place::at(&made.address.replace(&password, "wrongsecret"));
    let ended = wrong.run(&["doctor"]);
    assert_eq!(ended.code, 1);
    assert!(!format!("{}{}", ended.stdout, ended.stderr).contains("wrongsecret"));
    runtime.block_on(made.end());
}
