//! Begins and saves an entry (填报): complete or not, over the revision that was seen. Nothing is logged before it is handed
//! in.

use xiaoxiang_domain::access::{Action, Scope};
use xiaoxiang_domain::achievement::{AchievementForm, AchievementState};
use xiaoxiang_store::achievement::{self as store, AchievementRow};

use super::case::{Case, stale};
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// What is to be saved.
#[derive(Clone, Debug)]
pub struct SavedAchievement {
    /// The revision that was seen.
    pub revision: i64,
    /// The whole form as typed.
    pub form: AchievementForm,
}

/// Begins a draft of one's unit and gives its id.
pub async fn start_achievement(app: &App, actor: &Actor, form: &AchievementForm) -> Result<String, Refusal> {
    let scope = actor.permit(Action::WriteAchievements)?;
    let (Scope::Organisation(organisation_key), Some(person_id)) = (scope, actor.person_id()) else {
        return Err(Refusal::invalid(
            "achievement.person",
            "请以单位经办人或技术转移人员的身份登录后填报。",
            "sign in as the agent or the transfer office of an organisation to enter achievements",
        ));
    };
    let form = form.cleaned().map_err(Refusal::Fields)?;
    let row = draft_row(app, organisation_key, person_id, &form)?;
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    store::start(&mut tx, &row).await?;
    tx.keep_unlogged().await?;
    Ok(row.achievement_id)
}

/// A draft.
pub(super) fn draft_row(
    app: &App,
    organisation_key: i64,
    author: &str,
    form: &AchievementForm,
) -> Result<AchievementRow, Refusal> {
    let now_ms = app.clock.now_ms();
    Ok(AchievementRow {
        achievement_id: app.new_id()?,
        revision: 1,
        state: AchievementState::Draft.code().to_owned(),
        kind: form.kind.clone(),
        organisation_key,
        creator_id: author.to_owned(),
        editor_id: author.to_owned(),
        division: String::new(),
        title: form.title.clone(),
        form: text_of(form),
        teaser: String::new(),
        field: String::new(),
        industry: String::new(),
        maturity: String::new(),
        modes: String::new(),
        ip_kinds: String::new(),
        is_open_licence: false,
        publicised_key: None,
        publicity_from: None,
        publicity_to: None,
        listed_at_ms: None,
        created_at_ms: now_ms,
        changed_at_ms: now_ms,
    })
}

/// Saves the form of a draft and gives the new revision.
pub async fn save_achievement(
    app: &App,
    actor: &Actor,
    achievement_id: &str,
    saved: &SavedAchievement,
) -> Result<i64, Refusal> {
    actor.permit(Action::WriteAchievements)?;
    let form = saved.form.cleaned().map_err(Refusal::Fields)?;
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin(now_ms).await?;
    let case = Case::visible(&mut tx, actor, achievement_id).await?;
    if !case.allows(actor, Action::WriteAchievements) {
        return Err(Refusal::Forbidden(Action::WriteAchievements));
    }
    if case.state != AchievementState::Draft {
        return Err(Refusal::invalid(
            "achievement.not_writable",
            "成果已提交，不能直接修改。请先点“修改”退回草稿；已挂牌的修改期间从市场撤下。",
            "the entry was handed in; take the step «revise» first, which takes it off the market until it is reviewed again",
        ));
    }
    if case.row.revision != saved.revision || !store::take(&mut tx, achievement_id, saved.revision).await? {
        return Err(stale(&case));
    }
    let mut row = case.row;
    row.title.clone_from(&form.title);
    row.kind.clone_from(&form.kind);
    row.form = text_of(&form);
    row.editor_id = actor.person_id().unwrap_or_else(|| actor.log_name()).to_owned();
    row.changed_at_ms = now_ms;
    store::update(&mut tx, &row).await?;
    tx.keep_unlogged().await?;
    Ok(saved.revision + 1)
}

/// A form as it is stored.
pub(super) fn text_of(form: &AchievementForm) -> String {
    serde_json::to_string(form).expect("invariant: a form is plain data")
}
