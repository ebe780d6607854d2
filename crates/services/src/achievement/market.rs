//! Achievements on the market (要素市场): what everybody finds, filters and reads, as far as their level goes.
//!
//! Search, filters and counts look at the teaser only: title, summary, keywords, kind, field, maturity, city, modes, kinds of
//! rights. What a section keeps back is in none of them.

use std::collections::BTreeMap;

use xiaoxiang_domain::achievement::{
    AchievementForm, AchievementKind, AchievementState, Section, ShownForm, shown_to,
};
use xiaoxiang_domain::market::{CooperationMode, DisclosureLevel, ReaderStanding, read_modes, reader_level};
use xiaoxiang_store::achievement::{self as store, AchievementCount, AchievementFilter, AchievementRow};
use xiaoxiang_store::{Tx, organisation, undertaking};

use super::case::{Case, read_row};
use super::undertake::subject_of;
use crate::access::like_pattern;
use crate::actor::Actor;
use crate::app::App;
use crate::place::{division_pattern, read_place, write_place};
use crate::refusal::Refusal;

/// Entries of one page where nothing is said.
const PAGE_USUAL: usize = 20;
/// Entries of one page at the most.
const PAGE_MAX: usize = 100;

/// What is looked for. Empty texts set no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MarketAsk {
    /// Words of the teaser.
    pub text: String,
    /// Kind.
    pub kind: Option<AchievementKind>,
    /// State among the public ones.
    pub state: Option<AchievementState>,
    /// Code of the technical field.
    pub field: String,
    /// Code of the maturity.
    pub maturity: String,
    /// Code of a division.
    pub division: String,
    /// Mode.
    pub mode: Option<CooperationMode>,
    /// Code of a kind of right.
    pub ip_kind: String,
    /// What the page before gave as `next`.
    pub after: Option<String>,
    /// Entries of the page; 0 for the usual number.
    pub limit: usize,
}

/// What a facet tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Facet {
    /// 类别
    Kind,
    /// 状态
    State,
    /// 技术领域
    Field,
    /// 成熟度
    Maturity,
    /// 市州
    City,
    /// 合作方式
    Mode,
    /// 知识产权类型
    IpKind,
}

/// A value of a facet with how many entries have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FacetValue {
    /// Code; of cities six digits.
    pub code: String,
    /// How many of what the words find.
    pub count: i64,
}

/// What was found.
#[derive(Clone, Debug)]
pub struct MarketPage {
    /// Those that changed last first.
    pub items: Vec<MarketRow>,
    /// Where the next page begins; none on the last.
    pub next: Option<String>,
    /// How many there are in all.
    pub total: i64,
    /// How many of what the words find have which value, beside all other filters.
    pub facets: BTreeMap<Facet, Vec<FacetValue>>,
}

/// An entry in the public list.
#[derive(Clone, Debug)]
pub struct MarketRow {
    /// Id.
    pub achievement_id: String,
    /// Where it stands.
    pub state: AchievementState,
    /// What it is.
    pub kind: Option<AchievementKind>,
    /// Unit.
    pub organisation: String,
    /// Division.
    pub division: String,
    /// Technical field.
    pub field: String,
    /// Maturity.
    pub maturity: String,
    /// Modes.
    pub modes: Vec<CooperationMode>,
    /// The form as far as the reader may see it.
    pub form: AchievementForm,
    /// 开放许可
    pub is_open_licence: bool,
    /// Last day of the publicity period.
    pub publicity_to: Option<String>,
    /// When it changed last.
    pub changed_at_ms: i64,
}

/// One entry of the market.
#[derive(Clone, Debug)]
pub struct MarketEntry {
    /// What lists say of it.
    pub row: MarketRow,
    /// Sections that are closed to the reader, with the level that opens them.
    pub closed: Vec<(Section, DisclosureLevel)>,
    /// The level up to which the reader reads.
    pub level: DisclosureLevel,
    /// Whether the reader can open what an undertaking opens by giving one.
    pub may_undertake: bool,
    /// Whether objections are taken.
    pub takes_objections: bool,
}

const PUBLIC_STATES: [AchievementState; 4] = [
    AchievementState::Publicity,
    AchievementState::Listed,
    AchievementState::Licensed,
    AchievementState::Assigned,
];
/// What the list has where no state is asked for.
const OFFERED_STATES: [AchievementState; 3] =
    [AchievementState::Publicity, AchievementState::Listed, AchievementState::Licensed];

