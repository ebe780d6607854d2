//! What waits for somebody in the role in which they act, most pressing first. Each item is one indexed query or one
//! scan of the columns.

use std::collections::BTreeSet;

use jiff::civil::{Date, date};
use xiaoxiang_domain::access::{Action, Role, Scope};
use xiaoxiang_domain::bulletin::{BulletinStatus, Dimension, Direction};
use xiaoxiang_domain::contract::procedure::ApplicationState;
use xiaoxiang_domain::lead::is_office;
use xiaoxiang_domain::period::{Month, Period};
use xiaoxiang_domain::region::DivisionCode;
use xiaoxiang_domain::target::AnnualTargets;
use xiaoxiang_statistics::completion::{CompletionRequest, completion};
use xiaoxiang_statistics::cross_table::{CrossQuery, cross_table};
use xiaoxiang_statistics::lapsed::lapsed;
use xiaoxiang_store::{StoreError, Tx};

use super::market_work;
use crate::actor::Actor;
use crate::app::App;
use crate::attribution::{count_claimed_twice, count_open, list_parks};
use crate::bulletin::{
    BulletinSummary, count_changed, list_bulletins, list_exchange_months, table_refused, usual_period,
};
use crate::city::find_place;
use crate::lead::read_desk;
use crate::refusal::Refusal;
use crate::registration::inspection::count_inspections_waiting;
use crate::registration::{ApplicationsAsk, list_applications};
use crate::screening::count_waiting;
use crate::target::{day_of_reading, is_split_wanted, list_targets};

/// More changes than this are not counted further.
const CHANGES_MAX: i64 = 10_000;
/// Grants that end within so many days are announced.
const GRANT_DAYS: i64 = 30;
/// Days of new log entries that inspection is told of.
const ENTRY_DAYS: i64 = 7;
/// Refused files are named for so many days.
const REFUSED_DAYS: i64 = 14;
/// Ended imports that are looked through for refused ones.
const ENDED_MAX: i64 = 200;
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// What waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WaitingKind {
    /// Applications for registration whose day has passed.
    ApplicationsLate,
    /// Applications that came back for a correction.
    ApplicationsToCorrect,
    /// Applications to be accepted or sent back.
    ApplicationsToAccept,
    /// Applications that wait for the first review.
    ApplicationsFirstReview,
    /// Applications that wait for the second review.
    ApplicationsSecondReview,
    /// Applications on which the experts are to speak.
    ApplicationsForExperts,
    /// Approved applications that the national system does not have yet.
    ApplicationsToExport,
    /// 检查待举证或陈述申辩: one's own organisation's.
    InspectionsToAnswer,
    /// 检查待办理
    InspectionsToGoOn,
    /// Objections, or wishes for a change or a cancellation, without an answer.
    RegistrationRequests,
    /// One's own applications that were begun and not handed in.
    ApplicationDrafts,
    /// 需求待补充: returned, one's own.
    DemandsToComplete,
    /// 需求待本单位确认: written down by somebody else.
    DemandsToConfirm,
    /// 需求待核实: neither confirmed by the company nor called.
    DemandsToVerify,
    /// 需求待核对
    DemandsToCheck,
    /// 需求待梳理
    DemandsToSort,
    /// 需求待评分: one's own invitations.
    DemandsToScore,
    /// 需求待筛选
    DemandsToSelect,
    /// 需求待发布
    DemandsToPublish,
    /// 成果待保密审查, written by somebody else of the unit.
    AchievementsToReview,
    /// 成果待公示或挂牌
    AchievementsToShow,
    /// 对接事项逾期: one's own promises whose day is over.
    LeadPromises,
    /// 线索待指定经理人
    LeadsToAssign,
    /// 草稿待签发 or to be finished.
    Drafts,
    /// 草稿待会签
    Countersign,
    /// What departments said about drafts as they are.
    Opinions,
    /// Files of one's own that were refused and not sent again in a better form.
    Imports,
    /// Contracts that changed under published figures.
    Corrections,
    /// 归属异议待裁定
    ObjectionsToDecide,
    /// Open objections that concern one's own place.
    Objections,
    /// 疑点待认定, appeals among them.
    FlagsToDecide,
    /// 疑点待答复
    FlagsToAnswer,
    /// Payments held for the sake of questions that fell away or were cleared.
    HoldsToRelease,
    /// Months of this year without exchange data.
    ExchangeMonths,
    /// 距年度目标; the count is contracts of the present mean, the amount the gap.
    Gap,
    /// Partners of last year who are due: the chase list.
    Chase,
    /// A target that is not split, or whose parts do not add up.
    Split,
    /// Park lists that are missing or old.
    ParkLists,
    /// Companies of one's park that another park lists too.
    ParkClaims,
    /// Grants that end soon.
    GrantsEnding,
    /// People who can sign in and do nothing.
    WithoutRole,
    /// New entries of the log.
    LogEntries,
    /// One's own contracts of this year.
    OwnContracts,
}

