//! The catalogues: Fluent files in the binary, parsed once.

use std::collections::HashMap;
use std::sync::OnceLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use super::Language;

/// One file of the catalogue in both languages.
pub(super) struct CatalogueFile {
    pub(super) name: &'static str,
    pub(super) chinese: &'static str,
    pub(super) english: &'static str,
}

macro_rules! catalogue_files {
    ($($name:literal),+ $(,)?) => {
        [$(CatalogueFile {
            name: $name,
            chinese: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/locales/zh/", $name, ".ftl")),
            english: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/locales/en/", $name, ".ftl")),
        }),+]
    };
}

/// The files in the order of their loading; a key stands in one of them only.
#[rustfmt::skip] // one a line: two changes at once then meet without a conflict
pub(super) const FILES: &[CatalogueFile] = &catalogue_files![
    "shell",
    "home",
    "bulletin",
    "statistics",
    "about",
    "access",
    "provider",
    "people",
    "organisations",
    "contracts",
    "contract_type",
    "applications",
    "batch",
    "achievements",
    "market",
    "matching",
    "profiles",
    "auditors",
    "inspections",
    "open_data",
    "guide",
    "imports",
    "setup",
    "operation",
    "drafts",
    "reconcile",
    "log",
    "cities",
    "work",
    "objections",
    "flags",
    "targets",
    "parks",
    "papers",
    "points",
    "api",
    "notices",
    "demands",
    "events",
    "leads",
];

/// All messages of one language.
pub(super) struct Catalogue {
    bundle: FluentBundle<FluentResource>,
    /// Messages without arguments, resolved once: most of every page.
    plain: HashMap<String, String>,
}

/// The catalogue of a language.
pub(super) fn of(language: Language) -> &'static Catalogue {
    static CHINESE: OnceLock<Catalogue> = OnceLock::new();
    static ENGLISH: OnceLock<Catalogue> = OnceLock::new();
    match language {
        Language::Chinese => CHINESE.get_or_init(|| Catalogue::load(language)),
        Language::English => ENGLISH.get_or_init(|| Catalogue::load(language)),
    }
}

impl Catalogue {
    fn load(language: Language) -> Self {
        let tag: LanguageIdentifier = language.tag().parse().expect("our language tags are well formed");
        let mut bundle = FluentBundle::new_concurrent(vec![tag]);
        // Isolation marks are for mixed writing directions; in our texts they would only land in copied figures.
        bundle.set_use_isolating(false);
        bundle.add_function("COUNT", |given, _| count_of(given)).expect("a function is added once");
        let mut keys = Vec::new();
        for file in FILES {
            let source = match language {
                Language::Chinese => file.chinese,
                Language::English => file.english,
            };
            let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(_, problems)| {
                panic!("catalogue file {} is well formed: {problems:?}", file.name)
            });
            keys.extend(keys_of(source));
            bundle.add_resource(resource).expect("a key stands once in a catalogue");
        }
        let mut catalogue = Self { bundle, plain: HashMap::new() };
        for key in keys {
            if let Some(text) = catalogue.format(&key, None) {
                catalogue.plain.insert(key, text);
            }
        }
        catalogue
    }

    pub(super) fn text(&self, key: &'static str) -> &str {
        self.plain.get(key).map_or(key, String::as_str)
    }

    pub(super) fn say<const N: usize>(
        &self,
        key: &'static str,
        arguments: [(&'static str, &str); N],
    ) -> String {
        let mut values = FluentArgs::with_capacity(N);
        for (name, value) in arguments {
            values.set(name, value.to_owned());
        }
        self.format(key, Some(&values)).unwrap_or_else(|| key.to_owned())
    }

    /// The text, or none where the key is unknown or an argument is missing.
    fn format(&self, key: &str, arguments: Option<&FluentArgs<'_>>) -> Option<String> {
        let pattern = self.bundle.get_message(key)?.value()?;
        let mut problems = Vec::new();
        let text = self.bundle.format_pattern(pattern, arguments, &mut problems).into_owned();
        problems.is_empty().then_some(text)
    }
}

/// The number that a written count stands for, for plural forms: `{ COUNT($count) -> [one] … *[other] … }`. The text
/// itself is shown as it was written; what is no number (such as 10,000+) takes the general form.
fn count_of(given: &[FluentValue<'_>]) -> FluentValue<'static> {
    let written = match given {
        [FluentValue::String(written)] => written.replace(',', ""),
        _ => String::new(),
    };
    written.parse::<u32>().map_or(FluentValue::None, FluentValue::from)
}

/// The keys of a catalogue file in the order in which they stand.
pub(super) fn keys_of(source: &str) -> impl Iterator<Item = String> {
    source.lines().filter_map(|line| {
        let (key, _) = line.split_once('=')?;
        let key = key.trim_end();
        let is_key = key.starts_with(|first: char| first.is_ascii_lowercase())
            && key
                .chars()
                .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-');
        is_key.then(|| key.to_owned())
    })
}
