//! Contracts that say something only together.

use jiff::ToSpan as _;
use jiff::civil::date;

use super::*;

const MATTER: &str = "盾构机主轴承密封结构疲劳寿命预测研究";
const START: Date = date(2025, 3, 10);

fn named(number: u64, seller: u64, buyer: u64, title: &str, yuan: i64, day: Date) -> Contract {
    signed(priced(titled(deal(&format!("T{number:03}"), seller, buyer), title), yuan), day)
}

#[test]
fn parts_below_the_review_are_asked_about_and_two_projects_of_one_pair_are_not() {
    let part = |number: u64, end: &str, yuan| {
        named(number, 1, 2, &format!("{MATTER}{end}"), yuan, START + (number as i64 * 9).days())
    };
    let parts =
        [part(1, "总体设计", 2_400_000), part(2, "样机试制", 1_900_000), part(3, "试验验证", 2_200_000)];
    assert_asked(&parts, Screen::SplitReview);
    assert_quiet(&[part(1, "", 2_400_000), named(2, 1, 2, "餐厨垃圾资源化制备生物炭", 2_700_000, START)]);
    let below = [part(1, "总体设计", 1_400_000), part(2, "样机试制", 1_900_000)];
    assert!(
        flags_on(&below).iter().all(|flag| flag.screen != Screen::SplitReview),
        "together below the threshold"
    );
}

#[test]
fn the_threshold_is_that_of_the_regime_of_the_day() {
    let threshold = |day| CHINA.registration().review_threshold_on(day);
    let reviewed = CHINA.registration().regime_on(date(2026, 1, 23)).unwrap().expert_review.unwrap();
    assert_eq!(threshold(date(2026, 1, 23)), Some(reviewed.technology_value_min));
    // The measures of 2000 know no expert review: their contracts are measured by the next one.
    assert_eq!(CHINA.registration().regime_on(date(2026, 1, 22)).unwrap().expert_review, None);
    assert_eq!(threshold(date(2026, 1, 22)), Some(reviewed.technology_value_min));

    let mut layer = shipped_layer("china");
    let rules = layer.files.get_mut("registration.yaml").unwrap();
    *rules = rules.replace("technology_value_yuan_min: 5000000", "technology_value_yuan_min: 3000000");
    let lower = Region::parse(&[layer]).unwrap();
    let part = |number: u64, end: &str, yuan| {
        named(number, 1, 2, &format!("{MATTER}{end}"), yuan, START + (number as i64 * 9).days())
    };
    let below = [part(1, "总体设计", 1_400_000), part(2, "样机试制", 1_900_000)];
    let book = Book::of(&ScreenRules::of(&lower).unwrap(), &below).unwrap();
    assert!(book.flags().iter().any(|flag| flag.screen == Screen::SplitReview), "3.3 million together");
}

#[test]
fn numbered_lots_are_asked_about_and_a_framework_by_years_is_not() {
    let lots: Vec<Contract> = (1..=3)
        .map(|lot| named(lot, 1, 2, &format!("{MATTER}（子课题{lot}）"), 310_000 + lot as i64, START))
        .collect();
    assert_asked(&lots, Screen::SplitParts);
    let years: Vec<Contract> = (0..3_u64)
        .map(|year| {
            let title = format!("{}年度{MATTER}", 2024 + year);
            let mut part = named(year, 1, 2, &title, 310_000, START);
            part.valid_from = Some(START + (year as i64 * 366).days());
            part.valid_to = Some(START + (year as i64 * 366 + 364).days());
            part
        })
        .collect();
    assert_quiet(&years);
}

#[test]
fn a_contract_under_two_numbers_is_asked_about_and_a_cancelled_one_registered_again_is_not() {
    let first = named(1, 1, 2, MATTER, 876_500, START);
    let mut copy = named(2, 1, 2, &format!("《{MATTER}》"), 876_500, START);
    copy.registered_on = first.registered_on + 40.days();
    assert_asked(&[first.clone(), copy.clone()], Screen::Duplicate);
    let mut elsewhere = copy.clone();
    elsewhere.registrar_code = "4309".to_owned();
    assert_asked(&[first.clone(), elsewhere], Screen::TwoRegistrars);
    let mut cancelled = first;
    cancelled.standing = Standing::Withdrawn;
    assert_quiet(&[cancelled, copy]);
}

#[test]
fn monthly_tests_of_one_customer_are_no_duplicates() {
    let tests: Vec<Contract> = (0..6)
        .map(|month| {
            let mut test = named(month, 1, 2, "循环水水质样品检测", 5_200, START + (month as i64).months());
            test.contract_type = "51".to_owned();
            test
        })
        .collect();
    assert_quiet(&tests);
}

#[test]
fn a_text_under_other_names_is_asked_about_and_the_same_matter_at_another_price_is_not() {
    let first = named(1, 1, 2, MATTER, 1_234_500, START);
    let copy = named(2, 3, 4, &format!("关于{MATTER}项目"), 1_234_500, START + 20.days());
    assert_asked(&[first.clone(), copy], Screen::NearDuplicate);
    assert_quiet(&[first.clone(), named(2, 3, 4, MATTER, 310_000, START + 20.days())]);
    let mut licence = first;
    licence.contract_type = "31".to_owned();
    let mut other = licence.clone();
    other.registration_number = "T2".to_owned();
    other.buyer = party(9, "第9乙动力有限公司");
    assert_quiet(&[licence, other]);
}

