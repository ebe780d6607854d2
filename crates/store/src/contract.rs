//! Contracts (技术合同) and their versions.
//!
//! A version is visible once its change set has a log position; the current version is the visible one
//! with the highest number.

use std::collections::HashMap;

use futures_util::TryStreamExt as _;

use crate::db::{SQLITE_ROWS_MAX, Tx, WriteTx, of_rows};
use crate::error::StoreError;

/// Registration numbers looked up at once.
pub const LOOKUP_MAX: usize = 2_000;

/// Content hashes read at once.
pub const CONTENT_HASHES_PAGE_MAX: i64 = 10_000;

/// A version to be written.
#[derive(Clone, Debug)]
pub struct NewVersion {
    /// New UUID, used where the registration number is not known yet.
    pub contract_id: String,
    /// 登记编号
    pub registration_number: String,
    /// 1 for a new contract.
    pub version: i64,
    /// `registry` or `exchange`.
    pub source: &'static str,
    /// `counted` or `withdrawn`.
    pub standing: &'static str,
    /// Day.
    pub registered_on: String,
    /// Code.
    pub contract_type: String,
    /// 成交额
    pub contract_value_fen: i64,
    /// 技术交易额
    pub technology_value_fen: i64,
    /// Organisation key, 0 for people.
    pub seller_key: i64,
    /// Organisation key, 0 for people.
    pub buyer_key: i64,
    /// The record without personal data, JSON.
    pub record: String,
    /// Hash of the record with commitments for the personal data.
    pub content_hash: Vec<u8>,
    /// Personal values with their salts, JSON, where there are any.
    pub personal: Option<String>,
}

record! {
    /// A contract's current version.
    #[derive(Clone, Debug)]
    pub struct CurrentRow {
        /// Row number of the contract.
        contract_key: i64,
        /// Row number of the version.
        contract_version_id: i64,
        /// Change set that made it visible.
        change_set_id: i64,
        /// Public id.
        contract_id: String,
        /// 登记编号
        registration_number: String,
        /// Version number.
        version: i64,
        /// `registry` or `exchange`.
        source: String,
        /// Organisation key of the seller.
        seller_key: i64,
        /// Organisation key of the buyer.
        buyer_key: i64,
        /// Record, JSON.
        record: String,
        /// Hash of the content.
        content_hash: Vec<u8>,
        /// Position of the commit that made it visible.
        position: i64,
        /// Personal data, JSON, where there are any left.
        personal: Option<String>,
    }
}

/// Current versions of the given numbers, by number.
pub async fn find_current(
    tx: &mut Tx,
    numbers: &[String],
) -> Result<HashMap<String, CurrentRow>, StoreError> {
    assert!(numbers.len() <= LOOKUP_MAX, "numbers are looked up in chunks");
    // A list is bound as an array on PostgreSQL and as JSON on SQLite.
    let found: Vec<CurrentRow> = match tx {
        Tx::Postgres(connection) => {
            sqlx::query_as(
                "SELECT k.contract_key, v.contract_version_id, v.change_set_id, k.contract_id, k.registration_number, v.version, v.source,
                        v.seller_key, v.buyer_key, v.record, v.content_hash, c.position, p.fields AS personal
                   FROM contract k
                   JOIN contract_version v ON v.contract_key = k.contract_key
                   JOIN change_set c ON c.change_set_id = v.change_set_id
                   LEFT JOIN contract_personal p ON p.contract_version_id = v.contract_version_id
                  WHERE k.registration_number = ANY($1)
                    AND c.position IS NOT NULL
                  ORDER BY v.version",
            )
            .bind(numbers)
            .fetch_all(&mut **connection)
            .await?
        }
        Tx::Sqlite(_) => rows!(
            tx,
            CurrentRow,
            "SELECT k.contract_key, v.contract_version_id, v.change_set_id, k.contract_id, k.registration_number, v.version, v.source,
                    v.seller_key, v.buyer_key, v.record, v.content_hash, c.position, p.fields AS personal
               FROM contract k
               JOIN contract_version v ON v.contract_key = k.contract_key
               JOIN change_set c ON c.change_set_id = v.change_set_id
               LEFT JOIN contract_personal p ON p.contract_version_id = v.contract_version_id
              WHERE k.registration_number IN (SELECT value FROM json_each($1))
                AND c.position IS NOT NULL
              ORDER BY v.version",
            json_list(numbers)
        )?,
    };
    // Later versions overwrite earlier ones.
    Ok(found.into_iter().map(|row| (row.registration_number.clone(), row)).collect())
}