/// One thing that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// What.
    pub kind: WaitingKind,
    /// How many.
    pub count: i64,
    /// How much money, in fen, where that is the point.
    pub amount: Option<i128>,
    /// Where it is done; names no language.
    pub link: String,
    /// Since when, or until when for what ends.
    pub since: Option<Date>,
}

impl Waiting {
    pub(super) fn new(kind: WaitingKind, count: i64, link: impl Into<String>) -> Self {
        Self { kind, count, amount: None, link: link.into(), since: None }
    }

    /// Whether something is to be done, and not only to be known.
    #[must_use]
    pub const fn is_to_do(&self) -> bool {
        !matches!(self.kind, WaitingKind::LogEntries | WaitingKind::OwnContracts)
    }
}

/// Everything that waits for the actor; what is at nought is left out.
pub async fn list_waiting(app: &App, actor: &Actor) -> Result<Vec<Waiting>, Refusal> {
    actor.permit(Action::Work)?;
    let mut found = bulletins(app, actor).await?;
    found.extend(refused_imports(app, actor).await?);
    found.extend(applications(app, actor).await?);
    found.extend(market_work::demands(app, actor).await?);
    found.extend(market_work::achievements(app, actor).await?);
    found.extend(leads(app, actor).await?);
    found.extend(exchange(app, actor).await?);
    found.extend(parks(app, actor).await?);
    found.extend(own_place(app, actor).await?);
    found.extend(own_contracts(app, actor).await?);
    let mut tx = app.db.read().await?;
    let region = app.region_in(&mut tx).await?;
    let zone = &region.time_zone;
    let day = |at_ms: i64| {
        jiff::Timestamp::from_millisecond(at_ms).ok().map(|instant| instant.to_zoned(zone.clone()).date())
    };
    let decides = actor.may(Action::DecideObjection);
    if decides || actor.may(Action::RaiseObjection) {
        let (count, oldest) = count_open(&mut tx, actor, &region.region).await?;
        let kind = if decides { WaitingKind::ObjectionsToDecide } else { WaitingKind::Objections };
        found.push(Waiting { since: oldest.and_then(day), ..Waiting::new(kind, count, "/objections") });
    }
    let today = app.clock.today_in(zone);
    let (count, oldest) = count_waiting(&mut tx, actor).await?;
    let kind =
        if actor.may(Action::DecideFlag) { WaitingKind::FlagsToDecide } else { WaitingKind::FlagsToAnswer };
    found.push(Waiting { since: oldest.and_then(day), ..Waiting::new(kind, count, "/flags") });
    if actor.may(Action::HoldPayment) {
        let (count, since) =
            xiaoxiang_store::payment_hold::count_without_question(&mut tx, &today.to_string()).await?;
        let since = since.and_then(|day| day.parse().ok());
        found
            .push(Waiting { since, ..Waiting::new(WaitingKind::HoldsToRelease, count, "/flags?stage=held") });
    }
    if actor.may(Action::ManagePeople) {
        found.extend(people(&mut tx, today).await?);
    }
    if matches!(actor.role(), Some(Role::Auditor | Role::DisciplineInspector)) && actor.may(Action::ReadLog) {
        let since_ms = app.clock.now_ms() - ENTRY_DAYS * DAY_MS;
        let count = xiaoxiang_store::log::count_since(&mut tx, since_ms).await?;
        found.push(Waiting { since: day(since_ms), ..Waiting::new(WaitingKind::LogEntries, count, "/log") });
    }
    found.retain(|waiting| waiting.count > 0);
    found.sort_by_key(|waiting| waiting.kind);
    Ok(found)
}

/// Leads in which something is overdue, or which nobody looks after.
async fn leads(app: &App, actor: &Actor) -> Result<Vec<Waiting>, Refusal> {
    if !actor.may(Action::HandleLeads) || actor.role().is_none() {
        return Ok(Vec::new());
    }
    let desk = read_desk(app, actor).await?;
    let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let mut found = vec![Waiting::new(WaitingKind::LeadPromises, count(desk.overdue()), "/desk")];
    if is_office(actor.role()) && actor.may(Action::AssignLeads) {
        let alone = desk.leads.iter().filter(|one| one.lead.row.manager_id.is_none()).count();
        let link = "/leads?standing=open&manager=-";
        found.push(Waiting::new(WaitingKind::LeadsToAssign, count(alone), link));
    }
    Ok(found)
}

