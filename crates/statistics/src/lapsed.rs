//! Partners of the year before who have not registered a contract again (上年合作未续签): the nearest thing to a
//! forecast that the records themselves give.

use std::collections::{BTreeMap, HashSet};

use xiaoxiang_domain::bulletin::Direction;
use xiaoxiang_domain::contract::Side;
use xiaoxiang_domain::fact::ContractFact;
use xiaoxiang_domain::period::{Month, Period};

use crate::columns::Columns;
use crate::cross_table::{CrossQuery, QueryProblem, rows_behind};

/// A seller and a buyer with contracts last year and none together this year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lapsed {
    /// Which of the two lies in the place; the seller where both do.
    pub side: Side,
    /// Seller as an organisation.
    pub seller: u32,
    /// Buyer as an organisation.
    pub buyer: u32,
    /// Contracts last year.
    pub count: i64,
    /// 成交额 of them, in fen.
    pub contract_value: i128,
    /// The last of them.
    pub last: ContractFact,
}

impl Lapsed {
    /// Whether the same month has come again: what was registered in October is due by the end of October.
    #[must_use]
    pub fn is_due(&self, through: Month) -> bool {
        self.last.registered_on <= Month { year: through.year - 1, month: through.month }.last_day()
    }
}

/// The facts of a query with one direction and period whose keys are asked for, in no particular order.
///
/// # Errors
/// Where the query asks for what cannot be tabulated.
pub fn facts_where(
    columns: &Columns,
    query: &CrossQuery,
    is_asked: impl Fn(&[u32; 4]) -> bool,
) -> Result<Vec<ContractFact>, QueryProblem> {
    let located = rows_behind(columns, query, is_asked)?;
    let facts = located.into_iter().map(|(located, _)| {
        let (rows, at) = located.rows(columns);
        columns.decode(rows, at)
    });
    Ok(facts.collect())
}

/// The lapsed partners of a place in the year before `year`, largest contract value first. People are nobody's
/// partners: they have no key.
///
/// # Errors
/// Where the place does not belong to the region or the year lies outside the years of periods.
pub fn lapsed(columns: &Columns, place: u32, year: i16) -> Result<Vec<Lapsed>, QueryProblem> {
    let whole = |year: i16| Period::year(year).map_err(|_| QueryProblem::Spans);
    let of = |direction: Direction, period: Period| {
        let mut query = CrossQuery::new(&[], direction, period);
        query.within = Some(place);
        facts_where(columns, &query, |_| true)
    };
    let (this_year, year_before) = (whole(year)?, whole(year - 1)?);
    let mut renewed = HashSet::new();
    for direction in [Direction::Output, Direction::Absorbed] {
        renewed.extend(of(direction, this_year)?.iter().map(pair));
    }
    let mut found: BTreeMap<(u32, u32), Lapsed> = BTreeMap::new();
    let mut seen = HashSet::new();
    for (side, direction) in [(Side::Seller, Direction::Output), (Side::Buyer, Direction::Absorbed)] {
        for fact in of(direction, year_before)? {
            let (seller, buyer) = pair(&fact);
            // A contract inside the place counts on both sides and is one contract.
            if seller == 0
                || buyer == 0
                || renewed.contains(&(seller, buyer))
                || !seen.insert(fact.contract_key)
            {
                continue;
            }
            let entry = found.entry((seller, buyer)).or_insert(Lapsed {
                side,
                seller,
                buyer,
                count: 0,
                contract_value: 0,
                last: fact,
            });
            entry.count += 1;
            entry.contract_value += i128::from(fact.contract_value.0);
            if (fact.registered_on, fact.fact_id) > (entry.last.registered_on, entry.last.fact_id) {
                entry.last = fact;
            }
        }
    }
    let mut lapsed: Vec<Lapsed> = found.into_values().collect();
    lapsed.sort_by_key(|one| (std::cmp::Reverse(one.contract_value), one.seller, one.buyer));
    Ok(lapsed)
}

fn pair(fact: &ContractFact) -> (u32, u32) {
    (fact.seller_organisation, fact.buyer_organisation)
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Date, date};
    use xiaoxiang_domain::fact::{Source, Standing};
    use xiaoxiang_domain::money::Fen;

    use super::*;
    use crate::geography::{Geography, Place, PlaceLevel};

    const CHANGSHA: u32 = 430_100;

    fn fact(fact_id: i64, day: Date, parties: (u32, u32), places: (u32, u32), fen: i64) -> ContractFact {
        ContractFact {
            fact_id,
            contract_key: fact_id,
            position: fact_id,
            standing: Standing::Counted,
            source: Source::Registry,
            registered_on: day,
            contract_type: 1,
            field: 1,
            ip: 1,
            seller_kind: 1,
            buyer_kind: 1,
            seller_division: places.0,
            buyer_division: places.1,
            seller_park: 0,
            buyer_park: 0,
            seller_organisation: parties.0,
            buyer_organisation: parties.1,
            registrar: 1,
            contract_value: Fen(fen),
            technology_value: Fen(fen),
        }
    }

    fn columns(facts: &[ContractFact]) -> Columns {
        let place = |code, parent, level| Place { code, parent, level };
        let mut columns = Columns::new(Geography::new(
            430_000,
            &[place(CHANGSHA, 430_000, PlaceLevel::City), place(430_200, 430_000, PlaceLevel::City)],
        ));
        for fact in facts {
            columns.apply(fact).expect("a fact");
        }
        columns
    }

    #[test]
    fn who_dealt_last_year_and_not_this_year_is_listed_once() {
        let (here, there) = (CHANGSHA, 430_200);
        let columns = columns(&[
            fact(1, date(2025, 3, 1), (1, 2), (here, here), 100),
            fact(2, date(2025, 11, 5), (1, 2), (here, here), 50),
            fact(3, date(2025, 4, 1), (3, 4), (there, here), 900),
            // Renewed, too old, a person, another city's.
            fact(4, date(2025, 5, 1), (5, 6), (here, there), 700),
            fact(5, date(2026, 1, 1), (5, 6), (here, there), 1),
            fact(6, date(2024, 5, 1), (7, 8), (here, there), 700),
            fact(7, date(2025, 5, 1), (0, 8), (here, there), 700),
            fact(8, date(2025, 5, 1), (9, 8), (there, there), 700),
        ]);
        let found = lapsed(&columns, CHANGSHA, 2026).expect("a place of the region");
        let told: Vec<_> =
            found.iter().map(|one| (one.side, one.seller, one.count, one.contract_value)).collect();
        assert_eq!(told, [(Side::Buyer, 3, 1, 900), (Side::Seller, 1, 2, 150)]);
        let october = Month { year: 2026, month: 10 };
        assert!(found[0].is_due(october));
        assert!(!found[1].is_due(october), "its last contract was of November");
    }

    #[test]
    fn a_place_elsewhere_is_refused() {
        assert_eq!(lapsed(&columns(&[]), 110_000, 2026), Err(QueryProblem::UnknownDivision(110_000)));
    }
}
