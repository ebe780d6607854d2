//! Headers that keep the pages to themselves: everything from our own origin, nothing inline, no frame around us.

use axum::Router;
use axum::http::{HeaderName, HeaderValue, header};
use tower_http::compression::CompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;

/// What a page may load: our own files; images also as `data:`; nothing inline, nothing from elsewhere.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self'; \
     img-src 'self' data:; font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; \
     form-action 'self'; frame-ancestors 'none'";

/// What a contract text that is shown may load: nothing; only our own pages may frame it. Without `object-src`, which
/// would silence the browsers' own viewers.
pub const TEXT_SECURITY_POLICY: &str = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'";

/// Device features that no page needs.
const PERMISSIONS_POLICY: &str =
    "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()";

/// The router with security headers on every answer, and gzip where the browser takes it.
pub fn protected<S: Clone + Send + Sync + 'static>(router: Router<S>) -> Router<S> {
    let headers = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "strict-origin-when-cross-origin"),
        (HeaderName::from_static("permissions-policy"), PERMISSIONS_POLICY),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    let router = headers.into_iter().fold(router, |router, (name, value)| {
        router.layer(SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value)))
    });
    // A contract text may stand in a frame of our own page, beside its form; nothing else stands in any.
    let framing =
        [(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY), (header::X_FRAME_OPTIONS, "DENY")];
    let router = framing.into_iter().fold(router, |router, (name, value)| {
        router.layer(SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value)))
    });
    // Pages that say nothing else are asked for again: figures change without their address changing.
    let uncached = HeaderValue::from_static("no-cache");
    router
        .layer(SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, uncached))
        .layer(CompressionLayer::new())
}
