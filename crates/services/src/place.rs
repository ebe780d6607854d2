//! Places in lists (翻页位置) that begin with what changed last, and patterns of divisions.

use crate::refusal::Refusal;

/// The place behind a row: its instant and id.
pub(crate) fn write_place(at_ms: i64, id: &str) -> String {
    hex::encode(format!("{at_ms}/{id}"))
}

/// The instant and id of a place that was given out.
pub(crate) fn read_place(text: &str) -> Result<(i64, String), Refusal> {
    let read = hex::decode(text).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let place = read.as_deref().and_then(|text| text.split_once('/'));
    let place = place.and_then(|(at_ms, id)| Some((at_ms.parse().ok()?, id.to_owned())));
    place.ok_or_else(foreign_place)
}

/// A place that was not given out.
pub(crate) fn foreign_place() -> Refusal {
    Refusal::invalid(
        "request.cursor",
        "翻页位置不是本系统给出的。请从第一页开始。",
        "the cursor is none of ours; begin with the first page",
    )
}

/// A pattern of the codes below a division: 430000 → 43%, 430100 → 4301%.
pub(crate) fn division_pattern(code: &str) -> String {
    let mut digits = code;
    while let Some(shorter) = digits.strip_suffix("00") {
        digits = shorter;
    }
    format!("{digits}%")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_it_was_written_and_a_forged_one_is_refused() {
        assert_eq!(read_place(&write_place(12, "a/b")).ok(), Some((12, "a/b".to_owned())));
        for forged in ["", "zz", "31", "612f62"] {
            assert!(read_place(forged).is_err(), "{forged}");
        }
    }

    #[test]
    fn a_pattern_holds_what_lies_below() {
        assert_eq!(["430000", "430100", "430111"].map(division_pattern), ["43%", "4301%", "430111%"]);
    }
}
