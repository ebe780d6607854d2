//! Contract facts: what statistics streams. Append-only; a later fact of a contract replaces the earlier one.

use futures_util::TryStreamExt as _;
use jiff::civil::Date;
use serde::Deserialize;
use xiaoxiang_domain::fact::{ContractFact, Source, Standing};
use xiaoxiang_domain::money::Fen;

use crate::db::{SQLITE_ROWS_MAX, Tx, WriteTx, of_rows};
use crate::error::StoreError;

/// A fact to be written; its row number and position come from the database.
#[derive(Clone, Debug)]
pub struct NewFact {
    /// The version that it stems from.
    pub version: i64,
    /// Everything that statistics counts.
    pub fact: ContractFact,
}

record! {
    /// A visible fact as stored.
    #[derive(Clone, Debug, Deserialize)]
    pub struct FactRow {
        /// Row number.
        fact_id: i64,
        /// Contract.
        contract_key: i64,
        /// Log position.
        position: i64,
        /// `counted` or `withdrawn`.
        standing: String,
        /// `registry` or `exchange`.
        source: String,
        /// Day.
        registered_on: String,
        /// Code.
        contract_type: i64,
        /// Code.
        field: i64,
        /// Code.
        ip: i64,
        /// Code.
        seller_kind: i64,
        /// Code.
        buyer_kind: i64,
        /// Code.
        seller_division: i64,
        /// Code.
        buyer_division: i64,
        /// Key.
        seller_park: i64,
        /// Key.
        buyer_park: i64,
        /// Key.
        seller_organisation: i64,
        /// Key.
        buyer_organisation: i64,
        /// Key.
        registrar: i64,
        /// 成交额
        contract_value_fen: i64,
        /// 技术交易额
        technology_value_fen: i64,
    }
}

impl FactRow {
    fn fact(&self) -> Result<ContractFact, StoreError> {
        let damaged = |what: &str| StoreError::Damaged(format!("{what} of contract fact {}", self.fact_id));
        let small = |value: i64, what: &str| u16::try_from(value).map_err(|_| damaged(what));
        let wide = |value: i64, what: &str| u32::try_from(value).map_err(|_| damaged(what));
        Ok(ContractFact {
            fact_id: self.fact_id,
            contract_key: self.contract_key,
            position: self.position,
            standing: Standing::from_code(&self.standing).ok_or_else(|| damaged("standing"))?,
            source: Source::from_code(&self.source).ok_or_else(|| damaged("source"))?,
            registered_on: self.registered_on.parse::<Date>().map_err(|_| damaged("registration date"))?,
            contract_type: small(self.contract_type, "contract type")?,
            field: small(self.field, "field")?,
            ip: small(self.ip, "intellectual property")?,
            seller_kind: small(self.seller_kind, "seller kind")?,
            buyer_kind: small(self.buyer_kind, "buyer kind")?,
            seller_division: wide(self.seller_division, "seller division")?,
            buyer_division: wide(self.buyer_division, "buyer division")?,
            seller_park: wide(self.seller_park, "seller park")?,
            buyer_park: wide(self.buyer_park, "buyer park")?,
            seller_organisation: wide(self.seller_organisation, "seller")?,
            buyer_organisation: wide(self.buyer_organisation, "buyer")?,
            registrar: wide(self.registrar, "registrar")?,
            contract_value: Fen(self.contract_value_fen),
            technology_value: Fen(self.technology_value_fen),
        })
    }
}