/// The key of a registration number; a number that was only staged has one too.
pub async fn find_key(tx: &mut Tx, registration_number: &str) -> Result<Option<i64>, StoreError> {
    let found: Option<(i64,)> = row!(
        tx,
        (i64,),
        "SELECT contract_key FROM contract WHERE registration_number = $1",
        registration_number
    )?;
    Ok(found.map(|(key,)| key))
}

/// All visible versions of one contract, oldest first.
pub async fn list_versions(tx: &mut Tx, registration_number: &str) -> Result<Vec<CurrentRow>, StoreError> {
    rows!(
        tx,
        CurrentRow,
        "SELECT k.contract_key, v.contract_version_id, v.change_set_id, k.contract_id, k.registration_number, v.version, v.source,
                v.seller_key, v.buyer_key, v.record, v.content_hash, c.position, p.fields AS personal
           FROM contract k
           JOIN contract_version v ON v.contract_key = k.contract_key
           JOIN change_set c ON c.change_set_id = v.change_set_id
           LEFT JOIN contract_personal p ON p.contract_version_id = v.contract_version_id
          WHERE k.registration_number = $1 AND c.position IS NOT NULL
          ORDER BY v.version",
        registration_number
    )
}

/// Current versions of all contracts in which one of the organisations takes part, at most `limit`.
pub async fn list_current_of_organisation(
    tx: &mut Tx,
    organisation_key: i64,
    after_contract_key: i64,
    limit: i64,
) -> Result<Vec<CurrentRow>, StoreError> {
    rows!(
        tx,
        CurrentRow,
        "SELECT k.contract_key, v.contract_version_id, v.change_set_id, k.contract_id, k.registration_number, v.version, v.source,
                v.seller_key, v.buyer_key, v.record, v.content_hash, c.position, p.fields AS personal
           FROM contract_version v
           JOIN contract k ON k.contract_key = v.contract_key
           JOIN change_set c ON c.change_set_id = v.change_set_id
           LEFT JOIN contract_personal p ON p.contract_version_id = v.contract_version_id
          WHERE (v.seller_key = $1 OR v.buyer_key = $1)
            AND c.position IS NOT NULL
            AND v.contract_key > $2
            AND NOT EXISTS (SELECT 1 FROM contract_version later
                              JOIN change_set l ON l.change_set_id = later.change_set_id
                             WHERE later.contract_key = v.contract_key
                               AND later.version > v.version
                               AND l.position IS NOT NULL)
          ORDER BY v.contract_key
          LIMIT $3",
        organisation_key,
        after_contract_key,
        limit
    )
}

/// Current versions of all contracts after a contract key, in order, at most `limit`.
pub async fn list_current(
    tx: &mut Tx,
    after_contract_key: i64,
    limit: i64,
) -> Result<Vec<CurrentRow>, StoreError> {
    rows!(
        tx,
        CurrentRow,
        "SELECT k.contract_key, v.contract_version_id, v.change_set_id, k.contract_id, k.registration_number, v.version, v.source,
                v.seller_key, v.buyer_key, v.record, v.content_hash, c.position, p.fields AS personal
           FROM contract_version v
           JOIN contract k ON k.contract_key = v.contract_key
           JOIN change_set c ON c.change_set_id = v.change_set_id
           LEFT JOIN contract_personal p ON p.contract_version_id = v.contract_version_id
          WHERE v.contract_key > $1
            AND c.position IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM contract_version later
                              JOIN change_set l ON l.change_set_id = later.change_set_id
                             WHERE later.contract_key = v.contract_key
                               AND later.version > v.version
                               AND l.position IS NOT NULL)
          ORDER BY v.contract_key
          LIMIT $2",
        after_contract_key,
        limit
    )
}

