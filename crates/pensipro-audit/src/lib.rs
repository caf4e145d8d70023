//! The audit trail and exceptions, as they are read.
