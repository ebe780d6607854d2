//! The number of a request: in its answer, in every line of the log about it, and on the page of a failure.

use std::convert::Infallible;
use std::fmt::{Display, Formatter, Result as FormatResult};
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue};

/// The header that carries it both ways.
pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");
/// Shorter ones are too easily given twice.
const LEN_MIN: usize = 8;
/// Longer ones would fill the log.
const LEN_MAX: usize = 64;

/// The number of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(String);

impl RequestId {
    /// The number that a balancer gave, where it is well formed.
    pub(super) fn given(headers: &HeaderMap) -> Option<Self> {
        let text = headers.get(&HEADER)?.to_str().ok()?;
        let is_sound = (LEN_MIN..=LEN_MAX).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
        is_sound.then(|| Self(text.to_owned()))
    }

    /// A new number.
    pub(super) fn make() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let mut random = [0; 12];
        match getrandom::fill(&mut random) {
            Ok(()) => Self(hex::encode(random)),
            // A system without randomness still answers; the count is enough to find the line in the log.
            Err(_) => Self(format!("request-{}", COUNT.fetch_add(1, Ordering::Relaxed))),
        }
    }

    pub(super) fn header(&self) -> HeaderValue {
        HeaderValue::from_str(&self.0).expect("invariant: a request's number is plain ASCII")
    }

    /// The number that the layers gave a request; a new one where a router stands without them, as in tests of pages.
    #[must_use]
    pub fn of(extensions: &Extensions) -> Self {
        extensions.get::<Self>().cloned().unwrap_or_else(Self::make)
    }

    /// The number as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Display for RequestId {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> FormatResult {
        formatter.write_str(&self.0)
    }
}

impl<S: Sync> FromRequestParts<S> for RequestId {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.extensions))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(text: &str) -> Option<RequestId> {
        let mut headers = HeaderMap::new();
        headers.insert(HEADER, HeaderValue::from_str(text).ok()?);
        RequestId::given(&headers)
    }

    #[test]
    fn only_a_well_formed_number_is_taken() {
        assert_eq!(given("0190-abc.DEF_9").map(|id| id.to_string()).as_deref(), Some("0190-abc.DEF_9"));
        for refused in ["", "short", "with blank 123", "<script>alert(1)</script>", "{\"a\":\"bcdefg\"}"] {
            assert_eq!(given(refused), None, "{refused}");
        }
        assert_eq!(given(&"a".repeat(LEN_MAX + 1)), None);
        assert!(given(&"a".repeat(LEN_MAX)).is_some());
    }

    #[test]
    fn numbers_that_we_make_are_well_formed_and_differ() {
        let made = RequestId::make();
        assert_eq!(given(made.as_str()), Some(made.clone()));
        assert_ne!(made, RequestId::make());
    }
}
