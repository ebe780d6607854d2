//! Demands (技术需求), their versions, contact data, steps, visits, links and reviews.

use crate::db::{Tx, WriteTx};
use crate::error::StoreError;

/// Demands of one page.
pub const DEMANDS_PAGE_MAX: i64 = 200;

record! {
    /// A demand.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct DemandRow {
        /// Id.
        demand_id: String,
        /// Grows with each change.
        revision: i64,
        /// Number of the version handed in last; 0 before.
        version: i64,
        /// Code of the state.
        state: String,
        /// `enterprise` or `common`.
        kind: String,
        /// Organisation whose demand it is; 0 where it is not known yet, and of common ones.
        organisation_key: i64,
        /// Division, six digits; empty while it is not known.
        division: String,
        /// 需求名称
        title: String,
        /// The form without contact data, JSON.
        form: String,
        /// What everybody finds it by.
        teaser: String,
        /// Code of the technical field.
        field: String,
        /// Codes of the modes, by commas.
        modes: String,
        /// 拟投入资金
        budget_fen: Option<i64>,
        /// 时限要求
        deadline: Option<String>,
        /// Person who wrote it down; empty where a program did.
        enterer_id: String,
        /// Code of that person's role.
        enterer_role: String,
        /// How the company stood behind it.
        verified: Option<String>,
        /// When it did last.
        confirmed_on: Option<String>,
        /// Until when it is to do so again.
        reconfirm_due: Option<String>,
        /// Until when it may stay on a list.
        valid_until: Option<String>,
        /// Scoring sheet of its screening.
        score_sheet: Option<String>,
        /// 合同登记编号 of the contract that came of it.
        contract_number: Option<String>,
        /// When it was handed in first.
        submitted_at_ms: Option<i64>,
        /// When it was published first.
        published_at_ms: Option<i64>,
        /// When it was begun.
        created_at_ms: i64,
        /// When it changed last.
        changed_at_ms: i64,
        /// Log position of the last change that others see.
        position: i64,
    }
}

record! {
    /// A step that was taken.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct DemandStepRow {
        /// Number within the demand, from 1.
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
    }
}

record! {
    /// A visit or a telephone check.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct VisitRow {
        /// Id.
        visit_id: String,
        /// Demand.
        demand_id: String,
        /// `visit` or `telephone`.
        kind: String,
        /// Legal day.
        held_on: String,
        /// 联系人属实
        has_contact: bool,
        /// 预算属实
        has_budget: bool,
        /// 有权代表企业
        has_authority: bool,
        /// In words.
        words: String,
        /// Who.
        person_id: String,
        /// When it was written down.
        recorded_at_ms: i64,
    }
}

record! {
    /// An expert's part in a screening.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ReviewRow {
        /// Demand.
        demand_id: String,
        /// Expert.
        person_id: String,
        /// Who invited, as the log names them.
        invited_by: String,
        /// When.
        invited_at_ms: i64,
        /// Scoring sheet.
        sheet: String,
        /// Code of the conflict that was declared.
        conflict: Option<String>,
        /// Points by item, JSON.
        points: Option<String>,
        /// Why, in words.
        words: Option<String>,
        /// When it was answered.
        answered_at_ms: Option<i64>,
    }
}

record! {
    /// A version as it was handed in.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct VersionRow {
        /// From 1.
        version: i64,
        /// The form without contact data, JSON.
        form: String,
        /// Commitment to the whole form.
        form_commitment: String,
        /// Who, as the log names them.
        written_by: String,
        /// When.
        written_at_ms: i64,
    }
}

/// Begins a demand.
pub async fn start(tx: &mut WriteTx, row: &DemandRow) -> Result<(), StoreError> {
    run!(
        &mut tx.tx,
        "INSERT INTO demand (demand_id, revision, version, state, kind, organisation_key, division, title, form, teaser,
                field, modes, enterer_id, enterer_role, created_at_ms, changed_at_ms, position)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
        &row.demand_id,
        row.revision,
        row.version,
        &row.state,
        &row.kind,
        row.organisation_key,
        &row.division,
        &row.title,
        &row.form,
        &row.teaser,
        &row.field,
        &row.modes,
        &row.enterer_id,
        &row.enterer_role,
        row.created_at_ms,
        row.changed_at_ms,
        row.position
    )?;
    Ok(())
}

