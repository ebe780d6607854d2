//! The spine from file to figure on both databases: imports, personal data, random histories, bulletins.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

mod achievements;
mod bulletins;
mod contract_list;
mod events;
mod flags;
mod histories;
mod import;
mod import_queue;
mod leads;
mod matching;
mod notices;
mod open_data;
mod organisations;
mod people;
mod personal;
mod profiles;
mod published_figures;
mod refusals;
mod registration;
mod rows;
mod running;
mod sheets;
mod support;
