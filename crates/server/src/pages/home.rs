//! Words and choices that the home page shares with others, and the home page before there is a bulletin.

use askama::Template;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::bulletin::{Direction, Measure};

use super::shell::Shell;
use crate::language::Language;

/// The word of a direction.
#[must_use]
pub fn direction_label(language: Language, direction: Direction) -> &'static str {
    language.text(match direction {
        Direction::Registered => "direction-registered",
        Direction::Output => "direction-output",
        Direction::Absorbed => "direction-absorbed",
        Direction::Internal => "direction-internal",
    })
}

/// The word of a measure, without its unit.
#[must_use]
pub fn measure_label(language: Language, measure: Measure) -> &'static str {
    language.text(match measure {
        Measure::Count => "measure-count",
        Measure::ContractValue => "measure-contract-value",
        Measure::TechnologyValue => "measure-technology-value",
    })
}

/// One of a few choices, as a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Address of the page with this choice made.
    pub link: String,
    /// Its word.
    pub label: String,
    /// Whether it is the one shown.
    pub is_current: bool,
}

/// The home page before there is a bulletin: what to do to get one.
#[derive(Debug, Template)]
#[template(path = "home_empty.html")]
pub struct EmptyHomePage {
    /// Shell of the page.
    pub shell: Shell,
}
