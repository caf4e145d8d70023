//! Ids in paths.

use std::ops::Deref;

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use serde::de::DeserializeOwned;

use crate::http::{Problem, codes};

/// The ids of a path, in their order: `Id<MemberId>`, or `Id<(MemberId, ContactId)>`.
#[derive(Debug, Clone, Copy)]
pub struct Id<T>(pub T);

impl<T> Deref for Id<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Id<T> {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let read = web::Path::<T>::from_request(request, payload).into_inner();
        std::future::ready(
            read.map(|path| Self(path.into_inner())).map_err(|_| {
                Problem::new(codes::INVALID_PATH, "an id in the path is a whole number")
            }),
        )
    }
}