#[test]
fn one_text_to_many_buyers_is_asked_about_and_licences_and_standard_tests_are_not() {
    let sold = |contract_type: &str, title: &str| -> Vec<Contract> {
        (0..9)
            .map(|number| {
                let day = START + (number as i64 * 7).days();
                let mut one = named(number, 1, 20 + number, title, 48_000 + 100 * number as i64, day);
                one.contract_type = contract_type.to_owned();
                one
            })
            .collect()
    };
    assert_asked(&sold("11", MATTER), Screen::SerialText);
    assert_quiet(&sold("31", "一种盾构机主轴承密封圈专利实施许可"));
    let tests = sold("51", "盾构机主轴承密封圈性能检测");
    assert!(flags_on(&tests).iter().all(|flag| flag.screen != Screen::SerialText));
}

#[test]
fn a_patent_assigned_twice_is_asked_about_and_one_sold_on_by_its_buyer_is_not() {
    let assigned = |number: u64, seller, buyer, title: &str| {
        let mut one = named(
            number,
            seller,
            buyer,
            title,
            400_000 + 131 * number as i64,
            START + (number as i64 * 80).days(),
        );
        one.contract_type = "21".to_owned();
        one
    };
    let first = assigned(1, 1, 2, "一种密封圈（ZL202110123456.7）专利权转让");
    let again = assigned(2, 1, 3, "发明专利权转让（专利号：202110123456）");
    assert_asked(&[first.clone(), again], Screen::AssignedTwice);
    assert_quiet(&[first, assigned(2, 2, 3, "密封圈专利ZL202110123456.7转让")]);
}

#[test]
fn money_that_comes_back_is_asked_about_in_circles_of_two_three_and_five() {
    for (parties, screen) in [(2, Screen::CircleTwo), (3, Screen::CircleThree), (5, Screen::CircleMany)] {
        let ring: Vec<Contract> = (0..parties)
            .map(|at| {
                let title =
                    ["热管理参数整定", "失效机理剖析", "流场数值模拟", "余能回收设计", "水肥一体调度"]
                        [at as usize];
                named(
                    at,
                    10 + at,
                    10 + (at + 1) % parties,
                    title,
                    800_000 + 9_000 * at as i64,
                    START + (at as i64 * 11).days(),
                )
            })
            .collect();
        assert_asked(&ring, screen);
    }
    let there = named(1, 10, 11, "热管理参数整定研究", 800_000, START);
    let back = named(2, 11, 10, "年度试验台架校准", 90_000, START + 30.days());
    assert_quiet(&[there, back]);
}

#[test]
fn a_circle_across_the_end_of_a_year_is_still_one() {
    let there = named(1, 10, 11, "热管理参数整定研究", 800_000, date(2024, 12, 31));
    let back = named(2, 11, 10, "失效机理剖析与验证", 805_000, date(2025, 1, 1));
    assert_asked(&[there, back], Screen::CircleTwo);
}

#[test]
fn a_pair_of_two_regions_that_takes_turns_is_asked_about() {
    let turns: Vec<Contract> = (0..5_u64)
        .map(|at| {
            let (seller, buyer) = if at % 2 == 0 { (10, 11) } else { (11, 10) };
            let title = ["热管理参数整定", "失效机理剖析", "流场数值模拟", "余能回收设计", "水肥一体调度"]
                [at as usize];
            named(at, seller, buyer, title, 100_000 << at, START + (at as i64 * 60).days())
        })
        .collect();
    assert_asked(&turns, Screen::BackAndForth);
    assert!(flags_on(&turns[..2]).is_empty(), "there and back once is a partnership");
}

#[test]
fn a_purchase_sold_on_is_asked_about_and_a_subcontract_of_a_part_is_not() {
    let purchase = named(1, 10, 11, MATTER, 1_500_000, START);
    let resale = named(2, 11, 12, &format!("关于{MATTER}"), 1_530_000, START + 6.days());
    assert_asked(&[purchase, resale], Screen::PassThrough);
    let order = named(1, 11, 12, MATTER, 1_500_000, START);
    let part = named(2, 10, 11, "密封圈台架试验验证", 500_000, START + 6.days());
    assert_quiet(&[order, part]);
}

#[test]
fn shells_behind_one_address_are_asked_about_and_companies_of_one_park_are_not() {
    let mut shells: Vec<Contract> = (0..4)
        .map(|at| {
            let title = ["热管理参数整定", "失效机理剖析", "流场数值模拟", "余能回收设计"][at as usize];
            let mut one = named(
                at,
                30 + at,
                50 + at,
                title,
                210_000 + 7_000 * at as i64,
                START + (at as i64 * 20).days(),
            );
            one.seller.address = "某市创新创业园3栋208室".to_owned();
            one
        })
        .collect();
    assert_quiet(&shells);
    for shell in &mut shells {
        shell.seller.telephone = "0731-82345671".to_owned();
    }
    assert_asked(&shells, Screen::ShellSellers);
}
