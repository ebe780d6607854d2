//! Search among a million achievements, and one new achievement against the standing demands, beside SQLite's FTS5 and
//! PostgreSQL's pg_trgm on the same texts.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection, Row as _};
use xiaoxiang_domain::money::Fen;
use xiaoxiang_domain::region::DivisionCode;
use xiaoxiang_matching::constraint::{Aspect, Requirement, Strength};
use xiaoxiang_matching::document::{Document, Question};
use xiaoxiang_matching::index::{Engine, Search};
use xiaoxiang_matching::score::{Channels, Weights};
use xiaoxiang_matching::text::{fold, words};

use crate::data::Achievements;
use crate::figure::{Figure, Unit, micros, percentile, rate};
use crate::machine;
use crate::place::{Backend, Setting};
use crate::report::{Line, Report};

const ACHIEVEMENTS: i64 = 1_000_000;
const DEMANDS: i64 = 100_000;
const BATCH: u64 = 10_000;
const QUESTIONS: u64 = 400;
/// The peers are asked fewer: some of their answers take seconds.
const PEER_QUESTIONS: u64 = 40;
const WORDS_ASKED: u64 = 4;
const CHANGES: u64 = 20;

const SEARCH: Search = Search { top: 20, channels: Channels::ALL, weights: Weights::SHIPPED };

pub async fn run(setting: &Setting, report: &mut Report) -> Result<()> {
    let count = setting.rows(ACHIEVEMENTS);
    let folder = setting.file("matching");
    let achievements = Achievements::new(1);
    let engine = fill(&folder, &achievements, count, report)?;
    ask(&engine, &achievements, count, report)?;
    change(&engine, &achievements, report)?;
    drop(engine);
    let started = Instant::now();
    let engine = Engine::open(&folder)?;
    engine.search(&question("锂离子电池"), &SEARCH)?;
    report.add(
        Line::new(
            format!("{count} achievements, restart to the first answer"),
            Figure::one(Unit::Seconds, micros(started.elapsed())),
        )
        .target(5_000_000),
    );
    drop(engine);
    let peak = Figure::one(Unit::Megabytes, machine::peak_megabytes());
    report.add(
        Line::new(format!("{count} achievements, largest memory while indexing and searching"), peak)
            .target(4_000),
    );
    std::fs::remove_dir_all(&folder)?;
    standing(setting, report)?;
    peers(setting, &achievements, count, report).await
}

fn fill(folder: &Path, achievements: &Achievements, count: i64, report: &mut Report) -> Result<Engine> {
    let engine = Engine::open(folder)?;
    // The table of meanings is unpacked once and not for each document.
    engine.search(&question("锂离子电池"), &SEARCH)?;
    let mut took = Duration::ZERO;
    let all = u64::try_from(count)?;
    for first in (0..all).step_by(usize::try_from(BATCH)?) {
        let batch: Vec<Document> =
            (first..all.min(first + BATCH)).map(|number| achievements.document(number)).collect();
        let started = Instant::now();
        engine.put(&batch)?;
        took += started.elapsed();
    }
    let started = Instant::now();
    engine.commit()?;
    took += started.elapsed();
    if engine.documents() != all {
        bail!("{} documents of {all} can be found", engine.documents());
    }
    let figure = Figure::one(Unit::PerSecond, rate(count, took));
    report.add(Line::new(format!("{count} achievements indexed, words and meanings"), figure).target(2_000));
    Ok(engine)
}

fn question(text: &str) -> Question {
    Question { text: text.to_owned(), ..Question::default() }
}

