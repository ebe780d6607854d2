//! Facts by a formula: the same row has the same content on every machine and in every database.

use jiff::civil::date;
use xiaoxiang_domain::fact::{ContractFact, Source, Standing};
use xiaoxiang_domain::money::Fen;
use xiaoxiang_domain::period::Month;
use xiaoxiang_domain::region::{DivisionLevel, Region};

/// The formula's modulus; every product of two remainders fits 64 bits.
const PRIME: i64 = 2_147_483_647;
/// Ten years.
pub const MONTHS: i64 = 120;
/// The first of them.
const MONTH_FIRST: Month = Month { year: 2016, month: 11 };
/// Places outside the region, as many as make a fifth of all places.
const OUTSIDE_SHARE: usize = 4;

/// One multiplier a column, so that columns do not depend on each other.
const TYPE: i64 = 48_271;
const FIELD: i64 = 69_621;
const IP: i64 = 1_103_515_245;
const SELLER_KIND: i64 = 742_938_285;
const BUYER_KIND: i64 = 950_706_376;
const SELLER_PLACE: i64 = 1_226_874_159;
const BUYER_PLACE: i64 = 62_089_911;
const SELLER_PARK: i64 = 1_343_714_438;
const BUYER_PARK: i64 = 630_360_016;
const SELLER: i64 = 397_204_094;
const BUYER: i64 = 1_583_458_089;
const REGISTRAR: i64 = 784_588_716;
const AMOUNT: i64 = 1_610_612_741;
const SOURCE: i64 = 805_306_457;
const DAY: i64 = 402_653_189;

/// Organisations that sell, and that buy.
pub const SELLERS: i64 = 20_000;
pub const BUYERS: i64 = 40_000;
const PARKS: i64 = 40;
pub const REGISTRARS: i64 = 30;
const AMOUNT_LIMIT: i64 = 2_000_000_000;

/// A number below `limit` for a row and a column.
fn draw(row: i64, column: i64, limit: i64) -> i64 {
    let mixed = row * column % PRIME;
    mixed * mixed % PRIME % limit
}

/// The same number in SQL; `n` is the row.
fn draw_sql(column: i64, limit: i64) -> String {
    format!("((n * {column} % {PRIME}) * (n * {column} % {PRIME}) % {PRIME} % {limit})")
}

/// A table's worth of facts.
#[derive(Debug)]
pub struct Facts {
    rows: i64,
    /// Division and number of its city, 0 for none.
    places: Vec<(u32, u32)>,
    parks: Vec<u32>,
}

impl Facts {
    pub fn new(region: &Region, rows: i64) -> Self {
        let mut places = Vec::new();
        for (city, number) in region.cities().iter().zip(1..) {
            let counties = region.divisions().children(*city);
            places.extend(counties.iter().map(|county| (county.0, number)));
        }
        let is_outside = |code| region.divisions().is_current(code) && !region.contains(code);
        let outside = region
            .divisions()
            .rows()
            .iter()
            .filter(|row| row.level == DivisionLevel::County && is_outside(row.code))
            .map(|row| (row.code.0, 0));
        let outside: Vec<(u32, u32)> = outside.step_by(7).take(places.len() / OUTSIDE_SHARE).collect();
        places.extend(outside);
        let parks = region.parks().all().iter().map(|park| park.key).take(PARKS as usize).collect();
        Self { rows, places, parks }
    }

    pub fn fact(&self, row: i64) -> ContractFact {
        let code = |column, limit| u16::try_from(1 + draw(row, column, limit)).expect("limits are small");
        let key = |column, limit| u32::try_from(1 + draw(row, column, limit)).expect("limits are small");
        let place = |column| self.places[index(draw(row, column, self.places.len() as i64))].0;
        // Every other contract is of a park.
        let park = |column| {
            self.parks.get(index(draw(row, column, 2 * self.parks.len() as i64))).copied().unwrap_or(0)
        };
        let months = i32::try_from((row - 1) * MONTHS / self.rows).expect("months are few");
        let month = Month::from_index(MONTH_FIRST.index() + months);
        let amount = draw(row, AMOUNT, AMOUNT_LIMIT);
        ContractFact {
            fact_id: row,
            contract_key: row,
            position: row,
            standing: Standing::Counted,
            source: if draw(row, SOURCE, 10) > 0 { Source::Registry } else { Source::Exchange },
            registered_on: date(
                month.year,
                month.month,
                i8::try_from(1 + draw(row, DAY, 28)).expect("a day is small"),
            ),
            contract_type: code(TYPE, 5),
            field: code(FIELD, 11),
            ip: code(IP, 9),
            seller_kind: code(SELLER_KIND, 6),
            buyer_kind: code(BUYER_KIND, 6),
            seller_division: place(SELLER_PLACE),
            buyer_division: place(BUYER_PLACE),
            seller_park: park(SELLER_PARK),
            buyer_park: park(BUYER_PARK),
            seller_organisation: key(SELLER, SELLERS),
            buyer_organisation: key(BUYER, BUYERS),
            registrar: key(REGISTRAR, REGISTRARS),
            contract_value: Fen(amount),
            technology_value: Fen(amount / 2),
        }
    }

    /// `VALUES` of the places: number, division, city.
    pub fn places_sql(&self) -> String {
        let rows: Vec<String> =
            (0..).zip(&self.places).map(|(at, (code, city))| format!("({at},{code},{city})")).collect();
        rows.join(",")
    }

    /// What the cross-table's peers store of a row, from `n` and the tables of places `s` and `b`.
    pub fn peer_columns_sql(&self, integer_division: &str) -> String {
        format!(
            "CAST(s.city AS SMALLINT) AS seller_city, CAST(b.city AS SMALLINT) AS buyer_city,
             CAST((n - 1) * {MONTHS} {integer_division} {} AS SMALLINT) AS month,
             CAST(1 + {} AS SMALLINT) AS contract_type, {} > 0 AS registry, {} AS contract_value_fen",
            self.rows,
            draw_sql(TYPE, 5),
            draw_sql(SOURCE, 10),
            draw_sql(AMOUNT, AMOUNT_LIMIT),
        )
    }

    /// The place of seller and buyer in SQL.
    pub fn place_numbers_sql(&self) -> (String, String) {
        let places = self.places.len() as i64;
        (draw_sql(SELLER_PLACE, places), draw_sql(BUYER_PLACE, places))
    }
}

fn index(number: i64) -> usize {
    usize::try_from(number).expect("a draw is not negative")
}
