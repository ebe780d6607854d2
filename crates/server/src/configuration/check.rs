//! Values that have the right type and still make no sense.

use std::str::FromStr as _;

use axum::http::Uri;
use tracing_subscriber::EnvFilter;

use super::Configuration;
use super::check_outside::senseless_outside;

/// The largest limit of time that can be meant.
const SECONDS_MAX: u64 = 24 * 3_600;
/// The longest session that can be meant.
const SESSION_HOURS_MAX: u64 = 30 * 24;

/// The longest name of the provider that fits on a button.
const PROVIDER_NAME_CHARACTERS_MAX: usize = 30;
/// The longest conversation with the provider: shorter than an ordinary request may take.
const PROVIDER_SECONDS_MAX: u64 = 25;
/// The longest issuer.
const ISSUER_BYTES_MAX: usize = 500;
/// The longest scope.
const SCOPE_BYTES_MAX: usize = 100;

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
    senseless_provider(configuration).or_else(|| senseless_outside(configuration))
}

/// The first value about the provider that makes no sense.
fn senseless_provider(configuration: &Configuration) -> Option<Senseless> {
    let oidc = &configuration.oidc;
    let Some(issuer) = &oidc.issuer else {
        return (oidc.client_id.is_some() || oidc.client_secret.is_some()).then_some(Senseless {
            key: "oidc.issuer",
            zh: "已填写其他 oidc 配置项，还须填写身份提供方的地址",
            en: "other keys of oidc are given, so give the provider's address too",
        });
    };
    if !is_issuer(issuer) {
        return Some(Senseless {
            key: "oidc.issuer",
            zh: "应为 https:// 开头的地址，不带 ? 和 #（只有本机测试可用 http://127.0.0.1 等）",
            en: "write an address that begins with https://, without ? and # (http:// only for this machine itself)",
        });
    }
    if oidc.client_id.is_none() {
        return Some(Senseless {
            key: "oidc.client_id",
            zh: "应填写在身份提供方登记本平台时得到的客户端编号",
            en: "write the client's id that the provider gave when this platform was registered there",
        });
    }
    if configuration.public_origin.is_none() {
        return Some(Senseless {
            key: "public_origin",
            zh: "使用 oidc 时必须填写：身份提供方要把人送回这个地址",
            en: "it is needed with oidc: the provider sends people back to this address",
        });
    }
    if oidc.client_secret.is_some() && oidc.client_secret_file.is_some() {
        return Some(Senseless {
            key: "oidc.client_secret_file",
            zh: "与 oidc.client_secret 只能填写一个",
            en: "give either this or oidc.client_secret",
        });
    }
    let names = [("oidc.name_zh", &oidc.name_zh), ("oidc.name_en", &oidc.name_en)];
    if let Some((key, _)) = names
        .into_iter()
        .find(|(_, name)| !(1..=PROVIDER_NAME_CHARACTERS_MAX).contains(&name.chars().count()))
    {
        return Some(Senseless { key, zh: "应为 1 至 30 个字符", en: "write 1 to 30 characters" });
    }
    if !oidc.scopes.iter().all(|scope| is_scope(scope)) {
        return Some(Senseless {
            key: "oidc.scopes",
            zh: "每一项应为身份提供方说明中的范围名，如 profile，不含空格和引号",
            en: "write names of scopes that the provider documents, such as profile, without blanks and quotes",
        });
    }
    (!(1..=PROVIDER_SECONDS_MAX).contains(&oidc.timeout_seconds)).then_some(Senseless {
        key: "oidc.timeout_seconds",
        zh: "应为 1 至 25 秒",
        en: "write a number of seconds from 1 to 25",
    })
}

/// Whether a text can be an issuer (OpenID Connect Discovery 1.0, section 2).
pub(super) fn is_issuer(text: &str) -> bool {
    let Ok(uri) = Uri::from_str(text) else { return false };
    let is_here = matches!(uri.host(), Some("localhost" | "127.0.0.1" | "[::1]"));
    let is_safe = text.starts_with("https://") || (text.starts_with("http://") && is_here);
    is_safe
        && uri.host().is_some_and(|host| !host.is_empty())
        && text.len() <= ISSUER_BYTES_MAX
        && text.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'?' | b'#' | b'@'))
}

/// Whether a text is one scope (RFC 6749, section 3.3).
fn is_scope(text: &str) -> bool {
    (1..=SCOPE_BYTES_MAX).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\'))
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
