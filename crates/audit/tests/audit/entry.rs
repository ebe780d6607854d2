//! What an entry's bytes are, and which entries are refused.

use crate::common::entry;
use serde_json::json;
use xiaoxiang_audit::entry::{MAX_ENTRY_BYTES, MAX_NAME_BYTES};
use xiaoxiang_audit::{EntryError, LogEntry, canonical_json, leaf_hash};

#[test]
fn the_bytes_of_format_1_never_change() {
    let bytes =
        entry(7, json!({"地点": "长沙市", "价额_fen": 9_007_199_254_740_993_u64})).canonical_bytes().unwrap();
    let expected = r#"{"actor":"officer:示例","at_ms":1795305600007,"format":1,"kind":"contract.changed","payload":{"价额_fen":"9007199254740993","地点":"长沙市"},"position":7,"subject":"contract:2026430100000007"}"#;
    assert_eq!(String::from_utf8(bytes).unwrap(), expected);
    let hash = LogEntry::decode(expected.as_bytes()).unwrap().leaf_hash();
    assert_eq!(hash.unwrap(), leaf_hash(expected.as_bytes()));
}

#[test]
fn the_entry_is_written_as_any_json_value_would_be() {
    let entry = entry(3, json!({"b": [1, null, "\u{0}\n"], "a": {"😀": 1, "\u{fb33}": 2}}));
    let plain = canonical_json(&serde_json::to_value(&entry).unwrap()).unwrap();
    assert_eq!(entry.canonical_bytes().unwrap(), plain.into_bytes());
}

#[test]
fn only_the_canonical_form_is_read() {
    let entry = entry(0, json!({"b": 1, "a": 2}));
    let bytes = entry.canonical_bytes().unwrap();
    assert_eq!(LogEntry::decode(&bytes).unwrap(), entry);
    let text = String::from_utf8(bytes).unwrap();
    let spaced = text.replace(':', ": ");
    let reordered = text.replace(r#""a":2,"b":1"#, r#""b":1,"a":2"#);
    let doubled = text.replace(r#""a":2"#, r#""a":1,"a":2"#);
    for other in [spaced, reordered, doubled] {
        assert!(LogEntry::decode(other.as_bytes()).is_err(), "{other}");
    }
}

#[test]
fn an_unknown_format_is_refused_by_name() {
    let mut later = entry(0, json!({}));
    later.format = 2;
    let bytes = serde_json::to_vec(&later).unwrap();
    assert_eq!(LogEntry::decode(&bytes), Err(EntryError::UnknownFormat(2)));
}

#[test]
fn entries_outside_the_limits_are_refused() {
    let with = |change: fn(&mut LogEntry)| {
        let mut changed = entry(0, json!({}));
        change(&mut changed);
        changed.canonical_bytes().unwrap_err()
    };
    assert_eq!(with(|e| e.kind = "Contract".to_owned()), EntryError::Kind);
    assert_eq!(with(|e| e.kind = String::new()), EntryError::Kind);
    assert_eq!(with(|e| e.actor = "a\nb".to_owned()), EntryError::Name("actor"));
    assert_eq!(with(|e| e.subject = "x".repeat(MAX_NAME_BYTES + 1)), EntryError::Name("subject"));
    assert_eq!(with(|e| e.payload = json!([])), EntryError::PayloadNotObject);
    assert_eq!(with(|e| e.position = 1 << 60), EntryError::OutOfRange);
    assert_eq!(with(|e| e.payload = json!({"text": "x".repeat(MAX_ENTRY_BYTES)})), EntryError::TooLarge);
    assert!(matches!(with(|e| e.payload = json!({"share": 0.5})), EntryError::Payload(_)));
}
