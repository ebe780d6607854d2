//! Flags (疑点) as the province, cities, registrars and parties read them.

use serde::Serialize;
use xiaoxiang_domain::access::{Action, Role, Scope};
use xiaoxiang_domain::contract::Contract;
use xiaoxiang_domain::contract::flag::{AnswerTime, FlagAct, FlagState, answer_due};
use xiaoxiang_domain::contract::screen::{Screen, Strength};
use xiaoxiang_domain::region::DivisionCode;
use xiaoxiang_store::flag::{
    self as store, FlagCountRow, FlagExtent, FlagFilter, FlagOrder, FlagRow, FlagStepRow,
};
use xiaoxiang_store::payment_hold::{self, HoldRow};
use xiaoxiang_store::{StoreError, Tx};

use super::evidence::StoredEvidence;
use crate::actor::Actor;
use crate::app::App;
use crate::contract::{ContractPlaces, places_in};
use crate::refusal::Refusal;
use crate::region::RegionInForce;
use jiff::civil::Date;

/// Flags of one page of the list.
pub const FLAGS_PAGE: i64 = 50;
/// Pages of the list; beyond them one filters.
pub const FLAG_PAGES_MAX: i64 = 200;
/// Most flags of one answer of [`list_flags_after`].
pub const FLAGS_AFTER_MAX: i64 = 201;
/// Other contracts shown beside a flag.
pub const OTHERS_SHOWN_MAX: usize = 20;

/// Which flags are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FlagAsk {
    /// Of one screen.
    pub kind: Option<Screen>,
    /// Of one stage.
    pub stage: FlagStage,
    /// On contracts of which a side counts in this division.
    pub division: Option<DivisionCode>,
    /// Which page, from 0.
    pub page: i64,
}

/// Which part of their life is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FlagStage {
    /// Everything that stands.
    #[default]
    Standing,
    /// One state.
    In(FlagState),
    /// What fell away by itself.
    Gone,
    /// What holds a payment, fallen away or not.
    Held,
    /// All.
    All,
}

impl FlagStage {
    /// Word of addresses.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Standing => "standing",
            Self::In(state) => state.code(),
            Self::Gone => "gone",
            Self::Held => "held",
            Self::All => "all",
        }
    }

    /// The stage of a word; an empty one is [`Self::Standing`].
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "" | "standing" => Some(Self::Standing),
            "gone" => Some(Self::Gone),
            "held" => Some(Self::Held),
            "all" => Some(Self::All),
            other => FlagState::from_code(other).map(Self::In),
        }
    }

    const fn column(self) -> &'static str {
        match self {
            Self::All => "",
            other => other.code(),
        }
    }
}

/// A flag in a list.
#[derive(Clone, Debug)]
pub struct ListedFlag {
    /// UUID.
    pub flag_id: String,
    /// Which screen asks.
    pub screen: Screen,
    /// How much the evidence weighs.
    pub strength: Strength,
    /// Where it stands.
    pub state: FlagState,
    /// Why it fell away by itself.
    pub gone_reason: Option<String>,
    /// 登记编号
    pub registration_number: String,
    /// The contract as it stands, without personal data.
    pub contract: Contract,
    /// The day on which it was put.
    pub raised_on: Date,
    /// Until when it is to be answered.
    pub due_on: Date,
    /// Number of its last step.
    pub revision: i64,
}

/// A page of flags.
#[derive(Clone, Debug)]
pub struct FlagList {
    /// Flags, what is to be done first.
    pub flags: Vec<ListedFlag>,
    /// How many of each kind and state there are in reach, whatever was asked for; `gone` is a state here.
    pub counts: Vec<FlagCountRow>,
    /// Whether there are more behind.
    pub has_more: bool,
    /// When the book was last screened; none before the first time.
    pub screened_at_ms: Option<i64>,
}

/// Flags in the reader's reach.
pub async fn list_flags(app: &App, actor: &Actor, ask: &FlagAsk) -> Result<FlagList, Refusal> {
    let scope = actor.permit(Action::ReadFlags)?;
    let mut tx = app.db.read().await?;
    let region = app.region_in(&mut tx).await?;
    let filter = filter_of(scope, ask);
    let page = ask.page.clamp(0, FLAG_PAGES_MAX - 1);
    let mut rows = store::list(&mut tx, filter, order_for(actor), FLAGS_PAGE + 1, page * FLAGS_PAGE).await?;
    let has_more = rows.len() as i64 > FLAGS_PAGE;
    rows.truncate(usize::try_from(FLAGS_PAGE).expect("invariant: a small page"));
    let counts = store::count(&mut tx, filter).await?;
    let screened_at_ms = store::find_screening(&mut tx).await?.map(|row| row.screened_at_ms);
    let flags = listed(&mut tx, &region, &rows).await?;
    Ok(FlagList { flags, counts, has_more, screened_at_ms })
}

