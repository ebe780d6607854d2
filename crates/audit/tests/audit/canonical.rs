//! Canonical JSON against RFC 8785 and against an independent implementation.

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use xiaoxiang_audit::canonical::{MAX_DEPTH, MAX_SAFE_INTEGER};
use xiaoxiang_audit::{CanonicalError, canonical_json};

#[test]
fn keys_are_sorted_by_utf_16_code_units_as_in_rfc_8785() {
    let input = r#"{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh",
        "1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}"#;
    let value: Value = serde_json::from_str(input).unwrap();
    let expected = "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u{80}\":\"Control\",\
        \"ö\":\"Latin Small Letter O With Diaeresis\",\"€\":\"Euro Sign\",\
        \"😀\":\"Emoji: Grinning Face\",\"\u{fb33}\":\"Hebrew Letter Dalet With Dagesh\"}";
    assert_eq!(canonical_json(&value).unwrap(), expected);
}

#[test]
fn strings_and_literals_are_written_as_in_rfc_8785() {
    let input = r#"{"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}"#;
    let value: Value = serde_json::from_str(input).unwrap();
    let expected = r#"{"literals":[null,true,false],"string":"€$\u000f\nA'B\"\\\\\"/"}"#;
    assert_eq!(canonical_json(&value).unwrap(), expected);
}

#[test]
fn integers_beyond_the_safe_range_are_strings() {
    let value =
        json!([MAX_SAFE_INTEGER, MAX_SAFE_INTEGER + 1, u64::MAX, i64::MIN, -(MAX_SAFE_INTEGER as i64)]);
    let expected = r#"[9007199254740991,"9007199254740992","18446744073709551615","-9223372036854775808",-9007199254740991]"#;
    assert_eq!(canonical_json(&value).unwrap(), expected);
}

#[test]
fn fractions_are_refused_even_when_they_are_whole() {
    for text in ["0.5", "1.0", "1e3", "-0", "1e400"] {
        let Ok(value) = serde_json::from_str::<Value>(text) else {
            continue;
        };
        assert!(matches!(canonical_json(&value), Err(CanonicalError::Fraction(_))), "{text}");
    }
}

#[test]
fn nesting_has_a_limit() {
    let nested = |depth| (0..depth).fold(json!(1), |inner, _| json!([inner]));
    assert!(canonical_json(&nested(MAX_DEPTH)).is_ok());
    assert_eq!(canonical_json(&nested(MAX_DEPTH + 1)), Err(CanonicalError::TooDeep));
}

fn safe_value() -> impl Strategy<Value = Value> {
    let limit = MAX_SAFE_INTEGER as i64;
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-limit..=limit).prop_map(Value::from),
        ".*".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((any::<String>(), inner), 0..6)
                .prop_map(|members| Value::Object(Map::from_iter(members))),
        ]
    })
}

proptest! {
    #[test]
    fn an_independent_implementation_writes_the_same(value in safe_value()) {
        let ours = canonical_json(&value).unwrap();
        let theirs = serde_json_canonicalizer::to_string(&value).unwrap();
        prop_assert_eq!(ours, theirs);
    }

    #[test]
    fn reading_and_writing_again_changes_nothing(value in safe_value(), large in any::<u64>()) {
        let text = canonical_json(&json!({"value": value, "large": large})).unwrap();
        let again: Value = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(canonical_json(&again).unwrap(), text);
    }
}
