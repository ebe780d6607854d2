//! People, what they may act as, and how they sign in (人员、授权、登录).

mod account;
mod change_person;
mod hashing;
mod people;
mod provider_account;
mod read_people;
mod scope_choice;
mod scope_words;
mod session;
mod sign_in;
mod sign_in_by_provider;
mod token_text;
mod tokens;

pub(crate) use account::unfit;
pub use account::{SessionSummary, change_password, list_sessions};
pub(crate) use change_person::find_organisation;
pub use change_person::{
    PersonChange, change_person, disable_person, enable_person, erase_person, one_time_password,
    reset_password,
};
pub(crate) use hashing::Hashing;
pub use hashing::hash_password;
pub(crate) use people::checked;
pub use people::{NewGrant, NewPerson, create_person, grant_role, withdraw_grant};
pub(crate) use people::{enter_grant, enter_person};
pub use provider_account::{
    ProviderAccount, SUBJECT_BYTES_MAX, UnlinkedAccount, link_provider_account, list_unlinked_accounts,
    unlink_provider_account,
};
pub(crate) use read_people::like_pattern;
pub use read_people::{
    GrantDetail, GrantState, PEOPLE_PER_PAGE, PeopleList, PersonDetail, PersonSummary, list_people,
    read_person,
};
pub use scope_choice::{ScopeChoice, ScopeChoices, read_scope, scope_choices};
pub use scope_words::{ScopeWords, describe_scopes};
pub use session::{
    Held, OpenedSession, SessionLimits, SignedIn, choose_role, close_session, find_session, open_session,
};
pub(crate) use session::{holds_today, read_grant};
pub use sign_in::{BROWSER_KNOWN_MS, SignInDone, SignInTry, sign_in};
pub use sign_in_by_provider::{
    ExchangeSecrets, PROVIDER_SIGN_IN_MS_MAX, PROVIDER_UNLINKED, PendingSignIn, begin_provider_sign_in,
    resume_provider_sign_in, sign_in_by_provider,
};
pub use token_text::SecretToken;
pub use tokens::{
    CreatedToken, NewToken, TOKEN_DAYS_MAX, TokenSummary, create_token, find_token, list_tokens,
    withdraw_token,
};