/// Flags in the reader's reach in the order in which they were put, after one of them; the page of the ask does not
/// count.
pub async fn list_flags_after(
    app: &App,
    actor: &Actor,
    ask: &FlagAsk,
    after: &str,
    limit: i64,
) -> Result<Vec<ListedFlag>, Refusal> {
    let scope = actor.permit(Action::ReadFlags)?;
    let mut tx = app.db.read().await?;
    let region = app.region_in(&mut tx).await?;
    let filter = filter_of(scope, ask);
    let rows = store::list_after(&mut tx, filter, after, limit.clamp(1, FLAGS_AFTER_MAX)).await?;
    listed(&mut tx, &region, &rows).await
}

fn filter_of(scope: Scope, ask: &FlagAsk) -> FlagFilter<'static> {
    FlagFilter {
        extent: extent_of(scope),
        kind: ask.kind.map_or("", Screen::code),
        state: ask.stage.column(),
        division: ask.division.map_or([0, 0], codes_within),
    }
}

/// The flags of one contract that the reader may see; nothing for who reads no flags.
pub async fn flags_of_contract(
    app: &App,
    actor: &Actor,
    registration_number: &str,
) -> Result<Vec<ListedFlag>, Refusal> {
    let Some(scope) = actor.extent(Action::ReadFlags) else { return Ok(Vec::new()) };
    let mut tx = app.db.read().await?;
    let region = app.region_in(&mut tx).await?;
    let Some(key) = xiaoxiang_store::contract::find_key(&mut tx, registration_number).await? else {
        return Ok(Vec::new());
    };
    let Some(places) = places_in(&mut tx, key).await? else { return Ok(Vec::new()) };
    if !places.lies_in(scope) {
        return Ok(Vec::new());
    }
    let rows = store::list_of_contract(&mut tx, key).await?;
    listed(&mut tx, &region, &rows).await
}

/// How many flags in reach wait for the reader, and since when: those to answer, or those to decide.
pub(crate) async fn count_waiting(tx: &mut Tx, actor: &Actor) -> Result<(i64, Option<i64>), Refusal> {
    let (action, states): (_, &[&str]) = if actor.may(Action::DecideFlag) {
        (Action::DecideFlag, &["answered", "appealed"])
    } else {
        (Action::AnswerFlag, &["open"])
    };
    let Some(scope) = actor.extent(action) else { return Ok((0, None)) };
    let filter = FlagFilter { extent: extent_of(scope), kind: "", state: "", division: [0, 0] };
    let counts = store::count(tx, filter).await?;
    let waiting = || counts.iter().filter(|row| states.contains(&row.state.as_str()));
    Ok((waiting().map(|row| row.count).sum(), waiting().map(|row| row.oldest_at_ms).min()))
}

async fn listed(tx: &mut Tx, region: &RegionInForce, rows: &[FlagRow]) -> Result<Vec<ListedFlag>, Refusal> {
    let mut numbers: Vec<String> = rows.iter().map(|row| row.registration_number.clone()).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let current = xiaoxiang_store::contract::find_current(tx, &numbers).await?;
    rows.iter()
        .map(|row| {
            let record = current.get(&row.registration_number).map(|current| current.record.as_str());
            let contract = record
                .and_then(|record| serde_json::from_str(record).ok())
                .ok_or_else(|| StoreError::Damaged(format!("record of {}", row.registration_number)))?;
            let raised_on = day_of(region, row.raised_at_ms);
            Ok(ListedFlag {
                flag_id: row.flag_id.clone(),
                screen: screen_of(row)?,
                strength: strength_of(row),
                state: state_of(row)?,
                gone_reason: row.gone_reason.clone(),
                registration_number: row.registration_number.clone(),
                contract,
                raised_on,
                due_on: answer_due(raised_on, answer_days(region)),
                revision: row.revision,
            })
        })
        .collect()
}

