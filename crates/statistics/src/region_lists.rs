//! Geography and row lists made from region data.

use xiaoxiang_domain::bulletin::Dimension;
use xiaoxiang_domain::region::{DivisionLevel, Region};

use crate::geography::{CityGroup, Geography, ListedCode, Place, PlaceLevel, RowLists};

/// Code lists of the region data whose first level is a dimension.
const LISTS: [(Dimension, &str); 5] = [
    (Dimension::Type, "contract_type"),
    (Dimension::Field, "technical_field"),
    (Dimension::SellerKind, "party_kind"),
    (Dimension::BuyerKind, "party_kind"),
    (Dimension::Ip, "ip_kind"),
];

impl Geography {
    /// The region's cities and counties in the order of the region data; what lies directly below the region is a
    /// row of the table by city, whatever its level.
    #[must_use]
    pub fn from_region(region: &Region) -> Self {
        let root = region.code();
        let mut places = Vec::new();
        for &city in region.cities() {
            let level = region.divisions().find(city).map(|division| division.level);
            let is_county = level == Some(DivisionLevel::County);
            let level = if is_county { PlaceLevel::County } else { PlaceLevel::City };
            places.push(Place { code: city.0, parent: root.0, level });
            let counties = region.divisions().children(city).iter();
            places.extend(counties.map(|county| Place {
                code: county.0,
                parent: city.0,
                level: PlaceLevel::County,
            }));
        }
        Self::new(root.0, &places)
    }
}

impl RowLists {
    /// The region's code lists, parks and groups of cities.
    #[must_use]
    pub fn from_region(region: &Region) -> Self {
        let mut lists = Self::default();
        for (dimension, name) in LISTS {
            let Some(codes) = region.codes(name) else { continue };
            let rows = codes.roots().filter_map(|code| {
                code.number.map(|number| ListedCode { key: u32::from(number), from: code.from, to: code.to })
            });
            lists.set(dimension, rows.collect());
        }
        let parks = region.parks().all().iter();
        lists.set(
            Dimension::Park,
            parks.map(|park| ListedCode { key: park.key, from: park.from, to: park.to }).collect(),
        );
        let groups = region.groups().iter();
        lists.set_groups(
            groups
                .map(|group| CityGroup {
                    key: group.key.to_string(),
                    cities: group.cities.iter().map(|city| city.0).collect(),
                })
                .collect(),
        );
        lists
    }
}
