//! The command line: one grammar, exit 0 done, 1 refused or invalid input, 2 usage, 3 failed.
//!
//! Messages go to stderr, data to stdout.

mod attribution;
mod audit;
mod backup;
mod bulletin;
mod contract;
mod database;
mod demo;
mod doctor;
mod import;
mod matching;
mod output;
mod region;
mod serve;
mod target;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xiaoxiang_services::{Actor, Refusal};

pub use output::Format;

use crate::configuration::{Loaded, Overrides};

/// 潇湘 · technology transfer of a region: contracts in, bulletins out.
#[derive(Debug, Parser)]
#[command(name = "xiaoxiang", version, about, long_about = None)]
struct Arguments {
    /// Configuration file (TOML)
    #[arg(long, global = true, env = "XIAOXIANG_CONFIG")]
    config: Option<PathBuf>,
    /// Database: sqlite:PATH, a path, or postgres://USER@HOST/NAME [default: sqlite:xiaoxiang.db]
    #[arg(long, global = true)]
    database: Option<String>,
    /// How data are printed
    #[arg(long, global = true, value_enum)]
    format: Option<Format>,
    /// Who acts; written into the log
    #[arg(long, global = true, env = "XIAOXIANG_ACTOR", default_value = "cli")]
    actor: String,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Prepare and serve an example province (示例省)
    Demo(demo::DemoArguments),
    /// Serve the pages
    Serve(serve::ServeArguments),
    /// Bring the database's schema up to this program
    Migrate,
    /// Copy the database into a file while it is in use (备份)
    Backup(backup::BackupArguments),
    /// Put a checked backup in the database's place (恢复)
    Restore(backup::RestoreArguments),
    /// Say what is wrong with this installation and what to do (体检)
    Doctor,
    /// Region data (区域数据)
    #[command(subcommand)]
    Region(region::RegionCommand),
    /// Import contracts (技术合同), park company lists, targets
    #[command(subcommand)]
    Import(import::ImportCommand),
    /// Bulletins (统计通报)
    Bulletin(Box<bulletin::BulletinArguments>),
    /// Matching of demands and achievements (供需匹配)
    Match(Box<matching::MatchArguments>),
    /// Truth tests of contracts (真实性筛查)
    #[command(subcommand)]
    Contract(contract::ContractCommand),
    /// Places of contracts: objections and decisions (归属)
    #[command(subcommand)]
    Attribution(attribution::AttributionCommand),
    /// Annual targets (年度目标)
    #[command(subcommand)]
    Target(target::TargetCommand),
    /// The audit log (操作日志)
    #[command(subcommand)]
    Audit(audit::AuditCommand),
}

/// What every command is given.
#[derive(Debug)]
pub struct Context {
    /// The configuration in force.
    pub configuration: Loaded,
    /// How data are printed, where the caller said so.
    pub format: Option<Format>,
    /// Who acts.
    pub actor: Actor,
}

impl Context {
    /// Address of the database.
    #[must_use]
    pub fn database(&self) -> &str {
        &self.configuration.configuration.database
    }
}

/// Parses the arguments, runs the command and says how it ended.
pub async fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = match context_of(&arguments) {
        Ok(context) => obey(&context, arguments.command).await,
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Refused) => ExitCode::from(1),
        Err(refusal) => {
            output::print_refusal(&refusal);
            ExitCode::from(if refusal.is_failure() { 3 } else { 1 })
        }
    }
}

fn context_of(arguments: &Arguments) -> Result<Context, Refusal> {
    let listen = match &arguments.command {
        Command::Serve(serve) => serve.listen,
        _ => None,
    };
    let flags = Overrides { database: arguments.database.clone(), listen };
    let configuration = Loaded::read(arguments.config.as_deref(), |name| std::env::var(name).ok(), &flags)?;
    Ok(Context { configuration, format: arguments.format, actor: Actor::operator(&arguments.actor) })
}

async fn obey(context: &Context, command: Command) -> CommandResult {
    match command {
        Command::Demo(demo) => demo::run(context, demo).await,
        Command::Serve(_) => serve::run(context).await,
        Command::Migrate => database::migrate(context).await,
        Command::Backup(backup) => backup::back_up(context, &backup).await,
        Command::Restore(restore) => backup::restore(context, &restore).await,
        Command::Doctor => doctor::run(context).await,
        Command::Region(command) => region::run(context, command).await,
        Command::Import(command) => import::run(context, command).await,
        Command::Match(arguments) => matching::run(context, *arguments).await,
        Command::Bulletin(bulletin) => bulletin::run(context, *bulletin).await,
        Command::Contract(command) => contract::run(context, &command).await,
        Command::Attribution(command) => attribution::run(context, command).await,
        Command::Target(command) => target::run(context, command).await,
        Command::Audit(command) => audit::run(context, command).await,
    }
}

/// How a command ended when nothing went wrong in the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Exit 0.
    Done,
    /// Exit 1: the input was looked at and not accepted.
    Refused,
}

type CommandResult = Result<Outcome, Refusal>;
