//! Papers of an event (活动文书) as DOCX: handbook, sign-in sheet, table cards, signed projects. In Chinese, as they are printed.

use serde_json::json;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::achievement::{AchievementForm, shown_to};
use xiaoxiang_domain::bulletin::{
    ColumnKind, PrintedCell, PrintedColumn, PrintedNote, PrintedRow, PrintedTable, RowKind,
};
use xiaoxiang_domain::demand::{DemandForm, SeenDemand};
use xiaoxiang_domain::event::{MeetingOutcome, ParticipantState};
use xiaoxiang_domain::market::DisclosureLevel;
use xiaoxiang_domain::money::{Fen, MoneyUnit};
use xiaoxiang_store::event as store;
use xiaoxiang_store::{StoreError, Tx, achievement, demand};

use super::case::{Case, own_organisation, state_of};
use super::read_event::{MeetingView, ParticipantView, meetings_of, participants};
use crate::actor::Actor;
use crate::app::App;
use crate::paper::{Block, Document, HeadingLevel, write_docx};
use crate::personal_data::log_viewing;
use crate::refusal::Refusal;

/// A paper of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EventPaper {
    /// 会议手册: agenda, participants, what is public of demands and achievements, the timetable. Nothing protected.
    Handbook,
    /// 签到表: names and telephones.
    SignInSheet,
    /// 桌签
    TableCards,
    /// 签约项目清单
    SignedProjects,
}

impl EventPaper {
    /// Every paper.
    pub const ALL: [Self; 4] = [Self::Handbook, Self::SignInSheet, Self::TableCards, Self::SignedProjects];

    const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Handbook => ("handbook", "会议手册", "handbook"),
            Self::SignInSheet => ("sign-in-sheet", "签到表", "sign-in sheet"),
            Self::TableCards => ("table-cards", "桌签", "table cards"),
            Self::SignedProjects => ("signed-projects", "签约项目清单", "signed projects"),
        }
    }

    /// The word of addresses and file names.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.words().0
    }

    /// The Chinese term.
    #[must_use]
    pub const fn label(self) -> &'static str {
        self.words().1
    }

    /// The English term.
    #[must_use]
    pub const fn label_en(self) -> &'static str {
        self.words().2
    }

    /// The paper of a word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|paper| paper.code() == code)
    }
}

/// Writes a paper; gives its name and bytes. The handbook is for the office and for who has a seat, the others for the office.
pub async fn write_event_paper(
    app: &App,
    actor: &Actor,
    event_id: &str,
    paper: EventPaper,
) -> Result<(String, Vec<u8>), Refusal> {
    let region = app.region().await?;
    let mut tx = app.db.read().await?;
    let case = permitted(&mut tx, actor, event_id, paper).await?;
    let everybody = participants(&mut tx, &case, true).await?;
    let rows = store::list_meetings(&mut tx, event_id).await?;
    let meetings = meetings_of(&case, &rows, &everybody)?;
    let blocks = match paper {
        EventPaper::Handbook => handbook(&mut tx, &case, &everybody, &meetings).await?,
        EventPaper::SignInSheet => sign_in_sheet(&case, &everybody),
        EventPaper::TableCards => table_cards(&everybody),
        EventPaper::SignedProjects => signed_projects(&case, &meetings),
    };
    drop(tx);
    if paper == EventPaper::SignInSheet {
        log_viewing(app, actor, case.subject(), json!({ "paper": paper.code() })).await?;
    }
    let title = format!("{}{}", case.planned.title, paper.label());
    let document = Document { letterhead: None, number: None, title, blocks };
    let created = app.clock.now().to_zoned(region.time_zone.clone()).datetime();
    let bytes = write_docx(&document, created)
        .map_err(|error| StoreError::Damaged(format!("paper of event {event_id}: {error}")))?;
    Ok((format!("{}-{}.docx", paper.code(), case.planned.day), bytes))
}

async fn permitted(tx: &mut Tx, actor: &Actor, event_id: &str, paper: EventPaper) -> Result<Case, Refusal> {
    if paper != EventPaper::Handbook {
        return Case::workable(tx, actor, event_id).await;
    }
    let case = Case::load(tx, event_id).await?;
    if case.is_seen_by(actor) {
        return Ok(case);
    }
    let Some(person_id) = actor.person_id() else { return Err(Refusal::SignedOut) };
    if actor.may(Action::JoinEvents) && case.state.is_public() {
        for row in store::list_of_person(tx, event_id, person_id, own_organisation(actor)).await? {
            if state_of(&row)?.has_seat() {
                return Ok(case);
            }
        }
    }
    Err(Refusal::NotFound(event_id.to_owned()))
}