/// Another contract beside a flag, as far as the reader may see it.
#[derive(Clone, Debug)]
pub enum OtherContract {
    /// All of it, without personal data.
    Seen(Box<Contract>),
    /// Where one may ask: number, registrar and day, for officials whose scope it is not in.
    Named {
        /// 登记编号
        registration_number: String,
        /// 登记机构
        registrar: String,
        /// 登记日期
        registered_on: Date,
    },
}

/// A flag with everything needed to judge it.
#[derive(Clone, Debug)]
pub struct FlagPage {
    /// The flag and its contract.
    pub flag: ListedFlag,
    /// Why it is asked.
    pub sentences: Vec<super::EvidenceSentence>,
    /// The contracts beside it that are shown.
    pub others: Vec<OtherContract>,
    /// How many more there are that are not shown: beyond the limit, or not for this reader.
    pub others_withheld: usize,
    /// What happened, oldest first.
    pub steps: Vec<FlagStep>,
    /// Payments held for its sake, oldest first.
    pub holds: Vec<HoldRow>,
    /// What the reader may do now.
    pub acts: Vec<FlagAct>,
    /// What the reader may do about payments.
    pub hold_act: Option<HoldAct>,
    /// Version of the screens that asked.
    pub screen_version: i64,
    /// Version of the region data whose parameters applied.
    pub region_version_id: i64,
}

/// What can be done about payments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HoldAct {
    /// Hold them.
    Hold,
    /// Release what is held.
    Release,
}

/// One step as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FlagStep {
    /// Its number.
    pub revision: i64,
    /// What was done.
    pub act: String,
    /// Who, as the log names them.
    pub actor: String,
    /// What they said; for a question that fell away its reason.
    pub words: String,
    /// When.
    pub at_ms: i64,
}

/// One flag that the reader may see.
pub async fn read_flag(app: &App, actor: &Actor, flag_id: &str) -> Result<FlagPage, Refusal> {
    let scope = actor.permit(Action::ReadFlags)?;
    let mut tx = app.db.read().await?;
    let region = app.region_in(&mut tx).await?;
    let (row, places) = visible(&mut tx, scope, flag_id).await?;
    let evidence = StoredEvidence::parse(&row.evidence)?;
    let others = others_of(&mut tx, actor, scope, &evidence).await?;
    let flag = listed(&mut tx, &region, std::slice::from_ref(&row)).await?.remove(0);
    let steps = store::list_steps(&mut tx, flag_id).await?;
    let holds = payment_hold::list_of_flag(&mut tx, flag_id).await?;
    let today = app.clock.today_in(&region.time_zone);
    let may = |action: Action| actor.extent(action).is_some_and(|scope| places.lies_in(scope));
    let is_standing = row.gone_reason.is_none();
    let time = AnswerTime::on(today, flag.due_on);
    let acts = [FlagAct::Answer, FlagAct::Clear, FlagAct::Uphold, FlagAct::Appeal]
        .into_iter()
        .filter(|act| is_standing && may(action_of(*act)) && flag.state.after(*act, time).is_ok())
        .collect();
    let is_held = holds.iter().any(|hold| hold.released_on.is_none());
    let hold_act = match (may(Action::HoldPayment), is_held) {
        (false, _) => None,
        (true, true) => Some(HoldAct::Release),
        (true, false) => (is_standing && !flag.state.is_cleared()).then_some(HoldAct::Hold),
    };
    Ok(FlagPage {
        sentences: evidence.sentences,
        others_withheld: evidence.contracts_total - others.len(),
        others,
        steps: steps.into_iter().map(step_of).collect(),
        holds,
        acts,
        hold_act,
        screen_version: row.screen_version,
        region_version_id: row.region_version_id,
        flag,
    })
}

/// The action that an act needs.
pub(super) const fn action_of(act: FlagAct) -> Action {
    match act {
        FlagAct::Answer => Action::AnswerFlag,
        FlagAct::Clear | FlagAct::Uphold => Action::DecideFlag,
        FlagAct::Appeal => Action::AppealFlag,
    }
}

/// A flag in reach with where its contract lies.
pub(super) async fn visible(
    tx: &mut Tx,
    scope: Scope,
    flag_id: &str,
) -> Result<(FlagRow, ContractPlaces), Refusal> {
    let not_found = || Refusal::NotFound(flag_id.to_owned());
    let row = store::find(tx, flag_id).await?.ok_or_else(not_found)?;
    let places = places_in(tx, row.contract_key).await?.filter(|places| places.lies_in(scope));
    Ok((row, places.ok_or_else(not_found)?))
}

