//! Contracts as honest people make them, and those that look odd at first sight and are honest too.

use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use xiaoxiang_domain::contract::{Contract, Party};
use xiaoxiang_domain::fact::Standing;
use xiaoxiang_domain::money::Fen;

use super::super::draw::Draw;
use super::super::words::{FIELDS, MODIFIERS};
use super::words::{
    ASPECTS, BRACKETS, CONSULTING_ENDINGS, DEVELOPMENT_ENDINGS, GOODS, HONEST_TECHNOLOGY, OBJECTS, ROADS,
    SERVICE_ENDINGS, SITES,
};
use super::world::{Body, Founder, World};

/// First year of the book; it has three.
pub(super) const FIRST_YEAR: i16 = 2023;
/// Contracts by month: every seller has more in December.
const MONTHS: [u64; 12] = [50, 40, 70, 75, 80, 95, 75, 75, 90, 80, 105, 165];

/// Makes contracts.
#[derive(Debug)]
pub(super) struct Maker {
    pub founder: Founder,
    pub world: World,
    pub contracts: Vec<Contract>,
    serial: u32,
}

impl Maker {
    pub fn new(seed: u64, contracts: usize) -> Self {
        let mut founder = Founder::new(Draw::of_seed(seed, 1));
        let world = founder.world(contracts);
        founder.draw = Draw::of_seed(seed, 2);
        Self { founder, world, contracts: Vec::with_capacity(contracts + contracts / 10), serial: 0 }
    }

    pub fn draw(&mut self) -> &mut Draw {
        &mut self.founder.draw
    }

    /// Keeps a contract and gives it its number.
    pub fn keep(&mut self, mut contract: Contract) -> String {
        self.serial += 1;
        let shuffled = u64::from(self.serial) * 48_271 % 900_001;
        let number = format!("{}{}{shuffled:06}", contract.registered_on.year(), contract.registrar_code);
        contract.registration_number.clone_from(&number);
        self.contracts.push(contract);
        number
    }

    pub fn seller(&mut self) -> Body {
        if self.draw().happens(350) {
            let at = self.early(self.world.universities.len());
            self.world.universities[at].clone()
        } else {
            let at = self.early(self.world.sellers.len());
            self.world.sellers[at].clone()
        }
    }

    pub fn small_seller(&mut self) -> Body {
        let at = self.world.sellers.len() / 3;
        let at = at + self.founder.draw.index(self.world.sellers.len() - at);
        self.world.sellers[at].clone()
    }

    pub fn buyer(&mut self) -> Body {
        let at = self.early(self.world.buyers.len());
        self.world.buyers[at].clone()
    }

    fn early(&mut self, length: usize) -> usize {
        let draw = self.draw();
        draw.index(length).min(draw.index(length)).min(if draw.happens(500) {
            draw.index(length)
        } else {
            length
        })
    }

    pub fn day(&mut self) -> Date {
        let draw = self.draw();
        let year = FIRST_YEAR + draw.below(3) as i16;
        let month = draw.weighted(&MONTHS) as i8 + 1;
        let first = date(year, month, 1);
        first
            .with()
            .day(1 + draw.below(first.days_in_month().unsigned_abs().into()) as i8)
            .build()
            .expect("a day of the month")
    }