record! {
    /// A version in a list, without personal data.
    #[derive(Clone, Debug)]
    pub struct ListedRow {
        /// Row number of the contract.
        contract_key: i64,
        /// Version number.
        version: i64,
        /// `registry` or `exchange`.
        source: String,
        /// Record, JSON.
        record: String,
    }
}

/// The versions of the given contracts that held at a log position, by contract.
pub async fn find_listed(
    tx: &mut Tx,
    contract_keys: &[i64],
    position: i64,
) -> Result<HashMap<i64, ListedRow>, StoreError> {
    assert!(contract_keys.len() <= LOOKUP_MAX, "contracts are looked up in chunks");
    let keys =
        serde_json::to_string(contract_keys).map_err(|error| StoreError::Damaged(error.to_string()))?;
    // A list is bound as JSON; the functions that take it apart differ.
    let found: Vec<ListedRow> = match tx {
        Tx::Postgres(_) => rows!(
            tx,
            ListedRow,
            "SELECT v.contract_key, v.version, v.source, v.record
               FROM contract_version v
               JOIN change_set c ON c.change_set_id = v.change_set_id
              WHERE v.contract_key IN (SELECT CAST(json_array_elements_text(CAST($1 AS JSON)) AS BIGINT))
                AND c.position <= $2
              ORDER BY v.version",
            keys,
            position
        )?,
        Tx::Sqlite(_) => rows!(
            tx,
            ListedRow,
            "SELECT v.contract_key, v.version, v.source, v.record
               FROM contract_version v
               JOIN change_set c ON c.change_set_id = v.change_set_id
              WHERE v.contract_key IN (SELECT value FROM json_each($1))
                AND c.position <= $2
              ORDER BY v.version",
            keys,
            position
        )?,
    };
    // Later versions overwrite earlier ones.
    Ok(found.into_iter().map(|row| (row.contract_key, row)).collect())
}

/// Versions that became visible after a log position, in commit order, handed over one by one: contract, registration
/// number, record.
pub async fn stream_records_after(
    tx: &mut Tx,
    position: i64,
    mut take: impl FnMut(i64, &str, &str) + Send,
) -> Result<(), StoreError> {
    // A stream borrows its connection, hence the same text twice.
    match tx {
        Tx::Sqlite(connection) => {
            let mut rows = sqlx::query_as::<_, (i64, String, String)>(
                "SELECT v.contract_key, k.registration_number, v.record
                   FROM change_set c
                   JOIN contract_version v ON v.change_set_id = c.change_set_id
                   JOIN contract k ON k.contract_key = v.contract_key
                  WHERE c.position > $1
                  ORDER BY c.position, v.contract_version_id",
            )
            .bind(position)
            .fetch(&mut **connection);
            while let Some((contract_key, number, record)) = rows.try_next().await? {
                take(contract_key, &number, &record);
            }
        }
        Tx::Postgres(connection) => {
            let mut rows = sqlx::query_as::<_, (i64, String, String)>(
                "SELECT v.contract_key, k.registration_number, v.record
                   FROM change_set c
                   JOIN contract_version v ON v.change_set_id = c.change_set_id
                   JOIN contract k ON k.contract_key = v.contract_key
                  WHERE c.position > $1
                  ORDER BY c.position, v.contract_version_id",
            )
            .bind(position)
            .fetch(&mut **connection);
            while let Some((contract_key, number, record)) = rows.try_next().await? {
                take(contract_key, &number, &record);
            }
        }
    }
    Ok(())
}

