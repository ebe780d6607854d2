//! The conversation with the provider, by OpenID Connect Core 1.0 and Discovery 1.0.
//!
//! Its description and keys are read with every conversation: a key that was exchanged holds from the next sign-in on,
//! nodes need not agree about anything kept, and a sign-in is rare enough.

use std::future::Future;
use std::time::{Duration, SystemTime};

use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod, CoreJwsSigningAlgorithm, CoreProviderMetadata,
    CoreRequestTokenError, CoreTokenResponse,
};
use openidconnect::{
    AuthType, AuthorizationCode, ClientId, ClientSecret, CsrfToken, DiscoveryError, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, IssuerUrl, JwsSigningAlgorithm as _, Nonce, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope, TokenResponse as _,
};
use tokio::sync::Semaphore;
use xiaoxiang_services::access::{ExchangeSecrets, ProviderAccount};
use xiaoxiang_services::{Clock, Refusal};

use super::{CALLBACK_PATH, ProviderTrouble, Vouched};
use crate::configuration::Configuration;
use crate::language::Language;
use crate::outbound::http::{HttpClient, HttpError};
use crate::outbound::secret_of;

/// Conversations at once: a slow provider holds up sign-ins through it, and nothing else.
const CONVERSATIONS_AT_ONCE: usize = 32;

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// The identity provider that people may sign in through.
pub struct Provider {
    issuer: IssuerUrl,
    client_id: ClientId,
    client_secret: Option<ClientSecret>,
    redirect: RedirectUrl,
    scopes: Vec<Scope>,
    names: [String; 2],
    connection: HttpClient,
    patience: Duration,
    conversations: Semaphore,
    clock: Clock,
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Provider({})", self.issuer.as_str())
    }
}

impl Provider {
    /// The configured one; nothing is asked of it yet, so that a program starts also while it is down.
    pub fn of(configuration: &Configuration, clock: &Clock) -> Result<Option<Self>, Refusal> {
        let settings = &configuration.oidc;
        let (Some(issuer), Some(client_id), Some(origin)) =
            (&settings.issuer, &settings.client_id, &configuration.public_origin)
        else {
            return Ok(None);
        };
        let misread = |_| {
            Refusal::invalid(
                "configuration.oidc_address",
                "oidc.issuer 或 public_origin 不是可用的地址。请核对后重新启动。",
                "oidc.issuer or public_origin is no usable address; check both and start again",
            )
        };
        Ok(Some(Self {
            issuer: IssuerUrl::new(issuer.clone()).map_err(misread)?,
            client_id: ClientId::new(client_id.clone()),
            client_secret: secret_of(
                settings.client_secret.as_ref(),
                settings.client_secret_file.as_deref(),
            )?
            .map(ClientSecret::new),
            redirect: RedirectUrl::new(format!("{origin}{CALLBACK_PATH}")).map_err(misread)?,
            scopes: settings.scopes.iter().cloned().map(Scope::new).collect(),
            names: [settings.name_zh.clone(), settings.name_en.clone()],
            connection: HttpClient::to(issuer, settings.ca_file.as_deref(), "oidc.ca_file")?,
            patience: Duration::from_secs(settings.timeout_seconds),
            conversations: Semaphore::new(CONVERSATIONS_AT_ONCE),
            clock: clock.clone(),
        }))
    }

    /// Its name on the button.
    #[must_use]
    pub fn name(&self, language: Language) -> &str {
        language.pick(&self.names[0], &self.names[1])
    }

    /// Address by which it names itself.
    #[must_use]
    pub fn issuer(&self) -> &str {
        self.issuer.as_str()
    }

    /// Whether it can be used: it describes itself, and signs so that it proves something.
    pub async fn check(&self) -> Result<(), ProviderTrouble> {
        self.converse(async { signing_algorithms(&self.discover().await?).map(drop) }).await
    }

