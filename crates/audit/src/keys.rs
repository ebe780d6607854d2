//! Ed25519 keys: the secret one that signs tree heads, the public one that outsiders hold.

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::Signer as _;
use ed25519_dalek::pkcs8::spki::der::{pem::LineEnding, zeroize::Zeroizing};
use ed25519_dalek::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, KeypairBytes};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::hex_text::{Hex, KeyId, Signature};

const PUBLIC_KEY_PREFIX: &str = "xxpk1";
const KEY_ID_BYTES: usize = 8;

/// Public key of a log (公钥). Its text, `xxpk1:KEYID:HEX`, carries its own key id, so that a
/// mistyped key is refused instead of merely failing to verify.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PublicKey(ed25519_dalek::VerifyingKey);

/// Secret key of a log (私钥). Its `Debug` form shows the key id only; its bytes are wiped when it
/// is dropped.
pub struct SigningKey(ed25519_dalek::SigningKey);

/// Text that is not a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not of the form `xxpk1:KEYID:HEX`.
    #[error("a public key has the form xxpk1:KEYID:HEX")]
    PublicKeyForm,
    /// The key id does not belong to the key: mistyped or altered.
    #[error("the key id does not belong to the key")]
    KeyIdMismatch,
    /// Not a point of the curve, or one under which signatures prove nothing.
    #[error("not a sound ed25519 public key")]
    Unsound,
    /// Not an Ed25519 key in PKCS#8 PEM.
    #[error("not an ed25519 private key in PKCS#8 PEM")]
    PrivateKeyForm,
}

impl SigningKey {
    /// Makes a key of 32 random bytes, drawn by the caller from the system's generator.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    /// Reads a key file (PKCS#8 PEM, RFC 8410), as `openssl genpkey -algorithm ed25519` writes it.
    pub fn from_pkcs8_pem(text: &str) -> Result<Self, KeyError> {
        ed25519_dalek::SigningKey::from_pkcs8_pem(text).map(Self).map_err(|_| KeyError::PrivateKeyForm)
    }

    /// Writes the key file, in the PKCS#8 version without the public half, which every tool reads. Who
    /// has this text can sign in the log's name; it is wiped when dropped.
    pub fn to_pkcs8_pem(&self) -> Zeroizing<String> {
        let pair = KeypairBytes { secret_key: self.0.to_bytes(), public_key: None };
        pair.to_pkcs8_pem(LineEnding::LF).expect("an ed25519 key always has a PKCS#8 form")
    }

    /// Returns the public half.
    pub fn public_key(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Signature {
        Hex(self.0.sign(message).to_bytes())
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.public_key().key_id())
    }
}

impl PublicKey {
    /// Returns the short name of this key: the first eight bytes of its SHA-256.
    pub fn key_id(&self) -> KeyId {
        let digest: [u8; 32] = Sha256::digest(self.0.as_bytes()).into();
        let mut id = [0; KEY_ID_BYTES];
        id.copy_from_slice(&digest[..KEY_ID_BYTES]);
        Hex(id)
    }

    /// Checks a signature strictly: no malleable form and no small-order key passes.
    pub(crate) fn has_signed(&self, message: &[u8], signature: &Signature) -> bool {
        let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
        self.0.verify_strict(message, &signature).is_ok()
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = Hex(self.0.to_bytes());
        write!(f, "{PUBLIC_KEY_PREFIX}:{}:{bytes}", self.key_id())
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for PublicKey {
    type Err = KeyError;

    /// White space is ignored, since paper and mail wrap lines.
    fn from_str(text: &str) -> Result<Self, KeyError> {
        let text: String = text.split_whitespace().collect();
        let parts: Vec<&str> = text.split(':').collect();
        let [PUBLIC_KEY_PREFIX, key_id, bytes] = parts[..] else {
            return Err(KeyError::PublicKeyForm);
        };
        let key_id: KeyId = key_id.parse().map_err(|_| KeyError::PublicKeyForm)?;
        let bytes: Hex<32> = bytes.parse().map_err(|_| KeyError::PublicKeyForm)?;
        let key = ed25519_dalek::VerifyingKey::from_bytes(&bytes.0)
            .ok()
            .filter(|key| !key.is_weak())
            .map(Self)
            .ok_or(KeyError::Unsound)?;
        if key.key_id() == key_id { Ok(key) } else { Err(KeyError::KeyIdMismatch) }
    }
}

impl TryFrom<String> for PublicKey {
    type Error = KeyError;

    fn try_from(text: String) -> Result<Self, KeyError> {
        text.parse()
    }
}

impl From<PublicKey> for String {
    fn from(key: PublicKey) -> Self {
        key.to_string()
    }
}
