//! Park lists, objections and decisions.

use xiaoxiang_store::attribution::{self, ObjectionFilter, ObjectionRow, ParkCompanyRow, RemarkRow};
use xiaoxiang_store::{Db, both_backends};

use crate::support::{NOW_MS, entry, number, raw, register, version};

fn company(park_key: i64, name: &str) -> ParkCompanyRow {
    ParkCompanyRow {
        park_company_id: 0,
        park_key,
        credit_code: String::new(),
        name: name.to_owned(),
        valid_from: "2026-01-01".to_owned(),
        valid_to: None,
    }
}

fn objection(id: &str, contract_key: i64, raised_at_ms: i64) -> ObjectionRow {
    ObjectionRow {
        objection_id: id.to_owned(),
        contract_key,
        registration_number: "1".to_owned(),
        side: "seller".to_owned(),
        raised_by: "430200".to_owned(),
        claimed_division: "430200".to_owned(),
        present_division: "430100".to_owned(),
        reason: "示例".to_owned(),
        raised_at_ms,
        decided_division: None,
        decision_reason: None,
        decided_at_ms: None,
        moved_contracts: None,
    }
}

async fn replace(db: &Db, park_key: i64, names: &[&str]) {
    let companies: Vec<ParkCompanyRow> = names.iter().map(|name| company(park_key, name)).collect();
    let mut tx = db.begin(NOW_MS).await.unwrap();
    attribution::replace_park_list(&mut tx, park_key, &companies).await.unwrap();
    tx.commit("officer", [entry("park")], []).await.unwrap();
}

async fn names(db: &Db) -> Vec<(i64, String)> {
    let rows = attribution::list_park_companies(&mut db.read().await.unwrap()).await.unwrap();
    rows.into_iter().map(|row| (row.park_key, row.name)).collect()
}

async fn raise(db: &Db, objections: &[ObjectionRow]) {
    let mut tx = db.begin(NOW_MS).await.unwrap();
    for objection in objections {
        attribution::save_objection(&mut tx, objection).await.unwrap();
    }
    tx.commit("city", [entry("objection")], []).await.unwrap();
}

async fn decide(db: &Db, id: &str, division: &str) -> bool {
    let mut tx = db.begin(NOW_MS).await.unwrap();
    let done = attribution::decide_objection(&mut tx, id, division, "because", NOW_MS).await.unwrap();
    if done {
        tx.commit("province", [entry("objection")], []).await.unwrap();
    }
    done
}

