//! `match --demand ID|FILE [--top 20] [--explain]`, `match evaluate --set DIR [--judged-only] [--channel …] [--weights FILE]`, `match learn --set DIR --out FILE`

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use xiaoxiang_services::Refusal;
use xiaoxiang_services::matching::{
    Channels, EvaluationAsked, IndexState, MatchAsk, Matches, RecordKey, RecordKind, Weights, evaluate_set,
    find_matches, follow_records, learn_weights, match_file, write_verdicts,
};

use super::output::{self, Format};
use super::{CommandResult, Context, Outcome, database};
use crate::api::match_shapes::MatchesShape;
use crate::language::Language;
use crate::match_words::{question_of, reasons};

/// Arguments of `match`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, arg_required_else_help = true)]
pub struct MatchArguments {
    /// A demand's id, or a file: a filled-in collection sheet (DOCX, XLSX), or text whose first line names the demand
    #[arg(long)]
    demand: Option<String>,
    /// So many answers
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u8).range(1..=100))]
    top: u8,
    /// Say why, and what to ask
    #[arg(long)]
    explain: bool,
    #[command(subcommand)]
    command: Option<MatchCommand>,
}

/// Commands about matching.
#[derive(Debug, Subcommand)]
pub enum MatchCommand {
    /// Measure the ranking on a set of questions with known answers (评测)
    Evaluate(EvaluateArguments),
    /// Write what people said of matches as a set for evaluate and learn (匹配反馈)
    Verdicts(VerdictsArguments),
    /// Learn the channels' weights from a set and measure them on questions left out (学习权重); changes nothing by itself
    Learn(LearnArguments),
}

/// Arguments of `match verdicts`.
#[derive(Debug, Args)]
pub struct VerdictsArguments {
    /// Folder for corpus.jsonl, queries.jsonl and qrels.tsv
    #[arg(long)]
    out: PathBuf,
}

/// Arguments of `match learn`.
#[derive(Debug, Args)]
pub struct LearnArguments {
    /// Folder with corpus.jsonl, queries.jsonl and qrels.tsv
    #[arg(long)]
    set: PathBuf,
    /// Rank only the documents that were judged for a query
    #[arg(long)]
    judged_only: bool,
    /// Where the weights go, for `match evaluate --weights`
    #[arg(long)]
    out: Option<PathBuf>,
}

/// Arguments of `match evaluate`.
#[derive(Debug, Args)]
pub struct EvaluateArguments {
    /// Folder with corpus.jsonl, queries.jsonl and qrels.tsv
    #[arg(long)]
    set: PathBuf,
    /// Rank only the documents that were judged for a query
    #[arg(long)]
    judged_only: bool,
    /// Only these channels take part [default: all]
    #[arg(long, value_enum, value_delimiter = ',')]
    channel: Vec<Channel>,
    /// Other weights than those in force: a file of `match learn`
    #[arg(long)]
    weights: Option<PathBuf>,
}

/// A channel of the ranking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Channel {
    /// Full text
    Words,
    /// The table of meanings
    Meaning,
    /// The encoder; it reads some ten documents a second
    Reading,
}

pub async fn run(context: &Context, arguments: MatchArguments) -> CommandResult {
    let format = context.format;
    let command = match (arguments.command, arguments.demand) {
        (Some(MatchCommand::Verdicts(arguments)), _) => return verdicts(context, &arguments).await,
        (Some(command), _) => command,
        (None, demand) => {
            let asked = Asked { top: usize::from(arguments.top), explains: arguments.explain };
            return matching_demand(context, &demand.unwrap_or_default(), asked).await;
        }
    };
    let task = tokio::task::spawn_blocking(move || match command {
        MatchCommand::Evaluate(arguments) => evaluate(&arguments, format),
        MatchCommand::Learn(arguments) => learn(&arguments),
        MatchCommand::Verdicts(_) => unreachable!("handled before, since it reads a database"),
    });
    task.await.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()))
}

/// How a match is printed.
#[derive(Clone, Copy)]
struct Asked {
    top: usize,
    explains: bool,
}

async fn verdicts(context: &Context, arguments: &VerdictsArguments) -> CommandResult {
    let app = database::open(context).await?;
    let written = write_verdicts(&app, &arguments.out).await?;
    app.db.close().await;
    output::print_json(&json!({ "demands": written.demands, "verdicts": written.verdicts }));
    Ok(Outcome::Done)
}

async fn matching_demand(context: &Context, demand: &str, asked: Asked) -> CommandResult {
    let app = database::open(context).await?;
    let ask = MatchAsk { top: asked.top, ..MatchAsk::default() };
    let bar = ProgressBar::new_spinner().with_message("检索索引更新中 bringing the index up to date");
    if std::io::stderr().is_terminal() {
        bar.enable_steady_tick(Duration::from_millis(100));
    }
    // A command that reads too early would miss what a server may still be taking in.
    let state = follow_records(&app).await;
    bar.finish_and_clear();
    if state? == IndexState::Behind {
        output::say(
            "检索索引正由另一个进程更新，结果可能不含最新内容。",
            "another process is bringing the index up to date; the latest may be missing",
        );
    }
    let matches = if Path::new(demand).is_file() {
        match_file(&app, &context.actor, super::import::read_file(Path::new(demand))?, &ask).await?
    } else {
        let key = RecordKey { kind: RecordKind::Demand, id: demand.to_owned() };
        find_matches(&app, &context.actor, &key, &ask).await?
    };
    app.db.close().await;
    print_matches(context.format, &matches, asked.explains)
}

