//! Every code that a problem document can carry.

use pensipro_kernel::{AuthorityError, Class, ErrorKind, Faults, StorageError};

use super::problem::status;

macro_rules! shell_kinds {
    ($($name:ident = $code:literal $class:ident $title:literal;)*) => {
        $(pub(crate) const $name: ErrorKind = ErrorKind::new($code, Class::$class, $title);)*

        /// What the shell itself refuses.
        const SHELL: &[ErrorKind] = &[$($name),*];
    };
}

shell_kinds! {
    UNREADABLE_BODY = "unreadable_body" Unreadable "The body cannot be read";
    INVALID_QUERY = "invalid_query" Unreadable "The query cannot be read";
    INVALID_CURSOR = "invalid_cursor" Unreadable "The cursor is not one of this list's";
    INVALID_PATH = "invalid_path" Unreadable "The path cannot be read";
    INVALID_HEADER = "invalid_header" Unreadable "A header cannot be read";
    BODY_TIMEOUT = "body_timeout" Unreadable "The body did not come in time";
    UNAUTHENTICATED = "unauthenticated" Unauthenticated "A token is needed";
    INVALID_TOKEN = "invalid_token" Unauthenticated "The token is not valid";
    ROUTE_NOT_FOUND = "route_not_found" NotFound "There is no such route";
    METHOD_NOT_ALLOWED = "method_not_allowed" Unreadable "The route has no such method";
    TOO_MANY_ROWS = "too_many_rows" Refused "The list has more rows than the file can hold";
    BODY_TOO_LARGE = "body_too_large" TooLarge "The body is too large";
    WRONG_CONTENT_TYPE = "wrong_content_type" WrongType "The content type is not taken here";
    TOO_MANY_TRIES = "too_many_tries" TooMany "Too many tries from one address";
    KEY_REUSED = "idempotency_key_reused" Refused "The idempotency key was used for another request";
    KEY_IN_PROGRESS = "idempotency_in_progress" Conflict "A request with this key is still running";
    MODULE_DISABLED = "module_disabled" Unavailable "The module is switched off";
    ACCESS_LOG_FULL = "access_log_full" Unavailable "Who reads cannot be noted now";
    OVERLOADED = "overloaded" Unavailable "Too many requests at once";
    TIMED_OUT = "timed_out" Unavailable "The database did not answer in time";
}

/// Where codes come from, in the order of the page; a module adds its line.
fn sources() -> Vec<(&'static str, &'static [ErrorKind])> {
    vec![
        ("The interface itself", SHELL),
        ("Any module", &[Faults::KIND]),
        ("Storage", StorageError::ERRORS),
        ("Rights", AuthorityError::ERRORS),
        ("Users and access", pensipro_auth::AuthError::ERRORS),
        ("Members", pensipro_members::ERRORS),
        ("Sales", pensipro_sales::ERRORS),
        ("Loan products", pensipro_pricing::ERRORS),
        ("Applications", pensipro_origination::ERRORS),
        ("Loan accounts", pensipro_servicing::ERRORS),
        ("Use cases of several modules", pensipro_flows::FlowError::ERRORS),
        ("Pension cuts", pensipro_billing::BillingError::ERRORS),
        ("Notices", pensipro_notifications::ERRORS),
        ("Funders", pensipro_funding::ERRORS),
        ("Logs", pensipro_audit::ERRORS),
    ]
}

/// Every kind, in the order of the page.
pub fn all() -> impl Iterator<Item = ErrorKind> {
    sources().into_iter().flat_map(|(_, kinds)| kinds.iter().copied())
}

/// The page `docs/errors.md`.
pub fn page() -> String {
    let mut page = String::from(
        "# Errors\n\nEvery refusal is an `application/problem+json` document (RFC 9457) with `type`, \
         `title`, `status`,\n`detail`, `code` and `request_id`; a validation error lists every \
         field's fault in `errors`. This page is\nwritten by `pensipro errors-doc`.\n",
    );
    for (title, kinds) in sources() {
        page.push_str(&format!("\n## {title}\n\n| code | status | meaning |\n|---|---|---|\n"));
        for kind in kinds {
            let status = status_of(*kind);
            page.push_str(&format!("| `{}` | {status} | {} |\n", kind.code, kind.title));
        }
    }
    page
}

/// The status of a kind: its class's, but for two that no class has.
pub(crate) fn status_of(kind: ErrorKind) -> u16 {
    match kind.code {
        "method_not_allowed" => 405,
        "body_timeout" => 408,
        _ => status(kind.class).as_u16(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use pensipro_kernel::DomainError;

    use super::*;

    #[test]
    fn a_code_means_one_thing() {
        let mut seen: HashMap<&str, ErrorKind> = HashMap::new();
        for kind in all() {
            let first = seen.entry(kind.code).or_insert(kind);
            assert_eq!(first.class, kind.class, "{}", kind.code);
            assert!(kind.code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'));
        }
    }

    #[test]
    fn a_fault_of_ours_has_a_line() {
        let internal = StorageError::Failed(String::new()).kind();
        assert!(all().any(|kind| kind == internal));
    }
}
