//! People, what they may act as, and how they sign in (人员、授权、登录).

mod hashing;
mod people;
mod session;
mod sign_in;
mod token_text;

pub(crate) use hashing::Hashing;
pub use hashing::hash_password;
pub use people::{NewGrant, NewPerson, create_person, grant_role, withdraw_grant};
pub use session::{
    Held, OpenedSession, SessionLimits, SignedIn, choose_role, close_session, find_session, open_session,
};
pub use sign_in::{SignInTry, sign_in};
pub use token_text::SecretToken;
