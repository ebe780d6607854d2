//! E-mail (电子邮件), handed to a mail server by SMTP.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, CertificateStore, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use xiaoxiang_domain::notice::DeliveryFailure;
use xiaoxiang_services::Refusal;

use super::http::certificates_of;
use super::secret_of;
use crate::configuration::{Configuration, MailSecurity, MailSettings};

/// Where the messages are handed over.
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    server: String,
    from: Mailbox,
    /// Behind the @ of ids.
    host: String,
    patience: Duration,
}

impl std::fmt::Debug for Mailer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Mailer({})", self.server)
    }
}

/// A message as it is handed over.
#[derive(Clone, Debug)]
pub struct Letter<'a> {
    /// The same with every try.
    pub id: &'a str,
    /// Mailbox.
    pub to: &'a str,
    /// One line.
    pub subject: &'a str,
    /// Plain text.
    pub text: String,
    /// When what it tells happened.
    pub at_ms: i64,
}

/// No person wrote it, so none is to be told of an absence (RFC 3834).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

impl Mailer {
    /// The configured one; nothing is asked of the server yet, so that a program starts also while it is down.
    pub fn of(configuration: &Configuration) -> Result<Option<Self>, Refusal> {
        let settings = &configuration.mail;
        let (Some(server), Some(from), Some(origin)) =
            (&settings.server, &settings.from, &configuration.public_origin)
        else {
            return Ok(None);
        };
        let misread = || {
            Refusal::invalid(
                "configuration.mail",
                "mail.server 或 mail.from 不可用。请核对后重新启动。",
                "mail.server or mail.from cannot be used; check both and start again",
            )
        };
        let address: Address = from.parse().map_err(|_| misread())?;
        let name = Some(settings.from_name.clone()).filter(|name| !name.is_empty());
        let host = host_of(origin).to_owned();
        let patience = Duration::from_secs(settings.timeout_seconds);
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(server.as_str())
            .port(settings.port())
            .tls(tls_of(settings, server)?)
            .timeout(Some(patience))
            .hello_name(ClientId::Domain(host.clone()));
        let password = secret_of(settings.password.as_ref(), settings.password_file.as_deref())?;
        if let (Some(username), Some(password)) = (&settings.username, password) {
            builder = builder.credentials(Credentials::new(username.clone(), password));
        }
        Ok(Some(Self {
            transport: builder.build(),
            server: format!("{server}:{}", settings.port()),
            from: Mailbox::new(name, address),
            host,
            patience,
        }))
    }

    /// The server and its port.
    #[must_use]
    pub fn server(&self) -> &str {
        &self.server
    }

    /// Whether the server can be reached, trusted and signed in to.
    pub async fn check(&self) -> Result<(), DeliveryFailure> {
        let tried = tokio::time::timeout(self.patience, self.transport.test_connection()).await;
        match tried {
            Ok(Ok(true)) => Ok(()),
            Ok(Ok(false)) => Err(DeliveryFailure::Unintelligible),
            Ok(Err(error)) => Err(failure_of(&error)),
            Err(_) => Err(DeliveryFailure::Timeout),
        }
    }

    /// Hands a message over.
    pub async fn send(&self, letter: &Letter<'_>) -> Result<(), DeliveryFailure> {
        let message = self.compose(letter).ok_or(DeliveryFailure::AddressRefused)?;
        match tokio::time::timeout(self.patience, self.transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(failure_of(&error)),
            Err(_) => Err(DeliveryFailure::Timeout),
        }
    }

    /// The message; the same for the same letter. None where the mailbox is none.
    fn compose(&self, letter: &Letter<'_>) -> Option<Message> {
        let to: Address = letter.to.parse().ok()?;
        let at = Timestamp::from_millisecond(letter.at_ms).ok()?;
        // A line's end in a subject would begin another header.
        let subject: String = letter.subject.chars().filter(|letter| !letter.is_control()).collect();
        Message::builder()
            .message_id(Some(format!("<{}@{}>", letter.id, self.host)))
            .date(SystemTime::from(at))
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(subject)
            .header(AutoSubmitted)
            .header(ContentType::TEXT_PLAIN)
            .body(letter.text.clone())
            .ok()
    }
}

