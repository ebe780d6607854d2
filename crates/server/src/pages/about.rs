//! What the figures mean, where they come from, how to check them.

use askama::Template;

use super::shell::Shell;

/// The page about the figures.
#[derive(Debug, Template)]
#[template(path = "about.html")]
pub struct AboutPage {
    /// Shell of the page.
    pub shell: Shell,
    /// Who is competent for which matter.
    pub competence: Vec<String>,
}
