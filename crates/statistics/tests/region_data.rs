//! The shipped region data give the rows that the published tables have.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeMap;
use std::path::Path;

use xiaoxiang_domain::bulletin::Dimension;
use xiaoxiang_domain::region::{Region, RegionLayer};
use xiaoxiang_statistics::geography::{Geography, RowLists};

fn layer(name: &str) -> RegionLayer {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../regions").join(name);
    let mut files = BTreeMap::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let relative = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
                files.insert(relative, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    RegionLayer { name: name.to_owned(), files }
}

#[test]
fn hunan_has_its_cities_counties_types_and_groups() {
    let region = Region::parse(&[layer("china"), layer("hunan")]).unwrap();
    let geography = Geography::from_region(&region);
    assert_eq!((geography.cities().len(), geography.counties().len()), (14, 122));
    assert_eq!(geography.city_of(433_101), Some(433_100));
    assert_eq!(geography.county_of(431_181), Some(431_181), "祁阳市, not 祁阳县");
    assert!(!geography.contains(geography.root(), 110_108));

    let lists = RowLists::from_region(&region);
    let types = |period: &str| lists.valid_in(Dimension::Type, period.parse().unwrap());
    assert_eq!(types("2017"), [1, 2, 5, 4], "开发、转让、服务、咨询, as published");
    assert_eq!(types("2022"), [1, 2, 3, 5, 4]);
    assert_eq!(lists.valid_in(Dimension::Field, "2022".parse().unwrap()).len(), 11);
    assert!(lists.groups().iter().any(|group| group.cities == [430_100, 430_200, 430_300]));
}
