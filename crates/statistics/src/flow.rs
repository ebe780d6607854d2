//! Flows (技术流向): which city sells to which, and with which provinces the region trades.

use std::collections::{BTreeMap, HashMap};

use xiaoxiang_domain::period::Period;

use crate::columns::{Coded, Columns, FLAG_BUYER_INSIDE, FLAG_SELLER_INSIDE, FLAG_VALUES};
use crate::cross_table::{Cell, DEAD, Groups, Lane, Map, Measures, Pass, Side, months_lane, scan_held};

/// A party's place as flows tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FlowPlace {
    /// A city of the region.
    City(u32),
    /// In the region, but under none of its cities: the record names the province only.
    RegionItself,
    /// Another province, by its code.
    Province(u32),
    /// Abroad, or the record does not say where (境外或未填).
    AbroadOrUnknown,
}

/// What flows are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FlowRequest {
    /// The months counted.
    pub period: Period,
    /// Log position; the latest where absent.
    pub as_of: Option<i64>,
}

/// All contracts with a party in the region, by the places of seller and buyer; from registry and exchange alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flows {
    /// What was asked for.
    pub request: FlowRequest,
    /// The log position of the figures.
    pub as_of: i64,
    /// Rows and columns of the region's own matrix, in list order.
    pub cities: Vec<u32>,
    cells: BTreeMap<(FlowPlace, FlowPlace), Cell>,
}

/// Trade with one counterpart outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProvinceFlow {
    /// The counterpart.
    pub place: FlowPlace,
    /// Sold by the region to it (输出到).
    pub sold_to: Cell,
    /// Bought by the region from it (吸纳自).
    pub bought_from: Cell,
}

/// Tabulates all flows in one scan.
#[must_use]
pub fn flows(columns: &Columns, request: FlowRequest) -> Flows {
    let (places, codes) = places_of_divisions(columns);
    let count = places.len() as u64;
    let lane = |side: Side, stride| Lane { column: side.division(), map: Map::Table(codes.clone()), stride };
    let party_inside = FLAG_SELLER_INSIDE | FLAG_BUYER_INSIDE;
    let inside = (0..FLAG_VALUES).map(|flags| if flags & party_inside == 0 { DEAD } else { 0 }).collect();
    let pass = Pass {
        lanes: vec![
            months_lane(request.period),
            Lane { column: Coded::Flags, map: Map::Table(inside), stride: 0 },
            lane(Side::Seller, 1),
            lane(Side::Buyer, count),
        ],
        groups: count * count,
    };
    let mut sums = vec![Groups::empty(pass.groups)];
    scan_held(columns, request.as_of, &[pass], Measures::All, &mut sums);
    let place = |number: u64| places[usize::try_from(number).expect("places are few")];
    let mut cells = BTreeMap::new();
    for groups in &sums {
        groups.for_each(|group, cell| {
            cells.insert((place(group % count), place(group / count)), *cell);
        });
    }
    Flows {
        request,
        as_of: request.as_of.unwrap_or(columns.position()).min(columns.position()),
        cities: columns.geography().cities().to_vec(),
        cells,
    }
}

/// The distinct places, and the place number of each code of the division dictionary.
fn places_of_divisions(columns: &Columns) -> (Vec<FlowPlace>, Vec<u32>) {
    let mut places = Vec::new();
    let mut numbers: HashMap<FlowPlace, u32> = HashMap::new();
    let codes = columns.dictionaries().division.values().iter().map(|&division| {
        let place = place_of(columns, division);
        *numbers.entry(place).or_insert_with(|| {
            places.push(place);
            u32::try_from(places.len() - 1).expect("places are few")
        })
    });
    let codes = codes.collect();
    (places, codes)
}

fn place_of(columns: &Columns, division: u32) -> FlowPlace {
    let geography = columns.geography();
    if let Some(city) = geography.city_of(division) {
        return FlowPlace::City(city);
    }
    if geography.contains(geography.root(), division) {
        return FlowPlace::RegionItself;
    }
    match division / 10_000 * 10_000 {
        0 => FlowPlace::AbroadOrUnknown,
        province => FlowPlace::Province(province),
    }
}

impl FlowPlace {
    /// Whether the place lies in the region.
    #[must_use]
    pub const fn is_inside(self) -> bool {
        matches!(self, Self::City(_) | Self::RegionItself)
    }
}

impl Flows {
    /// Contracts from one place to another.
    #[must_use]
    pub fn cell(&self, seller: FlowPlace, buyer: FlowPlace) -> Cell {
        self.cells.get(&(seller, buyer)).copied().unwrap_or_default()
    }

    /// All non-empty flows.
    pub fn iter(&self) -> impl Iterator<Item = (FlowPlace, FlowPlace, Cell)> {
        self.cells.iter().map(|(&(seller, buyer), &cell)| (seller, buyer, cell))
    }

    /// Trade with each counterpart outside, largest sum of both ways first.
    #[must_use]
    pub fn provinces(&self) -> Vec<ProvinceFlow> {
        let mut by_place: BTreeMap<FlowPlace, (Cell, Cell)> = BTreeMap::new();
        for (seller, buyer, cell) in self.iter() {
            if seller.is_inside() && !buyer.is_inside() {
                by_place.entry(buyer).or_default().0 += cell;
            } else if !seller.is_inside() && buyer.is_inside() {
                by_place.entry(seller).or_default().1 += cell;
            }
        }
        let flow = |(place, (sold_to, bought_from))| ProvinceFlow { place, sold_to, bought_from };
        let mut flows: Vec<ProvinceFlow> = by_place.into_iter().map(flow).collect();
        flows.sort_by_key(|flow| {
            std::cmp::Reverse(flow.sold_to.contract_value + flow.bought_from.contract_value)
        });
        flows
    }

    /// What the region sold (输出), wherever to.
    #[must_use]
    pub fn sold(&self) -> Cell {
        self.iter().filter(|(seller, ..)| seller.is_inside()).map(|(_, _, cell)| cell).sum()
    }

    /// What the region bought (吸纳), wherever from.
    #[must_use]
    pub fn bought(&self) -> Cell {
        self.iter().filter(|(_, buyer, _)| buyer.is_inside()).map(|(_, _, cell)| cell).sum()
    }

    /// What stayed inside (内部), which both of the others contain.
    #[must_use]
    pub fn internal(&self) -> Cell {
        let both =
            |(seller, buyer, _): &(FlowPlace, FlowPlace, Cell)| seller.is_inside() && buyer.is_inside();
        self.iter().filter(both).map(|(_, _, cell)| cell).sum()
    }
}
