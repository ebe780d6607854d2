//! The layers around a router of our own, in this process.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode};
use axum::{Router, routing};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tower::ServiceExt as _;
use xiaoxiang_server::clock::system_clock;
use xiaoxiang_server::configuration::Configuration;
use xiaoxiang_server::operation::{Ending, Operation, RequestId, layered, metrics, serve_until, upload_body};
use xiaoxiang_services::App;
use xiaoxiang_store::testing::TestDb;

use crate::support;

struct Bench {
    made: TestDb,
    app: App,
    configuration: Configuration,
    gate: Arc<Notify>,
}

struct Answer {
    status: StatusCode,
    headers: axum::http::HeaderMap,
    text: String,
}

async fn broken() -> &'static str {
    panic!("a secret of 示例甲")
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl Bench {
    async fn new() -> Self {
        let made = TestDb::sqlite().await;
        let app = App::new(made.db.clone(), system_clock());
        Self { made, app, configuration: Configuration::default(), gate: Arc::new(Notify::new()) }
    }

    fn router(&self) -> (Router, Operation) {
        let gate = self.gate.clone();
        let inner = Router::new()
            .route("/quick/{name}", routing::get(|id: RequestId| async move { id.to_string() }))
            .route("/broken", routing::get(broken))
            .route("/api/v1/broken", routing::get(broken))
            .route(
                "/slow",
                routing::any(move || async move {
                    gate.notified().await;
                    "at last"
                }),
            )
            .route("/form", routing::post(|body: axum::body::Bytes| async move { body.len().to_string() }))
            .route(
                "/upload",
                routing::post(|body: axum::body::Bytes| async move { body.len().to_string() })
                    .layer(upload_body(&self.configuration.limits)),
            );
        let operation = Operation::new(&self.app, &self.configuration);
        (layered(inner, &operation), operation)
    }

    async fn ask(router: &Router, request: Request<Body>) -> Answer {
        let response = router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, 1 << 20).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }

    async fn get(router: &Router, path: &str) -> Answer {
        Self::ask(router, Request::get(path).body(Body::empty()).unwrap()).await
    }

    async fn post(router: &Router, path: &str, bytes: usize) -> Answer {
        Self::ask(router, Request::post(path).body(Body::from(vec![b'x'; bytes])).unwrap()).await
    }
}

#[tokio::test]
async fn a_request_keeps_a_well_formed_number_and_gets_one_otherwise() {
    let bench = Bench::new().await;
    let (router, _) = bench.router();
    let kept = Request::get("/quick/a").header("x-request-id", "balancer-0001").body(Body::empty()).unwrap();
    let kept = Bench::ask(&router, kept).await;
    assert_eq!((kept.header("x-request-id"), kept.text.as_str()), ("balancer-0001", "balancer-0001"));
    let forged =
        Request::get("/quick/a").header("x-request-id", "{\"level\":\"x\"}").body(Body::empty()).unwrap();
    let made = Bench::ask(&router, forged).await;
    assert_eq!(made.header("x-request-id").len(), 24);
    assert_eq!(made.header("x-request-id"), made.text, "handlers see the number that the answer carries");
    bench.made.end().await;
}

#[tokio::test]
async fn a_panic_becomes_a_page_with_a_number_and_without_the_cause() {
    let bench = Bench::new().await;
    let (router, _) = bench.router();
    let page = Bench::get(&router, "/broken").await;
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(
        page.text.contains(page.header("x-request-id")) && page.text.contains("程序出错了"),
        "{}",
        page.text
    );
    assert!(!page.text.contains("secret"), "{}", page.text);
    assert!(page.header("content-security-policy").contains("default-src 'none'"));
    let english = Bench::get(&router, "/en/broken").await;
    assert_eq!(english.status, StatusCode::NOT_FOUND, "no such route, and no panic either");
    let problem = Bench::get(&router, "/api/v1/broken").await;
    assert_eq!(problem.header("content-type"), "application/problem+json");
    let problem_body: serde_json::Value = serde_json::from_str(&problem.text).unwrap();
    assert_eq!(problem_body["code"], "server.failed");
    assert_eq!(problem_body["trace"], problem.header("x-request-id"));
    assert_eq!(Bench::get(&router, "/quick/a").await.status, StatusCode::OK, "the next request is answered");
    bench.made.end().await;
}

