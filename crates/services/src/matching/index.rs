//! The index that matching and the market search in (检索索引): two shelves that follow the log, in a folder of this node.
//!
//! One shelf holds what everybody may read, the other what may be read after signing in; what needs more than that is on
//! neither. They are separate indexes, so that no rank, count or word frequency tells a stranger of what is kept back.
//! The records are what counts: a missing, damaged or foreign index is made again from them, and readers are served
//! meanwhile with what there is and are told so.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tempfile::TempDir;
use xiaoxiang_domain::market::DisclosureLevel;
use xiaoxiang_matching::INDEX_VERSION;
use xiaoxiang_matching::index::{Engine, IndexFault};
use xiaoxiang_matching::meaning::{Encoder, Side};

use super::records::{self, Change, RecordKey};
use super::refused;
use crate::app::App;
use crate::follow::Followed;
use crate::refusal::Refusal;
use crate::region::RegionInForce;

/// How long a reader waits for the index to come up to date; then it gets what there is.
const PATIENCE: Duration = Duration::from_millis(400);
/// Positions of the log whose records go into the index between two commits.
const POSITIONS_AT_ONCE: i64 = 4_000;
/// The index does not rest on region data.
const NO_REGION: i64 = 0;
/// The file beside the shelves that says up to where in which log they are complete.
const PLACE_FILE: &str = "place.json";
/// Version of that file and of the choice of records; another has the index made again.
const PLACE_VERSION: u32 = 2;

/// How far the index is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexState {
    /// It holds everything that was committed.
    Complete,
    /// It is being made or brought up to date; what is found may lack the latest.
    Behind,
    /// It cannot be written (the disk is full or broken); what is found may lack the latest.
    Broken,
}

/// The index of this node, shared by everything that searches.
#[derive(Debug)]
pub(crate) struct MatchIndex {
    place: Mutex<Folder>,
    shelves: RwLock<Option<Arc<Shelves>>>,
    /// Where the shelves stand; whoever brings them up to date holds it.
    followed: tokio::sync::Mutex<Option<Followed>>,
    last_fault: Mutex<Option<String>>,
}

/// Where the index lies.
#[derive(Debug)]
enum Folder {
    /// In a folder that is gone with the program.
    Temporary(Option<TempDir>),
    Kept(PathBuf),
}

/// The two indexes.
pub(super) struct Shelves {
    /// What everybody may read.
    public: Engine,
    /// What may be read after signing in.
    signed_in: Engine,
    /// Whether another process writes them, and this one only reads.
    is_foreign: bool,
}

impl std::fmt::Debug for Shelves {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Shelves({} documents)", self.signed_in.documents())
    }
}

impl Shelves {
    /// The shelf of a reader. Who has given an undertaking searches what the signed-in search.
    pub fn of(&self, reader: DisclosureLevel) -> &Engine {
        if reader.reads(DisclosureLevel::SignedIn) { &self.signed_in } else { &self.public }
    }

    fn both(&self) -> [(&Engine, DisclosureLevel); 2] {
        [(&self.public, DisclosureLevel::Public), (&self.signed_in, DisclosureLevel::SignedIn)]
    }

    fn open(folder: &Path) -> Result<Self, IndexFault> {
        let (public, signed_in) = (folder.join("public"), folder.join("signed-in"));
        match Engine::open(&public) {
            Ok(public) => Ok(Self { public, signed_in: Engine::open(&signed_in)?, is_foreign: false }),
            Err(IndexFault::Busy) => Ok(Self {
                public: Engine::open_to_read(&public)?,
                signed_in: Engine::open_to_read(&signed_in)?,
                is_foreign: true,
            }),
            Err(fault) => Err(fault),
        }
    }

    fn take(&self, changes: &[Change]) -> Result<(), IndexFault> {
        for (engine, level) in self.both() {
            let documents: Vec<_> =
                changes.iter().filter_map(|change| Some(change.record.as_ref()?.document(level))).collect();
            engine.put(&documents)?;
            for change in changes.iter().filter(|change| change.record.is_none()) {
                engine.remove(&change.key.to_string())?;
            }
        }
        Ok(())
    }

    fn roll_back(&self) -> Result<(), IndexFault> {
        self.both().into_iter().try_for_each(|(engine, _)| engine.roll_back())
    }

    fn commit(&self) -> Result<(), IndexFault> {
        self.both().into_iter().try_for_each(|(engine, _)| engine.commit())
    }
}

/// The content of [`PLACE_FILE`].
#[derive(Serialize, Deserialize)]
struct Place {
    version: u32,
    index_version: u32,
    followed: Followed,
}

impl Default for MatchIndex {
    fn default() -> Self {
        Self {
            place: Mutex::new(Folder::Temporary(None)),
            shelves: RwLock::default(),
            followed: tokio::sync::Mutex::default(),
            last_fault: Mutex::default(),
        }
    }
}

