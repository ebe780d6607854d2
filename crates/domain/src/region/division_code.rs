//! Six-digit codes of administrative divisions (行政区划代码).

/// A division code of GB/T 2260: two digits each for province, city and county.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DivisionCode(pub u32);

impl DivisionCode {
    /// The whole country, written `000000`. In a contract fact 0 means foreign or unknown instead.
    pub const NATION: Self = Self(0);

    /// Reads exactly six digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| text.parse().ok().map(Self)).flatten()
    }

    /// The province's code, such as 430000.
    #[must_use]
    pub const fn province(self) -> Self {
        Self(self.0 / 10_000 * 10_000)
    }

    /// The code of the city by its digits, such as 430100; `None` for a province.
    ///
    /// For counties directly under a province (429004 仙桃市) the digits name no real city:
    /// ask `Divisions::city_of` for the row of a city table.
    #[must_use]
    pub const fn city(self) -> Option<Self> {
        if self.0.is_multiple_of(10_000) { None } else { Some(Self(self.0 / 100 * 100)) }
    }

    /// Whether this division lies in `within` or is it.
    ///
    /// Both are current codes: territory that changed hands (莱芜 to 济南) has another code then.
    #[must_use]
    pub const fn is_within(self, within: Self) -> bool {
        if within.0 == 0 {
            self.0 != 0
        } else if within.0.is_multiple_of(10_000) {
            self.0 / 10_000 == within.0 / 10_000
        } else if within.0.is_multiple_of(100) {
            self.0 / 100 == within.0 / 100
        } else {
            self.0 == within.0
        }
    }
}

impl std::fmt::Display for DivisionCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:06}", self.0)
    }
}
