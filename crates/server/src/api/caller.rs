//! Who calls an operation, and in which language they want sentences.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use xiaoxiang_services::log::LogKey;
use xiaoxiang_services::{Actor, App};

use crate::language::Language;
use crate::pages::PageState;
use crate::problem::Problem;

/// Languages of `Accept-Language` that are looked at.
const LANGUAGES_MAX: usize = 20;
/// Thousandths of a weight that is not stated.
const WEIGHT_FULL: u32 = 1_000;

/// Who calls, with what operations need.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The use cases.
    pub app: App,
    /// The key that signs tree heads.
    pub log_key: Arc<LogKey>,
    /// Who acts.
    pub actor: Actor,
    /// Language of sentences.
    pub language: Language,
}

impl FromRequestParts<PageState> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &PageState) -> Result<Self, Problem> {
        let caller = parts.extensions.get::<Self>().cloned();
        caller.ok_or_else(|| Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR))
    }
}

/// The language asked for; Chinese where nothing is asked for or neither language is.
pub fn language_of(headers: &HeaderMap) -> Language {
    let asked = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let mut best = (0, Language::Chinese);
    for range in asked.unwrap_or_default().split(',').take(LANGUAGES_MAX) {
        let (tag, weight) = range.split_once(';').unwrap_or((range, "q=1"));
        let weight = thousandths(weight.trim().trim_start_matches("q="));
        let primary = tag.trim().split('-').next().unwrap_or_default().to_ascii_lowercase();
        let language = match primary.as_str() {
            "zh" => Language::Chinese,
            "en" => Language::English,
            _ => continue,
        };
        if weight > best.0 {
            best = (weight, language);
        }
    }
    best.1
}

/// A weight such as `0.75`, without floating point.
fn thousandths(text: &str) -> u32 {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    if whole != "0" {
        return WEIGHT_FULL;
    }
    let digits: String = part.chars().chain("000".chars()).take(3).collect();
    digits.parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn the_language_with_the_greatest_weight_is_spoken() {
        for (asked, language) in [
            ("", Language::Chinese),
            ("en", Language::English),
            ("en-GB,en;q=0.9", Language::English),
            ("zh-CN,zh;q=0.9,en;q=0.8", Language::Chinese),
            ("fr;q=1.0,en;q=0.25,zh;q=0.2", Language::English),
            ("de", Language::Chinese),
            ("en;q=abc", Language::English),
            (";;;,,,q=", Language::Chinese),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static(asked));
            assert_eq!(language_of(&headers), language, "{asked:?}");
        }
    }
}
