//! Leads (对接线索), their steps and what was promised.

use crate::db::{Tx, WriteTx};
use crate::error::StoreError;

/// Leads of one page.
pub const LEADS_PAGE_MAX: i64 = 200;
/// Promises of one page.
pub const PROMISES_PAGE_MAX: i64 = 200;

record! {
    /// A lead, with what the record says of its contract today.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct LeadRow {
        /// Id.
        lead_id: String,
        /// Grows with each change.
        revision: i64,
        /// Code of the source.
        source: String,
        /// Id of the match or event, possibly empty.
        source_reference: String,
        /// Demand, where there is one.
        demand_id: Option<String>,
        /// Organisation of the demand side; 0 where none is known.
        demand_organisation_key: i64,
        /// Person of the demand side who acts for no organisation; empty where there is none.
        demand_person_id: String,
        /// Title of the demand, or what was asked for.
        demand_title: String,
        /// Who asked, where there is no demand.
        demand_name: String,
        /// Code of what it is joined with.
        offer_kind: String,
        /// Its id; empty of an organisation.
        offer_id: String,
        /// Organisation of the offer side; 0 where none is known.
        offer_organisation_key: i64,
        /// Expert of the offer side; empty where there is none.
        offer_person_id: String,
        /// Title of the achievement, name of the profile or the organisation.
        offer_name: String,
        /// Division of the demand side, six digits; empty where it is not known.
        division: String,
        /// Division of the offer side.
        offer_division: String,
        /// Code of the technical field.
        field: String,
        /// Number of the list issue on which the demand stood; empty where it stood on none.
        issue_number: String,
        /// Person who looks after it.
        manager_id: Option<String>,
        /// The two sides.
        pair_key: String,
        /// Code of the stage to which its steps led.
        stage: String,
        /// Whether it was given up.
        is_closed: bool,
        /// Code of the reason.
        close_reason: Option<String>,
        /// Day on which it was opened.
        opened_on: String,
        /// Day on which they were in contact first.
        contact_on: Option<String>,
        /// Day on which they met first.
        meeting_on: Option<String>,
        /// Day on which they negotiated first.
        negotiation_on: Option<String>,
        /// Day on which they agreed.
        agreement_on: Option<String>,
        /// Day on which the contract was drafted.
        draft_on: Option<String>,
        /// The latest day on which it moved.
        moved_on: String,
        /// Day on which it was given up.
        closed_on: Option<String>,
        /// 意向金额
        signed_fen: Option<i64>,
        /// Application for registration that was drafted of it.
        application_id: Option<String>,
        /// 合同登记编号 that was noted by hand.
        contract_number: Option<String>,
        /// Person who opened it; empty where a program did.
        opener_id: String,
        /// When.
        created_at_ms: i64,
        /// When it changed last.
        changed_at_ms: i64,
        /// Code of the application's state.
        application_state: Option<String>,
        /// 合同登记编号 of its contract.
        registration_number: Option<String>,
        /// `counted` or `withdrawn`.
        contract_standing: Option<String>,
        /// Day of registration.
        registered_on: Option<String>,
        /// 成交额
        contract_value_fen: Option<i64>,
        /// 技术交易额
        technology_value_fen: Option<i64>,
    }
}

record! {
    /// A step that was taken.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct LeadStepRow {
        /// Number within the lead, from 1.
        serial: i64,
        /// Code of the step.
        step: String,
        /// Stage before.
        from_stage: String,
        /// Stage after.
        to_stage: String,
        /// The day on which it happened.
        happened_on: String,
        /// As what party it was taken.
        party: String,
        /// Who, as the log names them.
        actor: String,
        /// Person, where one acted.
        person_id: Option<String>,
        /// Code of the reason it was given up for.
        reason: Option<String>,
        /// Who was there.
        present: String,
        /// In words.
        note: String,
        /// When it was recorded.
        taken_at_ms: i64,
    }
}

