//! Events (活动), their steps, participants, wishes and meetings.

use crate::db::{Tx, WriteTx};
use crate::error::StoreError;

/// Events of one page.
pub const EVENTS_PAGE_MAX: i64 = 100;
/// Participants of an event, the invited among them.
pub const PARTICIPANTS_MAX: i64 = 5_000;
/// Wishes of an event that are read.
const WISHES_MAX: i64 = 50_000;
/// Meetings of an event: tables times slots, and those on the spot.
pub const MEETINGS_MAX: i64 = 12_000;

record! {
    /// An event.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct EventRow {
        /// Id.
        event_id: String,
        /// Grows with each change of the plan and each step.
        revision: i64,
        /// Code of the state.
        state: String,
        /// Code of the kind.
        kind: String,
        /// 活动名称
        title: String,
        /// Division, six digits.
        division: String,
        /// Legal day.
        held_on: String,
        /// The end of the deadline's minute.
        deadline_ms: i64,
        /// 席位
        seats: i64,
        /// Whether anybody may register.
        is_open_to_all: bool,
        /// The plan, JSON.
        form: String,
        /// Why it was cancelled.
        words: String,
        /// Number of the registration that came last.
        queue: i64,
        /// Person who planned it; empty where the command line did.
        creator_id: String,
        /// When it was planned.
        created_at_ms: i64,
        /// When plan or state changed last.
        changed_at_ms: i64,
    }
}

record! {
    /// A step that was taken.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct EventStepRow {
        /// Number within the event, from 1.
        serial: i64,
        /// Code of the step; `plan` and `change` of the plan itself.
        step: String,
        /// State after.
        to_state: String,
        /// Person, where one acted.
        person_id: Option<String>,
        /// Code of the role.
        role: Option<String>,
        /// When.
        taken_at_ms: i64,
        /// In words.
        words: String,
    }
}

record! {
    /// Somebody who was invited or registered.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ParticipantRow {
        /// Id.
        participant_id: String,
        /// Event.
        event_id: String,
        /// Code of what they come as.
        kind: String,
        /// Code of the state.
        state: String,
        /// Organisation; 0 where it is not on record.
        organisation_key: i64,
        /// Its name, or the person's where none stands behind.
        organisation_name: String,
        /// Person who registered.
        person_id: Option<String>,
        /// `demand:…`, `achievement:…`, `profile:…` or empty.
        subject: String,
        /// Title of it that everybody may read.
        subject_title: String,
        /// Order of registration; 0 while only invited.
        queue: i64,
        /// Of the link by which they are checked in.
        token: String,
        /// When they registered.
        registered_at_ms: Option<i64>,
        /// When they were checked in.
        checked_in_at_ms: Option<i64>,
        /// Who did it.
        checked_in_by: Option<String>,
        /// When the row changed last.
        changed_at_ms: i64,
    }
}

record! {
    /// Who comes by name (参会人): personal data.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct AttendeeRow {
        /// Participant.
        participant_id: String,
        /// Name.
        name: String,
        /// Telephone.
        telephone: String,
    }
}

record! {
    /// A meeting, planned or on the spot.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct MeetingRow {
        /// Id.
        meeting_id: String,
        /// Event.
        event_id: String,
        /// Slot from 0; none on the spot.
        slot: Option<i64>,
        /// Table from 1; none on the spot.
        table_number: Option<i64>,
        /// Host's participant.
        host_id: String,
        /// Guest's participant.
        guest_id: String,
        /// Why they meet.
        basis: String,
        /// What it was worth.
        points: i64,
        /// Code of the outcome.
        outcome: Option<String>,
        /// 签约项目名称
        project_title: String,
        /// 签约金额
        amount_fen: Option<i64>,
        /// In words.
        words: String,
        /// Lead that came of it.
        lead_id: Option<String>,
        /// When the outcome was written down.
        recorded_at_ms: Option<i64>,
    }
}

/// Plans an event.
pub async fn start(tx: &mut WriteTx, row: &EventRow) -> Result<(), StoreError> {
    run!(
        &mut tx.tx,
        "INSERT INTO market_event (event_id, revision, state, kind, title, division, held_on, deadline_ms, seats,
                is_open_to_all, form, words, queue, creator_id, created_at_ms, changed_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        &row.event_id,
        row.revision,
        &row.state,
        &row.kind,
        &row.title,
        &row.division,
        &row.held_on,
        row.deadline_ms,
        row.seats,
        row.is_open_to_all,
        &row.form,
        &row.words,
        row.queue,
        &row.creator_id,
        row.created_at_ms,
        row.changed_at_ms
    )?;
    Ok(())
}

