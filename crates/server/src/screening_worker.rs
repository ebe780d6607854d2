//! The background tasks that follow changes once the log has come to rest: they tell of published figures that wait for a
//! correction (订正) and screen the book (真实性筛查). At the start of a server at once, so that a demo has its flags while
//! its first page is read. Beside them, what the calendar brings: reminders of decisions that are due soon (临期提醒).

use std::time::Duration;

use tokio::task::JoinHandle;
use xiaoxiang_services::bulletin::announce_corrections;
use xiaoxiang_services::demand::{expire_demands, remind_owners};
use xiaoxiang_services::lead::remind_overdue;
use xiaoxiang_services::registration::remind_of_due_decisions;
use xiaoxiang_services::screening::{Effort, When, newest_position, screen_book};
use xiaoxiang_services::{Actor, App, Refusal};

/// How often the log is looked at.
const PAUSE: Duration = Duration::from_secs(5);
/// Looks after which the work is done although the log still grows: five minutes.
const LOOKS_MAX: u32 = 60;
/// How often one looks for decisions that are due soon: a legal day begins at another hour in every time zone.
const REMINDER_PAUSE: Duration = Duration::from_secs(600);
/// Who screens, as the log names it.
const ACTOR: &str = "screening";

/// The tasks of this node; of several nodes the fastest writes.
#[derive(Debug)]
pub struct ScreeningWorker([JoinHandle<()>; 3]);

impl ScreeningWorker {
    /// Starts them. Each at its own pace: a screening takes its time, and whoever decides on corrections is told at once.
    #[must_use]
    pub fn start(app: &App) -> Self {
        let (screening, announcing) = (screen(app.clone()), announce(app.clone()));
        Self([tokio::spawn(screening), tokio::spawn(announcing), tokio::spawn(remind(app.clone()))])
    }

    /// Stops them; what was not written is found again at the next start.
    pub fn stop(self) {
        for task in self.0 {
            task.abort();
        }
    }
}

async fn screen(app: App) {
    let actor = Actor::operator(ACTOR);
    let mut rest = Rest::default();
    loop {
        let newest = rest.wait(&app).await;
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
        rest.done = Some(newest);
    }
}

async fn announce(app: App) {
    let mut rest = Rest::default();
    loop {
        let newest = rest.wait(&app).await;
        match announce_corrections(&app).await {
            Ok(_) | Err(Refusal::NoRegion) => {}
            Err(refusal) => tracing::error!(error = ?refusal, "corrections were not announced"),
        }
        rest.done = Some(newest);
    }
}

async fn watch_over_demands(app: &App) -> Result<(), Refusal> {
    expire_demands(app).await?;
    remind_owners(app).await?;
    remind_overdue(app).await?;
    Ok(())
}

async fn remind(app: App) {
    loop {
        match remind_of_due_decisions(&app).await {
            Ok(_) | Err(Refusal::NoRegion) => {}
            Err(refusal) => {
                tracing::error!(error = ?refusal, "nobody was reminded of decisions that are due")
            }
        }
        match watch_over_demands(&app).await {
            Ok(()) | Err(Refusal::NoRegion) => {}
            Err(refusal) => tracing::error!(error = ?refusal, "demands were not looked through"),
        }
        tokio::time::sleep(REMINDER_PAUSE).await;
    }
}

/// When the log has come to rest, or has grown for so long that it is time all the same.
#[derive(Debug, Default)]
struct Rest {
    /// Where the log ended at the last look.
    seen: Option<i64>,
    /// Where it ended when the work was last begun.
    done: Option<i64>,
    /// Looks since then at a log that grew.
    looks: u32,
    is_under_way: bool,
}

impl Rest {
    /// Waits until there is something to do and gives where the log ends; the first time at once.
    async fn wait(&mut self, app: &App) -> i64 {
        loop {
            if std::mem::replace(&mut self.is_under_way, true) {
                tokio::time::sleep(PAUSE).await;
            }
            let newest = match newest_position(app).await {
                Ok(newest) => newest,
                Err(refusal) => {
                    tracing::warn!(error = ?refusal, "the log was not read; it is looked at later");
                    continue;
                }
            };
            if self.done == Some(newest) {
                continue;
            }
            self.looks += 1;
            if self.done.is_some() && self.seen != Some(newest) && self.looks < LOOKS_MAX {
                self.seen = Some(newest);
                continue;
            }
            self.looks = 0;
            return newest;
        }
    }
}