#[tokio::test]
async fn bodies_above_the_limit_are_refused_and_uploads_may_be_larger() {
    let mut bench = Bench::new().await;
    bench.configuration.limits.body_bytes = 1_000;
    bench.configuration.limits.upload_bytes = 5_000;
    let (router, _) = bench.router();
    assert_eq!(Bench::post(&router, "/form", 1_000).await.text, "1000");
    let refused = Bench::post(&router, "/form", 1_001).await;
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(refused.text.contains("提交的内容过大"), "{}", refused.text);
    assert_eq!(Bench::post(&router, "/upload", 5_000).await.text, "5000");
    assert_eq!(Bench::post(&router, "/upload", 5_001).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    bench.made.end().await;
}

#[tokio::test]
async fn what_takes_too_long_is_stopped_and_files_may_take_longer() {
    let mut bench = Bench::new().await;
    bench.configuration.limits.request_seconds = 1;
    bench.configuration.limits.upload_seconds = 3;
    let (router, _) = bench.router();
    let stopped = Bench::get(&router, "/slow").await;
    assert_eq!(stopped.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(stopped.header("retry-after"), "2");
    assert!(stopped.text.contains("用时过长"), "{}", stopped.text);
    let gate = bench.gate.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        gate.notify_one();
    });
    let upload = Request::post("/slow").header("content-type", "multipart/form-data; boundary=x");
    let answered = Bench::ask(&router, upload.body(Body::empty()).unwrap()).await;
    assert_eq!((answered.status, answered.text.as_str()), (StatusCode::OK, "at last"));
    bench.made.end().await;
}

#[tokio::test]
async fn more_requests_than_places_are_told_to_come_back() {
    let mut bench = Bench::new().await;
    bench.configuration.limits.concurrent_requests = 2;
    let (router, _) = bench.router();
    let mut held = Vec::new();
    for _ in 0..2 {
        let router = router.clone();
        held.push(tokio::spawn(async move { Bench::get(&router, "/slow").await.status }));
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    let busy = Bench::get(&router, "/quick/a").await;
    assert_eq!((busy.status, busy.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "2"));
    assert!(busy.text.contains("人太多"), "{}", busy.text);
    // A balancer still learns that the node lives.
    assert_eq!(Bench::get(&router, "/health/live").await.status, StatusCode::OK);
    bench.gate.notify_waiters();
    for request in held {
        assert_eq!(request.await.unwrap(), StatusCode::OK);
    }
    assert_eq!(Bench::get(&router, "/quick/a").await.status, StatusCode::OK);
    bench.made.end().await;
}

#[tokio::test]
async fn readiness_follows_the_stop_and_the_database() {
    let bench = Bench::new().await;
    let (router, operation) = bench.router();
    let ready = Bench::get(&router, "/health/ready").await;
    assert_eq!(ready.status, StatusCode::OK, "{}: an empty database waits for its first region", ready.text);
    operation.begin_stop();
    let stopping = Bench::get(&router, "/health/ready").await;
    assert_eq!(stopping.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(stopping.text.contains("\"stopping\":true"), "{}", stopping.text);
    assert_eq!(Bench::get(&router, "/health/live").await.status, StatusCode::OK);

    let (router, _) = bench.router();
    bench.app.db.close().await;
    let gone = Bench::get(&router, "/health/ready").await;
    assert_eq!(gone.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(gone.text.contains("\"database\":\"failed\""), "{}", gone.text);
    assert_eq!(Bench::get(&router, "/health/live").await.status, StatusCode::OK);
    bench.made.end().await;
}

#[tokio::test]
async fn metrics_are_for_this_machine_and_whom_the_operator_names() {
    let mut bench = Bench::new().await;
    bench.configuration.metrics.allowed = vec!["10.0.0.9".parse().unwrap()];
    let (router, _) = bench.router();
    let from = |peer: &str, more: &[(&str, &str)]| {
        let mut request = Request::get("/metrics");
        for (name, value) in more {
            request = request.header(*name, *value);
        }
        let mut request = request.body(Body::empty()).unwrap();
        let peer: SocketAddr = format!("{peer}:1234").parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(peer));
        Bench::ask(&router, request)
    };
    for peer in ["127.0.0.1", "[::1]", "10.0.0.9", "[::ffff:127.0.0.1]"] {
        assert_eq!(from(peer, &[]).await.status, StatusCode::OK, "{peer}");
    }
    assert_eq!(from("10.0.0.8", &[]).await.status, StatusCode::NOT_FOUND);
    let forwarded = from("127.0.0.1", &[("x-forwarded-for", "203.0.113.9")]).await;
    assert_eq!(forwarded.status, StatusCode::NOT_FOUND, "a proxy on this machine speaks for others");
    assert_eq!(Bench::get(&router, "/metrics").await.status, StatusCode::NOT_FOUND, "nobody knows who asks");
    bench.made.end().await;
}

#[tokio::test]
async fn metrics_name_routes_and_never_addresses() {
    let bench = Bench::new().await;
    let (router, _) = bench.router();
    Bench::get(&router, "/quick/secret-of-somebody?name=li").await;
    Bench::get(&router, "/no/such/secret-place").await;
    let odd = Request::builder().method("SECRETVERB").uri("/quick/a").body(Body::empty()).unwrap();
    Bench::ask(&router, odd).await;
    metrics().sign_in_failed("password");
    let mut request = Request::get("/metrics").body(Body::empty()).unwrap();
    request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 1))));
    let answer = Bench::ask(&router, request).await;
    for expected in [
        "xiaoxiang_http_requests_total{method=\"GET\",route=\"/quick/{name}\",status=\"200\"} ",
        "route=\"unmatched\",status=\"404\"",
        "xiaoxiang_http_request_duration_seconds_bucket{le=\"0.05\",route=\"/quick/{name}\"}",
        "xiaoxiang_http_requests_in_flight ",
        "xiaoxiang_database_connections{state=\"open\"} ",
        "xiaoxiang_log_position -1",
        "xiaoxiang_jobs_open 0",
        "xiaoxiang_sign_in_failures_total{reason=\"password\"} 1",
        "xiaoxiang_database_up 1",
        "# EOF",
    ] {
        assert!(answer.text.contains(expected), "{expected} is missing from\n{}", answer.text);
    }
    assert!(!answer.text.to_lowercase().contains("secret"), "{}", answer.text);
    bench.made.end().await;
}

