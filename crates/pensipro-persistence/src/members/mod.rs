//! Members (`pensipro-members`).

mod accounts;
mod contacts;
mod documents;
mod intakes;
mod list;
mod member_rows;
mod one_member;
mod registry;
mod search;
