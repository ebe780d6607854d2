//! Tells the people concerned of an event (活动通知).

use xiaoxiang_domain::access::{Role, Scope};
use xiaoxiang_domain::event::ParticipantState;
use xiaoxiang_domain::notice::{NamedValue, Notice, NoticeKind, Whom};
use xiaoxiang_store::event::{self as store, PARTICIPANTS_MAX, ParticipantRow};
use xiaoxiang_store::{Tx, WriteTx};

use super::case::Case;
use crate::actor::Actor;
use crate::app::App;
use crate::notice::{Occasion, notify};
use crate::refusal::Refusal;

/// Who is told of what concerns a participant: the person, or the agents of an organisation of whom nobody registered.
pub(super) fn people_of(row: &ParticipantRow) -> Vec<Whom> {
    match (&row.person_id, row.organisation_key) {
        (Some(person), _) => vec![Whom::Person(person.clone())],
        (None, 0) => Vec::new(),
        (None, key) => [Role::OrganisationAgent, Role::TransferOffice]
            .map(|role| Whom::Over(role, Scope::Organisation(key)))
            .to_vec(),
    }
}

/// Everybody who is invited or registered.
pub(super) async fn everybody(tx: &mut Tx, event_id: &str) -> Result<Vec<Whom>, Refusal> {
    those(tx, event_id, |state| state != ParticipantState::Withdrawn).await
}

/// Those whose state is meant.
pub(super) async fn those(
    tx: &mut Tx,
    event_id: &str,
    is_meant: fn(ParticipantState) -> bool,
) -> Result<Vec<Whom>, Refusal> {
    let rows = store::list_participants(tx, event_id, "", (-1, ""), PARTICIPANTS_MAX).await?;
    let meant = rows.iter().filter(|row| ParticipantState::from_code(&row.state).is_some_and(is_meant));
    Ok(meant.flat_map(people_of).collect())
}

/// Tells of what happens to an event with its latest step.
pub(super) async fn tell(
    app: &App,
    tx: &mut WriteTx,
    actor: &Actor,
    case: &Case,
    kind: NoticeKind,
    whom: &[Whom],
) -> Result<(), Refusal> {
    let serial = case.steps.last().map_or(0, |last| last.serial);
    tell_once(app, tx, Some(actor), case, (kind, &serial.to_string()), whom).await
}

/// Tells of something that happens to an event once; `occasion` names it among those of its kind.
pub(super) async fn tell_once(
    app: &App,
    tx: &mut WriteTx,
    author: Option<&Actor>,
    case: &Case,
    (kind, occasion): (NoticeKind, &str),
    whom: &[Whom],
) -> Result<(), Refusal> {
    if whom.is_empty() {
        return Ok(());
    }
    let planned = &case.planned;
    let at = planned.starts.strftime("%H:%M");
    let day = format!("{} {at}", planned.day);
    let notice = Notice {
        kind,
        subject: case.subject(),
        values: vec![
            NamedValue::same("title", &planned.title),
            NamedValue::same("day", &day),
            NamedValue::same("place", &planned.place),
            NamedValue::same("words", &case.row.words),
        ],
        path: format!("/market/events/{}", case.row.event_id),
    };
    let record = format!("{}:{occasion}", case.subject());
    notify(app, tx, Occasion::Once { record: &record, author }, &notice, whom).await
}
