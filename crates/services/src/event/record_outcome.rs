//! Writes down what came of a meeting (登记洽谈结果); where they go on, a lead is opened.

use serde_json::json;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::event::{EventObstacle, EventState, MeetingBasis, MeetingOutcome, Side};
use xiaoxiang_domain::market::{SHORT_TEXT_CHARACTERS_MAX, clean_text};
use xiaoxiang_domain::money::{Fen, MoneyUnit};
use xiaoxiang_store::NewEntry;
use xiaoxiang_store::event::{self as store, MEETINGS_MAX, MeetingRow, ParticipantRow};

use super::case::{Case, refused, state_of};
use super::follow_up;
use super::plan_event::problem;
use super::register::participant;
use super::wishes::side;
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// Most characters of what is said of a meeting.
const WORDS_CHARACTERS_MAX: usize = 1_000;

/// Which meeting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhichMeeting {
    /// One of the timetable, by id.
    Planned(String),
    /// 现场洽谈: two participants, of both sides.
    OnTheSpot(String, String),
}

/// What came of it, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutcomeForm {
    /// Code of the outcome.
    pub outcome: String,
    /// 签约项目名称, of a signing.
    pub project_title: String,
    /// 签约金额, in 10,000 yuan; may be empty.
    pub amount: String,
    /// In words.
    pub words: String,
}

/// What was written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutcomeRecorded {
    /// Lead that goes on from it.
    pub lead_id: Option<String>,
    /// Why no lead was opened where one should be, Chinese and English.
    pub lead_refused: Option<(String, String)>,
}

/// Writes it down, from the day of the event until it is settled; once more corrects it.
pub async fn record_outcome(
    app: &App,
    actor: &Actor,
    event_id: &str,
    which: &WhichMeeting,
    form: &OutcomeForm,
) -> Result<OutcomeRecorded, Refusal> {
    actor.permit(Action::PlanEvents)?;
    let checked = checked(form)?;
    let (case, meeting) = find(app, actor, event_id, which).await?;
    let [host, guest] = both(app, &meeting).await?;
    let mut recorded = OutcomeRecorded { lead_id: meeting.lead_id.clone(), lead_refused: None };
    if checked.outcome.opens_lead() && recorded.lead_id.is_none() {
        // The lead comes first: two sides are joined by one lead at a time, so doing it again gives the same one.
        match follow_up::open(app, actor, &case, (&host, &guest), &checked.words).await {
            Ok(lead_id) => recorded.lead_id = Some(lead_id),
            Err(refusal @ (Refusal::Invalid { .. } | Refusal::NotFound(_))) => {
                recorded.lead_refused = Some(refusal.sentences());
            }
            Err(refusal) => return Err(refusal),
        }
    }
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin(now_ms).await?;
    store::take_number(&mut tx, event_id).await?;
    let row = MeetingRow {
        outcome: Some(checked.outcome.code().to_owned()),
        project_title: checked.project_title,
        amount_fen: checked.amount.map(|amount| amount.0),
        words: checked.words,
        lead_id: recorded.lead_id.clone(),
        recorded_at_ms: Some(now_ms),
        ..meeting
    };
    let known = store::list_meetings(&mut tx, event_id).await?;
    match which {
        WhichMeeting::Planned(_) => store::record_outcome(&mut tx, &row).await?,
        WhichMeeting::OnTheSpot(..) => {
            let same = known.iter().find(|one| one.host_id == row.host_id && one.guest_id == row.guest_id);
            match same {
                Some(same) => {
                    let row = MeetingRow { meeting_id: same.meeting_id.clone(), ..row.clone() };
                    store::record_outcome(&mut tx, &row).await?;
                }
                None if i64::try_from(known.len()).is_ok_and(|count| count < MEETINGS_MAX) => {
                    store::add_meeting(&mut tx, &row).await?;
                }
                None => {
                    return Err(Refusal::invalid(
                        "event.meetings_full",
                        "洽谈记录已达上限。",
                        "no more meetings can be written down",
                    ));
                }
            }
        }
    }
    let payload = json!({ "outcome": checked.outcome.code(), "lead": recorded.lead_id.is_some() });
    let entry = NewEntry { kind: "event.outcome_recorded", subject: case.subject(), payload };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(recorded)
}

