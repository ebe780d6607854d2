//! The list to telephone by (催办名单): who may be asked to register, why, and at which number.

use std::collections::HashMap;

use serde_json::json;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::bulletin::{
    ColumnKind, PrintedCell, PrintedColumn, PrintedNote, PrintedRow, PrintedTable, RowKind,
};
use xiaoxiang_domain::contract::{Contract, Side};
use xiaoxiang_domain::money::{MoneyUnit, display_fen};
use xiaoxiang_domain::period::{Month, Period};
use xiaoxiang_domain::region::DivisionCode;
use xiaoxiang_statistics::lapsed::{Lapsed, lapsed};
use xiaoxiang_store::contract::LOOKUP_MAX;
use xiaoxiang_store::{NewEntry, Tx};

use super::place::{CityPlace, find_place};
use super::unmatched::{UnmatchedBuyer, UnmatchedReason, unmatched_buyers};
use crate::actor::Actor;
use crate::app::App;
use crate::bulletin::{table_refused, usual_period};
use crate::contract::contract_of_row;
use crate::refusal::Refusal;

/// Entries of one list.
const ENTRIES_MAX: usize = 500;

/// How the list was read, for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadAs {
    /// On screen or printed.
    Page,
    /// As a workbook.
    Workbook,
}

/// Why an organisation is on the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChaseReason {
    /// Its month of last year has come again and nothing was registered: with whom it dealt, how often.
    Due {
        /// The other party.
        partner: String,
        /// Contracts last year.
        count: i64,
    },
    /// Its month of last year is still to come.
    Coming {
        /// The other party.
        partner: String,
        /// Contracts last year.
        count: i64,
    },
    /// As a buyer it is not settled.
    Unmatched(UnmatchedReason),
}

/// Whom to ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contact {
    /// 联系人
    pub name: String,
    /// 联系电话
    pub telephone: String,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChaseEntry {
    /// 单位
    pub organisation: String,
    /// Whom to ask for; empty where the reader may not know, or the record names nobody.
    pub contact: Contact,
    /// 登记编号 of the last contract.
    pub registration_number: String,
    /// When it was registered.
    pub registered_in: Month,
    /// 成交额 at stake, in fen.
    pub contract_value: i128,
    /// Why.
    pub reason: ChaseReason,
}

/// The list of a place.
#[derive(Clone, Debug)]
pub struct ChaseList {
    /// The place.
    pub place: CityPlace,
    /// January up to the last month counted.
    pub months: Period,
    /// Whether contacts are given.
    pub has_contacts: bool,
    /// Lines: overdue, coming, unsettled; each by value.
    pub entries: Vec<ChaseEntry>,
    /// Lines that were left out.
    pub left_out: usize,
}

/// The list within what the reader may see. Contacts are given only to whom the table permits them, and each such
/// reading is logged, without the data.
pub async fn chase_list(
    app: &App,
    actor: &Actor,
    code: DivisionCode,
    read_as: ReadAs,
) -> Result<ChaseList, Refusal> {
    actor.permit_in(Action::ReadCities, code)?;
    let has_contacts = actor.permit_in(Action::ReadPersonalData, code).is_ok();
    let months = usual_period(app).await?;
    let mut list = {
        let figures = app.figures().await?;
        let place = find_place(&figures.region().region, code)?;
        let mut tx = app.db.read().await?;
        let partners = lapsed(figures.columns(), code.0, months.last().year)
            .map_err(|problem| table_refused(problem.into()))?;
        let unmatched = unmatched_buyers(&figures, &mut tx, &place, months).await?;
        let left_out = (partners.len() + unmatched.len()).saturating_sub(ENTRIES_MAX);
        let (mut partners, coming): (Vec<Lapsed>, Vec<Lapsed>) =
            partners.into_iter().partition(|one| one.is_due(months.last()));
        let due = partners.len();
        partners.extend(coming);
        partners.truncate(ENTRIES_MAX);
        let mut entries = partner_entries(&mut tx, &partners, due).await?;
        entries.extend(unmatched.into_iter().map(|buyer| unmatched_entry(&buyer)));
        entries.truncate(ENTRIES_MAX);
        let entries =
            if has_contacts { with_contacts(&mut tx, entries).await? } else { without_sides(entries) };
        ChaseList { place, months, has_contacts, entries, left_out }
    };
    if has_contacts && !list.entries.is_empty() {
        log_reading(app, actor, &list, read_as).await?;
    }
    list.entries.shrink_to_fit();
    Ok(list)
}

