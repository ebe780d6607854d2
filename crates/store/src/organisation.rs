//! Organisations (机构) and registrars (登记机构): small integer keys for statistics, names for people.

use std::collections::HashMap;

use crate::db::{SQLITE_ROWS_MAX, Tx, WriteTx, of_rows};
use crate::error::StoreError;

/// An organisation to be found or created.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NewOrganisation {
    /// New UUID, used where the organisation is not known yet.
    pub organisation_id: String,
    /// Credit code, or `name:` and the exact name where there is none.
    pub identity: String,
    /// Name as the record writes it.
    pub name: String,
    /// Credit code (统一社会信用代码).
    pub credit_code: Option<String>,
}

/// Keys of organisations by identity, created where they are new.
pub async fn find_or_create(
    tx: &mut WriteTx,
    organisations: &[NewOrganisation],
) -> Result<HashMap<String, i64>, StoreError> {
    // In order of identity, so that two imports never wait for each other in a circle.
    let mut sorted: Vec<&NewOrganisation> = organisations.iter().collect();
    sorted.sort_by(|a, b| a.identity.cmp(&b.identity));
    let identities: Vec<&str> = sorted.iter().map(|organisation| organisation.identity.as_str()).collect();
    // Bulk load: arrays on PostgreSQL, some rows at a time on SQLite.
    let found: Vec<(String, i64)> = match &mut tx.tx {
        Tx::Postgres(connection) => {
            let column = |pick: fn(&NewOrganisation) -> &str| {
                sorted.iter().map(|organisation| pick(organisation)).collect::<Vec<_>>()
            };
            let codes: Vec<Option<&str>> =
                sorted.iter().map(|organisation| organisation.credit_code.as_deref()).collect();
            let mut found: Vec<(String, i64)> = sqlx::query_as(
                "WITH added AS (
                   INSERT INTO organisation (organisation_id, identity, name, credit_code)
                   SELECT * FROM UNNEST($1::TEXT[], $2::TEXT[], $3::TEXT[], $4::TEXT[])
                       ON CONFLICT (identity) DO NOTHING
                   RETURNING identity, organisation_key)
                 SELECT identity, organisation_key FROM added
                  UNION ALL
                 SELECT identity, organisation_key FROM organisation WHERE identity = ANY($2)",
            )
            .bind(column(|organisation| &organisation.organisation_id))
            .bind(&identities)
            .bind(column(|organisation| &organisation.name))
            .bind(codes)
            .fetch_all(&mut **connection)
            .await?;
            // One that somebody else committed while the statement ran is neither added nor seen by it.
            if found.len() < identities.len() {
                found = sqlx::query_as(
                    "SELECT identity, organisation_key FROM organisation WHERE identity = ANY($1)",
                )
                .bind(&identities)
                .fetch_all(&mut **connection)
                .await?;
            }
            found
        }
        Tx::Sqlite(connection) => {
            let mut found = Vec::with_capacity(sorted.len());
            for organisations in sorted.chunks(SQLITE_ROWS_MAX) {
                let mut insert = sqlx::query_as(of_rows(
                    "INSERT INTO organisation (organisation_id, identity, name, credit_code) VALUES ($1, $2, $3, $4)
                         ON CONFLICT (identity) DO UPDATE SET identity = excluded.identity
                     RETURNING identity, organisation_key",
                    organisations.len(),
                ));
                for organisation in organisations {
                    insert = insert
                        .bind(&organisation.organisation_id)
                        .bind(&organisation.identity)
                        .bind(&organisation.name)
                        .bind(organisation.credit_code.as_deref());
                }
                let keys: Vec<(String, i64)> = insert.fetch_all(&mut **connection).await?;
                found.extend(keys);
            }
            found
        }
    };
    Ok(found.into_iter().collect())
}

/// The key of a registrar, created where it is new; 0 where none is stated.
pub async fn find_or_create_registrar(tx: &mut WriteTx, code: &str, name: &str) -> Result<i64, StoreError> {
    if code.is_empty() && name.is_empty() {
        return Ok(0);
    }
    let identity = if code.is_empty() { format!("name:{name}") } else { code.to_owned() };
    for _ in 0..2 {
        let found: Option<(i64,)> =
            row!(&mut tx.tx, (i64,), "SELECT registrar_key FROM registrar WHERE identity = $1", &identity)?;
        if let Some((key,)) = found {
            return Ok(key);
        }
        run!(
            &mut tx.tx,
            "INSERT INTO registrar (identity, code, name) VALUES ($1, $2, $3) ON CONFLICT (identity) DO NOTHING",
            &identity,
            code,
            name
        )?;
    }
    Err(StoreError::Damaged("registrar vanished".to_owned()))
}

