//! The background task that follows changes once the log has come to rest: it screens the book (真实性筛查) and tells of
//! published figures that wait for a correction (订正). At the start of a server at once, so that a demo has its flags while
//! its first page is read.

use std::time::Duration;

use tokio::task::JoinHandle;
use xiaoxiang_services::bulletin::announce_corrections;
use xiaoxiang_services::screening::{Effort, When, newest_position, screen_book};
use xiaoxiang_services::{Actor, App, Refusal};

/// How often the log is looked at.
const PAUSE: Duration = Duration::from_secs(5);
/// Looks after which the book is screened although the log still grows: five minutes.
const LOOKS_MAX: u32 = 60;
/// Who screens, as the log names it.
const ACTOR: &str = "screening";

/// The task of this node; of several nodes the fastest writes.
#[derive(Debug)]
pub struct ScreeningWorker(JoinHandle<()>);

impl ScreeningWorker {
    /// Starts it.
    #[must_use]
    pub fn start(app: &App) -> Self {
        Self(tokio::spawn(work(app.clone())))
    }

    /// Stops it; what it has not written it finds again at the next start.
    pub fn stop(self) {
        self.0.abort();
    }
}

async fn work(app: App) {
    let actor = Actor::operator(ACTOR);
    let (mut seen, mut screened, mut looks) = (None, None, 0_u32);
    let mut is_first = true;
    loop {
        if !std::mem::take(&mut is_first) {
            tokio::time::sleep(PAUSE).await;
        }
        let newest = match newest_position(&app).await {
            Ok(newest) => newest,
            Err(refusal) => {
                tracing::warn!(error = ?refusal, "the log was not read; the book is screened later");
                continue;
            }
        };
        if screened == Some(newest) {
            continue;
        }
        looks += 1;
        if screened.is_some() && seen != Some(newest) && looks < LOOKS_MAX {
            seen = Some(newest);
            continue;
        }
        looks = 0;
        match screen_book(&app, &actor, When::Changed, Effort::Half).await {
            Ok(Some(book)) => {
                tracing::info!(
                    contracts = book.contracts,
                    questions = book.questions(),
                    "the book was screened"
                );
            }
            Ok(None) | Err(Refusal::NoRegion) => {}
            Err(refusal) => tracing::error!(error = ?refusal, "the book was not screened"),
        }
        match announce_corrections(&app).await {
            Ok(_) | Err(Refusal::NoRegion) => {}
            Err(refusal) => tracing::error!(error = ?refusal, "corrections were not announced"),
        }
        screened = Some(newest);
    }
}
