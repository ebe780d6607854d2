//! Carries parcels to their receivers (投递), each by its channel.

use std::time::Duration;

use axum::http::{Method, Request, header};
use serde_json::{Value, json};
use xiaoxiang_domain::notice::{Channel, DeliveryFailure};
use xiaoxiang_services::notice::{Parcel, Receiver, TEST_KIND, sign};
use xiaoxiang_services::{Clock, Refusal};

use super::http::{HttpClient, HttpError};
use super::mail::{Letter, Mailer};
use super::secret_of;
use crate::configuration::{Configuration, GatewaySettings};
use crate::language::Language;

/// What a call has beyond its own time before another node takes the parcel over: outcomes must be kept.
const MARGIN: Duration = Duration::from_secs(5);

/// A gateway to people's telephones.
struct Gateway {
    client: HttpClient,
    url: String,
    secret: String,
    patience: Duration,
}

/// All that carry parcels.
#[derive(Debug)]
pub struct Couriers {
    mailer: Option<Mailer>,
    sms: Option<Gateway>,
    work_wechat: Option<Gateway>,
    programs: HttpClient,
    programs_patience: Duration,
    mail_patience: Duration,
    origin: Option<String>,
    clock: Clock,
}

// A secret must not get into the log by being printed.
impl std::fmt::Debug for Gateway {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Gateway({})", self.url)
    }
}

impl Gateway {
    fn of(settings: &GatewaySettings, ca_key: &'static str) -> Result<Option<Self>, Refusal> {
        let secret = secret_of(settings.secret.as_ref(), settings.secret_file.as_deref())?;
        let (Some(url), Some(secret)) = (&settings.url, secret) else { return Ok(None) };
        Ok(Some(Self {
            client: HttpClient::to(url, settings.ca_file.as_deref(), ca_key)?,
            url: url.clone(),
            secret,
            patience: Duration::from_secs(settings.timeout_seconds),
        }))
    }
}

impl Couriers {
    /// The configured ones; nobody is called yet.
    pub fn of(configuration: &Configuration, clock: &Clock) -> Result<Self, Refusal> {
        let webhooks = &configuration.webhooks;
        Ok(Self {
            mailer: Mailer::of(configuration)?,
            sms: Gateway::of(&configuration.sms, "sms.ca_file")?,
            work_wechat: Gateway::of(&configuration.work_wechat, "work_wechat.ca_file")?,
            programs: HttpClient::to_strangers(
                &webhooks.allowed_networks,
                webhooks.ca_file.as_deref(),
                "webhooks.ca_file",
            )?,
            programs_patience: Duration::from_secs(webhooks.timeout_seconds),
            mail_patience: Duration::from_secs(configuration.mail.timeout_seconds),
            origin: configuration.public_origin.clone(),
            clock: clock.clone(),
        })
    }

    /// The channels that lead somewhere.
    #[must_use]
    pub fn offered(&self) -> Vec<Channel> {
        let leads = |channel: &Channel| match channel {
            Channel::Mail => self.mailer.is_some(),
            Channel::Sms => self.sms.is_some(),
            Channel::WorkWechat => self.work_wechat.is_some(),
            Channel::Webhook => true,
        };
        Channel::ALL.into_iter().filter(leads).collect()
    }

    /// How long a parcel of a channel stays with this node before another may take it over, in milliseconds.
    #[must_use]
    pub fn lease_ms(&self, channel: Channel) -> i64 {
        let patience = match channel {
            Channel::Mail => self.mail_patience,
            Channel::Webhook => self.programs_patience,
            Channel::Sms => self.sms.as_ref().map_or(Duration::ZERO, |gateway| gateway.patience),
            Channel::WorkWechat => {
                self.work_wechat.as_ref().map_or(Duration::ZERO, |gateway| gateway.patience)
            }
        };
        i64::try_from((patience + MARGIN).as_millis()).expect("invariant: the configuration allows a minute")
    }

