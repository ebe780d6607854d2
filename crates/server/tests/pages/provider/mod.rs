//! Sign-in through a provider: there and back, and everything that must not let anybody in.

mod small_provider;

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::{StatusCode, header};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use xiaoxiang_domain::access::{Role, Scope};
use xiaoxiang_server::configuration::{Configuration, ProviderSettings, Secret};
use xiaoxiang_server::guard::{PROVIDER_COOKIE, SESSION_COOKIE};
use xiaoxiang_server::provider::Provider;
use xiaoxiang_server::routes::router;
use xiaoxiang_services::App;
use xiaoxiang_services::access::{
    PROVIDER_SIGN_IN_MS_MAX, ProviderAccount, disable_person, link_provider_account,
};
use xiaoxiang_store::Db;

use crate::people::log_of;
use crate::sign_in::{cookie_of, grant, location, moving, somebody};
use crate::support::{ACTOR, Answer, app_with_region, get_with, page_state, post, signed_in};
use small_provider::{CLIENT, Flaw, SECRET, SmallProvider};

const ORIGIN: &str = "https://tech.example";
const START: &str = "/sign-in/provider";
const CALLBACK: &str = "/sign-in/provider/callback";

fn settings(provider: &SmallProvider) -> ProviderSettings {
    ProviderSettings {
        issuer: Some(provider.issuer()),
        client_id: Some(CLIENT.to_owned()),
        client_secret: Some(Secret::from(SECRET.to_owned())),
        timeout_seconds: 1,
        ..ProviderSettings::default()
    }
}

/// The pages of an application with a provider.
fn node(app: &App, settings: ProviderSettings) -> Router {
    let configuration =
        Configuration { public_origin: Some(ORIGIN.to_owned()), oidc: settings, ..Configuration::default() };
    let provider = Provider::of(&configuration, &app.clock).expect("sound settings").map(Arc::new);
    let state = page_state(app.clone());
    router(xiaoxiang_server::pages::PageState {
        provider,
        offered: [].into(),
        public_origin: configuration.public_origin,
        ..state
    })
}

/// An application in which 示例甲, a statistician, is linked to the account `u-1`.
struct Place {
    app: App,
    router: Router,
    provider: SmallProvider,
    person_id: String,
    folder: tempfile::TempDir,
}

impl Place {
    async fn new() -> Self {
        Self::with(SmallProvider::start().await).await
    }

    async fn with(provider: SmallProvider) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let app = app_with_region(folder.path()).await;
        let person_id = somebody(&app, "zhangsan").await;
        grant(&app, &person_id, Role::Statistician, Scope::Region).await;
        link(&app, &person_id, &provider, "u-1").await;
        let router = node(&app, settings(&provider));
        Self { app, router, provider, person_id, folder }
    }
}

async fn link(app: &App, person_id: &str, provider: &SmallProvider, subject: &str) {
    let account = ProviderAccount { issuer: provider.issuer(), subject: subject.to_owned() };
    link_provider_account(app, &ACTOR, person_id, &account).await.expect("a link");
}

/// A sign-in as a browser makes it: to the provider and up to where the provider sends it back.
struct Journey {
    /// The cookie with which it began.
    cookie: String,
    /// Where the provider sends it: the callback with code and state.
    back: String,
}

async fn go(router: &Router, start: &str) -> Journey {
    let left = get_with(router, start, &[]).await;
    assert_eq!(left.status, StatusCode::SEE_OTHER, "{}", left.text);
    let back = followed(location(&left)).await;
    let back = back.strip_prefix(ORIGIN).expect("the registered address").to_owned();
    assert!(back.starts_with(CALLBACK), "{back}");
    Journey { cookie: cookie_set(&left, PROVIDER_COOKIE), back }
}

async fn arrive(router: &Router, journey: &Journey) -> Answer {
    get_with(router, &journey.back, &[("cookie", &journey.cookie)]).await
}

/// There and back.
async fn sign_in(place: &Place) -> Answer {
    let journey = go(&place.router, START).await;
    arrive(&place.router, &journey).await
}

/// The cookie that an answer sets, as a browser sends it back.
fn cookie_set(answer: &Answer, name: &str) -> String {
    let set = answer.headers.get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pair = set.filter_map(|set| set.split(';').next()).find(|pair| pair.starts_with(name));
    pair.unwrap_or_else(|| panic!("no cookie {name}")).to_owned()
}