/// Takes a demand for writing if it still has this revision; the row is locked until the transaction ends.
pub async fn take(tx: &mut WriteTx, demand_id: &str, revision: i64) -> Result<bool, StoreError> {
    let taken = run!(
        &mut tx.tx,
        "UPDATE demand SET revision = revision + 1 WHERE demand_id = $1 AND revision = $2",
        demand_id,
        revision
    )?;
    Ok(taken == 1)
}

/// Writes all that changes in a demand; what identifies it and its revision stay.
pub async fn update(tx: &mut WriteTx, row: &DemandRow) -> Result<(), StoreError> {
    run!(
        &mut tx.tx,
        "UPDATE demand
            SET version = $2, state = $3, kind = $4, organisation_key = $5, division = $6, title = $7, form = $8,
                teaser = $9, field = $10, modes = $11, budget_fen = $12, deadline = $13, verified = $14,
                confirmed_on = $15, reconfirm_due = $16, valid_until = $17, score_sheet = $18, contract_number = $19,
                submitted_at_ms = $20, published_at_ms = $21, changed_at_ms = $22, position = $23
          WHERE demand_id = $1",
        &row.demand_id,
        row.version,
        &row.state,
        &row.kind,
        row.organisation_key,
        &row.division,
        &row.title,
        &row.form,
        &row.teaser,
        &row.field,
        &row.modes,
        row.budget_fen,
        row.deadline.as_deref(),
        row.verified.as_deref(),
        row.confirmed_on.as_deref(),
        row.reconfirm_due.as_deref(),
        row.valid_until.as_deref(),
        row.score_sheet.as_deref(),
        row.contract_number.as_deref(),
        row.submitted_at_ms,
        row.published_at_ms,
        row.changed_at_ms,
        row.position
    )?;
    Ok(())
}

/// One demand.
pub async fn find(tx: &mut Tx, demand_id: &str) -> Result<Option<DemandRow>, StoreError> {
    row!(
        tx,
        DemandRow,
        "SELECT demand_id, revision, version, state, kind, organisation_key, division, title, form, teaser, field, modes,
                budget_fen, deadline, enterer_id, enterer_role, verified, confirmed_on, reconfirm_due, valid_until,
                score_sheet, contract_number, submitted_at_ms, published_at_ms, created_at_ms, changed_at_ms, position
           FROM demand WHERE demand_id = $1",
        demand_id
    )
}

/// A demand of that title in a division that is not over; drafts do not count.
pub async fn find_alike(tx: &mut Tx, title: &str, division: &str) -> Result<Option<(String,)>, StoreError> {
    row!(
        tx,
        (String,),
        "SELECT demand_id FROM demand
          WHERE title = $1 AND division = $2 AND state NOT IN ('draft', 'withdrawn', 'declined', 'split') LIMIT 1",
        title,
        division
    )
}

/// Which demands a list has. An empty text or 0 sets no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DemandFilter {
    /// Whose demands: an organisation's, or written down by `enterer_id`.
    pub organisation_key: i64,
    /// Pattern of LIKE over the division's digits; demands of `enterer_id` come beside.
    pub division: String,
    /// Person whose own entries come beside what the extent has.
    pub enterer_id: String,
    /// Expert who was invited to them.
    pub expert: String,
    /// Codes of states with `,` around each.
    pub states: String,
    /// `enterprise` or `common`.
    pub kind: String,
    /// Code of the technical field.
    pub field: String,
    /// Code of a mode.
    pub mode: String,
    /// Pattern of LIKE over the title.
    pub title: String,
    /// Pattern of LIKE over the teaser.
    pub teaser: String,
    /// Drafts of others are left out, whatever the extent.
    pub draft_of: String,
}

