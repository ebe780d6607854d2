//! Applications for registration (认定登记申请), their steps, forms, attachments and requests.

use crate::db::{Tx, WriteTx};
use crate::error::StoreError;

/// Applications of one page.
pub const APPLICATIONS_PAGE_MAX: i64 = 200;
/// Pre-reviewed applications that wait for the national system, at most.
pub const PRE_REVIEWED_MAX: i64 = 20_000;
/// Day that stands for «no due day» in the order of a list.
const NO_DUE_DAY: &str = "9999-12-31";

record! {
    /// An application.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ApplicationRow {
        /// Id.
        application_id: String,
        /// Grows with each change.
        revision: i64,
        /// Code of the state.
        state: String,
        /// Registrar that handles it.
        registrar_key: i64,
        /// Organisation that applies.
        organisation_key: i64,
        /// Person who applied.
        applicant_id: String,
        /// Division of the applicant, six digits; empty before it is submitted.
        division: String,
        /// 项目名称
        project_name: String,
        /// The form, JSON.
        form: String,
        /// 受理编号
        acceptance_number: Option<String>,
        /// 受理日期
        accepted_on: Option<String>,
        /// Day of the last correction.
        corrected_on: Option<String>,
        /// Last day for the decision, where the calendar is known.
        due_on: Option<String>,
        /// When it was submitted last.
        submitted_at_ms: Option<i64>,
        /// 成交额
        contract_value_fen: Option<i64>,
        /// 技术交易额 as stated or approved.
        technology_value_fen: Option<i64>,
        /// How the approved value was worked out, JSON.
        technology_working: Option<String>,
        /// By what the national result is recognised.
        match_key: Option<String>,
        /// 合同登记编号
        registration_number: Option<String>,
        /// 登记日期
        registered_on: Option<String>,
        /// 登记证明编号
        certificate_number: Option<String>,
        /// Of the public page; unguessable.
        public_token: Option<String>,
        /// 强制抽查
        is_sampled: bool,
        /// When it was begun.
        created_at_ms: i64,
        /// When it changed last.
        changed_at_ms: i64,
    }
}

record! {
    /// A step that was taken.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct StepRow {
        /// Number within the application, from 1.
        serial: i64,
        /// Code of the step.
        step: String,
        /// State before.
        from_state: String,
        /// State after.
        to_state: String,
        /// Who, as the log names them.
        actor: String,
        /// Person, where one acted.
        person_id: Option<String>,
        /// Code of the role.
        role: Option<String>,
        /// Legal day.
        taken_on: String,
        /// Instant.
        taken_at_ms: i64,
        /// Codes of reasons, JSON.
        reason_codes: String,
        /// In words.
        words: String,
        /// Commitment to the form handed in with it.
        form_commitment: Option<String>,
    }
}

record! {
    /// A file of an application.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct AttachmentRow {
        /// Id of the file.
        upload_id: String,
        /// Application.
        application_id: String,
        /// What it is: `contract_text`.
        kind: String,
        /// By its content.
        media_type: String,
        /// Who attached it, as the log names them.
        attached_by: String,
        /// When.
        attached_at_ms: i64,
        /// As it was called, made harmless.
        file_name: String,
        /// Of its bytes, in hexadecimal.
        sha256: String,
        /// Its length.
        size_bytes: i64,
        /// When its bytes were deleted.
        discarded_at_ms: Option<i64>,
    }
}

record! {
    /// An objection, or the wish to have a registration changed or cancelled.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct RequestRow {
        /// Id.
        request_id: String,
        /// Application.
        application_id: String,
        /// `objection`, `change` or `cancel`.
        kind: String,
        /// Who asks, in words.
        raised_by: String,
        /// Person, where one asked.
        person_id: Option<String>,
        /// Code of the role.
        role: Option<String>,
        /// Why.
        words: String,
        /// The form as it should become, JSON; of a change.
        form: Option<String>,
        /// When.
        raised_at_ms: i64,
        /// `upheld` or `rejected`; none while it is open.
        outcome: Option<String>,
        /// The answer in words.
        answer: Option<String>,
        /// Who answered, as the log names them.
        answered_by: Option<String>,
        /// When.
        answered_at_ms: Option<i64>,
    }
}

