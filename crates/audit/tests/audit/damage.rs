//! Whatever is done to an export, the verifier says where.

use crate::common::{Log, entry, faults, join, key, line_of, verify_alone};
use proptest::prelude::*;
use serde_json::json;
use xiaoxiang_audit::export::MAX_LINE_BYTES;
use xiaoxiang_audit::verify::{LineTrouble, MAX_FINDINGS, TrailerStatement};
use xiaoxiang_audit::{Fault, Hex, Report, Verdict, verify};

#[test]
fn a_dropped_entry_is_named() {
    let mut lines = Log::of(21).lines();
    lines.remove(line_of(&lines, 9));
    let report = verify_alone(&join(&lines));
    assert_eq!(faults(&report), [Fault::EntriesMissing { first: 9, last: 9 }]);
    assert!(report.heads_unchecked > 0);
}

#[test]
fn a_run_of_dropped_entries_is_named() {
    let mut lines = Log::of(21).lines();
    let (from, to) = (line_of(&lines, 9), line_of(&lines, 13));
    lines.drain(from..=to);
    let found = faults(&verify_alone(&join(&lines)));
    assert!(found.contains(&Fault::EntriesMissing { first: 9, last: 13 }), "{found:?}");
}

#[test]
fn swapped_entries_are_named() {
    let mut lines = Log::of(21).lines();
    let (a, b) = (line_of(&lines, 9), line_of(&lines, 10));
    lines.swap(a, b);
    let report = verify_alone(&join(&lines));
    assert_eq!(faults(&report), [Fault::EntryOutOfOrder { position: 9 }]);

    let mut far = Log::of(21).lines();
    let (a, b) = (line_of(&far, 5), line_of(&far, 17));
    far.swap(a, b);
    let found = faults(&verify_alone(&join(&far)));
    assert!(found.contains(&Fault::EntryOutOfOrder { position: 5 }), "{found:?}");
}

#[test]
fn a_repeated_entry_is_named() {
    let mut lines = Log::of(21).lines();
    let at = line_of(&lines, 9);
    lines.insert(at, lines[at].clone());
    let report = verify_alone(&join(&lines));
    assert_eq!(faults(&report), [Fault::EntryRepeated { position: 9 }]);
    assert_eq!(report.findings[0].line, Some(at as u64 + 2));
}

#[test]
fn a_file_cut_anywhere_is_known_to_be_cut() {
    let file = Log::of(9).export();
    let header_end = file.iter().position(|byte| *byte == b'\n').unwrap();
    for cut in (0..file.len()).step_by(7).chain([file.len() - 1]) {
        let report = verify_alone(&file[..cut]);
        assert_eq!(report.verdict, Verdict::Broken, "cut at {cut}");
        let found = faults(&report);
        let is_named = found.iter().any(|fault| matches!(fault, Fault::TrailerMissing { .. }));
        assert!(is_named || found == [Fault::NotAnExport] && cut <= header_end, "cut at {cut}: {found:?}");
    }
}

#[test]
fn a_cut_with_a_new_last_line_is_seen_by_whoever_holds_a_later_head() {
    let full = Log::of(21);
    let short = Log::of(12);
    let since = full.heads.last().unwrap();
    let held = key(1).public_key();
    let report = verify(&short.export()[..], Some(&held), Some(since)).unwrap();
    assert_eq!(faults(&report), [Fault::EndsBeforeEarlierHead { size: 21, entries: 12 }]);
    // Without that head nobody can know, and the report does not say «complete».
    assert_eq!(verify(&short.export()[..], Some(&held), None).unwrap().verdict, Verdict::Signed);
}

#[test]
fn history_rewritten_and_signed_anew_is_seen_by_whoever_holds_an_earlier_head() {
    let honest = Log::of(21);
    let mut other = Log::new();
    for position in 0..21 {
        other.append(json!({"contract_value_fen": if position == 3 { 1 } else { 100_000 + position }, "地点": "长沙市"}));
    }
    other.sign_head();
    let file = other.export();
    let held = key(1).public_key();
    let report = verify(&file[..], Some(&held), Some(&honest.heads[1])).unwrap();
    assert_eq!(faults(&report), [Fault::HistoryRewritten { size: 8 }]);
    assert_eq!(verify(&file[..], Some(&held), None).unwrap().verdict, Verdict::Signed);
}

#[test]
fn an_entry_rewritten_together_with_its_hash_breaks_the_next_root() {
    let mut log = Log::of(21);
    log.entries[9].payload = json!({"contract_value_fen": 1});
    log.hashes[9] = log.entries[9].leaf_hash().unwrap();
    let report = verify_alone(&log.export());
    assert_eq!(faults(&report), [Fault::RootWrong { first: 8, size: 12 }]);
    assert_eq!(report.heads_matched, 2);
}

#[test]
fn an_entry_dropped_with_the_rest_renumbered_breaks_the_next_root() {
    let log = Log::of(21);
    let mut shorter = Log::new();
    shorter.heads = log.heads.iter().filter(|signed| signed.head.size <= 20).cloned().collect();
    for position in 0..20 {
        let source = if position < 9 { position } else { position + 1 };
        shorter.push(entry(position, log.entries[source as usize].payload.clone()));
    }
    let report = verify_alone(&shorter.export());
    assert_eq!(faults(&report), [Fault::RootWrong { first: 8, size: 12 }]);
}

