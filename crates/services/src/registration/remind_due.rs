//! Reminds of decisions that are due soon (临期提醒): the registrars of the point that handles the application, once for each
//! due day. A correction starts the clock anew, and with another due day comes another reminder.

use jiff::ToSpan;
use xiaoxiang_domain::access::{Role, Scope};
use xiaoxiang_domain::contract::procedure::ApplicationState;
use xiaoxiang_domain::notice::{NamedValue, Notice, NoticeKind, Whom};
use xiaoxiang_store::registration::{self as store, APPLICATIONS_PAGE_MAX, ApplicationFilter};

use crate::app::App;
use crate::notice::{Occasion, notify};
use crate::refusal::Refusal;

/// How many working days before the due day one is reminded.
pub const REMINDER_WORKING_DAYS: u32 = 2;
/// Reminders of one transaction.
const REMINDERS_AT_ONCE: usize = 50;

/// Reminds of every application whose decision is due within two working days, or was due already and nobody was told.
/// Gives how many these are.
pub async fn remind_of_due_decisions(app: &App) -> Result<usize, Refusal> {
    let mut read = app.db.read().await?;
    let region = app.region_in(&mut read).await?;
    let today = app.clock.today_in(&region.time_zone);
    let ahead = region.region.calendar().add_working_days(today, REMINDER_WORKING_DAYS);
    // Next year's holidays are not announced: what is due this year is due within these days.
    let ahead = ahead.unwrap_or_else(|| today.saturating_add(i64::from(REMINDER_WORKING_DAYS).days()));
    let last_day = ahead.to_string();
    let states = ApplicationState::ALL.into_iter().filter(|state| state.is_with_registrar());
    let states: Vec<&str> = states.map(ApplicationState::code).collect();
    let filter =
        ApplicationFilter { states: format!(",{},", states.join(",")), ..ApplicationFilter::default() };
    let mut after = (String::new(), String::new());
    let mut due = Vec::new();
    loop {
        let page = store::list(&mut read, &filter, (&after.0, &after.1), APPLICATIONS_PAGE_MAX).await?;
        let Some(last) = page.last() else { break };
        after = store::place_of(last);
        let before = due.len();
        // The most pressing come first.
        due.extend(page.iter().filter_map(|row| {
            let due_on = row.due_on.clone().filter(|day| *day <= last_day)?;
            Some((due_on, row.clone()))
        }));
        if due.len() - before < page.len() {
            break;
        }
    }
    drop(read);
    for some in due.chunks(REMINDERS_AT_ONCE) {
        let mut tx = app.db.begin(app.clock.now_ms()).await?;
        for (due_on, row) in some {
            let notice = Notice {
                kind: NoticeKind::DecisionDue,
                subject: format!("application:{}", row.application_id),
                values: vec![NamedValue::same("project", &row.project_name), NamedValue::same("day", due_on)],
                path: format!("/applications/{}", row.application_id),
            };
            let record = format!("application:{}:due:{due_on}", row.application_id);
            let whom = [Whom::Over(Role::Registrar, Scope::Registrar(row.registrar_key))];
            notify(app, &mut tx, Occasion::Once { record: &record, author: None }, &notice, &whom).await?;
        }
        tx.keep_unlogged().await?;
    }
    Ok(due.len())
}
