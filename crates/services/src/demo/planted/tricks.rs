//! The tricks (造假手法), each in three difficulties: plain, dressed up, and as somebody does it who has read the rules.

use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use xiaoxiang_domain::contract::Contract;
use xiaoxiang_domain::contract::screen::Screen;
use xiaoxiang_domain::money::Fen;

use super::super::words::{FIELDS, MODIFIERS};
use super::honest::{FIRST_YEAR, Maker, move_to, set_price};
use super::retitle::{numbered, reworded};
use super::words::{GOODS, GOODS_WORDS, OBJECTS, ORDINARY, WORKS, WORKS_WORDS};
use super::world::Body;

/// How well a trick is hidden: 0 plain, 1 dressed up, 2 by somebody who has read the rules.
pub(super) type Difficulty = u64;

/// Plants one instance of a trick and gives the contracts that belong to it.
pub(super) fn plant(maker: &mut Maker, kind: Screen, difficulty: Difficulty) -> Vec<String> {
    let contracts = match kind {
        Screen::SplitReview => split_review(maker, difficulty),
        Screen::SplitParts => split_parts(maker, difficulty),
        Screen::Duplicate => duplicate(maker, difficulty, false),
        Screen::TwoRegistrars => duplicate(maker, difficulty, true),
        Screen::NearDuplicate => near_duplicate(maker, difficulty),
        Screen::SerialText => serial_text(maker, difficulty),
        Screen::AssignedTwice => assigned_twice(maker, difficulty),
        Screen::CircleTwo => circle(maker, 2, difficulty),
        Screen::CircleThree => circle(maker, 3, difficulty),
        Screen::CircleMany => circle(maker, 4 + maker_parties(difficulty), difficulty),
        Screen::BackAndForth => back_and_forth(maker, difficulty),
        Screen::PassThrough => pass_through(maker, difficulty),
        Screen::SharedLegalPerson
        | Screen::SharedTelephone
        | Screen::SharedAddress
        | Screen::SelfDealing
        | Screen::BothSides => related(maker, kind, difficulty),
        Screen::GoodsAsTechnology | Screen::ConstructionAsTechnology | Screen::OrdinaryService => {
            nature(maker, kind, difficulty)
        }
        Screen::RoundAmounts => round_amounts(maker, difficulty),
        Screen::PriceOutlier => price_outlier(maker, difficulty),
        Screen::YearEndBurst => year_end(maker, difficulty),
        Screen::LateRegistration => late(maker, difficulty),
        Screen::ShortTerm => short_term(maker, difficulty),
        Screen::FreshSeller => fresh(maker, difficulty),
        Screen::ShellSellers => shells(maker, difficulty),
        Screen::ValueChanged => return value_changed(maker, difficulty),
    };
    contracts.into_iter().map(|contract| maker.keep(contract)).collect()
}

fn maker_parties(difficulty: Difficulty) -> usize {
    usize::try_from(difficulty.min(1)).expect("small")
}

fn signed(contract: &Contract) -> Date {
    contract.signed_on.expect("made with a day")
}

/// A company that has no other business in the book.
fn unknown_company(maker: &mut Maker) -> Body {
    maker.founder.company(800)
}

fn vary(maker: &mut Maker, fen: i64, per_cent: u64) -> i64 {
    let change = 100 - per_cent as i64 + maker.draw().below(2 * per_cent + 1) as i64;
    fen / 100 * change
}

fn split_review(maker: &mut Maker, difficulty: Difficulty) -> Vec<Contract> {
    let base = maker.worthwhile("11");
    let parts = 2 + maker.draw().below(3);
    let whole = 550_000_000 + maker.draw().below(400_000_000 * (parts - 1)) as i64;
    let part = (whole / parts as i64).min(495_000_000);
    (0..parts)
        .map(|at| {
            let mut contract = base.clone();
            contract.project_name = match difficulty {
                0 => numbered(maker.draw(), &base.project_name, at),
                1 => format!(
                    "{}{}",
                    base.project_name,
                    ["前端模块", "算法部分", "集成与测试", "数据部分"][at as usize]
                ),
                _ => {
                    let rest = ["总体设计", "样机试制", "试验验证", "示范应用"][at as usize];
                    let head: String =
                        base.project_name.chars().take(base.project_name.chars().count() * 3 / 4).collect();
                    format!("{head}{rest}")
                }
            };
            let vary_by = if difficulty == 0 { 1 } else { 4 + 4 * difficulty };
            let price = vary(maker, part, vary_by).min(498_000_000);
            let price = if difficulty == 0 { price } else { maker.rounded(price).min(499_000_000) };
            set_price(&mut contract, price.max(280_000_000));
            let days = [3, 14, 28][difficulty as usize];
            let day = signed(&base) + (maker.draw().below(days) as i64).days();
            let gap = 3 + maker.draw().below(25) as i64;
            move_to(&mut contract, day, gap);
            contract
        })
        .collect()
}

