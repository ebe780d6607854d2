//! The funnel (对接漏斗) of the leads that somebody sees, by city, field, list issue or manager, for the leads opened in a period.

use std::collections::BTreeMap;

use jiff::civil::Date;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::bulletin::{
    ColumnKind, FileLanguage, PrintedCell, PrintedColumn, PrintedNote, PrintedRow, PrintedTable, RowKind,
};
use xiaoxiang_domain::lead::{ContractStanding, LeadSource, LeadStage, standing_of};
use xiaoxiang_domain::money::{Fen, MoneyUnit};
use xiaoxiang_domain::period::Period;
use xiaoxiang_domain::region::{DivisionCode, Region};
use xiaoxiang_statistics::lead_funnel::{FunnelFigures, FunnelLead, STAGES, lead_funnel};
use xiaoxiang_store::lead::{self as store, FunnelRow};
use xiaoxiang_store::{StoreError, Tx};

use super::list_leads::{UNKNOWN, name_of, sight_of};
use crate::actor::Actor;
use crate::app::App;
use crate::bulletin::{PublicFormat, write_table_file};
use crate::contract::words_cell;
use crate::refusal::Refusal;

/// Leads that one funnel counts; whoever needs more takes a shorter period.
pub const FUNNEL_LEADS_MAX: usize = 100_000;
/// Leads read at once.
const AT_ONCE: i64 = 5_000;

/// What a funnel is broken down by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum FunnelBy {
    /// 市州 of the demand side.
    #[default]
    City,
    /// 技术领域
    Field,
    /// 清单期次
    Issue,
    /// 技术经理人
    Manager,
    /// 来源
    Source,
}

impl FunnelBy {
    /// Every breakdown.
    pub const ALL: [Self; 5] = [Self::City, Self::Field, Self::Issue, Self::Manager, Self::Source];

    const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::City => ("city", "市州", "City"),
            Self::Field => ("field", "技术领域", "Technical field"),
            Self::Issue => ("issue", "清单期次", "List issue"),
            Self::Manager => ("manager", "技术经理人", "Technology manager"),
            Self::Source => ("source", "来源", "Source"),
        }
    }

    /// The word of addresses and the API.
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

    /// The breakdown of a word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|by| by.code() == code)
    }
}

/// A row of a funnel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunnelGroup {
    /// What the leads behind it are found by; [`UNKNOWN`] where it is not known.
    pub key: String,
    /// Chinese.
    pub label: String,
    /// English.
    pub label_en: String,
    /// Its figures.
    pub figures: FunnelFigures,
}

/// A funnel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Funnel {
    /// What it is broken down by.
    pub by: FunnelBy,
    /// Months in which the leads were opened.
    pub period: Period,
    /// The groups, those with most leads first.
    pub groups: Vec<FunnelGroup>,
    /// All leads together.
    pub total: FunnelFigures,
    /// The legal day on which it was made.
    pub made_on: Date,
}

/// The funnel of the leads that somebody sees.
pub async fn read_funnel(app: &App, actor: &Actor, by: FunnelBy, period: Period) -> Result<Funnel, Refusal> {
    actor.permit(Action::ReadFunnel)?;
    let sight = sight_of(actor)?;
    let mut tx = app.db.read().await?;
    let region = app.region_in(&mut tx).await?;
    let made_on = app.clock.today_in(&region.time_zone);
    let (first, last) = (period.first_day().to_string(), period.last_day().to_string());
    let mut leads = Vec::new();
    let mut after = (String::new(), String::new());
    loop {
        let rows =
            store::list_for_funnel(&mut tx, &sight, [&first, &last], (&after.0, &after.1), AT_ONCE).await?;
        let Some(end) = rows.last() else { break };
        after = (end.opened_on.clone(), end.lead_id.clone());
        for row in &rows {
            leads.push(counted(row, by)?);
        }
        if leads.len() > FUNNEL_LEADS_MAX {
            return Err(Refusal::invalid(
                "lead.funnel.long",
                format!("线索超过 {FUNNEL_LEADS_MAX} 条，请缩短期间。"),
                format!("there are over {FUNNEL_LEADS_MAX} leads; choose fewer months"),
            ));
        }
    }
    let (figures, total) = lead_funnel(&leads);
    let mut groups = Vec::with_capacity(figures.len());
    let mut names = BTreeMap::new();
    for (key, figures) in figures {
        let (label, label_en) = label_of(&mut tx, &region.region, by, &key, &mut names).await?;
        let key = if key.is_empty() { UNKNOWN.to_owned() } else { key };
        groups.push(FunnelGroup { key, label, label_en, figures });
    }
    groups.sort_by(|one, other| {
        other.figures.through[0].cmp(&one.figures.through[0]).then_with(|| one.key.cmp(&other.key))
    });
    Ok(Funnel { by, period, groups, total, made_on })
}

