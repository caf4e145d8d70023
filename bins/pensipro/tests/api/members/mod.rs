//! Members and what belongs to them.

mod belongings;
mod change;
mod death;
mod documents;
mod intake;
mod list;
mod registration;
mod scope;
mod status;
