//! Takes a step (办理): hand in, review, publicise, list, note what was signed, revise, withdraw.

use jiff::civil::Date;
use serde_json::json;
use xiaoxiang_domain::access::{Action, Role, Scope};
use xiaoxiang_domain::achievement::{
    Achievement, AchievementState, AchievementStep, Obstacle, check_achievement, decide_step, publicity_key,
    teaser_of,
};
use xiaoxiang_domain::market::write_modes;
use xiaoxiang_domain::notice::{NamedValue, Notice, NoticeKind, Whom};
use xiaoxiang_domain::region::Region;
use xiaoxiang_store::achievement::{self as store, AchievementStepRow};
use xiaoxiang_store::{Commit, NewEntry, WriteTx};

use super::case::{Case, stale};
use super::write_achievement::text_of;
use crate::actor::Actor;
use crate::app::App;
use crate::notice::{Occasion, notify};
use crate::refusal::Refusal;

/// Most characters of the words of a step.
pub const WORDS_CHARACTERS_MAX: usize = 2_000;

/// A step that somebody wants to take.
#[derive(Clone, Debug)]
pub struct AchievementStepRequest {
    /// Which.
    pub step: AchievementStep,
    /// The revision that was seen.
    pub revision: i64,
    /// In words.
    pub words: String,
}

/// A step that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AchievementStepDone {
    /// The new revision.
    pub revision: i64,
    /// Where the entry stands.
    pub state: AchievementState,
    /// Position in the log.
    pub position: i64,
}

/// Takes a step, or says everything that stands in its way.
pub async fn take_achievement_step(
    app: &App,
    actor: &Actor,
    achievement_id: &str,
    request: &AchievementStepRequest,
) -> Result<AchievementStepDone, Refusal> {
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin(now_ms).await?;
    let mut case = Case::visible(&mut tx, actor, achievement_id).await?;
    let taker = case.taker(actor)?;
    if case.row.revision != request.revision
        || !store::take(&mut tx, achievement_id, request.revision).await?
    {
        return Err(stale(&case));
    }
    check_words(request)?;
    let in_force = app.region_in(&mut tx).await?;
    let region = &in_force.region;
    let today = app.clock.today_in(&in_force.time_zone);
    let state = decide_step(&case.offer(region, today), taker, request.step, today).map_err(obstructed)?;
    if matches!(
        request.step,
        AchievementStep::Submit | AchievementStep::Clear | AchievementStep::Publicise | AchievementStep::List
    ) {
        // Rights lapse and lists change while an entry waits: each of these steps looks again.
        let checked = check_achievement(&case.form, region, today).map_err(Refusal::Fields)?;
        settle(&mut case, &checked, request.step);
    }
    date_publicity(&mut case, region, today, request.step);
    case.row.listed_at_ms = match (state.is_offered(), request.step) {
        (true, AchievementStep::List) => Some(now_ms),
        (true, _) => case.row.listed_at_ms,
        (false, _) => None,
    };
    let from = std::mem::replace(&mut case.state, state);
    let entry = write(app, &mut tx, actor, &mut case, (from, request), today).await?;
    tell(app, &mut tx, actor, &case, request.step).await?;
    let Commit { position } = tx.commit(actor.log_name(), [entry], []).await?;
    Ok(AchievementStepDone { revision: request.revision + 1, state, position })
}

fn check_words(request: &AchievementStepRequest) -> Result<(), Refusal> {
    let words = request.words.trim();
    let is_missing = request.step.needs_words() && words.is_empty();
    if is_missing || words.chars().count() > WORDS_CHARACTERS_MAX {
        return Err(Refusal::invalid(
            "achievement.words",
            format!("请写明情况，不超过 {WORDS_CHARACTERS_MAX} 字。"),
            format!("say why in at most {WORDS_CHARACTERS_MAX} characters"),
        ));
    }
    Ok(())
}

/// What stands in the way, as a refusal.
pub(super) fn obstructed(obstacles: Vec<Obstacle>) -> Refusal {
    let code = obstacles.first().map_or("achievement.not_now", |first| first.code());
    let zh: Vec<_> = obstacles.iter().map(|one| one.words().0).collect();
    let en: Vec<_> = obstacles.iter().map(|one| one.words().1).collect();
    Refusal::invalid(code, format!("{}。", zh.join("；")), en.join("; "))
}

