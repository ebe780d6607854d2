//! Events of the demo (示例活动): one that was held three weeks ago, with outcomes, and one to come, with a waiting list.

use jiff::Span;
use jiff::civil::Date;
use xiaoxiang_domain::access::Role;
use xiaoxiang_domain::event::{EventForm, EventStep, ParticipantState, PartyKind, Side};

use super::example_applications::{actor_named, example_days_before};
use super::example_people::sign_in_name_of;
use crate::actor::Actor;
use crate::app::App;
use crate::event::{
    Candidate, EventPage, EventsAsk, OutcomeForm, Registration, Replanning, WhichMeeting, check_in, invite,
    list_candidates, list_event_participants, list_events, plan_event, read_event_page, read_market_event,
    record_outcome, register, register_for, save_wishes, schedule_meetings, take_event_step,
};
use crate::refusal::Refusal;

/// Days before today on which the first event was planned, and on which it was held.
const PLANNED_DAYS: i64 = 34;
const HELD_DAYS: i64 = 21;
/// Days from today to the second event.
const AHEAD_DAYS: i64 = 16;
/// How many of each side are invited.
const INVITED: usize = 6;
/// Seats of the second event: fewer than register.
const SEATS_AHEAD: i64 = 6;
/// Outcomes of the first event's meetings, in turn.
const OUTCOMES: [(&str, &str, &str, &str); 6] = [
    ("signed", "示例合作开发项目", "180", "示例：现场签订合作意向，约定一个月内签订技术开发合同。"),
    ("continue", "", "", "示例：企业将提供样品，成果单位两周内给出试验方案。"),
    ("no_interest", "", "", "示例：指标与成果差距较大。"),
    ("signed", "示例技术许可项目", "65", "示例：现场签订许可意向。"),
    ("continue", "", "", "示例：约定到企业现场看生产线。"),
    ("not_held", "", "", "示例：企业代表提前离场。"),
];
/// Companies that ring up for the second event.
const CALLERS: [&str; 5] =
    ["示例湘江精工公司", "示例岳麓新材公司", "示例浏阳河电子公司", "示例资江化工公司", "示例沅水装备公司"];

/// Plans, fills and holds them; does nothing where there is an event.
pub async fn walk_example_events(app: &App, operator: &Actor) -> Result<(), Refusal> {
    if !list_events(app, operator, &EventsAsk::default()).await?.items.is_empty() {
        return Ok(());
    }
    let office = actor_named(app, &sign_in_name_of(Role::Statistician)).await?;
    let today = app.today().await?;
    hold(app, &office, today).await?;
    prepare(app, &office, today).await
}

fn day(today: Date, days: i64) -> Date {
    today.checked_add(Span::new().days(days)).unwrap_or(today)
}

fn plan(title: &str, kind: &str, [held_on, deadline]: [Date; 2]) -> EventForm {
    EventForm::default()
        .with("title", title)
        .with("kind", kind)
        .with("organiser", "示例省科技厅成果转化处")
        .with("contact", "0731-00000000（示例）")
        .with("division", "长沙市")
        .with("place", "示例科技会展中心二楼")
        .with("day", &held_on.to_string())
        .with("deadline_day", &deadline.to_string())
        .with("deadline_time", "18:00")
        .with("starts", "09:00")
        .with("ends", "12:00")
        .with("meetings_from", "10:00")
        .with("slot_minutes", "20")
        .with("agenda", "09:00 签到\n09:30 需求与成果介绍\n10:00 一对一洽谈\n12:00 结束")
}

/// The first event, from plan to outcomes.
async fn hold(app: &App, office: &Actor, today: Date) -> Result<(), Refusal> {
    let at_first = example_days_before(app, PLANNED_DAYS);
    let days = [day(today, -HELD_DAYS), day(today, -HELD_DAYS - 3)];
    let form = plan("先进制造技术需求对接会（示例）", "demand_meeting", days)
        .with("summary", "示例：企业带着已发布的技术需求，与省内高校院所一对一洽谈。")
        .with("seats", "40")
        .with("tables", "4");
    let id = plan_event(&at_first, office, &form).await?;
    for kind in [PartyKind::Company, PartyKind::Unit] {
        let subjects = subjects(&list_candidates(&at_first, office, &id, Some(kind), "").await?);
        if !subjects.is_empty() {
            invite(&at_first, office, &id, &subjects).await?;
        }
    }
    step(&at_first, office, &id, EventStep::Open).await?;
    let then = example_days_before(app, HELD_DAYS + 6);
    for one in list_event_participants(&then, office, &id, Some(ParticipantState::Invited), None).await?.items
    {
        let registration = Registration {
            kind: one.kind.code().to_owned(),
            subject: one.subject.clone(),
            ..by_phone("示例代表")
        };
        let name = if one.name.is_empty() { "示例企业（单位未公开）" } else { one.name.as_str() };
        register_for(&then, office, &id, Some(&one.participant_id), name, &registration).await?;
    }
    let then = example_days_before(app, HELD_DAYS + 2);
    step(&then, office, &id, EventStep::Close).await?;
    let page = read_event_page(&then, office, &id).await?;
    let scores = scores_of(&page);
    schedule_meetings(&then, office, &id, (page.revision, Replanning::Anew), &scores).await?;
    let then = example_days_before(app, HELD_DAYS);
    let page = read_event_page(&then, office, &id).await?;
    // One stays away.
    let came: Vec<String> = page.seated.iter().skip(1).map(|one| one.participant_id.clone()).collect();
    check_in(&then, office, &id, &[], &came).await?;
    step(&then, office, &id, EventStep::Hold).await?;
    for (meeting, (outcome, title, amount, words)) in page.meetings.iter().zip(OUTCOMES.into_iter().cycle()) {
        let form = OutcomeForm {
            outcome: outcome.to_owned(),
            project_title: title.to_owned(),
            amount: amount.to_owned(),
            words: words.to_owned(),
        };
        let which = WhichMeeting::Planned(meeting.meeting_id.clone());
        record_outcome(&then, office, &id, &which, &form).await?;
    }
    Ok(())
}

