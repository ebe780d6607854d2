//! Place of a contract (归属): division, park and place of landing are three things.
//!
//! A party's division is what the record states, unless the province has decided otherwise. Its park comes from
//! the park's dated company list (园区企业名录) on the registration date, or from a statistical park code in the record.

use std::collections::HashMap;

use jiff::civil::Date;

use crate::contract::{Contract, Party, PartyNature, Side};
use crate::region::{DivisionCode, Region};

/// One line of a park's company list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParkCompany {
    /// Park key of the region data.
    pub park_key: u32,
    /// 统一社会信用代码, empty where the list has none.
    pub credit_code: String,
    /// 名称
    pub name: String,
    /// First day.
    pub valid_from: Date,
    /// Last day, or open.
    pub valid_to: Option<Date>,
}

impl ParkCompany {
    fn holds_on(&self, day: Date) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|last| day <= last)
    }
}

/// What attribution rests on beside the region data.
#[derive(Debug, Default)]
pub struct AttributionBasis {
    companies: Vec<ParkCompany>,
    by_credit_code: HashMap<String, Vec<usize>>,
    by_name: HashMap<String, Vec<usize>>,
    decisions: HashMap<(i64, Side), DivisionCode>,
}

/// Where the two sides of a contract count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attribution {
    /// Division of the seller, 0 where it has none.
    pub seller_division: u32,
    /// Division of the buyer, 0 where it has none.
    pub buyer_division: u32,
    /// Park of the seller, 0 where it is in none or in dispute.
    pub seller_park: u32,
    /// Park of the buyer, 0 where it is in none or in dispute.
    pub buyer_park: u32,
}

/// What a park's list says of a party.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParkClaim {
    /// No park lists it.
    None,
    /// One park does.
    One(u32),
    /// Several do: counted in none until one list is corrected.
    Several(Vec<u32>),
}

impl AttributionBasis {
    /// Puts lists and decisions together; of several decisions on one side the last one holds.
    #[must_use]
    pub fn new(
        companies: Vec<ParkCompany>,
        decisions: impl IntoIterator<Item = (i64, Side, DivisionCode)>,
    ) -> Self {
        let mut basis = Self { companies, ..Self::default() };
        for (at, company) in basis.companies.iter().enumerate() {
            if !company.credit_code.is_empty() {
                basis.by_credit_code.entry(company.credit_code.clone()).or_default().push(at);
            }
            basis.by_name.entry(company.name.clone()).or_default().push(at);
        }
        basis.decisions =
            decisions.into_iter().map(|(key, side, division)| ((key, side), division)).collect();
        basis
    }

    /// The lines of the lists.
    #[must_use]
    pub fn companies(&self) -> &[ParkCompany] {
        &self.companies
    }

    /// Which park a party belongs to on a day: by credit code, else by exact name.
    #[must_use]
    pub fn park_of(&self, party: &Party, day: Date) -> ParkClaim {
        if party.nature != PartyNature::Organisation {
            return ParkClaim::None;
        }
        let by_code = self.by_credit_code.get(&party.credit_code).filter(|_| !party.credit_code.is_empty());
        let Some(lines) = by_code.or_else(|| self.by_name.get(&party.name)) else { return ParkClaim::None };
        // Of two companies with one name the codes tell which is meant.
        let is_same = |line: &&ParkCompany| {
            by_code.is_some() || party.credit_code.is_empty() || line.credit_code.is_empty()
        };
        let mut parks: Vec<u32> = lines
            .iter()
            .map(|at| &self.companies[*at])
            .filter(is_same)
            .filter(|line| line.holds_on(day))
            .map(|line| line.park_key)
            .collect();
        parks.sort_unstable();
        parks.dedup();
        match parks.as_slice() {
            [] => ParkClaim::None,
            [park] => ParkClaim::One(*park),
            _ => ParkClaim::Several(parks),
        }
    }
}

/// Why a side of a contract counts in its division.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaceReason {
    /// Nothing is stated, the party is abroad, or what is stated leads nowhere.
    None,
    /// The record states it.
    Stated,
    /// The record states this division, which became another one (沿革).
    Successor(DivisionCode),
    /// The record states the code of this park, which counts in its city.
    Park(u32),
    /// The province decided it (归属裁定).
    Decided,
}

/// Why a side of a contract counts in its park.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParkReason {
    /// It counts in none.
    None,
    /// The park lists the party (园区企业名录).
    Listed,
    /// The record states the park's code.
    Stated,
    /// These parks list the party: it counts in none until one list is corrected.
    Disputed(Vec<u32>),
}

/// Where one side of a contract counts, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SideAttribution {
    /// Division, 0 where it has none.
    pub division: u32,
    /// Why there.
    pub place_reason: PlaceReason,
    /// Park, 0 where it is in none or in dispute.
    pub park: u32,
    /// Why there.
    pub park_reason: ParkReason,
}

/// Decides where a contract counts.
///
/// A division that the record states and that no longer stands is followed to its successor. What cannot be
/// followed counts as «unknown»; the import refuses such rows, so this concerns only data changed under it.
#[must_use]
pub fn attribute(
    contract_key: i64,
    contract: &Contract,
    region: &Region,
    basis: &AttributionBasis,
) -> Attribution {
    let seller = attribute_side(contract_key, contract, Side::Seller, region, basis);
    let buyer = attribute_side(contract_key, contract, Side::Buyer, region, basis);
    Attribution {
        seller_division: seller.division,
        buyer_division: buyer.division,
        seller_park: seller.park,
        buyer_park: buyer.park,
    }
}

/// Decides where one side of a contract counts, and says why.
#[must_use]
pub fn attribute_side(
    contract_key: i64,
    contract: &Contract,
    side: Side,
    region: &Region,
    basis: &AttributionBasis,
) -> SideAttribution {
    let party = contract.party(side);
    let stated_park = region.parks().find(&party.division).filter(|_| !party.division.is_empty());
    let (park, park_reason) = match basis.park_of(party, contract.registered_on) {
        ParkClaim::One(park) => (park, ParkReason::Listed),
        ParkClaim::None => stated_park.map_or((0, ParkReason::None), |park| (park.key, ParkReason::Stated)),
        ParkClaim::Several(parks) => (0, ParkReason::Disputed(parks)),
    };
    let stated = DivisionCode::parse(&party.division);
    let (division, place_reason) = if let Some(decided) = basis.decisions.get(&(contract_key, side)) {
        (decided.0, PlaceReason::Decided)
    } else if let Some(park) = stated_park {
        (park.city.0, PlaceReason::Park(park.key))
    } else {
        let current = |code: DivisionCode| region.divisions().current(code, contract.registered_on).ok();
        match (stated, stated.and_then(current)) {
            (Some(stated), Some(current)) if stated == current => (current.0, PlaceReason::Stated),
            (Some(stated), Some(current)) => (current.0, PlaceReason::Successor(stated)),
            _ => (0, PlaceReason::None),
        }
    };
    SideAttribution { division, place_reason, park, park_reason }
}
