//! Writes down what is to leave the house, after the commit (分发).

use xiaoxiang_domain::notice::Channel;
use xiaoxiang_store::delivery::{self, NewDelivery};
use xiaoxiang_store::job::{self, JobRow};
use xiaoxiang_store::{notice as store, webhook};

use super::notify::{SPREAD_JOB, stable_id};
use super::webhooks::{WEBHOOKS_MAX, wants};
use crate::app::App;
use crate::refusal::Refusal;

/// How often a job is tried that fails; then it waits for somebody to look.
pub const SPREAD_ATTEMPTS_MAX: i64 = 5;

/// Takes the oldest job and queues a delivery for every open channel of whoever has the notice in their inbox, where the
/// program can use that channel, and for every program that wants to know. Gives false where there was no job.
///
/// The job ends in the transaction that queues: each delivery exists once, however many nodes are at it.
pub async fn spread_next(app: &App, offered: &[Channel]) -> Result<bool, Refusal> {
    let mut tx = app.db.read().await?;
    let next = job::list_open_of(&mut tx, SPREAD_JOB, SPREAD_ATTEMPTS_MAX, 1).await?.pop();
    drop(tx);
    let Some(job) = next else { return Ok(false) };
    if let Err(refusal) = spread(app, &job, offered).await {
        let mut tx = app.db.begin(app.clock.now_ms()).await?;
        job::note_failure(&mut tx, job.job_id).await?;
        tx.keep_unlogged().await?;
        return Err(refusal);
    }
    Ok(true)
}

async fn spread(app: &App, job: &JobRow, offered: &[Channel]) -> Result<(), Refusal> {
    let event_id = &job.payload;
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    if !job::finish(&mut tx, job.job_id).await? {
        return Ok(());
    }
    let event =
        store::find_event(&mut tx, event_id).await?.ok_or_else(|| Refusal::NotFound(event_id.clone()))?;
    for reached in store::list_channels_of_event(&mut tx, event_id).await? {
        if offered.iter().any(|channel| channel.code() == reached.channel) {
            let id = stable_id(&["delivery", event_id, &reached.channel, &reached.person_id]);
            let new = NewDelivery {
                delivery_id: &id,
                channel: &reached.channel,
                event_id,
                person_id: Some(&reached.person_id),
                webhook_id: None,
            };
            delivery::save(&mut tx, &new).await?;
        }
    }
    for program in webhook::list(&mut tx, WEBHOOKS_MAX).await? {
        if program.is_on && wants(&program, &event.kind) {
            save_call(&mut tx, event_id, &program.webhook_id).await?;
        }
    }
    tx.keep_unlogged().await?;
    Ok(())
}

/// Queues the call of a program.
pub(super) async fn save_call(
    tx: &mut xiaoxiang_store::WriteTx,
    event_id: &str,
    webhook_id: &str,
) -> Result<String, Refusal> {
    let channel = Channel::Webhook.code();
    let id = stable_id(&["delivery", event_id, channel, webhook_id]);
    let new =
        NewDelivery { delivery_id: &id, channel, event_id, person_id: None, webhook_id: Some(webhook_id) };
    delivery::save(tx, &new).await?;
    Ok(id)
}