record! {
    /// A promise.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct PromiseRow {
        /// Id.
        promise_id: String,
        /// Lead.
        lead_id: String,
        /// Code of the party whose it is to keep.
        whose: String,
        /// What.
        words: String,
        /// The day by which.
        due_on: String,
        /// Who wrote it down, as the log names them.
        made_by: String,
        /// When.
        made_at_ms: i64,
        /// Code of the state.
        state: String,
        /// Legal day on which it was kept or dropped.
        settled_on: Option<String>,
        /// Who said so, as the log names them.
        settled_by: Option<String>,
    }
}

/// Whose leads: everything, or what lies in a division, belongs to an organisation or to a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeadSight {
    /// 1 where everything is seen, else 0.
    pub everything: i64,
    /// Pattern of LIKE over the divisions; empty for none.
    pub division: String,
    /// Organisation on either side; 0 for none.
    pub organisation_key: i64,
    /// Person: manager, or on either side; empty for none.
    pub person_id: String,
}

/// Which leads a list has. Empty texts set no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeadFilter {
    /// Whose.
    pub sight: LeadSight,
    /// `open`, `closed`, `registered` or nothing.
    pub standing: String,
    /// Codes of stages with `,` around each; `registered` for those whose contract counts.
    pub stages: String,
    /// Code of the source.
    pub source: String,
    /// Pattern of LIKE over the division of the demand side, or of the offer side where that is not known; `-` for neither.
    pub city: String,
    /// Code of the technical field; `-` for none.
    pub field: String,
    /// Number of the list issue; `-` for none.
    pub issue_number: String,
    /// Person who looks after it; `-` for nobody.
    pub manager_id: String,
    /// Demand.
    pub demand_id: String,
    /// First and last day on which it was opened.
    pub opened: [String; 2],
}

/// Opens a lead.
pub async fn start(tx: &mut WriteTx, row: &LeadRow) -> Result<(), StoreError> {
    run!(
        &mut tx.tx,
        "INSERT INTO lead (lead_id, revision, source, source_reference, demand_id, demand_organisation_key,
                demand_person_id, demand_title, demand_name, offer_kind, offer_id, offer_organisation_key,
                offer_person_id, offer_name, division, offer_division, field, issue_number, manager_id, pair_key, stage,
                is_closed, opened_on, moved_on, opener_id, created_at_ms, changed_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
                $24, $25, $26, $27)",
        &row.lead_id,
        row.revision,
        &row.source,
        &row.source_reference,
        row.demand_id.as_deref(),
        row.demand_organisation_key,
        &row.demand_person_id,
        &row.demand_title,
        &row.demand_name,
        &row.offer_kind,
        &row.offer_id,
        row.offer_organisation_key,
        &row.offer_person_id,
        &row.offer_name,
        &row.division,
        &row.offer_division,
        &row.field,
        &row.issue_number,
        row.manager_id.as_deref(),
        &row.pair_key,
        &row.stage,
        row.is_closed,
        &row.opened_on,
        &row.moved_on,
        &row.opener_id,
        row.created_at_ms,
        row.changed_at_ms
    )?;
    Ok(())
}

/// Takes a lead for writing if it still has this revision; the row is locked until the transaction ends.
pub async fn take(tx: &mut WriteTx, lead_id: &str, revision: i64) -> Result<bool, StoreError> {
    let taken = run!(
        &mut tx.tx,
        "UPDATE lead SET revision = revision + 1 WHERE lead_id = $1 AND revision = $2",
        lead_id,
        revision
    )?;
    Ok(taken == 1)
}

