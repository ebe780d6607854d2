//! Stylesheet, scripts and icon, all inside the binary and served from our own origin only.
//!
//! The stylesheet and the theme script are plain files of this crate. The bundles come from `web/dist`;
//! where that was empty at build time (no Node), the pages work all the same, charts aside.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::OnceLock;

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Router, routing};
use rust_embed::RustEmbed;
use serde::Deserialize;

/// How long browsers keep a file whose address changes with its content.
const CACHE_FOREVER: &str = "public, max-age=31536000, immutable";
/// How long browsers keep a file whose address stays.
const CACHE_BRIEFLY: &str = "public, max-age=3600";

/// Bundles of `web/`; empty where the binary was built without Node.
#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Bundles;

/// Plain files of this crate.
#[derive(RustEmbed)]
#[folder = "assets"]
struct PlainFiles;

/// One bundle as `web/build.mjs` lists it in `manifest.json`.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
struct Bundle {
    file: String,
    integrity: String,
}

/// A script that a page loads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// Address with the content's hash in it.
    pub address: String,
    /// Subresource integrity.
    pub integrity: String,
}

/// The addresses that page heads name.
#[derive(Clone, Debug)]
pub struct WebAssets {
    /// Stylesheet.
    pub stylesheet: String,
    /// Theme script, run before the first paint.
    pub theme: String,
    /// Script of every page; none without Node.
    pub app: Option<Script>,
    /// Bundle of the charts, loaded on pages that have some; none without Node.
    pub charts: Option<Script>,
    styles: Vec<u8>,
}

impl WebAssets {
    /// The assets of this binary.
    #[must_use]
    pub fn get() -> &'static Self {
        static ASSETS: OnceLock<WebAssets> = OnceLock::new();
        ASSETS.get_or_init(Self::gather)
    }

    fn gather() -> Self {
        let manifest: HashMap<String, Bundle> = Bundles::get("manifest.json")
            .and_then(|file| serde_json::from_slice(&file.data).ok())
            .unwrap_or_default();
        let script = |name: &str| {
            let bundle = manifest.get(name).filter(|bundle| Bundles::get(&bundle.file).is_some())?;
            Some(Script { address: format!("/assets/{}", bundle.file), integrity: bundle.integrity.clone() })
        };
        let mut parts: Vec<Cow<'static, str>> =
            PlainFiles::iter().filter(|name| name.starts_with("styles/")).collect();
        parts.sort();
        let styles: Vec<u8> = parts
            .iter()
            .filter_map(|name| PlainFiles::get(name))
            .flat_map(|file| [file.data.into_owned(), b"\n".to_vec()].concat())
            .collect();
        let theme_tag = PlainFiles::get("theme.js").map(|file| tag_of(&file.data)).unwrap_or_default();
        Self {
            stylesheet: format!("/assets/app.css?v={}", tag_of(&styles)),
            theme: format!("/assets/theme.js?v={theme_tag}"),
            app: script("app"),
            charts: script("charts"),
            styles,
        }
    }
}

/// A short tag that changes with the content (FNV-1a): it only tells browsers apart old from new.
fn tag_of(bytes: &[u8]) -> String {
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    format!("{hash:016x}")
}

/// The routes under `/assets/`, and `/favicon.ico`.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/assets/{name}", routing::get(asset))
        .route("/favicon.ico", routing::get(|| async { plain_file("icon.svg", CACHE_BRIEFLY) }))
}

async fn asset(Path(name): Path<String>) -> Response {
    match name.as_str() {
        "app.css" => answer("text/css; charset=utf-8", CACHE_FOREVER, WebAssets::get().styles.clone()),
        "theme.js" => plain_file("theme.js", CACHE_FOREVER),
        "icon.svg" => plain_file("icon.svg", CACHE_BRIEFLY),
        _ => match Bundles::get(&name).filter(|_| name.ends_with(".js") || name.ends_with(".txt")) {
            Some(file) => answer(mime_of(&name), CACHE_FOREVER, file.data.into_owned()),
            None => StatusCode::NOT_FOUND.into_response(),
        },
    }
}

fn plain_file(name: &str, cache: &'static str) -> Response {
    match PlainFiles::get(name) {
        Some(file) => answer(mime_of(name), cache, file.data.into_owned()),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn mime_of(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "text/plain; charset=utf-8",
    }
}

fn answer(mime: &'static str, cache: &'static str, bytes: Vec<u8>) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(mime));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    (headers, bytes).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stylesheet_needs_no_build_step_and_begins_with_the_tokens() {
        let assets = WebAssets::get();
        let styles = String::from_utf8(assets.styles.clone()).expect("styles are text");
        let tokens = styles.find("--river:").expect("tokens");
        let print = styles.find("@media print").expect("print style");
        assert!(tokens < print);
        assert!(!styles.contains("http"), "no third-party origin");
    }

    #[test]
    fn dark_is_the_same_by_the_system_and_by_choice() {
        let styles = String::from_utf8(WebAssets::get().styles.clone()).expect("styles are text");
        let tokens_after = |head: &str| -> Vec<String> {
            let (_, block) = styles.split_once(head).expect("a block of tokens");
            let block = block.split('}').next().unwrap_or_default();
            block.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
        };
        let by_system = tokens_after(":root:not([data-theme=\"light\"]) {");
        assert!(by_system.len() > 20);
        assert_eq!(by_system, tokens_after("\n:root[data-theme=\"dark\"] {"));
    }

    #[test]
    fn a_tag_changes_with_the_content() {
        assert_ne!(tag_of(b"a"), tag_of(b"b"));
        assert_eq!(tag_of(b"a").len(), 16);
    }
}
