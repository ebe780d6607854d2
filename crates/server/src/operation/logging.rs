//! The log on stderr, and panics as lines of it.

use std::io::stderr;

use tracing_subscriber::EnvFilter;

use crate::configuration::{LogFormat, LogSettings};

/// Sends the log to stderr in the configured form; a second server in one process keeps the first one's.
pub fn log_to_stderr(settings: &LogSettings) {
    // The configuration was checked; a caller of its own gets what is loud enough.
    let filter = EnvFilter::try_new(&settings.level).unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(stderr);
    let begun = match settings.format {
        LogFormat::Json => {
            builder.json().flatten_event(true).with_current_span(true).with_span_list(false).try_init()
        }
        LogFormat::Text => builder.try_init(),
    };
    if begun.is_ok() {
        log_panics();
    }
}

/// A panic is logged with its place, inside the request that it ended. A text made at run time may hold what somebody
/// typed and stays out.
fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let text = panic.payload().downcast_ref::<&'static str>().copied().unwrap_or("-");
        tracing::error!(place, text, "panic");
    }));
}
