//! Random histories through the services: the read model followed step by step, the one rebuilt from nothing, SQL, and
//! a plain model in memory agree to the fen.
//!
//! `XIAOXIANG_SOAK_HISTORIES` sets how many histories each database is given.

use std::collections::BTreeMap;

use jiff::civil::date;
use xiaoxiang_domain::attribution::ParkCompany;
use xiaoxiang_domain::bulletin::{Dimension, Direction};
use xiaoxiang_domain::contract::{Contract, Side};
use xiaoxiang_domain::fact::{Source, Standing};
use xiaoxiang_domain::money::Fen;
use xiaoxiang_domain::region::DivisionCode;
use xiaoxiang_services::attribution::{NewObjection, decide_objection, raise_objection, replace_park_list};
use xiaoxiang_services::bulletin::TableAsk;
use xiaoxiang_services::contract::record_contract;
use xiaoxiang_services::{App, Refusal};
use xiaoxiang_store::Db;
use xiaoxiang_store::testing::TestDb;

use super::rows::{Place, Row, one, slow};
use super::sheets::national_csv;
use super::support::{
    ACCEPTING, ACTOR, Draw, EXCHANGE, How, Rows, add, app_on, app_with_region, ask, credit_code, import,
    table,
};

const HISTORIES: u64 = 2;
const STEPS: u64 = 24;
/// Steps after which all figures are compared.
const COMPARED_EVERY: u64 = 8;
/// A park without a code, whose companies come from its list.
const LISTED_PARK: u32 = 109;
/// Where objections settle: name of the division, its city and county.
const DECIDED: [(u32, u32, u32); 3] =
    [(430_102, 430_100, 430_102), (430_203, 430_200, 430_203), (433_101, 433_100, 433_101)];

/// How many histories each database is given.
pub fn histories() -> u64 {
    std::env::var("XIAOXIANG_SOAK_HISTORIES").map_or(HISTORIES, |text| text.parse().expect("a number"))
}

/// What the model holds of all contracts at one position.
#[derive(Clone, Default)]
pub struct Model {
    pub rows: BTreeMap<String, Row>,
    decided: BTreeMap<(String, Side), Place>,
    park_companies: Vec<u64>,
}

impl Model {
    /// The rows as they must count: decided places and listed parks in.
    pub fn counted(&self) -> Vec<Row> {
        let listed: Vec<String> = self.park_companies.iter().map(|serial| credit_code(*serial)).collect();
        let counted = self.rows.values().map(|row| {
            let mut row = row.clone();
            for side in [Side::Seller, Side::Buyer] {
                let party = if side == Side::Seller { &mut row.seller } else { &mut row.buyer };
                let stated_park = party.place.park;
                if let Some(place) = self.decided.get(&(row.number.clone(), side)) {
                    party.place = Place { park: stated_park, ..*place };
                }
                if listed.contains(&party.credit_code) {
                    party.place.park = LISTED_PARK;
                }
            }
            row
        });
        counted.collect()
    }
}

pub struct History<'a> {
    app: &'a App,
    pub draw: Draw,
    pub model: Model,
    serial: u64,
    /// The model after each step, by log position.
    seen: Vec<(i64, Model)>,
}

impl<'a> History<'a> {
    pub fn new(app: &'a App, seed: u64) -> Self {
        Self { app, draw: Draw(seed), model: Model::default(), serial: seed * 100_000, seen: Vec::new() }
    }

    pub async fn step(&mut self) {
        match self.draw.below(9) {
            0..=2 => self.register(Source::Registry).await,
            3 => self.register(Source::Exchange).await,
            4 => self.change().await,
            5 => self.cancel().await,
            6 => self.decide().await,
            7 => self.replace_park_list().await,
            _ => self.overlap().await,
        }
        self.seen.push((self.app.figures().await.unwrap().position(), self.model.clone()));
    }

    async fn import(&self, rows: &[Row], how: How) {
        let report = import(self.app, national_csv(rows), how).await.unwrap();
        assert_eq!(report.problem_count, 0, "{:?}", report.problems);
    }

