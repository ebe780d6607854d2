//! Programs that are told, and what has left the house (事件推送与投递), for the administrator.

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing;
use serde::Deserialize;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::notice::{DeliveryState, NoticeKind};
use xiaoxiang_services::Refusal;
use xiaoxiang_services::notice::{
    DeliveryView, NewWebhook, SubscribedWebhook, WebhookView, list_deliveries, list_webhooks, retry_delivery,
    subscribe_webhook, test_webhook, turn_webhook, withdraw_webhook,
};

use super::people::FieldProblem;
use super::shell::{Section, Shell};
use super::visit::Visit;
use crate::language::Language;
use crate::routes::{Access, Route};

/// The page of subscriptions and deliveries.
const WEBHOOKS_PATH: &str = "/webhooks";

/// The routes of subscriptions and deliveries.
#[must_use]
pub fn routes() -> Vec<Route> {
    const MANAGE: Access = Access::Needs(Action::ManageWebhooks);
    vec![
        Route::page(WEBHOOKS_PATH, MANAGE, routing::get(show)),
        Route::form(WEBHOOKS_PATH, MANAGE, routing::post(subscribe)),
        Route::form("/webhooks/{webhook}/test", MANAGE, routing::post(test)),
        Route::form("/webhooks/{webhook}/on", MANAGE, routing::post(turn_on)),
        Route::form("/webhooks/{webhook}/off", MANAGE, routing::post(turn_off)),
        Route::form("/webhooks/{webhook}/withdraw", MANAGE, routing::post(withdraw)),
        Route::form("/deliveries/{delivery}/retry", MANAGE, routing::post(retry)),
    ]
}

/// A subscription.
#[derive(Debug)]
pub struct WebhookLine {
    webhook_id: String,
    label: String,
    url: String,
    kinds: String,
    is_on: bool,
}

/// A delivery.
#[derive(Debug)]
pub struct DeliveryLine {
    delivery_id: String,
    at: String,
    to: String,
    kind: &'static str,
    state: DeliveryState,
    state_word: &'static str,
    attempts: i64,
    /// Why the latest try failed, and when the next one is.
    trouble: String,
}

impl DeliveryLine {
    fn style(&self) -> &'static str {
        match self.state {
            DeliveryState::Delivered => "status-signed",
            DeliveryState::GivenUp => "status-corrected",
            DeliveryState::Waiting | DeliveryState::Dropped => "status-draft",
        }
    }

    fn may_be_retried(&self) -> bool {
        self.state == DeliveryState::GivenUp
    }
}

/// A kind of event that a subscription may want.
#[derive(Debug)]
pub struct KindChoice {
    code: &'static str,
    label: &'static str,
    is_chosen: bool,
}

/// The page of subscriptions and deliveries.
#[derive(Debug, Template)]
#[template(path = "webhooks.html")]
pub struct WebhooksPage {
    shell: Shell,
    done: Option<&'static str>,
    webhooks: Vec<WebhookLine>,
    deliveries: Vec<DeliveryLine>,
    kinds: Vec<KindChoice>,
    typed: NewWebhook,
    problem: Option<FieldProblem>,
    /// The secret of a subscription just made, shown this once.
    created: Option<String>,
}

impl WebhooksPage {
    fn about(&self, code: &str) -> Option<&str> {
        FieldProblem::about(self.problem.as_ref(), &[code])
    }

    fn given_up(&self) -> usize {
        self.deliveries.iter().filter(|line| line.may_be_retried()).count()
    }