/// Applications for registration that it is the actor's turn on.
async fn applications(app: &App, actor: &Actor) -> Result<Vec<Waiting>, Refusal> {
    if !actor.may(Action::ReadApplications) {
        return Ok(Vec::new());
    }
    let ask = ApplicationsAsk { limit: 1, ..ApplicationsAsk::default() };
    let list = list_applications(app, actor, &ask).await?;
    let turns: &[(ApplicationState, WaitingKind)] = if actor.may(Action::HandleApplications) {
        &[
            (ApplicationState::Submitted, WaitingKind::ApplicationsToAccept),
            (ApplicationState::Accepted, WaitingKind::ApplicationsFirstReview),
            (ApplicationState::FirstReviewed, WaitingKind::ApplicationsSecondReview),
            (ApplicationState::PreReviewed, WaitingKind::ApplicationsToExport),
        ]
    } else if actor.may(Action::Apply) {
        &[
            (ApplicationState::Returned, WaitingKind::ApplicationsToCorrect),
            (ApplicationState::Draft, WaitingKind::ApplicationDrafts),
        ]
    } else if actor.may(Action::GiveExpertOpinion) {
        &[(ApplicationState::ExpertReview, WaitingKind::ApplicationsForExperts)]
    } else {
        &[]
    };
    let count_of = |wanted| list.counts.iter().find(|one| one.state == wanted).map_or(0, |one| one.count);
    let mut found: Vec<Waiting> = turns
        .iter()
        .map(|(state, kind)| {
            Waiting::new(*kind, count_of(*state), format!("/applications?state={}", state.code()))
        })
        .collect();
    if actor.may(Action::HandleApplications) {
        found.push(Waiting::new(WaitingKind::ApplicationsLate, list.late, "/applications"));
    }
    found.extend(registration_requests(app, actor).await?);
    let waiting = count_inspections_waiting(app, actor).await?;
    let kind = if actor.may(Action::Apply) {
        WaitingKind::InspectionsToAnswer
    } else {
        WaitingKind::InspectionsToGoOn
    };
    found.push(Waiting { since: waiting.due, ..Waiting::new(kind, waiting.count, "/inspections") });
    Ok(found)
}

/// Objections are the province's to answer, changes and cancellations the registrar's.
async fn registration_requests(app: &App, actor: &Actor) -> Result<Option<Waiting>, Refusal> {
    let (kinds, registrar_key) = match actor.extent(Action::HandleApplications) {
        Some(Scope::Registrar(key)) => (",change,cancel,", key),
        _ if actor.may(Action::ReviewRegistrations) => (",objection,", 0),
        _ => return Ok(None),
    };
    let mut tx = app.db.read().await?;
    let zone = app.region_in(&mut tx).await?.time_zone.clone();
    let open = xiaoxiang_store::registration::list_open_requests(&mut tx, kinds, registrar_key).await?;
    let Some((application_id, raised_at_ms)) = open.first() else { return Ok(None) };
    let since = jiff::Timestamp::from_millisecond(*raised_at_ms).ok();
    Ok(Some(Waiting {
        since: since.map(|instant| instant.to_zoned(zone).date()),
        ..Waiting::new(
            WaitingKind::RegistrationRequests,
            i64::try_from(open.len()).unwrap_or(i64::MAX),
            format!("/applications/{application_id}#requests"),
        )
    }))
}

async fn bulletins(app: &App, actor: &Actor) -> Result<Vec<Waiting>, Refusal> {
    let makes = actor.may(Action::SignBulletin) || actor.may(Action::DraftBulletin);
    let countersigns = actor.may(Action::CountersignBulletin);
    let corrects = actor.may(Action::CorrectBulletin);
    if !makes && !countersigns && !corrects {
        return Ok(Vec::new());
    }
    let all = list_bulletins(app).await?;
    let drafts = all.iter().filter(|summary| summary.status == BulletinStatus::Draft).count();
    let drafts = i64::try_from(drafts).unwrap_or(i64::MAX);
    let mut found = Vec::new();
    if makes || countersigns {
        let opinions = opinions(app, actor, &all).await?;
        if makes {
            found.push(Waiting::new(WaitingKind::Drafts, drafts, "/drafts"));
            found.push(Waiting::new(WaitingKind::Opinions, opinions.given, opinions.link.clone()));
        }
        if countersigns {
            found.push(Waiting::new(WaitingKind::Countersign, drafts - opinions.own, "/drafts"));
        }
    }
    if corrects {
        let latest = all
            .iter()
            .filter(|summary| summary.status != BulletinStatus::Draft)
            .max_by_key(|summary| (summary.period.last(), summary.row.as_of));
        if let Some(latest) = latest {
            let mut tx = app.db.read().await?;
            found.push(Waiting {
                since: latest.signed_on,
                ..Waiting::new(
                    WaitingKind::Corrections,
                    count_changed(&mut tx, latest, CHANGES_MAX).await?,
                    "/drafts",
                )
            });
        }
    }
    Ok(found)
}

