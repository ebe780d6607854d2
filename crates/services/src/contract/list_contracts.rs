//! The contract list (合同列表): filter, search, order, pages of fifty; and organisations by name or credit code.

use xiaoxiang_domain::access::{Action, Scope};
use xiaoxiang_domain::contract::Contract;
use xiaoxiang_domain::fact::Source;
use xiaoxiang_statistics::listing::{ListFilter, ListOrder, ListReach, ListedPlaces, Total};
use xiaoxiang_store::{StoreError, contract as store};

use super::list_cursor::{read_cursor, write_cursor};
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// Contracts of one page.
pub const LIST_PAGE_ROWS: usize = 50;
/// Organisations found at once.
pub const ORGANISATIONS_FOUND_MAX: usize = 20;
/// Longest text that is searched for.
const TEXT_CHARACTERS_MAX: usize = 100;

/// What is asked of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContractsAsk {
    /// Which contracts. Its reach is the caller's own, whatever stands there.
    pub filter: ListFilter,
    /// In which order.
    pub order: ListOrder,
    /// The cursor of the page before; none for the first page.
    pub after: Option<String>,
}

/// One page of the list.
#[derive(Clone, Debug)]
pub struct ContractsPage {
    /// Contracts in order.
    pub rows: Vec<ListedContract>,
    /// Cursor of the next page; none on the last.
    ///
    /// It names a place in the order, not a row: whoever leafs on while contracts change sees each contract whose place
    /// in the order did not change exactly once.
    pub next: Option<String>,
    /// How many the whole list has.
    pub total: Total,
    /// Log position of the list.
    pub position: i64,
}

/// One contract of the list.
#[derive(Clone, Debug)]
pub struct ListedContract {
    /// The current record, personal data left out.
    pub contract: Contract,
    /// Its version.
    pub version: i64,
    /// Registry or exchange.
    pub source: Source,
    /// Where it counts.
    pub places: ListedPlaces,
}

/// An organisation that was looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedOrganisation {
    /// Its key, as filters take it.
    pub key: u32,
    /// 名称
    pub name: String,
    /// 统一社会信用代码, where it has one.
    pub credit_code: Option<String>,
}

/// One page of the contracts that the caller may see.
pub async fn list_contracts(app: &App, actor: &Actor, ask: &ContractsAsk) -> Result<ContractsPage, Refusal> {
    list_rows(app, actor, ask, LIST_PAGE_ROWS).await
}

/// A page of another length; at most [`store::LOOKUP_MAX`] rows.
pub async fn list_rows(
    app: &App,
    actor: &Actor,
    ask: &ContractsAsk,
    rows_max: usize,
) -> Result<ContractsPage, Refusal> {
    list_reached(app, reach_of(actor.permit(Action::ReadContracts)?), ask, rows_max).await
}

/// The same within a reach that the caller was permitted otherwise, such as a registrar's ledger.
pub(crate) async fn list_reached(
    app: &App,
    reach: ListReach,
    ask: &ContractsAsk,
    rows_max: usize,
) -> Result<ContractsPage, Refusal> {
    let filter = ListFilter { reach, ..ask.filter.clone() };
    check_text(&filter.text)?;
    let after = ask.after.as_deref().map(|text| read_cursor(text, &filter, ask.order)).transpose()?;
    let listing = app.listing().await?;
    if let Some(place) = filter.place
        && !listing.geography().knows(place.division)
    {
        return Err(Refusal::NotFound(place.division.to_string()));
    }
    let page = listing.contracts().page(
        &filter,
        ask.order,
        after.as_ref(),
        rows_max,
        listing.geography(),
        listing.organisations(),
    );
    let position = listing.position();
    let places: Vec<Option<ListedPlaces>> =
        page.contract_keys.iter().map(|&key| listing.contracts().places(key)).collect();
    drop(listing);
    let mut tx = app.db.read().await?;
    let mut found = store::find_listed(&mut tx, &page.contract_keys, position).await?;
    let mut rows = Vec::with_capacity(places.len());
    for (key, places) in page.contract_keys.iter().zip(places) {
        let damaged = |what: &str| StoreError::Damaged(format!("{what} of contract {key}"));
        let row = found.remove(key).ok_or_else(|| damaged("version"))?;
        rows.push(ListedContract {
            contract: serde_json::from_str(&row.record)
                .map_err(|error| damaged(&format!("{error} in record")))?,
            version: row.version,
            source: Source::from_code(&row.source).ok_or_else(|| damaged("source"))?,
            places: places.ok_or_else(|| damaged("places"))?,
        });
    }
    Ok(ContractsPage {
        rows,
        next: page.next.map(|place| write_cursor(&filter, ask.order, &place)),
        total: page.total,
        position,
    })
}

/// Organisations whose name or credit code holds a text, at most [`ORGANISATIONS_FOUND_MAX`].
pub async fn find_organisations(
    app: &App,
    actor: &Actor,
    text: &str,
) -> Result<Vec<ListedOrganisation>, Refusal> {
    actor.permit(Action::ReadContracts)?;
    check_text(text)?;
    let keys = app.listing().await?.organisations().search(text, ORGANISATIONS_FOUND_MAX);
    let mut tx = app.db.read().await?;
    let mut organisations = Vec::with_capacity(keys.len());
    for key in keys {
        if let Some((name, credit_code)) =
            xiaoxiang_store::organisation::find_name(&mut tx, i64::from(key)).await?
        {
            organisations.push(ListedOrganisation { key, name, credit_code });
        }
    }
    Ok(organisations)
}

/// The contracts that lie within a scope.
fn reach_of(scope: Scope) -> ListReach {
    // A key that no fact can carry reaches nothing, as 0 does.
    let small = |key: i64| u32::try_from(key).unwrap_or(0);
    match scope {
        Scope::Region => ListReach::Everything,
        Scope::Division(code) => ListReach::Division(code.0),
        Scope::Park(key) => ListReach::Park(key),
        Scope::Organisation(key) => ListReach::Organisation(small(key)),
        Scope::Registrar(key) => ListReach::Registrar(small(key)),
    }
}

fn check_text(text: &str) -> Result<(), Refusal> {
    if text.chars().count() > TEXT_CHARACTERS_MAX {
        return Err(Refusal::invalid(
            "contract.list.text",
            format!("查找内容过长，请不超过 {TEXT_CHARACTERS_MAX} 字。"),
            format!("the text is too long; search for at most {TEXT_CHARACTERS_MAX} characters"),
        ));
    }
    Ok(())
}
