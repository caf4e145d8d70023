//! What every route shares: extractors, answers, problems, the layers around a handler.

pub mod answer;
pub mod codes;
pub mod cursor;
pub mod describe;
pub mod extract;
pub mod layers;
pub mod problem;
pub mod table;
pub mod tokens;

pub use answer::{Answer, Answered, Attachment, Created, Done, List, Raw, Reply, Shown};
pub use extract::{
    Allowed, Id, IfMatch, Listing, NoBody, Once, Query, Sender, Signed, Upload, UploadLimits,
    Valid, right,
};
pub use problem::Problem;
pub use table::Routes;
