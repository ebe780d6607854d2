//! The list of contracts agrees with a slow one: whatever the filter and order, pages joined are the whole list, no
//! contract twice and none lost.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::civil::date;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use xiaoxiang_domain::fact::{ContractFact, Source, Standing};
use xiaoxiang_domain::money::Fen;
use xiaoxiang_statistics::geography::{Geography, Place, PlaceLevel};
use xiaoxiang_statistics::listing::{
    ContractListing, ListFilter, ListOrder, ListReach, ListSide, ListedPage, OrganisationNames, PlaceFilter,
    TOTAL_MAX, Total,
};

const ROOT: u32 = 430_000;
const DIVISIONS: [u32; 6] = [430_102, 430_103, 430_100, 430_202, 110_108, 0];
const WITHIN: [u32; 4] = [ROOT, 430_100, 430_102, 430_200];
const NAMES: [&str; 5] = ["中南机床厂", "湘江大学", "Example GmbH", "岳麓机床研究院", "洞庭渔业"];
const WORDS: [&str; 6] = ["机床", "碳纤维", "磁浮", "茶油", "X射线", "检测"];
const PERIODS: [&str; 4] = ["2025", "2026-02", "2025-Q3", "2024-11..2025-02"];

/// A version of a contract with its fact.
#[derive(Clone, Debug)]
struct Written {
    key: i64,
    name: String,
    fact: ContractFact,
}

fn number(key: i64) -> String {
    // Some share the first sixteen characters, and case does not matter.
    match key % 3 {
        0 => format!("2026430100{key:08}"),
        1 => format!("HN202643010000000{key:04}"),
        _ => format!("hn202643010000000{key:04}b"),
    }
}

prop_compose! {
    fn written()(
        key in 1..60_i64,
        words in (0..6_usize, 0..6_usize),
        is_counted in prop::bool::weighted(0.8),
        month in 0..30_i8,
        day in 1..4_i8,
        codes in (0..3_u16, 0..3_u16),
        places in (0..6_usize, 0..6_usize),
        parks in (0..3_u32, 0..3_u32),
        parties in (0..7_u32, 0..7_u32),
        registrar in 0..3_u32,
        value in 0..40_i64,
    ) -> Written {
        let fact = ContractFact {
            fact_id: 0,
            contract_key: key,
            position: 0,
            standing: if is_counted { Standing::Counted } else { Standing::Withdrawn },
            source: Source::Registry,
            registered_on: date(2024 + i16::from(month / 12), month % 12 + 1, day),
            contract_type: codes.0,
            field: codes.1,
            ip: 0,
            seller_kind: 0,
            buyer_kind: 0,
            seller_division: DIVISIONS[places.0],
            buyer_division: DIVISIONS[places.1],
            seller_park: parks.0,
            buyer_park: parks.1,
            seller_organisation: parties.0,
            buyer_organisation: parties.1,
            registrar,
            contract_value: Fen(value * 100),
            technology_value: Fen(value * 50),
        };
        Written { key, name: format!("{} {}研究", WORDS[words.0], WORDS[words.1]), fact }
    }
}

prop_compose! {
    fn filter()(
        standing in prop::option::weighted(0.3, prop::bool::ANY),
        period in prop::option::weighted(0.3, 0..4_usize),
        place in prop::option::weighted(0.3, (0..4_usize, 0..3_usize)),
        codes in (prop::option::weighted(0.2, 0..4_u16), prop::option::weighted(0.2, 0..4_u16)),
        organisation in prop::option::weighted(0.2, 0..8_u32),
        text in prop_oneof![4 => Just(String::new()), 1 => part_of_a_title(), 1 => part_of_a_name()],
        reach in prop_oneof![
            3 => Just(ListReach::Everything),
            1 => (0..4_usize).prop_map(|at| ListReach::Division(WITHIN[at])),
            1 => (0..3_u32).prop_map(ListReach::Park),
            1 => (0..7_u32).prop_map(ListReach::Organisation),
            1 => (0..3_u32).prop_map(ListReach::Registrar),
        ],
    ) -> ListFilter {
        let sides = [ListSide::Seller, ListSide::Buyer, ListSide::Either];
        ListFilter {
            standing: standing.map(|is_counted| if is_counted { Standing::Counted } else { Standing::Withdrawn }),
            period: period.map(|at| PERIODS[at].parse().unwrap()),
            place: place.map(|(at, side)| PlaceFilter { division: WITHIN[at], side: sides[side] }),
            contract_type: codes.0,
            field: codes.1,
            organisation,
            text,
            reach,
        }
    }
}