/// The contracts beside a flag: whole within the reader's scope; elsewhere officials are told where to ask, and parties
/// nothing.
async fn others_of(
    tx: &mut Tx,
    actor: &Actor,
    scope: Scope,
    evidence: &StoredEvidence,
) -> Result<Vec<OtherContract>, Refusal> {
    let numbers: Vec<String> = evidence.contracts.iter().map(|other| other.number.clone()).collect();
    let mut current = xiaoxiang_store::contract::find_current(tx, &numbers).await?;
    let is_party = matches!(actor.role(), Some(Role::OrganisationAgent | Role::TransferOffice));
    let mut others = Vec::new();
    for number in numbers {
        if others.len() == OTHERS_SHOWN_MAX {
            break;
        }
        let Some(row) = current.remove(&number) else { continue };
        let contract: Contract = serde_json::from_str(&row.record)
            .map_err(|error| StoreError::Damaged(format!("record of {number}: {error}")))?;
        let is_seen = places_in(tx, row.contract_key).await?.is_some_and(|places| places.lies_in(scope));
        if is_seen {
            others.push(OtherContract::Seen(Box::new(contract)));
        } else if !is_party {
            others.push(OtherContract::Named {
                registration_number: number,
                registrar: contract.registrar_name,
                registered_on: contract.registered_on,
            });
        }
    }
    Ok(others)
}

fn step_of(row: FlagStepRow) -> FlagStep {
    let FlagStepRow { revision, act, actor, words, at_ms, .. } = row;
    FlagStep { revision, act, actor, words, at_ms }
}

/// What comes first for a reader: what they have to do.
fn order_for(actor: &Actor) -> FlagOrder {
    if actor.may(Action::DecideFlag) {
        FlagOrder { open: 2, pending: 1 }
    } else {
        FlagOrder { open: 1, pending: 2 }
    }
}

fn extent_of(scope: Scope) -> FlagExtent {
    let one = |kind, key| FlagExtent { kind, low: key, high: key };
    match scope {
        Scope::Region => one("region", 0),
        Scope::Division(root) => {
            let [low, high] = codes_within(root);
            FlagExtent { kind: "division", low, high }
        }
        Scope::Park(key) => one("park", i64::from(key)),
        Scope::Organisation(key) => one("organisation", key),
        Scope::Registrar(key) => one("registrar", key),
    }
}

/// The lowest and highest code of a division and all below it.
fn codes_within(root: DivisionCode) -> [i64; 2] {
    let code = i64::from(root.0);
    let span = if code % 10_000 == 0 {
        10_000
    } else if code % 100 == 0 {
        100
    } else {
        1
    };
    [code, code + span - 1]
}

pub(super) fn answer_days(region: &RegionInForce) -> u32 {
    region.region.screening().map_or(0, |parameters| parameters.answer_days)
}

pub(super) fn day_of(region: &RegionInForce, at_ms: i64) -> Date {
    jiff::Timestamp::from_millisecond(at_ms)
        .map_or(Date::MIN, |instant| instant.to_zoned(region.time_zone.clone()).date())
}

pub(super) fn state_of(row: &FlagRow) -> Result<FlagState, StoreError> {
    FlagState::from_code(&row.state)
        .ok_or_else(|| StoreError::Damaged(format!("state of flag {}", row.flag_id)))
}

fn screen_of(row: &FlagRow) -> Result<Screen, StoreError> {
    Screen::from_code(&row.kind).ok_or_else(|| StoreError::Damaged(format!("kind of flag {}", row.flag_id)))
}

fn strength_of(row: &FlagRow) -> Strength {
    if row.strength == "strong" { Strength::Strong } else { Strength::Moderate }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_within_a_division_are_those_that_lie_in_it() {
        for code in ["430000", "430100", "430102"] {
            let root = DivisionCode::parse(code).unwrap();
            let [low, high] = codes_within(root);
            for other in 420_000..=440_001_u32 {
                let is_between = (low..=high).contains(&i64::from(other));
                assert_eq!(is_between, DivisionCode(other).is_within(root), "{other} in {code}");
            }
        }
    }
}