fn counted(row: &FunnelRow, by: FunnelBy) -> Result<FunnelLead, StoreError> {
    let damaged = || StoreError::Damaged(format!("lead {}", row.lead_id));
    let stage = LeadStage::from_code(&row.stage).ok_or_else(damaged)?;
    let is_counted = row.contract_standing.as_deref() == Some("counted");
    let contract = if is_counted { ContractStanding::Counted } else { ContractStanding::None };
    let day = |day: Option<&String>| day.and_then(|day| day.parse().ok());
    let mut reached_on = [None; STAGES];
    let days = [
        Some(&row.opened_on),
        row.contact_on.as_ref(),
        row.meeting_on.as_ref(),
        row.negotiation_on.as_ref(),
        row.agreement_on.as_ref(),
        row.draft_on.as_ref(),
        row.registered_on.as_ref().filter(|_| is_counted),
    ];
    for (reached, written) in reached_on.iter_mut().zip(days) {
        *reached = day(written);
    }
    let value = |value: Option<i64>| value.filter(|_| is_counted).unwrap_or_default();
    Ok(FunnelLead {
        group: match by {
            FunnelBy::City => DivisionCode::parse(&row.place)
                .and_then(DivisionCode::city)
                .map_or_else(String::new, |city| city.to_string()),
            FunnelBy::Field => row.field.clone(),
            FunnelBy::Issue => row.issue_number.clone(),
            FunnelBy::Manager => row.manager_id.clone().unwrap_or_default(),
            FunnelBy::Source => row.source.clone(),
        },
        standing: standing_of(stage, row.is_closed, contract),
        reached_on,
        signed_fen: row.signed_fen.unwrap_or_default(),
        contract_value_fen: value(row.contract_value_fen),
        technology_value_fen: value(row.technology_value_fen),
    })
}

async fn label_of(
    tx: &mut Tx,
    region: &Region,
    by: FunnelBy,
    key: &str,
    names: &mut BTreeMap<String, String>,
) -> Result<(String, String), Refusal> {
    let same = |text: &str| (text.to_owned(), text.to_owned());
    if key.is_empty() {
        return Ok(match by {
            FunnelBy::Issue => ("未列入清单".to_owned(), "on no list".to_owned()),
            FunnelBy::Manager => ("未指定".to_owned(), "not assigned".to_owned()),
            _ => ("未知".to_owned(), "not known".to_owned()),
        });
    }
    Ok(match by {
        FunnelBy::City => DivisionCode::parse(key).map_or_else(
            || same(key),
            |code| {
                let name = region.divisions().name(code).unwrap_or(key);
                (name.to_owned(), region.divisions().name_en(code).unwrap_or(name).to_owned())
            },
        ),
        FunnelBy::Field => region
            .codes("technical_field")
            .and_then(|list| list.by_code(key))
            .map_or_else(|| same(key), |field| (field.name.clone(), field.name_en.clone())),
        FunnelBy::Issue => same(key),
        FunnelBy::Manager => same(&name_of(tx, names, key).await?),
        FunnelBy::Source => LeadSource::from_code(key)
            .map_or_else(|| same(key), |source| (source.label().to_owned(), source.label_en().to_owned())),
    })
}

/// The keys of the columns that count leads: those that came to each stage.
pub const THROUGH_KEYS: [&str; STAGES] = [
    "through_lead",
    "through_contact",
    "through_meeting",
    "through_negotiation",
    "through_agreement",
    "through_contract_draft",
    "through_registered",
];

/// A funnel as it is printed: those who came so far, the share of those before, the median of days, values.
#[must_use]
pub fn funnel_table(funnel: &Funnel) -> PrintedTable {
    let mut columns =
        vec![PrintedColumn::ungrouped("group", funnel.by.label(), funnel.by.label_en(), ColumnKind::Text)];
    for (stage, key) in LeadStage::ALL.into_iter().zip(THROUGH_KEYS) {
        let (zh, en) = (format!("{}(条)", stage.label()), format!("{} (leads)", stage.label_en()));
        columns.push(PrintedColumn::ungrouped(key, &zh, &en, ColumnKind::Count));
    }
    columns.extend(
        [
            ("closed", "已终止(条)", "Closed (leads)", ColumnKind::Count),
            ("conversion", "登记转化率(%)", "Registered (%)", ColumnKind::Percent),
            ("days_contact", "线索至联系(天)", "Days to contact", ColumnKind::Count),
            ("days_agreement", "至达成意向(天)", "Days to agreement", ColumnKind::Count),
            ("days_registered", "至登记(天)", "Days to registration", ColumnKind::Count),
            ("signed", "意向金额(万元)", "Agreed value (10,000 CNY)", ColumnKind::Amount),
            ("contract_value", "登记成交额(万元)", "Contract value (10,000 CNY)", ColumnKind::Amount),
            ("technology_value", "技术交易额(万元)", "Technology value (10,000 CNY)", ColumnKind::Amount),
        ]
        .map(|(key, zh, en, kind)| PrintedColumn::ungrouped(key, zh, en, kind)),
    );
    let mut rows: Vec<PrintedRow> = funnel
        .groups
        .iter()
        .map(|group| PrintedRow {
            key: group.key.clone(),
            kind: RowKind::Body,
            cells: cells(words_cell(&group.label, &group.label_en), &group.figures),
        })
        .collect();
    if !rows.is_empty() {
        let total = cells(words_cell("合计", "Total"), &funnel.total);
        rows.push(PrintedRow { key: "total".to_owned(), kind: RowKind::Total, cells: total });
    }
    PrintedTable {
        title: format!("供需对接漏斗（按{}，{}建立的线索）", funnel.by.label(), funnel.period.title()),
        title_en: format!(
            "Funnel of leads by {}, opened in {}",
            funnel.by.label_en().to_lowercase(),
            funnel.period.title_en()
        ),
        columns,
        rows,
        notes: vec![PrintedNote {
            zh: "各阶段为到达过该阶段的线索数，含后来终止的；登记数和金额取自合同登记记录的现状，变更、注销后随之变动。\
                 天数为中位数，自前一个有日期的阶段起算。"
                .to_owned(),
            en: "A stage counts the leads that came to it, those closed later too. What is registered, and for how much, is \
                 read from the contracts as they are on record now and moves with them. Days are medians, from the dated \
                 stage before."
                .to_owned(),
        }],
    }
}

