//! The book itself: order, strangers, one at a time, limits.

use proptest::prelude::*;

use super::*;
use crate::contract::screen::text::CHARACTERS_MAX;

/// Honest contracts with a ring, a duplicate and a resale among them.
fn mixed() -> Vec<Contract> {
    let mut all = honest();
    all.truncate(150);
    for (at, (seller, buyer)) in [(1, 2), (2, 3), (3, 1), (1, 2), (2, 9)].into_iter().enumerate() {
        let mut one = deal(&format!("T{at}"), seller, buyer);
        one = signed(one, date(2025, 3, 10) + (at as i64).days());
        all.push(one);
    }
    all
}

fn flags_of(contracts: &[Contract]) -> Vec<Flag> {
    Book::of(&rules(), contracts).unwrap().flags()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn the_order_of_input_does_not_matter(order in Just((0..155_usize).collect::<Vec<_>>()).prop_shuffle()) {
        let all = mixed();
        let shuffled: Vec<Contract> = order.iter().map(|at| all[*at].clone()).collect();
        let expected = flags_of(&all);
        prop_assert!(expected.len() >= 5);
        prop_assert_eq!(flags_of(&shuffled), expected);
    }

    #[test]
    fn a_stranger_changes_no_flag(yuan in 30_000_i64..3_000_000, day in 0_i64..300) {
        let mut all = mixed();
        let expected = flags_of(&all);
        let mut stranger = titled(deal("X1", 900, 901), "油茶籽多酚提取残渣饲料化利用");
        stranger = signed(priced(stranger, yuan), date(2022, 1, 5) + day.days());
        stranger.contract_type = "4".to_owned();
        stranger.field = "9".to_owned();
        stranger.registrar_code = "4399".to_owned();
        all.push(stranger);
        prop_assert_eq!(flags_of(&all), expected);
    }

    #[test]
    fn one_new_contract_against_the_book_is_the_whole_screened(at in 0_usize..155) {
        let mut all = mixed();
        let expected = flags_of(&all);
        let new = all.remove(at);
        let mut book = Book::of(&rules(), &all).unwrap();
        let number = new.registration_number.as_str();
        let own: Vec<Flag> = expected.iter().filter(|flag| flag.registration_number == number).cloned().collect();
        let without = book.flags();
        prop_assert_eq!(&book.flags_of_new(&new).unwrap(), &own, "looked at and taken back");
        prop_assert_eq!(book.flags(), without, "and the book is what it was");
        book.enter(&[&new]).unwrap();
        prop_assert_eq!(book.flags_of(number), own);
        prop_assert_eq!(book.flags(), expected);
    }
}

#[test]
fn honest_contracts_raise_no_question() {
    assert_eq!(flags_of(&honest()), []);
}

#[test]
fn a_number_is_entered_once_and_an_unknown_one_has_no_flags() {
    let mut book = Book::new(&rules());
    let contract = deal("T1", 1, 2);
    book.enter(&[&contract]).unwrap();
    book.enter(&[&contract]).unwrap();
    assert_eq!(book.len(), 1);
    assert_eq!(book.flags_of("T2"), []);
    assert!(Book::new(&rules()).flags().is_empty());
}

#[test]
fn what_nobody_would_write_is_screened_all_the_same() {
    let mut endless = titled(deal("T1", 1, 2), &"一".repeat(CHARACTERS_MAX * 40));
    endless.contract_value = Fen(crate::money::CONTRACT_FEN_MAX);
    endless.technology_value = endless.contract_value;
    let mut empty = titled(priced(deal("T2", 3, 4), 0), "");
    empty.signed_on = None;
    empty.valid_from = None;
    empty.valid_to = None;
    empty.seller = Party::default();
    empty.buyer = Party::default();
    let numbers: Vec<String> =
        flags_on(&[endless, empty]).into_iter().map(|flag| flag.registration_number).collect();
    assert!(!numbers.contains(&"T2".to_owned()), "{numbers:?}");
}

#[test]
fn every_screen_has_its_words_in_both_languages_and_a_code_of_its_own() {
    let mut codes: Vec<&str> = Screen::ALL.into_iter().map(Screen::code).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), Screen::ALL.len());
    for screen in Screen::ALL {
        assert_eq!(Screen::from_code(screen.code()), Some(screen));
        assert!(screen.question_zh().ends_with('？') && screen.question_en().ends_with('?'), "{screen:?}");
        assert_eq!(serde_json::to_value(screen).unwrap(), screen.code());
        assert!(screen.faces(screen));
    }
}
