//! What every route shares: extractors, answers, problems, the layers around a handler.

pub mod answer;
mod begun;
pub mod codes;
pub mod cursor;
pub mod describe;
pub mod extract;
pub mod layers;
pub mod problem;
mod streamed;
pub mod table;
pub mod tokens;
mod whole_list;
mod written;

pub use answer::{Answer, Answered, Attachment, Created, Done, List, Raw, Reply, Shown};
pub use begun::{Begun, Progress};
pub use extract::{
    Allowed, Either, Id, IfMatch, Listing, MaybeFile, NoBody, NoFilter, Once, Pager, Prefer, Query,
    Sender, Sent, Signed, Upload, UploadLimits, Valid, right,
};
pub use problem::Problem;
pub use streamed::{ListOrFile, Streamed};
pub use table::Routes;
pub use whole_list::{ListFormat, ListLayout, WholeList};
pub use written::{FileFormat, Written};
