//! Facts: streamed in commit order, the same in bulk and one by one.

use jiff::civil::date;
use xiaoxiang_domain::fact::{ContractFact, Source, Standing};
use xiaoxiang_domain::money::Fen;
use xiaoxiang_store::contract;
use xiaoxiang_store::fact::{self, NewFact};
use xiaoxiang_store::{Db, both_backends};

use crate::support::{NOW_MS, entry, fact as new_fact, facts_after, register, stage, version};

both_backends! {
    async fn facts_come_in_commit_order_and_not_in_the_order_of_writing(db: Db) {
        let early = stage(&db, &[version("staged first", 1), version("staged second", 1)]).await;
        let (key, commit) = register(&db, version("committed first", 1)).await;
        let mut tx = db.begin(NOW_MS).await.unwrap();
        tx.adopt(early);
        let later = tx.commit("tester", [entry("a"), entry("b")], []).await.unwrap();
        let facts = facts_after(&db, -1).await;
        assert_eq!(facts[0].contract_key, key);
        let positions: Vec<i64> = facts.iter().map(|fact| fact.position).collect();
        assert_eq!(positions, [commit.position, later.position, later.position]);
        assert!(facts[1].fact_id < facts[2].fact_id);
        assert!(facts[0].fact_id > facts[1].fact_id);
        assert_eq!(facts_after(&db, commit.position).await, facts[1..]);
        assert!(facts_after(&db, later.position).await.is_empty());
    }

    async fn facts_come_back_as_they_were_written_in_bulk_and_one_by_one(db: Db) {
        let (key, _) = register(&db, version("1", 1)).await;
        let base = new_fact(key, 1);
        let written: Vec<NewFact> = (0..50_u16)
            .map(|row| NewFact {
                version: 1,
                fact: ContractFact {
                    standing: if row % 2 == 0 { Standing::Counted } else { Standing::Withdrawn },
                    source: if row % 3 == 0 { Source::Registry } else { Source::Exchange },
                    registered_on: date(2016 + i16::try_from(row % 9).unwrap(), 2, 28),
                    contract_type: row,
                    field: u16::MAX - row,
                    seller_division: u32::MAX - u32::from(row),
                    registrar: u32::from(row) * 3,
                    contract_value: Fen(i64::MAX - i64::from(row)),
                    technology_value: Fen(i64::from(row)),
                    ..base.fact
                },
            })
            .collect();
        let mut tx = db.begin(NOW_MS).await.unwrap();
        fact::save_facts(&mut tx, &written).await.unwrap();
        let bulk = tx.commit("tester", [entry("bulk")], []).await.unwrap();
        let mut tx = db.begin(NOW_MS).await.unwrap();
        for one in &written {
            fact::save_facts(&mut tx, std::slice::from_ref(one)).await.unwrap();
        }
        let single = tx.commit("tester", [entry("single")], []).await.unwrap();
        let facts = facts_after(&db, bulk.position - 1).await;
        assert_eq!(facts.len(), 100);
        for (place, read) in facts.iter().enumerate() {
            let position = if place < 50 { bulk.position } else { single.position };
            let expected = ContractFact { fact_id: read.fact_id, position, ..written[place % 50].fact };
            assert_eq!(*read, expected);
        }
    }

    async fn a_fact_without_its_contract_is_refused(db: Db) {
        let mut tx = db.begin(NOW_MS).await.unwrap();
        assert!(fact::save_facts(&mut tx, &[new_fact(99, 1)]).await.is_err());
    }

    async fn nothing_is_written_for_nothing(db: Db) {
        let mut tx = db.begin(NOW_MS).await.unwrap();
        fact::save_facts(&mut tx, &[]).await.unwrap();
        assert!(contract::save_versions(&mut tx, &[]).await.unwrap().is_empty());
        tx.commit("tester", [entry("a")], []).await.unwrap();
        assert!(facts_after(&db, -1).await.is_empty());
    }
}
