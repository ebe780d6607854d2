//! While an import runs: readers see none of it, other writers go on, and who is overtaken starts again.

use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::task::block_in_place;
use xiaoxiang_domain::attribution::ParkCompany;
use xiaoxiang_domain::bulletin::{Dimension, Direction};
use xiaoxiang_domain::contract::Contract;
use xiaoxiang_domain::fact::Source;
use xiaoxiang_domain::money::Fen;
use xiaoxiang_services::App;
use xiaoxiang_services::attribution::replace_park_list;
use xiaoxiang_services::contract::{ImportReport, ImportRequest, import_contracts, record_contract};
use xiaoxiang_store::{Db, both_backends};

use super::rows::{Row, made_up, slow};
use super::sheets::national_csv;
use super::support::{ACCEPTING, ACTOR, Draw, REGISTRY, app_on, app_with_region, ask, import, table};

/// A guard against hanging, no measure of speed.
const HANG: Duration = Duration::from_secs(10);
/// More than two chunks of staged rows.
const ROWS: u64 = 2_100;

async fn import_with(app: &App, rows: &[Row], progress: impl FnMut(u64) + Send) -> ImportReport {
    let request = ImportRequest {
        source: Source::Registry,
        file_name: "大文件",
        bytes: national_csv(rows),
        strictness: ACCEPTING.strictness,
        consent: ACCEPTING.consent,
        is_dry_run: false,
    };
    import_contracts(app, &ACTOR, request, progress).await.unwrap()
}

async fn record_of(app: &App, number: &str) -> Contract {
    let mut tx = app.db.read().await.unwrap();
    let versions = xiaoxiang_store::contract::list_versions(&mut tx, number).await.unwrap();
    serde_json::from_str(&versions.last().unwrap().record).unwrap()
}

async fn assert_registered(app: &App, rows: &[Row]) {
    for year in [2016, 2017] {
        for by in [Dimension::City, Dimension::Type] {
            let ours = table(app, &ask(Direction::Registered, by, &year.to_string())).await;
            assert_eq!(ours, slow(rows, Direction::Registered, by, year), "{by:?} in {year}");
        }
    }
}

both_backends! {
    async fn a_running_import_is_invisible_and_starts_again_when_overtaken(db: Db) {
        let app = app_with_region(db).await;
        let mut rows = made_up(&mut Draw(21), 1, ROWS);
        import(&app, national_csv(&rows[..20]), REGISTRY).await.unwrap();
        let before = rows[..20].to_vec();
        let mut runs = 0;
        rows[7].value_fen += 1;
        let report = import_with(&app, &rows, |row| {
            if row != 1_500 {
                return;
            }
            runs += 1;
            if runs > 1 {
                return;
            }
            // One chunk is staged. A reader sees nothing of it; a writer changes a contract of the same file.
            block_in_place(|| Handle::current().block_on(async {
                assert_registered(&app, &before).await;
                let began = Instant::now();
                let mut contract = record_of(&app, &before[7].number).await;
                contract.contract_value = Fen(contract.contract_value.0 + 500);
                record_contract(&app, &ACTOR, Source::Registry, contract).await.unwrap().unwrap();
                assert!(began.elapsed() < HANG, "a writer waited {:?}", began.elapsed());
            }));
        }).await;
        assert_eq!(runs, 2, "the import began again");
        assert_eq!((report.new, report.rows), (ROWS - 20, ROWS));
        assert_registered(&app, &rows).await;
        let mut tx = app.db.read().await.unwrap();
        let versions = xiaoxiang_store::contract::list_versions(&mut tx, &rows[7].number).await.unwrap();
        assert_eq!(versions.iter().map(|row| row.version).collect::<Vec<_>>(), [1, 2, 3]);
    }

    async fn two_imports_of_overlapping_files_end_as_one_after_the_other(db: Db) {
        let app = app_with_region(db).await;
        let rows = made_up(&mut Draw(22), 1, 1_600);
        let (left, right) = tokio::join!(
            import_with(&app, &rows[..1_200], |_| ()),
            import_with(&app, &rows[400..], |_| ()),
        );
        assert_eq!(left.new + right.new, 1_600, "{left:?} {right:?}");
        assert_eq!(left.unchanged + right.unchanged, 800);
        assert_registered(&app, &rows).await;
        let mut tx = app.db.read().await.unwrap();
        for row in rows.iter().step_by(200) {
            let versions = xiaoxiang_store::contract::list_versions(&mut tx, &row.number).await.unwrap();
            assert_eq!(versions.len(), 1);
        }
    }

    async fn many_readers_at_once_after_a_commit_all_get_the_figures(db: Db) {
        let app = app_with_region(db).await;
        let rows = made_up(&mut Draw(23), 1, 40);
        for part in rows.chunks(20) {
            import(&app, national_csv(part), REGISTRY).await.unwrap();
            let readers = (0..60).map(|_| {
                let app = app.clone();
                tokio::spawn(async move { table(&app, &ask(Direction::Output, Dimension::City, "2017")).await })
            });
            let readers: Vec<_> = readers.collect();
            for reader in readers {
                tokio::time::timeout(HANG, reader).await.expect("nobody waits for ever").unwrap();
            }
        }
    }
}

both_backends! {
    async fn a_park_list_changed_on_another_node_holds_for_the_next_single_write(db: Db) {
        let app = app_with_region(db.clone()).await;
        let other_node = app_on(db);
        let rows = made_up(&mut Draw(5), 1, 3);
        import(&app, national_csv(&rows), REGISTRY).await.unwrap();
        let contract = record_of(&app, &rows[0].number).await;
        // The first write makes this node hold its footing.
        let first = Contract { contract_value: Fen(contract.contract_value.0 + 1), ..contract.clone() };
        record_contract(&app, &ACTOR, Source::Registry, first).await.unwrap();
        let park_key = 1;
        let line = ParkCompany {
            park_key,
            credit_code: contract.seller.credit_code.clone(),
            name: contract.seller.name.clone(),
            valid_from: jiff::civil::date(2000, 1, 1),
            valid_to: None,
        };
        replace_park_list(&other_node, &ACTOR, park_key, vec![line]).await.unwrap();
        let second = Contract { contract_value: Fen(contract.contract_value.0 + 2), ..contract.clone() };
        record_contract(&app, &ACTOR, Source::Registry, second).await.unwrap();
        let year = contract.registered_on.year().to_string();
        let parks = table(&app, &ask(Direction::Registered, Dimension::Park, &year)).await;
        assert!(parks.contains_key(&park_key), "the write after the change stands on the new list: {parks:?}");
    }
}
