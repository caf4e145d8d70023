//! The outside world but the database: where files lie, how messages leave the house, how papers and
//! reports are written, and how spreadsheets are read.
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
//! The file store never sees what a file means: personal data come to it sealed. The writers of PDF and
//! XLSX know pages and cells, and no lending.

mod files;
mod messages;
mod pdf;
mod sheet;
mod sheets;
#[cfg(feature = "testing")]
pub mod testing;
mod xlsx;

pub use files::{Bucket, BucketError, BucketSettings, LocalFiles};
pub use messages::{
    GatewaySettings, MailSecurity, MailSettings, MailSettingsError, Messenger, MessengerSettings,
    Outgoing, ReceiverFault, Receivers, sign,
};
pub use pdf::write_pdf;
pub use sheet::read_sheet;
pub use sheets::read_spreadsheet;
pub use xlsx::{Spreadsheet, SpreadsheetError, write_xlsx};
