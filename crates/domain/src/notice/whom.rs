//! Whom a notice goes to (通知对象).

use crate::access::{Role, Scope};

/// Whom a notice goes to. Nobody gets one notice twice, however often they are named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whom {
    /// One person by id.
    Person(String),
    /// Everybody who holds a role, over whatever.
    Everyone(Role),
    /// Everybody who holds a role over this, or over what contains it.
    Over(Role, Scope),
}

/// Whether a grant's scope reaches over another.
#[must_use]
pub fn covers(held: Scope, over: Scope) -> bool {
    match (held, over) {
        (Scope::Region, _) => true,
        (Scope::Division(_), Scope::Division(division)) => held.has_division(division),
        (held, over) => held == over,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_city_covers_its_counties_and_a_registrar_itself_only() {
        let scope = |text: &str| text.parse::<Scope>().expect("a scope");
        assert!(covers(scope("region"), scope("registrar:6")));
        assert!(covers(scope("division:430100"), scope("division:430111")));
        assert!(!covers(scope("division:430111"), scope("division:430100")));
        assert!(covers(scope("registrar:6"), scope("registrar:6")));
        assert!(!covers(scope("registrar:6"), scope("registrar:7")));
        assert!(!covers(scope("division:430100"), scope("park:1")));
    }
}
