//! What the example province promises.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use jiff::civil::{Date, date};
use sha2::{Digest, Sha256};
use xiaoxiang_domain::attribution::ParkCompany;
use xiaoxiang_domain::bulletin::Direction;
use xiaoxiang_domain::contract::{Contract, Party, PartyNature};
use xiaoxiang_domain::money::{MoneyUnit, display_fen};
use xiaoxiang_domain::organisation::credit_code::CreditCode;
use xiaoxiang_domain::period::Month;
use xiaoxiang_domain::ratio::Ratio;
use xiaoxiang_domain::region::{DivisionCode, Region, RegionLayer};
use xiaoxiang_domain::target::AnnualTargets;

use super::{EXAMPLE_REGISTRARS, Example, example};

const TODAY: Date = date(2026, 11, 22);

static REGION: LazyLock<Region> = LazyLock::new(|| {
    let mut hunan = layer("hunan");
    hunan.files.insert("registrars.yaml".to_owned(), EXAMPLE_REGISTRARS.to_owned());
    Region::parse(&[layer("china"), hunan]).unwrap()
});
static EXAMPLE: LazyLock<Example> = LazyLock::new(|| example(&REGION, TODAY));

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn layer(name: &str) -> RegionLayer {
    let root = repository().join("regions").join(name);
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

fn all(example: &Example) -> impl Iterator<Item = &Contract> {
    example.registry.iter().chain(&example.exchange)
}

fn digest(example: &Example) -> String {
    let mut hash = Sha256::new();
    for contract in all(example) {
        hash.update(serde_json::to_vec(contract).unwrap());
    }
    hash.update(format!("{:?}{:?}", example.park_companies, example.targets));
    hash.update(format!("{:?}", example.exchange_months));
    hash.finalize().iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

#[test]
fn the_example_is_the_same_every_time() {
    assert_eq!(digest(&EXAMPLE), digest(&example(&REGION, TODAY)));
}

#[test]
fn nothing_is_later_than_today() {
    let day = date(2025, 5, 20);
    let early = example(&REGION, day);
    assert!(all(&early).all(|contract| contract.registered_on <= day));
    assert_eq!(early.exchange_months.last(), Some(&Month { year: 2025, month: 4 }));
    let kept: Vec<&Contract> = EXAMPLE.registry.iter().filter(|c| c.registered_on <= day).collect();
    assert!(early.registry.iter().eq(kept));
}

/// The two published tables, as printed: by type with the total last.
const PUBLISHED: &str = "\
技术开发,2223,2191,-1.44%,23.00,30.17,31.19%,20.03,26.10,30.32%
技术转让,207,221,6.76%,9.29,24.45,163.05%,8.51,23.61,177.48%
技术服务,1350,2700,100.00%,67.12,141.85,111.35%,18.03,72.26,300.89%
技术咨询,196,611,211.73%,6.22,6.64,6.91%,3.58,3.63,1.24%
总计,3976,5723,43.94%,105.62,203.11,92.30%,50.15,125.60,150.47%
";

/// Adds the contracts up as plainly as possible: year and type to count, contract value, technology value.
fn base_amounts() -> HashMap<(i16, &'static str), [i128; 3]> {
    let mut sums: HashMap<(i16, &'static str), [i128; 3]> = HashMap::new();
    let list = REGION.codes("contract_type").unwrap();
    for contract in &EXAMPLE.registry {
        let number = list.root_of(&contract.contract_type);
        let name = list.by_number(number).unwrap().name.as_str();
        for row in [name, "总计"] {
            let sum = sums.entry((contract.registered_on.year(), row)).or_default();
            sum[0] += 1;
            sum[1] += i128::from(contract.contract_value.0);
            sum[2] += i128::from(contract.technology_value.0);
        }
    }
    sums
}

#[test]
fn registered_contracts_of_2017_meet_the_published_tables_cell_for_cell() {
    let sums = base_amounts();
    let mut printed = String::new();
    for row in ["技术开发", "技术转让", "技术服务", "技术咨询", "总计"] {
        let (old, new) = (sums[&(2016, row)], sums[&(2017, row)]);
        let growth = |at: usize| Ratio::growth(new[at], old[at]).unwrap().percent();
        let yuan = |fen: i128| display_fen(fen, MoneyUnit::HundredMillionYuan);
        write!(printed, "{row},{},{},{}%", old[0], new[0], growth(0)).unwrap();
        for at in [1, 2] {
            write!(printed, ",{},{},{}%", yuan(old[at]), yuan(new[at]), growth(at)).unwrap();
        }
        printed.push('\n');
    }
    assert_eq!(printed, PUBLISHED);
    assert_eq!(sums.keys().filter(|(year, _)| *year == 2017).count(), 5, "four types and the total");
}

#[test]
fn the_tables_above_are_the_published_files() {
    let folder = repository().join("../shared/data/statistics");
    let Ok(by_type) = std::fs::read_to_string(folder.join("hunan_2017_t2_by_contract_type.csv")) else {
        println!(
            "the published files are not beside the repository: compared with the copy in this test only"
        );
        return;
    };
    let rows: Vec<&str> = by_type.lines().skip(1).collect();
    assert_eq!(rows, PUBLISHED.lines().collect::<Vec<_>>());
    let total = std::fs::read_to_string(folder.join("hunan_2017_t1_total.csv")).unwrap();
    let cells: Vec<&str> =
        total.lines().skip(1).flat_map(|line| line.split(',').skip(1)).map(str::trim).collect();
    let last = PUBLISHED.lines().last().unwrap();
    assert_eq!(cells, last.split(',').skip(1).collect::<Vec<_>>());
}

#[test]
fn every_number_is_there_once_and_has_sixteen_digits() {
    let mut seen = HashSet::new();
    for contract in all(&EXAMPLE) {
        let number = &contract.registration_number;
        assert!(number.len() == 16 && number.bytes().all(|byte| byte.is_ascii_digit()), "{number}");
        assert!(number.starts_with(&contract.registered_on.year().to_string()), "{number}");
        assert!(seen.insert(number), "{number} twice");
    }
    assert!((55_000..70_000).contains(&seen.len()), "{}", seen.len());
}

#[test]
fn amounts_and_dates_are_in_order() {
    for contract in all(&EXAMPLE) {
        let (whole, part) = (contract.contract_value.0, contract.technology_value.0);
        assert!(0 < whole && 0 <= part && part <= whole, "{contract:?}");
        let (signed_on, valid_from, valid_to) =
            (contract.signed_on.unwrap(), contract.valid_from.unwrap(), contract.valid_to.unwrap());
        assert!(signed_on <= contract.registered_on && signed_on <= valid_from && valid_from <= valid_to);
        assert!(contract.registered_on <= date(2026, 10, 31));
        assert_ne!(REGION.calendar().is_working_day(contract.registered_on), Some(false));
    }
}

#[test]
fn every_code_stands_in_its_list_on_its_day() {
    for contract in all(&EXAMPLE) {
        for (list, code) in [
            ("contract_type", &contract.contract_type),
            ("technical_field", &contract.field),
            ("ip_kind", &contract.ip),
            ("payment_mode", &contract.payment_mode),
            ("plan_source", &contract.plan_source),
            ("socio_economic_objective", &contract.socio_economic_objective),
            ("industry", &contract.industry),
            ("party_kind", &contract.seller.kind),
            ("party_kind", &contract.buyer.kind),
        ] {
            let found = REGION.codes(list).unwrap().by_code(code);
            assert!(found.is_some_and(|code| code.holds_on(contract.registered_on)), "{list} {code}");
        }
        assert_eq!(
            serde_json::from_value::<Contract>(serde_json::to_value(contract).unwrap()).unwrap(),
            *contract
        );
    }
}

#[test]
fn every_party_is_marked_and_has_what_its_nature_asks() {
    for contract in all(&EXAMPLE) {
        for party in [&contract.seller, &contract.buyer] {
            assert!(party.name.starts_with("示例·"), "{}", party.name);
            assert!(party.contact.is_empty() || party.contact.contains("示例"));
            match party.nature {
                PartyNature::Organisation => {
                    assert_eq!(CreditCode::parse(&party.credit_code).unwrap().as_str(), party.credit_code);
                    assert_eq!(&party.credit_code[2..8], "000000", "no registrar has this code");
                    assert_place(&party.division, contract.registered_on);
                }
                PartyNature::Person => {
                    assert!(party.credit_code.is_empty());
                    assert_place(&party.division, contract.registered_on);
                }
                PartyNature::Foreign => {
                    assert!(party.credit_code.is_empty() && party.division.is_empty());
                    assert!(REGION.countries().find(&party.country).is_some());
                }
            }
        }
        assert_ne!(contract.seller.name, contract.buyer.name);
        assert_place(&contract.landing_division, contract.registered_on);
    }
}

fn assert_place(text: &str, on: Date) {
    let code = DivisionCode::parse(text).unwrap();
    assert!(REGION.divisions().exists_on(code, on), "{code} on {on}");
    assert!(REGION.divisions().current(code, on).is_ok(), "{code} on {on}");
}

#[test]
fn renamed_counties_carry_the_code_of_their_day() {
    let of = |code: &str, years: std::ops::RangeInclusive<i16>| {
        let count = EXAMPLE.registry.iter().filter(|contract| years.contains(&contract.registered_on.year()));
        count.filter(|contract| contract.seller.division == code || contract.buyer.division == code).count()
    };
    assert!(of("431121", 2016..=2017) > 0 && of("431121", 2024..=2026) == 0);
    assert!(of("431181", 2016..=2017) == 0 && of("431181", 2024..=2026) > 0);
}

fn is_inside(party: &Party) -> bool {
    party.division.starts_with("43")
}

#[test]
fn registered_contracts_go_everywhere_and_the_exchange_brings_what_comes_from_outside() {
    let mut ways = [0_usize; 5];
    for contract in &EXAMPLE.registry {
        let (seller, buyer) = (&contract.seller, &contract.buyer);
        let way = if seller.nature == PartyNature::Foreign {
            assert!(is_inside(buyer) && contract.registered_on.year() >= 2024);
            4
        } else {
            assert!(is_inside(seller));
            match (buyer.nature, is_inside(buyer)) {
                (PartyNature::Foreign, _) => 3,
                (_, false) => 2,
                (_, true) if seller.division[..4] == buyer.division[..4] => 0,
                (_, true) => 1,
            }
        };
        ways[way] += 1;
    }
    let total = EXAMPLE.registry.len();
    assert!(ways.iter().all(|count| *count > 10), "{ways:?}");
    assert!(ways[0] > total / 3 && ways[1] > total / 10 && ways[2] > total / 4, "{ways:?}");
    let outside_in = |contract: &Contract| !is_inside(&contract.seller) && is_inside(&contract.buyer);
    assert!(EXAMPLE.exchange.iter().all(outside_in));
    let months: HashSet<Month> =
        EXAMPLE.exchange.iter().map(|contract| Month::of(contract.registered_on)).collect();
    assert_eq!(months, EXAMPLE.exchange_months.iter().copied().collect());
    assert_eq!(EXAMPLE.exchange_months.last(), Some(&Month { year: 2026, month: 9 }));
    assert_eq!(EXAMPLE.exchange_months.len(), 24 + 33);
}

/// Share of what fits in the amounts of one year's registered contracts, per mille.
fn value_share(year: i16, fits: impl Fn(&Contract) -> bool) -> i128 {
    let of_year = || EXAMPLE.registry.iter().filter(|contract| contract.registered_on.year() == year);
    let sum: i128 = of_year().map(|contract| i128::from(contract.contract_value.0)).sum();
    let part: i128 = of_year()
        .filter(|contract| fits(contract))
        .map(|contract| i128::from(contract.contract_value.0))
        .sum();
    part * 1000 / sum
}

#[test]
fn cities_kinds_and_months_have_plausible_shares() {
    for year in [2016, 2017, 2024, 2025, 2026] {
        let core = value_share(year, |c| {
            ["4301", "4302", "4303"].iter().any(|city| c.seller.division.starts_with(city))
        });
        assert!((760..=860).contains(&core), "长株潭 {year}: {core}");
        let capital = value_share(year, |c| c.seller.division.starts_with("4301"));
        assert!((400..=570).contains(&capital), "长沙 {year}: {capital}");
        let universities = value_share(year, |c| c.seller.kind == "022");
        assert!((10..=70).contains(&universities), "高校 {year}: {universities}");
        let largest =
            EXAMPLE.registry.iter().filter(|c| c.registered_on.year() == year).map(|c| c.contract_value.0);
        let largest = largest.max().unwrap();
        let share = value_share(year, |c| c.contract_value.0 == largest);
        assert!(share <= 80, "the largest contract of {year} has {share} per mille");
        let cities: HashSet<&str> = EXAMPLE
            .registry
            .iter()
            .filter(|c| c.registered_on.year() == year && is_inside(&c.seller))
            .map(|c| &c.seller.division[..4])
            .collect();
        assert_eq!(cities.len(), 14);
    }
    let december = value_share(2025, |c| c.registered_on.month() == 12);
    assert!((130..=300).contains(&december), "{december}");
}

#[test]
fn park_lists_hold_companies_claimed_twice_and_companies_that_match_nothing() {
    let lines = &EXAMPLE.park_companies;
    let by_name = lines.iter().fold(HashMap::<&str, Vec<&ParkCompany>>::new(), |mut map, line| {
        map.entry(&line.name).or_default().push(line);
        map
    });
    assert_eq!(by_name.values().filter(|claims| claims.len() == 2).count(), 3);
    let sellers: HashSet<&str> =
        EXAMPLE.registry.iter().map(|contract| contract.seller.name.as_str()).collect();
    assert!(by_name.keys().filter(|name| !sellers.contains(*name)).count() >= 5);
    assert!(by_name.keys().filter(|name| sellers.contains(*name)).count() >= 200);
    assert!(lines.iter().any(|line| line.credit_code.is_empty()));
    for line in lines {
        assert!(REGION.parks().by_key(line.park_key).is_some());
        assert!(line.credit_code.is_empty() || CreditCode::parse(&line.credit_code).is_ok());
    }
}

#[test]
fn targets_of_the_cities_add_up_to_the_provinces() {
    for year in [2017, 2024, 2025, 2026] {
        let of_year: Vec<_> = EXAMPLE.targets.iter().filter(|target| target.year == year).collect();
        assert_eq!(of_year.len(), 15);
        let (province, cities): (Vec<_>, Vec<_>) =
            of_year.into_iter().partition(|target| target.division == 430_000);
        assert_eq!(cities.iter().map(|target| target.amount.0).sum::<i64>(), province[0].amount.0);
        assert!(cities.iter().all(|target| target.amount.0 > 0 && target.document.starts_with("示例")));
        let parts = [(430_000, REGION.cities().iter().map(|city| city.0).collect())];
        let problems = AnnualTargets::new(EXAMPLE.targets.clone()).problems(
            year,
            Direction::Registered,
            date(year, 12, 31),
            &parts,
        );
        assert_eq!(problems, []);
    }
}

#[test]
fn registrars_are_those_of_the_examples_list() {
    for contract in &EXAMPLE.registry {
        let registrar = REGION.registrars().find(&contract.registrar_code).unwrap();
        assert_eq!(registrar.name, contract.registrar_name);
    }
    assert!(EXAMPLE.exchange.iter().all(|contract| contract.registrar_name.starts_with("示例·")));
}
