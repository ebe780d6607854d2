//! Imports asked for on screen: received in chunks, read by whichever node takes them, resumed after a kill.

use jiff::civil::date;
use xiaoxiang_domain::access::{Grant, Role, Scope};
use xiaoxiang_domain::fact::Source;
use xiaoxiang_services::access::{NewGrant, NewPerson, create_person, grant_role, withdraw_grant};
use xiaoxiang_services::contract::import_queue::{
    ImportHow, RunState, RunView, UPLOAD_BYTES_MAX, answer_source, begin_upload, find_import_run,
    give_back_import_runs, import_again, list_imports, queue_import, work_on_next_import,
};
use xiaoxiang_services::contract::{Consent, Strictness};
use xiaoxiang_services::{Actor, App, Clock, Refusal};
use xiaoxiang_store::{Db, both_backends, import_queue as store};

use super::rows::made_up;
use super::sheets::national_csv;
use super::support::{ACTOR, Draw, app_with_region};

const HOW: ImportHow = ImportHow {
    source: None,
    strictness: Strictness::AllOrNothing,
    consent: Consent::ListOnly,
    is_dry_run: false,
};

async fn upload(app: &App, actor: &Actor, name: &str, bytes: &[u8]) -> String {
    let mut receiving = begin_upload(app, actor, name).await.unwrap();
    for piece in bytes.chunks(700_001) {
        receiving.push(app, piece).await.unwrap();
    }
    receiving.finish(app).await.unwrap().upload_id
}

async fn ask(app: &App, name: &str, bytes: &[u8], how: ImportHow) -> String {
    let upload_id = upload(app, &ACTOR, name, bytes).await;
    queue_import(app, &ACTOR, &upload_id, how).await.unwrap()
}

async fn work(app: &App) -> RunView {
    let id = work_on_next_import(app, "node a").await.unwrap().expect("something to read");
    find_import_run(app, &ACTOR, &id).await.unwrap()
}

fn file(count: u64) -> Vec<u8> {
    national_csv(&made_up(&mut Draw(7), 1, count))
}

fn later(app: &App, ms: i64) -> App {
    let then = app.clock.now() + jiff::SignedDuration::from_millis(ms);
    App::new(app.db.clone(), Clock::new(move || then))
}