/// Writes all that steps change in a lead; what identifies it and its revision stay.
pub async fn update(tx: &mut WriteTx, row: &LeadRow) -> Result<(), StoreError> {
    run!(
        &mut tx.tx,
        "UPDATE lead
            SET manager_id = $2, stage = $3, is_closed = $4, close_reason = $5, contact_on = $6, meeting_on = $7,
                negotiation_on = $8, agreement_on = $9, draft_on = $10, moved_on = $11, closed_on = $12, signed_fen = $13,
                application_id = $14, contract_number = $15, changed_at_ms = $16
          WHERE lead_id = $1",
        &row.lead_id,
        row.manager_id.as_deref(),
        &row.stage,
        row.is_closed,
        row.close_reason.as_deref(),
        row.contact_on.as_deref(),
        row.meeting_on.as_deref(),
        row.negotiation_on.as_deref(),
        row.agreement_on.as_deref(),
        row.draft_on.as_deref(),
        &row.moved_on,
        row.closed_on.as_deref(),
        row.signed_fen,
        row.application_id.as_deref(),
        row.contract_number.as_deref(),
        row.changed_at_ms
    )?;
    Ok(())
}

/// One lead.
pub async fn find(tx: &mut Tx, lead_id: &str) -> Result<Option<LeadRow>, StoreError> {
    row!(
        tx,
        LeadRow,
        "SELECT l.lead_id, l.revision, l.source, l.source_reference, l.demand_id, l.demand_organisation_key, l.demand_person_id,
                l.demand_title, l.demand_name, l.offer_kind, l.offer_id, l.offer_organisation_key, l.offer_person_id,
                l.offer_name, l.division, l.offer_division, l.field, l.issue_number, l.manager_id, l.pair_key, l.stage,
                l.is_closed, l.close_reason, l.opened_on, l.contact_on, l.meeting_on, l.negotiation_on, l.agreement_on,
                l.draft_on, l.moved_on, l.closed_on, l.signed_fen, l.application_id, l.contract_number, l.opener_id,
                l.created_at_ms, l.changed_at_ms, a.state AS application_state, k.registration_number,
                v.standing AS contract_standing, v.registered_on, v.contract_value_fen, v.technology_value_fen
           FROM lead l
           LEFT JOIN registration_application a ON a.application_id = l.application_id
           LEFT JOIN contract k ON k.registration_number = COALESCE(l.contract_number, a.registration_number)
           LEFT JOIN contract_version v ON v.contract_version_id = (
                SELECT w.contract_version_id
                  FROM contract_version w JOIN change_set c ON c.change_set_id = w.change_set_id
                 WHERE w.contract_key = k.contract_key AND c.position IS NOT NULL
                 ORDER BY w.version DESC LIMIT 1)
          WHERE l.lead_id = $1",
        lead_id
    )
}

/// The lead that joins two sides and was not given up.
pub async fn find_open_pair(tx: &mut Tx, pair_key: &str) -> Result<Option<(String,)>, StoreError> {
    row!(tx, (String,), "SELECT lead_id FROM lead WHERE pair_key = $1 AND NOT is_closed", pair_key)
}

/// Leads whose contract is drafted in an application.
pub async fn list_of_application(tx: &mut Tx, application_id: &str) -> Result<Vec<(String,)>, StoreError> {
    rows!(
        tx,
        (String,),
        "SELECT lead_id FROM lead WHERE application_id = $1 ORDER BY lead_id LIMIT $2",
        application_id,
        LEADS_PAGE_MAX
    )
}

