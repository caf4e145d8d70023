//! Bodies of pension cuts.

mod export;
mod import;
mod line;
mod profile;
mod refund;
mod waiting;

pub use export::{
    ExportBody, ExportDetailBody, ExportQuery, ExportSentBody, LeftOutBody, NewExportBody,
};
pub use import::{ImportBody, ImportDetailBody, ImportForm, ImportQuery};
pub use line::{CutBody, LineBody, LineQuery, UnmatchedQuery};
pub use profile::{NewProfileBody, ProfileBody};
pub use refund::{DecideRefundBody, RefundBody, RefundQuery};
pub use waiting::{ReconcileBody, RetryBody, RetryRunBody};
