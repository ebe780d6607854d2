//! Registration of contracts as a procedure (技术合同认定登记): applications, their steps, files, objections, results.

mod attach_text;
pub mod auditor;
pub mod batch;
mod case;
mod check_form;
pub mod inspection;
mod list_applications;
mod media;
mod national_result;
mod notify_step;
mod numbers;
mod papers;
mod papers_issued;
pub mod point;
mod public_standing;
mod read_application;
mod read_attachment;
mod remind_due;
mod request_change;
mod save_application;
mod screen_application;
mod start_application;
mod take_step;
mod write_contract;

pub use attach_text::{Attached, AttachmentKind, ReceivingText, begin_text};
pub use batch::{
    BATCH_ROWS_MAX, FiledBatch, SheetMapping, WrittenUnit, file_batch, read_mapping, save_mapping,
};
pub(crate) use case::is_application_seen;
pub use list_applications::{
    ApplicationsAsk, ApplicationsPage, ListedApplication, StateCount, list_applications,
};
pub use media::MediaType;
pub(crate) use media::recognise_document;
pub(crate) use national_result::NationalResults;
pub use national_result::{ExportedApplications, export_pre_reviewed};
pub use papers::{PUBLIC_STANDING_PATH, PaperCase, paper_document, papers_of, write_paper};
pub use papers_issued::{IssuedPaper, papers_issued_for};
pub use public_standing::{PublicStanding, read_public_standing};
pub use read_application::{
    ApplicationPage, HandedInForm, OpenStep, RequestView, StepView, read_application,
};
pub use read_attachment::{ReadText, erase_texts, read_attachment};
pub use remind_due::{REMINDER_WORKING_DAYS, remind_of_due_decisions};
pub use request_change::{Answer, NewRequest, RequestKind, RequestOutcome, answer_request, raise_request};
pub use save_application::{SavedForm, save_application};
pub use screen_application::screen_application;
pub use start_application::{RegistrarChoice, list_registrars, start_application};
pub(crate) use start_application::{begin_draft, registrars_on};
pub use take_step::{StepDone, StepRequest, take_step};
