//! Where the measuring happens: databases of its own, the region of the source tree, and a clock that stands still.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::sync::LazyLock;

use anyhow::{Context as _, Result, bail};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection};
use xiaoxiang_domain::region::{Region, RegionLayer};
use xiaoxiang_services::region::import_region;
use xiaoxiang_services::{Actor, App, Clock};
use xiaoxiang_store::Db;

/// Who does everything here.
pub static ACTOR: LazyLock<Actor> = LazyLock::new(|| Actor::operator("bench"));
/// Noon of [`TODAY`] in UTC.
const NOW: &str = "2026-11-22T04:00:00Z";
/// The region folders and the data of a run, seen from the root of the tree, where the task starts the program.
const REGIONS: &str = "regions";
const DATA: &str = "target/bench-data";
/// The day on which all of it happens.
pub const TODAY: Date = date(2026, 11, 22);

/// What `cargo xtask bench` gives.
#[derive(Debug)]
pub struct Setting {
    postgres: String,
    /// A Python that has DuckDB.
    pub python: PathBuf,
    /// Where the results go.
    pub json: Option<PathBuf>,
    rows: Option<i64>,
    folder: PathBuf,
}

/// The two databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

impl Backend {
    pub const BOTH: [Self; 2] = [Self::Sqlite, Self::Postgres];

    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

impl Setting {
    pub fn from_environment(rows: Option<i64>) -> Result<Self> {
        let wanted = |name: &str| {
            std::env::var(name).with_context(|| format!("{name} is missing; run `cargo xtask bench`"))
        };
        let folder = PathBuf::from(DATA);
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir_all(&folder)?;
        let folder = folder.canonicalize()?;
        Ok(Self {
            postgres: wanted("XIAOXIANG_BENCH_POSTGRES")?,
            python: wanted("XIAOXIANG_BENCH_PYTHON")?.into(),
            json: std::env::var_os("XIAOXIANG_BENCH_JSON").map(PathBuf::from),
            rows,
            folder,
        })
    }

    /// The number of rows: what was asked for, or what the target says.
    pub fn rows(&self, usual: i64) -> i64 {
        self.rows.unwrap_or(usual)
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The address of a database that an earlier bench of this run made.
    pub async fn made(&self, backend: Backend, name: &str) -> Result<Option<String>> {
        let address = self.address(backend, name)?;
        let is_there = match backend {
            Backend::Sqlite => self.file(&format!("{name}.db")).exists(),
            Backend::Postgres => {
                let mut server = PgConnection::connect(&self.postgres).await?;
                let found = sqlx::query("SELECT 1 FROM pg_database WHERE datname = $1")
                    .bind(format!("bench_{name}"))
                    .fetch_optional(&mut server)
                    .await?;
                server.close().await?;
                found.is_some()
            }
        };
        Ok(is_there.then_some(address))
    }

    fn address(&self, backend: Backend, name: &str) -> Result<String> {
        Ok(match backend {
            Backend::Sqlite => format!("sqlite:{}", self.file(&format!("{name}.db")).display()),
            Backend::Postgres => {
                let options = PgConnectOptions::from_str(&self.postgres)?;
                options.database(&format!("bench_{name}")).to_url_lossy().to_string()
            }
        })
    }

    /// The address of a new empty database.
    pub async fn new_database(&self, backend: Backend, name: &str) -> Result<String> {
        if backend == Backend::Postgres {
            let mut server = PgConnection::connect(&self.postgres).await?;
            for statement in [
                format!("DROP DATABASE IF EXISTS bench_{name} WITH (FORCE)"),
                format!("CREATE DATABASE bench_{name} TEMPLATE template0 ENCODING 'UTF8'"),
            ] {
                sqlx::query(AssertSqlSafe(statement)).execute(&mut server).await?;
            }
            server.close().await?;
        }
        self.address(backend, name)
    }

    /// Removes a database once it has been measured: a million contracts take gigabytes.
    pub async fn drop_database(&self, address: &str) -> Result<()> {
        if let Some(path) = address.strip_prefix("sqlite:") {
            for end in ["", "-wal", "-shm"] {
                let file = format!("{path}{end}");
                if Path::new(&file).exists() {
                    std::fs::remove_file(file)?;
                }
            }
            return Ok(());
        }
        let name = PgConnectOptions::from_str(address)?.get_database().unwrap_or_default().to_owned();
        let mut server = PgConnection::connect(&self.postgres).await?;
        let drop = format!("DROP DATABASE {name} WITH (FORCE)");
        sqlx::query(AssertSqlSafe(drop)).execute(&mut server).await?;
        Ok(server.close().await?)
    }
}

/// A clock that stands still: what is measured must not depend on the day.
pub fn clock() -> Clock {
    let now: Timestamp = NOW.parse().expect("invariant: the instant is written in RFC 3339");
    Clock::new(move || now)
}

/// An application on a database that is there.
pub async fn open(address: &str) -> Result<App> {
    Ok(App::new(Db::connect(address).await?, clock()))
}

/// An application on a new database with the region in force.
pub async fn create(address: &str) -> Result<App> {
    let app = open(address).await?;
    app.db.migrate("bench").await?;
    import_region(&app, &ACTOR, &layers()?).await?;
    Ok(app)
}

/// The region itself, parsed.
pub fn region() -> Result<Region> {
    Region::parse(&layers()?).map_err(|problems| anyhow::anyhow!("{} region problems", problems.len()))
}

fn layers() -> Result<Vec<RegionLayer>> {
    ["china", "hunan"]
        .map(|name| {
            let mut files = BTreeMap::new();
            read(&Path::new(REGIONS).join(name), "", &mut files)?;
            if files.is_empty() {
                bail!("regions/{name} is empty");
            }
            Ok(RegionLayer { name: name.to_owned(), files })
        })
        .into_iter()
        .collect()
}

fn read(folder: &Path, prefix: &str, files: &mut BTreeMap<String, String>) -> Result<()> {
    for entry in std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.metadata()?.is_dir() {
            read(&entry.path(), &format!("{name}/"), files)?;
        } else {
            files.insert(name, std::fs::read_to_string(entry.path())?);
        }
    }
    Ok(())
}