/// Leads of a filter, the latest changed first, from a place on, at most `limit`.
pub async fn list(
    tx: &mut Tx,
    filter: &LeadFilter,
    before: (i64, &str),
    limit: i64,
) -> Result<Vec<LeadRow>, StoreError> {
    rows!(
        tx,
        LeadRow,
        "SELECT l.lead_id, l.revision, l.source, l.source_reference, l.demand_id, l.demand_organisation_key, l.demand_person_id,
                l.demand_title, l.demand_name, l.offer_kind, l.offer_id, l.offer_organisation_key, l.offer_person_id,
                l.offer_name, l.division, l.offer_division, l.field, l.issue_number, l.manager_id, l.pair_key, l.stage,
                l.is_closed, l.close_reason, l.opened_on, l.contact_on, l.meeting_on, l.negotiation_on, l.agreement_on,
                l.draft_on, l.moved_on, l.closed_on, l.signed_fen, l.application_id, l.contract_number, l.opener_id,
                l.created_at_ms, l.changed_at_ms, a.state AS application_state, k.registration_number,
                v.standing AS contract_standing, v.registered_on, v.contract_value_fen, v.technology_value_fen
           FROM lead l
           LEFT JOIN registration_application a ON a.application_id = l.application_id
           LEFT JOIN contract k ON k.registration_number = COALESCE(l.contract_number, a.registration_number)
           LEFT JOIN contract_version v ON v.contract_version_id = (
                SELECT w.contract_version_id
                  FROM contract_version w JOIN change_set c ON c.change_set_id = w.change_set_id
                 WHERE w.contract_key = k.contract_key AND c.position IS NOT NULL
                 ORDER BY w.version DESC LIMIT 1)
          WHERE ($1 <> 0
                 OR ($2 <> '' AND (l.division LIKE $2 OR l.offer_division LIKE $2))
                 OR ($3 <> 0 AND (l.demand_organisation_key = $3 OR l.offer_organisation_key = $3))
                 OR ($4 <> '' AND (l.manager_id = $4 OR l.demand_person_id = $4 OR l.offer_person_id = $4)))
            AND ($5 = ''
                 OR ($5 = 'registered' AND v.standing = 'counted')
                 OR ($5 = 'closed' AND l.is_closed AND COALESCE(v.standing, '') <> 'counted')
                 OR ($5 = 'open' AND NOT l.is_closed AND COALESCE(v.standing, '') <> 'counted'))
            AND ($6 = '' OR $6 LIKE '%,' || (CASE WHEN v.standing = 'counted' THEN 'registered' ELSE l.stage END) || ',%')
            AND ($7 = '' OR l.source = $7)
            AND ($8 = '' OR (CASE WHEN l.division <> '' THEN l.division ELSE l.offer_division END) LIKE $8
                 OR ($8 = '-' AND l.division = '' AND l.offer_division = ''))
            AND ($9 = '' OR l.field = $9 OR ($9 = '-' AND l.field = ''))
            AND ($10 = '' OR l.issue_number = $10 OR ($10 = '-' AND l.issue_number = ''))
            AND ($11 = '' OR l.manager_id = $11 OR ($11 = '-' AND l.manager_id IS NULL))
            AND ($12 = '' OR l.demand_id = $12)
            AND ($13 = '' OR l.opened_on >= $13)
            AND ($14 = '' OR l.opened_on <= $14)
            AND (l.changed_at_ms, l.lead_id) < ($15, $16)
          ORDER BY l.changed_at_ms DESC, l.lead_id DESC
          LIMIT $17",
        filter.sight.everything,
        &filter.sight.division,
        filter.sight.organisation_key,
        &filter.sight.person_id,
        &filter.standing,
        &filter.stages,
        &filter.source,
        &filter.city,
        &filter.field,
        &filter.issue_number,
        &filter.manager_id,
        &filter.demand_id,
        &filter.opened[0],
        &filter.opened[1],
        before.0,
        before.1,
        limit.min(LEADS_PAGE_MAX)
    )
}

record! {
    /// A lead as the funnel counts it.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct FunnelRow {
        /// Id.
        lead_id: String,
        /// Division of the demand side, or of the offer side where that is not known.
        place: String,
        /// Code of the technical field.
        field: String,
        /// Number of the list issue.
        issue_number: String,
        /// Person who looks after it.
        manager_id: Option<String>,
        /// Code of the source.
        source: String,
        /// Code of the stage to which its steps led.
        stage: String,
        /// Whether it was given up.
        is_closed: bool,
        /// Day on which it was opened.
        opened_on: String,
        /// Days of the stages after.
        contact_on: Option<String>,
        /// The same.
        meeting_on: Option<String>,
        /// The same.
        negotiation_on: Option<String>,
        /// The same.
        agreement_on: Option<String>,
        /// The same.
        draft_on: Option<String>,
        /// 意向金额
        signed_fen: Option<i64>,
        /// `counted` or `withdrawn`.
        contract_standing: Option<String>,
        /// Day of registration.
        registered_on: Option<String>,
        /// 成交额
        contract_value_fen: Option<i64>,
        /// 技术交易额
        technology_value_fen: Option<i64>,
    }
}

