//! Pension-cut export, import parsing, the matching engine.
