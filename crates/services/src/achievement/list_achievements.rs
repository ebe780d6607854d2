//! Entries as the office lists them: one's own unit's, or those of one's place, those that changed last first.

use xiaoxiang_domain::access::{Action, Scope};
use xiaoxiang_domain::achievement::AchievementState;
use xiaoxiang_store::achievement::{self as store, ACHIEVEMENTS_PAGE_MAX, AchievementFilter, AchievementRow};
use xiaoxiang_store::organisation;

use super::case::Case;
use crate::access::like_pattern;
use crate::actor::Actor;
use crate::app::App;
use crate::place::{division_pattern, read_place, write_place};
use crate::refusal::Refusal;

/// Entries of one page where nothing is said.
const PAGE_USUAL: usize = 50;

/// Which entries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AchievementsAsk {
    /// States; none means all.
    pub states: Vec<AchievementState>,
    /// Part of the title.
    pub text: String,
    /// What the page before gave as `next`.
    pub after: Option<String>,
    /// Entries of the page; 0 for the usual number.
    pub limit: usize,
}

/// A page of entries.
#[derive(Clone, Debug)]
pub struct AchievementsPage {
    /// Those that changed last first.
    pub items: Vec<ListedAchievement>,
    /// Where the next page begins; none on the last.
    pub next: Option<String>,
    /// How many stand in each state, in the order of the procedure.
    pub counts: Vec<AchievementStateCount>,
}

/// How many entries stand in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AchievementStateCount {
    /// Which.
    pub state: AchievementState,
    /// How many.
    pub count: i64,
}

/// An entry in a list.
#[derive(Clone, Debug)]
pub struct ListedAchievement {
    /// As it is on record, without its form.
    pub row: AchievementRow,
    /// Where it stands.
    pub state: AchievementState,
    /// Name of its unit.
    pub organisation: String,
    /// Whether the reader wrote it, and so does not review it.
    pub is_own: bool,
    /// Objections that wait for an answer.
    pub open_objections: usize,
}

/// A page of the entries that somebody may see.
pub async fn list_achievements(
    app: &App,
    actor: &Actor,
    ask: &AchievementsAsk,
) -> Result<AchievementsPage, Refusal> {
    let scope = actor.permit(Action::ReadAchievements)?;
    let page_max = usize::try_from(ACHIEVEMENTS_PAGE_MAX).expect("invariant: a page is short");
    let limit = if ask.limit == 0 { PAGE_USUAL } else { ask.limit.min(page_max) };
    let before = match &ask.after {
        Some(place) => read_place(place)?,
        None => (i64::MAX, String::new()),
    };
    let filter = filter_of(actor, scope, ask);
    let mut tx = app.db.read().await?;
    let wanted = i64::try_from(limit).expect("invariant: a page is short");
    let rows = store::list(&mut tx, &filter, (before.0, &before.1), wanted).await?;
    let next = rows.last().filter(|_| rows.len() == limit);
    let next = next.map(|last| write_place(last.changed_at_ms, &last.achievement_id));
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        let case = Case::load(&mut tx, &row.achievement_id).await?;
        let name = organisation::find_name(&mut tx, row.organisation_key).await?;
        let reader = actor.person_id().unwrap_or_default();
        items.push(ListedAchievement {
            state: case.state,
            organisation: name.map_or_else(String::new, |(name, _)| name),
            is_own: row.creator_id == reader || row.editor_id == reader,
            open_objections: case.objections.iter().filter(|one| one.outcome.is_none()).count(),
            row: AchievementRow { form: String::new(), ..row },
        });
    }
    let all = AchievementFilter { states: String::new(), ..filter };
    let counted = store::count_by(&mut tx, &all).await?;
    let count_of = |state: AchievementState| {
        let of_state = counted.iter().filter(|one| one.state == state.code());
        AchievementStateCount { state, count: of_state.map(|one| one.entries).sum() }
    };
    Ok(AchievementsPage { items, next, counts: AchievementState::ALL.map(count_of).to_vec() })
}

fn filter_of(actor: &Actor, scope: Scope, ask: &AchievementsAsk) -> AchievementFilter {
    let codes: Vec<&str> = ask.states.iter().map(|state| state.code()).collect();
    AchievementFilter {
        organisation_key: if let Scope::Organisation(key) = scope { key } else { 0 },
        division: if let Scope::Division(root) = scope {
            division_pattern(&root.to_string())
        } else {
            String::new()
        },
        states: if codes.is_empty() { String::new() } else { format!(",{},", codes.join(",")) },
        title: if ask.text.trim().is_empty() { String::new() } else { like_pattern(&ask.text) },
        has_drafts: matches!(scope, Scope::Organisation(_)) || actor.role().is_none(),
        ..AchievementFilter::default()
    }
}
