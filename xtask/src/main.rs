//! The tasks of this repository: `cargo xtask demo | test | check | bench | soak | dist | guide | meaning | db`.
//!
//! Only `anyhow` and the standard library, so that it compiles in seconds on a fresh machine.

#![forbid(unsafe_code)]

mod arguments;
mod bench;
mod browser;
mod check;
mod db;
mod demo;
mod dist;
mod front_end;
mod fuzz;
mod guard;
mod guide;
mod meaning;
mod packages;
mod postgres;
mod run;
mod soak;
mod test;
mod tree;
mod workspace;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  demo [--port 8080] [--data-dir DIR]       build everything and serve the example province
  test [FILTER…]                            all tests, on SQLite, on PostgreSQL and in the browser
  check                                     format, lints, licences, links, lengths, leftovers
  bench [NAME] [--rows N]                   release build against the speed targets and the peers
  soak [--histories 10000] [--crashes 100]  the same tests with large numbers, and LibreOffice
  dist --key FILE | --new-key FILE          an offline package with checksums and signature, in target/dist
  guide                                     take the pictures of docs/guide from the running demo
  meaning encoder FILE | words … | table | turn …
                                            make the files of crates/matching/model anew; docs/MATCHING.md
  db [start | stop | status | url]          a private PostgreSQL for development, under target/";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((command, rest)) = arguments.split_first() else {
        run::complain(USAGE);
        return ExitCode::from(2);
    };
    let outcome = match command.as_str() {
        "demo" => demo::demo(rest),
        "test" => test::test(rest),
        "check" => check::check(rest),
        "bench" => bench::bench(rest),
        "soak" => soak::soak(rest),
        "dist" => dist::dist(rest),
        "guide" => guide::guide(),
        "meaning" => meaning::meaning(rest),
        "db" => db::db(rest),
        "guard" => guard::stand_guard(),
        "help" | "--help" | "-h" => {
            run::say(USAGE);
            Ok(())
        }
        _ => {
            run::complain(USAGE);
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            run::complain(&format!("xtask {command}: {error:#}"));
            ExitCode::FAILURE
        }
    }
}
