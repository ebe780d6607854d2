//! Names of rows and columns in both languages.

use std::collections::BTreeMap;

use xiaoxiang_domain::bulletin::{Dimension, PrintedNote};
use xiaoxiang_domain::period::Period;

use crate::table::{RowKey, month_of_row};

/// Names for keys, filled by the caller from region data, organisations and registrars.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Labels {
    names: BTreeMap<(Dimension, u32), PrintedNote>,
    groups: BTreeMap<String, PrintedNote>,
    divisions: BTreeMap<u32, PrintedNote>,
    region: (String, String),
    scope: (String, String),
}

impl Labels {
    /// Labels of a region by its full name (湖南省) and the word for all of it (全省).
    #[must_use]
    pub fn new(region: (&str, &str), scope: (&str, &str)) -> Self {
        let owned = |(zh, en): (&str, &str)| (zh.to_owned(), en.to_owned());
        Self { region: owned(region), scope: owned(scope), ..Self::default() }
    }

    /// Names a key of a dimension; cities and counties are also named as divisions. Without an English name the
    /// Chinese one stands for it.
    pub fn name(&mut self, dimension: Dimension, key: u32, zh: &str, en: &str) {
        let label = note(zh, if en.is_empty() { zh } else { en });
        if matches!(dimension, Dimension::City | Dimension::County) {
            self.divisions.insert(key, label.clone());
        }
        self.names.insert((dimension, key), label);
    }

    /// Names a division that is no row, such as another province.
    pub fn name_division(&mut self, division: u32, zh: &str, en: &str) {
        self.divisions.insert(division, note(zh, if en.is_empty() { zh } else { en }));
    }

    /// Names a group of cities.
    pub fn name_group(&mut self, key: &str, zh: &str, en: &str) {
        self.groups.insert(key.to_owned(), note(zh, if en.is_empty() { zh } else { en }));
    }

    /// Name of the place that a table covers: the region, or the division within it.
    #[must_use]
    pub fn place(&self, within: Option<u32>) -> PrintedNote {
        within
            .and_then(|division| self.divisions.get(&division).cloned())
            .unwrap_or_else(|| self.region_name())
    }

    /// The region's own name.
    #[must_use]
    pub fn region_name(&self) -> PrintedNote {
        PrintedNote { zh: self.region.0.clone(), en: self.region.1.clone() }
    }

    /// The word for all of the place in a sentence: 全省, or the division's name.
    #[must_use]
    pub fn whole(&self, within: Option<u32>) -> PrintedNote {
        let division = within.and_then(|division| self.divisions.get(&division).cloned());
        division.unwrap_or_else(|| PrintedNote { zh: self.scope.0.clone(), en: self.scope.1.clone() })
    }

    /// Name of a division, by its code where it has none.
    #[must_use]
    pub fn division(&self, division: u32) -> PrintedNote {
        self.divisions.get(&division).cloned().unwrap_or_else(|| unlisted(division))
    }

    /// Name of a key of a dimension. An unlisted code is printed as such, not left out.
    #[must_use]
    pub fn key(&self, dimension: Dimension, key: u32) -> PrintedNote {
        if let Some(label) = self.names.get(&(dimension, key)) {
            return label.clone();
        }
        let month = month_of_row(key).filter(|_| dimension == Dimension::Month);
        if let Some(period) = month.and_then(|month| Period::month(month).ok()) {
            return PrintedNote { zh: period.title(), en: period.title_en() };
        }
        match (dimension, key) {
            (Dimension::Organisation, 0) => note("自然人", "Natural persons"),
            (_, 0) => note("未填", "Not stated"),
            _ => unlisted(key),
        }
    }

    /// Name of a row.
    #[must_use]
    pub fn row(&self, dimension: Dimension, key: &RowKey) -> PrintedNote {
        match key {
            RowKey::Key(key) => self.key(dimension, *key),
            RowKey::Subtotal(group) => self.groups.get(group).cloned().unwrap_or_else(|| note(group, group)),
            RowKey::Total => note("总计", "Total"),
            RowKey::Outside => outside(dimension),
        }
    }

    /// Name of a column of a cross-table, where 0 also gathers what has no column.
    #[must_use]
    pub fn column(&self, dimension: Dimension, key: u32) -> PrintedNote {
        let is_closed = matches!(dimension, Dimension::City | Dimension::County | Dimension::Park);
        if key == 0 && is_closed { outside(dimension) } else { self.key(dimension, key) }
    }
}

fn outside(dimension: Dimension) -> PrintedNote {
    match dimension {
        Dimension::City => note("市州以外", "Outside the cities"),
        Dimension::County => note("县市区以外", "Outside the counties"),
        Dimension::Park => note("园区以外", "Outside parks"),
        _ => note("其他", "Others"),
    }
}

fn unlisted(key: u32) -> PrintedNote {
    PrintedNote { zh: format!("未列代码{key}"), en: format!("Unlisted code {key}") }
}

pub(super) fn note(zh: impl Into<String>, en: impl Into<String>) -> PrintedNote {
    PrintedNote { zh: zh.into(), en: en.into() }
}
