//! The registration points with staff, load and figures of a period (登记点一览).

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::civil::Date;
use xiaoxiang_domain::access::{Action, Role, Scope};
use xiaoxiang_domain::contract::procedure::{ApplicationState, DatedAct, Step, TakenStep, is_open_at_point};
use xiaoxiang_domain::period::{Month, Period};
use xiaoxiang_domain::region::{Region, Standing};
use xiaoxiang_statistics::registration_point::{PointFigures, PointStep, point_figures};
use xiaoxiang_store::registration_point as store;
use xiaoxiang_store::{StoreError, Tx};

use super::known_points::{KnownPoint, known_points};
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// Months of the longest period.
const PERIOD_MONTHS_MAX: usize = 12;

/// The points of a region.
#[derive(Clone, Debug)]
pub struct PointsPage {
    /// Of which months the figures are.
    pub period: Period,
    /// The legal day, of which staff and load are.
    pub today: Date,
    /// How many people a point needs.
    pub staff: Option<StaffRule>,
    /// The points that the reader may see, by code and name.
    pub points: Vec<PointSummary>,
    /// All points together; none for whoever sees only one.
    pub total: Option<(PointLoad, PointFigures)>,
}

/// The least number of people of a point (登记人员).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StaffRule {
    /// How many.
    pub least: u32,
    /// Whether a source gives it.
    pub standing: Standing,
}

/// One point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PointSummary {
    /// Key of the registrar.
    pub key: i64,
    /// Its code, possibly empty.
    pub code: String,
    /// 名称
    pub name: String,
    /// In English, possibly empty.
    pub name_en: String,
    /// Whether it takes applications today.
    pub is_open: bool,
    /// Whether it is closed or its closing is ordered, so that what it has can be handed on.
    pub is_given_up: bool,
    /// What was ordered for a later day.
    pub next_act: Option<DatedAct>,
    /// People with the registrar's role in force there.
    pub staff: usize,
    /// What lies there today.
    pub load: PointLoad,
    /// What it did in the period.
    pub figures: PointFigures,
}

/// What lies with a point (在办).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PointLoad {
    /// Handed in and not decided.
    pub open: i64,
    /// Of these past their due day.
    pub late: i64,
}

/// The points within the caller's reach, with the figures of a period of at most a year.
pub async fn list_points(app: &App, actor: &Actor, period: Period) -> Result<PointsPage, Refusal> {
    let scope = actor.permit(Action::ReadPoints)?;
    check_period(period)?;
    let mut tx = app.db.read().await?;
    let region = app.region_in(&mut tx).await?;
    let today = app.clock.today_in(&region.time_zone);
    let figures = Figures::load(&mut tx, &region.region, period, today).await?;
    let points = known_points(&mut tx, &region.region).await?;
    let seen = points.iter().filter(|point| is_within(scope, point.key));
    let points: Vec<PointSummary> = seen.map(|point| figures.summary(point, today)).collect();
    let total = (scope == Scope::Region).then(|| {
        let load = points.iter().fold(PointLoad::default(), |sum, point| PointLoad {
            open: sum.open + point.load.open,
            late: sum.late + point.load.late,
        });
        (load, figures.total)
    });
    Ok(PointsPage { period, today, staff: staff_rule(&region.region), points, total })
}

/// Whether a point lies within a scope.
pub(super) fn is_within(scope: Scope, registrar_key: i64) -> bool {
    scope == Scope::Region || scope == Scope::Registrar(registrar_key)
}

/// Refuses a period of more than a year, of which a page would be slow.
pub(super) fn check_period(period: Period) -> Result<(), Refusal> {
    if period.months().count() <= PERIOD_MONTHS_MAX {
        return Ok(());
    }
    Err(Refusal::invalid(
        "point.period",
        format!("期间不超过 {PERIOD_MONTHS_MAX} 个月。"),
        format!("choose at most {PERIOD_MONTHS_MAX} months"),
    ))
}

/// The least number of people, from region data.
pub(super) fn staff_rule(region: &Region) -> Option<StaffRule> {
    let desk = region.registration().desk.as_ref()?;
    Some(StaffRule { least: desk.registrar_staff_min, standing: desk.standing })
}

