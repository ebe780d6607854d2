//! The operation log on screen, its proofs and the check of files.

use std::collections::BTreeSet;
use std::path::Path;

use axum::Router;
use axum::http::StatusCode;
use xiaoxiang_domain::access::{Role, Scope};
use xiaoxiang_domain::fact::Source;
use xiaoxiang_domain::money::Fen;
use xiaoxiang_server::pages::log_words::{UNKNOWN_KEY, kind_key};
use xiaoxiang_services::contract::{erase_personal_data, record_contract};
use xiaoxiang_services::log::{ENTRIES_SHOWN, KINDS};

use super::reconcile::send_file;
use super::support::{ACTOR, Answer, app_with_bulletin, contracts_of_october, get, get_with, pages, signed_in};

async fn read(router: &Router, path: &str, cookie: &str) -> Answer {
    get_with(router, path, &[("cookie", cookie)]).await
}

/// The kinds that the services write, found in their source by the shape of the word.
fn written_kinds(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            written_kinds(&path, found);
            continue;
        }
        let source = std::fs::read_to_string(&path).unwrap_or_default();
        for word in source.split('"') {
            if is_kind(word) {
                found.insert(word.to_owned());
            }
        }
    }
}

/// Kinds say in the past what was done to what; codes of refusals, which look alike, mostly name a field.
fn is_kind(word: &str) -> bool {
    const REFUSALS: [&str; 10] = [
        "attribution.decided",
        "audit.key_changed",
        "bulletin.objected",
        "bulletinx.signed",
        "import.interrupted",
        "region.refused",
        "sheet.damaged",
        "sheet.refused",
        "sign_in.provider_disabled",
        "sign_in.provider_unlinked",
    ];
    let Some((subject, done)) = word.split_once('.') else { return false };
    let is_word = |word: &str| word.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_');
    let is_past = ["ed", "drawn", "set", "split"].iter().any(|ending| done.ends_with(ending));
    is_word(subject) && is_word(done) && !subject.is_empty() && is_past && !REFUSALS.contains(&word)
}

#[test]
fn every_kind_that_is_written_has_its_words_and_its_group() {
    let mut found = BTreeSet::new();
    written_kinds(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../services/src"), &mut found);
    assert!(found.len() >= 36, "the source was not understood: {found:?}");
    for kind in &found {
        assert_ne!(kind_key(kind), UNKNOWN_KEY, "{kind} has no sentence");
        assert!(KINDS.iter().any(|(_, known)| known == kind), "{kind} is in no group");
    }
    for (_, kind) in KINDS {
        assert_ne!(kind_key(kind), UNKNOWN_KEY, "{kind} has no sentence");
    }
}

#[tokio::test]
async fn the_log_says_who_changed_which_field_from_what_to_what() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, _) = app_with_bulletin(folder.path()).await;
    let mut contract = contracts_of_october(&app).await.next().expect("a contract");
    let number = contract.registration_number.clone();
    contract.project_name = "更名 <script>alert(1)</script>".to_owned();
    contract.contract_value = Fen(contract.contract_value.0 + 10_000);
    contract.buyer.telephone = "13900000000".to_owned();
    record_contract(&app, &ACTOR, Source::Registry, contract).await.expect("a change");
    erase_personal_data(&app, &ACTOR, &number, "<b>本人</b>要求").await.expect("an erasure");
    let router = pages(app.clone());
    let auditor = signed_in(&app, Role::Auditor, Scope::Region).await;

    let page = read(&router, &format!("/log?subject={number}"), &auditor).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("更改合同") && page.text.contains("项目名称"), "{}", page.text);
    assert!(page.text.contains("<del>") && page.text.contains("更名 &#60;script&#62;"), "{}", page.text);
    assert!(!page.text.contains("<script>alert") && !page.text.contains("13900000000"), "{}", page.text);
    assert!(page.text.contains("&#60;b&#62;本人"), "{}", page.text);
    assert!(page.text.contains("命令行"), "the operator is named: {}", page.text);
    assert!(page.text.contains(&format!("href=\"/contracts/{number}\"")), "{}", page.text);

    // People are told by name and role, found by their id or name.
    let people = read(&router, "/log?group=people", &auditor).await;
    assert!(people.text.contains("授予角色") && people.text.contains("审计人员"), "{}", people.text);
    assert!(!people.text.contains("更改合同"), "{}", people.text);
    let nobody = read(&router, "/log?actor=nobody", &auditor).await;
    assert!(nobody.text.contains("没有符合条件的记录"), "{}", nobody.text);
    let operator = read(&router, "/log?actor=tests&group=bulletin&from=2026-11-22&to=2026-11-22", &auditor).await;
    assert!(operator.text.contains("签发通报"), "{}", operator.text);
    let earlier = read(&router, "/log?to=2026-11-21", &auditor).await;
    assert!(earlier.text.contains("没有符合条件的记录"), "{}", earlier.text);
    let english = read(&router, "/en/log", &auditor).await;
    assert!(english.text.contains("Took a role back") || english.text.contains("Granted a role"), "{}", english.text);
}

