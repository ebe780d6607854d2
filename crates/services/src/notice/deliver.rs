//! One delivery after another (投递): taken by a node for a while, tried outside any transaction, its outcome kept.

use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::notice::{
    ATTEMPTS_MAX, Channel, DeliveryFailure, DeliveryState, NoticeKind, delay_after_ms,
};
use xiaoxiang_store::delivery::{self as store, DeliveryEnd, DeliveryRow};
use xiaoxiang_store::{StoreError, WriteTx, job, notice, webhook};

use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// Deliveries listed at once.
const LISTED_MAX: i64 = 100;
/// Days after which what has left the house is forgotten; the inbox stays.
const DELIVERIES_KEPT_DAYS: i64 = 180;
/// Days after which jobs that were done are forgotten.
const JOBS_KEPT_DAYS: i64 = 30;
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// Who receives a parcel.
#[derive(Clone, PartialEq, Eq)]
pub enum Receiver {
    /// A person at an address of the channel.
    Person(String),
    /// A program.
    Program {
        /// Where it is called.
        url: String,
        /// What signs the call.
        secret: String,
    },
}

// Addresses and secrets must not get into the server's log by being printed.
impl std::fmt::Debug for Receiver {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Person(_) => "Person(***)",
            Self::Program { .. } => "Program(***)",
        })
    }
}

/// A delivery that this node has taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parcel {
    /// Id that the receiver sees, the same with every try.
    pub delivery_id: String,
    /// Number of this try, from 1.
    pub attempt: i64,
    /// By what.
    pub channel: Channel,
    /// To whom.
    pub receiver: Receiver,
    /// What it is about; none for a test call.
    pub kind: Option<NoticeKind>,
    /// The record.
    pub subject: String,
    /// Where to see it: a path without language.
    pub path: String,
    /// When it happened.
    pub at_ms: i64,
}

/// A delivery as the administrator sees it: to whom it goes is not said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryView {
    /// Id that the receiver sees.
    pub delivery_id: String,
    /// By what.
    pub channel: Channel,
    /// The program, where it goes to one.
    pub webhook_id: Option<String>,
    /// What it is about; none for a test call.
    pub kind: Option<NoticeKind>,
    /// Where it stands.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: i64,
    /// Since when it waits.
    pub created_at_ms: i64,
    /// When it is tried next.
    pub next_attempt_at_ms: i64,
    /// Why the latest try failed.
    pub failure: Option<DeliveryFailure>,
}

/// Takes the delivery of a channel that is due first, for `lease_ms`; none where nothing is due.
///
/// The try is counted when it begins: one that stops the whole program is not tried for ever. What nobody wants any more
/// is dropped on the way.
pub async fn take_delivery(
    app: &App,
    node: &str,
    channel: Channel,
    lease_ms: i64,
) -> Result<Option<Parcel>, Refusal> {
    loop {
        let now_ms = app.clock.now_ms();
        let mut tx = app.db.read().await?;
        let Some(due) = store::find_due(&mut tx, channel.code(), now_ms).await? else { return Ok(None) };
        drop(tx);
        let mut tx = app.db.begin(now_ms).await?;
        if !store::take(&mut tx, &due, node, now_ms + lease_ms).await? {
            continue;
        }
        let row = store::find(&mut tx, &due).await?.ok_or_else(|| damaged(&due))?;
        if row.attempts > ATTEMPTS_MAX {
            let end = DeliveryEnd {
                state: DeliveryState::GivenUp.code(),
                next_attempt_at_ms: now_ms,
                last_failure: row.last_failure.as_deref(),
            };
            store::end_try(&mut tx, &due, node, row.attempts, &end).await?;
            tx.keep_unlogged().await?;
            continue;
        }
        let Some(receiver) = receiver_of(&mut tx, &row).await? else {
            let end = DeliveryEnd {
                state: DeliveryState::Dropped.code(),
                next_attempt_at_ms: now_ms,
                last_failure: None,
            };
            store::end_try(&mut tx, &due, node, row.attempts, &end).await?;
            tx.keep_unlogged().await?;
            continue;
        };
        let event = notice::find_event(&mut tx, &row.event_id).await?.ok_or_else(|| damaged(&due))?;
        tx.keep_unlogged().await?;
        return Ok(Some(Parcel {
            delivery_id: row.delivery_id,
            attempt: row.attempts,
            channel,
            receiver,
            kind: NoticeKind::from_code(&event.kind),
            subject: event.subject,
            path: event.path,
            at_ms: event.at_ms,
        }));
    }
}

