//! A city or county that has a page.

use xiaoxiang_domain::bulletin::{Dimension, PrintedNote};
use xiaoxiang_domain::region::{DivisionCode, Region};

use crate::refusal::Refusal;

/// A city or county of the region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CityPlace {
    /// Code.
    pub code: DivisionCode,
    /// 名称
    pub name: String,
    /// English name; the Chinese one where region data give none.
    pub name_en: String,
    /// The city above a county; none for a city.
    pub city: Option<DivisionCode>,
    /// Name of that city; empty for a city.
    pub city_name: PrintedNote,
}

impl CityPlace {
    /// Under which rows it is counted.
    #[must_use]
    pub const fn rows(&self) -> Dimension {
        if self.city.is_some() { Dimension::County } else { Dimension::City }
    }

    /// Its name as texts use it: 长沙 of 长沙市, 湘西 of 湘西土家族苗族自治州.
    #[must_use]
    pub fn short_name(&self) -> &str {
        const ENDINGS: [&str; 8] = [
            "土家族苗族自治州",
            "苗族侗族自治县",
            "瑶族自治县",
            "侗族自治县",
            "苗族自治县",
            "自治州",
            "自治县",
            "林区",
        ];
        const ENDINGS_SHORT: [char; 5] = ['市', '州', '县', '区', '盟'];
        /// A name of one letter says nothing.
        const LETTERS_MIN: usize = 2;
        let long = ENDINGS.iter().find_map(|ending| self.name.strip_suffix(ending));
        let short = long.or_else(|| self.name.strip_suffix(ENDINGS_SHORT));
        short.filter(|name| name.chars().count() >= LETTERS_MIN).unwrap_or(&self.name)
    }
}

/// The city or county of a code; what is neither, or lies elsewhere, is not found.
pub fn find_place(region: &Region, code: DivisionCode) -> Result<CityPlace, Refusal> {
    let missing = || Refusal::NotFound(code.to_string());
    let divisions = region.divisions();
    if code == region.code() || !region.contains(code) || !divisions.is_current(code) {
        return Err(missing());
    }
    let name = divisions.name(code).ok_or_else(missing)?;
    let city = if region.cities().contains(&code) {
        None
    } else {
        Some(divisions.city_of(code).ok_or_else(missing)?)
    };
    let above = city.and_then(|city| divisions.name(city)).unwrap_or_default();
    let above_en = city.and_then(|city| divisions.name_en(city)).unwrap_or(above);
    Ok(CityPlace {
        code,
        name: name.to_owned(),
        name_en: divisions.name_en(code).unwrap_or(name).to_owned(),
        city,
        city_name: PrintedNote { zh: above.to_owned(), en: above_en.to_owned() },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_shortened_as_texts_write_it() {
        let named = |name: &str| CityPlace {
            code: DivisionCode(1),
            name: name.to_owned(),
            name_en: String::new(),
            city: None,
            city_name: PrintedNote { zh: String::new(), en: String::new() },
        };
        for (name, short) in [
            ("长沙市", "长沙"),
            ("湘西土家族苗族自治州", "湘西"),
            ("江华瑶族自治县", "江华"),
            ("岳麓区", "岳麓"),
            ("攸县", "攸县"),
        ] {
            assert_eq!(named(name).short_name(), short);
        }
    }
}