fn split_parts(maker: &mut Maker, difficulty: Difficulty) -> Vec<Contract> {
    let base = maker.worthwhile("51");
    let parts = 3 + maker.draw().below(3);
    let part = (base.contract_value.0 / parts as i64).clamp(15_000_000, 90_000_000);
    (0..parts)
        .map(|at| {
            let mut contract = base.clone();
            contract.project_name = match difficulty {
                0 => numbered(maker.draw(), &base.project_name, at),
                1 => {
                    let title = reworded(maker, &base.project_name, 1);
                    numbered(maker.draw(), &title, at)
                }
                _ => reworded(maker, &base.project_name, 1 + at % 2),
            };
            let price = vary(maker, part, 2 + 8 * difficulty);
            let price = if difficulty == 0 { price } else { maker.rounded(price) };
            set_price(&mut contract, price);
            let day = signed(&base) + (maker.draw().below(4 + 9 * difficulty) as i64).days();
            let gap = 3 + maker.draw().below(25) as i64;
            move_to(&mut contract, day, gap);
            contract
        })
        .collect()
}

fn duplicate(maker: &mut Maker, difficulty: Difficulty, elsewhere: bool) -> Vec<Contract> {
    let first = maker.worthwhile("51");
    let mut copy = first.clone();
    if difficulty >= 1 {
        copy.project_name = format!("《{}》", first.project_name.replace('（', " (").replace('）', ") "));
    }
    if difficulty == 2 {
        let day = signed(&first) + (1 + maker.draw().below(9) as i64).days();
        move_to(&mut copy, day, 0);
        copy.technology_value = Fen(first.technology_value.0);
    }
    let later = (2 + maker.draw().below(20 + 60 * difficulty) as i64).days();
    copy.registered_on = copy.registered_on.max(first.registered_on) + later;
    copy.valid_to = copy.valid_to.max(Some(copy.registered_on));
    if elsewhere {
        let other = maker.buyer();
        copy.registrar_code = format!("{}9", other.registrar.0);
        copy.registrar_name = format!("{}第二登记点", other.registrar.1);
    }
    vec![first, copy]
}

fn near_duplicate(maker: &mut Maker, difficulty: Difficulty) -> Vec<Contract> {
    let first = maker.worthwhile("11");
    let count = 1 + maker.draw().below(3);
    let mut all = vec![first.clone()];
    for _ in 0..count {
        let (seller, buyer) = (maker.small_seller(), maker.buyer());
        let mut copy = first.clone();
        copy.seller = maker.party(&seller);
        copy.registrar_code.clone_from(&seller.registrar.0);
        copy.registrar_name.clone_from(&seller.registrar.1);
        if maker.draw().happens(600) {
            copy.buyer = maker.party(&buyer);
        }
        copy.project_name = reworded(maker, &first.project_name, difficulty);
        let price = if difficulty == 0 {
            first.contract_value.0
        } else {
            vary(maker, first.contract_value.0, 2 + 3 * difficulty)
        };
        set_price(&mut copy, price);
        let day = signed(&first) + (maker.draw().below(15 + 45 * difficulty) as i64).days();
        move_to(&mut copy, day, 12);
        all.push(copy);
    }
    all
}

fn serial_text(maker: &mut Maker, difficulty: Difficulty) -> Vec<Contract> {
    let base = maker.worthwhile(if difficulty == 2 { "51" } else { "11" });
    let price = 3_000_000 + maker.draw().below(80) as i64 * 100_000;
    let title = if difficulty == 2 {
        format!("{}{}定制化方案实施", maker.draw().pick(&OBJECTS), maker.draw().pick(&MODIFIERS))
    } else {
        base.project_name.clone()
    };
    (0..8 + maker.draw().below(7))
        .map(|_| {
            let buyer = maker.buyer();
            let mut contract = base.clone();
            contract.buyer = maker.party(&buyer);
            contract.project_name = match difficulty {
                0 => title.clone(),
                1 => format!("{}{title}", contract.buyer.name),
                _ => reworded(maker, &title, 1),
            };
            let price = if difficulty == 0 { price } else { vary(maker, price, 5 * difficulty) };
            set_price(&mut contract, price);
            let day = signed(&base) + (maker.draw().below(30 + 50 * difficulty) as i64).days();
            move_to(&mut contract, day, 9);
            contract
        })
        .collect()
}

