//! The feed of changes: gapless for everybody, and the tree can be rebuilt from it.

use serde_json::Value;
use xiaoxiang_audit::{Frontier, Hex, LogEntry};
use xiaoxiang_domain::access::{Role, Scope};
use xiaoxiang_domain::region::DivisionCode;

use super::json;
use super::support::{app_with_bulletin, get_with, pages, signed_in};

/// Reads the whole feed in small pages.
async fn whole_feed(router: &axum::Router, cookie: &str) -> Vec<Value> {
    let mut entries: Vec<Value> = Vec::new();
    let mut after = -1;
    loop {
        let path = format!("/api/v1/changes?after={after}&limit=17");
        let page = json(&get_with(router, &path, &[("cookie", cookie)]).await);
        entries.extend(page["items"].as_array().expect("items").iter().cloned());
        let Some(last) = page["last"].as_i64() else { return entries };
        after = last;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_can_rebuild_the_tree_from_the_feed() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, bulletin) = app_with_bulletin(folder.path()).await;
    let router = pages(app.clone());
    let city = Scope::Division(DivisionCode::parse("433100").expect("a code"));
    let readers = [
        ("the public", String::new()),
        ("a city", signed_in(&app, Role::CityOfficer, city).await),
        ("the province", signed_in(&app, Role::Statistician, Scope::Region).await),
        ("the administrator", signed_in(&app, Role::Administrator, Scope::Region).await),
    ];
    let head = json(&get_with(&router, "/api/v1/log/head", &[]).await);
    let mut seen_by = Vec::new();
    for (reader, cookie) in &readers {
        let entries = whole_feed(&router, cookie).await;
        assert_eq!(entries.len() as u64, head["size"].as_u64().expect("a size"), "{reader}");
        let mut tree = Frontier::default();
        let mut seen = 0;
        for (position, entry) in entries.iter().enumerate() {
            assert_eq!(entry["position"].as_u64(), Some(position as u64), "{reader}: no gaps");
            let bytes: [u8; 32] = hex::decode(entry["leaf_hash"].as_str().expect("a hash"))
                .expect("hexadecimal")
                .try_into()
                .expect("32 bytes");
            tree.append(Hex(bytes));
            assert_eq!(entry["withheld"], entry.get("entry").is_none());
            if let Some(shown) = entry.get("entry") {
                let shown: LogEntry = serde_json::from_value(shown.clone()).expect("an entry");
                assert_eq!(
                    shown.leaf_hash().expect("a hash"),
                    Hex(bytes),
                    "what is shown is what was hashed"
                );
                seen += 1;
            }
        }
        assert_eq!(hex::encode(tree.root().0), head["root"].as_str().expect("a root"), "{reader}");
        seen_by.push(seen);
    }
    let [public, city, province, administrator] = seen_by[..] else { panic!("four readers") };
    assert!(public > 0 && public < city && city < province, "{seen_by:?}");
    assert!(administrator > public && administrator < province, "{seen_by:?}");

    let shown = whole_feed(&router, "").await;
    let kinds: Vec<&str> = shown.iter().filter_map(|entry| entry["entry"]["kind"].as_str()).collect();
    assert!(kinds.iter().all(|kind| kind.starts_with("region.") || *kind == "bulletin.signed"), "{kinds:?}");

    let proof = get_with(&router, &format!("/api/v1/proofs/bulletin:{bulletin}"), &[]).await;
    assert!(proof.status.is_success(), "{}", proof.text);
}
