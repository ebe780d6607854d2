//! Organisations as officers read them: found by any name or code they ever had, with all that became of them.

use jiff::civil::Date;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::organisation::history::{
    OrganisationChange, OrganisationEvent, code_on, merged_into, name_on,
};
use xiaoxiang_store::organisation;
use xiaoxiang_store::organisation_change::{self as store, ChangeRow};
use xiaoxiang_store::{StoreError, Tx};

use crate::access::like_pattern;
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// Organisations of one page of the list.
pub const ORGANISATIONS_PER_PAGE: usize = 50;

/// An organisation in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganisationSummary {
    /// Key.
    pub key: i64,
    /// Name today.
    pub name: String,
    /// Credit code today.
    pub credit_code: Option<String>,
    /// Contracts whose current version names it.
    pub contracts: i64,
}

/// A page of the list.
#[derive(Clone, Debug)]
pub struct OrganisationList {
    /// Organisations by key.
    pub organisations: Vec<OrganisationSummary>,
    /// The key after which the next page begins; none on the last page.
    pub next: Option<i64>,
}

/// A change with what the page says about it.
#[derive(Clone, Debug)]
pub struct RecordedChange {
    /// The change.
    pub change: OrganisationChange,
    /// Name of the other organisation, where there is one.
    pub other: Option<String>,
    /// Document or reason.
    pub basis: String,
    /// Position of its log entry.
    pub position: Option<i64>,
}

/// One organisation with all that became of it.
#[derive(Clone, Debug)]
pub struct OrganisationDetail {
    /// Itself.
    pub summary: OrganisationSummary,
    /// Name as it was first registered.
    pub first_name: String,
    /// Credit code as it was first registered.
    pub first_code: Option<String>,
    /// In what it goes on, and since when.
    pub merged_into: Option<(OrganisationSummary, Date)>,
    /// What was merged into it.
    pub merged: Vec<OrganisationSummary>,
    /// Its own changes and those that name it, in the order of recording.
    pub changes: Vec<RecordedChange>,
}

impl OrganisationDetail {
    /// Contracts of itself and of what was merged into it.
    #[must_use]
    pub fn contracts_together(&self) -> i64 {
        self.summary.contracts + self.merged.iter().map(|one| one.contracts).sum::<i64>()
    }
}

/// Organisations that had a name or code which contains a text, after a key.
pub async fn list_organisations(
    app: &App,
    actor: &Actor,
    text: &str,
    after: i64,
) -> Result<OrganisationList, Refusal> {
    actor.permit(Action::ReadOrganisations)?;
    let mut tx = app.db.read().await?;
    let today = app.today_in(&mut tx).await?;
    let limit = i64::try_from(ORGANISATIONS_PER_PAGE + 1).expect("invariant: a page is small");
    let mut rows = store::search(&mut tx, &like_pattern(text), after, limit).await?;
    let has_more = rows.len() > ORGANISATIONS_PER_PAGE;
    rows.truncate(ORGANISATIONS_PER_PAGE);
    let next = rows.last().filter(|_| has_more).map(|row| row.organisation_key);
    let mut organisations = Vec::with_capacity(rows.len());
    for row in rows {
        organisations.push(summary(&mut tx, row.organisation_key, today).await?);
    }
    Ok(OrganisationList { organisations, next })
}

/// One organisation.
pub async fn read_organisation(app: &App, actor: &Actor, key: i64) -> Result<OrganisationDetail, Refusal> {
    actor.permit(Action::ReadOrganisations)?;
    let mut tx = app.db.read().await?;
    let today = app.today_in(&mut tx).await?;
    let found = organisation::find_name(&mut tx, key).await?;
    let (first_name, first_code) = found.ok_or_else(|| Refusal::NotFound(key.to_string()))?;
    let rows = store::list(&mut tx, key).await?;
    let known = changes_of(&rows)?;
    let merged_into = match merged_into(&known, key) {
        Some((other, from)) => Some((summary(&mut tx, other, today).await?, from)),
        None => None,
    };
    let mut merged = Vec::new();
    for change in &known {
        if change.event == OrganisationEvent::MergedInto(key) && !change.is_reversed {
            merged.push(summary(&mut tx, change.organisation_key, today).await?);
        }
    }
    let mut changes = Vec::with_capacity(known.len());
    for change in known {
        let row = rows.iter().find(|row| row.organisation_change_id == change.change_id);
        let row = row.expect("invariant: each change stems from a row");
        let other_key =
            if change.organisation_key == key { row.other_key } else { Some(change.organisation_key) };
        let other = match other_key {
            Some(other) => organisation::find_name(&mut tx, other).await?.map(|(name, _)| name),
            None => None,
        };
        changes.push(RecordedChange { change, other, basis: row.basis.clone(), position: row.position });
    }
    let summary = summary(&mut tx, key, today).await?;
    Ok(OrganisationDetail { summary, first_name, first_code, merged_into, merged, changes })
}

/// What an organisation is called on a day; none where the key is unknown.
pub(crate) async fn name_today(tx: &mut Tx, key: i64, today: Date) -> Result<Option<String>, Refusal> {
    let Some((first_name, _)) = organisation::find_name(tx, key).await? else { return Ok(None) };
    let known = changes_of(&store::list(tx, key).await?)?;
    Ok(Some(name_on(&known, key, &first_name, today).to_owned()))
}

async fn summary(tx: &mut Tx, key: i64, today: Date) -> Result<OrganisationSummary, Refusal> {
    let found = organisation::find_name(tx, key).await?;
    let (first_name, first_code) = found.ok_or_else(|| Refusal::NotFound(key.to_string()))?;
    let known = changes_of(&store::list(tx, key).await?)?;
    Ok(OrganisationSummary {
        key,
        name: name_on(&known, key, &first_name, today).to_owned(),
        credit_code: code_on(&known, key, first_code.as_deref(), today).map(str::to_owned),
        contracts: store::count_contracts(tx, key).await?,
    })
}

/// The changes of rows, each with whether another row takes it back.
pub(super) fn changes_of(rows: &[ChangeRow]) -> Result<Vec<OrganisationChange>, StoreError> {
    let mut changes = Vec::new();
    for row in rows {
        let damaged = || StoreError::Damaged(format!("organisation change {}", row.organisation_change_id));
        let event = match row.kind.as_str() {
            "named" => OrganisationEvent::Named(row.name.clone().ok_or_else(damaged)?),
            "coded" => OrganisationEvent::Coded(row.credit_code.clone().ok_or_else(damaged)?),
            "merged" => OrganisationEvent::MergedInto(row.other_key.ok_or_else(damaged)?),
            "split" => OrganisationEvent::SplitOff(row.other_key.ok_or_else(damaged)?),
            "reversed" => continue,
            _ => return Err(damaged()),
        };
        changes.push(OrganisationChange {
            change_id: row.organisation_change_id,
            organisation_key: row.organisation_key,
            event,
            valid_from: row.valid_from.parse().map_err(|_| damaged())?,
            is_reversed: rows.iter().any(|other| other.reverses == Some(row.organisation_change_id)),
        });
    }
    Ok(changes)
}
