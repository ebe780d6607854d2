//! Profiles of the market (专家、服务机构、团队).

use crate::db::{Tx, WriteTx};
use crate::error::StoreError;

/// Profiles of one page at the most.
pub const PROFILES_PAGE_MAX: i64 = 200;

record! {
    /// A profile.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ProfileRow {
        /// UUID.
        profile_id: String,
        /// `expert`, `institution` or `team`.
        kind: String,
        /// Counts every save.
        revision: i64,
        /// Organisation that it belongs to; none of an expert's.
        organisation_key: Option<i64>,
        /// Person whose profile it is, of an expert's.
        person_id: Option<String>,
        /// Division, possibly empty.
        division: String,
        /// Codes of fields with `,` around each.
        fields: String,
        /// What everybody may search.
        teaser: String,
        /// The form, JSON.
        form: String,
        /// Whether everybody may find it.
        is_listed: bool,
        /// When it changed last.
        changed_at_ms: i64,
    }
}

/// Writes a profile, new or over the revision before; false where another save came first.
pub async fn save(tx: &mut WriteTx, row: &ProfileRow) -> Result<bool, StoreError> {
    let change_set_id = tx.change_set().await?;
    let saved = run!(
        &mut tx.tx,
        "INSERT INTO profile (profile_id, kind, revision, organisation_key, person_id, division, fields, teaser, form,
                is_listed, change_set_id, changed_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         ON CONFLICT (profile_id) DO UPDATE
            SET revision = excluded.revision, division = excluded.division, fields = excluded.fields,
                teaser = excluded.teaser, form = excluded.form, is_listed = excluded.is_listed,
                change_set_id = excluded.change_set_id, changed_at_ms = excluded.changed_at_ms
          WHERE profile.revision = excluded.revision - 1",
        &row.profile_id,
        &row.kind,
        row.revision,
        row.organisation_key,
        row.person_id.as_deref(),
        &row.division,
        &row.fields,
        &row.teaser,
        &row.form,
        row.is_listed,
        change_set_id,
        row.changed_at_ms
    )?;
    Ok(saved == 1)
}

/// One profile.
pub async fn find(tx: &mut Tx, profile_id: &str) -> Result<Option<ProfileRow>, StoreError> {
    row!(
        tx,
        ProfileRow,
        "SELECT profile_id, kind, revision, organisation_key, person_id, division, fields, teaser, form, is_listed,
                changed_at_ms
           FROM profile WHERE profile_id = $1",
        profile_id
    )
}

/// Profiles of a person or an organisation.
pub async fn list_own(
    tx: &mut Tx,
    person_id: &str,
    organisation_key: i64,
) -> Result<Vec<ProfileRow>, StoreError> {
    rows!(
        tx,
        ProfileRow,
        "SELECT profile_id, kind, revision, organisation_key, person_id, division, fields, teaser, form, is_listed,
                changed_at_ms
           FROM profile
          WHERE person_id = $1 OR organisation_key = $2
          ORDER BY changed_at_ms DESC, profile_id DESC
          LIMIT $3",
        person_id,
        organisation_key,
        PROFILES_PAGE_MAX
    )
}

/// Which profiles everybody looks for; empty texts set no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProfileFilter {
    /// Kind.
    pub kind: String,
    /// Pattern of LIKE over the teaser, with `!` as its escape.
    pub teaser: String,
    /// Code of a field.
    pub field: String,
    /// Pattern of LIKE over the division's digits.
    pub division: String,
}

/// Listed profiles, those that changed last first; before a place, at most `limit`.
pub async fn list_listed(
    tx: &mut Tx,
    filter: &ProfileFilter,
    before: (i64, &str),
    limit: i64,
) -> Result<Vec<ProfileRow>, StoreError> {
    rows!(
        tx,
        ProfileRow,
        "SELECT profile_id, kind, revision, organisation_key, person_id, division, fields, teaser, form, is_listed,
                changed_at_ms
           FROM profile
          WHERE is_listed
            AND kind = $1
            AND ($2 = '' OR teaser LIKE $2 ESCAPE '!')
            AND ($3 = '' OR fields LIKE '%,' || $3 || ',%')
            AND ($4 = '' OR division LIKE $4)
            AND (changed_at_ms, profile_id) < ($5, $6)
          ORDER BY changed_at_ms DESC, profile_id DESC
          LIMIT $7",
        &filter.kind,
        &filter.teaser,
        &filter.field,
        &filter.division,
        before.0,
        before.1,
        limit
    )
}

/// Deletes a profile.
pub async fn erase(tx: &mut WriteTx, profile_id: &str) -> Result<(), StoreError> {
    run!(&mut tx.tx, "DELETE FROM profile WHERE profile_id = $1", profile_id)?;
    Ok(())
}