fn assigned_twice(maker: &mut Maker, difficulty: Difficulty) -> Vec<Contract> {
    let first = maker.worthwhile("21");
    let mut second = first.clone();
    let buyer = maker.buyer();
    second.buyer = maker.party(&buyer);
    if difficulty >= 1 {
        let number: String =
            first.project_name.chars().skip_while(|c| *c != 'Z').take_while(|c| *c != '）').collect();
        second.project_name = match difficulty {
            1 => format!("发明专利转让（专利号：{}）", number.trim_start_matches("ZL")),
            _ => format!("{}等专利权转让", number.split('.').next().unwrap_or_default()),
        };
        let price = vary(maker, first.contract_value.0, 30);
        set_price(&mut second, price);
    }
    let day = signed(&first) + (10 + maker.draw().below(80 + 200 * difficulty) as i64).days();
    move_to(&mut second, day, 14);
    vec![first, second]
}

fn circle(maker: &mut Maker, parties: usize, difficulty: Difficulty) -> Vec<Contract> {
    let bodies: Vec<Body> = (0..parties)
        .map(|_| {
            if maker.draw().happens(500 + 200 * difficulty) {
                maker.small_seller()
            } else {
                unknown_company(maker)
            }
        })
        .collect();
    let start = maker.day();
    let base = maker.worthwhile("11").contract_value.0;
    (0..parties)
        .map(|at| {
            let (seller, buyer) = (&bodies[at], &bodies[(at + 1) % parties]);
            let type_code = if maker.draw().happens(600) { "11" } else { "51" };
            let mut contract = maker.between(seller, buyer, type_code, start);
            let price = if difficulty == 0 { base } else { vary(maker, base, 3 * difficulty) };
            let price = if difficulty == 2 { maker.rounded(price) } else { price };
            set_price(&mut contract, price);
            let days = at as u64 * (5 + 12 * difficulty) + maker.draw().below(6 + 15 * difficulty);
            move_to(&mut contract, start + (days as i64).days(), 10);
            contract
        })
        .collect()
}

fn back_and_forth(maker: &mut Maker, difficulty: Difficulty) -> Vec<Contract> {
    let first =
        maker.founder.company_at("430102".to_owned(), "长沙", ("430001".to_owned(), "长沙登记点".to_owned()));
    let second =
        maker.founder.company_at("440305".to_owned(), "深圳", ("4401".to_owned(), "深圳登记点".to_owned()));
    let mut day = maker.day();
    let price = maker.worthwhile("51").contract_value.0;
    (0..4 + maker.draw().below(3))
        .map(|at| {
            let (seller, buyer) = if at % 2 == 0 { (&first, &second) } else { (&second, &first) };
            let type_code = maker.type_code();
            let mut contract = maker.between(seller, buyer, type_code, day);
            let price = vary(maker, price, 2 + 20 * difficulty);
            set_price(&mut contract, price);
            move_to(&mut contract, day, 8);
            day += (15 + maker.draw().below(30 + 50 * difficulty) as i64).days();
            contract
        })
        .collect()
}

fn pass_through(maker: &mut Maker, difficulty: Difficulty) -> Vec<Contract> {
    let first = maker.worthwhile("11");
    let (middle, last) = (maker.small_seller(), maker.buyer());
    let mut purchase = first.clone();
    purchase.buyer = maker.party(&middle);
    let mut resale = first.clone();
    resale.seller = maker.party(&middle);
    resale.buyer = maker.party(&last);
    resale.project_name = reworded(maker, &first.project_name, difficulty);
    let markup = match difficulty {
        0 => 0,
        1 => 1 + maker.draw().below(3) as i64,
        _ => 3 + maker.draw().below(6) as i64,
    };
    set_price(&mut resale, first.contract_value.0 / 100 * (100 + markup));
    let day = signed(&first) + (1 + maker.draw().below(4 + 12 * difficulty) as i64).days();
    move_to(&mut resale, day, 10);
    vec![purchase, resale]
}

