//! Query strings.

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use serde::de::DeserializeOwned;

use super::plain_fault;
use crate::http::{Problem, codes};

/// The query as `T`, which refuses unknown parameters.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(parse(request.query_string()).map(Self))
    }
}

/// Reads a query string. No text of ours holds a NUL, and PostgreSQL takes none.
pub(super) fn parse<T: DeserializeOwned>(query: &str) -> Result<T, Problem> {
    if query.contains("%00") || query.contains('\0') {
        return Err(refused("a parameter holds a NUL character"));
    }
    match web::Query::<T>::from_query(query) {
        Ok(read) => Ok(read.into_inner()),
        Err(actix_web::error::QueryPayloadError::Deserialize(error)) => {
            Err(refused(plain_fault(&error.to_string())))
        }
        Err(_) => Err(refused("the query cannot be read")),
    }
}

pub(super) fn refused(detail: impl Into<String>) -> Problem {
    Problem::new(codes::INVALID_QUERY, detail)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Filter {
        is_active: Option<bool>,
        branch_id: Option<i64>,
    }

    #[test]
    fn unknown_repeated_and_broken_parameters_are_refused() {
        let read = parse::<Filter>("is_active=true&branch_id=3").unwrap();
        assert_eq!(read, Filter { is_active: Some(true), branch_id: Some(3) });
        for query in ["is_activ=true", "branch_id=x", "is_active=true&is_active=true", "branch_id="]
        {
            assert!(parse::<Filter>(query).is_err(), "{query}");
        }
        assert!(parse::<Filter>("branch_id=%00").is_err());
    }
}
