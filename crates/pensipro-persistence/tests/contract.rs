//! The contract of storage, on each database alike: one program, so that it is linked once.

#[path = "contract/schema.rs"]
mod schema;
#[path = "contract/store.rs"]
mod store;
