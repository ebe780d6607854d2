//! `import contracts|achievements|demands|park-list FILE`

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use xiaoxiang_domain::fact::Source;
use xiaoxiang_services::Refusal;
use xiaoxiang_services::achievement::{AchievementImport, RowSet, import_achievements};
use xiaoxiang_services::attribution::import_park_list;
use xiaoxiang_services::contract::{
    Consent, ImportReport, ImportRequest, Strictness, difference_rows, import_contracts,
};
use xiaoxiang_services::demand::{BadRows, Writing, import_demands};
use xiaoxiang_services::sheet::FILE_BYTES_MAX;

use super::output::{self, Format, say};
use super::{CommandResult, Context, Outcome, database};

/// Commands that take files in.
#[derive(Debug, Subcommand)]
pub enum ImportCommand {
    /// Technology contracts (技术合同) from XLSX or CSV
    Contracts(ContractArguments),
    /// Achievements and patents (科技成果、专利) from XLSX or CSV, as drafts of their units
    Achievements(AchievementArguments),
    /// Technology demands (技术需求) from XLSX or CSV, one a row under the labels of the collection sheet
    Demands(DemandArguments),
    /// The company list of a park (园区企业名录)
    ParkList {
        /// Park: name, statistical code or key
        #[arg(long)]
        park: String,
        /// XLSX or CSV: 企业名称, 统一社会信用代码, 入园日期, 退出日期
        file: PathBuf,
    },
}

/// Arguments of `import contracts`.
#[derive(Debug, Args)]
pub struct ContractArguments {
    /// XLSX or CSV with the headers of the national form
    file: PathBuf,
    /// Whose contracts they are
    #[arg(long, value_enum, default_value_t = SourceWord::Registry)]
    source: SourceWord,
    /// Check and compare only
    #[arg(long)]
    dry_run: bool,
    /// Take the good rows of a file with bad ones
    #[arg(long)]
    keep_valid: bool,
    /// Apply rows that differ from the contract on record
    #[arg(long)]
    accept_changes: bool,
    /// Write all problems and warnings into a CSV
    #[arg(long)]
    problems: Option<PathBuf>,
    /// Write all differences into a CSV
    #[arg(long)]
    differences: Option<PathBuf>,
}

/// Arguments of `import achievements`.
#[derive(Debug, Args)]
pub struct AchievementArguments {
    /// XLSX or CSV with a header: 成果单位, 成果名称, 简介, 专利号 …
    file: PathBuf,
    /// Check only
    #[arg(long)]
    dry_run: bool,
    /// Take the good rows of a file with bad ones
    #[arg(long)]
    keep_valid: bool,
    /// Undertake for every row that nothing in it is secret (不涉密承诺)
    #[arg(long)]
    no_secrets: bool,
    /// Write all problems into a CSV
    #[arg(long)]
    problems: Option<PathBuf>,
}

/// Arguments of `import demands`.
#[derive(Debug, Args)]
pub struct DemandArguments {
    /// XLSX or CSV with the labels of the collection sheet as headers
    file: PathBuf,
    /// Check only
    #[arg(long)]
    dry_run: bool,
    /// Take the good rows of a file with bad ones
    #[arg(long)]
    keep_valid: bool,
}

/// Registry or exchange.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum SourceWord {
    /// Registered by the region's registrars (登记)
    Registry,
    /// Delivered by the national exchange (省外数据)
    Exchange,
}

pub async fn run(context: &Context, command: ImportCommand) -> CommandResult {
    match command {
        ImportCommand::Contracts(arguments) => run_contracts(context, arguments).await,
        ImportCommand::Demands(arguments) => run_demands(context, &arguments).await,
        ImportCommand::Achievements(arguments) => run_achievements(context, arguments).await,
        ImportCommand::ParkList { park, file } => {
            let app = database::open(context).await?;
            let imported = import_park_list(&app, &context.actor, &park, read_file(&file)?).await?;
            say(
                &format!("名录 {} 家企业，{} 份合同改变归属。", imported.companies, imported.moved_contracts),
                &format!(
                    "{} companies listed, {} contracts moved",
                    imported.companies, imported.moved_contracts
                ),
            );
            Ok(Outcome::Done)
        }
    }
}

