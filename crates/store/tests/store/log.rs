//! The log: gapless, in commit order, append-only, and hashed as the audit crate hashes it.

use serde_json::json;
use xiaoxiang_audit::{Frontier, Hash, Hex};
use xiaoxiang_store::job::{self, NewJob};
use xiaoxiang_store::log::{self, EntryRow};
use xiaoxiang_store::testing::LOG_ID;
use xiaoxiang_store::{Db, NewEntry, StoreError, both_backends};

use crate::support::{NOW_MS, entry, number, raw, register, version, write};

async fn entries(db: &Db) -> Vec<EntryRow> {
    let mut tx = db.read().await.unwrap();
    log::list_after(&mut tx, -1, log::ENTRIES_PAGE_MAX).await.unwrap()
}

/// Positions 0, 1, 2 …, leaf hashes and the head's root as the audit crate computes them anew.
pub async fn assert_whole(db: &Db) {
    let entries = entries(db).await;
    let mut leaves: Vec<Hash> = Vec::new();
    for (place, row) in entries.iter().enumerate() {
        assert_eq!(row.position, place as i64);
        let entry = row.entry().unwrap();
        assert_eq!(entry.canonical_payload().unwrap(), row.payload);
        let leaf = entry.leaf_hash().unwrap();
        assert_eq!(leaf.0.to_vec(), row.leaf_hash);
        leaves.push(leaf);
    }
    let mut tx = db.read().await.unwrap();
    let head = log::head(&mut tx).await.unwrap();
    let stored: Vec<Hash> = log::list_leaf_hashes(&mut tx, 0)
        .await
        .unwrap()
        .into_iter()
        .map(|(_, bytes)| Hex(bytes.try_into().unwrap()))
        .collect();
    assert_eq!(stored, leaves);
    assert_eq!(head.size, leaves.len() as i64);
    assert_eq!(head.frontier().unwrap().root(), Frontier::of(&leaves).root());
}