async fn listening(bench: &Bench) -> (Router, TcpListener, String) {
    let (router, _) = bench.router();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = listener.local_addr().unwrap().to_string();
    (router, listener, host)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopping_server_answers_what_is_under_way_and_takes_nothing_new() {
    let bench = Bench::new().await;
    let (router, listener, host) = listening(&bench).await;
    let stop = Arc::new(Notify::new());
    let told = stop.clone();
    let serving = tokio::spawn(async move {
        serve_until(listener, router, 10, Duration::from_secs(20), told.notified_owned()).await
    });
    let asked = {
        let host = host.clone();
        tokio::task::spawn_blocking(move || support::get(&host, "/slow", "").unwrap())
    };
    tokio::time::sleep(Duration::from_millis(300)).await;
    stop.notify_one();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(std::net::TcpStream::connect(&host).is_err(), "nothing new is taken");
    bench.gate.notify_one();
    assert_eq!(asked.await.unwrap().body, "at last");
    assert_eq!(serving.await.unwrap(), Ending::Answered);
    bench.made.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_does_not_end_is_cut_off_at_the_limit() {
    let bench = Bench::new().await;
    let (router, listener, host) = listening(&bench).await;
    let stop = Arc::new(Notify::new());
    let told = stop.clone();
    let serving = tokio::spawn(async move {
        serve_until(listener, router, 10, Duration::from_millis(500), told.notified_owned()).await
    });
    let asked = tokio::task::spawn_blocking(move || support::get(&host, "/slow", "").is_err());
    tokio::time::sleep(Duration::from_millis(300)).await;
    stop.notify_one();
    let began = std::time::Instant::now();
    assert_eq!(serving.await.unwrap(), Ending::Cut(1));
    assert!(began.elapsed() < Duration::from_secs(5));
    assert!(asked.await.unwrap(), "the client sees a broken connection, never half an answer");
    bench.made.end().await;
}