    /// Where a sign-in begins.
    pub async fn sign_in_address(&self, secrets: &ExchangeSecrets) -> Result<String, ProviderTrouble> {
        let client = self.converse(async { Ok(self.client(self.discover().await?)) }).await?;
        let (state, nonce) = (CsrfToken::new(secrets.state.clone()), Nonce::new(secrets.nonce.clone()));
        let verifier = PkceCodeVerifier::new(secrets.verifier.clone());
        let (address, _, _) = client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, move || state, move || nonce)
            .add_scopes(self.scopes.iter().cloned())
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .url();
        if !self.connection.is_safe(Some(address.scheme())) {
            return Err(ProviderTrouble::Unusable("its sign-in page is not reached by TLS".to_owned()));
        }
        Ok(address.into())
    }

    /// Whom a code stands for.
    pub async fn redeem(&self, code: &str, secrets: &ExchangeSecrets) -> Result<Vouched, ProviderTrouble> {
        self.converse(async {
            let metadata = self.discover().await?;
            let algorithms = signing_algorithms(&metadata)?;
            let client = self.client(metadata);
            let answer = client
                .exchange_code(AuthorizationCode::new(code.to_owned()))
                .map_err(|_| ProviderTrouble::Unusable("it names no token endpoint".to_owned()))?
                .set_pkce_verifier(PkceCodeVerifier::new(secrets.verifier.clone()))
                .request_async(&self.connection)
                .await
                .map_err(refused_token)?;
            self.prove(&client, algorithms, &answer, secrets)
        })
        .await
    }

    /// Checks the ID token: signature, issuer, audience, times and nonce.
    fn prove(
        &self,
        client: &Client,
        algorithms: Vec<CoreJwsSigningAlgorithm>,
        answer: &CoreTokenResponse,
        secrets: &ExchangeSecrets,
    ) -> Result<Vouched, ProviderTrouble> {
        let token = answer
            .id_token()
            .ok_or_else(|| ProviderTrouble::Unusable("its answer has no ID token".to_owned()))?;
        let verifier = client
            .id_token_verifier()
            .set_allowed_algs(algorithms)
            .set_time_fn(|| SystemTime::from(self.clock.now()).into());
        let claims = token
            .claims(&verifier, &Nonce::new(secrets.nonce.clone()))
            .map_err(|error| ProviderTrouble::Unproven(error.to_string()))?;
        let name = claims.name().and_then(|name| name.get(None)).map(|name| name.as_str());
        let name = name.or_else(|| claims.preferred_username().map(|name| name.as_str()));
        Ok(Vouched {
            account: ProviderAccount {
                issuer: self.issuer().to_owned(),
                subject: claims.subject().as_str().to_owned(),
            },
            name: name.unwrap_or_default().to_owned(),
        })
    }

    /// The provider's description of itself, with its keys.
    async fn discover(&self) -> Result<CoreProviderMetadata, ProviderTrouble> {
        CoreProviderMetadata::discover_async(self.issuer.clone(), &self.connection).await.map_err(undescribed)
    }

    fn client(&self, metadata: CoreProviderMetadata) -> Client {
        // Basic is what a provider must know that says nothing (Discovery 1.0, section 3).
        let knows_basic = metadata
            .token_endpoint_auth_methods_supported()
            .is_none_or(|methods| methods.contains(&CoreClientAuthMethod::ClientSecretBasic));
        CoreClient::from_provider_metadata(metadata, self.client_id.clone(), self.client_secret.clone())
            .set_auth_type(if knows_basic { AuthType::BasicAuth } else { AuthType::RequestBody })
            .set_redirect_uri(self.redirect.clone())
    }

    /// Talks to the provider, for a limited time and beside a limited number of others.
    async fn converse<Answer>(
        &self,
        conversation: impl Future<Output = Result<Answer, ProviderTrouble>>,
    ) -> Result<Answer, ProviderTrouble> {
        let Ok(_place) = self.conversations.try_acquire() else { return Err(ProviderTrouble::Busy) };
        tokio::time::timeout(self.patience, conversation).await.unwrap_or(Err(ProviderTrouble::Slow))
    }
}

/// What the provider signs with, as far as a signature proves that it was the provider: no shared secret, not `none`.
fn signing_algorithms(
    metadata: &CoreProviderMetadata,
) -> Result<Vec<CoreJwsSigningAlgorithm>, ProviderTrouble> {
    let proves = |algorithm: &&CoreJwsSigningAlgorithm| {
        !algorithm.uses_shared_secret() && **algorithm != CoreJwsSigningAlgorithm::None
    };
    let supported = metadata.id_token_signing_alg_values_supported();
    let algorithms: Vec<CoreJwsSigningAlgorithm> = supported.iter().filter(proves).cloned().collect();
    if algorithms.is_empty() {
        return Err(ProviderTrouble::Unusable("it signs with no key pair".to_owned()));
    }
    Ok(algorithms)
}

fn undescribed(error: DiscoveryError<HttpError>) -> ProviderTrouble {
    match error {
        DiscoveryError::Request(error) => ProviderTrouble::Unreachable(error.to_string()),
        DiscoveryError::Parse(error) => {
            ProviderTrouble::Unusable(format!("its description cannot be read at {}", error.path()))
        }
        other => ProviderTrouble::Unusable(other.to_string()),
    }
}

/// What the provider answered is left out: a token may be in it.
fn refused_token(error: CoreRequestTokenError<HttpError>) -> ProviderTrouble {
    match error {
        RequestTokenError::Request(error) => ProviderTrouble::Unreachable(error.to_string()),
        RequestTokenError::ServerResponse(answer) => {
            ProviderTrouble::Unusable(format!("it refused the code: {}", answer.error()))
        }
        RequestTokenError::Parse(error, _) => {
            ProviderTrouble::Unusable(format!("its token cannot be read at {}", error.path()))
        }
        RequestTokenError::Other(_) => ProviderTrouble::Unusable("its token endpoint failed".to_owned()),
    }
}