fn print_matches(format: Option<Format>, matches: &Matches, explains: bool) -> CommandResult {
    if format == Some(Format::Json) || format.is_none() && !std::io::stdout().is_terminal() {
        output::print_json(&MatchesShape::of(matches));
        return Ok(Outcome::Done);
    }
    let mut header = vec!["#", "score", "kind", "title", "holder"];
    if explains {
        header.push("why");
    }
    let language = Language::Chinese;
    let rows: Vec<Vec<String>> = (1..)
        .zip(&matches.hits)
        .map(|(rank, hit)| {
            let mut row = vec![
                rank.to_string(),
                format!("{:.2}", hit.points.total()),
                hit.sort.to_owned(),
                hit.title.clone(),
                hit.holder.clone(),
            ];
            if explains {
                row.push(reasons(language, &hit.explanation).join(" "));
            }
            row
        })
        .collect();
    output::print_rows(format, &header, &rows)?;
    if explains {
        for question in &matches.questions {
            output::print_data(&question_of(language, question));
        }
    }
    Ok(Outcome::Done)
}

fn evaluate(arguments: &EvaluateArguments, format: Option<Format>) -> CommandResult {
    let takes = |channel| arguments.channel.is_empty() || arguments.channel.contains(&channel);
    let channels = Channels {
        words: takes(Channel::Words),
        meaning: takes(Channel::Meaning),
        reading: takes(Channel::Reading),
    };
    let bar = progress_bar();
    let weights = arguments.weights.as_deref().map_or(Ok(Weights::SHIPPED), read_weights)?;
    let asked =
        EvaluationAsked { folder: &arguments.set, judged_only: arguments.judged_only, channels, weights };
    let (set, report) = evaluate_set(asked, &|read, all| {
        bar.set_length(all as u64);
        bar.set_position(read as u64);
    })?;
    bar.finish_and_clear();
    let measures = report.measures;
    if format == Some(Format::Json) || format.is_none() && !std::io::stdout().is_terminal() {
        output::print_json(&json!({
            "set": set.name,
            "queries": measures.questions,
            "queries_without_gain": measures.without_gain,
            "ndcg_at_10": rounded(measures.ndcg_at_10),
            "mrr_at_10": rounded(measures.mrr_at_10),
            "recall_at_100": rounded(measures.recall_at_100),
            "ms_per_query_p50": milliseconds(report.p50),
            "ms_per_query_p99": milliseconds(report.p99),
        }));
        return Ok(Outcome::Done);
    }
    let header = ["set", "queries", "nDCG@10", "MRR@10", "recall@100", "p50 ms", "p99 ms"];
    let row = vec![
        set.name,
        measures.questions.to_string(),
        format!("{:.4}", measures.ndcg_at_10),
        format!("{:.4}", measures.mrr_at_10),
        format!("{:.4}", measures.recall_at_100),
        format!("{:.2}", milliseconds(report.p50)),
        format!("{:.2}", milliseconds(report.p99)),
    ];
    output::print_rows(format, &header, &[row])?;
    Ok(Outcome::Done)
}

#[expect(clippy::float_arithmetic, reason = "a share for print, no money")]
fn rounded(share: f64) -> f64 {
    (share * 10_000.0).round() / 10_000.0
}

#[expect(clippy::float_arithmetic, reason = "a time for print, no money")]
fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 100_000.0).round() / 100.0
}

fn read_weights(path: &Path) -> Result<Weights, Refusal> {
    serde_json::from_slice(&super::import::read_file(path)?).map_err(|error| {
        Refusal::invalid(
            "matching.weights",
            format!("{} 不是权重文件：{error}。请使用 match learn --out 写出的文件。", path.display()),
            format!(
                "{} is no file of weights: {error}; take one that match learn --out wrote",
                path.display()
            ),
        )
    })
}

fn learn(arguments: &LearnArguments) -> CommandResult {
    let bar = progress_bar();
    let asked = EvaluationAsked {
        folder: &arguments.set,
        judged_only: arguments.judged_only,
        channels: Channels::ALL,
        weights: Weights::SHIPPED,
    };
    let (set, learnt) = learn_weights(asked, &|read, all| {
        bar.set_length(all as u64);
        bar.set_position(read as u64);
    })?;
    bar.finish_and_clear();
    if let Some(path) = &arguments.out {
        let text = serde_json::to_string_pretty(&learnt.weights).expect("weights are plain numbers");
        std::fs::write(path, text)
            .map_err(|source| Refusal::File { path: path.display().to_string(), source })?;
    }
    let (before, held_out) = (learnt.before, learnt.held_out);
    output::print_json(&json!({
        "set": set.name,
        "weights": learnt.weights,
        "weights_before": Weights::SHIPPED,
        "before": { "ndcg_at_10": rounded(before.ndcg_at_10), "mrr_at_10": rounded(before.mrr_at_10) },
        "held_out": { "ndcg_at_10": rounded(held_out.ndcg_at_10), "mrr_at_10": rounded(held_out.mrr_at_10) },
    }));
    Ok(Outcome::Done)
}

fn progress_bar() -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} 篇 documents read, {eta}")
        .expect("the template is valid");
    ProgressBar::new(0).with_style(style)
}