    /// New contracts, some of them registered for days long gone.
    async fn register(&mut self, source: Source) {
        let count = self.draw.below(6) + 1;
        let mut rows: Vec<Row> = (0..count).map(|at| one(&mut self.draw, self.serial + at)).collect();
        self.serial += count;
        rows.iter_mut().for_each(|row| row.source = source);
        let how = if source == Source::Exchange { EXCHANGE } else { ACCEPTING };
        self.import(&rows, how).await;
        self.model.rows.extend(rows.into_iter().map(|row| (row.number.clone(), row)));
    }

    fn any(&mut self) -> Option<Row> {
        let numbers: Vec<&String> = self.model.rows.keys().collect();
        if numbers.is_empty() {
            return None;
        }
        Some(self.model.rows[*self.draw.of(&numbers)].clone())
    }

    /// Another day, amount and place.
    async fn change(&mut self) {
        let Some(old) = self.any() else { return };
        let mut new = one(&mut self.draw, 0);
        new.number = old.number;
        new.source = old.source;
        let how = if new.source == Source::Exchange { EXCHANGE } else { ACCEPTING };
        self.import(std::slice::from_ref(&new), how).await;
        self.model.rows.insert(new.number.clone(), new);
    }

    /// One contract at a time, as an officer cancels it.
    async fn cancel(&mut self) {
        let Some(mut row) = self.any() else { return };
        let mut tx = self.app.db.read().await.unwrap();
        let versions = xiaoxiang_store::contract::list_versions(&mut tx, &row.number).await.unwrap();
        drop(tx);
        let mut contract: Contract = serde_json::from_str(&versions.last().unwrap().record).unwrap();
        contract.standing = Standing::Withdrawn;
        contract.contract_value = Fen(row.value_fen);
        record_contract(self.app, &ACTOR, row.source, contract).await.unwrap();
        row.standing = "注销";
        self.model.rows.insert(row.number.clone(), row);
    }

    async fn decide(&mut self) {
        let Some(row) = self.any() else { return };
        let side = *self.draw.of(&[Side::Seller, Side::Buyer]);
        let (division, city, county) = *self.draw.of(&DECIDED);
        let objection = NewObjection {
            registration_number: row.number.clone(),
            side,
            claimed_division: DivisionCode(division),
            raised_by: "示例市".to_owned(),
            reason: "研发在本市".to_owned(),
        };
        let id = match raise_objection(self.app, &ACTOR, &objection).await {
            Ok(id) => id,
            Err(Refusal::Invalid { code: "attribution.same_place", .. }) => {
                let stated = if side == Side::Seller { row.seller.place } else { row.buyer.place };
                let counted = self.model.decided.get(&(row.number.clone(), side)).copied().unwrap_or(stated);
                assert_eq!((counted.city, counted.county), (city, county), "{}", row.number);
                return;
            }
            Err(refusal) => panic!("{refusal:?}"),
        };
        decide_objection(self.app, &ACTOR, &id, DivisionCode(division), "同意").await.unwrap();
        let place = Place { written: "", country: "", city, county, park: 0 };
        self.model.decided.insert((row.number, side), place);
    }

    async fn replace_park_list(&mut self) {
        let companies: Vec<u64> = (0..40).filter(|_| self.draw.below(4) == 0).collect();
        let line = |serial: &u64| ParkCompany {
            park_key: LISTED_PARK,
            credit_code: credit_code(*serial),
            name: format!("示例单位{serial}"),
            valid_from: date(2000, 1, 1),
            valid_to: None,
        };
        replace_park_list(self.app, &ACTOR, LISTED_PARK, companies.iter().map(line).collect()).await.unwrap();
        self.model.park_companies = companies;
    }

    /// The exchange delivers what the registry holds, with another amount; the registry what the exchange delivered.
    async fn overlap(&mut self) {
        let Some(mut row) = self.any() else { return };
        row.value_fen += 1;
        if row.source == Source::Registry {
            self.import(&[row], EXCHANGE).await;
        } else {
            row.source = Source::Registry;
            self.import(std::slice::from_ref(&row), ACCEPTING).await;
            self.model.rows.insert(row.number.clone(), row);
        }
    }

