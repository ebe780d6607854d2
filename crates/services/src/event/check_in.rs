//! Check-in (签到): by the link of the registration on a telephone, or by the office from the sheet that was signed.

use serde_json::json;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::event::{EventObstacle, EventState, ParticipantState, may_check_in};
use xiaoxiang_store::event::{self as store, ParticipantRow};
use xiaoxiang_store::{NewEntry, Tx};

use super::case::{Case, refused, state_of};
use super::register::participant;
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// Where the page of a ticket lies, before its token.
pub const CHECK_IN_PATH: &str = "/check-in/";
/// Characters of a ticket's token.
const TOKEN_CHARACTERS: usize = 64;
/// Most who are ticked at once.
const TICKED_MAX: usize = 2_000;

/// What the holder of a ticket's link reads: the event and the seat, and no person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// 活动名称
    pub title: String,
    /// Day and begin.
    pub starts: String,
    /// 地点
    pub place: String,
    /// Organisation; empty where a person comes for nobody.
    pub organisation: String,
    /// Where their coming stands.
    pub state: ParticipantState,
    /// Why they cannot be checked in now.
    pub obstacle: Option<EventObstacle>,
}

/// The ticket of a link.
pub async fn read_ticket(app: &App, token: &str) -> Result<Ticket, Refusal> {
    let mut tx = app.db.read().await?;
    let (case, row) = of_token(&mut tx, token).await?;
    let today = app.today_in(&mut tx).await?;
    let state = state_of(&row)?;
    Ok(Ticket {
        title: case.planned.title.clone(),
        starts: format!("{} {}", case.planned.day, case.planned.starts.strftime("%H:%M")),
        place: case.planned.place.clone(),
        organisation: row.organisation_name,
        state,
        obstacle: may_check_in(case.state, case.planned.day == today, state).err(),
    })
}

/// Checks in by the link. A second time changes nothing.
pub async fn check_in_by_ticket(app: &App, token: &str) -> Result<(), Refusal> {
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin(now_ms).await?;
    let (case, mut row) = of_token(&mut tx, token).await?;
    let state = state_of(&row)?;
    if state == ParticipantState::CheckedIn {
        return Ok(());
    }
    let is_today = case.planned.day == app.today_in(&mut tx).await?;
    // By themselves only before the event is noted as held: afterwards the office knows who came.
    let is_over = case.state == EventState::Held && !is_today;
    may_check_in(case.state, is_today, state).map_err(refused)?;
    if is_over {
        return Err(refused(EventObstacle::NotToday));
    }
    arrive(&mut row, "ticket", now_ms);
    store::update_participant(&mut tx, &row).await?;
    let payload = json!({ "participant": row.participant_id, "by": "ticket" });
    let entry = NewEntry { kind: "event.checked_in", subject: case.subject(), payload };
    tx.commit(Actor::public().log_name(), [entry], []).await?;
    Ok(())
}

/// The office writes down who came, from the sheet or at the desk.
///
/// `before` are those whom the form showed as having come: whoever of them is not named any more was a slip of the pen. Who
/// arrived meanwhile by their link stays checked in. Gives how many changed.
pub async fn check_in(
    app: &App,
    actor: &Actor,
    event_id: &str,
    before: &[String],
    came: &[String],
) -> Result<usize, Refusal> {
    actor.permit(Action::PlanEvents)?;
    if before.len() > TICKED_MAX || came.len() > TICKED_MAX {
        return Err(Refusal::invalid("event.check_in", "一次登记的人数过多。", "too many people at once"));
    }
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin(now_ms).await?;
    let case = Case::workable(&mut tx, actor, event_id).await?;
    store::take_number(&mut tx, event_id).await?;
    let is_today = case.planned.day == app.today_in(&mut tx).await?;
    let mut changed = 0_usize;
    for id in came {
        let mut row = participant(&mut tx, event_id, id).await?;
        let state = state_of(&row)?;
        if state != ParticipantState::CheckedIn {
            may_check_in(case.state, is_today, state).map_err(refused)?;
            arrive(&mut row, actor.log_name(), now_ms);
            store::update_participant(&mut tx, &row).await?;
            changed += 1;
        }
    }
    let back = match case.state {
        EventState::Held => ParticipantState::Absent,
        EventState::Open => ParticipantState::Registered,
        _ => ParticipantState::Confirmed,
    };
    for id in before.iter().filter(|id| !came.contains(id)) {
        let mut row = participant(&mut tx, event_id, id).await?;
        if state_of(&row)? == ParticipantState::CheckedIn {
            may_check_in(case.state, is_today, ParticipantState::CheckedIn).map_err(refused)?;
            row.state = back.code().to_owned();
            (row.checked_in_at_ms, row.checked_in_by) = (None, None);
            row.changed_at_ms = now_ms;
            store::update_participant(&mut tx, &row).await?;
            changed += 1;
        }
    }
    let payload = json!({ "changed": changed, "by": "office" });
    let entry = NewEntry { kind: "event.checked_in", subject: case.subject(), payload };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(changed)
}

fn arrive(row: &mut ParticipantRow, by: &str, now_ms: i64) {
    row.state = ParticipantState::CheckedIn.code().to_owned();
    row.checked_in_at_ms = Some(now_ms);
    row.checked_in_by = Some(by.to_owned());
    row.changed_at_ms = now_ms;
}

async fn of_token(tx: &mut Tx, token: &str) -> Result<(Case, ParticipantRow), Refusal> {
    let unknown = || Refusal::NotFound("签到码".to_owned());
    if token.len() != TOKEN_CHARACTERS || !token.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(unknown());
    }
    let row = store::find_by_token(tx, token).await?.ok_or_else(unknown)?;
    let case = Case::load(tx, &row.event_id).await?;
    if case.state == EventState::Draft { Err(unknown()) } else { Ok((case, row)) }
}