fn related(maker: &mut Maker, kind: Screen, difficulty: Difficulty) -> Vec<Contract> {
    let type_code = maker.type_code();
    let mut contract = maker.worthwhile(type_code);
    let buyer = unknown_company(maker);
    contract.buyer = maker.party(&buyer);
    contract.related_party = if difficulty == 0 { None } else { Some(false) };
    let (seller, buyer) = (&mut contract.seller, &mut contract.buyer);
    let person = maker.founder.person();
    match kind {
        Screen::SharedLegalPerson => {
            seller.legal_representative.clone_from(&person);
            buyer.legal_representative = if difficulty == 1 { format!(" {person}") } else { person };
        }
        Screen::SharedTelephone => {
            let telephone = maker.founder.telephone();
            buyer.telephone = if difficulty == 0 { telephone.clone() } else { telephone.replace('-', " ") };
            seller.telephone = telephone;
        }
        Screen::SharedAddress => {
            let address = maker.founder.address("长沙");
            buyer.address = if difficulty == 0 {
                address.clone()
            } else {
                format!("{} ", address.replace("号", "号 "))
            };
            seller.address = address;
        }
        Screen::SelfDealing => match difficulty {
            0 => {
                buyer.credit_code.clone_from(&seller.credit_code);
                buyer.name.clone_from(&seller.name);
            }
            1 => buyer.credit_code.clone_from(&seller.credit_code),
            _ => {
                buyer.name = format!(
                    "{}{}分公司",
                    seller.name,
                    maker.founder.draw.pick(&["长沙", "浏阳", "宁乡", "株洲"])
                );
            }
        },
        _ => {
            let (own, other) = if difficulty == 1 { (seller, buyer) } else { (buyer, seller) };
            own.contact.clone_from(&person);
            other.legal_representative = person;
            if difficulty == 0 {
                other.contact.clone_from(&own.contact);
            }
        }
    }
    vec![contract]
}

fn nature(maker: &mut Maker, kind: Screen, difficulty: Difficulty) -> Vec<Contract> {
    let mut contract = maker.worthwhile(if difficulty == 1 { "11" } else { "51" });
    let draw = maker.draw();
    let matter = match kind {
        Screen::GoodsAsTechnology => {
            let count = 2 + draw.below(90);
            if draw.happens(400) {
                format!("{count}台{}{}", draw.pick(&GOODS), draw.pick(&GOODS_WORDS))
            } else {
                format!("{}{}", draw.pick(&GOODS), draw.pick(&GOODS_WORDS))
            }
        }
        Screen::ConstructionAsTechnology => format!("{}{}", draw.pick(&WORKS), draw.pick(&WORKS_WORDS)),
        _ => (*draw.pick(&ORDINARY)).to_owned(),
    };
    contract.project_name = match difficulty {
        0 => format!("{matter}{}", draw.pick(&["", "合同", "项目"])),
        1 => format!(
            "{}{matter}{}",
            draw.pick(&["新一代", "智能制造产业园", "科技园区", "研发中心"]),
            draw.pick(&["技术服务", "服务", "技术开发"])
        ),
        _ => format!("{}{matter}技术服务项目", draw.pick(&["智能化", "数字化", "检测中心", "高可靠"])),
    };
    if difficulty == 2 {
        let share = 85 + draw.below(15) as i64;
        contract.technology_value = Fen(contract.contract_value.0 / 100 * share);
    }
    vec![contract]
}

fn round_amounts(maker: &mut Maker, difficulty: Difficulty) -> Vec<Contract> {
    let seller = unknown_company(maker);
    let start = maker.day();
    (0..9 + maker.draw().below(5))
        .map(|at| {
            let buyer = maker.buyer();
            let type_code = if maker.draw().happens(500) { "11" } else { "51" };
            let mut contract = maker.between(&seller, &buyer, type_code, start);
            let price = match difficulty {
                0 => 100_000_000,
                1 => {
                    (1 + maker.draw().below(6) as i64) * 50_000_000 / 100_000_000 * 100_000_000 + 100_000_000
                }
                _ => (1 + maker.draw().below(9) as i64) * if at % 2 == 0 { 10_000_000 } else { 100_000_000 },
            };
            set_price(&mut contract, price);
            let day = start + (maker.draw().below(60 + 50 * difficulty) as i64).days();
            move_to(&mut contract, day, 9);
            contract
        })
        .collect()
}

fn price_outlier(maker: &mut Maker, difficulty: Difficulty) -> Vec<Contract> {
    let mut contract = maker.any();
    "51".clone_into(&mut contract.contract_type);
    contract.field = FIELDS[[0, 2, 6][maker.draw().index(3)]].code.to_owned();
    let times = [2500, 700, 220][difficulty as usize] + maker.draw().below(80) as i64;
    let price = maker.rounded(14_000_000 * times);
    set_price(&mut contract, price);
    vec![contract]
}

