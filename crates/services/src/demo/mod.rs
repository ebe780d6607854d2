//! An example province (示例省): invented contracts of invented organisations on Hunan's real map.
//!
//! The example is a function of region data alone: the same on every machine and in every run. Nothing in it is a
//! float, a clock or a library's distribution. The registered contracts of 2016 and 2017 add up to the tables that
//! Hunan published for 2017; everything else, amounts included, is invented and marked 示例.

mod amounts;
pub(crate) mod applications;
mod contracts;
mod draw;
mod organisations;
mod parks;
mod places;
pub mod planted;
mod published;
mod registers;
mod targets;
mod words;

#[cfg(test)]
mod tests;

use jiff::civil::Date;
use xiaoxiang_domain::attribution::ParkCompany;
use xiaoxiang_domain::contract::Contract;
use xiaoxiang_domain::period::Month;
use xiaoxiang_domain::region::Region;
use xiaoxiang_domain::target::AnnualTarget;

/// The example's registrars as the text of a region's `registrars.yaml`, marked 示例.
///
/// No published list of Hunan's registrars was found, so the region has none; the example lays this over it.
pub const EXAMPLE_REGISTRARS: &str = include_str!("words/registrars.yaml");

/// Everything that the example province starts with.
#[derive(Clone, Debug)]
pub struct Example {
    /// Contracts that the province's registrars registered (登记), by day within each year.
    pub registry: Vec<Contract>,
    /// Contracts that the national exchange delivered (省外数据); no number of theirs stands in the registry.
    pub exchange: Vec<Contract>,
    /// Lines of the parks' company lists (园区企业名录).
    pub park_companies: Vec<ParkCompany>,
    /// Annual targets of the province and its cities (年度目标), for registered contracts.
    pub targets: Vec<AnnualTarget>,
    /// Months for which the exchange has delivered, also where a month had no contract.
    pub exchange_months: Vec<Month>,
}

/// The example as it stands on a day: nothing in it was registered later.
///
/// Wants Hunan's divisions; a region without them gets contracts whose places it does not know.
#[must_use]
pub fn example(region: &Region, today: Date) -> Example {
    let world = organisations::World::of(region);
    let mut registry = registers::registry(region, &world);
    let mut exchange = registers::exchange(region, &world);
    registry.retain(|contract| contract.registered_on <= today);
    exchange.retain(|contract| contract.registered_on <= today);
    Example {
        registry,
        exchange,
        park_companies: parks::park_companies(region, &world),
        targets: targets::targets(region).into_iter().filter(|target| target.valid_from <= today).collect(),
        exchange_months: exchange_months(today),
    }
}

/// All months of the exchange's years that were over on that day.
fn exchange_months(today: Date) -> Vec<Month> {
    published::EXCHANGE
        .iter()
        .flat_map(|year| (1..=year.last_month).map(|month| Month { year: year.year, month }))
        .filter(|month| month.last_day() < today)
        .collect()
}
