//! Opens the database for a command, and `migrate`.

use std::path::{Path, PathBuf};

use xiaoxiang_services::log::LogKey;
use xiaoxiang_services::{App, Refusal};
use xiaoxiang_store::{Db, SchemaState};

use super::output::say;
use super::{CommandResult, Context, Outcome};
use crate::clock::system_clock;
use crate::configuration::Configuration;

/// Opens a database whose schema is this program's.
pub async fn open(context: &Context) -> Result<App, Refusal> {
    let app = open_any(context).await?;
    app.db.require_current_schema().await?;
    Ok(app)
}

/// Opens a database that is there, whatever its schema.
pub async fn open_any(context: &Context) -> Result<App, Refusal> {
    if let Some(path) = sqlite_path(context.database())
        && !path.exists()
    {
        return Err(Refusal::invalid(
            "database.missing",
            format!("没有数据库 {}。请核对 --database，或先运行 xiaoxiang migrate。", path.display()),
            format!(
                "there is no database {}; check --database or run xiaoxiang migrate first",
                path.display()
            ),
        ));
    }
    Ok(connect(context.database()).await?.with_index_in(index_folder(&context.configuration.configuration)))
}

/// Opens a database and, where it is empty, lays the schema; an older one waits for `migrate`.
pub async fn open_or_create(context: &Context) -> Result<App, Refusal> {
    let app = connect(context.database()).await?;
    let app = app.with_index_in(index_folder(&context.configuration.configuration));
    if app.db.schema_state().await? == SchemaState::Empty {
        lay_schema(&app).await?;
    }
    app.db.require_current_schema().await?;
    Ok(app)
}

/// Brings the schema up to this program.
pub async fn migrate(context: &Context) -> CommandResult {
    let app = connect(context.database()).await?;
    let before = app.db.schema_state().await?;
    lay_schema(&app).await?;
    let collation = app.db.about().await?.collation;
    if collation.as_deref().is_some_and(|collation| !is_by_code_point(collation)) {
        say(
            "警告：数据库的排序规则不是 C，名称的排序会与 SQLite 不同。请按 OPERATION.md 重建数据库。",
            "warning: the database's collation is not C, names will be ordered otherwise than on SQLite; OPERATION.md says how to create it",
        );
    }
    match before {
        SchemaState::Current => say("数据库已是当前版本。", "the database is up to date"),
        _ => say("数据库已升级。", "the database was brought up to date"),
    }
    Ok(Outcome::Done)
}

/// Whether a collation of PostgreSQL orders text as SQLite does.
pub fn is_by_code_point(collation: &str) -> bool {
    matches!(collation, "C" | "POSIX")
}

/// Where the signing key of a database lies.
pub fn key_of(app: &App, context: &Context) -> Result<LogKey, Refusal> {
    LogKey::load_or_create(app, &key_path(&context.configuration.configuration))
}

/// The key's file: where the configuration says, else beside the database.
pub fn key_path(configuration: &Configuration) -> PathBuf {
    let beside = || {
        sqlite_path(&configuration.database)
            .map_or_else(|| PathBuf::from("xiaoxiang.audit-key.pem"), LogKey::path_beside)
    };
    configuration.audit_key.clone().unwrap_or_else(beside)
}

/// Where this node's search index lies: where the configuration says, else beside the database.
pub fn index_folder(configuration: &Configuration) -> PathBuf {
    let beside = || {
        sqlite_path(&configuration.database)
            .map_or_else(|| PathBuf::from("xiaoxiang.index"), |path| path.with_extension("index"))
    };
    configuration.index_folder.clone().unwrap_or_else(beside)
}

/// The file of an SQLite address.
pub fn sqlite_path(database: &str) -> Option<&Path> {
    if database.starts_with("postgres") {
        return None;
    }
    let path = database.strip_prefix("sqlite:").unwrap_or(database);
    Some(Path::new(path.strip_prefix("//").unwrap_or(path)))
}

/// Opens whatever the address names; the schema is the caller's affair.
pub async fn connect(database: &str) -> Result<App, Refusal> {
    let before = sqlite_path(database).and_then(identity_of);
    let db = Db::connect(database).await?;
    let after = sqlite_path(database).and_then(identity_of);
    // A restore that took the file's place meanwhile would leave us writing into the old one.
    if before.is_some() && before != after {
        db.close().await;
        return Err(Refusal::overtaken(format!("数据库 {database} "), format!("the database {database}")));
    }
    Ok(App::new(db, system_clock()))
}

/// What tells a file from another one that has taken its name.
#[cfg(unix)]
fn identity_of(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata(path).ok().map(|found| (found.dev(), found.ino()))
}

#[cfg(not(unix))]
fn identity_of(_: &Path) -> Option<(u64, u64)> {
    None
}

/// Lays or brings up the schema.
pub async fn lay_schema(app: &App) -> Result<(), Refusal> {
    let log_id = app.new_id()?;
    app.db.migrate(&log_id).await?;
    Ok(())
}
