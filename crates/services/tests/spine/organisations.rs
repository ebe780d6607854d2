//! Tables name organisations as they were called on the last day shown.

use jiff::civil::date;
use xiaoxiang_domain::bulletin::{Dimension, Direction};
use xiaoxiang_services::App;
use xiaoxiang_services::bulletin::make_table;
use xiaoxiang_services::organisation::{
    NewOrganisationChange, change_organisation, read_organisation, reverse_change,
};
use xiaoxiang_store::{Db, both_backends};

use super::rows::made_up;
use super::sheets::national_csv;
use super::support::{ACTOR, Draw, REGISTRY, app_with_region, ask, import};

async fn names(app: &App, months: &str) -> Vec<String> {
    let made = make_table(app, &ask(Direction::Registered, Dimension::Organisation, months)).await.unwrap();
    made.json.rows.into_iter().map(|row| row.label).collect()
}

both_backends! {
    async fn tables_name_an_organisation_as_it_was_called_on_their_last_day(db: Db) {
        let app = app_with_region(db).await;
        let rows = made_up(&mut Draw(31), 1, 60);
        import(&app, national_csv(&rows), REGISTRY).await.unwrap();
        let in_2016 = names(&app, "2016").await;
        let in_2017 = names(&app, "2017").await;
        let lasting = in_2016.iter().find(|name| in_2017.contains(name)).unwrap().clone();
        let mut key = 1;
        while read_organisation(&app, &ACTOR, key).await.unwrap().summary.name != lasting {
            key += 1;
        }
        let change = NewOrganisationChange {
            kind: "named".to_owned(),
            value: "示例改名机构".to_owned(),
            valid_from: date(2017, 12, 31),
            basis: "市监准字〔2017〕1号（示例）".to_owned(),
        };
        change_organisation(&app, &ACTOR, key, &change).await.unwrap();
        assert_eq!(names(&app, "2016").await, in_2016);
        assert!(!names(&app, "2017-11").await.contains(&change.value));
        let renamed = names(&app, "2017").await;
        assert!(renamed.contains(&change.value) && !renamed.contains(&lasting), "{renamed:?}");

        let recorded = read_organisation(&app, &ACTOR, key).await.unwrap();
        let change_id = recorded.changes[0].change.change_id;
        reverse_change(&app, &ACTOR, key, change_id, "登记有误").await.unwrap();
        assert_eq!(names(&app, "2017").await, in_2017);
    }
}
