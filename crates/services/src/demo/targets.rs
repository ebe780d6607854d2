//! Annual targets of the example: one document a year sets the province's and splits it among the cities.

use jiff::civil::date;
use xiaoxiang_domain::bulletin::Direction;
use xiaoxiang_domain::money::Fen;
use xiaoxiang_domain::region::Region;
use xiaoxiang_domain::target::AnnualTarget;

use super::draw::{Draw, split};
use super::places::CITIES;

/// Stream of the targets' draws.
const STREAM: u64 = 300;
/// Targets are set in millions of yuan.
const STEP_FEN: i64 = 100_000_000;
/// Year and target of the province in millions of yuan.
const PROVINCE: [(i16, i64); 4] = [(2017, 15_000), (2024, 125_000), (2025, 150_000), (2026, 175_000)];

/// The province's targets and the cities', which add up to it.
pub(super) fn targets(region: &Region) -> Vec<AnnualTarget> {
    let mut draw = Draw::of_stream(STREAM);
    let mut targets = Vec::with_capacity(PROVINCE.len() * (CITIES.len() + 1));
    for (year, steps) in PROVINCE {
        let target = |division: u32, steps: i64| AnnualTarget {
            division,
            year,
            direction: Direction::Registered,
            amount: Fen(steps * STEP_FEN),
            document: format!("示例文号〔{year}〕1号"),
            valid_from: date(year, 3, 1),
        };
        targets.push(target(region.code().0, steps));
        let weights: Vec<u64> =
            CITIES.iter().map(|city| city.value_weight * (850 + draw.below(301))).collect();
        let parts = split(steps, &weights);
        targets.extend(CITIES.iter().zip(parts).map(|(city, steps)| target(city.code, steps)));
    }
    targets
}