#[test]
fn a_wrong_root_and_a_wrong_signature_are_named() {
    let mut log = Log::of(8);
    log.heads[0].head.root = Hex([0; 32]);
    log.heads[1].signature.0[5] ^= 1;
    let found = faults(&verify_alone(&log.export()));
    let key_id = key(1).public_key().key_id();
    let expected = [
        Fault::SignatureWrong { size: 4, key_id },
        Fault::RootWrong { first: 0, size: 4 },
        Fault::SignatureWrong { size: 8, key_id },
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_head_of_an_unknown_key_or_another_log_is_named() {
    let mut log = Log::of(3);
    log.sign_head_with(&key(8));
    let mut strange = log.heads[0].clone();
    strange.head.log_id = "another".parse().unwrap();
    log.heads.push(strange.head.sign(&key(1)));
    let found = faults(&verify_alone(&log.export()));
    let key_id = key(8).public_key().key_id();
    assert!(found.contains(&Fault::KeyNotInForce { size: 3, key_id }), "{found:?}");
    assert!(found.contains(&Fault::HeadOfOtherLog { size: 3 }), "{found:?}");
}

#[test]
fn an_earlier_head_that_is_not_of_this_log_is_refused() {
    let log = Log::of(8);
    let mut since = log.heads[0].clone();
    since.signature.0[0] ^= 1;
    let found = faults(&verify(&log.export()[..], None, Some(&since)).unwrap());
    assert_eq!(found, [Fault::EarlierHeadNotSigned]);
    let mut head = log.heads[0].head.clone();
    head.log_id = "another".parse().unwrap();
    let found = faults(&verify(&log.export()[..], None, Some(&head.sign(&key(1)))).unwrap());
    assert_eq!(found, [Fault::EarlierHeadOfOtherLog]);
}

#[test]
fn a_rotation_that_the_old_key_has_not_signed_is_named() {
    let mut log = Log::of(4);
    log.rotate(key(2));
    let forged = xiaoxiang_audit::KeyRotation::sign(crate::common::log_id(), &key(7), key(7).public_key());
    log.entries[4].payload = forged.to_payload();
    log.hashes[4] = log.entries[4].leaf_hash().unwrap();
    let found = faults(&verify_alone(&log.export()));
    assert!(matches!(found[..], [Fault::RotationWrong { position: 4, .. }]), "{found:?}");
}

#[test]
fn lines_that_do_not_belong_are_named() {
    let lines = Log::of(5).lines();
    let with = |place: usize, line: &str| {
        let mut lines = lines.clone();
        lines.insert(place, line.to_owned());
        faults(&verify_alone(&join(&lines)))
    };
    let unreadable = |trouble| [Fault::LineUnreadable { expected: 0, trouble }];
    assert_eq!(with(1, ""), unreadable(LineTrouble::NotALine));
    assert_eq!(with(1, &lines[0]), unreadable(LineTrouble::SecondHeader));
    assert_eq!(with(1, &"x".repeat(MAX_LINE_BYTES + 1)), unreadable(LineTrouble::TooLong));
    assert_eq!(with(lines.len(), "{}"), [Fault::LinesAfterTrailer]);
    assert_eq!(with(0, "{}"), [Fault::NotAnExport]);
    assert_eq!(faults(&verify_alone(b"")), [Fault::NotAnExport]);
}

#[test]
fn a_dropped_head_is_missed_by_the_last_line() {
    let mut lines = Log::of(8).lines();
    let place = lines.iter().position(|line| line.starts_with("{\"head\":")).unwrap();
    lines.remove(place);
    let statement = TrailerStatement::Heads;
    assert_eq!(faults(&verify_alone(&join(&lines))), [Fault::TrailerWrong { statement }]);
}

#[test]
fn the_list_of_findings_is_bounded() {
    let mut lines = Log::of(1).lines();
    let noise = vec!["noise".to_owned(); MAX_FINDINGS + 500];
    lines.splice(1..1, noise);
    let found = faults(&verify_alone(&join(&lines)));
    assert_eq!(found.len(), MAX_FINDINGS + 1);
    assert!(found.contains(&Fault::TooManyFindings));
}

/// Whether the report names the line, or the entry in it if it holds one.
fn names(report: &Report, line: u64, position: Option<u64>) -> bool {
    report.findings.iter().any(|finding| {
        finding.line == Some(line) || (position.is_some() && finding.fault.position() == position)
    })
}

fn check_flip(file: &[u8], place: usize, bit: u8) -> Result<(), TestCaseError> {
    let mut damaged = file.to_vec();
    damaged[place] ^= 1 << bit;
    let report = verify_alone(&damaged);
    prop_assert_eq!(report.verdict, Verdict::Broken, "byte {} bit {}", place, bit);
    let line = file[..place].iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
    let text = file.split(|byte| *byte == b'\n').nth(line as usize - 1).unwrap();
    let position = String::from_utf8_lossy(text)
        .split_once("\"position\":")
        .map(|(_, rest)| rest.split(',').next().unwrap().parse().unwrap());
    prop_assert!(
        names(&report, line, position),
        "byte {place} bit {bit}, line {line}, entry {position:?}: {:?}",
        report.findings
    );
    Ok(())
}

#[test]
fn every_flipped_byte_of_a_small_file_is_located() {
    let file = {
        let mut log = Log::of(2);
        log.rotate(key(2));
        log.sign_head();
        log.export()
    };
    for place in 0..file.len() {
        check_flip(&file, place, (place % 8) as u8).unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 200,
        rng_seed: proptest::test_runner::RngSeed::Fixed(20_261_122),
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_flipped_bit_anywhere_is_located(place in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let file = Log::of(13).export();
        check_flip(&file, place.index(file.len()), bit)?;
    }
}
