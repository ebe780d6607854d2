//! The pages: HTML that works without JavaScript, in Chinese at `/…` and in English at `/en/…`.
//!
//! A page is a struct deriving `askama::Template`; what its template needs to decide are small methods on it.

pub mod about;
pub mod account;
mod account_channels;
pub mod api;
pub mod applications;
pub mod bulletin;
pub mod cell;
mod chase_list;
pub mod cities;
pub mod city_monthly;
pub mod client;
mod compact;
mod competence;
pub mod contract;
pub mod contract_type;
pub mod contracts;
pub mod draft_pages;
pub mod drafts;
pub mod failure;
pub mod flags;
pub mod flow;
pub mod grant_form;
pub mod guide;
pub mod home;
pub mod imports;
pub mod kept_form;
pub mod log;
pub mod log_words;
mod moment;
pub mod notices;
pub mod objections;
pub mod open_data;
pub mod organisations;
pub mod papers;
pub mod parks;
pub mod people;
pub mod place;
mod provider_account;
pub mod provider_sign_in;
pub mod public;
pub mod reading;
pub mod reconcile;
pub mod security;
pub mod setup;
pub mod shell;
pub mod sign_in;
pub mod statistics;
pub mod table;
pub mod targets;
mod upload;
pub mod visit;
pub mod webhooks;
pub mod work;

pub use visit::{PageState, Visit};