record! {
    /// A version with its personal data, for the screens.
    #[derive(Clone, Debug)]
    pub struct ScreenedRow {
        /// Row number of the contract.
        contract_key: i64,
        /// 登记编号
        registration_number: String,
        /// Version number.
        version: i64,
        /// Record, JSON.
        record: String,
        /// Personal data, JSON, where there are any left.
        personal: Option<String>,
    }
}

/// Versions that became visible after a log position, with their personal data, in commit order, handed over one by one.
pub async fn stream_whole_after(
    tx: &mut Tx,
    position: i64,
    mut take: impl FnMut(ScreenedRow) + Send,
) -> Result<(), StoreError> {
    // A stream borrows its connection, hence the same text twice.
    match tx {
        Tx::Sqlite(connection) => {
            let mut rows = sqlx::query_as::<_, ScreenedRow>(
                "SELECT v.contract_key, k.registration_number, v.version, v.record, p.fields AS personal
                   FROM change_set c
                   JOIN contract_version v ON v.change_set_id = c.change_set_id
                   JOIN contract k ON k.contract_key = v.contract_key
                   LEFT JOIN contract_personal p ON p.contract_version_id = v.contract_version_id
                  WHERE c.position > $1
                  ORDER BY c.position, v.contract_version_id",
            )
            .bind(position)
            .fetch(&mut **connection);
            while let Some(row) = rows.try_next().await? {
                take(row);
            }
        }
        Tx::Postgres(connection) => {
            let mut rows = sqlx::query_as::<_, ScreenedRow>(
                "SELECT v.contract_key, k.registration_number, v.version, v.record, p.fields AS personal
                   FROM change_set c
                   JOIN contract_version v ON v.change_set_id = c.change_set_id
                   JOIN contract k ON k.contract_key = v.contract_key
                   LEFT JOIN contract_personal p ON p.contract_version_id = v.contract_version_id
                  WHERE c.position > $1
                  ORDER BY c.position, v.contract_version_id",
            )
            .bind(position)
            .fetch(&mut **connection);
            while let Some(row) = rows.try_next().await? {
                take(row);
            }
        }
    }
    Ok(())
}

/// Contracts of which a version other than the first became visible after a log position.
pub async fn list_changed_after(tx: &mut Tx, position: i64) -> Result<Vec<i64>, StoreError> {
    let found: Vec<(i64,)> = rows!(
        tx,
        (i64,),
        "SELECT DISTINCT v.contract_key
           FROM change_set c
           JOIN contract_version v ON v.change_set_id = c.change_set_id
          WHERE c.position > $1 AND v.version > 1
          ORDER BY v.contract_key",
        position
    )?;
    Ok(found.into_iter().map(|(key,)| key).collect())
}

/// Writes versions into the open change set and gives their contract keys in order.
pub async fn save_versions(tx: &mut WriteTx, versions: &[NewVersion]) -> Result<Vec<i64>, StoreError> {
    let change_set_id = tx.change_set().await?;
    let keys = contract_keys(tx, versions).await?;
    let ids = insert_versions(tx, change_set_id, versions, &keys).await?;
    insert_personal(tx, versions, &ids).await?;
    Ok(keys)
}

async fn insert_personal(tx: &mut WriteTx, versions: &[NewVersion], ids: &[i64]) -> Result<(), StoreError> {
    let (ids, fields): (Vec<i64>, Vec<&str>) = versions
        .iter()
        .zip(ids)
        .filter_map(|(version, id)| Some((*id, version.personal.as_deref()?)))
        .unzip();
    if ids.is_empty() {
        return Ok(());
    }
    // Bulk load, as below.
    match &mut tx.tx {
        Tx::Postgres(connection) => {
            sqlx::query(
                "INSERT INTO contract_personal (contract_version_id, fields)
                 SELECT * FROM UNNEST($1::BIGINT[], $2::TEXT[])",
            )
            .bind(&ids)
            .bind(&fields)
            .execute(&mut **connection)
            .await?;
        }
        Tx::Sqlite(connection) => {
            for (ids, fields) in ids.chunks(SQLITE_ROWS_MAX).zip(fields.chunks(SQLITE_ROWS_MAX)) {
                let mut insert = sqlx::query(of_rows(
                    "INSERT INTO contract_personal (contract_version_id, fields) VALUES ($1, $2)",
                    ids.len(),
                ));
                for (id, fields) in ids.iter().zip(fields) {
                    insert = insert.bind(*id).bind(*fields);
                }
                insert.execute(&mut **connection).await?;
            }
        }
    }
    Ok(())
}