fn codes_of(states: &[AchievementState]) -> String {
    let codes: Vec<&str> = states.iter().map(|state| state.code()).collect();
    format!(",{},", codes.join(","))
}

/// What is on the market, with what it can be narrowed by.
pub async fn list_market(app: &App, actor: &Actor, ask: &MarketAsk) -> Result<MarketPage, Refusal> {
    let limit = if ask.limit == 0 { PAGE_USUAL } else { ask.limit.min(PAGE_MAX) };
    let before = match &ask.after {
        Some(place) => read_place(place)?,
        None => (i64::MAX, String::new()),
    };
    if ask.state.is_some_and(|state| !state.is_public()) {
        return Err(Refusal::invalid("market.state", "没有这种公开状态。", "there is no such public state"));
    }
    let states = ask.state.map_or(&OFFERED_STATES[..], |_| &PUBLIC_STATES[..]);
    let filter = AchievementFilter {
        division: if ask.division.is_empty() { String::new() } else { division_pattern(&ask.division) },
        states: ask.state.map_or_else(|| codes_of(states), |state| codes_of(&[state])),
        teaser: if ask.text.trim().is_empty() {
            String::new()
        } else {
            like_pattern(&ask.text.to_lowercase())
        },
        kind: ask.kind.map_or_else(String::new, |kind| kind.code().to_owned()),
        field: ask.field.clone(),
        maturity: ask.maturity.clone(),
        mode: ask.mode.map_or_else(String::new, |mode| mode.code().to_owned()),
        ip_kind: ask.ip_kind.clone(),
        ..AchievementFilter::default()
    };
    let mut tx = app.db.read().await?;
    let wanted = i64::try_from(limit).expect("invariant: a page is short");
    let rows = store::list(&mut tx, &filter, (before.0, &before.1), wanted).await?;
    let next = rows.last().filter(|_| rows.len() == limit);
    let next = next.map(|last| write_place(last.changed_at_ms, &last.achievement_id));
    let level = level_of_stranger(actor);
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        items.push(market_row(&mut tx, row, level).await?.0);
    }
    let counted = AchievementFilter { division: String::new(), states: codes_of(&PUBLIC_STATES), ..filter };
    let counts = store::count_by(&mut tx, &counted).await?;
    Ok(MarketPage { items, next, total: total_of(&counts, ask), facets: facets_of(&counts, ask) })
}

/// The level of a reader for an entry to which they are nothing.
fn level_of_stranger(actor: &Actor) -> DisclosureLevel {
    let is_signed_in = actor.person_id().is_some() || actor.role().is_none();
    reader_level(if is_signed_in { ReaderStanding::SignedIn } else { ReaderStanding::Stranger })
}

async fn market_row(
    tx: &mut Tx,
    row: AchievementRow,
    level: DisclosureLevel,
) -> Result<(MarketRow, Vec<(Section, DisclosureLevel)>), Refusal> {
    let (form, state) = read_row(&row)?;
    let ShownForm { form, closed } = shown_to(&form, level);
    let name = organisation::find_name(tx, row.organisation_key).await?;
    let shown = MarketRow {
        achievement_id: row.achievement_id,
        state,
        kind: AchievementKind::from_code(&row.kind),
        organisation: name.map_or_else(String::new, |(name, _)| name),
        division: row.division,
        field: row.field,
        maturity: row.maturity,
        modes: read_modes(row.modes.trim_matches(',')),
        form,
        is_open_licence: row.is_open_licence,
        publicity_to: row.publicity_to,
        changed_at_ms: row.changed_at_ms,
    };
    Ok((shown, closed))
}

/// One entry that is on the market, as far as the reader's level goes; what is not there is not found.
pub async fn read_market_entry(
    app: &App,
    actor: &Actor,
    achievement_id: &str,
) -> Result<MarketEntry, Refusal> {
    let mut tx = app.db.read().await?;
    let case = Case::load(&mut tx, achievement_id).await?;
    if !case.state.is_public() {
        return Err(Refusal::NotFound(achievement_id.to_owned()));
    }
    let today = app.today_in(&mut tx).await?;
    let level = level_of(&mut tx, actor, &case, today).await?;
    let state = case.state;
    let (row, closed) = market_row(&mut tx, case.row, level).await?;
    let may_undertake = actor.person_id().is_some()
        && closed.iter().any(|(_, needed)| *needed == DisclosureLevel::Undertaking);
    Ok(MarketEntry {
        row,
        closed,
        level,
        may_undertake,
        takes_objections: state == AchievementState::Publicity,
    })
}

