//! Applications (`pensipro-origination`).

mod application_rows;
mod applications;
mod assessments;
mod committee;
mod desk;
mod documents;
mod recusals;
