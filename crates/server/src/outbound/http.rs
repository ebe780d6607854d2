//! Requests to others: hyper over rustls, one connection each, no redirects, answers of a limited size.

use std::net::SocketAddr;
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;

use axum::http::uri::{Authority, Scheme};
use axum::http::{HeaderValue, Request, Response, Uri, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use xiaoxiang_services::Refusal;

use super::networks::AllowedNetworks;

/// The largest answer; keys and tokens are a few KiB.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;
/// How we name ourselves.
const USER_AGENT: &str = concat!("xiaoxiang/", env!("CARGO_PKG_VERSION"));

/// Why a request has no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HttpError {
    #[error("{0} is no address to connect to")]
    Address(Uri),
    #[error("{0} lies in a network that is not called")]
    Inside(Uri),
    #[error("{0} is not reached by TLS")]
    Plain(Uri),
    #[error("no connection: {0}")]
    Connect(#[source] std::io::Error),
    #[error("no trust: {0}")]
    Tls(#[source] std::io::Error),
    #[error("no answer: {0}")]
    Answer(#[source] hyper::Error),
    #[error("the answer is too large or breaks off")]
    Body,
}

/// Who said whom to call.
#[derive(Clone, Debug)]
enum Caution {
    /// The operator: they may mean a machine inside, and without TLS where the address that they gave says so.
    Operator { may_be_plain: bool },
    /// Somebody on screen: what the name leads to is looked at before it is called (SSRF).
    Screen(AllowedNetworks),
}

/// The way to web servers.
#[derive(Clone)]
pub(crate) struct HttpClient {
    tls: TlsConnector,
    caution: Caution,
}

impl std::fmt::Debug for HttpClient {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "HttpClient({:?})", self.caution)
    }
}

impl HttpClient {
    /// The way to an address of the configuration, which is trusted by the authorities of a file or else by those of this
    /// machine; `key` is the configuration's key of the file.
    pub(crate) fn to(address: &str, ca_file: Option<&Path>, key: &'static str) -> Result<Self, Refusal> {
        let may_be_plain = address.starts_with("http://");
        let roots = match ca_file {
            Some(file) => roots_of_file(file, key)?,
            None => roots_of_machine(),
        };
        if roots.is_empty() && !may_be_plain {
            return Err(Refusal::invalid(
                "configuration.no_roots",
                format!("本机没有受信任的证书颁发机构。请安装 ca-certificates，或在 {key} 中给出证书文件。"),
                format!(
                    "this machine trusts no certificate authority; install ca-certificates or give {key}"
                ),
            ));
        }
        Ok(Self { tls: connector(roots), caution: Caution::Operator { may_be_plain } })
    }

    /// The way to addresses that somebody gave on screen. A machine without roots calls nobody by TLS; each try says so.
    pub(crate) fn to_strangers(
        allowed: &AllowedNetworks,
        ca_file: Option<&Path>,
        key: &'static str,
    ) -> Result<Self, Refusal> {
        let roots = match ca_file {
            Some(file) => roots_of_file(file, key)?,
            None => roots_of_machine(),
        };
        Ok(Self { tls: connector(roots), caution: Caution::Screen(allowed.clone()) })
    }

    /// Whether an address may be spoken to, or people sent there.
    pub(crate) fn is_safe(&self, scheme: Option<&str>) -> bool {
        let may_be_plain = match &self.caution {
            Caution::Operator { may_be_plain } => *may_be_plain,
            // Only this machine itself, which shows when the name is looked up.
            Caution::Screen(_) => true,
        };
        scheme == Some("https") || (may_be_plain && scheme == Some("http"))
    }

    /// The answer to a request.
    pub(crate) async fn send(&self, mut request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, HttpError> {
        let uri = request.uri().clone();
        if !self.is_safe(uri.scheme_str()) {
            return Err(HttpError::Plain(uri));
        }
        let (Some(host), Some(place)) = (uri.host(), uri.authority().map(Authority::as_str)) else {
            return Err(HttpError::Address(uri));
        };
        let named = HeaderValue::from_str(place).map_err(|_| HttpError::Address(uri.clone()))?;
        request.headers_mut().insert(header::HOST, named);
        request.headers_mut().insert(header::USER_AGENT, HeaderValue::from_static(USER_AGENT));
        *request.uri_mut() =
            uri.path_and_query().map_or_else(|| Uri::from_static("/"), |path| path.clone().into());

        let host = host.trim_start_matches('[').trim_end_matches(']');
        let is_tls = uri.scheme() == Some(&Scheme::HTTPS);
        let port = uri.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
        let stream = self.connect(&uri, host, port, is_tls).await?;
        if !is_tls {
            return exchange(stream, request).await;
        }
        let server = ServerName::try_from(host.to_owned()).map_err(|_| HttpError::Address(uri.clone()))?;
        let stream = self.tls.connect(server, stream).await.map_err(HttpError::Tls)?;
        exchange(stream, request).await
    }

    async fn connect(&self, uri: &Uri, host: &str, port: u16, is_tls: bool) -> Result<TcpStream, HttpError> {
        let Caution::Screen(allowed) = &self.caution else {
            return TcpStream::connect((host, port)).await.map_err(HttpError::Connect);
        };
        // Looked up once, and what was looked at is what is called: a second look might find another address.
        let found = lookup_host((host, port)).await.map_err(|_| HttpError::Address(uri.clone()))?;
        let callable: Vec<SocketAddr> = found.filter(|address| allowed.has(address.ip())).collect();
        if callable.is_empty() {
            return Err(HttpError::Inside(uri.clone()));
        }
        if !is_tls && callable.iter().any(|address| !address.ip().to_canonical().is_loopback()) {
            return Err(HttpError::Plain(uri.clone()));
        }
        TcpStream::connect(callable.as_slice()).await.map_err(HttpError::Connect)
    }
}

fn connector(roots: RootCertStore) -> TlsConnector {
    let configuration = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("invariant: ring offers TLS 1.2 and 1.3")
        .with_root_certificates(roots)
        .with_no_client_auth();
    TlsConnector::from(Arc::new(configuration))
}

/// One request and its answer over an open stream.
async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin,
    request: Request<Vec<u8>>,
) -> Result<Response<Vec<u8>>, HttpError> {
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(HttpError::Answer)?;
    let mut answer = pin!(async move {
        let request = request.map(|body| Full::new(Bytes::from(body)));
        let (parts, body) = sender.send_request(request).await.map_err(HttpError::Answer)?.into_parts();
        let body = Limited::new(body, ANSWER_BYTES_MAX).collect().await.map_err(|_| HttpError::Body)?;
        Ok(Response::from_parts(parts, body.to_bytes().to_vec()))
    });
    // The connection is driven here and not in a task of its own: where the answer is given up, it is closed with it.
    tokio::select! {
        biased;
        answered = &mut answer => answered,
        _ = connection => answer.await,
    }
}

/// The certificates of a file, which is the value of a key of the configuration.
pub(super) fn certificates_of(
    file: &Path,
    key: &'static str,
) -> Result<Vec<CertificateDer<'static>>, Refusal> {
    let unfit = || {
        Refusal::invalid(
            "configuration.ca_file",
            format!("{key} 指定的 {} 中没有可用的证书。请给出 PEM 格式的证书文件。", file.display()),
            format!("{} of {key} has no certificate to use; give certificates as PEM", file.display()),
        )
    };
    let text =
        std::fs::read(file).map_err(|source| Refusal::File { path: file.display().to_string(), source })?;
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    let certificates = certificates.map_err(|_| unfit())?;
    if certificates.is_empty() { Err(unfit()) } else { Ok(certificates) }
}

fn roots_of_file(file: &Path, key: &'static str) -> Result<RootCertStore, Refusal> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates_of(file, key)? {
        roots.add(certificate).map_err(|_| {
            Refusal::invalid(
                "configuration.ca_file",
                format!("{key} 指定的 {} 中有无法使用的证书。请给出 PEM 格式的证书文件。", file.display()),
                format!("{} of {key} has a certificate that is of no use; give PEM", file.display()),
            )
        })?;
    }
    Ok(roots)
}

fn roots_of_machine() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    // Odd certificates are left out, as other programs on the machine do.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots
}
