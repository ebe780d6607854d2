//! Values that have the right type and still make no sense.

use std::str::FromStr as _;

use axum::http::Uri;
use tracing_subscriber::EnvFilter;

use super::Configuration;

/// The largest limit of time that can be meant.
const SECONDS_MAX: u64 = 24 * 3_600;
/// The longest session that can be meant.
const SESSION_HOURS_MAX: u64 = 30 * 24;

/// A key whose value makes no sense, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Senseless {
    pub(super) key: &'static str,
    pub(super) zh: &'static str,
    pub(super) en: &'static str,
}

/// The first value that makes no sense.
pub(super) fn senseless(configuration: &Configuration) -> Option<Senseless> {
    let Configuration { limits, stop, sessions, .. } = configuration;
    let times = [
        ("limits.request_seconds", limits.request_seconds),
        ("limits.upload_seconds", limits.upload_seconds),
        ("stop.limit_seconds", stop.limit_seconds),
    ];
    if let Some((key, _)) = times.into_iter().find(|(_, seconds)| !(1..=SECONDS_MAX).contains(seconds)) {
        return Some(Senseless {
            key,
            zh: "应为 1 至 86400 秒",
            en: "write a number of seconds from 1 to 86400",
        });
    }
    if stop.notice_seconds > SECONDS_MAX {
        let en = "write a number of seconds from 0 to 86400";
        return Some(Senseless { key: "stop.notice_seconds", zh: "应为 0 至 86400 秒", en });
    }
    let sizes = [
        ("limits.body_bytes", limits.body_bytes > 0),
        ("limits.upload_bytes", limits.upload_bytes >= limits.body_bytes),
        ("limits.concurrent_requests", limits.concurrent_requests > 0),
        ("limits.connections", limits.connections > 0),
        ("sessions.idle_minutes", sessions.idle_minutes > 0),
    ];
    if let Some((key, _)) = sizes.into_iter().find(|(_, is_sound)| !is_sound) {
        return Some(Senseless {
            key,
            zh: "应大于 0，且上传上限不小于普通请求上限",
            en: "write a number above 0; uploads may not be smaller than ordinary bodies",
        });
    }
    let hours = sessions.absolute_hours;
    if !(1..=SESSION_HOURS_MAX).contains(&hours) || sessions.idle_minutes > hours * 60 {
        return Some(Senseless {
            key: "sessions.absolute_hours",
            zh: "应为 1 至 720 小时，且不短于空闲时限",
            en: "write 1 to 720 hours, not less than the idle time",
        });
    }
    if EnvFilter::try_new(&configuration.log.level).is_err() {
        return Some(Senseless {
            key: "log.level",
            zh: "应为 error、warn、info、debug 或 trace",
            en: "write error, warn, info, debug or trace",
        });
    }
    if configuration.public_origin.as_deref().is_some_and(|origin| !is_origin(origin)) {
        return Some(Senseless {
            key: "public_origin",
            zh: "应形如 https://kj.example.gov.cn，结尾不带斜线和路径",
            en: "write it like https://kj.example.gov.cn, without a path or a slash at the end",
        });
    }
    if configuration.trusted_proxies.includes_everybody() {
        return Some(Senseless {
            key: "trusted_proxies",
            zh: "不能包含所有地址，否则任何人都可以伪造来源",
            en: "write single addresses or networks; whoever believes everybody can be told anything",
        });
    }
    None
}

/// Whether a text is scheme, host and perhaps port, and nothing else.
fn is_origin(text: &str) -> bool {
    let Some(host) = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) else {
        return false;
    };
    // Browsers send it in small letters; another spelling would never be equal.
    let is_plain =
        !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']) && text == text.to_lowercase();
    is_plain && Uri::from_str(text).is_ok_and(|uri| uri.host().is_some_and(|host| !host.is_empty()))
}
