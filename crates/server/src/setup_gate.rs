//! Whether a first run may happen on this server, and what whoever begins it must know.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sha2::{Digest as _, Sha256};
use xiaoxiang_services::{App, Refusal};

/// Letters of a setup code: none that are taken for another when typed from a screen.
const CODE_LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
/// Characters of a setup code: 60 bits, more than anybody can try while a server is being set up.
const CODE_CHARACTERS: usize = 12;
/// Characters between two dashes.
const CODE_GROUP: usize = 4;

/// The way into the first run.
#[derive(Clone, Debug, Default)]
pub struct SetupGate {
    is_offered: bool,
    code: Option<SetupCode>,
    /// Somebody is entered: found once, true for ever.
    is_over: Arc<AtomicBool>,
}

/// What is printed on the server's terminal and typed in the browser.
#[derive(Clone)]
struct SetupCode([u8; 32]);

impl std::fmt::Debug for SetupCode {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("SetupCode")
    }
}

impl SetupGate {
    /// No first run: the demo has its people.
    #[must_use]
    pub fn closed() -> Self {
        Self::default()
    }

    /// A first run for whoever sits at this machine.
    #[must_use]
    pub fn open() -> Self {
        Self { is_offered: true, ..Self::default() }
    }

    /// A first run for whoever types the code.
    #[must_use]
    pub fn with_code(code: &str) -> Self {
        Self { code: Some(SetupCode(hash_of(code))), ..Self::open() }
    }

    /// The way in of a server that listens on an address, with the code to print where one is needed.
    pub fn of_server(app: &App, address: IpAddr) -> Result<(Self, Option<String>), Refusal> {
        if address.is_loopback() {
            return Ok((Self::open(), None));
        }
        let letters = app.random_32()?.map(|byte| char::from(CODE_LETTERS[usize::from(byte % 32)]));
        let groups: Vec<String> =
            letters[..CODE_CHARACTERS].chunks(CODE_GROUP).map(|group| group.iter().collect()).collect();
        let code = groups.join("-");
        Ok((Self::with_code(&code), Some(code)))
    }

    /// Whether there may be a first run.
    #[must_use]
    pub fn is_offered(&self) -> bool {
        self.is_offered && !self.is_over.load(Ordering::Relaxed)
    }

    /// Whether there was one since this server started, over or not.
    #[must_use]
    pub const fn was_offered(&self) -> bool {
        self.is_offered
    }

    /// Notes that somebody is entered.
    pub fn close(&self) {
        self.is_over.store(true, Ordering::Relaxed);
    }

    /// Whether a code must be typed.
    #[must_use]
    pub fn asks_code(&self) -> bool {
        self.code.is_some()
    }

    /// Whether this is the code, compared in the same time wherever it differs; without a code anything will do.
    #[must_use]
    pub fn takes(&self, typed: &str) -> bool {
        let Some(SetupCode(hash)) = &self.code else { return true };
        hash_of(typed).iter().zip(hash).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
    }
}

/// Hash of a code as people type it: dashes, blanks and small letters make no difference.
fn hash_of(code: &str) -> [u8; 32] {
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    Sha256::digest(plain.to_ascii_uppercase().as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_taken_however_it_is_typed_and_nothing_else_is() {
        let gate = SetupGate::with_code("ABCD-2345-EFGH");
        assert!(gate.asks_code() && gate.takes("abcd 2345 efgh") && gate.takes("ABCD2345EFGH"));
        for other in ["", "ABCD-2345-EFG", "ABCD-2345-EFGJ", "ABCD-2345-EFGHH"] {
            assert!(!gate.takes(other), "{other}");
        }
        assert!(SetupGate::open().takes(""));
    }

    #[test]
    fn a_first_run_is_offered_until_it_is_over_on_every_copy() {
        let gate = SetupGate::open();
        let copy = gate.clone();
        assert!(gate.is_offered() && !SetupGate::closed().is_offered());
        gate.close();
        assert!(!copy.is_offered());
    }
}