fn day_words(case: &Case) -> String {
    let (day, planned) = (case.planned.day, &case.planned);
    let time = |time: jiff::civil::Time| time.strftime("%H:%M").to_string();
    format!(
        "{}年{}月{}日 {}—{}",
        day.year(),
        day.month(),
        day.day(),
        time(planned.starts),
        time(planned.ends)
    )
}

async fn handbook(
    tx: &mut Tx,
    case: &Case,
    everybody: &[ParticipantView],
    meetings: &[MeetingView],
) -> Result<Vec<Block>, Refusal> {
    let planned = &case.planned;
    let mut facts = vec![
        ("时间".to_owned(), day_words(case)),
        ("地点".to_owned(), planned.place.clone()),
        ("主办单位".to_owned(), planned.organiser.clone()),
    ];
    if !planned.contact.is_empty() {
        facts.push(("联系方式".to_owned(), planned.contact.clone()));
    }
    let mut blocks = vec![Block::Form(facts)];
    let mut numbers = ["一", "二", "三", "四", "五", "六"].into_iter();
    let mut head = |text: &str| {
        Block::Heading(HeadingLevel::First, format!("{}、{text}", numbers.next().unwrap_or_default()))
    };
    if !planned.summary.is_empty() {
        blocks.push(head("活动简介"));
        blocks.extend(planned.summary.lines().map(|line| Block::Paragraph(line.to_owned())));
    }
    if !planned.agenda.is_empty() {
        blocks.push(head("议程"));
        blocks.extend(planned.agenda.lines().map(|line| Block::Paragraph(line.to_owned())));
    }
    let coming: Vec<&ParticipantView> = everybody.iter().filter(|one| one.state.has_seat()).collect();
    if !coming.is_empty() {
        blocks.push(head("参会单位"));
        let mut rows = Vec::new();
        for one in &coming {
            // A company that keeps its name back from its demand is not named beside it: the demand stands below by itself.
            let is_named = match one.subject.split_once(':') {
                Some(("demand", id)) => names_its_company(tx, id).await?,
                _ => true,
            };
            let brings = if is_named { one.subject_title.clone() } else { String::new() };
            rows.push(vec![one.name.clone(), one.kind.label().to_owned(), brings]);
        }
        blocks.push(table("参会单位名单", &["单位", "身份", "携带的需求、成果"], rows));
    }
    let mut demands = Vec::new();
    let mut achievements = Vec::new();
    for one in &coming {
        match one.subject.split_once(':') {
            Some(("demand", id)) => demands.extend(demand_teaser(tx, id).await?),
            Some(("achievement", id)) => achievements.extend(achievement_teaser(tx, id, &one.name).await?),
            _ => {}
        }
    }
    for (title, teasers) in [("技术需求", demands), ("科技成果", achievements)] {
        if teasers.is_empty() {
            continue;
        }
        blocks.push(head(title));
        for (at, (name, text)) in teasers.into_iter().enumerate() {
            blocks.push(Block::Heading(HeadingLevel::Second, format!("（{}）{name}", at + 1)));
            blocks.push(Block::Paragraph(text));
        }
    }
    let planned_meetings: Vec<&MeetingView> = meetings.iter().filter(|one| one.times.is_some()).collect();
    if !planned_meetings.is_empty() {
        blocks.push(head("一对一洽谈安排"));
        let rows = planned_meetings.iter().map(|one| {
            let times = one.times.as_ref().map_or_else(String::new, |(from, to)| format!("{from}—{to}"));
            let seat = one.table.map_or_else(String::new, |table| format!("{table} 号桌"));
            vec![times, seat, one.names[0].clone(), one.names[1].clone()]
        });
        blocks.push(table("洽谈安排", &["时间", "桌号", "洽谈方", "来访方"], rows.collect()));
    }
    Ok(blocks)
}

/// Whether everybody may know whose demand it is.
async fn names_its_company(tx: &mut Tx, demand_id: &str) -> Result<bool, Refusal> {
    let Some(row) = demand::find(tx, demand_id).await? else { return Ok(false) };
    Ok(super::subject::of_demand(&row)?.is_some_and(|choice| !choice.name.is_empty()))
}

/// What everybody may read of a demand.
async fn demand_teaser(tx: &mut Tx, demand_id: &str) -> Result<Option<(String, String)>, Refusal> {
    let Some(row) = demand::find(tx, demand_id).await? else { return Ok(None) };
    if super::subject::of_demand(&row)?.is_none() {
        return Ok(None);
    }
    let form: DemandForm = serde_json::from_str(&row.form)
        .map_err(|_| StoreError::Damaged(format!("form of demand {demand_id}")))?;
    let seen = SeenDemand::of(&form, DisclosureLevel::Public);
    let text = |key: &str| seen.field(key).unwrap_or_default().to_owned();
    Ok(Some((text("title"), text("summary"))))
}

