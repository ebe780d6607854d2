//! A sound log verifies, and the verdict says no more than what was shown.

use crate::common::{Log, faults, key, log_id, verify_alone};
use serde_json::json;
use xiaoxiang_audit::{ExportWriter, Fault, Frontier, Verdict, verify};

#[test]
fn without_key_and_head_a_sound_file_is_internally_consistent_only() {
    let report = verify_alone(&Log::of(21).export());
    assert_eq!(report.findings, []);
    assert_eq!(report.verdict, Verdict::InternallyConsistent);
    assert_eq!(report.verdict.sentence().zh, "内部自洽");
    assert_eq!((report.entries, report.heads_matched), (21, 6));
    assert_eq!((report.vouched, report.matched_earlier), (None, None));
}

#[test]
fn key_and_earlier_head_together_prove_the_file() {
    let log = Log::of(21);
    let (file, held, since) = (log.export(), key(1).public_key(), &log.heads[2]);
    let report = verify(&file[..], Some(&held), Some(since)).unwrap();
    assert_eq!(report.verdict, Verdict::Proven);
    assert_eq!((report.vouched, report.matched_earlier), (Some(21), Some(12)));

    let by_key = verify(&file[..], Some(&held), None).unwrap();
    assert_eq!(by_key.verdict, Verdict::Signed);
    let by_head = verify(&file[..], None, Some(since)).unwrap();
    assert_eq!(by_head.verdict, Verdict::MatchesEarlierHead);
}

#[test]
fn an_earlier_head_need_not_be_among_those_in_the_file() {
    let mut log = Log::of(21);
    let printed = log.heads.remove(2);
    let report = verify(&log.export()[..], None, Some(&printed)).unwrap();
    assert_eq!(report.verdict, Verdict::MatchesEarlierHead);
    assert_eq!(report.matched_earlier, Some(12));
}

#[test]
fn the_empty_log_and_one_entry_verify() {
    for size in [0, 1] {
        let mut log = Log::of(size);
        let head = log.sign_head();
        let report = verify(&log.export()[..], Some(&key(1).public_key()), Some(&head)).unwrap();
        assert_eq!(faults(&report), []);
        assert_eq!((report.verdict, report.entries), (Verdict::Proven, size));
    }
}

#[test]
fn entries_after_the_last_head_are_said_to_be_unsigned() {
    let mut log = Log::of(8);
    log.append(json!({"late": true}));
    let report = verify(&log.export()[..], Some(&key(1).public_key()), None).unwrap();
    assert_eq!((report.verdict, report.vouched), (Verdict::Signed, Some(8)));
    let said: Vec<String> = report.statements().into_iter().map(|sentence| sentence.en).collect();
    assert!(said.contains(&"The last 1 entries are not yet covered by a signature.".to_owned()), "{said:?}");
}

#[test]
fn the_key_of_somebody_else_is_not_a_key_of_the_log() {
    let report = verify(&Log::of(4).export()[..], Some(&key(9).public_key()), None).unwrap();
    assert_eq!(faults(&report), [Fault::HeldKeyUnknown]);
    assert_eq!(report.verdict, Verdict::Broken);
}

#[test]
fn every_key_of_the_chain_leads_to_the_present_one() {
    let mut log = Log::of(4);
    let first_head = log.heads[0].clone();
    log.rotate(key(2));
    log.sign_head();
    log.append(json!({"n": 5}));
    log.rotate(key(3));
    log.append(json!({"n": 7}));
    log.sign_head();
    let file = log.export();
    for holder in [1, 2, 3] {
        let report = verify(&file[..], Some(&key(holder).public_key()), Some(&first_head)).unwrap();
        assert_eq!(faults(&report), [], "key {holder}");
        assert_eq!((report.verdict, report.vouched), (Verdict::Proven, Some(8)), "key {holder}");
    }
}

#[test]
fn a_retired_key_no_longer_signs() {
    let mut log = Log::of(4);
    log.rotate(key(2));
    log.sign_head_with(&key(1));
    let report = verify(&log.export()[..], Some(&key(1).public_key()), None).unwrap();
    let key_id = key(1).public_key().key_id();
    assert_eq!(faults(&report), [Fault::KeyNotInForce { size: 5, key_id }]);
}

#[test]
fn a_newer_key_does_not_vouch_through_heads_of_an_older_one() {
    let mut log = Log::of(4);
    log.rotate(key(2));
    let report = verify(&log.export()[..], Some(&key(2).public_key()), None).unwrap();
    assert_eq!((report.verdict, report.vouched), (Verdict::InternallyConsistent, None));
}

#[test]
fn a_database_whose_last_entries_were_deleted_can_still_be_exported() {
    let log = Log::of(10);
    let begun = ExportWriter::begin(Vec::new(), log_id(), log.first_key.clone(), log.heads.clone());
    let mut writer = begun.unwrap();
    for (entry, hash) in log.entries.iter().zip(&log.hashes).take(7) {
        writer.entry(entry.clone(), *hash).unwrap();
    }
    let file = writer.finish(&Frontier::of(&log.hashes).state()).unwrap();
    let report = verify_alone(&file);
    assert!(faults(&report).contains(&Fault::EntriesMissing { first: 7, last: 9 }), "{report:?}");
}

#[test]
fn a_payload_changed_in_the_database_is_named() {
    let mut log = Log::of(10);
    log.entries[6].payload = json!({"contract_value_fen": 1});
    let report = verify_alone(&log.export());
    assert_eq!(faults(&report), [Fault::EntryAltered { position: 6 }]);
}

#[test]
fn the_report_is_data_with_both_languages() {
    let mut log = Log::of(10);
    log.entries[6].actor = "somebody".to_owned();
    let json = verify_alone(&log.export()).to_json();
    assert_eq!(json["verdict"], "broken");
    assert_eq!(json["findings"][0]["position"], 6);
    assert_eq!(json["findings"][0]["fault"]["code"], "entry_altered");
    assert!(json["findings"][0]["zh"].as_str().unwrap().contains("第 6 号条目"));
    assert!(json["statements"][0]["en"].as_str().unwrap().contains("inconsistent"));
}

#[test]
fn files_of_the_first_format_stay_readable() {
    let file = include_bytes!("data/export-format-1.jsonl");
    let held = key(1).public_key();
    let since = Log::of(8).heads[1].clone();
    let report = verify(&file[..], Some(&held), Some(&since)).unwrap();
    assert_eq!(report.findings, []);
    assert_eq!((report.verdict, report.vouched), (Verdict::Proven, Some(10)));
}
