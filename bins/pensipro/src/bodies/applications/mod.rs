//! Bodies of applications.

mod answer;
mod document;
mod list;
mod request;
mod step;

pub use answer::{
    AnalysisBody, ApplicationBody, ApplicationDetailBody, ConditionBody, DecisionBody,
    PrecheckBody, RecusalBody, ScoreBody, ScorePartBody, TakeoverBody,
};
pub use document::{ApplicationDocumentBody, ApplicationDocumentForm};
pub use list::ApplicationQuery;
pub use request::{ApplicationChangeBody, NewApplicationBody, TakeoverInput};
pub use step::{AnalyzeBody, CancelBody, DecideBody, FulfilBody, RecuseBody, StatusBody};