/// An entry as a reader who meets it elsewhere sees it; what has left the market is told as its teaser was.
pub(crate) async fn seen_achievement(
    tx: &mut Tx,
    actor: &Actor,
    achievement_id: &str,
    today: jiff::civil::Date,
) -> Result<(AchievementState, ShownForm), Refusal> {
    let case = Case::load(tx, achievement_id).await?;
    let level = level_of(tx, actor, &case, today).await?;
    let stands = case.state.is_public() || level == DisclosureLevel::Held;
    let shown = shown_to(&case.form, if stands { level } else { DisclosureLevel::Public });
    Ok((case.state, shown))
}

/// The level of a reader for an entry: of the unit or the office, with an undertaking that holds, signed in, or nothing.
async fn level_of(
    tx: &mut Tx,
    actor: &Actor,
    case: &Case,
    today: jiff::civil::Date,
) -> Result<DisclosureLevel, Refusal> {
    if case.level_for(actor) == DisclosureLevel::Held {
        return Ok(DisclosureLevel::Held);
    }
    if let Some(person_id) = actor.person_id() {
        let given = undertaking::find_newest(tx, &subject_of(&case.row.achievement_id), person_id).await?;
        if given.is_some_and(|given| given.valid_to >= today.to_string()) {
            return Ok(reader_level(ReaderStanding::Undertook));
        }
    }
    Ok(level_of_stranger(actor))
}

/// Whether a counted row passes the filters, all but one facet's own.
fn passes(count: &AchievementCount, ask: &MarketAsk, except: Option<Facet>) -> bool {
    let is_free = |facet: Facet| except == Some(facet);
    let listed = |list: &str, code: &str| list.contains(&format!(",{code},"));
    let state = match ask.state {
        Some(state) => count.state == state.code(),
        None => count.state != AchievementState::Assigned.code(),
    };
    (is_free(Facet::State) || state)
        && (is_free(Facet::Kind) || ask.kind.is_none_or(|kind| count.kind == kind.code()))
        && (is_free(Facet::Field) || ask.field.is_empty() || count.field == ask.field)
        && (is_free(Facet::Maturity) || ask.maturity.is_empty() || count.maturity == ask.maturity)
        && (is_free(Facet::City)
            || ask.division.is_empty()
            || ask.division.starts_with(&count.city)
            || ask.division.trim_end_matches("00") == &count.city[..count.city.len().min(2)])
        && (is_free(Facet::Mode) || ask.mode.is_none_or(|mode| listed(&count.modes, mode.code())))
        && (is_free(Facet::IpKind) || ask.ip_kind.is_empty() || listed(&count.ip_kinds, &ask.ip_kind))
}

fn total_of(counts: &[AchievementCount], ask: &MarketAsk) -> i64 {
    counts.iter().filter(|count| passes(count, ask, None)).map(|count| count.entries).sum()
}

fn facets_of(counts: &[AchievementCount], ask: &MarketAsk) -> BTreeMap<Facet, Vec<FacetValue>> {
    let facets =
        [Facet::Kind, Facet::State, Facet::Field, Facet::Maturity, Facet::City, Facet::Mode, Facet::IpKind];
    let values = |facet: Facet| {
        let mut found: BTreeMap<String, i64> = BTreeMap::new();
        for count in counts.iter().filter(|count| passes(count, ask, Some(facet))) {
            for code in codes(count, facet) {
                *found.entry(code).or_default() += count.entries;
            }
        }
        found.into_iter().map(|(code, count)| FacetValue { code, count }).collect()
    };
    facets.into_iter().map(|facet| (facet, values(facet))).collect()
}

fn codes(count: &AchievementCount, facet: Facet) -> Vec<String> {
    let several =
        |list: &str| list.split(',').filter(|code| !code.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    match facet {
        Facet::Kind => several(&count.kind),
        Facet::State => several(&count.state),
        Facet::Field => several(&count.field),
        Facet::Maturity => several(&count.maturity),
        Facet::City => several(&count.city).into_iter().map(|city| format!("{city}00")).collect(),
        Facet::Mode => several(&count.modes),
        Facet::IpKind => several(&count.ip_kinds),
    }
}
