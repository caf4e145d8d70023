//! The answer of a request that begins something longer.

use actix_web::http::{StatusCode, header};
use serde::Serialize;

use super::{Answer, Problem, answer::Parts};

/// How far the thing is that a request began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// It was made and is complete: 201.
    Complete,
    /// It was made, and work on it goes on: 202.
    Going,
    /// It was there before: 200.
    Known,
}

/// The thing that a request began, and where it stands.
#[derive(Debug)]
pub struct Begun<T> {
    progress: Progress,
    location: String,
    body: T,
}

impl<T> Begun<T> {
    /// The thing and its path.
    pub fn new(progress: Progress, location: String, body: T) -> Self {
        Self { progress, location, body }
    }
}

impl<T: Serialize> Answer for Begun<T> {
    fn into_parts(self) -> Result<Parts, Problem> {
        let status = match self.progress {
            Progress::Complete => StatusCode::CREATED,
            Progress::Going => StatusCode::ACCEPTED,
            Progress::Known => StatusCode::OK,
        };
        Ok(Parts::json(status, &self.body)?.with(header::LOCATION, self.location))
    }
}