/// What was said about the drafts as they are now.
#[derive(Default)]
struct Opinions {
    /// How many departments have spoken, over all drafts.
    given: i64,
    /// On how many drafts the actor's own department has.
    own: i64,
    /// Where the first of them stands.
    link: String,
}

/// The latest opinion of each department counts, and only while the draft is what it saw.
async fn opinions(app: &App, actor: &Actor, all: &[BulletinSummary]) -> Result<Opinions, Refusal> {
    let mut tx = app.db.read().await?;
    let mut found = Opinions { link: "/drafts".to_owned(), ..Opinions::default() };
    for draft in all.iter().filter(|summary| summary.status == BulletinStatus::Draft) {
        let id = &draft.row.bulletin_id;
        let given = xiaoxiang_store::countersignature::list(&mut tx, id).await?;
        let roles: BTreeSet<&str> = given
            .iter()
            .filter(|one| one.content_sha256 == draft.row.content_sha256)
            .map(|one| one.role.as_str())
            .collect();
        if found.given == 0 && !roles.is_empty() {
            found.link = format!("/drafts/{id}");
        }
        found.given += i64::try_from(roles.len()).unwrap_or(i64::MAX);
        if actor.role().is_some_and(|role| roles.contains(role.code())) {
            found.own += 1;
        }
    }
    Ok(found)
}

/// Files that the actor sent within [`REFUSED_DAYS`] and that were refused; one that went in later is no longer named.
async fn refused_imports(app: &App, actor: &Actor) -> Result<Option<Waiting>, Refusal> {
    let Some(person) = actor.person_id().filter(|_| actor.may(Action::ImportContracts)) else {
        return Ok(None);
    };
    let since_ms = app.clock.now_ms() - REFUSED_DAYS * DAY_MS;
    let mut tx = app.db.read().await?;
    let ended = xiaoxiang_store::import_queue::list_ended(&mut tx, ENDED_MAX).await?;
    // Newest first: the last outcome of a file's name is what stands.
    let mut seen = BTreeSet::new();
    let standing = ended.iter().filter(|run| {
        run.person_id.as_deref() == Some(person)
            && run.asked_at_ms >= since_ms
            && seen.insert(run.file_name.clone())
    });
    let refused: Vec<_> = standing.filter(|run| run.state == "refused").collect();
    let link = refused.first().map_or_else(String::new, |run| format!("/imports/{}", run.import_run_id));
    let count = i64::try_from(refused.len()).unwrap_or(i64::MAX);
    Ok(Some(Waiting::new(WaitingKind::Imports, count, link)))
}

/// Full months of this year for which no exchange data came in.
async fn exchange(app: &App, actor: &Actor) -> Result<Option<Waiting>, Refusal> {
    if !actor.may(Action::ImportContracts) {
        return Ok(None);
    }
    let region = app.region().await?;
    let today = app.clock.today_in(&region.time_zone);
    let delivered = list_exchange_months(app).await?;
    let full = (1..today.month()).map(|month| Month { year: today.year(), month });
    let missing: Vec<Month> = full.filter(|month| !delivered.contains(month)).collect();
    let count = i64::try_from(missing.len()).unwrap_or(i64::MAX);
    Ok(Some(Waiting {
        since: missing.first().map(|month| month.first_day()),
        ..Waiting::new(WaitingKind::ExchangeMonths, count, "/imports")
    }))
}

async fn parks(app: &App, actor: &Actor) -> Result<Vec<Waiting>, Refusal> {
    let Some(extent) = actor.extent(Action::ImportParkList) else { return Ok(Vec::new()) };
    let states = list_parks(app, actor).await?;
    let due: Vec<_> = states.parks.iter().filter(|park| park.is_due).collect();
    let mut found = vec![Waiting {
        since: due.iter().filter_map(|park| park.imported_on).min(),
        ..Waiting::new(WaitingKind::ParkLists, i64::try_from(due.len()).unwrap_or(i64::MAX), "/parks")
    }];
    if let Scope::Park(key) = extent {
        found.push(Waiting::new(
            WaitingKind::ParkClaims,
            count_claimed_twice(app, key).await?,
            "/parks#findings",
        ));
    }
    Ok(found)
}