/// Begins an application.
pub async fn start(tx: &mut WriteTx, row: &ApplicationRow) -> Result<(), StoreError> {
    run!(
        &mut tx.tx,
        "INSERT INTO registration_application (application_id, revision, state, registrar_key, organisation_key, applicant_id,
                division, project_name, form, is_sampled, created_at_ms, changed_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        &row.application_id,
        row.revision,
        &row.state,
        row.registrar_key,
        row.organisation_key,
        &row.applicant_id,
        &row.division,
        &row.project_name,
        &row.form,
        row.is_sampled,
        row.created_at_ms,
        row.changed_at_ms
    )?;
    Ok(())
}

/// Takes an application for writing if it still has this revision; the row is locked until the transaction ends.
pub async fn take(tx: &mut WriteTx, application_id: &str, revision: i64) -> Result<bool, StoreError> {
    let taken = run!(
        &mut tx.tx,
        "UPDATE registration_application SET revision = revision + 1 WHERE application_id = $1 AND revision = $2",
        application_id,
        revision
    )?;
    Ok(taken == 1)
}

/// Writes all that changes in an application; what identifies it and its revision stay.
pub async fn update(tx: &mut WriteTx, row: &ApplicationRow) -> Result<(), StoreError> {
    run!(
        &mut tx.tx,
        "UPDATE registration_application
            SET state = $2, registrar_key = $3, division = $4, project_name = $5, form = $6, acceptance_number = $7,
                accepted_on = $8, corrected_on = $9, due_on = $10, submitted_at_ms = $11, contract_value_fen = $12,
                technology_value_fen = $13, technology_working = $14, match_key = $15, registration_number = $16,
                registered_on = $17, certificate_number = $18, public_token = $19, is_sampled = $20, changed_at_ms = $21
          WHERE application_id = $1",
        &row.application_id,
        &row.state,
        row.registrar_key,
        &row.division,
        &row.project_name,
        &row.form,
        row.acceptance_number.as_deref(),
        row.accepted_on.as_deref(),
        row.corrected_on.as_deref(),
        row.due_on.as_deref(),
        row.submitted_at_ms,
        row.contract_value_fen,
        row.technology_value_fen,
        row.technology_working.as_deref(),
        row.match_key.as_deref(),
        row.registration_number.as_deref(),
        row.registered_on.as_deref(),
        row.certificate_number.as_deref(),
        row.public_token.as_deref(),
        row.is_sampled,
        row.changed_at_ms
    )?;
    Ok(())
}

/// One application.
pub async fn find(tx: &mut Tx, application_id: &str) -> Result<Option<ApplicationRow>, StoreError> {
    row!(
        tx,
        ApplicationRow,
        "SELECT application_id, revision, state, registrar_key, organisation_key, applicant_id, division, project_name, form,
                acceptance_number, accepted_on, corrected_on, due_on, submitted_at_ms, contract_value_fen,
                technology_value_fen, technology_working, match_key, registration_number, registered_on,
                certificate_number, public_token, is_sampled, created_at_ms, changed_at_ms
           FROM registration_application WHERE application_id = $1",
        application_id
    )
}

/// The application of a public link.
pub async fn find_by_token(tx: &mut Tx, public_token: &str) -> Result<Option<ApplicationRow>, StoreError> {
    row!(
        tx,
        ApplicationRow,
        "SELECT application_id, revision, state, registrar_key, organisation_key, applicant_id, division, project_name, form,
                acceptance_number, accepted_on, corrected_on, due_on, submitted_at_ms, contract_value_fen,
                technology_value_fen, technology_working, match_key, registration_number, registered_on,
                certificate_number, public_token, is_sampled, created_at_ms, changed_at_ms
           FROM registration_application WHERE public_token = $1",
        public_token
    )
}

/// The application through which a contract was registered.
pub async fn find_by_number(
    tx: &mut Tx,
    registration_number: &str,
) -> Result<Option<ApplicationRow>, StoreError> {
    row!(
        tx,
        ApplicationRow,
        "SELECT application_id, revision, state, registrar_key, organisation_key, applicant_id, division, project_name, form,
                acceptance_number, accepted_on, corrected_on, due_on, submitted_at_ms, contract_value_fen,
                technology_value_fen, technology_working, match_key, registration_number, registered_on,
                certificate_number, public_token, is_sampled, created_at_ms, changed_at_ms
           FROM registration_application WHERE registration_number = $1",
        registration_number
    )
}

