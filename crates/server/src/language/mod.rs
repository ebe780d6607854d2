//! Languages of the pages: Simplified Chinese first, English complete, chosen by the address (`/en/…`).

mod catalogue;
mod phrases;

#[cfg(test)]
mod catalogue_tests;

use xiaoxiang_domain::bulletin::{FileLanguage, PrintedNote};

/// What asks for a file in English.
const FILE_IN_ENGLISH: &str = "lang=en";

/// A language of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// 简体中文, at `/…`.
    Chinese,
    /// English, at `/en/…`.
    English,
}

impl Language {
    /// Both languages, the first one first.
    pub const ALL: [Self; 2] = [Self::Chinese, Self::English];

    /// The language that an address asks for.
    #[must_use]
    pub fn of_path(path: &str) -> Self {
        let rest = path.strip_prefix("/en").unwrap_or("none");
        if rest.is_empty() || rest.starts_with(['/', '?']) { Self::English } else { Self::Chinese }
    }

    /// The language of a file that is asked for at an address: files have none in their path, `?lang=en` asks for English.
    #[must_use]
    pub fn of_file(address: &str) -> FileLanguage {
        let query = address.split_once('?').map_or("", |(_, query)| query);
        if query.split('&').any(|part| part == FILE_IN_ENGLISH) {
            FileLanguage::English
        } else {
            FileLanguage::Chinese
        }
    }

    /// The language of files for readers of this one.
    #[must_use]
    pub const fn file(self) -> FileLanguage {
        match self {
            Self::Chinese => FileLanguage::Chinese,
            Self::English => FileLanguage::English,
        }
    }

    /// The address of a file in this language.
    #[must_use]
    pub fn file_link(self, path: &str) -> String {
        let mark = if path.contains('?') { '&' } else { '?' };
        match self {
            Self::Chinese => path.to_owned(),
            Self::English => format!("{path}{mark}{FILE_IN_ENGLISH}"),
        }
    }

    /// The tag for `lang` attributes.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }

    /// The language of a tag; Chinese where it is none of ours.
    #[must_use]
    pub fn of_tag(tag: &str) -> Self {
        Self::ALL.into_iter().find(|language| language.tag() == tag).unwrap_or(Self::Chinese)
    }

    /// The language's own name.
    #[must_use]
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::Chinese => "中文",
            Self::English => "English",
        }
    }

    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Chinese => Self::English,
            Self::English => Self::Chinese,
        }
    }

    /// The address of a page in this language; `path` begins with `/` and names no language.
    #[must_use]
    pub fn link(self, path: &str) -> String {
        match self {
            Self::Chinese => path.to_owned(),
            Self::English if path == "/" => "/en".to_owned(),
            Self::English if path.starts_with("/?") => format!("/en{}", &path[1..]),
            Self::English => format!("/en{path}"),
        }
    }

    /// The address without its language, as [`Language::link`] takes it.
    #[must_use]
    pub fn strip(path: &str) -> String {
        if Self::of_path(path) == Self::Chinese {
            return path.to_owned();
        }
        let rest = &path["/en".len()..];
        if rest.starts_with('/') { rest.to_owned() } else { format!("/{rest}") }
    }

    /// The text of a message that takes no arguments.
    #[must_use]
    pub fn text(self, key: &'static str) -> &'static str {
        catalogue::of(self).text(key)
    }

    /// The text of a message with its arguments filled in.
    #[must_use]
    pub fn say<const N: usize>(self, key: &'static str, arguments: [(&'static str, &str); N]) -> String {
        catalogue::of(self).say(key, arguments)
    }

    /// One of two texts that data carry side by side; Chinese where the English one is not there.
    #[must_use]
    pub fn pick<'text>(self, chinese: &'text str, english: &'text str) -> &'text str {
        match self {
            Self::English if !english.is_empty() => english,
            _ => chinese,
        }
    }

    /// A sentence of a table in this language.
    #[must_use]
    pub fn note(self, note: &PrintedNote) -> &str {
        self.pick(&note.zh, &note.en)
    }
}

/// Words with a capital letter in front, as a sentence begins; Chinese stays as it is.
#[must_use]
pub fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_chooses_the_language_and_back() {
        for (path, language, plain) in [
            ("/", Language::Chinese, "/"),
            ("/bulletins?year=2026", Language::Chinese, "/bulletins?year=2026"),
            ("/energy", Language::Chinese, "/energy"),
            ("/en", Language::English, "/"),
            ("/en?direction=output", Language::English, "/?direction=output"),
            ("/en/bulletins", Language::English, "/bulletins"),
        ] {
            assert_eq!(Language::of_path(path), language, "{path}");
            assert_eq!(Language::strip(path), plain, "{path}");
            assert_eq!(language.link(plain), path);
        }
    }

    #[test]
    fn a_file_is_asked_for_in_a_language_and_linked_to_in_it() {
        for path in ["/contracts.csv", "/contracts.csv?period=2026-10"] {
            for language in Language::ALL {
                assert_eq!(Language::of_file(&language.file_link(path)), language.file(), "{path}");
            }
        }
        assert_eq!(Language::of_file("/contracts.csv?text=lang=en"), FileLanguage::Chinese);
    }
}
