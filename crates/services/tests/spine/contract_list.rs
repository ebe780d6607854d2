//! The contract list and page: what the database holds, within what the caller may see, also after changes.

use std::cmp::Reverse;
use std::collections::HashMap;

use xiaoxiang_domain::access::{Action, Role, Scope};
use xiaoxiang_domain::attribution::{ParkReason, PlaceReason};
use xiaoxiang_domain::bulletin::Direction;
use xiaoxiang_domain::contract::Side;
use xiaoxiang_domain::fact::{ContractFact, Source, Standing};
use xiaoxiang_domain::region::DivisionCode;
use xiaoxiang_services::attribution::{NewObjection, decide_objection, raise_objection};
use xiaoxiang_services::contract::{
    ContractsAsk, LIST_PAGE_ROWS, Personal, find_organisations, list_contracts, places_of, read_contract,
    record_contract,
};
use xiaoxiang_services::{Actor, App, Refusal};
use xiaoxiang_statistics::listing::{ListFilter, ListOrder, ListSide, PlaceFilter, Total};
use xiaoxiang_store::{Db, both_backends};

use super::bulletins::{change, sign};
use super::rows::{PLACES, Row, made_up};
use super::sheets::national_csv;
use super::support::{ACTOR, Draw, EXCHANGE, REGISTRY, app_on, app_with_region, import};

/// A contract as the page shows it: number, project, last fact.
type Known = (String, String, ContractFact);

async fn known(app: &App, rows: &[Row]) -> Vec<Known> {
    let mut all = Vec::new();
    for row in rows {
        let page = read_contract(app, &ACTOR, &row.number, Personal::Withheld).await.unwrap();
        all.push((
            page.contract.registration_number,
            page.contract.project_name,
            *page.facts.last().unwrap(),
        ));
    }
    all
}

async fn joined(app: &App, actor: &Actor, filter: &ListFilter, order: ListOrder) -> Vec<String> {
    let mut ask = ContractsAsk { filter: filter.clone(), order, after: None };
    let mut numbers = Vec::new();
    loop {
        let page = list_contracts(app, actor, &ask).await.unwrap();
        assert!(page.rows.len() == LIST_PAGE_ROWS || page.next.is_none());
        numbers.extend(page.rows.into_iter().map(|row| row.contract.registration_number));
        if page.next.is_none() {
            assert_eq!(page.total, Total::Exact(numbers.len()));
            return numbers;
        }
        ask.after = page.next;
    }
}

fn slow(known: &[Known], order: ListOrder, is_listed: impl Fn(&Known) -> bool) -> Vec<String> {
    let mut listed: Vec<&Known> = known.iter().filter(|one| is_listed(one)).collect();
    listed.sort_by_key(|one| Reverse(one.2.contract_key));
    match order {
        ListOrder::Newest => listed.sort_by_key(|one| Reverse(one.2.registered_on)),
        ListOrder::Largest => listed.sort_by_key(|one| Reverse(one.2.contract_value)),
        ListOrder::Number => listed.sort_by_key(|one| one.0.clone()),
    }
    listed.into_iter().map(|one| one.0.clone()).collect()
}

async fn assert_lists_agree(app: &App, rows: &[Row]) {
    let known = known(app, rows).await;
    let mut tx = app.db.read().await.unwrap();
    let names: HashMap<i64, String> =
        xiaoxiang_store::organisation::list_names(&mut tx).await.unwrap().into_iter().collect();
    drop(tx);
    let named = |key: u32, text: &str| names.get(&i64::from(key)).is_some_and(|name| name.contains(text));
    for order in ListOrder::ALL {
        let all = joined(app, &ACTOR, &ListFilter::default(), order).await;
        assert_eq!(all, slow(&known, order, |_| true), "{order:?}");
        let withdrawn = ListFilter { standing: Some(Standing::Withdrawn), ..ListFilter::default() };
        let expected = slow(&known, order, |one| one.2.standing == Standing::Withdrawn);
        assert_eq!(joined(app, &ACTOR, &withdrawn, order).await, expected);
        let text = ListFilter { text: "单位1".to_owned(), ..ListFilter::default() };
        let expected = slow(&known, order, |one| {
            named(one.2.seller_organisation, "单位1") || named(one.2.buyer_organisation, "单位1")
        });
        assert!(!expected.is_empty());
        assert_eq!(joined(app, &ACTOR, &text, order).await, expected);
        let project = ListFilter {
            text: "项目1".to_owned(),
            period: Some("2017-H1".parse().unwrap()),
            place: Some(PlaceFilter { division: 430_100, side: ListSide::Buyer }),
            ..ListFilter::default()
        };
        let expected = slow(&known, order, |one| {
            one.1.contains("项目1")
                && one.2.registered_on.year() == 2017
                && one.2.registered_on.month() <= 6
                && one.2.buyer_division / 100 == 4301
        });
        assert_eq!(joined(app, &ACTOR, &project, order).await, expected);
    }
}

