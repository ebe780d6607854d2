//! Every screen from both sides: what it asks about, and the honest twin that it leaves alone.

mod book;
mod matter;
mod people;
mod webs;

use std::sync::LazyLock;

use jiff::ToSpan as _;
use jiff::civil::{Date, date};

use super::{Book, Flag, Screen, ScreenRules};
use crate::contract::{Contract, Party};
use crate::fact::Standing;
use crate::money::Fen;
use crate::region::Region;
use crate::region::tests::shipped_layer;

static CHINA: LazyLock<Region> = LazyLock::new(|| Region::parse(&[shipped_layer("china")]).unwrap());

fn rules() -> ScreenRules {
    ScreenRules::of(&CHINA).expect("the base has parameters")
}

/// Chance enough for honest contracts: a linear congruence.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

fn party(number: u64, name: &str) -> Party {
    Party {
        name: name.to_owned(),
        credit_code: format!("9143{number:013}7"),
        division: format!("43{:02}02", 1 + number % 9),
        kind: "150".to_owned(),
        address: format!("某市学府路{}号{number}室", 100 + number),
        contact: format!("{}{}", char::from_u32(0x5b50 + number as u32).unwrap(), "明远"),
        telephone: format!("139{:08}", 10_000_019 * (number + 1) % 99_999_989),
        legal_representative: format!("{}{}", char::from_u32(0x6c5f + number as u32).unwrap(), "长青"),
        established_on: Some(date(2010, 5, 4)),
        ..Party::default()
    }
}

/// A contract of two bodies by number.
fn deal(number: &str, seller: u64, buyer: u64) -> Contract {
    let signed_on = date(2025, 3, 10);
    Contract {
        registration_number: number.to_owned(),
        project_name: "盾构机主轴承密封结构疲劳寿命预测研究".to_owned(),
        signed_on: Some(signed_on),
        valid_from: Some(signed_on),
        valid_to: Some(date(2026, 12, 31)),
        registered_on: date(2025, 4, 1),
        contract_type: "11".to_owned(),
        field: "3".to_owned(),
        ip: String::new(),
        contract_value: Fen(123_456_700),
        technology_value: Fen(123_456_700),
        payment_mode: String::new(),
        related_party: Some(false),
        plan_source: String::new(),
        socio_economic_objective: String::new(),
        industry: String::new(),
        registrar_code: "4301".to_owned(),
        registrar_name: String::new(),
        landing_division: String::new(),
        standing: Standing::Counted,
        seller: party(seller, &format!("第{seller}甲装备有限公司")),
        buyer: party(buyer, &format!("第{buyer}乙动力有限公司")),
    }
}

fn priced(mut contract: Contract, yuan: i64) -> Contract {
    contract.contract_value = Fen(yuan * 100);
    contract.technology_value = Fen(yuan * 100);
    contract
}

fn titled(mut contract: Contract, title: &str) -> Contract {
    title.clone_into(&mut contract.project_name);
    contract
}

fn signed(mut contract: Contract, day: Date) -> Contract {
    contract.signed_on = Some(day);
    contract.valid_from = Some(day);
    contract.valid_to = Some(day + 400.days());
    contract.registered_on = day + 20.days();
    contract
}

/// Four hundred honest contracts of as many matters, all different.
fn honest() -> Vec<Contract> {
    let mut dice = Dice(7);
    (0..400)
        .map(|number| {
            let title: String =
                (0..14).map(|_| char::from_u32(0x4e00 + dice.below(6000) as u32).unwrap()).collect();
            let contract = deal(&format!("H{number:05}"), 100 + dice.below(150), 400 + dice.below(300));
            let mut contract =
                signed(titled(contract, &title), date(2024, 1, 1) + (dice.below(700) as i64).days());
            let doublings = dice.below(8);
            contract = priced(contract, (20_000 + dice.below(90_000) as i64) << doublings);
            contract.contract_type = ["11", "51", "4"][dice.below(3) as usize].to_owned();
            contract
        })
        .collect()
}

/// The flags on these contracts among the honest ones.
fn flags_on(contracts: &[Contract]) -> Vec<Flag> {
    let mut all = honest();
    all.extend_from_slice(contracts);
    let book = Book::of(&rules(), &all).unwrap();
    let numbers: Vec<&str> = contracts.iter().map(|contract| contract.registration_number.as_str()).collect();
    book.flags().into_iter().filter(|flag| numbers.contains(&flag.registration_number.as_str())).collect()
}

/// Whether each of these contracts is asked about by a screen.
#[track_caller]
fn assert_asked(contracts: &[Contract], screen: Screen) {
    let flags = flags_on(contracts);
    for contract in contracts {
        let number = &contract.registration_number;
        let is_asked = flags.iter().any(|flag| flag.registration_number == *number && flag.screen == screen);
        assert!(is_asked, "{} is not asked about {number}: {flags:#?}", screen.code());
    }
}

/// Whether nobody asks anything.
#[track_caller]
fn assert_quiet(contracts: &[Contract]) {
    let flags = flags_on(contracts);
    assert!(flags.is_empty(), "{flags:#?}");
}
