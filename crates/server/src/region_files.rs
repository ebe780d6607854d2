//! Region folders: read from disk, or the ones that the binary carries.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::OnceLock;

use rust_embed::RustEmbed;
use sha2::{Digest as _, Sha256};
use xiaoxiang_domain::region::{Region, RegionLayer};
use xiaoxiang_services::Refusal;

/// Files of one region folder.
const FILES_MAX: usize = 2_000;
/// Size of one file.
const FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// Bytes of the hash that tells two versions of a region apart on screen.
const VERSION_BYTES: usize = 4;
/// Folders below the region folder.
const DEPTH_MAX: usize = 4;

/// The region folders of the source tree.
#[derive(RustEmbed)]
#[folder = "../../regions"]
struct Shipped;

/// A folder and, before it, the ones that it extends: beside it on disk, else from the binary.
pub fn read_layers(folder: &Path) -> Result<Vec<RegionLayer>, Refusal> {
    let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut layers = vec![read_folder(folder, &name)?];
    while let Some(base) = extends(&layers[0]) {
        if layers.iter().any(|layer| layer.name == base) {
            return Err(Refusal::invalid(
                "region.circle",
                format!("区域 {base} 间接继承了自己。"),
                format!("the region {base} extends itself"),
            ));
        }
        let beside = folder.parent().map(|parent| parent.join(&base)).filter(|path| path.is_dir());
        let layer = match beside {
            Some(path) => read_folder(&path, &base)?,
            None => shipped_layer(&base).ok_or_else(|| Refusal::NotFound(format!("regions/{base}")))?,
        };
        layers.insert(0, layer);
    }
    Ok(layers)
}

/// The region of the demo with its base.
#[must_use]
pub fn shipped_layers(name: &str) -> Option<Vec<RegionLayer>> {
    let mut layers = vec![shipped_layer(name)?];
    while let Some(base) = extends(&layers[0]) {
        layers.insert(0, shipped_layer(&base)?);
    }
    Some(layers)
}

/// A region whose folder the binary carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShippedRegion {
    /// Name of its folder.
    pub folder: String,
    /// 名称
    pub name: String,
    /// English name.
    pub name_en: String,
    /// Rows of its own city table.
    pub cities: usize,
    /// Its parks.
    pub parks: usize,
    /// Short hash of its files and of those that it extends.
    pub version: String,
    /// Whether it is the whole country, which every province extends.
    pub is_country: bool,
}

/// Every region that the binary carries, provinces first; read once.
#[must_use]
pub fn shipped_regions() -> &'static [ShippedRegion] {
    static REGIONS: OnceLock<Vec<ShippedRegion>> = OnceLock::new();
    REGIONS.get_or_init(|| {
        let folders: BTreeSet<String> =
            Shipped::iter().filter_map(|path| path.strip_suffix("/region.yaml").map(str::to_owned)).collect();
        let mut regions: Vec<ShippedRegion> =
            folders.into_iter().filter_map(|folder| shipped_region(&folder)).collect();
        regions.sort_by_key(|region| (region.is_country, region.folder.clone()));
        regions
    })
}

fn shipped_region(folder: &str) -> Option<ShippedRegion> {
    let layers = shipped_layers(folder)?;
    let region = Region::parse(&layers).ok()?;
    let mut digest = Sha256::new();
    for (path, text) in layers.iter().flat_map(|layer| &layer.files) {
        digest.update(path);
        digest.update([0]);
        digest.update(text);
        digest.update([0]);
    }
    Some(ShippedRegion {
        folder: folder.to_owned(),
        name: region.name().to_owned(),
        name_en: region.name_en().to_owned(),
        cities: region.cities().len(),
        parks: region.parks().all().len(),
        version: hex::encode(&digest.finalize()[..VERSION_BYTES]),
        is_country: layers.len() == 1,
    })
}

fn shipped_layer(name: &str) -> Option<RegionLayer> {
    let prefix = format!("{name}/");
    let files: BTreeMap<String, String> = Shipped::iter()
        .filter_map(|path| {
            let inner = path.strip_prefix(&prefix)?.to_owned();
            let data = Shipped::get(&path)?.data.into_owned();
            Some((inner, String::from_utf8(data).ok()?))
        })
        .collect();
    (!files.is_empty()).then(|| RegionLayer { name: name.to_owned(), files })
}

/// The folder that `region.yaml` names under `extends`; a wrong file is reported by the parser.
fn extends(layer: &RegionLayer) -> Option<String> {
    let text = layer.files.get("region.yaml")?;
    let line = text.lines().find_map(|line| line.strip_prefix("extends:"))?;
    let name = line.split('#').next()?.trim().trim_matches(['"', '\'']);
    (!name.is_empty()).then(|| name.to_owned())
}

fn read_folder(folder: &Path, name: &str) -> Result<RegionLayer, Refusal> {
    let mut layer = RegionLayer { name: name.to_owned(), files: BTreeMap::new() };
    read_into(folder, "", 0, &mut layer.files)?;
    Ok(layer)
}

fn read_into(
    folder: &Path,
    prefix: &str,
    depth: usize,
    files: &mut BTreeMap<String, String>,
) -> Result<(), Refusal> {
    let failed = |path: &Path, source| Refusal::File { path: path.display().to_string(), source };
    for entry in std::fs::read_dir(folder).map_err(|source| failed(folder, source))? {
        let entry = entry.map_err(|source| failed(folder, source))?;
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        let metadata = entry.metadata().map_err(|source| failed(&path, source))?;
        if name.starts_with('.') {
            continue;
        }
        if metadata.is_dir() && depth < DEPTH_MAX {
            read_into(&path, &format!("{prefix}{name}/"), depth + 1, files)?;
        } else if metadata.is_file() {
            if files.len() >= FILES_MAX || metadata.len() > FILE_BYTES_MAX {
                return Err(Refusal::invalid(
                    "region.too_large",
                    format!("区域目录过大：{}", path.display()),
                    format!("the region folder is too large: {}", path.display()),
                ));
            }
            let text = std::fs::read_to_string(&path).map_err(|source| failed(&path, source))?;
            files.insert(format!("{prefix}{name}"), text);
        }
    }
    Ok(())
}
