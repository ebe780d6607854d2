//! Migrations, and the settings on which our promises rest.

use xiaoxiang_store::testing::{LOG_ID, TestDb};
use xiaoxiang_store::{Db, SchemaState, StoreError, both_backends, organisation};

use crate::support::{NOW_MS, entry, number, raw};

async fn migrates_from_nothing(made: TestDb) {
    let db = &made.db;
    assert_eq!(db.schema_state().await.unwrap(), SchemaState::Empty);
    let refused = db.require_current_schema().await.unwrap_err();
    assert!(matches!(refused, StoreError::Schema { found: 0, .. }), "{refused:?}");
    db.migrate(LOG_ID).await.unwrap();
    assert_eq!(db.schema_state().await.unwrap(), SchemaState::Current);
    db.require_current_schema().await.unwrap();
    made.end().await;
}

#[tokio::test]
async fn an_empty_sqlite_file_becomes_current() {
    migrates_from_nothing(TestDb::empty_sqlite().await).await;
}

#[tokio::test]
async fn an_empty_postgres_database_becomes_current() {
    migrates_from_nothing(TestDb::empty_postgres().await).await;
}

/// Each has its own pools, like a process of its own.
async fn migrates_at_once(made: TestDb) {
    let mut processes = Vec::new();
    for process in 0..4 {
        let address = made.address.clone();
        processes.push(tokio::spawn(async move {
            let db = Db::connect(&address).await.unwrap();
            db.migrate(&format!("log-{process}")).await.unwrap();
            let mut tx = db.read().await.unwrap();
            let log_id = xiaoxiang_store::log::head(&mut tx).await.unwrap().log_id;
            drop(tx);
            db.close().await;
            log_id
        }));
    }
    let mut names = Vec::new();
    for process in processes {
        names.push(process.await.unwrap());
    }
    names.dedup();
    assert_eq!(names.len(), 1, "all see the same log: {names:?}");
    assert_eq!(number(&made.db, "SELECT COUNT(*) FROM log_head").await, 1);
    made.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn processes_that_migrate_sqlite_at_once_agree() {
    migrates_at_once(TestDb::empty_sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn processes_that_migrate_postgres_at_once_agree() {
    migrates_at_once(TestDb::empty_postgres().await).await;
}

#[tokio::test]
async fn a_second_opening_of_the_file_sees_what_the_first_committed() {
    let made = TestDb::sqlite().await;
    made.db.begin(NOW_MS).await.unwrap().commit("tester", [entry("a")], []).await.unwrap();
    made.db.close().await;
    let again = Db::connect(&made.address).await.unwrap();
    assert_eq!(number(&again, "SELECT size FROM log_head").await, 1);
    again.close().await;
    made.end().await;
}

#[tokio::test]
async fn addresses_that_are_no_database_are_refused() {
    for address in ["mysql://host/name", "sqlite::memory:", "sqlite:", "", ":memory:"] {
        let refused = Db::connect(address).await.unwrap_err();
        assert!(matches!(refused, StoreError::Address(_)), "{address}: {refused:?}");
    }
}

#[tokio::test]
async fn sqlite_is_durable_strict_and_forgets_what_is_erased() {
    let made = TestDb::sqlite().await;
    let Db::Sqlite { writer, readers } = &made.db else { unreachable!("an SQLite database") };
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(writer).await.unwrap();
    assert_eq!(mode, "wal");
    for (pragma, expected) in [
        // 2 is FULL: a commit is on the disk when it is acknowledged.
        ("PRAGMA synchronous", 2),
        ("PRAGMA foreign_keys", 1),
        ("PRAGMA secure_delete", 1),
        ("PRAGMA query_only", 0),
    ] {
        let found: i64 = sqlx::query_scalar(pragma).fetch_one(writer).await.unwrap();
        assert_eq!(found, expected, "{pragma}");
    }
    let query_only: i64 = sqlx::query_scalar("PRAGMA query_only").fetch_one(readers).await.unwrap();
    assert_eq!(query_only, 1);
    let loose: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM pragma_table_list WHERE type = 'table' AND strict = 0 AND schema = 'main'",
    )
    .fetch_all(writer)
    .await
    .unwrap();
    let ours: Vec<String> =
        loose.into_iter().filter(|name| !name.starts_with("sqlite_") && name != "_sqlx_migrations").collect();
    assert!(ours.is_empty(), "tables that are not STRICT: {ours:?}");
    made.end().await;
}

#[tokio::test]
async fn postgres_writes_durably_and_reads_committed() {
    let made = TestDb::postgres().await;
    let mut tx = made.db.begin(NOW_MS).await.unwrap();
    let xiaoxiang_store::Tx::Postgres(connection) = &mut *tx else { unreachable!("a PostgreSQL database") };
    for (setting, expected) in [
        ("transaction_isolation", "read committed"),
        ("synchronous_commit", "on"),
        ("lock_timeout", "30s"),
        ("idle_in_transaction_session_timeout", "5min"),
    ] {
        let found: String = sqlx::query_scalar("SELECT current_setting($1)")
            .bind(setting)
            .fetch_one(&mut **connection)
            .await
            .unwrap();
        assert_eq!(found, expected, "{setting}");
    }
    drop(tx);
    let xiaoxiang_store::Tx::Postgres(mut snapshot) = made.db.read().await.unwrap() else {
        unreachable!("a PostgreSQL database")
    };
    let found: String = sqlx::query_scalar("SELECT current_setting('transaction_isolation')")
        .fetch_one(&mut *snapshot)
        .await
        .unwrap();
    assert_eq!(found, "repeatable read");
    drop(snapshot);
    made.end().await;
}

both_backends! {
    async fn migrating_twice_changes_nothing(db: Db) {
        db.begin(NOW_MS).await.unwrap().commit("tester", [entry("a")], []).await.unwrap();
        db.migrate("another name").await.unwrap();
        let mut tx = db.read().await.unwrap();
        let head = xiaoxiang_store::log::head(&mut tx).await.unwrap();
        assert_eq!((head.log_id.as_str(), head.size), (LOG_ID, 1));
    }

    async fn a_newer_schema_is_refused(db: Db) {
        raw(
            &db,
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             VALUES (9999, 'of a later program', TRUE, CAST('' AS BYTEA), 0)",
        )
        .await
        .or(raw(
            &db,
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             VALUES (9999, 'of a later program', TRUE, x'', 0)",
        )
        .await)
        .unwrap();
        assert_eq!(db.schema_state().await.unwrap(), SchemaState::Newer);
        for refused in [db.migrate(LOG_ID).await.unwrap_err(), db.require_current_schema().await.unwrap_err()] {
            assert!(matches!(refused, StoreError::Schema { found: 9999, .. }), "{refused:?}");
        }
    }

    async fn text_is_ordered_by_code_point(db: Db) {
        let mut tx = db.begin(NOW_MS).await.unwrap();
        for name in ["长沙", "Zhuzhou", "湘潭", "apple", "Changsha", "岳阳"] {
            organisation::find_or_create_registrar(&mut tx, "", name).await.unwrap();
        }
        tx.commit("tester", [entry("a")], []).await.unwrap();
        let sql = "SELECT name FROM registrar ORDER BY name";
        let found: Vec<String> = match &db {
            Db::Sqlite { readers, .. } => sqlx::query_scalar(sql).fetch_all(readers).await.unwrap(),
            Db::Postgres(pool) => sqlx::query_scalar(sql).fetch_all(pool).await.unwrap(),
        };
        // An operator creates the database with collation C; migrate says so where it is another.
        assert_eq!(found, ["Changsha", "Zhuzhou", "apple", "岳阳", "湘潭", "长沙"]);
    }
}
