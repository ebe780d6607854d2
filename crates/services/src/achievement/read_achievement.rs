//! One entry as the office reads it: its form, how far it is, what its reader may do now.

use jiff::civil::Date;
use xiaoxiang_domain::access::{Action, Scope};
use xiaoxiang_domain::achievement::{
    AchievementForm, AchievementState, AchievementStep, Obstacle, Section, check_achievement, decide_step,
    shown_to,
};
use xiaoxiang_domain::contract::RowProblem;
use xiaoxiang_domain::market::DisclosureLevel;
use xiaoxiang_domain::region::{PublicityRule, Standing};
use xiaoxiang_store::achievement::{AchievementObjectionRow, AchievementRow};
use xiaoxiang_store::{StoreError, Tx, organisation, person};

use super::case::Case;
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// An entry with everything that its page shows.
#[derive(Clone, Debug)]
pub struct AchievementPage {
    /// As it is on record.
    pub row: AchievementRow,
    /// The form as far as the reader may see it.
    pub form: AchievementForm,
    /// Sections that are closed to the reader.
    pub closed: Vec<(Section, DisclosureLevel)>,
    /// Where it stands.
    pub state: AchievementState,
    /// Name of the unit.
    pub organisation: String,
    /// What is missing or wrong in the form; for the unit only.
    pub problems: Vec<RowProblem>,
    /// Steps that lead on from here and that the reader's office takes, with what stands in the way.
    pub steps: Vec<OpenAchievementStep>,
    /// What was done, in its order.
    pub taken: Vec<TakenAchievementStep>,
    /// Objections.
    pub objections: Vec<ObjectionView>,
    /// The publicity that its way of pricing asks for; none where it asks for none.
    pub publicity: Option<PublicityDays>,
    /// Whether the reader writes on it.
    pub may_write: bool,
    /// Whether the reader answers objections.
    pub may_answer: bool,
    /// The legal day.
    pub today: Date,
}

/// A step that leads on.
#[derive(Clone, Debug)]
pub struct OpenAchievementStep {
    /// Which.
    pub step: AchievementStep,
    /// What stands in its way; nothing where it can be taken now.
    pub obstacles: Vec<Obstacle>,
}

/// A step that was taken.
#[derive(Clone, Debug)]
pub struct TakenAchievementStep {
    /// Which.
    pub step: AchievementStep,
    /// Where it led.
    pub state: AchievementState,
    /// Who, where the reader may know.
    pub person: String,
    /// Instant.
    pub taken_at_ms: i64,
    /// In words.
    pub words: String,
}

/// An objection as its reader sees it.
#[derive(Clone, Debug)]
pub struct ObjectionView {
    /// As it is on record; name and contact are empty for whoever does not answer it.
    pub row: AchievementObjectionRow,
}

/// For how long name and price are publicised, and on what that rests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicityDays {
    /// Days.
    pub days: u32,
    /// What it rests on.
    pub basis: String,
    /// Whether a source gives it.
    pub standing: Standing,
}

impl PublicityDays {
    fn of(rule: &PublicityRule) -> Self {
        Self { days: rule.limit.days, basis: rule.basis.clone(), standing: rule.standing }
    }
}

/// One entry that the reader sees in the office.
pub async fn read_achievement(
    app: &App,
    actor: &Actor,
    achievement_id: &str,
) -> Result<AchievementPage, Refusal> {
    let mut tx = app.db.read().await?;
    let case = Case::visible(&mut tx, actor, achievement_id).await?;
    let in_force = app.region_in(&mut tx).await?;
    let region = &in_force.region;
    let today = app.clock.today_in(&in_force.time_zone);
    let level = case.level_for(actor);
    let writes = case.allows(actor, Action::WriteAchievements);
    let answers = writes || case.allows(actor, Action::WatchAchievements);
    let shown = shown_to(&case.form, level);
    let is_of_unit = matches!(actor.extent(Action::WriteAchievements), Some(Scope::Organisation(_)));
    let problems =
        check_achievement(&case.form, region, today).err().filter(|_| is_of_unit).unwrap_or_default();
    let steps = match case.taker(actor) {
        Ok(taker) => AchievementStep::ALL
            .into_iter()
            .filter_map(|step| match decide_step(&case.offer(region, today), taker, step, today) {
                Ok(_) => Some(OpenAchievementStep { step, obstacles: Vec::new() }),
                Err(obstacles) if obstacles.contains(&Obstacle::NotNow) => None,
                Err(obstacles) if obstacles.contains(&Obstacle::OnlyTheUnit) => None,
                Err(obstacles) => Some(OpenAchievementStep { step, obstacles }),
            })
            .collect(),
        Err(_) => Vec::new(),
    };
    let name = organisation::find_name(&mut tx, case.row.organisation_key).await?;
    let mut taken = Vec::with_capacity(case.steps.len());
    for step in &case.steps {
        let damaged = || StoreError::Damaged(format!("achievement step {}", step.serial));
        taken.push(TakenAchievementStep {
            step: AchievementStep::from_code(&step.step).ok_or_else(damaged)?,
            state: AchievementState::from_code(&step.to_state).ok_or_else(damaged)?,
            person: person_of(&mut tx, step.person_id.as_deref()).await?,
            taken_at_ms: step.taken_at_ms,
            words: step.words.clone(),
        });
    }
    let objections = case.objections.iter().cloned().map(|mut row| {
        if !answers {
            row.name.clear();
            row.contact.clear();
        }
        ObjectionView { row }
    });
    Ok(AchievementPage {
        form: shown.form,
        closed: shown.closed,
        state: case.state,
        organisation: name.map_or_else(String::new, |(name, _)| name),
        problems,
        steps,
        taken,
        objections: objections.collect(),
        publicity: case.publicity_rule(region, today).map(PublicityDays::of),
        may_write: writes && case.state == AchievementState::Draft,
        may_answer: answers,
        today,
        row: case.row,
    })
}

async fn person_of(tx: &mut Tx, person_id: Option<&str>) -> Result<String, Refusal> {
    let Some(person_id) = person_id else { return Ok(String::new()) };
    Ok(person::find(tx, person_id).await?.map_or_else(String::new, |person| person.name))
}
