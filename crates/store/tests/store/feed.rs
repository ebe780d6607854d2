//! The feed by position under concurrent writers: nothing skipped, nothing repeated, change sets none or all.

use std::collections::HashMap;

use xiaoxiang_store::contract::{self, NewVersion};
use xiaoxiang_store::{Db, StoreError, both_backends, fact, log};

use crate::support::{NOW_MS, entry, fact as new_fact, raw, register, stage, version};

const WRITERS: usize = 8;
const COMMITS: usize = 50;
/// Chunks of the big change set and the rows of each.
const CHUNKS: usize = 10;
const CHUNK_ROWS: usize = 100;
const ENTRIES: usize = WRITERS * COMMITS + 1;

/// Stages chunk by chunk while the others write, and stamps at the end.
async fn import(db: Db) {
    let mut change_set_id = None;
    for chunk in 0..CHUNKS {
        let mut tx = db.begin(NOW_MS).await.unwrap();
        if let Some(change_set_id) = change_set_id {
            tx.adopt(change_set_id);
        }
        let new: Vec<NewVersion> =
            (0..CHUNK_ROWS).map(|row| version(&format!("import {chunk} {row}"), 1)).collect();
        let keys = contract::save_versions(&mut tx, &new).await.unwrap();
        let facts: Vec<_> = keys.iter().map(|key| new_fact(*key, 1)).collect();
        fact::save_facts(&mut tx, &facts).await.unwrap();
        change_set_id = Some(tx.change_set().await.unwrap());
        tx.keep_unlogged().await.unwrap();
    }
    let mut tx = db.begin(NOW_MS).await.unwrap();
    tx.adopt(change_set_id.unwrap());
    tx.commit("import", [entry("import")], []).await.unwrap();
}

/// Polls without pause until all is there; gives the subjects in the order in which they came.
async fn poll(db: Db) -> Vec<String> {
    let (mut seen, mut last) = (Vec::new(), -1);
    while seen.len() < ENTRIES {
        let mut tx = db.read().await.unwrap();
        for row in log::list_after(&mut tx, last, 7).await.unwrap() {
            assert_eq!(row.position, last + 1, "skipped or repeated");
            last = row.position;
            seen.push(row.subject);
        }
    }
    seen
}

/// Follows the facts without pause: the import comes as a whole, and positions never go back.
async fn follow(db: Db) -> HashMap<i64, usize> {
    let (mut rows_at, mut last) = (HashMap::<i64, usize>::new(), -1);
    while rows_at.values().sum::<usize>() < WRITERS * COMMITS + CHUNKS * CHUNK_ROWS {
        let mut tx = db.read().await.unwrap();
        let mut latest = last;
        fact::stream_after(&mut tx, last, |fact| {
            assert!(fact.position >= latest, "out of commit order");
            latest = fact.position;
            *rows_at.entry(fact.position).or_default() += 1;
        })
        .await
        .unwrap();
        last = latest;
    }
    rows_at
}

