//! Rebuilds the crate when the bundles of `web/dist` change: their names carry hashes, so a new bundle is a new file.

fn main() {
    println!("cargo:rerun-if-changed=../../web/dist");
    println!("cargo:rerun-if-changed=assets");
    println!("cargo:rerun-if-changed=locales");
}