async fn contract_keys(tx: &mut WriteTx, versions: &[NewVersion]) -> Result<Vec<i64>, StoreError> {
    // Bulk load: one statement with arrays on PostgreSQL, where each round trip counts; some rows at a time on SQLite.
    match &mut tx.tx {
        Tx::Postgres(connection) => {
            let ids: Vec<&str> = versions.iter().map(|version| version.contract_id.as_str()).collect();
            let numbers: Vec<&str> =
                versions.iter().map(|version| version.registration_number.as_str()).collect();
            // In order of number, so that two imports of the same new contracts never wait for each other in a circle.
            let found: Vec<(String, i64)> = sqlx::query_as(
                "WITH added AS (
                   INSERT INTO contract (contract_id, registration_number)
                   SELECT contract_id, registration_number
                     FROM UNNEST($1::TEXT[], $2::TEXT[]) AS t(contract_id, registration_number)
                    ORDER BY registration_number
                       ON CONFLICT (registration_number) DO NOTHING
                   RETURNING registration_number, contract_key)
                 SELECT registration_number, contract_key FROM added
                  UNION ALL
                 SELECT registration_number, contract_key FROM contract WHERE registration_number = ANY($2)",
            )
            .bind(&ids)
            .bind(&numbers)
            .fetch_all(&mut **connection)
            .await?;
            let mut by_number: HashMap<String, i64> = found.into_iter().collect();
            // One that somebody else committed while the statement ran is neither added nor seen by it.
            if by_number.len() < numbers.len() {
                let found: Vec<(String, i64)> = sqlx::query_as(
                    "SELECT registration_number, contract_key FROM contract WHERE registration_number = ANY($1)",
                )
                .bind(&numbers)
                .fetch_all(&mut **connection)
                .await?;
                by_number.extend(found);
            }
            in_order(versions, &by_number)
        }
        Tx::Sqlite(connection) => {
            let mut keys = Vec::with_capacity(versions.len());
            for versions in versions.chunks(SQLITE_ROWS_MAX) {
                let mut insert = sqlx::query_as(of_rows(
                    "INSERT INTO contract (contract_id, registration_number) VALUES ($1, $2)
                         ON CONFLICT (registration_number) DO UPDATE SET registration_number = excluded.registration_number
                     RETURNING registration_number, contract_key",
                    versions.len(),
                ));
                for version in versions {
                    insert = insert.bind(&version.contract_id).bind(&version.registration_number);
                }
                let found: Vec<(String, i64)> = insert.fetch_all(&mut **connection).await?;
                keys.extend(in_order(versions, &found.into_iter().collect())?);
            }
            Ok(keys)
        }
    }
}

/// The keys in the order of the versions.
fn in_order(versions: &[NewVersion], by_number: &HashMap<String, i64>) -> Result<Vec<i64>, StoreError> {
    let key = |version: &NewVersion| by_number.get(&version.registration_number).copied();
    let keys = versions.iter().map(|version| key(version).ok_or("contract vanished"));
    keys.collect::<Result<_, _>>().map_err(|what| StoreError::Damaged(what.to_owned()))
}

