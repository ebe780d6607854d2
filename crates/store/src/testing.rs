//! Databases for tests, each test with its own: a file in a temporary folder, or a clone of a migrated template.
//!
//! PostgreSQL is the server that `XIAOXIANG_TEST_POSTGRES` names. Where it is missing the test fails; it never skips.

#[cfg(unix)]
mod cluster;

use std::future::Future;
use std::panic::resume_unwind;
use std::str::FromStr as _;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection};

use crate::db::Db;

#[cfg(unix)]
pub use cluster::{Server, postgres_programs};

/// Names the PostgreSQL server of the tests.
pub const POSTGRES_VARIABLE: &str = "XIAOXIANG_TEST_POSTGRES";
/// The log's name in every test database.
pub const LOG_ID: &str = "test-log";

const HOW: &str =
    "run `cargo xtask test`, or `cargo xtask db start` and set it to what `cargo xtask db url` prints";
/// Held while the template is made; any number will do.
const TEMPLATE_LOCK: i64 = 7_243_392_162;
/// A backend that was told to end may take a moment.
const RENAME_TRIES: u32 = 100;
const RENAME_PAUSE: Duration = Duration::from_millis(20);

static DATABASES: AtomicU32 = AtomicU32::new(0);

/// A database of one test. [`TestDb::end`] removes it.
#[derive(Debug)]
pub struct TestDb {
    /// The database, migrated unless it was asked for empty.
    pub db: Db,
    /// What [`Db::connect`] takes to reach it a second time.
    pub address: String,
    place: Place,
}

#[derive(Debug)]
enum Place {
    Folder(tempfile::TempDir),
    Server { url: String, name: String },
}

impl TestDb {
    /// Makes a migrated SQLite file.
    pub async fn sqlite() -> Self {
        let made = Self::empty_sqlite().await;
        made.db.migrate(LOG_ID).await.expect("a new SQLite file is migrated");
        made
    }

    /// Makes an SQLite file without a schema.
    pub async fn empty_sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let address = format!("sqlite:{}", folder.path().join("test.db").display());
        let db = Db::connect(&address).await.expect("a new SQLite file can be opened");
        Self { db, address, place: Place::Folder(folder) }
    }

    /// Clones the migrated template on the PostgreSQL server of the tests.
    pub async fn postgres() -> Self {
        let url = postgres_url();
        let mut server = connect(&url).await;
        let template = ensure_template(&url, &mut server).await;
        Self::create(url, server, &template).await
    }

    /// Creates a database without a schema on the PostgreSQL server of the tests.
    pub async fn empty_postgres() -> Self {
        let url = postgres_url();
        let server = connect(&url).await;
        Self::create(url, server, "template0").await
    }

    async fn create(url: String, mut server: PgConnection, template: &str) -> Self {
        let number = DATABASES.fetch_add(1, Ordering::Relaxed);
        let name = format!("xiaoxiang_test_{}_{number}", std::process::id());
        // A killed test of the same process number may have left one behind.
        run(&mut server, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        run(&mut server, create_statement(&name, template)).await;
        server.close().await.expect("the server lets go");
        let address = with_database(&url, &name);
        let db = Db::connect(&address).await.expect("a database just made can be opened");
        Self { db, address, place: Place::Server { url, name } }
    }

    /// Closes and removes the database.
    pub async fn end(self) {
        self.db.close().await;
        match self.place {
            Place::Folder(folder) => folder.close().expect("the temporary folder goes"),
            Place::Server { url, name } => {
                run(&mut connect(&url).await, format!("DROP DATABASE {name} WITH (FORCE)")).await;
            }
        }
    }
}

/// Runs a test on its own SQLite file.
pub fn on_sqlite<F: Future<Output = ()> + Send + 'static>(test: impl FnOnce(Db) -> F) {
    runtime().block_on(async { on(TestDb::sqlite().await, test).await });
}

/// Runs a test on its own PostgreSQL database.
pub fn on_postgres<F: Future<Output = ()> + Send + 'static>(test: impl FnOnce(Db) -> F) {
    runtime().block_on(async { on(TestDb::postgres().await, test).await });
}

/// Runs a test and removes its database, also where the test fails.
async fn on<F: Future<Output = ()> + Send + 'static>(made: TestDb, test: impl FnOnce(Db) -> F) {
    let outcome = tokio::spawn(test(made.db.clone())).await;
    made.end().await;
    if let Err(failure) = outcome {
        resume_unwind(failure.into_panic());
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime can be built")
}