/// Takes an event for a change of its plan or state if it still has this revision; it is locked until the transaction ends.
pub async fn take(tx: &mut WriteTx, event_id: &str, revision: i64) -> Result<bool, StoreError> {
    let taken = run!(
        &mut tx.tx,
        "UPDATE market_event SET revision = revision + 1 WHERE event_id = $1 AND revision = $2",
        event_id,
        revision
    )?;
    Ok(taken == 1)
}

/// Takes the next number of registration. The event is locked until the transaction ends: of two who want the last seat,
/// the second counts the seats after the first has got it.
pub async fn take_number(tx: &mut WriteTx, event_id: &str) -> Result<Option<i64>, StoreError> {
    let taken = row!(
        &mut tx.tx,
        (i64,),
        "UPDATE market_event SET queue = queue + 1 WHERE event_id = $1 RETURNING queue",
        event_id
    )?;
    Ok(taken.map(|(queue,)| queue))
}

/// Writes all that changes in an event; its revision and its numbers stay.
pub async fn update(tx: &mut WriteTx, row: &EventRow) -> Result<(), StoreError> {
    run!(
        &mut tx.tx,
        "UPDATE market_event
            SET state = $2, kind = $3, title = $4, division = $5, held_on = $6, deadline_ms = $7, seats = $8,
                is_open_to_all = $9, form = $10, words = $11, changed_at_ms = $12
          WHERE event_id = $1",
        &row.event_id,
        &row.state,
        &row.kind,
        &row.title,
        &row.division,
        &row.held_on,
        row.deadline_ms,
        row.seats,
        row.is_open_to_all,
        &row.form,
        &row.words,
        row.changed_at_ms
    )?;
    Ok(())
}

/// One event.
pub async fn find(tx: &mut Tx, event_id: &str) -> Result<Option<EventRow>, StoreError> {
    row!(
        tx,
        EventRow,
        "SELECT event_id, revision, state, kind, title, division, held_on, deadline_ms, seats, is_open_to_all, form, words,
                queue, creator_id, created_at_ms, changed_at_ms
           FROM market_event WHERE event_id = $1",
        event_id
    )
}

/// Which events a list has; empty texts set no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Pattern of LIKE over the division's digits; events of `creator_id` come beside.
    pub division: String,
    /// Person whose own events come beside what the extent has.
    pub creator_id: String,
    /// Codes of states with `,` around each.
    pub states: String,
    /// Code of the kind.
    pub kind: String,
    /// Pattern of LIKE over the title, with `!` as its escape.
    pub title: String,
    /// Without those that are for the invited only.
    pub is_open_to_all_only: bool,
}

/// Events of a filter, the latest day first, before a place, at most `limit`.
pub async fn list(
    tx: &mut Tx,
    filter: &EventFilter,
    before: (&str, &str),
    limit: i64,
) -> Result<Vec<EventRow>, StoreError> {
    rows!(
        tx,
        EventRow,
        "SELECT event_id, revision, state, kind, title, division, held_on, deadline_ms, seats, is_open_to_all, form, words,
                queue, creator_id, created_at_ms, changed_at_ms
           FROM market_event
          WHERE ($1 = '' OR division LIKE $1 OR (creator_id = $2 AND $2 <> ''))
            AND ($3 = '' OR $3 LIKE '%,' || state || ',%')
            AND ($4 = '' OR kind = $4)
            AND ($5 = '' OR LOWER(title) LIKE LOWER($5) ESCAPE '!')
            AND (is_open_to_all OR NOT $6)
            AND (held_on, event_id) < ($7, $8)
          ORDER BY held_on DESC, event_id DESC
          LIMIT $9",
        &filter.division,
        &filter.creator_id,
        &filter.states,
        &filter.kind,
        &filter.title,
        filter.is_open_to_all_only,
        before.0,
        before.1,
        limit.min(EVENTS_PAGE_MAX)
    )
}

