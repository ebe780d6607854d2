//! Programs that want to be told (事件推送), subscribed by the administrator.

use serde_json::json;
use url::{Host, Url};
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::notice::NoticeKind;
use xiaoxiang_store::NewEntry;
use xiaoxiang_store::notice::{self, NewEvent};
use xiaoxiang_store::webhook::{self as store, WebhookRow};

use super::notify::event_id;
use super::signature::secret_text;
use super::spread::save_call;
use crate::access::checked;
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// Subscriptions at the most.
pub const WEBHOOKS_MAX: i64 = 50;
/// What a test call is about.
pub const TEST_KIND: &str = "test";
/// Longest address.
const URL_CHARACTERS_MAX: usize = 500;

/// A subscription to be made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewWebhook {
    /// What it is for.
    pub label: String,
    /// Where to call.
    pub url: String,
    /// What it wants to know.
    pub kinds: Vec<NoticeKind>,
}

/// A subscription just made; its secret is never seen again.
#[derive(Clone, Debug)]
pub struct SubscribedWebhook {
    /// Id.
    pub webhook_id: String,
    /// What signs the calls.
    pub secret: String,
}

/// A subscription, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookView {
    /// Id.
    pub webhook_id: String,
    /// What it is for.
    pub label: String,
    /// Where it is called.
    pub url: String,
    /// What it wants to know.
    pub kinds: Vec<NoticeKind>,
    /// Whether it is called.
    pub is_on: bool,
    /// When it was made.
    pub created_at_ms: i64,
}

/// Every subscription, oldest first.
pub async fn list_webhooks(app: &App, actor: &Actor) -> Result<Vec<WebhookView>, Refusal> {
    actor.permit(Action::ManageWebhooks)?;
    let mut tx = app.db.read().await?;
    let rows = store::list(&mut tx, WEBHOOKS_MAX).await?;
    Ok(rows
        .into_iter()
        .map(|row| WebhookView {
            kinds: row.kinds.split_whitespace().filter_map(NoticeKind::from_code).collect(),
            webhook_id: row.webhook_id,
            label: row.label,
            url: row.url,
            is_on: row.is_on,
            created_at_ms: row.created_at_ms,
        })
        .collect())
}

/// Makes a subscription with a secret of its own.
pub async fn subscribe_webhook(
    app: &App,
    actor: &Actor,
    new: &NewWebhook,
) -> Result<SubscribedWebhook, Refusal> {
    actor.permit(Action::ManageWebhooks)?;
    let label = checked("webhook.label", "用途", "purpose", &new.label)?;
    let url = checked_url(&new.url)?;
    let kinds: Vec<&str> =
        NoticeKind::ALL.into_iter().filter(|kind| new.kinds.contains(kind)).map(NoticeKind::code).collect();
    if kinds.is_empty() {
        return Err(Refusal::invalid(
            "webhook.kinds",
            "请至少选择一类事件。",
            "choose at least one kind of event",
        ));
    }
    let secret = secret_text(&app.random_32()?);
    let now_ms = app.clock.now_ms();
    let row = WebhookRow {
        webhook_id: app.new_id()?,
        label,
        url: url.to_string(),
        secret: secret.clone(),
        kinds: kinds.join(" "),
        is_on: true,
        created_at_ms: now_ms,
    };
    let mut tx = app.db.begin(now_ms).await?;
    // Under the log's lock, so that two subscriptions at once do not both find the last place free.
    tx.lock_log().await?;
    let present = store::list(&mut tx, WEBHOOKS_MAX).await?.len();
    if i64::try_from(present).unwrap_or(i64::MAX) >= WEBHOOKS_MAX {
        return Err(Refusal::invalid(
            "webhook.too_many",
            format!("最多 {WEBHOOKS_MAX} 个订阅。请先删除不用的订阅。"),
            format!("{WEBHOOKS_MAX} subscriptions at the most; remove one first"),
        ));
    }
    store::save(&mut tx, &row).await?;
    let entry = NewEntry {
        kind: "webhook.subscribed",
        subject: format!("webhook:{}", row.webhook_id),
        payload: json!({ "name": row.label, "host": url.host_str(), "kinds": kinds }),
    };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(SubscribedWebhook { webhook_id: row.webhook_id, secret })
}

