//! Who may do what (权限): roles with a scope and dates, the actions there are, and the one table that joins them.

mod action;
mod grant;
mod password;
mod permission;
mod role;
mod scope;
mod throttle;

pub use action::Action;
pub use grant::Grant;
pub use password::{PASSWORD_CHARACTERS_MAX, PASSWORD_CHARACTERS_MIN, PasswordProblem, check_password};
pub use permission::{Reach, reach};
pub use role::{Role, ScopeKind};
pub use scope::Scope;
pub use throttle::{ThrottleRule, Tries};
