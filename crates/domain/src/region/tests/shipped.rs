//! The shipped regions parse without a problem and know what they must know.

use jiff::civil::{Date, date};

use super::super::{
    AnswerLeads, ColumnKind, DivisionCode, DivisionLevel, DivisionProblem, Guided, Presence, Region,
    Standing, UnknownAnswer,
};
use super::{HUNAN, shipped_layer};
use crate::contract::procedure::RegistrationMode;

const TODAY: Date = date(2026, 11, 22);

fn code(text: &str) -> DivisionCode {
    DivisionCode::parse(text).unwrap()
}

#[test]
fn china_alone_is_a_region_too() {
    let china = Region::parse(&[shipped_layer("china")]).unwrap();
    assert_eq!(china.code(), DivisionCode::NATION);
    assert_eq!(china.cities().len(), 34, "provinces, 港澳台 included");
    assert!(china.letterhead().is_none());
}

#[test]
fn hunan_has_14_cities_and_122_counties_in_order() {
    let cities = HUNAN.cities();
    assert_eq!(cities.len(), 14);
    assert_eq!(cities[0], code("430100"));
    assert_eq!(cities[13], code("433100"));
    let counties: Vec<_> = cities.iter().flat_map(|city| HUNAN.divisions().children(*city)).collect();
    assert_eq!(counties.len(), 122);
    assert!(counties.is_sorted());
    assert!(counties.iter().all(|c| HUNAN.divisions().find(**c).unwrap().level == DivisionLevel::County));
}

#[test]
fn provinces_and_hunans_cities_and_counties_have_english_names() {
    let region = &*HUNAN;
    let divisions = region.divisions();
    let provinces = divisions.children(DivisionCode::NATION);
    let counties = region.cities().iter().flat_map(|city| divisions.children(*city));
    for code in provinces.iter().chain(region.cities()).chain(counties) {
        let name = divisions.name_en(*code).unwrap_or_else(|| panic!("{code} has no English name"));
        assert!(
            name.is_ascii() && name.starts_with(|first: char| first.is_ascii_uppercase()),
            "{code} {name}"
        );
    }
    assert_eq!(divisions.name_en(code("433100")), Some("Xiangxi Tujia and Miao Autonomous Prefecture"));
    assert_eq!(divisions.name_en(code("110101")), None);
}

#[test]
fn the_country_has_34_provinces_333_cities_and_2844_counties() {
    let count = |level: DivisionLevel| {
        HUNAN.divisions().rows().iter().filter(|row| row.to.is_none() && row.level == level).count()
    };
    assert_eq!(count(DivisionLevel::Province), 34);
    assert_eq!(count(DivisionLevel::City), 333);
    assert_eq!(count(DivisionLevel::County), 2844);
}

#[test]
fn jishou_is_real_although_its_code_ends_in_01() {
    assert_eq!(HUNAN.divisions().name(code("433101")), Some("吉首市"));
    assert_eq!(HUNAN.divisions().city_of(code("433101")), Some(code("433100")));
}

#[test]
fn renamed_codes_are_followed_whatever_the_day() {
    let divisions = HUNAN.divisions();
    for (old, new) in [
        ("431121", "431181"),
        ("430124", "430182"),
        ("430521", "430582"),
        ("430122", "430112"),
        ("430221", "430212"),
        ("341402", "340181"),
        ("110103", "110101"),
    ] {
        assert_eq!(divisions.current(code(old), date(2009, 6, 1)), Ok(code(new)), "{old}");
        assert_eq!(divisions.current(code(old), TODAY), Ok(code(new)), "{old} today");
        assert_eq!(divisions.current(code(new), date(2009, 6, 1)), Ok(code(new)), "{new} on an old record");
    }
    assert!(divisions.exists_on(code("431121"), date(2020, 12, 31)));
    assert!(!divisions.exists_on(code("431121"), date(2021, 1, 1)));
    assert!(divisions.exists_on(code("431181"), date(2021, 1, 1)));
    assert_eq!(divisions.name_on(code("431121"), date(2019, 1, 1)), Some("祁阳县"));
}

#[test]
fn unknown_divided_and_vanished_codes_are_explained() {
    let divisions = HUNAN.divisions();
    let unknown = divisions.current(code("430199"), TODAY).unwrap_err();
    assert!(unknown.message_zh().contains("430100 长沙市"), "{}", unknown.message_zh());
    let nothing = divisions.current(code("990000"), TODAY).unwrap_err();
    assert!(matches!(&nothing, DivisionProblem::Unknown { above: None, .. }));
    assert!(nothing.message_zh().contains("990000"));
    let divided = divisions.current(code("341400"), TODAY).unwrap_err();
    assert!(divided.message_zh().contains("合肥市") && divided.to_string().contains("340500"), "{divided}");
    let gone = divisions.current(code("230705"), TODAY).unwrap_err();
    assert!(matches!(gone, DivisionProblem::Ended { .. }));
    assert!(gone.message_zh().contains("去向不明"));
}