fn year_end(maker: &mut Maker, difficulty: Difficulty) -> Vec<Contract> {
    let seller = unknown_company(maker);
    let year = FIRST_YEAR + maker.draw().below(3) as i16;
    // Dressed up with some business through the year, which is honest.
    for _ in 0..2 * difficulty {
        let buyer = maker.buyer();
        let day = date(year, 2 + maker.draw().below(9) as i8, 1 + maker.draw().below(28) as i8);
        let contract = maker.between(&seller, &buyer, "51", day);
        maker.keep(contract);
    }
    (0..9 + maker.draw().below(5))
        .map(|_| {
            let buyer = maker.buyer();
            let first = [27, 25, 23][difficulty as usize];
            let day = date(year, 12, first + maker.draw().below(31 - first as u64 + 1) as i8);
            maker.between(&seller, &buyer, "51", day)
        })
        .collect()
}

fn late(maker: &mut Maker, difficulty: Difficulty) -> Vec<Contract> {
    let type_code = if difficulty == 1 { "51" } else { "11" };
    let mut contract = maker.worthwhile(type_code);
    let gap = match difficulty {
        0 => 700 + maker.draw().below(700),
        1 => 420 + maker.draw().below(300),
        _ => 380 + maker.draw().below(120),
    } as i64;
    let from = contract.registered_on - gap.days();
    contract.signed_on = Some(from);
    contract.valid_from = Some(from);
    let term = match difficulty {
        0 => gap / 2,
        1 => gap - 20,
        _ => gap + 30 + maker.draw().below(200) as i64,
    };
    contract.valid_to = Some(from + term.days());
    vec![contract]
}

fn short_term(maker: &mut Maker, difficulty: Difficulty) -> Vec<Contract> {
    let mut contract = maker.worthwhile(if difficulty == 1 { "51" } else { "11" });
    let days = match difficulty {
        0 => maker.draw().below(3),
        1 => maker.draw().below(5),
        _ => 6 + maker.draw().below(13),
    } as i64;
    contract.registered_on = signed(&contract) + days.days();
    contract.valid_to = Some(signed(&contract) + days.days());
    vec![contract]
}

fn fresh(maker: &mut Maker, difficulty: Difficulty) -> Vec<Contract> {
    let type_code = if difficulty == 1 { "51" } else { "11" };
    let mut contract = maker.worthwhile(type_code);
    let seller = unknown_company(maker);
    contract.seller = maker.party(&seller);
    let age = match difficulty {
        0 => maker.draw().below(7) as i64,
        1 => -(maker.draw().below(40) as i64),
        _ => 8 + maker.draw().below(34) as i64,
    };
    contract.seller.established_on = Some(signed(&contract) - age.days());
    vec![contract]
}

fn shells(maker: &mut Maker, difficulty: Difficulty) -> Vec<Contract> {
    let mut shells: Vec<Body> = (0..3 + maker.draw().below(4))
        .map(|_| {
            maker.founder.company_at(
                "430104".to_owned(),
                "长沙",
                ("430001".to_owned(), "长沙登记点".to_owned()),
            )
        })
        .collect();
    let (address, telephone) = (maker.founder.address("长沙"), maker.founder.telephone());
    let person = maker.founder.person();
    for shell in &mut shells {
        shell.party.address.clone_from(&address);
        match difficulty {
            0 => shell.people[0].1.clone_from(&telephone),
            1 => shell.party.legal_representative.clone_from(&person),
            _ => {}
        }
    }
    let buyer = maker.buyer();
    let start = maker.day();
    let mut all = Vec::new();
    for shell in &shells {
        for _ in 0..1 + maker.draw().below(3) {
            let other = maker.buyer();
            let is_one = difficulty == 2 || maker.draw().happens(300);
            let mut contract = maker.between(shell, if is_one { &buyer } else { &other }, "11", start);
            let day = start + (maker.draw().below(120) as i64).days();
            move_to(&mut contract, day, 10);
            all.push(contract);
        }
    }
    all
}

fn value_changed(maker: &mut Maker, difficulty: Difficulty) -> Vec<String> {
    let first = maker.worthwhile("11");
    let mut second = first.clone();
    let percent = match difficulty {
        0 => 200 + maker.draw().below(400),
        1 => 30 + maker.draw().below(40),
        _ => 122 + maker.draw().below(30),
    } as i64;
    set_price(&mut second, first.contract_value.0 / 100 * percent);
    second.registered_on = first.registered_on + (35 + maker.draw().below(150) as i64).days();
    second.valid_to = second.valid_to.max(Some(second.registered_on));
    let number = maker.keep(first);
    if difficulty == 2 {
        let again = maker.keep(second);
        return vec![number, again];
    }
    maker.keep(second);
    maker.contracts.last_mut().expect("just kept").registration_number.clone_from(&number);
    vec![number]
}