/// What everybody may read of an achievement.
async fn achievement_teaser(
    tx: &mut Tx,
    achievement_id: &str,
    unit: &str,
) -> Result<Option<(String, String)>, Refusal> {
    let Some(row) = achievement::find(tx, achievement_id).await? else { return Ok(None) };
    if super::subject::of_achievement(tx, &row).await?.is_none() {
        return Ok(None);
    }
    let form: AchievementForm = serde_json::from_str(&row.form)
        .map_err(|_| StoreError::Damaged(format!("form of achievement {achievement_id}")))?;
    let shown = shown_to(&form, DisclosureLevel::Public).form;
    Ok(Some((format!("{}（{unit}）", shown.title), shown.summary)))
}

fn sign_in_sheet(case: &Case, everybody: &[ParticipantView]) -> Vec<Block> {
    let rows = everybody.iter().filter(|one| one.state.has_seat()).map(|one| {
        let mark = if one.state == ParticipantState::CheckedIn { "已签到" } else { "" };
        vec![
            one.name.clone(),
            one.kind.label().to_owned(),
            one.attendee.clone(),
            one.telephone.clone(),
            mark.to_owned(),
        ]
    });
    let mut rows: Vec<Vec<String>> = rows.collect();
    // Some come without having registered.
    rows.extend((0..5).map(|_| vec![String::new(); 5]));
    let headers = ["单位", "身份", "姓名", "电话", "　　签　名　　"];
    let note =
        format!("{}，{}。本表含个人信息，用后由主办单位妥善保管。", day_words(case), case.planned.place);
    vec![table_with_note(&format!("{}签到表", case.planned.title), &headers, rows, &note)]
}

fn table_cards(everybody: &[ParticipantView]) -> Vec<Block> {
    let coming = everybody.iter().filter(|one| one.state.may_meet());
    coming
        .map(|one| {
            let under = if one.attendee == one.name { String::new() } else { one.attendee.clone() };
            Block::Card(one.name.clone(), under)
        })
        .collect()
}

fn signed_projects(case: &Case, meetings: &[MeetingView]) -> Vec<Block> {
    let signed = meetings.iter().filter(|one| one.outcome == Some(MeetingOutcome::Signed));
    let rows: Vec<Vec<String>> = signed
        .clone()
        .map(|one| {
            let amount = one
                .amount_fen
                .map_or_else(|| "未约定".to_owned(), |fen| Fen(fen).display_in(MoneyUnit::TenThousandYuan));
            vec![one.project_title.clone(), one.names[0].clone(), one.names[1].clone(), amount]
        })
        .collect();
    let total: i64 = signed.filter_map(|one| one.amount_fen).sum();
    let note = format!(
        "{}，共 {} 项，约定金额合计 {} 万元。金额为现场签约意向，以登记的技术合同为准。",
        day_words(case),
        rows.len(),
        Fen(total).display_in(MoneyUnit::TenThousandYuan)
    );
    let headers = ["项目名称", "洽谈方", "来访方", "签约金额(万元)"];
    vec![table_with_note(&format!("{}签约项目清单", case.planned.title), &headers, rows, &note)]
}

fn table(title: &str, headers: &[&str], rows: Vec<Vec<String>>) -> Block {
    Block::Table(Box::new(printed(title, headers, rows, Vec::new())))
}

fn table_with_note(title: &str, headers: &[&str], rows: Vec<Vec<String>>, note: &str) -> Block {
    let note = PrintedNote { zh: note.to_owned(), en: String::new() };
    Block::Table(Box::new(printed(title, headers, rows, vec![note])))
}

/// A table with a running number in front.
fn printed(title: &str, headers: &[&str], rows: Vec<Vec<String>>, notes: Vec<PrintedNote>) -> PrintedTable {
    let column = |header: &str, kind| PrintedColumn::ungrouped(header, header, "", kind);
    let mut columns = vec![column("序号", ColumnKind::Count)];
    columns.extend(headers.iter().map(|header| column(header, ColumnKind::Text)));
    let row = |(at, cells): (usize, Vec<String>)| PrintedRow {
        key: at.to_string(),
        kind: RowKind::Body,
        cells: std::iter::once((at + 1).to_string()).chain(cells).map(PrintedCell::text).collect(),
    };
    PrintedTable {
        title: title.to_owned(),
        title_en: String::new(),
        columns,
        rows: rows.into_iter().enumerate().map(row).collect(),
        notes,
    }
}
