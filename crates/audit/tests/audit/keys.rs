//! Keys, printed heads and rotation.

use crate::common::{AT_MS, Log, key, log_id};
use serde_json::json;
use xiaoxiang_audit::{
    Frontier, KeyChain, KeyError, KeyRotation, PublicKey, RotationError, SignedTreeHead, SigningKey, TreeHead,
};

/// Written by `openssl genpkey -algorithm ed25519`; its public half by `openssl pkey -pubout`.
const OPENSSL_KEY: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIEYCIIplfS166fY5Bt7Sm9vMrAeszk7yp0cnfl00slQU\n-----END PRIVATE KEY-----\n";
const OPENSSL_PUBLIC: &str = "95211762881db099256b39fe60d3061a09f0933c564b333cb58ce9084b473668";

fn signed() -> SignedTreeHead {
    let mut log = Log::of(5);
    log.sign_head()
}

#[test]
fn a_key_file_is_read_back() {
    let pem = key(1).to_pkcs8_pem();
    assert!(pem.starts_with("-----BEGIN PRIVATE KEY-----\n"));
    assert_eq!(SigningKey::from_pkcs8_pem(&pem).unwrap().public_key(), key(1).public_key());
    assert_eq!(SigningKey::from_pkcs8_pem("no key").unwrap_err(), KeyError::PrivateKeyForm);
}

#[test]
fn a_key_file_made_by_openssl_is_read_and_written_alike() {
    let read = SigningKey::from_pkcs8_pem(OPENSSL_KEY).unwrap();
    let public = read.public_key().to_string();
    assert!(public.ends_with(OPENSSL_PUBLIC), "{public}");
    assert_eq!(*read.to_pkcs8_pem(), OPENSSL_KEY);
}

#[test]
fn a_secret_key_is_not_shown_by_debug() {
    let shown = format!("{:?}", key(1));
    assert_eq!(shown, format!("SigningKey({})", key(1).public_key().key_id()));
}

#[test]
fn a_mistyped_public_key_is_refused() {
    let text = key(1).public_key().to_string();
    assert_eq!(text.parse::<PublicKey>().unwrap(), key(1).public_key());
    assert_eq!(text.replace(':', ":\n ").parse::<PublicKey>().unwrap(), key(1).public_key());
    for place in 0..text.len() {
        let mut bytes = text.clone().into_bytes();
        bytes[place] = if bytes[place] == b'0' { b'1' } else { b'0' };
        let mistyped = String::from_utf8(bytes).unwrap();
        assert!(mistyped.parse::<PublicKey>().is_err(), "{mistyped}");
    }
}

#[test]
fn a_key_of_small_order_is_refused() {
    // The neutral element: signatures under it can be made by anybody.
    let bytes = format!("01{}", "00".repeat(31));
    let text = format!("xxpk1:0123456789abcdef:{bytes}");
    assert_eq!(text.parse::<PublicKey>(), Err(KeyError::Unsound));
}

#[test]
fn a_printed_head_is_read_back_and_no_altered_one_verifies() {
    let signed = signed();
    let text = signed.to_string();
    let wrapped: String = text
        .as_bytes()
        .chunks(40)
        .fold(String::new(), |all, part| all + std::str::from_utf8(part).unwrap() + "\n  ");
    assert_eq!(wrapped.parse::<SignedTreeHead>().unwrap(), signed);
    assert!(signed.is_signed_by(&key(1).public_key()));
    assert!(!signed.is_signed_by(&key(2).public_key()));
    for place in 0..text.len() {
        let mut bytes = text.clone().into_bytes();
        bytes[place] = if bytes[place] == b'1' { b'2' } else { b'1' };
        if let Ok(other) = String::from_utf8(bytes).unwrap().parse::<SignedTreeHead>() {
            assert!(!other.is_signed_by(&key(1).public_key()), "byte {place}");
        }
    }
}

#[test]
fn one_head_has_one_text() {
    let text = signed().to_string();
    assert!(text.replacen(":5:", ":05:", 1).parse::<SignedTreeHead>().is_err());
    assert!(text.replacen(":5:", ":+5:", 1).parse::<SignedTreeHead>().is_err());
    assert!(text.to_uppercase().parse::<SignedTreeHead>().is_err());
    assert!("xx1:a:b".parse::<SignedTreeHead>().is_err());
}

#[test]
fn a_head_of_the_empty_log_can_be_signed() {
    let state = Frontier::default().state();
    let head = TreeHead { log_id: log_id(), size: 0, root: state.root, at_ms: AT_MS };
    assert!(head.sign(&key(1)).is_signed_by(&key(1).public_key()));
}

#[test]
fn a_chain_follows_only_what_the_key_in_force_has_signed() {
    let rotation = KeyRotation::sign(log_id(), &key(1), key(2).public_key());
    let mut chain = KeyChain::new(log_id(), key(1).public_key());
    assert_eq!(KeyRotation::from_payload(&rotation.to_payload()), Ok(rotation.clone()));

    let mut forged = rotation.clone();
    forged.new_key = key(9).public_key();
    assert_eq!(chain.rotate(&forged), Err(RotationError::Signature));
    chain.rotate(&rotation).unwrap();
    assert_eq!(chain.in_force(), &key(2).public_key());

    let by_retired = KeyRotation::sign(log_id(), &key(1), key(3).public_key());
    assert_eq!(chain.rotate(&by_retired), Err(RotationError::Signature));
    let back = KeyRotation::sign(log_id(), &key(2), key(1).public_key());
    assert_eq!(chain.rotate(&back), Err(RotationError::Reused));
    let elsewhere = KeyRotation::sign("other".parse().unwrap(), &key(2), key(3).public_key());
    assert_eq!(chain.rotate(&elsewhere), Err(RotationError::OtherLog));
    assert_eq!(KeyRotation::from_payload(&json!({"new_key": 1})), Err(RotationError::Form));
}
