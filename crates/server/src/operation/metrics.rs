//! The counters of this process, in OpenMetrics text.

use std::sync::OnceLock;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// Upper ends of the duration's classes in seconds: the speed target is 50 ms, imports take minutes.
const DURATION_CLASSES: [f64; 12] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0, 600.0];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabels {
    route: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ReasonLabels {
    reason: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct SourceLabels {
    source: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct StateLabels {
    state: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ChannelLabels {
    channel: &'static str,
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DeliveryLabels {
    channel: &'static str,
    state: &'static str,
}

/// The counters of this process; those about the node's state are set at each scrape.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    duration: Family<RouteLabels, Histogram>,
    in_flight: Gauge,
    sign_in_failures: Family<ReasonLabels, Counter>,
    connections: Family<StateLabels, Gauge>,
    log_position: Gauge,
    figures_position: Gauge,
    figures_lag: Gauge,
    open_jobs: Gauge,
    notice_tries: Family<ChannelLabels, Counter>,
    deliveries: Family<DeliveryLabels, Gauge>,
    imports: Family<SourceLabels, Gauge>,
    database_up: Gauge,
}

/// What is looked up at a scrape.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct NodeState {
    pub(super) connections_open: i64,
    pub(super) connections_idle: i64,
    pub(super) log_position: i64,
    /// None while the figures are built.
    pub(super) figures_position: Option<i64>,
    pub(super) open_jobs: i64,
    /// Channel and state, with how many deliveries stand there.
    pub(super) deliveries: Vec<(&'static str, &'static str, i64)>,
    pub(super) imports: Vec<(String, i64)>,
}

/// The counters of this process.
#[must_use]
pub fn metrics() -> &'static Metrics {
    static METRICS: OnceLock<Metrics> = OnceLock::new();
    METRICS.get_or_init(Metrics::new)
}

/// One request under way; dropped when it is answered, also where its client has gone away.
#[derive(Debug)]
pub(super) struct UnderWay(Gauge);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl Metrics {
    fn new() -> Self {
        let mut registry = Registry::with_prefix("xiaoxiang");
        let requests = Family::default();
        registry.register("http_requests", "Requests answered", requests.clone());
        let duration =
            Family::new_with_constructor((|| Histogram::new(DURATION_CLASSES)) as fn() -> Histogram);
        registry.register_with_unit(
            "http_request_duration",
            "Time until the answer began",
            Unit::Seconds,
            duration.clone(),
        );
        let in_flight = Gauge::default();
        registry.register("http_requests_in_flight", "Requests under way", in_flight.clone());
        let sign_in_failures = Family::default();
        registry.register("sign_in_failures", "Sign-ins refused", sign_in_failures.clone());
        let connections = Family::default();
        registry.register("database_connections", "Connections of this node", connections.clone());
        let log_position = Gauge::default();
        registry.register("log_position", "Newest position of the audit log", log_position.clone());
        let figures_position = Gauge::default();
        registry.register("figures_position", "Position that the figures follow", figures_position.clone());
        let figures_lag = Gauge::default();
        registry.register(
            "figures_lag_entries",
            "Entries that the figures have not read; the next reader catches up",
            figures_lag.clone(),
        );
        let open_jobs = Gauge::default();
        registry.register("jobs_open", "Jobs not done", open_jobs.clone());
        let notice_tries = Family::default();
        registry.register("notice_tries", "Tries to deliver notices", notice_tries.clone());
        let deliveries = Family::default();
        registry.register("deliveries", "Deliveries that wait or were given up", deliveries.clone());
        let imports = Family::default();
        registry.register("imports", "Imports taken", imports.clone());
        let database_up = Gauge::default();
        registry.register("database_up", "Whether the database answered this scrape", database_up.clone());
        Self {
            registry,
            requests,
            duration,
            in_flight,
            sign_in_failures,
            connections,
            log_position,
            figures_position,
            figures_lag,
            open_jobs,
            notice_tries,
            deliveries,
            imports,
            database_up,
        }
    }

    /// Counts a refused sign-in; the reason is the code of the refusal, never a name.
    pub fn sign_in_failed(&self, reason: &'static str) {
        self.sign_in_failures.get_or_create(&ReasonLabels { reason }).inc();
    }

    /// Counts a try to deliver a notice.
    pub fn notice_carried(&self, channel: &'static str, outcome: &'static str) {
        self.notice_tries.get_or_create(&ChannelLabels { channel, outcome }).inc();
    }

    pub(super) fn begin(&self) -> UnderWay {
        self.in_flight.inc();
        UnderWay(self.in_flight.clone())
    }

    pub(super) fn observe(&self, method: &'static str, route: &str, status: u16, elapsed: Duration) {
        self.requests.get_or_create(&RequestLabels { method, route: route.to_owned(), status }).inc();
        self.duration.get_or_create(&RouteLabels { route: route.to_owned() }).observe(elapsed.as_secs_f64());
    }

    /// All counters as text; without a state the database did not answer.
    pub(super) fn text(&self, state: Option<&NodeState>) -> String {
        self.database_up.set(i64::from(state.is_some()));
        if let Some(state) = state {
            self.connections.get_or_create(&StateLabels { state: "open" }).set(state.connections_open);
            self.connections.get_or_create(&StateLabels { state: "idle" }).set(state.connections_idle);
            self.log_position.set(state.log_position);
            if let Some(position) = state.figures_position {
                self.figures_position.set(position);
                self.figures_lag.set(state.log_position.saturating_sub(position));
            }
            self.open_jobs.set(state.open_jobs);
            for (channel, state, count) in &state.deliveries {
                self.deliveries.get_or_create(&DeliveryLabels { channel, state }).set(*count);
            }
            for (source, count) in &state.imports {
                self.imports.get_or_create(&SourceLabels { source: source.clone() }).set(*count);
            }
        }
        let mut text = String::new();
        encode(&mut text, &self.registry).expect("invariant: writing into a string does not fail");
        text
    }
}
