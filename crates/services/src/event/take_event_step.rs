//! Takes a step with an event (办理活动): open, close, hold, settle, cancel.

use serde_json::json;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::event::{EventStep, ParticipantState, decide_event_step};
use xiaoxiang_domain::market::{SHORT_TEXT_CHARACTERS_MAX, clean_text};
use xiaoxiang_domain::notice::NoticeKind;
use xiaoxiang_store::NewEntry;
use xiaoxiang_store::event as store;

use super::case::{Case, refused, stale, write_step};
use super::notify_event::{everybody, tell, those};
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// Takes the step over the revision that was seen; gives the new one.
pub async fn take_event_step(
    app: &App,
    actor: &Actor,
    event_id: &str,
    revision: i64,
    step: EventStep,
    words: &str,
) -> Result<i64, Refusal> {
    actor.permit(Action::PlanEvents)?;
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin(now_ms).await?;
    let mut case = Case::workable(&mut tx, actor, event_id).await?;
    if case.row.revision != revision || !store::take(&mut tx, event_id, revision).await? {
        return Err(stale(&case));
    }
    let words = clean_text(words, SHORT_TEXT_CHARACTERS_MAX).map_err(|_| {
        Refusal::invalid(
            "event.words",
            format!("说明不超过 {SHORT_TEXT_CHARACTERS_MAX} 字。"),
            format!("at most {SHORT_TEXT_CHARACTERS_MAX} characters of words"),
        )
    })?;
    let today = app.today_in(&mut tx).await?;
    let meetings = store::list_meetings(&mut tx, event_id).await?;
    let from = case.state;
    case.state = decide_event_step(&case.facts(today, now_ms, &meetings), step, &words).map_err(refused)?;
    if step == EventStep::Cancel {
        case.row.words.clone_from(&words);
    }
    write_step(app, &mut tx, actor, &mut case, step.code(), &words).await?;
    store::update(&mut tx, &case.row).await?;
    let [registered, confirmed, absent] =
        [ParticipantState::Registered, ParticipantState::Confirmed, ParticipantState::Absent]
            .map(ParticipantState::code);
    match step {
        EventStep::Close => {
            store::move_all(&mut tx, event_id, [registered, confirmed], now_ms).await?;
            let whom = those(&mut tx, event_id, |state| state == ParticipantState::Confirmed).await?;
            tell(app, &mut tx, actor, &case, NoticeKind::EventConfirmed, &whom).await?;
        }
        EventStep::Hold => {
            for came_not in [registered, confirmed] {
                store::move_all(&mut tx, event_id, [came_not, absent], now_ms).await?;
            }
        }
        EventStep::Cancel if from != xiaoxiang_domain::event::EventState::Draft => {
            let whom = everybody(&mut tx, event_id).await?;
            tell(app, &mut tx, actor, &case, NoticeKind::EventCancelled, &whom).await?;
        }
        EventStep::Open => {
            // Those who were chosen while it was planned hear of it when they can register.
            let whom = those(&mut tx, event_id, |state| state == ParticipantState::Invited).await?;
            tell(app, &mut tx, actor, &case, NoticeKind::EventInvited, &whom).await?;
        }
        EventStep::Reopen | EventStep::Settle | EventStep::Cancel => {}
    }
    let payload = json!({ "step": step.code(), "from": from.code(), "to": case.state.code() });
    let entry = NewEntry { kind: "event.step_taken", subject: case.subject(), payload };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(revision + 1)
}
