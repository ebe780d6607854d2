//! The background task that keeps the search index of this node up to date, holds what is new against what is there, runs
//! the searches that people keep, and has the encoder read what it has not read.

use std::time::Duration;

use tokio::task::JoinHandle;
use xiaoxiang_services::matching::{follow_records, match_new_records, read_documents, run_saved_searches};
use xiaoxiang_services::{App, Refusal};

/// How often the log is looked at: a changed record is to be found within a second.
const PAUSE: Duration = Duration::from_millis(400);
/// How long one waits where the index cannot be written.
const PAUSE_AFTER_FAULT: Duration = Duration::from_secs(20);
/// Documents that the encoder reads between two looks at the log.
const DOCUMENTS_AT_ONCE: usize = 8;

/// The task of this node.
#[derive(Debug)]
pub struct IndexWorker(JoinHandle<()>);

impl IndexWorker {
    /// Starts it.
    #[must_use]
    pub fn start(app: &App) -> Self {
        Self(tokio::spawn(work(app.clone())))
    }

    /// Stops it; what was not written is done at the next start.
    pub fn stop(self) {
        self.0.abort();
    }
}

async fn work(app: App) {
    loop {
        let pause = match step(&app).await {
            // Somebody waits for what is still unread.
            Ok(true) => continue,
            Ok(false) | Err(Refusal::NoRegion) => PAUSE,
            Err(refusal) => {
                tracing::error!(error = ?refusal, "the search index was not brought up to date");
                PAUSE_AFTER_FAULT
            }
        };
        tokio::time::sleep(pause).await;
    }
}

/// Gives whether there is more to do.
async fn step(app: &App) -> Result<bool, Refusal> {
    follow_records(app).await?;
    let has_more = match_new_records(app).await? | run_saved_searches(app).await?;
    Ok(read_documents(app, DOCUMENTS_AT_ONCE).await? > 0 || has_more)
}