fn part_of_a_title() -> impl Strategy<Value = String> {
    let title = (1..60_i64, 0..6_usize)
        .prop_map(|(key, word)| format!("{}{}研究", number(key), WORDS[word]).chars().collect::<Vec<_>>());
    (title, 0..24_usize, 1..9_usize)
        .prop_map(|(title, first, length)| title.into_iter().skip(first).take(length).collect())
}

fn part_of_a_name() -> impl Strategy<Value = String> {
    (0..5_usize, 0..4_usize, 1..5_usize)
        .prop_map(|(name, first, length)| NAMES[name].chars().skip(first).take(length).collect())
}

fn geography() -> Geography {
    let city = |code| Place { code, parent: ROOT, level: PlaceLevel::City };
    let county = |code: u32| Place { code, parent: code / 100 * 100, level: PlaceLevel::County };
    Geography::new(ROOT, &[city(430_100), city(430_200), county(430_102), county(430_103), county(430_202)])
}

fn organisations() -> OrganisationNames {
    let mut names = OrganisationNames::default();
    for (key, name) in (1..).zip(NAMES) {
        names.put(key, name, "");
    }
    names
}

fn listing(history: &[Written]) -> ContractListing {
    let mut listing = ContractListing::new();
    // As the follower does: the titles of a stretch of the log, then its facts.
    for stretch in history.chunks(17) {
        stretch.iter().for_each(|one| listing.put_title(one.key, &number(one.key), &one.name));
        stretch.iter().for_each(|one| listing.put_fact(&one.fact).unwrap());
    }
    listing
}

/// What the list must be: a loop over the last version of each contract, and a sort.
fn slow(history: &[Written], filter: &ListFilter, order: ListOrder) -> Vec<i64> {
    let last: BTreeMap<i64, &Written> = history.iter().map(|one| (one.key, one)).collect();
    let mut listed: Vec<&Written> = last.into_values().filter(|one| is_listed(one, filter)).collect();
    listed.sort_by_key(|one| Reverse(one.key));
    match order {
        ListOrder::Newest => listed.sort_by_key(|one| Reverse(one.fact.registered_on)),
        ListOrder::Largest => listed.sort_by_key(|one| Reverse(one.fact.contract_value)),
        ListOrder::Number => listed.sort_by_key(|one| number(one.key).to_lowercase()),
    }
    listed.into_iter().map(|one| one.key).collect()
}

fn is_listed(one: &Written, filter: &ListFilter) -> bool {
    let fact = &one.fact;
    let lies_in = |within: u32, division: u32| match within {
        ROOT => division / 10_000 == 43,
        city if city % 100 == 0 => division / 100 == city / 100,
        county => division == county,
    };
    let folded = |text: &str| text.to_lowercase().replace(' ', "");
    let has_text = |text: &str| {
        let wanted = folded(text);
        let named = |key: u32| {
            key.checked_sub(1)
                .and_then(|at| NAMES.get(at as usize))
                .is_some_and(|name| folded(name).contains(&wanted))
        };
        wanted.is_empty()
            || folded(&number(one.key)).contains(&wanted)
            || folded(&one.name).contains(&wanted)
            || named(fact.seller_organisation)
            || named(fact.buyer_organisation)
    };
    let either = |seller: u32, buyer: u32, wanted: u32| wanted != 0 && (seller == wanted || buyer == wanted);
    filter.standing.is_none_or(|standing| fact.standing == standing)
        && filter.period.is_none_or(|period| period.contains(fact.registered_on))
        && filter.contract_type.is_none_or(|code| fact.contract_type == code)
        && filter.field.is_none_or(|code| fact.field == code)
        && filter
            .organisation
            .is_none_or(|key| either(fact.seller_organisation, fact.buyer_organisation, key))
        && filter.place.is_none_or(|place| {
            let seller = lies_in(place.division, fact.seller_division);
            let buyer = lies_in(place.division, fact.buyer_division);
            match place.side {
                ListSide::Seller => seller,
                ListSide::Buyer => buyer,
                ListSide::Either => seller || buyer,
            }
        })
        && has_text(&filter.text)
        && match filter.reach {
            ListReach::Everything => true,
            ListReach::Division(code) => {
                lies_in(code, fact.seller_division) || lies_in(code, fact.buyer_division)
            }
            ListReach::Park(park) => either(fact.seller_park, fact.buyer_park, park),
            ListReach::Organisation(key) => either(fact.seller_organisation, fact.buyer_organisation, key),
            ListReach::Registrar(key) => key != 0 && fact.registrar == key,
        }
}

