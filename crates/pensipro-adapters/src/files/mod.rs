//! Stores of files: a local folder, or a bucket that speaks S3.

mod bucket;
mod draft;
mod local;
mod long;

pub use bucket::{Bucket, BucketError, BucketSettings};
pub use local::LocalFiles;