    /// Now, and as of a position drawn from the past.
    async fn compare(&mut self, followed: &App) {
        let rebuilt = app_on(self.app.db.clone());
        let newest = self.seen.last().unwrap().clone();
        let past = self.draw.of(&self.seen).clone();
        for (position, model) in [newest, past] {
            // Of several steps at one position (nothing was written) the last model holds, and they are the same.
            let rows = model.counted();
            for direction in Direction::ALL {
                for by in [
                    Dimension::City,
                    Dimension::County,
                    Dimension::Park,
                    Dimension::Type,
                    Dimension::BuyerKind,
                ] {
                    for year in [2016, 2017] {
                        let asked =
                            TableAsk { as_of: Some(position), ..ask(direction, by, &year.to_string()) };
                        let what = format!("{direction:?} by {by:?} in {year} as of {position}");
                        let expected = slow(&rows, direction, by, year);
                        assert_eq!(table(self.app, &asked).await, expected, "{what}");
                        assert_eq!(table(followed, &asked).await, expected, "followed: {what}");
                        assert_eq!(table(&rebuilt, &asked).await, expected, "rebuilt: {what}");
                    }
                }
                let by_sql = cities_by_sql(&self.app.db, direction, position).await;
                assert_eq!(by_sql, slow(&rows, direction, Dimension::City, 2017), "SQL: {direction:?}");
            }
        }
    }
}

/// Cities of 2017 by SQL over all facts ever written.
async fn cities_by_sql(db: &Db, direction: Direction, position: i64) -> Rows {
    const SQL: &str = "WITH held AS (
            SELECT f.seller_division, f.buyer_division, f.source, f.standing, f.registered_on, f.contract_value_fen,
                   f.technology_value_fen,
                   ROW_NUMBER() OVER (PARTITION BY f.contract_key ORDER BY c.position DESC, f.fact_id DESC) AS nth
              FROM contract_fact f
              JOIN change_set c ON c.change_set_id = f.change_set_id
             WHERE c.position <= $1)
        SELECT CASE WHEN $2 = 'absorbed' THEN buyer_division ELSE seller_division END / 100 * 100 AS city,
               COUNT(*), CAST(SUM(contract_value_fen) AS BIGINT), CAST(SUM(technology_value_fen) AS BIGINT)
          FROM held
         WHERE nth = 1 AND standing = 'counted' AND substr(registered_on, 1, 4) = '2017'
           AND CASE $2 WHEN 'registered' THEN source = 'registry'
                       WHEN 'output' THEN seller_division / 10000 = 43
                       WHEN 'absorbed' THEN buyer_division / 10000 = 43
                       ELSE seller_division / 10000 = 43 AND buyer_division / 10000 = 43 END
         GROUP BY 1";
    let found = match db {
        Db::Sqlite { readers, .. } => {
            sqlx::query_as(SQL).bind(position).bind(direction.code()).fetch_all(readers).await
        }
        Db::Postgres(pool) => sqlx::query_as(SQL).bind(position).bind(direction.code()).fetch_all(pool).await,
    };
    let found: Vec<(i64, i64, i64, i64)> = found.unwrap();
    let mut rows = Rows::new();
    for (city, count, value, technology) in found {
        let key = u32::try_from(city).unwrap();
        let key = if key / 10_000 == 43 { key } else { 0 };
        add(&mut rows, key, (count, value.into(), technology.into()));
    }
    rows
}

async fn live(app: &App, seed: u64) {
    let followed = app_on(app.db.clone());
    let mut history = History::new(app, seed);
    for step in 1..=STEPS {
        history.step().await;
        // The second reader follows in strides of its own.
        if step % 3 == 0 {
            followed.figures().await.unwrap();
        }
        if step % COMPARED_EVERY == 0 {
            history.compare(&followed).await;
        }
    }
}

fn live_through(kind: &str) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        for seed in 1..=histories() {
            let made = if kind == "sqlite" { TestDb::sqlite().await } else { TestDb::postgres().await };
            let app = app_with_region(made.db.clone()).await;
            live(&app, seed).await;
            made.end().await;
        }
    });
}

#[test]
fn figures_agree_on_random_histories_on_sqlite() {
    live_through("sqlite");
}

#[test]
fn figures_agree_on_random_histories_on_postgres() {
    live_through("postgres");
}
