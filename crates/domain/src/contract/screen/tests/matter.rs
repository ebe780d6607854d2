//! What one contract says of itself: matter, amount and days.

use jiff::ToSpan as _;

use super::*;

fn of(contract_type: &str, title: &str, share_percent: i64) -> Contract {
    let mut contract = titled(deal("T1", 1, 2), title);
    contract.contract_type = contract_type.to_owned();
    contract.technology_value = Fen(contract.contract_value.0 / 100 * share_percent);
    contract
}

#[test]
fn goods_works_and_ordinary_services_without_a_deduction_are_asked_about() {
    for (title, screen) in [
        ("数控机床采购", Screen::GoodsAsTechnology),
        ("智能产线设备购销技术服务", Screen::GoodsAsTechnology),
        ("离心泵12台", Screen::GoodsAsTechnology),
        ("研发中心办公楼装修工程", Screen::ConstructionAsTechnology),
        ("园区道路施工技术服务项目", Screen::ConstructionAsTechnology),
        ("数字化产业园保洁及服务", Screen::OrdinaryService),
        ("企业年会会务", Screen::OrdinaryService),
    ] {
        assert_asked(&[of("51", title, 100)], screen);
    }
}

#[test]
fn technology_that_speaks_of_goods_and_works_is_left_alone() {
    for title in [
        "集中采购平台软件开发",
        "大跨度桥梁施工监控技术研究",
        "装修机器人研制",
        "变压器绕组温升测试",
        "印刷油墨配方研究",
    ] {
        assert_quiet(&[of("11", title, 100)]);
    }
    assert_quiet(&[of("51", "数控机床采购及安装调试", 35)]);
    assert_quiet(&[of("21", "一种空调用阀门专利权转让（ZL202110999999.1）", 100)]);
}

#[test]
fn a_price_far_outside_is_asked_about_and_a_large_project_is_not() {
    assert_asked(&[priced(deal("T1", 1, 2), 9_000_000_000)], Screen::PriceOutlier);
    assert_quiet(&[priced(deal("T1", 1, 2), 9_000_000)]);
}

#[test]
fn a_series_of_round_sums_is_asked_about_where_others_are_not_round() {
    let series = |step: i64| -> Vec<Contract> {
        (0..9)
            .map(|at| {
                let title =
                    format!("{}号机组{}调速", at * 41 % 97, char::from_u32(0x7100 + at as u32 * 57).unwrap());
                let one = titled(deal(&format!("T{at}"), 1, 20 + at), &title);
                signed(
                    priced(one, 100_000 * (at as i64 % 4 + 1) + step * at as i64),
                    START + (at as i64 * 17).days(),
                )
            })
            .collect()
    };
    assert_asked(&series(0), Screen::RoundAmounts);
    assert_quiet(&series(1_237));
}

const START: Date = date(2025, 2, 3);

#[test]
fn a_year_in_its_last_days_is_asked_about_and_everybodys_december_is_not() {
    let burst = |first: Date, step: i64| -> Vec<Contract> {
        (0..8)
            .map(|at| {
                let title =
                    format!("{}号井口{}压裂", at * 41 % 97, char::from_u32(0x7200 + at as u32 * 57).unwrap());
                let one = titled(deal(&format!("T{at}"), 1, 20 + at), &title);
                let mut one = priced(one, 90_017 + 31_333 * at as i64);
                one.registered_on = first + (at as i64 * step).days();
                one.signed_on = Some(one.registered_on - 12.days());
                one
            })
            .collect()
    };
    assert_asked(&burst(date(2025, 12, 23), 1), Screen::YearEndBurst);
    assert_quiet(&burst(date(2025, 3, 23), 31));
    let everybody: Vec<Contract> = burst(date(2025, 12, 23), 1)
        .into_iter()
        .chain((0..400).map(|at| {
            let title: String = (0..10)
                .map(|digit| char::from_u32(0x5000 + (at * 131 + digit * 997) % 7000).unwrap())
                .collect();
            let mut one =
                titled(deal(&format!("E{at}"), 700 + u64::from(at) % 200, 950 + u64::from(at) % 170), &title);
            one = priced(one, 40_000 + 1_013 * i64::from(at));
            one.registered_on = date(2025, 12, 22) + (i64::from(at) % 10).days();
            one
        }))
        .collect();
    let flags = flags_on(&everybody);
    assert!(flags.iter().all(|flag| flag.screen != Screen::YearEndBurst), "{flags:#?}");
}

#[test]
fn long_after_signing_is_asked_about_unless_the_term_has_hardly_begun() {
    let late = |gap: i64, term: i64| {
        let mut contract = deal("T1", 1, 2);
        let signed_on = contract.registered_on - gap.days();
        contract.signed_on = Some(signed_on);
        contract.valid_from = Some(signed_on);
        contract.valid_to = Some(signed_on + term.days());
        contract
    };
    assert_asked(&[late(365, 500)], Screen::LateRegistration);
    assert_asked(&[late(200, 150)], Screen::LateRegistration);
    assert_quiet(&[late(364, 500)]);
    assert_quiet(&[late(400, 1_825)]);
}

#[test]
fn work_of_days_is_asked_about_and_training_is_not() {
    let short = |contract_type: &str, days: i64| {
        let mut contract = of(contract_type, "盾构机主轴承密封装置研制", 100);
        contract.valid_to = contract.valid_from.map(|from| from + (days - 1).days());
        contract
    };
    assert_asked(&[short("11", 20)], Screen::ShortTerm);
    assert_asked(&[short("51", 5)], Screen::ShortTerm);
    assert_quiet(&[short("11", 21)]);
    assert_quiet(&[short("52", 2)]);
    assert_quiet(&[priced(short("51", 3), 149_999)]);
}

#[test]
fn a_value_that_moves_after_registration_is_asked_about_and_a_correction_by_little_is_not() {
    let first = priced(deal("T1", 1, 2), 1_000_000);
    let version = |yuan: i64| {
        let mut later = priced(first.clone(), yuan);
        later.registered_on = first.registered_on + 45.days();
        later
    };
    assert_asked(&[first.clone(), version(1_900_000)], Screen::ValueChanged);
    assert_asked(&[version(700_000), first.clone()], Screen::ValueChanged);
    assert_quiet(&[first.clone(), version(1_040_000)]);
    let mut again = version(1_900_000);
    again.registration_number = "T2".to_owned();
    assert_asked(&[first.clone(), again.clone()], Screen::ValueChanged);
    again.project_name.push_str("补充协议");
    assert!(flags_on(&[first, again]).iter().all(|flag| flag.screen != Screen::ValueChanged));
}