/// Demands of a filter, the latest changed first, from a place on, at most `limit`.
pub async fn list(
    tx: &mut Tx,
    filter: &DemandFilter,
    before: (i64, &str),
    limit: i64,
) -> Result<Vec<DemandRow>, StoreError> {
    rows!(
        tx,
        DemandRow,
        "SELECT demand_id, revision, version, state, kind, organisation_key, division, title, form, teaser, field, modes,
                budget_fen, deadline, enterer_id, enterer_role, verified, confirmed_on, reconfirm_due, valid_until,
                score_sheet, contract_number, submitted_at_ms, published_at_ms, created_at_ms, changed_at_ms, position
           FROM demand d
          WHERE ($1 = 0 OR organisation_key = $1 OR (enterer_id = $3 AND $3 <> ''))
            AND ($2 = '' OR division LIKE $2 OR (enterer_id = $3 AND $3 <> ''))
            AND ($4 = '' OR EXISTS (SELECT 1 FROM demand_review r WHERE r.demand_id = d.demand_id AND r.person_id = $4))
            AND ($5 = '' OR $5 LIKE '%,' || state || ',%')
            AND ($6 = '' OR kind = $6)
            AND ($7 = '' OR field = $7)
            AND ($8 = '' OR ',' || modes || ',' LIKE '%,' || $8 || ',%')
            AND ($9 = '' OR LOWER(title) LIKE LOWER($9) ESCAPE '!')
            AND ($10 = '' OR LOWER(teaser) LIKE LOWER($10) ESCAPE '!')
            AND (state <> 'draft' OR enterer_id = $11)
            AND (changed_at_ms, demand_id) < ($12, $13)
          ORDER BY changed_at_ms DESC, demand_id DESC
          LIMIT $14",
        filter.organisation_key,
        &filter.division,
        &filter.enterer_id,
        &filter.expert,
        &filter.states,
        &filter.kind,
        &filter.field,
        &filter.mode,
        &filter.title,
        &filter.teaser,
        &filter.draft_of,
        before.0,
        before.1,
        limit.min(DEMANDS_PAGE_MAX)
    )
}

/// How many demands of a filter stand in each state and field; states, field and text set no limit here.
pub async fn count(
    tx: &mut Tx,
    filter: &DemandFilter,
) -> Result<Vec<(String, String, String, i64)>, StoreError> {
    rows!(
        tx,
        (String, String, String, i64),
        "SELECT state, kind, field, COUNT(*)
           FROM demand d
          WHERE ($1 = 0 OR organisation_key = $1 OR (enterer_id = $3 AND $3 <> ''))
            AND ($2 = '' OR division LIKE $2 OR (enterer_id = $3 AND $3 <> ''))
            AND ($4 = '' OR EXISTS (SELECT 1 FROM demand_review r WHERE r.demand_id = d.demand_id AND r.person_id = $4))
            AND (state <> 'draft' OR enterer_id = $5)
          GROUP BY state, kind, field
          ORDER BY state, kind, field",
        filter.organisation_key,
        &filter.division,
        &filter.enterer_id,
        &filter.expert,
        &filter.draft_of
    )
}

/// Demands whose last change that others see lies behind a log position, in its order, at most `limit`.
pub async fn list_changed_after(
    tx: &mut Tx,
    after: (i64, &str),
    limit: i64,
) -> Result<Vec<DemandRow>, StoreError> {
    rows!(
        tx,
        DemandRow,
        "SELECT demand_id, revision, version, state, kind, organisation_key, division, title, form, teaser, field, modes,
                budget_fen, deadline, enterer_id, enterer_role, verified, confirmed_on, reconfirm_due, valid_until,
                score_sheet, contract_number, submitted_at_ms, published_at_ms, created_at_ms, changed_at_ms, position
           FROM demand
          WHERE state <> 'draft' AND (position, demand_id) > ($1, $2)
          ORDER BY position, demand_id
          LIMIT $3",
        after.0,
        after.1,
        limit.min(DEMANDS_PAGE_MAX)
    )
}

/// Ids of demands on the way to or on a list whose days are over on a day.
pub async fn list_outlived(tx: &mut Tx, today: &str, limit: i64) -> Result<Vec<(String,)>, StoreError> {
    rows!(
        tx,
        (String,),
        "SELECT demand_id FROM demand
          WHERE state IN ('screened', 'published', 'matched') AND (reconfirm_due < $1 OR valid_until < $1)
          ORDER BY demand_id LIMIT $2",
        today,
        limit
    )
}

