//! What is wrong with the parks' lists: companies claimed twice, and companies that match no contract.

use std::collections::{BTreeMap, HashSet};

use serde::Serialize;
use xiaoxiang_domain::access::{Action, Scope};

use super::facts::load_basis;
use super::park_drafts::has_park;
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// Lines listed at most of each sort.
const LISTED_MAX: usize = 10_000;

/// Findings about all lists in force.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ParkFindings {
    /// Companies that several parks list: counted in none until one list is corrected.
    pub claimed_twice: Vec<ParkClaimants>,
    /// Companies of a list that are party to no contract on record.
    pub unmatched: Vec<ParkClaimants>,
}

/// A company and the parks that list it.
#[derive(Clone, Debug, Serialize)]
pub struct ParkClaimants {
    /// 名称
    pub name: String,
    /// 统一社会信用代码
    pub credit_code: String,
    /// Park keys.
    pub parks: Vec<u32>,
}

/// Looks through all lists in force; gives what concerns the parks that the reader may see.
pub async fn park_findings(app: &App, actor: &Actor) -> Result<ParkFindings, Refusal> {
    findings_within(app, actor.permit(Action::ReadParks)?).await
}

/// Looks through all lists in force, for whoever has permitted it.
pub(crate) async fn findings_within(app: &App, extent: Scope) -> Result<ParkFindings, Refusal> {
    let mut tx = app.db.read().await?;
    let region = app.region_in(&mut tx).await?;
    let basis = load_basis(&mut tx).await?;
    let known: HashSet<String> = xiaoxiang_store::organisation::list_identities(&mut tx)
        .await?
        .into_iter()
        .flat_map(|(_, identity, name)| [identity, format!("name:{name}")])
        .collect();
    let mut parks: BTreeMap<(String, String), Vec<u32>> = BTreeMap::new();
    for company in basis.companies() {
        let entry = parks.entry((company.credit_code.clone(), company.name.clone())).or_default();
        if !entry.contains(&company.park_key) {
            entry.push(company.park_key);
        }
    }
    let mut findings = ParkFindings::default();
    for ((credit_code, name), parks) in parks {
        let is_known = known.contains(&credit_code) || known.contains(&format!("name:{name}"));
        if !parks.iter().any(|key| has_park(extent, *key, &region.region)) {
            continue;
        }
        let claimants = ParkClaimants { name, credit_code, parks };
        if claimants.parks.len() > 1 && findings.claimed_twice.len() < LISTED_MAX {
            findings.claimed_twice.push(claimants.clone());
        }
        if !is_known && findings.unmatched.len() < LISTED_MAX {
            findings.unmatched.push(claimants);
        }
    }
    Ok(findings)
}

/// Number of a park's companies that another park lists too.
pub(crate) async fn count_claimed_twice(app: &App, park_key: u32) -> Result<i64, Refusal> {
    let mut tx = app.db.read().await?;
    let basis = load_basis(&mut tx).await?;
    let own: HashSet<(&str, &str)> = basis
        .companies()
        .iter()
        .filter(|line| line.park_key == park_key)
        .map(|line| (line.credit_code.as_str(), line.name.as_str()))
        .collect();
    let elsewhere: HashSet<(&str, &str)> = basis
        .companies()
        .iter()
        .filter(|line| line.park_key != park_key)
        .map(|line| (line.credit_code.as_str(), line.name.as_str()))
        .filter(|line| own.contains(line))
        .collect();
    Ok(i64::try_from(elsewhere.len()).unwrap_or(i64::MAX))
}
