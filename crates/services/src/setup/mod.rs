//! First run (首次启用): a region and a first account, while nobody is entered; afterwards never again.

mod example_achievements;
mod example_applications;
mod example_demands;
mod example_events;
mod example_leads;
mod example_people;
mod example_profiles;

pub use example_achievements::walk_example_achievements;
pub use example_applications::{example_at_first, walk_example_applications};
pub use example_demands::{begin_example_demands, go_on_example_demands};
pub use example_events::walk_example_events;
pub use example_leads::walk_example_leads;
pub use example_people::{ExamplePerson, enter_example_people, list_example_people, open_example_session};
pub use example_profiles::enter_example_profiles;

use xiaoxiang_domain::access::{Grant, Role, Scope, check_password};
use xiaoxiang_domain::region::RegionLayer;
use xiaoxiang_store::{import, person, region, session};

use crate::access::{
    NewGrant, NewPerson, OpenedSession, enter_grant, enter_person, hash_password, open_session, unfit,
};
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;
use crate::region::import_region;

/// Who acts in the log before there are people, and why the first grants were made.
const FIRST_RUN: &str = "首次启用";
/// What the first account may act as, in the order in which it is offered.
const FIRST_ROLES: [Role; 2] = [Role::Statistician, Role::Administrator];

/// What is still to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetupStep {
    /// Choose the region (选择区域).
    Region,
    /// Enter the first account (建立首个账户).
    Account,
}

/// The first account.
#[derive(Clone)]
pub struct FirstAccount {
    /// 姓名
    pub name: String,
    /// 登录名
    pub sign_in_name: String,
    /// 口令
    pub password: String,
}

/// What is to be done next; nothing once somebody is entered.
pub async fn setup_step(app: &App) -> Result<Option<SetupStep>, Refusal> {
    let mut tx = app.db.read().await?;
    if !person::is_empty(&mut tx).await? {
        return Ok(None);
    }
    let has_region = region::find_version(&mut tx, None).await?.is_some();
    Ok(Some(if has_region { SetupStep::Account } else { SetupStep::Region }))
}

/// Whether the region may still be chosen anew: nothing was imported under it.
pub async fn may_choose_region(app: &App) -> Result<bool, Refusal> {
    let mut tx = app.db.read().await?;
    Ok(person::is_empty(&mut tx).await? && import::list(&mut tx, 1).await?.is_empty())
}

/// Puts a region in force, while nobody is entered and nothing is imported.
pub async fn choose_region(app: &App, layers: &[RegionLayer]) -> Result<(), Refusal> {
    if !may_choose_region(app).await? {
        return Err(over());
    }
    import_region(app, &Actor::operator(FIRST_RUN), layers).await?;
    Ok(())
}

/// Enters the first account with its roles in one commit, and opens its session as statistician.
///
/// Of two browsers that send their forms at once the first wins: the other one is told, under the log's lock.
pub async fn create_first_account(app: &App, account: &FirstAccount) -> Result<OpenedSession, Refusal> {
    check_password(&account.password, &account.sign_in_name).map_err(unfit)?;
    let today = app.today().await?;
    // Hashing takes its time; the lock is taken afterwards.
    let password_hash = Some(hash_password(app, &account.password).await?);
    let new = NewPerson {
        sign_in_name: account.sign_in_name.clone(),
        name: account.name.clone(),
        password_hash,
        must_change_password: false,
    };
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    tx.lock_log().await?;
    if !person::is_empty(&mut tx).await? {
        return Err(over());
    }
    let (person_id, created) = enter_person(app, &mut tx, &new).await?;
    let mut entries = vec![created];
    let mut first_grant = None;
    for role in FIRST_ROLES {
        let grant = Grant { role, scope: Scope::Region, valid_from: today, valid_to: None };
        let new = NewGrant { grant, basis: FIRST_RUN.to_owned() };
        let (grant_id, granted) = enter_grant(app, &mut tx, &person_id, &new).await?;
        first_grant.get_or_insert(grant_id);
        entries.push(granted);
    }
    tx.commit(FIRST_RUN, entries, []).await?;
    let opened = open_session(app, &person_id).await?;
    if let (Some(grant_id), Some(found)) =
        (first_grant, crate::access::find_session(app, &opened.token).await?)
    {
        let mut tx = app.db.begin(app.clock.now_ms()).await?;
        session::choose_grant(&mut tx, &found.session_id, &grant_id).await?;
        tx.keep_unlogged().await?;
    }
    Ok(opened)
}

fn over() -> Refusal {
    Refusal::invalid(
        "setup.over",
        "系统已由他人完成首次设置。请用已有账户登录，或请系统管理员为您建立账户。",
        "somebody else has finished the first run; sign in, or ask the administrator for an account",
    )
}