both_backends! {
    async fn the_list_follows_every_change_and_is_the_same_after_a_restart(db: Db) {
        let app = app_with_region(db.clone()).await;
        let rows = made_up(&mut Draw(51), 1, 130);
        import(&app, national_csv(&rows[..90]), REGISTRY).await.unwrap();
        assert_lists_agree(&app, &rows[..90]).await;
        import(&app, national_csv(&rows[90..]), EXCHANGE).await.unwrap();
        change(&app, &rows[3], |contract| contract.standing = Standing::Withdrawn).await;
        change(&app, &rows[4], |contract| contract.project_name = "磁浮列车检测".to_owned()).await;
        change(&app, &rows[5], |contract| contract.contract_value.0 += 99_000_000_000).await;
        assert_lists_agree(&app, &rows).await;
        let renamed = ListFilter { text: "磁浮".to_owned(), ..ListFilter::default() };
        assert_eq!(joined(&app, &ACTOR, &renamed, ListOrder::Newest).await, [rows[4].number.clone()]);
        let largest = ContractsAsk { order: ListOrder::Largest, ..ContractsAsk::default() };
        let largest = list_contracts(&app, &ACTOR, &largest).await.unwrap();
        assert_eq!(largest.rows[0].contract.registration_number, rows[5].number);
        let reinstated = read_contract(&app, &ACTOR, &rows[3].number, Personal::Shown).await.unwrap().contract;
        let counted = xiaoxiang_domain::contract::Contract { standing: Standing::Counted, ..reinstated };
        record_contract(&app, &ACTOR, Source::Registry, counted).await.unwrap().unwrap();
        assert_lists_agree(&app, &rows).await;
        assert_lists_agree(&app_on(db), &rows).await;
    }

    async fn whoever_reads_the_list_sees_what_lies_within_their_scope(db: Db) {
        let app = app_with_region(db).await;
        let rows = made_up(&mut Draw(52), 1, 80);
        import(&app, national_csv(&rows), REGISTRY).await.unwrap();
        let known = known(&app, &rows).await;
        let first = places_of(&app, &rows[0].number).await.unwrap();
        let organisation = first.organisations.into_iter().find(|key| *key != 0).unwrap_or(1);
        let scopes = [
            (Role::CityOfficer, Scope::Division(DivisionCode(430_100))),
            (Role::CountyOfficer, Scope::Division(DivisionCode(431_181))),
            (Role::ParkOfficer, Scope::Park(2)),
            (Role::OrganisationAgent, Scope::Organisation(i64::from(organisation))),
            (Role::Registrar, Scope::Registrar(i64::from(first.registrar))),
        ];
        for (role, scope) in scopes {
            let actor = Actor::person("1", role, scope);
            let seen = joined(&app, &actor, &ListFilter::default(), ListOrder::Number).await;
            assert!(!seen.is_empty() && seen.len() < rows.len(), "{role:?}");
            for (number, ..) in &known {
                let lies_in = places_of(&app, number).await.unwrap().lies_in(scope);
                assert_eq!(seen.contains(number), lies_in, "{role:?} {number}");
                let page = read_contract(&app, &actor, number, Personal::Withheld).await;
                assert_eq!(page.is_ok(), lies_in);
                assert!(lies_in || matches!(page, Err(Refusal::NotFound(_))));
            }
            // A reach that the caller writes into the filter opens nothing.
            let wide = ListFilter { reach: xiaoxiang_statistics::listing::ListReach::Everything, ..ListFilter::default() };
            assert_eq!(joined(&app, &actor, &wide, ListOrder::Number).await, seen);
        }
        let ask = ContractsAsk::default();
        assert!(matches!(list_contracts(&app, &Actor::public(), &ask).await, Err(Refusal::SignedOut)));
        let administrator = Actor::person("1", Role::Administrator, Scope::Region);
        assert!(matches!(list_contracts(&app, &administrator, &ask).await, Err(Refusal::NotFound(_))));
        assert!(find_organisations(&app, &administrator, "单位").await.is_err());
        assert!(places_of(&app, "没有这个编号").await.is_err());
    }

    async fn bad_cursors_texts_and_places_are_refused_and_organisations_are_found(db: Db) {
        let app = app_with_region(db).await;
        let rows = made_up(&mut Draw(53), 1, 120);
        import(&app, national_csv(&rows), REGISTRY).await.unwrap();
        let page = list_contracts(&app, &ACTOR, &ContractsAsk::default()).await.unwrap();
        let cursor = page.next.unwrap();
        let refused = |after: &str, order| ContractsAsk { after: Some(after.to_owned()), order, ..ContractsAsk::default() };
        for ask in [
            refused("nonsense", ListOrder::Newest),
            refused(&cursor, ListOrder::Largest),
            refused(&format!("00{}", &cursor[2..]), ListOrder::Newest),
        ] {
            let outcome = list_contracts(&app, &ACTOR, &ask).await;
            assert!(matches!(outcome, Err(Refusal::Invalid { code: "contract.list.cursor", .. })), "{ask:?}");
        }
        let city = Actor::person("1", Role::CityOfficer, Scope::Division(DivisionCode(430_100)));
        let borrowed = list_contracts(&app, &city, &refused(&cursor, ListOrder::Newest)).await;
        assert!(matches!(borrowed, Err(Refusal::Invalid { .. })), "a cursor of somebody else's list");
        let long = ListFilter { text: "长".repeat(101), ..ListFilter::default() };
        let outcome = list_contracts(&app, &ACTOR, &ContractsAsk { filter: long, ..ContractsAsk::default() }).await;
        assert!(matches!(outcome, Err(Refusal::Invalid { code: "contract.list.text", .. })));
        let nowhere = PlaceFilter { division: 999_999, side: ListSide::Either };
        let filter = ListFilter { place: Some(nowhere), ..ListFilter::default() };
        assert!(list_contracts(&app, &ACTOR, &ContractsAsk { filter, ..ContractsAsk::default() }).await.is_err());

        let row = rows.iter().find(|row| !row.seller.credit_code.is_empty()).unwrap();
        let found = find_organisations(&app, &ACTOR, &row.seller.credit_code).await.unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].credit_code.as_deref(), Some(row.seller.credit_code.as_str()));
        let filter = ListFilter { organisation: Some(found[0].key), ..ListFilter::default() };
        let listed = joined(&app, &ACTOR, &filter, ListOrder::Number).await;
        let mut expected: Vec<String> = rows
            .iter()
            .filter(|other| [&other.seller, &other.buyer].iter().any(|party| party.credit_code == row.seller.credit_code))
            .map(|other| other.number.clone())
            .collect();
        expected.sort();
        assert_eq!(listed, expected);
    }

    async fn the_contract_page_says_who_changed_what_and_why_it_counts_where_it_does(db: Db) {
        let app = app_with_region(db).await;
        let mut rows = made_up(&mut Draw(54), 1, 4);
        rows[0].seller.place = PLACES[4];
        rows[0].buyer.place = PLACES[9];
        rows[0].buyer.kind = ("企业法人/内资企业/有限责任公司", 7, false);
        rows[0].seller.contact = "示例联系人机密".to_owned();
        import(&app, national_csv(&rows), REGISTRY).await.unwrap();
        let number = rows[0].number.clone();
        let id = sign(&app, &format!("{}", rows[0].registered_on.year())).await;
        let mut contract = read_contract(&app, &ACTOR, &number, Personal::Shown).await.unwrap().contract;
        contract.project_name = "改名项目".to_owned();
        contract.seller.division = "431121".to_owned();
        contract.contract_value.0 += 700;
        contract.seller.telephone = "13907319999".to_owned();
        record_contract(&app, &ACTOR, Source::Registry, contract).await.unwrap().unwrap();
        let page = read_contract(&app, &ACTOR, &number, Personal::Shown).await.unwrap();
        assert_eq!(page.contract.seller.contact, "示例联系人机密");
        assert_eq!(page.versions.iter().map(|version| version.version).collect::<Vec<_>>(), [2, 1]);
        let changes = &page.versions[0].changes;
        assert!(page.versions[1].changes.is_empty());
        assert_eq!(page.versions[0].actor, "tests");
        let renamed = changes.iter().find(|change| change.field == "project_name").unwrap();
        assert_eq!((renamed.old.as_str(), renamed.new.as_str()), (rows[0].project.as_str(), "改名项目"));
        assert!(changes.iter().any(|change| change.field == "contract_value"));
        let telephone = changes.iter().find(|change| change.field == "seller.telephone").unwrap();
        assert_eq!(telephone.new, "13907319999");
        assert_eq!(page.entries[0].kind, "contract.changed");
        assert!(page.entries.iter().any(|entry| entry.kind == "contract.imported"));
        assert_eq!(page.seller.division, 431_181);
        assert_eq!(page.seller.place_reason, PlaceReason::Successor(DivisionCode(431_121)));
        assert_eq!((page.buyer.place_reason, page.buyer.park_reason.clone()), (PlaceReason::Park(2), ParkReason::Stated));
        assert_eq!(page.counted_in.len(), 1);
        assert_eq!(page.counted_in[0].bulletin_id, id);
        assert_eq!(page.counted_in[0].directions, [Direction::Registered, Direction::Output, Direction::Absorbed, Direction::Internal]);

        let objection = NewObjection {
            registration_number: number.clone(),
            side: Side::Seller,
            claimed_division: DivisionCode(430_102),
            raised_by: "芙蓉区".to_owned(),
            reason: "实施地在本区".to_owned(),
        };
        let objection_id = raise_objection(&app, &ACTOR, &objection).await.unwrap();
        decide_objection(&app, &ACTOR, &objection_id, DivisionCode(430_102), "属实").await.unwrap();
        let page = read_contract(&app, &ACTOR, &number, Personal::Withheld).await.unwrap();
        assert_eq!((page.seller.division, page.seller.place_reason), (430_102, PlaceReason::Decided));
        assert_eq!(page.objections.len(), 1);
        assert_eq!(page.facts.last().unwrap().seller_division, 430_102);
        assert!(page.contract.seller.contact.is_empty());
        assert!(page.versions[0].changes.iter().any(|change| change.field == "seller.telephone"));
        for secret in ["示例联系人机密", "13907319999"] {
            assert!(!format!("{page:?}").contains(secret));
        }

        let registrar = Scope::Registrar(i64::from(places_of(&app, &number).await.unwrap().registrar));
        let permitted = Actor::person("1", Role::Registrar, registrar);
        assert!(read_contract(&app, &permitted, &number, Personal::Shown).await.is_ok());
        let agent = Actor::person("1", Role::DivisionHead, Scope::Region);
        let refused = read_contract(&app, &agent, &number, Personal::Shown).await;
        assert!(matches!(refused, Err(Refusal::Forbidden(Action::ReadPersonalData) | Refusal::NotFound(_))));
        assert!(read_contract(&app, &agent, &number, Personal::Withheld).await.is_ok());
        assert!(matches!(read_contract(&app, &ACTOR, "没有", Personal::Withheld).await, Err(Refusal::NotFound(_))));
    }
}
