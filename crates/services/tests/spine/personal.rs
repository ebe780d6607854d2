//! Personal data: committed to, never in clear in log or record, erased without harm to any proof.

use xiaoxiang_domain::contract::Contract;
use xiaoxiang_services::App;
use xiaoxiang_services::contract::erase_personal_data;
use xiaoxiang_services::log::{LogKey, export_log, prove_subject};
use xiaoxiang_store::contract::list_versions;
use xiaoxiang_store::log::list_after;
use xiaoxiang_store::testing::TestDb;
use xiaoxiang_store::{Db, both_backends};

use super::rows::{PLACES, Row, made_up};
use super::sheets::national_csv;
use super::support::{ACCEPTING, ACTOR, Draw, REGISTRY, app_with_region, import};

/// What must be found nowhere but among the personal data: telephones, contacts, a person's name, an identity number.
const SECRETS: [&str; 4] = ["13907319999", "示例联系人机密", "示例自然人机密", "430102199001011234"];

fn secret_row() -> Row {
    let mut row = made_up(&mut Draw(9), 1, 1).remove(0);
    row.buyer.kind = ("自然人", 8, true);
    row.buyer.name = SECRETS[2].to_owned();
    row.buyer.credit_code = SECRETS[3].to_owned();
    row.buyer.place = PLACES[0];
    row.buyer.telephone = SECRETS[0].to_owned();
    row.seller.contact = SECRETS[1].to_owned();
    row.seller.place = PLACES[1];
    row
}

async fn assert_nothing_in_clear(app: &App, number: &str) {
    let mut tx = app.db.read().await.unwrap();
    let entries = list_after(&mut tx, -1, 1_000).await.unwrap();
    let records = list_versions(&mut tx, number).await.unwrap();
    let names = xiaoxiang_store::organisation::list_names(&mut tx).await.unwrap();
    let texts = entries.iter().map(|entry| &entry.payload).chain(records.iter().map(|row| &row.record));
    for text in texts.chain(names.iter().map(|(_, name)| name)) {
        for secret in SECRETS {
            assert!(!text.contains(secret), "{secret} stands in clear in {text}");
        }
    }
}

both_backends! {
    async fn erased_personal_data_leave_every_proof_whole(db: Db) {
        let app = app_with_region(db).await;
        let folder = tempfile::tempdir().unwrap();
        let key = LogKey::load_or_create(&app, &folder.path().join("key.pem")).unwrap();
        let mut row = secret_row();
        import(&app, national_csv(std::slice::from_ref(&row)), REGISTRY).await.unwrap();
        // A second version, whose difference names the fields but not what they hold.
        row.buyer.name.push('乙');
        row.buyer.telephone.push('1');
        row.value_fen += 1;
        let report = import(&app, national_csv(std::slice::from_ref(&row)), ACCEPTING).await.unwrap();
        let shown = serde_json::to_string(&report.differences).unwrap();
        assert!(shown.contains("buyer.telephone") && shown.contains("buyer.name"), "{shown}");
        assert!(SECRETS.iter().all(|secret| !shown.contains(secret)), "{shown}");
        assert_nothing_in_clear(&app, &row.number).await;

        let versions = list_versions(&mut app.db.read().await.unwrap(), &row.number).await.unwrap();
        assert_eq!(versions.len(), 2);
        for version in &versions {
            let personal: serde_json::Value = serde_json::from_str(version.personal.as_ref().unwrap()).unwrap();
            let record: serde_json::Value = serde_json::from_str(&version.record).unwrap();
            let fields = personal.as_object().unwrap();
            assert!(fields.contains_key("buyer.name") && fields.contains_key("seller.contact"), "{fields:?}");
            for (field, salted) in fields {
                let mut salt = [0; 32];
                hex::decode_to_slice(salted["salt"].as_str().unwrap(), &mut salt).unwrap();
                let commitment = xiaoxiang_audit::commit(&salt, field, salted["value"].as_str().unwrap());
                assert_eq!(record["commitments"][field], commitment, "the commitment of {field} opens");
            }
        }
        let subject = format!("contract:{}", row.number);
        prove_subject(&app, &key, &subject).await.unwrap().verify(&key.public_key()).unwrap();

        erase_personal_data(&app, &ACTOR, &row.number, "本人申请").await.unwrap();
        let erased = list_versions(&mut app.db.read().await.unwrap(), &row.number).await.unwrap();
        assert!(erased.iter().all(|version| version.personal.is_none()));
        let record: Contract = serde_json::from_str(&erased[1].record).unwrap();
        assert_eq!((record.buyer.name.as_str(), record.buyer.telephone.as_str()), ("", ""));
        prove_subject(&app, &key, &subject).await.unwrap().verify(&key.public_key()).unwrap();
        let mut export = Vec::new();
        export_log(&app, &key, &mut export).await.unwrap();
        let report = xiaoxiang_audit::verify(export.as_slice(), Some(&key.public_key()), None).unwrap();
        assert!(report.findings.is_empty(), "{:?}", report.findings);
        let text = String::from_utf8(export).unwrap();
        assert!(SECRETS.iter().all(|secret| !text.contains(secret)));
    }
}

#[tokio::test]
async fn not_a_byte_of_erased_data_stays_in_the_file() {
    let made = TestDb::sqlite().await;
    let path = made.address.trim_start_matches("sqlite:").to_owned();
    let app = app_with_region(made.db.clone()).await;
    let row = secret_row();
    import(&app, national_csv(std::slice::from_ref(&row)), REGISTRY).await.unwrap();
    erase_personal_data(&app, &ACTOR, &row.number, "本人申请").await.unwrap();
    made.db.close().await;
    for entry in std::fs::read_dir(std::path::Path::new(&path).parent().unwrap()).unwrap() {
        let file = entry.unwrap().path();
        let bytes = std::fs::read(&file).unwrap();
        for secret in SECRETS {
            let is_found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!is_found, "{secret} is still in {}", file.display());
        }
    }
    made.end().await;
}
