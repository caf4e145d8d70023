//! Members (`pensipro-members`).

mod accounts;
mod contacts;
mod directory;
mod documents;
mod list;
mod member_rows;
mod one_member;
mod registry;
mod search;
