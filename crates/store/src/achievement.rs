//! Achievements (科技成果) with their steps, the forms handed in with them, and objections to them.

use crate::db::{Tx, WriteTx};
use crate::error::StoreError;

/// Entries of one page at the most.
pub const ACHIEVEMENTS_PAGE_MAX: i64 = 200;
/// Objections of one entry that are read.
const OBJECTIONS_MAX: i64 = 200;
/// Entries given to a follower at once.
pub const CHANGED_MAX: i64 = 1_000;

record! {
    /// An entry.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct AchievementRow {
        /// UUID.
        achievement_id: String,
        /// Counts every save and step.
        revision: i64,
        /// Code of the state.
        state: String,
        /// `result`, `patent` or `service`; empty in a draft that says nothing yet.
        kind: String,
        /// Unit that offers it.
        organisation_key: i64,
        /// Who began it.
        creator_id: String,
        /// Who wrote on it last.
        editor_id: String,
        /// Division, six digits; empty before it is handed in.
        division: String,
        /// 成果名称
        title: String,
        /// The form, JSON.
        form: String,
        /// What everybody may search, in small letters; empty before it is cleared.
        teaser: String,
        /// Code of the technical field.
        field: String,
        /// Code of the industry, possibly empty.
        industry: String,
        /// Code of the maturity, possibly empty.
        maturity: String,
        /// Words of modes with `,` around each.
        modes: String,
        /// Codes of kinds of rights with `,` around each.
        ip_kinds: String,
        /// 开放许可
        is_open_licence: bool,
        /// What was publicised: name and price.
        publicised_key: Option<String>,
        /// First day of the publicity period.
        publicity_from: Option<String>,
        /// Last day, where the calendar is known.
        publicity_to: Option<String>,
        /// When it was listed last; none while everybody may not find it as listed.
        listed_at_ms: Option<i64>,
        /// When it was begun.
        created_at_ms: i64,
        /// When it changed last.
        changed_at_ms: i64,
    }
}

record! {
    /// A step that was taken.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct AchievementStepRow {
        /// Number within the entry, from 1.
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
        /// Legal day.
        taken_on: String,
        /// Instant.
        taken_at_ms: i64,
        /// In words.
        words: String,
        /// Commitment to the form as it was then.
        form_commitment: Option<String>,
    }
}

record! {
    /// An objection.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct AchievementObjectionRow {
        /// Id.
        objection_id: String,
        /// Entry.
        achievement_id: String,
        /// Who objected, where they had signed in.
        person_id: Option<String>,
        /// Name as stated; empty once it was erased.
        name: String,
        /// How to reach them.
        contact: String,
        /// Why.
        words: String,
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

/// Which entries a list has. An empty text or 0 sets no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AchievementFilter {
    /// Offering unit.
    pub organisation_key: i64,
    /// Pattern of LIKE over the division's digits.
    pub division: String,
    /// Codes of states with `,` around each.
    pub states: String,
    /// Pattern of LIKE over the public teaser, with `!` as its escape.
    pub teaser: String,
    /// Pattern of LIKE over the title, of entries that are one's own to read.
    pub title: String,
    /// Kind.
    pub kind: String,
    /// Technical field.
    pub field: String,
    /// Maturity.
    pub maturity: String,
    /// Mode.
    pub mode: String,
    /// Kind of right.
    pub ip_kind: String,
    /// Only open licences.
    pub open_licence_only: bool,
    /// Drafts are left out.
    pub has_drafts: bool,
}

/// Begins an entry.
pub async fn start(tx: &mut WriteTx, row: &AchievementRow) -> Result<(), StoreError> {
    run!(
        &mut tx.tx,
        "INSERT INTO achievement (achievement_id, revision, state, kind, organisation_key, creator_id, editor_id, division,
                title, form, teaser, field, industry, maturity, modes, ip_kinds, is_open_licence, created_at_ms,
                changed_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)",
        &row.achievement_id,
        row.revision,
        &row.state,
        &row.kind,
        row.organisation_key,
        &row.creator_id,
        &row.editor_id,
        &row.division,
        &row.title,
        &row.form,
        &row.teaser,
        &row.field,
        &row.industry,
        &row.maturity,
        &row.modes,
        &row.ip_kinds,
        row.is_open_licence,
        row.created_at_ms,
        row.changed_at_ms
    )?;
    Ok(())
}

/// Takes an entry for writing if it still has this revision; the row is locked until the transaction ends.
pub async fn take(tx: &mut WriteTx, achievement_id: &str, revision: i64) -> Result<bool, StoreError> {
    let taken = run!(
        &mut tx.tx,
        "UPDATE achievement SET revision = revision + 1 WHERE achievement_id = $1 AND revision = $2",
        achievement_id,
        revision
    )?;
    Ok(taken == 1)
}

