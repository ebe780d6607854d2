//! What was signed at an event against what was registered of it (签约转化): from the leads' contracts, computed when it is read.

use jiff::civil::Date;
use xiaoxiang_domain::event::{MeetingOutcome, SettlementLine, SignedProject, settle};
use xiaoxiang_domain::money::Fen;
use xiaoxiang_store::event::MeetingRow;
use xiaoxiang_store::{StoreError, Tx, lead};

use super::case::Case;
use crate::refusal::Refusal;

/// Contracts of leads that count.
const COUNTED: &str = "counted";

/// A signed project with what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettledProject {
    /// Meeting at which it was signed.
    pub meeting_id: String,
    /// Lead that goes on from it.
    pub lead_id: Option<String>,
    /// 合同登记编号, once its contract is registered and counts.
    pub registration_number: Option<String>,
    /// What was signed, and its registration.
    pub project: SignedProject,
}

/// The account of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    /// Every signed project.
    pub projects: Vec<SettledProject>,
    /// Sum of the amounts named at signing.
    pub signed_value: Fen,
    /// Projects signed without an amount.
    pub without_amount: usize,
    /// What was registered after 30, 90 and 180 days.
    pub lines: [SettlementLine; 3],
}

/// The account of an event as the record says today.
pub(super) async fn settlement_of(
    tx: &mut Tx,
    case: &Case,
    meetings: &[MeetingRow],
    today: Date,
) -> Result<Settlement, Refusal> {
    let mut projects = Vec::new();
    for row in meetings.iter().filter(|row| row.outcome.as_deref() == Some(MeetingOutcome::Signed.code())) {
        let mut number = None;
        let mut registered = None;
        let found = match &row.lead_id {
            Some(lead_id) => lead::find(tx, lead_id).await?,
            None => None,
        };
        if let Some(lead) = found.filter(|lead| lead.contract_standing.as_deref() == Some(COUNTED)) {
            let day = lead.registered_on.as_deref().map(str::parse::<Date>).transpose();
            let day =
                day.map_err(|_| StoreError::Damaged(format!("registration of lead {}", lead.lead_id)))?;
            registered = day.zip(lead.contract_value_fen).map(|(day, value)| (day, Fen(value)));
            number = lead.registration_number;
        }
        projects.push(SettledProject {
            meeting_id: row.meeting_id.clone(),
            lead_id: row.lead_id.clone(),
            registration_number: number,
            project: SignedProject { amount: row.amount_fen.map(Fen), registered },
        });
    }
    let all: Vec<SignedProject> = projects.iter().map(|one| one.project).collect();
    let signed = all.iter().filter_map(|one| one.amount).map(|amount| i128::from(amount.0)).sum::<i128>();
    Ok(Settlement {
        signed_value: Fen(i64::try_from(signed).unwrap_or(i64::MAX)),
        without_amount: all.iter().filter(|one| one.amount.is_none()).count(),
        lines: settle(case.planned.day, today, &all),
        projects,
    })
}
