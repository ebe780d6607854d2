//! Bulletins, corrections, closed years and legal numbers.

use xiaoxiang_store::bulletin::{self, BulletinRow, CorrectionRow};
use xiaoxiang_store::target::{self, TargetRow};
use xiaoxiang_store::{Db, StoreError, both_backends, region};

use crate::support::{NOW_MS, entry, raw};

fn draft(id: &str, region_version_id: i64) -> BulletinRow {
    BulletinRow {
        bulletin_id: id.to_owned(),
        kind: "city-monthly".to_owned(),
        period: "2026-10".to_owned(),
        status: "draft".to_owned(),
        title: "统计通报".to_owned(),
        as_of: 0,
        region_version_id,
        method_version: 1,
        growth_base: "registered".to_owned(),
        document_number: None,
        signer: None,
        signed_on: None,
        tree_head: None,
        content: "{}".to_owned(),
        content_sha256: "00".to_owned(),
    }
}

fn signed(draft: &BulletinRow, document_number: &str) -> BulletinRow {
    BulletinRow {
        as_of: 5,
        document_number: Some(document_number.to_owned()),
        signer: Some("示例".to_owned()),
        signed_on: Some("2026-11-05".to_owned()),
        tree_head: Some("head".to_owned()),
        content: "{\"frozen\":1}".to_owned(),
        ..draft.clone()
    }
}

fn correction(id: &str, serial: i64, decision: &str) -> CorrectionRow {
    CorrectionRow {
        correction_id: id.to_owned(),
        bulletin_id: "a".to_owned(),
        serial,
        decision: decision.to_owned(),
        reason: "late registration".to_owned(),
        from_position: 5,
        to_position: 9,
        decided_by: "officer".to_owned(),
        decided_on: "2026-11-20".to_owned(),
        document_number: None,
        changes: "[]".to_owned(),
    }
}

/// Saves drafts on a region version of their own.
async fn save_drafts(db: &Db, ids: &[&str]) -> Vec<BulletinRow> {
    let mut tx = db.begin(NOW_MS).await.unwrap();
    let version = region::save_version(&mut tx, "430000", "china", "00", &[]).await.unwrap();
    let drafts: Vec<BulletinRow> = ids.iter().map(|id| draft(id, version)).collect();
    for draft in &drafts {
        bulletin::save(&mut tx, draft).await.unwrap();
    }
    tx.commit("tester", [entry("bulletin")], []).await.unwrap();
    drafts
}

async fn sign(db: &Db, row: &BulletinRow) -> Result<bool, StoreError> {
    let mut tx = db.begin(NOW_MS).await.unwrap();
    let done = bulletin::sign(&mut tx, row).await?;
    if done {
        tx.commit("signer", [entry("bulletin")], []).await?;
    }
    Ok(done)
}