/// Ids of demands to be confirmed again between two days.
pub async fn list_due(tx: &mut Tx, days: [&str; 2], limit: i64) -> Result<Vec<(String,)>, StoreError> {
    rows!(
        tx,
        (String,),
        "SELECT demand_id FROM demand
          WHERE state IN ('screened', 'published', 'matched') AND reconfirm_due >= $1 AND reconfirm_due <= $2
          ORDER BY demand_id LIMIT $3",
        days[0],
        days[1],
        limit
    )
}

/// Adds a version.
pub async fn add_version(tx: &mut WriteTx, demand_id: &str, version: &VersionRow) -> Result<(), StoreError> {
    let change_set_id = tx.change_set().await?;
    run!(
        &mut tx.tx,
        "INSERT INTO demand_version (demand_id, version, change_set_id, form, form_commitment, written_by, written_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        demand_id,
        version.version,
        change_set_id,
        &version.form,
        &version.form_commitment,
        &version.written_by,
        version.written_at_ms
    )?;
    Ok(())
}

/// Versions of a demand in order.
pub async fn list_versions(tx: &mut Tx, demand_id: &str) -> Result<Vec<VersionRow>, StoreError> {
    rows!(
        tx,
        VersionRow,
        "SELECT version, form, form_commitment, written_by, written_at_ms
           FROM demand_version WHERE demand_id = $1 ORDER BY version",
        demand_id
    )
}

/// Keeps contact data with a salt.
pub async fn save_personal(
    tx: &mut WriteTx,
    demand_id: &str,
    fields: &str,
    salt: &str,
) -> Result<(), StoreError> {
    run!(
        &mut tx.tx,
        "INSERT INTO demand_personal (demand_id, fields, salt) VALUES ($1, $2, $3)
             ON CONFLICT (demand_id) DO UPDATE SET fields = excluded.fields, salt = excluded.salt",
        demand_id,
        fields,
        salt
    )?;
    Ok(())
}

/// Contact data of a demand; none where they were erased.
pub async fn find_personal(tx: &mut Tx, demand_id: &str) -> Result<Option<(String,)>, StoreError> {
    row!(tx, (String,), "SELECT fields FROM demand_personal WHERE demand_id = $1", demand_id)
}

/// Erases the contact data of a demand.
pub async fn erase_personal(tx: &mut WriteTx, demand_id: &str) -> Result<u64, StoreError> {
    run!(&mut tx.tx, "DELETE FROM demand_personal WHERE demand_id = $1", demand_id)
}

/// Adds a step.
pub async fn add_step(tx: &mut WriteTx, demand_id: &str, step: &DemandStepRow) -> Result<(), StoreError> {
    let change_set_id = tx.change_set().await?;
    run!(
        &mut tx.tx,
        "INSERT INTO demand_step (demand_id, serial, change_set_id, step, from_state, to_state, actor, person_id, role,
                taken_on, taken_at_ms, reason_codes, words)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        demand_id,
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
        &step.words
    )?;
    Ok(())
}

/// Steps of a demand in order.
pub async fn list_steps(tx: &mut Tx, demand_id: &str) -> Result<Vec<DemandStepRow>, StoreError> {
    rows!(
        tx,
        DemandStepRow,
        "SELECT serial, step, from_state, to_state, actor, person_id, role, taken_on, taken_at_ms, reason_codes, words
           FROM demand_step WHERE demand_id = $1 ORDER BY serial",
        demand_id
    )
}

/// Writes a visit down.
pub async fn add_visit(tx: &mut WriteTx, visit: &VisitRow) -> Result<(), StoreError> {
    let change_set_id = tx.change_set().await?;
    run!(
        &mut tx.tx,
        "INSERT INTO demand_visit (visit_id, demand_id, change_set_id, kind, held_on, has_contact, has_budget,
                has_authority, words, person_id, recorded_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        &visit.visit_id,
        &visit.demand_id,
        change_set_id,
        &visit.kind,
        &visit.held_on,
        visit.has_contact,
        visit.has_budget,
        visit.has_authority,
        &visit.words,
        &visit.person_id,
        visit.recorded_at_ms
    )?;
    Ok(())
}

