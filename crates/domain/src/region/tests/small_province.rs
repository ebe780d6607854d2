//! A second province made of nothing but a folder, laid over a base as small.

use jiff::civil::date;

use super::super::{DivisionCode, Region, RegionLayer};
use super::layer;

/// A base with one province, two cities and a county that was renamed.
pub(super) fn base() -> RegionLayer {
    layer(
        "base",
        &[
            ("region.yaml", "code: \"000000\"\nname: 示例国\nname_en: Example\ntime_zone: Asia/Shanghai\n"),
            (
                "divisions.csv",
                "code,name,level,parent,from,to,successors,status\n\
                 980000,示例省,province,,,,,\n\
                 980100,东江市,city,980000,,,,\n\
                 980200,西江市,city,980000,,,,\n\
                 980121,河口县,county,980100,,2020-12-31,980181,\n\
                 980181,河口市,county,980100,2021-01-01,,,\n",
            ),
            (
                "codes/contract_type.yaml",
                "name: 合同类型\nname_en: Contract type\nitems:\n  - { code: 1, name: 技术开发, name_en: a, number: 1 }\n",
            ),
            (
                "forms/contract.yaml",
                "columns:\n  - { key: contract_type, header: 合同类型, kind: code, list: contract_type, required: true }\n",
            ),
            ("calendar/2026.yaml", "year: 2026\nholidays: [2026-01-01]\nworkdays: [2026-01-04]\n"),
        ],
    )
}

/// The province's own folder.
pub(super) fn province() -> RegionLayer {
    layer(
        "small",
        &[
            ("region.yaml", "code: 980000\nname: 示例省\nname_en: Example Province\nextends: base\n"),
            ("divisions.csv", "code,name,level,parent\n980122,新设县,county,980100\n"),
            ("parks.yaml", "parks:\n  - { key: 1, name: 东江高新区, level: provincial, city: 980100 }\n"),
            ("groups.yaml", "groups:\n  - { key: 1, name: 两江, cities: [980100, 980200] }\n"),
            ("forms/contract.yaml", "columns:\n  - { key: contract_type, aliases: [本省类型] }\n"),
            (
                "registrars.yaml",
                "registrars:\n  - { key: 1, code: A01, name: 东江登记站, division: 980100 }\n",
            ),
            ("letterhead.yaml", "issuer: 示例省科学技术厅\nstatus: example\n"),
            (
                "number_patterns.yaml",
                "patterns:\n  - { key: bulletin, pattern: \"示〔{year}〕{serial:3}号\" }\n",
            ),
            (
                "bulletin.yaml",
                "tables:\n  - { key: city, title: 各市, by: city, directions: [output], order: code }\n",
            ),
            (
                "map/prefectures.geojson",
                "{\"type\":\"FeatureCollection\",\"features\":[{\"properties\":{\"adcode\":980100,\"name\":\"东江市\"}}]}",
            ),
            ("map/map.yaml", "source: 测绘院\nlicence: none\napproval_number: 示S(2026)1号\n"),
        ],
    )
}

#[test]
fn a_province_is_nothing_but_a_folder() {
    let region = Region::parse(&[base(), province()]).unwrap();
    assert_eq!((region.name(), region.time_zone()), ("示例省", "Asia/Shanghai"));
    assert_eq!(region.cities(), [DivisionCode(980_100), DivisionCode(980_200)]);
    assert_eq!(region.divisions().name(DivisionCode(980_122)), Some("新设县"), "its own code");
    let on = date(2019, 5, 1);
    assert_eq!(region.divisions().current(DivisionCode(980_121), on), Ok(DivisionCode(980_181)));
    assert_eq!(region.contract_form().column("本省类型").unwrap().header, "合同类型");
    assert_eq!(region.registrars().find("A01").unwrap().division, DivisionCode(980_100));
    assert_eq!(region.number_pattern("bulletin").unwrap().format(2026, 7), "示〔2026〕007号");
    assert_eq!(region.group("两江").unwrap().cities.len(), 2);
    assert!(region.map().unwrap().is_approved());
    assert_eq!(region.calendar().is_working_day(date(2026, 1, 4)), Some(true));
    assert!(region.group("三江").is_none() && region.codes("ip_kind").is_none());
}

#[test]
fn a_layer_replaces_the_same_file_of_its_base() {
    let mut own = province();
    let days = "year: 2026\nholidays: []\nworkdays: []\n";
    own.files.insert("calendar/2026.yaml".to_owned(), days.to_owned());
    let region = Region::parse(&[base(), own]).unwrap();
    assert_eq!(region.calendar().is_working_day(date(2026, 1, 1)), Some(true), "a Thursday without holidays");
}

#[test]
fn new_codes_without_a_predecessor_are_refused_before_their_day() {
    let mut own = province();
    let rows = "code,name,level,parent,from\n980122,新设县,county,980100,2024-03-01\n";
    own.files.insert("divisions.csv".to_owned(), rows.to_owned());
    let region = Region::parse(&[base(), own]).unwrap();
    let problem = region.divisions().current(DivisionCode(980_122), date(2024, 2, 29)).unwrap_err();
    assert!(problem.message_zh().contains("2024-03-01") && problem.to_string().contains("980122"));
    assert!(region.divisions().current(DivisionCode(980_122), date(2024, 3, 1)).is_ok());
}

#[test]
fn a_matter_passes_from_one_department_to_the_next_and_the_days_between_are_pending() {
    use super::super::{Competence, Department};
    let mut own = province();
    let file = "matters:\n  - key: contract_registration\n    name: 认定登记\n    holders:\n\
                      - { department: science, name: 科技局, document: 甲, to: 2022-12-31 }\n\
                      - { department: industry, name: 工信局, document: 乙, from: 2023-06-01 }\n";
    own.files.insert("competence.yaml".to_owned(), file.replace("\n-", "\n      -"));
    let region = Region::parse(&[base(), own]).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let on = |day| region.competent_department("contract_registration", day);
    let department = |day| match on(day) {
        Competence::Known(holder) => Some(holder.department),
        _ => None,
    };
    assert_eq!(department(date(2001, 1, 1)), Some(Department::Science));
    assert_eq!(department(date(2022, 12, 31)), Some(Department::Science));
    assert!(matches!(on(date(2023, 3, 1)), Competence::Pending { before, after }
        if before.document == "甲" && after.document == "乙"));
    assert_eq!(department(date(2023, 6, 1)), Some(Department::Industry));
    assert_eq!(region.competent_department("something", date(2023, 6, 1)), Competence::Unknown);
}