async fn find(
    app: &App,
    actor: &Actor,
    event_id: &str,
    which: &WhichMeeting,
) -> Result<(Case, MeetingRow), Refusal> {
    let mut tx = app.db.read().await?;
    let case = Case::workable(&mut tx, actor, event_id).await?;
    let today = app.today_in(&mut tx).await?;
    let is_on = case.state.is_ahead() && case.planned.day <= today;
    if !is_on && case.state != EventState::Held {
        let obstacle =
            if case.state.is_ahead() { EventObstacle::DayNotCome } else { EventObstacle::NotFromHere };
        return Err(refused(obstacle));
    }
    match which {
        WhichMeeting::Planned(id) => {
            let all = store::list_meetings(&mut tx, event_id).await?;
            let found = all.into_iter().find(|one| one.meeting_id == *id);
            Ok((case, found.ok_or_else(|| Refusal::NotFound(id.clone()))?))
        }
        WhichMeeting::OnTheSpot(one, other) => {
            let one = participant(&mut tx, event_id, one).await?;
            let other = participant(&mut tx, event_id, other).await?;
            let kind = case.planned.kind;
            let (host, guest) = match (side(kind, &one), side(kind, &other)) {
                (Some(Side::Host), Some(Side::Guest)) => (one, other),
                (Some(Side::Guest), Some(Side::Host)) => (other, one),
                _ => {
                    return Err(Refusal::invalid(
                        "event.sides",
                        "请选择洽谈双方：一方为需求（或成果）方，一方为来访方。",
                        "choose one of each side",
                    ));
                }
            };
            if !state_of(&host)?.has_seat() || !state_of(&guest)?.has_seat() {
                return Err(refused(EventObstacle::NoSeat));
            }
            let meeting = MeetingRow {
                meeting_id: app.new_id()?,
                event_id: event_id.to_owned(),
                slot: None,
                table_number: None,
                host_id: host.participant_id,
                guest_id: guest.participant_id,
                basis: MeetingBasis::Unplanned.code().to_owned(),
                points: 0,
                outcome: None,
                project_title: String::new(),
                amount_fen: None,
                words: String::new(),
                lead_id: None,
                recorded_at_ms: None,
            };
            Ok((case, meeting))
        }
    }
}

async fn both(app: &App, meeting: &MeetingRow) -> Result<[ParticipantRow; 2], Refusal> {
    let mut tx = app.db.read().await?;
    let host = participant(&mut tx, &meeting.event_id, &meeting.host_id).await?;
    let guest = participant(&mut tx, &meeting.event_id, &meeting.guest_id).await?;
    Ok([host, guest])
}

struct Checked {
    outcome: MeetingOutcome,
    project_title: String,
    amount: Option<Fen>,
    words: String,
}

fn checked(form: &OutcomeForm) -> Result<Checked, Refusal> {
    let mut problems = Vec::new();
    let outcome = MeetingOutcome::from_code(&form.outcome);
    if outcome.is_none() {
        problems.push(problem("outcome", "请选择洽谈结果", "choose what came of it"));
    }
    let is_signed = outcome == Some(MeetingOutcome::Signed);
    let title = clean_text(&form.project_title, SHORT_TEXT_CHARACTERS_MAX).ok();
    let title = title.filter(|title| !is_signed || !title.is_empty());
    if title.is_none() {
        let zh = format!("签约的请填写项目名称，最多 {SHORT_TEXT_CHARACTERS_MAX} 字");
        let en = format!("name the signed project in at most {SHORT_TEXT_CHARACTERS_MAX} characters");
        problems.push(problem("project_title", zh, en));
    }
    let amount = match form.amount.trim() {
        "" => Some(None),
        text => Fen::parse(text, MoneyUnit::TenThousandYuan).ok().filter(|fen| fen.0 > 0).map(Some),
    };
    if amount.is_none() {
        let (zh, en) = ("请填写大于 0 的金额，单位万元", "an amount above 0, in 10,000 yuan");
        problems.push(problem("amount", zh, en));
    }
    let words = clean_text(&form.words, WORDS_CHARACTERS_MAX).ok();
    if words.is_none() {
        let zh = format!("最多 {WORDS_CHARACTERS_MAX} 字");
        problems.push(problem("words", zh, format!("at most {WORDS_CHARACTERS_MAX} characters")));
    }
    match (outcome, title, amount, words) {
        (Some(outcome), Some(title), Some(amount), Some(words)) if problems.is_empty() => Ok(Checked {
            outcome,
            project_title: if is_signed { title } else { String::new() },
            amount: amount.filter(|_| is_signed),
            words,
        }),
        _ => Err(Refusal::Fields(problems)),
    }
}
