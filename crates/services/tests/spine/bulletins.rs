//! A bulletin from draft to correction: what was signed never moves, every cell opens, every change is listed.

use xiaoxiang_domain::bulletin::{CorrectionDecision, Dimension, Direction, GrowthBase};
use xiaoxiang_domain::contract::Contract;
use xiaoxiang_domain::fact::Source;
use xiaoxiang_services::bulletin::{
    Signing, TableAsk, close_year, decide_correction, draft_bulletin, explain_bulletin_cell, explain_cell,
    find_bulletin, list_pending_changes, make_table, sign_bulletin,
};
use xiaoxiang_services::contract::record_contract;
use xiaoxiang_services::log::LogKey;
use xiaoxiang_services::region::import_region;
use xiaoxiang_services::{App, Refusal};
use xiaoxiang_statistics::explain::PageOf;
use xiaoxiang_store::{Db, both_backends};

use super::rows::{Row, made_up};
use super::sheets::national_csv;
use super::support::{ACTOR, Draw, REGISTRY, Rows, app_with_region, ask, import, layers, period, table};

async fn current(app: &App, row: &Row) -> Contract {
    let mut tx = app.db.read().await.unwrap();
    let versions = xiaoxiang_store::contract::list_versions(&mut tx, &row.number).await.unwrap();
    serde_json::from_str(&versions.last().unwrap().record).unwrap()
}

pub async fn change(app: &App, row: &Row, change: impl FnOnce(&mut Contract)) {
    let mut contract = current(app, row).await;
    change(&mut contract);
    record_contract(app, &ACTOR, Source::Registry, contract).await.unwrap().unwrap();
}

pub async fn sign(app: &App, months: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let key = LogKey::load_or_create(app, &folder.path().join("key.pem")).unwrap();
    sign_with(app, &key, months).await
}

/// Signs with a key of the caller, who signs again.
pub async fn sign_with(app: &App, key: &LogKey, months: &str) -> String {
    let id = draft_bulletin(app, &ACTOR, period(months), GrowthBase::AsKnown).await.unwrap();
    let signing = Signing { signer: "示例签发人".to_owned(), signed_on: jiff::civil::date(2018, 1, 10) };
    sign_bulletin(app, &ACTOR, key, &id, &signing).await.unwrap();
    id
}

