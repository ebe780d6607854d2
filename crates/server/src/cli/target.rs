//! `target import|list`

use std::path::PathBuf;

use clap::Subcommand;
use xiaoxiang_services::target::{import_targets, targets_of_year};

use super::output::{self, say};
use super::{CommandResult, Context, Outcome, database};

/// Commands about annual targets.
#[derive(Debug, Subcommand)]
pub enum TargetCommand {
    /// Set targets from a sheet: 年度, 行政区划代码, 口径, 目标(亿元), 文号, 生效日期
    Import {
        /// XLSX or CSV
        file: PathBuf,
    },
    /// List the targets of a year
    List {
        /// Year
        year: i16,
    },
}

pub async fn run(context: &Context, command: TargetCommand) -> CommandResult {
    let app = database::open(context).await?;
    match command {
        TargetCommand::Import { file } => {
            let imported = import_targets(&app, &context.actor, super::import::read_file(&file)?).await?;
            say(
                &format!("已下达 {} 项目标。", imported.targets),
                &format!("{} targets set", imported.targets),
            );
        }
        TargetCommand::List { year } => {
            let rows: Vec<Vec<String>> = targets_of_year(&app, year)
                .await?
                .into_iter()
                .map(|target| {
                    vec![
                        format!("{:06}", target.division),
                        target.direction.label().to_owned(),
                        target.amount.yuan(),
                        target.document,
                        target.valid_from.to_string(),
                    ]
                })
                .collect();
            output::print_rows(context.format, &["行政区划", "口径", "目标(元)", "文号", "生效日期"], &rows)?;
        }
    }
    Ok(Outcome::Done)
}
