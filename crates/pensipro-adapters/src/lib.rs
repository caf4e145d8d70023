//! The outside world but the database: where files lie.
//!
//! ```
//! use pensipro_adapters::LocalFiles;
//! use pensipro_members::FileStore;
//! let folder = std::env::temp_dir().join("pensipro-doc");
//! let files = LocalFiles::open(&folder).unwrap();
//! let key = "members/ab/ab12".parse().unwrap();
//! files.put(&key, b"sealed").unwrap();
//! assert_eq!(files.get(&key).unwrap(), b"sealed");
//! files.delete(&key).unwrap();
//! ```
//!
//! It never sees what a file means: personal data come here sealed.

mod local_files;
mod long_files;

pub use local_files::LocalFiles;
pub use long_files::Draft;
