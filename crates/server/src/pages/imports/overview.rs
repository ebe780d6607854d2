//! The import page: the form first, then what is under way, then what was.

use askama::Template;
use jiff::tz::TimeZone;
use xiaoxiang_domain::access::Action;
use xiaoxiang_services::contract::import_queue::{ImportOverview, PastImport, RunView, UPLOAD_BYTES_MAX};

use super::{FILES_MAX, HowForm, moment, size, source_label, state_class, state_label};
use crate::pages::shell::{Section, Shell};
use crate::pages::visit::Visit;
use xiaoxiang_domain::fact::Source;

/// A file that was not taken.
#[derive(Clone, Debug)]
pub(super) struct Turned {
    pub name: String,
    pub sentence: String,
}

/// The page of all imports.
#[derive(Debug, Template)]
#[template(path = "imports.html")]
pub struct ImportsPage {
    shell: Shell,
    overview: ImportOverview,
    zone: TimeZone,
    turned: Vec<Turned>,
    form: HowForm,
}

impl ImportsPage {
    /// The page with an empty form.
    #[must_use]
    pub fn new(visit: &Visit, overview: ImportOverview, zone: TimeZone) -> Self {
        let shell = visit.shell(Section::Imports, visit.language.text("imports-title"));
        Self { shell, overview, zone, turned: Vec::new(), form: HowForm::default() }
    }

    /// The same page with what was chosen and the files that were not taken.
    #[must_use]
    pub(super) fn with_problems(mut self, turned: Vec<Turned>, form: HowForm) -> Self {
        self.turned = turned;
        self.form = form;
        self
    }

    fn may_import(&self) -> bool {
        self.shell.may(Action::ImportContracts)
    }

    /// Nothing was ever put in.
    fn is_first(&self) -> bool {
        self.overview.imports.is_empty() && self.overview.open.is_empty() && self.overview.ended.is_empty()
    }

    fn is_moving(&self) -> bool {
        self.overview.open.iter().any(|run| run.state.is_moving())
    }

    fn limits(&self) -> String {
        let megabytes = (UPLOAD_BYTES_MAX / 1024 / 1024).to_string();
        self.shell.say("imports-files-hint", [("files", &FILES_MAX.to_string()), ("megabytes", &megabytes)])
    }

    fn bytes_max(&self) -> u64 {
        UPLOAD_BYTES_MAX
    }

    fn too_large(&self) -> String {
        let megabytes = (UPLOAD_BYTES_MAX / 1024 / 1024).to_string();
        self.shell.say("imports-too-large", [("megabytes", &megabytes)])
    }

    fn is_chosen(&self, source: &str) -> bool {
        self.form.source == source
    }

    fn run_link(&self, run: &RunView) -> String {
        self.shell.link(&format!("/imports/{}", run.row.import_run_id))
    }

    fn state(&self, run: &RunView) -> &'static str {
        state_label(self.shell.language, run.state)
    }

    fn state_class(&self, run: &RunView) -> &'static str {
        state_class(run.state)
    }

    fn source(&self, run: &RunView) -> &'static str {
        source_label(&self.shell, run.source)
    }

    fn asked(&self, run: &RunView) -> String {
        format!("{} · {}", run.asked_by, moment(&self.zone, run.row.asked_at_ms))
    }

    fn rows_read(&self, run: &RunView) -> String {
        self.shell.say("import-rows-read", [("rows", &run.row.rows_read.to_string())])
    }

    fn size(&self, run: &RunView) -> String {
        size(run.row.size_bytes)
    }

    fn imported(&self, import: &PastImport) -> String {
        moment(&self.zone, import.row.imported_at_ms)
    }

    fn import_source(&self, import: &PastImport) -> &'static str {
        source_label(&self.shell, Source::from_code(&import.row.source))
    }

    fn hash(&self, import: &PastImport) -> String {
        import.row.file_sha256.chars().take(12).collect()
    }
}
