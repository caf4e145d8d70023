//! Members and what belongs to them.

mod accesses;
mod belongings;
mod change;
mod consents;
mod death;
mod documents;
mod history;
mod intake;
mod list;
mod personal_data;
mod registration;
mod scope;
mod status;