/// Visits of a demand in order.
pub async fn list_visits(tx: &mut Tx, demand_id: &str) -> Result<Vec<VisitRow>, StoreError> {
    rows!(
        tx,
        VisitRow,
        "SELECT visit_id, demand_id, kind, held_on, has_contact, has_budget, has_authority, words, person_id,
                recorded_at_ms
           FROM demand_visit WHERE demand_id = $1 ORDER BY recorded_at_ms, visit_id",
        demand_id
    )
}

/// Notes that a demand became part of another, or one of several.
pub async fn add_link(
    tx: &mut WriteTx,
    parent_id: &str,
    child_id: &str,
    kind: &str,
) -> Result<(), StoreError> {
    run!(
        &mut tx.tx,
        "INSERT INTO demand_link (parent_id, child_id, kind) VALUES ($1, $2, $3)",
        parent_id,
        child_id,
        kind
    )?;
    Ok(())
}

/// Links of a demand, as parent and as child.
pub async fn list_links(tx: &mut Tx, demand_id: &str) -> Result<Vec<(String, String, String)>, StoreError> {
    rows!(
        tx,
        (String, String, String),
        "SELECT parent_id, child_id, kind FROM demand_link WHERE parent_id = $1 OR child_id = $1
          ORDER BY parent_id, child_id",
        demand_id
    )
}

/// Invites an expert.
pub async fn invite(tx: &mut WriteTx, review: &ReviewRow) -> Result<(), StoreError> {
    run!(
        &mut tx.tx,
        "INSERT INTO demand_review (demand_id, person_id, invited_by, invited_at_ms, sheet)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (demand_id, person_id) DO NOTHING",
        &review.demand_id,
        &review.person_id,
        &review.invited_by,
        review.invited_at_ms,
        &review.sheet
    )?;
    Ok(())
}

/// Keeps an expert's answer; false where there is one already, or no invitation.
pub async fn answer_review(tx: &mut WriteTx, review: &ReviewRow) -> Result<bool, StoreError> {
    let answered = run!(
        &mut tx.tx,
        "UPDATE demand_review SET conflict = $3, points = $4, words = $5, answered_at_ms = $6
          WHERE demand_id = $1 AND person_id = $2 AND answered_at_ms IS NULL",
        &review.demand_id,
        &review.person_id,
        review.conflict.as_deref(),
        review.points.as_deref(),
        review.words.as_deref(),
        review.answered_at_ms
    )?;
    Ok(answered == 1)
}

/// Experts of a demand in the order of their invitation.
pub async fn list_reviews(tx: &mut Tx, demand_id: &str) -> Result<Vec<ReviewRow>, StoreError> {
    rows!(
        tx,
        ReviewRow,
        "SELECT demand_id, person_id, invited_by, invited_at_ms, sheet, conflict, points, words, answered_at_ms
           FROM demand_review WHERE demand_id = $1 ORDER BY invited_at_ms, person_id",
        demand_id
    )
}

record! {
    /// What somebody who gave an undertaking wants a demand for.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct InquiryRow {
        /// Who.
        person_id: String,
        /// What for.
        purpose: String,
        /// When.
        asked_at_ms: i64,
    }
}

/// Writes down what somebody wants a demand for.
pub async fn add_inquiry(tx: &mut WriteTx, demand_id: &str, row: &InquiryRow) -> Result<(), StoreError> {
    let change_set_id = tx.change_set().await?;
    run!(
        &mut tx.tx,
        "INSERT INTO demand_inquiry (demand_id, person_id, change_set_id, purpose, asked_at_ms) VALUES ($1, $2, $3, $4, $5)",
        demand_id,
        &row.person_id,
        change_set_id,
        &row.purpose,
        row.asked_at_ms
    )?;
    Ok(())
}

/// What a demand was wanted for, the latest first.
pub async fn list_inquiries(tx: &mut Tx, demand_id: &str, limit: i64) -> Result<Vec<InquiryRow>, StoreError> {
    rows!(
        tx,
        InquiryRow,
        "SELECT person_id, purpose, asked_at_ms FROM demand_inquiry
          WHERE demand_id = $1 ORDER BY asked_at_ms DESC, person_id LIMIT $2",
        demand_id,
        limit
    )
}