#[tokio::test]
async fn pages_of_the_log_follow_one_another_without_gap_or_repetition() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, _) = app_with_bulletin(folder.path()).await;
    let router = pages(app.clone());
    let auditor = signed_in(&app, Role::Auditor, Scope::Region).await;
    for filter in ["", "group=contract", "actor=tests"] {
        let mut path = format!("/log?{filter}");
        let mut seen: Vec<i64> = Vec::new();
        loop {
            let page = read(&router, &path, &auditor).await;
            let entries = page.text.split("<h2><a href=\"/log/").skip(1);
            let here: Vec<i64> = entries
                .map(|rest| rest.split('"').next().unwrap_or_default().parse().expect("a position"))
                .collect();
            assert!(here.len() <= ENTRIES_SHOWN);
            seen.extend(here);
            let Some(next) = page.text.split("rel=\"next\" href=\"").nth(1) else { break };
            path = next.split('"').next().unwrap_or_default().replace("&#38;", "&").replace("&amp;", "&");
        }
        assert!(seen.windows(2).all(|pair| pair[0] > pair[1]), "{filter}: {seen:?}");
        assert!(seen.len() >= 60, "{filter}: {}", seen.len());
        if filter.is_empty() {
            assert_eq!(seen.last(), Some(&0), "the first entry comes last");
            assert_eq!(seen.len(), usize::try_from(seen[0]).expect("a position") + 1, "nothing is left out");
        }
    }
    for (path, status) in [
        ("/log?before=x", StatusCode::BAD_REQUEST),
        ("/log?before=-1", StatusCode::BAD_REQUEST),
        ("/log?before=99999999999999999999", StatusCode::BAD_REQUEST),
        ("/log?group=secret", StatusCode::BAD_REQUEST),
        ("/log?from=yesterday", StatusCode::UNPROCESSABLE_ENTITY),
        ("/log?before=9999999", StatusCode::OK),
        ("/log/9999999", StatusCode::NOT_FOUND),
        ("/log/-1", StatusCode::NOT_FOUND),
        ("/log/x", StatusCode::NOT_FOUND),
        ("/log/9999999/proof.json", StatusCode::NOT_FOUND),
    ] {
        assert_eq!(read(&router, path, &auditor).await.status, status, "{path}");
    }
    let finance = signed_in(&app, Role::Finance, Scope::Region).await;
    for path in ["/log", "/log/0", "/log/heads", "/log/export.jsonl", "/log/0/proof.json"] {
        assert_eq!(read(&router, path, &finance).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn what_is_downloaded_is_verified_by_anybody_and_what_was_altered_is_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, _) = app_with_bulletin(folder.path()).await;
    let router = pages(app.clone());
    let auditor = signed_in(&app, Role::Auditor, Scope::Region).await;
    let heads = read(&router, "/log/heads", &auditor).await;
    assert!(heads.text.contains("与现存记录一致") && !heads.text.contains("不一致"), "{}", heads.text);
    let own = get(&router, "/audit/verify").await;
    assert_eq!(own.status, StatusCode::OK);
    let code = |html: &str, at: usize| {
        let part = html.split("<dd><code>").nth(at).expect("a key and a head");
        part.split('<').next().unwrap_or_default().to_owned()
    };
    let (key, head) = (code(&own.text, 1), code(&own.text, 2));
    assert!(head.starts_with("xx1:"), "{head}");

    let entry = read(&router, "/log/1", &auditor).await;
    assert!(entry.text.contains("叶散列值") && entry.text.contains("contract.registered"), "{}", entry.text);
    let proof = read(&router, "/log/1/proof.json", &auditor).await.text;
    let verify = async |fields: &[(&str, &str)], bytes: &[u8]| {
        send_file(&router, "/audit/verify", "", fields, ("file.json", bytes)).await
    };
    let proven = verify(&[("key", &key)], proof.as_bytes()).await;
    assert!(proven.text.contains("核验通过"), "{}", proven.text);
    let without = verify(&[], proof.as_bytes()).await;
    assert!(without.text.contains("须提供公钥"), "{}", without.text);
    let forged = proof.replace("contract.registered", "contract.withdrawn");
    assert_ne!(forged, proof);
    let refused = verify(&[("key", &key)], forged.as_bytes()).await;
    assert!(refused.text.contains("核验不通过"), "{}", refused.text);

    let log = read(&router, "/log/export.jsonl", &auditor).await.text;
    assert!(log.lines().count() > 60, "{}", log.len());
    let proven = verify(&[("key", &key), ("since", &head)], log.as_bytes()).await;
    assert!(proven.text.contains("核验通过"), "{}", proven.text);
    let partly = verify(&[], log.as_bytes()).await;
    assert!(partly.text.contains("尚未完全证明"), "{}", partly.text);
    let altered = log.replacen("contract.registered", "contract.withdrawn", 1);
    let refused = verify(&[("key", &key)], altered.as_bytes()).await;
    assert!(refused.text.contains("核验不通过"), "{}", refused.text);

    for (fields, bytes, status) in [
        (&[("key", "<not a key>")][..], &b"{}"[..], StatusCode::UNPROCESSABLE_ENTITY),
        (&[("since", "xx1:no")][..], &b"{}"[..], StatusCode::UNPROCESSABLE_ENTITY),
        (&[][..], &b""[..], StatusCode::UNPROCESSABLE_ENTITY),
        (&[][..], &b"<script>alert(1)</script>"[..], StatusCode::OK),
    ] {
        let answer = verify(fields, bytes).await;
        assert_eq!(answer.status, status, "{fields:?}");
        assert!(!answer.text.contains("<not a key>") && !answer.text.contains("<script>alert"), "{}", answer.text);
    }
    let large = vec![b' '; 21 * 1024 * 1024];
    assert_eq!(verify(&[], &large).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}