    fn given_up_words(&self) -> String {
        self.shell.say("webhooks-given-up", [("count", &self.given_up().to_string())])
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct DoneQuery {
    done: String,
}

async fn show(visit: Visit, Query(query): Query<DoneQuery>) -> Response {
    let done = match query.done.as_str() {
        "test" => Some("webhooks-done-test"),
        "on" => Some("webhooks-done-on"),
        "off" => Some("webhooks-done-off"),
        "withdrawn" => Some("webhooks-done-withdrawn"),
        "retry" => Some("webhooks-done-retry"),
        _ => None,
    };
    match page(&visit, NewWebhook::default()).await {
        Ok(page) => visit.page(&WebhooksPage { done, ..page }),
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn page(visit: &Visit, typed: NewWebhook) -> Result<WebhooksPage, Refusal> {
    let language = visit.language;
    let actor = visit.actor();
    let webhooks = list_webhooks(&visit.app, &actor).await?;
    let zone = visit.app.region().await?.time_zone.clone();
    let line = |delivery: DeliveryView| {
        let (zh, en) = delivery.channel.label();
        let label = delivery.webhook_id.as_ref().map(|id| {
            let known = webhooks.iter().find(|webhook| webhook.webhook_id == *id);
            known.map_or_else(|| language.text("webhooks-gone").to_owned(), |webhook| webhook.label.clone())
        });
        let next = language.instant(delivery.next_attempt_at_ms, &zone);
        let (state_zh, state_en) = delivery.state.label();
        DeliveryLine {
            at: language.instant(delivery.created_at_ms, &zone),
            to: label.unwrap_or_else(|| language.pick(zh, en).to_owned()),
            kind: kind_label(language, delivery.kind),
            state: delivery.state,
            state_word: language.pick(state_zh, state_en),
            attempts: delivery.attempts,
            trouble: trouble(language, &delivery, &next),
            delivery_id: delivery.delivery_id,
        }
    };
    let deliveries = list_deliveries(&visit.app, &actor).await?.into_iter().map(line).collect();
    let kinds = NoticeKind::ALL.into_iter().map(|kind| KindChoice {
        code: kind.code(),
        label: kind_label(language, Some(kind)),
        is_chosen: typed.kinds.contains(&kind),
    });
    Ok(WebhooksPage {
        shell: visit.shell(Section::Webhooks, language.text("webhooks-title")),
        done: None,
        kinds: kinds.collect(),
        deliveries,
        webhooks: webhooks.into_iter().map(|webhook| webhook_line(language, webhook)).collect(),
        typed,
        problem: None,
        created: None,
    })
}

fn webhook_line(language: Language, webhook: WebhookView) -> WebhookLine {
    let labels: Vec<&str> = webhook.kinds.iter().map(|kind| kind_label(language, Some(*kind))).collect();
    WebhookLine {
        kinds: labels.join(language.pick("、", ", ")),
        webhook_id: webhook.webhook_id,
        label: webhook.label,
        url: webhook.url,
        is_on: webhook.is_on,
    }
}

fn kind_label(language: Language, kind: Option<NoticeKind>) -> &'static str {
    kind.map_or_else(
        || language.text("webhooks-test-kind"),
        |kind| {
            let (zh, en) = kind.title();
            language.pick(zh, en)
        },
    )
}

fn trouble(language: Language, delivery: &DeliveryView, next: &str) -> String {
    let why = delivery.failure.map(|failure| {
        let (zh, en) = failure.sentences();
        language.pick(&zh, &en).to_owned()
    });
    match (why, delivery.state) {
        (Some(why), DeliveryState::Waiting) => {
            language.say("webhooks-next-try", [("why", why.as_str()), ("next", next)])
        }
        (Some(why), DeliveryState::GivenUp) => why,
        _ => String::new(),
    }
}

/// A new subscription, whose secret is on the answer itself: it must stand in no address.
async fn subscribe(visit: Visit, Form(fields): Form<Vec<(String, String)>>) -> Response {
    let field = |name: &str| {
        fields.iter().find(|(field, _)| field == name).map_or_else(String::new, |(_, value)| value.clone())
    };
    let chosen = fields.iter().filter(|(field, _)| field == "kind");
    let new = NewWebhook {
        label: field("label"),
        url: field("url"),
        kinds: chosen.filter_map(|(_, code)| NoticeKind::from_code(code)).collect(),
    };
    let (typed, created, problem) = match subscribe_webhook(&visit.app, &visit.actor(), &new).await {
        Ok(SubscribedWebhook { secret, .. }) => (NewWebhook::default(), Some(secret), None),
        Err(refusal @ Refusal::Invalid { .. }) => (new, None, Some(FieldProblem::of(&visit, &refusal))),
        Err(refusal) => return visit.refused(&refusal),
    };
    match page(&visit, typed).await {
        Ok(page) if problem.is_some() => visit.unprocessed(&WebhooksPage { problem, ..page }),
        Ok(page) => visit.page(&WebhooksPage { created, ..page }),
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn test(visit: Visit, Path(webhook): Path<String>) -> Response {
    let done = test_webhook(&visit.app, &visit.actor(), &webhook).await.map(drop);
    led(&visit, done, "/webhooks?done=test")
}

async fn turn_on(visit: Visit, Path(webhook): Path<String>) -> Response {
    led(&visit, turn_webhook(&visit.app, &visit.actor(), &webhook, true).await, "/webhooks?done=on")
}

async fn turn_off(visit: Visit, Path(webhook): Path<String>) -> Response {
    led(&visit, turn_webhook(&visit.app, &visit.actor(), &webhook, false).await, "/webhooks?done=off")
}

async fn withdraw(visit: Visit, Path(webhook): Path<String>) -> Response {
    let done = withdraw_webhook(&visit.app, &visit.actor(), &webhook).await;
    led(&visit, done, "/webhooks?done=withdrawn")
}

async fn retry(visit: Visit, Path(delivery): Path<String>) -> Response {
    let done = retry_delivery(&visit.app, &visit.actor(), &delivery).await;
    led(&visit, done, "/webhooks?done=retry")
}

fn led(visit: &Visit, done: Result<(), Refusal>, to: &str) -> Response {
    match done {
        Ok(()) => visit.lead_to(to),
        Err(refusal) => visit.refused(&refusal),
    }
}
