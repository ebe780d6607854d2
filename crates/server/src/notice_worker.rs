//! The background tasks that carry notices out of the house: one at a time for each channel on each node, so that a blow
//! to the program repeats at the most the one that was under way there.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use xiaoxiang_domain::notice::{Channel, DeliveryState};
use xiaoxiang_services::notice::{
    discard_outlived_notices, give_back_deliveries, keep_outcome, spread_next, take_delivery,
};
use xiaoxiang_services::{App, Refusal};

use crate::operation::metrics;
use crate::outbound::Couriers;

/// How often a queue is looked at while it is empty.
const PAUSE: Duration = Duration::from_secs(1);
/// How many looks pass between two searches for what has had its time: about an hour.
const LOOKS_BETWEEN_DISCARDS: u32 = 3_600;
/// How long a stopping node waits for what is under way.
const STOP_TIME: Duration = Duration::from_secs(5);

/// The tasks of this node.
#[derive(Debug)]
pub struct NoticeWorker {
    app: App,
    node: String,
    stop: watch::Sender<bool>,
    lanes: JoinSet<()>,
}

impl NoticeWorker {
    /// Starts them under a name that no other node has.
    pub fn start(app: &App, couriers: Couriers) -> Result<Self, Refusal> {
        let node = app.new_id()?;
        let (stop, stopped) = watch::channel(false);
        let couriers = Arc::new(couriers);
        let mut lanes = JoinSet::new();
        lanes.spawn(spread(app.clone(), couriers.offered(), stopped.clone()));
        for channel in couriers.offered() {
            let lane = Lane { app: app.clone(), node: node.clone(), couriers: couriers.clone(), channel };
            lanes.spawn(lane.work(stopped.clone()));
        }
        Ok(Self { app: app.clone(), node, stop, lanes })
    }

    /// Stops them after what is under way, where that ends soon; else it goes back to the queue and is tried again, with
    /// the same id. Call it before the database is closed.
    pub async fn stop(mut self) {
        // Nobody listens where every lane has ended.
        let _ = self.stop.send(true);
        let ended = async { while self.lanes.join_next().await.is_some() {} };
        if tokio::time::timeout(STOP_TIME, ended).await.is_err() {
            self.lanes.shutdown().await;
        }
        if let Err(refusal) = give_back_deliveries(&self.app, &self.node).await {
            tracing::warn!(error = ?refusal, "deliveries under way were not given back; their time will run out");
        }
    }
}

/// Waits a little, or less where the node stops; gives whether it does.
async fn pause(stopped: &mut watch::Receiver<bool>) -> bool {
    // Without a sender there is nobody left to work for.
    tokio::time::timeout(PAUSE, stopped.wait_for(|is_stopped| *is_stopped)).await.is_ok()
}

async fn spread(app: App, offered: Vec<Channel>, mut stopped: watch::Receiver<bool>) {
    let mut looks = 0_u32;
    while !*stopped.borrow() {
        match spread_next(&app, &offered).await {
            // The next one follows at once.
            Ok(true) => continue,
            Ok(false) => {}
            Err(refusal) => tracing::error!(error = ?refusal, "a notice was not spread"),
        }
        if looks.is_multiple_of(LOOKS_BETWEEN_DISCARDS)
            && let Err(refusal) = discard_outlived_notices(&app).await
        {
            tracing::warn!(error = ?refusal, "old deliveries were not discarded");
        }
        looks = looks.wrapping_add(1);
        if pause(&mut stopped).await {
            return;
        }
    }
}

/// What carries the parcels of one channel.
#[derive(Debug)]
struct Lane {
    app: App,
    node: String,
    couriers: Arc<Couriers>,
    channel: Channel,
}

impl Lane {
    async fn work(self, mut stopped: watch::Receiver<bool>) {
        while !*stopped.borrow() {
            match deliver_next(&self.app, &self.node, &self.couriers, self.channel).await {
                Ok(true) => continue,
                Ok(false) => {}
                Err(refusal) => {
                    tracing::error!(channel = self.channel.code(), error = ?refusal, "delivery failed");
                }
            }
            if pause(&mut stopped).await {
                return;
            }
        }
    }
}

/// Takes the next parcel of a channel and carries it; gives false where none was due.
pub async fn deliver_next(
    app: &App,
    node: &str,
    couriers: &Couriers,
    channel: Channel,
) -> Result<bool, Refusal> {
    let taken = take_delivery(app, node, channel, couriers.lease_ms(channel)).await?;
    let Some(parcel) = taken else { return Ok(false) };
    let outcome = couriers.carry(&parcel).await;
    metrics().notice_carried(channel.code(), if outcome.is_ok() { "delivered" } else { "failed" });
    let state = keep_outcome(app, node, &parcel, outcome).await?;
    if let Err(failure) = outcome {
        let (id, attempt) = (&parcel.delivery_id, parcel.attempt);
        let (channel, failure) = (channel.code(), failure.code());
        if state == Some(DeliveryState::GivenUp) {
            tracing::warn!(id, channel, attempt, failure, "a delivery is given up");
        } else {
            tracing::info!(id, channel, attempt, failure, "a delivery failed and is tried again");
        }
    }
    Ok(true)
}
