//! Our compile-time check: every statement in the store's source is prepared on the databases that it is meant for.

use std::path::{Path, PathBuf};

use sqlx::{AssertSqlSafe, Executor as _, SqlSafeStr as _};
use xiaoxiang_store::Db;
use xiaoxiang_store::testing::TestDb;

/// Fewer would mean that the scanner has gone blind.
const STATEMENTS_MIN: usize = 80;
/// What begins the call of a statement.
const CALLS: [&str; 6] = ["rows!(", "row!(", "run!(", "insert!(", "sqlx::query(", "sqlx::query_as"];

/// What only SQLite has.
const SQLITE_VERB: &str = "VACUUM INTO ";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meant {
    Both,
    Sqlite,
    Postgres,
}

#[derive(Debug)]
struct Literal {
    place: String,
    text: String,
    meant: Meant,
}

/// The string literals of a Rust source, each with the arm of `match tx` in which it stands.
fn literals(file: &Path, source: &str) -> Vec<Literal> {
    let bytes = source.as_bytes();
    let mut found = Vec::new();
    let mut arms: Vec<(usize, Meant)> = Vec::new();
    let (mut depth, mut at) = (0_usize, 0_usize);
    while at < bytes.len() {
        let rest = &source[at..];
        if rest.starts_with("//") {
            at += rest.find('\n').unwrap_or(rest.len());
        } else if let Some((length, text)) = string(rest) {
            let line = source[..at].matches('\n').count() + 1;
            let place = format!("{}:{line}", file.display());
            let meant = if text.starts_with(SQLITE_VERB) {
                Meant::Sqlite
            } else {
                arms.last().map_or(Meant::Both, |arm| arm.1)
            };
            found.push(Literal { place, text: text.to_owned(), meant });
            at += length;
        } else if let Some((length, meant)) = arm(rest) {
            arms.retain(|(at_depth, _)| *at_depth < depth);
            arms.push((depth, meant));
            at += length;
        } else {
            match bytes[at] {
                b'{' | b'(' | b'[' => depth += 1,
                b'}' | b')' | b']' => {
                    depth = depth.checked_sub(1).expect("brackets close what they opened");
                    arms.retain(|(at_depth, _)| *at_depth <= depth);
                }
                // A quote or a bracket as a character; a lifetime has no closing quote this near.
                b'\'' if bytes.get(at + 2) == Some(&b'\'') => at += 2,
                b'\'' if bytes.get(at + 1) == Some(&b'\\') => at += 3,
                _ => {}
            }
            at += source[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    assert_eq!(depth, 0, "{}: the scanner lost its way", file.display());
    found
}

/// A string literal at the beginning of the text: its length and what stands between its quotes.
fn string(rest: &str) -> Option<(usize, &str)> {
    if let Some(raw) = rest.strip_prefix("r#\"") {
        let end = raw.find("\"#").expect("a raw string ends");
        return Some((end + 5, &raw[..end]));
    }
    let body = rest.strip_prefix('"')?;
    let mut escaped = false;
    let end = body
        .find(|character| {
            let ends = character == '"' && !escaped;
            escaped = character == '\\' && !escaped;
            ends
        })
        .expect("a string ends");
    Some((end + 2, &body[..end]))
}

/// The pattern of one database's arm at the beginning of the text.
fn arm(rest: &str) -> Option<(usize, Meant)> {
    let (name, meant) = [("Tx::Sqlite(", Meant::Sqlite), ("Tx::Postgres(", Meant::Postgres)]
        .into_iter()
        .find(|(name, _)| rest.starts_with(name))?;
    let close = rest.find(')')?;
    let pattern = &rest[name.len()..close];
    let is_name = pattern.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    let arrow = rest[close + 1..].trim_start().starts_with("=>");
    (is_name && arrow).then_some((close + 1, meant))
}

fn is_statement(text: &str) -> bool {
    let text = text.trim_start();
    ["SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM ", "WITH ", SQLITE_VERB]
        .iter()
        .any(|verb| text.starts_with(verb))
}

fn crates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The statements of the store itself; what creates databases for tests is none of it.
fn statements() -> Vec<Literal> {
    let mut all = Vec::new();
    for file in sources(&crates().join("store/src")) {
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        if name == "testing.rs" || name == "cluster.rs" {
            continue;
        }
        let source = std::fs::read_to_string(&file).unwrap();
        let found: Vec<Literal> =
            literals(&file, &source).into_iter().filter(|literal| is_statement(&literal.text)).collect();
        let calls: usize = CALLS.iter().map(|call| source.matches(call).count()).sum();
        // db.rs defines the macros.
        let expected = if name == "db.rs" { 0 } else { calls };
        assert_eq!(found.len(), expected, "statements and calls in {}", file.display());
        all.extend(found);
    }
    assert!(all.len() >= STATEMENTS_MIN, "only {} statements found", all.len());
    all
}

async fn refusals(made: TestDb, other: Meant) -> Vec<String> {
    let mut refused = Vec::new();
    let mut prepared = 0;
    for statement in statements() {
        if statement.meant == other {
            continue;
        }
        let sql = AssertSqlSafe(statement.text.clone()).into_sql_str();
        let outcome = match &made.db {
            Db::Sqlite { writer, .. } => writer.prepare(sql).await.map(drop),
            Db::Postgres(pool) => pool.prepare(sql).await.map(drop),
        };
        prepared += 1;
        if let Err(error) = outcome {
            refused.push(format!("{}: {error}\n{}", statement.place, statement.text));
        }
    }
    assert!(prepared >= STATEMENTS_MIN - 10, "only {prepared} statements prepared");
    made.end().await;
    refused
}

#[tokio::test]
async fn every_statement_prepares_on_sqlite() {
    let refused = refusals(TestDb::sqlite().await, Meant::Postgres).await;
    assert!(refused.is_empty(), "{}", refused.join("\n\n"));
}

#[tokio::test]
async fn every_statement_prepares_on_postgres() {
    let refused = refusals(TestDb::postgres().await, Meant::Sqlite).await;
    assert!(refused.is_empty(), "{}", refused.join("\n\n"));
}

#[tokio::test]
async fn lists_of_bulletins_walk_through_no_content_on_sqlite() {
    let made = TestDb::sqlite().await;
    let Db::Sqlite { writer, .. } = &made.db else { unreachable!("asked for SQLite") };
    let heads: Vec<Literal> = statements()
        .into_iter()
        .filter(|statement| statement.text.contains("tree_head, content_sha256\n           FROM bulletin\n"))
        .collect();
    assert!(!heads.is_empty(), "no statement lists heads of bulletins");
    for statement in heads {
        let plan = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {}", statement.text));
        let steps: Vec<(i64, i64, i64, String)> =
            sqlx::query_as(plan).bind(500_i64).fetch_all(writer).await.unwrap();
        let reads_heads_alone = steps.iter().any(|step| step.3.contains("COVERING INDEX bulletin_head"));
        assert!(reads_heads_alone, "{}: {steps:?}", statement.place);
    }
    made.end().await;
}

#[test]
fn the_scanner_tells_the_arms_apart() {
    let source = r##"
        // "SELECT in a comment"
        fn f<'a>(x: &'a str) { let quote = '"'; let brace = '{';
            rows!("SELECT 1 FROM a");
            match tx {
                Tx::Postgres(connection) => { g(); if y { h("SELECT 2 FROM a") } }
                Tx::Sqlite(_) => rows!("SELECT 3 \" FROM a"),
            }
            run!(&mut Tx::Sqlite(x), r#"SELECT 4 "q" FROM a"#)
        }
    "##;
    let found: Vec<(String, Meant)> =
        literals(Path::new("example.rs"), source).into_iter().map(|it| (it.text, it.meant)).collect();
    assert_eq!(
        found,
        [
            ("SELECT 1 FROM a".to_owned(), Meant::Both),
            ("SELECT 2 FROM a".to_owned(), Meant::Postgres),
            ("SELECT 3 \\\" FROM a".to_owned(), Meant::Sqlite),
            ("SELECT 4 \"q\" FROM a".to_owned(), Meant::Both),
        ]
    );
}

#[test]
fn some_statements_are_meant_for_one_database_only() {
    let all = statements();
    let count = |meant| all.iter().filter(|statement| statement.meant == meant).count();
    assert!(count(Meant::Sqlite) >= 5 && count(Meant::Postgres) >= 5, "the scanner sees no arms");
    assert!(count(Meant::Both) > all.len() / 2, "most text is the same on both databases");
}

#[test]
fn no_other_crate_speaks_sql() {
    let mut looked_at = 0;
    for folder in std::fs::read_dir(crates()).unwrap() {
        let folder = folder.unwrap().path();
        if folder.ends_with("store") || !folder.join("Cargo.toml").is_file() {
            continue;
        }
        let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        // Tests may look into a database with their own eyes.
        let needed = manifest.split("[dev-dependencies]").next().unwrap_or_default();
        assert!(!needed.contains("sqlx"), "{} depends on the driver", folder.display());
        for file in sources(&folder.join("src")) {
            let source = std::fs::read_to_string(&file).unwrap();
            for (index, line) in source.lines().enumerate() {
                let speaks = ["\"SELECT ", "\"INSERT INTO ", "\"DELETE FROM ", "\"UPDATE ", "\"WITH "];
                let speaks = speaks.iter().any(|verb| line.contains(verb));
                assert!(!speaks, "SQL outside the store: {}:{}", file.display(), index + 1);
            }
            looked_at += 1;
        }
    }
    assert!(looked_at > 50, "only {looked_at} files of the other crates found");
}