/// The newest application of an organisation, from which the next one is filled in.
pub async fn find_newest_of(
    tx: &mut Tx,
    organisation_key: i64,
) -> Result<Option<(String, String)>, StoreError> {
    row!(
        tx,
        (String, String),
        "SELECT application_id, form FROM registration_application
          WHERE organisation_key = $1 ORDER BY application_id DESC LIMIT 1",
        organisation_key
    )
}

/// Which applications a list has. An empty text or 0 sets no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApplicationFilter {
    /// Applying organisation.
    pub organisation_key: i64,
    /// Handling registrar.
    pub registrar_key: i64,
    /// Pattern of LIKE over the division's digits.
    pub division: String,
    /// Codes of states with `,` around each: `,submitted,accepted,`.
    pub states: String,
    /// Pattern of LIKE over project name, acceptance and registration number, with `!` as its escape.
    pub text: String,
    /// Person who gave an opinion on it as an expert, beside those that wait for one.
    pub expert: String,
    /// Only those the province has to look at.
    pub sampled_only: bool,
    /// Drafts of everybody are left out, unless the organisation is named.
    pub has_drafts: bool,
}

/// Applications of a filter, the most pressing first: by due day, then by id; after a place, at most `limit`.
pub async fn list(
    tx: &mut Tx,
    filter: &ApplicationFilter,
    after: (&str, &str),
    limit: i64,
) -> Result<Vec<ApplicationRow>, StoreError> {
    rows!(
        tx,
        ApplicationRow,
        "SELECT application_id, revision, state, registrar_key, organisation_key, applicant_id, division, project_name, form,
                acceptance_number, accepted_on, corrected_on, due_on, submitted_at_ms, contract_value_fen,
                technology_value_fen, technology_working, match_key, registration_number, registered_on,
                certificate_number, public_token, is_sampled, created_at_ms, changed_at_ms
           FROM registration_application a
          WHERE ($1 = 0 OR organisation_key = $1)
            AND ($2 = 0 OR registrar_key = $2)
            AND ($3 = '' OR division LIKE $3)
            AND ($4 = '' OR $4 LIKE '%,' || state || ',%')
            AND ($5 = '' OR LOWER(project_name) LIKE LOWER($5) ESCAPE '!' OR acceptance_number LIKE $5 ESCAPE '!'
                 OR registration_number LIKE $5 ESCAPE '!')
            AND ($6 = '' OR state = 'expert_review'
                 OR EXISTS (SELECT 1 FROM registration_step s
                             WHERE s.application_id = a.application_id AND s.person_id = $6
                               AND s.step = 'give_expert_opinion'))
            AND (is_sampled OR $7 = 0)
            AND ($8 = 1 OR submitted_at_ms IS NOT NULL)
            AND (COALESCE(due_on, $9), application_id) > ($10, $11)
          ORDER BY COALESCE(due_on, $9), application_id
          LIMIT $12",
        filter.organisation_key,
        filter.registrar_key,
        &filter.division,
        &filter.states,
        &filter.text,
        &filter.expert,
        i64::from(filter.sampled_only),
        i64::from(filter.has_drafts),
        NO_DUE_DAY,
        after.0,
        after.1,
        limit.min(APPLICATIONS_PAGE_MAX)
    )
}

/// The place of a row in the order of [`list`].
#[must_use]
pub fn place_of(row: &ApplicationRow) -> (String, String) {
    (row.due_on.clone().unwrap_or_else(|| NO_DUE_DAY.to_owned()), row.application_id.clone())
}

/// How many applications of a filter stand in each state; its states and text set no limit here.
pub async fn count_by_state(
    tx: &mut Tx,
    filter: &ApplicationFilter,
) -> Result<Vec<(String, i64)>, StoreError> {
    rows!(
        tx,
        (String, i64),
        "SELECT state, COUNT(*)
           FROM registration_application a
          WHERE ($1 = 0 OR organisation_key = $1)
            AND ($2 = 0 OR registrar_key = $2)
            AND ($3 = '' OR division LIKE $3)
            AND ($4 = '' OR state = 'expert_review'
                 OR EXISTS (SELECT 1 FROM registration_step s
                             WHERE s.application_id = a.application_id AND s.person_id = $4
                               AND s.step = 'give_expert_opinion'))
            AND ($5 = 1 OR submitted_at_ms IS NOT NULL)
          GROUP BY state
          ORDER BY state",
        filter.organisation_key,
        filter.registrar_key,
        &filter.division,
        &filter.expert,
        i64::from(filter.has_drafts)
    )
}

