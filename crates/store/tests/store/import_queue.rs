//! Uploaded files and their readings: taken by one node, taken over from a silent one, forgotten but for their hash.

use xiaoxiang_store::import_queue::{self, NewImportRun, RunEnd};
use xiaoxiang_store::{Db, both_backends, upload};

use crate::support::{NOW_MS, number, raw};

/// A node not heard of for so long is replaced.
const SILENCE_MS: i64 = 30_000;

async fn upload_of(db: &Db, upload_id: &str, at_ms: i64) {
    let mut tx = db.begin(at_ms).await.unwrap();
    upload::begin(&mut tx, upload::Purpose::Import, upload_id, "登记.xlsx", at_ms).await.unwrap();
    upload::add_chunk(&mut tx, upload_id, 0, b"one").await.unwrap();
    upload::add_chunk(&mut tx, upload_id, 1, b"two").await.unwrap();
    upload::complete(&mut tx, upload_id, &format!("hash of {upload_id}"), 6).await.unwrap();
    tx.keep_unlogged().await.unwrap();
}

fn new_run<'a>(import_run_id: &'a str, upload_id: &'a str, asked_at_ms: i64) -> NewImportRun<'a> {
    NewImportRun {
        import_run_id,
        upload_id,
        actor: "tests",
        person_id: None,
        person_role: None,
        person_scope: None,
        source: Some("registry"),
        is_dry_run: false,
        keeps_valid: true,
        accepts_changes: false,
        asked_at_ms,
    }
}

async fn queue(db: &Db, new: &NewImportRun<'_>) {
    let mut tx = db.begin(new.asked_at_ms).await.unwrap();
    import_queue::save(&mut tx, new).await.unwrap();
    tx.keep_unlogged().await.unwrap();
}

async fn take(db: &Db, import_run_id: &str, node: &str, now_ms: i64) -> bool {
    let mut tx = db.begin(now_ms).await.unwrap();
    let taken = import_queue::take(&mut tx, import_run_id, node, now_ms, now_ms - SILENCE_MS).await.unwrap();
    tx.keep_unlogged().await.unwrap();
    taken
}

const FINISHED: RunEnd<'static> = RunEnd {
    state: "finished",
    rows_read: 2,
    report: Some("{}"),
    problems: Some("[]"),
    reason: None,
    import_id: Some("import"),
};