/// Gap, chase list and split of the reader's own city or county.
async fn own_place(app: &App, actor: &Actor) -> Result<Vec<Waiting>, Refusal> {
    let Some(Scope::Division(code)) = actor.extent(Action::ReadCities) else { return Ok(Vec::new()) };
    let months = usual_period(app).await?;
    let figures = app.figures().await?;
    let region = figures.region().clone();
    let place = find_place(&region.region, code)?;
    let year = months.last().year;
    let on = day_of_reading(app.clock.today_in(&region.time_zone), year);
    let mut tx = app.db.read().await?;
    let targets = AnnualTargets::new(list_targets(&mut tx, year, i64::MAX).await?);
    let request = CompletionRequest {
        direction: Direction::Registered,
        rows: place.rows(),
        within: None,
        through: months.last(),
        on,
        as_of: None,
    };
    let made = completion(figures.columns(), figures.lists(), &targets, &request).map_err(table_refused)?;
    let own = made.rows.iter().find(|row| row.division == Some(code.0));
    let mut found = Vec::new();
    if let Some(gap) = own.and_then(|row| row.gap).filter(|gap| *gap > 0) {
        found.push(Waiting {
            amount: Some(gap),
            since: Some(date(year, 12, 31)),
            ..Waiting::new(WaitingKind::Gap, 1, format!("/cities/{code}"))
        });
    }
    let partners =
        lapsed(figures.columns(), code.0, year).map_err(|problem| table_refused(problem.into()))?;
    let due = partners.iter().filter(|one| one.is_due(months.last())).count();
    let link = format!("/cities/{code}/chase-list");
    found.push(Waiting::new(WaitingKind::Chase, i64::try_from(due).unwrap_or(i64::MAX), link));
    if actor.may(Action::SplitTargets) && is_split_wanted(&mut tx, &region.region, code, year, on).await? {
        found.push(Waiting::new(WaitingKind::Split, 1, split_link(year, code)));
    }
    Ok(found)
}

fn split_link(year: i16, code: DivisionCode) -> String {
    format!("/targets/edit?year={year}&direction={}&within={code}", Direction::Registered.code())
}

/// Contracts of this year of an organisation or a registrar.
async fn own_contracts(app: &App, actor: &Actor) -> Result<Option<Waiting>, Refusal> {
    let (key, asked) = match actor.extent(Action::ReadContracts) {
        Some(Scope::Organisation(key)) => (
            key,
            [
                (Dimension::Organisation, Direction::Registered),
                (Dimension::Organisation, Direction::Absorbed),
            ]
            .to_vec(),
        ),
        Some(Scope::Registrar(key)) => (key, vec![(Dimension::Registrar, Direction::Registered)]),
        _ => return Ok(None),
    };
    let key = u32::try_from(key).map_err(|_| StoreError::Damaged("key of a grant".to_owned()))?;
    let figures = app.figures().await?;
    let today = app.clock.today_in(&figures.region().time_zone);
    let year = Period::year(today.year()).map_err(|problem| StoreError::Damaged(problem.to_string()))?;
    let mut count = 0;
    for (dimension, direction) in asked {
        let query = CrossQuery::new(&[dimension], direction, year);
        let table =
            cross_table(figures.columns(), &query).map_err(|problem| table_refused(problem.into()))?;
        count += table.cell(direction, 0, &[key]).count;
    }
    Ok(Some(Waiting::new(WaitingKind::OwnContracts, count, "/contracts")))
}

async fn people(tx: &mut Tx, today: Date) -> Result<[Waiting; 2], Refusal> {
    let last = today.saturating_add(jiff::Span::new().days(GRANT_DAYS));
    let days = [today.to_string(), last.to_string()];
    let (ending, first) = xiaoxiang_store::person::count_grants_ending(tx, [&days[0], &days[1]]).await?;
    let idle = xiaoxiang_store::person::count_without_role(tx, &days[0]).await?;
    Ok([
        Waiting {
            since: first.and_then(|day| day.parse().ok()),
            ..Waiting::new(WaitingKind::GrantsEnding, ending, "/people")
        },
        Waiting::new(WaitingKind::WithoutRole, idle, "/people"),
    ])
}
