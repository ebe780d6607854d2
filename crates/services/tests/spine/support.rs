//! An application on a test database with the shipped region data, cut down to what the tests name.

use std::sync::LazyLock;

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::date;
use jiff::tz::TimeZone;
use xiaoxiang_domain::bulletin::{Dimension, Direction};
use xiaoxiang_domain::fact::Source;
use xiaoxiang_domain::period::Period;
use xiaoxiang_domain::region::RegionLayer;
use xiaoxiang_services::bulletin::{TableAsk, make_table};
use xiaoxiang_services::contract::{Consent, ImportReport, ImportRequest, Strictness, import_contracts};
use xiaoxiang_services::region::import_region;
use xiaoxiang_services::{Actor, App, Clock, Refusal};
use xiaoxiang_statistics::table::RowKey;
use xiaoxiang_store::Db;

pub static ACTOR: LazyLock<Actor> = LazyLock::new(|| Actor::operator("tests"));
/// Provinces whose divisions are kept; the others would only cost time.
const PROVINCES: [&str; 4] = ["11", "43", "44", "46"];

/// Count, contract value and technology value in fen.
pub type Sums = (i64, i128, i128);
/// Sums by row key; 0 is what lies outside all rows.
pub type Rows = BTreeMap<u32, Sums>;

pub fn app_on(db: Db) -> App {
    let now = date(2026, 11, 22).at(9, 0, 0, 0).to_zoned(TimeZone::UTC).unwrap().timestamp();
    App::new(db, Clock::new(move || now))
}

pub async fn app_with_region(db: Db) -> App {
    let app = app_on(db);
    import_region(&app, &ACTOR, &layers()).await.unwrap();
    app
}

/// `china` and `hunan` as shipped, without maps, calendars, English names and far provinces.
pub fn layers() -> Vec<RegionLayer> {
    ["china", "hunan"].map(layer).to_vec()
}

fn layer(name: &str) -> RegionLayer {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../regions").join(name);
    let mut files = BTreeMap::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let inner = path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
            if path.is_dir() && inner != "map" && inner != "calendar" {
                folders.push(path);
            } else if path.is_file() && inner != "names_en.csv" {
                let text = std::fs::read_to_string(&path).unwrap();
                let text = if inner == "divisions.csv" { near_provinces(&text) } else { text };
                files.insert(inner, text);
            }
        }
    }
    RegionLayer { name: name.to_owned(), files }
}

fn near_provinces(text: &str) -> String {
    let is_kept = |line: &&str| {
        let is_code = line.get(..6).is_some_and(|code| code.bytes().all(|byte| byte.is_ascii_digit()));
        !is_code || PROVINCES.iter().any(|province| line.starts_with(province))
    };
    text.lines().filter(is_kept).map(|line| format!("{line}\n")).collect()
}

/// How a file is to be imported.
#[derive(Clone, Copy)]
pub struct How {
    pub source: Source,
    pub strictness: Strictness,
    pub consent: Consent,
    pub is_dry_run: bool,
}

pub const REGISTRY: How = How {
    source: Source::Registry,
    strictness: Strictness::AllOrNothing,
    consent: Consent::ListOnly,
    is_dry_run: false,
};
pub const ACCEPTING: How = How { consent: Consent::AcceptChanges, ..REGISTRY };
pub const EXCHANGE: How = How { source: Source::Exchange, ..ACCEPTING };
pub const KEEPING: How = How { strictness: Strictness::KeepValid, ..REGISTRY };

pub async fn import(app: &App, bytes: Vec<u8>, how: How) -> Result<ImportReport, Refusal> {
    let request = ImportRequest {
        source: how.source,
        file_name: "文件",
        bytes,
        strictness: how.strictness,
        consent: how.consent,
        is_dry_run: how.is_dry_run,
    };
    import_contracts(app, &ACTOR, request, |_| ()).await
}

pub fn period(text: &str) -> Period {
    text.parse().unwrap()
}

pub fn ask(direction: Direction, by: Dimension, months: &str) -> TableAsk {
    TableAsk::new(direction, by, period(months))
}

/// The non-empty rows of a table, and what lies outside them under 0; checked to add up to the total.
pub async fn table(app: &App, ask: &TableAsk) -> Rows {
    let made = make_table(app, ask).await.unwrap().table;
    let mut rows = Rows::new();
    for row in made.rows.iter().chain(&made.outside) {
        let key = match row.key {
            RowKey::Key(key) => key,
            _ => 0,
        };
        if !row.cell.is_empty() {
            let sums = (row.cell.count, row.cell.contract_value, row.cell.technology_value);
            add(&mut rows, key, sums);
        }
    }
    let total = rows.values().fold((0, 0, 0), |sum: Sums, row| (sum.0 + row.0, sum.1 + row.1, sum.2 + row.2));
    let cell = made.total.cell;
    assert_eq!(total, (cell.count, cell.contract_value, cell.technology_value), "rows add up to the total");
    rows
}

pub fn add(rows: &mut Rows, key: u32, sums: Sums) {
    let entry = rows.entry(key).or_default();
    *entry = (entry.0 + sums.0, entry.1 + sums.1, entry.2 + sums.2);
}

/// A generator whose stream never changes (SplitMix64).
#[derive(Clone)]
pub struct Draw(pub u64);

impl Draw {
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }

    pub fn of<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[usize::try_from(self.below(items.len() as u64)).unwrap()]
    }
}

/// A credit code with a right check character, made independently of the domain's check.
pub fn credit_code(serial: u64) -> String {
    const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    let body = format!("91430000{serial:09}");
    let mut weight = 1;
    let mut sum = 0;
    for byte in body.bytes() {
        sum += weight * ALPHABET.iter().position(|letter| *letter == byte).unwrap();
        weight = weight * 3 % 31;
    }
    format!("{body}{}", char::from(ALPHABET[(31 - sum % 31) % 31]))
}
