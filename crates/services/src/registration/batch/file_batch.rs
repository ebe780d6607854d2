//! Makes drafts of a sheet's rows (批量填报), all of them or none.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use xiaoxiang_domain::contract::application::ApplicationForm;
use xiaoxiang_store::{WriteTx, registration as store};

use super::check_rows::{form_of, storage_problems};
use super::mapping::{SheetMapping, applicant_of, check_mapping, read_mapping, text_of};
use super::read_sheet::{BatchSheet, read_sheet};
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;
use crate::region::RegionInForce;
use crate::registration::point::takes_applications;
use crate::registration::start_application::{blank_form, draft_row};

/// What became of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FiledBatch {
    /// Row of the sheet and id of the draft made from it.
    pub drafts: Vec<(u32, String)>,
    /// Headers that fill no field; name them in the mapping.
    pub ignored_columns: Vec<String>,
    /// Rows that are no applications: totals, signatures.
    pub skipped_rows: u64,
}

/// Makes a draft of each row of the first visible sheet, all of them or none, and keeps the mapping. `mapping` takes the
/// place of the kept one; none uses it.
pub async fn file_batch(
    app: &App,
    actor: &Actor,
    registrar_key: i64,
    bytes: Vec<u8>,
    mapping: Option<SheetMapping>,
) -> Result<FiledBatch, Refusal> {
    let (organisation_key, person_id) = applicant_of(actor)?;
    let mapping = match mapping {
        Some(mapping) => mapping,
        None => read_mapping(app, actor).await?,
    };
    check_mapping(&mapping)?;
    let region = app.region().await?;
    let sheet = read_sheet(Arc::clone(&region), bytes, mapping.clone()).await?;
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    let filing = Filing { app, region: &region, sheet: &sheet, mapping: &mapping };
    let batch = filing.file(&mut tx, [registrar_key, organisation_key], person_id).await?;
    tx.keep_unlogged().await?;
    Ok(batch)
}

/// A sheet that is about to become drafts.
pub(super) struct Filing<'a> {
    pub app: &'a App,
    pub region: &'a RegionInForce,
    pub sheet: &'a BatchSheet,
    pub mapping: &'a SheetMapping,
}

impl Filing<'_> {
    /// Writes the drafts and keeps the mapping.
    pub async fn file(
        &self,
        tx: &mut WriteTx,
        [registrar_key, organisation_key]: [i64; 2],
        person_id: &str,
    ) -> Result<FiledBatch, Refusal> {
        let Self { app, region, sheet, mapping } = self;
        let today = app.clock.today_in(&region.time_zone);
        takes_applications(tx, &region.region, registrar_key, today).await?;
        let blank = blank_form(tx, organisation_key).await?;
        self.check(&blank)?;
        let mut batch = FiledBatch {
            drafts: Vec::with_capacity(sheet.rows.len()),
            ignored_columns: sheet.ignored_columns(),
            skipped_rows: sheet.skipped_rows,
        };
        for line in &sheet.rows {
            let row = draft_row(app, [registrar_key, organisation_key], person_id, &form_of(&blank, line))?;
            store::start(tx, &row).await?;
            batch.drafts.push((line.number, row.application_id));
        }
        store::save_mapping(tx, organisation_key, &text_of(mapping)).await?;
        Ok(batch)
    }

    /// Refuses a sheet with everything that stands in its way.
    fn check(&self, blank: &ApplicationForm) -> Result<(), Refusal> {
        let mut problems = self.sheet.problems.clone();
        problems.extend(storage_problems(self.sheet, blank, &self.region.region));
        if problems.is_empty() { Ok(()) } else { Err(Refusal::Sheet(problems)) }
    }
}
