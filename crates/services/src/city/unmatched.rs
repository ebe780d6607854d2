//! Buyers whose place or code is not settled (归属未明的买方): contracts that may count for a city and do not yet.

use xiaoxiang_domain::bulletin::{Dimension, Direction};
use xiaoxiang_domain::contract::{Contract, PartyNature};
use xiaoxiang_domain::fact::ContractFact;
use xiaoxiang_domain::period::Period;
use xiaoxiang_statistics::cross_table::CrossQuery;
use xiaoxiang_statistics::lapsed::facts_where;
use xiaoxiang_store::{StoreError, Tx};

use super::place::CityPlace;
use crate::bulletin::{Figures, table_refused};
use crate::refusal::Refusal;

/// Contracts looked at, largest first.
const CANDIDATES_MAX: usize = 1_000;

/// Why a buyer is not settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum UnmatchedReason {
    /// The buyer's place is only the province, or none; the name or address names this place, or the seller lies in it.
    NoPlace,
    /// The buyer's place is the city and no county of it.
    NoCounty,
    /// The buyer lies here but has no credit code, so that no list can know it.
    NoCreditCode,
}

/// One contract whose buyer is not settled.
#[derive(Clone, Debug)]
pub struct UnmatchedBuyer {
    /// Why.
    pub reason: UnmatchedReason,
    /// 登记编号
    pub registration_number: String,
    /// The record, personal data left out.
    pub contract: Contract,
}

/// The contracts of `months` whose buyer may belong to a place, largest first.
pub(super) async fn unmatched_buyers(
    figures: &Figures<'_>,
    tx: &mut Tx,
    place: &CityPlace,
    months: Period,
) -> Result<Vec<UnmatchedBuyer>, Refusal> {
    let geography = figures.columns().geography();
    let facts = |direction: Direction, within: Option<u32>, is_asked: &dyn Fn(u32) -> bool| {
        let mut query = CrossQuery::new(&[Dimension::City], direction, months);
        query.within = within;
        facts_where(figures.columns(), &query, |keys| is_asked(keys[0]))
            .map_err(|problem| table_refused(problem.into()))
    };
    let (code, all) = (place.code.0, |_| true);
    let mut candidates: Vec<(UnmatchedReason, ContractFact)> = Vec::new();
    let has_no_city = |fact: &ContractFact| {
        geography.city_of(fact.buyer_division).is_none()
            && (fact.buyer_division == 0 || fact.buyer_division == geography.root())
    };
    // Without any place while the seller is one of ours, or in the province under no city.
    let sold_here = facts(Direction::Output, Some(code), &all)?;
    let in_no_city = facts(Direction::Absorbed, None, &|city| city == 0)?;
    let nowhere = sold_here.into_iter().chain(in_no_city);
    candidates.extend(nowhere.filter(has_no_city).map(|fact| (UnmatchedReason::NoPlace, fact)));
    let here = facts(Direction::Absorbed, Some(code), &all)?;
    let is_city = place.city.is_none();
    let no_county = |fact: &&ContractFact| is_city && geography.county_of(fact.buyer_division).is_none();
    candidates.extend(here.iter().filter(no_county).map(|fact| (UnmatchedReason::NoCounty, *fact)));
    let keys: Vec<i64> = here.iter().map(|fact| i64::from(fact.buyer_organisation)).collect();
    let without_code: std::collections::HashSet<u32> =
        xiaoxiang_store::organisation::list_of_keys(tx, &unique(keys))
            .await?
            .into_iter()
            .filter(|row| row.credit_code.is_none())
            .filter_map(|row| u32::try_from(row.organisation_key).ok())
            .collect();
    let no_code = here.iter().filter(|fact| without_code.contains(&fact.buyer_organisation));
    candidates.extend(no_code.map(|fact| (UnmatchedReason::NoCreditCode, *fact)));
    // One contract is listed once, for the first of its reasons.
    candidates.sort_by_key(|(reason, fact)| (fact.contract_key, *reason));
    candidates.dedup_by_key(|(_, fact)| fact.contract_key);
    candidates.sort_by_key(|(_, fact)| (std::cmp::Reverse(fact.contract_value), fact.contract_key));
    candidates.truncate(CANDIDATES_MAX);
    settle(figures, tx, place, candidates).await
}

fn unique(mut keys: Vec<i64>) -> Vec<i64> {
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Reads the records of the candidates and keeps those that concern the place.
async fn settle(
    figures: &Figures<'_>,
    tx: &mut Tx,
    place: &CityPlace,
    candidates: Vec<(UnmatchedReason, ContractFact)>,
) -> Result<Vec<UnmatchedBuyer>, Refusal> {
    let geography = figures.columns().geography();
    let ids: Vec<i64> = candidates.iter().map(|(_, fact)| fact.fact_id).collect();
    let mut records: std::collections::HashMap<i64, _> = xiaoxiang_store::contract::list_behind(tx, &ids)
        .await?
        .into_iter()
        .map(|row| (row.fact_id, row))
        .collect();
    let mut found = Vec::new();
    for (reason, fact) in candidates {
        let Some(row) = records.remove(&fact.fact_id) else { continue };
        let contract: Contract = serde_json::from_str(&row.record).map_err(|error| {
            StoreError::Damaged(format!("record of {}: {error}", row.registration_number))
        })?;
        let buyer = &contract.buyer;
        let is_abroad = buyer.nature == PartyNature::Foreign || !matches!(buyer.country.as_str(), "" | "CHN");
        let is_ours = match reason {
            UnmatchedReason::NoPlace => {
                let names_it = |text: &str| text.contains(place.short_name());
                !is_abroad
                    && (names_it(&buyer.name)
                        || names_it(&buyer.address)
                        || geography.contains(place.code.0, fact.seller_division))
            }
            UnmatchedReason::NoCounty => true,
            UnmatchedReason::NoCreditCode => buyer.nature == PartyNature::Organisation,
        };
        if is_ours {
            found.push(UnmatchedBuyer { reason, registration_number: row.registration_number, contract });
        }
    }
    Ok(found)
}
