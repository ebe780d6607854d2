//! `contract screen --database URL`, `contract screen --file FILE [--labels CSV]`, `contract screen --report [--seed N]`

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::tz::TimeZone;
use serde_json::json;
use xiaoxiang_domain::contract::screen::{Flag, Screen};
use xiaoxiang_domain::region::Region;
use xiaoxiang_services::Refusal;
use xiaoxiang_services::demo::planted::CONTRACTS_DEFAULT;
use xiaoxiang_services::screening::{
    Effort, Score, ScreenedBook, When, read_contracts, read_labels, score, screen_book, screen_contracts,
    screen_planted,
};

use super::output::{self, Format, say};
use super::{CommandResult, Context, Outcome, database};
use crate::clock::system_clock;
use crate::region_files::shipped_layers;

/// Seed of the report where none is given.
const SEED_DEFAULT: u64 = 1;

/// Commands about contracts.
#[derive(Debug, Subcommand)]
pub enum ContractCommand {
    /// Ask whether contracts are true (真实性筛查): lists questions with their evidence, refuses nothing
    ///
    /// Without a file or report the contracts of the database are screened, and its open questions brought up to date.
    Screen(ScreenArguments),
}

/// Arguments of `contract screen`.
#[derive(Debug, Args)]
pub struct ScreenArguments {
    /// XLSX or CSV in the import format; needs no database
    #[arg(long, conflicts_with = "report")]
    file: Option<PathBuf>,
    /// What is known to be planted: CSV with the columns `registration_number,kind`, several lines a contract allowed.
    ///
    /// Prints recall and precision per kind instead of the questions. A labelled contract counts as found where a
    /// screen of the kind's family flagged it; for kinds whose names are not ours, where any screen did. A flagged
    /// contract is a false flag where neither it nor a contract that its evidence names is labelled.
    #[arg(long, requires = "file", conflicts_with = "report")]
    labels: Option<PathBuf>,
    /// Plant 28 kinds of tricks in an invented province and say what the screens find
    #[arg(long)]
    report: bool,
    /// Seed of the invented province
    #[arg(long, requires = "report", default_value_t = SEED_DEFAULT)]
    seed: u64,
    /// Contracts of the invented province
    #[arg(long, requires = "report", default_value_t = CONTRACTS_DEFAULT)]
    contracts: usize,
    /// Region whose form and parameters apply
    #[arg(long, default_value = "hunan")]
    region: String,
}

pub async fn run(context: &Context, command: &ContractCommand) -> CommandResult {
    let ContractCommand::Screen(arguments) = command;
    if arguments.file.is_none() && !arguments.report {
        return screen_database(context).await;
    }
    let layers = shipped_layers(&arguments.region)
        .ok_or_else(|| Refusal::NotFound(format!("regions/{}", arguments.region)))?;
    let region = Region::parse(&layers).map_err(Refusal::Region)?;
    let Some(path) = &arguments.file else {
        let scored = screen_planted(&region, arguments.seed, arguments.contracts)?;
        print_score(context, &scored)?;
        return Ok(Outcome::Done);
    };
    let labels = match &arguments.labels {
        Some(labels) => Some(read_labels(super::import::read_file(labels)?)?),
        None => None,
    };
    let zone = TimeZone::get(region.time_zone()).unwrap_or(TimeZone::UTC);
    let today = system_clock().today_in(&zone);
    let read = read_contracts(&region, today, super::import::read_file(path)?)?;
    output::print_problems(&read.problems);
    if read.refused_rows > 0 {
        say(
            &format!("{} 行有问题，未参加筛查。", read.refused_rows),
            &format!("{} row(s) with problems were not screened", read.refused_rows),
        );
    }
    let flags = screen_contracts(&region, &read.contracts)?;
    match labels {
        Some(labels) => print_score(context, &score(&flags, &labels))?,
        None => print_flags(context, &flags)?,
    }
    if context.format != Some(Format::Json) {
        say(
            &format!(
                "筛查 {} 份合同，提出 {} 个问题。疑点只是待答的问题，不是结论。",
                read.contracts.len(),
                flags.len()
            ),
            &format!(
                "{} contracts screened, {} question(s); a flag is a question to answer, no verdict",
                read.contracts.len(),
                flags.len()
            ),
        );
    }
    Ok(Outcome::Done)
}

