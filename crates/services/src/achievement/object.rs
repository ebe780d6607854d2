//! Objections during the publicity period (公示异议): by anybody, signed in or with a contact; answered by the unit or the
//! office.

use serde_json::json;
use xiaoxiang_domain::access::{Action, Role, Scope};
use xiaoxiang_domain::achievement::AchievementState;
use xiaoxiang_domain::market::clean_text;
use xiaoxiang_domain::notice::{NoticeKind, Whom};
use xiaoxiang_store::NewEntry;
use xiaoxiang_store::achievement::{self as store, AchievementObjectionRow};

use super::case::Case;
use super::take_step::{WORDS_CHARACTERS_MAX, notice_of};
use crate::actor::Actor;
use crate::app::App;
use crate::notice::{Occasion, notify};
use crate::refusal::Refusal;

/// Most characters of the name of whoever objects.
pub const OBJECTION_NAME_CHARACTERS_MAX: usize = 50;
/// Most characters of how to reach them.
pub const OBJECTION_CONTACT_CHARACTERS_MAX: usize = 100;
/// Objections to one entry that wait for an answer at once.
const OPEN_MAX: usize = 20;

/// An objection.
#[derive(Clone, Debug, Default)]
pub struct NewObjection {
    /// 姓名或单位
    pub name: String,
    /// 联系方式
    pub contact: String,
    /// Why.
    pub words: String,
}

/// What came of an objection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectionOutcome {
    /// 成立
    Upheld,
    /// 不成立
    Rejected,
}

impl ObjectionOutcome {
    /// The word of the database and the API.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Upheld => "upheld",
            Self::Rejected => "rejected",
        }
    }

    /// The outcome of a word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Upheld, Self::Rejected].into_iter().find(|outcome| outcome.code() == code)
    }
}

/// An answer.
#[derive(Clone, Debug)]
pub struct AnswerToObjection {
    /// Which objection.
    pub objection_id: String,
    /// Whether it is right.
    pub outcome: ObjectionOutcome,
    /// Why.
    pub words: String,
}

/// Raises an objection and gives its id.
pub async fn object_to_achievement(
    app: &App,
    actor: &Actor,
    achievement_id: &str,
    objection: &NewObjection,
) -> Result<String, Refusal> {
    let [name, contact, words] = checked(objection)?;
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin(now_ms).await?;
    let case = Case::load(&mut tx, achievement_id).await?;
    if !case.state.is_public() {
        return Err(Refusal::NotFound(achievement_id.to_owned()));
    }
    if case.state != AchievementState::Publicity {
        return Err(Refusal::invalid(
            "achievement.not_in_publicity",
            "该成果不在公示期，不再接受公示异议。请直接联系成果单位或管理部门。",
            "the publicity period is over; write to the unit or the office",
        ));
    }
    if case.objections.iter().filter(|one| one.outcome.is_none()).count() >= OPEN_MAX {
        return Err(Refusal::TooMany { retry_after_s: 24 * 60 * 60 });
    }
    let row = AchievementObjectionRow {
        objection_id: app.new_id()?,
        achievement_id: achievement_id.to_owned(),
        person_id: actor.person_id().map(str::to_owned),
        name,
        contact,
        words,
        raised_at_ms: now_ms,
        outcome: None,
        answer: None,
        answered_by: None,
        answered_at_ms: None,
    };
    store::raise_objection(&mut tx, &row).await?;
    let entry = NewEntry {
        kind: "achievement.objection_raised",
        subject: format!("achievement:{achievement_id}"),
        payload: json!({ "objection": row.objection_id }),
    };
    let unit = Scope::Organisation(case.row.organisation_key);
    let mut whom = vec![Whom::Over(Role::TransferOffice, unit), Whom::Over(Role::OrganisationAgent, unit)];
    if let Some(division) = xiaoxiang_domain::region::DivisionCode::parse(&case.row.division) {
        whom.push(Whom::Over(Role::CityOfficer, Scope::Division(division)));
    }
    let notice = notice_of(&case, NoticeKind::AchievementObjectionRaised);
    let record = format!("achievement-objection:{}", row.objection_id);
    notify(app, &mut tx, Occasion::Once { record: &record, author: Some(actor) }, &notice, &whom).await?;
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(row.objection_id)
}

fn checked(objection: &NewObjection) -> Result<[String; 3], Refusal> {
    let fields = [
        (&objection.name, OBJECTION_NAME_CHARACTERS_MAX),
        (&objection.contact, OBJECTION_CONTACT_CHARACTERS_MAX),
        (&objection.words, WORDS_CHARACTERS_MAX),
    ];
    let cleaned = fields.map(|(text, max)| clean_text(text, max).unwrap_or_default());
    if cleaned.iter().any(String::is_empty) {
        return Err(Refusal::invalid(
            "achievement.objection",
            format!("请填写姓名或单位、联系方式和理由；理由不超过 {WORDS_CHARACTERS_MAX} 字。"),
            format!("give a name, a contact and a reason of at most {WORDS_CHARACTERS_MAX} characters"),
        ));
    }
    Ok(cleaned)
}

/// Answers an open objection.
pub async fn answer_objection(
    app: &App,
    actor: &Actor,
    achievement_id: &str,
    answer: &AnswerToObjection,
) -> Result<(), Refusal> {
    let words = clean_text(&answer.words, WORDS_CHARACTERS_MAX).unwrap_or_default();
    if words.is_empty() {
        return Err(Refusal::invalid(
            "achievement.words",
            format!("请写明理由，不超过 {WORDS_CHARACTERS_MAX} 字。"),
            format!("say why in at most {WORDS_CHARACTERS_MAX} characters"),
        ));
    }
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin(now_ms).await?;
    let case = Case::visible(&mut tx, actor, achievement_id).await?;
    let may = case.allows(actor, Action::WriteAchievements) || case.allows(actor, Action::WatchAchievements);
    if !may {
        return Err(Refusal::Forbidden(Action::WatchAchievements));
    }
    let objection = case.objections.iter().find(|one| one.objection_id == answer.objection_id);
    let objection = objection.ok_or_else(|| Refusal::NotFound(answer.objection_id.clone()))?;
    let said = [answer.outcome.code(), words.as_str(), actor.log_name()];
    if !store::answer_objection(&mut tx, &answer.objection_id, said, now_ms).await? {
        return Err(Refusal::invalid(
            "achievement.objection_answered",
            "这项异议已经答复。",
            "this objection was answered before",
        ));
    }
    if let Some(person_id) = objection.person_id.clone() {
        let mut notice = notice_of(&case, NoticeKind::AchievementObjectionAnswered);
        notice.path = format!("/market/achievements/{achievement_id}");
        let record = format!("achievement-objection:{}", answer.objection_id);
        let occasion = Occasion::Once { record: &record, author: Some(actor) };
        notify(app, &mut tx, occasion, &notice, &[Whom::Person(person_id)]).await?;
    }
    let entry = NewEntry {
        kind: "achievement.objection_answered",
        subject: format!("achievement:{achievement_id}"),
        payload: json!({ "objection": answer.objection_id, "outcome": answer.outcome.code() }),
    };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(())
}
