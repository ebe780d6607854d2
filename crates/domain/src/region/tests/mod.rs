//! Tests of region data: the shipped folders, a small province made of nothing but a folder, and every mistake.

mod mistakes;
mod shipped;
mod small_province;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use super::{Region, RegionLayer};

/// Hunan over China, as shipped.
pub(crate) static HUNAN: LazyLock<Region> = LazyLock::new(|| {
    Region::parse(&[shipped_layer("china"), shipped_layer("hunan")]).unwrap_or_else(|problems| {
        let lines: Vec<String> = problems.iter().take(20).map(ToString::to_string).collect();
        panic!("{} problems:\n{}", problems.len(), lines.join("\n"))
    })
});

/// Reads a shipped folder; only tests do I/O here.
pub(crate) fn shipped_layer(name: &str) -> RegionLayer {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../regions").join(name);
    let mut files = BTreeMap::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let relative = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
                files.insert(relative, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    RegionLayer { name: name.to_owned(), files }
}

/// A layer from pairs of path and text.
fn layer(name: &str, files: &[(&str, &str)]) -> RegionLayer {
    let files = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    RegionLayer { name: name.to_owned(), files }
}
