//! Bodies of applications.

mod answer;
mod document;
mod list;
mod request;
mod step;

pub use answer::{
    AnalysisBody, ApplicationBody, ApplicationDetailBody, ConditionBody, DecisionBody,
    PrecheckBody, RecusalBody,
};
pub use document::{ApplicationDocumentBody, ApplicationDocumentForm};
pub use list::ApplicationQuery;
pub use request::{ApplicationChangeBody, NewApplicationBody};
pub use step::{AnalyzeBody, CancelBody, DecideBody, FulfilBody, RecuseBody, StatusBody};