fn tls_of(settings: &MailSettings, server: &str) -> Result<Tls, Refusal> {
    if settings.security == MailSecurity::None {
        return Ok(Tls::None);
    }
    let unfit = |_| {
        Refusal::invalid(
            "configuration.mail",
            "mail.server 的名称或 mail.ca_file 的证书无法用于 TLS。请核对后重新启动。",
            "the name of mail.server or the certificates of mail.ca_file cannot be used with TLS",
        )
    };
    let mut parameters = TlsParameters::builder(server.to_owned());
    if let Some(file) = &settings.ca_file {
        parameters = parameters.certificate_store(CertificateStore::None);
        for certificate in certificates_of(file, "mail.ca_file")? {
            let certificate = Certificate::from_der(certificate.to_vec()).map_err(unfit)?;
            parameters = parameters.add_root_certificate(certificate);
        }
    }
    let parameters = parameters.build_rustls().map_err(unfit)?;
    Ok(match settings.security {
        MailSecurity::Tls => Tls::Wrapper(parameters),
        MailSecurity::Starttls | MailSecurity::None => Tls::Required(parameters),
    })
}

/// Why a message was not taken. What the server wrote is left out: it may repeat addresses.
fn failure_of(error: &lettre::transport::smtp::Error) -> DeliveryFailure {
    if let Some(code) = error.status() {
        return DeliveryFailure::Smtp(code.into());
    }
    if error.is_timeout() {
        DeliveryFailure::Timeout
    } else if error.is_tls() {
        DeliveryFailure::Tls
    } else if error.is_response() || error.is_client() {
        DeliveryFailure::Unintelligible
    } else {
        DeliveryFailure::Unreachable
    }
}

/// The host of an origin, without its port.
fn host_of(origin: &str) -> &str {
    let place = origin.split_once("://").map_or(origin, |(_, place)| place);
    if place.starts_with('[') {
        return place.split_inclusive(']').next().unwrap_or(place);
    }
    place.split(':').next().unwrap_or(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mailer() -> Mailer {
        let mut configuration = Configuration {
            public_origin: Some("https://kj.example.gov.cn:8443".to_owned()),
            ..Configuration::default()
        };
        configuration.mail.server = Some("mail.example.gov.cn".to_owned());
        configuration.mail.from = Some("notices@kj.example.gov.cn".to_owned());
        Mailer::of(&configuration).expect("settings").expect("a mailer")
    }

    fn letter<'a>(to: &'a str, subject: &'a str) -> Letter<'a> {
        Letter { id: "abc", to, subject, text: "<b>一</b>\r\n.\r\n二".to_owned(), at_ms: 1_795_000_000_000 }
    }

    #[test]
    fn a_message_is_the_same_each_time_and_no_field_opens_another_header() {
        let subject = "导入\r\nBcc: somebody@example.org\r\n\r\n<html>";
        let composed = |to| mailer().compose(&letter(to, subject));
        let first = composed("zhang@x.cn").expect("a message").formatted();
        assert_eq!(composed("zhang@x.cn").expect("a message").formatted(), first);
        let text = String::from_utf8(first).expect("ASCII");
        let (headers, _) = text.split_once("\r\n\r\n").expect("a body");
        assert!(headers.contains("Message-ID: <abc@kj.example.gov.cn>"), "{headers}");
        assert!(headers.contains("Content-Type: text/plain; charset=utf-8"), "{headers}");
        assert!(headers.contains("Auto-Submitted: auto-generated"), "{headers}");
        assert!(!headers.lines().any(|line| line.starts_with("Bcc")), "{headers}");
        let envelope = mailer().compose(&letter("zhang@x.cn", subject)).expect("a message");
        assert_eq!(envelope.envelope().to().len(), 1);
        for to in ["a@x.cn\r\nBcc: b@x.cn", "a@x.cn, b@x.cn", "<script>@x.cn"] {
            assert!(mailer().compose(&letter(to, "x")).is_none(), "{to}");
        }
    }

    #[test]
    fn an_id_ends_in_the_host_of_the_platform() {
        for (origin, host) in [
            ("https://kj.example.gov.cn", "kj.example.gov.cn"),
            ("http://127.0.0.1:8080", "127.0.0.1"),
            ("http://[::1]:8080", "[::1]"),
        ] {
            assert_eq!(host_of(origin), host);
        }
    }
}
