//! Rows to write and raw statements for what the store itself never does.

use jiff::civil::date;
use serde_json::json;
use sqlx::SqlSafeStr as _;
use xiaoxiang_domain::fact::{ContractFact, Source, Standing};
use xiaoxiang_domain::money::Fen;
use xiaoxiang_store::contract::{self, NewVersion};
use xiaoxiang_store::fact::{self, NewFact};
use xiaoxiang_store::{Commit, Db, NewEntry, WriteTx};

/// An instant of the tests, 2026-11-22 08:00 in China.
pub const NOW_MS: i64 = 1_795_305_600_000;

pub fn version(number: &str, version: i64) -> NewVersion {
    NewVersion {
        contract_id: format!("id of {number} {version}"),
        registration_number: number.to_owned(),
        version,
        source: "registry",
        standing: "counted",
        registered_on: "2026-05-04".to_owned(),
        contract_type: "1".to_owned(),
        contract_value_fen: 200,
        technology_value_fen: 100,
        seller_key: 0,
        buyer_key: 0,
        record: json!({ "number": number, "version": version }).to_string(),
        content_hash: vec![version as u8; 32],
        personal: None,
    }
}

pub fn fact(contract_key: i64, version: i64) -> NewFact {
    NewFact {
        version,
        fact: ContractFact {
            fact_id: 0,
            contract_key,
            position: 0,
            standing: Standing::Counted,
            source: Source::Registry,
            registered_on: date(2026, 5, 4),
            contract_type: 1,
            field: 2,
            ip: 3,
            seller_kind: 4,
            buyer_kind: 5,
            seller_division: 430_102,
            buyer_division: 440_103,
            seller_park: 6,
            buyer_park: 7,
            seller_organisation: 8,
            buyer_organisation: 9,
            registrar: 10,
            contract_value: Fen(200),
            technology_value: Fen(100),
        },
    }
}

pub fn entry(subject: &str) -> NewEntry {
    NewEntry {
        kind: "contract.registered",
        subject: subject.to_owned(),
        payload: json!({ "value_fen": 200, "名称": "示例" }),
    }
}

/// Writes one version with its fact and gives the contract's key.
pub async fn write(tx: &mut WriteTx, new: NewVersion) -> i64 {
    let number = new.version;
    let keys = contract::save_versions(tx, &[new]).await.unwrap();
    fact::save_facts(tx, &[fact(keys[0], number)]).await.unwrap();
    keys[0]
}

/// Registers one version in a commit of its own.
pub async fn register(db: &Db, new: NewVersion) -> (i64, Commit) {
    let subject = format!("contract:{}", new.registration_number);
    let mut tx = db.begin(NOW_MS).await.unwrap();
    let key = write(&mut tx, new).await;
    (key, tx.commit("tester", [entry(&subject)], []).await.unwrap())
}

/// Stages versions without committing them and gives their change set.
pub async fn stage(db: &Db, versions: &[NewVersion]) -> i64 {
    let mut tx = db.begin(NOW_MS).await.unwrap();
    let change_set_id = tx.change_set().await.unwrap();
    let keys = contract::save_versions(&mut tx, versions).await.unwrap();
    let facts: Vec<NewFact> =
        keys.iter().zip(versions).map(|(key, version)| fact(*key, version.version)).collect();
    fact::save_facts(&mut tx, &facts).await.unwrap();
    tx.keep_unlogged().await.unwrap();
    change_set_id
}

/// All visible facts after a position.
pub async fn facts_after(db: &Db, position: i64) -> Vec<ContractFact> {
    let mut facts = Vec::new();
    let mut tx = db.read().await.unwrap();
    fact::stream_after(&mut tx, position, |fact| facts.push(fact)).await.unwrap();
    facts
}

/// Runs a statement that the store itself has no function for, outside all its rules.
pub async fn raw(db: &Db, sql: &'static str) -> Result<u64, sqlx::Error> {
    match db {
        Db::Sqlite { writer, .. } => {
            sqlx::raw_sql(sql.into_sql_str()).execute(writer).await.map(|done| done.rows_affected())
        }
        Db::Postgres(pool) => {
            sqlx::raw_sql(sql.into_sql_str()).execute(pool).await.map(|done| done.rows_affected())
        }
    }
}

/// One number by a statement of the test's own.
pub async fn number(db: &Db, sql: &'static str) -> i64 {
    match db {
        Db::Sqlite { readers, .. } => sqlx::query_scalar(sql).fetch_one(readers).await.unwrap(),
        Db::Postgres(pool) => sqlx::query_scalar(sql).fetch_one(pool).await.unwrap(),
    }
}
