//! How far a grant reaches (权限范围).

use std::fmt;
use std::str::FromStr;

use crate::region::DivisionCode;

use super::role::ScopeKind;

/// Over what a grant reaches. Written `region`, `division:430100`, `park:12`, `organisation:345`, `registrar:6`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// The whole region.
    Region,
    /// A division and all below it.
    Division(DivisionCode),
    /// A park by its key in region data.
    Park(u32),
    /// An organisation by its key.
    Organisation(i64),
    /// A registrar by its key.
    Registrar(i64),
}

impl Scope {
    /// Its kind.
    #[must_use]
    pub const fn kind(self) -> ScopeKind {
        match self {
            Self::Region => ScopeKind::Region,
            Self::Division(_) => ScopeKind::Division,
            Self::Park(_) => ScopeKind::Park,
            Self::Organisation(_) => ScopeKind::Organisation,
            Self::Registrar(_) => ScopeKind::Registrar,
        }
    }

    /// Whether a division lies within.
    #[must_use]
    pub fn has_division(self, division: DivisionCode) -> bool {
        match self {
            Self::Region => true,
            Self::Division(root) => division.is_within(root),
            Self::Park(_) | Self::Organisation(_) | Self::Registrar(_) => false,
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Region => formatter.write_str("region"),
            Self::Division(code) => write!(formatter, "division:{code}"),
            Self::Park(key) => write!(formatter, "park:{key}"),
            Self::Organisation(key) => write!(formatter, "organisation:{key}"),
            Self::Registrar(key) => write!(formatter, "registrar:{key}"),
        }
    }
}

/// A text that names no scope.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no scope: {0}")]
pub struct ScopeError(String);

impl FromStr for Scope {
    type Err = ScopeError;

    fn from_str(text: &str) -> Result<Self, ScopeError> {
        let refused = || ScopeError(text.to_owned());
        if text == "region" {
            return Ok(Self::Region);
        }
        let (kind, key) = text.split_once(':').ok_or_else(refused)?;
        match kind {
            "division" => DivisionCode::parse(key).map(Self::Division).ok_or_else(refused),
            "park" => key.parse().map(Self::Park).map_err(|_| refused()),
            "organisation" => key.parse().map(Self::Organisation).map_err(|_| refused()),
            "registrar" => key.parse().map(Self::Registrar).map_err(|_| refused()),
            _ => Err(refused()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_read_as_it_was_written() {
        for text in ["region", "division:430100", "park:12", "organisation:345", "registrar:6"] {
            assert_eq!(text.parse::<Scope>().map(|scope| scope.to_string()), Ok(text.to_owned()));
        }
        for text in ["", "division", "division:4301", "park:-1", "organisation:x", "city:430100"] {
            assert!(text.parse::<Scope>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_city_has_its_counties_and_no_others() {
        let scope: Scope = "division:430100".parse().expect("written above");
        let division = |code| DivisionCode::parse(code).expect("a code");
        assert!(scope.has_division(division("430100")));
        assert!(scope.has_division(division("430111")));
        assert!(!scope.has_division(division("430200")));
        assert!(!scope.has_division(division("430000")));
    }
}