/// Of how many open applications of a filter the due day is past.
pub async fn count_late(tx: &mut Tx, filter: &ApplicationFilter, today: &str) -> Result<i64, StoreError> {
    let found = row!(
        tx,
        (i64,),
        "SELECT COUNT(*)
           FROM registration_application
          WHERE ($1 = 0 OR organisation_key = $1)
            AND ($2 = 0 OR registrar_key = $2)
            AND ($3 = '' OR division LIKE $3)
            AND due_on < $4",
        filter.organisation_key,
        filter.registrar_key,
        &filter.division,
        today
    )?;
    Ok(found.map_or(0, |(count,)| count))
}

/// Adds a step.
pub async fn add_step(tx: &mut WriteTx, application_id: &str, step: &StepRow) -> Result<(), StoreError> {
    let change_set_id = tx.change_set().await?;
    run!(
        &mut tx.tx,
        "INSERT INTO registration_step (application_id, serial, change_set_id, step, from_state, to_state, actor, person_id,
                role, taken_on, taken_at_ms, reason_codes, words, form_commitment)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        application_id,
        step.serial,
        change_set_id,
        &step.step,
        &step.from_state,
        &step.to_state,
        &step.actor,
        step.person_id.as_deref(),
        step.role.as_deref(),
        &step.taken_on,
        step.taken_at_ms,
        &step.reason_codes,
        &step.words,
        step.form_commitment.as_deref()
    )?;
    Ok(())
}

/// The steps of an application in order.
pub async fn list_steps(tx: &mut Tx, application_id: &str) -> Result<Vec<StepRow>, StoreError> {
    rows!(
        tx,
        StepRow,
        "SELECT serial, step, from_state, to_state, actor, person_id, role, taken_on, taken_at_ms, reason_codes, words,
                form_commitment
           FROM registration_step WHERE application_id = $1 ORDER BY serial",
        application_id
    )
}

/// Keeps the form that was handed in with a step.
pub async fn save_form(
    tx: &mut WriteTx,
    application_id: &str,
    serial: i64,
    salt: &str,
    form: &str,
) -> Result<(), StoreError> {
    run!(
        &mut tx.tx,
        "INSERT INTO registration_form (application_id, serial, salt, form) VALUES ($1, $2, $3, $4)",
        application_id,
        serial,
        salt,
        form
    )?;
    Ok(())
}

/// The forms that were handed in: serial of the step, salt, form.
pub async fn list_forms(tx: &mut Tx, application_id: &str) -> Result<Vec<(i64, String, String)>, StoreError> {
    rows!(
        tx,
        (i64, String, String),
        "SELECT serial, salt, form FROM registration_form WHERE application_id = $1 ORDER BY serial",
        application_id
    )
}

/// Deletes all forms that were handed in; their commitments stay in the steps and open to nothing.
pub async fn erase_forms(tx: &mut WriteTx, application_id: &str) -> Result<u64, StoreError> {
    run!(&mut tx.tx, "DELETE FROM registration_form WHERE application_id = $1", application_id)
}

/// Notes that an uploaded file belongs to an application.
pub async fn attach(
    tx: &mut WriteTx,
    application_id: &str,
    upload_id: &str,
    kind: &str,
    media_type: &str,
    attached_by: &str,
    at_ms: i64,
) -> Result<(), StoreError> {
    run!(
        &mut tx.tx,
        "INSERT INTO registration_attachment (upload_id, application_id, kind, media_type, attached_by, attached_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6)",
        upload_id,
        application_id,
        kind,
        media_type,
        attached_by,
        at_ms
    )?;
    Ok(())
}

/// The files of an application in the order in which they came.
pub async fn list_attachments(tx: &mut Tx, application_id: &str) -> Result<Vec<AttachmentRow>, StoreError> {
    rows!(
        tx,
        AttachmentRow,
        "SELECT a.upload_id, a.application_id, a.kind, a.media_type, a.attached_by, a.attached_at_ms, u.file_name,
                u.sha256, u.size_bytes, u.discarded_at_ms
           FROM registration_attachment a
           JOIN upload u ON u.upload_id = a.upload_id
          WHERE a.application_id = $1
          ORDER BY a.attached_at_ms, a.upload_id",
        application_id
    )
}