/// Screens the contracts of the database and prints how many questions of each kind stand.
async fn screen_database(context: &Context) -> CommandResult {
    let app = database::open(context).await?;
    let screened = screen_book(&app, &context.actor, When::Now, Effort::All).await?;
    let screened = screened.ok_or_else(|| Refusal::overtaken("疑点", "the flags"))?;
    app.db.close().await;
    let rows: Vec<Vec<String>> = screened
        .by_kind
        .iter()
        .map(|(screen, count)| vec![screen.code().to_owned(), screen.name_zh().to_owned(), count.to_string()])
        .collect();
    output::print_rows(context.format, &["kind", "手法", "疑点"], &rows)?;
    if context.format == Some(Format::Json) {
        return Ok(Outcome::Done);
    }
    let (contracts, questions) = (screened.contracts, screened.questions());
    let ScreenedBook { raised, closed, returned, regrounded, .. } = screened;
    say(
        &format!(
            "筛查 {contracts} 份合同，现有 {questions} 个疑点：新提出 {raised}，线索消失 {closed}，重新出现 {returned}，线索变化 {regrounded}。疑点只是待答的问题，不是结论。"
        ),
        &format!(
            "{contracts} contracts screened, {questions} question(s): {raised} new, {closed} fell away, {returned} came back, {regrounded} with other evidence; a flag is a question to answer, no verdict"
        ),
    );
    Ok(Outcome::Done)
}

fn print_score(context: &Context, scored: &Score) -> Result<(), Refusal> {
    if context.format == Some(Format::Json) {
        output::print_json(scored);
        return Ok(());
    }
    let overall = &scored.overall;
    let rows: Vec<Vec<String>> = scored
        .kinds
        .iter()
        .map(|kind| {
            let name = Screen::from_code(&kind.kind).map_or("", Screen::name_zh);
            let share = (kind.found * 100).checked_div(kind.planted);
            let recall = share.map_or_else(|| "—".to_owned(), |share| format!("{share}%"));
            vec![
                kind.kind.clone(),
                name.to_owned(),
                kind.planted.to_string(),
                kind.found.to_string(),
                recall,
                kind.false_flags.to_string(),
            ]
        })
        .collect();
    output::print_rows(context.format, &["kind", "手法", "埋设", "发现", "召回率", "误报"], &rows)?;
    say(
        &format!(
            "总召回率 {}（{}/{}），精确率 {}（误报 {}/{}）",
            overall.recall,
            overall.found,
            overall.planted,
            overall.precision,
            overall.false_flags,
            overall.flagged
        ),
        &format!(
            "overall recall {} ({}/{}), precision {} ({} of {} flagged contracts false)",
            overall.recall,
            overall.found,
            overall.planted,
            overall.precision,
            overall.false_flags,
            overall.flagged
        ),
    );
    Ok(())
}

fn print_flags(context: &Context, flags: &[Flag]) -> Result<(), Refusal> {
    if context.format == Some(Format::Json) {
        let all: Vec<_> = flags
            .iter()
            .map(|flag| {
                json!({
                    "registration_number": flag.registration_number,
                    "screen": flag.screen.code(),
                    "name_zh": flag.screen.name_zh(),
                    "name_en": flag.screen.name_en(),
                    "strength": flag.strength,
                    "question_zh": flag.screen.question_zh(),
                    "question_en": flag.screen.question_en(),
                    "evidence": flag.evidence,
                })
            })
            .collect();
        output::print_json(&all);
        return Ok(());
    }
    let rows: Vec<Vec<String>> = flags
        .iter()
        .map(|flag| {
            let sentences: Vec<&str> = flag.evidence.iter().map(|part| part.zh.as_str()).collect();
            let others: Vec<&str> =
                flag.evidence.iter().flat_map(|part| &part.contracts).map(String::as_str).collect();
            vec![
                flag.registration_number.clone(),
                flag.screen.code().to_owned(),
                flag.screen.name_zh().to_owned(),
                flag.strength.name_zh().to_owned(),
                sentences.join("；"),
                others.join(" "),
                flag.screen.question_zh().to_owned(),
            ]
        })
        .collect();
    output::print_rows(
        context.format,
        &["登记编号", "规则", "疑点", "强度", "线索", "相关合同", "问题"],
        &rows,
    )
}
