//! The background task that reads uploaded files: one at a time on each node.

use std::time::Duration;

use tokio::task::JoinHandle;
use xiaoxiang_services::contract::import_queue::{
    discard_outlived_uploads, give_back_import_runs, work_on_next_import,
};
use xiaoxiang_services::{App, Refusal};

/// How often the queue is looked at while it is empty.
const PAUSE: Duration = Duration::from_secs(1);
/// How many looks pass between two searches for files that have had their time: about an hour.
const LOOKS_BETWEEN_DISCARDS: u32 = 3_600;

/// The task of this node.
#[derive(Debug)]
pub struct ImportWorker {
    app: App,
    node: String,
    task: JoinHandle<()>,
}

impl ImportWorker {
    /// Starts it under a name that no other node has.
    pub fn start(app: &App) -> Result<Self, Refusal> {
        let node = app.new_id()?;
        let task = tokio::spawn(work(app.clone(), node.clone()));
        Ok(Self { app: app.clone(), node, task })
    }

    /// Stops it; what it has not read to the end goes back to the queue. Call it before the database is closed.
    pub async fn stop(self) {
        self.task.abort();
        if let Err(refusal) = give_back_import_runs(&self.app, &self.node).await {
            tracing::warn!(error = ?refusal, "imports under way were not given back; they resume when noticed");
        }
    }
}

async fn work(app: App, node: String) {
    let mut looks = 0_u32;
    loop {
        match work_on_next_import(&app, &node).await {
            // The next one follows at once.
            Ok(Some(_)) => continue,
            Ok(None) => {}
            Err(refusal) => tracing::error!(error = ?refusal, "import failed"),
        }
        if looks.is_multiple_of(LOOKS_BETWEEN_DISCARDS)
            && let Err(refusal) = discard_outlived_uploads(&app).await
        {
            tracing::warn!(error = ?refusal, "old uploads were not discarded");
        }
        looks = looks.wrapping_add(1);
        tokio::time::sleep(PAUSE).await;
    }
}
