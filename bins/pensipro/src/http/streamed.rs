//! Files that are written while they are sent.

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    body::BoxBody,
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    web::Bytes,
};
use futures_util::{Stream, TryStreamExt};

use super::{Answered, List, Problem, answer::disposition};

/// 200 with a file, always as an attachment, whose bytes come piece by piece. What fails on the way
/// breaks the connection off, so that half a file is not taken for a whole one.
pub struct Streamed {
    response: HttpResponse,
}

impl Streamed {
    /// A file of this type and name.
    pub fn new(
        content_type: &'static str,
        file_name: &str,
        bytes: impl Stream<Item = Result<Bytes, Problem>> + 'static,
    ) -> Self {
        let mut response = HttpResponse::Ok();
        response.insert_header((CONTENT_TYPE, content_type));
        response.insert_header((CONTENT_DISPOSITION, disposition(file_name)));
        Self { response: response.streaming(bytes.map_err(actix_web::Error::from)) }
    }
}

impl Responder for Streamed {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        self.response
    }
}

/// 200 with a page of a list, or with the whole list as a file.
pub enum ListOrFile<T> {
    /// A page.
    List(Answered<List<T>>),
    /// Everything.
    File(Streamed),
}

impl<T> Responder for ListOrFile<T> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        match self {
            Self::List(list) => list.respond_to(request),
            Self::File(file) => file.respond_to(request),
        }
    }
}