/// To whom a delivery goes at this moment; none where they no longer want it.
async fn receiver_of(tx: &mut WriteTx, row: &DeliveryRow) -> Result<Option<Receiver>, StoreError> {
    match (&row.person_id, &row.webhook_id) {
        (Some(person_id), None) => {
            let found = notice::find_open_channel(tx, person_id, &row.channel).await?;
            Ok(found.map(|found| Receiver::Person(found.address)))
        }
        (None, Some(webhook_id)) => {
            let found = webhook::find(tx, webhook_id).await?.filter(|found| found.is_on);
            Ok(found.map(|found| Receiver::Program { url: found.url, secret: found.secret }))
        }
        _ => Err(damaged(&row.delivery_id)),
    }
}

fn damaged(delivery_id: &str) -> StoreError {
    StoreError::Damaged(format!("delivery {delivery_id}"))
}

/// Keeps how a try ended: delivered, to be tried again after a while, or given up. Gives where the delivery stands; none
/// where another node has taken it over meanwhile.
pub async fn keep_outcome(
    app: &App,
    node: &str,
    parcel: &Parcel,
    outcome: Result<(), DeliveryFailure>,
) -> Result<Option<DeliveryState>, Refusal> {
    let now_ms = app.clock.now_ms();
    let failure = outcome.err();
    let wait_ms = failure.filter(|failure| !failure.is_final()).and_then(|_| delay_after_ms(parcel.attempt));
    let state = match (failure, wait_ms) {
        (None, _) => DeliveryState::Delivered,
        (Some(_), Some(_)) => DeliveryState::Waiting,
        (Some(_), None) => DeliveryState::GivenUp,
    };
    let last_failure = failure.map(DeliveryFailure::code);
    let end = DeliveryEnd {
        state: state.code(),
        next_attempt_at_ms: now_ms + wait_ms.unwrap_or(0),
        last_failure: last_failure.as_deref(),
    };
    let mut tx = app.db.begin(now_ms).await?;
    let is_kept = store::end_try(&mut tx, &parcel.delivery_id, node, parcel.attempt, &end).await?;
    tx.keep_unlogged().await?;
    Ok(is_kept.then_some(state))
}

/// Gives back what a stopping node has taken and not tried to the end.
pub async fn give_back_deliveries(app: &App, node: &str) -> Result<u64, Refusal> {
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    let given_back = store::give_back(&mut tx, node).await?;
    tx.keep_unlogged().await?;
    Ok(given_back)
}

/// The newest deliveries, for the administrator.
pub async fn list_deliveries(app: &App, actor: &Actor) -> Result<Vec<DeliveryView>, Refusal> {
    actor.permit(Action::ManageWebhooks)?;
    let mut tx = app.db.read().await?;
    let rows = store::list_newest(&mut tx, LISTED_MAX).await?;
    let view = |row: DeliveryRow| {
        let broken = || damaged(&row.delivery_id);
        Ok(DeliveryView {
            channel: Channel::from_code(&row.channel).ok_or_else(broken)?,
            state: DeliveryState::from_code(&row.state).ok_or_else(broken)?,
            kind: NoticeKind::from_code(&row.kind),
            failure: row.last_failure.as_deref().and_then(DeliveryFailure::from_code),
            delivery_id: row.delivery_id,
            webhook_id: row.webhook_id,
            attempts: row.attempts,
            created_at_ms: row.created_at_ms,
            next_attempt_at_ms: row.next_attempt_at_ms,
        })
    };
    rows.into_iter().map(view).collect()
}

/// Has a delivery tried again that was given up.
pub async fn retry_delivery(app: &App, actor: &Actor, delivery_id: &str) -> Result<(), Refusal> {
    actor.permit(Action::ManageWebhooks)?;
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    if !store::retry(&mut tx, delivery_id).await? {
        return Err(Refusal::stale("该投递", "this delivery"));
    }
    tx.keep_unlogged().await?;
    Ok(())
}

/// Forgets deliveries and jobs that have had their time.
pub async fn discard_outlived_notices(app: &App) -> Result<u64, Refusal> {
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin(now_ms).await?;
    let discarded = store::discard_ended(&mut tx, now_ms - DELIVERIES_KEPT_DAYS * DAY_MS).await?;
    let done = job::discard_done(&mut tx, now_ms - JOBS_KEPT_DAYS * DAY_MS).await?;
    tx.keep_unlogged().await?;
    Ok(discarded + done)
}