    pub fn type_code(&mut self) -> &'static str {
        self.draw().pick_weighted(&[
            ("11", 300),
            ("12", 60),
            ("51", 420),
            ("4", 120),
            ("21", 30),
            ("23", 10),
            ("31", 30),
            ("32", 10),
            ("52", 12),
            ("53", 8),
        ])
    }

    pub fn title(&mut self, type_code: &str, field: usize) -> String {
        let draw = self.draw();
        if type_code == "52" {
            return format!("{}{}技术培训", draw.pick(&OBJECTS), draw.pick(&ASPECTS));
        }
        let matter = if draw.happens(350) {
            format!("{}{}", draw.pick(&MODIFIERS), draw.pick(FIELDS[field].topics))
        } else {
            format!("{}{}{}", draw.pick(&MODIFIERS), draw.pick(&OBJECTS), draw.pick(&ASPECTS))
        };
        // Many titles name the site, the model or the year's lot.
        let matter = match draw.below(100) {
            0..=24 => format!(
                "{}{}{matter}",
                draw.pick(&ROADS).replace("大道", "").replace("路", ""),
                draw.pick(&SITES)
            ),
            25..=37 => {
                let letters = ["ZK", "HT", "XJ", "CSL", "YZ", "GW", "TBM", "LQ"];
                format!("{}{}型{matter}", draw.pick(&letters), 100 + draw.below(9000))
            }
            38..=45 => format!("{}{matter}", draw.pick(&super::super::places::CITIES).short_name),
            _ => matter,
        };
        let bracket = *draw.pick(&BRACKETS);
        let ending = match type_code {
            "11" | "12" => *draw.pick(&DEVELOPMENT_ENDINGS),
            "4" => *draw.pick(&CONSULTING_ENDINGS),
            "21" => {
                let number = draw.below(9_000_000) + 1_000_000;
                return format!(
                    "一种{matter}方法（ZL20{}1{number:07}.{}）专利权转让",
                    15 + draw.below(8),
                    draw.below(10)
                );
            }
            "23" => "技术秘密转让",
            "31" => "专利实施许可",
            "32" => "技术秘密使用许可",
            "53" => "技术中介",
            _ => *draw.pick(&SERVICE_ENDINGS),
        };
        format!("{matter}{ending}{bracket}")
    }

    /// A price with the roundness of its size: most are round, some exact.
    pub fn price(&mut self, type_code: &str) -> i64 {
        let draw = self.draw();
        let middle: i64 = match type_code {
            "11" | "12" => 35_000_000,
            "21" | "23" | "31" | "32" => 20_000_000,
            "4" => 9_000_000,
            "52" => 3_000_000,
            _ => 14_000_000,
        };
        let exponent: i64 = (0..12).map(|_| draw.below(34) as i64).sum::<i64>() - 198;
        let scaled = scale(middle, exponent);
        self.rounded(scaled.max(200_000))
    }

    pub fn rounded(&mut self, fen: i64) -> i64 {
        let draw = self.draw();
        let digits = match draw.below(100) {
            0..=14 => 1,
            15..=59 => 2,
            60..=84 => 3,
            _ => 9,
        };
        let mut step = 100;
        while fen / step >= 10_i64.pow(digits) {
            step *= 10;
        }
        ((fen + step / 2) / step * step).max(step)
    }

    /// An honest contract of two parties on a day.
    pub fn between(&mut self, seller: &Body, buyer: &Body, type_code: &str, registered_on: Date) -> Contract {
        let title = self.title(type_code, seller.field);
        let price = self.price(type_code);
        let draw = self.draw();
        let gap = match draw.below(100) {
            0..=79 => draw.below(45),
            80..=96 => draw.below(120),
            _ => draw.below(250),
        };
        let signed_on = registered_on - (gap as i64).days();
        let months = match type_code {
            "11" | "12" => 5 + draw.below(32),
            "52" => 0,
            _ => 1 + draw.below(24),
        } as i64;
        let valid_to = if months == 0 {
            signed_on + (2 + draw.below(20) as i64).days()
        } else {
            signed_on + months.months()
        };
        let valid_to = valid_to.max(if draw.happens(985) { registered_on } else { valid_to });
        let technology = if draw.happens(620) { price } else { price / 100 * (30 + draw.below(65) as i64) };
        let declared = match draw.below(100) {
            0..=79 => Some(false),
            _ => None,
        };
        Contract {
            registration_number: String::new(),
            project_name: title,
            signed_on: Some(signed_on),
            valid_from: Some(signed_on),
            valid_to: Some(valid_to),
            registered_on,
            contract_type: type_code.to_owned(),
            field: FIELDS[seller.field].code.to_owned(),
            ip: String::new(),
            contract_value: Fen(price),
            technology_value: Fen(technology),
            payment_mode: "2".to_owned(),
            related_party: declared,
            plan_source: "9".to_owned(),
            socio_economic_objective: String::new(),
            industry: String::new(),
            registrar_code: seller.registrar.0.clone(),
            registrar_name: seller.registrar.1.clone(),
            landing_division: buyer.party.division.clone(),
            standing: Standing::Counted,
            seller: self.party(seller),
            buyer: self.party(buyer),
        }
    }

    /// A body as one contract states it: universities by whoever leads the project.
    pub fn party(&mut self, body: &Body) -> Party {
        let (contact, telephone) = self.draw().pick(&body.people).clone();
        Party { contact, telephone, ..body.party.clone() }
    }

    /// Any honest contract.
    pub fn any(&mut self) -> Contract {
        let (seller, buyer) = (self.seller(), self.buyer());
        let (type_code, day) = (self.type_code(), self.day());
        self.between(&seller, &buyer, type_code, day)
    }

    /// An honest contract of so large a price that it is worth a trick.
    pub fn worthwhile(&mut self, type_code: &str) -> Contract {
        let (seller, buyer) = (self.small_seller(), self.buyer());
        let day = self.day();
        let mut contract = self.between(&seller, &buyer, type_code, day);
        let price = 30_000_000 + self.draw().below(300_000_000) as i64;
        let price = self.rounded(price);
        set_price(&mut contract, price);
        contract
    }
}