/// How many events of a filter's extent stand in each state.
pub async fn count(tx: &mut Tx, filter: &EventFilter) -> Result<Vec<(String, i64)>, StoreError> {
    rows!(
        tx,
        (String, i64),
        "SELECT state, COUNT(*) FROM market_event
          WHERE ($1 = '' OR division LIKE $1 OR (creator_id = $2 AND $2 <> ''))
          GROUP BY state ORDER BY state",
        &filter.division,
        &filter.creator_id
    )
}

/// Adds a step.
pub async fn add_step(tx: &mut WriteTx, event_id: &str, row: &EventStepRow) -> Result<(), StoreError> {
    let change_set_id = tx.change_set().await?;
    run!(
        &mut tx.tx,
        "INSERT INTO event_step (event_id, serial, change_set_id, step, to_state, person_id, role, taken_at_ms, words)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        event_id,
        row.serial,
        change_set_id,
        &row.step,
        &row.to_state,
        row.person_id.as_deref(),
        row.role.as_deref(),
        row.taken_at_ms,
        &row.words
    )?;
    Ok(())
}

/// Steps of an event in order.
pub async fn list_steps(tx: &mut Tx, event_id: &str) -> Result<Vec<EventStepRow>, StoreError> {
    rows!(
        tx,
        EventStepRow,
        "SELECT serial, step, to_state, person_id, role, taken_at_ms, words
           FROM event_step WHERE event_id = $1 ORDER BY serial",
        event_id
    )
}

/// Adds a participant.
pub async fn add_participant(tx: &mut WriteTx, row: &ParticipantRow) -> Result<(), StoreError> {
    run!(
        &mut tx.tx,
        "INSERT INTO event_participant (participant_id, event_id, kind, state, organisation_key, organisation_name,
                person_id, subject, subject_title, queue, token, registered_at_ms, checked_in_at_ms, checked_in_by,
                changed_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        &row.participant_id,
        &row.event_id,
        &row.kind,
        &row.state,
        row.organisation_key,
        &row.organisation_name,
        row.person_id.as_deref(),
        &row.subject,
        &row.subject_title,
        row.queue,
        &row.token,
        row.registered_at_ms,
        row.checked_in_at_ms,
        row.checked_in_by.as_deref(),
        row.changed_at_ms
    )?;
    Ok(())
}

/// Writes all that changes in a participant.
pub async fn update_participant(tx: &mut WriteTx, row: &ParticipantRow) -> Result<(), StoreError> {
    run!(
        &mut tx.tx,
        "UPDATE event_participant
            SET kind = $2, state = $3, organisation_key = $4, organisation_name = $5, person_id = $6, subject = $7,
                subject_title = $8, queue = $9, registered_at_ms = $10, checked_in_at_ms = $11, checked_in_by = $12,
                changed_at_ms = $13
          WHERE participant_id = $1",
        &row.participant_id,
        &row.kind,
        &row.state,
        row.organisation_key,
        &row.organisation_name,
        row.person_id.as_deref(),
        &row.subject,
        &row.subject_title,
        row.queue,
        row.registered_at_ms,
        row.checked_in_at_ms,
        row.checked_in_by.as_deref(),
        row.changed_at_ms
    )?;
    Ok(())
}

/// Everybody in one state becomes another, as when registration closes.
pub async fn move_all(
    tx: &mut WriteTx,
    event_id: &str,
    [from, to]: [&str; 2],
    at_ms: i64,
) -> Result<u64, StoreError> {
    run!(
        &mut tx.tx,
        "UPDATE event_participant SET state = $3, changed_at_ms = $4 WHERE event_id = $1 AND state = $2",
        event_id,
        from,
        to,
        at_ms
    )
}

/// One participant of an event.
pub async fn find_participant(
    tx: &mut Tx,
    event_id: &str,
    participant_id: &str,
) -> Result<Option<ParticipantRow>, StoreError> {
    row!(
        tx,
        ParticipantRow,
        "SELECT participant_id, event_id, kind, state, organisation_key, organisation_name, person_id, subject,
                subject_title, queue, token, registered_at_ms, checked_in_at_ms, checked_in_by, changed_at_ms
           FROM event_participant WHERE event_id = $1 AND participant_id = $2",
        event_id,
        participant_id
    )
}

