//! Members (`pensipro-members`).

mod accounts;
mod consents;
mod contacts;
mod documents;
mod intakes;
mod list;
mod member_rows;
mod one_member;
mod personal;
mod registry;
mod search;
