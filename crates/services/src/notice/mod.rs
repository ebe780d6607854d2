//! Notices (通知): told with the decision, in the inbox exactly once, carried out of the house after the commit.
//!
//! A use case calls [`notify`] before it commits: the inbox rows and one job are part of its transaction, so that a
//! decision that is not taken tells nobody. A node takes the job, writes down what is to leave ([`spread_next`]), and
//! takes one delivery after another ([`take_delivery`], [`keep_outcome`]). What goes out carries an id that stays the
//! same with every try.

mod channels;
mod deliver;
mod inbox;
mod notify;
mod signature;
mod spread;
#[cfg(test)]
mod tests;
mod webhooks;

pub use channels::{ChannelSetting, list_channels, save_channel};
pub use deliver::{
    DeliveryView, Parcel, Receiver, discard_outlived_notices, give_back_deliveries, keep_outcome,
    list_deliveries, retry_delivery, take_delivery,
};
pub use inbox::{
    InboxPage, NOTICES_PER_PAGE, NoticeView, count_unread, list_notices, mark_all_read, mark_read,
    open_notice,
};
pub(crate) use notify::{Occasion, notify};
pub use signature::{SECRET_PREFIX, sign};
pub use spread::{SPREAD_ATTEMPTS_MAX, spread_next};
pub use webhooks::{
    NewWebhook, SubscribedWebhook, TEST_KIND, WEBHOOKS_MAX, WebhookView, list_webhooks, subscribe_webhook,
    test_webhook, turn_webhook, withdraw_webhook,
};