async fn log_reading(app: &App, actor: &Actor, list: &ChaseList, read_as: ReadAs) -> Result<(), Refusal> {
    let tx = app.db.begin(app.clock.now_ms()).await?;
    let entry = NewEntry {
        kind: "personal_data.viewed",
        subject: format!("division:{}", list.place.code),
        payload: json!({
            "list": "chase_list",
            "read_as": match read_as { ReadAs::Page => "page", ReadAs::Workbook => "xlsx" },
            "contacts": list.entries.iter().filter(|entry| entry.contact != Contact::default()).count(),
        }),
    };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(())
}

/// An entry and whose contact it needs.
type Sided = (Side, ChaseEntry);

async fn partner_entries(tx: &mut Tx, partners: &[Lapsed], due: usize) -> Result<Vec<Sided>, Refusal> {
    let mut keys: Vec<i64> =
        partners.iter().flat_map(|one| [i64::from(one.seller), i64::from(one.buyer)]).collect();
    keys.sort_unstable();
    keys.dedup();
    let names: HashMap<i64, String> = xiaoxiang_store::organisation::list_of_keys(tx, &keys)
        .await?
        .into_iter()
        .map(|row| (row.organisation_key, row.name))
        .collect();
    let ids: Vec<i64> = partners.iter().map(|one| one.last.fact_id).collect();
    let numbers: HashMap<i64, String> = xiaoxiang_store::contract::list_behind(tx, &ids)
        .await?
        .into_iter()
        .map(|row| (row.fact_id, row.registration_number))
        .collect();
    let name = |key: u32| names.get(&i64::from(key)).cloned().unwrap_or_default();
    let entry = |(at, one): (usize, &Lapsed)| {
        let (own, partner) = match one.side {
            Side::Seller => (one.seller, one.buyer),
            Side::Buyer => (one.buyer, one.seller),
        };
        let (partner, count) = (name(partner), one.count);
        let entry = ChaseEntry {
            organisation: name(own),
            contact: Contact::default(),
            registration_number: numbers.get(&one.last.fact_id).cloned().unwrap_or_default(),
            registered_in: Month::of(one.last.registered_on),
            contract_value: one.contract_value,
            reason: if at < due {
                ChaseReason::Due { partner, count }
            } else {
                ChaseReason::Coming { partner, count }
            },
        };
        (one.side, entry)
    };
    Ok(partners.iter().enumerate().map(entry).collect())
}

fn unmatched_entry(buyer: &UnmatchedBuyer) -> Sided {
    let contract = &buyer.contract;
    let entry = ChaseEntry {
        organisation: contract.buyer.name.clone(),
        contact: Contact::default(),
        registration_number: buyer.registration_number.clone(),
        registered_in: Month::of(contract.registered_on),
        contract_value: contract.contract_value.0.into(),
        reason: ChaseReason::Unmatched(buyer.reason),
    };
    (Side::Buyer, entry)
}

fn without_sides(entries: Vec<Sided>) -> Vec<ChaseEntry> {
    entries.into_iter().map(|(_, entry)| entry).collect()
}

/// Fills in whom to ask for, from the last contract's contacts where they have not been erased.
async fn with_contacts(tx: &mut Tx, entries: Vec<Sided>) -> Result<Vec<ChaseEntry>, Refusal> {
    let numbers: Vec<String> = entries.iter().map(|(_, entry)| entry.registration_number.clone()).collect();
    assert!(numbers.len() <= LOOKUP_MAX, "a list has at most {ENTRIES_MAX} lines");
    let rows = xiaoxiang_store::contract::find_current(tx, &numbers).await?;
    let mut filled = Vec::with_capacity(entries.len());
    for (side, mut entry) in entries {
        if let Some(row) = rows.get(&entry.registration_number) {
            let contract: Contract = contract_of_row(row)?;
            let party = contract.party(side);
            entry.contact = Contact { name: party.contact.clone(), telephone: party.telephone.clone() };
            if entry.organisation.is_empty() {
                entry.organisation.clone_from(&party.name);
            }
        }
        filled.push(entry);
    }
    Ok(filled)
}

