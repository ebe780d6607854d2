//! Makes the small database on which `cargo xtask test` tries the API with invented requests, and prints the tokens of a
//! statistician and of somebody who may do nothing.

use std::io::Write as _;
use std::path::PathBuf;

use jiff::civil::date;
use xiaoxiang_domain::access::{Action, Grant, Role, Scope};
use xiaoxiang_domain::bulletin::GrowthBase;
use xiaoxiang_domain::fact::Source;
use xiaoxiang_server::clock::system_clock;
use xiaoxiang_server::region_files::shipped_layers;
use xiaoxiang_services::access::{
    NewGrant, NewPerson, NewToken, create_person, create_token, find_session, grant_role, open_session,
};
use xiaoxiang_services::bulletin::draft_bulletin;
use xiaoxiang_services::contract::record_contract;
use xiaoxiang_services::demo::example;
use xiaoxiang_services::region::import_region;
use xiaoxiang_services::{Actor, App};
use xiaoxiang_store::Db;

const CONTRACTS: usize = 20;

type Failure = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let path: PathBuf = std::env::args_os().nth(1).ok_or("name the database file")?.into();
    let app = App::new(Db::connect(&format!("sqlite:{}", path.display())).await?, system_clock());
    app.db.migrate("fuzz-log").await?;
    let operator = Actor::operator("fuzz");
    import_region(&app, &operator, &shipped_layers("hunan").ok_or("no region folder")?).await?;
    let region = app.region().await?;
    let contracts = example(&region.region, date(2026, 10, 31)).registry;
    for contract in contracts.into_iter().rev().take(CONTRACTS) {
        record_contract(&app, &operator, Source::Registry, contract).await?;
    }
    draft_bulletin(&app, &operator, "2026-10".parse()?, GrowthBase::AsKnown).await?;
    let mut out = std::io::stdout().lock();
    for role in [Role::Statistician, Role::Expert] {
        writeln!(out, "{} {}", role.code(), token_of(&app, &operator, role).await?)?;
    }
    app.db.close().await;
    Ok(())
}

/// A token with all that a role may do.
async fn token_of(app: &App, operator: &Actor, role: Role) -> Result<String, Failure> {
    let person = NewPerson {
        sign_in_name: role.code().replace('_', "-"),
        name: "示例人员".to_owned(),
        password_hash: None,
        must_change_password: false,
    };
    let person_id = create_person(app, operator, &person).await?;
    let grant = Grant { role, scope: Scope::Region, valid_from: date(2026, 1, 1), valid_to: None };
    grant_role(app, operator, &person_id, &NewGrant { grant, basis: "示例授权".to_owned() }).await?;
    let session = open_session(app, &person_id).await?;
    let signed_in = find_session(app, &session.token).await?.ok_or("no session")?;
    let actor = signed_in.actor();
    let actions = Action::ALL.into_iter().filter(|action| actor.may(*action)).collect();
    let new = NewToken { label: "示例".to_owned(), actions, days: 1 };
    Ok(create_token(app, &signed_in, &new).await?.token.text().to_owned())
}