/// `middle` times two to the power of `sixteenths / 16`.
fn scale(middle: i64, sixteenths: i64) -> i64 {
    const STEPS: [i64; 16] =
        [4096, 4277, 4467, 4664, 4871, 5087, 5312, 5547, 5793, 6049, 6317, 6597, 6889, 7194, 7512, 7845];
    let whole = sixteenths.div_euclid(16);
    let stepped = middle / 4096 * STEPS[sixteenths.rem_euclid(16) as usize];
    if whole >= 0 { stepped << whole.min(12) } else { stepped >> (-whole).min(20) }
}

/// Sets both values.
pub(super) fn set_price(contract: &mut Contract, fen: i64) {
    contract.contract_value = Fen(fen);
    contract.technology_value = Fen(fen);
}

/// Moves all days of a contract.
pub(super) fn move_to(contract: &mut Contract, signed_on: Date, gap_days: i64) {
    let term = match (contract.valid_from, contract.valid_to) {
        (Some(from), Some(to)) => i64::from((to - from).get_days()),
        _ => 365,
    };
    contract.signed_on = Some(signed_on);
    contract.valid_from = Some(signed_on);
    contract.registered_on = signed_on + gap_days.days();
    contract.valid_to = Some((signed_on + term.days()).max(contract.registered_on));
}

/// Makes one honest thing that looks odd.
type Oddity = fn(&mut Maker);

/// Honest things that look odd, each about so many of ten thousand contracts.
pub(super) const ODDITIES: [(Oddity, usize); 19] = [
    (framework_by_years, 12),
    (framework_signed_at_once, 5),
    (declared_relation, 60),
    (equipment_with_honest_share, 80),
    (licences_of_one_patent, 6),
    (monthly_tests, 8),
    (honest_subcontract, 30),
    (honest_exchange, 12),
    (patent_sold_on, 8),
    (cancelled_and_registered_again, 15),
    (second_phase_later, 20),
    (technology_that_sounds_like_goods, 60),
    (long_contract_registered_late, 10),
    (young_company, 40),
    (small_correction, 20),
    (large_project, 15),
    (standard_service_to_many, 5),
    (short_test, 30),
    (two_projects_of_one_pair, 30),
];

fn framework_by_years(maker: &mut Maker) {
    let base = maker.worthwhile("51");
    let signed = base.signed_on.expect("made with a day");
    // The last day of a leap year's February is in no other year.
    let day = signed
        .with()
        .year(FIRST_YEAR)
        .build()
        .unwrap_or_else(|_| signed.with().day(28).year(FIRST_YEAR).build().expect("a day"));
    for year in 0..3_i64 {
        let mut part = base.clone();
        part.project_name = format!("{}年度{}", i64::from(FIRST_YEAR) + year, base.project_name);
        part.valid_to = part.valid_from.map(|from| from + 364.days());
        let later = (maker.draw().below(25) as i64).days();
        move_to(&mut part, day + year.years() + later, 5 + maker.draw().below(40) as i64);
        maker.keep(part);
    }
}

fn framework_signed_at_once(maker: &mut Maker) {
    let base = maker.worthwhile("51");
    let signed = base.signed_on.expect("made with a day");
    for year in 0..3_i64 {
        let mut part = base.clone();
        part.project_name =
            format!("{}（框架协议第{}年）", base.project_name, ["一", "二", "三"][year as usize]);
        part.valid_from = Some(signed + (year * 365).days());
        part.valid_to = Some(signed + (year * 365 + 364).days());
        maker.keep(part);
    }
}

