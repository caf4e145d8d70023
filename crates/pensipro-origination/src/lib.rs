//! Applications, pre-check, analysis, committee.
