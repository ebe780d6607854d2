//! The region's own places and code lists, as tables need them: what lies in what, and which rows a table has.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use xiaoxiang_domain::bulletin::Dimension;
use xiaoxiang_domain::period::Period;

/// Level of a division below the region's root.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PlaceLevel {
    /// 市州
    City,
    /// 县市区
    County,
}

/// One division of the region in the order of the region data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Current GB/T 2260 code.
    pub code: u32,
    /// Code of the division above it: a city or the root.
    pub parent: u32,
    /// City or county.
    pub level: PlaceLevel,
}

/// What lies in what inside the region (行政区划隶属关系).
///
/// A county directly below the root (省直管县) is a row of both the city and the county table.
/// A code that the region data do not list is placed by the GB/T 2260 digits of the city or province above it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Geography {
    root: u32,
    cities: Vec<u32>,
    counties: Vec<u32>,
    parents: HashMap<u32, u32>,
}

/// Longest chain of divisions above a code; a longer one is a loop in the data.
const ANCESTORS_MAX: usize = 8;

impl Geography {
    /// The geography of the region `root` from its divisions, in the order in which tables list them.
    #[must_use]
    pub fn new(root: u32, places: &[Place]) -> Self {
        let is_city_row = |place: &&Place| place.level == PlaceLevel::City || place.parent == root;
        let cities = places.iter().filter(is_city_row).map(|place| place.code).collect();
        let counties =
            places.iter().filter(|place| place.level == PlaceLevel::County).map(|place| place.code).collect();
        let parents = places.iter().map(|place| (place.code, place.parent)).collect();
        Self { root, cities, counties, parents }
    }

    /// Code of the region itself.
    #[must_use]
    pub fn root(&self) -> u32 {
        self.root
    }

    /// Rows of a table by city, in list order.
    #[must_use]
    pub fn cities(&self) -> &[u32] {
        &self.cities
    }

    /// Rows of a table by county, in list order.
    #[must_use]
    pub fn counties(&self) -> &[u32] {
        &self.counties
    }

    /// Whether `division` is `within` or lies below it; 0 (abroad or unknown) lies nowhere.
    #[must_use]
    pub fn contains(&self, within: u32, division: u32) -> bool {
        within != 0 && self.chain(division).any(|code| code == within)
    }

    /// The city row under which a division is counted, if the region has one for it.
    #[must_use]
    pub fn city_of(&self, division: u32) -> Option<u32> {
        self.chain(division).find(|code| self.cities.contains(code))
    }

    /// The county row under which a division is counted, if the region has one for it.
    #[must_use]
    pub fn county_of(&self, division: u32) -> Option<u32> {
        self.chain(division).find(|code| self.counties.contains(code))
    }

    /// Whether a table may be asked for within this division.
    #[must_use]
    pub fn knows(&self, division: u32) -> bool {
        division == self.root || self.parents.contains_key(&division)
    }

    /// The division and everything above it.
    fn chain(&self, division: u32) -> impl Iterator<Item = u32> {
        let first = (division != 0).then_some(division);
        std::iter::successors(first, |&code| self.above(code)).take(ANCESTORS_MAX)
    }

    fn above(&self, code: u32) -> Option<u32> {
        if code == self.root {
            return None;
        }
        if let Some(&parent) = self.parents.get(&code) {
            return Some(parent);
        }
        let by_digits = if !code.is_multiple_of(100) { code / 100 * 100 } else { code / 10_000 * 10_000 };
        (by_digits != code).then_some(by_digits)
    }
}

/// One code of a list with the days on which it is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListedCode {
    /// The key as facts carry it.
    pub key: u32,
    /// First day, open where absent.
    pub from: Option<Date>,
    /// Last day, open where absent.
    pub to: Option<Date>,
}

impl ListedCode {
    /// A code that is always valid.
    #[must_use]
    pub const fn always(key: u32) -> Self {
        Self { key, from: None, to: None }
    }

    fn is_valid_in(&self, period: Period) -> bool {
        self.from.is_none_or(|from| from <= period.last_day())
            && self.to.is_none_or(|to| to >= period.first_day())
    }
}

/// The code lists (代码表) whose rows a table shows even when they are empty, in the order of the region data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowLists {
    lists: BTreeMap<Dimension, Vec<ListedCode>>,
    groups: Vec<CityGroup>,
}

/// Cities with a common subtotal, such as 长株潭.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CityGroup {
    /// Key of the group in the region data.
    pub key: String,
    /// Codes of its cities.
    pub cities: Vec<u32>,
}

impl RowLists {
    /// Sets the groups of cities that get a subtotal row.
    pub fn set_groups(&mut self, groups: Vec<CityGroup>) {
        self.groups = groups;
    }

    /// The groups of cities that get a subtotal row.
    #[must_use]
    pub fn groups(&self) -> &[CityGroup] {
        &self.groups
    }

    /// Sets the list of a dimension.
    pub fn set(&mut self, dimension: Dimension, codes: Vec<ListedCode>) {
        self.lists.insert(dimension, codes);
    }

    /// The keys of a dimension that are valid on some day of the period, in list order.
    #[must_use]
    pub fn valid_in(&self, dimension: Dimension, period: Period) -> Vec<u32> {
        let codes = self.lists.get(&dimension).map_or(&[][..], Vec::as_slice);
        codes.iter().filter(|code| code.is_valid_in(period)).map(|code| code.key).collect()
    }

    /// All keys of a dimension in list order, whatever their validity.
    #[must_use]
    pub fn all(&self, dimension: Dimension) -> Vec<u32> {
        self.lists.get(&dimension).map_or_else(Vec::new, |codes| codes.iter().map(|code| code.key).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hunan() -> Geography {
        let city = |code| Place { code, parent: 430_000, level: PlaceLevel::City };
        let county = |code, parent| Place { code, parent, level: PlaceLevel::County };
        Geography::new(
            430_000,
            &[
                city(430_100),
                city(433_100),
                county(430_102, 430_100),
                county(433_101, 433_100),
                county(439_004, 430_000),
            ],
        )
    }

    #[test]
    fn a_code_lies_in_its_county_its_city_and_the_region() {
        let geography = hunan();
        assert_eq!(geography.city_of(430_102), Some(430_100));
        assert_eq!(geography.county_of(430_102), Some(430_102));
        assert!(geography.contains(430_000, 433_101));
        assert!(!geography.contains(430_000, 110_108));
        assert!(!geography.contains(430_000, 0));
    }

    #[test]
    fn an_unlisted_code_is_placed_by_its_digits_and_the_root_has_no_city() {
        let geography = hunan();
        assert_eq!(geography.city_of(430_171), Some(430_100));
        assert_eq!(geography.county_of(430_171), None);
        assert_eq!(geography.city_of(430_000), None);
        assert!(geography.contains(430_000, 430_000));
    }

    #[test]
    fn a_county_directly_below_the_province_is_a_row_of_both_tables() {
        let geography = hunan();
        assert_eq!(geography.city_of(439_004), Some(439_004));
        assert_eq!(geography.county_of(439_004), Some(439_004));
    }
}
