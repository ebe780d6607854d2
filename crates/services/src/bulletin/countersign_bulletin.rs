//! Other departments countersign a draft (会签): they agree or object with a remark before it is signed.

use serde_json::json;
use xiaoxiang_domain::access::{Action, Role};
use xiaoxiang_domain::bulletin::BulletinStatus;
use xiaoxiang_store::bulletin as bulletins;
use xiaoxiang_store::countersignature::{self as store, CountersignatureRow};
use xiaoxiang_store::{NewEntry, StoreError, Tx};

use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// Longest remark.
const REMARK_CHARACTERS_MAX: usize = 2_000;

/// What a department says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opinion {
    /// 同意
    Agree,
    /// 有异议
    Object,
}

impl Opinion {
    /// The word stored in the database and sent by the form.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Agree => "agree",
            Self::Object => "object",
        }
    }

    /// The opinion of a typed word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Agree, Self::Object].into_iter().find(|opinion| opinion.code() == code)
    }
}

/// An opinion as it is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCountersignature {
    /// What the department says.
    pub opinion: Opinion,
    /// Why; an objection must have one.
    pub remark: String,
    /// Hash of the content on the screen.
    pub content_sha256: String,
}

/// An opinion as it stands with the draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Countersignature {
    /// Which department, by the role acted in.
    pub role: Role,
    /// 姓名
    pub name: String,
    /// What it says.
    pub opinion: Opinion,
    /// Why.
    pub remark: String,
    /// Hash of the content that was seen.
    pub content_sha256: String,
    /// When.
    pub given_at_ms: i64,
}

/// Records an opinion about a draft as it was seen.
pub async fn countersign_bulletin(
    app: &App,
    actor: &Actor,
    bulletin_id: &str,
    new: &NewCountersignature,
) -> Result<(), Refusal> {
    actor.permit(Action::CountersignBulletin)?;
    let (Some(person_id), Some(role)) = (actor.person_id(), actor.role()) else {
        return Err(Refusal::invalid(
            "countersign.person",
            "会签须由会签部门的人员登录后办理。",
            "a countersignature is given by a person of the department who has signed in",
        ));
    };
    let remark = new.remark.trim();
    let is_too_long = remark.chars().count() > REMARK_CHARACTERS_MAX;
    if is_too_long || new.opinion == Opinion::Object && remark.is_empty() {
        return Err(Refusal::invalid(
            "countersign.remark",
            format!("提出异议须写明意见，不超过 {REMARK_CHARACTERS_MAX} 字。"),
            format!("an objection needs a remark of at most {REMARK_CHARACTERS_MAX} characters"),
        ));
    }
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin(now_ms).await?;
    // A redraft or a signature that comes first must be seen.
    tx.lock_log().await?;
    let draft = bulletins::find(&mut tx, bulletin_id)
        .await?
        .ok_or_else(|| Refusal::NotFound(bulletin_id.to_owned()))?;
    if draft.status != BulletinStatus::Draft.code() {
        return Err(Refusal::invalid(
            "bulletin.signed",
            "该通报已经签发，不能再会签。",
            "this bulletin was signed before and can no longer be countersigned",
        ));
    }
    if draft.content_sha256 != new.content_sha256 {
        return Err(Refusal::stale("这份草稿", "this draft"));
    }
    let row = CountersignatureRow {
        countersignature_id: app.new_id()?,
        bulletin_id: bulletin_id.to_owned(),
        role: role.code().to_owned(),
        person_id: person_id.to_owned(),
        name: String::new(),
        opinion: new.opinion.code().to_owned(),
        remark: remark.to_owned(),
        content_sha256: draft.content_sha256,
        given_at_ms: now_ms,
    };
    store::save(&mut tx, &row).await?;
    let entry = NewEntry {
        kind: "bulletin.countersigned",
        subject: format!("bulletin:{bulletin_id}"),
        payload: json!({
            "department": row.role,
            "opinion": row.opinion,
            "remark": row.remark,
            "content_sha256": row.content_sha256,
        }),
    };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(())
}

/// Every opinion about a bulletin, latest first.
pub(super) async fn opinions(tx: &mut Tx, bulletin_id: &str) -> Result<Vec<Countersignature>, Refusal> {
    let damaged = |row: &CountersignatureRow| {
        StoreError::Damaged(format!("countersignature {}", row.countersignature_id))
    };
    let read = |row: CountersignatureRow| {
        Ok(Countersignature {
            role: Role::from_code(&row.role).ok_or_else(|| damaged(&row))?,
            opinion: Opinion::from_code(&row.opinion).ok_or_else(|| damaged(&row))?,
            name: row.name,
            remark: row.remark,
            content_sha256: row.content_sha256,
            given_at_ms: row.given_at_ms,
        })
    };
    store::list(tx, bulletin_id).await?.into_iter().map(read).collect()
}

/// The latest opinion of each department.
pub(super) async fn latest_opinions(
    tx: &mut Tx,
    bulletin_id: &str,
) -> Result<Vec<Countersignature>, Refusal> {
    let mut latest: Vec<Countersignature> = Vec::new();
    for opinion in opinions(tx, bulletin_id).await? {
        if latest.iter().all(|known| known.role != opinion.role) {
            latest.push(opinion);
        }
    }
    Ok(latest)
}