both_backends! {
    async fn a_reading_belongs_to_one_node_until_that_node_falls_silent(db: Db) {
        upload_of(&db, "file", NOW_MS).await;
        queue(&db, &new_run("late", "file", NOW_MS + 1)).await;
        queue(&db, &new_run("early", "file", NOW_MS)).await;
        let mut tx = db.read().await.unwrap();
        let next = import_queue::find_next(&mut tx, NOW_MS - SILENCE_MS).await.unwrap();
        assert_eq!(next.as_deref(), Some("early"));
        drop(tx);

        assert!(take(&db, "early", "a", NOW_MS).await);
        assert!(!take(&db, "early", "b", NOW_MS + 1).await, "the first one reads");
        let later = NOW_MS + SILENCE_MS;
        let mut tx = db.begin(later).await.unwrap();
        assert!(import_queue::beat(&mut tx, "early", "a", later, 1).await.unwrap());
        tx.keep_unlogged().await.unwrap();
        assert!(!take(&db, "early", "b", later + SILENCE_MS).await, "the first one is still heard of");
        let silent = later + SILENCE_MS + 1;
        assert!(take(&db, "early", "b", silent).await);

        let mut tx = db.begin(silent).await.unwrap();
        assert!(!import_queue::beat(&mut tx, "early", "a", silent, 9).await.unwrap());
        assert!(!import_queue::end(&mut tx, "early", "a", silent, &FINISHED).await.unwrap());
        assert!(import_queue::end(&mut tx, "early", "b", silent, &FINISHED).await.unwrap());
        tx.keep_unlogged().await.unwrap();
        let mut tx = db.read().await.unwrap();
        let row = import_queue::find(&mut tx, "early").await.unwrap().unwrap();
        assert_eq!((row.state.as_str(), row.attempts, row.rows_read), ("finished", 2, 2));
        assert_eq!((row.file_name.as_str(), row.size_bytes, row.keeps_valid), ("登记.xlsx", 6, true));
        assert_eq!(import_queue::list_ended(&mut tx, 9).await.unwrap()[0].import_run_id, "early");
        assert_eq!(import_queue::list_open(&mut tx, 9).await.unwrap()[0].import_run_id, "late");
    }

    async fn a_node_that_stops_gives_its_reading_back(db: Db) {
        upload_of(&db, "file", NOW_MS).await;
        queue(&db, &new_run("run", "file", NOW_MS)).await;
        assert!(take(&db, "run", "a", NOW_MS).await);
        let mut tx = db.begin(NOW_MS).await.unwrap();
        assert_eq!(import_queue::give_back(&mut tx, "a").await.unwrap(), 1);
        tx.keep_unlogged().await.unwrap();
        assert!(take(&db, "run", "b", NOW_MS + 1).await);
        let mut tx = db.read().await.unwrap();
        assert_eq!(import_queue::find(&mut tx, "run").await.unwrap().unwrap().attempts, 1);
    }

    async fn the_same_file_waiting_in_the_same_way_is_found_until_it_is_over(db: Db) {
        upload_of(&db, "file", NOW_MS).await;
        let new = new_run("run", "file", NOW_MS);
        queue(&db, &new).await;
        let unsaid = NewImportRun { source: None, ..new.clone() };
        let other = NewImportRun { is_dry_run: true, ..new.clone() };
        let same = async |new: &NewImportRun<'_>| {
            let mut tx = db.read().await.unwrap();
            import_queue::find_same_waiting(&mut tx, "hash of file", new).await.unwrap()
        };
        assert_eq!(same(&new).await.as_deref(), Some("run"));
        assert_eq!(same(&unsaid).await.as_deref(), Some("run"));
        assert_eq!(same(&other).await, None);
        assert!(take(&db, "run", "a", NOW_MS).await);
        let mut tx = db.begin(NOW_MS).await.unwrap();
        import_queue::end(&mut tx, "run", "a", NOW_MS, &FINISHED).await.unwrap();
        tx.keep_unlogged().await.unwrap();
        assert_eq!(same(&new).await, None);
    }

    async fn who_is_asked_for_the_source_answers_once(db: Db) {
        upload_of(&db, "file", NOW_MS).await;
        queue(&db, &NewImportRun { source: None, ..new_run("run", "file", NOW_MS) }).await;
        assert!(take(&db, "run", "a", NOW_MS).await);
        let mut tx = db.begin(NOW_MS).await.unwrap();
        let asking = RunEnd { state: "asking", ..FINISHED };
        assert!(import_queue::end(&mut tx, "run", "a", NOW_MS, &asking).await.unwrap());
        assert!(import_queue::answer_source(&mut tx, "run", "exchange").await.unwrap());
        assert!(!import_queue::answer_source(&mut tx, "run", "registry").await.unwrap());
        import_queue::recognise(&mut tx, "run", "exchange", "省外").await.unwrap();
        tx.keep_unlogged().await.unwrap();
        let mut tx = db.read().await.unwrap();
        let row = import_queue::find(&mut tx, "run").await.unwrap().unwrap();
        assert_eq!((row.state.as_str(), row.source.as_deref()), ("queued", Some("exchange")));
    }

    async fn the_bytes_of_an_old_file_go_and_its_hash_stays(db: Db) {
        upload_of(&db, "old", NOW_MS).await;
        upload_of(&db, "waiting", NOW_MS).await;
        upload_of(&db, "new", NOW_MS + 500).await;
        queue(&db, &new_run("run", "waiting", NOW_MS)).await;
        queue(&db, &new_run("over", "old", NOW_MS)).await;
        assert!(take(&db, "over", "a", NOW_MS).await);
        let mut tx = db.begin(NOW_MS).await.unwrap();
        import_queue::end(&mut tx, "over", "a", NOW_MS, &FINISHED).await.unwrap();
        upload::begin(&mut tx, upload::Purpose::Import, "broken", "半份.csv", NOW_MS + 500).await.unwrap();
        tx.keep_unlogged().await.unwrap();

        let mut tx = db.read().await.unwrap();
        let outlived = upload::list_outlived(&mut tx, NOW_MS + 1, NOW_MS + 501, 9).await.unwrap();
        assert_eq!(outlived, [("old".to_owned(),), ("broken".to_owned(),)]);
        assert_eq!(upload::find_chunk(&mut tx, "old", 1).await.unwrap().as_deref(), Some(&b"two"[..]));
        drop(tx);
        let mut tx = db.begin(NOW_MS).await.unwrap();
        upload::discard(&mut tx, "old", NOW_MS + 2).await.unwrap();
        tx.keep_unlogged().await.unwrap();
        let mut tx = db.read().await.unwrap();
        let row = upload::find(&mut tx, "old").await.unwrap().unwrap();
        assert_eq!((row.sha256.as_str(), row.discarded_at_ms), ("hash of old", Some(NOW_MS + 2)));
        assert_eq!(upload::find_chunk(&mut tx, "old", 0).await.unwrap(), None);
        assert_eq!(import_queue::find(&mut tx, "over").await.unwrap().unwrap().problems, None);
        assert_eq!(number(&db, "SELECT COUNT(*) FROM upload_chunk").await, 4);
        raw(&db, "INSERT INTO upload_chunk VALUES ('nobody', 0, NULL)").await.unwrap_err();
    }
}
