//! Who sees a lead, and as what (线索可见范围): its two sides, whoever looks after it, the offices in whose extent it lies.

use super::decide::LeadParty;
use crate::access::{Role, Scope};
use crate::region::DivisionCode;

/// Who a lead joins and who looks after it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeadSides {
    /// Organisation of the demand side.
    pub demand_organisation: Option<i64>,
    /// Person of the demand side.
    pub demand_person: Option<String>,
    /// Organisation of the offer side.
    pub offer_organisation: Option<i64>,
    /// Person of the offer side.
    pub offer_person: Option<String>,
    /// Who looks after it.
    pub manager: Option<String>,
    /// Where the two sides are, as far as that is known.
    pub divisions: Vec<DivisionCode>,
}

/// Somebody who asks for a lead.
#[derive(Clone, Copy, Debug)]
pub struct LeadReader<'a> {
    /// The role acted in; none of a program.
    pub role: Option<Role>,
    /// Within what the role reads leads.
    pub scope: Scope,
    /// Person, where one has signed in.
    pub person_id: Option<&'a str>,
}

/// Roles that see what lies in their extent, whether it is theirs or not.
const OFFICES: [Role; 7] = [
    Role::Statistician,
    Role::DivisionHead,
    Role::Leader,
    Role::CityOfficer,
    Role::CountyOfficer,
    Role::Auditor,
    Role::DisciplineInspector,
];

/// Roles that may look after leads.
pub const MANAGING: [Role; 3] = [Role::TechnologyManager, Role::Society, Role::MarketBranch];

/// Whether a role sees leads as an office.
#[must_use]
pub fn is_office(role: Option<Role>) -> bool {
    role.is_none_or(|role| OFFICES.contains(&role))
}

/// As what somebody sees a lead; none who does not. Whoever is a side is that before anything else.
#[must_use]
pub fn party_of(sides: &LeadSides, reader: LeadReader<'_>) -> Option<LeadParty> {
    if is_office(reader.role) {
        let is_within = match reader.scope {
            Scope::Region => true,
            scope @ Scope::Division(_) => {
                sides.divisions.iter().any(|division| scope.has_division(*division))
            }
            Scope::Park(_) | Scope::Organisation(_) | Scope::Registrar(_) => false,
        };
        return is_within.then_some(LeadParty::Office);
    }
    let own = match reader.scope {
        Scope::Organisation(key) => Some(key),
        _ => None,
    };
    let is_own = |side: Option<i64>| side.is_some() && side == own;
    let is_me = |side: &Option<String>| side.is_some() && side.as_deref() == reader.person_id;
    if is_own(sides.demand_organisation) || is_me(&sides.demand_person) {
        Some(LeadParty::Demand)
    } else if is_own(sides.offer_organisation) || is_me(&sides.offer_person) {
        Some(LeadParty::Offer)
    } else if is_me(&sides.manager) {
        Some(LeadParty::Manager)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn division(code: &str) -> DivisionCode {
        DivisionCode::parse(code).expect("a code")
    }

    fn sides() -> LeadSides {
        LeadSides {
            demand_organisation: Some(1),
            demand_person: None,
            offer_organisation: Some(2),
            offer_person: Some("expert".to_owned()),
            manager: Some("manager".to_owned()),
            divisions: vec![division("430111"), division("430200")],
        }
    }

    #[test]
    fn the_sides_the_manager_and_the_offices_in_extent_see_a_lead_and_nobody_else() {
        let ask =
            |role, scope, person_id| party_of(&sides(), LeadReader { role: Some(role), scope, person_id });
        let within = |code| Scope::Division(division(code));
        let demand = ask(Role::OrganisationAgent, Scope::Organisation(1), Some("a"));
        assert_eq!(demand, Some(LeadParty::Demand));
        let offer = ask(Role::TransferOffice, Scope::Organisation(2), Some("b"));
        assert_eq!(offer, Some(LeadParty::Offer));
        assert_eq!(ask(Role::OrganisationAgent, Scope::Organisation(3), Some("c")), None);
        assert_eq!(ask(Role::Expert, Scope::Region, Some("expert")), Some(LeadParty::Offer));
        assert_eq!(
            ask(Role::Expert, Scope::Region, Some("other")),
            None,
            "a wide scope makes no expert an office"
        );
        assert_eq!(ask(Role::TechnologyManager, within("430100"), Some("manager")), Some(LeadParty::Manager));
        for role in MANAGING {
            assert_eq!(ask(role, Scope::Region, Some("other")), None);
        }
        assert_eq!(ask(Role::CityOfficer, within("430100"), Some("d")), Some(LeadParty::Office));
        assert_eq!(ask(Role::CityOfficer, within("430200"), Some("d")), Some(LeadParty::Office));
        assert_eq!(ask(Role::CityOfficer, within("430300"), Some("d")), None);
        assert_eq!(ask(Role::Auditor, Scope::Region, Some("e")), Some(LeadParty::Office));
        assert_eq!(
            party_of(
                &LeadSides::default(),
                LeadReader { role: Some(Role::OrganisationAgent), scope: Scope::Region, person_id: None }
            ),
            None,
            "what is not known is nobody's"
        );
    }
}
