//! People, what they may act as, and how they sign in (人员、授权、登录).

mod people;
mod session;
mod token_text;

pub use people::{NewGrant, NewPerson, create_person, grant_role, withdraw_grant};
pub use session::{Held, OpenedSession, SignedIn, choose_role, close_session, find_session, open_session};
pub use token_text::SecretToken;
