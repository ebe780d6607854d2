//! Requests to the provider: hyper over rustls, one connection each, no redirects, answers of a limited size.

use std::path::Path;
use std::pin::{Pin, pin};
use std::sync::Arc;

use axum::http::uri::{Authority, Scheme};
use axum::http::{HeaderValue, Request, Response, Uri, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use openidconnect::AsyncHttpClient;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use xiaoxiang_services::Refusal;

/// The largest answer; keys and tokens are a few KiB.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;
/// How we name ourselves.
const USER_AGENT: &str = concat!("xiaoxiang/", env!("CARGO_PKG_VERSION"));

/// Why a request has no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum ConnectionError {
    #[error("{0} is no address to connect to")]
    Address(Uri),
    #[error("{0} is not reached by TLS")]
    Plain(Uri),
    #[error("no connection: {0}")]
    Connect(#[source] std::io::Error),
    #[error("no answer: {0}")]
    Answer(#[source] hyper::Error),
    #[error("the answer is too large or breaks off")]
    Body,
}

/// The way to the provider.
#[derive(Clone)]
pub(super) struct Connection {
    tls: TlsConnector,
    /// Only a provider on this machine itself is spoken to without TLS.
    may_be_plain: bool,
}

impl Connection {
    /// The way to an issuer, which is trusted by the authorities of a file or else by those of this machine.
    pub(super) fn to(issuer: &str, ca_file: Option<&Path>) -> Result<Self, Refusal> {
        let may_be_plain = issuer.starts_with("http://");
        let roots = match ca_file {
            Some(file) => roots_of_file(file)?,
            None => roots_of_machine(),
        };
        if roots.is_empty() && !may_be_plain {
            return Err(Refusal::invalid(
                "configuration.oidc_no_roots",
                "本机没有受信任的证书颁发机构。请安装 ca-certificates，或在 oidc.ca_file 中给出证书文件。",
                "this machine trusts no certificate authority; install ca-certificates or give oidc.ca_file",
            ));
        }
        let configuration = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("invariant: ring offers TLS 1.2 and 1.3")
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { tls: TlsConnector::from(Arc::new(configuration)), may_be_plain })
    }

    /// Whether an address may be spoken to, or people sent there.
    pub(super) fn is_safe(&self, scheme: Option<&str>) -> bool {
        scheme == Some("https") || (self.may_be_plain && scheme == Some("http"))
    }

    /// The answer to a request.
    async fn send(&self, mut request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, ConnectionError> {
        let uri = request.uri().clone();
        if !self.is_safe(uri.scheme_str()) {
            return Err(ConnectionError::Plain(uri));
        }
        let (Some(host), Some(place)) = (uri.host(), uri.authority().map(Authority::as_str)) else {
            return Err(ConnectionError::Address(uri));
        };
        let named = HeaderValue::from_str(place).map_err(|_| ConnectionError::Address(uri.clone()))?;
        request.headers_mut().insert(header::HOST, named);
        request.headers_mut().insert(header::USER_AGENT, HeaderValue::from_static(USER_AGENT));
        *request.uri_mut() =
            uri.path_and_query().map_or_else(|| Uri::from_static("/"), |path| path.clone().into());

        let host = host.trim_start_matches('[').trim_end_matches(']');
        let is_tls = uri.scheme() == Some(&Scheme::HTTPS);
        let port = uri.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
        let stream = TcpStream::connect((host, port)).await.map_err(ConnectionError::Connect)?;
        if !is_tls {
            return exchange(stream, request).await;
        }
        let server =
            ServerName::try_from(host.to_owned()).map_err(|_| ConnectionError::Address(uri.clone()))?;
        let stream = self.tls.connect(server, stream).await.map_err(ConnectionError::Connect)?;
        exchange(stream, request).await
    }
}

impl<'connection> AsyncHttpClient<'connection> for Connection {
    type Error = ConnectionError;
    type Future =
        Pin<Box<dyn Future<Output = Result<Response<Vec<u8>>, ConnectionError>> + Send + 'connection>>;

    fn call(&'connection self, request: Request<Vec<u8>>) -> Self::Future {
        Box::pin(self.send(request))
    }
}

/// One request and its answer over an open stream.
async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin,
    request: Request<Vec<u8>>,
) -> Result<Response<Vec<u8>>, ConnectionError> {
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(ConnectionError::Answer)?;
    let mut answer = pin!(async move {
        let request = request.map(|body| Full::new(Bytes::from(body)));
        let (parts, body) = sender.send_request(request).await.map_err(ConnectionError::Answer)?.into_parts();
        let body = Limited::new(body, ANSWER_BYTES_MAX).collect().await.map_err(|_| ConnectionError::Body)?;
        Ok(Response::from_parts(parts, body.to_bytes().to_vec()))
    });
    // The connection is driven here and not in a task of its own: where the answer is given up, it is closed with it.
    tokio::select! {
        biased;
        answered = &mut answer => answered,
        _ = connection => answer.await,
    }
}

fn roots_of_file(file: &Path) -> Result<RootCertStore, Refusal> {
    let unfit = || {
        Refusal::invalid(
            "configuration.oidc_ca_file",
            format!("oidc.ca_file 指定的 {} 中没有可用的证书。请给出 PEM 格式的证书文件。", file.display()),
            format!("{} of oidc.ca_file has no certificate to use; give certificates as PEM", file.display()),
        )
    };
    let text =
        std::fs::read(file).map_err(|source| Refusal::File { path: file.display().to_string(), source })?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&text) {
        roots.add(certificate.map_err(|_| unfit())?).map_err(|_| unfit())?;
    }
    if roots.is_empty() { Err(unfit()) } else { Ok(roots) }
}

fn roots_of_machine() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    // Odd certificates are left out, as other programs on the machine do.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots
}
