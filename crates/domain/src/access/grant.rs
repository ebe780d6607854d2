//! A role given to a person (授权).

use jiff::civil::Date;

use super::{Role, Scope};

/// A role with its scope and the days on which it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    /// As what.
    pub role: Role,
    /// Over what.
    pub scope: Scope,
    /// First day.
    pub valid_from: Date,
    /// Last day; none while it is open.
    pub valid_to: Option<Date>,
}

impl Grant {
    /// Whether it holds on a day.
    #[must_use]
    pub fn holds_on(&self, day: Date) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|last| day <= last)
    }

    /// Whether the role may be granted with this kind of scope, and the days are in order.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.role.scopes().contains(&self.scope.kind())
            && self.valid_to.is_none_or(|last| self.valid_from <= last)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_grant_holds_from_its_first_to_its_last_day() {
        let grant = Grant {
            role: Role::Statistician,
            scope: Scope::Region,
            valid_from: date(2026, 1, 1),
            valid_to: Some(date(2026, 6, 30)),
        };
        assert!(!grant.holds_on(date(2025, 12, 31)));
        assert!(grant.holds_on(date(2026, 1, 1)));
        assert!(grant.holds_on(date(2026, 6, 30)));
        assert!(!grant.holds_on(date(2026, 7, 1)));
    }

    #[test]
    fn a_role_is_not_granted_over_what_it_does_not_reach() {
        let grant = |role, scope| Grant { role, scope, valid_from: date(2026, 1, 1), valid_to: None };
        assert!(grant(Role::ParkOfficer, Scope::Park(3)).is_sound());
        assert!(!grant(Role::ParkOfficer, Scope::Region).is_sound());
        assert!(!grant(Role::Public, Scope::Region).is_sound());
        let backwards = Grant { valid_to: Some(date(2025, 1, 1)), ..grant(Role::Auditor, Scope::Region) };
        assert!(!backwards.is_sound());
    }
}