/// Notes a request.
pub async fn raise(tx: &mut WriteTx, request: &RequestRow) -> Result<(), StoreError> {
    let change_set_id = tx.change_set().await?;
    run!(
        &mut tx.tx,
        "INSERT INTO registration_request (request_id, change_set_id, application_id, kind, raised_by, person_id, role,
                words, form, raised_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        &request.request_id,
        change_set_id,
        &request.application_id,
        &request.kind,
        &request.raised_by,
        request.person_id.as_deref(),
        request.role.as_deref(),
        &request.words,
        request.form.as_deref(),
        request.raised_at_ms
    )?;
    Ok(())
}

/// The requests about an application, the oldest first.
pub async fn list_requests(tx: &mut Tx, application_id: &str) -> Result<Vec<RequestRow>, StoreError> {
    rows!(
        tx,
        RequestRow,
        "SELECT request_id, application_id, kind, raised_by, person_id, role, words, form, raised_at_ms, outcome, answer,
                answered_by, answered_at_ms
           FROM registration_request WHERE application_id = $1 ORDER BY raised_at_ms, request_id",
        application_id
    )
}

/// Requests without an answer, the oldest first: application and instant. `kinds` are codes with `,` around each;
/// registrar 0 means all.
pub async fn list_open_requests(
    tx: &mut Tx,
    kinds: &str,
    registrar_key: i64,
) -> Result<Vec<(String, i64)>, StoreError> {
    rows!(
        tx,
        (String, i64),
        "SELECT r.application_id, r.raised_at_ms
           FROM registration_request r
           JOIN registration_application a ON a.application_id = r.application_id
          WHERE r.outcome IS NULL
            AND $1 LIKE '%,' || r.kind || ',%'
            AND ($2 = 0 OR a.registrar_key = $2)
          ORDER BY r.raised_at_ms, r.request_id
          LIMIT $3",
        kinds,
        registrar_key,
        APPLICATIONS_PAGE_MAX
    )
}

/// Answers an open request; false where it was answered before.
pub async fn answer(
    tx: &mut WriteTx,
    request_id: &str,
    outcome: &str,
    words: &str,
    answered_by: &str,
    at_ms: i64,
) -> Result<bool, StoreError> {
    let answered = run!(
        &mut tx.tx,
        "UPDATE registration_request SET outcome = $2, answer = $3, answered_by = $4, answered_at_ms = $5
          WHERE request_id = $1 AND outcome IS NULL",
        request_id,
        outcome,
        words,
        answered_by,
        at_ms
    )?;
    Ok(answered == 1)
}

/// Pre-reviewed applications that wait for the national system: id, revision, match key.
pub async fn list_pre_reviewed(tx: &mut Tx) -> Result<Vec<(String, i64, String)>, StoreError> {
    rows!(
        tx,
        (String, i64, String),
        "SELECT application_id, revision, COALESCE(match_key, '')
           FROM registration_application WHERE state = 'pre_reviewed' ORDER BY application_id LIMIT $1",
        PRE_REVIEWED_MAX
    )
}

/// Registrars: key, code, name, and whether it is the region's own.
pub async fn list_registrars(tx: &mut Tx) -> Result<Vec<(i64, String, String, bool)>, StoreError> {
    rows!(
        tx,
        (i64, String, String, bool),
        "SELECT registrar_key, code, name, is_own FROM registrar ORDER BY registrar_key"
    )
}

/// One registrar: code and name.
pub async fn find_registrar(tx: &mut Tx, registrar_key: i64) -> Result<Option<(String, String)>, StoreError> {
    row!(tx, (String, String), "SELECT code, name FROM registrar WHERE registrar_key = $1", registrar_key)
}

/// The mapping of sheet headers that an organisation used last, JSON.
pub async fn find_mapping(tx: &mut Tx, organisation_key: i64) -> Result<Option<String>, StoreError> {
    let found: Option<(String,)> = row!(
        tx,
        (String,),
        "SELECT mapping FROM registration_mapping WHERE organisation_key = $1",
        organisation_key
    )?;
    Ok(found.map(|(mapping,)| mapping))
}

/// Keeps a mapping of sheet headers.
pub async fn save_mapping(tx: &mut WriteTx, organisation_key: i64, mapping: &str) -> Result<(), StoreError> {
    run!(
        &mut tx.tx,
        "INSERT INTO registration_mapping (organisation_key, mapping) VALUES ($1, $2)
             ON CONFLICT (organisation_key) DO UPDATE SET mapping = excluded.mapping",
        organisation_key,
        mapping
    )?;
    Ok(())
}
