//! Two `migrate` at once, and schemas of other programs.

use std::process::Stdio;

use xiaoxiang_store::Db;
use xiaoxiang_store::testing::TestDb;

use crate::support::Place;

fn migrates_at_once(place: &Place) {
    let start = || {
        let mut command = place.command(&["migrate"]);
        command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
    };
    for migrating in (0..4).map(|_| start()).collect::<Vec<_>>() {
        let ended = migrating.wait_with_output().unwrap();
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    }
    place.import_region();
    place.done(&["audit", "check"]);
}

#[test]
fn programs_that_migrate_one_sqlite_file_at_once_all_succeed() {
    migrates_at_once(&Place::sqlite());
}

#[test]
fn programs_that_migrate_one_postgres_at_once_all_succeed() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let made = runtime.block_on(TestDb::empty_postgres());
    migrates_at_once(&Place::at(&made.address));
    runtime.block_on(made.end());
}

/// Runs a statement behind the program's back.
fn behind(address: &str, statement: &'static str) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let db = Db::connect(address).await.unwrap();
        match &db {
            Db::Sqlite { writer, .. } => sqlx::query(statement).execute(writer).await.map(drop),
            Db::Postgres(pool) => sqlx::query(statement).execute(pool).await.map(drop),
        }
        .unwrap();
        db.close().await;
    });
}

#[test]
fn a_newer_schema_is_not_served_nor_backed_up() {
    let place = Place::sqlite();
    place.done(&["migrate"]);
    behind(
        &place.address,
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'later', TRUE, x'00', 0)",
    );
    let backup = place.path("b");
    for arguments in
        [&["serve", "--listen", "127.0.0.1:0"][..], &["migrate"], &["backup", backup.to_str().unwrap()]]
    {
        let refused = place.refused(arguments);
        assert!(refused.contains("更新的程序") && refused.contains("newer program"), "{refused}");
    }
}

#[test]
fn a_schema_that_was_begun_and_not_finished_is_not_served() {
    let place = Place::sqlite();
    place.done(&["migrate"]);
    // Version 0 stands for a program before the first release that could be upgraded.
    behind(&place.address, "UPDATE _sqlx_migrations SET version = version - 100");
    let refused = place.run(&["serve", "--listen", "127.0.0.1:0"]);
    assert_ne!(refused.code, 0, "{}", refused.stderr);
    assert!(refused.stderr.contains("xiaoxiang migrate"), "{}", refused.stderr);
}