/// Leads of a sight that were opened between two days, in order of their days, from a place on, at most `limit`.
pub async fn list_for_funnel(
    tx: &mut Tx,
    sight: &LeadSight,
    opened: [&str; 2],
    after: (&str, &str),
    limit: i64,
) -> Result<Vec<FunnelRow>, StoreError> {
    rows!(
        tx,
        FunnelRow,
        "SELECT l.lead_id, CASE WHEN l.division <> '' THEN l.division ELSE l.offer_division END AS place, l.field,
                l.issue_number, l.manager_id, l.source, l.stage, l.is_closed, l.opened_on, l.contact_on, l.meeting_on,
                l.negotiation_on, l.agreement_on, l.draft_on, l.signed_fen, v.standing AS contract_standing,
                v.registered_on, v.contract_value_fen, v.technology_value_fen
           FROM lead l
           LEFT JOIN registration_application a ON a.application_id = l.application_id
           LEFT JOIN contract k ON k.registration_number = COALESCE(l.contract_number, a.registration_number)
           LEFT JOIN contract_version v ON v.contract_version_id = (
                SELECT w.contract_version_id
                  FROM contract_version w JOIN change_set c ON c.change_set_id = w.change_set_id
                 WHERE w.contract_key = k.contract_key AND c.position IS NOT NULL
                 ORDER BY w.version DESC LIMIT 1)
          WHERE ($1 <> 0
                 OR ($2 <> '' AND (l.division LIKE $2 OR l.offer_division LIKE $2))
                 OR ($3 <> 0 AND (l.demand_organisation_key = $3 OR l.offer_organisation_key = $3))
                 OR ($4 <> '' AND (l.manager_id = $4 OR l.demand_person_id = $4 OR l.offer_person_id = $4)))
            AND l.opened_on >= $5 AND l.opened_on <= $6
            AND (l.opened_on, l.lead_id) > ($7, $8)
          ORDER BY l.opened_on, l.lead_id
          LIMIT $9",
        sight.everything,
        &sight.division,
        sight.organisation_key,
        &sight.person_id,
        opened[0],
        opened[1],
        after.0,
        after.1,
        limit
    )
}

/// Adds a step.
pub async fn add_step(tx: &mut WriteTx, lead_id: &str, step: &LeadStepRow) -> Result<(), StoreError> {
    let change_set_id = tx.change_set().await?;
    run!(
        &mut tx.tx,
        "INSERT INTO lead_step (lead_id, serial, change_set_id, step, from_stage, to_stage, happened_on, party, actor,
                person_id, reason, present, note, taken_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        lead_id,
        step.serial,
        change_set_id,
        &step.step,
        &step.from_stage,
        &step.to_stage,
        &step.happened_on,
        &step.party,
        &step.actor,
        step.person_id.as_deref(),
        step.reason.as_deref(),
        &step.present,
        &step.note,
        step.taken_at_ms
    )?;
    Ok(())
}

/// Steps of a lead in the order in which they were recorded.
pub async fn list_steps(tx: &mut Tx, lead_id: &str) -> Result<Vec<LeadStepRow>, StoreError> {
    rows!(
        tx,
        LeadStepRow,
        "SELECT serial, step, from_stage, to_stage, happened_on, party, actor, person_id, reason, present, note, taken_at_ms
           FROM lead_step WHERE lead_id = $1 ORDER BY serial",
        lead_id
    )
}

