//! `attribution objections|object|decide|parks`

use clap::{Subcommand, ValueEnum};
use xiaoxiang_domain::contract::Side;
use xiaoxiang_domain::region::DivisionCode;
use xiaoxiang_services::Refusal;
use xiaoxiang_services::attribution::{
    NewObjection, decide_objection, list_objections, park_findings, raise_objection,
};

use super::output::{self, say};
use super::{CommandResult, Context, Outcome, database};

/// Commands about the places of contracts.
#[derive(Debug, Subcommand)]
pub enum AttributionCommand {
    /// Object to the place of a contract
    Object {
        /// 登记编号
        number: String,
        /// Whose place
        #[arg(long, value_enum)]
        side: SideWord,
        /// Division that should hold, six digits
        #[arg(long)]
        division: String,
        /// Who objects: a city or county
        #[arg(long)]
        by: String,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// Decide an objection
    Decide {
        /// Id of the objection
        objection: String,
        /// Division that holds from now on, six digits
        #[arg(long)]
        division: String,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// List objections, open ones first
    Objections,
    /// List companies that several parks claim or that match no contract
    Parks,
}

/// Seller or buyer.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum SideWord {
    /// 卖方
    Seller,
    /// 买方
    Buyer,
}

pub async fn run(context: &Context, command: AttributionCommand) -> CommandResult {
    let app = database::open(context).await?;
    match command {
        AttributionCommand::Object { number, side, division, by, reason } => {
            let objection = NewObjection {
                registration_number: number,
                side: match side {
                    SideWord::Seller => Side::Seller,
                    SideWord::Buyer => Side::Buyer,
                },
                claimed_division: code_of(&division)?,
                raised_by: by,
                reason,
            };
            let id = raise_objection(&app, &context.actor, &objection).await?;
            output::print_data(&id);
            say(
                "异议已登记，等待省级裁定。",
                "the objection is recorded and waits for the province's decision",
            );
        }
        AttributionCommand::Decide { objection, division, reason } => {
            let commit =
                decide_objection(&app, &context.actor, &objection, code_of(&division)?, &reason).await?;
            say(
                &format!("已裁定，日志位置 {}。", commit.position),
                &format!("decided at log position {}", commit.position),
            );
        }
        AttributionCommand::Objections => {
            let rows: Vec<Vec<String>> = list_objections(&app, &context.actor)
                .await?
                .into_iter()
                .map(|row| {
                    vec![
                        row.objection_id,
                        row.registration_number,
                        row.side,
                        row.raised_by,
                        row.claimed_division,
                        row.reason,
                        row.decided_division.unwrap_or_default(),
                        row.decision_reason.unwrap_or_default(),
                    ]
                })
                .collect();
            let header = ["异议", "登记编号", "方", "提出", "主张", "理由", "裁定", "裁定理由"];
            output::print_rows(context.format, &header, &rows)?;
        }
        AttributionCommand::Parks => {
            let findings = park_findings(&app, &context.actor).await?;
            let twice = findings.claimed_twice.iter().map(|claimants| ("多园区重复", claimants));
            let unmatched = findings.unmatched.iter().map(|claimants| ("未匹配合同", claimants));
            let rows: Vec<Vec<String>> = twice
                .chain(unmatched)
                .map(|(finding, claimants)| {
                    let parks = claimants.parks.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
                    vec![finding.to_owned(), claimants.name.clone(), claimants.credit_code.clone(), parks]
                })
                .collect();
            output::print_rows(context.format, &["情况", "企业", "信用代码", "园区"], &rows)?;
        }
    }
    Ok(Outcome::Done)
}

pub(super) fn code_of(text: &str) -> Result<DivisionCode, Refusal> {
    DivisionCode::parse(text).ok_or_else(|| {
        Refusal::invalid(
            "division.form",
            format!("“{text}”不是六位行政区划代码。"),
            format!("`{text}` is not a six-digit division code"),
        )
    })
}
