//! A division as people write it (所在地): by code, by name, by a name behind those above it.

use jiff::civil::Date;

use super::{Division, DivisionCode, Region};
use crate::contract::written::{division_code, without_text_mark};

impl Region {
    /// The county or city of this region that a text names, as it exists on a day.
    ///
    /// # Errors
    /// What to do, Chinese and English, where it names none or several.
    pub fn read_division(
        &self,
        written: &str,
        on: Date,
    ) -> Result<DivisionCode, (&'static str, &'static str)> {
        let text = without_text_mark(written);
        let coded = DivisionCode::parse(text).or_else(|| division_code(text));
        let divisions = self.divisions();
        let inside = |code: &DivisionCode| self.contains(*code);
        let mut found: Vec<DivisionCode> = coded
            .map_or_else(|| divisions.by_name(text), |code| vec![code])
            .into_iter()
            .filter(inside)
            .collect();
        if found.is_empty() {
            // 湖南省长沙市浏阳市 and 长沙浏阳市 end in the name that counts.
            let ends = |row: &&Division| {
                row.name.chars().count() > 1 && text.ends_with(&row.name) && inside(&row.code)
            };
            found = divisions.rows().iter().filter(ends).map(|row| row.code).collect();
        }
        let mut current: Vec<DivisionCode> =
            found.into_iter().filter_map(|code| divisions.current(code, on).ok()).collect();
        current.sort_unstable();
        current.dedup();
        match current.as_slice() {
            [only] if *only != self.code() => Ok(*only),
            [] | [_] => Err((
                "没有找到这个县市区，或不在本省。请写全称或六位代码",
                "no such county of this region; write its full name or its six digits",
            )),
            _ => Err((
                "有多个同名的县市区，请写六位代码",
                "several counties have this name; write the six digits",
            )),
        }
    }
}
