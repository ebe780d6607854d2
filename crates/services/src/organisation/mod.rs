//! Organisations (机构): who they are, what they were called, what became of them.

mod add_organisation;
mod change_organisation;
mod read_organisation;

pub use add_organisation::{NewOrganisationEntry, add_organisation};
pub use change_organisation::{NewOrganisationChange, change_organisation, reverse_change};
pub(crate) use read_organisation::name_today;
pub use read_organisation::{
    ORGANISATIONS_PER_PAGE, OrganisationDetail, OrganisationList, OrganisationSummary, RecordedChange,
    list_organisations, read_organisation,
};
