//! `cargo xtask check`: what must hold before anything is merged.

use std::process::Command;
use std::time::Instant;

use anyhow::{Result, bail};

use crate::workspace::WORKSPACE;
use crate::{front_end, run, tree};

type Check = (&'static str, fn() -> Result<()>);

/// Runs every check, also after a failed one, and names those that failed.
pub fn check(given: &[String]) -> Result<()> {
    if !given.is_empty() {
        bail!("it takes no arguments");
    }
    // The server embeds this folder; clippy compiles the server.
    std::fs::create_dir_all(front_end::folder().join("dist"))?;
    let checks: [Check; 9] = [
        ("files are short enough to read", tree::files_are_short),
        ("nothing is left over", tree::nothing_is_left_over),
        ("migrations come in pairs", tree::migrations_come_in_pairs),
        ("links in the documents lead somewhere", tree::links_lead_somewhere),
        ("format", || run::run(&mut run::cargo(&["fmt", "--all", "--check"]))),
        ("front-end types", front_end_types),
        ("licences, sources and advisories of dependencies", dependencies),
        ("lints", || lints(&WORKSPACE)),
        ("lints without features", || lints(&["--workspace"])),
    ];
    let mut failures = Vec::new();
    for (name, check) in checks {
        let since = Instant::now();
        run::step(name);
        if let Err(error) = check() {
            run::complain(&format!("{error:#}"));
            failures.push(name);
        }
        run::took(name, since);
    }
    if failures.is_empty() { Ok(()) } else { bail!("not in order: {}", failures.join("; ")) }
}

fn lints(selection: &[&str]) -> Result<()> {
    let mut command = run::cargo(&["clippy", "--all-targets", "--quiet"]);
    run::run(command.args(selection).args(["--", "-D", "warnings"]))
}

fn front_end_types() -> Result<()> {
    if !front_end::has_node() {
        run::say("    warning: Node is not installed, so the front end's types are not checked");
        return Ok(());
    }
    front_end::install()?;
    run::run(Command::new("node_modules/.bin/tsc").arg("--noEmit").current_dir(front_end::folder()))
}

fn dependencies() -> Result<()> {
    if run::on_path("cargo-deny").is_none() {
        run::say("    warning: cargo-deny is not installed, so dependencies are not checked; get it with");
        run::say("    cargo install --locked cargo-deny");
        return Ok(());
    }
    run::run(&mut run::cargo(&["deny", "--log-level", "error", "check", "bans", "licenses", "sources"]))?;
    let advisories = run::run_quietly(&mut run::cargo(&["deny", "check", "advisories"]));
    match advisories {
        Err(error) if format!("{error:#}").contains("failed to fetch advisory database") => {
            run::say("    warning: the advisory database cannot be reached, so advisories are not checked");
            Ok(())
        }
        outcome => outcome.map(drop),
    }
}