/// The second event: open, full, with people who wait and with wishes.
async fn prepare(app: &App, office: &Actor, today: Date) -> Result<(), Refusal> {
    let then = example_days_before(app, 3);
    let days = [day(today, AHEAD_DAYS), day(today, AHEAD_DAYS - 4)];
    let form = plan("高校院所科技成果推介会（示例）", "achievement_show", days)
        .with("summary", "示例：省内高校院所推介可转化的科技成果，企业和投资机构现场洽谈。")
        .with("seats", &SEATS_AHEAD.to_string())
        .with("tables", "3");
    let id = plan_event(&then, office, &form).await?;
    step(&then, office, &id, EventStep::Open).await?;
    let joining = [
        (Role::TransferOffice, PartyKind::Unit),
        (Role::OrganisationAgent, PartyKind::Company),
        (Role::Expert, PartyKind::Expert),
    ];
    for (role, kind) in joining {
        let actor = actor_named(app, &sign_in_name_of(role)).await?;
        let event = read_market_event(&then, &actor, &id).await?;
        let subject = event.subjects.iter().find(|one| one.kind == kind);
        let registration = Registration {
            kind: kind.code().to_owned(),
            subject: subject.map_or_else(String::new, |one| one.subject.clone()),
            ..by_phone("示例参会人")
        };
        register(&then, &actor, &id, &registration).await?;
    }
    for (at, name) in CALLERS.into_iter().enumerate() {
        let kind = if at == 0 { PartyKind::Fund } else { PartyKind::Company };
        let registration = Registration { kind: kind.code().to_owned(), ..by_phone("示例联系人") };
        register_for(&then, office, &id, None, name, &registration).await?;
    }
    let company = actor_named(app, &sign_in_name_of(Role::OrganisationAgent)).await?;
    if let Some(mine) = read_market_event(&then, &company, &id).await?.mine
        && mine.may_wish
    {
        let wanted: Vec<String> = mine.counterparts.into_iter().map(|one| one.participant_id).collect();
        save_wishes(&then, &company, &id, &wanted).await?;
    }
    Ok(())
}

fn by_phone(name: &str) -> Registration {
    Registration { name: name.to_owned(), telephone: "0731-00000000".to_owned(), ..Registration::default() }
}

/// The first of each organisation.
fn subjects(candidates: &[Candidate]) -> Vec<String> {
    let mut houses = Vec::new();
    let mut chosen = Vec::new();
    for one in candidates {
        if chosen.len() < INVITED && !houses.contains(&one.choice.organisation_key) {
            houses.push(one.choice.organisation_key);
            chosen.push(one.choice.subject.clone());
        }
    }
    chosen
}

/// A score for each host with some of the guests, so that the example's timetable is not full.
fn scores_of(page: &EventPage) -> Vec<(String, String, u32)> {
    let of = |side: Side| page.seated.iter().filter(move |one| one.side == Some(side));
    let mut scores = Vec::new();
    for (at, host) in of(Side::Host).enumerate() {
        for (to, guest) in of(Side::Guest).enumerate().filter(|(to, _)| (at + to) % 3 == 0) {
            let points = u32::try_from(600 + 40 * at + 10 * to).unwrap_or(600);
            scores.push((host.participant_id.clone(), guest.participant_id.clone(), points));
        }
    }
    scores
}

async fn step(app: &App, office: &Actor, id: &str, step: EventStep) -> Result<(), Refusal> {
    let revision = read_event_page(app, office, id).await?.revision;
    take_event_step(app, office, id, revision, step, "").await?;
    Ok(())
}
