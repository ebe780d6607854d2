//! What matching follows (供匹配跟随): every entry that can be had, and which ones to look at again after a position of the log.

use xiaoxiang_domain::achievement::{AchievementForm, AchievementKind, Section, needed_level};
use xiaoxiang_domain::contract::application::PricingMethod;
use xiaoxiang_domain::market::{CooperationMode, DisclosureLevel, read_modes};
use xiaoxiang_domain::money::{Fen, MoneyUnit};
use xiaoxiang_store::achievement::{self as store, CHANGED_MAX};
use xiaoxiang_store::{Tx, organisation};

use super::case::read_row;
use crate::app::App;
use crate::refusal::Refusal;

/// An entry as an index takes it in. Sections carry the level that they need: an index for everybody takes the public ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferedAchievement {
    /// Id.
    pub achievement_id: String,
    /// What it is.
    pub kind: AchievementKind,
    /// 成果名称
    pub title: String,
    /// 一句话简介, of a patent its abstract; public.
    pub summary: String,
    /// 关键词; public.
    pub keywords: Vec<String>,
    /// The texts of its sections with the level that each needs; empty ones are left out.
    pub sections: Vec<OfferedSection>,
    /// Code of the technical field.
    pub field: String,
    /// Code of the industry, possibly empty.
    pub industry: String,
    /// IPC, possibly empty.
    pub ipc: String,
    /// Code of the maturity, possibly empty.
    pub maturity: String,
    /// Division, six digits.
    pub division: String,
    /// Modes.
    pub modes: Vec<CooperationMode>,
    /// Codes of the kinds of its rights.
    pub ip_kinds: Vec<String>,
    /// Way of pricing.
    pub pricing: Option<PricingMethod>,
    /// What is asked; none where it is to be negotiated.
    pub asked: Option<Fen>,
    /// The level that the price needs.
    pub price_level: DisclosureLevel,
    /// 开放许可
    pub is_open_licence: bool,
    /// Unit.
    pub organisation_key: i64,
    /// Its name.
    pub organisation: String,
    /// When it was listed last.
    pub listed_at_ms: i64,
}

/// A section's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferedSection {
    /// Which.
    pub section: Section,
    /// The level that it needs.
    pub level: DisclosureLevel,
    /// The text.
    pub text: String,
}

/// Of the entries whose last step lies after `after` and not after `until`: position, id, and the entry where it can be had
/// now. What can no longer be had comes without it, to be taken out. At most [`CHANGED_MAX`]; ask again from the last
/// position less one until fewer come.
pub async fn changed_offers(
    tx: &mut Tx,
    after: i64,
    until: i64,
) -> Result<Vec<(i64, String, Option<OfferedAchievement>)>, Refusal> {
    let mut changed = Vec::new();
    for (position, achievement_id) in store::list_changed_after(tx, after, until).await? {
        let offered = read_offer(tx, &achievement_id).await?;
        changed.push((position, achievement_id, offered));
    }
    Ok(changed)
}

/// Every entry that can be had now.
pub async fn read_offers(app: &App) -> Result<Vec<OfferedAchievement>, Refusal> {
    let mut tx = app.db.read().await?;
    let newest = xiaoxiang_store::log::head(&mut tx).await?.size - 1;
    let (mut offers, mut after) = (Vec::new(), -1);
    loop {
        let page = changed_offers(&mut tx, after, newest).await?;
        let is_last = i64::try_from(page.len()).unwrap_or(i64::MAX) < CHANGED_MAX;
        // A commit has one entry for each step, so no two entries share a position.
        after = page.last().map_or(newest, |(position, ..)| *position);
        offers.extend(page.into_iter().filter_map(|(.., offered)| offered));
        if is_last {
            return Ok(offers);
        }
    }
}

/// One entry where it can be had.
pub(crate) async fn read_offer(
    tx: &mut Tx,
    achievement_id: &str,
) -> Result<Option<OfferedAchievement>, Refusal> {
    let Some(row) = store::find(tx, achievement_id).await? else { return Ok(None) };
    let (form, state) = read_row(&row)?;
    let Some(kind) = AchievementKind::from_code(&row.kind).filter(|_| state.is_offered()) else {
        return Ok(None);
    };
    let name = organisation::find_name(tx, row.organisation_key).await?;
    let pricing = PricingMethod::ALL.into_iter().find(|method| method.code() == form.price.method);
    Ok(Some(OfferedAchievement {
        achievement_id: row.achievement_id,
        kind,
        sections: sections_of(&form),
        asked: Fen::parse(&form.price.amount, MoneyUnit::Yuan).ok().filter(|_| !form.price.is_negotiable),
        price_level: needed_level(&form, Section::Price),
        pricing,
        title: form.title,
        summary: form.summary,
        keywords: form.keywords,
        field: row.field,
        industry: row.industry,
        ipc: form.ipc,
        maturity: row.maturity,
        division: row.division,
        modes: read_modes(row.modes.trim_matches(',')),
        ip_kinds: row.ip_kinds.split(',').filter(|code| !code.is_empty()).map(str::to_owned).collect(),
        is_open_licence: row.is_open_licence,
        organisation_key: row.organisation_key,
        organisation: name.map_or_else(String::new, |(name, _)| name),
        listed_at_ms: row.listed_at_ms.unwrap_or(row.changed_at_ms),
    }))
}

fn sections_of(form: &AchievementForm) -> Vec<OfferedSection> {
    let texts = [
        (Section::Problem, &form.problem),
        (Section::Comparison, &form.comparison),
        (Section::Evidence, &form.evidence),
        (Section::Economics, &form.economics),
        (Section::Conditions, &form.conditions),
    ];
    let stated = texts.into_iter().filter(|(_, text)| !text.is_empty());
    stated
        .map(|(section, text)| OfferedSection {
            section,
            level: needed_level(form, section),
            text: text.clone(),
        })
        .collect()
}