/// Writes all that changes in an entry; what identifies it, its revision and its place in the log stay.
pub async fn update(tx: &mut WriteTx, row: &AchievementRow) -> Result<(), StoreError> {
    run!(
        &mut tx.tx,
        "UPDATE achievement
            SET state = $2, kind = $3, editor_id = $4, division = $5, title = $6, form = $7, teaser = $8, field = $9,
                industry = $10, maturity = $11, modes = $12, ip_kinds = $13, is_open_licence = $14, publicised_key = $15,
                publicity_from = $16, publicity_to = $17, listed_at_ms = $18, changed_at_ms = $19
          WHERE achievement_id = $1",
        &row.achievement_id,
        &row.state,
        &row.kind,
        &row.editor_id,
        &row.division,
        &row.title,
        &row.form,
        &row.teaser,
        &row.field,
        &row.industry,
        &row.maturity,
        &row.modes,
        &row.ip_kinds,
        row.is_open_licence,
        row.publicised_key.as_deref(),
        row.publicity_from.as_deref(),
        row.publicity_to.as_deref(),
        row.listed_at_ms,
        row.changed_at_ms
    )?;
    Ok(())
}

/// One entry.
pub async fn find(tx: &mut Tx, achievement_id: &str) -> Result<Option<AchievementRow>, StoreError> {
    row!(
        tx,
        AchievementRow,
        "SELECT achievement_id, revision, state, kind, organisation_key, creator_id, editor_id, division, title, form, teaser,
                field, industry, maturity, modes, ip_kinds, is_open_licence, publicised_key, publicity_from, publicity_to,
                listed_at_ms, created_at_ms, changed_at_ms
           FROM achievement WHERE achievement_id = $1",
        achievement_id
    )
}

/// Entries of a filter, those that changed last first; before a place, at most `limit`.
pub async fn list(
    tx: &mut Tx,
    filter: &AchievementFilter,
    before: (i64, &str),
    limit: i64,
) -> Result<Vec<AchievementRow>, StoreError> {
    rows!(
        tx,
        AchievementRow,
        "SELECT achievement_id, revision, state, kind, organisation_key, creator_id, editor_id, division, title, form, teaser,
                field, industry, maturity, modes, ip_kinds, is_open_licence, publicised_key, publicity_from, publicity_to,
                listed_at_ms, created_at_ms, changed_at_ms
           FROM achievement
          WHERE ($1 = 0 OR organisation_key = $1)
            AND ($2 = '' OR division LIKE $2)
            AND ($3 = '' OR $3 LIKE '%,' || state || ',%')
            AND ($4 = '' OR teaser LIKE $4 ESCAPE '!')
            AND ($5 = '' OR LOWER(title) LIKE LOWER($5) ESCAPE '!')
            AND ($6 = '' OR kind = $6)
            AND ($7 = '' OR field = $7)
            AND ($8 = '' OR maturity = $8)
            AND ($9 = '' OR modes LIKE '%,' || $9 || ',%')
            AND ($10 = '' OR ip_kinds LIKE '%,' || $10 || ',%')
            AND ($11 = 0 OR is_open_licence)
            AND ($12 = 1 OR state <> 'draft')
            AND (changed_at_ms, achievement_id) < ($13, $14)
          ORDER BY changed_at_ms DESC, achievement_id DESC
          LIMIT $15",
        filter.organisation_key,
        &filter.division,
        &filter.states,
        &filter.teaser,
        &filter.title,
        &filter.kind,
        &filter.field,
        &filter.maturity,
        &filter.mode,
        &filter.ip_kind,
        i64::from(filter.open_licence_only),
        i64::from(filter.has_drafts),
        before.0,
        before.1,
        limit
    )
}

/// Of the entries of a filter, how many there are of each state, kind, field, maturity, city and so on.
pub async fn count_by(tx: &mut Tx, filter: &AchievementFilter) -> Result<Vec<AchievementCount>, StoreError> {
    rows!(
        tx,
        AchievementCount,
        "SELECT state, kind, field, maturity, substr(division, 1, 4) AS city, modes, ip_kinds, is_open_licence,
                COUNT(*) AS entries
           FROM achievement
          WHERE ($1 = 0 OR organisation_key = $1)
            AND ($2 = '' OR division LIKE $2)
            AND ($3 = '' OR $3 LIKE '%,' || state || ',%')
            AND ($4 = '' OR teaser LIKE $4 ESCAPE '!')
            AND ($5 = '' OR LOWER(title) LIKE LOWER($5) ESCAPE '!')
            AND ($6 = 1 OR state <> 'draft')
          GROUP BY state, kind, field, maturity, substr(division, 1, 4), modes, ip_kinds, is_open_licence",
        filter.organisation_key,
        &filter.division,
        &filter.states,
        &filter.teaser,
        &filter.title,
        i64::from(filter.has_drafts)
    )
}

record! {
    /// How many entries are alike in all that facets count.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct AchievementCount {
        /// State.
        state: String,
        /// Kind.
        kind: String,
        /// Technical field.
        field: String,
        /// Maturity.
        maturity: String,
        /// First four digits of the division.
        city: String,
        /// Modes.
        modes: String,
        /// Kinds of rights.
        ip_kinds: String,
        /// Open licence.
        is_open_licence: bool,
        /// How many.
        entries: i64,
    }
}