/// The participant whose link has this token.
pub async fn find_by_token(tx: &mut Tx, token: &str) -> Result<Option<ParticipantRow>, StoreError> {
    row!(
        tx,
        ParticipantRow,
        "SELECT participant_id, event_id, kind, state, organisation_key, organisation_name, person_id, subject,
                subject_title, queue, token, registered_at_ms, checked_in_at_ms, checked_in_by, changed_at_ms
           FROM event_participant WHERE token = $1",
        token
    )
}

/// What somebody is to an event: their own registration first, then invitations of their organisation nobody has taken.
pub async fn list_of_person(
    tx: &mut Tx,
    event_id: &str,
    person_id: &str,
    organisation_key: i64,
) -> Result<Vec<ParticipantRow>, StoreError> {
    rows!(
        tx,
        ParticipantRow,
        "SELECT participant_id, event_id, kind, state, organisation_key, organisation_name, person_id, subject,
                subject_title, queue, token, registered_at_ms, checked_in_at_ms, checked_in_by, changed_at_ms
           FROM event_participant
          WHERE event_id = $1
            AND (person_id = $2 OR (organisation_key = $3 AND $3 <> 0 AND person_id IS NULL AND state = 'invited'))
          ORDER BY (CASE WHEN person_id = $2 THEN 0 ELSE 1 END), participant_id
          LIMIT 20",
        event_id,
        person_id,
        organisation_key
    )
}

/// Registrations of a person and open invitations of an organisation, the latest first, with their events.
pub async fn list_mine(
    tx: &mut Tx,
    person_id: &str,
    organisation_key: i64,
    limit: i64,
) -> Result<Vec<ParticipantRow>, StoreError> {
    rows!(
        tx,
        ParticipantRow,
        "SELECT participant_id, event_id, kind, state, organisation_key, organisation_name, person_id, subject,
                subject_title, queue, token, registered_at_ms, checked_in_at_ms, checked_in_by, changed_at_ms
           FROM event_participant
          WHERE person_id = $1 OR (organisation_key = $2 AND $2 <> 0 AND person_id IS NULL AND state = 'invited')
          ORDER BY changed_at_ms DESC, participant_id DESC
          LIMIT $3",
        person_id,
        organisation_key,
        limit
    )
}

/// Participants in some states (codes with `,` around each; empty: all), in the order of registration, behind a place.
pub async fn list_participants(
    tx: &mut Tx,
    event_id: &str,
    states: &str,
    after: (i64, &str),
    limit: i64,
) -> Result<Vec<ParticipantRow>, StoreError> {
    rows!(
        tx,
        ParticipantRow,
        "SELECT participant_id, event_id, kind, state, organisation_key, organisation_name, person_id, subject,
                subject_title, queue, token, registered_at_ms, checked_in_at_ms, checked_in_by, changed_at_ms
           FROM event_participant
          WHERE event_id = $1 AND ($2 = '' OR $2 LIKE '%,' || state || ',%') AND (queue, participant_id) > ($3, $4)
          ORDER BY queue, participant_id
          LIMIT $5",
        event_id,
        states,
        after.0,
        after.1,
        limit.min(PARTICIPANTS_MAX)
    )
}

/// How many participants of an event are in each state.
pub async fn count_participants(tx: &mut Tx, event_id: &str) -> Result<Vec<(String, i64)>, StoreError> {
    rows!(
        tx,
        (String, i64),
        "SELECT state, COUNT(*) FROM event_participant WHERE event_id = $1 GROUP BY state ORDER BY state",
        event_id
    )
}

/// Keeps who comes by name.
pub async fn save_attendee(tx: &mut WriteTx, row: &AttendeeRow) -> Result<(), StoreError> {
    run!(
        &mut tx.tx,
        "INSERT INTO event_attendee (participant_id, name, telephone) VALUES ($1, $2, $3)
         ON CONFLICT (participant_id) DO UPDATE SET name = excluded.name, telephone = excluded.telephone",
        &row.participant_id,
        &row.name,
        &row.telephone
    )?;
    Ok(())
}

/// Deletes who comes by name, as when they withdraw.
pub async fn erase_attendee(tx: &mut WriteTx, participant_id: &str) -> Result<(), StoreError> {
    run!(&mut tx.tx, "DELETE FROM event_attendee WHERE participant_id = $1", participant_id)?;
    Ok(())
}

