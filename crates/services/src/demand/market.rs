//! Demands as the market shows them (公开需求): to each reader up to their level, found by their teaser only.

use jiff::civil::Date;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::demand::{DemandForm, DemandKind, DemandState, SeenDemand};
use xiaoxiang_domain::market::{CooperationMode, DisclosureLevel, ReaderStanding, read_modes, reader_level};
use xiaoxiang_domain::region::DivisionCode;
use xiaoxiang_store::demand::{self as store, DemandFilter, DemandRow};
use xiaoxiang_store::{StoreError, Tx, undertaking};

use super::case::{Case, personal_of};
use super::list_demands::{digits_of, read_place, write_place};
use crate::access::like_pattern;
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// Demands of one page of the market.
const MARKET_PAGE: usize = 20;
/// States that stand on the market.
const ON_MARKET: &str = ",published,matched,";
/// Most characters that are searched for.
const TEXT_CHARACTERS_MAX: usize = 100;

/// Which demands of the market.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MarketAsk {
    /// Part of the teaser.
    pub text: String,
    /// Code of the technical field.
    pub field: String,
    /// Code of a city.
    pub city: String,
    /// A mode.
    pub mode: Option<CooperationMode>,
    /// Which list.
    pub kind: Option<DemandKind>,
    /// What the page before gave as `next`.
    pub after: Option<String>,
    /// Demands of the page; 0 for the usual number.
    pub limit: usize,
}

/// A demand as somebody reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarketDemand {
    /// Id.
    pub demand_id: String,
    /// Which list it belongs to.
    pub kind: DemandKind,
    /// Where it stands.
    pub state: DemandState,
    /// Code of the technical field.
    pub field: String,
    /// The city; the county is told with the company.
    pub city: Option<DivisionCode>,
    /// 合作方式
    pub modes: Vec<CooperationMode>,
    /// 时限要求
    pub deadline: Option<String>,
    /// When it was published first.
    pub published_at_ms: i64,
    /// What the reader may read.
    pub seen: SeenDemand,
    /// Up to which level.
    pub reader: DisclosureLevel,
    /// Whether the reader handles it, and so has a page of it inside.
    pub is_handler: bool,
}

/// How many demands of the market belong to a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FacetCount {
    /// Code of the field.
    pub code: String,
    /// How many.
    pub count: i64,
}

/// A page of the market.
#[derive(Clone, Debug)]
pub struct MarketPage {
    /// The latest first.
    pub items: Vec<MarketDemand>,
    /// Where the next page begins; none on the last.
    pub next: Option<String>,
    /// How many there are in each technical field, which everybody reads of each demand.
    pub fields: Vec<FacetCount>,
    /// The legal day.
    pub today: Date,
}

/// A page of the market for anybody. The list shows teasers to everybody, whoever reads: more is on the demand's page.
pub async fn list_market_demands(app: &App, ask: &MarketAsk) -> Result<MarketPage, Refusal> {
    let mut tx = app.db.read().await?;
    let today = app.today_in(&mut tx).await?;
    let limit = if ask.limit == 0 { MARKET_PAGE } else { ask.limit.min(100) };
    let text: String = ask.text.trim().chars().take(TEXT_CHARACTERS_MAX).collect();
    let city = DivisionCode::parse(&ask.city).and_then(DivisionCode::city);
    let filter = DemandFilter {
        states: ON_MARKET.to_owned(),
        division: city.map_or_else(String::new, |city| digits_of(&city.to_string())),
        kind: ask.kind.map_or("", DemandKind::code).to_owned(),
        field: ask.field.clone(),
        mode: ask.mode.map_or("", CooperationMode::code).to_owned(),
        teaser: if text.is_empty() { String::new() } else { like_pattern(&text) },
        ..DemandFilter::default()
    };
    let before = ask.after.as_deref().map(read_place).transpose()?.unwrap_or((i64::MAX, String::new()));
    let wanted = i64::try_from(limit).expect("invariant: a page is short");
    let rows = store::list(&mut tx, &filter, (before.0, &before.1), wanted).await?;
    let next = (rows.len() == limit)
        .then(|| rows.last().map(|row| write_place(row.changed_at_ms, &row.demand_id)))
        .flatten();
    let items =
        rows.into_iter().map(|row| shown(row, DisclosureLevel::Public, None)).collect::<Result<_, _>>()?;
    let counted = store::count(&mut tx, &DemandFilter::default()).await?;
    let mut fields: Vec<FacetCount> = Vec::new();
    for (state, _, field, count) in counted {
        if !DemandState::from_code(&state).is_some_and(DemandState::is_on_market) {
            continue;
        }
        match fields.iter_mut().find(|facet| facet.code == field) {
            Some(facet) => facet.count += count,
            None => fields.push(FacetCount { code: field, count }),
        }
    }
    fields.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.code.cmp(&b.code)));
    Ok(MarketPage { items, next, fields, today })
}