impl MatchIndex {
    /// An index that is kept in a folder.
    pub fn kept_in(folder: PathBuf) -> Self {
        Self { place: Mutex::new(Folder::Kept(folder)), ..Self::default() }
    }

    fn folder(&self) -> Result<PathBuf, IndexFault> {
        let mut place = lock(&self.place);
        match &mut *place {
            Folder::Kept(folder) => Ok(folder.clone()),
            Folder::Temporary(Some(folder)) => Ok(folder.path().to_owned()),
            Folder::Temporary(none) => {
                let folder = tempfile::tempdir()?;
                let path = folder.path().to_owned();
                *none = Some(folder);
                Ok(path)
            }
        }
    }

    fn present(&self) -> Option<Arc<Shelves>> {
        self.shelves.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The shelves as far as they come up to date in a reader's patience.
    pub(super) async fn newest(&self, app: &App) -> Result<(Arc<Shelves>, IndexState), Refusal> {
        let state = match tokio::time::timeout(PATIENCE, self.followed.lock()).await {
            Ok(mut followed) => self.catch_up(app, &mut followed, Some(PATIENCE)).await,
            Err(_) => Ok(IndexState::Behind),
        };
        let state = match state {
            Ok(state) => state,
            // Readers go on with what there is.
            Err(refusal) if self.present().is_some() && is_of_index(&refusal) => IndexState::Broken,
            Err(refusal) => return Err(refusal),
        };
        let fault = lock(&self.last_fault).clone().unwrap_or_default();
        let shelves = self.present().ok_or_else(|| refused(&IndexFault::Damaged(fault)))?;
        Ok((shelves, state))
    }

    /// Brings the index up to date however long it takes.
    pub async fn follow(&self, app: &App) -> Result<IndexState, Refusal> {
        let mut followed = self.followed.lock().await;
        self.catch_up(app, &mut followed, None).await
    }

    async fn catch_up(
        &self,
        app: &App,
        followed: &mut Option<Followed>,
        patience: Option<Duration>,
    ) -> Result<IndexState, Refusal> {
        let result = self.catch_up_at_all(app, followed, patience).await;
        *lock(&self.last_fault) = result.as_ref().err().map(ToString::to_string);
        result
    }

    async fn catch_up_at_all(
        &self,
        app: &App,
        followed: &mut Option<Followed>,
        patience: Option<Duration>,
    ) -> Result<IndexState, Refusal> {
        let began = Instant::now();
        let mut tx = app.db.read().await?;
        let region = app.region_in(&mut tx).await?;
        let head = xiaoxiang_store::log::head(&mut tx).await?;
        let newest = head.size - 1;
        let (mut shelves, mut place) = match (self.present(), followed.take()) {
            (Some(shelves), Some(place)) => (shelves, place),
            _ => self.open(&head.log_id).await?,
        };
        if shelves.is_foreign {
            let state = if place.position >= newest { IndexState::Complete } else { IndexState::Behind };
            *followed = Some(place);
            return Ok(state);
        }
        if !place.holds_of_log(&head, &mut tx).await? {
            drop(shelves);
            self.clear().await?;
            (shelves, place) = self.open(&head.log_id).await?;
        }
        drop(tx);
        while place.position < newest && patience.is_none_or(|patience| began.elapsed() < patience) {
            let until = newest.min(place.position + POSITIONS_AT_ONCE);
            if let Err(refusal) = self.take_up_to(app, &region, &shelves, &mut place, until).await {
                if is_of_index(&refusal) {
                    let rolled_back = in_background(shelves, Shelves::roll_back).await;
                    if let Err(fault) = rolled_back {
                        // Opened anew by whoever comes next.
                        *self.shelves.write().unwrap_or_else(PoisonError::into_inner) = None;
                        return Err(refused(&fault));
                    }
                }
                *followed = Some(place);
                return Err(refusal);
            }
        }
        let is_complete = place.position >= newest;
        *followed = Some(place);
        Ok(if is_complete { IndexState::Complete } else { IndexState::Behind })
    }

    /// Takes in what was committed after the place up to a position.
    async fn take_up_to(
        &self,
        app: &App,
        region: &RegionInForce,
        shelves: &Arc<Shelves>,
        place: &mut Followed,
        until: i64,
    ) -> Result<(), Refusal> {
        let mut tx = app.db.read().await?;
        let changes = records::changes_between(&mut tx, region, place.position, until).await?;
        let mut reached = place.clone();
        reached.reach(until, &mut tx).await?;
        drop(tx);
        if !changes.is_empty() {
            let taken = in_background(shelves.clone(), move |shelves| {
                shelves.take(&changes)?;
                shelves.commit()
            });
            taken.await.map_err(|fault| refused(&fault))?;
        }
        self.keep(&reached).map_err(|fault| refused(&fault))?;
        *place = reached;
        Ok(())
    }

    /// Opens what lies in the folder, or begins anew where that is damaged or of another version.
    async fn open(&self, log_id: &str) -> Result<(Arc<Shelves>, Followed), Refusal> {
        let folder = self.folder().map_err(|fault| refused(&fault))?;
        let at = folder.clone();
        let opened = tokio::task::spawn_blocking(move || {
            let place = read_place(&at);
            if place.is_none() && at.exists() && !is_written_elsewhere(&at) {
                empty(&at)?;
            }
            std::fs::create_dir_all(&at)?;
            match Shelves::open(&at) {
                Ok(shelves) => Ok((shelves, place)),
                Err(IndexFault::Damaged(_)) => {
                    empty(&at)?;
                    Ok((Shelves::open(&at)?, None))
                }
                Err(fault) => Err(fault),
            }
        });
        let opened = opened.await.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()));
        let (shelves, place) = opened.map_err(|fault| refused(&fault))?;
        let shelves = Arc::new(shelves);
        *self.shelves.write().unwrap_or_else(PoisonError::into_inner) = Some(shelves.clone());
        Ok((shelves, place.unwrap_or_else(|| Followed::nothing(log_id.to_owned(), NO_REGION))))
    }

    /// Empties the folder: the index is of another log.
    async fn clear(&self) -> Result<(), Refusal> {
        *self.shelves.write().unwrap_or_else(PoisonError::into_inner) = None;
        let folder = self.folder().map_err(|fault| refused(&fault))?;
        let emptied = tokio::task::spawn_blocking(move || empty(&folder));
        let emptied = emptied.await.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()));
        emptied.map_err(|error| refused(&IndexFault::Disk(error)))
    }

    /// Writes down where the shelves stand, after they were committed. A stop in between does the last step again, which
    /// changes nothing.
    fn keep(&self, followed: &Followed) -> Result<(), IndexFault> {
        let place =
            Place { version: PLACE_VERSION, index_version: INDEX_VERSION, followed: followed.clone() };
        let folder = self.folder()?;
        let text = serde_json::to_vec(&place).expect("invariant: a place is plain data");
        let mut file = tempfile::NamedTempFile::new_in(&folder)?;
        std::io::Write::write_all(&mut file, &text)?;
        file.persist(folder.join(PLACE_FILE)).map_err(|error| error.error)?;
        Ok(())
    }

    /// Has the encoder read a few documents that it has not read yet; gives how many it read.
    pub async fn read_some(&self, app: &App, most: usize) -> Result<usize, Refusal> {
        let Some(shelves) = self.present().filter(|shelves| !shelves.is_foreign) else { return Ok(0) };
        let mut read = 0;
        for (at, level) in [DisclosureLevel::Public, DisclosureLevel::SignedIn].into_iter().enumerate() {
            let unread = shelves.both()[at].0.unread(most);
            if unread.is_empty() {
                continue;
            }
            let mut tx = app.db.read().await?;
            let region = app.region_in(&mut tx).await?;
            let mut texts = Vec::new();
            for id in unread.iter().filter_map(|id| RecordKey::parse(id)) {
                if let Some(record) = records::read_record(&mut tx, &region, &id).await? {
                    texts.push((id.to_string(), record.document(level).text_to_read()));
                }
            }
            drop(tx);
            read += unread.len();
            in_background(shelves.clone(), move |shelves| {
                let engine = shelves.both()[at].0;
                for (id, text) in texts {
                    engine.keep_reading(&id, &Encoder::shipped().reading(&text, Side::Answer));
                }
                engine.commit()
            })
            .await
            .map_err(|fault| refused(&fault))?;
        }
        Ok(read)
    }
}

