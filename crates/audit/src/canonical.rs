//! One byte string per JSON value: the JSON Canonicalization Scheme, RFC 8785, without fractions.
//!
//! Object keys are sorted by UTF-16 code units (§3.2.3), strings escape only what must be escaped
//! (§3.2.2.2), no white space. Two rules of our own make the log safe to read in any language:
//! integers beyond ±(2^53 − 1), which JavaScript and many parsers would round, are written as
//! strings; fractions are refused, since money is integer fen and percentages are text, and the
//! one hard part of RFC 8785, printing doubles as ECMAScript does, is then not needed by anybody
//! who wants to check us. Why not a library: `docs/adr/0002`.

use serde_json::{Number, Value};

/// Greatest integer that is written as a JSON number: 2^53 − 1 (RFC 7493 §2.2).
pub const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;

/// Deepest nesting of arrays and objects.
pub const MAX_DEPTH: usize = 64;

/// A value that has no canonical form here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CanonicalError {
    /// Money is integer fen and percentages are text; a fraction in a record is a mistake.
    #[error("fractions are not allowed: {0}")]
    Fraction(String),
    /// The value is nested deeper than [`MAX_DEPTH`].
    #[error("nested deeper than {MAX_DEPTH} levels")]
    TooDeep,
}

/// Writes a value in its one canonical form.
///
/// Writing what was read back from a canonical text gives the same text again.
pub fn canonical_json(value: &Value) -> Result<String, CanonicalError> {
    let mut out = String::with_capacity(256);
    write_value(&mut out, value, MAX_DEPTH)?;
    Ok(out)
}

pub(crate) fn write_value(out: &mut String, value: &Value, depth_left: usize) -> Result<(), CanonicalError> {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) => write_number(out, number)?,
        Value::String(text) => write_string(out, text),
        Value::Array(items) => {
            let depth_left = depth_left.checked_sub(1).ok_or(CanonicalError::TooDeep)?;
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_value(out, item, depth_left)?;
            }
            out.push(']');
        }
        Value::Object(members) => {
            let depth_left = depth_left.checked_sub(1).ok_or(CanonicalError::TooDeep)?;
            let mut members: Vec<(&String, &Value)> = members.iter().collect();
            // UTF-16 order differs from UTF-8 order where U+E000..U+FFFF meets U+10000 and above.
            members.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
            out.push('{');
            for (index, (key, member)) in members.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_string(out, key);
                out.push(':');
                write_value(out, member, depth_left)?;
            }
            out.push('}');
        }
    }
    Ok(())
}

fn write_number(out: &mut String, number: &Number) -> Result<(), CanonicalError> {
    let magnitude = match (number.as_i64(), number.as_u64()) {
        (Some(signed), _) => signed.unsigned_abs(),
        (None, Some(unsigned)) => unsigned,
        (None, None) => return Err(CanonicalError::Fraction(number.to_string())),
    };
    if magnitude <= MAX_SAFE_INTEGER {
        out.push_str(&number.to_string());
    } else {
        write_string(out, &number.to_string());
    }
    Ok(())
}

pub(crate) fn write_string(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            control if control < ' ' => {
                out.push_str(&format!("\\u{:04x}", u32::from(control)));
            }
            other => out.push(other),
        }
    }
    out.push('"');
}
