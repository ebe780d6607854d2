//! A small identity provider: real sockets, its own keys, and on request one flaw.
//!
//! It signs by itself, without the library that it is there to test. The keys beside this file open nothing.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Json, Router, routing};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ed25519_dalek::{Signer as _, SigningKey};
use openidconnect::PrivateSigningKey as _;
use openidconnect::core::{CoreJwsSigningAlgorithm, CoreRsaPrivateSigningKey};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::server::TlsStream;

pub const CLIENT: &str = "xiaoxiang";
pub const SECRET: &str = "s3cret of the client";
/// The instant of the tests' clock, in seconds: 2026-11-22 09:00 UTC.
const NOW_S: i64 = 1_795_338_000;

/// What is wrong with the provider, or with the tokens that it gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    None,
    OtherNonce,
    OtherAudience,
    OtherIssuer,
    Expired,
    BadSignature,
    /// `alg: none`.
    Unsigned,
    /// Signed with the client's secret, which is no proof of who signed.
    SharedSecret,
    NoIdToken,
    NoJson,
    EndlessAnswer,
    Denies,
    Breaks,
    Silent,
}

/// What signs.
#[derive(Clone)]
enum Key {
    Ed25519(Box<SigningKey>),
    Rsa,
}

struct Inside {
    issuer: String,
    key: Key,
    key_id: u32,
    flaw: Flaw,
    subject: String,
    /// Codes given out: nonce, challenge, redirect.
    codes: HashMap<String, [String; 3]>,
    /// Everything secret that went over the wire, for the test of the log.
    secrets: Vec<String>,
}

#[derive(Clone)]
pub struct SmallProvider {
    inside: Arc<Mutex<Inside>>,
}

impl SmallProvider {
    /// One that speaks plain HTTP on this machine.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let provider = Self::named(&format!("http://{address}"));
        let router = provider.router();
        tokio::spawn(async move { axum::serve(listener, router).await });
        provider
    }

    /// One with a certificate of `authority.pem`.
    pub async fn start_with_tls() -> Self {
        let listener = TlsListener::bind().await;
        let provider = Self::named(&format!("https://{}", listener.tcp.local_addr().expect("an address")));
        let router = provider.router();
        tokio::spawn(async move { axum::serve(listener, router).await });
        provider
    }

    fn named(issuer: &str) -> Self {
        let inside = Inside {
            issuer: issuer.to_owned(),
            key: Key::Ed25519(Box::new(SigningKey::from_bytes(&[7; 32]))),
            key_id: 1,
            flaw: Flaw::None,
            subject: "u-1".to_owned(),
            codes: HashMap::new(),
            secrets: vec![SECRET.to_owned()],
        };
        Self { inside: Arc::new(Mutex::new(inside)) }
    }

    fn with<Answer>(&self, look: impl FnOnce(&mut Inside) -> Answer) -> Answer {
        look(&mut self.inside.lock().expect("nobody panicked"))
    }

    pub fn issuer(&self) -> String {
        self.with(|inside| inside.issuer.clone())
    }

    pub fn secrets(&self) -> Vec<String> {
        self.with(|inside| inside.secrets.clone())
    }

    pub fn be(&self, flaw: Flaw) {
        self.with(|inside| inside.flaw = flaw);
    }

    /// Who signs in next.
    pub fn user(&self, subject: &str) {
        self.with(|inside| inside.subject = subject.to_owned());
    }

    /// Signs from now on with another key and tells of no other.
    pub fn rotate(&self) {
        self.with(|inside| {
            inside.key_id += 1;
            inside.key = Key::Ed25519(Box::new(SigningKey::from_bytes(&[8; 32])));
        });
    }

    /// Signs from now on as most providers do.
    pub fn sign_with_rsa(&self) {
        self.with(|inside| inside.key = Key::Rsa);
    }

    fn router(&self) -> Router {
        Router::new()
            .route("/.well-known/openid-configuration", routing::get(describe))
            .route("/keys", routing::get(keys))
            .route("/authorize", routing::get(authorize))
            .route("/token", routing::post(token))
            .with_state(self.clone())
    }
}

async fn describe(State(provider): State<SmallProvider>) -> Response {
    let (issuer, flaw) = provider.with(|inside| (inside.issuer.clone(), inside.flaw));
    match flaw {
        Flaw::Silent => std::future::pending::<()>().await,
        Flaw::NoJson => return "<html>maintenance</html>".into_response(),
        Flaw::EndlessAnswer => return "[".repeat(2 * 1024 * 1024).into_response(),
        Flaw::Breaks => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        _ => {}
    }
    let other = |path: &str| format!("{issuer}{path}");
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": other("/authorize"),
        "token_endpoint": other("/token"),
        "jwks_uri": other("/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256", "EdDSA", "HS256", "none"],
    }))
    .into_response()
}

async fn keys(State(provider): State<SmallProvider>) -> Json<Value> {
    let (key, key_id) = provider.with(|inside| (inside.key.clone(), inside.key_id.to_string()));
    let public = match key {
        Key::Ed25519(key) => json!({
            "kty": "OKP", "crv": "Ed25519", "use": "sig", "kid": key_id,
            "x": URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes()),
        }),
        Key::Rsa => {
            let key = rsa_key().as_verification_key();
            let mut public = serde_json::to_value(key).expect("a key");
            public["kid"] = json!(key_id);
            public
        }
    };
    Json(json!({ "keys": [public] }))
}

