//! Demands as a follower of the log reads them (供检索): what changed behind a position, with each text's level.

use xiaoxiang_domain::demand::{
    Budget, DemandForm, DemandKind, DemandPart, DemandState, FIELD_KEYS, levels_of,
};
use xiaoxiang_domain::market::{CooperationMode, DisclosureLevel, IpWish, read_modes};
use xiaoxiang_domain::money::Fen;
use xiaoxiang_domain::region::DivisionCode;
use xiaoxiang_store::StoreError;
use xiaoxiang_store::demand::{self as store, DemandRow};

use crate::app::App;
use crate::refusal::Refusal;

/// A demand for an index: nothing in it says who the contact is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenDemand {
    /// Id.
    pub demand_id: String,
    /// Log position of its last change.
    pub position: i64,
    /// Whether it stands on the market; one that does not is to be taken out of the index.
    pub is_open: bool,
    /// Which list it belongs to.
    pub kind: DemandKind,
    /// Texts by key of the form, each with the level that a reader needs.
    pub texts: Vec<(String, String, DisclosureLevel)>,
    /// County or city; the county is protected like the company.
    pub division: Option<DivisionCode>,
    /// Code of the technical field.
    pub field: String,
    /// Code of the industry, as far as the form gives one.
    pub industry: String,
    /// Words of the maturity wanted at least.
    pub maturity: String,
    /// 拟投入资金, with the level that a reader needs.
    pub budget: (Option<Fen>, DisclosureLevel),
    /// 合作方式
    pub modes: Vec<CooperationMode>,
    /// 产权归属
    pub ip_wish: IpWish,
    /// 时限要求
    pub deadline: Option<String>,
}

/// A page of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenDemandPage {
    /// In the order of their positions.
    pub items: Vec<OpenDemand>,
    /// Where to go on; none where there is nothing more now.
    pub next: Option<(i64, String)>,
}

/// Texts that say something about the demand itself.
const TEXT_KEYS: [&str; 7] =
    ["title", "summary", "problem", "figures", "tried", "conditions", "organisation_name"];

/// Demands that changed behind a place, whoever reads: for read models, which decide by each text's level what they show
/// whom. From `(-1, "")` all of them come, those that stand on the market no more included.
pub async fn list_open_demands(
    app: &App,
    after: (i64, &str),
    limit: usize,
) -> Result<OpenDemandPage, Refusal> {
    debug_assert!(TEXT_KEYS.iter().all(|key| FIELD_KEYS.contains(key)));
    let wanted = i64::try_from(limit.clamp(1, 200)).expect("invariant: a page is short");
    let mut tx = app.db.read().await?;
    let rows = store::list_changed_after(&mut tx, after, wanted).await?;
    let next = (rows.len() as i64 == wanted)
        .then(|| rows.last().map(|row| (row.position, row.demand_id.clone())))
        .flatten();
    let items = rows.into_iter().map(open_demand).collect::<Result<_, _>>()?;
    Ok(OpenDemandPage { items, next })
}

pub(crate) fn open_demand(row: DemandRow) -> Result<OpenDemand, StoreError> {
    let damaged = || StoreError::Damaged(format!("demand {}", row.demand_id));
    let form: DemandForm = serde_json::from_str(&row.form).map_err(|_| damaged())?;
    let state = DemandState::from_code(&row.state).ok_or_else(damaged)?;
    let levels = levels_of(&form);
    let level = |key: &str| DemandPart::of_field(key).map_or(DisclosureLevel::Public, |part| levels.of(part));
    let text = |key: &&str| {
        let text = form.field(key);
        (!text.is_empty()).then(|| ((*key).to_owned(), text.to_owned(), level(key)))
    };
    Ok(OpenDemand {
        position: row.position,
        is_open: state.is_on_market(),
        kind: DemandKind::from_code(&row.kind).ok_or_else(damaged)?,
        texts: TEXT_KEYS.iter().filter_map(text).collect(),
        division: DivisionCode::parse(&row.division),
        field: row.field,
        industry: form.field("industry").to_owned(),
        maturity: form.field("maturity").to_owned(),
        budget: (Budget::read(form.field("budget")).and_then(Budget::amount), levels.of(DemandPart::Budget)),
        modes: read_modes(&row.modes),
        ip_wish: IpWish::from_written(form.field("ip_wish")).unwrap_or(IpWish::Open),
        deadline: row.deadline,
        demand_id: row.demand_id,
    })
}