async fn run_achievements(context: &Context, arguments: AchievementArguments) -> CommandResult {
    let app = database::open(context).await?;
    let rows = match (arguments.dry_run, arguments.keep_valid) {
        (true, _) => RowSet::Nothing,
        (_, true) => RowSet::Valid,
        _ => RowSet::All,
    };
    let bytes = read_file(&arguments.file)?;
    let import = AchievementImport { bytes, rows, holds_no_secrets: arguments.no_secrets };
    let report = import_achievements(&app, &context.actor, import).await?;
    if let Some(path) = &arguments.problems {
        output::write_problems(path, &report.problems)?;
    }
    let (read, drafts, refused) = (report.rows.len(), report.drafts(), report.refused_rows());
    say(
        &format!("读到 {read} 行，建立草稿 {drafts} 项，有问题 {refused} 行。"),
        &format!("{read} rows read, {drafts} drafts made, {refused} rows with problems"),
    );
    if report.problems.is_empty() || (arguments.keep_valid && drafts > 0) {
        return Ok(Outcome::Done);
    }
    Err(Refusal::Sheet(report.problems))
}

async fn run_demands(context: &Context, arguments: &DemandArguments) -> CommandResult {
    let app = database::open(context).await?;
    let how = (
        if arguments.keep_valid { BadRows::KeepValid } else { BadRows::RefuseAll },
        if arguments.dry_run { Writing::CheckOnly } else { Writing::Import },
    );
    let import = import_demands(&app, &context.actor, read_file(&arguments.file)?, how).await?;
    let rows: Vec<Vec<String>> = import
        .problems
        .iter()
        .map(|(row, problem)| vec![row.to_string(), problem.field.clone(), problem.reason_zh.clone()])
        .collect();
    output::print_rows(context.format, &["行", "栏目", "问题"], &rows)?;
    let (all, good, known, made) = (import.rows, import.good, import.known, import.made.len());
    say(
        &format!("共 {all} 行：可导入 {good}，已有 {known}，已导入 {made}。"),
        &format!("{all} rows: {good} good, {known} on record already, {made} imported"),
    );
    let is_refused = !import.problems.is_empty() && !arguments.keep_valid;
    Ok(if is_refused { Outcome::Refused } else { Outcome::Done })
}

async fn run_contracts(context: &Context, arguments: ContractArguments) -> CommandResult {
    let app = database::open_or_create(context).await?;
    let bytes = read_file(&arguments.file)?;
    let file_name =
        arguments.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let request = ImportRequest {
        source: match arguments.source {
            SourceWord::Registry => Source::Registry,
            SourceWord::Exchange => Source::Exchange,
        },
        file_name: &file_name,
        bytes,
        strictness: if arguments.keep_valid { Strictness::KeepValid } else { Strictness::AllOrNothing },
        consent: if arguments.accept_changes { Consent::AcceptChanges } else { Consent::ListOnly },
        is_dry_run: arguments.dry_run,
    };
    let bar = progress_bar();
    let report = import_contracts(&app, &context.actor, request, |rows| bar.set_position(rows)).await;
    bar.finish_and_clear();
    let report = report.inspect_err(|refusal| {
        if let (Refusal::Sheet(problems), Some(path)) = (refusal, &arguments.problems) {
            // The refusal itself is reported; a second failure here must not hide it.
            let _ = output::write_problems(path, problems);
        }
    })?;
    if let Some(path) = &arguments.problems {
        let all: Vec<_> = report.problems.iter().chain(&report.warnings).cloned().collect();
        output::write_problems(path, &all)?;
    }
    if let Some(path) = &arguments.differences {
        write_differences(path, &report)?;
    }
    print_report(context, &arguments, &report)?;
    let is_refused = report.problem_count > 0 && !arguments.keep_valid;
    Ok(if is_refused { Outcome::Refused } else { Outcome::Done })
}

