//! Pages of lists: a cursor names a place in the order, not a row, so that it stays good while rows come and go.

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::extract::bad_query;
use crate::problem::Problem;

/// Most items of a page.
pub const LIMIT_MAX: usize = 200;
/// Items of a page where nothing is said.
pub const LIMIT_USUAL: usize = 50;

/// Which page of a list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// 上一页的 next · `next` of the page before.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    /// 每页条数，默认 50 · Items of a page, 50 by default.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<usize>,
}

/// One page of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The items in order.
    pub items: Vec<T>,
    /// What to send as `cursor` for the next page; null on the last.
    pub next: Option<String>,
}

/// In which direction a list is sorted by its keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sorted {
    /// Small keys first.
    Up,
    /// Large keys first.
    Down,
}

/// The limit asked for.
pub fn limit_of(limit: Option<usize>) -> Result<usize, Problem> {
    let limit = limit.unwrap_or(LIMIT_USUAL);
    if (1..=LIMIT_MAX).contains(&limit) {
        return Ok(limit);
    }
    Err(bad_query(&format!("limit: 1..{LIMIT_MAX}")))
}

/// One page of a list that is short enough to be read whole.
pub fn paged<T>(
    mut items: Vec<T>,
    sorted: Sorted,
    key: impl Fn(&T) -> String,
    query: &PageQuery,
) -> Result<Page<T>, Problem> {
    let limit = limit_of(query.limit)?;
    items.sort_by_key(&key);
    if sorted == Sorted::Down {
        items.reverse();
    }
    if let Some(cursor) = &query.cursor {
        let place = read_cursor(cursor)?;
        items.retain(|item| match sorted {
            Sorted::Up => key(item) > place,
            Sorted::Down => key(item) < place,
        });
    }
    let has_more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| has_more).map(|last| hex::encode(key(last)));
    Ok(Page { items, next })
}

impl<T> Page<T> {
    /// The same page with other items.
    pub fn map<U>(self, make: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(make).collect(), next: self.next }
    }
}

/// The key that a cursor names.
pub fn read_cursor(cursor: &str) -> Result<String, Problem> {
    let read = hex::decode(cursor).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    read.ok_or_else(|| {
        Problem::new(
            StatusCode::BAD_REQUEST,
            "request.cursor",
            "cursor 不是本接口给出的。请从第一页开始。",
            "the cursor is none of ours; begin with the first page",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_hold_every_item_once_in_order() {
        let all: Vec<String> = (0..7).map(|number| format!("{number}")).collect();
        for (sorted, limit) in [(Sorted::Up, 3), (Sorted::Down, 2), (Sorted::Up, 7), (Sorted::Down, 1)] {
            let mut seen = Vec::new();
            let mut query = PageQuery { cursor: None, limit: Some(limit) };
            loop {
                let page = paged(all.clone(), sorted, Clone::clone, &query).expect("a page");
                seen.extend(page.items);
                let Some(next) = page.next else { break };
                query.cursor = Some(next);
            }
            if sorted == Sorted::Down {
                seen.reverse();
            }
            assert_eq!(seen, all);
        }
    }

    #[test]
    fn a_forged_cursor_and_an_immoderate_limit_are_refused() {
        let ask = |cursor: Option<&str>, limit| PageQuery { cursor: cursor.map(str::to_owned), limit };
        for query in [ask(Some("zz"), None), ask(Some("ff"), None), ask(None, Some(0)), ask(None, Some(201))]
        {
            assert!(paged(vec!["a".to_owned()], Sorted::Up, Clone::clone, &query).is_err(), "{query:?}");
        }
    }
}
