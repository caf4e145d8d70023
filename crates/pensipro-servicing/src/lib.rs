//! The loan account: a fold over its inputs.
