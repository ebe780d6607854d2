//! Company lists of the example's parks, with the oddities that real lists have.

use jiff::civil::date;
use xiaoxiang_domain::attribution::ParkCompany;
use xiaoxiang_domain::region::Region;

use super::draw::Draw;
use super::organisations::{Organisation, World};

/// Stream of the parks' draws.
const STREAM: u64 = 200;
/// Companies that two parks of their city claim.
const CLAIMED_TWICE: usize = 3;
/// Lines without a code, matched by name, per mille.
const WITHOUT_CODE_PER_MILLE: u64 = 15;
/// Companies that came after the first lists, per mille.
const LATE_PER_MILLE: u64 = 150;
/// Companies that have moved out again, per mille.
const LEFT_PER_MILLE: u64 = 25;

/// The lines of all lists, by city: a few companies stand on two lists, a few on one without any contract.
pub(super) fn park_companies(region: &Region, world: &World) -> Vec<ParkCompany> {
    let mut draw = Draw::of_stream(STREAM);
    let mut lines = Vec::new();
    let mut twice = Vec::new();
    for city in &world.cities {
        let mut claimed_here = false;
        for company in &city.companies {
            let Some(park) = company.park else { continue };
            lines.push(line(&mut draw, company, park));
            let other =
                region.parks().all().iter().find(|other| other.city == city.code() && other.key != park);
            if let Some(other) = other
                && !claimed_here
                && twice.len() < CLAIMED_TWICE
            {
                claimed_here = true;
                twice.push(ParkCompany {
                    park_key: other.key,
                    credit_code: company.credit_code.clone(),
                    name: company.name.clone(),
                    valid_from: date(2015, 1, 1),
                    valid_to: None,
                });
            }
        }
    }
    lines.extend(twice);
    if let Some(park) = region.parks().all().first() {
        lines.extend(world.strangers.iter().map(|(name, credit_code)| ParkCompany {
            park_key: park.key,
            credit_code: credit_code.clone(),
            name: name.clone(),
            valid_from: date(2015, 1, 1),
            valid_to: None,
        }));
    }
    lines
}

fn line(draw: &mut Draw, company: &Organisation, park_key: u32) -> ParkCompany {
    let without_code = draw.happens(WITHOUT_CODE_PER_MILLE);
    let valid_from = if draw.happens(LATE_PER_MILLE) { date(2024, 7, 1) } else { date(2015, 1, 1) };
    let valid_to = draw.happens(LEFT_PER_MILLE).then(|| date(2025, 12, 31));
    ParkCompany {
        park_key,
        credit_code: if without_code { String::new() } else { company.credit_code.clone() },
        name: company.name.clone(),
        valid_from,
        valid_to,
    }
}