/// One demand of the market, up to what its reader may read. What is not on the market is not found.
pub async fn read_market_demand(app: &App, actor: &Actor, demand_id: &str) -> Result<MarketDemand, Refusal> {
    let mut tx = app.db.read().await?;
    let case = on_market(&mut tx, demand_id).await?;
    let today = app.today_in(&mut tx).await?;
    let standing = standing_of(&mut tx, actor, &case, today).await?;
    let reader = reader_level(standing);
    let mut form = case.form.clone();
    let personal = personal_of(&mut tx, demand_id).await?;
    form = form.with_personal(personal);
    let mut demand = shown(case.row.clone(), reader, Some(form))?;
    demand.is_handler = standing == ReaderStanding::Handles;
    Ok(demand)
}

/// A demand as a reader who meets it elsewhere sees it: where it stands, what may be read of it, and whether the reader
/// handles it. What has left the market is told as its teaser was.
pub(crate) async fn seen_demand(
    tx: &mut Tx,
    actor: &Actor,
    demand_id: &str,
    today: Date,
) -> Result<(DemandState, SeenDemand, bool), Refusal> {
    let case = Case::load(tx, demand_id).await?;
    let standing = standing_of(tx, actor, &case, today).await?;
    let is_handler = standing == ReaderStanding::Handles;
    let stands = is_handler || case.state.is_on_market() || case.state == DemandState::Contracted;
    let level = if stands { reader_level(standing) } else { DisclosureLevel::Public };
    let personal = personal_of(tx, demand_id).await?;
    let form = case.form.clone().with_personal(personal);
    Ok((case.state, SeenDemand::of(&form, level), is_handler))
}

/// A demand that stands on the market; nothing is told of any other.
pub(super) async fn on_market(tx: &mut Tx, demand_id: &str) -> Result<Case, Refusal> {
    let not_found = || Refusal::NotFound(demand_id.to_owned());
    let case = match Case::load(tx, demand_id).await {
        Ok(case) => case,
        Err(Refusal::NotFound(_)) => return Err(not_found()),
        Err(refusal) => return Err(refusal),
    };
    if case.state.is_on_market() { Ok(case) } else { Err(not_found()) }
}

/// What somebody is to a demand.
pub(super) async fn standing_of(
    tx: &mut Tx,
    actor: &Actor,
    case: &Case,
    today: Date,
) -> Result<ReaderStanding, Refusal> {
    let Some(person_id) = actor.person_id() else {
        let is_operator = actor.role().is_none();
        return Ok(if is_operator { ReaderStanding::Handles } else { ReaderStanding::Stranger });
    };
    let handles = case.shows_contact(actor) || case.allows(actor, Action::DecideDemands);
    if handles {
        return Ok(ReaderStanding::Handles);
    }
    let subject = format!("demand:{}", case.row.demand_id);
    let given = undertaking::find_newest(tx, &subject, person_id).await?;
    let has = given.is_some_and(|given| given.valid_to >= today.to_string());
    Ok(if has { ReaderStanding::Undertook } else { ReaderStanding::SignedIn })
}

fn shown(
    row: DemandRow,
    reader: DisclosureLevel,
    form: Option<DemandForm>,
) -> Result<MarketDemand, StoreError> {
    let damaged = || StoreError::Damaged(format!("demand {}", row.demand_id));
    let form = match form {
        Some(form) => form,
        None => serde_json::from_str(&row.form).map_err(|_| damaged())?,
    };
    Ok(MarketDemand {
        kind: DemandKind::from_code(&row.kind).ok_or_else(damaged)?,
        state: DemandState::from_code(&row.state).ok_or_else(damaged)?,
        city: DivisionCode::parse(&row.division).and_then(DivisionCode::city),
        modes: read_modes(&row.modes),
        seen: SeenDemand::of(&form, reader),
        published_at_ms: row.published_at_ms.unwrap_or(row.changed_at_ms),
        demand_id: row.demand_id,
        field: row.field,
        deadline: row.deadline,
        reader,
        is_handler: false,
    })
}