fn rsa_key() -> CoreRsaPrivateSigningKey {
    CoreRsaPrivateSigningKey::from_pem(include_str!("rsa-key.pem"), None).expect("a key")
}

/// The user is signed in there already and says yes, or no.
async fn authorize(
    State(provider): State<SmallProvider>,
    Query(asked): Query<HashMap<String, String>>,
) -> Response {
    let said = |key: &str| asked.get(key).cloned().unwrap_or_default();
    let is_sound = said("client_id") == CLIENT
        && said("response_type") == "code"
        && said("code_challenge_method") == "S256"
        && said("scope").split(' ').any(|scope| scope == "openid");
    if !is_sound {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let mut answer = vec![("state", said("state"))];
    provider.with(|inside| {
        if inside.flaw == Flaw::Denies {
            answer.push(("error", "access_denied".to_owned()));
            return;
        }
        let code = format!("code-{}-of-the-provider", inside.codes.len());
        let known = [said("nonce"), said("code_challenge"), said("redirect_uri")];
        inside.codes.insert(code.clone(), known);
        inside.secrets.push(code.clone());
        answer.push(("code", code));
    });
    let query = serde_urlencoded::to_string(answer).expect("a query");
    Redirect::to(&format!("{}?{query}", said("redirect_uri"))).into_response()
}

async fn token(
    State(provider): State<SmallProvider>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    let said = |key: &str| form.get(key).cloned().unwrap_or_default();
    let basic = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let secret = SECRET.replace(' ', "+");
    if basic != format!("Basic {}", STANDARD.encode(format!("{CLIENT}:{secret}"))) {
        return (StatusCode::UNAUTHORIZED, Json(json!({ "error": "invalid_client" }))).into_response();
    }
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(said("code_verifier")));
    provider.with(|inside| {
        inside.secrets.push(said("code_verifier"));
        let Some([nonce, wanted, redirect]) = inside.codes.remove(&said("code")) else {
            return (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_grant" }))).into_response();
        };
        if wanted != challenge || redirect != said("redirect_uri") {
            return (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_grant" }))).into_response();
        }
        let token = id_token(inside, &nonce);
        inside.secrets.extend(["opaque-access-token".to_owned(), token.clone()]);
        let mut answer =
            json!({ "access_token": "opaque-access-token", "token_type": "Bearer", "id_token": token });
        if inside.flaw == Flaw::NoIdToken {
            answer.as_object_mut().expect("an object").remove("id_token");
        }
        Json(answer).into_response()
    })
}

fn id_token(inside: &Inside, nonce: &str) -> String {
    let flaw = inside.flaw;
    let or = |is_flawed: bool, other: &str, right: &str| if is_flawed { other } else { right }.to_owned();
    let claims = json!({
        "iss": or(flaw == Flaw::OtherIssuer, "https://id.example.com", &inside.issuer),
        "aud": or(flaw == Flaw::OtherAudience, "another-platform", CLIENT),
        "sub": inside.subject,
        "name": "示例·<b>李四</b>",
        "nonce": or(flaw == Flaw::OtherNonce, "another nonce", nonce),
        "iat": NOW_S - 3_600,
        "exp": if flaw == Flaw::Expired { NOW_S - 1 } else { NOW_S + 60 },
    });
    let algorithm = match (&inside.key, flaw) {
        (_, Flaw::Unsigned) => "none",
        (_, Flaw::SharedSecret) => "HS256",
        (Key::Ed25519(_), _) => "EdDSA",
        (Key::Rsa, _) => "RS256",
    };
    let header = json!({ "alg": algorithm, "typ": "JWT", "kid": inside.key_id.to_string() });
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(&header), part(&claims));
    let mut signature = match (&inside.key, flaw) {
        (_, Flaw::Unsigned) => Vec::new(),
        (_, Flaw::SharedSecret) => hmac_sha256(SECRET.as_bytes(), signed.as_bytes()),
        (Key::Ed25519(key), _) => key.sign(signed.as_bytes()).to_bytes().to_vec(),
        (Key::Rsa, _) => rsa_key()
            .sign(&CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256, signed.as_bytes())
            .expect("a signature"),
    };
    if flaw == Flaw::BadSignature {
        signature[0] ^= 1;
    }
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// RFC 2104, for keys of a block at most.
fn hmac_sha256(key: &[u8], text: &[u8]) -> Vec<u8> {
    let padded = |pad: u8| {
        let mut block = [pad; 64];
        block.iter_mut().zip(key).for_each(|(byte, key)| *byte ^= key);
        block
    };
    let inner = Sha256::new().chain_update(padded(0x36)).chain_update(text).finalize();
    Sha256::new().chain_update(padded(0x5c)).chain_update(inner).finalize().to_vec()
}

/// Connections under the certificate beside this file.
struct TlsListener {
    tcp: TcpListener,
    tls: TlsAcceptor,
}

impl TlsListener {
    async fn bind() -> Self {
        let chain = CertificateDer::from_pem_slice(include_bytes!("server.pem")).expect("a certificate");
        let key = PrivateKeyDer::from_pem_slice(include_bytes!("server-key.pem")).expect("a key");
        let configuration = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![chain], key)
            .expect("a certificate with its key");
        let tcp = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        Self { tcp, tls: TlsAcceptor::from(Arc::new(configuration)) }
    }
}

impl axum::serve::Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, SocketAddr) {
        loop {
            let Ok((stream, address)) = self.tcp.accept().await else { continue };
            // Whoever does not trust the certificate goes away here.
            if let Ok(stream) = self.tls.accept(stream).await {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.tcp.local_addr()
    }
}