/// Facts that became visible after a log position, in commit order, handed over one by one.
pub async fn stream_after(
    tx: &mut Tx,
    position: i64,
    mut take: impl FnMut(ContractFact) + Send,
) -> Result<(), StoreError> {
    match tx {
        // SQLite hands over each value of a row on its own, which took most of a load: one JSON array a row
        // halves the time. The fields stand in the order of `FactRow`.
        Tx::Sqlite(connection) => {
            let mut rows = sqlx::query_as::<_, (String,)>(
                "SELECT json_array(f.fact_id, f.contract_key, c.position, f.standing, f.source, f.registered_on,
                        f.contract_type, f.field, f.ip, f.seller_kind, f.buyer_kind, f.seller_division,
                        f.buyer_division, f.seller_park, f.buyer_park, f.seller_organisation, f.buyer_organisation,
                        f.registrar, f.contract_value_fen, f.technology_value_fen)
                   FROM change_set c
                   JOIN contract_fact f ON f.change_set_id = c.change_set_id
                  WHERE c.position > $1
                  ORDER BY c.position, f.fact_id",
            )
            .bind(position)
            .fetch(&mut **connection);
            while let Some((fields,)) = rows.try_next().await? {
                let row: FactRow = serde_json::from_str(&fields)
                    .map_err(|error| StoreError::Damaged(format!("contract fact {fields}: {error}")))?;
                take(row.fact()?);
            }
        }
        Tx::Postgres(connection) => {
            let mut rows = sqlx::query_as::<_, FactRow>(
                "SELECT f.fact_id, f.contract_key, c.position, f.standing, f.source, f.registered_on, f.contract_type,
                        f.field, f.ip, f.seller_kind, f.buyer_kind, f.seller_division, f.buyer_division, f.seller_park,
                        f.buyer_park, f.seller_organisation, f.buyer_organisation, f.registrar, f.contract_value_fen,
                        f.technology_value_fen
                   FROM change_set c
                   JOIN contract_fact f ON f.change_set_id = c.change_set_id
                  WHERE c.position > $1
                  ORDER BY c.position, f.fact_id",
            )
            .bind(position)
            .fetch(&mut **connection);
            while let Some(row) = rows.try_next().await? {
                take(row.fact()?);
            }
        }
    }
    Ok(())
}

/// Visible facts of one contract in the order in which they hold.
pub async fn list_of_contract(tx: &mut Tx, contract_key: i64) -> Result<Vec<ContractFact>, StoreError> {
    let found = rows!(
        tx,
        FactRow,
        "SELECT f.fact_id, f.contract_key, c.position, f.standing, f.source, f.registered_on, f.contract_type,
                f.field, f.ip, f.seller_kind, f.buyer_kind, f.seller_division, f.buyer_division, f.seller_park,
                f.buyer_park, f.seller_organisation, f.buyer_organisation, f.registrar, f.contract_value_fen,
                f.technology_value_fen
           FROM contract_fact f
           JOIN change_set c ON c.change_set_id = f.change_set_id
          WHERE f.contract_key = $1 AND c.position IS NOT NULL
          ORDER BY c.position, f.fact_id",
        contract_key
    )?;
    found.iter().map(FactRow::fact).collect()
}

