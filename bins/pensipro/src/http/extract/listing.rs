//! Lists: which part of them is asked for, and where the next part begins.

use std::{collections::BTreeMap, sync::Arc};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use pensipro_kernel::{Entropy, Page, PageRequest};
use serde::{Deserialize, de::DeserializeOwned};
use utoipa::IntoParams;

use super::query::{parse, refused};
use crate::{
    App,
    http::{List, Problem, cursor::CursorKey},
};

const PAGING: [&str; 3] = ["limit", "cursor", "count"];

/// The query of a list: `limit`, `cursor` and `count` as [`PageRequest`], the rest as `T`.
#[derive(Debug)]
pub struct Listing<T> {
    /// Filters and order.
    pub filter: T,
    /// Which part.
    pub page: PageRequest,
    /// Makes the next cursor.
    pub pager: Pager,
}

/// The filter of a list without any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct NoFilter {}

/// Turns a page of things into the answer.
#[derive(Debug, Clone)]
pub struct Pager {
    app: App,
    context: Arc<str>,
}

impl Pager {
    /// The answer: each thing as its body, and the next cursor.
    pub fn list<D, T>(&self, page: Page<D>, body: impl FnMut(D) -> T) -> List<T> {
        let cursors: &CursorKey = &self.app.cursors;
        let entropy: &dyn Entropy = self.app.entropy.as_ref();
        let next = page.next.as_ref();
        List {
            next_cursor: next.map(|next| cursors.seal(entropy, &self.context, next)),
            total: page.total,
            data: page.data.into_iter().map(body).collect(),
        }
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Listing<T> {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let app = App::from_request(request, payload).into_inner();
        std::future::ready(app.and_then(|app| read(app, request.path(), request.query_string())))
    }
}

fn read<T: DeserializeOwned>(app: App, path: &str, query: &str) -> Result<Listing<T>, Problem> {
    let (paging, rest) = split(query)?;
    let context: Arc<str> = Arc::from(format!("{path}?{rest}"));
    let limit = match paging.get("limit") {
        None => PageRequest::DEFAULT_LIMIT,
        Some(text) => {
            let most = PageRequest::MAX_LIMIT;
            let read = text.parse().ok().filter(|limit| (1..=most).contains(limit));
            read.ok_or_else(|| refused(format!("limit is a number from 1 to {most}")))?
        }
    };
    let count = match paging.get("count").map(String::as_str) {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => return Err(refused("count is true or false")),
    };
    let after =
        paging.get("cursor").map(|cursor| app.cursors.open(&context, cursor)).transpose()?;
    let filter = parse(&rest)?;
    let page = PageRequest { limit, after, count };
    Ok(Listing { filter, page, pager: Pager { app, context } })
}

/// The paging parameters, and the rest of the query as it came, in one order, so that a cursor
/// goes on fitting when a client orders its parameters anew.
fn split(query: &str) -> Result<(BTreeMap<&str, String>, String), Problem> {
    let mut paging = BTreeMap::new();
    let mut rest = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        match PAGING.iter().find(|known| **known == name) {
            Some(_) if paging.insert(name, value.to_owned()).is_some() => {
                return Err(refused(format!("{name} is given twice")));
            }
            Some(_) => {}
            None => rest.push(pair),
        }
    }
    rest.sort_unstable();
    Ok((paging, rest.join("&")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paging_parameters_are_taken_out_and_the_rest_ordered() {
        let (paging, rest) = split("status=aktif&limit=5&q=a%20b&cursor=x&branch_id=1").unwrap();
        assert_eq!(rest, "branch_id=1&q=a%20b&status=aktif");
        assert_eq!((paging["limit"].as_str(), paging["cursor"].as_str()), ("5", "x"));
        assert!(split("limit=1&limit=2").is_err());
    }
}
