//! What differs between two versions of a contract, field by field.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

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
        // Fields that a record leaves out while they are empty.
        for (key, new_value) in new_fields.iter().filter(|(key, _)| !old_fields.contains_key(*key)) {
            let inner = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            compare(&inner, &Value::Null, new_value, found);
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

/// Fills what a sheet does not state, because it has no such column, from the version before.
///
/// `stated` holds the field keys of the sheet's columns (`contract_value`, `seller_name`); a column that is there
/// and empty states «nothing». What follows from other fields ([`super::PartyNature`]) goes with them.
#[must_use]
pub fn filled_from(new: &Contract, old: &Contract, stated: &HashSet<String>) -> Contract {
    let mut filled = serde_json::to_value(new).expect("a contract is plain data");
    let old = serde_json::to_value(old).expect("a contract is plain data");
    let (Value::Object(fields), Value::Object(old_fields)) = (&mut filled, old) else {
        unreachable!("a contract is an object")
    };
    for (key, old_value) in old_fields {
        if let (Some(Value::Object(party)), Value::Object(old_party)) = (fields.get_mut(&key), &old_value) {
            fill_party(&key, party, old_party, stated);
        } else if !stated.contains(&key) {
            fields.insert(key, old_value);
        }
    }
    serde_json::from_value(filled).expect("fields of two contracts make a contract")
}

fn fill_party(
    side: &str,
    party: &mut Map<String, Value>,
    old: &Map<String, Value>,
    stated: &HashSet<String>,
) {
    for (key, old_value) in old {
        let is_stated = match key.as_str() {
            "nature" => {
                stated.contains(&format!("{side}_kind")) || stated.contains(&format!("{side}_country"))
            }
            _ => stated.contains(&format!("{side}_{key}")),
        };
        if !is_stated {
            party.insert(key.clone(), old_value.clone());
        }
    }
}