/// Writes facts into the open change set, in order.
pub async fn save_facts(tx: &mut WriteTx, facts: &[NewFact]) -> Result<(), StoreError> {
    let change_set_id = tx.change_set().await?;
    // Bulk load: one statement with arrays on PostgreSQL, some rows at a time on SQLite.
    match &mut tx.tx {
        Tx::Postgres(connection) => {
            let numbers = |pick: fn(&NewFact) -> i64| facts.iter().map(pick).collect::<Vec<_>>();
            let days: Vec<String> = facts.iter().map(|new| new.fact.registered_on.to_string()).collect();
            let standings: Vec<&str> = facts.iter().map(|new| new.fact.standing.code()).collect();
            let sources: Vec<&str> = facts.iter().map(|new| new.fact.source.code()).collect();
            sqlx::query(
                "INSERT INTO contract_fact (change_set_id, contract_key, version, standing, source, registered_on,
                        contract_type, field, ip, seller_kind, buyer_kind, seller_division, buyer_division, seller_park,
                        buyer_park, seller_organisation, buyer_organisation, registrar, contract_value_fen,
                        technology_value_fen)
                 SELECT $1, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s
                   FROM UNNEST($2::BIGINT[], $3::BIGINT[], $4::TEXT[], $5::TEXT[], $6::TEXT[], $7::BIGINT[], $8::BIGINT[],
                               $9::BIGINT[], $10::BIGINT[], $11::BIGINT[], $12::BIGINT[], $13::BIGINT[], $14::BIGINT[],
                               $15::BIGINT[], $16::BIGINT[], $17::BIGINT[], $18::BIGINT[], $19::BIGINT[], $20::BIGINT[])
                        WITH ORDINALITY AS t(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, place)
                  ORDER BY place",
            )
            .bind(change_set_id)
            .bind(numbers(|new| new.fact.contract_key))
            .bind(numbers(|new| new.version))
            .bind(standings)
            .bind(sources)
            .bind(days)
            .bind(numbers(|new| new.fact.contract_type.into()))
            .bind(numbers(|new| new.fact.field.into()))
            .bind(numbers(|new| new.fact.ip.into()))
            .bind(numbers(|new| new.fact.seller_kind.into()))
            .bind(numbers(|new| new.fact.buyer_kind.into()))
            .bind(numbers(|new| new.fact.seller_division.into()))
            .bind(numbers(|new| new.fact.buyer_division.into()))
            .bind(numbers(|new| new.fact.seller_park.into()))
            .bind(numbers(|new| new.fact.buyer_park.into()))
            .bind(numbers(|new| new.fact.seller_organisation.into()))
            .bind(numbers(|new| new.fact.buyer_organisation.into()))
            .bind(numbers(|new| new.fact.registrar.into()))
            .bind(numbers(|new| new.fact.contract_value.0))
            .bind(numbers(|new| new.fact.technology_value.0))
            .execute(&mut **connection)
            .await?;
        }
        Tx::Sqlite(connection) => {
            for facts in facts.chunks(SQLITE_ROWS_MAX) {
                let mut insert = sqlx::query(of_rows(
                    "INSERT INTO contract_fact (change_set_id, contract_key, version, standing, source, registered_on,
                            contract_type, field, ip, seller_kind, buyer_kind, seller_division, buyer_division,
                            seller_park, buyer_park, seller_organisation, buyer_organisation, registrar,
                            contract_value_fen, technology_value_fen)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)",
                    facts.len(),
                ));
                for new in facts {
                    let fact = &new.fact;
                    insert = insert
                        .bind(change_set_id)
                        .bind(fact.contract_key)
                        .bind(new.version)
                        .bind(fact.standing.code())
                        .bind(fact.source.code())
                        .bind(fact.registered_on.to_string())
                        .bind(i64::from(fact.contract_type))
                        .bind(i64::from(fact.field))
                        .bind(i64::from(fact.ip))
                        .bind(i64::from(fact.seller_kind))
                        .bind(i64::from(fact.buyer_kind))
                        .bind(i64::from(fact.seller_division))
                        .bind(i64::from(fact.buyer_division))
                        .bind(i64::from(fact.seller_park))
                        .bind(i64::from(fact.buyer_park))
                        .bind(i64::from(fact.seller_organisation))
                        .bind(i64::from(fact.buyer_organisation))
                        .bind(i64::from(fact.registrar))
                        .bind(fact.contract_value.0)
                        .bind(fact.technology_value.0);
                }
                insert.execute(&mut **connection).await?;
            }
        }
    }
    Ok(())
}

/// How many contracts of a stretch of days were recorded or changed after a log position, at most `limit`.
pub async fn count_changed_after(
    tx: &mut Tx,
    position: i64,
    days: [&str; 2],
    limit: i64,
) -> Result<i64, StoreError> {
    let found: Option<(i64,)> = row!(
        tx,
        (i64,),
        "SELECT COUNT(*)
           FROM (SELECT DISTINCT f.contract_key
                   FROM change_set c
                   JOIN contract_fact f ON f.change_set_id = c.change_set_id
                  WHERE c.position > $1
                    AND EXISTS (SELECT 1
                                  FROM contract_fact g
                                 WHERE g.contract_key = f.contract_key
                                   AND g.registered_on >= $2 AND g.registered_on <= $3)
                  LIMIT $4) changed",
        position,
        days[0],
        days[1],
        limit
    )?;
    Ok(found.map_or(0, |(count,)| count))
}