#[test]
fn names_find_divisions_and_far_apart_namesakes_are_all_given() {
    let by_name = |text: &str| HUNAN.divisions().by_name(text);
    for (text, expected) in [
        ("长沙市岳麓区", "430104"),
        ("湖南省长沙市岳麓区", "430104"),
        ("湖南长沙岳麓", "430104"),
        ("湖南省岳麓区", "430104"),
        ("湖南省长沙市", "430100"),
        ("湖南省 长沙市", "430100"),
        ("长沙", "430100"),
        ("长沙县", "430121"),
        ("湖南", "430000"),
        ("湘西州", "433100"),
        ("湘西土家族苗族自治州", "433100"),
        ("吉首", "433101"),
        ("津市", "430781"),
        ("祁阳县", "431181"),
        ("湖南省永州市祁阳县", "431181"),
        ("宁乡", "430182"),
        ("城步县", "430529"),
        ("北京市朝阳区", "110105"),
        ("北京市市辖区朝阳区", "110105"),
        ("上海", "310000"),
        ("内蒙古", "150000"),
        ("新疆维吾尔自治区", "650000"),
        ("香港特别行政区", "810000"),
        ("吉林", "220000"),
        ("仙桃", "429004"),
        ("中国湖南省", "430000"),
    ] {
        assert_eq!(by_name(text), vec![code(expected)], "{text}");
    }
    assert!(by_name("朝阳").len() > 1);
    assert!(by_name("鼓楼区").len() > 1);
    assert!(by_name("火星市").is_empty());
    assert!(by_name("").is_empty());
}

#[test]
fn places_belong_to_cities_provinces_and_the_nation() {
    let divisions = HUNAN.divisions();
    assert!(divisions.is_within(code("430104"), code("430100")));
    assert!(divisions.is_within(code("430104"), code("430000")));
    assert!(divisions.is_within(code("430104"), DivisionCode::NATION));
    assert!(!divisions.is_within(code("430104"), code("430200")));
    assert_eq!(divisions.city_of(code("110105")), Some(code("110000")));
    assert_eq!(divisions.city_of(code("429004")), Some(code("429004")));
    assert_eq!(divisions.city_of(code("430000")), None);
    assert_eq!(divisions.parent(code("430000")), Some(DivisionCode::NATION));
    assert_eq!(divisions.full_name(code("430104")).as_deref(), Some("湖南省长沙市岳麓区"));
    assert!(HUNAN.contains(code("433101")) && !HUNAN.contains(code("440100")));
}

#[test]
fn contract_types_are_four_before_2021_and_five_since() {
    let types = HUNAN.codes("contract_type").unwrap();
    let names = |on: Date| types.roots_on(on).map(|root| root.name.as_str()).collect::<Vec<_>>();
    assert_eq!(names(date(2017, 6, 1)), ["技术开发", "技术转让", "技术服务", "技术咨询"]);
    assert_eq!(names(TODAY), ["技术开发", "技术转让", "技术许可", "技术服务", "技术咨询"]);
    assert_eq!(types.root_of_text("专利实施许可", date(2019, 3, 1)), Some(2));
    assert_eq!(types.root_of_text("专利实施许可", date(2021, 3, 1)), Some(3));
    assert_eq!(types.restated_root_of("29"), 3);
    assert_eq!(types.restated_root_of("21"), 2);
    assert_eq!(types.find("技术许可", date(2020, 12, 31)), None);
    assert_eq!(types.root_of_text("技术开发(委托)", TODAY), Some(1));
    assert_eq!(types.by_number(5).unwrap().name, "技术服务");
    assert_eq!(types.root_of("no such code"), 0);
}

#[test]
fn party_kinds_keep_universities_apart() {
    let kinds = HUNAN.codes("party_kind").unwrap();
    let rows: Vec<_> = kinds.roots().map(|root| (root.number.unwrap(), root.name.as_str())).collect();
    assert_eq!(
        rows,
        [
            (1, "机关法人"),
            (2, "科研机构"),
            (3, "高等院校"),
            (4, "医疗卫生"),
            (5, "其他事业法人"),
            (6, "社团法人"),
            (7, "企业法人"),
            (8, "自然人"),
            (9, "其他组织"),
            (10, "境外")
        ]
    );
    for (text, number) in
        [("高校", 3), ("0221", 3), ("事业法人", 5), ("有限责任公司", 7), ("021", 2), ("个人", 8)]
    {
        assert_eq!(kinds.root_of_text(text, TODAY), Some(number), "{text}");
    }
}