/// The server's address from the environment.
///
/// # Panics
/// Where it is not set: a test that needs PostgreSQL never skips.
pub fn postgres_url() -> String {
    std::env::var(POSTGRES_VARIABLE)
        .unwrap_or_else(|_| panic!("{POSTGRES_VARIABLE} is not set, and this test needs PostgreSQL: {HOW}"))
}

async fn connect(url: &str) -> PgConnection {
    let options = PgConnectOptions::from_str(url)
        .unwrap_or_else(|error| panic!("{POSTGRES_VARIABLE} is no PostgreSQL address ({error}): {HOW}"));
    options
        .connect()
        .await
        .unwrap_or_else(|error| panic!("no PostgreSQL answers at {POSTGRES_VARIABLE} ({error}): {HOW}"))
}

/// Gives the template's name; the first test of these migrations makes it, under a lock and under another name until
/// it is whole.
async fn ensure_template(url: &str, server: &mut PgConnection) -> String {
    let name = format!("xiaoxiang_template_{}", crate::migrate::postgres_fingerprint());
    if database_exists(server, &name).await {
        return name;
    }
    sqlx::query("SELECT pg_advisory_lock($1)")
        .bind(TEMPLATE_LOCK)
        .execute(&mut *server)
        .await
        .expect("the template's lock is given");
    if !database_exists(server, &name).await {
        let unfinished = format!("{name}_unfinished");
        run(server, format!("DROP DATABASE IF EXISTS {unfinished} WITH (FORCE)")).await;
        run(server, create_statement(&unfinished, "template0")).await;
        let db = Db::connect(&with_database(url, &unfinished)).await.expect("the new template can be opened");
        db.migrate(LOG_ID).await.expect("the template is migrated");
        db.close().await;
        let rename = format!("ALTER DATABASE {unfinished} RENAME TO {name}");
        for attempt in 1.. {
            match sqlx::query(AssertSqlSafe(rename.clone())).execute(&mut *server).await {
                Ok(_) => break,
                Err(error) => assert!(attempt < RENAME_TRIES, "the template is still in use: {error}"),
            }
            tokio::time::sleep(RENAME_PAUSE).await;
        }
    }
    sqlx::query("SELECT pg_advisory_unlock($1)")
        .bind(TEMPLATE_LOCK)
        .execute(&mut *server)
        .await
        .expect("the template's lock is taken back");
    name
}

async fn database_exists(server: &mut PgConnection, name: &str) -> bool {
    let found: Option<(i32,)> = sqlx::query_as("SELECT 1 FROM pg_database WHERE datname = $1")
        .bind(name)
        .fetch_optional(server)
        .await
        .expect("the catalogue can be read");
    found.is_some()
}

/// Text ordered by code point, as on SQLite.
fn create_statement(name: &str, template: &str) -> String {
    let collation = if template == "template0" { " ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'" } else { "" };
    format!("CREATE DATABASE {name} TEMPLATE {template}{collation}")
}

async fn run(server: &mut PgConnection, statement: String) {
    sqlx::query(AssertSqlSafe(statement.clone()))
        .execute(server)
        .await
        .unwrap_or_else(|error| panic!("{statement}: {error}"));
}

/// The same server, another database.
fn with_database(url: &str, name: &str) -> String {
    let (place, options) = url.split_once('?').map_or((url, None), |(place, options)| (place, Some(options)));
    let server = place.rsplit_once('/').expect("an address ends in a database's name").0;
    options.map_or_else(|| format!("{server}/{name}"), |options| format!("{server}/{name}?{options}"))
}

/// Makes of each test two, `on_sqlite` and `on_postgres`, each with a database of its own.
#[macro_export]
macro_rules! both_backends {
    ($($(#[$meta:meta])* async fn $name:ident($db:ident: $kind:ty) $body:block)+) => {$(
        mod $name {
            use super::*;

            async fn body($db: $kind) $body

            $(#[$meta])*
            #[test]
            fn on_sqlite() {
                $crate::testing::on_sqlite(body);
            }

            $(#[$meta])*
            #[test]
            fn on_postgres() {
                $crate::testing::on_postgres(body);
            }
        }
    )+};
}
