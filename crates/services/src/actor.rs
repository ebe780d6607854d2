//! Who acts (操作人), and what they may do.

use xiaoxiang_domain::access::{Action, Reach, Role, Scope, reach};
use xiaoxiang_domain::region::DivisionCode;

use crate::refusal::Refusal;

/// Who asks for a use case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    log_name: String,
    standing: Standing,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Standing {
    Public,
    Operator,
    Person { person_id: String, role: Role, scope: Scope, limit: Option<Vec<Action>> },
}

impl Actor {
    /// Whoever runs the command line: who holds the database may do everything, and the log names them.
    #[must_use]
    pub fn operator(name: &str) -> Self {
        Self { log_name: name.to_owned(), standing: Standing::Operator }
    }

    /// Nobody has signed in.
    #[must_use]
    pub fn public() -> Self {
        Self { log_name: Role::Public.code().to_owned(), standing: Standing::Public }
    }

    /// A person acting in one of their roles. The log gets the person's number, never the name.
    #[must_use]
    pub fn person(person_id: &str, role: Role, scope: Scope) -> Self {
        Self {
            log_name: format!("person:{person_id}/{}/{scope}", role.code()),
            standing: Standing::Person { person_id: person_id.to_owned(), role, scope, limit: None },
        }
    }

    /// The same person through a token that allows only some actions.
    #[must_use]
    pub fn limited_to(mut self, actions: Vec<Action>) -> Self {
        if let Standing::Person { limit, .. } = &mut self.standing {
            *limit = Some(actions);
        }
        self
    }

    /// As the log names them.
    #[must_use]
    pub fn log_name(&self) -> &str {
        &self.log_name
    }

    /// Number of the person whom the log names so; none where it was no person.
    #[must_use]
    pub fn person_of(log_name: &str) -> Option<&str> {
        log_name.strip_prefix("person:").and_then(|rest| rest.split('/').next())
    }

    /// Number of the person, where one has signed in.
    #[must_use]
    pub fn person_id(&self) -> Option<&str> {
        match &self.standing {
            Standing::Person { person_id, .. } => Some(person_id),
            Standing::Public | Standing::Operator => None,
        }
    }

    /// The role acted in; none on the command line.
    #[must_use]
    pub fn role(&self) -> Option<Role> {
        match &self.standing {
            Standing::Person { role, .. } => Some(*role),
            Standing::Public => Some(Role::Public),
            Standing::Operator => None,
        }
    }

    /// Within what an action is permitted: [`Scope::Region`] where it is permitted everywhere; none where it is not.
    #[must_use]
    pub fn extent(&self, action: Action) -> Option<Scope> {
        match &self.standing {
            Standing::Operator => Some(Scope::Region),
            Standing::Public => None,
            Standing::Person { role, scope, limit, .. } => {
                if limit.as_ref().is_some_and(|actions| !actions.contains(&action)) {
                    return None;
                }
                match reach(*role, action) {
                    Reach::Nothing => None,
                    Reach::Scope => Some(*scope),
                    Reach::Everything => Some(Scope::Region),
                }
            }
        }
    }

    /// Whether an action is permitted anywhere.
    #[must_use]
    pub fn may(&self, action: Action) -> bool {
        self.extent(action).is_some()
    }

    /// Within what an action is permitted, or the refusal: signed out, not there for them, or not theirs to do.
    pub fn permit(&self, action: Action) -> Result<Scope, Refusal> {
        if let Some(scope) = self.extent(action) {
            return Ok(scope);
        }
        if self.standing == Standing::Public {
            return Err(Refusal::SignedOut);
        }
        if self.may(action.sight()) {
            return Err(Refusal::Forbidden(action));
        }
        Err(Refusal::NotFound(action.label().to_owned()))
    }

    /// Permits an action in a division.
    ///
    /// A division that they may see but not act in is forbidden; one that they may not see is not found.
    pub fn permit_in(&self, action: Action, division: DivisionCode) -> Result<(), Refusal> {
        if self.permit(action)?.has_division(division) {
            return Ok(());
        }
        if self.extent(action.sight()).is_some_and(|scope| scope.has_division(division)) {
            return Err(Refusal::Forbidden(action));
        }
        Err(Refusal::NotFound(division.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn division(code: &str) -> DivisionCode {
        DivisionCode::parse(code).expect("a code")
    }

    #[test]
    fn what_one_may_not_see_is_not_found_and_what_one_may_not_do_is_forbidden() {
        let city = Actor::person("1", Role::CityOfficer, Scope::Division(division("430100")));
        assert!(matches!(Actor::public().permit(Action::ReadTargets), Err(Refusal::SignedOut)));
        assert!(matches!(city.permit(Action::ReadPeople), Err(Refusal::NotFound(_))));
        assert!(matches!(city.permit(Action::IssueTargets), Err(Refusal::Forbidden(_))));
        assert!(city.permit_in(Action::SplitTargets, division("430111")).is_ok());
        assert!(matches!(
            city.permit_in(Action::SplitTargets, division("430200")),
            Err(Refusal::NotFound(_))
        ));
    }

    #[test]
    fn a_token_allows_no_more_than_it_names() {
        let limited = Actor::person("1", Role::Statistician, Scope::Region)
            .limited_to(vec![Action::ReadContracts, Action::ReadPeople]);
        assert!(limited.may(Action::ReadContracts));
        assert!(!limited.may(Action::ImportContracts));
        assert!(!limited.may(Action::ReadPeople));
    }
}