fn declared_relation(maker: &mut Maker) {
    let mut contract = maker.any();
    contract.related_party = Some(true);
    if maker.draw().happens(500) {
        contract.buyer.legal_representative.clone_from(&contract.seller.legal_representative);
    } else {
        contract.buyer.address.clone_from(&contract.seller.address);
    }
    maker.keep(contract);
}

fn equipment_with_honest_share(maker: &mut Maker) {
    let mut contract = maker.worthwhile("51");
    let draw = maker.draw();
    contract.project_name = match draw.below(3) {
        0 => format!("{}采购及安装调试", draw.pick(&GOODS)),
        1 => format!("{}生产线设备供货与技术服务", draw.pick(&OBJECTS)),
        _ => format!("{}{}成套设备销售与技术培训", draw.pick(&MODIFIERS), draw.pick(&OBJECTS)),
    };
    let share = 12 + draw.below(48) as i64;
    contract.technology_value = Fen(contract.contract_value.0 / 100 * share);
    maker.keep(contract);
}

fn licences_of_one_patent(maker: &mut Maker) {
    let base = maker.worthwhile("31");
    for _ in 0..6 + maker.draw().below(8) {
        let buyer = maker.buyer();
        let mut licence = base.clone();
        licence.buyer = maker.party(&buyer);
        let day = base.signed_on.expect("made with a day") + (maker.draw().below(150) as i64).days();
        move_to(&mut licence, day, 10);
        maker.keep(licence);
    }
}

fn monthly_tests(maker: &mut Maker) {
    let mut base = maker.any();
    "51".clone_into(&mut base.contract_type);
    base.project_name = format!("{}样品检测", maker.draw().pick(&OBJECTS));
    set_price(&mut base, 500_000 + maker.draw().below(20) as i64 * 100_000);
    let day = base.signed_on.expect("made with a day");
    for month in 0..8_i64 {
        let mut test = base.clone();
        move_to(&mut test, day + month.months(), 8);
        maker.keep(test);
    }
}

fn honest_subcontract(maker: &mut Maker) {
    let first = maker.worthwhile("11");
    let middle = maker.small_seller();
    let last = maker.buyer();
    let mut order = first.clone();
    order.seller = maker.party(&middle);
    order.buyer = maker.party(&last);
    let mut part = first;
    part.buyer = maker.party(&middle);
    part.project_name = maker.title("51", middle.field);
    let share =
        if maker.draw().happens(700) { 20 + maker.draw().below(50) } else { 72 + maker.draw().below(10) }
            as i64;
    let price = maker.rounded(order.contract_value.0 / 100 * share);
    set_price(&mut part, price);
    let day = order.signed_on.expect("made with a day") + (5 + maker.draw().below(60) as i64).days();
    move_to(&mut part, day, 12);
    maker.keep(order);
    maker.keep(part);
}

fn honest_exchange(maker: &mut Maker) {
    let there = maker.worthwhile("11");
    let mut back = maker.worthwhile("51");
    back.seller = Party { ..there.buyer.clone() };
    back.buyer = Party { ..there.seller.clone() };
    let parts = 3 + maker.draw().below(8) as i64;
    let price = maker.rounded(there.contract_value.0 / parts);
    set_price(&mut back, price);
    maker.keep(there);
    maker.keep(back);
}

fn patent_sold_on(maker: &mut Maker) {
    let first = maker.worthwhile("21");
    let last = maker.buyer();
    let mut second = first.clone();
    second.seller = first.buyer.clone();
    second.buyer = maker.party(&last);
    let tenths = 13 + maker.draw().below(20) as i64;
    let price = maker.rounded(first.contract_value.0 / 10 * tenths);
    set_price(&mut second, price);
    let day = first.signed_on.expect("made with a day") + (150 + maker.draw().below(300) as i64).days();
    move_to(&mut second, day, 20);
    maker.keep(first);
    maker.keep(second);
}

fn cancelled_and_registered_again(maker: &mut Maker) {
    let mut first = maker.any();
    let mut again = first.clone();
    first.standing = Standing::Withdrawn;
    again.registered_on = first.registered_on + (10 + maker.draw().below(60) as i64).days();
    again.valid_to = again.valid_to.max(Some(again.registered_on));
    maker.keep(first);
    maker.keep(again);
}