#[test]
fn headers_of_real_exports_find_their_column() {
    let form = HUNAN.contract_form();
    for (header, key) in [
        ("合同登记编号", "registration_number"),
        ("登记号", "registration_number"),
        (" 合同名称 ", "project_name"),
        ("成交总额", "contract_value"),
        ("合同成交额", "contract_value"),
        ("核定技术交易额", "technology_value"),
        ("其中：技术交易额", "technology_value"),
        ("转让方", "seller_name"),
        ("受托方名称", "seller_name"),
        ("卖方的名称*", "seller_name"),
        ("卖方（受托方）名称", "seller_name"),
        ("卖方【受托方】名称", "seller_name"),
        ("卖方所在地", "seller_division"),
        ("卖方地区代码", "seller_division"),
        ("买方统一社会信用代码", "buyer_credit_code"),
        ("委托方性质", "buyer_kind"),
        ("实施地", "landing_division"),
        ("合同状态", "standing"),
        ("所属技术领域", "field"),
    ] {
        assert_eq!(form.column(header).map(|column| column.key.as_str()), Some(key), "{header}");
    }
    assert_eq!(form.column("备注"), None);
    assert_eq!(form.columns().len(), super::super::FIELD_KEYS.len());
    let money = form.by_key("contract_value").unwrap();
    assert_eq!((&money.kind, money.presence), (&ColumnKind::Money, Presence::Required));
    assert_eq!(form.by_key("seller_name").unwrap().header, "卖方名称");
    assert_eq!(form.nearest_header("合同登记编码").as_deref(), Some("合同登记编号"));
}

#[test]
fn working_days_follow_the_announcements() {
    let calendar = HUNAN.calendar();
    assert_eq!(calendar.is_working_day(date(2026, 2, 17)), Some(false), "春节");
    assert_eq!(calendar.is_working_day(date(2026, 10, 10)), Some(true), "a Saturday that is worked");
    assert_eq!(calendar.is_working_day(date(2026, 11, 22)), Some(false), "a Sunday");
    assert_eq!(calendar.is_working_day(date(2031, 1, 6)), None, "not announced yet");
    assert_eq!(calendar.add_working_days(date(2026, 9, 30), 1), Some(date(2026, 10, 8)));
    assert_eq!(calendar.add_working_days(date(2026, 12, 30), 30), None);
    assert_eq!(calendar.years().collect::<Vec<_>>(), (2016..=2026).collect::<Vec<i16>>());
}

#[test]
fn parks_groups_papers_and_map_are_there() {
    let park = HUNAN.parks().find("430472").unwrap();
    assert_eq!((park.code, park.city), (Some(code("430476")), code("430400")));
    assert_eq!(HUNAN.parks().find("长沙高新技术产业开发区").unwrap().name, "长沙高新区");
    assert!(HUNAN.parks().by_key(park.key).is_some());
    let group = HUNAN.group("长株潭").unwrap();
    assert_eq!(group.cities, [code("430100"), code("430200"), code("430300")]);
    let number = HUNAN.number_pattern("bulletin").unwrap().format(2026, 7);
    assert_eq!(number, "湘科统〔2026〕7号");
    assert_eq!(HUNAN.letterhead().unwrap().issuer, "湖南省科学技术厅");
    assert_eq!(HUNAN.bulletin().tables[0].key, "city-monthly");
    let map = HUNAN.map().unwrap();
    assert!(!map.is_approved(), "the page must say 示意图");
    assert!(map.prefectures.contains("长沙市"));
}

#[test]
fn countries_have_chinese_names_and_never_mix_two_lists_of_digits() {
    let countries = HUNAN.countries();
    assert_eq!(countries.find("德国").unwrap().alpha3, "DEU");
    assert_eq!(countries.find("usa").unwrap().name, "美国");
    assert_eq!(countries.find("香港").unwrap().alpha3, "HKG");
    assert_eq!(countries.find("276").unwrap().alpha3, "DEU");
    assert_eq!(countries.by_customs_code("276"), None);
}

