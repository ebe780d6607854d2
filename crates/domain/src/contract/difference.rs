//! What differs between two versions of a contract, field by field.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::record::Contract;

/// One field that differs; values as the record writes them, empty where not stated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldDifference {
    /// Field key: `contract_value`, `buyer.division`.
    pub field: String,
    /// Before.
    pub old: String,
    /// After.
    pub new: String,
}

/// The fields in which two versions differ, in the record's order of names.
#[must_use]
pub fn differences(old: &Contract, new: &Contract) -> Vec<FieldDifference> {
    let old = serde_json::to_value(old).expect("a contract is plain data");
    let new = serde_json::to_value(new).expect("a contract is plain data");
    let mut found = Vec::new();
    compare("", &old, &new, &mut found);
    found
}

fn compare(path: &str, old: &Value, new: &Value, found: &mut Vec<FieldDifference>) {
    if let (Value::Object(old_fields), Value::Object(new_fields)) = (old, new) {
        for (key, old_value) in old_fields {
            let inner = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            compare(&inner, old_value, new_fields.get(key).unwrap_or(&Value::Null), found);
        }
    } else if old != new {
        found.push(FieldDifference { field: path.to_owned(), old: plain(old), new: plain(new) });
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
