//! Opens and closes a registration point (设立、关闭登记点): by the province, from a day on, with a reason.

use jiff::civil::Date;
use serde_json::json;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::contract::procedure::{PointAct, PointRecord};
use xiaoxiang_store::registration_point::{self as store, PointActRow};
use xiaoxiang_store::{NewEntry, WriteTx};

use super::known_points::known_points;
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// Most characters of a reason.
const REASON_CHARACTERS_MAX: usize = 500;
/// Most characters of a name or code.
const NAME_CHARACTERS_MAX: usize = 100;

/// An order about a point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// To open or close it.
    pub act: PointAct,
    /// From which legal day on.
    pub on: Date,
    /// Why, such as the document.
    pub reason: String,
}

/// A point that is not known yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPoint {
    /// Its code in sheets, possibly empty.
    pub code: String,
    /// 名称
    pub name: String,
    /// From which legal day on.
    pub on: Date,
    /// Why, such as the document.
    pub reason: String,
}

/// Opens or closes a point that is known.
pub async fn turn_point(app: &App, actor: &Actor, registrar_key: i64, turn: &Turn) -> Result<(), Refusal> {
    actor.permit(Action::ManagePoints)?;
    check_reason(&turn.reason)?;
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    let region = app.region_in(&mut tx).await?;
    let points = known_points(&mut tx, &region.region).await?;
    let point = points.into_iter().find(|point| point.key == registrar_key);
    let point = point.ok_or_else(|| Refusal::NotFound(format!("registration point {registrar_key}")))?;
    write(app, actor, tx, (registrar_key, &point.name), &point.record, turn).await
}

/// Opens a point that is not known yet and gives its key. Applications reach it from its day on, people by their grants.
pub async fn open_new_point(app: &App, actor: &Actor, new: &NewPoint) -> Result<i64, Refusal> {
    actor.permit(Action::ManagePoints)?;
    check_reason(&new.reason)?;
    let (code, name) = (new.code.trim(), new.name.trim());
    let is_short = |text: &str| text.chars().count() <= NAME_CHARACTERS_MAX;
    if name.is_empty() || !is_short(name) || !is_short(code) {
        return Err(Refusal::invalid(
            "point.name",
            format!("请填写登记点名称；名称和代码不超过 {NAME_CHARACTERS_MAX} 字。"),
            format!("give a name; name and code of at most {NAME_CHARACTERS_MAX} characters"),
        ));
    }
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    let region = app.region_in(&mut tx).await?;
    let points = known_points(&mut tx, &region.region).await?;
    let is_same = |point: &&super::KnownPoint| point.name == name || (!code.is_empty() && point.code == code);
    if let Some(known) = points.iter().find(is_same) {
        return Err(Refusal::invalid(
            "point.known",
            format!("登记点“{}”已在列表中。请在它的页面上设立或恢复。", known.name),
            format!("the point {} is in the list; open it on its own page", known.name),
        ));
    }
    let key = xiaoxiang_store::organisation::find_or_create_registrar(&mut tx, code, name).await?;
    let turn = Turn { act: PointAct::Open, on: new.on, reason: new.reason.clone() };
    let unopened = PointRecord {
        listed: xiaoxiang_domain::contract::procedure::ListedAs::Absent,
        ..PointRecord::default()
    };
    write(app, actor, tx, (key, name), &unopened, &turn).await?;
    Ok(key)
}

async fn write(
    app: &App,
    actor: &Actor,
    mut tx: WriteTx,
    (registrar_key, name): (i64, &str),
    record: &PointRecord,
    turn: &Turn,
) -> Result<(), Refusal> {
    let today = app.clock.today_in(&app.region_in(&mut tx).await?.time_zone);
    record.decide(turn.act, turn.on, today).map_err(|obstacle| {
        let (code, zh, en) = obstacle.words();
        Refusal::invalid(code, zh, en)
    })?;
    let row = PointActRow {
        registrar_key,
        // Two orders at once get the same number, and the second is refused by the database.
        serial: i64::try_from(record.acts.len()).expect("invariant: a point has few orders") + 1,
        act: turn.act.code().to_owned(),
        effective_on: turn.on.to_string(),
        reason: turn.reason.trim().to_owned(),
        actor: actor.log_name().to_owned(),
        acted_at_ms: app.clock.now_ms(),
    };
    store::add_act(&mut tx, &row).await?;
    let entry = NewEntry {
        kind: match turn.act {
            PointAct::Open => "registration_point.opened",
            PointAct::Close => "registration_point.closed",
        },
        subject: format!("registrar:{registrar_key}"),
        payload: json!({ "name": name, "on": row.effective_on, "reason": row.reason }),
    };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(())
}

/// Refuses an empty or overlong reason.
pub(super) fn check_reason(reason: &str) -> Result<(), Refusal> {
    let length = reason.trim().chars().count();
    if (1..=REASON_CHARACTERS_MAX).contains(&length) {
        return Ok(());
    }
    Err(Refusal::invalid(
        "point.reason",
        format!("请写明理由，不超过 {REASON_CHARACTERS_MAX} 字。"),
        format!("give a reason of at most {REASON_CHARACTERS_MAX} characters"),
    ))
}
