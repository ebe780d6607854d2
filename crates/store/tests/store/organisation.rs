//! Organisations, registrars and region data.

use xiaoxiang_store::organisation::{self, NewOrganisation};
use xiaoxiang_store::region::{self, RegionFileRow};
use xiaoxiang_store::{Db, both_backends};

use crate::support::{NOW_MS, entry};

fn new(identity: &str, name: &str) -> NewOrganisation {
    NewOrganisation {
        organisation_id: format!("id of {identity} {name}"),
        identity: identity.to_owned(),
        name: name.to_owned(),
        credit_code: (!identity.starts_with("name:")).then(|| identity.to_owned()),
    }
}

both_backends! {
    async fn an_organisation_keeps_its_key(db: Db) {
        let mut tx = db.begin(NOW_MS).await.unwrap();
        let first = organisation::find_or_create(&mut tx, &[new("B", "乙"), new("A", "甲")]).await.unwrap();
        let second =
            organisation::find_or_create(&mut tx, &[new("A", "甲 renamed"), new("name:丙", "丙")]).await.unwrap();
        tx.commit("tester", [entry("a")], []).await.unwrap();
        assert_eq!(first["A"], second["A"]);
        let mut tx = db.read().await.unwrap();
        assert_eq!(organisation::list_names(&mut tx).await.unwrap().len(), 3);
        assert_eq!(organisation::find_keys(&mut tx, "A", "nobody").await.unwrap(), [first["A"]]);
        assert_eq!(organisation::find_keys(&mut tx, "", "丙").await.unwrap(), [second["name:丙"]]);
        let identities = organisation::list_identities(&mut tx).await.unwrap();
        assert!(identities.contains(&(first["A"], "A".to_owned(), "甲".to_owned())));
    }

    async fn many_writers_agree_on_the_keys_of_new_organisations(db: Db) {
        let mut writers = Vec::new();
        for turn in 0..6 {
            let db = db.clone();
            writers.push(tokio::spawn(async move {
                let mut all: Vec<NewOrganisation> = (0..100).map(|row| new(&format!("{row}"), "n")).collect();
                for one in &mut all {
                    one.organisation_id = format!("{} {turn}", one.organisation_id);
                }
                all.rotate_left(turn * 13);
                let mut tx = db.begin(NOW_MS).await.unwrap();
                let keys = organisation::find_or_create(&mut tx, &all).await.unwrap();
                let registrar = organisation::find_or_create_registrar(&mut tx, "43", "r").await.unwrap();
                tx.keep_unlogged().await.unwrap();
                (keys, registrar)
            }));
        }
        let mut agreed = Vec::new();
        for writer in writers {
            agreed.push(writer.await.unwrap());
        }
        assert_eq!(agreed[0].0.len(), 100);
        assert!(agreed.iter().all(|keys| *keys == agreed[0]));
    }

    async fn a_registrar_is_known_by_code_or_name(db: Db) {
        let mut tx = db.begin(NOW_MS).await.unwrap();
        let by_code = organisation::find_or_create_registrar(&mut tx, "4301", "长沙").await.unwrap();
        let again = organisation::find_or_create_registrar(&mut tx, "4301", "长沙市").await.unwrap();
        let by_name = organisation::find_or_create_registrar(&mut tx, "", "长沙").await.unwrap();
        assert_eq!(organisation::find_or_create_registrar(&mut tx, "", "").await.unwrap(), 0);
        tx.commit("tester", [entry("a")], []).await.unwrap();
        assert_eq!(by_code, again);
        assert_ne!(by_code, by_name);
        let names = organisation::list_registrar_names(&mut db.read().await.unwrap()).await.unwrap();
        assert_eq!(names, [(by_code, "长沙".to_owned()), (by_name, "长沙".to_owned())]);
    }

    async fn region_data_hold_from_their_position(db: Db) {
        let file = |content: &str| RegionFileRow {
            layer: "hunan".to_owned(),
            path: "region.yaml".to_owned(),
            content: content.to_owned(),
        };
        let mut ids = Vec::new();
        for content in ["first", "second"] {
            let mut tx = db.begin(NOW_MS).await.unwrap();
            ids.push(region::save_version(&mut tx, "430000", "china hunan", content, &[file(content)]).await.unwrap());
            tx.commit("tester", [entry("region")], []).await.unwrap();
        }
        let mut tx = db.read().await.unwrap();
        assert!(region::find_version(&mut tx, Some(-1)).await.unwrap().is_none());
        for (as_of, expected) in [(Some(0), 0), (Some(1), 1), (Some(9), 1), (None, 1)] {
            let found = region::find_version(&mut tx, as_of).await.unwrap().unwrap();
            assert_eq!(found.region_version_id, ids[expected]);
        }
        assert_eq!(region::list_files(&mut tx, ids[0]).await.unwrap(), [file("first")]);
    }
}