/// Where an address of the provider leads to.
async fn followed(address: &str) -> String {
    let (host, path) = address.strip_prefix("http://").expect("plain").split_once('/').expect("a path");
    let mut stream = TcpStream::connect(host).await.expect("the provider");
    let request = format!("GET /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    let to = answer.lines().find_map(|line| line.strip_prefix("location: "));
    to.unwrap_or_else(|| panic!("the provider refused: {answer}")).to_owned()
}

/// Nobody was let in: no session, and the page says why.
fn assert_out(answer: &Answer, status: StatusCode, says: &str) {
    assert_eq!(answer.status, status, "{}", answer.text);
    assert!(answer.text.contains(says), "{}", answer.text);
    let set = answer.headers.get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
    assert!(!set.into_iter().any(|set| set.starts_with(SESSION_COOKIE)), "no session is opened");
    assert!(answer.text.contains("<h1"), "it is a page");
}

#[tokio::test]
async fn whoever_the_provider_vouches_for_is_signed_in_where_they_wanted_to_go() {
    let place = Place::new().await;
    let page = get_with(&place.router, "/en/sign-in?to=/en/contracts", &[]).await;
    assert!(page.text.contains("Sign in with single sign-on"), "{}", page.text);
    assert!(page.text.contains("href=\"/en/sign-in/provider?to=%2Fen%2Fcontracts\""), "{}", page.text);
    let journey = go(&place.router, "/en/sign-in/provider?to=/en/contracts").await;
    let answer = arrive(&place.router, &journey).await;
    assert_eq!(
        (answer.status, location(&answer)),
        (StatusCode::SEE_OTHER, "/en/contracts"),
        "{}",
        answer.text
    );
    let session = cookie_of(&answer);
    let inside = get_with(&place.router, "/contracts", &[("cookie", &session)]).await;
    assert!(inside.text.contains("示例甲"), "{}", inside.text);

    let plain = sign_in(&place).await;
    assert_eq!(location(&plain), "/work", "and to their work where they wanted nothing in particular");
    let set = plain.headers.get(header::SET_COOKIE).expect("a cookie").to_str().expect("words");
    assert!(set.ends_with("; Path=/; HttpOnly; SameSite=Lax; Secure"), "{set}");
}

#[tokio::test]
async fn a_token_signed_with_rsa_and_one_of_a_key_that_was_exchanged_are_taken() {
    let place = Place::new().await;
    let journey = go(&place.router, START).await;
    place.provider.rotate();
    assert_eq!(arrive(&place.router, &journey).await.status, StatusCode::SEE_OTHER);
    place.provider.sign_with_rsa();
    assert_eq!(sign_in(&place).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_token_that_proves_nothing_lets_nobody_in() {
    let place = Place::new().await;
    for flaw in [
        Flaw::OtherNonce,
        Flaw::OtherAudience,
        Flaw::OtherIssuer,
        Flaw::Expired,
        Flaw::BadSignature,
        Flaw::Unsigned,
        Flaw::SharedSecret,
    ] {
        place.provider.be(flaw);
        let answer = sign_in(&place).await;
        assert_out(&answer, StatusCode::BAD_GATEWAY, "身份证明未通过核验");
    }
    place.provider.be(Flaw::None);
    assert_eq!(sign_in(&place).await.status, StatusCode::SEE_OTHER, "and a sound one does");
}

#[tokio::test]
async fn an_answer_is_taken_once_in_the_browser_that_asked_and_in_time() {
    let mut place = Place::new().await;
    let now_ms = moving(&mut place.app);
    place.router = node(&place.app, settings(&place.provider));
    let over = "这次登录已过期、已用过，或不是在此浏览器中开始的";
    let journey = go(&place.router, START).await;
    let other = go(&place.router, START).await;
    for (cookie, back) in [
        ("", journey.back.as_str()),
        (other.cookie.as_str(), journey.back.as_str()),
        ("xiaoxiang_provider=forged", journey.back.as_str()),
        (journey.cookie.as_str(), CALLBACK),
        (journey.cookie.as_str(), "/sign-in/provider/callback?code=x&state=y"),
        (journey.cookie.as_str(), "/sign-in/provider/callback?error=access_denied"),
    ] {
        let answer = get_with(&place.router, back, &[("cookie", cookie)]).await;
        assert_out(&answer, StatusCode::BAD_REQUEST, over);
    }
    assert_eq!(
        arrive(&place.router, &journey).await.status,
        StatusCode::SEE_OTHER,
        "forged answers spoilt nothing"
    );
    assert_out(&arrive(&place.router, &journey).await, StatusCode::BAD_REQUEST, over);

    let late = go(&place.router, START).await;
    now_ms.fetch_add(PROVIDER_SIGN_IN_MS_MAX, std::sync::atomic::Ordering::Relaxed);
    assert_out(&arrive(&place.router, &late).await, StatusCode::BAD_REQUEST, over);
}

#[tokio::test]
async fn a_code_of_another_sign_in_is_worth_nothing() {
    let place = Place::new().await;
    let _victim = go(&place.router, START).await;
    let thief = go(&place.router, START).await;
    // The victim's code under the thief's own state and cookie: the verifier does not fit.
    let stolen = thief.back.replace("code-1", "code-0");
    let answer = get_with(&place.router, &stolen, &[("cookie", &thief.cookie)]).await;
    assert_out(&answer, StatusCode::BAD_GATEWAY, "答复无法使用");
}

#[tokio::test]
async fn a_sign_in_leads_to_no_other_site() {
    let place = Place::new().await;
    for to in ["https://evil.example", "//evil.example", "/%5Cevil.example", "/a%0D%0ASet-Cookie:%20b=c"] {
        let journey = go(&place.router, &format!("{START}?to={to}")).await;
        let answer = arrive(&place.router, &journey).await;
        assert_eq!(location(&answer), "/work", "{to}");
    }
}

#[tokio::test]
async fn a_sign_in_gives_a_new_session_and_ends_the_browsers_old_one() {
    let place = Place::new().await;
    let before = signed_in(&place.app, Role::Auditor, Scope::Region).await;
    let journey = go(&place.router, START).await;
    let cookies = format!("{before}; {}", journey.cookie);
    let answer = get_with(&place.router, &journey.back, &[("cookie", &cookies)]).await;
    let after = cookie_of(&answer);
    assert_ne!(before, after);
    let replayed = get_with(&place.router, "/about", &[("cookie", &before)]).await;
    assert!(!replayed.text.contains("示例人员"), "the session that was there before opens nothing");
    // A session that somebody put into the browser is not taken up either.
    let planted = format!("{SESSION_COOKIE}={}", "0".repeat(64));
    let journey = go(&place.router, START).await;
    let cookies = format!("{planted}; {}", journey.cookie);
    let answer = get_with(&place.router, &journey.back, &[("cookie", &cookies)]).await;
    assert_ne!(cookie_of(&answer), planted);
}

#[tokio::test]
async fn what_one_node_began_another_ends() {
    let place = Place::new().await;
    let address = format!("sqlite:{}", place.folder.path().join("pages.db").display());
    let other = App::new(Db::connect(&address).await.expect("the database"), place.app.clock.clone());
    let other = node(&other, settings(&place.provider));
    let journey = go(&place.router, "/sign-in/provider?to=/contracts").await;
    let answer = arrive(&other, &journey).await;
    assert_eq!((answer.status, location(&answer)), (StatusCode::SEE_OTHER, "/contracts"), "{}", answer.text);
    assert_eq!(arrive(&place.router, &journey).await.status, StatusCode::BAD_REQUEST, "and once only");
}

#[tokio::test]
async fn who_is_disabled_is_told_so() {
    let place = Place::new().await;
    disable_person(&place.app, &ACTOR, &place.person_id).await.expect("disabled");
    assert_out(&sign_in(&place).await, StatusCode::FORBIDDEN, "账户已停用");
}

#[tokio::test]
async fn a_provider_that_says_no_is_down_or_talks_nonsense_is_told_of() {
    let place = Place::new().await;
    place.provider.be(Flaw::Denies);
    assert_out(&sign_in(&place).await, StatusCode::FORBIDDEN, "没有同意登录");
    place.provider.be(Flaw::NoIdToken);
    assert_out(&sign_in(&place).await, StatusCode::BAD_GATEWAY, "答复无法使用");
    place.provider.be(Flaw::None);
    let journey = go(&place.router, START).await;
    for (flaw, status, says) in [
        (Flaw::NoJson, StatusCode::BAD_GATEWAY, "答复无法使用"),
        (Flaw::Breaks, StatusCode::BAD_GATEWAY, "答复无法使用"),
        (Flaw::EndlessAnswer, StatusCode::SERVICE_UNAVAILABLE, "暂时连接不上"),
        (Flaw::Silent, StatusCode::SERVICE_UNAVAILABLE, "暂时连接不上"),
    ] {
        place.provider.be(flaw);
        let answer = get_with(&place.router, "/sign-in/provider?to=/contracts", &[]).await;
        assert_out(&answer, status, says);
        assert!(answer.text.contains("name=\"to\" value=\"/contracts\""), "where one wanted to go is kept");
        assert!(answer.text.contains("name=\"password\""), "and there is another way in");
    }
    assert_out(&arrive(&place.router, &journey).await, StatusCode::SERVICE_UNAVAILABLE, "暂时连接不上");

    let nowhere =
        ProviderSettings { issuer: Some("http://127.0.0.1:1".to_owned()), ..settings(&place.provider) };
    let answer = get_with(&node(&place.app, nowhere), START, &[]).await;
    assert_out(&answer, StatusCode::SERVICE_UNAVAILABLE, "暂时连接不上");
    assert!(answer.headers.contains_key(header::RETRY_AFTER));
}

#[tokio::test]
async fn an_account_of_nobody_is_told_of_and_linked_by_the_administrator() {
    let place = Place::new().await;
    place.provider.user("u-2");
    let refused = sign_in(&place).await;
    assert_out(&refused, StatusCode::FORBIDDEN, "尚未关联账户");
    assert!(refused.text.contains("<code>u-2</code>") && refused.text.contains(&place.provider.issuer()));

    let administrator = signed_in(&place.app, Role::Administrator, Scope::Region).await;
    let cookie = [("cookie", administrator.as_str())];
    let people = get_with(&place.router, "/people", &cookie).await;
    assert!(people.text.contains("等待关联的账户") && people.text.contains("u-2"), "{}", people.text);
    assert!(people.text.contains("示例·&#60;b&#62;李四"), "what the provider says is text: {}", people.text);

    let person_id = somebody(&place.app, "lisi").await;
    let page = format!("/people/{person_id}");
    let form = format!("{page}/provider");
    for (subject, says) in [("u-1", "已关联另一人员"), ("", "账户标识由"), ("标识", "账户标识由")]
    {
        let refused = post(&place.router, &form, &administrator, &[("subject", subject)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains(says) && refused.text.contains(&format!("value=\"{subject}\"")));
    }
    let stranger = signed_in(&place.app, Role::Statistician, Scope::Region).await;
    let refused = post(&place.router, &form, &stranger, &[("subject", "u-2")]).await;
    assert!(refused.status.is_client_error(), "{}", refused.status);

    let linked = post(&place.router, &form, &administrator, &[("subject", " u-2 ")]).await;
    assert_eq!(location(&linked), format!("{page}?done=linked"));
    let people = get_with(&place.router, "/people", &cookie).await;
    assert!(!people.text.contains("等待关联的账户"), "nobody waits any more");
    let session = cookie_of(&sign_in(&place).await);

    let unlinked = post(&place.router, &format!("{form}/unlink"), &administrator, &[]).await;
    assert_eq!(location(&unlinked), format!("{page}?done=unlinked"));
    let inside = get_with(&place.router, "/account", &[("cookie", &session)]).await;
    assert_eq!(inside.status, StatusCode::SEE_OTHER, "their sessions have ended");
    assert_out(&sign_in(&place).await, StatusCode::FORBIDDEN, "尚未关联账户");

    let log = log_of(&place.app).await;
    assert!(log.contains("person.provider_linked") && log.contains("person.provider_unlinked"), "{log}");
    assert!(!log.contains("u-2"), "the log names no subject");
}

#[tokio::test]
async fn a_subject_is_nobodys_at_another_issuer() {
    let place = Place::new().await;
    let other = SmallProvider::start().await;
    let router = node(&place.app, settings(&other));
    let journey = go(&router, START).await;
    assert_out(&arrive(&router, &journey).await, StatusCode::FORBIDDEN, "尚未关联账户");
}

#[tokio::test]
async fn only_the_configured_authority_is_trusted() {
    let provider = SmallProvider::start_with_tls().await;
    let folder = tempfile::tempdir().expect("a folder");
    let app = app_with_region(folder.path()).await;
    let trusting = |ca_file: &str| {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages/provider");
        ProviderSettings { ca_file: Some(folder.join(ca_file)), ..settings(&provider) }
    };
    let left = get_with(&node(&app, trusting("authority.pem")), START, &[]).await;
    assert!(location(&left).starts_with(&provider.issuer()), "{}", left.text);
    let answer = get_with(&node(&app, trusting("server.pem")), START, &[]).await;
    assert_out(&answer, StatusCode::SERVICE_UNAVAILABLE, "暂时连接不上");
    let oidc = trusting("rsa-key.pem");
    let configuration =
        Configuration { public_origin: Some(ORIGIN.to_owned()), oidc, ..Configuration::default() };
    let refused = Provider::of(&configuration, &app.clock).expect_err("a key is no certificate");
    assert_eq!(refused.code(), "configuration.ca_file");
}

/// What is logged while a test runs.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("nobody panicked").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn no_secret_is_logged() {
    let kept = Kept::default();
    let writer = kept.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let place = Place::new().await;
    let journey = go(&place.router, START).await;
    arrive(&place.router, &journey).await;
    for flaw in [Flaw::OtherNonce, Flaw::BadSignature, Flaw::NoIdToken, Flaw::Denies] {
        place.provider.be(flaw);
        sign_in(&place).await;
    }
    let text = String::from_utf8_lossy(&kept.0.lock().expect("nobody panicked")).into_owned();
    assert!(text.contains("nobody can sign in through the provider"), "the trouble is logged");
    let token = journey.cookie.split_once('=').expect("a cookie").1.to_owned();
    let state = journey.back.split("state=").nth(1).expect("a state").split('&').next().expect("a state");
    for secret in place.provider.secrets().into_iter().chain([token, state.to_owned()]) {
        assert!(!text.contains(&secret), "{secret} is in the log");
    }
}