both_backends! {
    async fn a_dry_run_an_import_and_the_same_once_more_are_told_apart(db: Db) {
        let app = app_with_region(db).await;
        let bytes = file(40);
        let dry = ask(&app, "登记.csv", &bytes, ImportHow { is_dry_run: true, ..HOW }).await;
        let tried = work(&app).await;
        assert_eq!((tried.row.import_run_id.as_str(), tried.state), (dry.as_str(), RunState::Finished));
        assert_eq!((tried.report.unwrap().new, tried.row.import_id), (40, None));
        assert_eq!(tried.source, Some(Source::Registry), "its name says so");

        import_again(&app, &ACTOR, &dry, HOW).await.unwrap();
        let done = work(&app).await;
        assert_eq!((done.report.as_ref().unwrap().new, done.row.rows_read), (40, 40));
        assert!(done.row.import_id.is_some());

        let first = ask(&app, "登记.csv", &bytes, HOW).await;
        let second = ask(&app, "又一份登记.csv", &bytes, HOW).await;
        assert_eq!(first, second, "a double click");
        let again = work(&app).await;
        assert_eq!((again.report.as_ref().unwrap().unchanged, again.row.import_id), (40, None));
        assert_eq!(work_on_next_import(&app, "node a").await.unwrap(), None);
        let overview = list_imports(&app, &ACTOR).await.unwrap();
        assert_eq!((overview.open.len(), overview.ended.len(), overview.imports.len()), (0, 3, 1));
        assert_eq!(overview.imports[0].imported_by, "tests");
    }

    async fn a_file_that_does_not_say_whose_contracts_it_holds_is_asked_about(db: Db) {
        let app = app_with_region(db).await;
        let id = ask(&app, "9月.csv", &file(3), HOW).await;
        assert_eq!(work(&app).await.state, RunState::Asking);
        assert_eq!(work_on_next_import(&app, "node a").await.unwrap(), None, "it waits for the answer");
        answer_source(&app, &ACTOR, &id, Source::Exchange).await.unwrap();
        let second = answer_source(&app, &ACTOR, &id, Source::Registry).await;
        assert!(matches!(second, Err(Refusal::Stale(_))));
        let run = work(&app).await;
        assert_eq!((run.state, run.source), (RunState::Finished, Some(Source::Exchange)));
    }

    async fn a_killed_node_is_replaced_and_nothing_counts_twice(db: Db) {
        let app = app_with_region(db).await;
        let id = ask(&app, "登记.csv", &file(20), HOW).await;
        let mut tx = app.db.begin(app.clock.now_ms()).await.unwrap();
        assert!(store::take(&mut tx, &id, "killed", app.clock.now_ms(), 0).await.unwrap());
        tx.keep_unlogged().await.unwrap();
        assert_eq!(work_on_next_import(&app, "node a").await.unwrap(), None, "it may still be alive");
        let app = later(&app, 31_000);
        let run = work(&app).await;
        assert_eq!((run.state, run.row.attempts, run.report.unwrap().new), (RunState::Finished, 2, 20));
    }

    async fn a_reading_that_always_breaks_off_is_given_up_in_plain_words(db: Db) {
        let mut app = app_with_region(db).await;
        let id = ask(&app, "登记.csv", &file(2), HOW).await;
        for node in ["a", "b", "c"] {
            let mut tx = app.db.begin(app.clock.now_ms()).await.unwrap();
            let now_ms = app.clock.now_ms();
            assert!(store::take(&mut tx, &id, node, now_ms, now_ms - 30_000).await.unwrap());
            tx.keep_unlogged().await.unwrap();
            app = later(&app, 31_000);
        }
        let run = work(&app).await;
        assert_eq!(run.state, RunState::Failed);
        assert_eq!(run.reason.unwrap().code, "import.interrupted");
        // Stopped in good order, it costs no attempt.
        import_again(&app, &ACTOR, &id, HOW).await.unwrap();
        let mut tx = app.db.begin(app.clock.now_ms()).await.unwrap();
        let next = store::find_next(&mut tx, 0).await.unwrap().unwrap();
        store::take(&mut tx, &next, "stopping", app.clock.now_ms(), 0).await.unwrap();
        tx.keep_unlogged().await.unwrap();
        assert_eq!(give_back_import_runs(&app, "stopping").await.unwrap(), 1);
        let run = work(&app).await;
        assert_eq!((run.state, run.row.attempts), (RunState::Finished, 1));
    }

    async fn a_role_taken_away_meanwhile_imports_nothing(db: Db) {
        let app = app_with_region(db).await;
        let person = NewPerson {
            sign_in_name: "li".to_owned(),
            name: "示例".to_owned(),
            password_hash: None,
            must_change_password: false,
        };
        let person_id = create_person(&app, &ACTOR, &person).await.unwrap();
        let grant = Grant {
            role: Role::Statistician,
            scope: Scope::Region,
            valid_from: date(2026, 1, 1),
            valid_to: None,
        };
        let new = NewGrant { grant, basis: "示例".to_owned() };
        let grant_id = grant_role(&app, &ACTOR, &person_id, &new).await.unwrap();
        let actor = Actor::person(&person_id, Role::Statistician, Scope::Region);
        let upload_id = upload(&app, &actor, "登记.csv", &file(2)).await;
        queue_import(&app, &actor, &upload_id, HOW).await.unwrap();
        withdraw_grant(&app, &ACTOR, &grant_id).await.unwrap();
        let run = work(&app).await;
        assert_eq!((run.state, run.reason.unwrap().code.as_str()), (RunState::Refused, "forbidden"));
        let city = Actor::person(&person_id, Role::CityOfficer, Scope::Division(
            xiaoxiang_domain::region::DivisionCode::parse("430100").unwrap(),
        ));
        assert!(begin_upload(&app, &city, "登记.csv").await.is_err());
        assert!(find_import_run(&app, &city, &run.row.import_run_id).await.is_err());
    }

    async fn a_large_file_goes_into_chunks_and_too_large_a_one_is_refused(db: Db) {
        let app = app_with_region(db).await;
        let mut bytes = file(30);
        for _ in 0..3 {
            bytes.extend(std::iter::repeat_n(b' ', 800_000));
            bytes.push(b'\n');
        }
        let id = ask(&app, "登记.csv", &bytes, HOW).await;
        let run = work(&app).await;
        assert_eq!((run.row.import_run_id, run.report.unwrap().new), (id, 30));

        let mut receiving = begin_upload(&app, &ACTOR, "大.csv").await.unwrap();
        let piece = vec![b'a'; 1_000_000];
        for _ in 0..UPLOAD_BYTES_MAX / 1_000_000 {
            receiving.push(&app, &piece).await.unwrap();
        }
        let refusal = receiving.push(&app, &piece).await.unwrap_err();
        assert_eq!(refusal.code(), "upload.too_large");
        receiving.give_up(&app).await.unwrap();
    }
}