async fn insert_versions(
    tx: &mut WriteTx,
    change_set_id: i64,
    versions: &[NewVersion],
    keys: &[i64],
) -> Result<Vec<i64>, StoreError> {
    // Bulk load, as above.
    match &mut tx.tx {
        Tx::Postgres(connection) => {
            let column = |pick: fn(&NewVersion) -> &str| versions.iter().map(pick).collect::<Vec<_>>();
            let numbers = |pick: fn(&NewVersion) -> i64| versions.iter().map(pick).collect::<Vec<_>>();
            let hashes: Vec<&[u8]> = versions.iter().map(|version| version.content_hash.as_slice()).collect();
            let ids: Vec<(i64,)> = sqlx::query_as(
                "INSERT INTO contract_version (contract_key, version, change_set_id, source, standing, registered_on,
                        contract_type, contract_value_fen, technology_value_fen, seller_key, buyer_key, record, content_hash)
                 SELECT contract_key, version, $1, source, standing, registered_on, contract_type, contract_value_fen,
                        technology_value_fen, seller_key, buyer_key, record, content_hash
                   FROM UNNEST($2::BIGINT[], $3::BIGINT[], $4::TEXT[], $5::TEXT[], $6::TEXT[], $7::TEXT[], $8::BIGINT[],
                               $9::BIGINT[], $10::BIGINT[], $11::BIGINT[], $12::TEXT[], $13::BYTEA[])
                        WITH ORDINALITY
                        AS t(contract_key, version, source, standing, registered_on, contract_type, contract_value_fen,
                             technology_value_fen, seller_key, buyer_key, record, content_hash, place)
                  ORDER BY place
                 RETURNING contract_version_id",
            )
            .bind(change_set_id)
            .bind(keys)
            .bind(numbers(|version| version.version))
            .bind(column(|version| version.source))
            .bind(column(|version| version.standing))
            .bind(column(|version| &version.registered_on))
            .bind(column(|version| &version.contract_type))
            .bind(numbers(|version| version.contract_value_fen))
            .bind(numbers(|version| version.technology_value_fen))
            .bind(numbers(|version| version.seller_key))
            .bind(numbers(|version| version.buyer_key))
            .bind(column(|version| &version.record))
            .bind(hashes)
            .fetch_all(&mut **connection)
            .await?;
            let mut ids: Vec<i64> = ids.into_iter().map(|(id,)| id).collect();
            ids.sort_unstable();
            Ok(ids)
        }
        Tx::Sqlite(connection) => {
            let mut ids: Vec<i64> = Vec::with_capacity(versions.len());
            for (versions, keys) in versions.chunks(SQLITE_ROWS_MAX).zip(keys.chunks(SQLITE_ROWS_MAX)) {
                let mut insert = sqlx::query_as(of_rows(
                    "INSERT INTO contract_version (contract_key, version, change_set_id, source, standing, registered_on,
                            contract_type, contract_value_fen, technology_value_fen, seller_key, buyer_key, record,
                            content_hash)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
                     RETURNING contract_version_id",
                    versions.len(),
                ));
                for (version, key) in versions.iter().zip(keys) {
                    insert = insert
                        .bind(*key)
                        .bind(version.version)
                        .bind(change_set_id)
                        .bind(version.source)
                        .bind(version.standing)
                        .bind(&version.registered_on)
                        .bind(&version.contract_type)
                        .bind(version.contract_value_fen)
                        .bind(version.technology_value_fen)
                        .bind(version.seller_key)
                        .bind(version.buyer_key)
                        .bind(&version.record)
                        .bind(&version.content_hash);
                }
                let added: Vec<(i64,)> = insert.fetch_all(&mut **connection).await?;
                ids.extend(added.into_iter().map(|(id,)| id));
            }
            // The keys count up in the order of the rows; RETURNING promises no order.
            ids.sort_unstable();
            Ok(ids)
        }
    }
}

