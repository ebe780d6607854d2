//! Technology contracts (技术合同): import of sheets, single records, erasure of personal data.

mod check_contract;
mod erase_personal_data;
mod export_contracts;
mod import_contracts;
pub mod import_queue;
mod import_report;
mod import_run;
mod list_contracts;
mod list_cursor;
mod read_contract;
mod record_contract;
mod sheet_rows;
mod staging;
mod titles;
mod view_contacts;
mod withdraw_contract;

pub(crate) use check_contract::check_written;
pub use check_contract::{WrittenValue, check_contract};
pub use erase_personal_data::erase_personal_data;
pub use export_contracts::{EXPORT_ROWS_MAX, ListFile, export_contracts};
pub(crate) use export_contracts::{name_of_party, words_cell};
pub use import_contracts::{ImportRequest, discard_abandoned_imports, import_contracts, import_records};
pub use import_report::{Consent, Difference, DifferenceOutcome, ImportReport, Strictness, difference_rows};
pub(crate) use list_contracts::list_reached;
pub use list_contracts::{
    ContractsAsk, ContractsPage, LIST_PAGE_ROWS, ListedContract, ListedOrganisation, ORGANISATIONS_FOUND_MAX,
    find_organisations, list_contracts, list_rows,
};
pub use read_contract::{
    ContractEntry, ContractPage, ContractPlaces, ContractVersion, CountedIn, Personal, places_of,
    read_contract,
};
pub(crate) use read_contract::{places_in, visible_facts};
pub use record_contract::{OnRecord, Recording, record_contract, record_contract_over};
pub(crate) use record_contract::{VersionWritten, write_version};
pub use sheet_rows::ContractRows;
pub(crate) use sheet_rows::column_of as form_column_of;
pub(crate) use staging::{contract_of as contract_of_row, whole_record};
pub use titles::Listing;
pub(crate) use titles::ListingModel;
pub use view_contacts::view_contacts;
pub use withdraw_contract::withdraw_contract;
pub use xiaoxiang_store::attribution::ObjectionRow;
