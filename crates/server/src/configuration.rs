//! The configuration: one typed struct, filled from defaults, one TOML file, the environment and flags, in this order.
//!
//! The environment's rule: `XIAOXIANG_`, then the key in capitals, a table and its key joined by `_`
//! (`log.format` is `XIAOXIANG_LOG_FORMAT`). A list is written with commas. What is empty counts as not set.

mod check;
mod check_outside;
mod layers;
mod outside;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::trusted_proxies::TrustedProxies;

pub use outside::{GatewaySettings, MailSecurity, MailSettings, WebhookSettings};

pub use layers::{Loaded, Origin, Overrides, VARIABLE_PREFIX, unknown_variables};

const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;

/// Everything that an operator may decide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Configuration {
    /// `sqlite:PATH`, a path, or `postgres://USER:PASSWORD@HOST/NAME`.
    pub database: String,
    /// Address of the pages and the API.
    pub listen: SocketAddr,
    /// What browsers have in their address bar, as `https://host`; decides on secure cookies and whose posts are ours.
    pub public_origin: Option<String>,
    /// Whose word on where a request came from is believed.
    pub trusted_proxies: TrustedProxies,
    /// File of the key that signs tree heads; beside the database where it is not given.
    pub audit_key: Option<PathBuf>,
    /// Folder of the search index of this node; beside the database where it is not given.
    pub index_folder: Option<PathBuf>,
    /// What is written to stderr.
    pub log: LogSettings,
    /// What one request, or all of them, may take.
    pub limits: Limits,
    /// How the program stops.
    pub stop: StopSettings,
    /// How long a sign-in lasts.
    pub sessions: SessionSettings,
    /// Who may read the metrics.
    pub metrics: MetricsSettings,
    /// The identity provider that people may sign in through.
    pub oidc: ProviderSettings,
    /// The mail server that notices are handed to.
    pub mail: MailSettings,
    /// Programs that are told what happens.
    pub webhooks: WebhookSettings,
    /// The gateway of text messages.
    pub sms: GatewaySettings,
    /// The gateway of 政务微信.
    pub work_wechat: GatewaySettings,
}

/// What is written to stderr.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogSettings {
    /// One JSON object a line, or text for a person.
    pub format: LogFormat,
    /// `error`, `warn`, `info`, `debug` or `trace`, also for parts: `info,sqlx=warn`.
    pub level: String,
}

/// Form of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One object a line.
    Json,
    /// For a person at a terminal.
    Text,
}

/// What one request, or all of them, may take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Body of an ordinary request.
    pub body_bytes: u64,
    /// Body where a file is expected.
    pub upload_bytes: u64,
    /// Answer to an ordinary request.
    pub request_seconds: u64,
    /// Answer to a request that carries files.
    pub upload_seconds: u64,
    /// Requests at once; more are told to come back.
    pub concurrent_requests: usize,
    /// Open connections at once; more wait in the system's queue.
    pub connections: usize,
}

/// How the program stops.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StopSettings {
    /// How long a node still takes requests while it already says that it is not ready, for balancers to notice.
    pub notice_seconds: u64,
    /// How long requests under way may take to end before they are cut off.
    pub limit_seconds: u64,
}

/// How long a sign-in lasts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SessionSettings {
    /// Without any request.
    pub idle_minutes: u64,
    /// At all.
    pub absolute_hours: u64,
}

/// Who may read the metrics.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MetricsSettings {
    /// An address of their own; then `/metrics` is not served beside the pages.
    pub listen: Option<SocketAddr>,
    /// Peers beside this machine.
    pub allowed: Vec<IpAddr>,
}

/// The identity provider (统一身份认证) that people may sign in through, by OpenID Connect; none without an issuer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProviderSettings {
    /// Address by which the provider names itself, letter for letter.
    pub issuer: Option<String>,
    /// What the provider knows this platform by.
    pub client_id: Option<String>,
    /// Proves to the provider that it is this platform who asks; none where the provider wants none.
    pub client_secret: Option<Secret>,
    /// File with the secret, instead of the secret itself.
    pub client_secret_file: Option<PathBuf>,
    /// The provider's name on the sign-in page, Chinese.
    pub name_zh: String,
    /// The provider's name on the sign-in page, English.
    pub name_en: String,
    /// What is asked for beside `openid`; `profile` brings names to the list of accounts not linked yet.
    pub scopes: Vec<String>,
    /// Certificates (PEM) of the authorities that vouch for the provider, and no others; the machine's where not given.
    pub ca_file: Option<PathBuf>,
    /// How long one conversation with the provider may take.
    pub timeout_seconds: u64,
}

/// A text that is shown nowhere.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The text, for whom it is meant.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("***")
    }
}

impl Default for Configuration {
    fn default() -> Self {
        Self {
            database: "sqlite:xiaoxiang.db".to_owned(),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            public_origin: None,
            trusted_proxies: TrustedProxies::default(),
            audit_key: None,
            index_folder: None,
            log: LogSettings::default(),
            limits: Limits::default(),
            stop: StopSettings::default(),
            sessions: SessionSettings::default(),
            metrics: MetricsSettings::default(),
            oidc: ProviderSettings::default(),
            mail: MailSettings::default(),
            webhooks: WebhookSettings::default(),
            sms: GatewaySettings::default(),
            work_wechat: GatewaySettings::default(),
        }
    }
}

impl Default for LogSettings {
    fn default() -> Self {
        Self { format: LogFormat::Json, level: "info".to_owned() }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: MIB,
            // The largest sheet that an import takes, with room for the form around it.
            upload_bytes: 130 * MIB,
            request_seconds: 30,
            upload_seconds: 600,
            concurrent_requests: 512,
            connections: 10_000,
        }
    }
}

impl Default for StopSettings {
    fn default() -> Self {
        Self { notice_seconds: 0, limit_seconds: 20 }
    }
}

impl Default for SessionSettings {
    fn default() -> Self {
        Self { idle_minutes: 120, absolute_hours: 12 }
    }
}

impl Default for ProviderSettings {
    fn default() -> Self {
        Self {
            issuer: None,
            client_id: None,
            client_secret: None,
            client_secret_file: None,
            name_zh: "统一身份认证".to_owned(),
            name_en: "single sign-on".to_owned(),
            scopes: vec!["profile".to_owned()],
            ca_file: None,
            timeout_seconds: 10,
        }
    }
}

impl Configuration {
    /// Whether browsers come by TLS, so that cookies need not travel without it.
    #[must_use]
    pub fn is_reached_by_tls(&self) -> bool {
        self.public_origin.as_deref().is_some_and(|origin| origin.starts_with("https://"))
    }
}

impl Limits {
    /// Time for an ordinary request.
    #[must_use]
    pub const fn request_time(&self) -> Duration {
        Duration::from_secs(self.request_seconds)
    }

    /// Time for a request that carries files.
    #[must_use]
    pub const fn upload_time(&self) -> Duration {
        Duration::from_secs(self.upload_seconds)
    }
}

#[cfg(test)]
mod tests;