/// Turns a subscription on or off. What already waits for it is dropped when its turn comes while it is off.
pub async fn turn_webhook(app: &App, actor: &Actor, webhook_id: &str, to: bool) -> Result<(), Refusal> {
    actor.permit(Action::ManageWebhooks)?;
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    if !store::turn(&mut tx, webhook_id, to).await? {
        return Err(Refusal::NotFound(webhook_id.to_owned()));
    }
    let entry = NewEntry {
        kind: "webhook.turned",
        subject: format!("webhook:{webhook_id}"),
        payload: json!({ "is_on": to }),
    };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(())
}

/// Ends a subscription for good.
pub async fn withdraw_webhook(app: &App, actor: &Actor, webhook_id: &str) -> Result<(), Refusal> {
    actor.permit(Action::ManageWebhooks)?;
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    if !store::withdraw(&mut tx, webhook_id).await? {
        return Err(Refusal::NotFound(webhook_id.to_owned()));
    }
    let entry =
        NewEntry { kind: "webhook.withdrawn", subject: format!("webhook:{webhook_id}"), payload: json!({}) };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(())
}

/// Queues a call that says nothing but that it is a test; gives its id.
pub async fn test_webhook(app: &App, actor: &Actor, webhook_id: &str) -> Result<String, Refusal> {
    actor.permit(Action::ManageWebhooks)?;
    let key = format!("test:{}", app.new_id()?);
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    let found = store::find(&mut tx, webhook_id).await?;
    let found = found.ok_or_else(|| Refusal::NotFound(webhook_id.to_owned()))?;
    if !found.is_on {
        return Err(Refusal::invalid(
            "webhook.off",
            "该订阅已停用。请先启用，再试发。",
            "this subscription is off; turn it on first",
        ));
    }
    let event_id = event_id(app, &mut tx, &key).await?;
    let subject = format!("webhook:{webhook_id}");
    let event = NewEvent {
        event_id: &event_id,
        event_key: &key,
        kind: TEST_KIND,
        subject: &subject,
        named_values: "[]",
        path: "/webhooks",
    };
    notice::save_event(&mut tx, &event).await?;
    let delivery_id = save_call(&mut tx, &event_id, webhook_id).await?;
    tx.keep_unlogged().await?;
    Ok(delivery_id)
}

/// Whether a program wants to know of a kind.
pub(super) fn wants(webhook: &WebhookRow, kind: &str) -> bool {
    webhook.kinds.split_whitespace().any(|wanted| wanted == kind)
}

/// An address that may be called: over TLS, or on this machine itself, for trying things out. Whether the host's numbers
/// may be called shows only when it is.
fn checked_url(text: &str) -> Result<Url, Refusal> {
    let refused = || {
        Refusal::invalid(
            "webhook.url",
            "请填写 https:// 开头的完整地址，最多 500 个字符，不含用户名、口令和 #。",
            "give a full address that begins with https://, 500 characters at the most, without user, password and #",
        )
    };
    let text = text.trim();
    if text.chars().count() > URL_CHARACTERS_MAX || text.chars().any(char::is_control) {
        return Err(refused());
    }
    let url = Url::parse(text).map_err(|_| refused())?;
    let is_loopback = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => return Err(refused()),
    };
    let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_loopback);
    let is_plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    if is_safe && is_plain { Ok(url) } else { Err(refused()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_over_tls_are_called_beside_this_machine() {
        for text in [
            "https://hooks.example.gov.cn/in?from=xiaoxiang",
            " https://hooks.example.gov.cn:8443/ ",
            "http://127.0.0.1:9000/in",
            "http://[::1]:9000/",
            "http://localhost:9000/",
        ] {
            assert!(checked_url(text).is_ok(), "{text}");
        }
        for text in [
            "",
            "hooks.example.gov.cn",
            "http://hooks.example.gov.cn/",
            "ftp://hooks.example.gov.cn/",
            "https://",
            "https://user@hooks.example.gov.cn/",
            "https://a:b@hooks.example.gov.cn/",
            "https://x.example/#part",
            "http://127.0.0.1.example.org/",
            "http://localhost.example.org/",
            "file:///etc/passwd",
            "https://x.example/\r\nHost: y",
            "http://10.0.0.1/",
        ] {
            assert!(checked_url(text).is_err(), "{text}");
        }
    }
}