/// All pages of a list joined, and the total that every one of them named.
fn joined(
    listing: &ContractListing,
    filter: &ListFilter,
    order: ListOrder,
    limit: usize,
) -> (Vec<i64>, Total) {
    let (geography, names) = (geography(), organisations());
    let mut all = Vec::new();
    let mut after = None;
    loop {
        let ListedPage { contract_keys, next, total } =
            listing.page(filter, order, after.as_ref(), limit, &geography, &names);
        assert!(contract_keys.len() == limit || next.is_none(), "only the last page is short");
        all.extend(contract_keys);
        let Some(next) = next else { return (all, total) };
        after = Some(next);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn pages_joined_are_the_slow_list(
        history in prop::collection::vec(written(), 0..160),
        filters in prop::collection::vec(filter(), 1..8),
        limit in 1..9_usize,
    ) {
        let listing = listing(&history);
        for filter in &filters {
            for order in ListOrder::ALL {
                let expected = slow(&history, filter, order);
                let (found, total) = joined(&listing, filter, order, limit);
                prop_assert_eq!(total, Total::Exact(expected.len()));
                prop_assert_eq!(found, expected, "{:?} {:?}", filter, order);
            }
        }
    }

    /// What holds when contracts change between two pages: whoever did not move stands on exactly one page.
    #[test]
    fn contracts_that_do_not_move_are_listed_once_whatever_else_changes(
        history in prop::collection::vec(written(), 1..120),
        later in prop::collection::vec(written(), 1..40),
        filter in filter(),
        limit in 1..9_usize,
    ) {
        let (geography, names) = (geography(), organisations());
        for order in ListOrder::ALL {
            let mut listing = listing(&history);
            let first = listing.page(&filter, order, None, limit, &geography, &names);
            for one in &later {
                listing.put_title(one.key, &number(one.key), &one.name);
                listing.put_fact(&one.fact).unwrap();
            }
            let mut seen = first.contract_keys;
            let mut after = first.next;
            while let Some(place) = after {
                let page = listing.page(&filter, order, Some(&place), limit, &geography, &names);
                seen.extend(page.contract_keys);
                after = page.next;
            }
            let whole: Vec<Written> = history.iter().chain(&later).cloned().collect();
            let (before, now) = (slow(&history, &filter, order), slow(&whole, &filter, order));
            let untouched = |key: &i64| later.iter().all(|one| one.key != *key);
            let expected: Vec<i64> = before.into_iter().filter(untouched).filter(|key| now.contains(key)).collect();
            let found: Vec<i64> = seen.into_iter().filter(untouched).collect();
            // A list that ended on its first page tells nothing of what came later.
            prop_assert_eq!(found, expected);
        }
    }
}

#[test]
fn a_total_is_exact_up_to_its_limit_and_pages_go_on_behind_it() {
    let name = |key: i64| format!("{}研究", WORDS[usize::try_from(key % 6).unwrap()]);
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let drawn: Vec<Written> = (0..500).map(|_| written().new_tree(&mut runner).unwrap().current()).collect();
    let keys = i64::try_from(TOTAL_MAX).unwrap() + 300;
    let history: Vec<Written> = (1..=keys)
        .map(|key| {
            let mut one = drawn[usize::try_from(key * 7 % 500).unwrap()].clone();
            (one.key, one.fact.contract_key, one.name) = (key, key, name(key));
            one
        })
        .collect();
    let listing = listing(&history);
    for filter in [
        ListFilter::default(),
        ListFilter { text: "研究".to_owned(), ..ListFilter::default() },
        ListFilter { text: "碳纤维".to_owned(), ..ListFilter::default() },
        ListFilter { text: number(4_242), ..ListFilter::default() },
        ListFilter {
            text: "机床".to_owned(),
            period: Some("2025".parse().unwrap()),
            ..ListFilter::default()
        },
    ] {
        for order in ListOrder::ALL {
            let expected = slow(&history, &filter, order);
            let (found, total) = joined(&listing, &filter, order, 50);
            let is_beyond = expected.len() > TOTAL_MAX;
            let wanted = if is_beyond { Total::MoreThan(TOTAL_MAX) } else { Total::Exact(expected.len()) };
            assert_eq!(total, wanted, "{filter:?}");
            assert_eq!(found, expected, "{filter:?} {order:?}");
        }
    }
}