/// Work that takes a processor for a while, away from the threads that answer requests.
pub(super) async fn in_background<T: Send + 'static>(
    shelves: Arc<Shelves>,
    work: impl FnOnce(&Shelves) -> Result<T, IndexFault> + Send + 'static,
) -> Result<T, IndexFault> {
    let done = tokio::task::spawn_blocking(move || work(&shelves)).await;
    done.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()))
}

fn is_of_index(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::Invalid { code: super::INDEX_FAULT, .. })
}

fn read_place(folder: &Path) -> Option<Followed> {
    let place: Place = serde_json::from_slice(&std::fs::read(folder.join(PLACE_FILE)).ok()?).ok()?;
    let is_ours = place.version == PLACE_VERSION && place.index_version == INDEX_VERSION;
    is_ours.then_some(place.followed)
}

/// Whether another process is about to make the index of this folder.
fn is_written_elsewhere(folder: &Path) -> bool {
    matches!(Engine::open(&folder.join("public")), Err(IndexFault::Busy))
}

/// Empties a folder of what an index lays there; other files stay.
fn empty(folder: &Path) -> std::io::Result<()> {
    for part in ["public", "signed-in"] {
        let part = folder.join(part);
        if part.exists() {
            std::fs::remove_dir_all(part)?;
        }
    }
    let place = folder.join(PLACE_FILE);
    if place.exists() { std::fs::remove_file(place) } else { Ok(()) }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
