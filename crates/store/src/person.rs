//! People (人员) and what was granted to them (授权).

use crate::db::{Tx, WriteTx};
use crate::error::StoreError;

/// People listed at once.
pub const PEOPLE_MAX: i64 = 2_000;

record! {
    /// A person.
    #[derive(Clone, Debug)]
    pub struct PersonRow {
        /// Id.
        person_id: String,
        /// What they sign in with, lowercase.
        sign_in_name: String,
        /// 姓名
        name: String,
        /// Organisation they belong to.
        organisation_key: Option<i64>,
        /// 电话
        telephone: Option<String>,
        /// argon2id in PHC form; none where they sign in through a provider only.
        password_hash: Option<String>,
        /// Whether the password was set by somebody else.
        must_change_password: bool,
        /// Who they are at the identity provider: issuer, blank, subject.
        provider_subject: Option<String>,
        /// 停用
        is_disabled: bool,
        /// When they were entered.
        created_at_ms: i64,
        /// Grows with each change.
        revision: i64,
    }
}

record! {
    /// A role granted to a person.
    #[derive(Clone, Debug)]
    pub struct GrantRow {
        /// Id.
        grant_id: String,
        /// To whom.
        person_id: String,
        /// Code of the role.
        role: String,
        /// The scope as text.
        scope: String,
        /// First day.
        valid_from: String,
        /// Last day.
        valid_to: Option<String>,
        /// Document or reason.
        basis: String,
        /// When it was granted.
        granted_at_ms: i64,
        /// When it was taken back.
        withdrawn_at_ms: Option<i64>,
    }
}

/// Enters a person; a sign-in name in use is a conflict.
pub async fn save(tx: &mut WriteTx, person: &PersonRow) -> Result<(), StoreError> {
    run!(
        &mut tx.tx,
        "INSERT INTO person (person_id, sign_in_name, name, organisation_key, telephone, password_hash,
                             must_change_password, provider_subject, is_disabled, created_at_ms, revision)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        &person.person_id,
        &person.sign_in_name,
        &person.name,
        person.organisation_key,
        &person.telephone,
        &person.password_hash,
        person.must_change_password,
        &person.provider_subject,
        person.is_disabled,
        person.created_at_ms,
        person.revision
    )?;
    Ok(())
}

/// Writes a person over the revision that was read; gives false where somebody else was first.
pub async fn update(tx: &mut WriteTx, person: &PersonRow) -> Result<bool, StoreError> {
    let changed = run!(
        &mut tx.tx,
        "UPDATE person
            SET name = $1, organisation_key = $2, telephone = $3, password_hash = $4, must_change_password = $5,
                provider_subject = $6, is_disabled = $7, revision = revision + 1
          WHERE person_id = $8 AND revision = $9",
        &person.name,
        person.organisation_key,
        &person.telephone,
        &person.password_hash,
        person.must_change_password,
        &person.provider_subject,
        person.is_disabled,
        &person.person_id,
        person.revision
    )?;
    Ok(changed == 1)
}

/// The person of an id.
pub async fn find(tx: &mut Tx, person_id: &str) -> Result<Option<PersonRow>, StoreError> {
    row!(
        tx,
        PersonRow,
        "SELECT person_id, sign_in_name, name, organisation_key, telephone, password_hash, must_change_password,
                provider_subject, is_disabled, created_at_ms, revision
           FROM person WHERE person_id = $1",
        person_id
    )
}

/// The person who signs in with a name.
pub async fn find_by_name(tx: &mut Tx, sign_in_name: &str) -> Result<Option<PersonRow>, StoreError> {
    row!(
        tx,
        PersonRow,
        "SELECT person_id, sign_in_name, name, organisation_key, telephone, password_hash, must_change_password,
                provider_subject, is_disabled, created_at_ms, revision
           FROM person WHERE sign_in_name = $1",
        sign_in_name
    )
}

/// The person whom an account at the provider belongs to.
pub async fn find_by_provider_subject(
    tx: &mut Tx,
    provider_subject: &str,
) -> Result<Option<PersonRow>, StoreError> {
    row!(
        tx,
        PersonRow,
        "SELECT person_id, sign_in_name, name, organisation_key, telephone, password_hash, must_change_password,
                provider_subject, is_disabled, created_at_ms, revision
           FROM person WHERE provider_subject = $1",
        provider_subject
    )
}

/// All people, by sign-in name.
pub async fn list(tx: &mut Tx) -> Result<Vec<PersonRow>, StoreError> {
    rows!(
        tx,
        PersonRow,
        "SELECT person_id, sign_in_name, name, organisation_key, telephone, password_hash, must_change_password,
                provider_subject, is_disabled, created_at_ms, revision
           FROM person ORDER BY sign_in_name LIMIT $1",
        PEOPLE_MAX
    )
}

/// Whether anybody was entered yet.
pub async fn is_empty(tx: &mut Tx) -> Result<bool, StoreError> {
    Ok(row!(tx, (String,), "SELECT person_id FROM person LIMIT 1")?.is_none())
}

/// Enters a grant.
pub async fn save_grant(tx: &mut WriteTx, grant: &GrantRow) -> Result<(), StoreError> {
    run!(
        &mut tx.tx,
        "INSERT INTO role_grant (grant_id, person_id, role, scope, valid_from, valid_to, basis, granted_at_ms,
                                 withdrawn_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL)",
        &grant.grant_id,
        &grant.person_id,
        &grant.role,
        &grant.scope,
        &grant.valid_from,
        &grant.valid_to,
        &grant.basis,
        grant.granted_at_ms
    )?;
    Ok(())
}