fn ask(engine: &Engine, achievements: &Achievements, count: i64, report: &mut Report) -> Result<()> {
    let near = Requirement { aspect: Aspect::Within(DivisionCode(430_100)), strength: Strength::Prefer };
    let cheap = Requirement { aspect: Aspect::Budget(Fen(100_000_000)), strength: Strength::Must };
    let (mut plain, mut constrained, mut long, mut typed) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for number in 0..QUESTIONS {
        let asked = question(&achievements.asked(number, WORDS_ASKED));
        let started = Instant::now();
        let hits = engine.search(&asked, &SEARCH)?;
        plain.push(started.elapsed());
        if hits.is_empty() {
            bail!("{} finds nothing", asked.text);
        }
        let required = Question { requirements: vec![near.clone(), cheap.clone()], ..asked.clone() };
        let started = Instant::now();
        engine.search(&required, &SEARCH)?;
        constrained.push(started.elapsed());
        let whole = Question { description: achievements.asked(number + QUESTIONS, 60), ..asked.clone() };
        let started = Instant::now();
        engine.search(&whole, &SEARCH)?;
        long.push(started.elapsed());
        let characters = asked.text.chars().count();
        let part: String = asked.text.chars().take(1 + usize::try_from(number)? % characters).collect();
        let started = Instant::now();
        engine.search(&question(&part), &SEARCH)?;
        typed.push(started.elapsed());
    }
    let mut add = |what: &str, times: &[Duration], median: Option<i128>, p99: Option<i128>| {
        for (name, per_cent, target) in [("p50", 50, median), ("p99", 99, p99)] {
            let spread = Figure::milliseconds(times);
            let figure = Figure { median: micros(percentile(times, per_cent)), ..spread };
            let line = Line::new(format!("top 20 of {count}, {what}, {name}"), figure);
            report.add(match target {
                Some(target) => line.target(target),
                None => line,
            });
        }
    };
    add("4 words", &plain, Some(15_000), Some(50_000));
    add("4 words with two constraints", &constrained, Some(15_000), Some(50_000));
    add("4 words and a description of 60", &long, None, None);
    add("as one types", &typed, None, Some(30_000));
    Ok(())
}

fn change(engine: &Engine, achievements: &Achievements, report: &mut Report) -> Result<()> {
    let mut times = Vec::new();
    for number in 0..CHANGES {
        let title = format!("变更后的成果{}", achievements.asked(number, 6));
        let document = Document { title: title.clone(), ..achievements.document(number) };
        let started = Instant::now();
        engine.put(std::slice::from_ref(&document))?;
        engine.commit()?;
        let hits = engine.search(&question(&title), &SEARCH)?;
        times.push(started.elapsed());
        if hits.first().is_none_or(|hit| hit.id != document.id) {
            bail!("the changed record {} is not found first", document.id);
        }
    }
    let figure = Figure { median: micros(percentile(&times, 99)), ..Figure::milliseconds(&times) };
    report.add(Line::new("a changed record searchable, p99", figure).target(1_000_000));
    Ok(())
}

/// One new achievement asks all standing demands.
fn standing(setting: &Setting, report: &mut Report) -> Result<()> {
    let count = setting.rows(DEMANDS).min(DEMANDS);
    let folder = setting.file("standing");
    let (demands, achievements) = (Achievements::new(2), Achievements::new(3));
    let engine = Engine::open(&folder)?;
    for first in (0..u64::try_from(count)?).step_by(usize::try_from(BATCH)?) {
        let batch: Vec<Document> = (first..first + BATCH).map(|number| demands.document(number)).collect();
        engine.put(&batch)?;
    }
    engine.commit()?;
    let mut times = Vec::new();
    for number in 0..100 {
        let new = achievements.document(number);
        let asked = Question { description: new.text, ..question(&new.title) };
        let started = Instant::now();
        engine.search(&asked, &Search { top: 100, ..SEARCH })?;
        times.push(started.elapsed());
    }
    let figure = Figure { median: micros(percentile(&times, 99)), ..Figure::milliseconds(&times) };
    report
        .add(Line::new(format!("one new achievement against {count} demands, p99"), figure).target(100_000));
    drop(engine);
    Ok(std::fs::remove_dir_all(&folder)?)
}