both_backends! {
    async fn a_bulletin_is_signed_once(db: Db) {
        let drafts = save_drafts(&db, &["a"]).await;
        let mut signers = Vec::new();
        for turn in 0..6 {
            let (db, row) = (db.clone(), signed(&drafts[0], &format!("通报 {turn}")));
            signers.push(tokio::spawn(async move { sign(&db, &row).await.unwrap() }));
        }
        let mut done = 0;
        for signer in signers {
            done += usize::from(signer.await.unwrap());
        }
        assert_eq!(done, 1);
        let mut tx = db.read().await.unwrap();
        let found = bulletin::find(&mut tx, "a").await.unwrap().unwrap();
        assert_eq!((found.status.as_str(), found.as_of, found.content.as_str()), ("signed", 5, "{\"frozen\":1}"));
        assert_eq!(bulletin::find_published(&mut tx, "city-monthly", "2026-10").await.unwrap(), Some(found));
        assert_eq!(bulletin::find_published(&mut tx, "city-monthly", "2026-09").await.unwrap(), None);
        assert_eq!(bulletin::find(&mut tx, "b").await.unwrap(), None);
    }

    async fn a_document_number_is_given_once(db: Db) {
        let drafts = save_drafts(&db, &["a", "b"]).await;
        assert!(sign(&db, &signed(&drafts[0], "通报 1")).await.unwrap());
        let refused = sign(&db, &signed(&drafts[1], "通报 1")).await.unwrap_err();
        assert!(matches!(refused, StoreError::Conflict(_)), "{refused:?}");
    }

    async fn drafts_are_listed_before_signed_bulletins(db: Db) {
        let drafts = save_drafts(&db, &["a", "b"]).await;
        sign(&db, &signed(&drafts[1], "通报 1")).await.unwrap();
        let mut tx = db.read().await.unwrap();
        let all = bulletin::list(&mut tx, 10).await.unwrap();
        assert_eq!(all.iter().map(|row| row.bulletin_id.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(bulletin::list(&mut tx, 1).await.unwrap().len(), 1);
    }

    async fn a_signed_bulletin_is_frozen_by_the_database(db: Db) {
        let drafts = save_drafts(&db, &["a", "b"]).await;
        sign(&db, &signed(&drafts[0], "通报 1")).await.unwrap();
        for sql in [
            "UPDATE bulletin SET content = '{}' WHERE bulletin_id = 'a'",
            "UPDATE bulletin SET status = 'draft' WHERE bulletin_id = 'a'",
            "UPDATE bulletin SET document_number = NULL WHERE bulletin_id = 'a'",
            "UPDATE bulletin SET period = '2026-09' WHERE bulletin_id = 'a'",
            "DELETE FROM bulletin WHERE bulletin_id = 'a'",
        ] {
            let error = raw(&db, sql).await.expect_err(sql).to_string();
            assert!(error.contains("a signed bulletin is final"), "{sql}: {error}");
        }
        raw(&db, "DELETE FROM bulletin WHERE bulletin_id = 'b'").await.unwrap();
    }

    async fn an_issued_correction_marks_the_bulletin_and_a_folded_one_does_not(db: Db) {
        let drafts = save_drafts(&db, &["a"]).await;
        sign(&db, &signed(&drafts[0], "通报 1")).await.unwrap();
        for (serial, decision, expected) in [(1, "fold", "signed"), (2, "issue", "corrected")] {
            let mut tx = db.begin(NOW_MS).await.unwrap();
            bulletin::save_correction(&mut tx, &correction(decision, serial, decision)).await.unwrap();
            tx.commit("officer", [entry("bulletin")], []).await.unwrap();
            let mut tx = db.read().await.unwrap();
            assert_eq!(bulletin::find(&mut tx, "a").await.unwrap().unwrap().status, expected);
        }
        let mut tx = db.begin(NOW_MS).await.unwrap();
        let refused = bulletin::save_correction(&mut tx, &correction("again", 2, "fold")).await.unwrap_err();
        assert!(matches!(refused, StoreError::Conflict(_)), "{refused:?}");
        drop(tx);
        let mut tx = db.read().await.unwrap();
        let serials: Vec<i64> = bulletin::list_corrections(&mut tx, "a").await.unwrap().iter().map(|it| it.serial).collect();
        assert_eq!(serials, [1, 2]);
        drop(tx);
        raw(&db, "DELETE FROM bulletin_correction").await.unwrap_err();
    }

    async fn legal_numbers_have_no_gap_in_a_series(db: Db) {
        let mut writers = Vec::new();
        for turn in 0..24_i64 {
            let db = db.clone();
            writers.push(tokio::spawn(async move {
                let series = if turn % 2 == 0 { "通报" } else { "更正" };
                let mut tx = db.begin(NOW_MS).await.unwrap();
                let taken = bulletin::next_number(&mut tx, "湖南", series, 2026).await.unwrap();
                // Every third gives its number back.
                if turn % 3 == 0 {
                    return None;
                }
                tx.commit("tester", [entry("number")], []).await.unwrap();
                Some((series, taken))
            }));
        }
        let mut taken = Vec::new();
        for writer in writers {
            taken.extend(writer.await.unwrap());
        }
        for series in ["通报", "更正"] {
            let mut serials: Vec<i64> =
                taken.iter().filter(|(name, _)| *name == series).map(|(_, serial)| *serial).collect();
            serials.sort_unstable();
            assert_eq!(serials, (1..=8).collect::<Vec<_>>(), "{series}");
        }
        let mut tx = db.begin(NOW_MS).await.unwrap();
        assert_eq!(bulletin::next_number(&mut tx, "湖南", "通报", 2027).await.unwrap(), 1);
        assert_eq!(bulletin::next_number(&mut tx, "长沙", "通报", 2026).await.unwrap(), 1);
    }

    async fn a_year_is_closed_once(db: Db) {
        let mut tx = db.begin(NOW_MS).await.unwrap();
        bulletin::close_year(&mut tx, 2025, 7, "officer", "2026-02-01").await.unwrap();
        tx.commit("officer", [entry("year")], []).await.unwrap();
        let mut tx = db.begin(NOW_MS).await.unwrap();
        let refused = bulletin::close_year(&mut tx, 2025, 9, "another", "2026-03-01").await.unwrap_err();
        assert!(matches!(refused, StoreError::Conflict(_)), "{refused:?}");
        drop(tx);
        let closed = bulletin::list_closed_years(&mut db.read().await.unwrap()).await.unwrap();
        assert_eq!(closed, [(2025, 7, "officer".to_owned(), "2026-02-01".to_owned())]);
        raw(&db, "DELETE FROM closed_year").await.unwrap_err();
    }

    async fn targets_hold_as_of_a_position_in_the_order_in_which_they_were_set(db: Db) {
        let goal = |division: &str, amount_fen: i64| TargetRow {
            year: 2026,
            division: division.to_owned(),
            direction: "registered".to_owned(),
            amount_fen,
            document_number: "湘科发 1".to_owned(),
            valid_from: "2026-01-01".to_owned(),
            reason: "示例".to_owned(),
        };
        assert_eq!(target::revision(&mut db.read().await.unwrap(), 2026).await.unwrap(), -1);
        let sets = [vec![goal("430100", 5), goal("430200", 3)], vec![goal("430100", 6)]];
        for set in &sets {
            let mut tx = db.begin(NOW_MS).await.unwrap();
            target::save(&mut tx, set).await.unwrap();
            tx.commit("officer", [entry("target")], []).await.unwrap();
        }
        let mut tx = db.read().await.unwrap();
        assert_eq!(target::list(&mut tx, 2026, 0).await.unwrap(), sets[0]);
        assert_eq!(target::list(&mut tx, 2026, 1).await.unwrap(), sets.concat());
        assert!(target::list(&mut tx, 2025, 1).await.unwrap().is_empty());
        assert_eq!(target::revision(&mut tx, 2026).await.unwrap(), 1);
        assert_eq!(target::list_years(&mut tx).await.unwrap(), [(2026,)]);
        drop(tx);
        let mut tx = db.begin(NOW_MS).await.unwrap();
        assert!(target::save(&mut tx, &[goal("430100", 0)]).await.is_err());
    }
}
