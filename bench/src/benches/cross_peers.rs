//! The cross-table by SQL on PostgreSQL and on DuckDB, over the same rows, stored as an analyst would.

use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _};

use crate::data::Facts;
use crate::figure::micros;
use crate::place::{Backend, Setting};

/// Count and contract value of each direction.
pub type Sums = [(i128, i128); 3];

const POSTGRES_RUNS: usize = 5;
const DUCKDB_RUNS: usize = 21;

/// Two groupings, because sellers and buyers have cities of their own; a filter tells registered from output.
const TABLE: &str = "SELECT 1 AS side, seller_city AS city, month, contract_type,
       count(*) FILTER (WHERE registry) AS registered, sum(contract_value_fen) FILTER (WHERE registry) AS registered_fen,
       count(*) FILTER (WHERE seller_city > 0) AS output, sum(contract_value_fen) FILTER (WHERE seller_city > 0) AS output_fen
  FROM peer GROUP BY seller_city, month, contract_type
UNION ALL
SELECT 2, buyer_city, month, contract_type, count(*), sum(contract_value_fen), 0, 0
  FROM peer WHERE buyer_city > 0 GROUP BY buyer_city, month, contract_type";

const TOTALS: &str = "SELECT CAST(count(*) FILTER (WHERE registry) AS BIGINT),
       CAST(sum(contract_value_fen) FILTER (WHERE registry) AS BIGINT),
       CAST(count(*) FILTER (WHERE seller_city > 0) AS BIGINT),
       CAST(sum(contract_value_fen) FILTER (WHERE seller_city > 0) AS BIGINT),
       CAST(count(*) FILTER (WHERE buyer_city > 0) AS BIGINT),
       CAST(sum(contract_value_fen) FILTER (WHERE buyer_city > 0) AS BIGINT)
  FROM peer";

pub struct Postgres {
    pub version: String,
    pub workers: String,
    pub median: i128,
}

pub struct DuckDb {
    pub version: String,
    pub threads: i64,
    pub all_threads: i128,
    pub one_thread: i128,
    pub sums: Sums,
}

/// Fills a table on the server and times the query, warm.
pub async fn postgres(setting: &Setting, facts: &Facts, rows: i64) -> Result<(Postgres, Sums)> {
    let address = setting.new_database(Backend::Postgres, "cross").await?;
    let mut server = PgConnection::connect(&address).await?;
    let create = format!(
        "CREATE TABLE place AS SELECT * FROM (VALUES {}) AS t(number, division, city);
         CREATE TABLE peer AS SELECT {} {};
         VACUUM ANALYZE peer",
        facts.places_sql(),
        facts.peer_columns_sql("/"),
        source(facts, &format!("generate_series(CAST(1 AS BIGINT), {rows}) AS numbers(n)"))
    );
    for statement in create.split(';') {
        sqlx::query(AssertSqlSafe(statement.to_owned())).execute(&mut server).await?;
    }
    let mut times = Vec::new();
    for _ in 0..=POSTGRES_RUNS {
        let started = Instant::now();
        sqlx::query(TABLE).fetch_all(&mut server).await?;
        times.push(micros(started.elapsed()));
    }
    // The first run warms the cache.
    times.remove(0);
    times.sort_unstable();
    let totals = sqlx::query(TOTALS).fetch_one(&mut server).await?;
    let mut numbers = Vec::new();
    for column in 0..6 {
        numbers.push(i128::from(totals.try_get::<i64, _>(column)?));
    }
    let show = async |server: &mut PgConnection, what: &'static str| -> Result<String> {
        Ok(sqlx::query(what).fetch_one(server).await?.try_get(0)?)
    };
    let version = show(&mut server, "SHOW server_version").await?;
    let workers = show(&mut server, "SHOW max_parallel_workers_per_gather").await?;
    server.close().await?;
    setting.drop_database(&address).await?;
    let version = version.split(' ').next().unwrap_or_default().to_owned();
    Ok((Postgres { version, workers, median: times[times.len() / 2] }, sums(&numbers)?))
}

/// The same in DuckDB through Python, in memory.
pub fn duckdb(setting: &Setting, facts: &Facts, rows: i64) -> Result<DuckDb> {
    let program = format!(
        r#"
import duckdb, json, statistics, time
d = duckdb.connect()
d.execute("CREATE TABLE place AS SELECT * FROM (VALUES {places}) AS t(number, division, city)")
d.execute("""CREATE TABLE peer AS SELECT {columns} {source}""")
def median():
    d.execute("""{TABLE}""").fetchall()
    times = []
    for _ in range({DUCKDB_RUNS}):
        t = time.perf_counter_ns()
        d.execute("""{TABLE}""").fetchall()
        times.append(time.perf_counter_ns() - t)
    return int(statistics.median(times)) // 1000
threads = d.execute("SELECT current_setting('threads')").fetchone()[0]
all_threads = median()
d.execute("SET threads = 1")
one_thread = median()
sums = d.execute("""{TOTALS}""").fetchone()
print(json.dumps(dict(version=duckdb.__version__, threads=threads, all_threads=all_threads,
                      one_thread=one_thread, sums=sums)))
"#,
        places = facts.places_sql(),
        columns = facts.peer_columns_sql("//"),
        source = source(facts, &format!("range(1, {rows} + 1) AS numbers(n)"))
    );
    let file = setting.file("peer.py");
    std::fs::write(&file, program)?;
    let output = Command::new(&setting.python).arg(&file).output()?;
    if !output.status.success() {
        bail!("DuckDB: {}", String::from_utf8_lossy(&output.stderr));
    }
    let said: Value = serde_json::from_slice(&output.stdout)?;
    let number = |key: &str| said[key].as_i64().with_context(|| format!("DuckDB says no {key}"));
    let numbers: Vec<i128> =
        said["sums"].as_array().into_iter().flatten().filter_map(Value::as_i64).map(i128::from).collect();
    Ok(DuckDb {
        version: said["version"].as_str().unwrap_or_default().to_owned(),
        threads: number("threads")?,
        all_threads: number("all_threads")?.into(),
        one_thread: number("one_thread")?.into(),
        sums: sums(&numbers)?,
    })
}

fn source(facts: &Facts, numbers: &str) -> String {
    let (seller, buyer) = facts.place_numbers_sql();
    format!("FROM {numbers} JOIN place s ON s.number = {seller} JOIN place b ON b.number = {buyer}")
}

fn sums(numbers: &[i128]) -> Result<Sums> {
    match numbers {
        &[a, b, c, d, e, f] => Ok([(a, b), (c, d), (e, f)]),
        _ => bail!("a peer gave {} totals", numbers.len()),
    }
}
