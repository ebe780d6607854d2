//! Whom the program calls by itself (通知的外发): mail server, gateways, webhooks.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::Secret;
use crate::outbound::AllowedNetworks;

/// The mail server that e-mail is handed to (SMTP); none without a server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MailSettings {
    /// Its name.
    pub server: Option<String>,
    /// Its port; 587, 465 or 25 by the security where it is not given.
    pub port: Option<u16>,
    /// How the connection is protected.
    pub security: MailSecurity,
    /// Whom the server knows us as; none where it asks for no name.
    pub username: Option<String>,
    /// Proves it.
    pub password: Option<Secret>,
    /// File with the password, instead of the password itself.
    pub password_file: Option<PathBuf>,
    /// From whom the messages come.
    pub from: Option<String>,
    /// The name beside it.
    pub from_name: String,
    /// Certificates (PEM) of the authorities that vouch for the server; the machine's where not given.
    pub ca_file: Option<PathBuf>,
    /// How long handing over one message may take.
    pub timeout_seconds: u64,
}

/// How a connection to a mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailSecurity {
    /// Begins in clear and must turn to TLS before anything is said.
    Starttls,
    /// TLS from the first byte.
    Tls,
    /// Not at all: a relay on this machine or inside one's own network, which is told no password.
    None,
}

/// Programs that are told (webhooks).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WebhookSettings {
    /// Networks inside that may be called; the open network always may.
    pub allowed_networks: AllowedNetworks,
    /// Certificates (PEM) of the authorities that vouch for them; the machine's where not given.
    pub ca_file: Option<PathBuf>,
    /// How long one call may take.
    pub timeout_seconds: u64,
}

/// A gateway that carries messages to people's telephones; none without an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GatewaySettings {
    /// Where it is called.
    pub url: Option<String>,
    /// What signs the calls.
    pub secret: Option<Secret>,
    /// File with the secret, instead of the secret itself.
    pub secret_file: Option<PathBuf>,
    /// Certificates (PEM) of the authorities that vouch for it; the machine's where not given.
    pub ca_file: Option<PathBuf>,
    /// How long one call may take.
    pub timeout_seconds: u64,
}

impl Default for MailSettings {
    fn default() -> Self {
        Self {
            server: None,
            port: None,
            security: MailSecurity::Starttls,
            username: None,
            password: None,
            password_file: None,
            from: None,
            from_name: "潇湘科技要素大市场".to_owned(),
            ca_file: None,
            timeout_seconds: 20,
        }
    }
}

impl Default for WebhookSettings {
    fn default() -> Self {
        Self { allowed_networks: AllowedNetworks::default(), ca_file: None, timeout_seconds: 10 }
    }
}

impl Default for GatewaySettings {
    fn default() -> Self {
        Self { url: None, secret: None, secret_file: None, ca_file: None, timeout_seconds: 10 }
    }
}

impl MailSettings {
    /// The port that is called.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(match self.security {
            MailSecurity::Starttls => 587,
            MailSecurity::Tls => 465,
            MailSecurity::None => 25,
        })
    }
}
