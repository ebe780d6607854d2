//! The two files of the example: what its registrars registered, and what the national exchange delivered.

use std::collections::HashMap;

use xiaoxiang_domain::contract::Contract;
use xiaoxiang_domain::region::Region;

use super::contracts::{Frame, Maker};
use super::draw::Draw;
use super::organisations::World;
use super::published::{EXCHANGE, REGISTRY, YearPlan};

/// First stream of the registry's years; the year is added.
const REGISTRY_STREAM: u64 = 10_000;
/// First stream of the exchange's years.
const EXCHANGE_STREAM: u64 = 20_000;
/// From this year on import contracts are registered by their domestic buyer (工信部 2024 draft, art. 11).
const IMPORTS_FROM: i16 = 2024;
/// Import contracts in ten thousand.
const IMPORTS_PER_TEN_THOUSAND: u64 = 12;
/// Width of the amounts, in sixteenths of a doubling.
const SPREAD: u64 = 32;

/// Contracts registered in the province (登记), by day of registration.
pub(super) fn registry(region: &Region, world: &World) -> Vec<Contract> {
    let mut contracts = Vec::with_capacity(REGISTRY.iter().map(YearPlan::count).sum());
    for year in &REGISTRY {
        registry_year(region, world, year, &mut contracts);
    }
    contracts
}

fn registry_year(region: &Region, world: &World, year: &YearPlan, contracts: &mut Vec<Contract>) {
    let draw = Draw::of_stream(REGISTRY_STREAM + u64::from(year.year.unsigned_abs()));
    let mut maker = Maker { draw, region, world };
    let weights: Vec<(u64, u64)> =
        world.cities.iter().map(|city| (city.plan.count_weight, city.plan.value_weight)).collect();
    let slots = maker.slots(year.year, year.last_month, year.types, &weights, SPREAD);
    let mut serials = Serials::default();
    for slot in &slots {
        let plan = world.cities[slot.city].plan;
        let is_import = year.year >= IMPORTS_FROM && maker.draw.below(10_000) < IMPORTS_PER_TEN_THOUSAND;
        let (seller, field) = if is_import { (maker.foreign(), None) } else { maker.seller(slot) };
        let buyer =
            if is_import { maker.inside_buyer(slot.city, slot, &seller) } else { maker.buyer(slot, &seller) };
        let field = field.unwrap_or_else(|| maker.any_field());
        let (registrar_code, registrar_name) = registrar(plan.code, plan.short_name);
        let registration_number = serials.number(year.year, plan.code);
        let frame = Frame { registration_number, registrar_code, registrar_name, field };
        contracts.push(maker.contract(slot, frame, seller, buyer));
    }
}

/// Contracts registered elsewhere whose buyer is in the province (省外数据), by day of registration.
pub(super) fn exchange(region: &Region, world: &World) -> Vec<Contract> {
    let mut contracts = Vec::with_capacity(EXCHANGE.iter().map(YearPlan::count).sum());
    for year in &EXCHANGE {
        exchange_year(region, world, year, &mut contracts);
    }
    contracts
}

fn exchange_year(region: &Region, world: &World, year: &YearPlan, contracts: &mut Vec<Contract>) {
    let draw = Draw::of_stream(EXCHANGE_STREAM + u64::from(year.year.unsigned_abs()));
    let mut maker = Maker { draw, region, world };
    let weights: Vec<(u64, u64)> =
        world.cities.iter().map(|city| (city.plan.buyer_weight, city.plan.buyer_weight)).collect();
    let slots = maker.slots(year.year, year.last_month, year.types, &weights, SPREAD);
    let mut serials = Serials::default();
    for slot in &slots {
        let (seller, field, place) = maker.outside_seller();
        let buyer = maker.inside_buyer(slot.city, slot, &seller);
        let field = field.unwrap_or_else(|| maker.any_field());
        let (registrar_code, registrar_name) = registrar(place.plan.code, place.plan.short_name);
        let registration_number = serials.number(year.year, place.plan.code);
        let frame = Frame { registration_number, registrar_code, registrar_name, field };
        contracts.push(maker.contract(slot, frame, seller, buyer));
    }
}

/// Code and name of the example's registrar of a city: one a city, as `EXAMPLE_REGISTRARS` lists them.
pub(super) fn registrar(division: u32, short_name: &str) -> (String, String) {
    (format!("SL{:04}", division / 100), format!("示例·{short_name}技术合同登记站"))
}

/// Numbers of sixteen digits: year, first four digits of the division, serial of both.
#[derive(Default)]
struct Serials(HashMap<u32, u32>);

impl Serials {
    fn number(&mut self, year: i16, division: u32) -> String {
        let serial = self.0.entry(division / 100).or_default();
        *serial += 1;
        format!("{year:04}{:04}{serial:08}", division / 100)
    }
}