both_backends! {
    async fn nothing_is_skipped_or_repeated_under_eight_writers(db: Db) {
        let reader = tokio::spawn(poll(db.clone()));
        let follower = tokio::spawn(follow(db.clone()));
        let mut writers = vec![tokio::spawn(import(db.clone()))];
        for writer in 0..WRITERS {
            let db = db.clone();
            writers.push(tokio::spawn(async move {
                for round in 0..COMMITS {
                    register(&db, version(&format!("{writer} {round}"), 1)).await;
                }
            }));
        }
        for writer in writers {
            writer.await.unwrap();
        }
        let mut subjects = reader.await.unwrap();
        subjects.sort();
        subjects.dedup();
        assert_eq!(subjects.len(), ENTRIES);
        let rows_at = follower.await.unwrap();
        let mut sizes: Vec<usize> = rows_at.into_values().collect();
        sizes.sort_unstable();
        assert_eq!(sizes.pop(), Some(CHUNKS * CHUNK_ROWS));
        assert_eq!(sizes, vec![1; WRITERS * COMMITS]);
        crate::log::assert_whole(&db).await;
    }

    async fn one_of_two_versions_of_the_same_contract_is_told_that_it_was_overtaken(db: Db) {
        register(&db, version("1", 1)).await;
        let mut writers = Vec::new();
        for _ in 0..WRITERS {
            let db = db.clone();
            writers.push(tokio::spawn(async move {
                let mut tx = db.begin(NOW_MS).await.unwrap();
                contract::save_versions(&mut tx, &[version("1", 2)]).await.unwrap();
                let change_set_id = tx.change_set().await.unwrap();
                tx.lock_log().await.unwrap();
                if !contract::list_overtaken(&mut tx, change_set_id, 0).await.unwrap().is_empty() {
                    return false;
                }
                tx.commit("tester", [entry("1")], []).await.unwrap();
                true
            }));
        }
        let mut won = 0;
        for writer in writers {
            won += usize::from(writer.await.unwrap());
        }
        assert_eq!(won, 1);
        let versions = contract::list_versions(&mut db.read().await.unwrap(), "1").await.unwrap();
        assert_eq!(versions.iter().map(|row| row.version).collect::<Vec<_>>(), [1, 2]);
    }

    async fn imports_of_the_same_new_contracts_in_any_order_do_not_block_each_other(db: Db) {
        let mut numbers: Vec<NewVersion> = (0..300).map(|row| version(&format!("number {row}"), 1)).collect();
        let mut stages = Vec::new();
        for turn in 0..6 {
            numbers.reverse();
            numbers.rotate_left(turn * 31);
            let (db, mut mine) = (db.clone(), numbers.clone());
            for new in &mut mine {
                new.contract_id = format!("{} {turn}", new.contract_id);
            }
            stages.push(tokio::spawn(async move { stage(&db, &mine).await }));
        }
        for staged in stages {
            staged.await.unwrap();
        }
    }

    async fn an_abandoned_change_set_cannot_be_committed_any_more(db: Db) {
        let change_set_id = stage(&db, &[version("1", 1)]).await;
        let mut tx = db.begin(NOW_MS).await.unwrap();
        xiaoxiang_store::import::discard(&mut tx, change_set_id).await.unwrap();
        tx.keep_unlogged().await.unwrap();
        let mut tx = db.begin(NOW_MS).await.unwrap();
        tx.adopt(change_set_id);
        let refused = tx.commit("tester", [entry("1")], []).await.unwrap_err();
        assert!(matches!(refused, StoreError::Conflict(_)), "{refused:?}");
    }

    async fn a_discard_that_races_with_the_commit_takes_all_or_nothing(db: Db) {
        for round in 0..20 {
            let rows: Vec<NewVersion> =
                (0..50).map(|row| version(&format!("{round} {row}"), 1)).collect();
            let change_set_id = stage(&db, &rows).await;
            let other = db.clone();
            let discarding = tokio::spawn(async move {
                let mut tx = other.begin(NOW_MS).await.unwrap();
                xiaoxiang_store::import::discard(&mut tx, change_set_id).await.unwrap();
                tx.keep_unlogged().await.unwrap();
            });
            let mut tx = db.begin(NOW_MS).await.unwrap();
            tx.adopt(change_set_id);
            let committed = tx.commit("tester", [entry("1")], []).await;
            discarding.await.unwrap();
            let mut tx = db.read().await.unwrap();
            let numbers: Vec<String> = rows.into_iter().map(|row| row.registration_number).collect();
            let visible = contract::find_current(&mut tx, &numbers).await.unwrap().len();
            assert_eq!(visible, if committed.is_ok() { 50 } else { 0 });
        }
        raw(&db, "UPDATE change_set SET opened_at_ms = 0 WHERE position IS NULL").await.unwrap();
        crate::log::assert_whole(&db).await;
    }
}
