//! Proof of one row of an import, and personal data that were erased.

use crate::common::{Log, entry, key, log_id, verify_alone};
use proptest::prelude::*;
use serde_json::{Value, json};
use xiaoxiang_audit::canonical::MAX_DEPTH;
use xiaoxiang_audit::commitment::COMMITMENT_PREFIX;
use xiaoxiang_audit::subject::{content_hash, content_payload};
use xiaoxiang_audit::{
    ContentProof, Frontier, Hash, KeyRotation, SubjectProof, SubjectProofError, Verdict, commit,
    inclusion_proof, opens,
};

fn row(number: u64) -> Value {
    json!({"contract_number": format!("2026{number:06}"), "contract_value_fen": 1_000_000 + number})
}

/// A log whose entry 3 imported 11 rows, and the proof of row 7.
fn imported() -> (Log, SubjectProof) {
    let rows: Vec<Hash> = (0..11).map(|number| content_hash(&row(number)).unwrap()).collect();
    let mut log = Log::of(3);
    let mut payload = content_payload(&Frontier::of(&rows).state());
    payload.insert("file".to_owned(), "示例.xlsx".into());
    log.append(Value::Object(payload));
    log.append(json!({}));
    let head = log.sign_head();
    let proof = SubjectProof {
        content: Some(ContentProof { row: row(7), index: 7, path: inclusion_proof(&rows, 7).unwrap() }),
        entry: log.entries[3].clone(),
        path: inclusion_proof(&log.hashes, 3).unwrap(),
        head,
        rotations: Vec::new(),
    };
    (log, proof)
}

#[test]
fn one_row_of_an_import_is_proved_with_nothing_but_the_key() {
    let (_, proof) = imported();
    let read = SubjectProof::from_json(&proof.to_json().unwrap()).unwrap();
    assert_eq!(read, proof);
    assert_eq!(read.verify(&key(1).public_key()), Ok(()));
    assert_eq!(read.verify(&key(2).public_key()), Err(SubjectProofError::Signature));
}

#[test]
fn the_deepest_payload_can_be_proved() {
    let deep = (1..MAX_DEPTH).fold(json!(1), |inner, _| json!([inner]));
    let mut log = Log::of(0);
    log.append(json!({ "deep": deep }));
    let head = log.sign_head();
    let proof = SubjectProof {
        content: None,
        entry: log.entries[0].clone(),
        path: Vec::new(),
        head,
        rotations: Vec::new(),
    };
    let read = SubjectProof::from_json(&proof.to_json().unwrap()).unwrap();
    assert_eq!(read.verify(&key(1).public_key()), Ok(()));
}

#[test]
fn an_entry_is_proved_without_a_row() {
    let (_, mut proof) = imported();
    proof.content = None;
    assert_eq!(proof.verify(&key(1).public_key()), Ok(()));
}

#[test]
fn another_row_entry_or_place_is_not_proved() {
    let held = key(1).public_key();
    let with = |change: fn(&mut SubjectProof)| {
        let (_, mut proof) = imported();
        change(&mut proof);
        proof.verify(&held).unwrap_err()
    };
    assert_eq!(with(|p| p.content.as_mut().unwrap().row = row(8)), SubjectProofError::RowNotIncluded);
    assert_eq!(with(|p| p.content.as_mut().unwrap().index = 8), SubjectProofError::RowNotIncluded);
    assert_eq!(with(|p| p.entry.position = 4), SubjectProofError::EntryNotIncluded);
    assert_eq!(with(|p| p.entry.payload = json!({})), SubjectProofError::NoContent);
    assert_eq!(with(|p| p.head.head.size = 3), SubjectProofError::EntryNotIncluded);
    // Trees of 5 and 6 have paths of one shape; it is the signature that binds the size.
    assert_eq!(with(|p| p.head.head.size += 1), SubjectProofError::Signature);
    assert_eq!(with(|p| p.head.head.at_ms += 1), SubjectProofError::Signature);
    assert_eq!(with(|p| p.entry = entry(3, json!({"content_root": 5}))), SubjectProofError::NoContent);
}

#[test]
fn a_proof_under_a_newer_key_is_followed_from_the_older_one() {
    let (mut log, mut proof) = imported();
    let first = log.rotate(key(2));
    let second = log.rotate(key(3));
    proof.head = log.sign_head();
    proof.path = inclusion_proof(&log.hashes, 3).unwrap();
    proof.rotations = vec![first, second];
    for holder in [1, 2, 3] {
        assert_eq!(proof.verify(&key(holder).public_key()), Ok(()), "key {holder}");
    }
    proof.rotations[1] = KeyRotation::sign(log_id(), &key(9), key(3).public_key());
    assert!(proof.verify(&key(1).public_key()).is_err());
    assert_eq!(proof.verify(&key(3).public_key()), Ok(()));
}

#[test]
fn erasing_salt_and_value_leaves_every_proof_whole() {
    // The store keeps salt and value beside each other; the log has only the commitment.
    let mut personal = Some(([42; 32], "张三 13800000000"));
    let (salt, value) = personal.unwrap();
    let commitment = commit(&salt, "contact", value);
    let mut log = Log::of(3);
    log.append(json!({"contract_number": "2026000001", "contact": commitment}));
    let head = log.sign_head();
    let proof = SubjectProof {
        content: None,
        entry: log.entries[3].clone(),
        path: inclusion_proof(&log.hashes, 3).unwrap(),
        head,
        rotations: Vec::new(),
    };
    assert!(opens(&commitment, &salt, "contact", value));

    personal.take();
    assert!(personal.is_none());
    let file = log.export();
    assert_eq!(verify_alone(&file).verdict, Verdict::InternallyConsistent);
    assert_eq!(proof.verify(&key(1).public_key()), Ok(()));
    let text = String::from_utf8(file).unwrap() + &proof.to_json().unwrap();
    assert!(!text.contains("张三") && !text.contains(&hex::encode(salt)));
}

#[test]
fn a_commitment_never_changes_its_form() {
    let commitment = commit(&[7; 32], "name", "张三");
    assert_eq!(commitment, "sha256s:277d3dd719880f806513b7f8bf2cf57b0d6c68e9bc045ca610b796d05c2ddbcd");
    assert!(commitment.starts_with(COMMITMENT_PREFIX));
}

#[test]
fn field_and_value_do_not_run_into_each_other() {
    let salt = [1; 32];
    assert_ne!(commit(&salt, "ab", "c"), commit(&salt, "a", "bc"));
    assert_ne!(commit(&salt, "a", ""), commit(&salt, "", "a"));
}

proptest! {
    #[test]
    fn a_commitment_opens_to_its_own_value_only(
        salt in any::<[u8; 32]>(), field in "[a-z]{1,8}", value in ".{0,20}", other in ".{0,20}", bit in 0_usize..256,
    ) {
        let commitment = commit(&salt, &field, &value);
        prop_assert!(opens(&commitment, &salt, &field, &value));
        prop_assert_eq!(opens(&commitment, &salt, &field, &other), other == value);
        let mut other_salt = salt;
        other_salt[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(!opens(&commitment, &other_salt, &field, &value));
    }
}
