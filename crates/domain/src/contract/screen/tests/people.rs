//! What two parties have in common, and sellers of yesterday.

use jiff::ToSpan as _;

use super::*;

#[test]
fn what_both_sides_share_is_asked_about_unless_they_said_so() {
    let plain = deal("T1", 1, 2);
    let mut person = plain.clone();
    person.buyer.legal_representative.clone_from(&person.seller.legal_representative);
    let mut telephone = plain.clone();
    telephone.buyer.telephone = telephone.seller.telephone.replace("139", "139 ");
    let mut address = plain.clone();
    address.buyer.address.clone_from(&address.seller.address);
    let mut both_sides = plain.clone();
    both_sides.buyer.contact.clone_from(&both_sides.seller.legal_representative);
    for (contract, screen) in [
        (person, Screen::SharedLegalPerson),
        (telephone, Screen::SharedTelephone),
        (address, Screen::SharedAddress),
        (both_sides, Screen::BothSides),
    ] {
        assert_asked(std::slice::from_ref(&contract), screen);
        assert_quiet(&[Contract { related_party: Some(true), ..contract }]);
    }
    assert_quiet(&[plain]);
}

#[test]
fn a_switchboard_that_many_give_says_nothing() {
    let mut all: Vec<Contract> = (0..30)
        .map(|at| {
            let mut one = deal(&format!("T{at}"), 10 + at, 60 + at);
            let title = format!(
                "{}号线信号楼联锁逻辑{}",
                at * 37 % 100,
                char::from_u32(0x7000 + at as u32 * 31).unwrap()
            );
            one = signed(
                priced(titled(one, &title), 50_000 + 7_919 * at as i64),
                date(2024, 6, 1) + (at as i64 * 11).days(),
            );
            one.seller.telephone = "0731-84441234".to_owned();
            one
        })
        .collect();
    all[0].buyer.telephone = "0731-84441234".to_owned();
    let flags = flags_on(&all);
    assert!(flags.iter().all(|flag| flag.screen != Screen::SharedTelephone), "{flags:#?}");
}

#[test]
fn a_seller_that_buys_from_itself_or_its_branch_is_asked_about() {
    let mut code = deal("T1", 1, 2);
    code.buyer.credit_code.clone_from(&code.seller.credit_code);
    assert_asked(&[code], Screen::SelfDealing);
    let mut branch = deal("T1", 1, 2);
    branch.buyer.name = format!("{}浏阳分公司", branch.seller.name);
    assert_asked(&[branch.clone()], Screen::SelfDealing);
    branch.related_party = Some(true);
    assert_quiet(&[branch]);
}

#[test]
fn a_seller_founded_last_week_is_asked_about_and_a_young_one_with_a_small_contract_is_not() {
    let signed_on = deal("T1", 1, 2).signed_on.unwrap();
    for (days, yuan, is_asked) in [
        (7, 1_234_567, true),
        (-1, 1_234_567, true),
        (44, 100_000, true),
        (45, 1_234_567, false),
        (7, 99_999, false),
    ] {
        let mut contract = priced(deal("T1", 1, 2), yuan);
        contract.seller.established_on = Some(signed_on - (days as i64).days());
        let flags = flags_on(&[contract]);
        assert_eq!(
            flags.iter().any(|flag| flag.screen == Screen::FreshSeller),
            is_asked,
            "{days} days, {yuan} yuan"
        );
    }
}

#[test]
fn people_of_masked_names_are_nobodys_equal() {
    let mut first = deal("T1", 1, 2);
    first.buyer =
        Party {
            name: "张某某".to_owned(), nature: crate::contract::PartyNature::Person, ..Party::default()
        };
    let mut second = deal("T2", 3, 4);
    second.seller = first.buyer.clone();
    second = signed(titled(second, "餐厨垃圾资源化制备生物炭"), date(2025, 3, 14));
    assert_quiet(&[first, second]);
}
