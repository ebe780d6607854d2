//! A small province and contracts to put into it.

use jiff::civil::Date;
use xiaoxiang_domain::bulletin::Dimension;
use xiaoxiang_domain::fact::{ContractFact, Source, Standing};
use xiaoxiang_domain::money::Fen;
use xiaoxiang_statistics::columns::Columns;
use xiaoxiang_statistics::geography::{CityGroup, Geography, ListedCode, Place, PlaceLevel, RowLists};
use xiaoxiang_statistics::layout::Labels;

pub const CHANGSHA: u32 = 430_100;
pub const ZHUZHOU: u32 = 430_200;
pub const XIANGTAN: u32 = 430_300;
pub const HENGYANG: u32 = 430_400;
const CITIES: [(u32, &str); 4] =
    [(CHANGSHA, "长沙市"), (ZHUZHOU, "株洲市"), (XIANGTAN, "湘潭市"), (HENGYANG, "衡阳市")];
const TYPES: [(u32, &str); 5] =
    [(1, "技术开发"), (2, "技术转让"), (3, "技术许可"), (5, "技术服务"), (4, "技术咨询")];

pub fn columns() -> Columns {
    let places: Vec<Place> =
        CITIES.iter().map(|&(code, _)| Place { code, parent: 430_000, level: PlaceLevel::City }).collect();
    Columns::new(Geography::new(430_000, &places))
}

pub fn lists() -> RowLists {
    let mut lists = RowLists::default();
    let from_2021 = |key: u32| (key == 3).then(|| "2021-01-01".parse().unwrap());
    lists.set(
        Dimension::Type,
        TYPES.iter().map(|&(key, _)| ListedCode { key, from: from_2021(key), to: None }).collect(),
    );
    lists.set_groups(vec![CityGroup { key: "czt".to_owned(), cities: vec![CHANGSHA, ZHUZHOU, XIANGTAN] }]);
    lists
}

pub fn labels() -> Labels {
    let mut labels = Labels::new(("湖南省", "Hunan"), ("全省", "the whole province"));
    for (code, name) in CITIES {
        labels.name(Dimension::City, code, name, name);
    }
    for (code, name) in TYPES {
        labels.name(Dimension::Type, code, name, name);
    }
    labels.name_division(110_000, "北京市", "Beijing");
    labels.name_group("czt", "长株潭", "Changsha-Zhuzhou-Xiangtan");
    labels
}

/// A registered contract between two parties in 长沙; tests change what they are about.
pub fn contract(key: i64, day: &str, value_fen: i64) -> ContractFact {
    ContractFact {
        fact_id: key,
        contract_key: key,
        position: key,
        standing: Standing::Counted,
        source: Source::Registry,
        registered_on: day.parse::<Date>().unwrap(),
        contract_type: 1,
        field: 1,
        ip: 1,
        seller_kind: 1,
        buyer_kind: 1,
        seller_division: CHANGSHA,
        buyer_division: CHANGSHA,
        seller_park: 0,
        buyer_park: 0,
        seller_organisation: 1,
        buyer_organisation: 2,
        registrar: 1,
        contract_value: Fen(value_fen),
        technology_value: Fen(value_fen / 2),
    }
}

pub fn load(facts: &[ContractFact]) -> Columns {
    let mut loaded = columns();
    for fact in facts {
        loaded.apply(fact).unwrap();
    }
    loaded
}