/// Takes a grant back; gives false where it was taken back before.
pub async fn withdraw_grant(tx: &mut WriteTx, grant_id: &str, at_ms: i64) -> Result<bool, StoreError> {
    let changed = run!(
        &mut tx.tx,
        "UPDATE role_grant SET withdrawn_at_ms = $2 WHERE grant_id = $1 AND withdrawn_at_ms IS NULL",
        grant_id,
        at_ms
    )?;
    Ok(changed == 1)
}

/// The grant of an id.
pub async fn find_grant(tx: &mut Tx, grant_id: &str) -> Result<Option<GrantRow>, StoreError> {
    row!(
        tx,
        GrantRow,
        "SELECT grant_id, person_id, role, scope, valid_from, valid_to, basis, granted_at_ms, withdrawn_at_ms
           FROM role_grant WHERE grant_id = $1",
        grant_id
    )
}

/// Everything ever granted to a person, in order.
pub async fn list_grants(tx: &mut Tx, person_id: &str) -> Result<Vec<GrantRow>, StoreError> {
    rows!(
        tx,
        GrantRow,
        "SELECT grant_id, person_id, role, scope, valid_from, valid_to, basis, granted_at_ms, withdrawn_at_ms
           FROM role_grant WHERE person_id = $1 ORDER BY granted_at_ms, grant_id",
        person_id
    )
}

/// People after a sign-in name whose name or sign-in name fits a pattern of LIKE with `!` as its escape, in order.
pub async fn search(
    tx: &mut Tx,
    pattern: &str,
    after: &str,
    limit: i64,
) -> Result<Vec<PersonRow>, StoreError> {
    rows!(
        tx,
        PersonRow,
        "SELECT person_id, sign_in_name, name, organisation_key, telephone, password_hash, must_change_password,
                provider_subject, is_disabled, created_at_ms, revision
           FROM person
          WHERE sign_in_name > $2
            AND (sign_in_name LIKE LOWER($1) ESCAPE '!' OR LOWER(name) LIKE LOWER($1) ESCAPE '!')
          ORDER BY sign_in_name LIMIT $3",
        pattern,
        after,
        limit
    )
}

/// The grants of all people whose sign-in names lie between two, both included, that were not taken back.
pub async fn list_grants_between(tx: &mut Tx, first: &str, last: &str) -> Result<Vec<GrantRow>, StoreError> {
    rows!(
        tx,
        GrantRow,
        "SELECT g.grant_id, g.person_id, g.role, g.scope, g.valid_from, g.valid_to, g.basis, g.granted_at_ms,
                g.withdrawn_at_ms
           FROM role_grant g JOIN person p ON p.person_id = g.person_id
          WHERE p.sign_in_name >= $1 AND p.sign_in_name <= $2 AND g.withdrawn_at_ms IS NULL
          ORDER BY g.granted_at_ms, g.grant_id",
        first,
        last
    )
}

/// The grants of a role that were not taken back, of people who are not disabled.
pub async fn list_holders(tx: &mut Tx, role: &str) -> Result<Vec<GrantRow>, StoreError> {
    rows!(
        tx,
        GrantRow,
        "SELECT g.grant_id, g.person_id, g.role, g.scope, g.valid_from, g.valid_to, g.basis, g.granted_at_ms,
                g.withdrawn_at_ms
           FROM role_grant g JOIN person p ON p.person_id = g.person_id
          WHERE g.role = $1 AND g.withdrawn_at_ms IS NULL AND NOT p.is_disabled
          ORDER BY g.grant_id",
        role
    )
}

/// Takes the personal data out of a person and leaves the id, by which the log names them.
pub async fn erase(
    tx: &mut WriteTx,
    person_id: &str,
    sign_in_name: &str,
    name: &str,
) -> Result<(), StoreError> {
    run!(
        &mut tx.tx,
        "UPDATE person
            SET sign_in_name = $2, name = $3, telephone = NULL, organisation_key = NULL, password_hash = NULL,
                provider_subject = NULL, must_change_password = $4, is_disabled = $5, revision = revision + 1
          WHERE person_id = $1",
        person_id,
        sign_in_name,
        name,
        false,
        true
    )?;
    Ok(())
}

/// Number of grants in force that end within some days, and the first of these last days.
pub async fn count_grants_ending(tx: &mut Tx, days: [&str; 2]) -> Result<(i64, Option<String>), StoreError> {
    let found: Option<(i64, Option<String>)> = row!(
        tx,
        (i64, Option<String>),
        "SELECT COUNT(*), MIN(valid_to)
           FROM role_grant
          WHERE withdrawn_at_ms IS NULL AND valid_to >= $1 AND valid_to <= $2",
        days[0],
        days[1]
    )?;
    Ok(found.unwrap_or_default())
}

/// Number of people who may sign in and hold no role on a day.
pub async fn count_without_role(tx: &mut Tx, day: &str) -> Result<i64, StoreError> {
    let found: Option<(i64,)> = row!(
        tx,
        (i64,),
        "SELECT COUNT(*)
           FROM person p
          WHERE NOT p.is_disabled
            AND NOT EXISTS (SELECT 1 FROM role_grant g
                             WHERE g.person_id = p.person_id
                               AND g.withdrawn_at_ms IS NULL
                               AND g.valid_from <= $1
                               AND (g.valid_to IS NULL OR g.valid_to >= $1))",
        day
    )?;
    Ok(found.map_or(0, |(count,)| count))
}
