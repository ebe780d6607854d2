//! Files in, the same totals out as a slow sum over the rows gives.

use xiaoxiang_domain::bulletin::{Dimension, Direction};
use xiaoxiang_domain::fact::Source;
use xiaoxiang_services::App;
use xiaoxiang_services::bulletin::make_table;
use xiaoxiang_store::{Db, both_backends};

use super::rows::{Row, made_up, slow};
use super::sheets::{bureau_csv, grouped_xlsx, national_csv};
use super::support::{
    ACCEPTING, Draw, EXCHANGE, How, KEEPING, REGISTRY, app_with_region, ask, import, table,
};

const DIMENSIONS: [Dimension; 7] = [
    Dimension::City,
    Dimension::County,
    Dimension::Park,
    Dimension::Type,
    Dimension::Field,
    Dimension::SellerKind,
    Dimension::BuyerKind,
];

async fn assert_equal_to_slow_sums(app: &App, rows: &[Row], when: &str) {
    for direction in Direction::ALL {
        for by in DIMENSIONS {
            for year in [2016, 2017] {
                let ours = table(app, &ask(direction, by, &year.to_string())).await;
                assert_eq!(
                    ours,
                    slow(rows, direction, by, year),
                    "{when}: {direction:?} by {by:?} in {year}"
                );
            }
        }
    }
}

both_backends! {
    async fn files_in_three_shapes_add_up_to_a_slow_sum_through_changes_and_exchange(db: Db) {
        let app = app_with_region(db).await;
        let mut draw = Draw(2017);
        let mut rows = made_up(&mut draw, 1, 90);
        for (shape, bytes) in [
            bureau_csv(&rows[..30]),
            grouped_xlsx(&rows[30..60]),
            national_csv(&rows[60..]),
        ].into_iter().enumerate() {
            let report = import(&app, bytes.clone(), REGISTRY).await.unwrap();
            assert_eq!((report.new, report.problem_count), (30, 0), "shape {shape}: {:?}", report.problems);
            let again = import(&app, bytes, ACCEPTING).await.unwrap();
            assert!(again.is_unchanged(), "shape {shape}: {:?}", again.differences);
            assert_eq!((again.unchanged, again.position), (30, None));
        }
        assert_equal_to_slow_sums(&app, &rows, "as first imported").await;

        // A change file: amounts corrected, one place moved, one contract cancelled. Listed first, applied on consent.
        rows[3].value_fen += 100;
        rows[64].technology_fen = rows[64].value_fen;
        rows[65].buyer.place = rows[70].seller.place;
        rows[66].standing = "注销";
        let file = national_csv(&rows[60..]);
        let position = app.figures().await.unwrap().position();
        let listed = import(&app, file.clone(), REGISTRY).await.unwrap();
        assert_eq!(listed.position, None);
        let dry = import(&app, file.clone(), How { is_dry_run: true, ..ACCEPTING }).await.unwrap();
        assert_eq!((dry.changed, dry.position), (listed.awaiting_consent, None));
        assert_eq!(app.figures().await.unwrap().position(), position, "nothing was written");
        let applied = import(&app, file, ACCEPTING).await.unwrap();
        assert_eq!(applied.changed, listed.awaiting_consent);
        let corrected = import(&app, bureau_csv(&rows[..30]), ACCEPTING).await.unwrap();
        assert_eq!(corrected.changed, 1, "{:?}", corrected.differences);
        assert_equal_to_slow_sums(&app, &rows, "after changes").await;

        // The exchange delivers contracts of its own, and ten that the registry holds with other amounts.
        let mut foreign = made_up(&mut draw, 1_000, 30);
        foreign.iter_mut().for_each(|row| row.source = Source::Exchange);
        let mut overlap = rows[..10].to_vec();
        overlap.iter_mut().for_each(|row| row.value_fen += 77);
        let report = import(&app, national_csv(&[&foreign[..], &overlap].concat()), EXCHANGE).await.unwrap();
        assert_eq!((report.new, report.kept, report.changed), (30, 10, 0));
        let known = [&rows[..], &foreign].concat();
        assert_equal_to_slow_sums(&app, &known, "with exchange rows").await;

        // The registry then registers five of the exchange's: it wins without consent, nothing counts twice.
        foreign[..5].iter_mut().for_each(|row| row.source = Source::Registry);
        let report = import(&app, national_csv(&foreign[..5]), REGISTRY).await.unwrap();
        assert_eq!((report.new, report.changed), (0, 5));
        assert_equal_to_slow_sums(&app, &[&rows[..], &foreign].concat(), "the registry wins").await;
    }

    async fn good_rows_are_kept_only_when_asked_and_contradicting_rows_are_named(db: Db) {
        let app = app_with_region(db).await;
        let mut rows = made_up(&mut Draw(3), 1, 6);
        rows[2].technology_fen = rows[2].value_fen + 1;
        rows[5] = rows[0].clone();
        let mut contradicting = rows[1].clone();
        contradicting.value_fen += 1;
        rows.push(contradicting);
        let file = national_csv(&rows);
        let refused = import(&app, file.clone(), REGISTRY).await.unwrap();
        assert_eq!((refused.new, refused.refused_rows, refused.position), (0, 2, None));
        let twice = refused.problems.iter().find(|problem| problem.code == "contract.number.twice").unwrap();
        assert_eq!((twice.row, twice.sheet.as_deref()), (Some(8), Some("CSV")));
        assert_eq!(twice.column.as_ref().unwrap().letter, "A");
        assert!(table(&app, &ask(Direction::Registered, Dimension::City, "2017")).await.is_empty());

        let kept = import(&app, file, KEEPING).await.unwrap();
        assert_eq!((kept.new, kept.repeated, kept.refused_rows), (4, 1, 2));
        rows.truncate(5);
        rows.remove(2);
        assert_equal_to_slow_sums(&app, &rows, "good rows").await;
    }

    async fn a_missing_month_of_the_exchange_is_never_passed_over(db: Db) {
        let app = app_with_region(db).await;
        let mut rows = made_up(&mut Draw(5), 1, 3);
        for (row, month) in rows.iter_mut().zip([1, 2, 4]) {
            row.registered_on = jiff::civil::date(2017, month, 5);
            row.signed_on = row.registered_on;
        }
        import(&app, national_csv(&rows), EXCHANGE).await.unwrap();
        for (months, is_complete, until) in [
            ("2017-02", true, "2017-02-28"),
            ("2017-01..2017-02", true, "2017-02-28"),
            ("2017-03", false, "2017-02-28"),
            ("2017-01..2017-04", false, "2017-02-28"),
            ("2017-04", true, "2017-04-30"),
            ("2017", false, "2017-02-28"),
        ] {
            let json = make_table(&app, &ask(Direction::Absorbed, Dimension::City, months)).await.unwrap().json;
            assert_eq!((json.complete, json.exchange_until.as_deref()), (is_complete, Some(until)), "{months}");
        }
    }
}