/// Deletes who comes by name in every registration of a person.
pub async fn erase_attendee_of_person(tx: &mut WriteTx, person_id: &str) -> Result<(), StoreError> {
    run!(
        &mut tx.tx,
        "DELETE FROM event_attendee
          WHERE participant_id IN (SELECT participant_id FROM event_participant WHERE person_id = $1)",
        person_id
    )?;
    Ok(())
}

/// Names and telephones of an event's participants.
pub async fn list_attendees(tx: &mut Tx, event_id: &str) -> Result<Vec<AttendeeRow>, StoreError> {
    rows!(
        tx,
        AttendeeRow,
        "SELECT a.participant_id, a.name, a.telephone
           FROM event_attendee a JOIN event_participant p ON p.participant_id = a.participant_id
          WHERE p.event_id = $1 ORDER BY a.participant_id LIMIT $2",
        event_id,
        PARTICIPANTS_MAX
    )
}

/// Puts somebody's wishes in the place of those before.
pub async fn replace_wishes(
    tx: &mut WriteTx,
    event_id: &str,
    participant_id: &str,
    wanted: &[String],
) -> Result<(), StoreError> {
    run!(&mut tx.tx, "DELETE FROM event_wish WHERE participant_id = $1", participant_id)?;
    for one in wanted {
        run!(
            &mut tx.tx,
            "INSERT INTO event_wish (event_id, participant_id, wanted_id) VALUES ($1, $2, $3)",
            event_id,
            participant_id,
            one
        )?;
    }
    Ok(())
}

/// Who wishes to meet whom at an event.
pub async fn list_wishes(tx: &mut Tx, event_id: &str) -> Result<Vec<(String, String)>, StoreError> {
    rows!(
        tx,
        (String, String),
        "SELECT participant_id, wanted_id FROM event_wish WHERE event_id = $1
          ORDER BY participant_id, wanted_id LIMIT $2",
        event_id,
        WISHES_MAX
    )
}

/// Deletes meetings that have no outcome: one by one, as a new timetable leaves them out.
pub async fn remove_meeting(tx: &mut WriteTx, meeting_id: &str) -> Result<(), StoreError> {
    run!(&mut tx.tx, "DELETE FROM event_meeting WHERE meeting_id = $1 AND outcome IS NULL", meeting_id)?;
    Ok(())
}

/// Adds a meeting. A second one at the same table, of the same person in the same slot, or of the same two is refused.
pub async fn add_meeting(tx: &mut WriteTx, row: &MeetingRow) -> Result<(), StoreError> {
    run!(
        &mut tx.tx,
        "INSERT INTO event_meeting (meeting_id, event_id, slot, table_number, host_id, guest_id, basis, points, outcome,
                project_title, amount_fen, words, lead_id, recorded_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        &row.meeting_id,
        &row.event_id,
        row.slot,
        row.table_number,
        &row.host_id,
        &row.guest_id,
        &row.basis,
        row.points,
        row.outcome.as_deref(),
        &row.project_title,
        row.amount_fen,
        &row.words,
        row.lead_id.as_deref(),
        row.recorded_at_ms
    )?;
    Ok(())
}

/// Writes down what came of a meeting.
pub async fn record_outcome(tx: &mut WriteTx, row: &MeetingRow) -> Result<(), StoreError> {
    run!(
        &mut tx.tx,
        "UPDATE event_meeting
            SET outcome = $2, project_title = $3, amount_fen = $4, words = $5, lead_id = $6, recorded_at_ms = $7
          WHERE meeting_id = $1",
        &row.meeting_id,
        row.outcome.as_deref(),
        &row.project_title,
        row.amount_fen,
        &row.words,
        row.lead_id.as_deref(),
        row.recorded_at_ms
    )?;
    Ok(())
}

/// Meetings of an event: by slot and table, those on the spot last.
pub async fn list_meetings(tx: &mut Tx, event_id: &str) -> Result<Vec<MeetingRow>, StoreError> {
    rows!(
        tx,
        MeetingRow,
        "SELECT meeting_id, event_id, slot, table_number, host_id, guest_id, basis, points, outcome, project_title,
                amount_fen, words, lead_id, recorded_at_ms
           FROM event_meeting WHERE event_id = $1
          ORDER BY slot NULLS LAST, table_number, meeting_id
          LIMIT $2",
        event_id,
        MEETINGS_MAX
    )
}