/// Numbers of staged contracts of which somebody else committed a version after a log position: at most 20.
///
/// Runs under the log's lock, hence from the small side, the change sets committed since: `CROSS JOIN` keeps SQLite to
/// that order, and the finished inner list keeps PostgreSQL from walking all contracts by number for the sake of the limit.
pub async fn list_overtaken(
    tx: &mut Tx,
    change_set_id: i64,
    position: i64,
) -> Result<Vec<(String,)>, StoreError> {
    rows!(
        tx,
        (String,),
        "WITH overtaken AS MATERIALIZED (
                SELECT DISTINCT other.contract_key
                  FROM change_set c
                 CROSS JOIN contract_version other
                 CROSS JOIN contract_version mine
                 WHERE c.position > $2
                   AND other.change_set_id = c.change_set_id
                   AND mine.contract_key = other.contract_key
                   AND mine.change_set_id = $1)
         SELECT k.registration_number
           FROM overtaken o
           JOIN contract k ON k.contract_key = o.contract_key
          ORDER BY k.registration_number
          LIMIT 20",
        change_set_id,
        position
    )
}

/// Content hashes of a change set's versions in the order in which they were written, after a row number, at most
/// [`CONTENT_HASHES_PAGE_MAX`].
pub async fn list_content_hashes(
    tx: &mut Tx,
    change_set_id: i64,
    after: i64,
) -> Result<Vec<(i64, Vec<u8>)>, StoreError> {
    rows!(
        tx,
        (i64, Vec<u8>),
        "SELECT contract_version_id, content_hash
           FROM contract_version
          WHERE change_set_id = $1 AND contract_version_id > $2
          ORDER BY contract_version_id
          LIMIT $3",
        change_set_id,
        after,
        CONTENT_HASHES_PAGE_MAX
    )
}

/// Erases the personal data of all versions of a contract (个人信息删除); proofs stay whole.
pub async fn erase_personal(tx: &mut WriteTx, contract_key: i64) -> Result<u64, StoreError> {
    run!(
        &mut tx.tx,
        "DELETE FROM contract_personal
          WHERE contract_version_id IN (SELECT contract_version_id FROM contract_version WHERE contract_key = $1)",
        contract_key
    )
}

record! {
    /// What a figure opens to: one contract, without personal data.
    #[derive(Clone, Debug)]
    pub struct BehindRow {
        /// Row number of the fact.
        fact_id: i64,
        /// 登记编号
        registration_number: String,
        /// Version that the fact stems from.
        version: i64,
        /// Log position from which it holds.
        position: i64,
        /// Record, JSON.
        record: String,
    }
}

/// The contracts behind facts, in the order of the facts.
pub async fn list_behind(tx: &mut Tx, fact_ids: &[i64]) -> Result<Vec<BehindRow>, StoreError> {
    let ids = serde_json::to_string(fact_ids).map_err(|error| StoreError::Damaged(error.to_string()))?;
    // A list is bound as JSON; the functions that take it apart differ.
    match tx {
        Tx::Postgres(_) => rows!(
            tx,
            BehindRow,
            "SELECT f.fact_id, k.registration_number, v.version, c.position, v.record
               FROM contract_fact f
               JOIN contract k ON k.contract_key = f.contract_key
               JOIN contract_version v ON v.contract_key = f.contract_key AND v.version = f.version
               JOIN change_set c ON c.change_set_id = f.change_set_id
               JOIN change_set visible ON visible.change_set_id = v.change_set_id AND visible.position IS NOT NULL
              WHERE f.fact_id IN (SELECT CAST(json_array_elements_text(CAST($1 AS JSON)) AS BIGINT))
                AND c.position IS NOT NULL
              ORDER BY f.fact_id",
            ids
        ),
        Tx::Sqlite(_) => rows!(
            tx,
            BehindRow,
            "SELECT f.fact_id, k.registration_number, v.version, c.position, v.record
               FROM contract_fact f
               JOIN contract k ON k.contract_key = f.contract_key
               JOIN contract_version v ON v.contract_key = f.contract_key AND v.version = f.version
               JOIN change_set c ON c.change_set_id = f.change_set_id
               JOIN change_set visible ON visible.change_set_id = v.change_set_id AND visible.position IS NOT NULL
              WHERE f.fact_id IN (SELECT value FROM json_each($1))
                AND c.position IS NOT NULL
              ORDER BY f.fact_id",
            ids
        ),
    }
}

fn json_list(texts: &[String]) -> String {
    serde_json::Value::from(texts).to_string()
}
