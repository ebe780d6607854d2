//! Organisations (机构) and registrars (登记机构): small integer keys for statistics, names for people.

use crate::db::{Tx, WriteTx};
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

/// The key of an organisation, created where the identity is new.
pub async fn find_or_create(tx: &mut WriteTx, organisation: &NewOrganisation) -> Result<i64, StoreError> {
    if let Some((key,)) = find_key(tx, &organisation.identity).await? {
        return Ok(key);
    }
    run!(
        &mut tx.tx,
        "INSERT INTO organisation (organisation_id, identity, name, credit_code) VALUES ($1, $2, $3, $4)
         ON CONFLICT (identity) DO NOTHING",
        &organisation.organisation_id,
        &organisation.identity,
        &organisation.name,
        organisation.credit_code.as_deref()
    )?;
    find_key(tx, &organisation.identity)
        .await?
        .map(|(key,)| key)
        .ok_or_else(|| StoreError::Damaged("organisation vanished".to_owned()))
}

async fn find_key(tx: &mut Tx, identity: &str) -> Result<Option<(i64,)>, StoreError> {
    row!(tx, (i64,), "SELECT organisation_key FROM organisation WHERE identity = $1", identity)
}

/// The key of a registrar, created where it is new.
pub async fn find_or_create_registrar(tx: &mut WriteTx, code: &str, name: &str) -> Result<i64, StoreError> {
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

/// Names of all organisations by key, for labels.
pub async fn list_names(tx: &mut Tx) -> Result<Vec<(i64, String)>, StoreError> {
    rows!(tx, (i64, String), "SELECT organisation_key, name FROM organisation ORDER BY organisation_key")
}

/// Names of all registrars by key, for labels.
pub async fn list_registrar_names(tx: &mut Tx) -> Result<Vec<(i64, String)>, StoreError> {
    rows!(tx, (i64, String), "SELECT registrar_key, name FROM registrar ORDER BY registrar_key")
}