/// The list as a table of a workbook.
#[must_use]
pub fn chase_list_table(list: &ChaseList) -> PrintedTable {
    let column = PrintedColumn::ungrouped;
    let mut columns = vec![column("organisation", "单位", "Organisation", ColumnKind::Text)];
    if list.has_contacts {
        columns.push(column("contact", "联系人", "Contact", ColumnKind::Text));
        columns.push(column("telephone", "电话", "Telephone", ColumnKind::Text));
    }
    columns.extend([
        column("contract", "最近合同", "Latest contract", ColumnKind::Text),
        column("month", "登记月份", "Month of registration", ColumnKind::Text),
        column("value", "成交额(万元)", "Contract value (10,000 CNY)", ColumnKind::Amount),
        column("reason", "事由", "Reason", ColumnKind::Text),
        column("notes", "备注", "Notes", ColumnKind::Text),
    ]);
    let rows = list.entries.iter().enumerate().map(|(at, entry)| {
        let mut cells = vec![PrintedCell::text(&entry.organisation)];
        if list.has_contacts {
            cells.push(PrintedCell::text(&entry.contact.name));
            cells.push(PrintedCell::text(&entry.contact.telephone));
        }
        cells.extend([
            PrintedCell::text(&entry.registration_number),
            PrintedCell::text(format!("{}-{:02}", entry.registered_in.year, entry.registered_in.month)),
            PrintedCell::figure(
                display_fen(entry.contract_value, MoneyUnit::TenThousandYuan),
                i64::try_from(entry.contract_value).ok(),
            ),
            PrintedCell::label(&entry.reason.sentence()),
            PrintedCell::default(),
        ]);
        PrintedRow { key: (at + 1).to_string(), kind: RowKind::Body, cells }
    });
    PrintedTable {
        title: format!("{}催办名单", list.place.name),
        title_en: format!("{} chase list", list.place.name_en),
        columns,
        rows: rows.collect(),
        notes: vec![PrintedNote {
            zh: "含个人信息，仅供催办登记使用，用后及时销毁。".to_owned(),
            en: "Holds personal data; for this purpose only; destroy it after use.".to_owned(),
        }],
    }
}

fn contracts(count: i64) -> String {
    if count == 1 { "1 contract".to_owned() } else { format!("{count} contracts") }
}

impl ChaseReason {
    /// The reason in both languages.
    #[must_use]
    pub fn sentence(&self) -> PrintedNote {
        let note = |zh: String, en: String| PrintedNote { zh, en };
        match self {
            Self::Due { partner, count } => note(
                format!("上年同期与{partner}登记 {count} 项，今年未续签"),
                format!("{} with {partner} in these months last year, none this year", contracts(*count)),
            ),
            Self::Coming { partner, count } => note(
                format!("上年后几个月与{partner}登记 {count} 项，今年尚未登记"),
                format!("{} with {partner} later last year, none yet this year", contracts(*count)),
            ),
            Self::Unmatched(UnmatchedReason::NoPlace) => {
                note("买方所在地未明，请核实".to_owned(), "the buyer's place is not known; ask".to_owned())
            }
            Self::Unmatched(UnmatchedReason::NoCounty) => note(
                "买方只写到市州，请核实县市区".to_owned(),
                "the buyer's place is the city only; ask for the county".to_owned(),
            ),
            Self::Unmatched(UnmatchedReason::NoCreditCode) => note(
                "买方缺统一社会信用代码，请补全".to_owned(),
                "the buyer has no credit code; ask for it".to_owned(),
            ),
        }
    }
}