both_backends! {
    async fn a_new_list_takes_the_place_of_that_parks_old_one(db: Db) {
        replace(&db, 1, &["甲", "乙"]).await;
        replace(&db, 2, &["丙"]).await;
        replace(&db, 1, &["乙", "丁"]).await;
        let expected = [(1, "乙"), (1, "丁"), (2, "丙")].map(|(park, name)| (park, name.to_owned()));
        assert_eq!(names(&db).await, expected);
        assert_eq!(number(&db, "SELECT COUNT(*) FROM park_company").await, 5);
    }

    async fn of_lists_sent_at_once_one_is_in_force(db: Db) {
        let mut writers = Vec::new();
        for turn in 0..6 {
            let db = db.clone();
            writers.push(tokio::spawn(async move {
                let name = format!("list {turn}");
                replace(&db, 1, &[name.as_str(), name.as_str()]).await;
            }));
        }
        for writer in writers {
            writer.await.unwrap();
        }
        let found = names(&db).await;
        assert_eq!(found.len(), 2);
        assert_eq!(found[0], found[1]);
    }

    async fn an_objection_is_decided_once(db: Db) {
        let (key, _) = register(&db, version("1", 1)).await;
        raise(&db, &[objection("a", key, 1)]).await;
        let mut deciders = Vec::new();
        for turn in 0..6 {
            let db = db.clone();
            deciders.push(tokio::spawn(async move { decide(&db, "a", &format!("43010{turn}")).await }));
        }
        let mut done = 0;
        for decider in deciders {
            done += usize::from(decider.await.unwrap());
        }
        assert_eq!(done, 1);
        assert!(!decide(&db, "unknown", "430100").await);
        let mut tx = db.read().await.unwrap();
        let found = attribution::find_objection(&mut tx, "a").await.unwrap().unwrap();
        assert_eq!(found.registration_number, "1");
        assert_eq!(found.decision_reason.as_deref(), Some("because"));
        assert_eq!(attribution::find_objection(&mut tx, "b").await.unwrap(), None);
    }

    async fn decisions_are_listed_in_the_order_in_which_they_were_taken(db: Db) {
        let (key, _) = register(&db, version("1", 1)).await;
        raise(&db, &[objection("a", key, 1), objection("b", key, 2), objection("c", key, 3)]).await;
        assert!(decide(&db, "b", "430200").await);
        assert!(decide(&db, "a", "430100").await);
        let mut tx = db.read().await.unwrap();
        let decisions = attribution::list_decisions(&mut tx).await.unwrap();
        let expected = ["430200", "430100"].map(|division| (key, "seller".to_owned(), division.to_owned()));
        assert_eq!(decisions, expected);
        let everywhere = ObjectionFilter { places: Some(""), raised_by: "" };
        let listed = attribution::list_objections(&mut tx, everywhere, 10).await.unwrap();
        assert_eq!(listed.iter().map(|row| row.objection_id.as_str()).collect::<Vec<_>>(), ["c", "b", "a"]);
        assert_eq!(attribution::list_objections(&mut tx, everywhere, 1).await.unwrap().len(), 1);
    }

    async fn objections_are_found_by_either_place_and_by_who_raised_them(db: Db) {
        let (key, _) = register(&db, version("1", 1)).await;
        raise(&db, &[objection("a", key, 7), objection("b", key, 9)]).await;
        assert!(decide(&db, "b", "430200").await);
        let filter = |places, raised_by| ObjectionFilter { places, raised_by };
        let mut tx = db.read().await.unwrap();
        for (filter, listed) in [
            (filter(Some("4301"), ""), 2),
            (filter(Some("4302"), ""), 2),
            (filter(Some("430200"), ""), 2),
            (filter(Some("4303"), ""), 0),
            (filter(None, ""), 0),
            (filter(None, "430200"), 2),
        ] {
            let found = attribution::list_objections(&mut tx, filter, 10).await.unwrap();
            assert_eq!(found.len(), listed, "{filter:?}");
            let open = attribution::count_open_objections(&mut tx, filter).await.unwrap();
            assert_eq!(open, if listed == 0 { (0, None) } else { (1, Some(7)) }, "{filter:?}");
        }
    }

    async fn remarks_stay_as_they_were_said(db: Db) {
        let (key, _) = register(&db, version("1", 1)).await;
        raise(&db, &[objection("a", key, 1)]).await;
        let mut tx = db.begin(NOW_MS).await.unwrap();
        for (id, at) in [("y", 2), ("x", 1)] {
            let row = RemarkRow {
                remark_id: id.to_owned(),
                objection_id: "a".to_owned(),
                remarked_by: "430100".to_owned(),
                remark: "ours".to_owned(),
                remarked_at_ms: at,
            };
            attribution::save_remark(&mut tx, &row).await.unwrap();
        }
        attribution::save_moved(&mut tx, "a", 3).await.unwrap();
        tx.commit("city", [entry("remark")], []).await.unwrap();
        let mut tx = db.read().await.unwrap();
        let said = attribution::list_remarks(&mut tx, "a", 10).await.unwrap();
        assert_eq!(said.iter().map(|row| row.remark_id.as_str()).collect::<Vec<_>>(), ["x", "y"]);
        assert_eq!(attribution::find_objection(&mut tx, "a").await.unwrap().unwrap().moved_contracts, Some(3));
        drop(tx);
        raw(&db, "UPDATE objection_remark SET remark = 'theirs'").await.unwrap_err();
        raw(&db, "DELETE FROM objection_remark").await.unwrap_err();
    }
}