fn cells(label: PrintedCell, figures: &FunnelFigures) -> Vec<PrintedCell> {
    let count = |count: u64| PrintedCell::figure(count.to_string(), i64::try_from(count).ok());
    let amount = |fen: i128| {
        let fen = Fen(i64::try_from(fen).unwrap_or(i64::MAX));
        PrintedCell::figure(fen.display_in(MoneyUnit::TenThousandYuan), Some(fen.0))
    };
    let days = |stage: LeadStage| {
        let days = figures.days[stage.place()].map(|days| days.to_string());
        PrintedCell::figure(days.unwrap_or_default(), None)
    };
    let mut cells = vec![label];
    cells.extend(figures.through.map(count));
    cells.push(count(figures.closed));
    cells.push(share(figures.through[LeadStage::Registered.place()], figures.through[0]));
    cells.push(days(LeadStage::Contact));
    cells.push(days(LeadStage::Agreement));
    cells.push(days(LeadStage::Registered));
    cells.push(amount(figures.signed_fen));
    cells.push(amount(figures.contract_value_fen));
    cells.push(amount(figures.technology_value_fen));
    cells
}

/// The stages of all leads together: how many came so far, of those before, how many stand there, and in how many days.
#[must_use]
pub fn stages_table(funnel: &Funnel) -> PrintedTable {
    let figures = &funnel.total;
    let count = |count: u64| PrintedCell::figure(count.to_string(), i64::try_from(count).ok());
    let row = |stage: LeadStage| {
        let place = stage.place();
        let before = place.checked_sub(1).map(|before| figures.through[before]);
        let days = figures.days[place].map(|days| days.to_string()).unwrap_or_default();
        PrintedRow {
            key: stage.code().to_owned(),
            kind: RowKind::Body,
            cells: vec![
                words_cell(stage.label(), stage.label_en()),
                count(figures.through[place]),
                share(figures.through[place], before.unwrap_or_default()),
                count(figures.at[place]),
                PrintedCell::figure(days, None),
            ],
        }
    };
    let columns = [
        ("stage", "阶段", "Stage", ColumnKind::Text),
        ("through", "到达(条)", "Came so far (leads)", ColumnKind::Count),
        ("share", "占上一阶段(%)", "Of the stage before (%)", ColumnKind::Percent),
        ("at", "现处此阶段(条)", "Stand there (leads)", ColumnKind::Count),
        ("days", "间隔中位数(天)", "Median days since before", ColumnKind::Count),
    ];
    PrintedTable {
        title: format!("供需对接各阶段（{}建立的线索）", funnel.period.title()),
        title_en: format!("Stages of leads opened in {}", funnel.period.title_en()),
        columns: columns.map(|(key, zh, en, kind)| PrintedColumn::ungrouped(key, zh, en, kind)).to_vec(),
        rows: LeadStage::ALL.into_iter().map(row).collect(),
        notes: Vec::new(),
    }
}

/// A share in percent; nothing where there is no whole.
fn share(part: u64, whole: u64) -> PrintedCell {
    let text = (whole > 0)
        .then(|| xiaoxiang_domain::ratio::decimal_text(i128::from(part) * 100, i128::from(whole), 2));
    PrintedCell::figure(text.unwrap_or_default(), None)
}

/// A funnel as a file, as every printed table is written.
pub fn write_funnel(
    funnel: &Funnel,
    format: PublicFormat,
    language: FileLanguage,
) -> Result<Vec<u8>, Refusal> {
    write_table_file(&[funnel_table(funnel)], &[], format, funnel.made_on, language)
}