fn second_phase_later(maker: &mut Maker) {
    let first = maker.worthwhile("11");
    let mut second = first.clone();
    second.project_name = format!("{}（二期）", first.project_name);
    let tenths = 5 + maker.draw().below(12) as i64;
    let price = maker.rounded(first.contract_value.0 / 10 * tenths);
    set_price(&mut second, price);
    let day = first.signed_on.expect("made with a day") + (180 + maker.draw().below(300) as i64).days();
    move_to(&mut second, day, 15);
    maker.keep(first);
    maker.keep(second);
}

fn technology_that_sounds_like_goods(maker: &mut Maker) {
    let mut contract = maker.worthwhile("11");
    let draw = maker.draw();
    contract.project_name = format!("{}{}", draw.pick(&MODIFIERS), draw.pick(&HONEST_TECHNOLOGY));
    maker.keep(contract);
}

fn long_contract_registered_late(maker: &mut Maker) {
    let mut contract = maker.worthwhile("11");
    let gap = 380 + maker.draw().below(150) as i64;
    contract.signed_on = Some(contract.registered_on - gap.days());
    contract.valid_from = contract.signed_on;
    contract.valid_to = contract.signed_on.map(|day| day + 5.years());
    maker.keep(contract);
}

fn young_company(maker: &mut Maker) {
    let mut contract = maker.any();
    let signed = contract.signed_on.expect("made with a day");
    if maker.draw().happens(700) {
        contract.seller.established_on = Some(signed - (75 + maker.draw().below(200) as i64).days());
    } else {
        contract.seller.established_on = Some(signed - (8 + maker.draw().below(40) as i64).days());
        set_price(&mut contract, 300_000 + maker.draw().below(50) as i64 * 100_000);
    }
    maker.keep(contract);
}

fn small_correction(maker: &mut Maker) {
    let first = maker.any();
    let mut second = first.clone();
    let percent = 95 + maker.draw().below(10) as i64;
    set_price(&mut second, first.contract_value.0 / 100 * percent);
    second.technology_value = Fen(first.technology_value.0 / 100 * percent);
    let number = maker.keep(first);
    maker.keep(second);
    maker.contracts.last_mut().expect("just kept").registration_number = number;
}

fn large_project(maker: &mut Maker) {
    let mut contract = maker.worthwhile("11");
    let whole = 800_000_000 + maker.draw().below(2_000_000_000) as i64;
    let price = maker.rounded(whole);
    contract.contract_value = Fen(price);
    contract.technology_value = Fen(price / 100 * (40 + maker.draw().below(50) as i64));
    maker.keep(contract);
}

fn standard_service_to_many(maker: &mut Maker) {
    let at = maker.founder.draw.index(maker.world.universities.len());
    let seller = maker.world.universities[at].clone();
    let buyer = maker.buyer();
    let day = maker.day();
    let mut base = maker.between(&seller, &buyer, "51", day);
    base.project_name = format!("{}检测分析", maker.draw().pick(&OBJECTS));
    set_price(&mut base, 1_000_000 + maker.draw().below(30) as i64 * 100_000);
    for _ in 0..8 + maker.draw().below(10) {
        let buyer = maker.buyer();
        let mut contract = base.clone();
        contract.seller = maker.party(&seller);
        contract.buyer = maker.party(&buyer);
        move_to(&mut contract, day - (maker.draw().below(170) as i64).days(), 6);
        maker.keep(contract);
    }
}

fn short_test(maker: &mut Maker) {
    let mut contract = maker.any();
    "51".clone_into(&mut contract.contract_type);
    contract.project_name = format!("{}{}性能测试", maker.draw().pick(&OBJECTS), maker.draw().pick(&ASPECTS));
    set_price(&mut contract, 200_000 + maker.draw().below(60) as i64 * 100_000);
    contract.valid_to = contract.valid_from.map(|day| day + (1 + maker.draw().below(9) as i64).days());
    maker.keep(contract);
}

fn two_projects_of_one_pair(maker: &mut Maker) {
    let first = maker.worthwhile("11");
    let mut second = first.clone();
    let field = maker.founder.draw.index(FIELDS.len());
    second.project_name = maker.title("11", field);
    let price = maker.price("11");
    set_price(&mut second, price);
    let day = first.signed_on.expect("made with a day") + (maker.draw().below(50) as i64).days();
    move_to(&mut second, day, 15);
    maker.keep(first);
    maker.keep(second);
}