fn print_report(
    context: &Context,
    arguments: &ContractArguments,
    report: &ImportReport,
) -> Result<(), Refusal> {
    output::print_problems(&report.problems);
    output::print_problems(&report.warnings);
    if context.format == Some(Format::Json) {
        output::print_json(report);
    } else if !report.differences.is_empty() {
        let rows: Vec<Vec<String>> =
            difference_rows(&report.differences).into_iter().map(Vec::from).collect();
        output::print_rows(context.format, &["登记编号", "行", "处理", "字段", "原值", "新值"], &rows)?;
    }
    if !report.ignored_sheets.is_empty() {
        let sheets = report.ignored_sheets.join("、");
        say(
            &format!("未读取的工作表（隐藏，或没有合同登记编号栏）：{sheets}"),
            &format!("sheets not read (hidden, or without a column of registration numbers): {sheets}"),
        );
    }
    if !report.ignored_columns.is_empty() {
        let columns = report.ignored_columns.join("、");
        say(&format!("未使用的栏目：{columns}"), &format!("columns not used: {columns}"));
    }
    let (zh, en) = summary(arguments, report);
    say(&zh, &en);
    Ok(())
}

fn summary(arguments: &ContractArguments, report: &ImportReport) -> (String, String) {
    let ImportReport { rows, new, changed, unchanged, refused_rows, awaiting_consent, kept, .. } = report;
    let mut zh = format!("共 {rows} 行：新增 {new}，变更 {changed}，相同 {unchanged}");
    let mut en = format!("{rows} rows: {new} new, {changed} changed, {unchanged} unchanged");
    for (count, word_zh, word_en) in [
        (report.repeated, "文件内重复", "repeated within the file"),
        (report.skipped_rows, "略过的合计或说明行", "totals and notes skipped"),
        (*kept, "以登记数据为准", "overruled by the registry"),
        (
            *awaiting_consent,
            "有差异待确认（用 --accept-changes 更新）",
            "differing, waiting for --accept-changes",
        ),
        (*refused_rows, "有问题", "with problems"),
        (report.warning_count, "条提示", "warnings"),
    ] {
        if count > 0 {
            zh.push_str(&format!("，{word_zh} {count}"));
            en.push_str(&format!(", {count} {word_en}"));
        }
    }
    let is_refused = report.problem_count > 0 && !arguments.keep_valid;
    let (end_zh, end_en) = if is_refused {
        ("。未导入任何数据。", "; nothing was imported")
    } else if arguments.dry_run {
        ("。仅检查，未写入。", "; checked only, nothing was written")
    } else if report.is_unchanged() {
        ("。数据没有变化。", "; nothing has changed")
    } else {
        ("。", "")
    };
    (zh + end_zh, en + end_en)
}

fn write_differences(path: &Path, report: &ImportReport) -> Result<(), Refusal> {
    let rows: Vec<Vec<String>> = difference_rows(&report.differences).into_iter().map(Vec::from).collect();
    let header = ["登记编号", "行", "处理", "字段", "原值", "新值"];
    std::fs::write(path, output::csv_of(&header, &rows)?)
        .map_err(|source| Refusal::File { path: path.display().to_string(), source })
}

/// Reads a file that is not larger than a sheet may be.
pub(super) fn read_file(path: &Path) -> Result<Vec<u8>, Refusal> {
    let failed = |source| Refusal::File { path: path.display().to_string(), source };
    let size = std::fs::metadata(path).map_err(|_| Refusal::NotFound(path.display().to_string()))?.len();
    if size > FILE_BYTES_MAX {
        return Err(Refusal::invalid(
            "import.file_too_large",
            format!("文件大于 {} MB。请按月或按年拆分后导入。", FILE_BYTES_MAX / 1024 / 1024),
            format!("the file exceeds {} MB; split it by month or year", FILE_BYTES_MAX / 1024 / 1024),
        ));
    }
    std::fs::read(path).map_err(failed)
}

fn progress_bar() -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style =
        ProgressStyle::with_template("{spinner} {pos} 行 rows, {elapsed}").expect("the template is valid");
    ProgressBar::new_spinner().with_style(style)
}
