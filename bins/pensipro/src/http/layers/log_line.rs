//! The access log: one line a request, without anything personal.

use std::time::Duration;

use actix_web::{HttpMessage, HttpRequest};

use crate::http::extract::{Caller, RequestInfo};

/// Parameters whose values may be logged: codes, dates, ids. All others are masked.
const OPEN: [&str; 22] = [
    "limit",
    "count",
    "sort",
    "status",
    "is_active",
    "role",
    "branch_id",
    "sales_id",
    "member_id",
    "product_id",
    "loan_id",
    "actor_id",
    "periode",
    "payer",
    "from",
    "to",
    "date",
    "format",
    "severity",
    "resolved",
    "plafon",
    "tenor",
];

/// Writes the line.
pub(super) fn write(
    request: &HttpRequest,
    info: &RequestInfo,
    status: u16,
    code: &str,
    took: Duration,
) {
    let user = request.extensions().get::<Caller>().map(|caller| caller.user_id.get());
    let path = format!("{}{}", unnumbered(request.path()), masked(request.query_string()));
    let ip = info.ip.map_or_else(|| "-".to_owned(), |ip| ip.to_string());
    let user = user.map_or_else(|| "-".to_owned(), |user| user.to_string());
    log::info!(
        target: "pensipro::access",
        method = request.method().as_str(),
        path = path.as_str(),
        status = status,
        code = if code.is_empty() { "-" } else { code },
        ms = (took.as_secs_f64() * 10_000.0).round() / 10.0,
        user = user.as_str(),
        ip = ip.as_str(),
        request_id = &*info.id;
        "answered"
    );
}

/// Digits in a row that no id of ours has: a NIK has 16, a pension number 15.
const NO_ID: usize = 13;

/// The path with numbers masked that are longer than any id: somebody may have put a NIK there.
fn unnumbered(path: &str) -> String {
    let mut shown = String::with_capacity(path.len());
    let mut rest = path;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, number) = rest.split_at(start);
        let (digits, after) = number
            .split_at(number.len() - number.trim_start_matches(|c: char| c.is_ascii_digit()).len());
        shown.push_str(before);
        shown.push_str(if digits.len() < NO_ID { digits } else { "***" });
        rest = after;
    }
    shown.push_str(rest);
    shown
}

/// The query with every value masked that is not known to be harmless.
fn masked(query: &str) -> String {
    if query.is_empty() {
        return String::new();
    }
    let pairs = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, _)) if !OPEN.contains(&name) => format!("{}=***", short(name)),
        Some((name, value)) => format!("{name}={}", short(value)),
        None => "***".to_owned(),
    });
    format!("?{}", pairs.collect::<Vec<_>>().join("&"))
}

/// The text's first characters: a log line stays a line.
fn short(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_graphic()).take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_shows_ids_and_no_longer_numbers() {
        assert_eq!(unnumbered("/members/120000345/contacts/7"), "/members/120000345/contacts/7");
        assert_eq!(unnumbered("/members/3173010101010001"), "/members/***");
        assert_eq!(unnumbered("/x/3173010101010001/y9"), "/x/***/y9");
        assert_eq!(unnumbered("/metrics"), "/metrics");
    }

    #[test]
    fn only_harmless_values_are_shown() {
        assert_eq!(masked(""), "");
        assert_eq!(
            masked("nik=3173010101010001&status=aktif&q=Siti&cursor=abc"),
            "?nik=***&status=aktif&q=***&cursor=***"
        );
        assert_eq!(masked("3173010101010001"), "?***");
    }
}