#[test]
fn every_code_that_ever_was_leads_to_a_current_one_or_is_explained() {
    let divisions = HUNAN.divisions();
    for row in divisions.rows() {
        for on in [date(1985, 1, 1), date(2012, 6, 30), TODAY] {
            match divisions.current(row.code, on) {
                Ok(current) => assert!(divisions.is_current(current), "{} led to {current}", row.code),
                Err(problem) => assert!(!problem.message_zh().is_empty()),
            }
        }
    }
}

#[test]
fn the_full_name_of_every_current_division_finds_it_and_nothing_else() {
    let divisions = HUNAN.divisions();
    for row in divisions.rows().iter().filter(|row| row.to.is_none()) {
        let name = divisions.full_name(row.code).unwrap();
        assert_eq!(divisions.by_name(&name), vec![row.code], "{name}");
    }
}

#[test]
fn every_entry_of_every_list_is_found_by_its_name_and_counted_somewhere() {
    for (key, list) in HUNAN.code_lists() {
        for item in list.items() {
            let on = item.to.unwrap_or(TODAY);
            assert_eq!(list.find(&item.name, on).map(|found| &found.code), Some(&item.code), "{key}");
            let row = list.by_number(list.root_of(&item.code));
            assert!(row.is_some(), "{key} {}", item.code);
        }
    }
}

#[test]
fn open_data_have_a_threshold_and_no_invented_licence() {
    let settings = HUNAN.open_data().unwrap();
    assert_eq!((settings.respondents_min, settings.respondents_standing), (3, Standing::Pending));
    assert_eq!(settings.licence, None);
}

#[test]
fn registration_is_with_the_industry_department_today_and_was_with_the_science_department() {
    use super::super::{Competence, Department};
    let region = &*HUNAN;
    let on = |year, month, day| {
        let competence = region.competent_department("contract_registration", date(year, month, day));
        match competence {
            Competence::Known(holder) => Some(holder.department),
            _ => None,
        }
    };
    assert_eq!(on(2017, 1, 1), Some(Department::Science));
    assert_eq!(on(2026, 11, 23), Some(Department::Industry));
    assert_eq!(on(2024, 1, 1), None, "no source gives the day");
}

#[test]
fn every_paper_of_registration_is_there_and_none_claims_a_source_that_it_has_not() {
    let keys: Vec<&str> = HUNAN.papers().iter().map(|paper| paper.key.as_str()).collect();
    for key in [
        "seller_registration",
        "authority_letter",
        "truth_undertaking",
        "acceptance_notice",
        "correction_notice",
        "refusal_notice",
        "change_form",
        "cancellation_form",
        "expert_opinion",
        "service_receipt",
        "certificate",
        "pre_review_receipt",
        "technical_income_sheet",
        "evidence_notice",
        "hearing_notice",
        "clearance_notice",
        "revocation_notice",
        "tax_letter",
        "finance_letter",
    ] {
        assert!(keys.contains(&key), "{key}");
    }
    assert!(HUNAN.papers().iter().all(|paper| paper.standing == Standing::Example), "the wording is ours");
    let certificate = HUNAN.papers().iter().find(|paper| paper.key == "certificate").unwrap();
    assert!(!certificate.exists_in(RegistrationMode::PreReview), "the national system issues those");
    assert!(certificate.has_code);
}

#[test]
fn the_questions_lead_to_every_kind_of_contract_and_say_what_is_none() {
    let questions = HUNAN.contract_questions();
    let stand = |answers: &[usize]| questions.stand(answers).unwrap().unwrap();
    assert!(matches!(stand(&[]), Guided::Asked(question) if question.key == "content"));
    assert_eq!(stand(&[0, 1]), Guided::Found("12"));
    assert_eq!(stand(&[3, 0]), Guided::Refused("excluded_consulting"));
    assert_eq!(stand(&[3, 1, 0]), Guided::Found("51"), "carrying the advice out is a service (2001 规则 37)");
    assert_eq!(stand(&[5, 2, 0]), Guided::Found("21"), "training that passes on rights is a transfer");
    assert_eq!(stand(&[6, 5, 5]), Guided::Found("53"), "answers behind the end count for nothing");
    assert_eq!(questions.stand(&[0, 9]), Err(UnknownAnswer { question: 1 }));
    let types = HUNAN.codes("contract_type").unwrap();
    let ends = questions.all().iter().flat_map(|question| &question.answers);
    let found: Vec<u16> = ends
        .filter_map(|answer| match &answer.leads {
            AnswerLeads::Type(code) => Some(types.root_of(code)),
            AnswerLeads::Question(_) | AnswerLeads::Refusal(_) => None,
        })
        .collect();
    for root in types.roots_on(TODAY) {
        assert!(found.contains(&types.root_of(&root.code)), "no way leads to {}", root.name);
    }
}
