//! Where things lie in this repository.

use std::path::{Path, PathBuf};

/// What cargo is told so that the whole workspace is built with what a release has, which takes every feature.
pub const WORKSPACE: [&str; 3] = ["--workspace", "--features", "xiaoxiang-server/oidc"];

/// Gives the folder of the root `Cargo.toml`.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("invariant: xtask lies one folder below the root")
}

/// Gives cargo's target folder, which `CARGO_TARGET_DIR` may move.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |folder| root().join(folder))
}

/// Gives the platform binary as a build profile (`debug`, `release`) leaves it.
pub fn binary(profile: &str) -> PathBuf {
    target().join(profile).join("xiaoxiang")
}
