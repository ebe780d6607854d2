//! Contracts: versions, what is current, what is staged, what was erased.

use std::collections::HashMap;

use xiaoxiang_store::contract::{self, CurrentRow, NewVersion};
use xiaoxiang_store::{Db, StoreError, both_backends, import};

use crate::support::{NOW_MS, entry, facts_after, number, register, stage, version, write};

async fn current(db: &Db, numbers: &[&str]) -> HashMap<String, CurrentRow> {
    let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    contract::find_current(&mut db.read().await.unwrap(), &numbers).await.unwrap()
}

async fn commit_staged(db: &Db, change_set_id: i64) -> i64 {
    let mut tx = db.begin(NOW_MS).await.unwrap();
    tx.adopt(change_set_id);
    tx.commit("tester", [entry("import")], []).await.unwrap().position
}

/// What a version says, without row numbers.
fn said(row: &CurrentRow) -> (String, i64, String, Vec<u8>, Option<String>) {
    let number = row.registration_number.clone();
    (number, row.version, row.record.clone(), row.content_hash.clone(), row.personal.clone())
}

both_backends! {
    async fn a_contract_number_is_registered_once(db: Db) {
        let (first, _) = register(&db, version("1", 1)).await;
        let (second, _) = register(&db, version("1", 2)).await;
        assert_eq!(first, second);
        assert_eq!(number(&db, "SELECT COUNT(*) FROM contract").await, 1);
        let row = &current(&db, &["1"]).await["1"];
        assert_eq!(row.contract_id, version("1", 1).contract_id);
    }

    async fn the_highest_visible_version_is_current(db: Db) {
        register(&db, version("1", 1)).await;
        register(&db, version("2", 1)).await;
        let (_, commit) = register(&db, version("1", 2)).await;
        let found = current(&db, &["1", "2", "unknown", "' OR 1 = 1"]).await;
        assert_eq!(found.len(), 2);
        assert_eq!((found["1"].version, found["1"].position), (2, commit.position));
        assert_eq!((found["2"].version, found["2"].position), (1, 1));
        assert!(current(&db, &[]).await.is_empty());
        let versions = contract::list_versions(&mut db.read().await.unwrap(), "1").await.unwrap();
        assert_eq!(versions.iter().map(|row| row.version).collect::<Vec<_>>(), [1, 2]);
    }

    async fn a_version_is_written_once_in_a_change_set(db: Db) {
        let mut tx = db.begin(NOW_MS).await.unwrap();
        let twice = [version("1", 1), version("1", 1)];
        let refused = contract::save_versions(&mut tx, &twice).await.unwrap_err();
        assert!(matches!(refused, StoreError::Conflict(_)), "{refused:?}");
    }

    async fn amounts_out_of_order_are_refused_by_the_database_too(db: Db) {
        for (contract_value_fen, technology_value_fen) in [(-1, 0), (100, -1), (100, 101)] {
            let wrong = NewVersion { contract_value_fen, technology_value_fen, ..version("1", 1) };
            let mut tx = db.begin(NOW_MS).await.unwrap();
            assert!(contract::save_versions(&mut tx, &[wrong]).await.is_err());
        }
        let largest = NewVersion { contract_value_fen: i64::MAX, technology_value_fen: i64::MAX, ..version("1", 1) };
        register(&db, largest).await;
        assert_eq!(number(&db, "SELECT contract_value_fen FROM contract_version").await, i64::MAX);
    }

    async fn staged_rows_are_invisible_until_their_change_set_is_committed(db: Db) {
        register(&db, version("1", 1)).await;
        let change_set_id = stage(&db, &[version("1", 2), version("2", 1)]).await;
        assert_eq!(current(&db, &["1", "2"]).await["1"].version, 1);
        assert_eq!(current(&db, &["2"]).await.len(), 0);
        assert_eq!(facts_after(&db, -1).await.len(), 1);
        let mut tx = db.read().await.unwrap();
        assert_eq!(contract::list_versions(&mut tx, "1").await.unwrap().len(), 1);
        assert!(contract::list_behind(&mut tx, &[1, 2, 3]).await.unwrap().len() == 1);
        drop(tx);

        let position = commit_staged(&db, change_set_id).await;
        let found = current(&db, &["1", "2"]).await;
        assert_eq!((found["1"].version, found["2"].version), (2, 1));
        assert_eq!(found["1"].position, position);
        assert_eq!(facts_after(&db, -1).await.len(), 3);
        assert_eq!(facts_after(&db, 0).await.len(), 2);
    }

    async fn discarding_takes_staged_rows_only(db: Db) {
        let with_person = |new: NewVersion| NewVersion { personal: Some("{}".to_owned()), ..new };
        let mut tx = db.begin(NOW_MS).await.unwrap();
        let committed = tx.change_set().await.unwrap();
        write(&mut tx, with_person(version("1", 1))).await;
        tx.commit("tester", [entry("1")], []).await.unwrap();
        let staged = stage(&db, &[with_person(version("1", 2)), with_person(version("2", 1))]).await;
        for change_set_id in [committed, staged, staged] {
            let mut tx = db.begin(NOW_MS).await.unwrap();
            import::discard(&mut tx, change_set_id).await.unwrap();
            tx.keep_unlogged().await.unwrap();
        }
        assert_eq!(number(&db, "SELECT COUNT(*) FROM change_set").await, 1);
        assert_eq!(number(&db, "SELECT COUNT(*) FROM contract_version").await, 1);
        assert_eq!(number(&db, "SELECT COUNT(*) FROM contract_personal").await, 1);
        assert_eq!(number(&db, "SELECT COUNT(*) FROM contract_fact").await, 1);
        assert_eq!(current(&db, &["1", "2"]).await.len(), 1);
    }

    async fn what_was_staged_long_ago_is_abandoned(db: Db) {
        stage(&db, &[version("1", 1)]).await;
        let mut tx = db.begin(NOW_MS + 10).await.unwrap();
        write(&mut tx, version("2", 1)).await;
        tx.keep_unlogged().await.unwrap();
        register(&db, version("3", 1)).await;
        let mut tx = db.begin(NOW_MS).await.unwrap();
        assert_eq!(import::discard_abandoned(&mut tx, NOW_MS + 10).await.unwrap(), 1);
        tx.keep_unlogged().await.unwrap();
        assert_eq!(number(&db, "SELECT COUNT(*) FROM change_set").await, 2);
        assert_eq!(number(&db, "SELECT COUNT(*) FROM contract_version").await, 2);
    }

    async fn staged_contracts_that_somebody_else_committed_are_overtaken(db: Db) {
        register(&db, version("known before", 1)).await;
        let change_set_id =
            stage(&db, &[version("1", 1), version("2", 1), version("known before", 2)]).await;
        let mut tx = db.read().await.unwrap();
        assert!(contract::list_overtaken(&mut tx, change_set_id, 0).await.unwrap().is_empty());
        drop(tx);
        stage(&db, &[version("1", 1)]).await;
        register(&db, version("2", 1)).await;
        register(&db, version("3", 1)).await;
        let mut tx = db.read().await.unwrap();
        let overtaken = contract::list_overtaken(&mut tx, change_set_id, 0).await.unwrap();
        assert_eq!(overtaken, [("2".to_owned(),)]);
        assert!(contract::list_overtaken(&mut tx, change_set_id, 2).await.unwrap().is_empty());
    }

    async fn many_at_once_are_written_as_one_by_one(db: Db) {
        let new: Vec<NewVersion> = (0..200)
            .map(|row| NewVersion {
                seller_key: row % 7,
                buyer_key: row % 5,
                source: if row % 2 == 0 { "registry" } else { "exchange" },
                personal: (row % 3 == 0).then(|| format!("{{\"row\":{row}}}")),
                content_hash: vec![row as u8; 32],
                // Neither the order of numbers nor that of rows.
                ..version(&format!("{:03} 合同", (row * 37) % 200), 1)
            })
            .collect();
        let mut tx = db.begin(NOW_MS).await.unwrap();
        let keys = contract::save_versions(&mut tx, &new).await.unwrap();
        tx.commit("tester", [entry("bulk")], []).await.unwrap();
        let single: Vec<NewVersion> = new
            .iter()
            .map(|bulk| NewVersion {
                contract_id: format!("single {}", bulk.contract_id),
                registration_number: format!("single {}", bulk.registration_number),
                ..bulk.clone()
            })
            .collect();
        for one in &single {
            register(&db, one.clone()).await;
        }
        let numbers = |new: &[NewVersion]| new.iter().map(|new| new.registration_number.clone()).collect::<Vec<_>>();
        let mut tx = db.read().await.unwrap();
        let bulk = contract::find_current(&mut tx, &numbers(&new)).await.unwrap();
        let one_by_one = contract::find_current(&mut tx, &numbers(&single)).await.unwrap();
        assert_eq!(bulk.len(), 200);
        for (place, written) in new.iter().enumerate() {
            let row = &bulk[&written.registration_number];
            assert_eq!(row.contract_key, keys[place], "keys come in the order of the versions");
            let mut expected = said(&one_by_one[&format!("single {}", written.registration_number)]);
            expected.0 = written.registration_number.clone();
            assert_eq!(said(row), expected);
            assert_eq!((row.seller_key, row.buyer_key), (written.seller_key, written.buyer_key));
            assert_eq!(row.source, written.source);
        }
        // Rows of a change set stand in the order in which they were written.
        let hashes = contract::list_content_hashes(&mut tx, 1, 0).await.unwrap();
        let written: Vec<Vec<u8>> = new.iter().map(|new| new.content_hash.clone()).collect();
        assert_eq!(hashes.iter().map(|row| row.1.clone()).collect::<Vec<_>>(), written);
        assert_eq!(contract::list_content_hashes(&mut tx, 1, hashes[9].0).await.unwrap().len(), 190);
    }

    async fn erasure_takes_the_personal_data_and_leaves_the_versions(db: Db) {
        let person = |number: &str, at: i64| NewVersion {
            personal: Some("{\"name\":\"示例\"}".to_owned()),
            ..version(number, at)
        };
        let (key, _) = register(&db, person("1", 1)).await;
        register(&db, person("1", 2)).await;
        register(&db, person("2", 1)).await;
        let mut tx = db.begin(NOW_MS).await.unwrap();
        assert_eq!(contract::erase_personal(&mut tx, key).await.unwrap(), 2);
        assert_eq!(contract::erase_personal(&mut tx, key).await.unwrap(), 0);
        tx.commit("tester", [entry("1")], []).await.unwrap();
        let versions = contract::list_versions(&mut db.read().await.unwrap(), "1").await.unwrap();
        assert_eq!(versions.len(), 2);
        assert!(versions.iter().all(|row| row.personal.is_none() && row.content_hash.len() == 32));
        assert!(current(&db, &["2"]).await["2"].personal.is_some());
        crate::log::assert_whole(&db).await;
    }

    async fn an_organisations_contracts_are_listed_page_by_page_in_their_current_version(db: Db) {
        let with = |number: &str, at: i64, seller_key: i64, buyer_key: i64| NewVersion {
            seller_key,
            buyer_key,
            ..version(number, at)
        };
        register(&db, with("1", 1, 5, 0)).await;
        register(&db, with("2", 1, 6, 5)).await;
        register(&db, with("3", 1, 5, 5)).await;
        register(&db, with("4", 1, 5, 6)).await;
        register(&db, with("4", 2, 7, 6)).await;
        stage(&db, &[with("2", 2, 7, 7), with("5", 1, 5, 5)]).await;
        let mut tx = db.read().await.unwrap();
        let first = contract::list_current_of_organisation(&mut tx, 5, 0, 2).await.unwrap();
        let numbers = |rows: &[CurrentRow]| {
            rows.iter().map(|row| row.registration_number.clone()).collect::<Vec<_>>()
        };
        assert_eq!(numbers(&first), ["1", "2"]);
        let last = first[1].contract_key;
        let second = contract::list_current_of_organisation(&mut tx, 5, last, 2).await.unwrap();
        assert_eq!(numbers(&second), ["3"]);
    }

    async fn a_figure_opens_to_the_contracts_behind_its_facts(db: Db) {
        register(&db, version("1", 1)).await;
        register(&db, version("2", 1)).await;
        register(&db, version("1", 2)).await;
        let ids: Vec<i64> = facts_after(&db, -1).await.iter().map(|fact| fact.fact_id).collect();
        let mut tx = db.read().await.unwrap();
        let behind = contract::list_behind(&mut tx, &[ids[2], ids[0]]).await.unwrap();
        let found: Vec<(&str, i64, i64)> =
            behind.iter().map(|row| (row.registration_number.as_str(), row.version, row.position)).collect();
        assert_eq!(found, [("1", 1, 0), ("1", 2, 2)]);
        assert!(contract::list_behind(&mut tx, &[]).await.unwrap().is_empty());
    }
}