/// Staff, load and figures of all points.
pub(super) struct Figures {
    staff: HashMap<i64, Vec<String>>,
    load: HashMap<i64, PointLoad>,
    of_points: BTreeMap<i64, PointFigures>,
    total: PointFigures,
}

impl Figures {
    /// Reads them as of a legal day.
    pub async fn load(tx: &mut Tx, region: &Region, period: Period, today: Date) -> Result<Self, Refusal> {
        let cases = cases(tx, period).await?;
        let together: Vec<Vec<PointStep>> = cases
            .iter()
            .map(|case| case.iter().map(|step| PointStep { point: 0, ..step.clone() }).collect())
            .collect();
        Ok(Self {
            staff: staff(tx, today).await?,
            load: load(tx, today).await?,
            of_points: point_figures(&cases, period, region),
            total: point_figures(&together, period, region).remove(&0).unwrap_or_default(),
        })
    }

    /// The people of a point, by id.
    pub fn staff_of(&self, registrar_key: i64) -> &[String] {
        self.staff.get(&registrar_key).map_or(&[], Vec::as_slice)
    }

    /// One point with its figures.
    pub fn summary(&self, point: &KnownPoint, today: Date) -> PointSummary {
        PointSummary {
            key: point.key,
            code: point.code.clone(),
            name: point.name.clone(),
            name_en: point.name_en.clone(),
            is_open: point.record.is_open_on(today),
            is_given_up: point.record.is_given_up(today),
            next_act: point.record.next_act(today),
            staff: self.staff_of(point.key).len(),
            load: self.load.get(&point.key).copied().unwrap_or_default(),
            figures: self.of_points.get(&point.key).copied().unwrap_or_default(),
        }
    }
}

/// Who works where: everybody once whose grant is in force, by id.
async fn staff(tx: &mut Tx, today: Date) -> Result<HashMap<i64, Vec<String>>, Refusal> {
    let today = today.to_string();
    let mut staff: HashMap<i64, Vec<String>> = HashMap::new();
    let mut met = HashSet::new();
    for grant in xiaoxiang_store::person::list_holders(tx, Role::Registrar.code()).await? {
        let is_in_force =
            grant.valid_from <= today && grant.valid_to.as_ref().is_none_or(|last| *last >= today);
        if let (true, Ok(Scope::Registrar(key))) = (is_in_force, grant.scope.parse())
            && met.insert((key, grant.person_id.clone()))
        {
            staff.entry(key).or_default().push(grant.person_id);
        }
    }
    Ok(staff)
}

async fn load(tx: &mut Tx, today: Date) -> Result<HashMap<i64, PointLoad>, Refusal> {
    let mut load: HashMap<i64, PointLoad> = HashMap::new();
    for (key, code, count, late) in store::count_open(tx, &today.to_string()).await? {
        if ApplicationState::from_code(&code).is_some_and(is_open_at_point) {
            let own = load.entry(key).or_default();
            own.open += count;
            own.late += late;
        }
    }
    Ok(load)
}

/// All steps of the applications in which something happened in the period.
async fn cases(tx: &mut Tx, period: Period) -> Result<Vec<Vec<PointStep>>, Refusal> {
    let (first, last) = (period.first_day().to_string(), period.last_day().to_string());
    let mut cases: Vec<Vec<PointStep>> = Vec::new();
    let mut application_id = String::new();
    for row in store::list_steps(tx, &first, &last).await? {
        let damaged = || StoreError::Damaged(format!("steps of application {}", row.application_id));
        let step = Step::from_code(&row.step).ok_or_else(damaged)?;
        let on = row.taken_on.parse().map_err(|_| damaged())?;
        let taken = TakenStep { step, person: None, on };
        if row.application_id != application_id {
            application_id = row.application_id;
            cases.push(Vec::new());
        }
        let case = cases.last_mut().expect("invariant: a case was begun");
        case.push(PointStep { point: row.registrar_key, taken });
    }
    Ok(cases)
}

/// The months of the legal year so far, where no period is asked for.
pub async fn months_of_the_year(app: &App) -> Result<Period, Refusal> {
    let in_force = app.region().await?;
    let today = app.clock.today_in(&in_force.time_zone);
    let first = Month::of(jiff::civil::date(today.year(), 1, 1));
    Ok(Period::between(first, Month::of(today)).expect("invariant: a year begins in January"))
}