/// Notes that a registrar is the region's own, which shows when a contract of the registry comes with it.
pub async fn own_registrar(tx: &mut WriteTx, registrar_key: i64) -> Result<(), StoreError> {
    run!(
        &mut tx.tx,
        "UPDATE registrar SET is_own = $2 WHERE registrar_key = $1 AND NOT is_own",
        registrar_key,
        true
    )?;
    Ok(())
}

/// Names of all organisations by key, for labels.
pub async fn list_names(tx: &mut Tx) -> Result<Vec<(i64, String)>, StoreError> {
    rows!(tx, (i64, String), "SELECT organisation_key, name FROM organisation ORDER BY organisation_key")
}

/// Organisations after a key, in order of keys: key, name, credit code.
pub async fn list_after(
    tx: &mut Tx,
    organisation_key: i64,
) -> Result<Vec<(i64, String, Option<String>)>, StoreError> {
    rows!(
        tx,
        (i64, String, Option<String>),
        "SELECT organisation_key, name, credit_code
           FROM organisation
          WHERE organisation_key > $1
          ORDER BY organisation_key",
        organisation_key
    )
}

/// One organisation: name and credit code.
pub async fn find_name(
    tx: &mut Tx,
    organisation_key: i64,
) -> Result<Option<(String, Option<String>)>, StoreError> {
    row!(
        tx,
        (String, Option<String>),
        "SELECT name, credit_code FROM organisation WHERE organisation_key = $1",
        organisation_key
    )
}

/// Names of all registrars by key, for labels.
pub async fn list_registrar_names(tx: &mut Tx) -> Result<Vec<(i64, String)>, StoreError> {
    rows!(tx, (i64, String), "SELECT registrar_key, name FROM registrar ORDER BY registrar_key")
}

/// Keys of the organisations that a line of a park's list may mean: with its credit code, or with its name where one of
/// the two has no code.
pub async fn find_keys(tx: &mut Tx, credit_code: &str, name: &str) -> Result<Vec<i64>, StoreError> {
    let found = rows!(
        tx,
        (i64,),
        "SELECT organisation_key FROM organisation
          WHERE identity = $1 OR identity = 'name:' || $2 OR ($1 = '' AND name = $2)
          ORDER BY organisation_key",
        credit_code,
        name
    )?;
    Ok(found.into_iter().map(|(key,)| key).collect())
}

/// All organisations by key: identity and name.
pub async fn list_identities(tx: &mut Tx) -> Result<Vec<(i64, String, String)>, StoreError> {
    rows!(
        tx,
        (i64, String, String),
        "SELECT organisation_key, identity, name FROM organisation ORDER BY organisation_key"
    )
}

/// Keys of the organisations with a credit code or an exact name.
pub async fn find_by_code_or_name(tx: &mut Tx, text: &str) -> Result<Vec<i64>, StoreError> {
    let found = rows!(
        tx,
        (i64,),
        "SELECT organisation_key FROM organisation
          WHERE identity = $1 OR name = $1
          ORDER BY organisation_key LIMIT 3",
        text
    )?;
    Ok(found.into_iter().map(|(key,)| key).collect())
}

record! {
    /// An organisation's name and code.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct NamedRow {
        /// Key.
        organisation_key: i64,
        /// 名称
        name: String,
        /// 统一社会信用代码
        credit_code: Option<String>,
    }
}

/// Names and codes of the given organisations.
pub async fn list_of_keys(tx: &mut Tx, keys: &[i64]) -> Result<Vec<NamedRow>, StoreError> {
    let list = serde_json::to_string(keys).map_err(|error| StoreError::Damaged(error.to_string()))?;
    // A list is bound as JSON; the functions that take it apart differ.
    match tx {
        Tx::Postgres(_) => rows!(
            tx,
            NamedRow,
            "SELECT organisation_key, name, credit_code
               FROM organisation
              WHERE organisation_key IN (SELECT CAST(json_array_elements_text(CAST($1 AS JSON)) AS BIGINT))
              ORDER BY organisation_key",
            list
        ),
        Tx::Sqlite(_) => rows!(
            tx,
            NamedRow,
            "SELECT organisation_key, name, credit_code
               FROM organisation
              WHERE organisation_key IN (SELECT value FROM json_each($1))
              ORDER BY organisation_key",
            list
        ),
    }
}