/// Writes a promise down.
pub async fn add_promise(tx: &mut WriteTx, row: &PromiseRow) -> Result<(), StoreError> {
    let change_set_id = tx.change_set().await?;
    run!(
        &mut tx.tx,
        "INSERT INTO lead_promise (promise_id, lead_id, change_set_id, whose, words, due_on, made_by, made_at_ms, state)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &row.promise_id,
        &row.lead_id,
        change_set_id,
        &row.whose,
        &row.words,
        &row.due_on,
        &row.made_by,
        row.made_at_ms,
        &row.state
    )?;
    Ok(())
}

/// Says what became of an open promise; false where it is open no more.
pub async fn settle_promise(tx: &mut WriteTx, row: &PromiseRow) -> Result<bool, StoreError> {
    let settled = run!(
        &mut tx.tx,
        "UPDATE lead_promise SET state = $3, settled_on = $4, settled_by = $5
          WHERE promise_id = $1 AND lead_id = $2 AND state = 'open'",
        &row.promise_id,
        &row.lead_id,
        &row.state,
        row.settled_on.as_deref(),
        row.settled_by.as_deref()
    )?;
    Ok(settled == 1)
}

/// Promises of a lead: open ones by their day, then those that are settled.
pub async fn list_promises(tx: &mut Tx, lead_id: &str) -> Result<Vec<PromiseRow>, StoreError> {
    rows!(
        tx,
        PromiseRow,
        "SELECT promise_id, lead_id, whose, words, due_on, made_by, made_at_ms, state, settled_on, settled_by
           FROM lead_promise WHERE lead_id = $1
          ORDER BY CASE state WHEN 'open' THEN 0 ELSE 1 END, due_on, promise_id
          LIMIT $2",
        lead_id,
        PROMISES_PAGE_MAX
    )
}

/// Open promises of the open leads that somebody sees, by their day, at most `limit`.
pub async fn list_open_promises(
    tx: &mut Tx,
    sight: &LeadSight,
    limit: i64,
) -> Result<Vec<PromiseRow>, StoreError> {
    rows!(
        tx,
        PromiseRow,
        "SELECT p.promise_id, p.lead_id, p.whose, p.words, p.due_on, p.made_by, p.made_at_ms, p.state, p.settled_on,
                p.settled_by
           FROM lead_promise p JOIN lead l ON l.lead_id = p.lead_id
          WHERE p.state = 'open' AND NOT l.is_closed
            AND ($1 <> 0
                 OR ($2 <> '' AND (l.division LIKE $2 OR l.offer_division LIKE $2))
                 OR ($3 <> 0 AND (l.demand_organisation_key = $3 OR l.offer_organisation_key = $3))
                 OR ($4 <> '' AND (l.manager_id = $4 OR l.demand_person_id = $4 OR l.offer_person_id = $4)))
          ORDER BY p.due_on, p.promise_id
          LIMIT $5",
        sight.everything,
        &sight.division,
        sight.organisation_key,
        &sight.person_id,
        limit.min(PROMISES_PAGE_MAX)
    )
}

/// Open promises of open leads whose day was over before a day, from a place on, at most `limit`.
pub async fn list_overdue_promises(
    tx: &mut Tx,
    today: &str,
    after: (&str, &str),
    limit: i64,
) -> Result<Vec<PromiseRow>, StoreError> {
    rows!(
        tx,
        PromiseRow,
        "SELECT p.promise_id, p.lead_id, p.whose, p.words, p.due_on, p.made_by, p.made_at_ms, p.state, p.settled_on,
                p.settled_by
           FROM lead_promise p JOIN lead l ON l.lead_id = p.lead_id
          WHERE p.state = 'open' AND NOT l.is_closed AND p.due_on < $1 AND (p.due_on, p.promise_id) > ($2, $3)
          ORDER BY p.due_on, p.promise_id
          LIMIT $4",
        today,
        after.0,
        after.1,
        limit.min(PROMISES_PAGE_MAX)
    )
}