async fn peers(
    setting: &Setting,
    achievements: &Achievements,
    count: i64,
    report: &mut Report,
) -> Result<()> {
    let all = u64::try_from(count)?;
    let path = setting.file("fts.db");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path).create_if_missing(true);
    let mut sqlite = options.connect().await?;
    sqlx::query("CREATE VIRTUAL TABLE achievement USING fts5(words, content='', tokenize='unicode61')")
        .execute(&mut sqlite)
        .await?;
    let started = Instant::now();
    for first in (0..all).step_by(usize::try_from(BATCH)?) {
        let mut transaction = sqlite.begin().await?;
        for number in first..all.min(first + BATCH) {
            let document = achievements.document(number);
            let cut = words(&fold(&format!("{} {}", document.title, document.text))).join(" ");
            sqlx::query("INSERT INTO achievement(rowid, words) VALUES (?, ?)")
                .bind(i64::try_from(number)?)
                .bind(cut)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
    }
    let figure = Figure::one(Unit::PerSecond, rate(count, started.elapsed()));
    report.add(Line::new(format!("peer: {count} texts into SQLite FTS5, words cut by jieba"), figure));
    let mut times = Vec::new();
    for number in 0..PEER_QUESTIONS {
        let cut: Vec<String> = words(&fold(&achievements.asked(number, WORDS_ASKED)))
            .iter()
            .map(|word| format!("\"{word}\""))
            .collect();
        let started = Instant::now();
        sqlx::query("SELECT rowid FROM achievement WHERE achievement MATCH ? ORDER BY rank LIMIT 20")
            .bind(cut.join(" OR "))
            .fetch_all(&mut sqlite)
            .await?;
        times.push(started.elapsed());
    }
    add_peer(report, "peer: SQLite FTS5, any of 4 words, top 20", &times);
    sqlite.close().await?;
    std::fs::remove_file(&path)?;

    let address = setting.new_database(Backend::Postgres, "matching").await?;
    let mut postgres = PgConnection::connect(&address).await?;
    sqlx::query("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        .execute(&mut postgres)
        .await
        .context("pg_trgm is part of PostgreSQL's contrib")?;
    sqlx::query("CREATE TABLE matching_peer (id bigint, body text)").execute(&mut postgres).await?;
    let started = Instant::now();
    for first in (0..all).step_by(usize::try_from(BATCH)?) {
        let (mut ids, mut bodies) = (Vec::new(), Vec::new());
        for number in first..all.min(first + BATCH) {
            let document = achievements.document(number);
            ids.push(i64::try_from(number)?);
            bodies.push(format!("{} {}", document.title, document.text));
        }
        sqlx::query("INSERT INTO matching_peer SELECT * FROM unnest($1::bigint[], $2::text[])")
            .bind(ids)
            .bind(bodies)
            .execute(&mut postgres)
            .await?;
    }
    sqlx::query("CREATE INDEX ON matching_peer USING gin (body gin_trgm_ops)").execute(&mut postgres).await?;
    let figure = Figure::one(Unit::PerSecond, rate(count, started.elapsed()));
    report.add(Line::new(format!("peer: {count} texts into PostgreSQL with a pg_trgm index"), figure));
    let mut times = Vec::new();
    for number in 0..PEER_QUESTIONS {
        let any: Vec<String> = words(&fold(&achievements.asked(number, WORDS_ASKED)))
            .iter()
            .map(|word| format!("body LIKE '%{}%'", word.replace('\'', "''")))
            .collect();
        let query = format!("SELECT id FROM matching_peer WHERE {} LIMIT 20", any.join(" AND "));
        let started = Instant::now();
        let rows = sqlx::query(AssertSqlSafe(query)).fetch_all(&mut postgres).await?;
        times.push(started.elapsed());
        for row in rows {
            let _: i64 = row.try_get(0)?;
        }
    }
    add_peer(report, "peer: PostgreSQL pg_trgm, all of 4 words, unranked, first 20", &times);
    postgres.close().await?;
    setting.drop_database(&address).await
}

fn add_peer(report: &mut Report, what: &str, times: &[Duration]) {
    for (name, per_cent) in [("p50", 50), ("p99", 99)] {
        let figure = Figure { median: micros(percentile(times, per_cent)), ..Figure::milliseconds(times) };
        report.add(Line::new(format!("{what}, {name}"), figure));
    }
}
