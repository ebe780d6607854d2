//! Hashing of passwords (口令散列): argon2id, few at a time.

use std::sync::atomic::{AtomicU64, Ordering};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use crate::app::App;
use crate::refusal::Refusal;

/// Memory of one hashing: 19 MiB, as the OWASP Password Storage Cheat Sheet asks together with the two below.
const MEMORY_KIB: u32 = 19 * 1024;
/// Passes over the memory.
const PASSES: u32 = 2;
/// Threads of one hashing.
const LANES: u32 = 1;
/// Bytes of a hash.
const HASH_BYTES: usize = 32;
/// Bytes of a salt.
const SALT_BYTES: usize = 16;
/// Hashings at once: beyond them sign-ins wait, and everybody else still gets answers.
const HASHINGS_AT_ONCE: usize = 2;
/// What the password of an unknown name is compared with, so that the answer takes as long: salt and hash of zeros.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The places where passwords are hashed, shared by all requests of a process.
#[derive(Debug)]
pub(crate) struct Hashing {
    places: Semaphore,
    count: AtomicU64,
}

impl Default for Hashing {
    fn default() -> Self {
        Self { places: Semaphore::new(HASHINGS_AT_ONCE), count: AtomicU64::new(0) }
    }
}

impl App {
    /// How many passwords this process has hashed or compared.
    #[must_use]
    pub fn passwords_hashed(&self) -> u64 {
        self.hashing.count.load(Ordering::Relaxed)
    }
}

/// The hash of a password in PHC form, with a salt of its own.
pub async fn hash_password(app: &App, password: &str) -> Result<String, Refusal> {
    let random = app.random_32()?;
    let salt: [u8; SALT_BYTES] = random[..SALT_BYTES].try_into().expect("invariant: 32 bytes hold 16");
    let password = password.to_owned();
    in_turn(app, move || {
        let hash: PasswordHash = argon2()
            .hash_password_with_salt(password.as_bytes(), &salt)
            .expect("invariant: our salt and parameters are within argon2's limits");
        hash.to_string()
    })
    .await
}

/// Whether a password is the one of this hash; without a hash it never is, and takes as long.
pub(super) async fn is_password(app: &App, password: &str, hash: Option<&str>) -> Result<bool, Refusal> {
    let known = hash.is_some();
    let hash = hash.unwrap_or(NOBODY).to_owned();
    let password = password.to_owned();
    let matches = in_turn(app, move || {
        PasswordHash::new(&hash)
            .is_ok_and(|hash| argon2().verify_password(password.as_bytes(), &hash).is_ok())
    })
    .await?;
    Ok(known && matches)
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, Some(HASH_BYTES))
        .expect("invariant: our parameters are within argon2's limits");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Does it on a thread that may block, when a place is free.
async fn in_turn<T: Send + 'static>(
    app: &App,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Refusal> {
    let _place = app.hashing.places.acquire().await.expect("invariant: the places are never closed");
    app.hashing.count.fetch_add(1, Ordering::Relaxed);
    Ok(tokio::task::spawn_blocking(work).await.expect("invariant: hashing does not panic"))
}