both_backends! {
    async fn a_head_is_there_from_the_start(db: Db) {
        let mut tx = db.read().await.unwrap();
        let head = log::head(&mut tx).await.unwrap();
        assert_eq!((head.log_id.as_str(), head.size), (LOG_ID, 0));
        assert_eq!(head.frontier().unwrap(), Frontier::default());
    }

    async fn entries_are_gapless_in_commit_order_and_hashed_as_the_audit_crate_hashes(db: Db) {
        for round in 0..20 {
            let mut tx = db.begin(NOW_MS + round).await.unwrap();
            write(&mut tx, version(&format!("number {round}"), 1)).await;
            let events: Vec<NewEntry> = (0..=round % 3).map(|_| entry("contract:1")).collect();
            let before = number(&db, "SELECT size FROM log_head").await;
            let added = events.len() as i64;
            // The reading pool sees nothing before the commit.
            let commit = tx.commit("tester", events, []).await.unwrap();
            assert_eq!(commit.position, before + added - 1);
        }
        assert_whole(&db).await;
    }

    async fn a_payload_is_kept_in_canonical_form(db: Db) {
        let tx = db.begin(NOW_MS).await.unwrap();
        // Code points order these keys one way, UTF-16 the other.
        let payload = json!({ "\u{ff5e}": 1, "😀": 2, "a": "\u{7f}" });
        tx.commit("tester", [NewEntry { kind: "test", subject: "s".into(), payload }], []).await.unwrap();
        assert_eq!(entries(&db).await[0].payload, "{\"a\":\"\u{7f}\",\"😀\":2,\"\u{ff5e}\":1}");
        assert_whole(&db).await;
    }

    async fn an_entry_that_the_audit_crate_refuses_is_not_committed(db: Db) {
        for bad in [
            NewEntry { kind: "Not A Kind", subject: "s".into(), payload: json!({}) },
            NewEntry { kind: "test", subject: String::new(), payload: json!({}) },
            NewEntry { kind: "test", subject: "s".into(), payload: json!(1) },
            NewEntry { kind: "test", subject: "s".into(), payload: json!({ "share": 0.5 }) },
        ] {
            let mut tx = db.begin(NOW_MS).await.unwrap();
            write(&mut tx, version("1", 1)).await;
            assert!(tx.commit("tester", [entry("good"), bad], []).await.is_err());
        }
        assert_eq!(number(&db, "SELECT COUNT(*) FROM log_entry").await, 0);
        assert_eq!(number(&db, "SELECT COUNT(*) FROM contract").await, 0);
    }

    async fn a_commit_without_an_event_panics_and_leaves_no_trace(db: Db) {
        let mut tx = db.begin(NOW_MS).await.unwrap();
        write(&mut tx, version("1", 1)).await;
        let outcome = tokio::spawn(tx.commit("tester", [], [])).await;
        assert!(outcome.unwrap_err().is_panic());
        assert_eq!(number(&db, "SELECT COUNT(*) FROM contract").await, 0);
        register(&db, version("1", 1)).await;
    }

    async fn a_dropped_write_leaves_no_trace_and_no_lock(db: Db) {
        let mut tx = db.begin(NOW_MS).await.unwrap();
        write(&mut tx, version("1", 1)).await;
        tx.lock_log().await.unwrap();
        drop(tx);
        let (_, commit) = register(&db, version("1", 1)).await;
        assert_eq!(commit.position, 0);
        assert_eq!(number(&db, "SELECT COUNT(*) FROM change_set").await, 1);
        assert_eq!(number(&db, "SELECT COUNT(*) FROM contract_version").await, 1);
    }

    async fn what_was_written_refuses_change_and_removal(db: Db) {
        register(&db, version("1", 1)).await;
        let mut tx = db.begin(NOW_MS).await.unwrap();
        log::save_tree_head(&mut tx, 1, NOW_MS, "signed").await.unwrap();
        log::save_tree_head(&mut tx, 1, NOW_MS, "signed again").await.unwrap();
        tx.commit("tester", [entry("head")], []).await.unwrap();
        for sql in [
            "UPDATE log_entry SET actor = 'another'",
            "DELETE FROM log_entry",
            "UPDATE tree_head SET signed = 'another'",
            "DELETE FROM tree_head",
            "UPDATE contract_version SET record = '{}'",
            "DELETE FROM contract_version",
            "UPDATE contract_fact SET contract_value_fen = 0",
            "DELETE FROM contract_fact",
            "UPDATE change_set SET position = 7",
            "UPDATE change_set SET position = NULL",
            "DELETE FROM change_set",
        ] {
            let error = raw(&db, sql).await.expect_err(sql).to_string();
            assert!(error.contains("append-only") || error.contains("is final"), "{sql}: {error}");
        }
        let mut tx = db.read().await.unwrap();
        assert_eq!(log::list_tree_heads(&mut tx).await.unwrap(), [(1, "signed".to_owned())]);
        drop(tx);
        assert_whole(&db).await;
    }

    async fn a_committed_change_set_takes_no_more_rows(db: Db) {
        let mut tx = db.begin(NOW_MS).await.unwrap();
        let change_set_id = tx.change_set().await.unwrap();
        let key = write(&mut tx, version("1", 1)).await;
        tx.commit("tester", [entry("a")], []).await.unwrap();

        let mut late = db.begin(NOW_MS).await.unwrap();
        late.adopt(change_set_id);
        let new = [version("1", 2)];
        assert!(xiaoxiang_store::contract::save_versions(&mut late, &new).await.is_err());
        drop(late);
        let mut late = db.begin(NOW_MS).await.unwrap();
        late.adopt(change_set_id);
        let facts = [crate::support::fact(key, 1)];
        assert!(xiaoxiang_store::fact::save_facts(&mut late, &facts).await.is_err());
        drop(late);
        let mut late = db.begin(NOW_MS).await.unwrap();
        late.adopt(change_set_id);
        let refused = late.commit("tester", [entry("b")], []).await.unwrap_err();
        assert!(matches!(refused, StoreError::Conflict(_)), "{refused:?}");
        assert_eq!(number(&db, "SELECT COUNT(*) FROM log_entry").await, 1);
    }

    async fn entries_are_found_by_position_subject_and_kind(db: Db) {
        for subject in ["a", "b", "a"] {
            db.begin(NOW_MS).await.unwrap().commit("tester", [entry(subject)], []).await.unwrap();
        }
        let mut tx = db.read().await.unwrap();
        let positions = |rows: Vec<EntryRow>| rows.iter().map(|row| row.position).collect::<Vec<_>>();
        assert_eq!(positions(log::list_after(&mut tx, 0, 10).await.unwrap()), [1, 2]);
        assert_eq!(positions(log::list_after(&mut tx, -1, 2).await.unwrap()), [0, 1]);
        assert_eq!(positions(log::list_after(&mut tx, 2, 10).await.unwrap()), [0_i64; 0]);
        assert_eq!(positions(log::list_of_subject(&mut tx, "a").await.unwrap()), [0, 2]);
        assert!(log::has_kind_after(&mut tx, 1, "contract.").await.unwrap());
        assert!(!log::has_kind_after(&mut tx, 2, "contract.").await.unwrap());
        assert!(!log::has_kind_after(&mut tx, -1, "region.").await.unwrap());
    }

    async fn keys_are_kept_once_and_in_order(db: Db) {
        let mut tx = db.begin(NOW_MS).await.unwrap();
        log::save_key(&mut tx, "second", "B", 5).await.unwrap();
        log::save_key(&mut tx, "first", "A", 0).await.unwrap();
        log::save_key(&mut tx, "first", "another", 9).await.unwrap();
        tx.commit("tester", [entry("key")], []).await.unwrap();
        let keys = log::list_keys(&mut db.read().await.unwrap()).await.unwrap();
        assert_eq!(keys, [("first".into(), "A".into(), 0), ("second".into(), "B".into(), 5)]);
    }

    async fn jobs_come_with_their_commit_or_not_at_all(db: Db) {
        let job = |payload: &str| NewJob { kind: "mail", payload: payload.to_owned() };
        let tx = db.begin(NOW_MS).await.unwrap();
        tx.commit("tester", [entry("a")], [job("1"), job("2")]).await.unwrap();
        let refused = NewEntry { kind: "test", subject: String::new(), payload: json!({}) };
        let tx = db.begin(NOW_MS).await.unwrap();
        tx.commit("tester", [refused], [job("3")]).await.unwrap_err();
        let open = job::list_open(&mut db.read().await.unwrap()).await.unwrap();
        let payloads: Vec<&str> = open.iter().map(|job| job.payload.as_str()).collect();
        assert_eq!(payloads, ["1", "2"]);
        assert!(open.iter().all(|job| job.kind == "mail" && job.attempts == 0));
    }

    async fn a_snapshot_sees_one_moment(db: Db) {
        register(&db, version("1", 1)).await;
        let mut tx = db.read().await.unwrap();
        assert_eq!(log::head(&mut tx).await.unwrap().size, 1);
        register(&db, version("2", 1)).await;
        assert_eq!(log::head(&mut tx).await.unwrap().size, 1);
        assert_eq!(log::list_after(&mut tx, -1, 10).await.unwrap().len(), 1);
    }

    async fn a_snapshot_refuses_to_write(db: Db) {
        let mut tx = db.read().await.unwrap();
        let outcome = match &mut tx {
            xiaoxiang_store::Tx::Sqlite(connection) =>
                sqlx::query("DELETE FROM job").execute(&mut **connection).await.map(drop),
            xiaoxiang_store::Tx::Postgres(connection) =>
                sqlx::query("DELETE FROM job").execute(&mut **connection).await.map(drop),
        };
        assert!(outcome.is_err());
    }
}
