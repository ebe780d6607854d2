//! One registration point: its people, its orders, and what it has open.

use std::collections::BTreeMap;

use jiff::civil::Date;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::contract::procedure::{ApplicationState, PointAct, is_open_at_point};
use xiaoxiang_domain::period::Period;
use xiaoxiang_store::registration::{self as applications, APPLICATIONS_PAGE_MAX, ApplicationFilter};
use xiaoxiang_store::registration_point as store;
use xiaoxiang_store::{StoreError, Tx};

use super::known_points::known_points;
use super::list_points::{Figures, PointSummary, StaffRule, check_period, is_within, staff_rule};
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// Requests that the point itself does what they ask for.
const OWN_REQUESTS: &str = ",change,cancel,";

/// One point.
#[derive(Clone, Debug)]
pub struct PointPage {
    /// As in the list.
    pub summary: PointSummary,
    /// Of which months the figures are.
    pub period: Period,
    /// The legal day.
    pub today: Date,
    /// How many people it needs.
    pub staff_rule: Option<StaffRule>,
    /// Names of its people.
    pub staff: Vec<String>,
    /// The province's orders, the newest first.
    pub orders: Vec<PointOrder>,
    /// What it has open, the most pressing first; at most one page of it.
    pub open: Vec<OpenApplication>,
    /// The points that its applications can be handed on to: those open today.
    pub others: Vec<(i64, String)>,
}

/// An order of the province.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PointOrder {
    /// Which.
    pub act: PointAct,
    /// Legal day from which it holds.
    pub on: String,
    /// Why.
    pub reason: String,
    /// Who ordered it, as the log names them.
    pub actor: String,
}

/// An application that the point has open, or a registration with an open request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenApplication {
    /// Id.
    pub application_id: String,
    /// 项目名称
    pub project_name: String,
    /// 受理编号
    pub acceptance_number: Option<String>,
    /// Where it stands.
    pub state: ApplicationState,
    /// Last day for the decision.
    pub due_on: Option<String>,
}

/// One point within the caller's reach; others are not found.
pub async fn read_point(
    app: &App,
    actor: &Actor,
    registrar_key: i64,
    period: Period,
) -> Result<PointPage, Refusal> {
    let scope = actor.permit(Action::ReadPoints)?;
    check_period(period)?;
    let unknown = || Refusal::NotFound(format!("registration point {registrar_key}"));
    if !is_within(scope, registrar_key) {
        return Err(unknown());
    }
    let mut tx = app.db.read().await?;
    let region = app.region_in(&mut tx).await?;
    let today = app.clock.today_in(&region.time_zone);
    let points = known_points(&mut tx, &region.region).await?;
    let point = points.iter().find(|point| point.key == registrar_key).ok_or_else(unknown)?;
    let figures = Figures::load(&mut tx, &region.region, period, today).await?;
    let mut staff = Vec::new();
    for person_id in figures.staff_of(registrar_key) {
        let person = xiaoxiang_store::person::find(&mut tx, person_id).await?;
        staff.extend(person.map(|person| person.name));
    }
    staff.sort();
    let mut orders = Vec::with_capacity(point.orders.len());
    for row in point.orders.iter().rev() {
        let damaged = || StoreError::Damaged(format!("order {} of point {registrar_key}", row.serial));
        orders.push(PointOrder {
            act: PointAct::from_code(&row.act).ok_or_else(damaged)?,
            on: row.effective_on.clone(),
            reason: row.reason.clone(),
            actor: row.actor.clone(),
        });
    }
    let takes = points.iter().filter(|other| other.key != registrar_key && !other.record.is_given_up(today));
    let takes = takes.filter(|other| other.record.is_open_on(today));
    Ok(PointPage {
        summary: figures.summary(point, today),
        period,
        today,
        staff_rule: staff_rule(&region.region),
        staff,
        orders,
        open: open_at(&mut tx, registrar_key).await?.into_values().collect(),
        others: takes.map(|other| (other.key, other.name.clone())).collect(),
    })
}

/// What a point has open, by due day and id; at most one page of applications, and the registrations with open requests.
pub(super) async fn open_at(
    tx: &mut Tx,
    registrar_key: i64,
) -> Result<BTreeMap<(String, String), OpenApplication>, Refusal> {
    let codes: Vec<&str> = ApplicationState::ALL
        .into_iter()
        .filter(|state| is_open_at_point(*state))
        .map(ApplicationState::code)
        .collect();
    let states = format!(",{},", codes.join(","));
    let filter = ApplicationFilter { registrar_key, states, ..ApplicationFilter::default() };
    let mut rows = applications::list(tx, &filter, ("", ""), APPLICATIONS_PAGE_MAX).await?;
    for application_id in store::list_requested(tx, registrar_key, OWN_REQUESTS).await? {
        rows.extend(applications::find(tx, &application_id).await?);
    }
    let mut open = BTreeMap::new();
    for row in rows {
        let damaged = || StoreError::Damaged(format!("state of application {}", row.application_id));
        let state = ApplicationState::from_code(&row.state).ok_or_else(damaged)?;
        open.insert(
            applications::place_of(&row),
            OpenApplication {
                application_id: row.application_id,
                project_name: row.project_name,
                acceptance_number: row.acceptance_number,
                state,
                due_on: row.due_on,
            },
        );
    }
    Ok(open)
}
