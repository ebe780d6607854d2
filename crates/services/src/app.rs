//! What every use case is given: the database, the clock, randomness, and the read models.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use xiaoxiang_domain::bulletin::{Direction, PrintedTable};
use xiaoxiang_domain::period::Period;
use xiaoxiang_domain::region::DivisionCode;
use xiaoxiang_store::Db;

use crate::access::{Hashing, SessionLimits};
use crate::attribution::Footing;
use crate::bulletin::{BulletinDetail, DataStanding, FigureModel, FrozenMark, Latest, PlaceFigures};
use crate::contract::ListingModel;
use crate::follow::{Followed, Following};
use crate::kept::Kept;
use crate::matching::MatchIndex;
use crate::refusal::Refusal;
use crate::region::RegionInForce;
use crate::screening::BookModel;

/// Tells the time; passed in, so that tests and repeated runs decide what «today» is.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// A clock that asks `now`.
    pub fn new(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The present instant.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }

    /// The present instant in milliseconds.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        self.now().as_millisecond()
    }

    /// The legal day in a region's time zone.
    #[must_use]
    pub fn today_in(&self, time_zone: &TimeZone) -> Date {
        self.now().to_zoned(time_zone.clone()).date()
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Clock")
    }
}

/// City, direction and months of a kept table of counties.
type CountyKey = (DivisionCode, Direction, Period);

/// Everything that use cases share.
#[derive(Clone, Debug)]
pub struct App {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    pub(crate) sessions: SessionLimits,
    pub(crate) figure_model: Arc<Following<FigureModel>>,
    pub(crate) listing: Arc<Following<ListingModel>>,
    pub(crate) screened_book: Arc<Following<BookModel>>,
    pub(crate) region: Arc<tokio::sync::RwLock<Option<Arc<RegionInForce>>>>,
    pub(crate) footing: Arc<tokio::sync::RwLock<Option<Footing>>>,
    pub(crate) hashing: Arc<Hashing>,
    pub(crate) data_standing: Arc<Kept<Followed, (), DataStanding>>,
    pub(crate) latest_bulletin: Arc<Kept<Followed, (), Option<Arc<Latest>>>>,
    pub(crate) published_bulletins: Arc<Kept<Followed, String, BulletinDetail>>,
    pub(crate) place_figures: Arc<Kept<FrozenMark, Option<DivisionCode>, PlaceFigures>>,
    pub(crate) county_figures: Arc<Kept<Followed, CountyKey, Option<PrintedTable>>>,
    pub(crate) outlines: Arc<Kept<i64, DivisionCode, String>>,
    pub(crate) match_index: Arc<MatchIndex>,
}

impl App {
    /// Puts the parts together; nothing is read yet.
    #[must_use]
    pub fn new(db: Db, clock: Clock) -> Self {
        Self {
            db,
            clock,
            sessions: SessionLimits::default(),
            figure_model: Arc::default(),
            listing: Arc::default(),
            screened_book: Arc::default(),
            region: Arc::default(),
            footing: Arc::default(),
            hashing: Arc::default(),
            data_standing: Arc::default(),
            latest_bulletin: Arc::default(),
            published_bulletins: Arc::default(),
            place_figures: Arc::default(),
            county_figures: Arc::default(),
            outlines: Arc::default(),
            match_index: Arc::default(),
        }
    }

    /// The same parts with other limits for sessions.
    #[must_use]
    pub fn with_sessions(self, sessions: SessionLimits) -> Self {
        Self { sessions, ..self }
    }

    /// The same parts with an index that is kept in a folder; without one it is gone with the program.
    #[must_use]
    pub fn with_index_in(self, folder: PathBuf) -> Self {
        Self { match_index: Arc::new(MatchIndex::kept_in(folder)), ..self }
    }

    /// The same parts by another clock.
    #[must_use]
    pub fn with_clock(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }

    /// A new UUIDv7 at the clock's instant.
    pub fn new_id(&self) -> Result<String, Refusal> {
        let mut random = [0; 10];
        getrandom::fill(&mut random).map_err(|error| Refusal::Randomness(error.to_string()))?;
        let millis = u64::try_from(self.clock.now_ms()).unwrap_or(0);
        Ok(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid().to_string())
    }

    /// Fresh random bytes for a salt or a key.
    pub fn random_32(&self) -> Result<[u8; 32], Refusal> {
        let mut random = [0; 32];
        getrandom::fill(&mut random).map_err(|error| Refusal::Randomness(error.to_string()))?;
        Ok(random)
    }
}
