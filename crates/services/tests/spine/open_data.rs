//! Open data: public tables, the list of datasets, and what stands in their files.

use serde_json::Value;
use xiaoxiang_domain::bulletin::{CorrectionDecision, Dimension, Direction, FileLanguage, GrowthBase};
use xiaoxiang_domain::region::DivisionCode;
use xiaoxiang_services::Refusal;
use xiaoxiang_services::bulletin::{TableAsk, decide_correction, draft_bulletin, make_table};
use xiaoxiang_services::open_data::{
    DatasetFormat, DatasetId, list_datasets, make_public_table, write_dataset,
};
use xiaoxiang_services::region::import_region;
use xiaoxiang_statistics::small_cells::HIDDEN;
use xiaoxiang_store::{Db, both_backends};

use super::bulletins::{change, sign};
use super::rows::{Row, made_up};
use super::sheets::national_csv;
use super::support::{ACTOR, Draw, REGISTRY, app_on, app_with_region, ask, import, layers, period, table};

both_backends! {
    async fn public_tables_below_city_level_hide_small_cells_and_nothing_else(db: Db) {
        let app = app_with_region(db).await;
        let rows = made_up(&mut Draw(61), 1, 90);
        import(&app, national_csv(&rows), REGISTRY).await.unwrap();
        let by_city = ask(Direction::Output, Dimension::City, "2017");
        let public = make_public_table(&app, &by_city).await.unwrap();
        assert_eq!(public.printed, make_table(&app, &by_city).await.unwrap().printed);
        let by_county = ask(Direction::Output, Dimension::County, "2017");
        let public = make_public_table(&app, &by_county).await.unwrap();
        let hidden = public.printed.rows.iter().filter(|row| row.cells[1].text == HIDDEN).count();
        assert!(hidden > 1 && hidden <= public.hidden);
        assert!(public.printed.notes.last().unwrap().zh.contains(HIDDEN));
        let within = TableAsk { within: Some(DivisionCode(430_200)), ..by_county.clone() };
        make_public_table(&app, &within).await.unwrap();

        let too_fine = [
            TableAsk { within: Some(DivisionCode(430_102)), ..by_city.clone() },
            TableAsk { and: Some(Dimension::County), ..by_city.clone() },
            TableAsk { only: Some(vec![430_102]), ..by_county.clone() },
            TableAsk { as_of: Some(1), ..by_county.clone() },
            TableAsk { within: Some(DivisionCode(430_100)), ..ask(Direction::Output, Dimension::Park, "2017") },
        ];
        for ask in too_fine {
            let refused = make_public_table(&app, &ask).await;
            assert!(matches!(refused, Err(Refusal::Invalid { code: "open_data.too_fine", .. })), "{ask:?}");
        }
    }

    async fn without_a_threshold_in_the_region_data_nothing_below_city_level_is_open(db: Db) {
        let app = app_on(db);
        let mut bare = layers();
        bare[0].files.remove("open_data.yaml").unwrap();
        import_region(&app, &ACTOR, &bare).await.unwrap();
        let refused = make_public_table(&app, &ask(Direction::Output, Dimension::County, "2017")).await;
        assert!(matches!(refused, Err(Refusal::Invalid { code: "open_data.no_threshold", .. })));
        assert!(make_public_table(&app, &ask(Direction::Output, Dimension::City, "2017")).await.is_ok());
    }

    async fn datasets_hold_what_was_published_and_follow_corrections_only(db: Db) {
        let app = app_with_region(db).await;
        let rows = made_up(&mut Draw(62), 1, 80);
        import(&app, national_csv(&rows), REGISTRY).await.unwrap();
        assert!(list_datasets(&app).await.unwrap().is_empty(), "nothing is published yet");
        draft_bulletin(&app, &ACTOR, period("2017-06"), GrowthBase::AsKnown).await.unwrap();
        assert!(list_datasets(&app).await.unwrap().is_empty(), "a draft is no publication");
        let id = sign(&app, "2017-06").await;
        let datasets = list_datasets(&app).await.unwrap();
        assert_eq!(datasets.len(), 7);
        assert!(datasets.iter().all(|dataset| dataset.licence.is_none()), "no source gives a licence");
        let bulletin = DatasetId::Bulletin(id.clone());
        assert!(datasets.iter().any(|dataset| dataset.id == bulletin));
        for dataset in &datasets {
            assert_eq!(dataset.id.to_string().parse::<DatasetId>().unwrap(), dataset.id);
            for format in DatasetFormat::ALL {
                let written = write_dataset(&app, &dataset.id, format, FileLanguage::Chinese).await;
                assert_eq!(written.is_ok(), dataset.formats.contains(&format), "{} {format:?}", dataset.id);
            }
        }
        assert!("day-city".parse::<DatasetId>().is_err());
        let unknown = DatasetId::Bulletin("keine".to_owned());
        assert!(matches!(write_dataset(&app, &unknown, DatasetFormat::Json, FileLanguage::Chinese).await, Err(Refusal::NotFound(_))));

        let months: DatasetId = "month-city".parse().unwrap();
        let first = write_dataset(&app, &months, DatasetFormat::Json, FileLanguage::Chinese).await.unwrap();
        let json: Value = serde_json::from_slice(&first).unwrap();
        let lines = json["rows"].as_array().unwrap();
        let of = |lines: &[Value], key: u32| -> i64 {
            let wanted = |line: &&Value| {
                line["direction"] == "output" && line["key"] == key && line["period"].as_str().unwrap().starts_with("2017")
            };
            lines.iter().filter(wanted).map(|line| line["contract_value_fen"].as_i64().unwrap()).sum()
        };
        let expected = table(&app, &ask(Direction::Output, Dimension::City, "2017-H1")).await;
        for (key, sums) in expected.iter().filter(|(key, _)| **key != 0) {
            assert_eq!(i128::from(of(lines, *key)), sums.1);
        }
        assert!(lines.iter().all(|line| line["period"].as_str().unwrap() <= "2017-06"), "what came later is not published");
        let csv = String::from_utf8(write_dataset(&app, &months, DatasetFormat::Csv, FileLanguage::Chinese).await.unwrap()).unwrap();
        assert!(csv.contains("成交额(亿元)"));
        assert_eq!(csv.lines().filter(|line| line.contains("输出")).count(), lines.iter().filter(|line| line["direction"] == "output").count());

        // A later change is published only once an officer has decided on it.
        let is_published = |row: &&Row| {
            row.registered_on.year() == 2017 && row.registered_on.month() <= 6 && row.seller.place.city != 0
        };
        let row = rows.iter().find(is_published).unwrap();
        change(&app, row, |contract| contract.contract_value.0 += 4_321).await;
        let english = write_dataset(&app, &months, DatasetFormat::Csv, FileLanguage::English).await.unwrap();
        let english = String::from_utf8(english).unwrap();
        assert!(english.starts_with("\u{feff}Period,Direction,Code,"), "{english}");
        let codes = |text: &str| -> Vec<String> {
            text.lines().skip(1).map(|line| line.split(',').nth(2).unwrap_or_default().to_owned()).collect()
        };
        assert_eq!(codes(&english), codes(&csv), "codes are the same in both languages");
        assert_eq!(write_dataset(&app, &months, DatasetFormat::Json, FileLanguage::Chinese).await.unwrap(), first);
        decide_correction(&app, &ACTOR, &id, CorrectionDecision::IssueCorrection, "金额更正").await.unwrap();
        let later = write_dataset(&app, &months, DatasetFormat::Json, FileLanguage::Chinese).await.unwrap();
        let json: Value = serde_json::from_slice(&later).unwrap();
        let city = row.seller.place.city;
        assert_eq!(of(json["rows"].as_array().unwrap(), city), of(lines, city) + 4_321);
    }
}