/// Entries whose last step lies after a position of the log, in its order: what a read model has to look at again. At most
/// [`CHANGED_MAX`], each with its position.
pub async fn list_changed_after(
    tx: &mut Tx,
    position: i64,
    until: i64,
) -> Result<Vec<(i64, String)>, StoreError> {
    rows!(
        tx,
        (i64, String),
        "SELECT c.position, a.achievement_id
           FROM achievement a
           JOIN change_set c ON c.change_set_id = a.change_set_id
          WHERE c.position > $1 AND c.position <= $2
          ORDER BY c.position, a.achievement_id
          LIMIT $3",
        position,
        until,
        CHANGED_MAX
    )
}

/// Writes a step down and gives the entry its place in the log.
pub async fn add_step(
    tx: &mut WriteTx,
    achievement_id: &str,
    row: &AchievementStepRow,
) -> Result<(), StoreError> {
    let change_set_id = tx.change_set().await?;
    run!(
        &mut tx.tx,
        "INSERT INTO achievement_step (achievement_id, serial, change_set_id, step, from_state, to_state, actor, person_id,
                taken_on, taken_at_ms, words, form_commitment)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        achievement_id,
        row.serial,
        change_set_id,
        &row.step,
        &row.from_state,
        &row.to_state,
        &row.actor,
        row.person_id.as_deref(),
        &row.taken_on,
        row.taken_at_ms,
        &row.words,
        row.form_commitment.as_deref()
    )?;
    run!(
        &mut tx.tx,
        "UPDATE achievement SET change_set_id = $2 WHERE achievement_id = $1",
        achievement_id,
        change_set_id
    )?;
    Ok(())
}

/// The steps of an entry in their order.
pub async fn list_steps(tx: &mut Tx, achievement_id: &str) -> Result<Vec<AchievementStepRow>, StoreError> {
    rows!(
        tx,
        AchievementStepRow,
        "SELECT serial, step, from_state, to_state, actor, person_id, taken_on, taken_at_ms, words, form_commitment
           FROM achievement_step WHERE achievement_id = $1 ORDER BY serial",
        achievement_id
    )
}

/// Keeps the form as it was with a step, beside the salt of its commitment.
pub async fn save_form(
    tx: &mut WriteTx,
    achievement_id: &str,
    serial: i64,
    salt: &str,
    form: &str,
) -> Result<(), StoreError> {
    run!(
        &mut tx.tx,
        "INSERT INTO achievement_form (achievement_id, serial, salt, form) VALUES ($1, $2, $3, $4)",
        achievement_id,
        serial,
        salt,
        form
    )?;
    Ok(())
}

/// The forms of an entry: serial and JSON, the newest first.
pub async fn list_forms(tx: &mut Tx, achievement_id: &str) -> Result<Vec<(i64, String)>, StoreError> {
    rows!(
        tx,
        (i64, String),
        "SELECT serial, form FROM achievement_form WHERE achievement_id = $1 ORDER BY serial DESC",
        achievement_id
    )
}

/// Writes an objection down.
pub async fn raise_objection(tx: &mut WriteTx, row: &AchievementObjectionRow) -> Result<(), StoreError> {
    let change_set_id = tx.change_set().await?;
    run!(
        &mut tx.tx,
        "INSERT INTO achievement_objection (objection_id, change_set_id, achievement_id, person_id, name, contact, words,
                raised_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &row.objection_id,
        change_set_id,
        &row.achievement_id,
        row.person_id.as_deref(),
        &row.name,
        &row.contact,
        &row.words,
        row.raised_at_ms
    )?;
    Ok(())
}

/// The objections to an entry, the oldest first.
pub async fn list_objections(
    tx: &mut Tx,
    achievement_id: &str,
) -> Result<Vec<AchievementObjectionRow>, StoreError> {
    rows!(
        tx,
        AchievementObjectionRow,
        "SELECT objection_id, achievement_id, person_id, name, contact, words, raised_at_ms, outcome, answer, answered_by,
                answered_at_ms
           FROM achievement_objection
          WHERE achievement_id = $1
          ORDER BY raised_at_ms, objection_id
          LIMIT $2",
        achievement_id,
        OBJECTIONS_MAX
    )
}

/// Answers an open objection; false where it was answered before.
pub async fn answer_objection(
    tx: &mut WriteTx,
    objection_id: &str,
    [outcome, answer, answered_by]: [&str; 3],
    at_ms: i64,
) -> Result<bool, StoreError> {
    let answered = run!(
        &mut tx.tx,
        "UPDATE achievement_objection
            SET outcome = $2, answer = $3, answered_by = $4, answered_at_ms = $5
          WHERE objection_id = $1 AND outcome IS NULL",
        objection_id,
        outcome,
        answer,
        answered_by,
        at_ms
    )?;
    Ok(answered == 1)
}
