//! Signs what is sent to programs, as the open specification Standard Webhooks lays down: libraries that check it exist in
//! many languages.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// What a secret begins with.
pub const SECRET_PREFIX: &str = "whsec_";

/// A secret made of random bytes.
pub(super) fn secret_text(random: &[u8]) -> String {
    format!("{SECRET_PREFIX}{}", BASE64_STANDARD.encode(random))
}

/// The value of `webhook-signature`: HMAC-SHA256 over id, second and body with dots between, in Base64.
///
/// A secret that begins with `whsec_` is Base64 behind it; any other, such as a gateway's, is taken letter for letter.
#[must_use]
pub fn sign(secret: &str, id: &str, at_s: i64, body: &str) -> String {
    let decoded = secret.strip_prefix(SECRET_PREFIX).and_then(|text| BASE64_STANDARD.decode(text).ok());
    let key = decoded.as_deref().unwrap_or(secret.as_bytes());
    let mut mac =
        Hmac::<Sha256>::new_from_slice(key).expect("invariant: a key of this algorithm has any length");
    for part in [id, ".", &at_s.to_string(), ".", body] {
        mac.update(part.as_bytes());
    }
    format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example that the specification gives.
    #[test]
    fn the_published_example_is_signed_as_published() {
        let signed = sign(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            "{\"test\": 2432232314}",
        );
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }
}
