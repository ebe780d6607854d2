//! Sign-ins at the provider are taken once; accounts that wait are few and new.

use xiaoxiang_store::provider::{self, PendingRow, UnlinkedRow};
use xiaoxiang_store::{Db, both_backends};

both_backends! {
    async fn a_sign_in_that_came_back_is_taken_once_and_one_that_never_did_goes(db: Db) {
        let pending =
            |expires_at_ms| PendingRow { language: "en".to_owned(), return_to: "/en/work".to_owned(), expires_at_ms };
        let mut tx = db.begin(0).await.unwrap();
        provider::save_pending(&mut tx, b"one", &pending(100)).await.unwrap();
        provider::save_pending(&mut tx, b"other", &pending(200)).await.unwrap();
        tx.keep_unlogged().await.unwrap();

        let mut tx = db.begin(50).await.unwrap();
        let taken = provider::take_pending(&mut tx, b"one").await.unwrap().unwrap();
        assert_eq!((taken.language.as_str(), taken.return_to.as_str()), ("en", "/en/work"));
        assert!(provider::take_pending(&mut tx, b"one").await.unwrap().is_none());
        assert!(provider::take_pending(&mut tx, b"neither").await.unwrap().is_none());
        assert_eq!(provider::discard_pending(&mut tx, 200).await.unwrap(), 1);
        assert!(provider::take_pending(&mut tx, b"other").await.unwrap().is_none());
    }

    async fn of_accounts_that_wait_the_newest_are_kept(db: Db) {
        let mut tx = db.begin(0).await.unwrap();
        for (subject, seen_at_ms) in [("a", 10), ("b", 20), ("c", 30), ("a", 40)] {
            let row = UnlinkedRow {
                provider_subject: format!("https://id.example {subject}"),
                name: format!("示例{seen_at_ms}"),
                seen_at_ms,
            };
            provider::note_unlinked(&mut tx, &row).await.unwrap();
        }
        assert_eq!(provider::discard_unlinked(&mut tx, 5, 2).await.unwrap(), 1);
        tx.keep_unlogged().await.unwrap();
        let mut tx = db.read().await.unwrap();
        let listed = provider::list_unlinked(&mut tx, 0, 10).await.unwrap();
        let names: Vec<&str> = listed.iter().map(|row| row.name.as_str()).collect();
        assert_eq!(names, ["示例40", "示例30"]);
        assert_eq!(provider::list_unlinked(&mut tx, 30, 10).await.unwrap().len(), 1);
        drop(tx);
        let mut tx = db.begin(0).await.unwrap();
        provider::forget_unlinked(&mut tx, "https://id.example a").await.unwrap();
        assert_eq!(provider::discard_unlinked(&mut tx, 30, 10).await.unwrap(), 1);
    }
}
