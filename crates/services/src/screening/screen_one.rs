//! One new contract against the book, which is kept in memory and follows the log.

use std::sync::{Arc, Mutex, PoisonError};

use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::contract::Contract;
use xiaoxiang_domain::contract::screen::{Flag, ScreenRules};
use xiaoxiang_store::{StoreError, Tx};

use super::load_book::LoadedBook;
use super::{book_refused, rules_of};
use crate::actor::Actor;
use crate::app::App;
use crate::contract::places_of;
use crate::follow::ReadModel;
use crate::refusal::Refusal;
use crate::region::RegionInForce;

/// What the log writes when personal data, by which relations are seen, are erased.
const ERASED_KIND: &str = "contract.personal_data_erased";

/// The book at one moment; locked while a contract is tried.
#[derive(Debug)]
pub(crate) struct BookModel {
    rules: Option<ScreenRules>,
    loaded: Option<Mutex<LoadedBook>>,
}

impl ReadModel for BookModel {
    fn nothing(region: &Arc<RegionInForce>) -> Self {
        Self { rules: ScreenRules::of(&region.region), loaded: None }
    }

    async fn catch_up(&mut self, tx: &mut Tx, after: i64, _: i64) -> Result<(), Refusal> {
        let Some(rules) = &self.rules else { return Ok(()) };
        // What the book holds cannot be changed there, only added to.
        let is_changed = !xiaoxiang_store::contract::list_changed_after(tx, after).await?.is_empty()
            || xiaoxiang_store::log::has_kind_after(tx, after, ERASED_KIND).await?;
        let held = self.loaded.take().filter(|_| !is_changed);
        let loaded = match held {
            Some(held) => {
                let mut loaded = held.into_inner().unwrap_or_else(PoisonError::into_inner);
                loaded.enter_after(tx, after).await?;
                loaded
            }
            None => LoadedBook::read(tx, rules).await?,
        };
        self.loaded = Some(Mutex::new(loaded));
        Ok(())
    }
}

/// What the screens would ask about a contract that is not on record yet, as somebody may read it: of the contracts
/// beside it only those that they may see are named.
///
/// The first call builds the book, which takes seconds a million contracts; later ones take milliseconds.
pub async fn screen_one(app: &App, actor: &Actor, contract: &Contract) -> Result<Vec<Flag>, Refusal> {
    let extent = actor.permit(Action::ReadFlags)?;
    let mut flags = {
        let current = app.screened_book.newest(app).await?;
        let Some(held) = &current.model().loaded else {
            rules_of(&app.region().await?.region)?;
            return Err(StoreError::Damaged("the book was not loaded".to_owned()).into());
        };
        let mut loaded = held.lock().unwrap_or_else(PoisonError::into_inner);
        loaded.book.flags_of_new(contract).map_err(book_refused)?
    };
    for part in flags.iter_mut().flat_map(|flag| &mut flag.evidence) {
        let mut seen = Vec::with_capacity(part.contracts.len());
        for number in std::mem::take(&mut part.contracts) {
            if places_of(app, &number).await?.lies_in(extent) {
                seen.push(number);
            }
        }
        part.contracts = seen;
    }
    Ok(flags)
}
