//! The record of an import and the months of the exchange.

use xiaoxiang_store::import::{self, ImportRow};
use xiaoxiang_store::{Db, both_backends};

use crate::support::{NOW_MS, entry, raw};

fn import_row(import_id: &str, change_set_id: i64, imported_at_ms: i64) -> ImportRow {
    ImportRow {
        import_id: import_id.to_owned(),
        change_set_id,
        source: "registry".to_owned(),
        file_name: "合同.xlsx".to_owned(),
        file_sha256: "00".to_owned(),
        row_count: 6,
        new_count: 1,
        changed_count: 2,
        unchanged_count: 3,
        kept_count: 0,
        problem_count: 0,
        imported_at_ms,
    }
}

both_backends! {
    async fn an_import_is_found_by_its_change_set_and_listed_newest_first(db: Db) {
        let mut rows = Vec::new();
        for (import_id, at_ms) in [("a", 1), ("b", 3), ("c", 2)] {
            let mut tx = db.begin(NOW_MS).await.unwrap();
            let change_set_id = tx.change_set().await.unwrap();
            rows.push(import_row(import_id, change_set_id, at_ms));
            import::save(&mut tx, rows.last().unwrap()).await.unwrap();
            tx.commit("tester", [entry("import")], []).await.unwrap();
        }
        let mut tx = db.read().await.unwrap();
        let found = import::find_of_change_set(&mut tx, rows[1].change_set_id).await.unwrap();
        assert_eq!(found.as_ref(), Some(&rows[1]));
        assert_eq!(import::find_of_change_set(&mut tx, 99).await.unwrap(), None);
        let listed = import::list(&mut tx, 2).await.unwrap();
        assert_eq!(listed, [rows[1].clone(), rows[2].clone()]);
        let past = import::list_past(&mut tx, 2).await.unwrap();
        let told: Vec<_> = past.iter().map(|row| (row.import_id.as_str(), row.position, row.actor.as_str())).collect();
        assert_eq!(told, [("c", 2, "tester"), ("b", 1, "tester")]);
        drop(tx);
        raw(&db, "DELETE FROM contract_import").await.unwrap_err();
    }

    async fn a_month_of_the_exchange_counts_from_its_first_delivery(db: Db) {
        for months in [["2026-05", "2026-04"], ["2026-06", "2026-05"]] {
            let mut tx = db.begin(NOW_MS).await.unwrap();
            for month in months {
                import::save_exchange_month(&mut tx, month).await.unwrap();
            }
            tx.commit("tester", [entry("exchange")], []).await.unwrap();
        }
        let mut tx = db.read().await.unwrap();
        let months = |rows: Vec<(String,)>| rows.into_iter().map(|(month,)| month).collect::<Vec<_>>();
        assert!(import::list_exchange_months(&mut tx, -1).await.unwrap().is_empty());
        assert_eq!(months(import::list_exchange_months(&mut tx, 0).await.unwrap()), ["2026-04", "2026-05"]);
        assert_eq!(
            months(import::list_exchange_months(&mut tx, i64::MAX).await.unwrap()),
            ["2026-04", "2026-05", "2026-06"]
        );
    }
}