    /// Carries a parcel, within its time.
    pub async fn carry(&self, parcel: &Parcel) -> Result<(), DeliveryFailure> {
        match (&parcel.receiver, parcel.channel) {
            (Receiver::Person(address), Channel::Mail) => self.mail(parcel, address).await,
            (Receiver::Person(address), Channel::Sms) => self.call(parcel, address, self.sms.as_ref()).await,
            (Receiver::Person(address), Channel::WorkWechat) => {
                self.call(parcel, address, self.work_wechat.as_ref()).await
            }
            (Receiver::Program { url, secret }, Channel::Webhook) => {
                let body = self.event(parcel).to_string();
                self.post(&self.programs, url, secret, &parcel.delivery_id, body, self.programs_patience)
                    .await
            }
            _ => Err(DeliveryFailure::AddressRefused),
        }
    }

    async fn mail(&self, parcel: &Parcel, to: &str) -> Result<(), DeliveryFailure> {
        let (Some(mailer), Some(kind)) = (&self.mailer, parcel.kind) else {
            return Err(DeliveryFailure::AddressRefused);
        };
        let (zh, en) = kind.outside();
        let text = format!(
            "{zh}\r\n{en}\r\n\r\n{}\r\n\r\n--\r\n{}\r\n{}\r\n{}\r\n",
            self.link(&parcel.path),
            Language::Chinese.text("notice-mail-footer"),
            Language::English.text("notice-mail-footer"),
            self.link("/account"),
        );
        let letter =
            Letter { id: &parcel.delivery_id, to, subject: kind.title().0, text, at_ms: parcel.at_ms };
        mailer.send(&letter).await
    }

    /// Calls a gateway: to whom, and one line of text with its link.
    async fn call(
        &self,
        parcel: &Parcel,
        to: &str,
        gateway: Option<&Gateway>,
    ) -> Result<(), DeliveryFailure> {
        let (Some(gateway), Some(kind)) = (gateway, parcel.kind) else {
            return Err(DeliveryFailure::AddressRefused);
        };
        let body = json!({
            "id": parcel.delivery_id,
            "channel": parcel.channel.code(),
            "to": to,
            "text": kind.outside().0,
            "link": self.link(&parcel.path),
        });
        self.post(
            &gateway.client,
            &gateway.url,
            &gateway.secret,
            &parcel.delivery_id,
            body.to_string(),
            gateway.patience,
        )
        .await
    }

    /// What a program is told: that something happened and where to see it, no contents and nobody's name.
    fn event(&self, parcel: &Parcel) -> Value {
        let (zh, en) = parcel.kind.map_or(("试发", "test"), xiaoxiang_domain::notice::NoticeKind::title);
        let at = jiff::Timestamp::from_millisecond(parcel.at_ms).map(|at| at.to_string());
        json!({
            "type": parcel.kind.map_or(TEST_KIND, xiaoxiang_domain::notice::NoticeKind::code),
            "timestamp": at.unwrap_or_default(),
            "data": {
                "subject": parcel.subject,
                "title": { "zh": zh, "en": en },
                "link": self.link(&parcel.path),
            },
        })
    }

    fn link(&self, path: &str) -> String {
        format!("{}{path}", self.origin.as_deref().unwrap_or_default())
    }

    /// A signed call; any answer of 2xx is a yes.
    async fn post(
        &self,
        client: &HttpClient,
        url: &str,
        secret: &str,
        id: &str,
        body: String,
        patience: Duration,
    ) -> Result<(), DeliveryFailure> {
        let at_s = self.clock.now().as_second();
        let request = Request::builder()
            .method(Method::POST)
            .uri(url)
            .header(header::CONTENT_TYPE, "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", at_s)
            .header("webhook-signature", sign(secret, id, at_s, &body))
            .body(body.into_bytes())
            .map_err(|_| DeliveryFailure::AddressRefused)?;
        match tokio::time::timeout(patience, client.send(request)).await {
            Ok(Ok(answer)) if answer.status().is_success() => Ok(()),
            Ok(Ok(answer)) => Err(DeliveryFailure::Http(answer.status().as_u16())),
            Ok(Err(error)) => Err(failure_of(&error)),
            Err(_) => Err(DeliveryFailure::Timeout),
        }
    }
}

fn failure_of(error: &HttpError) -> DeliveryFailure {
    match error {
        HttpError::Address(_) | HttpError::Inside(_) => DeliveryFailure::AddressRefused,
        HttpError::Plain(_) | HttpError::Tls(_) => DeliveryFailure::Tls,
        HttpError::Connect(_) => DeliveryFailure::Unreachable,
        HttpError::Answer(_) | HttpError::Body => DeliveryFailure::Unintelligible,
    }
}
