//! Cities and counties (市州、县市区): one page of everything that an officer needs to reach the target.

mod chase_list;
mod city_overview;
mod city_page;
mod place;
mod unmatched;

pub use chase_list::{ChaseEntry, ChaseList, ChaseReason, Contact, ReadAs, chase_list, chase_list_table};
pub use city_overview::{CityOverview, city_overview};
pub use city_page::{
    CityCorrections, CityPage, DIRECTIONS, ExpectedContracts, PlaceFigure, TargetGap, city_page,
    gap_per_month,
};
pub use place::{CityPlace, find_place};
pub use unmatched::{UnmatchedBuyer, UnmatchedReason};
