//! Countries and territories (国家和地区) of ISO 3166-1, with Chinese names.

use std::collections::HashMap;

use super::problem::{Mistake, Place, Sink};
use super::text::plain;

/// Columns of `countries.csv`.
const COLUMNS: [&str; 8] = ["alpha3", "alpha2", "numeric", "name", "name_en", "customs", "aliases", "status"];
/// Largest file of countries.
const BYTES_MAX: usize = 256 << 10;

/// One country or territory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Country {
    /// Three letters, such as DEU.
    pub alpha3: String,
    /// Two letters, such as DE.
    pub alpha2: String,
    /// Three digits of ISO 3166-1, such as 276.
    pub numeric: String,
    /// Chinese name.
    pub name: String,
    /// English name.
    pub name_en: String,
    /// Three digits of the customs' own list (海关国别代码), where a source has it.
    pub customs: Option<String>,
    /// Other names.
    pub aliases: Vec<String>,
}

/// All countries; the old paper form used the customs' digits, which are another list than ISO's.
#[derive(Debug, Clone, Default)]
pub struct Countries {
    countries: Vec<Country>,
    by_text: HashMap<String, usize>,
}

impl Countries {
    pub(super) fn read(file: &str, text: &str, sink: &mut Sink) -> Self {
        let mut read = Self::default();
        if text.len() > BYTES_MAX {
            sink.add(file, Place::default(), Mistake::TooLarge { bytes: text.len(), limit: BYTES_MAX });
            return read;
        }
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
        let headers = reader.headers().cloned().unwrap_or_default();
        if headers.iter().ne(COLUMNS) {
            let detail = format!("columns must be {}", COLUMNS.join(","));
            sink.add(file, Place::line(1), Mistake::Row { detail });
            return read;
        }
        for record in reader.records() {
            let record = match record {
                Ok(record) => record,
                Err(error) => {
                    let line = error.position().map_or(0, csv::Position::line);
                    let place = Place::line(u32::try_from(line).unwrap_or(u32::MAX));
                    sink.add(file, place, Mistake::Row { detail: error.to_string() });
                    continue;
                }
            };
            let line = u32::try_from(record.position().map_or(0, csv::Position::line)).unwrap_or(u32::MAX);
            let cell = |at: usize| record.get(at).unwrap_or_default().trim().to_owned();
            read.add(
                Country {
                    alpha3: cell(0),
                    alpha2: cell(1),
                    numeric: cell(2),
                    name: cell(3),
                    name_en: cell(4),
                    customs: Some(cell(5)).filter(|code| !code.is_empty()),
                    aliases: cell(6)
                        .split('|')
                        .filter(|alias| !alias.is_empty())
                        .map(str::to_owned)
                        .collect(),
                },
                file,
                line,
                sink,
            );
        }
        read
    }

    fn add(&mut self, country: Country, file: &str, line: u32, sink: &mut Sink) {
        let at = self.countries.len();
        let texts = [&country.alpha3, &country.alpha2, &country.numeric, &country.name, &country.name_en];
        for text in texts.into_iter().chain(&country.aliases) {
            if let Some(other) = self.by_text.insert(plain(text), at).filter(|other| *other != at) {
                let first = self.countries[other].name.clone();
                sink.add(file, Place::line(line), Mistake::AliasTwice { alias: text.clone(), first });
            }
        }
        self.countries.push(country);
    }

    /// The country of an ISO code (letters or digits), a name or an alias.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<&Country> {
        self.by_text.get(&plain(text)).map(|at| &self.countries[*at])
    }

    /// The country of a customs code (海关国别代码); never mixed with ISO's digits.
    #[must_use]
    pub fn by_customs_code(&self, code: &str) -> Option<&Country> {
        self.countries.iter().find(|country| country.customs.as_deref() == Some(code))
    }

    /// All countries in the order of the file.
    #[must_use]
    pub fn all(&self) -> &[Country] {
        &self.countries
    }
}