/// Puts what lists filter by beside the form. The teaser, which everybody searches, only once it is cleared.
fn settle(case: &mut Case, checked: &Achievement, step: AchievementStep) {
    let row = &mut case.row;
    row.division = checked.division.to_string();
    row.field.clone_from(&checked.field);
    row.industry.clone_from(&checked.industry);
    row.maturity.clone_from(&checked.maturity);
    row.modes = format!(",{},", write_modes(&checked.modes));
    let mut kinds: Vec<&str> = checked.rights.iter().map(|right| right.kind.as_str()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    row.ip_kinds = format!(",{},", kinds.join(","));
    row.is_open_licence = checked.open_licence.is_some();
    row.teaser = if step == AchievementStep::Submit { String::new() } else { teaser_of(&case.form) };
}

fn date_publicity(case: &mut Case, region: &Region, today: Date, step: AchievementStep) {
    if step != AchievementStep::Publicise {
        return;
    }
    let last =
        case.publicity_rule(region, today).and_then(|rule| rule.limit.last_day(today, region.calendar()));
    // Where no rule asks for it, a unit publicises as long as the rule of agreed prices says.
    let last = last.or_else(|| {
        let rule = region.achievements().publicity_on(today, "agreed")?;
        rule.limit.last_day(today, region.calendar())
    });
    case.row.publicised_key = Some(publicity_key(&case.form));
    case.row.publicity_from = Some(today.to_string());
    case.row.publicity_to = last.map(|day| day.to_string());
}

async fn write(
    app: &App,
    tx: &mut WriteTx,
    actor: &Actor,
    case: &mut Case,
    (from, request): (AchievementState, &AchievementStepRequest),
    today: Date,
) -> Result<NewEntry, Refusal> {
    let now_ms = app.clock.now_ms();
    let achievement_id = case.row.achievement_id.clone();
    let serial = case.steps.last().map_or(1, |last| last.serial + 1);
    let form_commitment = if request.step == AchievementStep::Submit {
        let (salt, text) = (app.random_32()?, text_of(&case.form));
        store::save_form(tx, &achievement_id, serial, &hex::encode(salt), &text).await?;
        Some(xiaoxiang_audit::commit(&salt, "form", &text))
    } else {
        None
    };
    let step = AchievementStepRow {
        serial,
        step: request.step.code().to_owned(),
        from_state: from.code().to_owned(),
        to_state: case.state.code().to_owned(),
        actor: actor.log_name().to_owned(),
        person_id: actor.person_id().map(str::to_owned),
        taken_on: today.to_string(),
        taken_at_ms: now_ms,
        words: request.words.trim().to_owned(),
        form_commitment,
    };
    case.row.state = case.state.code().to_owned();
    case.row.changed_at_ms = now_ms;
    store::update(tx, &case.row).await?;
    store::add_step(tx, &achievement_id, &step).await?;
    // No title and no words: what is not on the market yet must not be read in the log.
    let payload = json!({
        "step": step.step,
        "from": step.from_state,
        "to": step.to_state,
        "serial": serial,
        "publicity_to": case.row.publicity_to,
        "form": step.form_commitment,
    });
    Ok(NewEntry { kind: "achievement.step_taken", subject: format!("achievement:{achievement_id}"), payload })
}

/// A notice about an entry, which leads to its page in the office.
pub(super) fn notice_of(case: &Case, kind: NoticeKind) -> Notice {
    Notice {
        kind,
        subject: format!("achievement:{}", case.row.achievement_id),
        values: vec![NamedValue::same("title", &case.row.title)],
        path: format!("/achievements/{}", case.row.achievement_id),
    }
}

/// Tells the unit: who reviews what waits, and who wrote it what became of it.
async fn tell(
    app: &App,
    tx: &mut WriteTx,
    actor: &Actor,
    case: &Case,
    step: AchievementStep,
) -> Result<(), Refusal> {
    let unit = Scope::Organisation(case.row.organisation_key);
    let author = || vec![Whom::Person(case.row.editor_id.clone())];
    let (kind, whom) = match step {
        AchievementStep::Submit => (
            NoticeKind::AchievementWaits,
            vec![Whom::Over(Role::TransferOffice, unit), Whom::Over(Role::OrganisationAgent, unit)],
        ),
        AchievementStep::Clear => (NoticeKind::AchievementCleared, author()),
        AchievementStep::SendBack => (NoticeKind::AchievementSentBack, author()),
        AchievementStep::Withdraw if !case.allows(actor, Action::WriteAchievements) => {
            (NoticeKind::AchievementTakenDown, author())
        }
        _ => return Ok(()),
    };
    let notice = notice_of(case, kind);
    notify(app, tx, Occasion::Decision(actor), &notice, &whom).await
}