both_backends! {
    async fn what_was_signed_stays_and_every_later_change_is_listed_and_decided(db: Db) {
        let app = app_with_region(db).await;
        let rows = made_up(&mut Draw(31), 1, 60);
        import(&app, national_csv(&rows), REGISTRY).await.unwrap();
        let id = sign(&app, "2017").await;
        let frozen = find_bulletin(&app, &id).await.unwrap();
        assert!(list_pending_changes(&app, &id).await.unwrap().is_empty());
        let of_2017 = |row: &&Row| row.registered_on.year() == 2017 && row.seller.place.city != 0;
        let sold: Vec<&Row> = rows.iter().filter(of_2017).collect();

        // An amount: its city and all tables of the registered figures, never a city that has nothing to do with it.
        change(&app, sold[0], |contract| contract.contract_value.0 += 12_345).await;
        let changes = list_pending_changes(&app, &id).await.unwrap();
        let cities: Vec<&str> = changes
            .iter()
            .filter(|change| change.table == "city-monthly" && change.direction == Direction::Registered)
            .map(|change| change.row.as_str())
            .filter(|row| row.len() == 6)
            .collect();
        assert_eq!(cities, [sold[0].seller.place.city.to_string()]);
        for change in changes.iter().filter(|change| !change.contracts.is_empty()) {
            assert_eq!(change.contracts, [sold[0].number.clone()], "{change:?}");
            assert_eq!(change.contract_value_fen[1] - change.contract_value_fen[0], 12_345);
        }
        assert!(changes.iter().any(|change| change.table == "type-registered"), "{changes:#?}");

        let refused = decide_correction(&app, &ACTOR, &id, CorrectionDecision::IssueCorrection, " ").await;
        assert!(matches!(refused, Err(Refusal::Invalid { code: "correction.reason", .. })));
        let first = decide_correction(&app, &ACTOR, &id, CorrectionDecision::IssueCorrection, "金额更正").await.unwrap();
        assert_eq!(first.serial, 1);
        assert!(first.document_number.is_some());
        assert!(list_pending_changes(&app, &id).await.unwrap().is_empty());

        // A type alone: no city moves, and it is listed all the same.
        change(&app, sold[1], |contract| {
            contract.contract_type = if contract.contract_type.starts_with('5') { "4" } else { "5" }.to_owned();
        }).await;
        let changes = list_pending_changes(&app, &id).await.unwrap();
        assert!(!changes.is_empty() && changes.iter().all(|change| change.table == "type-registered"), "{changes:#?}");
        let second = decide_correction(&app, &ACTOR, &id, CorrectionDecision::FoldIntoCurrent, "类型更正").await.unwrap();
        assert_eq!((second.serial, second.document_number), (2, None));
        let nothing = decide_correction(&app, &ACTOR, &id, CorrectionDecision::FoldIntoCurrent, "再来").await;
        assert!(matches!(nothing, Err(Refusal::Invalid { code: "correction.nothing", .. })));

        close_year(&app, &ACTOR, 2017).await.unwrap();
        let again = close_year(&app, &ACTOR, 2017).await;
        assert!(matches!(again, Err(Refusal::Invalid { code: "bulletin.year_closed", .. })));
        assert!(close_year(&app, &ACTOR, 2026).await.is_err(), "this year is not over");
        let now = find_bulletin(&app, &id).await.unwrap();
        assert_eq!(now.content, frozen.content);
        assert_eq!(now.summary.row.content_sha256, frozen.summary.row.content_sha256);
        assert_eq!(now.corrections.len(), 2);
    }

    async fn every_cell_of_the_city_table_opens_to_what_it_adds_up_to(db: Db) {
        let app = app_with_region(db).await;
        let rows = made_up(&mut Draw(32), 1, 60);
        import(&app, national_csv(&rows), REGISTRY).await.unwrap();
        let id = sign(&app, "2017-06").await;
        let before = table(&app, &ask(Direction::Output, Dimension::City, "2017-06")).await;
        for row in &rows[..30] {
            change(&app, row, |contract| contract.contract_value.0 += 1).await;
        }
        for direction in ["registered", "output", "absorbed"] {
            for (scope, months) in [("", "2017-06"), ("cumulative.", "2017-01..2017-06")] {
                let as_of = find_bulletin(&app, &id).await.unwrap().summary.row.as_of;
                let asked = TableAsk {
                    as_of: Some(as_of),
                    ..ask(Direction::from_code(direction).unwrap(), Dimension::City, months)
                };
                let cells = table(&app, &asked).await;
                for (key, sums) in &cells {
                    let row = if *key == 0 { "outside".to_owned() } else { key.to_string() };
                    let column = format!("{scope}{direction}.contract_value");
                    let behind =
                        explain_bulletin_cell(&app, &id, "city-monthly", &row, &column, PageOf::FIRST).await.unwrap();
                    let summed: i128 =
                        behind.contracts.iter().map(|one| i128::from(one.contract.contract_value.0)).sum();
                    assert_eq!((behind.total as i64, summed), (sums.0, sums.1), "{row} {column}");
                }
            }
        }
        assert_ne!(before, table(&app, &ask(Direction::Output, Dimension::City, "2017-06")).await);
        let typo = explain_cell(&app, &ask(Direction::Output, Dimension::City, "2017"), "长纱市", None, PageOf::FIRST).await;
        assert!(matches!(typo, Err(Refusal::NotFound(_))));
    }

    async fn growth_goes_by_the_base_that_is_named(db: Db) {
        let app = app_with_region(db).await;
        let rows = made_up(&mut Draw(33), 1, 40);
        import(&app, national_csv(&rows), REGISTRY).await.unwrap();
        let growth = |base| TableAsk { compare: Some(base), ..ask(Direction::Registered, Dimension::City, "2017") };
        let unpublished = make_table(&app, &growth(GrowthBase::AsPublished)).await;
        assert!(matches!(unpublished, Err(Refusal::Invalid { code: "bulletin.no_published_base", .. })));
        let published = table(&app, &ask(Direction::Registered, Dimension::City, "2016")).await;
        sign(&app, "2016").await;
        let late = rows.iter().find(|row| row.registered_on.year() == 2016).unwrap();
        change(&app, late, |contract| contract.contract_value.0 += 999).await;
        let sum = |rows: &Rows| rows.values().map(|sums| sums.1).sum::<i128>();
        for (base, expected) in [
            (GrowthBase::AsPublished, sum(&published)),
            (GrowthBase::AsKnown, sum(&published) + 999),
        ] {
            let made = make_table(&app, &growth(base)).await.unwrap().table;
            assert_eq!(made.total.previous.unwrap().contract_value, expected, "{base:?}");
        }
    }

    async fn contracts_are_counted_anew_when_region_data_learn_a_code(db: Db) {
        let app = app_with_region(db).await;
        let mut rows = made_up(&mut Draw(34), 1, 12);
        for row in &mut rows {
            row.registered_on = jiff::civil::date(2017, 3, 1);
            row.signed_on = row.registered_on;
            row.field = ("量子信息", 0);
        }
        let report = import(&app, national_csv(&rows), REGISTRY).await.unwrap();
        assert!(report.warning_count >= 12);
        let by_field = ask(Direction::Registered, Dimension::Field, "2017");
        let unknown = table(&app, &by_field).await;
        let before = app.figures().await.unwrap().position();
        let mut better = layers();
        let list = better[0].files.get_mut("codes/technical_field.yaml").unwrap();
        list.push_str("  - { code: \"量子信息\", name: 量子信息, name_en: Quantum information, number: 12 }\n");
        import_region(&app, &ACTOR, &better).await.unwrap();
        let known = table(&app, &by_field).await;
        assert_eq!(known.get(&12), unknown.get(&0), "all of them count under the new code");
        assert_eq!(known.len(), 1);
        let then = TableAsk { as_of: Some(before), ..by_field };
        assert_eq!(table(&app, &then).await, unknown, "as of the earlier position nothing has changed");
        let again = import(&app, national_csv(&rows), REGISTRY).await.unwrap();
        assert!(again.is_unchanged());
    }
}
